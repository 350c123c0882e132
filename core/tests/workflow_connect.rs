//! Logins through the workflow, against the stand-in for X: begun in one process, finished in another, never in another
//! browser, in time, and for the same Twitter user.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod x_login;

use std::time::Duration;

use ghostwren::sandbox::x;
use ghostwren::store::PageRequest;
use ghostwren::twitter::{Scopes, Tokens, TwitterApp};
use ghostwren::workflow::Connection;
use ghostwren::{Error, ErrorKind, Ghostwren, Identity};
use secrecy::{ExposeSecret, SecretString};
use x_login::{Bench, app, browse, log_in};

fn told(error: &Error) -> (ErrorKind, &str) {
    (error.kind(), error.code())
}

#[tokio::test]
async fn begun_here_finished_there_and_never_in_another_browser() {
    let bench = Bench::new();
    let (here, there) = (bench.user(), bench.user());

    let login = here.connect().unwrap().begin(Scopes::read().write()).await.unwrap();
    let callback = browse(&login.url).await;
    // The attack: somebody else's callback, opened in this browser, which has another binding.
    let other = SecretString::from("another-browser's-secret".to_owned());
    let theirs = there.connect().unwrap().begin(Scopes::read()).await.unwrap();
    for binding in [&other, &theirs.binding] {
        let error = there.connect().unwrap().finish(&callback, binding).await.unwrap_err();
        assert_eq!(told(&error), (ErrorKind::Auth, "login.other_browser"));
    }
    assert_eq!(bench.sent("/2/oauth2/token"), 0, "the code was not used");
    let account = there.connect().unwrap().finish(&callback, &login.binding).await.unwrap();
    let record = account.record().await.unwrap();
    assert_eq!(record.twitter_user.unwrap().username, "sandbox_wren");
    let error = here.connect().unwrap().finish(&callback, &login.binding).await.unwrap_err();
    assert_eq!(error.code(), "login.unknown_state", "a login is finished once");
    // Another owner has nothing of it.
    let you = bench.wren().user(Identity::local("you"));
    let error = you.connect().unwrap().finish(&browse(&theirs.url).await, &theirs.binding).await.unwrap_err();
    assert_eq!(error.code(), "login.unknown_state");

    // Nothing that opens the login stands in the files.
    for secret in [login.binding.expose_secret(), bench.x.client_secret()] {
        for file in std::fs::read_dir(bench.folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        }
    }
    assert!(account.disconnect().await.unwrap(), "X confirmed that the tokens are revoked");
}

#[tokio::test]
async fn a_public_client_logs_in_as_well() {
    let bench = Bench::new();
    let app = TwitterApp::new(bench.x.public_client_id())
        .redirect_uri("ghostwren://callback")
        .unwrap()
        .api_base(bench.x.api_url().parse().unwrap())
        .unwrap()
        .authorize_base(bench.x.authorize_url().parse().unwrap())
        .unwrap();
    let connect = bench.wren_with(app).user(Identity::local("me")).connect().unwrap();
    let account = log_in(&connect.label("phone"), Scopes::read()).await.unwrap();
    assert_eq!(account.record().await.unwrap().label, "phone");
    bench.x.expire_access_tokens();
    account.twitter_client().await.unwrap().me().await.unwrap();
    assert!(account.disconnect().await.unwrap());
}

#[tokio::test]
async fn a_refusal_is_told() {
    let bench = Bench::new();
    bench.x.set_consent(x::Consent::Deny);
    let me = bench.user();
    let login = me.connect().unwrap().begin(Scopes::read()).await.unwrap();
    let callback = browse(&login.url).await;
    let error = me.connect().unwrap().finish(&callback, &login.binding).await.unwrap_err();
    assert_eq!(told(&error), (ErrorKind::PermissionDenied, "login.denied"));
    assert!(me.accounts().await.unwrap().is_empty(), "no account was opened");
}

#[tokio::test]
async fn a_login_has_ten_minutes_and_its_code_half_a_minute() {
    let bench = Bench::new();
    let connect = bench.user().connect().unwrap();
    let login = connect.begin(Scopes::read()).await.unwrap();
    bench.clock.shift_ms(599_000);
    connect.finish(&browse(&login.url).await, &login.binding).await.unwrap();

    let login = connect.begin(Scopes::read()).await.unwrap();
    let callback = browse(&login.url).await;
    bench.clock.shift_ms(601_000);
    let error = connect.finish(&callback, &login.binding).await.unwrap_err();
    assert_eq!(told(&error), (ErrorKind::Auth, "login.expired"));

    let login = connect.begin(Scopes::read()).await.unwrap();
    let callback = browse(&login.url).await;
    bench.x.advance(Duration::from_secs(31));
    let error = connect.finish(&callback, &login.binding).await.unwrap_err();
    assert_eq!(told(&error), (ErrorKind::NeedsLogin, "login.code_expired"));
    assert!(error.remedy().unwrap().contains("30 seconds"));
    let Connection::Connected { .. } = bench.account().await.connection().await.unwrap() else {
        panic!("the login before them stands")
    };
}

