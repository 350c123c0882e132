//! A session of Supabase Auth in a store: sealed, under an account of the caller, with the store's lease for its refresh.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use crate::error::{Error, ErrorKind, Result};
use crate::records::Id;
use crate::store::seal::{SealContext, SealingKeys};
use crate::store::{Caller, RefreshOutcome, RefreshStep, SealedValue, Store};
use crate::supabase::{RefreshEnd, RefreshTurn, Session, SessionStore};

/// The name of the sealed session.
const NAME: &str = "supabase-session";

/// A session with Supabase that a [`Store`] keeps sealed, so that all processes on that store share it and one refreshes it
/// for all: the [`SessionStore`] of a [`UserSession`](crate::supabase::UserSession).
///
/// The store is one that the caller reaches without that session, such as a SQLite file: a [`SupabaseStore`](super::SupabaseStore)
/// would ask the session for the token to read the session with.
///
/// ```
/// # #[cfg(feature = "sqlite")] {
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// use std::sync::Arc;
/// use ghostwren::store::{Caller, SqliteStore, Store, StoredSession};
/// use ghostwren::supabase::SessionStore;
/// let store: Arc<dyn Store> = Arc::new(SqliteStore::in_memory()?);
/// let me = Caller::local("me")?;
/// let account = store.open_account(&me, "supabase".into()).await?.id;
/// let keys = store.default_keys()?; // or those of `GHOSTWREN_SEALING_KEYS`
/// let kept = StoredSession::new(store, me, account, keys);
/// assert!(kept.load().await?.is_none()); // nobody has logged in
/// # Ok::<(), ghostwren::Error>(()) }).unwrap(); }
/// ```
pub struct StoredSession {
    store: Arc<dyn Store>,
    caller: Caller,
    account: Id,
    keys: Arc<SealingKeys>,
    /// What the refresh under way began with.
    turn: Mutex<Option<(u64, SealedValue)>>,
}

impl fmt::Debug for StoredSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredSession").field("account", &self.account).finish_non_exhaustive()
    }
}

impl StoredSession {
    /// The session that the store keeps under this account of the caller.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, caller: Caller, account: Id, keys: Arc<SealingKeys>) -> Self {
        Self { store, caller, account, keys, turn: Mutex::default() }
    }

    fn place(&self) -> SealContext {
        SealContext::new(&self.caller, self.account, NAME)
    }

    fn seal(&self, session: &Session) -> Result<SealedValue> {
        self.keys.seal(&session.to_plaintext()?, &self.place())
    }

    fn open(&self, value: &SealedValue) -> Result<Session> {
        Session::from_plaintext(&self.keys.open(value, &self.place())?)
    }
}

#[async_trait]
impl SessionStore for StoredSession {
    async fn load(&self) -> Result<Option<Session>> {
        match self.store.credential(&self.caller, self.account, NAME.to_owned()).await? {
            None => Ok(None),
            Some(kept) => match kept.needs_login {
                Some(over) => Err(Error::new(ErrorKind::NeedsLogin, "supabase.session_ended", over.reason)
                    .with_remedy("Log in again.")),
                None => self.open(&kept.value).map(Some),
            },
        }
    }

    async fn save(&self, session: Session) -> Result<()> {
        let value = self.seal(&session)?;
        self.store.put_sealed(&self.caller, self.account, NAME.to_owned(), value).await
    }

    async fn begin_refresh(&self, lease: Duration) -> Result<RefreshTurn> {
        match self.store.begin_refresh(&self.caller, self.account, NAME.to_owned(), lease).await {
            Ok(RefreshStep::Begun { fence, value, .. }) => {
                let session = Box::new(self.open(&value)?);
                *self.turn.lock().unwrap_or_else(PoisonError::into_inner) = Some((fence, value));
                Ok(RefreshTurn::Ours { fence, session })
            }
            Ok(RefreshStep::Busy { .. }) => Ok(RefreshTurn::Busy),
            Err(error) if matches!(error.code(), "store.no_credential" | "login.needed") => Ok(RefreshTurn::Gone),
            Err(error) => Err(error),
        }
    }

    async fn end_refresh(&self, fence: u64, end: RefreshEnd) -> Result<()> {
        let began = self.turn.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let outcome = match end {
            RefreshEnd::Rotated(session) => {
                let value = self.seal(&session)?;
                // Without what it began with, the fence alone decides.
                let from = began.filter(|(of, _)| *of == fence).map_or_else(|| value.clone(), |(_, from)| from);
                RefreshOutcome::Rotated { from, value }
            }
            RefreshEnd::Unchanged => RefreshOutcome::Unchanged,
            RefreshEnd::Over { reason } => RefreshOutcome::Dead { reason },
        };
        self.store.end_refresh(&self.caller, self.account, NAME.to_owned(), fence, outcome).await
    }
}
