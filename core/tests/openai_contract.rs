//! What the client sends, against OpenAI's published specification with every object closed.
//!
//! The specification leaves objects open, so that a misspelt field would pass; and it writes `nullable`, which JSON Schema
//! does not know. Both are put right here before anything is validated. Mutations prove that the check can fail.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    missing_docs
)]

mod common;

use std::collections::BTreeSet;

use common::raw_server::{RawServer, Reply};
use futures_util::StreamExt;
use ghostwren::model::{Message, ReasoningEffort};
use ghostwren::openai::{Api, ChatRequest, Dialect, OpenAi};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// The components that a root needs, each closed (`X`) or open (`X-open`, for use inside `allOf`).
fn components(spec: &Value, root: &str) -> Value {
    let mut out = Map::new();
    let mut wanted = vec![root.to_owned()];
    while let Some(name) = wanted.pop() {
        if out.contains_key(&name) {
            continue;
        }
        let (bare, close) = name.strip_suffix("-open").map_or((name.as_str(), true), |bare| (bare, false));
        let schema = translate(&spec["components"]["schemas"][bare], close);
        assert!(schema.is_object(), "{name} is not in the specification");
        for part in schema.to_string().split("#/$defs/").skip(1) {
            wanted.push(part.split('"').next().unwrap().to_owned());
        }
        out.insert(name, schema);
    }
    Value::Object(out)
}

fn translate(schema: &Value, close: bool) -> Value {
    let Value::Object(node) = schema else { return schema.clone() };
    let mut out = Map::new();
    for (key, value) in node {
        let value = match (key.as_str(), value) {
            // Of an older draft, and only in filters of a file search, which is never asked for.
            ("$recursiveAnchor" | "$recursiveRef", _) => continue,
            ("nullable" | "description" | "example" | "examples" | "default" | "discriminator", _) => continue,
            ("$ref", Value::String(target)) => {
                let name = target.strip_prefix("#/components/schemas/").unwrap();
                json!(format!("#/$defs/{name}{}", if close { "" } else { "-open" }))
            }
            ("properties", Value::Object(properties)) => {
                Value::Object(properties.iter().map(|(name, schema)| (name.clone(), translate(schema, true))).collect())
            }
            ("allOf", Value::Array(parts)) => Value::Array(parts.iter().map(|part| translate(part, false)).collect()),
            ("anyOf" | "oneOf", Value::Array(parts)) => {
                Value::Array(parts.iter().map(|part| translate(part, close)).collect())
            }
            ("items" | "additionalProperties" | "not", _) => translate(value, true),
            _ => value.clone(),
        };
        out.insert(key.clone(), value);
    }
    let described = out.contains_key("properties") || out.contains_key("allOf");
    if close && described && !out.contains_key("additionalProperties") {
        out.insert("unevaluatedProperties".into(), json!(false));
    }
    if node.get("nullable") == Some(&json!(true)) {
        return json!({"anyOf": [out, {"type": "null"}]});
    }
    Value::Object(out)
}

struct Contract {
    chat: Validator,
    responses: Validator,
}

fn contract() -> Option<Contract> {
    let path = common::shared()?.join("specs/openai-openapi.yaml");
    // `y` is the name of a field, not a truth.
    let options = serde_saphyr::options! { strict_booleans: true };
    let text = std::fs::read_to_string(path).unwrap();
    let spec: Value = serde_saphyr::from_str_with_options(&text, options).unwrap();
    let validator = |name: &str| {
        let root = json!({"$ref": format!("#/$defs/{name}"), "$defs": components(&spec, name)});
        jsonschema::options().with_draft(jsonschema::Draft::Draft202012).build(&root).unwrap()
    };
    Some(Contract { chat: validator("CreateChatCompletionRequest"), responses: validator("CreateResponse") })
}

fn schema() -> Value {
    json!({"type": "object", "properties": {
        "drafts": {"type": "array", "items": {"type": "object", "properties": {
            "text": {"type": "string"}, "why": {"type": "string"}}, "required": ["text"]}}}})
}

