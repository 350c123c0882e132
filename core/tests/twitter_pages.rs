//! Pages of a timeline: where it ends, what is no page, and what is not asked for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod scripted_x;

use std::time::Duration;

use futures_util::StreamExt;
use ghostwren::ErrorKind;
use ghostwren::http::OnLimit;
use ghostwren::twitter::{MediaUpload, Next};
use scripted_x::{Scripted, in_seconds, ok, page};

#[tokio::test(start_paused = true)]
async fn a_timeline_ends_only_where_x_says_so() {
    // An empty page in the middle, a used-up window, a failing server: all 7 tweets come.
    let x = Scripted::replies([
        ok(page(&[9, 8, 7], Some("a"))),
        ok(page(&[], Some("b"))),
        (429, vec![("x-rate-limit-remaining", "0".to_owned()), ("x-rate-limit-reset", in_seconds(900))], String::new()),
        ok(page(&[6, 5], Some("c"))),
        (503, Vec::new(), String::new()),
        ok(page(&[4, 3], None)),
    ]);
    let pages: Vec<_> = x.client().on_limit(OnLimit::Wait).timeline("12").pages().into_stream().collect().await;
    let ids: Vec<String> = pages.into_iter().flat_map(|page| page.unwrap().tweets).map(|tweet| tweet.id).collect();
    assert_eq!(ids, ["9", "8", "7", "6", "5", "4", "3"]);
    let asked = x.requests();
    assert_eq!(asked.iter().filter(|line| line.contains("pagination_token=b")).count(), 2);
    // What cannot be waited for is an error and no end, and the next call goes on at the same page.
    let x = Scripted::replies([
        ok(page(&[9], Some("a"))),
        (429, vec![("x-rate-limit-remaining", "0".to_owned()), ("x-rate-limit-reset", in_seconds(900))], String::new()),
        ok(page(&[8], None)),
    ]);
    let mut pages = x.client().timeline("12").pages();
    assert_eq!(pages.next_page().await.unwrap().unwrap().next, Next::Page("a".to_owned()));
    assert_eq!(pages.next_page().await.unwrap().unwrap_err().kind(), ErrorKind::RateLimited);
    tokio::time::advance(Duration::from_secs(901)).await;
    assert_eq!(pages.next_page().await.unwrap().unwrap().tweets[0].id, "8");
    assert!(pages.next_page().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn what_is_no_page_is_an_error_and_no_end() {
    let failed = r#"{"errors":[{"resource_type":"user","resource_id":"12","parameter":"id","title":"Authorization Error","detail":"Sorry, you are not authorized to see the user.","type":"https://api.x.com/2/problems/not-authorized-for-resource"}]}"#;
    let hydration = r#"{"errors":[{"title":"Service Unavailable","status":503,"type":"about:blank"}]}"#;
    for (body, code) in [
        ("{}", "twitter.unreadable"),
        ("[]", "twitter.unreadable"),
        ("null", "twitter.unreadable"),
        (r#"{"meta":{}}"#, "twitter.unreadable"),
        (r#"{"data":null,"meta":"gone"}"#, "twitter.unreadable"),
        (failed, "twitter.not_authorized"),
        (hydration, "twitter.overloaded"),
        ("<html><title>Just a moment...</title></html>", "http.html"),
        ("", "http.json"),
        (r#"{"data":[{"id":"1","te"#, "http.json"),
    ] {
        let x = Scripted::replies([ok(body)]);
        let mut pages = x.client().timeline("12").pages();
        assert_eq!(pages.next_page().await.unwrap().unwrap_err().code(), code, "{body}");
    }
    let x = Scripted::replies([ok(page(&[], None))]);
    assert!(x.client().timeline("12").page().await.unwrap().tweets.is_empty(), "a user without tweets");
    // Without meta nothing says that it was the last page: from the oldest on, until nothing older comes.
    let x = Scripted::replies([
        ok(r#"{"data":[{"id":"50","text":"a"},{"id":"1050118621198921728","text":"b"}]}"#),
        ok(r#"{"data":[{"id":"1050118621198921727","text":"c"}]}"#),
        ok(page(&[], None)),
    ]);
    let pages: Vec<_> = x.client().timeline("12").pages().into_stream().collect().await;
    assert!(pages.iter().all(Result::is_ok) && pages.len() == 3);
    assert!(x.requests()[1].contains("until_id=1050118621198921728"), "{:?}", x.requests());
    assert_eq!(pages[0].as_ref().unwrap().problems[0].resource_id.as_deref(), Some("50"), "it has no time");
}

#[tokio::test(start_paused = true)]
async fn pages_that_lead_nowhere_are_given_up() {
    let x = Scripted::replies([ok(page(&[9], Some("a"))), ok(page(&[8], Some("b"))), ok(page(&[9], Some("a")))]);
    let pages: Vec<_> = x.client().timeline("12").pages().into_stream().collect().await;
    assert_eq!(pages.last().unwrap().as_ref().unwrap_err().code(), "twitter.page_loop");
    let x = Scripted::new(|number, _| ok(page(&[], Some(&number.to_string()))));
    let pages: Vec<_> = x.client().timeline("12").pages().into_stream().collect().await;
    assert_eq!(pages.last().unwrap().as_ref().unwrap_err().code(), "twitter.page_loop");
    assert_eq!(x.requests().len(), 51);
}

#[tokio::test(start_paused = true)]
async fn arguments_that_x_would_refuse_are_not_sent() {
    let x = Scripted::replies([ok("{}")]);
    let client = x.client();
    let many: Vec<&str> = vec!["1"; 101];
    for end in [
        client.timeline("../me").page().await.err(),
        client.timeline("12").since_id("10").until_id("9").page().await.err(),
        client.timeline("12").since_id("1&x=1").page().await.err(),
        client.search("").page().await.err(),
        client.tweets(&many).await.err(),
        client.tweets(&[]).await.err(),
        client.user("0").await.err(),
        client.user_by_name("a/b").await.err(),
        client.delete_tweet("x").await.err(),
        client.upload(MediaUpload::bytes(Vec::new(), "image/png")).await.err(),
        client.upload(MediaUpload::file("/no/type")).await.err(),
        client.alt_text("1", &"x".repeat(1_001)).await.err(),
    ] {
        assert_eq!(end.unwrap().code(), "twitter.bad_argument");
    }
    assert!(x.requests().is_empty());
}
