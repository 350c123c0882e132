//! Publishing against the stand-in for X: no fault, no killed process and no second process tweets anything twice.
#![cfg(feature = "sqlite")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod x_publish;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ghostwren::ErrorKind;
use ghostwren::records::{DraftState, Feedback, Id, OutboxState, SpendKind};
use ghostwren::sandbox::x;
use ghostwren::sandbox::x::Fault;
use ghostwren::store::{Clock, PageRequest};
use ghostwren::twitter::MediaUpload;
use ghostwren::workflow::{PublishMedia, PublishRequest};
use x_publish::{Bench, SCOPES, account, client, texts_to_drafts, told};

/// The faults after which the tweet exists, and those after which it does not: of none the client can tell.
const AFTER: [Fault; 6] =
    [Fault::ResetAfter, Fault::HangAfter, Fault::ErrorAfter, Fault::Reset, Fault::Stall, Fault::Truncated];
const BEFORE: [Fault; 6] =
    [Fault::ResetFirst, Fault::Hang, Fault::BadGateway, Fault::ServerError, Fault::EmptyOk, Fault::HtmlOk];

#[tokio::test]
async fn an_approved_draft_is_published_once_and_everything_is_written_down() {
    let bench = Bench::new().await;
    let text = "a <wren> & a coin weigh \"the same\" 🐦\nsee https://example.com/wrens";
    let draft = bench.draft(text).await;
    let preview = bench.publisher.preview_publish(PublishRequest::draft(draft)).await.unwrap();
    assert_eq!((preview.cost_micros, preview.affordable, preview.refused()), (200_000, true, false));
    assert_eq!(preview.tweets[0].findings[0].code, "lint.url_price");
    assert_eq!(bench.sent(), 0, "a preview sends nothing");

    let report = bench.publisher.publish_with(PublishRequest::draft(draft).made_with_ai(true)).await.unwrap();
    let [id] = bench.tweeted(text)[..] else { panic!("{:?}", bench.tweeted(text)) };
    assert_eq!(report.tweets[0].tweet_id, id.to_string());
    assert_eq!(report.tweets[0].url, format!("https://x.com/sandbox_wren/status/{id}"));
    assert_eq!((report.cost_micros, report.warnings[0].code), (200_000, "lint.url_price"));
    assert!(bench.x.is_made_with_ai(id));
    assert_eq!(bench.state(draft).await, DraftState::Published);
    let spend = bench.account.spend().await.unwrap();
    assert_eq!((spend[0].kind, spend[0].spent_micros, spend[0].reserved_micros), (SpendKind::Twitter, 200_000, 0));
    let log = bench.account.audit_log(PageRequest::default()).await.unwrap();
    assert_eq!(log.items[0].action, "publish.posted");

    let again = bench.publisher.publish(draft).await.unwrap_err();
    assert_eq!(told(&again), (ErrorKind::Conflict, "draft.state"));
    let same = bench.publisher.resume_publish(report.outbox).await.unwrap();
    assert_eq!((same.tweets, same.cost_micros), (report.tweets, 0));
    assert_eq!(bench.publisher.unpublish(draft).await.unwrap(), [id.to_string()]);
    assert!(bench.tweeted(text).is_empty());
    assert_eq!(bench.publisher.unpublish(draft).await.unwrap().len(), 1, "may be called for again");
}

