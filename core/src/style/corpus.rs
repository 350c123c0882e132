use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::fingerprint::Fingerprint;
use super::profile::StyleProfile;
use crate::records::{TweetKind, TweetRef};

/// After this many years a tweet weighs half.
const HALF_LIFE_YEARS: f64 = 2.0;

/// An old tweet never weighs less than this.
const LEAST_WEIGHT: f64 = 0.1;

/// A longer text, in bytes, is no tweet: ten times what the longest long post (25,000 characters,
/// <https://docs.x.com/changelog>, 2024-08-20) has in English. One such text would outweigh ten thousand tweets.
pub(crate) const LONGEST_TEXT: usize = 256 * 1024;

/// A text of four words or more that comes this often, names and numbers aside, was written by a program.
const TEMPLATE_TIMES: usize = 5;

/// How many tweets were left out of a corpus, by the first reason that holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct LeftOut {
    /// The owner keeps them out.
    pub excluded: u64,
    /// They were deleted at Twitter.
    pub deleted: u64,
    /// Somebody else's words: retweets, those made by hand (`RT @…`, `"@…`) included.
    pub retweets: u64,
    /// The source kept only the beginning.
    pub truncated: u64,
    /// Written by a program: cross-posts, check-ins, templates.
    pub automatic: u64,
    /// Nothing but a greeting, or the same text again.
    pub repeated: u64,
    /// No word and no emoji beside links, mentions and hashtags.
    pub wordless: u64,
    /// Longer than any tweet: more than 256 KiB.
    pub oversized: u64,
    /// Older than the newest 50,000 that an account's style is learned from (or the newest 32 MiB of text).
    pub older: u64,
}

impl LeftOut {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        let Self { excluded, deleted, retweets, truncated, automatic, repeated, wordless, oversized, older } = self;
        // A profile may come from elsewhere.
        [excluded, deleted, retweets, truncated, automatic, repeated, wordless, oversized, older]
            .into_iter()
            .fold(0, |sum, n| sum.saturating_add(*n))
    }
}

/// The tweets that tell how somebody writes: own words only, each with its weight.
///
/// Left out are retweets, tweets that the owner excluded or deleted, cut texts and those longer than any tweet, automatic posts (by the program that sent
/// them, by their first words, or because they follow a template), greetings and repetitions. The mentions that begin a
/// reply are taken off: Twitter puts them there. The newest tweet weighs 1; each two years of age halve the weight, down
/// to 0.1.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    tweets: Vec<CorpusTweet>,
    left_out: LeftOut,
}

/// One text of a corpus.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CorpusTweet {
    /// The tweet's id.
    pub id: String,
    /// The author's own words.
    pub text: Arc<str>,
    /// What it weighs, 0.1 to 1.
    pub weight: f64,
}

/// What is asked again of a tweet whose words are the author's own.
struct Kept<'t> {
    id: &'t str,
    created_at: DateTime<Utc>,
    text: &'t str,
}

