//! `POST /v1/chat/completions`: what it takes, and its answer whole or in chunks.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::super::server::Reply;
use super::answers::{self, Answer, Ask, Outcome};
use super::models::Models;
use super::problem::{self, Problem};
use super::shape::{self, Event, Part};
use super::strict::{self, Rule};
use super::{Endpoint, Fault, Headers, id, now, tokens};

pub(super) const EFFORTS: &[&str] = &["none", "minimal", "low", "medium", "high", "xhigh", "max"];
pub(super) const TIERS: &[&str] = &["auto", "default", "flex", "scale", "priority", "fast"];
const TEXT: usize = usize::MAX;
const FIELDS: &[(&str, Rule)] = &[
    ("audio", Rule::NotImitated),
    ("frequency_penalty", Rule::Num(-2.0, 2.0)),
    ("function_call", Rule::NotImitated),
    ("functions", Rule::NotImitated),
    ("logit_bias", Rule::Object),
    ("logprobs", Rule::Bool),
    ("max_completion_tokens", Rule::Int(1, i64::MAX)),
    ("max_tokens", Rule::Int(1, i64::MAX)),
    ("messages", Rule::Any),
    ("metadata", Rule::Object),
    ("modalities", Rule::Any),
    ("model", Rule::Text(TEXT)),
    ("moderation", Rule::NotImitated),
    ("n", Rule::Int(1, 128)),
    ("parallel_tool_calls", Rule::NotImitated),
    ("prediction", Rule::NotImitated),
    ("presence_penalty", Rule::Num(-2.0, 2.0)),
    ("prompt_cache_key", Rule::Text(TEXT)),
    ("prompt_cache_options", Rule::Object),
    ("prompt_cache_retention", Rule::OneOf(&["in_memory", "24h"])),
    ("reasoning_effort", Rule::OneOf(EFFORTS)),
    ("response_format", Rule::Object),
    ("safety_identifier", Rule::Text(64)),
    ("seed", Rule::Int(i64::MIN, i64::MAX)),
    ("service_tier", Rule::OneOf(TIERS)),
    ("stop", Rule::Any),
    ("store", Rule::Bool),
    ("stream", Rule::Bool),
    ("stream_options", Rule::Object),
    ("temperature", Rule::Num(0.0, 2.0)),
    ("tool_choice", Rule::NotImitated),
    ("tools", Rule::NotImitated),
    ("top_logprobs", Rule::NotImitated),
    ("top_p", Rule::Num(0.0, 1.0)),
    ("user", Rule::Text(TEXT)),
    ("verbosity", Rule::OneOf(&["low", "medium", "high"])),
    ("web_search_options", Rule::NotImitated),
];

