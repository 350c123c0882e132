//! Secrets planted in every part of a request and of its answer, and looked for in everything that is shown.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
mod traces;

use std::error::Error as _;
use std::time::Duration;

use common::raw_server::{RawServer, Reply};
use ghostwren::http::{Failure, HttpClient, HttpRequest, Repeat, Service, body_summary};
use ghostwren::{Error, ErrorKind};
use http::{HeaderMap, HeaderName, Method, StatusCode};
use secrecy::SecretString;
use serde::Deserialize;
use traces::Traces;

const SECRET: &str = "sk-hunter2-wren-4711";

struct Echoing;

impl Service for Echoing {
    fn name(&self) -> &'static str {
        "echoing"
    }

    fn classify(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Failure {
        let kind = if status.as_u16() == 401 { ErrorKind::Auth } else { ErrorKind::Server };
        Failure::new(kind, "echoing.failed", body_summary(headers, body)).repeat(Repeat::IfIdempotent)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Choice {
    #[allow(dead_code, reason = "never sent")]
    One,
}

fn shown(error: &Error) -> String {
    let mut all = format!("{error} {error:?} {error:#?} {:?} {:?}", error.to_fields(), error.detail());
    let mut source = error.source();
    while let Some(cause) = source {
        all.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    all
}

#[tokio::test]
async fn nothing_that_is_shown_holds_a_secret() {
    let traces = Traces::capture();

    let client = HttpClient::builder().backoff(Duration::ZERO, Duration::ZERO).build().unwrap();
    let echo = format!("Incorrect API key provided: {SECRET}. Bearer {SECRET}");
    let value = format!("\"{SECRET}\"");
    let location = format!("https://user:{SECRET}@evil.example/?key={SECRET}#{SECRET}");
    let replies = [
        Reply::new(401, &[], &echo),
        Reply::new(500, &[("set-cookie", SECRET)], &echo),
        Reply::new(500, &[("content-type", "text/html")], format!("<html><title>{SECRET}</title>")),
        Reply::new(302, &[("location", &location)], ""),
        Reply::json(&value),
        Reply::json(&format!("{{\"{SECRET}\":")),
        Reply::default().send(format!("HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{SECRET}")).reset(),
        Reply::default().send(format!("{SECRET}\r\n\r\n")).close(),
        Reply::default().send(format!("HTTP/1.1 200 OK\r\n{SECRET}\r\n\r\n")).close(),
        Reply::new(200, &[("content-encoding", "gzip")], SECRET),
        Reply::default().hang(),
    ];
    let mut all = format!("{client:?}");
    for reply in replies {
        let server = RawServer::replies([reply]).await;
        let url = server.url(&format!("/{SECRET}/x?apikey={SECRET}#{SECRET}"));
        let request = HttpRequest::new("echo", Method::POST, url)
            .bearer(&SecretString::from(SECRET))
            .unwrap()
            .secret_header(HeaderName::from_static("apikey"), &SecretString::from(SECRET))
            .unwrap()
            .json(SECRET)
            .unwrap()
            .idempotent(true)
            .idle_timeout(Duration::from_millis(50));
        all.push_str(&format!("{request:?} {request:#?}"));
        let error = client.send_json::<Choice>(&Echoing, request, 1000).await.unwrap_err();
        // It was sent, and so could have leaked.
        assert!(server.requests()[0].head.contains(SECRET));
        all.push_str(&shown(&error));
    }
    // Refused before it is sent, and a connection that is not made.
    for url in [
        format!("http://evil.example/?key={SECRET}"),
        format!("https://user:{SECRET}@api.example/"),
        format!("http://127.0.0.1:1/?key={SECRET}"),
    ] {
        let request = HttpRequest::new("echo", Method::GET, url.parse().unwrap());
        all.push_str(&shown(&client.send(&Echoing, request).await.unwrap_err()));
    }
    let request = HttpRequest::new("echo", Method::GET, "https://localhost/".parse().unwrap());
    all.push_str(&shown(&request.bearer(&SecretString::from(format!("{SECRET}\n"))).unwrap_err()));

    let log = traces.text();
    for name in ["http.request.method", "server.address", "http.response.status_code", "error.type", "attempt failed"] {
        assert!(log.contains(name), "the log was written: {name}");
    }
    for (what, text) in [("errors", &all), ("log", &log)] {
        for part in [SECRET, "hunter2"] {
            let found = text.split_once(part).map(|(before, _)| before.lines().next_back());
            assert_eq!(found, None, "{part} in the {what}");
        }
    }
}
