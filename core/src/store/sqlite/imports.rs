//! Import runs and their leases.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::accounts::{owned, touch, touch_tweets};
use super::fault::Fault;
use super::value::{Columns, from_name, json, time};
use super::{threads, value};
use crate::error::{Error, ErrorKind};
use crate::records::{Counts, Id, ImportEnd, ImportRun, new_id};
use crate::store::{Caller, Lease, NewImport, check};

const COLUMNS: &str = "id, account_id, source, source_key, checkpoint, inserted, updated, unchanged, malformed, end, fence, \
                       lease_until, started_at, updated_at";

/// No lease holds longer than the delegation of a run may.
const LONGEST_LEASE: TimeDelta = TimeDelta::hours(24);

fn record(row: &Row<'_>) -> Result<ImportRun, Fault> {
    Ok(ImportRun {
        id: row.id(0)?,
        account_id: row.id(1)?,
        source: row.named(2, from_name)?,
        source_key: row.text(3)?,
        checkpoint: row.opt_json(4)?,
        counts: Counts {
            inserted: row.number(5)?,
            updated: row.number(6)?,
            unchanged: row.number(7)?,
            malformed: row.number(8)?,
        },
        end: row.opt_json(9)?,
        fence: row.number(10)?,
        lease_until: row.opt_time(11)?,
        started_at: row.time(12)?,
        updated_at: row.time(13)?,
    })
}

fn run(c: &Connection, id: &str) -> Result<Option<ImportRun>, Fault> {
    let mut statement = c.prepare_cached(&format!("SELECT {COLUMNS} FROM import_runs WHERE id = ?1"))?;
    let mut rows = statement.query([id])?;
    rows.next()?.map(record).transpose()
}

pub(super) fn until(now: DateTime<Utc>, lease: Duration) -> DateTime<Utc> {
    let lease = TimeDelta::from_std(lease).unwrap_or(LONGEST_LEASE).min(LONGEST_LEASE);
    now.checked_add_signed(lease).unwrap_or(now)
}

pub(super) fn begin(
    c: &Connection,
    caller: &Caller,
    import: &NewImport,
    lease: Duration,
    now: DateTime<Utc>,
) -> Result<(ImportRun, Lease), Fault> {
    owned(c, caller, import.account_id)?;
    check::name("key of the source", &import.source_key, 500)?;
    let newest: Option<(String, Option<String>)> = c
        .query_row(
            "SELECT id, leased_at FROM import_runs WHERE account_id = ?1 AND source = ?2 AND source_key = ?3
             ORDER BY started_at DESC, id DESC LIMIT 1",
            params![import.account_id.to_string(), import.source.as_str(), import.source_key],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let open = match newest {
        None => None,
        Some((id, leased_at)) => run(c, &id)?.map(|run| (run, leased_at)).filter(|(run, _)| {
            !matches!(run.end, Some(ImportEnd::Complete | ImportEnd::Incomplete { .. } | ImportEnd::ReachedLimit))
        }),
    };
    let until = until(now, lease);
    let id = match open {
        Some((run, leased_at)) => {
            let leased_at = leased_at.as_deref().map(value::read_time).transpose()?;
            // A lease from the future was given before the clock was put back: nobody knows how old it is, and the
            // fence makes taking it over safe.
            if let (None, Some(at), Some(held)) = (&run.end, leased_at, run.lease_until)
                && at <= now
                && now < held
            {
                return Err(Error::new(ErrorKind::Conflict, "import.running", "this import is running already")
                    .with_retry_at(held)
                    .with_remedy("Wait until it ends, or until its lease has run out.")
                    .into());
            }
            c.execute(
                "UPDATE import_runs SET fence = fence + 1, end = NULL, leased_at = ?2, lease_until = ?3, updated_at = ?2
                 WHERE id = ?1",
                params![run.id.to_string(), time(now), time(until)],
            )?;
            run.id
        }
        None => {
            let id = new_id();
            c.execute(
                "INSERT INTO import_runs (id, account_id, source, source_key, fence, leased_at, lease_until, started_at,
                     updated_at) VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?5, ?5)",
                params![
                    id.to_string(),
                    import.account_id.to_string(),
                    import.source.as_str(),
                    import.source_key,
                    time(now),
                    time(until)
                ],
            )?;
            id
        }
    };
    touch(c, import.account_id)?;
    let run = run(c, &id.to_string())?.ok_or_else(no_import)?;
    let lease = Lease { run_id: run.id, fence: run.fence, until };
    Ok((run, lease))
}

fn no_import() -> Fault {
    Error::new(ErrorKind::NotFound, "store.no_import", "there is no such import").into()
}

/// The account of a run whose newest lease this is. The fence alone decides, never the clock: an owner that was slow
/// may go on as long as nobody took over.
pub(super) fn leased(c: &Connection, caller: &Caller, lease: &Lease) -> Result<Id, Fault> {
    let mut statement = c.prepare_cached(
        "SELECT r.account_id, r.fence, r.end IS NOT NULL FROM import_runs r JOIN accounts a ON a.id = r.account_id
         WHERE r.id = ?1 AND a.owner = ?2",
    )?;
    let mut rows = statement.query(params![lease.run_id.to_string(), caller.owner()])?;
    let Some(row) = rows.next()? else { return Err(no_import()) };
    let why = if row.number(1)? != lease.fence {
        "another worker has taken this import over"
    } else if row.get(2)? {
        "this import has ended"
    } else {
        return row.id(0);
    };
    Err(Error::new(ErrorKind::LeaseLost, "import.lease_lost", why)
        .with_remedy("Stop this worker; begin the import again if it is to go on.")
        .into())
}

pub(super) fn renew(
    c: &Connection,
    caller: &Caller,
    lease: &Lease,
    extend: Duration,
    now: DateTime<Utc>,
) -> Result<Lease, Fault> {
    leased(c, caller, lease)?;
    let until = until(now, extend);
    c.execute(
        "UPDATE import_runs SET leased_at = ?3, lease_until = ?4, updated_at = ?3 WHERE id = ?1 AND fence = ?2",
        params![lease.run_id.to_string(), value::int(lease.fence), time(now), time(until)],
    )?;
    Ok(Lease { until, ..*lease })
}

pub(super) fn finish(
    c: &Connection,
    caller: &Caller,
    lease: &Lease,
    end: &ImportEnd,
    now: DateTime<Utc>,
) -> Result<ImportRun, Fault> {
    let account = leased(c, caller, lease)?;
    let labelled = threads::label(c, account)?;
    c.execute(
        "UPDATE import_runs SET end = ?3, lease_until = NULL, updated_at = ?4 WHERE id = ?1 AND fence = ?2",
        params![lease.run_id.to_string(), value::int(lease.fence), json(end)?, time(now)],
    )?;
    if labelled {
        touch_tweets(c, account)?;
    } else {
        touch(c, account)?;
    }
    run(c, &lease.run_id.to_string())?.ok_or_else(no_import)
}

pub(super) fn list(c: &Connection, caller: &Caller, account: Id) -> Result<Vec<ImportRun>, Fault> {
    owned(c, caller, account)?;
    let mut statement = c.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM import_runs WHERE account_id = ?1 ORDER BY started_at DESC, id DESC LIMIT 1000"
    ))?;
    let mut rows = statement.query([account.to_string()])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(record(row)?);
    }
    Ok(all)
}
