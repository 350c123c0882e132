use serde::Serialize;

use super::author::AuthorIndex;
use super::copy::similarity;
use super::gates::{Gates, SelectOptions};
use super::language::is_function_word;
use super::words::words;
use crate::records::Scores;
use crate::style::{StyleProfile, TextFeatures};

/// What decides, in parts of 1: style, topic, diversity. Without a topic its part goes to style.
const STYLE: f64 = 0.8;
const TOPIC: f64 = 0.15;
const DIVERSITY: f64 = 0.05;
/// Two texts that share so many of their word pairs are one.
const DUPLICATE: f64 = 0.6;

/// A candidate that was chosen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Chosen {
    /// Its place among the candidates.
    pub index: usize,
    /// Its text, as it was given.
    pub text: String,
    /// How well it fits.
    pub scores: Scores,
}

/// A candidate that was not chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Rejected {
    /// Its place among the candidates.
    pub index: usize,
    /// Its text, as it was given.
    pub text: String,
    /// The gate that it failed (`gate.empty`, `gate.too_long`, `gate.prose`, `gate.language`, `gate.banned_word`,
    /// `gate.invented_handle`, `gate.invented_link`, `gate.invented_number`, `gate.hashtags`, `gate.copy`,
    /// `gate.duplicate`), or `ranked.below` where better ones were taken.
    pub code: String,
    /// Why, in one sentence without a full stop.
    pub reason: String,
}

/// What became of each candidate: it is in exactly one of the two lists.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Selection {
    /// Those chosen, in the order in which they were.
    pub chosen: Vec<Chosen>,
    /// The others, in the order of the candidates.
    pub rejected: Vec<Rejected>,
    /// How far all chosen together are from the profile (Cosine Delta, 0 to 2); `None` where none was chosen.
    pub batch_distance: Option<f64>,
}

/// Chooses up to `n` of the candidates: gates first, then, one after the other, the candidate that brings the whole
/// batch nearest to the profile. One tweet says little about a style, a batch says much.
///
/// Deterministic; of candidates that fit equally well the first is taken. The first call for a profile indexes its
/// tweets; later calls take well under a millisecond for each candidate.
///
/// ```
/// use ghostwren::generate::select;
/// use ghostwren::style::StyleProfile;
/// let profile = StyleProfile::from_texts(["ok so the parser is done!!", "why is it ALWAYS dns!!", "tea first!! then code"]);
/// let candidates = ["The parser has, regrettably, been delayed once more.", "dns again!! of course", "ok so the parser is done!!"];
/// let selection = select(&profile, &candidates, 1);
/// assert_eq!(selection.chosen[0].index, 1);
/// assert_eq!(selection.rejected[1].code, "gate.copy");
/// ```
#[must_use]
pub fn select(profile: &StyleProfile, candidates: &[impl AsRef<str>], n: usize) -> Selection {
    select_with(profile, candidates, n, &SelectOptions::default())
}

/// As [`select`], for a request: its topic counts, and its gates are those of the options.
#[must_use]
pub fn select_with(
    profile: &StyleProfile,
    candidates: &[impl AsRef<str>],
    n: usize,
    options: &SelectOptions,
) -> Selection {
    let author = AuthorIndex::of(profile);
    let gates = Gates::new(options, &author);
    let mut rejected = Vec::new();
    let mut pool = Vec::new();
    for (index, text) in candidates.iter().map(AsRef::as_ref).enumerate() {
        match gates.check(text) {
            Ok(copied) => pool.push(Candidate {
                index,
                text,
                copied: copied.containment,
                topic: options.topic.as_deref().map_or(0.0, |topic| topic_score(topic, text)),
                features: TextFeatures::of(text),
                nearest: 0.0,
            }),
            Err(refused) => rejected.push(reject(index, text, refused.code, refused.reason)),
        }
    }
    for existing in &options.existing {
        pool.retain(|candidate| {
            let same = similarity(candidate.text, existing) >= DUPLICATE;
            if same {
                let reason = "it is nearly the same as a draft that exists".to_owned();
                rejected.push(reject(candidate.index, candidate.text, "gate.duplicate", reason));
            }
            !same
        });
    }
    let (chosen, batch_distance) = choose(profile, &mut pool, n, options.topic.is_some(), &mut rejected);
    for candidate in &pool {
        let reason = if n == 0 {
            "none was asked for".to_owned()
        } else {
            format!("{} of the others fit better together", chosen.len())
        };
        rejected.push(reject(candidate.index, candidate.text, "ranked.below", reason));
    }
    rejected.sort_by_key(|rejected| rejected.index);
    Selection { chosen, rejected, batch_distance }
}

