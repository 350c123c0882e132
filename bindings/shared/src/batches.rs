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

/// The next event, or the end, where it has arrived.
async fn arrived(events: &mut Events) -> Option<Option<Result<String>>> {
    if let Some(event) = events.next().now_or_never() {
        return Some(event);
    }
    // A connection hands over one frame at a time, and reads the next one when it is asked for: it gets its turn, once. An
    // answer whose deltas come in a frame each would otherwise cross one by one.
    tokio::task::yield_now().await;
    events.next().now_or_never()
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
                match arrived(&mut events).await {
                    Some(event) => event,
                    // What has not arrived yet is for the next crossing.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A connection: it has one frame ready, and makes the next one when that was taken.
    fn frames(count: usize) -> Events {
        let (sender, receiver) = tokio::sync::mpsc::channel(1);
        tokio::spawn(async move {
            for frame in 0..count {
                if sender.send(Ok(frame.to_string())).await.is_err() {
                    return;
                }
            }
        });
        Box::pin(futures_util::stream::unfold(receiver, |mut from| async { Some((from.recv().await?, from)) }))
    }

    #[tokio::test]
    async fn what_comes_frame_by_frame_crosses_together() {
        let batches = Batches::new(frames(1000));
        let (mut crossings, mut events) = (0, Vec::new());
        while let Some(batch) = batches.clone().next().await.unwrap() {
            crossings += 1;
            events.extend(serde_json::from_str::<Vec<usize>>(&batch).unwrap());
        }
        assert_eq!(events, (0..1000).collect::<Vec<_>>());
        assert!(crossings <= 1000 / BATCH + 1, "{crossings}");
    }

    #[tokio::test]
    async fn what_has_not_arrived_is_not_waited_for() {
        let (sender, receiver) = tokio::sync::mpsc::channel(8);
        let events = futures_util::stream::unfold(receiver, |mut from| async { Some((from.recv().await?, from)) });
        let batches = Batches::new(Box::pin(events));
        sender.send(Ok("1".to_owned())).await.unwrap();
        assert_eq!(batches.clone().next().await.unwrap().as_deref(), Some("[1]"));
        drop(sender);
        assert_eq!(batches.next().await.unwrap(), None);
    }
}
