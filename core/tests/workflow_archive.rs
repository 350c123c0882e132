//! Archives that are odd, hostile or of nobody in particular, imported through the whole SDK into SQLite.
#![cfg(feature = "sqlite")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::StreamExt;
use ghostwren::archive::Archive;
use ghostwren::records::{ImportEnd, ImportSource};
use ghostwren::store::{Caller, NewImport, SqliteStore, Store};
use ghostwren::workflow::ImportEvent;
use ghostwren::{Account, ErrorKind, Ghostwren, Identity};
use proptest::prelude::*;
use serde_json::{Value, json};

fn tweets_js(tweets: impl IntoIterator<Item = Value>) -> String {
    let all: Vec<String> = tweets.into_iter().map(|tweet| json!({ "tweet": tweet }).to_string()).collect();
    format!("window.YTD.tweets.part0 = [{}]", all.join(","))
}

fn tweet(id: u64, text: &str) -> Value {
    json!({ "id_str": id.to_string(), "full_text": text, "created_at": "Sat Feb 18 12:33:11 +0000 2023" })
}

/// An unpacked archive; without an owner where none is given.
fn folder(at: &Path, owner: Option<&str>, files: &[(&str, String)]) -> PathBuf {
    let data = at.join("data");
    std::fs::create_dir_all(&data).unwrap();
    if let Some(id) = owner {
        let account = json!([{ "account": { "accountId": id, "username": format!("user{id}") } }]);
        std::fs::write(data.join("account.js"), format!("window.YTD.account.part0 = {account}")).unwrap();
    }
    for (name, text) in files {
        std::fs::write(data.join(name), text).unwrap();
    }
    at.to_owned()
}

async fn fresh() -> (SqliteStore, Account) {
    let store = SqliteStore::in_memory().unwrap();
    let wren = Ghostwren::builder().store(store.clone()).build().unwrap();
    let account = wren.user(Identity::local("me")).open_account("main").await.unwrap();
    (store, account)
}

fn odd_id() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!("1212000000000000009")),
        Just(json!(9_999_999_999_999_999_999_u64)),
        Just(json!(u64::MAX)),
        Just(json!("18446744073709551615")),
        Just(json!(0)),
        Just(json!("007")),
        Just(json!(-1)),
        Just(json!(1.5e30)),
        any::<u64>().prop_map(Value::from),
        "[0-9]{1,21}".prop_map(Value::from),
    ]
}

fn odd_time() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!("Sat Feb 18 12:33:11 +0000 2023")),
        Just(json!("Fri Dec 31 23:59:59 -1200 9999")),
        Just(json!("Sat Jan 01 00:00:00 +1400 0000")),
        Just(json!("+12345-01-01T00:00:00Z")),
        Just(json!("-0001-01-01T00:00:00Z")),
        Just(json!("9999-12-31T23:59:60Z")),
        Just(json!("253402300800001")),
        Just(json!("-62135596800001")),
        Just(json!("99999999999999999999999")),
        any::<i64>().prop_map(|millis| Value::from(millis.to_string())),
        (-70_000_000_000_000_i64..260_000_000_000_000).prop_map(|millis| Value::from(millis.to_string())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// What the reader gives is what the store takes: no entry of an archive stops an import.
    #[test]
    fn whatever_an_archive_holds_can_be_stored(
        odd in prop::collection::vec((odd_id(), odd_time(), odd_time(), any::<u64>(), "\\PC{0,8}|\u{0}"), 1..8),
        notes in prop::collection::vec((odd_id(), odd_time()), 0..4),
    ) {
        let tweets = odd.iter().map(|(id, at, deleted, count, text)| json!({
            "id_str": id, "id": id, "created_at": at, "deleted_at": deleted, "full_text": text,
            "favorite_count": count, "retweet_count": count.to_string(), "in_reply_to_status_id": id,
            "in_reply_to_user_id_str": id, "lang": text, "source": text,
            "edit_info": { "initial": { "editTweetIds": [id] } },
        }));
        let notes = notes.iter().map(|(id, at)| json!({
            "noteTweet": { "noteTweetId": id, "tweetId": id, "createdAt": at, "core": { "text": "a long post" } },
        }));
        let notes = Value::Array(notes.collect());
        let place = tempfile::tempdir().unwrap();
        let files = [
            ("tweets.js", tweets_js(tweets.clone().chain([tweet(1_212_000_000_000_000_001, "a good one")]))),
            ("deleted-tweets.js", tweets_js(tweets)),
            ("note-tweet.js", format!("window.YTD.note_tweet.part0 = {notes}")),
        ];
        let path = folder(place.path(), Some("7"), &files);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let outcome = runtime.block_on(async {
            let (_, account) = fresh().await;
            let report = account.import_archive(path).await?;
            Ok::<_, ghostwren::Error>((report, account.totals().await?.total))
        });
        prop_assert!(outcome.is_ok(), "{:?}", outcome.map_err(|error| error.to_string()));
        prop_assert!(outcome.unwrap().1 >= 1);
    }
}

