//! Runs that an owner hands to a worker, on real servers: what the worker may do, for how long, and that nobody else may.
#![cfg(all(feature = "supabase", feature = "sandbox"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod common;

use std::fmt::Debug;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use common::archive_builder::ArchiveBuilder;
use common::supabase::{Servers, servers, user};
use ghostwren::records::{Id, ImportEnd, ImportSource, SpendKind, Tweet, TwitterUser};
use ghostwren::sandbox::Sandbox;
use ghostwren::store::seal::{SealContext, SealingKeys};
use ghostwren::store::{
    Caller, DelegatedRun, ImportPage, Job, JobState, NewImport, NewJob, PageRequest, ProfileInput, RunAction, RunEnd,
    SealedValue, SpendLimit, Store, SupabaseStore,
};
use ghostwren::supabase::{Access, AuthClient};
use ghostwren::twitter::{Scopes, Tokens, TwitterApp};
use ghostwren::workflow::{Connection, ImportOptions};
use ghostwren::{Account, ErrorKind, Ghostwren, Identity, Result};
use secrecy::SecretString;
use serde_json::{Value, json};

const MINUTE: Duration = Duration::from_secs(60);

/// An owner with an account, and a server with the secret key.
struct World {
    servers: Servers,
    store: SupabaseStore,
    owner: Caller,
    account: Id,
}

impl World {
    async fn new() -> Option<Self> {
        let servers = servers()?;
        let device = SupabaseStore::new(&servers.url, servers.publishable.as_str()).unwrap();
        let store = device.clone().secret_key(servers.secret.as_str()).unwrap();
        let id = user();
        let owner = Caller::bearer(id, servers.token(id, 3_600));
        // An owner needs no secret key.
        let account = device.open_account(&owner, "main".into()).await.unwrap().id;
        Some(Self { servers, store, owner, account })
    }

    async fn hand_out(&self, job: NewJob) -> Job {
        self.store.start_job(&self.owner, self.account, job).await.unwrap()
    }

    async fn taken(&self, job: &Job, lease: Duration) -> DelegatedRun {
        self.store.take_run(job.id, "w1", lease).await.unwrap()
    }

    /// What came of a run: state, fence and error, as its owner sees it.
    async fn now(&self, run: &DelegatedRun) -> (JobState, u64, Option<String>) {
        let job = self.store.job(&self.owner, run.job().id).await.unwrap();
        (job.state, job.fence, job.error_code)
    }

    fn import(&self) -> NewImport {
        NewImport { account_id: self.account, source: ImportSource::Archive, source_key: "a".into() }
    }

    fn tweets(&self) -> String {
        self.servers.sql(&format!("select count(*) from ghostwren.tweets where account_id = '{}'", self.account))
    }
}

fn page(from: u64, count: u64) -> ImportPage {
    let tweet = |id: u64| Tweet { id: id.to_string(), full_text: format!("tweet {id}"), ..Tweet::default() };
    ImportPage { tweets: (from..from + count).map(tweet).collect(), lease: MINUTE, ..ImportPage::default() }
}

fn refused<T: Debug>(result: Result<T>, kind: ErrorKind, code: &str) {
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.code()), (kind, code), "{error}");
}

