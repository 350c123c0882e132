//! Erasing so that nothing can be read out of the files any more.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde_json::json;

use super::accounts::{owned, touch_tweets};
use super::fault::{Fault, settle};
use super::tweets::ACCOUNT;
use super::value::{json as to_json, time};
use super::{ledger, login, pages, threads};
use crate::error::{Error, ErrorKind};
use crate::records::Id;
use crate::store::{Caller, Erased, check};

const IDS: &str = "IN (SELECT value FROM json_each(?2))";

pub(super) fn tweets(
    c: &Transaction<'_>,
    caller: &Caller,
    account: Id,
    ids: &[String],
    now: DateTime<Utc>,
) -> Result<Erased, Fault> {
    check::ids(ids)?;
    let subject = owned(c, caller, account)?;
    let (name, list) = (account.to_string(), to_json(&ids)?);
    let with_ids = |sql: &str| c.execute(sql, params![name, list]).map(|n| n as u64);
    let mut erased = Erased::default();
    // Other people's texts go when they are named, and when nothing quotes or answers them any more.
    let orphans: Option<String> = c
        .query_row(
            &format!(
                "SELECT json_group_array(id) FROM (
                     SELECT quoted_id AS id FROM tweets WHERE account_id = {ACCOUNT} AND id {IDS}
                     UNION SELECT in_reply_to_id FROM tweets WHERE account_id = {ACCOUNT} AND id {IDS}
                     UNION SELECT retweeted_id FROM tweets WHERE account_id = {ACCOUNT} AND id {IDS}) WHERE id IS NOT NULL"
            ),
            params![name, list],
            |row| row.get(0),
        )
        .optional()?;
    // A thread that loses a tweet is labelled anew from what is left of it.
    with_ids(&format!(
        "UPDATE tweets SET thread_id = NULL, thread_position = NULL WHERE account_id = {ACCOUNT} AND thread_id IN
             (SELECT thread_id FROM tweets WHERE account_id = {ACCOUNT} AND id {IDS})"
    ))?;
    with_ids(&format!(
        "DELETE FROM tweets_search WHERE rowid IN (SELECT key FROM tweets WHERE account_id = {ACCOUNT} AND id {IDS})"
    ))?;
    derived(c, &name, &list, &mut erased)?;
    erased.tweets = with_ids(&format!("DELETE FROM tweets WHERE account_id = {ACCOUNT} AND id {IDS}"))?;
    erased.tweets += with_ids(&format!("DELETE FROM context_tweets WHERE account_id = ?1 AND id {IDS}"))?;
    if let Some(orphans) = orphans.filter(|list| list != "[]") {
        erased.tweets += c.execute(
            &format!(
                "DELETE FROM context_tweets WHERE account_id = ?1 AND id {IDS} AND id NOT IN (
                     SELECT quoted_id FROM tweets WHERE account_id = {ACCOUNT} AND quoted_id IS NOT NULL
                     UNION SELECT in_reply_to_id FROM tweets WHERE account_id = {ACCOUNT} AND in_reply_to_id IS NOT NULL
                     UNION SELECT retweeted_id FROM tweets WHERE account_id = {ACCOUNT} AND retweeted_id IS NOT NULL)"
            ),
            params![name, orphans],
        )? as u64;
    }
    if erased != Erased::default() {
        pages::recount(c, account)?;
        threads::label(c, account)?;
        touch_tweets(c, account)?;
        ledger::append(c, &subject, "erase.tweets", &facts(&erased), now)?;
        owe_scrub(c)?;
    }
    Ok(erased)
}

/// Erases what was made of tweets; `list` holds their ids as JSON.
fn derived(c: &Connection, account: &str, list: &str, erased: &mut Erased) -> Result<(), Fault> {
    let with_ids = |sql: &str| c.execute(sql, params![account, list]).map(|n| n as u64);
    // What a model wrote after these examples: the generation with its request, its rejected candidates, its drafts, and
    // what is to be published of them. A worker that is sending one finds its entry gone, and stops.
    let generations = "SELECT g.id FROM generations g, json_each(g.exemplars) used
         WHERE g.account_id = ?1 AND used.value ->> 'tweet_id' IN (SELECT value FROM json_each(?2))";
    erased.outbox = with_ids(&format!(
        "DELETE FROM outbox WHERE account_id = ?1 AND draft_id IN
             (SELECT id FROM drafts WHERE account_id = ?1 AND generation_id IN ({generations}))"
    ))?;
    erased.drafts =
        with_ids(&format!("DELETE FROM drafts WHERE account_id = ?1 AND generation_id IN ({generations})"))?;
    erased.generations = with_ids(&format!("DELETE FROM generations WHERE account_id = ?1 AND id IN ({generations})"))?;
    erased.profiles = with_ids(&format!(
        "DELETE FROM style_profiles WHERE account_id = ?1 AND EXISTS
             (SELECT 1 FROM json_each(tweet_ids) used WHERE used.value {IDS})"
    ))?;
    c.execute(
        "UPDATE generations SET profile_id = NULL WHERE account_id = ?1 AND profile_id IS NOT NULL
             AND profile_id NOT IN (SELECT id FROM style_profiles WHERE account_id = ?1)",
        [account],
    )?;
    Ok(())
}

