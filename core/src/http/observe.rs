//! What is told about calls: spans, events and, with the feature `metrics`, counters and histograms. Names follow
//! OpenTelemetry's HTTP client conventions (<https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span>).

use std::time::Duration;

use tracing::Span;
use tracing::field::Empty;

use super::HttpRequest;
use crate::error::Error;

const TARGET: &str = "ghostwren::http";

/// The span of a call, all its attempts and waits included.
pub(super) fn span(service: &'static str, request: &HttpRequest) -> Span {
    tracing::info_span!(
        target: TARGET,
        "http",
        otel.name = request.operation,
        otel.kind = "client",
        otel.status_code = Empty,
        ghostwren.service = service,
        ghostwren.operation = request.operation,
        http.request.method = request.method.as_str(),
        http.request.resend_count = Empty,
        http.response.status_code = Empty,
        error.type = Empty,
        server.address = request.url.host_str().unwrap_or_default(),
        server.port = request.url.port_or_known_default().unwrap_or_default(),
        url.scheme = request.url.scheme(),
    )
}

/// One attempt ended.
pub(super) fn attempt(
    service: &'static str,
    operation: &'static str,
    number: u32,
    took: Duration,
    end: Result<u16, &Error>,
) {
    let (resend, ms) = (number.saturating_sub(1), milliseconds(took));
    match end {
        Ok(status) => tracing::debug!(
            target: TARGET,
            { http.request.resend_count = resend, http.response.status_code = status, duration_ms = ms },
            "attempt succeeded"
        ),
        Err(error) => {
            let (status, code) = (error.status(), error.code());
            tracing::debug!(
                target: TARGET,
                {
                    http.request.resend_count = resend,
                    http.response.status_code = status,
                    error.type = code,
                    duration_ms = ms
                },
                "attempt failed"
            );
        }
    }
    metrics_of_attempt(service, operation, took, end);
}

/// Another attempt follows.
pub(super) fn retry(service: &'static str, operation: &'static str, wait: Duration, error: &Error) {
    let (code, ms) = (error.code(), milliseconds(wait));
    tracing::info!(target: TARGET, { error.type = code, wait_ms = ms }, "another attempt follows");
    count("ghostwren.http.retries", service, operation);
}

/// No attempt follows because the host's budget of retries is used up.
pub(super) fn budget_used_up(service: &'static str, operation: &'static str) {
    tracing::warn!(target: TARGET, "the budget of retries for this host is used up");
    count("ghostwren.http.retry_budget_used_up", service, operation);
}

/// A call waits for its rate window.
pub(super) fn window_wait(service: &'static str, operation: &'static str, wait: Duration) {
    tracing::info!(target: TARGET, { wait_ms = milliseconds(wait) }, "waiting for the rate window");
    count("ghostwren.http.rate_window_waits", service, operation);
}

/// The call ended.
pub(super) fn ended(span: &Span, attempts: u32, end: Result<u16, &Error>) {
    span.record("http.request.resend_count", attempts.saturating_sub(1));
    match end {
        Ok(status) => {
            span.record("http.response.status_code", status);
        }
        Err(error) => {
            span.record("otel.status_code", "ERROR");
            span.record("error.type", error.code());
            if let Some(status) = error.status() {
                span.record("http.response.status_code", status);
            }
        }
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(feature = "metrics")]
fn metrics_of_attempt(service: &'static str, operation: &'static str, took: Duration, end: Result<u16, &Error>) {
    let (status, code) = match end {
        Ok(status) => (status.to_string(), String::new()),
        Err(error) => (error.status().map(|status| status.to_string()).unwrap_or_default(), error.code().to_owned()),
    };
    metrics::histogram!(
        "http.client.request.duration",
        "ghostwren.service" => service,
        "ghostwren.operation" => operation,
        "http.response.status_code" => status,
        "error.type" => code,
    )
    .record(took.as_secs_f64());
}

#[cfg(not(feature = "metrics"))]
fn metrics_of_attempt(_: &'static str, _: &'static str, _: Duration, _: Result<u16, &Error>) {}

#[cfg(feature = "metrics")]
fn count(name: &'static str, service: &'static str, operation: &'static str) {
    metrics::counter!(name, "ghostwren.service" => service, "ghostwren.operation" => operation).increment(1);
}

#[cfg(not(feature = "metrics"))]
fn count(_: &'static str, _: &'static str, _: &'static str) {}
