//! Errors of the core on their way to the classes of `errors.ts`.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Weak;

use ghostwren::error::ErrorFields;
use ghostwren::{Error, ErrorKind};
use napi::Status;

use crate::bridge::{Message, Shared};

/// The `code` of what is thrown at once: its message is the fields of an error as JSON, which `native.ts` reads.
pub struct Code;

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        "GhostwrenError"
    }
}

impl From<Status> for Code {
    fn from(_: Status) -> Self {
        Self
    }
}

/// What is thrown. (`#[napi]` knows a result by the word `Result` alone, so that this is no alias of one.)
pub(crate) type Thrown = napi::Error<Code>;

/// The fields of an error as JSON.
pub(crate) fn fields(error: &Error) -> String {
    serde_json::to_string(&error.to_fields()).unwrap_or_else(|_| "{}".to_owned())
}

pub(crate) fn thrown(error: &Error) -> Thrown {
    napi::Error::new(Code, fields(error))
}

/// What JavaScript code of the application threw, on its way through the core. JavaScript keeps the object itself, under this
/// id, until nobody can ask for it any more.
pub(crate) struct HostCause {
    id: u64,
    text: String,
    fields: Option<ErrorFields>,
    bridge: Weak<Shared>,
}

impl HostCause {
    pub(crate) fn new(id: u64, text: String, fields: Option<ErrorFields>, bridge: Weak<Shared>) -> Self {
        Self { id, text, fields, bridge }
    }

    /// The fields of an error of ours.
    pub(crate) fn fields(&self) -> Option<ErrorFields> {
        self.fields.clone()
    }
}

impl Drop for HostCause {
    fn drop(&mut self) {
        if let Some(bridge) = self.bridge.upgrade() {
            bridge.put(Message::Release { id: self.id });
        }
    }
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

/// The id of what the application threw beneath an error.
pub(crate) fn cause(error: &Error) -> Option<u64> {
    let mut source = error.source();
    while let Some(beneath) = source {
        if let Some(host) = beneath.downcast_ref::<HostCause>() {
            return Some(host.id);
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
