//! The stand-in for X, its login: the consent page, codes of 30 seconds, PKCE, single-use refresh tokens, scopes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;
mod raw_http;
mod x_http;

use std::collections::BTreeMap;
use std::time::Duration;

use ghostwren::sandbox::x::{App, Consent, Endpoint, Fault, NewUser};
use raw_http::{Answer, End, send};
use serde_json::json;
use x_http::{Client, SCOPES, url_encode};

const CALLBACK: &str = "http://127.0.0.1:8723/callback";
// The pair of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const BASIC: (&str, &str) = ("authorization", "Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1jbGllbnQtc2VjcmV0");
const TOKEN: &str = "/2/oauth2/token";

fn query(client_id: &str, change: &[(&str, &str)]) -> String {
    let mut fields = BTreeMap::from([
        ("response_type", "code"),
        ("client_id", client_id),
        ("redirect_uri", CALLBACK),
        ("scope", "tweet.read users.read offline.access"),
        ("state", "st&te=1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    fields.extend(change.iter().copied());
    url_encode(&fields.into_iter().collect::<Vec<_>>())
}

fn authorize(client: &Client, client_id: &str, change: &[(&str, &str)]) -> Answer {
    let target = format!("/i/oauth2/authorize?{}", query(client_id, change));
    send(&client.sandbox, "GET", &target, &[], b"", usize::MAX)
}

fn parameters(answer: &Answer) -> BTreeMap<String, String> {
    assert_eq!(answer.status, 302, "{}", answer.text());
    let url = answer.header("location").unwrap().parse::<url_of_tests::Url>().unwrap();
    url.0
}

/// The query of a URL, decoded, without the parser that the stand-in uses.
mod url_of_tests {
    use std::collections::BTreeMap;
    use std::str::FromStr;

    pub(crate) struct Url(pub(crate) BTreeMap<String, String>);

    impl FromStr for Url {
        type Err = ();
        fn from_str(text: &str) -> Result<Self, ()> {
            let (_, query) = text.split_once('?').ok_or(())?;
            let decode = |text: &str| {
                let mut out = Vec::new();
                let mut bytes = text.bytes();
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'%' => {
                            let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                            out.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
                        }
                        b'+' => out.push(b' '),
                        byte => out.push(byte),
                    }
                }
                String::from_utf8(out).unwrap()
            };
            Ok(Self(
                query.split('&').filter_map(|pair| pair.split_once('=')).map(|(n, v)| (decode(n), decode(v))).collect(),
            ))
        }
    }
}

/// A code of the confidential client, with consent at once.
fn code(client: &Client) -> String {
    client.x.set_consent(Consent::Allow);
    parameters(&authorize(client, client.x.client_id(), &[])).remove("code").unwrap()
}

fn exchange(client: &Client, code: &str, change: &[(&str, &str)]) -> Answer {
    let mut fields = BTreeMap::from([
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]);
    fields.extend(change.iter().copied());
    client.form(TOKEN, &[BASIC], &fields.into_iter().collect::<Vec<_>>())
}

fn refresh(client: &Client, token: &str, headers: &[(&str, &str)]) -> Answer {
    client.form(TOKEN, headers, &[("grant_type", "refresh_token"), ("refresh_token", token)])
}

fn me(client: &Client, access: &str) -> Answer {
    let bearer = format!("Bearer {access}");
    send(&client.sandbox, "GET", "/2/users/me", &[("authorization", &bearer)], b"", usize::MAX)
}

fn text(answer: &Answer, name: &str) -> String {
    answer.json()[name].as_str().unwrap_or_else(|| panic!("{}", answer.text())).to_owned()
}

#[test]
fn a_person_consents_at_the_page() {
    let client = Client::start();
    let page = authorize(&client, client.x.client_id(), &[]);
    assert_eq!(page.status, 200);
    let html = page.text();
    for part in ["Ghostwren sandbox: allow @sandbox_wren?", ">Authorize</button>", ">Deny</button>", "tweet.read"] {
        assert!(html.contains(part), "{html}");
    }
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(policy.contains("form-action 'self' http://127.0.0.1:8723; frame-ancestors 'none'"), "{policy}");
    assert!(!html.contains("<script") && !html.contains(CHALLENGE) && !html.contains("st&te"));
    let ticket = html.split("name=\"ticket\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let press =
        |decision: &str| client.form("/i/oauth2/authorize", &[], &[("ticket", &ticket), ("decision", decision)]);
    let back = press("allow");
    let got = parameters(&back);
    assert!(back.header("location").unwrap().starts_with(CALLBACK));
    assert_eq!(got["state"], "st&te=1");
    assert!(!got.contains_key("iss"));
    assert_eq!(exchange(&client, &got["code"], &[]).status, 200);
    assert_eq!(press("allow").status, 400, "a page works once");
}

#[test]
fn denied_consent_goes_back_with_its_own_error() {
    let client = Client::start();
    client.x.set_consent(Consent::Deny);
    client.x.set_issuer(Some("https://sandbox.example"));
    let got = parameters(&authorize(&client, client.x.client_id(), &[]));
    let wanted = [("error", "access_denied"), ("iss", "https://sandbox.example"), ("state", "st&te=1")];
    assert_eq!(got, wanted.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
}

#[test]
fn a_wrong_login_is_never_redirected_and_its_words_are_escaped() {
    let client = Client::start();
    client.x.set_consent(Consent::Allow);
    let long = "s".repeat(501);
    for change in [
        ("client_id", "<img src=x onerror=alert(1)>"),
        ("redirect_uri", "http://127.0.0.1:8723/callback/"),
        ("redirect_uri", "http://127.0.0.1:8724/callback"),
        ("redirect_uri", "https://evil.example/"),
        ("response_type", "token"),
        ("state", ""),
        ("state", &long),
        ("scope", "tweet.read everything"),
        ("scope", ""),
        ("code_challenge", "short"),
        ("code_challenge_method", "s256"),
    ] {
        let page = authorize(&client, client.x.client_id(), &[change]);
        assert_eq!((page.status, page.header("location")), (400, None), "{change:?}");
        assert!(!page.text().contains("<img"));
    }
    // A hostile app name and scope list on the page itself.
    client.x.add_app(App::public("<b>app</b>\"'").redirect_uri(CALLBACK));
    client.x.set_consent(Consent::Ask);
    let page = authorize(&client, "<b>app</b>\"'", &[]).text();
    assert!(page.contains("&lt;b&gt;app&lt;/b&gt;&quot;&#39;") && !page.contains("<b>"), "{page}");
}

#[test]
fn a_code_works_once_for_thirty_seconds_with_its_verifier_and_address() {
    let client = Client::start();
    let good = exchange(&client, &code(&client), &[]);
    assert_eq!(good.status, 200, "{}", good.text());
    let body = good.json();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("bearer"), &json!(7200)));
    assert_eq!(body["scope"], "tweet.read users.read offline.access");
    assert_eq!(good.header("cache-control"), Some("no-store"));
    assert_eq!(me(&client, &text(&good, "access_token")).json()["data"]["username"], "sandbox_wren");

    let used = code(&client);
    assert_eq!(exchange(&client, &used, &[]).status, 200);
    let again = exchange(&client, &used, &[]);
    assert_eq!((again.status, text(&again, "error")), (400, "invalid_request".into()));
    assert_eq!(text(&again, "error_description"), "Value passed for the authorization code was invalid.");
    for change in [
        ("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl"),
        ("code_verifier", ""),
        ("redirect_uri", "http://localhost:8723/callback"),
        ("grant_type", "password"),
    ] {
        assert_eq!(exchange(&client, &code(&client), &[change]).status, 400, "{change:?}");
    }
    // A code that was tried with a wrong verifier is gone.
    let tried = code(&client);
    exchange(&client, &tried, &[("code_verifier", "no")]);
    assert_eq!(exchange(&client, &tried, &[]).status, 400);

    let fresh = code(&client);
    client.x.advance(Duration::from_secs(29));
    assert_eq!(exchange(&client, &fresh, &[]).status, 200);
    let late = code(&client);
    client.x.advance(Duration::from_secs(30));
    assert_eq!(exchange(&client, &late, &[]).status, 400);
}

#[test]
fn each_kind_of_client_proves_itself_in_its_own_way() {
    let client = Client::start();
    let x = &client.x;
    // A confidential client that names itself in the body, or has another secret.
    let fields = |code: &str, id: &str| {
        let all = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
            ("client_id", id),
        ];
        all.map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let send = |headers: &[(&str, &str)], fields: &[(String, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        client.form(TOKEN, headers, &fields)
    };
    let wrong = send(&[], &fields(&code(&client), x.client_id()));
    assert_eq!((wrong.status, text(&wrong, "error")), (401, "unauthorized_client".into()));
    assert_eq!(text(&wrong, "error_description"), "Missing valid authorization header");
    let wrong = send(&[("authorization", "Basic c2FuZGJveC1jbGllbnQ6bm8=")], &fields(&code(&client), x.client_id()));
    assert_eq!(wrong.status, 401);
    // A public client.
    x.set_consent(Consent::Allow);
    let public = || parameters(&authorize(&client, x.public_client_id(), &[])).remove("code").unwrap();
    assert_eq!(send(&[], &fields(&public(), x.public_client_id())).status, 200);
    let nameless = send(&[], &fields(&public(), x.public_client_id())[..4]);
    assert_eq!(text(&nameless, "error_description"), "Missing required parameter [client_id].");
    assert_eq!(send(&[BASIC], &fields(&public(), x.public_client_id())).status, 400, "a code of another client");
}

#[test]
fn a_refresh_token_rotates_and_works_once() {
    let client = Client::start();
    let first = exchange(&client, &code(&client), &[]);
    let old = text(&first, "refresh_token");
    let second = refresh(&client, &old, &[BASIC]);
    assert_eq!(second.status, 200, "{}", second.text());
    let new = text(&second, "refresh_token");
    assert!(new != old && text(&second, "access_token") != text(&first, "access_token"));
    let reused = refresh(&client, &old, &[BASIC]);
    assert_eq!((reused.status, text(&reused, "error")), (400, "invalid_grant".into()));
    assert_eq!(refresh(&client, &new, &[]).status, 400, "without the client");
    assert_eq!(refresh(&client, &new, &[BASIC]).status, 200);
    assert_eq!(client.x.rotations(), 2);
    // Without offline.access there is none.
    client.x.set_consent(Consent::Allow);
    let short = parameters(&authorize(&client, client.x.client_id(), &[("scope", "tweet.read users.read")]));
    assert_eq!(exchange(&client, &short["code"], &[]).json().get("refresh_token"), None);
    // The access token lives two hours.
    let access = text(&second, "access_token");
    client.x.advance(Duration::from_secs(7_199));
    assert_eq!(me(&client, &access).status, 200);
    client.x.advance(Duration::from_secs(1));
    let over = me(&client, &access);
    assert_eq!(
        (over.status, over.json()),
        (401, json!({"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}))
    );
}

#[test]
fn of_many_who_use_one_refresh_token_one_wins() {
    let client = Client::start();
    let token = client.x.issue_tokens(client.x.user_id(), &SCOPES).refresh.unwrap();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..20).map(|_| scope.spawn(|| refresh(&client, &token, &[BASIC]).status)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!((statuses.len(), client.x.rotations()), (20, 1));
}

#[test]
fn a_rotation_whose_answer_is_lost_has_happened() {
    let client = Client::start();
    for (fault, ended) in [
        (Fault::ResetAfter, End::Broken),
        (Fault::HangAfter, End::Silent),
        (Fault::Truncated, End::Whole),
        (Fault::Reset, End::Broken),
        (Fault::ErrorAfter, End::Whole),
    ] {
        let token = client.x.issue_tokens(client.x.user_id(), &SCOPES).refresh.unwrap();
        client.x.script(Endpoint::Token, [fault]).unwrap();
        let lost = refresh(&client, &token, &[BASIC]);
        assert_eq!(lost.end, ended, "{fault}");
        assert!(
            serde_json::from_slice::<serde_json::Value>(&lost.body)
                .map_or(true, |body| body.get("access_token").is_none())
        );
        assert_eq!(text(&refresh(&client, &token, &[BASIC]), "error"), "invalid_grant", "{fault}");
    }
    // An outage before anything is done leaves the token alone.
    let token = client.x.issue_tokens(client.x.user_id(), &SCOPES).refresh.unwrap();
    let outage = [
        Fault::ServerError,
        Fault::Unavailable,
        Fault::BadGateway,
        Fault::ResetFirst,
        Fault::Hang,
        Fault::InvalidGrant,
        Fault::TokenInvalid,
    ];
    client.x.script(Endpoint::Token, outage).unwrap();
    for fault in outage {
        assert_ne!(refresh(&client, &token, &[BASIC]).status, 200, "{fault}");
    }
    assert_eq!(refresh(&client, &token, &[BASIC]).status, 200);
}

#[test]
fn odd_token_answers_can_be_had() {
    let client = Client::start();
    let odd = |fault: Fault| {
        let token = client.x.issue_tokens(client.x.user_id(), &SCOPES).refresh.unwrap();
        client.x.script(Endpoint::Token, [fault]).unwrap();
        refresh(&client, &token, &[BASIC]).json()
    };
    assert_eq!(odd(Fault::NoExpiry).get("expires_in"), None);
    assert_eq!(odd(Fault::NoRefreshToken).get("refresh_token"), None);
    assert!(odd(Fault::ExtraFields).get("sandbox_extra").is_some());
    assert!(odd(Fault::Pass).get("refresh_token").is_some());
}

#[test]
fn tokens_are_revoked_by_the_app_and_by_the_person() {
    let client = Client::start();
    let tokens = client.x.issue_tokens(client.x.user_id(), &SCOPES);
    let revoke = |token: &str, headers: &[(&str, &str)]| client.form("/2/oauth2/revoke", headers, &[("token", token)]);
    assert_eq!(revoke(&tokens.access, &[]).status, 400);
    assert_eq!(me(&client, &tokens.access).status, 200);
    assert_eq!(revoke(&tokens.access, &[BASIC]).json(), json!({"revoked": true}));
    assert_eq!(me(&client, &tokens.access).status, 401);
    let refreshing = tokens.refresh.unwrap();
    assert_eq!(revoke(&refreshing, &[BASIC]).status, 200);
    assert_eq!(text(&refresh(&client, &refreshing, &[BASIC]), "error"), "invalid_grant");
    assert_eq!(revoke("unknown", &[BASIC]).status, 200);
    let tokens = client.x.issue_tokens(client.x.user_id(), &SCOPES);
    client.x.revoke_all_tokens();
    assert_eq!(me(&client, &tokens.access).status, 401);
    assert_eq!(refresh(&client, &tokens.refresh.unwrap(), &[BASIC]).status, 400);
}

#[test]
fn scopes_and_kinds_of_tokens_are_enforced() {
    let mut client = Client::start();
    let user = client.x.user_id();
    client.token = client.x.issue_tokens(user, &["tweet.read", "users.read"]).access;
    assert_eq!(client.get("/2/users/me").status, 200);
    for answer in [
        client.post("/2/tweets", &json!({"text": "no"})),
        client.delete("/2/tweets/1"),
        client.post("/2/media/upload/initialize", &json!({})),
    ] {
        assert_eq!((answer.status, text(&answer, "title")), (403, "Forbidden".into()));
    }
    let email = client.get("/2/users/me?user.fields=confirmed_email").json();
    assert_eq!(email["data"].get("confirmed_email"), None, "without users.email");
    client.token = client.x.issue_tokens(user, &["users.email", "tweet.read", "users.read"]).access;
    let email = client.get("/2/users/me?user.fields=confirmed_email").json();
    assert_eq!(email["data"]["confirmed_email"], "sandbox_wren@example.com");
    client.token = client.x.issue_tokens(user, &["tweet.write"]).access;
    assert_eq!(client.get(&format!("/2/users/{user}/tweets")).status, 403);
    // The app alone reads what is public, and nothing of "me".
    client.token = client.x.app_token();
    assert_eq!(client.get(&format!("/2/users/{user}/tweets")).status, 200);
    let answer = client.get("/2/users/me");
    assert_eq!((answer.status, text(&answer, "title")), (403, "Unsupported Authentication".into()));
    client.token = "nonsense".into();
    assert_eq!(client.get("/2/users/me").status, 401);
    // The login is that of whoever is signed in.
    let other = client.x.add_user(NewUser::new("other_bird"));
    client.x.sign_in(other);
    client.token = text(&exchange(&client, &code(&client), &[]), "access_token");
    assert_eq!(client.get("/2/users/me").json()["data"]["id"], other.to_string());
}
