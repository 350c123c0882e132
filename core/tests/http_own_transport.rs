//! The pipeline over an application's own transport, in a time that stands still: waits, budgets, windows and deadlines are
//! exact.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt, stream};
use ghostwren::http::{
    Failure, HttpClient, HttpClientBuilder, HttpRequest, RateKey, RateWindow, Repeat, Service, Transport,
    TransportError, TransportErrorKind, TransportResponse,
};
use ghostwren::{Error, ErrorKind};
use http::{HeaderMap, HeaderName, Method, StatusCode};
use secrecy::SecretString;
use tokio::time::Instant;

/// What the transport does with one request.
#[derive(Clone)]
enum Act {
    Answer(u16, Vec<(&'static str, String)>, &'static str),
    Break(TransportErrorKind),
    Silence,
    /// An answer that sends a byte every second for ever.
    Drip,
}

use Act::{Answer, Break};

#[derive(Clone, Default)]
struct Scripted {
    acts: Arc<Mutex<VecDeque<Act>>>,
    sent: Arc<Mutex<Vec<Instant>>>,
    side_by_side: Arc<AtomicUsize>,
}

impl std::fmt::Debug for Scripted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scripted")
    }
}

#[async_trait]
impl Transport for Scripted {
    async fn send(&self, _: http::Request<Bytes>) -> Result<TransportResponse, TransportError> {
        self.sent.lock().unwrap().push(Instant::now());
        let act = {
            let mut acts = self.acts.lock().unwrap();
            if acts.len() > 1 { acts.pop_front().unwrap() } else { acts[0].clone() }
        };
        match act {
            Break(kind) => Err(TransportError::new(kind, "scripted")),
            Act::Silence => std::future::pending().await,
            Act::Drip => {
                let drops = stream::repeat(Bytes::from_static(b".")).then(|byte| async {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    Ok(byte)
                });
                Ok(TransportResponse { status: StatusCode::OK, headers: HeaderMap::new(), body: Box::pin(drops) })
            }
            Answer(status, headers, body) => {
                let headers =
                    headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
                let (status, headers) = (StatusCode::from_u16(status).unwrap(), headers.collect());
                let body = stream::iter([Ok(Bytes::from_static(body.as_bytes()))]);
                Ok(TransportResponse { status, headers, body: Box::pin(body) })
            }
        }
    }
}

impl Scripted {
    fn new(acts: impl IntoIterator<Item = Act>) -> Self {
        Self { acts: Arc::new(Mutex::new(acts.into_iter().collect())), ..Self::default() }
    }

    /// The milliseconds from one attempt to the next.
    fn gaps(&self) -> Vec<u128> {
        self.sent.lock().unwrap().windows(2).map(|pair| (pair[1] - pair[0]).as_millis()).collect()
    }

    fn count(&self) -> usize {
        self.sent.lock().unwrap().len()
    }
}

fn wall() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

/// No randomness: every delay is the longest.
fn client(transport: &Scripted) -> HttpClientBuilder {
    HttpClient::builder().transport(transport.clone()).clock(wall).jitter(|| 1.0)
}

struct Windowed;

impl Service for Windowed {
    fn name(&self) -> &'static str {
        "windowed"
    }

    fn classify(&self, status: StatusCode, _: &HeaderMap, _: &[u8]) -> Failure {
        match status.as_u16() {
            429 => Failure::new(ErrorKind::RateLimited, "windowed.limit", "slow down")
                .repeat(Repeat::NothingHappened { wait: None }),
            _ => Failure::new(ErrorKind::Server, "windowed.server", "died").repeat(Repeat::IfIdempotent),
        }
    }

    fn rate_window(&self, _: RateKey, headers: &HeaderMap, now: DateTime<Utc>) -> Option<RateWindow> {
        let number = |name| headers.get(name)?.to_str().ok()?.parse::<i64>().ok();
        let remaining = u64::try_from(number("x-rate-limit-remaining")?).ok()?;
        let resets = DateTime::from_timestamp(number("x-rate-limit-reset")?, 0)?;
        Some(RateWindow {
            limit: None,
            remaining,
            resets_in: (resets - now).to_std().unwrap_or_default(),
            resets_at: None,
        })
    }
}

fn get() -> HttpRequest {
    HttpRequest::new("get", Method::GET, "https://api.example/things".parse().unwrap())
}

fn post() -> HttpRequest {
    HttpRequest::new("make", Method::POST, "https://api.example/things".parse().unwrap())
}

async fn call(client: &HttpClient, request: HttpRequest) -> Result<Bytes, Error> {
    client.send_bytes(&Windowed, request, 1000).await.map(|received| received.value)
}

fn ok() -> Act {
    Answer(200, vec![], "{}")
}

