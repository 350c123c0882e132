//! A stream of the core, read in batches: one crossing takes everything that has arrived.

use std::sync::Arc;

use ghostwren_shared::{Batches, Events};
use napi_derive::napi;

use crate::bridge::{Shared, Value};
use crate::error::Thrown;
use crate::runtime::runtime;

/// Events that come; nothing is done before the first is asked for.
#[napi]
pub struct Stream {
    bridge: Arc<Shared>,
    batches: Batches,
}

impl Stream {
    pub(crate) fn new(bridge: Arc<Shared>, events: Events) -> Self {
        Self { bridge, batches: Batches::new(events) }
    }

    fn end(&self) {
        if let (Some(events), Ok(runtime)) = (self.batches.end(), runtime()) {
            runtime.spawn(async move { drop(events) });
        }
    }
}

#[napi]
impl Stream {
    /// The events that have arrived, after the first of them, as a JSON list; nothing at the end. Cancelling it ends the
    /// stream.
    #[napi]
    pub fn next_batch(&self) -> Result<f64, Thrown> {
        let next = self.batches.clone().next();
        self.bridge.begin(async move { next.await.map(Value::Batch) })
    }

    /// Stops the work.
    #[napi]
    pub fn close(&self) {
        self.end();
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.end();
    }
}
