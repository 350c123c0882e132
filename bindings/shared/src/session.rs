use std::fmt;
use std::sync::Arc;

use ghostwren::http::HttpClient;
use ghostwren::openai::OpenAi;
use ghostwren::store::{SqliteStore, Store};
use ghostwren::twitter::TwitterApp;
use ghostwren::{Error, ErrorKind, Ghostwren, Result};
use serde::de::DeserializeOwned;

use crate::args::Args;
use crate::host::{Host, HostModel, host_store};
use crate::reply::{Events, Reply};
use crate::settings::{ModelSettings, OpenAiSettings, StoreSettings, TwitterSettings, WrenSettings, seconds};
use crate::{account, clients, user};

/// What a session is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A `Ghostwren`: names such as `account.tweets`.
    Ghostwren,
    /// A client of OpenAI: names such as `openai.chat`.
    OpenAi,
    /// A client of the X API: names such as `twitter.me`.
    Twitter,
    /// A SQLite store by itself: the one name `store.call`, with a message of `store::wire`.
    Sqlite,
}

impl Kind {
    /// The kind of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "ghostwren" => Some(Self::Ghostwren),
            "openai" => Some(Self::OpenAi),
            "twitter" => Some(Self::Twitter),
            "sqlite" => Some(Self::Sqlite),
            _ => None,
        }
    }
}

/// What the host brings itself.
#[derive(Clone, Debug, Default)]
pub struct Hosts {
    /// A model, where the settings name one of the host.
    pub model: Option<Arc<dyn Host>>,
    /// A store, where the settings name one of the host.
    pub store: Option<Arc<dyn Host>>,
    /// The pipeline that every request goes out by, over a transport of the host.
    pub http: Option<HttpClient>,
}

/// Something with a setup that calls are made on. Cheap to clone.
#[derive(Clone)]
pub struct Session(Inner);

#[derive(Clone)]
enum Inner {
    Ghostwren(Ghostwren),
    OpenAi(OpenAi),
    Twitter(Box<clients::Twitter>),
    Sqlite(Arc<SqliteStore>),
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Inner::Ghostwren(_) => "Session(ghostwren)",
            Inner::OpenAi(_) => "Session(openai)",
            Inner::Twitter(_) => "Session(twitter)",
            Inner::Sqlite(_) => "Session(sqlite)",
        })
    }
}

impl Session {
    /// Sets up what calls are made on. May block: a database is opened.
    ///
    /// # Errors
    /// `InvalidInput` and `Config` for settings that cannot be used; `Storage`.
    pub fn open(
        kind: Kind,
        settings: &str,
        model: Option<Arc<dyn Host>>,
        store: Option<Arc<dyn Host>>,
    ) -> Result<Self> {
        Self::open_with(kind, settings, Hosts { model, store, http: None })
    }

    /// As [`open`](Self::open), on a pipeline of the host.
    ///
    /// # Errors
    /// As `open`.
    pub fn open_with(kind: Kind, settings: &str, hosts: Hosts) -> Result<Self> {
        let http = hosts.http.clone();
        Ok(Self(match kind {
            Kind::Ghostwren => Inner::Ghostwren(open_wren(read(settings)?, hosts)?),
            Kind::OpenAi => Inner::OpenAi(read::<OpenAiSettings>(settings)?.client(http)?),
            Kind::Twitter => Inner::Twitter(Box::new(read::<clients::TwitterClientSettings>(settings)?.client(http)?)),
            Kind::Sqlite => match read(settings)? {
                StoreSettings::Sqlite { path, busy_timeout_seconds } => {
                    Inner::Sqlite(Arc::new(sqlite(&path, busy_timeout_seconds)?))
                }
                StoreSettings::Memory {} => Inner::Sqlite(Arc::new(SqliteStore::in_memory()?)),
                StoreSettings::Host {} => return Err(no_host("store")),
            },
        }))
    }

    /// Makes a call by its name.
    ///
    /// # Errors
    /// Those of the call; `InvalidInput` (`argument.missing`, `argument.type`, `argument.unknown`) for its arguments, and
    /// `Internal` (`binding.no_call`) for a name that there is none of.
    pub async fn call(&self, name: &str, args: Args) -> Result<Reply> {
        #[allow(clippy::panic, reason = "the hook by which each binding tests what becomes of a panic")]
        if name == "test.panic" {
            panic!("a panic for a test");
        }
        match (&self.0, name.split_once('.')) {
            (Inner::Ghostwren(wren), Some(("user", call))) => user::call(wren, call, args).await,
            (Inner::Ghostwren(wren), Some(("connect", call))) => user::connect(wren, call, args).await,
            (Inner::Ghostwren(wren), Some(("account", call))) => account::call(wren, call, args).await,
            (Inner::OpenAi(client), Some(("openai", call))) => clients::openai(client, call, args).await,
            (Inner::Twitter(client), Some(("twitter", call))) => client.call(call, args).await,
            (Inner::Sqlite(store), Some(("store", "call"))) => serve(store.as_ref(), args).await,
            _ => Err(no_call(name)),
        }
    }

