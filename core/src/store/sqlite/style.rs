//! Style profiles, generations and drafts.

use chrono::{DateTime, Utc};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::accounts::{owned, touch};
use super::fault::Fault;
use super::outbox;
use super::tweets::{ACCOUNT, cut, newest_first};
use super::value::{Columns, json, time};
use crate::error::{Error, ErrorKind};
use crate::records::{Draft, DraftState, Generation, Id, ProfileRecord, Scores, new_id};
use crate::store::{Caller, DraftChange, DraftQuery, Page, PageRequest, ProfileInput, check};

const PROFILE: &str = "id, account_id, version, corpus_hash, fingerprint, analysis, tweet_ids, created_at";

fn profile(row: &Row<'_>) -> Result<ProfileRecord, Fault> {
    Ok(ProfileRecord {
        id: row.id(0)?,
        account_id: row.id(1)?,
        version: row.small(2)?,
        corpus_hash: row.text(3)?,
        fingerprint: row.json(4)?,
        analysis: row.opt_json(5)?,
        tweet_ids: row.json(6)?,
        created_at: row.time(7)?,
    })
}

/// In the transaction that keeps what was made of these tweets: what was erased or deleted meanwhile left nothing behind.
fn still_there(c: &Connection, account: Id, ids: &[&str]) -> Result<(), Fault> {
    let gone: bool = c.query_row(
        &format!(
            "SELECT EXISTS (SELECT 1 FROM json_each(?2) used WHERE NOT EXISTS (SELECT 1 FROM tweets
                 WHERE account_id = {ACCOUNT} AND id = used.value AND deleted_at IS NULL))"
        ),
        params![account.to_string(), json(&ids)?],
        |row| row.get(0),
    )?;
    if gone {
        let detail = "tweets that it was made of are not there, or are deleted";
        return Err(Error::new(ErrorKind::Conflict, "store.tweets_gone", detail)
            .with_remedy("Make it anew of the tweets that are left.")
            .into());
    }
    Ok(())
}

pub(super) fn save_profile(
    c: &Connection,
    caller: &Caller,
    account: Id,
    input: ProfileInput,
    now: DateTime<Utc>,
) -> Result<ProfileRecord, Fault> {
    owned(c, caller, account)?;
    still_there(c, account, &input.tweet_ids.iter().map(String::as_str).collect::<Vec<_>>())?;
    let version: u32 = c.query_row(
        "SELECT coalesce(max(version), 0) + 1 FROM style_profiles WHERE account_id = ?1",
        [account.to_string()],
        |row| row.get(0),
    )?;
    let ProfileInput { corpus_hash, fingerprint, analysis, tweet_ids } = input;
    let record = ProfileRecord {
        id: new_id(),
        account_id: account,
        version,
        corpus_hash,
        fingerprint,
        analysis,
        tweet_ids,
        created_at: now,
    };
    c.execute(
        &format!("INSERT INTO style_profiles ({PROFILE}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
        params![
            record.id.to_string(),
            account.to_string(),
            version,
            record.corpus_hash,
            json(&record.fingerprint)?,
            record.analysis.as_ref().map(json).transpose()?,
            json(&record.tweet_ids)?,
            time(now)
        ],
    )?;
    touch(c, account)?;
    Ok(record)
}

pub(super) fn latest_profile(
    c: &Connection,
    caller: &Caller,
    account: Id,
    corpus_hash: Option<&str>,
) -> Result<Option<ProfileRecord>, Fault> {
    owned(c, caller, account)?;
    let mut statement = c.prepare_cached(&format!(
        "SELECT {PROFILE} FROM style_profiles WHERE account_id = ?1 AND (?2 IS NULL OR corpus_hash = ?2)
         ORDER BY version DESC LIMIT 1"
    ))?;
    let mut rows = statement.query(params![account.to_string(), corpus_hash])?;
    rows.next()?.map(profile).transpose()
}

/// Kept by the caller's own id: a second call with the same id changes nothing, so that it may be repeated.
pub(super) fn save_generation(
    c: &Connection,
    caller: &Caller,
    generation: &Generation,
    drafts: &[Draft],
) -> Result<(), Fault> {
    let account = generation.account_id.to_string();
    owned(c, caller, generation.account_id)?;
    check::drafts(drafts, generation.account_id, generation.id)?;
    let new = c.execute(
        "INSERT INTO generations (account_id, id, profile_id, request, model, exemplars, rejected, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
        params![
            account,
            generation.id.to_string(),
            generation.profile_id.map(|id| id.to_string()),
            json(&generation.request)?,
            generation.model,
            json(&generation.exemplars)?,
            json(&generation.rejected)?,
            time(generation.created_at)
        ],
    )?;
    if new == 0 {
        return Ok(());
    }
    let shown: Vec<&str> = generation.exemplars.iter().map(|exemplar| exemplar.tweet_id.as_str()).collect();
    still_there(c, generation.account_id, &shown)?;
    let mut statement = c.prepare_cached(&format!(
        "INSERT INTO drafts ({DRAFT}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
    ))?;
    for draft in drafts {
        statement.execute(params![
            draft.id.to_string(),
            account,
            draft.generation_id.to_string(),
            draft.text,
            draft.weighted_length,
            draft.scores.style,
            draft.scores.topic,
            draft.scores.diversity,
            draft.scores.copied,
            draft.scores.total,
            draft.state.as_str(),
            draft.feedback.as_ref().map(json).transpose()?,
            time(draft.created_at),
            time(draft.updated_at)
        ])?;
    }
    touch(c, generation.account_id)
}

const GENERATION: &str = "g.id, g.account_id, g.profile_id, g.request, g.model, g.exemplars, g.rejected, g.created_at";

fn generation_record(row: &Row<'_>) -> Result<Generation, Fault> {
    Ok(Generation {
        id: row.id(0)?,
        account_id: row.id(1)?,
        profile_id: match row.opt_text(2)? {
            Some(_) => Some(row.id(2)?),
            None => None,
        },
        request: row.json(3)?,
        model: row.text(4)?,
        exemplars: row.json(5)?,
        rejected: row.json(6)?,
        created_at: row.time(7)?,
    })
}

pub(super) fn generation(c: &Connection, caller: &Caller, id: Id) -> Result<Generation, Fault> {
    let mut statement = c.prepare_cached(&format!(
        "SELECT {GENERATION} FROM accounts a JOIN generations g ON g.account_id = a.id WHERE a.owner = ?1 AND g.id = ?2"
    ))?;
    let mut rows = statement.query(params![caller.owner(), id.to_string()])?;
    rows.next()?.map_or_else(
        || Err(Error::new(ErrorKind::NotFound, "store.no_generation", "there is no such generation").into()),
        generation_record,
    )
}

pub(super) fn generations(
    c: &Connection,
    caller: &Caller,
    account: Id,
    request: &PageRequest,
) -> Result<Page<Generation>, Fault> {
    check::page(request)?;
    owned(c, caller, account)?;
    let (values, after) = newest_first("generations", account, request)?;
    let mut statement =
        c.prepare_cached(&format!("SELECT {GENERATION} FROM generations g WHERE g.account_id = ?{after}"))?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(generation_record(row)?);
    }
    Ok(cut(items, request, |last| check::cursor(&["generations", &time(last.created_at), &last.id.to_string()])))
}

