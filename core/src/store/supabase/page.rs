//! A page of an import, as `import_page` of the schema takes it.

use std::ops::Range;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::text;
use crate::error::Result;
use crate::records::{ContextTweet, Entities, Id, Media, Tweet, TweetKind, TweetSource};
use crate::store::ImportPage;
use crate::store::merge::content_hash;
use crate::store::prepare::{Place, once_each, places};
use crate::text::search_terms;

/// PostgreSQL's integers are signed: what is larger than they can be is kept as the largest.
pub(super) const LARGEST: u64 = i64::MAX as u64;

/// A page made ready: each tweet once, with its hash and its place in a thread.
pub(super) struct Ready {
    page: ImportPage,
    /// One for each of the page's tweets.
    facts: Vec<Facts>,
}

/// What is worked out of a tweet, beside it: tweets are large, and not moved.
struct Facts {
    hash: String,
    place: Option<Place>,
    /// Whether it is sent: not where the store has it as it is.
    sent: bool,
}

impl Ready {
    pub(super) fn new(mut page: ImportPage) -> Self {
        page.tweets = once_each(std::mem::take(&mut page.tweets));
        let places = places(&page.tweets).into_iter();
        let ready = |(tweet, place)| Facts {
            hash: format!("{:032x}", u128::from_be_bytes(content_hash(tweet))),
            place,
            sent: true,
        };
        let facts = page.tweets.iter().zip(places).map(ready).collect();
        Self { page, facts }
    }

    pub(super) fn ids(&self) -> Vec<&str> {
        self.page.tweets.iter().map(|tweet| tweet.id.as_str()).collect()
    }

    pub(super) fn hashes(&self) -> Vec<&str> {
        self.facts.iter().map(|facts| facts.hash.as_str()).collect()
    }

    /// Leaves out what did not change: all but the tweets at these places, counted from 1.
    pub(super) fn keep(&mut self, changed: &[usize]) {
        let mut changed = changed.iter().copied().peekable();
        for (at, facts) in (1..).zip(&mut self.facts) {
            facts.sent = changed.next_if_eq(&at).is_some();
        }
    }

    /// How many tweets are sent.
    pub(super) fn sent(&self) -> usize {
        self.facts.iter().filter(|facts| facts.sent).count()
    }

    /// The argument `page` with these of the tweets that are sent: as JSON, not as text that holds JSON, which would be escaped
    /// and read once more. What is not a tweet goes with the last of them, so that it is counted once.
    pub(super) fn json(&self, part: Range<usize>, checkpoint: Option<&Value>) -> Result<Box<RawValue>> {
        let sent = self.sent();
        let page = &self.page;
        let last = (part.end == sent).then_some(page);
        text::raw(&Page {
            tweets: Tweets { ready: self, part },
            context: last.iter().flat_map(|page| &page.context).map(Context::new).collect(),
            unchanged: last.map_or(0, |_| self.facts.len() - sent),
            malformed: Exact(last.map_or(0, |page| page.malformed.min(LARGEST))),
            checkpoint: checkpoint.map(text::json).transpose()?,
            lease_ms: Exact(millis(page.lease).unsigned_abs()),
            observed_at: page.observed_at,
            cost_micros: Exact(last.map_or(0, |page| page.cost_micros)),
            reservation: last.and_then(|page| page.reservation),
            watermark: last.and_then(|page| page.watermark.as_deref()),
        })
    }
}

/// A length of time in milliseconds, as long as they can be.
pub(super) fn millis(time: std::time::Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// A number that stays exact where something on the way reads JSON into the numbers of JavaScript: as text, if it would not.
struct Exact(u64);

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 <= 1 << 53 { serializer.serialize_u64(self.0) } else { serializer.collect_str(&self.0) }
    }
}

