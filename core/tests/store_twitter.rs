//! Logins, refreshes and publishing over several processes, killed processes, moved clocks, and what erasing leaves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ghostwren::ErrorKind;
use ghostwren::records::{
    ContextTweet, Draft, DraftState, ExemplarUse, Generation, Id, ImportSource, OutboxState, RateScope, RateWindowKind,
    RateWindowRecord, Scores, SpendKind, Tweet, new_id, now,
};
use ghostwren::store::seal::{SealContext, SealingKeys, hash_secret};
use ghostwren::store::{
    Caller, Clock, ImportPage, LoginAccount, LoginState, NewImport, NewOutbox, RefreshOutcome, RefreshStep,
    SealedValue, SendingOutcome, SpendLimit, SqliteStore, Store,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

const CHILD: &str = "GHOSTWREN_TEST_TWITTER_CHILD";
const TASK: &str = "GHOSTWREN_TEST_TWITTER_TASK";
const MINUTE: Duration = Duration::from_secs(60);

fn me() -> Caller {
    Caller::local("me").unwrap()
}

fn sealed(text: &str) -> SealedValue {
    SealedValue { key_id: "k".into(), sealed: text.into() }
}

fn token() -> String {
    "token".to_owned()
}

async fn account(store: &SqliteStore) -> Id {
    store.open_account(&me(), "main".into()).await.unwrap().id
}

/// Not a test of its own: the processes that the tests below start and kill.
#[tokio::test]
async fn work_in_this_process() {
    let (Some(path), Ok(task)) = (std::env::var_os(CHILD), std::env::var(TASK)) else { return };
    let store = SqliteStore::open(PathBuf::from(path)).unwrap();
    let account = account(&store).await;
    match task.as_str() {
        "refresh" => {
            println!("\nready");
            let tasks: Vec<_> = (0..25).map(|_| tokio::spawn(refresh_if_expired(store.clone(), account))).collect();
            for task in tasks {
                task.await.unwrap();
            }
        }
        "refresh and hang" => {
            let step = store.begin_refresh(&me(), account, token(), MINUTE).await.unwrap();
            assert!(matches!(step, RefreshStep::Begun { interrupted: false, .. }), "{step:?}");
            hang();
        }
        "send and hang" => {
            let entry = store.outbox(&me(), account, Default::default()).await.unwrap().items.remove(0);
            let sending = store.begin_sending(&me(), entry.id, MINUTE).await.unwrap();
            store.record_posted(&me(), entry.id, sending.fence, 0, "10".into()).await.unwrap();
            hang();
        }
        other => panic!("{other}"),
    }
}

fn hang() -> ! {
    println!("\nhanging");
    loop {
        std::thread::park();
    }
}

/// What a task does that finds the token "old" expired: exactly one of all may send it to Twitter.
async fn refresh_if_expired(store: SqliteStore, account: Id) {
    loop {
        // It is there once all processes are.
        let Some(found) = store.credential(&me(), account, token()).await.unwrap() else { continue };
        if found.value == sealed("new") {
            return;
        }
        match store.begin_refresh(&me(), account, token(), MINUTE).await.unwrap() {
            RefreshStep::Busy { .. } => tokio::task::yield_now().await,
            RefreshStep::Begun { fence, value, interrupted, .. } => {
                assert!(!interrupted);
                let outcome = if value == sealed("old") {
                    println!("\nsent to twitter");
                    RefreshOutcome::Rotated { from: value, value: sealed("new") }
                } else {
                    RefreshOutcome::Unchanged
                };
                store.end_refresh(&me(), account, token(), fence, outcome).await.unwrap();
            }
        }
    }
}

fn child(database: &Path, task: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["work_in_this_process", "--exact", "--nocapture"])
        .env(CHILD, database)
        .env(TASK, task)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Starts a process and kills it where it hangs.
fn killed(database: &Path, task: &str) {
    let mut process = child(database, task);
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let found = lines.any(|line| line.unwrap() == "hanging");
    process.kill().unwrap();
    process.wait().unwrap();
    assert!(found, "the process ended before it was killed");
}

#[tokio::test]
async fn a_hundred_tasks_in_four_processes_refresh_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let store = SqliteStore::open(&path).unwrap();
    let account = account(&store).await;
    let mut children: Vec<_> = (0..4)
        .map(|_| {
            let mut child = child(&path, "refresh");
            let lines = BufReader::new(child.stdout.take().unwrap()).lines();
            (child, lines.map(Result::unwrap))
        })
        .collect();
    for (_, lines) in &mut children {
        assert!(lines.any(|line| line == "ready"));
    }
    store.put_sealed(&me(), account, token(), sealed("old")).await.unwrap();
    let mut sent = 0;
    for (child, lines) in &mut children {
        sent += lines.filter(|line| line == "sent to twitter").count();
        assert!(child.wait().unwrap().success(), "a task failed");
    }
    assert_eq!(sent, 1, "refreshes that were sent");
    let found = store.credential(&me(), account, token()).await.unwrap().unwrap();
    assert_eq!((found.value, found.interrupted), (sealed("new"), false));
}

