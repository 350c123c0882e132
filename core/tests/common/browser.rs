//! A browser that does what it is told: one request, and where it would be sent.

use ghostwren::ErrorKind;
use ghostwren::http::{Failure, HttpClient, HttpRequest, Service};
use http::{HeaderMap, Method, StatusCode};
use url::Url;

struct Page;

impl Service for Page {
    fn name(&self) -> &'static str {
        "page"
    }

    fn classify(&self, status: StatusCode, _: &HeaderMap, body: &[u8]) -> Failure {
        Failure::new(ErrorKind::Server, "page.failed", format!("{status} {}", String::from_utf8_lossy(body)))
    }
}

/// What an address gave.
#[derive(Debug)]
pub struct Visited {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Visited {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

/// Visits an address, without following it anywhere.
pub async fn visit(url: &str) -> Visited {
    let http = HttpClient::new().unwrap();
    let request =
        HttpRequest::new("visit", Method::GET, Url::parse(url).unwrap()).redirect_is_answer(true).max_attempts(1);
    let answer = http.send(&Page, request).await.unwrap();
    let (status, headers) = (answer.status.as_u16(), answer.headers.clone());
    Visited { status, headers, body: answer.bytes(64 << 20).await.unwrap().to_vec() }
}

/// Follows redirects until one leads to another address than `until`, which is given and not visited.
pub async fn follow(url: &str, until: impl Fn(&Url) -> bool) -> String {
    let mut at = Url::parse(url).unwrap();
    for _ in 0..10 {
        if until(&at) {
            return at.into();
        }
        let visited = visit(at.as_str()).await;
        at = at.join(visited.header("location")).unwrap();
        assert!((300..400).contains(&visited.status), "{at} answered with {}", visited.status);
    }
    panic!("{at} leads round and round");
}
