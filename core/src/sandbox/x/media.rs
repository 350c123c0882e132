//! Chunked upload: initialize, append, finalize, status, metadata. Of the bytes only their hashes are kept.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{Context, SHA256, digest};
use serde_json::{Value, json};

use super::fields::{Dialect, Query};
use super::problem::{self, Answer};
use super::world::{Media, World};

/// How long an upload can be used.
const LIFE_SECONDS: i64 = 86_400;
/// How long a video is processed. Chosen.
const PROCESSING_SECONDS: i64 = 10;

const CATEGORIES: &[&str] =
    &["amplify_video", "tweet_gif", "tweet_image", "tweet_video", "dm_gif", "dm_image", "dm_video", "subtitles"];
const TYPES: &[&str] = &[
    "video/mp4",
    "video/webm",
    "video/mp2t",
    "video/quicktime",
    "text/srt",
    "text/vtt",
    "image/jpeg",
    "image/gif",
    "image/bmp",
    "image/png",
    "image/webp",
    "image/pjpeg",
    "image/tiff",
    "model/gltf-binary",
    "model/vnd.usdz+zip",
];

/// An upload as the stand-in knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Upload {
    /// The media id.
    pub id: String,
    /// What was declared, such as `image/png`.
    pub media_type: String,
    /// The segments that came: number, size in bytes, SHA-256 in hexadecimal.
    pub segments: Vec<(u32, u64, String)>,
    /// SHA-256 of all bytes in hexadecimal, when the segments came in order and the upload was finalized.
    pub sha256: Option<String>,
    /// The description for people who do not see it.
    pub alt_text: Option<String>,
}

struct Work {
    owner: u64,
    upload: Upload,
    total: u64,
    video: bool,
    whole: Context,
    in_order: u32,
    started: i64,
    finalized: Option<i64>,
}

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.upload.fmt(f)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Uploads {
    all: BTreeMap<String, Work>,
    /// Videos fail while they are processed.
    pub(crate) failing: bool,
}

/// Who uploads, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Uploader {
    pub(crate) user: u64,
    pub(crate) now: i64,
    pub(crate) dialect: Dialect,
}

impl Uploads {
    pub(crate) fn list(&self) -> Vec<Upload> {
        self.all.values().map(|work| work.upload.clone()).collect()
    }

    pub(crate) fn initialize(
        &mut self,
        by: Uploader,
        body: Option<&Value>,
        world: &mut World,
    ) -> Result<Answer, Answer> {
        let refuse = |message: String| Err(problem::invalid_body(by.dialect, message));
        let Some(Value::Object(body)) = body else { return refuse("$: object expected".into()) };
        let known = ["media_type", "media_category", "total_bytes", "shared", "additional_owners"];
        if let Some(name) = body.keys().find(|name| !known.contains(&name.as_str())) {
            return refuse(format!(
                "$.{name}: is not defined in the schema and the schema does not allow additional properties"
            ));
        }
        for (name, list) in [("media_type", TYPES), ("media_category", CATEGORIES)] {
            if body.get(name).is_some_and(|value| !list.contains(&value.as_str().unwrap_or_default())) {
                return refuse(format!("$.{name}: does not have a value in the enumeration [{}]", list.join(", ")));
            }
        }
        let total = body.get("total_bytes").and_then(Value::as_u64).filter(|total| *total <= 17_179_869_184);
        let (Some(total), Some(media_type)) = (total, body.get("media_type").and_then(Value::as_str)) else {
            return refuse("$.total_bytes and $.media_type: are missing or wrong".into());
        };
        let id = world.new_id(by.now * 1000).to_string();
        let upload = Upload {
            id: id.clone(),
            media_type: media_type.to_owned(),
            segments: Vec::new(),
            sha256: None,
            alt_text: None,
        };
        let video = media_type.starts_with("video/");
        let work = Work {
            owner: by.user,
            upload,
            total,
            video,
            whole: Context::new(&SHA256),
            in_order: 0,
            started: by.now,
            finalized: None,
        };
        let key = work.key();
        self.all.retain(|_, old| by.now < old.started + LIFE_SECONDS);
        self.all.insert(id.clone(), work);
        Ok(Answer::json(200, json!({"data": {"id": id, "media_key": key, "expires_after_secs": LIFE_SECONDS}})))
    }