#[tokio::test]
async fn killed_between_rotation_and_save_the_next_one_knows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let clock = Clock::system();
    let store = SqliteStore::options().clock(clock.clone()).open(&path).unwrap();
    let account = account(&store).await;
    store.put_sealed(&me(), account, token(), sealed("old")).await.unwrap();
    killed(&path, "refresh and hang");
    let found = store.credential(&me(), account, token()).await.unwrap().unwrap();
    assert!(found.refreshing_until.is_some() && !found.interrupted, "perhaps it lives");
    let step = store.begin_refresh(&me(), account, token(), MINUTE).await.unwrap();
    assert!(matches!(step, RefreshStep::Busy { .. }), "{step:?}");
    clock.shift_ms(61_000);
    assert!(store.credential(&me(), account, token()).await.unwrap().unwrap().interrupted);
    let step = store.begin_refresh(&me(), account, token(), MINUTE).await.unwrap();
    let RefreshStep::Begun { fence, value, interrupted, .. } = step else { panic!("{step:?}") };
    assert!(interrupted && value == sealed("old"), "the token may have been used");
    // A clock that was put back keeps nobody away, and the fence keeps the old one out.
    clock.shift_ms(-3_600_000);
    let step = store.begin_refresh(&me(), account, token(), MINUTE).await.unwrap();
    let RefreshStep::Begun { fence: newer, .. } = step else { panic!("{step:?}") };
    let dead = RefreshOutcome::Dead { reason: "late".into() };
    let late = store.end_refresh(&me(), account, token(), fence, dead).await.unwrap_err();
    assert_eq!((late.kind(), late.code()), (ErrorKind::LeaseLost, "credential.lease_lost"));
    // The owner of the newest fence may be as slow as it likes.
    clock.shift_ms(7_200_000);
    let outcome = RefreshOutcome::Rotated { from: sealed("old"), value: sealed("late") };
    store.end_refresh(&me(), account, token(), newer, outcome).await.unwrap();
    assert_eq!(store.sealed(&me(), account, token()).await.unwrap(), Some(sealed("late")));
}

fn to_publish(account: Id, draft: Option<Id>, text: &str) -> NewOutbox {
    NewOutbox {
        id: new_id(),
        account_id: account,
        draft_id: draft,
        content_hash: hash_secret(&SecretString::from(text.to_owned())),
        payload: (0..3).map(|n| json!({ "text": format!("{text} {n}") })).collect(),
    }
}

#[tokio::test]
async fn killed_in_the_middle_of_a_thread_the_next_one_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let clock = Clock::system();
    let store = SqliteStore::options().clock(clock.clone()).open(&path).unwrap();
    let account = account(&store).await;
    let entry = store.put_outbox(&me(), to_publish(account, None, "a thread")).await.unwrap();
    killed(&path, "send and hang");
    let busy = store.begin_sending(&me(), entry.id, MINUTE).await.unwrap_err();
    assert_eq!(busy.code(), "outbox.sending");
    clock.shift_ms(61_000);
    let sending = store.begin_sending(&me(), entry.id, MINUTE).await.unwrap();
    assert!(sending.interrupted, "the second tweet may be on Twitter");
    assert_eq!((sending.entry.posted_ids.len(), sending.entry.attempts), (1, 2));
    // Each tweet extends the lease by its length.
    clock.shift_ms(50_000);
    store.record_posted(&me(), entry.id, sending.fence, 1, "11".into()).await.unwrap();
    clock.shift_ms(50_000);
    assert_eq!(store.begin_sending(&me(), entry.id, MINUTE).await.unwrap_err().code(), "outbox.sending");
    store.record_posted(&me(), entry.id, sending.fence, 2, "12".into()).await.unwrap();
    let entry = store.end_sending(&me(), entry.id, sending.fence, SendingOutcome::Posted).await.unwrap();
    assert_eq!((entry.state, entry.posted_ids), (OutboxState::Posted, vec!["10".into(), "11".into(), "12".into()]));
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

