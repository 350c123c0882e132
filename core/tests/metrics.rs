//! The counters and histograms of the feature `metrics`: each by its name, its labels and its values.
#![cfg(feature = "metrics")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use ghostwren::ErrorKind;
use ghostwren::http::{
    Failure, HttpClient, HttpRequest, RateKey, RateWindow, Repeat, Service, Transport, TransportError,
    TransportErrorKind, TransportResponse,
};
use ghostwren::model::{Message, Model, ModelRequest};
use ghostwren::openai::OpenAi;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};

/// Keeps every value under its name and labels, such as `name{a=b,c=d}` with the labels in order.
#[derive(Clone, Debug, Default)]
struct Kept(Arc<Mutex<BTreeMap<String, Vec<f64>>>>);

struct Series {
    kept: Kept,
    name: String,
}

impl Series {
    fn push(&self, value: f64) {
        self.kept.0.lock().unwrap().entry(self.name.clone()).or_default().push(value);
    }
}

impl CounterFn for Series {
    fn increment(&self, value: u64) {
        self.push(value as f64);
    }

    fn absolute(&self, value: u64) {
        panic!("a counter of ours only grows: {value}");
    }
}

impl GaugeFn for Series {
    fn increment(&self, value: f64) {
        panic!("a gauge of ours is set: {value}");
    }

    fn decrement(&self, value: f64) {
        panic!("a gauge of ours is set: {value}");
    }

    fn set(&self, value: f64) {
        self.push(value);
    }
}

impl HistogramFn for Series {
    fn record(&self, value: f64) {
        self.push(value);
    }
}

impl Kept {
    fn series(&self, key: &Key) -> Arc<Series> {
        let mut labels: Vec<String> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        labels.sort();
        Arc::new(Series { kept: self.clone(), name: format!("{}{{{}}}", key.name(), labels.join(",")) })
    }

    /// The values of one series, in the order they came.
    fn values(&self, name: &str) -> Vec<f64> {
        self.0.lock().unwrap().get(name).cloned().unwrap_or_default()
    }

    fn names(&self) -> Vec<String> {
        self.0.lock().unwrap().keys().cloned().collect()
    }
}

impl Recorder for Kept {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.series(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.series(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.series(key))
    }
}

/// Runs it in a time that stands still, on this one thread, and gives what it told the recorder.
fn recorded<F: Future<Output = ()>>(call: impl FnOnce() -> F) -> Kept {
    let kept = Kept::default();
    metrics::with_local_recorder(&kept, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(call());
    });
    kept
}

/// An answer, and how many seconds its head takes; no status is a connection that breaks.
#[derive(Clone)]
struct Act {
    seconds: u64,
    status: Option<u16>,
    left: Option<&'static str>,
    body: &'static str,
}

fn act(seconds: u64, status: u16) -> Act {
    Act { seconds, status: Some(status), left: None, body: "{}" }
}

#[derive(Debug)]
struct Scripted(Mutex<VecDeque<Act>>);

impl std::fmt::Debug for Act {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} after {} s", self.status, self.seconds)
    }
}

#[async_trait]
impl Transport for Scripted {
    async fn send(&self, _: http::Request<Bytes>) -> Result<TransportResponse, TransportError> {
        let act = {
            let mut acts = self.0.lock().unwrap();
            if acts.len() > 1 { acts.pop_front().unwrap() } else { acts[0].clone() }
        };
        tokio::time::sleep(Duration::from_secs(act.seconds)).await;
        let Some(status) = act.status else {
            return Err(TransportError::new(TransportErrorKind::Interrupted, "scripted"));
        };
        let left = act.left.map(|left| (HeaderName::from_static("left"), HeaderValue::from_static(left)));
        let body = stream::iter([Ok(Bytes::from_static(act.body.as_bytes()))]);
        let status = StatusCode::from_u16(status).unwrap();
        Ok(TransportResponse { status, headers: left.into_iter().collect(), body: Box::pin(body) })
    }
}

fn client(acts: impl IntoIterator<Item = Act>) -> HttpClient {
    let scripted = Scripted(Mutex::new(acts.into_iter().collect()));
    HttpClient::builder().transport(scripted).jitter(|| 1.0).build().unwrap()
}

struct Wren;

impl Service for Wren {
    fn name(&self) -> &'static str {
        "wren"
    }

    fn classify(&self, status: StatusCode, _: &HeaderMap, _: &[u8]) -> Failure {
        let repeat = if status.is_server_error() { Repeat::IfIdempotent } else { Repeat::Never };
        Failure::new(ErrorKind::Server, "wren.failed", "it failed").repeat(repeat)
    }

    fn rate_window(&self, _: RateKey, headers: &HeaderMap, _: chrono::DateTime<chrono::Utc>) -> Option<RateWindow> {
        let remaining = headers.get("left")?.to_str().ok()?.parse().ok()?;
        Some(RateWindow { limit: None, remaining, resets_in: Duration::from_secs(7), resets_at: None })
    }
}

