use std::ops::AddAssign;
use std::pin::Pin;
use std::time::Duration;

use futures_core::Stream;
use serde::{Deserialize, Serialize};

use crate::error::Result;

/// The tokens of a call. Zero where the server does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Tokens read, those from the cache included.
    pub input_tokens: u64,
    /// Of these, tokens that came from the service's cache.
    pub cached_tokens: u64,
    /// Of the tokens read, those written to the cache, where the model charges for it.
    pub cache_write_tokens: u64,
    /// Tokens written, those of reasoning included.
    pub output_tokens: u64,
    /// Of these, tokens of hidden reasoning.
    pub reasoning_tokens: u64,
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.input_tokens += other.input_tokens;
        self.cached_tokens += other.cached_tokens;
        self.cache_write_tokens += other.cache_write_tokens;
        self.output_tokens += other.output_tokens;
        self.reasoning_tokens += other.reasoning_tokens;
    }
}

/// Why an answer ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FinishReason {
    /// It was finished.
    Stop,
    /// It reached the token limit: the text is cut.
    Length,
    /// A filter cut it.
    ContentFilter,
    /// The model wanted to call a tool.
    ToolCalls,
    /// A reason newer than this SDK, as the server wrote it.
    Other(String),
}

/// Whole answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ModelResponse {
    /// The answers, in the order of their index: text and why it ended.
    pub answers: Vec<(String, FinishReason)>,
    /// The tokens of all answers together.
    pub usage: Usage,
    /// The model that answered, as it named itself.
    pub model: String,
    /// The id that the service gave the request.
    pub request_id: Option<String>,
    /// What it cost, in millionths of a US dollar; `None` where the price is not known.
    pub cost_micros: Option<u64>,
    /// How many times the request was sent.
    pub attempts: u32,
    /// From sending to the last byte.
    pub latency: Duration,
}

impl ModelResponse {
    /// A response with one answer and nothing else known, for models of your own.
    #[must_use]
    pub fn text(model: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            answers: vec![(text.into(), FinishReason::Stop)],
            usage: Usage::default(),
            model: model.into(),
            request_id: None,
            cost_micros: None,
            attempts: 1,
            latency: Duration::ZERO,
        }
    }
}

/// One step of a growing answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", content = "data", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ModelDelta {
    /// An answer grew.
    Text {
        /// Which answer, from 0.
        index: u32,
        /// What it grew by.
        text: String,
    },
    /// An answer ended.
    Finished {
        /// Which answer, from 0.
        index: u32,
        /// Why.
        reason: FinishReason,
    },
    /// All answers ended and the stream was closed properly: the last item, always. Its texts are whole.
    Completed(ModelResponse),
}

/// Growing answers. Ends after [`ModelDelta::Completed`] or an error; a stream that just stops is `Truncated`.
pub type ModelStream = Pin<Box<dyn Stream<Item = Result<ModelDelta>> + Send>>;
