//! The speed of the fingerprint, beside one pass over the characters that counts words.
#![allow(missing_docs, reason = "macros of criterion")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ghostwren::style::{Fingerprint, TextFeatures};
use ghostwren_benches::tweets::{read, shared};

/// Real tweets where the shared data is there, made ones elsewhere.
fn tweets() -> Vec<String> {
    let mut texts = Vec::new();
    if let Some(shared) = shared() {
        for file in ["BarackObama.csv", "realDonaldTrump.csv", "crowd.csv"] {
            texts.extend(read(&shared.join("data/tweets").join(file)).unwrap_or_default());
        }
    }
    if texts.is_empty() {
        texts = (0..10_000)
            .map(|n| format!("Made tweet number {n}: I can't say that it's real, but it is long enough 🎉 #bench https://t.co/{n}"))
            .collect();
    }
    texts
}

fn style(criterion: &mut Criterion) {
    let texts = tweets();
    let mut group = criterion.benchmark_group("style");
    group.throughput(Throughput::Elements(texts.len() as u64));
    group.sample_size(10);
    group.bench_function("floor_words", |bencher| {
        bencher.iter(|| {
            let mut words = 0u64;
            for text in &texts {
                let mut inside = false;
                for c in text.chars() {
                    let letter = c.is_alphanumeric();
                    words += u64::from(letter && !inside);
                    inside = letter;
                }
            }
            words
        });
    });
    group.bench_function("fingerprint_of", |bencher| bencher.iter(|| Fingerprint::of(&texts)));
    group.bench_function("text_features_of", |bencher| {
        bencher.iter(|| texts.iter().map(|text| TextFeatures::of(text).words()).sum::<u64>());
    });
    group.finish();
    let (a, b) = (Fingerprint::of(&texts[..1000]), Fingerprint::of(&texts[1000..2000]));
    criterion.bench_function("style/distance", |bencher| bencher.iter(|| a.distance(&b)));
}

criterion_group!(benches, style);
criterion_main!(benches);
