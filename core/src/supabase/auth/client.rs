use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use http::Method;
use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;
use url::Url;

use super::AuthApi;
use super::errors::unreadable;
use super::session::{SignedIn, read_signed_in};
use crate::error::{ErrorKind, Result};
use crate::http::{HttpRequest, Made, Received, Service};
use crate::supabase::jwt::SECRET_NEEDED;
use crate::supabase::project::Part;
use crate::supabase::{Access, Claims, JwtVerifier, JwtVerifierBuilder, Supabase};
use crate::tolerant::read_repaired;

/// The largest answer that is read: a user with many identities has some 10 KB.
const MAX_BODY: usize = 4 << 20;

pub(super) type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// A client of a project's Auth. Cloning is cheap; clones share the keys that tokens are verified with.
///
/// ```no_run
/// use ghostwren::supabase::{AuthCallback, AuthClient, OAuthLogin, Supabase};
/// # async fn run(come_back: impl Fn(url::Url) -> String) -> ghostwren::Result<()> {
/// let auth = AuthClient::new(&Supabase::from_env()?)?;
/// let login = auth.authorize(&OAuthLogin::x("https://my.app/callback")?)?;
/// // Send the browser to `login.url`; keep `login` until it comes back.
/// let callback = AuthCallback::parse(&come_back(login.url.clone()))?;
/// let signed_in = auth.finish(&login, &callback).await?;
/// println!("{} is logged in", signed_in.session.user.id);
/// // The tokens for X's own API come once, here: seal them, and refresh them at X from now on.
/// let twitter = signed_in.provider.expect("a login with X gives tokens");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AuthClient {
    pub(super) project: Supabase,
    verifier: JwtVerifier,
    pub(super) clock: Clock,
}

impl Supabase {
    /// The project's Auth.
    ///
    /// # Errors
    /// As [`AuthClient::new`].
    pub fn auth(&self) -> Result<AuthClient> {
        AuthClient::new(self)
    }
}

impl fmt::Debug for AuthClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthClient").field("project", &self.project).finish_non_exhaustive()
    }
}

impl AuthClient {
    /// A client of the project's Auth.
    ///
    /// # Errors
    /// `Config`: `supabase.bad_url`, `http.tls_setup`.
    pub fn new(project: &Supabase) -> Result<Self> {
        let verifier = verifier_of(project)?.build()?;
        Ok(Self { project: project.clone(), verifier, clock: Arc::new(Utc::now) })
    }

