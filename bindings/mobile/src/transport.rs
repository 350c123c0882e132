//! HTTP by the host: its proxies, its certificates, its rules of the network.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream;
use ghostwren::http::{BodyStream, Transport, TransportError, TransportErrorKind, TransportResponse};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::error::HostCause;
use crate::host::{HostError, number};

/// One header.
#[derive(uniffi::Record)]
pub struct NativeHeader {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// One request, to be sent once.
#[derive(uniffi::Record)]
pub struct NativeRequest {
    /// `GET` and so on.
    pub method: String,
    /// The address.
    pub url: String,
    /// The headers.
    pub headers: Vec<NativeHeader>,
    /// The body; may be empty.
    pub body: Vec<u8>,
}

/// The head of an answer.
#[derive(uniffi::Record)]
pub struct NativeResponse {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<NativeHeader>,
}

/// Sends requests, without following redirects and with encodings undone.
#[uniffi::export(rust, foreign)]
#[async_trait]
pub trait NativeTransport: Send + Sync {
    /// Sends a request, and gives the head of the answer, whose body is read by this number. An error whose fields say
    /// `connect` was surely never sent. Who is told to release a body that is not there yet was cancelled before.
    async fn send(&self, request: NativeRequest, body: u64) -> Result<NativeResponse, HostError>;

    /// The next piece of a body; nothing at its end.
    async fn read(&self, body: u64) -> Result<Option<Vec<u8>>, HostError>;

    /// A body that nobody reads any more.
    fn release(&self, body: u64);
}

/// The transport of the host, as the pipeline of the core sees it.
pub(crate) struct HostTransport(Arc<dyn NativeTransport>);

impl HostTransport {
    pub(crate) fn new(host: Arc<dyn NativeTransport>) -> Self {
        Self(host)
    }
}

impl fmt::Debug for HostTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostTransport")
    }
}

/// What the host says of where an attempt broke: `connect`, `tls` or anything else.
fn broken(error: HostError) -> TransportError {
    let HostError::Thrown { number, text, fields } = error;
    let kind = match fields.as_deref() {
        Some("connect") => TransportErrorKind::Connect,
        Some("tls") => TransportErrorKind::Tls,
        _ => TransportErrorKind::Interrupted,
    };
    let what = match kind {
        TransportErrorKind::Connect => "no connection could be made",
        TransportErrorKind::Tls => "the host could not be trusted",
        _ => "the connection broke before the answer was whole",
    };
    // The exception's own text may hold an address: it stays with the exception.
    let mut error = TransportError::new(kind, format!("{what} by the application's transport"));
    error.source = Some(Box::new(HostCause { number, text: text.split(':').next().unwrap_or_default().to_owned() }));
    error
}

fn odd(what: &str) -> TransportError {
    TransportError::new(TransportErrorKind::Decode, format!("the application's transport gave {what}"))
}

/// A header that is ours and not the transport's, such as a key with a character that is not ASCII.
fn unsendable() -> TransportError {
    let what = "a header of the request, such as the key, has a character that is not ASCII: it was not sent";
    TransportError::new(TransportErrorKind::Decode, what)
}

/// A body at the host, which is told when nobody reads it any more.
struct Body {
    host: Arc<dyn NativeTransport>,
    number: u64,
}

impl Drop for Body {
    fn drop(&mut self) {
        self.host.release(self.number);
    }
}

#[async_trait]
impl Transport for HostTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<TransportResponse, TransportError> {
        let (head, content) = request.into_parts();
        let read = |value: &HeaderValue| value.to_str().map(str::to_owned).map_err(|_| unsendable());
        let headers = head
            .headers
            .iter()
            .map(|(name, value)| Ok(NativeHeader { name: name.as_str().to_owned(), value: read(value)? }));
        let request = NativeRequest {
            method: head.method.to_string(),
            url: head.uri.to_string(),
            headers: headers.collect::<Result<_, TransportError>>()?,
            body: content.to_vec(),
        };
        // Before it is there: who drops this future in between leaves none behind.
        let body = Body { host: Arc::clone(&self.0), number: number() };
        let response = self.0.send(request, body.number).await.map_err(broken)?;
        let status = StatusCode::from_u16(response.status).map_err(|_| odd("no status"))?;
        let mut headers = HeaderMap::new();
        for NativeHeader { name, value } in response.headers {
            // A header that HTTP does not allow says nothing that is used.
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&value)) {
                headers.append(name, value);
            }
        }
        let body: BodyStream = Box::pin(stream::try_unfold(body, async |body| {
            let piece = body.host.read(body.number).await.map_err(broken)?;
            Ok(piece.map(|piece| (Bytes::from(piece), body)))
        }));
        Ok(TransportResponse { status, headers, body })
    }
}
