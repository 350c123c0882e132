//! Sealed values, and the right to refresh those that are tokens.

use std::time::Duration;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use super::accounts::{owned, touch};
use super::fault::Fault;
use super::tweets::cut;
use super::value::{Columns, int, time};
use crate::error::{Error, ErrorKind};
use crate::records::Id;
use crate::store::{
    AccountKey, Caller, Credential, CredentialAudit, NeedsLogin, Page, PageRequest, RefreshOutcome, RefreshStep,
    SealedValue, check, lease,
};

pub(super) fn put_sealed(
    c: &Connection,
    caller: &Caller,
    account: Id,
    name: &str,
    value: &SealedValue,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    check::name("name of the value", name, 200)?;
    owned(c, caller, account)?;
    c.execute(
        "INSERT INTO credentials (account_id, name, key_id, sealed, granted_at, sealed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
         ON CONFLICT DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed, fence = fence + 1,
             leased_at = NULL, lease_until = NULL, unended = 0, needs_login = NULL, needs_login_since = NULL,
             granted_at = excluded.granted_at, sealed_at = excluded.sealed_at, failed_refreshes = 0",
        params![account.to_string(), name, value.key_id, value.sealed, time(now)],
    )?;
    touch(c, account)
}

pub(super) fn replace_sealed(
    c: &Connection,
    caller: &Caller,
    account: Id,
    name: &str,
    old: &SealedValue,
    new: &SealedValue,
) -> Result<bool, Fault> {
    owned(c, caller, account)?;
    let changed = c.execute(
        "UPDATE credentials SET key_id = ?5, sealed = ?6 WHERE account_id = ?1 AND name = ?2 AND key_id = ?3 AND sealed = ?4",
        params![account.to_string(), name, old.key_id, old.sealed, new.key_id, new.sealed],
    )?;
    if changed > 0 {
        touch(c, account)?;
    }
    Ok(changed > 0)
}

pub(super) fn remove_sealed(c: &Connection, caller: &Caller, account: Id, name: &str) -> Result<bool, Fault> {
    owned(c, caller, account)?;
    let removed =
        c.execute("DELETE FROM credentials WHERE account_id = ?1 AND name = ?2", params![account.to_string(), name])?;
    if removed > 0 {
        touch(c, account)?;
    }
    Ok(removed > 0)
}

pub(super) fn sealed(c: &Connection, caller: &Caller, account: Id, name: &str) -> Result<Option<SealedValue>, Fault> {
    owned(c, caller, account)?;
    Ok(c.query_row(
        "SELECT key_id, sealed FROM credentials WHERE account_id = ?1 AND name = ?2",
        params![account.to_string(), name],
        |row| Ok(SealedValue { key_id: row.get(0)?, sealed: row.get(1)? }),
    )
    .optional()?)
}

pub(super) fn sealed_names(c: &Connection, caller: &Caller) -> Result<Vec<(AccountKey, String)>, Fault> {
    let mut statement = c.prepare_cached(
        "SELECT c.account_id, c.name, c.key_id FROM credentials c JOIN accounts a ON a.id = c.account_id
         WHERE a.owner = ?1 ORDER BY c.account_id, c.name",
    )?;
    let mut rows = statement.query([caller.owner()])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push((AccountKey { account_id: row.id(0)?, name: row.text(1)? }, row.text(2)?));
    }
    Ok(all)
}

/// A page of the sealed values of all owners, by account and name.
pub(super) fn custody(c: &Connection, request: &PageRequest) -> Result<Page<CredentialAudit>, Fault> {
    check::page(request)?;
    let [account, name] = match &request.after {
        None => [String::new(), String::new()],
        Some(after) => check::open_cursor("custody", after)?,
    };
    let mut statement = c.prepare_cached(
        "SELECT account_id, name, key_id, granted_at, sealed_at, used_at, failed_refreshes, needs_login, needs_login_since
         FROM credentials WHERE (account_id, name) > (?1, ?2) ORDER BY account_id, name LIMIT ?3",
    )?;
    let mut rows = statement.query(params![account, name, i64::from(request.limit) + 1])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        let needs_login = match row.opt_text(7)? {
            Some(reason) => Some(NeedsLogin { reason, since: row.time(8)? }),
            None => None,
        };
        items.push(CredentialAudit {
            account_id: row.id(0)?,
            name: row.text(1)?,
            key_id: row.text(2)?,
            granted_at: row.opt_time(3)?,
            sealed_at: row.opt_time(4)?,
            used_at: row.opt_time(5)?,
            failed_refreshes: row.number(6)?,
            needs_login,
        });
    }
    Ok(cut(items, request, |last| check::cursor(&["custody", &last.account_id.to_string(), &last.name])))
}

/// A row of `credentials` as it stands.
struct Stored {
    value: SealedValue,
    fence: u64,
    leased_at: Option<DateTime<Utc>>,
    lease_until: Option<DateTime<Utc>>,
    unended: u64,
    failed_refreshes: u64,
    needs_login: Option<NeedsLogin>,
}

impl Stored {
    fn held(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        lease::held(self.leased_at, self.lease_until, now)
    }
}

