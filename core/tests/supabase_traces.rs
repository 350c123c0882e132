//! What the log, errors and `Debug` say of Supabase: names and numbers, never a token, a password, a code or an address of a
//! person.
#![cfg(feature = "supabase")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::answers::{Answer, Answers};
use ghostwren::supabase::{
    Access, AuthCallback, AuthClient, MemorySessions, OAuthLogin, ObjectPath, Storage, Supabase, Upload, UserChanges,
    UserSession, UserTokens,
};
use secrecy::SecretString;
use serde_json::{Map, json};
use tracing_subscriber::fmt::format::FmtSpan;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_that_opens_anything_is_told() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let session = json!({
        "access_token": "PLANTED-access", "refresh_token": "PLANTED-refresh", "expires_in": 5,
        "provider_token": "PLANTED-x", "provider_refresh_token": "PLANTED-x-refresh",
        "user": {"id": "8a1f0a3e-6a53-4b0a-9a52-0c6a4f3f5f10", "email": "PLANTED@example.com",
            "user_metadata": {"name": "PLANTED-name"}},
    });
    // Every third answer is what was wanted; the others repeat what they were sent, and break.
    let answers = Answers::new(move |number, sent| match number % 3 {
        0 => Answer::json(200, &session).header("sb-auth-refresh-token-reuse-cause", "fail-to-save"),
        1 => {
            let told = format!("{} {:?} {}", sent.target, sent.headers, String::from_utf8_lossy(&sent.body));
            Answer::json(400, &json!({"code": 400, "error_code": "validation_failed", "msg": told, "message": told}))
        }
        _ => Answer::Break,
    });
    let project = Supabase::new("https://abcdefghijklmnopqrst.supabase.co", "sb_publishable_PLANTED").unwrap();
    let project = project.secret_key("sb_secret_PLANTED").unwrap().http(answers.http());
    let auth = AuthClient::new(&project).unwrap();
    let mut shown = Vec::new();
    let secret = |text: &str| SecretString::from(text.to_owned());
    let login = auth.authorize(&OAuthLogin::x("https://my.app/callback?PLANTED=1").unwrap()).unwrap();
    let callback = format!("https://my.app/callback?state={}&code=PLANTED-code", {
        use secrecy::ExposeSecret as _;
        login.state.expose_secret()
    });
    let callback = AuthCallback::parse(&callback).unwrap();
    shown.push(format!("{project:?} {auth:?} {login:?} {callback:?}"));
    for _ in 0..3 {
        shown.push(format!("{:?}", auth.finish(&login, &callback).await));
        shown.push(format!("{:?}", auth.refresh(&secret("PLANTED-old")).await));
        let password = secret("PLANTED-password");
        shown.push(format!("{:?}", auth.sign_in_with_password("ada@example.com", &password).await));
        shown.push(format!("{:?}", auth.sign_up("ada@example.com", &password, Map::new()).await));
        let access = Access::bearer(secret("PLANTED-bearer"));
        let changes = UserChanges::new().password(password).nonce(secret("PLANTED-nonce"));
        shown.push(format!("{access:?} {changes:?} {:?}", auth.update_user(&access, &changes).await));
        shown.push(format!("{:?}", auth.verifier().verify(&secret("PLANTED.PLANTED.PLANTED")).await));
        let bucket = Storage::new(&project, access).bucket("ghostwren").unwrap();
        let path = ObjectPath::new("owner/main/file").unwrap();
        shown.push(format!("{bucket:?} {:?}", bucket.upload(&path, Upload::bytes("a text").upsert(true)).await));
        shown.push(format!("{:?}", bucket.signed_url(&path, Duration::from_secs(5)).await));
        shown.push(format!("{:?}", bucket.signed_upload(&path, true).await));
    }
    let first = auth.refresh(&secret("PLANTED-old")).await;
    if let Ok(session) = first {
        let user = UserSession::new(auth.clone(), MemorySessions::new(session));
        shown.push(format!("{user:?} {:?} {:?}", user.access_token().await.is_ok(), user.current().await));
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("auth.refresh") && log.contains("storage.upload"), "the log was written");
    assert!(answers.sent().len() > 20);
    for text in shown.iter().chain([&log]) {
        assert!(!text.to_lowercase().contains("planted"), "{text}");
    }
}
