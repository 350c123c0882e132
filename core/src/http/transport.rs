use std::error::Error as StdError;
use std::pin::Pin;

use async_trait::async_trait;
use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderMap, StatusCode};

/// The bytes of an answer as they come.
pub type BodyStream = Pin<Box<dyn Stream<Item = Result<Bytes, TransportError>> + Send>>;

/// Sends one request, once. The SDK brings one (reqwest with rustls); an application can bring its own, such as the HTTP
/// client of a phone. Time limits, retries and errors are the pipeline's.
///
/// Redirects must not be followed: the pipeline reports them, so that no credential travels to another host.
#[async_trait]
pub trait Transport: Send + Sync + std::fmt::Debug + 'static {
    /// Sends the request and returns when the head of the answer is there. Dropping the future or the body stops it.
    async fn send(&self, request: http::Request<Bytes>) -> Result<TransportResponse, TransportError>;
}

/// The head of an answer, and its body as it comes.
pub struct TransportResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, content encodings already undone.
    pub body: BodyStream,
}

/// Where an attempt broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection could be made: the request was surely never sent.
    Connect,
    /// A connection was made and is not to be trusted: the request was not sent, and another attempt would not help.
    Tls,
    /// The connection broke after the request may have been sent.
    Interrupted,
    /// What came is not HTTP, or its encoding is broken.
    Decode,
}

/// An attempt that broke. Its text names no address and no secret.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub struct TransportError {
    /// Where it broke.
    pub kind: TransportErrorKind,
    /// What happened.
    pub detail: String,
    /// The error beneath.
    #[source]
    pub source: Option<Box<dyn StdError + Send + Sync>>,
}

impl TransportError {
    /// An attempt that broke, for a transport of your own. `detail` is shown: leave addresses and secrets out.
    #[must_use]
    pub fn new(kind: TransportErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), source: None }
    }
}