fn sing() -> HttpRequest {
    HttpRequest::new("sing", Method::GET, "https://wren.example/song".parse().unwrap())
}

const OF_SING: &str = "ghostwren.operation=sing,ghostwren.service=wren";

/// The seconds that the attempts with this end took.
fn took(kept: &Kept, code: &str, status: &str) -> Vec<f64> {
    let name =
        format!("http.client.request.duration{{error.type={code},{OF_SING},http.response.status_code={status}}}");
    kept.values(&name)
}

#[test]
fn attempts_and_retries_are_timed_and_counted() {
    let kept = recorded(|| async {
        let broken = Act { status: None, ..act(5, 0) };
        let http = client([act(1, 500), broken, act(2, 200), act(3, 404)]);
        http.send_bytes(&Wren, sing(), 100).await.unwrap();
        http.send_bytes(&Wren, sing(), 100).await.unwrap_err();
    });
    assert_eq!(took(&kept, "wren.failed", "500"), [1.0]);
    assert_eq!(took(&kept, "http.interrupted", ""), [5.0]);
    assert_eq!(took(&kept, "", "200"), [2.0]);
    assert_eq!(took(&kept, "wren.failed", "404"), [3.0]);
    assert_eq!(kept.values(&format!("ghostwren.http.retries{{{OF_SING}}}")), [1.0, 1.0]);
    assert_eq!(kept.names().len(), 5, "and nothing else: {:?}", kept.names());
}

#[test]
fn an_empty_budget_of_retries_is_counted_once_a_call() {
    let kept = recorded(|| async {
        let http = client([act(0, 500)]);
        // 500 tokens are 35 retries of 14: the eighteenth call has one, the others none.
        for _ in 0..20 {
            http.send_bytes(&Wren, sing(), 100).await.unwrap_err();
        }
    });
    assert_eq!(kept.values(&format!("ghostwren.http.retries{{{OF_SING}}}")).len(), 35);
    assert_eq!(kept.values(&format!("ghostwren.http.retry_budget_used_up{{{OF_SING}}}")), [1.0; 3]);
    assert_eq!(took(&kept, "wren.failed", "500").len(), 20 + 35);
}

#[test]
fn a_wait_for_a_rate_window_is_counted_and_is_no_attempt() {
    let kept = recorded(|| async {
        let http = client([Act { left: Some("0"), ..act(1, 200) }, act(1, 200)]);
        for _ in 0..2 {
            http.send_bytes(&Wren, sing().rate_key(RateKey::of("me", "sing")), 100).await.unwrap();
        }
    });
    assert_eq!(kept.values(&format!("ghostwren.http.rate_window_waits{{{OF_SING}}}")), [1.0]);
    assert_eq!(took(&kept, "", "200"), [1.0, 1.0], "seven seconds of waiting are not in the second");
    assert_eq!(kept.names().len(), 2, "{:?}", kept.names());
}

#[test]
fn tokens_are_counted_by_model_and_kind() {
    let whole = r#"{"model":"gpt-4o-2024-08-06","choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"usage":{"prompt_tokens":11,"completion_tokens":7}}"#;
    let stream = "data: {\"model\":\"gpt-4o-2024-08-06\",\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":13,\"completion_tokens\":5}}\n\ndata: [DONE]\n\n";
    let kept = recorded(|| async {
        let http = client([whole, stream, "not JSON"].map(|body| Act { body, ..act(1, 200) }));
        let openai = OpenAi::new("k".to_owned().into()).http(http);
        let ask = || ModelRequest::new("test", vec![Message::user("hello")]);
        openai.complete(ask()).await.unwrap();
        let mut deltas = openai.stream(ask()).await.unwrap();
        while let Some(delta) = deltas.next().await {
            delta.unwrap();
        }
        openai.complete(ask()).await.unwrap_err();
    });
    let tokens = |kind: &str| {
        kept.values(&format!(
            "gen_ai.client.token.usage{{gen_ai.operation.name=chat,gen_ai.provider.name=openai,\
             gen_ai.response.model=gpt-4o-2024-08-06,gen_ai.token.type={kind}}}"
        ))
    };
    assert_eq!((tokens("input"), tokens("output")), (vec![11.0, 13.0], vec![7.0, 5.0]), "{:?}", kept.names());
    assert_eq!(kept.names().iter().filter(|name| name.starts_with("gen_ai.")).count(), 2, "{:?}", kept.names());
}

