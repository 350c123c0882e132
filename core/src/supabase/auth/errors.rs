//! What a failure of Supabase Auth means, by its code where it gives one
//! (<https://supabase.com/docs/guides/auth/debugging/error-codes>).

use std::borrow::Cow;

use http::{HeaderMap, StatusCode};
use secrecy::SecretString;

use super::super::NAME;
use super::super::access::redact;
use crate::error::{Error, ErrorKind};
use crate::http::{Failure, Repeat, Service, body_summary};
use crate::tolerant::{List, Scalar, object, read_repaired};

/// Auth as the pipeline sees it, for one call.
#[derive(Debug, Default)]
pub(in crate::supabase) struct AuthApi {
    /// What is never to be quoted, whoever repeats it.
    pub(in crate::supabase) secrets: Vec<SecretString>,
}

impl Service for AuthApi {
    fn name(&self) -> &'static str {
        NAME
    }

    fn classify(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Failure {
        let problem = Problem::parse(headers, body);
        let mut failure = judge(status, &problem);
        if failure.detail.is_empty() {
            failure.detail = format!("Supabase Auth answered with {}", body_summary(headers, body));
        }
        failure.detail = redact(&failure.detail, &self.secrets);
        failure
    }

    fn request_id(&self, headers: &HeaderMap) -> Option<String> {
        ["sb-request-id", "x-request-id", "cf-ray"]
            .iter()
            .find_map(|name| headers.get(*name))
            .and_then(|id| id.to_str().ok())
            .filter(|id| !id.is_empty())
            .map(|id| id.chars().take(200).collect())
    }
}

object! {
    struct WireProblem {
        code: Scalar<'a> = "error_code",
        // The status in the first version of the API, the code in the one of 2024.
        either: Scalar<'a> = "code",
        message: Scalar<'a> = "msg" | "message" | "error_description",
        error: Scalar<'a> = "error",
        weak: WireWeak<'a> = "weak_password",
    }

    struct WireWeak {
        reasons: List<Scalar<'a>, String> = "reasons",
    }
}

/// What an answer, or the address that a browser came back to, says of a failure.
#[derive(Debug, Default)]
pub(super) struct Problem {
    pub(super) code: String,
    pub(super) message: String,
}

impl Problem {
    fn parse(headers: &HeaderMap, body: &[u8]) -> Self {
        let header = headers.get("x-sb-error-code").and_then(|code| code.to_str().ok()).unwrap_or_default();
        let read = read_repaired(body, |body| serde_json::from_slice::<WireProblem<'_>>(body).map(Self::from));
        let mut problem = read.unwrap_or_default();
        if problem.code.is_empty() {
            problem.code = header.to_owned();
        }
        problem
    }
}

impl From<WireProblem<'_>> for Problem {
    fn from(wire: WireProblem<'_>) -> Self {
        let is_code = |text: &&str| !text.bytes().all(|byte| byte.is_ascii_digit());
        let either = wire.either.filled().filter(is_code);
        let code = wire.code.filled().or(either).or(wire.error.filled()).unwrap_or_default().to_owned();
        let mut message = wire.message.filled().or(wire.error.filled()).unwrap_or_default().to_owned();
        if !wire.weak.reasons.0.is_empty() {
            message = format!("{message} ({})", wire.weak.reasons.0.join(", "));
        }
        Self { code, message: message.chars().take(600).collect() }
    }
}

/// The failure of a call. An empty detail is for the caller to fill.
pub(super) fn judge(status: StatusCode, problem: &Problem) -> Failure {
    let told = problem.message.clone();
    let words = told.to_ascii_lowercase();
    if let Some(failure) = by_words(&problem.code, &words, &told) {
        return failure;
    }
    let known = KNOWN.iter().find(|known| known.codes.contains(&problem.code.as_str()));
    if let Some(known) = known {
        let mut failure = Failure::new(known.kind, known.ours, told).repeat(known.repeat);
        failure.remedy = (!known.remedy.is_empty()).then_some(Cow::Borrowed(known.remedy));
        return failure;
    }
    by_status(status, problem, told)
}

