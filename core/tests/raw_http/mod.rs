//! A small HTTP/1.1 client that shares no code with the SDK and shows how a body ended.

// Each test file uses its part of this.
#![allow(dead_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use ghostwren::sandbox::Sandbox;
use serde_json::Value;

/// How an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// As its framing says.
    Whole,
    /// The connection broke before.
    Broken,
    /// Nothing more came, with the connection open.
    Silent,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// How many chunks the body came in.
    pub pieces: usize,
    pub end: End,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The events: name and data.
    pub fn events(&self) -> Vec<(String, String)> {
        let text = self.text().replace("\r\n", "\n").replace('\r', "\n");
        let block = |block: &str| {
            let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
            Some((field("event: ").unwrap_or_default(), field("data: ")?))
        };
        text.split("\n\n").filter_map(block).collect()
    }
}

pub fn post(sandbox: &Sandbox, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    request(sandbox, "POST", path, headers, Some(body))
}

pub fn request(sandbox: &Sandbox, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Answer {
    exchange(sandbox, method, path, headers, body, usize::MAX)
}

/// Closes the connection after that many bytes.
pub fn leave_after(sandbox: &Sandbox, path: &str, headers: &[(&str, &str)], body: &Value, bytes: usize) -> Answer {
    exchange(sandbox, "POST", path, headers, Some(body), bytes)
}

fn exchange(
    sandbox: &Sandbox,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
    most: usize,
) -> Answer {
    let mut all = vec![];
    let bearer = format!("Bearer {}", sandbox.key());
    if !headers.iter().any(|(name, _)| *name == "authorization") {
        all.push(("authorization", bearer.as_str()));
    }
    all.extend(headers.iter().filter(|(_, value)| !value.is_empty()));
    let body = body.map(ToString::to_string).unwrap_or_default();
    send(sandbox, method, &format!("/v1{path}"), &all, body.as_bytes(), most)
}

/// Sends these bytes to that target, and reads at most so many bytes.
pub fn send(
    sandbox: &Sandbox,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
    most: usize,
) -> Answer {
    let mut stream = TcpStream::connect(sandbox.address()).unwrap();
    // Silence is an outcome here: whoever hangs, hangs for good.
    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    let mut head = format!(
        "{method} {target} HTTP/1.1\r\nhost: sandbox\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut request = format!("{head}\r\n").into_bytes();
    request.extend_from_slice(body);
    stream.write_all(&request).unwrap();
    let (mut raw, mut end) = (Vec::new(), End::Whole);
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(size) => raw.extend_from_slice(&buffer[..size]),
            Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {
                end = End::Silent;
                break;
            }
            Err(_) => {
                end = End::Broken;
                break;
            }
        }
        if raw.len() >= most {
            break;
        }
    }
    parse(&raw, end)
}

fn parse(raw: &[u8], mut end: End) -> Answer {
    let Some(split) = raw.windows(4).position(|window| window == b"\r\n\r\n") else {
        let end = if end == End::Whole { End::Broken } else { end };
        return Answer { status: 0, headers: Vec::new(), body: Vec::new(), pieces: 0, end };
    };
    let head = String::from_utf8(raw[..split].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let mut rest = &raw[split + 4..];
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let (mut body, mut pieces, mut closed) = (Vec::new(), 0, false);
    if chunked {
        while let Some(line) = rest.windows(2).position(|window| window == b"\r\n") {
            let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16).unwrap();
            closed = size == 0;
            if closed || rest.len() < line + 2 + size {
                break;
            }
            body.extend_from_slice(&rest[line + 2..line + 2 + size]);
            pieces += 1;
            rest = rest.get(line + 2 + size + 2..).unwrap_or_default();
        }
    } else {
        let length = headers.iter().find(|(name, _)| name == "content-length").map(|(_, size)| size.parse().unwrap());
        closed = length.is_none_or(|length: usize| rest.len() == length);
        body.extend_from_slice(rest);
    }
    if !closed && end == End::Whole {
        end = End::Broken;
    }
    Answer { status, headers, body, pieces, end }
}
