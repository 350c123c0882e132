//! Login by OAuth 2.0 with PKCE: the address for the browser, the code for tokens, refresh, revocation.
//!
//! <https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token>

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{TimeDelta, Utc};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;
use url::Url;

use super::app::base_url;
use super::errors::{NAME, XApi, judge, redact};
use super::limits::RateLimits;
use super::problem::Problem;
use super::{Scopes, Tokens, TwitterApp};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Failure, HttpRequest, Repeat, Service, body_summary};
use crate::tolerant::{Scalar, object, read_repaired};

/// How long a code of X lives (<https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code>).
const CODE_LIFE: Duration = Duration::from_secs(30);
/// The largest answer of the token endpoint that is read.
const MAX_BODY: usize = 256 << 10;

/// A login that was begun: where the browser goes, and the two secrets that its end needs.
///
/// Keep `state` and `verifier` for the callback (in memory, or in a store as a hash and sealed); the callback must come back
/// within minutes, and its code lives 30 seconds.
pub struct Authorization {
    /// Where the person gives consent. Open it in a browser.
    pub url: Url,
    /// Comes back in the callback; of one that has another, take nothing ([`Callback::has_state`](super::Callback::has_state)).
    pub state: SecretString,
    /// The PKCE verifier, for [`TwitterApp::exchange`].
    pub verifier: SecretString,
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization").field("url", &crate::http::shown_address(&self.url)).finish_non_exhaustive()
    }
}

