//! Every promise of a store, kept by `SupabaseStore` on real servers, for users who signed up with its Auth.
#![cfg(all(feature = "supabase", feature = "sqlite", feature = "sandbox"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod common;

use std::process::Command;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use common::browser::follow;
use common::supabase::{Servers, Slow, counting_proxy, cutting_proxy, servers};
use ghostwren::http::HttpClient;
use ghostwren::records::{ContextTweet, Counts, Id, ImportEnd, ImportSource, SpendKind, Tweet, new_id};
use ghostwren::sandbox::Sandbox;
use ghostwren::sandbox::x::Consent;
use ghostwren::store::conformance::{self, Stage};
use ghostwren::store::seal::SealingKeys;
use ghostwren::store::{Caller, ImportPage, NewImport, SpendLimit, SqliteStore, Store, SupabaseStore, TweetQuery};
use ghostwren::supabase::{AuthCallback, AuthClient, OAuthLogin, Session, SignOutScope, SignUp, Supabase, UserSession};
use ghostwren::twitter::{Scopes, Tokens, TwitterApp};
use ghostwren::{ErrorKind, Ghostwren, Identity, Result};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

fn store(servers: &Servers) -> SupabaseStore {
    SupabaseStore::new(&servers.url, servers.publishable.as_str()).unwrap().secret_key(servers.secret.as_str()).unwrap()
}

/// A new user, signed up and logged in.
async fn signed_up(auth: &AuthClient) -> Result<Caller> {
    let session = session(auth).await?;
    SESSIONS.lock().unwrap().push((session.user.id.to_string(), session.access.clone()));
    Ok(Caller::user(session.user.id, Arc::new(UserSession::in_memory(auth.clone(), session))))
}

