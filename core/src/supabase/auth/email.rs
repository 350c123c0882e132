//! Logging in with an address: a password, or a code that Auth sends.

use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use url::Url;

use super::errors::unreadable;
use super::session::read_signed_in;
use super::user::{AuthUser, no_user, read_user};
use super::{AuthClient, SignedIn};
use crate::error::Result;
use crate::http::HttpRequest;
use crate::supabase::Access;

/// What became of a new user.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SignUp {
    /// It is logged in: the project asks for no confirmation.
    SignedIn(Box<SignedIn>),
    /// It has been sent a message, and is logged in once it has followed that. Auth answers the same for an address that is
    /// taken, so that nobody can find out who has an account.
    Unconfirmed(Box<AuthUser>),
}

/// What a code that Auth sent is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Otp {
    /// Logging in: [`AuthClient::send_code`].
    Email,
    /// Confirming a new user: [`AuthClient::sign_up`].
    SignUp,
    /// A forgotten password: [`AuthClient::send_recovery`].
    Recovery,
    /// Another address: [`UserChanges::email`](super::UserChanges::email).
    EmailChange,
    /// An invitation.
    Invite,
}

impl Otp {
    fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::SignUp => "signup",
            Self::Recovery => "recovery",
            Self::EmailChange => "email_change",
            Self::Invite => "invite",
        }
    }
}

impl AuthClient {
    /// Makes a new user with an address and a password. `metadata` becomes its `user_metadata`.
    ///
    /// # Errors
    /// `InvalidInput`: `supabase.weak_password`, `supabase.email_invalid`; `Conflict`, `supabase.user_exists`;
    /// `PermissionDenied`, `supabase.signup_disabled`; `RateLimited`, `supabase.message_rate_limit`; and every kind of the
    /// pipeline.
    pub async fn sign_up(&self, email: &str, password: &SecretString, metadata: Map<String, Value>) -> Result<SignUp> {
        const OPERATION: &str = "auth.sign_up";
        let body = json!({"email": email, "password": password.expose_secret(), "data": metadata});
        let request = self.post(OPERATION, &["signup"], &body)?;
        let began = (self.clock)();
        let answer = self.send(&Access::Anonymous, request, &[password]).await?.value;
        if let Some(signed_in) = read_signed_in(&answer, began) {
            return Ok(SignUp::SignedIn(Box::new(signed_in)));
        }
        let user = answer.get("user").filter(|user| user.is_object()).unwrap_or(&answer);
        read_user(user).map(|user| SignUp::Unconfirmed(Box::new(user))).ok_or_else(|| no_user(OPERATION))
    }

    /// Logs in with an address and a password.
    ///
    /// # Errors
    /// `Auth`, `supabase.invalid_credentials`; `PermissionDenied`: `supabase.unconfirmed`, `supabase.user_banned`; and every
    /// kind of the pipeline.
    pub async fn sign_in_with_password(&self, email: &str, password: &SecretString) -> Result<SignedIn> {
        let body = json!({"email": email, "password": password.expose_secret()});
        let request = self.token_request("auth.password", "password", &body)?;
        self.signed_in("auth.password", request, &[password]).await
    }

    /// Sends a code (and a link, as the project's template has it) to log in with; to a new address only where `create` is
    /// true.
    ///
    /// # Errors
    /// `RateLimited`, `supabase.message_rate_limit`; `PermissionDenied`, `supabase.signup_disabled`; and every kind of the
    /// pipeline.
    pub async fn send_code(&self, email: &str, create: bool) -> Result<()> {
        let request = self.post("auth.otp", &["otp"], &json!({"email": email, "create_user": create}))?;
        self.send(&Access::Anonymous, request, &[]).await.map(|_| ())
    }

    /// Sends a code and a link for a forgotten password. Its end ([`verify_code`](Self::verify_code)) is a session, with
    /// which the password can be changed.
    ///
    /// # Errors
    /// As [`send_code`](Self::send_code).
    pub async fn send_recovery(&self, email: &str, redirect_to: Option<&Url>) -> Result<()> {
        let mut request = self.post("auth.recover", &["recover"], &json!({"email": email}))?;
        if let Some(to) = redirect_to {
            request.url.query_pairs_mut().append_pair("redirect_to", to.as_str());
        }
        self.send(&Access::Anonymous, request, &[]).await.map(|_| ())
    }

    /// Sends a message of [`sign_up`](Self::sign_up) or of a change of address again.
    ///
    /// # Errors
    /// As [`send_code`](Self::send_code).
    pub async fn resend(&self, otp: Otp, email: &str) -> Result<()> {
        let request = self.post("auth.resend", &["resend"], &json!({"type": otp.name(), "email": email}))?;
        self.send(&Access::Anonymous, request, &[]).await.map(|_| ())
    }

    /// Logs in with a code that Auth sent.
    ///
    /// # Errors
    /// `Auth`, `supabase.code_refused`; and every kind of the pipeline.
    pub async fn verify_code(&self, otp: Otp, email: &str, code: &SecretString) -> Result<SignedIn> {
        let body = json!({"type": otp.name(), "email": email, "token": code.expose_secret()});
        self.signed_in("auth.verify", self.post("auth.verify", &["verify"], &body)?, &[code]).await
    }

    /// Which ways of logging in the project has, as far as Auth lists them: its `external` map, in which `x` is missing
    /// (<https://github.com/supabase/auth>, `internal/api/settings.go`). Ask [`probe`](Self::probe) for that one.
    ///
    /// # Errors
    /// Every kind of the pipeline.
    pub async fn settings(&self) -> Result<Map<String, Value>> {
        let request = HttpRequest::new("auth.settings", Method::GET, self.endpoint(&["settings"])?);
        match self.send(&Access::Anonymous, request, &[]).await?.value {
            Value::Object(settings) => Ok(settings),
            _ => Err(unreadable("auth.settings", "the settings of Supabase Auth are no object")),
        }
    }
}
