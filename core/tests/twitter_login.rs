//! Login with X: what is sent, what is refused, and that none of its secrets is ever shown.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;
mod traces;

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{TimeDelta, Utc};
use common::raw_server::{RawServer, Reply, Request};
use ghostwren::ErrorKind;
use ghostwren::twitter::{Callback, Loopback, Scopes, Tokens, TwitterApp};
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use traces::Traces;

const GRANT: &str = r#"{"token_type":"bearer","expires_in":7200,"access_token":"access-hunter2","refresh_token":"refresh-hunter2","scope":"tweet.read users.read offline.access brand.new"}"#;

fn secret(text: &str) -> SecretString {
    text.to_owned().into()
}

fn app(server: &RawServer) -> TwitterApp {
    TwitterApp::new("client id").api_base(server.url("")).unwrap().redirect_uri("https://my.app/callback?x=1").unwrap()
}

fn form(request: &Request) -> BTreeMap<String, String> {
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    url::form_urlencoded::parse(&request.body).into_owned().collect()
}

fn query(url: &url::Url) -> BTreeMap<String, String> {
    url.query_pairs().into_owned().collect()
}

fn tokens() -> Tokens {
    Tokens::new(secret("access-hunter2"), Some(secret("refresh-hunter2")), Scopes::read(), Utc::now())
}

#[test]
fn each_login_has_its_own_random_state_and_challenge() {
    let app = TwitterApp::new("client id").redirect_uri("https://my.app/callback?x=1").unwrap();
    let (one, two) = (app.authorize(&Scopes::read().write().media()).unwrap(), app.authorize(&Scopes::read()).unwrap());
    let sent = query(&one.url);
    assert_eq!(sent["client_id"], "client id");
    assert_eq!(sent["redirect_uri"], "https://my.app/callback?x=1", "to the character");
    assert_eq!(sent["scope"], "media.write offline.access tweet.read tweet.write users.read");
    assert_eq!((sent["response_type"].as_str(), sent["code_challenge_method"].as_str()), ("code", "S256"));
    let verifier = one.verifier.expose_secret();
    assert!(
        (43..=128).contains(&verifier.len())
            && verifier.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    );
    let hash = ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes());
    assert_eq!(sent["code_challenge"], URL_SAFE_NO_PAD.encode(hash));
    assert_eq!(sent["state"], one.state.expose_secret());
    assert!(sent["state"].len() >= 43 && sent["state"].len() <= 500);
    assert_ne!(one.verifier.expose_secret(), two.verifier.expose_secret());
    assert_ne!(one.state.expose_secret(), two.state.expose_secret());
    let shown = format!("{one:?}");
    assert!(!shown.contains(one.state.expose_secret()) && !shown.contains(&sent["code_challenge"]), "{shown}");
}

