//! Many tweets in little memory.

use std::borrow::Cow;
use std::iter::FusedIterator;
use std::mem::take;
use std::ops::Range;

use chrono::{DateTime, Utc};
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::lazy::Lazy;
use super::tweet::{Entities, Media, Tweet, TweetCounts, TweetKind, TweetSource};
use super::tweet_ref::TweetRef;

/// The texts of a tweet that stand in the list's memory. The last two are JSON.
const TEXTS: usize = 12;

const COUNTS: usize = 6;

/// What most tweets have none of.
#[derive(Clone, Debug, Default)]
struct Lists {
    entities: Entities,
    media: Vec<Media>,
    edit_history: Vec<String>,
    labels: Vec<String>,
}

static NO_LISTS: Lists = Lists {
    entities: Entities { urls: Vec::new(), mentions: Vec::new(), hashtags: Vec::new(), cashtags: Vec::new() },
    media: Vec::new(),
    edit_history: Vec::new(),
    labels: Vec::new(),
};

/// A tweet in the list: its numbers, and where its texts are.
#[derive(Clone, Debug)]
struct Row {
    /// Where its texts begin.
    start: usize,
    /// How many bytes each of them has.
    lengths: [u32; TEXTS],
    /// A bit for each text that the tweet has, be it an empty one.
    has: u16,
    kind: TweetKind,
    source: TweetSource,
    is_note: bool,
    is_truncated: bool,
    excluded: bool,
    thread_position: Option<u32>,
    created_at: DateTime<Utc>,
    deleted_at: Option<DateTime<Utc>>,
    counts: [u64; COUNTS],
    /// A bit for each of them that is known.
    counted: u8,
    lists: Option<Box<Lists>>,
}

/// Many tweets in little memory: all their texts stand one after the other, and a tweet is a [`TweetRef`] into them. A
/// hundred thousand take about thirty megabytes, half of what they take in a `Vec<Tweet>`, and no allocation for each text.
///
/// ```
/// use ghostwren::records::{Tweet, TweetList};
///
/// let tweets = TweetList::from_iter([Tweet { id: "20".into(), full_text: "just setting up".into(), ..Tweet::default() }]);
/// for tweet in &tweets {
///     println!("{}: {}", tweet.id, tweet.full_text);
/// }
/// let records: Vec<Tweet> = tweets.to_vec();
/// assert_eq!(records[0].id, "20");
/// ```
#[derive(Clone, Default)]
pub struct TweetList {
    rows: Vec<Row>,
    text: String,
}

impl TweetList {
    /// No tweets.
    #[must_use]
    pub const fn new() -> Self {
        Self { rows: Vec::new(), text: String::new() }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The tweet at this place, counted from 0.
    #[must_use]
    #[inline]
    pub fn get(&self, place: usize) -> Option<TweetRef<'_>> {
        self.rows.get(place).map(|row| self.view(row))
    }

