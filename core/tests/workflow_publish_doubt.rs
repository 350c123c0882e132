//! Publishing where something is in doubt or was changed meanwhile: what stands on Twitter, what was meant, and what may
//! be sent.
#![cfg(feature = "sqlite")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod scripted_x;
mod x_publish;

use ghostwren::ErrorKind;
use ghostwren::records::OutboxState;
use ghostwren::sandbox::x::{Fault, NewTweet, NewUser};
use ghostwren::twitter::MediaUpload;
use ghostwren::workflow::PublishRequest;
use scripted_x::Scripted;
use serde_json::json;
use x_publish::{Bench, told};

/// How many tweets were sent.
fn posts(bench: &Bench) -> usize {
    bench.sandbox.requests().iter().filter(|request| request.method == "POST").count()
}

#[tokio::test]
async fn another_picture_is_another_content() {
    let bench = Bench::new().await;
    let other = |error: ghostwren::Error| assert_eq!(told(&error), (ErrorKind::Conflict, "publish.other_content"));
    let draft = bench.draft("a picture").await;
    let with = |byte: u8| MediaUpload::bytes(vec![byte; 1000], "image/png").alt_text("a wren");
    let request = |media: MediaUpload| PublishRequest::draft(draft).media(0, media);
    bench.fail_create([Fault::NoCredits]);
    bench.publisher.publish_with(request(with(7))).await.unwrap_err();
    other(bench.publisher.publish_with(request(with(8))).await.unwrap_err());
    other(bench.publisher.publish_with(request(with(7).alt_text("a robin"))).await.unwrap_err());
    other(bench.publisher.publish_with(request(with(7).media_type("image/webp"))).await.unwrap_err());
    bench.publisher.publish_with(request(with(7))).await.unwrap();
    assert_eq!(bench.x.uploads().len(), 1, "the one that waited");

    // Of a file the bytes count, not its name.
    let path = |name: &str| bench.folder.path().join(name);
    std::fs::write(path("a.png"), vec![1; 300_000]).unwrap();
    let draft = bench.draft("a file").await;
    let request = |name: &str| PublishRequest::draft(draft).media(0, MediaUpload::file(path(name)));
    bench.fail_create([Fault::NoCredits]);
    bench.publisher.publish_with(request("a.png")).await.unwrap_err();
    std::fs::copy(path("a.png"), path("b.png")).unwrap();
    let mut changed = vec![1; 300_000];
    changed[299_999] = 2;
    std::fs::write(path("a.png"), changed).unwrap();
    other(bench.publisher.publish_with(request("a.png")).await.unwrap_err());
    bench.publisher.publish_with(request("b.png")).await.unwrap();
}

#[tokio::test]
async fn looking_for_a_tweet_stays_within_the_budget() {
    let bench = Bench::with_budget(Some(150_000)).await;
    for at in 0..20 {
        let other = bench.x.add_user(NewUser::new(format!("bird{at}")));
        let theirs = bench.x.add_texts(other, [format!("their words {at}")])[0];
        bench.x.add_tweet(bench.x.user_id(), NewTweet::new(format!("look {at}")).quotes(theirs));
    }
    let draft = bench.draft("in doubt").await;
    bench.fail_create([Fault::ResetAfter]);
    let error = bench.publisher.publish(draft).await.unwrap_err();
    let spend = bench.account.spend().await.unwrap();
    assert!(spend[0].spent_micros <= 150_000, "{spend:?}");
    assert_eq!(told(&error), (ErrorKind::OutcomeUnknown, "publish.outcome_unknown"));
}

#[tokio::test]
async fn a_clock_that_is_wrong_makes_nobody_blind() {
    for minutes in [30_i64, -30, 600, -600] {
        let bench = Bench::new().await;
        bench.clock.shift_ms(minutes * 60_000);
        let draft = bench.draft("in doubt").await;
        bench.fail_create([Fault::ResetAfter]);
        let report = bench.publisher.publish(draft).await;
        assert_eq!((bench.tweeted("in doubt").len(), posts(&bench)), (1, 1), "{minutes}");
        assert_eq!(report.unwrap_or_else(|error| panic!("{minutes}: {error:?}")).tweets.len(), 1);
    }
}

#[tokio::test]
async fn what_cannot_be_read_keeps_the_doubt() {
    let bench = Bench::new().await;
    for (at, entry) in [
        json!({ "id": null, "text": "in doubt", "created_at": "2026-11-25T12:00:00Z" }),
        json!({ "id": "5", "text": "in doubt", "created_at": "yesterday" }),
        json!({ "id": "1994000000000000000", "text": null }),
        json!(7),
    ]
    .into_iter()
    .enumerate()
    {
        let page = json!({ "data": [entry], "meta": { "result_count": 1 } }).to_string();
        let x = Scripted::new(move |_, line| {
            if line.starts_with("POST") { (503, Vec::new(), String::new()) } else { scripted_x::ok(page.clone()) }
        });
        let draft = bench.draft(&format!("in doubt {at}")).await;
        let error = bench.account.publisher(x.client()).publish(draft).await.unwrap_err();
        assert_eq!(told(&error), (ErrorKind::OutcomeUnknown, "publish.outcome_unknown"), "{at}: {error:?}");
        let sent = x.requests().iter().filter(|line| line.starts_with("POST")).count();
        assert_eq!((sent, bench.entry().await.1), (1, OutboxState::Unknown), "{at}");
    }
}

#[tokio::test]
async fn the_blanks_inside_of_words_are_the_drafts() {
    let bench = Bench::new().await;
    for (text, parts) in [
        ("no one is here", ["noone is", "here"]),
        ("nobody is here", ["no body is", "here"]),
        ("a therapist", ["a the", "rapist"]),
        ("to gather", ["together", ""]),
    ] {
        let draft = bench.draft(text).await;
        let preview = bench.publisher.preview_publish(PublishRequest::split(draft, parts)).await;
        assert_eq!(preview.map_err(|error| error.code().to_owned()).unwrap_err(), "publish.other_text", "{text}");
    }
    // Other blanks, and none where a language writes none.
    for (text, parts) in [
        ("one  two\n\nthree", ["one two", "three\n"]),
        ("鳥が鳴く。朝が来る", ["鳥が鳴く。", "朝が来る"]),
        ("鳥が鳴く朝", ["鳥が鳴く", "朝"]),
    ] {
        let draft = bench.draft(text).await;
        bench.publisher.preview_publish(PublishRequest::split(draft, parts)).await.unwrap();
    }
}
