//! One page of an import, in one transaction.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Statement, ToSql, params};

use super::accounts::{touch, touch_tweets};
use super::fault::Fault;
use super::value::{int, json, json_unless_default, time};
use super::{imports, threads, tweets};
use crate::records::{ContextTweet, Counts, Id, Tweet};
use crate::store::merge::{hash_with, merge};
use crate::store::prepare::{Place, once_each, places};
use crate::store::{Caller, ImportPage, Lease, lease as leases};
use crate::text::search_terms;

/// A page made ready outside of the transaction: each tweet once, in the order of the ids, so that the indexes grow at
/// one end.
pub(super) struct Ready {
    tweets: Vec<ReadyTweet>,
    context: Vec<ContextTweet>,
    malformed: u64,
    checkpoint: String,
    lease: std::time::Duration,
    /// In milliseconds since 1970, as the column has it.
    observed_at: Option<i64>,
    facts: imports::PageFacts,
}

/// A tweet with what is worked out from it once, for the hash and for the row.
struct ReadyTweet {
    tweet: Tweet,
    hash: [u8; 16],
    entities: Option<String>,
    media: Option<String>,
    /// Its place among the tweets of the page alone.
    place: Option<Place>,
}

impl ReadyTweet {
    fn new(tweet: Tweet) -> Result<Self, Fault> {
        let (entities, media) = (json_unless_default(&tweet.entities)?, json_unless_default(&tweet.media)?);
        Ok(Self { hash: hash_with(&tweet, entities.as_deref(), media.as_deref()), entities, media, tweet, place: None })
    }
}

impl Ready {
    pub(super) fn new(page: ImportPage, now: DateTime<Utc>) -> Result<Self, Fault> {
        let tweets = once_each(page.tweets);
        let places = places(&tweets);
        let mut tweets = tweets.into_iter().map(ReadyTweet::new).collect::<Result<Vec<_>, _>>()?;
        for (tweet, place) in tweets.iter_mut().zip(places) {
            tweet.place = place;
        }
        Ok(Self {
            tweets,
            context: page.context,
            malformed: page.malformed,
            checkpoint: json(&page.checkpoint)?,
            lease: page.lease,
            // A source with a wrong date must not have the last word for ever.
            observed_at: page.observed_at.map(|at| at.min(now).timestamp_millis()),
            facts: imports::PageFacts {
                cost_micros: page.cost_micros,
                reservation: page.reservation,
                watermark: page.watermark,
            },
        })
    }
}

pub(super) fn import(
    c: &Connection,
    caller: &Caller,
    lease: &Lease,
    page: &Ready,
    now: DateTime<Utc>,
) -> Result<Counts, Fault> {
    let account = imports::leased(c, caller, lease)?;
    let name = account.to_string();
    let number: i64 =
        c.prepare_cached("SELECT key FROM accounts WHERE id = ?1")?.query_row([&name], |row| row.get(0))?;
    let mut counts = Counts { malformed: page.malformed, ..Counts::default() };
    let mut changed = Vec::new();
    let mut index = Vec::with_capacity(page.tweets.len());
    let mut insert = c.prepare_cached(INSERT)?;
    let mut find = c.prepare_cached("SELECT content_hash FROM tweets WHERE account_id = ?1 AND id = ?2")?;
    // New tweets come in runs, and so do known ones. After a new one the row is offered at once, since inserting looks
    // for the same id anyway; after a known one it is looked for first, which costs less than offering.
    let mut offer = true;
    // Which tweets of the page were new. A thread that lies in the page as a whole gets its labels with its rows, which
    // saves writing them twice; where an older part was there before, the end of the import sees that and labels anew.
    let mut new = Vec::with_capacity(page.tweets.len());
    for ready in &page.tweets {
        let place = ready.place.as_ref().filter(|place| place.parent.is_none_or(|at| new.get(at) == Some(&true)));
        let place = place.map(|place| (place.thread_id.as_str(), place.position));
        let known: Option<[u8; 16]> = match offer && write(&mut insert, number, ready, place, page.observed_at)? {
            true => None,
            false => {
                let known = find.query_row(params![number, ready.tweet.id], |row| row.get(0)).optional()?;
                if known.is_none() {
                    write(&mut insert, number, ready, place, page.observed_at)?;
                }
                known
            }
        };
        offer = known.is_none();
        new.push(offer);
        match known {
            None => index.push((c.last_insert_rowid(), &ready.tweet.full_text)),
            Some(stored) if stored == ready.hash => counts.unchanged += 1,
            Some(_) => changed.push(&ready.tweet),
        }
    }
    counts.inserted = index.len() as u64;
    let terms = update(c, number, &changed, page.observed_at, &mut counts)?;
    // The index last and only with single rows: a statement in between that may have to be undone by itself would make
    // FTS5 write out what it has so far.
    if !index.is_empty() {
        let mut statement = c.prepare_cached("INSERT INTO tweets_search (rowid, search_terms) VALUES (?1, ?2)")?;
        for (key, text) in &index {
            statement.execute(params![key, search_terms(text)])?;
        }
    }
    if !terms.is_empty() {
        let mut statement =
            c.prepare_cached("INSERT OR REPLACE INTO tweets_search (rowid, search_terms) VALUES (?1, ?2)")?;
        for (key, terms) in &terms {
            statement.execute(params![key, terms])?;
        }
    }
    context(c, &name, &page.context)?;
    finish(c, lease, page, &counts, now)?;
    imports::settle_page(c, caller, account, lease, &page.facts, now)?;
    if counts.inserted > 0 {
        c.prepare_cached("UPDATE accounts SET tweet_count = tweet_count + ?2 WHERE id = ?1")?
            .execute(params![name, int(counts.inserted)])?;
    }
    if counts.inserted + counts.updated > 0 {
        touch_tweets(c, account)?;
    } else {
        touch(c, account)?;
    }
    Ok(counts)
}

