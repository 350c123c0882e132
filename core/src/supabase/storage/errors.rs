//! What a failure of Storage means. Nearly all of them are HTTP 400: the real status, and the code, are in the body
//! (<https://github.com/supabase/storage>, `src/internal/errors/codes.ts`; recorded of a real server).

use std::borrow::Cow;
use std::fmt;

use chrono::Utc;
use http::{HeaderMap, StatusCode};
use secrecy::SecretString;

use super::super::NAME;
use super::super::access::{TOKEN_REFUSED, redact};
use super::super::auth::AuthApi;
use super::super::jwt::says_expired;
use crate::error::{Error, ErrorKind};
use crate::http::{Failure, Repeat, Service, body_summary};
use crate::tolerant::{Scalar, object, read_repaired};

/// Storage as the pipeline sees it, for one call.
#[derive(Debug, Default)]
pub(super) struct StorageApi {
    /// What is never to be quoted, whoever repeats it.
    pub(super) secrets: Vec<SecretString>,
}

impl Service for StorageApi {
    fn name(&self) -> &'static str {
        NAME
    }

    fn classify(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Failure {
        let mut problem = StorageProblem::parse(status, body);
        problem.message = redact(&problem.message, &self.secrets);
        let mut failure = judge(&problem);
        // A token that has expired reads as a bucket that does not exist.
        if matches!(problem.status, 403 | 404) && self.secrets.iter().any(|secret| says_expired(secret, Utc::now())) {
            failure = token_refused(problem.message.clone());
        }
        if failure.detail.is_empty() {
            let summary = redact(&body_summary(headers, body), &self.secrets);
            failure.detail = format!("Supabase Storage answered with {summary}");
        }
        failure.source(problem)
    }

    fn request_id(&self, headers: &HeaderMap) -> Option<String> {
        AuthApi::default().request_id(headers)
    }
}

/// What Storage said of a failure: the source of its [`Error`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StorageProblem {
    /// The real status, out of the body.
    pub status: u16,
    /// Its code, such as `NoSuchKey`; empty where it gave none.
    pub code: String,
    /// What it said: its own words, secrets masked. Escape them before they are shown.
    pub message: String,
    error: String,
}

object! {
    struct WireProblem {
        status: Scalar<'a> = "statusCode",
        code: Scalar<'a> = "code",
        error: Scalar<'a> = "error",
        message: Scalar<'a> = "message" | "msg",
    }
}

impl StorageProblem {
    fn parse(status: StatusCode, body: &[u8]) -> Self {
        let read = |wire: WireProblem<'_>| {
            let real = wire.status.number().and_then(|status| u16::try_from(status).ok());
            Self {
                status: real.filter(|status| (400..600).contains(status)).unwrap_or(status.as_u16()),
                code: wire.code.filled().unwrap_or_default().chars().take(100).collect(),
                error: wire.error.filled().unwrap_or_default().chars().take(100).collect(),
                message: wire.message.filled().unwrap_or_default().chars().take(600).collect(),
            }
        };
        let read = |body: &[u8]| serde_json::from_slice::<WireProblem<'_>>(body).map(read);
        read_repaired(body, read).unwrap_or_else(|_| {
            // Resumable uploads speak in plain text; a page is for whoever puts bodies into words.
            let text = std::str::from_utf8(body).unwrap_or_default().trim();
            let text = if text.starts_with('<') { "" } else { text };
            let message = text.chars().take(600).collect();
            Self { status: status.as_u16(), message, ..Self::default() }
        })
    }
}

impl fmt::Display for StorageProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {} {}: {}", self.status, self.code, crate::text::escape_controls(&self.message))
    }
}

impl std::error::Error for StorageProblem {}

fn token_refused(told: String) -> Failure {
    Failure::new(ErrorKind::Auth, TOKEN_REFUSED, told).remedy("Refresh the session, or log in again.")
}