#[tokio::test(start_paused = true)]
async fn delays_double_up_to_the_cap() {
    let transport = Scripted::new([Answer(500, vec![], "")]);
    let error = call(&client(&transport).build().unwrap(), get().max_attempts(9)).await.unwrap_err();
    assert_eq!((error.code(), error.attempts()), ("windowed.server", 9));
    assert_eq!(transport.gaps(), [500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]);

    let transport = Scripted::new([Answer(500, vec![], "")]);
    let halves = client(&transport).jitter(|| 0.5).backoff(Duration::from_secs(4), Duration::from_secs(6));
    call(&halves.build().unwrap(), get().max_attempts(4)).await.unwrap_err();
    assert_eq!(transport.gaps(), [2000, 3000, 3000]);
}

#[tokio::test(start_paused = true)]
async fn waits_that_the_service_asks_for() {
    let at = |seconds| (wall() + TimeDelta::seconds(seconds)).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    for (headers, gap) in [
        (vec![("retry-after", "7".to_owned())], 7000),
        (vec![("retry-after", at(30))], 30_000),
        (vec![("retry-after", at(630)), ("date", at(600))], 30_000),
        (vec![("retry-after-ms", "250".to_owned()), ("retry-after", "9".to_owned())], 250),
        (vec![("x-rate-limit-reset", (wall().timestamp() + 40).to_string())], 40_000),
        (vec![("retry-after", "0".to_owned())], 500),
        (vec![], 500),
    ] {
        let transport = Scripted::new([Answer(429, headers.clone(), ""), ok()]);
        // Only the delays that nobody asked for are random.
        let client = client(&transport).jitter({
            let asked = !headers.is_empty() && gap != 500;
            move || if asked { 0.0 } else { 1.0 }
        });
        call(&client.build().unwrap(), post()).await.unwrap();
        assert_eq!(transport.gaps(), [gap], "{headers:?}");
    }
    // Those who were told the same do not come back at the same moment, and never too early.
    let transport = Scripted::new([Answer(429, vec![("retry-after", "5".to_owned())], ""), ok()]);
    call(&client(&transport).build().unwrap(), post()).await.unwrap();
    assert_eq!(transport.gaps(), [5500]);
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_what_the_caller_gives_is_not_begun() {
    let limited = |seconds: u32| Scripted::new([Answer(429, vec![("retry-after", seconds.to_string())], ""), ok()]);
    let quiet = |transport: &Scripted| client(transport).jitter(|| 0.0);
    let began = Instant::now();

    let transport = limited(61);
    let error = call(&quiet(&transport).build().unwrap(), get()).await.unwrap_err();
    assert_eq!((error.code(), error.attempts()), ("windowed.limit", 1));
    assert_eq!(error.retry_at(), Some(wall() + TimeDelta::seconds(61)));
    assert_eq!(began.elapsed(), Duration::ZERO);

    call(&quiet(&limited(60)).build().unwrap(), get()).await.unwrap();
    call(&quiet(&limited(61)).max_wait(Duration::from_secs(61)).build().unwrap(), get()).await.unwrap();
    // A deadline replaces the limit, both ways.
    let deadline = |seconds| Some(Instant::now() + Duration::from_secs(seconds));
    call(&quiet(&limited(3600)).build().unwrap(), get().deadline(deadline(3601))).await.unwrap();
    let error = call(&quiet(&limited(3600)).build().unwrap(), get().deadline(deadline(3600))).await.unwrap_err();
    assert_eq!((error.code(), error.attempts()), ("windowed.limit", 1));
}

#[tokio::test(start_paused = true)]
async fn what_may_be_repeated() {
    use TransportErrorKind::{Connect, Decode, Interrupted, Tls};
    for (act, reads, writes) in [
        (Break(Connect), 3, 3),
        (Break(Interrupted), 3, 1),
        (Break(Tls), 1, 1),
        (Break(Decode), 1, 1),
        (Answer(500, vec![], ""), 3, 1),
        (Answer(429, vec![], ""), 3, 3),
        (Answer(302, vec![("location", "/".to_owned())], ""), 1, 1),
        (Act::Silence, 3, 1),
    ] {
        for (request, times) in [(get(), reads), (post(), writes), (post().idempotent(true), reads)] {
            let transport = Scripted::new([act.clone()]);
            let error = call(&client(&transport).build().unwrap(), request).await.unwrap_err();
            assert_eq!((transport.count(), error.attempts()), (times, u32::try_from(times).unwrap()), "{error}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_uses_up_the_budget_of_its_host_alone() {
    let transport = Scripted::new([Answer(500, vec![], "")]);
    let client = client(&transport).build().unwrap();
    for _ in 0..100 {
        call(&client, get()).await.unwrap_err();
    }
    assert_eq!(transport.count(), 100 + 500 / 14, "one attempt each, and the retries of the budget");
    let other = HttpRequest::new("get", Method::GET, "https://other.example/".parse().unwrap());
    assert_eq!(call(&client, other).await.unwrap_err().attempts(), 3);
    // 14 successes allow one retry again.
    *transport.acts.lock().unwrap() = [ok()].into();
    for _ in 0..14 {
        call(&client, get()).await.unwrap();
    }
    *transport.acts.lock().unwrap() = [Answer(500, vec![], ""), ok()].into();
    call(&client, get()).await.unwrap();
    // That retry succeeded, and gave back what it took.
    *transport.acts.lock().unwrap() = [Answer(500, vec![], ""), ok()].into();
    call(&client, get()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn time_limits_are_exact_and_say_which_they_are() {
    let limits = |request: HttpRequest| request.max_attempts(1);
    for (act, request, code, seconds) in [
        (Act::Silence, limits(get()), "http.timeout", 30),
        (Act::Silence, limits(get()).total_timeout(None), "http.idle", 60),
        (Act::Silence, limits(get()).idle_timeout(Duration::from_secs(5)), "http.idle", 5),
        (Act::Drip, limits(get()), "http.timeout", 30),
        (Act::Drip, limits(get()).total_timeout(Some(Duration::from_secs(600))), "http.timeout", 600),
        (Act::Drip, limits(get()).idle_timeout(Duration::from_millis(900)), "http.idle", 0),
    ] {
        let transport = Scripted::new([act]);
        let began = Instant::now();
        let error = call(&client(&transport).build().unwrap(), request).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Timeout, code));
        assert_eq!(began.elapsed().as_secs(), seconds, "{code}");
    }
    // The deadline covers attempts, waits and the body.
    for act in [Act::Silence, Act::Drip, Answer(500, vec![], "")] {
        let transport = Scripted::new([act]);
        let began = Instant::now();
        let request = get().max_attempts(20).deadline(Some(began + Duration::from_secs(45)));
        let error = call(&client(&transport).build().unwrap(), request).await.unwrap_err();
        assert!(began.elapsed() <= Duration::from_secs(45), "{error}");
        assert!(error.attempts() >= 2, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_pauses_is_not_a_server_that_does() {
    let transport = Scripted::new([Act::Drip]);
    let request = get().total_timeout(None).idle_timeout(Duration::from_secs(2));
    let mut body = client(&transport).build().unwrap().send(&Windowed, request).await.unwrap().into_body();
    for _ in 0..5 {
        body.chunk().await.unwrap().unwrap();
        tokio::time::sleep(Duration::from_secs(3600)).await;
    }
    body.chunk().await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn rate_windows_hold_back_what_would_be_refused() {
    let key = |user| RateKey::new(&SecretString::from(user), "things");
    let said = |left: i64, seconds: i64, ahead: i64| {
        let date = wall() + TimeDelta::seconds(ahead);
        vec![
            ("x-rate-limit-remaining", left.to_string()),
            ("x-rate-limit-reset", (date.timestamp() + seconds).to_string()),
            // The service's clock is off by a day.
            ("date", date.format("%a, %d %b %Y %H:%M:%S GMT").to_string()),
        ]
    };
    let day = 24 * 3600;
    let transport = Scripted::new([Answer(200, said(1, 50, day), ""), Answer(200, said(0, 50, day), ""), ok()]);
    let client = client(&transport).build().unwrap();
    for _ in 0..2 {
        call(&client, get().rate_key(key("alice"))).await.unwrap();
    }
    assert_eq!(transport.gaps(), [0]);
    // Others are not held back; nor is what has no key.
    call(&client, get().rate_key(key("bob"))).await.unwrap();
    call(&client, get()).await.unwrap();
    // Alice waits for the reset, or is told when it is.
    let soon = Some(Instant::now() + Duration::from_secs(20));
    let error = call(&client, get().rate_key(key("alice")).deadline(soon)).await.unwrap_err();
    assert_eq!((error.kind(), error.code(), error.attempts()), (ErrorKind::RateLimited, "http.rate_window", 0));
    assert_eq!(error.retry_at(), Some(wall() + TimeDelta::seconds(50)));
    call(&client, get().rate_key(key("alice"))).await.unwrap();
    assert_eq!(transport.gaps(), [0, 0, 0, 50_000]);
}

#[tokio::test(start_paused = true)]
async fn side_by_side_is_bounded() {
    #[derive(Clone, Debug, Default)]
    struct Counting(Scripted, Arc<AtomicUsize>);
    #[async_trait]
    impl Transport for Counting {
        async fn send(&self, _: http::Request<Bytes>) -> Result<TransportResponse, TransportError> {
            let now = self.0.side_by_side.fetch_add(1, Ordering::SeqCst) + 1;
            self.1.fetch_max(now, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(10)).await;
            self.0.side_by_side.fetch_sub(1, Ordering::SeqCst);
            let body = Box::pin(stream::empty());
            Ok(TransportResponse { status: StatusCode::OK, headers: HeaderMap::new(), body })
        }
    }
    let transport = Counting::default();
    let client = HttpClient::builder().transport(transport.clone()).max_in_flight(16).build().unwrap();
    let calls = (0..1000).map(|_| call(&client, get()));
    let done = futures_util::future::join_all(calls).await;
    assert!(done.iter().all(Result::is_ok));
    assert_eq!(transport.1.load(Ordering::SeqCst), 16);
}
