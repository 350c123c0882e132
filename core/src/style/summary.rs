use serde::{Deserialize, Serialize};

use super::background::Sample;
use super::fingerprint::{Feature, Fingerprint, LanguageUse, UNIT};
use super::profile::StyleProfile;
use super::table::{Counter as C, FeatureGroup, features};

/// Something that is used, and how often.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Habit {
    /// What is used: a word, an emoji, a hashtag, or the name of a kind. Words of the author's are outside text, to be
    /// escaped where they are shown.
    pub text: String,
    /// How often in an average tweet; for kinds, the share of the tweets (0 to 1).
    pub per_tweet: f64,
}

/// What a person recognises in a fingerprint. Rates are weighted as the texts were; shares run from 0 to 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Summary {
    /// How many texts it stands on.
    pub texts: u64,
    /// Characters of an average tweet, links left out.
    pub characters: f64,
    /// Words of an average tweet.
    pub words: f64,
    /// How the lengths are spread, shortest first: kinds and shares.
    pub lengths: Vec<Habit>,
    /// Emoji in an average tweet.
    pub emoji: f64,
    /// The share of tweets with emoji.
    pub with_emoji: f64,
    /// The most used emoji.
    pub favourite_emoji: Vec<Habit>,
    /// Hashtags in an average tweet.
    pub hashtags: f64,
    /// The most used hashtags, without their sign.
    pub favourite_hashtags: Vec<Habit>,
    /// Mentions in an average tweet.
    pub mentions: f64,
    /// Links in an average tweet.
    pub links: f64,
    /// Exclamation marks in an average tweet.
    pub exclamation_marks: f64,
    /// Question marks in an average tweet.
    pub question_marks: f64,
    /// Line breaks in an average tweet.
    pub line_breaks: f64,
    /// The share of tweets whose first word is in lower case.
    pub lower_case_start: f64,
    /// The share of words in capitals.
    pub words_in_capitals: f64,
    /// What tweets begin with, most used first.
    pub openers: Vec<Habit>,
    /// The first words, most used first.
    pub first_words: Vec<Habit>,
    /// What tweets end with, most used first.
    pub closers: Vec<Habit>,
    /// The most used words that are no function words.
    pub favourite_words: Vec<Habit>,
    /// The function words and contractions that differ most from what people in general use, most first.
    pub characteristic_words: Vec<Feature>,
    /// The other habits that differ most from what people in general do, most first.
    pub characteristic_habits: Vec<Feature>,
    /// The languages.
    pub languages: Vec<LanguageUse>,
    /// What a reader of the numbers should know.
    pub notes: Vec<String>,
}

/// How many of each kind a summary shows.
const SHOWN: usize = 10;

