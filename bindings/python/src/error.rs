//! Errors of the core as the exceptions of `ghostwren.errors`.

use std::error::Error as StdError;
use std::fmt;

use ghostwren::error::ErrorFields;
use ghostwren::{Error, ErrorKind};
use pyo3::exceptions::{PyBaseException, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// An exception that Python code of the application raised, on its way through the core.
pub(crate) struct PythonCause {
    exception: Py<PyBaseException>,
    text: String,
    fields: Option<ErrorFields>,
}

impl PythonCause {
    pub(crate) fn new(py: Python<'_>, error: PyErr) -> Self {
        let text = error.to_string();
        let exception = error.into_value(py);
        // An exception of ours says its fields; any other has no such method.
        let fields = exception.bind(py).call_method0("_to_native").and_then(|json| json.extract::<String>());
        let fields = fields.ok().and_then(|json| serde_json::from_str(&json).ok());
        Self { exception, text, fields }
    }

    /// The fields of an exception of ours.
    pub(crate) fn fields(&self) -> Option<ErrorFields> {
        self.fields.clone()
    }
}

impl fmt::Debug for PythonCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for PythonCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for PythonCause {}

/// The exception for an error: of the class of its kind, with its fields, and with what is beneath as `__cause__`.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    static FROM_NATIVE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let build = || -> PyResult<PyErr> {
        let fields = serde_json::to_string(&error.to_fields()).map_err(|e| PyRuntimeError::new_err(e.to_string()))?;
        let from_native = FROM_NATIVE.import(py, "ghostwren.errors", "_from_native")?;
        Ok(PyErr::from_value(from_native.call1((fields, cause(py, error)))?))
    };
    build().unwrap_or_else(|_| PyRuntimeError::new_err(error.to_string()))
}

fn cause<'py>(py: Python<'py>, error: &Error) -> Option<Bound<'py, PyBaseException>> {
    let mut source = error.source();
    while let Some(beneath) = source {
        if let Some(python) = beneath.downcast_ref::<PythonCause>() {
            return Some(python.exception.bind(py).clone());
        }
        source = beneath.source();
    }
    None
}

/// The error for what a panic said.
pub(crate) fn panicked(payload: &(dyn std::any::Any + Send)) -> Error {
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no text");
    Error::new(ErrorKind::Internal, "binding.panic", format!("the SDK panicked: {text}"))
        .with_remedy("This is a defect of the SDK: please report it.")
}

/// Runs something of the core on this thread; a panic becomes an error.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or_else(|payload| Err(panicked(&*payload)))
}