#[tokio::test]
async fn a_worker_does_what_the_owner_allowed_and_nothing_else() {
    let Some(world) = World::new().await else { return };
    let store = &world.store;
    let params = json!({ "file": "twitter.zip", "odd": "\u{0}", "large": u64::MAX });
    let job = world.hand_out(NewJob { params: params.clone(), ..NewJob::new(RunAction::Import) }).await;
    assert_eq!((job.state, job.fence, &job.params, job.account_id), (JobState::Queued, 0, &params, world.account));
    let run = world.taken(&job, MINUTE).await;
    assert_eq!((run.job().fence, run.job().worker.as_deref(), &run.job().params), (1, Some("w1"), &params));
    let (me, id) = (run.caller(), world.account);

    // The work.
    let user = TwitterUser { id: "7".into(), username: "ada".into(), ..TwitterUser::default() };
    assert_eq!(store.bind_account(&me, id, user).await.unwrap().id, id);
    let (_, lease) = store.begin_import(&me, world.import(), MINUTE).await.unwrap();
    assert_eq!(store.import_page(&me, lease, page(1, 30)).await.unwrap().inserted, 30);
    let limit = SpendLimit { kind: SpendKind::Twitter, amount_micros: 9, daily_limit_micros: Some(10) };
    let money = store.reserve_spend(&me, id, limit).await.unwrap();
    refused(store.reserve_spend(&me, id, limit).await, ErrorKind::OverBudget, "budget.exceeded");
    assert!(store.settle_spend(&me, id, money.id, 4).await.unwrap());
    let ended = store.finish_import(&me, lease, ImportEnd::Complete).await.unwrap();
    assert_eq!((ended.counts.inserted, ended.account_id), (30, id));
    assert_eq!(store.tweets_by_id(&me, id, vec!["3".into()]).await.unwrap().len(), 1);

    // Of another kind, or for nobody but the owner.
    const NOT_ALLOWED: &str = "run.not_allowed";
    let denied = ErrorKind::PermissionDenied;
    let profile =
        ProfileInput { corpus_hash: "c".into(), fingerprint: json!({}), analysis: None, tweet_ids: vec!["1".into()] };
    refused(store.save_profile(&me, id, profile).await, denied, NOT_ALLOWED);
    refused(store.open_account(&me, "other".into()).await, denied, NOT_ALLOWED);
    refused(store.accounts(&me).await, denied, NOT_ALLOWED);
    refused(store.erase_tweets(&me, id, vec!["1".into()]).await, denied, NOT_ALLOWED);
    refused(store.erase_account(&me, id).await, denied, NOT_ALLOWED);
    refused(store.audit_log(&me, id, PageRequest::first(10)).await, denied, NOT_ALLOWED);
    refused(store.start_job(&me, id, NewJob::new(RunAction::Style)).await, denied, NOT_ALLOWED);
    refused(store.cancel_job(&me, job.id).await, denied, NOT_ALLOWED);
    let value = SealedValue { key_id: "k".into(), sealed: "x".into() };
    refused(store.put_sealed(&me, id, "twitter".into(), value).await, denied, NOT_ALLOWED);
    refused(store.sealed(&me, id, "twitter".into()).await, denied, NOT_ALLOWED);
    refused(store.credential(&me, id, "another".into()).await, denied, NOT_ALLOWED);
    assert_eq!(store.credential(&me, id, "twitter".into()).await.unwrap(), None);

    // Another account of the same owner is not there: what is asked of it is asked of the run's.
    let other = store.open_account(&world.owner, "other".into()).await.unwrap().id;
    assert_eq!(store.account(&me, other).await.unwrap().id, id);
    let (elsewhere, lease) =
        store.begin_import(&world.owner, NewImport { account_id: other, ..world.import() }, MINUTE).await.unwrap();
    refused(store.import_page(&me, lease, page(1, 1)).await, ErrorKind::NotFound, "store.no_import");
    assert_eq!(elsewhere.account_id, other);

    // A device has no secret key, so that nobody takes its word for a run.
    let device = SupabaseStore::new(&world.servers.url, world.servers.publishable.as_str()).unwrap();
    refused(device.claim_run("w", MINUTE, &[]).await, ErrorKind::Config, "supabase.secret_key_needed");
    refused(device.take_run(job.id, "w", MINUTE).await, ErrorKind::Config, "supabase.secret_key_needed");
    refused(device.account(&me, id).await, ErrorKind::Config, "supabase.secret_key_needed");

    // The end, told twice; what comes after it is refused.
    assert_eq!(run.finish(RunEnd::Done).await.unwrap().state, JobState::Done);
    assert_eq!(run.finish(RunEnd::Done).await.unwrap().state, JobState::Done);
    refused(run.finish(RunEnd::Failed { code: "x".into() }).await, ErrorKind::LeaseLost, "run.lease_lost");
    refused(store.account(&me, id).await, ErrorKind::LeaseLost, "run.lease_lost");
    refused(run.renew(MINUTE).await, ErrorKind::LeaseLost, "run.lease_lost");
    refused(store.take_run(job.id, "w2", MINUTE).await, ErrorKind::Conflict, "run.ended");
    let log = store.audit_log(&world.owner, id, PageRequest::first(10)).await.unwrap().items;
    let actions: Vec<&str> = log.iter().rev().map(|event| event.action.as_str()).collect();
    assert_eq!(actions, ["run.delegated", "run.claimed", "run.done"]);
}

