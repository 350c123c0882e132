//! One session, kept fresh: by one task for all of a process, and by one process for all.
//!
//! Auth takes a refresh token once, and ends the whole session when an old one comes again. So the right to refresh is a
//! lease in the store; the request and the keeping of its answer run on a task of their own, which no caller that gives up
//! can stop; and new tokens are used only once they are kept. A session that cannot be had is an error: no call is ever
//! made with less.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, sleep, timeout};
use tracing::Instrument;

use super::client::is_about_the_login;
use super::sessions::ended;
use super::{AuthClient, MemorySessions, RefreshEnd, RefreshTurn, Session, SessionStore, SignOutScope};
use crate::blocking::spawn;
use crate::error::{Error, ErrorKind, Result};
use crate::supabase::{Access, UserTokens};

/// What a refresh may take in all. Auth itself gives up after 10 s.
const REFRESH: Duration = Duration::from_secs(45);
/// How long nobody else may refresh: longer than the request; time is left to keep its answer.
const LEASE: Duration = Duration::from_secs(75);
/// With so much left a token is still used when it cannot be refreshed.
const SPARE: TimeDelta = TimeDelta::seconds(15);
/// How long a refresh that failed is left alone while the old token is good, and one that did not help in any case.
const PATIENCE: Duration = Duration::from_secs(30);

/// A session of one user that stays fresh: the [`UserTokens`] of [`Access::user`]. Cloning is cheap; clones share everything.
///
/// ```no_run
/// use ghostwren::supabase::{Access, AuthClient, MemorySessions, SignedIn, UserSession};
/// # async fn run(auth: AuthClient, signed_in: SignedIn) -> ghostwren::Result<()> {
/// let session = UserSession::new(auth.clone(), MemorySessions::new(signed_in.session));
/// let user = auth.user(&Access::user(session.clone())).await?;
/// println!("{} {:?}", user.id, user.x_identity().and_then(|x| x.username()));
/// session.sign_out(Default::default()).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct UserSession {
    inner: Arc<Inner>,
}

struct Inner {
    auth: AuthClient,
    store: Arc<dyn SessionStore>,
    /// How long before its end a token is refreshed: another time in each process, so that they do not all ask at once.
    ahead: TimeDelta,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// As the store had it last.
    session: Option<Session>,
    /// The one refresh under way; everybody who needs a token waits for it.
    flight: Option<Flight>,
    refreshed_at: Option<Instant>,
    /// Until when a refresh ahead of time is not tried again.
    rest_until: Option<Instant>,
    /// New tokens that the store did not take yet.
    unsaved: Option<(u64, Session)>,
}

type Flight = Shared<BoxFuture<'static, Result<Session, Arc<Error>>>>;

/// Which token will do.
#[derive(Clone)]
enum Need {
    /// One that will live a while.
    Fresh,
    /// Another one than this, which was refused.
    Other(SecretString),
}

impl fmt::Debug for UserSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserSession").field("store", &self.inner.store).finish_non_exhaustive()
    }
}

#[async_trait]
impl UserTokens for UserSession {
    async fn access_token(&self) -> Result<SecretString> {
        Ok(self.session(Need::Fresh).await?.access)
    }

    async fn refreshed_after_401(&self, refused: &SecretString) -> Result<SecretString> {
        Ok(self.session(Need::Other(refused.clone())).await?.access)
    }
}

impl UserSession {
    /// The session that this store keeps.
    #[must_use]
    pub fn new(auth: AuthClient, store: impl SessionStore) -> Self {
        Self::shared(auth, Arc::new(store))
    }

    /// As [`new`](Self::new), with a store that is shared.
    #[must_use]
    pub fn shared(auth: AuthClient, store: Arc<dyn SessionStore>) -> Self {
        let ahead = TimeDelta::seconds(60 + i64::from(fastrand::u8(..60)));
        Self { inner: Arc::new(Inner { auth, store, ahead, state: Mutex::default() }) }
    }

    /// A session in the memory of this process alone.
    #[must_use]
    pub fn in_memory(auth: AuthClient, session: Session) -> Self {
        Self::new(auth, MemorySessions::new(session))
    }

    /// The session as it is now, refreshed where that is due.
    ///
    /// # Errors
    /// `NeedsLogin`: `supabase.session_ended`, `supabase.no_session`; and whatever keeps it from being refreshed.
    pub async fn current(&self) -> Result<Session> {
        self.session(Need::Fresh).await
    }