    /// Changes how tokens are verified, beginning with the settings for the project's address: with its secret, or for another
    /// issuer where Auth names one.
    ///
    /// # Errors
    /// `Config`: `supabase.jwt_secret_short`, and as [`new`](Self::new).
    ///
    /// ```
    /// use ghostwren::supabase::{AuthClient, Supabase};
    /// # fn main() -> ghostwren::Result<()> {
    /// let project = Supabase::new("http://127.0.0.1:54321", "sb_publishable_ACJWlzQHlZjBrEguHvfOxg")?;
    /// let secret = "super-secret-jwt-token-with-at-least-32-characters-long".to_owned();
    /// let auth = AuthClient::new(&project)?.verify_with(|verifier| verifier.secret(secret.into()))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify_with(mut self, change: impl FnOnce(JwtVerifierBuilder) -> JwtVerifierBuilder + Send) -> Result<Self> {
        self.verifier = change(verifier_of(&self.project)?).build()?;
        Ok(self)
    }

    /// Takes the time from elsewhere, for tests. The verifier has a clock of its own.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// The project.
    #[must_use]
    pub fn project(&self) -> &Supabase {
        &self.project
    }

    /// What verifies the project's access tokens.
    #[must_use]
    pub fn verifier(&self) -> &JwtVerifier {
        &self.verifier
    }

    /// What an access token says, verified here; where the project signs with a secret that was not given, by asking Auth,
    /// which is one request per token.
    ///
    /// # Errors
    /// As [`JwtVerifier::verify`] and [`user`](Self::user).
    pub async fn claims(&self, token: &SecretString) -> Result<Claims> {
        match self.verifier.verify(token).await {
            Err(error) if error.code() == SECRET_NEEDED => {
                let claims = self.verifier.read_vouched_for(token)?;
                let user = self.user(&Access::bearer(token.clone())).await?;
                if user.id == claims.user {
                    return Ok(claims);
                }
                Err(unreadable("auth.user", "Supabase Auth answered with another user than the token's"))
            }
            end => end,
        }
    }

    /// An address of Auth.
    pub(super) fn endpoint(&self, segments: &[&str]) -> Result<Url> {
        self.project.endpoint(Part::Auth, segments)
    }

    /// Sends a request with a JSON body, and reads JSON. An answer without a body is null.
    pub(super) async fn send(
        &self,
        access: &Access,
        request: HttpRequest,
        secrets: &[&SecretString],
    ) -> Result<Received<Value>> {
        let service = |mut own: Vec<SecretString>| {
            own.extend(secrets.iter().copied().cloned());
            Box::new(AuthApi { secrets: own }) as Box<dyn Service>
        };
        let made = Made::new();
        let read = |body: &[u8]| made.keep(read_value(body));
        let received = self.project.call_read(access, request, &service, MAX_BODY, &read).await?;
        made.of(received)
    }

    /// Asks for a session, with what proves who it is for.
    pub(super) async fn signed_in(
        &self,
        operation: &'static str,
        request: HttpRequest,
        secrets: &[&SecretString],
    ) -> Result<SignedIn> {
        // Counted from before it was sent, by our own clock: a clock that is wrong is wrong at the end, too.
        let began = (self.clock)();
        let answer = self.send(&Access::Anonymous, request, secrets).await?;
        tell_reuse(&answer);
        read_signed_in(&answer.value, began)
            .ok_or_else(|| unreadable(operation, "the answer of Supabase Auth holds no session"))
    }

    pub(super) fn post<T: Serialize + ?Sized>(
        &self,
        operation: &'static str,
        segments: &[&str],
        body: &T,
    ) -> Result<HttpRequest> {
        HttpRequest::new(operation, Method::POST, self.endpoint(segments)?).json(body)
    }

    pub(super) fn token_request<T: Serialize + ?Sized>(
        &self,
        operation: &'static str,
        grant: &str,
        body: &T,
    ) -> Result<HttpRequest> {
        let mut request = self.post(operation, &["token"], body)?;
        request.url.query_pairs_mut().append_pair("grant_type", grant);
        Ok(request)
    }
}

fn verifier_of(project: &Supabase) -> Result<JwtVerifierBuilder> {
    let issuer = project.endpoint(Part::Auth, &[])?;
    let issuer = issuer.as_str().trim_end_matches('/').to_owned();
    let keys = project.endpoint(Part::Auth, &[".well-known", "jwks.json"])?;
    Ok(JwtVerifier::builder(issuer).ask(keys, project.pipeline()?, Box::new(AuthApi::default())))
}

/// What Auth says of a refresh token that it took though it was used: <https://supabase.com/docs/guides/auth/sessions>.
fn tell_reuse(answer: &Received<Value>) {
    let header = |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(cause) = header("sb-auth-refresh-token-reuse-cause") {
        let cause: String = cause.chars().take(50).collect();
        tracing::info!(target: "ghostwren::supabase", cause, "a refresh token was used again and taken");
    }
}

fn read_value(body: &[u8]) -> serde_json::Result<Value> {
    if body.trim_ascii().is_empty() {
        return Ok(Value::Null);
    }
    read_repaired(body, |body| serde_json::from_slice(body))
}

/// Whether a kind says that the login itself is over or refused, and not that something failed on the way.
pub(super) fn is_about_the_login(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NeedsLogin | ErrorKind::PermissionDenied | ErrorKind::Auth)
}