    /// All of them.
    pub fn iter(&self) -> Iter<'_> {
        self.range(0..self.len())
    }

    /// Those from one place to another; what lies past the end is left out.
    pub fn range(&self, places: Range<usize>) -> Iter<'_> {
        let rows = self.rows.get(places.start..places.end.min(self.rows.len())).unwrap_or_default();
        Iter { list: self, rows: rows.iter() }
    }

    /// All of them as records of their own.
    #[must_use]
    pub fn to_vec(&self) -> Vec<Tweet> {
        self.iter().map(Tweet::from).collect()
    }

    /// Adds a tweet at the end. A text of more than 4 GiB is cut.
    pub fn push(&mut self, tweet: TweetRef<'_>) {
        let texts: [Option<&str>; TEXTS] = [
            Some(tweet.id),
            Some(tweet.full_text),
            tweet.lang,
            tweet.thread_id,
            tweet.in_reply_to_id,
            tweet.in_reply_to_user_id,
            tweet.quoted_id,
            tweet.retweeted_id,
            tweet.conversation_id,
            tweet.client,
            tweet.entities.json(),
            tweet.media.json(),
        ];
        let (start, mut has, mut lengths) = (self.text.len(), 0, [0; TEXTS]);
        for (place, text) in texts.into_iter().enumerate() {
            let Some(text) = text else { continue };
            let (text, _) = text.split_at(text.floor_char_boundary(u32::MAX as usize));
            self.text.push_str(text);
            lengths[place] = u32::try_from(text.len()).unwrap_or(u32::MAX);
            has |= 1 << place;
        }
        let TweetCounts { likes, retweets, replies, quotes, bookmarks, impressions } = tweet.counts;
        let (mut counts, mut counted) = ([0; COUNTS], 0);
        for (place, count) in [likes, retweets, replies, quotes, bookmarks, impressions].into_iter().enumerate() {
            let Some(count) = count else { continue };
            counts[place] = count;
            counted |= 1 << place;
        }
        let entities = tweet.entities.part().filter(|entities| !entities.is_empty());
        let media = tweet.media.part().filter(|media| !media.is_empty());
        let lists = entities.is_some() || media.is_some() || !tweet.edit_history.is_empty() || !tweet.labels.is_empty();
        self.rows.push(Row {
            start,
            lengths,
            has,
            kind: tweet.kind,
            source: tweet.source,
            is_note: tweet.is_note,
            is_truncated: tweet.is_truncated,
            excluded: tweet.excluded,
            thread_position: tweet.thread_position,
            created_at: tweet.created_at,
            deleted_at: tweet.deleted_at,
            counts,
            counted,
            lists: lists.then(|| {
                Box::new(Lists {
                    entities: entities.map(Cow::into_owned).unwrap_or_default(),
                    media: media.map(Cow::into_owned).unwrap_or_default(),
                    edit_history: tweet.edit_history.into_owned(),
                    labels: tweet.labels.into_owned(),
                })
            }),
        });
    }

    /// Adds the tweets of another list at the end.
    pub fn append(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
            return;
        }
        let before = self.text.len();
        self.text.reserve_exact(other.text.len());
        self.rows.reserve_exact(other.len());
        self.text.push_str(&other.text);
        self.rows.extend(other.rows.into_iter().map(|row| Row { start: row.start + before, ..row }));
    }

    #[inline]
    fn view<'a>(&'a self, row: &'a Row) -> TweetRef<'a> {
        let mut begin = row.start;
        let texts: [Option<&str>; TEXTS] = std::array::from_fn(|place| {
            let end = begin + row.lengths[place] as usize;
            let text = self.text.get(begin..end).filter(|_| row.has & (1 << place) != 0);
            begin = end;
            text
        });
        let [id, full_text, lang, thread_id, in_reply_to_id, in_reply_to_user_id, ..] = texts;
        let [.., quoted_id, retweeted_id, conversation_id, client, entities, media] = texts;
        let count = |place: usize| (row.counted & (1 << place) != 0).then(|| row.counts[place]);
        let lists = row.lists.as_deref().unwrap_or(&NO_LISTS);
        TweetRef {
            id: id.unwrap_or_default(),
            full_text: full_text.unwrap_or_default(),
            created_at: row.created_at,
            lang,
            kind: row.kind,
            is_note: row.is_note,
            is_truncated: row.is_truncated,
            thread_id,
            thread_position: row.thread_position,
            in_reply_to_id,
            in_reply_to_user_id,
            quoted_id,
            retweeted_id,
            conversation_id,
            counts: TweetCounts {
                likes: count(0),
                retweets: count(1),
                replies: count(2),
                quotes: count(3),
                bookmarks: count(4),
                impressions: count(5),
            },
            entities: entities.map_or(Lazy::from(&lists.entities), Lazy::written),
            media: media.map_or(Lazy::from(lists.media.as_slice()), Lazy::written),
            source: row.source,
            client,
            edit_history: Cow::Borrowed(&lists.edit_history),
            deleted_at: row.deleted_at,
            excluded: row.excluded,
            labels: Cow::Borrowed(&lists.labels),
        }
    }
}

/// The tweets of a [`TweetList`], one after the other.
#[derive(Clone)]
pub struct Iter<'a> {
    list: &'a TweetList,
    rows: std::slice::Iter<'a, Row>,
}

