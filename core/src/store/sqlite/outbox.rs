//! Publishing: what is to be sent, what was sent, and who is sending.

use std::time::Duration;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row, params, params_from_iter};

use super::accounts::{owned, touch};
use super::fault::Fault;
use super::style;
use super::tweets::{cut, newest_first};
use super::value::{Columns, int, json, time};
use crate::error::{Error, ErrorKind};
use crate::records::{Draft, DraftState, Id, OutboxEntry, OutboxResolution, OutboxState};
use crate::store::{Caller, NewOutbox, Page, PageRequest, Sending, SendingOutcome, check, lease};

const COLUMNS: &str = "id, account_id, draft_id, content_hash, payload, state, posted_ids, attempts, error_code, fence, \
                       lease_until, sent_at, created_at, updated_at, leased_at";

fn record(row: &Row<'_>) -> Result<OutboxEntry, Fault> {
    Ok(OutboxEntry {
        id: row.id(0)?,
        account_id: row.id(1)?,
        draft_id: match row.opt_text(2)? {
            Some(_) => Some(row.id(2)?),
            None => None,
        },
        content_hash: row.text(3)?,
        payload: row.json(4)?,
        state: row.named(5, OutboxState::parse)?,
        posted_ids: row.json(6)?,
        attempts: row.small(7)?,
        error_code: row.opt_text(8)?,
        fence: row.number(9)?,
        lease_until: row.opt_time(10)?,
        sent_at: row.opt_time(11)?,
        created_at: row.time(12)?,
        updated_at: row.time(13)?,
    })
}

fn conflict(code: &'static str, detail: impl Into<String>, remedy: &'static str) -> Error {
    Error::new(ErrorKind::Conflict, code, detail).with_remedy(remedy)
}

/// The entry and when its newest lease was given.
fn find(c: &Connection, caller: &Caller, id: Id) -> Result<(OutboxEntry, Option<DateTime<Utc>>), Fault> {
    let mut statement = c.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM outbox WHERE id = ?2 AND account_id IN (SELECT id FROM accounts WHERE owner = ?1)"
    ))?;
    let mut rows = statement.query(params![caller.owner(), id.to_string()])?;
    match rows.next()? {
        Some(row) => Ok((record(row)?, row.opt_time(14)?)),
        None => Err(Error::new(ErrorKind::NotFound, "store.no_outbox_entry", "the outbox has no such entry").into()),
    }
}

pub(super) fn entry(c: &Connection, caller: &Caller, id: Id) -> Result<OutboxEntry, Fault> {
    Ok(find(c, caller, id)?.0)
}

pub(super) fn of_draft(c: &Connection, caller: &Caller, account: Id, draft: Id) -> Result<Option<OutboxEntry>, Fault> {
    owned(c, caller, account)?;
    // Of those that were not given up the index `outbox_draft` allows one.
    let mut statement = c.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM outbox WHERE account_id = ?1 AND draft_id = ?2
             AND (state NOT IN ('failed', 'ended') OR posted_ids <> '[]')
         ORDER BY state = 'ended', created_at DESC, id DESC LIMIT 1"
    ))?;
    let mut rows = statement.query([account.to_string(), draft.to_string()])?;
    rows.next()?.map(record).transpose()
}

pub(super) fn list(
    c: &Connection,
    caller: &Caller,
    account: Id,
    request: &PageRequest,
) -> Result<Page<OutboxEntry>, Fault> {
    check::page(request)?;
    owned(c, caller, account)?;
    let (values, after) = newest_first("outbox", account, request)?;
    let mut statement = c.prepare_cached(&format!("SELECT {COLUMNS} FROM outbox WHERE account_id = ?{after}"))?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(record(row)?);
    }
    Ok(cut(items, request, |last| check::cursor(&["outbox", &time(last.created_at), &last.id.to_string()])))
}

/// The draft is the account's, approved, and in no other entry that stands.
fn publishable(c: &Connection, caller: &Caller, account: Id, draft: Id) -> Result<(), Fault> {
    let found = style::draft(c, caller, draft)?;
    if found.account_id != account {
        return Err(style::no_draft());
    }
    let other: bool = c
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM outbox WHERE account_id = ?1 AND draft_id = ?2
                 AND state <> 'ended' AND (state <> 'failed' OR posted_ids <> '[]'))",
        )?
        .query_row([account.to_string(), draft.to_string()], |row| row.get(0))?;
    if other {
        let detail = "the draft is in the outbox already";
        return Err(conflict("outbox.already", detail, "Go on with the entry that is there.").into());
    }
    is_approved(&found)
}

