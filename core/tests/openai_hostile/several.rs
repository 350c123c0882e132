//! Several answers, from one call or from several.

use super::*;

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

/// Both ways of asking for two answers from a server that gives one a call: the first call is refused, the second `then`.
async fn split_in_two(then: &'static str) -> [Result<ModelResponse, Error>; 2] {
    let server = RawServer::start(move |number, request| {
        let said = if number % 2 == 0 { r#""refusal":"No.""# } else { then };
        if request.text().contains(r#""stream":true"#) {
            sse(&[&chunk(&format!(r#"{{"index":0,"delta":{{{said}}}}}"#)), &finish("stop"), USAGE, DONE])
        } else {
            Reply::json(&format!(
                r#"{{"model":"gpt-4o","choices":[{{"index":0,"message":{{{said}}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{{"cached_tokens":4}}}}}}"#
            ))
        }
    })
    .await;
    let client = client(&server).max_n(1);
    let whole = client.complete(ask().n(2)).await;
    let streamed = match read(&client, ask().n(2)).await {
        Ok(Seen { error: Some(error), .. }) => panic!("a refusal of all fails the call: {error}"),
        Ok(seen) => Ok(seen.whole.unwrap()),
        Err(error) => Err(error),
    };
    [whole, streamed]
}

#[tokio::test]
async fn a_refused_part_leaves_the_others() {
    for response in split_in_two(r#""content":"yes""#).await {
        let response = response.unwrap();
        let mut answers = response.answers;
        answers.sort_by_key(|(text, _)| text.clone());
        assert_eq!(answers, [(String::new(), FinishReason::ContentFilter), ("yes".into(), FinishReason::Stop)]);
        assert_eq!((response.usage.input_tokens, response.attempts), (20, 2), "what was refused is billed");
        assert!(response.cost_micros.is_some_and(|cost| cost > 0));
    }
    for response in split_in_two(r#""refusal":"No.""#).await {
        let error = response.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::ContentRefused, "openai.refusal"));
        assert!(error.detail().ends_with("No."), "{error}");
        assert_eq!((error.attempts(), error.unanswered()), (2, 0));
    }
}