/// What only the words of an answer tell apart.
fn by_words(code: &str, words: &str, told: &str) -> Option<Failure> {
    if words.contains("unsupported provider") || words.contains("provider is not enabled") {
        return Some(provider_disabled(told));
    }
    if words.contains("getting user email") {
        return Some(Failure::new(ErrorKind::Config, "supabase.no_email", told).remedy(
            "The account at X has no confirmed address, or the X app may not read it: allow users without an address \
             (Authentication, Sign In / Providers, X, \"Allow users without an email\"), or request the address in the \
             X app's settings.",
        ));
    }
    if code.is_empty() && (words.contains("invalid api key") || words.contains("no api key")) {
        return Some(
            Failure::new(ErrorKind::Auth, "supabase.key_refused", told).remedy(
                "Copy the key from the project's settings under API Keys; a disabled or rotated one is refused.",
            ),
        );
    }
    if code == "invalid_grant" {
        // OAuth's own shape, of versions without codes.
        return Some(if words.contains("refresh token") {
            session_over(told, "supabase.session_ended")
        } else {
            credentials(told)
        });
    }
    None
}

fn provider_disabled(told: &str) -> Failure {
    Failure::new(ErrorKind::Config, "supabase.provider_disabled", told).remedy(
        "Switch the provider on in the project (Authentication, Sign In / Providers); for Twitter it is the one called \
         \"X / Twitter (OAuth 2.0)\", `[auth.external.x]` in config.toml.",
    )
}

fn session_over(told: impl Into<String>, code: &'static str) -> Failure {
    Failure::new(ErrorKind::NeedsLogin, code, told).remedy("Log in again.")
}

fn credentials(told: impl Into<String>) -> Failure {
    Failure::new(ErrorKind::Auth, "supabase.invalid_credentials", told).remedy("Check the address and the password.")
}

/// A set of Auth's codes that mean the same to a program.
struct Known {
    codes: &'static [&'static str],
    kind: ErrorKind,
    ours: &'static str,
    repeat: Repeat,
    remedy: &'static str,
}

const fn known(
    codes: &'static [&'static str],
    kind: ErrorKind,
    ours: &'static str,
    repeat: Repeat,
    remedy: &'static str,
) -> Known {
    Known { codes, kind, ours, repeat, remedy }
}

const NEVER: Repeat = Repeat::Never;
const NOTHING: Repeat = Repeat::NothingHappened { wait: None };
const TWICE: Repeat = Repeat::IfIdempotent;