#[cfg(feature = "sqlite")]
#[test]
fn an_audit_tells_how_keys_and_logins_fare() {
    use chrono::{DateTime, Utc};
    use ghostwren::Ghostwren;
    use ghostwren::store::seal::{SealContext, SealingKeys};
    use ghostwren::store::{Caller, Clock, RefreshOutcome, RefreshStep, SqliteStore, Store};
    use ghostwren::workflow::KeyRole;

    const DAY: i64 = 86_400_000;
    let keys = |text: &str| SealingKeys::from_env_value(&text.to_owned().into()).unwrap();
    let (new, old) =
        ("k2:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "k1:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=");
    let kept = recorded(|| async {
        let clock = Clock::system();
        let store = SqliteStore::options().clock(clock.clone()).open_in_memory().unwrap();
        let wren = || {
            let builder = Ghostwren::builder().store(store.clone()).clock(clock.clone());
            builder.sealing_keys(keys(&format!("{new},{old},k3:{}", new.trim_start_matches("k2:")))).build().unwrap()
        };
        assert_eq!(wren().audit().await.unwrap().keys, [], "no key is asked for where nothing is sealed");
        // Owners as they come: `k1` is old, `gone` is not there.
        for (owner, key) in [("ann", old), ("bob", &format!("gone:{}", new.trim_start_matches("k2:"))), ("cid", new)] {
            let me = Caller::local(owner).unwrap();
            let account = store.open_account(&me, "main".into()).await.unwrap().id;
            if owner == "bob" {
                // The oldest is used after five days, so that its age is one thing and its rest another.
                clock.shift_ms(5 * DAY);
                let ann = Caller::local("ann").unwrap();
                let of_ann = store.open_account(&ann, "main".into()).await.unwrap().id;
                store.begin_refresh(&ann, of_ann, "token".into(), Duration::from_secs(60)).await.unwrap();
                clock.shift_ms(DAY);
            }
            if owner == "cid" {
                clock.shift_ms(40 * DAY);
            }
            let sealed =
                keys(key).seal(&"planted".to_owned().into(), &SealContext::new(&me, account, "token")).unwrap();
            store.put_sealed(&me, account, "token".into(), sealed).await.unwrap();
            if owner == "bob" {
                for outcome in [RefreshOutcome::Unknown, RefreshOutcome::Dead { reason: "revoked".into() }] {
                    let step =
                        store.begin_refresh(&me, account, "token".into(), Duration::from_secs(60)).await.unwrap();
                    let RefreshStep::Begun { fence, .. } = step else { panic!("{step:?}") };
                    store.end_refresh(&me, account, "token".into(), fence, outcome).await.unwrap();
                }
            }
        }
        let report = wren().audit().await.unwrap();
        let days = |at: Option<DateTime<Utc>>| (report.at - at.unwrap()).num_days();
        assert_eq!((days(report.oldest), days(report.least_used)), (46, 41), "{report}");
        assert_eq!((report.credentials, report.sealed_with_old_keys, report.lost), (3, 2, 1), "{report}");
        assert_eq!((report.unused_grants, report.failed_refreshes, report.need_login), (2, 1, 1), "{report}");
        let keys: Vec<_> = report.keys.iter().map(|key| (key.id.as_str(), key.role, key.sealed)).collect();
        let wanted = [
            ("gone", KeyRole::Missing, 1),
            ("k1", KeyRole::Opens, 1),
            ("k2", KeyRole::Seals, 1),
            ("k3", KeyRole::Opens, 0),
        ];
        assert_eq!(keys, wanted);
        assert_eq!(report.attention.len(), 2);
        let shown = report.to_string();
        for piece in [
            "key k3 opens nothing any more",
            "key gone is MISSING: 1 values, the oldest from 40 days ago",
            "2 failed refreshes",
            "the oldest from 46 days ago, the one that rests longest last used 41 days ago",
        ] {
            assert!(shown.contains(piece), "{piece}: {shown}");
        }
        assert!(!shown.contains("planted") && !shown.contains("ann"), "{shown}");
        let written = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<ghostwren::workflow::AuditReport>(&written).unwrap(), report);
    });
    let gauge = |name: &str| kept.values(&format!("ghostwren.audit.{name}"));
    assert_eq!(gauge("credentials{}"), [0.0, 3.0], "{:?}", kept.names());
    assert_eq!((gauge("lost{}"), gauge("unused_grants{}")), (vec![0.0, 1.0], vec![0.0, 2.0]));
    assert_eq!((gauge("failed_refreshes{}"), gauge("need_login{}")), (vec![0.0, 1.0], vec![0.0, 1.0]));
    assert_eq!(gauge("sealed_with_old_keys{}"), [0.0, 2.0]);
    assert_eq!(gauge("key.sealed{ghostwren.key=k3}"), [0.0]);
    let age = gauge("key.age{ghostwren.key=k1}")[0];
    assert!((age - 46.0 * 86_400.0).abs() < 60.0, "{age}");
    for (name, days) in [("age{}", 46.0), ("unused{}", 41.0)] {
        let [seconds] = gauge(name)[..] else { panic!("{name} is set where there is a credential: {:?}", gauge(name)) };
        assert!((seconds - days * 86_400.0).abs() < 60.0, "{name}: {seconds}");
    }
}
