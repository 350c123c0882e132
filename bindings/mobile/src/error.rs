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
        let mut fields = error.to_fields();
        if fields.code.starts_with("argument.") {
            fields.detail = as_written(&fields.detail);
        }
        // Fields are always written: the map of a struct with text keys cannot fail.
        let fields = serde_json::to_string(&fields).unwrap_or_default();
        Self::Failed { fields, thrown: thrown(&error) }
    }
}

/// The sentence with its arguments named as Kotlin and Swift write them: `baseUrl` for `base_url`.
fn as_written(detail: &str) -> String {
    let mut written = String::with_capacity(detail.len());
    for (at, piece) in detail.split('`').enumerate() {
        let named = ["argument ", "cannot be used: "].iter().any(|before| written.ends_with(before));
        if at > 0 {
            written.push('`');
        }
        if at % 2 == 0 || !named {
            written.push_str(piece);
            continue;
        }
        let mut words = piece.split('_');
        written.push_str(words.next().unwrap_or_default());
        for word in words {
            let mut letters = word.chars();
            written.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            written.push_str(letters.as_str());
        }
    }
    written
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

#[cfg(test)]
mod tests {
    use super::as_written;

    #[test]
    fn an_argument_is_named_as_it_is_written_in_the_call() {
        for (core, here) in [
            ("the argument `base_url` is not an address", "the argument `baseUrl` is not an address"),
            ("the settings cannot be used: unknown field `post_raed`", ""),
            ("the argument `hashtags` cannot be used: unknown variant `a_b`, expected `as_author`", ""),
            ("it says ` once, and `an_argument` too", ""),
        ] {
            assert_eq!(as_written(core), if here.is_empty() { core } else { here });
        }
    }
}
