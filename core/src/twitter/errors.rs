//! What a failure of the X API means, told apart by its body and its headers.

use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret, SecretString};

use super::dialect::Names;
use super::limits::RateLimits;
use super::problem::Problem;
use crate::error::{Error, ErrorKind};
use crate::http::{Failure, RateKey, RateWindow, Repeat, Service, body_summary, mask_secrets};

/// The name of the service in errors, spans and metrics.
pub(super) const NAME: &str = "twitter";

/// The server does not know the names that were sent.
pub(super) const OTHER_DIALECT: &str = "twitter.other_dialect";

/// The X API as the pipeline sees it, for one call.
#[derive(Debug, Default)]
pub(super) struct XApi {
    /// What is never to be quoted, whoever repeats it.
    pub(super) secrets: Vec<SecretString>,
    /// The names that the call sends.
    pub(super) names: Option<Names>,
}

impl XApi {
    pub(super) fn redact(&self, text: &str) -> String {
        redact(text, &self.secrets)
    }
}

/// Takes secrets out of foreign words: the known ones, and whatever looks like one.
pub(super) fn redact(text: &str, secrets: &[SecretString]) -> String {
    let mut text = text.to_owned();
    for secret in secrets.iter().map(ExposeSecret::expose_secret).filter(|secret| secret.len() >= 4) {
        if text.contains(secret) {
            text = text.replace(secret, "***");
        }
    }
    mask_secrets(&text).into_owned()
}

impl Service for XApi {
    fn name(&self) -> &'static str {
        NAME
    }

    fn classify(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Failure {
        let problem = Problem::parse(body);
        let limits = RateLimits::from_headers(headers);
        let mut failure = judge(status, &problem, &limits, self.names);
        if failure.detail.is_empty() {
            failure.detail = format!("X answered with {}", body_summary(headers, body));
        }
        if matches!(failure.repeat, Repeat::NothingHappened { wait: Some(_) }) && headers.contains_key(RETRY_AFTER) {
            // What X asks for goes before what is usual.
            failure.repeat = Repeat::NothingHappened { wait: None };
        }
        failure.detail = self.redact(&failure.detail);
        // No source: the texts of the problem are in the detail, with its secrets masked.
        failure
    }

    fn request_id(&self, headers: &HeaderMap) -> Option<String> {
        ["x-transaction-id", "x-request-id"]
            .iter()
            .find_map(|name| headers.get(*name))
            .and_then(|id| id.to_str().ok())
            .filter(|id| !id.is_empty())
            .map(|id| id.chars().take(200).collect())
    }

    fn rate_window(&self, key: RateKey, headers: &HeaderMap, now: chrono::DateTime<chrono::Utc>) -> Option<RateWindow> {
        RateLimits::from_headers(headers).window(key.window_name(), now)
    }
}

/// Where the person in charge of an app looks.
const CONSOLE: &str = "https://console.x.com";

pub(super) fn judge(status: StatusCode, problem: &Problem, limits: &RateLimits, names: Option<Names>) -> Failure {
    let words = problem.words();
    let told = problem.told();
    let says = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    let failure = |kind, code: &'static str| Failure::new(kind, code, told.clone());
    // Money first: these come with several statuses, 429 with healthy rate headers among them.
    if problem.kind() == "usage-capped" || says(&["usagecapexceeded", "usage cap"]) {
        let whose = if problem.scope.is_empty() { String::new() } else { format!(" ({})", problem.scope) };
        return Failure::new(ErrorKind::QuotaExceeded, "twitter.usage_cap", format!("{told}{whose}")).remedy(
            "The app has read as many tweets as it may in this period: raise the cap in the developer \
             console, import the archive instead, or wait for the next period.",
        );
    }
    if says(&["spendcap", "spend cap", "spending limit", "spending cap", "spend limit"]) {
        return failure(ErrorKind::QuotaExceeded, "twitter.spend_limit").remedy(
            "The app's spending limit of this billing cycle is reached: raise it in the developer \
             console, or wait for the next cycle.",
        );
    }
    if status == StatusCode::PAYMENT_REQUIRED || says(&["creditsdepleted", "does not have any credits"]) {
        return failure(ErrorKind::QuotaExceeded, "twitter.out_of_credit").remedy(
            "The app's credits are used up: buy some in the developer console (https://console.x.com), \
             or import the archive, which is free.",
        );
    }
    if let Some(failure) = by_code(problem.first_code(), &failure) {
        return failure;
    }
    match status.as_u16() {
        429 => too_many(&failure, limits),
        400 => invalid(problem, &words, names, &failure),
        401 => failure(ErrorKind::Auth, "twitter.unauthorized").remedy(
            "The access token was refused. One refusal does not end a login: X had outages that looked like this.",
        ),
        403 => forbidden(problem, &words, &failure),
        404 | 410 => failure(ErrorKind::NotFound, "twitter.not_found"),
        409 => failure(ErrorKind::Conflict, "twitter.conflict"),
        413 => failure(ErrorKind::InvalidInput, "twitter.too_large"),
        408 => failure(ErrorKind::Timeout, "twitter.timeout").repeat(Repeat::IfIdempotent),
        503 => failure(ErrorKind::Server, "twitter.overloaded").repeat(Repeat::IfIdempotent),
        500..=599 => failure(ErrorKind::Server, "twitter.server").repeat(Repeat::IfIdempotent),
        405 | 406 | 411..=428 => failure(ErrorKind::InvalidInput, "twitter.invalid_request"),
        _ => failure(ErrorKind::Decode, "twitter.unexpected_status"),
    }
}