#[tokio::test]
async fn what_is_not_approved_or_would_be_refused_costs_nothing() {
    let bench = Bench::new().await;
    for state in [DraftState::Draft, DraftState::Rejected] {
        let [draft] = texts_to_drafts(&bench, ["hello"], state).await;
        let error = bench.publisher.publish(draft).await.unwrap_err();
        assert_eq!(told(&error), (ErrorKind::Conflict, "draft.state"));
        assert_ne!(error.remedy(), ghostwren::Error::new(error.kind(), "", "").remedy());
    }
    let other = texts_to_drafts(&bench, ["what was approved"], DraftState::Approved).await[0];
    let of = PublishRequest::draft;
    for (request, code, says) in [
        (of(bench.draft("$TWTR and $GOOG").await), "publish.refused", "lint.cashtags"),
        (of(bench.draft("see").await).quote("20"), "publish.refused", "self-serve"),
        (of(bench.draft("see").await).reply_to("x"), "publish.refused", "lint.bad_id"),
        (of(bench.draft("see").await).media(1, PublishMedia::Uploaded("1".into())), "publish.position", ""),
        (PublishRequest::split(other, ["what was ", "not approved"]), "publish.other_text", ""),
        (PublishRequest::split(other, ["what was approved", " \n"]), "publish.refused", "lint.empty"),
        (PublishRequest::thread([]), "publish.empty", ""),
        (PublishRequest::thread([other, other]), "publish.empty", ""),
    ] {
        let error = bench.publisher.publish_with(request).await.unwrap_err();
        assert_eq!(told(&error), (ErrorKind::InvalidInput, code), "{error}");
        assert!(error.detail().contains(says), "{error}");
    }
    assert_eq!(bench.sent(), 0);
    assert!(bench.account.outbox(PageRequest::default()).await.unwrap().items.is_empty());
    let long = bench.draft(&"w".repeat(281)).await;
    let request = PublishRequest::draft(long).text_limits(ghostwren::text::Limits::PREMIUM);
    let error = bench.publisher.publish_with(request).await.unwrap_err();
    assert_eq!(error.code(), "twitter.text_too_long", "the account is no subscriber's after all");
    assert_eq!(bench.entry().await.1, OutboxState::Failed);
}

#[tokio::test]
async fn an_answer_that_is_lost_makes_one_tweet_whatever_was_lost() {
    let bench = Bench::new().await;
    for (at, fault) in AFTER.into_iter().chain(BEFORE).enumerate() {
        let text = format!("fault {at} & <more> of it, see example.org/{at} 日本語 🐦\nend");
        let draft = bench.draft(&text).await;
        bench.fail_create([fault]);
        let report = bench.publisher.publish(draft).await.unwrap_or_else(|error| panic!("{fault:?}: {error:?}"));
        let like = format!("fault {at} ");
        let ids = bench.x.tweets_of(bench.x.user_id());
        let found: Vec<u64> =
            ids.into_iter().filter(|id| bench.x.text_of(*id).is_some_and(|text| text.starts_with(&like))).collect();
        assert_eq!(found.len(), 1, "{fault:?}");
        assert_eq!(report.tweets[0].tweet_id, found[0].to_string());
        assert_eq!(bench.state(draft).await, DraftState::Published);
    }
}

#[tokio::test]
async fn nothing_is_sent_again_while_the_timeline_cannot_be_read() {
    let bench = Bench::new().await;
    for fault in [Fault::ResetAfter, Fault::ResetFirst] {
        let text = format!("in doubt {fault}");
        let draft = bench.draft(&text).await;
        bench.fail_create([fault]);
        bench.fail_reads();
        let error = bench.publisher.publish(draft).await.unwrap_err();
        assert_eq!(told(&error), (ErrorKind::OutcomeUnknown, "publish.outcome_unknown"));
        let (entry, state, _) = bench.entry().await;
        assert_eq!((error.outbox(), state), (Some(entry), OutboxState::Unknown));
        assert_eq!(bench.state(draft).await, DraftState::Approved);
        // Neither by the same call nor by that of the entry.
        let posts = || bench.sandbox.requests().iter().filter(|request| request.method == "POST").count();
        let before = posts();
        for error in [
            bench.publisher.publish(draft).await.unwrap_err(),
            bench.publisher.resume_publish(entry).await.unwrap_err(),
        ] {
            assert_eq!(told(&error), (ErrorKind::OutcomeUnknown, "publish.outcome_unknown"));
        }
        assert_eq!(posts(), before, "nothing is sent in doubt");
        let error = bench.account.reject(draft, Feedback::default()).await.unwrap_err();
        assert_eq!(error.code(), "draft.publishing");
        bench.x.clear_script();
        let report = bench.publisher.resume_publish(entry).await.unwrap();
        assert_eq!(bench.tweeted(&text).len(), 1);
        assert_eq!(report.tweets[0].tweet_id, bench.tweeted(&text)[0].to_string());
        assert_eq!(bench.state(draft).await, DraftState::Published);
    }
}

const THREAD: [&str; 5] = ["one of five", "two & more", "three, see example.com/3", "four <4>", "five\n\nthe end"];

