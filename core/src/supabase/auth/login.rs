//! Login elsewhere through Auth, with PKCE: the address for the browser, the code for a session.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Method;
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

use super::errors::{bad_argument, unreadable};
use super::{AuthCallback, AuthClient, SignedIn};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{HttpRequest, shown_address};
use crate::supabase::Access;

/// A login elsewhere that is to begin: with whom, and where the browser comes back to.
///
/// ```
/// use ghostwren::supabase::OAuthLogin;
/// # fn main() -> ghostwren::Result<()> {
/// let login = OAuthLogin::x("https://my.app/callback")?.scope("tweet.write");
/// let error = OAuthLogin::with("twitter", "https://my.app/callback").expect_err("OAuth 1.0a");
/// assert_eq!(error.code(), "supabase.twitter_provider");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct OAuthLogin {
    pub(super) provider: String,
    pub(super) redirect_to: Url,
    scopes: Vec<String>,
    params: Vec<(String, String)>,
}

impl OAuthLogin {
    /// A login with Twitter: Supabase's provider `x`. It asks for `users.email tweet.read users.read offline.access`.
    ///
    /// # Errors
    /// `InvalidInput`, `supabase.bad_argument`, for a redirect that is no address or has a fragment.
    pub fn x(redirect_to: &str) -> Result<Self> {
        Self::with("x", redirect_to)
    }

    /// A login with another provider, such as `github`.
    ///
    /// # Errors
    /// `Config`, `supabase.twitter_provider`, for `twitter`, which gives no token that tweets can be read with; and as
    /// [`x`](Self::x).
    pub fn with(provider: &str, redirect_to: &str) -> Result<Self> {
        let provider = provider.trim().to_ascii_lowercase();
        if provider == "twitter" {
            return Err(Error::new(
                ErrorKind::Config,
                "supabase.twitter_provider",
                "Supabase's provider `twitter` is OAuth 1.0a: it gives a token without its secret, with which nothing can \
                 be read from X",
            )
            .with_remedy(
                "Use the provider `x` (\"X / Twitter (OAuth 2.0)\"), and switch it on in the project with the OAuth 2.0 \
                 client id and secret of the X app.",
            ));
        }
        let redirect_to = Url::parse(redirect_to).ok().filter(|url| url.fragment().is_none());
        let redirect_to = redirect_to.ok_or_else(|| {
            bad_argument("auth.authorize", "the redirect is not an address without a fragment")
                .with_remedy("Use an address that is in the project's redirect URLs.")
        })?;
        Ok(Self { provider, redirect_to, scopes: Vec::new(), params: Vec::new() })
    }

    /// The provider.
    pub(crate) fn provider(&self) -> &str {
        &self.provider
    }

    /// Where the browser comes back to, as it may be shown.
    pub(crate) fn shown_redirect(&self) -> String {
        shown_address(&self.redirect_to).to_string()
    }

    /// Asks for one more scope, such as `tweet.write`.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scopes.push(scope.into());
        self
    }

    /// Passes a parameter on to the provider, such as `prompt`.
    #[must_use]
    pub fn param(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.params.push((name.into(), value.into()));
        self
    }
}

/// A login that was begun. Keep it for the callback (in memory, or in a store as a hash and sealed). `Debug` shows no secret.
pub struct AuthLogin {
    /// Where the person gives consent. Open it in a browser.
    pub url: Url,
    /// Comes back in the callback; of one that has another, take nothing.
    pub state: SecretString,
    /// The PKCE verifier, for [`AuthClient::exchange`].
    pub verifier: SecretString,
    /// Where the browser is to come back to, without the state.
    pub redirect_to: Url,
}

impl fmt::Debug for AuthLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthLogin")
            .field("url", &shown_address(&self.url))
            .field("redirect_to", &shown_address(&self.redirect_to))
            .finish_non_exhaustive()
    }
}

impl AuthLogin {
    /// Looks whether this callback is this login's end, and explains when the browser came back elsewhere.
    ///
    /// # Errors
    /// `Config`, `supabase.redirect_not_allowed`: it came to another address, without our state: what Auth does, without a
    /// word, when the redirect is not among the project's redirect URLs. `Auth`, `login.unknown_state`: another login's.
    pub fn check(&self, callback: &AuthCallback) -> Result<()> {
        if callback.has_state(&self.state) {
            return Ok(());
        }
        if callback.state().is_none()
            || callback.address().is_some_and(|address| !same_place(address, &self.redirect_to))
        {
            return Err(not_allowed(&self.redirect_to, callback.address()));
        }
        Err(Error::new(ErrorKind::Auth, "login.unknown_state", "the callback is that of another login")
            .with_remedy("Begin the login again."))
    }
}

/// Whether two addresses are the same but for their queries.
pub(super) fn same_place(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host() == other.host()
        && one.port_or_known_default() == other.port_or_known_default()
        && one.path().trim_end_matches('/') == other.path().trim_end_matches('/')
}

/// The browser was, or would be, sent to the project's site URL instead.
pub(super) fn not_allowed(wanted: &Url, got: Option<&Url>) -> Error {
    let wanted = shown_address(wanted);
    let got = got.map_or_else(|| "elsewhere".to_owned(), |got| format!("to {}", shown_address(got)));
    let detail = format!(
        "the browser was sent {got} instead of {wanted}: Supabase Auth takes the site URL, without a word, for an address \
         that is not among the project's redirect URLs"
    );
    Error::new(ErrorKind::Config, "supabase.redirect_not_allowed", detail).with_remedy(format!(
        "Add {wanted}** to the project's redirect URLs (Authentication, URL Configuration; `additional_redirect_urls` in \
         config.toml); the two stars let the login's state pass. For a program on this machine add http://127.0.0.1:*/**."
    ))
}

