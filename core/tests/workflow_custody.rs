//! The custody of tokens against the stand-in for X: one refresh for all, ahead of time, after a 401 and never after a 403;
//! nothing that X or the store does wrong loses a login that is good.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;
mod x_login;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use common::raw_server::{RawServer, Reply};
use ghostwren::sandbox::x::{Endpoint, Fault};
use ghostwren::store::seal::{SealContext, SealingKeys};
use ghostwren::store::{PageRequest, SqliteStore, Store};
use ghostwren::twitter::{FixedToken, Scopes, Tokens};
use ghostwren::workflow::{Connection, PublishMedia, PublishRequest};
use ghostwren::{Account, Error, ErrorKind, Ghostwren, Identity};
use tokio::sync::Notify;
use x_login::{Bench, When, app, log_in, me};

const HOURS_2: Duration = Duration::from_secs(7_200);

async fn ask(account: &Account) -> Result<(), Error> {
    account.twitter_client().await?.me().await.map(drop)
}

fn told(error: &Error) -> (ErrorKind, &str) {
    (error.kind(), error.code())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_tasks_of_four_stores_refresh_once() {
    let bench = Bench::new();
    bench.connected().await;
    bench.pass(HOURS_2);
    let mut tasks = Vec::new();
    for _ in 0..4 {
        let account = bench.account().await;
        for _ in 0..25 {
            let account = account.clone();
            tasks.push(tokio::spawn(async move { ask(&account).await }));
        }
    }
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!((bench.x.rotations(), bench.refreshes()), (1, 1));
}

#[tokio::test]
async fn it_is_refreshed_ahead_of_its_end_by_each_process_at_another_time() {
    let bench = Bench::new();
    bench.connected().await;
    bench.until_left(440).await;
    for _ in 0..8 {
        ask(&bench.account().await).await.unwrap();
    }
    assert_eq!(bench.x.rotations(), 0, "not yet");
    let mut refreshed = 0;
    for _ in 0..32 {
        bench.until_left(360).await;
        let before = bench.x.rotations();
        ask(&bench.account().await).await.unwrap();
        refreshed += bench.x.rotations() - before;
    }
    assert!((1..32).contains(&refreshed), "{refreshed} of 32 processes at the same time");
    bench.until_left(299).await;
    let before = bench.x.rotations();
    ask(&bench.account().await).await.unwrap();
    assert_eq!(bench.x.rotations(), before + 1, "each of them by then");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_401_forces_one_refresh_for_all_and_the_calls_succeed() {
    let bench = Bench::new();
    bench.connected().await;
    let (here, there) = (bench.account().await, bench.account().await);
    ask(&here).await.unwrap();
    bench.x.expire_access_tokens();
    let tasks: Vec<_> = (0..50)
        .map(|n| {
            let account = if n % 2 == 0 { here.clone() } else { there.clone() };
            tokio::spawn(async move { ask(&account).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!((bench.x.rotations(), bench.refreshes()), (1, 1));
}

#[tokio::test]
async fn a_second_401_ends_the_call_and_never_the_login() {
    let bench = Bench::new();
    let account = bench.connected().await;
    bench.x.script(Endpoint::Me, [Fault::Unauthorized; 2]).unwrap();
    assert_eq!(told(&ask(&account).await.unwrap_err()), (ErrorKind::Auth, "twitter.unauthorized"));
    assert_eq!(bench.refreshes(), 1, "one forced refresh");
    // X is in trouble: it does not get a refresh for each call.
    bench.x.script(Endpoint::Me, [Fault::Unauthorized; 3]).unwrap();
    for _ in 0..3 {
        assert_eq!(told(&ask(&account).await.unwrap_err()), (ErrorKind::Auth, "twitter.unauthorized"));
    }
    assert_eq!(bench.refreshes(), 1);
    assert!(matches!(account.connection().await.unwrap(), Connection::Connected { .. }));
    ask(&account).await.unwrap();
    ask(&bench.account().await).await.unwrap();
    assert_eq!(bench.refreshes(), 1);
}

#[tokio::test]
async fn a_403_refreshes_nothing() {
    let bench = Bench::new();
    let account = bench.connected().await;
    let before = bench.sent("/2/users/me");
    for fault in [Fault::Forbidden, Fault::NotEnrolled, Fault::Locked, Fault::UnsupportedAuthentication] {
        bench.x.script(Endpoint::Me, [fault]).unwrap();
        let error = ask(&account).await.unwrap_err();
        assert_eq!(error.status(), Some(403), "{fault:?}: {error:?}");
    }
    assert_eq!((bench.refreshes(), bench.sent("/2/users/me") - before), (0, 4));
    ask(&account).await.unwrap();
}

#[tokio::test]
async fn trouble_at_the_token_endpoint_keeps_the_login() {
    let trouble = [
        (Fault::ResetFirst, ErrorKind::Server, "http.interrupted"),
        (Fault::ServerError, ErrorKind::Server, "twitter.server"),
        (Fault::BadGateway, ErrorKind::Server, "twitter.server"),
        (Fault::Unavailable, ErrorKind::Server, "twitter.server"),
        (Fault::HtmlOk, ErrorKind::Server, "login.refresh_unreadable"),
        (Fault::EmptyOk, ErrorKind::Server, "login.refresh_unreadable"),
        (Fault::RateLimitBare, ErrorKind::RateLimited, "twitter.rate_window"),
    ];
    for (fault, kind, code) in trouble {
        let bench = Bench::new();
        bench.connected().await;
        // The old token still lives: it is used, and X is left alone for a while.
        bench.until_left(200).await;
        let account = bench.account().await;
        bench.x.script(Endpoint::Token, [fault; 20]).unwrap();
        ask(&account).await.unwrap_or_else(|error| panic!("{fault:?}: {error:?}"));
        let tried = bench.refreshes();
        assert!((1..=4).contains(&tried), "{fault:?}: {tried}");
        ask(&account).await.unwrap();
        assert_eq!(bench.refreshes(), tried, "{fault:?}");
        // It is over: an error that may be tried again.
        bench.pass(Duration::from_secs(201));
        let error = ask(&account).await.unwrap_err();
        assert_eq!(told(&error), (kind, code), "{fault:?}: {error:?}");
        assert!(matches!(account.connection().await.unwrap(), Connection::Connected { .. }), "{fault:?}");
        bench.x.clear_script();
        ask(&account).await.unwrap_or_else(|error| panic!("{fault:?}: {error:?}"));
        assert_eq!(bench.x.rotations(), 1, "{fault:?}");
        let Connection::Connected { in_doubt, .. } = account.connection().await.unwrap() else { panic!() };
        assert!(!in_doubt, "{fault:?}");
    }
}

#[tokio::test]
async fn a_login_that_x_ended_is_said_once_and_stays_ended() {
    for fault in [None, Some(Fault::InvalidGrant), Some(Fault::TokenInvalid)] {
        let bench = Bench::new();
        let account = bench.connected().await;
        match fault {
            // As a person does who takes the app's access away.
            None => bench.x.revoke_all_tokens(),
            Some(fault) => {
                bench.x.expire_access_tokens();
                bench.x.script(Endpoint::Token, [fault]).unwrap();
            }
        }
        let first = ask(&account).await.unwrap_err();
        assert_eq!(told(&first), (ErrorKind::NeedsLogin, "login.needed"), "{fault:?}");
        assert!(first.detail().contains("no longer takes the refresh token"), "{first}");
        assert_ne!(first.remedy(), Error::new(first.kind(), "", "").remedy());
        let requests = bench.sandbox.requests().len();
        let reason = |error: &Error| error.detail().to_owned();
        for account in [account.clone(), bench.account().await] {
            let again = ask(&account).await.unwrap_err();
            assert_eq!((told(&again), reason(&again)), (told(&first), reason(&first)));
        }
        assert_eq!(bench.sandbox.requests().len(), requests, "X is not asked again");
        let Connection::NeedsLogin { reason: why, since } = account.connection().await.unwrap() else { panic!() };
        assert_eq!(why, reason(&first));
        assert!(since <= bench.clock.now());
        // Publishing says the same before it sends anything.
        let error = account.publish(ghostwren::records::new_id()).await.unwrap_err();
        assert_eq!((told(&error), reason(&error)), (told(&first), reason(&first)));

        log_in(&account.connect(), Scopes::read()).await.unwrap();
        for account in [account, bench.account().await] {
            ask(&account).await.unwrap();
        }
    }
}

#[tokio::test]
async fn tokens_that_were_lost_on_their_way_are_told() {
    // X gave them, and the connection broke before they came.
    for fault in [Fault::ResetAfter, Fault::ErrorAfter, Fault::Truncated, Fault::Reset] {
        let bench = Bench::new();
        bench.connected().await;
        bench.until_left(200).await;
        let account = bench.account().await;
        bench.x.script(Endpoint::Token, [fault]).unwrap();
        ask(&account).await.unwrap_or_else(|error| panic!("{fault:?}: {error:?}"));
        assert_eq!(bench.x.rotations(), 1);
        let Connection::Connected { in_doubt, .. } = account.connection().await.unwrap() else { panic!() };
        assert!(in_doubt, "{fault:?}");
        bench.pass(Duration::from_secs(201));
        let error = ask(&account).await.unwrap_err();
        assert_eq!(told(&error), (ErrorKind::NeedsLogin, "login.needed"), "{fault:?}: {error:?}");
        assert!(error.detail().contains("cut short"), "{error}");
    }
}

#[tokio::test]
async fn an_answer_that_lacks_something_is_lived_with() {
    // Without a new refresh token the old one stays (RFC 6749, section 6), though this stand-in took it.
    for fault in [Fault::NoExpiry, Fault::NoRefreshToken, Fault::ExtraFields, Fault::SlowBytes { ms: 1 }] {
        let bench = Bench::new();
        let account = bench.connected().await;
        bench.pass(HOURS_2);
        bench.x.script(Endpoint::Token, [fault]).unwrap();
        for _ in 0..3 {
            ask(&account).await.unwrap_or_else(|error| panic!("{fault:?}: {error:?}"));
        }
        assert_eq!(bench.refreshes(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_login_without_offline_access_ends_by_itself() {
    let bench = Bench::new();
    let connect = bench.user().connect().unwrap();
    let account = log_in(&connect, Scopes::default().and("tweet.read").and("users.read")).await.unwrap();
    ask(&account).await.unwrap();
    let Connection::Connected { refreshable, .. } = account.connection().await.unwrap() else { panic!() };
    assert!(!refreshable);
    bench.until_left(100).await;
    ask(&account).await.unwrap();
    bench.pass(Duration::from_secs(100));
    let error = ask(&account).await.unwrap_err();
    assert_eq!(told(&error), (ErrorKind::NeedsLogin, "twitter.no_refresh_token"));
    assert!(error.remedy().unwrap().contains("offline.access"));
    assert_eq!(bench.refreshes(), 0);
}

/// A login that allows to write and nothing else: one that the application has from elsewhere.
async fn connected_as_writer(bench: &Bench) -> Account {
    let account = bench.user().open_account("writer").await.unwrap();
    let tokens = bench.x.issue_tokens(bench.x.user_id(), &["tweet.write", "users.read"]);
    let scopes = Scopes::default().and("tweet.write").and("users.read");
    let ends = bench.clock.now() + chrono::TimeDelta::hours(2);
    let tokens = Tokens::new(tokens.access.into(), None, scopes, ends);
    let (me, keys) = (me(), SealingKeys::beside(bench.database()).unwrap());
    let place = SealContext::new(&me, account.id(), "twitter");
    let sealed = keys.seal(&tokens.to_plaintext().unwrap(), &place).unwrap();
    bench.store().put_sealed(&me, account.id(), "twitter".to_owned(), sealed).await.unwrap();
    account
}

#[tokio::test]
async fn what_a_login_does_not_allow_is_told_before_anything_is_sent() {
    let bench = Bench::new();
    let connect = bench.user().connect().unwrap();
    let account = log_in(&connect, Scopes::read()).await.unwrap();
    let Connection::Connected { scopes, .. } = account.connection().await.unwrap() else { panic!() };
    assert_eq!(scopes, Scopes::read(), "what was granted is kept");
    let log = account.audit_log(PageRequest::first(1)).await.unwrap();
    assert_eq!(log.items[0].action, "account.connected");
    assert_eq!(log.items[0].facts["scopes"], serde_json::json!(["offline.access", "tweet.read", "users.read"]));
    // Of a login for something else nothing is read.
    let writer = connected_as_writer(&bench).await;
    let before = bench.sandbox.requests().len();
    let id = ghostwren::records::new_id();
    let upload = PublishMedia::Upload(ghostwren::twitter::MediaUpload::bytes(vec![1], "image/png"));
    for (error, lacks) in [
        (account.publish(id).await.unwrap_err(), "tweet.write"),
        (
            account.publish_with(PublishRequest::draft(id).media(0, upload)).await.unwrap_err(),
            "media.write, tweet.write",
        ),
        (account.resume_publish(id).await.unwrap_err(), "tweet.write"),
        (account.unpublish(id).await.unwrap_err(), "tweet.write"),
        (writer.import_timeline().await.unwrap_err(), "tweet.read"),
        (writer.preview_import().await.unwrap_err(), "tweet.read"),
    ] {
        assert_eq!(told(&error), (ErrorKind::PermissionDenied, "twitter.missing_scope"));
        assert!(error.detail().ends_with(lacks), "{error}");
        assert!(error.remedy().unwrap().contains("Connect the account again"));
    }
    assert_eq!(bench.sandbox.requests().len(), before);
}

#[tokio::test]
async fn a_login_counts_what_its_one_read_costs() {
    let bench = Bench::new();
    let account = bench.connected().await;
    let spend = account.spend().await.unwrap();
    assert_eq!((spend[0].spent_micros, spend[0].reserved_micros), (10_000, 0));
    assert_eq!(bench.x.spent_today().mills, 10, "the stand-in charged the same");
}

#[tokio::test]
async fn a_login_that_is_given_up_is_revoked_at_x() {
    let bench = Bench::new();
    let account = bench.connected().await;
    let client = account.twitter_client().await.unwrap();
    client.me().await.unwrap();
    assert!(account.disconnect().await.unwrap());
    assert_eq!(bench.sent("/2/oauth2/revoke"), 2, "both tokens");
    assert_eq!(account.connection().await.unwrap(), Connection::NotConnected);
    for account in [account.clone(), bench.account().await] {
        assert_eq!(told(&ask(&account).await.unwrap_err()), (ErrorKind::NeedsLogin, "login.not_connected"));
    }
    assert_eq!(client.me().await.unwrap_err().code(), "login.not_connected", "a client that is still there");
    assert!(!account.disconnect().await.unwrap());

    // Whatever stands in the way, the tokens are forgotten here.
    let account = log_in(&account.connect(), Scopes::read()).await.unwrap();
    bench.x.script(Endpoint::Revoke, [Fault::ServerError; 20]).unwrap();
    assert!(!account.disconnect().await.unwrap());
    assert_eq!(account.connection().await.unwrap(), Connection::NotConnected);
    bench.x.clear_script();
}

#[tokio::test]
async fn erasing_revokes_first_and_erases_in_any_case() {
    for faults in [0, 20] {
        let bench = Bench::new();
        let account = bench.connected().await;
        bench.x.script(Endpoint::Revoke, vec![Fault::BadGateway; faults]).unwrap();
        account.erase().await.unwrap();
        assert!(bench.sent("/2/oauth2/revoke") >= 2);
        assert_eq!(account.record().await.unwrap_err().code(), "store.no_account");
        assert_eq!(told(&ask(&account).await.unwrap_err()), (ErrorKind::NotFound, "store.no_account"));
    }
}

#[tokio::test]
async fn tokens_that_come_after_the_end_are_revoked() {
    let bench = Bench::new();
    let account = bench.connected().await;
    bench.pass(HOURS_2);
    bench.x.script(Endpoint::Token, [Fault::SlowBytes { ms: 100 }]).unwrap();
    let other = account.clone();
    let call = tokio::spawn(async move { ask(&other).await });
    while bench.x.rotations() == 0 {
        tokio::task::yield_now().await;
    }
    account.disconnect().await.unwrap();
    assert_eq!(told(&call.await.unwrap().unwrap_err()), (ErrorKind::NeedsLogin, "login.not_connected"));
    assert_eq!(bench.sent("/2/oauth2/revoke"), 4, "the old ones and those that came too late");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_are_saved_while_the_login_ends_are_revoked_too() {
    for erases in [false, true] {
        let bench = Bench::new();
        let account = bench.connected().await.id();
        bench.pass(HOURS_2);
        let (refreshing, go) = stopped_before_saving(&bench).await;
        // Another process reads the old tokens to revoke them, and the new ones are saved before it goes on.
        let (read, saved) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (at, then) = (read.clone(), saved.clone());
        let ending = bench
            .watched(Arc::new(move |when, method| {
                let stop = when == When::After && method == "sealed";
                let (at, then) = (at.clone(), then.clone());
                Box::pin(async move {
                    if stop {
                        at.notify_one();
                        then.notified().await;
                        // What comes after the first time is not held up.
                        then.notify_one();
                    }
                    Ok(())
                })
            }))
            .await;
        let ended = tokio::spawn(async move {
            match erases {
                true => ending.erase().await.map(|_| true),
                false => ending.disconnect().await,
            }
        });
        read.notified().await;
        go.notify_one();
        refreshing.await.unwrap().unwrap();
        let value = bench.store().sealed(&me(), account, "twitter".to_owned()).await.unwrap().unwrap();
        let keys = SealingKeys::beside(bench.database()).unwrap();
        let new = keys.open(&value, &SealContext::new(&me(), account, "twitter")).unwrap();
        let new = Tokens::from_plaintext(&new).unwrap();
        saved.notify_one();
        assert!(ended.await.unwrap().unwrap());
        let used = app(&bench.x).client(FixedToken::new(new.access)).unwrap().me().await;
        assert_eq!(used.unwrap_err().status(), Some(401), "what was saved meanwhile lives on at X");
        assert_eq!(bench.sent("/2/oauth2/revoke"), 4);
    }
}

#[tokio::test]
async fn a_redirect_takes_no_token_elsewhere() {
    let bench = Bench::new();
    bench.connected().await;
    let elsewhere = RawServer::replies([Reply::json("{}")]).await;
    let location = elsewhere.url("/2/users/me").to_string();
    for status in [301, 302, 303, 307, 308] {
        let redirecting = RawServer::replies([Reply::new(status, &[("location", &location)], "")]).await;
        let wren = bench.wren_with(app(&bench.x).api_base(redirecting.url("")).unwrap());
        let account = wren.user(Identity::local("me")).open_account("main").await.unwrap();
        ask(&account).await.unwrap_err();
        assert!(redirecting.requests()[0].head.contains("sandbox-access-"), "the token was sent to X alone");
    }
    // The same for a refresh, with the refresh token in its body.
    bench.pass(HOURS_2);
    for status in [302, 307, 308] {
        let redirecting = RawServer::replies([Reply::new(status, &[("location", &location)], "")]).await;
        let wren = bench.wren_with(app(&bench.x).api_base(redirecting.url("")).unwrap());
        let account = wren.user(Identity::local("me")).open_account("main").await.unwrap();
        let error = ask(&account).await.unwrap_err();
        assert_ne!(error.kind(), ErrorKind::NeedsLogin, "{error:?}");
        assert_eq!(redirecting.requests().len(), 1);
    }
    assert!(elsewhere.requests().is_empty());
    ask(&bench.account().await).await.unwrap();
}

#[tokio::test]
async fn a_store_in_memory_has_one_key_for_all_who_use_it() {
    let bench = Bench::new();
    let store: Arc<dyn Store> = Arc::new(SqliteStore::in_memory().unwrap());
    let wren = || Ghostwren::builder().shared_store(store.clone()).twitter(app(&bench.x)).build().unwrap();
    let connect = wren().user(Identity::default()).connect().unwrap();
    log_in(&connect, Scopes::read()).await.unwrap();
    let account = wren().user(Identity::default()).open_account("main").await.unwrap();
    assert!(matches!(account.connection().await.unwrap(), Connection::Connected { .. }));
    ask(&account).await.unwrap();
}

/// A process that was slow to save: another one took its lease over and was refused by X.
#[tokio::test(flavor = "multi_thread")]
async fn new_tokens_outlive_a_lost_lease() {
    for in_flight in [false, true] {
        let bench = Bench::new();
        bench.connected().await;
        bench.pass(HOURS_2);
        let (first, go) = stopped_before_saving(&bench).await;
        // Its lease of two minutes ends.
        bench.clock.shift_ms(121_000);
        let other = bench.account().await;
        if in_flight {
            // Saved while the other one waits for X.
            bench.x.script(Endpoint::Token, [Fault::SlowBytes { ms: 250 }]).unwrap();
            let asking = other.clone();
            let second = tokio::spawn(async move { ask(&asking).await });
            while bench.refreshes() < 2 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            go.notify_one();
            first.await.unwrap().unwrap();
            second.await.unwrap().unwrap();
        } else {
            // Saved after the other one called the login ended.
            let error = ask(&other).await.unwrap_err();
            assert_eq!(told(&error), (ErrorKind::NeedsLogin, "login.needed"));
            assert!(error.detail().contains("cut short"), "{error}");
            go.notify_one();
            first.await.unwrap().unwrap();
        }
        for account in [other, bench.account().await] {
            ask(&account).await.unwrap();
        }
        assert!(matches!(bench.account().await.connection().await.unwrap(), Connection::Connected { .. }));
        assert_eq!((bench.x.rotations(), bench.refreshes()), (1, 2));
    }
}

/// A process that stops between X's answer and the saving of it, until it is let go.
async fn stopped_before_saving(bench: &Bench) -> (tokio::task::JoinHandle<Result<(), Error>>, Arc<Notify>) {
    let (held, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (at, then) = (held.clone(), go.clone());
    let slow = bench
        .watched(Arc::new(move |when, method| {
            let stop = when == When::Before && method == "end_refresh";
            let (at, then) = (at.clone(), then.clone());
            Box::pin(async move {
                if stop {
                    at.notify_one();
                    then.notified().await;
                }
                Ok(())
            })
        }))
        .await;
    let call = tokio::spawn(async move { ask(&slow).await });
    held.notified().await;
    assert_eq!(bench.x.rotations(), 1, "X gave new tokens, and they are not saved");
    (call, go)
}

#[tokio::test(flavor = "multi_thread")]
async fn new_tokens_that_a_login_overtook_are_revoked() {
    let bench = Bench::new();
    let account = bench.connected().await;
    bench.pass(HOURS_2);
    let (call, go) = stopped_before_saving(&bench).await;
    log_in(&account.connect(), Scopes::read()).await.unwrap();
    assert_eq!(bench.sent("/2/oauth2/revoke"), 0);
    go.notify_one();
    call.await.unwrap().expect("the newer login serves");
    let mut patience = 0;
    while bench.sent("/2/oauth2/revoke") < 2 {
        patience += 1;
        assert!(patience < 400, "what nobody will use lives on at X");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // The newer login is not touched, and can be refreshed.
    bench.pass(HOURS_2);
    ask(&bench.account().await).await.unwrap();
    assert_eq!((bench.x.rotations(), bench.sent("/2/oauth2/revoke")), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn old_tokens_that_were_sealed_anew_are_still_the_old_ones() {
    let bench = Bench::new();
    bench.connected().await;
    bench.pass(HOURS_2);
    let (call, go) = stopped_before_saving(&bench).await;
    // Its lease of two minutes ends, another one begins, and the keys are changed.
    bench.clock.shift_ms(121_000);
    let (store, account) = (bench.store(), bench.account().await);
    let lease = Duration::from_secs(1);
    store.begin_refresh(&me(), account.id(), "twitter".to_owned(), lease).await.unwrap();
    let keys = SealingKeys::beside(bench.database()).unwrap();
    let place = SealContext::new(&me(), account.id(), "twitter");
    let old = store.sealed(&me(), account.id(), "twitter".to_owned()).await.unwrap().unwrap();
    let anew = keys.seal(&keys.open(&old, &place).unwrap(), &place).unwrap();
    assert!(store.replace_sealed(&me(), account.id(), "twitter".to_owned(), old, anew).await.unwrap());
    go.notify_one();
    go.notify_one();
    let again = tokio::spawn(async move {
        // Each try to save is held up once.
        loop {
            go.notify_one();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    call.await.unwrap().unwrap();
    again.abort();
    ask(&bench.account().await).await.unwrap();
    assert_eq!((bench.x.rotations(), bench.sent("/2/oauth2/revoke")), (1, 0));
}

/// The reply to the saving is lost, and a later try finds the new tokens there.
#[tokio::test]
async fn tokens_that_were_saved_unheard_are_used_and_not_revoked() {
    let bench = Bench::new();
    bench.connected().await;
    bench.pass(HOURS_2);
    let lost = Arc::new(AtomicBool::new(true));
    let loses = lost.clone();
    let account = bench
        .watched(Arc::new(move |when, method| {
            let lose = when == When::After && method == "end_refresh" && loses.swap(false, Ordering::Relaxed);
            Box::pin(async move {
                if lose { Err(Error::new(ErrorKind::Server, "http.interrupted", "the reply was lost")) } else { Ok(()) }
            })
        }))
        .await;
    ask(&account).await.unwrap();
    ask(&bench.account().await).await.unwrap();
    assert_eq!((bench.x.rotations(), bench.refreshes(), bench.sent("/2/oauth2/revoke")), (1, 1, 0));
}

#[tokio::test]
async fn new_tokens_wait_for_a_store_that_fails() {
    let bench = Bench::new();
    bench.connected().await;
    bench.pass(HOURS_2);
    let broken = Arc::new(AtomicBool::new(true));
    let fails = broken.clone();
    let account = bench
        .watched(Arc::new(move |when, method| {
            let fail = when == When::Before && method == "end_refresh" && fails.load(Ordering::Relaxed);
            Box::pin(async move {
                if fail { Err(Error::new(ErrorKind::Storage, "store.disk_full", "no room is left")) } else { Ok(()) }
            })
        }))
        .await;
    assert_eq!(told(&ask(&account).await.unwrap_err()), (ErrorKind::Storage, "store.disk_full"), "never used unsaved");
    broken.store(false, Ordering::Relaxed);
    ask(&account).await.unwrap();
    assert_eq!((bench.x.rotations(), bench.refreshes()), (1, 1), "the same tokens, saved at last");
    ask(&bench.account().await).await.unwrap();
}

#[tokio::test]
async fn a_login_stands_when_the_log_fails() {
    let bench = Bench::new();
    let account = bench
        .watched(Arc::new(|when, method| {
            let fail = when == When::Before && matches!(method, "audit" | "reserve_spend");
            Box::pin(async move {
                if fail { Err(Error::new(ErrorKind::Storage, "store.disk_full", "no room is left")) } else { Ok(()) }
            })
        }))
        .await;
    let account = log_in(&account.connect(), Scopes::read()).await.unwrap();
    ask(&account).await.unwrap();
    assert!(matches!(account.connection().await.unwrap(), Connection::Connected { .. }));
    assert_eq!(bench.sent("/2/oauth2/revoke"), 0);
    assert!(account.disconnect().await.unwrap(), "and so does its end");
}
