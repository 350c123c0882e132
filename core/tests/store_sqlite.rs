//! What SQLite adds to the promises of the trait: files, processes, damage, full disks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use chrono::DateTime;
use ghostwren::records::{Counts, Id, ImportEnd, ImportSource, MediaKind, Tweet, TweetList};
use ghostwren::store::{
    Caller, Clock, ImportPage, Lease, NewImport, Order, PageRequest, SqliteStore, Store, TweetQuery,
};
use ghostwren::{ErrorKind, Result};
use serde_json::json;

const CHILD: &str = "GHOSTWREN_TEST_IMPORT_CHILD";
/// How long the lease of the child lasts, in seconds; none where it is not set, so that anybody may take over at once.
const CHILD_LEASE: &str = "GHOSTWREN_TEST_IMPORT_LEASE";
const MINUTE: Duration = Duration::from_secs(60);

fn me() -> Caller {
    Caller::local("me").unwrap()
}

fn tweet(n: u64) -> Tweet {
    Tweet {
        id: (n + 1).to_string(),
        full_text: format!("tweet number{n} about birds and rust"),
        created_at: DateTime::from_timestamp(1_500_000_000 + i64::try_from(n).unwrap(), 0).unwrap(),
        ..Tweet::default()
    }
}

fn page(from: u64, to: u64) -> ImportPage {
    ImportPage {
        tweets: (from..to).map(tweet).collect(),
        context: Vec::new(),
        malformed: 0,
        checkpoint: json!(to),
        lease: Duration::ZERO,
        ..ImportPage::default()
    }
}

async fn begin(store: &SqliteStore, account: Id) -> Result<(u64, Lease)> {
    let import = NewImport { account_id: account, source: ImportSource::Archive, source_key: "a".into() };
    let (run, lease) = store.begin_import(&me(), import, child_lease()).await?;
    Ok((run.checkpoint.and_then(|at| at.as_u64()).unwrap_or(0), lease))
}

/// Imports up to `total` tweets from wherever the run stands.
async fn import_all(store: &SqliteStore, total: u64, size: u64) -> Result<Counts> {
    let account = store.open_account(&me(), "main".into()).await?.id;
    let (mut at, lease) = begin(store, account).await?;
    while at < total {
        let to = (at + size).min(total);
        let rows = ImportPage { lease: child_lease(), ..page(at, to) };
        store.import_page(&me(), lease, rows).await?;
        at = to;
        if std::env::var_os(CHILD).is_some() {
            println!("\nreported {at}");
        }
    }
    Ok(store.finish_import(&me(), lease, ImportEnd::Complete).await?.counts)
}

/// Not a test of its own: the process that the tests below stop and kill.
#[tokio::test]
async fn import_in_this_process() {
    let Some(path) = std::env::var_os(CHILD) else { return };
    let store = SqliteStore::open(PathBuf::from(path)).unwrap();
    let ended = import_all(&store, 20_000, 250).await;
    match &ended {
        Ok(_) => println!("\nended well"),
        Err(error) => println!("\nended {:?} {}", error.kind(), error.code()),
    }
    ended.unwrap();
}

fn child(database: &Path, lease: Duration) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["import_in_this_process", "--exact", "--nocapture"])
        .env(CHILD, database)
        .env(CHILD_LEASE, lease.as_secs().to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// What the child says of its import, one word a line, such as `reported 250`.
fn said(process: &mut Child) -> impl Iterator<Item = String> + use<> {
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    lines.map_while(std::result::Result::ok).filter(|line| line.starts_with("reported") || line.starts_with("ended"))
}

fn child_lease() -> Duration {
    Duration::from_secs(std::env::var(CHILD_LEASE).map_or(0, |seconds| seconds.parse().unwrap()))
}

async fn check_whole(store: &SqliteStore, total: u64) {
    let account = store.open_account(&me(), "main".into()).await.unwrap();
    assert_eq!(account.tweet_count, total);
    let caller = me();
    let count = |query| store.count_tweets(&caller, account.id, query);
    assert_eq!(count(TweetQuery::all()).await.unwrap(), total);
    assert_eq!(count(TweetQuery::matching("birds")).await.unwrap(), total);
    for n in [0, total / 2, total - 1] {
        assert_eq!(count(TweetQuery::matching(format!("number{n}"))).await.unwrap(), 1, "tweet {n}");
    }
}

#[tokio::test]
async fn killed_at_twenty_moments_nothing_is_lost_or_doubled() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let mut reported = 0;
    for kill in 0..20_u64 {
        let mut process = child(&path, Duration::ZERO);
        let mut lines = said(&mut process);
        // After a page or three, at another moment of the next one each time.
        for _ in 0..=kill % 3 {
            let Some(line) = lines.next() else { break };
            reported = line.rsplit(' ').next().unwrap().parse().unwrap();
        }
        std::thread::sleep(Duration::from_micros(kill * 737 % 9_000));
        process.kill().unwrap();
        process.wait().unwrap();
        let store = SqliteStore::open(&path).unwrap();
        let account = store.open_account(&me(), "main".into()).await.unwrap();
        let run = store.imports(&me(), account.id).await.unwrap().remove(0);
        let at = run.checkpoint.and_then(|at| at.as_u64()).unwrap_or(0);
        assert!(at >= reported, "reported {reported}, found {at}");
        assert_eq!(account.tweet_count, at, "the checkpoint and the rows agree after kill {kill}");
        assert_eq!(run.counts.inserted, at);
    }
    let store = SqliteStore::open(&path).unwrap();
    let counts = import_all(&store, 20_000, 250).await.unwrap();
    assert_eq!(counts, Counts { inserted: 20_000, ..Counts::default() });
    check_whole(&store, 20_000).await;
}

