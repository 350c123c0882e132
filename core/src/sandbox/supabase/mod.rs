//! The stand-in for Supabase: Auth with the provider `x` (its tokens are those of the stand-in for X), keys of ES256, and
//! Storage with resumable uploads, written by its own hand after the sources of the real servers and recordings of them.
//!
//! ```
//! use ghostwren::sandbox::Sandbox;
//! let sandbox = Sandbox::start()?;
//! let supabase = sandbox.supabase();
//! // Point any client of Supabase at `supabase.url()` with `supabase.publishable_key()`. Another site, and a login that
//! // comes back to an address that is not allowed is sent there without a word, as the real server does:
//! supabase.set_redirects("https://my.app", &["https://my.app/**"]);
//! assert!(supabase.url().starts_with("http://127.0.0.1:"));
//! # Ok::<(), ghostwren::Error>(())
//! ```
//!
//! What is not imitated: PostgREST (run `@supabase/lite`), second factors, telephones, hooks, captchas, policies other than
//! "below one's own id".

mod auth;
mod identity;
mod login;
mod objects;
mod storage;
mod tus;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::{Value, json};

use super::server::{Call, Reply, Shared, Step};

use self::auth::Auth;
use self::identity::Claims;
use self::storage::Objects;

const PUBLISHABLE: &str = "sb_publishable_sandbox0123456789abcdef";
const SECRET: &str = "sb_secret_sandbox0123456789abcdefghij";

/// What the stand-in remembers between requests.
pub(crate) struct State {
    auth: Auth,
    storage: Objects,
    publishable: String,
    secret: String,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("State")
    }
}

/// The Supabase side of a [`Sandbox`](crate::sandbox::Sandbox). Cheap to clone; it works as long as the sandbox runs.
#[derive(Clone, Debug)]
pub struct SupabaseSandbox {
    pub(super) shared: Arc<Shared>,
    pub(super) address: SocketAddr,
}

impl SupabaseSandbox {
    /// The project's address, such as `http://127.0.0.1:40123`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes the place of another server's Auth and Storage, such as `@supabase/lite`'s: it takes that one's keys instead of its
    /// own, and signs with the secret (HS256) with which that one verifies. PostgREST stays where it is (`Supabase::rest_url`).
    pub fn stand_in_for(&self, publishable_key: &str, secret_key: &str, jwt_secret: &str) {
        let mut state = self.shared.supabase();
        (state.publishable, state.secret) = (publishable_key.to_owned(), secret_key.to_owned());
        state.auth.keys.share(jwt_secret);
    }

    /// The publishable key. It opens nothing else.
    #[must_use]
    pub fn publishable_key(&self) -> &'static str {
        PUBLISHABLE
    }

    /// The secret key. It opens nothing else.
    #[must_use]
    pub fn secret_key(&self) -> &'static str {
        SECRET
    }

    /// Sets the site URL and the patterns of redirect URLs: `*` is anything up to `.` or `/`, `**` anything. At first the
    /// site is `http://127.0.0.1:3000`, and every address of this machine is allowed.
    pub fn set_redirects(&self, site_url: &str, patterns: &[&str]) {
        let mut state = self.shared.supabase();
        state.auth.site_url = site_url.to_owned();
        state.auth.redirects = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
    }

    /// Switches the provider `x` on or off; it is on at first.
    pub fn set_x(&self, on: bool) {
        self.shared.supabase().auth.x_is_on = on;
    }

    /// Changes the key that tokens are signed with; the old one stays published unless `forget` is true.
    pub fn rotate_key(&self, forget: bool) {
        self.shared.supabase().auth.keys.rotate(forget);
    }

    /// How many refresh tokens were exchanged for new ones.
    #[must_use]
    pub fn refreshes(&self) -> u64 {
        self.shared.supabase().auth.refreshes
    }

    /// How many sessions are open.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.shared.supabase().auth.sessions.len()
    }

    /// The code of every message that is "sent".
    #[must_use]
    pub fn code(&self) -> &'static str {
        auth::CODE
    }

    /// Makes a bucket.
    pub fn add_bucket(&self, name: &str, public: bool) {
        self.shared.supabase().storage.add_bucket(name, public, None, Vec::new());
    }

    /// The paths of all objects of a bucket.
    #[must_use]
    pub fn objects(&self, bucket: &str) -> Vec<String> {
        self.shared.supabase().storage.paths(bucket)
    }

    /// Forgets every upload that is not finished, as the real server does after a day.
    pub fn forget_uploads(&self) {
        self.shared.supabase().storage.uploads.clear();
    }
}