/// Own tweets that are gone at Twitter are marked and kept; what was made of them goes, and other people's texts go.
pub(super) fn mark_deleted(
    c: &Transaction<'_>,
    caller: &Caller,
    account: Id,
    ids: &[String],
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Erased, Fault> {
    check::ids(ids)?;
    check::time(at)?;
    let subject = owned(c, caller, account)?;
    let (name, list) = (account.to_string(), to_json(&ids)?);
    let mut erased = Erased::default();
    derived(c, &name, &list, &mut erased)?;
    // The hash stays that of what the source said: a source that still has the tweet changes nothing.
    erased.marked = c.execute(
        &format!("UPDATE tweets SET deleted_at = ?3 WHERE account_id = {ACCOUNT} AND id {IDS} AND deleted_at IS NULL"),
        params![name, list, time(at)],
    )? as u64;
    erased.tweets = c
        .execute(&format!("DELETE FROM context_tweets WHERE account_id = ?1 AND id {IDS}"), params![name, list])?
        as u64;
    if erased != Erased::default() {
        touch_tweets(c, account)?;
        ledger::append(c, &subject, "tweets.deleted", &facts(&erased), now)?;
    }
    // Marking alone leaves nothing behind that is to be taken out of the files.
    if erased != (Erased { marked: erased.marked, ..Erased::default() }) {
        owe_scrub(c)?;
    }
    Ok(erased)
}

fn facts(erased: &Erased) -> serde_json::Value {
    json!({
        "tweets": erased.tweets, "profiles": erased.profiles, "drafts": erased.drafts,
        "generations": erased.generations, "sealed": erased.sealed, "imports": erased.imports,
        "ai_runs": erased.ai_runs, "outbox": erased.outbox, "marked": erased.marked,
    })
}

pub(super) fn account(c: &Transaction<'_>, caller: &Caller, account: Id, now: DateTime<Utc>) -> Result<Erased, Fault> {
    let subject = owned(c, caller, account)?;
    let name = account.to_string();
    let delete =
        |table: &str| c.execute(&format!("DELETE FROM {table} WHERE account_id = ?1"), [&name]).map(|rows| rows as u64);
    c.execute(
        &format!("DELETE FROM tweets_search WHERE rowid IN (SELECT key FROM tweets WHERE account_id = {ACCOUNT})"),
        [&name],
    )?;
    delete("rate_windows")?;
    login::erase(c, caller, account)?;
    let erased = Erased {
        outbox: delete("outbox")?,
        drafts: delete("drafts")?,
        generations: delete("generations")?,
        profiles: delete("style_profiles")?,
        tweets: c.execute(&format!("DELETE FROM tweets WHERE account_id = {ACCOUNT}"), [&name])? as u64
            + delete("context_tweets")?,
        sealed: delete("credentials")?,
        imports: delete("import_runs")?,
        ai_runs: delete("ai_runs")?,
        marked: 0,
    };
    ledger::book(c, &subject, None)?;
    c.execute("DELETE FROM accounts WHERE id = ?1", [&name])?;
    ledger::append(c, &subject, "erase.account", &facts(&erased), now)?;
    owe_scrub(c)?;
    Ok(erased)
}

fn owe_scrub(c: &Connection) -> Result<(), Fault> {
    c.execute("INSERT OR REPLACE INTO store_state (name, value) VALUES ('scrub', '1')", [])?;
    Ok(())
}

pub(super) fn scrub_is_owed(c: &Connection) -> Result<bool, Fault> {
    Ok(c.query_row("SELECT EXISTS (SELECT 1 FROM store_state WHERE name = 'scrub')", [], |row| row.get(0))?)
}

/// Takes what was deleted out of the files, if that is still to be done.
///
/// Deleted rows leave their bytes in three places: in the search index, whose segments keep a deleted row's words until
/// they are merged; in the pages, where also the copies of moved rows stay (`secure_delete` does not reach those); and in
/// the log. So the index is merged into one segment, the file is written anew, and the log is emptied.
pub(super) fn scrub(c: &Connection) -> Result<(), Fault> {
    if !scrub_is_owed(c)? {
        return Ok(());
    }
    let clean = || -> Result<bool, Fault> {
        c.execute("INSERT INTO tweets_search (tweets_search) VALUES ('optimize')", [])?;
        c.execute_batch("VACUUM")?;
        let busy: bool = c.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        Ok(!busy)
    };
    let unfinished = |source: Option<Error>| {
        let error = Error::new(
            ErrorKind::Storage,
            "store.erase_unfinished",
            "the data was deleted, but traces of it are still in the database's files",
        )
        .with_remedy("Free the disk's space or close other programs that use the file, then open the store again.");
        Fault::Ours(match source {
            Some(source) => error.with_source(source),
            None => error,
        })
    };
    match clean() {
        Ok(true) => {}
        Ok(false) => return Err(unfinished(None)),
        Err(fault) => return Err(unfinished(Some(settle(fault, "scrub")))),
    }
    c.execute("DELETE FROM store_state WHERE name = 'scrub'", [])?;
    Ok(())
}
