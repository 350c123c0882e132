use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::HeaderValue;
use url::{Host, Url};

use super::client::HttpClient;
use super::shown_address;
use super::transport::Transport;
use crate::error::{Error, ErrorKind, Result};

/// What the SDK calls itself.
const USER_AGENT: &str = concat!("ghostwren/", env!("CARGO_PKG_VERSION"));

pub(super) type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;
pub(super) type Jitter = Arc<dyn Fn() -> f64 + Send + Sync>;

/// The settings of an [`HttpClient`]; made by [`HttpClient::builder`].
#[derive(Clone)]
pub struct HttpClientBuilder {
    transport: Option<Arc<dyn Transport>>,
    user_agent: Option<String>,
    pub(super) settings: Settings,
}

/// What the pipeline needs of them.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) user_agent: HeaderValue,
    pub(super) base: Duration,
    pub(super) cap: Duration,
    pub(super) max_wait: Duration,
    pub(super) in_flight: usize,
    pub(super) plain_private: bool,
    pub(super) clock: Clock,
    pub(super) jitter: Jitter,
}

impl HttpClientBuilder {
    pub(super) fn new() -> Self {
        Self {
            transport: None,
            user_agent: None,
            settings: Settings {
                user_agent: HeaderValue::from_static(USER_AGENT),
                base: Duration::from_millis(500),
                cap: Duration::from_secs(20),
                max_wait: Duration::from_secs(60),
                in_flight: 512,
                plain_private: false,
                clock: Arc::new(Utc::now),
                jitter: Arc::new(fastrand::f64),
            },
        }
    }

    /// Sends through the application's own client instead of the one that is built in.
    #[must_use]
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Names the application before the SDK in `User-Agent`, such as `my-app/1.2 (+https://my.app)`.
    #[must_use]
    pub fn user_agent(mut self, application: impl Into<String>) -> Self {
        self.user_agent = Some(application.into());
        self
    }

    /// Sets the delays between attempts: a random part of `base`, doubled with each attempt up to `cap`. 0.5 s and 20 s unless
    /// set.
    #[must_use]
    pub fn backoff(mut self, base: Duration, cap: Duration) -> Self {
        self.settings.base = base;
        self.settings.cap = cap;
        self
    }

    /// Sets how long a call without a deadline waits when a service asks it to; what asks for more fails at once, with the time
    /// in [`Error::retry_at`]. 60 s unless set.
    #[must_use]
    pub fn max_wait(mut self, wait: Duration) -> Self {
        self.settings.max_wait = wait;
        self
    }

    /// Sets how many requests are in flight at most, an answer that is still being read included; more wait their turn. 512
    /// unless set, within the 1,024 open files that a process usually has. At least 1.
    #[must_use]
    pub fn max_in_flight(mut self, requests: usize) -> Self {
        self.settings.in_flight = requests.clamp(1, tokio::sync::Semaphore::MAX_PERMITS);
        self
    }

    /// Allows `http:` to hosts of a private network (private and link-local addresses, names without a dot or under `.local`,
    /// `.internal`, `.lan` and `.home.arpa`), where every machine in between can read the keys. Loopback is always allowed,
    /// the internet never.
    #[must_use]
    pub fn allow_http_in_private_networks(mut self, allow: bool) -> Self {
        self.settings.plain_private = allow;
        self
    }

    /// Takes the wall clock from elsewhere, for tests. Waits use the clock of `tokio::time`.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        self.settings.clock = Arc::new(clock);
        self
    }

    /// Takes the randomness of the delays, numbers from 0 up to 1, from elsewhere, for tests.
    #[must_use]
    pub fn jitter(mut self, jitter: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.settings.jitter = Arc::new(jitter);
        self
    }

    /// The client. Fails with `Config`: `http.user_agent` for one that a header cannot carry, `http.tls_setup`,
    /// `http.no_transport` without the feature `reqwest` and a transport.
    pub fn build(self) -> Result<HttpClient> {
        let Self { transport, user_agent, mut settings } = self;
        if let Some(application) = user_agent {
            settings.user_agent = HeaderValue::from_str(&format!("{application} {USER_AGENT}")).map_err(|_| {
                let detail = "the user agent holds a character that a header cannot carry";
                Error::new(ErrorKind::Config, "http.user_agent", detail).with_remedy("Use ASCII without line breaks.")
            })?;
        }
        let transport = match transport {
            Some(transport) => transport,
            None => default_transport()?,
        };
        Ok(HttpClient::from_parts(transport, settings))
    }
}

