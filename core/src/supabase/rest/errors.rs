//! What a failure of PostgREST, of the database behind it or of the gateway before it means.
//!
//! PostgREST's codes: <https://docs.postgrest.org/en/v14/references/errors.html>; PostgreSQL's:
//! <https://www.postgresql.org/docs/current/errcodes-appendix.html>.

use std::fmt;

use http::{HeaderMap, StatusCode};
use secrecy::SecretString;
use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::http::{Failure, Repeat, Service, body_summary};
use crate::supabase::NAME;
use crate::supabase::access::{Access, redact};

/// The longest text of a server that is kept, in characters.
const LONGEST: usize = 500;

/// What the server said: the source of an error, for whoever needs the code of PostgREST (`PGRST…`) or PostgreSQL (five
/// characters). Secrets are masked.
///
/// ```
/// use std::error::Error as _;
/// use ghostwren::supabase::DatabaseError;
/// fn is_duplicate(error: &ghostwren::Error) -> bool {
///     error.source().and_then(|source| source.downcast_ref::<DatabaseError>()).is_some_and(|said| said.code == "23505")
/// }
/// # let _ = is_duplicate;
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DatabaseError {
    /// The code: empty where the gateway before PostgREST answered.
    pub code: String,
    /// What went wrong.
    pub message: String,
    /// More about it; may hold values of the row.
    pub details: String,
    /// What may help.
    pub hint: String,
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.message)
    }
}

impl std::error::Error for DatabaseError {}

impl DatabaseError {
    fn parse(headers: &HeaderMap, body: &[u8], secrets: &[SecretString]) -> Self {
        let json: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |names: &[&str]| {
            let text = names.iter().find_map(|name| json.get(name)?.as_str()).unwrap_or_default();
            redact(text, secrets).chars().take(LONGEST).collect::<String>()
        };
        let mut code = text(&["code"]);
        if code.is_empty() {
            // All that comes with the answer to a HEAD: `Proxy-Status: PostgREST; error=42501`.
            code = headers
                .get("proxy-status")
                .and_then(|status| status.to_str().ok()?.split("error=").nth(1))
                .map(|code| code.chars().take_while(char::is_ascii_alphanumeric).collect())
                .unwrap_or_default();
        }
        let message = text(&["message", "msg", "error_description", "error"]);
        Self { code, message, details: text(&["details"]), hint: text(&["hint"]) }
    }
}

/// PostgREST as the pipeline sees it, for one attempt.
#[derive(Debug)]
pub(super) struct PostgRest {
    /// What is never to be quoted, whoever repeats it.
    pub(super) secrets: Vec<SecretString>,
    pub(super) access: Access,
    pub(super) schema: Option<String>,
}

