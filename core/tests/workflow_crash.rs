//! An import that is killed loses nothing and doubles nothing: `kill -9` at 20 random moments, then the same call again.
#![cfg(all(feature = "sqlite", unix))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use common::archive_builder::ArchiveBuilder;
use ghostwren::generate::DraftRequest;
use ghostwren::openai::OpenAi;
use ghostwren::records::{AiOutcome, ImportEnd, Tweet, TwitterUser};
use ghostwren::sandbox::{Endpoint, Fault, Sandbox};
use ghostwren::store::{PageRequest, SqliteStore, TweetQuery};
use ghostwren::{Account, Ghostwren, Identity};

const URL: &str = "GHOSTWREN_TEST_CRASH_URL";
const KEY: &str = "GHOSTWREN_TEST_CRASH_KEY";
const FOLDER: &str = "GHOSTWREN_TEST_CRASH_FOLDER";
const TWEETS: u64 = 20_000;
const KILLS: u32 = 20;

/// The part of the victim: it imports until it is killed.
#[test]
fn victim() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let report = account(&folder).await.import_archive(folder.join("archive.zip")).await.unwrap();
        assert_eq!(report.end, ImportEnd::Complete);
    });
    std::fs::write(folder.join("done"), "").unwrap();
}

/// The part of the victim that is killed while a model answers.
#[test]
fn asking_victim() {
    let Some(url) = std::env::var_os(URL) else { return };
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    runtime().block_on(async {
        let account = writing_account(&folder, url.to_str().unwrap(), &std::env::var(KEY).unwrap()).await;
        account.generate(DraftRequest::about("the oven")).await.unwrap();
    });
    std::fs::write(folder.join("done"), "").unwrap();
}

#[test]
fn a_model_call_whose_process_is_killed_stays_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let user = TwitterUser { id: "7".into(), username: "victim".into(), ..TwitterUser::default() };
    let archive = folder.path().join("archive.zip");
    let (things, did) =
        (["the oven", "my bike", "this parser", "a loaf", "the cat"], ["broke", "is late", "works now", "leaks"]);
    let said = ["and i am fine with it", "so we wait", "which nobody asked for"];
    // One pattern with a number in it would be taken for a program's.
    let text = |n: usize| format!("ok so {} {} {}", things[n % 5], did[n % 4], said[n % 3]);
    let own = tweets().into_iter().take(60).enumerate().map(|(n, tweet)| Tweet { full_text: text(n), ..tweet });
    ArchiveBuilder::new(user).tweets(own).write_zip(&archive);
    let sandbox = Sandbox::start().unwrap();
    let account = runtime().block_on(async {
        let account = writing_account(folder.path(), &sandbox.openai_url(), sandbox.key()).await;
        account.import_archive(archive).await.unwrap();
        account
    });
    sandbox.script(Endpoint::Chat, [Fault::Hang]).unwrap();
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "asking_victim"])
        .env(FOLDER, folder.path())
        .env(URL, sandbox.openai_url())
        .env(KEY, sandbox.key())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let asked = std::time::Instant::now();
    while sandbox.requests().is_empty() {
        assert!(asked.elapsed() < Duration::from_secs(60) && victim.try_wait().unwrap().is_none(), "nothing was asked");
        std::thread::sleep(Duration::from_millis(10));
    }
    victim.kill().unwrap();
    victim.wait().unwrap();
    assert!(!folder.path().join("done").exists());
    runtime().block_on(async {
        let runs = account.ai_runs(PageRequest::default()).await.unwrap().items;
        let [run] = runs.as_slice() else { panic!("{runs:?}") };
        assert_eq!((&run.outcome, run.purpose.as_str()), (&AiOutcome::Open, "generate"));
        assert_eq!((run.output_tokens, run.request_hash.len()), (0, 64));
        let estimate = run.cost_micros.unwrap();
        let spend = account.spend().await.unwrap();
        let reserved: u64 = spend.iter().map(|day| day.reserved_micros).sum();
        assert!(estimate > 0 && reserved == estimate, "what it may cost is set aside: {spend:?}");
        // The next call has a row of its own.
        let cost = account.generate(DraftRequest::about("the oven").repair(false)).await.unwrap().cost_micros;
        let runs = account.ai_runs(PageRequest::default()).await.unwrap().items;
        assert_eq!((runs.len(), &runs[0].outcome, &runs[1]), (2, &AiOutcome::Ok, run));
        let spent: u64 = account.spend().await.unwrap().iter().map(|day| day.spent_micros).sum();
        assert_eq!(Some(spent), cost);
    });
}

