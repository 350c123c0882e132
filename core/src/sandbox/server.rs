use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener as StdListener};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::stream;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};

use super::control;
use super::log::{Log, Outcome, RecordedRequest};
use super::openai::{self, Endpoint, Fault};
use super::supabase::{self, SupabaseSandbox};
use super::x::{self, XSandbox};
use crate::error::{Error, ErrorKind, Result};

/// How many connections are served at once; the next ones wait.
const MAX_CONNECTIONS: usize = 1024;
/// The longest request body that is read.
const MAX_REQUEST_BYTES: usize = 32 * 1024 * 1024;

/// The running stand-ins for OpenAI, X and Supabase on one port of 127.0.0.1, on a thread of their own. Dropping it stops them.
///
/// The writer of OpenAI's side recombines the examples in the prompt: it shows the workflow, not the quality of a model. The same request
/// gets the same words. A `Sandbox` can be made and dropped outside and inside an async runtime.
///
/// A request may also come without any fault and be refused for what is wrong with it: keys, unknown fields, types, ranges,
/// schemas that are not strict, and parameters that a model does not take answer as the real service does
/// (<https://platform.openai.com/docs/guides/error-codes>, and the recordings of public test suites). What it does not
/// imitate (tools, audio, log probabilities, moderation, stored conversations) is a 400 with the code `sandbox_unsupported`.
/// For X see [`x`].
#[derive(Debug)]
pub struct Sandbox {
    shared: Arc<Shared>,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The settings of a [`Sandbox`] before it starts.
#[derive(Clone, Debug)]
pub struct SandboxBuilder {
    port: u16,
    key: String,
    pace: Duration,
    requests_per_minute: Option<u32>,
}

/// What all connections see.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) key: String,
    pub(crate) pace: Duration,
    pub(crate) openai: Mutex<openai::State>,
    x: Mutex<x::State>,
    supabase: Mutex<supabase::State>,
    log: Mutex<Log>,
}

/// One thing that an answer's body does.
#[derive(Debug)]
pub(crate) enum Step {
    /// Send these bytes.
    Bytes(Bytes),
    /// Wait.
    Pause(Duration),
    /// Send that many spaces, as fast as they are read.
    Filler(usize),
    /// Never go on.
    Hang,
    /// Reset the connection.
    Reset,
}

/// What is done with a request.
#[derive(Debug)]
pub(crate) enum Reply {
    /// An answer with its headers and its body.
    Answer { status: u16, headers: Vec<(&'static str, String)>, steps: Vec<Step> },
    /// No answer, with the connection open.
    Hang,
    /// A reset instead of an answer.
    Reset,
}

/// A request as the stand-ins see it.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    /// Without the `?`; empty when there is none.
    pub(crate) query: &'a str,
    pub(crate) headers: &'a http::HeaderMap,
    pub(crate) body: &'a [u8],
    pub(crate) json: Option<&'a Value>,
    pub(crate) number: u64,
}

impl Sandbox {
    /// Starts on a free port.
    ///
    /// # Errors
    /// `Connect`, `sandbox.no_port`, when no port of 127.0.0.1 can be opened.
    pub fn start() -> Result<Self> {
        Self::builder().start()
    }

    /// Settings to start with.
    #[must_use]
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder {
            port: 0,
            key: "sk-sandbox-0123456789abcdef".to_owned(),
            pace: Duration::ZERO,
            requests_per_minute: None,
        }
    }

    /// The base URL for a client of OpenAI, such as `http://127.0.0.1:40123/v1`: no slash at the end.
    #[must_use]
    pub fn openai_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The stand-in for X: its addresses, its world, its clock, its faults.
    #[must_use]
    pub fn x(&self) -> XSandbox {
        XSandbox { shared: Arc::clone(&self.shared), address: self.address }
    }

    /// The stand-in for Supabase: its address, its keys, its objects.
    #[must_use]
    pub fn supabase(&self) -> SupabaseSandbox {
        SupabaseSandbox { shared: Arc::clone(&self.shared), address: self.address }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The one key that is accepted. It opens nothing else.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.shared.key
    }

    /// Queues faults for an endpoint: one for each coming request, in this order, then none. [`Fault::Pass`] lets one
    /// request through. A fault in the request's own header comes first and leaves the queue as it is.
    ///
    /// # Errors
    /// `InvalidInput`, `sandbox.script_full`, when more than 10,000 faults would wait; none of these is queued then.
    pub fn script(&self, endpoint: Endpoint, faults: impl IntoIterator<Item = Fault>) -> Result<()> {
        self.shared.openai().script(endpoint, faults.into_iter())
    }

    /// Empties the queues of faults.
    pub fn clear_script(&self) {
        self.shared.openai().clear_script();
    }

    /// Sets or takes back the `shutdown_date` of a model, such as `2027-01-14`; the model still answers. Unknown models are
    /// added.
    pub fn set_shutdown_date(&self, model: &str, date: Option<&str>) {
        self.shared.openai().models.set_shutdown_date(model, date);
    }

