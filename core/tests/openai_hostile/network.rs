//! Statuses, waits, connections and sizes.

use super::*;

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
