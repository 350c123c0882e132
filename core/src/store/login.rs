//! What the login of a Twitter user and the custody of its tokens give to a store and get from it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SealedValue;
use crate::records::Id;

/// A login that was begun and waits for the browser to come back. Of its secrets the store gets hashes
/// ([`hash_secret`](super::seal::hash_secret)) and a sealed value, so that nobody who reads the store can finish it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginState {
    /// The hash of the state that travels through the browser's address bar; 64 hexadecimal digits.
    pub state_hash: String,
    /// The hash of the binding that only the browser which began has; 64 hexadecimal digits.
    pub binding_hash: String,
    /// The PKCE verifier, sealed for [`SealContext::login`](super::seal::SealContext::login).
    pub verifier: SealedValue,
    /// What finishing must know beside it, such as the redirect address and the scopes; no secret, at most 8 KiB.
    pub facts: Value,
    /// The account that the login is for.
    pub account: LoginAccount,
}

/// The account that a login is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginAccount {
    /// The one of this label, which is opened when the login succeeds.
    Label(String),
    /// One that is there.
    Id(Id),
}

/// A sealed token and whether it can still be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// The token.
    pub value: SealedValue,
    /// Why and since when the person has to log in again; `None` while the token may be used.
    pub needs_login: Option<NeedsLogin>,
    /// Until when somebody has the right to refresh it.
    pub refreshing_until: Option<DateTime<Utc>>,
    /// Whether a refresh of this very value was begun and never ended, and nobody has the right to refresh it now.
    pub interrupted: bool,
}

/// How old a sealed value is and how it fares, without the value and without its owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialAudit {
    /// The account that it belongs to.
    pub account_id: Id,
    /// Its name.
    pub name: String,
    /// The key that it is sealed with.
    pub key_id: String,
    /// When it was put there, which for a token is when its person logged in; `None` where nobody knows.
    pub granted_at: Option<DateTime<Utc>>,
    /// When the value that stands there came, by that or by a refresh.
    pub sealed_at: Option<DateTime<Utc>>,
    /// When somebody last began to refresh it.
    pub used_at: Option<DateTime<Utc>>,
    /// How many refreshes in a row brought no new token and were not known to have done nothing.
    pub failed_refreshes: u64,
    /// Why and since when the person has to log in again.
    pub needs_login: Option<NeedsLogin>,
}

/// Why a token cannot be used any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedsLogin {
    /// What happened, in one sentence without a secret.
    pub reason: String,
    /// When.
    pub since: DateTime<Utc>,
}

/// What became of the wish to refresh a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum RefreshStep {
    /// The caller may refresh it, and must end that with [`Store::end_refresh`](super::Store::end_refresh).
    Begun {
        /// Grows with every refresh and every login; checked when the refresh ends.
        fence: u64,
        /// Until when nobody else may.
        until: DateTime<Utc>,
        /// The token as it stands: perhaps one that somebody has refreshed since the caller last looked.
        value: SealedValue,
        /// Whether a refresh of this very value was begun before and never ended. Twitter's refresh tokens are for one
        /// use: this one may have been used, and the token that came for it be lost.
        interrupted: bool,
    },
    /// Somebody else is refreshing it.
    Busy {
        /// Until when at most; read the credential again then, or earlier.
        until: DateTime<Utc>,
    },
}

/// How a refresh ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum RefreshOutcome {
    /// A new token came. It replaces the old one also after the lease was lost, as long as `from` still stands there: X
    /// gives it once, and whoever took over can only have been refused.
    Rotated {
        /// The token that was refreshed, as [`RefreshStep::Begun`] gave it.
        from: SealedValue,
        /// The new token.
        value: SealedValue,
    },
    /// The refresh surely did nothing: it was not needed, or was never sent.
    Unchanged,
    /// The refresh was sent, and nobody knows what became of it: the next one is told that it was interrupted.
    Unknown,
    /// The token is of no use any more. It is kept, to be revoked when the account is erased.
    Dead {
        /// What happened, in one sentence of at most 500 bytes, without a secret.
        reason: String,
    },
}