/// The codes of version 1.1, which still come: <https://docs.x.com/fundamentals/response-codes-and-errors>.
fn by_code(code: Option<u64>, failure: &dyn Fn(ErrorKind, &'static str) -> Failure) -> Option<Failure> {
    Some(match code? {
        88 => failure(ErrorKind::RateLimited, "twitter.rate_window").repeat(Repeat::NothingHappened { wait: None }),
        32 | 89 => failure(ErrorKind::Auth, "twitter.unauthorized"),
        64 => failure(ErrorKind::PermissionDenied, "twitter.account_suspended"),
        326 => locked(failure),
        185 => failure(ErrorKind::QuotaExceeded, "twitter.daily_tweets")
            .remedy("The account has tweeted as often as X lets it today: try again tomorrow."),
        186 => failure(ErrorKind::InvalidInput, "twitter.text_too_long"),
        187 => duplicate(failure),
        385 | 433 => reply(failure),
        34 | 144 => failure(ErrorKind::NotFound, "twitter.not_found"),
        130 => failure(ErrorKind::Server, "twitter.overloaded").repeat(Repeat::IfIdempotent),
        131 => failure(ErrorKind::Server, "twitter.server").repeat(Repeat::IfIdempotent),
        _ => return None,
    })
}

/// The kinds of 429 that are about requests, by their headers.
fn too_many(failure: &dyn Fn(ErrorKind, &'static str) -> Failure, limits: &RateLimits) -> Failure {
    let limited = |code| failure(ErrorKind::RateLimited, code);
    let nothing = |wait| Repeat::NothingHappened { wait };
    let used_up = [limits.user_day, limits.app_day].into_iter().filter(|day| day.remaining == Some(0));
    if let Some(day) = used_up.max_by_key(|day| day.resets_at) {
        let failure = limited("twitter.day_window").repeat(nothing(None)).remedy("The limit of 24 hours is used up.");
        return match day.resets_at {
            Some(at) => failure.retry_at(at),
            None => failure,
        };
    }
    match limits.quarter.remaining {
        // The limit of one request a second of some searches: the window itself is far from used up.
        Some(1..) => limited("twitter.one_per_second").repeat(nothing(Some(Duration::from_secs(1)))),
        Some(0) => limited("twitter.rate_window").repeat(nothing(None)),
        None if limits.quarter.resets_at.is_some() => limited("twitter.rate_window").repeat(nothing(None)),
        // Nothing says how long: the usual delays, and not for ever.
        None => limited("twitter.rate_unknown").repeat(nothing(None)),
    }
}

fn invalid(
    problem: &Problem,
    words: &str,
    names: Option<Names>,
    failure: &dyn Fn(ErrorKind, &'static str) -> Failure,
) -> Failure {
    if names.is_some_and(|names| names.refused_by(problem)) {
        return failure(ErrorKind::InvalidInput, OTHER_DIALECT);
    }
    let token = ["pagination_token", "next_token"];
    if token.iter().any(|name| problem.names_parameter(name))
        || (words.contains("pagination") && words.contains("token"))
        || words.contains("next_token")
    {
        return failure(ErrorKind::InvalidInput, "twitter.pagination_expired").remedy(
            "The place in the timeline is no longer known to X: go on from the oldest tweet read, with `until_id`.",
        );
    }
    if words.contains("too long") {
        return failure(ErrorKind::InvalidInput, "twitter.text_too_long");
    }
    failure(ErrorKind::InvalidInput, "twitter.invalid_request")
}

fn forbidden(problem: &Problem, words: &str, failure: &dyn Fn(ErrorKind, &'static str) -> Failure) -> Failure {
    let says = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    let denied = |code| failure(ErrorKind::PermissionDenied, code);
    if says(&["duplicate content", "duplicate tweet", "status is a duplicate"]) {
        return duplicate(failure);
    }
    match problem.kind() {
        "client-forbidden" | "client-not-enrolled" => return not_enrolled(problem, failure),
        "unsupported-authentication" => {
            return denied("twitter.needs_user")
                .remedy("This call needs the token of a logged-in user, not the app's own.");
        }
        "oauth1-permissions" => return app_permissions(failure),
        "rate-limit-exceeded" => return failure(ErrorKind::RateLimited, "twitter.rate_unknown"),
        _ => {}
    }
    if says(&["client-not-enrolled", "must use keys and tokens from a twitter developer app", "attached to a project"])
    {
        return not_enrolled(problem, failure);
    }
    if says(&["temporarily locked", "account is locked"]) {
        return locked(failure);
    }
    if says(&["account is suspended", "account has been suspended"]) {
        return denied("twitter.account_suspended");
    }
    if says(&[
        "reply to this conversation",
        "not allowed to reply",
        "reply is not allowed",
        "you have not been mentioned",
        "cannot reply",
    ]) {
        return reply(failure);
    }
    if says(&["quoting", "quote this", "not allowed to quote", "quote post", "quote tweet"]) {
        return denied("twitter.quote_not_allowed").remedy(
            "Apps on self-serve access may not quote since April 2026: link to the tweet instead, or ask X for \
             enterprise access.",
        );
    }
    if says(&["oauth1 app permissions", "write permission", "read-only application", "app permissions"]) {
        return app_permissions(failure);
    }
    if says(&["scope"]) {
        return denied("twitter.missing_scope")
            .remedy("The login did not grant what this call needs: log in again and ask for the scope.");
    }
    match problem.kind() {
        "not-authorized-for-resource" => {
            denied("twitter.not_authorized").remedy("The account is protected, or has blocked the logged-in user.")
        }
        "resource-unavailable" | "disallowed-resource" => denied("twitter.unavailable"),
        _ => denied("twitter.forbidden"),
    }
}

fn duplicate(failure: &dyn Fn(ErrorKind, &'static str) -> Failure) -> Failure {
    failure(ErrorKind::Conflict, "twitter.duplicate_content")
        .remedy("The account has tweeted the same text lately: look at its newest tweets, or change the text.")
}

fn reply(failure: &dyn Fn(ErrorKind, &'static str) -> Failure) -> Failure {
    failure(ErrorKind::PermissionDenied, "twitter.reply_not_allowed").remedy(
        "Apps on self-serve access may answer only a tweet whose author mentioned or quoted the account, since \
         February 2026; the author may also have limited who can answer.",
    )
}

fn locked(failure: &dyn Fn(ErrorKind, &'static str) -> Failure) -> Failure {
    failure(ErrorKind::PermissionDenied, "twitter.account_locked")
        .remedy("Log in at https://x.com and unlock the account.")
}

fn app_permissions(failure: &dyn Fn(ErrorKind, &'static str) -> Failure) -> Failure {
    failure(ErrorKind::PermissionDenied, "twitter.app_permissions").remedy(
        "The app may only read: set its permissions to \"Read and write\" in the developer console, then log in again.",
    )
}

fn not_enrolled(problem: &Problem, failure: &dyn Fn(ErrorKind, &'static str) -> Failure) -> Failure {
    let mut enrolled = failure(ErrorKind::PermissionDenied, "twitter.not_enrolled").remedy(format!(
        "In the developer console ({CONSOLE}) move the app into the package \"Pay-per-use\" and its environment \
         to \"Production\"; a valid token is refused until then."
    ));
    if problem.registration_url.starts_with("https://") {
        enrolled.detail = format!("{} (see {})", enrolled.detail, problem.registration_url);
    }
    enrolled
}

/// The error of an answer that came with status 200 and says nothing but that it failed.
pub(super) fn failed_with_success(problem: &Problem, operation: &'static str) -> Error {
    let status = problem.status.and_then(|status| StatusCode::from_u16(u16::try_from(status).ok()?).ok());
    let failure = match (problem.kind(), status) {
        ("resource-not-found", _) => Failure::new(ErrorKind::NotFound, "twitter.not_found", problem.told()),
        ("not-authorized-for-resource", _) => {
            Failure::new(ErrorKind::PermissionDenied, "twitter.not_authorized", problem.told())
                .remedy("The account is protected, or has blocked the logged-in user.")
        }
        (_, Some(status)) if !status.is_success() => judge(status, problem, &RateLimits::default(), None),
        _ => Failure::new(ErrorKind::PermissionDenied, "twitter.unavailable", problem.told()),
    };
    into_error(failure, operation)
}

pub(super) fn into_error(failure: Failure, operation: &'static str) -> Error {
    let detail = if failure.detail.is_empty() { "X did not say why".to_owned() } else { failure.detail };
    let error = Error::new(failure.kind, failure.code, detail).with_operation(NAME, operation);
    match failure.remedy {
        Some(remedy) => error.with_remedy(remedy),
        None => error,
    }
}

/// An answer that came and cannot be used.
pub(super) fn unreadable(operation: &'static str, detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::Decode, "twitter.unreadable", detail).with_operation(NAME, operation)
}

/// An argument that cannot be sent.
pub(super) fn bad_argument(operation: &'static str, detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidInput, "twitter.bad_argument", detail).with_operation(NAME, operation)
}
