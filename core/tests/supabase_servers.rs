//! Auth and Storage against real servers: `@supabase/lite` over PostgreSQL, with the project's own policies, and `@tus/server`.
#![cfg(feature = "supabase")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod common;

use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use common::browser::{follow, visit};
use common::objects::{MB, content, file, path};
use common::raw_server::{RawServer, Reply};
use common::supabase::{servers, user};
use futures_util::future::join_all;
use ghostwren::supabase::{
    Access, AuthCallback, AuthClient, CacheControl, MemorySessions, NewBucket, OAuthLogin, ObjectPath, SessionStore,
    SignOutScope, SignUp, Storage, Supabase, Upload, UploadPlace, UserChanges, UserSession, UserTokens,
};
use ghostwren::{ErrorKind, Result};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, json};

const CALLBACK: &str = "http://127.0.0.1:8787/callback";

fn password() -> SecretString {
    "correct horse battery".to_owned().into()
}

#[tokio::test]
async fn passwords_sessions_and_refreshes() {
    let Some(servers) = servers() else { return };
    let auth = AuthClient::new(&servers.with_secret()).unwrap();
    let email = format!("wren-{}@example.com", uuid::Uuid::now_v7().simple());
    let signed_up = auth.sign_up(&email, &password(), Map::new()).await.unwrap();
    let SignUp::SignedIn(first) = signed_up else { panic!("lite gives a session at once") };
    assert!(first.provider.is_none());
    let again = auth.sign_up(&email, &password(), Map::new()).await.unwrap_err();
    assert_eq!(again.code(), "supabase.user_exists", "{again}");
    let wrong = auth.sign_in_with_password(&email, &"wrong-password".to_owned().into()).await.unwrap_err();
    assert_eq!((wrong.kind(), wrong.code()), (ErrorKind::Auth, "supabase.invalid_credentials"), "{wrong}");
    let signed_in = auth.sign_in_with_password(&email, &password()).await.unwrap();
    assert_eq!(signed_in.session.user.email.as_deref(), Some(email.as_str()));
    // It signs with a secret: the token is verified here with it, and by the server without it.
    let id = signed_in.session.user.id;
    assert_eq!(
        auth.claims(&signed_in.session.access).await.map(|claims| claims.user).map_err(|error| error.to_string()),
        Ok(id)
    );
    // Four processes refresh it once, as a real server counts.
    let mut session = signed_in.session;
    session.expires_at = Utc::now() + TimeDelta::seconds(5);
    let old = session.refresh.clone();
    let store: Arc<dyn SessionStore> = Arc::new(MemorySessions::new(session));
    let processes: Vec<UserSession> = (0..4).map(|_| UserSession::shared(auth.clone(), Arc::clone(&store))).collect();
    let tokens =
        join_all(processes.iter().flat_map(|process| std::iter::repeat_n(process, 25)).map(UserTokens::access_token));
    let tokens: Vec<SecretString> = tokens.await.into_iter().map(Result::unwrap).collect();
    assert!(tokens.iter().all(|token| token.expose_secret() == tokens[0].expose_secret()));
    let now = store.load().await.unwrap().unwrap();
    assert_ne!(now.refresh.expose_secret(), old.expose_secret());
    // The parent's answer was lost: asked again, it gives the active session.
    let active = auth.refresh(&old).await.unwrap();
    assert_eq!(active.user.id, id);
    let session = &processes[0];
    let user = auth.user(&Access::user(session.clone())).await.unwrap();
    assert_eq!(user.id, id);
    let data = json!({"name": "Ada"}).as_object().unwrap().clone();
    let changed = auth.update_user(&Access::user(session.clone()), &UserChanges::new().metadata(data)).await.unwrap();
    assert_eq!(changed.user_metadata["name"], "Ada");
    session.sign_out(SignOutScope::Global).await.unwrap();
    let over = auth.refresh(&now.refresh).await.unwrap_err();
    assert_eq!(over.kind(), ErrorKind::NeedsLogin, "{over}");
    // Forgeries are refused by the server as they are here.
    let forged = Access::bearer("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln".to_owned().into());
    assert_eq!(auth.user(&forged).await.unwrap_err().kind(), ErrorKind::Auth);
    let error = auth.probe(&OAuthLogin::x(CALLBACK).unwrap()).await.unwrap_err();
    assert_eq!(error.code(), "supabase.provider_disabled", "lite knows no x: {error}");
}

