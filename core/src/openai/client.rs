//! The client: calls of either API through the pipeline, and the trait [`Model`] over them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::stream::StreamExt;
use http::Method;
use http::header::{ACCEPT, HeaderName, HeaderValue};
use tokio::time::Instant;
use tracing::Instrument;
use url::Url;

use serde::{Deserialize, Serialize};

use super::chat::{self, Unread};
use super::errors::{NAME, into_error};
use super::lifecycle::Choice;
use super::limits::RateLimits;
use super::models::{self, ModelRecord};
use super::observe::CallSpan;
use super::registry::{ModelInfo, Price, Reasoning, model_info};
use super::reply::Reply;
use super::request::{ChatRequest, Plan};
use super::responses;
use super::settings::{Settings, is_loopback};
use super::split::{self, AT_ONCE, Joined, Refusals};
use super::stream::{AnswerStream, Call, mend};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{HttpClient, HttpRequest, HttpResponse};
use crate::model::{
    Capabilities, Message, Model, ModelRequest, ModelResponse, ModelStream, OutputFormat, ReasoningEffort,
};

/// The largest answer that is read: ten times what the largest model writes, with its log probabilities.
const MAX_BODY_BYTES: usize = 64 << 20;

/// Which of OpenAI's APIs is spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Api {
    /// Chat Completions: what every compatible server speaks.
    #[default]
    Chat,
    /// Responses: no `n` (several answers are several calls), no `seed`, no `stop`. Nothing is stored (`store: false`).
    Responses,
}

impl Api {
    fn operation(self) -> &'static str {
        match self {
            Self::Chat => "chat.completions",
            Self::Responses => "responses",
        }
    }

    fn path(self) -> &'static [&'static str] {
        match self {
            Self::Chat => &["chat", "completions"],
            Self::Responses => &["responses"],
        }
    }
}

/// A client of OpenAI, or of any server that speaks its protocol. Cloning is cheap; clones share everything.
///
/// ```no_run
/// use ghostwren::model::{Message, Model, ModelRequest};
/// use ghostwren::openai::OpenAi;
/// # async fn run() -> ghostwren::Result<()> {
/// let openai = OpenAi::from_env()?;
/// let request = ModelRequest::new("greeting", vec![Message::user("Say hello like a wren.")]);
/// let response = openai.complete(request).await?;
/// if let Some((text, _)) = response.answers.first() {
///     println!("{text} ({} tokens)", response.usage.output_tokens);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct OpenAi {
    settings: Arc<Settings>,
}

impl fmt::Debug for OpenAi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenAi")
            .field("base", &self.settings.base.as_ref().map(crate::http::shown_address))
            .field("policy", &self.settings.policy.chain)
            .field("api", &self.settings.api)
            .field("key", &self.settings.key.as_ref().map(|_| "set"))
            .finish_non_exhaustive()
    }
}

impl OpenAi {
    pub(super) fn from_settings(settings: Settings) -> Self {
        Self { settings: Arc::new(settings) }
    }

