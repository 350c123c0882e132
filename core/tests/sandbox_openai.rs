//! The stand-in for OpenAI, over raw HTTP: every answer against the published specification with every object closed, and
//! every fault as it is promised.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;
mod openai_spec;
mod raw_http;

use ghostwren::sandbox::{Endpoint, FAULT_HEADER, Fault, Outcome, PACE_HEADER, Sandbox};
use raw_http::{Answer, End, post, request};
use serde_json::{Value, json};

fn prompt() -> Value {
    let examples: Vec<Value> = [
        "ok so the oven is warm again… the cat is pleased 🐈‍⬛",
        "no bread today. the mill forgot us, and then the rain came",
        "rye is patience, wheat is gossip. i said what i said",
        "the printer jammed at three in the morning and i laughed 🥖",
        "somebody asked for a refund on a croissant. half eaten… respect",
        "new flour, same knees. good morning to both of them",
    ]
    .iter()
    .enumerate()
    .map(|(at, text)| json!({"id": format!("19{at}"), "text": text}))
    .collect();
    json!({
        "topic": "why we rewrote it in rust",
        "count": 5,
        "examples": examples,
        "features": [
            {"feature": "ellipsis", "direction": "more", "z": 2.4},
            {"feature": "exclamation", "direction": "less", "z": -1.1},
        ],
    })
}

fn tweets_schema() -> Value {
    json!({
        "type": "object",
        "properties": {"tweets": {"type": "array", "items": {
            "type": "object",
            "properties": {"text": {"type": "string"}},
            "required": ["text"],
            "additionalProperties": false,
        }}},
        "required": ["tweets"],
        "additionalProperties": false,
    })
}

fn chat(extra: Value) -> Value {
    let mut body = json!({
        "model": "gpt-4o",
        "messages": [
            {"role": "system", "content": "You write tweets in the person's own voice."},
            {"role": "user", "content": format!("Data:\n{}\nWrite.", prompt())},
        ],
        "response_format": {"type": "json_schema", "json_schema": {"name": "tweets", "strict": true, "schema": tweets_schema()}},
    });
    merge(&mut body, extra);
    body
}

fn respond(extra: Value) -> Value {
    let mut body = json!({
        "model": "gpt-4o",
        "instructions": "You write tweets in the person's own voice.",
        "input": [{"role": "user", "content": [{"type": "input_text", "text": prompt().to_string()}]}],
        "text": {"format": {"type": "json_schema", "name": "tweets", "strict": true, "schema": tweets_schema()}},
    });
    merge(&mut body, extra);
    body
}

fn merge(body: &mut Value, extra: Value) {
    if let (Some(body), Value::Object(extra)) = (body.as_object_mut(), extra) {
        for (name, value) in extra {
            if value.is_null() {
                body.remove(&name);
            } else {
                body.insert(name, value);
            }
        }
    }
}

const CHAT: &str = "/chat/completions";
const RESPONSES: &str = "/responses";

fn ask(sandbox: &Sandbox, path: &str, body: &Value, fault: &str) -> Answer {
    post(sandbox, path, &[(FAULT_HEADER, fault)], body)
}

fn content(answer: &Answer) -> String {
    answer.json()["choices"][0]["message"]["content"].as_str().unwrap().to_owned()
}

/// The text of a streamed chat answer, by index, and its finish reasons.
fn grown(answer: &Answer) -> (Vec<String>, Vec<String>) {
    let (mut texts, mut ends) = (vec![String::new(); 4], Vec::new());
    for (_, data) in answer.events() {
        let Ok(chunk) = serde_json::from_str::<Value>(&data) else { continue };
        for choice in chunk["choices"].as_array().into_iter().flatten() {
            let at = choice["index"].as_u64().and_then(|at| usize::try_from(at).ok()).unwrap();
            texts[at].push_str(choice["delta"]["content"].as_str().unwrap_or_default());
            ends.extend(choice["finish_reason"].as_str().map(str::to_owned));
        }
    }
    (texts, ends)
}