#[cfg(feature = "reqwest")]
fn default_transport() -> Result<Arc<dyn Transport>> {
    Ok(Arc::new(super::default_transport::DefaultTransport::new()?))
}

#[cfg(not(feature = "reqwest"))]
fn default_transport() -> Result<Arc<dyn Transport>> {
    let detail = "no transport was given, and this library was built without one of its own";
    Err(Error::new(ErrorKind::Config, "http.no_transport", detail)
        .with_remedy("Give a transport over the HTTP client of the application, or build with the feature `reqwest`."))
}

impl fmt::Debug for HttpClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClientBuilder").field("transport", &self.transport).finish_non_exhaustive()
    }
}

impl Settings {
    /// Refuses an address to which a key would travel in clear text, and one that holds a password: addresses end up in the
    /// logs of everything that they pass.
    pub(super) fn check_address(&self, url: &Url) -> Result<()> {
        let refuse = |why: &str, remedy: &'static str| {
            let detail = format!("{} {why}", shown_address(url));
            Err(Error::new(ErrorKind::Config, "http.insecure_url", detail).with_remedy(remedy))
        };
        let secure = match url.scheme() {
            "https" => Ok(()),
            "http" if is_loopback(url) || (self.plain_private && is_private(url)) => Ok(()),
            "http" => refuse("would send keys and texts in clear text", "Use https."),
            _ => refuse("is not an address of the web", "Use an address that begins with https."),
        };
        secure?;
        if !url.username().is_empty() || url.password().is_some() {
            let detail = format!("the address of {} holds a name or a password", shown_address(url));
            return Err(Error::new(ErrorKind::Config, "http.userinfo", detail)
                .with_remedy("Give the key as a key, not within the address."));
        }
        Ok(())
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn is_private(url: &Url) -> bool {
    let ip = match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            return !name.contains('.')
                || [".local", ".internal", ".lan", ".home.arpa"].iter().any(|end| name.ends_with(end));
        }
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
        Some(Host::Ipv6(ip)) => ip.to_canonical(),
        None => return false,
    };
    match ip {
        IpAddr::V4(ip) => ip.is_private() || ip.is_link_local() || ip.is_loopback(),
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_never_travel_in_clear_text() {
        let strict = HttpClientBuilder::new().settings;
        let private = HttpClientBuilder::new().allow_http_in_private_networks(true).settings;
        for (url, strictly, privately) in [
            ("https://api.openai.com/v1", true, true),
            ("http://api.openai.com/v1", false, false),
            ("http://localhost:8080/", true, true),
            ("http://127.0.0.1/", true, true),
            ("http://127.9.9.9:1/", true, true),
            ("http://[::1]:8080/", true, true),
            ("http://0x7f000001/", true, true),
            ("http://localhost.evil.example/", false, false),
            ("http://127.0.0.1.evil.example/", false, false),
            ("http://localhost@evil.example/", false, false),
            ("http://192.168.1.5:11434/", false, true),
            ("http://10.0.0.1/", false, true),
            ("http://172.32.0.1/", false, false),
            ("http://[fd00::1]/", false, true),
            ("http://[::ffff:192.168.0.1]/", false, true),
            ("http://[::ffff:8.8.8.8]/", false, false),
            ("http://ollama:11434/", false, true),
            ("http://box.local/", false, true),
            ("http://8.8.8.8/", false, false),
            ("ftp://localhost/", false, false),
            ("file:///etc/passwd", false, false),
            ("data:text/plain,secret", false, false),
        ] {
            let url: Url = url.parse().unwrap();
            assert_eq!(strict.check_address(&url).is_ok(), strictly, "{url}");
            assert_eq!(private.check_address(&url).is_ok(), privately, "{url} in private");
        }
        let error = strict.check_address(&"http://u:secret@evil.example/?k=secret".parse().unwrap()).unwrap_err();
        assert_eq!(error.code(), "http.insecure_url");
        assert!(!error.to_string().contains("secret"));
        let error = strict.check_address(&"https://u:secret@api.example/".parse().unwrap()).unwrap_err();
        assert_eq!(error.code(), "http.userinfo");
        assert!(!error.to_string().contains("secret"));
    }

    #[test]
    fn user_agents() {
        assert_eq!(HttpClientBuilder::new().user_agent("a\nb").build().unwrap_err().code(), "http.user_agent");
    }
}