fn is_approved(draft: &Draft) -> Result<(), Fault> {
    if draft.state == DraftState::Approved {
        return Ok(());
    }
    let detail = format!("the draft is in the state '{}', and only an approved one is published", draft.state.as_str());
    Err(conflict("draft.state", detail, "Approve the draft first.").into())
}

/// A draft gets another text or is approved no more: what waits to be sent of it is withdrawn. Too late for that once
/// something of it may be on Twitter.
pub(super) fn withdraw(c: &Connection, account: Id, draft: Id, now: DateTime<Utc>) -> Result<(), Fault> {
    let (account, draft) = (account.to_string(), draft.to_string());
    c.execute(
        "UPDATE outbox SET state = 'failed', error_code = 'draft.changed', updated_at = ?3
         WHERE account_id = ?1 AND draft_id = ?2 AND state = 'pending' AND posted_ids = '[]'",
        params![account, draft, time(now)],
    )?;
    let under_way: bool = c
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM outbox WHERE account_id = ?1 AND draft_id = ?2
                 AND (state IN ('pending', 'sending', 'unknown') OR state = 'failed' AND posted_ids <> '[]'))",
        )?
        .query_row([account, draft], |row| row.get(0))?;
    if under_way {
        let detail = "the draft is being published";
        return Err(conflict("draft.publishing", detail, "Go on with its entry in the outbox, or give that up.").into());
    }
    Ok(())
}

pub(super) fn put(c: &Connection, caller: &Caller, new: &NewOutbox, now: DateTime<Utc>) -> Result<OutboxEntry, Fault> {
    check::outbox(new)?;
    owned(c, caller, new.account_id)?;
    let (account, id) = (new.account_id.to_string(), new.id.to_string());
    let known: bool = c
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM outbox WHERE account_id = ?1 AND id = ?2)")?
        .query_row([&account, &id], |row| row.get(0))?;
    if known {
        return entry(c, caller, new.id);
    }
    if let Some(draft) = new.draft_id {
        publishable(c, caller, new.account_id, draft)?;
    }
    c.execute(
        "INSERT INTO outbox (account_id, id, draft_id, content_hash, payload, state, posted_ids, attempts, fence,
             created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, 'pending', '[]', 0, 0, ?6, ?6)",
        params![account, id, new.draft_id.map(|id| id.to_string()), new.content_hash, json(&new.payload)?, time(now)],
    )?;
    touch(c, new.account_id)?;
    entry(c, caller, new.id)
}

/// Something of it is left to be sent, and nobody is at it.
fn is_free(entry: &OutboxEntry, leased_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), Fault> {
    if entry.state == OutboxState::Posted {
        return Err(conflict("outbox.posted", "all of it is on Twitter", "Look it up by its posted ids.").into());
    }
    match lease::held(leased_at, entry.lease_until, now) {
        Some(until) if entry.state == OutboxState::Sending => Err(conflict(
            "outbox.sending",
            "another worker is sending it",
            "Wait until it is done, or until its lease has run out.",
        )
        .with_retry_at(until)
        .into()),
        _ => Ok(()),
    }
}

pub(super) fn begin(
    c: &Connection,
    caller: &Caller,
    id: Id,
    lease: Duration,
    now: DateTime<Utc>,
) -> Result<Sending, Fault> {
    let (before, leased_at) = find(c, caller, id)?;
    is_free(&before, leased_at, now)?;
    let interrupted = match before.state {
        OutboxState::Sending | OutboxState::Unknown => true,
        OutboxState::Ended => {
            let remedy = "Approve the draft again and publish it anew, or what is left of it.";
            return Err(conflict("outbox.ended", "its owner gave it up", remedy).into());
        }
        OutboxState::Failed if before.posted_ids.is_empty() => {
            let detail = "it failed or was withdrawn, and nothing of it is on Twitter";
            return Err(conflict("outbox.failed", detail, "Put a new entry into the outbox.").into());
        }
        OutboxState::Pending | OutboxState::Failed | OutboxState::Posted => false,
    };
    if let Some(draft) = before.draft_id {
        is_approved(&style::draft(c, caller, draft)?)?;
    }
    let until = lease::until(now, lease);
    c.execute(
        "UPDATE outbox SET state = 'sending', attempts = attempts + 1, error_code = NULL, fence = fence + 1,
             leased_at = ?3, lease_until = ?4, updated_at = ?3 WHERE account_id = ?1 AND id = ?2",
        params![before.account_id.to_string(), id.to_string(), time(now), time(until)],
    )?;
    touch(c, before.account_id)?;
    let entry = entry(c, caller, id)?;
    Ok(Sending { fence: entry.fence, until, interrupted, entry })
}

