//! Whole answers of either API, in one form.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::limits::RateLimits;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{FinishReason, ModelResponse, Usage};

/// Whole answers, with all that the service said about them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Reply {
    /// The answer's id.
    pub id: Option<String>,
    /// The model that answered, as it named itself.
    pub model: Option<String>,
    /// The answers, in the order of their index.
    pub answers: Vec<Answer>,
    /// The tokens of all answers together.
    pub usage: Usage,
    /// What it cost, in millionths of a US dollar; `None` where the price is not known. An attempt without an answer may
    /// have been billed: it counts as the most that it can have cost.
    pub cost_micros: Option<u64>,
    /// The state of the service that wrote it; answers with the same seed are the same only within one.
    pub system_fingerprint: Option<String>,
    /// The id that the service gave the request.
    pub request_id: Option<String>,
    /// What is left of the limits.
    pub limits: Option<RateLimits>,
    /// How many times the request was sent.
    pub attempts: u32,
    /// How many of these attempts had no whole answer.
    pub unanswered: u32,
    /// From sending to the last byte.
    pub latency: Duration,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Answer {
    /// Which one, from 0.
    pub index: u32,
    /// What the model wrote.
    pub text: String,
    /// Why it refused, in its own words.
    pub refusal: Option<String>,
    /// Why it ended.
    pub finish: FinishReason,
    /// Log probabilities as the service wrote them, where they were asked for.
    pub logprobs: Option<Value>,
}

/// What a service writes as the reason.
pub(super) fn finish_reason(written: &str) -> FinishReason {
    match written {
        "stop" => FinishReason::Stop,
        "length" => FinishReason::Length,
        "content_filter" => FinishReason::ContentFilter,
        "tool_calls" | "function_call" => FinishReason::ToolCalls,
        other => FinishReason::Other(other.chars().take(100).collect()),
    }
}

impl Reply {
    /// The answers as a [`ModelResponse`].
    ///
    /// An answer that was refused among others that were not stands there with an empty text and `ContentFilter`.
    ///
    /// # Errors
    /// `ContentRefused` when every answer was refused (`openai.refusal`) or cut by the filter (`openai.content_filter`).
    pub fn into_response(self) -> Result<ModelResponse> {
        refused(&self.answers).map_err(|error| error.with_attempts(self.attempts).with_unanswered(self.unanswered))?;
        Ok(self.response())
    }

    /// As [`Reply::into_response`], also where every answer was refused.
    pub(super) fn response(self) -> ModelResponse {
        let mut response = ModelResponse::text(self.model.unwrap_or_default(), "");
        response.answers = self
            .answers
            .into_iter()
            .map(|answer| match answer.refusal {
                Some(_) => (String::new(), FinishReason::ContentFilter),
                None => (answer.text, answer.finish),
            })
            .collect();
        response.usage = self.usage;
        response.request_id = self.request_id;
        response.cost_micros = self.cost_micros;
        response.attempts = self.attempts;
        response.latency = self.latency;
        response
    }
}

/// Fails when there is no answer that was not refused.
pub(super) fn refused(answers: &[Answer]) -> Result<()> {
    if answers.iter().any(|answer| answer.refusal.is_none() && answer.finish != FinishReason::ContentFilter) {
        return Ok(());
    }
    match answers.iter().find_map(|answer| answer.refusal.as_deref()) {
        Some(words) => {
            let words: String = words.chars().take(300).collect();
            Err(Error::new(ErrorKind::ContentRefused, "openai.refusal", format!("the model refused: {words}"))
                .with_remedy("Change the topic or the examples; the same request is refused again."))
        }
        None if answers.is_empty() => Ok(()),
        None => {
            Err(Error::new(ErrorKind::ContentRefused, "openai.content_filter", "the service's filter cut the answer")
                .with_remedy("Change the topic or the examples; the same request is cut again."))
        }
    }
}
