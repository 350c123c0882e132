//! Own tweets as examples for a model: found by topic, mixed so that they do not repeat each other.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::records::{Tweet, TweetKind, compare_ids};
use crate::text::normal::nfkc;

/// BM25 as in Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009): tweets are short and alike in
/// length, so that length counts less than for documents.
const K1: f64 = 1.2;
const B: f64 = 0.5;
/// A tweet of two years ago counts half as much as one of today.
const HALF_LIFE_DAYS: f64 = 730.0;
/// What a tweet's likeness to those already chosen takes from it (maximal marginal relevance, Carbonell and Goldstein 1998).
const REDUNDANCY: f64 = 0.45;
/// The pool that a choice looks at: enough for 50 examples, small enough to compare all pairs.
const POOL: usize = 400;
/// More are never shown, however short they are.
const MAX_EXAMPLES: usize = 60;

/// The form of a tweet: examples of the same form teach most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ExemplarFormat {
    /// A tweet of its own.
    #[default]
    Tweet,
    /// A part of a thread.
    Thread,
    /// An answer.
    Reply,
    /// A comment on a tweet shown beneath.
    Quote,
    /// A long post.
    Note,
}

impl ExemplarFormat {
    /// The form of a tweet of the corpus; `None` for a retweet, which is not the author's.
    #[must_use]
    pub fn of(tweet: &Tweet) -> Option<Self> {
        Some(match tweet.kind {
            TweetKind::Retweet => return None,
            _ if tweet.is_note => Self::Note,
            _ if tweet.thread_id.is_some() => Self::Thread,
            TweetKind::Reply => Self::Reply,
            TweetKind::Quote => Self::Quote,
            TweetKind::Note => Self::Note,
            TweetKind::Original => Self::Tweet,
        })
    }
}

/// An own tweet that may be shown to a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exemplar {
    /// The tweet's id.
    pub id: String,
    /// Its whole text.
    pub text: Arc<str>,
    /// When it was tweeted.
    pub created_at: DateTime<Utc>,
    /// Its form.
    pub format: ExemplarFormat,
}

/// What is looked for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ExemplarQuery {
    /// Words of the topic; empty for none.
    pub topic: String,
    /// The form that is to be written.
    pub format: ExemplarFormat,
    /// How many tokens all examples together may have, as [`estimate_tokens`] counts them.
    pub token_budget: usize,
    /// No example longer than this, in characters.
    pub max_chars: Option<usize>,
}

impl ExemplarQuery {
    /// Examples for a topic: tweets, 1,500 tokens, any length.
    #[must_use]
    pub fn about(topic: impl Into<String>) -> Self {
        Self { topic: topic.into(), format: ExemplarFormat::Tweet, token_budget: 1500, max_chars: None }
    }

    /// Looks for examples of this form first.
    #[must_use]
    pub fn format(mut self, format: ExemplarFormat) -> Self {
        self.format = format;
        self
    }

    /// Limits all examples together.
    #[must_use]
    pub fn token_budget(mut self, tokens: usize) -> Self {
        self.token_budget = tokens;
        self
    }

    /// Leaves longer tweets out.
    #[must_use]
    pub fn max_chars(mut self, chars: usize) -> Self {
        self.max_chars = Some(chars);
        self
    }
}

/// The examples found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exemplars {
    /// The same for every topic as long as corpus, form and budget are the same: sorted by id, to stand at the beginning of a
    /// prompt, where the model's service can cache them.
    pub stable: Vec<Exemplar>,
    /// Those about the topic, the best last, next to the question.
    pub topical: Vec<Exemplar>,
}

impl Exemplars {
    /// All of them, in the order of the prompt.
    pub fn iter(&self) -> impl Iterator<Item = &Exemplar> {
        self.stable.iter().chain(&self.topical)
    }
}

#[derive(Clone, Debug)]
struct Doc {
    id: u64,
    text: Arc<str>,
    at: i64,
    format: ExemplarFormat,
    terms: u16,
    /// As [`estimate_tokens`] counts them: counted once, since a tweet of an archive can be megabytes long.
    tokens: u32,
    /// The share of its words that are terms, at most 1: mostly link or handle is no example of writing.
    wording: f32,
}

impl Doc {
    fn tokens(&self) -> usize {
        self.tokens as usize
    }
}

