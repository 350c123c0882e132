//! Logins under way.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::accounts::owned;
use super::fault::Fault;
use super::value::{Columns, json, time};
use crate::error::{Error, ErrorKind};
use crate::records::Id;
use crate::store::{Caller, LoginAccount, LoginState, SealedValue, check, lease};

/// A person needs a minute for it.
const LONGEST: Duration = Duration::from_secs(600);
/// So long an expired login is still told from one that never was.
const REMEMBERED: TimeDelta = TimeDelta::hours(1);
/// Logins under way that an owner may have.
const KEPT: u32 = 100;

fn auth(code: &'static str, detail: &str) -> Fault {
    Error::new(ErrorKind::Auth, code, detail)
        .with_remedy("Begin the login again, and finish it in the same browser.")
        .into()
}

pub(super) fn put(
    c: &Connection,
    caller: &Caller,
    state: &LoginState,
    lifetime: Duration,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Fault> {
    check::login_state(state)?;
    let (id, label) = match &state.account {
        LoginAccount::Id(id) => {
            owned(c, caller, *id)?;
            (Some(id.to_string()), None)
        }
        LoginAccount::Label(label) => (None, Some(label)),
    };
    c.execute("DELETE FROM login_states WHERE expires_at < ?1", [time(now - REMEMBERED)])?;
    let expires = lease::until(now, lifetime.min(LONGEST));
    let new = c.execute(
        "INSERT INTO login_states (owner, state_hash, binding_hash, key_id, sealed, facts, account_id, label, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
        params![
            caller.owner(),
            state.state_hash,
            state.binding_hash,
            state.verifier.key_id,
            state.verifier.sealed,
            json(&state.facts)?,
            id,
            label,
            time(expires)
        ],
    )?;
    if new == 0 {
        return again(c, caller, state);
    }
    c.execute(
        "DELETE FROM login_states WHERE key IN (
             SELECT key FROM login_states WHERE owner = ?1 ORDER BY key DESC LIMIT -1 OFFSET ?2)",
        params![caller.owner(), KEPT],
    )?;
    Ok(expires)
}

/// The call was repeated, or the state was not random.
fn again(c: &Connection, caller: &Caller, state: &LoginState) -> Result<DateTime<Utc>, Fault> {
    let mut statement = c.prepare_cached(
        "SELECT expires_at FROM login_states WHERE owner = ?1 AND state_hash = ?2 AND binding_hash = ?3 AND sealed = ?4",
    )?;
    let mut rows =
        statement.query(params![caller.owner(), state.state_hash, state.binding_hash, state.verifier.sealed])?;
    match rows.next()? {
        Some(row) => row.time(0),
        None => Err(Error::new(ErrorKind::Conflict, "login.state_used", "another login has this state")
            .with_remedy("Make a new random state for every login.")
            .into()),
    }
}

fn record(row: &Row<'_>) -> Result<LoginState, Fault> {
    Ok(LoginState {
        state_hash: row.text(0)?,
        binding_hash: row.text(1)?,
        verifier: SealedValue { key_id: row.text(2)?, sealed: row.text(3)? },
        facts: row.json(4)?,
        account: match row.opt_text(6)? {
            Some(label) => LoginAccount::Label(label),
            None => LoginAccount::Id(row.id(5)?),
        },
    })
}

pub(super) fn take(
    c: &Connection,
    caller: &Caller,
    state_hash: &str,
    binding_hash: &str,
    now: DateTime<Utc>,
) -> Result<LoginState, Fault> {
    check::login_hashes(state_hash, binding_hash)?;
    let mut statement = c.prepare_cached(
        "DELETE FROM login_states WHERE owner = ?1 AND state_hash = ?2 AND binding_hash = ?3 AND expires_at > ?4
         RETURNING state_hash, binding_hash, key_id, sealed, facts, account_id, label",
    )?;
    let mut rows = statement.query(params![caller.owner(), state_hash, binding_hash, time(now)])?;
    if let Some(row) = rows.next()? {
        return record(row);
    }
    let known: Option<bool> = c
        .query_row(
            "SELECT binding_hash = ?3 FROM login_states WHERE owner = ?1 AND state_hash = ?2",
            params![caller.owner(), state_hash, binding_hash],
            |row| row.get(0),
        )
        .optional()?;
    Err(match known {
        None => auth("login.unknown_state", "this login was not begun here, or it is finished already"),
        Some(false) => auth("login.other_browser", "this login was begun in another browser"),
        Some(true) => auth("login.expired", "this login was not finished in time"),
    })
}

/// The logins for an account, by its id or by the label that it has.
pub(super) fn erase(c: &Connection, caller: &Caller, account: Id) -> Result<(), Fault> {
    c.execute(
        "DELETE FROM login_states WHERE owner = ?1
             AND (account_id = ?2 OR label = (SELECT label FROM accounts WHERE id = ?2))",
        params![caller.owner(), account.to_string()],
    )?;
    Ok(())
}
