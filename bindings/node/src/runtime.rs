//! The runtime that calls run on: one for the process, whatever worker threads load the addon.

use std::sync::OnceLock;

use ghostwren::{Error, ErrorKind, Result};
use tokio::runtime::{Builder, Runtime};

/// Made at the first call, and never dropped: dropping it would wait, at the end of a process or of a worker thread, for work
/// that blocks. The addon stays loaded as long as the process (napi pins it with the first bridge).
static RUNTIME: OnceLock<Runtime> = OnceLock::new();

pub(crate) fn runtime() -> Result<&'static Runtime> {
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let threads = std::thread::available_parallelism().map_or(2, usize::from).clamp(1, 4);
    let made =
        Builder::new_multi_thread().worker_threads(threads).thread_name("ghostwren").enable_all().build().map_err(
            |error| {
                Error::new(ErrorKind::Internal, "binding.no_threads", "the system gives no threads to work on")
                    .with_source(error)
            },
        )?;
    if let Err(unused) = RUNTIME.set(made) {
        unused.shutdown_background();
    }
    RUNTIME.get().ok_or_else(|| Error::new(ErrorKind::Internal, "binding.no_threads", "there is no runtime"))
}

/// Drops something of the core away from JavaScript's thread: the last handle of a store waits for what it writes.
pub(crate) fn drop_apart<T: Send + 'static>(value: T) {
    if let Some(runtime) = RUNTIME.get() {
        runtime.spawn_blocking(move || drop(value));
    }
}