async fn session(auth: &AuthClient) -> Result<Session> {
    let password = new_id().to_string().into();
    let email = format!("{}@ghostwren.test", new_id().simple());
    match auth.sign_up(&email, &password, serde_json::Map::new()).await? {
        SignUp::SignedIn(signed_in) => Ok(signed_in.session),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn conformance() {
    let Some(servers) = servers() else { return };
    let store = store(&servers);
    let auth = AuthClient::new(store.project()).unwrap();
    let report = conformance::run_on(|| async {
        Ok(Stage::new(Arc::new(store.clone()), signed_up(&auth).await?, signed_up(&auth).await?))
    })
    .await;
    println!("passed: {:?}", report.passed);
    for (name, why) in &report.failed {
        println!("failed: {name}: {why}");
    }
    assert_eq!(report.passed.len(), conformance::cases().len());
}

#[tokio::test]
async fn money_that_nobody_settles_is_spent() {
    let Some(servers) = servers() else { return };
    let store = store(&servers);
    let auth = AuthClient::new(store.project()).unwrap();
    let me = signed_up(&auth).await.unwrap();
    let owner = me.owner().to_owned();
    let you = signed_up(&auth).await.unwrap();
    // The database has no clock that a test could move: what is set aside grows older instead.
    let pass = |time: Duration| {
        servers.sql(&format!(
            "update ghostwren.spend_reservations set lapses_at = lapses_at - interval '{} seconds'
             where subject in (select subject from ghostwren.accounts where owner = '{owner}')",
            time.as_secs()
        ));
        async { Ok(()) }
    };
    let stage = Stage::new(Arc::new(store.clone()), me.clone(), you);
    conformance::money_left_behind(&stage, pass).await.unwrap();

    // What is set aside when an account goes is spent: it may be billed, and nobody will come to say so.
    let account = store.open_account(&me, "erased".into()).await.unwrap();
    let limit = SpendLimit { kind: SpendKind::Model, amount_micros: 70, daily_limit_micros: None };
    let day = store.reserve_spend(&me, account.id, limit).await.unwrap().day;
    let of_account = format!("(select subject from ghostwren.accounts where id = '{}')", account.id);
    let subject = servers.sql(&format!("select {of_account}"));
    store.erase_account(&me, account.id).await.unwrap();
    let left = servers.sql(&format!(
        "select string_agg(concat_ws(' ', day, kind, spent_micros), ',') || (
             select count(*) from ghostwren.spend_reservations where subject = '{subject}')
         from ghostwren.spend where subject = '{subject}'"
    ));
    assert_eq!(left, format!("{day} model 700"));
}

/// Files of an account in the two buckets of Storage.
#[tokio::test]
async fn files_lie_under_their_owner_and_go_with_the_account() {
    let Some(servers) = servers() else { return };
    let store = store(&servers);
    let auth = AuthClient::new(store.project()).unwrap();
    let me = signed_up(&auth).await.unwrap();
    let objects = || {
        servers.sql(&format!(
            "select coalesce(string_agg(bucket_id || ' ' || name, ',' order by bucket_id, name), '')
             from storage.objects where name like '{}/%'",
            me.owner()
        ))
    };
    let wren = Ghostwren::builder().store(store.clone()).build().unwrap();
    let tokens = session(&auth).await.unwrap();
    let user =
        |session: Session| wren.user(Identity::session(session.user.id, UserSession::in_memory(auth.clone(), session)));
    let account = wren.user(Identity::bearer(token_of(&me)).unwrap()).open_account("main").await.unwrap();
    assert_eq!(account.save_style().await.unwrap_err().code(), "style.no_profile");
    let drafts = account.save_drafts(None).await.unwrap();
    let export = account.save_export().await.unwrap();
    // The same content is the same file.
    assert_eq!(account.save_drafts(None).await.unwrap().name, drafts.name);
    assert!(drafts.name.ends_with(".drafts.ndjson") && export.name.ends_with(".export.ndjson"));
    let prefix = format!("{}/{}/", me.owner(), account.id());
    let mut names = [format!("ghostwren {prefix}{}", drafts.name), format!("ghostwren {prefix}{}", export.name)];
    names.sort();
    assert_eq!(objects(), names.join(","));
    let mut listed: Vec<String> = account.saved_files().await.unwrap().into_iter().map(|file| file.name).collect();
    listed.sort();
    let mut saved = [drafts.name.clone(), export.name.clone()];
    saved.sort();
    assert_eq!(listed, saved);
    let read = |url: String| get(&url);
    let address = account.file_address(&export.name, Duration::from_secs(60)).await.unwrap();
    let (status, text) = read(address.url.expose_secret().to_owned());
    assert_eq!(status, 200);
    let last: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(last["type"], "end");
    // Nothing is public before its owner says so.
    let public = format!("{}/storage/v1/object/public/ghostwren-public/{prefix}{}", servers.url, export.name);
    assert_ne!(read(public.clone()).0, 200);
    assert_eq!(account.publish_file(&export.name).await.unwrap(), public);
    assert_eq!(account.publish_file(&export.name).await.unwrap(), public, "may be repeated");
    assert_eq!(read(public.clone()), (200, text));
    assert!(account.unpublish_file(&export.name).await.unwrap());
    assert!(!account.unpublish_file(&export.name).await.unwrap());
    assert_ne!(read(public.clone()).0, 200);
    account.publish_file(&export.name).await.unwrap();
    account.publish_file(&drafts.name).await.unwrap();
    assert!(account.remove_file(&drafts.name).await.unwrap(), "with its public copy");
    assert_eq!(account.saved_files().await.unwrap().len(), 1);
    let bad = account.file_address("../x", Duration::from_secs(1)).await.unwrap_err();
    assert_eq!((bad.kind(), bad.code()), (ErrorKind::InvalidInput, "supabase.bad_path"));
    // Another user reaches none of it.
    let stranger = user(tokens);
    let other = stranger.known_account(account.id()).unwrap();
    assert!(other.file_address(&export.name, Duration::from_secs(60)).await.is_err());
    assert_eq!(other.saved_files().await.unwrap(), []);
    assert!(!other.remove_file(&export.name).await.unwrap());
    // Erasing is cut short after the rows, or before: the same call does the rest.
    for n in 0..30 {
        servers.sql(&format!(
            "insert into storage.objects (bucket_id, name) select b, '{prefix}odd/{n}' from
             unnest(array['ghostwren', 'ghostwren-public']) b"
        ));
    }
    store.erase_account(&me, account.id()).await.unwrap();
    assert!(objects().contains("odd/7"));
    let again = wren.user(Identity::bearer(token_of(&me)).unwrap()).known_account(account.id()).unwrap();
    assert_eq!(again.erase().await.unwrap_err().code(), "store.no_account");
    assert_eq!(objects(), "");
    // What is saved for an account that is gone is refused.
    assert!(again.save_drafts(None).await.is_err());
    let whole = wren.user(Identity::bearer(token_of(&me)).unwrap()).open_account("whole").await.unwrap();
    let file = whole.save_export().await.unwrap();
    whole.publish_file(file.name).await.unwrap();
    whole.erase().await.unwrap();
    assert_eq!(objects(), "");
    // A store of rows alone says so.
    let local = Ghostwren::builder().store(SqliteStore::in_memory().unwrap()).build().unwrap();
    let local = local.user(Identity::local("me")).open_account("main").await.unwrap();
    assert_eq!(local.save_export().await.unwrap_err().code(), "store.no_files");
    local.erase().await.unwrap();
}

/// The token that a caller's session has now.
fn token_of(caller: &Caller) -> SecretString {
    let sessions = SESSIONS.lock().unwrap();
    sessions.iter().find(|(owner, _)| owner == caller.owner()).unwrap().1.clone()
}

static SESSIONS: Mutex<Vec<(String, SecretString)>> = Mutex::new(Vec::new());

/// What is at an address, as somebody without a login reads it.
fn get(url: &str) -> (u16, String) {
    let output = Command::new("curl").args(["-s", "-w", "\n%{http_code}", url]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (body, status) = text.rsplit_once('\n').unwrap();
    (status.parse().unwrap(), body.to_owned())
}

#[tokio::test]
async fn nobody_gets_more_or_less_than_their_own_identity() {
    let Some(servers) = servers() else { return };
    let store = store(&servers);
    let auth = AuthClient::new(store.project()).unwrap();
    let me = signed_up(&auth).await.unwrap();
    let your_token = session(&auth).await.unwrap().access;
    let account = store.open_account(&me, "main".into()).await.unwrap();
    // No login at all.
    let local = store.accounts(&Caller::local("me").unwrap()).await.unwrap_err();
    assert_eq!((local.kind(), local.code()), (ErrorKind::Auth, "identity.no_user"));
    // Somebody who says to be another one: the data is that of the token, and what is sealed stays so.
    let my_id = me.owner().parse().unwrap();
    let impostor = Caller::bearer(my_id, your_token);
    assert_eq!(store.accounts(&impostor).await.unwrap(), []);
    let sealed = store.sealed(&impostor, account.id, "token".into()).await.unwrap_err();
    assert_eq!((sealed.kind(), sealed.code()), (ErrorKind::Auth, "identity.other_user"));
    // A token that is none: an error and never the view of nobody.
    let forged = Caller::bearer(my_id, "eyJhbGciOiJub25lIn0.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.".into());
    let refused = store.accounts(&forged).await.unwrap_err().kind();
    // PostgREST refuses the token; lite takes who sends it for nobody, who may do nothing.
    assert!(matches!(refused, ErrorKind::Auth | ErrorKind::PermissionDenied), "{refused}");
    assert_eq!(store.sealed_names(&forged).await.unwrap_err().kind(), ErrorKind::Auth);
    // A device has no secret key.
    let device = SupabaseStore::new(&servers.url, servers.publishable.as_str()).unwrap();
    let audit = Ghostwren::builder().store(device.clone()).build().unwrap().audit().await.unwrap_err();
    assert_eq!((audit.kind(), audit.code()), (ErrorKind::Config, "supabase.secret_key_needed"));
    assert_eq!(device.accounts(&me).await.unwrap(), std::slice::from_ref(&account));
    let needed = device.sealed(&me, account.id, "token".into()).await.unwrap_err();
    assert_eq!((needed.kind(), needed.code()), (ErrorKind::Config, "supabase.secret_key_needed"));
}

fn tweets(from: u64, count: u64) -> Vec<Tweet> {
    let tweet = |id: u64| Tweet { id: id.to_string(), full_text: format!("tweet number {id}"), ..Tweet::default() };
    (from..from + count).map(tweet).collect()
}

#[tokio::test]
async fn a_page_that_takes_too_long_is_stored_in_parts() {
    let Some(servers) = servers() else { return };
    let store = store(&servers);
    let me = signed_up(&AuthClient::new(store.project()).unwrap()).await.unwrap();
    let account = store.open_account(&me, "main".into()).await.unwrap();
    let import = NewImport { account_id: account.id, source: ImportSource::Archive, source_key: "a".into() };
    let lease = store.begin_import(&me, import, Duration::from_secs(60)).await.unwrap().1;
    let slow = Slow::above(&servers, account.id, 100);
    let limit = SpendLimit { kind: SpendKind::Twitter, amount_micros: 70, daily_limit_micros: None };
    let reserved = [(); 2].map(|()| store.reserve_spend(&me, account.id, limit));
    let [first, second] = futures_util::future::join_all(reserved).await.try_into().unwrap();
    let context = ContextTweet { id: "7".into(), full_text: "of somebody else".into(), ..ContextTweet::default() };
    let page = |n: u64, reservation: Id| ImportPage {
        tweets: tweets(n * 1_000 + 1, 1_000),
        context: vec![context.clone()],
        malformed: 3,
        checkpoint: json!({ "entry": n }),
        lease: Duration::from_secs(60),
        cost_micros: 40,
        reservation: Some(reservation),
        watermark: Some((n * 1_000 + 1_000).to_string()),
        ..ImportPage::default()
    };
    let stored = || async {
        let run = store.imports(&me, account.id).await.unwrap().remove(0);
        let there = store.count_tweets(&me, account.id, TweetQuery::all()).await.unwrap();
        let money = servers.sql(&format!(
            "select r.cost_micros || ' ' || (select coalesce(sum(s.spent_micros), 0) from ghostwren.spend s
                 where s.subject = a.subject)
             from ghostwren.import_runs r join ghostwren.accounts a on a.id = r.account_id where r.id = '{}'",
            lease.run_id
        ));
        (run.counts, there, run.checkpoint, run.watermark, money)
    };
    let (first, second) = (Result::unwrap(first).id, Result::unwrap(second).id);
    let counts = store.import_page(&me, lease, page(0, first)).await.unwrap();
    let once = Counts { inserted: 1_000, malformed: 3, ..Counts::default() };
    assert_eq!(counts, once);
    let at = |entry: u64| Some(json!({ "entry": entry }));
    assert_eq!(stored().await, (once, 1_000, at(0), Some("1000".into()), "40 40".into()));
    // 1,000 → 500 → 250 → 125 → 62.
    assert_eq!(slow.timeouts(), "4");

    // What ends in the middle of a page leaves the checkpoint before it, and its money and all else to be counted.
    let check = format!("check_{}", account.id.simple());
    servers.sql(&format!(
        "alter table ghostwren.tweets add constraint {check} check (account_id <> '{}' or id <> '1700') not valid",
        account.id
    ));
    let stopped = store.import_page(&me, lease, page(1, second)).await;
    servers.sql(&format!("alter table ghostwren.tweets drop constraint {check}"));
    assert!(stopped.is_err());
    // Eleven parts of 62 stand before the tweet 1700.
    let some = Counts { inserted: 1_682, malformed: 3, ..Counts::default() };
    assert_eq!(stored().await, (some, 1_682, at(0), Some("1000".into()), "40 40".into()));

    // Once more, as a run does that goes on from the checkpoint.
    let counts = store.import_page(&me, lease, page(1, second)).await.unwrap();
    assert_eq!(counts, Counts { inserted: 318, unchanged: 682, malformed: 3, ..Counts::default() });
    let all = Counts { inserted: 2_000, unchanged: 682, malformed: 6, ..Counts::default() };
    assert_eq!(stored().await, (all, 2_000, at(1), Some("2000".into()), "80 80".into()));
    assert_eq!(slow.timeouts(), "4", "what follows is as small at once");
    let run = store.finish_import(&me, lease, ImportEnd::Complete).await.unwrap();
    assert_eq!((run.counts, run.end), (all, Some(ImportEnd::Complete)));
}

#[tokio::test]
async fn an_import_is_exact_though_every_tenth_connection_is_cut() {
    let Some(servers) = servers() else { return };
    let (proxy, cut) = cutting_proxy(&servers.url).await;
    let me = signed_up(&AuthClient::new(store(&servers).project()).unwrap()).await.unwrap();
    let fast = HttpClient::builder().backoff(Duration::from_millis(1), Duration::from_millis(5)).build().unwrap();
    let store = SupabaseStore::of(Supabase::new(&proxy, servers.publishable.as_str()).unwrap().http(fast)).unwrap();
    let account = store.open_account(&me, "main".into()).await.unwrap();
    let import = || NewImport { account_id: account.id, source: ImportSource::Archive, source_key: "a".into() };
    let mut lease = store.begin_import(&me, import(), Duration::from_secs(60)).await;
    while lease.is_err() {
        // An answer that was lost here leaves a lease that nobody has.
        assert_eq!(lease.unwrap_err().kind(), ErrorKind::Server);
        lease =
            store.begin_import(&me, NewImport { source_key: new_id().to_string(), ..import() }, Duration::ZERO).await;
    }
    let lease = lease.unwrap().1;
    let mut sum = Counts::default();
    let mut slow = None;
    for page in 0..120_u64 {
        if page == 80 {
            // From here on a page of ten new tweets goes in parts, and the answer to any of them may be lost.
            slow = Some(Slow::above(&servers, account.id, 4));
        }
        let page = ImportPage {
            // Half of each page was there before.
            tweets: tweets(1 + page * 10, 20),
            checkpoint: json!({ "entry": page }),
            malformed: 1,
            lease: Duration::from_secs(60),
            ..ImportPage::default()
        };
        sum += store.import_page(&me, lease, page).await.unwrap();
    }
    let run = store.finish_import(&me, lease, ImportEnd::Complete).await.unwrap();
    assert_eq!((run.counts, run.end), (sum, Some(ImportEnd::Complete)));
    assert_eq!(sum, Counts { inserted: 1210, updated: 0, unchanged: 1190, malformed: 120 });
    assert_eq!(store.count_tweets(&me, account.id, TweetQuery::all()).await.unwrap(), 1210);
    let cut = cut.load(Ordering::Relaxed);
    assert!(cut >= 5, "the proxy cut {cut} connections: the test tests nothing");
    assert_ne!(slow.unwrap().timeouts(), "0");
}

#[tokio::test]
async fn what_is_known_is_not_sent_again() {
    let Some(servers) = servers() else { return };
    let (proxy, sent) = counting_proxy(&servers.url).await;
    let store = SupabaseStore::new(&proxy, servers.publishable.as_str()).unwrap();
    let me = signed_up(&AuthClient::new(store.project()).unwrap()).await.unwrap();
    let account = store.open_account(&me, "main".into()).await.unwrap();
    let long = |mut tweet: Tweet| {
        tweet.full_text = tweet.full_text.repeat(60);
        tweet
    };
    // New, known, and known but for ten of them.
    for (round, expected, most) in [(0, (500, 0), 2_000_000), (1, (0, 500), 60_000), (2, (0, 490), 120_000)] {
        let import =
            NewImport { account_id: account.id, source: ImportSource::Archive, source_key: format!("round {round}") };
        let lease = store.begin_import(&me, import, Duration::from_secs(60)).await.unwrap().1;
        let mut tweets: Vec<Tweet> = tweets(1, 500).into_iter().map(long).collect();
        if round == 2 {
            tweets.iter_mut().step_by(50).for_each(|tweet| tweet.counts.likes = Some(7));
        }
        let page = ImportPage { tweets, lease: Duration::from_secs(60), ..ImportPage::default() };
        let before = sent.load(Ordering::Relaxed);
        let counts = store.import_page(&me, lease, page).await.unwrap();
        assert_eq!((counts.inserted, counts.unchanged), expected);
        let sent = sent.load(Ordering::Relaxed) - before;
        println!("round {round}: {sent} bytes were sent");
        assert!((most / 4..most).contains(&sent), "round {round}: {sent} bytes");
        store.finish_import(&me, lease, ImportEnd::Complete).await.unwrap();
    }
}

/// One imports; another instance, for another session of the same person, may not, and follows it page by page.
#[tokio::test]
async fn one_instance_imports_and_another_one_follows() {
    let Some(servers) = servers() else { return };
    let (one, other) = (store(&servers), store(&servers));
    let me = signed_up(&AuthClient::new(one.project()).unwrap()).await.unwrap();
    let account = one.open_account(&me, "main".into()).await.unwrap();
    let import = || NewImport { account_id: account.id, source: ImportSource::Archive, source_key: "a".into() };
    let (_, lease) = one.begin_import(&me, import(), Duration::from_secs(60)).await.unwrap();
    let wren = Ghostwren::builder().store(other.clone()).build().unwrap();
    let there = wren.user(Identity::bearer(token_of(&me)).unwrap()).account(account.id).await.unwrap();
    for n in 0..4_u64 {
        let refused = other.begin_import(&me, import(), Duration::from_secs(60)).await.unwrap_err();
        assert_eq!((refused.kind(), refused.code()), (ErrorKind::Conflict, "import.running"));
        let page = ImportPage {
            tweets: tweets(1 + n * 100, 100),
            checkpoint: json!({ "entry": n }),
            lease: Duration::from_secs(60),
            ..ImportPage::default()
        };
        one.import_page(&me, lease, page).await.unwrap();
        let seen = there.imports().await.unwrap().remove(0);
        assert_eq!((seen.id, seen.counts.inserted, seen.end), (lease.run_id, 100 * (n + 1), None));
        assert_eq!(seen.checkpoint, Some(json!({ "entry": n })));
        // When to come again is when the lease ends that was just renewed.
        let again = refused.retry_at().unwrap();
        assert!(seen.lease_until.is_some_and(|until| until > again), "{again} {:?}", seen.lease_until);
    }
    one.finish_import(&me, lease, ImportEnd::Complete).await.unwrap();
    assert_eq!(there.imports().await.unwrap()[0].end, Some(ImportEnd::Complete));
    // Now it may, and finds everything there.
    let (_, lease) = other.begin_import(&me, import(), Duration::from_secs(60)).await.unwrap();
    let page = ImportPage { tweets: tweets(1, 400), lease: Duration::from_secs(60), ..ImportPage::default() };
    assert_eq!(other.import_page(&me, lease, page).await.unwrap().unchanged, 400);
}

#[tokio::test]
async fn the_workflow_runs_with_a_session_and_with_a_token_of_a_request() {
    let Some(servers) = servers() else { return };
    let store = store(&servers);
    let auth = AuthClient::new(store.project()).unwrap();
    let session = session(&auth).await.unwrap();
    let wren = Ghostwren::builder().store(store).build().unwrap();
    let (user, token) = (session.user.id, session.access.clone());
    let me = wren.user(Identity::session(user, UserSession::in_memory(auth.clone(), session)));
    let account = me.open_account("main").await.unwrap();
    assert_eq!(account.totals().await.unwrap().total, 0);
    let same = wren.user(Identity::bearer(token.clone()).unwrap());
    assert_eq!(same.accounts().await.unwrap().len(), 1);
    // A local owner is nobody here, and a token proves nothing to a store that does not look at it.
    assert_eq!(wren.user(Identity::local("me")).accounts().await.unwrap_err().code(), "identity.no_user");
    let local = Ghostwren::builder().store(SqliteStore::in_memory().unwrap()).build().unwrap();
    let refused = local.user(Identity::bearer(token).unwrap()).accounts().await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (ErrorKind::Config, "identity.store_is_local"));
}