impl<'a> Iterator for Iter<'a> {
    type Item = TweetRef<'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.rows.next().map(|row| self.list.view(row))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rows.size_hint()
    }

    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        self.rows.nth(n).map(|row| self.list.view(row))
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.rows.next_back().map(|row| self.list.view(row))
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl FusedIterator for Iter<'_> {}

impl std::fmt::Debug for Iter<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl Serialize for Iter<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.clone())
    }
}

impl<'a> IntoIterator for &'a TweetList {
    type Item = TweetRef<'a>;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl<'a> Extend<TweetRef<'a>> for TweetList {
    fn extend<I: IntoIterator<Item = TweetRef<'a>>>(&mut self, tweets: I) {
        let tweets = tweets.into_iter();
        self.rows.reserve(tweets.size_hint().0);
        tweets.for_each(|tweet| self.push(tweet));
    }
}

impl<'a> Extend<&'a Tweet> for TweetList {
    fn extend<I: IntoIterator<Item = &'a Tweet>>(&mut self, tweets: I) {
        self.extend(tweets.into_iter().map(TweetRef::from));
    }
}

impl Extend<Tweet> for TweetList {
    fn extend<I: IntoIterator<Item = Tweet>>(&mut self, tweets: I) {
        let tweets = tweets.into_iter();
        self.rows.reserve(tweets.size_hint().0);
        tweets.for_each(|mut tweet| {
            // The texts are copied, the lists move.
            let (entities, media) = (take(&mut tweet.entities), take(&mut tweet.media));
            let (edit_history, labels) = (take(&mut tweet.edit_history), take(&mut tweet.labels));
            self.push(TweetRef {
                entities: Lazy::owned(entities),
                media: Lazy::owned(media),
                edit_history: Cow::Owned(edit_history),
                labels: Cow::Owned(labels),
                ..TweetRef::from(&tweet)
            });
        });
    }
}

impl<T> FromIterator<T> for TweetList
where
    Self: Extend<T>,
{
    fn from_iter<I: IntoIterator<Item = T>>(tweets: I) -> Self {
        let mut list = Self::new();
        list.extend(tweets);
        list
    }
}

impl From<Vec<Tweet>> for TweetList {
    fn from(tweets: Vec<Tweet>) -> Self {
        tweets.into_iter().collect()
    }
}

impl From<TweetList> for Vec<Tweet> {
    fn from(tweets: TweetList) -> Self {
        tweets.to_vec()
    }
}

impl PartialEq for TweetList {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other)
    }
}

impl std::fmt::Debug for TweetList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

impl Serialize for TweetList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

