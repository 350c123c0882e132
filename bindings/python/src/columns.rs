//! Tweets as columns, in the memory layout of Apache Arrow (<https://arrow.apache.org/docs/format/Columnar.html>): what is
//! handed to tables without a copy for each value.

use std::thread;

use chrono::{DateTime, Utc};
use ghostwren::records::TweetRef;

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
    fn finish(mut self) -> (usize, Buffer) {
        let missing = self.length.next_multiple_of(64) - self.length;
        if missing > 0 {
            self.end_word();
        }
        (self.unset - missing, Buffer::Words(self.words))
    }
}

/// So many tweets are read by all columns before the next ones: they stay in the processor's cache meanwhile, which 29
/// passes over a hundred thousand records would not. A multiple of a word of [`Bits`].
const BLOCK: usize = 256;

/// From so many tweets on, which take a millisecond, another thread is worth its while.
const MANY: usize = 4096;

/// The columns of no tweets: their names and types.
pub(crate) fn none() -> Vec<Column> {
    tweets(std::iter::empty())
}

/// The columns of tweets. Texts are `large_utf8`, so that a column may be longer than 2 GiB; times are milliseconds in UTC;
/// what a source does not say is missing, not zero.
pub(crate) fn tweets<'t>(tweets: impl ExactSizeIterator<Item = TweetRef<'t>> + Clone + Send) -> Vec<Column> {
    let length = tweets.len();
    let mut builders: Vec<(&'static str, Builder)> = vec![
        ("id", texts(|t| Some(t.id))),
        ("full_text", texts(|t| Some(t.full_text))),
        ("created_at", times(|t| Some(t.created_at))),
        ("lang", texts(|t| t.lang)),
        ("kind", texts(|t| Some(t.kind.as_str()))),
        ("is_note", flags(|t| t.is_note)),
        ("is_truncated", flags(|t| t.is_truncated)),
        ("thread_id", texts(|t| t.thread_id)),
        ("thread_position", numbers(|t| t.thread_position.map(u64::from))),
        ("in_reply_to_id", texts(|t| t.in_reply_to_id)),
        ("in_reply_to_user_id", texts(|t| t.in_reply_to_user_id)),
        ("quoted_id", texts(|t| t.quoted_id)),
        ("retweeted_id", texts(|t| t.retweeted_id)),
        ("conversation_id", texts(|t| t.conversation_id)),
        ("likes", numbers(|t| t.counts.likes)),
        ("retweets", numbers(|t| t.counts.retweets)),
        ("replies", numbers(|t| t.counts.replies)),
        ("quotes", numbers(|t| t.counts.quotes)),
        ("bookmarks", numbers(|t| t.counts.bookmarks)),
        ("impressions", numbers(|t| t.counts.impressions)),
        ("urls", lists(|t, add| t.entities.get().urls.iter().for_each(|url| add(&url.expanded_url)))),
        ("mentions", lists(|t, add| t.entities.get().mentions.iter().for_each(|person| add(&person.username)))),
        ("hashtags", lists(|t, add| t.entities.get().hashtags.iter().for_each(|tag| add(&tag.0)))),
        ("labels", lists(|t, add| t.labels.iter().for_each(|label| add(label)))),
        ("media_count", numbers(|t| u64::try_from(t.media.get().len()).ok())),
        ("source", texts(|t| Some(t.source.as_str()))),
        ("client", texts(|t| t.client)),
        ("deleted_at", times(|t| t.deleted_at)),
        ("excluded", flags(|t| t.excluded)),
    ];
    // Ids and texts are about as much work as all the others together, most of it memory that is new.
    let (texts, others) = builders.split_at_mut(2);
    let (these, those) = (tweets.clone(), tweets.clone());
    let in_two = length >= MANY
        && thread::scope(|scope| {
            let second = thread::Builder::new().spawn_scoped(scope, move || fill(others, those));
            second.map(|_| fill(texts, these)).is_ok()
        });
    // Also where no thread is to be had.
    if !in_two {
        fill(&mut builders, tweets);
    }
    builders.into_iter().map(|(name, builder)| builder.finish(name, length)).collect()
}

/// Reads all tweets into these columns.
fn fill<'t>(builders: &mut [(&'static str, Builder)], mut tweets: impl ExactSizeIterator<Item = TweetRef<'t>>) {
    let length = tweets.len();
    let mut block = Vec::with_capacity(BLOCK);
    for done in 0..length.div_ceil(BLOCK) {
        block.clear();
        // What four columns are made of is decoded once.
        block.extend(tweets.by_ref().take(BLOCK).map(|tweet| TweetRef {
            entities: tweet.entities.decoded(),
            media: tweet.media.decoded(),
            ..tweet
        }));
        for (_, builder) in &mut *builders {
            (builder.read)(&mut builder.values, &block);
            if done == 0 {
                builder.values.reserve(length / BLOCK);
            }
        }
    }
}

/// Collects the values of one column. Each column's reading is compiled for itself, with the field in it.
struct Builder {
    format: &'static str,
    values: Values,
    read: Read,
}

