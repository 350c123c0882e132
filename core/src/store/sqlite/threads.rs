//! Which tweets are threads: own tweets that answer own tweets.

use rusqlite::{Connection, params};

use super::fault::Fault;
use super::tweets::ACCOUNT;
use crate::records::Id;

/// Labels the threads of the account anew and writes only what differs; gives whether anything did.
///
/// A link counts from a tweet to an older own one (ids grow with time), so that no chain can be a circle. The work is
/// done in temporary tables, which SQLite keeps in a file: memory does not grow with the tweets.
pub(super) fn label(c: &Connection, account: Id) -> Result<bool, Fault> {
    let account = account.to_string();
    c.execute_batch(
        "CREATE TEMP TABLE IF NOT EXISTS thread_links (child INTEGER PRIMARY KEY, parent INTEGER NOT NULL) STRICT;
         CREATE TEMP TABLE IF NOT EXISTS thread_places
             (key INTEGER PRIMARY KEY, thread_id TEXT NOT NULL, position INTEGER NOT NULL) STRICT;
         DROP INDEX IF EXISTS temp.thread_children;
         DELETE FROM temp.thread_links;
         DELETE FROM temp.thread_places;",
    )?;
    let links = c.execute(
        &format!(
            "INSERT INTO temp.thread_links SELECT child.key, parent.key
         FROM tweets child JOIN tweets parent ON parent.account_id = {ACCOUNT} AND parent.id = child.in_reply_to_id
         WHERE child.account_id = {ACCOUNT} AND child.in_reply_to_id IS NOT NULL
           AND (length(parent.id), parent.id) < (length(child.id), child.id) ORDER BY child.key"
        ),
        [&account],
    )?;
    if links > 0 {
        c.execute_batch("CREATE INDEX temp.thread_children ON thread_links (parent)")?;
        c.execute(
            "WITH RECURSIVE tree (key, root) AS (
                 SELECT DISTINCT parent, parent FROM temp.thread_links
                 WHERE parent NOT IN (SELECT child FROM temp.thread_links)
                 UNION ALL
                 SELECT link.child, tree.root FROM tree JOIN temp.thread_links link ON link.parent = tree.key
             )
             INSERT INTO temp.thread_places
             SELECT tree.key, (SELECT id FROM tweets WHERE key = tree.root),
                 row_number() OVER (PARTITION BY tree.root
                     ORDER BY tree.key <> tree.root, tweet.created_at, length(tweet.id), tweet.id)
             FROM tree JOIN tweets tweet ON tweet.key = tree.key",
            [],
        )?;
    }
    let cleared = c.execute(
        &format!(
            "UPDATE tweets SET thread_id = NULL, thread_position = NULL
         WHERE account_id = {ACCOUNT} AND thread_id IS NOT NULL AND key NOT IN (SELECT key FROM temp.thread_places)"
        ),
        [&account],
    )?;
    let placed = c.execute(
        "UPDATE tweets SET thread_id = place.thread_id, thread_position = place.position
         FROM temp.thread_places place WHERE tweets.key = place.key
           AND (tweets.thread_id IS NOT place.thread_id OR tweets.thread_position IS NOT place.position)",
        params![],
    )?;
    c.execute_batch("DELETE FROM temp.thread_links; DELETE FROM temp.thread_places;")?;
    Ok(cleared + placed > 0)
}
