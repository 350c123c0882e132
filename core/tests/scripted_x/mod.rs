//! X without a network, so that the clock can be paused: a script says what it answers.

// Each test file uses its part of this.
#![allow(dead_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::stream;
use ghostwren::Result;
use ghostwren::http::{HttpClient, Transport, TransportError, TransportResponse};
use ghostwren::twitter::{Dialect, FixedToken, TwitterApp, TwitterClient};

pub const TOKEN: &str = "wren-hunter2-token";
/// The answer to "who am I".
pub const ME: &str = r#"{"data":{"id":"12","username":"wren"}}"#;
/// What the paused clock of the tests says.
pub const NOW: &str = "2026-11-25T12:00:00Z";

pub fn now() -> DateTime<Utc> {
    NOW.parse().unwrap()
}

pub fn in_seconds(seconds: i64) -> String {
    (now().timestamp() + seconds).to_string()
}

/// An answer: status, headers, body.
pub type Answer = (u16, Vec<(&'static str, String)>, String);

pub fn ok(body: impl Into<String>) -> Answer {
    (200, Vec::new(), body.into())
}

pub type Script = dyn Fn(usize, &str) -> Answer + Send + Sync;

/// Answers without a network, so that the clock can be paused.
#[derive(Clone)]
pub struct Scripted {
    script: Arc<Script>,
    seen: Arc<Mutex<Vec<String>>>,
}

impl std::fmt::Debug for Scripted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scripted")
    }
}

#[async_trait]
impl Transport for Scripted {
    async fn send(&self, request: http::Request<Bytes>) -> Result<TransportResponse, TransportError> {
        let line = format!("{} {}", request.method(), request.uri().path_and_query().unwrap());
        let number = {
            let mut seen = self.seen.lock().unwrap();
            seen.push(line.clone());
            seen.len() - 1
        };
        let (status, headers, body) = (self.script)(number, &line);
        let headers = headers
            .into_iter()
            .map(|(name, value)| (name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap()));
        Ok(TransportResponse {
            status: http::StatusCode::from_u16(status).unwrap(),
            headers: headers.collect(),
            body: Box::pin(stream::iter([Ok(Bytes::from(body))])),
        })
    }
}

impl Scripted {
    pub fn new(script: impl Fn(usize, &str) -> Answer + Send + Sync + 'static) -> Self {
        Self { script: Arc::new(script), seen: Arc::default() }
    }

    pub fn replies(answers: impl IntoIterator<Item = Answer>) -> Self {
        let answers: Vec<Answer> = answers.into_iter().collect();
        Self::new(move |number, _| answers[number.min(answers.len() - 1)].clone())
    }

    pub fn http(&self) -> HttpClient {
        let began = tokio::time::Instant::now();
        let clock = move || now() + chrono::TimeDelta::from_std(began.elapsed()).unwrap();
        HttpClient::builder().transport(self.clone()).jitter(|| 0.0).clock(clock).build().unwrap()
    }

    pub fn app(&self, dialect: Dialect) -> TwitterApp {
        TwitterApp::new("app").http(self.http()).dialect(dialect)
    }

    pub fn client(&self) -> TwitterClient {
        self.app(Dialect::Tweet).client(FixedToken::new(TOKEN.to_owned().into())).unwrap()
    }

    pub fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

pub fn problem(slug: &str, title: &str, detail: &str) -> String {
    serde_json::json!({"type": format!("https://api.x.com/2/problems/{slug}"), "title": title, "detail": detail})
        .to_string()
}

/// A page of these tweets.
pub fn page(ids: &[u64], next: Option<&str>) -> String {
    let data: Vec<_> =
        ids.iter().map(|id| serde_json::json!({"id": id.to_string(), "text": "t", "created_at": NOW})).collect();
    let mut meta = serde_json::json!({"result_count": ids.len()});
    if let Some(next) = next {
        meta["next_token"] = next.into();
    }
    let mut page = serde_json::json!({"meta": meta});
    if !ids.is_empty() {
        page["data"] = data.into();
    }
    page.to_string()
}