impl Service for PostgRest {
    fn name(&self) -> &'static str {
        NAME
    }

    fn classify(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Failure {
        let said = DatabaseError::parse(headers, body, &self.secrets);
        let meaning = self.judge(status, &said);
        let detail = match said.message.as_str() {
            "" => format!("PostgREST answered with {}", redact(&body_summary(headers, body), &self.secrets)),
            // Details of PostgREST explain; those of the database hold the row.
            message if said.code.starts_with("PGRST") && !said.details.is_empty() && said.details != message => {
                format!("{message}: {}", said.details)
            }
            message => message.to_owned(),
        };
        let mut failure = Failure::new(meaning.kind, meaning.code, detail).repeat(meaning.repeat).source(said);
        if let Some(remedy) = meaning.remedy {
            failure = failure.remedy(remedy);
        }
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

struct Meaning {
    kind: ErrorKind,
    code: &'static str,
    remedy: Option<String>,
    repeat: Repeat,
}

impl Meaning {
    fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// It may be repeated when it may be done twice.
    fn if_idempotent(mut self) -> Self {
        self.repeat = Repeat::IfIdempotent;
        self
    }

    /// It may be repeated whatever it does: nothing was done, or all of it was rolled back.
    fn rolled_back(mut self) -> Self {
        self.repeat = Repeat::NothingHappened { wait: None };
        self
    }
}

fn is(kind: ErrorKind, code: &'static str) -> Meaning {
    Meaning { kind, code, remedy: None, repeat: Repeat::Never }
}

const RELOAD: &str = "after a change of the schema run `notify pgrst, 'reload schema'`";

impl PostgRest {
    fn judge(&self, status: StatusCode, said: &DatabaseError) -> Meaning {
        if let Some(meaning) = self.by_postgrest(said).or_else(|| self.by_database(said)) {
            return meaning;
        }
        match status.as_u16() {
            401 => self.refused(said),
            403 => is(ErrorKind::PermissionDenied, "supabase.forbidden"),
            404 => is(ErrorKind::NotFound, "supabase.not_found")
                .remedy("Check the project's address: is it the project itself, and is its Data API switched on?"),
            409 => is(ErrorKind::Conflict, "supabase.conflict"),
            413 => is(ErrorKind::InvalidInput, "supabase.too_large").remedy("Send fewer rows at once."),
            414 | 431 => is(ErrorKind::InvalidInput, "supabase.url_too_long")
                .remedy("Give fewer values in a list, or call a function and give them as an argument."),
            429 => is(ErrorKind::RateLimited, "supabase.rate_limited").rolled_back(),
            408 | 504 | 522 | 524 => is(ErrorKind::Timeout, "supabase.gateway_timeout").if_idempotent(),
            540 => is(ErrorKind::Server, "supabase.paused")
                .remedy("The project is paused: restore it in the dashboard of Supabase."),
            503 | 520 | 521 | 523 | 525..=530 => is(ErrorKind::Server, "supabase.unavailable").if_idempotent(),
            500..=599 => is(ErrorKind::Server, "supabase.server").if_idempotent(),
            400..=499 => is(ErrorKind::InvalidInput, "supabase.invalid_request"),
            _ => is(ErrorKind::Decode, "supabase.unexpected_status"),
        }
    }

    /// A 401 of the gateway, which knows keys and no users.
    fn refused(&self, said: &DatabaseError) -> Meaning {
        let words = said.message.to_ascii_lowercase();
        if words.contains("api key") || words.contains("apikey") {
            return is(ErrorKind::Auth, "supabase.key_refused").remedy(
                "Copy the key again from the project's settings under API Keys, and check that it is of the same \
                 project as the address; a legacy key may be switched off, and a secret key is refused from a browser.",
            );
        }
        is(ErrorKind::Auth, "supabase.unauthorized")
    }

    fn by_postgrest(&self, said: &DatabaseError) -> Option<Meaning> {
        let wrong = |code| is(ErrorKind::InvalidInput, code);
        let number = said.code.strip_prefix("PGRST")?;
        Some(match number {
            "000" => is(ErrorKind::Server, "supabase.database_unreachable").rolled_back(),
            "001" => is(ErrorKind::Server, "supabase.database_unreachable").if_idempotent(),
            "002" => is(ErrorKind::Server, "supabase.schema_loading").rolled_back(),
            "003" => is(ErrorKind::Timeout, "supabase.pool_timeout")
                .remedy("All connections of the pool are in use: send fewer requests at once, or enlarge the pool.")
                .rolled_back(),
            "102" => wrong("supabase.bad_body"),
            "103" => wrong("supabase.bad_range"),
            "106" => is(ErrorKind::Config, "supabase.schema_not_exposed").remedy(self.expose()),
            "108" | "100" | "118" | "119" | "120" | "127" => wrong("supabase.bad_query"),
            "101" | "105" | "107" | "114" | "115" | "117" | "125" => wrong("supabase.invalid_request"),
            "111" | "112" | "121" => is(ErrorKind::Server, "supabase.bad_function").remedy(
                "A function of the database sets headers, a status or an error in a form that PostgREST cannot read.",
            ),
            "116" if said.details.contains(" 0 rows") => is(ErrorKind::NotFound, "supabase.no_row"),
            "116" => is(ErrorKind::Conflict, "supabase.several_rows"),
            "122" => wrong("supabase.bad_preference"),
            "123" => is(ErrorKind::Config, "supabase.aggregates_off")
                .remedy("Switch aggregates on: `alter role authenticator set pgrst.db_aggregates_enabled = 'true'`."),
            "124" | "128" => is(ErrorKind::Conflict, "supabase.max_affected"),
            "126" => is(ErrorKind::NotFound, "supabase.not_found"),
            "200" => {
                wrong("supabase.no_relationship").remedy(format!("Embed a table that a foreign key joins; {RELOAD}."))
            }
            "201" => wrong("supabase.ambiguous_relationship")
                .remedy("Name the foreign key: `other_table!the_constraint(…)`."),
            "202" => self.no_function(),
            "203" => wrong("supabase.ambiguous_function")
                .remedy("Several functions of that name take these arguments: rename or drop one."),
            "204" => self.no_column(),
            "205" => self.no_table(),
            "300" => is(ErrorKind::Config, "supabase.no_jwt_secret")
                .remedy("PostgREST has no key for tokens: set `jwt-secret` of the server."),
            "302" => is(ErrorKind::Auth, "supabase.token_needed").remedy("Log in: nothing is open to everybody here."),
            "303" | "301" if said.message.to_ascii_lowercase().contains("expired") => {
                is(ErrorKind::Auth, "supabase.token_expired").remedy("Refresh the session, or log in again.")
            }
            "301" | "303" => is(ErrorKind::Auth, "supabase.bad_token").remedy(
                "The user's token is not one of this project, or its claims do not hold: log in again, and check the \
                 clock of whoever made it.",
            ),
            _ if number.starts_with('X') => is(ErrorKind::Server, "supabase.server").if_idempotent(),
            _ => return None,
        })
    }

    fn by_database(&self, said: &DatabaseError) -> Option<Meaning> {
        if said.code.len() != 5 || !said.code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
            return None;
        }
        let wrong = |code| is(ErrorKind::InvalidInput, code);
        let clash = |code| is(ErrorKind::Conflict, code);
        let server = |code| is(ErrorKind::Server, code);
        Some(match (said.code.as_str(), said.code.get(..2).unwrap_or_default()) {
            ("21000", _) if said.message.contains("second time") => wrong("supabase.duplicate_in_batch")
                .remedy("Two rows of one upsert have the same key: leave one of them out."),
            ("21000", _) if said.message.to_ascii_uppercase().contains("WHERE") => wrong("supabase.no_condition")
                .remedy("An update or a delete needs a condition; to touch all rows, give one that all of them meet."),
            ("23502", _) => wrong("supabase.not_null"),
            ("23503", _) => clash("supabase.foreign_key"),
            ("23505" | "23P01", _) => clash("supabase.duplicate"),
            ("23514", _) => wrong("supabase.check"),
            ("25006", _) => is(ErrorKind::PermissionDenied, "supabase.read_only").remedy(
                "The database takes no writes: its disk may be full, or this is a replica. See the project's dashboard.",
            ),
            ("28000" | "28P01", _) => is(ErrorKind::Config, "supabase.database_login")
                .remedy("PostgREST cannot log in to the database: see the project's dashboard."),
            ("40001" | "40P01", _) => server("supabase.serialization").rolled_back(),
            ("42501", _) => self.denied(said),
            ("42P01", _) => self.no_table(),
            ("42703", _) => self.no_column(),
            ("42883", _) => self.no_function(),
            ("42P10", _) => wrong("supabase.no_conflict_target")
                .remedy("`on_conflict` must name the columns of a unique constraint; an index on an expression is none."),
            ("428C9", _) => wrong("supabase.generated_column"),
            ("53100", _) => is(ErrorKind::QuotaExceeded, "supabase.disk_full")
                .remedy("The disk of the database is full: enlarge it in the project's dashboard."),
            ("53200" | "53300" | "53000" | "53400", _) => server("supabase.overloaded").rolled_back(),
            ("55P03", _) => server("supabase.locked").rolled_back(),
            ("57014", _) => is(ErrorKind::Timeout, "supabase.statement_timeout").remedy(
                "The statement took longer than the role's `statement_timeout` (8 s for a user, 3 s for nobody): ask for \
                 less at once, or add an index.",
            ),
            ("57P03", _) => server("supabase.database_unreachable").rolled_back(),
            ("57P01" | "57P02" | "57P05", _) | (_, "08") => server("supabase.database_unreachable").if_idempotent(),
            ("P0001", _) => is(ErrorKind::Conflict, "supabase.raised"),
            (_, "22") => wrong("supabase.bad_value"),
            (_, "23" | "44") => clash("supabase.constraint"),
            (_, "42") => wrong("supabase.bad_query"),
            (_, "54") => wrong("supabase.too_complex").remedy("Ask for less at once."),
            (_, "PT") => return None,
            (_, "XX" | "58") => server("supabase.database").if_idempotent(),
            _ => return None,
        })
    }

    fn denied(&self, said: &DatabaseError) -> Meaning {
        if said.message.contains("row-level security") {
            return is(ErrorKind::PermissionDenied, "supabase.row_denied").remedy(
                "A policy of the table does not let this user write that row: is its owner the one who is logged in?",
            );
        }
        let role = match self.access {
            Access::Anonymous => {
                return is(ErrorKind::PermissionDenied, "supabase.permission_denied")
                    .remedy("Log in; or, if everybody may do this, grant it to the role `anon`.");
            }
            Access::User(_) => "authenticated",
            Access::Secret => "service_role",
        };
        // New projects grant nothing by themselves since 2026-05-30.
        is(ErrorKind::PermissionDenied, "supabase.permission_denied").remedy(format!(
            "Grant it to the role: `grant usage on schema … to {role}`, and `grant select, insert, update, delete on … to \
             {role}` or `grant execute on function … to {role}`."
        ))
    }

    fn expose(&self) -> String {
        let name = self.schema.as_deref().unwrap_or("public");
        format!(
            "Expose the schema `{name}` in the project's settings under Data API (locally in `supabase/config.toml`, \
             `[api] schemas`)."
        )
    }

    fn no_table(&self) -> Meaning {
        is(ErrorKind::NotFound, "supabase.no_table")
            .remedy(format!("Check the name and the schema, and that the migrations were applied; {RELOAD}."))
    }

    fn no_function(&self) -> Meaning {
        is(ErrorKind::NotFound, "supabase.no_function").remedy(format!(
            "Check the name, its arguments and the schema, and that the migrations were applied; {RELOAD}."
        ))
    }

    fn no_column(&self) -> Meaning {
        is(ErrorKind::InvalidInput, "supabase.no_column")
            .remedy(format!("Check the name, and that the migrations were applied; {RELOAD}."))
    }
}

/// Whether a request did nothing because it was too much at once: with fewer rows it may succeed.
pub(crate) fn too_many(error: &Error) -> bool {
    matches!(error.code(), "supabase.statement_timeout" | "supabase.too_large" | "supabase.too_complex")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure_of(access: Access, status: u16, headers: &[(&'static str, &str)], body: &str) -> Failure {
        let service =
            PostgRest { secrets: vec!["planted-key".to_owned().into()], access, schema: Some("ghostwren".to_owned()) };
        let headers =
            headers.iter().map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap())).collect();
        service.classify(StatusCode::from_u16(status).unwrap(), &headers, body.as_bytes())
    }

    #[test]
    fn each_code_has_a_meaning() {
        use ErrorKind::{
            Auth, Config, Conflict, InvalidInput, NotFound, PermissionDenied, QuotaExceeded, Server, Timeout,
        };
        let nothing = Repeat::NothingHappened { wait: None };
        for (status, code, kind, ours, repeat) in [
            (503, "PGRST000", Server, "supabase.database_unreachable", nothing),
            (503, "PGRST001", Server, "supabase.database_unreachable", Repeat::IfIdempotent),
            (503, "PGRST002", Server, "supabase.schema_loading", nothing),
            (504, "PGRST003", Timeout, "supabase.pool_timeout", nothing),
            (400, "PGRST100", InvalidInput, "supabase.bad_query", Repeat::Never),
            (400, "PGRST102", InvalidInput, "supabase.bad_body", Repeat::Never),
            (416, "PGRST103", InvalidInput, "supabase.bad_range", Repeat::Never),
            (406, "PGRST106", Config, "supabase.schema_not_exposed", Repeat::Never),
            (406, "PGRST116", Conflict, "supabase.several_rows", Repeat::Never),
            (400, "PGRST122", InvalidInput, "supabase.bad_preference", Repeat::Never),
            (400, "PGRST124", Conflict, "supabase.max_affected", Repeat::Never),
            (400, "PGRST200", InvalidInput, "supabase.no_relationship", Repeat::Never),
            (300, "PGRST201", InvalidInput, "supabase.ambiguous_relationship", Repeat::Never),
            (404, "PGRST202", NotFound, "supabase.no_function", Repeat::Never),
            (300, "PGRST203", InvalidInput, "supabase.ambiguous_function", Repeat::Never),
            (400, "PGRST204", InvalidInput, "supabase.no_column", Repeat::Never),
            (404, "PGRST205", NotFound, "supabase.no_table", Repeat::Never),
            (401, "PGRST301", Auth, "supabase.bad_token", Repeat::Never),
            (401, "PGRST302", Auth, "supabase.token_needed", Repeat::Never),
            (500, "PGRSTX00", Server, "supabase.server", Repeat::IfIdempotent),
            (400, "21000", InvalidInput, "supabase.invalid_request", Repeat::Never),
            (400, "22P02", InvalidInput, "supabase.bad_value", Repeat::Never),
            (400, "23502", InvalidInput, "supabase.not_null", Repeat::Never),
            (409, "23503", Conflict, "supabase.foreign_key", Repeat::Never),
            (409, "23505", Conflict, "supabase.duplicate", Repeat::Never),
            (400, "23514", InvalidInput, "supabase.check", Repeat::Never),
            (405, "25006", PermissionDenied, "supabase.read_only", Repeat::Never),
            (500, "40001", Server, "supabase.serialization", nothing),
            (500, "40P01", Server, "supabase.serialization", nothing),
            (403, "42501", PermissionDenied, "supabase.permission_denied", Repeat::Never),
            (404, "42P01", NotFound, "supabase.no_table", Repeat::Never),
            (400, "42703", InvalidInput, "supabase.no_column", Repeat::Never),
            (404, "42883", NotFound, "supabase.no_function", Repeat::Never),
            (400, "42P10", InvalidInput, "supabase.no_conflict_target", Repeat::Never),
            (503, "53300", Server, "supabase.overloaded", nothing),
            (503, "53100", QuotaExceeded, "supabase.disk_full", Repeat::Never),
            (500, "57014", Timeout, "supabase.statement_timeout", Repeat::Never),
            (503, "57P01", Server, "supabase.database_unreachable", Repeat::IfIdempotent),
            (503, "08006", Server, "supabase.database_unreachable", Repeat::IfIdempotent),
            (400, "P0001", Conflict, "supabase.raised", Repeat::Never),
            (500, "XX000", Server, "supabase.database", Repeat::IfIdempotent),
            (418, "PT418", InvalidInput, "supabase.invalid_request", Repeat::Never),
        ] {
            let body = format!(r#"{{"code":"{code}","message":"m planted-key","details":null,"hint":null}}"#);
            let failure = failure_of(Access::Secret, status, &[], &body);
            assert_eq!((failure.kind, failure.code.as_ref(), failure.repeat), (kind, ours, repeat), "{code}");
            assert_eq!(failure.detail, "m ***", "{code}");
            let said: &DatabaseError = failure.source.as_ref().unwrap().downcast_ref().unwrap();
            assert_eq!((said.code.as_str(), said.message.as_str()), (code, "m ***"));
        }
    }

    #[test]
    fn what_only_the_words_tell() {
        let told = |access, status, body: &str| {
            let failure = failure_of(access, status, &[], body);
            (failure.code.into_owned(), failure.remedy.unwrap_or_default().into_owned())
        };
        let anonymous = || Access::Anonymous;
        for (status, body, code, remedy) in [
            (
                401,
                r#"{"message":"Invalid API key","hint":"Double check your Supabase `apikey`"}"#,
                "supabase.key_refused",
                "API Keys",
            ),
            (401, r#"{"message":"No API key found in request"}"#, "supabase.key_refused", "API Keys"),
            (401, r#"{"code":"PGRST303","message":"JWT expired"}"#, "supabase.token_expired", "log in"),
            (406, r#"{"code":"PGRST116","message":"m","details":"The result contains 0 rows"}"#, "supabase.no_row", ""),
            (406, r#"{"code":"PGRST106","message":"m"}"#, "supabase.schema_not_exposed", "`ghostwren`"),
            (
                400,
                r#"{"code":"21000","message":"… cannot affect row a second time"}"#,
                "supabase.duplicate_in_batch",
                "same key",
            ),
            (
                400,
                r#"{"code":"21000","message":"DELETE requires a WHERE clause"}"#,
                "supabase.no_condition",
                "condition",
            ),
            (
                401,
                r#"{"code":"42501","message":"permission denied for table t"}"#,
                "supabase.permission_denied",
                "Log in",
            ),
            (
                403,
                r#"{"code":"42501","message":"new row violates row-level security policy"}"#,
                "supabase.row_denied",
                "owner",
            ),
            (540, "", "supabase.paused", "restore"),
            (404, "<html>", "supabase.not_found", "address"),
        ] {
            let (got, said) = told(anonymous(), status, body);
            assert_eq!(got, code, "{body}");
            assert!(said.contains(remedy), "{said}");
        }
        let denied = r#"{"code":"42501","message":"permission denied for table t"}"#;
        let user = || Access::bearer("t".to_owned().into());
        assert!(told(user(), 403, denied).1.contains("to authenticated"));
        assert!(told(Access::Secret, 403, denied).1.contains("to service_role"));
    }

    #[test]
    fn a_head_tells_its_code_in_a_header_and_rows_stay_out_of_the_detail() {
        let head = failure_of(Access::Secret, 404, &[("proxy-status", "PostgREST; error=PGRST205")], "");
        assert_eq!(head.code, "supabase.no_table");
        let row =
            r#"{"code":"23514","message":"violates check","details":"Failing row contains (the text of a tweet)."}"#;
        let failure = failure_of(Access::Secret, 400, &[], row);
        assert_eq!(failure.detail, "violates check");
        let page = failure_of(Access::Secret, 502, &[("content-type", "text/html")], "<html><title>Bad</title>");
        assert_eq!((page.code.as_ref(), page.repeat), ("supabase.server", Repeat::IfIdempotent));
        assert!(page.detail.contains("a web page titled"));
    }
}
