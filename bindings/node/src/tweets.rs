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
        let run = rest.as_bytes().chunks(16).take_while(|bytes| bytes.is_ascii()).map(<[u8]>::len).sum();
        let (ascii, other) = rest.split_at_checked(run).unwrap_or(("", rest));
        into.extend(ascii.bytes().map(u16::from));
        let mut chars = other.chars();
        for one in chars.by_ref().take(16) {
            into.extend_from_slice(one.encode_utf16(&mut [0; 2]));
        }
        rest = chars.as_str();
    }
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

type Get<T> = fn(&TweetRef<'_>) -> T;

fn text_column(name: &str) -> Option<for<'t> fn(&TweetRef<'t>) -> Option<&'t str>> {
    Some(match name {
        "id" => |t| Some(t.id),
        "full_text" => |t| Some(t.full_text),
        "lang" => |t| t.lang,
        "kind" => |t| Some(t.kind.as_str()),
        "thread_id" => |t| t.thread_id,
        "in_reply_to_id" => |t| t.in_reply_to_id,
        "in_reply_to_user_id" => |t| t.in_reply_to_user_id,
        "quoted_id" => |t| t.quoted_id,
        "retweeted_id" => |t| t.retweeted_id,
        "conversation_id" => |t| t.conversation_id,
        "source" => |t| Some(t.source.as_str()),
        "client" => |t| t.client,
        _ => return None,
    })
}

#[allow(clippy::cast_precision_loss, reason = "times and counts of tweets are far below 2^53")]
fn number_column(name: &str) -> Option<Get<Option<f64>>> {
    Some(match name {
        "created_at" => |t| Some(t.created_at.timestamp_millis() as f64),
        "deleted_at" => |t| t.deleted_at.map(|time| time.timestamp_millis() as f64),
        "thread_position" => |t| t.thread_position.map(f64::from),
        "likes" => |t| t.counts.likes.map(|count| count as f64),
        "retweets" => |t| t.counts.retweets.map(|count| count as f64),
        "replies" => |t| t.counts.replies.map(|count| count as f64),
        "quotes" => |t| t.counts.quotes.map(|count| count as f64),
        "bookmarks" => |t| t.counts.bookmarks.map(|count| count as f64),
        "impressions" => |t| t.counts.impressions.map(|count| count as f64),
        _ => return None,
    })
}

fn flag_column(name: &str) -> Option<Get<bool>> {
    Some(match name {
        "is_note" => |t| t.is_note,
        "is_truncated" => |t| t.is_truncated,
        "excluded" => |t| t.excluded,
        _ => return None,
    })
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

    fn found<T>(column: Option<T>, name: &str) -> Result<T, Thrown> {
        column.ok_or_else(|| thrown(&no_column(name)))
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
        let get = Self::found(text_column(&name), &name)?;
        let tweets = self.range(start, end);
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
        Ok(Texts { text: text.into(), ends: ends.into(), missing })
    }

    /// A column of numbers, or of times in milliseconds; what is missing is not a number.
    #[napi]
    pub fn numbers(&self, name: String, start: u32, end: u32) -> Result<Float64Array, Thrown> {
        let get = Self::found(number_column(&name), &name)?;
        Ok(self.range(start, end).map(|tweet| get(&tweet).unwrap_or(f64::NAN)).collect::<Vec<_>>().into())
    }

    /// A column of yes and no.
    #[napi]
    pub fn flags(&self, name: String, start: u32, end: u32) -> Result<Uint8Array, Thrown> {
        let get = Self::found(flag_column(&name), &name)?;
        Ok(self.range(start, end).map(|tweet| u8::from(get(&tweet))).collect::<Vec<_>>().into())
    }

    /// A column of lists of texts, as JSON.
    #[napi]
    pub fn lists(&self, name: String, start: u32, end: u32) -> Result<String, Thrown> {
        let each = Self::found(list_column(&name), &name)?;
        let list = |tweet: TweetRef<'_>| {
            let mut texts = Vec::new();
            each(&tweet, &mut |text| texts.push(text.to_owned()));
            texts
        };
        let lists: Vec<Vec<String>> = self.range(start, end).map(list).collect();
        serde_json::to_string(&lists).map_err(|error| thrown(&unreadable(error)))
    }
}
