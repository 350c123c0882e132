//! The session of a device's owner in the host's own safe place: the Keychain, the Keystore.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ghostwren::store::TokenStore;
use ghostwren::supabase::{RefreshEnd, RefreshTurn, Session, SessionStore};
use ghostwren::{Error, ErrorKind, Result};
use secrecy::SecretString;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// The name of the session.
const NAME: &str = "supabase_session";

/// A safe place of the host that several users of it share.
#[derive(Clone, Debug)]
pub struct SharedTokens(pub Arc<dyn TokenStore>);

impl TokenStore for SharedTokens {
    fn load(&self, name: &str) -> Result<Option<SecretString>> {
        self.0.load(name)
    }

    fn save(&self, name: &str, value: &SecretString) -> Result<()> {
        self.0.save(name, value)
    }

    fn remove(&self, name: &str) -> Result<()> {
        self.0.remove(name)
    }
}

/// One session in a safe place that one process uses: so its lease is kept here, and not there.
#[derive(Debug)]
pub(super) struct TokenSessions {
    tokens: SharedTokens,
    turn: Mutex<Turn>,
}

#[derive(Debug, Default)]
struct Turn {
    fence: u64,
    until: Option<Instant>,
}

impl TokenSessions {
    pub(super) fn new(tokens: SharedTokens) -> Self {
        Self { tokens, turn: Mutex::default() }
    }

    /// The host's calls may block.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&SharedTokens) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let tokens = self.tokens.clone();
        tokio::task::spawn_blocking(move || work(&tokens)).await.map_err(|error| {
            Error::new(ErrorKind::Internal, "binding.panic", "the safe place gave no answer").with_source(error)
        })?
    }

    async fn keep(&self, session: &Session) -> Result<()> {
        let text = session.to_plaintext()?;
        self.with(move |tokens| tokens.save(NAME, &text)).await
    }
}

#[async_trait]
impl SessionStore for TokenSessions {
    async fn load(&self) -> Result<Option<Session>> {
        let kept = self.with(|tokens| tokens.load(NAME)).await?;
        kept.as_ref().map(Session::from_plaintext).transpose()
    }

    async fn save(&self, session: Session) -> Result<()> {
        let mut turn = self.turn.lock().await;
        self.keep(&session).await?;
        *turn = Turn { fence: turn.fence + 1, until: None };
        Ok(())
    }

    async fn begin_refresh(&self, lease: Duration) -> Result<RefreshTurn> {
        let mut turn = self.turn.lock().await;
        let now = Instant::now();
        if turn.until.is_some_and(|until| now < until) {
            return Ok(RefreshTurn::Busy);
        }
        let Some(session) = self.load().await? else { return Ok(RefreshTurn::Gone) };
        *turn = Turn { fence: turn.fence + 1, until: now.checked_add(lease) };
        Ok(RefreshTurn::Ours { fence: turn.fence, session: Box::new(session) })
    }

    async fn end_refresh(&self, fence: u64, end: RefreshEnd) -> Result<()> {
        let mut turn = self.turn.lock().await;
        if turn.fence != fence {
            let detail = "somebody else has refreshed the session or logged in since";
            return Err(Error::new(ErrorKind::LeaseLost, "supabase.lease_lost", detail));
        }
        match end {
            RefreshEnd::Rotated(session) => self.keep(&session).await?,
            RefreshEnd::Unchanged => {}
            RefreshEnd::Over { .. } => self.with(|tokens| tokens.remove(NAME)).await?,
            _ => return Err(Error::new(ErrorKind::Internal, "binding.no_call", "a refresh ended in an unknown way")),
        }
        turn.until = None;
        Ok(())
    }
}