impl Fingerprint {
    /// What a person recognises: see [`Summary`].
    ///
    /// ```
    /// let summary = ghostwren::style::Fingerprint::of(&["so good 🔥", "no way 🔥🔥"]).summary();
    /// assert_eq!(summary.emoji, 1.5);
    /// assert_eq!(summary.favourite_emoji[0].text, "🔥");
    /// assert_eq!(summary.lower_case_start, 1.0);
    /// ```
    #[must_use]
    pub fn summary(&self) -> Summary {
        let texts = self.count(C::Texts.at());
        let over = |of: C, per: C| {
            let units = self.count(per.at());
            if units > 0.0 { self.count(of.at()) / units } else { 0.0 }
        };
        let each = |of: C| over(of, C::Texts);
        let favourites = |known: &[(String, u64)]| {
            known
                .iter()
                .take(SHOWN)
                .map(|(text, units)| Habit {
                    text: text.clone(),
                    per_tweet: if texts > 0.0 { *units as f64 / UNIT as f64 / texts } else { 0.0 },
                })
                .collect::<Vec<_>>()
        };
        let kinds = |group: FeatureGroup, prefix: &str| {
            let mut kinds: Vec<Habit> = features()
                .iter()
                .filter(|feature| feature.group == group || feature.name.starts_with(prefix))
                .filter(|feature| feature.name.starts_with(prefix) && self.count(feature.of) > 0.0)
                .map(|feature| Habit {
                    text: feature.label.clone(),
                    per_tweet: if texts > 0.0 { self.count(feature.of) / texts } else { 0.0 },
                })
                .collect();
            kinds.sort_by(|a, b| b.per_tweet.total_cmp(&a.per_tweet));
            kinds
        };
        let lengths = features()
            .iter()
            .filter(|feature| feature.name.starts_with("chars_"))
            .map(|feature| Habit {
                text: feature.label.clone(),
                per_tweet: if texts > 0.0 { self.count(feature.of) / texts } else { 0.0 },
            })
            .collect();
        let (words, habits) = self.characteristic();
        Summary {
            texts: self.texts(),
            characters: each(C::Chars),
            words: each(C::Words),
            lengths,
            emoji: each(C::Emoji),
            with_emoji: each(C::EmojiTexts),
            favourite_emoji: favourites(&self.emoji),
            hashtags: each(C::Hashtags),
            favourite_hashtags: favourites(&self.hashtags),
            mentions: each(C::Mentions),
            links: each(C::Links),
            exclamation_marks: each(C::Exclaim),
            question_marks: each(C::Question),
            line_breaks: each(C::LineBreaks),
            lower_case_start: over(C::StartLower, C::CasedStarts),
            words_in_capitals: over(C::AllCaps, C::CasedWords),
            openers: kinds(FeatureGroup::Opener, "start_"),
            first_words: favourites(&self.first_words),
            closers: kinds(FeatureGroup::Closer, "end_"),
            favourite_words: favourites(&self.words),
            characteristic_words: words,
            characteristic_habits: habits,
            languages: self.languages(),
            notes: self.notes(),
        }
    }

    /// The features that differ most from the background: words, and all others.
    fn characteristic(&self) -> (Vec<Feature>, Vec<Feature>) {
        let mut all: Vec<Feature> = self.features().into_iter().filter(|feature| feature.z.abs() >= 0.1).collect();
        all.sort_by(|a, b| b.z.abs().total_cmp(&a.z.abs()).then_with(|| a.name.cmp(&b.name)));
        let (mut words, mut habits): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|feature| feature.group == FeatureGroup::Words);
        words.truncate(SHOWN);
        habits.truncate(SHOWN);
        (words, habits)
    }
}

/// Where drafts differ from how the author writes, in numbers and in a sentence that a model can follow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Gap {
    /// The feature, by its stable name.
    pub feature: String,
    /// Whether the drafts have too much of it (`More`) or too little (`Less`).
    pub direction: super::Direction,
    /// What the author does: occurrences in an average tweet, or the share of tweets.
    pub theirs: f64,
    /// What the drafts do, in the same unit.
    pub ours: f64,
    /// The same as a sentence, such as "you use 0.1 exclamation marks per tweet, the draft has 2".
    pub words: String,
}

/// What is counted in a tweet: the counter and its name in the plural.
const COUNTED: [(C, &str); 16] = [
    (C::Exclaim, "exclamation marks"),
    (C::Question, "question marks"),
    (C::Emoji, "emoji"),
    (C::Hashtags, "hashtags"),
    (C::Mentions, "mentions"),
    (C::Links, "links"),
    (C::LineBreaks, "line breaks"),
    (C::AllCaps, "words in capitals"),
    (C::EmDash, "em dashes"),
    (C::EllipsisDots, "ellipses of three dots"),
    (C::Semicolon, "semicolons"),
    (C::Colon, "colons"),
    (C::Comma, "commas"),
    (C::Elongated, "stretched words"),
    (C::QuoteStraight, "straight quotes"),
    (C::Sentences, "sentences"),
];

