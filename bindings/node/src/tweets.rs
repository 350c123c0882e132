//! Tweets, which stay in Rust: JavaScript takes a block of one column when it first reads a field of it.

use std::sync::Arc;

use ghostwren::records::{TweetIter, TweetList, TweetRef};
use ghostwren::{Error, ErrorKind};
use napi::bindgen_prelude::{Either, Float64Array, Uint8Array, Uint32Array, Utf16String};
use napi_derive::napi;

use crate::error::{Thrown, guarded, thrown};
use crate::style::unreadable;

/// A list of tweets, which never changes.
#[napi]
pub struct Tweets(pub(crate) Arc<TweetList>);

/// Texts one after the other: each ends at its place in UTF-16 units, as JavaScript counts.
#[napi(object, object_from_js = false)]
pub struct Texts {
    #[napi(ts_type = "string")]
    pub text: Either<String, Utf16String>,
    pub ends: Uint32Array,
    /// One for each text that is missing; absent when none is.
    pub missing: Option<Uint8Array>,
}

/// Texts joined as they cross fastest: ASCII is copied, and so are UTF-16 units; JavaScript decodes other UTF-8 several times
/// slower than it is encoded here.
enum Joined {
    Ascii(String),
    Wide(Vec<u16>),
}

impl Joined {
    fn push(&mut self, text: &str) {
        match self {
            Self::Ascii(joined) if text.is_ascii() => joined.push_str(text),
            Self::Ascii(joined) => {
                let mut wide = Vec::new();
                widen(joined, &mut wide);
                widen(text, &mut wide);
                *self = Self::Wide(wide);
            }
            Self::Wide(joined) => widen(text, joined),
        }
    }

    /// In UTF-16 units.
    fn len(&self) -> usize {
        match self {
            Self::Ascii(joined) => joined.len(),
            Self::Wide(joined) => joined.len(),
        }
    }
}

/// Most of most texts is ASCII, and goes over sixteen units at a time.
fn widen(text: &str, into: &mut Vec<u16>) {
    into.reserve(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let whole: usize = rest.as_bytes().chunks(16).take_while(|bytes| bytes.is_ascii()).map(<[u8]>::len).sum();
        let more = rest.bytes().skip(whole).take_while(u8::is_ascii).count();
        let (ascii, other) = rest.split_at_checked(whole + more).unwrap_or(("", rest));
        into.extend(ascii.bytes().map(u16::from));
        let wide = other.len() - other.trim_start_matches(|one: char| !one.is_ascii()).len();
        let (wide, other) = other.split_at_checked(wide).unwrap_or((other, ""));
        into.extend(wide.encode_utf16());
        rest = other;
    }
}

impl Texts {
    fn of<'t>(tweets: TweetIter<'t>, get: impl Fn(&TweetRef<'t>) -> Option<&'t str>) -> Self {
        let count = tweets.len();
        let (mut text, mut ends) = (Joined::Ascii(String::new()), Vec::with_capacity(count));
        let mut missing = Vec::new();
        for (index, tweet) in tweets.enumerate() {
            match get(&tweet) {
                Some(value) => text.push(value),
                None => {
                    missing.resize(count, 0);
                    if let Some(mark) = missing.get_mut(index) {
                        *mark = 1;
                    }
                }
            }
            ends.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
        }
        let missing = (!missing.is_empty()).then(|| missing.into());
        Self { text: text.into(), ends: ends.into(), missing }
    }
}

fn numbers(tweets: TweetIter<'_>, get: impl Fn(&TweetRef<'_>) -> Option<f64>) -> Float64Array {
    tweets.map(|tweet| get(&tweet).unwrap_or(f64::NAN)).collect::<Vec<_>>().into()
}

fn flags(tweets: TweetIter<'_>, get: impl Fn(&TweetRef<'_>) -> bool) -> Uint8Array {
    tweets.map(|tweet| u8::from(get(&tweet))).collect::<Vec<_>>().into()
}

impl From<Joined> for Either<String, Utf16String> {
    fn from(joined: Joined) -> Self {
        match joined {
            Joined::Ascii(text) => Self::A(text),
            Joined::Wide(text) => Self::B(text.into()),
        }
    }
}

fn no_column(name: &str) -> Error {
    Error::new(ErrorKind::Internal, "binding.no_call", format!("tweets have no column `{name}`"))
        .with_remedy("Use the same version of the package in all its parts.")
}

/// Gives each text of a list to a function.
type Each = fn(&TweetRef<'_>, &mut dyn FnMut(&str));

fn list_column(name: &str) -> Option<Each> {
    Some(match name {
        "urls" => |t, add| t.entities.get().urls.iter().for_each(|url| add(&url.expanded_url)),
        "mentions" => |t, add| t.entities.get().mentions.iter().for_each(|person| add(&person.username)),
        "hashtags" => |t, add| t.entities.get().hashtags.iter().for_each(|tag| add(&tag.0)),
        "cashtags" => |t, add| t.entities.get().cashtags.iter().for_each(|tag| add(&tag.0)),
        "labels" => |t, add| t.labels.iter().for_each(|label| add(label)),
        "edit_history" => |t, add| t.edit_history.iter().for_each(|id| add(id)),
        _ => return None,
    })
}

impl Tweets {
    pub(crate) fn range(&self, start: u32, end: u32) -> TweetIter<'_> {
        self.0.range(start as usize..end as usize)
    }

    /// The tweets from one place to another; copied where they are not all.
    pub(crate) fn part(&self, start: u32, end: u32) -> Arc<TweetList> {
        match self.range(start, end) {
            part if part.len() == self.0.len() => Arc::clone(&self.0),
            part => Arc::new(part.collect()),
        }
    }
}

