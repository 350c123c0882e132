//! Publishing with the account's own login, against the stand-in for X.
#![cfg(feature = "sqlite")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod x_login;

use std::time::Duration;

use futures_util::StreamExt;
use ghostwren::records::{DraftState, OutboxState};
use ghostwren::sandbox::x::{self, Endpoint, Fault};
use ghostwren::store::PageRequest;
use ghostwren::text::Limits;
use ghostwren::twitter::MediaUpload;
use ghostwren::workflow::PublishRequest;
use ghostwren::{Account, Error, ErrorKind, Ghostwren, Identity};
use x_login::{Bench, log_in};

fn told(error: &Error) -> (ErrorKind, &str) {
    (error.kind(), error.code())
}

/// How many tweets have this text.
fn tweeted(bench: &Bench, text: &str) -> usize {
    let ids = bench.x.tweets_of(bench.x.user_id());
    ids.into_iter().filter(|id| bench.x.text_of(*id).is_some_and(|found| found.starts_with(text))).count()
}

async fn entries(account: &Account) -> Vec<(OutboxState, Option<String>)> {
    let page = account.outbox(PageRequest::default()).await.unwrap();
    page.items.into_iter().map(|entry| (entry.state, entry.error_code)).collect()
}

#[tokio::test]
async fn a_draft_is_previewed_published_exported_and_deleted() {
    let bench = Bench::new();
    let account = bench.connected().await;
    let draft = bench.draft(&account, "a wren weighs ten grams").await;
    let before = bench.sandbox.requests().len();
    let preview = account.preview_publish(PublishRequest::draft(draft)).await.unwrap();
    assert_eq!((preview.cost_micros, preview.refused()), (15_000, false));
    assert_eq!(bench.sandbox.requests().len(), before, "a preview sends nothing");
    let report = account.publish(draft).await.unwrap();
    assert_eq!((report.cost_micros, tweeted(&bench, "a wren weighs")), (15_000, 1));

    let lines: Vec<String> = account.export().map(Result::unwrap).collect().await;
    let lines: Vec<serde_json::Value> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let outbox: Vec<_> = lines.iter().filter(|line| line["type"] == "outbox").collect();
    assert_eq!(outbox.len(), 1);
    assert_eq!(outbox[0]["draft_id"], draft.to_string());
    assert_eq!(outbox[0]["posted_ids"][0], report.tweets[0].tweet_id);
    assert_eq!(outbox[0]["payload"][0]["text"], "a wren weighs ten grams");

    // What X said of the limits of writing is kept for the processes that come after.
    let windows = bench.wren().store().rate_windows(&x_login::me(), account.id()).await.unwrap();
    assert!(windows.iter().any(|window| window.endpoint.contains("tweets")), "{windows:?}");

    assert_eq!(account.unpublish(draft).await.unwrap(), [report.tweets[0].tweet_id.clone()]);
    assert_eq!(tweeted(&bench, "a wren weighs"), 0);
}

#[tokio::test]
async fn a_preview_needs_no_login() {
    let bench = Bench::new();
    let account = bench.connected().await;
    let draft = bench.draft(&account, "hello").await;
    account.disconnect().await.unwrap();
    assert_eq!(account.preview_publish(PublishRequest::draft(draft)).await.unwrap().cost_micros, 15_000);
    for error in [account.publish(draft).await.unwrap_err(), account.unpublish(draft).await.unwrap_err()] {
        assert_eq!(told(&error), (ErrorKind::NeedsLogin, "login.not_connected"));
    }
}

