//! Upload of pictures and films, piece by piece (<https://docs.x.com/x-api/media/quickstart/media-upload-chunked>): one
//! piece is in memory at a time, however large the file is.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method};
use ring::digest;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::client::{TwitterClient, read_nothing};
use super::dialect::{WireWritten, WireWrittenData};
use super::errors::{NAME, bad_argument, failed_with_success, unreadable};
use super::problem::Problem;
use super::tweets::may_have_happened;
use crate::blocking::off_thread;
use crate::error::{Error, ErrorKind, Result};
use crate::http::HttpRequest;
use crate::records::is_valid_id;
use crate::tolerant::{Says, read_repaired};

/// A piece: below the 5 MB that X takes at once.
const PIECE: usize = 4 << 20;
/// The index of a piece has three digits.
const MAX_PIECES: usize = 1000;
/// How long X may take to process a film before the upload is given up.
const PROCESSING: Duration = Duration::from_secs(600);
/// The longest alternative text, in characters.
const MAX_ALT_TEXT: usize = 1000;

/// A picture or film to be uploaded.
///
/// ```
/// use ghostwren::twitter::MediaUpload;
/// let upload = MediaUpload::file("wren.jpg").alt_text("A wren on a branch");
/// let upload = MediaUpload::bytes(b"GIF89a".to_vec(), "image/gif");
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct MediaUpload {
    source: Source,
    media_type: Option<String>,
    category: Option<String>,
    alt_text: Option<String>,
}

#[derive(Clone)]
enum Source {
    Bytes(Bytes),
    File(PathBuf),
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

impl MediaUpload {
    /// A file, whose type is told by the end of its name unless it is set.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { source: Source::File(path.into()), media_type: None, category: None, alt_text: None }
    }

    /// Bytes of this type, such as `image/png`.
    pub fn bytes(bytes: impl Into<Bytes>, media_type: impl Into<String>) -> Self {
        let media_type = Some(media_type.into());
        Self { source: Source::Bytes(bytes.into()), media_type, category: None, alt_text: None }
    }

    /// Sets the type, such as `video/mp4`.
    pub fn media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }

    /// Sets what it is for: `tweet_image`, `tweet_gif` or `tweet_video` by its type unless set.
    pub fn category(mut self, category: impl Into<String>) -> Self {
        self.category = Some(category.into());
        self
    }

    /// Says what is shown, for those who cannot see it: at most 1,000 characters.
    pub fn alt_text(mut self, text: impl Into<String>) -> Self {
        self.alt_text = Some(text.into());
        self
    }

    /// Whether X is told what is shown, which costs.
    pub(crate) fn has_alt_text(&self) -> bool {
        self.alt_text.is_some()
    }

    /// What stands for what X would get: SHA-256 of the bytes, the type, what it is for and the alternative text. A file is
    /// read for it, a piece at a time.
    pub(crate) async fn content(&self) -> Result<Value> {
        let digest = match &self.source {
            Source::Bytes(bytes) => digest::digest(&digest::SHA256, bytes),
            Source::File(path) => {
                let path = path.clone();
                blocking(move || {
                    let (mut file, mut whole) = (File::open(path)?, digest::Context::new(&digest::SHA256));
                    let mut piece = vec![0; 64 << 10];
                    loop {
                        match file.read(&mut piece)? {
                            0 => return Ok(whole.finish()),
                            read => whole.update(piece.get(..read).unwrap_or_default()),
                        }
                    }
                })
                .await?
            }
        };
        let sha256: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(json!({
            "sha256": sha256, "media_type": self.kind()?, "category": self.category, "alt_text": self.alt_text,
        }))
    }

    fn kind(&self) -> Result<String> {
        if let Some(kind) = &self.media_type {
            return Ok(kind.clone());
        }
        let end = match &self.source {
            Source::File(path) => {
                path.extension().and_then(|end| end.to_str()).unwrap_or_default().to_ascii_lowercase()
            }
            Source::Bytes(_) => String::new(),
        };
        let kind = match end.as_str() {
            "jpg" | "jpeg" => "image/jpeg",
            "png" => "image/png",
            "webp" => "image/webp",
            "gif" => "image/gif",
            "bmp" => "image/bmp",
            "tif" | "tiff" => "image/tiff",
            "mp4" | "m4v" => "video/mp4",
            "mov" => "video/quicktime",
            "webm" => "video/webm",
            "ts" => "video/mp2t",
            _ => {
                return Err(
                    bad_argument("media.upload", "the type of the file is not known").with_remedy("Set `media_type`.")
                );
            }
        };
        Ok(kind.to_owned())
    }
}

