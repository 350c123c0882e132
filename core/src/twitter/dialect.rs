//! The two sets of names that X API v2 has: `tweet.*`, and `post.*` of its specification since 2.167 (August 2026). What
//! is read is read in both; this is the only file that knows the new names.
//!
//! X announced neither the change nor whether its servers take both (<https://docs.x.com/openapi.json>), so what is sent
//! is a choice, corrected by the answer that says that a parameter is unknown.

use std::sync::atomic::{AtomicU8, Ordering};

use serde::{Deserialize, Serialize};

use super::problem::{Problem, Problems};
use crate::tolerant::{Becomes, List, Says, Scalar, object};

/// Which names are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Dialect {
    /// The new names first, the old ones from the first answer on that says that the new ones are unknown.
    #[default]
    Auto,
    /// `tweet.fields` and its kin. Changes over, too, when the server says that it does not know them.
    Tweet,
    /// `post.fields` and its kin. Changes over, too.
    Post,
}

/// The names of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    Tweet,
    Post,
}

impl Names {
    pub(super) fn other(self) -> Self {
        match self {
            Self::Tweet => Self::Post,
            Self::Post => Self::Tweet,
        }
    }

    /// The query of a call that answers with tweets. With `context`, the tweets that they quote, answer or pass on come
    /// along, and the authors of these; X may bill them as further reads.
    pub(super) fn tweet_query(self, context: bool) -> Vec<(&'static str, &'static str)> {
        let (fields, expansions) = match (self, context) {
            (Self::Tweet, true) => (("tweet.fields", TWEET_FIELDS), TWEET_EXPANSIONS),
            (Self::Tweet, false) => (("tweet.fields", TWEET_FIELDS), "attachments.media_keys"),
            // Here the ids of authors and of other tweets come only with the expansion that brings these along.
            (Self::Post, _) => (("post.fields", POST_FIELDS), POST_EXPANSIONS),
        };
        vec![
            fields,
            ("expansions", expansions),
            ("user.fields", "id,name,username"),
            ("media.fields", "alt_text,media_key,preview_image_url,type,url,variants"),
        ]
    }

    /// Words that only this dialect has: an answer that calls one of them unknown wants the other.
    fn own_words(self) -> &'static [&'static str] {
        match self {
            Self::Tweet => &["tweet.fields", "note_tweet", "edit_history_tweet_ids", "referenced_tweets"],
            Self::Post => &["post.fields", "note_post", "edit_history_post_ids", "referenced_posts"],
        }
    }

    /// Whether a refusal says that the server does not know these names.
    pub(super) fn refused_by(self, problem: &Problem) -> bool {
        problem.errors.iter().chain([problem]).any(|error| {
            // `The query parameter [post.fields] is not one of [id,…,tweet.fields]`, or
            // `The `expansions` query parameter value [referenced_posts] is not one of […]`.
            let Some((refused, _)) = error.message().split_once("is not one of") else { return false };
            self.own_words().iter().any(|word| refused.contains(word))
        })
    }
}

const TWEET_FIELDS: &str = "attachments,author_id,conversation_id,created_at,edit_history_tweet_ids,\
                            entities,id,in_reply_to_user_id,lang,note_tweet,public_metrics,referenced_tweets,source,text";
const TWEET_EXPANSIONS: &str = "attachments.media_keys,author_id,referenced_tweets.id,referenced_tweets.id.author_id";
const POST_FIELDS: &str = "attachments,conversation_id,created_at,entities,id,lang,note_post,\
                           public_metrics,source,text";
const POST_EXPANSIONS: &str =
    "attachments.media_keys,author_id,edit_history_post_ids,in_reply_to_user_id,referenced_posts";

/// What is known of one server's names, shared by all clients of an app.
#[derive(Debug)]
pub(super) struct Verdict(AtomicU8);

impl Verdict {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self(AtomicU8::new(match dialect {
            Dialect::Tweet => 0,
            Dialect::Auto | Dialect::Post => 1,
        }))
    }

    pub(super) fn names(&self) -> Names {
        if self.0.load(Ordering::Relaxed) == 0 { Names::Tweet } else { Names::Post }
    }

    pub(super) fn settle(&self, names: Names) {
        self.0.store(u8::from(names == Names::Post), Ordering::Relaxed);
    }
}

object! {
    /// An answer with tweets: a page, a lookup, a search.
    struct WireTweets {
        data: List<WireTweet<'a>, WireTweet<'a>> = "data",
        includes: WireIncludes<'a> = "includes",
        meta: Option<WireMeta<'a>> = "meta",
        errors: Problems = "errors",
    }

    struct WireIncludes {
        tweets: List<WireTweet<'a>, WireTweet<'a>> = "tweets" | "posts",
        users: List<WireUser<'a>, WireUser<'a>> = "users",
        media: List<WireMedia<'a>, WireMedia<'a>> = "media",
    }

    struct WireMeta {
        next_token: Scalar<'a> = "next_token",
        newest_id: Scalar<'a> = "newest_id",
        oldest_id: Scalar<'a> = "oldest_id",
        result_count: Scalar<'a> = "result_count",
    }