#[tokio::test]
async fn a_lease_and_a_permission_end() {
    let Some(world) = World::new().await else { return };
    let store = &world.store;
    // A worker that is slow: its lease runs out, another takes over, and the first one writes nothing more.
    let job = world.hand_out(NewJob::new(RunAction::Import)).await;
    let slow = world.taken(&job, Duration::from_millis(700)).await;
    let busy = store.take_run(job.id, "w2", MINUTE).await.unwrap_err();
    assert_eq!((busy.kind(), busy.code()), (ErrorKind::Conflict, "run.busy"));
    assert!(busy.retry_at().is_some());
    let (_, lease) = store.begin_import(&slow.caller(), world.import(), MINUTE).await.unwrap();
    store.import_page(&slow.caller(), lease, page(1, 5)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(800)).await;
    refused(store.import_page(&slow.caller(), lease, page(6, 5)).await, ErrorKind::LeaseLost, "run.lease_lost");
    let next = store.take_run(job.id, "w2", MINUTE).await.unwrap();
    assert_eq!((next.job().fence, next.job().attempts), (2, 2));
    refused(store.import_page(&slow.caller(), lease, page(6, 5)).await, ErrorKind::LeaseLost, "run.lease_lost");
    refused(slow.finish(RunEnd::Done).await, ErrorKind::LeaseLost, "run.lease_lost");
    assert_eq!(world.tweets(), "5");
    store.import_page(&next.caller(), lease, page(6, 5)).await.unwrap();
    assert_eq!(world.tweets(), "10");

    // Given back, and taken up at its time.
    let at = Utc::now() + TimeDelta::hours(1);
    let again = next.finish(RunEnd::Again { code: Some("twitter.rate_limited".into()), at: Some(at) }).await.unwrap();
    assert_eq!((again.state, again.error_code.as_deref()), (JobState::Queued, Some("twitter.rate_limited")));
    refused(store.take_run(job.id, "w3", MINUTE).await, ErrorKind::Conflict, "run.busy");

    // The owner's permission ends, whatever the worker renews.
    let short = NewJob { lifetime: Duration::from_millis(1500), ..NewJob::new(RunAction::Style) };
    let run = world.taken(&world.hand_out(short).await, MINUTE).await;
    assert_eq!(run.renew(MINUTE).await.unwrap(), run.job().delegated_until);
    store.account(&run.caller(), world.account).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1700)).await;
    refused(store.account(&run.caller(), world.account).await, ErrorKind::LeaseLost, "run.lease_lost");
    refused(run.renew(MINUTE).await, ErrorKind::LeaseLost, "run.lease_lost");
    refused(store.take_run(run.job().id, "w2", MINUTE).await, ErrorKind::Conflict, "run.ended");
    // Whoever looks for work, of whatever kind, finds it over.
    store.claim_run("w2", Duration::from_millis(1), &[RunAction::Publish]).await.unwrap();
    assert_eq!(world.now(&run).await, (JobState::Failed, 1, Some("run.expired".into())));
    let long = NewJob { lifetime: Duration::from_secs(30 * 86_400), ..NewJob::new(RunAction::Style) };
    let long = world.hand_out(long).await;
    assert!(long.delegated_until <= long.created_at + TimeDelta::hours(24));
}

#[tokio::test]
async fn nobody_else_gets_anything_of_a_run() {
    let Some(world) = World::new().await else { return };
    let store = &world.store;
    let mine = world.taken(&world.hand_out(NewJob::new(RunAction::Import)).await, MINUTE).await;
    let (id, job) = (world.account, mine.job().id);
    // Another user sees no job, and takes none back.
    let you_id = user();
    let you = Caller::bearer(you_id, world.servers.token(you_id, 3_600));
    refused(store.job(&you, job).await, ErrorKind::NotFound, "store.no_job");
    refused(store.cancel_job(&you, job).await, ErrorKind::NotFound, "store.no_job");
    refused(store.jobs(&you, id, PageRequest::first(10)).await, ErrorKind::NotFound, "store.no_account");
    refused(store.start_job(&you, id, NewJob::new(RunAction::Import)).await, ErrorKind::NotFound, "store.no_account");
    // With a user's token, the owner's own too, the functions of the worker are not there.
    for token in [world.servers.token(you_id, 3_600), world.servers.token(world.owner.owner().parse().unwrap(), 3_600)]
    {
        for (function, arguments) in [
            ("run_call", json!({ "run_id": job, "fence": 1, "method": "account", "args": {} })),
            ("run_take", json!({ "run_id": job, "worker": "w", "lease_ms": 1 })),
            ("run_claim", json!({ "worker": "w", "lease_ms": 1 })),
            ("run_renew", json!({ "run_id": job, "fence": 1, "extend_ms": 1 })),
            ("run_finish", json!({ "run_id": job, "fence": 1, "state": "done" })),
        ] {
            let rest = world.servers.project().rest(Access::bearer(token.clone())).schema("ghostwren");
            let said = rest.rpc(function, &arguments).value::<Value>().await.unwrap_err();
            assert_eq!(said.kind(), ErrorKind::PermissionDenied, "{function}: {said}");
        }
    }
    // A fence that is not the run's, of the past or made up.
    let rest = || world.servers.with_secret().rest(Access::Secret).schema("ghostwren");
    for fence in [0, 2, 9] {
        let arguments = json!({ "run_id": job, "fence": fence, "method": "account", "args": {} });
        let said = rest().rpc("run_call", &arguments).value::<Value>().await.unwrap_err();
        assert!(said.to_string().contains("run.lease_lost") || said.detail().contains("taken this run over"), "{said}");
    }
    // Another owner's run reaches that owner's account, whatever it names.
    let yours = store.open_account(&you, "main".into()).await.unwrap().id;
    let theirs = store.start_job(&you, yours, NewJob::new(RunAction::Import)).await.unwrap();
    let theirs = store.take_run(theirs.id, "w", MINUTE).await.unwrap();
    assert_eq!(store.account(&theirs.caller(), id).await.unwrap().id, yours);
    let (_, lease) = store.begin_import(&mine.caller(), world.import(), MINUTE).await.unwrap();
    refused(store.import_page(&theirs.caller(), lease, page(1, 1)).await, ErrorKind::NotFound, "store.no_import");
    // Two workers of the same process are two callers, and neither is the owner.
    assert_ne!(mine.caller(), theirs.caller());
    assert_ne!(mine.caller(), world.owner);
    assert_eq!(mine.caller().owner(), world.owner.owner());
}

