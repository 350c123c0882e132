//! Which tweets are threads: own tweets that answer own tweets.
//!
//! A link counts from a tweet to an older own one (ids grow with time), so that no chain can be a circle. Labels are right
//! when the two ends of every link carry the same thread, and every thread names its oldest tweet. Pages write the labels
//! of what they see; [`label`] finds the links that this leaves wrong and labels their chains anew.

use rusqlite::{Connection, params};

use super::fault::Fault;
use super::tweets::ACCOUNT;
use crate::records::{Id, Tweet};

/// Takes the labels off the threads of a tweet and of the one that it answered, when it will answer another: [`label`]
/// sees what has none.
pub(super) fn forget(c: &Connection, account: i64, tweet: &Tweet) -> Result<(), Fault> {
    c.prepare_cached(
        "UPDATE tweets SET thread_id = NULL, thread_position = NULL WHERE account_id = ?1 AND thread_id IN
             (?2, (SELECT thread_id FROM tweets WHERE account_id = ?1 AND id = ?3))",
    )?
    .execute(params![account, tweet.thread_id, tweet.in_reply_to_id])?;
    Ok(())
}

/// A link between `older` and `younger`, two rows of `tweets`.
macro_rules! link {
    ($older:literal, $younger:literal) => {
        concat!(
            $older,
            ".account_id = ",
            $younger,
            ".account_id AND ",
            $older,
            ".id = ",
            $younger,
            ".in_reply_to_id
             AND (length(",
            $older,
            ".id), ",
            $older,
            ".id) < (length(",
            $younger,
            ".id), ",
            $younger,
            ".id)"
        )
    };
}

/// Labels anew the chains in which a link is labelled wrong; gives whether there were any.
///
/// The work is done in temporary tables, which SQLite keeps in a file: memory does not grow with the tweets.
pub(super) fn label(c: &Connection, account: Id) -> Result<bool, Fault> {
    c.execute_batch(
        "CREATE TEMP TABLE IF NOT EXISTS thread_members (key INTEGER PRIMARY KEY) STRICT;
         CREATE TEMP TABLE IF NOT EXISTS thread_links (child INTEGER PRIMARY KEY, parent INTEGER NOT NULL) STRICT;
         CREATE TEMP TABLE IF NOT EXISTS thread_places
             (key INTEGER PRIMARY KEY, thread_id TEXT NOT NULL, position INTEGER NOT NULL) STRICT;
         DROP INDEX IF EXISTS temp.thread_children;
         DELETE FROM temp.thread_members;
         DELETE FROM temp.thread_links;
         DELETE FROM temp.thread_places;",
    )?;
    let members = c.execute(
        &format!(
            "WITH RECURSIVE member (key) AS (
                 SELECT child.key FROM tweets child JOIN tweets parent ON {child_of_parent}
                 WHERE child.account_id = {ACCOUNT} AND child.in_reply_to_id IS NOT NULL
                   AND (child.thread_id IS NOT parent.thread_id OR child.thread_id IS NULL)
                 UNION
                 SELECT parent.key FROM member JOIN tweets tweet ON tweet.key = member.key
                     JOIN tweets parent ON {tweet_of_parent}
                 UNION
                 SELECT child.key FROM member JOIN tweets tweet ON tweet.key = member.key
                     JOIN tweets child ON {child_of_tweet}
             )
             INSERT INTO temp.thread_members SELECT key FROM member",
            child_of_parent = link!("parent", "child"),
            tweet_of_parent = link!("parent", "tweet"),
            child_of_tweet = link!("tweet", "child"),
        ),
        [account.to_string()],
    )?;
    if members == 0 {
        return Ok(false);
    }
    c.execute(
        concat!(
            "INSERT INTO temp.thread_links SELECT child.key, parent.key FROM temp.thread_members member
             JOIN tweets child ON child.key = member.key JOIN tweets parent ON ",
            link!("parent", "child")
        ),
        [],
    )?;
    c.execute_batch(
        "CREATE INDEX temp.thread_children ON thread_links (parent);
         WITH RECURSIVE tree (key, root) AS (
             SELECT key, key FROM temp.thread_members WHERE key NOT IN (SELECT child FROM temp.thread_links)
             UNION ALL
             SELECT link.child, tree.root FROM tree JOIN temp.thread_links link ON link.parent = tree.key
         )
         INSERT INTO temp.thread_places
         SELECT tree.key, (SELECT id FROM tweets WHERE key = tree.root),
             row_number() OVER (PARTITION BY tree.root
                 ORDER BY tree.key <> tree.root, tweet.created_at, length(tweet.id), tweet.id)
         FROM tree JOIN tweets tweet ON tweet.key = tree.key;
         UPDATE tweets SET thread_id = place.thread_id, thread_position = place.position
         FROM temp.thread_places place WHERE tweets.key = place.key
           AND (tweets.thread_id IS NOT place.thread_id OR tweets.thread_position IS NOT place.position);
         DELETE FROM temp.thread_members;
         DELETE FROM temp.thread_links;
         DELETE FROM temp.thread_places;",
    )?;
    Ok(true)
}
