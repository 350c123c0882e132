//! OAuth 2.0 with PKCE: codes of 30 seconds, access tokens of two hours, refresh tokens that work once.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use serde_json::json;

use super::Fault;
use super::consent;
use super::fields::Query;
use super::problem::{self, Answer};
use super::world::World;

/// An authorization code lives this long, in seconds
/// (<https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code>).
const CODE_LIFE: i64 = 30;
/// An access token lives this long, in seconds (same page).
const ACCESS_LIFE: i64 = 7_200;
/// How many logins may wait for a person.
const MAX_WAITING: usize = 1_000;

/// The scopes of the specification, and the one of X's table for e-mail addresses.
const SCOPES: &[&str] = &[
    "tweet.read",
    "tweet.write",
    "tweet.moderate.write",
    "users.read",
    "users.email",
    "offline.access",
    "media.write",
    "bookmark.read",
    "bookmark.write",
    "like.read",
    "like.write",
    "list.read",
    "list.write",
    "mute.read",
    "mute.write",
    "block.read",
    "block.write",
    "dm.read",
    "dm.write",
    "space.read",
    "timeline.read",
    "broadcast.read",
    "broadcast.write",
    "follows.read",
    "follows.write",
];

/// An app that the stand-in knows.
#[derive(Clone)]
#[must_use]
pub struct App {
    pub(crate) client_id: String,
    pub(crate) secret: Option<String>,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) owner: Option<u64>,
}

impl App {
    /// A confidential client: it proves itself with HTTP Basic.
    pub fn confidential(client_id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { client_id: client_id.into(), secret: Some(secret.into()), redirect_uris: Vec::new(), owner: None }
    }

    /// A public client: it names itself in the body.
    pub fn public(client_id: impl Into<String>) -> Self {
        Self { client_id: client_id.into(), secret: None, redirect_uris: Vec::new(), owner: None }
    }

    /// A callback address; a login must name one of them to the letter. X takes ten: the next ones are left out.
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        if self.redirect_uris.len() < 10 {
            self.redirect_uris.push(uri.into());
        }
        self
    }

    /// The user whose own reads are cheap.
    pub fn owner(mut self, user: u64) -> Self {
        self.owner = Some(user);
        self
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// What the person at the consent page does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Consent {
    /// The page waits for a click.
    #[default]
    Ask,
    /// Consents at once: the page is a redirect.
    Allow,
    /// Refuses at once: the page is a redirect.
    Deny,
}

/// The tokens of a grant that was made without the login.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The refresh token, with the scope `offline.access`.
    pub refresh: Option<String>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(redacted)")
    }
}

/// What a token opens.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) client_id: String,
    /// `None`: the app alone.
    pub(crate) user: Option<u64>,
    pub(crate) scopes: Vec<String>,
    ends: i64,
}

impl Grant {
    pub(crate) fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|known| known == scope)
    }
}

#[derive(Clone, Debug)]
struct Login {
    client_id: String,
    redirect_uri: String,
    state: String,
    scopes: Vec<String>,
    challenge: String,
    plain: bool,
}

struct Code {
    login: Login,
    user: u64,
    ends: i64,
}

#[derive(Default)]
pub(crate) struct Auth {
    pub(crate) apps: BTreeMap<String, App>,
    waiting: BTreeMap<String, Login>,
    codes: BTreeMap<String, Code>,
    access: BTreeMap<String, Grant>,
    refresh: BTreeMap<String, Grant>,
    pub(crate) consent: Consent,
    pub(crate) signed_in: u64,
    pub(crate) issuer: Option<String>,
    /// How many refresh tokens were taken, for tests of single flight.
    pub(crate) rotations: u64,
    made: u64,
}

impl std::fmt::Debug for Auth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Auth").field("apps", &self.apps.len()).finish_non_exhaustive()
    }
}

impl Auth {
    /// A secret of the stand-in: never the same twice.
    fn secret(&mut self, kind: &str) -> String {
        self.made += 1;
        let tail: String = (0..40).map(|_| fastrand::alphanumeric()).collect();
        format!("{kind}{}{tail}", self.made)
    }

    /// What an access token opens now.
    pub(crate) fn check(&self, token: &str, now: i64) -> Option<&Grant> {
        self.access.get(token).filter(|grant| now < grant.ends)
    }

    /// Ends every access token.
    pub(crate) fn expire_access(&mut self) {
        self.access.clear();
    }

    /// Ends every refresh token.
    pub(crate) fn revoke_all(&mut self) {
        self.access.clear();
        self.refresh.clear();
    }

