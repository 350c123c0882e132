//! The one error type of the SDK, and the kinds it comes in.
//!
//! Every call of every module fails with [`Error`]. What a program branches on is [`Error::kind`] and, for one exact
//! cause, the stable [`Error::code`]; what a person reads is the `Display` text and [`Error::remedy`].

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::escape::escape_controls;

/// The result of every call that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in the words that a program can branch on.
///
/// The doc of each kind says whether the SDK repeats the call by itself. More kinds may be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting is missing or contradicts another. Never retried: change the setting.
    Config,
    /// The caller's argument, file or text cannot be used. Never retried.
    InvalidInput,
    /// A key or token was refused. Never retried with the same credential.
    Auth,
    /// The person has to log in again. Never retried.
    NeedsLogin,
    /// The identity is known and may not do this. Never retried.
    PermissionDenied,
    /// The thing does not exist, or not for this caller. Never retried.
    NotFound,
    /// The thing is in another state than the call expects. Never retried: read it again, then decide.
    Conflict,
    /// Too many requests for now; `retry_at` says when it may be tried again. Retried within the deadline.
    RateLimited,
    /// A paid quota or a usage cap is used up. Never retried: waiting does not refill it.
    QuotaExceeded,
    /// The call would cost more than the budget that the caller set. Never retried, nothing was spent.
    OverBudget,
    /// A model refused to answer, or its filter cut the answer. Never retried.
    ContentRefused,
    /// No answer within the time allowed. Retried when the request may be repeated.
    Timeout,
    /// The request was never sent: no connection could be made. Retried, also for writes.
    Connect,
    /// The server failed, or the connection broke before the answer was whole. Retried when the request may be repeated.
    Server,
    /// A stream ended before its end was announced; what came is not the whole. Never retried once a part was shown.
    Truncated,
    /// The write was sent and nothing says whether it happened. Never retried; `detail` names the outbox entry.
    OutcomeUnknown,
    /// Another worker took this run over. Never retried: this worker must stop.
    LeaseLost,
    /// The answer came, and cannot be read. Never retried.
    Decode,
    /// The database or the disk failed. Not retried, except for a lock that is waited for.
    Storage,
    /// The caller stopped the call. Never retried.
    Cancelled,
    /// A defect of the SDK itself. Never retried: please report it.
    Internal,
}

