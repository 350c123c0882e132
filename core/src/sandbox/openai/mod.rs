//! The stand-in for OpenAI: Chat Completions, Responses and the models, streamed and not, written by its own hand after the
//! published specification (<https://github.com/openai/openai-openapi>) and public recordings of the real service.
//! Every [`Fault`] is asked for by the header [`FAULT_HEADER`] or queued per [`Endpoint`].

mod answers;
mod chat;
mod fault;
mod limits;
mod models;
mod problem;
mod responses;
mod shape;
mod strict;
mod tokens;
mod writer;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde_json::Value;

use self::limits::Limits;
use self::models::Models;
use self::problem::Problem;
use self::tokens::PromptCache;
use super::server::{Call, Reply, Shared, Step};
use crate::error::{Error, ErrorKind, Result};

pub use fault::{FAULT_HEADER, Fault, PACE_HEADER};

/// Where faults are queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Endpoint {
    /// `POST /v1/chat/completions`.
    Chat,
    /// `POST /v1/responses`.
    Responses,
    /// `GET /v1/models` and `GET /v1/models/{id}`.
    Models,
}

/// What the stand-in remembers between requests.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) models: Models,
    scripts: BTreeMap<Endpoint, VecDeque<Fault>>,
    cache: PromptCache,
    limits: Limits,
}

impl State {
    const MAX_SCRIPT: usize = 10_000;

    pub(crate) fn new(requests_per_minute: Option<u32>) -> Self {
        Self {
            models: Models::new(),
            scripts: BTreeMap::new(),
            cache: PromptCache::default(),
            limits: Limits::new(requests_per_minute),
        }
    }

    pub(crate) fn script(&mut self, endpoint: Endpoint, faults: impl Iterator<Item = Fault>) -> Result<()> {
        let queue = self.scripts.entry(endpoint).or_default();
        let before = queue.len();
        queue.extend(faults.take(Self::MAX_SCRIPT + 1));
        if queue.len() > Self::MAX_SCRIPT {
            queue.truncate(before);
            return Err(Error::new(
                ErrorKind::InvalidInput,
                "sandbox.script_full",
                format!("more than {} faults would wait", Self::MAX_SCRIPT),
            ));
        }
        Ok(())
    }

    pub(crate) fn clear_script(&mut self) {
        self.scripts.clear();
    }

    fn next_fault(&mut self, endpoint: Endpoint) -> Option<Fault> {
        self.scripts.get_mut(&endpoint)?.pop_front()
    }
}

/// The answer to a request, and the fault that it has.
pub(crate) fn respond(shared: &Shared, call: &Call<'_>) -> (Option<Fault>, Reply) {
    let Some(endpoint) = route(call) else {
        let message = format!("Invalid URL ({} {})", call.method, call.path);
        return (None, Problem::new(404, message).reply(&Headers::plain(call.number)));
    };
    let asked = match header(call, FAULT_HEADER).map(str::parse::<Fault>).transpose() {
        Ok(asked) => asked,
        Err(error) => {
            let problem = Problem::new(400, error.detail()).code("sandbox_unknown_fault");
            return (None, problem.reply(&Headers::plain(call.number)));
        }
    };
    let mut state = shared.openai();
    let fault = asked.or_else(|| state.next_fault(endpoint)).filter(|fault| *fault != Fault::Pass);
    let pace = header(call, PACE_HEADER).and_then(|ms| ms.parse().ok()).map_or(shared.pace, Duration::from_millis);
    let mut headers = Headers { request_id: Some(call.number), limits: Vec::new() };
    if fault == Some(Fault::Bare) {
        headers.request_id = None;
    }
    if let Some(reply) = fault.and_then(|fault| problem::before(fault, endpoint, &headers)) {
        return (fault, reply);
    }
    if let Err(problem) = authorize(call, &shared.key) {
        return (fault, problem.reply(&headers));
    }
    let reply = match endpoint {
        Endpoint::Models => models_reply(&state, call, &headers),
        Endpoint::Chat | Endpoint::Responses => {
            let over = state.limits.take(call.body.len() as u64 / 4);
            headers.limits = state.limits.headers();
            match over {
                Some(wait) => problem::over_limit(wait).reply(&headers),
                None => answered(&mut state, endpoint, call, fault, pace, &headers),
            }
        }
    };
    (fault, reply)
}

