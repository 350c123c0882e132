use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

use super::Session;
use crate::error::{Error, ErrorKind, Result};

/// Where one session is kept, so that every process that uses it sees the same one, and one refreshes it for all. A store
/// implements it; a program that is alone takes [`MemorySessions`].
#[async_trait]
pub trait SessionStore: Send + Sync + fmt::Debug + 'static {
    /// The session; `None` when there is none, or not any more.
    ///
    /// # Errors
    /// `NeedsLogin`, `supabase.session_ended`, with its reason, where the store knows why it is over; whatever keeps it.
    async fn load(&self) -> Result<Option<Session>>;

    /// Keeps a new session in the place of whatever is there, and ends the lease of a refresh that is under way.
    ///
    /// # Errors
    /// Whatever keeps it.
    async fn save(&self, session: Session) -> Result<()>;

    /// Takes the right to refresh, for at most `lease`. Each turn has a larger fence than every one before.
    ///
    /// # Errors
    /// Whatever keeps it.
    async fn begin_refresh(&self, lease: Duration) -> Result<RefreshTurn>;

    /// Ends a refresh, in one step with the check of its fence.
    ///
    /// # Errors
    /// `LeaseLost`, `supabase.lease_lost`: somebody else has begun a refresh or has logged in since. What was to be kept is
    /// not.
    async fn end_refresh(&self, fence: u64, end: RefreshEnd) -> Result<()>;
}

/// Whose turn it is to refresh.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RefreshTurn {
    /// Ours: the session as it is now, and the fence that the end is told with.
    Ours {
        /// Checked when the refresh ends.
        fence: u64,
        /// The session to refresh.
        session: Box<Session>,
    },
    /// Somebody else's: load the session again in a moment.
    Busy,
    /// There is no session any more.
    Gone,
}

/// How a refresh ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RefreshEnd {
    /// With new tokens.
    Rotated(Box<Session>),
    /// With nothing: the session stays as it is, and somebody may try again.
    Unchanged,
    /// With the end of the session, and why.
    Over {
        /// Why, for a person.
        reason: String,
    },
}

/// A session in the memory of this process.
#[derive(Debug, Default)]
pub struct MemorySessions(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    session: Option<Session>,
    over: Option<String>,
    fence: u64,
    leased_until: Option<Instant>,
}

impl MemorySessions {
    /// With this session.
    #[must_use]
    pub fn new(session: Session) -> Self {
        Self(Mutex::new(Kept { session: Some(session), ..Kept::default() }))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SessionStore for MemorySessions {
    async fn load(&self) -> Result<Option<Session>> {
        let kept = self.kept();
        match &kept.over {
            Some(reason) => Err(ended(reason)),
            None => Ok(kept.session.clone()),
        }
    }

    async fn save(&self, session: Session) -> Result<()> {
        let mut kept = self.kept();
        *kept = Kept { session: Some(session), over: None, fence: kept.fence + 1, leased_until: None };
        Ok(())
    }

    async fn begin_refresh(&self, lease: Duration) -> Result<RefreshTurn> {
        let mut kept = self.kept();
        let now = Instant::now();
        if kept.leased_until.is_some_and(|until| now < until) {
            return Ok(RefreshTurn::Busy);
        }
        let Some(session) = kept.session.clone() else { return Ok(RefreshTurn::Gone) };
        kept.fence += 1;
        kept.leased_until = now.checked_add(lease);
        Ok(RefreshTurn::Ours { fence: kept.fence, session: Box::new(session) })
    }

    async fn end_refresh(&self, fence: u64, end: RefreshEnd) -> Result<()> {
        let mut kept = self.kept();
        if kept.fence != fence {
            let detail = "somebody else has refreshed the session or logged in since";
            return Err(Error::new(ErrorKind::LeaseLost, "supabase.lease_lost", detail));
        }
        kept.leased_until = None;
        match end {
            RefreshEnd::Rotated(session) => kept.session = Some(*session),
            RefreshEnd::Unchanged => {}
            RefreshEnd::Over { reason } => (kept.session, kept.over) = (None, Some(reason)),
        }
        Ok(())
    }
}

pub(super) fn ended(reason: &str) -> Error {
    Error::new(ErrorKind::NeedsLogin, "supabase.session_ended", reason).with_remedy("Log in again.")
}
