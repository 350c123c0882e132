//! What a device keeps of its own, without the project's secret key: the tokens of the owner's Twitter accounts, and logins
//! under way. The rules are those of the tables `credentials` and `login_states`; the place is the host's.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::imports::blocking;
use crate::error::{Error, ErrorKind, Result};
use crate::json;
use crate::records::{Id, now};
use crate::store::seal::SealingKeys;
use crate::store::{
    AccountKey, Credential, LoginAccount, LoginState, NeedsLogin, RefreshOutcome, RefreshStep, SealedValue, check,
    lease,
};

/// A person needs a minute for a login.
const LONGEST: Duration = Duration::from_secs(600);
/// So long an expired login is still told from one that never was.
const REMEMBERED: TimeDelta = TimeDelta::hours(1);
/// Logins under way that an owner may have.
const KEPT: usize = 100;
/// The name of the keys that seal.
const KEYS: &str = "ghostwren.sealing-keys";

/// Where a device keeps secrets: the Keychain, the Keystore, a file that only its user may read. The host of a mobile app
/// implements it for [`SupabaseStore::token_store`](super::SupabaseStore::token_store).
///
/// The calls may block. `save` replaces the value as a whole or leaves it as it was, also when the device is switched off in
/// the middle. One process at a time uses it; within that one the SDK does one thing after the other, however many stores
/// there are. A value has some kilobytes, and tokens in it are sealed once more with a key that is kept under a name of its own.
pub trait TokenStore: Send + Sync + Debug + 'static {
    /// The value of this name, if there is one.
    ///
    /// # Errors
    /// Whatever keeps it; `Storage` fits.
    fn load(&self, name: &str) -> Result<Option<SecretString>>;

    /// Keeps a value under a name, in the place of the one that is there.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    fn save(&self, name: &str, value: &SecretString) -> Result<()>;

    /// Forgets the value of this name; one that is not there is no error.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    fn remove(&self, name: &str) -> Result<()>;
}

/// One change after the other, of all stores of the process: an app may have set up several on one Keychain, and each would
/// write over what another has just written.
static TURN: Mutex<()> = Mutex::new(());

/// The secrets of a device.
#[derive(Clone, Debug)]
pub(super) struct Device {
    tokens: Arc<dyn TokenStore>,
}

/// Everything of one owner: one value, so that a change is whole or not made.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    #[serde(default)]
    credentials: BTreeMap<Id, BTreeMap<String, Row>>,
    /// Oldest first.
    #[serde(default)]
    logins: Vec<Login>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Row {
    value: SealedValue,
    fence: u64,
    leased_at: Option<DateTime<Utc>>,
    lease_until: Option<DateTime<Utc>>,
    unended: u64,
    needs_login: Option<NeedsLogin>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Login {
    state: LoginState,
    expires_at: DateTime<Utc>,
}

impl Device {
    pub(super) fn new(tokens: Arc<dyn TokenStore>) -> Self {
        Self { tokens }
    }

    /// The keys that seal, made the first time.
    pub(super) fn keys(&self) -> Result<SealingKeys> {
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let value = match self.tokens.load(KEYS)? {
            Some(value) => value,
            None => {
                let value = SealingKeys::new_value("device")?;
                self.tokens.save(KEYS, &value)?;
                value
            }
        };
        SealingKeys::from_env_value(&value)
    }

    /// Reads what is kept of an owner, and keeps it again where `work` says that it changed something.
    pub(super) async fn with<T: Send + 'static>(
        &self,
        owner: &str,
        work: impl FnOnce(&mut Kept) -> Result<(T, bool)> + Send + 'static,
    ) -> Result<T> {
        let (device, name) = (self.clone(), format!("ghostwren.{owner}"));
        blocking(move || {
            let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
            let mut kept: Kept = match device.tokens.load(&name)? {
                None => Kept::default(),
                Some(text) => json::read(text.expose_secret()).map_err(|_| unreadable())?,
            };
            let (result, changed) = work(&mut kept)?;
            if changed && kept.credentials.is_empty() && kept.logins.is_empty() {
                device.tokens.remove(&name)?;
            } else if changed {
                let text = serde_json::to_string(&kept).map_err(|_| unreadable())?;
                device.tokens.save(&name, &text.into())?;
            }
            Ok(result)
        })
        .await
    }
}