const DRAFT: &str = "id, account_id, generation_id, text, weighted_length, score_style, score_topic, score_diversity, \
                     score_copied, score_total, state, feedback, created_at, updated_at";

fn record(row: &Row<'_>) -> Result<Draft, Fault> {
    Ok(Draft {
        id: row.id(0)?,
        account_id: row.id(1)?,
        generation_id: row.id(2)?,
        text: row.text(3)?,
        weighted_length: row.small(4)?,
        scores: Scores {
            style: row.get(5)?,
            topic: row.get(6)?,
            diversity: row.get(7)?,
            copied: row.get(8)?,
            total: row.get(9)?,
        },
        state: row.named(10, DraftState::parse)?,
        feedback: row.opt_json(11)?,
        created_at: row.time(12)?,
        updated_at: row.time(13)?,
    })
}

pub(super) fn drafts(
    c: &Connection,
    caller: &Caller,
    account: Id,
    query: &DraftQuery,
    request: &PageRequest,
) -> Result<Page<Draft>, Fault> {
    check::page(request)?;
    owned(c, caller, account)?;
    let (mut values, after) = newest_first("drafts", account, request)?;
    let mut sql = String::new();
    // The conditions stand before those of the page, right after the account's.
    let mut also = |condition: &str, value: String| {
        sql.insert_str(0, condition);
        values.insert(1, Sql::Text(value));
    };
    if let Some(generation) = query.generation {
        also(" AND generation_id = ?", generation.to_string());
    }
    if let Some(state) = query.state {
        also(" AND state = ?", state.as_str().to_owned());
    }
    let mut statement = c.prepare_cached(&format!("SELECT {DRAFT} FROM drafts WHERE account_id = ?{sql}{after}"))?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(record(row)?);
    }
    Ok(cut(items, request, |last| check::cursor(&["drafts", &time(last.created_at), &last.id.to_string()])))
}

pub(super) fn no_draft() -> Fault {
    Error::new(ErrorKind::NotFound, "store.no_draft", "there is no such draft").into()
}

pub(super) fn draft(c: &Connection, caller: &Caller, id: Id) -> Result<Draft, Fault> {
    let account: Option<String> = c
        .prepare_cached(
            "SELECT a.id FROM accounts a JOIN drafts d ON d.account_id = a.id WHERE a.owner = ?1 AND d.id = ?2",
        )?
        .query_row(params![caller.owner(), id.to_string()], |row| row.get(0))
        .optional()?;
    let Some(account) = account else { return Err(no_draft()) };
    let mut statement = c.prepare_cached(&format!("SELECT {DRAFT} FROM drafts WHERE account_id = ?1 AND id = ?2"))?;
    let mut rows = statement.query(params![account, id.to_string()])?;
    rows.next()?.map_or_else(|| Err(no_draft()), record)
}

pub(super) fn change_draft(
    c: &Connection,
    caller: &Caller,
    id: Id,
    change: &DraftChange,
    now: DateTime<Utc>,
) -> Result<Draft, Fault> {
    let before = draft(c, caller, id)?;
    if !change.applies_to(&before) {
        return Err(Error::new(
            ErrorKind::Conflict,
            "draft.state",
            format!("the draft is in the state '{}'", before.state.as_str()),
        )
        .with_remedy("Read the draft again, then decide.")
        .into());
    }
    if change.to != DraftState::Approved || change.text.is_some() {
        outbox::withdraw(c, before.account_id, id, now)?;
    }
    let (text, length) = change.text.as_ref().map_or((&before.text, before.weighted_length), |(text, n)| (text, *n));
    let feedback = change.feedback.as_ref().or(before.feedback.as_ref());
    c.execute(
        "UPDATE drafts SET state = ?3, feedback = ?4, text = ?5, weighted_length = ?6, updated_at = ?7
         WHERE account_id = ?1 AND id = ?2",
        params![
            before.account_id.to_string(),
            id.to_string(),
            change.to.as_str(),
            feedback.map(json).transpose()?,
            text,
            length,
            time(now)
        ],
    )?;
    touch(c, before.account_id)?;
    draft(c, caller, id)
}