    pub(crate) fn append(
        &mut self,
        by: Uploader,
        id: &str,
        content_type: &str,
        body: &[u8],
        json: Option<&Value>,
    ) -> Result<Answer, Answer> {
        let work = self.own(by, id)?;
        let refuse = |message: &str| Err(problem::invalid_body(by.dialect, message.to_owned()));
        let decoded;
        let (segment, bytes) = match (json, multipart(content_type, body)) {
            (_, Some(parts)) => {
                let part = |name: &str| parts.iter().find(|(known, _)| known == name).map(|(_, bytes)| *bytes);
                let segment = part("segment_index").and_then(|bytes| std::str::from_utf8(bytes).ok());
                (segment.and_then(|text| text.trim().parse().ok()), part("media"))
            }
            (Some(json), None) => {
                decoded = json["media"].as_str().and_then(|text| STANDARD.decode(text).ok());
                let segment = json["segment_index"].as_u64().and_then(|number| u32::try_from(number).ok());
                (segment, decoded.as_deref())
            }
            (None, None) => return refuse("$: multipart/form-data or application/json expected"),
        };
        let Some(segment) = segment.filter(|segment: &u32| *segment < 1000) else {
            return refuse("$.segment_index: must be 0 to 999");
        };
        let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) else { return refuse("$.media: is missing") };
        if work.finalized.is_some() {
            return refuse("The upload is finalized.");
        }
        let hash = hex(digest(&SHA256, bytes).as_ref());
        match work.upload.segments.iter().find(|(known, ..)| *known == segment) {
            // The same segment once more, as after a lost answer.
            Some((.., known)) if *known == hash => {}
            Some(_) => return refuse("The segment was sent before with other bytes."),
            None => {
                let sum: u64 = work.upload.segments.iter().map(|(_, size, _)| size).sum();
                if sum + bytes.len() as u64 > work.total {
                    return refuse("The segments are larger than total_bytes.");
                }
                work.upload.segments.push((segment, bytes.len() as u64, hash));
                if segment == work.in_order {
                    work.whole.update(bytes);
                    work.in_order += 1;
                }
            }
        }
        let expires = work.started + LIFE_SECONDS;
        Ok(Answer::json(200, json!({"data": {"expires_at": expires}})))
    }

    pub(crate) fn finalize(&mut self, by: Uploader, id: &str, world: &mut World) -> Result<Answer, Answer> {
        let failing = self.failing;
        let work = self.own(by, id)?;
        let sum: u64 = work.upload.segments.iter().map(|(_, size, _)| size).sum();
        let mut numbers: Vec<u32> = work.upload.segments.iter().map(|(number, ..)| *number).collect();
        numbers.sort_unstable();
        if sum != work.total || numbers.iter().zip(0..).any(|(known, wanted)| *known != wanted) {
            let message = format!("Segments do not add up to provided total file size: {sum} of {} bytes.", work.total);
            return Err(problem::invalid_body(by.dialect, message));
        }
        if work.finalized.is_none() {
            work.finalized = Some(by.now);
            if work.in_order as usize == numbers.len() {
                work.upload.sha256 = Some(hex(work.whole.clone().finish().as_ref()));
            }
            let kind = match work.upload.media_type.as_str() {
                "image/gif" => "animated_gif",
                kind if kind.starts_with("video/") => "video",
                _ => "photo",
            };
            let media = Media {
                key: work.key(),
                kind,
                alt: work.upload.alt_text.clone(),
                width: 1200,
                height: 675,
                duration_ms: (kind == "video").then_some(12_500),
            };
            world.media.insert(media.key.clone(), media);
        }
        Ok(work.describe(by.now, failing))
    }

    pub(crate) fn status(&mut self, by: Uploader, query: &Query) -> Result<Answer, Answer> {
        let failing = self.failing;
        let unknown = query.iter().find(|(name, _)| !["media_id", "command"].contains(&name.as_str()));
        if let Some((name, value)) = unknown {
            let message = format!("The query parameter [{name}] is not one of [media_id,command]");
            return Err(problem::invalid(by.dialect, &[(name, value, message)]));
        }
        let id = query.get("media_id").map(String::as_str).unwrap_or_default();
        Ok(self.own(by, id)?.describe(by.now, failing))
    }

    pub(crate) fn metadata(&mut self, by: Uploader, body: Option<&Value>, world: &mut World) -> Result<Answer, Answer> {
        let body = body.unwrap_or(&Value::Null);
        let work = self.own(by, body["id"].as_str().unwrap_or_default())?;
        let refuse = |message: &str| Err(problem::invalid_body(by.dialect, message.to_owned()));
        let known = |object: &Value, names: &[&str]| {
            object.as_object().is_some_and(|object| object.keys().all(|name| names.contains(&name.as_str())))
        };
        if !known(body, &["id", "metadata"]) || !body.get("metadata").is_none_or(|data| known(data, &["alt_text"])) {
            return refuse("$: only id and metadata.alt_text are imitated by the stand-in");
        }
        let Some(text) = body.pointer("/metadata/alt_text/text").and_then(Value::as_str) else {
            return refuse("$.metadata.alt_text.text: is missing but it is required");
        };
        if text.chars().count() > 1000 {
            return refuse("$.metadata.alt_text.text: may only be 1000 characters long");
        }
        work.upload.alt_text = Some(text.to_owned());
        if let Some(media) = world.media.get_mut(&work.key()) {
            media.alt = Some(text.to_owned());
        }
        let data = json!({"id": work.upload.id, "associated_metadata": {"alt_text": {"text": text}}});
        Ok(Answer::json(200, json!({"data": data})))
    }

    /// The key of an upload that can stand in a tweet.
    pub(crate) fn ready(&self, user: u64, id: &str, now: i64) -> Option<String> {
        let work = self.all.get(id).filter(|work| work.owner == user && now < work.started + LIFE_SECONDS)?;
        let done = work.finalized? + if work.video { PROCESSING_SECONDS } else { 0 };
        (now >= done && !(self.failing && work.video)).then(|| work.key())
    }

    fn own(&mut self, by: Uploader, id: &str) -> Result<&mut Work, Answer> {
        let alive = |work: &&mut Work| work.owner == by.user && by.now < work.started + LIFE_SECONDS;
        self.all
            .get_mut(id)
            .filter(alive)
            .ok_or_else(|| problem::invalid(by.dialect, &[("id", id, format!("The media id [{id}] is not valid"))]))
    }
}

