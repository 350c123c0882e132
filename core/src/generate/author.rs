use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::copy::CopyIndex;
use super::{entities, language};
use crate::style::{StyleProfile, TextFeatures};

/// A handle that the author used so often is one that they talk to.
const KNOWN_HANDLE: usize = 2;
/// The language of an author is told from so many tweets, spread over all.
const LANGUAGE_SAMPLE: usize = 1000;
/// Batches of own tweets that tell how far the author is from their own profile.
const OWN_BATCHES: usize = 40;

/// What the gates and the ranking need of a person's own tweets: built once for a profile (about 20 µs a tweet), then
/// shared by every call.
#[derive(Clone, Debug, Default)]
pub struct AuthorIndex {
    copies: CopyIndex,
    handles: BTreeSet<String>,
    languages: Vec<&'static str>,
    usual_hashtags: usize,
}

impl AuthorIndex {
    /// The index of a profile, built by the first call and kept with the profile.
    #[must_use]
    pub fn of(profile: &StyleProfile) -> Arc<Self> {
        profile.warm(|profile| Self::of_texts(profile.texts().iter().map(AsRef::as_ref)))
    }

    /// The index of texts.
    #[must_use]
    pub fn of_texts<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> Self {
        let mut handles: BTreeMap<String, usize> = BTreeMap::new();
        let mut tags: BTreeMap<usize, usize> = BTreeMap::new();
        let mut all = 0_usize;
        for text in texts.clone() {
            all += 1;
            for handle in entities::handles(text) {
                *handles.entry(handle).or_default() += 1;
            }
            *tags.entry(entities::hashtags(text).len()).or_default() += 1;
        }
        let mut below = 0;
        let usual = tags.iter().find(|(_, texts)| {
            below += **texts;
            below * 20 >= all * 19
        });
        let step = all.div_ceil(LANGUAGE_SAMPLE).max(1);
        Self {
            copies: CopyIndex::new(texts.clone()),
            handles: handles.into_iter().filter(|(_, uses)| *uses >= KNOWN_HANDLE).map(|(handle, _)| handle).collect(),
            languages: language::languages_of(texts.step_by(step)),
            usual_hashtags: usual.map_or(0, |(tags, _)| *tags),
        }
    }

    /// What own tweets hold, for the copy gate.
    #[must_use]
    pub fn copies(&self) -> &CopyIndex {
        &self.copies
    }

    /// The languages that at least a tenth of the author's tweets are in, the most used first.
    #[must_use]
    pub fn languages(&self) -> &[&'static str] {
        &self.languages
    }

    /// As many hashtags as nineteen of twenty own tweets have at most.
    #[must_use]
    pub fn usual_hashtags(&self) -> usize {
        self.usual_hashtags
    }

    /// Whether the author used the handle (lower case, without `@`) at least twice.
    #[must_use]
    pub fn knows_handle(&self, handle: &str) -> bool {
        self.handles.contains(handle)
    }
}

/// How far batches of `size` own tweets are from the author's own profile, at the 95th percentile: what a batch of drafts can be
/// expected to reach. 2 for a profile with fewer than two batches.
pub(crate) fn own_batch_distance(profile: &StyleProfile, size: usize) -> f64 {
    let texts = profile.texts();
    let size = size.max(1);
    let batches = (texts.len() / size).min(OWN_BATCHES);
    if batches < 2 {
        return 2.0;
    }
    // Each batch is spread over the whole time, so that a week of one subject is not taken for a style.
    let stride = texts.len() / size;
    let mut distances: Vec<f64> = (0..batches)
        .map(|batch| {
            let at = batch * stride / batches;
            let features: TextFeatures =
                (0..size).filter_map(|i| texts.get(at + i * stride)).map(|text| TextFeatures::of(text)).sum();
            profile.fingerprint().distance_to(&features)
        })
        .collect();
    distances.sort_by(f64::total_cmp);
    distances.get((distances.len() * 19 / 20).min(distances.len() - 1)).copied().unwrap_or(2.0)
}
