//! What the log says of a call of a model: OpenTelemetry's names and numbers, never a key, a prompt or an answer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;
mod traces;

use common::raw_server::{RawServer, Reply};
use futures_util::StreamExt;
use ghostwren::model::{Message, Model, ModelRequest};
use ghostwren::openai::{ModelPolicy, OpenAi};
use traces::Traces;

const KEY: &str = "sk-planted-KEY0123456789";

#[tokio::test]
async fn numbers_and_names_but_no_secret_and_no_text() {
    let traces = Traces::capture();
    let whole = r#"{"id":"chatcmpl-1","model":"gpt-4o-2024-08-06","choices":[{"message":{"content":"PLANTED-ANSWER"},"finish_reason":"length"}],"usage":{"prompt_tokens":11,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":3}}}"#;
    let stream = "data: {\"model\":\"gpt-4o-2024-11-20\",\"choices\":[{\"delta\":{\"content\":\"PLANTED-ANSWER\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":13,\"completion_tokens\":5}}\n\ndata: [DONE]\n\n";
    let refused =
        format!("{{\"error\":{{\"message\":\"Incorrect API key provided: {KEY}\",\"code\":\"invalid_api_key\"}}}}");
    let server = RawServer::replies([
        Reply::json(whole),
        Reply::chunked(200, &[], &[stream.as_bytes()]),
        Reply::chunked(200, &[], &[&stream.as_bytes()[..stream.len() - 90]]),
        Reply::new(401, &[], refused),
    ])
    .await;
    let client = OpenAi::new(KEY.to_owned().into())
        .base_url(format!("{}?api_key={KEY}", server.url("/v1")).parse().unwrap())
        .max_attempts(1)
        .policy(ModelPolicy::starting_with("gpt-4o-mini"));
    let ask = || ModelRequest::new("test", vec![Message::system("PLANTED-SYSTEM"), Message::user("PLANTED-PROMPT")]);
    client.complete(ask()).await.unwrap();
    let mut deltas = client.stream(ask()).await.unwrap();
    while let Some(delta) = deltas.next().await {
        delta.unwrap();
    }
    drop(deltas);
    client.stream(ask()).await.err().unwrap();
    let error = client.complete(ask()).await.unwrap_err();
    let shown = format!(
        "{error} {error:?} {client:?} {:?} {}",
        error.to_fields(),
        serde_json::to_string(&error.to_fields()).unwrap()
    );
    let log = traces.text();
    for text in [&log, &shown] {
        assert!(!text.contains("PLANTED") && !text.contains("planted") && !text.contains("KEY0123"), "{text}");
    }
    let spans: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|event| event["fields"]["message"] == "close" && event["span"]["name"] == "gen_ai")
        .map(|event| event["span"].clone())
        .collect();
    assert_eq!(spans.len(), 4, "{log}");
    for span in &spans {
        assert_eq!(span["gen_ai.provider.name"], "openai");
        assert_eq!(
            (&span["gen_ai.operation.name"], &span["gen_ai.request.model"]),
            (&"chat".into(), &"gpt-4o-mini".into())
        );
    }
    assert_eq!(
        (&spans[0]["gen_ai.usage.input_tokens"], &spans[0]["gen_ai.usage.output_tokens"]),
        (&11.into(), &7.into())
    );
    assert_eq!(spans[0]["gen_ai.response.model"], "gpt-4o-2024-08-06");
    assert_eq!(spans[0]["gen_ai.response.finish_reasons"], "[\"length\"]");
    assert_eq!(spans[1]["gen_ai.usage.input_tokens"], 13);
    assert_eq!(spans[2]["error.type"], "openai.truncated");
    assert_eq!(spans[3]["error.type"], "openai.invalid_key");
}
