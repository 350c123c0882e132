//! Work beside the task that asks for it: what would keep a thread of the runtime busy, and what goes on by itself.
//!
//! Everything is boxed at once, so that the runtime's part is compiled once and not for each piece of work (twice, because tokio
//! has two schedulers): that was 0.15 MB of a library.

use std::any::Any;
use std::future::Future;
use std::marker::PhantomData;

use futures_util::FutureExt;
use tokio::runtime::Handle;
use tokio::task::{JoinError, JoinHandle};

use crate::error::{Error, ErrorKind, Result};

/// Work whose answer is a `T`, without its own type.
struct Work<T> {
    work: Box<dyn FnOnce() -> Box<dyn Any + Send> + Send>,
    answer: PhantomData<fn() -> T>,
}

impl<T: Send + 'static> Work<T> {
    fn new(work: impl FnOnce() -> T + Send + 'static) -> Self {
        Self { work: Box::new(move || Box::new(work())), answer: PhantomData }
    }

    /// Here, or where it may block.
    async fn done(self, runtime: Option<Handle>) -> Result<T, NoAnswer> {
        let answer = match runtime {
            Some(runtime) => runtime.spawn_blocking(self.work).await.map_err(|error| NoAnswer(Some(error)))?,
            None => (self.work)(),
        };
        answer.downcast().map(|answer| *answer).map_err(|_| NoAnswer(None))
    }
}

/// Work that panicked.
#[derive(Debug, thiserror::Error)]
#[error("a worker thread ended without an answer")]
pub(crate) struct NoAnswer(#[source] Option<JoinError>);

/// Does what blocks on a thread where it may.
///
/// # Panics
/// Outside of a runtime.
pub(crate) fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> impl Future<Output = Result<T, NoAnswer>> + Send {
    let work = Work::new(work);
    async move { work.done(Some(Handle::current())).await }
}

/// Runs what blocks, or counts for long, on a thread where it may; outside of a runtime it is this one.
///
/// # Errors
/// Those of the work, and `Internal`, `workflow.worker`, when it panicked.
pub(crate) fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> impl Future<Output = Result<T>> + Send {
    let work = Work::new(work);
    async move {
        work.done(Handle::try_current().ok()).await.map_err(|error| {
            Error::new(ErrorKind::Internal, "workflow.worker", "a worker thread ended without an answer")
                .with_source(error)
        })?
    }
}

/// As `tokio::spawn`.
///
/// # Panics
/// Outside of a runtime.
pub(crate) fn spawn<T: Send + 'static>(task: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    tokio::spawn(task.boxed())
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn work_is_done_elsewhere_or_outside_of_a_runtime_here() {
        let here = std::thread::current().id();
        let thread = || Ok(std::thread::current().id());
        assert_eq!(blocking(thread).now_or_never().unwrap().unwrap(), here);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        assert_ne!(runtime.block_on(blocking(thread)).unwrap(), here);
        assert_eq!(runtime.block_on(off_thread(|| "an answer".to_owned())).unwrap(), "an answer");
        assert_eq!(runtime.block_on(async { spawn(async { 7 }).await.unwrap() }), 7);
    }

    #[test]
    fn a_panic_is_an_error_with_its_cause() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let panics = || -> Result<()> { if true { panic!("in a test") } else { Ok(()) } };
        let error = runtime.block_on(blocking(panics)).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Internal, "workflow.worker"));
        let cause = error.source().unwrap().source().unwrap().to_string();
        assert!(cause.contains("in a test"), "{cause}");
    }
}