impl TwitterApp {
    /// Begins a login. Sends nothing.
    ///
    /// # Errors
    /// `Config`, `twitter.base_url`; `Internal`, `login.no_random`, when the system gives no randomness.
    ///
    /// ```
    /// use ghostwren::twitter::{Scopes, TwitterApp};
    /// # fn main() -> ghostwren::Result<()> {
    /// let login = TwitterApp::new("bXktYXBw").authorize(&Scopes::read())?;
    /// assert!(login.url.as_str().starts_with("https://x.com/i/oauth2/authorize?response_type=code&client_id=bXktYXBw"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn authorize(&self, scopes: &Scopes) -> Result<Authorization> {
        let state = random::<32>()?;
        let verifier = random::<64>()?;
        let challenge = ring::digest::digest(&ring::digest::SHA256, verifier.expose_secret().as_bytes());
        let mut url = self.authorize_base.clone().ok_or_else(|| base_url("there is no page that asks for consent"))?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("scope", &scopes.to_string())
            .append_pair("state", state.expose_secret())
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(challenge))
            .append_pair("code_challenge_method", "S256");
        Ok(Authorization { url, state, verifier })
    }

    /// Changes the code of a callback into tokens: within 30 seconds, and once. `asked` is what the login asked for: what was
    /// granted, where the answer does not say it.
    ///
    /// # Errors
    /// `NeedsLogin`, `login.code_expired`: the code is too old, was used, or belongs to another login. `Config`:
    /// `twitter.client_refused`, `login.redirect_mismatch`. And every kind of the pipeline.
    pub async fn exchange(&self, code: &SecretString, verifier: &SecretString, asked: &Scopes) -> Result<Tokens> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.expose_secret()),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", verifier.expose_secret()),
        ];
        let service = self.endpoint_service(Step::Exchange, [code, verifier]);
        self.tokens("oauth.exchange", &service, &form, asked, None).await
    }

    /// Buys new tokens with a refresh token, which X takes once: keep the answer before it is used. Not repeated by itself
    /// when the connection breaks, since the refresh may have happened.
    ///
    /// # Errors
    /// `NeedsLogin`, `twitter.refresh_refused`: the token was used, revoked or is too old. `Config`,
    /// `twitter.client_refused`. And every kind of the pipeline; after `Timeout` and `Server` nobody knows whether the token
    /// was used.
    pub async fn refresh(&self, tokens: &Tokens) -> Result<Tokens> {
        let Some(token) = &tokens.refresh else {
            return Err(Error::new(
                ErrorKind::NeedsLogin,
                "twitter.no_refresh_token",
                "the login has no refresh token",
            )
            .with_operation(NAME, "oauth.refresh")
            .with_remedy("Log in again, with the scope `offline.access`."));
        };
        let form = [("grant_type", "refresh_token"), ("refresh_token", token.expose_secret())];
        let service = self.endpoint_service(Step::Refresh, [token, &tokens.access]);
        self.tokens("oauth.refresh", &service, &form, &tokens.scopes, Some(token)).await
    }

    /// Ends a token at X. A token that X does not know counts as ended.
    ///
    /// # Errors
    /// `Config`, `twitter.client_refused`, and every kind of the pipeline.
    pub async fn revoke(&self, token: &SecretString) -> Result<()> {
        let service = self.endpoint_service(Step::Revoke, [token, token]);
        let form = [("token", token.expose_secret())];
        let request = self.form("oauth.revoke", &["oauth2", "revoke"], &form)?.idempotent(true);
        match self.pipeline()?.send_bytes(&service, request, MAX_BODY).await {
            Err(error) if error.code() == "twitter.token_unknown" => Ok(()),
            end => end.map(|_| ()),
        }
    }

    async fn tokens(
        &self,
        operation: &'static str,
        service: &TokenEndpoint,
        form: &[(&str, &str)],
        asked: &Scopes,
        used: Option<&SecretString>,
    ) -> Result<Tokens> {
        let mut request = self.form(operation, &["oauth2", "token"], form)?;
        if service.step == Step::Exchange {
            // Who waits longer comes with a dead code, and is told that instead of what there was to wait for.
            request = request.deadline(Instant::now().checked_add(CODE_LIFE));
        }
        let began = Utc::now();
        let answer = self.pipeline()?.send_bytes(service, request, MAX_BODY).await?;
        let wire = read_repaired(&answer.value, |body| serde_json::from_slice::<WireTokens<'_>>(body).map(Read::from));
        let read = wire.unwrap_or_default();
        let Some(access) = read.access else {
            // Not even its beginning is quoted: it may hold the tokens in another form.
            let detail = "the answer of the token endpoint holds no access token";
            return Err(Error::new(ErrorKind::Decode, "twitter.unreadable_tokens", detail)
                .with_operation(NAME, operation)
                .with_status(answer.status.as_u16())
                .with_remedy("Check the base URL; a proxy or a login page may stand in between."));
        };
        // Counted from before it was sent: rather too early than too late.
        let lives = TimeDelta::try_seconds(read.expires_in.unwrap_or(0)).unwrap_or_default();
        Ok(Tokens {
            access,
            // RFC 6749, section 6: where no new one comes, the old one stays.
            refresh: read.refresh.or_else(|| used.cloned()),
            scopes: read.scopes.unwrap_or_else(|| asked.clone()),
            expires_at: began.checked_add_signed(lives).unwrap_or(began),
            unverified: false,
        })
    }

    fn form(&self, operation: &'static str, path: &[&str], form: &[(&str, &str)]) -> Result<HttpRequest> {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in form {
            body.append_pair(name, value);
        }
        if self.client_secret.is_none() {
            body.append_pair("client_id", &self.client_id);
        }
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        let request = HttpRequest::new(operation, Method::POST, self.endpoint(path)?)
            .body(kind, body.finish())
            .total_timeout(Some(Duration::from_secs(30)));
        let Some(secret) = &self.client_secret else { return Ok(request) };
        // RFC 6749, section 2.3.1: both parts are form-encoded before they are joined.
        let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = format!("{}:{}", encode(&self.client_id), encode(secret.expose_secret()));
        let basic = SecretString::from(format!("Basic {}", STANDARD.encode(pair)));
        request.secret_header(AUTHORIZATION, &basic)
    }

    fn endpoint_service(&self, step: Step, secrets: [&SecretString; 2]) -> TokenEndpoint {
        let secrets = secrets.into_iter().chain(&self.client_secret).cloned().collect();
        TokenEndpoint { step, secrets }
    }
}

/// Random bytes of the system as text for an address: 4 characters for 3 bytes.
fn random<const BYTES: usize>() -> Result<SecretString> {
    let mut bytes = [0; BYTES];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Error::new(ErrorKind::Internal, "login.no_random", "the system gives no randomness"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes).into())
}

object! {
    struct WireTokens {
        access: Scalar<'a> = "access_token",
        refresh: Scalar<'a> = "refresh_token",
        expires_in: Scalar<'a> = "expires_in",
        scope: Scalar<'a> = "scope",
    }
}