    pub(crate) fn issue(&mut self, client_id: &str, user: Option<u64>, scopes: &[String], now: i64) -> Tokens {
        self.access.retain(|_, grant| now < grant.ends);
        let grant = Grant { client_id: client_id.to_owned(), user, scopes: scopes.to_vec(), ends: now + ACCESS_LIFE };
        let access = self.secret("sandbox-access-");
        self.access.insert(access.clone(), grant.clone());
        let refresh = (user.is_some() && grant.has("offline.access")).then(|| {
            let refresh = self.secret("sandbox-refresh-");
            self.refresh.insert(refresh.clone(), grant);
            refresh
        });
        Tokens { access, refresh }
    }

    /// `GET /i/oauth2/authorize`.
    pub(crate) fn authorize(&mut self, query: &Query, world: &World, now: i64) -> Answer {
        let login = match self.read_login(query) {
            Ok(login) => login,
            // A wrong request is never answered by a redirect: the address in it cannot be trusted.
            Err(why) => return consent::refused(why),
        };
        match self.consent {
            Consent::Allow => self.allow(login, self.signed_in, now),
            Consent::Deny => self.deny(&login),
            Consent::Ask => {
                let Some(user) = world.user(self.signed_in) else { return consent::refused("Nobody is signed in.") };
                if self.waiting.len() >= MAX_WAITING {
                    self.waiting.clear();
                }
                let ticket = self.secret("login-");
                let page = consent::page(&user.username, &login.client_id, &login.scopes, &login.redirect_uri, &ticket);
                self.waiting.insert(ticket, login);
                page
            }
        }
    }

    /// `POST /i/oauth2/authorize`: a button of the page.
    pub(crate) fn decide(&mut self, form: &Query, now: i64) -> Answer {
        let Some(login) = form.get("ticket").and_then(|ticket| self.waiting.remove(ticket)) else {
            return consent::refused("This page was used before. Start the login again.");
        };
        match form.get("decision").map(String::as_str) {
            Some("allow") => self.allow(login, self.signed_in, now),
            _ => self.deny(&login),
        }
    }