/// That the tweets of the thread are there once each, every one an answer to the one before.
fn is_a_thread(bench: &Bench, ids: &[String]) {
    let all = bench.x.tweets_of(bench.x.user_id());
    let new: Vec<u64> = all.into_iter().take_while(|id| *id >= ids[0].parse().unwrap()).collect();
    let ids: Vec<u64> = ids.iter().map(|id| id.parse().unwrap()).collect();
    assert_eq!(new.iter().rev().copied().collect::<Vec<_>>(), ids, "these, and no others");
    for pair in ids.windows(2) {
        assert_eq!(bench.x.parent_of(pair[1]), Some(pair[0]));
    }
    assert_eq!(ids.len(), 5);
}

#[tokio::test]
async fn a_thread_goes_on_after_a_failure_at_every_place() {
    for position in 0..5 {
        for fault in [Fault::ResetAfter, Fault::ResetFirst, Fault::RateLimit { seconds: 60 }, Fault::NoCredits] {
            for split in [true, false] {
                let bench = Bench::new().await;
                let passes = std::iter::repeat_n(Fault::Pass, position);
                bench.fail_create(passes.chain([fault]));
                bench.fail_reads();
                let request = if split {
                    PublishRequest::split(bench.draft(&THREAD.join("\n")).await, THREAD)
                } else {
                    PublishRequest::thread(bench.drafts(THREAD).await)
                };
                let error = bench.publisher.publish_with(request.clone()).await.unwrap_err();
                let (entry, ..) = bench.entry().await;
                assert_eq!(error.outbox(), Some(entry), "{fault:?}: {error:?}");
                bench.x.clear_script();
                bench.x.advance(Duration::from_secs(61));
                // What the client learned of its limits is of the other clock.
                let token = bench.x.issue_tokens(bench.x.user_id(), &SCOPES).access;
                let publisher = bench.account.publisher(client(&bench.x.api_url(), token));
                let report =
                    if split { publisher.resume_publish(entry).await } else { publisher.publish_with(request).await };
                let report = report.unwrap_or_else(|error| panic!("{position} {fault:?} {split}: {error:?}"));
                let ids: Vec<String> = report.tweets.into_iter().map(|tweet| tweet.tweet_id).collect();
                is_a_thread(&bench, &ids);
            }
        }
    }
}

#[tokio::test]
async fn limits_money_and_login_leave_it_waiting() {
    let bench = Bench::new().await;
    for (fault, kind, code) in [
        (Fault::RateLimit { seconds: 60 }, ErrorKind::RateLimited, "twitter.rate_window"),
        (Fault::NoCredits, ErrorKind::QuotaExceeded, "twitter.out_of_credit"),
        (Fault::SpendLimit, ErrorKind::QuotaExceeded, "twitter.spend_limit"),
        (Fault::Unauthorized, ErrorKind::Auth, "twitter.unauthorized"),
        (Fault::Locked, ErrorKind::PermissionDenied, "twitter.account_locked"),
    ] {
        let text = format!("waits for {fault}");
        let draft = bench.draft(&text).await;
        // Each with a client of its own, which knows of no limit.
        let token = bench.x.issue_tokens(bench.x.user_id(), &SCOPES).access;
        let publisher = bench.account.publisher(client(&bench.x.api_url(), token));
        bench.fail_create([fault]);
        let error = publisher.publish(draft).await.unwrap_err();
        assert_eq!(told(&error), (kind, code));
        let (entry, state, why) = bench.entry().await;
        assert_eq!((state, why.as_deref(), error.outbox()), (OutboxState::Pending, Some(code), Some(entry)));
        assert_eq!(bench.state(draft).await, DraftState::Approved);
        assert_eq!(bench.account.spend().await.unwrap()[0].reserved_micros, 0, "nothing stays set aside");
        let token = bench.x.issue_tokens(bench.x.user_id(), &SCOPES).access;
        bench.account.publisher(client(&bench.x.api_url(), token)).resume_publish(entry).await.unwrap();
        assert_eq!(bench.tweeted(&text).len(), 1);
    }
    // What waits and changes is withdrawn; then it can be published anew.
    let draft = bench.draft("first words").await;
    bench.fail_create([Fault::NoCredits]);
    bench.publisher.publish(draft).await.unwrap_err();
    let other = bench.publisher.publish_with(PublishRequest::draft(draft).paid_partnership(true)).await.unwrap_err();
    assert_eq!(told(&other), (ErrorKind::Conflict, "publish.other_content"));
    bench.account.edit_draft(draft, "other words").await.unwrap();
    assert_eq!(bench.entry().await.2.as_deref(), Some("draft.changed"));
    bench.account.approve(draft).await.unwrap();
    bench.publisher.publish(draft).await.unwrap();
    assert_eq!((bench.tweeted("first words").len(), bench.tweeted("other words").len()), (0, 1));
}

