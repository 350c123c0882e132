//! The custody of tokens while X cannot be reached or says nothing, in a time that stands still.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::TimeDelta;
use futures_util::stream;
use ghostwren::http::{HttpClient, Transport, TransportError, TransportErrorKind, TransportResponse};
use ghostwren::store::seal::{SealContext, SealingKeys};
use ghostwren::store::{Caller, Clock, SqliteStore};
use ghostwren::twitter::{Scopes, Tokens, TwitterApp};
use ghostwren::workflow::Connection;
use ghostwren::{Account, Error, ErrorKind, Ghostwren, Identity};
use http::{HeaderMap, StatusCode};
use tokio::time::Instant;

#[derive(Clone, Copy, Debug)]
enum TokenEndpoint {
    Silent,
    Down,
    Well,
    /// Gives tokens that live a minute.
    Brief,
}

/// An X whose token endpoint is in trouble.
#[derive(Clone, Debug)]
struct Troubled {
    state: Arc<Mutex<TokenEndpoint>>,
    refreshes: Arc<AtomicU32>,
}

#[async_trait]
impl Transport for Troubled {
    async fn send(&self, request: http::Request<Bytes>) -> Result<TransportResponse, TransportError> {
        let state = *self.state.lock().unwrap();
        let body = match (request.uri().path(), state) {
            ("/2/users/me", _) => r#"{"data":{"id":"7","name":"W","username":"wren"}}"#,
            (_, TokenEndpoint::Silent) => {
                self.refreshes.fetch_add(1, Ordering::Relaxed);
                std::future::pending().await
            }
            (_, TokenEndpoint::Down) => return Err(TransportError::new(TransportErrorKind::Connect, "refused")),
            (_, TokenEndpoint::Brief) => {
                self.refreshes.fetch_add(1, Ordering::Relaxed);
                r#"{"access_token":"new","refresh_token":"r2","expires_in":60}"#
            }
            (_, TokenEndpoint::Well) => r#"{"access_token":"new","refresh_token":"r2","expires_in":7200}"#,
        };
        let body = stream::iter([Ok(Bytes::from_static(body.as_bytes()))]);
        Ok(TransportResponse { status: StatusCode::OK, headers: HeaderMap::new(), body: Box::pin(body) })
    }
}

struct Bench {
    x: Troubled,
    clock: Clock,
    account: Account,
}

/// An account whose access token has so many seconds left.
async fn bench(state: TokenEndpoint, left: i64) -> Bench {
    let clock = Clock::system();
    let x = Troubled { state: Arc::new(Mutex::new(state)), refreshes: Arc::default() };
    let http = HttpClient::builder().transport(x.clone()).build().unwrap();
    let keys = || {
        let text = "k:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned();
        SealingKeys::from_env_value(&text.into()).unwrap()
    };
    let store = SqliteStore::options().clock(clock.clone()).open_in_memory().unwrap();
    let wren = Ghostwren::builder().store(store).clock(clock.clone()).sealing_keys(keys());
    let wren = wren.twitter(TwitterApp::new("client").http(http)).build().unwrap();
    let account = wren.user(Identity::local("me")).open_account("main").await.unwrap();
    let ends = clock.now() + TimeDelta::seconds(left);
    let tokens = Tokens::new("old".to_owned().into(), Some("r1".to_owned().into()), Scopes::read(), ends);
    let me = Caller::local("me").unwrap();
    let place = SealContext::new(&me, account.id(), "twitter");
    let sealed = keys().seal(&tokens.to_plaintext().unwrap(), &place).unwrap();
    wren.store().put_sealed(&me, account.id(), "twitter".to_owned(), sealed).await.unwrap();
    Bench { x, clock, account }
}

async fn ask(account: &Account) -> Result<(), Error> {
    account.twitter_client().await?.me().await.map(drop)
}

#[tokio::test(start_paused = true)]
async fn silence_is_an_error_that_may_be_tried_again() {
    let bench = bench(TokenEndpoint::Silent, 10).await;
    let began = Instant::now();
    let error = ask(&bench.account).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
    assert!(began.elapsed() >= Duration::from_secs(29) && began.elapsed() < Duration::from_secs(80));
    assert_eq!(bench.x.refreshes.load(Ordering::Relaxed), 1, "a refresh token is good once: never repeated by itself");
    let Connection::Connected { in_doubt, .. } = bench.account.connection().await.unwrap() else { panic!() };
    assert!(in_doubt);
    *bench.x.state.lock().unwrap() = TokenEndpoint::Well;
    ask(&bench.account).await.unwrap();
    let Connection::Connected { in_doubt, .. } = bench.account.connection().await.unwrap() else { panic!() };
    assert!(!in_doubt);
}

#[tokio::test(start_paused = true)]
async fn while_the_old_token_lives_nobody_waits_twice() {
    let bench = bench(TokenEndpoint::Silent, 200).await;
    ask(&bench.account).await.unwrap();
    let began = Instant::now();
    for _ in 0..5 {
        ask(&bench.account).await.unwrap();
    }
    assert!(began.elapsed() < Duration::from_secs(1), "the old token is used at once");
    assert_eq!(bench.x.refreshes.load(Ordering::Relaxed), 1);
    // After a while it is tried again.
    tokio::time::advance(Duration::from_secs(61)).await;
    ask(&bench.account).await.unwrap();
    assert_eq!(bench.x.refreshes.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn an_x_that_is_down_was_surely_not_asked() {
    let bench = bench(TokenEndpoint::Down, 100).await;
    ask(&bench.account).await.unwrap();
    bench.clock.shift_ms(100_000);
    let error = ask(&bench.account).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 3), "{error:?}");
    let Connection::Connected { in_doubt, .. } = bench.account.connection().await.unwrap() else { panic!() };
    assert!(!in_doubt, "nothing was sent");
    *bench.x.state.lock().unwrap() = TokenEndpoint::Well;
    ask(&bench.account).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_callers_deadline_holds_for_the_wait_for_a_token() {
    let bench = bench(TokenEndpoint::Silent, 0).await;
    let client = bench.account.twitter_client().await.unwrap().deadline(Duration::from_secs(5));
    let began = Instant::now();
    let error = client.me().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Timeout, "http.deadline"));
    assert_eq!(began.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_gives_up_stops_no_refresh() {
    let bench = bench(TokenEndpoint::Silent, 0).await;
    let gave_up = tokio::time::timeout(Duration::from_secs(5), ask(&bench.account)).await;
    assert!(gave_up.is_err());
    // The refresh goes on; who comes now waits for the same one.
    let error = ask(&bench.account).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(bench.x.refreshes.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn tokens_that_live_a_minute_are_not_refreshed_for_each_call() {
    let bench = bench(TokenEndpoint::Brief, 0).await;
    for _ in 0..5 {
        ask(&bench.account).await.unwrap();
    }
    assert_eq!(bench.x.refreshes.load(Ordering::Relaxed), 1, "they are good for half of their life");
    bench.clock.shift_ms(30_000);
    tokio::time::advance(Duration::from_secs(30)).await;
    for _ in 0..5 {
        ask(&bench.account).await.unwrap();
    }
    assert_eq!(bench.x.refreshes.load(Ordering::Relaxed), 2);
}
