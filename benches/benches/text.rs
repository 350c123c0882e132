//! Weighted length and entities, beside floors measured in the same run: a pass that only counts characters, and a check
//! that a text is in normalisation form C.
#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ghostwren::text::{extract, parse, weighted_length};
use icu_normalizer::ComposingNormalizerBorrowed;

const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();

const ASCII: &str = "Spent the weekend porting the importer to Rust. It reads a ten year archive in under a second now, and the \
     memory stays flat. Next: the style fingerprint, then drafts. Notes on the blog soon, promise. Really.";
const MIXED: &str = "Spent the weekend porting the importer 🦀 to Rust: https://example.com/blog/2026/11/import?ref=tw 👩🏽‍🚀 It \
     reads a ten-year archive in under a second — see t.co/abcDEF123 for numbers 🇩🇪 #rustlang @ann ❤️";
const JAPANESE: &str = "週末に取り込み処理をRustで書き直した。十年分のアーカイブが一秒で読めるようになって、メモリもほとんど使わない🎉 \
     詳しくは https://example.com/blog を見てください #rust";

fn text(c: &mut Criterion) {
    for (name, text) in [("ascii", ASCII), ("mixed", MIXED), ("japanese", JAPANESE)] {
        let mut group = c.benchmark_group(format!("text/{name}"));
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function("floor-chars", |b| {
            b.iter(|| black_box(text).chars().map(u32::from).fold(0, u32::wrapping_add))
        });
        group.bench_function("floor-nfc", |b| b.iter(|| NFC.is_normalized(black_box(text))));
        group.bench_function("weighted_length", |b| b.iter(|| weighted_length(black_box(text))));
        group.bench_function("parse", |b| b.iter(|| parse(black_box(text))));
        group.bench_function("extract", |b| b.iter(|| extract(black_box(text))));
        group.finish();
    }
}

criterion_group!(benches, text);
criterion_main!(benches);