/// The whole way of a person who logs in with Twitter through Supabase: the session is Supabase's, what is read from X is read
/// with X's own tokens, which Auth gave once; both are refreshed, each where it comes from.
#[tokio::test]
async fn from_a_login_with_twitter_to_the_import_and_out_again() {
    let Some(servers) = servers() else { return };
    let sandbox = Sandbox::start().unwrap();
    let x = sandbox.x();
    x.set_consent(Consent::Allow);
    // Auth with the provider `x` is the stand-in's; tables and functions are the real ones.
    sandbox.supabase().stand_in_for(&servers.publishable, &servers.secret, &servers.jwt_secret);
    let project = Supabase::new(&sandbox.supabase().url(), servers.publishable.as_str()).unwrap();
    let project = project.rest_url(format!("{}/rest/v1", servers.url).parse().unwrap());
    let project = project.secret_key(servers.secret.as_str()).unwrap();
    let auth = AuthClient::new(&project).unwrap();
    let keys = || SealingKeys::from_env_value(&format!("k:{}", "A".repeat(43) + "=").into()).unwrap();
    let instance = || {
        let app = TwitterApp::new(x.client_id()).client_secret(x.client_secret().to_owned().into());
        let app = app.api_base(x.api_url().parse().unwrap()).unwrap();
        let store = SupabaseStore::of(project.clone()).unwrap();
        Ghostwren::builder().store(store).twitter(app).sealing_keys(keys()).build().unwrap()
    };

    let login = auth.authorize(&OAuthLogin::x("http://127.0.0.1:8787/callback").unwrap()).unwrap();
    let end = follow(login.url.as_str(), |url| url.port() == Some(8787)).await;
    let mut signed_in = auth.finish(&login, &AuthCallback::parse(&end).unwrap()).await.unwrap();
    let provider = signed_in.provider.unwrap();
    let planted = [provider.access.clone(), provider.refresh.clone().unwrap()];
    // The session is about to end: the first call refreshes it, and that answer has no tokens of X any more.
    signed_in.session.expires_at = Utc::now() + TimeDelta::seconds(5);
    let user = signed_in.session.user.id;
    let session = UserSession::in_memory(auth.clone(), signed_in.session);
    let me = instance().user(Identity::session(user, session.clone()));
    let scopes = Scopes::read().and("users.email");
    let tokens = Tokens::new(provider.access, provider.refresh, scopes, Utc::now());
    let account = me.connect().unwrap().adopt(tokens).await.unwrap();
    assert_eq!(sandbox.supabase().refreshes(), 1);
    assert_eq!(account.record().await.unwrap().twitter_user.unwrap().id, x.user_id().to_string());
    let report = account.import_timeline().await.unwrap();
    assert!(report.counts.inserted > 50, "{report:?}");
    // Neither token lies anywhere in the clear.
    let rows = servers.sql(&format!(
        "select coalesce(string_agg(c::text, ' '), '') from ghostwren_private.credentials c where owner = '{user}'"
    ));
    assert!(rows.contains("twitter"));
    for token in &planted {
        assert!(!rows.contains(token.expose_secret()));
    }
    // Another instance, for the same session, refreshes them at X and at nobody else.
    x.expire_access_tokens();
    let there = instance().user(Identity::session(user, session.clone())).account(account.id()).await.unwrap();
    there.twitter_client().await.unwrap().me().await.unwrap();
    account.import_timeline().await.unwrap();
    assert_eq!((x.rotations(), sandbox.supabase().refreshes()), (1, 1));
    // Out again: nobody's view is shown, and nothing is read from X in this person's name.
    assert!(account.disconnect().await.unwrap());
    assert!(there.twitter_client().await.unwrap().me().await.is_err());
    session.sign_out(SignOutScope::Global).await.unwrap();
    assert_eq!(sandbox.supabase().sessions(), 0);
    for account in [account, there] {
        assert_eq!(account.record().await.unwrap_err().kind(), ErrorKind::NeedsLogin);
    }
}