    pub(super) fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.settings));
        self
    }

    /// Asks for whole answers, with all parameters.
    ///
    /// More answers than one call gives are asked for by several, four at once; when one of them fails, the call fails.
    ///
    /// # Errors
    /// `InvalidInput` for a request that the API cannot take, `Config`, and every kind of the pipeline and of the service.
    pub async fn chat(&self, request: ChatRequest) -> Result<Reply> {
        self.ask(&request, self.settings.api).await
    }

    /// Asks for growing answers, with all parameters. See [`Model::stream`].
    ///
    /// # Errors
    /// As [`chat`](Self::chat) for what fails before the first text; later failures are items of the stream.
    pub async fn chat_stream(&self, request: ChatRequest) -> Result<ModelStream> {
        self.ask_stream(request, self.settings.api).await
    }

    /// As [`chat`](Self::chat), through the Responses API.
    ///
    /// # Errors
    /// As [`chat`](Self::chat).
    pub async fn responses(&self, request: ChatRequest) -> Result<Reply> {
        self.ask(&request, Api::Responses).await
    }

    /// As [`chat_stream`](Self::chat_stream), through the Responses API.
    ///
    /// # Errors
    /// As [`chat_stream`](Self::chat_stream).
    pub async fn responses_stream(&self, request: ChatRequest) -> Result<ModelStream> {
        self.ask_stream(request, Api::Responses).await
    }

    /// The models that the server has for this key.
    ///
    /// # Errors
    /// Every kind of the pipeline and of the service.
    pub async fn models(&self) -> Result<Vec<ModelRecord>> {
        let body = self.get("models.list", &["models"]).await?;
        let list = models::read_list(&body).ok_or_else(|| unreadable("models.list", "it is not a list of models"))?;
        for record in &list {
            self.learn(record);
        }
        Ok(list)
    }

    /// One model of the server. What it says of its shutdown goes into the policy.
    ///
    /// # Errors
    /// `NotFound`, `openai.model_not_found`, and every kind of the pipeline and of the service.
    pub async fn model_record(&self, id: &str) -> Result<ModelRecord> {
        let body = self.get("models.retrieve", &["models", id]).await?;
        let record = models::read_one(&body).ok_or_else(|| unreadable("models.retrieve", "it is not a model"))?;
        self.learn(&record);
        Ok(record)
    }

    async fn ask(&self, request: &ChatRequest, api: Api) -> Result<Reply> {
        self.warn();
        let mut from = 0;
        loop {
            let choice = self.choice(request, from);
            let plan = self.plan(request, &choice)?;
            let api = self.api_for(&plan.info, api);
            let parts = self.parts(request.n, &plan.info, api);
            let calls = parts.into_iter().map(|n| self.whole(&plan, api, n));
            let mut calls = futures_util::stream::iter(calls).buffered(AT_ONCE);
            let mut replies = Vec::new();
            let failed = loop {
                match calls.next().await {
                    Some(Ok(reply)) => replies.push(reply),
                    Some(Err(error)) => break Some(error),
                    None => break None,
                }
            };
            match failed {
                None => {
                    self.settled(&choice, from);
                    return Ok(split::join(replies));
                }
                Some(error) if !replies.is_empty() => return Err(split::with_lost_parts(error)),
                // Those that were answered and stand behind the one that failed.
                Some(error) if matches!(calls.next().now_or_never(), Some(Some(Ok(_)))) => {
                    return Err(split::with_lost_parts(error));
                }
                Some(error) => from = self.successor(&choice, &error).ok_or(error)?,
            }
        }
    }

    async fn ask_stream(&self, request: ChatRequest, api: Api) -> Result<ModelStream> {
        self.warn();
        let request = Arc::new(request);
        let mut from = 0;
        loop {
            let choice = self.choice(&request, from);
            let opened = self.open(&request, &choice, api).await;
            match opened {
                Ok(stream) => {
                    self.settled(&choice, from);
                    return Ok(stream);
                }
                Err(error) => from = self.successor(&choice, &error).ok_or(error)?,
            }
        }
    }

    /// Streams of one model, joined into one.
    async fn open(&self, request: &Arc<ChatRequest>, choice: &Choice, api: Api) -> Result<ModelStream> {
        let (api, parts) = {
            let plan = self.plan(request, choice)?;
            let api = self.api_for(&plan.info, api);
            (api, self.parts(request.n, &plan.info, api))
        };
        if let [n] = parts.as_slice() {
            let plan = self.plan(request, choice)?;
            return self.growing(&plan, api, *n, None).await.map(|stream| Box::pin(stream) as ModelStream);
        }
        let (client, request) = (self.clone(), Arc::clone(request));
        let (model, effort) = (choice.model.clone(), choice.effort);
        let refusals = Refusals::default();
        let mut joined = Joined::new(&parts, refusals.clone(), move |n| {
            let (client, request, model) = (client.clone(), Arc::clone(&request), model.clone());
            let refusals = Some(refusals.clone());
            async move {
                let choice = Choice { model, effort, index: None };
                let plan = client.plan(&request, &choice)?;
                client.growing(&plan, api, n, refusals).await.map(|stream| Box::pin(stream) as ModelStream)
            }
        });
        // What fails before anything was shown fails the call, as it does for a single stream.
        let first = joined.next().await;
        match first {
            Some(Err(error)) => Err(error),
            Some(Ok(first)) => Ok(Box::pin(futures_util::stream::iter([Ok(first)]).chain(joined))),
            None => Ok(Box::pin(joined)),
        }
    }

    fn plan<'a>(&self, request: &'a ChatRequest, choice: &'a Choice) -> Result<Plan<'a>> {
        Plan::new(request, &choice.model, self.is_openai(), choice.effort)
    }

    fn parts(&self, n: u32, info: &ModelInfo, api: Api) -> Vec<u32> {
        let max = match api {
            Api::Chat => self.settings.max_n.unwrap_or(info.max_n),
            Api::Responses => 1,
        };
        split::parts(n.max(1), max)
    }

    /// Some of OpenAI's models speak Responses only.
    fn api_for(&self, info: &ModelInfo, api: Api) -> Api {
        if info.chat || !self.is_openai() { api } else { Api::Responses }
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(super) fn is_openai(&self) -> bool {
        self.settings.base.as_ref().is_some_and(|base| self.settings.dialect.is_openai(base))
    }

    /// One call for whole answers.
    async fn whole(&self, plan: &Plan<'_>, api: Api, n: u32) -> Result<Reply> {
        let began = Instant::now();
        let request = self.request(plan, api, n, false)?;
        let span = CallSpan::new(plan.model, request.url.host_str().unwrap_or_default(), false);
        let (service, price, asked) = (&self.settings.service, self.settings.price.or(plan.info.price), plan.model);
        let most = self.most_for(plan, n);
        let read = move |response: HttpResponse| async move {
            let limits = RateLimits::from_headers(&response.headers);
            let (request_id, attempts, unanswered) =
                (response.request_id.clone(), response.attempts, response.unanswered);
            let status = response.status.as_u16();
            let body = response.bytes(MAX_BODY_BYTES).await?;
            let mut reply = read_whole(api, &body).map_err(|unread| {
                let error = match unread {
                    Unread::Error(body) => into_error(service.in_stream(&body), api.operation()),
                    Unread::Decode(detail) => unreadable(api.operation(), &detail),
                };
                let error = error.with_attempts(attempts).with_status(status);
                match &request_id {
                    Some(id) => error.with_request_id(id),
                    None => error,
                }
            })?;
            let model = reply.model.get_or_insert_with(|| asked.to_owned());
            let price = self.settings.price.or_else(|| model_info(model).price).or(price);
            reply.cost_micros = price.map(|price| price.cost_of_call(&reply.usage, most, unanswered));
            reply.request_id = request_id;
            reply.limits = limits;
            (reply.attempts, reply.unanswered) = (attempts, unanswered);
            reply.latency = began.elapsed();
            Ok(reply)
        };
        let result = self.pipeline()?.send_with(&**service, request, read).instrument(span.span().clone()).await;
        match &result {
            Ok(reply) => span.ended(reply.model.as_deref(), reply.id.as_deref(), &reply.usage, &reply.answers),
            Err(error) => span.failed(error),
        }
        result
    }

    /// One call for growing answers, up to the first thing worth showing.
    async fn growing(&self, plan: &Plan<'_>, api: Api, n: u32, refusals: Option<Refusals>) -> Result<AnswerStream> {
        let began = Instant::now();
        let request = self.request(plan, api, n, true)?;
        let span = CallSpan::new(plan.model, request.url.host_str().unwrap_or_default(), true);
        let (service, price, shared) = (&self.settings.service, self.settings.price, &span);
        let refusals = &refusals;
        let most_micros = self.most_for(plan, n);
        let open = move |response: HttpResponse| async move {
            let call = Call {
                service: Arc::clone(service),
                operation: api.operation(),
                model: plan.model.to_owned(),
                n,
                price,
                asked_price: plan.info.price,
                began,
                request_id: response.request_id.clone(),
                attempts: response.attempts,
                unanswered: response.unanswered,
                most_micros,
                refusals: refusals.clone(),
                span: shared.clone(),
            };
            let events = response.events();
            let stream = match api {
                Api::Chat => AnswerStream::chat(events, call),
                Api::Responses => AnswerStream::responses(events, call),
            };
            stream.opened().await
        };
        let result = self.pipeline()?.send_with(&**service, request, open).instrument(span.span().clone()).await;
        if let Err(error) = &result {
            span.failed(error);
        }
        result
    }

    /// What one call for `n` answers costs at most; 0 where the price is not known.
    fn most_for(&self, plan: &Plan<'_>, n: u32) -> u64 {
        let Some(price) = self.settings.price.or(plan.info.price) else { return 0 };
        let input = most_input(&plan.request.messages, &plan.request.format);
        let each = plan.request.max_output_tokens.unwrap_or(plan.info.max_output_tokens);
        most(&price, input, u64::from(each) * u64::from(n.max(1)))
    }

    fn request(&self, plan: &Plan<'_>, api: Api, n: u32, stream: bool) -> Result<HttpRequest> {
        let body = match api {
            Api::Chat => chat::body(plan, n, stream),
            Api::Responses => {
                responses::check(plan)?;
                responses::body(plan, stream)
            }
        };
        let body = body.map_err(|error| {
            Error::new(ErrorKind::InvalidInput, "openai.request", "the request is not JSON").with_source(error)
        })?;
        // A model that thinks first is silent for minutes.
        let thinks = !matches!(plan.info.reasoning, Reasoning::No) && plan.effort != Some(ReasoningEffort::None);
        let patient = Duration::from_secs(600);
        let idle = if !stream || thinks { self.settings.idle.max(patient) } else { self.settings.idle };
        let request = self.to(api.operation(), Method::POST, api.path())?;
        let accept = if stream { "text/event-stream" } else { "application/json" };
        Ok(request
            .header(ACCEPT, HeaderValue::from_static(accept))
            .body(HeaderValue::from_static("application/json"), body)
            // A repeated call costs tokens again, and does no other harm.
            .idempotent(true)
            .total_timeout((!stream).then_some(self.settings.timeout))
            .idle_timeout(idle))
    }

    async fn get(&self, operation: &'static str, path: &[&str]) -> Result<Bytes> {
        let request = self.to(operation, Method::GET, path)?;
        let received = self.pipeline()?.send_bytes(&*self.settings.service, request, 8 << 20).await?;
        Ok(received.value)
    }

    fn to(&self, operation: &'static str, method: Method, path: &[&str]) -> Result<HttpRequest> {
        let base = self.settings.base.as_ref().ok_or_else(|| bad_base("it is not set"))?;
        let mut request = HttpRequest::new(operation, method, join_path(base, path)?)
            .max_attempts(self.settings.attempts)
            .deadline(self.settings.deadline.and_then(|limit| Instant::now().checked_add(limit)));
        match &self.settings.key {
            Some(key) => request = request.bearer(key)?,
            None if is_loopback(base) || !self.is_openai() => {}
            None => {
                return Err(Error::new(ErrorKind::Config, "openai.no_key", "there is no API key")
                    .with_remedy("Set OPENAI_API_KEY, or give the client a key."));
            }
        }
        let billed = [("openai-organization", &self.settings.organization), ("openai-project", &self.settings.project)];
        for (name, value) in billed {
            if let Some(value) = value {
                let value = HeaderValue::from_str(value).map_err(|_| {
                    Error::new(
                        ErrorKind::Config,
                        "openai.billed_to",
                        format!("the header {name} cannot carry its value"),
                    )
                })?;
                request = request.header(HeaderName::from_static(name), value);
            }
        }
        Ok(request)
    }

    fn pipeline(&self) -> Result<&HttpClient> {
        if let Some(http) = self.settings.http.get() {
            return Ok(http);
        }
        let made = HttpClient::new()?;
        Ok(self.settings.http.get_or_init(|| made))
    }
}

