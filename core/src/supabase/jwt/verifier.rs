use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use url::Url;

use super::claims::{Claims, Expected, refused};
use super::jwks::{Jwks, unknown_key};
use super::key::{Algorithm, Key, read_keys};
use super::token::Parts;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{HttpClient, Service};

type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The shortest secret that HS256 is secure with (RFC 7518, section 3.2).
const SHORTEST_SECRET: usize = 32;

/// Verifies access tokens of one project. Cloning is cheap; clones share the keys.
///
/// Accepted are ES256, RS256 and EdDSA with a public key of the project, and HS256 only where its secret was given, which
/// projects of before 2025 sign with. A key does for the one algorithm of its kind, so that a public key is never taken for
/// a secret. Checked are `iss`, `aud`, `exp`, `nbf`, `iat`, `role` and `sub`, with half a minute of leeway for clocks.
///
/// A token is good until it expires, also after its session was ended: ask [`AuthClient::user`](crate::supabase::AuthClient::user)
/// where that matters.
///
/// ```
/// use ghostwren::supabase::JwtVerifier;
/// # tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(async {
/// // A server whose key is known, and that is never asked for it.
/// let verifier = JwtVerifier::builder("https://abcdefgh.supabase.co/auth/v1").key_set(br#"{"keys":[]}"#)?.build()?;
/// let forged = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0.".to_owned().into();
/// assert_eq!(verifier.verify(&forged).await.expect_err("forged").code(), "supabase.jwt_algorithm");
/// # Ok::<(), ghostwren::Error>(())
/// # }).expect("as shown");
/// ```
#[derive(Clone)]
pub struct JwtVerifier {
    inner: Arc<Inner>,
}

struct Inner {
    expected: Expected,
    secrets: Vec<hmac::Key>,
    keys: Keys,
    clock: Clock,
}

enum Keys {
    Fixed(Arc<[Key]>),
    Asked(Box<Jwks>),
}

/// The settings of a [`JwtVerifier`].
pub struct JwtVerifierBuilder {
    expected: Expected,
    secrets: Vec<SecretString>,
    keys: Option<Keys>,
    clock: Clock,
}

impl fmt::Debug for JwtVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtVerifier")
            .field("expected", &self.inner.expected)
            .field("secrets", &self.inner.secrets.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for JwtVerifierBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtVerifierBuilder").field("expected", &self.expected).finish_non_exhaustive()
    }
}

impl JwtVerifierBuilder {
    /// Sets for whom tokens must be; `authenticated` unless set.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.expected.audience = audience.into();
        self
    }

    /// Sets who must have issued them.
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.expected.issuer = issuer.into();
        self
    }

    /// Accepts tokens that name no issuer, as `@supabase/lite` makes them; never those that name another one.
    #[must_use]
    pub fn issuer_may_be_missing(mut self) -> Self {
        self.expected.issuer_may_be_missing = true;
        self
    }

    /// Sets which roles are accepted; `authenticated` alone unless set. With others, a key of the project may pass for a user.
    #[must_use]
    pub fn roles<T: Into<String>>(mut self, roles: impl IntoIterator<Item = T>) -> Self {
        self.expected.roles = roles.into_iter().map(Into::into).collect();
        self
    }

    /// Sets how far clocks may differ; 30 s unless set, as PostgREST has it.
    #[must_use]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.expected.leeway = TimeDelta::from_std(leeway).unwrap_or(TimeDelta::MAX);
        self
    }

    /// Accepts HS256 with this secret (`JWT secret` in the project's settings). Given more than once, each is accepted, so
    /// that a secret can be changed.
    #[must_use]
    pub fn secret(mut self, secret: SecretString) -> Self {
        self.secrets.push(secret);
        self
    }

    /// Takes the public keys from this JSON (`{"keys":[…]}`), and never asks for them.
    ///
    /// # Errors
    /// `Config`, `supabase.jwks_unreadable`.
    pub fn key_set(mut self, json: &[u8]) -> Result<Self> {
        let keys = read_keys(json).map_err(|_| {
            Error::new(
                ErrorKind::Config,
                "supabase.jwks_unreadable",
                "the key set is not JSON of the form {\"keys\":[…]}",
            )
        })?;
        self.keys = Some(Keys::Fixed(keys.into()));
        Ok(self)
    }

    /// Asks for the public keys there.
    #[must_use]
    pub(in crate::supabase) fn ask(mut self, url: Url, http: HttpClient, service: Box<dyn Service>) -> Self {
        self.keys = Some(Keys::Asked(Box::new(Jwks::new(url, http, service))));
        self
    }

    /// Takes the time from elsewhere, for tests.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// The verifier.
    ///
    /// # Errors
    /// `Config`, `supabase.jwt_secret_short`, for a secret of less than 32 bytes.
    pub fn build(self) -> Result<JwtVerifier> {
        let secrets = self.secrets.iter().map(|secret| {
            let secret = secret.expose_secret().as_bytes();
            if secret.len() < SHORTEST_SECRET {
                let detail = "the secret that tokens are signed with has less than 32 bytes";
                return Err(Error::new(ErrorKind::Config, "supabase.jwt_secret_short", detail)
                    .with_remedy("Copy the JWT secret of the project's settings whole."));
            }
            Ok(hmac::Key::new(hmac::HMAC_SHA256, secret))
        });
        let secrets = secrets.collect::<Result<Vec<_>>>()?;
        let keys = self.keys.unwrap_or_else(|| Keys::Fixed(Arc::default()));
        let inner = Inner { expected: self.expected, secrets, keys, clock: self.clock };
        Ok(JwtVerifier { inner: Arc::new(inner) })
    }
}

