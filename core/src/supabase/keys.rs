//! The keys of a project, told apart by their form.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::error::{Error, ErrorKind, Result};

/// The longest key that is read: a legacy one has about 220 bytes.
const LONGEST: usize = 4096;

/// What a key of a project is: <https://supabase.com/docs/guides/api/api-keys>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// `sb_publishable_…`: made to be seen; may what the role `anon` may.
    Publishable,
    /// `sb_secret_…`: for servers only; row-level security does not hold for it.
    Secret,
    /// The legacy `anon` key, a JWT that Supabase replaces with publishable keys.
    LegacyAnon,
    /// The legacy `service_role` key, a JWT that Supabase replaces with secret keys.
    LegacyServiceRole,
}

impl KeyKind {
    /// Whether it must never leave a server.
    #[must_use]
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::LegacyServiceRole)
    }

    /// Whether it is a JWT of the old kind.
    #[must_use]
    pub fn is_legacy(self) -> bool {
        matches!(self, Self::LegacyAnon | Self::LegacyServiceRole)
    }
}

/// A key of a project with what its form says. `Debug` shows the kind alone.
///
/// ```
/// use ghostwren::supabase::{ApiKey, KeyKind};
/// # fn main() -> ghostwren::Result<()> {
/// let key = ApiKey::new("sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH")?;
/// assert_eq!(key.kind(), KeyKind::Publishable);
/// assert_eq!(ApiKey::new("hunter2").unwrap_err().code(), "supabase.unknown_key");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ApiKey {
    secret: SecretString,
    kind: KeyKind,
    project: Option<String>,
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// The claims of a legacy key.
#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    role: String,
    #[serde(default, rename = "ref")]
    project: Option<String>,
}

impl ApiKey {
    /// Reads a key; white space around it is no part of it.
    ///
    /// # Errors
    /// `Config`: `supabase.unknown_key` for what is in no form that a key has, `supabase.user_token_as_key` for a user's JWT.
    pub fn new(key: impl Into<SecretString>) -> Result<Self> {
        let key = key.into();
        let text = key.expose_secret().trim();
        let whole = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_graphic());
        let (kind, project) = if text.strip_prefix("sb_publishable_").is_some_and(whole) {
            (KeyKind::Publishable, None)
        } else if text.strip_prefix("sb_secret_").is_some_and(whole) {
            (KeyKind::Secret, None)
        } else {
            let claims = claims(text).ok_or_else(unknown)?;
            let kind = match claims.role.as_str() {
                "anon" => KeyKind::LegacyAnon,
                "service_role" => KeyKind::LegacyServiceRole,
                "authenticated" => return Err(user_token()),
                _ => return Err(unknown()),
            };
            (kind, claims.project)
        };
        Ok(Self { secret: SecretString::from(text), kind, project })
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The key, for the headers.
    pub(super) fn secret(&self) -> &SecretString {
        &self.secret
    }

    /// The project that a legacy key names.
    pub(super) fn project(&self) -> Option<&str> {
        self.project.as_deref()
    }

    /// Refuses a secret key where everybody may look.
    pub(super) fn must_be_publishable(self) -> Result<Self> {
        if !self.kind.is_secret() {
            return Ok(self);
        }
        Err(Error::new(
            ErrorKind::Config,
            "supabase.key_not_publishable",
            "a secret key was given as the publishable one: every call would go around row-level security",
        )
        .with_remedy(
            "Give the key that begins with sb_publishable_ (or the legacy anon key); if the secret key was ever in an \
             app or a page, replace it in the project's settings under API Keys.",
        ))
    }

    /// Refuses a publishable key where a secret one is needed.
    pub(super) fn must_be_secret(self) -> Result<Self> {
        if self.kind.is_secret() {
            return Ok(self);
        }
        Err(Error::new(
            ErrorKind::Config,
            "supabase.key_not_secret",
            "a publishable key was given as the secret one: what needs the secret key would be refused",
        )
        .with_remedy("Give the key that begins with sb_secret_ (or the legacy service_role key)."))
    }
}

/// The claims of a JWT, unverified: they say what a key is for, not that it is good.
fn claims(text: &str) -> Option<Claims> {
    if text.len() > LONGEST {
        return None;
    }
    let mut parts = text.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?).ok()
}

fn unknown() -> Error {
    Error::new(ErrorKind::Config, "supabase.unknown_key", "the key has no form that a key of Supabase has").with_remedy(
        "Copy it from the project's settings under API Keys: it begins with sb_publishable_ or sb_secret_, or is a \
         legacy anon or service_role key.",
    )
}

fn user_token() -> Error {
    Error::new(ErrorKind::Config, "supabase.user_token_as_key", "the token of a logged-in user was given as a key")
        .with_remedy("Give the project's publishable key, and the token as the user's identity.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(claims: &str) -> String {
        format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#), URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn every_form_of_a_key() {
        let of = |key: &str| ApiKey::new(key).map(|key| key.kind());
        let anon = jwt(r#"{"iss":"supabase","ref":"abcdefghijklmnopqrst","role":"anon","iat":1,"exp":2}"#);
        for (key, kind) in [
            ("sb_publishable_x", KeyKind::Publishable),
            (" sb_secret_abc\n", KeyKind::Secret),
            (&anon, KeyKind::LegacyAnon),
            (&jwt(r#"{"role":"service_role"}"#), KeyKind::LegacyServiceRole),
        ] {
            assert_eq!(of(key).unwrap(), kind);
        }
        for (key, code) in [
            ("", "supabase.unknown_key"),
            ("sb_publishable_", "supabase.unknown_key"),
            ("sb_secret_a b", "supabase.unknown_key"),
            ("sb_temporary_x", "supabase.unknown_key"),
            ("a.b.c", "supabase.unknown_key"),
            (&jwt(r#"{"role":"postgres"}"#), "supabase.unknown_key"),
            (&jwt(r#"{"role":"authenticated","sub":"u"}"#), "supabase.user_token_as_key"),
            (&format!("{}.x", jwt(r#"{"role":"anon"}"#)), "supabase.unknown_key"),
        ] {
            assert_eq!(of(key).unwrap_err().code(), code, "{key}");
        }
        assert_eq!(ApiKey::new(anon).unwrap().project(), Some("abcdefghijklmnopqrst"));
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", ApiKey::new("sb_secret_planted").unwrap()), "ApiKey { kind: Secret, .. }");
    }
}
