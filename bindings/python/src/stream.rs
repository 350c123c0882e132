//! A stream of the core, read in batches: one crossing takes everything that has arrived.

use std::sync::Arc;

use ghostwren::{Error, ErrorKind};
use ghostwren_shared::{Batches, Events};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;

use crate::call::{Call, Value};
use crate::host::PyHost;
use crate::runtime::{ForkBound, runtime};
use crate::session::Session;

/// Events that come; nothing is done before the first is asked for.
#[pyclass(frozen, module = "ghostwren._native")]
pub(crate) struct Stream {
    batches: Arc<ForkBound<Batches>>,
    /// Keeps the application's model and store.
    session: Py<Session>,
    hosts: Vec<Arc<PyHost>>,
}

impl Stream {
    pub(crate) fn new(session: Py<Session>, hosts: Vec<Arc<PyHost>>, events: Events) -> Self {
        Self { batches: Arc::new(ForkBound::new(Batches::new(events))), session, hosts }
    }

    fn end(&self) {
        let unread = self.batches.get().and_then(Batches::end);
        if let (Some(events), Ok(runtime)) = (unread, runtime()) {
            runtime.spawn(async move { drop(events) });
        }
    }
}

#[pymethods]
impl Stream {
    /// The events that have arrived, after the first of them, as a JSON list; none at the end. Cancelling it ends the stream.
    fn next_batch(&self) -> Call {
        let batches = Arc::clone(&self.batches);
        Call::new(self.hosts.clone(), async move {
            let Some(batches) = batches.get().cloned() else {
                return Err(Error::new(ErrorKind::Conflict, "binding.forked", "this stream is of another process")
                    .with_remedy("Begin it in the process that reads it."));
            };
            batches.next().await.map(Value::Batch)
        })
    }

    /// Stops the work.
    fn close(&self) {
        self.end();
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.session)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.end();
    }
}
