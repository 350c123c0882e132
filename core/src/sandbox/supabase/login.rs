//! A login with X: to its consent page, back to Auth, and from there to whoever asked.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::super::server::{Call, Shared};
use super::auth::{Provided, error};
use super::{Answer, Caller, header, query};

/// How long a login is open: GoTrue's `FLOW_STATE_EXPIRY_DURATION`.
const OPEN: Duration = Duration::from_secs(300);

/// A login that was begun.
pub(super) struct Flow {
    /// Auth's own verifier, toward X.
    verifier: String,
    pub(super) challenge: String,
    redirect_to: String,
    /// The user to whom the account is to be linked.
    link: Option<Uuid>,
    pub(super) began: Instant,
    pub(super) code: Option<String>,
    pub(super) user: Option<Uuid>,
    pub(super) provided: Option<Provided>,
}

impl Flow {
    pub(super) fn is_open(&self) -> bool {
        self.began.elapsed() < OPEN
    }
}

fn random() -> String {
    (0..64).map(|_| fastrand::alphanumeric()).collect()
}

fn own_address(call: &Call<'_>) -> String {
    format!("http://{}", header(call, "host").unwrap_or("127.0.0.1"))
}

/// `GET /authorize` and `GET /user/identities/authorize`.
pub(super) fn authorize(shared: &Shared, call: &Call<'_>, caller: &Caller, linking: bool) -> Answer {
    let asked = query(call);
    let get = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    let link = match (linking, caller) {
        (false, _) => None,
        (true, Caller::User(claims)) => Some(claims.user),
        (true, _) => return error(401, "no_authorization", "This endpoint requires a valid Bearer token"),
    };
    let mut state = shared.supabase();
    if get("provider") != "x" || !state.auth.x_is_on {
        return error(400, "validation_failed", "Unsupported provider: provider is not enabled");
    }
    let (challenge, method) = (get("code_challenge"), get("code_challenge_method"));
    if !(43..=128).contains(&challenge.len()) || !method.eq_ignore_ascii_case("s256") {
        return error(400, "validation_failed", "code challenge must be between 43 and 128 characters long");
    }
    let (id, verifier) = (Uuid::now_v7(), random());
    let flow = Flow {
        verifier: verifier.clone(),
        challenge: challenge.to_owned(),
        redirect_to: state.auth.referrer(get("redirect_to")),
        link,
        began: Instant::now(),
        code: None,
        user: None,
        provided: None,
    };
    state.auth.flows.insert(id, flow);
    drop(state);
    let address = own_address(call);
    let mut scopes = vec!["users.email", "tweet.read", "users.read", "offline.access"];
    scopes.extend(get("scopes").split(',').filter(|scope| !scope.is_empty()));
    let hashed = ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes());
    let client = shared.x().allow_callback(&format!("{address}/auth/v1/callback"));
    let Ok(mut to) = Url::parse(&format!("{address}/i/oauth2/authorize")) else { return Answer::empty(500) };
    to.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", client)
        .append_pair("redirect_uri", &format!("{address}/auth/v1/callback"))
        .append_pair("scope", &scopes.join(" "))
        .append_pair("state", &id.to_string())
        .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(hashed))
        .append_pair("code_challenge_method", "S256");
    if linking && get("skip_http_redirect") == "true" {
        return Answer::json(200, &json!({"url": to.as_str()}));
    }
    Answer::empty(302).header("location", to.as_str())
}

/// `GET /callback`: X sent the browser back.
pub(super) fn callback(shared: &Shared, call: &Call<'_>) -> Answer {
    let got = query(call);
    let get = |name: &str| got.get(name).map(String::as_str).unwrap_or_default();
    let flow = Uuid::try_parse(get("state")).ok().and_then(|id| {
        let state = shared.supabase();
        let flow = state.auth.flows.get(&id).filter(|flow| flow.is_open() && flow.code.is_none())?;
        Some((id, flow.verifier.clone(), flow.redirect_to.clone(), flow.link))
    });
    let Some((id, verifier, redirect_to, link)) = flow else {
        let site = shared.supabase().auth.site_url.clone();
        return failed(&site, "invalid_request", "bad_oauth_state", "OAuth state not found or expired");
    };
    if !get("error").is_empty() {
        return failed(&redirect_to, get("error"), "", get("error_description"));
    }
    let redirect_uri = format!("{}/auth/v1/callback", own_address(call));
    let Some(person) = shared.x().exchange_code(get("code"), &verifier, &redirect_uri) else {
        return failed(&redirect_to, "server_error", "unexpected_failure", "Unable to exchange external code");
    };
    let mut state = shared.supabase();
    let provided = Provided { access: person.access.clone(), refresh: person.refresh.clone() };
    let user = match state.auth.sign_in_with_x(&person, link) {
        Ok(user) => user,
        Err((code, message)) => return failed(&redirect_to, "server_error", code, message),
    };
    let code = random_id();
    if let Some(flow) = state.auth.flows.get_mut(&id) {
        (flow.code, flow.user, flow.provided) = (Some(code.clone()), Some(user), Some(provided));
    }
    let Ok(mut to) = Url::parse(&redirect_to) else { return Answer::empty(500) };
    to.query_pairs_mut().append_pair("code", &code);
    Answer::empty(302).header("location", to.as_str())
}

/// A browser is told of a failure in the query and in the fragment.
pub(super) fn failed(redirect_to: &str, error: &str, code: &str, message: &str) -> Answer {
    let Ok(mut to) = Url::parse(redirect_to) else { return Answer::empty(500) };
    let mut pairs = vec![("error", error), ("error_description", message)];
    if !code.is_empty() {
        pairs.push(("error_code", code));
    }
    to.query_pairs_mut().extend_pairs(&pairs);
    let fragment = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
    to.set_fragment(Some(&fragment));
    Answer::empty(303).header("location", to.as_str())
}

/// A random identifier, as codes are.
fn random_id() -> String {
    uuid::Builder::from_random_bytes(fastrand::u128(..).to_be_bytes()).into_uuid().to_string()
}

/// Whether an address matches a pattern of redirect URLs: `*` is anything up to `.` or `/`, `**` anything.
pub(super) fn matches(pattern: &str, address: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some(rest) => {
            let (rest, all) = rest.strip_prefix('*').map_or((rest, false), |rest| (rest, true));
            let ends = address.char_indices().map(|(at, _)| at).chain([address.len()]);
            for end in ends {
                let (taken, left) = address.split_at_checked(end).unwrap_or_default();
                if !all && taken.contains(['.', '/']) {
                    return false;
                }
                if matches(rest, left) {
                    return true;
                }
            }
            false
        }
        None => match (pattern.chars().next(), address.chars().next()) {
            (None, None) => true,
            (Some(one), Some(other)) if one == other => {
                let after = |text: &str, c: char| text.get(c.len_utf8()..).unwrap_or_default().to_owned();
                matches(&after(pattern, one), &after(address, other))
            }
            _ => false,
        },
    }
}
