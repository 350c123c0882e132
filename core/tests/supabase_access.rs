//! What goes out on whose behalf, byte for byte: keys, tokens, refreshes, and what is sent twice.
#![cfg(feature = "supabase")]
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use common::raw_server::{RawServer, Reply, Request};
use common::signer::{Signer, b64};
use ghostwren::http::HttpClient;
use ghostwren::store::{Caller, Store, SupabaseStore};
use ghostwren::supabase::{Access, AuthClient, Count, Filter, Rest, Supabase, UserTokens};
use ghostwren::{Error, ErrorKind, Result};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value as Json, json};

/// `{"role":"anon"}` and `{"role":"service_role"}`, unsigned.
const ANON: &str = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.c2ln";
const SERVICE: &str = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2ln";

fn project(server: &RawServer, key: &str) -> Supabase {
    let fast = HttpClient::builder().backoff(Duration::from_millis(1), Duration::from_millis(1)).build().unwrap();
    Supabase::new(server.url("").as_str(), key).unwrap().http(fast)
}

fn headers(request: &Request) -> (String, String) {
    let of = |name: &str| request.header(name).unwrap_or("-").to_owned();
    (of("apikey"), of("authorization"))
}

/// Tokens `one`, `two`, …: a new one after each refusal.
#[derive(Debug, Default)]
struct Rotating(AtomicU32);

#[async_trait]
impl UserTokens for Rotating {
    async fn access_token(&self) -> Result<SecretString> {
        Ok(format!("user-token-{}", self.0.load(Ordering::SeqCst)).into())
    }

    async fn refreshed_after_401(&self, refused: &SecretString) -> Result<SecretString> {
        assert_eq!(refused.expose_secret(), self.access_token().await?.expose_secret());
        self.0.fetch_add(1, Ordering::SeqCst);
        self.access_token().await
    }
}

/// A session that is over.
#[derive(Debug)]
struct Over;

#[async_trait]
impl UserTokens for Over {
    async fn access_token(&self) -> Result<SecretString> {
        Err(Error::new(ErrorKind::NeedsLogin, "supabase.session_ended", "the session is over"))
    }

    async fn refreshed_after_401(&self, _: &SecretString) -> Result<SecretString> {
        self.access_token().await
    }
}

#[tokio::test]
async fn each_key_goes_where_it_belongs() {
    let server = RawServer::replies([Reply::json("[]")]).await;
    let user = || Access::user(Rotating::default());
    let new = project(&server, "sb_publishable_p").secret_key("sb_secret_s").unwrap();
    let legacy = project(&server, ANON).secret_key(SERVICE).unwrap();
    for (rest, apikey, authorization) in [
        // A new key is no JWT: alone it stands in `apikey` and nowhere else.
        (new.rest(Access::Anonymous), "sb_publishable_p", "-".to_owned()),
        (new.rest(user()), "sb_publishable_p", "Bearer user-token-0".to_owned()),
        (new.rest(Access::Secret), "sb_secret_s", "-".to_owned()),
        (legacy.rest(Access::Anonymous), ANON, format!("Bearer {ANON}")),
        (legacy.rest(user()), ANON, "Bearer user-token-0".to_owned()),
        (legacy.rest(Access::Secret), SERVICE, format!("Bearer {SERVICE}")),
    ] {
        rest.from("t").select("*").rows::<Json>().await.unwrap();
        assert_eq!(headers(server.requests().last().unwrap()), (apikey.to_owned(), authorization));
    }
}

#[tokio::test]
async fn a_user_whose_token_cannot_be_had_sends_nothing() {
    let server = RawServer::replies([Reply::json("[]")]).await;
    let rest = project(&server, "sb_publishable_p").secret_key("sb_secret_s").unwrap().rest(Access::user(Over));
    let over = rest.from("t").select("*").rows::<Json>().await.unwrap_err();
    assert_eq!((over.kind(), over.code()), (ErrorKind::NeedsLogin, "supabase.session_ended"));
    // Not even the store, which has a secret key at hand.
    let store = SupabaseStore::of(project(&server, "sb_publishable_p").secret_key("sb_secret_s").unwrap()).unwrap();
    let caller = Caller::user(ghostwren::records::new_id(), Arc::new(Over));
    assert_eq!(store.accounts(&caller).await.unwrap_err().kind(), ErrorKind::NeedsLogin);
    assert_eq!(store.sealed_names(&caller).await.unwrap_err().kind(), ErrorKind::NeedsLogin);
    let local = Caller::local("me").unwrap();
    assert_eq!(store.accounts(&local).await.unwrap_err().code(), "identity.no_user");
    // And what needs the secret key does not do without.
    let device = SupabaseStore::of(project(&server, "sb_publishable_p")).unwrap();
    let user = Caller::user(ghostwren::records::new_id(), Arc::new(Rotating::default()));
    let needed = device.sealed_names(&user).await.unwrap_err();
    assert_eq!((needed.kind(), needed.code()), (ErrorKind::Config, "supabase.secret_key_needed"));
    assert_eq!(server.requests().len(), 0, "nothing was sent");
}