/// The token ends while an import runs, and earlier than the session says: the page that met it is stored, once, with the next.
#[tokio::test]
async fn a_token_that_ends_in_the_middle_of_an_import_is_replaced() {
    let Some(servers) = servers() else { return };
    let store = store(&servers);
    let auth = AuthClient::new(store.project()).unwrap();
    let mut session = session(&auth).await.unwrap();
    session.access = servers.token(session.user.id, 2);
    let (id, first) = (session.user.id, session.access.clone());
    let session = UserSession::in_memory(auth, session);
    let me = Caller::user(id, Arc::new(session.clone()));
    let account = store.open_account(&me, "main".into()).await.unwrap();
    let import = NewImport { account_id: account.id, source: ImportSource::Archive, source_key: "a".into() };
    let lease = store.begin_import(&me, import, Duration::from_secs(60)).await.unwrap().1;
    for n in 0..8_u64 {
        let page = ImportPage {
            tweets: tweets(1 + n * 100, 100),
            checkpoint: json!({ "entry": n }),
            lease: Duration::from_secs(60),
            ..ImportPage::default()
        };
        assert_eq!(store.import_page(&me, lease, page).await.unwrap().inserted, 100, "page {n}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let run = store.finish_import(&me, lease, ImportEnd::Complete).await.unwrap();
    assert_eq!(run.counts.inserted, 800);
    assert_eq!(store.count_tweets(&me, account.id, TweetQuery::all()).await.unwrap(), 800);
    // The first token is refused by now, and another one took its place.
    let late = store.accounts(&Caller::bearer(id, first.clone())).await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::Auth, "{late}");
    assert_ne!(session.current().await.unwrap().access.expose_secret(), first.expose_secret());
}