impl ErrorKind {
    /// The name in every language, in snake case, such as `rate_limited`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::InvalidInput => "invalid_input",
            Self::Auth => "auth",
            Self::NeedsLogin => "needs_login",
            Self::PermissionDenied => "permission_denied",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::RateLimited => "rate_limited",
            Self::QuotaExceeded => "quota_exceeded",
            Self::OverBudget => "over_budget",
            Self::ContentRefused => "content_refused",
            Self::Timeout => "timeout",
            Self::Connect => "connect",
            Self::Server => "server",
            Self::Truncated => "truncated",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::LeaseLost => "lease_lost",
            Self::Decode => "decode",
            Self::Storage => "storage",
            Self::Cancelled => "cancelled",
            Self::Internal => "internal",
        }
    }

    /// What a person can do about an error of this kind, where the error itself knows nothing better.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::Config => "Correct the setting that this names.",
            Self::InvalidInput => "Correct what this names, and call again.",
            Self::Auth => "Check the key or token: it may be mistyped, out of date, or of another server.",
            Self::NeedsLogin => "Log in again.",
            Self::PermissionDenied => "Use an account that may do this, or have the right given to this one.",
            Self::NotFound => "Check the name or id: it may be mistyped, erased, or somebody else's.",
            Self::Conflict => "Read it again, then decide.",
            Self::RateLimited => "Wait a while, then call again.",
            Self::QuotaExceeded => "Raise the quota at the service; waiting does not refill it.",
            Self::OverBudget => "Raise the budget, or wait for the next UTC day.",
            Self::ContentRefused => "Change what is asked for: the same request is refused again.",
            Self::Timeout => "Call again; if this happens often, check the network or allow more time.",
            Self::Connect => "Check the address and the network.",
            Self::Server => "Call again in a while: the service failed, or the way to it.",
            Self::Truncated => "Call again: what came is not the whole answer.",
            Self::OutcomeUnknown => "Look whether it happened before you send it again.",
            Self::LeaseLost => "Leave it to the worker that has it now.",
            Self::Decode => "Check what answers at that address, and what stands in between, such as a proxy.",
            Self::Storage => "Check the disk and the rights to its files, then call again.",
            Self::Cancelled => "Call again to go on.",
            Self::Internal => "This is a defect of the SDK: please report it.",
        }
    }

    /// Every kind, for tables and tests.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &[
            Self::Config,
            Self::InvalidInput,
            Self::Auth,
            Self::NeedsLogin,
            Self::PermissionDenied,
            Self::NotFound,
            Self::Conflict,
            Self::RateLimited,
            Self::QuotaExceeded,
            Self::OverBudget,
            Self::ContentRefused,
            Self::Timeout,
            Self::Connect,
            Self::Server,
            Self::Truncated,
            Self::OutcomeUnknown,
            Self::LeaseLost,
            Self::Decode,
            Self::Storage,
            Self::Cancelled,
            Self::Internal,
        ]
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An error of the SDK: one pointer wide, cheap to return.
///
/// `Display` is one line, `code: detail (service operation, status, request id, attempts). remedy`, with control and
/// bidirectional characters escaped, so that it can be printed in a terminal as it is. It never holds a secret.
///
/// ```
/// use ghostwren::{Error, ErrorKind};
/// let error = Error::new(ErrorKind::InvalidInput, "archive.not_an_archive", "the file is a PDF")
///     .with_remedy("Choose the zip that X sent you.");
/// assert_eq!(error.kind(), ErrorKind::InvalidInput);
/// assert_eq!(error.to_string(), "archive.not_an_archive: the file is a PDF. Choose the zip that X sent you.");
/// ```
#[derive(thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Inner>);

#[derive(Debug, thiserror::Error)]
#[error("{}", line(fields))]
struct Inner {
    fields: ErrorFields,
    #[source]
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// An [`Error`] as plain data: what crosses a process or a language. The error beneath is kept as text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ErrorFields {
    /// What went wrong, to branch on.
    pub kind: ErrorKind,
    /// The exact cause, stable and dotted.
    pub code: Cow<'static, str>,
    /// One sentence about this case.
    pub detail: String,
    /// The service that answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Cow<'static, str>>,
    /// The operation that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Cow<'static, str>>,
    /// The HTTP status of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The id that the service gave the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The time from which the call may be tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<DateTime<Utc>>,
    /// How many times the request was sent.
    #[serde(default)]
    pub attempts: u32,
    /// How many of these attempts had no whole answer, so that nobody knows what the service did, and billed, for them.
    #[serde(default)]
    pub unanswered: u32,
    /// What a person can do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Cow<'static, str>>,
    /// The entry of the outbox that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outbox: Option<uuid::Uuid>,
    /// The errors beneath, outermost first, as text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
}

impl Error {
    /// A new error: its kind, its stable dotted code, and one sentence about this case without a full stop.
    #[must_use]
    pub fn new(kind: ErrorKind, code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::from(ErrorFields {
            kind,
            code: code.into(),
            detail: detail.into(),
            service: None,
            operation: None,
            status: None,
            request_id: None,
            retry_at: None,
            attempts: 0,
            unanswered: 0,
            remedy: None,
            outbox: None,
            causes: Vec::new(),
        })
    }