impl JwtVerifier {
    /// Settings for tokens of this issuer: the project's URL and `/auth/v1`, unless your own Auth says something else.
    /// A project's own verifier is [`AuthClient::verifier`](crate::supabase::AuthClient::verifier).
    #[must_use]
    pub fn builder(issuer: impl Into<String>) -> JwtVerifierBuilder {
        JwtVerifierBuilder {
            expected: Expected {
                issuer: issuer.into(),
                issuer_may_be_missing: false,
                audience: "authenticated".to_owned(),
                roles: vec!["authenticated".to_owned()],
                leeway: TimeDelta::seconds(30),
            },
            secrets: Vec::new(),
            keys: None,
            clock: Arc::new(Utc::now),
        }
    }

    /// What the token says, if it is good now.
    ///
    /// # Errors
    /// `Auth`: `supabase.jwt_malformed`, `supabase.jwt_algorithm`, `supabase.jwt_unknown_key`, `supabase.jwt_signature`,
    /// `supabase.jwt_expired`, `supabase.jwt_not_yet_valid`, `supabase.jwt_issuer`, `supabase.jwt_audience`,
    /// `supabase.jwt_role`, `supabase.jwt_claims`. `Config`, `supabase.jwt_secret_needed`: it is signed with the project's
    /// secret, and that was not given. And every kind of the pipeline, where the keys have to be asked for.
    pub async fn verify(&self, token: &SecretString) -> Result<Claims> {
        let parts = Parts::of(token.expose_secret())?;
        let verified = match parts.algorithm {
            Algorithm::Hs256 if self.inner.secrets.is_empty() => return Err(secret_needed()),
            Algorithm::Hs256 => {
                let verifies = |key| hmac::verify(key, parts.message, &parts.signature).is_ok();
                self.inner.secrets.iter().any(verifies)
            }
            algorithm => self.verified_by_key(&parts, algorithm).await?,
        };
        if !verified {
            return Err(refused("supabase.jwt_signature", "its signature is wrong"));
        }
        self.check(parts.payload()?, &self.inner.expected)
    }

    async fn verified_by_key(&self, parts: &Parts<'_>, algorithm: Algorithm) -> Result<bool> {
        let kid = parts.kid.as_deref();
        let keys = match &self.inner.keys {
            Keys::Fixed(keys) => Arc::clone(keys),
            Keys::Asked(jwks) => jwks.keys(kid, algorithm).await?,
        };
        let named: Vec<&Key> = keys.iter().filter(|key| kid.is_none() || key.kid.as_deref() == kid).collect();
        if named.is_empty() {
            return Err(unknown_key());
        }
        let fitting: Vec<&Key> = named.into_iter().filter(|key| key.algorithm == algorithm).collect();
        match fitting.as_slice() {
            [] => Err(refused("supabase.jwt_algorithm", "its key is for another algorithm than it says")),
            [_, _, ..] if kid.is_none() => Err(refused("supabase.jwt_unknown_key", "it does not say by which key")),
            keys => Ok(keys.iter().any(|key| key.verifies(parts.message, &parts.signature))),
        }
    }

    fn check(&self, claims: Map<String, Value>, expected: &Expected) -> Result<Claims> {
        Claims::checked(claims, expected, (self.inner.clock)())
    }

    /// What the token says, if the server that it is of has just taken it: all that [`verify`](Self::verify) checks, except
    /// for the signature; it may leave its issuer out, which has just been asked.
    pub(in crate::supabase) fn read_vouched_for(&self, token: &SecretString) -> Result<Claims> {
        let expected = Expected { issuer_may_be_missing: true, ..self.inner.expected.clone() };
        self.check(Parts::of(token.expose_secret())?.payload()?, &expected)
    }
}

/// The code of a token that is signed with a secret, where none was given.
pub(crate) const SECRET_NEEDED: &str = "supabase.jwt_secret_needed";

fn secret_needed() -> Error {
    let detail = "the token is signed with the project's secret (HS256), which was not given";
    Error::new(ErrorKind::Config, SECRET_NEEDED, detail).with_remedy(
        "Change the project to an asymmetric key (Settings, JWT keys), or give its JWT secret to a server of your own.",
    )
}
