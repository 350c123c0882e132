use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{StreamExt, TryStreamExt, stream};
use ghostwren::http::HttpClient;
use ghostwren::{Error, ErrorKind, Result};
use ghostwren_shared::{Args, Hosts, Kind, Reply, Session};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::OnceCell;

use crate::call::{NativeCancel, run};
use crate::device;
use crate::error::{NativeError, guarded};
use crate::host::{Guest, NativeHost, NativeTokens};
use crate::stream::NativeStream;
use crate::style::NativeStyleProfile;
use crate::transport::{HostTransport, NativeTransport};
use crate::tweets::NativeTweets;

/// What a session is made from.
struct Plan {
    kind: Kind,
    settings: SecretString,
    model: Option<Arc<dyn NativeHost>>,
    store: Option<Arc<dyn NativeHost>>,
    tokens: Option<Arc<dyn NativeTokens>>,
    transport: Option<Arc<dyn NativeTransport>>,
}

impl Plan {
    async fn open(&self) -> Result<Session> {
        let settings = device::admit(self.kind, &self.settings, self.tokens.as_deref()).await?;
        let http = match self.transport.clone() {
            Some(transport) => Some(HttpClient::builder().transport(HostTransport::new(transport)).build()?),
            None => None,
        };
        let hosts = Hosts {
            model: self.model.clone().map(|host| Guest::shared("model", host)),
            store: self.store.clone().map(|host| Guest::shared("store", host)),
            http,
            #[cfg(feature = "supabase")]
            tokens: self.tokens.clone().map(crate::host::SafePlace::shared),
        };
        let kind = self.kind;
        let opening = move || Session::open_with(kind, settings.expose_secret(), hosts);
        tokio::task::spawn_blocking(opening).await.map_err(|error| {
            Error::new(ErrorKind::Internal, "binding.panic", "opening ended without an answer").with_source(error)
        })?
    }
}

/// What a call gives.
#[derive(uniffi::Enum)]
pub enum NativeReply {
    /// A value as JSON.
    Value {
        /// The JSON.
        json: String,
    },
    /// Tweets, with the cursor of the next page where it is one.
    Found {
        /// The tweets.
        tweets: Arc<NativeTweets>,
        /// The cursor.
        next: Option<String>,
    },
    /// A style.
    Learned {
        /// The profile to work with.
        profile: Arc<NativeStyleProfile>,
        /// What is said of it, as JSON.
        json: String,
    },
}

fn reply(reply: Reply) -> Result<NativeReply> {
    Ok(match reply {
        Reply::Json(json) => NativeReply::Value { json },
        Reply::Tweets(tweets) => NativeReply::Found { tweets: Arc::new(NativeTweets(tweets)), next: None },
        Reply::TweetPage(tweets, next) => NativeReply::Found { tweets: Arc::new(NativeTweets(tweets)), next },
        Reply::Style(profile, json) => NativeReply::Learned { profile: Arc::new(NativeStyleProfile(profile)), json },
        _ => {
            return Err(Error::new(
                ErrorKind::Internal,
                "binding.no_call",
                "a call gave what this version does not know",
            ));
        }
    })
}

type Cell = Arc<OnceCell<Session>>;

/// A setup that calls are made on. Its first call opens it.
#[derive(uniffi::Object)]
pub struct NativeSession {
    plan: Arc<Plan>,
    /// Nothing when it was closed.
    cell: Mutex<Option<Cell>>,
}

impl NativeSession {
    fn cell(&self) -> Result<Cell> {
        self.cell.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or_else(ghostwren_shared::closed)
    }

    /// The session, opened by whoever comes first.
    fn opened(&self) -> Result<impl Future<Output = Result<Session>> + Send + 'static> {
        let (cell, plan) = (self.cell()?, Arc::clone(&self.plan));
        Ok(async move { cell.get_or_try_init(|| plan.open()).await.cloned() })
    }
}

#[uniffi::export]
impl NativeSession {
    /// A setup from its settings as JSON. `tokens` is the safe place for secrets, `transport` the host's own HTTP.
    ///
    /// # Errors
    /// `Internal` for a kind that there is none of.
    #[uniffi::constructor]
    pub fn new(
        kind: String,
        settings: String,
        model: Option<Arc<dyn NativeHost>>,
        store: Option<Arc<dyn NativeHost>>,
        tokens: Option<Arc<dyn NativeTokens>>,
        transport: Option<Arc<dyn NativeTransport>>,
    ) -> Result<Arc<Self>, NativeError> {
        let kind = Kind::parse(&kind)
            .ok_or_else(|| Error::new(ErrorKind::Internal, "binding.no_call", "there is no session of this kind"))?;
        let plan = Plan { kind, settings: settings.into(), model, store, tokens, transport };
        Ok(Arc::new(Self { plan: Arc::new(plan), cell: Mutex::new(Some(Cell::default())) }))
    }

    /// Opens it now, so that what is wrong with the settings is told now.
    ///
    /// # Errors
    /// `Config` (`mobile.…`) for what a device must not hold or lacks; those of opening.
    pub async fn open(&self, cancel: Option<Arc<NativeCancel>>) -> Result<(), NativeError> {
        let opened = self.opened()?;
        Ok(run(cancel, async move { opened.await.map(drop) }).await?)
    }

    /// A call by its name, with its arguments as a JSON object.
    ///
    /// # Errors
    /// As `open`, and those of the call.
    pub async fn call(
        &self,
        name: String,
        arguments: String,
        cancel: Option<Arc<NativeCancel>>,
    ) -> Result<NativeReply, NativeError> {
        let (opened, arguments) = (self.opened()?, device::arguments(&arguments)?);
        Ok(run(cancel, async move { reply(opened.await?.call(&name, arguments).await?) }).await?)
    }

    /// A stream by its name, with its arguments as a JSON object. Nothing happens before it is read.
    ///
    /// # Errors
    /// As `call`; what fails later is told by the stream.
    pub fn stream(&self, name: String, arguments: String) -> Result<Arc<NativeStream>, NativeError> {
        let (opened, arguments) = (self.opened()?, device::arguments(&arguments)?);
        let begun = async move { opened.await?.stream(&name, arguments) };
        Ok(Arc::new(NativeStream::new(stream::once(begun).try_flatten().boxed())))
    }

    /// Closes it, and waits until its files are closed; calls that are under way end first. Not called `close`,
    /// which Kotlin's `AutoCloseable` has for itself.
    pub async fn shutdown(&self) {
        let cell = self.cell.lock().unwrap_or_else(PoisonError::into_inner).take();
        let closing = async move {
            // The last handle of a store waits for what it writes.
            let _ = tokio::task::spawn_blocking(move || drop(cell)).await;
            Ok(())
        };
        let _ = run(None, closing).await;
    }

    /// Whether it was closed.
    pub fn is_closed(&self) -> bool {
        self.cell.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }
}

/// A call that needs no setup, by its name, with its arguments as a JSON object.
///
/// # Errors
/// Those of the call.
#[uniffi::export]
pub fn local(name: String, arguments: String) -> Result<String, NativeError> {
    guarded(|| {
        #[allow(clippy::panic, reason = "the hook by which tests see what becomes of a panic")]
        if name == "test.panic" {
            panic!("a panic for a test");
        }
        ghostwren_shared::local(&name, Args::parse(&arguments)?)
    })
}

/// The version of the library: the public halves have the same.
#[uniffi::export]
#[must_use]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
