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

mod common;

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

#[tokio::test]
async fn a_stream_that_stops_without_its_end_is_truncated() {
    let (hello, world, stop) = (delta("hello "), delta("wor"), finish("stop"));
    for parts in [
        &[hello.as_str(), &world][..],
        &[&hello, &world, DONE],
        &[&hello, &world, USAGE],
        &[&hello, "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_rea"],
        &[&hello, ": keep-alive\n\n"],
    ] {
        let seen = streamed(parts).await.unwrap();
        let error = seen.error.unwrap_or_else(|| panic!("{parts:?} is no whole answer"));
        assert_eq!((error.kind(), error.code()), (ErrorKind::Truncated, "openai.truncated"), "{parts:?}");
        assert_eq!(error.request_id(), Some("req_7"));
        assert!(seen.text.starts_with("hello ") && seen.whole.is_none());
    }
    // With a finish reason it is whole, with or without `[DONE]` and the usage, also when the last event has no empty line.
    for parts in [
        &[hello.as_str(), &stop][..],
        &[&hello, &stop, USAGE, DONE],
        &[&hello, stop.trim_end()],
        &[&hello, &stop, DONE, "data: x"],
    ] {
        let seen = streamed(parts).await.unwrap();
        assert_eq!(seen.whole.unwrap().answers, [("hello ".to_owned(), FinishReason::Stop)], "{parts:?}");
    }
}