    /// Adds what a person can do about it: one sentence with its full stop.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<Cow<'static, str>>) -> Self {
        self.0.fields.remedy = Some(remedy.into());
        self
    }

    /// Says what the sentence is about, before it: of several files or hosts, which.
    pub(crate) fn about(mut self, what: impl fmt::Display) -> Self {
        self.0.fields.detail = format!("{what}: {}", self.0.fields.detail);
        self
    }

    /// Adds the service and the operation that failed, such as `openai` and `chat.completions`.
    #[must_use]
    pub fn with_operation(mut self, service: &'static str, operation: &'static str) -> Self {
        self.0.fields.service = Some(service.into());
        self.0.fields.operation = Some(operation.into());
        self
    }

    /// Adds the HTTP status of the answer.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.fields.status = Some(status);
        self
    }

    /// Adds the id that the service gave the request, for its support.
    #[must_use]
    pub fn with_request_id(mut self, id: impl Into<String>) -> Self {
        self.0.fields.request_id = Some(id.into());
        self
    }

    /// Adds the time from which the call may be tried again.
    #[must_use]
    pub fn with_retry_at(mut self, at: DateTime<Utc>) -> Self {
        self.0.fields.retry_at = Some(at);
        self
    }

    /// Adds how many times the request was sent.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.fields.attempts = attempts;
        self
    }

    /// Adds how many of the attempts had no whole answer.
    #[must_use]
    pub fn with_unanswered(mut self, attempts: u32) -> Self {
        self.0.fields.unanswered = attempts;
        self
    }

    /// Adds the entry of the outbox that it is about.
    #[must_use]
    pub fn with_outbox(mut self, entry: uuid::Uuid) -> Self {
        self.0.fields.outbox = Some(entry);
        self
    }

    /// Adds the error beneath this one.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// What went wrong, to branch on.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.fields.kind
    }

    /// The exact cause: stable and dotted, such as `archive.not_an_archive`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0.fields.code
    }

    /// One sentence about this case, as it came: escape it before it is shown, as `Display` does.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.fields.detail
    }

    /// The service that answered, such as `openai`.
    #[must_use]
    pub fn service(&self) -> Option<&str> {
        self.0.fields.service.as_deref()
    }

    /// The operation that failed, such as `chat.completions`.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.0.fields.operation.as_deref()
    }

    /// The HTTP status of the answer, if one came.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.fields.status
    }

    /// The id that the service gave the request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.fields.request_id.as_deref()
    }

    /// The time from which the call may be tried again.
    #[must_use]
    pub fn retry_at(&self) -> Option<DateTime<Utc>> {
        self.0.fields.retry_at
    }

    /// How many times the request was sent; 0 for a call that sends nothing.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.fields.attempts
    }

    /// How many of these attempts had no whole answer: the connection broke, or nothing came in time. Nobody knows what
    /// the service did, and billed, for them.
    #[must_use]
    pub fn unanswered(&self) -> u32 {
        self.0.fields.unanswered
    }

    /// The entry of the outbox that publishing left behind, to go on with.
    #[must_use]
    pub fn outbox(&self) -> Option<uuid::Uuid> {
        self.0.fields.outbox
    }

    /// What a person can do about it, in one sentence. Each error has one: its own, or what can be said of its kind.
    #[must_use]
    pub fn remedy(&self) -> Option<&str> {
        self.0.fields.remedy.as_deref()
    }
}

impl Error {
    /// The error as plain data, with the errors beneath as text.
    #[must_use]
    pub fn to_fields(&self) -> ErrorFields {
        let mut fields = self.0.fields.clone();
        let mut source = self.source();
        while let Some(cause) = source {
            fields.causes.push(cause.to_string());
            source = cause.source();
        }
        fields
    }
}

impl From<ErrorFields> for Error {
    fn from(mut fields: ErrorFields) -> Self {
        fields.remedy.get_or_insert_with(|| fields.kind.remedy().into());
        Self(Box::new(Inner { fields, source: None }))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Error");
        out.field("kind", &self.kind()).field("text", &self.to_string());
        if let Some(source) = self.source() {
            out.field("source", &source.to_string());
        }
        out.finish()
    }
}

