//! Supabase Auth: logging in with Twitter, users and identities, and everything that goes wrong there.
#![cfg(feature = "supabase")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use chrono::TimeDelta;
use common::answers::{Answer, Answers};
use common::auth::{PLANTED, URL, USER, auth, now, problem, secret, session_json, user_json};
use ghostwren::ErrorKind;
use ghostwren::supabase::{
    Access, AuthCallback, AuthClient, OAuthLogin, Otp, Session, SignOutScope, SignUp, Supabase, UserChanges,
};
use secrecy::ExposeSecret;
use serde_json::{Map, json};

#[tokio::test]
async fn a_login_begins_with_an_address_that_tells_nothing() {
    let answers = Answers::each([Answer::Never]);
    let login = OAuthLogin::x("https://my.app/callback?tab=1").unwrap().scope("tweet.write").scope("media.write");
    let begun = auth(&answers).authorize(&login).unwrap();
    let query: std::collections::BTreeMap<String, String> = begun.url.query_pairs().into_owned().collect();
    assert!(begun.url.as_str().starts_with(&format!("{URL}/auth/v1/authorize?")));
    assert_eq!((query["provider"].as_str(), query["scopes"].as_str()), ("x", "tweet.write,media.write"));
    assert_eq!(query["code_challenge_method"], "s256");
    assert!((43..=128).contains(&query["code_challenge"].len()));
    assert!((43..=128).contains(&begun.verifier.expose_secret().len()));
    assert!(!begun.url.as_str().contains(begun.verifier.expose_secret()));
    let back = url::Url::parse(&query["redirect_to"]).unwrap();
    assert_eq!(back.query().unwrap(), format!("tab=1&state={}", begun.state.expose_secret()));
    let shown = format!("{begun:?}");
    assert!(!shown.contains(begun.state.expose_secret()) && !shown.contains("challenge"), "{shown}");
    // Two logins share nothing.
    let other = auth(&answers).authorize(&login).unwrap();
    assert_ne!(other.verifier.expose_secret(), begun.verifier.expose_secret());
    assert!(answers.sent().is_empty());

    let refused = OAuthLogin::with(" Twitter ", "https://my.app/").unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (ErrorKind::Config, "supabase.twitter_provider"));
    assert!(refused.remedy().unwrap().contains("`x`"));
    for wrong in ["", "not an address", "https://my.app/#there"] {
        assert_eq!(OAuthLogin::x(wrong).unwrap_err().code(), "supabase.bad_argument");
    }
}

#[tokio::test]
async fn callbacks_of_every_kind() {
    let parse = |url: &str| AuthCallback::parse(url);
    let good = parse("/callback?state=s&code=c1").unwrap();
    assert_eq!(good.code().unwrap().expose_secret(), "c1");
    for (url, code) in [
        ("https://a.b/c?state=s&error=access_denied&error_description=The+user+denied", "login.denied"),
        ("https://a.b/c?state=s#error=access_denied&error_description=no", "login.denied"),
        // Both, as Auth sends them.
        ("https://a.b/c?state=s&error=access_denied#error=access_denied", "login.denied"),
        ("https://a.b/c?state=s&error=access_denied&error_code=signup_disabled", "supabase.signup_disabled"),
        ("https://a.b/c?state=s&error=access_denied&error_code=user_banned", "supabase.user_banned"),
        ("https://a.b/c?error=access_denied&error_code=otp_expired", "supabase.code_refused"),
        ("https://a.b/c?error=invalid_request&error_code=bad_oauth_state", "supabase.login_expired"),
        (
            "https://a.b/c?error=server_error&error_code=unexpected_failure&error_description=\
             Error+getting+user+email+from+external+provider",
            "supabase.no_email",
        ),
        ("https://a.b/c?error=server_error&error_code=unexpected_failure", "supabase.auth_failed"),
        ("https://a.b/c?error=server_error", "supabase.auth_failed"),
        ("https://a.b/c?error=server_error&error_code=identity_already_exists", "supabase.identity_taken"),
        ("https://a.b/c?error=new_error&error_description=hello", "supabase.auth_invalid_request"),
        ("https://a.b/c#access_token=stolen&refresh_token=x", "supabase.implicit_flow"),
    ] {
        let callback = parse(url).unwrap();
        let error = callback.code().expect_err(url);
        assert_eq!(error.code(), code, "{url}");
        assert!(!error.to_string().contains("stolen"));
    }
    for url in [
        "",
        "https://a.b/c",
        "https://a.b/c?code=",
        "https://a.b/c?state=s",
        "https://a.b/c?code=1&code=2",
        "https://a.b/c?state=1&state=2&code=3",
        "https://a.b/c?code=1&error=access_denied",
        &format!("https://a.b/c?code={}", "x".repeat(5000)),
        "http://[",
    ] {
        assert_eq!(parse(url).expect_err(url).code(), "login.bad_callback", "{url}");
    }
    let hidden = parse(&format!("https://a.b/c?state={PLANTED}&code={PLANTED}")).unwrap();
    assert!(!format!("{hidden:?}").contains(PLANTED));
    let odd = parse("https://a.b/c?error=x&error_description=%1b%5d0;title%07%0aline").unwrap();
    let told = odd.code().unwrap_err().to_string();
    assert!(!told.contains('\u{1b}') && !told.contains('\n'), "{told:?}");
}

