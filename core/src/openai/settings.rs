//! How an [`OpenAi`] client is set up.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::client::{Api, OpenAi};
use super::errors::OpenAiService;
use super::lifecycle::Policy;
use super::policy::ModelPolicy;
use super::registry::Price;
use super::request::Dialect;
use crate::config::{
    GHOSTWREN_MODEL, GHOSTWREN_MODEL_CONTEXT, OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_ORG_ID, OPENAI_PROJECT_ID,
};
use crate::error::{Error, ErrorKind, Result};
use crate::http::HttpClient;

/// Where OpenAI's API is.
const OPENAI: &str = "https://api.openai.com/v1";

/// What is set; a client holds it behind an `Arc`.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) key: Option<SecretString>,
    pub(super) service: Arc<OpenAiService>,
    pub(super) base: Option<Url>,
    pub(super) organization: Option<String>,
    pub(super) project: Option<String>,
    pub(super) policy: Arc<Policy>,
    pub(super) api: Api,
    pub(super) dialect: Dialect,
    pub(super) price: Option<Price>,
    pub(super) max_n: Option<u32>,
    pub(super) context: Option<u32>,
    pub(super) http: OnceLock<HttpClient>,
    pub(super) timeout: Duration,
    pub(super) idle: Duration,
    pub(super) deadline: Option<Duration>,
    pub(super) attempts: u32,
}

impl Settings {
    pub(super) fn new(key: Option<SecretString>) -> Self {
        Self {
            service: Arc::new(OpenAiService::new(key.clone())),
            key,
            base: Url::parse(OPENAI).ok(),
            organization: None,
            project: None,
            policy: Arc::new(Policy::new(ModelPolicy::default())),
            api: Api::Chat,
            dialect: Dialect::Auto,
            price: None,
            max_n: None,
            context: None,
            http: OnceLock::new(),
            timeout: Duration::from_secs(600),
            idle: Duration::from_secs(60),
            deadline: None,
            attempts: 3,
        }
    }
}

impl OpenAi {
    /// A client for OpenAI's own API with this key, the default model policy and Chat Completions.
    ///
    /// ```
    /// use ghostwren::openai::{Api, OpenAi};
    /// let openai = OpenAi::new("sk-…".to_owned().into()).model("gpt-4o-mini").api(Api::Responses);
    /// assert!(!format!("{openai:?}").contains("sk-"));
    /// ```
    #[must_use]
    pub fn new(key: SecretString) -> Self {
        Self::from_settings(Settings::new(Some(key)))
    }

    /// A client without a key, for a server on this machine or in a network of one's own.
    #[must_use]
    pub fn without_key(base_url: Url) -> Self {
        Self::from_settings(Settings::new(None)).base_url(base_url)
    }

    /// A client from the environment: the variables `OPENAI_…` and `GHOSTWREN_MODEL…` of [`crate::config`].
    ///
    /// # Errors
    /// `Config`: `openai.no_key` when there is no key and the server is not on this machine, `openai.base_url` for an
    /// address that is not one, `openai.context` for a window that is not a number.
    pub fn from_env() -> Result<Self> {
        let base = match OPENAI_BASE_URL.get() {
            Some(text) => Some(parse_base(&text)?),
            None => None,
        };
        let local = base.as_ref().is_some_and(is_loopback);
        let key = OPENAI_API_KEY.get().map(SecretString::from);
        if key.is_none() && !local {
            return Err(Error::new(ErrorKind::Config, "openai.no_key", "OPENAI_API_KEY is not set").with_remedy(
                "Set OPENAI_API_KEY, or OPENAI_BASE_URL to a server on this machine, which needs no key.",
            ));
        }
        let mut settings = Settings::new(key);
        settings.organization = OPENAI_ORG_ID.get();
        settings.project = OPENAI_PROJECT_ID.get();
        let mut client = Self::from_settings(settings);
        if let Some(base) = base {
            client = client.base_url(base);
        }
        if let Some(tokens) = GHOSTWREN_MODEL_CONTEXT.get() {
            let tokens = tokens.parse().map_err(|_| {
                Error::new(ErrorKind::Config, "openai.context", "GHOSTWREN_MODEL_CONTEXT is not a number of tokens")
                    .with_remedy("Set it to the window that the server runs the model with, such as 8192.")
            })?;
            client = client.context_tokens(tokens);
        }
        Ok(match GHOSTWREN_MODEL.get() {
            Some(model) => client.model(model),
            None => client,
        })
    }

