//! Tweets as columns, in the memory layout of Apache Arrow (<https://arrow.apache.org/docs/format/Columnar.html>): what is
//! handed to tables without a copy for each value.

use chrono::{DateTime, Utc};
use ghostwren::records::{Tweet, TweetKind, TweetSource};

/// One column: its name, Arrow's format string for its type, its buffers (validity first) and its children.
#[derive(Debug, Default)]
pub(crate) struct Column {
    /// The name.
    pub(crate) name: &'static str,
    /// The type, as in <https://arrow.apache.org/docs/format/CDataInterface.html#data-type-description-format-strings>.
    pub(crate) format: &'static str,
    /// Whether values may be missing.
    pub(crate) nullable: bool,
    /// How many values.
    pub(crate) length: usize,
    /// How many of them are missing.
    pub(crate) null_count: usize,
    /// The buffers in Arrow's order; an absent validity bitmap is `None`.
    pub(crate) buffers: Vec<Option<Buffer>>,
    /// The columns inside it, such as the items of a list.
    pub(crate) children: Vec<Column>,
}

/// Memory of one buffer, aligned for its type.
#[derive(Debug)]
pub(crate) enum Buffer {
    /// Texts.
    Bytes(Vec<u8>),
    /// Offsets, numbers, times and bitmaps.
    Words(Vec<i64>),
}

impl Buffer {
    /// Where it begins.
        pub(crate) fn as_ptr(&self) -> *const u8 {
        match self {
            Self::Bytes(bytes) => bytes.as_ptr(),
            Self::Words(words) => words.as_ptr().cast(),
        }
    }
}

/// One bit for each value, least significant first.
#[derive(Debug, Default)]
struct Bits {
    /// As they lie in memory, eight bytes at a time.
    words: Vec<i64>,
    /// The bits of the word that is not full yet.
    last: u64,
    length: usize,
    unset: usize,
}

impl Bits {
    fn push(&mut self, bit: bool) {
        self.last |= u64::from(bit) << (self.length % 64);
        self.length += 1;
        if self.length.is_multiple_of(64) {
            self.end_word();
        }
    }

    fn end_word(&mut self) {
        self.unset += self.last.count_zeros() as usize;
        self.words.push(self.last.to_le().cast_signed());
        self.last = 0;
    }

    /// The bits, and how many of them are unset.
    fn finish(mut self) -> (usize, Vec<i64>) {
        let missing = self.length.next_multiple_of(64) - self.length;
        if missing > 0 {
            self.end_word();
        }
        (self.unset - missing, self.words)
    }

    /// As the validity of a column: absent when nothing is missing.
    fn validity(self) -> (usize, Option<Buffer>) {
        let (unset, words) = self.finish();
        (unset, (unset > 0).then_some(Buffer::Words(words)))
    }
}

/// So many tweets are read by all columns before the next ones: they stay in the processor's cache meanwhile, which 29
/// passes over a hundred thousand records would not.
const BLOCK: usize = 256;

/// The columns of tweets. Texts are `large_utf8`, so that a column may be longer than 2 GiB; times are milliseconds in UTC;
/// what a source does not say is missing, not zero.
pub(crate) fn tweets(tweets: &[Tweet]) -> Vec<Column> {
    let mut builders: Vec<(&'static str, Builder)> = vec![
        ("id", Builder::texts(|t| Some(&t.id))),
        ("full_text", Builder::texts(|t| Some(&t.full_text))),
        ("created_at", Builder::times(|t| Some(t.created_at))),
        ("lang", Builder::texts(|t| t.lang.as_deref())),
        ("kind", Builder::texts(|t| Some(TweetKind::as_str(t.kind)))),
        ("is_note", Builder::flags(|t| t.is_note)),
        ("is_truncated", Builder::flags(|t| t.is_truncated)),
        ("thread_id", Builder::texts(|t| t.thread_id.as_deref())),
        ("thread_position", Builder::numbers(|t| t.thread_position.map(u64::from))),
        ("in_reply_to_id", Builder::texts(|t| t.in_reply_to_id.as_deref())),
        ("in_reply_to_user_id", Builder::texts(|t| t.in_reply_to_user_id.as_deref())),
        ("quoted_id", Builder::texts(|t| t.quoted_id.as_deref())),
        ("retweeted_id", Builder::texts(|t| t.retweeted_id.as_deref())),
        ("conversation_id", Builder::texts(|t| t.conversation_id.as_deref())),
        ("likes", Builder::numbers(|t| t.counts.likes)),
        ("retweets", Builder::numbers(|t| t.counts.retweets)),
        ("replies", Builder::numbers(|t| t.counts.replies)),
        ("quotes", Builder::numbers(|t| t.counts.quotes)),
        ("bookmarks", Builder::numbers(|t| t.counts.bookmarks)),
        ("impressions", Builder::numbers(|t| t.counts.impressions)),
        ("urls", Builder::lists(|t, add| t.entities.urls.iter().for_each(|url| add(&url.expanded_url)))),
        ("mentions", Builder::lists(|t, add| t.entities.mentions.iter().for_each(|person| add(&person.username)))),
        ("hashtags", Builder::lists(|t, add| t.entities.hashtags.iter().for_each(|tag| add(&tag.0)))),
        ("labels", Builder::lists(|t, add| t.labels.iter().for_each(|label| add(label)))),
        ("media_count", Builder::numbers(|t| u64::try_from(t.media.len()).ok())),
        ("source", Builder::texts(source)),
        ("client", Builder::texts(|t| t.client.as_deref())),
        ("deleted_at", Builder::times(|t| t.deleted_at)),
        ("excluded", Builder::flags(|t| t.excluded)),
    ];
    for block in tweets.chunks(BLOCK) {
        for (_, builder) in &mut builders {
            builder.extend(block);
        }
    }
    builders.into_iter().map(|(name, builder)| builder.finish(name, tweets.len())).collect()
}

