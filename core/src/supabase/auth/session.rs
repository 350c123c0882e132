use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::user::{AuthUser, read_user};
use crate::error::{Error, ErrorKind, Result};

/// A session of a user with Auth. `Debug` shows none of its tokens.
///
/// An access token lives an hour unless the project says otherwise. A refresh token is used once: keep what its refresh
/// answers with before it is used. [`UserSession`](super::UserSession) does all of that.
#[derive(Clone)]
#[non_exhaustive]
pub struct Session {
    /// What calls carry.
    pub access: SecretString,
    /// What buys the next pair.
    pub refresh: SecretString,
    /// When the access token ends, by the clock of this machine.
    pub expires_at: DateTime<Utc>,
    /// Whose it is, as Auth knew it then.
    pub user: AuthUser,
}

/// The tokens of the other side's own API, such as X's, which a login gives once: Supabase keeps and refreshes none of them
/// (<https://supabase.com/docs/guides/auth/social-login#provider-tokens>). `Debug` shows neither.
///
/// Seal them at once, and refresh them at X from then on. When the access token ends is not said; X's live two hours.
#[derive(Clone)]
#[non_exhaustive]
pub struct ProviderTokens {
    /// `provider_token`.
    pub access: SecretString,
    /// `provider_refresh_token`; X gives one, since Supabase asks for `offline.access`.
    pub refresh: Option<SecretString>,
}

/// The end of a login.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SignedIn {
    /// The session with Supabase.
    pub session: Session,
    /// The other side's tokens. Only a login elsewhere gives them, and only here: a refresh never does.
    pub provider: Option<ProviderTokens>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("user", &self.user.id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ProviderTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderTokens").field("refreshable", &self.refresh.is_some()).finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
struct Plain {
    access: String,
    refresh: String,
    expires_at: DateTime<Utc>,
    user: AuthUser,
}

impl Session {
    /// A session that came from elsewhere, such as another SDK of the same app.
    #[must_use]
    pub fn new(access: SecretString, refresh: SecretString, expires_at: DateTime<Utc>, user: AuthUser) -> Self {
        Self { access, refresh, expires_at, user }
    }

    /// Whether the access token ends within this time.
    #[must_use]
    pub fn expires_within(&self, time: TimeDelta, now: DateTime<Utc>) -> bool {
        now.checked_add_signed(time).is_none_or(|then| then >= self.expires_at)
    }

    /// The session in the clear, as JSON: what a store seals. [`from_plaintext`](Self::from_plaintext) reads it.
    ///
    /// # Errors
    /// `Internal`, `supabase.session_unwritable`: never in practice.
    pub fn to_plaintext(&self) -> Result<SecretString> {
        let plain = Plain {
            access: self.access.expose_secret().to_owned(),
            refresh: self.refresh.expose_secret().to_owned(),
            expires_at: self.expires_at,
            user: self.user.clone(),
        };
        serde_json::to_string(&plain).map(SecretString::from).map_err(|_| {
            Error::new(ErrorKind::Internal, "supabase.session_unwritable", "the session cannot be written as JSON")
        })
    }

    /// Reads what [`to_plaintext`](Self::to_plaintext) wrote.
    ///
    /// # Errors
    /// `Decode`, `supabase.session_unreadable`, for anything else; the error quotes nothing of it.
    pub fn from_plaintext(text: &SecretString) -> Result<Self> {
        let plain: Plain = crate::json::read(text.expose_secret()).map_err(|_| {
            Error::new(ErrorKind::Decode, "supabase.session_unreadable", "the stored session is in no known form")
                .with_remedy("Log in again.")
        })?;
        Ok(Self {
            access: plain.access.into(),
            refresh: plain.refresh.into(),
            expires_at: plain.expires_at,
            user: plain.user,
        })
    }
}

/// What an answer with a session holds, if it holds one. `began`: when the request was sent.
pub(super) fn read_signed_in(answer: &Value, began: DateTime<Utc>) -> Option<SignedIn> {
    let secret = |name: &str| {
        let text = answer.get(name)?.as_str().filter(|text| !text.is_empty())?;
        Some(SecretString::from(text))
    };
    let seconds = answer.get("expires_in").and_then(number).filter(|seconds| *seconds >= 0);
    let until = answer.get("expires_at").and_then(number).and_then(|at| DateTime::from_timestamp(at, 0));
    let expires_at = match seconds.and_then(TimeDelta::try_seconds) {
        Some(lives) => began.checked_add_signed(lives).unwrap_or(began),
        // Without either it counts as ended at once.
        None => until.unwrap_or(began),
    };
    let session = Session {
        access: secret("access_token")?,
        refresh: secret("refresh_token")?,
        expires_at,
        user: read_user(answer.get("user")?)?,
    };
    let provider =
        secret("provider_token").map(|access| ProviderTokens { access, refresh: secret("provider_refresh_token") });
    Some(SignedIn { session, provider })
}

fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}