#[tokio::test]
async fn a_budget_holds_before_anything_is_sent() {
    let bench = Bench::with_budget(Some(50_000)).await;
    let [first, link, rest] = bench.drafts(["one", "see https://example.com", "1 2 3 4"]).await;
    bench.publisher.publish(first).await.unwrap();
    let before = bench.sent();
    let preview = bench.publisher.preview_publish(PublishRequest::draft(link)).await.unwrap();
    assert_eq!((preview.left_micros, preview.affordable), (Some(35_000), false));
    let error = bench.publisher.publish(link).await.unwrap_err();
    assert_eq!(told(&error), (ErrorKind::OverBudget, "budget.exceeded"));
    let thread = PublishRequest::split(rest, ["1", "2", "3", "4"]);
    assert_eq!(bench.publisher.publish_with(thread).await.unwrap_err().kind(), ErrorKind::OverBudget);
    assert_eq!(bench.sent(), before, "not even the beginning of a thread");
    let (_, state, why) = bench.entry().await;
    assert_eq!((state, why.as_deref()), (OutboxState::Pending, Some("budget.exceeded")));
    assert_eq!(bench.account.spend().await.unwrap()[0].reserved_micros, 0);
}

#[tokio::test]
async fn duplicates_are_told_from_the_own_lost_tweet() {
    let bench = Bench::new().await;
    bench.x.add_texts(bench.x.user_id(), ["said before"]);
    bench.x.advance(Duration::from_secs(3_600));
    let draft = bench.draft("said before").await;
    let error = bench.publisher.publish(draft).await.unwrap_err();
    assert_eq!(told(&error), (ErrorKind::Conflict, "twitter.duplicate_content"));
    assert_eq!((bench.entry().await.1, bench.state(draft).await), (OutboxState::Failed, DraftState::Approved));

    // It was lost, and the timeline was late to show it: the refusal of the second one brings the first to light.
    let draft = bench.draft("late to be shown").await;
    bench.fail_create([Fault::ResetAfter]);
    bench.x.set_timeline_limit(0);
    let error = bench.publisher.publish(draft).await.unwrap_err();
    assert_eq!(told(&error), (ErrorKind::OutcomeUnknown, "publish.outcome_unknown"), "it is never shown");
    bench.x.set_timeline_limit(3_200);
    bench.x.clear_script();
    bench.publisher.resume_publish(error.outbox().unwrap()).await.unwrap();
    assert_eq!(bench.tweeted("late to be shown").len(), 1);
}

#[tokio::test]
async fn answers_and_quotes_follow_the_rules() {
    let bench = Bench::new().await;
    let other = bench.x.add_user(x::NewUser::new("robin"));
    let called = bench.x.add_tweet(other, x::NewTweet::new("what do you say, @sandbox_wren?"));
    let uncalled = bench.x.add_tweet(other, x::NewTweet::new("nobody was called"));
    let draft = bench.draft("I say & sing").await;
    bench.fail_create([Fault::ResetAfter]);
    let request = PublishRequest::draft(draft).reply_to(called.to_string());
    let report = bench.publisher.publish_with(request).await.unwrap();
    assert_eq!(report.warnings[0].code, "lint.reply", "nobody knows here that it was called for");
    let id = report.tweets[0].tweet_id.parse().unwrap();
    assert_eq!(bench.x.parent_of(id), Some(called));
    assert_eq!(bench.tweeted("@robin I say & sing"), [id], "found again below the name that X put before it");

    let draft = bench.draft("me too").await;
    let error =
        bench.publisher.publish_with(PublishRequest::draft(draft).reply_to(uncalled.to_string())).await.unwrap_err();
    assert_eq!(told(&error), (ErrorKind::PermissionDenied, "twitter.reply_not_allowed"));
    assert!(error.remedy().unwrap().contains("self-serve"));
    assert_eq!(bench.entry().await.1, OutboxState::Failed);

    bench.x.set_self_serve(false);
    let draft = bench.draft("so true").await;
    let request = PublishRequest::draft(draft).quote(uncalled.to_string()).self_serve(false);
    bench.fail_create([Fault::ResetAfter]);
    bench.publisher.publish_with(request).await.unwrap();
    assert_eq!(bench.tweeted("so true").len(), 1);
}