#[rustfmt::skip]
const KNOWN: &[Known] = &[
    known(&["validation_failed", "bad_json", "request_entity_too_large"],
        ErrorKind::InvalidInput, "supabase.auth_invalid_request", NEVER, ""),
    known(&["bad_jwt", "no_authorization"], ErrorKind::Auth, "supabase.token_refused", NEVER,
        "Refresh the session, or log in again."),
    known(&["unexpected_audience"], ErrorKind::Auth, "supabase.jwt_audience", NEVER, ""),
    known(&["not_admin"], ErrorKind::PermissionDenied, "supabase.not_admin", NEVER,
        "This needs the project's secret key (or the legacy service_role key), on a server."),
    known(&["user_not_found"], ErrorKind::NotFound, "supabase.user_not_found", NEVER, ""),
    known(&["session_not_found", "session_expired", "refresh_token_not_found"],
        ErrorKind::NeedsLogin, "supabase.session_ended", NEVER, "Log in again; the session has run out or was ended."),
    known(&["refresh_token_already_used"], ErrorKind::NeedsLogin, "supabase.refresh_reused", NEVER,
        "Log in again; where this happens often, two programs keep the same session without sharing a store."),
    known(&["flow_state_not_found", "flow_state_expired", "flow_state_already_used", "oauth_client_state_not_found",
            "oauth_client_state_expired", "oauth_invalid_state", "bad_oauth_state"],
        ErrorKind::NeedsLogin, "supabase.login_expired", NEVER,
        "Begin the login again: it is open for five minutes, and its code is good for one use."),
    known(&["bad_code_verifier"], ErrorKind::Auth, "supabase.wrong_verifier", NEVER,
        "The code belongs to another login than the verifier: finish a login where it was begun."),
    known(&["bad_oauth_callback"], ErrorKind::Auth, "supabase.provider_failed", NEVER,
        "Begin the login again; if it fails again, check client id, secret and callback address of the provider."),
    known(&["oauth_provider_not_supported", "provider_disabled", "email_provider_disabled", "phone_provider_disabled",
            "anonymous_provider_disabled", "web3_provider_disabled", "saml_provider_disabled", "sso_provider_disabled"],
        ErrorKind::Config, "supabase.provider_disabled", NEVER,
        "Switch this way of logging in on in the project (Authentication, Sign In / Providers)."),
    known(&["provider_email_needs_verification", "email_not_confirmed", "phone_not_confirmed"],
        ErrorKind::PermissionDenied, "supabase.unconfirmed", NEVER,
        "Follow the link, or enter the code, of the message that Supabase sent to the address."),
    known(&["signup_disabled", "otp_disabled"], ErrorKind::PermissionDenied, "supabase.signup_disabled", NEVER,
        "The project takes no new users: allow it (Authentication, Sign In / Providers), or create the user as admin."),
    known(&["user_banned"], ErrorKind::PermissionDenied, "supabase.user_banned", NEVER, ""),
    known(&["identity_already_exists"], ErrorKind::Conflict, "supabase.identity_taken", NEVER,
        "The account elsewhere is linked already, to this user or to another one: log in with it, and unlink it there."),
    known(&["identity_not_found"], ErrorKind::NotFound, "supabase.identity_not_found", NEVER, ""),
    known(&["single_identity_not_deletable"], ErrorKind::Conflict, "supabase.last_identity", NEVER,
        "Link another identity first, or delete the user."),
    known(&["email_conflict_identity_not_deletable"], ErrorKind::Conflict, "supabase.identity_email", NEVER,
        "Change the user's address first: without this identity it would be that of another user."),
    known(&["manual_linking_disabled"], ErrorKind::Config, "supabase.linking_disabled", NEVER,
        "Allow manual linking in the project (Authentication, Sign In / Providers), `enable_manual_linking` in config.toml."),
    known(&["over_request_rate_limit"], ErrorKind::RateLimited, "supabase.auth_rate_limit", NOTHING, ""),
    known(&["over_email_send_rate_limit", "over_sms_send_rate_limit"],
        ErrorKind::RateLimited, "supabase.message_rate_limit", NEVER,
        "Wait before asking for another message; with an SMTP server of its own a project may send more."),
    known(&["request_timeout"], ErrorKind::Timeout, "supabase.auth_timeout", TWICE, ""),
    // Refreshes of one session that wait for each other: nothing happened.
    known(&["conflict"], ErrorKind::Server, "supabase.auth_busy", NOTHING, "Try again in some seconds."),
    known(&["unexpected_failure"], ErrorKind::Server, "supabase.auth_failed", TWICE, ""),
    known(&["hook_timeout", "hook_timeout_after_retry"], ErrorKind::Server, "supabase.auth_hook", TWICE,
        "A hook of the project did not answer in time: look into its logs."),
    known(&["hook_payload_over_size_limit", "hook_payload_invalid_content_type"],
        ErrorKind::Config, "supabase.auth_hook_broken", NEVER, "A hook of the project answers wrongly: look into its logs."),
    known(&["invalid_credentials"], ErrorKind::Auth, "supabase.invalid_credentials", NEVER,
        "Check the address and the password."),
    known(&["email_exists", "phone_exists", "user_already_exists"], ErrorKind::Conflict, "supabase.user_exists", NEVER,
        "Log in instead."),
    known(&["weak_password"], ErrorKind::InvalidInput, "supabase.weak_password", NEVER, "Choose a longer password."),
    known(&["same_password"], ErrorKind::InvalidInput, "supabase.same_password", NEVER, "Choose another password."),
    known(&["otp_expired"], ErrorKind::Auth, "supabase.code_refused", NEVER,
        "The code or link is wrong, too old or used: ask for a new one."),
    known(&["reauthentication_needed", "reauthentication_not_valid"],
        ErrorKind::PermissionDenied, "supabase.reauthentication_needed", NEVER,
        "Ask for a code (`reauthenticate`) and pass it along with the change."),
    known(&["email_address_invalid", "email_address_not_provided"],
        ErrorKind::InvalidInput, "supabase.email_invalid", NEVER, "Use a real address."),
    known(&["email_address_not_authorized"], ErrorKind::Config, "supabase.email_not_authorized", NEVER,
        "Without an SMTP server of its own a project sends to its members alone: set one up (Authentication, Emails)."),
    known(&["captcha_failed"], ErrorKind::PermissionDenied, "supabase.captcha", NEVER, ""),
    known(&["insufficient_aal"], ErrorKind::PermissionDenied, "supabase.second_factor_needed", NEVER,
        "The user has a second factor: log in with it first."),
    known(&["user_sso_managed"], ErrorKind::PermissionDenied, "supabase.auth_forbidden", NEVER,
        "The user's organization manages this."),
];