/// Reads and checks a request.
pub(super) fn read(body: &Map<String, Value>, models: &Models) -> Result<Ask, Problem> {
    strict::fields(body, "", FIELDS)?;
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let flag = |name: &str| body.get(name).and_then(Value::as_bool).unwrap_or(false);
    let number = |name: &str| body.get(name).and_then(Value::as_f64);
    let name = text("model").ok_or_else(|| strict::missing("model"))?;
    let model = models.get(name).ok_or_else(|| problem::no_model(Endpoint::Chat, name))?.clone();
    if flag("logprobs") {
        return Err(strict::not_imitated("logprobs"));
    }
    let max_tokens = body.get("max_tokens").and_then(Value::as_u64);
    if model.reasoning && max_tokens.is_some() {
        return Err(Problem::new(
            400,
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        )
        .param("max_tokens")
        .code("unsupported_parameter"));
    }
    let max_completion = body.get("max_completion_tokens").and_then(Value::as_u64);
    if max_tokens.is_some() && max_completion.is_some() {
        return Err(Problem::new(
            400,
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
        )
        .code("invalid_parameter_combination"));
    }
    for (param, asked) in [("max_tokens", max_tokens), ("max_completion_tokens", max_completion)] {
        if let Some(asked) = asked.filter(|asked| *asked > model.max_output) {
            return Err(Problem::new(
                400,
                format!(
                    "max_tokens is too large: {asked}. This model supports at most {} completion tokens, whereas you \
                     provided {asked}.",
                    model.max_output
                ),
            )
            .param(param)
            .code("invalid_value"));
        }
    }
    let effort = text("reasoning_effort");
    answers::check_reasoning(&model, effort, number("temperature"), number("top_p"), "reasoning_effort")?;
    if model.reasoning {
        for name in ["frequency_penalty", "presence_penalty"] {
            if number(name).is_some_and(|value| value != 0.0) {
                return Err(answers::unsupported(name));
            }
        }
        if body.get("stop").is_some_and(|stop| !stop.is_null()) {
            return Err(answers::unsupported("stop"));
        }
    }
    let stream = flag("stream");
    let options = body.get("stream_options").and_then(Value::as_object);
    if let Some(options) = options {
        strict::fields(
            options,
            "stream_options.",
            &[("include_usage", Rule::Bool), ("include_obfuscation", Rule::Bool)],
        )?;
        if !stream {
            return Err(Problem::new(400, "The 'stream_options' parameter is only allowed when 'stream' is enabled.")
                .param("stream_options"));
        }
    }
    let option =
        |name: &str, default| options.and_then(|options| options.get(name)).and_then(Value::as_bool).unwrap_or(default);
    let (schema, json) = format(body.get("response_format"))?;
    let messages = messages(body.get("messages"))?;
    if json && schema.is_none() && !messages.iter().any(|(_, text)| text.to_lowercase().contains("json")) {
        return Err(Problem::new(
            400,
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
        )
        .param("messages"));
    }
    let ask = Ask {
        messages,
        n: body.get("n").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok()).unwrap_or(1),
        stream,
        include_usage: option("include_usage", false),
        obfuscation: option("include_obfuscation", true),
        schema,
        json,
        max_tokens: max_tokens.or(max_completion),
        stop: stops(body.get("stop"))?,
        seed: body.get("seed").and_then(Value::as_i64).unwrap_or(0),
        cache_key: text("prompt_cache_key").unwrap_or_default().to_owned(),
        service_tier: tier(text("service_tier")),
        model,
    };
    ask.check_length("messages")?;
    Ok(ask)
}

/// The tier that served a request of that tier.
pub(super) fn tier(asked: Option<&str>) -> String {
    match asked {
        Some("priority" | "fast") => "priority",
        Some("flex") => "flex",
        _ => "default",
    }
    .to_owned()
}

fn messages(value: Option<&Value>) -> Result<Vec<(String, String)>, Problem> {
    let list = match value {
        None | Some(Value::Null) => return Err(strict::missing("messages")),
        Some(Value::Array(list)) => list,
        Some(other) => return Err(strict::wrong_type("messages", "an array of objects", other)),
    };
    if list.is_empty() {
        return Err(Problem::new(
            400,
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
        )
        .param("messages")
        .code("empty_array"));
    }
    let mut read = Vec::with_capacity(list.len());
    for (at, message) in list.iter().enumerate() {
        let path = format!("messages[{at}]");
        let Some(object) = message.as_object() else {
            return Err(strict::wrong_type(&path, "an object", message));
        };
        const ROLES: &[&str] = &["system", "developer", "user", "assistant", "tool", "function"];
        strict::fields(
            object,
            &format!("{path}."),
            &[
                ("role", Rule::OneOf(ROLES)),
                ("content", Rule::Any),
                ("name", Rule::Text(TEXT)),
                ("refusal", Rule::Text(TEXT)),
                ("audio", Rule::NotImitated),
                ("tool_calls", Rule::NotImitated),
                ("tool_call_id", Rule::NotImitated),
                ("function_call", Rule::NotImitated),
            ],
        )?;
        let role = object.get("role").and_then(Value::as_str);
        let role = role.ok_or_else(|| strict::missing(&format!("{path}.role")))?;
        if matches!(role, "tool" | "function") {
            return Err(strict::not_imitated(&format!("{path}.role")));
        }
        let content = match object.get("content") {
            Some(Value::Null) if role == "assistant" => String::new(),
            content => answers::message_text(content, &format!("{path}.content"), &["text"])?,
        };
        read.push((role.to_owned(), content));
    }
    Ok(read)
}