    /// Ends the session, or others of the user. With [`SignOutScope::Local`] and [`SignOutScope::Global`] the store forgets
    /// it, also when Auth could not be reached, so that nobody goes on with it here; the error says so.
    ///
    /// # Errors
    /// Every kind of the pipeline, and whatever keeps the session.
    pub async fn sign_out(&self, scope: SignOutScope) -> Result<()> {
        let told = match self.current().await {
            Ok(session) => self.inner.auth.sign_out(&Access::bearer(session.access), scope).await,
            // There is nothing that could be ended.
            Err(error) if error.kind() == ErrorKind::NeedsLogin => Ok(()),
            Err(error) => Err(error),
        };
        if scope != SignOutScope::Others {
            self.forget().await?;
        }
        told
    }

    async fn forget(&self) -> Result<()> {
        let mut pause = Duration::from_millis(50);
        loop {
            match self.inner.store.begin_refresh(LEASE).await? {
                RefreshTurn::Ours { fence, .. } => {
                    let end = RefreshEnd::Over { reason: "the user signed out".to_owned() };
                    self.inner.store.end_refresh(fence, end).await?;
                    break;
                }
                RefreshTurn::Gone => break,
                RefreshTurn::Busy => {
                    sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_secs(1));
                }
            }
        }
        *self.inner.state() = State::default();
        Ok(())
    }

    /// A session that will do; the first who needs one gets it for all.
    async fn session(&self, need: Need) -> Result<Session> {
        // A flight that began for another need may bring what does not serve this one.
        for _ in 0..3 {
            let flight = {
                let mut state = self.inner.state();
                if let Some(session) = &state.session {
                    let resting = state.rest_until.is_some_and(|until| Instant::now() < until);
                    if self.inner.serves(session, &need) || (resting && self.inner.will_do(session, &need)) {
                        return Ok(session.clone());
                    }
                }
                match &state.flight {
                    Some(flight) if flight.peek().is_none() => flight.clone(),
                    _ => state.flight.insert(self.depart(need.clone())).clone(),
                }
            };
            let session = flight.await.map_err(|error| Error::from(error.to_fields()))?;
            if self.inner.serves(&session, &need) || self.inner.will_do(&session, &need) {
                return Ok(session);
            }
        }
        Err(refused())
    }

    fn depart(&self, need: Need) -> Flight {
        let inner = Arc::clone(&self.inner);
        let work = async move {
            let end = inner.obtain(&need).await;
            inner.state().flight = None;
            end
        };
        let task = spawn(work.in_current_span());
        let landed = async move {
            let end = task.await.unwrap_or_else(|error| {
                let detail = "the task that refreshes the session ended without an answer";
                Err(Error::new(ErrorKind::Internal, "supabase.worker", detail).with_source(error))
            });
            end.map_err(Arc::new)
        };
        landed.boxed().shared()
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serves(&self, session: &Session, need: &Need) -> bool {
        let now = (self.auth.clock)();
        match need {
            Need::Fresh => !session.expires_within(self.ahead, now),
            Need::Other(refused) => {
                differs(&session.access, refused) && !session.expires_within(TimeDelta::zero(), now)
            }
        }
    }

    /// Whether a session may still be used when none better can be had.
    fn will_do(&self, session: &Session, need: &Need) -> bool {
        matches!(need, Need::Fresh) && !session.expires_within(SPARE, (self.auth.clock)())
    }

    /// Reads the session, and refreshes it where that is due.
    async fn obtain(&self, need: &Need) -> Result<Session> {
        if let Some(session) = self.keep().await? {
            return Ok(session);
        }
        let mut pause = Duration::from_millis(50);
        loop {
            let session = match self.store.load().await {
                Ok(Some(session)) => session,
                Ok(None) => return Err(self.forgotten(no_session())),
                Err(error) if error.kind() == ErrorKind::NeedsLogin => return Err(self.forgotten(error)),
                Err(error) => return Err(error),
            };
            if self.serves(&session, need) {
                return Ok(self.hold(session));
            }
            let will_do = self.will_do(&session, need);
            if matches!(need, Need::Other(_)) && self.just_refreshed() {
                return Err(refused());
            }
            match self.store.begin_refresh(LEASE).await? {
                RefreshTurn::Ours { fence, session } => {
                    if let Some(session) = self.refresh(need, fence, *session).await? {
                        return Ok(session);
                    }
                }
                RefreshTurn::Gone => return Err(self.forgotten(no_session())),
                RefreshTurn::Busy if will_do => {
                    self.rest(Duration::from_secs(1));
                    return Ok(self.hold(session));
                }
                // The lease ends by itself: nobody waits for ever.
                RefreshTurn::Busy => {
                    sleep(pause.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
                    pause = (pause * 2).min(Duration::from_secs(1));
                }
            }
        }
    }

    /// Refreshes under a lease. `None` when somebody else decided what the session is: read it again.
    async fn refresh(&self, need: &Need, fence: u64, old: Session) -> Result<Option<Session>> {
        if self.serves(&old, need) {
            // Somebody was faster: Auth was not asked.
            self.end(fence, RefreshEnd::Unchanged).await;
            return Ok(Some(self.hold(old)));
        }
        let asked = timeout(REFRESH, self.auth.refresh(&old.refresh)).await.unwrap_or_else(|_| {
            Err(Error::new(
                ErrorKind::Timeout,
                "supabase.refresh_timeout",
                "Supabase Auth did not answer the refresh in time",
            )
            .with_remedy("Try again later; the session is kept."))
        });
        let error = match asked {
            Ok(new) => {
                self.state().unsaved = Some((fence, new));
                return self.keep().await;
            }
            Err(error) => error,
        };
        // A 401 or 403 about the project's key says nothing of the session.
        if is_about_the_login(error.kind()) && matches!(error.code(), "supabase.session_ended" | REUSED | BANNED) {
            let reason = match error.code() {
                REUSED => {
                    "its refresh token was used before: somebody else has refreshed the session without sharing its store, \
                     or the token was stolen; Supabase Auth has ended the session"
                }
                BANNED => "the user is banned",
                _ => "the session was ended elsewhere, or was not used for too long",
            };
            self.end(fence, RefreshEnd::Over { reason: reason.to_owned() }).await;
            return Err(self.forgotten(ended(reason).with_source(error)));
        }
        self.end(fence, RefreshEnd::Unchanged).await;
        if self.will_do(&old, need) {
            tracing::warn!(target: "ghostwren::supabase", %error, "the session could not be refreshed ahead of its end");
            self.rest(PATIENCE.mul_f64(0.5 + fastrand::f64() / 2.0));
            return Ok(Some(self.hold(old)));
        }
        Err(error)
    }

    /// Keeps new tokens, and only then lets them be used. `None` when there are none, or somebody has logged in since.
    async fn keep(&self) -> Result<Option<Session>> {
        let Some((fence, session)) = self.state().unsaved.clone() else { return Ok(None) };
        let mut pause = Duration::from_millis(100);
        for last in [false, false, false, false, true] {
            match self.store.end_refresh(fence, RefreshEnd::Rotated(Box::new(session.clone()))).await {
                Ok(()) => {
                    let mut state = self.state();
                    (state.unsaved, state.rest_until, state.refreshed_at) = (None, None, Some(Instant::now()));
                    drop(state);
                    return Ok(Some(self.hold(session)));
                }
                Err(error) if matches!(error.kind(), ErrorKind::LeaseLost | ErrorKind::NotFound) => {
                    self.state().unsaved = None;
                    return Ok(None);
                }
                // Kept in memory, and tried again with the next call; until then Auth takes the old token once more.
                Err(error) if last => return Err(error),
                Err(_) => {
                    sleep(pause).await;
                    pause *= 2;
                }
            }
        }
        Ok(None)
    }

    /// Ends a refresh that gave nothing. Where that fails the lease ends by itself.
    async fn end(&self, fence: u64, end: RefreshEnd) {
        if let Err(error) = self.store.end_refresh(fence, end).await {
            tracing::warn!(target: "ghostwren::supabase", %error, "how the refresh ended could not be kept");
        }
    }

    fn hold(&self, session: Session) -> Session {
        self.state().session = Some(session.clone());
        session
    }

    fn forgotten(&self, error: Error) -> Error {
        self.state().session = None;
        error
    }

    fn rest(&self, time: Duration) {
        self.state().rest_until = Instant::now().checked_add(time);
    }

    /// A token that is refused though it is new: another refresh for each call would not help.
    fn just_refreshed(&self) -> bool {
        self.state().refreshed_at.is_some_and(|at| at.elapsed() < PATIENCE)
    }
}

const REUSED: &str = "supabase.refresh_reused";
const BANNED: &str = "supabase.user_banned";

fn differs(a: &SecretString, b: &SecretString) -> bool {
    a.expose_secret() != b.expose_secret()
}

fn no_session() -> Error {
    Error::new(ErrorKind::NeedsLogin, "supabase.no_session", "nobody is logged in").with_remedy("Log in.")
}

fn refused() -> Error {
    Error::new(ErrorKind::Auth, "supabase.token_refused", "the session's token was refused, and a refresh cannot help")
        .with_remedy("Try again in a minute; if it stays so, log in again.")
}
