//! Who a caller is to Supabase, and what proves it.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use ring::digest::{SHA256, digest};
use secrecy::{ExposeSecret, SecretString};

use crate::error::{Error, ErrorKind, Result};
use crate::records::Id;
use crate::store::Caller;
use crate::supabase::{Access, AuthClient, BearerToken, UserTokens};

/// How many tokens are remembered as verified.
const REMEMBERED: usize = 10_000;

/// How long at most: a session that was ended is not noticed before.
const TRUSTED: TimeDelta = TimeDelta::minutes(5);

/// What a [`Caller`] carries for a store that asks for proof: where the user's token comes from.
#[derive(Clone)]
pub(in crate::store) struct Proof(Arc<dyn UserTokens>);

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proof")
    }
}

impl Caller {
    /// A user of Supabase Auth, with the source of the user's tokens, such as a
    /// [`UserSession`](crate::supabase::UserSession). The id and the tokens are of the same user, or every call fails.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use ghostwren::{records::new_id, store::Caller, supabase::BearerToken};
    /// let user = new_id(); // the id of the Auth user
    /// let caller = Caller::user(user, Arc::new(BearerToken::new("eyJ…".into())));
    /// assert_eq!(caller.owner(), user.to_string());
    /// ```
    #[must_use]
    pub fn user(id: Id, tokens: Arc<dyn UserTokens>) -> Self {
        Self::proven(id.to_string(), Proof(tokens))
    }

    /// A user of Supabase Auth by a token that a server received with a request, which nobody refreshes.
    #[must_use]
    pub fn bearer(id: Id, token: SecretString) -> Self {
        Self::user(id, Arc::new(BearerToken::new(token)))
    }
}

/// By the hash of a token: whose it is, and until when that is believed.
type Verified = HashMap<[u8; 32], (Id, DateTime<Utc>)>;

/// Says on whose behalf the calls of a caller are made, and remembers whose tokens were verified.
#[derive(Debug)]
pub(super) struct Identities {
    auth: AuthClient,
    verified: Mutex<Verified>,
}

impl Identities {
    pub(super) fn new(auth: AuthClient) -> Self {
        Self { auth, verified: Mutex::new(HashMap::new()) }
    }

    /// The client that verifies.
    pub(super) fn auth(&self) -> &AuthClient {
        &self.auth
    }

    /// The caller's own identity.
    pub(super) fn access(caller: &Caller) -> Result<Access> {
        match caller.proof() {
            Some(Proof(tokens)) => Ok(Access::User(Arc::clone(tokens))),
            None => Err(Error::new(
                ErrorKind::Auth,
                "identity.no_user",
                "the store keeps every user's data apart by their login, and the caller is no logged-in user",
            )
            .with_remedy("Sign in first, and use the session; or pass the token that your server received.")),
        }
    }

    /// Who the caller is, verified: for what the secret key does in the caller's name, where nothing else asks.
    pub(super) async fn owner(&self, caller: &Caller) -> Result<Id> {
        let Access::User(tokens) = Self::access(caller)? else { return Err(other_user()) };
        let token = tokens.access_token().await?;
        let user = match self.verify(&token).await {
            Err(error) if error.kind() == ErrorKind::Auth => {
                self.verify(&tokens.refreshed_after_401(&token).await.map_err(|_| error)?).await?
            }
            user => user?,
        };
        match caller.owner().parse::<Id>() {
            Ok(id) if id == user => Ok(id),
            _ => Err(other_user()),
        }
    }

    async fn verify(&self, token: &SecretString) -> Result<Id> {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, token.expose_secret().as_bytes()).as_ref());
        let now = Utc::now();
        let known = self.locked(|verified| verified.get(&hash).copied());
        if let Some((user, _)) = known.filter(|(_, until)| now < *until) {
            return Ok(user);
        }
        let (user, until) = match self.auth.claims(token).await {
            Ok(claims) => (claims.user, claims.expires_at.min(now + TRUSTED)),
            // A server of one's own may leave out what the hosted one always says, such as the issuer: it is asked then.
            Err(error) if error.code() == "supabase.jwt_claims" => {
                (self.auth.user(&Access::bearer(token.clone())).await?.id, now + TRUSTED)
            }
            Err(error) => return Err(error),
        };
        self.locked(|verified| {
            if verified.len() >= REMEMBERED {
                verified.clear();
            }
            verified.insert(hash, (user, until));
        });
        Ok(user)
    }

    fn locked<T>(&self, with: impl FnOnce(&mut Verified) -> T) -> T {
        with(&mut self.verified.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn other_user() -> Error {
    Error::new(ErrorKind::Auth, "identity.other_user", "the token is of another user than the caller")
        .with_remedy("Use the id of the user whose token it is.")
}
