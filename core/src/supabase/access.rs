//! On whose behalf a call is made, and the headers that say so.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::HeaderName;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::NAME;
use super::keys::ApiKey;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{HttpRequest, mask_secrets};

/// The code of a user's token that was refused.
pub(super) const TOKEN_REFUSED: &str = "supabase.token_refused";

const APIKEY: HeaderName = HeaderName::from_static("apikey");

/// On whose behalf a call is made. There is no way from one to another: a user whose token cannot be had is an error, never
/// a call with the key alone, which would see other rows.
///
/// ```
/// use ghostwren::supabase::Access;
/// let access = Access::bearer("eyJhbGciOiJFUzI1NiJ9.e30.c2ln".to_owned().into());
/// assert!(!format!("{access:?}").contains("eyJ"));
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub enum Access {
    /// Nobody: the publishable key, and what the role `anon` may.
    Anonymous,
    /// A logged-in user: the publishable key with the user's token, and what row-level security lets that user see.
    User(Arc<dyn UserTokens>),
    /// The secret key: the role `service_role`, for which row-level security does not hold.
    Secret,
}

impl Access {
    /// The user whose tokens the source gives.
    #[must_use]
    pub fn user(tokens: impl UserTokens) -> Self {
        Self::User(Arc::new(tokens))
    }

    /// The user of this token, which nobody refreshes: one that a server received with a request.
    #[must_use]
    pub fn bearer(token: SecretString) -> Self {
        Self::user(BearerToken::new(token))
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Anonymous => "Anonymous",
            Self::User(_) => "User",
            Self::Secret => "Secret",
        })
    }
}

/// Where a user's access token comes from: whoever keeps the session implements it. One token may serve many calls at once,
/// and many calls may find at once that it was refused; it is for the source to refresh once for all of them.
#[async_trait]
pub trait UserTokens: Send + Sync + fmt::Debug + 'static {
    /// The token for the next call; refreshed ahead of its end where that is due.
    ///
    /// # Errors
    /// `NeedsLogin` when the person has to log in again, and whatever keeps the session.
    async fn access_token(&self) -> Result<SecretString>;

    /// A token after `refused` was answered with 401: a newer one if somebody refreshed meanwhile, else a refreshed one.
    /// Asked at most once a call. A refusal is no proof that the session ended: delete nothing.
    ///
    /// # Errors
    /// As [`access_token`](Self::access_token); `Auth` where nobody refreshes.
    async fn refreshed_after_401(&self, refused: &SecretString) -> Result<SecretString>;
}

/// A user's token that nobody refreshes.
#[derive(Clone, Debug)]
pub struct BearerToken(SecretString);

impl BearerToken {
    /// A source of this token.
    #[must_use]
    pub fn new(token: SecretString) -> Self {
        Self(token)
    }
}

impl BearerToken {
    /// Whose token it says it is. Nothing is verified here: whoever is asked with it does that.
    ///
    /// # Errors
    /// `InvalidInput`, `supabase.not_a_token`, for what is no JWT of a user.
    pub fn claimed_user(&self) -> Result<Uuid> {
        #[derive(serde::Deserialize)]
        struct Subject {
            sub: Uuid,
        }
        let payload = self.0.expose_secret().split('.').nth(1).and_then(|payload| URL_SAFE_NO_PAD.decode(payload).ok());
        let subject = payload.and_then(|payload| crate::json::read_bytes::<Subject>(&payload).ok());
        subject.map(|Subject { sub }| sub).ok_or_else(|| {
            Error::new(ErrorKind::InvalidInput, "supabase.not_a_token", "that is no access token of a user")
                .with_remedy("Pass what follows `Bearer ` in the `Authorization` header, and no key.")
        })
    }
}

#[async_trait]
impl UserTokens for BearerToken {
    async fn access_token(&self) -> Result<SecretString> {
        Ok(self.0.clone())
    }

    async fn refreshed_after_401(&self, _: &SecretString) -> Result<SecretString> {
        Err(Error::new(ErrorKind::Auth, TOKEN_REFUSED, "the user's token was refused, and nobody refreshes it")
            .with_remedy("Send a request with a fresh token; one lives an hour unless the project says otherwise."))
    }
}

/// What one attempt carries.
#[derive(Clone, Debug)]
pub(super) struct Credentials<'a> {
    pub(super) key: &'a ApiKey,
    /// The user's token; without one the key speaks for itself.
    pub(super) token: Option<SecretString>,
}

impl Credentials<'_> {
    /// Sets `apikey` and `Authorization`.
    ///
    /// New keys are no JWTs and stand in `apikey` alone; a legacy key is one and stands in both headers, unless a user's
    /// token takes the second: <https://supabase.com/docs/guides/api/api-keys>.
    pub(super) fn apply(&self, request: HttpRequest) -> Result<HttpRequest> {
        let request = request.secret_header(APIKEY, self.key.secret())?;
        match &self.token {
            Some(token) => request.bearer(token),
            None if self.key.kind().is_legacy() => request.bearer(self.key.secret()),
            None => Ok(request),
        }
    }

    /// What is never to be quoted, whoever repeats it.
    pub(super) fn secrets(&self) -> Vec<SecretString> {
        std::iter::once(self.key.secret().clone()).chain(self.token.clone()).collect()
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

/// Adds the operation to an error that was made here.
pub(super) fn of(operation: &'static str, error: Error) -> Error {
    error.with_operation(NAME, operation)
}