#[test]
fn answers_keep_to_the_specification() {
    let Some(spec) = openai_spec::Spec::load() else { return };
    let sandbox = Sandbox::start().unwrap();
    let whole = post(&sandbox, CHAT, &[], &chat(json!({"n": 3})));
    assert_eq!(whole.status, 200, "{}", whole.text());
    spec.check("CreateChatCompletionResponse", &whole.json());
    spec.mutate("CreateChatCompletionResponse", &whole.json());
    assert_eq!(whole.json()["choices"].as_array().unwrap().len(), 3);
    for fault in ["refusal", "length", "content-filter", "empty-answer"] {
        spec.check("CreateChatCompletionResponse", &ask(&sandbox, CHAT, &chat(json!({})), fault).json());
        spec.check("Response", &ask(&sandbox, RESPONSES, &respond(json!({})), fault).json());
    }

    let stream = json!({"stream": true, "n": 2, "stream_options": {"include_usage": true}});
    for fault in ["pass", "refusal", "length"] {
        let streamed = ask(&sandbox, CHAT, &chat(stream.clone()), fault);
        let events = streamed.events();
        assert_eq!(events.last().unwrap().1, "[DONE]");
        for (_, data) in &events[..events.len() - 1] {
            spec.check("CreateChatCompletionStreamResponse", &serde_json::from_str(data).unwrap());
        }
    }
    let streamed = post(&sandbox, CHAT, &[], &chat(stream));
    let events = streamed.events();
    spec.mutate("CreateChatCompletionStreamResponse", &serde_json::from_str(&events[3].1).unwrap());
    spec.mutate("CreateChatCompletionStreamResponse", &serde_json::from_str(&events[events.len() - 2].1).unwrap());

    let response = post(&sandbox, RESPONSES, &[], &respond(json!({})));
    assert_eq!(response.status, 200, "{}", response.text());
    spec.check("Response", &response.json());
    spec.mutate("Response", &response.json());
    for fault in ["pass", "refusal", "length", "content-filter", "stream-error", "stream-failed"] {
        let streamed = ask(&sandbox, RESPONSES, &respond(json!({"stream": true})), fault);
        for (at, (name, data)) in streamed.events().iter().enumerate() {
            let event: Value = serde_json::from_str(data).unwrap();
            assert_eq!(event["type"], name.as_str());
            assert_eq!(event["sequence_number"], at, "{fault}");
            spec.check_event(&event);
        }
    }
    let streamed = post(&sandbox, RESPONSES, &[], &respond(json!({"stream": true})));
    let delta = streamed.events().into_iter().find(|(name, _)| name == "response.output_text.delta").unwrap().1;
    spec.mutate("ResponseTextDeltaEvent", &serde_json::from_str(&delta).unwrap());

    let list = request(&sandbox, "GET", "/models", &[], None);
    spec.check("ListModelsResponse", &list.json());
    spec.mutate("ListModelsResponse", &list.json());
    let model = request(&sandbox, "GET", "/models/gpt-4o", &[], None).json();
    spec.check("Model", &model);
    assert_eq!(model["shutdown_date"], "2027-01-14");

    let wrong = post(&sandbox, CHAT, &[], &json!({"model": "gpt-4o"}));
    assert_eq!(wrong.status, 400);
    spec.check("ErrorResponse", &wrong.json());
    spec.mutate("ErrorResponse", &wrong.json());
    for &fault in Fault::all() {
        let answer = ask(&sandbox, "/models", &json!({}), &fault.to_string());
        assert_eq!(answer.status, 404, "POST is no way to list");
    }
}