#[tokio::test]
async fn a_login_that_ends_in_between_leaves_the_draft_waiting() {
    let bench = Bench::new();
    let account = bench.connected().await;
    let draft = bench.draft(&account, "waits for a login").await;
    bench.x.revoke_all_tokens();
    let error = account.publish(draft).await.unwrap_err();
    assert_eq!(told(&error), (ErrorKind::NeedsLogin, "login.needed"), "{error:?}");
    let entry = error.outbox().unwrap();
    assert_eq!(entries(&account).await, [(OutboxState::Pending, Some("login.needed".to_owned()))]);
    assert_eq!(account.draft(draft).await.unwrap().state, DraftState::Approved);
    assert_eq!(account.spend().await.unwrap()[0].reserved_micros, 0);
    // Said again without a word to X.
    let before = bench.sandbox.requests().len();
    assert_eq!(told(&account.resume_publish(entry).await.unwrap_err()), (ErrorKind::NeedsLogin, "login.needed"));
    assert_eq!(bench.sandbox.requests().len(), before);

    log_in(&account.connect(), ghostwren::twitter::Scopes::read().write()).await.unwrap();
    let report = account.resume_publish(entry).await.unwrap();
    assert_eq!((report.tweets.len(), tweeted(&bench, "waits for a login")), (1, 1));
    assert_eq!(account.draft(draft).await.unwrap().state, DraftState::Published);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_changes_during_an_upload_is_not_published() {
    for approved_again in [false, true] {
        let bench = Bench::new();
        let account = bench.connected().await;
        let draft = bench.draft(&account, "the first words").await;
        bench.x.script(Endpoint::MediaInitialize, [Fault::SlowBytes { ms: 250 }]).unwrap();
        let request =
            PublishRequest::draft(draft).media(0, MediaUpload::bytes(vec![7; 1000], "image/png").alt_text("a wren"));
        let publishing = tokio::spawn({
            let (account, request) = (account.clone(), request.clone());
            async move { account.publish_with(request).await }
        });
        while bench.sent("/2/media/upload/initialize") == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        account.edit_draft(draft, "other words").await.unwrap();
        if approved_again {
            account.approve(draft).await.unwrap();
        }
        let error = publishing.await.unwrap().unwrap_err();
        let code = if approved_again { "draft.changed" } else { "draft.state" };
        assert_eq!(told(&error), (ErrorKind::Conflict, code), "{error:?}");
        assert_eq!(bench.sent("/2/tweets"), 0, "neither text was sent");
        let left = if approved_again { vec![(OutboxState::Failed, Some("draft.changed".into()))] } else { vec![] };
        assert_eq!(entries(&account).await, left);
        account.approve(draft).await.unwrap();
        account.publish_with(request).await.unwrap();
        assert_eq!((tweeted(&bench, "the first words"), tweeted(&bench, "other words")), (0, 1));
    }
}

#[tokio::test]
async fn a_long_text_is_for_subscribers_and_x_is_asked_once_who_is_one() {
    let bench = Bench::new();
    let account = bench.connected().await;
    let long = format!("long {}", "w".repeat(276));
    let draft = bench.draft(&account, &long).await;
    let asked = bench.sent("/2/users/me");
    let spent = account.spend().await.unwrap()[0].spent_micros;
    let error = account.publish(draft).await.unwrap_err();
    assert_eq!(told(&error), (ErrorKind::InvalidInput, "publish.refused"));
    assert!(error.detail().contains("lint.too_long"), "{error}");
    assert_eq!((bench.sent("/2/users/me"), bench.sent("/2/tweets")), (asked + 1, 0));
    assert_eq!(account.spend().await.unwrap()[0].spent_micros, spent + 10_000, "what asking cost");
    // A caller that knows asks nobody.
    let told_so = PublishRequest::draft(draft).text_limits(Limits::STANDARD);
    assert_eq!(account.publish_with(told_so).await.unwrap_err().code(), "publish.refused");
    assert_eq!(bench.sent("/2/users/me"), asked + 1);

    bench.x.add_user(x::NewUser::new("sandbox_wren").id(bench.x.user_id()).premium());
    assert!(account.preview_publish(PublishRequest::draft(draft)).await.unwrap().refused(), "a preview asks nobody");
    let report = account.publish(draft).await.unwrap();
    assert_eq!((report.cost_micros, tweeted(&bench, &long)), (25_000, 1));
}

#[tokio::test]
async fn a_budget_counts_the_login_and_holds() {
    let bench = Bench::new();
    bench.connected().await;
    let app = x_login::app(&bench.x);
    let wren = Ghostwren::builder().store(bench.store()).twitter(app).daily_twitter_budget(20_000).build().unwrap();
    let account = wren.user(Identity::local("me")).open_account("main").await.unwrap();
    let draft = bench.draft(&account, "too dear by now").await;
    let preview = account.preview_publish(PublishRequest::draft(draft)).await.unwrap();
    assert_eq!((preview.left_micros, preview.affordable), (Some(10_000), false));
    assert_eq!(told(&account.publish(draft).await.unwrap_err()), (ErrorKind::OverBudget, "budget.exceeded"));
    assert_eq!(bench.sent("/2/tweets"), 0);
}
