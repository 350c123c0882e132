use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{FutureExt, StreamExt};
use ghostwren::{Error, ErrorKind, Result};

use crate::Events;

/// More events than this do not cross at a time, so that the host's loop gets its turn.
const BATCH: usize = 512;

enum State {
    Ready(Events),
    /// A batch was cut by this error, which comes next.
    Failed(Error),
    /// Somebody reads it.
    Busy,
    Ended,
}

/// Events in batches, so that one crossing takes everything that has arrived. Nothing is done before the first batch is
/// asked for. A clone reads the same events.
#[derive(Clone)]
pub struct Batches(Arc<Mutex<State>>);

impl fmt::Debug for Batches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batches").finish_non_exhaustive()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends the stream where its reader goes away in the middle: what was read by then is gone.
struct Reading(Arc<Mutex<State>>);

impl Drop for Reading {
    fn drop(&mut self) {
        let mut state = lock(&self.0);
        if matches!(*state, State::Busy) {
            *state = State::Ended;
        }
    }
}

impl Batches {
    /// Events to be read in batches.
    #[must_use]
    pub fn new(events: Events) -> Self {
        Self(Arc::new(Mutex::new(State::Ready(events))))
    }

    /// The events that have arrived, after the first of them, as a JSON list; nothing at the end. Who drops the future in
    /// the middle ends the stream.
    ///
    /// # Errors
    /// Those of the call; `Conflict` (`binding.busy`) while another call reads.
    pub async fn next(self) -> Result<Option<String>> {
        let Self(state) = self;
        // Apart from the `match`, which would hold the lock to its end.
        let before = std::mem::replace(&mut *lock(&state), State::Busy);
        let mut events = match before {
            State::Ready(events) => events,
            State::Failed(error) => {
                *lock(&state) = State::Ended;
                return Err(error);
            }
            State::Ended => {
                *lock(&state) = State::Ended;
                return Ok(None);
            }
            State::Busy => {
                return Err(Error::new(ErrorKind::Conflict, "binding.busy", "this stream is being read already")
                    .with_remedy("Read a stream in one place only."));
            }
        };
        let reading = Reading(Arc::clone(&state));
        let (mut batch, mut length) = (String::new(), 0);
        let next = loop {
            let event = if batch.is_empty() {
                events.next().await
            } else if length >= BATCH {
                break State::Ready(events);
            } else {
                // What has not arrived yet is for the next crossing.
                match events.next().now_or_never() {
                    Some(event) => event,
                    None => break State::Ready(events),
                }
            };
            match event {
                Some(Ok(event)) => {
                    // One list is read faster than its items one by one.
                    batch.push(if length == 0 { '[' } else { ',' });
                    batch.push_str(&event);
                    length += 1;
                }
                Some(Err(error)) => break State::Failed(error),
                None => break State::Ended,
            }
        };
        {
            let mut state = lock(&state);
            // Closed meanwhile: what is left is dropped here, where the core may still write that it was stopped.
            if matches!(*state, State::Busy) {
                *state = next;
            }
        }
        drop(reading);
        if !batch.is_empty() {
            batch.push(']');
            return Ok(Some(batch));
        }
        match std::mem::replace(&mut *lock(&state), State::Ended) {
            State::Failed(error) => Err(error),
            _ => Ok(None),
        }
    }

    /// Ends the stream, and gives what was not read: to be dropped on a runtime, where the core may still write that it was
    /// stopped.
    #[must_use]
    pub fn end(&self) -> Option<Events> {
        match std::mem::replace(&mut *lock(&self.0), State::Ended) {
            State::Ready(events) => Some(events),
            _ => None,
        }
    }
}
