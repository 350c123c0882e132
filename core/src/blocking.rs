//! Work that would keep a thread of the runtime busy.

use crate::error::{Error, ErrorKind, Result};

/// Runs what blocks, or counts for long, on a thread where it may; outside of a runtime it is this one.
///
/// # Errors
/// Those of the work, and `Internal`, `workflow.worker`, when it panicked.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return work() };
    runtime.spawn_blocking(work).await.map_err(|error| {
        Error::new(ErrorKind::Internal, "workflow.worker", "a worker thread ended without an answer").with_source(error)
    })?
}