impl State {
    pub(crate) fn new() -> Self {
        let (publishable, secret) = (PUBLISHABLE.to_owned(), SECRET.to_owned());
        Self { auth: Auth::new(), storage: Objects::default(), publishable, secret }
    }
}

/// Whether a path belongs to Supabase.
pub(crate) fn owns(path: &str) -> bool {
    path.starts_with("/auth/v1/") || path.starts_with("/storage/v1/")
}

/// An answer before it travels.
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Answer {
    fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self { status, headers, body: body.to_string().into_bytes() }
    }

    fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    fn text(status: u16, text: &str) -> Self {
        let headers = vec![("content-type", "text/plain".to_owned())];
        Self { status, headers, body: text.as_bytes().to_vec() }
    }

    fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// Who calls, once the gateway has looked at the keys.
enum Caller {
    Anonymous,
    Service,
    User(Box<Claims>),
    /// A token that is none, or is no longer one: what becomes of it is for each service.
    BadToken(&'static str),
}

pub(crate) fn respond(shared: &Shared, call: &Call<'_>) -> Reply {
    let answer = match gateway(shared, call) {
        Err(refused) => refused,
        Ok(caller) => match call.path.strip_prefix("/auth/v1") {
            Some(path) => auth::respond(shared, call, path, caller),
            None => storage::respond(&mut shared.supabase().storage, call, &caller),
        },
    };
    let mut headers = answer.headers;
    headers.push(("sb-request-id", format!("sandbox-{}", call.number)));
    headers.push(("content-length", answer.body.len().to_string()));
    let steps = if answer.body.is_empty() { Vec::new() } else { vec![Step::Bytes(answer.body.into())] };
    Reply::Answer { status: answer.status, headers, steps }
}

/// The rules of the platform's gateway: <https://supabase.com/docs/guides/api/api-keys>.
fn gateway(shared: &Shared, call: &Call<'_>) -> Result<Caller, Answer> {
    let refuse = |message: &str| {
        let hint = "Double check your Supabase `anon` or `service_role` API key.";
        Err(Answer::json(401, &json!({"message": message, "hint": hint})))
    };
    // A browser that is sent somewhere, or follows a signed address, has no key.
    let key = header(call, "apikey");
    let open = ["/authorize", "/callback", "/verify", "/.well-known/jwks.json", "/health"];
    let open = call.path.strip_prefix("/auth/v1").is_some_and(|path| open.contains(&path))
        || (call.method == "GET"
            && ["/storage/v1/object/public/", "/storage/v1/object/sign/"]
                .iter()
                .any(|open| call.path.starts_with(open)))
        || call.path.starts_with("/storage/v1/object/upload/sign/");
    let (publishable, secret) = {
        let state = shared.supabase();
        (state.publishable.clone(), state.secret.clone())
    };
    let secret = match key {
        Some(key) if key == publishable => false,
        Some(key) if key == secret && header(call, "user-agent").is_some_and(|agent| agent.starts_with("Mozilla/")) => {
            return refuse("Forbidden use of secret API key in browser");
        }
        Some(key) if key == secret => true,
        None if open => false,
        None => return refuse("No API key found in request"),
        Some(_) => return refuse("Invalid API key"),
    };
    let Some(bearer) = header(call, "authorization").and_then(|value| value.strip_prefix("Bearer ")) else {
        return Ok(if secret { Caller::Service } else { Caller::Anonymous });
    };
    if bearer.starts_with("sb_") {
        return match key == Some(bearer) {
            true if secret => Ok(Caller::Service),
            true => Ok(Caller::Anonymous),
            false => refuse("Invalid API key"),
        };
    }
    Ok(match shared.supabase().auth.claims(bearer) {
        Ok(claims) => Caller::User(Box::new(claims)),
        Err(why) => Caller::BadToken(why),
    })
}

fn header<'a>(call: &Call<'a>, name: &str) -> Option<&'a str> {
    call.headers.get(name).and_then(|value| value.to_str().ok())
}

/// A text of the JSON body; empty where there is none.
fn text<'a>(call: &Call<'a>, name: &str) -> &'a str {
    call.json.and_then(|body| body.get(name)?.as_str()).unwrap_or_default()
}

fn query(call: &Call<'_>) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(call.query.as_bytes()).into_owned().collect()
}

/// The body as the log keeps it, without its secrets.
pub(crate) fn recorded(json: Option<&Value>) -> Value {
    const SECRETS: &[&str] = &["password", "refresh_token", "auth_code", "code_verifier", "token", "nonce"];
    let mut kept = json.cloned().unwrap_or_default();
    if let Some(object) = kept.as_object_mut() {
        for name in SECRETS {
            if let Some(secret) = object.get_mut(*name) {
                *secret = "(redacted)".into();
            }
        }
    }
    kept
}