    /// Sets where the API is. A path is kept: `http://localhost:8080/v1` is asked at `/v1/chat/completions`; so is a query
    /// (Azure's `?api-version=…`).
    #[must_use]
    pub fn base_url(self, base: Url) -> Self {
        self.with(|settings| settings.base = Some(base))
    }

    /// Pins the model: this one and no successor.
    #[must_use]
    pub fn model(self, model: impl Into<String>) -> Self {
        self.policy(ModelPolicy::pinned(model))
    }

    /// Sets which model is asked, and which one when that one is gone.
    #[must_use]
    pub fn policy(self, policy: ModelPolicy) -> Self {
        self.with(|settings| settings.policy = Arc::new(Policy::new(policy)))
    }

    /// Sets which API is spoken.
    #[must_use]
    pub fn api(self, api: Api) -> Self {
        self.with(|settings| settings.api = api)
    }

    /// Sets which parameters the server takes; told by its host unless set.
    #[must_use]
    pub fn dialect(self, dialect: Dialect) -> Self {
        self.with(|settings| settings.dialect = dialect)
    }

    /// Sets what tokens cost, for a model that the table does not know or a contract of one's own.
    #[must_use]
    pub fn price(self, price: Price) -> Self {
        self.with(|settings| settings.price = Some(price))
    }

    /// Sets how many answers one call may ask for; more are asked for by several calls, four at once. A llama.cpp server
    /// takes as many as it has slots.
    #[must_use]
    pub fn max_n(self, n: u32) -> Self {
        self.with(|settings| settings.max_n = Some(n.clamp(1, 128)))
    }

    /// Sets how many tokens the model reads and writes in all, for a server that runs a model with another window than its
    /// usual one (8,192 where the model is not known). Prompts and answers are made to fit; at least 1,024.
    #[must_use]
    pub fn context_tokens(self, tokens: u32) -> Self {
        self.with(|settings| settings.context = Some(tokens.max(1024)))
    }

    /// Bills calls to an organization and, in it, a project.
    #[must_use]
    pub fn billed_to(self, organization: Option<String>, project: Option<String>) -> Self {
        self.with(|settings| {
            settings.organization = organization;
            settings.project = project;
        })
    }

    /// Shares the pipeline of the program: connections, budgets of retries, limits.
    #[must_use]
    pub fn http(self, http: HttpClient) -> Self {
        self.with(|settings| settings.http = OnceLock::from(http))
    }

    /// Sets how long one attempt of a call that is not streamed may take; 600 s unless set.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|settings| settings.timeout = timeout)
    }

    /// Sets how long a stream may pause; 60 s unless set (600 s for a model that reasons before it writes).
    #[must_use]
    pub fn idle_timeout(self, idle: Duration) -> Self {
        self.with(|settings| settings.idle = idle)
    }

    /// Sets how long a call may take in all, retries and waits included; no limit unless set.
    #[must_use]
    pub fn deadline(self, deadline: Duration) -> Self {
        self.with(|settings| settings.deadline = Some(deadline))
    }

    /// Sets how many attempts a call has at most; 3 unless set.
    #[must_use]
    pub fn max_attempts(self, attempts: u32) -> Self {
        self.with(|settings| settings.attempts = attempts.max(1))
    }
}

fn parse_base(text: &str) -> Result<Url> {
    let wrong = |detail: &str| {
        Error::new(ErrorKind::Config, "openai.base_url", format!("OPENAI_BASE_URL {detail}"))
            .with_remedy("Set it to an address such as https://api.openai.com/v1 or http://localhost:8080/v1.")
    };
    let url = Url::parse(text).map_err(|_| wrong("is not an address"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(wrong("is not an address of the web"));
    }
    Ok(url)
}

pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
