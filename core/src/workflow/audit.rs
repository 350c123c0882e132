//! What an operator must know of the keys and of the logins that they seal, without any of them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::ghostwren::Ghostwren;
use crate::error::Result;
use crate::store::seal::SealingKeys;
use crate::store::{CredentialAudit, PageRequest};
use crate::text::escape_controls;

/// After how long without a refresh a login counts as unused. A token lives two hours: one that is used is refreshed.
const UNUSED: TimeDelta = TimeDelta::days(30);

/// How many credentials a report names.
const NAMED: usize = 1_000;

const PAGE: u32 = 1_000;

/// How the keys and the logins of all owners fare. `Display` is a page for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AuditReport {
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Every key that seals, opens, or ought to open.
    pub keys: Vec<KeyAudit>,
    /// How many credentials there are.
    pub credentials: u64,
    /// When the oldest of them was granted, or came as far as is known; `None` where nobody knows, or there is none.
    pub oldest: Option<DateTime<Utc>>,
    /// When the one that has rested longest was last used: no other was last used before.
    pub least_used: Option<DateTime<Utc>>,
    /// How many are sealed with a key that is not the first one.
    pub sealed_with_old_keys: u64,
    /// How many of those are sealed with a key that is not there.
    pub lost: u64,
    /// How many nobody has used for 30 days. Who does not come back may be logged out: erase the account, or ask.
    pub unused_grants: u64,
    /// How many failed when they were last refreshed, and were not refreshed since.
    pub failed_refreshes: u64,
    /// Of how many the person has to log in again.
    pub need_login: u64,
    /// The first thousand of those that any of this is said of, by account. Those that are well are counted above, and in the
    /// oldest age and the longest rest, and not named.
    pub attention: Vec<CredentialAudit>,
}

/// What a sealing key is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KeyRole {
    /// It seals what is new.
    Seals,
    /// It opens what is old: it may go when nothing is sealed with it, and no login is under way.
    Opens,
    /// Values are sealed with it, and it is not there.
    Missing,
}

/// One sealing key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KeyAudit {
    /// Its id.
    pub id: String,
    /// What it is good for.
    pub role: KeyRole,
    /// How many values are sealed with it.
    pub sealed: u64,
    /// When the oldest of them was sealed: the key is at least as old.
    pub oldest: Option<DateTime<Utc>>,
    /// When a value was last sealed or taken to be refreshed with it.
    pub last_used: Option<DateTime<Utc>>,
}

impl Ghostwren {
    /// Looks through all keys and credentials of the store, of every owner: for whoever runs the program. It shows ids of
    /// accounts, times and counts, no value and no owner. Each report also sets the gauges `ghostwren.audit.*` (feature
    /// `metrics`).
    ///
    /// ```
    /// # #[cfg(feature = "sqlite")] {
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// use ghostwren::{Ghostwren, store::SqliteStore};
    /// let wren = Ghostwren::builder().store(SqliteStore::in_memory()?).build()?;
    /// let report = wren.audit().await?;
    /// assert_eq!((report.credentials, report.unused_grants), (0, 0));
    /// # Ok::<(), ghostwren::Error>(()) }).unwrap(); }
    /// ```
    ///
    /// # Errors
    /// `Config`: `supabase.secret_key_needed` on Supabase without the secret key; `seal.bad_keys`, `seal.key_file_open`.
    /// Those of the store.
    pub async fn audit(&self) -> Result<AuditReport> {
        let mut audit = Audit::new(self.setup().clock.now());
        let mut page = PageRequest::first(PAGE);
        loop {
            let found = self.store().custody(page).await?;
            // Where nothing is sealed, no key is made by looking.
            if !found.items.is_empty() && audit.keys.is_none() {
                audit.keys = self.audit_keys().await?;
            }
            for credential in found.items {
                audit.add(credential);
            }
            match found.next {
                Some(next) => page = PageRequest::after(PAGE, next),
                None => break,
            }
        }
        let report = audit.report();
        measured(&report);
        Ok(report)
    }

    async fn audit_keys(&self) -> Result<Option<Arc<SealingKeys>>> {
        match self.keys().await {
            Ok(keys) => Ok(Some(keys)),
            Err(error) if error.code() == "seal.no_keys" => Ok(None),
            Err(error) => Err(error),
        }
    }
}

struct Audit {
    report: AuditReport,
    keys: Option<Arc<SealingKeys>>,
    by_key: BTreeMap<String, KeyAudit>,
}

impl Audit {
    fn new(at: DateTime<Utc>) -> Self {
        let report = AuditReport {
            at,
            keys: Vec::new(),
            credentials: 0,
            oldest: None,
            least_used: None,
            sealed_with_old_keys: 0,
            lost: 0,
            unused_grants: 0,
            failed_refreshes: 0,
            need_login: 0,
            attention: Vec::new(),
        };
        Self { report, keys: None, by_key: BTreeMap::new() }
    }