#[tokio::test]
async fn work_of_other_kinds_is_left_to_others() {
    let Some(world) = World::new().await else { return };
    let store = &world.store;
    // In front of whatever other tests have handed out.
    let early = Some("2020-01-01T00:00:00Z".parse().unwrap());
    let job = world.hand_out(NewJob { run_after: early, ..NewJob::new(RunAction::Generate) }).await;
    let none = store.claim_run("w", MINUTE, &[RunAction::Publish]).await.unwrap();
    assert!(none.is_none_or(|run| run.job().id != job.id));
    // An earlier run of this test may have left others.
    let run = loop {
        let run = store.claim_run("w", MINUTE, &[RunAction::Publish, RunAction::Generate]).await.unwrap().unwrap();
        if run.job().id == job.id {
            break run;
        }
    };
    assert_eq!((run.job().id, run.job().kind), (job.id, RunAction::Generate));

    // The owner takes it back, and the worker learns of it.
    let run = world.taken(&world.hand_out(NewJob::new(RunAction::Style)).await, Duration::from_millis(900)).await;
    let mut lease = run.keep();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    store.account(&run.caller(), world.account).await.unwrap();
    assert_eq!(store.cancel_job(&world.owner, run.job().id).await.unwrap().state, JobState::Cancelled);
    tokio::time::timeout(Duration::from_secs(5), lease.lost()).await.unwrap();
    refused(store.account(&run.caller(), world.account).await, ErrorKind::LeaseLost, "run.lease_lost");
    let jobs = store.jobs(&world.owner, world.account, PageRequest::first(1)).await.unwrap();
    assert_eq!((jobs.items.len(), jobs.items[0].id, jobs.next.is_some()), (1, run.job().id, true));
}

