//! Going on after any page, in another process, gives exactly the tweets that were left.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod common;

use common::archive_builder::{ArchiveBuilder, LAYOUTS, entry, sample, user};
use ghostwren::archive::{Archive, ArchiveReport};
use ghostwren::records::Tweet;
use serde_json::{Value, json};

/// Reads on from a checkpoint, at most so many pages.
fn some(archive: &Archive, from: Option<&Value>, pages: usize, size: usize) -> (Vec<Tweet>, Vec<Value>, ArchiveReport) {
    let mut reader = archive.read(from).unwrap();
    let (mut tweets, mut checkpoints) = (Vec::new(), Vec::new());
    while checkpoints.len() < pages {
        let Some(page) = reader.next_page(size).unwrap() else { break };
        assert!(page.tweets.len() <= size && page.bytes_read <= page.bytes_total);
        tweets.extend(page.tweets);
        // As it comes back from a store.
        checkpoints.push(serde_json::from_str(&page.checkpoint.to_string()).unwrap());
    }
    (tweets, checkpoints, reader.report())
}

#[test]
fn every_page_boundary_of_every_layout() {
    for layout in LAYOUTS {
        for size in [1, 3] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.zip");
            let mut tweets = sample();
            for (n, tweet) in tweets.iter_mut().enumerate() {
                // Several months, so that Grailbird has several files; the two long posts stay in one second.
                if n < 4 {
                    tweet.created_at += chrono::Duration::days(40 * i64::try_from(n).unwrap());
                }
            }
            let broken = "{ \"tweet\" : { \"id\" : , } }";
            let mut builder = ArchiveBuilder::new(user()).tweets(tweets).layout(layout).parts(3);
            if let Some(part) = builder.files().get("data/tweets-part1.js") {
                let text = String::from_utf8(part.clone()).unwrap().replacen("= [", &format!("= [ {broken}, "), 1);
                builder = builder.file("data/tweets-part1.js", text);
            }
            builder.write_zip(&path);
            builder.write_folder(&folder.path().join("unpacked"));
            for path in [path.clone(), folder.path().join("unpacked")] {
                let archive = Archive::open(&path).unwrap();
                let (whole, checkpoints, report) = some(&archive, None, usize::MAX, size);
                assert_eq!(whole.len(), 8, "{layout:?} {:?}", report.reasons());
                for stop in 1..=checkpoints.len() {
                    let (mut tweets, before, _) = some(&archive, None, stop, size);
                    assert_eq!(before.last(), checkpoints.get(stop - 1));
                    let again = Archive::open(&path).unwrap();
                    let (rest, _, after) = some(&again, before.last(), usize::MAX, size);
                    tweets.extend(rest);
                    assert_eq!(tweets, whole, "{layout:?}, stopped after page {stop}");
                    assert_eq!(after, report, "{layout:?}, stopped after page {stop}");
                }
            }
        }
    }
}

#[test]
fn orphans_are_resumed_too() {
    let folder = tempfile::tempdir().unwrap();
    let notes: Vec<Value> = (0..10)
        .map(|n| {
            json!({ "noteTweet": { "noteTweetId": "1", "tweetId": (1_626_999_999_999_999_000_u64 + n).to_string(),
                "createdAt": "2024-01-02T03:04:05.678Z", "core": { "text": format!("text {n}") } } })
        })
        .collect();
    ArchiveBuilder::new(user())
        .tweets(sample())
        .file("data/note-tweet.js", format!("x = {}", json!(notes)))
        .count("data/note-tweet.js", 10)
        .write_folder(folder.path());
    let archive = Archive::open(folder.path()).unwrap();
    let (whole, checkpoints, report) = some(&archive, None, usize::MAX, 4);
    assert_eq!(whole.len(), 18);
    for (stop, checkpoint) in checkpoints.iter().enumerate() {
        let (mut tweets, _, _) = some(&archive, None, stop + 1, 4);
        let (rest, _, after) = some(&archive, Some(checkpoint), usize::MAX, 4);
        tweets.extend(rest);
        assert_eq!((tweets, after), (whole.clone(), report.clone()));
    }
}

#[test]
fn a_checkpoint_of_another_archive_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (folder.path().join("a.zip"), folder.path().join("b.zip"));
    ArchiveBuilder::new(user()).tweets(sample()).write_zip(&a);
    ArchiveBuilder::new(user()).tweets(sample().into_iter().take(3)).write_zip(&b);
    let (a, b) = (Archive::open(&a).unwrap(), Archive::open(&b).unwrap());
    assert_ne!(a.fingerprint(), b.fingerprint());
    let (_, checkpoints, _) = some(&a, None, 1, 2);
    for checkpoint in [checkpoints[0].clone(), json!(null), json!({ "version": 99 }), json!([1])] {
        let error = b.read(Some(&checkpoint)).unwrap_err();
        assert_eq!(error.code(), "archive.other_checkpoint");
    }
}

#[test]
fn the_fingerprint_is_of_the_content() {
    let folder = tempfile::tempdir().unwrap();
    let builder = ArchiveBuilder::new(user()).tweets(sample());
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    builder.write_folder(&a);
    builder.write_folder(&b);
    let of = |path| Archive::open(path).unwrap().fingerprint();
    assert_eq!(of(&a), of(&b));
    // A file that is not read changes nothing; a tweet does.
    std::fs::write(b.join("data/like.js"), "x").unwrap();
    assert_eq!(of(&a), of(&b));
    std::fs::write(b.join("data/tweets.js"), format!("x = [{}]", entry(&sample()[0], true))).unwrap();
    assert_ne!(of(&a), of(&b));
}
