//! The rate limits of X: waits, windows, and whose they are, in a time that stands still.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod scripted_x;

use std::time::Duration;

use ghostwren::ErrorKind;
use ghostwren::http::{KnownWindow, OnLimit};
use ghostwren::twitter::{Dialect, FixedToken, TwitterApp};
use scripted_x::{ME, Scripted, TOKEN, in_seconds, now, ok, problem};

#[tokio::test(start_paused = true)]
async fn a_429_without_headers_is_repeated_a_few_times_and_a_cap_never() {
    let x = Scripted::replies([(429, Vec::new(), String::new())]);
    let began = tokio::time::Instant::now();
    let error = x.client().me().await.unwrap_err();
    assert_eq!((error.code(), error.attempts(), x.requests().len()), ("twitter.rate_unknown", 3, 3));
    assert!(began.elapsed() < Duration::from_secs(60));
    let healthy = vec![("x-rate-limit-remaining", "39999".to_owned()), ("x-rate-limit-reset", in_seconds(900))];
    let x = Scripted::replies([(429, healthy, problem("usage-capped", "UsageCapExceeded", "Monthly"))]);
    for on_limit in [OnLimit::Wait, OnLimit::Fail, OnLimit::Yield] {
        x.client().on_limit(on_limit).me().await.unwrap_err();
    }
    assert_eq!(x.requests().len(), 3, "never repeated, whatever the caller says");
}

#[tokio::test(start_paused = true)]
async fn one_request_a_second_is_a_short_wait() {
    let healthy = || vec![("x-rate-limit-remaining", "299".to_owned()), ("x-rate-limit-reset", in_seconds(900))];
    for (headers, waits) in [(healthy(), 1), ([healthy(), vec![("retry-after", "5".to_owned())]].concat(), 5)] {
        let x = Scripted::replies([(429, headers, String::new()), ok(ME)]);
        let began = tokio::time::Instant::now();
        x.client().me().await.unwrap();
        assert_eq!(began.elapsed().as_secs(), waits);
    }
}

