//! Links, people, hashtags and cashtags in a text, with their places.

use std::ops::Range;

use serde::Serialize;

use super::{tags, urls};

/// What an [`Entity`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EntityKind {
    /// A link, with or without `https://`.
    Url,
    /// A person, `@username`.
    Mention,
    /// A list, `@username/list`.
    List,
    /// A `#hashtag`.
    Hashtag,
    /// A `$CASHTAG`, the symbol of a stock.
    Cashtag,
}

/// Something in a text that X makes a link of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Entity<'a> {
    /// What it is.
    pub kind: EntityKind,
    /// A link as it stands in the text; a username, hashtag or cashtag without its sign; a list's owner.
    pub value: &'a str,
    /// For a list its name with the slash, such as `/rustaceans`.
    pub list: Option<&'a str>,
    /// Its place in bytes of the text, signs included: `&text[entity.bytes.clone()]` is the whole.
    pub bytes: Range<usize>,
    /// Its place in code points, as twitter-text's test suites count.
    pub chars: Range<usize>,
    /// Its place in UTF-16 units, as JavaScript and X's web client count.
    pub utf16: Range<usize>,
}

/// Everything in the text that X makes a link of, in order. Of two that overlap, the one that starts first stays.
///
/// Needs time in proportion to the length of the text, whatever stands in it.
///
/// ```
/// use ghostwren::text::{EntityKind, extract};
/// let found: Vec<_> = extract("@ann see example.com/a #rust $TSLA").iter().map(|e| (e.kind, e.value)).collect();
/// assert_eq!(found, [
///     (EntityKind::Mention, "ann"),
///     (EntityKind::Url, "example.com/a"),
///     (EntityKind::Hashtag, "rust"),
///     (EntityKind::Cashtag, "TSLA"),
/// ]);
/// ```
#[must_use]
pub fn extract(text: &str) -> Vec<Entity<'_>> {
    let mut all = raw_urls(text);
    all.extend(tags::hashtags(text).into_iter().map(|bytes| Raw::signed(text, EntityKind::Hashtag, bytes)));
    all.extend(raw_mentions(text));
    all.extend(raw_cashtags(text));
    all.sort_by_key(|raw| raw.bytes.start);
    without_overlaps(&mut all);
    placed(text, all)
}

/// The links in the text, in order.
///
/// ```
/// let links = ghostwren::text::extract_urls("from https://t.co/abc. or ghostwren.dev/docs");
/// assert_eq!(links.iter().map(|link| link.value).collect::<Vec<_>>(), ["https://t.co/abc", "ghostwren.dev/docs"]);
/// ```
#[must_use]
pub fn extract_urls(text: &str) -> Vec<Entity<'_>> {
    placed(text, raw_urls(text))
}

/// The people named in the text, in order, without lists.
#[must_use]
pub fn extract_mentions(text: &str) -> Vec<Entity<'_>> {
    placed(text, raw_mentions(text).filter(|raw| raw.kind == EntityKind::Mention).collect())
}

/// The people and lists named in the text, in order.
#[must_use]
pub fn extract_mentions_or_lists(text: &str) -> Vec<Entity<'_>> {
    placed(text, raw_mentions(text).collect())
}

/// The hashtags in the text, in order; those inside a link are none.
#[must_use]
pub fn extract_hashtags(text: &str) -> Vec<Entity<'_>> {
    let tags = tags::hashtags(text);
    if tags.is_empty() {
        return Vec::new();
    }
    let mut all = raw_urls(text);
    all.extend(tags.into_iter().map(|bytes| Raw::signed(text, EntityKind::Hashtag, bytes)));
    all.sort_by_key(|raw| raw.bytes.start);
    without_overlaps(&mut all);
    all.retain(|raw| raw.kind == EntityKind::Hashtag);
    placed(text, all)
}

/// The cashtags in the text, in order.
#[must_use]
pub fn extract_cashtags(text: &str) -> Vec<Entity<'_>> {
    placed(text, raw_cashtags(text).collect())
}

/// The username that a reply starts with, without `@`: spaces may stand before it, nothing else.
///
/// ```
/// use ghostwren::text::reply_to;
/// assert_eq!(reply_to(" @ann thanks!"), Some("ann"));
/// assert_eq!(reply_to(".@ann is right"), None);
/// ```
#[must_use]
pub fn reply_to(text: &str) -> Option<&str> {
    text.get(tags::reply(text)?)
}

/// Whether X finds a link in the text: a post with one costs 13 times a post without (<https://docs.x.com/changelog>).
#[must_use]
pub fn has_url(text: &str) -> bool {
    !urls::find(text).is_empty()
}

/// How many cashtags X finds in the text: a post through the API may have one (<https://docs.x.com/changelog>).
#[must_use]
pub fn cashtag_count(text: &str) -> usize {
    tags::cashtags(text).len()
}

/// An entity before its places are counted.
struct Raw<'a> {
    kind: EntityKind,
    value: &'a str,
    list: Option<&'a str>,
    bytes: Range<usize>,
}

impl<'a> Raw<'a> {
    fn signed(text: &'a str, kind: EntityKind, bytes: Range<usize>) -> Self {
        let mut value = text.get(bytes.clone()).unwrap_or_default().chars();
        value.next();
        Self { kind, value: value.as_str(), list: None, bytes }
    }
}

fn raw_urls(text: &str) -> Vec<Raw<'_>> {
    let raw = |bytes: Range<usize>| {
        let value = text.get(bytes.clone()).unwrap_or_default();
        Raw { kind: EntityKind::Url, value, list: None, bytes }
    };
    urls::find(text).into_iter().map(raw).collect()
}

fn raw_mentions(text: &str) -> impl Iterator<Item = Raw<'_>> {
    tags::mentions(text).into_iter().map(|named| {
        let list = text.get(named.name_end..named.whole.end).filter(|list| !list.is_empty());
        let kind = if list.is_some() { EntityKind::List } else { EntityKind::Mention };
        let value = text.get(named.name_start..named.name_end).unwrap_or_default();
        Raw { kind, value, list, bytes: named.whole }
    })
}

fn raw_cashtags(text: &str) -> impl Iterator<Item = Raw<'_>> {
    tags::cashtags(text).into_iter().map(|bytes| Raw::signed(text, EntityKind::Cashtag, bytes))
}

fn without_overlaps(sorted: &mut Vec<Raw<'_>>) {
    let mut end = 0;
    sorted.retain(|raw| {
        let apart = raw.bytes.start >= end;
        if apart {
            end = raw.bytes.end;
        }
        apart
    });
}

/// Counts the places of entities that are in order and apart, in one pass.
fn placed<'a>(text: &str, raws: Vec<Raw<'a>>) -> Vec<Entity<'a>> {
    let (mut byte, mut char, mut unit) = (0, 0, 0);
    let mut advance = |to: usize| {
        for c in text.get(byte..to).unwrap_or_default().chars() {
            char += 1;
            unit += c.len_utf16();
        }
        byte = to;
        (char, unit)
    };
    let place = |raw: Raw<'a>| {
        let (char_start, unit_start) = advance(raw.bytes.start);
        let (char_end, unit_end) = advance(raw.bytes.end);
        Entity {
            kind: raw.kind,
            value: raw.value,
            list: raw.list,
            bytes: raw.bytes,
            chars: char_start..char_end,
            utf16: unit_start..unit_end,
        }
    };
    raws.into_iter().map(place).collect()
}
