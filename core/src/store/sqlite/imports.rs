//! Import runs and their leases.

use std::time::Duration;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::accounts::{owned, touch, touch_tweets};
use super::fault::Fault;
use super::value::{Columns, from_name, json, time};
use super::{ledger, threads, value};
use crate::error::{Error, ErrorKind};
use crate::records::{Counts, Id, ImportEnd, ImportRun, ImportSource, SpendKind, new_id};
use crate::store::{Caller, Lease, NewImport, check, lease};

const COLUMNS: &str = "id, account_id, source, source_key, checkpoint, inserted, updated, unchanged, malformed, end, fence, \
                       lease_until, started_at, updated_at, cost_micros, watermark";

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
        cost_micros: row.number(14)?,
        watermark: row.opt_text(15)?,
    })
}

fn run(c: &Connection, id: &str) -> Result<Option<ImportRun>, Fault> {
    let mut statement = c.prepare_cached(&format!("SELECT {COLUMNS} FROM import_runs WHERE id = ?1"))?;
    let mut rows = statement.query([id])?;
    rows.next()?.map(record).transpose()
}

pub(super) fn begin(
    c: &Connection,
    caller: &Caller,
    import: &NewImport,
    length: Duration,
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
    let until = lease::until(now, length);
    let id = match open {
        Some((run, leased_at)) => {
            let leased_at = leased_at.as_deref().map(value::read_time).transpose()?;
            if run.end.is_none()
                && let Some(held) = lease::held(leased_at, run.lease_until, now)
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
    let until = lease::until(now, extend);
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

/// What a page says of its run beside the tweets.
pub(super) struct PageFacts {
    pub(super) cost_micros: u64,
    pub(super) reservation: Option<Id>,
    pub(super) watermark: Option<String>,
}

/// Settles what a page cost and moves the run's watermark; nothing for a page that was free and names none.
pub(super) fn settle_page(
    c: &Connection,
    caller: &Caller,
    account: Id,
    lease: &Lease,
    page: &PageFacts,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    let mut cost = page.cost_micros;
    if let Some(reservation) = page.reservation {
        // One that is gone was settled when the same page was given before.
        if !ledger::settle(c, &owned(c, caller, account)?, reservation, cost)? {
            cost = 0;
        }
    } else if cost > 0 {
        ledger::add(c, &owned(c, caller, account)?, now.date_naive(), SpendKind::Twitter, cost)?;
    }
    if cost > 0 || page.watermark.is_some() {
        c.prepare_cached(
            "UPDATE import_runs SET cost_micros = min(cost_micros + min(?3, 4000000000000000000), 4000000000000000000),
                 watermark = CASE WHEN ?4 IS NULL OR (length(?4), ?4) <= (length(watermark), watermark)
                     THEN watermark ELSE ?4 END
             WHERE id = ?1 AND fence = ?2",
        )?
        .execute(params![
            lease.run_id.to_string(),
            value::int(lease.fence),
            value::int(cost),
            page.watermark
        ])?;
    }
    Ok(())
}

pub(super) fn latest_watermark(
    c: &Connection,
    caller: &Caller,
    account: Id,
    source: ImportSource,
    source_key: &str,
) -> Result<Option<String>, Fault> {
    owned(c, caller, account)?;
    Ok(c.prepare_cached(
        "SELECT watermark FROM import_runs
         WHERE account_id = ?1 AND source = ?2 AND source_key = ?3 AND watermark IS NOT NULL
             AND end ->> 'end' IN ('complete', 'incomplete', 'reached_limit')
         ORDER BY length(watermark) DESC, watermark DESC LIMIT 1",
    )?
    .query_row(params![account.to_string(), source.as_str(), source_key], |row| row.get(0))
    .optional()?)
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