fn stored(c: &Connection, account: Id, name: &str) -> Result<Option<Stored>, Fault> {
    let mut statement = c.prepare_cached(
        "SELECT key_id, sealed, fence, leased_at, lease_until, unended, needs_login, needs_login_since,
             failed_refreshes FROM credentials WHERE account_id = ?1 AND name = ?2",
    )?;
    let mut rows = statement.query(params![account.to_string(), name])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let needs_login = match row.opt_text(6)? {
        Some(reason) => Some(NeedsLogin { reason, since: row.time(7)? }),
        None => None,
    };
    Ok(Some(Stored {
        value: SealedValue { key_id: row.text(0)?, sealed: row.text(1)? },
        fence: row.number(2)?,
        leased_at: row.opt_time(3)?,
        lease_until: row.opt_time(4)?,
        unended: row.number(5)?,
        failed_refreshes: row.number(8)?,
        needs_login,
    }))
}

fn no_credential() -> Fault {
    Error::new(ErrorKind::NotFound, "store.no_credential", "the account has no such credential")
        .with_remedy("Connect the account first.")
        .into()
}

pub(super) fn credential(
    c: &Connection,
    caller: &Caller,
    account: Id,
    name: &str,
    now: DateTime<Utc>,
) -> Result<Option<Credential>, Fault> {
    owned(c, caller, account)?;
    Ok(stored(c, account, name)?.map(|stored| {
        let refreshing_until = stored.held(now);
        Credential {
            interrupted: stored.unended > 0 && refreshing_until.is_none(),
            refreshing_until,
            value: stored.value,
            needs_login: stored.needs_login,
        }
    }))
}

pub(super) fn begin_refresh(
    c: &Connection,
    caller: &Caller,
    account: Id,
    name: &str,
    lease: Duration,
    now: DateTime<Utc>,
) -> Result<RefreshStep, Fault> {
    owned(c, caller, account)?;
    let stored = stored(c, account, name)?.ok_or_else(no_credential)?;
    if let Some(over) = stored.needs_login {
        return Err(Error::new(ErrorKind::NeedsLogin, "login.needed", over.reason)
            .with_remedy("Connect the account again.")
            .into());
    }
    if let Some(until) = stored.held(now) {
        return Ok(RefreshStep::Busy { until });
    }
    let (fence, until) = (stored.fence + 1, lease::until(now, lease));
    c.execute(
        "UPDATE credentials SET fence = ?3, leased_at = ?4, lease_until = ?5, unended = unended + 1,
             used_at = ?4 WHERE account_id = ?1 AND name = ?2",
        params![account.to_string(), name, int(fence), time(now), time(until)],
    )?;
    touch(c, account)?;
    Ok(RefreshStep::Begun { fence, until, value: stored.value, interrupted: stored.unended > 0 })
}

pub(super) fn end_refresh(
    c: &Connection,
    caller: &Caller,
    account: Id,
    name: &str,
    fence: u64,
    outcome: &RefreshOutcome,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    owned(c, caller, account)?;
    let stored = stored(c, account, name)?.ok_or_else(no_credential)?;
    // The fence alone decides, never the clock: who was slow may save as long as nobody took over.
    let leased = stored.fence == fence && stored.lease_until.is_some();
    // Who took over holds a token that was used up by this one; the new one must not be lost.
    let rescued = !leased && matches!(outcome, RefreshOutcome::Rotated { from, .. } if *from == stored.value);
    if !leased && !rescued {
        return Err(Error::new(
            ErrorKind::LeaseLost,
            "credential.lease_lost",
            "the refresh was ended, or another refresh or login has begun since",
        )
        .with_remedy("Read the credential again and use what is there.")
        .into());
    }
    let failed = stored.failed_refreshes;
    let (value, unended, failed, reason) = match outcome {
        RefreshOutcome::Rotated { value, .. } => (value, 0, 0, None),
        // What an earlier refresh left in doubt stays in doubt.
        RefreshOutcome::Unchanged => (&stored.value, stored.unended.saturating_sub(1), failed, None),
        RefreshOutcome::Unknown => (&stored.value, stored.unended, failed.saturating_add(1), None),
        RefreshOutcome::Dead { reason } => {
            check::name("reason", reason, 500)?;
            (&stored.value, stored.unended, failed.saturating_add(1), Some(reason))
        }
    };
    c.execute(
        "UPDATE credentials SET key_id = ?3, sealed = ?4, unended = ?5, needs_login = ?6, needs_login_since = ?7,
             leased_at = NULL, lease_until = NULL, fence = fence + ?8, failed_refreshes = ?9,
             sealed_at = coalesce(?10, sealed_at) WHERE account_id = ?1 AND name = ?2",
        params![
            account.to_string(),
            name,
            value.key_id,
            value.sealed,
            int(unended),
            reason,
            reason.map(|_| time(now)),
            i64::from(rescued),
            int(failed),
            matches!(outcome, RefreshOutcome::Rotated { .. }).then(|| time(now))
        ],
    )?;
    touch(c, account)
}
