//! Model calls, money and the audit log.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use rusqlite::{Connection, Row, params, params_from_iter};
use serde_json::Value;

use super::accounts::{owned, touch};
use super::fault::Fault;
use super::tweets::{cut, newest_first};
use super::value::{Columns, from_name, int, json, time};
use crate::error::{Error, ErrorKind};
use crate::records::{AiOutcome, AiRun, AuditEvent, Id, SpendKind, SpendRecord, new_id};
use crate::store::{Caller, Page, PageRequest, SpendLimit, SpendReservation, check};

/// A reservation that nobody settles lapses then. Whoever made it was killed, perhaps in a call that is billed: it counts as
/// spent.
const LAPSES_AFTER: TimeDelta = TimeDelta::hours(1);

/// So long after that it can still be settled, at what was really spent: a call may last longer than an hour, hardly longer
/// than two days.
const WAITED_FOR: TimeDelta = TimeDelta::days(2);

pub(super) fn log_ai_run(c: &Connection, caller: &Caller, run: &AiRun, reservation: Option<Id>) -> Result<(), Fault> {
    let subject = owned(c, caller, run.account_id)?;
    let open = run.outcome == AiOutcome::Open;
    let new = c.execute(
        "INSERT INTO ai_runs (account_id, id, purpose, provider, model, request_id, request_hash, input_tokens,
             cached_tokens, output_tokens, reasoning_tokens, cost_micros, latency_ms, attempts, outcome, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
         ON CONFLICT DO UPDATE SET model = excluded.model, request_id = excluded.request_id,
             input_tokens = excluded.input_tokens, cached_tokens = excluded.cached_tokens,
             output_tokens = excluded.output_tokens, reasoning_tokens = excluded.reasoning_tokens,
             cost_micros = excluded.cost_micros, latency_ms = excluded.latency_ms, attempts = excluded.attempts,
             outcome = excluded.outcome
         WHERE outcome = ?17 AND excluded.outcome <> ?17",
        params![
            run.account_id.to_string(),
            run.id.to_string(),
            run.purpose,
            run.provider,
            run.model,
            run.request_id,
            run.request_hash,
            int(run.input_tokens),
            int(run.cached_tokens),
            int(run.output_tokens),
            int(run.reasoning_tokens),
            run.cost_micros.map(int),
            int(run.latency_ms),
            run.attempts,
            json(&run.outcome)?,
            time(run.created_at),
            json(&AiOutcome::Open)?
        ],
    )?;
    if new == 0 {
        // The call was repeated: the money was counted the first time.
        return Ok(());
    }
    if open {
        // What it will cost is set aside; it is counted when the call ends, or when nobody settles it.
        return touch(c, run.account_id);
    }
    let reserved = match reservation {
        None => None,
        Some(id) => free(c, &subject, id)?,
    };
    if let Some(cost) = run.cost_micros {
        // On the day whose limit allowed it, so that a call over midnight does not slip past both limits.
        let day = reserved.map_or_else(|| run.created_at.date_naive(), |(day, _)| day);
        add(c, &subject, day, SpendKind::Model, cost)?;
    }
    touch(c, run.account_id)
}

/// Takes a reservation away; gives the day and the kind that it was for.
fn free(c: &Connection, subject: &str, reservation: Id) -> Result<Option<(NaiveDate, SpendKind)>, Fault> {
    let mut statement =
        c.prepare_cached("DELETE FROM spend_reservations WHERE subject = ?1 AND id = ?2 RETURNING day, kind")?;
    let mut rows = statement.query(params![subject, reservation.to_string()])?;
    rows.next()?.map(|row| Ok((row.day(0)?, row.named(1, from_name)?))).transpose()
}

/// Adds to what was spent on a day. The limit keeps the sum from running over.
pub(super) fn add(c: &Connection, subject: &str, day: NaiveDate, kind: SpendKind, micros: u64) -> Result<(), Fault> {
    c.execute(
        "INSERT INTO spend (subject, day, kind, spent_micros) VALUES (?1, ?2, ?3, min(?4, 4000000000000000000))
         ON CONFLICT DO UPDATE SET spent_micros = min(spent_micros + excluded.spent_micros, 4000000000000000000)",
        params![subject, day.to_string(), kind.as_str(), int(micros)],
    )?;
    Ok(())
}