#[tokio::test]
async fn two_processes_on_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let store = SqliteStore::open(&path).unwrap();
    let other = store.open_account(&me(), "other".into()).await.unwrap();
    let mut process = child(&path, Duration::ZERO);
    let import = NewImport { account_id: other.id, source: ImportSource::Archive, source_key: "b".into() };
    let (_, lease) = store.begin_import(&me(), import, MINUTE).await.unwrap();
    for n in 0..20 {
        store.import_page(&me(), lease, page(n * 100, n * 100 + 100)).await.unwrap();
        assert_eq!(store.count_tweets(&me(), other.id, TweetQuery::all()).await.unwrap(), n * 100 + 100);
    }
    assert!(process.wait().unwrap().success());
    check_whole(&store, 20_000).await;
}

/// Stops a process or lets it go on (POSIX `kill`), and returns when it does.
#[cfg(target_os = "linux")]
fn signal(process: &Child, signal: &str) {
    let id = process.id().to_string();
    assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    let stopped = || {
        // The state is the word after the name in brackets: proc_pid_stat(5).
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
        stat.rsplit(')').next().unwrap().trim_start().starts_with('T')
    };
    while signal == "-STOP" && !stopped() {
        std::thread::yield_now();
    }
}

/// A laptop that sleeps in the middle of an import: another process takes the run over and ends it, then the first wakes.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_stopped_process_whose_run_was_taken_over_writes_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let mut in_a_step = 0;
    for round in 0..12_u64 {
        let path = folder.path().join(format!("{round}.db"));
        let clock = Clock::system();
        let options = SqliteStore::options().clock(clock.clone()).busy_timeout(Duration::from_millis(30));
        let store = options.open(&path).unwrap();
        let account = store.open_account(&me(), "main".into()).await.unwrap().id;
        let import = || NewImport { account_id: account, source: ImportSource::Archive, source_key: "a".into() };

        let mut process = child(&path, MINUTE);
        let mut lines = said(&mut process);
        for _ in 0..=round % 3 {
            lines.next().unwrap();
        }
        std::thread::sleep(Duration::from_micros(round * 737 % 4_000));
        signal(&process, "-STOP");
        let early = store.begin_import(&me(), import(), MINUTE).await.unwrap_err();
        assert!(["import.running", "store.locked"].contains(&early.code()), "its lease holds for a minute: {early}");
        clock.shift_ms(61_000);
        let (run, lease) = loop {
            match store.begin_import(&me(), import(), MINUTE).await {
                Ok(begun) => break begun,
                // It was stopped inside of a step: nobody writes before that step is over.
                Err(error) => {
                    assert_eq!(error.code(), "store.locked", "{error}");
                    in_a_step += 1;
                    signal(&process, "-CONT");
                    std::thread::sleep(Duration::from_micros(300));
                    signal(&process, "-STOP");
                }
            }
        };
        let mut at = run.checkpoint.and_then(|at| at.as_u64()).unwrap();
        assert!((250..20_000).contains(&at), "stopped in the middle, at {at}");
        let finish = async || store.finish_import(&me(), lease, ImportEnd::Complete).await.unwrap().counts;
        let all = Counts { inserted: 20_000, ..Counts::default() };
        // It wakes while the newer owner is at work, when the fence alone keeps it out, or after the end.
        let wakes_at = if round % 2 == 0 { at + 250 } else { 20_000 };
        while at < wakes_at {
            store.import_page(&me(), lease, ImportPage { lease: MINUTE, ..page(at, at + 250) }).await.unwrap();
            at += 250;
        }
        if at == 20_000 {
            assert_eq!(finish().await, all);
        }

        // Changes with every commit of another connection: https://www.sqlite.org/pragma.html#pragma_data_version
        let witness = rusqlite::Connection::open(&path).unwrap();
        let version = || witness.query_row("PRAGMA data_version", [], |row| row.get::<_, i64>(0)).unwrap();
        let before = version();
        signal(&process, "-CONT");
        let end = lines.find(|line| line.starts_with("ended")).unwrap();
        assert_eq!(end, "ended LeaseLost import.lease_lost");
        assert!(!process.wait().unwrap().success());
        assert_eq!(version(), before, "nothing was written after the takeover");
        if at < 20_000 {
            while at < 20_000 {
                store.import_page(&me(), lease, page(at, at + 250)).await.unwrap();
                at += 250;
            }
            assert_eq!(finish().await, all);
        }
        check_whole(&store, 20_000).await;
        let runs = store.imports(&me(), account).await.unwrap();
        assert_eq!((runs.len(), &runs[0].end), (1, &Some(ImportEnd::Complete)));
    }
    println!("{in_a_step} times it had been stopped inside of a step");
}

