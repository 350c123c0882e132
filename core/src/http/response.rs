use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use super::body::Origin;
use super::json::decode;
use super::redact::is_html;
use super::{Body, EventStream, body_summary};
use crate::error::{Error, ErrorKind, Result};
use crate::json;

/// A successful answer (status 2xx, or a redirect where that is one): its head, and its body that is still to come.
#[derive(Debug)]
#[non_exhaustive]
pub struct HttpResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers. `Content-Encoding` and `Content-Length` are gone where the body was compressed.
    pub headers: HeaderMap,
    /// The id that the service gave the request.
    pub request_id: Option<String>,
    /// How many attempts it took.
    pub attempts: u32,
    /// How many of the attempts before it had no whole answer, so that nobody knows what the service did for them.
    pub unanswered: u32,
    pub(super) body: Body,
    pub(super) origin: Origin,
}

/// An answer that was read whole.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Received<T> {
    /// What was in it.
    pub value: T,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The id that the service gave the request.
    pub request_id: Option<String>,
    /// How many attempts it took.
    pub attempts: u32,
}

/// Reads the JSON of a body, and keeps what it makes of it.
pub(crate) type Reader<'a> = &'a (dyn Fn(&[u8]) -> serde_json::Result<()> + Send + Sync + 'a);

/// Where what was made of an answer is kept until the call has ended. With it, all that is around reading is compiled once, and
/// not for each kind of answer.
pub(crate) struct Made<T>(Mutex<Option<T>>);

impl<T> Made<T> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    pub(crate) fn put(&self, value: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }

    /// Does something with an answer, and keeps what comes of it.
    pub(crate) fn finishing<'f, F, Fut>(
        &'f self,
        finish: &'f F,
    ) -> impl Fn(HttpResponse) -> BoxFuture<'f, Result<()>> + Send + Sync
    where
        T: Send,
        F: Fn(HttpResponse) -> Fut + Send + Sync,
        Fut: Future<Output = Result<T>> + Send + 'f,
    {
        move |response| {
            Box::pin(async move {
                self.put(finish(response).await?);
                Ok(())
            })
        }
    }

    /// Keeps what was read.
    pub(crate) fn keep(&self, value: serde_json::Result<T>) -> serde_json::Result<()> {
        value.map(|value| self.put(value))
    }

    /// What the attempt that ended well has made.
    pub(crate) fn take(self) -> Result<T> {
        let value = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        value.ok_or_else(|| Error::new(ErrorKind::Internal, "http.closed", "no attempt ended"))
    }

    /// What was made, with the head that it came with.
    pub(crate) fn of(self, received: Received<()>) -> Result<Received<T>> {
        let Received { value: (), status, headers, request_id, attempts } = received;
        Ok(Received { value: self.take()?, status, headers, request_id, attempts })
    }
}

impl HttpResponse {
    /// The body, at most `limit` bytes after decompression. Fails as [`Body::bytes`] does; what breaks here is not repeated
    /// ([`HttpClient::send_bytes`](super::HttpClient::send_bytes) repeats it).
    pub async fn bytes(self, limit: usize) -> Result<Bytes> {
        self.body.bytes(limit).await
    }

    /// The body as text, at most `limit` bytes. Fails as [`bytes`](Self::bytes) does, and with `Decode`, `http.not_text`, for
    /// one that is not UTF-8.
    pub async fn text(self, limit: usize) -> Result<String> {
        let bytes = self.body.bytes(limit).await?;
        String::from_utf8(bytes.into()).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let detail = format!("the answer is not UTF-8 at byte {at}");
            self.origin.add(Error::new(ErrorKind::Decode, "http.not_text", detail))
        })
    }

    /// The body as a value from JSON, at most `limit` bytes. Fails as [`bytes`](Self::bytes) does, and with `Decode`:
    /// `http.html` for a web page, `http.json` for anything else that does not fit, naming its path and never its values.
    pub async fn json<T: DeserializeOwned>(self, limit: usize) -> Result<T> {
        let origin = self.origin.clone();
        let received = self.read(limit).await?;
        let made = Made::new();
        read_body(&origin, &received.headers, &received.value, &mut |body| made.keep(json::read_bytes(body)))?;
        made.take()
    }

    /// The body as server-sent events.
    #[must_use]
    pub fn events(self) -> EventStream {
        EventStream::new(self.body)
    }

    /// The body as it comes.
    #[must_use]
    pub fn into_body(self) -> Body {
        self.body
    }

    pub(super) async fn read(self, limit: usize) -> Result<Received<Bytes>> {
        let Self { status, headers, request_id, attempts, body, .. } = self;
        let value = body.bytes(limit).await?;
        Ok(Received { value, status, headers, request_id, attempts })
    }

    /// Gives the body to a reader of its JSON. Fails as [`json`](Self::json) does.
    pub(crate) async fn read_by(self, limit: usize, read: Reader<'_>) -> Result<Received<()>> {
        let origin = self.origin.clone();
        let Received { value: body, status, headers, request_id, attempts } = self.read(limit).await?;
        read_body(&origin, &headers, &body, &mut |body| read(body))?;
        Ok(Received { value: (), status, headers, request_id, attempts })
    }
}

fn read_body(
    origin: &Origin,
    headers: &HeaderMap,
    body: &[u8],
    read: &mut dyn FnMut(&[u8]) -> serde_json::Result<()>,
) -> Result<()> {
    match decode(body, read) {
        Ok(()) => Ok(()),
        Err(_) if is_html(headers, body) => {
            let detail = format!("instead of JSON the service answered with {}", body_summary(headers, body));
            let error = Error::new(ErrorKind::Decode, "http.html", detail)
                .with_remedy("Check the base URL; a proxy or a login page may stand in between.");
            Err(origin.add(error))
        }
        Err(detail) => Err(origin.add(Error::new(ErrorKind::Decode, "http.json", detail))),
    }
}
