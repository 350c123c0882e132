//! Resumable uploads by TUS 1.0.0, with the rules of Storage: pieces of 6 MB, and an address that leads nowhere, as it does
//! behind a gateway that does not say its own.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;
use uuid::Uuid;

use super::super::server::Call;
use super::objects::{EXISTS, Object};
use super::storage::{Objects, may};
use super::{Answer, Caller, header};

/// The size of every piece but the last.
const PIECE: usize = 6 << 20;

#[derive(Debug)]
pub(super) struct Unfinished {
    bucket: String,
    path: String,
    length: usize,
    body: Vec<u8>,
    metadata: BTreeMap<String, String>,
}

fn refuse(status: u16, text: &str) -> Answer {
    Answer::text(status, text).header("tus-resumable", "1.0.0")
}

pub(super) fn respond(objects: &mut Objects, call: &Call<'_>, caller: &Caller, rest: &[&str]) -> Answer {
    if header(call, "tus-resumable") != Some("1.0.0") {
        return refuse(412, "Tus-Resumable Required");
    }
    match (call.method, rest) {
        ("POST", []) => begin(objects, call, caller),
        ("HEAD", [id]) => match objects.uploads.get(*id) {
            None => refuse(404, "The file for this url was not found"),
            Some(upload) => Answer::empty(200)
                .header("tus-resumable", "1.0.0")
                .header("upload-offset", upload.body.len().to_string())
                .header("upload-length", upload.length.to_string())
                .header("cache-control", "no-store"),
        },
        ("PATCH", [id]) => piece(objects, call, caller, id),
        _ => refuse(404, "Not found"),
    }
}

fn begin(objects: &mut Objects, call: &Call<'_>, caller: &Caller) -> Answer {
    let pairs = header(call, "upload-metadata").unwrap_or_default().split(',').filter_map(|pair| {
        let (name, value) = pair.trim().split_once(' ')?;
        Some((name.to_owned(), String::from_utf8(STANDARD.decode(value).ok()?).ok()?))
    });
    let metadata: BTreeMap<String, String> = pairs.collect();
    let get = |name: &str| metadata.get(name).cloned().unwrap_or_default();
    let (bucket, path) = (get("bucketName"), get("objectName"));
    let Some(length) = header(call, "upload-length").and_then(|length| length.parse().ok()) else {
        return refuse(400, "Invalid Upload-Length");
    };
    let Ok(room) = objects.room(&bucket, caller) else { return refuse(404, "Bucket not found") };
    if may(caller, &path).is_err() {
        return refuse(403, "new row violates row-level security policy");
    }
    if room.size_limit.is_some_and(|limit| length > limit) {
        return refuse(413, "Maximum size exceeded");
    }
    if room.objects.contains_key(&path) && header(call, "x-upsert") != Some("true") {
        return refuse(409, EXISTS.2);
    }
    let id = URL_SAFE_NO_PAD.encode(format!("{bucket}/{path}/{}", Uuid::now_v7()));
    objects.uploads.insert(id.clone(), Unfinished { bucket, path, length, body: Vec::new(), metadata });
    Answer::empty(201)
        .header("tus-resumable", "1.0.0")
        .header("location", format!("http://storage.internal:5000/upload/resumable/{id}"))
}

fn piece(objects: &mut Objects, call: &Call<'_>, caller: &Caller, id: &str) -> Answer {
    let Some(upload) = objects.uploads.get_mut(id) else {
        return refuse(404, "The file for this url was not found");
    };
    if header(call, "content-type") != Some("application/offset+octet-stream") {
        return refuse(403, "Content-Type Required");
    }
    if may(caller, &upload.path).is_err() {
        return refuse(403, "new row violates row-level security policy");
    }
    let offset = header(call, "upload-offset").and_then(|offset| offset.parse::<usize>().ok());
    if offset != Some(upload.body.len()) {
        return refuse(409, "Upload-Offset conflict");
    }
    let after = upload.body.len() + call.body.len();
    if after > upload.length || (call.body.len() != PIECE && after != upload.length) {
        return refuse(400, "Every piece but the last has 6 MB");
    }
    upload.body.extend_from_slice(call.body);
    let done = upload.body.len() == upload.length;
    if done {
        let Some(upload) = objects.uploads.remove(id) else { return refuse(500, "gone") };
        let get = |name: &str| upload.metadata.get(name).cloned();
        let cache = get("cacheControl").filter(|seconds| seconds.parse::<u32>().is_ok());
        let cache = cache.map_or_else(|| "no-cache".to_owned(), |seconds| format!("max-age={seconds}"));
        let own = get("metadata").and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null);
        let kind = get("contentType").unwrap_or_else(|| "application/octet-stream".to_owned());
        let object = Object::new(upload.body, &kind, &cache, own);
        let upsert = header(call, "x-upsert") == Some("true");
        let Some(room) = objects.rooms.get_mut(&upload.bucket) else { return refuse(404, "Bucket not found") };
        if let Err((status, _, message, _)) = room.put(&upload.path, object, upsert) {
            return refuse(status.parse().unwrap_or(500), message);
        }
    }
    Answer::empty(204).header("tus-resumable", "1.0.0").header("upload-offset", after.to_string())
}