/// The search index over a person's own tweets: built once for a corpus, then shared.
///
/// Beside the texts it keeps 6 bytes for each term of a tweet, 12 for each different term and 60 for a tweet: about 8 MB for
/// 50,000 tweets. Retweets, excluded and deleted tweets, and tweets without words are left out.
///
/// ```
/// use ghostwren::records::Tweet;
/// use ghostwren::style::{ExemplarIndex, ExemplarQuery};
/// let tweet = |id: &str, text: &str| Tweet { id: id.into(), full_text: text.into(), ..Tweet::default() };
/// let tweets = [tweet("1", "Borrow checker 1, me 0."), tweet("2", "Soup again. No regrets."), tweet("3", "Rain, tea, a long compile.")];
/// let index = ExemplarIndex::new(&tweets);
/// let found = index.find(&ExemplarQuery::about("the borrow checker").token_budget(24));
/// assert!(found.iter().any(|tweet| tweet.id == "1"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct ExemplarIndex {
    docs: Vec<Doc>,
    /// Hashes of the terms, sorted, and where the postings of each begin.
    terms: Vec<(u64, u32)>,
    postings: Vec<(u32, u16)>,
    /// The places of the tweets from the shortest to the longest.
    by_length: Vec<u32>,
    average_terms: f64,
    newest: i64,
}

