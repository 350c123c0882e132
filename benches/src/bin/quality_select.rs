//! How well `generate::select` picks a person's own tweets, on human tweets: Markdown on standard output.
//!
//! Each author is split in time. The profile stands on the older half. The newer half is dealt out one by one to part A,
//! whose tweets are hidden in pools, and part B, which only the judge sees. A pool has 5 tweets of part A among 15 of
//! others (the other author, and people of one evening), each as long as the own tweet it stands beside and in English.
//! `select` chooses 5 of 20 knowing neither part. The judge compares character 2- to 4-grams (TF-IDF), which choosing
//! never uses. Run it with `cargo run --release -p ghostwren-benches --bin quality_select [FOLDER OF TWEETS]`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints its results")]
#![allow(clippy::cast_precision_loss, reason = "counts of tweets and n-grams")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ghostwren::generate::select;
use ghostwren::style::{StyleProfile, TextFeatures};
use ghostwren::text::weighted_length;

const POOLS: usize = 300;
const OWN: usize = 5;
const OTHERS: usize = 15;
/// Others are as long as the own tweet, give or take so many characters.
const LENGTH: usize = 8;
/// Random choices that each chosen batch is held against.
const RANDOM: usize = 20;
const BOOTSTRAP: usize = 2000;
/// Of the others, every so manieth text is the judge's: it is in no pool.
const JUDGE_AUTHOR: usize = 4;
const JUDGE_PEOPLE: usize = 16;

