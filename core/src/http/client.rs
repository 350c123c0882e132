use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use http::StatusCode;
use http::header::{LOCATION, USER_AGENT};
use serde::de::DeserializeOwned;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until, timeout_at};
use tracing::Instrument;
use url::{Position, Url};

use super::body::{DEADLINE, Limits, Origin, broken, is_unanswered, past_deadline};
use super::budget::RetryBudget;
use super::settings::Settings;
use super::windows::RateWindows;
use super::{
    Body, Failure, HttpClientBuilder, HttpRequest, HttpResponse, KnownWindow, Made, OnLimit, Reader, Received, Repeat,
    Service, Transport, TransportErrorKind, TransportResponse, observe, shown_address, wait,
};
use crate::error::{Error, ErrorKind, Result};
use crate::json;

/// How much of a failure's body is read.
const ERROR_BODY_BYTES: usize = 64 << 10;

/// The pipeline that every request goes through. Cloning is cheap, and clones share connections, rate windows and the budget
/// of retries: a program makes one.
///
/// Each attempt waits for its rate window and for its place among the requests in flight, is sent, and is classified by its
/// [`Service`]. What may be repeated is: after the wait that the service asks for, or a random part of 0.5 s, doubled each
/// time, up to 20 s. A wait that goes beyond the caller's deadline (without one: beyond 60 s) is not begun: the call fails at
/// once and [`Error::retry_at`] says when to try again. While a host fails, its budget of retries runs out and calls fail at
/// their first attempt. Dropping a call or its body cancels it.
///
/// ```no_run
/// use ghostwren::http::{HttpClient, HttpRequest, Service};
/// # async fn run(openai: &dyn Service) -> ghostwren::Result<()> {
/// let http = HttpClient::new()?;
/// let request = HttpRequest::new("models.list", http::Method::GET, "https://api.openai.com/v1/models".parse().expect("a URL"));
/// let models = http.send_json::<serde_json::Value>(openai, request, 1 << 20).await?;
/// println!("{} after {} attempts", models.value, models.attempts);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct HttpClient {
    inner: Arc<Inner>,
}

struct Inner {
    transport: Arc<dyn Transport>,
    settings: Settings,
    windows: RateWindows,
    budget: RetryBudget,
    in_flight: Arc<Semaphore>,
}

impl std::fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpClient").field("transport", &self.inner.transport).finish_non_exhaustive()
    }
}

/// One attempt that failed.
struct Failed {
    error: Error,
    repeat: Repeat,
    /// The wait that the service asked for.
    wait: Option<Duration>,
}

impl Failed {
    fn never(error: Error) -> Self {
        Self { error, repeat: Repeat::Never, wait: None }
    }
}

/// What is done with the answer of an attempt. The attempts are compiled once, and not for each kind of answer: that was 0.4 MB
/// of a library.
pub(crate) type Finish<'a, 'f> = &'a (dyn Fn(HttpResponse) -> BoxFuture<'f, Result<()>> + Send + Sync + 'a);

impl HttpClient {
    /// A client with the defaults. Fails with `Config`, `http.tls_setup` (without the feature `reqwest`: `http.no_transport`).
    pub fn new() -> Result<Self> {
        Self::builder().build()
    }

    /// The settings of a client.
    #[must_use]
    pub fn builder() -> HttpClientBuilder {
        HttpClientBuilder::new()
    }

    pub(super) fn from_parts(transport: Arc<dyn Transport>, settings: Settings) -> Self {
        let in_flight = Arc::new(Semaphore::new(settings.in_flight));
        let (windows, budget) = (RateWindows::default(), RetryBudget::default());
        Self { inner: Arc::new(Inner { transport, settings, windows, budget, in_flight }) }
    }

    /// What is known of a service's limits, for a store that keeps them beyond this process: those that are not over.
    #[must_use]
    pub fn rate_windows(&self, service: &str) -> Vec<KnownWindow> {
        self.inner.windows.export(service, Instant::now(), (self.inner.settings.clock)())
    }

    /// Takes in what another process knew of a service's limits. One that is known here stays, with the lower count where both
    /// are of the same window.
    pub fn seed_rate_windows(&self, service: &'static str, windows: impl IntoIterator<Item = KnownWindow>) {
        let (instant, now) = (Instant::now(), (self.inner.settings.clock)());
        for window in windows {
            self.inner.windows.seed(service, window, instant, now);
        }
    }

