use std::fmt;
use std::sync::{Arc, OnceLock};

use secrecy::SecretString;
use url::Url;

use super::cost::Prices;
use super::dialect::{Dialect, Verdict};
use crate::config::{
    TWITTER_API_BASE, TWITTER_AUTHORIZE_BASE, TWITTER_CLIENT_ID, TWITTER_CLIENT_SECRET, TWITTER_REDIRECT_URI, Variable,
};
use crate::error::{Error, ErrorKind, Result};
use crate::http::HttpClient;

const API: &str = "https://api.x.com";
const AUTHORIZE: &str = "https://x.com/i/oauth2/authorize";
const REDIRECT: &str = "http://127.0.0.1:8787/callback";

/// Your app at X: who asks, and where X is. Cloning is cheap; clones share what they learn of the server's dialect.
///
/// With a client secret it is a *confidential* client (a server), without one a *public* client (a program on a person's
/// machine or phone): exactly as the app is set up in X's developer console.
///
/// ```
/// use ghostwren::twitter::TwitterApp;
/// # fn main() -> ghostwren::Result<()> {
/// let app = TwitterApp::new("bXktYXBw").client_secret("s3cret".to_owned().into()).redirect_uri("https://my.app/x/callback")?;
/// assert!(!format!("{app:?}").contains("s3cret"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct TwitterApp {
    pub(super) client_id: String,
    pub(super) client_secret: Option<SecretString>,
    pub(super) redirect_uri: String,
    pub(super) api_base: Option<Url>,
    pub(super) authorize_base: Option<Url>,
    pub(super) dialect: Dialect,
    pub(super) verdict: Arc<Verdict>,
    pub(super) prices: Prices,
    /// Made at the first call where none is shared; one for all clones, so that they share limits and connections.
    http: Arc<OnceLock<HttpClient>>,
}

