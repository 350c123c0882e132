use std::fmt;

use chrono::{DateTime, Utc};
use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::AuthClient;
use super::errors::unreadable;
use crate::error::Result;
use crate::http::HttpRequest;
use crate::supabase::Access;

/// A user as Auth knows it. `Debug` shows the id alone.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AuthUser {
    /// The id: `auth.uid()` in policies.
    pub id: Uuid,
    /// The address.
    #[serde(default)]
    pub email: Option<String>,
    /// The telephone number.
    #[serde(default)]
    pub phone: Option<String>,
    /// When the address was confirmed.
    #[serde(default)]
    pub email_confirmed_at: Option<DateTime<Utc>>,
    /// Whether there is neither an address nor an identity yet.
    #[serde(default)]
    pub is_anonymous: bool,
    /// What only the project's servers write.
    #[serde(default)]
    pub app_metadata: Map<String, Value>,
    /// What the user writes, too: never decide by it what somebody may do.
    #[serde(default)]
    pub user_metadata: Map<String, Value>,
    /// The accounts elsewhere that are linked, and the address, which counts as one.
    #[serde(default)]
    pub identities: Vec<AuthIdentity>,
    /// When it was created.
    #[serde(default)]
    pub created_at: Option<DateTime<Utc>>,
    /// When it last logged in.
    #[serde(default)]
    pub last_sign_in_at: Option<DateTime<Utc>>,
}

/// An account elsewhere that is linked to a user. `Debug` shows neither names nor addresses.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AuthIdentity {
    /// The identity's own id, by which it is unlinked.
    pub id: Uuid,
    /// Where the account is, such as `x` or `email`.
    pub provider: String,
    /// The id of the account there: for `x`, the Twitter user's.
    pub subject: String,
    /// What the other side told of it.
    #[serde(default)]
    pub data: Map<String, Value>,
}

impl fmt::Debug for AuthUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthUser").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for AuthIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthIdentity").field("id", &self.id).field("provider", &self.provider).finish_non_exhaustive()
    }
}

impl AuthUser {
    /// The linked account at X, where there is one.
    #[must_use]
    pub fn x_identity(&self) -> Option<&AuthIdentity> {
        self.identities.iter().find(|identity| identity.provider == "x")
    }
}

impl AuthIdentity {
    /// The name of the account, such as a Twitter username.
    #[must_use]
    pub fn username(&self) -> Option<&str> {
        ["user_name", "preferred_username"].iter().find_map(|name| self.data.get(*name)?.as_str())
    }
}

/// Reads a user; `None` for what has no id.
pub(super) fn read_user(value: &Value) -> Option<AuthUser> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let time = |name: &str| text(name)?.parse().ok();
    let map = |name: &str| value.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
    let identities = value.get("identities").and_then(Value::as_array);
    Some(AuthUser {
        id: Uuid::try_parse(value.get("id")?.as_str()?).ok()?,
        email: text("email"),
        phone: text("phone"),
        email_confirmed_at: time("email_confirmed_at"),
        is_anonymous: value.get("is_anonymous").and_then(Value::as_bool).unwrap_or(false),
        app_metadata: map("app_metadata"),
        user_metadata: map("user_metadata"),
        identities: identities.into_iter().flatten().filter_map(read_identity).collect(),
        created_at: time("created_at"),
        last_sign_in_at: time("last_sign_in_at"),
    })
}

fn read_identity(value: &Value) -> Option<AuthIdentity> {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    // Versions of before 2024 have the account's id in `id`, and none of the identity.
    let id = text("identity_id").or(text("id")).and_then(|id| Uuid::try_parse(id).ok())?;
    let data = value.get("identity_data").and_then(Value::as_object).cloned().unwrap_or_default();
    let subject = text("id").or_else(|| data.get("sub").and_then(Value::as_str)).unwrap_or_default().to_owned();
    Some(AuthIdentity { id, provider: text("provider")?.to_owned(), subject, data })
}

/// What is to change of a user; what is not set stays. `Debug` shows no password.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct UserChanges {
    email: Option<String>,
    password: Option<SecretString>,
    nonce: Option<SecretString>,
    metadata: Option<Map<String, Value>>,
}

impl UserChanges {
    /// No change yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Another address. It counts once its owner has confirmed it.
    #[must_use]
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// Another password.
    #[must_use]
    pub fn password(mut self, password: SecretString) -> Self {
        self.password = Some(password);
        self
    }