#[tokio::test]
async fn a_login_opens_only_for_who_began_it_and_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let clock = Clock::system();
    let store = SqliteStore::options().clock(clock.clone()).open(&path).unwrap();
    let keys = SealingKeys::beside(&path).unwrap();
    let (state, binding) = (hash_secret(&secret("plantedstate")), hash_secret(&secret("plantedbinding")));
    let verifier = keys.seal(&secret("plantedverifier"), &SealContext::login(&me(), state.clone())).unwrap();
    let login = LoginState {
        state_hash: state.clone(),
        binding_hash: binding.clone(),
        verifier,
        facts: json!({ "scopes": ["tweet.read"] }),
        account: LoginAccount::Label("main".into()),
    };
    for shift in [0, 599_000] {
        store.put_login_state(&me(), login.clone(), Duration::from_secs(600)).await.unwrap();
        clock.shift_ms(shift);
        let taken = store.take_login_state(&me(), state.clone(), binding.clone()).await.unwrap();
        let place = SealContext::login(&me(), state.clone());
        assert_eq!(keys.open(&taken.verifier, &place).unwrap().expose_secret(), "plantedverifier");
        let place = SealContext::login(&Caller::local("you").unwrap(), state.clone());
        assert_eq!(keys.open(&taken.verifier, &place).unwrap_err().code(), "seal.does_not_open");
        let place = SealContext::new(&me(), new_id(), state.clone());
        assert_eq!(keys.open(&taken.verifier, &place).unwrap_err().code(), "seal.does_not_open");
    }
    store.put_login_state(&me(), login.clone(), Duration::from_secs(600)).await.unwrap();
    let bytes = bytes_of(&path);
    for text in ["plantedstate", "plantedbinding", "plantedverifier"] {
        assert!(!holds(&bytes, text), "{text} is in the files");
    }
    let caller = me();
    let take = || store.take_login_state(&caller, state.clone(), binding.clone());
    clock.shift_ms(601_000);
    let late = take().await.unwrap_err();
    assert_eq!((late.kind(), late.code()), (ErrorKind::Auth, "login.expired"));
    // After an hour nobody remembers it: the next login of anybody sweeps it out.
    clock.shift_ms(3_600_000);
    let other = LoginState { state_hash: binding.clone(), ..login };
    store.put_login_state(&Caller::local("you").unwrap(), other, MINUTE).await.unwrap();
    assert_eq!(take().await.unwrap_err().code(), "login.unknown_state");
}

#[tokio::test]
async fn windows_end_with_time_and_are_bounded() {
    let clock = Clock::system();
    let store = SqliteStore::options().clock(clock.clone()).open_in_memory().unwrap();
    let account = account(&store).await;
    let window = |endpoint: String, minutes: i64| RateWindowRecord {
        scope: RateScope::App,
        endpoint,
        kind: RateWindowKind::Minutes15,
        limit: 10,
        remaining: 1,
        resets_at: now() + chrono::TimeDelta::minutes(minutes),
        seen_at: now(),
    };
    for page in 0..6 {
        let all = (0..200).map(|n| window(format!("GET /{}", page * 200 + n), 10)).collect();
        store.save_rate_windows(&me(), account, all).await.unwrap();
    }
    assert_eq!(store.rate_windows(&me(), account).await.unwrap().len(), 1_000);
    store.save_rate_windows(&me(), account, vec![window("later".into(), 30)]).await.unwrap();
    clock.shift_ms(11 * 60_000);
    let left: Vec<_> = store.rate_windows(&me(), account).await.unwrap().into_iter().map(|w| w.endpoint).collect();
    assert_eq!(left, ["later"]);
}

#[tokio::test]
async fn a_call_over_midnight_is_settled_on_its_day() {
    let clock = Clock::system();
    let store = SqliteStore::options().clock(clock.clone()).open_in_memory().unwrap();
    let account = account(&store).await;
    let limit = SpendLimit { kind: SpendKind::Twitter, amount_micros: 10, daily_limit_micros: Some(10) };
    let reserved = store.reserve_spend(&me(), account, limit).await.unwrap();
    // Lapsed: another call may have the money, but what was spent is still counted.
    clock.shift_ms(24 * 3_600_000);
    store.reserve_spend(&me(), account, limit).await.unwrap();
    assert!(store.settle_spend(&me(), account, reserved.id, 9).await.unwrap());
    let spend = store.spend(&me(), account).await.unwrap();
    let found: Vec<_> = spend.iter().map(|s| (s.day, s.spent_micros, s.reserved_micros)).collect();
    assert_eq!(found, [(reserved.day.succ_opt().unwrap(), 0, 10), (reserved.day, 9, 0)]);
}

/// Every file of the store, as it lies on the disk.
fn bytes_of(path: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        all.extend(std::fs::read(PathBuf::from(name)).unwrap_or_default());
    }
    all
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

