//! What servers and networks do to a client of the OpenAI protocol, case by case: every case that a widely used library
//! gets wrong, and every fault that a connection can have.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    missing_docs
)]

mod answers;
#[path = "../common/mod.rs"]
mod common;
mod models;
mod network;
mod several;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use common::raw_server::{RawServer, Reply, Request};
use futures_util::{StreamExt, stream};
use ghostwren::http::{HttpClient, Transport, TransportError, TransportResponse};
use ghostwren::model::{FinishReason, Message, Model, ModelDelta, ModelRequest, ModelResponse};
use ghostwren::openai::{Api, ChatRequest, Dialect, ModelPolicy, OpenAi, RateLimits};
use ghostwren::{Error, ErrorKind};

const KEY: &str = "sk-test-Abc123secretXYZ";

/// A client whose waits between attempts are nothing.
fn client(server: &RawServer) -> OpenAi {
    let http = HttpClient::builder().jitter(|| 0.0).build().unwrap();
    OpenAi::new(KEY.to_owned().into()).base_url(server.url("/v1")).http(http).model("gpt-4o")
}

fn ask() -> ModelRequest {
    ModelRequest::new("test", vec![Message::system("Be brief."), Message::user("Hello?")])
}

fn delta(text: &str) -> String {
    chunk(&format!(r#"{{"index":0,"delta":{{"content":{}}},"finish_reason":null}}"#, serde_json::json!(text)))
}

fn chunk(choice: &str) -> String {
    format!("data: {{\"id\":\"c1\",\"model\":\"gpt-4o-2024-08-06\",\"choices\":[{choice}],\"usage\":null}}\n\n")
}

fn finish(reason: &str) -> String {
    chunk(&format!(r#"{{"index":0,"delta":{{}},"finish_reason":"{reason}"}}"#))
}

const USAGE: &str = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5,\"prompt_tokens_details\":{\"cached_tokens\":4}}}\n\n";
const DONE: &str = "data: [DONE]\n\n";

fn sse(parts: &[&str]) -> Reply {
    let pieces: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
    Reply::chunked(200, &[("content-type", "text/event-stream"), ("x-request-id", "req_7")], &pieces)
}

#[derive(Debug, Default)]
struct Seen {
    text: String,
    deltas: usize,
    finished: Vec<(u32, FinishReason)>,
    whole: Option<ModelResponse>,
    error: Option<Error>,
}

async fn read(client: &OpenAi, request: ModelRequest) -> Result<Seen, Error> {
    let mut stream = client.stream(request).await?;
    let mut seen = Seen::default();
    while let Some(delta) = stream.next().await {
        assert!(seen.whole.is_none() && seen.error.is_none(), "something came after the end");
        match delta {
            Ok(ModelDelta::Text { text, .. }) => {
                seen.deltas += 1;
                seen.text.push_str(&text);
            }
            Ok(ModelDelta::Finished { index, reason }) => seen.finished.push((index, reason)),
            Ok(ModelDelta::Completed(response)) => seen.whole = Some(response),
            Ok(other) => panic!("{other:?}"),
            Err(error) => seen.error = Some(error),
        }
    }
    Ok(seen)
}

async fn streamed(parts: &[&str]) -> Result<Seen, Error> {
    let server = RawServer::replies([sse(parts)]).await;
    read(&client(&server).max_attempts(1), ask()).await
}

fn answer(text: &str) -> String {
    serde_json::json!({"model": "m", "choices": [{"message": {"content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 1}})
    .to_string()
}
