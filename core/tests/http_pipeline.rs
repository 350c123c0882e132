//! The pipeline against a real server that answers with scripted bytes.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::time::Duration;

use bytes::Bytes;
use common::raw_server::{RawServer, Reply};
use ghostwren::http::{Failure, HttpClient, HttpClientBuilder, HttpRequest, Repeat, Service, body_summary};
use ghostwren::{Error, ErrorKind};
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

/// A service with plain rules: 429 did nothing, 5xx perhaps.
struct Plain;

impl Service for Plain {
    fn name(&self) -> &'static str {
        "plain"
    }

    fn classify(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Failure {
        let detail = format!("the service answered {status} and {}", body_summary(headers, body));
        match status.as_u16() {
            429 => Failure::new(ErrorKind::RateLimited, "plain.rate_limit", detail)
                .repeat(Repeat::NothingHappened { wait: None }),
            500.. => Failure::new(ErrorKind::Server, "plain.server", detail).repeat(Repeat::IfIdempotent),
            _ => Failure::new(ErrorKind::InvalidInput, "plain.refused", detail),
        }
    }
}

const LIMIT: usize = 1 << 20;

/// Delays of at most a millisecond: these tests run on real sockets and in real time.
fn fast() -> HttpClientBuilder {
    HttpClient::builder().backoff(Duration::from_millis(1), Duration::from_millis(1))
}

fn get(server: &RawServer) -> HttpRequest {
    HttpRequest::new("things.get", Method::GET, server.url("/things?key=hunter2"))
}

fn post(server: &RawServer) -> HttpRequest {
    HttpRequest::new("things.make", Method::POST, server.url("/things")).json(&json!({ "a": 1 })).unwrap()
}

async fn json_of(request: HttpRequest) -> Result<Value, Error> {
    fast().build().unwrap().send_json::<Value>(&Plain, request, LIMIT).await.map(|received| received.value)
}

fn code(end: &Result<impl std::fmt::Debug, Error>) -> (&str, u32) {
    let error = end.as_ref().unwrap_err();
    (error.code(), error.attempts())
}

