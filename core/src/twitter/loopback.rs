//! The end of a login on a person's own machine: a listener that waits for the browser to come back.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use base64::Engine;
use futures_util::FutureExt;
use ring::digest::{SHA256, digest};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use url::{Host, Url};

use super::Callback;
use crate::error::{Error, ErrorKind, Result};

/// Connections at once; browsers open some ahead of need.
const CONNECTIONS: usize = 32;
/// How many free ports are tried until one is free at both addresses.
const FREE_PORTS: u32 = 16;
/// The longest head of a request that is read.
const MAX_HEAD: usize = 16 << 10;
/// How long a connection may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(10);
/// The looks of the page at the end, in the colours of the browser.
const STYLE: &str = ":root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}\
    body{max-width:26rem;margin:15vh auto;padding:0 1.5rem}h1{font-size:1.25rem;margin:0}p{margin:.5rem 0}";

/// A listener on 127.0.0.1 and ::1 for the callback of one login. Bind it before the browser opens, so that no answer is
/// lost; dropping it, or the future of [`wait`](Self::wait), ends it.
///
/// It answers with a fixed page that holds nothing from outside, takes no callback with another state than the one it waits
/// for, and ignores everything else that a browser asks for.
///
/// ```no_run
/// use std::time::Duration;
/// use ghostwren::twitter::{Loopback, Scopes, TwitterApp};
/// # async fn run(app: TwitterApp) -> ghostwren::Result<()> {
/// let loopback = Loopback::bind(app.redirect()).await?;
/// let login = app.authorize(&Scopes::read())?;
/// println!("Open {}", login.url);
/// let callback = loopback.wait(&login.state, Duration::from_secs(300)).await?;
/// let tokens = app.exchange(callback.code()?, &login.verifier, &Scopes::read()).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Loopback {
    listeners: Vec<TcpListener>,
    redirect_uri: Url,
}

impl Loopback {
    /// Listens where the redirect URI points: `http://127.0.0.1:PORT/PATH`, or `localhost`, or `[::1]`. Port 0 takes a free
    /// one, for servers that accept any port; X wants exactly the one that is registered.
    ///
    /// # Errors
    /// `Config`, `login.loopback_uri`, for another address; `Connect`, `login.loopback_port`, when the port is taken: for `localhost` at
    /// either address, because the browser may look for either.
    pub async fn bind(redirect_uri: &str) -> Result<Self> {
        let wrong = || {
            Error::new(ErrorKind::Config, "login.loopback_uri", "the redirect URI is not an address of this machine")
                .with_remedy("Register http://127.0.0.1:8787/callback with the X app and use it here.")
        };
        let mut url = Url::parse(redirect_uri).map_err(|_| wrong())?;
        let local = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => ip == Ipv4Addr::LOCALHOST,
            Some(Host::Ipv6(ip)) => ip == Ipv6Addr::LOCALHOST,
            None => false,
        };
        let port = url.port_or_known_default().filter(|_| local && url.scheme() == "http").ok_or_else(wrong)?;
        let v6_first = matches!(url.host(), Some(Host::Ipv6(_)));
        let addresses = |port: u16| -> [SocketAddr; 2] {
            let (four, six) = ((Ipv4Addr::LOCALHOST, port).into(), (Ipv6Addr::LOCALHOST, port).into());
            if v6_first { [six, four] } else { [four, six] }
        };
        let taken = |error: io::Error| {
            Error::new(ErrorKind::Connect, "login.loopback_port", format!("port {port} of this machine cannot be used"))
                .with_remedy("End the program that uses the port, or register another one with the X app.")
                .with_source(error)
        };
        // The address that is named must work. Behind `localhost` a browser may look for either, and would give the code to
        // whatever listens there.
        let by_name = matches!(url.host(), Some(Host::Domain(_)));
        let mut tries = if port == 0 { FREE_PORTS } else { 1 };
        let (listeners, port) = loop {
            tries -= 1;
            let first = TcpListener::bind(addresses(port)[0]).await.map_err(taken)?;
            let bound = first.local_addr().map_err(taken)?.port();
            match TcpListener::bind(addresses(bound)[1]).await {
                Ok(second) => break (vec![first, second], bound),
                Err(error) if by_name && error.kind() == io::ErrorKind::AddrInUse => {
                    if tries == 0 {
                        return Err(taken(error));
                    }
                }
                // A machine without IPv6, or an address that nobody was told.
                Err(_) => break (vec![first], bound),
            }
        };
        url.set_port(Some(port)).map_err(|()| wrong())?;
        Ok(Self { listeners, redirect_uri: url })
    }

    /// The redirect URI, with the port that is listened on.
    #[must_use]
    pub fn redirect_uri(&self) -> &Url {
        &self.redirect_uri
    }

    /// Waits for the callback of the login with this state. A refused consent is a callback, too: see [`Callback::code`].
    ///
    /// # Errors
    /// `Timeout`, `login.loopback_timeout`, when nobody comes back in time.
    pub async fn wait(self, state: &SecretString, time: Duration) -> Result<Callback> {
        match timeout(time, self.callback(state)).await {
            Ok(callback) => Ok(callback),
            Err(_) => Err(Error::new(
                ErrorKind::Timeout,
                "login.loopback_timeout",
                "nobody came back from the browser in time",
            )
            .with_remedy("Begin the login again.")),
        }
    }

    async fn callback(&self, state: &SecretString) -> Callback {
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        let mut connections: JoinSet<Option<Callback>> = JoinSet::new();
        let expected = Arc::new(Expected {
            path: self.redirect_uri.path().to_owned(),
            port: self.redirect_uri.port_or_known_default().unwrap_or_default(),
            state: state.clone(),
        });
        loop {
            tokio::select! {
                Some(served) = connections.join_next() => {
                    if let Ok(Some(callback)) = served {
                        return callback;
                    }
                }
                accepted = self.accept() => {
                    let Ok(stream) = accepted else {
                        // Out of open files, or a connection that broke at once: it may pass.
                        sleep(Duration::from_millis(50)).await;
                        continue;
                    };
                    // More at once than a browser opens: the newest is dropped.
                    let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
                    let expected = Arc::clone(&expected);
                    let served = async move {
                        let _place = place;
                        timeout(PATIENCE, serve(stream, &expected)).await.ok().flatten()
                    };
                    connections.spawn(served.boxed());
                }
            }
        }
    }

    async fn accept(&self) -> io::Result<TcpStream> {
        std::future::poll_fn(|cx| {
            let mut accepted = self.listeners.iter().map(|listener| listener.poll_accept(cx));
            match accepted.find(Poll::is_ready) {
                Some(Poll::Ready(end)) => Poll::Ready(end.map(|(stream, _)| stream)),
                _ => Poll::Pending,
            }
        })
        .await
    }
}