    /// Sends a request until the head of a success (2xx) is there. Its body comes as it is read; what breaks there is not
    /// repeated.
    ///
    /// Fails with `Connect`, `Timeout`, `Server` (`http.interrupted`), `Decode` (`http.not_http`), `Config`
    /// (`http.insecure_url`, `http.userinfo`, `http.redirect`), `RateLimited` (`http.rate_window`: not sent), or what the service's
    /// [`Service::classify`] says.
    pub async fn send(&self, service: &dyn Service, request: HttpRequest) -> Result<HttpResponse> {
        self.run(service, &request, |response| std::future::ready(Ok(response))).await
    }

    /// Sends a request and reads its body, at most `limit` bytes after decompression. A body that breaks is repeated as a head
    /// that breaks is. Fails as [`send`](Self::send) and [`Body::bytes`] do.
    pub async fn send_bytes(
        &self,
        service: &dyn Service,
        request: HttpRequest,
        limit: usize,
    ) -> Result<Received<Bytes>> {
        self.run(service, &request, |response| response.read(limit)).await
    }

    /// Sends a request and reads a value from the JSON of its body, at most `limit` bytes. A body that breaks is repeated as a
    /// head that breaks is; one that does not fit is not. Fails as [`send`](Self::send) and [`HttpResponse::json`] do.
    pub async fn send_json<T: DeserializeOwned + Send>(
        &self,
        service: &dyn Service,
        request: HttpRequest,
        limit: usize,
    ) -> Result<Received<T>> {
        let made = Made::new();
        let read = |body: &[u8]| made.keep(json::read_bytes(body));
        let received = self.send_read(service, request, limit, &read).await?;
        made.of(received)
    }

    /// Sends a request and reads the JSON of its body, at most `limit` bytes. Fails as [`send_json`](Self::send_json) does.
    pub(crate) async fn send_read(
        &self,
        service: &dyn Service,
        request: HttpRequest,
        limit: usize,
        read: Reader<'_>,
    ) -> Result<Received<()>> {
        self.run(service, &request, |response| response.read_by(limit, read)).await
    }

    /// Sends a request and does something with the answer that is part of the attempt: what fails there with `Server`,
    /// `Timeout`, `RateLimited` or `Truncated` is repeated as a head that breaks is. Fails as [`send`](Self::send) and `finish`
    /// do.
    pub(crate) async fn send_with<T, F, Fut>(&self, service: &dyn Service, request: HttpRequest, finish: F) -> Result<T>
    where
        T: Send,
        F: Fn(HttpResponse) -> Fut + Send + Sync,
        Fut: Future<Output = Result<T>> + Send,
    {
        self.run(service, &request, finish).await
    }

    /// The attempts of one call; `finish` is part of each.
    async fn run<T, F, Fut>(&self, service: &dyn Service, request: &HttpRequest, finish: F) -> Result<T>
    where
        T: Send,
        F: Fn(HttpResponse) -> Fut + Send + Sync,
        Fut: Future<Output = Result<T>> + Send,
    {
        let made = Made::new();
        self.send_finishing(service, request, &made.finishing(&finish)).await?;
        made.take()
    }

    /// As [`send_with`](Self::send_with), for every kind of answer: what comes of it is kept by `finish`.
    pub(crate) async fn send_finishing(
        &self,
        service: &dyn Service,
        request: &HttpRequest,
        finish: Finish<'_, '_>,
    ) -> Result<()> {
        let span = observe::span(service.name(), request);
        async {
            let mut attempts = 0;
            let end = self.attempts(service, request, finish, &mut attempts).await;
            observe::ended(&span, attempts, end.as_ref().map(StatusCode::as_u16));
            end.map(drop)
        }
        .instrument(span.clone())
        .await
    }

    async fn attempts(
        &self,
        service: &dyn Service,
        request: &HttpRequest,
        finish: Finish<'_, '_>,
        attempts: &mut u32,
    ) -> Result<StatusCode> {
        let (name, operation) = (service.name(), request.operation);
        let mut origin =
            Origin { service: name, operation, status: None, request_id: None, attempts: 0, unanswered: 0 };
        self.inner.settings.check_address(&request.url).map_err(|error| origin.add_unsent(error))?;
        let host = bucket(&request.url);
        let mut taken = None;
        loop {
            self.wait_for_window(name, request).await.map_err(|error| origin.add_unsent(error))?;
            let permit = self.permit(request.deadline).await.map_err(|error| origin.add_unsent(error))?;
            *attempts += 1;
            origin.attempts = *attempts;
            let began = Instant::now();
            let mut failed = match self.attempt(service, request, permit, origin.clone()).await {
                Err(failed) => failed,
                Ok(response) => {
                    let status = response.status;
                    match finish(response).await {
                        Ok(()) => {
                            observe::attempt(name, operation, *attempts, began.elapsed(), Ok(status.as_u16()));
                            self.inner.budget.succeeded(&host, taken);
                            return Ok(status);
                        }
                        Err(error) => Failed { repeat: repeat_of(&error), error, wait: None },
                    }
                }
            };
            origin.unanswered += u32::from(is_unanswered(&failed.error));
            failed.error = failed.error.with_unanswered(origin.unanswered);
            observe::attempt(name, operation, *attempts, began.elapsed(), Err(&failed.error));
            let wait = self.next_attempt(name, request, *attempts, &host, &mut taken, failed)?;
            tokio::time::sleep(wait).await;
        }
    }