    /// The code of [`AuthClient::reauthenticate`], where the project asks for one.
    #[must_use]
    pub fn nonce(mut self, code: SecretString) -> Self {
        self.nonce = Some(code);
        self
    }

    /// Fields of `user_metadata` that change; the others stay.
    #[must_use]
    pub fn metadata(mut self, metadata: Map<String, Value>) -> Self {
        self.metadata = Some(metadata);
        self
    }
}

/// Which sessions a sign-out ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignOutScope {
    /// This session.
    #[default]
    Local,
    /// All of the user's sessions but this one.
    Others,
    /// All of the user's sessions.
    Global,
}

impl SignOutScope {
    fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Others => "others",
            Self::Global => "global",
        }
    }
}

impl AuthClient {
    /// The user, as Auth knows it now. Fails for a session that was ended, whose token would still verify.
    ///
    /// # Errors
    /// `Auth`, `supabase.token_refused`; `NeedsLogin`, `supabase.session_ended`; `NotFound`, `supabase.user_not_found`; and
    /// every kind of the pipeline.
    pub async fn user(&self, access: &Access) -> Result<AuthUser> {
        let request = HttpRequest::new("auth.user", Method::GET, self.endpoint(&["user"])?);
        let answer = self.send(access, request, &[]).await?;
        read_user(&answer.value).ok_or_else(|| no_user("auth.user"))
    }

    /// Changes the user.
    ///
    /// # Errors
    /// `InvalidInput`: `supabase.weak_password`, `supabase.same_password`, `supabase.email_invalid`; `Conflict`,
    /// `supabase.user_exists`; `PermissionDenied`, `supabase.reauthentication_needed`; and as [`user`](Self::user).
    pub async fn update_user(&self, access: &Access, changes: &UserChanges) -> Result<AuthUser> {
        let UserChanges { email, password, nonce, metadata } = changes;
        let mut body = Map::new();
        let mut set = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                body.insert(name.to_owned(), value);
            }
        };
        let secret = |secret: &SecretString| Value::from(secret.expose_secret());
        set("email", email.as_deref().map(Value::from));
        set("password", password.as_ref().map(secret));
        set("nonce", nonce.as_ref().map(secret));
        set("data", metadata.clone().map(Value::Object));
        let request = HttpRequest::new("auth.update_user", Method::PUT, self.endpoint(&["user"])?).json(&body)?;
        let secrets: Vec<&SecretString> = [password, nonce].into_iter().flatten().collect();
        let answer = self.send(access, request, &secrets).await?;
        read_user(&answer.value).ok_or_else(|| no_user("auth.update_user"))
    }

    /// Sends the user a code for a change that needs one ([`UserChanges::nonce`]).
    ///
    /// # Errors
    /// `RateLimited`, `supabase.message_rate_limit`, and as [`user`](Self::user).
    pub async fn reauthenticate(&self, access: &Access) -> Result<()> {
        // Each call sends a message: not to be repeated by itself.
        let request = HttpRequest::new("auth.reauthenticate", Method::GET, self.endpoint(&["reauthenticate"])?);
        self.send(access, request.idempotent(false), &[]).await.map(|_| ())
    }

    /// Ends sessions. Their refresh tokens are of no use any more; an access token is until it expires. A session that Auth
    /// does not know counts as ended.
    ///
    /// # Errors
    /// Every kind of the pipeline.
    pub async fn sign_out(&self, access: &Access, scope: SignOutScope) -> Result<()> {
        let request = self.post("auth.sign_out", &["logout"], &json!({}))?.idempotent(true);
        let mut request = request;
        request.url.query_pairs_mut().append_pair("scope", scope.name());
        match self.send(access, request, &[]).await {
            Err(error) if matches!(error.status(), Some(401 | 403 | 404)) => Ok(()),
            end => end.map(|_| ()),
        }
    }

    /// Unlinks an account elsewhere. At least one identity stays.
    ///
    /// # Errors
    /// `Conflict`: `supabase.last_identity`, `supabase.identity_email`; `NotFound`, `supabase.identity_not_found`; `Config`,
    /// `supabase.linking_disabled`; and as [`user`](Self::user).
    pub async fn unlink_identity(&self, access: &Access, identity: Uuid) -> Result<()> {
        let url = self.endpoint(&["user", "identities", &identity.to_string()])?;
        self.send(access, HttpRequest::new("auth.unlink_identity", Method::DELETE, url), &[]).await.map(|_| ())
    }
}

pub(super) fn no_user(operation: &'static str) -> crate::Error {
    unreadable(operation, "the answer of Supabase Auth holds no user")
}
