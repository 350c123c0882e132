use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use ghostwren::http::HttpClient;
use ghostwren::openai::OpenAi;
use ghostwren::store::{SqliteStore, Store};
use ghostwren::twitter::TwitterApp;
use ghostwren::{Error, ErrorKind, Ghostwren, Result};
use serde::de::DeserializeOwned;

use crate::args::{Args, Fault, blamed, fault, quoted, told, whole_path};
use crate::host::{Host, HostModel, host_store};
use crate::reply::{Events, Reply};
use crate::settings::{ModelSettings, OpenAiSettings, StoreSettings, TwitterSettings, WrenSettings, seconds};
#[cfg(feature = "supabase")]
use crate::supabase::{self, Home, People, Project, SharedTokens, SupabaseSettings};
#[cfg(feature = "server")]
use crate::supabase::{Sink, SinkSettings};
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
    /// A project of Supabase: names such as `auth.authorize`.
    #[cfg(feature = "supabase")]
    Supabase,
    /// Rows on their way into a table of a project: the names `table.add` and `table.finish`.
    #[cfg(feature = "server")]
    Table,
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
            #[cfg(feature = "supabase")]
            "supabase" => Some(Self::Supabase),
            #[cfg(feature = "server")]
            "table" => Some(Self::Table),
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
    /// The safe place of a device, for what is sealed and for the session of its owner.
    #[cfg(feature = "supabase")]
    pub tokens: Option<SharedTokens>,
}

/// Something with a setup that calls are made on. Cheap to clone.
#[derive(Clone)]
pub struct Session(Inner);

