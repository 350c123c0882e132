use std::time::Duration;

use ghostwren::http::HttpClient;
use ghostwren::openai::{Api, Dialect, OpenAi, Price};
use ghostwren::store::seal::SealingKeys;
use ghostwren::twitter::{self, Prices, TwitterApp};
use ghostwren::{Error, ErrorKind, Result};
use serde::Deserialize;
use url::Url;

use crate::host::ModelFacts;
#[cfg(feature = "supabase")]
use crate::supabase::SupabaseSettings;

// No `Debug` on any of these: they hold secrets as they came from the host's language.

/// The settings of a `Ghostwren`, as the bindings give them.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrenSettings {
    pub(crate) store: StoreSettings,
    pub(crate) model: Option<ModelSettings>,
    pub(crate) twitter: Option<TwitterSettings>,
    sealing_keys: Option<String>,
    pub(crate) daily_model_budget_micros: Option<u64>,
    pub(crate) daily_twitter_budget_micros: Option<u64>,
    pub(crate) publish_settle_seconds: Option<f64>,
    pub(crate) lease_seconds: Option<f64>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum StoreSettings {
    Sqlite {
        path: String,
        busy_timeout_seconds: Option<f64>,
    },
    Memory {},
    #[cfg(feature = "supabase")]
    Supabase(Box<SupabaseSettings>),
    Host {},
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ModelSettings {
    Openai(Box<OpenAiSettings>),
    Host(Box<ModelFacts>),
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct OpenAiSettings {
    key: Option<String>,
    base_url: Option<String>,
    model: Option<String>,
    api: Option<Api>,
    dialect: Option<Dialect>,
    price: Option<Price>,
    max_n: Option<u32>,
    context_tokens: Option<u32>,
    organization: Option<String>,
    project: Option<String>,
    timeout_seconds: Option<f64>,
    idle_timeout_seconds: Option<f64>,
    deadline_seconds: Option<f64>,
    max_attempts: Option<u32>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TwitterSettings {
    client_id: Option<String>,
    client_secret: Option<String>,
    redirect_uri: Option<String>,
    api_base: Option<String>,
    authorize_base: Option<String>,
    owned_reads: Option<bool>,
    prices: Option<Prices>,
    dialect: Option<twitter::Dialect>,
}

impl WrenSettings {
    pub(crate) fn keys(&self) -> Result<Option<SealingKeys>> {
        self.sealing_keys.clone().map(|keys| SealingKeys::from_env_value(&keys.into())).transpose()
    }
}

impl OpenAiSettings {
    /// Without key and address it is the client of the environment. A key of the environment goes to no other server than
    /// the environment names.
    pub(crate) fn client(self, http: Option<HttpClient>) -> Result<OpenAi> {
        let base = self.base_url.map(|text| address("base_url", &text)).transpose()?;
        let mut client = match (self.key, base) {
            (Some(key), None) => OpenAi::new(key.into()),
            (Some(key), Some(base)) => OpenAi::new(key.into()).base_url(base),
            (None, Some(base)) => OpenAi::without_key(base),
            (None, None) => OpenAi::from_env()?,
        };
        if let Some(http) = http {
            client = client.http(http);
        }
        if let Some(model) = self.model {
            client = client.model(model);
        }
        if let Some(api) = self.api {
            client = client.api(api);
        }
        if let Some(dialect) = self.dialect {
            client = client.dialect(dialect);
        }
        if let Some(price) = self.price {
            client = client.price(price);
        }
        if let Some(n) = self.max_n {
            client = client.max_n(n);
        }
        if let Some(tokens) = self.context_tokens {
            client = client.context_tokens(tokens);
        }
        if self.organization.is_some() || self.project.is_some() {
            client = client.billed_to(self.organization, self.project);
        }
        if let Some(time) = seconds("timeout", self.timeout_seconds)? {
            client = client.timeout(time);
        }
        if let Some(time) = seconds("idle_timeout", self.idle_timeout_seconds)? {
            client = client.idle_timeout(time);
        }
        if let Some(time) = seconds("deadline", self.deadline_seconds)? {
            client = client.deadline(time);
        }
        if let Some(attempts) = self.max_attempts {
            client = client.max_attempts(attempts);
        }
        Ok(client)
    }
}

impl TwitterSettings {
    pub(crate) fn has_client_id(&self) -> bool {
        self.client_id.is_some()
    }

    pub(crate) fn client_id(mut self, id: &str) -> Self {
        self.client_id = Some(id.to_owned());
        self
    }

    /// Without a client id it is the app of the environment.
    pub(crate) fn app(self, http: Option<HttpClient>) -> Result<TwitterApp> {
        let mut app = match self.client_id {
            Some(id) => TwitterApp::new(id),
            None => TwitterApp::from_env()?,
        };
        if let Some(http) = http {
            app = app.http(http);
        }
        if let Some(secret) = self.client_secret {
            app = app.client_secret(secret.into());
        }
        if let Some(uri) = self.redirect_uri {
            app = app.redirect_uri(uri)?;
        }
        if let Some(base) = self.api_base {
            app = app.api_base(address("api_base", &base)?)?;
        }
        if let Some(base) = self.authorize_base {
            app = app.authorize_base(address("authorize_base", &base)?)?;
        }
        if let Some(prices) = self.prices {
            app = app.prices(prices);
        }
        if let Some(owned) = self.owned_reads {
            app = app.owned_reads(owned);
        }
        if let Some(dialect) = self.dialect {
            app = app.dialect(dialect);
        }
        Ok(app)
    }
}

pub(crate) fn address(name: &str, text: &str) -> Result<Url> {
    Url::parse(text).map_err(|error| {
        Error::new(ErrorKind::Config, "argument.type", format!("the argument `{name}` is not an address"))
            .with_remedy("Give an address that begins with https:// or, on this machine, http://.")
            .with_source(error)
    })
}

/// A time that was given in seconds.
pub(crate) fn seconds(name: &str, value: Option<f64>) -> Result<Option<Duration>> {
    let Some(value) = value else { return Ok(None) };
    Duration::try_from_secs_f64(value).map(Some).map_err(|error| {
        let detail = format!("the argument `{name}` is not a number of seconds");
        Error::new(ErrorKind::InvalidInput, "argument.type", detail)
            .with_remedy("Give a number of seconds from 0 on.")
            .with_source(error)
    })
}
