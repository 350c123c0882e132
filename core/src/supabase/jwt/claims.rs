use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::token::malformed;
use crate::error::{Error, ErrorKind, Result};

/// What a verified token says of its bearer. `Debug` shows who, not what else is known of the person.
///
/// Decide by [`role`](Self::role), [`user`](Self::user), [`aal`](Self::aal) and `app_metadata`; never by `user_metadata`,
/// which the user writes.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Claims {
    /// The user: `sub`.
    pub user: Uuid,
    /// The role in the database, such as `authenticated`.
    pub role: String,
    /// The session, which ends when the user signs out.
    pub session: Option<Uuid>,
    /// How sure it is that it is this user: `aal1`, or `aal2` after a second factor.
    pub aal: Option<String>,
    /// Who issued it; `None` only where that was allowed.
    pub issuer: Option<String>,
    /// For whom it was issued.
    pub audience: Vec<String>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it was issued.
    pub issued_at: Option<DateTime<Utc>>,
    all: Map<String, Value>,
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims")
            .field("user", &self.user)
            .field("role", &self.role)
            .field("session", &self.session)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// What a token must say.
#[derive(Clone, Debug)]
pub(super) struct Expected {
    pub(super) issuer: String,
    pub(super) issuer_may_be_missing: bool,
    pub(super) audience: String,
    pub(super) roles: Vec<String>,
    pub(super) leeway: TimeDelta,
}

impl Claims {
    /// Any claim, by its name, such as `email` or one that a hook of yours adds.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.all.get(name)
    }

    /// Whether the user has neither an address nor a login elsewhere yet.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.get("is_anonymous").and_then(Value::as_bool).unwrap_or(false)
    }

    /// Reads and checks what a token says, at this time.
    pub(super) fn checked(all: Map<String, Value>, expected: &Expected, now: DateTime<Utc>) -> Result<Self> {
        let text = |name: &str| all.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let missing = |name: &str| refused("supabase.jwt_claims", &format!("it has no usable `{name}`"));
        let issuer = text("iss");
        if issuer.is_none() && (all.contains_key("iss") || !expected.issuer_may_be_missing) {
            return Err(missing("iss"));
        }
        if issuer.is_some_and(|issuer| issuer != expected.issuer) {
            return Err(refused("supabase.jwt_issuer", "it was issued by another server than the project's Auth")
                .with_remedy("Pass a token of this project; where Auth is your own, set its issuer."));
        }
        let audience: Vec<String> = match all.get("aud") {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(all)) => all.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
            _ => Vec::new(),
        };
        if !audience.contains(&expected.audience) {
            return Err(refused("supabase.jwt_audience", "it was issued for somebody else"));
        }
        let expires_at = time(&all, "exp")?.ok_or_else(|| missing("exp"))?;
        let issued_at = time(&all, "iat")?;
        let later = |at: DateTime<Utc>| at.checked_add_signed(expected.leeway).unwrap_or(at);
        if later(expires_at) <= now {
            return Err(refused("supabase.jwt_expired", "it has expired").with_remedy("Refresh the session."));
        }
        let begins = [issued_at, time(&all, "nbf")?].into_iter().flatten().max();
        if begins.is_some_and(|begins| begins > later(now)) {
            return Err(refused("supabase.jwt_not_yet_valid", "it is from the future")
                .with_remedy("Check the clock of this machine."));
        }
        let role = text("role").ok_or_else(|| missing("role"))?.to_owned();
        if !expected.roles.contains(&role) {
            return Err(refused("supabase.jwt_role", "its role is not that of a user who is logged in")
                .with_remedy("Pass the access token of a user's session, never a key of the project."));
        }
        let user = text("sub").and_then(|sub| Uuid::try_parse(sub).ok()).ok_or_else(|| missing("sub"))?;
        Ok(Self {
            user,
            role,
            session: text("session_id").and_then(|id| Uuid::try_parse(id).ok()),
            aal: text("aal").map(str::to_owned),
            issuer: issuer.map(str::to_owned),
            audience,
            expires_at,
            issued_at,
            all,
        })
    }
}

/// A time in seconds since 1970, which may have a fraction (RFC 7519, section 2).
fn time(claims: &Map<String, Value>, name: &str) -> Result<Option<DateTime<Utc>>> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    // Whole milliseconds of a float are exact for many thousand years; what lies beyond is refused.
    #[allow(clippy::cast_possible_truncation, reason = "bounded above")]
    let time = value
        .as_f64()
        .filter(|seconds| seconds.abs() < 1e12)
        .and_then(|seconds| DateTime::from_timestamp_millis((seconds * 1000.0) as i64));
    time.map(Some).ok_or_else(|| malformed(&format!("its `{name}` is no time")))
}

pub(super) fn refused(code: &'static str, why: &str) -> Error {
    Error::new(ErrorKind::Auth, code, format!("the token is refused: {why}"))
}