#[tokio::test]
async fn of_several_answers_each_must_end() {
    let part = |index: u32, text: &str| chunk(&format!(r#"{{"index":{index},"delta":{{"content":"{text}"}}}}"#));
    let end = |index: u32| chunk(&format!(r#"{{"index":{index},"delta":{{}},"finish_reason":"stop"}}"#));
    let three = [part(2, "c"), part(0, "a"), end(0), part(1, "b"), end(2)].concat();
    let server = RawServer::replies([
        sse(&[&three]),
        sse(&[&three, DONE]),
        sse(&[&three, &end(1)]),
        sse(&[&part(0, "only"), &end(0)]),
        sse(&[&part(0, "only"), &end(0), DONE]),
    ])
    .await;
    let client = client(&server).max_attempts(1);
    for _ in 0..2 {
        assert_eq!(read(&client, ask().n(3)).await.unwrap().error.unwrap().code(), "openai.truncated");
    }
    let whole = read(&client, ask().n(3)).await.unwrap().whole.unwrap();
    assert_eq!(whole.answers.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(
        read(&client, ask().n(3)).await.unwrap().error.unwrap().code(),
        "openai.truncated",
        "two answers never came, and nothing says that this is all"
    );
    let ignoring_n = read(&client, ask().n(3)).await.unwrap().whole.unwrap();
    assert_eq!(ignoring_n.answers.len(), 1, "a server that knows no n says itself that this is all");
}

#[tokio::test]
async fn an_error_inside_a_stream_is_an_error() {
    let boom = "data: {\"error\":{\"message\":\"boom\",\"type\":\"server_error\",\"code\":null}}\n\n";
    let seen = streamed(&[&delta("hel"), boom]).await.unwrap();
    let error = seen.error.unwrap();
    assert_eq!((error.kind(), error.detail()), (ErrorKind::Server, "boom"));
    assert_eq!(seen.text, "hel");
    for (event, code) in [
        ("event: error\ndata: {\"message\":\"odd\"}\n\n", "openai.stream_error"),
        ("data: {\"error\":\"only words\"}\n\n", "openai.stream_error"),
        (
            "data: {\"error\":{\"code\":429,\"type\":\"rate_limit_error\",\"message\":\"slow\"}}\n\n",
            "openai.rate_limit",
        ),
        ("data: {\"error\":{\"code\":\"content_filter\",\"message\":\"no\"}}\n\n", "openai.content_filter"),
        ("data: {\"error\":{\"code\":\"context_length_exceeded\",\"message\":\"long\"}}\n\n", "openai.context_length"),
        ("data: not json\n\n", "openai.unreadable"),
        ("data: {\"choices\":[{\"index\":4000000000,\"delta\":{\"content\":\"x\"}}]}\n\n", "openai.unreadable"),
    ] {
        assert_eq!(streamed(&[&delta("a"), event]).await.unwrap().error.unwrap().code(), code, "{event}");
        assert_eq!(streamed(&[event]).await.unwrap_err().code(), code, "before the first text it fails the call");
    }
}

#[tokio::test]
async fn what_fails_before_the_first_text_is_repeated_and_after_it_never() {
    let role = chunk(r#"{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}"#);
    let boom = "data: {\"error\":{\"message\":\"boom\",\"type\":\"server_error\"}}\n\n";
    let whole = [role.as_str(), &delta("hello"), &finish("stop"), DONE].concat();
    for bad in [
        sse(&[&role, boom]),
        sse(&[&role]),
        sse(&[]),
        sse(&["data: {\"error\":{\"message\":\"slow\",\"code\":\"rate_limit_exceeded\"}}\n\n"]),
        Reply::sse().piece(&role).reset(),
        Reply::new(500, &[], "<html>"),
        Reply::default().close(),
    ] {
        let server = RawServer::replies([bad.clone(), sse(&[&whole])]).await;
        let seen = read(&client(&server), ask()).await.unwrap_or_else(|error| panic!("{bad:?}: {error}"));
        let response = seen.whole.unwrap();
        assert_eq!((response.attempts, seen.text.as_str()), (2, "hello"), "{bad:?}");
    }
    let server = RawServer::replies([sse(&[&role, &delta("hel"), boom]), sse(&[&whole])]).await;
    let seen = read(&client(&server), ask()).await.unwrap();
    assert_eq!((seen.text.as_str(), server.requests().len()), ("hel", 1), "what was shown is not asked for again");
    assert!(seen.error.is_some());
    let quota = "data: {\"error\":{\"message\":\"q\",\"code\":\"insufficient_quota\"}}\n\n";
    let server = RawServer::replies([sse(&[quota]), sse(&[&whole])]).await;
    assert_eq!(read(&client(&server), ask()).await.unwrap_err().kind(), ErrorKind::QuotaExceeded);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn split_characters_comments_and_odd_first_chunks() {
    let body = [
        ": keep-alive\r\n\r\n",
        "\u{feff}",
        &chunk(r#"{"index":0,"delta":{"role":"assistant","content":null,"refusal":null},"finish_reason":null}"#),
        &delta("smile 😀 "),
        ": keep-alive\n",
        "event: keepalive\ndata:\n\n",
        &delta("漢字 é\\n").replace("\n\n", "\r\n\r\n"),
        &chunk(r#"{"index":"0","delta":{"content":[{"type":"text","text":"parts"}]},"logprobs":null,"finish_reason":null,"x":{}}"#),
        &chunk(r#"{"index":0,"delta":null,"finish_reason":null}"#),
        &chunk(r#"{"index":0,"delta":{"reasoning_content":"hidden","content":""}}"#),
        &chunk(r#"{"index":0,"delta":{"content":"\ud83d"},"finish_reason":""}"#),
        "data: {\"choices\":null}\n\n",
        &finish("stop"),
        USAGE,
        DONE,
    ]
    .concat();
    let expected = "smile 😀 漢字 é\\nparts\u{fffd}";
    for size in [1, 2, 3, 7, 64, 100_000] {
        let pieces: Vec<&[u8]> = body.as_bytes().chunks(size).collect();
        let server = RawServer::replies([Reply::chunked(200, &[("content-type", "text/event-stream")], &pieces)]).await;
        let seen = read(&client(&server), ask()).await.unwrap();
        assert_eq!(seen.text, expected, "pieces of {size}");
        let whole = seen.whole.unwrap();
        assert_eq!(whole.answers, [(expected.to_owned(), FinishReason::Stop)]);
        assert_eq!((whole.usage.input_tokens, whole.usage.cached_tokens, whole.usage.output_tokens), (10, 4, 5));
        // 6 × 2.50 + 4 × 1.25 + 5 × 10.00 micro-dollars.
        assert_eq!(whole.cost_micros, Some(70));
        assert_eq!(whole.model, "gpt-4o-2024-08-06");
    }
}

#[tokio::test]
async fn unknown_enums_integers_for_strings_missing_and_extra() {
    for (reason, read_as) in [
        ("eos", FinishReason::Other("eos".into())),
        ("function_call", FinishReason::ToolCalls),
        ("length", FinishReason::Length),
    ] {
        let seen = streamed(&[&delta("x"), &finish(reason)]).await.unwrap();
        assert_eq!(seen.whole.unwrap().answers[0].1, read_as);
    }
    let odd = chunk(r#"{"delta":{"content":7},"finish_reason":3,"index":null}"#);
    assert_eq!(
        streamed(&[&odd]).await.unwrap().whole.unwrap().answers,
        [("7".to_owned(), FinishReason::Other("3".into()))]
    );
    let bodies = [
        (
            r#"{"id":1,"object":7,"created":"now","model":null,"service_tier":"on_demand","choices":[{"index":"0","message":{"role":"tool","content":"hi","annotations":{}},"finish_reason":"eos"}],"usage":{"prompt_tokens":"12","completion_tokens":3.0,"total_tokens":null,"prompt_tokens_details":null},"timings":{}}"#,
            "hi",
            FinishReason::Other("eos".into()),
        ),
        (r#"{"choices":[{"message":{"content":null}}]}"#, "", FinishReason::Other("unreported".into())),
        (
            r#"{"choices":[{"message":{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},"finish_reason":"stop"}],"usage":"n/a","error":null}"#,
            "ab",
            FinishReason::Stop,
        ),
        (
            "{\"choices\":[{\"message\":{\"content\":\"lone \\ud800 half\"},\"finish_reason\":\"stop\"}]}",
            "lone \u{fffd} half",
            FinishReason::Stop,
        ),
    ];
    for (body, text, reason) in bodies {
        let server = RawServer::replies([Reply::json(body)]).await;
        let response = client(&server).complete(ask()).await.unwrap_or_else(|error| panic!("{body}: {error}"));
        assert_eq!(response.answers, [(text.to_owned(), reason)]);
        if body.contains("\"12\"") {
            assert_eq!((response.usage.input_tokens, response.usage.output_tokens), (12, 3));
        }
    }
    for (body, code) in [
        ("", "openai.unreadable"),
        ("<html>login</html>", "openai.unreadable"),
        ("{}", "openai.unreadable"),
        ("{\"choices\":[]}", "openai.unreadable"),
        ("[1,2", "openai.unreadable"),
        (
            "{\"error\":{\"message\":\"an error with a good status\",\"code\":\"invalid_prompt\"}}",
            "openai.invalid_request",
        ),
    ] {
        let server = RawServer::replies([Reply::json(body)]).await;
        assert_eq!(client(&server).complete(ask()).await.unwrap_err().code(), code, "{body}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn refusals_are_refusals() {
    let no =
        chunk(r#"{"index":0,"delta":{"refusal":"I can't "}}"#) + &chunk(r#"{"index":0,"delta":{"refusal":"help."}}"#);
    let error = streamed(&[&no, &finish("stop"), DONE]).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::ContentRefused, "openai.refusal"));
    assert!(error.detail().contains("I can't help."));
    let body = r#"{"choices":[{"index":0,"message":{"content":null,"refusal":"No."},"finish_reason":"stop"},{"index":1,"message":{"content":"yes"},"finish_reason":"stop"}]}"#;
    let server = RawServer::replies([Reply::json(body)]).await;
    let mixed = client(&server).complete(ask().n(2)).await.unwrap();
    assert_eq!(mixed.answers, [(String::new(), FinishReason::ContentFilter), ("yes".into(), FinishReason::Stop)]);
    let cut = r#"{"choices":[{"index":0,"message":{"content":"par"},"finish_reason":"content_filter"}]}"#;
    let server = RawServer::replies([Reply::json(cut)]).await;
    assert_eq!(client(&server).complete(ask()).await.unwrap_err().code(), "openai.content_filter");
    let server = RawServer::replies([sse(&[
        "data: {\"type\":\"response.refusal.delta\",\"delta\":\"Not \"}\n\n",
        "data: {\"type\":\"response.refusal.delta\",\"delta\":\"that.\"}\n\n",
        "data: {\"type\":\"response.completed\",\"response\":{\"status\":\"completed\",\"output\":[{\"type\":\"message\",\"content\":[{\"type\":\"refusal\",\"refusal\":\"Not that.\"}]}]}}\n\n",
    ])])
    .await;
    let error = read(&client(&server).api(Api::Responses), ask()).await.unwrap_err();
    assert!(error.code() == "openai.refusal" && error.detail().ends_with("Not that."), "{error}");
}

#[tokio::test]
async fn the_error_event_of_responses_in_both_shapes_and_its_ends() {
    let text = "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"output_index\":0,\"delta\":\"hel\"}\n\n";
    let flat = "event: error\ndata: {\"type\":\"error\",\"code\":\"server_error\",\"message\":\"flat\",\"param\":null,\"sequence_number\":1}\n\n";
    let nested = "data: {\"type\":\"error\",\"sequence_number\":2,\"error\":{\"type\":\"x\",\"code\":\"y\",\"message\":\"nested\",\"param\":null}}\n\n";
    let failed = "data: {\"type\":\"response.failed\",\"response\":{\"status\":\"failed\",\"error\":{\"code\":\"server_error\",\"message\":\"failed\"}}}\n\n";
    let wordless = "data: {\"type\":\"response.failed\",\"response\":{\"status\":\"failed\",\"error\":null}}\n\n";
    for (event, words) in [(flat, "flat"), (nested, "nested"), (failed, "failed"), (wordless, "the response failed")] {
        for after_text in [false, true] {
            let parts = if after_text { vec![text, event] } else { vec![event] };
            let server = RawServer::replies([sse(&parts)]).await;
            let client = client(&server).api(Api::Responses).max_attempts(1);
            let outcome = read(&client, ask()).await;
            let error = if after_text { outcome.unwrap().error.unwrap() } else { outcome.unwrap_err() };
            assert_eq!((error.kind(), error.detail()), (ErrorKind::Server, words));
        }
    }
    let ended =
        |kind: &str, response: &str| format!("data: {{\"type\":\"response.{kind}\",\"response\":{response}}}\n\n");
    for (last, finish) in [
        (ended("completed", "{\"output\":[]}"), FinishReason::Stop),
        (ended("completed", "null"), FinishReason::Stop),
        (ended("incomplete", "{\"incomplete_details\":{\"reason\":\"max_output_tokens\"}}"), FinishReason::Length),
        (ended("incomplete", "{\"incomplete_details\":{\"reason\":\"tired\"}}"), FinishReason::Other("tired".into())),
    ] {
        let server = RawServer::replies([sse(&[text, &last])]).await;
        let seen = read(&client(&server).api(Api::Responses), ask()).await.unwrap();
        assert_eq!(seen.whole.unwrap().answers, [("hel".to_owned(), finish)]);
    }
    for parts in [&[text][..], &[text, DONE]] {
        let server = RawServer::replies([sse(parts)]).await;
        let seen = read(&client(&server).api(Api::Responses), ask()).await.unwrap();
        assert_eq!(seen.error.unwrap().code(), "openai.truncated");
    }
}

#[tokio::test]
async fn statuses_are_repeated_or_not() {
    let good = Reply::json(r#"{"choices":[{"message":{"content":"ok"},"finish_reason":"stop"}]}"#);
    let json = [("content-type", "application/json")];
    for (bad, kind, code, requests) in [
        (
            Reply::new(
                429,
                &json,
                r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}"#,
            ),
            ErrorKind::QuotaExceeded,
            "openai.quota",
            1,
        ),
        (
            Reply::new(429, &json, r#"{"error":{"message":"balance","code":"credit_balance_exhausted"}}"#),
            ErrorKind::QuotaExceeded,
            "openai.quota",
            1,
        ),
        (
            Reply::new(400, &json, r#"{"error":{"code":400,"message":"bad","type":"invalid_request_error"}}"#),
            ErrorKind::InvalidInput,
            "openai.invalid_request",
            1,
        ),
        (
            Reply::new(
                400,
                &json,
                r#"{"error":{"code":400,"message":"the request exceeds the available context size. try increasing it","type":"exceed_context_size_error","n_prompt_tokens":9000,"n_ctx":8192}}"#,
            ),
            ErrorKind::InvalidInput,
            "openai.context_length",
            1,
        ),
        (Reply::new(403, &json, "{}"), ErrorKind::PermissionDenied, "openai.permission", 1),
        (
            Reply::new(401, &json, format!("{{\"error\":{{\"message\":\"Incorrect API key provided: {KEY}\"}}}}")),
            ErrorKind::Auth,
            "openai.invalid_key",
            1,
        ),
    ] {
        let server = RawServer::replies([bad, good.clone()]).await;
        let error = client(&server).complete(ask()).await.unwrap_err();
        assert_eq!((error.kind(), error.code(), server.requests().len()), (kind, code, requests));
        assert!(!format!("{error:?} {error}").contains("secret"));
    }
    for bad in [
        Reply::new(429, &[("content-type", "text/html")], "<html><title>Too many</title></html>"),
        Reply::new(429, &[("retry-after-ms", "1")], r#"{"error":{"code":"rate_limit_exceeded","message":"slow"}}"#),
        Reply::new(503, &[], r#"{"error":{"code":"server_is_overloaded","message":"busy"}}"#),
        Reply::new(500, &[], ""),
        Reply::new(408, &[], ""),
        Reply::default().reset(),
        Reply::default().send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"choices\"").close(),
    ] {
        let server = RawServer::replies([bad.clone(), good.clone()]).await;
        let response = client(&server).complete(ask()).await.unwrap_or_else(|error| panic!("{bad:?}: {error}"));
        assert_eq!((response.attempts, server.requests().len()), (2, 2), "{bad:?}");
    }
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_fails_at_once_with_its_limits() {
    let headers = [
        ("retry-after", "3600"),
        ("x-request-id", "req_9"),
        ("x-ratelimit-limit-requests", "500"),
        ("x-ratelimit-remaining-requests", "0"),
        ("x-ratelimit-reset-requests", "1m30s"),
        ("x-ratelimit-reset-tokens", "6ms"),
    ];
    let slow = Reply::new(429, &headers, r#"{"error":{"message":"Rate limit reached","code":"rate_limit_exceeded"}}"#);
    let server = RawServer::replies([slow]).await;
    let began = Instant::now();
    let error = client(&server).deadline(Duration::from_secs(30)).complete(ask()).await.unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(20));
    assert_eq!(
        (error.kind(), error.code(), error.request_id()),
        (ErrorKind::RateLimited, "openai.rate_limit", Some("req_9"))
    );
    assert!(error.retry_at().is_some() && server.requests().len() == 1);
    let limits = RateLimits::of_error(&error).unwrap();
    assert_eq!(limits.requests.reset_after, Some(Duration::from_secs(90)));
    assert_eq!(limits.tokens.reset_after, Some(Duration::from_millis(6)));
    let good = Reply::new(200, &headers, r#"{"choices":[{"message":{"content":"ok"},"finish_reason":"stop"}]}"#);
    let server = RawServer::replies([good]).await;
    let reply = client(&server).chat(ChatRequest::new(vec![Message::user("x")])).await.unwrap();
    assert_eq!(reply.limits.unwrap().requests.limit, Some(500));
}

#[tokio::test]
async fn a_dropped_call_or_stream_stops_the_server() {
    let server = RawServer::replies([Reply::sse().piece(delta("a")).hang()]).await;
    let mut stream = client(&server).stream(ask()).await.unwrap();
    assert!(matches!(stream.next().await, Some(Ok(ModelDelta::Text { .. }))));
    drop(stream);
    server.client_left(1).await;
    let server = Arc::new(RawServer::replies([Reply::default().hang()]).await);
    let call = tokio::spawn({
        let client = client(&server);
        async move { client.complete(ask()).await }
    });
    while server.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    call.abort();
    server.client_left(1).await;
    // Several streams of one request stop together.
    let server = RawServer::replies([Reply::sse().piece(delta("a")).hang()]).await;
    let mut stream = client(&server).max_n(1).stream(ask().n(3)).await.unwrap();
    assert!(stream.next().await.is_some());
    while server.requests().len() < 3 {
        tokio::task::yield_now().await;
        let waker = futures_util::task::noop_waker();
        let _ = stream.poll_next_unpin(&mut std::task::Context::from_waker(&waker));
    }
    drop(stream);
    server.client_left(3).await;
}

#[tokio::test]
async fn a_stream_that_pauses_too_long_is_a_timeout_and_one_that_was_whole_is_not() {
    let server = RawServer::replies([Reply::sse().piece(delta("a")).hang()]).await;
    let seen = read(&client(&server).idle_timeout(Duration::from_millis(50)), ask()).await.unwrap();
    assert_eq!(seen.error.unwrap().kind(), ErrorKind::Timeout);
    for end in [
        Reply::sse().piece(delta("a")).piece(finish("stop")).hang(),
        Reply::sse().piece(delta("a")).piece(finish("stop")).reset(),
    ] {
        let server = RawServer::replies([end]).await;
        let seen = read(&client(&server).idle_timeout(Duration::from_millis(50)), ask()).await.unwrap();
        assert_eq!(seen.whole.unwrap().answers.len(), 1, "only the usage is lost");
    }
}

#[tokio::test]
async fn connections_are_used_again_after_a_stream() {
    let whole = [delta("a").as_str(), &finish("stop"), USAGE, DONE].concat();
    let server = RawServer::replies([sse(&[&whole])]).await;
    let client = client(&server);
    for _ in 0..5 {
        read(&client, ask()).await.unwrap().whole.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(server.connections() <= 2, "{} connections for 5 streams", server.connections());
}

fn answer(text: &str) -> String {
    serde_json::json!({"model": "m", "choices": [{"message": {"content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 1}})
    .to_string()
}

#[tokio::test]
async fn more_answers_than_a_call_gives_come_from_several() {
    let count = Arc::new(AtomicUsize::new(0));
    let server = RawServer::start(move |number, request: &Request| {
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        let n = body["n"].as_u64().unwrap_or(1);
        count.fetch_add(1, Ordering::Relaxed);
        let choices: Vec<_> = (0..n)
            .map(|index| serde_json::json!({"index": index, "message": {"content": format!("{number}.{index}")}, "finish_reason": "stop"}))
            .collect();
        Reply::json(&serde_json::json!({"choices": choices, "usage": {"prompt_tokens": 10, "completion_tokens": n}}).to_string())
    })
    .await;
    let response = client(&server).max_n(2).complete(ask().n(5)).await.unwrap();
    assert_eq!((response.answers.len(), server.requests().len()), (5, 3));
    assert_eq!((response.usage.input_tokens, response.usage.output_tokens, response.attempts), (30, 5, 3));
    // 30 × 2.50 + 5 × 10.00 micro-dollars.
    assert_eq!(response.cost_micros, Some(125));
    let responses = RawServer::start(|number, request: &Request| {
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        assert!(body.get("n").is_none() && body["stream"] == true);
        let event = format!("data: {{\"type\":\"response.output_text.delta\",\"delta\":\"{number}\"}}\n\n");
        sse(&[&event, "data: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":2,\"output_tokens\":1}}}\n\n"])
    })
    .await;
    let seen = read(&client(&responses).api(Api::Responses), ask().n(6)).await.unwrap();
    let whole = seen.whole.unwrap();
    assert_eq!((whole.answers.len(), whole.usage.input_tokens, seen.finished.len()), (6, 12, 6));
    let mut places: Vec<u32> = seen.finished.iter().map(|(index, _)| *index).collect();
    places.sort_unstable();
    assert_eq!(places, [0, 1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn answers_that_are_lost_with_the_call_that_failed_are_told() {
    let (good, bad) = (answer("a"), r#"{"error":{"message":"bad","type":"invalid_request_error"}}"#);
    for (fails, lost) in [(2, 1), (0, 0)] {
        let good = good.clone();
        let server = RawServer::start(move |number, _| match number {
            number if number == fails => Reply::default()
                .wait(Duration::from_millis(80 * fails as u64))
                .send(format!("HTTP/1.1 400 Bad\r\ncontent-length: {}\r\n\r\n{bad}", bad.len())),
            _ if fails == 0 => Reply::default().hang(),
            _ => Reply::json(&good),
        })
        .await;
        let error = client(&server).max_n(1).complete(ask().n(3)).await.unwrap_err();
        assert_eq!((error.kind(), error.unanswered()), (ErrorKind::InvalidInput, lost), "{error}");
    }
}

#[tokio::test]
async fn the_policy_follows_what_the_service_says() {
    let gone = r#"{"error":{"message":"The model `one` does not exist or you do not have access to it.","code":"model_not_found"}}"#;
    let server = RawServer::start(move |_, request: &Request| {
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap_or_default();
        match (request.line(), body["model"].as_str()) {
            (_, Some("one")) => Reply::new(404, &[], gone),
            ("GET /v1/models/two", _) => Reply::json(r#"{"id":"two","shutdown_date":"2020-01-01"}"#),
            _ => Reply::json(&answer("ok")),
        }
    })
    .await;
    let chain = ModelPolicy::starting_with("one").then("two", None).then("three", None);
    let client = client(&server).policy(chain);
    assert_eq!((client.name().as_str(), client.notice()), ("one", None));
    client.complete(ask()).await.unwrap();
    assert_eq!(client.name(), "two");
    let notice = client.notice().unwrap();
    assert_eq!((notice.model.as_str(), notice.replaced), ("one", true));
    client.complete(ask()).await.unwrap();
    assert_eq!(server.requests().len(), 3, "the model that is gone is not asked again");
    client.refresh_policy().await.unwrap();
    assert_eq!(client.name(), "three", "its shutdown date is past");
    let pinned = client.clone().model("one");
    assert_eq!(pinned.complete(ask()).await.unwrap_err().code(), "openai.model_not_found");
    let all_gone = client.clone().policy(ModelPolicy::starting_with("one").then("one", None));
    assert_eq!(all_gone.complete(ask()).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(all_gone.name(), "one");
}

#[tokio::test]
async fn the_parameters_of_the_default_policys_models() {
    let server = RawServer::replies([Reply::json(&answer("ok"))]).await;
    let request = ask().temperature(0.7).max_output_tokens(50).cache_key("k").seed(7);
    let openai = client(&server).dialect(Dialect::OpenAi);
    openai.complete(request.clone()).await.unwrap();
    openai.clone().model("gpt-5").complete(request.clone()).await.unwrap();
    let luna = openai.clone().policy(ModelPolicy::starting_with("gpt-6-luna").then("x", None));
    luna.complete(request.clone().reasoning_effort(ghostwren::model::ReasoningEffort::None)).await.unwrap();
    client(&server).model("smollm2").complete(request).await.unwrap();
    let sent: Vec<serde_json::Value> =
        server.requests().iter().map(|request| serde_json::from_slice(&request.body).unwrap()).collect();
    assert_eq!((&sent[0]["messages"][0]["role"], &sent[0]["temperature"]), (&"system".into(), &0.7.into()));
    assert_eq!((&sent[0]["max_completion_tokens"], &sent[0]["prompt_cache_key"]), (&50.into(), &"k".into()));
    assert_eq!(sent[1]["messages"][0]["role"], "developer");
    assert!(sent[1].get("temperature").is_none() && sent[1].get("reasoning_effort").is_none());
    assert_eq!((&sent[2]["reasoning_effort"], &sent[2]["temperature"]), (&"none".into(), &0.7.into()));
    assert_eq!(sent[3]["max_tokens"], 50);
    for absent in ["max_completion_tokens", "prompt_cache_key", "store", "stream", "n"] {
        assert!(sent[3].get(absent).is_none(), "{absent} is not for every server");
    }
}

/// A transport whose streams are made as they are read, and count what was.
#[derive(Debug)]
struct Lazy {
    pulled: Arc<AtomicUsize>,
    pieces: usize,
}

#[async_trait]
impl Transport for Lazy {
    async fn send(&self, _: http::Request<Bytes>) -> Result<TransportResponse, TransportError> {
        let (pulled, pieces) = (Arc::clone(&self.pulled), self.pieces);
        let body = stream::iter(0..=pieces).map(move |number| {
            pulled.fetch_add(1, Ordering::Relaxed);
            Ok(Bytes::from(if number < pieces { delta("twelve bytes") } else { finish("stop") }))
        });
        Ok(TransportResponse { status: http::StatusCode::OK, headers: http::HeaderMap::new(), body: Box::pin(body) })
    }
}

#[tokio::test]
async fn a_thousand_streams_read_nothing_ahead() {
    let pulled = Arc::new(AtomicUsize::new(0));
    let transport = Lazy { pulled: Arc::clone(&pulled), pieces: 200 };
    let http = HttpClient::builder().transport(transport).max_in_flight(1000).build().unwrap();
    let client =
        OpenAi::new(KEY.to_owned().into()).base_url("https://api.example/v1".parse().unwrap()).http(http).model("m");
    let mut streams = Vec::new();
    for _ in 0..1000 {
        streams.push(client.stream(ask()).await.unwrap());
    }
    tokio::task::yield_now().await;
    assert_eq!(pulled.load(Ordering::Relaxed), 1000, "one piece each, for its first text");
    for stream in &mut streams {
        assert!(matches!(stream.next().await, Some(Ok(ModelDelta::Text { .. }))));
        assert!(matches!(stream.next().await, Some(Ok(ModelDelta::Text { .. }))));
    }
    assert_eq!(pulled.load(Ordering::Relaxed), 2000, "one piece for each text that was taken");
    for mut stream in streams {
        let mut whole = None;
        while let Some(delta) = stream.next().await {
            if let ModelDelta::Completed(response) = delta.unwrap() {
                whole = Some(response);
            }
        }
        assert_eq!(whole.unwrap().answers[0].0.len(), 200 * 12);
    }
}

#[tokio::test]
async fn an_endless_answer_is_given_up() {
    #[derive(Debug)]
    struct Endless;
    #[async_trait]
    impl Transport for Endless {
        async fn send(&self, _: http::Request<Bytes>) -> Result<TransportResponse, TransportError> {
            let piece = Bytes::from(delta(&"x".repeat(1 << 20)));
            let body = stream::repeat_with(move || Ok(piece.clone()));
            Ok(TransportResponse {
                status: http::StatusCode::OK,
                headers: http::HeaderMap::new(),
                body: Box::pin(body),
            })
        }
    }
    let http = HttpClient::builder().transport(Endless).build().unwrap();
    let client = OpenAi::new(KEY.to_owned().into()).base_url("https://api.example/v1".parse().unwrap()).http(http);
    let seen = read(&client.model("m"), ask()).await.unwrap();
    assert_eq!(seen.error.unwrap().code(), "openai.answer_too_large");
    assert!(seen.deltas <= 17);
}
