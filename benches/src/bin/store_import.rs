//! Rows per second into the SQLite store: new, unchanged, updated, beside a floor measured in the same run, a plain
//! prepared INSERT of the same columns in one transaction per page, with neither index of words nor hash.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement that prints its result"
)]

use std::time::{Duration, Instant};

use chrono::DateTime;
use ghostwren::records::{ImportEnd, ImportSource, Tweet, TweetCounts};
use ghostwren::store::{Caller, ImportPage, NewImport, SqliteStore, Store};
use rusqlite::{Connection, params};

const TWEETS: u64 = 200_000;
const PAGE: u64 = 5_000;
const WORDS: [&str; 40] = [
    "the", "a", "rust", "bird", "coffee", "morning", "compiler", "why", "is", "it", "so", "we", "rewrote", "borrow",
    "checker", "train", "late", "again", "music", "river", "city", "walk", "paper", "reading", "about", "memory",
    "cache", "latency", "weather", "rain", "garden", "bread", "dog", "friends", "weekend", "football", "news", "odd",
    "lovely", "ship",
];

fn tweet(n: u64, likes: u64) -> Tweet {
    let mut state = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut text = String::new();
    for _ in 0..18 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text.push_str(WORDS[usize::try_from(state % 40).unwrap()]);
        text.push(' ');
        if state.is_multiple_of(11) {
            text.push_str(&format!("w{} ", state % 50_000));
        }
    }
    Tweet {
        id: (1_000_000_000_000_000_000 + n * 4_194_304).to_string(),
        full_text: text,
        created_at: DateTime::from_timestamp(1_400_000_000 + i64::try_from(n).unwrap() * 900, 0).unwrap(),
        lang: Some("en".into()),
        counts: TweetCounts { likes: Some(likes), retweets: Some(n % 7), ..TweetCounts::default() },
        client: Some("Twitter Web App".into()),
        ..Tweet::default()
    }
}

fn rate(name: &str, time: Duration) {
    println!("{name:<24} {:>9.0} tweets/s   {time:?}", TWEETS as f64 / time.as_secs_f64());
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    floor(&folder.path().join("floor.db"));
    let store = SqliteStore::open(folder.path().join("store.db")).unwrap();
    let me = Caller::local("me").unwrap();
    let account = store.open_account(&me, "main".into()).await.unwrap().id;
    for (name, likes) in [("new, with search", 1), ("unchanged", 1), ("updated counts", 2)] {
        let import = NewImport { account_id: account, source: ImportSource::Archive, source_key: name.into() };
        let (_, lease) = store.begin_import(&me, import, Duration::from_secs(60)).await.unwrap();
        let mut time = Duration::ZERO;
        for start in (0..TWEETS).step_by(usize::try_from(PAGE).unwrap()) {
            let page = ImportPage {
                tweets: (start..start + PAGE).map(|n| tweet(n, likes)).collect(),
                context: Vec::new(),
                malformed: 0,
                checkpoint: start.into(),
                lease: Duration::from_secs(60),
                ..ImportPage::default()
            };
            let began = Instant::now();
            store.import_page(&me, lease, page).await.unwrap();
            time += began.elapsed();
        }
        rate(name, time);
        let began = Instant::now();
        store.finish_import(&me, lease, ImportEnd::Complete).await.unwrap();
        println!("{:<24} {:?}", "  finish_import", began.elapsed());
    }
    let size = std::fs::metadata(folder.path().join("store.db")).unwrap().len();
    println!("{:<24} {} bytes/tweet", "file", size / TWEETS);
}

fn floor(path: &std::path::Path) {
    let mut c = Connection::open(path).unwrap();
    c.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000;
         PRAGMA wal_autocheckpoint = 4000;
         CREATE TABLE tweets (key INTEGER PRIMARY KEY, account_id TEXT NOT NULL, id TEXT NOT NULL,
             created_at TEXT NOT NULL, kind TEXT NOT NULL, lang TEXT, is_note INTEGER, is_truncated INTEGER,
             likes INTEGER, retweets INTEGER, source TEXT, client TEXT, excluded INTEGER, full_text TEXT NOT NULL,
             UNIQUE (account_id, id)) STRICT;
         CREATE INDEX timeline ON tweets (account_id, created_at DESC, length(id) DESC, id DESC);",
    )
    .unwrap();
    let account = "0193a0b0-0000-7000-8000-000000000000";
    let mut time = Duration::ZERO;
    for start in (0..TWEETS).step_by(usize::try_from(PAGE).unwrap()) {
        let tweets: Vec<Tweet> = (start..start + PAGE).map(|n| tweet(n, 1)).collect();
        let times: Vec<String> =
            tweets.iter().map(|t| t.created_at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()).collect();
        let began = Instant::now();
        let tx = c.transaction().unwrap();
        {
            let mut insert = tx
                .prepare_cached(
                    "INSERT INTO tweets (account_id, id, created_at, kind, lang, is_note, is_truncated, likes, retweets,
                         source, client, excluded, full_text) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)",
                )
                .unwrap();
            for (t, at) in tweets.iter().zip(&times) {
                insert
                    .execute(params![
                        account,
                        t.id,
                        at,
                        t.kind.as_str(),
                        t.lang,
                        false,
                        false,
                        t.counts.likes.map(|n| i64::try_from(n).unwrap()),
                        t.counts.retweets.map(|n| i64::try_from(n).unwrap()),
                        "archive",
                        t.client,
                        false,
                        t.full_text
                    ])
                    .unwrap();
            }
        }
        tx.commit().unwrap();
        time += began.elapsed();
    }
    rate("floor: plain INSERT", time);
}