impl ExemplarIndex {
    /// Indexes own tweets. The order in which they come makes no difference.
    #[must_use]
    pub fn new<'a>(tweets: impl IntoIterator<Item = &'a Tweet>) -> Self {
        Self::from_exemplars(
            tweets.into_iter().filter(|tweet| !tweet.excluded && tweet.deleted_at.is_none()).filter_map(|tweet| {
                Some(Exemplar {
                    id: tweet.id.clone(),
                    text: tweet.full_text.as_str().into(),
                    created_at: tweet.created_at,
                    format: ExemplarFormat::of(tweet)?,
                })
            }),
        )
    }

    /// Indexes examples that do not come from tweets. An id that is not a number up to 2^64 counts as its place.
    #[must_use]
    pub fn from_exemplars(exemplars: impl IntoIterator<Item = Exemplar>) -> Self {
        let mut exemplars: Vec<Exemplar> = exemplars.into_iter().collect();
        exemplars.sort_by(|a, b| compare_ids(&a.id, &b.id));
        exemplars.dedup_by(|a, b| a.id == b.id);
        let mut index = Self::default();
        let mut found: Vec<(u64, u32, u16)> = Vec::new();
        for (place, exemplar) in exemplars.into_iter().enumerate() {
            let Ok(doc) = u32::try_from(index.docs.len()) else { break };
            let mut counts: BTreeMap<u64, u16> = BTreeMap::new();
            let mut all = 0_u16;
            for_each_term(&exemplar.text, |term| {
                let count = counts.entry(hash_term(term)).or_default();
                *count = count.saturating_add(1);
                all = all.saturating_add(1);
            });
            if all == 0 {
                continue;
            }
            found.extend(counts.into_iter().map(|(term, count)| (term, doc, count)));
            let at = exemplar.created_at.timestamp();
            index.newest = index.newest.max(at);
            #[expect(clippy::cast_possible_truncation, reason = "a share")]
            let wording = (f64::from(all) / ratio(exemplar.text.split_whitespace().count() as u64, 1)).min(1.0) as f32;
            index.docs.push(Doc {
                id: exemplar.id.parse().unwrap_or(place as u64),
                tokens: u32::try_from(estimate_tokens(&exemplar.text)).unwrap_or(u32::MAX),
                wording,
                text: exemplar.text,
                at,
                format: exemplar.format,
                terms: all,
            });
        }
        found.sort_unstable();
        for (term, doc, count) in found {
            if index.terms.last().is_none_or(|(last, _)| *last != term) {
                index.terms.push((term, u32::try_from(index.postings.len()).unwrap_or(u32::MAX)));
            }
            index.postings.push((doc, count));
        }
        let mut by_length: Vec<(usize, u32)> = (0..).zip(&index.docs).map(|(at, doc)| (doc.text.len(), at)).collect();
        by_length.sort_unstable();
        index.by_length = by_length.into_iter().map(|(_, at)| at).collect();
        index.docs.shrink_to_fit();
        index.terms.shrink_to_fit();
        index.postings.shrink_to_fit();
        let all: u64 = index.docs.iter().map(|doc| u64::from(doc.terms)).sum();
        index.average_terms = ratio(all, index.docs.len() as u64).max(1.0);
        index
    }

    /// How many tweets it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.docs.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.docs.is_empty()
    }

    /// Finds examples: a stable half for the author's usual range of lengths and forms, and the rest about the topic.
    /// Without a topic, or with one that no tweet is about, all are stable. Within the token budget, always.
    #[must_use]
    pub fn find(&self, query: &ExemplarQuery) -> Exemplars {
        let scored = self.bm25(&query.topic);
        let stable_budget = if query.topic.trim().is_empty() { query.token_budget } else { query.token_budget / 2 };
        // What is over the budget is not even looked at.
        let fits = |doc: &Doc| {
            doc.tokens() <= query.token_budget && query.max_chars.is_none_or(|most| doc.text.chars().count() <= most)
        };
        let mut stable = self.choose(self.stable_pool(query.format, &fits), stable_budget, &[]);
        let used: usize = stable.iter().filter_map(|at| self.docs.get(*at)).map(Doc::tokens).sum();
        let best = scored.iter().map(|(_, score)| *score).fold(0.0, f64::max);
        let pool = scored
            .into_iter()
            .filter(|(at, _)| !stable.contains(at) && self.docs.get(*at).is_some_and(&fits))
            .filter_map(|(at, score)| {
                let doc = self.docs.get(at)?;
                let form = if doc.format == query.format { 1.0 } else { 0.8 };
                Some((at, score / best * form * (0.7 + 0.3 * self.recency(doc))))
            })
            .collect();
        let mut topical = self.choose(pool, query.token_budget.saturating_sub(used), &stable);
        topical.reverse();
        stable.sort_unstable();
        Exemplars { stable: self.take(&stable), topical: self.take(&topical) }
    }

    fn take(&self, places: &[usize]) -> Vec<Exemplar> {
        places
            .iter()
            .filter_map(|at| self.docs.get(*at))
            .map(|doc| Exemplar {
                id: doc.id.to_string(),
                text: Arc::clone(&doc.text),
                created_at: DateTime::from_timestamp(doc.at, 0).unwrap_or_default(),
                format: doc.format,
            })
            .collect()
    }

    /// The best tweets for the words, at most the size of the pool, best first.
    fn bm25(&self, topic: &str) -> Vec<(usize, f64)> {
        let mut terms = Vec::new();
        for_each_term(topic, |term| terms.push(hash_term(term)));
        terms.sort_unstable();
        terms.dedup();
        let mut scores: BTreeMap<u32, f64> = BTreeMap::new();
        for term in terms {
            let Ok(place) = self.terms.binary_search_by_key(&term, |(hash, _)| *hash) else { continue };
            let from = self.terms.get(place).map_or(0, |(_, at)| *at as usize);
            let to = self.terms.get(place + 1).map_or(self.postings.len(), |(_, at)| *at as usize);
            let postings = self.postings.get(from..to).unwrap_or_default();
            let (all, holding) = (self.docs.len() as u64, postings.len() as u64);
            // A word of every tenth tweet says nothing about a topic.
            if holding * 10 > all.max(50) {
                continue;
            }
            let idf = (1.0 + (ratio(all, 1) - ratio(holding, 1) + 0.5) / (ratio(holding, 1) + 0.5)).ln();
            for (doc, count) in postings {
                let length = self.docs.get(*doc as usize).map_or(1.0, |doc| f64::from(doc.terms)) / self.average_terms;
                let count = f64::from(*count);
                *scores.entry(*doc).or_default() += idf * count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length));
            }
        }
        let mut scores: Vec<(usize, f64)> = scores.into_iter().map(|(doc, score)| (doc as usize, score)).collect();
        scores.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
        scores.truncate(POOL);
        scores
    }

    /// Tweets that stand for the author without a topic: from each quarter of the lengths the most recent, those of the
    /// form first.
    fn stable_pool(&self, format: ExemplarFormat, fits: &dyn Fn(&Doc) -> bool) -> Vec<(usize, f64)> {
        let long_enough = |at: &usize| self.docs.get(*at).is_some_and(|doc| doc.terms >= 3 && fits(doc));
        let order: Vec<usize> = self.by_length.iter().map(|at| *at as usize).filter(long_enough).collect();
        let quarter = order.len().div_ceil(4).max(1);
        let mut pool = Vec::new();
        for part in order.chunks(quarter) {
            let mut part: Vec<(usize, f64)> = part
                .iter()
                .filter_map(|at| {
                    let doc = self.docs.get(*at)?;
                    let form = if doc.format == format { 1.0 } else { 0.5 };
                    Some((*at, form * f64::from(doc.wording) * (0.4 + 0.6 * self.recency(doc))))
                })
                .collect();
            let best_first = |a: &(usize, f64), b: &(usize, f64)| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0));
            if part.len() > POOL / 4 {
                part.select_nth_unstable_by(POOL / 4, best_first);
                part.truncate(POOL / 4);
            }
            part.sort_by(best_first);
            pool.extend(part);
        }
        pool
    }

    fn recency(&self, doc: &Doc) -> f64 {
        let days = ratio(self.newest.saturating_sub(doc.at).unsigned_abs(), 86_400);
        0.5_f64.powf(days / HALF_LIFE_DAYS)
    }

    /// Maximal marginal relevance within the budget: each step takes the best that is least like what is there.
    fn choose(&self, mut pool: Vec<(usize, f64)>, budget: usize, beside: &[usize]) -> Vec<usize> {
        let terms_of = |at: usize| {
            let mut terms = Vec::new();
            if let Some(doc) = self.docs.get(at) {
                for_each_term(&doc.text, |term| terms.push(hash_term(term)));
            }
            terms.sort_unstable();
            terms.dedup();
            terms
        };
        pool.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
        let mut rest: Vec<(usize, f64, Vec<u64>, f64)> =
            pool.into_iter().map(|(at, score)| (at, score, terms_of(at), 0.0)).collect();
        let likeness = |rest: &mut Vec<(usize, f64, Vec<u64>, f64)>, at: usize, terms: &[u64]| {
            let doc = self.docs.get(at);
            for (other, _, other_terms, most) in rest.iter_mut() {
                let other = self.docs.get(*other);
                let same_length = length_class(doc) == length_class(other);
                let same_format = doc.map(|doc| doc.format) == other.map(|doc| doc.format);
                let like = 0.8 * jaccard(terms, other_terms)
                    + if same_length { 0.15 } else { 0.0 }
                    + if same_format { 0.05 } else { 0.0 };
                *most = most.max(like);
            }
        };
        for at in beside {
            likeness(&mut rest, *at, &terms_of(*at));
        }
        let mut chosen = Vec::new();
        let mut left = budget;
        while chosen.len() < MAX_EXAMPLES {
            rest.retain(|(at, ..)| self.docs.get(*at).is_some_and(|doc| doc.tokens() <= left));
            let best = rest
                .iter()
                .enumerate()
                .map(|(place, (at, score, _, most))| (place, *at, (1.0 - REDUNDANCY) * score - REDUNDANCY * most))
                .max_by(|a, b| a.2.total_cmp(&b.2).then(a.1.cmp(&b.1)));
            let Some((place, at, _)) = best else { break };
            let (_, _, terms, like) = rest.swap_remove(place);
            if like > 0.7 {
                // Nearly the same tweet again teaches nothing.
                continue;
            }
            left -= self.docs.get(at).map_or(0, Doc::tokens).min(left);
            chosen.push(at);
            likeness(&mut rest, at, &terms);
        }
        chosen
    }
}

