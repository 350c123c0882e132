//! The tokens of an account: sealed in the store, opened here, refreshed by one at a time in all processes.
//!
//! X takes a refresh token once. So the right to refresh is a lease in the store; the request and the saving of its answer
//! run on a task of their own, which no caller that gives up can stop; and new tokens are used only once they are saved.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, sleep, timeout};
use tracing::Instrument;

use super::account::Account;
use super::limits::KeptLimits;
use crate::blocking::spawn;
use crate::error::{Error, ErrorKind, Result};
use crate::records::Id;
use crate::store::seal::{SealContext, SealingKeys};
use crate::store::{Caller, Clock, RefreshOutcome, RefreshStep, SealedValue, Store};
use crate::twitter::{Tokens, TwitterApp};

/// The name of the sealed tokens.
pub(super) const TOKENS: &str = "twitter";
/// What a refresh may take in all.
const REFRESH: Duration = Duration::from_secs(75);
/// How long nobody else may refresh: longer than the request, so that two never hold the same token; time is left to save.
const LEASE: Duration = Duration::from_secs(120);
/// With so much left a token is still used when it cannot be refreshed.
const SPARE: TimeDelta = TimeDelta::seconds(30);
/// How long a refresh that failed is left alone while the old token is good, and one that did not help in any case.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long X's access tokens live (<https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code>).
const LIFE: TimeDelta = TimeDelta::hours(2);
/// Logins kept in memory; those that nobody uses make room.
const REMEMBERED: usize = 1_000;

/// The logins that this process uses, so that all handles of an account share one.
#[derive(Debug, Default)]
pub(super) struct Logins(Mutex<HashMap<(Caller, Id), Arc<Custody>>>);

impl Account {
    pub(super) async fn custody(&self) -> Result<Arc<Custody>> {
        let setup = self.wren.setup();
        let app = self.wren.twitter()?;
        let keys = self.wren.keys().await?;
        let mut logins = setup.logins.0.lock().unwrap_or_else(PoisonError::into_inner);
        if logins.len() >= REMEMBERED {
            logins.retain(|_, custody| Arc::strong_count(custody) > 1 || custody.state().unsaved.is_some());
        }
        let custody = logins.entry((self.caller.clone(), self.id)).or_insert_with(|| {
            Arc::new(Custody {
                store: Arc::clone(self.store()),
                keys,
                app: app.clone(),
                clock: setup.clock.clone(),
                caller: Mutex::new(self.caller.clone()),
                account: self.id,
                ahead: TimeDelta::seconds(300 + i64::from(fastrand::u8(..120))),
                limits: KeptLimits::default(),
                state: Mutex::default(),
            })
        });
        Ok(Arc::clone(custody))
    }

    /// Forgets what this process holds of the login.
    pub(super) fn forget_login(&self) {
        let mut logins = self.wren.setup().logins.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(custody) = logins.remove(&(self.caller.clone(), self.id)) {
            *custody.state() = State::default();
        }
    }
}

/// The tokens of one account as this process uses them.
pub(super) struct Custody {
    store: Arc<dyn Store>,
    keys: Arc<SealingKeys>,
    pub(super) app: TwitterApp,
    clock: Clock,
    /// In whose name the store is asked: as the account was last used.
    caller: Mutex<Caller>,
    account: Id,
    /// How long before its end a token is refreshed: another time in each process, so that they do not all ask at once.
    ahead: TimeDelta,
    pub(super) limits: KeptLimits,
    state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    /// As the store had them last.
    pub(super) tokens: Option<Tokens>,
    /// The one refresh under way; everybody who needs a token waits for it.
    flight: Option<Flight>,
    /// When a refresh last gave new tokens.
    refreshed_at: Option<Instant>,
    /// Until when a refresh ahead of time is not tried again.
    rest_until: Option<Instant>,
    /// New tokens that the store did not take yet.
    unsaved: Option<Unsaved>,
}

type Flight = Shared<BoxFuture<'static, Result<Tokens, Arc<Error>>>>;

#[derive(Clone)]
struct Unsaved {
    fence: u64,
    /// What they were made from.
    from: SealedValue,
    value: SealedValue,
    tokens: Tokens,
}

/// Which token will do.
#[derive(Clone)]
pub(super) enum Need {
    /// One that will live a while.
    Fresh,
    /// Another one than this, which X refused.
    Other(SecretString),
}