impl Kept {
    fn row(&mut self, account: Id, name: &str) -> Option<&mut Row> {
        self.credentials.get_mut(&account)?.get_mut(name)
    }

    pub(super) fn put(&mut self, account: Id, name: String, value: SealedValue) {
        let rows = self.credentials.entry(account).or_default();
        let fence = rows.get(&name).map_or(0, |row| row.fence + 1);
        let row = Row { value, fence, leased_at: None, lease_until: None, unended: 0, needs_login: None };
        rows.insert(name, row);
    }

    pub(super) fn replace(&mut self, account: Id, name: &str, old: &SealedValue, new: SealedValue) -> bool {
        match self.row(account, name).filter(|row| row.value == *old) {
            Some(row) => {
                row.value = new;
                true
            }
            None => false,
        }
    }

    pub(super) fn remove(&mut self, account: Id, name: &str) -> bool {
        let Some(rows) = self.credentials.get_mut(&account) else { return false };
        let removed = rows.remove(name).is_some();
        if rows.is_empty() {
            self.credentials.remove(&account);
        }
        removed
    }

    pub(super) fn value(&mut self, account: Id, name: &str) -> Option<SealedValue> {
        self.row(account, name).map(|row| row.value.clone())
    }

    pub(super) fn names(&self) -> Vec<(AccountKey, String)> {
        let of = |(account, rows): (&Id, &BTreeMap<String, Row>)| {
            let key = |(name, row): (&String, &Row)| {
                (AccountKey { account_id: *account, name: name.clone() }, row.value.key_id.clone())
            };
            rows.iter().map(key).collect::<Vec<_>>()
        };
        self.credentials.iter().flat_map(of).collect()
    }

    pub(super) fn credential(&mut self, account: Id, name: &str) -> Option<Credential> {
        let row = self.row(account, name)?;
        let refreshing_until = lease::held(row.leased_at, row.lease_until, now());
        Some(Credential {
            value: row.value.clone(),
            needs_login: row.needs_login.clone(),
            interrupted: row.unended > 0 && refreshing_until.is_none(),
            refreshing_until,
        })
    }

    /// Also says whether something changed.
    pub(super) fn begin_refresh(&mut self, account: Id, name: &str, length: Duration) -> Result<(RefreshStep, bool)> {
        let now = now();
        let row = self.row(account, name).ok_or_else(no_credential)?;
        if let Some(over) = &row.needs_login {
            return Err(Error::new(ErrorKind::NeedsLogin, "login.needed", over.reason.clone())
                .with_remedy("Connect the account again."));
        }
        if let Some(until) = lease::held(row.leased_at, row.lease_until, now) {
            return Ok((RefreshStep::Busy { until }, false));
        }
        let (interrupted, until) = (row.unended > 0, lease::until(now, length));
        row.fence += 1;
        row.unended += 1;
        (row.leased_at, row.lease_until) = (Some(now), Some(until));
        Ok((RefreshStep::Begun { fence: row.fence, until, value: row.value.clone(), interrupted }, true))
    }

