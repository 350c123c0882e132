//! Tweets as columns, in the memory layout of Apache Arrow (<https://arrow.apache.org/docs/format/Columnar.html>): what a
//! binding hands to tables without a copy for each value.

use chrono::{DateTime, Utc};
use ghostwren::records::{Tweet, TweetKind, TweetSource};

/// One column: its name, Arrow's format string for its type, its buffers (validity first) and its children.
#[derive(Debug, Default)]
pub struct Column {
    /// The name.
    pub name: &'static str,
    /// The type, as in <https://arrow.apache.org/docs/format/CDataInterface.html#data-type-description-format-strings>.
    pub format: &'static str,
    /// Whether values may be missing.
    pub nullable: bool,
    /// How many values.
    pub length: usize,
    /// How many of them are missing.
    pub null_count: usize,
    /// The buffers in Arrow's order; an absent validity bitmap is `None`.
    pub buffers: Vec<Option<Buffer>>,
    /// The columns inside it, such as the items of a list.
    pub children: Vec<Column>,
}

/// Memory of one buffer, aligned for its type.
#[derive(Debug)]
pub enum Buffer {
    /// Bitmaps and texts.
    Bytes(Vec<u8>),
    /// Offsets, numbers and times.
    Words(Vec<i64>),
}

impl Buffer {
    /// Where it begins.
    #[must_use]
    pub fn as_ptr(&self) -> *const u8 {
        match self {
            Self::Bytes(bytes) => bytes.as_ptr(),
            Self::Words(words) => words.as_ptr().cast(),
        }
    }
}

/// One bit for each value, least significant first.
#[derive(Debug, Default)]
struct Bits {
    bytes: Vec<u8>,
    length: usize,
    unset: usize,
}

impl Bits {
    fn push(&mut self, bit: bool) {
        if self.length.is_multiple_of(8) {
            self.bytes.push(0);
        }
        if let (true, Some(last)) = (bit, self.bytes.last_mut()) {
            *last |= 1 << (self.length % 8);
        }
        self.unset += usize::from(!bit);
        self.length += 1;
    }

    /// As the validity of a column: absent when nothing is missing.
    fn validity(self) -> (usize, Option<Buffer>) {
        (self.unset, (self.unset > 0).then_some(Buffer::Bytes(self.bytes)))
    }
}

/// So many tweets are read by all columns before the next ones: they stay in the processor's cache meanwhile, which 29
/// passes over a hundred thousand records would not.
const BLOCK: usize = 256;

/// The columns of tweets. Texts are `large_utf8`, so that a column may be longer than 2 GiB; times are milliseconds in UTC;
/// what a source does not say is missing, not zero.
#[must_use]
pub fn tweets(tweets: &[Tweet]) -> Vec<Column> {
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
                for value in tweets.iter().map(*get) {
                    valid.push(value.is_some());
                    bytes.extend_from_slice(value.unwrap_or_default().as_bytes());
                    offsets.push(offset(bytes.len()));
                }
            }
            Self::Numbers { get, valid, words } => {
                for value in tweets.iter().map(*get) {
                    valid.push(value.is_some());
                    words.push(value.unwrap_or_default().cast_signed());
                }
            }
            Self::Times { get, valid, words } => {
                for value in tweets.iter().map(*get) {
                    valid.push(value.is_some());
                    words.push(value.map_or(0, |time| time.timestamp_millis()));
                }
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
            Self::Flags { bits, .. } => column("b", false, 0, vec![None, Some(Buffer::Bytes(bits.bytes))]),
            Self::Lists { lists, offsets, bytes, .. } => {
                let length = offsets.len() - 1;
                let buffers = vec![None, Some(Buffer::Words(offsets)), Some(Buffer::Bytes(bytes))];
                let item = Column { name: "item", format: "U", length, buffers, ..Column::default() };
                Column { children: vec![item], ..column("+L", false, 0, vec![None, Some(Buffer::Words(lists))]) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_least_significant_first() {
        let mut bits = Bits::default();
        for bit in [true, false, true, true, false, false, false, false, true] {
            bits.push(bit);
        }
        assert_eq!((bits.bytes.as_slice(), bits.unset), ([0b0000_1101, 1].as_slice(), 5));
    }

    #[test]
    fn what_is_not_said_is_missing() {
        let mut with = Tweet { id: "1".into(), full_text: "héllo".into(), ..Tweet::default() };
        with.counts.likes = Some(u64::MAX);
        with.labels = vec!["a".into(), "b".into()];
        let columns = tweets(&[with, Tweet::default()]);
        let column = |name| columns.iter().find(|column| column.name == name).unwrap();
        assert_eq!(column("likes").null_count, 1);
        assert!(matches!(&column("likes").buffers[1], Some(Buffer::Words(words)) if words[0] == -1));
        assert!(matches!(&column("full_text").buffers[2], Some(Buffer::Bytes(bytes)) if bytes == "héllo".as_bytes()));
        assert!(matches!(&column("labels").buffers[1], Some(Buffer::Words(words)) if *words == [0, 2, 2]));
        assert_eq!(column("labels").children[0].length, 2);
    }
}
