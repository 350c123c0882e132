//! One tweet of 10 MB among a person's others, from the archive to the drafts: it is imported whole, found and shown; no style
//! is learned from it, and it costs no more time and memory than reading it does.
#![cfg(feature = "sqlite")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use common::archive_builder::{ArchiveBuilder, user};
use ghostwren::generate::DraftRequest;
use ghostwren::openai::OpenAi;
use ghostwren::records::{Counts, ImportEnd, Tweet};
use ghostwren::sandbox::Sandbox;
use ghostwren::store::{PageRequest, SqliteStore, TweetQuery};
use ghostwren::{Ghostwren, Identity};

const BYTES: usize = 10 << 20;
const OTHERS: usize = 120;
/// Seconds at most in a test that is not optimised; what were quadratic in the bytes would take hours.
const STEP: Duration = Duration::from_secs(60);

fn tweet(n: usize, text: String) -> Tweet {
    let began: DateTime<Utc> = "2024-01-01T08:00:00Z".parse().unwrap();
    Tweet {
        id: (1_740_000_000_000_000_000 + n as u64 * 1_000_003).to_string(),
        full_text: text,
        created_at: began + TimeDelta::hours(i64::try_from(n).unwrap()),
        lang: Some("en".into()),
        ..Tweet::default()
    }
}

fn others() -> impl Iterator<Item = Tweet> {
    let things = ["the oven", "my bike", "this parser", "a loaf", "the cat"];
    let did = ["broke again", "is late", "works now", "needs a rest", "wins", "hums", "leaks", "sleeps"];
    let said = ["and i am fine with it", "so we wait", "which nobody asked for"];
    (0..OTHERS).map(move |n| tweet(n, format!("ok so {} {} {}", things[n % 5], did[n % 8], said[n % 3])))
}

/// Words that all differ, with quotes, lines and emoji between them.
fn giant() -> Tweet {
    let mut text = String::with_capacity(BYTES + 64);
    text.push_str("giantsbeginning ");
    for n in 0_u64.. {
        if text.len() >= BYTES {
            break;
        }
        let _ = write!(text, "w{:x} \"quoted\" 🐦\n#tag{} ", n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20, n % 1000);
    }
    text.push_str("giantsend");
    tweet(OTHERS, text)
}

/// The most memory that this process ever held, in bytes: proc_pid_status(5).
#[cfg(target_os = "linux")]
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

#[cfg(not(target_os = "linux"))]
fn peak() -> usize {
    0
}

struct Steps {
    began: Instant,
    before: usize,
}

impl Steps {
    fn done(&mut self, step: &str) {
        let (took, peak) = (self.began.elapsed(), peak());
        println!("{step}: {took:?}, peak {} MB", peak >> 20);
        assert!(took < STEP, "{step} took {took:?}");
        self.began = Instant::now();
    }
}

#[tokio::test]
async fn a_tweet_of_ten_megabytes_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("a.zip");
    let giant = giant();
    ArchiveBuilder::new(user()).tweets(others()).tweets([giant.clone()]).write_zip(&archive);
    let sandbox = Sandbox::start().unwrap();
    let model = OpenAi::new(sandbox.key().to_owned().into()).base_url(sandbox.openai_url().parse().unwrap());
    let store = SqliteStore::open(folder.path().join("a.db")).unwrap();
    let wren = Ghostwren::builder().store(store).model(model).build().unwrap();
    let account = wren.user(Identity::local("me")).open_account("main").await.unwrap();
    let mut steps = Steps { began: Instant::now(), before: peak() };
    let all = OTHERS as u64 + 1;

    let report = account.import_archive(&archive).await.unwrap();
    assert_eq!((report.end, report.counts), (ImportEnd::Complete, Counts { inserted: all, ..Counts::default() }));
    steps.done("import");
    let again = account.import_archive(&archive).await.unwrap();
    assert_eq!(again.counts, Counts { unchanged: all, ..Counts::default() });
    steps.done("import again");

    let found = async |words: &str| account.count_tweets(TweetQuery::matching(words)).await.unwrap();
    assert_eq!(found("giantsbeginning").await, 1);
    assert_eq!(found("giantsend").await, 0, "a search sees the first 256 KiB of a text");
    assert_eq!(found("parser").await, OTHERS as u64 / 5);
    let page = account.tweets(TweetQuery::all(), PageRequest::first(100)).await.unwrap();
    assert_eq!(page.items[0].id, giant.id);
    assert!(page.items[0].full_text == giant.full_text, "byte for byte");
    steps.done("search and page");

    let style = account.analyze_style().await.unwrap();
    assert_eq!(style.profile.left_out().oversized, 1, "{:?}", style.profile.left_out());
    assert_eq!(style.profile.fingerprint().texts(), OTHERS as u64);
    assert!(style.analysis_failed.is_none());
    steps.done("analyze");
    let made = account.generate(DraftRequest::about("the oven and giantsbeginning").count(2)).await.unwrap();
    assert!(!made.drafts.is_empty(), "{:?}", made.notes);
    assert!(made.generation.exemplars.iter().all(|shown| shown.tweet_id != giant.id));
    let largest = sandbox.requests().iter().map(|request| request.body.to_string().len()).max().unwrap();
    assert!(largest < 100_000, "a prompt of {largest} bytes");
    steps.done("generate");

    // The archive's text, its JSON, the row, the page and the index terms: each a few times 10 MB for a moment.
    let grown = peak().saturating_sub(steps.before);
    assert!(grown < 16 * BYTES, "{} MB", grown >> 20);

    // In the same test: the memory is the process's.
    texts_alone();
}

/// Without an account, texts are taken as they are.
fn texts_alone() {
    use ghostwren::style::StyleProfile;
    let mut steps = Steps { began: Instant::now(), before: peak() };
    let texts: Vec<String> = others().chain([giant()]).map(|tweet| tweet.full_text).collect();
    let profile = StyleProfile::from_texts(texts.iter().map(String::as_str));
    assert_eq!(profile.texts().len(), OTHERS + 1);
    steps.done("fingerprint");
    let candidates = ["rain on the window, soup on the stove".to_owned(), texts[OTHERS].clone()];
    let chosen = ghostwren::generate::select(&profile, &candidates, 1);
    steps.done("select");
    assert_eq!(chosen.chosen.len(), 1, "{:?}", chosen.rejected.iter().map(|one| &one.code).collect::<Vec<_>>());
    assert_eq!(chosen.chosen[0].text, candidates[0]);
}