#[test]
fn streams_and_whole_answers_say_the_same() {
    let sandbox = Sandbox::start().unwrap();
    let whole = post(&sandbox, CHAT, &[], &chat(json!({"n": 2}))).json();
    let options = json!({"include_usage": true, "include_obfuscation": false});
    let streamed = post(&sandbox, CHAT, &[], &chat(json!({"n": 2, "stream": true, "stream_options": options})));
    assert_eq!(streamed.end, End::Whole);
    assert_eq!(streamed.header("content-type"), Some("text/event-stream; charset=utf-8"));
    let (texts, ends) = grown(&streamed);
    for at in 0..2 {
        assert_eq!(whole["choices"][at]["message"]["content"], texts[at].as_str());
    }
    assert_ne!(texts[0], texts[1], "answers differ");
    assert_eq!(ends, ["stop", "stop"]);
    let events = streamed.events();
    let usage: Value = serde_json::from_str(&events[events.len() - 2].1).unwrap();
    assert_eq!(usage["choices"], json!([]));
    assert_eq!(usage["usage"]["total_tokens"], whole["usage"]["total_tokens"]);
    assert!(!streamed.text().contains("obfuscation"));
    assert!(events[..events.len() - 2].iter().all(|(_, data)| data.contains("\"usage\":null")));
    let plain = post(&sandbox, CHAT, &[], &chat(json!({"stream": true})));
    assert!(!plain.text().contains("usage") && plain.text().contains("obfuscation"));

    let whole = post(&sandbox, RESPONSES, &[], &respond(json!({}))).json();
    let streamed = post(&sandbox, RESPONSES, &[], &respond(json!({"stream": true})));
    let deltas: String = streamed
        .events()
        .iter()
        .filter(|(name, _)| name == "response.output_text.delta")
        .map(|(_, data)| serde_json::from_str::<Value>(data).unwrap()["delta"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(whole["output"][0]["content"][0]["text"], deltas.as_str());
    assert_eq!(streamed.events().last().unwrap().0, "response.completed");
    assert!(!streamed.text().contains("[DONE]"));
}

#[test]
fn headers_cache_and_recorded_requests() {
    let sandbox = Sandbox::start().unwrap();
    let mut body = chat(json!({"prompt_cache_key": "a"}));
    body["messages"][0]["content"] = "Write as this person writes. ".repeat(400).into();
    let first = post(&sandbox, CHAT, &[], &body);
    assert_eq!(first.json()["usage"]["prompt_tokens_details"]["cached_tokens"], 0);
    let again = post(&sandbox, CHAT, &[], &body).json();
    let cached = again["usage"]["prompt_tokens_details"]["cached_tokens"].as_u64().unwrap();
    assert!(cached >= 1024 && cached <= again["usage"]["prompt_tokens"].as_u64().unwrap(), "{cached}");
    body["prompt_cache_key"] = "b".into();
    assert_eq!(post(&sandbox, CHAT, &[], &body).json()["usage"]["prompt_tokens_details"]["cached_tokens"], 0);
    for name in ["x-request-id", "x-ratelimit-limit-requests", "x-ratelimit-remaining-tokens", "openai-version"] {
        assert!(first.header(name).is_some(), "{name}");
    }
    assert!(first.header("x-ratelimit-reset-requests").unwrap().ends_with('s'));
    let log = sandbox.requests();
    assert_eq!(log.len(), 3);
    assert_eq!(log[2].body["prompt_cache_key"], "b");
    assert_eq!(log[0].header("authorization"), Some("(redacted)"));
    assert_eq!((log[0].status, log[0].outcome), (200, Outcome::Finished));
    assert!(!format!("{log:?}").contains(sandbox.key()));
}

#[test]
fn requests_are_checked_as_strictly_as_the_real_ones() {
    let sandbox = Sandbox::start().unwrap();
    let cases: &[(&str, Value, u16, Value, Value)] = &[
        (CHAT, chat(json!({"temprature": 1})), 400, json!("unknown_parameter"), json!("temprature")),
        (CHAT, chat(json!({"messages": null})), 400, json!("missing_required_parameter"), json!("messages")),
        (CHAT, chat(json!({"messages": []})), 400, json!("empty_array"), json!("messages")),
        (CHAT, chat(json!({"temperature": 9})), 400, json!("decimal_above_max_value"), json!("temperature")),
        (CHAT, chat(json!({"temperature": "1"})), 400, json!("invalid_type"), json!("temperature")),
        (CHAT, chat(json!({"n": 129})), 400, json!("integer_above_max_value"), json!("n")),
        (CHAT, chat(json!({"model": "gpt-9"})), 404, json!("model_not_found"), json!(null)),
        (
            CHAT,
            chat(json!({"model": "gpt-6-luna", "max_tokens": 5})),
            400,
            json!("unsupported_parameter"),
            json!("max_tokens"),
        ),
        (CHAT, chat(json!({"model": "gpt-6-luna", "temperature": 0.2})), 400, json!(null), json!("temperature")),
        (
            CHAT,
            chat(json!({"reasoning_effort": "low"})),
            400,
            json!("unsupported_parameter"),
            json!("reasoning_effort"),
        ),
        (CHAT, chat(json!({"max_tokens": 99_999})), 400, json!("invalid_value"), json!("max_tokens")),
        (CHAT, chat(json!({"stream_options": {}})), 400, json!(null), json!("stream_options")),
        (CHAT, chat(json!({"tools": []})), 400, json!("sandbox_unsupported"), json!("tools")),
        (
            CHAT,
            chat(json!({"messages": [{"role": "user"}]})),
            400,
            json!("missing_required_parameter"),
            json!("messages[0].content"),
        ),
        (
            CHAT,
            chat(json!({"messages": [{"role": "boss", "content": "x"}]})),
            400,
            json!("invalid_value"),
            json!("messages[0].role"),
        ),
        (
            CHAT,
            chat(json!({"response_format": {"type": "json_schema", "json_schema": {"strict": true, "schema": {}}}})),
            400,
            json!("missing_required_parameter"),
            json!("response_format.json_schema.name"),
        ),
        (
            CHAT,
            chat(json!({"response_format": {"type": "json_schema", "json_schema": {"name": "x", "strict": true,
                "schema": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}}}})),
            400,
            json!("invalid_json_schema"),
            json!("response_format"),
        ),
        (RESPONSES, respond(json!({"n": 2})), 400, json!("unknown_parameter"), json!("n")),
        (RESPONSES, respond(json!({"input": null})), 400, json!("missing_required_parameter"), json!("input")),
        (
            RESPONSES,
            respond(json!({"max_output_tokens": 5})),
            400,
            json!("integer_below_min_value"),
            json!("max_output_tokens"),
        ),
        (RESPONSES, respond(json!({"model": "gpt-9"})), 400, json!("model_not_found"), json!("model")),
    ];
    for (path, body, status, code, param) in cases {
        let answer = post(&sandbox, path, &[], body);
        let error = &answer.json()["error"];
        assert_eq!((answer.status, &error["code"], &error["param"]), (*status, code, param), "{error}");
        assert!(error["message"].is_string() && error["type"].is_string());
    }
    let luna = chat(
        json!({"model": "gpt-6-luna", "reasoning_effort": "none", "temperature": 0.2, "max_completion_tokens": 900}),
    );
    assert_eq!(post(&sandbox, CHAT, &[], &luna).status, 200);

    let wrong = post(&sandbox, CHAT, &[("authorization", "Bearer sk-wrong-0000000000000000")], &chat(json!({})));
    assert_eq!((wrong.status, &wrong.json()["error"]["code"]), (401, &json!("invalid_api_key")));
    assert!(!wrong.text().contains("sk-wrong-0000000000000000"));
    let none = post(&sandbox, CHAT, &[("authorization", "")], &chat(json!({})));
    assert_eq!((none.status, &none.json()["error"]["code"]), (401, &Value::Null));
    assert_eq!(post(&sandbox, "/embeddings", &[], &json!({})).status, 404);
    assert_eq!(ask(&sandbox, CHAT, &chat(json!({})), "no-such").json()["error"]["code"], "sandbox_unknown_fault");

    sandbox.retire_model("gpt-4o", "2026-10-01");
    assert_eq!(post(&sandbox, CHAT, &[], &chat(json!({}))).json()["error"]["code"], "model_not_found");
    let described = request(&sandbox, "GET", "/models/gpt-4o", &[], None).json();
    assert_eq!(described["shutdown_date"], "2026-10-01");
    assert_eq!(request(&sandbox, "GET", "/models/gpt-9", &[], None).status, 404);
}

#[test]
fn faults_before_an_answer() {
    let sandbox = Sandbox::start().unwrap();
    let cases = [
        (Fault::RateLimit { seconds: 7 }, 429, "rate_limit_exceeded"),
        (Fault::RateLimitMs { ms: 1500 }, 429, "rate_limit_exceeded"),
        (Fault::RateLimitBare, 429, "rate_limit_exceeded"),
        (Fault::RateLimitHour, 429, "rate_limit_exceeded"),
        (Fault::RateLimitDate, 429, "rate_limit_exceeded"),
        (Fault::SlowDown, 429, "slow_down"),
        (Fault::InsufficientQuota, 429, "insufficient_quota"),
        (Fault::CreditBalanceExhausted, 429, "credit_balance_exhausted"),
        (Fault::SpendLimit, 429, "billing_hard_limit_reached"),
        (Fault::Overloaded, 503, "server_is_overloaded"),
        (Fault::OverloadedSlowDown, 503, "slow_down"),
        (Fault::ContextLength, 400, "context_length_exceeded"),
        (Fault::Unauthorized, 401, "invalid_api_key"),
        (Fault::Forbidden, 403, "unsupported_country_region_territory"),
        (Fault::ModelNotFound, 404, "model_not_found"),
    ];
    sandbox.script(Endpoint::Chat, cases.iter().map(|(fault, ..)| *fault)).unwrap();
    let mut waits = Vec::new();
    for (fault, status, code) in cases {
        let answer = post(&sandbox, CHAT, &[], &chat(json!({})));
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (status, &json!(code)), "{fault}");
        waits.push((
            answer.header("retry-after").map(str::to_owned),
            answer.header("retry-after-ms").map(str::to_owned),
        ));
    }
    assert_eq!(waits[0], (Some("7".into()), None));
    assert_eq!(waits[1], (Some("2".into()), Some("1500".into())));
    assert_eq!(waits[2], (None, None));
    assert_eq!(waits[3].0.as_deref(), Some("3600"));
    assert!(waits[4].0.as_ref().unwrap().ends_with(" GMT"));
    assert_eq!(post(&sandbox, CHAT, &[], &chat(json!({}))).status, 200, "the script is over");

    for (fault, status) in
        [("rate-limit-html", 429), ("server-error-html", 500), ("bad-gateway", 502), ("html-ok", 200)]
    {
        let answer = ask(&sandbox, CHAT, &chat(json!({})), fault);
        assert_eq!(answer.status, status);
        assert!(answer.text().starts_with("<html>") && answer.header("content-type").unwrap().contains("html"));
    }
    assert_eq!(ask(&sandbox, CHAT, &chat(json!({})), "integer-code").json()["error"]["code"], 400);
    assert!(ask(&sandbox, CHAT, &chat(json!({})), "error-string").json()["error"].is_string());
    assert!(ask(&sandbox, CHAT, &chat(json!({})), "error-empty").body.is_empty());
    assert_eq!(ask(&sandbox, CHAT, &chat(json!({})), "server-error").status, 500);
    assert_eq!(ask(&sandbox, CHAT, &chat(json!({})), "request-timeout").status, 408);
    let moved = ask(&sandbox, CHAT, &chat(json!({})), "redirect");
    assert_eq!((moved.status, moved.header("location").is_some()), (307, true));
    assert_eq!(ask(&sandbox, RESPONSES, &respond(json!({})), "model-not-found").status, 400);
    assert_eq!(ask(&sandbox, CHAT, &chat(json!({})), "reset-first").end, End::Broken);
    assert_eq!(ask(&sandbox, CHAT, &chat(json!({})), "hang").end, End::Silent);

    let small = Sandbox::builder().requests_per_minute(1).key("sk-other").start().unwrap();
    assert_eq!(post(&small, CHAT, &[], &chat(json!({}))).status, 200);
    let over = post(&small, CHAT, &[], &chat(json!({})));
    assert_eq!((over.status, over.header("retry-after-ms").is_some()), (429, true));
}

