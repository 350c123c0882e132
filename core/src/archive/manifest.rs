//! What an archive says of itself: whose it is, when it was made, which files it has and how many entries each.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::files::{FileKind, clean_path, kind_of};
use super::limits::Limits;
use super::normalise::parse_time;
use super::part::{Fault, Part};
use super::scan::{Parsed, Scanner, Step, parse_with};
use super::source::{Entry, Source};
use crate::error::Result;
use crate::records::{TwitterUser, is_valid_id};

/// What is known of the archive beside its tweets.
#[derive(Clone, Debug, Default)]
pub(crate) struct About {
    pub(crate) account: Option<TwitterUser>,
    pub(crate) generated_at: Option<DateTime<Utc>>,
    pub(crate) is_partial: bool,
    /// The number of entries that each file should have.
    pub(crate) counts: BTreeMap<String, Option<u64>>,
    /// The number of entries that all files of a kind should have, where it is not known of each.
    pub(crate) totals: BTreeMap<FileKind, u64>,
    /// Files of tweets under names that this version does not know.
    pub(crate) unknown: Vec<String>,
    /// Where the numbers come from.
    pub(crate) counted_by: Option<&'static str>,
    /// What could not be read of all this, in sentences.
    pub(crate) problems: Vec<String>,
}

/// Files of one value are small; this is far more than any has.
const SMALL: u64 = 64 << 20;

/// The manifest's names of the kinds of entries that are imported.
const TWEET_TYPES: &[&str] = &["tweet", "tweets", "noteTweet", "communityTweet", "deletedTweet", "deletedTweets"];

pub(crate) fn read(source: &Source, entries: &[Entry], limits: &Limits) -> Result<About> {
    let mut about = About::default();
    let find = |kind: FileKind| entries.iter().find(|entry| entry.kind == kind);
    if let Some(entry) = find(FileKind::Manifest) {
        match first::<Value>(source, entry, limits)? {
            Ok(manifest) if manifest.get("dataTypes").is_some_and(Value::is_object) => about.manifest(&manifest),
            Ok(_) => {
                about.problems.push("data/manifest.js lists no files, so that no number could be verified".to_owned())
            }
            Err(why) => {
                about
                    .problems
                    .push(format!("data/manifest.js cannot be read ({why}), so that no number could be verified"));
            }
        }
    }
    about.account = account(source, entries, limits, about.account.take())?;
    if about.counted_by.is_none() && find(FileKind::GrailbirdIndex).is_some() {
        about.months(source, entries, limits)?;
    }
    if about.counted_by.is_none() {
        for (headers, tweets) in
            [(FileKind::TweetHeaders, FileKind::Tweets), (FileKind::DeletedHeaders, FileKind::DeletedTweets)]
        {
            let files: Vec<&Entry> = entries.iter().filter(|entry| entry.kind == headers).collect();
            if let (Some(count), false) = (count(source, &files, limits)?, files.is_empty()) {
                about.totals.insert(tweets, count);
                about.counted_by = Some("tweet-headers.js");
            }
        }
    }
    Ok(about)
}

impl About {
    fn manifest(&mut self, manifest: &Value) {
        let text = |pointer: &str| manifest.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
        if let Some(id) = text("/userInfo/accountId").filter(|id| is_valid_id(id)) {
            self.account = Some(TwitterUser {
                id: id.to_owned(),
                username: text("/userInfo/userName").unwrap_or_default().to_owned(),
                name: text("/userInfo/displayName").map(str::to_owned),
                ..TwitterUser::default()
            });
        }
        self.generated_at = text("/archiveInfo/generationDate").and_then(parse_time);
        self.is_partial = match manifest.pointer("/archiveInfo/isPartialArchive") {
            Some(Value::Bool(partial)) => *partial,
            Some(Value::String(partial)) => partial == "true",
            _ => false,
        };
        let types = manifest.get("dataTypes").and_then(Value::as_object);
        for (name, data) in types.into_iter().flatten() {
            for file in data.get("files").and_then(Value::as_array).into_iter().flatten() {
                let Some(path) = file.get("fileName").and_then(Value::as_str) else { continue };
                let count = match file.get("count") {
                    Some(Value::String(count)) => count.parse().ok(),
                    Some(count) => count.as_u64(),
                    None => None,
                };
                let kind = clean_path(path).ok().and_then(|path| kind_of(&path));
                match kind {
                    Some(kind) if kind.is_tweets() || kind == FileKind::Notes || kind == FileKind::CircleTweets => {
                        self.counts.insert(path.to_owned(), count);
                    }
                    None if TWEET_TYPES.contains(&name.as_str()) && count != Some(0) && self.unknown.len() < 20 => {
                        self.unknown.push(path.to_owned());
                    }
                    _ => {}
                }
            }
        }
        self.counted_by = Some("data/manifest.js");
    }

