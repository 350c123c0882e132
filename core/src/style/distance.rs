use super::background::{Background, BackgroundRow, Sample};
use super::lexicon::LANGUAGE_COUNT;
use super::table::{FeatureDef, FeatureGroup, LANGUAGE_WORDS, features};

/// How many average tweets of the background a sample is mixed with before it is compared: what keeps one tweet, or a
/// language of which a sample has a few words, from being taken at its word.
const PRIOR_TWEETS: f64 = 6.0;

/// No single feature says more than this many standard deviations of one tweet.
const CLIP: f64 = 2.0;

/// What a group of features counts in the distance: chosen by telling apart the two halves of the older half of two
/// authors' tweets (`benches/src/bin/quality_style.rs`). Tags follow fashions and length follows its limit, so that they
/// say less about a person than capitals and layout do.
fn weight(group: FeatureGroup) -> f64 {
    match group {
        FeatureGroup::Tags => 0.5,
        FeatureGroup::Length => 0.75,
        FeatureGroup::Case | FeatureGroup::Layout => 1.5,
        _ => 1.0,
    }
}

/// The rate of a feature in a sample; `None` where there is nothing to count it against.
pub(super) fn rate(sample: &impl Sample, feature: &FeatureDef) -> Option<f64> {
    let units = sample.count(feature.per);
    (units > 0.0).then(|| sample.count(feature.of) / units)
}

/// How far a rate is from the background, in standard deviations of one tweet, pulled towards 0 where little is known.
pub(super) fn z_score(sample: &impl Sample, feature: &FeatureDef, row: &BackgroundRow) -> f64 {
    let units = sample.count(feature.per);
    let prior = PRIOR_TWEETS * row.units;
    if units <= 0.0 || row.sd <= 0.0 || prior + units <= 0.0 {
        return 0.0;
    }
    let rate = (sample.count(feature.of) + prior * row.mean) / (units + prior);
    (rate - row.mean) / row.sd
}

/// The z-scores of all features with a background, weighted, those of a language by the square root of its share.
pub(super) fn vector(sample: &impl Sample, background: &Background) -> Vec<f64> {
    let words: Vec<f64> = (0..LANGUAGE_COUNT).map(|language| sample.count(LANGUAGE_WORDS + language)).collect();
    let all: f64 = words.iter().sum();
    features()
        .iter()
        .zip(background.by_place())
        .map(|(feature, row)| {
            let Some(row) = row else { return 0.0 };
            let share = match feature.language {
                None => 1.0,
                Some(language) if all > 0.0 => (words.get(language).copied().unwrap_or(0.0) / all).sqrt(),
                Some(_) => 0.0,
            };
            if share == 0.0 {
                return 0.0;
            }
            z_score(sample, feature, row).clamp(-CLIP, CLIP) * share * weight(feature.group)
        })
        .collect()
}

/// One minus the cosine: 0 for the same direction, 1 for no relation, 2 for opposites.
pub(super) fn cosine_distance(a: &[f64], b: &[f64]) -> f64 {
    let (mut dot, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        dot += x * y;
        aa += x * x;
        bb += y * y;
    }
    match (aa > 0.0, bb > 0.0) {
        (true, true) => (1.0 - dot / (aa * bb).sqrt()).clamp(0.0, 2.0),
        // Exactly the background on both sides.
        (false, false) => 0.0,
        _ => 1.0,
    }
}