fn by_status(status: StatusCode, problem: &Problem, told: String) -> Failure {
    // A code that is newer than this table is told with what it is called.
    let told = match problem.code.as_str() {
        "" => told,
        code if told.is_empty() => code.to_owned(),
        code => format!("{told} ({code})"),
    };
    let failure = |kind, ours| Failure::new(kind, ours, told.clone());
    match status.as_u16() {
        401 => failure(ErrorKind::Auth, "supabase.token_refused").remedy("Refresh the session, or log in again."),
        403 => failure(ErrorKind::PermissionDenied, "supabase.auth_forbidden"),
        404 => failure(ErrorKind::NotFound, "supabase.auth_not_found"),
        409 => failure(ErrorKind::Conflict, "supabase.auth_conflict"),
        408 | 504 => failure(ErrorKind::Timeout, "supabase.auth_timeout").repeat(TWICE),
        429 => failure(ErrorKind::RateLimited, "supabase.auth_rate_limit").repeat(NOTHING),
        540 => failure(ErrorKind::Server, "supabase.paused").remedy("Restore the project in its dashboard."),
        500..=599 => failure(ErrorKind::Server, "supabase.auth_failed").repeat(TWICE),
        400..=499 => failure(ErrorKind::InvalidInput, "supabase.auth_invalid_request"),
        _ => failure(ErrorKind::Decode, "supabase.auth_unexpected_status"),
    }
}

/// The error of a failure that no status came with: a browser brought it back.
pub(super) fn into_error(failure: Failure, operation: &'static str) -> Error {
    let detail = if failure.detail.is_empty() { "Supabase Auth did not say why".to_owned() } else { failure.detail };
    let error = Error::new(failure.kind, failure.code, detail).with_operation(NAME, operation);
    match failure.remedy {
        Some(remedy) => error.with_remedy(remedy),
        None => error,
    }
}

/// An answer that came and cannot be used.
pub(super) fn unreadable(operation: &'static str, detail: &str) -> Error {
    // Not even its beginning is quoted: it may hold tokens in another form.
    Error::new(ErrorKind::Decode, "supabase.auth_unreadable", detail)
        .with_operation(NAME, operation)
        .with_remedy("Check the project's address; a proxy or a login page may stand in between.")
}

/// An argument that cannot be sent.
pub(super) fn bad_argument(operation: &'static str, detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidInput, "supabase.bad_argument", detail).with_operation(NAME, operation)
}
