//! Logging in with Twitter through Supabase, whole: the browser's way from Auth to X and back, the session, the tokens for X.
//! With the stand-ins for Auth and X, and once with the real Auth where its program is given; `supabase_servers.rs` logs in
//! through `@supabase/lite`, which has no provider `x`.
#![cfg(feature = "supabase")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod common;

use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use common::browser::follow;
use futures_util::future::join_all;
use ghostwren::sandbox::Sandbox;
use ghostwren::sandbox::x::{App, Consent};
use ghostwren::supabase::{
    Access, AuthCallback, AuthClient, AuthLogin, MemorySessions, NewUser, OAuthLogin, Otp, SessionStore, SignOutScope,
    SignUp, SignedIn, Supabase, UserChanges, UserSession, UserTokens,
};
use ghostwren::twitter::{FixedToken, Scopes, Tokens, TwitterApp};
use ghostwren::{ErrorKind, Result};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, json};

const CALLBACK: &str = "http://127.0.0.1:8787/callback";

fn auth(sandbox: &Sandbox) -> AuthClient {
    let supabase = sandbox.supabase();
    let project = Supabase::new(&supabase.url(), supabase.publishable_key()).unwrap();
    AuthClient::new(&project.secret_key(supabase.secret_key()).unwrap()).unwrap()
}

fn password() -> SecretString {
    "correct horse battery".to_owned().into()
}

/// Where the browser ends, after the person has consented.
async fn come_back(login: &AuthLogin) -> String {
    let own = login.redirect_to.clone();
    follow(login.url.as_str(), |url| url.port() == own.port() && url.path() == own.path()).await
}

async fn log_in(sandbox: &Sandbox, auth: &AuthClient) -> Result<SignedIn> {
    sandbox.x().set_consent(Consent::Allow);
    let login = auth.authorize(&OAuthLogin::x(CALLBACK)?.scope("tweet.write"))?;
    auth.finish(&login, &AuthCallback::parse(&come_back(&login).await)?).await
}

#[tokio::test]
async fn from_the_login_to_the_tweets_and_out_again() {
    let sandbox = Sandbox::start().unwrap();
    let supabase = sandbox.supabase();
    let secrets = whole_way(&sandbox, &auth(&sandbox), (sandbox.x().client_id(), sandbox.x().client_secret())).await;
    assert_eq!(supabase.sessions(), 0);
    // Nothing that was sent stands in the log.
    let log = format!("{:?}", sandbox.requests());
    for secret in secrets {
        assert!(!log.contains(secret.expose_secret()));
    }
}

/// The same with the real Supabase Auth in the middle, where `cargo xtask test supabase` was given its program
/// (`GHOSTWREN_AUTH_PROGRAM`): the person, X and this client stay as they are.
#[tokio::test]
async fn the_same_with_the_real_auth() {
    let Ok(url) = std::env::var("GHOSTWREN_TEST_AUTH_URL") else {
        println!("without the real Auth: GHOSTWREN_AUTH_PROGRAM names no program");
        return;
    };
    let variable = |name: &str| std::env::var(format!("GHOSTWREN_TEST_AUTH_X_{name}")).unwrap();
    let (client, secret) = (variable("CLIENT"), variable("SECRET"));
    let sandbox = Sandbox::builder().port(variable("PORT").parse().unwrap()).start().unwrap();
    sandbox.x().add_app(App::confidential(&client, &secret).redirect_uri(format!("{url}/callback")));
    // Without a gateway before it, Auth has no path of its own, and asks for no key.
    let project = Supabase::new(&url, "sb_publishable_unused").unwrap().auth_url(url.parse().unwrap());
    whole_way(&sandbox, &AuthClient::new(&project).unwrap(), (&client, &secret)).await;
}