fn stops(value: Option<&Value>) -> Result<Vec<String>, Problem> {
    let list = match value {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::String(stop)) => return Ok(vec![stop.clone()]),
        Some(Value::Array(list)) if list.len() <= 4 => list,
        Some(other) => return Err(strict::wrong_type("stop", "a string or an array of at most 4 strings", other)),
    };
    list.iter()
        .map(|stop| stop.as_str().map(str::to_owned).ok_or_else(|| strict::wrong_type("stop", "a string", stop)))
        .collect()
}

fn format(value: Option<&Value>) -> Result<(Option<Value>, bool), Problem> {
    let Some(format) = value.and_then(Value::as_object) else { return Ok((None, false)) };
    match format.get("type").and_then(Value::as_str) {
        Some("text") => Ok((None, false)),
        Some("json_object") => Ok((None, true)),
        Some("json_schema") => {
            strict::fields(format, "response_format.", &[("type", Rule::Any), ("json_schema", Rule::Object)])?;
            let path = "response_format.json_schema";
            let inner = format.get("json_schema").and_then(Value::as_object).ok_or_else(|| strict::missing(path))?;
            strict::fields(
                inner,
                "response_format.json_schema.",
                &[
                    ("name", Rule::Any),
                    ("description", Rule::Text(TEXT)),
                    ("schema", Rule::Object),
                    ("strict", Rule::Bool),
                ],
            )?;
            let name = strict::schema_name(inner.get("name"), "response_format.json_schema.name")?;
            let schema = inner.get("schema").ok_or_else(|| strict::missing("response_format.json_schema.schema"))?;
            if inner.get("strict").and_then(Value::as_bool).unwrap_or(false) {
                strict::schema(&name, schema, "response_format")?;
            }
            Ok((Some(schema.clone()), true))
        }
        Some(other) => Err(Problem::new(
            400,
            format!("Invalid value: '{other}'. Supported values are: 'json_object', 'json_schema', and 'text'."),
        )
        .param("response_format.type")
        .code("invalid_value")),
        None => Err(strict::missing("response_format.type")),
    }
}

/// The answer to a request that was read.
pub(super) fn reply(
    ask: &Ask,
    outcome: &Outcome,
    number: u64,
    fault: Option<Fault>,
    pace: Duration,
    headers: &Headers,
) -> Reply {
    let chat = Chat { ask, outcome, fault, id: id("chatcmpl-", number, 29), created: now() };
    if !ask.stream || fault == Some(Fault::NotAStream) {
        let body = chat.whole().to_string().into_bytes();
        return headers.bytes(200, "application/json", body, fault, Vec::new());
    }
    let failure = match fault {
        Some(Fault::StreamErrorFirst) => problem::quota().body(),
        _ => Problem::new(500, "The server had an error while processing your request. Sorry about that!")
            .kind("server_error")
            .body(),
    };
    let failure = vec![Event::json(Part::Done, &failure)];
    headers.stream(shape::stream(chat.events(), failure, fault, pace))
}

struct Chat<'a> {
    ask: &'a Ask,
    outcome: &'a Outcome,
    fault: Option<Fault>,
    id: String,
    created: u64,
}

