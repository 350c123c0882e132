//! Errors of the core on their way to the host's language, and back.

use std::any::Any;
use std::error::Error as StdError;
use std::fmt;

use ghostwren::error::ErrorFields;
use ghostwren::{Error, ErrorKind};

/// What failed. The public halves make their own exception of it.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum NativeError {
    /// An error of the SDK.
    #[error("{fields}")]
    Failed {
        /// Its fields as JSON.
        fields: String,
        /// Which exception of the host is beneath it, by the number that the host gave it.
        thrown: Option<u64>,
    },
}

impl From<Error> for NativeError {
    fn from(error: Error) -> Self {
        // Fields are always written: the map of a struct with text keys cannot fail.
        let fields = serde_json::to_string(&error.to_fields()).unwrap_or_default();
        Self::Failed { fields, thrown: thrown(&error) }
    }
}

/// An exception of the host: its number there, and its text.
pub(crate) struct HostCause {
    pub(crate) number: u64,
    pub(crate) text: String,
}

impl fmt::Debug for HostCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for HostCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for HostCause {}

fn thrown(error: &Error) -> Option<u64> {
    let mut source = error.source();
    while let Some(beneath) = source {
        if let Some(cause) = beneath.downcast_ref::<HostCause>() {
            return Some(cause.number);
        }
        source = beneath.source();
    }
    None
}

/// The fields of an exception of ours that the host threw, if it was one.
pub(crate) fn read_fields(json: Option<&str>) -> Option<ErrorFields> {
    ghostwren::json::read(json?).ok()
}

/// The error for what a panic said.
pub(crate) fn panicked(payload: &(dyn Any + Send)) -> Error {
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no text");
    Error::new(ErrorKind::Internal, "binding.panic", format!("the SDK panicked: {text}"))
        .with_remedy("This is a defect of the SDK: please report it.")
}

/// Runs something of the core on this thread; a panic becomes an error.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, NativeError> {
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    Ok(outcome.unwrap_or_else(|payload| Err(panicked(&*payload)))?)
}