impl<'de> Deserialize<'de> for TweetList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tweets;

        impl<'de> Visitor<'de> for Tweets {
            type Value = TweetList;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list of tweets")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut tweets: A) -> Result<TweetList, A::Error> {
                let mut list = TweetList::new();
                while let Some(tweet) = tweets.next_element::<Tweet>()? {
                    list.extend([tweet]);
                }
                Ok(list)
            }
        }

        deserializer.deserialize_seq(Tweets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{Hashtag, Mention, UrlEntity};

    fn all_fields() -> Tweet {
        let text = |name: &str| Some(name.to_owned());
        Tweet {
            id: "20".into(),
            full_text: "café 🐦\n".into(),
            created_at: DateTime::from_timestamp_millis(1_142_974_214_123).unwrap(),
            lang: text("en"),
            kind: TweetKind::Quote,
            is_note: true,
            is_truncated: true,
            thread_id: text("thread"),
            thread_position: Some(3),
            in_reply_to_id: text("reply"),
            in_reply_to_user_id: text("user"),
            quoted_id: text("quoted"),
            retweeted_id: text("retweeted"),
            conversation_id: text("conversation"),
            counts: TweetCounts {
                likes: Some(1),
                retweets: Some(2),
                replies: Some(3),
                quotes: Some(4),
                bookmarks: Some(5),
                impressions: Some(u64::MAX),
            },
            entities: Entities {
                urls: vec![UrlEntity { url: "u".into(), expanded_url: "e".into(), display_url: "d".into() }],
                mentions: vec![Mention { username: "jack".into(), id: text("12"), name: None }],
                hashtags: vec![Hashtag("tag".into())],
                cashtags: vec![Hashtag("TWTR".into())],
            },
            media: vec![Media { id: "m".into(), ..Media::default() }],
            source: TweetSource::Api,
            client: text("web"),
            edit_history: vec!["19".into(), "20".into()],
            deleted_at: DateTime::from_timestamp_millis(1_142_974_215_000),
            excluded: true,
            labels: vec!["a".into()],
        }
    }

    fn some() -> Vec<Tweet> {
        let empty = Tweet { lang: Some(String::new()), client: Some(String::new()), ..Tweet::default() };
        let labelled = Tweet { id: "21".into(), labels: vec!["b".into()], ..Tweet::default() };
        vec![all_fields(), Tweet::default(), empty, labelled, all_fields()]
    }

    #[test]
    fn tweets_come_back_as_they_went_in() {
        let list: TweetList = some().into();
        assert_eq!(list.to_vec(), some());
        assert_eq!(list, some().iter().collect());
        assert_eq!(Vec::from(list.clone()), some());
        assert_eq!(list.iter().nth(3), list.get(3));
        assert_eq!(format!("{:?}", list.range(1..2)), format!("{:?}", [list.get(1).unwrap()]));
        assert_eq!(list.get(0).map(Tweet::from), Some(all_fields()));
        assert_eq!(list.get(5), None);
        assert!(list != TweetList::from(some()[1..].to_vec()));
        let back: Vec<Tweet> = list.iter().rev().map(Tweet::from).collect();
        assert_eq!(back, some().into_iter().rev().collect::<Vec<_>>());
    }

    #[test]
    fn a_missing_text_is_not_an_empty_one() {
        let list: TweetList = some().into();
        assert_eq!((list.get(1).unwrap().lang, list.get(2).unwrap().lang), (None, Some("")));
    }

    #[test]
    fn what_stands_as_json_is_what_was_written() {
        let (tweet, mut list) = (all_fields(), TweetList::new());
        let (of, media) =
            (serde_json::to_string(&tweet.entities).unwrap(), serde_json::to_string(&tweet.media).unwrap());
        let (entities, media) = (Lazy::from_json(&of).unwrap(), Lazy::from_json(&media).unwrap());
        assert!(entities.json().is_some() && media.json().is_some());
        list.push(TweetRef { entities, media, ..TweetRef::from(&tweet) });
        list.push(TweetRef { entities: Lazy::from_json("{ \"urls\": [] }").unwrap(), ..TweetRef::from(&tweet) });
        let wanted = [tweet.clone(), Tweet { entities: Entities::default(), ..tweet.clone() }];
        assert_eq!(list.get(0).unwrap(), TweetRef::from(&tweet));
        assert_eq!(list.to_vec(), wanted);
        let mut twice = TweetList::from(some());
        twice.append(list);
        assert_eq!(twice.to_vec(), [some(), wanted.to_vec()].concat());
        assert!(Lazy::<Entities>::from_json("[]").is_err());
    }

    #[test]
    fn lists_are_joined() {
        let mut list = TweetList::new();
        list.append(some().into());
        list.append(TweetList::new());
        list.append(some().into());
        assert_eq!(list.to_vec(), [some(), some()].concat());
    }

    #[test]
    fn a_range_is_cut_at_the_end() {
        let list: TweetList = some().into();
        let lens = [0..2, 1..usize::MAX, 5..9, usize::MAX..usize::MAX].map(|range| list.range(range).len());
        assert_eq!(lens, [2, 4, 0, 0]);
        #[allow(clippy::reversed_empty_ranges, reason = "a caller's mistake")]
        let reversed = list.range(3..1);
        assert_eq!(reversed.len(), 0);
    }

    #[test]
    fn the_json_is_that_of_records() {
        let (list, records) = (TweetList::from(some()), serde_json::to_string(&some()).unwrap());
        assert_eq!(serde_json::to_string(&list).unwrap(), records);
        assert_eq!(serde_json::from_str::<TweetList>(&records).unwrap(), list);
        assert!(serde_json::from_str::<TweetList>(r#"[{"id":7}]"#).is_err());
    }
}
