//! Real handshakes: whom the client trusts, and what it says of those it does not.
#![cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, unused_imports, reason = "only there do roots come from a file")
)]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ghostwren::http::{HttpClient, HttpRequest};
use ghostwren::openai::OpenAi;
use ghostwren::{Error, ErrorKind};
use http::Method;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// The address that the process of a test asks.
const CHILD: &str = "GHOSTWREN_TEST_TLS_URL";

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Issuer {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A server with a certificate for that name. It answers every request with `{"data":[]}` and counts those that arrive.
struct Server {
    port: u16,
    requests: Arc<AtomicUsize>,
    /// Connections that speak HTTP/2.
    multiplexed: Arc<AtomicUsize>,
}

impl Server {
    async fn start(authority: &Issuer, name: &str, expired: bool) -> Self {
        Self::start_with(authority, name, expired, &[]).await
    }

    async fn start_with(authority: &Issuer, name: &str, expired: bool, protocols: &[&[u8]]) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        if expired {
            (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
        }
        let certificate = params.signed_by(&key, authority).unwrap();
        let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
            .unwrap();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&requests);
        let multiplexed = Arc::new(AtomicUsize::new(0));
        let connections = Arc::clone(&multiplexed);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                // A client that does not trust it goes away here.
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                    connections.fetch_add(1, Ordering::SeqCst);
                    tokio::spawn(answer_over_http2(stream, Arc::clone(&count)));
                    continue;
                }
                let mut head = [0; 4096];
                if stream.read(&mut head).await.unwrap_or(0) > 0 {
                    count.fetch_add(1, Ordering::SeqCst);
                }
                let answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 11\r\n\r\n{\"data\":[]}";
                stream.write_all(answer).await.unwrap();
                let _ = stream.shutdown().await;
            }
        });
        Self { port, requests, multiplexed }
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    fn multiplexed(&self) -> usize {
        self.multiplexed.load(Ordering::SeqCst)
    }
}

async fn answer_over_http2(stream: TlsStream<TcpStream>, count: Arc<AtomicUsize>) {
    let mut connection = h2::server::handshake(stream).await.unwrap();
    while let Some(Ok((_, mut respond))) = connection.accept().await {
        count.fetch_add(1, Ordering::SeqCst);
        let head = http::Response::builder().header("content-type", "application/json").body(()).unwrap();
        let mut body = respond.send_response(head, false).unwrap();
        body.send_data(r#"{"data":[]}"#.into(), true).unwrap();
    }
}

/// Not a test of its own: a process whose trust is set by its environment.
#[tokio::test]
async fn ask_in_this_process() {
    let Ok(base) = std::env::var(CHILD) else { return };
    let client = OpenAi::new("sk-planted-KEY".to_owned().into()).base_url(base.parse().unwrap());
    // One request first, so that those after it find a connection.
    let first = client.models().await;
    let more = [client.models(), client.models(), client.models()];
    let outcome = match first {
        Ok(models) => futures_util::future::try_join_all(more).await.map(|_| models),
        Err(error) => Err(error),
    };
    match outcome {
        Ok(models) => println!("\nanswered {}", models.len()),
        Err(error) => println!("\nfailed {}", serde_json::to_string(&error.to_fields()).unwrap()),
    }
}

enum Said {
    Answered,
    Failed(Error),
}

/// What a process says that trusts the authorities in this file alone.
async fn ask(server: &Server, trusted: &Path) -> Said {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["ask_in_this_process", "--exact", "--nocapture"])
        .env(CHILD, format!("https://localhost:{}/v1", server.port))
        // https://docs.rs/rustls-native-certs: read in place of the platform's own, as OpenSSL does.
        .env("SSL_CERT_FILE", trusted)
        .env_remove("SSL_CERT_DIR");
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    if text.lines().any(|line| line == "answered 0") {
        return Said::Answered;
    }
    let fields = text.lines().find_map(|line| line.strip_prefix("failed ")).unwrap_or_else(|| panic!("{text}"));
    Said::Failed(Error::from(serde_json::from_str::<ghostwren::error::ErrorFields>(fields).unwrap()))
}

async fn refusal(server: &Server, trusted: &Path) -> Error {
    let Said::Failed(error) = ask(server, trusted).await else { panic!("it was trusted") };
    assert_eq!((error.kind(), error.code()), (ErrorKind::Connect, "http.tls"), "{error}");
    assert_eq!(error.attempts(), 1, "it would be refused again: {error}");
    assert!(!error.to_string().contains("planted"));
    assert_eq!(server.requests(), 0, "no request, and so no key, was sent");
    error
}

// On other systems the roots are not taken from this variable.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_system_says_whom_to_trust_and_every_other_host_is_refused() {
    let (ours, theirs) = (authority("Ours"), authority("Theirs"));
    let folder = tempfile::tempdir().unwrap();
    let trusted = folder.path().join("trusted.pem");
    std::fs::write(&trusted, ours.pem()).unwrap();

    let server = Server::start(&ours, "localhost", false).await;
    assert!(matches!(ask(&server, &trusted).await, Said::Answered));
    assert_eq!((server.requests(), server.multiplexed()), (4, 0));

    // Where the host has HTTP/2, requests side by side share a connection.
    let server = Server::start_with(&ours, "localhost", false, &[b"h2", b"http/1.1"]).await;
    assert!(matches!(ask(&server, &trusted).await, Said::Answered));
    assert_eq!((server.requests(), server.multiplexed()), (4, 1));

    let unknown = refusal(&Server::start(&theirs, "localhost", false).await, &trusted).await;
    assert!(unknown.detail().contains("UnknownIssuer"), "{unknown}");
    assert!(unknown.remedy().unwrap().contains("root certificates"), "{unknown}");

    let expired = refusal(&Server::start(&ours, "localhost", true).await, &trusted).await;
    assert!(expired.detail().contains("expired"), "{expired}");
    assert!(expired.remedy().unwrap().contains("clock"), "{expired}");

    let other_name = refusal(&Server::start(&ours, "wren.example", false).await, &trusted).await;
    assert!(other_name.detail().contains("not valid for name \"localhost\""), "{other_name}");
    assert!(other_name.remedy().unwrap().contains("host's certificate"), "{other_name}");
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let server = Server::start(&authority("Nobody"), "localhost", false).await;
    let url = format!("https://localhost:{}/", server.port).parse().unwrap();
    let http = HttpClient::new().unwrap();
    let error = http.send(&Plain, HttpRequest::new("get", Method::GET, url)).await.unwrap_err();
    assert_eq!((error.kind(), error.code(), error.attempts()), (ErrorKind::Connect, "http.tls", 1), "{error}");
    assert_eq!(server.requests(), 0);
}

struct Plain;

impl ghostwren::http::Service for Plain {
    fn name(&self) -> &'static str {
        "plain"
    }

    fn classify(&self, _: http::StatusCode, _: &http::HeaderMap, _: &[u8]) -> ghostwren::http::Failure {
        ghostwren::http::Failure::new(ErrorKind::Server, "plain.failed", "it failed")
    }
}
