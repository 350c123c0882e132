//! The stand-in for X: login, timelines, lookups, search, publishing and uploads of API v2, in both dialects, written by its
//! own hand after the published specifications (<https://docs.x.com>). It has state (people, tweets, tokens, rate windows,
//! money), a clock that a test moves, and a [`Fault`] for each way that X was seen to fail.
//!
//! ```
//! use ghostwren::sandbox::{Sandbox, x};
//! let sandbox = Sandbox::start()?;
//! let x = sandbox.x();
//! let user = x.add_user(x::NewUser::new("ada"));
//! x.add_tweet(user, x::NewTweet::new("hello & welcome https://example.com/a"));
//! let tokens = x.issue_tokens(user, &["tweet.read", "users.read"]);
//! // GET {x.api_url()}/2/users/{user}/tweets with `Authorization: Bearer {tokens.access}` gives that tweet.
//! // The next timeline page but one fails as a proxy fails:
//! x.script(x::Endpoint::Timeline, [x::Fault::Pass, x::Fault::BadGateway])?;
//! // Ten minutes pass at once:
//! x.advance(std::time::Duration::from_secs(600));
//! assert_eq!(x.tweets_of(user).len(), 1);
//! assert!(!tokens.access.is_empty());
//! # Ok::<(), ghostwren::Error>(())
//! ```
//!
//! The seed gives an account, `@sandbox_wren`, with a made-up timeline; [`XSandbox::client_id`] and
//! [`XSandbox::client_secret`] are a confidential client, [`XSandbox::public_client_id`] a public one.
//!
//! What is not imitated: OAuth 1.0a, streams, lists, likes, follows, direct messages, `OR` in searches.

mod api;
mod clock;
mod consent;
mod control;
mod cursor;
mod elsewhere;
mod fault;
mod fields;
mod limits;
mod media;
mod money;
mod oauth;
mod problem;
mod reads;
mod render;
mod search;
mod seed;
mod shape;
mod text;
mod world;
mod write;

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use self::clock::Clock;
use self::cursor::Cursors;
use self::fields::{dialect_of, read_query};
use self::limits::Limits;
use self::media::Uploads;
use self::money::Money;
use self::oauth::Auth;
use self::problem::Answer;
use self::world::World;
use super::openai::FAULT_HEADER;
use super::server::{Call, Reply, Shared};
use crate::error::{Error, ErrorKind, Result};

pub use control::XSandbox;
pub(crate) use elsewhere::Person;
pub use fault::Fault;
pub use fields::{Dialect, Dialects};
pub use limits::Limit;
pub use media::Upload;
pub use money::Cost;
pub use oauth::{App, Consent, Tokens};
pub use seed::{NewTweet, NewUser};

/// Where faults are queued and requests are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Endpoint {
    /// `GET` and `POST /i/oauth2/authorize`: the consent page and its buttons.
    Authorize,
    /// `POST /2/oauth2/token`.
    Token,
    /// `POST /2/oauth2/revoke`.
    Revoke,
    /// `GET /2/users/me`.
    Me,
    /// `GET /2/users`, `/2/users/by`, `/2/users/{id}` and `/2/users/by/username/{username}`.
    Users,
    /// `GET /2/users/{id}/tweets`.
    Timeline,
    /// `GET /2/users/{id}/mentions`.
    Mentions,
    /// `GET /2/tweets` and `/2/tweets/{id}`.
    Tweets,
    /// `GET /2/tweets/search/recent`.
    Search,
    /// `POST /2/tweets`.
    CreateTweet,
    /// `DELETE /2/tweets/{id}`.
    DeleteTweet,
    /// `POST /2/media/upload/initialize`.
    MediaInitialize,
    /// `POST /2/media/upload/{id}/append`.
    MediaAppend,
    /// `POST /2/media/upload/{id}/finalize`.
    MediaFinalize,
    /// `GET /2/media/upload`.
    MediaStatus,
    /// `POST /2/media/metadata`.
    MediaMetadata,
}

