use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::Scopes;
use crate::error::{Error, ErrorKind, Result};

/// The tokens of one login. `Debug` shows none of them.
///
/// An access token lives two hours. A refresh token is used once: what its refresh answers with must be kept before it is
/// used, or the login is lost.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Tokens {
    /// What calls carry.
    pub access: SecretString,
    /// What buys the next pair, once; only with the scope `offline.access`.
    pub refresh: Option<SecretString>,
    /// What was granted, which may be less than was asked for.
    pub scopes: Scopes,
    /// When the access token ends. An answer that does not say it counts as ended at once.
    pub expires_at: DateTime<Utc>,
    /// X did not say yet whose they are.
    pub(crate) unverified: bool,
}

#[derive(Serialize, Deserialize)]
struct Plain {
    access: String,
    refresh: Option<String>,
    scopes: Scopes,
    expires_at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    unverified: bool,
}

impl Tokens {
    /// Tokens that came from elsewhere, such as Supabase Auth.
    #[must_use]
    pub fn new(access: SecretString, refresh: Option<SecretString>, scopes: Scopes, expires_at: DateTime<Utc>) -> Self {
        Self { access, refresh, scopes, expires_at, unverified: false }
    }

    /// Whether the access token ends within this time.
    #[must_use]
    pub fn expires_within(&self, time: TimeDelta, now: DateTime<Utc>) -> bool {
        now.checked_add_signed(time).is_none_or(|then| then >= self.expires_at)
    }

    /// The tokens in the clear, as JSON: what a store seals. [`from_plaintext`](Self::from_plaintext) reads it.
    ///
    /// # Errors
    /// `Internal`, `twitter.tokens_unwritable`: never in practice.
    pub fn to_plaintext(&self) -> Result<SecretString> {
        let plain = Plain {
            access: self.access.expose_secret().to_owned(),
            refresh: self.refresh.as_ref().map(|token| token.expose_secret().to_owned()),
            scopes: self.scopes.clone(),
            expires_at: self.expires_at,
            unverified: self.unverified,
        };
        serde_json::to_string(&plain).map(SecretString::from).map_err(|_| {
            Error::new(ErrorKind::Internal, "twitter.tokens_unwritable", "the tokens cannot be written as JSON")
        })
    }

    /// Reads what [`to_plaintext`](Self::to_plaintext) wrote.
    ///
    /// # Errors
    /// `Decode`, `twitter.tokens_unreadable`, for anything else; the error quotes nothing of it.
    pub fn from_plaintext(text: &SecretString) -> Result<Self> {
        let plain: Plain = crate::json::read(text.expose_secret()).map_err(|_| {
            Error::new(ErrorKind::Decode, "twitter.tokens_unreadable", "the stored tokens are in no known form")
                .with_remedy("Log in again.")
        })?;
        Ok(Self {
            access: plain.access.into(),
            refresh: plain.refresh.map(SecretString::from),
            scopes: plain.scopes,
            expires_at: plain.expires_at,
            unverified: plain.unverified,
        })
    }
}

/// Where a client's access token comes from: whoever keeps the login implements it. One token may serve many calls at
/// once, and many calls may find at once that it was refused; it is for the source to refresh once for all of them.
#[async_trait]
pub trait TokenSource: Send + Sync + std::fmt::Debug + 'static {
    /// The token for the next call; refreshed ahead of its end where that is due.
    ///
    /// # Errors
    /// `NeedsLogin` when the person has to log in again, and whatever keeps the tokens.
    async fn access_token(&self) -> Result<SecretString>;

    /// A token after `refused` was answered with 401: a newer one if somebody refreshed meanwhile, else a refreshed one.
    /// Asked at most once a call, and never after a 403. A refusal is no proof that the login ended: delete nothing.
    ///
    /// # Errors
    /// As [`access_token`](Self::access_token).
    async fn refreshed_after_401(&self, refused: &SecretString) -> Result<SecretString>;
}

/// A token that nobody refreshes, for a script or the app's own token.
#[derive(Clone, Debug)]
pub struct FixedToken(SecretString);

impl FixedToken {
    /// A source of this token.
    #[must_use]
    pub fn new(token: SecretString) -> Self {
        Self(token)
    }
}

#[async_trait]
impl TokenSource for FixedToken {
    async fn access_token(&self) -> Result<SecretString> {
        Ok(self.0.clone())
    }

    async fn refreshed_after_401(&self, _: &SecretString) -> Result<SecretString> {
        Err(Error::new(
            ErrorKind::Auth,
            "twitter.unauthorized",
            "the access token was refused, and nobody refreshes it",
        )
        .with_remedy("Log in again for a new token; one lives two hours."))
    }
}
