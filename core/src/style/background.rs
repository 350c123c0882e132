use std::sync::OnceLock;

use super::background_table::TABLE;
use super::features::TextFeatures;
use super::lexicon::{LANGUAGE_COUNT, code};
use super::scan::{NoVocabulary, Scanner};
use super::table::{Counter, LANGUAGE_TEXTS, counter_count, features};

/// A language needs this many background tweets before its words count in the distance.
pub(super) const LANGUAGE_MINIMUM: u64 = 1000;

/// What is rarer than once in this many tweets is taken to be as common as that: a rate seen a few times says little.
const RAREST: f64 = 300.0;

/// How people in general write: the mean and the standard deviation of every feature over many people's tweets.
///
/// The shipped numbers come from about 12,000 tweets by 11,000 people on one evening (fivethirtyeight/data,
/// `mayweather-mcgregor`, CC BY 4.0, <https://github.com/fivethirtyeight/data>). That crowd was collected by two hashtags
/// and by having emoji, so before counting, the event's hashtags are taken out of all tweets and the emoji out of all but
/// 20.69 % of them, the share of tweets with emoji (<https://blog.emojipedia.org/emoji-use-at-all-time-high/>).
/// `benches/src/bin/background.rs` does this and writes the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Background {
    rows: Vec<Option<BackgroundRow>>,
}

/// How people in general use one feature.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct BackgroundRow {
    /// The mean rate.
    pub mean: f64,
    /// The standard deviation of the rate over samples of one average tweet.
    pub sd: f64,
    /// How many of the units that the rate is against (words, letters, tweets) an average tweet has.
    pub units: f64,
}

impl Background {
    /// The numbers that come with the SDK.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Background> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            let known: std::collections::BTreeMap<&str, &(&str, f64, f64, f64)> =
                TABLE.iter().map(|row| (row.0, row)).collect();
            let rows = features()
                .iter()
                .map(|feature| {
                    let &(_, mean, sd, units) = known.get(feature.name.as_str())?;
                    Some(BackgroundRow { mean: *mean, sd: *sd, units: *units })
                })
                .collect();
            Self { rows }
        })
    }

    /// Measures a background anew; texts should come from many people, few from each. Words of a language with fewer
    /// than 1,000 texts are left out.
    #[must_use]
    pub fn measure(texts: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let mut scanner = Scanner::new();
        let mut tweets: Vec<Vec<(usize, u32)>> = Vec::new();
        let mut totals = vec![0.0f64; counter_count()];
        for text in texts {
            scanner.scan(text.as_ref(), &mut NoVocabulary);
            let mut counts = Vec::new();
            scanner.drain(|place, count| {
                counts.push((place, count));
                if let Some(total) = totals.get_mut(place) {
                    *total += f64::from(count);
                }
            });
            tweets.push(counts);
        }
        let total = |place: usize| totals.get(place).copied().unwrap_or(0.0);
        let texts = total(Counter::Texts.at());
        let mut of = vec![Vec::new(); counter_count()];
        let mut per = vec![Vec::new(); counter_count()];
        let mut measured = vec![None; features().len()];
        for (at, feature) in features().iter().enumerate() {
            if let Some(list) = of.get_mut(feature.of) {
                list.push(at);
            }
            if let Some(list) = per.get_mut(feature.per) {
                list.push(at);
            }
            let group = feature.language.map_or(texts, |language| total(LANGUAGE_TEXTS + language));
            let enough = feature.language.is_none() || group >= LANGUAGE_MINIMUM as f64;
            let units = total(feature.per);
            if let Some(row) = measured.get_mut(at).filter(|_| enough && units > 0.0 && group > 0.0) {
                *row = Some((total(feature.of).max(group / RAREST) / units, units, group));
            }
        }
        // The variance of a ratio, by its linearisation: the residuals of each tweet from the mean rate.
        let mut squares = vec![0.0f64; features().len()];
        let mut residuals = vec![0.0f64; features().len()];
        for tweet in &tweets {
            let mut seen = Vec::new();
            for &(place, count) in tweet {
                for &at in of.get(place).into_iter().flatten() {
                    add(&mut residuals, at, f64::from(count));
                    seen.push(at);
                }
                for &at in per.get(place).into_iter().flatten() {
                    if let Some(Some((mean, _, _))) = measured.get(at) {
                        add(&mut residuals, at, -mean * f64::from(count));
                        seen.push(at);
                    }
                }
            }
            for at in seen {
                if let (Some(residual), Some(square)) = (residuals.get_mut(at), squares.get_mut(at)) {
                    *square += *residual * *residual;
                    *residual = 0.0;
                }
            }
        }
        let rows = measured
            .iter()
            .zip(&squares)
            .map(|(row, square)| {
                let (mean, units, group) = (*row)?;
                let units_each = units / group;
                // Per tweet, and never below what chance alone gives to a count of this mean.
                let variance = (square / group).max(mean * units_each * (1.0 - mean.min(0.95)));
                Some(BackgroundRow { mean, sd: variance.sqrt() / units_each, units: units_each })
            })
            .collect();
        Self { rows }
    }

    /// Every row with the name of its feature, always in the same order.
    pub fn rows(&self) -> impl Iterator<Item = (&'static str, BackgroundRow)> + '_ {
        features().iter().zip(&self.rows).filter_map(|(feature, row)| Some((feature.name.as_str(), (*row)?)))
    }

    /// The languages whose words have a background.
    #[must_use]
    pub fn languages(&self) -> Vec<&'static str> {
        (0..LANGUAGE_COUNT).filter(|language| self.knows(*language)).filter_map(code).collect()
    }

    /// Whether the words of this language have a background.
    pub(super) fn knows(&self, language: usize) -> bool {
        features().iter().zip(&self.rows).any(|(feature, row)| feature.language == Some(language) && row.is_some())
    }

    /// The rows by the place of their feature.
    pub(super) fn by_place(&self) -> &[Option<BackgroundRow>] {
        &self.rows
    }
}

fn add(values: &mut [f64], at: usize, by: f64) {
    if let Some(value) = values.get_mut(at) {
        *value += by;
    }
}

/// Counts of a sample, each by its place; what z-scores are made from.
pub(super) trait Sample {
    /// The count at a place.
    fn count(&self, place: usize) -> f64;
}

impl Sample for TextFeatures {
    fn count(&self, place: usize) -> f64 {
        f64::from(self.at(place))
    }
}
