//! Holding the stores of this process still for the moment of a fork.
//!
//! SQLite keeps in memory which locks a process holds on a file. A fork copies that memory in whatever state it is, also
//! that of a writer which exists in the parent only: the child would wait for its lock for ever
//! (<https://www.sqlite.org/howtocorrupt.html#_carrying_an_open_database_file_across_a_fork_>).

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::SqliteStore;

#[derive(Default)]
struct State {
    running: usize,
    paused: usize,
}

static STATE: Mutex<State> = Mutex::new(State { running: 0, paused: 0 });
static CHANGED: Condvar = Condvar::new();

fn lock() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A piece of work that holds locks of SQLite while it lives.
pub(super) struct Running(());

/// Begins a piece of work; waits while the process is held still.
pub(super) fn running() -> Running {
    let mut state = CHANGED.wait_while(lock(), |state| state.paused > 0).unwrap_or_else(PoisonError::into_inner);
    state.running += 1;
    Running(())
}

impl Drop for Running {
    fn drop(&mut self) {
        lock().running -= 1;
        CHANGED.notify_all();
    }
}

/// The stores of this process stand still until it is dropped, in the parent and in the child of a fork alike.
#[derive(Debug)]
#[must_use]
pub struct Paused(());

impl Drop for Paused {
    fn drop(&mut self) {
        lock().paused -= 1;
        CHANGED.notify_all();
    }
}

impl SqliteStore {
    /// Holds every store of this process still, between two pieces of work, for as long as the guard lives: for a program
    /// that forks without `exec`. What was open before is not to be used in the child; a store that the child opens anew
    /// works. `None` when something did not end in time: a fork is a risk then.
    ///
    /// ```
    /// use std::time::Duration;
    /// use ghostwren::store::SqliteStore;
    /// let paused = SqliteStore::pause_all(Duration::from_secs(2));
    /// // fork here
    /// assert!(paused.is_some());
    /// drop(paused);
    /// ```
    #[must_use]
    pub fn pause_all(at_most: Duration) -> Option<Paused> {
        let end = Instant::now() + at_most;
        let mut state = lock();
        state.paused += 1;
        let paused = Paused(());
        while state.running > 0 {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                drop(state);
                return None;
            }
            state = CHANGED.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Some(paused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_waited_for_and_held_back() {
        let work = running();
        assert!(SqliteStore::pause_all(Duration::from_millis(10)).is_none());
        drop(work);
        // Other tests of this process may be in the middle of something.
        let paused = SqliteStore::pause_all(Duration::from_secs(30)).unwrap();
        let (began, begins) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let _work = running();
            began.send(()).unwrap();
        });
        assert!(begins.recv_timeout(Duration::from_millis(50)).is_err());
        drop(paused);
        begins.recv_timeout(Duration::from_secs(30)).unwrap();
        thread.join().unwrap();
    }
}