#[tokio::test]
async fn a_callback_of_another_issuer_ends_no_login() {
    let bench = Bench::new();
    let connect = bench.user().connect().unwrap();
    let login = connect.begin(Scopes::read()).await.unwrap();
    bench.x.set_issuer(Some("https://evil.example"));
    let error = connect.finish(&browse(&login.url).await, &login.binding).await.unwrap_err();
    assert_eq!(told(&error), (ErrorKind::Auth, "login.other_issuer"));
    assert_eq!(bench.sent("/2/oauth2/token"), 0);
    bench.x.set_issuer(Some(&bench.x.api_url()));
    connect.finish(&browse(&login.url).await, &login.binding).await.unwrap();
}

/// The trap of new apps: the login succeeds, and the first call is refused.
#[tokio::test]
async fn an_app_that_is_not_in_production_is_told_at_the_login() {
    let bench = Bench::new();
    bench.x.script(x::Endpoint::Me, [x::Fault::NotEnrolled]).unwrap();
    let error = log_in(&bench.user().connect().unwrap(), Scopes::read()).await.unwrap_err();
    assert_eq!(told(&error), (ErrorKind::PermissionDenied, "twitter.not_enrolled"));
    let remedy = error.remedy().unwrap();
    assert!(remedy.contains("Pay-per-use") && remedy.contains("Production"), "{remedy}");
    assert_eq!(bench.sent("/2/oauth2/revoke"), 2, "the tokens that nobody keeps are ended");
    log_in(&bench.user().connect().unwrap(), Scopes::read()).await.unwrap();
}

/// X gives tokens once: that it does not say whose they are, the moment after, must not cost the login.
#[tokio::test]
async fn a_login_whose_last_step_fails_is_finished_by_the_next_call() {
    use x::Fault::{BadGateway, RateLimit, ServerError, Truncated, Unauthorized, UsageCap};
    for (faults, kind) in [
        (vec![ServerError; 3], ErrorKind::Server),
        (vec![BadGateway; 3], ErrorKind::Server),
        (vec![Truncated], ErrorKind::Decode),
        (vec![Unauthorized], ErrorKind::Auth),
        (vec![UsageCap], ErrorKind::QuotaExceeded),
        (vec![RateLimit { seconds: 900 }], ErrorKind::RateLimited),
    ] {
        let bench = Bench::new();
        bench.x.script(x::Endpoint::Me, faults.clone()).unwrap();
        let error = log_in(&bench.user().connect().unwrap(), Scopes::read().write()).await.unwrap_err();
        assert_eq!(told(&error), (kind, "login.unfinished"), "{faults:?}: {error:?}");
        assert_eq!(error.retry_at().is_some(), kind == ErrorKind::RateLimited, "{faults:?}");
        assert!(error.remedy().unwrap().contains("next call"), "{error:?}");
        assert_eq!(bench.sent("/2/oauth2/revoke"), 0, "{faults:?}");
        // In another process, without a browser; the access token may have ended meanwhile.
        let account = bench.account().await;
        let Connection::Unfinished { scopes } = account.connection().await.unwrap() else { panic!("{faults:?}") };
        assert!(scopes.contains("tweet.write"));
        assert!(account.record().await.unwrap().twitter_user.is_none());
        bench.pass(Duration::from_secs(7_300));
        bench.x.script(x::Endpoint::Me, [x::Fault::Unavailable; 3]).unwrap();
        let error = account.preview_import().await.unwrap_err();
        assert_eq!(told(&error), (ErrorKind::Server, "login.unfinished"), "X is asked again, and does not answer");
        assert!(matches!(account.connection().await.unwrap(), Connection::Unfinished { .. }));
        account.preview_import().await.unwrap();
        assert_eq!(account.record().await.unwrap().twitter_user.unwrap().username, "sandbox_wren");
        assert!(matches!(account.connection().await.unwrap(), Connection::Connected { .. }));
        let asked = bench.sent("/2/users/me");
        bench.account().await.preview_import().await.unwrap();
        assert_eq!(bench.sent("/2/users/me"), asked, "it is finished once");
        assert!(account.disconnect().await.unwrap());
    }
}

