//! Every tweet of an account out of SQLite, beside a floor measured in the same run: a bare scan that looks at all columns, as the
//! rows lie in the file and in the order of the timeline.
//!
//! `read_tweets [FILE]` keeps FILE, for `python/read_tweets.py` and `node/read_tweets.mjs`, and takes it as it is when it is there.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement that prints its result"
)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::DateTime;
use ghostwren::records::{
    Entities, Hashtag, ImportEnd, ImportSource, Media, Mention, Tweet, TweetCounts, TweetKind, UrlEntity,
};
use ghostwren::store::{Caller, ImportPage, NewImport, Order, SqliteStore, Store, TweetQuery};
use ghostwren::{Account, Ghostwren, Identity};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use rustix::time::{ClockId, clock_gettime};

const TWEETS: u64 = 100_000;
const PAGE: u64 = 1_000;
const ROUNDS: usize = 9;

/// About 110 characters; every fifth is a reply, every third has entities, every eighth a picture.
fn tweet(n: u64) -> Tweet {
    let id = |n: u64| (1_000_000_000_000_000_000 + n * 4_194_304).to_string();
    let mut tweet = Tweet {
        id: id(n),
        full_text: format!(
            "a tweet of the usual length, number {n}, with nothing to say about the täxt or the 🐦s that it is made of, or {n}"
        ),
        created_at: DateTime::from_timestamp(1_400_000_000 + i64::try_from(n).unwrap() * 900, 0).unwrap(),
        lang: Some("en".into()),
        counts: TweetCounts { likes: Some(n % 1000), retweets: Some(n % 7), ..TweetCounts::default() },
        client: Some("Twitter Web App".into()),
        ..Tweet::default()
    };
    if n.is_multiple_of(5) {
        tweet.kind = TweetKind::Reply;
        tweet.in_reply_to_id = Some(id(n + 900_000_000));
        tweet.in_reply_to_user_id = Some("1234567".into());
    }
    if n.is_multiple_of(3) {
        tweet.entities = Entities {
            urls: vec![UrlEntity {
                url: format!("https://t.co/{n:010}"),
                expanded_url: format!("https://example.org/articles/2022/03/{n}"),
                display_url: "example.org/articles/2022…".into(),
            }],
            mentions: vec![Mention {
                username: "jane_doe".into(),
                id: Some("1234567".into()),
                name: Some("Jane".into()),
            }],
            hashtags: vec![Hashtag("wren".into())],
            cashtags: Vec::new(),
        };
    }
    if n.is_multiple_of(8) {
        let url = Some(format!("https://pbs.twimg.com/media/{n:015}.jpg"));
        tweet.media = vec![Media { id: id(n + 1), url, ..Media::default() }];
    }
    tweet
}

/// The newest pages first, as an archive has them.
async fn fill(path: &Path) {
    let store = SqliteStore::open(path).unwrap();
    let me = Caller::local("local").unwrap();
    let account = store.open_account(&me, "main".into()).await.unwrap().id;
    let import = NewImport { account_id: account, source: ImportSource::Archive, source_key: "bench".into() };
    let (_, lease) = store.begin_import(&me, import, Duration::from_secs(60)).await.unwrap();
    for start in (0..TWEETS / PAGE).rev().map(|page| page * PAGE) {
        let page = ImportPage {
            tweets: (start..start + PAGE).map(tweet).collect(),
            checkpoint: start.into(),
            lease: Duration::from_secs(60),
            ..ImportPage::default()
        };
        store.import_page(&me, lease, page).await.unwrap();
    }
    store.finish_import(&me, lease, ImportEnd::Complete).await.unwrap();
}

fn processor() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap(), u32::try_from(time.tv_nsec).unwrap())
}

/// The first time, in which memory is new, the best and the median, and the processor's time of the median.
fn show(name: &str, mut times: Vec<(Duration, Duration)>) {
    let (first, _) = times[0];
    times.sort();
    let ((best, _), (median, busy)) = (times[0], times[times.len() / 2]);
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    println!(
        "{name:<36} first {:>6.1} ms, best {:>6.1} ms, median {:>6.1} ms ({:>6.1} ms of processor)",
        ms(first),
        ms(best),
        ms(median),
        ms(busy)
    );
}

fn floor(name: &str, path: &Path, order: &str) {
    let connection = Connection::open(path).unwrap();
    let times = (0..ROUNDS).map(|_| {
        let (began, used) = (Instant::now(), processor());
        let mut statement = connection.prepare_cached(&format!("SELECT * FROM tweets {order}")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        let (mut count, mut bytes) = (0, 0);
        while let Some(row) = rows.next().unwrap() {
            count += 1;
            for column in 0..columns {
                if let ValueRef::Text(text) = row.get_ref(column).unwrap() {
                    bytes += text.len();
                }
            }
        }
        assert!(count == TWEETS && bytes > 15_000_000, "{count} {bytes}");
        (began.elapsed(), processor() - used)
    });
    show(name, times.collect());
}

async fn ours(name: &str, account: &Account, query: TweetQuery) {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let (began, used) = (Instant::now(), processor());
        let tweets = account.all_tweets(query.clone()).await.unwrap();
        times.push((began.elapsed(), processor() - used));
        assert_eq!(u64::try_from(tweets.len()).unwrap(), TWEETS);
    }
    show(name, times);
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let path = std::env::args_os().nth(1).map_or_else(|| folder.path().join("tweets.db"), PathBuf::from);
    if !path.exists() {
        fill(&path).await;
    }
    floor("floor: scan of all columns", &path, "");
    let order = "WHERE account_id = 1 ORDER BY created_at DESC, length(id) DESC, id DESC";
    floor("floor: the same, newest first", &path, order);
    let wren = Ghostwren::builder().store(SqliteStore::open(&path).unwrap()).build().unwrap();
    let account = wren.user(Identity::local("local")).open_account("main").await.unwrap();
    ours("all_tweets, newest first", &account, TweetQuery::all()).await;
    ours("all_tweets, oldest first", &account, TweetQuery::all().order(Order::OldestFirst)).await;
}
