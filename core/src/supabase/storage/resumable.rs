//! Resumable uploads by the TUS protocol, version 1.0.0 (<https://tus.io/protocols/resumable-upload>), as Storage has it:
//! pieces of 6 MB, an upload that lives 24 hours, and an address below the one that was asked.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{HeaderName, LOCATION};
use http::{HeaderMap, HeaderValue, Method};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::sleep;
use url::Url;

use super::client::UPLOAD_IDLE;
use super::errors::{bad_argument, unreadable};
use super::source::changed;
use super::upload::{PIECE, X_UPSERT};
use super::{Bucket, ObjectPath, StoredObject, Upload};
use crate::error::{Error, ErrorKind, Result};
use crate::http::HttpRequest;

const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
/// How often in a row a piece may fail before the upload does.
const FAILURES: u32 = 6;
/// The longest id of an upload that is believed: it has the path in it.
const LONGEST_ID: usize = 4096;

/// How far an upload has come: plain data, for whoever wants to go on with it in another process. It is good for 24 hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadPlace {
    /// The id that Storage gave the upload.
    pub id: String,
    /// Where the object will be in its bucket.
    pub path: String,
    /// The size of the whole.
    pub size: u64,
    /// How many bytes Storage is known to have.
    pub offset: u64,
}

/// An upload in pieces. Nothing is lost when a step fails or is given up: the next one asks how far it came.
///
/// ```no_run
/// use ghostwren::supabase::{Bucket, ObjectPath, Upload, UploadPlace};
/// # async fn run(bucket: Bucket, path: ObjectPath, kept: Option<UploadPlace>, keep: impl Fn(&UploadPlace)) -> ghostwren::Result<()> {
/// let mut upload = bucket.resumable(&path, Upload::file("twitter.zip")).await?;
/// if let Some(kept) = kept {
///     upload = upload.from_place(kept)?;
/// }
/// while upload.step().await? {
///     if let Some(place) = upload.place() {
///         keep(place);
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ResumableUpload {
    bucket: Bucket,
    path: ObjectPath,
    upload: Upload,
    size: u64,
    place: Option<UploadPlace>,
    /// Whether the offset is what Storage said last.
    is_known: bool,
    failures: u32,
    done: bool,
}

impl Bucket {
    /// An upload in pieces. Sends nothing yet.
    ///
    /// # Errors
    /// `Storage`, `supabase.file`.
    pub async fn resumable(&self, path: &ObjectPath, upload: Upload) -> Result<ResumableUpload> {
        let size = upload.source.size().await?;
        Ok(ResumableUpload {
            bucket: self.clone(),
            path: path.clone(),
            upload,
            size,
            place: None,
            is_known: false,
            failures: 0,
            done: false,
        })
    }
}

impl ResumableUpload {
    /// Goes on with an upload that another process began.
    ///
    /// # Errors
    /// `Conflict`, `supabase.upload_changed`: it was of another size; `InvalidInput`, `supabase.bad_argument`: of another
    /// object.
    pub fn from_place(mut self, place: UploadPlace) -> Result<Self> {
        if place.path != self.path.as_str() || check_id(&place.id).is_none() {
            return Err(bad_argument("storage.resume", "the place is that of another upload"));
        }
        if place.size != self.size {
            return Err(changed());
        }
        (self.place, self.is_known) = (Some(place), false);
        Ok(self)
    }

    /// How far it has come; `None` before its first step.
    #[must_use]
    pub fn place(&self) -> Option<&UploadPlace> {
        self.place.as_ref()
    }

    /// Whether it is done.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// All steps that are left.
    ///
    /// # Errors
    /// As [`step`](Self::step).
    pub async fn run(mut self) -> Result<StoredObject> {
        while self.step().await? {}
        Ok(StoredObject { path: self.path, id: None })
    }

