//! Supabase Storage: errors with status 400 that have the real one in the body, the newer list, signed addresses. After
//! <https://github.com/supabase/storage>, `src/http/routes`, and recordings of a running one.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Utc;
use serde_json::{Value, json};

use super::super::server::Call;
use super::objects::{DENIED, EXISTS, NO_BUCKET, NO_KEY, Object, Refused, Room};
use super::tus::{self, Unfinished};
use super::{Answer, Caller, header, query};

#[derive(Debug, Default)]
pub(super) struct Objects {
    pub(super) rooms: BTreeMap<String, Room>,
    pub(super) uploads: BTreeMap<String, Unfinished>,
    /// What was signed: token → path with its bucket, end, and whether it may overwrite.
    signed: BTreeMap<String, (String, i64, bool)>,
}

/// A segment of a path without its percent signs.
fn unescape(part: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = part.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| byte == b'%').and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(escaped) => {
                bytes.push(escaped);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(super) fn refuse((status, error, message, code): Refused) -> Answer {
    Answer::json(400, &json!({"statusCode": status, "error": error, "message": message, "code": code}))
}

pub(super) fn respond(objects: &mut Objects, call: &Call<'_>, caller: &Caller) -> Answer {
    let path = call.path.strip_prefix("/storage/v1/").unwrap_or_default();
    let parts: Vec<String> = path.split('/').map(unescape).collect();
    let words: Vec<&str> = parts.iter().map(String::as_str).collect();
    let end = match words.as_slice() {
        ["upload", "resumable", rest @ ..] => return tus::respond(objects, call, caller, rest),
        ["bucket", rest @ ..] => objects.bucket(call, caller, rest),
        ["object", rest @ ..] => objects.object(call, caller, rest),
        _ => return Answer::json(404, &json!({"message": "Route not found", "error": "Not Found", "statusCode": 404})),
    };
    end.unwrap_or_else(refuse)
}

impl Objects {
    pub(super) fn add_bucket(&mut self, name: &str, public: bool, size_limit: Option<usize>, types: Vec<String>) {
        self.rooms.insert(name.to_owned(), Room { public, size_limit, types, objects: BTreeMap::new() });
    }

    pub(super) fn paths(&self, bucket: &str) -> Vec<String> {
        self.rooms.get(bucket).map(|room| room.objects.keys().cloned().collect()).unwrap_or_default()
    }

    /// The bucket, for a caller who may see it.
    pub(super) fn room(&mut self, name: &str, caller: &Caller) -> Result<&mut Room, Refused> {
        // A token that has expired sees nothing, and so no bucket: the recorded answer, and not a 401.
        match caller {
            Caller::BadToken(_) => Err(NO_BUCKET),
            _ => self.rooms.get_mut(name).ok_or(NO_BUCKET),
        }
    }

    fn bucket(&mut self, call: &Call<'_>, caller: &Caller, rest: &[&str]) -> Result<Answer, Refused> {
        match (call.method, rest) {
            ("GET", [name]) => {
                let room = self.room(name, caller)?;
                if !matches!(caller, Caller::Service) {
                    return Err(NO_BUCKET);
                }
                Ok(Answer::json(
                    200,
                    &json!({"id": name, "name": name, "owner": "", "public": room.public,
                        "file_size_limit": room.size_limit, "allowed_mime_types": room.types}),
                ))
            }
            ("POST", []) => {
                if !matches!(caller, Caller::Service) {
                    return Err(DENIED);
                }
                let get = |name: &str| call.json.and_then(|body| body.get(name));
                let name = get("id").and_then(Value::as_str).unwrap_or_default();
                if self.rooms.contains_key(name) {
                    return Err(("409", "Duplicate", "The resource already exists", "BucketAlreadyExists"));
                }
                let limit =
                    get("file_size_limit").and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
                let types = get("allowed_mime_types").and_then(Value::as_array);
                let types = types.into_iter().flatten().filter_map(|kind| Some(kind.as_str()?.to_owned())).collect();
                self.add_bucket(name, get("public") == Some(&Value::Bool(true)), limit, types);
                Ok(Answer::json(200, &json!({"name": name})))
            }
            _ => Err(NO_BUCKET),
        }
    }

    fn object(&mut self, call: &Call<'_>, caller: &Caller, rest: &[&str]) -> Result<Answer, Refused> {
        let body = |name: &str| call.json.and_then(|body| body.get(name));
        let text = |name: &str| super::text(call, name);
        match (call.method, rest) {
            ("POST", ["move" | "copy"]) => self.carry(rest.first() == Some(&"move"), call, caller),
            ("POST", ["list-v2", bucket]) => {
                let limit = body("limit").and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
                let flat = body("with_delimiter") != Some(&Value::Bool(true));
                let room = self.room(bucket, caller)?;
                Ok(list(room, caller, text("prefix"), text("cursor"), limit.unwrap_or(1000).min(1000), flat))
            }
            ("POST", ["sign", bucket]) => {
                let paths = body("paths").and_then(Value::as_array).cloned().unwrap_or_default();
                let lives = body("expiresIn").and_then(Value::as_i64).unwrap_or(0);
                let mut all = Vec::new();
                for path in paths.iter().filter_map(Value::as_str) {
                    all.push(match self.sign(bucket, path, lives, caller) {
                        Ok(url) => json!({"error": null, "path": path, "signedURL": url}),
                        Err(_) => {
                            let why = "Either the object does not exist or you do not have access to it";
                            json!({"error": why, "path": path, "signedURL": null})
                        }
                    });
                }
                Ok(Answer::json(200, &all.into()))
            }
            ("POST", ["sign", bucket, path @ ..]) => {
                let lives = body("expiresIn").and_then(Value::as_i64).unwrap_or(0);
                Ok(Answer::json(200, &json!({"signedURL": self.sign(bucket, &path.join("/"), lives, caller)?})))
            }
            ("GET", ["sign", bucket, path @ ..]) => {
                let (bucket, path) = ((*bucket).to_owned(), path.join("/"));
                self.check(call, &format!("{bucket}/{path}"))?;
                let room = self.rooms.get(&bucket).ok_or(NO_BUCKET)?;
                room.objects.get(&path).map(served).ok_or(NO_KEY)
            }
            ("POST", ["upload", "sign", bucket, path @ ..]) => {
                let path = path.join("/");
                may(caller, &path)?;
                let upsert = header(call, "x-upsert") == Some("true");
                if self.room(bucket, caller)?.objects.contains_key(&path) && !upsert {
                    return Err(EXISTS);
                }
                let token = self.token(format!("{bucket}/{path}"), 7200, upsert);
                Ok(Answer::json(200, &json!({"url": format!("/object/upload/sign/{bucket}/{path}?token={token}")})))
            }
            ("PUT", ["upload", "sign", bucket, path @ ..]) => {
                let path = path.join("/");
                let upsert = self.check(call, &format!("{bucket}/{path}"))?;
                let room = self.rooms.get_mut(*bucket).ok_or(NO_BUCKET)?;
                room.put(&path, sent(call), upsert)?;
                Ok(Answer::json(200, &json!({"Key": format!("{bucket}/{path}")})))
            }
            ("GET", ["public", bucket, path @ ..]) => {
                let room = self.rooms.get(*bucket).filter(|room| room.public).ok_or(NO_BUCKET)?;
                room.objects.get(&path.join("/")).map(served).ok_or(NO_KEY)
            }
            ("GET", ["info", bucket, path @ ..]) => {
                let path = path.join("/");
                let room = self.room(bucket, caller)?;
                let object = room.objects.get(&path).filter(|_| may(caller, &path).is_ok()).ok_or(NO_KEY)?;
                Ok(Answer::json(200, &object.info(bucket, &path)))
            }
            ("GET", ["authenticated", bucket, path @ ..] | [bucket, path @ ..]) => {
                let path = path.join("/");
                let room = self.room(bucket, caller)?;
                room.objects.get(&path).filter(|_| may(caller, &path).is_ok()).map(served).ok_or(NO_KEY)
            }
            ("DELETE", [bucket]) => {
                let paths = body("prefixes").and_then(Value::as_array).cloned().unwrap_or_default();
                if paths.len() > 1000 {
                    return Err(("400", "InvalidRequest", "At most 1000 objects can be deleted", "InvalidRequest"));
                }
                let room = self.room(bucket, caller)?;
                let mut gone = Vec::new();
                for path in paths.iter().filter_map(Value::as_str).filter(|path| may(caller, path).is_ok()) {
                    gone.extend(room.objects.remove(path).map(|object| object.info(bucket, path)));
                }
                Ok(Answer::json(200, &gone.into()))
            }
            ("POST", [bucket, path @ ..]) if !path.is_empty() => {
                let path = path.join("/");
                if let Caller::BadToken(_) = caller {
                    let message = "\"exp\" claim timestamp check failed";
                    return Err(("403", "Unauthorized", message, "AccessDenied"));
                }
                let room = self.room(bucket, caller)?;
                may(caller, &path)?;
                let id = room.put(&path, sent(call), header(call, "x-upsert") == Some("true"))?;
                Ok(Answer::json(200, &json!({"Key": format!("{bucket}/{path}"), "Id": id})))
            }
            _ => Err(NO_KEY),
        }
    }

    fn carry(&mut self, moves: bool, call: &Call<'_>, caller: &Caller) -> Result<Answer, Refused> {
        let text = |name: &str| super::text(call, name);
        let (bucket, from, to) = (text("bucketId"), text("sourceKey"), text("destinationKey"));
        let into = Some(text("destinationBucket")).filter(|name| !name.is_empty()).unwrap_or(bucket);
        may(caller, from).map_err(|_| NO_KEY)?;
        may(caller, to)?;
        let object = self.room(bucket, caller)?.objects.get(from).cloned().ok_or(NO_KEY)?;
        let room = self.room(into, caller)?;
        let object = if moves { object } else { Object { id: uuid::Uuid::now_v7(), ..object } };
        let id = room.put(to, object, false)?;
        if moves {
            self.room(bucket, caller)?.objects.remove(from);
            return Ok(Answer::json(200, &json!({"message": "Successfully moved", "Id": id, "Key": to})));
        }
        Ok(Answer::json(200, &json!({"Key": format!("{into}/{to}"), "Id": id})))
    }

    fn sign(&mut self, bucket: &str, path: &str, lives: i64, caller: &Caller) -> Result<String, Refused> {
        let room = self.room(bucket, caller)?;
        if !room.objects.contains_key(path) || may(caller, path).is_err() {
            return Err(NO_KEY);
        }
        let token = self.token(format!("{bucket}/{path}"), lives, false);
        Ok(format!("/object/sign/{bucket}/{path}?token={token}"))
    }

    fn token(&mut self, what: String, lives: i64, upsert: bool) -> String {
        let token: String = (0..48).map(|_| fastrand::alphanumeric()).collect();
        self.signed.insert(token.clone(), (what, Utc::now().timestamp() + lives, upsert));
        token
    }

    /// Whether the token of an address is for this object, and whether it may overwrite.
    fn check(&self, call: &Call<'_>, what: &str) -> Result<bool, Refused> {
        const INVALID: Refused = ("400", "InvalidSignature", "Invalid signature", "InvalidSignature");
        let token = query(call).remove("token").unwrap_or_default();
        let (signed, ends, upsert) = self.signed.get(&token).ok_or(INVALID)?;
        match (signed == what, *ends > Utc::now().timestamp()) {
            (false, _) => Err(INVALID),
            (true, false) => Err(("400", "ExpiredToken", "The provided token has expired.", "ExpiredToken")),
            (true, true) => Ok(*upsert),
        }
    }
}

/// The one policy: what lies below the caller's own id.
pub(super) fn may(caller: &Caller, path: &str) -> Result<(), Refused> {
    match caller {
        Caller::Service => Ok(()),
        Caller::User(claims) if path.split('/').next() == Some(claims.user.to_string().as_str()) => Ok(()),
        _ => Err(DENIED),
    }
}

fn served(object: &Object) -> Answer {
    let answer = Answer { status: 200, headers: Vec::new(), body: object.body.clone() };
    answer
        .header("content-type", object.content_type.clone())
        .header("cache-control", object.cache_control.clone())
        .header("etag", object.etag())
}

/// The object that a request brings.
fn sent(call: &Call<'_>) -> Object {
    let own = header(call, "x-metadata").and_then(|text| serde_json::from_slice(&STANDARD.decode(text).ok()?).ok());
    Object::new(
        call.body.to_vec(),
        header(call, "content-type").unwrap_or("application/octet-stream"),
        header(call, "cache-control").unwrap_or("no-cache"),
        own.unwrap_or(Value::Null),
    )
}

fn list(room: &Room, caller: &Caller, prefix: &str, cursor: &str, limit: usize, flat: bool) -> Answer {
    let (mut objects, mut folders) = (Vec::new(), Vec::<String>::new());
    let mut last = String::new();
    let seen = |path: &&String| path.starts_with(prefix) && path.as_str() > cursor && may(caller, path).is_ok();
    let mut more = false;
    for path in room.objects.keys().filter(seen) {
        let rest = path.strip_prefix(prefix).unwrap_or(path);
        let folder = rest.split_once('/').filter(|_| !flat).map(|(folder, _)| format!("{prefix}{folder}/"));
        if folder.as_ref().is_some_and(|folder| folders.last() == Some(folder) || folder.as_str() <= cursor) {
            last = path.clone();
            continue;
        }
        if objects.len() + folders.len() == limit {
            more = true;
            break;
        }
        last = path.clone();
        match (folder, room.objects.get(path)) {
            (Some(folder), _) => folders.push(folder),
            (None, Some(object)) => objects.push(object.listed(path, prefix)),
            (None, None) => {}
        }
    }
    let folders: Vec<Value> = folders
        .iter()
        .map(|folder| json!({"key": folder.strip_prefix(prefix).unwrap_or(folder), "name": folder}))
        .collect();
    let mut page = json!({"hasNext": more, "folders": folders, "objects": objects});
    if more {
        page["nextCursor"] = last.into();
    }
    Answer::json(200, &page)
}
