//! Who a caller is to Supabase, and what proves it: the tokens of a user, or a run that an owner handed to a worker.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use ring::digest::{SHA256, digest};
use secrecy::{ExposeSecret, SecretString};

use crate::error::{Error, ErrorKind, Result};
use crate::records::Id;
use crate::store::Caller;
use crate::supabase::{Access, AuthClient, BearerToken, SECRET_NEEDED, UserTokens};

/// How many tokens are remembered as verified.
const REMEMBERED: usize = 10_000;

/// How long at most: a session that was ended is not noticed before.
const TRUSTED: TimeDelta = TimeDelta::minutes(5);

/// What a [`Caller`] carries for a store that asks for proof.
#[derive(Clone)]
pub(in crate::store) enum Proof {
    /// Where the user's token comes from: a session that is kept here, whose tokens came from Auth.
    Session(Arc<dyn UserTokens>),
    /// The token that somebody sent.
    Received(Arc<BearerToken>),
    /// The right to one run.
    Run(RunRight),
}

/// The right of a worker to one run, as long as its lease lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::store) struct RunRight {
    pub(super) run: Id,
    pub(super) fence: u64,
}

impl Proof {
    /// The run that the caller works on.
    pub(in crate::store) fn run(&self) -> Option<RunRight> {
        match self {
            Self::Run(right) => Some(*right),
            Self::Session(_) | Self::Received(_) => None,
        }
    }
}

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
        Self::proven(id.to_string(), Proof::Session(tokens))
    }

    /// A user of Supabase Auth by a token that a server received with a request, which nobody refreshes. The store verifies
    /// it before it is used.
    #[must_use]
    pub fn bearer(id: Id, token: SecretString) -> Self {
        Self::proven(id.to_string(), Proof::Received(Arc::new(BearerToken::new(token))))
    }

    /// A worker that acts for the owner of a run.
    pub(super) fn worker(owner: Id, right: RunRight) -> Self {
        Self::proven(owner.to_string(), Proof::Run(right))
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

    /// What verifies tokens.
    pub(super) fn auth(&self) -> &AuthClient {
        &self.auth
    }

    /// The caller's own identity. A token that somebody sent is verified first, with the project's public keys or the
    /// secret that the verifier was given; where the project signs with a secret that was not given, nothing here can do
    /// that, and PostgREST, which has it, is the first to look.
    pub(super) async fn access(&self, caller: &Caller) -> Result<Access> {
        let tokens = tokens(caller)?;
        if let Some(Proof::Received(_)) = caller.proof() {
            let token = tokens.access_token().await?;
            match self.known(&token) {
                Some(user) => same_user(caller, user)?,
                None => match self.auth.verifier().verify(&token).await {
                    Ok(claims) => {
                        self.remember(&token, claims.user, claims.expires_at);
                        same_user(caller, claims.user)?;
                    }
                    Err(error) if error.code() == SECRET_NEEDED => {}
                    // A server of one's own may leave out what the hosted one always says: it is asked then.
                    Err(error) if error.code() == "supabase.jwt_claims" => {
                        same_user(caller, self.verify(&token).await?)?
                    }
                    Err(error) => return Err(error),
                },
            }
        }
        Ok(Access::User(tokens))
    }

    /// Who the caller is, verified: for what the secret key does in the caller's name, where nothing else asks.
    pub(super) async fn owner(&self, caller: &Caller) -> Result<Id> {
        let tokens = tokens(caller)?;
        let token = tokens.access_token().await?;
        let user = match self.verify(&token).await {
            Err(error) if error.kind() == ErrorKind::Auth => {
                self.verify(&tokens.refreshed_after_401(&token).await.map_err(|_| error)?).await?
            }
            user => user?,
        };
        same_user(caller, user)?;
        Ok(user)
    }

    async fn verify(&self, token: &SecretString) -> Result<Id> {
        if let Some(user) = self.known(token) {
            return Ok(user);
        }
        let (user, until) = match self.auth.claims(token).await {
            Ok(claims) => (claims.user, claims.expires_at),
            // A server of one's own may leave out what the hosted one always says, such as the issuer: it is asked then.
            Err(error) if error.code() == "supabase.jwt_claims" => {
                (self.auth.user(&Access::bearer(token.clone())).await?.id, DateTime::<Utc>::MAX_UTC)
            }
            Err(error) => return Err(error),
        };
        self.remember(token, user, until);
        Ok(user)
    }

    /// Whose token this is, where it was verified a moment ago.
    fn known(&self, token: &SecretString) -> Option<Id> {
        let known = self.locked(|verified| verified.get(&hash(token)).copied());
        known.filter(|(_, until)| Utc::now() < *until).map(|(user, _)| user)
    }

    fn remember(&self, token: &SecretString, user: Id, until: DateTime<Utc>) {
        self.locked(|verified| {
            if verified.len() >= REMEMBERED {
                verified.clear();
            }
            verified.insert(hash(token), (user, until.min(Utc::now() + TRUSTED)));
        });
    }

    fn locked<T>(&self, with: impl FnOnce(&mut Verified) -> T) -> T {
        with(&mut self.verified.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn hash(token: &SecretString) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, token.expose_secret().as_bytes()).as_ref());
    hash
}

/// Where the caller's tokens come from.
fn tokens(caller: &Caller) -> Result<Arc<dyn UserTokens>> {
    match caller.proof() {
        Some(Proof::Session(tokens)) => Ok(Arc::clone(tokens)),
        Some(Proof::Received(token)) => Ok(Arc::clone(token) as Arc<dyn UserTokens>),
        Some(Proof::Run(_)) => Err(Error::new(
            ErrorKind::PermissionDenied,
            "run.not_allowed",
            "a worker does what the owner allowed for a run, and this is not done for one",
        )
        .with_remedy("Leave this to the owner.")),
        None => Err(Error::new(
            ErrorKind::Auth,
            "identity.no_user",
            "the store keeps every user's data apart by their login, and the caller is no logged-in user",
        )
        .with_remedy("Sign in first, and use the session; or pass the token that your server received.")),
    }
}

/// The caller is the user whose token it is.
fn same_user(caller: &Caller, user: Id) -> Result<()> {
    if caller.owner().parse::<Id>().is_ok_and(|id| id == user) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Auth, "identity.other_user", "the token is of another user than the caller")
        .with_remedy("Use the id of the user whose token it is."))
}
