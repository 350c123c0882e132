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
    fn with_capacity(values: usize) -> Self {
        Self { bytes: Vec::with_capacity(values.div_ceil(8)), length: 0, unset: 0 }
    }

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

/// The columns of tweets. Texts are `large_utf8`, so that a column may be longer than 2 GiB; times are milliseconds in UTC;
/// what a source does not say is missing, not zero.
#[must_use]
pub fn tweets(tweets: &[Tweet]) -> Vec<Column> {
    vec![
        texts("id", tweets, |t| Some(&t.id)),
        texts("full_text", tweets, |t| Some(&t.full_text)),
        times("created_at", false, tweets, |t| Some(t.created_at)),
        texts("lang", tweets, |t| t.lang.as_deref()),
        texts("kind", tweets, |t| Some(TweetKind::as_str(t.kind))),
        flags("is_note", tweets, |t| t.is_note),
        flags("is_truncated", tweets, |t| t.is_truncated),
        texts("thread_id", tweets, |t| t.thread_id.as_deref()),
        numbers("thread_position", tweets, |t| t.thread_position.map(u64::from)),
        texts("in_reply_to_id", tweets, |t| t.in_reply_to_id.as_deref()),
        texts("in_reply_to_user_id", tweets, |t| t.in_reply_to_user_id.as_deref()),
        texts("quoted_id", tweets, |t| t.quoted_id.as_deref()),
        texts("retweeted_id", tweets, |t| t.retweeted_id.as_deref()),
        texts("conversation_id", tweets, |t| t.conversation_id.as_deref()),
        numbers("likes", tweets, |t| t.counts.likes),
        numbers("retweets", tweets, |t| t.counts.retweets),
        numbers("replies", tweets, |t| t.counts.replies),
        numbers("quotes", tweets, |t| t.counts.quotes),
        numbers("bookmarks", tweets, |t| t.counts.bookmarks),
        numbers("impressions", tweets, |t| t.counts.impressions),
        lists("urls", tweets, |t, add| t.entities.urls.iter().for_each(|url| add(&url.expanded_url))),
        lists("mentions", tweets, |t, add| t.entities.mentions.iter().for_each(|mention| add(&mention.username))),
        lists("hashtags", tweets, |t, add| t.entities.hashtags.iter().for_each(|tag| add(&tag.0))),
        lists("labels", tweets, |t, add| t.labels.iter().for_each(|label| add(label))),
        numbers("media_count", tweets, |t| u64::try_from(t.media.len()).ok()),
        texts("source", tweets, |t| {
            Some(match t.source {
                TweetSource::Archive => "archive",
                TweetSource::Api => "api",
            })
        }),
        texts("client", tweets, |t| t.client.as_deref()),
        times("deleted_at", true, tweets, |t| t.deleted_at),
        flags("excluded", tweets, |t| t.excluded),
    ]
}

fn offset(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

fn texts(name: &'static str, tweets: &[Tweet], get: impl for<'t> Fn(&'t Tweet) -> Option<&'t str>) -> Column {
    let mut valid = Bits::with_capacity(tweets.len());
    let mut offsets = Vec::with_capacity(tweets.len() + 1);
    let mut bytes = Vec::with_capacity(tweets.iter().map(|tweet| get(tweet).map_or(0, str::len)).sum());
    offsets.push(0);
    for tweet in tweets {
        let value = get(tweet);
        valid.push(value.is_some());
        bytes.extend_from_slice(value.unwrap_or_default().as_bytes());
        offsets.push(offset(&bytes));
    }
    let (null_count, validity) = valid.validity();
    let buffers = vec![validity, Some(Buffer::Words(offsets)), Some(Buffer::Bytes(bytes))];
    Column { name, format: "U", nullable: true, length: tweets.len(), null_count, buffers, ..Column::default() }
}

/// Unsigned numbers; kept as the bits of an `i64`, which are the same.
fn numbers(name: &'static str, tweets: &[Tweet], get: impl Fn(&Tweet) -> Option<u64>) -> Column {
    let mut valid = Bits::with_capacity(tweets.len());
    let mut words = Vec::with_capacity(tweets.len());
    for tweet in tweets {
        let value = get(tweet);
        valid.push(value.is_some());
        words.push(value.unwrap_or_default().cast_signed());
    }
    let (null_count, validity) = valid.validity();
    let buffers = vec![validity, Some(Buffer::Words(words))];
    Column { name, format: "L", nullable: true, length: tweets.len(), null_count, buffers, ..Column::default() }
}

fn times(
    name: &'static str,
    nullable: bool,
    tweets: &[Tweet],
    get: impl Fn(&Tweet) -> Option<DateTime<Utc>>,
) -> Column {
    let mut valid = Bits::with_capacity(tweets.len());
    let mut words = Vec::with_capacity(tweets.len());
    for tweet in tweets {
        let value = get(tweet);
        valid.push(value.is_some());
        words.push(value.map_or(0, |time| time.timestamp_millis()));
    }
    let (null_count, validity) = valid.validity();
    let buffers = vec![validity, Some(Buffer::Words(words))];
    Column { name, format: "tsm:UTC", nullable, length: tweets.len(), null_count, buffers, ..Column::default() }
}

fn flags(name: &'static str, tweets: &[Tweet], get: impl Fn(&Tweet) -> bool) -> Column {
    let mut bits = Bits::with_capacity(tweets.len());
    tweets.iter().for_each(|tweet| bits.push(get(tweet)));
    let buffers = vec![None, Some(Buffer::Bytes(bits.bytes))];
    Column { name, format: "b", length: tweets.len(), buffers, ..Column::default() }
}

fn lists(name: &'static str, tweets: &[Tweet], each: impl Fn(&Tweet, &mut dyn FnMut(&str))) -> Column {
    let (mut lists, mut offsets, mut bytes) = (vec![0], vec![0], Vec::new());
    for tweet in tweets {
        each(tweet, &mut |text| {
            bytes.extend_from_slice(text.as_bytes());
            offsets.push(offset(&bytes));
        });
        lists.push(i64::try_from(offsets.len() - 1).unwrap_or(i64::MAX));
    }
    let length = offsets.len() - 1;
    let buffers = vec![None, Some(Buffer::Words(offsets)), Some(Buffer::Bytes(bytes))];
    let item = Column { name: "item", format: "U", length, buffers, ..Column::default() };
    Column {
        name,
        format: "+L",
        length: tweets.len(),
        buffers: vec![None, Some(Buffer::Words(lists))],
        children: vec![item],
        ..Column::default()
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