/// From the login to the tweets and out again; gives the tokens that it had. `client` is Auth's own at X.
async fn whole_way(sandbox: &Sandbox, auth: &AuthClient, client: (&str, &str)) -> [SecretString; 3] {
    auth.probe(&OAuthLogin::x(CALLBACK).unwrap()).await.unwrap();
    let signed_in = log_in(sandbox, auth).await.unwrap();
    let user = &signed_in.session.user;
    assert_eq!(user.x_identity().unwrap().subject, sandbox.x().user_id().to_string());
    assert_eq!(user.x_identity().unwrap().username(), Some("sandbox_wren"));
    // The tokens of X are X's: tweets are read with them, and they are refreshed there.
    let provider = signed_in.provider.as_ref().unwrap();
    let app = TwitterApp::new(client.0)
        .client_secret(client.1.to_owned().into())
        .api_base(sandbox.x().api_url().parse().unwrap())
        .unwrap();
    let twitter = app.client(FixedToken::new(provider.access.clone())).unwrap();
    let me = twitter.me().await.unwrap();
    let page = twitter.timeline(&me.user.id).pages().next_page().await.unwrap().unwrap();
    assert!(!page.tweets.is_empty());
    let scopes = Scopes::parse("users.email tweet.read users.read offline.access tweet.write");
    let tokens = Tokens::new(provider.access.clone(), provider.refresh.clone(), scopes, Utc::now());
    app.refresh(&tokens).await.unwrap();

    // The session verifies here, with the keys that Auth publishes.
    let claims = auth.claims(&signed_in.session.access).await.unwrap();
    assert_eq!((claims.user, claims.role.as_str()), (user.id, "authenticated"));
    let session = UserSession::in_memory(auth.clone(), signed_in.session.clone());
    let access = Access::user(session.clone());
    assert_eq!(auth.user(&access).await.unwrap().id, user.id);
    // Refreshed it is the same person's, and has no tokens of X any more; its parent gives the active one.
    let refreshed = auth.refresh(&signed_in.session.refresh).await.unwrap();
    assert_eq!(refreshed.user.id, user.id);
    assert_ne!(refreshed.access.expose_secret(), signed_in.session.access.expose_secret());
    auth.refresh(&signed_in.session.refresh).await.unwrap();
    // Signing out ends it at the server; the token still verifies, which is why a user can be asked for.
    session.sign_out(SignOutScope::Global).await.unwrap();
    let over = auth.user(&Access::bearer(signed_in.session.access.clone())).await.unwrap_err();
    assert_eq!((over.kind(), over.code()), (ErrorKind::NeedsLogin, "supabase.session_ended"));
    auth.claims(&signed_in.session.access).await.unwrap();
    assert_eq!(session.access_token().await.unwrap_err().kind(), ErrorKind::NeedsLogin);
    [signed_in.session.access.clone(), signed_in.session.refresh.clone(), provider.access.clone()]
}

#[tokio::test]
async fn what_goes_wrong_on_the_way_is_told() {
    let sandbox = Sandbox::start().unwrap();
    let (auth, supabase) = (auth(&sandbox), sandbox.supabase());
    // Refused at X.
    sandbox.x().set_consent(Consent::Deny);
    let login = auth.authorize(&OAuthLogin::x(CALLBACK).unwrap()).unwrap();
    let callback = AuthCallback::parse(&come_back(&login).await).unwrap();
    assert_eq!(auth.finish(&login, &callback).await.unwrap_err().code(), "login.denied");
    // A code is good once, and with its own verifier.
    sandbox.x().set_consent(Consent::Allow);
    let login = auth.authorize(&OAuthLogin::x(CALLBACK).unwrap()).unwrap();
    let callback = AuthCallback::parse(&come_back(&login).await).unwrap();
    let other = auth.authorize(&OAuthLogin::x(CALLBACK).unwrap()).unwrap();
    let stolen = auth.exchange(callback.code().unwrap(), &other.verifier).await.unwrap_err();
    assert_eq!((stolen.kind(), stolen.code()), (ErrorKind::Auth, "supabase.wrong_verifier"));
    assert_eq!(auth.finish(&other, &callback).await.unwrap_err().code(), "login.unknown_state");
    auth.finish(&login, &callback).await.unwrap();
    assert_eq!(auth.finish(&login, &callback).await.unwrap_err().code(), "supabase.login_expired");
    // Not among the redirect URLs: the probe finds it before anybody logs in, and the callback explains it afterwards.
    supabase.set_redirects("http://127.0.0.1:3000", &["https://my.app/exactly"]);
    let wrong = OAuthLogin::x("http://127.0.0.1:8787/callback").unwrap();
    let found = auth.probe(&wrong).await.unwrap_err();
    assert_eq!((found.kind(), found.code()), (ErrorKind::Config, "supabase.redirect_not_allowed"));
    assert!(found.detail().contains("http://127.0.0.1:3000"), "{found}");
    // An exact pattern does not let our state pass: found, too.
    let exact = OAuthLogin::x("https://my.app/exactly").unwrap();
    assert_eq!(auth.probe(&exact).await.unwrap_err().code(), "supabase.redirect_not_allowed");
    let login = auth.authorize(&wrong).unwrap();
    let end = follow(login.url.as_str(), |url| url.port() == Some(3000)).await;
    let error = auth.finish(&login, &AuthCallback::parse(&end).unwrap()).await.unwrap_err();
    assert_eq!(error.code(), "supabase.redirect_not_allowed");
    // The provider is off.
    supabase.set_x(false);
    let error = auth.probe(&wrong).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Config, "supabase.provider_disabled"));
    assert!(error.remedy().unwrap().contains("auth.external.x"));
    assert!(!auth.settings().await.unwrap()["external"].as_object().unwrap().contains_key("x"));
}