/// A picture or film that X has and has processed: for [`NewTweet::media`](super::NewTweet::media).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UploadedMedia {
    /// Its id.
    pub id: String,
    /// How long X keeps it for a tweet, counted from the end of the upload.
    pub expires_after: Option<Duration>,
}

/// Where the processing stands.
#[derive(Debug)]
enum Stand {
    /// `said` where the answer says that it was processed; of a picture an answer says nothing, before its end and after.
    Ready {
        expires_after: Option<Duration>,
        said: bool,
    },
    Working {
        check_after: Option<Duration>,
    },
    Failed(String),
}

impl TwitterClient {
    /// Uploads a picture or film and waits until X has processed it. Pieces are repeated when a connection breaks.
    ///
    /// # Errors
    /// `InvalidInput`: `twitter.bad_argument`, `twitter.media_failed` (X cannot use it); `Storage`, `twitter.media_file`;
    /// `Timeout`, `twitter.media_timeout`, after 10 minutes of processing; and every kind of the pipeline and of X.
    pub async fn upload(&self, upload: MediaUpload) -> Result<UploadedMedia> {
        const OPERATION: &str = "media.upload";
        let kind = upload.kind()?;
        if upload.alt_text.as_ref().is_some_and(|text| text.chars().count() > MAX_ALT_TEXT) {
            return Err(bad_argument(OPERATION, "an alternative text has at most 1,000 characters"));
        }
        let category = upload.category.as_deref().unwrap_or(match kind.as_str() {
            "image/gif" => "tweet_gif",
            film if film.starts_with("video/") => "tweet_video",
            _ => "tweet_image",
        });
        let mut pieces = Pieces::open(&upload.source).await?;
        if pieces.total == 0 || pieces.total > PIECE * MAX_PIECES {
            return Err(bad_argument(OPERATION, "a picture or film has 1 byte to 4 GB"));
        }
        let begin = json!({"media_type": kind, "media_category": category, "total_bytes": pieces.total});
        let request = self.media_request("media.initialize", Method::POST, &["initialize"])?.json(&begin)?;
        let id = self
            .call(request.idempotent(true), None, self.deadline_from_now(), read_media)
            .await?
            .value
            .id("media.initialize")?;
        let mut index = 0;
        while let Some(body) = pieces.next(index).await? {
            let request = self.media_request("media.append", Method::POST, &[&id, "append"])?;
            let kind = HeaderValue::from_str(&format!("multipart/form-data; boundary={}", pieces.boundary));
            let kind = kind.map_err(|_| unreadable(OPERATION, "the boundary is no header"))?;
            // The same bytes under the same index: sending them twice changes nothing.
            let request = request.body(kind, body).idempotent(true).total_timeout(None);
            self.call(request, None, None, read_nothing).await?;
            index += 1;
        }
        let stand = self.finalize(&id).await?;
        let expires_after = self.processed(&id, stand).await?;
        if let Some(text) = &upload.alt_text {
            self.alt_text(&id, text).await?;
        }
        Ok(UploadedMedia { id, expires_after })
    }