#[tokio::test]
async fn pictures_are_uploaded_before_and_found_again() {
    let bench = Bench::new().await;
    let draft = bench.draft("a picture").await;
    let upload = MediaUpload::bytes(vec![7; 1000], "image/png").alt_text("a wren");
    bench.fail_create([Fault::HangAfter]);
    let report = bench.publisher.publish_with(PublishRequest::draft(draft).media(0, upload)).await.unwrap();
    assert_eq!((bench.x.uploads().len(), report.tweets.len()), (1, 1));
    let own = bench.x.tweets_of(bench.x.user_id());
    let with_text = own.iter().filter(|id| bench.x.text_of(**id).is_some_and(|text| text.starts_with("a picture")));
    assert_eq!(with_text.count(), 1, "X would have taken the same picture twice");
}

#[tokio::test]
async fn an_alternative_text_costs_and_a_picture_without_one_does_not() {
    let bench = Bench::new().await;
    let picture = || MediaUpload::bytes(vec![7; 1000], "image/png");
    for (text, upload, cost) in [("look", picture(), 15_000), ("look, a wren", picture().alt_text("a wren"), 20_000)] {
        let request = PublishRequest::draft(bench.draft(text).await).media(0, upload);
        assert_eq!(bench.publisher.preview_publish(request.clone()).await.unwrap().cost_micros, cost, "{text}");
        let before = bench.x.spent_today().mills;
        assert_eq!(bench.publisher.publish_with(request).await.unwrap().cost_micros, cost, "{text}");
        assert_eq!((bench.x.spent_today().mills - before) * 1000, cost, "the stand-in charged the same");
    }
}

#[tokio::test]
async fn a_refusal_after_a_lost_tweet_keeps_the_doubt() {
    let refusals = [Fault::NoCredits, Fault::RateLimit { seconds: 60 }, Fault::Unauthorized, Fault::Locked];
    for refusal in refusals {
        let bench = Bench::new().await;
        let draft = bench.draft("late to be shown").await;
        bench.fail_create([Fault::ResetAfter, refusal]);
        bench.x.set_timeline_limit(0);
        let error = bench.publisher.publish(draft).await.unwrap_err();
        assert_eq!(told(&error), (ErrorKind::OutcomeUnknown, "publish.outcome_unknown"), "{refusal:?}");
        assert_eq!(error.retry_at().is_some(), matches!(refusal, Fault::RateLimit { .. }));
        let (entry, state, _) = bench.entry().await;
        assert_eq!((error.outbox(), state), (Some(entry), OutboxState::Unknown));
        bench.x.set_timeline_limit(3_200);
        let token = bench.x.issue_tokens(bench.x.user_id(), &SCOPES).access;
        bench.account.publisher(client(&bench.x.api_url(), token)).resume_publish(entry).await.unwrap();
        assert_eq!(bench.tweeted("late to be shown").len(), 1, "{refusal:?}");
    }
}

#[tokio::test]
async fn books_that_fail_change_nothing_of_what_happened() {
    let bench = Bench::new().await;
    let (fine, lost) = (bench.draft("not counted").await, bench.draft("in doubt").await);
    let sql = "CREATE TRIGGER no_money BEFORE DELETE ON spend_reservations BEGIN SELECT RAISE(ABORT, 'no'); END;
               CREATE TRIGGER no_log BEFORE INSERT ON audit_log BEGIN SELECT RAISE(ABORT, 'no'); END;";
    rusqlite::Connection::open(bench.path()).unwrap().execute_batch(sql).unwrap();
    let report = bench.publisher.publish(fine).await.unwrap();
    assert_eq!(report.tweets[0].tweet_id, bench.tweeted("not counted")[0].to_string());
    assert_eq!((bench.entry().await.1, report.cost_micros), (OutboxState::Posted, 15_000));
    bench.fail_create([Fault::ResetAfter]);
    bench.fail_reads();
    let error = bench.publisher.publish(lost).await.unwrap_err();
    assert_eq!(told(&error), (ErrorKind::OutcomeUnknown, "publish.outcome_unknown"));
    assert_eq!(error.outbox(), Some(bench.entry().await.0));
    assert_eq!(bench.publisher.unpublish(fine).await.unwrap().len(), 1);
}