/// Frees a reservation and counts what was really spent; gives whether there was one.
pub(super) fn settle(c: &Connection, subject: &str, reservation: Id, micros: u64) -> Result<bool, Fault> {
    let Some((day, kind)) = free(c, subject, reservation)? else { return Ok(false) };
    add(c, subject, day, kind, micros)?;
    Ok(true)
}

pub(super) fn settle_spend(
    c: &Connection,
    caller: &Caller,
    account: Id,
    reservation: Id,
    micros: u64,
) -> Result<bool, Fault> {
    let subject = owned(c, caller, account)?;
    let settled = settle(c, &subject, reservation, micros)?;
    if settled {
        touch(c, account)?;
    }
    Ok(settled)
}

fn run(row: &Row<'_>) -> Result<AiRun, Fault> {
    Ok(AiRun {
        id: row.id(0)?,
        account_id: row.id(1)?,
        purpose: row.text(2)?,
        provider: row.text(3)?,
        model: row.text(4)?,
        request_id: row.opt_text(5)?,
        request_hash: row.text(6)?,
        input_tokens: row.number(7)?,
        cached_tokens: row.number(8)?,
        output_tokens: row.number(9)?,
        reasoning_tokens: row.number(10)?,
        cost_micros: row.opt_number(11)?,
        latency_ms: row.number(12)?,
        attempts: row.small(13)?,
        outcome: row.json(14)?,
        created_at: row.time(15)?,
    })
}

pub(super) fn ai_runs(
    c: &Connection,
    caller: &Caller,
    account: Id,
    request: &PageRequest,
) -> Result<Page<AiRun>, Fault> {
    check::page(request)?;
    owned(c, caller, account)?;
    let (values, after) = newest_first("ai_runs", account, request)?;
    let mut statement = c.prepare_cached(&format!(
        "SELECT id, account_id, purpose, provider, model, request_id, request_hash, input_tokens, cached_tokens,
             output_tokens, reasoning_tokens, cost_micros, latency_ms, attempts, outcome, created_at
         FROM ai_runs WHERE account_id = ?{after}"
    ))?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(run(row)?);
    }
    Ok(cut(items, request, |last| check::cursor(&["ai_runs", &time(last.created_at), &last.id.to_string()])))
}

pub(super) fn reserve(
    c: &Connection,
    caller: &Caller,
    account: Id,
    limit: &SpendLimit,
    now: DateTime<Utc>,
) -> Result<SpendReservation, Fault> {
    let subject = owned(c, caller, account)?;
    let day = now.date_naive();
    book(c, &subject, Some(now - WAITED_FOR))?;
    if let Some(most) = limit.daily_limit_micros {
        let (spent, reserved) = used(c, &subject, day, limit.kind, now)?;
        if spent.saturating_add(reserved).saturating_add(limit.amount_micros) > most {
            let tomorrow = day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN).and_utc();
            return Err(Error::new(
                ErrorKind::OverBudget,
                "budget.exceeded",
                format!(
                    "the call may cost {} after {} spent and {} reserved today, and the day's limit is {}",
                    dollars(limit.amount_micros),
                    dollars(spent),
                    dollars(reserved),
                    dollars(most)
                ),
            )
            .with_retry_at(tomorrow)
            .with_remedy("Raise the limit, or wait for the next day (UTC).")
            .into());
        }
    }
    let id = new_id();
    c.execute(
        "INSERT INTO spend_reservations (subject, id, day, kind, amount_micros, lapses_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            subject,
            id.to_string(),
            day.to_string(),
            limit.kind.as_str(),
            int(limit.amount_micros),
            time(now + LAPSES_AFTER)
        ],
    )?;
    touch(c, account)?;
    Ok(SpendReservation { id, day })
}