#[tokio::test]
async fn a_success_with_all_its_parts() {
    let server = RawServer::replies([Reply::new(201, &[("x-request-id", "req_1")], r#"{"b":2}"#)]).await;
    let client = HttpClient::builder().user_agent("app/1").build().unwrap();
    let received = client.send_json::<Value>(&Plain, post(&server), LIMIT).await.unwrap();
    assert_eq!(received.value, json!({ "b": 2 }));
    assert_eq!((received.status.as_u16(), received.attempts), (201, 1));
    assert_eq!(received.request_id.as_deref(), Some("req_1"));
    let request = &server.requests()[0];
    assert_eq!(request.line(), "POST /things");
    assert_eq!(request.text(), r#"{"a":1}"#);
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert!(request.header("user-agent").unwrap().starts_with("app/1 ghostwren/"));
    assert!(request.header("accept-encoding").unwrap().contains("br"));
}

#[tokio::test]
async fn connections_are_reused() {
    let server = RawServer::replies([Reply::json("{}")]).await;
    let client = HttpClient::new().unwrap();
    for _ in 0..5 {
        client.clone().send_json::<Value>(&Plain, get(&server), LIMIT).await.unwrap();
    }
    assert_eq!((server.connections(), server.requests().len()), (1, 5));
}

#[tokio::test]
async fn refused_is_repeated_also_for_writes() {
    // A port that was just free.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let url = format!("http://{address}/a-path?a=query").parse().unwrap();
    drop(listener);
    let end = json_of(HttpRequest::new("things.make", Method::POST, url)).await;
    assert_eq!(code(&end), ("http.connect", 3));
    let error = end.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    // The host, and nothing more of the address.
    assert!(error.detail().starts_with(&format!("{address}: no connection could be made")), "{error}");
    assert!(!error.to_string().contains("a-path") && !error.to_string().contains("a=query"), "{error}");
}

#[tokio::test]
async fn a_reset_write_is_not_repeated_and_a_reset_read_is() {
    for reply in [Reply::default().reset(), Reply::default().close(), Reply::default().send("HTTP/1.1 200 O").reset()] {
        let server = RawServer::replies([reply.clone(), Reply::json("{}")]).await;
        let end = json_of(post(&server)).await;
        assert_eq!(code(&end), ("http.interrupted", 1), "{reply:?}");
        assert_eq!(end.unwrap_err().kind(), ErrorKind::Server);
        assert_eq!(server.requests().len(), 1);

        let server = RawServer::replies([reply.clone(), reply, Reply::json("[3]")]).await;
        assert_eq!(json_of(get(&server)).await.unwrap(), json!([3]));
        assert_eq!(server.requests().len(), 3);
    }
}

#[tokio::test]
async fn a_body_that_breaks_is_repeated_as_part_of_its_attempt() {
    let cut = [
        Reply::default().send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"a\":").close(),
        Reply::default().send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"a\":").reset(),
        Reply::open(200, &[]).piece("{\"a\":").close(),
        Reply::open(200, &[]).send("ff\r\n{\"a\":").reset(),
    ];
    for reply in cut {
        let server = RawServer::replies([reply.clone(), Reply::json("{\"a\":1}")]).await;
        let received = fast().build().unwrap().send_json::<Value>(&Plain, get(&server), LIMIT).await.unwrap();
        assert_eq!((received.value, received.attempts), (json!({ "a": 1 }), 2), "{reply:?}");

        let server = RawServer::replies([reply.clone()]).await;
        assert_eq!(code(&json_of(post(&server)).await), ("http.interrupted", 1), "{reply:?}");

        // A head that was given away cannot be repeated: its body says so, and where it comes from.
        let server = RawServer::replies([reply]).await;
        let response = fast().build().unwrap().send(&Plain, get(&server)).await.unwrap();
        let error = response.bytes(LIMIT).await.unwrap_err();
        assert_eq!((error.code(), error.attempts(), error.status()), ("http.interrupted", 1, Some(200)));
        assert_eq!((error.service(), error.operation()), (Some("plain"), Some("things.get")));
    }
}

#[tokio::test]
async fn failures_of_the_service() {
    let server = RawServer::replies([
        Reply::new(503, &[("retry-after", "0")], ""),
        Reply::new(500, &[("content-type", "text/html")], "<html><title>Oops</title>"),
        Reply::json("{}"),
    ])
    .await;
    json_of(get(&server)).await.unwrap();
    assert_eq!(server.requests().len(), 3);

    for (reply, told) in [
        (Reply::new(500, &[], "upstream\u{1b}[31m died"), "500 Internal Server Error and \"upstream\u{1b}[31m died\""),
        (Reply::new(502, &[("content-type", "text/html")], "<html><title>Bad</title>"), "a web page titled \"Bad\""),
        (Reply::new(500, &[], ""), "nothing"),
        (Reply::new(500, &[], "key sk-1234567890 is bad"), "\"key *** is bad\""),
        (Reply::default().send("HTTP/1.1 500 X\r\ncontent-length: 99\r\n\r\nhalf").close(), "\"half\""),
    ] {
        let server = RawServer::replies([reply]).await;
        let end = json_of(post(&server)).await;
        assert_eq!(code(&end), ("plain.server", 1));
        let error = end.unwrap_err();
        assert!(error.detail().contains(told), "{error}");
        assert_eq!(error.status().unwrap() / 100, 5);
        assert!(!error.to_string().contains('\u{1b}'));
    }
}

#[tokio::test]
async fn a_write_is_repeated_when_the_service_says_that_nothing_happened() {
    let limited = Reply::new(429, &[("retry-after-ms", "20")], "slow down");
    let server = RawServer::replies([limited, Reply::json("{}")]).await;
    json_of(post(&server)).await.unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_wait_that_is_too_long_fails_at_once() {
    let limited = || Reply::new(429, &[("retry-after", "3600")], "");
    let server = RawServer::replies([limited()]).await;
    let before = chrono::Utc::now();
    let error = json_of(get(&server)).await.unwrap_err();
    assert_eq!((error.code(), error.attempts()), ("plain.rate_limit", 1));
    let wait = error.retry_at().unwrap() - before;
    assert!((3600..3700).contains(&wait.num_seconds()), "{wait}");

    // With a deadline, its own is what counts.
    let server = RawServer::replies([Reply::new(429, &[("retry-after", "5")], "")]).await;
    let deadline = tokio::time::Instant::now() + Duration::from_secs(4);
    let error = json_of(get(&server).deadline(Some(deadline))).await.unwrap_err();
    assert_eq!((error.code(), error.attempts(), error.retry_at().is_some()), ("plain.rate_limit", 1, true));
}

/// `{"tweet":"a wren sings a wren sings … "}`, 1,312 bytes, by Python's `gzip` and Node's `zlib.brotliCompressSync`.
const GZIP: &[u8] = &[
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0x2a, 0x29, 0x4f, 0x4d, 0x2d, 0x51, 0xb2,
    0x52, 0x4a, 0x54, 0x28, 0x2f, 0x4a, 0xcd, 0x53, 0x28, 0xce, 0xcc, 0x4b, 0x2f, 0x56, 0x18, 0xe5, 0x8c, 0x72, 0x46,
    0x39, 0xa3, 0x9c, 0x11, 0xce, 0x51, 0xaa, 0x05, 0x00, 0xcb, 0x08, 0x1e, 0x88, 0x20, 0x05, 0x00, 0x00,
];
const BROTLI: &[u8] = &[
    0x1b, 0x1f, 0x05, 0xf8, 0x8d, 0xc4, 0x38, 0x26, 0xf2, 0xa6, 0x10, 0xc5, 0x4f, 0xa9, 0xb3, 0xd7, 0xe7, 0x36, 0xb6,
    0xae, 0xb8, 0x5f, 0x43, 0xa2, 0xe3, 0xc8, 0xa0, 0x92, 0xc4, 0xc2, 0x68, 0x60, 0x83, 0x89, 0xf7, 0xd2, 0x11, 0x0b,
    0xbf, 0x32, 0x32, 0xee, 0x00, 0x07,
];

#[tokio::test]
async fn compressed_bodies() {
    let whole = json!({ "tweet": "a wren sings ".repeat(100) });
    for (encoding, bytes) in [("gzip", GZIP), ("br", BROTLI)] {
        let encoded = [("content-encoding", encoding)];
        let server = RawServer::replies([Reply::new(200, &encoded, bytes)]).await;
        assert_eq!(json_of(get(&server)).await.unwrap(), whole, "{encoding}");
        // One byte per packet.
        let pieces: Vec<&[u8]> = bytes.chunks(1).collect();
        let server = RawServer::replies([Reply::chunked(200, &encoded, &pieces)]).await;
        assert_eq!(json_of(get(&server)).await.unwrap(), whole, "{encoding}");
        // The limit is for what comes out.
        let server = RawServer::replies([Reply::new(200, &encoded, bytes)]).await;
        let end = fast().build().unwrap().send_bytes(&Plain, get(&server), 1000).await;
        assert_eq!(code(&end), ("http.body_too_large", 1), "{encoding}");

        // The server means what it sent: it is broken, and would be broken again.
        let mut broken = bytes.to_vec();
        broken[20] ^= 0xff;
        broken[21] ^= 0xff;
        for body in [&broken, &bytes[..bytes.len() - 12].to_vec(), &b"not compressed".to_vec()] {
            let server = RawServer::replies([Reply::new(200, &encoded, body)]).await;
            assert_eq!(code(&json_of(get(&server)).await), ("http.not_http", 1), "{encoding} {body:x?}");
        }
        // The connection broke within: another attempt helps.
        let cut = Reply::open(200, &encoded).piece(&bytes[..20]).close();
        let server = RawServer::replies([cut, Reply::new(200, &encoded, bytes)]).await;
        assert_eq!(json_of(get(&server)).await.unwrap(), whole, "{encoding}");
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn redirects_are_reported() {
    let to = "https://user:hunter2@evil.example/login?next=hunter2";
    for status in [301, 302, 303, 307, 308] {
        let server = RawServer::replies([Reply::new(status, &[("location", to)], "")]).await;
        let end = json_of(get(&server)).await;
        assert_eq!(code(&end), ("http.redirect", 1));
        let error = end.unwrap_err();
        assert!(error.detail().ends_with("redirects to https://evil.example/login"), "{error}");
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_where_that_was_asked_for_and_is_never_followed() {
    let server = RawServer::replies([Reply::new(302, &[("location", "https://elsewhere.example/?code=1")], "")]).await;
    let http = fast().build().unwrap();
    let answer = http.send(&Plain, get(&server).redirect_is_answer(true)).await.unwrap();
    assert_eq!(answer.status.as_u16(), 302);
    assert_eq!(answer.headers.get("location").unwrap(), "https://elsewhere.example/?code=1");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn what_is_not_http_is_a_decode_error() {
    let huge = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(2 << 20));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(5000));
    for bytes in ["SSH-2.0-OpenSSH_9.7\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", &huge, &many] {
        let server = RawServer::replies([Reply::default().send(bytes).close()]).await;
        let end = json_of(get(&server)).await;
        assert_eq!(code(&end), ("http.not_http", 1), "{}", bytes.len());
    }
    for body in ["zz\r\n", "5\r\nabcdefgh", "ffffffffffffffffffff\r\n"] {
        let server = RawServer::replies([Reply::open(200, &[]).send(body).close()]).await;
        let error = json_of(get(&server).max_attempts(1)).await.unwrap_err();
        assert!(matches!(error.code(), "http.not_http" | "http.interrupted"), "{error}");
    }
}

#[tokio::test]
async fn bodies_that_do_not_fit() {
    for (reply, code_of, told) in [
        (Reply::json("{\"a\":"), "http.json", "the JSON ends too early, at line 1 column 5"),
        (Reply::json(""), "http.json", "the JSON ends too early"),
        (Reply::new(200, &[], "<!DOCTYPE html><title>Sign in</title>"), "http.html", "a web page titled \"Sign in\""),
        (Reply::new(200, &[], "x".repeat(LIMIT + 1)), "http.body_too_large", "larger than 1048576 bytes"),
        (Reply::chunked(200, &[], &[&[b'x'; LIMIT], b"y"]), "http.body_too_large", "larger than"),
    ] {
        let server = RawServer::replies([reply]).await;
        let end = json_of(get(&server)).await;
        assert_eq!(code(&end), (code_of, 1));
        let error = end.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, Some(200)));
        assert!(error.detail().contains(told), "{error}");
    }
    let server = RawServer::replies([Reply::new(200, &[], b"caf\xe9")]).await;
    let response = fast().build().unwrap().send(&Plain, get(&server)).await.unwrap();
    assert_eq!(response.text(LIMIT).await.unwrap_err().code(), "http.not_text");
    let server = RawServer::replies([Reply::new(200, &[], vec![b'z'; LIMIT])]).await;
    let exact = fast().build().unwrap().send_bytes(&Plain, get(&server), LIMIT).await.unwrap();
    assert_eq!(exact.value, Bytes::from(vec![b'z'; LIMIT]));
}

#[tokio::test]
async fn slow_bytes_are_read_and_a_pause_is_a_timeout() {
    let slow = r#"{"slow":true}"#
        .bytes()
        .fold(Reply::open(200, &[]), |reply, byte| reply.piece([byte]).wait(Duration::from_millis(3)));
    let server = RawServer::replies([slow.last_piece()]).await;
    assert_eq!(json_of(get(&server).idle_timeout(Duration::from_secs(20))).await.unwrap(), json!({ "slow": true }));

    for reply in [Reply::default().hang(), Reply::open(200, &[]).piece("{").hang()] {
        let server = RawServer::replies([reply]).await;
        let end = json_of(get(&server).idle_timeout(Duration::from_millis(30))).await;
        assert_eq!(code(&end), ("http.idle", 3));
        let end = json_of(post(&server).idle_timeout(Duration::from_millis(30))).await;
        assert_eq!(code(&end), ("http.idle", 1));
        let end = json_of(post(&server).total_timeout(Some(Duration::from_millis(30)))).await;
        assert_eq!(code(&end), ("http.timeout", 1));
        let soon = tokio::time::Instant::now() + Duration::from_millis(30);
        let end = json_of(get(&server).deadline(Some(soon))).await;
        assert_eq!(code(&end), ("http.deadline", 1));
        assert_eq!(end.unwrap_err().kind(), ErrorKind::Timeout);
        // Each time the server saw that nobody listens any more.
        server.client_left(6).await;
    }
}

#[tokio::test]
async fn dropping_cancels() {
    let server = RawServer::replies([Reply::default().hang()]).await;
    let client = fast().build().unwrap();
    let call = tokio::spawn({
        let (client, request) = (client.clone(), get(&server));
        async move { client.send(&Plain, request).await.map(|_| ()) }
    });
    while server.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    call.abort();
    server.client_left(1).await;

    let server = RawServer::replies([Reply::sse().piece("data: 1\n\n").hang()]).await;
    let mut events = client.send(&Plain, get(&server)).await.unwrap().events();
    assert_eq!(events.next_event().await.unwrap().unwrap().data, b"1");
    drop(events);
    server.client_left(1).await;
}

#[tokio::test]
async fn http_to_the_internet_is_refused_before_anything_is_sent() {
    let request = HttpRequest::new("x", Method::GET, "http://example.com/?key=hunter2".parse().unwrap());
    let end = json_of(request).await;
    assert_eq!(code(&end), ("http.insecure_url", 0));
    assert!(!format!("{end:?}").contains("hunter2"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_calls_side_by_side() {
    let server = RawServer::start(|_, request| {
        let number = request.line().rsplit('=').next().unwrap();
        Reply::json(&format!("{{\"n\":{number}}}"))
    })
    .await;
    let client = HttpClient::builder().max_in_flight(40).build().unwrap();
    let calls = (0..1000).map(|n| {
        let (client, url) = (client.clone(), server.url(&format!("/things?n={n}")));
        tokio::spawn(async move {
            let request = HttpRequest::new("things.get", Method::GET, url);
            client.send_json::<Value>(&Plain, request, LIMIT).await.unwrap().value
        })
    });
    for (n, call) in calls.collect::<Vec<_>>().into_iter().enumerate() {
        assert_eq!(call.await.unwrap(), json!({ "n": n }));
    }
    // A connection that is still being made when another comes free is kept too.
    assert!(server.connections() <= 80, "{} connections", server.connections());
    assert_eq!(server.requests().len(), 1000);
}

#[tokio::test]
async fn answers_that_are_not_read_keep_their_place() {
    let server = RawServer::replies([Reply::json("{}")]).await;
    let client = HttpClient::builder().max_in_flight(1).build().unwrap();
    let first = client.send(&Plain, get(&server)).await.unwrap();
    let soon = tokio::time::Instant::now() + Duration::from_millis(30);
    let end = client.send(&Plain, get(&server).deadline(Some(soon))).await;
    assert_eq!(code(&end), ("http.deadline", 0));
    assert_eq!(first.bytes(LIMIT).await.unwrap(), "{}");
    client.send(&Plain, get(&server)).await.unwrap();
}

#[tokio::test]
async fn a_host_that_cannot_be_trusted_is_asked_once() {
    // It answers the greeting of TLS in plain text.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let server = tokio::spawn(async move {
        let mut accepted = 0;
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            accepted += 1;
            assert_eq!(accepted, 1);
            tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        }
    });
    let end = json_of(HttpRequest::new("things.get", Method::GET, url)).await;
    assert_eq!(code(&end), ("http.tls", 1), "{end:?}");
    assert_eq!(end.unwrap_err().kind(), ErrorKind::Connect);
    assert!(!server.is_finished());
    server.abort();
}
