//! Rate windows.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, params};

use super::accounts::owned;
use super::fault::Fault;
use super::value::{Columns, from_name, int, time};
use crate::records::{Id, RateWindowRecord};
use crate::store::{Caller, check};

/// No window is longer than a day; one that says otherwise must not stop an account for years.
const LONGEST: TimeDelta = TimeDelta::days(2);
/// Many times what an account has: each endpoint has at most four.
const KEPT: u32 = 1_000;

pub(super) fn save(
    c: &Connection,
    caller: &Caller,
    account: Id,
    windows: &[RateWindowRecord],
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    check::windows(windows)?;
    owned(c, caller, account)?;
    let name = account.to_string();
    // Of two words at the same millisecond the one that leaves less is the later.
    let mut statement = c.prepare_cached(
        "INSERT INTO rate_windows (account_id, scope, endpoint, kind, allowed, remaining, resets_at, seen_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT DO UPDATE SET allowed = excluded.allowed, remaining = excluded.remaining,
             resets_at = excluded.resets_at, seen_at = excluded.seen_at
         WHERE excluded.seen_at > seen_at OR (excluded.seen_at = seen_at AND excluded.remaining < remaining)
             OR seen_at > ?9",
    )?;
    for window in windows {
        statement.execute(params![
            name,
            window.scope.as_str(),
            window.endpoint,
            window.kind.as_str(),
            int(window.limit),
            int(window.remaining),
            time(window.resets_at.min(now + LONGEST)),
            // Neither a process whose clock is ahead nor one from before the clock was put back has the last word.
            time(window.seen_at.min(now)),
            time(now)
        ])?;
    }
    c.execute("DELETE FROM rate_windows WHERE account_id = ?1 AND resets_at <= ?2", params![name, time(now)])?;
    c.execute(
        "DELETE FROM rate_windows WHERE account_id = ?1 AND (scope, endpoint, kind) IN (
             SELECT scope, endpoint, kind FROM rate_windows WHERE account_id = ?1
             ORDER BY seen_at DESC LIMIT -1 OFFSET ?2)",
        params![name, KEPT],
    )?;
    Ok(())
}

pub(super) fn list(
    c: &Connection,
    caller: &Caller,
    account: Id,
    now: DateTime<Utc>,
) -> Result<Vec<RateWindowRecord>, Fault> {
    owned(c, caller, account)?;
    let mut statement = c.prepare_cached(
        "SELECT scope, endpoint, kind, allowed, remaining, resets_at, seen_at FROM rate_windows
         WHERE account_id = ?1 AND resets_at > ?2 ORDER BY scope, endpoint, kind",
    )?;
    let mut rows = statement.query(params![account.to_string(), time(now)])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(RateWindowRecord {
            scope: row.named(0, from_name)?,
            endpoint: row.text(1)?,
            kind: row.named(2, from_name)?,
            limit: row.number(3)?,
            remaining: row.number(4)?,
            resets_at: row.time(5)?,
            seen_at: row.time(6)?,
        });
    }
    Ok(all)
}