#[derive(Clone)]
enum Inner {
    Ghostwren(Wren),
    OpenAi(OpenAi),
    Twitter(Box<clients::Twitter>),
    #[cfg(feature = "supabase")]
    Supabase(Box<Project>),
    #[cfg(feature = "server")]
    Table(Arc<Sink>),
    Sqlite(Arc<SqliteStore>),
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Inner::Ghostwren(_) => "Session(ghostwren)",
            Inner::OpenAi(_) => "Session(openai)",
            Inner::Twitter(_) => "Session(twitter)",
            #[cfg(feature = "supabase")]
            Inner::Supabase(_) => "Session(supabase)",
            #[cfg(feature = "server")]
            Inner::Table(_) => "Session(table)",
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
        Self::open_with(kind, settings, Hosts { model, store, ..Hosts::default() })
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
            #[cfg(feature = "supabase")]
            Kind::Supabase => Inner::Supabase(Box::new(read::<SupabaseSettings>(settings)?.project(http)?)),
            #[cfg(feature = "server")]
            Kind::Table => Inner::Table(Arc::new(read::<SinkSettings>(settings)?.open(http)?)),
            Kind::Sqlite => Inner::Sqlite(Arc::new(open_sqlite(read(settings)?)?)),
        }))
    }

    /// Makes a call by its name.
    ///
    /// # Errors
    /// Those of the call; `InvalidInput` (`argument.missing`, `argument.type`, `argument.unknown`) for its arguments, and
    /// `Internal` (`binding.no_call`) for a name that there is none of.
    // Boxed here, so that all calls are compiled here, for size, and not in each binding, which is compiled for speed.
    pub fn call<'a>(&'a self, name: &'a str, args: Args) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(self.answer(name, args))
    }

    async fn answer(&self, name: &str, args: Args) -> Result<Reply> {
        #[allow(clippy::panic, reason = "the hook by which each binding tests what becomes of a panic")]
        if name == "test.panic" {
            panic!("a panic for a test");
        }
        match (&self.0, name.split_once('.')) {
            (Inner::Ghostwren(wren), Some(("user", call))) => user::call(wren, call, args).await,
            (Inner::Ghostwren(wren), Some(("connect", call))) => user::connect(wren, call, args).await,
            (Inner::Ghostwren(wren), Some(("account", call))) => account::call(wren, call, args).await,
            #[cfg(feature = "server")]
            (Inner::Ghostwren(wren), Some(("wren", call))) => user::wren(wren, call, args).await,
            #[cfg(feature = "supabase")]
            (Inner::Ghostwren(wren), Some(("auth", call))) => {
                supabase::auth_call(&Home::of(wren.home.as_ref())?.project, call, args).await
            }
            #[cfg(feature = "supabase")]
            (Inner::Supabase(project), Some(("auth", call))) => supabase::auth_call(project, call, args).await,
            #[cfg(feature = "server")]
            (Inner::Table(sink), Some(("table", call))) => supabase::table_call(sink, call, args).await,
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

/// The error of a call on what was closed.
#[must_use]
pub fn closed() -> Error {
    Error::new(ErrorKind::Conflict, "binding.closed", "it was closed before this call")
        .with_remedy("What is closed stays closed: make a new one, and close it after its last call.")
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
    ghostwren::json::read(settings).map_err(|error| {
        // Where a word is wanted, serde calls a number an error of syntax.
        let what = match serde_json::from_str::<serde::de::IgnoredAny>(settings) {
            Ok(_) => named_field(settings, &error, fault::<T>),
            Err(_) => "they are not JSON".to_owned(),
        };
        let known = known_fields(&told(&error));
        let code = if known.is_some() { "argument.unknown" } else { "argument.type" };
        let remedy = known.unwrap_or_else(|| "Compare their names and types with the documentation.".to_owned());
        Error::new(ErrorKind::InvalidInput, code, format!("the settings cannot be used: {what}")).with_remedy(remedy)
    })
}

/// What to do about a field that nobody knows: serde says which there are.
fn known_fields(why: &str) -> Option<String> {
    let rest = why.strip_prefix("unknown field `")?;
    // A name may have a backtick in it, and a comma.
    let known = rest.rsplit_once("`, expected ").map_or("", |(_, known)| known);
    let names: Vec<&str> = known.split('`').skip(1).step_by(2).map(called).collect();
    Some(match names.len() {
        0 => "Leave it out.".to_owned(),
        1 => format!("Leave it out; there is {}.", names.join(", ")),
        _ => format!("Leave it out; there are {}.", names.join(", ")),
    })
}

/// No language calls a time by its unit: `busy_timeout_seconds` is its `busy_timeout`.
fn called(name: &str) -> &str {
    name.strip_suffix("_seconds").unwrap_or(name)
}

/// What serde says, as far as it holds no value, and the setting that it says it of.
fn named_field(settings: &str, error: &serde_json::Error, fault: Fault) -> String {
    let why = told(error);
    for marker in ["missing field `", "unknown field `"] {
        if let Some(name) = quoted(&why, marker) {
            return format!("{marker}{name}`");
        }
    }
    let of = blamed(settings, &why, fault).map_or_else(|| "a value".to_owned(), |name| format!("`{}`", called(&name)));
    match (quoted(&why, "unknown variant `"), why.split_once(", expected ")) {
        (None, Some((_, "f32" | "f64"))) => format!("{of} is no number"),
        // An integer that is refused and has no sign is one that does not fit.
        (None, Some((value, "u8" | "u32" | "u64" | "usize")))
            if value.contains("integer `") && !value.contains("`-") =>
        {
            format!("{of} is too large")
        }
        (None, Some((_, "u8" | "u32" | "u64" | "usize"))) => format!("{of} is no whole number from 0 on"),
        (None, Some((_, expected))) => format!("{of} is of another type than {expected}"),
        _ => format!("{of} cannot be used"),
    }
}

/// A SQLite store by its settings.
pub(crate) fn open_sqlite(settings: StoreSettings) -> Result<SqliteStore> {
    match settings {
        StoreSettings::Sqlite { path, busy_timeout_seconds } => sqlite(&path, busy_timeout_seconds),
        StoreSettings::Memory {} => SqliteStore::in_memory(),
        _ => Err(no_host("SQLite store")),
    }
}

fn sqlite(path: &str, busy_timeout_seconds: Option<f64>) -> Result<SqliteStore> {
    let path = whole_path("path", path.into())?;
    let mut options = SqliteStore::options();
    if let Some(wait) = seconds("busy_timeout", busy_timeout_seconds)? {
        options = options.busy_timeout(wait);
    }
    options.open(path)
}

/// A `Ghostwren`, and where it is on Supabase what it has besides.
#[derive(Clone)]
pub(crate) struct Wren {
    pub(crate) wren: Ghostwren,
    #[cfg(feature = "supabase")]
    pub(crate) home: Option<Arc<Home>>,
}

fn open_wren(settings: WrenSettings, hosts: Hosts) -> Result<Wren> {
    let Hosts { model, store, http, .. } = hosts;
    #[cfg(feature = "supabase")]
    let (tokens, mut home) = (hosts.tokens, None);
    let keys = settings.keys()?;
    #[cfg(feature = "supabase")]
    let settings_keys = settings.keys()?;
    let store: Arc<dyn Store> = match settings.store {
        StoreSettings::Host {} => Arc::new(host_store(store.ok_or_else(|| no_host("store"))?)),
        #[cfg(feature = "supabase")]
        StoreSettings::Supabase(settings) => {
            let project = settings.project(http.clone())?;
            let store = project.store(tokens.clone())?;
            home = Some(Arc::new(Home {
                project,
                store: store.clone(),
                people: People::new(tokens),
                sealing_keys: settings_keys,
            }));
            Arc::new(store)
        }
        sqlite => Arc::new(open_sqlite(sqlite)?),
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
    Ok(Wren {
        wren: builder.build()?,
        #[cfg(feature = "supabase")]
        home,
    })
}

async fn serve(store: &dyn Store, mut args: Args) -> Result<Reply> {
    let request: String = args.take("request")?;
    args.end()?;
    let reply = ghostwren::store::wire::serve(store, request.as_bytes()).await;
    let reply = String::from_utf8(reply)
        .map_err(|error| Error::new(ErrorKind::Internal, "binding.json", "a reply is not UTF-8").with_source(error))?;
    Ok(Reply::Json(reply))
}