    /// Says what an uploaded picture or film shows, for those who cannot see it: at most 1,000 characters.
    ///
    /// # Errors
    /// `InvalidInput`, `twitter.bad_argument`, and every kind of the pipeline and of X.
    pub async fn alt_text(&self, media_id: &str, text: &str) -> Result<()> {
        const OPERATION: &str = "media.metadata";
        if !is_valid_id(media_id) || text.chars().count() > MAX_ALT_TEXT {
            return Err(bad_argument(OPERATION, "it takes an id and at most 1,000 characters"));
        }
        let body = json!({"id": media_id, "metadata": {"alt_text": {"text": text}}});
        let url = self.app().endpoint(&["media", "metadata"])?;
        let request = HttpRequest::new(OPERATION, Method::POST, url).json(&body)?.idempotent(true);
        self.call(request, None, self.deadline_from_now(), read_nothing).await.map(|_| ())
    }

    async fn finalize(&self, id: &str) -> Result<Stand> {
        let error = match self.end_of_upload(id).await {
            Err(error) if may_have_happened(&error) => error,
            end => return end,
        };
        tracing::debug!(target: "ghostwren::twitter", code = error.code(), "the answer to the end of an upload was lost");
        match self.media_status(id).await? {
            // It may be that it never came to X. Ending it twice changes nothing, and X may say so by a refusal.
            silent @ Stand::Ready { said: false, .. } => match self.end_of_upload(id).await {
                Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Conflict) => Ok(silent),
                end => end,
            },
            stand => Ok(stand),
        }
    }

    async fn end_of_upload(&self, id: &str) -> Result<Stand> {
        let request = self.media_request("media.finalize", Method::POST, &[id, "finalize"])?;
        self.call(request, None, self.deadline_from_now(), read_media).await?.value.stand("media.finalize")
    }

    async fn media_status(&self, id: &str) -> Result<Stand> {
        let mut url = self.app().endpoint(&["media", "upload"])?;
        url.query_pairs_mut().append_pair("command", "STATUS").append_pair("media_id", id);
        self.get("media.status", url, read_media).await?.value.stand("media.status")
    }

    /// Waits until it is processed. That X does not say when to ask again is no success.
    async fn processed(&self, id: &str, mut stand: Stand) -> Result<Option<Duration>> {
        let began = Instant::now();
        let mut usual = Duration::from_secs(1);
        loop {
            let wait = match stand {
                Stand::Ready { expires_after, .. } => return Ok(expires_after),
                Stand::Failed(why) => {
                    return Err(Error::new(ErrorKind::InvalidInput, "twitter.media_failed", why)
                        .with_operation(NAME, "media.status")
                        .with_remedy("Check format, length and size against X's limits for media."));
                }
                Stand::Working { check_after } => {
                    let wait = check_after.unwrap_or(usual).clamp(Duration::from_secs(1), Duration::from_secs(60));
                    usual = (usual * 2).min(Duration::from_secs(15));
                    wait
                }
            };
            if began.elapsed() + wait > PROCESSING {
                let detail = "X did not finish processing within 10 minutes";
                return Err(Error::new(ErrorKind::Timeout, "twitter.media_timeout", detail)
                    .with_operation(NAME, "media.status"));
            }
            sleep(wait).await;
            stand = self.media_status(id).await?;
        }
    }

    fn media_request(&self, operation: &'static str, method: Method, path: &[&str]) -> Result<HttpRequest> {
        let mut all = vec!["media", "upload"];
        all.extend(path);
        Ok(HttpRequest::new(operation, method, self.app().endpoint(&all)?))
    }
}

/// What an answer about an upload says.
#[derive(Debug)]
struct MediaAnswer {
    id: String,
    problem: Option<Problem>,
    stand: Stand,
}

impl MediaAnswer {
    fn id(self, operation: &'static str) -> Result<String> {
        match self {
            Self { id, .. } if is_valid_id(&id) => Ok(id),
            Self { problem: Some(problem), .. } => Err(failed_with_success(&problem, operation)),
            Self { .. } => Err(unreadable(operation, "the answer holds no id of the upload")),
        }
    }

