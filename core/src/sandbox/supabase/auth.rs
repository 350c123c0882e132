//! Supabase Auth: users, sessions, refresh tokens that rotate. After <https://github.com/supabase/auth>, `internal/api`.

use std::collections::BTreeMap;

use chrono::Utc;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::server::{Call, Shared};
use super::super::x::Person;
use super::identity::{Claims, Keys, LIFE};
use super::login::{Flow, authorize, callback, failed, matches};
use super::{Answer, Caller, query};

/// The code of every message.
pub(super) const CODE: &str = "123456";

/// The tokens of the provider, as a login gave them.
pub(super) struct Provided {
    pub(super) access: String,
    pub(super) refresh: Option<String>,
}

#[derive(Clone, Default)]
struct User {
    email: String,
    password: Option<String>,
    confirmed: bool,
    identities: Vec<(Uuid, String, String, Value)>,
    app: Map<String, Value>,
    data: Map<String, Value>,
}

pub(super) struct Session {
    user: Uuid,
    /// The one refresh token that is good, and the one before it.
    refresh: String,
    parent: Option<String>,
}

pub(super) struct Auth {
    pub(super) keys: Keys,
    pub(super) site_url: String,
    pub(super) redirects: Vec<String>,
    pub(super) x_is_on: bool,
    pub(super) refreshes: u64,
    pub(super) flows: BTreeMap<Uuid, Flow>,
    pub(super) sessions: BTreeMap<Uuid, Session>,
    /// Every refresh token that ever was, and its session: an old one that comes again ends it.
    issued: BTreeMap<String, Uuid>,
    users: BTreeMap<Uuid, User>,
}

pub(super) fn error(status: u16, code: &str, message: &str) -> Answer {
    Answer::json(status, &json!({"code": status, "error_code": code, "msg": message})).header("x-sb-error-code", code)
}

pub(super) fn respond(shared: &Shared, call: &Call<'_>, path: &str, caller: Caller) -> Answer {
    match (call.method, path) {
        ("GET", "/authorize") => return authorize(shared, call, &caller, false),
        ("GET", "/user/identities/authorize") => return authorize(shared, call, &caller, true),
        ("GET", "/callback") => return callback(shared, call),
        _ => {}
    }
    let issuer = format!("http://{}/auth/v1", super::header(call, "host").unwrap_or("127.0.0.1"));
    let mut state = shared.supabase();
    let auth = &mut state.auth;
    let body = call.json.and_then(Value::as_object).cloned().unwrap_or_default();
    let text = |name: &str| super::text(call, name);
    match (call.method, path) {
        ("GET", "/.well-known/jwks.json") => {
            return Answer::json(200, &auth.keys.published()).header("cache-control", "public, max-age=600");
        }
        ("GET", "/settings") => {
            let external = json!({"email": true, "twitter": false, "github": false});
            return Answer::json(200, &json!({"external": external, "disable_signup": false}));
        }
        ("GET", "/verify") => {
            let to = auth.referrer(query(call).get("redirect_to").map(String::as_str).unwrap_or_default());
            return failed(&to, "access_denied", "otp_expired", "Email link is invalid or has expired");
        }
        ("POST", "/token") => return auth.token(call, &issuer),
        ("POST", "/signup") => return auth.sign_up(text("email"), text("password"), &body, &issuer),
        ("POST", "/otp" | "/recover" | "/resend") => {
            let known = auth.users.values().any(|user| user.email == text("email"));
            if path == "/otp" && !known && body.get("create_user") == Some(&Value::Bool(false)) {
                return error(422, "otp_disabled", "Signups not allowed for otp");
            }
            if path == "/otp" && !known {
                auth.users.insert(Uuid::now_v7(), User { email: text("email").to_owned(), ..User::default() });
            }
            return Answer::json(200, &json!({}));
        }
        ("POST", "/verify") => return auth.verify(text("email"), text("token"), &issuer),
        _ => {}
    }
    if let Some(rest) = path.strip_prefix("/admin/") {
        return match caller {
            Caller::Service => auth.admin(call.method, rest, &body),
            Caller::BadToken(why) => error(403, "bad_jwt", why),
            Caller::Anonymous => error(401, "no_authorization", "This endpoint requires a valid Bearer token"),
            Caller::User(_) => error(403, "not_admin", "User not allowed"),
        };
    }
    let claims = match caller {
        Caller::User(claims) => claims,
        Caller::BadToken(why) => return error(403, "bad_jwt", why),
        Caller::Anonymous | Caller::Service => {
            return error(401, "no_authorization", "This endpoint requires a valid Bearer token");
        }
    };
    auth.as_user(call, path, &claims, &body)
}

