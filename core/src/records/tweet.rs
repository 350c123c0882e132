use std::cmp::Ordering;

use chrono::{DateTime, TimeZone, Utc};
use serde::{Deserialize, Serialize, Serializer};

use super::tweet_ref::TweetRef;

/// What a tweet is. A tweet that is several of these takes the first of: retweet, reply, quote, note, original.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TweetKind {
    /// A tweet of its own.
    #[default]
    Original,
    /// An answer to a tweet, the author's own included (see [`Tweet::thread_id`]).
    Reply,
    /// A tweet with another one shown beneath.
    Quote,
    /// Somebody else's words, passed on. Never part of a style.
    Retweet,
    /// A long post: the whole text is kept, not the preview.
    Note,
}

impl TweetKind {
    /// The name as the stores keep it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Reply => "reply",
            Self::Quote => "quote",
            Self::Retweet => "retweet",
            Self::Note => "note",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Original, Self::Reply, Self::Quote, Self::Retweet, Self::Note]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

/// Where a tweet came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TweetSource {
    /// The X data archive.
    #[default]
    Archive,
    /// The X API.
    Api,
}

impl TweetSource {
    /// The name as the stores keep it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Archive => "archive",
            Self::Api => "api",
        }
    }

    /// The source of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Archive, Self::Api].into_iter().find(|source| source.as_str() == name)
    }
}

/// How often a tweet was liked and so on; `None` where the source does not say. The numbers that were seen last
/// win, not those that were imported last (see `store::merge`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TweetCounts {
    /// Likes.
    pub likes: Option<u64>,
    /// Retweets.
    pub retweets: Option<u64>,
    /// Replies; not in the archive.
    pub replies: Option<u64>,
    /// Quotes; not in the archive.
    pub quotes: Option<u64>,
    /// Bookmarks; not in the archive.
    pub bookmarks: Option<u64>,
    /// Views; not in the archive.
    pub impressions: Option<u64>,
}

/// A link in a tweet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UrlEntity {
    /// The t.co address as it stood in the text.
    pub url: String,
    /// Where it leads.
    pub expanded_url: String,
    /// What Twitter shows.
    pub display_url: String,
}

/// A person named in a tweet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mention {
    /// The handle without `@`.
    pub username: String,
    /// The user's id, where the source has a real one.
    pub id: Option<String>,
    /// The display name.
    pub name: Option<String>,
}

/// A hashtag or cashtag in a tweet, without its sign.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hashtag(pub String);

/// What stands in a tweet's text. Positions are left out on purpose: the archive counts them in UTF-16 units in some
/// years and in code points in others, so that only the strings can be trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entities {
    /// Links.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<UrlEntity>,
    /// People.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Mention>,
    /// Hashtags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hashtags: Vec<Hashtag>,
    /// Cashtags, such as `TWTR`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cashtags: Vec<Hashtag>,
}

impl Entities {
    pub(super) fn is_empty(&self) -> bool {
        self.urls.is_empty() && self.mentions.is_empty() && self.hashtags.is_empty() && self.cashtags.is_empty()
    }
}

/// What a picture or film in a tweet is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A still picture.
    #[default]
    Photo,
    /// A film.
    Video,
    /// A silent loop.
    AnimatedGif,
    /// Something newer than this SDK.
    #[serde(other)]
    Other,
}

/// A picture or film in a tweet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Media {
    /// Its id or key.
    pub id: String,
    /// What it is.
    pub kind: MediaKind,
    /// Where it can be fetched.
    pub url: Option<String>,
    /// What the author wrote for those who cannot see it.
    pub alt_text: Option<String>,
}

