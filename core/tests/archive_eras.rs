//! Archives of every era, made from tweets, read back as the same tweets.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::collections::BTreeMap;

use common::archive_builder::{ArchiveBuilder, LAYOUTS, Layout, entry, real_tweets, sample, user};
use ghostwren::archive::{Archive, ArchiveReport, read_tweets_js};
use ghostwren::records::{Media, MediaKind, Tweet, TweetKind, compare_ids};
use serde_json::{Value, json};

fn read(archive: &Archive, page: usize) -> (Vec<Tweet>, ArchiveReport) {
    let mut reader = archive.read(None).unwrap();
    let mut tweets = Vec::new();
    while let Some(page) = reader.next_page(page).unwrap() {
        tweets.extend(page.tweets);
    }
    tweets.sort_by(|a, b| compare_ids(&a.id, &b.id));
    (tweets, reader.report())
}

fn sorted(mut tweets: Vec<Tweet>) -> Vec<Tweet> {
    tweets.sort_by(|a, b| compare_ids(&a.id, &b.id));
    tweets
}

fn words(tweets: &[Tweet]) -> Vec<(String, String, i64)> {
    tweets.iter().map(|t| (t.id.clone(), t.full_text.clone(), t.created_at.timestamp())).collect()
}

#[test]
fn every_layout_gives_the_real_tweets_back() {
    for author in ["BarackObama", "realDonaldTrump"] {
        let Some(tweets) = real_tweets(author) else { return };
        assert!(tweets.len() > 3000);
        let tweets = sorted(tweets);
        for layout in LAYOUTS {
            let folder = tempfile::tempdir().unwrap();
            let builder = ArchiveBuilder::new(user()).tweets(tweets.clone()).layout(layout).parts(3);
            let path = folder.path().join("archive.zip");
            builder.write_zip(&path);
            let archive = Archive::open(&path).unwrap();
            assert_eq!(archive.account().unwrap().id, "813286", "{layout:?}");
            let (read, report) = read(&archive, 500);
            // One by one: a difference among three thousand must be readable.
            for (read, made) in words(&read).iter().zip(&words(&tweets)) {
                assert_eq!(read, made, "{layout:?}");
            }
            assert_eq!(read.len(), tweets.len(), "{layout:?}");
            assert_eq!(report.reasons(), Vec::<String>::new(), "{layout:?}");
            assert_eq!(report.tweets(), tweets.len() as u64);
            if matches!(layout, Layout::Modern | Layout::Headers | Layout::TweetJs | Layout::Bare) {
                for (read, made) in read.iter().zip(&tweets) {
                    assert_eq!(read, made, "{layout:?}");
                }
            }
            if matches!(layout, Layout::Modern | Layout::Headers | Layout::Grailbird) {
                assert_eq!(archive.total_expected(), Some(tweets.len() as u64), "{layout:?}");
            }
        }
    }
}

#[test]
fn every_field_of_every_kind_comes_back() {
    let tweets = sorted(sample());
    for (layout, minified) in [(Layout::Modern, false), (Layout::Headers, true)] {
        let folder = tempfile::tempdir().unwrap();
        let mut builder =
            ArchiveBuilder::new(user()).tweets(tweets.clone()).layout(layout).top("twitter-2026-11-01-ab12");
        if minified {
            builder = builder.minified();
        }
        builder.write_folder(folder.path());
        let archive = Archive::open(folder.path()).unwrap();
        let (read, report) = read(&archive, 3);
        for (read, made) in read.iter().zip(&tweets) {
            assert_eq!(read, made);
        }
        assert_eq!(read.len(), tweets.len());
        assert_eq!(report.reasons(), Vec::<String>::new());
        assert_eq!((report.notes.found, report.notes.joined), (2, 2));
    }
}

#[test]
fn deleted_tweets_carry_the_time_of_their_deletion() {
    let mut tweets = sample();
    let at = chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap();
    tweets[0].deleted_at = Some(at);
    let folder = tempfile::tempdir().unwrap();
    ArchiveBuilder::new(user()).tweets(tweets.clone()).write_folder(folder.path());
    let (found, report) = read(&Archive::open(folder.path()).unwrap(), 100);
    assert_eq!(found.iter().find(|tweet| tweet.id == tweets[0].id).unwrap().deleted_at, Some(at));
    assert_eq!(found.len(), tweets.len());
    assert!(report.reasons().is_empty(), "{:?}", report.reasons());
}