#[tokio::test]
async fn an_expired_token_is_refreshed_once_and_the_call_made_again() {
    let expired = || Reply::new(401, &[], r#"{"code":"PGRST303","message":"JWT expired"}"#);
    let server = RawServer::replies([expired(), Reply::json("[1]")]).await;
    let rest = project(&server, "sb_publishable_p").rest(Access::user(Rotating::default()));
    // A write as well: a token that was refused did nothing.
    rest.from("t").insert(&json!({ "a": 1 })).send().await.unwrap();
    let sent: Vec<String> = server.requests().iter().map(|request| headers(request).1).collect();
    assert_eq!(sent, ["Bearer user-token-0", "Bearer user-token-1"]);
    // Refused again: that is told, and nobody goes round in circles or on as somebody else.
    let server = RawServer::replies([expired()]).await;
    let rest = project(&server, "sb_publishable_p").rest(Access::user(Rotating::default()));
    let refused = rest.from("t").select("*").rows::<Json>().await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (ErrorKind::Auth, "supabase.token_expired"));
    assert_eq!(server.requests().len(), 2);
    // What nobody refreshes is refused with the server's own words.
    let rest = project(&server, "sb_publishable_p").rest(Access::bearer("given".into()));
    assert_eq!(rest.from("t").select("*").rows::<Json>().await.unwrap_err().code(), "supabase.token_expired");
    assert!(!format!("{rest:?} {refused:?}").contains("user-token"), "no token is shown");
}

