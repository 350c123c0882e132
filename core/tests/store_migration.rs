//! A file of version 1 of the tables, filled, opened by this version.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use ghostwren::records::{Counts, DraftState, ImportEnd, ImportSource, SpendKind, Tweet, TweetCounts};
use ghostwren::store::{
    Caller, DraftQuery, ImportPage, NewImport, NewOutbox, PageRequest, RefreshStep, SealedValue, SqliteStore, Store,
    TweetQuery,
};
use rusqlite::Connection;
use serde_json::json;

const VERSION_1: &str = include_str!("../src/store/sqlite/migrations/0001.sql");
const ACCOUNT: &str = "0193a000-0000-7000-8000-000000000001";
const RUN: &str = "0193a000-0000-7000-8000-000000000002";
const GENERATION: &str = "0193a000-0000-7000-8000-000000000003";
const DRAFT: &str = "0193a000-0000-7000-8000-000000000004";
const SUBJECT: &str = "6d1f6a3e-1111-4222-8333-444455556666";
const MINUTE: Duration = Duration::from_secs(60);

fn me() -> Caller {
    Caller::local("me").unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// As version 1 wrote it: rows in every table, by hand.
fn version_1(path: &Path) {
    let c = Connection::open(path).unwrap();
    c.execute_batch("PRAGMA journal_mode = WAL").unwrap();
    c.execute_batch(VERSION_1).unwrap();
    c.execute_batch(&format!(
        "INSERT INTO accounts (key, id, owner, label, twitter_user_id, username, tweet_count, subject, created_at)
             VALUES (7, '{ACCOUNT}', 'me', 'main', '12', 'jack', 3, '{SUBJECT}', '2026-01-01T00:00:00.000Z');
         INSERT INTO import_runs (id, account_id, source, source_key, checkpoint, inserted, fence, started_at, updated_at)
             VALUES ('{RUN}', '{ACCOUNT}', 'archive', 'a', '{{\"part\":1}}', 3, 4,
                 '2026-01-01T00:00:00.000Z', '2026-01-01T00:01:00.000Z');
         INSERT INTO generations VALUES ('{ACCOUNT}', '{GENERATION}', NULL, '{{}}', 'gpt-4o', '[{{\"tweet_id\":\"2\"}}]', '[]',
             '2026-01-02T00:00:00.000Z');
         INSERT INTO drafts VALUES ('{ACCOUNT}', '{DRAFT}', '{GENERATION}', 'a draft', 7, 0.5, 0.5, 0.5, 0, 0.5, 'approved',
             NULL, '2026-01-02T00:00:00.000Z', '2026-01-02T00:00:00.000Z');
         INSERT INTO spend VALUES ('{SUBJECT}', '2026-01-02', 'model', 1234);
         INSERT INTO audit_log (subject, at, action, facts)
             VALUES ('{SUBJECT}', '2026-01-01T00:02:00.000Z', 'import.finished', '{{}}');
         INSERT INTO credentials VALUES ('{ACCOUNT}', 'token', 'k', 'sealed then');
         INSERT INTO context_tweets VALUES ('{ACCOUNT}', '70', '5', 'jane', NULL, 'theirs');"
    ))
    .unwrap();
    for n in 1..=3_i64 {
        c.execute(
            "INSERT INTO tweets (key, account_id, id, content_hash, created_at, kind, is_note, is_truncated, likes, source,
                 excluded, labels, full_text)
             VALUES (?1, 7, ?2, zeroblob(16), ?3, 'original', 0, 0, 10, 'archive', ?4, ?5, ?6)",
            rusqlite::params![
                n,
                n.to_string(),
                format!("2025-01-0{n}T00:00:00.000Z"),
                n == 3,
                (n == 3).then_some(r#"["mine"]"#),
                format!("old words number{n}")
            ],
        )
        .unwrap();
        c.execute(
            "INSERT INTO tweets_search (rowid, search_terms) VALUES (?1, ?2)",
            (n, format!("old words number{n}")),
        )
        .unwrap();
    }
    c.execute_batch("PRAGMA application_id = 0x4757524e; PRAGMA user_version = 1").unwrap();
}

fn version(path: &Path) -> i64 {
    Connection::open(path).unwrap().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn a_filled_file_of_version_1_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    version_1(&path);
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(version(&path), 4);
    let account = store.accounts(&me()).await.unwrap().remove(0);
    assert_eq!((account.id.to_string().as_str(), account.tweet_count), (ACCOUNT, 3));
    let found = store.tweets(&me(), account.id, TweetQuery::matching("words"), PageRequest::default()).await.unwrap();
    let texts: Vec<_> = found.items.iter().map(|tweet| tweet.full_text.as_str()).collect();
    assert_eq!(texts, ["old words number3", "old words number2", "old words number1"]);
    assert!(found.items[0].excluded && found.items[0].labels == ["mine"]);
    let run = store.imports(&me(), account.id).await.unwrap().remove(0);
    assert_eq!((run.cost_micros, run.watermark.clone(), run.checkpoint.clone()), (0, None, Some(json!({ "part": 1 }))));
    assert_eq!(run.counts, Counts { inserted: 3, ..Counts::default() });
    let approved = DraftQuery::state(DraftState::Approved);
    let drafts = store.drafts(&me(), account.id, approved, PageRequest::default()).await.unwrap();
    assert_eq!(drafts.items[0].text, "a draft");
    let spend = store.spend(&me(), account.id).await.unwrap();
    assert_eq!((spend[0].kind, spend[0].spent_micros), (SpendKind::Model, 1234));
    assert_eq!(store.audit_log(&me(), account.id, PageRequest::default()).await.unwrap().items.len(), 1);
    assert_eq!(store.context_tweets(&me(), account.id, vec!["70".into()]).await.unwrap()[0].full_text, "theirs");
    let found = store.credential(&me(), account.id, "token".into()).await.unwrap().unwrap();
    assert_eq!(found.value, SealedValue { key_id: "k".into(), sealed: "sealed then".into() });
    assert!(found.needs_login.is_none() && found.refreshing_until.is_none() && !found.interrupted);
}

#[tokio::test]
async fn what_is_new_works_on_what_is_old() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    version_1(&path);
    let store = SqliteStore::open(&path).unwrap();
    let account = store.accounts(&me()).await.unwrap().remove(0).id;
    // The unfinished run goes on, with a larger fence, and its tweets were seen nobody knows when.
    let import = NewImport { account_id: account, source: ImportSource::Archive, source_key: "a".into() };
    let (run, lease) = store.begin_import(&me(), import, MINUTE).await.unwrap();
    assert_eq!((run.id.to_string().as_str(), lease.fence), (RUN, 5));
    let tweet = |likes| Tweet {
        id: "1".into(),
        full_text: "old words number1".into(),
        created_at: at("2025-01-01T00:00:00Z"),
        counts: TweetCounts { likes: Some(likes), ..TweetCounts::default() },
        ..Tweet::default()
    };
    for (seen, likes, kept) in [("2026-06-01T00:00:00Z", 20, 20), ("2026-03-01T00:00:00Z", 15, 20)] {
        let page = ImportPage {
            tweets: vec![tweet(likes)],
            observed_at: Some(at(seen)),
            lease: MINUTE,
            ..ImportPage::default()
        };
        store.import_page(&me(), lease, page).await.unwrap();
        let found = store.tweets_by_id(&me(), account, vec!["1".into()]).await.unwrap().remove(0);
        assert_eq!(found.counts.likes, Some(kept), "seen {seen}");
    }
    store.finish_import(&me(), lease, ImportEnd::Complete).await.unwrap();
    let refresh = store.begin_refresh(&me(), account, "token".into(), MINUTE).await.unwrap();
    assert!(matches!(refresh, RefreshStep::Begun { fence: 1, interrupted: false, .. }), "{refresh:?}");
    let entry = NewOutbox {
        id: ghostwren::records::new_id(),
        account_id: account,
        draft_id: Some(DRAFT.parse().unwrap()),
        content_hash: "0".repeat(64),
        payload: vec![json!({ "text": "a draft" })],
    };
    store.put_outbox(&me(), entry.clone()).await.unwrap();
    // What was derived from a tweet goes, over both versions.
    let erased = store.mark_deleted(&me(), account, vec!["2".into()], at("2026-11-01T00:00:00Z")).await.unwrap();
    assert_eq!((erased.marked, erased.drafts, erased.generations, erased.outbox), (1, 1, 1, 1));
    assert_eq!(store.erase_account(&me(), account).await.unwrap().tweets, 4);
}

#[test]
fn a_migration_that_is_cut_short_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    version_1(&path);
    // Something stands where the last table of version 2 is to be made.
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE outbox (x)").unwrap();
    assert_eq!(SqliteStore::open(&path).unwrap_err().code(), "store.sqlite");
    assert_eq!(version(&path), 1);
    let c = Connection::open(&path).unwrap();
    let tables: i64 = c
        .query_row("SELECT count(*) FROM sqlite_schema WHERE name IN ('login_states', 'rate_windows')", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(tables, 0, "half a migration is in the file");
    c.execute_batch("DROP TABLE outbox").unwrap();
    drop(c);
    SqliteStore::open(&path).unwrap();
    assert_eq!(version(&path), 4);
}

#[test]
fn two_programs_may_open_a_file_of_version_1_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    version_1(&path);
    let threads: Vec<_> = (0..6)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || SqliteStore::open(path).map(drop))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap().unwrap();
    }
    assert_eq!(version(&path), 4);
}
