use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::background::{Background, LANGUAGE_MINIMUM, Sample};
use super::distance::{cosine_distance, rate, vector, z_score};
use super::features::TextFeatures;
use super::lexicon::{LANGUAGE_COUNT, code};
use super::scan::{Scanner, Vocabulary};
use super::table::{Counter, FeatureGroup, LANGUAGE_TEXTS, counter_count, counter_name, features};

/// A text of weight 1 counts this much: weights become whole numbers, so that sums do not depend on their order.
pub(super) const UNIT: u64 = 1 << 16;

/// How many different words, emoji or hashtags are held while counting; beyond that the rarest are dropped.
const VOCABULARY: usize = 50_000;

/// How many of each are kept.
const FAVOURITES: usize = 40;

/// A feature of a style beside what people in general do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Feature {
    /// The stable name, such as `exclaim` or `en:the`.
    pub name: String,
    /// What a person calls it, such as `exclamation marks`.
    pub label: String,
    /// What the rate is against: `texts`, `words`, `cased_words`, `letters`, `sentences` …
    pub per: String,
    /// What it tells about.
    pub group: FeatureGroup,
    /// The rate in these texts: occurrences for each unit of `per`.
    pub value: f64,
    /// The rate among people in general; `None` for words of a language that has no background.
    pub background: Option<f64>,
    /// How far the rate is from the background, in standard deviations of one tweet; 0 where there is no background.
    pub z: f64,
}

/// A language of a fingerprint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LanguageUse {
    /// The language (BCP 47); `und` for texts that do not tell.
    pub language: String,
    /// The share of the texts that are in it.
    pub share: f64,
    /// Whether its words count in the distance; where they do not, only what is the same in every language does.
    pub words_compared: bool,
}

/// How somebody writes, in numbers: deterministic, versioned, without any of the texts.
///
/// The same texts give the same fingerprint in any order. It keeps counts, and for display the most used emoji, hashtags
/// and words. [`distance`](Self::distance) is Cosine Delta (Smith and Aldridge 2011,
/// <https://doi.org/10.1080/09296174.2011.533591>) over z-scores against [`Background::shipped`].
///
/// ```
/// use ghostwren::style::Fingerprint;
/// let loud = Fingerprint::of(&["WOW!!! so good 🔥🔥", "cannot WAIT!!! 🔥", "best DAY ever!!!"]);
/// let calm = Fingerprint::of(&["I have read the report, and I agree with it.", "It is, as ever, a matter of time."]);
/// let more = Fingerprint::of(&["YES!!! finally 🔥", "no WAY!!!"]);
/// assert!(loud.distance(&more) < loud.distance(&calm));
/// assert_eq!(loud.distance(&loud), 0.0);
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Fingerprint {
    texts: u64,
    counts: Vec<u64>,
    pub(super) emoji: Vec<(String, u64)>,
    pub(super) hashtags: Vec<(String, u64)>,
    pub(super) words: Vec<(String, u64)>,
    pub(super) first_words: Vec<(String, u64)>,
}

impl Fingerprint {
    /// The version of what is counted and how; it is stored with the numbers.
    pub const VERSION: u32 = 1;

    /// The fingerprint of texts that all weigh the same.
    #[must_use]
    pub fn of(texts: &[impl AsRef<str>]) -> Self {
        Self::weighted(texts.iter().map(|text| (text.as_ref(), 1.0)))
    }

    /// The fingerprint of texts with a weight each, from 0 (left out) to 1; more than 1 is taken as 1,000 at most.
    /// Memory does not grow with the number of texts.
    #[must_use]
    pub fn weighted<T: AsRef<str>>(texts: impl IntoIterator<Item = (T, f64)>) -> Self {
        let mut fingerprint = Self::empty();
        let mut scanner = Scanner::new();
        let mut words = Words::default();
        for (text, weight) in texts {
            words.weight = units(weight);
            if words.weight == 0 {
                continue;
            }
            fingerprint.texts += 1;
            scanner.scan(text.as_ref(), &mut words);
            scanner.drain(|place, count| {
                if let Some(sum) = fingerprint.counts.get_mut(place) {
                    *sum = sum.saturating_add(u64::from(count).saturating_mul(words.weight));
                }
            });
        }
        fingerprint.emoji = most(words.emoji, 0);
        fingerprint.hashtags = most(words.hashtags, 0);
        fingerprint.words = most(words.words, UNIT);
        fingerprint.first_words = most(words.first_words, UNIT);
        fingerprint
    }

