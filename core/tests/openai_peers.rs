//! What client libraries were measured to get wrong against a hostile server (openai-python 3.54.0, openai-node 6.49.0, ai
//! 6.0.326, async-openai 0.43.0, genai 0.7.2; 2026-11-22), case by case. More of each kind is in `openai_hostile`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::time::{Duration, Instant};

use common::raw_server::{RawServer, Reply};
use futures_util::StreamExt;
use ghostwren::http::HttpClient;
use ghostwren::model::{FinishReason, Message, Model, ModelDelta, ModelRequest, ModelResponse};
use ghostwren::openai::{Api, OpenAi};
use ghostwren::{Error, ErrorKind};

fn client(server: &RawServer) -> OpenAi {
    let http = HttpClient::builder().jitter(|| 0.0).build().unwrap();
    OpenAi::new("sk-peers".to_owned().into()).base_url(server.url("/v1")).http(http).model("gpt-4o")
}

fn ask() -> ModelRequest {
    ModelRequest::new("test", vec![Message::user("Hello?")])
}

async fn streamed(client: &OpenAi) -> (String, Result<ModelResponse, Error>) {
    let mut text = String::new();
    let mut stream = match client.stream(ask()).await {
        Ok(stream) => stream,
        Err(error) => return (text, Err(error)),
    };
    while let Some(delta) = stream.next().await {
        match delta {
            Ok(ModelDelta::Text { text: more, .. }) => text.push_str(&more),
            Ok(ModelDelta::Completed(response)) => return (text, Ok(response)),
            Ok(_) => {}
            Err(error) => return (text, Err(error)),
        }
    }
    panic!("a stream without an end")
}

async fn stream_of(body: &str) -> (String, Result<ModelResponse, Error>) {
    let server = RawServer::replies([Reply::chunked(200, &[], &[body.as_bytes()])]).await;
    streamed(&client(&server).max_attempts(1)).await
}

async fn refused(reply: Reply) -> (Error, usize) {
    let server = RawServer::replies([reply]).await;
    let error = client(&server).complete(ask()).await.unwrap_err();
    (error, server.requests().len())
}

const HELLO: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hello wor\"}}]}\n\n";

#[tokio::test]
async fn a_stream_that_closes_cleanly_without_its_end_is_no_answer() {
    let (text, end) = stream_of(HELLO).await;
    let error = end.unwrap_err();
    assert_eq!((text.as_str(), error.kind(), error.code()), ("hello wor", ErrorKind::Truncated, "openai.truncated"));
}

#[tokio::test]
async fn an_error_in_the_middle_of_a_stream_keeps_its_words() {
    let (text, end) =
        stream_of(&format!("{HELLO}data: {{\"error\":{{\"message\":\"boom\",\"code\":null}}}}\n\n")).await;
    let error = end.unwrap_err();
    assert_eq!((text.as_str(), error.kind(), error.detail()), ("hello wor", ErrorKind::Server, "boom"));
}

#[tokio::test]
async fn characters_split_over_packets_comments_and_a_last_chunk_of_usage() {
    let body = ": keep-alive\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"wren 🐦\"}}]}\n\n: keep-alive\n\n\
                data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n\
                data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n\ndata: [DONE]\n\n";
    let pieces: Vec<&[u8]> = body.as_bytes().chunks(7).collect();
    let server = RawServer::replies([Reply::chunked(200, &[], &pieces)]).await;
    let (text, end) = streamed(&client(&server)).await;
    let usage = end.unwrap().usage;
    assert_eq!((text.as_str(), usage.input_tokens, usage.output_tokens), ("wren 🐦", 3, 2));
}

#[tokio::test]
async fn a_finish_reason_that_nobody_knows() {
    let eos = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"eos\"}]}\n\ndata: [DONE]\n\n";
    let (_, end) = stream_of(&format!("{HELLO}{eos}")).await;
    assert_eq!(end.unwrap().answers, [("hello wor".to_owned(), FinishReason::Other("eos".into()))]);
}

#[tokio::test]
async fn a_service_tier_that_nobody_knows() {
    let whole = r#"{"service_tier":"on_demand","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}]}"#;
    let server = RawServer::replies([Reply::json(whole)]).await;
    assert_eq!(client(&server).complete(ask()).await.unwrap().answers[0].0, "hi");
    let chunk = "data: {\"service_tier\":\"on_demand\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    assert_eq!(stream_of(chunk).await.0, "hi");
}

#[tokio::test]
async fn a_used_up_quota_is_asked_once() {
    let body = r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#;
    let (error, requests) = refused(Reply::new(429, &[("retry-after", "1")], body)).await;
    assert_eq!((error.kind(), error.code(), error.status()), (ErrorKind::QuotaExceeded, "openai.quota", Some(429)));
    assert_eq!(requests, 1);
}

#[tokio::test]
async fn an_integer_for_the_code_keeps_words_and_status() {
    let body = r#"{"error":{"code":400,"message":"the prompt is odd","type":"invalid_request_error"}}"#;
    let (error, requests) = refused(Reply::new(400, &[], body)).await;
    assert_eq!((error.kind(), error.status(), requests), (ErrorKind::InvalidInput, Some(400), 1));
    assert_eq!(error.detail(), "the prompt is odd");
}

#[tokio::test]
async fn a_page_of_html_with_429_is_repeated_and_keeps_its_status() {
    let (error, requests) =
        refused(Reply::new(429, &[("content-type", "text/html")], "<html><title>Too many</title></html>")).await;
    assert_eq!((error.kind(), error.status(), requests), (ErrorKind::RateLimited, Some(429), 3));
    assert!(!error.detail().contains('<'), "{error}");
}

#[tokio::test]
async fn an_hour_of_waiting_is_not_begun_although_no_deadline_was_set() {
    let began = Instant::now();
    let (error, requests) = refused(Reply::new(429, &[("retry-after", "3600")], "{}")).await;
    assert!(began.elapsed() < Duration::from_secs(10));
    assert_eq!((error.kind(), requests), (ErrorKind::RateLimited, 1));
    let wait = error.retry_at().unwrap() - chrono::Utc::now();
    assert!((3500..=3600).contains(&wait.num_seconds()), "{wait}");
}

#[tokio::test]
async fn the_flat_error_event_of_responses_is_an_error() {
    let delta = "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"output_index\":0,\"delta\":\"hello\"}\n\n";
    let flat = "event: error\ndata: {\"type\":\"error\",\"code\":\"server_error\",\"message\":\"boom\",\"param\":null,\"sequence_number\":2}\n\n";
    let server = RawServer::replies([Reply::chunked(200, &[], &[delta.as_bytes(), flat.as_bytes()])]).await;
    let (text, end) = streamed(&client(&server).api(Api::Responses)).await;
    let error = end.unwrap_err();
    assert_eq!((text.as_str(), error.kind(), error.detail()), ("hello", ErrorKind::Server, "boom"));
}