fn main() -> ExitCode {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).or_else(shared);
    let Some(folder) = folder.filter(|folder| folder.join("crowd.csv").is_file()) else {
        eprintln!("skipped: shared data not found");
        return ExitCode::from(u8::from(std::env::var_os("CI").is_some()));
    };
    match run(&folder) {
        Ok(good) => ExitCode::from(u8::from(!good)),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn shared() -> Option<PathBuf> {
    let root = std::env::var_os("GHOSTWREN_SHARED").map(PathBuf::from);
    Some(root.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared")).join("data/tweets"))
}

fn run(folder: &Path) -> Result<bool, csv::Error> {
    let first = load(&folder.join("BarackObama.csv"), true)?;
    let second = load(&folder.join("realDonaldTrump.csv"), true)?;
    let crowd = load(&folder.join("crowd.csv"), false)?;
    println!(
        "| profile | others | pools | own chosen of 5 | × chance (95 %) | copies in part A | judge: own × chance (95 %) | judge: cosine to part B, chosen / random | nearer than random (95 %) |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut good = true;
    let nobody: &[String] = &[];
    for (name, own, other) in [("A", &first, &second), ("B", &second, &first)] {
        for (label, author, people, counts) in [
            ("both", other.as_slice(), crowd.as_slice(), true),
            ("the other author", other.as_slice(), nobody, false),
            ("the crowd", nobody, crowd.as_slice(), false),
        ] {
            let result = measure(own, author, people, other, &crowd);
            let lift = interval(&result.own, OWN as f64 * OWN as f64 / (OWN + OTHERS) as f64);
            let judged = ratio_interval(&result.judged, &result.judged_random);
            let nearer: Vec<f64> = result.cosine.iter().zip(&result.cosine_random).map(|(a, b)| a - b).collect();
            let nearer = interval(&nearer, 1.0);
            println!(
                "| {name} | {label} | {} | {:.2} | {:.2} ({:.2}–{:.2}) | {} of {} | {:.2} ({:.2}–{:.2}) | {:.4} / {:.4} | {:+.4} ({:+.4} to {:+.4}) |",
                result.own.len(),
                mean(&result.own),
                lift.0,
                lift.1,
                lift.2,
                result.copies,
                result.part_a,
                judged.0,
                judged.1,
                judged.2,
                mean(&result.cosine),
                mean(&result.cosine_random),
                nearer.0,
                nearer.1,
                nearer.2
            );
            if counts {
                good &= lift.0 >= 1.5 && lift.1 > 1.0 && judged.0 >= 1.5 && judged.1 > 1.0 && nearer.1 > 0.0;
            }
        }
    }
    println!(
        "\n{}",
        if good { "Reached: ≥ 1.5 × chance, intervals above 1, with both kinds of others." } else { "NOT reached." }
    );
    Ok(good)
}

/// The texts of a file, oldest first, HTML escapes undone, links masked, retweets left out.
fn load(path: &Path, newest_first: bool) -> Result<Vec<String>, csv::Error> {
    let mut reader = csv::Reader::from_path(path)?;
    let column = reader.headers()?.iter().position(|name| name == "text").unwrap_or(1);
    let mut texts = Vec::new();
    for row in reader.byte_records() {
        let row = row?;
        let text = String::from_utf8_lossy(row.get(column).unwrap_or_default()).into_owned();
        if !text.starts_with("RT ") {
            texts.push(mask(&unescape(&text)));
        }
    }
    if newest_first {
        texts.reverse();
    }
    Ok(texts)
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn mask(text: &str) -> String {
    let link = |word: &str| word.starts_with("http://") || word.starts_with("https://");
    text.split(' ')
        .map(|word| {
            word.split('\n').map(|word| if link(word) { "https://t.co/x" } else { word }).collect::<Vec<_>>().join("\n")
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[derive(Default)]
struct Measured {
    own: Vec<f64>,
    judged: Vec<f64>,
    judged_random: Vec<f64>,
    cosine: Vec<f64>,
    cosine_random: Vec<f64>,
    copies: usize,
    part_a: usize,
}

fn measure(
    own: &[String],
    author: &[String],
    people: &[String],
    judge_author: &[String],
    judge_people: &[String],
) -> Measured {
    let english = |texts: &[String]| -> Vec<(usize, String)> {
        let english = texts.iter().filter(|text| TextFeatures::of(text).language() == Some("en"));
        english.map(|text| (weighted_length(text), text.clone())).collect()
    };
    let half = own.len() / 2;
    let (older, newer) = own.split_at(half);
    let profile = StyleProfile::from_texts(older.iter().map(String::as_str));
    let newer = english(newer);
    let part_a: Vec<&(usize, String)> = newer.iter().step_by(2).collect();
    let part_b: Vec<&str> = newer.iter().skip(1).step_by(2).map(|(_, text)| text.as_str()).collect();
    let hidden = |texts: &[String], judge: usize| -> Vec<String> {
        texts.iter().enumerate().filter(|(at, _)| !at.is_multiple_of(judge)).map(|(_, text)| text.clone()).collect()
    };
    let author = english(&hidden(author, JUDGE_AUTHOR));
    let people = english(&hidden(people, JUDGE_PEOPLE));
    let judge = Judge::new(&part_b, judge_author, judge_people);
    let mut random = Random(7);
    let mut measured = Measured { part_a: part_a.len(), ..Measured::default() };
    let texts: Vec<&str> = part_a.iter().map(|(_, text)| text.as_str()).collect();
    for chunk in texts.chunks(20) {
        let gated = select(&profile, chunk, 0).rejected;
        measured.copies += gated.iter().filter(|rejected| rejected.code == "gate.copy").count();
    }
    while measured.own.len() < POOLS {
        let mut pool: Vec<(bool, &str)> = Vec::new();
        while pool.len() < OWN + OTHERS {
            let (length, text) = part_a[random.below(part_a.len())];
            if pool.iter().any(|(_, other)| other == text) {
                continue;
            }
            let mut beside: Vec<&str> = Vec::new();
            for turn in 0..OTHERS / OWN {
                let from = match (author.is_empty(), people.is_empty()) {
                    (false, false) if (turn + pool.len()).is_multiple_of(2) => &author,
                    (false, true) => &author,
                    _ => &people,
                };
                let equal: Vec<&str> = from
                    .iter()
                    .filter(|(other, text)| other.abs_diff(*length) <= LENGTH && !beside.contains(&text.as_str()))
                    .map(|(_, text)| text.as_str())
                    .filter(|text| !pool.iter().any(|(_, other)| other == text))
                    .collect();
                if !equal.is_empty() {
                    beside.push(equal[random.below(equal.len())]);
                }
            }
            if beside.len() == OTHERS / OWN {
                pool.push((true, text));
                pool.extend(beside.into_iter().map(|text| (false, text)));
            }
        }
        random.shuffle(&mut pool);
        let candidates: Vec<&str> = pool.iter().map(|(_, text)| *text).collect();
        let selection = select(&profile, &candidates, OWN);
        let chosen: Vec<usize> = selection.chosen.iter().map(|chosen| chosen.index).collect();
        measured.own.push(chosen.iter().filter(|index| pool[**index].0).count() as f64);
        let seen: Vec<(bool, HashMap<u64, f64>)> =
            candidates.iter().map(|text| judge.vector(text)).map(|vector| (judge.is_own(&vector), vector)).collect();
        let judged = |places: &[usize]| places.iter().filter(|at| seen[**at].0).count() as f64;
        let cosine = |places: &[usize]| {
            let batch = sum(places.iter().map(|at| &seen[*at].1));
            dot(&batch, &judge.own) / norm(&batch)
        };
        measured.judged.push(judged(&chosen));
        measured.cosine.push(cosine(&chosen));
        let (mut own_by_chance, mut near_by_chance) = (0.0, 0.0);
        for _ in 0..RANDOM {
            let mut places: Vec<usize> = (0..pool.len()).collect();
            random.shuffle(&mut places);
            places.truncate(chosen.len());
            own_by_chance += judged(&places) / RANDOM as f64;
            near_by_chance += cosine(&places) / RANDOM as f64;
        }
        measured.judged_random.push(own_by_chance);
        measured.cosine_random.push(near_by_chance);
    }
    measured
}

/// Says whose a text is by character n-grams of texts that neither the profile nor the pools hold.
struct Judge {
    weights: HashMap<u64, f64>,
    own: HashMap<u64, f64>,
    others: [HashMap<u64, f64>; 2],
}

impl Judge {
    fn new(own: &[&str], author: &[String], people: &[String]) -> Self {
        let author: Vec<&str> = author.iter().step_by(JUDGE_AUTHOR).map(String::as_str).collect();
        let people: Vec<&str> = people.iter().step_by(JUDGE_PEOPLE).map(String::as_str).collect();
        let mut documents: HashMap<u64, usize> = HashMap::new();
        let mut all = 0_usize;
        for text in own.iter().chain(&author).chain(&people) {
            all += 1;
            for gram in grams(text).into_keys() {
                *documents.entry(gram).or_default() += 1;
            }
        }
        let weights: HashMap<u64, f64> = documents
            .into_iter()
            .filter(|(_, count)| *count > 1)
            .map(|(gram, count)| (gram, ((1 + all) as f64 / (1 + count) as f64).ln() + 1.0))
            .collect();
        let mut judge = Self { weights, own: HashMap::new(), others: [HashMap::new(), HashMap::new()] };
        judge.own = judge.centroid(own);
        judge.others = [judge.centroid(&author), judge.centroid(&people)];
        judge
    }

    fn vector(&self, text: &str) -> HashMap<u64, f64> {
        let mut vector: HashMap<u64, f64> = grams(text)
            .into_iter()
            .filter_map(|(gram, count)| Some((gram, (1.0 + (count as f64).ln()) * self.weights.get(&gram)?)))
            .collect();
        let norm = norm(&vector);
        vector.values_mut().for_each(|value| *value /= norm);
        vector
    }

    /// The mean direction of the texts, of length 1.
    fn centroid(&self, texts: &[&str]) -> HashMap<u64, f64> {
        let vectors: Vec<HashMap<u64, f64>> = texts.iter().map(|text| self.vector(text)).collect();
        let mut sum = sum(vectors.iter());
        let norm = norm(&sum);
        sum.values_mut().for_each(|value| *value /= norm);
        sum
    }

    fn is_own(&self, vector: &HashMap<u64, f64>) -> bool {
        let own = dot(vector, &self.own);
        self.others.iter().all(|other| own > dot(vector, other))
    }
}

fn sum<'a>(vectors: impl Iterator<Item = &'a HashMap<u64, f64>>) -> HashMap<u64, f64> {
    let mut sum: HashMap<u64, f64> = HashMap::new();
    for (gram, value) in vectors.flatten() {
        *sum.entry(*gram).or_default() += value;
    }
    sum
}

fn grams(text: &str) -> HashMap<u64, usize> {
    let chars: Vec<char> = text.chars().collect();
    let mut grams = HashMap::new();
    for n in 2..=4 {
        for window in chars.windows(n) {
            let hash = window.iter().fold(n as u64, |hash, c| {
                (hash.rotate_left(21) ^ u64::from(u32::from(*c))).wrapping_mul(0x9e37_79b9_7f4a_7c15)
            });
            *grams.entry(hash).or_default() += 1;
        }
    }
    grams
}

fn norm(vector: &HashMap<u64, f64>) -> f64 {
    vector.values().map(|value| value * value).sum::<f64>().sqrt().max(f64::MIN_POSITIVE)
}

fn dot(a: &HashMap<u64, f64>, b: &HashMap<u64, f64>) -> f64 {
    a.iter().filter_map(|(gram, value)| Some(value * b.get(gram)?)).sum()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// The mean in units of `of`, with its 95 % bootstrap interval over pools.
fn interval(values: &[f64], of: f64) -> (f64, f64, f64) {
    let ones = vec![of; values.len()];
    ratio_interval(values, &ones)
}

fn ratio_interval(values: &[f64], of: &[f64]) -> (f64, f64, f64) {
    let mut random = Random(11);
    let mut means: Vec<f64> = (0..BOOTSTRAP)
        .map(|_| {
            let places: Vec<usize> = (0..values.len()).map(|_| random.below(values.len())).collect();
            places.iter().map(|at| values[*at]).sum::<f64>() / places.iter().map(|at| of[*at]).sum::<f64>()
        })
        .collect();
    means.sort_by(f64::total_cmp);
    (mean(values) / mean(of), means[BOOTSTRAP / 40], means[BOOTSTRAP - BOOTSTRAP / 40 - 1])
}

/// SplitMix64: the same pools on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % n.max(1) as u64).unwrap_or(0)
    }

    fn shuffle<T>(&mut self, values: &mut [T]) {
        for at in (1..values.len()).rev() {
            values.swap(at, self.below(at + 1));
        }
    }
}
