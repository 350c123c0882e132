//! The stand-in for X, its faults: each body and each break as it is promised.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;
mod raw_http;
mod x_http;

use std::time::{Duration, Instant};

use ghostwren::sandbox::x::{Endpoint, Fault};
use raw_http::End;
use serde_json::{Value, json};
use x_http::Client;

const ME: &str = "/2/users/me?user.fields=public_metrics";

#[test]
fn every_kind_of_429_and_402_is_told_apart_by_body_and_headers() {
    let client = Client::start();
    let now = client.x.now().timestamp();
    // Status, remaining, reset, and a piece of the body.
    for (fault, status, remaining, reset, part) in [
        (Fault::RateLimit { seconds: 30 }, 429, Some("0"), Some(now + 30), r#""title":"Too Many Requests""#),
        (Fault::RateLimitBare, 429, None, None, r#""title":"Too Many Requests""#),
        (
            Fault::RateLimitV1,
            429,
            Some("0"),
            Some(now + 60),
            r#"{"errors":[{"code":88,"message":"Rate limit exceeded"}]}"#,
        ),
        (Fault::OnePerSecond, 429, Some("899"), Some(now + 900), r#""title":"Too Many Requests""#),
        (Fault::UsageCap, 429, Some("39999"), Some(now + 900), r#"/2/problems/usage-capped""#),
        (Fault::SpendLimit, 429, Some("39999"), Some(now + 900), "SpendCapReached"),
        (Fault::NoCredits, 402, Some("39999"), Some(now + 900), "CreditsDepleted"),
    ] {
        let answer = client.get_with(fault, ME);
        assert_eq!(answer.status, status, "{fault}");
        assert_eq!(answer.header("x-rate-limit-remaining"), remaining, "{fault}");
        assert_eq!(answer.header("x-rate-limit-reset").map(|reset| reset.parse().unwrap()), reset, "{fault}");
        assert!(answer.text().contains(part), "{fault}: {}", answer.text());
    }
    let cap = client.get_with(Fault::UsageCap, ME).json();
    assert_eq!(
        (&cap["period"], &cap["scope"], &cap["title"]),
        (&json!("Monthly"), &json!("Product"), &json!("UsageCapExceeded"))
    );
}

#[test]
fn every_family_of_error_bodies_can_be_had() {
    let client = Client::start();
    let json = "application/json; charset=utf-8";
    let problem = "application/problem+json";
    for (fault, status, kind, part) in [
        (Fault::Unauthorized, 401, problem, r#""type":"about:blank""#),
        (Fault::Forbidden, 403, problem, r#""type":"about:blank""#),
        (Fault::NotEnrolled, 403, problem, r#""reason":"client-not-enrolled""#),
        (Fault::UnsupportedAuthentication, 403, problem, "unsupported-authentication"),
        (Fault::OldTypeAddress, 403, problem, "error-troubleshooting#not-authorized-for-resource"),
        (Fault::Duplicate, 403, problem, "duplicate content"),
        (Fault::Locked, 403, json, r#""code":326"#),
        (Fault::Conflict, 409, problem, "problems/conflict"),
        (Fault::Invalid, 400, problem, r#""parameters":{"sandbox_parameter":["x"]}"#),
        (Fault::NotFoundEmpty, 404, json, ""),
        (Fault::NotFoundPlain, 404, "text/plain", "404 page not found"),
        (Fault::ServerError, 500, problem, "problems/internal-error"),
        (Fault::ServerErrorCode, 500, json, r#"{"code":131,"message":"Internal error"}"#),
        (Fault::OverCapacity, 503, json, r#""code":130"#),
        (Fault::Unavailable, 503, "text/plain", "upstream connect error"),
        (Fault::BadGateway, 502, "text/html; charset=UTF-8", "<!DOCTYPE html>"),
        (Fault::GatewayTimeout, 504, json, ""),
        (Fault::HtmlOk, 200, "text/html; charset=UTF-8", "<!DOCTYPE html>"),
        (Fault::EmptyOk, 200, json, ""),
        (Fault::OnlyErrors, 200, json, r#"{"errors":[{"#),
        (Fault::Redirect, 307, json, ""),
        (Fault::InvalidGrant, 400, json, r#""error":"invalid_grant""#),
        (Fault::TokenInvalid, 400, json, "Value passed for the token was invalid."),
    ] {
        let answer = client.get_with(fault, ME);
        assert_eq!(
            (answer.status, answer.header("content-type"), answer.end),
            (status, Some(kind), End::Whole),
            "{fault}"
        );
        assert!(
            answer.text().contains(part) && part.is_empty() == answer.body.is_empty(),
            "{fault}: {}",
            answer.text()
        );
    }
    assert!(client.get_with(Fault::Redirect, ME).header("location").unwrap().starts_with("http://redirected.invalid"));
    // The same kinds in the words of the other dialect.
    let newer = "/2/users/me?post.fields=text";
    assert!(client.get_with(Fault::ServerError, newer).text().contains("https://api.x.com/2/problems/internal-error"));
    assert!(
        client.get_with(Fault::ServerError, ME).text().contains("https://api.twitter.com/2/problems/internal-error")
    );
}

#[test]
fn bodies_break_as_they_are_told_to() {
    let client = Client::start();
    let whole = client.get(ME);
    assert!(whole.end == End::Whole && whole.header("x-transaction-id").unwrap().len() == 16);
    for (fault, end, length) in [
        (Fault::Hang, End::Silent, 0),
        (Fault::HangAfter, End::Silent, 0),
        (Fault::ResetFirst, End::Broken, 0),
        (Fault::ResetAfter, End::Broken, 0),
        (Fault::Reset, End::Broken, whole.body.len() / 2),
        (Fault::Stall, End::Silent, whole.body.len() / 2),
        (Fault::Truncated, End::Whole, whole.body.len() / 2),
        (Fault::SplitBytes { size: 3 }, End::Whole, whole.body.len()),
    ] {
        let answer = client.get_with(fault, ME);
        assert_eq!((answer.end, answer.body.len()), (end, length), "{fault}");
    }
    let begun = Instant::now();
    let slow = client.get_with(Fault::SlowBytes { ms: 10 }, ME);
    let least = Duration::from_millis(10) * u32::try_from(whole.body.len() / 16).unwrap();
    assert!(begun.elapsed() >= least && slow.body.len() == whole.body.len());
    let bare = client.get_with(Fault::Bare, ME);
    assert_eq!((bare.status, bare.header("x-rate-limit-limit"), bare.header("x-transaction-id")), (200, None, None));
}

#[test]
fn odd_but_whole_answers_can_be_had() {
    let client = Client::start();
    let user = client.x.user_id();
    let target = format!(
        "/2/users/{user}/tweets?tweet.fields=entities,public_metrics,reply_settings,lang,created_at&expansions=author_id,referenced_tweets.id"
    );
    let extra = client.get_with(Fault::ExtraFields, &target).json();
    for place in
        ["/sandbox_extra", "/data/0/sandbox_extra", "/data/3/public_metrics/sandbox_extra", "/meta/sandbox_extra"]
    {
        assert!(extra.pointer(place).is_some(), "{place}");
    }
    let unknown = client.get_with(Fault::UnknownValues, &target).json();
    assert_eq!(
        (&unknown["data"][0]["reply_settings"], &unknown["data"][0]["lang"]),
        (&json!("sandbox_unknown"), &json!("sandbox_unknown"))
    );
    let few = client.get_with(Fault::NoObjects, &target).json();
    for tweet in few["data"].as_array().unwrap() {
        assert!(tweet.as_object().unwrap().values().all(Value::is_string), "{tweet}");
        assert!(tweet["created_at"].is_string());
    }
}

#[test]
fn scripts_are_played_once_in_order_and_per_endpoint() {
    let client = Client::start();
    let user = client.x.user_id();
    client.x.script(Endpoint::Me, [Fault::Unauthorized, Fault::Pass, Fault::ServerError]).unwrap();
    let status = |target: &str| client.get(target).status;
    assert_eq!(status(&format!("/2/users/{user}")), 200);
    // A header comes first and leaves the queue alone.
    assert_eq!(client.get_with(Fault::Forbidden, ME).status, 403);
    assert_eq!([status(ME), status(ME), status(ME), status(ME)], [401, 200, 500, 200]);
    client.x.script(Endpoint::Me, [Fault::ServerError]).unwrap();
    client.x.clear_script();
    assert_eq!(status(ME), 200);
    let full = client.x.script(Endpoint::Me, vec![Fault::Pass; 10_001]).unwrap_err();
    assert_eq!(full.code(), "sandbox.script_full");
    assert_eq!(client.call("GET", ME, &[("x-sandbox-fault", "nonsense")], b"").status, 400);
    assert_eq!((status("/2/nowhere"), status("/2/users/1/2/3")), (404, 404));
    // A 401 for one request ends no token.
    assert_eq!((client.get_with(Fault::Unauthorized, ME).status, status(ME)), (401, 200));
    client.x.expire_access_tokens();
    assert_eq!(status(ME), 401);
}
