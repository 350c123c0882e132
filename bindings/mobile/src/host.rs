//! Models, stores and safe places for secrets that are written in the host's language.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use ghostwren::{Error, ErrorKind, Result};
use ghostwren_shared::host::{Host, app_failed};
#[cfg(feature = "supabase")]
use secrecy::ExposeSecret;
use secrecy::SecretString;

use crate::device::of_a_person;
use crate::error::{HostCause, read_fields};

/// What the host's code threw.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum HostError {
    /// An exception.
    #[error("{text}")]
    Thrown {
        /// Its number at the host, by which the host finds it again.
        number: u64,
        /// Its text.
        text: String,
        /// Its fields as JSON, when it is an exception of the SDK.
        fields: Option<String>,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for HostError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Thrown { number: 0, text: error.reason, fields: None }
    }
}

impl HostError {
    /// The error of the core, with the exception beneath. An exception of ours keeps its kind and fields.
    pub(crate) fn of(self, new: impl FnOnce(&HostCause) -> Error) -> Error {
        let Self::Thrown { number, text, fields } = self;
        let cause = HostCause { number, text };
        match read_fields(fields.as_deref()) {
            Some(fields) => Error::from(fields).with_source(cause),
            None => new(&cause).with_source(cause),
        }
    }
}

/// A model or a store: one call that takes and gives JSON.
#[uniffi::export(rust, foreign)]
#[async_trait]
pub trait NativeHost: Send + Sync {
    /// Calls a method.
    async fn call(&self, method: String, argument: String) -> Result<String, HostError>;

    /// Begins a stream, which is `next` and `close` by this number from then on. Who is told to close one that is not open
    /// yet was cancelled before.
    async fn begin(&self, argument: String, number: u64) -> Result<(), HostError>;

    /// Calls a method whose answer nobody waits for.
    fn tell(&self, method: String, argument: String);
}

/// A safe place for secrets, such as Android's Keystore or the Keychain.
#[uniffi::export(rust, foreign)]
#[async_trait]
pub trait NativeTokens: Send + Sync {
    /// What is kept under a name.
    async fn load(&self, name: String) -> Result<Option<String>, HostError>;

    /// Keeps a secret.
    async fn save(&self, name: String, secret: String) -> Result<(), HostError>;

    /// Forgets it.
    async fn remove(&self, name: String) -> Result<(), HostError>;
}

/// A model or a store of the host, as the calls of all bindings see it.
pub(crate) struct Guest {
    what: &'static str,
    host: Arc<dyn NativeHost>,
}

impl Guest {
    pub(crate) fn shared(what: &'static str, host: Arc<dyn NativeHost>) -> Arc<dyn Host> {
        Arc::new(Self { what, host })
    }
}

impl fmt::Debug for Guest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Guest({})", self.what)
    }
}

#[async_trait]
impl Host for Guest {
    async fn call(&self, method: &'static str, argument: String) -> Result<String> {
        let failed = |error: HostError| error.of(|cause| app_failed(self.what, cause));
        if method != "stream" {
            return self.host.call(method.to_owned(), argument).await.map_err(failed);
        }
        let opening = Opening { host: Some(&*self.host), number: number() };
        self.host.begin(argument, opening.number).await.map_err(failed)?;
        Ok(opening.done().to_string())
    }

    fn tell(&self, method: &'static str, argument: String) {
        self.host.tell(method.to_owned(), argument);
    }
}

/// By which the host finds what it opens. It is given from here, so that what the host opened for a call that was dropped
/// meanwhile can be closed: nobody would learn a number that the host had chosen.
pub(crate) fn number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A stream that the host is asked to open.
struct Opening<'a> {
    host: Option<&'a dyn NativeHost>,
    number: u64,
}

impl Opening<'_> {
    /// It is open, and closed by who reads it.
    fn done(mut self) -> u64 {
        self.host = None;
        self.number
    }
}

impl Drop for Opening<'_> {
    fn drop(&mut self) {
        if let Some(host) = self.host {
            host.tell("close".to_owned(), self.number.to_string());
        }
    }
}

/// A secret out of the safe place. One of an operator is none, whoever put it there.
pub(crate) async fn load(tokens: &dyn NativeTokens, name: &str) -> Result<Option<SecretString>> {
    let found = tokens.load(name.to_owned()).await.map_err(unsafe_place)?;
    found.as_deref().map_or(Ok(()), of_a_person)?;
    Ok(found.map(SecretString::from))
}

pub(crate) fn unsafe_place(error: HostError) -> Error {
    error
        .of(|cause| {
            let detail = format!("the application's token store failed: {cause}");
            Error::new(ErrorKind::Storage, "mobile.token_store", detail)
        })
        .with_remedy("Unlock the device, and give the app access to its Keystore or Keychain.")
}

/// The safe place, as the core's stores use it: from threads that may wait.
#[cfg(feature = "supabase")]
pub(crate) struct SafePlace {
    tokens: Arc<dyn NativeTokens>,
    runtime: tokio::runtime::Handle,
}

#[cfg(feature = "supabase")]
impl SafePlace {
    /// Of a session that is opened on our runtime.
    pub(crate) fn shared(tokens: Arc<dyn NativeTokens>) -> ghostwren_shared::SharedTokens {
        ghostwren_shared::SharedTokens(Arc::new(Self { tokens, runtime: tokio::runtime::Handle::current() }))
    }
}

#[cfg(feature = "supabase")]
impl fmt::Debug for SafePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SafePlace")
    }
}

#[cfg(feature = "supabase")]
impl ghostwren::store::TokenStore for SafePlace {
    fn load(&self, name: &str) -> Result<Option<SecretString>> {
        self.runtime.block_on(load(self.tokens.as_ref(), name))
    }

    fn save(&self, name: &str, value: &SecretString) -> Result<()> {
        let kept = self.tokens.save(name.to_owned(), value.expose_secret().to_owned());
        self.runtime.block_on(kept).map_err(unsafe_place)
    }

    fn remove(&self, name: &str) -> Result<()> {
        self.runtime.block_on(self.tokens.remove(name.to_owned())).map_err(unsafe_place)
    }
}
