use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use secrecy::SecretString;
use serde_json::{Map, Value, json};
use url::Url;

use super::ObjectPath;
use super::errors::{StorageApi, unreadable, with_real_status};
use super::path::check_bucket;
use crate::error::{ErrorKind, Result};
use crate::http::{HttpRequest, HttpResponse, Made, Received, Service};
use crate::supabase::project::{MakeService, Part};
use crate::supabase::{Access, Supabase};
use crate::tolerant::read_repaired;

/// The largest answer that is read: a page of 1,000 objects has some 500 KB.
const MAX_BODY: usize = 8 << 20;
/// How long an answer to an upload may take: a piece of 6 MB over a line of 20 KB/s.
pub(super) const UPLOAD_IDLE: Duration = Duration::from_secs(300);

/// A project's Storage, on behalf of somebody. Cloning is cheap.
///
/// ```no_run
/// use ghostwren::supabase::{Access, ObjectPath, Storage, Supabase, Upload, UserSession};
/// # async fn run(project: Supabase, session: UserSession) -> ghostwren::Result<()> {
/// let owner = session.current().await?.user.id;
/// let bucket = Storage::new(&project, Access::user(session)).bucket("ghostwren")?;
/// // Larger than 6 MB it is uploaded in pieces, which go on where they stopped.
/// let path = ObjectPath::owned(owner, "main", "archive.zip")?;
/// bucket.upload(&path, Upload::file("twitter.zip").content_type("application/zip")).await?;
/// println!("{}", bucket.signed_url(&path, std::time::Duration::from_secs(3600)).await?.as_str());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Storage {
    pub(super) project: Supabase,
    access: Access,
}

/// One bucket, on behalf of somebody. Cloning is cheap.
#[derive(Clone)]
pub struct Bucket {
    pub(super) storage: Storage,
    pub(super) name: String,
}

impl Supabase {
    /// The project's Storage, on behalf of somebody.
    #[must_use]
    pub fn storage(&self, access: Access) -> Storage {
        Storage::new(self, access)
    }
}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Storage").field("project", &self.project).field("access", &self.access).finish()
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bucket").field("name", &self.name).field("access", &self.storage.access).finish_non_exhaustive()
    }
}

/// How a bucket is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BucketInfo {
    /// Its name.
    pub name: String,
    /// Whether everybody who knows a path may read.
    pub public: bool,
    /// The largest object that it takes, in bytes; `None`: the project's limit.
    pub size_limit: Option<u64>,
    /// The types that it takes; empty: all.
    pub mime_types: Vec<String>,
}

/// A bucket that is to be made.
#[derive(Clone, Debug)]
pub struct NewBucket {
    name: String,
    public: bool,
    size_limit: Option<u64>,
    mime_types: Vec<String>,
}

impl NewBucket {
    /// A private one.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), public: false, size_limit: None, mime_types: Vec::new() }
    }

    /// Whether everybody who knows a path may read.
    #[must_use]
    pub fn public(mut self, public: bool) -> Self {
        self.public = public;
        self
    }

    /// The largest object that it takes, in bytes.
    #[must_use]
    pub fn size_limit(mut self, bytes: u64) -> Self {
        self.size_limit = Some(bytes);
        self
    }

    /// The types that it takes.
    #[must_use]
    pub fn mime_types<T: Into<String>>(mut self, types: impl IntoIterator<Item = T>) -> Self {
        self.mime_types = types.into_iter().map(Into::into).collect();
        self
    }
}

impl Storage {
    /// The project's Storage, on behalf of somebody.
    #[must_use]
    pub fn new(project: &Supabase, access: Access) -> Self {
        Self { project: project.clone(), access }
    }

    /// A bucket. Sends nothing.
    ///
    /// # Errors
    /// `InvalidInput`, `supabase.bad_argument`, for what is no name of a bucket.
    pub fn bucket(&self, name: &str) -> Result<Bucket> {
        check_bucket(name)?;
        Ok(Bucket { storage: self.clone(), name: name.to_owned() })
    }

    /// Makes a bucket. Usually the project's migrations do; it needs the secret key.
    ///
    /// # Errors
    /// `Conflict`, `supabase.bucket_exists`; `PermissionDenied`, `supabase.storage_forbidden`; and every kind of the pipeline.
    pub async fn create_bucket(&self, bucket: &NewBucket) -> Result<()> {
        check_bucket(&bucket.name)?;
        let mut body = Map::new();
        body.insert("id".to_owned(), bucket.name.as_str().into());
        body.insert("name".to_owned(), bucket.name.as_str().into());
        body.insert("public".to_owned(), bucket.public.into());
        if let Some(limit) = bucket.size_limit {
            body.insert("file_size_limit".to_owned(), limit.into());
        }
        if !bucket.mime_types.is_empty() {
            body.insert("allowed_mime_types".to_owned(), json!(bucket.mime_types));
        }
        let url = self.endpoint(&["bucket"])?;
        self.send(HttpRequest::new("storage.create_bucket", Method::POST, url).json(&body)?).await.map(|_| ())
    }