    pub(super) fn end_refresh(&mut self, account: Id, name: &str, fence: u64, outcome: RefreshOutcome) -> Result<()> {
        let row = self.row(account, name).ok_or_else(no_credential)?;
        // The fence alone decides, never the clock: who was slow may save as long as nobody took over.
        let leased = row.fence == fence && row.lease_until.is_some();
        // Who took over holds a token that was used up by this one; the new one must not be lost.
        let rescued = !leased && matches!(&outcome, RefreshOutcome::Rotated { from, .. } if *from == row.value);
        if !leased && !rescued {
            let detail = "the refresh was ended, or another refresh or login has begun since";
            return Err(Error::new(ErrorKind::LeaseLost, "credential.lease_lost", detail)
                .with_remedy("Read the credential again and use what is there."));
        }
        row.needs_login = None;
        match outcome {
            RefreshOutcome::Rotated { value, .. } => (row.value, row.unended) = (value, 0),
            // What an earlier refresh left in doubt stays in doubt.
            RefreshOutcome::Unchanged => row.unended = row.unended.saturating_sub(1),
            RefreshOutcome::Unknown => {}
            RefreshOutcome::Dead { reason } => row.needs_login = Some(NeedsLogin { reason, since: now() }),
        }
        // Every refresh that was begun since has lost its lease.
        row.fence += u64::from(rescued);
        (row.leased_at, row.lease_until) = (None, None);
        Ok(())
    }

    pub(super) fn put_login(&mut self, state: LoginState, lifetime: Duration) -> Result<DateTime<Utc>> {
        let now = now();
        self.logins.retain(|login| login.expires_at >= now - REMEMBERED);
        if let Some(known) = self.logins.iter().find(|login| login.state.state_hash == state.state_hash) {
            let same = known.state.binding_hash == state.binding_hash && known.state.verifier == state.verifier;
            // The call was repeated, or the state was not random.
            return if same { Ok(known.expires_at) } else { Err(state_used()) };
        }
        let expires_at = lease::until(now, lifetime.min(LONGEST));
        self.logins.push(Login { state, expires_at });
        let surplus = self.logins.len().saturating_sub(KEPT);
        self.logins.drain(..surplus);
        Ok(expires_at)
    }

    pub(super) fn take_login(&mut self, state_hash: &str, binding_hash: &str) -> Result<LoginState> {
        let place = self.logins.iter().position(|login| login.state.state_hash == state_hash);
        let login = place.and_then(|place| self.logins.get(place).map(|login| (place, login)));
        match login {
            None => Err(auth("login.unknown_state", "this login was not begun here, or it is finished already")),
            Some((_, login)) if login.state.binding_hash != binding_hash => {
                Err(auth("login.other_browser", "this login was begun in another browser"))
            }
            Some((_, login)) if login.expires_at <= now() => {
                Err(auth("login.expired", "this login was not finished in time"))
            }
            Some((place, _)) => Ok(self.logins.remove(place).state),
        }
    }

    /// Forgets an account that was erased; how many values.
    pub(super) fn erase(&mut self, account: Id, label: &str) -> u64 {
        self.logins.retain(|login| match &login.state.account {
            LoginAccount::Id(id) => *id != account,
            LoginAccount::Label(of) => of != label,
        });
        self.credentials.remove(&account).map_or(0, |rows| rows.len() as u64)
    }

    /// Keeps nothing of accounts that are not there any more.
    pub(super) fn keep_only(&mut self, accounts: &[Id]) -> bool {
        let before = self.credentials.len();
        self.credentials.retain(|account, _| accounts.contains(account));
        self.credentials.len() < before
    }
}

pub(super) fn check_outcome(outcome: &RefreshOutcome) -> Result<()> {
    match outcome {
        RefreshOutcome::Dead { reason } => check::name("reason", reason, 500),
        _ => Ok(()),
    }
}

fn no_credential() -> Error {
    Error::new(ErrorKind::NotFound, "store.no_credential", "the account has no such credential")
        .with_remedy("Connect the account first.")
}

fn state_used() -> Error {
    Error::new(ErrorKind::Conflict, "login.state_used", "another login has this state")
        .with_remedy("Make a new random state for every login.")
}

fn auth(code: &'static str, detail: &str) -> Error {
    Error::new(ErrorKind::Auth, code, detail).with_remedy("Begin the login again, and finish it in the same browser.")
}

fn unreadable() -> Error {
    Error::new(ErrorKind::Decode, "store.tokens_unreadable", "what the token store keeps is in no known form")
        .with_remedy("Remove it, and connect the accounts again.")
}
