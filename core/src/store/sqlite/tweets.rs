//! Reading and marking tweets.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, Row, params, params_from_iter};

use super::accounts::{owned, touch_tweets};
use super::fault::Fault;
use super::value::{Columns, json, json_unless_default, time};
use crate::records::{ContextTweet, Id, Tweet, TweetCounts, TweetKind, TweetRef, TweetSource, TwitterUserName};
use crate::store::{Caller, Order, Page, PageRequest, TweetMarks, TweetQuery, TweetTotals, check};
use crate::text::SearchQuery;

pub(super) const COLUMNS: &str = "id, full_text, created_at, lang, kind, is_note, is_truncated, thread_id, thread_position, in_reply_to_id, \
     in_reply_to_user_id, quoted_id, retweeted_id, conversation_id, likes, retweets, replies, quotes, bookmarks, \
     impressions, entities, media, source, client, edit_history, deleted_at, excluded, labels";

/// The account's number, by which rows of tweets know it; the id is the first value of the statement.
pub(super) const ACCOUNT: &str = "(SELECT key FROM accounts WHERE id = ?1)";

pub(super) fn record(row: &Row<'_>) -> Result<Tweet, Fault> {
    borrowed(row).map(Tweet::from)
}

fn borrowed<'r>(row: &'r Row<'_>) -> Result<TweetRef<'r>, Fault> {
    Ok(TweetRef {
        id: row.text_ref(0)?,
        full_text: row.text_ref(1)?,
        created_at: row.time(2)?,
        lang: row.opt_text_ref(3)?,
        kind: row.named(4, TweetKind::parse)?,
        is_note: row.get(5)?,
        is_truncated: row.get(6)?,
        thread_id: row.opt_text_ref(7)?,
        thread_position: row.get(8)?,
        in_reply_to_id: row.opt_text_ref(9)?,
        in_reply_to_user_id: row.opt_text_ref(10)?,
        quoted_id: row.opt_text_ref(11)?,
        retweeted_id: row.opt_text_ref(12)?,
        conversation_id: row.opt_text_ref(13)?,
        counts: TweetCounts {
            likes: row.opt_number(14)?,
            retweets: row.opt_number(15)?,
            replies: row.opt_number(16)?,
            quotes: row.opt_number(17)?,
            bookmarks: row.opt_number(18)?,
            impressions: row.opt_number(19)?,
        },
        entities: row.lazy(20)?,
        media: row.lazy(21)?,
        source: row.named(22, TweetSource::parse)?,
        client: row.opt_text_ref(23)?,
        edit_history: Cow::Owned(row.opt_json(24)?.unwrap_or_default()),
        deleted_at: row.opt_time(25)?,
        excluded: row.get(26)?,
        labels: Cow::Owned(row.opt_json(27)?.unwrap_or_default()),
    })
}

/// The conditions of a query with their values, the account's first.
fn conditions(account: Id, query: &TweetQuery) -> Result<(String, Vec<Sql>), Fault> {
    let mut sql = format!("account_id = {ACCOUNT}");
    let mut values = vec![Sql::Text(account.to_string())];
    let mut also = |condition: &str, value: String| {
        sql.push_str(condition);
        values.push(Sql::Text(value));
    };
    if let Some(search) = &query.search {
        let search = SearchQuery::parse(search)?;
        also(" AND key IN (SELECT rowid FROM tweets_search WHERE tweets_search MATCH ?)", search.to_fts5());
    }
    if !query.kinds.is_empty() {
        let kinds: Vec<&str> = query.kinds.iter().map(|kind| kind.as_str()).collect();
        also(" AND kind IN (SELECT value FROM json_each(?))", json(&kinds)?);
    }
    if let Some(lang) = &query.lang {
        also(" AND coalesce(lang, 'und') = ?", lang.clone());
    }
    if let Some(since) = query.since {
        also(" AND created_at >= ?", time(since));
    }
    if let Some(until) = query.until {
        also(" AND created_at < ?", time(until));
    }
    if let Some(label) = &query.label {
        also(" AND EXISTS (SELECT 1 FROM json_each(labels) WHERE value = ?)", label.clone());
    }
    match query.excluded {
        Some(true) => sql.push_str(" AND excluded = 1"),
        Some(false) => sql.push_str(" AND excluded = 0"),
        None => {}
    }
    if !query.with_deleted {
        sql.push_str(" AND deleted_at IS NULL");
    }
    Ok((sql, values))
}