    fn read_login(&self, query: &Query) -> Result<Login, &'static str> {
        let get = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
        let app = self.apps.get(get("client_id")).ok_or("Value passed for the client_id was invalid.")?;
        if !app.redirect_uris.iter().any(|uri| uri == get("redirect_uri")) {
            return Err("Value passed for the redirect uri did not match the uri of the app.");
        }
        if get("response_type") != "code" {
            return Err("Value passed for the response_type was invalid.");
        }
        if !(1..=500).contains(&get("state").len()) {
            return Err("Value passed for the state was invalid: 1 to 500 characters.");
        }
        let plain = match get("code_challenge_method") {
            "S256" => false,
            "plain" => true,
            _ => return Err("Value passed for the code_challenge_method was invalid."),
        };
        let challenge = get("code_challenge");
        let long_enough = if plain { (43..=128).contains(&challenge.len()) } else { challenge.len() == 43 };
        if !long_enough {
            return Err("Value passed for the code_challenge was invalid.");
        }
        let scopes: Vec<String> = get("scope").split_whitespace().map(str::to_owned).collect();
        if scopes.is_empty() || scopes.iter().any(|scope| !SCOPES.contains(&scope.as_str())) {
            return Err("Value passed for the scope was invalid.");
        }
        Ok(Login {
            client_id: app.client_id.clone(),
            redirect_uri: get("redirect_uri").to_owned(),
            state: get("state").to_owned(),
            scopes,
            challenge: challenge.to_owned(),
            plain,
        })
    }

    fn allow(&mut self, login: Login, user: u64, now: i64) -> Answer {
        self.codes.retain(|_, code| now < code.ends);
        let code = self.secret("sandbox-code-");
        let answer = self.back(&login, &[("state", &login.state), ("code", &code)]);
        self.codes.insert(code, Code { login, user, ends: now + CODE_LIFE });
        answer
    }

    fn deny(&self, login: &Login) -> Answer {
        self.back(login, &[("error", "access_denied"), ("state", &login.state)])
    }

    fn back(&self, login: &Login, parameters: &[(&str, &str)]) -> Answer {
        let Ok(mut url) = url::Url::parse(&login.redirect_uri) else {
            return consent::refused("The callback address is no URL.");
        };
        url.query_pairs_mut().extend_pairs(parameters);
        if let Some(issuer) = &self.issuer {
            url.query_pairs_mut().append_pair("iss", issuer);
        }
        Answer::empty(302).header("location", url.to_string()).header("referrer-policy", "no-referrer")
    }

    /// `POST /2/oauth2/token`.
    pub(crate) fn token(
        &mut self,
        form: &Query,
        basic: Option<&str>,
        now: i64,
        fault: Option<Fault>,
    ) -> Result<Answer, Answer> {
        let client_id = self.client(form, basic)?;
        let get = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let grant = match get("grant_type") {
            "authorization_code" => {
                // Taken before it is looked at: a code works once, also when something else about the request is wrong.
                let wrong =
                    || problem::oauth(400, "invalid_request", "Value passed for the authorization code was invalid.");
                let code = self.codes.remove(get("code")).filter(|code| now < code.ends).ok_or_else(wrong)?;
                let login = code.login;
                if login.client_id != client_id {
                    return Err(wrong());
                }
                if login.redirect_uri != get("redirect_uri") {
                    return Err(problem::oauth(
                        400,
                        "invalid_request",
                        "Value passed for the redirect uri did not match the uri of the authorization code.",
                    ));
                }
                let verifier = get("code_verifier");
                let hashed = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
                let proved = if login.plain { verifier == login.challenge } else { hashed == login.challenge };
                if !proved || !(43..=128).contains(&verifier.len()) {
                    return Err(problem::oauth(
                        400,
                        "invalid_request",
                        "Value passed for the code verifier did not match the code challenge.",
                    ));
                }
                Grant { client_id, user: Some(code.user), scopes: login.scopes, ends: 0 }
            }
            "refresh_token" => {
                let mine = self.refresh.get(get("refresh_token")).is_some_and(|grant| grant.client_id == client_id);
                let grant = self.refresh.remove(get("refresh_token")).filter(|_| mine).ok_or_else(|| {
                    problem::oauth(400, "invalid_grant", "The refresh token is invalid, expired or was used before.")
                })?;
                self.rotations += 1;
                grant
            }
            _ => {
                return Err(problem::oauth(
                    400,
                    "unsupported_grant_type",
                    "Value passed for the grant_type was invalid.",
                ));
            }
        };
        let tokens = self.issue(&grant.client_id, grant.user, &grant.scopes, now);
        let mut body = json!({
            "token_type": "bearer", "expires_in": ACCESS_LIFE, "access_token": tokens.access,
            "scope": grant.scopes.join(" "),
        });
        if let Some(refresh) = tokens.refresh {
            body["refresh_token"] = json!(refresh);
        }
        if let Some(object) = body.as_object_mut() {
            match fault {
                Some(Fault::NoExpiry) => object.remove("expires_in"),
                Some(Fault::NoRefreshToken) => object.remove("refresh_token"),
                _ => None,
            };
        }
        Ok(Answer::json(200, body).header("cache-control", "no-store"))
    }

    /// `POST /2/oauth2/revoke`.
    pub(crate) fn revoke(&mut self, form: &Query, basic: Option<&str>) -> Result<Answer, Answer> {
        let client_id = self.client(form, basic)?;
        let Some(token) = form.get("token") else {
            return Err(problem::oauth(400, "invalid_request", "Missing required parameter [token]."));
        };
        // The answer is the same for a token that is not known (RFC 7009).
        for list in [&mut self.access, &mut self.refresh] {
            if list.get(token).is_some_and(|grant| grant.client_id == client_id) {
                list.remove(token);
            }
        }
        Ok(Answer::json(200, json!({"revoked": true})))
    }

    /// The client of a request: Basic for a confidential one, `client_id` in the body for a public one.
    fn client(&self, form: &Query, basic: Option<&str>) -> Result<String, Answer> {
        let missing = || problem::oauth(401, "unauthorized_client", "Missing valid authorization header");
        match basic {
            Some(given) => {
                let decoded = STANDARD.decode(given).ok().and_then(|bytes| String::from_utf8(bytes).ok());
                let (id, secret) = decoded.as_deref().and_then(|text| text.split_once(':')).ok_or_else(missing)?;
                let app = self.apps.get(id).filter(|app| app.secret.as_deref() == Some(secret));
                app.map(|app| app.client_id.clone()).ok_or_else(missing)
            }
            None => {
                let Some(id) = form.get("client_id") else {
                    return Err(problem::oauth(400, "invalid_request", "Missing required parameter [client_id]."));
                };
                let Some(app) = self.apps.get(id) else {
                    return Err(problem::oauth(400, "invalid_request", "Value passed for the client_id was invalid."));
                };
                if app.secret.is_some() { Err(missing()) } else { Ok(app.client_id.clone()) }
            }
        }
    }
}