impl fmt::Debug for Custody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Custody").field("account", &self.account).finish_non_exhaustive()
    }
}

impl Custody {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Seals tokens for this account.
    pub(super) fn seal(&self, tokens: &Tokens) -> Result<SealedValue> {
        self.keys.seal(&tokens.to_plaintext()?, &self.place())
    }

    /// Opens the tokens of this account.
    pub(super) fn open(&self, value: &SealedValue) -> Result<Tokens> {
        Tokens::from_plaintext(&self.keys.open(value, &self.place())?)
    }

    pub(super) fn used_by(&self, caller: &Caller) {
        *self.caller.lock().unwrap_or_else(PoisonError::into_inner) = caller.clone();
    }

    fn caller(&self) -> Caller {
        self.caller.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn place(&self) -> SealContext {
        SealContext::new(&self.caller(), self.account, TOKENS)
    }

    /// X's answer is dated by the system's clock. One that did not say how long it lives is taken for what X documents: a 401
    /// says when that is wrong.
    pub(super) fn dated(&self, mut tokens: Tokens) -> Tokens {
        let now = self.clock.now();
        tokens.expires_at += self.clock.shift();
        if tokens.expires_within(TimeDelta::seconds(1), now) {
            tokens.expires_at = now + LIFE;
        }
        tokens
    }

    fn serves(&self, tokens: &Tokens, need: &Need) -> bool {
        let now = self.clock.now();
        match need {
            Need::Fresh => !tokens.expires_within(self.ahead, now),
            Need::Other(refused) => differs(&tokens.access, refused) && !tokens.expires_within(TimeDelta::zero(), now),
        }
    }

    /// Whether a token may still be used when none better can be had.
    fn will_do(&self, tokens: &Tokens, need: &Need) -> bool {
        matches!(need, Need::Fresh) && !tokens.expires_within(SPARE, self.clock.now())
    }

    /// A token that will do; the first who needs one gets it for all.
    pub(super) async fn tokens(self: &Arc<Self>, need: Need) -> Result<Tokens> {
        // A flight that began for another need may bring what does not serve this one.
        for _ in 0..3 {
            let flight = {
                let mut state = self.state();
                if let Some(tokens) = &state.tokens {
                    let resting = state.rest_until.is_some_and(|until| Instant::now() < until);
                    if self.serves(tokens, &need) || (resting && self.will_do(tokens, &need)) {
                        return Ok(tokens.clone());
                    }
                }
                match &state.flight {
                    Some(flight) if flight.peek().is_none() => flight.clone(),
                    _ => state.flight.insert(self.depart(need.clone())).clone(),
                }
            };
            let tokens = flight.await.map_err(|error| Error::from(error.to_fields()))?;
            if self.serves(&tokens, &need) || self.will_do(&tokens, &need) {
                return Ok(tokens);
            }
        }
        Err(refused())
    }

    fn depart(self: &Arc<Self>, need: Need) -> Flight {
        let custody = Arc::clone(self);
        let work = async move {
            let end = custody.obtain(&need).await;
            custody.state().flight = None;
            end
        };
        let task = spawn(work.in_current_span());
        let landed = async move {
            let end = task.await.unwrap_or_else(|error| {
                let detail = "the task that refreshes the login ended without an answer";
                Err(Error::new(ErrorKind::Internal, "workflow.worker", detail).with_source(error))
            });
            end.map_err(Arc::new)
        };
        landed.boxed().shared()
    }

    /// Reads the tokens, and refreshes them where that is due.
    async fn obtain(&self, need: &Need) -> Result<Tokens> {
        if let Some(tokens) = self.save().await? {
            return Ok(tokens);
        }
        let mut pause = Duration::from_millis(50);
        loop {
            let Some(credential) = self.store.credential(&self.caller(), self.account, TOKENS.to_owned()).await? else {
                self.state().tokens = None;
                return Err(not_connected());
            };
            if let Some(over) = credential.needs_login {
                self.state().tokens = None;
                return Err(needs_login(over.reason));
            }
            let tokens = self.open(&credential.value)?;
            if self.serves(&tokens, need) {
                return Ok(self.hold(tokens));
            }
            let will_do = self.will_do(&tokens, need);
            if tokens.refresh.is_none() {
                return match need {
                    Need::Fresh if will_do => Ok(self.hold(tokens)),
                    Need::Fresh => self.app.refresh(&tokens).await,
                    Need::Other(_) => Err(refused()),
                };
            }
            if matches!(need, Need::Other(_)) && self.just_refreshed() {
                return Err(refused());
            }
            match self.store.begin_refresh(&self.caller(), self.account, TOKENS.to_owned(), LEASE).await? {
                RefreshStep::Begun { fence, value, interrupted, .. } => {
                    if let Some(tokens) = self.refresh(need, fence, &value, interrupted).await? {
                        return Ok(tokens);
                    }
                }
                RefreshStep::Busy { .. } if will_do => {
                    self.rest(Duration::from_secs(1));
                    return Ok(self.hold(tokens));
                }
                // The lease ends by itself: nobody waits for ever.
                RefreshStep::Busy { .. } => {
                    sleep(pause.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
                    pause = (pause * 2).min(Duration::from_secs(1));
                }
            }
        }
    }

    /// Refreshes under a lease. `None` when somebody else decided what the tokens are: read them again.
    async fn refresh(&self, need: &Need, fence: u64, value: &SealedValue, interrupted: bool) -> Result<Option<Tokens>> {
        let old = match self.open(value) {
            Ok(old) if !self.serves(&old, need) => old,
            // Somebody was faster, or the key is not there: X was not asked.
            other => {
                self.end(fence, RefreshOutcome::Unchanged).await;
                return other.map(|tokens| Some(self.hold(tokens)));
            }
        };
        let asked = timeout(REFRESH, self.app.refresh(&old)).await.unwrap_or_else(|_| {
            Err(Error::new(ErrorKind::Timeout, "login.refresh_timeout", "X did not answer the refresh in time")
                .with_remedy("Try again later; the login is kept."))
        });
        let error = match asked {
            Ok(new) => {
                let mut tokens = self.dated(new);
                tokens.unverified = old.unverified;
                let unsaved = Unsaved { fence, from: value.clone(), value: self.seal(&tokens)?, tokens };
                self.state().unsaved = Some(unsaved);
                return self.save().await;
            }
            Err(error) => error,
        };
        if error.kind() == ErrorKind::NeedsLogin {
            let reason = if interrupted {
                "an earlier refresh was cut short after X may have been asked (the program ended or the connection broke \
                 before the new tokens were kept), and X no longer takes the old refresh token"
            } else {
                "X no longer takes the refresh token: it was revoked, is too old, or was used elsewhere"
            };
            if !self.end(fence, RefreshOutcome::Dead { reason: reason.to_owned() }).await {
                // Whoever had the lease before has saved what X gave for this token.
                return Ok(None);
            }
            self.state().tokens = None;
            return Err(needs_login(reason.to_owned()).with_source(error));
        }
        let outcome = if surely_not_done(&error) { RefreshOutcome::Unchanged } else { RefreshOutcome::Unknown };
        self.end(fence, outcome).await;
        if self.will_do(&old, need) {
            tracing::warn!(target: "ghostwren::workflow", %error, "the login could not be refreshed ahead of its end");
            self.rest(PATIENCE.mul_f64(0.5 + fastrand::f64() / 2.0));
            return Ok(Some(self.hold(old)));
        }
        if error.kind() == ErrorKind::Decode {
            // A page of a proxy, most often: it is for the next call to try again.
            let detail = "what came for the refresh is no answer of X";
            return Err(Error::new(ErrorKind::Server, "login.refresh_unreadable", detail)
                .with_remedy("Try again later; the login is kept. If it stays so, check the base URL and the proxy.")
                .with_source(error));
        }
        Err(error)
    }

    /// Saves new tokens, and only then lets them be used. `None` when there are none, or somebody has logged in since: the
    /// lease may be over, as long as the store still holds what they were made from.
    async fn save(&self) -> Result<Option<Tokens>> {
        let Some(Unsaved { fence, mut from, value, tokens }) = self.state().unsaved.clone() else { return Ok(None) };
        let mut pause = Duration::from_millis(100);
        for last in [false, false, false, false, false, true] {
            let outcome = RefreshOutcome::Rotated { from: from.clone(), value: value.clone() };
            match self.store.end_refresh(&self.caller(), self.account, TOKENS.to_owned(), fence, outcome).await {
                Ok(()) => return Ok(Some(self.saved(tokens))),
                Err(error) if error.kind() == ErrorKind::LeaseLost => {
                    let stored = self.store.credential(&self.caller(), self.account, TOKENS.to_owned()).await?;
                    match stored.map(|stored| stored.value) {
                        // The reply to an earlier try was lost.
                        Some(stored) if stored == value => return Ok(Some(self.saved(tokens))),
                        // The old tokens, sealed anew.
                        Some(stored) if self.is_same_login(&stored, &from) => from = stored,
                        // Somebody has logged in since: nobody will use these.
                        _ => {
                            self.state().unsaved = None;
                            let app = self.app.clone();
                            spawn(async move { revoke(&app, &tokens).await }.in_current_span());
                            return Ok(None);
                        }
                    }
                }
                // Disconnected or erased meanwhile: what came too late must not live on at X.
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    self.state().unsaved = None;
                    revoke(&self.app, &tokens).await;
                    return Err(not_connected().with_source(error));
                }
                // Kept in memory, and tried again with the next call: X gives these tokens once.
                Err(error) if last => return Err(error),
                Err(_) => {
                    sleep(pause).await;
                    pause *= 2;
                }
            }
        }
        Ok(None)
    }

    /// New tokens that the store has: they may be used.
    fn saved(&self, tokens: Tokens) -> Tokens {
        // Those that live shorter than others have left when they are refreshed are good for half of their life: else each
        // call would refresh them.
        let half = (tokens.expires_at - self.clock.now()).to_std().unwrap_or_default() / 2;
        let rests = !self.serves(&tokens, &Need::Fresh);
        let now = Instant::now();
        let mut state = self.state();
        (state.unsaved, state.refreshed_at) = (None, Some(now));
        state.rest_until = now.checked_add(half).filter(|_| rests);
        drop(state);
        self.hold(tokens)
    }

    /// Whether two sealed values hold the same refresh token.
    fn is_same_login(&self, a: &SealedValue, b: &SealedValue) -> bool {
        let refresh = |value| self.open(value).ok().and_then(|tokens| tokens.refresh);
        matches!((refresh(a), refresh(b)), (Some(a), Some(b)) if !differs(&a, &b))
    }

    /// Ends a refresh that gave nothing; `false` when the lease was somebody else's by then. Where the store fails the lease
    /// ends by itself, and the doubt stays.
    async fn end(&self, fence: u64, outcome: RefreshOutcome) -> bool {
        match self.store.end_refresh(&self.caller(), self.account, TOKENS.to_owned(), fence, outcome).await {
            Err(error) if error.kind() == ErrorKind::LeaseLost => false,
            Err(error) => {
                tracing::warn!(target: "ghostwren::workflow", %error, "how the refresh ended could not be kept");
                true
            }
            Ok(()) => true,
        }
    }

    fn hold(&self, tokens: Tokens) -> Tokens {
        self.state().tokens = Some(tokens.clone());
        tokens
    }

    fn rest(&self, time: Duration) {
        self.state().rest_until = Instant::now().checked_add(time);
    }

    /// A token that is refused though it is new: X is in trouble, and would take one refresh for each call.
    fn just_refreshed(&self) -> bool {
        self.state().refreshed_at.is_some_and(|at| at.elapsed() < PATIENCE)
    }
}

/// Ends both tokens at X, as far as X can be reached; whether it could.
pub(super) async fn revoke(app: &TwitterApp, tokens: &Tokens) -> bool {
    let mut done = true;
    for token in tokens.refresh.iter().chain([&tokens.access]) {
        if let Err(error) = app.revoke(token).await {
            tracing::warn!(target: "ghostwren::workflow", %error, "a token could not be revoked at X");
            done = false;
        }
    }
    done
}

fn differs(a: &SecretString, b: &SecretString) -> bool {
    a.expose_secret() != b.expose_secret()
}

/// Whether X surely did not take the refresh token: it was not reached, or it refused the request as a whole.
fn surely_not_done(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Connect | ErrorKind::Config | ErrorKind::RateLimited)
        || error.status().is_some_and(|status| (400..500).contains(&status))
}

pub(super) fn not_connected() -> Error {
    Error::new(ErrorKind::NeedsLogin, "login.not_connected", "the account is not connected to Twitter")
        .with_remedy("Connect the account.")
}

pub(super) fn needs_login(reason: String) -> Error {
    Error::new(ErrorKind::NeedsLogin, "login.needed", reason).with_remedy("Connect the account again.")
}

fn refused() -> Error {
    Error::new(ErrorKind::Auth, "twitter.unauthorized", "X refused the access token, and a refresh cannot help")
        .with_remedy("Try again in some minutes; if it stays so, connect the account again.")
}