    /// Takes a model out of service: it keeps its place in the list with that `shutdown_date`, and a request for it is
    /// refused as one for a model that does not exist.
    pub fn retire_model(&self, model: &str, date: &str) {
        self.shared.openai().models.retire(model, date);
    }

    /// The newest requests, oldest first: at most 512, and at most 16 MiB of bodies. Credentials are redacted.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.log().all()
    }

    /// Forgets the recorded requests.
    pub fn clear_requests(&self) {
        self.shared.log().clear();
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            // The thread ends as soon as it is polled; a panic in it has nobody to go to.
            let _ = thread.join();
        }
    }
}

impl SandboxBuilder {
    /// The port on 127.0.0.1; 0, the default, is a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The key that is accepted.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }

    /// A pause before each event of every stream; none by default. The header [`openai::PACE_HEADER`] sets it for one request.
    #[must_use]
    pub fn pace(mut self, pace: Duration) -> Self {
        self.pace = pace;
        self
    }

    /// Refuses requests with 429 once that many came within a minute. By default the limit is told and never enforced.
    #[must_use]
    pub fn requests_per_minute(mut self, requests: u32) -> Self {
        self.requests_per_minute = Some(requests);
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// `Connect`, `sandbox.no_port`, when the port cannot be opened.
    pub fn start(self) -> Result<Sandbox> {
        let no_port = |error: io::Error| {
            Error::new(ErrorKind::Connect, "sandbox.no_port", "the stand-in cannot listen on 127.0.0.1")
                .with_remedy("Choose another port, or 0 for a free one.")
                .with_source(error)
        };
        let listener = StdListener::bind((Ipv4Addr::LOCALHOST, self.port)).map_err(no_port)?;
        listener.set_nonblocking(true).map_err(no_port)?;
        let address = listener.local_addr().map_err(no_port)?;
        let shared = Arc::new(Shared {
            key: self.key,
            pace: self.pace,
            openai: Mutex::new(openai::State::new(self.requests_per_minute)),
            x: Mutex::new(x::State::new()),
            supabase: Mutex::new(supabase::State::new()),
            log: Mutex::new(Log::default()),
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(no_port)?;
        let (stop, stopped) = oneshot::channel();
        let for_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("ghostwren-sandbox".to_owned())
            .spawn(move || {
                runtime.block_on(async move {
                    // An error of the listener ends the stand-in: its clients then see refused connections.
                    tokio::select! {
                        _ = accept(listener, for_thread) => {}
                        _ = stopped => {}
                    }
                });
                runtime.shutdown_background();
            })
            .map_err(no_port)?;
        Ok(Sandbox { shared, address, stop: Some(stop), thread: Some(thread) })
    }
}

impl Shared {
    /// The state of the OpenAI stand-in. Never held over an await.
    pub(crate) fn openai(&self) -> MutexGuard<'_, openai::State> {
        self.openai.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state of the stand-in for X. Never held over an await.
    pub(crate) fn x(&self) -> MutexGuard<'_, x::State> {
        self.x.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state of the stand-in for Supabase. Never held over an await.
    pub(crate) fn supabase(&self) -> MutexGuard<'_, supabase::State> {
        self.supabase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn accept(listener: StdListener, shared: Arc<Shared>) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return Ok(()) };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            // The client went away, or no file descriptor was free: the next one may work.
            Err(_) => {
                tokio::time::sleep(Duration::from_millis(5)).await;
                continue;
            }
        };
        // Small pieces must leave as they are, or the faults of pacing would be joined again.
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let reset = Arc::new(AtomicBool::new(false));
            let io = TokioIo::new(Wire { stream, reset: Arc::clone(&reset) });
            let service = service_fn(move |request| handle(Arc::clone(&shared), Arc::clone(&reset), request));
            // Errors are the client's hang-ups and our own resets.
            let _ = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .max_buf_size(64 * 1024)
                .serve_connection(io, service)
                .await;
            drop(permit);
        });
    }
}

type Body = StreamBody<Pin<Box<dyn Stream<Item = io::Result<Frame<Bytes>>> + Send>>>;