/// What a request must be to count.
struct Expected {
    path: String,
    port: u16,
    state: SecretString,
}

/// Answers one request; the callback, if it was the one waited for.
async fn serve(mut stream: TcpStream, expected: &Expected) -> Option<Callback> {
    let head = read_head(&mut stream).await?;
    let callback = wanted(&head, expected);
    let (status, title, text) = match &callback {
        // What comes of it is not known here: the code is still to be changed into tokens.
        Ok(callback) if callback.code().is_ok() => {
            ("200 OK", "X allowed the access", "You can close this page: the program says how the login went.")
        }
        Ok(_) => ("200 OK", "The login was not allowed", "You can close this page."),
        Err(status) => (*status, "This is not the page you are looking for", "The login waits for another one."),
    };
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Login</title><style>{STYLE}</style><h1>{title}</h1><p>{text}</p></html>\n"
    );
    let style = base64::engine::general_purpose::STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
         content-security-policy: default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'\r\n\
         x-content-type-options: nosniff\r\nreferrer-policy: no-referrer\r\ncache-control: no-store\r\n\
         connection: close\r\n\r\n{page}",
        page.len()
    );
    // That the browser left before it saw the page changes nothing.
    if stream.write_all(answer.as_bytes()).await.is_ok() {
        let _ = stream.shutdown().await;
    }
    callback.ok()
}

async fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if head.len() > MAX_HEAD || stream.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    String::from_utf8(head).ok()
}

/// The callback that a request carries, or the status of what else it is.
fn wanted(head: &str, expected: &Expected) -> Result<Callback, &'static str> {
    let mut lines = head.lines();
    let mut line = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (line.next().unwrap_or_default(), line.next().unwrap_or_default());
    // A page elsewhere whose name resolves to this machine must not speak to us (DNS rebinding).
    let host = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("host"));
    let host = host.map(|(_, value)| value.trim()).unwrap_or_default();
    let (name, port) = host.rsplit_once(':').unwrap_or((host, "80"));
    if !matches!(name, "127.0.0.1" | "localhost" | "[::1]") || port.parse() != Ok(expected.port) {
        return Err("421 Misdirected Request");
    }
    if !target.starts_with('/') || target.split('?').next() != Some(expected.path.as_str()) {
        return Err("404 Not Found");
    }
    if method != "GET" {
        return Err("405 Method Not Allowed");
    }
    let callback = Callback::parse(target).map_err(|_| "400 Bad Request")?;
    if callback.has_state(&expected.state) { Ok(callback) } else { Err("400 Bad Request") }
}