#[test]
fn faults_of_streams() {
    let sandbox = Sandbox::start().unwrap();
    let body = chat(json!({"stream": true, "stream_options": {"include_usage": true}}));
    let good = post(&sandbox, CHAT, &[], &body);
    let (whole, _) = grown(&good);

    let cut = ask(&sandbox, CHAT, &body, "truncated");
    let (texts, ends) = grown(&cut);
    assert_eq!((cut.end, ends.len()), (End::Whole, 0), "a clean close");
    assert!(!texts[0].is_empty() && whole[0].starts_with(&texts[0]) && texts[0].len() < whole[0].len());
    assert!(!cut.text().contains("[DONE]"));
    let cut = ask(&sandbox, CHAT, &body, "no-done");
    assert_eq!((grown(&cut).1.len(), cut.text().contains("[DONE]")), (1, false));
    for fault in ["stream-error", "stream-error-nested", "stream-failed"] {
        let broken = ask(&sandbox, CHAT, &body, fault);
        let last: Value = serde_json::from_str(&broken.events().last().unwrap().1).unwrap();
        assert_eq!(last["error"]["type"], "server_error");
        assert!(!grown(&broken).0[0].is_empty());
    }
    let first = ask(&sandbox, CHAT, &body, "stream-error-first");
    assert_eq!(first.events().len(), 1);
    assert!(first.text().contains("insufficient_quota"));
    let reset = ask(&sandbox, CHAT, &body, "reset");
    assert_eq!(reset.end, End::Broken);
    assert!(!grown(&reset).0[0].is_empty(), "half came");
    assert_eq!(ask(&sandbox, CHAT, &chat(json!({})), "reset").end, End::Broken);
    let stalled = ask(&sandbox, CHAT, &body, "stall");
    assert_eq!(stalled.end, End::Silent);
    assert!(!grown(&stalled).0[0].is_empty());
    for fault in ["split-bytes=7", "split-bytes=1", "slow-bytes=0", "crlf", "cr", "sse-noise", "null-content"] {
        let answer = ask(&sandbox, CHAT, &body, fault);
        assert_eq!(grown(&answer).0, whole, "{fault}");
        assert_eq!(answer.end, End::Whole);
    }
    let split = ask(&sandbox, CHAT, &body, "split-bytes=7");
    assert!(split.pieces > 100 && split.text().contains(": keep-alive"), "{} pieces", split.pieces);
    assert!(ask(&sandbox, CHAT, &body, "crlf").text().contains("\r\n\r\n"));
    assert!(!ask(&sandbox, CHAT, &body, "cr").text().contains('\n'));
    let noisy = ask(&sandbox, CHAT, &body, "sse-noise");
    assert!(noisy.text().starts_with('\u{feff}') && noisy.text().contains("event: keepalive"));
    assert!(std::str::from_utf8(&ask(&sandbox, CHAT, &body, "bad-utf8").body).is_err());
    assert!(ask(&sandbox, CHAT, &body, "bad-event").text().contains("data: {\"id\": \"chatcmpl-\n\n"));
    assert!(ask(&sandbox, CHAT, &body, "null-content").text().contains("\"content\":null"));
    let whole_json = ask(&sandbox, CHAT, &body, "not-a-stream");
    assert_eq!(whole_json.header("content-type"), Some("application/json"));
    assert_eq!(ask(&sandbox, CHAT, &body, "endless-line").body.len(), 64 * 1024 * 1024 + 6);

    let body = respond(json!({"stream": true}));
    let names = |fault: &str| -> Vec<String> {
        let mut names: Vec<String> =
            ask(&sandbox, RESPONSES, &body, fault).events().into_iter().map(|(name, _)| name).collect();
        names.dedup();
        names
    };
    let begin =
        ["response.created", "response.in_progress", "response.output_item.added", "response.content_part.added"];
    let with = |more: &[&str]| -> Vec<String> { begin.iter().chain(more).map(|name| (*name).to_owned()).collect() };
    let delta = "response.output_text.delta";
    assert_eq!(names("truncated"), with(&[delta]));
    assert_eq!(names("stream-error"), with(&[delta, "error"]));
    assert_eq!(names("stream-error-nested"), with(&[delta, "error", "response.failed"]));
    assert_eq!(names("stream-failed"), with(&[delta, "response.failed"]));
    assert_eq!(names("stream-error-first"), ["response.created", "response.in_progress", "error", "response.failed"]);
    assert_eq!(names("length").last().unwrap(), "response.incomplete");
    assert!(names("refusal").contains(&"response.refusal.delta".to_owned()));
    assert_eq!(names("no-done").last().unwrap(), "response.output_item.done");
    assert!(
        ask(&sandbox, RESPONSES, &body, "stream-error-nested").text().contains("\"error\":{\"code\":\"server_error\"")
    );
}