impl Corpus {
    /// The corpus of these tweets, in their order.
    #[must_use]
    pub fn of<'t>(tweets: impl IntoIterator<Item = impl Into<TweetRef<'t>>>) -> Self {
        Self::gathered(&mut tweets.into_iter().map(Into::into))
    }

    fn gathered<'t>(tweets: &mut dyn Iterator<Item = TweetRef<'t>>) -> Self {
        let mut left_out = LeftOut::default();
        let mut kept: Vec<Kept<'t>> = Vec::new();
        let mut skeletons: BTreeMap<String, usize> = BTreeMap::new();
        for tweet in tweets {
            let text = own_words(&tweet);
            let reason = if tweet.deleted_at.is_some() {
                &mut left_out.deleted
            } else if tweet.excluded {
                &mut left_out.excluded
            } else if tweet.kind == TweetKind::Retweet || tweet.retweeted_id.is_some() || is_manual_retweet(text) {
                &mut left_out.retweets
            } else if tweet.is_truncated {
                &mut left_out.truncated
            } else if text.len() > LONGEST_TEXT {
                &mut left_out.oversized
            } else if is_automatic(&tweet, text) {
                &mut left_out.automatic
            } else if is_wordless(text) {
                &mut left_out.wordless
            } else {
                *skeletons.entry(skeleton(text)).or_default() += 1;
                kept.push(Kept { id: tweet.id, created_at: tweet.created_at, text });
                continue;
            };
            *reason += 1;
        }
        let mut seen = BTreeSet::new();
        let newest = kept.iter().map(|tweet| tweet.created_at).max();
        // The newest of equals stays, whatever the order the tweets come in.
        let mut order: Vec<usize> = (0..kept.len()).collect();
        order.sort_by(|a, b| {
            let key = |at: &usize| kept.get(*at).map(|tweet| (tweet.created_at, tweet.id));
            key(b).cmp(&key(a))
        });
        let mut keep = vec![false; kept.len()];
        for at in order {
            let Some(tweet) = kept.get(at) else { continue };
            let skeleton = skeleton(tweet.text);
            let times = skeletons.get(&skeleton).copied().unwrap_or(0);
            if times >= TEMPLATE_TIMES && skeleton.split(' ').count() >= 4 {
                left_out.automatic += 1;
            } else if is_greeting(&skeleton) || !seen.insert(skeleton) {
                left_out.repeated += 1;
            } else if let Some(keep) = keep.get_mut(at) {
                *keep = true;
            }
        }
        let tweets = kept
            .iter()
            .zip(keep)
            .filter(|(_, keep)| *keep)
            .map(|(tweet, _)| CorpusTweet {
                id: tweet.id.to_owned(),
                text: Arc::from(tweet.text),
                weight: newest.map_or(1.0, |newest| weight(tweet.created_at, newest)),
            })
            .collect();
        Self { tweets, left_out }
    }

    /// The texts.
    #[must_use]
    pub fn tweets(&self) -> &[CorpusTweet] {
        &self.tweets
    }

    /// What was left out, and why.
    #[must_use]
    pub fn left_out(&self) -> LeftOut {
        self.left_out
    }

    /// Counts those that were left out before: a store need not send what nothing is learned from.
    pub(crate) fn without(mut self, before: LeftOut) -> Self {
        let left_out = &mut self.left_out;
        left_out.excluded += before.excluded;
        left_out.deleted += before.deleted;
        left_out.retweets += before.retweets;
        left_out.older += before.older;
        self
    }

    /// The profile of these texts.
    #[must_use]
    pub fn into_profile(self) -> StyleProfile {
        let fingerprint = Fingerprint::weighted(self.tweets.iter().map(|tweet| (&*tweet.text, tweet.weight)));
        let corpus_hash = hash(self.tweets.iter().map(|tweet| (tweet.id.as_str(), &*tweet.text)));
        let ids = self.tweets.iter().map(|tweet| tweet.id.clone()).collect();
        let texts = self.tweets.into_iter().map(|tweet| tweet.text).collect();
        StyleProfile::new(fingerprint, texts, ids, corpus_hash, self.left_out)
    }
}

/// SHA-256 over the ids and texts, sorted, with the version of the fingerprint.
pub(super) fn hash<'a>(tweets: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut digests: Vec<[u8; 32]> = tweets
        .map(|(id, text)| {
            let mut context = ring::digest::Context::new(&ring::digest::SHA256);
            context.update(&(id.len() as u64).to_le_bytes());
            context.update(id.as_bytes());
            context.update(text.as_bytes());
            finish(context)
        })
        .collect();
    digests.sort_unstable();
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    context.update(&Fingerprint::VERSION.to_le_bytes());
    for digest in &digests {
        context.update(digest);
    }
    finish(context).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn finish(context: ring::digest::Context) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (byte, digested) in bytes.iter_mut().zip(context.finish().as_ref()) {
        *byte = *digested;
    }
    bytes
}

fn weight(at: DateTime<Utc>, newest: DateTime<Utc>) -> f64 {
    let years = (newest - at).num_seconds().max(0) as f64 / (365.25 * 86_400.0);
    0.5f64.powf(years / HALF_LIFE_YEARS).max(LEAST_WEIGHT)
}