    fn months(&mut self, source: &Source, entries: &[Entry], limits: &Limits) -> Result<()> {
        #[derive(Deserialize)]
        struct Month {
            file_name: String,
            #[serde(default)]
            tweet_count: Option<u64>,
        }
        let Some(entry) = entries.iter().find(|entry| entry.kind == FileKind::GrailbirdIndex) else { return Ok(()) };
        let mut counts = BTreeMap::new();
        let read = each(
            source,
            entry,
            limits,
            |bytes| parse_with(bytes, |month: &mut Option<Month>| month.take()),
            |month| {
                let Some(month) = month else { return };
                if kind_of(&month.file_name) == Some(FileKind::GrailbirdMonth) {
                    counts.insert(month.file_name, month.tweet_count);
                }
            },
        )?;
        match read {
            Ok(()) => {
                self.counts = counts;
                self.counted_by = Some("data/js/tweet_index.js");
            }
            Err(why) => self.problems.push(format!("data/js/tweet_index.js cannot be read ({why})")),
        }
        Ok(())
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WireAccount {
    account_id: String,
    username: String,
    account_display_name: Option<String>,
    created_at: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WireProfile {
    avatar_media_url: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireDetails {
    screen_name: String,
    full_name: Option<String>,
    id: Value,
    created_at: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Held<T> {
    Account { account: T },
    Profile { profile: T },
    Bare(T),
}

impl<T> Held<T> {
    fn inner(self) -> T {
        match self {
            Self::Account { account: inner } | Self::Profile { profile: inner } | Self::Bare(inner) => inner,
        }
    }
}

/// Whose archive it is. The mail address and telephone number beside it are not even parsed.
fn account(
    source: &Source,
    entries: &[Entry],
    limits: &Limits,
    from_manifest: Option<TwitterUser>,
) -> Result<Option<TwitterUser>> {
    let find = |kind: FileKind| entries.iter().find(|entry| entry.kind == kind);
    let mut user = from_manifest;
    if let Some(entry) = find(FileKind::Account)
        && let Ok(held) = first::<Held<WireAccount>>(source, entry, limits)?
    {
        let account = held.inner();
        if is_valid_id(&account.account_id) {
            user = Some(TwitterUser {
                id: account.account_id,
                username: account.username,
                name: account.account_display_name,
                avatar_url: None,
                created_at: account.created_at.as_deref().and_then(parse_time),
            });
        }
    }
    if user.is_none()
        && let Some(entry) = find(FileKind::GrailbirdUser)
        && let Ok(details) = first::<WireDetails>(source, entry, limits)?
    {
        let id = details.id.as_str().map_or_else(|| details.id.to_string(), str::to_owned);
        if is_valid_id(&id) {
            user = Some(TwitterUser {
                id,
                username: details.screen_name,
                name: details.full_name,
                avatar_url: None,
                created_at: details.created_at.as_deref().and_then(parse_time),
            });
        }
    }
    if let (Some(user), Some(entry)) = (&mut user, find(FileKind::Profile))
        && let Ok(held) = first::<Held<WireProfile>>(source, entry, limits)?
    {
        user.avatar_url = held.inner().avatar_media_url.filter(|url| url.starts_with("http"));
    }
    Ok(user)
}

/// The first value of a small file. `Ok(Err(why))` where the file cannot be read.
fn first<T: DeserializeOwned>(source: &Source, entry: &Entry, limits: &Limits) -> Result<Result<T, String>> {
    let mut found = None;
    let read = each(
        source,
        entry,
        limits,
        |bytes| parse_with(bytes, |value: &mut Option<T>| value.take()),
        |value| {
            found = found.take().or(value);
        },
    )?;
    Ok(read.and_then(|()| found.ok_or_else(|| "nothing is in it".to_owned())))
}

/// Gives each value of a small file to a closure.
fn each<T>(
    source: &Source,
    entry: &Entry,
    limits: &Limits,
    mut parse: impl FnMut(&str) -> Parsed<T>,
    mut take: impl FnMut(T),
) -> Result<Result<(), String>> {
    if entry.size > SMALL {
        return Ok(Err("it is too large".to_owned()));
    }
    let part = match Part::open(source, entry, limits) {
        Ok(part) => part,
        Err(Fault::Stop(error)) => return Err(error),
        Err(Fault::Damaged(why)) => return Ok(Err(why)),
    };
    let mut scanner = Scanner::new(part, limits.object_bytes);
    loop {
        match scanner.next(&mut parse)? {
            Step::Item { item, .. } => take(item),
            Step::Malformed { reason, .. } => return Ok(Err(reason)),
            Step::End(None) => return Ok(Ok(())),
            Step::End(Some(why)) => return Ok(Err(why)),
        }
    }
}

/// How many entries files have, without keeping any. `None` where that cannot be told.
fn count(source: &Source, files: &[&Entry], limits: &Limits) -> Result<Option<u64>> {
    let mut count = 0;
    for entry in files {
        let part = match Part::open(source, entry, limits) {
            Ok(part) => part,
            Err(Fault::Stop(error)) => return Err(error),
            Err(Fault::Damaged(_)) => return Ok(None),
        };
        let mut scanner = Scanner::new(part, limits.object_bytes);
        loop {
            match scanner.next(|bytes| parse_with(bytes, |_: &mut serde::de::IgnoredAny| ()))? {
                Step::Item { .. } => count += 1,
                Step::Malformed { .. } | Step::End(Some(_)) => return Ok(None),
                Step::End(None) => break,
            }
        }
    }
    Ok(Some(count))
}

/// The ids of deleted tweets with the time of their deletion, from `deleted-tweet-headers.js`; at most 100,000.
pub(crate) fn deletions(
    source: &Source,
    entries: &[Entry],
    limits: &Limits,
) -> Result<BTreeMap<String, DateTime<Utc>>> {
    #[derive(Deserialize)]
    struct Header {
        tweet_id: String,
        deleted_at: String,
    }
    let mut found = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.kind == FileKind::DeletedHeaders) {
        // Whatever cannot be read here costs only the exact time.
        let _ = each(
            source,
            entry,
            limits,
            |bytes| {
                parse_with(bytes, |header: &mut super::wire::Wrapped<Header>| {
                    (std::mem::take(&mut header.tweet.tweet_id), std::mem::take(&mut header.tweet.deleted_at))
                })
            },
            |(id, at)| {
                if let Some(at) = parse_time(&at).filter(|_| found.len() < 100_000) {
                    found.insert(id, at);
                }
            },
        )?;
    }
    Ok(found)
}