    fn stand(self, operation: &'static str) -> Result<Stand> {
        match self {
            Self { id, problem, stand: Stand::Ready { .. } } if !is_valid_id(&id) => Err(match problem {
                Some(problem) => failed_with_success(&problem, operation),
                None => unreadable(operation, "the answer does not say where the upload stands"),
            }),
            Self { stand, .. } => Ok(stand),
        }
    }
}

fn read_media(body: &[u8]) -> serde_json::Result<MediaAnswer> {
    read_repaired(body, |body| {
        let wire: WireWritten<'_> = serde_json::from_slice(body)?;
        let stand = stand_of(&wire.data);
        Ok(MediaAnswer { id: wire.data.id.into_string(), problem: wire.errors.0.into_iter().next(), stand })
    })
}

fn stand_of(data: &WireWrittenData<'_>) -> Stand {
    let processing = &data.processing;
    if processing.says_nothing() || processing.state.text() == Some("succeeded") {
        let expires_after = data.expires_after_secs.number().map(Duration::from_secs);
        return Stand::Ready { expires_after, said: !processing.says_nothing() };
    }
    if processing.state.text() == Some("failed") {
        let error = &processing.error;
        let why = error.message.filled().or(error.name.filled()).unwrap_or("X could not process it");
        return Stand::Failed(why.chars().take(300).collect());
    }
    Stand::Working { check_after: processing.check_after_secs.number().map(Duration::from_secs) }
}

/// The pieces of a source, each as the body of its request.
struct Pieces {
    source: Open,
    total: usize,
    sent: usize,
    boundary: String,
}

enum Open {
    Bytes(Bytes),
    File(Option<File>),
}

impl Pieces {
    async fn open(source: &Source) -> Result<Self> {
        let (source, total) = match source {
            Source::Bytes(bytes) => (Open::Bytes(bytes.clone()), bytes.len()),
            Source::File(path) => {
                let path = path.clone();
                let opened = move || {
                    let file = File::open(path)?;
                    let total = file.metadata()?.len();
                    Ok((file, total))
                };
                let (file, total) = blocking(opened).await?;
                (Open::File(Some(file)), usize::try_from(total).unwrap_or(usize::MAX))
            }
        };
        Ok(Self { source, total, sent: 0, boundary: format!("wren-{}", crate::records::new_id().simple()) })
    }

    /// The next piece with what a form needs around it; `None` after the last.
    async fn next(&mut self, index: usize) -> Result<Option<Vec<u8>>> {
        let size = PIECE.min(self.total - self.sent);
        if size == 0 {
            return Ok(None);
        }
        let boundary = &self.boundary;
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"segment_index\"\r\n\r\n{index}\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"media\"; filename=\"media\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        let tail = format!("\r\n--{boundary}--\r\n");
        let mut body = Vec::with_capacity(head.len() + size + tail.len());
        body.extend_from_slice(head.as_bytes());
        match &mut self.source {
            Open::Bytes(bytes) => body.extend_from_slice(&bytes.split_to(size)),
            Open::File(file) => {
                let Some(mut open) = file.take() else { return Ok(None) };
                let read = move || {
                    let start = body.len();
                    body.resize(start + size, 0);
                    open.read_exact(body.get_mut(start..).unwrap_or_default())?;
                    Ok((open, body))
                };
                let (open, filled) = blocking(read).await?;
                *file = Some(open);
                body = filled;
            }
        }
        body.extend_from_slice(tail.as_bytes());
        self.sent += size;
        Ok(Some(body))
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> Result<T> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| {
        Error::new(ErrorKind::Storage, "twitter.media_file", "the file cannot be read, or changed while it was read")
            .with_operation(NAME, "media.upload")
            .with_source(source)
    };
    match off_thread(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(failed(error.into())),
        Err(error) => Err(failed(error.into())),
    }
}
