use http::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::errors::{Problem, into_error, judge};
use crate::error::{Error, ErrorKind, Result};

/// The longest value that is read, and more than any code.
const LONGEST: usize = 4096;

/// What Supabase Auth sent the browser back with, in the query and in the fragment. `Debug` shows neither code nor state.
///
/// First look whether the state is that of a login that was begun, then take the code: [`AuthClient::finish`] does both.
///
/// [`AuthClient::finish`]: super::AuthClient::finish
#[derive(Clone, Debug)]
pub struct AuthCallback {
    /// Without query and fragment.
    address: Option<Url>,
    state: Option<SecretString>,
    outcome: Outcome,
}

#[derive(Clone, Debug)]
enum Outcome {
    Code(SecretString),
    Failed {
        code: String,
        message: String,
    },
    /// Tokens instead of a code: somebody began the login without PKCE.
    Tokens,
}

impl AuthCallback {
    /// Reads the address that the browser was sent to, or its path and query as a server sees them.
    ///
    /// # Errors
    /// `InvalidInput`, `login.bad_callback`: it holds neither a code nor an error, or one of them twice.
    ///
    /// ```
    /// use ghostwren::supabase::AuthCallback;
    /// let callback = AuthCallback::parse("https://my.app/callback?state=s1&code=c1").expect("a callback");
    /// assert!(callback.has_state(&"s1".to_owned().into()));
    /// let denied = "https://my.app/callback?state=s1#error=access_denied&error_description=no";
    /// assert_eq!(AuthCallback::parse(denied).expect("a callback").code().unwrap_err().code(), "login.denied");
    /// ```
    pub fn parse(url: &str) -> Result<Self> {
        let here = Url::parse("http://localhost").ok();
        let whole = Url::parse(url).is_ok();
        let url = Url::options().base_url(here.as_ref()).parse(url).map_err(|_| bad("it is not an address"))?;
        let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let query = pairs.len();
        let fragment = url.fragment().unwrap_or_default();
        pairs.extend(url::form_urlencoded::parse(fragment.as_bytes()).into_owned());
        let one = |name: &str| {
            let (query, fragment) = pairs.split_at_checked(query).unwrap_or_default();
            // Auth puts an error into both; twice in one of them is somebody else's work.
            let mut found = None;
            for part in [query, fragment] {
                let mut values = part.iter().filter(|(key, _)| key == name).map(|(_, value)| value);
                match (values.next(), values.next()) {
                    (Some(value), None) if value.len() > LONGEST => {
                        return Err(bad(&format!("its `{name}` is too long")));
                    }
                    (Some(value), None) if !value.is_empty() => found = found.or_else(|| Some(value.clone())),
                    (Some(_), Some(_)) => return Err(bad(&format!("it has `{name}` twice"))),
                    _ => {}
                }
            }
            Ok(found)
        };
        let error = one("error")?.or(one("error_code")?);
        let outcome = match (one("code")?, error) {
            (Some(_), Some(_)) => return Err(bad("it has both `code` and `error`")),
            (Some(code), None) => Outcome::Code(code.into()),
            (None, Some(error)) => Outcome::Failed {
                code: one("error_code")?.unwrap_or(error),
                message: one("error_description")?.unwrap_or_default().chars().take(600).collect(),
            },
            (None, None) if one("access_token")?.is_some() => Outcome::Tokens,
            (None, None) => return Err(bad("it has no `code`")),
        };
        let state = one("state")?.map(SecretString::from);
        let address = whole.then(|| {
            let mut address = url;
            address.set_query(None);
            address.set_fragment(None);
            address
        });
        Ok(Self { address, state, outcome })
    }

    /// The state: of which login it is the end. `None` where the browser came back to another address than was asked for.
    #[must_use]
    pub fn state(&self) -> Option<&SecretString> {
        self.state.as_ref()
    }

    /// Whether it is the end of the login with this state. Takes the same time wherever the two differ.
    #[must_use]
    pub fn has_state(&self, state: &SecretString) -> bool {
        let hash = |text: &SecretString| ring::digest::digest(&ring::digest::SHA256, text.expose_secret().as_bytes());
        self.state.as_ref().is_some_and(|own| hash(own).as_ref() == hash(state).as_ref())
    }

    /// The code, for [`AuthClient::exchange`](super::AuthClient::exchange).
    ///
    /// # Errors
    /// `PermissionDenied`, `login.denied`, when the person did not consent; `Config`: `supabase.no_email`,
    /// `supabase.implicit_flow` (tokens came instead of a code, and are not taken); else what Auth's own code says.
    pub fn code(&self) -> Result<&SecretString> {
        match &self.outcome {
            Outcome::Code(code) => Ok(code),
            Outcome::Failed { code, message } => Err(failed(code, message)),
            Outcome::Tokens => Err(Error::new(
                ErrorKind::Config,
                "supabase.implicit_flow",
                "tokens came in the address instead of a code: the login was begun without PKCE",
            )
            .with_remedy("Begin the login with `authorize`; tokens from an address are not taken.")),
        }
    }

    /// Where it came, without query and fragment; `None` where only a path was given.
    pub(super) fn address(&self) -> Option<&Url> {
        self.address.as_ref()
    }
}

fn failed(code: &str, message: &str) -> Error {
    // The provider's own word; where it is Auth that refuses, a code of Auth's stands beside it and was taken.
    if code == "access_denied" {
        return Error::new(ErrorKind::PermissionDenied, "login.denied", "consent was not given")
            .with_remedy("Begin the login again and allow the access.");
    }
    let problem = Problem { code: code.to_owned(), message: message.to_owned() };
    let status = if code == "server_error" { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::BAD_REQUEST };
    let mut failure = judge(status, &problem);
    failure.detail = crate::http::mask_secrets(&failure.detail).into_owned();
    into_error(failure, "auth.callback")
}

fn bad(why: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, "login.bad_callback", format!("the callback cannot be used: {why}"))
}
