use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use super::body::Origin;
use super::json::decode;
use super::redact::is_html;
use super::{Body, EventStream, body_summary};
use crate::error::{Error, ErrorKind, Result};

/// A successful answer (status 2xx): its head, and its body that is still to come.
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
        self.read_json(limit).await.map(|received| received.value)
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

    pub(super) async fn read_json<T: DeserializeOwned>(self, limit: usize) -> Result<Received<T>> {
        self.read_with(limit, |body| serde_json::from_slice(body)).await
    }

    /// The body as what a reader makes of its JSON, for one that borrows from the bytes. Fails as [`json`](Self::json) does.
    pub(crate) async fn read_with<T>(
        self,
        limit: usize,
        read: impl FnOnce(&[u8]) -> serde_json::Result<T>,
    ) -> Result<Received<T>> {
        let origin = self.origin.clone();
        let Received { value: body, status, headers, request_id, attempts } = self.read(limit).await?;
        match decode(&body, read) {
            Ok(value) => Ok(Received { value, status, headers, request_id, attempts }),
            Err(_) if is_html(&headers, &body) => {
                let detail = format!("instead of JSON the service answered with {}", body_summary(&headers, &body));
                let error = Error::new(ErrorKind::Decode, "http.html", detail)
                    .with_remedy("Check the base URL; a proxy or a login page may stand in between.");
                Err(origin.add(error))
            }
            Err(detail) => Err(origin.add(Error::new(ErrorKind::Decode, "http.json", detail))),
        }
    }
}
