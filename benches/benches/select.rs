//! `generate::select`: 20 candidates against a person with 50,000 tweets, the copy gate included.
//!
//! The floor is what choosing cannot do without: the weighted length and the style counts of each candidate, once.
//! `index` is the warm-up that the first call for a profile pays.

#![allow(missing_docs, reason = "criterion's macros make a function without")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use ghostwren::generate::{AuthorIndex, DraftRequest, SelectOptions, clean_candidate, select, select_with};
use ghostwren::style::{StyleProfile, TextFeatures};
use ghostwren::text::weighted_length;

const OWN: usize = 50_000;

/// SplitMix64: the same texts on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % n.max(1) as u64).unwrap_or(0)
    }
}

/// Sentences of 8 to 28 words from a vocabulary in which few words are frequent, as in language.
fn texts(count: usize, seed: u64) -> Vec<String> {
    const SMALL: [&str; 24] = [
        "the", "and", "of", "to", "is", "that", "it", "for", "you", "with", "this", "was", "are", "not", "we", "my",
        "I", "but", "just", "so", "what", "don't", "about", "really",
    ];
    let mut random = Random(seed);
    (0..count)
        .map(|_| {
            let mut text = String::new();
            for at in 0..8 + random.below(21) {
                if at > 0 {
                    text.push(' ');
                }
                if random.below(2) == 0 {
                    text.push_str(SMALL[random.below(SMALL.len())]);
                } else {
                    let rank = random.below(90).pow(2) + random.below(40);
                    text.push_str(&format!("w{rank}rd"));
                }
                if random.below(9) == 0 {
                    text.push_str([",", "!", "…", " 🎉", ":"][random.below(5)]);
                }
            }
            match random.below(5) {
                0 => text.push_str(" https://t.co/abcdefghij"),
                1 => text.push_str(" @somebody #topic"),
                _ => text.push('.'),
            }
            text
        })
        .collect()
}

fn bench(criterion: &mut Criterion) {
    let profile = StyleProfile::from_texts(texts(OWN, 1));
    let candidates = texts(20, 2);
    let cold = texts(OWN, 1);
    let mut group = criterion.benchmark_group("select");
    group.bench_function("floor_lengths_and_counts_of_20", |b| {
        b.iter(|| {
            candidates.iter().map(|text| (weighted_length(text), TextFeatures::of(text).words())).collect::<Vec<_>>()
        });
    });
    let first = select(&profile, &candidates, 5);
    assert!(!first.chosen.is_empty(), "{first:?}");
    group.bench_function("select_5_of_20_against_50000", |b| b.iter(|| select(black_box(&profile), &candidates, 5)));
    let request = DraftRequest::about("w100rd w200rd and what it is about");
    let options = SelectOptions::default().topic(&request.topic).sources([request.topic.clone()]).max_hashtags(1);
    group.bench_function("select_with_a_request", |b| {
        b.iter(|| select_with(black_box(&profile), &candidates, 5, &options));
    });
    group.bench_function("clean_20", |b| {
        b.iter(|| candidates.iter().map(|text| clean_candidate(text)).collect::<Vec<_>>())
    });
    group.sample_size(10);
    group.bench_function("index_of_50000", |b| {
        b.iter_batched(|| (), |()| AuthorIndex::of_texts(cold.iter().map(String::as_str)), BatchSize::PerIteration);
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
