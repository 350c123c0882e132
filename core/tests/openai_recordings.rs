//! Every recorded exchange with OpenAI and compatible servers, served again from this machine and read by the real client.
//! What it should read is computed here from the bytes of the recording, by another way.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    missing_docs
)]

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use common::raw_server::{RawServer, Reply};
use futures_util::StreamExt;
use ghostwren::ErrorKind;
use ghostwren::model::{FinishReason, Message, Model, ModelDelta, Usage};
use ghostwren::openai::{Api, ChatRequest, Dialect, OpenAi};
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
struct Exchange {
    when: When,
    then: Then,
}

#[derive(Debug, Deserialize)]
struct When {
    path: String,
    method: String,
    body: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Then {
    status: u16,
    header: Option<Vec<Header>>,
    body: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Header {
    name: String,
    value: String,
}

/// What a recording says, in one form.
#[derive(Debug, PartialEq)]
struct Outcome {
    /// Index, text, why it ended.
    answers: Vec<(u64, String, FinishReason)>,
    model: String,
    /// Input, cached, cache write, output, reasoning.
    usage: [u64; 5],
}

fn count(value: &Value, pointer: &str) -> u64 {
    value.pointer(pointer).and_then(Value::as_u64).unwrap_or(0)
}

fn reason(written: &str) -> FinishReason {
    match written {
        "stop" => FinishReason::Stop,
        "length" => FinishReason::Length,
        "content_filter" => FinishReason::ContentFilter,
        "tool_calls" => FinishReason::ToolCalls,
        other => FinishReason::Other(other.to_owned()),
    }
}

fn chat_usage(usage: &Value) -> [u64; 5] {
    [
        count(usage, "/prompt_tokens"),
        count(usage, "/prompt_tokens_details/cached_tokens"),
        count(usage, "/prompt_tokens_details/cache_write_tokens"),
        count(usage, "/completion_tokens"),
        count(usage, "/completion_tokens_details/reasoning_tokens"),
    ]
}

fn events(body: &str) -> Vec<Value> {
    body.lines()
        .filter_map(|line| line.strip_prefix("data:"))
        .map(str::trim)
        .filter(|data| *data != "[DONE]")
        .map(|data| serde_json::from_str(data).unwrap())
        .collect()
}

fn expected_chat_stream(body: &str) -> Outcome {
    let mut texts: BTreeMap<u64, (String, Option<String>)> = BTreeMap::new();
    let (mut model, mut usage) = (String::new(), [0; 5]);
    for chunk in events(body) {
        if let Some(name) = chunk["model"].as_str().filter(|name| !name.is_empty()) {
            model = name.to_owned();
        }
        if chunk["usage"].is_object() {
            usage = chat_usage(&chunk["usage"]);
        }
        for choice in chunk["choices"].as_array().into_iter().flatten() {
            let entry = texts.entry(choice["index"].as_u64().unwrap()).or_default();
            entry.0.push_str(choice["delta"]["content"].as_str().unwrap_or_default());
            if let Some(why) = choice["finish_reason"].as_str() {
                entry.1 = Some(why.to_owned());
            }
        }
    }
    let answers = texts.into_iter().map(|(index, (text, why))| (index, text, reason(&why.unwrap()))).collect();
    Outcome { answers, model, usage }
}

fn expected_chat(body: &Value) -> Outcome {
    let answers = body["choices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|choice| {
            let text = choice["message"]["content"].as_str().unwrap_or_default().to_owned();
            (choice["index"].as_u64().unwrap(), text, reason(choice["finish_reason"].as_str().unwrap()))
        })
        .collect();
    Outcome { answers, model: body["model"].as_str().unwrap().to_owned(), usage: chat_usage(&body["usage"]) }
}

fn expected_response(response: &Value) -> Outcome {
    let items = response["output"].as_array().unwrap();
    let text: String = items
        .iter()
        .filter(|item| item["type"] == "message" && item["phase"] != "commentary")
        .flat_map(|item| item["content"].as_array().unwrap())
        .filter(|part| part["type"] == "output_text")
        .map(|part| part["text"].as_str().unwrap())
        .collect();
    let called = items.iter().any(|item| item["type"].as_str().unwrap().ends_with("_call"));
    let finish = match (response["status"].as_str().unwrap(), response["incomplete_details"]["reason"].as_str()) {
        ("incomplete", Some("max_output_tokens")) => FinishReason::Length,
        ("completed", _) if called && text.is_empty() => FinishReason::ToolCalls,
        ("completed", _) => FinishReason::Stop,
        other => panic!("{other:?}"),
    };
    let usage = &response["usage"];
    Outcome {
        answers: vec![(0, text, finish)],
        model: response["model"].as_str().unwrap().to_owned(),
        usage: [
            count(usage, "/input_tokens"),
            count(usage, "/input_tokens_details/cached_tokens"),
            count(usage, "/input_tokens_details/cache_write_tokens"),
            count(usage, "/output_tokens"),
            count(usage, "/output_tokens_details/reasoning_tokens"),
        ],
    }
}

fn numbers(usage: &Usage) -> [u64; 5] {
    let Usage { input_tokens, cached_tokens, cache_write_tokens, output_tokens, reasoning_tokens } = *usage;
    [input_tokens, cached_tokens, cache_write_tokens, output_tokens, reasoning_tokens]
}

/// The client reads one answer that this machine serves; pieces of the given size.
struct Replay {
    api: Api,
    stream: bool,
    n: u32,
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    piece: usize,
}

impl Replay {
    async fn run(&self, place: &str) -> Result<Outcome, ghostwren::Error> {
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let reply = if self.piece > 0 {
            let pieces: Vec<&[u8]> = self.body.chunks(self.piece).collect();
            Reply::chunked(self.status, &headers, &pieces)
        } else {
            Reply::new(self.status, &headers, &self.body)
        };
        let server = RawServer::replies([reply]).await;
        let client = OpenAi::new("sk-test".to_owned().into())
            .base_url(server.url("/v1"))
            .api(self.api)
            .dialect(Dialect::OpenAi)
            .max_n(128)
            .max_attempts(1)
            .model("recorded");
        let request = ChatRequest::new(vec![Message::user("again")]).n(self.n);
        let outcome = if self.stream {
            let mut stream = client.chat_stream(request).await?;
            let mut grown: BTreeMap<u32, String> = BTreeMap::new();
            let mut finished = BTreeMap::new();
            let mut last = None;
            while let Some(delta) = stream.next().await {
                assert!(last.is_none(), "{place}: something after the end");
                match delta? {
                    ModelDelta::Text { index, text } => {
                        assert!(!text.is_empty(), "{place}");
                        grown.entry(index).or_default().push_str(&text);
                    }
                    ModelDelta::Finished { index, reason } => {
                        assert!(finished.insert(index, reason).is_none(), "{place}: twice finished");
                    }
                    ModelDelta::Completed(response) => last = Some(response),
                    other => panic!("{other:?}"),
                }
            }
            let response = last.expect("a stream ends with Completed");
            let mut answers = Vec::new();
            for (place_of, (text, why)) in response.answers.iter().enumerate() {
                let index = u32::try_from(place_of).unwrap();
                assert_eq!(
                    grown.get(&index).map_or("", String::as_str),
                    text,
                    "{place}: the deltas are the whole text"
                );
                assert_eq!(finished.get(&index), Some(why), "{place}");
                answers.push((u64::from(index), text.clone(), why.clone()));
            }
            Outcome { answers, model: response.model, usage: numbers(&response.usage) }
        } else {
            let reply = client.chat(request).await?;
            let recorded = self.headers.iter().find(|(name, _)| name == "x-request-id").map(|(_, id)| id.clone());
            assert_eq!(reply.request_id, recorded, "{place}");
            let answers =
                reply.answers.iter().map(|a| (u64::from(a.index), a.text.clone(), a.finish.clone())).collect();
            Outcome { answers, model: reply.model.unwrap(), usage: numbers(&reply.usage) }
        };
        assert_eq!(server.requests().len(), 1, "{place}");
        assert_eq!(client.provider(), "openai");
        Ok(outcome)
    }
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn every_recorded_exchange_replays() {
    let Some(shared) = common::shared() else { return };
    let folder = shared.join("data/recordings/openai-rig/cassettes");
    let paths = files(&folder, ".yaml");
    assert_eq!(paths.len(), 107, "files");
    let (mut replayed, mut marked, mut failures) = (0, 0, 0);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for path in &paths {
        let text = std::fs::read_to_string(path).unwrap();
        marked += text.lines().filter(|line| *line == "when:").count();
        let exchanges: Vec<Exchange> = serde_saphyr::from_multiple(&text).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        for (number, exchange) in exchanges.into_iter().enumerate() {
            let place = format!("{} #{number}", path.strip_prefix(&folder).unwrap().display());
            let Exchange { when, then } = exchange;
            *seen.entry(format!("{} {}", when.method, when.path)).or_default() += 1;
            replayed += 1;
            let headers: Vec<(String, String)> =
                then.header.unwrap_or_default().into_iter().map(|h| (h.name, h.value)).collect();
            let body = then.body.unwrap_or_default();
            if when.path == "/v1/models" {
                models(&place, then.status, &headers, &body).await;
                failures += usize::from(then.status != 200);
                continue;
            }
            let asked: Value = serde_json::from_str(&when.body.unwrap()).unwrap();
            let stream = asked["stream"] == true;
            let api = if when.path == "/v1/responses" { Api::Responses } else { Api::Chat };
            let n = u32::try_from(asked["n"].as_u64().unwrap_or(1)).unwrap();
            for piece in [0, 7, 1000] {
                let replay = Replay {
                    api,
                    stream,
                    n,
                    status: then.status,
                    headers: headers.clone(),
                    body: body.clone().into_bytes(),
                    piece,
                };
                if piece == 7 && body.len() > 20_000 {
                    continue; // one in three sizes is enough for the long ones
                }
                let outcome = replay.run(&place).await;
                if then.status != 200 {
                    failures += usize::from(piece == 0);
                    let error = outcome.expect_err(&place);
                    assert_eq!(
                        (error.kind(), error.code()),
                        (ErrorKind::NotFound, "openai.model_not_found"),
                        "{place}"
                    );
                    assert_eq!(error.status(), Some(400), "{place}");
                    continue;
                }
                let expected = match (api, stream) {
                    (Api::Chat, true) => expected_chat_stream(&body),
                    (Api::Chat, false) => expected_chat(&serde_json::from_str(&body).unwrap()),
                    (_, true) => expected_response(&events(&body).last().unwrap()["response"]),
                    (_, false) => expected_response(&serde_json::from_str(&body).unwrap()),
                };
                assert_eq!(outcome.unwrap_or_else(|e| panic!("{place}: {e}")), expected, "{place}");
            }
        }
    }
    assert_eq!(replayed, marked, "every exchange that is in a file was replayed");
    assert_eq!(replayed, 145);
    assert_eq!(failures, 3);
    assert_eq!(seen["POST /v1/chat/completions"], 82);
    assert_eq!(seen["POST /v1/responses"], 61);
    assert_eq!(seen["GET /v1/models"], 2);
}

async fn models(place: &str, status: u16, headers: &[(String, String)], body: &str) {
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let server = RawServer::replies([Reply::new(status, &headers, body)]).await;
    let client = OpenAi::new("sk-test".to_owned().into()).base_url(server.url("/v1"));
    let list = client.models().await;
    assert_eq!(server.requests()[0].line(), "GET /v1/models", "{place}");
    if status == 401 {
        let error = list.expect_err(place);
        assert_eq!((error.kind(), error.code()), (ErrorKind::Auth, "openai.invalid_key"));
        assert_eq!(error.request_id(), Some("req_REDACTED_1"));
        assert!(!error.to_string().contains("sk-"), "{error}");
        assert!(error.remedy().unwrap().contains("OPENAI_API_KEY"));
        return;
    }
    let raw: Value = serde_json::from_str(body).unwrap();
    let ids: Vec<&str> = raw["data"].as_array().unwrap().iter().map(|model| model["id"].as_str().unwrap()).collect();
    let list = list.unwrap();
    assert!(!ids.is_empty());
    assert_eq!(list.iter().map(|model| model.id.as_str()).collect::<Vec<_>>(), ids, "{place}");
}

#[tokio::test]
async fn every_recorded_fixture_of_vercel_replays() {
    let Some(shared) = common::shared() else { return };
    let folder = shared.join("data/recordings/openai-vercel");
    let paths: Vec<PathBuf> = files(&folder, "").into_iter().filter(|path| !path.ends_with("LICENSE")).collect();
    assert_eq!(paths.len(), 9, "files");
    let (mut whole, mut refused) = (0, 0);
    for path in &paths {
        let place = path.strip_prefix(&folder).unwrap().display().to_string();
        let api = if place.starts_with("responses") { Api::Responses } else { Api::Chat };
        let text = std::fs::read_to_string(path).unwrap();
        let stream = place.ends_with(".chunks.txt");
        let (body, status) = if stream {
            let mut body: String =
                text.lines().filter(|line| !line.is_empty()).map(|line| format!("data: {line}\n\n")).collect();
            if api == Api::Chat {
                body.push_str("data: [DONE]\n\n");
            }
            (body, 200)
        } else {
            let raw: Value = serde_json::from_str(&text).unwrap();
            let status = match raw["error"]["code"].as_str() {
                _ if raw["error"].is_null() => 200,
                Some("insufficient_quota") => 429,
                _ => 400,
            };
            (text.clone(), status)
        };
        let kind = if stream { "text/event-stream" } else { "application/json" };
        for piece in [0, 13] {
            let replay = Replay {
                api,
                stream,
                n: 1,
                status,
                headers: vec![("content-type".to_owned(), kind.to_owned())],
                body: body.clone().into_bytes(),
                piece,
            };
            let outcome = replay.run(&place).await;
            let expected_error = match place.as_str() {
                "responses/openai-error.1.chunks.txt" | "responses/openai-error.1.json" => {
                    Some((ErrorKind::QuotaExceeded, "openai.quota"))
                }
                "chat/reasoning-model-legacy-parameter-error.json"
                | "responses/reasoning-model-temperature-error.json" => {
                    Some((ErrorKind::InvalidInput, "openai.unsupported_parameter"))
                }
                _ => None,
            };
            if let Some(expected) = expected_error {
                let error = outcome.expect_err(&place);
                assert_eq!((error.kind(), error.code()), expected, "{place}");
                refused += 1;
                continue;
            }
            let expected = match (api, stream) {
                (Api::Chat, true) => expected_chat_stream(&body),
                (Api::Chat, false) => expected_chat(&serde_json::from_str(&body).unwrap()),
                (_, true) => expected_response(&events(&body).last().unwrap()["response"]),
                (_, false) => expected_response(&serde_json::from_str(&body).unwrap()),
            };
            assert_eq!(outcome.unwrap_or_else(|e| panic!("{place}: {e}")), expected, "{place}");
            whole += 1;
        }
    }
    assert_eq!((whole, refused), (10, 8));
}