fn answered(
    state: &mut State,
    endpoint: Endpoint,
    call: &Call<'_>,
    fault: Option<Fault>,
    pace: Duration,
    headers: &Headers,
) -> Reply {
    let body = match call.json {
        Some(Value::Object(body)) => body,
        _ => return problem::not_json().reply(headers),
    };
    let read = match endpoint {
        Endpoint::Chat => chat::read(body, &state.models),
        _ => responses::read(body, &state.models),
    };
    let ask = match read {
        Ok(ask) => ask,
        Err(problem) => return problem.reply(headers),
    };
    let scope = format!("{} {}", ask.model.snapshot, ask.cache_key);
    let cached = state.cache.read(&scope, &ask.prompt_text());
    let outcome = answers::write(&ask, cached, fault);
    match endpoint {
        Endpoint::Chat => chat::reply(&ask, &outcome, call.number, fault, pace, headers),
        _ => responses::reply(&ask, &outcome, body, call.number, fault, pace, headers),
    }
}

fn models_reply(state: &State, call: &Call<'_>, headers: &Headers) -> Reply {
    match call.path.strip_prefix("/v1/models/") {
        None => headers.json(200, &state.models.list()),
        Some(id) => match state.models.describe(id) {
            Some(model) => headers.json(200, &model),
            None => Problem::new(404, format!("The model '{id}' does not exist"))
                .param("model")
                .code("model_not_found")
                .reply(headers),
        },
    }
}

fn route(call: &Call<'_>) -> Option<Endpoint> {
    match (call.method, call.path) {
        ("POST", "/v1/chat/completions") => Some(Endpoint::Chat),
        ("POST", "/v1/responses") => Some(Endpoint::Responses),
        ("GET", "/v1/models") => Some(Endpoint::Models),
        ("GET", path) if path.strip_prefix("/v1/models/").is_some_and(|id| !id.is_empty()) => Some(Endpoint::Models),
        _ => None,
    }
}

fn header<'a>(call: &Call<'a>, name: &str) -> Option<&'a str> {
    call.headers.get(name).and_then(|value| value.to_str().ok())
}

fn authorize(call: &Call<'_>, key: &str) -> std::result::Result<(), Problem> {
    let Some(given) = header(call, "authorization").and_then(|value| value.strip_prefix("Bearer ")) else {
        return Err(Problem::new(
            401,
            "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer \
             auth (i.e. Authorization: Bearer YOUR_KEY).",
        ));
    };
    if given == key { Ok(()) } else { Err(problem::wrong_key(given)) }
}

/// The headers that every answer has.
#[derive(Debug)]
pub(crate) struct Headers {
    request_id: Option<u64>,
    limits: Vec<(&'static str, String)>,
}

impl Headers {
    fn plain(number: u64) -> Self {
        Self { request_id: Some(number), limits: Vec::new() }
    }

    fn with(&self, content_type: &str) -> Vec<(&'static str, String)> {
        let mut headers = vec![("content-type", content_type.to_owned())];
        if let Some(number) = self.request_id {
            headers.push(("x-request-id", id("req_", number, 32)));
            headers.push(("openai-version", "2020-10-01".to_owned()));
            headers.push(("openai-organization", "sandbox".to_owned()));
            headers.push(("openai-processing-ms", "1".to_owned()));
        }
        headers.extend(self.limits.iter().cloned());
        headers
    }

    /// A whole JSON answer.
    fn json(&self, status: u16, body: &Value) -> Reply {
        self.bytes(status, "application/json", body.to_string().into_bytes(), None, Vec::new())
    }

    /// A whole answer of any kind, with what a fault does to its body.
    fn bytes(
        &self,
        status: u16,
        content_type: &str,
        body: Vec<u8>,
        fault: Option<Fault>,
        more: Vec<(&'static str, String)>,
    ) -> Reply {
        let mut headers = self.with(content_type);
        headers.push(("content-length", body.len().to_string()));
        headers.extend(more);
        Reply::Answer { status, headers, steps: shape::whole(body, fault) }
    }

    /// A stream of events.
    fn stream(&self, steps: Vec<Step>) -> Reply {
        let mut headers = self.with("text/event-stream; charset=utf-8");
        headers.push(("cache-control", "no-cache".to_owned()));
        Reply::Answer { status: 200, headers, steps }
    }
}

/// An id of the length that the real ones have: the same number gives the same id.
fn id(prefix: &str, number: u64, digits: usize) -> String {
    let mut rng = fastrand::Rng::with_seed(number ^ 0x5eed);
    let tail: String = (0..digits).map(|_| char::from_digit(rng.u32(0..16), 16).unwrap_or('0')).collect();
    format!("{prefix}{tail}")
}

/// Now, in seconds of Unix time.
fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |now| now.as_secs())
}
