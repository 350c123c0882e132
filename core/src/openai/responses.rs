//! The Responses API on the wire: <https://developers.openai.com/api/reference/responses>. Written strictly, read
//! tolerantly. It has no `n`, `seed`, `stop` or penalties: several answers are several calls.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::chat::Unread;
use super::reply::{Answer, Reply};
use super::request::{Plan, StreamOptions};
use super::wire::{Count, List, Object, Text};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{FinishReason, ReasoningEffort, Usage};

/// The smallest `max_output_tokens` that the specification allows.
const MIN_OUTPUT_TOKENS: u32 = 16;

#[derive(Serialize)]
struct Item<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    role: &'static str,
    content: &'a str,
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    input: Vec<Item<'a>>,
    /// OpenAI keeps responses for 30 days unless told otherwise; prompts hold a person's tweets.
    store: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_output_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<Effort>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Format>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_cache_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    safety_identifier: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
}

#[derive(Serialize)]
struct Effort {
    effort: ReasoningEffort,
}

#[derive(Serialize)]
struct Format {
    format: Value,
}

/// What Chat Completions has and Responses does not is refused, so that nobody believes it had an effect.
pub(super) fn check(plan: &Plan<'_>) -> Result<()> {
    let request = plan.request;
    let parameter = if !request.stop.is_empty() {
        "stop"
    } else if request.frequency_penalty.is_some() {
        "frequency_penalty"
    } else if request.presence_penalty.is_some() {
        "presence_penalty"
    } else if request.top_logprobs.is_some() {
        "top_logprobs"
    } else {
        return Ok(());
    };
    Err(Error::new(
        ErrorKind::InvalidInput,
        "openai.unsupported_parameter",
        format!("the Responses API has no `{parameter}`"),
    )
    .with_remedy("Use Chat Completions (the setting `api`), or leave it out."))
}

pub(super) fn body(plan: &Plan<'_>, stream: bool) -> serde_json::Result<Vec<u8>> {
    let request = plan.request;
    let options = StreamOptions { include_usage: None, include_obfuscation: plan.openai.then_some(false) };
    serde_json::to_vec(&Body {
        model: plan.model,
        input: plan.messages().map(|(role, content)| Item { kind: "message", role, content }).collect(),
        store: false,
        max_output_tokens: request.max_output_tokens.map(|tokens| tokens.max(MIN_OUTPUT_TOKENS)),
        temperature: request.temperature.filter(|_| plan.sampling),
        top_p: request.top_p.filter(|_| plan.sampling),
        reasoning: plan.effort.map(|effort| Effort { effort }),
        text: plan.text_format().map(|format| Format { format }),
        prompt_cache_key: request.cache_key.as_deref().filter(|_| plan.openai),
        safety_identifier: request.safety_identifier.as_deref().filter(|_| plan.openai),
        stream: stream.then_some(true),
        stream_options: (stream && !options.is_empty()).then_some(options),
    })
}

/// One event of a stream, borrowed from its bytes.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Event<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Text<'a>,
    #[serde(borrow)]
    pub(super) delta: Text<'a>,
    pub(super) output_index: Count,
    #[serde(borrow)]
    pub(super) item: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) response: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) error: Option<&'a RawValue>,
}

/// The object of an answer.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Whole<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    model: Text<'a>,
    #[serde(borrow)]
    pub(super) status: Text<'a>,
    #[serde(borrow)]
    output: List<OutputItem<'a>>,
    #[serde(borrow)]
    output_text: Text<'a>,
    #[serde(borrow)]
    incomplete_details: Object<Incomplete<'a>>,
    usage: Object<WireUsage>,
    #[serde(borrow)]
    pub(super) error: Option<&'a RawValue>,
}

/// One item of the output. An assistant's message of the phase `commentary` is not part of the answer.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OutputItem<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    phase: Text<'a>,
    #[serde(borrow)]
    content: List<Part<'a>>,
}

