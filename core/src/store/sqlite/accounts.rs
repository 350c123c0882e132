//! Accounts, and the check that an account is the caller's.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::fault::Fault;
use super::value::{Columns, time};
use crate::error::{Error, ErrorKind};
use crate::records::{AccountRecord, Id, TwitterUser, new_id};
use crate::store::{Caller, check};

const COLUMNS: &str = "id, owner, label, twitter_user_id, username, name, avatar_url, twitter_created_at, tweet_count, revision, tweets_revision, created_at";

fn record(row: &Row<'_>) -> Result<AccountRecord, Fault> {
    let twitter_user = match row.opt_text(3)? {
        None => None,
        Some(id) => Some(TwitterUser {
            id,
            username: row.opt_text(4)?.unwrap_or_default(),
            name: row.opt_text(5)?,
            avatar_url: row.opt_text(6)?,
            created_at: row.opt_time(7)?,
        }),
    };
    Ok(AccountRecord {
        id: row.id(0)?,
        owner: row.text(1)?,
        label: row.text(2)?,
        twitter_user,
        tweet_count: row.number(8)?,
        revision: row.number(9)?,
        tweets_revision: row.number(10)?,
        created_at: row.time(11)?,
    })
}

pub(super) fn no_account() -> Fault {
    Error::new(ErrorKind::NotFound, "store.no_account", "there is no such account")
        .with_remedy("Open the account first, or check its id.")
        .into()
}

/// The account's subject in the logs; `NotFound` unless the account is the caller's.
pub(super) fn owned(c: &Connection, caller: &Caller, account: Id) -> Result<String, Fault> {
    c.prepare_cached("SELECT subject FROM accounts WHERE id = ?1 AND owner = ?2")?
        .query_row(params![account.to_string(), caller.owner()], |row| row.get(0))
        .optional()?
        .ok_or_else(no_account)
}

/// Counts a write to the account.
pub(super) fn touch(c: &Connection, account: Id) -> Result<(), Fault> {
    c.prepare_cached("UPDATE accounts SET revision = revision + 1 WHERE id = ?1")?.execute([account.to_string()])?;
    Ok(())
}

/// Counts a write to the account's tweets.
pub(super) fn touch_tweets(c: &Connection, account: Id) -> Result<(), Fault> {
    c.prepare_cached(
        "UPDATE accounts SET revision = revision + 1, tweets_revision = tweets_revision + 1 WHERE id = ?1",
    )?
    .execute([account.to_string()])?;
    Ok(())
}

pub(super) fn account(c: &Connection, caller: &Caller, account: Id) -> Result<AccountRecord, Fault> {
    let mut statement = c.prepare_cached(&format!("SELECT {COLUMNS} FROM accounts WHERE id = ?1 AND owner = ?2"))?;
    let mut rows = statement.query(params![account.to_string(), caller.owner()])?;
    rows.next()?.map_or_else(|| Err(no_account()), record)
}

pub(super) fn accounts(c: &Connection, caller: &Caller) -> Result<Vec<AccountRecord>, Fault> {
    let mut statement =
        c.prepare_cached(&format!("SELECT {COLUMNS} FROM accounts WHERE owner = ?1 ORDER BY created_at, id"))?;
    let mut rows = statement.query([caller.owner()])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(record(row)?);
    }
    Ok(all)
}

pub(super) fn open(c: &Connection, caller: &Caller, label: &str, now: DateTime<Utc>) -> Result<AccountRecord, Fault> {
    check::name("label of the account", label, 200)?;
    let id: Option<String> = c
        .query_row("SELECT id FROM accounts WHERE owner = ?1 AND label = ?2", params![caller.owner(), label], |row| {
            row.get(0)
        })
        .optional()?;
    let id = match id {
        Some(id) => id.parse().map_err(|_| super::fault::corrupt("an id"))?,
        None => {
            let id = new_id();
            c.execute(
                "INSERT INTO accounts (id, owner, label, subject, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                // The subject is random, not a version 7 id: it must not say when the account was made.
                params![id.to_string(), caller.owner(), label, random_id()?.to_string(), time(now)],
            )?;
            id
        }
    };
    account(c, caller, id)
}

/// 16 bytes from the system's random source, in the form of an id.
fn random_id() -> Result<Id, Fault> {
    let mut bytes = [0; 16];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes)
        .map_err(|_| Error::new(ErrorKind::Internal, "store.no_random", "the system gives no random numbers"))?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

pub(super) fn bind(c: &Connection, caller: &Caller, id: Id, user: &TwitterUser) -> Result<AccountRecord, Fault> {
    let before = account(c, caller, id)?;
    check::user(user)?;
    if let Some(bound) = &before.twitter_user
        && bound.id != user.id
    {
        return Err(Error::new(
            ErrorKind::Conflict,
            "account.other_twitter_user",
            format!("the account '{}' belongs to another Twitter user, @{}", before.label, bound.username),
        )
        .with_remedy("Open a new account for the other Twitter user.")
        .into());
    }
    // What the source does not say does not erase what is known.
    c.execute(
        "UPDATE accounts SET twitter_user_id = ?2, username = coalesce(nullif(?3, ''), username, ''),
             name = coalesce(?4, name), avatar_url = coalesce(?5, avatar_url),
             twitter_created_at = coalesce(?6, twitter_created_at), revision = revision + 1 WHERE id = ?1",
        params![id.to_string(), user.id, user.username, user.name, user.avatar_url, user.created_at.map(time)],
    )?;
    account(c, caller, id)
}
