//! One call of the core, which begins when it is awaited or waited for.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use ghostwren::{Error, ErrorKind, Result};
use ghostwren_shared::Reply;
use pyo3::prelude::*;

use crate::error::{exception, panicked};
use crate::host::PyHost;
use crate::inbox::{CALLER, Inbox, Message, running_loop};
use crate::runtime::{ForkBound, runtime};
use crate::style::StyleProfile;
use crate::tweets::TweetList;

/// How long a thread that waits does not look whether Ctrl-C was pressed.
const TICK: Duration = Duration::from_millis(50);

/// What a call gives to Python.
pub(crate) enum Value {
    Reply(Reply),
    /// Events that came together, as one JSON list; none at the end.
    Batch(Option<String>),
    Nothing,
}

pub(crate) type Outcome = Result<Value>;
type Work = Pin<Box<dyn Future<Output = Outcome> + Send>>;

pub(crate) fn into_python(py: Python<'_>, outcome: Outcome) -> PyResult<Py<PyAny>> {
    Ok(match outcome.map_err(|error| exception(py, &error))? {
        Value::Nothing => py.None(),
        Value::Batch(events) => events.into_pyobject(py)?.into_any().unbind(),
        Value::Reply(reply) => match reply {
            Reply::Json(json) => json.into_pyobject(py)?.into_any().unbind(),
            Reply::Tweets(tweets) => TweetList::new(tweets).into_pyobject(py)?.into_any().unbind(),
            Reply::TweetPage(tweets, next) => (TweetList::new(tweets), next).into_pyobject(py)?.into_any().unbind(),
            Reply::Style(profile, json) => (StyleProfile(profile), json).into_pyobject(py)?.into_any().unbind(),
            _ => py.None(),
        },
    })
}

/// A call that has not begun. `await` runs it on the loop that is running, `wait` blocks this thread.
#[pyclass(frozen, module = "ghostwren._native")]
pub(crate) struct Call {
    work: Mutex<Option<ForkBound<Work>>>,
    hosts: Vec<Arc<PyHost>>,
}

impl Call {
    pub(crate) fn new(hosts: Vec<Arc<PyHost>>, work: impl Future<Output = Outcome> + Send + 'static) -> Self {
        let work: Work = Box::pin(async move {
            AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|payload| Err(panicked(&*payload)))
        });
        Self { work: Mutex::new(Some(ForkBound::new(work))), hosts }
    }

    fn begin(&self, py: Python<'_>) -> PyResult<Work> {
        let work = self.work.lock().unwrap_or_else(PoisonError::into_inner).take().and_then(ForkBound::take);
        work.ok_or_else(|| {
            let error = Error::new(
                ErrorKind::InvalidInput,
                "binding.begun",
                "this call was made before, or in another process",
            )
            .with_remedy("Make the call anew.");
            exception(py, &error)
        })
    }
}

#[pymethods]
impl Call {
    /// Begins the call on the running loop.
    fn __await__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let owner = running_loop(py)?;
        let inbox = Inbox::of(py, &owner)?;
        let shared = inbox.get().shared()?;
        for host in &self.hosts {
            host.adopt(&shared);
        }
        let future = owner.call_method0("create_future")?;
        let id = shared.next_id();
        let work = self.begin(py)?;
        let for_task = Arc::clone(&shared);
        let task = runtime().map_err(|error| exception(py, &error))?.spawn(CALLER.scope(shared, async move {
            let outcome = work.await;
            for_task.put(Message::Done { id, outcome });
        }));
        Inbox::watch(&inbox, id, &future, task.abort_handle())?;
        Ok(future.call_method0("__await__")?.unbind())
    }

    /// Makes the call and blocks until it ends. Ctrl-C stops it.
    fn wait(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let work = self.begin(py)?;
        let (sender, receiver) = sync_channel(1);
        let task = runtime().map_err(|error| exception(py, &error))?.spawn(async move {
            // Nobody waits where Ctrl-C was pressed.
            let _ = sender.send(work.await);
        });
        let receiver = Mutex::new(receiver);
        loop {
            let received = py.detach(|| receiver.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(TICK));
            match received {
                Ok(outcome) => return into_python(py, outcome),
                Err(RecvTimeoutError::Timeout) => {
                    if let Err(signal) = py.check_signals() {
                        task.abort();
                        return Err(signal);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let error = Error::new(ErrorKind::Cancelled, "binding.stopped", "the call was stopped");
                    return Err(exception(py, &error));
                }
            }
        }
    }
}