#[tokio::test]
async fn the_silent_fallback_to_the_site_url_is_explained() {
    let answers = Answers::each([Answer::Never]);
    let auth = auth(&answers);
    let login = auth.authorize(&OAuthLogin::x("http://127.0.0.1:8787/callback").unwrap()).unwrap();
    // Auth sent the browser to the site, with a code and without our state.
    let fallback = AuthCallback::parse("https://my.site/?code=good").unwrap();
    let error = auth.finish(&login, &fallback).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Config, "supabase.redirect_not_allowed"));
    assert!(error.detail().contains("https://my.site/") && error.detail().contains("http://127.0.0.1:8787/callback"));
    assert!(error.remedy().unwrap().contains("http://127.0.0.1:8787/callback**"), "{error}");
    // The same without asking Auth for anything.
    assert_eq!(login.check(&fallback).unwrap_err().code(), "supabase.redirect_not_allowed");
    // Somebody else's callback is not exchanged, wherever it comes.
    for url in ["http://127.0.0.1:8787/callback?state=other&code=c", "http://127.0.0.1:8787/callback?code=c"] {
        let error = auth.finish(&login, &AuthCallback::parse(url).unwrap()).await.unwrap_err();
        assert!(["login.unknown_state", "supabase.redirect_not_allowed"].contains(&error.code()), "{error}");
    }
    assert!(answers.sent().is_empty(), "no code was sent anywhere");
}

