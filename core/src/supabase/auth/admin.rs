use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::AuthClient;
use super::user::{AuthUser, no_user, read_user};
use crate::error::{Error, ErrorKind, Result};
use crate::http::HttpRequest;
use crate::supabase::Access;

/// What only the secret key may: users of the whole project. On a server.
#[derive(Clone, Debug)]
pub struct AuthAdmin {
    auth: AuthClient,
}

/// A user that is to be made by an admin: without a message, and confirmed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NewUser {
    email: String,
    password: Option<SecretString>,
    app_metadata: Map<String, Value>,
}

impl NewUser {
    /// With this address, which counts as confirmed.
    #[must_use]
    pub fn new(email: impl Into<String>) -> Self {
        Self { email: email.into(), password: None, app_metadata: Map::new() }
    }

    /// With this password.
    #[must_use]
    pub fn password(mut self, password: SecretString) -> Self {
        self.password = Some(password);
        self
    }

    /// With this `app_metadata`.
    #[must_use]
    pub fn app_metadata(mut self, metadata: Map<String, Value>) -> Self {
        self.app_metadata = metadata;
        self
    }
}

/// A second factor of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Factor {
    /// Its id.
    pub id: Uuid,
    /// Its kind, such as `totp`.
    pub kind: String,
    /// Whether it was confirmed, and counts.
    pub verified: bool,
}

impl AuthClient {
    /// The calls of an admin.
    ///
    /// # Errors
    /// `Config`, `supabase.secret_key_needed`, where the project has no secret key here.
    pub fn admin(&self) -> Result<AuthAdmin> {
        self.project.secret()?;
        Ok(AuthAdmin { auth: self.clone() })
    }
}

impl AuthAdmin {
    /// A user; `None` when there is none.
    ///
    /// # Errors
    /// `PermissionDenied`, `supabase.not_admin`; and every kind of the pipeline.
    pub async fn user(&self, id: Uuid) -> Result<Option<AuthUser>> {
        const OPERATION: &str = "auth.admin.user";
        match self.send(OPERATION, Method::GET, &["admin", "users", &id.to_string()]).await {
            Ok(answer) => read_user(&answer).map(Some).ok_or_else(|| no_user(OPERATION)),
            Err(error) if is_no_user(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes a user.
    ///
    /// # Errors
    /// `Conflict`, `supabase.user_exists`; and as [`user`](Self::user).
    pub async fn create_user(&self, user: &NewUser) -> Result<AuthUser> {
        const OPERATION: &str = "auth.admin.create_user";
        let mut body = json!({"email": user.email, "email_confirm": true, "app_metadata": user.app_metadata});
        if let (Some(password), Some(body)) = (&user.password, body.as_object_mut()) {
            body.insert("password".to_owned(), password.expose_secret().into());
        }
        let request = self.auth.post(OPERATION, &["admin", "users"], &body)?;
        let secrets: Vec<&SecretString> = user.password.iter().collect();
        let answer = self.auth.send(&Access::Secret, request, &secrets).await?;
        read_user(&answer.value).ok_or_else(|| no_user(OPERATION))
    }

    /// Deletes a user with its sessions and identities, for good; whether there was one. Rows of your own tables go with it
    /// where they reference `auth.users` with `on delete cascade`.
    ///
    /// # Errors
    /// As [`user`](Self::user).
    pub async fn delete_user(&self, id: Uuid) -> Result<bool> {
        let url = self.auth.endpoint(&["admin", "users", &id.to_string()])?;
        let request = HttpRequest::new("auth.admin.delete_user", Method::DELETE, url);
        match self.auth.send(&Access::Secret, request.json(&json!({"should_soft_delete": false}))?, &[]).await {
            Ok(_) => Ok(true),
            Err(error) if is_no_user(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The second factors of a user.
    ///
    /// # Errors
    /// As [`user`](Self::user).
    pub async fn factors(&self, id: Uuid) -> Result<Vec<Factor>> {
        let path = ["admin", "users", &id.to_string(), "factors"];
        let answer = self.send("auth.admin.factors", Method::GET, &path).await?;
        let factors = answer.as_array().or_else(|| answer.get("factors")?.as_array());
        Ok(factors.into_iter().flatten().filter_map(read_factor).collect())
    }

    /// Ends the sessions of a token that a server received.
    ///
    /// # Errors
    /// As [`AuthClient::sign_out`].
    pub async fn sign_out(&self, token: SecretString, scope: super::SignOutScope) -> Result<()> {
        self.auth.sign_out(&Access::bearer(token), scope).await
    }

    async fn send(&self, operation: &'static str, method: Method, path: &[&str]) -> Result<Value> {
        let request = HttpRequest::new(operation, method, self.auth.endpoint(path)?);
        Ok(self.auth.send(&Access::Secret, request, &[]).await?.value)
    }
}

fn read_factor(value: &Value) -> Option<Factor> {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    Some(Factor {
        id: Uuid::try_parse(text("id")?).ok()?,
        kind: text("factor_type").unwrap_or_default().to_owned(),
        verified: text("status") == Some("verified"),
    })
}

/// A 404 of the user, not of the address: an Auth that is not there must not look like a user that is gone.
fn is_no_user(error: &Error) -> bool {
    error.kind() == ErrorKind::NotFound && error.code() == "supabase.user_not_found"
}