/// What the stand-in remembers between requests.
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) world: World,
    pub(crate) auth: Auth,
    pub(crate) limits: Limits,
    pub(crate) money: Money,
    pub(crate) uploads: Uploads,
    pub(crate) cursors: Cursors,
    pub(crate) dialects: Dialects,
    pub(crate) self_serve: bool,
    pub(crate) timeline_limit: usize,
    scripts: BTreeMap<Endpoint, VecDeque<Fault>>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("clock", &self.clock).field("dialects", &self.dialects).finish_non_exhaustive()
    }
}

impl State {
    const MAX_SCRIPT: usize = 10_000;
    /// The newest tweets of a person that can be read (<https://docs.x.com/x-api/posts/timelines/integrate>).
    const TIMELINE: usize = 3_200;
    /// The length of the timeline that a new stand-in has.
    const SEEDED: usize = 240;

    pub(crate) fn new() -> Self {
        let (clock, mut world, mut auth) = (Clock::default(), World::default(), Auth::default());
        seed::people(&mut world);
        seed::timeline(&mut world, seed::WREN, Self::SEEDED, 7, clock.now_ms());
        auth.signed_in = seed::WREN;
        for app in [App::confidential(control::CLIENT, control::SECRET), App::public(control::PUBLIC_CLIENT)] {
            let app = control::CALLBACKS.iter().fold(app, |app, uri| app.redirect_uri(*uri));
            auth.apps.insert(app.client_id.clone(), app);
        }
        Self {
            clock,
            world,
            auth,
            limits: Limits::default(),
            money: Money::default(),
            uploads: Uploads::default(),
            cursors: Cursors::default(),
            dialects: Dialects::default(),
            self_serve: true,
            timeline_limit: Self::TIMELINE,
            scripts: BTreeMap::new(),
        }
    }

    fn script(&mut self, endpoint: Endpoint, faults: impl Iterator<Item = Fault>) -> Result<()> {
        let queue = self.scripts.entry(endpoint).or_default();
        let before = queue.len();
        queue.extend(faults.take(Self::MAX_SCRIPT + 1));
        if queue.len() > Self::MAX_SCRIPT {
            queue.truncate(before);
            let detail = format!("more than {} faults would wait", Self::MAX_SCRIPT);
            return Err(Error::new(ErrorKind::InvalidInput, "sandbox.script_full", detail));
        }
        Ok(())
    }
}

/// What became of a request.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) fault: Option<Fault>,
    pub(crate) cost: Option<Cost>,
    pub(crate) reply: Reply,
}

/// Whether a path belongs to X.
pub(crate) fn owns(path: &str) -> bool {
    path.starts_with("/2/") || path.starts_with("/i/oauth2/")
}

/// The answer to a request, and what to write into the log.
pub(crate) fn respond(shared: &Shared, call: &Call<'_>) -> Done {
    let mut state = shared.x();
    let headers = shape::Headers::new(&state.clock, call.number);
    let refuse = |answer: Answer| Done { fault: None, cost: None, reply: shape::reply(answer, &headers, None) };
    let Some((endpoint, id)) = route(call.method, call.path) else {
        return refuse(problem::blank(404, "Not Found", "Not Found"));
    };
    let asked = match header(call, FAULT_HEADER).map(str::parse::<Fault>).transpose() {
        Ok(asked) => asked,
        Err(error) => return refuse(problem::blank(400, "Unknown fault", error.detail())),
    };
    let scripted = || state.scripts.get_mut(&endpoint).and_then(VecDeque::pop_front);
    let fault = asked.or_else(scripted).filter(|fault| *fault != Fault::Pass);
    if let Some(reply) = before(&state, call, fault, &headers) {
        return Done { fault, cost: None, reply };
    }
    let mut cost = None;
    let answer = match endpoint {
        Endpoint::Authorize | Endpoint::Token | Endpoint::Revoke => state.login(endpoint, call, fault),
        _ => state.api(endpoint, &id, call, fault, &mut cost),
    };
    Done { fault, cost, reply: shape::reply(answer, &headers, fault) }
}