    pub(super) fn endpoint(&self, segments: &[&str]) -> Result<Url> {
        self.project.endpoint(Part::Storage, segments)
    }

    /// Sends a request, and reads JSON. An answer without a body, or with another one, is null.
    pub(super) async fn send(&self, request: HttpRequest) -> Result<Received<Value>> {
        self.send_read(&self.access, request, &|secrets| Box::new(StorageApi { secrets })).await
    }

    pub(super) async fn send_bytes(&self, request: HttpRequest, limit: usize) -> Result<Received<Bytes>> {
        self.send_with(request, move |response| async move {
            let (status, headers) = (response.status, response.headers.clone());
            let (request_id, attempts) = (response.request_id.clone(), response.attempts);
            let value = response.bytes(limit).await?;
            Ok(Received { value, status, headers, request_id, attempts })
        })
        .await
    }

    pub(super) async fn send_with<T, F, Fut>(&self, request: HttpRequest, finish: F) -> Result<T>
    where
        T: Send,
        F: Fn(HttpResponse) -> Fut + Send + Sync,
        Fut: Future<Output = Result<T>> + Send,
    {
        let service = |secrets| Box::new(StorageApi { secrets }) as Box<dyn Service>;
        self.project.call(&self.access, request, &service, finish).await.map_err(with_real_status)
    }

    async fn send_read(
        &self,
        access: &Access,
        request: HttpRequest,
        service: MakeService<'_>,
    ) -> Result<Received<Value>> {
        let made = Made::new();
        let read = |body: &[u8]| made.keep(read_value(body));
        let received = self.project.call_read(access, request, service, MAX_BODY, &read).await;
        made.of(received.map_err(with_real_status)?)
    }

    /// Sends a request that carries a signature of its own, with the publishable key and nobody's token.
    pub(super) async fn send_signed(&self, request: HttpRequest, signature: &SecretString) -> Result<Received<Value>> {
        let service = |mut secrets: Vec<SecretString>| {
            secrets.push(signature.clone());
            Box::new(StorageApi { secrets }) as Box<dyn Service>
        };
        self.send_read(&Access::Anonymous, request, &service).await
    }
}

impl Bucket {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it is set up.
    ///
    /// # Errors
    /// `NotFound`, `supabase.no_bucket`, also for a caller who may not see it; and every kind of the pipeline.
    pub async fn settings(&self) -> Result<BucketInfo> {
        const OPERATION: &str = "storage.bucket";
        let request = HttpRequest::new(OPERATION, Method::GET, self.storage.endpoint(&["bucket", &self.name])?);
        let answer = self.storage.send(request).await.map_err(|error| {
            // A 404 here is about the bucket, whatever the server calls it.
            if error.kind() == ErrorKind::NotFound { no_such_bucket(error) } else { error }
        })?;
        let answer = answer.value;
        let name = answer.get("id").or_else(|| answer.get("name")).and_then(Value::as_str);
        let name = name.ok_or_else(|| unreadable(OPERATION, "the answer of Supabase Storage holds no bucket"))?;
        let types = answer.get("allowed_mime_types").and_then(Value::as_array);
        Ok(BucketInfo {
            name: name.to_owned(),
            public: answer.get("public").and_then(Value::as_bool).unwrap_or(false),
            size_limit: answer.get("file_size_limit").and_then(Value::as_u64),
            mime_types: types.into_iter().flatten().filter_map(|kind| Some(kind.as_str()?.to_owned())).collect(),
        })
    }

    /// An address of an object: these words, the bucket, and the path.
    pub(super) fn object(&self, words: &[&str], path: &ObjectPath) -> Result<Url> {
        let segments: Vec<&str> = words.iter().copied().chain([self.name.as_str()]).chain(path.segments()).collect();
        self.storage.endpoint(&segments)
    }
}

fn no_such_bucket(error: crate::Error) -> crate::Error {
    crate::Error::new(ErrorKind::NotFound, "supabase.no_bucket", error.detail().to_owned())
        .with_operation(crate::supabase::NAME, "storage.bucket")
        .with_remedy("Make the bucket with the project's migrations.")
        .with_source(error)
}

fn read_value(body: &[u8]) -> serde_json::Result<Value> {
    if body.trim_ascii().is_empty() {
        return Ok(Value::Null);
    }
    read_repaired(body, |body| serde_json::from_slice(body))
}