#[napi]
impl Tweets {
    /// Reads a JSON list of tweets in the form of `json`.
    #[napi(factory)]
    pub fn from_json(json: String) -> Result<Self, Thrown> {
        let read = guarded(|| serde_json::from_str(&json).map_err(unreadable));
        read.map(|tweets| Self(Arc::new(tweets))).map_err(|error| thrown(&error))
    }

    #[napi(getter)]
    pub fn length(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    /// The tweets from one place to another, whole, as a JSON list.
    #[napi]
    pub fn json(&self, start: u32, end: u32) -> Result<String, Thrown> {
        serde_json::to_string(&self.range(start, end)).map_err(|error| thrown(&unreadable(error)))
    }

    /// A column of texts.
    #[napi]
    pub fn texts(&self, name: String, start: u32, end: u32) -> Result<Texts, Thrown> {
        let tweets = self.range(start, end);
        // Each is a loop of its own, so that it takes of a tweet what it wants and no more.
        Ok(match name.as_str() {
            "id" => Texts::of(tweets, |t| Some(t.id)),
            "full_text" => Texts::of(tweets, |t| Some(t.full_text)),
            "lang" => Texts::of(tweets, |t| t.lang),
            "kind" => Texts::of(tweets, |t| Some(t.kind.as_str())),
            "thread_id" => Texts::of(tweets, |t| t.thread_id),
            "in_reply_to_id" => Texts::of(tweets, |t| t.in_reply_to_id),
            "in_reply_to_user_id" => Texts::of(tweets, |t| t.in_reply_to_user_id),
            "quoted_id" => Texts::of(tweets, |t| t.quoted_id),
            "retweeted_id" => Texts::of(tweets, |t| t.retweeted_id),
            "conversation_id" => Texts::of(tweets, |t| t.conversation_id),
            "source" => Texts::of(tweets, |t| Some(t.source.as_str())),
            "client" => Texts::of(tweets, |t| t.client),
            _ => return Err(thrown(&no_column(&name))),
        })
    }

    /// A column of numbers, or of times in milliseconds; what is missing is not a number.
    #[napi]
    #[allow(clippy::cast_precision_loss, reason = "times and counts of tweets are far below 2^53")]
    pub fn numbers(&self, name: String, start: u32, end: u32) -> Result<Float64Array, Thrown> {
        let tweets = self.range(start, end);
        Ok(match name.as_str() {
            "created_at" => numbers(tweets, |t| Some(t.created_at.timestamp_millis() as f64)),
            "deleted_at" => numbers(tweets, |t| t.deleted_at.map(|time| time.timestamp_millis() as f64)),
            "thread_position" => numbers(tweets, |t| t.thread_position.map(f64::from)),
            "likes" => numbers(tweets, |t| t.counts.likes.map(|count| count as f64)),
            "retweets" => numbers(tweets, |t| t.counts.retweets.map(|count| count as f64)),
            "replies" => numbers(tweets, |t| t.counts.replies.map(|count| count as f64)),
            "quotes" => numbers(tweets, |t| t.counts.quotes.map(|count| count as f64)),
            "bookmarks" => numbers(tweets, |t| t.counts.bookmarks.map(|count| count as f64)),
            "impressions" => numbers(tweets, |t| t.counts.impressions.map(|count| count as f64)),
            _ => return Err(thrown(&no_column(&name))),
        })
    }

    /// A column of yes and no.
    #[napi]
    pub fn flags(&self, name: String, start: u32, end: u32) -> Result<Uint8Array, Thrown> {
        let tweets = self.range(start, end);
        Ok(match name.as_str() {
            "is_note" => flags(tweets, |t| t.is_note),
            "is_truncated" => flags(tweets, |t| t.is_truncated),
            "excluded" => flags(tweets, |t| t.excluded),
            _ => return Err(thrown(&no_column(&name))),
        })
    }

    /// A column of lists of texts, as JSON.
    #[napi]
    pub fn lists(&self, name: String, start: u32, end: u32) -> Result<String, Thrown> {
        let each = list_column(&name).ok_or_else(|| thrown(&no_column(&name)))?;
        let list = |tweet: TweetRef<'_>| {
            let mut texts = Vec::new();
            each(&tweet, &mut |text| texts.push(text.to_owned()));
            texts
        };
        let lists: Vec<Vec<String>> = self.range(start, end).map(list).collect();
        serde_json::to_string(&lists).map_err(|error| thrown(&unreadable(error)))
    }
}