#[tokio::test]
async fn a_code_becomes_a_session_and_the_tokens_of_x() {
    let mut answer = session_json(1);
    answer["provider_token"] = format!("x-{PLANTED}").into();
    answer["provider_refresh_token"] = format!("x-refresh-{PLANTED}").into();
    answer["new_field"] = json!({"of": ["any", 1]});
    let answers = Answers::each([Answer::json(200, &answer)]);
    let auth = auth(&answers);
    let login = auth.authorize(&OAuthLogin::x("https://my.app/callback").unwrap()).unwrap();
    let url = format!("https://my.app/callback?state={}&code=the-code", login.state.expose_secret());
    let signed_in = auth.finish(&login, &AuthCallback::parse(&url).unwrap()).await.unwrap();
    let sent = &answers.sent()[0];
    assert_eq!(sent.line(), "POST /auth/v1/token?grant_type=pkce");
    assert_eq!(sent.json(), json!({"auth_code": "the-code", "code_verifier": login.verifier.expose_secret()}));
    assert_eq!((sent.header("apikey"), sent.header("authorization")), (Some("sb_publishable_x"), None));
    let session = &signed_in.session;
    assert_eq!(session.user.id.to_string(), USER);
    assert_eq!(session.user.x_identity().unwrap().username(), Some("ada"));
    assert_eq!(session.user.x_identity().unwrap().subject, "2244994945");
    assert!((session.expires_at - now() - TimeDelta::hours(1)).abs() < TimeDelta::seconds(5));
    let provider = signed_in.provider.as_ref().unwrap();
    assert_eq!(provider.access.expose_secret(), &format!("x-{PLANTED}"));
    assert_eq!(provider.refresh.as_ref().unwrap().expose_secret(), &format!("x-refresh-{PLANTED}"));
    let shown = format!("{signed_in:?} {:?} {session:?}", session.user);
    assert!(!shown.contains(PLANTED) && !shown.contains("ada@"), "{shown}");
    // What a store seals comes back whole.
    let kept = Session::from_plaintext(&session.to_plaintext().unwrap()).unwrap();
    assert_eq!(kept.access.expose_secret(), session.access.expose_secret());
    assert_eq!((kept.user, kept.expires_at), (session.user.clone(), session.expires_at));
    let error = Session::from_plaintext(&secret(&format!("{{\"access\":\"{PLANTED}\"}}"))).unwrap_err();
    assert_eq!(error.code(), "supabase.session_unreadable");
    assert!(!format!("{error} {error:?}").contains(PLANTED));
}

