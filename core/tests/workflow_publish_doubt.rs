//! Publishing where something is in doubt or was changed meanwhile: what stands on Twitter, what was meant, and what may
//! be sent.
#![cfg(feature = "sqlite")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod scripted_x;
mod x_publish;

use ghostwren::ErrorKind;
use ghostwren::records::{DraftState, Feedback, Id, OutboxResolution, OutboxState, new_id, now};
use ghostwren::sandbox::x::{Fault, NewTweet, NewUser};
use ghostwren::store::PageRequest;
use ghostwren::twitter::MediaUpload;
use ghostwren::workflow::PublishRequest;
use scripted_x::Scripted;
use serde_json::json;
use x_publish::{Bench, told};

/// How many tweets were sent.
fn posts(bench: &Bench) -> usize {
    bench.sandbox.requests().iter().filter(|request| request.method == "POST").count()
}

/// A thread of three of which two are on Twitter, and X refused the third.
async fn half_a_thread(bench: &Bench) -> (Id, Id) {
    let draft = bench.draft("one two three").await;
    bench.fail_create([Fault::Pass, Fault::Pass, Fault::Duplicate]);
    let request = PublishRequest::split(draft, ["one", "two", "three"]);
    let error = bench.publisher.publish_with(request).await.unwrap_err();
    assert_eq!(error.code(), "twitter.duplicate_content");
    let (entry, state, _) = bench.entry().await;
    assert_eq!(state, OutboxState::Failed);
    (draft, entry)
}

#[tokio::test]
async fn half_a_thread_holds_its_draft() {
    let bench = Bench::new().await;
    let (draft, _) = half_a_thread(&bench).await;
    let rejected = bench.account.reject(draft, Feedback::default()).await.unwrap_err();
    assert_eq!(told(&rejected), (ErrorKind::Conflict, "draft.publishing"));
    assert_ne!(rejected.remedy(), ghostwren::Error::new(rejected.kind(), "", "").remedy());
    let edited = bench.account.edit_draft(draft, "one two four").await.unwrap_err();
    assert_eq!(told(&edited), (ErrorKind::Conflict, "draft.publishing"));
}