#[tokio::test]
async fn a_clock_put_back_revives_no_lease() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let clock = Clock::system();
    let first = SqliteStore::options().clock(clock.clone()).open(&path).unwrap();
    let second = SqliteStore::options().clock(clock.clone()).open(&path).unwrap();
    let account = first.open_account(&me(), "main".into()).await.unwrap().id;
    let import = || NewImport { account_id: account, source: ImportSource::Archive, source_key: "a".into() };
    let (_, paused) = first.begin_import(&me(), import(), MINUTE).await.unwrap();
    let early = second.begin_import(&me(), import(), MINUTE).await.unwrap_err();
    assert_eq!(early.code(), "import.running");
    clock.shift_ms(61_000);
    let (_, newer) = second.begin_import(&me(), import(), MINUTE).await.unwrap();
    // Back to when the first lease still held.
    clock.shift_ms(-3_600_000);
    let late = first.import_page(&me(), paused, page(0, 1)).await.unwrap_err();
    assert_eq!((late.kind(), late.code()), (ErrorKind::LeaseLost, "import.lease_lost"));
    second.import_page(&me(), newer, page(0, 1)).await.unwrap();
    // A lease from the future does not block for ever.
    clock.shift_ms(-3_600_000);
    let (_, newest) = first.begin_import(&me(), import(), MINUTE).await.unwrap();
    assert!(newest.fence > newer.fence);
}

#[tokio::test]
async fn money_that_nobody_settles_counts_as_spent() {
    let clock = Clock::system();
    let store = SqliteStore::options().clock(clock.clone()).open_in_memory().unwrap();
    let pass = |time: Duration| {
        clock.shift_ms(i64::try_from(time.as_millis()).unwrap());
        async { Ok(()) }
    };
    let stage = ghostwren::store::conformance::Stage::local(std::sync::Arc::new(store)).unwrap();
    ghostwren::store::conformance::money_left_behind(&stage, pass).await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("a.db")).unwrap();
    import_all(&store, 10, 5).await.unwrap();
    let files: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 2, "the database and its log: {files:?}");
    for file in &files {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
    drop(store);
    // The choice of who made it stays.
    let shared = folder.path().join("b.db");
    std::fs::write(&shared, "").unwrap();
    std::fs::set_permissions(&shared, PermissionsExt::from_mode(0o640)).unwrap();
    let store = SqliteStore::open(&shared).unwrap();
    import_all(&store, 10, 5).await.unwrap();
    assert_eq!(mode(&shared), 0o640);
    assert_eq!(mode(&folder.path().join("b.db-wal")), 0o640);
}