struct Candidate<'a> {
    index: usize,
    text: &'a str,
    copied: f64,
    topic: f64,
    features: TextFeatures,
    /// How much it has in common with the most similar one chosen.
    nearest: f64,
}

fn reject(index: usize, text: &str, code: &str, reason: String) -> Rejected {
    Rejected { index, text: text.to_owned(), code: code.to_owned(), reason }
}

fn choose(
    profile: &StyleProfile,
    pool: &mut Vec<Candidate<'_>>,
    n: usize,
    by_topic: bool,
    rejected: &mut Vec<Rejected>,
) -> (Vec<Chosen>, Option<f64>) {
    let fingerprint = profile.fingerprint();
    let mut chosen: Vec<Chosen> = Vec::new();
    let mut batch = TextFeatures::default();
    let mut batch_distance = None;
    while chosen.len() < n {
        let total = |candidate: &Candidate<'_>, distance: f64| {
            let style = 1.0 - distance / 2.0;
            let (style_part, topic_part) = if by_topic { (STYLE, TOPIC) } else { (STYLE + TOPIC, 0.0) };
            style_part * style + topic_part * candidate.topic + DIVERSITY * (1.0 - candidate.nearest)
        };
        let best = pool
            .iter()
            .enumerate()
            .map(|(place, candidate)| {
                let mut with = batch.clone();
                with += &candidate.features;
                let distance = fingerprint.distance_to(&with);
                (place, distance, total(candidate, distance))
            })
            // The text before the index: the choice does not depend on the order of the candidates.
            .max_by(|a, b| {
                let key = |place: usize| pool.get(place).map(|candidate| (candidate.text, candidate.index));
                a.2.total_cmp(&b.2).then_with(|| key(b.0).cmp(&key(a.0)))
            });
        let Some((place, distance, total)) = best else { break };
        let candidate = pool.remove(place);
        batch += &candidate.features;
        batch_distance = Some(distance);
        chosen.push(Chosen {
            index: candidate.index,
            text: candidate.text.to_owned(),
            scores: Scores {
                style: 1.0 - fingerprint.distance_to(&candidate.features) / 2.0,
                topic: candidate.topic,
                diversity: 1.0 - candidate.nearest,
                copied: candidate.copied,
                total,
            },
        });
        pool.retain_mut(|other| {
            let same = similarity(candidate.text, other.text);
            other.nearest = other.nearest.max(same);
            if same >= DUPLICATE {
                let reason = format!("it is nearly the same as candidate {}", candidate.index + 1);
                rejected.push(reject(other.index, other.text, "gate.duplicate", reason));
            }
            same < DUPLICATE
        });
    }
    (chosen, batch_distance)
}

/// The part of the topic's words that the text takes up, words of grammar left out, 0 to 1. Endings do not count
/// ("rewrote" and "rewrite" share their first four letters).
pub(crate) fn topic_score(topic: &str, text: &str) -> f64 {
    let mut wanted = terms(topic);
    if wanted.is_empty() {
        return 0.0;
    }
    wanted.sort_unstable();
    wanted.dedup();
    let found = terms(text);
    let hits = wanted.iter().filter(|term| found.iter().any(|other| same_stem(term, other))).count();
    // Half of the words is as near as a tweet comes to a sentence about a topic.
    #[expect(clippy::cast_precision_loss, reason = "counts of words")]
    let part = hits as f64 / wanted.len() as f64;
    (part * 2.0).min(1.0)
}

fn terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    crate::style::for_each_term(text, |term| {
        if !is_function_word(term) {
            terms.push(term.to_owned());
        }
    });
    if terms.is_empty() {
        terms = words(text);
    }
    terms
}

fn same_stem(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let stem = |word: &str| word.chars().take(4.max(word.chars().count().saturating_sub(3))).collect::<String>();
    let long = |word: &str| word.chars().count() >= 5;
    long(a) && long(b) && (a.starts_with(&stem(b)) || b.starts_with(&stem(a)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topic_is_found_in_other_forms() {
        assert!(topic_score("why we rewrote it in Rust", "Rewriting the thing in rust was worth it") > 0.9);
        assert!(topic_score("why we rewrote it in Rust", "soup again") < 0.1);
        assert!(topic_score("", "soup") < 0.1);
        assert!(topic_score("借用チェッカー", "借用チェッカーの話") > 0.9);
    }
}
