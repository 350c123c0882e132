//! A server that answers with scripted bytes: every fault that a connection can have, byte for byte.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    pub head: String,
    pub body: Vec<u8>,
}

impl Request {
    /// The method and target, such as `POST /v1/chat/completions`.
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1")
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self
            .head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(value.trim())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// What the server does for one request, in order. Afterwards it waits for the next request on the same connection.
#[derive(Clone, Debug, Default)]
pub struct Reply(Vec<Step>);

#[derive(Clone, Debug)]
enum Step {
    Send(Vec<u8>),
    Wait(Duration),
    Close,
    Reset,
    Hang,
}

impl Reply {
    /// A whole answer with `Content-Length`.
    pub fn new(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut bytes = head(status, headers);
        bytes.extend_from_slice(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
        bytes.extend_from_slice(body);
        Self::default().send(bytes)
    }

    /// A JSON answer with status 200.
    pub fn json(body: &str) -> Self {
        Self::new(200, &[("content-type", "application/json")], body)
    }

    /// A chunked answer that sends each piece in a packet of its own.
    pub fn chunked(status: u16, headers: &[(&str, &str)], pieces: &[&[u8]]) -> Self {
        let mut reply = Self::open(status, headers);
        for piece in pieces {
            reply = reply.piece(piece);
        }
        reply.last_piece()
    }

    /// The head of a chunked answer; `piece` and `last_piece` follow.
    pub fn open(status: u16, headers: &[(&str, &str)]) -> Self {
        let mut bytes = head(status, headers);
        bytes.extend_from_slice(b"transfer-encoding: chunked\r\n\r\n");
        Self::default().send(bytes)
    }

    /// The head of a stream of server-sent events.
    pub fn sse() -> Self {
        Self::open(200, &[("content-type", "text/event-stream")])
    }

    pub fn piece(self, piece: impl AsRef<[u8]>) -> Self {
        let piece = piece.as_ref();
        let mut bytes = format!("{:x}\r\n", piece.len()).into_bytes();
        bytes.extend_from_slice(piece);
        bytes.extend_from_slice(b"\r\n");
        self.send(bytes)
    }

    pub fn last_piece(self) -> Self {
        self.send("0\r\n\r\n")
    }

    /// These bytes as they are.
    pub fn send(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.0.push(Step::Send(bytes.into()));
        self
    }

    pub fn wait(mut self, time: Duration) -> Self {
        self.0.push(Step::Wait(time));
        self
    }

    /// Closes the connection in order (FIN).
    pub fn close(mut self) -> Self {
        self.0.push(Step::Close);
        self
    }

    /// Breaks the connection (RST).
    pub fn reset(mut self) -> Self {
        self.0.push(Step::Reset);
        self
    }

    /// Sends nothing more until the client goes away.
    pub fn hang(mut self) -> Self {
        self.0.push(Step::Hang);
        self
    }
}

fn head(status: u16, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} Scripted\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.into_bytes()
}

type Script = Arc<dyn Fn(usize, &Request) -> Reply + Send + Sync>;

/// The server; it ends when dropped.
pub struct RawServer {
    port: u16,
    seen: Arc<Mutex<Vec<Request>>>,
    /// How many clients went away while the server was not done with its reply.
    left: watch::Receiver<usize>,
    connections: Arc<Mutex<usize>>,
    accept: JoinHandle<()>,
}

impl RawServer {
    /// Answers the nth request (from 0, in the order of arrival) with what the function says.
    pub async fn start(script: impl Fn(usize, &Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_on(0, script).await
    }

    /// As `start`, on this port of 127.0.0.1.
    pub async fn start_on(port: u16, script: impl Fn(usize, &Request) -> Reply + Send + Sync + 'static) -> Self {
        let script: Script = Arc::new(script);
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(Mutex::new(0));
        let (leaving, left) = watch::channel(0);
        let (log, count) = (Arc::clone(&seen), Arc::clone(&connections));
        let accept = tokio::spawn(async move {
            let mut tasks = tokio::task::JoinSet::new();
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                *count.lock().unwrap() += 1;
                tasks.spawn(serve(stream, Arc::clone(&script), Arc::clone(&log), leaving.clone()));
                while tasks.try_join_next().is_some() {}
            }
        });
        Self { port, seen, left, connections, accept }
    }

    /// Answers requests with these replies in order; the last one repeats.
    pub async fn replies(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies = Mutex::new(replies.into_iter().collect::<VecDeque<_>>());
        Self::start(move |_, _| {
            let mut replies = replies.lock().unwrap();
            if replies.len() > 1 { replies.pop_front() } else { replies.front().cloned() }.unwrap_or_default()
        })
        .await
    }

    /// An address of the server, such as `http://127.0.0.1:4711/v1`.
    pub fn url(&self, path: &str) -> url::Url {
        format!("http://127.0.0.1:{}{path}", self.port).parse().unwrap()
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }

    /// Returns when this many clients went away before the end of their reply.
    pub async fn client_left(&self, times: usize) {
        self.left.clone().wait_for(|left| *left >= times).await.unwrap();
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.accept.abort();
    }
}

async fn serve(mut stream: TcpStream, script: Script, seen: Arc<Mutex<Vec<Request>>>, left: watch::Sender<usize>) {
    let _ = stream.set_nodelay(true);
    let mut buffer = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut buffer).await {
        let number = {
            let mut seen = seen.lock().unwrap();
            seen.push(request.clone());
            seen.len() - 1
        };
        let reply = script(number, &request);
        for step in reply.0 {
            match step {
                Step::Send(bytes) => {
                    if stream.write_all(&bytes).await.is_err() {
                        left.send_modify(|left| *left += 1);
                        return;
                    }
                }
                Step::Wait(time) => {
                    tokio::select! {
                        () = tokio::time::sleep(time) => {}
                        () = gone(&mut stream) => {
                            left.send_modify(|left| *left += 1);
                            return;
                        }
                    }
                }
                Step::Close => {
                    let _ = stream.shutdown().await;
                    return;
                }
                Step::Reset => {
                    // What was sent must arrive before the reset overtakes it.
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    stream.set_zero_linger().unwrap();
                    return;
                }
                Step::Hang => {
                    gone(&mut stream).await;
                    left.send_modify(|left| *left += 1);
                    return;
                }
            }
        }
    }
}

/// Returns when the client closed its side.
async fn gone(stream: &mut TcpStream) {
    let mut byte = [0];
    while matches!(stream.read(&mut byte).await, Ok(count) if count > 0) {}
}

async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Request> {
    let head_end = loop {
        if let Some(at) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&buffer[..head_end]).into_owned();
    buffer.drain(..head_end + 4);
    let request = Request { head, body: Vec::new() };
    let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
    while buffer.len() < length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    let body = buffer.drain(..length).collect();
    Some(Request { body, ..request })
}