fn source(tweet: &Tweet) -> Option<&str> {
    Some(match tweet.source {
        TweetSource::Archive => "archive",
        TweetSource::Api => "api",
    })
}

/// Gives each text of a list to a function.
type Each = fn(&Tweet, &mut dyn FnMut(&str));

/// Collects the values of one column.
enum Builder {
    Texts {
        get: for<'t> fn(&'t Tweet) -> Option<&'t str>,
        valid: Bits,
        offsets: Vec<i64>,
        bytes: Vec<u8>,
    },
    /// Unsigned numbers; kept as the bits of an `i64`, which are the same.
    Numbers {
        get: fn(&Tweet) -> Option<u64>,
        valid: Bits,
        words: Vec<i64>,
    },
    Times {
        get: fn(&Tweet) -> Option<DateTime<Utc>>,
        valid: Bits,
        words: Vec<i64>,
    },
    Flags {
        get: fn(&Tweet) -> bool,
        bits: Bits,
    },
    Lists {
        each: Each,
        lists: Vec<i64>,
        offsets: Vec<i64>,
        bytes: Vec<u8>,
    },
}

fn offset(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

impl Builder {
    fn texts(get: for<'t> fn(&'t Tweet) -> Option<&'t str>) -> Self {
        Self::Texts { get, valid: Bits::default(), offsets: vec![0], bytes: Vec::new() }
    }

    fn numbers(get: fn(&Tweet) -> Option<u64>) -> Self {
        Self::Numbers { get, valid: Bits::default(), words: Vec::new() }
    }

    fn times(get: fn(&Tweet) -> Option<DateTime<Utc>>) -> Self {
        Self::Times { get, valid: Bits::default(), words: Vec::new() }
    }

    fn flags(get: fn(&Tweet) -> bool) -> Self {
        Self::Flags { get, bits: Bits::default() }
    }

    fn lists(each: Each) -> Self {
        Self::Lists { each, lists: vec![0], offsets: vec![0], bytes: Vec::new() }
    }

    fn extend(&mut self, tweets: &[Tweet]) {
        match self {
            Self::Texts { get, valid, offsets, bytes } => {
                offsets.extend(tweets.iter().map(*get).map(|value| {
                    valid.push(value.is_some());
                    if let Some(text) = value {
                        bytes.extend_from_slice(text.as_bytes());
                    }
                    offset(bytes.len())
                }));
            }
            Self::Numbers { get, valid, words } => {
                words.extend(tweets.iter().map(*get).map(|value| {
                    valid.push(value.is_some());
                    value.unwrap_or_default().cast_signed()
                }));
            }
            Self::Times { get, valid, words } => {
                words.extend(tweets.iter().map(*get).map(|value| {
                    valid.push(value.is_some());
                    value.map_or(0, |time| time.timestamp_millis())
                }));
            }
            Self::Flags { get, bits } => tweets.iter().for_each(|tweet| bits.push(get(tweet))),
            Self::Lists { each, lists, offsets, bytes } => {
                for tweet in tweets {
                    each(tweet, &mut |text| {
                        bytes.extend_from_slice(text.as_bytes());
                        offsets.push(offset(bytes.len()));
                    });
                    lists.push(offset(offsets.len() - 1));
                }
            }
        }
    }

    fn finish(self, name: &'static str, length: usize) -> Column {
        let column = |format, nullable, null_count, buffers| Column {
            name,
            format,
            nullable,
            length,
            null_count,
            buffers,
            children: Vec::new(),
        };
        match self {
            Self::Texts { valid, offsets, bytes, .. } => {
                let (nulls, validity) = valid.validity();
                column("U", true, nulls, vec![validity, Some(Buffer::Words(offsets)), Some(Buffer::Bytes(bytes))])
            }
            Self::Numbers { valid, words, .. } => {
                let (nulls, validity) = valid.validity();
                column("L", true, nulls, vec![validity, Some(Buffer::Words(words))])
            }
            Self::Times { valid, words, .. } => {
                let (nulls, validity) = valid.validity();
                column("tsm:UTC", true, nulls, vec![validity, Some(Buffer::Words(words))])
            }
            Self::Flags { bits, .. } => column("b", false, 0, vec![None, Some(Buffer::Words(bits.finish().1))]),
            Self::Lists { lists, offsets, bytes, .. } => {
                let length = offsets.len() - 1;
                let buffers = vec![None, Some(Buffer::Words(offsets)), Some(Buffer::Bytes(bytes))];
                let item = Column { name: "item", format: "U", length, buffers, ..Column::default() };
                Column { children: vec![item], ..column("+L", false, 0, vec![None, Some(Buffer::Words(lists))]) }
            }
        }
    }
}