#[tokio::test]
async fn a_full_disk_leaves_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let small = SqliteStore::options().max_pages(300).open(&path).unwrap();
    let full = import_all(&small, 20_000, 500).await.unwrap_err();
    assert_eq!((full.kind(), full.code()), (ErrorKind::Storage, "store.disk_full"));
    assert_ne!(full.remedy(), ghostwren::Error::new(full.kind(), "", "").remedy());
    let account = small.open_account(&me(), "main".into()).await.unwrap();
    let run = small.imports(&me(), account.id).await.unwrap().remove(0);
    assert_eq!(Some(account.tweet_count), run.checkpoint.and_then(|at| at.as_u64()));
    assert!(account.tweet_count > 0);
    drop(small);
    let store = SqliteStore::open(&path).unwrap();
    import_all(&store, 20_000, 500).await.unwrap();
    check_whole(&store, 20_000).await;
}

#[tokio::test]
async fn a_locked_database_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let store = SqliteStore::options().busy_timeout(Duration::from_millis(20)).open(&path).unwrap();
    let account = store.open_account(&me(), "main".into()).await.unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let locked = store.open_account(&me(), "second".into()).await.unwrap_err();
    assert_eq!((locked.kind(), locked.code()), (ErrorKind::Storage, "store.locked"));
    // Reading goes on.
    assert_eq!(store.account(&me(), account.id).await.unwrap(), account);
    other.execute_batch("ROLLBACK").unwrap();
    store.open_account(&me(), "second".into()).await.unwrap();
}

/// Seven at each time, so that the middle lies among them; the newest page first.
#[tokio::test]
async fn all_tweets_are_what_the_pages_hold() {
    const TWEETS: u64 = 12_000;
    let folder = tempfile::tempdir().unwrap();
    for store in [SqliteStore::open(folder.path().join("a.db")).unwrap(), SqliteStore::in_memory().unwrap()] {
        let account = store.open_account(&me(), "main".into()).await.unwrap().id;
        assert_eq!(store.all_tweets(&me(), account, TweetQuery::all()).await.unwrap(), TweetList::new());
        let (_, lease) = begin(&store, account).await.unwrap();
        for from in (0..TWEETS / 3_000).rev().map(|page| page * 3_000) {
            let mut rows = page(from, from + 3_000);
            for (tweet, n) in rows.tweets.iter_mut().zip(from..) {
                tweet.created_at = DateTime::from_timestamp(1_500_000_000 + i64::try_from(n / 7).unwrap(), 0).unwrap();
                tweet.deleted_at = n.is_multiple_of(100).then_some(tweet.created_at);
                tweet.labels = if n.is_multiple_of(3) { vec!["third".into()] } else { Vec::new() };
            }
            store.import_page(&me(), lease, rows).await.unwrap();
        }
        store.finish_import(&me(), lease, ImportEnd::Complete).await.unwrap();
        let at = |n: i64| DateTime::from_timestamp(1_500_000_000 + n, 0);
        for query in [
            TweetQuery::all(),
            TweetQuery::all().order(Order::OldestFirst).with_deleted(),
            TweetQuery::all().between(at(1_000), at(1_600)),
            TweetQuery::all().between(at(0), at(200)),
            TweetQuery::matching("number9*").order(Order::OldestFirst),
            TweetQuery::all().label("third"),
            TweetQuery::matching("nothing"),
            // Years of five digits.
            TweetQuery::all().between(at(380_000_000_000), None),
            TweetQuery::all().between(at(-1), at(380_000_000_000)),
        ] {
            let (mut wanted, mut request) = (Vec::new(), PageRequest::first(1_000));
            loop {
                let page = store.tweets(&me(), account, query.clone(), request).await.unwrap();
                wanted.extend(page.items);
                let Some(next) = page.next else { break };
                request = PageRequest::after(1_000, next);
            }
            let found = store.all_tweets(&me(), account, query.clone()).await.unwrap();
            assert!(found.to_vec() == wanted, "{query:?}: {} of {}", found.len(), wanted.len());
        }
        let all = store.all_tweets(&me(), account, TweetQuery::all().with_deleted()).await.unwrap();
        let ids: Vec<u64> = all.iter().map(|tweet| tweet.id.parse().unwrap()).collect();
        assert!(ids.into_iter().eq((1..=TWEETS).rev()), "each once, the newest first, ids as numbers");
        let none = store.all_tweets(&Caller::local("somebody").unwrap(), account, TweetQuery::all()).await;
        assert_eq!(none.unwrap_err().code(), "store.no_account");
    }
}