#[tokio::test]
async fn only_what_may_be_done_twice_is_sent_again_when_an_answer_is_lost() {
    let row = json!({ "id": 1 });
    type Make = fn(&Rest, &Json) -> ghostwren::supabase::Query<ghostwren::supabase::Write>;
    let cases: [(&str, Make, bool); 9] = [
        ("an insert", |rest, row| rest.from("t").insert(row), false),
        ("an insert that the app knows to be safe", |rest, row| rest.from("t").insert(row).idempotent(true), true),
        ("an upsert by its key", |rest, row| rest.from("t").upsert(row, &["id"]), true),
        ("an upsert by no key", |rest, row| rest.from("t").upsert(row, &[]), false),
        ("an upsert that leaves rows alone", |rest, row| rest.from("t").upsert(row, &["id"]).ignore_duplicates(), true),
        ("an update", |rest, row| rest.from("t").eq("id", 1).update(row), true),
        ("an update that counts", |rest, row| rest.from("t").eq("id", 1).update(row).count(Count::Exact), false),
        ("a delete", |rest, _| rest.from("t").eq("id", 1).delete(), true),
        ("a delete with a limit", |rest, _| rest.from("t").eq("id", 1).delete().max_affected(1), false),
    ];
    for (what, make, repeated) in cases {
        let server = RawServer::replies([Reply::default().reset(), Reply::new(204, &[], "")]).await;
        let rest = project(&server, "sb_publishable_p").rest(Access::Anonymous);
        let end = make(&rest, &row).send().await;
        assert_eq!((end.is_ok(), server.requests().len()), (repeated, 1 + usize::from(repeated)), "{what}");
    }
    // Calls and reads.
    for (again, requests) in [(false, 1), (true, 2)] {
        let server = RawServer::replies([Reply::default().reset(), Reply::json("1")]).await;
        let rest = project(&server, "sb_publishable_p").rest(Access::Anonymous);
        assert_eq!(rest.rpc("f", &json!({})).idempotent(again).value::<u8>().await.is_ok(), again);
        assert_eq!(server.requests().len(), requests);
    }
    // As often as the project says: not at all, when it says once.
    let server = RawServer::replies([Reply::default().reset(), Reply::new(204, &[], "")]).await;
    let once = project(&server, "sb_publishable_p").max_attempts(1).rest(Access::Anonymous);
    assert_eq!(once.from("t").eq("id", 1).delete().send().await.unwrap_err().kind(), ErrorKind::Server);
    assert_eq!(server.requests().len(), 1);
    // What was surely not done is sent again, whatever it is.
    let collided = Reply::new(500, &[], r#"{"code":"40001","message":"could not serialize access"}"#);
    let server = RawServer::replies([collided, Reply::new(201, &[], "")]).await;
    project(&server, "sb_publishable_p").rest(Access::Anonymous).from("t").insert(&row).send().await.unwrap();
    assert_eq!(server.requests().len(), 2);
    // A statement that took too long would again.
    let slow = Reply::new(500, &[], r#"{"code":"57014","message":"canceling statement due to statement timeout"}"#);
    let server = RawServer::replies([slow]).await;
    let rest = project(&server, "sb_publishable_p").rest(Access::Anonymous);
    let slow = rest.from("t").select("*").rows::<Json>().await.unwrap_err();
    assert_eq!((slow.kind(), slow.code()), (ErrorKind::Timeout, "supabase.statement_timeout"));
    assert_eq!(server.requests().len(), 1);
}

/// What a server was given as a user's token is verified here, before a call goes out with it.
#[tokio::test]
async fn a_received_token_is_verified_before_it_is_used() {
    let (ours, theirs) = (Signer::es256(), Signer::es256());
    let server = RawServer::replies([Reply::json("[]")]).await;
    let project = project(&server, "sb_publishable_p");
    let issuer = format!("{}auth/v1", server.url("").as_str());
    let keys = json!({ "keys": [ours.jwk("k")] }).to_string();
    let auth = AuthClient::new(&project).unwrap();
    let auth = auth.verify_with(|verifier| verifier.key_set(keys.as_bytes()).unwrap()).unwrap();
    let store = SupabaseStore::of(project).unwrap().auth(auth);
    let (user, now) = (ghostwren::records::new_id(), chrono::Utc::now().timestamp());
    let claims = |change: Json| {
        let mut claims = json!({
            "sub": user, "iss": issuer, "aud": "authenticated", "role": "authenticated", "iat": now, "exp": now + 60,
        });
        claims.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        claims
    };
    let none = format!("{}.{}.", b64(r#"{"alg":"none","typ":"JWT"}"#), b64(claims(json!({})).to_string()));
    // Signed with a public key that is known, as if that were a secret.
    let confused = Signer::Hs256(ours.jwk("k").to_string().into_bytes()).token("k", &claims(json!({})));
    for (what, token, code) in [
        ("another key", theirs.token("k", &claims(json!({}))), "supabase.jwt_signature"),
        ("an unknown key", theirs.token("x", &claims(json!({}))), "supabase.jwt_unknown_key"),
        ("no signature", none, "supabase.jwt_algorithm"),
        ("expired", ours.token("k", &claims(json!({ "exp": now - 600 }))), "supabase.jwt_expired"),
        ("another audience", ours.token("k", &claims(json!({ "aud": "x" }))), "supabase.jwt_audience"),
        ("a key of the project", ours.token("k", &claims(json!({ "role": "service_role" }))), "supabase.jwt_role"),
        ("of another user", ours.token("k", &claims(json!({ "sub": uuid::Uuid::nil() }))), "identity.other_user"),
    ] {
        let error = store.accounts(&Caller::bearer(user, token.into())).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Auth, code), "{what}: {error}");
        assert_eq!(server.requests().len(), 0, "{what} went out");
    }
    let good = Caller::bearer(user, ours.token("k", &claims(json!({}))).into());
    assert_eq!(store.accounts(&good).await.unwrap(), []);
    assert_eq!(store.accounts(&good).await.unwrap(), []);
    assert_eq!(server.requests().len(), 2);
    // Where only a secret would tell, and it was not given, PostgREST is the first that can look.
    store.accounts(&Caller::bearer(user, confused.clone().into())).await.unwrap();
    assert_eq!(server.requests().len(), 3);
    // With the secret it is looked at here.
    let secret = || "a secret of at least thirty-two bytes".to_owned();
    let auth = AuthClient::new(store.project()).unwrap().verify_with(|verifier| verifier.secret(secret().into()));
    let store = SupabaseStore::of(store.project().clone()).unwrap().auth(auth.unwrap());
    let error = store.accounts(&Caller::bearer(user, confused.into())).await.unwrap_err();
    assert_eq!(error.code(), "supabase.jwt_signature");
    let good = Signer::Hs256(secret().into_bytes()).token("k", &claims(json!({})));
    store.accounts(&Caller::bearer(user, good.into())).await.unwrap();
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn a_request_in_all_its_parts() {
    let server = RawServer::replies([Reply::new(201, &[("content-range", "*/2")], "")]).await;
    let rest = project(&server, "sb_publishable_p").rest(Access::Anonymous).schema("other");
    let rows = json!([{ "id": 1, "a": 2 }, { "id": 2, "b": 3 }]);
    let written = rest.from("odd/name").upsert(&rows, &["id"]).count(Count::Exact).send().await.unwrap();
    assert_eq!(written.count, Some(2));
    let sent = server.requests().remove(0);
    assert_eq!(sent.line(), "POST /rest/v1/odd%2Fname?on_conflict=id&columns=a%2Cb%2Cid");
    assert_eq!(sent.header("prefer"), Some("return=minimal,resolution=merge-duplicates,missing=default,count=exact"));
    assert_eq!(sent.header("content-profile"), Some("other"));
    assert_eq!(sent.header("content-type"), Some("application/json"));
    assert_eq!(serde_json::from_str::<Json>(&sent.text()).unwrap(), rows);
    assert!(sent.header("user-agent").unwrap().starts_with("ghostwren/"), "sent by our own pipeline");
    rest.from("t").select("*").rows::<Json>().await.unwrap_err();
    let read = server.requests().remove(1);
    assert_eq!((read.line(), read.header("accept-profile")), ("GET /rest/v1/t?select=*", Some("other")));
}

/// What `@supabase/lite` does not do, or does otherwise, as PostgREST reads it.
#[tokio::test]
async fn what_an_address_and_a_head_can_say() {
    let server = RawServer::start(|_, request| match request.header("accept") {
        Some("application/geo+json") => Reply::json("{}"),
        Some("application/vnd.pgrst.plan+text") => Reply::new(200, &[("content-type", "text/plain")], "Seq Scan"),
        _ => Reply::json("[]"),
    })
    .await;
    let rest = project(&server, "sb_publishable_p").rest(Access::Anonymous);
    let sent = || server.requests().pop().unwrap();
    let asked = |request: &Request| {
        let url = url::Url::parse(&format!("http://h{}", request.line().split(' ').nth(1).unwrap())).unwrap();
        url.query_pairs().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>()
    };
    for (filter, pair) in [
        (Filter::like_all("a", ["x%", "%y"]), r#"a=like(all).{"x%","%y"}"#),
        (Filter::like_any("a", ["x%"]), r#"a=like(any).{"x%"}"#),
        (Filter::ilike_all("a", ["x%"]), r#"a=ilike(all).{"x%"}"#),
        (Filter::ilike_any("a", ["x%"]), r#"a=ilike(any).{"x%"}"#),
        (Filter::range_lt("r", "[1,2)"), "r=sl.[1,2)"),
        (Filter::range_gt("r", "[1,2)"), "r=sr.[1,2)"),
        (Filter::range_lte("r", "[1,2)"), "r=nxr.[1,2)"),
        (Filter::range_gte("r", "[1,2)"), "r=nxl.[1,2)"),
        (Filter::range_adjacent("r", "[1,2)"), "r=adj.[1,2)"),
    ] {
        rest.from("t").select("*").filter(filter).rows::<Json>().await.unwrap();
        assert_eq!(asked(&sent()), ["select=*", pair]);
    }
    let embedded = "id,author:users!inner(name),...details(size)";
    rest.from("t").select(embedded).strip_nulls().limit(5).offset(10).rows::<Json>().await.unwrap();
    let read = sent();
    assert_eq!(asked(&read), [format!("select={embedded}"), "limit=5".to_owned(), "offset=10".to_owned()]);
    assert_eq!(read.header("accept"), Some("application/vnd.pgrst.array+json;nulls=stripped"));
    rest.from("t").select("*").geo_json().await.unwrap();
    assert_eq!(sent().header("accept"), Some("application/geo+json"));
    assert_eq!(rest.from("t").select("*").explain().await.unwrap(), "Seq Scan");
    assert_eq!(sent().header("accept"), Some("application/vnd.pgrst.plan+text"));
    rest.from("t").eq("id", 1).delete().dry_run().rows::<Json>("id").await.unwrap();
    assert!(sent().header("prefer").unwrap().contains("tx=rollback"), "{:?}", sent().header("prefer"));
}

#[tokio::test]
async fn a_call_that_is_dropped_ends_its_request() {
    let server = RawServer::start(|_, _| Reply::open(200, &[]).hang()).await;
    let rest = project(&server, "sb_publishable_p").rest(Access::Anonymous);
    let reading = rest.from("t").select("*").rows::<Json>();
    assert!(tokio::time::timeout(Duration::from_millis(300), reading).await.is_err(), "it waits");
    server.client_left(1).await;
}

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for() {
    let server = RawServer::start(|_, _| Reply::open(200, &[]).hang()).await;
    let project = project(&server, "sb_publishable_p").timeout(Duration::from_millis(200));
    for project in [project.clone().max_attempts(1), project.deadline(Duration::from_millis(300))] {
        let late = project.rest(Access::Anonymous).from("t").select("*").rows::<Json>().await.unwrap_err();
        assert_eq!(late.kind(), ErrorKind::Timeout, "{late}");
    }
    server.client_left(2).await;
}
