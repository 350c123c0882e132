//! Chat Completions on the wire: <https://developers.openai.com/api/reference/chat>. Written strictly, read tolerantly.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::reply::{Answer, Reply, finish_reason};
use super::request::{Plan, StreamOptions};
use super::wire::{Count, List, Object, Text};
use crate::model::{FinishReason, ReasoningEffort, Usage};

#[derive(Serialize)]
struct WireMessage<'a> {
    role: &'static str,
    content: &'a str,
}

/// The request's body: only what this model and this server take.
#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: Vec<WireMessage<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    /// For servers that know only the older name.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frequency_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    presence_penalty: Option<f64>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    stop: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_logprobs: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_effort: Option<ReasoningEffort>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_cache_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    safety_identifier: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
}

pub(super) fn body(plan: &Plan<'_>, n: u32, stream: bool) -> serde_json::Result<Vec<u8>> {
    let request = plan.request;
    // Some servers know only one of the names; OpenAI's reasoning models refuse the older one
    // (`unsupported_parameter`).
    let modern = plan.openai || plan.developer;
    let sampled = |value: Option<f64>| value.filter(|_| plan.sampling);
    serde_json::to_vec(&Body {
        model: plan.model,
        messages: plan.messages().map(|(role, content)| WireMessage { role, content }).collect(),
        n: (n > 1).then_some(n),
        max_completion_tokens: request.max_output_tokens.filter(|_| modern),
        max_tokens: request.max_output_tokens.filter(|_| !modern),
        temperature: sampled(request.temperature),
        top_p: sampled(request.top_p),
        frequency_penalty: sampled(request.frequency_penalty),
        presence_penalty: sampled(request.presence_penalty),
        // `stop` is refused by the o series and by GPT-5 while they reason.
        stop: if plan.sampling { &request.stop } else { &[] },
        seed: request.seed,
        logprobs: request.top_logprobs.filter(|_| plan.sampling).map(|_| true),
        top_logprobs: request.top_logprobs.filter(|_| plan.sampling),
        response_format: plan.response_format(),
        reasoning_effort: plan.effort,
        prompt_cache_key: request.cache_key.as_deref().filter(|_| plan.openai),
        safety_identifier: request.safety_identifier.as_deref().filter(|_| plan.openai),
        stream: stream.then_some(true),
        stream_options: stream
            .then_some(StreamOptions { include_usage: Some(true), include_obfuscation: plan.openai.then_some(false) }),
    })
}

/// One chunk of a stream, borrowed from its bytes.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Chunk<'a> {
    #[serde(borrow)]
    pub(super) choices: List<Choice<'a>>,
    pub(super) usage: Object<WireUsage>,
    #[serde(borrow)]
    pub(super) error: Option<&'a RawValue>,
}

/// What every chunk says again: read until it is known.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ChunkHead<'a> {
    #[serde(borrow)]
    pub(super) id: Text<'a>,
    #[serde(borrow)]
    pub(super) model: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Choice<'a> {
    pub(super) index: Count,
    #[serde(borrow)]
    pub(super) delta: Object<Said<'a>>,
    #[serde(borrow)]
    pub(super) finish_reason: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Said<'a> {
    #[serde(borrow)]
    pub(super) content: Text<'a>,
    #[serde(borrow)]
    pub(super) refusal: Text<'a>,
}

/// The usage of a call. llama.cpp counts one answer only in `completion_tokens` when `n` is more than 1: its numbers are
/// passed on as they are, because nothing in the answer says which server wrote it.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WireUsage {
    prompt_tokens: Count,
    completion_tokens: Count,
    prompt_tokens_details: Object<PromptDetails>,
    completion_tokens_details: Object<CompletionDetails>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PromptDetails {
    cached_tokens: Count,
    cache_write_tokens: Count,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct CompletionDetails {
    reasoning_tokens: Count,
}

impl From<WireUsage> for Usage {
    fn from(usage: WireUsage) -> Self {
        let prompt = usage.prompt_tokens_details.0.unwrap_or_default();
        Self {
            input_tokens: usage.prompt_tokens.or_zero(),
            cached_tokens: prompt.cached_tokens.or_zero(),
            cache_write_tokens: prompt.cache_write_tokens.or_zero(),
            output_tokens: usage.completion_tokens.or_zero(),
            reasoning_tokens: usage.completion_tokens_details.0.unwrap_or_default().reasoning_tokens.or_zero(),
        }
    }
}

/// A whole answer.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Whole<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    model: Text<'a>,
    #[serde(borrow)]
    choices: List<WholeChoice<'a>>,
    usage: Object<WireUsage>,
    #[serde(borrow)]
    system_fingerprint: Text<'a>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WholeChoice<'a> {
    index: Count,
    #[serde(borrow)]
    message: Object<Said<'a>>,
    #[serde(borrow)]
    finish_reason: Text<'a>,
    logprobs: Option<Value>,
}

/// What could not be read, or was an error with a status of success.
#[derive(Debug)]
pub(super) enum Unread {
    /// An error object where an answer was expected.
    Error(Vec<u8>),
    /// Not the JSON of an answer.
    Decode(String),
}

pub(super) fn read(body: &[u8]) -> Result<Reply, Unread> {
    let text = std::str::from_utf8(body).map_err(|error| Unread::Decode(error.to_string()))?;
    let whole: Whole<'_> = serde_json::from_str(text).map_err(|error| Unread::Decode(error.to_string()))?;
    if let Some(error) = whole.error {
        return Err(Unread::Error(error.get().as_bytes().to_vec()));
    }
    if whole.choices.is_empty() {
        return Err(Unread::Decode("the answer has no choices".to_owned()));
    }
    let mut answers: Vec<Answer> = whole
        .choices
        .into_iter()
        .map(|choice| {
            let said = choice.message.0.unwrap_or_default();
            Answer {
                index: u32::try_from(choice.index.or_zero()).unwrap_or(u32::MAX),
                text: said.content.0.unwrap_or_default().into_owned(),
                refusal: said.refusal.owned(),
                finish: choice.finish_reason.filled().map_or_else(unreported, finish_reason),
                logprobs: choice.logprobs.filter(|value| !value.is_null()),
            }
        })
        .collect();
    answers.sort_by_key(|answer| answer.index);
    Ok(Reply {
        id: whole.id.owned(),
        model: whole.model.owned(),
        answers,
        usage: whole.usage.0.map(Usage::from).unwrap_or_default(),
        system_fingerprint: whole.system_fingerprint.owned(),
        ..Reply::default()
    })
}

/// A whole answer whose server does not say why it ended.
pub(super) fn unreported() -> FinishReason {
    FinishReason::Other("unreported".to_owned())
}
