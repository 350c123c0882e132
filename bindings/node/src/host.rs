//! Models and stores that are written in TypeScript.

use std::fmt;
use std::sync::{Arc, Weak};

use async_trait::async_trait;
use ghostwren::{Error, ErrorKind, Result};
use ghostwren_shared::host::{Host, app_failed};

use crate::bridge::{Message, Shared};
use crate::error::HostCause;

/// An object of the application whose methods take and give JSON (`host.ts`), known by its number.
pub(crate) struct JsHost {
    what: &'static str,
    host: u32,
    bridge: Weak<Shared>,
}

impl fmt::Debug for JsHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsHost({})", self.what)
    }
}

impl JsHost {
    pub(crate) fn new(what: &'static str, host: u32, bridge: &Arc<Shared>) -> Self {
        Self { what, host, bridge: Arc::downgrade(bridge) }
    }

    /// What the application's code threw, as an error of the core that leads back to it. An error of ours keeps its kind and
    /// fields.
    fn failed(&self, cause: HostCause) -> Error {
        match cause.fields() {
            Some(fields) => Error::from(fields).with_source(cause),
            None => app_failed(self.what, &cause).with_source(cause),
        }
    }
}

impl Drop for JsHost {
    fn drop(&mut self) {
        if let Some(bridge) = self.bridge.upgrade() {
            bridge.put(Message::Gone { host: self.host });
        }
    }
}

fn gone() -> Error {
    Error::new(ErrorKind::Cancelled, "binding.no_loop", "the thread that runs the application's code has ended")
        .with_remedy("Keep the thread alive as long as its objects are used.")
}

/// Stops the method of a question that is dropped.
struct Asked {
    bridge: Arc<Shared>,
    id: u64,
    host: u32,
    answered: bool,
}

impl Drop for Asked {
    fn drop(&mut self) {
        if !self.answered {
            self.bridge.forget(self.id, self.host);
        }
    }
}

#[async_trait]
impl Host for JsHost {
    async fn call(&self, method: &'static str, argument: String) -> Result<String> {
        let bridge = self.bridge.upgrade().ok_or_else(gone)?;
        let id = bridge.next_id();
        let answer = bridge.ask(id, self.host, method, argument);
        let mut asked = Asked { bridge, id, host: self.host, answered: false };
        let answer = answer.await;
        asked.answered = true;
        answer.map_err(|_| gone())?.map_err(|cause| self.failed(cause))
    }

    fn tell(&self, method: &'static str, argument: String) {
        if let Some(bridge) = self.bridge.upgrade() {
            bridge.put(Message::Tell { host: self.host, method, argument });
        }
    }
}