    struct WireTweet {
        id: Scalar<'a> = "id",
        text: Scalar<'a> = "text",
        note: WireNote<'a> = "note_tweet" | "note_post",
        created_at: Scalar<'a> = "created_at",
        lang: Scalar<'a> = "lang",
        author_id: Scalar<'a> = "author_id",
        username: Scalar<'a> = "username",
        conversation_id: Scalar<'a> = "conversation_id",
        in_reply_to_user_id: Scalar<'a> = "in_reply_to_user_id",
        references: List<WireReference<'a>, WireReference<'a>> = "referenced_tweets" | "referenced_posts",
        edit_history: List<Scalar<'a>, String> = "edit_history_tweet_ids" | "edit_history_post_ids",
        attachments: WireAttachments<'a> = "attachments",
        entities: WireEntities<'a> = "entities",
        metrics: WireMetrics<'a> = "public_metrics",
        source: Scalar<'a> = "source",
    }

    struct WireNote {
        text: Scalar<'a> = "text",
        entities: WireEntities<'a> = "entities",
    }

    struct WireReference {
        kind: Scalar<'a> = "type",
        id: Scalar<'a> = "id",
    }

    struct WireAttachments {
        media_keys: List<Scalar<'a>, String> = "media_keys",
    }

    struct WireEntities {
        urls: List<WireUrl<'a>, WireUrl<'a>> = "urls",
        mentions: List<WireMention<'a>, WireMention<'a>> = "mentions",
        hashtags: List<WireTag<'a>, String> = "hashtags",
        cashtags: List<WireTag<'a>, String> = "cashtags",
    }

    struct WireUrl {
        url: Scalar<'a> = "url",
        expanded_url: Scalar<'a> = "expanded_url",
        display_url: Scalar<'a> = "display_url",
        media_key: Scalar<'a> = "media_key",
    }

    struct WireMention {
        username: Scalar<'a> = "username",
        id: Scalar<'a> = "id",
    }

    struct WireTag {
        tag: Scalar<'a> = "tag",
    }

    struct WireMetrics {
        likes: Scalar<'a> = "like_count",
        retweets: Scalar<'a> = "retweet_count" | "repost_count",
        replies: Scalar<'a> = "reply_count",
        quotes: Scalar<'a> = "quote_count",
        bookmarks: Scalar<'a> = "bookmark_count",
        impressions: Scalar<'a> = "impression_count",
    }

    struct WireMedia {
        media_key: Scalar<'a> = "media_key",
        kind: Scalar<'a> = "type",
        url: Scalar<'a> = "url",
        preview_image_url: Scalar<'a> = "preview_image_url",
        alt_text: Scalar<'a> = "alt_text",
        variants: List<WireVariant<'a>, WireVariant<'a>> = "variants",
    }

    struct WireVariant {
        bit_rate: Scalar<'a> = "bit_rate",
        content_type: Scalar<'a> = "content_type",
        url: Scalar<'a> = "url",
    }

    /// An answer with one user or a list of them.
    struct WireUsers {
        data: List<WireUser<'a>, WireUser<'a>> = "data",
        errors: Problems = "errors",
    }

    struct WireUser {
        id: Scalar<'a> = "id",
        username: Scalar<'a> = "username",
        name: Scalar<'a> = "name",
        description: Scalar<'a> = "description",
        avatar_url: Scalar<'a> = "profile_image_url",
        created_at: Scalar<'a> = "created_at",
        protected: Scalar<'a> = "protected",
        verified_type: Scalar<'a> = "verified_type",
        subscription: Scalar<'a> = "subscription_type",
        metrics: WireUserMetrics<'a> = "public_metrics",
    }

    struct WireUserMetrics {
        followers: Scalar<'a> = "followers_count",
        following: Scalar<'a> = "following_count",
        tweets: Scalar<'a> = "tweet_count" | "post_count",
    }

    /// The answer to a write: an id, or that something was deleted.
    struct WireWritten {
        data: WireWrittenData<'a> = "data",
        errors: Problems = "errors",
    }

    struct WireWrittenData {
        id: Scalar<'a> = "id",
        text: Scalar<'a> = "text",
        deleted: Scalar<'a> = "deleted",
        edit_history: List<Scalar<'a>, String> = "edit_history_tweet_ids" | "edit_history_post_ids",
        processing: WireProcessing<'a> = "processing_info",
        expires_after_secs: Scalar<'a> = "expires_after_secs",
    }

    struct WireProcessing {
        state: Scalar<'a> = "state",
        check_after_secs: Scalar<'a> = "check_after_secs",
        progress_percent: Scalar<'a> = "progress_percent",
        error: WireProcessingError<'a> = "error",
    }

    struct WireProcessingError {
        name: Scalar<'a> = "name",
        message: Scalar<'a> = "message",
    }
}

macro_rules! listed {
    ($($name:ident),*) => {$(
        impl Becomes<Self> for $name<'_> {
            fn become_record(self) -> Option<Self> {
                (!self.says_nothing()).then_some(self)
            }
        }
    )*};
}
listed!(WireTweet, WireUser, WireMedia, WireReference, WireUrl, WireMention, WireVariant);

impl Becomes<String> for WireTag<'_> {
    fn become_record(self) -> Option<String> {
        self.tag.become_record()
    }
}