impl Auth {
    pub(super) fn new() -> Self {
        let mut keys = Keys::default();
        keys.rotate(true);
        Self {
            keys,
            site_url: "http://127.0.0.1:3000".to_owned(),
            redirects: vec!["http://127.0.0.1:*/**".to_owned(), "http://localhost:*/**".to_owned()],
            x_is_on: true,
            refreshes: 0,
            flows: BTreeMap::new(),
            sessions: BTreeMap::new(),
            issued: BTreeMap::new(),
            users: BTreeMap::new(),
        }
    }

    /// Where a browser is sent: the address that was asked for, or the site.
    pub(super) fn referrer(&self, asked: &str) -> String {
        let allowed = asked == self.site_url || self.redirects.iter().any(|pattern| matches(pattern, asked));
        if allowed { asked.to_owned() } else { self.site_url.clone() }
    }

    pub(super) fn claims(&self, token: &str) -> Result<Claims, &'static str> {
        self.keys.read(token)
    }

    /// Finds or makes the user of an account at X, or links it.
    pub(super) fn sign_in_with_x(
        &mut self,
        person: &Person,
        link: Option<Uuid>,
    ) -> Result<Uuid, (&'static str, &'static str)> {
        let has = |user: &User| user.identities.iter().any(|(_, provider, id, _)| provider == "x" && *id == person.id);
        let found = self.users.iter().find(|(_, user)| has(user)).map(|(id, _)| *id);
        match (found, link) {
            (Some(_), Some(_)) => return Err(("identity_already_exists", "Identity is already linked")),
            (Some(id), None) => return Ok(id),
            _ => {}
        }
        let data = json!({
            "iss": "https://api.x.com", "sub": person.id, "name": person.name, "full_name": person.name,
            "user_name": person.username, "preferred_username": person.username, "provider_id": person.id,
        });
        let id = link.unwrap_or_else(Uuid::now_v7);
        let user = self.users.entry(id).or_default();
        user.identities.push((Uuid::now_v7(), "x".to_owned(), person.id.clone(), data.clone()));
        if link.is_none() {
            user.confirmed = true;
            user.email = format!("{}@x.sandbox.example", person.username);
            user.data = data.as_object().cloned().unwrap_or_default();
        }
        Ok(id)
    }

    fn token(&mut self, call: &Call<'_>, issuer: &str) -> Answer {
        let text = |name: &str| super::text(call, name);
        match query(call).get("grant_type").map(String::as_str) {
            Some("pkce") => {
                let code = text("auth_code");
                let open = |flow: &&Flow| flow.code.as_deref() == Some(code) && !code.is_empty();
                let Some(id) = self.flows.iter().find(|(_, flow)| open(flow)).map(|(id, _)| *id) else {
                    return error(404, "flow_state_not_found", "invalid flow state, no valid flow state found");
                };
                let Some(flow) = self.flows.get(&id).filter(|flow| flow.is_open()) else {
                    return error(422, "flow_state_expired", "invalid flow state, flow state has expired");
                };
                if super::objects::challenge(text("code_verifier")) != flow.challenge {
                    let message = "code challenge does not match previously saved code verifier";
                    return error(400, "bad_code_verifier", message);
                }
                let Some(flow) = self.flows.remove(&id) else { return Answer::empty(500) };
                let Some(user) = flow.user else { return Answer::empty(500) };
                self.begin(user, issuer, flow.provided)
            }
            Some("password") => {
                let (email, password) = (text("email"), text("password"));
                let known = |user: &User| user.email == email && user.password.as_deref() == Some(password);
                let found = self.users.iter().find(|(_, user)| known(user)).map(|(id, user)| (*id, user.confirmed));
                match found {
                    Some((_, false)) => error(400, "email_not_confirmed", "Email not confirmed"),
                    Some((id, true)) => self.begin(id, issuer, None),
                    None => error(400, "invalid_credentials", "Invalid login credentials"),
                }
            }
            Some("refresh_token") => self.refresh(text("refresh_token"), issuer),
            _ => error(400, "validation_failed", "unsupported_grant_type"),
        }
    }

    /// A refresh token is good once; the one before it still gives the active one; an older one ends the session.
    fn refresh(&mut self, token: &str, issuer: &str) -> Answer {
        let Some(id) = self.issued.get(token).copied() else {
            return error(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found");
        };
        let Some(session) = self.sessions.get_mut(&id) else {
            return error(400, "session_not_found", "Session from session_id claim in JWT does not exist");
        };
        if session.parent.as_deref() == Some(token) {
            return self.answer(id, issuer, None).header("sb-auth-refresh-token-reuse-cause", "fail-to-save");
        }
        if session.refresh != token {
            self.sessions.remove(&id);
            return error(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used");
        }
        let fresh = new_token();
        session.parent = Some(std::mem::replace(&mut session.refresh, fresh.clone()));
        self.issued.insert(fresh, id);
        self.refreshes += 1;
        self.answer(id, issuer, None)
    }

    fn sign_up(&mut self, email: &str, password: &str, body: &Map<String, Value>, issuer: &str) -> Answer {
        if !email.contains('@') {
            return error(400, "validation_failed", "Unable to validate email address: invalid format");
        }
        if password.len() < 6 {
            let weak = json!({
                "code": 422, "error_code": "weak_password", "msg": "Password should be at least 6 characters.",
                "weak_password": {"reasons": ["length"]},
            });
            return Answer::json(422, &weak).header("x-sb-error-code", "weak_password");
        }
        if self.users.values().any(|user| user.email == email) {
            return error(422, "user_already_exists", "User already registered");
        }
        let id = Uuid::now_v7();
        let data = body.get("data").and_then(Value::as_object).cloned().unwrap_or_default();
        // An address below `confirm.` has to be confirmed, every other one is.
        let confirmed = !email.contains("@confirm.");
        let (email, password) = (email.to_owned(), Some(password.to_owned()));
        self.users.insert(id, User { email, password, confirmed, data, ..User::default() });
        if confirmed { self.begin(id, issuer, None) } else { Answer::json(200, &self.user(id)) }
    }

    fn verify(&mut self, email: &str, code: &str, issuer: &str) -> Answer {
        match self.users.iter_mut().find(|(_, user)| user.email == email) {
            Some((id, user)) if code == CODE => {
                user.confirmed = true;
                let id = *id;
                self.begin(id, issuer, None)
            }
            _ => error(403, "otp_expired", "Token has expired or is invalid"),
        }
    }

    fn admin(&mut self, method: &str, rest: &str, body: &Map<String, Value>) -> Answer {
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        let mut parts = rest.split('/');
        let (Some("users"), id, then) = (parts.next(), parts.next(), parts.next()) else { return Answer::empty(404) };
        let Some(id) = id else {
            let email = text("email").unwrap_or_default();
            if self.users.values().any(|user| user.email == email) {
                return error(422, "email_exists", "A user with this email address has already been registered");
            }
            let id = Uuid::now_v7();
            let app = body.get("app_metadata").and_then(Value::as_object).cloned().unwrap_or_default();
            let user = User { email, password: text("password"), confirmed: true, app, ..User::default() };
            self.users.insert(id, user);
            return Answer::json(200, &self.user(id));
        };
        let id = Uuid::try_parse(id).ok().filter(|id| self.users.contains_key(id));
        let Some(id) = id else { return error(404, "user_not_found", "User not found") };
        match (method, then) {
            ("GET", None) => Answer::json(200, &self.user(id)),
            ("GET", Some("factors")) => Answer::json(200, &json!([])),
            ("DELETE", None) => {
                self.users.remove(&id);
                self.sessions.retain(|_, session| session.user != id);
                Answer::json(200, &json!({}))
            }
            _ => Answer::empty(405),
        }
    }

    fn as_user(&mut self, call: &Call<'_>, path: &str, claims: &Claims, body: &Map<String, Value>) -> Answer {
        if self.sessions.get(&claims.session).is_none_or(|session| session.user != claims.user) {
            return error(403, "session_not_found", "Session from session_id claim in JWT does not exist");
        }
        let Some(user) = self.users.get_mut(&claims.user) else {
            return error(403, "user_not_found", "User from sub claim in JWT does not exist");
        };
        match (call.method, path) {
            ("GET", "/user") => Answer::json(200, &self.user(claims.user)),
            ("PUT", "/user") => {
                if let Some(password) = body.get("password").and_then(Value::as_str) {
                    if user.password.as_deref() == Some(password) {
                        let message = "New password should be different from the old password.";
                        return error(422, "same_password", message);
                    }
                    user.password = Some(password.to_owned());
                }
                if let Some(data) = body.get("data").and_then(Value::as_object) {
                    user.data.extend(data.clone());
                }
                Answer::json(200, &self.user(claims.user))
            }
            ("GET", "/reauthenticate") => Answer::json(200, &json!({})),
            ("POST", "/logout") => {
                match query(call).get("scope").map(String::as_str) {
                    Some("local") => drop(self.sessions.remove(&claims.session)),
                    Some("others") => {
                        self.sessions.retain(|id, session| session.user != claims.user || *id == claims.session);
                    }
                    _ => self.sessions.retain(|_, session| session.user != claims.user),
                }
                Answer::empty(204)
            }
            ("DELETE", path) if path.starts_with("/user/identities/") => {
                let id = path.rsplit('/').next().and_then(|id| Uuid::try_parse(id).ok());
                let all = user.identities.len() + usize::from(!user.email.is_empty() && user.password.is_some());
                if all <= 1 {
                    let message = "User must have at least 1 identity after unlinking";
                    return error(422, "single_identity_not_deletable", message);
                }
                let before = user.identities.len();
                user.identities.retain(|(known, ..)| Some(*known) != id);
                if user.identities.len() == before {
                    return error(422, "identity_not_found", "Identity doesn't exist");
                }
                Answer::json(200, &json!({}))
            }
            _ => Answer::empty(404),
        }
    }

    fn begin(&mut self, user: Uuid, issuer: &str, provided: Option<Provided>) -> Answer {
        let (id, refresh) = (Uuid::now_v7(), new_token());
        self.issued.insert(refresh.clone(), id);
        self.sessions.insert(id, Session { user, refresh, parent: None });
        self.answer(id, issuer, provided)
    }

    fn answer(&self, session: Uuid, issuer: &str, provided: Option<Provided>) -> Answer {
        let Some(Session { user, refresh, .. }) = self.sessions.get(&session) else { return Answer::empty(500) };
        let now = Utc::now().timestamp();
        let shown = self.user(*user);
        let claims = json!({
            "iss": issuer, "sub": user, "aud": "authenticated", "exp": now + LIFE, "iat": now, "role": "authenticated",
            "aal": "aal1", "session_id": session, "is_anonymous": false, "email": shown["email"], "phone": "",
            "app_metadata": shown["app_metadata"], "user_metadata": shown["user_metadata"],
            // Two tokens of the same second differ.
            "jti": Uuid::now_v7(),
        });
        let mut body = json!({
            "access_token": self.keys.sign(&claims), "token_type": "bearer", "expires_in": LIFE, "expires_at": now + LIFE,
            "refresh_token": refresh, "user": shown,
        });
        if let Some(provided) = provided {
            body["provider_token"] = provided.access.into();
            body["provider_refresh_token"] = provided.refresh.into();
        }
        Answer::json(200, &body)
    }

    fn user(&self, id: Uuid) -> Value {
        let Some(user) = self.users.get(&id) else { return Value::Null };
        let identities: Vec<Value> = user
            .identities
            .iter()
            .map(|(identity, provider, subject, data)| {
                json!({"identity_id": identity, "id": subject, "user_id": id, "identity_data": data, "provider": provider,
                    "created_at": "2026-11-25T12:00:00.123456Z"})
            })
            .collect();
        let mut app = user.app.clone();
        app.insert("provider".to_owned(), if identities.is_empty() { "email" } else { "x" }.into());
        json!({
            "id": id, "aud": "authenticated", "role": "authenticated", "email": user.email, "phone": "",
            "email_confirmed_at": user.confirmed.then_some("2026-11-25T12:00:00.123456Z"),
            "app_metadata": app, "user_metadata": user.data, "identities": identities, "is_anonymous": false,
            "created_at": "2026-11-25T12:00:00.123456Z", "updated_at": "2026-11-25T12:00:00.123456Z",
        })
    }
}

fn new_token() -> String {
    (0..12).map(|_| fastrand::alphanumeric()).collect()
}