    /// One attempt, up to the head of the answer.
    async fn attempt(
        &self,
        service: &dyn Service,
        request: &HttpRequest,
        permit: OwnedSemaphorePermit,
        mut origin: Origin,
    ) -> Result<HttpResponse, Failed> {
        let began = Instant::now();
        let limits = Limits {
            total: request.total_timeout.and_then(|total| began.checked_add(total)),
            deadline: request.deadline,
            idle: request.idle_timeout,
        };
        let message = self.message(request).map_err(|error| Failed::never(origin.add(error)))?;
        let sent = self.inner.transport.send(message);
        let sent = match limits.ends(began) {
            Some(ends) => timeout_at(ends, sent).await,
            None => Ok(sent.await),
        };
        let TransportResponse { status, headers, body } = match sent {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                let repeat = match error.kind {
                    TransportErrorKind::Connect => Repeat::NothingHappened { wait: None },
                    TransportErrorKind::Interrupted => Repeat::IfIdempotent,
                    TransportErrorKind::Tls | TransportErrorKind::Decode => Repeat::Never,
                };
                // Of several services, whose address is to be checked.
                let host = &request.url[Position::BeforeHost..Position::AfterPort];
                let error = match error.kind {
                    TransportErrorKind::Connect | TransportErrorKind::Tls => broken(error).about(host),
                    _ => broken(error),
                };
                return Err(Failed { error: origin.add(error), repeat, wait: None });
            }
            Err(_) => {
                let error = origin.add(limits.error(Instant::now()));
                return Err(Failed { repeat: repeat_of(&error), error, wait: None });
            }
        };
        origin.status = Some(status.as_u16());
        origin.request_id = service.request_id(&headers);
        let now = (self.inner.settings.clock)();
        let service_now = wait::service_now(&headers, now);
        for &key in &request.rate_keys {
            if let Some(window) = service.rate_window(key, &headers, service_now) {
                self.inner.windows.learn(service.name(), key, window, Instant::now(), now);
            }
        }
        let body = Body::new(body, limits, origin.clone(), permit);
        let redirects = matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308);
        if status.is_success() || (redirects && request.redirect_is_answer) {
            let (request_id, attempts, unanswered) = (origin.request_id.clone(), origin.attempts, origin.unanswered);
            return Ok(HttpResponse { status, headers, request_id, attempts, unanswered, body, origin });
        }
        if redirects {
            let to = headers.get(LOCATION).and_then(|to| request.url.join(to.to_str().ok()?).ok());
            return Err(Failed::never(origin.add(redirected(&request.url, to.as_ref()))));
        }
        let beginning = body.beginning(ERROR_BODY_BYTES).await;
        let failure = service.classify(status, &headers, &beginning);
        let asked = match failure.repeat {
            Repeat::NothingHappened { wait: Some(wait) } => Some(wait),
            // Both hold: a short limit and a long one may be used up at once.
            _ => wait::asked(status, &headers, now).max(failure.retry_at.map(|at| wait::until(at, service_now))),
        };
        let repeat = failure.repeat;
        Err(Failed { error: origin.add(error_of(failure, asked, now)), repeat, wait: asked })
    }

    fn message(&self, request: &HttpRequest) -> Result<http::Request<Bytes>> {
        // The text of a URL is a valid URI, but for a few characters that browsers let through.
        let uri = http::Uri::try_from(request.url.as_str()).map_err(|_| {
            Error::new(
                ErrorKind::InvalidInput,
                "http.bad_url",
                format!("{} cannot be sent", shown_address(&request.url)),
            )
        })?;
        let mut message = http::Request::new(request.body.clone());
        *message.method_mut() = request.method.clone();
        *message.uri_mut() = uri;
        *message.headers_mut() = request.headers.clone();
        message.headers_mut().entry(USER_AGENT).or_insert_with(|| self.inner.settings.user_agent.clone());
        Ok(message)
    }

    /// How long to wait before the next attempt, or the error of the last when there is none.
    fn next_attempt(
        &self,
        service: &'static str,
        request: &HttpRequest,
        attempts: u32,
        host: &str,
        taken: &mut Option<u32>,
        failed: Failed,
    ) -> Result<Duration> {
        let Failed { error, repeat, wait: asked } = failed;
        let may = match repeat {
            Repeat::Never => false,
            Repeat::NothingHappened { .. } => true,
            Repeat::IfIdempotent => request.idempotent,
        };
        if !may || attempts >= request.max_attempts {
            return Err(error);
        }
        let settings = &self.inner.settings;
        let random = (settings.jitter)().clamp(0.0, 1.0);
        let wait = match asked {
            // A little later than asked, so that all who were told the same do not come at once.
            Some(asked) if !asked.is_zero() => asked + asked.mul_f64(random * 0.1).min(Duration::from_secs(1)),
            _ => settings.base.saturating_mul(1 << (attempts - 1).min(16)).min(settings.cap).mul_f64(random),
        };
        let limited = matches!(error.kind(), ErrorKind::RateLimited);
        let beyond = match (request.deadline, request.on_limit) {
            (_, OnLimit::Yield) if limited => true,
            (Some(deadline), _) => Instant::now().checked_add(wait).is_none_or(|at| at >= deadline),
            (None, OnLimit::Wait) if limited => false,
            (None, _) => asked.is_some_and(|asked| asked > settings.max_wait),
        };
        if beyond {
            return Err(error);
        }
        match self.inner.budget.take(host, limited) {
            Some(cost) => *taken = Some(cost),
            None => {
                observe::budget_used_up(service, request.operation);
                return Err(error);
            }
        }
        observe::retry(service, request.operation, wait, &error);
        Ok(wait)
    }

    /// Waits until the service's limit lets the request in, if that is soon enough.
    async fn wait_for_window(&self, service: &'static str, request: &HttpRequest) -> Result<()> {
        if request.rate_keys.is_empty() {
            return Ok(());
        }
        let began = Instant::now();
        let latest = match request.on_limit {
            OnLimit::Wait => request.deadline,
            OnLimit::Fail => request.deadline.or_else(|| began.checked_add(self.inner.settings.max_wait)),
            OnLimit::Yield => Some(began),
        };
        loop {
            let now = Instant::now();
            let Err(at) = self.inner.windows.take(service, &request.rate_keys, now) else { return Ok(()) };
            if latest.is_some_and(|latest| at >= latest) {
                let wait = TimeDelta::from_std(at - now).unwrap_or(TimeDelta::MAX);
                let error =
                    Error::new(ErrorKind::RateLimited, "http.rate_window", "the service's limit is used up for now");
                return Err(match (self.inner.settings.clock)().checked_add_signed(wait) {
                    Some(at) => error.with_retry_at(at),
                    None => error,
                });
            }
            observe::window_wait(service, request.operation, at - now);
            sleep_until(at).await;
        }
    }

    async fn permit(&self, deadline: Option<Instant>) -> Result<OwnedSemaphorePermit> {
        let permit = Arc::clone(&self.inner.in_flight).acquire_owned();
        let permit = match deadline {
            Some(deadline) => timeout_at(deadline, permit).await.map_err(|_| past_deadline())?,
            None => permit.await,
        };
        permit.map_err(|closed| {
            Error::new(ErrorKind::Internal, "http.closed", "the client was closed").with_source(closed)
        })
    }
}