#[test]
fn killed_twenty_times_an_import_loses_nothing_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let user = TwitterUser { id: "7".into(), username: "victim".into(), ..TwitterUser::default() };
    let expected = tweets();
    ArchiveBuilder::new(user).tweets(expected.clone()).parts(3).write_zip(&folder.path().join("archive.zip"));

    // How long an import takes here, so that the kills fall into it and not behind it.
    let whole = {
        let trial = tempfile::tempdir().unwrap();
        std::fs::copy(folder.path().join("archive.zip"), trial.path().join("archive.zip")).unwrap();
        let began = std::time::Instant::now();
        assert!(spawn(trial.path()).wait().unwrap().success());
        began.elapsed()
    };
    let mut random = fastrand(u64::from(std::process::id()));
    let (mut landed, mut tried, mut before) = (0, 0, 0);
    // A kill counts when it fell between two pages of the same import: some were stored since the last kill, not all.
    while landed < KILLS {
        tried += 1;
        assert!(tried <= 20 * KILLS, "only {landed} of {tried} kills fell into a running import");
        let mut victim = spawn(folder.path());
        // The lease of the one before holds up to a second; the moment lies anywhere in the rest.
        let wait = if before == 0 { Duration::ZERO } else { Duration::from_millis(1000) };
        std::thread::sleep(wait + whole.mul_f64(random() / 2.0));
        let running = victim.try_wait().unwrap().is_none();
        if running {
            victim.kill().unwrap();
        }
        victim.wait().unwrap();
        // What is stored so far is whole: no tweet twice, none that was not in the archive.
        let found = stored(folder.path());
        assert!(found.windows(2).all(|pair| pair[0] != pair[1]), "a tweet is stored twice");
        assert!(found.len() <= expected.len());
        let run =
            runtime().block_on(async { account(folder.path()).await.imports().await.unwrap().into_iter().next() });
        let Some(run) = run else { continue };
        assert_eq!(run.counts.inserted, found.len() as u64, "the counts are those of what is stored");
        if run.end.is_some() || found.len() as u64 == TWEETS {
            // It came to its end: the next victim begins anew.
            if landed < KILLS {
                for file in ["wren.db", "wren.db-wal", "wren.db-shm", "done"] {
                    let _ = std::fs::remove_file(folder.path().join(file));
                }
                before = 0;
            }
        } else if running && found.len() > before {
            landed += 1;
            before = found.len();
        }
    }
    println!("{landed} of {tried} kills fell into a running import of {:.2} s", whole.as_secs_f64());
    if !folder.path().join("done").exists() {
        assert!(spawn(folder.path()).wait().unwrap().success());
    }
    let mut ids: Vec<String> = expected.into_iter().map(|tweet| tweet.id).collect();
    ids.sort();
    assert_eq!(stored(folder.path()), ids);
    runtime().block_on(async {
        let runs = account(folder.path()).await.imports().await.unwrap();
        let complete = runs.iter().filter(|run| run.end == Some(ImportEnd::Complete)).count();
        assert!(complete >= 1);
        let first = runs.last().unwrap();
        assert_eq!(first.counts.inserted, TWEETS, "the counts of all sessions add up");
    });
}

fn spawn(folder: &Path) -> std::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "victim"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

async fn account(folder: &Path) -> Account {
    let store = SqliteStore::open(folder.join("wren.db")).unwrap();
    let wren = Ghostwren::builder().store(store).lease(Duration::from_secs(1)).build().unwrap();
    wren.user(Identity::default()).open_account("main").await.unwrap()
}

async fn writing_account(folder: &Path, url: &str, key: &str) -> Account {
    let model = OpenAi::new(key.to_owned().into()).base_url(url.parse().unwrap());
    let store = SqliteStore::open(folder.join("wren.db")).unwrap();
    let wren = Ghostwren::builder().store(store).model(model).build().unwrap();
    wren.user(Identity::default()).open_account("main").await.unwrap()
}

/// The ids that are stored, sorted.
fn stored(folder: &Path) -> Vec<String> {
    runtime().block_on(async {
        let account = account(folder).await;
        let (mut ids, mut after) = (Vec::new(), None);
        loop {
            let page = account.tweets(TweetQuery::all(), PageRequest { limit: 1000, after }).await.unwrap();
            ids.extend(page.items.into_iter().map(|tweet| tweet.id));
            after = page.next;
            if after.is_none() {
                ids.sort();
                return ids;
            }
        }
    })
}

fn tweets() -> Vec<Tweet> {
    let now = Utc::now();
    (0..TWEETS)
        .map(|n| Tweet {
            id: (1_500_000_000_000_000_000 + n).to_string(),
            full_text: format!("tweet number {n} of many, with a word that differs: w{}", n * 7919 % 10_007),
            created_at: now - TimeDelta::seconds(i64::try_from(n).unwrap()),
            lang: Some("en".into()),
            ..Tweet::default()
        })
        .collect()
}

/// Numbers from 0 to 1, from a seed (xorshift, <https://doi.org/10.18637/jss.v008.i14>).
fn fastrand(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % 1000) as f64 / 1000.0
    }
}
