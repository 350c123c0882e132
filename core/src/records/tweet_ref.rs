//! A tweet whose texts stand elsewhere.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::lazy::Lazy;
use super::tweet::{Entities, Media, Tweet, TweetCounts, TweetKind, TweetSource};

/// A [`Tweet`] that borrows: from a [`TweetList`](super::TweetList), from a row of a store, or from a [`Tweet`]. It has the same
/// fields and the same JSON; `entities` and `media` may still stand as JSON, and `get()` reads them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[allow(missing_docs, reason = "each is the field of that name of `Tweet`")]
pub struct TweetRef<'a> {
    pub id: &'a str,
    pub full_text: &'a str,
    pub created_at: DateTime<Utc>,
    pub lang: Option<&'a str>,
    pub kind: TweetKind,
    pub is_note: bool,
    pub is_truncated: bool,
    pub thread_id: Option<&'a str>,
    pub thread_position: Option<u32>,
    pub in_reply_to_id: Option<&'a str>,
    pub in_reply_to_user_id: Option<&'a str>,
    pub quoted_id: Option<&'a str>,
    pub retweeted_id: Option<&'a str>,
    pub conversation_id: Option<&'a str>,
    pub counts: TweetCounts,
    pub entities: Lazy<'a, Entities>,
    pub media: Lazy<'a, [Media]>,
    pub source: TweetSource,
    pub client: Option<&'a str>,
    pub edit_history: Cow<'a, [String]>,
    pub deleted_at: Option<DateTime<Utc>>,
    pub excluded: bool,
    pub labels: Cow<'a, [String]>,
}

impl<'a> From<&'a Tweet> for TweetRef<'a> {
    fn from(tweet: &'a Tweet) -> Self {
        Self {
            id: &tweet.id,
            full_text: &tweet.full_text,
            created_at: tweet.created_at,
            lang: tweet.lang.as_deref(),
            kind: tweet.kind,
            is_note: tweet.is_note,
            is_truncated: tweet.is_truncated,
            thread_id: tweet.thread_id.as_deref(),
            thread_position: tweet.thread_position,
            in_reply_to_id: tweet.in_reply_to_id.as_deref(),
            in_reply_to_user_id: tweet.in_reply_to_user_id.as_deref(),
            quoted_id: tweet.quoted_id.as_deref(),
            retweeted_id: tweet.retweeted_id.as_deref(),
            conversation_id: tweet.conversation_id.as_deref(),
            counts: tweet.counts,
            entities: Lazy::from(&tweet.entities),
            media: Lazy::from(tweet.media.as_slice()),
            source: tweet.source,
            client: tweet.client.as_deref(),
            edit_history: Cow::Borrowed(&tweet.edit_history),
            deleted_at: tweet.deleted_at,
            excluded: tweet.excluded,
            labels: Cow::Borrowed(&tweet.labels),
        }
    }
}

impl From<TweetRef<'_>> for Tweet {
    fn from(tweet: TweetRef<'_>) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Self {
            id: tweet.id.to_owned(),
            full_text: tweet.full_text.to_owned(),
            created_at: tweet.created_at,
            lang: owned(tweet.lang),
            kind: tweet.kind,
            is_note: tweet.is_note,
            is_truncated: tweet.is_truncated,
            thread_id: owned(tweet.thread_id),
            thread_position: tweet.thread_position,
            in_reply_to_id: owned(tweet.in_reply_to_id),
            in_reply_to_user_id: owned(tweet.in_reply_to_user_id),
            quoted_id: owned(tweet.quoted_id),
            retweeted_id: owned(tweet.retweeted_id),
            conversation_id: owned(tweet.conversation_id),
            counts: tweet.counts,
            entities: tweet.entities.into_inner().into_owned(),
            media: tweet.media.into_inner().into_owned(),
            source: tweet.source,
            client: owned(tweet.client),
            edit_history: tweet.edit_history.into_owned(),
            deleted_at: tweet.deleted_at,
            excluded: tweet.excluded,
            labels: tweet.labels.into_owned(),
        }
    }
}
