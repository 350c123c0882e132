use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Who speaks in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The instructions of the application; sent as `developer` to models that want it so.
    System,
    /// What is asked.
    User,
    /// What the model said before.
    Assistant,
}

/// One message of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub content: String,
}

impl Message {
    /// Instructions of the application.
    #[must_use]
    pub fn system(content: impl Into<String>) -> Self {
        Self { role: Role::System, content: content.into() }
    }

    /// What is asked.
    #[must_use]
    pub fn user(content: impl Into<String>) -> Self {
        Self { role: Role::User, content: content.into() }
    }

    /// What the model said before.
    #[must_use]
    pub fn assistant(content: impl Into<String>) -> Self {
        Self { role: Role::Assistant, content: content.into() }
    }
}

/// What the answer must look like.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OutputFormat {
    /// Text.
    #[default]
    Text,
    /// JSON that keeps to a schema; sent as a strict schema where the model has that.
    JsonSchema {
        /// The name of the schema: letters, digits, `_` and `-`, at most 64.
        name: String,
        /// The JSON Schema; every object closed, every property required.
        schema: Value,
    },
}

/// How long a reasoning model may think before it writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReasoningEffort {
    /// Not at all.
    None,
    /// Hardly.
    Minimal,
    /// A little.
    Low,
    /// Usually.
    Medium,
    /// Long.
    High,
}

/// What a model is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModelRequest {
    /// What the call is for, such as `generate`: goes into the log, not to the model.
    pub purpose: String,
    /// The conversation. What stays the same from call to call comes first, so that the service's cache serves it.
    pub messages: Vec<Message>,
    /// What the answer must look like.
    pub format: OutputFormat,
    /// How many answers; at least 1.
    pub n: u32,
    /// How many tokens each answer may have.
    pub max_output_tokens: Option<u32>,
    /// How freely it chooses, 0 to 2; left out for models that do not take it.
    pub temperature: Option<f64>,
    /// Makes answers repeatable where the server supports it.
    pub seed: Option<i64>,
    /// How long it may think.
    pub reasoning_effort: Option<ReasoningEffort>,
    /// Requests with the same key and the same beginning share the service's cache.
    pub cache_key: Option<String>,
}

impl ModelRequest {
    /// A request for one answer in text.
    #[must_use]
    pub fn new(purpose: impl Into<String>, messages: Vec<Message>) -> Self {
        Self {
            purpose: purpose.into(),
            messages,
            format: OutputFormat::Text,
            n: 1,
            max_output_tokens: None,
            temperature: None,
            seed: None,
            reasoning_effort: None,
            cache_key: None,
        }
    }

    /// SHA-256 of all that is asked, in hexadecimal: what a log keeps in place of a prompt. Equal requests have equal hashes.
    #[must_use]
    pub fn hash(&self) -> String {
        // Strings, numbers and maps with names: such a value can always be written.
        let json = serde_json::to_vec(self).unwrap_or_default();
        digest(&SHA256, &json).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
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

    /// Makes answers repeatable where the server supports it.
    #[must_use]
    pub fn seed(mut self, seed: i64) -> Self {
        self.seed = Some(seed);
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
