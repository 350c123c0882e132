//! `POST /v1/responses`: what it takes, and its answer whole or in events.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::super::server::Reply;
use super::answers::{self, Answer, Ask, Outcome};
use super::chat::{EFFORTS, tier};
use super::models::Models;
use super::problem::{self, Problem};
use super::shape::{self, Event, Part};
use super::strict::{self, Rule};
use super::{Endpoint, Fault, Headers, id, now, tokens};

const TEXT: usize = usize::MAX;
const FIELDS: &[(&str, Rule)] = &[
    ("background", Rule::NotImitated),
    ("context_management", Rule::NotImitated),
    ("conversation", Rule::NotImitated),
    ("include", Rule::Any),
    ("input", Rule::Any),
    ("instructions", Rule::Text(TEXT)),
    ("max_output_tokens", Rule::Int(16, i64::MAX)),
    ("max_tool_calls", Rule::NotImitated),
    ("metadata", Rule::Object),
    ("model", Rule::Text(TEXT)),
    ("moderation", Rule::NotImitated),
    ("parallel_tool_calls", Rule::Bool),
    ("previous_response_id", Rule::NotImitated),
    ("prompt", Rule::NotImitated),
    ("prompt_cache_key", Rule::Text(TEXT)),
    ("prompt_cache_options", Rule::Object),
    ("prompt_cache_retention", Rule::OneOf(&["in_memory", "24h"])),
    ("reasoning", Rule::Object),
    ("safety_identifier", Rule::Text(64)),
    ("service_tier", Rule::OneOf(&["auto", "default", "flex", "scale", "priority", "fast", "ultrafast"])),
    ("store", Rule::Bool),
    ("stream", Rule::Bool),
    ("stream_options", Rule::Object),
    ("temperature", Rule::Num(0.0, 2.0)),
    ("text", Rule::Object),
    ("tool_choice", Rule::NotImitated),
    ("tools", Rule::NotImitated),
    ("top_logprobs", Rule::NotImitated),
    ("top_p", Rule::Num(0.0, 1.0)),
    ("truncation", Rule::OneOf(&["auto", "disabled"])),
    ("user", Rule::Text(TEXT)),
];

/// Reads and checks a request.
pub(super) fn read(body: &Map<String, Value>, models: &Models) -> Result<Ask, Problem> {
    strict::fields(body, "", FIELDS)?;
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let number = |name: &str| body.get(name).and_then(Value::as_f64);
    let name = text("model").ok_or_else(|| strict::missing("model"))?;
    let model = models.get(name).ok_or_else(|| problem::no_model(Endpoint::Responses, name))?.clone();
    let reasoning = body.get("reasoning").and_then(Value::as_object);
    if let Some(reasoning) = reasoning {
        let known = [
            ("effort", Rule::OneOf(EFFORTS)),
            ("summary", Rule::OneOf(&["auto", "concise", "detailed"])),
            ("generate_summary", Rule::OneOf(&["auto", "concise", "detailed"])),
        ];
        strict::fields(reasoning, "reasoning.", &known)?;
    }
    let effort = reasoning.and_then(|reasoning| reasoning.get("effort")).and_then(Value::as_str);
    answers::check_reasoning(&model, effort, number("temperature"), number("top_p"), "reasoning.effort")?;
    let options = body.get("stream_options").and_then(Value::as_object);
    if let Some(options) = options {
        strict::fields(options, "stream_options.", &[("include_obfuscation", Rule::Bool)])?;
    }
    let max_tokens = body.get("max_output_tokens").and_then(Value::as_u64);
    if let Some(asked) = max_tokens.filter(|asked| *asked > model.max_output) {
        return Err(Problem::new(
            400,
            format!("Invalid 'max_output_tokens': this model supports at most {}, but got {asked}.", model.max_output),
        )
        .param("max_output_tokens")
        .code("integer_above_max_value"));
    }
    let (schema, json) = format(body.get("text").and_then(Value::as_object))?;
    let mut messages = Vec::new();
    if let Some(instructions) = text("instructions") {
        messages.push(("system".to_owned(), instructions.to_owned()));
    }
    input(body.get("input"), &mut messages)?;
    let ask = Ask {
        messages,
        n: 1,
        stream: body.get("stream").and_then(Value::as_bool).unwrap_or(false),
        include_usage: true,
        obfuscation: options
            .and_then(|options| options.get("include_obfuscation"))
            .and_then(Value::as_bool)
            .unwrap_or(true),
        schema,
        json,
        max_tokens,
        stop: Vec::new(),
        seed: 0,
        cache_key: text("prompt_cache_key").unwrap_or_default().to_owned(),
        service_tier: tier(text("service_tier")),
        model,
    };
    ask.check_length("input")?;
    Ok(ask)
}

