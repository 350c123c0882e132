//! The way between the threads of the core and one environment of JavaScript (a main thread or a worker thread).
//!
//! Whatever is for JavaScript is put into a queue, and the environment is woken once; it takes everything in one go. The
//! queue holds at most one message for each call, question or stream that is under way.

use std::collections::HashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use ghostwren_shared::Reply;
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Status, Unknown};
use napi_derive::napi;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use crate::error::{HostCause, Thrown, cause, fields, panicked, thrown};
use crate::runtime::runtime;
use crate::style::StyleProfile;
use crate::tweets::Tweets;

/// What a call gives to JavaScript.
pub(crate) enum Value {
    Reply(Reply),
    /// Events that came together, as one JSON list; none at the end.
    Batch(Option<String>),
    Nothing,
}

pub(crate) type Outcome = ghostwren::Result<Value>;

/// What is for JavaScript.
pub(crate) enum Message {
    /// A call ended.
    Done { id: u64, outcome: Outcome },
    /// An object of the application is asked.
    Ask { id: u64, host: u32, method: &'static str, argument: String },
    /// An object of the application is told something.
    Tell { host: u32, method: &'static str, argument: String },
    /// Nobody waits for the answer to this question any more, or took it.
    Forget { id: u64, host: u32 },
    /// What was thrown for this question is not asked for any more.
    Release { id: u64 },
    /// An object of the application is not needed any more.
    Gone { host: u32 },
}

/// A message as JavaScript sees it: `what` says which of the others are there.
#[napi(object, object_from_js = false)]
pub struct Delivered {
    #[napi(ts_type = "'done' | 'error' | 'ask' | 'tell' | 'forget' | 'release' | 'gone'")]
    pub what: &'static str,
    /// Of a call, a question or, with `tell` and `gone`, of an object.
    pub id: f64,
    /// A result, an error's fields, or an argument.
    pub json: Option<String>,
    pub host: Option<u32>,
    pub method: Option<&'static str>,
    /// The question whose answer was thrown, beneath an error.
    pub cause: Option<f64>,
    pub tweets: Option<Tweets>,
    pub profile: Option<StyleProfile>,
}

#[allow(clippy::cast_precision_loss, reason = "ids count up from 1; 2^53 of them are never reached")]
pub(crate) fn number(id: u64) -> f64 {
    id as f64
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is an id that JavaScript got from `number`"
)]
fn id(number: f64) -> u64 {
    number as u64
}

impl Delivered {
    fn of(what: &'static str, id: f64) -> Self {
        Self { what, id, json: None, host: None, method: None, cause: None, tweets: None, profile: None }
    }