/// Whether a request whose answer broke may be repeated.
fn repeat_of(error: &Error) -> Repeat {
    match error.kind() {
        ErrorKind::Server | ErrorKind::Timeout | ErrorKind::RateLimited | ErrorKind::Truncated
            if error.code() != DEADLINE =>
        {
            Repeat::IfIdempotent
        }
        _ => Repeat::Never,
    }
}

fn error_of(failure: Failure, asked: Option<Duration>, now: DateTime<Utc>) -> Error {
    let mut error = Error::new(failure.kind, failure.code, failure.detail);
    if let Some(remedy) = failure.remedy {
        error = error.with_remedy(remedy);
    }
    if let Some(source) = failure.source {
        error = error.with_source(source);
    }
    match asked.and_then(|wait| now.checked_add_signed(TimeDelta::from_std(wait).ok()?)) {
        Some(at) => error.with_retry_at(at),
        None => error,
    }
}

fn redirected(from: &Url, to: Option<&Url>) -> Error {
    let detail = match to {
        Some(to) => format!("{} redirects to {}", shown_address(from), shown_address(to)),
        None => format!("{} redirects elsewhere", shown_address(from)),
    };
    Error::new(ErrorKind::Config, "http.redirect", detail).with_remedy(
        "Redirects are not followed, so that no key goes to another host: set the base URL to the final address.",
    )
}

/// What shares a budget of retries: a host and its port.
fn bucket(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}