const INSERT: &str =
    "INSERT INTO tweets (account_id, id, content_hash, created_at, kind, lang, is_note, is_truncated, in_reply_to_id,
     in_reply_to_user_id, quoted_id, retweeted_id, conversation_id, likes, retweets, replies, quotes, bookmarks,
     impressions, source, client, deleted_at, excluded, labels, edit_history, entities, media, full_text, thread_id,
     thread_position, observed_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23,
         ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31) ON CONFLICT (account_id, id) DO NOTHING";

const UPDATE: &str =
    "UPDATE tweets SET content_hash = ?3, created_at = ?4, kind = ?5, lang = ?6, is_note = ?7, is_truncated = ?8,
     in_reply_to_id = ?9, in_reply_to_user_id = ?10, quoted_id = ?11, retweeted_id = ?12, conversation_id = ?13,
     likes = ?14, retweets = ?15, replies = ?16, quotes = ?17, bookmarks = ?18, impressions = ?19, source = ?20,
     client = ?21, deleted_at = ?22, excluded = ?23, labels = ?24, edit_history = ?25, entities = ?26, media = ?27,
     full_text = ?28, thread_id = ?29, thread_position = ?30, observed_at = ?31 WHERE account_id = ?1 AND id = ?2";

/// Runs [`INSERT`] or [`UPDATE`] with the thread and the position in it; gives whether a row was written.
fn write(
    statement: &mut Statement<'_>,
    account: i64,
    ready: &ReadyTweet,
    thread: Option<(&str, u32)>,
    observed_at: Option<i64>,
) -> Result<bool, Fault> {
    let tweet = &ready.tweet;
    let counts = &tweet.counts;
    let values: [&dyn ToSql; 31] = [
        &account,
        &tweet.id,
        &ready.hash.as_slice(),
        &time(tweet.created_at),
        &tweet.kind.as_str(),
        &tweet.lang,
        &tweet.is_note,
        &tweet.is_truncated,
        &tweet.in_reply_to_id,
        &tweet.in_reply_to_user_id,
        &tweet.quoted_id,
        &tweet.retweeted_id,
        &tweet.conversation_id,
        &counts.likes.map(int),
        &counts.retweets.map(int),
        &counts.replies.map(int),
        &counts.quotes.map(int),
        &counts.bookmarks.map(int),
        &counts.impressions.map(int),
        &tweet.source.as_str(),
        &tweet.client,
        &tweet.deleted_at.map(time),
        &tweet.excluded,
        &json_unless_default(&tweet.labels)?,
        &json_unless_default(&tweet.edit_history)?,
        &ready.entities,
        &ready.media,
        &tweet.full_text,
        &thread.map(|(id, _)| id),
        &thread.map(|(_, position)| position),
        &observed_at,
    ];
    Ok(statement.execute(values.as_slice())? > 0)
}