#[test]
fn a_quote_with_pictures_loses_what_twitter_appended() {
    let mut tweet = sample().remove(1);
    tweet.quoted_id = Some("1111111111111111111".into());
    tweet.kind = TweetKind::Quote;
    tweet.media = vec![Media {
        id: "77".into(),
        kind: MediaKind::Photo,
        url: Some("https://pbs.twimg.com/media/x.jpg".into()),
        alt_text: None,
    }];
    let folder = tempfile::tempdir().unwrap();
    ArchiveBuilder::new(user()).tweets([tweet.clone()]).write_folder(folder.path());
    let (read, _) = read(&Archive::open(folder.path()).unwrap(), 10);
    assert_eq!(read[0].full_text, tweet.full_text);
    assert_eq!((read[0].kind, &read[0].quoted_id, &read[0].media), (TweetKind::Quote, &tweet.quoted_id, &tweet.media));
}

/// One entry, changed by the closure, read as a bare file.
fn one(change: impl FnOnce(&mut Value)) -> (Option<Tweet>, ArchiveReport) {
    let mut value = entry(&sample()[0], true);
    change(&mut value["tweet"]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tweets.js");
    std::fs::write(&path, format!("window.YTD.tweets.part0 = [ {value:#} ]")).unwrap();
    let mut reader = read_tweets_js(&path).unwrap();
    let tweet = reader.next_page(10).unwrap().and_then(|mut page| page.tweets.pop());
    (tweet, reader.report())
}

#[test]
fn the_reader_takes_what_is_there() {
    let (tweet, _) = one(|t| {
        t["id"] = json!(1_626_000_010_000_000_001_u64);
        t["id_str"] = Value::Null;
        t["favorite_count"] = json!(12);
        t["in_reply_to_user_id_str"] = json!("-1");
        t["in_reply_to_user_id"] = json!(-1);
        t["lang"] = Value::Null;
        t["source"] = json!("web");
        t["entities"] = json!({ "urls": {}, "user_mentions": null, "hashtags": [{ "text": null }], "new": [1, 2] });
        t["something_new"] = json!({ "deep": [{}] });
    });
    let tweet = tweet.unwrap();
    assert_eq!(tweet.id, "1626000010000000001");
    assert_eq!(
        (tweet.counts.likes, tweet.kind, tweet.lang, tweet.client.as_deref()),
        (Some(12), TweetKind::Original, None, Some("web"))
    );

    for time in ["2023-02-18T12:33:11.000Z", "2023-02-18 12:33:11 +0000", "Sat Feb 18 12:33:11 +0000 2023"] {
        let (tweet, _) = one(|t| t["created_at"] = json!(time));
        assert_eq!(tweet.unwrap().created_at.to_rfc3339(), "2023-02-18T12:33:11+00:00");
    }
    let (tweet, report) = one(|t| t["entities"] = json!({ "urls": ["https://odd.example"] }));
    assert_eq!((tweet.unwrap().full_text, report.repaired), (sample()[0].full_text.clone(), 1));
    let (tweet, report) = one(|t| t["full_text"] = json!("a\u{0}b\n\t"));
    assert_eq!((tweet.unwrap().full_text.as_str(), report.repaired), ("a\u{fffd}b\n\t", 1));
    let (tweet, report) = one(|t| t["id_str"] = json!("abc"));
    assert!(tweet.is_some(), "the numeric id is still there: {report:?}");
    let (tweet, report) = one(|t| {
        t.as_object_mut().unwrap().remove("id_str");
        t.as_object_mut().unwrap().remove("id");
    });
    assert!(tweet.is_none() && report.malformed_count == 1);
    let (tweet, _) = one(|t| t["full_text"] = json!("RT @a_b: hi &amp; bye"));
    let tweet = tweet.unwrap();
    assert_eq!(
        (tweet.kind, tweet.is_truncated, tweet.full_text.as_str()),
        (TweetKind::Retweet, false, "RT @a_b: hi & bye")
    );
    let (tweet, _) = one(|t| t["full_text"] = json!("RT @ nobody: this is my own"));
    assert_eq!(tweet.unwrap().kind, TweetKind::Original);
}

#[test]
fn long_posts_of_one_second_go_to_their_own_tweets_and_strays_are_told() {
    let mut tweets = sample();
    // Both notes of the sample were made in the same second; a third one has lost its tweet.
    let mut stray = tweets[5].clone();
    stray.id = "1626999999999999999".into();
    stray.full_text = "gamma ".repeat(100).trim().to_owned();
    stray.created_at += chrono::Duration::hours(5);
    tweets.push(stray.clone());
    let files = ArchiveBuilder::new(user()).tweets(tweets.clone()).files();
    let text = String::from_utf8(files["data/tweets.js"].clone()).unwrap();
    let mut values: Vec<Value> = serde_json::from_str(text.split_once('=').unwrap().1).unwrap();
    values.pop();
    let without = format!("window.YTD.tweets.part0 = {}", json!(values));
    for spill in [8 << 20, 100] {
        let folder = tempfile::tempdir().unwrap();
        let builder = ArchiveBuilder::new(user()).tweets(tweets.clone()).file("data/tweets.js", without.clone());
        builder.count("data/tweets.js", 8).write_folder(folder.path());
        let limits = ghostwren::archive::Limits::default().with_note_bytes(spill);
        let (read, report) = read(&Archive::open_with(folder.path(), limits).unwrap(), 100);
        assert_eq!(words(&read), words(&sorted(sample())));
        assert_eq!((report.notes.found, report.notes.joined), (3, 2));
        let reasons = report.reasons();
        assert!(reasons.len() == 1 && reasons[0].contains("1 of 3 long posts"), "{reasons:?}");
    }
}

#[test]
fn a_long_post_that_names_its_tweet_is_kept_under_that_id() {
    let folder = tempfile::tempdir().unwrap();
    let note = json!([{ "noteTweet": { "noteTweetId": "19", "tweetId": "1626999999999999999",
        "createdAt": "2024-01-02T03:04:05.678Z", "core": { "text": "all of it &amp; more" } } }]);
    ArchiveBuilder::new(user())
        .tweets([sample().remove(0)])
        .file("data/note-tweet.js", format!("window.YTD.note_tweet.part0 = {note}"))
        .count("data/note-tweet.js", 1)
        .write_folder(folder.path());
    let (read, report) = read(&Archive::open(folder.path()).unwrap(), 1);
    let kept = read.iter().find(|tweet| tweet.id == "1626999999999999999").unwrap();
    assert_eq!((kept.full_text.as_str(), kept.kind, kept.is_note), ("all of it & more", TweetKind::Note, true));
    assert_eq!((read.len(), report.reasons()), (2, vec![]));
}

#[test]
fn the_order_of_the_parts_does_not_matter() {
    let Some(tweets) = real_tweets("BarackObama") else { return };
    let mut by_order: BTreeMap<usize, Vec<Tweet>> = BTreeMap::new();
    for (at, order) in [0usize, 1, 2].into_iter().enumerate() {
        let mut tweets = tweets.clone();
        match order {
            1 => tweets.reverse(),
            2 => tweets.rotate_left(1000),
            _ => {}
        }
        let folder = tempfile::tempdir().unwrap();
        ArchiveBuilder::new(user()).tweets(tweets).parts(12).write_folder(folder.path());
        by_order.insert(at, read(&Archive::open(folder.path()).unwrap(), 700).0);
    }
    assert_eq!(by_order[&0], by_order[&1]);
    assert_eq!(by_order[&0], by_order[&2]);
}

#[test]
fn a_grailbird_retweet_knows_its_original_and_a_circle_stays_closed() {
    let folder = tempfile::tempdir().unwrap();
    let month = json!([{ "id": 300_000_000_000_000_000_u64, "id_str": "300000000000000000", "text": "RT @a: cut he…",
        "created_at": "2013-01-01 12:00:00 +0000", "source": "web", "entities": { "urls": [], "user_mentions": [] },
        "retweeted_status": { "id_str": "299999999999999999", "text": "cut here &amp; there", "user": { "screen_name": "a" } } }]);
    std::fs::create_dir_all(folder.path().join("data/js/tweets")).unwrap();
    std::fs::write(
        folder.path().join("data/js/tweets/2013_01.js"),
        format!("Grailbird.data.tweets_2013_01 = \n {month}"),
    )
    .unwrap();
    let (found, _) = read(&Archive::open(folder.path()).unwrap(), 10);
    assert_eq!(found[0].full_text, "RT @a: cut here & there");
    assert_eq!((found[0].kind, found[0].is_truncated), (TweetKind::Retweet, false));
    assert_eq!(found[0].retweeted_id.as_deref(), Some("299999999999999999"));

    let folder = tempfile::tempdir().unwrap();
    let circle = json!([entry(&sample()[1], true)]);
    ArchiveBuilder::new(user())
        .tweets([sample().remove(0)])
        .file("data/twitter-circle-tweet.js", format!("window.YTD.twitter_circle_tweet.part0 = {circle}"))
        .file(
            "data/community-tweet.js",
            format!("window.YTD.community_tweet.part0 = {}", json!([entry(&sample()[2], true)])),
        )
        .write_folder(folder.path());
    let (read, report) = read(&Archive::open(folder.path()).unwrap(), 10);
    assert_eq!(words(&read), words(&[sample().remove(0), sample().remove(2)]));
    assert!(report.skipped.iter().any(|file| file.file.contains("circle") && file.reason.contains("restricted")));
    assert!(report.reasons().is_empty(), "{:?}", report.reasons());
}