fn length_class(doc: Option<&Doc>) -> usize {
    doc.map_or(0, |doc| doc.text.len().min(560) / 70)
}

#[expect(clippy::cast_precision_loss, reason = "counts and seconds, far below 2^52")]
fn ratio(a: u64, b: u64) -> f64 {
    a as f64 / b.max(1) as f64
}

fn jaccard(a: &[u64], b: &[u64]) -> f64 {
    let common = a.iter().filter(|term| b.binary_search(term).is_ok()).count();
    ratio(common as u64, (a.len() + b.len() - common) as u64)
}

/// About how many tokens a model makes of the text: one for four characters, one for each character of a script without
/// spaces or outside the alphabets, and four for the frame around an example.
///
/// ```
/// assert_eq!(ghostwren::style::estimate_tokens("twelve chars"), 3 + 4);
/// ```
#[must_use]
pub fn estimate_tokens(text: &str) -> usize {
    let (mut narrow, mut wide) = (0_usize, 0_usize);
    for c in text.chars() {
        if u32::from(c) < 0x0900 { narrow += 1 } else { wide += 1 }
    }
    narrow.div_ceil(4) + wide + 4
}

/// Calls `visit` with each search term: NFKC, lower case, letters and digits; links left out, a handle or hashtag
/// without its sign; two characters each where the script has no spaces.
pub(crate) fn for_each_term(text: &str, mut visit: impl FnMut(&str)) {
    for chunk in text.split_whitespace() {
        let lower = chunk.trim_start_matches(|c: char| !c.is_alphanumeric());
        if lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("www.") {
            continue;
        }
        let mut word = String::new();
        let mut unspaced: Option<char> = None;
        for c in nfkc(chunk.chars()).flat_map(char::to_lowercase).chain([' ']) {
            if is_ideograph(c) {
                if !word.is_empty() {
                    visit(&word);
                    word.clear();
                }
                if let Some(before) = unspaced {
                    visit([before, c].iter().collect::<String>().as_str());
                }
                unspaced = Some(c);
            } else if c.is_alphanumeric() {
                word.push(c);
                unspaced = None;
            } else if !matches!(c, '\'' | '’') {
                if !word.is_empty() {
                    visit(&word);
                    word.clear();
                }
                unspaced = None;
            }
        }
    }
}

