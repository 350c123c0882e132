#[cfg(feature = "supabase")]
use std::sync::Arc;

use super::account::Account;
use super::ghostwren::Ghostwren;
use crate::error::{Error, ErrorKind, Result};
use crate::records::Id;
use crate::store::Caller;
#[cfg(feature = "supabase")]
use crate::store::DelegatedRun;
#[cfg(feature = "supabase")]
use crate::supabase::{BearerToken, UserTokens};
#[cfg(feature = "supabase")]
use secrecy::SecretString;

/// Who is asking.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Identity {
    /// An owner of a local store, by name. Two names see nothing of each other.
    Local(String),
    /// A user of Supabase Auth with a session that is refreshed here.
    #[cfg(feature = "supabase")]
    Session {
        /// The id of the user.
        user: Id,
        /// The session, such as a [`UserSession`](crate::supabase::UserSession).
        tokens: Arc<dyn UserTokens>,
    },
    /// A user of Supabase Auth by a token that the host's own server received with a request. Nobody refreshes it.
    #[cfg(feature = "supabase")]
    Bearer {
        /// The user whose token it says it is.
        user: Id,
        /// The token.
        token: SecretString,
    },
    /// A worker on a run that a user of Supabase Auth handed out.
    #[cfg(feature = "supabase")]
    Run(DelegatedRun),
}

impl Identity {
    /// An owner of a local store: 1 to 200 bytes without control characters.
    #[must_use]
    pub fn local(owner: impl Into<String>) -> Self {
        Self::Local(owner.into())
    }

    /// A user of Supabase Auth, with the session of that user.
    #[cfg(feature = "supabase")]
    #[must_use]
    pub fn session(user: Id, session: impl UserTokens) -> Self {
        Self::Session { user, tokens: Arc::new(session) }
    }

    /// The user of a token that the host's own server received. Here it is only read: `SupabaseStore` verifies it before it
    /// is used (the signature with the project's public keys, the end, the issuer, the audience), and takes none that says
    /// to be of another user. A project that signs with a shared secret (HS256, before 2025) has no public keys: give the
    /// secret to the verifier ([`SupabaseStore::auth`](crate::store::SupabaseStore::auth)), or PostgREST is the first to
    /// look at the token, with every call.
    ///
    /// ```
    /// use ghostwren::Identity;
    /// // {"sub":"018f7b2e-1111-7000-8000-000000000000"}
    /// let token = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIwMThmN2IyZS0xMTExLTcwMDAtODAwMC0wMDAwMDAwMDAwMDAifQ.c2ln";
    /// let me = Identity::bearer(token.into())?;
    /// assert!(!format!("{me:?}").contains("eyJ"));
    /// # Ok::<(), ghostwren::Error>(())
    /// ```
    ///
    /// # Errors
    /// `InvalidInput`, `supabase.not_a_token`, for what is no access token of a user.
    #[cfg(feature = "supabase")]
    pub fn bearer(token: SecretString) -> Result<Self> {
        Ok(Self::Bearer { user: BearerToken::new(token.clone()).claimed_user()?, token })
    }

    /// A worker on a run: what its owner allowed, for its account ([`DelegatedRun`]).
    #[cfg(feature = "supabase")]
    #[must_use]
    pub fn run(run: &DelegatedRun) -> Self {
        Self::Run(run.clone())
    }

    /// The caller for a store that asks for proof, or does not.
    pub(super) fn caller(&self, proof: bool) -> Result<Caller> {
        let caller = match self {
            Self::Local(owner) => Caller::local(owner.clone())?,
            #[cfg(feature = "supabase")]
            Self::Session { user, tokens } => Caller::user(*user, Arc::clone(tokens)),
            #[cfg(feature = "supabase")]
            Self::Bearer { user, token } => Caller::bearer(*user, token.clone()),
            #[cfg(feature = "supabase")]
            Self::Run(run) => run.caller(),
        };
        // A store that believes every caller would believe a forged token, too.
        if caller.is_user() && !proof {
            let detail = "the store does not verify tokens, and the identity is one";
            return Err(Error::new(ErrorKind::Config, "identity.store_is_local", detail)
                .with_remedy("Use `SupabaseStore`, or verify the user yourself and name them as an owner."));
        }
        Ok(caller)
    }
}

impl Default for Identity {
    /// The local owner `local`.
    fn default() -> Self {
        Self::local("local")
    }
}

/// One identity: what it owns, and nothing else. Cheap to clone.
#[derive(Clone, Debug)]
pub struct User {
    wren: Ghostwren,
    identity: Identity,
}

impl User {
    pub(super) fn new(wren: Ghostwren, identity: Identity) -> Self {
        Self { wren, identity }
    }

    pub(super) fn wren(&self) -> &Ghostwren {
        &self.wren
    }

    pub(super) fn caller(&self) -> Result<Caller> {
        self.identity.caller(self.wren.store().asks_for_proof())
    }

    /// Opens the account of this label, or makes it: without Twitter's API, bound to its Twitter user by the first
    /// archive.
    ///
    /// # Errors
    /// `InvalidInput` (`identity.bad_owner`, `store.bad_name`); `Storage`.
    pub async fn open_account(&self, label: impl Into<String>) -> Result<Account> {
        let caller = self.caller()?;
        let record = self.wren.store().open_account(&caller, label.into()).await?;
        Ok(Account::new(self.wren.clone(), caller, record.id))
    }

    /// The account with this id.
    ///
    /// # Errors
    /// `NotFound` (`store.no_account`) when there is none, or it is somebody else's.
    pub async fn account(&self, id: Id) -> Result<Account> {
        let caller = self.caller()?;
        let record = self.wren.store().account(&caller, id).await?;
        Ok(Account::new(self.wren.clone(), caller, record.id))
    }

    /// The handle of an account that is known to exist, such as one whose id a session keeps. Costs nothing and checks
    /// nothing: the first call does, and another owner's account is not found then.
    ///
    /// # Errors
    /// `InvalidInput` (`identity.bad_owner`).
    pub fn known_account(&self, id: Id) -> Result<Account> {
        Ok(Account::new(self.wren.clone(), self.caller()?, id))
    }

    /// All accounts, oldest first.
    ///
    /// # Errors
    /// `InvalidInput` (`identity.bad_owner`); `Storage`.
    pub async fn accounts(&self) -> Result<Vec<Account>> {
        let caller = self.caller()?;
        let records = self.wren.store().accounts(&caller).await?;
        Ok(records.into_iter().map(|record| Account::new(self.wren.clone(), caller.clone(), record.id)).collect())
    }
}