#[tokio::test]
async fn a_public_and_a_confidential_client_name_themselves_as_x_wants_it() {
    let server = RawServer::replies([Reply::json(GRANT)]).await;
    let asked = Scopes::read();
    let (code, verifier) = (secret("code"), secret("verifier"));
    let granted = app(&server).exchange(&code, &verifier, &asked).await.unwrap();
    app(&server).client_secret(secret("s:e cret")).exchange(&code, &verifier, &asked).await.unwrap();
    app(&server).refresh(&tokens()).await.unwrap();
    app(&server).client_secret(secret("s")).refresh(&tokens()).await.unwrap();
    app(&server).revoke(&secret("access-hunter2")).await.unwrap();
    let sent = server.requests();
    let lines: Vec<_> = sent.iter().map(Request::line).collect();
    assert_eq!(lines[0], "POST /2/oauth2/token");
    assert_eq!(lines[4], "POST /2/oauth2/revoke");
    let exchange = form(&sent[0]);
    assert_eq!(
        exchange,
        BTreeMap::from(
            [
                ("grant_type", "authorization_code"),
                ("code", "code"),
                ("redirect_uri", "https://my.app/callback?x=1"),
                ("code_verifier", "verifier"),
                ("client_id", "client id")
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
        )
    );
    assert_eq!(sent[0].header("authorization"), None);
    let basic = sent[1].header("authorization").unwrap().strip_prefix("Basic ").unwrap().to_owned();
    assert_eq!(STANDARD.decode(basic).unwrap(), b"client+id:s%3Ae+cret");
    assert!(!form(&sent[1]).contains_key("client_id"));
    assert_eq!(
        (form(&sent[2])["refresh_token"].as_str(), form(&sent[2])["grant_type"].as_str()),
        ("refresh-hunter2", "refresh_token")
    );
    assert!(form(&sent[2]).contains_key("client_id") && !form(&sent[3]).contains_key("client_id"));
    assert_eq!(form(&sent[4])["token"], "access-hunter2");

    assert!(granted.scopes.contains("brand.new") && !granted.scopes.contains("tweet.write"));
    assert_eq!(granted.scopes.missing(&Scopes::read().write()), ["tweet.write"]);
    let lives = granted.expires_at - Utc::now();
    assert!(lives > TimeDelta::seconds(7_100) && lives <= TimeDelta::seconds(7_200));
    assert!(
        !granted.expires_within(TimeDelta::minutes(5), Utc::now())
            && granted.expires_within(TimeDelta::hours(2), Utc::now())
    );
}

#[tokio::test]
async fn an_answer_is_read_as_far_as_it_goes() {
    for (body, refresh, scope, ends) in [
        (r#"{"access_token":"a"}"#, Some("refresh-hunter2"), "tweet.read", true),
        (
            r#"{"access_token":"a","expires_in":"7200","refresh_token":null,"scope":""}"#,
            Some("refresh-hunter2"),
            "tweet.read",
            false,
        ),
        (r#"{"access_token":"a","expires_in":-5,"refresh_token":"r2","scope":"x y","new":{}}"#, Some("r2"), "y", true),
        (r#"{"access_token":"a","expires_in":1e400,"refresh_token":"r2"}"#, None, "", false),
        (r#"{"access_token":"a","expires_in":99999999999999999,"refresh_token":"r2"}"#, Some("r2"), "tweet.read", true),
    ] {
        let server = RawServer::replies([Reply::json(body)]).await;
        let end = app(&server).refresh(&tokens()).await;
        let Some(refresh) = refresh else {
            assert_eq!(end.unwrap_err().code(), "twitter.unreadable_tokens", "{body}");
            continue;
        };
        let new = end.unwrap();
        assert_eq!(new.refresh.as_ref().unwrap().expose_secret(), refresh, "{body}");
        assert!(new.scopes.contains(scope), "{body}");
        assert_eq!(
            new.expires_within(TimeDelta::zero(), Utc::now()),
            ends,
            "without a time it counts as ended: {body}"
        );
    }
    for body in ["", "{}", "[]", "<html>", r#"{"access_token":""}"#, r#"{"access_token":"half"#] {
        let server = RawServer::replies([Reply::json(body)]).await;
        let error = app(&server).refresh(&tokens()).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Decode, "twitter.unreadable_tokens"), "{body}");
    }
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let code =
        r#"{"error":"invalid_request","error_description":"Value passed for the authorization code was invalid."}"#;
    let token = r#"{"error":"invalid_request","error_description":"Value passed for the token was invalid."}"#;
    let grant = r#"{"error":"invalid_grant"}"#;
    let missing = r#"{"error":"invalid_request","error_description":"Missing required parameter [client_id]."}"#;
    let other = r#"{"error":"invalid_request","error_description":"Something else."}"#;
    let client = r#"{"error":"unauthorized_client","error_description":"Missing valid authorization header"}"#;
    let enrolled = r#"{"title":"Client Forbidden","reason":"client-not-enrolled","type":"https://api.x.com/2/problems/client-forbidden","status":403}"#;
    let credits = r#"{"title":"CreditsDepleted","detail":"Your account does not have any credits."}"#;
    let redirect = r#"{"error":"invalid_request","error_description":"Value passed for the redirect uri did not match the uri of the authorization code."}"#;
    for (status, body, exchanged, refreshed) in [
        (400, code, "login.code_expired", "twitter.invalid_request"),
        (400, token, "login.code_expired", "twitter.refresh_refused"),
        (400, grant, "login.code_expired", "twitter.refresh_refused"),
        (401, client, "twitter.client_refused", "twitter.client_refused"),
        (400, client, "twitter.client_refused", "twitter.client_refused"),
        (401, "", "twitter.client_refused", "twitter.client_refused"),
        (401, grant, "login.code_expired", "twitter.refresh_refused"),
        (400, missing, "twitter.client_refused", "twitter.client_refused"),
        (400, other, "twitter.invalid_request", "twitter.invalid_request"),
        (400, redirect, "login.redirect_mismatch", "login.redirect_mismatch"),
        (429, "", "twitter.rate_window", "twitter.rate_window"),
        (503, "<html>", "twitter.server", "twitter.server"),
        (404, "", "twitter.unexpected_status", "twitter.unexpected_status"),
        (403, "<html>", "twitter.unexpected_status", "twitter.unexpected_status"),
        (403, enrolled, "twitter.not_enrolled", "twitter.not_enrolled"),
        (402, credits, "twitter.out_of_credit", "twitter.out_of_credit"),
    ] {
        let server = RawServer::replies([Reply::new(status, &[("retry-after", "999")], body)]).await;
        let error = app(&server).exchange(&secret("c0de"), &secret("verifier"), &Scopes::read()).await.unwrap_err();
        assert_eq!(error.code(), exchanged, "{body}");
        let error = app(&server).refresh(&tokens()).await.unwrap_err();
        assert_eq!(error.code(), refreshed, "{body}");
        assert_eq!(server.requests().len(), 2, "a code and a refresh token are good once: never repeated");
        if refreshed == "twitter.refresh_refused" {
            assert_eq!(error.kind(), ErrorKind::NeedsLogin);
        }
    }
    let server = RawServer::replies([Reply::new(400, &[], code)]).await;
    let error = app(&server).exchange(&secret("c0de"), &secret("verifier"), &Scopes::read()).await.unwrap_err();
    assert!(error.remedy().unwrap().contains("30 seconds"));
    let server = RawServer::replies([Reply::new(400, &[], token)]).await;
    app(&server).revoke(&secret("unknown")).await.unwrap();
    let lost = RawServer::replies([Reply::default().reset(), Reply::json(GRANT)]).await;
    assert_eq!(app(&lost).refresh(&tokens()).await.unwrap_err().kind(), ErrorKind::Server);
    assert_eq!(lost.requests().len(), 1);
    let none = Tokens::new(secret("a"), None, Scopes::read(), Utc::now());
    assert_eq!(app(&server).refresh(&none).await.unwrap_err().code(), "twitter.no_refresh_token");
}

#[test]
fn a_callback_is_taken_apart_with_suspicion() {
    let parse = |query: &str| Callback::parse(&format!("https://my.app/callback?{query}"));
    let callback = parse("state=s%2B1&code=c%201").unwrap();
    assert!(
        callback.has_state(&secret("s+1")) && !callback.has_state(&secret("s+2")) && !callback.has_state(&secret(""))
    );
    assert_eq!(callback.code().unwrap().expose_secret(), "c 1");
    let denied = parse("error=access_denied&state=s").unwrap();
    assert!(denied.has_state(&secret("s")));
    let error = denied.code().unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::PermissionDenied, "login.denied"));
    assert_eq!(parse("error=server_error&state=s").unwrap().code().unwrap_err().code(), "login.failed");
    for bad in [
        "",
        "code=c",
        "state=s",
        "state=s&code=",
        "state=&code=c",
        "state=s&state=t&code=c",
        "state=s&code=c&code=d",
        "state=s&code=c&error=x",
        &format!("state=s&code={}", "x".repeat(5_000)),
    ] {
        let error = parse(bad).unwrap_err();
        assert_eq!(error.code(), "login.bad_callback", "{bad}");
    }
    assert_eq!(Callback::parse("not an address").unwrap_err().code(), "login.bad_callback");
    let of_a_server = Callback::parse("/callback?state=s&code=c").unwrap();
    assert_eq!(of_a_server.code().unwrap().expose_secret(), "c");
    let app = TwitterApp::new("app");
    for (query, fits) in [
        ("state=s&code=c", true),
        ("state=s&code=c&iss=https%3A%2F%2Fx.com", true),
        ("state=s&code=c&iss=https%3A%2F%2Fapi.x.com%2F2", true),
        ("state=s&code=c&iss=https%3A%2F%2Fx.com.evil.example", false),
        ("state=s&code=c&iss=evil", false),
    ] {
        let end = parse(query).unwrap().check_issuer(&app);
        assert_eq!(end.is_ok(), fits, "{query}");
        assert!(end.err().is_none_or(|error| error.code() == "login.other_issuer"));
    }
}

#[test]
fn tokens_are_shown_only_on_purpose() {
    let tokens = tokens();
    assert!(!format!("{tokens:?} {tokens:#?}").contains("hunter2"));
    let plain = tokens.to_plaintext().unwrap();
    assert!(!format!("{plain:?}").contains("hunter2"));
    let back = Tokens::from_plaintext(&plain).unwrap();
    assert_eq!(back.access.expose_secret(), "access-hunter2");
    assert_eq!(back.refresh.unwrap().expose_secret(), "refresh-hunter2");
    assert_eq!((back.scopes, back.expires_at), (tokens.scopes, tokens.expires_at));
    let error = Tokens::from_plaintext(&secret(r#"{"access":"hunter2""#)).unwrap_err();
    assert_eq!(error.code(), "twitter.tokens_unreadable");
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[tokio::test]
async fn nothing_of_a_login_is_shown() {
    let traces = Traces::capture();
    // A server that repeats everything it is sent, in each shape of an error.
    let server = RawServer::start(|number, request| {
        let echo = format!("{} {}", request.text(), request.header("authorization").unwrap_or_default());
        let json =
            serde_json::json!({"error": "invalid_request", "error_description": echo, "detail": echo}).to_string();
        match number % 4 {
            0 => Reply::new(400, &[], json),
            1 => Reply::new(500, &[], echo),
            2 => Reply::new(401, &[("content-type", "text/html")], format!("<html><title>{echo}</title>")),
            _ => Reply::new(200, &[], echo),
        }
    })
    .await;
    let secrets = ["code-hunter2", "verifier-hunter2", "access-hunter2", "refresh-hunter2", "secret-hunter2"];
    let mut all = String::new();
    for app in [app(&server), app(&server).client_secret(secret("secret-hunter2"))] {
        all.push_str(&format!("{app:?}"));
        for _ in 0..4 {
            let exchanged = app.exchange(&secret("code-hunter2"), &secret("verifier-hunter2"), &Scopes::read()).await;
            let refreshed = app.refresh(&tokens()).await;
            let revoked = app.revoke(&secret("access-hunter2")).await;
            for error in [exchanged.err(), refreshed.err(), revoked.err()].into_iter().flatten() {
                all.push_str(&format!("{error} {error:?} {:?}", error.to_fields()));
            }
        }
    }
    assert!(
        server.requests().iter().any(|request| request.text().contains("code-hunter2")),
        "it was sent, and could have leaked"
    );
    let log = traces.text();
    assert!(log.contains("attempt failed") && all.contains("twitter.server"));
    let basic = STANDARD.encode("client+id:secret-hunter2");
    for shown in [&all, &log] {
        for secret in secrets.into_iter().chain([basic.as_str()]) {
            assert!(!shown.contains(secret), "{secret}");
        }
    }
}

/// What the listener answers to a request, by its bytes.
async fn visit(loopback: &url::Url, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", loopback.port().unwrap())).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

fn get(uri: &url::Url, target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\n\r\n", uri.port().unwrap())
}

#[tokio::test]
async fn the_listener_takes_the_one_callback_and_nothing_else() {
    let loopback = Loopback::bind("http://127.0.0.1:0/callback").await.unwrap();
    let uri = loopback.redirect_uri().clone();
    let state = secret("right-state");
    let waiting = tokio::spawn(async move { loopback.wait(&state, Duration::from_secs(20)).await });
    // A browser that connects ahead of need and says nothing holds nobody up.
    let _silent = TcpStream::connect(("127.0.0.1", uri.port().unwrap())).await.unwrap();
    let attack = "<script>alert(1)</script>";
    for (request, status) in [
        (get(&uri, "/favicon.ico"), "404"),
        (get(&uri, "/"), "404"),
        (get(&uri, "/callback/x?state=right-state&code=c"), "404"),
        (get(&uri, &format!("/callback?state=wrong&code={attack}")), "400"),
        (get(&uri, "/callback"), "400"),
        (get(&uri, "/callback?state=right-state&state=x&code=c"), "400"),
        (get(&uri, "/callback?state=right-state&code=c").replace("127.0.0.1:", "evil.example:"), "421"),
        (get(&uri, "/callback?state=right-state&code=c").replace("GET", "POST"), "405"),
        (get(&uri, "/callback?state=right-state&code=c").replace("host:", "x-host:"), "421"),
        ("nonsense\r\n\r\n".to_owned(), "421"),
        (format!("GET /{} HTTP/1.1\r\n", "x".repeat(100_000)), ""),
    ] {
        let answer = visit(&uri, &request).await;
        let line = answer.lines().next().unwrap_or_default();
        assert!(line.contains(status), "{request}: {line}");
        assert!(!answer.contains("script") && !answer.contains("wrong"), "{answer}");
    }
    assert!(!waiting.is_finished());
    let answer = visit(&uri, &get(&uri, "/callback?state=right-state&code=the-code")).await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("content-security-policy: default-src 'none'"),
        "{answer}"
    );
    // A style that the page's own policy does not allow is not shown.
    let style = answer.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()).unwrap();
    let hash = STANDARD.encode(ring::digest::digest(&ring::digest::SHA256, style.as_bytes()));
    assert!(answer.contains(&format!("style-src 'sha256-{hash}'")), "{answer}");
    assert!(!answer.contains("the-code") && !answer.contains("right-state"));
    assert!(!answer.contains("logged in"), "the code is still to be changed into tokens, which may fail: {answer}");
    let callback = waiting.await.unwrap().unwrap();
    assert_eq!(callback.code().unwrap().expose_secret(), "the-code");
    assert!(TcpStream::connect(("127.0.0.1", uri.port().unwrap())).await.is_err(), "it is gone");
}

#[tokio::test]
async fn the_listener_ends_when_refused_dropped_or_left_alone() {
    let loopback = Loopback::bind("http://localhost:0/cb").await.unwrap();
    let uri = loopback.redirect_uri().clone();
    assert_eq!((uri.host_str(), uri.path()), (Some("localhost"), "/cb"));
    let state = secret("s");
    let waiting = tokio::spawn(async move { loopback.wait(&state, Duration::from_secs(20)).await });
    let answer = visit(&uri, &get(&uri, "/cb?error=access_denied&state=s")).await;
    assert!(answer.contains("not allowed"), "{answer}");
    assert_eq!(waiting.await.unwrap().unwrap().code().unwrap_err().code(), "login.denied");

    let loopback = Loopback::bind("http://127.0.0.1:0/cb").await.unwrap();
    let taken = loopback.redirect_uri().to_string();
    assert_eq!(Loopback::bind(&taken).await.unwrap_err().code(), "login.loopback_port");
    assert_eq!(
        loopback.wait(&secret("s"), Duration::from_millis(10)).await.unwrap_err().code(),
        "login.loopback_timeout"
    );
    drop(Loopback::bind(&taken).await.unwrap());
    let loopback = Loopback::bind(&taken).await.unwrap();
    let state = secret("s");
    let waiting = tokio::spawn(async move { loopback.wait(&state, Duration::from_secs(20)).await });
    tokio::task::yield_now().await;
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    Loopback::bind(&taken).await.expect("dropping the future freed the port");

    for uri in [
        "https://127.0.0.1:1/cb",
        "http://0.0.0.0:1/cb",
        "http://192.168.0.1:1/cb",
        "http://evil.example/cb",
        "my-app://cb",
        "x",
    ] {
        assert_eq!(Loopback::bind(uri).await.unwrap_err().code(), "login.loopback_uri", "{uri}");
    }
}

#[tokio::test]
async fn both_addresses_of_this_machine_are_listened_on() {
    if tokio::net::TcpListener::bind("[::1]:0").await.is_err() {
        return; // a machine without IPv6
    }
    let loopback = Loopback::bind("http://127.0.0.1:0/cb").await.unwrap();
    let port = loopback.redirect_uri().port().unwrap();
    let state = secret("s");
    let waiting = tokio::spawn(async move { loopback.wait(&state, Duration::from_secs(20)).await });
    let mut stream = TcpStream::connect(("::1", port)).await.unwrap();
    stream
        .write_all(format!("GET /cb?state=s&code=c HTTP/1.1\r\nhost: [::1]:{port}\r\n\r\n").as_bytes())
        .await
        .unwrap();
    assert_eq!(waiting.await.unwrap().unwrap().code().unwrap().expose_secret(), "c");
}

/// Behind `localhost` the browser may look for either address: whoever else listens there would get the code.
#[tokio::test]
async fn behind_a_name_no_other_program_listens_at_either_address() {
    if tokio::net::TcpListener::bind("[::1]:0").await.is_err() {
        return; // a machine without IPv6
    }
    for other in ["127.0.0.1:0", "[::1]:0"] {
        let theirs = tokio::net::TcpListener::bind(other).await.unwrap();
        let port = theirs.local_addr().unwrap().port();
        let error = Loopback::bind(&format!("http://localhost:{port}/cb")).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Connect, "login.loopback_port"), "{other}");
        // An address by its number is looked for there alone.
        let host = if other.starts_with('[') { "127.0.0.1" } else { "[::1]" };
        Loopback::bind(&format!("http://{host}:{port}/cb")).await.unwrap();
        drop(theirs);
        Loopback::bind(&format!("http://localhost:{port}/cb")).await.unwrap();
    }
}
