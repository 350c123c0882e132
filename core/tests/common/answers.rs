//! A transport without a network, so that the clock can be paused: a function answers.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream;
use ghostwren::http::{HttpClient, Transport, TransportError, TransportErrorKind, TransportResponse};
use serde_json::Value;

/// What a request is answered with.
#[derive(Clone, Debug)]
pub enum Answer {
    Send {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
        after: Duration,
    },
    /// One byte after the other, each after a pause.
    Drip {
        body: Vec<u8>,
        each: Duration,
    },
    /// The connection broke after the request was sent.
    Break,
    /// There was no connection.
    NoConnection,
    Never,
}

impl Answer {
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::Send { status, headers: Vec::new(), body: body.into(), after: Duration::ZERO }
    }

    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, body.to_string())
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Self::Send { headers, .. } = &mut self {
            headers.push((name, value.into()));
        }
        self
    }

    pub fn after(mut self, time: Duration) -> Self {
        if let Self::Send { after, .. } = &mut self {
            *after = time;
        }
        self
    }
}

/// A request as it was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    pub method: String,
    pub host: String,
    /// Path and query.
    pub target: String,
    pub headers: http::HeaderMap,
    pub body: Bytes,
}

impl Sent {
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

type Script = dyn Fn(usize, &Sent) -> Answer + Send + Sync;

#[derive(Clone)]
pub struct Answers {
    script: Arc<Script>,
    seen: Arc<Mutex<Vec<Sent>>>,
}

impl std::fmt::Debug for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answers")
    }
}

impl Answers {
    /// Each request with its number, from 0.
    pub fn new(script: impl Fn(usize, &Sent) -> Answer + Send + Sync + 'static) -> Self {
        Self { script: Arc::new(script), seen: Arc::default() }
    }

    /// One after the other; the last one again and again.
    pub fn each(answers: impl IntoIterator<Item = Answer>) -> Self {
        let answers: Vec<Answer> = answers.into_iter().collect();
        Self::new(move |number, _| answers[number.min(answers.len() - 1)].clone())
    }

    pub fn http(&self) -> HttpClient {
        HttpClient::builder().transport(self.clone()).jitter(|| 0.0).build().unwrap()
    }

    pub fn sent(&self) -> Vec<Sent> {
        self.seen.lock().unwrap().clone()
    }

    pub fn lines(&self) -> Vec<String> {
        self.sent().iter().map(Sent::line).collect()
    }
}

#[async_trait]
impl Transport for Answers {
    async fn send(&self, request: http::Request<Bytes>) -> Result<TransportResponse, TransportError> {
        let (parts, body) = request.into_parts();
        let target = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        let host = parts.uri.host().unwrap_or_default().to_owned();
        let sent = Sent { method: parts.method.to_string(), host, target, headers: parts.headers, body };
        let number = {
            let mut seen = self.seen.lock().unwrap();
            seen.push(sent.clone());
            seen.len() - 1
        };
        match (self.script)(number, &sent) {
            Answer::Send { status, headers, body, after } => {
                tokio::time::sleep(after).await;
                let headers = headers
                    .into_iter()
                    .map(|(name, value)| (name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap()));
                Ok(TransportResponse {
                    status: http::StatusCode::from_u16(status).unwrap(),
                    headers: headers.collect(),
                    body: Box::pin(stream::iter([Ok(Bytes::from(body))])),
                })
            }
            Answer::Drip { body, each } => Ok(TransportResponse {
                status: http::StatusCode::OK,
                headers: http::HeaderMap::new(),
                body: Box::pin(stream::unfold(body.into_iter(), move |mut left| async move {
                    let byte = left.next()?;
                    tokio::time::sleep(each).await;
                    Some((Ok(Bytes::copy_from_slice(&[byte])), left))
                })),
            }),
            Answer::Break => Err(TransportError::new(TransportErrorKind::Interrupted, "broken")),
            Answer::NoConnection => Err(TransportError::new(TransportErrorKind::Connect, "refused")),
            Answer::Never => std::future::pending().await,
        }
    }
}