    /// Begins a stream by its name. Nothing happens before it is read.
    ///
    /// # Errors
    /// As [`call`](Self::call), for what is found before anything is done; later errors are the stream's last item.
    pub fn stream(&self, name: &str, args: Args) -> Result<Events> {
        match (&self.0, name.split_once('.')) {
            (Inner::Ghostwren(wren), Some(("connect", "in_browser"))) => user::in_browser(wren, args),
            (Inner::Ghostwren(wren), Some(("account", call))) => account::stream(wren, call, args),
            (Inner::OpenAi(client), Some(("openai", call))) => clients::openai_stream(client, call, args),
            (Inner::Twitter(client), Some(("twitter", call))) => client.stream(call, args),
            _ => Err(no_call(name)),
        }
    }
}

pub(crate) fn no_call(name: &str) -> Error {
    Error::new(ErrorKind::Internal, "binding.no_call", format!("there is no call `{name}`"))
        .with_remedy("Use the same version of the package in all its parts.")
}

fn no_host(what: &str) -> Error {
    Error::new(ErrorKind::Internal, "binding.no_host", format!("the settings name a {what} that was not given"))
}

fn read<T: DeserializeOwned>(settings: &str) -> Result<T> {
    // The text of serde's error may repeat a value, and the settings hold secrets: only its place is told.
    serde_json::from_str(settings).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Data => named_field(&error.to_string()),
            _ => "they are not JSON".to_owned(),
        };
        Error::new(ErrorKind::InvalidInput, "argument.type", format!("the settings cannot be used: {what}"))
            .with_remedy("Compare their names and types with the documentation.")
    })
}

/// The part of serde's text that names a field and no value.
fn named_field(text: &str) -> String {
    for marker in ["missing field `", "unknown field `", "unknown variant `"] {
        if let Some((_, rest)) = text.split_once(marker)
            && let Some((name, _)) = rest.split_once('`')
        {
            return format!("{marker}{name}`");
        }
    }
    match text.split_once(", expected ") {
        Some((_, expected)) => format!("a value is of another type than {expected}"),
        None => "a value cannot be used".to_owned(),
    }
}

fn sqlite(path: &str, busy_timeout_seconds: Option<f64>) -> Result<SqliteStore> {
    let mut options = SqliteStore::options();
    if let Some(wait) = seconds("busy_timeout", busy_timeout_seconds)? {
        options = options.busy_timeout(wait);
    }
    options.open(path)
}

fn open_wren(settings: WrenSettings, hosts: Hosts) -> Result<Ghostwren> {
    let Hosts { model, store, http } = hosts;
    let keys = settings.keys()?;
    let store: Arc<dyn Store> = match settings.store {
        StoreSettings::Sqlite { path, busy_timeout_seconds } => Arc::new(sqlite(&path, busy_timeout_seconds)?),
        StoreSettings::Memory {} => Arc::new(SqliteStore::in_memory()?),
        StoreSettings::Host {} => Arc::new(host_store(store.ok_or_else(|| no_host("store"))?)),
    };
    let mut builder = Ghostwren::builder().shared_store(store);
    match settings.model {
        Some(ModelSettings::Openai(settings)) => builder = builder.model(settings.client(http.clone())?),
        Some(ModelSettings::Host(facts)) => {
            builder = builder.model(HostModel::new(*facts, model.ok_or_else(|| no_host("model"))?));
        }
        None => {}
    }
    if let Some(twitter) = settings.twitter {
        let app: TwitterApp = TwitterSettings::app(twitter, http)?;
        builder = builder.twitter(app);
    }
    if let Some(keys) = keys {
        builder = builder.sealing_keys(keys);
    }
    if let Some(micros) = settings.daily_model_budget_micros {
        builder = builder.daily_model_budget(micros);
    }
    if let Some(micros) = settings.daily_twitter_budget_micros {
        builder = builder.daily_twitter_budget(micros);
    }
    if let Some(wait) = seconds("publish_settle", settings.publish_settle_seconds)? {
        builder = builder.publish_settle(wait);
    }
    if let Some(lease) = seconds("lease", settings.lease_seconds)? {
        builder = builder.lease(lease);
    }
    builder.build()
}

async fn serve(store: &dyn Store, mut args: Args) -> Result<Reply> {
    let request: String = args.take("request")?;
    args.end()?;
    let reply = ghostwren::store::wire::serve(store, request.as_bytes()).await;
    let reply = String::from_utf8(reply)
        .map_err(|error| Error::new(ErrorKind::Internal, "binding.json", "a reply is not UTF-8").with_source(error))?;
    Ok(Reply::Json(reply))
}