/// The text without the mentions that Twitter puts before a reply.
fn own_words<'t>(tweet: &TweetRef<'t>) -> &'t str {
    let mut text = tweet.full_text;
    if tweet.kind == TweetKind::Reply || tweet.in_reply_to_id.is_some() {
        while let Some(after) = text.trim_start().strip_prefix('@') {
            let name = after.len() - after.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
            if name == 0 {
                break;
            }
            text = after.get(name..).unwrap_or("");
        }
        text = text.trim_start();
    }
    text
}

fn is_manual_retweet(text: &str) -> bool {
    let text = text.trim_start_matches(['.', ' ']);
    ["RT @", "RT: @", "MT @", "RT @", "\"@", "\u{201c}@", "Retweeted "].iter().any(|start| {
        text.strip_prefix(start)
            .is_some_and(|after| after.chars().next().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_'))
    })
}

/// Programs that write by themselves, as Twitter names them; in lower case.
const PROGRAMS: [&str; 20] = [
    "ifttt",
    "zapier",
    "dlvr.it",
    "twitterfeed",
    "paper.li",
    "foursquare",
    "swarm",
    "untappd",
    "twittascope",
    "crowdfire",
    "followmeter",
    "commun.it",
    "revive social",
    "fllwrs",
    "unfollowspy",
    "last.fm",
    "runkeeper",
    "nike+",
    "goodreads",
    "tweet old post",
];

/// How programs begin what they write in somebody's name; in lower case.
const PHRASES: [&str; 18] = [
    "i'm at ",
    "i just checked in",
    "just posted a photo",
    "just posted a video",
    "i liked a @youtube video",
    "i added a video to a @youtube playlist",
    "i posted a new photo to facebook",
    "i posted a new video to facebook",
    "my week on twitter",
    "my top artists",
    "my top 3 #lastfm artists",
    "today stats:",
    "new followers and",
    "i just earned the",
    "i unlocked the",
    "i've collected ",
    "just completed a ",
    "thanks for the recent follow",
];

fn is_automatic(tweet: &TweetRef<'_>, text: &str) -> bool {
    let lower = |text: &str, most: usize| text.chars().take(most).flat_map(char::to_lowercase).collect::<String>();
    if let Some(client) = tweet.client {
        let client = lower(client, 80);
        if PROGRAMS.iter().any(|program| client.contains(program)) {
            return true;
        }
    }
    let start = lower(text.trim_start(), 60).replace('\u{2019}', "'");
    let has_link = text.contains("http://") || text.contains("https://");
    PHRASES.iter().any(|phrase| start.starts_with(phrase)) && (has_link || !start.starts_with("i'm at "))
}

fn is_wordless(text: &str) -> bool {
    let features = super::TextFeatures::of(text);
    features.words() == 0 && features.get("emoji") == 0
}

/// The words in lower case with names, tags, links and numbers each as one sign: what a template leaves the same.
fn skeleton(text: &str) -> String {
    let mut out = String::new();
    for token in text.split_whitespace().take(60) {
        let sign = match token.chars().next() {
            Some('@') => "@",
            Some('#') => "#",
            _ if token.starts_with("http://") || token.starts_with("https://") => "/",
            _ if token.chars().any(|c| c.is_ascii_digit()) => "0",
            _ => "",
        };
        if !out.is_empty() {
            out.push(' ');
        }
        if sign.is_empty() {
            out.extend(token.chars().take(40).flat_map(char::to_lowercase));
        } else {
            out.push_str(sign);
        }
    }
    out
}

/// Words of which a mere greeting consists.
const GREETING: [&str; 26] = [
    "gm",
    "gn",
    "gm!",
    "good",
    "morning",
    "morning!",
    "night",
    "night!",
    "evening",
    "afternoon",
    "hello",
    "hi",
    "hey",
    "everyone",
    "all",
    "twitter",
    "world",
    "friends",
    "frens",
    "fam",
    "happy",
    "friday",
    "monday",
    "buenos",
    "dias",
    "días",
];

/// Whether nothing but a greeting is said.
fn is_greeting(skeleton: &str) -> bool {
    let mut words = 0;
    for token in skeleton.split(' ') {
        let word = token.trim_matches(|c: char| !c.is_alphanumeric());
        if word.is_empty() {
            continue;
        }
        words += 1;
        if !GREETING.contains(&word) {
            return false;
        }
    }
    (1..=4).contains(&words)
}