fn dollars(micros: u64) -> String {
    format!("${}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

/// What was spent on a day, with what lapsed, and what is set aside for calls under way.
fn used(
    c: &Connection,
    subject: &str,
    day: NaiveDate,
    kind: SpendKind,
    now: DateTime<Utc>,
) -> Result<(u64, u64), Fault> {
    let mut statement =
        c.prepare_cached("SELECT spent_micros FROM spend WHERE subject = ?1 AND day = ?2 AND kind = ?3")?;
    let mut rows = statement.query(params![subject, day.to_string(), kind.as_str()])?;
    let (mut spent, mut reserved) = (rows.next()?.map_or(Ok(0), |row| row.number(0))?, 0_u64);
    // Summed here, where it cannot overflow.
    let mut statement = c.prepare_cached(
        "SELECT amount_micros, lapses_at > ?4 FROM spend_reservations WHERE subject = ?1 AND day = ?2 AND kind = ?3",
    )?;
    let mut rows = statement.query(params![subject, day.to_string(), kind.as_str(), time(now)])?;
    while let Some(row) = rows.next()? {
        let sum = if row.get(1)? { &mut reserved } else { &mut spent };
        *sum = sum.saturating_add(row.number(0)?);
    }
    Ok((spent, reserved))
}

/// Counts as spent for good what lapsed before this time, or all that is set aside: nobody will settle it any more.
pub(super) fn book(c: &Connection, subject: &str, before: Option<DateTime<Utc>>) -> Result<(), Fault> {
    let mut statement = c.prepare_cached(
        "DELETE FROM spend_reservations WHERE subject = ?1 AND (?2 IS NULL OR lapses_at < ?2)
         RETURNING day, kind, amount_micros",
    )?;
    let mut rows = statement.query(params![subject, before.map(time)])?;
    let mut left = Vec::new();
    while let Some(row) = rows.next()? {
        left.push((row.day(0)?, row.named(1, from_name::<SpendKind>)?, row.number(2)?));
    }
    for (day, kind, micros) in left {
        add(c, subject, day, kind, micros)?;
    }
    Ok(())
}

pub(super) fn spend(
    c: &Connection,
    caller: &Caller,
    account: Id,
    now: DateTime<Utc>,
) -> Result<Vec<SpendRecord>, Fault> {
    let subject = owned(c, caller, account)?;
    let mut statement = c.prepare_cached(
        "SELECT day, kind FROM (
             SELECT day, kind FROM spend WHERE subject = ?1
             UNION SELECT day, kind FROM spend_reservations WHERE subject = ?1
         ) WHERE day IN (
             SELECT day FROM spend WHERE subject = ?1
             UNION SELECT day FROM spend_reservations WHERE subject = ?1
             ORDER BY day DESC LIMIT 400
         ) ORDER BY day DESC, kind",
    )?;
    let mut rows = statement.query([&subject])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let (day, kind) = (row.day(0)?, row.named(1, from_name)?);
        let (spent_micros, reserved_micros) = used(c, &subject, day, kind, now)?;
        all.push(SpendRecord { day, kind, spent_micros, reserved_micros });
    }
    Ok(all)
}

pub(super) fn audit(
    c: &Connection,
    caller: &Caller,
    account: Id,
    action: &str,
    facts: &Value,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    check::name("action", action, 100)?;
    check::facts(facts)?;
    let subject = owned(c, caller, account)?;
    append(c, &subject, action, facts, now)?;
    touch(c, account)
}

pub(super) fn append(
    c: &Connection,
    subject: &str,
    action: &str,
    facts: &Value,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    c.execute(
        "INSERT INTO audit_log (subject, at, action, facts) VALUES (?1, ?2, ?3, ?4)",
        params![subject, time(now), action, json(facts)?],
    )?;
    Ok(())
}

pub(super) fn audit_log(
    c: &Connection,
    caller: &Caller,
    account: Id,
    request: &PageRequest,
) -> Result<Page<AuditEvent>, Fault> {
    check::page(request)?;
    let subject = owned(c, caller, account)?;
    let before = match &request.after {
        None => i64::MAX,
        Some(after) => {
            let [key] = check::open_cursor("audit", after)?;
            key.parse().unwrap_or(0)
        }
    };
    let mut statement = c.prepare_cached(
        "SELECT key, at, subject, action, facts FROM audit_log WHERE subject = ?1 AND key < ?2 ORDER BY key DESC LIMIT ?3",
    )?;
    let mut rows = statement.query(params![subject, before, i64::from(request.limit) + 1])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        let event = AuditEvent { at: row.time(1)?, subject: row.id(2)?, action: row.text(3)?, facts: row.json(4)? };
        items.push((row.get::<_, i64>(0)?, event));
    }
    let page = cut(items, request, |(key, _)| check::cursor(&["audit", &key.to_string()]));
    Ok(Page { items: page.items.into_iter().map(|(_, event)| event).collect(), next: page.next })
}