async fn draft(store: &SqliteStore, account: Id, exemplar: &str, text: &str) -> Id {
    let at = now();
    let generation = Generation {
        id: new_id(),
        account_id: account,
        profile_id: None,
        request: json!({}),
        model: "gpt-4o".into(),
        exemplars: vec![ExemplarUse { tweet_id: exemplar.into() }],
        rejected: Vec::new(),
        created_at: at,
    };
    let draft = Draft {
        id: new_id(),
        account_id: account,
        generation_id: generation.id,
        text: text.into(),
        weighted_length: 9,
        scores: Scores::default(),
        state: DraftState::Approved,
        feedback: None,
        created_at: at,
        updated_at: at,
    };
    let id = draft.id;
    store.save_generation(&me(), generation, vec![draft]).await.unwrap();
    id
}

#[tokio::test]
async fn what_is_erased_or_gone_is_in_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let store = SqliteStore::open(&path).unwrap();
    let account = account(&store).await;
    let import = NewImport { account_id: account, source: ImportSource::Timeline, source_key: "plantedkey".into() };
    let (_, lease) = store.begin_import(&me(), import, MINUTE).await.unwrap();
    let page = ImportPage {
        tweets: vec![Tweet { id: "1".into(), full_text: "plantedtweet".into(), ..Tweet::default() }],
        context: vec![ContextTweet { id: "70".into(), full_text: "plantedcontext".into(), ..ContextTweet::default() }],
        watermark: Some("8888888888888888881".into()),
        cost_micros: 5_000,
        lease: MINUTE,
        ..ImportPage::default()
    };
    store.import_page(&me(), lease, page).await.unwrap();
    let derived = draft(&store, account, "1", "plantedderived").await;
    store.put_outbox(&me(), to_publish(account, Some(derived), "plantedthread")).await.unwrap();
    assert!(holds(&bytes_of(&path), "plantedthread"));
    store.mark_deleted(&me(), account, vec!["1".into(), "70".into()], now()).await.unwrap();
    let bytes = bytes_of(&path);
    for text in ["plantedcontext", "plantedderived", "plantedthread"] {
        assert!(!holds(&bytes, text), "{text} is still in the files");
    }
    assert!(holds(&bytes, "plantedtweet"), "the owner's own text is kept");

    let entry = store.put_outbox(&me(), to_publish(account, None, "plantedfree")).await.unwrap();
    let sending = store.begin_sending(&me(), entry.id, MINUTE).await.unwrap();
    store.record_posted(&me(), entry.id, sending.fence, 0, "7777777777777777771".into()).await.unwrap();
    store.put_sealed(&me(), account, "plantedname".into(), sealed("plantedsealed")).await.unwrap();
    let step = store.begin_refresh(&me(), account, "plantedname".into(), MINUTE).await.unwrap();
    let RefreshStep::Begun { fence, .. } = step else { panic!("{step:?}") };
    let outcome = RefreshOutcome::Dead { reason: "plantedreason".into() };
    store.end_refresh(&me(), account, "plantedname".into(), fence, outcome).await.unwrap();
    for (n, account) in [(1, LoginAccount::Id(account)), (2, LoginAccount::Label("main".into()))] {
        let login = LoginState {
            state_hash: hash_secret(&secret(&format!("plantedstate{n}"))),
            binding_hash: hash_secret(&secret("b")),
            verifier: sealed("plantedverifier"),
            facts: json!({ "redirect_uri": "http://planted.example/callback" }),
            account,
        };
        store.put_login_state(&me(), login, MINUTE).await.unwrap();
    }
    let window = RateWindowRecord {
        scope: RateScope::User,
        endpoint: "GET /plantedendpoint".into(),
        kind: RateWindowKind::Hours24,
        limit: 1,
        remaining: 1,
        resets_at: now() + chrono::TimeDelta::hours(1),
        seen_at: now(),
    };
    store.save_rate_windows(&me(), account, vec![window]).await.unwrap();
    let before = bytes_of(&path);
    for text in ["planted", "8888888888888888881", "7777777777777777771", "plantedendpoint", "planted.example"] {
        assert!(holds(&before, text), "{text} was never there");
    }
    store.erase_account(&me(), account).await.unwrap();
    let after = bytes_of(&path);
    for text in ["planted", "8888888888888888881", "7777777777777777771", &account.to_string(), &entry.id.to_string()] {
        assert!(!holds(&after, text), "{text} is still in the files");
    }
    // What was spent stays, without a name, and so does what was done.
    let c = rusqlite::Connection::open(&path).unwrap();
    let spent: i64 = c.query_row("SELECT sum(spent_micros) FROM spend", [], |row| row.get(0)).unwrap();
    let actions: String =
        c.query_row("SELECT group_concat(action) FROM audit_log ORDER BY key", [], |row| row.get(0)).unwrap();
    assert_eq!((spent, actions.as_str()), (5_000, "tweets.deleted,erase.account"));
    for table in ["outbox", "login_states", "rate_windows", "credentials", "accounts"] {
        let rows: i64 = c.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 0, "{table}");
    }
}