impl Work {
    fn key(&self) -> String {
        format!("{}_{}", if self.video { 7 } else { 3 }, self.upload.id)
    }

    fn describe(&self, now: i64, failing: bool) -> Answer {
        let mut data = json!({
            "id": self.upload.id,
            "media_key": self.key(),
            "expires_after_secs": (self.started + LIFE_SECONDS - now).max(0),
            "size": self.upload.segments.iter().map(|(_, size, _)| size).sum::<u64>(),
        });
        if let Some(since) = self.finalized.filter(|_| self.video) {
            let passed = now - since;
            data["processing_info"] = match passed {
                0 => json!({"state": "pending", "check_after_secs": 2}),
                passed if passed < PROCESSING_SECONDS => {
                    let percent = passed * 100 / PROCESSING_SECONDS;
                    json!({"state": "in_progress", "check_after_secs": 5, "progress_percent": percent})
                }
                _ if failing => json!({"state": "failed", "progress_percent": 50}),
                _ => json!({"state": "succeeded", "progress_percent": 100}),
            };
        }
        Answer::json(200, json!({"data": data}))
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// The parts of a form: name and bytes.
fn multipart<'a>(content_type: &str, body: &'a [u8]) -> Option<Vec<(String, &'a [u8])>> {
    let boundary = content_type.strip_prefix("multipart/form-data")?.split("boundary=").nth(1)?;
    let boundary = boundary.split(';').next()?.trim().trim_matches('"');
    let mark = format!("--{boundary}");
    let finder = memchr::memmem::Finder::new(mark.as_bytes());
    let places: Vec<usize> = finder.find_iter(body).collect();
    let mut parts = Vec::new();
    for (from, to) in places.iter().zip(places.iter().skip(1)) {
        let part = body.get(from + mark.len() + 2..to.checked_sub(2)?)?;
        let split = memchr::memmem::find(part, b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(part.get(..split)?).into_owned();
        let name = head.split("name=\"").nth(1)?.split('"').next()?.to_owned();
        parts.push((name, part.get(split + 4..)?));
    }
    Some(parts)
}