// Processes.

const DB: &str = "GHOSTWREN_TEST_PUBLISH_DB";

/// Not a test of its own: the processes that the tests below start and kill.
#[tokio::test]
async fn work_in_this_process() {
    let Some(path) = std::env::var_os(DB).map(PathBuf::from) else { return };
    let var = |name: &str| std::env::var(name).unwrap();
    let (account, _) = account(&path, &Clock::system(), None).await;
    let publisher = account.publisher(client(&var("X_API"), var("X_TOKEN")).timeout(Duration::from_secs(60)));
    let drafts: Vec<Id> = var("X_DRAFTS").split(' ').map(|id| id.parse().unwrap()).collect();
    let request = match var("X_TASK").as_str() {
        "split" => PublishRequest::split(drafts[0], THREAD),
        _ => PublishRequest::thread(drafts),
    };
    match publisher.publish_with(request).await {
        Ok(_) => {}
        Err(error) => assert!(["outbox.sending", "draft.state", "outbox.posted"].contains(&error.code()), "{error:?}"),
    }
}

fn spawn(bench: &Bench, drafts: &[Id], task: &str) -> std::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "work_in_this_process", "--nocapture"])
        .env(DB, bench.path())
        .env("X_API", bench.x.api_url())
        .env("X_TOKEN", bench.x.issue_tokens(bench.x.user_id(), &SCOPES).access)
        .env("X_DRAFTS", drafts.iter().map(Id::to_string).collect::<Vec<_>>().join(" "))
        .env("X_TASK", task)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_killed_inside_a_thread_is_gone_on_with() {
    // Killed while the answer to the third tweet is out: once it was made, and once it was not.
    for (fault, split) in
        [(Fault::HangAfter, true), (Fault::Hang, true), (Fault::HangAfter, false), (Fault::Hang, false)]
    {
        let bench = Bench::new().await;
        // One draft of five tweets, or five drafts of one, each with an entry of its own.
        let drafts =
            if split { vec![bench.draft(&THREAD.join(" ")).await] } else { bench.drafts(THREAD).await.to_vec() };
        bench.fail_create([Fault::Pass, Fault::Pass, fault]);
        let mut child = spawn(&bench, &drafts, if split { "split" } else { "drafts" });
        let began = Instant::now();
        while bench.sandbox.requests().iter().filter(|request| request.method == "POST").count() < 3 {
            assert!(began.elapsed() < Duration::from_secs(60), "the child never sent the third tweet");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        let (entry, state, _) = bench.entry().await;
        assert_eq!(state, OutboxState::Sending);
        let error = bench.publisher.resume_publish(entry).await.unwrap_err();
        assert_eq!(told(&error), (ErrorKind::Conflict, "outbox.sending"), "its lease still holds");
        bench.clock.shift_ms(240_000);
        let mut report = bench.publisher.resume_publish(entry).await.unwrap();
        if !split {
            report = bench.publisher.publish_with(PublishRequest::thread(drafts.clone())).await.unwrap();
        }
        let ids: Vec<String> = report.tweets.into_iter().map(|tweet| tweet.tweet_id).collect();
        is_a_thread(&bench, &ids);
        for draft in drafts {
            assert_eq!(bench.state(draft).await, DraftState::Published);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_publish_the_same_draft_at_once_make_one_tweet() {
    let bench = Bench::new().await;
    let draft = bench.draft("only once").await;
    bench.fail_create([Fault::SlowBytes { ms: 100 }]);
    let children: Vec<_> = (0..3).map(|_| spawn(&bench, &[draft], "drafts")).collect();
    let here = bench.publisher.publish(draft).await;
    if let Err(error) = here {
        assert!(["outbox.sending", "draft.state", "outbox.posted"].contains(&error.code()), "{error:?}");
    }
    for mut child in children {
        child.wait().unwrap();
    }
    assert_eq!(bench.tweeted("only once").len(), 1);
    let posts = bench.sandbox.requests().iter().filter(|request| request.method == "POST").count();
    assert_eq!((posts, bench.state(draft).await), (1, DraftState::Published));
}
