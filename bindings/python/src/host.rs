//! Models and stores that are written in Python.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use async_trait::async_trait;
use ghostwren::{Error, Result};
use ghostwren_shared::host::{Host, app_failed};
use pyo3::prelude::*;
use pyo3::types::PyWeakrefReference;
use tokio::sync::oneshot;

use crate::error::PythonCause;
use crate::inbox::{CALLER, Message, Shared, no_loop};
use crate::runtime::ForkBound;

/// An object whose methods are coroutines that take and give JSON (`ghostwren._host`). The session keeps it: a reference from
/// Rust, which Python's collector cannot follow, would keep a model that knows its `Ghostwren` for ever.
pub(crate) struct PyHost {
    what: &'static str,
    object: Arc<Py<PyWeakrefReference>>,
    /// The loop that called last, for work of the core that belongs to no call.
    last: Mutex<Option<ForkBound<Weak<Shared>>>>,
}

impl fmt::Debug for PyHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PyHost({})", self.what)
    }
}

impl PyHost {
    pub(crate) fn new(what: &'static str, object: &Bound<'_, PyAny>) -> PyResult<Self> {
        let object = Arc::new(PyWeakrefReference::new(object)?.unbind());
        Ok(Self { what, object, last: Mutex::new(None) })
    }

    /// Remembers the loop that coroutines may be run on.
    pub(crate) fn adopt(&self, inbox: &Arc<Shared>) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(ForkBound::new(Arc::downgrade(inbox)));
    }

    fn inbox(&self) -> Option<Arc<Shared>> {
        CALLER
            .try_with(Arc::clone)
            .ok()
            .or_else(|| self.last.lock().unwrap_or_else(PoisonError::into_inner).as_ref()?.get()?.upgrade())
    }

    /// What the application's code raised, as an error of the core that keeps the exception. An exception of ours keeps its
    /// kind and fields.
    fn failed(&self, cause: PythonCause) -> Error {
        match cause.fields() {
            Some(fields) => Error::from(fields).with_source(cause),
            None => app_failed(self.what, &cause).with_source(cause),
        }
    }
}

/// Cancels the coroutine of a call that is dropped.
struct Asked {
    inbox: Arc<Shared>,
    id: u64,
    answered: bool,
}

impl Drop for Asked {
    fn drop(&mut self) {
        if !self.answered {
            self.inbox.put(Message::Forget { id: self.id });
        }
    }
}

#[async_trait]
impl Host for PyHost {
    async fn call(&self, method: &'static str, argument: String) -> Result<String> {
        let inbox = self.inbox().ok_or_else(no_loop)?;
        let (answer, answered) = oneshot::channel();
        let id = inbox.next_id();
        inbox.put(Message::Ask { id, object: Arc::clone(&self.object), method, argument, answer });
        let mut asked = Asked { inbox, id, answered: false };
        let answer = answered.await;
        asked.answered = true;
        answer.map_err(|_| no_loop())?.map_err(|cause| self.failed(cause))
    }

    fn tell(&self, method: &'static str, argument: String) {
        if let Some(inbox) = self.inbox() {
            inbox.put(Message::Tell { object: Arc::clone(&self.object), method, argument });
        }
    }
}