/// Merges what differs into what is stored; gives the keys whose text changed, with their new terms.
fn update(
    c: &Connection,
    account: i64,
    changed: &[&Tweet],
    observed_at: Option<i64>,
    counts: &mut Counts,
) -> Result<Vec<(i64, String)>, Fault> {
    let mut reindex = Vec::new();
    let mut read = c.prepare_cached(&format!(
        "SELECT {}, key, observed_at FROM tweets WHERE account_id = ?1 AND id = ?2",
        tweets::COLUMNS
    ))?;
    let mut statement = c.prepare_cached(UPDATE)?;
    for incoming in changed {
        let (stored, key, seen): (Tweet, i64, Option<i64>) = {
            let mut rows = read.query(params![account, incoming.id])?;
            let Some(row) = rows.next()? else { continue };
            (tweets::record(row)?, row.get(28)?, row.get(29)?)
        };
        let merged = merge(&stored, incoming, observed_at >= seen);
        if merged == stored {
            counts.unchanged += 1;
            continue;
        }
        if merged.full_text != stored.full_text {
            reindex.push((key, search_terms(&merged.full_text)));
        }
        let mut thread = stored.thread_id.as_deref().zip(stored.thread_position);
        if merged.in_reply_to_id != stored.in_reply_to_id {
            threads::forget(c, account, &stored)?;
            thread = None;
        }
        write(&mut statement, account, &ReadyTweet::new(merged)?, thread, observed_at.max(seen))?;
        counts.updated += 1;
    }
    Ok(reindex)
}

/// Other people's texts: the longer text wins, what is known stays.
fn context(c: &Connection, account: &str, context: &[ContextTweet]) -> Result<(), Fault> {
    let mut statement = c.prepare_cached(
        "INSERT INTO context_tweets (account_id, id, author_id, author_username, created_at, full_text)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (account_id, id) DO UPDATE SET
             author_id = coalesce(excluded.author_id, author_id),
             author_username = coalesce(excluded.author_username, author_username),
             created_at = coalesce(excluded.created_at, created_at),
             full_text = iif(length(excluded.full_text) >= length(full_text), excluded.full_text, full_text)
         WHERE (excluded.author_id IS NOT NULL AND author_id IS NOT excluded.author_id)
             OR (excluded.author_username IS NOT NULL AND author_username IS NOT excluded.author_username)
             OR (excluded.created_at IS NOT NULL AND created_at IS NOT excluded.created_at)
             OR (length(excluded.full_text) >= length(full_text) AND full_text <> excluded.full_text)",
    )?;
    for tweet in context {
        let author = tweet.author.as_ref();
        statement.execute(params![
            account,
            tweet.id,
            author.map(|author| &author.id),
            author.and_then(|author| author.username.as_ref()),
            tweet.created_at.map(time),
            tweet.full_text
        ])?;
    }
    Ok(())
}

fn finish(c: &Connection, lease: &Lease, page: &Ready, counts: &Counts, now: DateTime<Utc>) -> Result<(), Fault> {
    c.prepare_cached(
        "UPDATE import_runs SET checkpoint = ?3, inserted = inserted + ?4, updated = updated + ?5,
             unchanged = unchanged + ?6, malformed = malformed + ?7, leased_at = ?8, lease_until = ?9, updated_at = ?8
         WHERE id = ?1 AND fence = ?2",
    )?
    .execute(params![
        lease.run_id.to_string(),
        int(lease.fence),
        page.checkpoint,
        int(counts.inserted),
        int(counts.updated),
        int(counts.unchanged),
        int(counts.malformed),
        time(now),
        time(leases::until(now, page.lease))
    ])?;
    Ok(())
}

/// Kept out of `import` so that erasing can use it: how many tweets the account has, counted anew.
pub(super) fn recount(c: &Connection, account: Id) -> Result<(), Fault> {
    c.execute(
        "UPDATE accounts SET tweet_count = (SELECT count(*) FROM tweets WHERE account_id = accounts.key) WHERE id = ?1",
        [account.to_string()],
    )?;
    Ok(())
}
