use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{FutureExt, StreamExt};
use ghostwren::{Error, ErrorKind, Result};
use ghostwren_shared::Events;

use crate::call::{NativeCancel, run, runtime};
use crate::error::NativeError;

/// At most so many events cross at once.
const BATCH: usize = 512;

enum State {
    Ready(Events),
    /// A batch was cut by this error, which comes next.
    Failed(Error),
    /// Somebody reads it.
    Busy,
    Ended,
}

/// Events that come; nothing is done before the first is asked for.
#[derive(uniffi::Object)]
pub struct NativeStream(Arc<Mutex<State>>);

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

impl NativeStream {
    pub(crate) fn new(events: Events) -> Self {
        Self(Arc::new(Mutex::new(State::Ready(events))))
    }

    /// Drops the events where the core may still write that it was stopped.
    fn end(&self) {
        let state = std::mem::replace(&mut *lock(&self.0), State::Ended);
        if let State::Ready(events) = state
            && let Ok(runtime) = runtime()
        {
            runtime.spawn(async move { drop(events) });
        }
    }
}

async fn read(state: Arc<Mutex<State>>) -> Result<Option<String>> {
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
    let mut state = lock(&state);
    match std::mem::replace(&mut *state, State::Ended) {
        State::Failed(error) => Err(error),
        _ => Ok(None),
    }
}

#[uniffi::export]
impl NativeStream {
    /// The events that have arrived, after the first of them, as a JSON list; nothing at the end. Who waits no more ends it.
    ///
    /// # Errors
    /// Those of the call; `Conflict` (`binding.busy`) while another call reads.
    pub async fn next_batch(&self, cancel: Option<Arc<NativeCancel>>) -> Result<Option<String>, NativeError> {
        Ok(run(cancel, read(Arc::clone(&self.0))).await?)
    }

    /// Stops the work. Not called `close`, which Kotlin's `AutoCloseable` has for itself.
    pub fn stop(&self) {
        self.end();
    }
}

impl Drop for NativeStream {
    fn drop(&mut self) {
        self.end();
    }
}