#[tokio::test(start_paused = true)]
async fn every_code_of_auth_has_a_kind_and_where_possible_a_remedy() {
    const NONE: &[&str] = &[
        "supabase.auth_invalid_request",
        "supabase.user_not_found",
        "supabase.user_banned",
        "supabase.jwt_audience",
        "supabase.identity_not_found",
        "supabase.auth_rate_limit",
        "supabase.auth_timeout",
        "supabase.auth_failed",
        "supabase.captcha",
        "supabase.auth_forbidden",
        "supabase.auth_conflict",
        "supabase.auth_not_found",
    ];
    for (status, code, kind, ours) in [
        (400, "validation_failed", ErrorKind::InvalidInput, "supabase.auth_invalid_request"),
        (400, "bad_json", ErrorKind::InvalidInput, "supabase.auth_invalid_request"),
        (403, "bad_jwt", ErrorKind::Auth, "supabase.token_refused"),
        (403, "not_admin", ErrorKind::PermissionDenied, "supabase.not_admin"),
        (401, "no_authorization", ErrorKind::Auth, "supabase.token_refused"),
        (404, "user_not_found", ErrorKind::NotFound, "supabase.user_not_found"),
        (403, "session_not_found", ErrorKind::NeedsLogin, "supabase.session_ended"),
        (400, "session_expired", ErrorKind::NeedsLogin, "supabase.session_ended"),
        (400, "refresh_token_not_found", ErrorKind::NeedsLogin, "supabase.session_ended"),
        (400, "refresh_token_already_used", ErrorKind::NeedsLogin, "supabase.refresh_reused"),
        (404, "flow_state_not_found", ErrorKind::NeedsLogin, "supabase.login_expired"),
        (422, "flow_state_expired", ErrorKind::NeedsLogin, "supabase.login_expired"),
        (400, "flow_state_already_used", ErrorKind::NeedsLogin, "supabase.login_expired"),
        (400, "oauth_client_state_not_found", ErrorKind::NeedsLogin, "supabase.login_expired"),
        (400, "oauth_client_state_expired", ErrorKind::NeedsLogin, "supabase.login_expired"),
        (400, "oauth_invalid_state", ErrorKind::NeedsLogin, "supabase.login_expired"),
        (400, "bad_oauth_state", ErrorKind::NeedsLogin, "supabase.login_expired"),
        (400, "bad_oauth_callback", ErrorKind::Auth, "supabase.provider_failed"),
        (400, "bad_code_verifier", ErrorKind::Auth, "supabase.wrong_verifier"),
        (400, "oauth_provider_not_supported", ErrorKind::Config, "supabase.provider_disabled"),
        (422, "provider_email_needs_verification", ErrorKind::PermissionDenied, "supabase.unconfirmed"),
        (422, "signup_disabled", ErrorKind::PermissionDenied, "supabase.signup_disabled"),
        (403, "user_banned", ErrorKind::PermissionDenied, "supabase.user_banned"),
        (422, "identity_already_exists", ErrorKind::Conflict, "supabase.identity_taken"),
        (422, "identity_not_found", ErrorKind::NotFound, "supabase.identity_not_found"),
        (422, "single_identity_not_deletable", ErrorKind::Conflict, "supabase.last_identity"),
        (422, "email_conflict_identity_not_deletable", ErrorKind::Conflict, "supabase.identity_email"),
        (404, "manual_linking_disabled", ErrorKind::Config, "supabase.linking_disabled"),
        (429, "over_request_rate_limit", ErrorKind::RateLimited, "supabase.auth_rate_limit"),
        (429, "over_email_send_rate_limit", ErrorKind::RateLimited, "supabase.message_rate_limit"),
        (504, "request_timeout", ErrorKind::Timeout, "supabase.auth_timeout"),
        (409, "conflict", ErrorKind::Server, "supabase.auth_busy"),
        (500, "unexpected_failure", ErrorKind::Server, "supabase.auth_failed"),
        (504, "hook_timeout", ErrorKind::Server, "supabase.auth_hook"),
        (500, "hook_payload_over_size_limit", ErrorKind::Config, "supabase.auth_hook_broken"),
        (413, "request_entity_too_large", ErrorKind::InvalidInput, "supabase.auth_invalid_request"),
        (400, "invalid_credentials", ErrorKind::Auth, "supabase.invalid_credentials"),
        (422, "user_already_exists", ErrorKind::Conflict, "supabase.user_exists"),
        (422, "weak_password", ErrorKind::InvalidInput, "supabase.weak_password"),
        (422, "same_password", ErrorKind::InvalidInput, "supabase.same_password"),
        (403, "otp_expired", ErrorKind::Auth, "supabase.code_refused"),
        (401, "reauthentication_needed", ErrorKind::PermissionDenied, "supabase.reauthentication_needed"),
        (400, "email_address_invalid", ErrorKind::InvalidInput, "supabase.email_invalid"),
        (403, "email_address_not_authorized", ErrorKind::Config, "supabase.email_not_authorized"),
        (400, "captcha_failed", ErrorKind::PermissionDenied, "supabase.captcha"),
        (403, "insufficient_aal", ErrorKind::PermissionDenied, "supabase.second_factor_needed"),
        (403, "unexpected_audience", ErrorKind::Auth, "supabase.jwt_audience"),
        // A code of tomorrow is told by its status, and named.
        (422, "brand_new_code", ErrorKind::InvalidInput, "supabase.auth_invalid_request"),
        (403, "brand_new_code", ErrorKind::PermissionDenied, "supabase.auth_forbidden"),
        (409, "brand_new_code", ErrorKind::Conflict, "supabase.auth_conflict"),
        (404, "brand_new_code", ErrorKind::NotFound, "supabase.auth_not_found"),
    ] {
        let shapes = [
            problem(status, code, "why"),
            Answer::json(status, &json!({"code": code, "message": "why"})),
            Answer::json(status, &json!({"msg": "why"})).header("x-sb-error-code", code),
        ];
        for answer in shapes {
            let answers = Answers::each([answer]);
            let error = auth(&answers).refresh(&secret("r")).await.unwrap_err();
            assert_eq!((error.kind(), error.code()), (kind, ours), "{code}: {error}");
            let general = ghostwren::Error::new(kind, "", "");
            assert!(error.remedy() != general.remedy() || NONE.contains(&ours), "{code} has no remedy of its own");
            assert!(error.detail().contains("why"));
            if code == "brand_new_code" {
                assert!(error.detail().contains(code));
            }
            let again = matches!(ours, "supabase.auth_rate_limit" | "supabase.auth_busy" | "supabase.auth_hook")
                || matches!(ours, "supabase.auth_timeout" | "supabase.auth_failed");
            assert_eq!(answers.sent().len() > 1, again, "{code}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn answers_of_others_are_told_apart() {
    for (answer, kind, code) in [
        (
            Answer::json(401, &json!({"message": "Invalid API key", "hint": "x"})),
            ErrorKind::Auth,
            "supabase.key_refused",
        ),
        (
            Answer::json(401, &json!({"message": "No API key found in request"})),
            ErrorKind::Auth,
            "supabase.key_refused",
        ),
        (
            Answer::json(400, &json!({"error": "invalid_grant", "error_description": "Invalid Refresh Token"})),
            ErrorKind::NeedsLogin,
            "supabase.session_ended",
        ),
        (
            Answer::json(400, &json!({"error": "invalid_grant", "error_description": "Invalid login credentials"})),
            ErrorKind::Auth,
            "supabase.invalid_credentials",
        ),
        (
            Answer::json(
                400,
                &json!({"code": 400, "error_code": "validation_failed",
                "msg": "Unsupported provider: provider is not enabled"}),
            ),
            ErrorKind::Config,
            "supabase.provider_disabled",
        ),
        (Answer::new(502, "<html><title>502 Bad Gateway</title></html>"), ErrorKind::Server, "supabase.auth_failed"),
        (Answer::new(540, ""), ErrorKind::Server, "supabase.paused"),
        (
            Answer::new(403, "<html><title>Just a moment...</title>"),
            ErrorKind::PermissionDenied,
            "supabase.auth_forbidden",
        ),
        (Answer::new(400, "[1,2"), ErrorKind::InvalidInput, "supabase.auth_invalid_request"),
        (
            Answer::json(400, &json!({"code": {}, "msg": [], "error": 7})),
            ErrorKind::InvalidInput,
            "supabase.auth_invalid_request",
        ),
        (Answer::json(418, &json!(null)), ErrorKind::InvalidInput, "supabase.auth_invalid_request"),
        (Answer::new(302, "").header("location", "https://evil.example/?t=1"), ErrorKind::Config, "http.redirect"),
        // Success, and nothing of use in it.
        (Answer::new(200, "<html><title>Login</title></html>"), ErrorKind::Decode, "http.html"),
        (Answer::new(200, ""), ErrorKind::Decode, "supabase.auth_unreadable"),
        (Answer::json(200, &json!([])), ErrorKind::Decode, "supabase.auth_unreadable"),
        (Answer::json(200, &json!({"access_token": PLANTED})), ErrorKind::Decode, "supabase.auth_unreadable"),
        (
            Answer::json(200, &json!({"access_token": PLANTED, "refresh_token": PLANTED, "user": {"id": "no uuid"}})),
            ErrorKind::Decode,
            "supabase.auth_unreadable",
        ),
        (Answer::new(200, vec![b' '; 5 << 20]), ErrorKind::Decode, "http.body_too_large"),
        (Answer::Never, ErrorKind::Timeout, "http.timeout"),
        (Answer::Break, ErrorKind::Server, "http.interrupted"),
        (Answer::NoConnection, ErrorKind::Connect, "http.connect"),
    ] {
        let answers = Answers::each([answer.clone()]);
        let error = auth(&answers).refresh(&secret(PLANTED)).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (kind, code), "{answer:?}");
        assert!(!format!("{error} {error:?} {:?}", error.to_fields()).contains(PLANTED), "{error}");
    }
    // A service that repeats what it was sent.
    let echo = Answers::new(|_, sent| problem(400, "validation_failed", &String::from_utf8_lossy(&sent.body)));
    let client = auth(&echo);
    let (code, verifier) = (secret("short1"), secret("verifier-0123456789"));
    let error = client.exchange(&code, &verifier).await.unwrap_err();
    assert!(!format!("{error:?}").contains("short1") && !format!("{error:?}").contains("verifier-0"), "{error:?}");
    let error = client.sign_in_with_password("a@b.c", &secret("correct horse")).await.unwrap_err();
    assert!(!format!("{error:?}").contains("correct horse"), "{error:?}");
    // Expiry in every shape; without one it counts as ended.
    for (change, seconds) in [
        (json!({"expires_in": "60"}), 60),
        (json!({"expires_in": null, "expires_at": now().timestamp() + 90}), 90),
        (json!({"expires_in": -5, "expires_at": null}), 0),
        (json!({"expires_in": 1e300, "expires_at": {}}), 0),
    ] {
        let mut answer = session_json(1);
        answer.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let session = auth(&Answers::each([Answer::json(200, &answer)])).refresh(&secret("r")).await.unwrap();
        assert!((session.expires_at - now() - TimeDelta::seconds(seconds)).abs() < TimeDelta::seconds(5), "{change}");
    }
}

#[tokio::test]
async fn users_identities_and_admins_speak_as_documented() {
    let answers = Answers::new(|_, sent| match sent.target.split('?').next().unwrap() {
        path if path.ends_with("/identities/authorize") => {
            Answer::json(200, &json!({"url": "https://x.com/i/oauth2/authorize?client_id=1&state=s"}))
        }
        path if path.ends_with("/factors") => Answer::json(
            200,
            &json!([{"id": USER, "factor_type": "totp", "status": "verified"}, {"id": 1}, {"id": USER, "status": "new"}]),
        ),
        path if path.ends_with("/00000000-0000-0000-0000-000000000000") => {
            problem(404, "user_not_found", "User not found")
        }
        _ if sent.method == "DELETE" => Answer::json(200, &json!({})),
        _ => Answer::json(200, &user_json()),
    });
    let auth = auth(&answers);
    let access = Access::bearer(secret("user-token"));
    auth.user(&access).await.unwrap();
    let changes = UserChanges::new().email("new@example.com").password(secret(PLANTED)).metadata(Map::new());
    assert!(!format!("{changes:?}").contains(PLANTED));
    auth.update_user(&access, &changes).await.unwrap();
    let login = OAuthLogin::x("https://my.app/callback").unwrap();
    let begun = auth.link_identity(&access, &login).await.unwrap();
    assert_eq!(begun.url.host_str(), Some("x.com"));
    auth.unlink_identity(&access, USER.parse().unwrap()).await.unwrap();
    let admin = auth.admin().unwrap();
    let id = USER.parse().unwrap();
    assert_eq!(admin.user(id).await.unwrap().unwrap().id, id);
    assert!(admin.user(uuid::Uuid::nil()).await.unwrap().is_none());
    assert!(admin.delete_user(id).await.unwrap());
    assert!(!admin.delete_user(uuid::Uuid::nil()).await.unwrap());
    let factors = admin.factors(id).await.unwrap();
    assert_eq!((factors.len(), factors[0].verified, factors[1].verified), (2, true, false));
    // A server ends the sessions of a token that it received: in the token's name, not with its key.
    admin.sign_out(secret("user-token"), SignOutScope::Others).await.unwrap();
    let sent = answers.sent();
    let lines: Vec<&str> = sent.iter().map(|sent| sent.target.split('?').next().unwrap()).collect();
    let admin_path = format!("/auth/v1/admin/users/{USER}");
    assert_eq!(lines[..2], ["/auth/v1/user", "/auth/v1/user"]);
    assert_eq!(sent[1].json(), json!({"email": "new@example.com", "password": PLANTED, "data": {}}));
    assert!(sent[2].target.contains("skip_http_redirect=true") && sent[2].target.contains("provider=x"));
    assert_eq!(sent[3].line(), format!("DELETE /auth/v1/user/identities/{USER}"));
    assert_eq!(lines[4], admin_path);
    assert_eq!(sent[6].json(), json!({"should_soft_delete": false}));
    assert_eq!(sent[9].line(), "POST /auth/v1/logout?scope=others");
    for (number, sent) in sent.iter().enumerate() {
        let (key, bearer) = match number {
            4..=8 => ("sb_secret_x", None),
            _ => ("sb_publishable_x", Some("Bearer user-token")),
        };
        assert_eq!((sent.header("apikey"), sent.header("authorization")), (Some(key), bearer), "{number}");
    }
    // Without the secret key nothing is tried.
    let project = Supabase::new(URL, "sb_publishable_x").unwrap().http(answers.http());
    let error = AuthClient::new(&project).unwrap().admin().unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Config, "supabase.secret_key_needed"));
    // A 404 of something else is no user that is gone.
    let answers = Answers::each([Answer::new(404, "<html>not here</html>")]);
    assert_eq!(
        self::auth(&answers).admin().unwrap().delete_user(id).await.unwrap_err().code(),
        "supabase.auth_not_found"
    );
}

