//! What is asked, before it is put into the words of one of the two APIs.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use super::registry::{ModelInfo, Reasoning, is_openai_reasoning, model_info};
use super::schema::strict_schema;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Message, ModelRequest, OutputFormat, ReasoningEffort, Role};

/// Which parameters a server takes beyond those that all take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Dialect {
    /// Told by the host: OpenAI's own and Azure's are `OpenAi`, all others `Compatible`.
    #[default]
    Auto,
    /// All of OpenAI's specification.
    #[serde(rename = "openai")]
    OpenAi,
    /// What llama.cpp, vLLM, Ollama, Mistral and their like take; some refuse a parameter that they do not know.
    Compatible,
}

impl Dialect {
    pub(super) fn is_openai(self, base: &Url) -> bool {
        match self {
            Self::OpenAi => true,
            Self::Compatible => false,
            Self::Auto => base.host_str().is_some_and(|host| {
                ["openai.com", "openai.azure.com"]
                    .iter()
                    .any(|known| host.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
            }),
        }
    }
}

/// A call of Chat Completions or of Responses, with all parameters that this SDK knows.
///
/// What an API or a model does not take is left out, mapped, or refused with `InvalidInput`, never sent to fail:
/// `system` becomes `developer` for OpenAI's reasoning models, `max_output_tokens` becomes `max_completion_tokens` or
/// `max_tokens`, and sampling parameters are left out for a reasoning model unless its effort is `none`.
///
/// ```
/// use ghostwren::model::Message;
/// use ghostwren::openai::ChatRequest;
/// let request = ChatRequest::new(vec![Message::user("One line about wrens.")]).top_p(0.9).stop(["\n"]);
/// assert_eq!(request.stop, ["\n"]);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ChatRequest {
    /// The model for this call; the client's policy chooses where it is not set.
    pub model: Option<String>,
    /// The conversation.
    pub messages: Vec<Message>,
    /// What the answer must look like. A schema is made strict before it is sent.
    pub format: OutputFormat,
    /// How many answers, 1 to 128.
    pub n: u32,
    /// How many tokens each answer may have, reasoning included.
    pub max_output_tokens: Option<u32>,
    /// How freely it chooses, 0 to 2.
    pub temperature: Option<f64>,
    /// The share of likeliest tokens that it chooses from, 0 to 1.
    pub top_p: Option<f64>,
    /// Lowers what was said often, -2 to 2. Chat Completions only.
    pub frequency_penalty: Option<f64>,
    /// Lowers what was said at all, -2 to 2. Chat Completions only.
    pub presence_penalty: Option<f64>,
    /// Ends the answer before one of these, at most 4. Chat Completions only.
    pub stop: Vec<String>,
    /// Makes answers repeatable where the server supports it. Chat Completions only.
    pub seed: Option<i64>,
    /// Asks for log probabilities with so many alternatives, at most 20. Chat Completions only.
    pub top_logprobs: Option<u32>,
    /// How long it may think.
    pub reasoning_effort: Option<ReasoningEffort>,
    /// Requests with the same key and the same beginning share the service's cache.
    pub cache_key: Option<String>,
    /// A stable, anonymous id of the person it is for, at most 64 characters.
    pub safety_identifier: Option<String>,
}

impl Default for ChatRequest {
    /// A call without a message yet.
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl ChatRequest {
    /// A call for one answer in text.
    #[must_use]
    pub fn new(messages: Vec<Message>) -> Self {
        Self {
            model: None,
            messages,
            format: OutputFormat::Text,
            n: 1,
            max_output_tokens: None,
            temperature: None,
            top_p: None,
            frequency_penalty: None,
            presence_penalty: None,
            stop: Vec::new(),
            seed: None,
            top_logprobs: None,
            reasoning_effort: None,
            cache_key: None,
            safety_identifier: None,
        }
    }

    /// Sets the model for this call: this one and no successor.
    #[must_use]
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// Asks for JSON that keeps to a schema.
    #[must_use]
    pub fn json_schema(mut self, name: impl Into<String>, schema: Value) -> Self {
        self.format = OutputFormat::JsonSchema { name: name.into(), schema };
        self
    }

    /// Asks for `n` answers.
    #[must_use]
    pub fn n(mut self, n: u32) -> Self {
        self.n = n.max(1);
        self
    }

    /// Limits each answer.
    #[must_use]
    pub fn max_output_tokens(mut self, tokens: u32) -> Self {
        self.max_output_tokens = Some(tokens);
        self
    }

    /// Sets how freely it chooses.
    #[must_use]
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.temperature = Some(temperature);
        self
    }

    /// Sets the share of likeliest tokens that it chooses from.
    #[must_use]
    pub fn top_p(mut self, top_p: f64) -> Self {
        self.top_p = Some(top_p);
        self
    }

    /// Ends the answer before one of these.
    #[must_use]
    pub fn stop<S: Into<String>>(mut self, stop: impl IntoIterator<Item = S>) -> Self {
        self.stop = stop.into_iter().map(Into::into).collect();
        self
    }

