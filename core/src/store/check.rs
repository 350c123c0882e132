//! What every store refuses before it touches a row, and the cursors of its pages.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, Utc};
use serde_json::Value;

use super::{ImportPage, LoginAccount, LoginState, NewOutbox, PageRequest, TweetMarks};
use crate::error::{Error, ErrorKind, Result};
use crate::records::{Draft, RateWindowRecord, is_valid_id};

pub(super) const MAX_IDS: usize = 1_000;
pub(super) const MAX_PAGE_TWEETS: usize = 5_000;

fn invalid(code: &'static str, detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidInput, code, detail)
}

/// A name of 1 to `max` bytes without control characters.
pub(super) fn name(what: &str, name: &str, max: usize) -> Result<()> {
    if name.is_empty() || name.len() > max || name.chars().any(char::is_control) {
        return Err(invalid(
            "store.bad_name",
            format!("the {what} must have 1 to {max} bytes and no control character"),
        ));
    }
    Ok(())
}

pub(super) fn ids(ids: &[String]) -> Result<()> {
    if ids.len() > MAX_IDS {
        return Err(invalid("store.too_many_ids", format!("{} ids were given", ids.len()))
            .with_remedy("Give at most 1,000 ids at a time."));
    }
    Ok(())
}

pub(super) fn tweet_id(id: &str) -> Result<()> {
    if is_valid_id(id) {
        return Ok(());
    }
    let start: String = id.chars().take(30).collect();
    Err(invalid("store.bad_tweet_id", format!("'{start}' is not the id of a tweet: 1 to 19 digits, the first not 0")))
}

/// The stores keep four digits of the year.
pub(super) fn time(at: DateTime<Utc>) -> Result<()> {
    if (0..=9999).contains(&at.year()) {
        return Ok(());
    }
    Err(invalid("store.bad_time", "a time is outside of the years 0 to 9999"))
}

pub(super) fn import_page(page: &ImportPage) -> Result<()> {
    if page.tweets.len() > MAX_PAGE_TWEETS || page.context.len() > MAX_PAGE_TWEETS {
        return Err(invalid("store.page_too_long", "a page holds at most 5,000 tweets"));
    }
    for tweet in &page.tweets {
        tweet_id(&tweet.id)?;
        time(tweet.created_at)?;
        tweet.deleted_at.map_or(Ok(()), time)?;
        labels(&tweet.labels)?;
    }
    for tweet in &page.context {
        tweet_id(&tweet.id)?;
        tweet.created_at.map_or(Ok(()), time)?;
    }
    page.watermark.as_deref().map_or(Ok(()), tweet_id)
}

pub(super) fn labels(labels: &[String]) -> Result<()> {
    if labels.len() > 100 {
        return Err(invalid("store.too_many_labels", "a tweet takes at most 100 labels"));
    }
    labels.iter().try_for_each(|label| name("label", label, 100))
}

pub(super) fn marks(marks: &TweetMarks) -> Result<()> {
    labels(&marks.add_labels)?;
    labels(&marks.remove_labels)
}

/// The most items that a page may have.
pub(super) const LONGEST_PAGE: u32 = 1_000;

pub(super) fn page(page: &PageRequest) -> Result<()> {
    if (1..=LONGEST_PAGE).contains(&page.limit) {
        return Ok(());
    }
    Err(invalid("store.bad_page", format!("a page of {} items was asked for", page.limit))
        .with_remedy("Ask for 1 to 1,000 items."))
}

pub(super) fn drafts(drafts: &[Draft], account: crate::records::Id, generation: crate::records::Id) -> Result<()> {
    if drafts.len() > 1_000 {
        return Err(invalid("store.too_many_drafts", "a generation keeps at most 1,000 drafts"));
    }
    for draft in drafts {
        if draft.account_id != account || draft.generation_id != generation {
            return Err(invalid("store.other_generation", "a draft belongs to another generation or account"));
        }
        let s = &draft.scores;
        if [s.style, s.topic, s.diversity, s.copied, s.total].iter().any(|score| !score.is_finite()) {
            return Err(invalid("store.bad_score", "a score is not a finite number"));
        }
    }
    Ok(())
}

pub(super) fn facts(facts: &Value) -> Result<()> {
    if facts.to_string().len() > 8 * 1024 {
        return Err(invalid("store.facts_too_long", "the facts have more than 8 KiB"));
    }
    Ok(())
}

/// The parts of a cursor, as text that says nothing to whoever holds it.
pub(super) fn cursor(parts: &[&str]) -> String {
    URL_SAFE_NO_PAD.encode(parts.join("\n"))
}

/// The parts of a cursor that [`cursor`] made with the same first part.
pub(super) fn open_cursor<const N: usize>(kind: &str, cursor: &str) -> Result<[String; N]> {
    let parts = (|| {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let rest = text.strip_prefix(kind)?.strip_prefix('\n')?;
        <[String; N]>::try_from(rest.split('\n').map(ToOwned::to_owned).collect::<Vec<_>>()).ok()
    })();
    parts.ok_or_else(|| {
        invalid("store.bad_cursor", "the cursor is not from a page of this list")
            .with_remedy("Give the `next` of the page before, with the same order, or none for the first page.")
    })
}

pub(super) fn user(user: &crate::records::TwitterUser) -> Result<()> {
    tweet_id(&user.id).map_err(|_| invalid("store.bad_user_id", "the id of a Twitter user is 1 to 19 digits"))?;
    user.created_at.map_or(Ok(()), time)
}

/// 32 bytes in lower-case hexadecimal: a raw secret that is passed for its hash is refused, and is not shown.
fn hash(what: &str, hash: &str) -> Result<()> {
    if hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return Ok(());
    }
    Err(invalid("store.bad_hash", format!("the {what} is not a SHA-256 in 64 hexadecimal digits")))
}

pub(super) fn login_hashes(state_hash: &str, binding_hash: &str) -> Result<()> {
    hash("hash of the state", state_hash)?;
    hash("hash of the binding", binding_hash)
}

pub(super) fn login_state(state: &LoginState) -> Result<()> {
    login_hashes(&state.state_hash, &state.binding_hash)?;
    if let LoginAccount::Label(label) = &state.account {
        name("label of the account", label, 200)?;
    }
    facts(&state.facts)
}

pub(super) fn windows(windows: &[RateWindowRecord]) -> Result<()> {
    if windows.len() > 200 {
        return Err(invalid("store.too_many_windows", "at most 200 rate windows are kept at a time"));
    }
    for window in windows {
        name("endpoint of the rate window", &window.endpoint, 200)?;
        time(window.resets_at)?;
        time(window.seen_at)?;
    }
    Ok(())
}

pub(super) fn outbox(entry: &NewOutbox) -> Result<()> {
    hash("hash of the content", &entry.content_hash)?;
    let size: usize = entry.payload.iter().map(|tweet| tweet.to_string().len()).sum();
    if !(1..=100).contains(&entry.payload.len()) || size > 1 << 20 {
        return Err(invalid("store.bad_thread", "a thread has 1 to 100 tweets with at most 1 MiB in all"));
    }
    Ok(())
}