/// GitHub, as far as a login needs it: the one provider whose address can be set for lite.
async fn github(at: &str) -> RawServer {
    let port = at.rsplit(':').next().unwrap().trim_end_matches('/').parse().unwrap();
    RawServer::start_on(port, |_, request| match request.line().split(['?', ' ']).nth(1).unwrap_or_default() {
        "/login/oauth/access_token" => Reply::json(
            r#"{"access_token":"gho_planted","refresh_token":"ghr_planted","token_type":"bearer","scope":"user:email"}"#,
        ),
        "/user" | "/api/v3/user" => Reply::json(
            r#"{"id":583231,"login":"octocat","name":"The Octocat","email":"octocat@example.com","avatar_url":"https://a.example/o.png"}"#,
        ),
        path if path.ends_with("/emails") => {
            Reply::json(r#"[{"email":"octocat@example.com","primary":true,"verified":true}]"#)
        }
        _ => Reply::new(404, &[], ""),
    })
    .await
}

#[tokio::test]
async fn logins_elsewhere() {
    let Some(servers) = servers() else { return };
    let Ok(provider) = std::env::var("GHOSTWREN_TEST_SUPABASE_PROVIDER_URL") else { return };
    let _github = github(&provider).await;
    let auth = AuthClient::new(&servers.project()).unwrap();
    let login = auth.authorize(&OAuthLogin::with("github", "http://127.0.0.1:3000/callback").unwrap()).unwrap();
    // The person consents: the provider sends the browser back to Auth.
    let at_provider = follow(login.url.as_str(), |url| url.path().contains("/login/oauth/authorize")).await;
    let at_provider = url::Url::parse(&at_provider).unwrap();
    let asked = |name: &str| at_provider.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    let mut back = url::Url::parse(&asked("redirect_uri")).unwrap();
    back.query_pairs_mut().append_pair("state", &asked("state")).append_pair("code", "provider-code");
    let end = follow(back.as_str(), |url| url.port() == Some(3000)).await;
    let callback = AuthCallback::parse(&end).unwrap();
    let signed_in = auth.finish(&login, &callback).await.unwrap();
    let tokens = signed_in.provider.unwrap();
    assert_eq!(tokens.access.expose_secret(), "gho_planted");
    assert_eq!(tokens.refresh.unwrap().expose_secret(), "ghr_planted");
    assert_eq!(signed_in.session.user.identities[0].provider, "github");
    // A code is good once.
    assert_eq!(auth.finish(&login, &callback).await.unwrap_err().code(), "supabase.login_expired");
    let refreshed = auth.refresh(&signed_in.session.refresh).await.unwrap();
    assert_eq!(refreshed.user.id, signed_in.session.user.id);
}

/// The project's own buckets and policies, on a real database.
#[tokio::test]
async fn a_user_reaches_its_own_part_of_the_bucket_alone() {
    let Some(servers) = servers() else { return };
    let (owner, thief, project) = (user(), user(), servers.with_secret());
    let [account, account_of_thief] = [owner, thief].map(|owner| {
        servers.sql(&format!("insert into ghostwren.accounts (owner, label) values ('{owner}', 'main') returning id"))
    });
    let own = project.storage(servers.user(owner));
    let at_of = |owner, account: &str, name: &str| ObjectPath::owned(owner, account, name).unwrap();
    let at = at_of(owner, &account, "draft.json");
    for name in ["ghostwren", "ghostwren-public"] {
        let bucket = own.bucket(name).unwrap();
        let stored = bucket.store(owner, &account, "txt", Upload::bytes(name)).await.unwrap();
        bucket.upload(&at, Upload::bytes("{}")).await.unwrap();
        assert_eq!(bucket.download(&stored.path, 100).await.unwrap(), name);
        assert_eq!(bucket.list_all(&path(&owner.to_string())).await.unwrap().len(), 2);
        // Neither below another owner, nor below an account that is not the owner's.
        for (owner, account) in [(user().to_string(), account.clone()), (owner.to_string(), user().to_string())] {
            let elsewhere = ObjectPath::owned(owner, account, "x").unwrap();
            let error = bucket.upload(&elsewhere, Upload::bytes("x")).await.unwrap_err();
            assert_eq!(
                (error.kind(), error.code()),
                (ErrorKind::PermissionDenied, "supabase.storage_forbidden"),
                "{error}"
            );
        }
        let (copied, moved) = (at_of(owner, &account, "copied"), at_of(owner, &account, "moved"));
        bucket.copy_to(&at, &bucket, &copied).await.unwrap();
        bucket.rename(&copied, &moved).await.unwrap();
        assert_eq!(bucket.download(&moved, 100).await.unwrap(), "{}");
        bucket.remove(std::slice::from_ref(&moved)).await.unwrap();
        for access in [servers.user(thief), Access::Anonymous] {
            let theirs = project.storage(access).bucket(name).unwrap();
            // A public bucket is one that everybody reads who knows a path.
            assert_eq!(theirs.download(&at, 100).await.is_ok(), name == "ghostwren-public", "{name} {theirs:?}");
            assert!(theirs.upload(&at, Upload::bytes("mine").upsert(true)).await.is_err());
            // Into where the thief may write.
            let taken = at_of(thief, &account_of_thief, "taken");
            assert!(theirs.rename(&at, &taken).await.is_err());
            assert!(theirs.copy_to(&at, &theirs, &taken).await.is_err());
            assert!(theirs.signed_url(&at, Duration::from_secs(60)).await.is_err());
            assert_eq!(theirs.remove(std::slice::from_ref(&at)).await.unwrap_or(0), 0);
            assert!(theirs.list_all(&path(&owner.to_string())).await.is_ok_and(|all| all.is_empty()));
        }
        assert_eq!(bucket.download(&at, 100).await.unwrap().as_ref(), b"{}");
        let of_thief = project.storage(servers.user(thief)).bucket(name).unwrap();
        assert!(of_thief.list_all(&path(&thief.to_string())).await.unwrap().is_empty());
        of_thief.upload(&at_of(thief, &account_of_thief, "mine"), Upload::bytes("mine")).await.unwrap();
        assert_eq!(of_thief.remove_all(&path(&thief.to_string())).await.unwrap(), 1);
    }
    // What is published is read by its address, without a key.
    let public = own.bucket("ghostwren-public").unwrap();
    assert_eq!(visit(public.public_url(&at).unwrap().as_str()).await.body, b"{}");
    // Erasure reaches both.
    for name in ["ghostwren", "ghostwren-public"] {
        let bucket = own.bucket(name).unwrap();
        assert_eq!(bucket.remove_all(&path(&owner.to_string())).await.unwrap(), 2);
        assert!(!bucket.exists(&at).await.unwrap_or(false));
    }
    servers.sql(&format!("delete from ghostwren.accounts where owner in ('{owner}', '{thief}')"));
}

/// `@supabase/lite`, whose Storage differs from the real one where this says so.
#[tokio::test]
async fn objects() {
    let Some(servers) = servers() else { return };
    let (owner, project) = (user(), servers.with_secret());
    let all = Storage::new(&project, Access::Secret);
    let name = format!("test-{}", owner.simple());
    all.create_bucket(&NewBucket::new(&name)).await.unwrap();
    let bucket = all.bucket(&name).unwrap();
    assert_eq!(bucket.settings().await.unwrap().name, name);
    let at = |text: &str| ObjectPath::owned(owner, "main", text).unwrap();
    let upload = Upload::bytes("hello").content_type("text/plain").cache_control(CacheControl::Seconds(60));
    bucket.upload(&at("a.txt"), upload.clone()).await.unwrap();
    let taken = bucket.upload(&at("a.txt"), upload.clone()).await.unwrap_err();
    assert_eq!(taken.code(), "supabase.object_exists", "{taken}");
    bucket.upload(&at("a.txt"), upload.clone().upsert(true)).await.unwrap();
    assert_eq!(bucket.download(&at("a.txt"), 100).await.unwrap().as_ref(), b"hello");
    let signed = bucket.signed_url(&at("a.txt"), Duration::from_secs(60)).await.unwrap();
    assert_eq!(visit(signed.as_str()).await.body, b"hello");
    bucket.store(owner, "main", "txt", upload.clone()).await.unwrap();
    bucket.store(owner, "main", "txt", upload.clone()).await.unwrap();
    for n in 0..5 {
        bucket.upload(&at(&format!("deep/er/{n}")), upload.clone()).await.unwrap();
    }
    // Lite has no newer list: the older one is walked, folder by folder.
    let found = bucket.list_all(&ObjectPath::new(owner.to_string()).unwrap()).await.unwrap();
    assert_eq!(found.len(), 7, "{found:?}");
    assert!(found.iter().all(|object| object.path.starts_with(&format!("{owner}/main/"))), "{found:?}");
    bucket.rename(&at("a.txt"), &at("b.txt")).await.unwrap();
    assert_eq!(bucket.download(&at("a.txt"), 100).await.unwrap_err().kind(), ErrorKind::NotFound);
    bucket.copy_to(&at("b.txt"), &bucket, &at("c.txt")).await.unwrap();
    assert_eq!(bucket.download(&at("c.txt"), 100).await.unwrap().as_ref(), b"hello");
    // A user sees nothing of a bucket without policies; a forged token nothing at all.
    for access in [servers.user(user()), Access::Anonymous] {
        let theirs = Storage::new(&project, access).bucket(&name).unwrap();
        let error = theirs.download(&at("b.txt"), 100).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::Auth), "{error}");
        assert!(theirs.upload(&at("x.txt"), upload.clone()).await.is_err());
    }
    let removed = bucket.remove_all(&ObjectPath::new(owner.to_string()).unwrap()).await.unwrap();
    assert_eq!(removed, 8);
    assert!(bucket.list_all(&ObjectPath::new(owner.to_string()).unwrap()).await.unwrap().is_empty());
}