/// One tweet of an account: a row of `tweets`.
///
/// `full_text` is what the author typed: HTML escapes undone, t.co links replaced by where they lead, the links that
/// Twitter appends for media and quotes taken off, newlines and tabs as they were.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Tweet {
    /// The tweet's id.
    pub id: String,
    /// The whole text.
    pub full_text: String,
    /// When it was tweeted.
    pub created_at: DateTime<Utc>,
    /// The language, as Twitter guessed it (BCP 47, `und` where it could not).
    #[serde(default)]
    pub lang: Option<String>,
    /// What it is.
    pub kind: TweetKind,
    /// Whether `full_text` is the body of a long post, whatever its kind.
    #[serde(default)]
    pub is_note: bool,
    /// Whether the source kept only the beginning of the text (an archive's retweet, a preview).
    #[serde(default)]
    pub is_truncated: bool,
    /// The first tweet of the author's thread that this one belongs to; set by the store when an import ends.
    #[serde(default)]
    pub thread_id: Option<String>,
    /// The place in that thread, counted from 1.
    #[serde(default)]
    pub thread_position: Option<u32>,
    /// The tweet that this one answers.
    #[serde(default)]
    pub in_reply_to_id: Option<String>,
    /// The user whom this one answers.
    #[serde(default)]
    pub in_reply_to_user_id: Option<String>,
    /// The tweet shown beneath.
    #[serde(default)]
    pub quoted_id: Option<String>,
    /// The tweet that was passed on, where the source says it.
    #[serde(default)]
    pub retweeted_id: Option<String>,
    /// The first tweet of the whole conversation.
    #[serde(default)]
    pub conversation_id: Option<String>,
    /// Likes and so on.
    #[serde(default)]
    pub counts: TweetCounts,
    /// Links, people and tags.
    #[serde(default)]
    pub entities: Entities,
    /// Pictures and films.
    #[serde(default)]
    pub media: Vec<Media>,
    /// Where it came from.
    pub source: TweetSource,
    /// The program it was written with, such as `Twitter Web App`.
    #[serde(default)]
    pub client: Option<String>,
    /// The ids of its versions, oldest first; empty when it was never edited.
    #[serde(default)]
    pub edit_history: Vec<String>,
    /// When it was deleted at Twitter, or seen to be gone.
    #[serde(default)]
    pub deleted_at: Option<DateTime<Utc>>,
    /// Whether the owner keeps it out of the style.
    #[serde(default)]
    pub excluded: bool,
    /// The owner's own labels, sorted.
    #[serde(default)]
    pub labels: Vec<String>,
}

impl Serialize for Tweet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        TweetRef::from(self).serialize(serializer)
    }
}

/// Somebody else's text that a tweet quotes or answers: a row of `context_tweets`. Never part of a style.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContextTweet {
    /// The tweet's id.
    pub id: String,
    /// Its author.
    pub author: Option<TwitterUserName>,
    /// Its text.
    pub full_text: String,
    /// When it was tweeted.
    pub created_at: Option<DateTime<Utc>>,
}

/// The name of an author whose account is not ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwitterUserName {
    /// The numeric id.
    pub id: String,
    /// The handle without `@`.
    pub username: Option<String>,
}

/// Compares two ids as the numbers they are; an id that is none sorts first.
///
/// ```
/// use std::cmp::Ordering;
/// assert_eq!(ghostwren::records::compare_ids("999", "1000"), Ordering::Less);
/// ```
#[must_use]
pub fn compare_ids(a: &str, b: &str) -> Ordering {
    a.parse::<u64>().unwrap_or(0).cmp(&b.parse::<u64>().unwrap_or(0)).then_with(|| a.cmp(b))
}

/// Whether the text is an id as Twitter gives them: 1 to 19 digits without a leading zero.
#[must_use]
pub fn is_valid_id(text: &str) -> bool {
    crate::text::cleanup::is_id(text)
}

/// When a tweet was made, out of its id: since November 2010 the upper bits count milliseconds ("snowflake").
/// `None` for the ids before. <https://docs.x.com/fundamentals/x-ids>
///
/// ```
/// let time = ghostwren::records::time_of_id("1050118621198921728").expect("a snowflake");
/// assert_eq!(time.to_rfc3339(), "2018-10-10T20:19:24.211+00:00");
/// ```
#[must_use]
pub fn time_of_id(id: &str) -> Option<DateTime<Utc>> {
    // The ids before counted up to this one.
    let id: u64 = id.parse().ok().filter(|id| *id > 30_000_000_000)?;
    let millis = i64::try_from(id >> 22).ok()? + 1_288_834_974_657;
    Utc.timestamp_millis_opt(millis).single()
}
