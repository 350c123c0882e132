use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use memchr::memchr;

use super::notes::Notes;
use super::scan::{Parsed, parse_with};
use super::wire::{Shown, WirePlain, WireTweet, Wrapped};
use crate::records::{Entities, Media, Tweet, TweetCounts, TweetKind, TweetSource, UrlEntity, time_of_id};
use crate::text::cleanup::{
    Link, expand_links, replace_nul, retweeted_handle, status_id, strip_trailing_links, unescape_html,
};

/// A tweet as it came out of a file, with what only the reader needs.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) tweet: Tweet,
    /// The text with its escapes undone and its links expanded, but nothing cut: what a long post is compared with.
    pub(crate) uncut: Option<String>,
    /// A NUL was replaced, or entities in no known shape were left out.
    pub(crate) repaired: bool,
}

/// A tweet, or why the entry is none.
pub(crate) type Outcome = Result<Box<Read>, &'static str>;

/// What the normaliser has to know beside the entry.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Around<'a> {
    /// The long posts: a tweet made within a second of one of them keeps its uncut text.
    pub(crate) notes: Option<&'a Notes>,
}

/// Parses one entry of any era, wrapped in `{"tweet": …}` or not.
pub(crate) fn parse_tweet(text: &str, around: Around<'_>) -> Parsed<Outcome> {
    let full = if is_wrapped(text.as_bytes()) {
        parse_with(text, |wire: &mut Wrapped<WireTweet<'_>>| normalise(&mut wire.tweet, around))
    } else {
        parse_with(text, |wire: &mut WireTweet<'_>| normalise(wire, around))
    };
    match full {
        Ok((Err(reason), length)) => {
            // The wrapper may stand behind another key.
            match parse_with(text, |wire: &mut Wrapped<WireTweet<'_>>| normalise(&mut wire.tweet, around)) {
                Ok((Ok(read), length)) => Ok((Ok(read), length)),
                _ => Ok((Err(reason), length)),
            }
        }
        Err(error) if error.is_data() => {
            // Some part is in no known shape: the words are worth more than the links.
            let repaired = |plain: &mut WirePlain<'_>| {
                normalise(&mut std::mem::take(plain).into(), around)
                    .map(|read| Box::new(Read { repaired: true, ..*read }))
            };
            let plain = if is_wrapped(text.as_bytes()) {
                parse_with(text, |wire: &mut Wrapped<WirePlain<'_>>| repaired(&mut wire.tweet))
            } else {
                parse_with(text, repaired)
            };
            plain.map_err(|_| error)
        }
        full => full,
    }
}

fn is_wrapped(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(1..).unwrap_or_default().iter().enumerate().skip_while(|(_, b)| b.is_ascii_whitespace());
    rest.next().is_some_and(|(at, _)| bytes.get(at + 1..).unwrap_or_default().starts_with(b"\"tweet\""))
}

fn normalise(wire: &mut WireTweet<'_>, around: Around<'_>) -> Outcome {
    let id = wire.id_str.id().or_else(|| wire.id.id()).ok_or("it has no id")?.to_owned();
    let created_at = wire.created_at.text().and_then(parse_time).or_else(|| time_of_id(&id)).ok_or("it has no date")?;
    let raw = wire.full_text.0.take().or(wire.text.0.take()).ok_or("it has no text")?;
    let (raw, nuls) = replace_nul(raw);

    let entities = wire.entities.take().unwrap_or_default();
    let mut shown = wire.extended_entities.take().map(|more| more.media.0).unwrap_or_default();
    if shown.is_empty() {
        shown = entities.media.0;
    }
    let entities = Entities {
        urls: entities.urls.0,
        mentions: entities.user_mentions.0,
        hashtags: entities.hashtags.0,
        cashtags: entities.symbols.0,
    };
    let quoted = entities.urls.iter().rev().find_map(|url| Some((url, status_id(&url.expanded_url)?)));
    let escaped = unescape_html(&raw);
    let retweet = retweeted_handle(&escaped).is_some();
    let stripped = strip(&escaped, &shown, quoted.map(|(url, _)| url.url.as_str()), retweet);
    let text = expand(stripped, &entities, &shown);

    let (mut full_text, mut is_truncated, mut retweeted_id) = (text.into_owned(), false, None);
    if retweet {
        is_truncated = full_text.ends_with('…');
        if let Some(original) = wire.retweeted_status.take() {
            retweeted_id = original.id_str.id().or_else(|| original.id.id()).map(str::to_owned);
            let whole = original.full_text.filled().or_else(|| original.text.filled());
            let handle = original.user.as_ref().and_then(|user| user.screen_name.filled());
            if let (Some(whole), Some(handle), true) = (whole, handle, is_truncated) {
                let (whole, _) = replace_nul(unescape_html(whole));
                full_text = format!("RT @{handle}: {whole}");
                is_truncated = whole.ends_with('…');
            }
        }
    }
    let in_reply_to_id = wire.in_reply_to_status_id_str.id().or_else(|| wire.in_reply_to_status_id.id());
    let in_reply_to_user_id = wire.in_reply_to_user_id_str.id().or_else(|| wire.in_reply_to_user_id.id());
    let quoted_id = quoted.map(|(_, id)| id.to_owned()).filter(|quoted| !retweet && *quoted != id);
    // Before replies were linked, an answer was a tweet to a user alone: "@handle …" with a user's id.
    let kind = if retweet {
        TweetKind::Retweet
    } else if in_reply_to_id.is_some() || in_reply_to_user_id.is_some() {
        TweetKind::Reply
    } else if quoted_id.is_some() {
        TweetKind::Quote
    } else {
        TweetKind::Original
    };
    let near_note = !retweet && around.notes.is_some_and(|notes| notes.near(created_at.timestamp()));
    let uncut = near_note.then(|| expand(&escaped, &entities, &[]).into_owned());
    let edits = wire.edit_info.take().unwrap_or_default();
    let edit_ids = edits.initial.or_else(|| edits.edit.and_then(|edit| edit.initial));
    let edit_history = edit_ids.map(|edit| edit.ids.into_history()).unwrap_or_default();
    let tweet = Tweet {
        full_text,
        created_at,
        lang: wire.lang.filled().map(str::to_owned),
        kind,
        is_truncated,
        in_reply_to_id: in_reply_to_id.map(str::to_owned),
        in_reply_to_user_id: in_reply_to_user_id.map(str::to_owned),
        quoted_id,
        retweeted_id,
        counts: TweetCounts {
            likes: wire.favorite_count.number(),
            retweets: wire.retweet_count.number(),
            ..TweetCounts::default()
        },
        entities,
        media: shown.into_iter().map(|shown| shown.media).collect::<Vec<Media>>(),
        source: TweetSource::Archive,
        client: wire.source.0.take(),
        edit_history,
        deleted_at: wire.deleted_at.text().and_then(parse_time),
        id,
        ..Tweet::default()
    };
    Ok(Box::new(Read { tweet, uncut, repaired: nuls > 0 }))
}

/// Takes off what Twitter put at the end: the addresses of media and of the quoted tweet.
fn strip<'t>(text: &'t str, shown: &[Shown], quoted: Option<&str>, retweet: bool) -> &'t str {
    match (shown, quoted) {
        ([], None) => text,
        ([], Some(quoted)) if !retweet => strip_trailing_links(text, &[quoted]),
        ([one], None) => strip_trailing_links(text, &[one.link.as_str()]),
        _ => {
            let mut links: Vec<&str> = shown.iter().map(|shown| shown.link.as_str()).collect();
            links.extend(quoted.filter(|_| !retweet));
            links.sort_unstable();
            links.dedup();
            strip_trailing_links(text, &links)
        }
    }
}