fn input(value: Option<&Value>, messages: &mut Vec<(String, String)>) -> Result<(), Problem> {
    let items = match value {
        None | Some(Value::Null) => return Err(strict::missing("input")),
        Some(Value::String(text)) => {
            messages.push(("user".to_owned(), text.clone()));
            return Ok(());
        }
        Some(Value::Array(items)) => items,
        Some(other) => return Err(strict::wrong_type("input", "one of an array of objects or string", other)),
    };
    for (at, item) in items.iter().enumerate() {
        let path = format!("input[{at}]");
        let Some(object) = item.as_object() else { return Err(strict::wrong_type(&path, "an object", item)) };
        if object.get("type").is_some_and(|kind| kind != "message") {
            return Err(strict::not_imitated(&format!("{path}.type")));
        }
        strict::fields(
            object,
            &format!("{path}."),
            &[
                ("type", Rule::Any),
                ("role", Rule::OneOf(&["user", "assistant", "system", "developer"])),
                ("content", Rule::Any),
                ("id", Rule::Text(TEXT)),
                ("status", Rule::OneOf(&["in_progress", "completed", "incomplete"])),
                ("phase", Rule::Text(TEXT)),
            ],
        )?;
        let role = object.get("role").and_then(Value::as_str);
        let role = role.ok_or_else(|| strict::missing(&format!("{path}.role")))?;
        let kinds = ["input_text", "output_text"];
        let content = answers::message_text(object.get("content"), &format!("{path}.content"), &kinds)?;
        messages.push((role.to_owned(), content));
    }
    Ok(())
}

fn format(text: Option<&Map<String, Value>>) -> Result<(Option<Value>, bool), Problem> {
    let Some(text) = text else { return Ok((None, false)) };
    let known = [("format", Rule::Object), ("verbosity", Rule::OneOf(&["low", "medium", "high"]))];
    strict::fields(text, "text.", &known)?;
    let Some(format) = text.get("format").and_then(Value::as_object) else { return Ok((None, false)) };
    match format.get("type").and_then(Value::as_str) {
        Some("text") => Ok((None, false)),
        Some("json_object") => Ok((None, true)),
        Some("json_schema") => {
            strict::fields(
                format,
                "text.format.",
                &[
                    ("type", Rule::Any),
                    ("name", Rule::Any),
                    ("description", Rule::Text(TEXT)),
                    ("schema", Rule::Object),
                    ("strict", Rule::Bool),
                ],
            )?;
            let name = strict::schema_name(format.get("name"), "text.format.name")?;
            let schema = format.get("schema").ok_or_else(|| strict::missing("text.format.schema"))?;
            if format.get("strict").and_then(Value::as_bool).unwrap_or(true) {
                strict::schema(&name, schema, "text.format.schema")?;
            }
            Ok((Some(schema.clone()), true))
        }
        Some(other) => Err(Problem::new(
            400,
            format!("Invalid value: '{other}'. Supported values are: 'json_object', 'json_schema', and 'text'."),
        )
        .param("text.format.type")
        .code("invalid_value")),
        None => Err(strict::missing("text.format.type")),
    }
}

/// The answer to a request that was read.
pub(super) fn reply(
    ask: &Ask,
    outcome: &Outcome,
    request: &Map<String, Value>,
    number: u64,
    fault: Option<Fault>,
    pace: Duration,
    headers: &Headers,
) -> Reply {
    let run = Run { ask, outcome, request, fault, number, created: now() };
    if !ask.stream || fault == Some(Fault::NotAStream) {
        let body = run.response(run.status(), true).to_string().into_bytes();
        return headers.bytes(200, "application/json", body, fault, Vec::new());
    }
    let (events, failure) = run.events();
    headers.stream(shape::stream(events, failure, fault, pace))
}