impl Chat<'_> {
    fn finish<'b>(&self, answer: &'b Answer) -> &'b str {
        if self.fault == Some(Fault::UnknownFinishReason) { "eos" } else { answer.finish }
    }

    /// What every object of the answer has.
    fn frame(&self, object: &str, choices: Value) -> Value {
        let mut frame = json!({
            "id": self.id,
            "object": object,
            "created": self.created,
            "model": self.ask.model.snapshot,
            "choices": choices,
        });
        if self.fault != Some(Fault::Bare) {
            let tier = match self.fault {
                Some(Fault::UnknownServiceTier) => "on_demand",
                _ => &self.ask.service_tier,
            };
            frame["service_tier"] = tier.into();
            frame["system_fingerprint"] = "fp_sandbox00".into();
        }
        if self.fault == Some(Fault::ExtraFields) {
            frame["timings"] = json!({"prompt_ms": 1.5, "predicted_per_second": 30.25});
            frame["x_groq"] = json!({"id": "req_01"});
        }
        frame
    }

    fn usage(&self) -> Value {
        let outcome = self.outcome;
        let mut usage = json!({
            "prompt_tokens": outcome.input_tokens,
            "completion_tokens": outcome.output_tokens,
            "total_tokens": outcome.input_tokens + outcome.output_tokens,
            "prompt_tokens_details": {"cached_tokens": outcome.cached_tokens, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": 0,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        });
        if self.fault == Some(Fault::ExtraFields) {
            usage["queue_time"] = json!(0.02);
        }
        usage
    }

    fn whole(&self) -> Value {
        let bare = self.fault == Some(Fault::Bare);
        let choices: Vec<Value> = self
            .outcome
            .answers
            .iter()
            .enumerate()
            .map(|(index, answer)| {
                let (content, refusal) =
                    if answer.refusal { (None, Some(&answer.text)) } else { (Some(&answer.text), None) };
                if bare {
                    return json!({
                        "index": index,
                        "message": {"role": "assistant", "content": content},
                        "finish_reason": self.finish(answer),
                    });
                }
                let mut message =
                    json!({"role": "assistant", "content": content, "refusal": refusal, "annotations": []});
                if self.fault == Some(Fault::ExtraFields) {
                    message["reasoning_content"] = "".into();
                }
                json!({
                    "index": index,
                    "message": message,
                    "logprobs": null,
                    "finish_reason": self.finish(answer),
                })
            })
            .collect();
        let mut body = self.frame("chat.completion", choices.into());
        if !bare {
            body["usage"] = self.usage();
        }
        body
    }

    fn chunk(&self, part: Part, index: usize, delta: &Value, finish: Option<&str>) -> Event {
        let mut choice = json!({"index": index, "delta": delta, "finish_reason": finish});
        if self.fault != Some(Fault::Bare) {
            choice["logprobs"] = Value::Null;
        }
        let mut chunk = self.frame("chat.completion.chunk", json!([choice]));
        if self.ask.include_usage {
            chunk["usage"] = Value::Null;
        }
        if self.ask.obfuscation && self.fault != Some(Fault::Bare) {
            // The real service pads to hide lengths from those who see only the size of packets.
            let size = delta.to_string().len();
            chunk["obfuscation"] = id("", size as u64, 16 - size % 16).into();
        }
        Event::json(part, &chunk)
    }

    fn events(&self) -> Vec<Event> {
        let mut events = Vec::new();
        let answers = &self.outcome.answers;
        for (index, answer) in answers.iter().enumerate() {
            let first = match self.fault {
                Some(Fault::NullContent) => json!({"role": "assistant", "content": null}),
                Some(Fault::Bare) => json!({"role": "assistant"}),
                _ if answer.refusal => json!({"role": "assistant", "content": null, "refusal": ""}),
                _ => json!({"role": "assistant", "content": "", "refusal": null}),
            };
            events.push(self.chunk(Part::Start, index, &first, None));
        }
        // The answers of one request grow side by side.
        let mut growing: Vec<_> =
            answers.iter().enumerate().map(|(index, answer)| (index, answer, tokens::pieces(&answer.text))).collect();
        while !growing.is_empty() {
            growing.retain_mut(|(index, answer, pieces)| match pieces.next() {
                Some(piece) => {
                    let field = if answer.refusal { "refusal" } else { "content" };
                    events.push(self.chunk(Part::Content, *index, &json!({ field: piece }), None));
                    true
                }
                None => {
                    events.push(self.chunk(Part::Finish, *index, &json!({}), Some(self.finish(answer))));
                    false
                }
            });
        }
        if self.ask.include_usage && self.fault != Some(Fault::Bare) {
            let mut usage = self.frame("chat.completion.chunk", json!([]));
            usage["usage"] = self.usage();
            events.push(Event::json(Part::Finish, &usage));
        }
        events.push(Event { part: Part::Done, name: None, data: "[DONE]".to_owned() });
        // A finish of a short answer may come before the words of a longer one; what is cut is cut by content alone.
        events
    }
}
