use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::TwitterApp;
use crate::error::{Error, ErrorKind, Result};

/// The longest state that X takes, and more than any code.
const LONGEST: usize = 4096;

/// What X's page sent the browser back with. `Debug` shows neither code nor state.
///
/// First look whether the state is that of a login that was begun ([`has_state`](Self::has_state)), then take the
/// [`code`](Self::code): a refused consent, too, belongs to a login.
#[derive(Clone, Debug)]
pub struct Callback {
    state: SecretString,
    issuer: Option<String>,
    outcome: Outcome,
}

#[derive(Clone, Debug)]
enum Outcome {
    Code(SecretString),
    Denied,
    Failed(String),
}

impl Callback {
    /// Reads the address that the browser was sent to, or its path and query as a server sees them.
    ///
    /// # Errors
    /// `InvalidInput`, `login.bad_callback`: it holds neither a code nor an error, no state, or one of them twice.
    ///
    /// ```
    /// use ghostwren::twitter::Callback;
    /// let callback = Callback::parse("https://my.app/callback?state=s1&code=c1").expect("a callback");
    /// assert!(callback.has_state(&"s1".to_owned().into()));
    /// let denied = Callback::parse("https://my.app/callback?error=access_denied&state=s1").expect("a callback");
    /// assert_eq!(denied.code().unwrap_err().code(), "login.denied");
    /// ```
    pub fn parse(url: &str) -> Result<Self> {
        let here = Url::parse("http://localhost").ok();
        let url = Url::options().base_url(here.as_ref()).parse(url).map_err(|_| bad("it is not an address"))?;
        let one = |name: &str| {
            let mut values = url.query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value.into_owned());
            match (values.next(), values.next()) {
                (Some(value), None) if value.len() > LONGEST => Err(bad(&format!("its `{name}` is too long"))),
                (Some(value), None) => Ok(Some(value).filter(|value| !value.is_empty())),
                (None, _) => Ok(None),
                (Some(_), Some(_)) => Err(bad(&format!("it has `{name}` twice"))),
            }
        };
        let state = one("state")?.ok_or_else(|| bad("it has no `state`"))?;
        let outcome = match (one("code")?, one("error")?) {
            (Some(code), None) => Outcome::Code(code.into()),
            (None, Some(error)) if error == "access_denied" => Outcome::Denied,
            (None, Some(error)) => Outcome::Failed(error.chars().take(100).collect()),
            (Some(_), Some(_)) => return Err(bad("it has both `code` and `error`")),
            (None, None) => return Err(bad("it has no `code`")),
        };
        Ok(Self { state: state.into(), issuer: one("iss")?, outcome })
    }

    /// The state: of which login it is the end.
    #[must_use]
    pub fn state(&self) -> &SecretString {
        &self.state
    }

    /// Whether it is the end of the login with this state. Takes the same time wherever the two differ.
    #[must_use]
    pub fn has_state(&self, state: &SecretString) -> bool {
        let hash = |text: &SecretString| ring::digest::digest(&ring::digest::SHA256, text.expose_secret().as_bytes());
        hash(&self.state).as_ref() == hash(state).as_ref()
    }

    /// The code, for [`TwitterApp::exchange`]; it lives 30 seconds.
    ///
    /// # Errors
    /// `PermissionDenied`, `login.denied`, when the person did not consent; `Auth`, `login.failed`, for any other error of
    /// X's page.
    pub fn code(&self) -> Result<&SecretString> {
        match &self.outcome {
            Outcome::Code(code) => Ok(code),
            Outcome::Denied => Err(Error::new(ErrorKind::PermissionDenied, "login.denied", "consent was not given")
                .with_remedy("Begin the login again and allow the access.")),
            Outcome::Failed(error) => Err(Error::new(ErrorKind::Auth, "login.failed", format!("X answered `{error}`"))
                .with_remedy("Check the app's settings in the developer console: callback address, type, scopes.")),
        }
    }

    /// Checks who issued it, where it says so (RFC 9207): the host of the consent page or of the API.
    ///
    /// # Errors
    /// `Auth`, `login.other_issuer`.
    pub fn check_issuer(&self, app: &TwitterApp) -> Result<()> {
        let Some(issuer) = &self.issuer else { return Ok(()) };
        let host = Url::parse(issuer).ok().and_then(|url| url.host().map(|host| host.to_owned()));
        let known = [&app.authorize_base, &app.api_base].into_iter().flatten().filter_map(Url::host);
        let same = |known: Host<&str>| host.as_ref().is_some_and(|host| *host == known.to_owned());
        if known.into_iter().any(same) {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Auth, "login.other_issuer", "the callback says that somebody else than X issued it")
            .with_remedy("Begin the login again; if it happens again, somebody tampers with it."))
    }
}

fn bad(why: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, "login.bad_callback", format!("the callback cannot be used: {why}"))
        .with_remedy("Pass on the whole address that the browser was sent to.")
}