struct Run<'a> {
    ask: &'a Ask,
    outcome: &'a Outcome,
    request: &'a Map<String, Value>,
    fault: Option<Fault>,
    number: u64,
    created: u64,
}

impl Run<'_> {
    /// `completed`, or `incomplete` when an answer was cut.
    fn status(&self) -> &'static str {
        match self.cut() {
            None => "completed",
            Some(_) => "incomplete",
        }
    }

    fn cut(&self) -> Option<&'static str> {
        self.outcome.answers.iter().find_map(|answer| match answer.finish {
            "length" => Some("max_output_tokens"),
            "content_filter" => Some("content_filter"),
            _ => None,
        })
    }

    /// The response object in a state; `full` has the output and the usage.
    fn response(&self, status: &str, full: bool) -> Value {
        let ended = full && status == "completed";
        let output: Vec<Value> = if full {
            self.outcome.answers.iter().enumerate().map(|(at, answer)| self.message(at, answer)).collect()
        } else {
            Vec::new()
        };
        let asked = |name: &str, default: Value| match self.request.get(name) {
            None | Some(Value::Null) => default,
            Some(value) => value.clone(),
        };
        let mut text = asked("text", json!({}));
        if text.get("format").is_none() {
            text["format"] = json!({"type": "text"});
        }
        if text.get("verbosity").is_none() {
            text["verbosity"] = "medium".into();
        }
        let status = if full && self.fault == Some(Fault::UnknownFinishReason) { "finished" } else { status };
        let incomplete = match self.cut() {
            Some(reason) if full && status == "incomplete" => json!({ "reason": reason }),
            _ => Value::Null,
        };
        let mut response = json!({
            "id": id("resp_", self.number, 48),
            "object": "response",
            "created_at": self.created,
            "status": status,
            "error": null,
            "incomplete_details": incomplete,
            "model": self.ask.model.snapshot,
            "output": output,
        });
        if self.fault == Some(Fault::Bare) {
            return response;
        }
        let tier = match self.fault {
            Some(Fault::UnknownServiceTier) => "on_demand",
            _ if full => &self.ask.service_tier,
            _ => "auto",
        };
        let mut usage = Value::Null;
        if full {
            usage = self.usage();
        }
        let more = json!({
            "background": false,
            "completed_at": if ended { json!(now()) } else { Value::Null },
            "instructions": asked("instructions", Value::Null),
            "max_output_tokens": asked("max_output_tokens", Value::Null),
            "max_tool_calls": null,
            "metadata": asked("metadata", json!({})),
            "parallel_tool_calls": asked("parallel_tool_calls", json!(true)),
            "previous_response_id": null,
            "prompt_cache_key": asked("prompt_cache_key", Value::Null),
            "prompt_cache_retention": asked("prompt_cache_retention", Value::Null),
            "reasoning": asked("reasoning", json!({"effort": null, "summary": null})),
            "safety_identifier": asked("safety_identifier", Value::Null),
            "service_tier": tier,
            "temperature": asked("temperature", json!(1.0)),
            "text": text,
            "tool_choice": "auto",
            "tools": [],
            "top_logprobs": 0,
            "top_p": asked("top_p", json!(1.0)),
            "truncation": asked("truncation", json!("disabled")),
        });
        if let (Some(response), Value::Object(more)) = (response.as_object_mut(), more) {
            response.extend(more);
            if !usage.is_null() {
                response.insert("usage".to_owned(), usage);
            }
            if self.fault == Some(Fault::ExtraFields) {
                response.insert("tool_usage".to_owned(), json!({"web_search": {"num_requests": 0}}));
                response.insert("timings".to_owned(), json!({"prompt_ms": 1.5}));
            }
        }
        response
    }

    fn usage(&self) -> Value {
        let outcome = self.outcome;
        json!({
            "input_tokens": outcome.input_tokens,
            "input_tokens_details": {"cached_tokens": outcome.cached_tokens, "cache_write_tokens": 0},
            "output_tokens": outcome.output_tokens,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": outcome.input_tokens + outcome.output_tokens,
        })
    }

    fn item_id(&self, at: usize) -> String {
        id("msg_", self.number.wrapping_mul(31).wrapping_add(at as u64), 48)
    }

    fn message(&self, at: usize, answer: &Answer) -> Value {
        let status = if answer.finish == "stop" { "completed" } else { "incomplete" };
        json!({
            "id": self.item_id(at),
            "type": "message",
            "role": "assistant",
            "status": status,
            "content": [part(answer, &answer.text)],
        })
    }

    /// The events of the stream, and those that end it when it fails in the middle.
    fn events(&self) -> (Vec<Event>, Vec<Event>) {
        let mut events = Vec::new();
        let mut sequence = 0_u64;
        let mut push = |events: &mut Vec<Event>, place: Part, name: &str, mut data: Value| {
            data["type"] = name.into();
            data["sequence_number"] = sequence.into();
            sequence += 1;
            events.push(Event { part: place, name: Some(name.to_owned()), data: data.to_string() });
        };
        for name in ["response.created", "response.in_progress"] {
            push(&mut events, Part::Start, name, json!({"response": self.response("in_progress", false)}));
        }
        for (at, answer) in self.outcome.answers.iter().enumerate() {
            let item_id = self.item_id(at);
            let item =
                json!({"id": item_id, "type": "message", "role": "assistant", "status": "in_progress", "content": []});
            let place = |mut data: Value| {
                data["item_id"] = item_id.as_str().into();
                data["output_index"] = at.into();
                data["content_index"] = 0.into();
                data
            };
            let first = if at == 0 { Part::Start } else { Part::Content };
            push(&mut events, first, "response.output_item.added", json!({"output_index": at, "item": item}));
            push(&mut events, first, "response.content_part.added", place(json!({"part": part(answer, "")})));
            for piece in tokens::pieces(&answer.text) {
                let mut data = place(json!({"delta": piece}));
                if self.ask.obfuscation && self.fault != Some(Fault::Bare) {
                    data["obfuscation"] = id("", piece.len() as u64, 16 - piece.len() % 16).into();
                }
                let name = if answer.refusal {
                    "response.refusal.delta"
                } else {
                    data["logprobs"] = json!([]);
                    "response.output_text.delta"
                };
                push(&mut events, Part::Content, name, data);
            }
            if answer.refusal {
                push(&mut events, Part::Finish, "response.refusal.done", place(json!({"refusal": answer.text})));
            } else {
                let done = place(json!({"text": answer.text, "logprobs": []}));
                push(&mut events, Part::Finish, "response.output_text.done", done);
            }
            let done = place(json!({"part": part(answer, &answer.text)}));
            push(&mut events, Part::Finish, "response.content_part.done", done);
            let item = json!({"output_index": at, "item": self.message(at, answer)});
            push(&mut events, Part::Finish, "response.output_item.done", item);
        }
        let status = self.status();
        let last = json!({"response": self.response(status, true)});
        push(&mut events, Part::Done, &format!("response.{status}"), last);

        let (code, message) = match self.fault {
            Some(Fault::StreamErrorFirst) => ("insufficient_quota", "You exceeded your current quota."),
            _ => ("server_error", "The server had an error while processing your request. Sorry about that!"),
        };
        let mut failure = Vec::new();
        match self.fault {
            Some(Fault::StreamError) => {
                push(&mut failure, Part::Done, "error", json!({"code": code, "message": message, "param": null}));
            }
            Some(Fault::StreamErrorNested | Fault::StreamErrorFirst) => {
                let error = json!({"type": code, "code": code, "message": message, "param": null});
                push(&mut failure, Part::Done, "error", json!({ "error": error }));
            }
            _ => {}
        }
        if self.fault != Some(Fault::StreamError) {
            let mut failed = self.response("failed", false);
            failed["error"] = json!({"code": code, "message": message});
            push(&mut failure, Part::Done, "response.failed", json!({ "response": failed }));
        }
        (events, failure)
    }
}

fn part(answer: &Answer, text: &str) -> Value {
    if answer.refusal {
        json!({"type": "refusal", "refusal": text})
    } else {
        json!({"type": "output_text", "text": text, "annotations": [], "logprobs": []})
    }
}