impl AuthClient {
    /// Begins a login elsewhere. Sends nothing.
    ///
    /// Our state travels in the query of the redirect, since the one in Auth's own `state` stays between it and the provider.
    ///
    /// # Errors
    /// `Internal`, `login.no_random`, when the system gives no randomness.
    ///
    /// ```
    /// use ghostwren::supabase::{AuthClient, OAuthLogin, Supabase};
    /// # fn main() -> ghostwren::Result<()> {
    /// let project = Supabase::new("https://abcdefghijklmnopqrst.supabase.co", "sb_publishable_ACJWlzQHlZjBrEguHvfOxg")?;
    /// let login = AuthClient::new(&project)?.authorize(&OAuthLogin::x("https://my.app/callback")?)?;
    /// assert!(login.url.as_str().starts_with("https://abcdefghijklmnopqrst.supabase.co/auth/v1/authorize?provider=x&"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn authorize(&self, login: &OAuthLogin) -> Result<AuthLogin> {
        let (state, verifier) = (random::<32>()?, random::<48>()?);
        let url = self.with_login(self.endpoint(&["authorize"])?, login, &state, &verifier);
        Ok(AuthLogin { url, state, verifier, redirect_to: login.redirect_to.clone() })
    }

    /// Begins to link an account elsewhere to the user who is logged in. The callback is that of a login.
    ///
    /// # Errors
    /// `Config`: `supabase.linking_disabled`, `supabase.provider_disabled`; and as [`user`](Self::user).
    pub async fn link_identity(&self, access: &Access, login: &OAuthLogin) -> Result<AuthLogin> {
        const OPERATION: &str = "auth.link_identity";
        let (state, verifier) = (random::<32>()?, random::<48>()?);
        let mut url = self.with_login(self.endpoint(&["user", "identities", "authorize"])?, login, &state, &verifier);
        url.query_pairs_mut().append_pair("skip_http_redirect", "true");
        let answer = self.send(access, HttpRequest::new(OPERATION, Method::GET, url), &[&state]).await?;
        let url = answer.value.get("url").and_then(Value::as_str).and_then(|url| Url::parse(url).ok());
        let url = url.filter(|url| matches!(url.scheme(), "https" | "http"));
        let url = url.ok_or_else(|| unreadable(OPERATION, "the answer of Supabase Auth holds no address"))?;
        Ok(AuthLogin { url, state, verifier, redirect_to: login.redirect_to.clone() })
    }

    /// Ends a login: looks whether the callback is its own, and changes its code into a session.
    ///
    /// # Errors
    /// As [`AuthLogin::check`], [`AuthCallback::code`] and [`exchange`](Self::exchange).
    pub async fn finish(&self, login: &AuthLogin, callback: &AuthCallback) -> Result<SignedIn> {
        login.check(callback)?;
        self.exchange(callback.code()?, &login.verifier).await
    }

    /// Changes the code of a callback into a session, once.
    ///
    /// # Errors
    /// `NeedsLogin`, `supabase.login_expired`: the code is too old or was used. `Auth`, `supabase.wrong_verifier`: it belongs
    /// to another login. And every kind of the pipeline.
    pub async fn exchange(&self, code: &SecretString, verifier: &SecretString) -> Result<SignedIn> {
        let body = json!({"auth_code": code.expose_secret(), "code_verifier": verifier.expose_secret()});
        let request = self.token_request("auth.exchange", "pkce", &body)?;
        self.signed_in("auth.exchange", request, &[code, verifier]).await
    }

    /// Buys a new pair of tokens. Auth takes a refresh token once more when the answer to its first use was lost, so that one
    /// whose connection broke is sent again.
    ///
    /// # Errors
    /// `NeedsLogin`: `supabase.session_ended`, `supabase.refresh_reused`; `PermissionDenied`, `supabase.user_banned`; and
    /// every kind of the pipeline.
    pub async fn refresh(&self, refresh: &SecretString) -> Result<super::Session> {
        let body = json!({"refresh_token": refresh.expose_secret()});
        let request = self.token_request("auth.refresh", "refresh_token", &body)?.idempotent(true);
        Ok(self.signed_in("auth.refresh", request, &[refresh]).await?.session)
    }

    fn with_login(&self, mut url: Url, login: &OAuthLogin, state: &SecretString, verifier: &SecretString) -> Url {
        let mut redirect_to = login.redirect_to.clone();
        redirect_to.query_pairs_mut().append_pair("state", state.expose_secret());
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("provider", &login.provider).append_pair("redirect_to", redirect_to.as_str());
            if !login.scopes.is_empty() {
                // Auth splits them at commas and adds them to its own.
                query.append_pair("scopes", &login.scopes.join(","));
            }
            query
                .append_pair("code_challenge", &challenge(verifier))
                .append_pair("code_challenge_method", "s256")
                .extend_pairs(&login.params);
        }
        url
    }
}

/// What is sent instead of the verifier (RFC 7636, section 4.2).
pub(super) fn challenge(verifier: &SecretString) -> String {
    URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, verifier.expose_secret().as_bytes()))
}

/// Random bytes of the system as text for an address: 4 characters for 3 bytes.
pub(super) fn random<const BYTES: usize>() -> Result<SecretString> {
    let mut bytes = [0; BYTES];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Error::new(ErrorKind::Internal, "login.no_random", "the system gives no randomness"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes).into())
}