    fn add(&mut self, credential: CredentialAudit) {
        let (report, keys) = (&mut self.report, self.keys.as_deref());
        let role = role(keys, &credential.key_id);
        let used = last_use(&credential);
        let key = self.by_key.entry(credential.key_id.clone()).or_insert_with(|| KeyAudit {
            id: credential.key_id.clone(),
            role,
            sealed: 0,
            oldest: None,
            last_used: None,
        });
        key.sealed += 1;
        key.oldest = earlier(key.oldest, credential.sealed_at);
        key.last_used = key.last_used.max(used);
        let old = role != KeyRole::Seals;
        let unused = used.is_some_and(|used| report.at - used > UNUSED);
        let failed = credential.failed_refreshes > 0;
        let dead = credential.needs_login.is_some();
        report.credentials += 1;
        report.oldest = earlier(report.oldest, credential.granted_at.or(credential.sealed_at));
        report.least_used = earlier(report.least_used, used);
        report.sealed_with_old_keys += u64::from(old);
        report.lost += u64::from(role == KeyRole::Missing);
        report.unused_grants += u64::from(unused);
        report.failed_refreshes += u64::from(failed);
        report.need_login += u64::from(dead);
        if (old || unused || failed || dead) && report.attention.len() < NAMED {
            report.attention.push(credential);
        }
    }

    fn report(mut self) -> AuditReport {
        for id in self.keys.iter().flat_map(|keys| keys.ids()) {
            let role = role(self.keys.as_deref(), id);
            self.by_key.entry(id.to_owned()).or_insert_with(|| KeyAudit {
                id: id.to_owned(),
                role,
                sealed: 0,
                oldest: None,
                last_used: None,
            });
        }
        self.report.keys = self.by_key.into_values().collect();
        self.report
    }
}

fn role(keys: Option<&SealingKeys>, id: &str) -> KeyRole {
    match keys {
        Some(keys) if keys.sealing_id() == id => KeyRole::Seals,
        Some(keys) if keys.ids().any(|known| known == id) => KeyRole::Opens,
        _ => KeyRole::Missing,
    }
}

/// The earlier of two times, of those that are known.
fn earlier(a: Option<DateTime<Utc>>, b: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    a.into_iter().chain(b).min()
}

/// The last thing that is known of a credential.
fn last_use(credential: &CredentialAudit) -> Option<DateTime<Utc>> {
    credential.used_at.max(credential.sealed_at).max(credential.granted_at)
}

impl fmt::Display for AuditReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = |at: Option<DateTime<Utc>>| match at {
            Some(at) => format!("{} days ago", (self.at - at).num_days().max(0)),
            None => "nobody knows when".to_owned(),
        };
        writeln!(
            f,
            "{} credentials: {} sealed with an old key ({} with one that is not there), {} not used for 30 days, {} whose \
             last refresh failed, {} that need a new login",
            self.credentials,
            self.sealed_with_old_keys,
            self.lost,
            self.unused_grants,
            self.failed_refreshes,
            self.need_login
        )?;
        if self.credentials > 0 {
            let (oldest, least_used) = (days(self.oldest), days(self.least_used));
            writeln!(f, "  the oldest from {oldest}, the one that rests longest last used {least_used}")?;
        }
        for key in &self.keys {
            let role = match key.role {
                KeyRole::Seals => "seals",
                KeyRole::Opens if key.sealed == 0 => "opens nothing any more, and may go",
                KeyRole::Opens => "opens what is old",
                KeyRole::Missing => "is MISSING",
            };
            write!(f, "  key {} {role}: {} values", escape_controls(&key.id), key.sealed)?;
            if key.sealed > 0 {
                write!(f, ", the oldest from {}, last used {}", days(key.oldest), days(key.last_used))?;
            }
            writeln!(f)?;
        }
        for credential in &self.attention {
            let name = escape_controls(&credential.name);
            write!(f, "  {} {name}: logged in {}", credential.account_id, days(credential.granted_at))?;
            write!(f, ", last used {}", days(last_use(credential)))?;
            if credential.failed_refreshes > 0 {
                write!(f, ", {} failed refreshes", credential.failed_refreshes)?;
            }
            if let Some(over) = &credential.needs_login {
                write!(f, ", needs a login: {}", escape_controls(&over.reason))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

#[cfg(feature = "metrics")]
fn measured(report: &AuditReport) {
    #[expect(clippy::cast_precision_loss, reason = "a gauge takes floats")]
    let float = |number: u64| number as f64;
    for (name, number) in [
        ("ghostwren.audit.credentials", report.credentials),
        ("ghostwren.audit.sealed_with_old_keys", report.sealed_with_old_keys),
        ("ghostwren.audit.lost", report.lost),
        ("ghostwren.audit.unused_grants", report.unused_grants),
        ("ghostwren.audit.failed_refreshes", report.failed_refreshes),
        ("ghostwren.audit.need_login", report.need_login),
    ] {
        metrics::gauge!(name).set(float(number));
    }
    let age = |at: Option<DateTime<Utc>>| {
        at.map(|at| float(u64::try_from((report.at - at).num_seconds()).unwrap_or_default()))
    };
    for (name, at) in [("ghostwren.audit.age", report.oldest), ("ghostwren.audit.unused", report.least_used)] {
        if let Some(seconds) = age(at) {
            metrics::gauge!(name).set(seconds);
        }
    }
    for key in &report.keys {
        metrics::gauge!("ghostwren.audit.key.sealed", "ghostwren.key" => key.id.clone()).set(float(key.sealed));
        if let Some(seconds) = age(key.oldest) {
            metrics::gauge!("ghostwren.audit.key.age", "ghostwren.key" => key.id.clone()).set(seconds);
        }
        if let Some(seconds) = age(key.last_used) {
            metrics::gauge!("ghostwren.audit.key.unused", "ghostwren.key" => key.id.clone()).set(seconds);
        }
    }
}

#[cfg(not(feature = "metrics"))]
fn measured(_: &AuditReport) {}
