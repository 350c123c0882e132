//! What X and the network do to a client of its API, case by case: every case that a widely used library gets wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;
mod scripted_x;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use common::raw_server::{RawServer, Reply};
use ghostwren::http::OnLimit;
use ghostwren::twitter::{
    Dialect, FixedToken, MediaUpload, NewTweet, Scopes, TokenSource, TwitterApp, TwitterClient, may_have_happened,
};
use ghostwren::{Error, ErrorKind, Result};
use scripted_x::{Answer, ME, Scripted, TOKEN, in_seconds, ok, page, problem};
use secrecy::{ExposeSecret, SecretString};

async fn error_of(status: u16, headers: &[(&'static str, &str)], body: &str) -> (Error, usize) {
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let x = Scripted::replies([(status, headers, body.to_owned())]);
    let error = x.client().on_limit(OnLimit::Yield).me().await.unwrap_err();
    (error, x.requests().len())
}

#[tokio::test(start_paused = true)]
async fn every_body_of_an_error_is_understood() {
    let reset = in_seconds(600);
    let duplicate = r#"{"detail":"You are not allowed to create a Tweet with duplicate content.","type":"about:blank","title":"Forbidden","status":403}"#;
    let cap = r#"{"title":"UsageCapExceeded","period":"Monthly","scope":"Product","detail":"Usage cap exceeded: Monthly product cap","type":"https://api.twitter.com/2/problems/usage-capped"}"#;
    let plain = r#"{"title":"Too Many Requests","detail":"Too Many Requests","type":"about:blank","status":429}"#;
    let validation = r#"{"errors":[{"parameters":{"max_results":["101"]},"message":"The `max_results` query parameter value [101] is not between 5 and 100"}],"title":"Invalid Request","detail":"One or more parameters to your request was invalid.","type":"https://api.twitter.com/2/problems/invalid-request"}"#;
    let expired = r#"{"errors":[{"parameters":{"pagination_token":["7140x"]},"message":"The `pagination_token` query parameter value [7140x] is not valid"}],"title":"Invalid Request","detail":"One or more parameters to your request was invalid.","type":"https://api.x.com/2/problems/invalid-request"}"#;
    let enrolled = r#"{"client_id":"1","detail":"When authenticating requests to the Twitter API v2 endpoints, you must use keys and tokens from a Twitter developer App that is attached to a Project.","registration_url":"https://developer.x.com/en/docs/projects/overview","title":"Client Forbidden","required_enrollment":"Appropriate Level of API Access","reason":"client-not-enrolled","type":"https://api.x.com/2/problems/client-forbidden"}"#;
    let old_page = r#"{"title":"Forbidden","type":"https://developer.twitter.com/en/support/twitter-api/error-troubleshooting#unsupported-authentication"}"#;
    let spend = problem("credits", "SpendCapReached", "Your account has reached its billing cycle spend cap.");
    let credits =
        problem("credits", "CreditsDepleted", "Your account does not have any credits to fulfill this request.");
    let reply = r#"{"detail":"Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.","type":"about:blank","title":"Forbidden","status":403}"#;
    let quote = r#"{"detail":"Quoting is not available for your access level","type":"about:blank","title":"Forbidden","status":403}"#;
    let none: &[(&'static str, &str)] = &[];
    let healthy =
        &[("x-rate-limit-limit", "40000"), ("x-rate-limit-remaining", "39999"), ("x-rate-limit-reset", reset.as_str())]
            [..];
    let used_up =
        &[("x-rate-limit-limit", "900"), ("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", reset.as_str())][..];
    let day = &[
        ("x-app-limit-24hour-limit", "100"),
        ("x-app-limit-24hour-remaining", "0"),
        ("x-app-limit-24hour-reset", reset.as_str()),
    ][..];
    for (status, headers, body, kind, code) in [
        (429, healthy, cap, ErrorKind::QuotaExceeded, "twitter.usage_cap"),
        (429, none, cap, ErrorKind::QuotaExceeded, "twitter.usage_cap"),
        (403, none, &spend, ErrorKind::QuotaExceeded, "twitter.spend_limit"),
        (429, healthy, &spend, ErrorKind::QuotaExceeded, "twitter.spend_limit"),
        (402, none, &credits, ErrorKind::QuotaExceeded, "twitter.out_of_credit"),
        (402, none, "", ErrorKind::QuotaExceeded, "twitter.out_of_credit"),
        (429, used_up, plain, ErrorKind::RateLimited, "twitter.rate_window"),
        (429, healthy, plain, ErrorKind::RateLimited, "twitter.one_per_second"),
        (429, day, plain, ErrorKind::RateLimited, "twitter.day_window"),
        (429, none, plain, ErrorKind::RateLimited, "twitter.rate_unknown"),
        (429, none, "", ErrorKind::RateLimited, "twitter.rate_unknown"),
        (
            429,
            used_up,
            r#"{"errors":[{"code":88,"message":"Rate limit exceeded"}]}"#,
            ErrorKind::RateLimited,
            "twitter.rate_window",
        ),
        (403, none, duplicate, ErrorKind::Conflict, "twitter.duplicate_content"),
        (
            403,
            none,
            r#"{"errors":[{"code":187,"message":"Status is a duplicate."}]}"#,
            ErrorKind::Conflict,
            "twitter.duplicate_content",
        ),
        (403, none, reply, ErrorKind::PermissionDenied, "twitter.reply_not_allowed"),
        (403, none, quote, ErrorKind::PermissionDenied, "twitter.quote_not_allowed"),
        (403, none, enrolled, ErrorKind::PermissionDenied, "twitter.not_enrolled"),
        (403, none, old_page, ErrorKind::PermissionDenied, "twitter.needs_user"),
        (
            403,
            none,
            &problem(
                "oauth1-permissions",
                "Forbidden",
                "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.",
            ),
            ErrorKind::PermissionDenied,
            "twitter.app_permissions",
        ),
        (
            403,
            none,
            &problem(
                "not-authorized-for-resource",
                "Authorization Error",
                "Sorry, you are not authorized to see the user.",
            ),
            ErrorKind::PermissionDenied,
            "twitter.not_authorized",
        ),
        (403, none, "<html><title>403</title></html>", ErrorKind::PermissionDenied, "twitter.forbidden"),
        (
            401,
            none,
            r#"{"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"}"#,
            ErrorKind::Auth,
            "twitter.unauthorized",
        ),
        (
            401,
            none,
            r#"{"errors":[{"code":89,"message":"Invalid or expired token."}]}"#,
            ErrorKind::Auth,
            "twitter.unauthorized",
        ),
        (400, none, validation, ErrorKind::InvalidInput, "twitter.invalid_request"),
        (400, none, expired, ErrorKind::InvalidInput, "twitter.pagination_expired"),
        (404, none, "", ErrorKind::NotFound, "twitter.not_found"),
        (404, none, "Not Found", ErrorKind::NotFound, "twitter.not_found"),
        (
            404,
            none,
            &problem("resource-not-found", "Not Found Error", "Could not find user."),
            ErrorKind::NotFound,
            "twitter.not_found",
        ),
        (
            403,
            none,
            r#"{"errors":[{"code":326,"message":"To protect our users, this account has been temporarily locked."}]}"#,
            ErrorKind::PermissionDenied,
            "twitter.account_locked",
        ),
        (
            403,
            none,
            r#"{"errors":[{"code":64,"message":"Your account is suspended"}]}"#,
            ErrorKind::PermissionDenied,
            "twitter.account_suspended",
        ),
        (
            503,
            none,
            r#"{"title":"Service Unavailable","detail":"Service Unavailable","type":"about:blank","status":503}"#,
            ErrorKind::Server,
            "twitter.overloaded",
        ),
        (500, none, "upstream connect error", ErrorKind::Server, "twitter.server"),
        (418, none, "[[[[", ErrorKind::InvalidInput, "twitter.invalid_request"),
    ] {
        let (error, requests) = error_of(status, headers, body).await;
        assert_eq!((error.kind(), error.code()), (kind, code), "{status} {body}");
        assert_eq!(error.status(), Some(status));
        assert!(!error.detail().is_empty() && !error.detail().contains('{'), "{error}");
        let repeated = matches!(kind, ErrorKind::Server);
        assert_eq!(requests > 1, repeated, "{code}");
        let money = kind == ErrorKind::QuotaExceeded;
        let own = error.remedy() != Error::new(kind, "", "").remedy();
        assert!(!money || (own && error.retry_at().is_none()), "{error}");
    }
    let (error, _) = error_of(403, none, enrolled).await;
    assert!(error.remedy().unwrap().contains("Pay-per-use") && error.remedy().unwrap().contains("Production"));
}

fn unknown(parameter: &str) -> Answer {
    let body = serde_json::json!({
        "errors": [{"parameters": {parameter: ["id"]}, "message": format!("The query parameter [{parameter}] is not one of [id,max_results,tweet.fields,post.fields]")}],
        "title": "Invalid Request", "detail": "One or more parameters to your request was invalid.",
        "type": "https://api.twitter.com/2/problems/invalid-request",
    });
    (400, Vec::new(), body.to_string())
}

#[tokio::test(start_paused = true)]
async fn the_names_that_a_server_knows_are_found_once_and_remembered() {
    for (known, refused, dialect) in [
        ("tweet.fields", "post.fields", Dialect::Auto),
        ("tweet.fields", "post.fields", Dialect::Post),
        ("post.fields", "tweet.fields", Dialect::Tweet),
    ] {
        let x =
            Scripted::new(move |_, line| if line.contains(known) { ok(page(&[9], None)) } else { unknown(refused) });
        let app = x.app(dialect);
        let client = app.client(FixedToken::new(TOKEN.to_owned().into())).unwrap();
        client.timeline("12").page().await.unwrap();
        client.tweets(&["9"]).await.unwrap();
        app.client(FixedToken::new(TOKEN.to_owned().into())).unwrap().search("wren").page().await.unwrap();
        assert_eq!(x.requests().len(), 4, "one request more, once: {:?}", x.requests());
        assert_ne!(app.dialect_in_use(), if dialect == Dialect::Tweet { Dialect::Tweet } else { Dialect::Post });
    }
    // A value of a parameter can be what is unknown, too.
    let value = |x: &str| {
        let body = format!(
            r#"{{"errors":[{{"parameters":{{"expansions":["x"]}},"message":"The `expansions` query parameter value [{x}] is not one of [author_id]"}}],"type":"https://api.x.com/2/problems/invalid-request"}}"#
        );
        (400, Vec::new(), body)
    };
    let x = Scripted::replies([value("referenced_posts"), ok(page(&[9], None))]);
    x.app(Dialect::Auto).client(FixedToken::new(TOKEN.to_owned().into())).unwrap().timeline("12").page().await.unwrap();
    // It may be said without a list of errors.
    let alone = r#"{"title":"Invalid Request","detail":"The query parameter [post.fields] is not one of [id,tweet.fields]","type":"about:blank","status":400}"#;
    let x = Scripted::replies([(400, Vec::new(), alone.to_owned()), ok(page(&[9], None))]);
    x.app(Dialect::Auto).client(FixedToken::new(TOKEN.to_owned().into())).unwrap().timeline("12").page().await.unwrap();
    // A server that knows neither is asked twice a call, not for ever; another refusal changes nothing.
    let x = Scripted::new(|_, line| unknown(if line.contains("post.fields") { "post.fields" } else { "tweet.fields" }));
    let client = x.app(Dialect::Auto).client(FixedToken::new(TOKEN.to_owned().into())).unwrap();
    assert_eq!(client.timeline("12").page().await.unwrap_err().code(), "twitter.other_dialect");
    assert_eq!(x.requests().len(), 2);
    let x = Scripted::replies([unknown("max_results")]);
    assert_eq!(x.client().timeline("12").page().await.unwrap_err().code(), "twitter.invalid_request");
    assert_eq!(x.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_code_is_not_kept_longer_than_it_lives() {
    let (code, verifier) = (SecretString::from("c0de"), SecretString::from("verifier"));
    let limited = |seconds: &str| (429, vec![("retry-after", seconds.to_owned())], String::new());
    let tokens = || ok(r#"{"access_token":"a","expires_in":7200}"#);
    for (wait, comes) in [("5", true), ("45", false)] {
        let x = Scripted::replies([limited(wait), tokens()]);
        let began = tokio::time::Instant::now();
        let end = x.app(Dialect::Auto).exchange(&code, &verifier, &Scopes::read()).await;
        assert!(began.elapsed().as_secs() < 30, "X's code is dead by then");
        match (end, comes) {
            (Ok(_), true) => {}
            (Err(error), false) => {
                assert_eq!((error.kind(), x.requests().len()), (ErrorKind::RateLimited, 1), "{error}");
                assert!(error.retry_at().is_some());
            }
            (end, _) => panic!("{wait}: {end:?}"),
        }
    }
}

/// Counts how often it is asked to refresh.
#[derive(Debug, Default)]
struct Counting {
    refreshes: AtomicUsize,
    fails: bool,
}

#[async_trait]
impl TokenSource for Counting {
    async fn access_token(&self) -> Result<SecretString> {
        Ok("old-token".to_owned().into())
    }

    async fn refreshed_after_401(&self, refused: &SecretString) -> Result<SecretString> {
        assert_eq!(refused.expose_secret(), "old-token");
        self.refreshes.fetch_add(1, Ordering::SeqCst);
        if self.fails {
            return Err(Error::new(ErrorKind::NeedsLogin, "twitter.refresh_refused", "used"));
        }
        Ok("new-token".to_owned().into())
    }
}

#[tokio::test]
async fn a_401_refreshes_once_and_a_403_never() {
    let unauthorized = || Reply::new(401, &[], r#"{"title":"Unauthorized"}"#);
    for (replies, fails, refreshes, code) in [
        (vec![unauthorized(), Reply::json(ME)], false, 1, None),
        (vec![unauthorized()], false, 1, Some("twitter.unauthorized")),
        (vec![unauthorized()], true, 1, Some("twitter.refresh_refused")),
        (vec![Reply::new(403, &[], r#"{"title":"Forbidden"}"#)], false, 0, Some("twitter.forbidden")),
        (
            vec![Reply::new(403, &[], r#"{"detail":"You are not allowed to create a Tweet with duplicate content."}"#)],
            false,
            0,
            Some("twitter.duplicate_content"),
        ),
    ] {
        let server = RawServer::replies(replies).await;
        let source = Arc::new(Counting { fails, ..Counting::default() });
        let app = TwitterApp::new("app").api_base(server.url("")).unwrap();
        let end = app.client_of(source.clone()).unwrap().me().await;
        assert_eq!(end.err().map(|error| error.code().to_owned()).as_deref(), code);
        assert_eq!(source.refreshes.load(Ordering::SeqCst), refreshes);
        let sent = server.requests();
        assert!(sent.len() <= 2);
        assert_eq!(sent[0].header("authorization"), Some("Bearer old-token"));
        if sent.len() == 2 {
            assert_eq!(sent[1].header("authorization"), Some("Bearer new-token"));
        }
    }
}

fn client(server: &RawServer) -> TwitterClient {
    let app = TwitterApp::new("app").api_base(server.url("")).unwrap().dialect(Dialect::Tweet);
    app.client(FixedToken::new(TOKEN.to_owned().into())).unwrap()
}

#[tokio::test]
async fn a_token_never_travels_to_another_host() {
    let elsewhere = RawServer::replies([Reply::json(ME)]).await;
    let to = elsewhere.url("/2/users/me").to_string();
    let server =
        RawServer::replies([Reply::new(302, &[("location", &to)], ""), Reply::new(308, &[("location", &to)], "")])
            .await;
    for _ in 0..2 {
        assert_eq!(client(&server).me().await.unwrap_err().code(), "http.redirect");
    }
    assert!(elsewhere.requests().is_empty());
    let app = TwitterApp::new("app");
    for base in ["http://api.x.com", "http://127.0.0.1.evil.example", "ftp://api.x.com", "https://u:p@api.x.com"] {
        assert_eq!(app.clone().api_base(base.parse().unwrap()).unwrap_err().code(), "twitter.base_url", "{base}");
        assert_eq!(app.clone().authorize_base(base.parse().unwrap()).unwrap_err().code(), "twitter.base_url", "{base}");
    }
}

#[tokio::test]
async fn a_server_that_repeats_the_token_is_not_quoted() {
    let echo = format!("token {TOKEN} refused");
    let bodies = [
        serde_json::json!({"title": echo, "detail": echo, "errors": [{"message": echo}]}).to_string(),
        echo.clone(),
        format!("<html><title>{echo}</title></html>"),
    ];
    for body in bodies {
        for status in [400, 401, 403, 404, 429, 500] {
            let server = RawServer::replies([Reply::new(status, &[("x-transaction-id", "t1")], &body)]).await;
            let error = client(&server).max_attempts(1).me().await.unwrap_err();
            let shown = format!("{error} {error:?} {:?}", error.to_fields());
            assert!(!shown.contains("hunter2"), "{shown}");
            assert_eq!(error.request_id(), Some("t1"));
        }
    }
    let shown = format!(
        "{:?} {:?}",
        client(&RawServer::replies([Reply::json(ME)]).await),
        FixedToken::new(TOKEN.to_owned().into())
    );
    assert!(!shown.contains("hunter2"));
}

#[tokio::test]
async fn a_tweet_is_never_sent_twice() {
    let written = r#"{"data":{"id":"77","text":"hello"}}"#;
    for (reply, code, may) in [
        (Reply::default().reset(), "http.interrupted", true),
        (
            Reply::default().send("HTTP/1.1 201 Created\r\ncontent-length: 99\r\n\r\n{\"data").reset(),
            "http.interrupted",
            true,
        ),
        (Reply::new(503, &[], ""), "twitter.overloaded", true),
        (Reply::new(500, &[], ""), "twitter.server", true),
        (Reply::new(201, &[], "{\"data\":{\"id\":"), "http.json", true),
        (Reply::new(201, &[], "{}"), "twitter.outcome_unknown", true),
        (
            Reply::new(
                200,
                &[],
                r#"{"errors":[{"type":"about:blank","title":"Forbidden","status":403,"detail":"You are not allowed to create a Tweet with duplicate content."}]}"#,
            ),
            "twitter.duplicate_content",
            false,
        ),
        (Reply::new(403, &[], "{}"), "twitter.forbidden", false),
        (Reply::new(402, &[], ""), "twitter.out_of_credit", false),
    ] {
        let server = RawServer::replies([reply, Reply::new(201, &[], written)]).await;
        let error = client(&server).create_tweet(&NewTweet::new("hello")).await.unwrap_err();
        assert_eq!((error.code(), may_have_happened(&error)), (code, may), "{error}");
        assert_eq!(server.requests().len(), 1, "{code}");
    }
    // A refusal for the pace did nothing and is repeated; a reading is repeated anyway.
    let server =
        RawServer::replies([Reply::new(429, &[("retry-after", "0")], ""), Reply::new(201, &[], written)]).await;
    let tweet = client(&server).create_tweet(&NewTweet::new("hello")).await.unwrap();
    assert_eq!((tweet.id.as_str(), server.requests().len()), ("77", 2));
}

#[tokio::test(start_paused = true)]
async fn an_upload_is_done_when_x_says_so() {
    let init = || ok(r#"{"data":{"id":"55","expires_after_secs":86400}}"#);
    let state = |info: &str| ok(format!(r#"{{"data":{{"id":"55","processing_info":{info}}}}}"#));
    let upload = || MediaUpload::bytes(vec![7; 10], "video/mp4");
    // In progress without a time to ask again is no success.
    let x = Scripted::replies([
        init(),
        ok(""),
        state(r#"{"state":"in_progress"}"#),
        state(r#"{"state":"in_progress","progress_percent":50}"#),
        state(r#"{"state":"brand_new","check_after_secs":"7"}"#),
        state(r#"{"state":"succeeded"}"#),
    ]);
    let began = tokio::time::Instant::now();
    assert_eq!(x.client().upload(upload()).await.unwrap().id, "55");
    assert_eq!((x.requests().len(), began.elapsed().as_secs()), (6, 1 + 2 + 7));
    let x = Scripted::replies([
        init(),
        ok(""),
        state(r#"{"state":"failed","error":{"name":"InvalidMedia","message":"bad codec"}}"#),
    ]);
    let error = x.client().upload(upload()).await.unwrap_err();
    assert_eq!((error.code(), error.detail()), ("twitter.media_failed", "bad codec"));
    let x = Scripted::replies([init(), ok(""), state(r#"{"state":"in_progress","check_after_secs":5}"#)]);
    assert_eq!(x.client().upload(upload()).await.unwrap_err().code(), "twitter.media_timeout");
    assert!(began.elapsed() < Duration::from_secs(700));
    // The end of the upload is not sent twice where the status says whether it happened.
    let x = Scripted::replies([init(), ok(""), (503, Vec::new(), String::new()), state(r#"{"state":"succeeded"}"#)]);
    x.client().upload(upload()).await.unwrap();
    assert!(x.requests()[3].starts_with("GET /2/media/upload?command=STATUS&media_id=55"), "{:?}", x.requests());
    assert_eq!(x.requests().len(), 4);
    // Where it says nothing it is; that X refuses to end it twice is an end, another loss is none.
    let lost = || (503, Vec::new(), String::new());
    let refused = (400, Vec::new(), r#"{"title":"Invalid Request","detail":"it is ended"}"#.to_owned());
    let silent = || ok(r#"{"data":{"id":"55"}}"#);
    let x = Scripted::replies([init(), ok(""), lost(), silent(), refused]);
    assert_eq!(x.client().upload(upload()).await.unwrap().id, "55");
    let x = Scripted::replies([init(), ok(""), lost(), silent(), lost()]);
    x.client().upload(upload()).await.unwrap_err();
    let x = Scripted::replies([ok("{}")]);
    assert_eq!(x.client().upload(upload()).await.unwrap_err().code(), "twitter.unreadable");
}

#[tokio::test]
async fn a_file_is_sent_piece_by_piece() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    let film: Vec<u8> = (0..9_000_000u32).map(|at| u8::try_from(at % 251).unwrap()).collect();
    std::fs::write(&path, &film).unwrap();
    let server = RawServer::start(|number, request| match number {
        1 => Reply::new(503, &[], ""),
        _ if request.line().contains("append") => Reply::json(r#"{"data":{"expires_at":1}}"#),
        _ => Reply::json(r#"{"data":{"id":"55"}}"#),
    })
    .await;
    client(&server).upload(MediaUpload::file(&path)).await.unwrap();
    let requests = server.requests();
    let begin: serde_json::Value = serde_json::from_slice(&requests[0].body).unwrap();
    assert_eq!(
        begin,
        serde_json::json!({"media_type": "video/mp4", "media_category": "tweet_video", "total_bytes": 9_000_000})
    );
    let pieces: Vec<_> = requests.iter().filter(|request| request.line().contains("append")).collect();
    assert_eq!(pieces.len(), 4, "three, and the first one again");
    let mut whole = Vec::new();
    for (index, piece) in pieces.iter().skip(1).enumerate() {
        let boundary = piece.header("content-type").unwrap().split_once("boundary=").unwrap().1;
        let (start, end) = (b"application/octet-stream\r\n\r\n".as_slice(), format!("\r\n--{boundary}--\r\n"));
        let from = piece.body.windows(start.len()).position(|window| window == start).unwrap() + start.len();
        assert!(
            String::from_utf8_lossy(&piece.body[..from]).contains(&format!("\"segment_index\"\r\n\r\n{index}\r\n"))
        );
        whole.extend_from_slice(&piece.body[from..piece.body.len() - end.len()]);
    }
    assert!(whole == film);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(client(&server).upload(MediaUpload::file(&path)).await.unwrap_err().code(), "twitter.media_file");
}
