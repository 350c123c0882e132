//! Answers and streams that are broken, cut, odd, or errors.

use super::*;

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
async fn an_answer_that_is_no_text_is_not_made_one() {
    let whole = answer("hello").into_bytes();
    let broken: Vec<u8> = whole.iter().map(|&byte| if byte == b'h' { 0xff } else { byte }).collect();
    for api in [Api::Chat, Api::Responses] {
        let server = RawServer::replies([Reply::new(200, &[("content-type", "application/json")], &broken)]).await;
        let error = client(&server).api(api).complete(ask()).await.unwrap_err();
        assert_eq!(error.code(), "openai.unreadable", "{api:?}");
        assert!(error.detail().contains("utf-8") || format!("{error:?}").contains("utf-8"), "{error:?}");
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