/// What is not finished may be somebody else's: nothing of it is read, and nothing is lost but a login that was not theirs.
#[tokio::test]
async fn a_login_that_is_not_finished_is_nobody_s_until_x_says_whose() {
    let bench = Bench::new();
    let account = bench.connected().await;
    let robin = bench.x.add_user(x::NewUser::new("robin"));
    bench.x.sign_in(robin);
    bench.x.script(x::Endpoint::Me, [x::Fault::ServerError; 3]).unwrap();
    let error = log_in(&account.connect(), Scopes::read()).await.unwrap_err();
    assert_eq!(error.code(), "login.unfinished");
    let error = account.import_timeline().await.unwrap_err();
    assert_eq!(told(&error), (ErrorKind::Conflict, "account.other_twitter_user"));
    assert_eq!(bench.sent(&format!("/2/users/{robin}/tweets")), 0);
    assert_eq!(bench.sent("/2/oauth2/revoke"), 2, "robin's tokens are ended");
    assert_eq!(account.connection().await.unwrap(), Connection::NotConnected);
    assert_eq!(account.record().await.unwrap().twitter_user.unwrap().username, "sandbox_wren");
    bench.x.sign_in(bench.x.user_id());
    log_in(&account.connect(), Scopes::read()).await.unwrap();
    account.preview_import().await.unwrap();
}

/// A client that is in use when somebody logs in again acts for nobody else.
#[tokio::test]
async fn a_client_in_use_takes_no_login_that_is_not_finished() {
    let bench = Bench::new();
    let client = bench.connected().await.twitter_client().await.unwrap();
    client.me().await.unwrap();
    bench.x.script(x::Endpoint::Me, [x::Fault::ServerError; 3]).unwrap();
    log_in(&bench.user().connect().unwrap(), Scopes::read()).await.unwrap_err();
    bench.pass(Duration::from_secs(7_300));
    let asked = bench.sent("/2/users/me");
    let error = client.me().await.unwrap_err();
    assert_eq!(told(&error), (ErrorKind::Auth, "login.unfinished"));
    assert_eq!(bench.sent("/2/users/me"), asked, "nothing was sent");
    bench.account().await.preview_import().await.unwrap();
    client.me().await.expect("it is finished");
}

#[tokio::test]
async fn many_that_finish_a_login_at_once_finish_it_once() {
    let bench = Bench::new();
    bench.x.script(x::Endpoint::Me, [x::Fault::ServerError; 3]).unwrap();
    log_in(&bench.user().connect().unwrap(), Scopes::read()).await.unwrap_err();
    bench.pass(Duration::from_secs(7_300));
    let mut tasks = Vec::new();
    for _ in 0..4 {
        let account = bench.account().await;
        for _ in 0..5 {
            let account = account.clone();
            tasks.push(tokio::spawn(async move { account.twitter_client().await?.me().await }));
        }
    }
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(bench.x.rotations(), 1);
    let account = bench.account().await;
    let log = account.audit_log(PageRequest::first(100)).await.unwrap().items;
    assert_eq!(log.iter().filter(|event| event.action == "account.connected").count(), 1);
}

#[tokio::test]
async fn an_account_stays_with_its_twitter_user() {
    let bench = Bench::new();
    let account = bench.connected().await;
    let robin = bench.x.add_user(x::NewUser::new("robin"));
    bench.x.sign_in(robin);
    for connect in [account.connect(), bench.user().connect().unwrap()] {
        let revoked = bench.sent("/2/oauth2/revoke");
        let error = log_in(&connect, Scopes::read()).await.unwrap_err();
        assert_eq!(told(&error), (ErrorKind::Conflict, "account.other_twitter_user"));
        assert_eq!(bench.sent("/2/oauth2/revoke"), revoked + 2, "the tokens that nobody keeps are ended");
    }
    assert_eq!(account.record().await.unwrap().twitter_user.unwrap().username, "sandbox_wren");
    account.twitter_client().await.unwrap().me().await.unwrap();
    // Another label is another account, and whoever erased the first may begin anew.
    let other = log_in(&bench.user().connect().unwrap().label("second"), Scopes::read()).await.unwrap();
    assert_eq!(other.record().await.unwrap().twitter_user.unwrap().username, "robin");
    account.erase().await.unwrap();
    let error = log_in(&account.connect(), Scopes::read()).await.unwrap_err();
    assert_eq!(told(&error), (ErrorKind::NotFound, "store.no_account"));
    log_in(&bench.user().connect().unwrap(), Scopes::read()).await.unwrap();
}