fn line(error: &ErrorFields) -> String {
    let mut line = format!("{}: {}", error.code, escape_controls(&error.detail));
    let mut origin = Vec::new();
    if let (Some(service), Some(operation)) = (&error.service, &error.operation) {
        origin.push(format!("{service} {operation}"));
    }
    if let Some(status) = error.status {
        origin.push(format!("status {status}"));
    }
    if let Some(id) = &error.request_id {
        origin.push(format!("request {}", escape_controls(id)));
    }
    if error.attempts > 1 {
        origin.push(format!("{} attempts", error.attempts));
    }
    if !origin.is_empty() {
        line.push_str(&format!(" ({})", origin.join(", ")));
    }
    if let Some(at) = error.retry_at {
        line.push_str(&format!(", again at {}", at.format("%Y-%m-%d %H:%M:%S UTC")));
    }
    if let Some(remedy) = &error.remedy {
        // A service may have ended its sentence itself.
        let stop = if line.ends_with(['.', '!', '?', '…', '。']) { "" } else { "." };
        line.push_str(&format!("{stop} {remedy}"));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_is_one_escaped_line() {
        let error = Error::new(ErrorKind::RateLimited, "openai.rate_limit", "slow\u{1b}]0;title\u{7}\ndown\u{202e}")
            .with_operation("openai", "chat.completions")
            .with_status(429)
            .with_request_id("req_1")
            .with_attempts(3)
            .with_remedy("Wait a minute.");
        assert_eq!(
            error.to_string(),
            "openai.rate_limit: slow\\u{1b}]0;title\\u{7}\\ndown\\u{202e} (openai chat.completions, status 429, \
             request req_1, 3 attempts). Wait a minute."
        );
    }

    #[test]
    fn one_pointer_wide_and_whole_as_data() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
        let error =
            Error::new(ErrorKind::Storage, "store.disk_full", "no space").with_source(std::io::Error::other("disk"));
        let fields = error.to_fields();
        assert_eq!(fields.causes, ["disk"]);
        let json = serde_json::to_string(&fields).unwrap();
        let back: ErrorFields = serde_json::from_str(&json).unwrap();
        assert_eq!(back, fields);
        assert_eq!(Error::from(back).code(), "store.disk_full");
    }

    #[test]
    fn every_error_says_what_can_be_done() {
        for kind in ErrorKind::all() {
            let error = Error::new(*kind, "some.code", "it failed");
            let remedy = error.remedy().unwrap_or_default();
            assert!(remedy.ends_with('.') && remedy.len() > 10, "{kind}: {remedy:?}");
            assert_eq!(error.to_string(), format!("some.code: it failed. {remedy}"));
            // Also one that another process sent without.
            let sent: ErrorFields = serde_json::from_value(serde_json::json!({
                "kind": kind, "code": "some.code", "detail": "it failed"
            }))
            .unwrap();
            assert_eq!(Error::from(sent).to_fields().remedy.as_deref(), Some(remedy));
        }
        let own = Error::new(ErrorKind::Timeout, "some.code", "it failed").with_remedy("Ask again.");
        assert_eq!(own.remedy(), Some("Ask again."));
    }

    #[test]
    fn a_sentence_of_the_service_is_ended_once() {
        let said = |detail: &str| Error::new(ErrorKind::Server, "a.b", detail).with_remedy("Ask again.").to_string();
        assert_eq!(said("I can't help with that."), "a.b: I can't help with that. Ask again.");
        assert_eq!(said("really?"), "a.b: really? Ask again.");
        assert_eq!(said("no"), "a.b: no. Ask again.");
    }

    #[test]
    fn kinds_have_one_name_each() {
        let names: std::collections::HashSet<_> = ErrorKind::all().iter().map(|kind| kind.as_str()).collect();
        assert_eq!(names.len(), ErrorKind::all().len());
        for kind in ErrorKind::all() {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