/// Replaces the links that are left by where they lead.
fn expand<'t>(text: &'t str, entities: &Entities, shown: &[Shown]) -> Cow<'t, str> {
    let is_link = |url: &&UrlEntity| !shown.iter().any(|shown| shown.link == url.url);
    match entities.urls.as_slice() {
        [] => Cow::Borrowed(text),
        [url] => match Some(url).filter(is_link) {
            Some(url) => expand_links(text, &[Link { url: &url.url, expanded: &url.expanded_url }]),
            None => Cow::Borrowed(text),
        },
        urls => {
            let links: Vec<Link<'_>> =
                urls.iter().filter(is_link).map(|url| Link { url: &url.url, expanded: &url.expanded_url }).collect();
            expand_links(text, &links)
        }
    }
}

/// The name of the program, out of `<a href="…">Twitter Web App</a>`.
pub(crate) fn client_name(source: &str) -> Option<String> {
    let bytes = source.as_bytes();
    let name = match memchr(b'>', bytes) {
        Some(open) if source.starts_with('<') => {
            let rest = source.get(open + 1..).unwrap_or_default();
            rest.get(..memchr(b'<', rest.as_bytes()).unwrap_or(rest.len())).unwrap_or_default()
        }
        _ => source,
    };
    (!name.is_empty()).then(|| unescape_html(name).into_owned())
}

/// A time in any of the three forms of the archive: `Sat Feb 18 12:33:11 +0000 2023`, ISO 8601, and
/// `2013-01-01 12:00:00 +0000`.
pub(crate) fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    classic_time(text.as_bytes())
        .or_else(|| DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc()))
        .or_else(|| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S %z").ok().map(|time| time.to_utc()))
        .or_else(|| DateTime::parse_from_str(text, "%a %b %d %H:%M:%S %z %Y").ok().map(|time| time.to_utc()))
        .or_else(|| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok().map(|time| time.and_utc()))
        .filter(is_plausible)
}

/// Whether a time lies in the years 1 to 9999: the stores keep four digits. In milliseconds, which count a leap second into
/// the next year.
pub(crate) fn is_plausible(time: &DateTime<Utc>) -> bool {
    (-62_135_596_800_000..253_402_300_800_000).contains(&time.timestamp_millis())
}

/// The form of nearly every tweet, without the general parser: `Sat Feb 18 12:33:11 +0000 2023`.
fn classic_time(text: &[u8]) -> Option<DateTime<Utc>> {
    const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    if text.len() != 30 || text.get(19..26) != Some(b" +0000 ") {
        return None;
    }
    let number = |from: usize, to: usize| {
        text.get(from..to)?.iter().try_fold(0u32, |value, digit| Some(value * 10 + char::from(*digit).to_digit(10)?))
    };
    let month = MONTHS.chunks_exact(3).position(|month| text.get(4..7) == Some(month))? + 1;
    let separators = [(3, b' '), (7, b' '), (10, b' '), (13, b':'), (16, b':')];
    if separators.iter().any(|(at, byte)| text.get(*at) != Some(byte)) {
        return None;
    }
    let year = i32::try_from(number(26, 30)?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, number(8, 10)?)?;
    Some(date.and_hms_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?)?.and_utc())
}
