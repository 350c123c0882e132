use std::fmt;
use std::iter::Sum;
use std::ops::AddAssign;

use super::lexicon::{LANGUAGE_COUNT, code};
use super::scan::{NoVocabulary, Scanner};
use super::table::{Counter, LANGUAGE_TEXTS, counter_count, counter_name};

/// The raw counts of one text, or of several added up: the ground that a [`Fingerprint`](super::Fingerprint) stands on.
///
/// Counts are additive: the counts of a list of texts are the sum of the counts of each. Links and mentions are masked
/// before words are counted. Nothing of the text itself is kept.
///
/// ```
/// use ghostwren::style::TextFeatures;
/// let mut all = TextFeatures::of("I can't wait!!! 🎉");
/// all += TextFeatures::of("see you @anna https://example.com #soon");
/// assert_eq!(all.texts(), 2);
/// assert_eq!(all.get("exclaim"), 3);
/// assert_eq!(all.get("en:can't"), 1);
/// assert_eq!((all.get("links"), all.get("mentions"), all.get("hashtags"), all.get("emoji")), (1, 1, 1, 1));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct TextFeatures {
    counts: Box<[u32]>,
}

impl TextFeatures {
    /// Counts one text, in one pass and in memory that grows with the number of its words.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut scanner = Scanner::new();
        scanner.scan(text, &mut NoVocabulary);
        Self { counts: scanner.into_counts().into_boxed_slice() }
    }

    /// How many texts were counted.
    #[must_use]
    pub fn texts(&self) -> u64 {
        u64::from(self.at(Counter::Texts.at()))
    }

    /// How many words were counted; two characters of a script without spaces are one.
    #[must_use]
    pub fn words(&self) -> u64 {
        u64::from(self.at(Counter::Words.at()))
    }

    /// The language that most of the texts are in (BCP 47), by their small words or their script; `None` where nothing
    /// tells.
    #[must_use]
    pub fn language(&self) -> Option<&'static str> {
        let texts = |language: &usize| self.at(LANGUAGE_TEXTS + language);
        // The first of equals, so that the order of the languages decides.
        let most = (0..LANGUAGE_COUNT).rev().max_by_key(texts)?;
        if texts(&most) == 0 { None } else { code(most) }
    }

    /// One count by its stable name, such as `exclaim` or `en:the`; 0 for a name that does not exist.
    #[must_use]
    pub fn get(&self, name: &str) -> u32 {
        self.counts().find_map(|(known, count)| (known == name).then_some(count)).unwrap_or(0)
    }

    /// The counts that are not zero, with their stable names, always in the same order.
    pub fn counts(&self) -> impl Iterator<Item = (String, u32)> + '_ {
        self.counts
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
            .map(|(place, count)| (counter_name(place), *count))
    }

    /// One count by its place.
    #[inline]
    pub(super) fn at(&self, place: usize) -> u32 {
        self.counts.get(place).copied().unwrap_or(0)
    }

    /// All counts by place.
    pub(super) fn raw(&self) -> &[u32] {
        &self.counts
    }
}

impl Default for TextFeatures {
    /// No text at all.
    fn default() -> Self {
        Self { counts: vec![0; counter_count()].into_boxed_slice() }
    }
}

impl AddAssign<&Self> for TextFeatures {
    fn add_assign(&mut self, other: &Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine = mine.saturating_add(*theirs);
        }
    }
}

impl AddAssign for TextFeatures {
    fn add_assign(&mut self, other: Self) {
        *self += &other;
    }
}

impl Sum for TextFeatures {
    fn sum<I: Iterator<Item = Self>>(texts: I) -> Self {
        let mut all = Self::default();
        for text in texts {
            all += &text;
        }
        all
    }
}

impl<'a> Sum<&'a Self> for TextFeatures {
    fn sum<I: Iterator<Item = &'a Self>>(texts: I) -> Self {
        let mut all = Self::default();
        for text in texts {
            all += text;
        }
        all
    }
}

impl fmt::Debug for TextFeatures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.counts()).finish()
    }
}