    fn json(self, json: String) -> Self {
        Self { json: Some(json), ..self }
    }
}

impl From<Message> for Delivered {
    fn from(message: Message) -> Self {
        match message {
            Message::Done { id, outcome: Err(error) } => {
                Self { cause: cause(&error).map(number), ..Self::of("error", number(id)).json(fields(&error)) }
            }
            Message::Done { id, outcome: Ok(value) } => {
                let done = Self::of("done", number(id));
                match value {
                    Value::Nothing | Value::Batch(None) => done,
                    Value::Batch(Some(json)) | Value::Reply(Reply::Json(json)) => done.json(json),
                    Value::Reply(Reply::Tweets(tweets)) => Self { tweets: Some(Tweets(tweets)), ..done },
                    Value::Reply(Reply::TweetPage(tweets, next)) => {
                        Self { tweets: Some(Tweets(tweets)), json: next, ..done }
                    }
                    Value::Reply(Reply::Style(profile, json)) => {
                        Self { profile: Some(StyleProfile(Arc::new(profile))), ..done.json(json) }
                    }
                    Value::Reply(_) => done,
                }
            }
            Message::Ask { id, host, method, argument } => {
                Self { host: Some(host), method: Some(method), ..Self::of("ask", number(id)).json(argument) }
            }
            Message::Tell { host, method, argument } => {
                Self { host: Some(host), method: Some(method), ..Self::of("tell", 0.0).json(argument) }
            }
            Message::Forget { id, host } => Self { host: Some(host), ..Self::of("forget", number(id)) },
            Message::Release { id } => Self::of("release", number(id)),
            Message::Gone { host } => Self { host: Some(host), ..Self::of("gone", 0.0) },
        }
    }
}

/// A weak one: what keeps the process alive is decided in JavaScript, by the calls that are under way.
type Wake = ThreadsafeFunction<(), Unknown<'static>, (), Status, false, true>;
type Answer = Result<String, HostCause>;

/// What the threads of the core see of a bridge.
pub(crate) struct Shared {
    wake: Wake,
    woken: AtomicBool,
    closed: AtomicBool,
    next: AtomicU64,
    messages: Mutex<Vec<Message>>,
    tasks: Mutex<HashMap<u64, AbortHandle>>,
    asked: Mutex<HashMap<u64, oneshot::Sender<Answer>>>,
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn next_id(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Puts a message into the queue and wakes JavaScript, unless that was done already.
    pub(crate) fn put(&self, message: Message) {
        if self.closed.load(Ordering::Acquire) {
            return;
        }
        lock(&self.messages).push(message);
        if !self.woken.swap(true, Ordering::AcqRel) {
            self.wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    /// Asks an object of the application; the receiver gets nothing when the environment is gone.
    pub(crate) fn ask(&self, id: u64, host: u32, method: &'static str, argument: String) -> oneshot::Receiver<Answer> {
        let (sender, receiver) = oneshot::channel();
        if !self.closed.load(Ordering::Acquire) {
            lock(&self.asked).insert(id, sender);
            self.put(Message::Ask { id, host, method, argument });
        }
        receiver
    }

    /// The question is not asked any more.
    pub(crate) fn forget(&self, id: u64, host: u32) {
        lock(&self.asked).remove(&id);
        self.put(Message::Forget { id, host });
    }

    /// Begins a call. What it comes to is delivered under the id that this gives.
    pub(crate) fn begin(self: &Arc<Self>, work: impl Future<Output = Outcome> + Send + 'static) -> Result<f64, Thrown> {
        let runtime = runtime().map_err(|error| thrown(&error))?;
        let id = self.next_id();
        let shared = Arc::clone(self);
        let work = AssertUnwindSafe(work).catch_unwind();
        // The task cannot take itself out of the list before it is in it.
        let mut tasks = lock(&self.tasks);
        let task = runtime.spawn(async move {
            let outcome = work.await.unwrap_or_else(|payload| Err(panicked(&*payload)));
            if lock(&shared.tasks).remove(&id).is_some() {
                shared.put(Message::Done { id, outcome });
            }
        });
        tasks.insert(id, task.abort_handle());
        Ok(number(id))
    }

    fn close(&self) {
        self.closed.store(true, Ordering::Release);
        let (tasks, asked) = (std::mem::take(&mut *lock(&self.tasks)), std::mem::take(&mut *lock(&self.asked)));
        for task in tasks.into_values() {
            task.abort();
        }
        let messages = std::mem::take(&mut *lock(&self.messages));
        drop((asked, messages));
    }
}

/// The bridge of one environment. It ends with it, and what is under way is stopped then.
#[napi]
pub struct Bridge {
    shared: Arc<Shared>,
}

#[napi]
impl Bridge {
    /// `wake` is called when there is something to take.
    #[napi(constructor)]
    pub fn new(wake: Function<'_, (), Unknown<'static>>) -> napi::Result<Self> {
        let wake = wake.build_threadsafe_function::<()>().callee_handled::<false>().weak::<true>().build()?;
        let shared = Shared {
            wake,
            woken: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            next: AtomicU64::new(1),
            messages: Mutex::default(),
            tasks: Mutex::default(),
            asked: Mutex::default(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Takes everything that waits.
    #[napi]
    pub fn take(&self) -> Vec<Delivered> {
        // First: what comes from now on wakes again.
        self.shared.woken.store(false, Ordering::Release);
        let messages = std::mem::take(&mut *lock(&self.shared.messages));
        // Apart from the lock: an error that is dropped here may put a message itself.
        messages.into_iter().map(Delivered::from).collect()
    }

    /// Stops a call. Nothing more is delivered for it.
    #[napi]
    pub fn cancel(&self, call: f64) {
        let task = lock(&self.shared.tasks).remove(&id(call));
        if let Some(task) = task {
            task.abort();
        }
    }

    /// Answers a question.
    #[napi]
    pub fn answer(&self, question: f64, json: String) {
        let sender = lock(&self.shared.asked).remove(&id(question));
        if let Some(sender) = sender {
            // Nobody waits where the call was stopped.
            let _ = sender.send(Ok(json));
        }
    }

    /// Answers a question with what the application threw: its text and, for an error of ours, its fields as JSON. Whether
    /// somebody waits for it, and the object has to be kept.
    #[napi]
    pub fn refuse(&self, question: f64, text: String, fields: Option<String>) -> bool {
        let question = id(question);
        let Some(sender) = lock(&self.shared.asked).remove(&question) else { return false };
        let fields = fields.and_then(|json| serde_json::from_str(&json).ok());
        let cause = HostCause::new(question, text, fields, Arc::downgrade(&self.shared));
        sender.send(Err(cause)).is_ok()
    }

    /// How many calls and questions are under way.
    #[napi]
    pub fn pending(&self) -> u32 {
        let count = lock(&self.shared.tasks).len() + lock(&self.shared.asked).len();
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}

impl Bridge {
    pub(crate) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        self.shared.close();
    }
}
