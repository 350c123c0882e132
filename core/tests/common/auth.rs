//! A project's Auth that answers what a test says, and a clock that goes with tokio's.

use chrono::{DateTime, TimeDelta, Utc};
use ghostwren::supabase::{AuthClient, Session, Supabase};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::answers::{Answer, Answers};

pub const URL: &str = "https://abcdefghijklmnopqrst.supabase.co";
pub const USER: &str = "8a1f0a3e-6a53-4b0a-9a52-0c6a4f3f5f10";
/// Planted in every token and password: it may appear nowhere but on the wire.
pub const PLANTED: &str = "hunter2planted";

pub fn now() -> DateTime<Utc> {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

/// A clock that goes with tokio's, which tests pause.
pub fn clock() -> impl Fn() -> DateTime<Utc> + Send + Sync + 'static {
    let began = tokio::time::Instant::now();
    move || now() + TimeDelta::from_std(began.elapsed()).unwrap()
}

pub fn auth(answers: &Answers) -> AuthClient {
    let project = Supabase::new(URL, "sb_publishable_x").unwrap().http(answers.http());
    AuthClient::new(&project.secret_key("sb_secret_x").unwrap()).unwrap().clock(clock())
}

pub fn secret(text: &str) -> SecretString {
    text.to_owned().into()
}

pub fn user_json() -> Value {
    json!({
        "id": USER, "aud": "authenticated", "role": "authenticated", "email": "ada@example.com", "phone": "",
        "app_metadata": {"provider": "x", "providers": ["x"]}, "user_metadata": {"name": "Ada"},
        "identities": [{
            "identity_id": "2f3b7ac1-5d0c-4b7e-9f57-6a2a5d9b8b11", "id": "2244994945", "user_id": USER, "provider": "x",
            "identity_data": {"user_name": "ada", "sub": "2244994945"}, "email": "ada@example.com",
        }],
        "created_at": "2026-11-25T11:00:00.123456Z", "is_anonymous": false,
    })
}

/// The answer with the `n`th pair of tokens.
pub fn session_json(n: u32) -> Value {
    json!({
        "access_token": format!("access-{PLANTED}-{n}"), "token_type": "bearer", "expires_in": 3600,
        "expires_at": now().timestamp() + 3600, "refresh_token": format!("refresh-{PLANTED}-{n}"), "user": user_json(),
    })
}

pub fn problem(status: u16, code: &str, message: &str) -> Answer {
    Answer::json(status, &json!({"code": status, "error_code": code, "msg": message})).header("x-sb-error-code", code)
}

/// A session that ends in so many seconds, with the first pair of tokens.
pub async fn session(seconds: i64) -> Session {
    let answers = Answers::each([Answer::json(200, &session_json(1))]);
    let mut session = auth(&answers).refresh(&secret("old")).await.unwrap();
    session.expires_at = now() + TimeDelta::seconds(seconds);
    session
}
