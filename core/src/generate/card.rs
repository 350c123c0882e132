//! Measured numbers in words that a model can follow.

use crate::style::{Feature, FeatureGroup, StyleProfile, gap};
use crate::text::weighted_length;

/// A feature less far from people in general says nothing about an author.
const NOTABLE: f64 = 0.12;
/// So many differences are named in a repair.
const GAPS: usize = 6;

/// What marks the author, one sentence a line, the strongest first: measured habits beside those of people in general,
/// then what a model said about them where the numbers bear it out.
pub(crate) fn style_card(profile: &StyleProfile) -> Vec<String> {
    let fingerprint = profile.fingerprint();
    let mut lines = Vec::new();
    let mut lengths: Vec<usize> = profile.texts().iter().map(|text| weighted_length(text)).collect();
    lengths.sort_unstable();
    if let (Some(short), Some(middle), Some(long)) =
        (lengths.get(lengths.len() / 10), lengths.get(lengths.len() / 2), lengths.get(lengths.len() * 9 / 10))
    {
        lines.push(format!(
            "Length: half of the tweets have up to {middle} characters; most have {short} to {long}. Vary it."
        ));
    }
    let languages: Vec<String> = fingerprint
        .languages()
        .iter()
        .filter(|used| used.language != "und" && used.share >= 0.1)
        .map(|used| format!("{} ({:.0} %)", used.language, used.share * 100.0))
        .collect();
    if !languages.is_empty() {
        lines.push(format!("Languages: {}.", languages.join(", ")));
    }
    let summary = fingerprint.summary();
    let notable = |feature: &&Feature| feature.z.abs() >= NOTABLE && feature.background.is_some();
    let told = |feature: &&Feature| {
        !matches!(feature.group, FeatureGroup::WordLength | FeatureGroup::Script | FeatureGroup::Length)
    };
    lines.extend(summary.characteristic_habits.iter().filter(notable).filter(told).map(|feature| {
        let more = if feature.z > 0.0 { "more" } else { "less" };
        let others = feature.background.unwrap_or_default();
        format!(
            "{}: {}, {more} than people in general ({}).",
            capital(&feature.label),
            rate(feature, feature.value),
            rate(feature, others)
        )
    }));
    for (more, title) in [(true, "Small words used more than others do"), (false, "Small words used less")] {
        let words = summary.characteristic_words.iter().filter(notable).filter(|feature| (feature.z > 0.0) == more);
        let words: Vec<&str> =
            words.map(|feature| feature.name.split_once(':').map_or(feature.name.as_str(), |(_, word)| word)).collect();
        if !words.is_empty() {
            lines.push(format!("{title}: {}.", words.join(", ")));
        }
    }
    for (title, habits) in
        [("Favourite emoji", &summary.favourite_emoji), ("Favourite hashtags", &summary.favourite_hashtags)]
    {
        let used: Vec<&str> =
            habits.iter().filter(|habit| habit.per_tweet >= 0.01).map(|habit| habit.text.as_str()).collect();
        if !used.is_empty() {
            lines.push(format!("{title}: {}.", used.join(" ")));
        }
    }
    lines
}

/// In what a batch of drafts differs most from the author, one sentence a line, the largest difference first.
pub(crate) fn style_gap(profile: &StyleProfile, drafts: &[&str]) -> Vec<String> {
    gap(profile, drafts).into_iter().take(GAPS).map(|gap| gap.words).collect()
}

fn rate(feature: &Feature, value: f64) -> String {
    match feature.per.as_str() {
        "texts" if value <= 1.0 => format!("in {:.0} % of tweets", value * 100.0),
        "texts" => format!("{value:.1} in a tweet"),
        per => format!("{:.1} in 100 {}", value * 100.0, per.replace('_', " ")),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_sentences() {
        let profile =
            StyleProfile::from_texts((0..60).map(|i| format!("so GOOD!!! round {i} of the very best, ever!!!")));
        let card = style_card(&profile).join("\n");
        assert!(card.starts_with("Length: half of the tweets have up to 4"), "{card}");
        assert!(card.contains("! in a row") || card.contains("xclamation marks"), "{card}");
        let gap = style_gap(&profile, &["A quiet remark, without any noise.", "Another remark of the same calm kind."]);
        assert!(gap.iter().any(|line| line.contains('!') || line.contains("xclamation")), "{gap:?}");
        assert!(style_gap(&profile, &[]).len() <= GAPS);
        assert!(style_card(&StyleProfile::from_texts(Vec::<String>::new())).is_empty());
    }
}
