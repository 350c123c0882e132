use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use url::Url;

use super::redact::shown_address;
use crate::error::{Error, ErrorKind, Result};

/// What the pipeline must know of a service: its name and how it says that something failed.
pub trait Service: Send + Sync + 'static {
    /// The name in errors, spans and metrics, such as `openai`.
    fn name(&self) -> &'static str;

    /// What an answer that is not a success means. `body` is its beginning, at most 64 KiB; it may be HTML, plain text or
    /// nothing ([`body_summary`](super::body_summary) puts it into words). Redirects do not come here.
    ///
    /// `Retry-After`, `retry-after-ms` and, for status 429, `x-rate-limit-reset` are read by the pipeline: only a wait that
    /// is said elsewhere goes into [`Repeat::NothingHappened`].
    fn classify(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Failure;

    /// The id that the service gave the request.
    fn request_id(&self, headers: &HeaderMap) -> Option<String> {
        headers.get("x-request-id").and_then(|id| id.to_str().ok()).map(ToOwned::to_owned)
    }

    /// How many more requests the service says it takes now, for one of the limits that the request counts against
    /// ([`HttpRequest::rate_keys`]). `now` is the service's clock where it gave a `Date`, so that a header with an absolute
    /// time is understood in its own time.
    fn rate_window(&self, key: RateKey, headers: &HeaderMap, now: DateTime<Utc>) -> Option<RateWindow> {
        let _ = (key, headers, now);
        None
    }
}

/// Whether a failed attempt may be followed by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Repeat {
    /// No: it would fail again, or do the same thing twice.
    Never,
    /// Yes, whatever the request does: the service says that it did nothing. After `wait`, or after the usual delay.
    NothingHappened {
        /// How long the service asks to wait.
        wait: Option<Duration>,
    },
    /// Only when the request may be done twice.
    IfIdempotent,
}

/// What a service's failure means.
#[derive(Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The kind of error it becomes.
    pub kind: ErrorKind,
    /// Its stable code.
    pub code: Cow<'static, str>,
    /// One sentence about it.
    pub detail: String,
    /// What a person can do about it.
    pub remedy: Option<Cow<'static, str>>,
    /// When it may be tried again, where the service says it: by its own clock.
    pub retry_at: Option<DateTime<Utc>>,
    /// Whether it may be tried again.
    pub repeat: Repeat,
    /// What else the answer said, for whoever looks into the error's source.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Failure {
    /// A failure that is not to be repeated.
    #[must_use]
    pub fn new(kind: ErrorKind, code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        let (code, detail) = (code.into(), detail.into());
        Self { kind, code, detail, remedy: None, retry_at: None, repeat: Repeat::Never, source: None }
    }

    /// Says whether it may be repeated.
    #[must_use]
    pub fn repeat(mut self, repeat: Repeat) -> Self {
        self.repeat = repeat;
        self
    }

    /// Adds what a person can do about it.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<Cow<'static, str>>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// Adds what else the answer said.
    #[must_use]
    pub fn source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Adds when it may be tried again, by the service's clock: the pipeline knows how far it is from ours.
    #[must_use]
    pub fn retry_at(mut self, at: DateTime<Utc>) -> Self {
        self.retry_at = Some(at);
        self
    }
}

/// What a service said about its limit in the headers of one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateWindow {
    /// How many requests it takes in all, where the service says it.
    pub limit: Option<u64>,
    /// How many more requests it takes before the reset.
    pub remaining: u64,
    /// How long from now until it surely takes one more.
    pub resets_in: Duration,
    /// When that is by the service's clock, where it names a time: what tells one window from the next, however long an answer
    /// was on its way.
    pub resets_at: Option<DateTime<Utc>>,
}

/// Which limit of a service a request counts against: whose, at which endpoint, and which of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RateKey {
    pub(super) owner: u64,
    pub(super) endpoint: &'static str,
    pub(super) window: &'static str,
}

impl RateKey {
    /// The limit of one credential at one endpoint (or at a group that shares it). Only a hash of the credential is kept.
    #[must_use]
    pub fn new(credential: &SecretString, endpoint: &'static str) -> Self {
        Self::of(credential.expose_secret(), endpoint)
    }

