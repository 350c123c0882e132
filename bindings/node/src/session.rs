use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{StreamExt, TryStreamExt, stream};
use ghostwren::{Error, ErrorKind};
use ghostwren_shared::host::Host;
use ghostwren_shared::{Args, Kind, closed};
use napi_derive::napi;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::OnceCell;

use crate::bridge::{Bridge, Shared, Value};
use crate::error::{Thrown, guarded, thrown};
use crate::host::JsHost;
use crate::runtime::drop_apart;
use crate::stream::Stream;
use crate::tweets::Tweets;

/// What a session is made from.
struct Plan {
    kind: Kind,
    settings: SecretString,
    model: Option<Arc<JsHost>>,
    store: Option<Arc<JsHost>>,
}

/// What a session is made from, and the session when it was opened.
#[derive(Clone)]
struct Setup {
    plan: Arc<Plan>,
    cell: Arc<OnceCell<ghostwren_shared::Session>>,
}

/// A setup that calls are made on, opened by its first call.
#[napi]
pub struct Session {
    bridge: Arc<Shared>,
    /// None when it is closed: then nothing of it is kept, the objects of the application included.
    setup: Mutex<Option<Setup>>,
}

impl Setup {
    async fn open(self) -> ghostwren::Result<ghostwren_shared::Session> {
        let Self { plan, cell } = self;
        let open = || async {
            let work = move || {
                guarded(|| {
                    let model = plan.model.clone().map(|host| host as Arc<dyn Host>);
                    let store = plan.store.clone().map(|host| host as Arc<dyn Host>);
                    ghostwren_shared::Session::open(plan.kind, plan.settings.expose_secret(), model, store)
                })
            };
            tokio::task::spawn_blocking(work).await.map_err(|error| {
                Error::new(ErrorKind::Internal, "binding.panic", "opening ended without an answer").with_source(error)
            })?
        };
        cell.get_or_try_init(open).await.cloned()
    }
}

impl Session {
    fn lock(&self) -> MutexGuard<'_, Option<Setup>> {
        self.setup.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn setup(&self) -> ghostwren::Result<Setup> {
        self.lock().clone().ok_or_else(closed)
    }

    fn prepared(&self, arguments: &str) -> Result<(Setup, Args), Thrown> {
        self.setup().and_then(|setup| Ok((setup, Args::parse(arguments)?))).map_err(|error| thrown(&error))
    }
}

#[napi]
impl Session {
    /// `model` and `store` are the numbers of objects of the application.
    #[napi(constructor)]
    pub fn new(
        bridge: &Bridge,
        kind: String,
        settings: String,
        model: Option<u32>,
        store: Option<u32>,
    ) -> Result<Self, Thrown> {
        let bridge = bridge.shared();
        let kind = Kind::parse(&kind).ok_or_else(|| {
            thrown(&Error::new(ErrorKind::Internal, "binding.no_call", "there is no session of this kind"))
        })?;
        let plan = Plan {
            kind,
            settings: settings.into(),
            model: model.map(|host| Arc::new(JsHost::new("model", host, &bridge))),
            store: store.map(|host| Arc::new(JsHost::new("store", host, &bridge))),
        };
        let setup = Setup { plan: Arc::new(plan), cell: Arc::default() };
        Ok(Self { bridge, setup: Mutex::new(Some(setup)) })
    }

    /// Opens it now, so that what is wrong with the settings is told now.
    #[napi]
    pub fn open(&self) -> Result<f64, Thrown> {
        let setup = self.setup().map_err(|error| thrown(&error))?;
        self.bridge.begin(async move { setup.open().await.map(|_| Value::Nothing) })
    }

    /// A call by its name, with its arguments as a JSON object.
    #[napi]
    pub fn call(&self, name: String, values: String) -> Result<f64, Thrown> {
        let (setup, arguments) = self.prepared(&values)?;
        self.bridge.begin(async move { setup.open().await?.call(&name, arguments).await.map(Value::Reply) })
    }

    /// A call by its name that takes tweets, from one place to another, which stay here.
    #[napi]
    pub fn call_with(&self, name: String, tweets: &Tweets, start: u32, end: u32) -> Result<f64, Thrown> {
        let tweets = tweets.part(start, end);
        let (setup, arguments) = self.prepared("{}")?;
        let arguments = arguments.with_tweets(Some(tweets));
        self.bridge.begin(async move { setup.open().await?.call(&name, arguments).await.map(Value::Reply) })
    }

    /// A stream by its name, with its arguments as a JSON object.
    #[napi]
    pub fn stream(&self, name: String, values: String) -> Result<Stream, Thrown> {
        let (setup, arguments) = self.prepared(&values)?;
        let opened = async move { setup.open().await?.stream(&name, arguments) };
        Ok(Stream::new(Arc::clone(&self.bridge), stream::once(opened).try_flatten().boxed()))
    }

    /// Closes it: its files are closed when the calls and streams that are under way have ended.
    #[napi]
    pub fn close(&self) -> Result<f64, Thrown> {
        let setup = self.lock().take();
        self.bridge.begin(async move {
            // The last handle of a store waits for what it writes.
            let _ = tokio::task::spawn_blocking(move || drop(setup)).await;
            Ok(Value::Nothing)
        })
    }

    /// Whether it was closed.
    #[napi(getter)]
    pub fn closed(&self) -> bool {
        self.lock().is_none()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(setup) = self.lock().take() {
            drop_apart(setup);
        }
    }
}

/// A call that needs no setup, by its name, with its arguments as a JSON object.
#[napi]
pub fn local(name: String, values: String) -> Result<String, Thrown> {
    let outcome = guarded(|| {
        #[allow(clippy::panic, reason = "the hook by which tests see what becomes of a panic")]
        if name == "test.panic" {
            panic!("a panic for a test");
        }
        ghostwren_shared::local(&name, Args::parse(&values)?)
    });
    outcome.map_err(|error| thrown(&error))
}

/// The names of `local`.
#[napi]
pub fn local_names() -> Vec<&'static str> {
    ghostwren_shared::local_names().to_vec()
}
