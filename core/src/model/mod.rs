//! What style and generation see of a language model: the trait [`Model`] and the plain data that passes through it.
//!
//! `openai::OpenAi` implements it; so can an application, with three methods.

mod request;
mod response;
mod thought;

pub use request::{Message, ModelRequest, OutputFormat, ReasoningEffort, Role};
pub use response::{FinishReason, ModelDelta, ModelResponse, ModelStream, Usage};
pub(crate) use thought::{Listener, begins_thinking, ends_thinking, spoken};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::error::Result;

/// What a model can be asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Capabilities {
    /// How many tokens it reads and writes in all.
    pub context_tokens: u32,
    /// How many tokens it writes at most.
    pub max_output_tokens: u32,
    /// Whether it keeps to a JSON schema.
    pub json_schema: bool,
    /// How many answers one call may ask for; 1 where `n` is not known.
    pub max_n: u32,
    /// Whether it takes `temperature`.
    pub temperature: bool,
}

impl Default for Capabilities {
    /// A model that nothing is known of: 8,192 tokens, no schema, one answer a call.
    fn default() -> Self {
        Self { context_tokens: 8192, max_output_tokens: 2048, json_schema: false, max_n: 1, temperature: true }
    }
}

/// A language model.
///
/// A call that is dropped is a call that stops: an implementation ends its request when the future or stream is dropped.
#[async_trait]
pub trait Model: Send + Sync + std::fmt::Debug {
    /// Who serves it, such as `openai`.
    fn provider(&self) -> &str;

    /// The model that will be asked, such as `gpt-4o`.
    fn name(&self) -> String;

    /// What it can be asked.
    fn capabilities(&self) -> Capabilities;

    /// What this request costs at most, in millionths of a US dollar; `None` where the price is not known.
    fn estimate_micros(&self, request: &ModelRequest) -> Option<u64>;

    /// Asks for whole answers.
    ///
    /// # Errors
    /// `ContentRefused` when the model refuses, `Truncated` when the answer is cut by something else than its length
    /// limit, and every kind of the HTTP pipeline.
    async fn complete(&self, request: ModelRequest) -> Result<ModelResponse>;

    /// Asks for answers that grow. Nothing is read ahead of the caller: a slow reader slows the sender down.
    ///
    /// # Errors
    /// As `complete` for what fails before the first byte; later failures are items of the stream.
    async fn stream(&self, request: ModelRequest) -> Result<ModelStream>;
}
