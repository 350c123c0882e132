//! The transport that the SDK brings, where an application has none of its own.

use std::error::Error as StdError;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_core::Stream;
use http::uri::Scheme;

use super::tls::client_config;
use super::transport::{Transport, TransportError, TransportErrorKind, TransportResponse};
use crate::error::{Error, ErrorKind, Result};

/// The transport that the SDK brings: reqwest over rustls with ring, HTTP/2 where the host has it, gzip and brotli, and
/// connections kept for reuse.
///
/// Proxies come from the environment (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`) and are used for `https:` alone, where they see
/// a tunnel. Plain `http:` is only for this machine and private networks: a proxy would read its keys, and could not reach
/// the host.
#[derive(Debug)]
pub(super) struct DefaultTransport {
    secure: reqwest::Client,
    plain: reqwest::Client,
}

impl DefaultTransport {
    pub(super) fn new() -> Result<Self> {
        let failed = |error: Box<dyn StdError + Send + Sync>| {
            Error::new(ErrorKind::Config, "http.tls_setup", "the TLS client could not be set up").with_source(error)
        };
        let tls = client_config().map_err(|error| failed(error.into()))?;
        let builder = || {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .redirect(reqwest::redirect::Policy::none())
                .referer(false)
                .connect_timeout(Duration::from_secs(10))
                .tcp_nodelay(true)
                .pool_max_idle_per_host(64)
                // A connection that died without a word is found while a model thinks, not after the idle timeout.
                .http2_keep_alive_interval(Duration::from_secs(20))
                .http2_keep_alive_timeout(Duration::from_secs(20))
        };
        Ok(Self {
            secure: builder().https_only(true).build().map_err(|error| failed(error.into()))?,
            plain: builder().no_proxy().build().map_err(|error| failed(error.into()))?,
        })
    }
}

#[async_trait]
impl Transport for DefaultTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<TransportResponse, TransportError> {
        let client = if request.uri().scheme() == Some(&Scheme::HTTP) { &self.plain } else { &self.secure };
        let request = reqwest::Request::try_from(request).map_err(explain_head)?;
        let mut response = client.execute(request).await.map_err(explain_head)?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let body: http::Response<reqwest::Body> = response.into();
        Ok(TransportResponse { status, headers, body: Box::pin(Pieces(body.into_body())) })
    }
}

/// The data frames of a reqwest body.
struct Pieces(reqwest::Body);

impl Stream for Pieces {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match hyper::body::Body::poll_frame(Pin::new(&mut self.0), cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(explain_body(error)))),
                // Trailers say nothing that is used.
                Poll::Ready(Some(Ok(frame))) => {
                    if let Ok(data) = frame.into_data()
                        && !data.is_empty()
                    {
                        return Poll::Ready(Some(Ok(data)));
                    }
                }
            }
        }
    }
}

/// An attempt that broke before the head of its answer.
fn explain_head(error: reqwest::Error) -> TransportError {
    let kind = if error.is_connect() {
        TransportErrorKind::Connect
    } else if error.is_builder() {
        TransportErrorKind::Decode
    } else {
        TransportErrorKind::Interrupted
    };
    explain(&error.without_url(), kind)
}

/// A body that broke: by its compression, unless there is an error of the connection beneath.
fn explain_body(error: reqwest::Error) -> TransportError {
    explain(&error.without_url(), TransportErrorKind::Decode)
}

/// Puts an error of reqwest into our words. Its own text may hold the address, so it is not kept as source; the innermost
/// cause is, as text.
fn explain(error: &reqwest::Error, mut kind: TransportErrorKind) -> TransportError {
    let mut innermost = None;
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(hyper) = cause.downcast_ref::<hyper::Error>() {
            if hyper.is_parse() {
                kind = TransportErrorKind::Decode;
            } else if kind == TransportErrorKind::Decode {
                kind = TransportErrorKind::Interrupted;
            }
        }
        if kind == TransportErrorKind::Connect && is_tls(cause) {
            kind = TransportErrorKind::Tls;
        }
        innermost = Some(cause.to_string());
        source = cause.source();
    }
    let what = match kind {
        TransportErrorKind::Connect => "no connection could be made",
        TransportErrorKind::Tls => "the host could not be trusted",
        TransportErrorKind::Interrupted => "the connection broke before the answer was whole",
        TransportErrorKind::Decode => "the answer is not HTTP, or its compression is broken",
    };
    let detail = match innermost {
        Some(cause) => format!("{what}: {cause}"),
        None => what.to_owned(),
    };
    TransportError { kind, detail, source: None }
}

/// Whether it is an error of TLS; I/O errors wrap them, and each other, outside of the chain of sources.
fn is_tls(cause: &(dyn StdError + 'static)) -> bool {
    let mut cause = cause;
    loop {
        if cause.is::<rustls::Error>() {
            return true;
        }
        match cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inner) => cause = inner,
            None => return false,
        }
    }
}