type Read = Box<dyn Fn(&mut Values, &[TweetRef<'_>]) + Send>;

#[derive(Default)]
struct Values {
    /// So many at the beginning are missing, and nothing is written for them yet: of a column without any value, the memory is
    /// never touched.
    lead: usize,
    valid: Bits,
    /// The value itself, or where its text or its list ends.
    words: Vec<i64>,
    /// Where the texts of the lists end.
    items: Vec<i64>,
    bytes: Vec<u8>,
}

impl Values {
    /// Whether all of these are missing as everything before them; counts them then.
    fn skip(&mut self, tweets: &[TweetRef<'_>], has: impl Fn(&TweetRef<'_>) -> bool) -> bool {
        let skipped = self.words.is_empty() && !tweets.iter().any(has);
        if skipped {
            self.lead += tweets.len();
        }
        skipped
    }

    /// Writes what is missing at the beginning, and before it so many zeros.
    fn begin(&mut self, before: usize) {
        if self.words.is_empty() {
            let whole = self.lead / 64;
            self.valid = Bits { words: vec![0; whole], last: 0, length: self.lead, unset: whole * 64 };
            self.words = vec![0; before + self.lead];
        }
    }

    fn reserve(&mut self, times: usize) {
        // Growing step by step would copy what is large again and again.
        self.words.reserve(self.words.len().saturating_mul(times));
        self.items.reserve(self.items.len().saturating_mul(times));
        self.bytes.reserve(self.bytes.len().saturating_mul(times));
    }
}

fn place(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

fn texts(get: impl for<'t> Fn(&TweetRef<'t>) -> Option<&'t str> + Send + 'static) -> Builder {
    Builder::new("U", move |values, tweets| {
        if values.skip(tweets, |tweet| get(tweet).is_some()) {
            return;
        }
        values.begin(1);
        let Values { valid, words, bytes, .. } = values;
        words.extend(tweets.iter().map(|tweet| {
            let text = get(tweet);
            valid.push(text.is_some());
            bytes.extend_from_slice(text.unwrap_or_default().as_bytes());
            place(bytes.len())
        }));
    })
}

fn words(format: &'static str, get: impl Fn(&TweetRef<'_>) -> Option<i64> + Send + 'static) -> Builder {
    Builder::new(format, move |values, tweets| {
        if values.skip(tweets, |tweet| get(tweet).is_some()) {
            return;
        }
        values.begin(0);
        let Values { valid, words, .. } = values;
        words.extend(tweets.iter().map(|tweet| {
            let word = get(tweet);
            valid.push(word.is_some());
            word.unwrap_or_default()
        }));
    })
}

/// Unsigned numbers, whose bits are kept as those of an `i64`.
fn numbers(get: impl Fn(&TweetRef<'_>) -> Option<u64> + Send + 'static) -> Builder {
    words("L", move |tweet| get(tweet).map(u64::cast_signed))
}

fn times(get: impl Fn(&TweetRef<'_>) -> Option<DateTime<Utc>> + Send + 'static) -> Builder {
    words("tsm:UTC", move |tweet| get(tweet).map(|time| time.timestamp_millis()))
}

fn flags(get: impl Fn(&TweetRef<'_>) -> bool + Send + 'static) -> Builder {
    Builder::new("b", move |values, tweets| tweets.iter().for_each(|tweet| values.valid.push(get(tweet))))
}

/// Lists of texts: the function gives each text of a tweet to another one.
fn lists(each: impl Fn(&TweetRef<'_>, &mut dyn FnMut(&str)) + Send + 'static) -> Builder {
    Builder::new("+L", move |values, tweets| {
        values.begin(1);
        let Values { words, items, bytes, .. } = values;
        for tweet in tweets {
            each(tweet, &mut |text| {
                bytes.extend_from_slice(text.as_bytes());
                items.push(place(bytes.len()));
            });
            words.push(place(items.len()));
        }
    })
}

impl Builder {
    fn new(format: &'static str, read: impl Fn(&mut Values, &[TweetRef<'_>]) + Send + 'static) -> Self {
        Self { format, values: Values::default(), read: Box::new(read) }
    }

    fn finish(self, name: &'static str, length: usize) -> Column {
        let Self { format, mut values, .. } = self;
        if format != "b" {
            values.begin(usize::from(matches!(format, "U" | "+L")));
        }
        let Values { valid, words, mut items, bytes, .. } = values;
        let (unset, bits) = valid.finish();
        let column = Column { name, format, length, ..Column::default() };
        let words = Some(Buffer::Words(words));
        if format == "b" {
            return Column { buffers: vec![None, Some(bits)], ..column };
        }
        // The validity of a column is absent when nothing is missing.
        let validity = (unset > 0).then_some(bits);
        match format {
            "+L" => {
                let length = items.len();
                items.insert(0, 0);
                let buffers = vec![None, Some(Buffer::Words(items)), Some(Buffer::Bytes(bytes))];
                let item = Column { name: "item", format: "U", length, buffers, ..Column::default() };
                Column { buffers: vec![None, words], children: vec![item], ..column }
            }
            "U" => {
                let buffers = vec![validity, words, Some(Buffer::Bytes(bytes))];
                Column { nullable: true, null_count: unset, buffers, ..column }
            }
            _ => Column { nullable: true, null_count: unset, buffers: vec![validity, words], ..column },
        }
    }
}