#[tokio::test]
async fn many_processes_refresh_one_session_once() {
    let sandbox = Sandbox::start().unwrap();
    let auth = auth(&sandbox);
    let mut session = log_in(&sandbox, &auth).await.unwrap().session;
    session.expires_at = Utc::now() + TimeDelta::seconds(5);
    let first = session.clone();
    let store: Arc<dyn SessionStore> = Arc::new(MemorySessions::new(session));
    let processes: Vec<UserSession> = (0..4).map(|_| UserSession::shared(auth.clone(), Arc::clone(&store))).collect();
    let tasks = processes.iter().flat_map(|process| std::iter::repeat_n(process, 25));
    let tokens: Vec<_> = join_all(tasks.map(UserTokens::access_token)).await.into_iter().map(Result::unwrap).collect();
    assert!(tokens.iter().all(|token| token.expose_secret() == tokens[0].expose_secret()));
    assert_eq!(sandbox.supabase().refreshes(), 1);
    // The key changes meanwhile: new tokens verify after one look at the published keys, the old one as long as it stands.
    auth.claims(&tokens[0]).await.unwrap();
    sandbox.supabase().rotate_key(false);
    let fresh = processes[0].refreshed_after_401(&tokens[0]).await.unwrap_err();
    assert_eq!(fresh.kind(), ErrorKind::Auth, "just refreshed");
    auth.claims(&tokens[0]).await.unwrap();
    // The parent gives the active session, its parent ends it.
    auth.refresh(&first.refresh).await.unwrap();
    let second = store.load().await.unwrap().unwrap();
    let third = auth.refresh(&second.refresh).await.unwrap();
    let error = auth.refresh(&first.refresh).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::NeedsLogin, "supabase.refresh_reused"));
    assert_eq!(auth.refresh(&third.refresh).await.unwrap_err().code(), "supabase.session_ended");
}

#[tokio::test]
async fn a_clock_that_is_ten_minutes_wrong() {
    let sandbox = Sandbox::start().unwrap();
    let SignUp::SignedIn(first) = auth(&sandbox).sign_up("ada@example.com", &password(), Map::new()).await.unwrap()
    else {
        panic!("the stand-in confirms by itself")
    };
    for minutes in [-10, 10] {
        let clock = move || Utc::now() + TimeDelta::minutes(minutes);
        let auth = auth(&sandbox).clock(clock).verify_with(|verifier| verifier.clock(clock)).unwrap();
        let signed_in = auth.sign_in_with_password("ada@example.com", &password()).await.unwrap();
        // A session lives as long as it does, by whatever clock: an hour, and no refresh before.
        let left = signed_in.session.expires_at - clock();
        assert!((TimeDelta::minutes(59)..=TimeDelta::minutes(60)).contains(&left), "{left}");
        let before = sandbox.supabase().refreshes();
        let session = UserSession::in_memory(auth.clone(), signed_in.session);
        let token = session.access_token().await.unwrap();
        assert_eq!(auth.user(&Access::user(session)).await.unwrap().id, first.session.user.id);
        assert_eq!(sandbox.supabase().refreshes(), before);
        // A server whose clock is behind takes no token of the future, and says why.
        let verified = auth.claims(&token).await;
        match minutes {
            -10 => {
                let error = verified.unwrap_err();
                assert_eq!(error.code(), "supabase.jwt_not_yet_valid");
                assert!(error.remedy().unwrap().contains("clock"));
            }
            _ => assert_eq!(verified.unwrap().user, first.session.user.id),
        }
    }
}

