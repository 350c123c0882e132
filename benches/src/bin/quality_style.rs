//! How often a batch of held-out tweets is attributed to the author who wrote it.
#![allow(
    clippy::print_stdout,
    clippy::type_complexity,
    clippy::cast_possible_truncation,
    reason = "a small program for 64-bit machines"
)]

use ghostwren::style::{Fingerprint, TextFeatures};
use ghostwren_benches::tweets::{own, read, shared};

const AUTHORS: [&str; 2] = ["BarackObama", "realDonaldTrump"];

/// SplitMix64: the same batches on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

/// The share of batches of `size` that are nearest to their author, with a 95 % interval over authors' tweets: the tweets
/// are drawn anew (with repetition) for each of `rounds` bootstrap rounds.
fn accuracy(
    profiles: &[Fingerprint],
    held_out: &[Vec<TextFeatures>],
    size: usize,
    rounds: usize,
) -> (f64, f64, f64, Vec<f64>) {
    let mut random = Random(size as u64);
    let mut share = |texts: &[Vec<&TextFeatures>], batches: usize| {
        let mut right = vec![0usize; texts.len()];
        for (author, pool) in texts.iter().enumerate() {
            for _ in 0..batches {
                let mut batch = TextFeatures::default();
                let mut picked = Vec::with_capacity(size);
                while picked.len() < size {
                    let at = random.below(pool.len());
                    if !picked.contains(&at) {
                        picked.push(at);
                        batch += pool[at];
                    }
                }
                let distances: Vec<f64> = profiles.iter().map(|profile| profile.distance_to(&batch)).collect();
                let nearest = (0..distances.len()).min_by(|a, b| distances[*a].total_cmp(&distances[*b]));
                right[author] += usize::from(nearest == Some(author));
            }
        }
        let each: Vec<f64> = right.iter().map(|n| *n as f64 / batches as f64).collect();
        (each.iter().sum::<f64>() / each.len() as f64, each)
    };
    let all: Vec<Vec<&TextFeatures>> = held_out.iter().map(|texts| texts.iter().collect()).collect();
    let (mean, each) = share(&all, 5000);
    let mut draws = Random(77);
    let mut means: Vec<f64> = (0..rounds)
        .map(|_| {
            let drawn: Vec<Vec<&TextFeatures>> = held_out
                .iter()
                .map(|texts| (0..texts.len()).map(|_| &texts[draws.below(texts.len())]).collect())
                .collect();
            share(&drawn, 300).0
        })
        .collect();
    means.sort_by(f64::total_cmp);
    let at = |q: f64| means.get(((means.len() as f64 - 1.0) * q).round() as usize).copied().unwrap_or(mean);
    (mean, at(0.025), at(0.975), each)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let shared = shared().ok_or("shared data not found: set GHOSTWREN_SHARED")?;
    let newer = std::env::args().any(|argument| argument == "--held-out");
    let rounds = if newer { 200 } else { 0 };
    println!("| tweets | links | batch | right | 95 % interval | Obama | Trump |\n|---|---|---|---|---|---|---|");
    for (name, link) in [("masked", "https://t.co/x"), ("removed", "")] {
        let mut authors = Vec::new();
        for author in AUTHORS {
            let texts = own(&read(&shared.join(format!("data/tweets/{author}.csv")))?, link);
            authors.push(texts);
        }
        let mut folds: Vec<(&str, Vec<Fingerprint>, Vec<Vec<TextFeatures>>)> = Vec::new();
        let mut fold =
            |label, train: &dyn Fn(usize) -> std::ops::Range<usize>, test: &dyn Fn(usize) -> std::ops::Range<usize>| {
                let profiles = authors.iter().map(|texts| Fingerprint::of(&texts[train(texts.len())])).collect();
                let held_out = authors
                    .iter()
                    .map(|texts| texts[test(texts.len())].iter().map(|text| TextFeatures::of(text)).collect())
                    .collect();
                folds.push((label, profiles, held_out));
            };
        if newer {
            fold("newer half, profile on the older", &|n| 0..n / 2, &|n| n / 2..n);
        } else {
            // Choosing happens on the older half alone: its first part against its second, both ways.
            fold("older half: 1st quarter → 2nd", &|n| 0..n / 4, &|n| n / 4..n / 2);
            fold("older half: 2nd quarter → 1st", &|n| n / 4..n / 2, &|n| 0..n / 4);
        }
        for (label, profiles, held_out) in &folds {
            for size in [1, 2, 5, 10] {
                let (mean, low, high, each) = accuracy(profiles, held_out, size, rounds);
                println!(
                    "| {label} | {name} | {size} | {:.2} % | {:.2} to {:.2} % | {:.2} % | {:.2} % |",
                    mean * 100.0,
                    low * 100.0,
                    high * 100.0,
                    each[0] * 100.0,
                    each[1] * 100.0
                );
            }
        }
    }
    Ok(())
}