fn judge(problem: &StorageProblem) -> Failure {
    let told = problem.message.clone();
    let words = told.to_ascii_lowercase();
    let failure = |kind, code: &'static str| Failure::new(kind, code, told.clone());
    let server = |code| failure(ErrorKind::Server, code).repeat(Repeat::IfIdempotent);
    // What it says of a token stands in `AccessDenied`, in `InvalidJWT` or in nothing, by version.
    let token = [
        "jwt expired",
        "exp\" claim timestamp",
        "invalid jwt",
        "jwt malformed",
        "compact jws",
        "signature verification",
    ];
    if token.iter().any(|part| words.contains(part)) {
        return token_refused(told);
    }
    match problem.code.as_str() {
        "NoSuchBucket" => return no_bucket(&failure),
        "NoSuchKey" | "NoSuchUpload" => return failure(ErrorKind::NotFound, "supabase.no_object"),
        "InvalidJWT" => return token_refused(told),
        "ExpiredToken" => {
            return failure(ErrorKind::Auth, "supabase.signed_url_expired").remedy("Sign a new address.");
        }
        "InvalidSignature" | "SignatureDoesNotMatch" | "InvalidUploadSignature" => {
            return failure(ErrorKind::Auth, "supabase.signature_refused")
                .remedy("Sign a new address, for this object.");
        }
        "AccessDenied" => return denied(&failure),
        "EntityTooLarge" => return too_large(&failure),
        "InvalidMimeType" => {
            return failure(ErrorKind::InvalidInput, "supabase.mime_refused")
                .remedy("Set a type that the bucket allows, or allow this one in its settings.");
        }
        "KeyAlreadyExists" | "ResourceAlreadyExists" => return exists(&failure),
        "BucketAlreadyExists" => return failure(ErrorKind::Conflict, "supabase.bucket_exists"),
        "ResourceNotEmpty" => return failure(ErrorKind::Conflict, "supabase.bucket_not_empty"),
        "InvalidKey" | "InvalidBucketName" => return failure(ErrorKind::InvalidInput, "supabase.bad_path"),
        "SlowDown" => {
            return failure(ErrorKind::RateLimited, "supabase.storage_rate_limit")
                .repeat(Repeat::NothingHappened { wait: None });
        }
        // Another upload of the same object is under way, or a step of this one has not ended.
        "ResourceLocked" | "LockTimeout" => return server("supabase.object_locked"),
        "DatabaseConnectionLimit"
        | "DatabaseTimeout"
        | "DatabaseError"
        | "TransactionError"
        | "InternalError"
        | "Aborted"
        | "AbortedTerminate"
        | "S3Error" => return server("supabase.storage_failed"),
        "DatabaseReadOnly" => {
            return failure(ErrorKind::PermissionDenied, "supabase.read_only").remedy(
                "The project's database is read-only, as it is when its disk is full: look into its dashboard.",
            );
        }
        _ => {}
    }
    // Older servers give `error` alone, the gateway `message` alone, @tus/server plain text.
    match (problem.error.as_str(), problem.status) {
        _ if words.contains("invalid api key") || words.contains("no api key") => {
            failure(ErrorKind::Auth, "supabase.key_refused").remedy(
                "Copy the key from the project's settings under API Keys; a disabled or rotated one is refused.",
            )
        }
        ("Bucket not found", _) => no_bucket(&failure),
        ("Duplicate", _) => exists(&failure),
        // In plain text, at the beginning or at the last piece of a resumable upload.
        _ if words.contains("resource already exists") => exists(&failure),
        _ if words.contains("row-level security") => denied(&failure),
        (_, 401) => token_refused(told),
        (_, 403) => denied(&failure),
        (_, 404 | 410) => failure(ErrorKind::NotFound, "supabase.no_object"),
        (_, 409) => failure(ErrorKind::Conflict, "supabase.upload_conflict"),
        (_, 412) => failure(ErrorKind::InvalidInput, "supabase.storage_invalid_request"),
        (_, 413) => too_large(&failure),
        (_, 423) => server("supabase.object_locked"),
        (_, 429) => failure(ErrorKind::RateLimited, "supabase.storage_rate_limit")
            .repeat(Repeat::NothingHappened { wait: None }),
        (_, 408 | 504 | 544) => failure(ErrorKind::Timeout, "supabase.storage_timeout").repeat(Repeat::IfIdempotent),
        (_, 540) => failure(ErrorKind::Server, "supabase.paused").remedy("Restore the project in its dashboard."),
        (_, 500..=599) => server("supabase.storage_failed"),
        (_, 400..=499) => {
            let mut failure = failure(ErrorKind::InvalidInput, "supabase.storage_invalid_request");
            if !problem.code.is_empty() {
                failure.detail = format!("{} ({})", failure.detail, problem.code);
            }
            failure
        }
        _ => failure(ErrorKind::Decode, "supabase.storage_unexpected_status"),
    }
}

type Make<'a> = &'a dyn Fn(ErrorKind, &'static str) -> Failure;

fn no_bucket(failure: Make<'_>) -> Failure {
    failure(ErrorKind::NotFound, "supabase.no_bucket").remedy(
        "Make the bucket with the project's migrations; where it exists, no policy lets this caller see it, or the \
         token is no longer good.",
    )
}

fn denied(failure: Make<'_>) -> Failure {
    failure(ErrorKind::PermissionDenied, "supabase.storage_forbidden").remedy(
        "A user may reach what lies below its own id alone (`{owner}/{account}/…`), as the policies on `storage.objects` \
         of the project's migrations have it.",
    )
}

fn too_large(failure: Make<'_>) -> Failure {
    failure(ErrorKind::InvalidInput, "supabase.object_too_large")
        .remedy("Raise the size limit of the bucket and of the project (Storage, Settings), or upload less.")
}

fn exists(failure: Make<'_>) -> Failure {
    failure(ErrorKind::Conflict, "supabase.object_exists").remedy("Choose another path, or upload with `upsert`.")
}

/// The error with the real status, which the body gave.
pub(super) fn with_real_status(error: Error) -> Error {
    let problem = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<StorageProblem>());
    match problem.map(|problem| problem.status) {
        Some(status) => error.with_status(status),
        None => error,
    }
}

/// An answer that came and cannot be used.
pub(super) fn unreadable(operation: &'static str, detail: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Decode, "supabase.storage_unreadable", detail.into()).with_operation(NAME, operation)
}

/// An argument that cannot be sent.
pub(super) fn bad_argument(operation: &'static str, detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidInput, "supabase.bad_argument", detail).with_operation(NAME, operation)
}