#[tokio::test]
async fn damage_is_an_error_and_never_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    import_all(&SqliteStore::open(&path).unwrap(), 2_000, 500).await.unwrap();
    let whole = std::fs::read(&path).unwrap();
    let mut damaged = 0;
    for step in 0..40_usize {
        let mut bytes = whole.clone();
        let at = if step == 0 { 0 } else { (step * 7_919 * 4_096 + step * 13) % bytes.len() };
        for byte in bytes.iter_mut().skip(at).take(200) {
            *byte ^= 0x5a;
        }
        let copy = folder.path().join(format!("{step}.db"));
        std::fs::write(&copy, bytes).unwrap();
        let outcome = async {
            let store = SqliteStore::open(&copy)?;
            let account = store.accounts(&me()).await?.into_iter().next().unwrap().id;
            store.tweet_totals(&me(), account).await?;
            store.count_tweets(&me(), account, TweetQuery::matching("birds")).await?;
            store.all_tweets(&me(), account, TweetQuery::all()).await
        };
        if let Err(error) = outcome.await {
            damaged += 1;
            assert!(
                matches!(
                    error.code(),
                    "store.corrupt" | "store.not_a_database" | "store.sqlite" | "store.not_ours" | "store.io"
                ),
                "{error}"
            );
        }
    }
    assert!(damaged > 0);
}

/// Where a tweet's row holds what no version wrote, the reading of it fails, by pages and of all, and no part is left out.
#[tokio::test]
async fn a_part_that_cannot_be_read_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let store = SqliteStore::open(&path).unwrap();
    import_all(&store, 10, 10).await.unwrap();
    let account = store.accounts(&me()).await.unwrap()[0].id;
    let other = rusqlite::Connection::open(&path).unwrap();
    for (column, value) in [
        ("entities", r#"'{"urls":[{"url":7}]}'"#),
        ("entities", r#"'{"hashtags":["a"'"#),
        ("entities", r#"'{"hashtags":["a"],"hashtags":["b"]}'"#),
        ("entities", r#"'{"hashtags":["' || char(1) || '"]}'"#),
        ("entities", "'[]'"),
        ("entities", "CAST(X'7BFF7D' AS TEXT)"),
        ("media", "'null'"),
        ("media", r#"'[{"id":"1","kind":7,"url":null,"alt_text":null}]'"#),
        ("labels", "'{}'"),
        ("full_text", "CAST(X'FF' AS TEXT)"),
        ("created_at", "'yesterday'"),
        ("kind", "'song'"),
        ("likes", "-1"),
    ] {
        let before: rusqlite::types::Value =
            other.query_row(&format!("SELECT {column} FROM tweets WHERE key = 5"), [], |row| row.get(0)).unwrap();
        other.execute(&format!("UPDATE tweets SET {column} = {value} WHERE key = 5"), []).unwrap();
        let page = store.tweets(&me(), account, TweetQuery::all(), PageRequest::first(100)).await.unwrap_err();
        let all = store.all_tweets(&me(), account, TweetQuery::all()).await.unwrap_err();
        for error in [page, all] {
            assert_eq!((error.kind(), error.code()), (ErrorKind::Storage, "store.corrupt"), "{column} = {value}");
        }
        other.execute(&format!("UPDATE tweets SET {column} = ? WHERE key = 5"), [before]).unwrap();
    }
    // In another order, with blanks and a kind of picture that is newer: no damage.
    let (entities, media) = (
        r#"{ "hashtags": ["a"], "urls": [{"expanded_url": "e\u0301", "url": "u"}] }"#,
        r#"[{"id":"1","kind":"hologram","url":null,"alt_text":null}]"#,
    );
    other.execute("UPDATE tweets SET entities = ?, media = ? WHERE key = 5", [entities, media]).unwrap();
    let all = store.all_tweets(&me(), account, TweetQuery::all()).await.unwrap();
    let odd = all.iter().find(|tweet| !tweet.entities.get().hashtags.is_empty()).unwrap();
    assert_eq!(odd.entities.get().urls[0].expanded_url, "e\u{301}");
    assert_eq!(odd.media.get()[0].kind, MediaKind::Other);
}

#[test]
fn other_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("text"), "x".repeat(5_000)).unwrap();
    assert_eq!(SqliteStore::open(path("text")).unwrap_err().code(), "store.not_a_database");
    rusqlite::Connection::open(path("other")).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    let error = SqliteStore::open(path("other")).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Config, "store.not_ours"));
    let error = SqliteStore::open(path("no/such/folder")).unwrap_err();
    assert_eq!(error.code(), "store.cannot_open");
    assert!(error.detail().starts_with(&format!("{}: ", path("no/such/folder").display())), "{error}");
    drop(SqliteStore::open(path("new")).unwrap());
    drop(SqliteStore::open(path("new")).unwrap());
    rusqlite::Connection::open(path("new")).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    let error = SqliteStore::open(path("new")).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Config, "store.newer_schema"));
    assert!(!path("new-wal").exists(), "the log is gone when the store is closed");
}

