use std::collections::VecDeque;

use serde_json::Value;

use super::openai::Fault;
use super::x;

/// How far a recorded request has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The answer is still on its way.
    #[default]
    Open,
    /// The answer was handed over whole, or to the end that its fault has.
    Finished,
    /// The client closed the connection before the end: the stand-in stopped working for it.
    Dropped,
}

/// One request that the stand-in received.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The number of the request since the start, from 0.
    pub number: u64,
    /// The method, such as `POST`.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query, without the `?`, as it came; empty when there is none.
    pub query: String,
    /// The headers in the order they came, names in lower case. Credentials are replaced by `(redacted)`.
    pub headers: Vec<(String, String)>,
    /// The body as JSON; null when there is none or it is no JSON. To X's stand-in also a form is an object, with its
    /// secrets redacted; of an uploaded segment there are the size and the hash.
    pub body: Value,
    /// What was done to the answer of OpenAI's stand-in.
    pub fault: Option<Fault>,
    /// What was done to the answer of X's stand-in.
    pub x_fault: Option<x::Fault>,
    /// What X's stand-in charged for it; `None` when it refused.
    pub x_cost: Option<x::Cost>,
    /// The status that was sent; 0 when none was.
    pub status: u16,
    /// How many bytes of the answer's body were handed to the connection.
    pub sent_bytes: u64,
    /// How far it has come.
    pub outcome: Outcome,
}

impl RecordedRequest {
    /// A request that came in just now.
    pub(crate) fn new(parts: &http::request::Parts, body: Value) -> Self {
        const SECRET: &[&str] = &["authorization", "cookie", "api-key", "x-api-key", "apikey", "x-signature"];
        let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            let secret = SECRET.contains(&name.as_str());
            let value = if secret { "(redacted)".into() } else { String::from_utf8_lossy(value.as_bytes()) };
            (name.as_str().to_owned(), value.into_owned())
        };
        Self {
            number: 0,
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers.iter().map(header).collect(),
            body,
            fault: None,
            x_fault: None,
            x_cost: None,
            status: 0,
            sent_bytes: 0,
            outcome: Outcome::Open,
        }
    }

    /// The first header of that name, which is given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The newest requests, bounded in number and in bytes.
#[derive(Debug, Default)]
pub(crate) struct Log {
    next: u64,
    bytes: usize,
    entries: VecDeque<(usize, RecordedRequest)>,
}

impl Log {
    /// How many requests are kept.
    pub(crate) const MAX_REQUESTS: usize = 512;
    /// How many bytes of bodies are kept.
    const MAX_BYTES: usize = 16 * 1024 * 1024;

    /// Keeps the request and gives it its number; the oldest make room.
    pub(crate) fn push(&mut self, mut request: RecordedRequest, size: usize) -> u64 {
        let number = self.next;
        self.next += 1;
        request.number = number;
        self.bytes += size;
        self.entries.push_back((size, request));
        while self.entries.len() > Self::MAX_REQUESTS || (self.bytes > Self::MAX_BYTES && self.entries.len() > 1) {
            if let Some((size, _)) = self.entries.pop_front() {
                self.bytes -= size;
            }
        }
        number
    }

    /// Changes a request that is still kept.
    pub(crate) fn update(&mut self, number: u64, change: impl FnOnce(&mut RecordedRequest)) {
        if let Some((_, request)) = self.entries.iter_mut().rev().find(|(_, request)| request.number == number) {
            change(request);
        }
    }

    /// The requests, oldest first.
    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        self.entries.iter().map(|(_, request)| request.clone()).collect()
    }

    /// Forgets them all; numbers go on.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> RecordedRequest {
        let (parts, ()) = http::Request::post("/").body(()).unwrap().into_parts();
        RecordedRequest::new(&parts, Value::Null)
    }

    #[test]
    fn bounded_in_number_and_in_bytes() {
        let mut log = Log::default();
        for _ in 0..Log::MAX_REQUESTS + 10 {
            log.push(request(), 1);
        }
        assert_eq!(log.all().len(), Log::MAX_REQUESTS);
        assert_eq!(log.all()[0].number, 10);
        log.push(request(), Log::MAX_BYTES);
        assert_eq!(log.all().len(), 1, "the big one alone");
        log.update(3, |request| request.status = 200);
        log.clear();
        assert_eq!(log.push(request(), 1), Log::MAX_REQUESTS as u64 + 11);
    }
}