#[tokio::test]
async fn half_a_thread_is_not_gone_on_with_after_its_draft_was_changed() {
    let bench = Bench::new().await;
    let (_, entry) = half_a_thread(&bench).await;
    let sent = posts(&bench);
    // As an earlier version let it happen.
    let file = rusqlite::Connection::open(bench.path()).unwrap();
    for (change, code) in [
        ("state = 'rejected'", "draft.state"),
        ("state = 'draft'", "draft.state"),
        ("state = 'approved', text = 'one two four'", "draft.changed"),
    ] {
        file.execute_batch(&format!("UPDATE drafts SET {change}")).unwrap();
        let error = bench.publisher.resume_publish(entry).await.unwrap_err();
        assert_eq!(told(&error), (ErrorKind::Conflict, code), "{change}");
        assert_eq!(error.outbox(), Some(entry));
    }
    assert_eq!(posts(&bench), sent, "nothing more of it is sent");
    file.execute_batch("UPDATE drafts SET text = 'one two three'").unwrap();
    assert_eq!(bench.publisher.resume_publish(entry).await.unwrap().tweets.len(), 3);
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
        json!({ "id": "2200000000000000000", "text": null }),
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

#[tokio::test]
async fn its_owner_says_what_became_of_a_tweet_in_doubt() {
    let bench = Bench::new().await;
    let in_doubt = async |text: &str, fault: Fault| {
        let draft = bench.draft(text).await;
        bench.fail_create([fault]);
        bench.fail_reads();
        let error = bench.publisher.publish(draft).await.unwrap_err();
        assert_eq!(told(&error), (ErrorKind::OutcomeUnknown, "publish.outcome_unknown"));
        assert!(error.remedy().unwrap().contains("resolve_publish"));
        bench.x.clear_script();
        (draft, error.outbox().unwrap())
    };
    let resolve = |entry, resolution| bench.account.resolve_publish(entry, resolution);

    let (draft, entry) = in_doubt("it is there", Fault::ResetAfter).await;
    let tweet_id = bench.tweeted("it is there")[0].to_string();
    let sent = bench.sent();
    let posted = resolve(entry, OutboxResolution::Posted { tweet_id: tweet_id.clone() }).await.unwrap();
    assert_eq!((posted.state, posted.posted_ids), (OutboxState::Posted, vec![tweet_id.clone()]));
    assert_eq!((bench.state(draft).await, bench.sent()), (DraftState::Published, sent), "X is asked nothing");
    assert_eq!(bench.publisher.resume_publish(entry).await.unwrap().tweets[0].tweet_id, tweet_id);
    let late = resolve(entry, OutboxResolution::NotPosted).await.unwrap_err();
    assert_eq!(told(&late), (ErrorKind::Conflict, "outbox.posted"));

    let (_, entry) = in_doubt("it is not", Fault::ResetFirst).await;
    let pending = resolve(entry, OutboxResolution::NotPosted).await.unwrap();
    assert_eq!((pending.state, pending.sent_at), (OutboxState::Pending, None));
    let sent = bench.sent();
    bench.publisher.resume_publish(entry).await.unwrap();
    assert_eq!((bench.tweeted("it is not").len(), bench.sent()), (1, sent + 1), "nothing is looked for");

    let (draft, entry) = in_doubt("nobody knows", Fault::ResetFirst).await;
    assert_eq!(bench.account.reject(draft, Feedback::default()).await.unwrap_err().code(), "draft.publishing");
    assert_eq!(resolve(entry, OutboxResolution::GivenUp).await.unwrap().state, OutboxState::Ended);
    assert_eq!(bench.state(draft).await, DraftState::Draft);
    assert_eq!(bench.publisher.resume_publish(entry).await.unwrap_err().code(), "outbox.ended");
    bench.account.reject(draft, Feedback::default()).await.unwrap();
    let log = bench.account.audit_log(PageRequest::default()).await.unwrap().items;
    assert_eq!(log.iter().filter(|event| event.action == "publish.resolved").count(), 3);
    // The log outlives an erased account: it holds no id of Twitter's.
    let written = serde_json::to_string(&log).unwrap();
    assert!(written.contains(r#""resolution":"posted""#) && !written.contains(&tweet_id), "{written}");
    let none = resolve(new_id(), OutboxResolution::GivenUp).await.unwrap_err();
    assert_eq!(told(&none), (ErrorKind::NotFound, "store.no_outbox_entry"));
}

#[tokio::test]
async fn half_a_thread_is_given_up() {
    let bench = Bench::new().await;
    let (draft, entry) = half_a_thread(&bench).await;
    let ended = bench.account.resolve_publish(entry, OutboxResolution::GivenUp).await.unwrap();
    assert_eq!((ended.state, ended.posted_ids.len()), (OutboxState::Ended, 2), "it says what stays on Twitter");
    assert_eq!((bench.tweeted("one").len(), bench.tweeted("two").len()), (1, 1));
    assert_eq!(bench.publisher.publish(draft).await.unwrap_err().code(), "draft.state", "to be approved again");
    assert_eq!(bench.publisher.unpublish(draft).await.unwrap().len(), 2);
    assert!(bench.tweeted("one").is_empty());
    bench.account.edit_draft(draft, "something else").await.unwrap();
    bench.account.approve(draft).await.unwrap();
    let report = bench.publisher.publish(draft).await.unwrap();
    assert_eq!(bench.tweeted("something else").len(), 1);
    assert_eq!(bench.publisher.unpublish(draft).await.unwrap(), [report.tweets[0].tweet_id.clone()]);
}

#[tokio::test]
async fn the_look_ends_where_the_tweet_was_sent() {
    let bench = Bench::new().await;
    // It waited for three days, in which the user tweeted a lot.
    let days = |days: i64| days * 86_400_000;
    bench.clock.shift_ms(days(-3));
    let draft = bench.draft("it waited").await;
    bench.fail_create([Fault::NoCredits]);
    let entry = bench.publisher.publish(draft).await.unwrap_err().outbox().unwrap();
    bench.clock.shift_ms(days(3));
    for at in 0..200 {
        let then = now() - chrono::TimeDelta::minutes(2_000 - at);
        bench.x.add_tweet(bench.x.user_id(), NewTweet::new(format!("meanwhile {at}")).at(then));
    }
    bench.fail_create([Fault::ResetFirst]);
    let report = bench.publisher.resume_publish(entry).await.unwrap();
    assert_eq!(bench.tweeted("it waited").len(), 1);
    assert!(report.cost_micros <= 15_000 + 185_000, "one page of five: {report:?}");
}