/// The reply of a fault that comes before any work is done.
fn before(state: &State, call: &Call<'_>, fault: Option<Fault>, headers: &shape::Headers) -> Option<Reply> {
    let fault = fault?;
    match fault {
        Fault::Hang => return Some(Reply::Hang),
        Fault::ResetFirst => return Some(Reply::Reset),
        _ => {}
    }
    let dialect = dialect_of(&read_query(call.query), state.dialects);
    let mut answer = problem::of_fault(fault, dialect)?;
    let window = match fault {
        Fault::RateLimit { seconds } => Some((900, 0, i64::from(seconds))),
        Fault::RateLimitV1 => Some((900, 0, 60)),
        Fault::OnePerSecond => Some((900, 899, 900)),
        Fault::UsageCap | Fault::SpendLimit | Fault::NoCredits => Some((40_000, 39_999, 900)),
        _ => None,
    };
    if let Some((limit, remaining, seconds)) = window {
        let reset = state.clock.told(state.clock.now() + seconds);
        answer = answer
            .header("x-rate-limit-limit", limit.to_string())
            .header("x-rate-limit-remaining", remaining.to_string())
            .header("x-rate-limit-reset", reset.to_string());
    }
    Some(shape::reply(answer, headers, None))
}

fn route(method: &str, path: &str) -> Option<(Endpoint, String)> {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let (endpoint, id) = match (method, parts.as_slice()) {
        // The specification has the one address, the pages of the documentation the other.
        ("GET" | "POST", ["i" | "2", "oauth2", "authorize"]) => (Endpoint::Authorize, ""),
        ("POST", ["2", "oauth2", "token"]) => (Endpoint::Token, ""),
        ("POST", ["2", "oauth2", "revoke"]) => (Endpoint::Revoke, ""),
        ("GET", ["2", "users", "me"]) => (Endpoint::Me, ""),
        ("GET", ["2", "users"]) => (Endpoint::Users, "ids"),
        ("GET", ["2", "users", "by"]) => (Endpoint::Users, "usernames"),
        ("GET", ["2", "users", "by", "username", name]) => return Some((Endpoint::Users, format!("username={name}"))),
        ("GET", ["2", "users", id]) => return Some((Endpoint::Users, format!("id={id}"))),
        ("GET", ["2", "users", id, "tweets"]) => (Endpoint::Timeline, *id),
        ("GET", ["2", "users", id, "mentions"]) => (Endpoint::Mentions, *id),
        ("GET", ["2", "tweets"]) => (Endpoint::Tweets, ""),
        ("GET", ["2", "tweets", "search", "recent"]) => (Endpoint::Search, ""),
        ("GET", ["2", "tweets", id]) => (Endpoint::Tweets, *id),
        ("POST", ["2", "tweets"]) => (Endpoint::CreateTweet, ""),
        ("DELETE", ["2", "tweets", id]) => (Endpoint::DeleteTweet, *id),
        ("POST", ["2", "media", "upload", "initialize"]) => (Endpoint::MediaInitialize, ""),
        ("POST", ["2", "media", "upload", id, "append"]) => (Endpoint::MediaAppend, *id),
        ("POST", ["2", "media", "upload", id, "finalize"]) => (Endpoint::MediaFinalize, *id),
        ("GET", ["2", "media", "upload"]) => (Endpoint::MediaStatus, ""),
        ("POST", ["2", "media", "metadata"]) => (Endpoint::MediaMetadata, ""),
        _ => return None,
    };
    Some((endpoint, id.to_owned()))
}

fn header<'a>(call: &Call<'a>, name: &str) -> Option<&'a str> {
    call.headers.get(name).and_then(|value| value.to_str().ok())
}

/// The body as the log keeps it: no secret, and of uploads the hashes alone.
pub(crate) fn recorded(path: &str, content_type: &str, body: &[u8], json: Option<&Value>) -> Value {
    const SECRETS: &[&str] = &["code", "code_verifier", "refresh_token", "token", "client_secret", "ticket"];
    let hashed = |bytes: &[u8]| json!({"bytes": bytes.len(), "sha256": media::hex(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref())});
    if content_type.starts_with("application/x-www-form-urlencoded") {
        let form = read_query(std::str::from_utf8(body).unwrap_or_default());
        let shown = |name: &str, value: String| if SECRETS.contains(&name) { "(redacted)".to_owned() } else { value };
        return form.into_iter().map(|(name, value)| (name.clone(), json!(shown(&name, value)))).collect();
    }
    if path.starts_with("/2/media/") && path.ends_with("/append") {
        return hashed(body);
    }
    json.cloned().unwrap_or_default()
}