/// `@tus/server`, which is what stands in Supabase Storage, too.
#[tokio::test]
async fn resumable_uploads() {
    let Ok(url) = std::env::var("GHOSTWREN_TEST_TUS_URL") else {
        assert!(std::env::var_os("CI").is_none(), "no TUS server: run `cargo xtask test supabase`");
        println!("skipped: no TUS server (GHOSTWREN_TEST_TUS_URL is not set)");
        return;
    };
    let project = Supabase::new(&url, "sb_publishable_x").unwrap();
    let bucket = Storage::new(&project, Access::bearer("some-token".to_owned().into())).bucket("ghostwren").unwrap();
    let bytes = content(15 * MB + 7);
    let source = file(&bytes);
    let at = path(&format!("owner/main/{}.bin", uuid::Uuid::now_v7()));
    let upload = || Upload::file(source.path()).content_type("application/zip");
    let mut first = bucket.resumable(&at, upload()).await.unwrap();
    for _ in 0..2 {
        assert!(first.step().await.unwrap());
    }
    let place = first.place().unwrap().clone();
    assert_eq!(place.offset, 6 * MB as u64);
    drop(first);
    // Another process goes on, with an older place; then a stranger to the upload asks how far it came.
    let early = UploadPlace { offset: 0, ..place.clone() };
    bucket.resumable(&at, upload()).await.unwrap().from_place(early).unwrap().run().await.unwrap();
    let mut after = bucket.resumable(&at, upload()).await.unwrap().from_place(place.clone()).unwrap();
    assert!(!after.step().await.unwrap());
    assert_eq!(after.place().unwrap().offset, bytes.len() as u64);
    // An upload that it does not know is begun again.
    let unknown = UploadPlace { id: "0123456789abcdef0123456789abcdef".to_owned(), ..place };
    let end = bucket.resumable(&at, upload().upsert(true)).await.unwrap().from_place(unknown).unwrap().run().await;
    end.unwrap();
    // Two who send the same piece at once: one of them is told, asks, and both end well.
    let small = content(13 * MB);
    let mut one = bucket.resumable(&at, Upload::bytes(small.clone())).await.unwrap();
    one.step().await.unwrap();
    let kept = one.place().unwrap().clone();
    let two = bucket.resumable(&at, Upload::bytes(small)).await.unwrap().from_place(kept).unwrap();
    let (one, two) = tokio::join!(one.run(), two.run());
    one.unwrap();
    two.unwrap();
}