#[test]
fn faults_of_answers() {
    let sandbox = Sandbox::start().unwrap();
    let body = chat(json!({"n": 3}));
    let get = |fault: &str| ask(&sandbox, CHAT, &body, fault);
    let choice = |fault: &str| get(fault).json()["choices"][0].clone();
    assert_eq!(choice("unknown-finish-reason")["finish_reason"], "eos");
    assert_eq!(get("unknown-service-tier").json()["service_tier"], "on_demand");
    assert!(get("extra-fields").json()["timings"].is_object());
    let bare = get("bare");
    assert!(bare.header("x-request-id").is_none() && bare.json().get("usage").is_none());
    assert_eq!(get("no-choices").json()["choices"], json!([]));
    assert_eq!(get("wrong-n").json()["choices"].as_array().unwrap().len(), 2);
    assert_eq!(content(&get("empty-answer")), "");
    assert!(serde_json::from_str::<Value>(&content(&get("prose"))).is_err());
    assert!(content(&get("fenced-json")).starts_with("```json\n{"));
    assert!(serde_json::from_str::<Value>(&content(&get("half-json"))).is_err());
    assert_eq!(choice("half-json")["finish_reason"], "stop");
    assert_eq!(choice("length")["finish_reason"], "length");
    assert_eq!(choice("content-filter")["finish_reason"], "content_filter");
    let refused = choice("refusal");
    assert!(refused["message"]["content"].is_null() && refused["message"]["refusal"].is_string());
    assert_eq!(content(&get("wrong-schema")), "{}");
    let tweets = |fault: &str| -> Vec<String> {
        let value: Value = serde_json::from_str(&content(&get(fault))).unwrap();
        value["tweets"].as_array().unwrap().iter().map(|tweet| tweet["text"].as_str().unwrap().to_owned()).collect()
    };
    assert!(tweets("long-tweets").iter().all(|text| text.chars().count() == 400));
    let own: Vec<String> = prompt()["examples"]
        .as_array()
        .unwrap()
        .iter()
        .map(|example| example["text"].as_str().unwrap().to_owned())
        .collect();
    assert!(tweets("copies").iter().all(|text| own.contains(text)));
    let same = tweets("same-tweets");
    assert!(same.len() == 5 && same.iter().all(|text| *text == same[0]));
    assert!(tweets("invented").iter().all(|text| text.contains("https://") && text.contains('@')));
    assert!(tweets("hostile-text")[0].starts_with("\u{1b}]0;owned"));
    let claims = |fault: &str| {
        let schema = json!({"type": "object", "additionalProperties": false, "required": ["claims"], "properties": {"claims": {
            "type": "array", "items": {"type": "object", "additionalProperties": false,
            "required": ["feature", "direction", "strength", "evidence_ids"], "properties": {
                "feature": {"type": "string", "enum": ["exclamation", "ellipsis", "length"]},
                "direction": {"type": "string", "enum": ["more", "less"]},
                "strength": {"type": "string", "enum": ["weak", "clear", "strong"]},
                "evidence_ids": {"type": "array", "items": {"type": "string"}}}}}}});
        let format = json!({"type": "json_schema", "json_schema": {"name": "c", "strict": true, "schema": schema}});
        let answer = ask(&sandbox, CHAT, &chat(json!({"response_format": format})), fault);
        serde_json::from_str::<Value>(&content(&answer)).unwrap()["claims"].clone()
    };
    let right = claims("pass");
    assert_eq!(right[0]["feature"], "ellipsis", "{right}");
    assert_eq!((&right[0]["direction"], &right[0]["strength"]), (&json!("more"), &json!("strong")));
    assert_eq!((&right[1]["feature"], &right[1]["direction"]), (&json!("exclamation"), &json!("less")));
    assert!(right[0]["evidence_ids"].as_array().unwrap().iter().all(|id| id.as_str().unwrap().starts_with("19")));
    let wrong = claims("wrong-claims");
    assert_eq!(wrong[0]["direction"], "less");
    assert_eq!(wrong[0]["evidence_ids"][0], "999999999999999999");
}

