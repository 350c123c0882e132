//! What both APIs ask for, and the answers with their faults before they take the shape of one API.

use serde_json::Value;

use super::Fault;
use super::models::Model;
use super::problem::Problem;
use super::strict;
use super::tokens;
use super::writer::{Mode, Writer};

/// A request in the terms of both APIs.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) model: Model,
    /// Role and text of each message, in order.
    pub(crate) messages: Vec<(String, String)>,
    pub(crate) n: usize,
    pub(crate) stream: bool,
    pub(crate) include_usage: bool,
    pub(crate) obfuscation: bool,
    pub(crate) schema: Option<Value>,
    pub(crate) json: bool,
    pub(crate) max_tokens: Option<u64>,
    pub(crate) stop: Vec<String>,
    pub(crate) seed: i64,
    pub(crate) cache_key: String,
    pub(crate) service_tier: String,
}

impl Ask {
    /// The prompt as the cache and the token count see it: the schema first, then the messages.
    pub(crate) fn prompt_text(&self) -> String {
        let mut text = self.schema.as_ref().map(ToString::to_string).unwrap_or_default();
        for (role, content) in &self.messages {
            text.push_str("\n<|");
            text.push_str(role);
            text.push_str("|>\n");
            text.push_str(content);
        }
        text
    }

    /// Refuses what does not fit into the model.
    pub(crate) fn check_length(&self, param: &str) -> Result<(), Problem> {
        let tokens = tokens::count(&self.prompt_text());
        if tokens <= self.model.context as u64 {
            return Ok(());
        }
        Err(Problem::new(
            400,
            format!(
                "This model's maximum context length is {} tokens. However, your messages resulted in {tokens} tokens. \
                 Please reduce the length of the messages.",
                self.model.context
            ),
        )
        .param(param)
        .code("context_length_exceeded"))
    }
}

/// One answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) text: String,
    pub(crate) refusal: bool,
    pub(crate) finish: &'static str,
}

/// The answers to a request, with their tokens.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) answers: Vec<Answer>,
    pub(crate) input_tokens: u64,
    pub(crate) cached_tokens: u64,
    pub(crate) output_tokens: u64,
}

/// Refuses parameters that a reasoning model does not take, and efforts on a model that has none.
pub(crate) fn check_reasoning(
    model: &Model,
    effort: Option<&str>,
    temperature: Option<f64>,
    top_p: Option<f64>,
    effort_param: &'static str,
) -> Result<(), Problem> {
    if !model.reasoning {
        return match effort {
            Some(_) => Err(unsupported(effort_param)),
            None => Ok(()),
        };
    }
    if effort == Some("none") && !model.effort_none {
        return Err(Problem::new(
            400,
            format!(
                "Unsupported value: 'none' is not supported with the '{}' model. Supported values are: 'minimal', 'low', \
                 'medium', and 'high'.",
                model.id
            ),
        )
        .param(effort_param)
        .code("unsupported_value"));
    }
    if effort != Some("none") {
        for (name, value) in [("temperature", temperature), ("top_p", top_p)] {
            if value.is_some_and(|value| (value - 1.0).abs() > f64::EPSILON) {
                // As recorded: this one has no code.
                return Err(Problem::new(
                    400,
                    format!("Unsupported parameter: '{name}' is not supported with this model."),
                )
                .param(name));
            }
        }
    }
    Ok(())
}

pub(crate) fn unsupported(param: &'static str) -> Problem {
    Problem::new(400, format!("Unsupported parameter: '{param}' is not supported with this model."))
        .param(param)
        .code("unsupported_parameter")
}

