//! The client of X against the stand-in for X, which shares no type with it: login, import, writing, media, faults, money.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::time::Duration;

use futures_util::StreamExt;
use ghostwren::http::OnLimit;
use ghostwren::records::{Tweet, TweetKind};
use ghostwren::sandbox::{Sandbox, x};
use ghostwren::twitter::{
    Callback, Dialect, FixedToken, Loopback, MediaUpload, NewTweet, Next, Prices, Scopes, TwitterApp, TwitterClient,
};
use ghostwren::{Error, ErrorKind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn app(x: &x::XSandbox) -> TwitterApp {
    TwitterApp::new(x.client_id())
        .client_secret(x.client_secret().to_owned().into())
        .redirect_uri("http://127.0.0.1:8723/callback")
        .unwrap()
        .api_base(x.api_url().parse().unwrap())
        .unwrap()
        .authorize_base(x.authorize_url().parse().unwrap())
        .unwrap()
}

const SCOPES: [&str; 5] = ["tweet.read", "users.read", "tweet.write", "media.write", "offline.access"];

fn client(x: &x::XSandbox) -> TwitterClient {
    let tokens = x.issue_tokens(x.user_id(), &SCOPES);
    app(x).client(FixedToken::new(tokens.access.into())).unwrap().on_limit(OnLimit::Yield)
}

/// What a browser does with an address: asks for it, and says where it was sent.
async fn browse(url: &url::Url) -> String {
    let mut stream = TcpStream::connect((url.host_str().unwrap(), url.port().unwrap())).await.unwrap();
    let target = format!("{}?{}", url.path(), url.query().unwrap_or_default());
    let request = format!(
        "GET {target} HTTP/1.1\r\nhost: {}:{}\r\nconnection: close\r\n\r\n",
        url.host_str().unwrap(),
        url.port().unwrap()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let location = answer.lines().find_map(|line| line.strip_prefix("location: "));
    location.unwrap_or_else(|| panic!("{answer}")).to_owned()
}

#[tokio::test]
async fn the_whole_login() {
    let sandbox = Sandbox::start().unwrap();
    let x = sandbox.x();
    x.set_consent(x::Consent::Allow);
    let loopback = Loopback::bind("http://127.0.0.1:0/callback").await.unwrap();
    let redirect = loopback.redirect_uri().to_string();
    x.add_redirect_uri(&redirect);
    for app in [
        app(&x),
        TwitterApp::new(x.public_client_id())
            .api_base(x.api_url().parse().unwrap())
            .unwrap()
            .authorize_base(x.authorize_url().parse().unwrap())
            .unwrap(),
    ] {
        let app = app.redirect_uri(redirect.clone()).unwrap();
        let scopes = Scopes::read().write();
        let login = app.authorize(&scopes).unwrap();
        let callback = Callback::parse(&browse(&login.url).await).unwrap();
        assert!(callback.has_state(&login.state));
        let first = app.exchange(callback.code().unwrap(), &login.verifier, &scopes).await.unwrap();
        assert_eq!(first.scopes, scopes);
        let again = app.exchange(callback.code().unwrap(), &login.verifier, &scopes).await.unwrap_err();
        assert_eq!((again.kind(), again.code()), (ErrorKind::NeedsLogin, "login.code_expired"), "a code is good once");
        // That it was tried again may have ended the login, as RFC 6749 wants it: a new one.
        let login = app.authorize(&scopes).unwrap();
        let callback = Callback::parse(&browse(&login.url).await).unwrap();
        let first = app.exchange(callback.code().unwrap(), &login.verifier, &scopes).await.unwrap();
        let second = app.refresh(&first).await.unwrap();
        let reused = app.refresh(&first).await.unwrap_err();
        assert_eq!((reused.kind(), reused.code()), (ErrorKind::NeedsLogin, "twitter.refresh_refused"));
        let me = app.client(FixedToken::new(second.access.clone())).unwrap().me().await.unwrap();
        assert_eq!(me.user.username, "sandbox_wren");
        app.revoke(&second.access).await.unwrap();
        let error = app.client(FixedToken::new(second.access)).unwrap().me().await.unwrap_err();
        assert_eq!(error.code(), "twitter.unauthorized");

        let late = app.authorize(&scopes).unwrap();
        let callback = Callback::parse(&browse(&late.url).await).unwrap();
        x.advance(Duration::from_secs(31));
        let error = app.exchange(callback.code().unwrap(), &late.verifier, &scopes).await.unwrap_err();
        assert_eq!(error.code(), "login.code_expired", "a code lives 30 seconds");
    }
    // By the listener, and refused.
    let app = app(&x).redirect_uri(redirect).unwrap();
    x.set_consent(x::Consent::Deny);
    let login = app.authorize(&Scopes::read()).unwrap();
    let state = login.state.clone();
    let waiting = tokio::spawn(async move { loopback.wait(&state, Duration::from_secs(20)).await });
    let back: url::Url = browse(&login.url).await.parse().unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", back.port().unwrap())).await.unwrap();
    let request = format!(
        "GET {}?{} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\n\r\n",
        back.path(),
        back.query().unwrap(),
        back.port().unwrap()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let callback = waiting.await.unwrap().unwrap();
    assert_eq!(callback.code().unwrap_err().code(), "login.denied");
}

async fn whole(client: &TwitterClient, user: u64) -> Vec<Tweet> {
    let pages: Vec<_> = client.timeline(&user.to_string()).pages().into_stream().collect().await;
    pages.into_iter().flat_map(|page| page.unwrap().tweets).collect()
}

#[tokio::test]
async fn a_timeline_comes_whole_and_the_same_in_both_dialects() {
    let sandbox = Sandbox::start().unwrap();
    let x = sandbox.x();
    let user = x.add_user(x::NewUser::new("ada"));
    let ids = x.make_timeline(user, 730, 7);
    let mut read = Vec::new();
    for (dialects, dialect) in [
        (x::Dialects::TweetOnly, Dialect::Auto),
        (x::Dialects::PostOnly, Dialect::Tweet),
        (x::Dialects::Both, Dialect::Tweet),
        (x::Dialects::Both, Dialect::Post),
    ] {
        x.set_dialects(dialects);
        let tokens = x.issue_tokens(user, &SCOPES);
        let client = app(&x).dialect(dialect).client(FixedToken::new(tokens.access.into())).unwrap();
        read.push(whole(&client, user).await);
    }
    let got: Vec<u64> = read[0].iter().map(|tweet| tweet.id.parse().unwrap()).collect();
    assert_eq!(got, ids, "all of them, newest first, once");
    for other in &read[1..] {
        for (a, b) in read[0].iter().zip(other) {
            assert_eq!(a, b);
        }
    }
    let mut kinds = [0; 5];
    for tweet in &read[0] {
        kinds[tweet.kind as usize] += 1;
        assert!(!tweet.is_truncated, "{tweet:?}");
        if tweet.kind != TweetKind::Retweet {
            let whole = x.text_of(tweet.id.parse().unwrap()).unwrap();
            assert!(whole.starts_with(&tweet.full_text), "{:?}\n{whole:?}", tweet.full_text);
        }
    }
    assert!(kinds.iter().all(|count| *count > 0), "every kind is among them: {kinds:?}");
    x.set_timeline_limit(300);
    assert_eq!(whole(&client(&x), user).await.len(), 300);
}

#[tokio::test]
async fn a_token_that_ended_and_what_is_new() {
    let sandbox = Sandbox::start().unwrap();
    let x = sandbox.x();
    let user = x.add_user(x::NewUser::new("ada"));
    let ids = x.make_timeline(user, 250, 3);
    let (client, user) = (client(&x), user.to_string());
    let first = client.timeline(&user).page().await.unwrap();
    let Next::Page(token) = &first.next else { panic!("{:?}", first.next) };
    x.expire_pagination_tokens();
    let error = client.timeline(&user).from_token(token).page().await.unwrap_err();
    assert_eq!(error.code(), "twitter.pagination_expired");
    let rest: Vec<_> = client.timeline(&user).until_id(first.oldest().unwrap()).pages().into_stream().collect().await;
    let rest: usize = rest.into_iter().map(|page| page.unwrap().tweets.len()).sum();
    assert_eq!(first.tweets.len() + rest, ids.len());
    let newest = x.add_texts(user.parse().unwrap(), ["one more"]);
    let new = client.timeline(&user).since_id(first.newest().unwrap()).page().await.unwrap();
    assert_eq!((new.tweets.len(), new.tweets[0].id.clone()), (1, newest[0].to_string()));
    assert!(x.delete_tweet(ids[0]));
    let id = ids[0].to_string();
    assert_eq!(client.tweets(&[&id, &ids[1].to_string()]).await.unwrap().gone().collect::<Vec<_>>(), [id.as_str()]);
}

#[tokio::test]
async fn writing_and_uploading() {
    let sandbox = Sandbox::start().unwrap();
    let x = sandbox.x();
    let client = client(&x);
    let picture = client.upload(MediaUpload::bytes(vec![7; 5_000_000], "image/png").alt_text("a wren")).await.unwrap();
    assert_eq!(x.uploads().len(), 1);
    let tweet =
        client.create_tweet(&NewTweet::new("hello & goodbye").media(picture.id).made_with_ai(true)).await.unwrap();
    let id: u64 = tweet.id.parse().unwrap();
    assert!(x.text_of(id).unwrap().starts_with("hello & goodbye") && x.is_made_with_ai(id));
    let again = client
        .create_tweet(&NewTweet::new("only once"))
        .await
        .and(client.create_tweet(&NewTweet::new("only once")).await);
    assert_eq!(again.unwrap_err().code(), "twitter.duplicate_content");
    let other = x.add_user(x::NewUser::new("robin"));
    let theirs = x.add_tweet(other, x::NewTweet::new("nobody was called"));
    let reply = client.create_tweet(&NewTweet::new("me!").in_reply_to(theirs.to_string())).await.unwrap_err();
    assert_eq!(reply.code(), "twitter.reply_not_allowed");
    let quote = client.create_tweet(&NewTweet::new("see").quote(theirs.to_string())).await.unwrap_err();
    assert_eq!(quote.code(), "twitter.quote_not_allowed");
    client.delete_tweet(&tweet.id).await.unwrap();
    assert!(x.text_of(id).is_none());
}

#[tokio::test]
async fn an_upload_whose_end_was_lost_is_ended() {
    // Whether the end of it happened and its answer was lost, or it never came to X: a picture's status looks the same.
    for fault in [x::Fault::ResetFirst, x::Fault::BadGateway, x::Fault::ResetAfter, x::Fault::Truncated] {
        for kind in ["image/png", "video/mp4"] {
            let sandbox = Sandbox::start().unwrap();
            let x = sandbox.x();
            let client = client(&x);
            x.script(x::Endpoint::MediaFinalize, [fault]).unwrap();
            let advance = tokio::spawn({
                let x = x.clone();
                async move {
                    loop {
                        tokio::time::sleep(Duration::from_millis(200)).await;
                        x.advance(Duration::from_secs(10));
                    }
                }
            });
            let media = client.upload(MediaUpload::bytes(vec![7; 1000], kind)).await.unwrap();
            advance.abort();
            assert!(x.uploads()[0].sha256.is_some(), "{fault:?} {kind}: it was never ended");
            client.create_tweet(&NewTweet::new("look").media(media.id)).await.unwrap();
        }
    }
}

#[tokio::test]
async fn every_fault_has_its_code() {
    let sandbox = Sandbox::start().unwrap();
    let x = sandbox.x();
    let mut told = Vec::new();
    for fault in x::Fault::all() {
        x.clear_script();
        x.script(x::Endpoint::Me, [*fault; 4]).unwrap();
        let client = client(&x).max_attempts(1).timeout(Duration::from_millis(300));
        let end = client.me().await;
        let code = end.as_ref().map_or_else(|error: &Error| error.code().to_owned(), |_| "ok".to_owned());
        assert_ne!(code, "twitter.unexpected_status", "{fault:?}");
        told.push((fault.name(), code));
    }
    for (fault, code) in [
        ("rate-limit", "twitter.rate_window"),
        ("rate-limit-bare", "twitter.rate_unknown"),
        ("rate-limit-v1", "twitter.rate_window"),
        ("one-per-second", "twitter.one_per_second"),
        ("usage-cap", "twitter.usage_cap"),
        ("spend-limit", "twitter.spend_limit"),
        ("no-credits", "twitter.out_of_credit"),
        ("unauthorized", "twitter.unauthorized"),
        ("not-enrolled", "twitter.not_enrolled"),
        ("unsupported-authentication", "twitter.needs_user"),
        ("duplicate", "twitter.duplicate_content"),
        ("locked", "twitter.account_locked"),
        ("not-found-empty", "twitter.not_found"),
        ("over-capacity", "twitter.overloaded"),
        ("bad-gateway", "twitter.server"),
    ] {
        assert!(told.contains(&(fault, code.to_owned())), "{fault} is not {code}: {told:#?}");
    }
}

#[tokio::test]
async fn what_it_cost() {
    let sandbox = Sandbox::start().unwrap();
    let x = sandbox.x();
    let user = x.add_user(x::NewUser::new("ada"));
    x.add_texts(user, (0..30).map(|at| format!("tweet number {at}")));
    let page = client(&x).timeline(&user.to_string()).page().await.unwrap();
    assert_eq!(page.tweets.len(), 30);
    let spent = x.spent_today();
    assert_eq!(page.cost(&Prices::default()).micros, spent.mills * 1_000);
    x.set_credits(Some(0));
    assert_eq!(client(&x).me().await.unwrap_err().kind(), ErrorKind::QuotaExceeded);
}
