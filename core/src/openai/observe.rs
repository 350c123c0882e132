//! What is told about calls, by OpenTelemetry's names for generative AI
//! (<https://opentelemetry.io/docs/specs/semconv/gen-ai/openai/>). Never a prompt and never an answer.

use tracing::Span;
use tracing::field::Empty;

use super::errors::NAME;
use super::reply::Answer;
use crate::error::Error;
use crate::model::{FinishReason, Usage};

/// The span of one call of a model.
#[derive(Clone, Debug)]
pub(super) struct CallSpan {
    span: Span,
}

impl CallSpan {
    pub(super) fn new(model: &str, host: &str, stream: bool) -> Self {
        let span = tracing::info_span!(
            target: "ghostwren::openai",
            "gen_ai",
            otel.name = format_args!("chat {model}"),
            otel.kind = "client",
            otel.status_code = Empty,
            gen_ai.operation.name = "chat",
            gen_ai.provider.name = NAME,
            gen_ai.request.model = model,
            gen_ai.request.stream = stream,
            gen_ai.response.model = Empty,
            gen_ai.response.id = Empty,
            gen_ai.response.finish_reasons = Empty,
            gen_ai.usage.input_tokens = Empty,
            gen_ai.usage.output_tokens = Empty,
            gen_ai.usage.cache_read.input_tokens = Empty,
            gen_ai.usage.reasoning.output_tokens = Empty,
            error.type = Empty,
            server.address = host,
        );
        Self { span }
    }

    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    pub(super) fn ended(&self, model: Option<&str>, id: Option<&str>, usage: &Usage, answers: &[Answer]) {
        metrics_of(model, usage);
        if self.span.is_disabled() {
            return;
        }
        if let Some(model) = model {
            self.span.record("gen_ai.response.model", model);
        }
        if let Some(id) = id {
            self.span.record("gen_ai.response.id", id);
        }
        let reasons: Vec<&str> = answers.iter().map(|answer| reason(&answer.finish)).collect();
        self.span.record("gen_ai.response.finish_reasons", tracing::field::debug(reasons));
        self.span.record("gen_ai.usage.input_tokens", usage.input_tokens);
        self.span.record("gen_ai.usage.output_tokens", usage.output_tokens);
        self.span.record("gen_ai.usage.cache_read.input_tokens", usage.cached_tokens);
        self.span.record("gen_ai.usage.reasoning.output_tokens", usage.reasoning_tokens);
    }

    pub(super) fn failed(&self, error: &Error) {
        self.span.record("otel.status_code", "ERROR");
        self.span.record("error.type", error.code());
    }
}

fn reason(reason: &FinishReason) -> &str {
    match reason {
        FinishReason::Stop => "stop",
        FinishReason::Length => "length",
        FinishReason::ContentFilter => "content_filter",
        FinishReason::ToolCalls => "tool_calls",
        FinishReason::Other(other) => other,
    }
}

#[cfg(feature = "metrics")]
fn metrics_of(model: Option<&str>, usage: &Usage) {
    let model = model.unwrap_or_default().to_owned();
    for (kind, tokens) in [("input", usage.input_tokens), ("output", usage.output_tokens)] {
        #[expect(clippy::cast_precision_loss, reason = "a histogram takes floats")]
        metrics::histogram!(
            "gen_ai.client.token.usage",
            "gen_ai.operation.name" => "chat",
            "gen_ai.provider.name" => NAME,
            "gen_ai.token.type" => kind,
            "gen_ai.response.model" => model.clone(),
        )
        .record(tokens as f64);
    }
}

#[cfg(not(feature = "metrics"))]
fn metrics_of(_: Option<&str>, _: &Usage) {}