#[derive(Default)]
struct Read {
    access: Option<SecretString>,
    refresh: Option<SecretString>,
    expires_in: Option<i64>,
    scopes: Option<Scopes>,
}

impl From<WireTokens<'_>> for Read {
    fn from(wire: WireTokens<'_>) -> Self {
        let secret = |text: Scalar<'_>| text.filled().is_some().then(|| SecretString::from(text.into_string()));
        Self {
            access: secret(wire.access),
            refresh: secret(wire.refresh),
            expires_in: wire.expires_in.text().and_then(|text| text.parse().ok()).filter(|seconds| *seconds >= 0),
            scopes: wire.scope.filled().map(Scopes::parse),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Exchange,
    Refresh,
    Revoke,
}

/// The token endpoint as the pipeline sees it.
#[derive(Debug)]
struct TokenEndpoint {
    step: Step,
    secrets: Vec<SecretString>,
}

impl Service for TokenEndpoint {
    fn name(&self) -> &'static str {
        NAME
    }

    fn classify(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Failure {
        let problem = Problem::parse(body);
        let mut failure = self.judge(status, &problem);
        if failure.detail.is_empty() {
            failure.detail = format!("X answered with {}", body_summary(headers, body));
        }
        failure.detail = redact(&failure.detail, &self.secrets);
        failure
    }

    fn request_id(&self, headers: &HeaderMap) -> Option<String> {
        XApi::default().request_id(headers)
    }
}

impl TokenEndpoint {
    fn judge(&self, status: StatusCode, problem: &Problem) -> Failure {
        let words = problem.words();
        let told = problem.told();
        let says = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
        match status.as_u16() {
            429 => {
                return Failure::new(ErrorKind::RateLimited, "twitter.rate_window", told)
                    .repeat(Repeat::NothingHappened { wait: None });
            }
            // Whether the token was used before it failed, nobody knows: never repeated unless it may be.
            500..=599 => {
                return Failure::new(ErrorKind::Server, "twitter.server", told).repeat(Repeat::IfIdempotent);
            }
            _ => {}
        }
        // Before the login is called ended it must be about the token: an app that is set up wrongly says `invalid_request`,
        // too, and a 401 alone may be an outage.
        let refused = says(&["invalid_grant"])
            || match self.step {
                Step::Exchange => says(&["code was invalid", "token was invalid", "verifier", "code challenge"]),
                Step::Refresh | Step::Revoke => says(&["token was invalid", "token was not valid"]),
            };
        let client = says(&["unauthorized_client", "invalid_client", "authorization header", "client_id"])
            || status == StatusCode::UNAUTHORIZED;
        if client && !refused {
            return Failure::new(ErrorKind::Config, "twitter.client_refused", told).remedy(
                "Check client id and secret: an app of type \"Web App, Automated App or Bot\" needs its client \
                 secret, a \"Native App\" must have none.",
            );
        }
        if says(&["redirect"]) {
            return Failure::new(ErrorKind::Config, "login.redirect_mismatch", told)
                .remedy("Register exactly this callback address with the X app, to the character.");
        }
        if says(&["invalid_scope"]) {
            return Failure::new(ErrorKind::Config, "login.scope_refused", told)
                .remedy("Ask only for scopes that the X app has.");
        }
        match self.step {
            Step::Exchange if refused => Failure::new(ErrorKind::NeedsLogin, "login.code_expired", told).remedy(
                "A login's code lives 30 seconds and is good for one use: begin the login again, and change the \
                 code as soon as it comes.",
            ),
            Step::Refresh if refused => Failure::new(ErrorKind::NeedsLogin, "twitter.refresh_refused", told)
                .remedy("Log in again: the refresh token was used already (it is good once), revoked, or is too old."),
            Step::Revoke if refused => Failure::new(ErrorKind::NotFound, "twitter.token_unknown", told),
            _ if status == StatusCode::BAD_REQUEST => {
                Failure::new(ErrorKind::InvalidInput, "twitter.invalid_request", told)
            }
            // What X says of an app or an account anywhere: that it is not enrolled, locked, out of credit.
            _ if !words.trim().is_empty() => judge(status, problem, &RateLimits::default(), None),
            _ => Failure::new(ErrorKind::Decode, "twitter.unexpected_status", told),
        }
    }
}