    /// Makes answers repeatable where the server supports it.
    #[must_use]
    pub fn seed(mut self, seed: i64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Asks for log probabilities with so many alternatives.
    #[must_use]
    pub fn top_logprobs(mut self, alternatives: u32) -> Self {
        self.top_logprobs = Some(alternatives);
        self
    }

    /// Sets how long it may think.
    #[must_use]
    pub fn reasoning_effort(mut self, effort: ReasoningEffort) -> Self {
        self.reasoning_effort = Some(effort);
        self
    }

    /// Lets requests with the same beginning share the service's cache.
    #[must_use]
    pub fn cache_key(mut self, key: impl Into<String>) -> Self {
        self.cache_key = Some(key.into());
        self
    }
}

impl From<ModelRequest> for ChatRequest {
    fn from(request: ModelRequest) -> Self {
        Self {
            format: request.format,
            n: request.n.max(1),
            max_output_tokens: request.max_output_tokens,
            temperature: request.temperature,
            seed: request.seed,
            reasoning_effort: request.reasoning_effort,
            cache_key: request.cache_key,
            ..Self::new(request.messages)
        }
    }
}

/// A request that was checked against what its model takes, ready to be written by either API.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) request: &'a ChatRequest,
    pub(super) model: &'a str,
    pub(super) info: ModelInfo,
    pub(super) openai: bool,
    pub(super) effort: Option<ReasoningEffort>,
    /// Whether temperature, top_p and log probabilities may be sent.
    pub(super) sampling: bool,
    pub(super) developer: bool,
    /// The name and the strict schema, where the model keeps to one.
    pub(super) schema: Option<(&'a str, Value)>,
    /// Instructions in place of a schema that the model cannot keep to.
    pub(super) schema_in_words: Option<String>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        request: &'a ChatRequest,
        model: &'a str,
        openai: bool,
        effort: Option<ReasoningEffort>,
    ) -> Result<Self> {
        check(request)?;
        let info = model_info(model);
        let effort = request.reasoning_effort.or(effort).and_then(|asked| info.reasoning.nearest(asked));
        let sampling = info.reasoning == Reasoning::No
            || effort == Some(ReasoningEffort::None)
            || !info.known && !is_openai_reasoning(model);
        let (schema, schema_in_words) = match &request.format {
            OutputFormat::JsonSchema { name, schema } => {
                let strict = strict_schema(schema)?;
                if info.json_schema {
                    (Some((name.as_str(), strict)), None)
                } else {
                    let words = format!(
                        "Answer with one JSON object that keeps to this JSON Schema, and nothing else: {strict}"
                    );
                    (None, Some(words))
                }
            }
            _ => (None, None),
        };
        Ok(Self {
            request,
            model,
            openai,
            effort,
            sampling,
            developer: is_openai_reasoning(model),
            schema,
            schema_in_words,
            info,
        })
    }

    pub(super) fn role(&self, role: Role) -> &'static str {
        match role {
            Role::System if self.developer => "developer",
            Role::System => "system",
            Role::User => "user",
            Role::Assistant => "assistant",
        }
    }

    /// The messages, with the schema in words last among the instructions where the model needs it so.
    pub(super) fn messages(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let words = self.schema_in_words.as_deref().map(|words| (self.role(Role::System), words));
        self.request.messages.iter().map(|message| (self.role(message.role), message.content.as_str())).chain(words)
    }

    pub(super) fn response_format(&self) -> Option<Value> {
        if self.schema_in_words.is_some() {
            return Some(json!({"type": "json_object"}));
        }
        let (name, schema) = self.schema.as_ref()?;
        Some(json!({"type": "json_schema", "json_schema": {"name": name, "schema": schema, "strict": true}}))
    }

    pub(super) fn text_format(&self) -> Option<Value> {
        if self.schema_in_words.is_some() {
            return Some(json!({"type": "json_object"}));
        }
        let (name, schema) = self.schema.as_ref()?;
        Some(json!({"type": "json_schema", "name": name, "schema": schema, "strict": true}))
    }
}

/// A sum of characters that a prompt never reaches: the largest context is a few million tokens.
const MAX_PROMPT_BYTES: usize = 64 << 20;

fn check(request: &ChatRequest) -> Result<()> {
    let wrong = |detail: String| Err(Error::new(ErrorKind::InvalidInput, "openai.request", detail));
    if request.messages.is_empty() {
        return wrong("the request has no message".to_owned());
    }
    if request.messages.iter().map(|message| message.content.len()).sum::<usize>() > MAX_PROMPT_BYTES {
        return wrong("the messages are longer than 64 MiB".to_owned());
    }
    if request.n == 0 || request.n > 128 {
        return wrong(format!("n is 1 to 128, not {}", request.n));
    }
    if request.max_output_tokens == Some(0) {
        return wrong("an answer of 0 tokens".to_owned());
    }
    for (name, value, low, high) in [
        ("temperature", request.temperature, 0.0, 2.0),
        ("top_p", request.top_p, 0.0, 1.0),
        ("frequency_penalty", request.frequency_penalty, -2.0, 2.0),
        ("presence_penalty", request.presence_penalty, -2.0, 2.0),
    ] {
        if let Some(value) = value
            && !(low..=high).contains(&value)
        {
            return wrong(format!("{name} is {low} to {high}, not {value}"));
        }
    }
    if request.stop.len() > 4 {
        return wrong(format!("at most 4 stop sequences, not {}", request.stop.len()));
    }
    if request.top_logprobs.is_some_and(|count| count > 20) {
        return wrong("top_logprobs is 0 to 20".to_owned());
    }
    if request.safety_identifier.as_ref().is_some_and(|id| id.chars().count() > 64) {
        return wrong("a safety_identifier has at most 64 characters".to_owned());
    }
    if let OutputFormat::JsonSchema { name, .. } = &request.format {
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        if name.is_empty() || name.len() > 64 || !plain {
            return wrong("the name of a schema is 1 to 64 letters, digits, _ and -".to_owned());
        }
    }
    Ok(())
}

/// `{"include_usage": true}` and the like.
#[derive(Debug, Default, Serialize)]
pub(super) struct StreamOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) include_usage: Option<bool>,
    /// OpenAI pads each chunk by default; nobody listens on a TLS connection to a model of one's own writing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) include_obfuscation: Option<bool>,
}

impl StreamOptions {
    pub(super) fn is_empty(&self) -> bool {
        self.include_usage.is_none() && self.include_obfuscation.is_none()
    }
}