fn unreadable(operation: &'static str, detail: &str) -> Error {
    Error::new(ErrorKind::Decode, "openai.unreadable", format!("the answer cannot be read: {detail}"))
        .with_operation(NAME, operation)
        .with_remedy("Check that the base URL is an OpenAI-compatible API.")
}

fn bad_base(why: &str) -> Error {
    Error::new(ErrorKind::Config, "openai.base_url", format!("the base URL cannot be used: {why}"))
        .with_remedy("Set it to an address such as https://api.openai.com/v1.")
}

/// The address of a call: below the base's own path, with its query.
fn join_path(base: &Url, path: &[&str]) -> Result<Url> {
    let mut url = base.clone();
    url.path_segments_mut().map_err(|()| bad_base("it has no path"))?.pop_if_empty().extend(path);
    Ok(url)
}

fn read_whole(api: Api, body: &[u8]) -> Result<Reply, Unread> {
    let read = match api {
        Api::Chat => chat::read,
        Api::Responses => responses::read,
    };
    match read(body) {
        Err(Unread::Decode(detail)) => match read(mend(body).as_bytes()) {
            Err(Unread::Decode(_)) => Err(Unread::Decode(detail)),
            other => other,
        },
        other => other,
    }
}

#[async_trait]
impl Model for OpenAi {
    fn provider(&self) -> &str {
        NAME
    }