async fn handle(shared: Arc<Shared>, reset: Arc<AtomicBool>, request: Request<Incoming>) -> io::Result<Response<Body>> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, MAX_REQUEST_BYTES).collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => return answer(413, Vec::new(), Vec::new(), None),
    };
    let path = parts.uri.path();
    if control::owns(path) {
        // It is not written down: whoever waits for a request asks again and again, and would push it out.
        let (status, body) = control::respond(&shared, &body);
        return answer(status, vec![("content-type", "application/json".to_owned())], vec![Step::Bytes(body)], None);
    }
    let json: Option<Value> = serde_json::from_slice(&body).ok();
    let kept = if x::owns(path) {
        let kind = parts.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        x::recorded(path, kind, &body, json.as_ref())
    } else if supabase::owns(path) {
        supabase::recorded(json.as_ref())
    } else {
        json.clone().unwrap_or_default()
    };
    let recorded = RecordedRequest::new(&parts, kept);
    let number = shared.log().push(recorded, body.len());
    let mut ticket = Ticket { shared: Arc::clone(&shared), number, done: false };
    let call = Call {
        method: parts.method.as_str(),
        path,
        query: parts.uri.query().unwrap_or_default(),
        headers: &parts.headers,
        body: &body,
        json: json.as_ref(),
        number,
    };
    let reply = if x::owns(path) {
        let done = x::respond(&shared, &call);
        shared.log().update(number, |entry| (entry.x_fault, entry.x_cost) = (done.fault, done.cost));
        done.reply
    } else if supabase::owns(path) {
        supabase::respond(&shared, &call)
    } else {
        let (fault, reply) = openai::respond(&shared, &call);
        shared.log().update(number, |entry| entry.fault = fault);
        reply
    };
    match reply {
        Reply::Answer { status, headers, steps } => {
            shared.log().update(number, |entry| entry.status = status);
            answer(status, headers, steps, Some((ticket, reset)))
        }
        Reply::Hang => std::future::pending().await,
        Reply::Reset => {
            ticket.finish();
            reset.store(true, Ordering::Release);
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
}

fn answer(
    status: u16,
    headers: Vec<(&'static str, String)>,
    steps: Vec<Step>,
    owner: Option<(Ticket, Arc<AtomicBool>)>,
) -> io::Result<Response<Body>> {
    let body: Body = StreamBody::new(Box::pin(play(steps, owner)));
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).map_err(io::Error::other)?;
    for (name, value) in headers {
        let value = HeaderValue::from_str(&value).map_err(io::Error::other)?;
        response.headers_mut().append(HeaderName::from_static(name), value);
    }
    Ok(response)
}

/// Plays the steps of a body one after the other, each only when the connection asks for it.
fn play(
    steps: Vec<Step>,
    owner: Option<(Ticket, Arc<AtomicBool>)>,
) -> impl Stream<Item = io::Result<Frame<Bytes>>> + Send {
    const FILLER: &[u8] = &[b' '; 16 * 1024];
    stream::unfold((steps.into_iter().peekable(), owner, 0_usize), async |(mut steps, mut owner, filler)| {
        let piece = if filler > 0 { Some(Step::Filler(filler)) } else { None };
        let mut next = match piece {
            Some(step) => Some(step),
            None => steps.next(),
        };
        loop {
            let (bytes, left) = match next {
                None => {
                    if let Some((ticket, _)) = &mut owner {
                        ticket.finish();
                    }
                    return None;
                }
                Some(Step::Pause(pause)) => {
                    // A turn of the scheduler is enough for the connection to send what it holds.
                    match pause {
                        Duration::ZERO => tokio::task::yield_now().await,
                        _ => tokio::time::sleep(pause).await,
                    }
                    next = steps.next();
                    continue;
                }
                Some(Step::Hang) => {
                    std::future::pending::<Infallible>().await;
                    return None;
                }
                Some(Step::Reset) => {
                    if let Some((ticket, reset)) = &mut owner {
                        ticket.finish();
                        reset.store(true, Ordering::Release);
                    }
                    return Some((Err(io::ErrorKind::ConnectionReset.into()), (steps, owner, 0)));
                }
                Some(Step::Bytes(bytes)) => (bytes, 0),
                Some(Step::Filler(size)) => {
                    let piece = Bytes::from_static(FILLER.get(..size.min(FILLER.len())).unwrap_or_default());
                    let left = size.saturating_sub(piece.len());
                    (piece, left)
                }
            };
            if let Some((ticket, _)) = &mut owner {
                ticket.sent(bytes.len());
                // With a known length the connection does not ask again after the last piece.
                if left == 0 && steps.peek().is_none() {
                    ticket.finish();
                }
            }
            return Some((Ok(Frame::data(bytes)), (steps, owner, left)));
        }
    })
}

/// Writes down how far an answer came, also when the client hung up and the body was dropped.
struct Ticket {
    shared: Arc<Shared>,
    number: u64,
    done: bool,
}

impl Ticket {
    fn sent(&self, bytes: usize) {
        self.shared.log().update(self.number, |entry| entry.sent_bytes += bytes as u64);
    }

    fn finish(&mut self) {
        self.done = true;
        self.shared.log().update(self.number, |entry| entry.outcome = Outcome::Finished);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.done {
            self.shared.log().update(self.number, |entry| entry.outcome = Outcome::Dropped);
        }
    }
}

/// A connection that ends with a reset instead of a close when told so.
struct Wire {
    stream: TcpStream,
    reset: Arc<AtomicBool>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.reset.load(Ordering::Acquire) {
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.reset.load(Ordering::Acquire) {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
