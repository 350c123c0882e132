//! The way from Rust into an event loop of Python.
//!
//! Each loop has one inbox. Threads of the runtime put messages into it and, when it was empty, wake the loop with one byte
//! through a socket that the loop watches (`loop.add_reader`); the loop then empties the inbox in one go. Putting takes no
//! lock of Python. Loops without `add_reader` (Windows' proactor) are woken with `call_soon_threadsafe`, which takes it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[cfg(unix)]
use std::io::{Read, Write};
#[cfg(unix)]
use std::os::{fd::AsRawFd, unix::net::UnixStream};

use ghostwren::{Error, ErrorKind};
use pyo3::exceptions::{PyNotImplementedError, PyRuntimeError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyWeakrefReference;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use crate::call::{Outcome, into_python};
use crate::error::PythonCause;
use crate::runtime::ForkBound;

tokio::task_local! {
    /// The inbox of the loop that made the call which this task works for.
    pub(crate) static CALLER: Arc<Shared>;
}

/// What Rust tells a loop.
pub(crate) enum Message {
    /// A call ended.
    Done { id: u64, outcome: Outcome },
    /// The coroutine `object.method(argument)` is to be run.
    Ask { id: u64, object: Arc<Py<PyWeakrefReference>>, method: &'static str, argument: String, answer: Answer },
    /// Nobody waits for the answer any more: the coroutine is to be cancelled.
    Forget { id: u64 },
    /// The function `object.method(argument)` is to be called.
    Tell { object: Arc<Py<PyWeakrefReference>>, method: &'static str, argument: String },
}

pub(crate) type Answer = oneshot::Sender<Result<String, PythonCause>>;

enum Wake {
    #[cfg(unix)]
    Socket(UnixStream),
    /// `call_soon_threadsafe` of the loop, by a weak reference, and the function that empties the inbox.
    Loop { owner: Py<PyWeakrefReference>, inbox: Py<PyWeakrefReference> },
}

/// The half of an inbox that Rust sees.
pub(crate) struct Shared {
    messages: Mutex<Vec<Message>>,
    awake: AtomicBool,
    wake: Mutex<Option<Wake>>,
    next: AtomicU64,
}

impl Shared {
    pub(crate) fn next_id(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn put(&self, message: Message) {
        lock(&self.messages).push(message);
        if self.awake.swap(true, Ordering::AcqRel) {
            return;
        }
        match &*lock(&self.wake) {
            #[cfg(unix)]
            // A full socket has bytes that wake the loop, a closed one has no loop.
            Some(Wake::Socket(socket)) => drop((&*socket).write(&[1])),
            Some(Wake::Loop { owner, inbox }) => {
                // `try_attach` gives up where the interpreter is going away.
                let _ = Python::try_attach(|py| -> PyResult<()> {
                    if let (Some(owner), Some(inbox)) = (owner.bind(py).upgrade(), inbox.bind(py).upgrade()) {
                        owner.call_method1("call_soon_threadsafe", (inbox.getattr("drain")?,))?;
                    }
                    Ok(())
                });
            }
            None => {}
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The inbox of one event loop.
#[pyclass(frozen, weakref, module = "ghostwren._native")]
pub(crate) struct Inbox {
    shared: ForkBound<Arc<Shared>>,
    // The two maps are only locked by the thread that runs Python, never across a call into it.
    futures: Mutex<HashMap<u64, Py<PyAny>>>,
    tasks: Mutex<HashMap<u64, Py<PyAny>>>,
    #[cfg(unix)]
    socket: UnixStream,
}

fn asyncio<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    static ASYNCIO: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    ASYNCIO.get_or_try_init(py, || py.import("asyncio").map(Bound::unbind))?.bind(py).getattr(name)
}

pub(crate) fn running_loop(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    static RUNNING: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    RUNNING.get_or_try_init(py, || asyncio(py, "get_running_loop").map(Bound::unbind))?.bind(py).call0()
}

impl Inbox {
    /// The inbox of a loop, made when it has none in this process.
    pub(crate) fn of<'py>(py: Python<'py>, owner: &Bound<'py, PyAny>) -> PyResult<Bound<'py, Self>> {
        static INBOXES: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let inboxes = INBOXES
            .get_or_try_init(py, || py.import("weakref")?.getattr("WeakKeyDictionary")?.call0().map(Bound::unbind))?
            .bind(py);
        // On Unix the loop itself keeps its inbox, as what it calls when the socket can be read: kept here as well, an inbox
        // with a call that never ended would keep the loop for ever.
        let found = inboxes.call_method1("get", (owner,))?;
        let found = match found.cast::<PyWeakrefReference>() {
            Ok(weak) => weak.upgrade(),
            Err(_) => Some(found),
        };
        if let Some(Ok(inbox)) = found.map(Bound::cast_into::<Self>)
            && inbox.get().shared.get().is_some()
        {
            return Ok(inbox);
        }
        let inbox = Self::open(py, owner)?;
        let by_loop = match &*lock(&inbox.get().shared()?.wake) {
            #[cfg(unix)]
            Some(Wake::Socket(_)) => true,
            _ => false,
        };
        if by_loop {
            inboxes.set_item(owner, PyWeakrefReference::new(&inbox)?)?;
        } else {
            inboxes.set_item(owner, &inbox)?;
        }
        Ok(inbox)
    }

    fn open<'py>(py: Python<'py>, owner: &Bound<'py, PyAny>) -> PyResult<Bound<'py, Self>> {
        #[cfg(unix)]
        let (socket, waker) = {
            let (socket, waker) = UnixStream::pair()?;
            socket.set_nonblocking(true)?;
            waker.set_nonblocking(true)?;
            (socket, waker)
        };
        let shared = Arc::new(Shared {
            messages: Mutex::default(),
            awake: AtomicBool::new(false),
            wake: Mutex::new(None),
            next: AtomicU64::new(0),
        });
        let inbox = Bound::new(
            py,
            Self {
                shared: ForkBound::new(Arc::clone(&shared)),
                futures: Mutex::default(),
                tasks: Mutex::default(),
                #[cfg(unix)]
                socket,
            },
        )?;
        #[cfg(unix)]
        match owner.call_method1("add_reader", (inbox.get().socket.as_raw_fd(), inbox.getattr("drain")?)) {
            Ok(_) => {
                *lock(&shared.wake) = Some(Wake::Socket(waker));
                return Ok(inbox);
            }
            Err(error) if error.is_instance_of::<PyNotImplementedError>(py) => {}
            Err(error) => return Err(error),
        }
        let (weak_owner, weak_inbox) = (PyWeakrefReference::new(owner)?, PyWeakrefReference::new(&inbox)?);
        *lock(&shared.wake) = Some(Wake::Loop { owner: weak_owner.unbind(), inbox: weak_inbox.unbind() });
        Ok(inbox)
    }

    pub(crate) fn shared(&self) -> PyResult<Arc<Shared>> {
        self.shared.get().cloned().ok_or_else(|| PyRuntimeError::new_err("this event loop is of another process"))
    }

    /// Keeps the future that a call is to end, and has the work stopped when the future is cancelled.
    pub(crate) fn watch(slf: &Bound<'_, Self>, id: u64, future: &Bound<'_, PyAny>, work: AbortHandle) -> PyResult<()> {
        let py = slf.py();
        lock(&slf.get().futures).insert(id, future.clone().unbind());
        let watch = Watch { work: ForkBound::new(work), inbox: slf.clone().unbind(), id };
        future.call_method1("add_done_callback", (Bound::new(py, watch)?,))?;
        Ok(())
    }

    fn handle(slf: &Bound<'_, Self>, message: Message) -> PyResult<()> {
        let py = slf.py();
        let inbox = slf.get();
        match message {
            Message::Done { id, outcome } => {
                let Some(future) = lock(&inbox.futures).remove(&id) else { return Ok(()) };
                let future = future.into_bound(py);
                if future.call_method0("done")?.is_truthy()? {
                    return Ok(());
                }
                match into_python(py, outcome) {
                    Ok(value) => future.call_method1("set_result", (value,))?,
                    Err(error) => future.call_method1("set_exception", (error.into_value(py),))?,
                };
            }
            Message::Ask { id, object, method, argument, answer } => {
                let replies = Bound::new(
                    py,
                    Replies { answer: Mutex::new(Some(ForkBound::new(answer))), id, inbox: slf.clone().unbind() },
                )?;
                // Without the object nobody answers, which the one who asks sees.
                let Some(object) = object.bind(py).upgrade() else { return Ok(()) };
                let started = object
                    .call_method1(method, (argument,))
                    .and_then(|coroutine| running_loop(py)?.call_method1("create_task", (coroutine,)));
                match started {
                    Ok(task) => {
                        lock(&inbox.tasks).insert(id, task.clone().unbind());
                        task.call_method1("add_done_callback", (replies,))?;
                    }
                    Err(error) => replies.get().send(Err(PythonCause::new(py, error))),
                }
            }
            Message::Forget { id } => {
                let task = lock(&inbox.tasks).remove(&id);
                if let Some(task) = task {
                    task.bind(py).call_method0("cancel")?;
                }
            }
            Message::Tell { object, method, argument } => {
                if let Some(object) = object.bind(py).upgrade() {
                    object.call_method1(method, (argument,))?;
                }
            }
        }
        Ok(())
    }
}

#[pymethods]
impl Inbox {
    /// Empties the inbox; called by the loop.
    fn drain(slf: &Bound<'_, Self>) -> PyResult<()> {
        let inbox = slf.get();
        let Some(shared) = inbox.shared.get() else { return Ok(()) };
        #[cfg(unix)]
        {
            let mut bytes = [0; 64];
            while matches!((&inbox.socket).read(&mut bytes), Ok(read) if read == bytes.len()) {}
        }
        shared.awake.store(false, Ordering::Release);
        let messages = std::mem::take(&mut *lock(&shared.messages));
        for message in messages {
            if let Err(error) = Self::handle(slf, message) {
                error.write_unraisable(slf.py(), Some(slf.as_any()));
            }
        }
        Ok(())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        for kept in [&self.futures, &self.tasks] {
            // Locked it is in use, and needs no collector.
            if let Ok(kept) = kept.try_lock() {
                kept.values().try_for_each(|object| visit.call(object))?;
            }
        }
        Ok(())
    }

    fn __clear__(&self) {
        drop(std::mem::take(&mut *lock(&self.futures)));
        drop(std::mem::take(&mut *lock(&self.tasks)));
    }
}

/// Stops the work of a future that was cancelled.
#[pyclass(frozen, module = "ghostwren._native")]
struct Watch {
    work: ForkBound<AbortHandle>,
    inbox: Py<Inbox>,
    id: u64,
}

#[pymethods]
impl Watch {
    fn __call__(&self, future: &Bound<'_, PyAny>) -> PyResult<()> {
        if future.call_method0("cancelled")?.is_truthy()? {
            lock(&self.inbox.get().futures).remove(&self.id);
            if let Some(work) = self.work.get() {
                work.abort();
            }
        }
        Ok(())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.inbox)
    }
}

/// Takes the answer of a coroutine back to Rust.
#[pyclass(frozen, module = "ghostwren._native")]
struct Replies {
    answer: Mutex<Option<ForkBound<Answer>>>,
    id: u64,
    inbox: Py<Inbox>,
}

impl Replies {
    fn send(&self, answer: Result<String, PythonCause>) {
        if let Some(sender) = lock(&self.answer).take().and_then(ForkBound::take) {
            // Nobody waits where the call was cancelled.
            let _ = sender.send(answer);
        }
    }
}

#[pymethods]
impl Replies {
    fn __call__(&self, task: &Bound<'_, PyAny>) {
        let py = task.py();
        lock(&self.inbox.get().tasks).remove(&self.id);
        let answer = task.call_method0("result").and_then(|answer| answer.extract::<String>());
        self.send(answer.map_err(|error| PythonCause::new(py, error)));
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.inbox)
    }
}

/// The error of a coroutine that nobody can run.
pub(crate) fn no_loop() -> Error {
    Error::new(ErrorKind::Config, "binding.no_loop", "the event loop that is to run the application's code has ended")
        .with_remedy("Keep the loop running while calls are made, or use `ghostwren.sync`.")
}

/// Has the coroutines of a session run on the loop that runs now.
#[pyfunction]
pub(crate) fn adopt_running_loop(py: Python<'_>, session: &Bound<'_, crate::session::Session>) -> PyResult<()> {
    let inbox = Inbox::of(py, &running_loop(py)?)?;
    session.get().adopt(&inbox.get().shared()?);
    Ok(())
}