#[derive(Serialize)]
struct Page<'a> {
    tweets: Tweets<'a>,
    context: Vec<Context<'a>>,
    unchanged: usize,
    malformed: Exact,
    checkpoint: Option<String>,
    lease_ms: Exact,
    observed_at: Option<DateTime<Utc>>,
    cost_micros: Exact,
    reservation: Option<Id>,
    watermark: Option<&'a str>,
}

#[derive(Serialize)]
struct Context<'a> {
    id: &'a str,
    author_id: Option<&'a str>,
    author_username: Option<&'a str>,
    created_at: Option<DateTime<Utc>>,
    full_text: &'a str,
}

impl<'a> Context<'a> {
    fn new(tweet: &'a ContextTweet) -> Self {
        let author = tweet.author.as_ref();
        Self {
            id: &tweet.id,
            author_id: author.map(|author| author.id.as_str()),
            author_username: author.and_then(|author| author.username.as_deref()),
            created_at: tweet.created_at,
            full_text: &tweet.full_text,
        }
    }
}

struct Tweets<'a> {
    ready: &'a Ready,
    part: Range<usize>,
}

impl Serialize for Tweets<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        let Self { ready, part } = self;
        let sent = ready.page.tweets.iter().zip(&ready.facts).filter(|(_, facts)| facts.sent);
        for (tweet, facts) in sent.skip(part.start).take(part.len()) {
            list.serialize_element(&PageTweet::new(tweet, facts))?;
        }
        list.end()
    }
}

/// A tweet in the columns of the table; what is not there is left out.
#[derive(Serialize)]
struct PageTweet<'a> {
    id: &'a str,
    hash: &'a str,
    created_at: DateTime<Utc>,
    kind: TweetKind,
    source: TweetSource,
    full_text: &'a str,
    search_terms: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    lang: Option<&'a str>,
    #[serde(skip_serializing_if = "is_false")]
    is_note: bool,
    #[serde(skip_serializing_if = "is_false")]
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_position: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_reply_to_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_reply_to_user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quoted_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retweeted_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    likes: Option<Exact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retweets: Option<Exact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replies: Option<Exact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quotes: Option<Exact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bookmarks: Option<Exact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    impressions: Option<Exact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "is_false")]
    excluded: bool,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    labels: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    edit_history: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    entities: Option<&'a Entities>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    media: &'a [Media],
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_false(value: &bool) -> bool {
    !value
}

impl<'a> PageTweet<'a> {
    fn new(tweet: &'a Tweet, facts: &'a Facts) -> Self {
        let Facts { hash, place, .. } = facts;
        let counts = &tweet.counts;
        let count = |count: Option<u64>| count.map(|count| Exact(count.min(LARGEST)));
        Self {
            id: &tweet.id,
            hash,
            created_at: tweet.created_at,
            kind: tweet.kind,
            source: tweet.source,
            full_text: &tweet.full_text,
            search_terms: search_terms(&tweet.full_text),
            lang: tweet.lang.as_deref(),
            is_note: tweet.is_note,
            is_truncated: tweet.is_truncated,
            thread_id: place.as_ref().map(|place| place.thread_id.as_str()),
            thread_position: place.as_ref().map(|place| place.position),
            in_reply_to_id: tweet.in_reply_to_id.as_deref(),
            in_reply_to_user_id: tweet.in_reply_to_user_id.as_deref(),
            quoted_id: tweet.quoted_id.as_deref(),
            retweeted_id: tweet.retweeted_id.as_deref(),
            conversation_id: tweet.conversation_id.as_deref(),
            likes: count(counts.likes),
            retweets: count(counts.retweets),
            replies: count(counts.replies),
            quotes: count(counts.quotes),
            bookmarks: count(counts.bookmarks),
            impressions: count(counts.impressions),
            client: tweet.client.as_deref(),
            deleted_at: tweet.deleted_at,
            excluded: tweet.excluded,
            labels: &tweet.labels,
            edit_history: &tweet.edit_history,
            entities: (tweet.entities != Entities::default()).then_some(&tweet.entities),
            media: &tweet.media,
        }
    }
}