#[test]
fn slow_readers_and_leavers_are_seen() {
    let sandbox = Sandbox::start().unwrap();
    let body = chat(json!({"stream": true}));
    let answer = raw_http::leave_after(&sandbox, CHAT, &[(PACE_HEADER, "20")], &body, 3000);
    assert_eq!(answer.status, 200);
    // The server notices when it next writes: it is asked until it does.
    loop {
        let last = sandbox.requests().pop().unwrap();
        if last.outcome == Outcome::Dropped {
            assert!(last.sent_bytes > 0);
            break;
        }
        assert_eq!(last.outcome, Outcome::Open, "it must not have been sent whole");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let address = sandbox.address();
    drop(sandbox);
    assert!(std::net::TcpStream::connect(address).is_err(), "dropping stops it");
}

/// Whoever waits for a request asks for the log more often than it is long.
#[test]
fn asking_for_the_log_does_not_push_out_what_is_in_it() {
    let sandbox = Sandbox::start().unwrap();
    assert_eq!(post(&sandbox, CHAT, &[], &chat(json!({}))).status, 200);
    for _ in 0..600 {
        let answer = raw_http::send(&sandbox, "POST", "/__sandbox", &[], br#"{"do": "requests"}"#, usize::MAX);
        assert_eq!(answer.json()[0]["path"], format!("/v1{CHAT}"));
    }
    assert_eq!(sandbox.requests().len(), 1);
}