fn full() -> ChatRequest {
    let messages = vec![
        Message::system("You write tweets."),
        Message::user("About wrens."),
        Message::assistant("One draft."),
        Message::user("Another \u{1f426}."),
    ];
    let mut request = ChatRequest::new(messages)
        .json_schema("drafts", schema())
        .n(3)
        .max_output_tokens(200)
        .temperature(0.8)
        .top_p(0.95)
        .stop(["\n\n"])
        .seed(-42)
        .top_logprobs(2)
        .cache_key("user-7/profile-3")
        .reasoning_effort(ReasoningEffort::None);
    request.frequency_penalty = Some(0.5);
    request.presence_penalty = Some(-0.5);
    request.safety_identifier = Some("subject-1".to_owned());
    request
}

fn for_responses() -> ChatRequest {
    let mut request = full().n(1).stop([""; 0]);
    request.frequency_penalty = None;
    request.presence_penalty = None;
    request.top_logprobs = None;
    request.max_output_tokens = Some(5);
    request
}

/// What is sent for a request: by the model's name, as a stream or whole.
async fn sent(api: Api, model: &str, stream: bool, request: ChatRequest) -> Value {
    let server = RawServer::replies([Reply::new(400, &[], "{}")]).await;
    let client = OpenAi::new("sk-test".to_owned().into())
        .base_url(server.url("/v1"))
        .api(api)
        .dialect(Dialect::OpenAi)
        .max_attempts(1)
        .model(model);
    let refused = if stream {
        match client.chat_stream(request).await {
            Ok(mut stream) => stream.next().await.unwrap().map(|_| ()),
            Err(error) => Err(error),
        }
    } else {
        client.chat(request).await.map(|_| ())
    };
    assert_eq!(refused.unwrap_err().code(), "openai.invalid_request");
    let requests = server.requests();
    let request = &requests[0];
    assert_eq!(request.line(), if api == Api::Chat { "POST /v1/chat/completions" } else { "POST /v1/responses" });
    assert_eq!(request.header("authorization"), Some("Bearer sk-test"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("accept"), Some(if stream { "text/event-stream" } else { "application/json" }));
    serde_json::from_slice(&request.body).unwrap()
}

fn keys(body: &Value) -> BTreeSet<&str> {
    body.as_object().unwrap().keys().map(String::as_str).collect()
}

#[track_caller]
fn valid(validator: &Validator, body: &Value) {
    let errors: Vec<String> =
        validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{body}\n{errors:#?}");
}

#[tokio::test]
async fn every_request_is_valid_and_says_what_was_asked() {
    let Some(contract) = contract() else { return };
    let minimal = || ChatRequest::new(vec![Message::user("Hi")]);
    for model in ["gpt-4o", "gpt-4o-2024-08-06", "gpt-6-luna", "gpt-5", "o3", "gpt-3.5-turbo", "smollm2"] {
        for stream in [false, true] {
            valid(&contract.chat, &sent(Api::Chat, model, stream, minimal()).await);
            let one = full().n(1);
            valid(&contract.chat, &sent(Api::Chat, model, stream, one).await);
            valid(&contract.responses, &sent(Api::Responses, model, stream, minimal()).await);
            valid(&contract.responses, &sent(Api::Responses, model, stream, for_responses()).await);
        }
    }
    let body = sent(Api::Chat, "gpt-4o", true, full()).await;
    let all = [
        "model",
        "messages",
        "n",
        "max_completion_tokens",
        "temperature",
        "top_p",
        "frequency_penalty",
        "presence_penalty",
        "stop",
        "seed",
        "logprobs",
        "top_logprobs",
        "response_format",
        "prompt_cache_key",
        "safety_identifier",
        "stream",
        "stream_options",
    ];
    assert_eq!(keys(&body), BTreeSet::from(all));
    assert_eq!(body["stream_options"], json!({"include_usage": true, "include_obfuscation": false}));
    assert_eq!(body["response_format"]["json_schema"]["strict"], true);
    let items = &body["response_format"]["json_schema"]["schema"]["properties"]["drafts"];
    assert_eq!(items["items"]["required"], json!(["text", "why"]));
    let thinking = sent(Api::Chat, "o3", false, full().n(1).reasoning_effort(ReasoningEffort::Low)).await;
    assert_eq!(thinking["messages"][0]["role"], "developer");
    for absent in [
        "temperature",
        "top_p",
        "logprobs",
        "top_logprobs",
        "frequency_penalty",
        "presence_penalty",
        "stop",
        "max_tokens",
    ] {
        assert!(thinking.get(absent).is_none(), "{absent} is refused by a model that reasons");
    }
    let response = sent(Api::Responses, "gpt-6-luna", true, for_responses()).await;
    let all = [
        "model",
        "input",
        "store",
        "max_output_tokens",
        "temperature",
        "top_p",
        "reasoning",
        "text",
        "prompt_cache_key",
        "safety_identifier",
        "stream",
        "stream_options",
    ];
    assert_eq!(keys(&response), BTreeSet::from(all));
    assert_eq!((&response["store"], &response["max_output_tokens"]), (&json!(false), &json!(16)));
    assert_eq!(response["reasoning"], json!({"effort": "none"}));
}

/// Each way to spoil one value of a body: the place, and the spoilt body. What stands under a JSON schema is not looked at:
/// there the specification allows anything.
fn mutations(body: &Value) -> Vec<(String, Value)> {
    let mut out = Vec::new();
    let mut places = vec![String::new()];
    while let Some(place) = places.pop() {
        let children: Vec<String> = match body.pointer(&place).unwrap() {
            Value::Object(node) => node.keys().cloned().collect(),
            Value::Array(list) => (0..list.len()).map(|index| index.to_string()).collect(),
            _ => continue,
        };
        for child in children {
            let path = format!("{place}/{child}");
            if body.pointer(&place).unwrap().is_object() {
                let mut renamed = body.clone();
                let node = renamed.pointer_mut(&place).unwrap().as_object_mut().unwrap();
                let value = node.remove(&child).unwrap();
                node.insert(format!("{child}x"), value);
                out.push((format!("{path} renamed"), renamed));
            }
            let mut retyped = body.clone();
            let value = retyped.pointer_mut(&path).unwrap();
            *value = match value {
                Value::String(_) | Value::Array(_) | Value::Object(_) => json!(7.5),
                Value::Number(_) | Value::Bool(_) | Value::Null => json!("seven"),
            };
            out.push((format!("{path} retyped"), retyped));
            if !path.ends_with("/schema") {
                places.push(path);
            }
        }
    }
    out
}

#[tokio::test]
async fn a_spoilt_request_is_found() {
    let Some(contract) = contract() else { return };
    let chat = sent(Api::Chat, "gpt-4o", true, full()).await;
    let responses = sent(Api::Responses, "gpt-6-luna", true, for_responses()).await;
    for (validator, body, required) in [
        (
            &contract.chat,
            &chat,
            &[
                "/model",
                "/messages",
                "/messages/0/role",
                "/messages/1/content",
                "/response_format/type",
                "/response_format/json_schema/name",
            ][..],
        ),
        (
            &contract.responses,
            &responses,
            &["/input/0/role", "/input/0/content", "/text/format/name", "/text/format/schema", "/text/format/type"][..],
        ),
    ] {
        valid(validator, body);
        let spoilt = mutations(body);
        assert!(spoilt.len() > 50, "{}", spoilt.len());
        for (place, spoilt) in spoilt {
            assert!(!validator.is_valid(&spoilt), "{place} was not noticed: {spoilt}");
        }
        for place in required {
            let mut dropped = body.clone();
            let (parent, key) = place.rsplit_once('/').unwrap();
            dropped.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key).unwrap();
            assert!(!validator.is_valid(&dropped), "{place} may be missing?");
        }
        for (key, value) in [("temperature", json!(9)), ("unknown", json!(1))] {
            let mut wrong = body.clone();
            wrong[key] = value;
            assert!(!validator.is_valid(&wrong), "{key}");
        }
    }
}