#[tokio::test]
async fn a_name_that_sqlite_reads_in_its_own_way_makes_no_broken_store() {
    // Its name for a database in memory, which each connection would have to itself.
    let store = SqliteStore::open(":memory:").unwrap();
    let account = store.open_account(&me(), "main".into()).await.unwrap();
    assert_eq!(store.account(&me(), account.id).await.unwrap().id, account.id);
    assert!(store.path().is_none() && !Path::new(":memory:").exists());
    // Without a name it would be a file for each connection, gone with it; and a URI is no path.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("uri.db");
    for path in ["".to_owned(), format!("file:{}", file.display())] {
        let error = SqliteStore::open(&path).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Storage, "store.cannot_open"), "{path}: {error}");
    }
    assert!(!file.exists());
}

/// Every file of the store, as it lies on the disk.
fn bytes_of(path: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        all.extend(std::fs::read(PathBuf::from(name)).unwrap_or_default());
    }
    all
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn erased_text_is_in_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let store = SqliteStore::open(&path).unwrap();
    import_all(&store, 3_000, 500).await.unwrap();
    let account = store.open_account(&me(), "main".into()).await.unwrap().id;
    let lease = {
        let import = NewImport { account_id: account, source: ImportSource::Archive, source_key: "b".into() };
        store.begin_import(&me(), import, MINUTE).await.unwrap().1
    };
    for text in ["plantedfirst xylophone", "plantedsecond much longer than before xylophone zither"] {
        let mut rows = page(0, 0);
        rows.tweets = (0..40).map(|n| Tweet { full_text: format!("{text} {n}"), ..tweet(50_000 + n) }).collect();
        store.import_page(&me(), lease, rows).await.unwrap();
    }
    let before = bytes_of(&path);
    assert!(holds(&before, "plantedsecond") && holds(&before, "xylophone"));
    let ids = (0..40).map(|n: u64| (50_001 + n).to_string()).collect();
    assert_eq!(store.erase_tweets(&me(), account, ids).await.unwrap().tweets, 40);
    let after = bytes_of(&path);
    for text in ["plantedfirst", "plantedsecond", "xylophone", "zither", "lantedsecon"] {
        assert!(!holds(&after, text), "{text} is still in the files");
    }
    assert!(holds(&after, "about birds"));
    store.erase_account(&me(), account).await.unwrap();
    let after = bytes_of(&path);
    for text in ["about birds", "number2999", &account.to_string()] {
        assert!(!holds(&after, text), "{text} is still in the files");
    }
}

#[tokio::test]
async fn readers_go_on_while_a_page_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("a.db")).unwrap();
    let account = store.open_account(&me(), "main".into()).await.unwrap().id;
    let writer = {
        let store = store.clone();
        tokio::spawn(async move { import_all(&store, 5_000, 250).await })
    };
    let mut seen = 0;
    while !writer.is_finished() {
        let now = store.count_tweets(&me(), account, TweetQuery::matching("birds")).await.unwrap();
        assert!(now >= seen && now % 250 == 0, "a reader sees whole pages: {now} after {seen}");
        seen = now;
    }
    writer.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_dropped_future_leaves_a_whole_page_or_none() {
    let store = SqliteStore::in_memory().unwrap();
    let account = store.open_account(&me(), "main".into()).await.unwrap().id;
    let (_, lease) = begin(&store, account).await.unwrap();
    for n in 0..20 {
        let caller = me();
        let call = store.import_page(&caller, lease, page(n * 100, n * 100 + 100));
        let _ = tokio::time::timeout(Duration::from_micros(n * 150), call).await;
        let count = store.tweet_totals(&me(), account).await.unwrap().total;
        assert_eq!(count % 100, 0);
    }
}

#[test]
fn debug_shows_no_more_than_the_path() {
    let store = SqliteStore::in_memory().unwrap();
    assert_eq!(format!("{store:?}"), "SqliteStore { path: None, .. }");
}