/// Tokens of a login elsewhere, such as Supabase Auth gives them once: they are kept, refreshed and ended as those of a login here.
#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_a_login_elsewhere_are_adopted() {
    let bench = Bench::new();
    let elsewhere = |user| {
        let issued = bench.x.issue_tokens(user, &["tweet.read", "users.read", "offline.access"]);
        let refresh = issued.refresh.clone().map(SecretString::from);
        // Supabase does not say when they end.
        (Tokens::new(issued.access.clone().into(), refresh, Scopes::read(), bench.clock.now()), issued)
    };
    let (tokens, issued) = elsewhere(bench.x.user_id());
    let account = bench.user().connect().unwrap().adopt(tokens).await.unwrap();
    assert_eq!(account.record().await.unwrap().twitter_user.unwrap().username, "sandbox_wren");
    assert_eq!(account.audit_log(PageRequest::first(1)).await.unwrap().items[0].action, "account.connected");
    bench.account().await.twitter_client().await.unwrap().me().await.unwrap();
    assert_eq!(bench.refreshes(), 0, "they live as long as X's do");
    bench.pass(Duration::from_secs(7_200));
    bench.account().await.twitter_client().await.unwrap().me().await.unwrap();
    assert_eq!(bench.x.rotations(), 1);
    // Neither of them lies in the files.
    for secret in [issued.access, issued.refresh.unwrap()] {
        for file in std::fs::read_dir(bench.folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        }
    }
    // Those of another Twitter user: refused, and ended at X.
    let (other, _) = elsewhere(bench.x.add_user(x::NewUser::new("other")));
    let revoked = bench.sent("/2/oauth2/revoke");
    let error = account.connect().adopt(other).await.unwrap_err();
    assert_eq!(told(&error), (ErrorKind::Conflict, "account.other_twitter_user"));
    assert_eq!(bench.sent("/2/oauth2/revoke") - revoked, 2);
    // Nobody waits for the end: they are kept all the same.
    let (tokens, _) = elsewhere(bench.x.user_id());
    let connect = bench.user().connect().unwrap().label("second");
    let waiting = tokio::spawn(async move { connect.adopt(tokens).await });
    while bench.sent("/2/users/me") < 5 {
        tokio::task::yield_now().await;
    }
    waiting.abort();
    let second = bench.user().open_account("second").await.unwrap();
    let began = std::time::Instant::now();
    while !matches!(second.connection().await.unwrap(), Connection::Connected { .. }) {
        assert!(began.elapsed() < Duration::from_secs(10), "the tokens are lost");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(second.disconnect().await.unwrap());
}

#[tokio::test]
async fn a_login_of_another_app_is_not_finished_here() {
    let bench = Bench::new();
    let login = bench.user().connect().unwrap().begin(Scopes::read()).await.unwrap();
    let wren = bench.wren_with(TwitterApp::new("another").api_base(bench.x.api_url().parse().unwrap()).unwrap());
    let connect = wren.user(Identity::local("me")).connect().unwrap();
    let error = connect.finish(&browse(&login.url).await, &login.binding).await.unwrap_err();
    assert_eq!(told(&error), (ErrorKind::Auth, "login.unknown_state"));
    assert_eq!(bench.sent("/2/oauth2/token"), 0);
}

#[tokio::test]
async fn a_program_waits_for_the_browser_on_this_machine() {
    let bench = Bench::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let callback = format!("http://127.0.0.1:{port}/callback");
    bench.x.add_redirect_uri(&callback);
    let wren = bench.wren_with(app(&bench.x).redirect_uri(callback).unwrap());
    let connect = wren.user(Identity::local("me")).connect().unwrap();
    let login = connect.in_browser(Scopes::read()).await.unwrap();
    let url = login.url().clone();
    let waiting = tokio::spawn(async move { login.wait(Duration::from_secs(60)).await });
    let back: url::Url = browse(&url).await.parse().unwrap();
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request =
        format!("GET {}?{} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\r\n", back.path(), back.query().unwrap_or_default());
    tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes()).await.unwrap();
    let account = waiting.await.unwrap().unwrap();
    assert!(matches!(account.connection().await.unwrap(), Connection::Connected { .. }));

    // Nobody comes back; the port is free again.
    let login = connect.in_browser(Scopes::read()).await.unwrap();
    let error = login.wait(Duration::from_millis(50)).await.unwrap_err();
    assert_eq!(told(&error), (ErrorKind::Timeout, "login.loopback_timeout"));
    drop(connect.in_browser(Scopes::read()).await.unwrap());
    let _free = connect.in_browser(Scopes::read()).await.unwrap();
    let error = connect.in_browser(Scopes::read()).await.unwrap_err();
    assert_eq!(told(&error), (ErrorKind::Connect, "login.loopback_port"));
}

#[tokio::test]
async fn without_an_app_there_is_no_login() {
    let bench = Bench::new();
    let wren = Ghostwren::builder().store(bench.store()).build().unwrap();
    let me = wren.user(Identity::local("me"));
    let error = me.connect().unwrap().begin(Scopes::read()).await.unwrap_err();
    assert_eq!(told(&error), (ErrorKind::Config, "workflow.no_twitter"));
    let account = me.open_account("main").await.unwrap();
    let error = account.publish(ghostwren::records::new_id()).await.unwrap_err();
    assert_eq!(told(&error), (ErrorKind::NeedsLogin, "login.not_connected"));
}
