use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::Method;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::errors::unreadable;
use super::list::ListRequest;
use super::{Bucket, ObjectPath};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Body, HttpRequest};
use crate::supabase::NAME;

/// How many objects are deleted by one request: Storage takes 1,000, and deletes two keys for some of them.
const BATCH: usize = 500;

/// An object as Storage knows it.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ObjectInfo {
    /// Where it is in its bucket.
    pub path: String,
    /// Its id, which a move keeps.
    pub id: Option<Uuid>,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// Its type.
    pub content_type: Option<String>,
    /// How long it is cached.
    pub cache_control: Option<String>,
    /// Changes with its content.
    pub etag: Option<String>,
    /// When it was made.
    pub created_at: Option<DateTime<Utc>>,
    /// When it was last written.
    pub updated_at: Option<DateTime<Utc>>,
    /// What was put beside it at its upload.
    pub metadata: Map<String, Value>,
}

/// Reads an object of a list or of an information, in the shapes of each.
pub(super) fn read_object(value: &Value, path: String) -> ObjectInfo {
    let meta = value.get("metadata").and_then(Value::as_object);
    // A list has what Storage knows in `metadata`, an information beside it, with the caller's own in there.
    let one = |names: &[&str]| {
        let beside = names.iter().find_map(|name| value.get(*name).filter(|found| !found.is_null()));
        beside.or_else(|| names.iter().find_map(|name| meta?.get(*name)))
    };
    let text = |names: &[&str]| one(names).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let time = |names: &[&str]| text(names)?.parse().ok();
    let size = one(&["size", "contentLength"]);
    let is_info = value.get("size").is_some() || value.get("content_type").is_some();
    let own = if is_info { meta } else { value.get("user_metadata").and_then(Value::as_object) };
    ObjectInfo {
        path,
        id: text(&["id"]).and_then(|id| Uuid::try_parse(&id).ok()),
        size: size.and_then(|size| size.as_u64().or_else(|| size.as_str()?.parse().ok())),
        content_type: text(&["content_type", "mimetype"]),
        cache_control: text(&["cache_control", "cacheControl"]),
        etag: text(&["etag", "eTag"]),
        created_at: time(&["created_at"]),
        updated_at: time(&["updated_at", "last_modified", "lastModified"]),
        metadata: own.cloned().unwrap_or_default(),
    }
}

impl Bucket {
    /// What Storage knows of an object.
    ///
    /// # Errors
    /// `NotFound`, `supabase.no_object`, also for a caller who may not see it; and every kind of the pipeline.
    pub async fn info(&self, path: &ObjectPath) -> Result<ObjectInfo> {
        const OPERATION: &str = "storage.info";
        let request = HttpRequest::new(OPERATION, Method::GET, self.object(&["object", "info"], path)?);
        let answer = self.storage.send(request).await?.value;
        if !answer.is_object() {
            return Err(unreadable(OPERATION, "the answer of Supabase Storage holds no object"));
        }
        Ok(read_object(&answer, path.to_string()))
    }

