use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep_until};

use super::sse::{Event, OwnedEvent, Parser};
use super::{BodyStream, TransportError, TransportErrorKind};
use crate::error::{Error, ErrorKind, Result};

/// What errors say about where they come from.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub(super) service: &'static str,
    pub(super) operation: &'static str,
    pub(super) status: Option<u16>,
    pub(super) request_id: Option<String>,
    pub(super) attempts: u32,
    /// How many attempts before this one had no whole answer.
    pub(super) unanswered: u32,
}

impl Origin {
    /// Adds it to the error of an attempt.
    pub(super) fn add(&self, error: Error) -> Error {
        let unanswered = self.unanswered + u32::from(is_unanswered(&error));
        self.add_unsent(error).with_unanswered(unanswered)
    }

    /// Adds it to an error between two attempts.
    pub(super) fn add_unsent(&self, error: Error) -> Error {
        let mut error = error
            .with_operation(self.service, self.operation)
            .with_attempts(self.attempts)
            .with_unanswered(self.unanswered);
        if let Some(status) = self.status {
            error = error.with_status(status);
        }
        match &self.request_id {
            Some(id) => error.with_request_id(id.as_str()),
            None => error,
        }
    }
}

/// Whether the request was sent and its answer did not come, or not whole: a gateway that gave the service up included.
pub(super) fn is_unanswered(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Timeout | ErrorKind::Truncated | ErrorKind::Decode => true,
        ErrorKind::Server => error.code() == INTERRUPTED,
        _ => false,
    }
}

/// When an attempt is given up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The attempt's own limit.
    pub(super) total: Option<Instant>,
    /// The caller's.
    pub(super) deadline: Option<Instant>,
    /// The longest pause.
    pub(super) idle: Duration,
}

impl Limits {
    /// When a wait that began at `since` ends.
    pub(super) fn ends(&self, since: Instant) -> Option<Instant> {
        let idle = since.checked_add(self.idle);
        [self.total, self.deadline, idle].into_iter().flatten().min()
    }

    fn hard(&self) -> Option<Instant> {
        [self.total, self.deadline].into_iter().flatten().min()
    }

    /// The error of a wait that ended, by the limit that ended it.
    pub(super) fn error(&self, now: Instant) -> Error {
        let passed = |limit: Option<Instant>| limit.is_some_and(|limit| limit <= now);
        if passed(self.deadline) {
            return past_deadline();
        }
        if passed(self.total) {
            return Error::new(ErrorKind::Timeout, "http.timeout", "the answer was not whole within the time allowed");
        }
        let detail = format!("no byte came for {:?}", self.idle);
        Error::new(ErrorKind::Timeout, "http.idle", detail)
    }
}

/// The code of the one timeout that is never followed by another attempt.
pub(super) const DEADLINE: &str = "http.deadline";

/// The code of a connection that broke after the request may have been sent.
const INTERRUPTED: &str = "http.interrupted";

pub(crate) fn past_deadline() -> Error {
    Error::new(ErrorKind::Timeout, DEADLINE, "the caller's deadline passed")
}

/// The error of a connection that failed.
pub(super) fn broken(error: TransportError) -> Error {
    let detail = error.detail.clone();
    match error.kind {
        TransportErrorKind::Connect => Error::new(ErrorKind::Connect, "http.connect", detail)
            .with_remedy("Check the address and the network.")
            .with_source(error),
        TransportErrorKind::Tls => Error::new(ErrorKind::Connect, "http.tls", detail)
            .with_remedy("Check the clock of this machine, its root certificates and the host's certificate.")
            .with_source(error),
        TransportErrorKind::Interrupted => Error::new(ErrorKind::Server, INTERRUPTED, detail).with_source(error),
        TransportErrorKind::Decode => Error::new(ErrorKind::Decode, "http.not_http", detail).with_source(error),
    }
}

/// The body of an answer as it comes, with the time limits of its request. Dropping it stops the server's work.
///
/// After an error there are no more bytes.
pub struct Body {
    stream: Option<BodyStream>,
    limits: Limits,
    origin: Origin,
    /// Since when the next byte is waited for: a reader that pauses is not a server that does.
    waiting: Option<Instant>,
    /// Set only when the answer pauses, and moved only when it fires too early: not once for every piece.
    timer: Option<Pin<Box<Sleep>>>,
    /// Its place among the requests in flight.
    permit: Option<OwnedSemaphorePermit>,
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Body").field("origin", &self.origin).field("ended", &self.stream.is_none()).finish()
    }
}

impl Body {
    pub(super) fn new(stream: BodyStream, limits: Limits, origin: Origin, permit: OwnedSemaphorePermit) -> Self {
        Self { stream: Some(stream), limits, origin, waiting: None, timer: None, permit: Some(permit) }
    }

    /// The next piece, `None` at the end. Fails with `Timeout`, `Server` (`http.interrupted`: the connection broke before the
    /// body was whole) or `Decode` (`http.not_http`: its chunks or its compression are broken).
    pub async fn chunk(&mut self) -> Option<Result<Bytes>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// All of it, at most `limit` bytes after decompression. Fails as [`chunk`](Self::chunk) does, and with `Decode`,
    /// `http.body_too_large`.
    pub async fn bytes(mut self, limit: usize) -> Result<Bytes> {
        let Some(first) = self.chunk().await.transpose()? else { return Ok(Bytes::new()) };
        if first.len() > limit {
            return Err(self.too_large(limit));
        }
        let Some(second) = self.chunk().await.transpose()? else { return Ok(first) };
        let mut all = Vec::with_capacity((first.len() + second.len()).min(limit).saturating_mul(2));
        all.extend_from_slice(&first);
        let mut next = Some(second);
        while let Some(piece) = next {
            if all.len() + piece.len() > limit {
                return Err(self.too_large(limit));
            }
            all.extend_from_slice(&piece);
            next = self.chunk().await.transpose()?;
        }
        Ok(all.into())
    }

