use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{StreamExt, TryStreamExt, stream};
use ghostwren::{Error, ErrorKind, Result};
use ghostwren_shared::host::Host;
use ghostwren_shared::{Args, Kind, closed};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::OnceCell;

use crate::call::{Call, Value};
use crate::error::{exception, guarded};
use crate::host::PyHost;
use crate::inbox::Shared;
use crate::runtime::ForkBound;
use crate::stream::Stream;
use crate::tweets::TweetList;

/// What a session is made from, again after a fork.
struct Plan {
    kind: Kind,
    settings: SecretString,
    model: Option<Arc<PyHost>>,
    store: Option<Arc<PyHost>>,
}

type Cell = Arc<OnceCell<ghostwren_shared::Session>>;

enum State {
    Open(ForkBound<Cell>),
    Closed,
}

/// A setup that calls are made on. It is opened by its first call, and anew in a process that was forked.
#[pyclass(frozen, module = "ghostwren._native")]
pub(crate) struct Session {
    plan: Arc<Plan>,
    /// The application's model and store, which the plan knows without keeping them.
    kept: Vec<Py<PyAny>>,
    // Only locked by the thread that runs Python, never across a call into it: so it is free when a process forks.
    state: Mutex<State>,
}

impl Plan {
    async fn open(self: Arc<Self>, cell: Cell) -> Result<ghostwren_shared::Session> {
        let open = || async {
            let work = move || {
                guarded(|| {
                    let model = self.model.clone().map(|host| host as Arc<dyn Host>);
                    let store = self.store.clone().map(|host| host as Arc<dyn Host>);
                    ghostwren_shared::Session::open(self.kind, self.settings.expose_secret(), model, store)
                })
            };
            tokio::task::spawn_blocking(work).await.map_err(|error| {
                Error::new(ErrorKind::Internal, "binding.panic", "opening ended without an answer").with_source(error)
            })?
        };
        cell.get_or_try_init(open).await.cloned()
    }

    fn hosts(&self) -> Vec<Arc<PyHost>> {
        self.model.iter().chain(&self.store).cloned().collect()
    }
}

impl Session {
    fn cell(&self) -> Result<Cell> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match &*state {
            State::Closed => Err(closed()),
            State::Open(cell) => match cell.get() {
                Some(cell) => Ok(Arc::clone(cell)),
                None => {
                    let cell = Cell::default();
                    *state = State::Open(ForkBound::new(Arc::clone(&cell)));
                    Ok(cell)
                }
            },
        }
    }

    pub(crate) fn adopt(&self, inbox: &Arc<Shared>) {
        for host in self.plan.hosts() {
            host.adopt(inbox);
        }
    }
}

#[pymethods]
impl Session {
    #[new]
    #[pyo3(signature = (kind, settings, model=None, store=None))]
    fn new(
        py: Python<'_>,
        kind: &str,
        settings: String,
        model: Option<Bound<'_, PyAny>>,
        store: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let kind = Kind::parse(kind).ok_or_else(|| {
            exception(py, &Error::new(ErrorKind::Internal, "binding.no_call", "there is no session of this kind"))
        })?;
        let plan = Plan {
            kind,
            settings: settings.into(),
            model: model.as_ref().map(|object| PyHost::new("model", object).map(Arc::new)).transpose()?,
            store: store.as_ref().map(|object| PyHost::new("store", object).map(Arc::new)).transpose()?,
        };
        let kept = model.into_iter().chain(store).map(Bound::unbind).collect();
        Ok(Self { plan: Arc::new(plan), kept, state: Mutex::new(State::Open(ForkBound::new(Cell::default()))) })
    }

    /// Opens it now, so that what is wrong with the settings is told now.
    fn open(&self, py: Python<'_>) -> PyResult<Call> {
        let cell = self.cell().map_err(|error| exception(py, &error))?;
        let plan = Arc::clone(&self.plan);
        Ok(Call::new(plan.hosts(), async move { plan.open(cell).await.map(|_| Value::Nothing) }))
    }

    /// A call by its name, with its arguments as a JSON object.
    fn call(&self, py: Python<'_>, name: String, arguments: &str) -> PyResult<Call> {
        let prepared = self.cell().and_then(|cell| Ok((cell, Args::parse(arguments)?)));
        let (cell, arguments) = prepared.map_err(|error| exception(py, &error))?;
        let plan = Arc::clone(&self.plan);
        Ok(Call::new(
            plan.hosts(),
            async move { plan.open(cell).await?.call(&name, arguments).await.map(Value::Reply) },
        ))
    }

    /// A call by its name that takes tweets, which stay here.
    fn call_with(&self, py: Python<'_>, name: String, tweets: &TweetList) -> PyResult<Call> {
        let tweets = tweets.whole();
        let prepared = self.cell().and_then(|cell| Ok((cell, Args::parse("{}")?.with_tweets(Some(tweets)))));
        let (cell, arguments) = prepared.map_err(|error| exception(py, &error))?;
        let plan = Arc::clone(&self.plan);
        Ok(Call::new(
            plan.hosts(),
            async move { plan.open(cell).await?.call(&name, arguments).await.map(Value::Reply) },
        ))
    }

    /// A stream by its name, with its arguments as a JSON object.
    fn stream(slf: &Bound<'_, Self>, name: String, arguments: &str) -> PyResult<Stream> {
        let (py, this) = (slf.py(), slf.get());
        let prepared = this.cell().and_then(|cell| Ok((cell, Args::parse(arguments)?)));
        let (cell, arguments) = prepared.map_err(|error| exception(py, &error))?;
        let plan = Arc::clone(&this.plan);
        let hosts = plan.hosts();
        let opened = async move { plan.open(cell).await?.stream(&name, arguments) };
        Ok(Stream::new(slf.clone().unbind(), hosts, stream::once(opened).try_flatten().boxed()))
    }

    /// Closes it: its files are closed when the calls and streams that are under way have ended.
    fn close(&self) -> Call {
        let state = std::mem::replace(&mut *self.state.lock().unwrap_or_else(PoisonError::into_inner), State::Closed);
        Call::new(Vec::new(), async move {
            if let State::Open(cell) = state
                && let Some(cell) = cell.take()
            {
                // The last handle of a store waits for what it writes.
                let _ = tokio::task::spawn_blocking(move || drop(cell)).await;
            }
            Ok(Value::Nothing)
        })
    }

    /// Whether it was closed.
    #[getter]
    fn closed(&self) -> bool {
        matches!(*self.state.lock().unwrap_or_else(PoisonError::into_inner), State::Closed)
    }

    // What a cycle goes through beside this can be cleared: a model, a store.
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.kept.iter().try_for_each(|object| visit.call(object))
    }
}

/// A call that needs no setup, by its name, with its arguments as a JSON object.
#[pyfunction]
pub(crate) fn local(py: Python<'_>, name: &str, arguments: &str) -> PyResult<String> {
    let outcome = guarded(|| {
        #[allow(clippy::panic, reason = "the hook by which tests see what becomes of a panic")]
        if name == "test.panic" {
            panic!("a panic for a test");
        }
        ghostwren_shared::local(name, Args::parse(arguments)?)
    });
    outcome.map_err(|error| exception(py, &error))
}

/// The names of `local`.
#[pyfunction]
pub(crate) fn local_names() -> Vec<&'static str> {
    ghostwren_shared::local_names().to_vec()
}