impl TwitterApp {
    /// An app by the OAuth 2.0 client id that X's developer console shows, a public client for now.
    #[must_use]
    pub fn new(client_id: impl Into<String>) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: None,
            redirect_uri: REDIRECT.to_owned(),
            api_base: Url::parse(API).ok(),
            authorize_base: Url::parse(AUTHORIZE).ok(),
            dialect: Dialect::Auto,
            verdict: Arc::new(Verdict::new(Dialect::Auto)),
            prices: Prices::default(),
            http: Arc::default(),
        }
    }

    /// The app of the environment: the variables `TWITTER_…` of [`crate::config`].
    ///
    /// # Errors
    /// `Config`: `twitter.no_client_id`, and `twitter.base_url` for an address that cannot be used.
    pub fn from_env() -> Result<Self> {
        let client_id = TWITTER_CLIENT_ID.get().ok_or_else(|| {
            Error::new(ErrorKind::Config, "twitter.no_client_id", "TWITTER_CLIENT_ID is not set").with_remedy(
                "Make an app at https://console.x.com and set TWITTER_CLIENT_ID to its OAuth 2.0 client id.",
            )
        })?;
        let mut app = Self::new(client_id);
        app.client_secret = TWITTER_CLIENT_SECRET.get().map(SecretString::from);
        if let Some(uri) = TWITTER_REDIRECT_URI.get() {
            app = app.redirect_uri(uri)?;
        }
        let address = |variable: &Variable| match variable.get() {
            Some(text) => Url::parse(&text).map(Some).map_err(|_| base_url(&format!("{variable} is not an address"))),
            None => Ok(None),
        };
        if let Some(url) = address(&TWITTER_API_BASE)? {
            app = app.api_base(url)?;
        }
        match address(&TWITTER_AUTHORIZE_BASE)? {
            Some(url) => app.authorize_base(url),
            None => Ok(app),
        }
    }

    /// Makes it a confidential client.
    #[must_use]
    pub fn client_secret(mut self, secret: SecretString) -> Self {
        self.client_secret = Some(secret);
        self
    }

    /// Sets where the browser comes back to: exactly as registered with the X app, to the character.
    ///
    /// # Errors
    /// `Config`, `twitter.redirect_uri`, for one that is no address or has a fragment.
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Result<Self> {
        let uri = uri.into();
        // An app on a phone may have a scheme of its own (`my-app://callback`).
        if !Url::parse(&uri).is_ok_and(|url| url.fragment().is_none()) {
            return Err(Error::new(ErrorKind::Config, "twitter.redirect_uri", "the redirect URI is not an address")
                .with_remedy("Use the callback address that is registered with the X app."));
        }
        self.redirect_uri = uri;
        Ok(self)
    }

    /// Sets where the X API is, without `/2`. Only `https:`, or this machine.
    ///
    /// # Errors
    /// `Config`, `twitter.base_url`.
    pub fn api_base(mut self, base: Url) -> Result<Self> {
        self.api_base = Some(checked(base)?);
        self.verdict = Arc::new(Verdict::new(self.dialect));
        Ok(self)
    }

    /// Sets the address of the page that asks for consent. Only `https:`, or this machine.
    ///
    /// # Errors
    /// `Config`, `twitter.base_url`.
    pub fn authorize_base(mut self, base: Url) -> Result<Self> {
        self.authorize_base = Some(checked(base)?);
        Ok(self)
    }

    /// Says that the users who log in own this app, whose reads X bills at a fifth ("Owned Reads").
    #[must_use]
    pub fn owned_reads(mut self, owned: bool) -> Self {
        self.prices.owned = owned;
        self
    }

    /// Sets what reads and writes cost, for a contract of one's own.
    #[must_use]
    pub fn prices(mut self, prices: Prices) -> Self {
        self.prices = prices;
        self
    }

    /// Sets which names are sent.
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self.verdict = Arc::new(Verdict::new(dialect));
        self
    }

    /// Shares the pipeline of the program: connections, budgets of retries, limits.
    #[must_use]
    pub fn http(mut self, http: HttpClient) -> Self {
        self.http = Arc::new(OnceLock::from(http));
        self
    }

    /// The client id.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Where the browser comes back to.
    #[must_use]
    pub fn redirect(&self) -> &str {
        &self.redirect_uri
    }

    /// What reads and writes cost.
    #[must_use]
    pub fn price_table(&self) -> &Prices {
        &self.prices
    }

    /// Which names are sent now: what was set, or what the server's answers taught.
    #[must_use]
    pub fn dialect_in_use(&self) -> Dialect {
        match self.verdict.names() {
            super::dialect::Names::Tweet => Dialect::Tweet,
            super::dialect::Names::Post => Dialect::Post,
        }
    }

    pub(super) fn pipeline(&self) -> Result<HttpClient> {
        match self.http.get() {
            Some(http) => Ok(http.clone()),
            None => {
                let http = HttpClient::new()?;
                Ok(self.http.get_or_init(|| http).clone())
            }
        }
    }

    /// An address of the API: its base, `/2`, and these segments, each escaped.
    pub(super) fn endpoint(&self, segments: &[&str]) -> Result<Url> {
        let mut url = self.api_base.clone().ok_or_else(|| base_url("there is no address of the X API"))?;
        url.path_segments_mut()
            .map_err(|()| base_url("the address of the X API has no path"))?
            .pop_if_empty()
            .push("2")
            .extend(segments);
        Ok(url)
    }
}

impl fmt::Debug for TwitterApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwitterApp")
            .field("client_id", &self.client_id)
            .field("confidential", &self.client_secret.is_some())
            .field("redirect_uri", &self.redirect_uri)
            .field("api_base", &self.api_base.as_ref().map(crate::http::shown_address))
            .field("dialect", &self.dialect)
            .finish_non_exhaustive()
    }
}

/// An address over which a token may travel.
fn checked(base: Url) -> Result<Url> {
    let plain = match base.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    if !base.username().is_empty() || base.password().is_some() {
        return Err(base_url("the address holds a name or a password"));
    }
    match base.scheme() {
        "https" => Ok(base),
        "http" if plain => Ok(base),
        _ => Err(base_url("tokens travel over https only, or to this machine")),
    }
}

pub(super) fn base_url(detail: &str) -> Error {
    Error::new(ErrorKind::Config, "twitter.base_url", detail).with_remedy("Use an address such as https://api.x.com.")
}