    /// Whether an object is there, for this caller.
    ///
    /// # Errors
    /// Every kind of the pipeline.
    pub async fn exists(&self, path: &ObjectPath) -> Result<bool> {
        match self.info(path).await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == "supabase.no_object" => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// An object, whole, if it has at most `limit` bytes.
    ///
    /// # Errors
    /// `NotFound`: `supabase.no_object`, `supabase.no_bucket`; `Decode`, `http.body_too_large`; and every kind of the
    /// pipeline.
    pub async fn download(&self, path: &ObjectPath, limit: usize) -> Result<Bytes> {
        Ok(self.storage.send_bytes(self.download_request(path)?, limit).await?.value)
    }

    /// An object as it comes. What breaks on the way is not repeated.
    ///
    /// # Errors
    /// As [`download`](Self::download).
    pub async fn download_stream(&self, path: &ObjectPath) -> Result<Body> {
        let request = self.download_request(path)?;
        self.storage.send_with(request, |response| std::future::ready(Ok(response.into_body()))).await
    }

    fn download_request(&self, path: &ObjectPath) -> Result<HttpRequest> {
        // Also `/object/authenticated/…`, which `@supabase/lite` does not have.
        let url = self.object(&["object"], path)?;
        Ok(HttpRequest::new("storage.download", Method::GET, url).total_timeout(None))
    }

    /// Moves an object within its bucket. It keeps its id.
    ///
    /// # Errors
    /// `NotFound`, `supabase.no_object`; `Conflict`, `supabase.object_exists`; and every kind of the pipeline.
    pub async fn rename(&self, from: &ObjectPath, to: &ObjectPath) -> Result<()> {
        self.move_to(from, self, to).await
    }

    /// Moves an object to a path in another bucket.
    ///
    /// # Errors
    /// As [`rename`](Self::rename).
    pub async fn move_to(&self, from: &ObjectPath, bucket: &Self, to: &ObjectPath) -> Result<()> {
        self.carry("storage.move", "move", from, bucket, to).await
    }

    /// Copies an object to a path in this or another bucket.
    ///
    /// # Errors
    /// As [`rename`](Self::rename).
    pub async fn copy_to(&self, from: &ObjectPath, bucket: &Self, to: &ObjectPath) -> Result<()> {
        self.carry("storage.copy", "copy", from, bucket, to).await
    }

    async fn carry(
        &self,
        operation: &'static str,
        word: &str,
        from: &ObjectPath,
        bucket: &Self,
        to: &ObjectPath,
    ) -> Result<()> {
        let mut body = json!({"bucketId": self.name, "sourceKey": from.as_str(), "destinationKey": to.as_str()});
        if bucket.name != self.name
            && let Some(body) = body.as_object_mut()
        {
            body.insert("destinationBucket".to_owned(), bucket.name.as_str().into());
        }
        let url = self.storage.endpoint(&["object", word])?;
        self.storage.send(HttpRequest::new(operation, Method::POST, url).json(&body)?).await.map(|_| ())
    }

    /// Deletes objects, in batches. Those that are not there, or not for this caller, are left out of the count.
    ///
    /// # Errors
    /// Every kind of the pipeline; some batches may be deleted then.
    pub async fn remove(&self, paths: &[ObjectPath]) -> Result<u64> {
        self.remove_named(&paths.iter().map(ObjectPath::as_str).collect::<Vec<_>>()).await
    }

    /// Deletes all objects whose path begins with `prefix/`, whatever they are called; how many. It looks again until there
    /// are none, so that what is uploaded meanwhile goes, too.
    ///
    /// # Errors
    /// `PermissionDenied`, `supabase.storage_forbidden`, when objects can be seen and not deleted; and as
    /// [`remove`](Self::remove).
    pub async fn remove_all(&self, prefix: &ObjectPath) -> Result<u64> {
        let request = ListRequest::new(format!("{prefix}/"))?.deep();
        let mut removed = 0;
        loop {
            // From the beginning each time: what was deleted moves the places of the older list.
            let mut found: Vec<String> = Vec::new();
            let mut cursor: Option<String> = None;
            loop {
                let page = self.list(&request, cursor.as_deref()).await?;
                found.extend(page.objects.into_iter().map(|object| object.path));
                match page.next {
                    Some(next) if found.len() < BATCH && cursor.as_ref() != Some(&next) => cursor = Some(next),
                    _ => break,
                }
            }
            if found.is_empty() {
                return Ok(removed);
            }
            let gone = self.remove_named(&found).await?;
            if gone == 0 {
                let detail = format!("{} objects can be seen, and none of them deleted", found.len());
                return Err(Error::new(ErrorKind::PermissionDenied, "supabase.storage_forbidden", detail)
                    .with_operation(NAME, "storage.remove")
                    .with_remedy(
                        "Add a policy for `delete` on `storage.objects`, as the project's migrations have it.",
                    ));
            }
            removed += gone;
        }
    }

    async fn remove_named<T: AsRef<str> + Sync>(&self, paths: &[T]) -> Result<u64> {
        let mut removed = 0;
        for batch in paths.chunks(BATCH) {
            let body = json!({"prefixes": batch.iter().map(AsRef::as_ref).collect::<Vec<&str>>()});
            let url = self.storage.endpoint(&["object", &self.name])?;
            let request = HttpRequest::new("storage.remove", Method::DELETE, url).json(&body)?;
            let answer = self.storage.send(request).await?.value;
            removed += answer.as_array().map_or(0, |all| all.len() as u64);
        }
        Ok(removed)
    }
}