    fn empty() -> Self {
        Self {
            texts: 0,
            counts: vec![0; counter_count()],
            emoji: Vec::new(),
            hashtags: Vec::new(),
            words: Vec::new(),
            first_words: Vec::new(),
        }
    }

    /// How many texts it stands on, whatever they weigh.
    #[must_use]
    pub fn texts(&self) -> u64 {
        self.texts
    }

    /// How far two styles are from each other: Cosine Delta, 0 (the same direction away from the crowd) to 2 (opposite);
    /// around 1 they have nothing in common. Always finite. One tweet says little: compare batches of ten and more.
    #[must_use]
    pub fn distance(&self, other: &Self) -> f64 {
        cosine_distance(&self.z_vector(), &other.z_vector())
    }

    /// The same distance to raw counts, such as those of a batch of drafts.
    #[must_use]
    pub fn distance_to(&self, texts: &TextFeatures) -> f64 {
        cosine_distance(&self.z_vector(), &vector(texts, Background::shipped()))
    }

    fn z_vector(&self) -> Vec<f64> {
        vector(self, Background::shipped())
    }

    /// Every feature that occurs here or in the background, always in the same order.
    #[must_use]
    pub fn features(&self) -> Vec<Feature> {
        features()
            .iter()
            .zip(Background::shipped().by_place())
            .filter(|(feature, row)| self.count(feature.of) > 0.0 || (row.is_some() && self.count(feature.per) > 0.0))
            .map(|(feature, row)| Feature {
                name: feature.name.clone(),
                label: feature.label.clone(),
                per: counter_name(feature.per),
                group: feature.group,
                value: rate(self, feature).unwrap_or(0.0),
                background: row.map(|row| row.mean),
                z: row.map_or(0.0, |row| z_score(self, feature, &row)),
            })
            .collect()
    }

    /// The languages of the texts, the most used first, and whether their words count in the distance.
    #[must_use]
    pub fn languages(&self) -> Vec<LanguageUse> {
        let texts = self.count(Counter::Texts.at());
        if texts <= 0.0 {
            return Vec::new();
        }
        let background = Background::shipped();
        let mut known = 0.0;
        let mut all: Vec<LanguageUse> = (0..LANGUAGE_COUNT)
            .filter_map(|language| {
                let count = self.count(LANGUAGE_TEXTS + language);
                known += count;
                (count > 0.0).then(|| LanguageUse {
                    language: code(language).unwrap_or("und").to_owned(),
                    share: count / texts,
                    words_compared: background.knows(language),
                })
            })
            .collect();
        if texts - known > 0.0 {
            all.push(LanguageUse { language: "und".to_owned(), share: (texts - known) / texts, words_compared: false });
        }
        all.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.language.cmp(&b.language)));
        all
    }

    /// What a reader of the numbers should know, in sentences.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        self.languages()
            .iter()
            .filter(|used| !used.words_compared && used.language != "und" && used.share >= 0.05)
            .map(|used| {
                format!(
                    "{:.0} % of the tweets are in `{}`, for which there are fewer than {LANGUAGE_MINIMUM} background \
                     tweets: only what is the same in every language is compared.",
                    used.share * 100.0,
                    used.language
                )
            })
            .collect()
    }
}

impl Sample for Fingerprint {
    fn count(&self, place: usize) -> f64 {
        self.counts.get(place).map_or(0.0, |units| *units as f64 / UNIT as f64)
    }
}