#[tokio::test]
async fn addresses_passwords_and_codes() {
    let answers = Answers::new(|_, sent| match sent.target.split('?').next().unwrap() {
        "/auth/v1/signup" if sent.json()["email"] == "new@example.com" => Answer::json(200, &user_json()),
        "/auth/v1/signup" | "/auth/v1/verify" | "/auth/v1/token" => Answer::json(200, &session_json(1)),
        _ => Answer::json(200, &json!({})),
    });
    let auth = auth(&answers);
    let password = secret(PLANTED);
    assert!(matches!(auth.sign_up("new@example.com", &password, Map::new()).await.unwrap(), SignUp::Unconfirmed(_)));
    assert!(matches!(auth.sign_up("a@example.com", &password, Map::new()).await.unwrap(), SignUp::SignedIn(_)));
    let signed_in = auth.sign_in_with_password("a@example.com", &password).await.unwrap();
    assert!(signed_in.provider.is_none());
    auth.send_code("a@example.com", false).await.unwrap();
    auth.send_recovery("a@example.com", Some(&"https://my.app/reset".parse().unwrap())).await.unwrap();
    auth.resend(Otp::SignUp, "a@example.com").await.unwrap();
    auth.verify_code(Otp::Email, "a@example.com", &secret("123456")).await.unwrap();
    // A change that needs a code first: sent to whom the token is of, and given with the change.
    let access = Access::bearer(secret("user-token"));
    auth.reauthenticate(&access).await.unwrap();
    auth.update_user(&access, &UserChanges::new().password(password.clone()).nonce(secret("654321")))
        .await
        .unwrap_err();
    assert_eq!(
        answers.lines(),
        [
            "POST /auth/v1/signup",
            "POST /auth/v1/signup",
            "POST /auth/v1/token?grant_type=password",
            "POST /auth/v1/otp",
            "POST /auth/v1/recover?redirect_to=https%3A%2F%2Fmy.app%2Freset",
            "POST /auth/v1/resend",
            "POST /auth/v1/verify",
            "GET /auth/v1/reauthenticate",
            "PUT /auth/v1/user",
        ]
    );
    assert_eq!(answers.sent()[7].header("authorization"), Some("Bearer user-token"));
    assert_eq!(answers.sent()[8].json(), json!({"password": PLANTED, "nonce": "654321"}));
    assert_eq!(answers.sent()[6].json(), json!({"type": "email", "email": "a@example.com", "token": "123456"}));
    let weak = json!({"code": 422, "error_code": "weak_password", "msg": "Weak.", "weak_password": {"reasons": ["length", "pwned"]}});
    let error = self::auth(&Answers::each([Answer::json(422, &weak)]))
        .sign_up("a@b.c", &password, Map::new())
        .await
        .unwrap_err();
    assert!(error.detail().contains("length, pwned"), "{error}");
}
