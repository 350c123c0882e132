use std::sync::Arc;

use futures_util::FutureExt;
use ghostwren_shared::{Batches, Events};

use crate::call::{NativeCancel, run, runtime};
use crate::error::NativeError;

/// Events that come; nothing is done before the first is asked for.
#[derive(uniffi::Object)]
pub struct NativeStream(Batches);

impl NativeStream {
    pub(crate) fn new(events: Events) -> Self {
        Self(Batches::new(events))
    }

    fn end(&self) {
        if let (Some(events), Ok(runtime)) = (self.0.end(), runtime()) {
            runtime.spawn(async move { drop(events) }.boxed());
        }
    }
}

#[uniffi::export]
impl NativeStream {
    /// The events that have arrived, after the first of them, as a JSON list; nothing at the end. Who waits no more ends it.
    ///
    /// # Errors
    /// Those of the call; `Conflict` (`binding.busy`) while another call reads.
    pub async fn next_batch(&self, cancel: Option<Arc<NativeCancel>>) -> Result<Option<String>, NativeError> {
        Ok(run(cancel, self.0.clone().next()).await?)
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
