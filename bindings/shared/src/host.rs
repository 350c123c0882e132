//! Models and stores that are written in the host's language. A binding implements [`Host`]: one call that carries JSON.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use futures_util::stream;
use ghostwren::model::{
    Capabilities, FinishReason, Model, ModelDelta, ModelRequest, ModelResponse, ModelStream, Usage,
};
use ghostwren::openai::Price;
use ghostwren::store::wire::{Channel, RemoteStore};
use ghostwren::{Error, ErrorKind, Result};
use serde::Deserialize;

/// An object of the host's language.
#[async_trait]
pub trait Host: Send + Sync + fmt::Debug {
    /// Calls a method of the object. What the host threw is the source of the error, as the host's own object.
    async fn call(&self, method: &'static str, argument: String) -> Result<String>;

    /// Calls a method whose answer nobody waits for.
    fn tell(&self, method: &'static str, argument: String);
}

/// What the application's own code threw, as an error; the binding adds it as the source. `what` is `model` or `store`.
#[must_use]
pub fn app_failed(what: &str, cause: &dyn fmt::Display) -> Error {
    let (kind, code) = match what {
        "store" => (ErrorKind::Storage, "store.app_failed"),
        _ => (ErrorKind::Server, "model.app_failed"),
    };
    Error::new(kind, code, format!("the application's {what} failed: {cause}"))
        .with_remedy("Look at the cause: the application's own code threw it.")
}

/// What a model of the host says of itself when it is given to a `Ghostwren`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelFacts {
    provider: String,
    name: String,
    capabilities: Capabilities,
    price: Option<Price>,
    streams: bool,
}

/// A model of the host.
#[derive(Debug)]
pub struct HostModel {
    facts: ModelFacts,
    host: Arc<dyn Host>,
}

impl HostModel {
    /// The model behind this object.
    #[must_use]
    pub fn new(facts: ModelFacts, host: Arc<dyn Host>) -> Self {
        Self { facts, host }
    }

    fn unreadable(source: serde_json::Error) -> Error {
        Error::new(ErrorKind::Decode, "model.unreadable", "the answer of the application's model cannot be read")
            .with_remedy("Answer with a text, or with `answers`, `usage`, `model`, `request_id` and `cost_micros`.")
            .with_source(source)
    }

    fn response(&self, json: &str, began: Instant) -> Result<ModelResponse> {
        let answer: HostAnswer = ghostwren::json::read(json).map_err(Self::unreadable)?;
        let mut response = ModelResponse::text(answer.model.unwrap_or_else(|| self.facts.name.clone()), "");
        response.answers = answer.answers.into_iter().map(HostText::read).collect();
        response.usage = answer.usage;
        response.request_id = answer.request_id;
        response.cost_micros =
            answer.cost_micros.or_else(|| self.facts.price.map(|price| price.cost_micros(&answer.usage)));
        response.latency = began.elapsed();
        Ok(response)
    }
}

/// An answer as the host writes it.
#[derive(Deserialize)]
struct HostAnswer {
    answers: Vec<HostText>,
    #[serde(default)]
    usage: Usage,
    model: Option<String>,
    request_id: Option<String>,
    cost_micros: Option<u64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum HostText {
    Text(String),
    Ended { text: String, finish: FinishReason },
}

impl HostText {
    fn read(self) -> (String, FinishReason) {
        match self {
            Self::Text(text) => (text, FinishReason::Stop),
            Self::Ended { text, finish } => (text, finish),
        }
    }
}

/// One step of a stream of the host: texts by the index of their answer, and the whole answer at the end.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum HostStep {
    Text { index: u32, text: String },
    Done(serde_json::Value),
}

#[async_trait]
impl Model for HostModel {
    fn provider(&self) -> &str {
        &self.facts.provider
    }

    fn name(&self) -> String {
        self.facts.name.clone()
    }

    fn capabilities(&self) -> Capabilities {
        self.facts.capabilities.clone()
    }

    fn estimate_micros(&self, request: &ModelRequest) -> Option<u64> {
        let price = self.facts.price?;
        let read: usize = request.messages.iter().map(|m| ghostwren::style::estimate_tokens(&m.content)).sum();
        let written = request.max_output_tokens.unwrap_or(self.facts.capabilities.max_output_tokens);
        Some(price.cost_micros(&Usage {
            input_tokens: u64::try_from(read).unwrap_or(u64::MAX),
            output_tokens: u64::from(written) * u64::from(request.n.max(1)),
            ..Usage::default()
        }))
    }

    async fn complete(&self, request: ModelRequest) -> Result<ModelResponse> {
        let began = Instant::now();
        let answer = self.host.call("complete", crate::reply::to_json(&request)?).await?;
        self.response(&answer, began)
    }

    async fn stream(&self, request: ModelRequest) -> Result<ModelStream> {
        if !self.facts.streams {
            let response = self.complete(request).await?;
            let mut deltas = Vec::new();
            for (index, (text, reason)) in (0_u32..).zip(&response.answers) {
                deltas.push(Ok(ModelDelta::Text { index, text: text.clone() }));
                deltas.push(Ok(ModelDelta::Finished { index, reason: reason.clone() }));
            }
            deltas.push(Ok(ModelDelta::Completed(response)));
            return Ok(Box::pin(stream::iter(deltas)));
        }
        let began = Instant::now();
        let id = self.host.call("stream", crate::reply::to_json(&request)?).await?;
        let open = OpenStream { host: Arc::clone(&self.host), id };
        let model = Self::new(self.facts.clone(), Arc::clone(&self.host));
        Ok(Box::pin(stream::unfold(Some((open, model)), move |state| async move {
            let (open, model) = state?;
            let step = async {
                let json = open.host.call("next", open.id.clone()).await?;
                Ok::<_, Error>(match ghostwren::json::read(&json).map_err(Self::unreadable)? {
                    HostStep::Text { index, text } => (ModelDelta::Text { index, text }, false),
                    HostStep::Done(answer) => {
                        (ModelDelta::Completed(model.response(&answer.to_string(), began)?), true)
                    }
                })
            };
            match step.await {
                Ok((delta, false)) => Some((Ok(delta), Some((open, model)))),
                Ok((delta, true)) => Some((Ok(delta), None)),
                Err(error) => Some((Err(error), None)),
            }
        })))
    }
}

/// A stream of the host, which is told when nobody reads it any more.
struct OpenStream {
    host: Arc<dyn Host>,
    id: String,
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.host.tell("close", self.id.clone());
    }
}

/// Carries the messages of a [`RemoteStore`] to a store of the host.
#[derive(Debug)]
pub struct HostChannel(Arc<dyn Host>);

/// The store behind this object.
#[must_use]
pub fn host_store(host: Arc<dyn Host>) -> RemoteStore<HostChannel> {
    RemoteStore::new(HostChannel(host))
}

#[async_trait]
impl Channel for HostChannel {
    async fn call(&self, request: Vec<u8>) -> Result<Vec<u8>> {
        let request = String::from_utf8(request).map_err(|error| {
            Error::new(ErrorKind::Internal, "binding.json", "a request is not UTF-8").with_source(error)
        })?;
        self.0.call("call", request).await.map(String::into_bytes)
    }
}