impl OutputItem<'_> {
    pub(super) fn is_commentary(&self) -> bool {
        self.phase.as_str() == Some("commentary")
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Part<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    text: Text<'a>,
    #[serde(borrow)]
    refusal: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Incomplete<'a> {
    #[serde(borrow)]
    reason: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireUsage {
    input_tokens: Count,
    output_tokens: Count,
    input_tokens_details: Object<InputDetails>,
    output_tokens_details: Object<OutputDetails>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct InputDetails {
    cached_tokens: Count,
    cache_write_tokens: Count,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct OutputDetails {
    reasoning_tokens: Count,
}

impl From<WireUsage> for Usage {
    fn from(usage: WireUsage) -> Self {
        let input = usage.input_tokens_details.0.unwrap_or_default();
        Self {
            input_tokens: usage.input_tokens.or_zero(),
            cached_tokens: input.cached_tokens.or_zero(),
            cache_write_tokens: input.cache_write_tokens.or_zero(),
            output_tokens: usage.output_tokens.or_zero(),
            reasoning_tokens: usage.output_tokens_details.0.unwrap_or_default().reasoning_tokens.or_zero(),
        }
    }
}

pub(super) fn read(body: &[u8]) -> Result<Reply, Unread> {
    let text = std::str::from_utf8(body).map_err(|error| Unread::Decode(error.to_string()))?;
    let whole: Whole<'_> = serde_json::from_str(text).map_err(|error| Unread::Decode(error.to_string()))?;
    reply(whole, None)
}

/// `ended` is what the event around the object says, for servers that leave the object's own status out.
pub(super) fn reply(whole: Whole<'_>, ended: Option<&str>) -> Result<Reply, Unread> {
    if let Some(error) = whole.error {
        return Err(Unread::Error(error.get().as_bytes().to_vec()));
    }
    let status = ended.or(whole.status.as_str()).unwrap_or_default();
    if matches!(status, "failed" | "cancelled") {
        return Err(Unread::Error(format!("{{\"message\":\"the response is {status}\"}}").into_bytes()));
    }
    if matches!(status, "in_progress" | "queued") {
        return Err(Unread::Decode(format!("the response is not finished: {status}")));
    }
    if status.is_empty() && whole.output.is_empty() && whole.output_text.0.is_none() {
        return Err(Unread::Decode("the answer has no output".to_owned()));
    }
    let mut text = String::new();
    let mut refusal: Option<String> = None;
    let mut called = false;
    for item in whole.output.iter() {
        called |= item.kind.as_str().is_some_and(|kind| kind.ends_with("_call"));
        if item.kind.as_str() != Some("message") || item.is_commentary() {
            continue;
        }
        for part in item.content.iter() {
            match part.kind.as_str() {
                Some("refusal") => refusal.get_or_insert_default().push_str(part.refusal.as_str().unwrap_or_default()),
                Some("output_text" | "text") | None => text.push_str(part.text.as_str().unwrap_or_default()),
                Some(_) => {}
            }
        }
    }
    if text.is_empty()
        && refusal.is_none()
        && whole.output.is_empty()
        && let Some(short) = whole.output_text.filled()
    {
        text.push_str(short);
    }
    let finish = match (status, whole.incomplete_details.0.unwrap_or_default().reason.filled()) {
        ("incomplete", Some("max_output_tokens" | "max_tokens")) => FinishReason::Length,
        ("incomplete", Some("content_filter")) => FinishReason::ContentFilter,
        ("incomplete", reason) => FinishReason::Other(reason.unwrap_or("incomplete").chars().take(100).collect()),
        _ if called && text.is_empty() => FinishReason::ToolCalls,
        ("completed", _) => FinishReason::Stop,
        ("", _) => super::chat::unreported(),
        (other, _) => FinishReason::Other(other.chars().take(100).collect()),
    };
    Ok(Reply {
        id: whole.id.owned(),
        model: whole.model.owned(),
        answers: vec![Answer { index: 0, text, refusal, finish, logprobs: None }],
        usage: whole.usage.0.map(Usage::from).unwrap_or_default(),
        ..Reply::default()
    })
}