pub(super) fn page(
    c: &Connection,
    caller: &Caller,
    account: Id,
    query: &TweetQuery,
    request: &PageRequest,
) -> Result<Page<Tweet>, Fault> {
    check::page(request)?;
    let mut items = Vec::new();
    let next = each(c, caller, account, query, request, |tweet| items.push(tweet.into()))?;
    Ok(Page { items, next })
}

/// Gives each tweet of a page, of any length; returns where the next one begins.
pub(super) fn each(
    c: &Connection,
    caller: &Caller,
    account: Id,
    query: &TweetQuery,
    request: &PageRequest,
    mut take: impl FnMut(TweetRef<'_>),
) -> Result<Option<String>, Fault> {
    owned(c, caller, account)?;
    let (mut sql, mut values) = conditions(account, query)?;
    let (name, compare, way) = match query.order {
        Order::NewestFirst => ("tweets.newest", '<', "DESC"),
        Order::OldestFirst => ("tweets.oldest", '>', "ASC"),
    };
    if let Some(after) = &request.after {
        let [at, id] = check::open_cursor(name, after)?;
        sql.push_str(&format!(" AND (created_at, length(id), id) {compare} (?, ?, ?)"));
        values.push(Sql::Text(at));
        values.push(Sql::Integer(i64::try_from(id.len()).unwrap_or(0)));
        values.push(Sql::Text(id));
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM tweets WHERE {sql} ORDER BY created_at {way}, length(id) {way}, id {way} LIMIT {}",
        u64::from(request.limit) + 1
    );
    let mut statement = c.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut next = None;
    for place in 1..=request.limit {
        let Some(row) = rows.next()? else { return Ok(None) };
        let tweet = borrowed(row)?;
        if place == request.limit {
            next = Some(check::cursor(&[name, &time(tweet.created_at), tweet.id]));
        }
        take(tweet);
    }
    // One more was asked for, to see whether there are more.
    let more = rows.next()?.is_some();
    Ok(next.filter(|_| more))
}

/// A time that about half of the account's tweets are older than.
pub(super) fn middle(c: &Connection, caller: &Caller, account: Id) -> Result<Option<DateTime<Utc>>, Fault> {
    owned(c, caller, account)?;
    let mut statement = c.prepare_cached(&format!(
        "SELECT created_at FROM tweets WHERE account_id = {ACCOUNT} ORDER BY created_at
         LIMIT 1 OFFSET (SELECT tweet_count / 2 FROM accounts WHERE id = ?1)"
    ))?;
    let mut rows = statement.query([account.to_string()])?;
    rows.next()?.map(|row| row.time(0)).transpose()
}

/// Cuts the one item that was read to see whether there are more.
pub(super) fn cut<T>(mut items: Vec<T>, request: &PageRequest, cursor: impl Fn(&T) -> String) -> Page<T> {
    let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = if more { items.last().map(cursor) } else { None };
    Page { items, next }
}

pub(super) fn count(c: &Connection, caller: &Caller, account: Id, query: &TweetQuery) -> Result<u64, Fault> {
    owned(c, caller, account)?;
    let (sql, values) = conditions(account, query)?;
    let mut statement = c.prepare_cached(&format!("SELECT count(*) FROM tweets WHERE {sql}"))?;
    let mut rows = statement.query(params_from_iter(values))?;
    rows.next()?.map_or(Ok(0), |row| row.number(0))
}

pub(super) fn totals(c: &Connection, caller: &Caller, account: Id) -> Result<TweetTotals, Fault> {
    owned(c, caller, account)?;
    let mut totals = TweetTotals::default();
    let mut statement = c.prepare_cached(&format!(
        "SELECT deleted_at IS NOT NULL, kind, coalesce(lang, 'und'), count(*), count(thread_id), count(edit_history),
             sum(excluded), min(created_at), max(created_at)
         FROM tweets WHERE account_id = {ACCOUNT} GROUP BY 1, 2, 3"
    ))?;
    let mut rows = statement.query([account.to_string()])?;
    while let Some(row) = rows.next()? {
        let count = row.number(3)?;
        if row.get(0)? {
            totals.deleted += count;
            continue;
        }
        totals.total += count;
        *totals.by_kind.entry(row.text(1)?).or_default() += count;
        *totals.by_lang.entry(row.text(2)?).or_default() += count;
        totals.in_threads += row.number(4)?;
        totals.edited += row.number(5)?;
        totals.excluded += row.number(6)?;
        let (oldest, newest) = (row.time(7)?, row.time(8)?);
        totals.oldest = Some(totals.oldest.map_or(oldest, |at| at.min(oldest)));
        totals.newest = Some(totals.newest.map_or(newest, |at| at.max(newest)));
    }
    let threads: i64 = c.query_row(
        &format!(
            "SELECT count(DISTINCT thread_id) FROM tweets
             WHERE account_id = {ACCOUNT} AND thread_id IS NOT NULL AND deleted_at IS NULL"
        ),
        [account.to_string()],
        |row| row.get(0),
    )?;
    totals.threads = u64::try_from(threads).unwrap_or(0);
    Ok(totals)
}

/// The ids without those that came before.
pub(super) fn unique(ids: &[String]) -> Vec<&String> {
    let mut seen = std::collections::HashSet::new();
    ids.iter().filter(|id| seen.insert(id.as_str())).collect()
}

pub(super) fn by_id(c: &Connection, caller: &Caller, account: Id, ids: &[String]) -> Result<Vec<Tweet>, Fault> {
    check::ids(ids)?;
    owned(c, caller, account)?;
    let mut statement =
        c.prepare_cached(&format!("SELECT {COLUMNS} FROM tweets WHERE account_id = {ACCOUNT} AND id = ?2"))?;
    let account = account.to_string();
    let mut found = Vec::new();
    for id in unique(ids) {
        let mut rows = statement.query(params![account, id])?;
        if let Some(row) = rows.next()? {
            found.push(record(row)?);
        }
    }
    Ok(found)
}

pub(super) fn context(
    c: &Connection,
    caller: &Caller,
    account: Id,
    ids: &[String],
) -> Result<Vec<ContextTweet>, Fault> {
    check::ids(ids)?;
    owned(c, caller, account)?;
    let mut statement = c.prepare_cached(
        "SELECT id, author_id, author_username, full_text, created_at FROM context_tweets
         WHERE account_id = ?1 AND id = ?2",
    )?;
    let account = account.to_string();
    let mut found = Vec::new();
    for id in unique(ids) {
        let mut rows = statement.query(params![account, id])?;
        if let Some(row) = rows.next()? {
            found.push(ContextTweet {
                id: row.text(0)?,
                author: match row.opt_text(1)? {
                    Some(id) => Some(TwitterUserName { id, username: row.opt_text(2)? }),
                    None => None,
                },
                full_text: row.text(3)?,
                created_at: row.opt_time(4)?,
            });
        }
    }
    Ok(found)
}

pub(super) fn mark(
    c: &Connection,
    caller: &Caller,
    account: Id,
    ids: &[String],
    marks: &TweetMarks,
) -> Result<u64, Fault> {
    check::ids(ids)?;
    check::marks(marks)?;
    owned(c, caller, account)?;
    let mut read = c.prepare_cached(&format!(
        "SELECT key, excluded, labels FROM tweets WHERE account_id = {ACCOUNT} AND id = ?2"
    ))?;
    let mut write = c.prepare_cached("UPDATE tweets SET excluded = ?2, labels = ?3 WHERE key = ?1")?;
    let name = account.to_string();
    let mut changed = 0;
    for id in unique(ids) {
        let (key, excluded, labels) = {
            let mut rows = read.query(params![name, id])?;
            let Some(row) = rows.next()? else { continue };
            let labels: Vec<String> = row.opt_json(2)?.unwrap_or_default();
            (row.get::<_, i64>(0)?, row.get::<_, bool>(1)?, labels)
        };
        let mut new = labels.clone();
        new.extend(marks.add_labels.iter().cloned());
        new.retain(|label| !marks.remove_labels.contains(label));
        new.sort();
        new.dedup();
        check::labels(&new)?;
        let exclude = marks.excluded.unwrap_or(excluded);
        if exclude != excluded || new != labels {
            write.execute(params![key, exclude, json_unless_default(&new)?])?;
            changed += 1;
        }
    }
    if changed > 0 {
        touch_tweets(c, account)?;
    }
    Ok(changed)
}

/// The account and what follows it in a list of rows with `created_at` and `id`, newest first, from the page's start on.
pub(super) fn newest_first(list: &str, account: Id, request: &PageRequest) -> Result<(Vec<Sql>, String), Fault> {
    let mut values = vec![Sql::Text(account.to_string())];
    let mut sql = String::new();
    if let Some(after) = &request.after {
        let at: [String; 2] = check::open_cursor(list, after)?;
        sql.push_str(" AND (created_at, id) < (?, ?)");
        values.extend(at.map(Sql::Text));
    }
    sql.push_str(&format!(" ORDER BY created_at DESC, id DESC LIMIT {}", u64::from(request.limit) + 1));
    Ok((values, sql))
}