#[tokio::test]
async fn users_are_linked_changed_and_erased() {
    let sandbox = Sandbox::start().unwrap();
    let (auth, supabase) = (auth(&sandbox), sandbox.supabase());
    let SignUp::SignedIn(signed_in) = auth.sign_up("ada@example.com", &password(), Map::new()).await.unwrap() else {
        panic!("the stand-in confirms by itself")
    };
    let id = signed_in.session.user.id;
    let access = Access::user(UserSession::in_memory(auth.clone(), signed_in.session));
    assert_eq!(
        auth.sign_up("ada@example.com", &password(), Map::new()).await.unwrap_err().code(),
        "supabase.user_exists"
    );
    assert_eq!(
        auth.sign_up("b@example.com", &"short".to_owned().into(), Map::new()).await.unwrap_err().code(),
        "supabase.weak_password"
    );
    let wrong = auth.sign_in_with_password("ada@example.com", &"wrong".to_owned().into()).await.unwrap_err();
    assert_eq!(wrong.code(), "supabase.invalid_credentials");
    // X is linked to the user who is logged in, and only once.
    sandbox.x().set_consent(Consent::Allow);
    for expected in [Ok(()), Err("supabase.identity_taken")] {
        let login = auth.link_identity(&access, &OAuthLogin::x(CALLBACK).unwrap()).await.unwrap();
        let callback = AuthCallback::parse(&come_back(&login).await).unwrap();
        let end = auth.finish(&login, &callback).await;
        assert_eq!(end.as_ref().map(|_| ()).map_err(|error| error.code().to_owned()), expected.map_err(str::to_owned));
        if let Ok(linked) = end {
            assert_eq!(linked.session.user.id, id);
            assert!(linked.provider.is_some());
        }
    }
    let identity = auth.user(&access).await.unwrap().x_identity().unwrap().id;
    auth.unlink_identity(&access, identity).await.unwrap();
    assert_eq!(auth.unlink_identity(&access, identity).await.unwrap_err().code(), "supabase.last_identity");
    let data = json!({"name": "Ada"}).as_object().unwrap().clone();
    let user = auth.update_user(&access, &UserChanges::new().metadata(data)).await.unwrap();
    assert_eq!(user.user_metadata["name"], "Ada");
    let same = UserChanges::new().password(password());
    assert_eq!(auth.update_user(&access, &same).await.unwrap_err().code(), "supabase.same_password");
    // A code that was sent.
    auth.send_code("ada@example.com", false).await.unwrap();
    let code = auth.verify_code(Otp::Email, "ada@example.com", &"000000".to_owned().into()).await.unwrap_err();
    assert_eq!(code.code(), "supabase.code_refused");
    auth.verify_code(Otp::Email, "ada@example.com", &supabase.code().to_owned().into()).await.unwrap();
    assert_eq!(auth.send_code("nobody@example.com", false).await.unwrap_err().code(), "supabase.signup_disabled");
    // Erased by the secret key, and by nothing less.
    let admin = auth.admin().unwrap();
    assert_eq!(admin.user(id).await.unwrap().unwrap().id, id);
    assert!(admin.factors(id).await.unwrap().is_empty());
    assert!(admin.delete_user(id).await.unwrap());
    assert!(!admin.delete_user(id).await.unwrap());
    assert!(admin.user(id).await.unwrap().is_none());
    assert_eq!(auth.user(&access).await.unwrap_err().kind(), ErrorKind::NeedsLogin);
    let made = admin.create_user(&NewUser::new("made@example.com").password(password())).await.unwrap();
    let signed_in = auth.sign_in_with_password("made@example.com", &password()).await.unwrap();
    assert_eq!(signed_in.session.user.id, made.id);
}
