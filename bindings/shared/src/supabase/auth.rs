//! The calls of Auth.

use chrono::{DateTime, Utc};
use ghostwren::supabase::{
    Access, ApiKey, AuthCallback, AuthLogin, AuthUser, BearerToken, OAuthLogin, Otp, ProviderTokens, Session,
    SignOutScope, SignUp, SignedIn, UserChanges,
};
use ghostwren::{Error, ErrorKind, Result};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Project;
use crate::args::Args;
use crate::reply::Reply;
use crate::session::no_call;
use crate::settings::address;

/// A session as the bindings give and take it: the names that Supabase's own clients use.
#[derive(Deserialize)]
struct PlainSession {
    access_token: String,
    refresh_token: String,
    expires_at: DateTime<Utc>,
    user: AuthUser,
}

pub(super) fn session_json(session: &Session) -> Result<Value> {
    Ok(json!({
        "access_token": session.access.expose_secret(),
        "refresh_token": session.refresh.expose_secret(),
        "expires_at": session.expires_at,
        "user": session.user,
    }))
}

/// The argument `session`, which holds secrets: what is wrong with it is told without them.
pub(super) fn read_session(args: &mut Args) -> Result<Option<Session>> {
    let Some(value) = args.optional::<Value>("session")? else { return Ok(None) };
    let plain: PlainSession = ghostwren::json::from_value(&value).map_err(|_| {
        Error::new(ErrorKind::InvalidInput, "argument.type", "the argument `session` is no session").with_remedy(
            "Give what a login gave: `access_token`, `refresh_token`, `expires_at` and `user` with its `id`.",
        )
    })?;
    let access = users_own(plain.access_token, Some(plain.user.id))?;
    if ApiKey::new(plain.refresh_token.clone()).is_ok() {
        let detail = "a key of the project stands where the refresh token of a session has to be";
        return Err(Error::new(ErrorKind::InvalidInput, "supabase.not_a_token", detail)
            .with_remedy("Give a session as a login gave it, and no key."));
    }
    Ok(Some(Session::new(access, plain.refresh_token.into(), plain.expires_at, plain.user)))
}

fn signed_in(signed_in: &SignedIn) -> Result<Reply> {
    let provider = signed_in.provider.as_ref().map(|ProviderTokens { access, refresh, .. }| {
        json!({
            "access_token": access.expose_secret(),
            "refresh_token": refresh.as_ref().map(ExposeSecret::expose_secret),
        })
    });
    Reply::json(&json!({ "session": session_json(&signed_in.session)?, "provider": provider }))
}