/// The text of a message: a string, or parts of text.
pub(crate) fn message_text(content: Option<&Value>, path: &str, kinds: &[&str]) -> Result<String, Problem> {
    match content {
        None => Err(strict::missing(path)),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Array(parts)) => {
            let mut text = String::new();
            for (at, part) in parts.iter().enumerate() {
                let path = format!("{path}[{at}]");
                let kind = part.get("type").and_then(Value::as_str).unwrap_or_default();
                if !kinds.contains(&kind) {
                    return Err(strict::not_imitated(&format!("{path}.type")));
                }
                match part.get("text") {
                    Some(Value::String(part)) => text.push_str(part),
                    Some(other) => return Err(strict::wrong_type(&format!("{path}.text"), "a string", other)),
                    None => return Err(strict::missing(&format!("{path}.text"))),
                }
            }
            Ok(text)
        }
        Some(other) => Err(strict::wrong_type(path, "one of a string or array of objects", other)),
    }
}

/// Writes the answers: the same request gets the same words.
pub(crate) fn write(ask: &Ask, cached: u64, fault: Option<Fault>) -> Outcome {
    let mode = match fault {
        Some(Fault::LongTweets) => Mode::Long,
        Some(Fault::Copies) => Mode::Copies,
        Some(Fault::SameTweets) => Mode::Same,
        Some(Fault::Invented) => Mode::Invented,
        Some(Fault::HostileText) => Mode::Hostile,
        Some(Fault::WrongClaims) => Mode::WrongClaims,
        _ => Mode::Plain,
    };
    let n = match fault {
        Some(Fault::NoChoices) => 0,
        Some(Fault::WrongN) if ask.n == 1 => 2,
        Some(Fault::WrongN) => ask.n - 1,
        _ => ask.n,
    };
    let prompt = ask.prompt_text();
    let writer = Writer::new(&ask.messages, ask.seed, mode);
    let answers: Vec<Answer> = (0..n).map(|index| one(ask, &writer, index, fault)).collect();
    Outcome {
        input_tokens: tokens::count(&prompt) + 4 * ask.messages.len() as u64,
        cached_tokens: cached,
        output_tokens: answers.iter().map(|answer| tokens::count(&answer.text)).sum(),
        answers,
    }
}

fn one(ask: &Ask, writer: &Writer, index: usize, fault: Option<Fault>) -> Answer {
    let plain = |text: String, finish| Answer { text, refusal: false, finish };
    let text = match &ask.schema {
        Some(schema) => {
            let mut value = writer.json(schema, index);
            if fault == Some(Fault::WrongSchema)
                && let Some(object) = value.as_object_mut()
                && let Some(first) = object.keys().next().cloned()
            {
                object.remove(&first);
            }
            value.to_string()
        }
        None if ask.json => serde_json::json!({"text": writer.tweet(index)}).to_string(),
        None => writer.tweet(index),
    };
    let half = |text: &str| text.chars().take(text.chars().count() / 2).collect::<String>();
    match fault {
        Some(Fault::EmptyAnswer) => return plain(String::new(), "stop"),
        Some(Fault::Prose) => {
            let prose =
                "Sure! Here are a few ideas that could work well for your audience. Let me know which one you like.";
            return plain(prose.to_owned(), "stop");
        }
        Some(Fault::FencedJson) => return plain(format!("```json\n{text}\n```"), "stop"),
        Some(Fault::HalfJson) => return plain(half(&text), "stop"),
        Some(Fault::Length) => return plain(half(&text), "length"),
        Some(Fault::ContentFilter) => return plain(half(&text), "content_filter"),
        Some(Fault::Refusal) => {
            let text = "I'm sorry, but I can't assist with that request.".to_owned();
            return Answer { text, refusal: true, finish: "stop" };
        }
        _ => {}
    }
    let stopped = ask.stop.iter().filter(|stop| !stop.is_empty()).filter_map(|stop| text.find(stop.as_str())).min();
    let text = match stopped.and_then(|at| text.get(..at)) {
        Some(before) => before.to_owned(),
        None => text,
    };
    match ask.max_tokens {
        Some(max) if tokens::count(&text) > max => {
            let kept = tokens::pieces(&text).take(usize::try_from(max).unwrap_or(usize::MAX)).collect();
            plain(kept, "length")
        }
        _ => plain(text, "stop"),
    }
}