    fn name(&self) -> String {
        self.choose(0).model
    }

    fn capabilities(&self) -> Capabilities {
        let info = model_info(&self.name());
        let mut capabilities = info.capabilities();
        if let Some(tokens) = self.settings.context {
            capabilities.context_tokens = tokens;
        }
        capabilities.max_n = match self.api_for(&info, self.settings.api) {
            // Responses has no `n`: several answers are several calls, each with its own end and cost.
            Api::Responses => 1,
            Api::Chat => self.settings.max_n.unwrap_or(capabilities.max_n),
        };
        capabilities
    }

    /// Counts a token for every byte of the prompt, which no tokenizer exceeds, and the longest answer for every answer.
    fn estimate_micros(&self, request: &ModelRequest) -> Option<u64> {
        let info = model_info(&self.name());
        let price = self.settings.price.or(info.price)?;
        let input = most_input(&request.messages, &request.format);
        let calls = u64::try_from(self.parts(request.n, &info, self.api_for(&info, self.settings.api)).len()).ok()?;
        let output =
            u64::from(request.max_output_tokens.unwrap_or(info.max_output_tokens)) * u64::from(request.n.max(1));
        Some(most(&price, input.saturating_mul(calls), output))
    }

    async fn complete(&self, request: ModelRequest) -> Result<ModelResponse> {
        self.chat(request.into()).await?.into_response()
    }

