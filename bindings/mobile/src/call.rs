//! How a call runs: as a task of our own runtime, which ends when nobody waits for it any more.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use futures_util::FutureExt;
use ghostwren::{Error, ErrorKind, Result};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::error::panicked;

/// The runtime of this process; made at the first call. The host's threads only wait, so that none of them (a phone's main
/// thread) ever does the work.
pub(crate) fn runtime() -> Result<&'static Runtime> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    let made = RUNTIME.get_or_init(|| {
        let threads = std::thread::available_parallelism().map_or(2, usize::from).clamp(1, 4);
        Builder::new_multi_thread().worker_threads(threads).thread_name("ghostwren").enable_all().build().ok()
    });
    made.as_ref()
        .ok_or_else(|| Error::new(ErrorKind::Internal, "binding.no_threads", "the system gives no threads to work on"))
}

/// Stops calls from outside: for languages whose own cancelling does not reach Rust, such as Swift.
#[derive(Debug, uniffi::Object)]
pub struct NativeCancel(watch::Sender<bool>);

#[uniffi::export]
impl NativeCancel {
    /// A handle that stops nothing yet.
    #[uniffi::constructor]
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self(watch::Sender::new(false)))
    }

    /// Stops the calls that were made with it, also those that are made later.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }
}

/// Waits until it is cancelled; for ever without a handle.
async fn cancelled(handle: Option<Arc<NativeCancel>>) {
    match handle {
        Some(handle) => {
            // The sender is held here, so that it cannot be gone.
            let _ = handle.0.subscribe().wait_for(|stopped| *stopped).await;
        }
        None => std::future::pending().await,
    }
}

fn stopped() -> Error {
    Error::new(ErrorKind::Cancelled, "binding.stopped", "the call was stopped")
}

/// A task that ends when it is dropped.
struct Aborting<T>(JoinHandle<T>);

impl<T> Drop for Aborting<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<T> Future for Aborting<T> {
    type Output = Result<T, tokio::task::JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll_unpin(cx)
    }
}

/// Runs work to its end, to its cancelling, or until this future is dropped, which stops it.
pub(crate) async fn run<T: Send + 'static>(
    cancel: Option<Arc<NativeCancel>>,
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let guarded =
        async move { AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|payload| Err(panicked(&*payload))) };
    let cancellable = async move {
        tokio::select! {
            biased;
            () = cancelled(cancel) => Err(stopped()),
            outcome = guarded => outcome,
        }
    };
    // Boxed, so that the runtime's part is compiled for each answer and not for each call, twice.
    let task = runtime()?.spawn(cancellable.boxed());
    Aborting(task).await.unwrap_or_else(|_| Err(stopped()))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use super::*;

    struct Noticed(Arc<AtomicBool>);

    impl Drop for Noticed {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }

    fn endless(dropped: &Arc<AtomicBool>) -> impl Future<Output = Result<()>> + Send + 'static {
        let noticed = Noticed(Arc::clone(dropped));
        async move {
            std::future::pending::<()>().await;
            drop(noticed);
            Ok(())
        }
    }

    fn wait_for(dropped: &AtomicBool) {
        for _ in 0..200 {
            if dropped.load(Ordering::SeqCst) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the work goes on");
    }

    #[test]
    fn who_waits_no_more_stops_the_work() {
        let dropped = Arc::new(AtomicBool::new(false));
        let mut waiting = Box::pin(run(None, endless(&dropped)));
        assert!(waiting.as_mut().now_or_never().is_none());
        drop(waiting);
        wait_for(&dropped);
    }

    #[test]
    fn a_handle_stops_the_work_also_before_it_began() {
        let dropped = Arc::new(AtomicBool::new(false));
        let handle = NativeCancel::new();
        handle.cancel();
        let error = runtime().unwrap().block_on(run(Some(handle), endless(&dropped))).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Cancelled, "binding.stopped"));
        wait_for(&dropped);
    }

    #[test]
    fn a_panic_is_an_error_with_its_text() {
        let work = async { if true { panic!("in a test") } else { Ok(()) } };
        let error = runtime().unwrap().block_on(run(None, work)).unwrap_err();
        assert_eq!(error.code(), "binding.panic");
        assert!(error.detail().contains("in a test"));
    }
}
