//! The runtime that calls run on, and what a fork does to it.
//!
//! A fork copies the memory of a runtime and none of its threads: whatever waits for it waits for ever, and dropping it
//! would join threads that are not there (<https://github.com/tokio-rs/tokio/issues/4301>). So the child forgets the runtime
//! and everything that hangs on it, and makes a new one when it needs it.

use std::sync::Once;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
#[cfg(unix)]
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ghostwren::store::{Paused, SqliteStore};
use ghostwren::{Error, ErrorKind, Result};
use tokio::runtime::{Builder, Runtime};

/// How long a fork waits for what a store is writing.
#[cfg(unix)]
const PAUSE: Duration = Duration::from_secs(2);

static RUNTIME: AtomicPtr<Runtime> = AtomicPtr::new(std::ptr::null_mut());
/// Counts the forks between the process that first loaded us and this one.
static GENERATION: AtomicU64 = AtomicU64::new(0);

/// Which process this is, counted in forks: what was made in another one must not be touched.
pub(crate) fn generation() -> u64 {
    GENERATION.load(Ordering::Acquire)
}

/// The stores stand still while the process forks.
#[cfg(unix)]
static PAUSED: Mutex<Option<Paused>> = Mutex::new(None);

#[cfg(unix)]
fn paused() -> std::sync::MutexGuard<'static, Option<Paused>> {
    PAUSED.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(unix)]
extern "C" fn before_fork() {
    // No piece of work of a store needs Python's lock, which this thread may hold.
    let still = SqliteStore::pause_all(PAUSE);
    *paused() = still;
}

#[cfg(unix)]
extern "C" fn after_in_parent() {
    drop(paused().take());
}

#[cfg(unix)]
extern "C" fn after_in_child() {
    drop(paused().take());
    RUNTIME.store(std::ptr::null_mut(), Ordering::Release);
    GENERATION.fetch_add(1, Ordering::AcqRel);
}

/// Has forks noticed; once.
pub(crate) fn watch_forks() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        #[cfg(unix)]
        #[allow(unsafe_code, reason = "a handler is registered with libc")]
        // SAFETY: the handlers are `extern "C"` functions without arguments that live as long as the program and do not
        // unwind; the one in the child takes only locks that the one before the fork left free, and allocates nothing. A
        // failure (no memory) leaves us without the notice, which is what was before.
        unsafe {
            libc::pthread_atfork(Some(before_fork), Some(after_in_parent), Some(after_in_child));
        }
    });
}

/// The runtime of this process; made at the first call, and never dropped.
pub(crate) fn runtime() -> Result<&'static Runtime> {
    if let Some(runtime) = current() {
        return Ok(runtime);
    }
    let threads = std::thread::available_parallelism().map_or(2, usize::from).clamp(1, 4);
    let runtime =
        Builder::new_multi_thread().worker_threads(threads).thread_name("ghostwren").enable_all().build().map_err(
            |error| {
                Error::new(ErrorKind::Internal, "binding.no_threads", "the system gives no threads to work on")
                    .with_source(error)
            },
        )?;
    let made = Box::into_raw(Box::new(runtime));
    match RUNTIME.compare_exchange(std::ptr::null_mut(), made, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => {}
        Err(_) => {
            #[allow(unsafe_code, reason = "a pointer that was just made is taken back")]
            // SAFETY: `made` came from `Box::into_raw` above and nobody else has seen it: the exchange failed.
            let unused = unsafe { Box::from_raw(made) };
            unused.shutdown_background();
        }
    }
    current().ok_or_else(|| Error::new(ErrorKind::Internal, "binding.no_threads", "the process forked meanwhile"))
}

fn current() -> Option<&'static Runtime> {
    #[allow(unsafe_code, reason = "the pointer of a runtime that is never dropped")]
    // SAFETY: the pointer is null or was published by `runtime()` from a box that is never freed.
    unsafe {
        RUNTIME.load(Ordering::Acquire).as_ref()
    }
}

/// A value that hangs on the runtime of one process. In a child of it the value is neither used nor dropped: its locks may
/// be held by threads that are not there.
pub(crate) struct ForkBound<T> {
    value: Option<T>,
    generation: u64,
}

impl<T> ForkBound<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { value: Some(value), generation: generation() }
    }

    /// The value, in the process that made it.
    pub(crate) fn get(&self) -> Option<&T> {
        self.value.as_ref().filter(|_| self.generation == generation())
    }

    /// Takes the value out, in the process that made it.
    pub(crate) fn take(mut self) -> Option<T> {
        if self.generation == generation() { self.value.take() } else { None }
    }
}

impl<T> Drop for ForkBound<T> {
    fn drop(&mut self) {
        if self.generation != generation() {
            std::mem::forget(self.value.take());
        }
    }
}