impl From<&TextFeatures> for Fingerprint {
    /// The same counts without the favourites, which raw counts do not keep.
    fn from(texts: &TextFeatures) -> Self {
        let mut fingerprint = Self::empty();
        fingerprint.texts = texts.texts();
        fingerprint.counts = texts.raw().iter().map(|count| u64::from(*count) * UNIT).collect();
        fingerprint
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fingerprint")
            .field("version", &Self::VERSION)
            .field("texts", &self.texts)
            .finish_non_exhaustive()
    }
}

/// A weight as whole units.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=1000 before the cast")]
fn units(weight: f64) -> u64 {
    if weight.is_nan() { 0 } else { (weight.clamp(0.0, 1000.0) * UNIT as f64).round() as u64 }
}

/// The open vocabulary of the texts.
#[derive(Default)]
struct Words {
    weight: u64,
    words: HashMap<Box<str>, u64>,
    first_words: HashMap<Box<str>, u64>,
    emoji: HashMap<Box<str>, u64>,
    hashtags: HashMap<Box<str>, u64>,
}

impl Vocabulary for Words {
    fn word(&mut self, lower: &str, small: bool, first: bool) {
        if !small && lower.len() > 3 {
            note(&mut self.words, lower, self.weight);
        }
        if first {
            note(&mut self.first_words, lower, self.weight);
        }
    }

    fn emoji(&mut self, emoji: &str) {
        note(&mut self.emoji, emoji, self.weight);
    }

    fn hashtag(&mut self, tag: &str) {
        note(&mut self.hashtags, tag, self.weight);
    }
}

fn note(known: &mut HashMap<Box<str>, u64>, text: &str, weight: u64) {
    if let Some(count) = known.get_mut(text) {
        *count = count.saturating_add(weight);
        return;
    }
    if text.len() > 64 {
        return;
    }
    let mut rarest = weight;
    while known.len() >= VOCABULARY {
        known.retain(|_, count| *count > rarest);
        rarest = rarest.saturating_mul(2);
    }
    known.insert(text.into(), weight);
}

/// The most used, most first, equals by their text; only what weighs more than `above`.
fn most(known: HashMap<Box<str>, u64>, above: u64) -> Vec<(String, u64)> {
    let mut all: Vec<(String, u64)> =
        known.into_iter().filter(|(_, count)| *count > above).map(|(text, count)| (text.into(), count)).collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all.truncate(FAVOURITES);
    all
}

/// The form in which a fingerprint is stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    texts: u64,
    counts: BTreeMap<String, u64>,
    #[serde(default)]
    emoji: Vec<(String, u64)>,
    #[serde(default)]
    hashtags: Vec<(String, u64)>,
    #[serde(default)]
    words: Vec<(String, u64)>,
    #[serde(default)]
    first_words: Vec<(String, u64)>,
}

impl From<Fingerprint> for Stored {
    fn from(fingerprint: Fingerprint) -> Self {
        let counts = fingerprint
            .counts
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
            .map(|(place, count)| (counter_name(place), *count))
            .collect();
        Self {
            version: Fingerprint::VERSION,
            texts: fingerprint.texts,
            counts,
            emoji: fingerprint.emoji,
            hashtags: fingerprint.hashtags,
            words: fingerprint.words,
            first_words: fingerprint.first_words,
        }
    }
}

impl TryFrom<Stored> for Fingerprint {
    type Error = String;

    fn try_from(stored: Stored) -> Result<Self, String> {
        if stored.version != Self::VERSION {
            return Err(format!("fingerprint of version {}, this SDK reads {}", stored.version, Self::VERSION));
        }
        let mut fingerprint = Self::empty();
        fingerprint.texts = stored.texts;
        for (place, count) in fingerprint.counts.iter_mut().enumerate() {
            *count = stored.counts.get(&counter_name(place)).copied().unwrap_or(0);
        }
        fingerprint.emoji = stored.emoji;
        fingerprint.hashtags = stored.hashtags;
        fingerprint.words = stored.words;
        fingerprint.first_words = stored.first_words;
        Ok(fingerprint)
    }
}
