//! The objects of the stand-in, and what may be done with them.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Utc;
use serde_json::{Value, json};
use uuid::Uuid;

/// What PKCE sends instead of a verifier.
pub(super) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes()))
}

#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) id: Uuid,
    pub(super) version: Uuid,
    pub(super) body: Vec<u8>,
    pub(super) content_type: String,
    pub(super) cache_control: String,
    pub(super) metadata: Value,
    pub(super) made: String,
}

impl Object {
    pub(super) fn new(body: Vec<u8>, content_type: &str, cache_control: &str, metadata: Value) -> Self {
        Self {
            id: Uuid::now_v7(),
            version: Uuid::now_v7(),
            body,
            content_type: content_type.to_owned(),
            cache_control: cache_control.to_owned(),
            metadata,
            made: Utc::now().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        }
    }

    pub(super) fn etag(&self) -> String {
        format!("\"{}\"", self.version.simple())
    }

    /// As an entry of the newer list.
    pub(super) fn listed(&self, path: &str, prefix: &str) -> Value {
        json!({
            "key": path.strip_prefix(prefix).unwrap_or(path), "name": path, "id": self.id,
            "updated_at": self.made, "created_at": self.made, "last_accessed_at": self.made,
            "metadata": {"eTag": self.etag(), "size": self.body.len(), "mimetype": self.content_type,
                "cacheControl": self.cache_control, "lastModified": self.made, "contentLength": self.body.len(),
                "httpStatusCode": 200},
        })
    }

    pub(super) fn info(&self, bucket: &str, path: &str) -> Value {
        json!({
            "id": self.id, "name": path, "version": self.version, "bucket_id": bucket, "size": self.body.len(),
            "content_type": self.content_type, "cache_control": self.cache_control, "etag": self.etag(),
            "metadata": self.metadata, "last_modified": self.made, "created_at": self.made,
        })
    }
}

#[derive(Debug, Default)]
pub(super) struct Room {
    pub(super) public: bool,
    pub(super) size_limit: Option<usize>,
    pub(super) types: Vec<String>,
    pub(super) objects: BTreeMap<String, Object>,
}

impl Room {
    /// The object that a path is put to, or why it is not: status, error, message, code.
    pub(super) fn put(&mut self, path: &str, object: Object, upsert: bool) -> Result<Uuid, Refused> {
        if self.size_limit.is_some_and(|limit| object.body.len() > limit) {
            return Err(("413", "Payload too large", "The object exceeded the maximum allowed size", "EntityTooLarge"));
        }
        if !self.types.is_empty() && !self.types.contains(&object.content_type) {
            return Err(("415", "invalid_mime_type", "mime type is not supported", "InvalidMimeType"));
        }
        match self.objects.get_mut(path) {
            Some(_) if !upsert => Err(EXISTS),
            Some(known) => {
                let id = known.id;
                *known = Object { id, ..object };
                Ok(id)
            }
            None => {
                let id = object.id;
                self.objects.insert(path.to_owned(), object);
                Ok(id)
            }
        }
    }
}

/// The body of an error, in the words of the real server: status, error, message, code.
pub(super) type Refused = (&'static str, &'static str, &'static str, &'static str);

pub(super) const EXISTS: Refused = ("409", "Duplicate", "The resource already exists", "KeyAlreadyExists");
pub(super) const NO_BUCKET: Refused = ("404", "Bucket not found", "Bucket not found", "NoSuchBucket");
pub(super) const NO_KEY: Refused = ("404", "not_found", "Object not found", "NoSuchKey");
pub(super) const DENIED: Refused =
    ("403", "Unauthorized", "new row violates row-level security policy", "AccessDenied");