/// The whole workflow with no identity of the owner: an archive, and a timeline with the owner's login, which the worker
/// refreshes.
#[tokio::test]
async fn the_workflow_runs_for_a_worker() {
    let Some(world) = World::new().await else { return };
    let sandbox = Sandbox::start().unwrap();
    let x = sandbox.x();
    let keys = || SealingKeys::from_env_value(&format!("k:{}", "A".repeat(43) + "=").into()).unwrap();
    let app = TwitterApp::new(x.client_id()).client_secret(x.client_secret().to_owned().into());
    let app = app.api_base(x.api_url().parse().unwrap()).unwrap();
    let wren = Ghostwren::builder().store(world.store.clone()).twitter(app).sealing_keys(keys()).build().unwrap();
    let actions = vec![RunAction::Import, RunAction::Style];
    let job = world.hand_out(NewJob { actions, ..NewJob::new(RunAction::Import) }).await;
    let run = world.taken(&job, MINUTE).await;
    let account: Account = wren.user(Identity::run(&run)).account(world.account).await.unwrap();

    let user = TwitterUser { id: x.user_id().to_string(), username: "ada".into(), ..TwitterUser::default() };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive.zip");
    let tweets = (1..=300_u64).map(|n| Tweet {
        id: (1_500_000_000_000_000_000 + n).to_string(),
        full_text: format!("tweet number {n}"),
        created_at: Utc::now() - TimeDelta::days(400),
        ..Tweet::default()
    });
    ArchiveBuilder::new(user).tweets(tweets).write_zip(&path);
    let report = account.import_archive(&path).await.unwrap();
    assert_eq!((report.end, report.counts.inserted), (ImportEnd::Complete, 300));
    assert!(account.analyze_style().await.unwrap().record.version > 0);

    // The owner's login: sealed by whoever connected the account.
    assert_eq!(account.connection().await.unwrap(), Connection::NotConnected);
    let issued = x.issue_tokens(x.user_id(), &["tweet.read", "users.read", "offline.access"]);
    // The access token is over: the worker has to refresh it.
    let refresh = issued.refresh.map(SecretString::from);
    let tokens = Tokens::new(issued.access.into(), refresh, Scopes::read(), Utc::now() - TimeDelta::minutes(1));
    let place = SealContext::new(&world.owner, world.account, "twitter");
    let sealed = keys().seal(&tokens.to_plaintext().unwrap(), &place).unwrap();
    // The secret key asks who the owner is, and Auth does not know the users of this test.
    world.servers.sql(&format!(
        "select ghostwren.put_sealed('{}', '{}', 'twitter', '{}')",
        world.owner.owner(),
        world.account,
        serde_json::to_string(&sealed).unwrap()
    ));
    let stored = x.tweets_of(x.user_id()).len() as u64;
    let report = account.import_timeline_with(ImportOptions::default()).await.unwrap();
    assert!(report.counts.inserted > 0 && report.counts.inserted <= stored, "{report:?}");
    assert!(matches!(account.connection().await.unwrap(), Connection::Connected { .. }));
    // What only the owner may do.
    refused(account.erase().await, ErrorKind::PermissionDenied, "run.not_allowed");
    refused(account.disconnect().await, ErrorKind::PermissionDenied, "run.not_allowed");
    refused(wren.user(Identity::run(&run)).open_account("x").await, ErrorKind::PermissionDenied, "run.not_allowed");
    run.finish(RunEnd::Done).await.unwrap();
    refused(account.record().await, ErrorKind::LeaseLost, "run.lease_lost");
}

/// A server gets a new token with each request, and each lives for a while: a login that is kept in memory between them asks the
/// store with the token of whoever came last.
#[tokio::test]
async fn a_login_outlives_the_token_of_the_request_that_used_it_first() {
    let Some(world) = World::new().await else { return };
    let servers = &world.servers;
    let sandbox = Sandbox::start().unwrap();
    let x = sandbox.x();
    let secret = || servers.jwt_secret.clone().into();
    let auth = AuthClient::new(world.store.project()).unwrap();
    let verified = auth.verify_with(|v| v.secret(secret()).issuer_may_be_missing().leeway(Duration::ZERO)).unwrap();
    let keys = SealingKeys::from_env_value(&format!("k:{}", "A".repeat(43) + "=").into()).unwrap();
    let issued = x.issue_tokens(x.user_id(), &["tweet.read", "users.read", "offline.access"]);
    let ends = Utc::now() + TimeDelta::hours(2);
    let tokens = Tokens::new(issued.access.into(), issued.refresh.map(SecretString::from), Scopes::read(), ends);
    let place = SealContext::new(&world.owner, world.account, "twitter");
    let sealed = keys.seal(&tokens.to_plaintext().unwrap(), &place).unwrap();
    let store = world.store.clone().auth(verified);
    store.put_sealed(&world.owner, world.account, "twitter".into(), sealed).await.unwrap();
    let app = TwitterApp::new(x.client_id()).client_secret(x.client_secret().to_owned().into());
    let app = app.api_base(x.api_url().parse().unwrap()).unwrap();
    let wren = Ghostwren::builder().store(store).twitter(app).sealing_keys(keys).build().unwrap();
    let owner = world.owner.owner().parse().unwrap();
    let request = |seconds: i64| wren.user(Identity::bearer(servers.token(owner, seconds)).unwrap());
    let account = request(4).account(world.account).await.unwrap();
    account.twitter_client().await.unwrap().me().await.unwrap();
    tokio::time::sleep(Duration::from_secs(5)).await;
    refused(account.record().await, ErrorKind::Auth, "supabase.jwt_expired");
    // X takes the access token no more: it is refreshed, in the name of the second request.
    x.expire_access_tokens();
    let account = request(600).account(world.account).await.unwrap();
    account.twitter_client().await.unwrap().me().await.unwrap();
}
