use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, HeaderName};
use http::{HeaderValue, Method};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::client::UPLOAD_IDLE;
use super::errors::bad_argument;
use super::source::Source;
use super::{Bucket, ContentHash, ObjectPath};
use crate::error::Result;
use crate::http::HttpRequest;

/// The largest object that is uploaded in one piece, and the size of a piece of a larger one: Storage takes no other
/// (<https://supabase.com/docs/guides/storage/uploads/resumable-uploads>).
pub(super) const PIECE: usize = 6 << 20;

pub(super) const X_UPSERT: HeaderName = HeaderName::from_static("x-upsert");

/// How long an object may be cached, by browsers and by the CDN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CacheControl {
    /// It is asked for again each time.
    #[default]
    NoCache,
    /// For so many seconds.
    Seconds(u32),
    /// For a year, without asking: only for what never changes, such as what is named after its content. An object of more
    /// than 6 MB has the year and not the word, which resumable uploads cannot say.
    Immutable,
}

impl CacheControl {
    fn header(self) -> String {
        match self {
            Self::NoCache => "no-cache".to_owned(),
            Self::Seconds(seconds) => format!("max-age={seconds}"),
            Self::Immutable => format!("max-age={YEAR}, immutable"),
        }
    }

    /// For a resumable upload, which takes a number and makes `max-age` of it, and `no-cache` of everything else.
    pub(super) fn seconds(self) -> Option<u32> {
        match self {
            Self::NoCache => None,
            Self::Seconds(seconds) => Some(seconds),
            Self::Immutable => Some(YEAR),
        }
    }
}

const YEAR: u32 = 31_536_000;

/// What is uploaded, and how it is kept. Files are read as they are sent, 6 MB at a time.
#[derive(Clone, Debug)]
#[must_use = "an upload is sent by a bucket"]
pub struct Upload {
    pub(super) source: Source,
    pub(super) content_type: String,
    pub(super) cache: CacheControl,
    pub(super) upsert: bool,
    pub(super) metadata: Map<String, Value>,
}

/// An object that was uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredObject {
    /// Where it is in its bucket.
    pub path: ObjectPath,
    /// Its id, where Storage said it.
    pub id: Option<Uuid>,
}

impl Upload {
    /// These bytes.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self::of(Source::Bytes(bytes.into()))
    }

    /// This file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::of(Source::File(path.into()))
    }

    fn of(source: Source) -> Self {
        let content_type = "application/octet-stream".to_owned();
        Self { source, content_type, cache: CacheControl::NoCache, upsert: false, metadata: Map::new() }
    }

    /// Sets its type; `application/octet-stream` unless set.
    pub fn content_type(mut self, kind: impl Into<String>) -> Self {
        self.content_type = kind.into();
        self
    }

    /// Sets how long it may be cached; not at all unless set.
    pub fn cache_control(mut self, cache: CacheControl) -> Self {
        self.cache = cache;
        self
    }

    /// Says whether it takes the place of an object that is there.
    pub fn upsert(mut self, upsert: bool) -> Self {
        self.upsert = upsert;
        self
    }

    /// Puts this beside it.
    pub fn metadata(mut self, metadata: Map<String, Value>) -> Self {
        self.metadata = metadata;
        self
    }

    /// The SHA-256 of what is uploaded.
    ///
    /// # Errors
    /// `Storage`, `supabase.file`.
    pub async fn hash(&self) -> Result<ContentHash> {
        match &self.source {
            Source::Bytes(bytes) => Ok(ContentHash::of(bytes)),
            Source::File(path) => ContentHash::of_file(path).await,
        }
    }

    /// A request with all of it.
    pub(super) async fn in_one_piece(&self, request: HttpRequest) -> Result<HttpRequest> {
        let operation = request.operation;
        let size = usize::try_from(self.source.size().await?).unwrap_or(usize::MAX);
        if size > PIECE {
            return Err(bad_argument(operation, "more than 6 MB are not uploaded in one piece"));
        }
        let value =
            |text: &str| HeaderValue::from_str(text).map_err(|_| bad_argument(operation, "the content type is none"));
        let body = self.source.piece(0, size).await?;
        let mut request = request
            .body(value(&self.content_type)?, body)
            .header(CACHE_CONTROL, value(&self.cache.header())?)
            .total_timeout(None)
            .idle_timeout(UPLOAD_IDLE)
            // With `upsert` the second time does what the first did; without, it would be told that there is one.
            .idempotent(self.upsert);
        if self.upsert {
            request = request.header(X_UPSERT, HeaderValue::from_static("true"));
        }
        if !self.metadata.is_empty() {
            let metadata = STANDARD.encode(Value::Object(self.metadata.clone()).to_string());
            request = request.header(HeaderName::from_static("x-metadata"), value(&metadata)?);
        }
        Ok(request)
    }
}

impl Bucket {
    /// Uploads an object: in one piece up to 6 MB, and in pieces above, which go on where a connection broke.
    ///
    /// To go on after a crash of the program, too, keep the place of a [`ResumableUpload`](super::ResumableUpload).
    ///
    /// # Errors
    /// `Conflict`: `supabase.object_exists`, `supabase.upload_changed`; `InvalidInput`: `supabase.object_too_large`,
    /// `supabase.mime_refused`; `PermissionDenied`, `supabase.storage_forbidden`; `NotFound`, `supabase.no_bucket`;
    /// `Storage`, `supabase.file`; and every kind of the pipeline.
    pub async fn upload(&self, path: &ObjectPath, upload: Upload) -> Result<StoredObject> {
        if upload.source.size().await? > PIECE as u64 {
            return self.resumable(path, upload).await?.run().await;
        }
        self.upload_once(path, &upload, upload.upsert).await
    }

    /// Uploads an object under the name of its content ([`ObjectPath::of_content`]), to be cached for ever. Where it is there
    /// already, this is a success: it is the same.
    ///
    /// # Errors
    /// As [`upload`](Self::upload).
    pub async fn store(
        &self,
        owner: impl std::fmt::Display,
        account: impl std::fmt::Display,
        extension: &str,
        upload: Upload,
    ) -> Result<StoredObject> {
        let path = ObjectPath::of_content(owner, account, &upload.hash().await?, extension)?;
        let upload = upload.cache_control(CacheControl::Immutable).upsert(false);
        let end = if upload.source.size().await? > PIECE as u64 {
            self.resumable(&path, upload).await?.run().await
        } else {
            self.upload_once(&path, &upload, true).await
        };
        match end {
            Err(error) if error.code() == "supabase.object_exists" => Ok(StoredObject { path, id: None }),
            end => end,
        }
    }

    async fn upload_once(&self, path: &ObjectPath, upload: &Upload, may_be_repeated: bool) -> Result<StoredObject> {
        let request = HttpRequest::new("storage.upload", Method::POST, self.object(&["object"], path)?);
        let request = upload.in_one_piece(request).await?.idempotent(may_be_repeated);
        let answer = self.storage.send(request).await?.value;
        let id = answer.get("Id").and_then(Value::as_str).and_then(|id| Uuid::try_parse(id).ok());
        Ok(StoredObject { path: path.clone(), id })
    }
}