/// The entry whose newest lease has this fence. The fence alone decides, never the clock.
fn leased(c: &Connection, caller: &Caller, id: Id, fence: u64) -> Result<(OutboxEntry, Option<DateTime<Utc>>), Fault> {
    let (entry, leased_at) = find(c, caller, id)?;
    if entry.fence == fence && entry.state == OutboxState::Sending {
        return Ok((entry, leased_at));
    }
    Err(Error::new(
        ErrorKind::LeaseLost,
        "outbox.lease_lost",
        "another worker has taken this entry over, or the attempt has ended",
    )
    .with_remedy("Send nothing more; read the entry to see how far it is.")
    .into())
}

/// The end of a lease that begins now and is as long as the one before.
fn extended(entry: &OutboxEntry, leased_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> DateTime<Utc> {
    let length = leased_at.zip(entry.lease_until).and_then(|(from, to)| (to - from).to_std().ok()).unwrap_or_default();
    lease::until(now, length)
}

pub(super) fn record_sending(
    c: &Connection,
    caller: &Caller,
    id: Id,
    fence: u64,
    now: DateTime<Utc>,
) -> Result<OutboxEntry, Fault> {
    let (before, leased_at) = leased(c, caller, id, fence)?;
    c.execute(
        "UPDATE outbox SET sent_at = coalesce(sent_at, ?3), leased_at = ?3, lease_until = ?4, updated_at = ?3
         WHERE account_id = ?1 AND id = ?2",
        params![before.account_id.to_string(), id.to_string(), time(now), time(extended(&before, leased_at, now))],
    )?;
    touch(c, before.account_id)?;
    entry(c, caller, id)
}

/// The place of a tweet in the thread, and the ids with it.
fn add_tweet(entry: &OutboxEntry, position: usize, tweet_id: &str) -> Result<Vec<String>, Fault> {
    let there = entry.posted_ids.len();
    if position != there || there >= entry.payload.len() || entry.posted_ids.iter().any(|known| known == tweet_id) {
        let detail = format!("the tweet at {position} cannot be recorded, the next one is {there}");
        return Err(conflict("outbox.position", detail, "Read the entry again and go on where it is.").into());
    }
    Ok(entry.posted_ids.iter().cloned().chain([tweet_id.to_owned()]).collect())
}

pub(super) fn record_posted(
    c: &Connection,
    caller: &Caller,
    id: Id,
    fence: u64,
    position: u32,
    tweet_id: &str,
    now: DateTime<Utc>,
) -> Result<OutboxEntry, Fault> {
    check::tweet_id(tweet_id)?;
    let (before, leased_at) = leased(c, caller, id, fence)?;
    let place = usize::try_from(position).unwrap_or(usize::MAX);
    if before.posted_ids.get(place).is_some_and(|known| known == tweet_id) {
        return Ok(before);
    }
    let posted = add_tweet(&before, place, tweet_id)?;
    c.execute(
        "UPDATE outbox SET posted_ids = ?3, sent_at = NULL, leased_at = ?4, lease_until = ?5, updated_at = ?4
         WHERE account_id = ?1 AND id = ?2",
        params![
            before.account_id.to_string(),
            id.to_string(),
            json(&posted)?,
            time(now),
            time(extended(&before, leased_at, now))
        ],
    )?;
    touch(c, before.account_id)?;
    entry(c, caller, id)
}

pub(super) fn end(
    c: &Connection,
    caller: &Caller,
    id: Id,
    fence: u64,
    outcome: &SendingOutcome,
    now: DateTime<Utc>,
) -> Result<OutboxEntry, Fault> {
    let (before, _) = leased(c, caller, id, fence)?;
    let (state, code) = match outcome {
        SendingOutcome::Posted => (OutboxState::Posted, None),
        SendingOutcome::Later { code } => (OutboxState::Pending, Some(code)),
        SendingOutcome::Failed { code } => (OutboxState::Failed, Some(code)),
        SendingOutcome::Unknown { code } => (OutboxState::Unknown, Some(code)),
    };
    code.map_or(Ok(()), |code| check::name("error code", code, 100))?;
    let account = before.account_id.to_string();
    if state == OutboxState::Posted {
        if before.posted_ids.len() < before.payload.len() {
            let detail = format!("{} of {} tweets are recorded", before.posted_ids.len(), before.payload.len());
            return Err(conflict("outbox.not_posted", detail, "Record each tweet of the thread first.").into());
        }
        is_published(c, &before, now)?;
    }
    c.execute(
        "UPDATE outbox SET state = ?3, error_code = ?4, leased_at = NULL, lease_until = NULL, updated_at = ?5,
             sent_at = CASE ?3 WHEN 'unknown' THEN sent_at END
         WHERE account_id = ?1 AND id = ?2 AND fence = ?6",
        params![account, id.to_string(), state.as_str(), code, time(now), int(fence)],
    )?;
    touch(c, before.account_id)?;
    entry(c, caller, id)
}

/// All of it is on Twitter, whatever was done to the draft meanwhile.
fn is_published(c: &Connection, entry: &OutboxEntry, now: DateTime<Utc>) -> Result<(), Fault> {
    let (account, draft) = (entry.account_id.to_string(), entry.draft_id.map(|id| id.to_string()));
    c.execute(
        "UPDATE drafts SET state = ?3, updated_at = ?4 WHERE account_id = ?1 AND id = ?2",
        params![account, draft, DraftState::Published.as_str(), time(now)],
    )?;
    Ok(())
}

pub(super) fn resolve(
    c: &Connection,
    caller: &Caller,
    id: Id,
    resolution: &OutboxResolution,
    now: DateTime<Utc>,
) -> Result<OutboxEntry, Fault> {
    if let OutboxResolution::Posted { tweet_id } = resolution {
        check::tweet_id(tweet_id)?;
    }
    let (before, leased_at) = find(c, caller, id)?;
    let said = match resolution {
        OutboxResolution::Posted { tweet_id } => before.posted_ids.last() == Some(tweet_id),
        OutboxResolution::NotPosted => before.state == OutboxState::Pending,
        // What failed before anything of it was tweeted stands for nothing either.
        OutboxResolution::GivenUp => {
            before.state == OutboxState::Ended || before.state == OutboxState::Failed && before.posted_ids.is_empty()
        }
    };
    if said {
        return Ok(before);
    }
    is_free(&before, leased_at, now)?;
    let in_doubt = matches!(before.state, OutboxState::Sending | OutboxState::Unknown);
    let account = before.account_id.to_string();
    let (state, posted) = match resolution {
        OutboxResolution::GivenUp => {
            c.execute(
                "UPDATE drafts SET state = 'draft', updated_at = ?3
                 WHERE account_id = ?1 AND id = ?2 AND state = 'approved'",
                params![account, before.draft_id.map(|id| id.to_string()), time(now)],
            )?;
            (OutboxState::Ended, before.posted_ids.clone())
        }
        _ if !in_doubt => {
            let detail = "nothing of it is in doubt";
            return Err(conflict("outbox.not_in_doubt", detail, "Read the entry, which says how far it is.").into());
        }
        OutboxResolution::NotPosted => (OutboxState::Pending, before.posted_ids.clone()),
        OutboxResolution::Posted { tweet_id } => {
            let posted = add_tweet(&before, before.posted_ids.len(), tweet_id)?;
            let whole = posted.len() == before.payload.len();
            (if whole { OutboxState::Posted } else { OutboxState::Pending }, posted)
        }
    };
    if state == OutboxState::Posted {
        is_published(c, &before, now)?;
    }
    // A worker that was slow has lost it.
    c.execute(
        "UPDATE outbox SET state = ?3, posted_ids = ?4, sent_at = NULL, fence = fence + 1, leased_at = NULL,
             lease_until = NULL, updated_at = ?5, error_code = CASE ?3 WHEN 'ended' THEN error_code END
         WHERE account_id = ?1 AND id = ?2",
        params![account, id.to_string(), state.as_str(), json(&posted)?, time(now)],
    )?;
    touch(c, before.account_id)?;
    entry(c, caller, id)
}