    /// The limit of an owner (a user's id, an app's) at one endpoint. Only a hash of the owner is kept.
    #[must_use]
    pub fn of(owner: &str, endpoint: &'static str) -> Self {
        Self { owner: hash_of(owner), endpoint, window: "" }
    }

    /// Names one of several limits that hold for the same owner and endpoint, such as `24h`.
    #[must_use]
    pub fn window(mut self, name: &'static str) -> Self {
        self.window = name;
        self
    }

    /// The name of the limit; empty where there is only one.
    #[must_use]
    pub fn window_name(&self) -> &'static str {
        self.window
    }

    /// What stands for an owner in a [`KnownWindow`](super::KnownWindow): the first 8 bytes of its SHA-256, in hexadecimal.
    #[must_use]
    pub fn owner(owner: &str) -> String {
        format!("{:016x}", hash_of(owner))
    }
}

fn hash_of(owner: &str) -> u64 {
    let hash = ring::digest::digest(&ring::digest::SHA256, owner.as_bytes());
    hash.as_ref().iter().take(8).fold(0, |sum, &byte| sum << 8 | u64::from(byte))
}

/// What a call does when a limit is used up: one that is known before it is sent, or one that an answer (429) names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OnLimit {
    /// Waits until it is let in, however long that is; only the deadline and the number of attempts end it.
    Wait,
    /// Waits when that is short ([`max_wait`](super::HttpClientBuilder::max_wait), or up to the deadline); fails at once
    /// otherwise, with [`Error::retry_at`].
    #[default]
    Fail,
    /// Never waits: fails at once with [`Error::retry_at`], so that the caller can do something else until then.
    Yield,
}

/// One call of a service, before it is sent.
///
/// `Debug` shows neither the query of the address, nor a header's value, nor the body.
///
/// ```
/// use ghostwren::http::HttpRequest;
/// use secrecy::SecretString;
/// # fn main() -> ghostwren::Result<()> {
/// let url = "https://api.openai.com/v1/chat/completions".parse().expect("a URL");
/// let request = HttpRequest::new("chat.completions", http::Method::POST, url)
///     .bearer(&SecretString::from("sk-secret"))?
///     .json(&serde_json::json!({ "model": "gpt-4o" }))?
///     .idempotent(true);
/// assert!(!format!("{request:?}").contains("sk-secret"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct HttpRequest {
    /// What is called, such as `chat.completions`: for errors and spans.
    pub operation: &'static str,
    /// The method.
    pub method: Method,
    /// The address. Its query is never shown.
    pub url: Url,
    /// Headers; those with a secret are marked sensitive (`HeaderValue::set_sensitive`).
    pub headers: HeaderMap,
    /// The body; cheap to send again.
    pub body: Bytes,
    /// Whether it may be done twice without harm. True for GET, HEAD, PUT, DELETE and OPTIONS unless said otherwise.
    pub idempotent: bool,
    /// How long one attempt may take to its last byte; `None` for streams.
    pub total_timeout: Option<Duration>,
    /// How long the answer may pause, before its first byte and between two.
    pub idle_timeout: Duration,
    /// When the caller stops waiting: covers retries and waits, and the reading of the body.
    pub deadline: Option<Instant>,
    /// How many attempts at most, at least 1.
    pub max_attempts: u32,
    /// The limits it counts against; none where the service announces none.
    pub rate_keys: Vec<RateKey>,
    /// What it does when one of them is used up.
    pub on_limit: OnLimit,
    /// Whether a redirect is an answer, to be read and never followed. An error (`http.redirect`) unless said otherwise.
    pub redirect_is_answer: bool,
}