/// 2,900 tweets, and then a megabyte that unpacks to a gigabyte: what came before it is stored.
#[tokio::test]
async fn what_was_read_before_a_bomb_is_stored() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("a.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let options = zip::write::SimpleFileOptions::default().compression_level(Some(9));
    zip.start_file("data/tweets.js", options).unwrap();
    zip.write_all(tweets_js((0..2900).map(|n| tweet(1_212_000_000_000_000_000 + n, "fine"))).as_bytes()).unwrap();
    zip.start_file("data/tweets-part1.js", options).unwrap();
    zip.write_all(b"window.YTD.tweets.part1 = [").unwrap();
    for _ in 0..8 {
        zip.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    zip.write_all(b"]").unwrap();
    zip.finish().unwrap();

    let mut reader = Archive::open(&path).unwrap().read(None).unwrap();
    let read: Vec<_> = std::iter::from_fn(|| reader.next_page(1000).transpose()).take(4).collect();
    let sizes: Vec<_> = read.iter().map(|page| page.as_ref().map(|page| page.tweets.len()).ok()).collect();
    assert_eq!(sizes, [Some(1000), Some(1000), Some(900), None]);

    let (_, account) = fresh().await;
    for _ in 0..2 {
        let error = account.import_archive(&path).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::InvalidInput, "archive.zip_bomb"));
        assert_eq!(account.totals().await.unwrap().total, 2900);
    }
    let run = account.imports().await.unwrap().remove(0);
    assert_eq!(run.counts.inserted, 2900);
    assert!(matches!(run.end, Some(ImportEnd::Failed { .. })), "{:?}", run.end);
}

#[test]
fn the_first_page_after_a_checkpoint_is_as_long_as_the_others() {
    let place = tempfile::tempdir().unwrap();
    let text = "word ".repeat(300);
    let tweets = (0..8_000).map(|n| tweet(1_212_000_000_000_000_000 + n, &text));
    let path = folder(place.path(), Some("7"), &[("tweets.js", tweets_js(tweets))]);
    let archive = Archive::open(path).unwrap();
    let mut reader = archive.read(None).unwrap();
    // More than a page's bytes lie before the checkpoint.
    let pages: Vec<_> = (0..7).map(|_| reader.next_page(1000).unwrap().unwrap()).collect();
    let last = pages.last().unwrap();
    assert!(last.bytes_read > 8 << 20);
    let mut again = archive.read(Some(&last.checkpoint)).unwrap();
    assert_eq!(again.next_page(1000).unwrap().unwrap().tweets.len(), 1000);
}

#[tokio::test]
async fn archives_that_name_no_owner_do_not_mix_two_people() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str, owner: Option<&str>, id: u64| {
        folder(&place.path().join(name), owner, &[("tweets.js", tweets_js([tweet(id, name)]))])
    };
    let (anna, carl) =
        (at("i am anna", None, 1_212_000_000_000_000_001), at("i am carl", None, 1_212_000_000_000_000_003));
    let bob = at("i am bob", Some("7"), 1_212_000_000_000_000_002);

    let (_, account) = fresh().await;
    assert_eq!(account.import_archive(&anna).await.unwrap().counts.inserted, 1, "a fresh account takes it");
    assert_eq!(account.import_archive(&anna).await.unwrap().counts.unchanged, 1, "and takes it again");
    for (other, code) in [(&bob, "import.nameless_tweets"), (&carl, "import.nameless_archive")] {
        let error = account.import_archive(other).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Conflict, code));
    }
    assert_eq!(account.totals().await.unwrap().total, 1);
    assert!(account.record().await.unwrap().twitter_user.is_none());

    let (_, account) = fresh().await;
    account.import_archive(&bob).await.unwrap();
    let error = account.import_archive(&anna).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Conflict, "import.nameless_archive"));
    assert_eq!(account.import_archive(&bob).await.unwrap().counts.unchanged, 1);
    assert_eq!(account.totals().await.unwrap().total, 1);
}

/// A lease of 15 seconds whose holder is done after 600 milliseconds.
#[tokio::test(start_paused = true)]
async fn who_waits_for_a_lease_begins_soon_after_the_other_one_ended() {
    let place = tempfile::tempdir().unwrap();
    let path =
        folder(place.path(), Some("7"), &[("tweets.js", tweets_js([tweet(1_212_000_000_000_000_001, "hello")]))]);
    let (store, account) = fresh().await;
    let me = Caller::local("me").unwrap();
    let source_key = Archive::open(&path).unwrap().fingerprint();
    let import = NewImport { account_id: account.id(), source: ImportSource::Archive, source_key };
    let (_, lease) = store.begin_import(&me, import, Duration::from_secs(15)).await.unwrap();

    let mut waiting = account.import_archive(&path);
    let mut asked = 0;
    let (tell, told) = tokio::sync::oneshot::channel();
    let mut tell = Some(tell);
    let other = async {
        told.await.unwrap();
        tokio::time::sleep(Duration::from_millis(600)).await;
        store.finish_import(&me, lease, ImportEnd::Cancelled).await.unwrap();
    };
    let begins = async {
        let mut began = tokio::time::Instant::now();
        while let Some(event) = waiting.next().await {
            match event.unwrap() {
                ImportEvent::Waiting { remaining } => {
                    assert!(remaining > Duration::from_secs(10), "{remaining:?}");
                    asked += 1;
                    began = tokio::time::Instant::now();
                    tell.take().unwrap().send(()).unwrap();
                }
                ImportEvent::Started { .. } => return began.elapsed(),
                _ => {}
            }
        }
        panic!("it never began")
    };
    let (waited, ()) = tokio::join!(begins, other);
    assert!(waited < Duration::from_secs(3), "{waited:?}");
    assert_eq!(asked, 1, "it is told once");
}