#[tokio::test(start_paused = true)]
async fn a_used_up_window_is_waited_for_failed_or_yielded() {
    let used_up =
        |reset: i64| vec![("x-rate-limit-remaining", "0".to_owned()), ("x-rate-limit-reset", in_seconds(reset))];
    let limited = move |reset| (429, used_up(reset), String::new());
    for (on_limit, reset, succeeds, waits) in [
        (OnLimit::Wait, 900, true, 900),
        (OnLimit::Fail, 900, false, 0),
        (OnLimit::Fail, 30, true, 30),
        (OnLimit::Yield, 30, false, 0),
    ] {
        let x = Scripted::replies([limited(reset), ok(ME)]);
        let began = tokio::time::Instant::now();
        let end = x.client().on_limit(on_limit).me().await;
        assert_eq!(end.is_ok(), succeeds, "{on_limit:?} {reset}");
        assert_eq!(began.elapsed().as_secs(), waits, "{on_limit:?} {reset}");
        if let Err(error) = end {
            assert_eq!(error.kind(), ErrorKind::RateLimited);
            assert_eq!(error.retry_at().unwrap().timestamp(), now().timestamp() + reset);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_for_the_day_is_read_by_the_clock_of_x() {
    // X's clock is an hour ahead of ours, or behind it.
    for (date, ahead) in [("Wed, 25 Nov 2026 13:00:00 GMT", 3_600), ("Wed, 25 Nov 2026 11:00:00 GMT", -3_600)] {
        let day = |whose: &str, reset: i64| {
            let name = |end: &str| -> &'static str { format!("x-{whose}-limit-24hour-{end}").leak() };
            vec![(name("remaining"), "0".to_owned()), (name("reset"), in_seconds(ahead + reset))]
        };
        let quarter = vec![("x-rate-limit-remaining", "0".to_owned()), ("x-rate-limit-reset", in_seconds(ahead + 90))];
        for headers in [
            day("user", 500),
            day("app", 500),
            [day("user", 400), day("app", 500)].concat(),
            [day("user", 500), day("app", 400)].concat(),
            [quarter, day("user", 500)].concat(),
        ] {
            let refused = || (429, [vec![("date", date.to_owned())], headers.clone()].concat(), String::new());
            let x = Scripted::replies([refused(), ok(ME)]);
            let error = x.client().on_limit(OnLimit::Yield).me().await.unwrap_err();
            assert_eq!(error.code(), "twitter.day_window", "{headers:?}");
            assert_eq!(error.retry_at().unwrap().timestamp(), now().timestamp() + 500, "by our clock: {headers:?}");
            let x = Scripted::replies([refused(), ok(ME)]);
            let began = tokio::time::Instant::now();
            x.client().on_limit(OnLimit::Wait).me().await.unwrap();
            assert_eq!(began.elapsed().as_secs(), 500, "{headers:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn windows_are_read_apart_corrected_for_skew_and_shared() {
    // Only the day's headers, and a clock at X that is an hour ahead of ours: 24 hours from X's now is 23 by our clock.
    let headers = vec![
        ("date", "Wed, 25 Nov 2026 13:00:00 GMT".to_owned()),
        ("x-user-limit-24hour-remaining", "0".to_owned()),
        ("x-user-limit-24hour-reset", in_seconds(3_600 + 500)),
        ("x-rate-limit-limit", "75".to_owned()),
    ];
    let x = Scripted::replies([(200, headers, ME.to_owned())]);
    let app = x.app(Dialect::Tweet);
    let client = |user: &str| {
        app.client(FixedToken::new(TOKEN.to_owned().into())).unwrap().for_user(user).on_limit(OnLimit::Yield)
    };
    let (alice, bob) = (client("1"), client("2"));
    alice.me().await.unwrap();
    let error = alice.me().await.unwrap_err();
    assert_eq!((error.code(), error.attempts()), ("http.rate_window", 0), "not sent");
    assert_eq!(error.retry_at().unwrap().timestamp(), now().timestamp() + 500, "by our clock");
    assert_eq!(client("1").me().await.unwrap_err().code(), "http.rate_window", "all clients of the user know it");
    bob.me().await.unwrap();
    // Another process, seeded from what a store kept.
    let kept = serde_json::to_string(&alice.rate_windows()).unwrap();
    assert!(!kept.contains(TOKEN));
    let y = Scripted::replies([ok(ME)]);
    let other = y.client().for_user("1").on_limit(OnLimit::Yield);
    let mut known: Vec<KnownWindow> = serde_json::from_str(&kept).unwrap();
    assert_eq!((known.len(), known[0].window.as_ref(), known[0].endpoint.as_ref()), (1, "user.24h", "users.me"));
    known[0].owner.clear();
    other.seed_rate_windows(known);
    assert_eq!(other.me().await.unwrap_err().code(), "http.rate_window");
    tokio::time::advance(Duration::from_secs(501)).await;
    other.me().await.unwrap();
}

/// X counts a user for each app by itself, and so do clients of two apps in one program.
#[tokio::test(start_paused = true)]
async fn another_app_has_limits_of_its_own() {
    let used_up = |name: &'static str, reset: &'static str| vec![(name, "0".to_owned()), (reset, in_seconds(900))];
    for headers in [
        used_up("x-rate-limit-remaining", "x-rate-limit-reset"),
        used_up("x-user-limit-24hour-remaining", "x-user-limit-24hour-reset"),
        used_up("x-app-limit-24hour-remaining", "x-app-limit-24hour-reset"),
    ] {
        let x = Scripted::replies([(200, headers.clone(), ME.to_owned()), ok(ME)]);
        let http = x.http();
        let client = |app: &str| {
            let app = TwitterApp::new(app).http(http.clone()).dialect(Dialect::Tweet);
            app.client(FixedToken::new(TOKEN.to_owned().into())).unwrap().for_user("1").on_limit(OnLimit::Yield)
        };
        let (one, other) = (client("one"), client("other"));
        one.me().await.unwrap();
        assert_eq!(one.me().await.unwrap_err().code(), "http.rate_window", "{headers:?}");
        other.me().await.unwrap();
        assert_eq!((one.rate_windows().len(), other.rate_windows().len()), (1, 0), "{headers:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_apps_day_counts_for_all_of_its_users() {
    let headers =
        vec![("x-app-limit-24hour-remaining", "0".to_owned()), ("x-app-limit-24hour-reset", in_seconds(7_000))];
    let x = Scripted::replies([(200, headers, ME.to_owned())]);
    let app = x.app(Dialect::Tweet);
    let client = |user: &str| app.client(FixedToken::new(TOKEN.to_owned().into())).unwrap().for_user(user);
    client("1").me().await.unwrap();
    assert_eq!(client("2").me().await.unwrap_err().code(), "http.rate_window");
    client("2").user("5").await.unwrap();
}