    /// At most `limit` bytes of its beginning, whatever happens after them: for the body of an error.
    pub(super) async fn beginning(mut self, limit: usize) -> Bytes {
        let mut all = Vec::new();
        while let Some(Ok(piece)) = self.chunk().await {
            let room = limit - all.len();
            all.extend_from_slice(piece.get(..room).unwrap_or(&piece));
            if all.len() >= limit {
                break;
            }
        }
        all.into()
    }

    fn too_large(&self, limit: usize) -> Error {
        let detail = format!("the answer is larger than {limit} bytes");
        self.origin.add(Error::new(ErrorKind::Decode, "http.body_too_large", detail))
    }

    fn end(&mut self) {
        self.stream = None;
        self.timer = None;
        self.permit = None;
    }

    fn fail(&mut self, error: Error) -> Poll<Option<Result<Bytes>>> {
        self.end();
        Poll::Ready(Some(Err(self.origin.add(error))))
    }
}

impl Stream for Body {
    type Item = Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let Some(stream) = &mut this.stream else { return Poll::Ready(None) };
        match stream.as_mut().poll_next(cx) {
            Poll::Ready(None) => {
                this.end();
                Poll::Ready(None)
            }
            Poll::Ready(Some(Err(error))) => this.fail(broken(error)),
            Poll::Ready(Some(Ok(piece))) => {
                this.waiting = None;
                // A body that never pauses must not outlast its limits either.
                if let Some(hard) = this.limits.hard() {
                    let now = Instant::now();
                    if now >= hard {
                        return this.fail(this.limits.error(now));
                    }
                }
                Poll::Ready(Some(Ok(piece)))
            }
            Poll::Pending => {
                let now = Instant::now();
                let since = *this.waiting.get_or_insert(now);
                let Some(ends) = this.limits.ends(since) else { return Poll::Pending };
                let timer = this.timer.get_or_insert_with(|| Box::pin(sleep_until(ends)));
                if timer.deadline() > ends {
                    timer.as_mut().reset(ends);
                }
                loop {
                    ready!(timer.as_mut().poll(cx));
                    let now = Instant::now();
                    if now >= ends {
                        return this.fail(this.limits.error(now));
                    }
                    timer.as_mut().reset(ends);
                }
            }
        }
    }
}

/// The server-sent events of an answer as they come. Dropping it stops the server's work.
///
/// [`next_event`](Self::next_event) lends each event without a copy; as a `Stream` it gives events that own their text.
#[derive(Debug)]
pub struct EventStream {
    body: Body,
    parser: Parser,
    ended: bool,
}

impl EventStream {
    /// The events of a body.
    #[must_use]
    pub fn new(body: Body) -> Self {
        Self { body, parser: Parser::new(), ended: false }
    }

    /// The next event, `None` at the end of the body. That the body ended does not say that the stream was whole: the
    /// protocol above says how its last event looks. Fails as [`Body::chunk`] does, and with `Decode`, `http.event_too_large`.
    pub async fn next_event(&mut self) -> Option<Result<Event<'_>>> {
        match std::future::poll_fn(|cx| self.poll_advance(cx)).await {
            Ok(true) => Some(Ok(self.parser.event())),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        }
    }

    /// Moves to the next event: false at the end of the body. [`event`](Self::event) then gives it. This is
    /// [`next_event`](Self::next_event) for code that polls, and fails as that does.
    pub fn poll_advance(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool>> {
        while !self.ended {
            match self.parser.advance() {
                Ok(true) => return Poll::Ready(Ok(true)),
                Ok(false) => {}
                Err(error) => {
                    self.ended = true;
                    self.body.end();
                    let error = Error::new(ErrorKind::Decode, "http.event_too_large", error.to_string());
                    return Poll::Ready(Err(self.body.origin.add(error)));
                }
            }
            match ready!(Pin::new(&mut self.body).poll_next(cx)) {
                Some(Ok(piece)) => self.parser.feed(piece),
                Some(Err(error)) => {
                    self.ended = true;
                    return Poll::Ready(Err(error));
                }
                None => self.ended = true,
            }
        }
        Poll::Ready(Ok(false))
    }

    /// The event that the last step found.
    #[must_use]
    pub fn event(&self) -> Event<'_> {
        self.parser.event()
    }

    /// At the end: the bytes of an event that was cut off; empty when the body ended between two events.
    #[must_use]
    pub fn unfinished(&self) -> &[u8] {
        self.parser.unfinished()
    }

    /// Adds what is known of the call (service, operation, status, request id, attempts) to an error about its events.
    #[must_use]
    pub fn locate(&self, error: Error) -> Error {
        self.body.origin.add(error)
    }
}

impl Stream for EventStream {
    type Item = Result<OwnedEvent>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        Poll::Ready(match ready!(this.poll_advance(cx)) {
            Ok(true) => Some(Ok(this.event().into())),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        })
    }
}