fn is_ideograph(c: char) -> bool {
    matches!(u32::from(c), 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3005..=0x30FF | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
        && c.is_alphanumeric()
}

fn hash_term(term: &str) -> u64 {
    term.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tweet(id: u64, text: &str) -> Tweet {
        Tweet {
            id: id.to_string(),
            full_text: text.into(),
            created_at: DateTime::from_timestamp(1_600_000_000 + i64::try_from(id).unwrap() * 86_400, 0).unwrap(),
            ..Tweet::default()
        }
    }

    fn corpus() -> Vec<Tweet> {
        let filler = |i: u64| {
            let subject = ["gardening", "soup", "trains"][usize::try_from(i % 3).unwrap()];
            let words: Vec<String> = (0..3 + i % 9).map(|n| format!("word{i}x{n}")).collect();
            format!("{subject} {}", words.join(" "))
        };
        let mut tweets: Vec<Tweet> = (1001..=1300).map(|i| tweet(i, &filler(i))).collect();
        tweets.push(tweet(1, "The borrow checker found a bug that I had shipped twice"));
        tweets.push(tweet(2, "借用チェッカーがバグを見つけた話"));
        tweets.push(tweet(3, "Borrow checker again. I give up, it is right."));
        tweets
    }

    #[test]
    fn the_topic_comes_last_and_the_rest_does_not_move() {
        let index = ExemplarIndex::new(&corpus());
        let rust = index.find(&ExemplarQuery::about("borrow checker").token_budget(300));
        let soup = index.find(&ExemplarQuery::about("gardening in winter").token_budget(300));
        assert_eq!(rust.stable, soup.stable, "what can be cached");
        assert!(rust.stable.is_sorted_by(|a, b| compare_ids(&a.id, &b.id).is_lt()));
        let last = rust.topical.last().unwrap();
        assert!(last.id == "1" || last.id == "3", "{last:?}");
        let spent: usize = rust.iter().map(|one| estimate_tokens(&one.text)).sum();
        assert!(spent <= 300, "{spent}");
        let ids: std::collections::BTreeSet<_> = rust.iter().map(|one| &one.id).collect();
        assert_eq!(ids.len(), rust.iter().count(), "none twice");
    }

    #[test]
    fn order_of_the_corpus_makes_no_difference() {
        let mut tweets = corpus();
        let first = ExemplarIndex::new(&tweets).find(&ExemplarQuery::about("soup and trains"));
        tweets.reverse();
        assert_eq!(ExemplarIndex::new(&tweets).find(&ExemplarQuery::about("soup and trains")), first);
    }

    #[test]
    fn japanese_is_found_by_pairs_of_characters() {
        let index = ExemplarIndex::new(&corpus());
        let found = index.find(&ExemplarQuery::about("借用チェッカー").token_budget(200));
        assert!(found.iter().any(|one| one.id == "2"), "{found:?}");
    }

    #[test]
    fn what_is_not_the_authors_own_is_left_out() {
        let mut tweets =
            vec![tweet(1, "my own words here"), tweet(2, "their words here"), tweet(3, "kept out words here")];
        tweets[1].kind = TweetKind::Retweet;
        tweets[2].excluded = true;
        tweets.push(tweet(4, "https://t.co/only @"));
        let index = ExemplarIndex::new(&tweets);
        assert_eq!(index.len(), 1);
        assert_eq!(index.find(&ExemplarQuery::about("words")).iter().count(), 1);
        assert_eq!(ExemplarIndex::default().find(&ExemplarQuery::about("x")), Exemplars::default());
        assert_eq!(index.find(&ExemplarQuery::about("words").token_budget(0)), Exemplars::default());
    }

    #[test]
    fn the_same_tweet_again_is_shown_once() {
        let tweets: Vec<Tweet> = (1..50).map(|i| tweet(i, "the very same announcement every day")).collect();
        assert_eq!(ExemplarIndex::new(&tweets).find(&ExemplarQuery::about("announcement")).iter().count(), 1);
    }
}