/// What a tweet does or does not: the counter, what it is against, and how it is said of tweets.
const DONE: [(C, C, &str); 4] = [
    (C::StartLower, C::CasedStarts, "begin in lower case"),
    (C::LowerTexts, C::CasedStarts, "have no capital at all"),
    (C::EndPeriod, C::Texts, "end with a full stop"),
    (C::EndWord, C::Texts, "end without punctuation"),
];

/// Measures where texts differ from a profile enough to be worth a repair, the largest difference first; empty when
/// nothing does, or when there is nothing to compare.
///
/// ```
/// use ghostwren::style::{StyleProfile, gap};
/// let profile = StyleProfile::from_texts(vec!["quiet words, as ever"; 20]);
/// let gaps = gap(&profile, &["LOOK at this!!! Amazing!!"]);
/// assert_eq!(gaps[0].feature, "exclaim");
/// assert_eq!(gaps[0].words, "you use 0.0 exclamation marks per tweet, the draft has 5");
/// ```
#[must_use]
pub fn gap(profile: &StyleProfile, texts: &[impl AsRef<str>]) -> Vec<Gap> {
    let ours: super::TextFeatures = texts.iter().map(|text| super::TextFeatures::of(text.as_ref())).sum();
    let theirs = profile.fingerprint();
    let (own, new) = (theirs.count(C::Texts.at()), ours.count(C::Texts.at()));
    if own <= 0.0 || new <= 0.0 {
        return Vec::new();
    }
    let single = texts.len() == 1;
    let mut gaps: Vec<(f64, Gap)> = Vec::new();
    let mut add = |size: f64, counter: C, theirs: f64, ours: f64, words: String| {
        let direction = if ours > theirs { super::Direction::More } else { super::Direction::Less };
        let feature = super::table::counter_name(counter.at());
        gaps.push((size, Gap { feature, direction, theirs, ours, words }));
    };
    for (counter, name) in COUNTED {
        let (usual, here) = (theirs.count(counter.at()) / own, ours.count(counter.at()) / new);
        // Counts of rare things scatter as the square root of their mean; nobody is held to less than one in two tweets.
        let size = (here - usual).abs() / usual.max(0.12).sqrt() * new.sqrt();
        if size >= 2.0 && (here - usual).abs() >= 0.5 {
            let words = if single {
                format!("you use {usual:.1} {name} per tweet, the draft has {here:.0}")
            } else {
                format!("you use {usual:.1} {name} per tweet, the drafts have {here:.1}")
            };
            add(size, counter, usual, here, words);
        }
    }
    for (counter, against, deed) in DONE {
        let (all, here) = (theirs.count(against.at()), ours.count(against.at()));
        if all <= 0.0 || here <= 0.0 {
            continue;
        }
        let (usual, here) = (theirs.count(counter.at()) / all, ours.count(counter.at()) / here);
        let size = (here - usual).abs() / (usual * (1.0 - usual)).max(0.01).sqrt() * new.sqrt();
        if size >= 2.5 && (here - usual).abs() >= 0.4 {
            let words = match (single, here > usual) {
                (true, true) => format!("{:.0} % of your tweets {deed}, the draft does", usual * 100.0),
                (true, false) => format!("{:.0} % of your tweets {deed}, the draft does not", usual * 100.0),
                (false, _) => {
                    format!("{:.0} % of your tweets {deed}, {:.0} % of the drafts do", usual * 100.0, here * 100.0)
                }
            };
            add(size, counter, usual, here, words);
        }
    }
    let (usual, here) = (theirs.count(C::Chars.at()) / own, ours.count(C::Chars.at()) / new);
    if usual > 0.0 && here > 0.0 {
        let size = (here / usual).ln().abs() * 3.0 * new.sqrt();
        if size >= 2.0 {
            let drafts = if single { "the draft has" } else { "the drafts have" };
            let words = format!("your tweets have {usual:.0} characters on average, {drafts} {here:.0}");
            add(size, C::Chars, usual, here, words);
        }
    }
    gaps.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.feature.cmp(&b.1.feature)));
    gaps.into_iter().map(|(_, gap)| gap).collect()
}