/// A login elsewhere, out of `provider`, `redirect_to`, `scopes` and `params`.
pub(crate) fn login(args: &mut Args) -> Result<OAuthLogin> {
    let provider = args.optional::<String>("provider")?.unwrap_or_else(|| "x".to_owned());
    let mut login = OAuthLogin::with(&provider, &args.take::<String>("redirect_to")?)?;
    for scope in args.or_default::<Vec<String>>("scopes")? {
        login = login.scope(scope);
    }
    for (name, value) in args.or_default::<Map<String, Value>>("params")? {
        login = login.param(name, value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    Ok(login)
}

fn begun(login: &AuthLogin) -> Result<Reply> {
    Reply::json(&json!({
        "url": login.url,
        "state": login.state.expose_secret(),
        "verifier": login.verifier.expose_secret(),
        "redirect_to": login.redirect_to,
    }))
}

/// A login that was begun, as it came back from the host.
#[derive(Deserialize)]
struct Begun {
    url: String,
    state: String,
    verifier: String,
    redirect_to: String,
}

fn read_begun(args: &mut Args) -> Result<AuthLogin> {
    let value: Value = args.take("login")?;
    let Begun { url, state, verifier, redirect_to } = ghostwren::json::from_value(&value).map_err(|_| {
        Error::new(ErrorKind::InvalidInput, "argument.type", "the argument `login` is no login that was begun")
            .with_remedy("Give back what `authorize` gave.")
    })?;
    Ok(AuthLogin {
        url: address("url", &url)?,
        state: state.into(),
        verifier: verifier.into(),
        redirect_to: address("redirect_to", &redirect_to)?,
    })
}

pub(super) fn scope(args: &mut Args) -> Result<SignOutScope> {
    match args.optional::<String>("scope")?.as_deref() {
        None | Some("local") => Ok(SignOutScope::Local),
        Some("others") => Ok(SignOutScope::Others),
        Some("global") => Ok(SignOutScope::Global),
        Some(_) => Err(one_of("scope", "local, others, global")),
    }
}

fn otp(args: &mut Args) -> Result<Otp> {
    match args.optional::<String>("otp")?.as_deref() {
        None | Some("email") => Ok(Otp::Email),
        Some("signup") => Ok(Otp::SignUp),
        Some("recovery") => Ok(Otp::Recovery),
        Some("email_change") => Ok(Otp::EmailChange),
        Some("invite") => Ok(Otp::Invite),
        Some(_) => Err(one_of("otp", "email, signup, recovery, email_change, invite")),
    }
}

fn one_of(name: &str, values: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, "argument.type", format!("the argument `{name}` is none of {values}"))
        .with_remedy("Compare it with the documentation.")
}

pub(super) fn secret(args: &mut Args, name: &str) -> Result<SecretString> {
    args.take::<String>(name).map(SecretString::from)
}

fn access(args: &mut Args) -> Result<Access> {
    users_own(args.take("token")?, None).map(Access::bearer)
}

/// An access token, which has to be a user's, and that user's: a key would do everything that the user may not.
pub(super) fn users_own(token: String, user: Option<Uuid>) -> Result<SecretString> {
    let token = SecretString::from(token);
    let claimed = BearerToken::new(token.clone()).claimed_user()?;
    match user {
        Some(user) if user != claimed => {
            Err(Error::new(ErrorKind::Auth, "identity.other_user", "the token is of another user than the session")
                .with_remedy("Give a session as a login gave it."))
        }
        _ => Ok(token),
    }
}

pub(crate) async fn call(project: &Project, name: &str, mut args: Args) -> Result<Reply> {
    let auth = &project.auth;
    match name {
        "authorize" => {
            let login = login(&mut args)?;
            args.end()?;
            begun(&auth.authorize(&login)?)
        }
        "finish" => {
            let (login, callback) = (read_begun(&mut args)?, args.take::<String>("callback")?);
            args.end()?;
            signed_in(&auth.finish(&login, &AuthCallback::parse(&callback)?).await?)
        }
        "exchange" => {
            let (code, verifier) = (secret(&mut args, "code")?, secret(&mut args, "verifier")?);
            args.end()?;
            signed_in(&auth.exchange(&code, &verifier).await?)
        }
        "probe" => {
            let login = login(&mut args)?;
            args.end()?;
            auth.probe(&login).await?;
            Reply::json(&())
        }
        "refresh" => {
            let refresh = secret(&mut args, "refresh_token")?;
            args.end()?;
            Reply::json(&session_json(&auth.refresh(&refresh).await?)?)
        }
        "settings" => {
            args.end()?;
            Reply::json(&auth.settings().await?)
        }
        "claims" => {
            let token = secret(&mut args, "token")?;
            args.end()?;
            let claims = auth.claims(&token).await?;
            Reply::json(&json!({
                "user": claims.user, "role": claims.role, "session": claims.session, "aal": claims.aal,
                "issuer": claims.issuer, "audience": claims.audience, "expires_at": claims.expires_at,
                "issued_at": claims.issued_at,
            }))
        }
        _ => match email(project, name, args).await? {
            Ok(reply) => Ok(reply),
            Err(args) => user(project, name, args).await,
        },
    }
}

/// Logging in with an address. What is none of these calls comes back.
async fn email(project: &Project, name: &str, mut args: Args) -> Result<Result<Reply, Args>> {
    let auth = &project.auth;
    let reply = match name {
        "sign_up" => {
            let (email, password) = (args.take::<String>("email")?, secret(&mut args, "password")?);
            let metadata = args.or_default("metadata")?;
            args.end()?;
            match auth.sign_up(&email, &password, metadata).await? {
                SignUp::SignedIn(done) => Reply::json(&json!({
                    "session": session_json(&done.session)?, "user": done.session.user,
                })),
                SignUp::Unconfirmed(user) => Reply::json(&json!({ "session": null, "user": user })),
                _ => Err(no_call(name)),
            }
        }
        "sign_in_with_password" => {
            let (email, password) = (args.take::<String>("email")?, secret(&mut args, "password")?);
            args.end()?;
            signed_in(&auth.sign_in_with_password(&email, &password).await?)
        }
        "send_code" => {
            let (email, create) = (args.take::<String>("email")?, args.or_default("create")?);
            args.end()?;
            auth.send_code(&email, create).await?;
            Reply::json(&())
        }
        "send_recovery" => {
            let email: String = args.take("email")?;
            let back = args.optional::<String>("redirect_to")?;
            args.end()?;
            let back = back.map(|text| address("redirect_to", &text)).transpose()?;
            auth.send_recovery(&email, back.as_ref()).await?;
            Reply::json(&())
        }
        "resend" => {
            let (otp, email) = (otp(&mut args)?, args.take::<String>("email")?);
            args.end()?;
            auth.resend(otp, &email).await?;
            Reply::json(&())
        }
        "verify_code" => {
            let (otp, email) = (otp(&mut args)?, args.take::<String>("email")?);
            let code = secret(&mut args, "code")?;
            args.end()?;
            signed_in(&auth.verify_code(otp, &email, &code).await?)
        }
        _ => return Ok(Err(args)),
    };
    reply.map(Ok)
}

/// What a user may do with the own token, and what only the secret key may.
async fn user(project: &Project, name: &str, mut args: Args) -> Result<Reply> {
    let auth = &project.auth;
    match name {
        "user" => {
            let access = access(&mut args)?;
            args.end()?;
            Reply::json(&auth.user(&access).await?)
        }
        "update_user" => {
            let access = access(&mut args)?;
            let mut changes = UserChanges::new();
            if let Some(email) = args.optional::<String>("email")? {
                changes = changes.email(email);
            }
            if let Some(password) = args.optional::<String>("password")? {
                changes = changes.password(password.into());
            }
            if let Some(nonce) = args.optional::<String>("nonce")? {
                changes = changes.nonce(nonce.into());
            }
            if let Some(metadata) = args.optional("metadata")? {
                changes = changes.metadata(metadata);
            }
            args.end()?;
            Reply::json(&auth.update_user(&access, &changes).await?)
        }
        "reauthenticate" => {
            let access = access(&mut args)?;
            args.end()?;
            auth.reauthenticate(&access).await?;
            Reply::json(&())
        }
        "sign_out" => {
            let (access, scope) = (access(&mut args)?, scope(&mut args)?);
            args.end()?;
            auth.sign_out(&access, scope).await?;
            Reply::json(&())
        }
        "link_identity" => {
            let (access, login) = (access(&mut args)?, login(&mut args)?);
            args.end()?;
            begun(&auth.link_identity(&access, &login).await?)
        }
        "unlink_identity" => {
            let (access, identity): (Access, Uuid) = (access(&mut args)?, args.take("identity")?);
            args.end()?;
            auth.unlink_identity(&access, identity).await?;
            Reply::json(&())
        }
        #[cfg(feature = "server")]
        _ if name.starts_with("admin_") => super::admin::call(project, name, args).await,
        _ => Err(no_call(name)),
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    const USER: &str = "0b0f1c9e-62a8-4a4b-9a43-0d5fd6a0a001";

    fn jwt(claims: &Value) -> String {
        format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#), URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    fn session(access: &str, refresh: &str) -> Result<Option<Session>> {
        let session = json!({
            "access_token": access, "refresh_token": refresh, "expires_at": "2026-11-29T12:00:00Z", "user": { "id": USER },
        });
        read_session(&mut Args::parse(&json!({ "session": session }).to_string())?)
    }

    #[test]
    fn a_session_holds_a_token_of_its_user_and_no_key() {
        let token = jwt(&json!({ "sub": USER, "role": "authenticated" }));
        assert!(session(&token, "r-1").unwrap().is_some());
        let service = jwt(&json!({ "role": "service_role", "iss": "supabase", "ref": "abcdefghijklmnopqrst" }));
        for (access, refresh) in [
            (service.as_str(), "r-1"),
            ("sb_secret_0123456789abcdef", "r-1"),
            (token.as_str(), "sb_secret_0123456789abcdef"),
            (token.as_str(), service.as_str()),
        ] {
            let error = session(access, refresh).unwrap_err();
            assert_eq!(error.code(), "supabase.not_a_token");
            assert!(!format!("{error:?} {error}").contains("0123456789abcdef"));
        }
        let other = jwt(&json!({ "sub": "0b0f1c9e-62a8-4a4b-9a43-0d5fd6a0a002", "role": "authenticated" }));
        assert_eq!(session(&other, "r-1").unwrap_err().code(), "identity.other_user");
    }
}
