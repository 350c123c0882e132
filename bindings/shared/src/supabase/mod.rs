//! Supabase: a project with its clients, whose users are signed in, and where a device keeps their session.
//!
//! `auth` are the calls of Auth, `admin` those of its administrator, `people` the users whose sessions are refreshed here,
//! `device` the session in the host's own safe place, `table` rows for an app's own tables.

#[cfg(feature = "server")]
mod admin;
mod auth;
mod device;
mod people;
#[cfg(feature = "server")]
mod table;

use std::sync::Arc;

use ghostwren::http::HttpClient;
use ghostwren::store::SupabaseStore;
use ghostwren::supabase::{AuthClient, Supabase};
use ghostwren::{Error, ErrorKind, Identity, Result};
use serde::Deserialize;

pub(crate) use self::auth::call as auth_call;
#[cfg(feature = "server")]
pub(crate) use self::auth::login;
pub use self::device::SharedTokens;
pub(crate) use self::people::{People, user_call};
#[cfg(feature = "server")]
pub(crate) use self::table::{Sink, SinkSettings, call as table_call};
use crate::settings::{address, seconds};

/// A project, as the bindings give it. Without an address it is the one of the environment.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SupabaseSettings {
    url: Option<String>,
    publishable_key: Option<String>,
    secret_key: Option<String>,
    jwt_secret: Option<String>,
    rest_url: Option<String>,
    auth_url: Option<String>,
    storage_url: Option<String>,
    timeout_seconds: Option<f64>,
    deadline_seconds: Option<f64>,
    max_attempts: Option<u32>,
}

/// A project and its Auth. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Project {
    pub(crate) supabase: Supabase,
    pub(crate) auth: AuthClient,
}

impl SupabaseSettings {
    /// A key of the environment goes to no other project than the environment names.
    pub(crate) fn project(self, http: Option<HttpClient>) -> Result<Project> {
        let mut project = match (self.url, self.publishable_key) {
            (Some(url), Some(key)) => Supabase::new(&url, key)?,
            (None, None) => Supabase::from_env()?,
            (Some(_), None) => return Err(missing("publishable_key")),
            (None, Some(_)) => return Err(missing("url")),
        };
        if let Some(http) = http {
            project = project.http(http);
        }
        if let Some(key) = self.secret_key {
            project = project.secret_key(key)?;
        }
        if let Some(url) = self.rest_url {
            project = project.rest_url(address("rest_url", &url)?);
        }
        if let Some(url) = self.auth_url {
            project = project.auth_url(address("auth_url", &url)?);
        }
        if let Some(url) = self.storage_url {
            project = project.storage_url(address("storage_url", &url)?);
        }
        if let Some(time) = seconds("timeout", self.timeout_seconds)? {
            project = project.timeout(time);
        }
        if let Some(time) = seconds("deadline", self.deadline_seconds)? {
            project = project.deadline(time);
        }
        if let Some(attempts) = self.max_attempts {
            project = project.max_attempts(attempts);
        }
        let mut auth = AuthClient::new(&project)?;
        if let Some(secret) = self.jwt_secret {
            auth = auth.verify_with(|verifier| verifier.secret(secret.into()))?;
        }
        Ok(Project { supabase: project, auth })
    }
}

impl Project {
    /// The store in the project; on a device with the host's own safe place for what is sealed.
    pub(crate) fn store(&self, tokens: Option<SharedTokens>) -> Result<SupabaseStore> {
        let store = SupabaseStore::of(self.supabase.clone())?.auth(self.auth.clone());
        Ok(match tokens {
            Some(tokens) => store.token_store(tokens),
            None => store,
        })
    }
}

/// What a `Ghostwren` on Supabase has besides: its project, its store for the doctor, and who is signed in.
pub(crate) struct Home {
    pub(crate) project: Project,
    #[cfg_attr(not(feature = "server"), expect(dead_code, reason = "only the doctor looks at it"))]
    pub(crate) store: SupabaseStore,
    pub(crate) people: People,
    #[cfg_attr(not(feature = "server"), expect(dead_code, reason = "only the doctor looks at them"))]
    pub(crate) sealing_keys: Option<ghostwren::store::seal::SealingKeys>,
}

impl Home {
    /// Who the arguments say is asking, where they name a user of Supabase.
    pub(crate) fn identity(home: Option<&Arc<Self>>, args: &mut crate::Args) -> Result<Option<Identity>> {
        if let Some(token) = args.optional::<String>("token")? {
            return Identity::bearer(token.into()).map(Some);
        }
        match args.optional::<u64>("session")? {
            Some(ticket) => Self::of(home)?.people.identity(ticket).map(Some),
            None => Ok(None),
        }
    }

    /// The home of a `Ghostwren` that is on Supabase.
    pub(crate) fn of(home: Option<&Arc<Self>>) -> Result<&Arc<Self>> {
        home.ok_or_else(|| {
            Error::new(ErrorKind::Config, "binding.not_supabase", "the store is not in a Supabase project")
                .with_remedy("Open the Ghostwren on a `SupabaseStore`.")
        })
    }
}

fn missing(name: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, "argument.missing", format!("the argument `{name}` is missing")).with_remedy(
        "Give both the address and the publishable key, or neither: then the environment names the project.",
    )
}