    /// The next step: begins the upload, asks how far it came, or sends a piece. False when there is nothing left to do.
    /// A step that fails on the way is tried again, some times and after a pause.
    ///
    /// # Errors
    /// As [`Bucket::upload`].
    pub async fn step(&mut self) -> Result<bool> {
        if self.done {
            return Ok(false);
        }
        let end = match &self.place {
            None => self.begin().await,
            Some(place) if !self.is_known => self.ask(place.clone()).await,
            Some(place) => self.send_piece(place.clone()).await,
        };
        match end {
            Ok(()) => Ok(!self.done),
            Err(error) if may_pass(&error) && self.failures < FAILURES => {
                tracing::debug!(target: "ghostwren::supabase", %error, "a step of an upload failed");
                self.is_known = false;
                let pause = Duration::from_millis(500 << self.failures).min(Duration::from_secs(20));
                self.failures += 1;
                sleep(pause.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }

    async fn begin(&mut self) -> Result<()> {
        const OPERATION: &str = "storage.begin_upload";
        let request = self.request(OPERATION, Method::POST, self.bucket.uploads(None)?)?;
        let header = |text: &str| {
            HeaderValue::from_str(text).map_err(|_| bad_argument(OPERATION, "a value is none that a header can carry"))
        };
        let request = request
            .header(UPLOAD_LENGTH, header(&self.size.to_string())?)
            .header(UPLOAD_METADATA, header(&self.metadata())?)
            // One that was begun twice is one that ends by itself after a day.
            .idempotent(true);
        let headers =
            self.bucket.storage.send_with(request, |response| std::future::ready(Ok(response.headers))).await?;
        // Behind a gateway the address may name a host or a path that does not lead back here, and a foreign one would get
        // the token: the id is taken, and asked for where the upload was begun.
        let location = headers.get(LOCATION).and_then(|to| to.to_str().ok());
        let id = location.and_then(|to| to.split(['?', '#']).next()?.trim_end_matches('/').rsplit('/').next());
        let id =
            id.and_then(check_id).ok_or_else(|| unreadable(OPERATION, "the answer does not say where to upload"))?;
        self.place = Some(UploadPlace { id: id.to_owned(), path: self.path.to_string(), size: self.size, offset: 0 });
        // Not yet a step forward: a server that forgets each upload would begin them for ever.
        self.is_known = true;
        self.done = self.size == 0;
        Ok(())
    }

    async fn ask(&mut self, place: UploadPlace) -> Result<()> {
        const OPERATION: &str = "storage.ask_upload";
        let request = self.request(OPERATION, Method::HEAD, self.bucket.uploads(Some(&place.id))?)?;
        let asked = self.bucket.storage.send_with(request, |response| std::future::ready(Ok(response.headers))).await;
        let headers = match asked {
            Ok(headers) => headers,
            Err(error) if error.kind() == ErrorKind::NotFound => return self.gone(place).await,
            Err(error) => return Err(error),
        };
        let (offset, length) = (number(&headers, &UPLOAD_OFFSET), number(&headers, &UPLOAD_LENGTH));
        if length.is_some_and(|length| length != self.size) {
            return Err(changed());
        }
        let offset = offset.filter(|offset| *offset <= self.size);
        let offset = offset.ok_or_else(|| unreadable(OPERATION, "the answer does not say how far the upload came"))?;
        if offset > place.offset {
            self.failures = 0;
        }
        self.arrived(place, offset);
        Ok(())
    }

    async fn send_piece(&mut self, place: UploadPlace) -> Result<()> {
        const OPERATION: &str = "storage.upload_piece";
        let left = self.size.saturating_sub(place.offset);
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(PIECE);
        let piece = self.upload.source.piece(place.offset, length).await?;
        let request = self.request(OPERATION, Method::PATCH, self.bucket.uploads(Some(&place.id))?)?;
        let request = request
            .body(HeaderValue::from_static("application/offset+octet-stream"), piece)
            .header(UPLOAD_OFFSET, HeaderValue::from(place.offset))
            .total_timeout(None)
            .idle_timeout(UPLOAD_IDLE)
            // What broke is asked for first: a part of the piece may have arrived.
            .idempotent(false);
        let headers =
            match self.bucket.storage.send_with(request, |response| std::future::ready(Ok(response.headers))).await {
                Ok(headers) => headers,
                Err(error) if error.kind() == ErrorKind::NotFound => return self.gone(place).await,
                Err(error) => return Err(error),
            };
        let sent = place.offset + length as u64;
        match number(&headers, &UPLOAD_OFFSET) {
            Some(offset) if offset > place.offset && offset <= sent => {
                self.failures = 0;
                self.arrived(place, offset);
                Ok(())
            }
            // It took nothing of it, or more than was sent, or does not say: what it has is asked for, a few times.
            _ => Err(Error::new(
                ErrorKind::Server,
                "supabase.upload_offset",
                "Supabase Storage did not say how much of the piece it has",
            )
            .with_operation(crate::supabase::NAME, OPERATION)),
        }
    }

    fn arrived(&mut self, place: UploadPlace, offset: u64) {
        self.done = offset == self.size;
        (self.place, self.is_known) = (Some(UploadPlace { offset, ..place }), true);
    }

    /// Storage does not know the upload any more: it was finished, or is older than a day.
    async fn gone(&mut self, place: UploadPlace) -> Result<()> {
        if !self.upload.upsert {
            match self.bucket.info(&self.path).await {
                Ok(info) if info.size == Some(self.size) => {
                    self.arrived(place, self.size);
                    return Ok(());
                }
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        if self.failures >= FAILURES {
            let detail = "Supabase Storage forgets the upload again and again";
            return Err(Error::new(ErrorKind::Server, "supabase.upload_offset", detail));
        }
        self.failures += 1;
        (self.place, self.is_known) = (None, false);
        Ok(())
    }

    fn request(&self, operation: &'static str, method: Method, url: Url) -> Result<HttpRequest> {
        let request = HttpRequest::new(operation, method, url).header(TUS_RESUMABLE, VERSION);
        // It is looked at with the last piece, not with the first.
        Ok(if self.upload.upsert { request.header(X_UPSERT, HeaderValue::from_static("true")) } else { request })
    }

    fn metadata(&self) -> String {
        let seconds = self.upload.cache.seconds().map(|seconds| seconds.to_string());
        let own = (!self.upload.metadata.is_empty()).then(|| Value::Object(self.upload.metadata.clone()).to_string());
        let pairs = [
            ("bucketName", Some(self.bucket.name.clone())),
            ("objectName", Some(self.path.to_string())),
            ("contentType", Some(self.upload.content_type.clone())),
            ("cacheControl", seconds),
            ("metadata", own),
        ];
        let pairs = pairs.into_iter().filter_map(|(name, value)| Some(format!("{name} {}", STANDARD.encode(value?))));
        pairs.collect::<Vec<_>>().join(",")
    }
}

impl Bucket {
    /// Where resumable uploads are. A hosted project has a host for them that no proxy cuts short.
    fn uploads(&self, id: Option<&str>) -> Result<Url> {
        let mut segments = vec!["upload", "resumable"];
        segments.extend(id);
        let mut url = self.storage.endpoint(&segments)?;
        if let Some(project) = self.storage.project.project_ref()
            && url.host_str() == self.storage.project.url().host_str()
        {
            let host = format!("{project}.storage.supabase.co");
            url.set_host(Some(&host)).map_err(|_| bad_argument("storage.upload", "the project has no host"))?;
        }
        Ok(url)
    }
}

/// An id as it may stand in an address of ours.
fn check_id(id: &str) -> Option<&str> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~=%+".contains(&byte);
    (!matches!(id, "" | "." | "..") && id.len() <= LONGEST_ID && id.bytes().all(allowed)).then_some(id)
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// Whether a step may be tried again. A conflict is an offset that is not the server's, or a piece that is still arriving.
fn may_pass(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Server | ErrorKind::Timeout | ErrorKind::Connect | ErrorKind::RateLimited)
        && error.code() != "http.deadline"
        || error.code() == "supabase.upload_conflict"
}