impl HttpRequest {
    /// A request with the defaults of a short call: 30 s in all, 60 s without a byte, 3 attempts.
    #[must_use]
    pub fn new(operation: &'static str, method: Method, url: Url) -> Self {
        let idempotent = matches!(method, Method::GET | Method::HEAD | Method::PUT | Method::DELETE | Method::OPTIONS);
        Self {
            operation,
            method,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            idempotent,
            total_timeout: Some(Duration::from_secs(30)),
            idle_timeout: Duration::from_secs(60),
            deadline: None,
            max_attempts: 3,
            rate_keys: Vec::new(),
            on_limit: OnLimit::default(),
            redirect_is_answer: false,
        }
    }

    /// Sets a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Sets a header with a secret in it, marked sensitive. Fails with `InvalidInput`, `http.secret_not_a_header`, when the
    /// secret holds a line break or another character that a header cannot carry.
    pub fn secret_header(mut self, name: HeaderName, secret: &SecretString) -> Result<Self> {
        let value = secret_value(secret.expose_secret(), &name)?;
        self.headers.insert(name, value);
        Ok(self)
    }

    /// Sets `Authorization: Bearer …`. Fails as [`secret_header`](Self::secret_header) does.
    pub fn bearer(mut self, token: &SecretString) -> Result<Self> {
        let value = secret_value(&format!("Bearer {}", token.expose_secret()), &AUTHORIZATION)?;
        self.headers.insert(AUTHORIZATION, value);
        Ok(self)
    }

    /// Sets the body and its content type.
    #[must_use]
    pub fn body(mut self, content_type: HeaderValue, body: impl Into<Bytes>) -> Self {
        self.headers.insert(CONTENT_TYPE, content_type);
        self.body = body.into();
        self
    }

    /// Sets the body to a value as JSON. Fails with `Internal`, `http.not_json`, for a value that JSON cannot hold.
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Result<Self> {
        let body = serde_json::to_vec(value).map_err(|error| {
            Error::new(ErrorKind::Internal, "http.not_json", "the request is not JSON").with_source(error)
        })?;
        Ok(self.body(HeaderValue::from_static("application/json"), body))
    }

    /// Says whether it may be done twice without harm.
    #[must_use]
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = idempotent;
        self
    }

    /// Sets how long one attempt may take to its last byte; `None` for streams.
    #[must_use]
    pub fn total_timeout(mut self, total: Option<Duration>) -> Self {
        self.total_timeout = total;
        self
    }

    /// Sets how long the answer may pause.
    #[must_use]
    pub fn idle_timeout(mut self, idle: Duration) -> Self {
        self.idle_timeout = idle;
        self
    }

    /// Sets when the caller stops waiting.
    #[must_use]
    pub fn deadline(mut self, deadline: Option<Instant>) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets how many attempts there are at most; 0 counts as 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Adds a limit it counts against.
    #[must_use]
    pub fn rate_key(mut self, key: RateKey) -> Self {
        self.rate_keys.push(key);
        self
    }

    /// Says whether a redirect is an answer: for a question whose answer is where somebody would be sent.
    #[must_use]
    pub fn redirect_is_answer(mut self, answer: bool) -> Self {
        self.redirect_is_answer = answer;
        self
    }

    /// Sets what it does when a limit is used up.
    #[must_use]
    pub fn on_limit(mut self, on_limit: OnLimit) -> Self {
        self.on_limit = on_limit;
        self
    }
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("url", &shown_address(&self.url))
            .field("headers", &self.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>())
            .field("body", &format_args!("{} bytes", self.body.len()))
            .field("idempotent", &self.idempotent)
            .field("total_timeout", &self.total_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("deadline", &self.deadline)
            .field("max_attempts", &self.max_attempts)
            .field("rate_keys", &self.rate_keys.iter().map(|key| key.endpoint).collect::<Vec<_>>())
            .field("on_limit", &self.on_limit)
            .field("redirect_is_answer", &self.redirect_is_answer)
            .finish()
    }
}

fn secret_value(secret: &str, name: &HeaderName) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(secret).map_err(|_| {
        let detail = format!("the secret for the header {name} holds a character that a header cannot carry");
        Error::new(ErrorKind::InvalidInput, "http.secret_not_a_header", detail)
            .with_remedy("Check the key or token for a line break or a character that is not ASCII.")
    })?;
    value.set_sensitive(true);
    Ok(value)
}