    async fn stream(&self, request: ModelRequest) -> Result<ModelStream> {
        self.chat_stream(request.into()).await
    }
}

/// The most tokens that a prompt can have: one for every byte, and a few for the frame of each message.
fn most_input(messages: &[Message], format: &OutputFormat) -> u64 {
    let format = match format {
        OutputFormat::JsonSchema { name, schema } => name.len() + schema.to_string().len() * 2,
        OutputFormat::Text => 0,
    };
    let messages: usize = messages.iter().map(|message| message.content.len() + 8).sum();
    u64::try_from(messages + format + 16).unwrap_or(u64::MAX)
}

/// The most that so many tokens cost: all of them at the dearest price of their side.
fn most(price: &Price, input: u64, output: u64) -> u64 {
    let dearest = price.input.max(price.cached).max(price.cache_write);
    let total = u128::from(input) * u128::from(dearest) + u128::from(output) * u128::from(price.output);
    u64::try_from(total.div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_and_a_query_of_the_base_are_kept() {
        for (base, url) in [
            ("https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions"),
            ("https://api.openai.com/v1/", "https://api.openai.com/v1/chat/completions"),
            ("http://localhost:8080", "http://localhost:8080/chat/completions"),
            (
                "https://gate.example/a%20b/openai/v1?api-version=2",
                "https://gate.example/a%20b/openai/v1/chat/completions?api-version=2",
            ),
        ] {
            assert_eq!(join_path(&base.parse().unwrap(), &["chat", "completions"]).unwrap().as_str(), url);
        }
        assert!(join_path(&"mailto:a@b".parse().unwrap(), &["x"]).is_err());
        let odd = join_path(&"http://localhost/v1".parse().unwrap(), &["models", "../a/b?c"]).unwrap();
        assert_eq!(odd.as_str(), "http://localhost/v1/models/..%2Fa%2Fb%3Fc");
    }

    #[test]
    fn the_estimate_is_an_upper_bound_and_none_without_a_price() {
        let client = OpenAi::new("k".to_owned().into()).model("gpt-4o");
        let request = ModelRequest::new("t", vec![Message::user("x".repeat(1000))]).max_output_tokens(100).n(3);
        let micros = client.estimate_micros(&request).unwrap();
        // 1,000 bytes at $2.50 and 300 tokens at $10 a million, and a little for the frame.
        assert!((5_500..6_000).contains(&micros), "{micros}");
        assert_eq!(OpenAi::new("k".to_owned().into()).model("smollm2").estimate_micros(&request), None);
        let priced = OpenAi::new("k".to_owned().into()).model("smollm2").price(Price::new(0, 0, 1_000_000));
        assert_eq!(priced.estimate_micros(&request), Some(300));
    }

    #[test]
    fn debug_shows_no_key_and_no_query() {
        let client = OpenAi::new("sk-secret-123".to_owned().into())
            .base_url("https://user:hunter2@gate.example/v1?key=hunter3".parse().unwrap());
        let shown = format!("{client:?} {:?}", &client as &dyn Model);
        assert!(!shown.contains("secret") && !shown.contains("hunter"), "{shown}");
    }
}
