//! One session in a SQLite file, and real processes that share it: one refresh for all of them, and `kill -9` in the middle of
//! refreshes loses no login.
#![cfg(all(feature = "supabase", feature = "sqlite", unix))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use futures_util::future::join_all;
use ghostwren::records::Id;
use ghostwren::sandbox::Sandbox;
use ghostwren::store::seal::{SealContext, SealingKeys};
use ghostwren::store::{Caller, SqliteStore, Store, StoredSession};
use ghostwren::supabase::{Access, AuthClient, Session, SessionStore, SignUp, Supabase, UserSession, UserTokens};
use secrecy::ExposeSecret;
use serde_json::Map;

const FOLDER: &str = "GHOSTWREN_TEST_SESSION_FOLDER";
const PROJECT: &str = "GHOSTWREN_TEST_SESSION_PROJECT";
const TASK: &str = "GHOSTWREN_TEST_SESSION_TASK";
/// What `StoredSession` calls the session.
const NAME: &str = "supabase-session";
/// How many kills must fall into a refresh.
const KILLS: u32 = 5;

/// The store of one process, and where in it the session is.
struct Place {
    store: Arc<dyn Store>,
    account: Id,
    keys: Arc<SealingKeys>,
}

fn me() -> Caller {
    Caller::local("me").unwrap()
}

fn file(folder: &Path) -> PathBuf {
    folder.join("wren.db")
}

/// As every process opens it.
async fn place(folder: &Path) -> Place {
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(file(folder)).unwrap());
    let account = store.open_account(&me(), "supabase".into()).await.unwrap().id;
    Place { store, account, keys: Arc::new(SealingKeys::beside(file(folder)).unwrap()) }
}

impl Place {
    fn sessions(&self) -> StoredSession {
        StoredSession::new(Arc::clone(&self.store), me(), self.account, Arc::clone(&self.keys))
    }

    fn user(&self, url: &str) -> (AuthClient, UserSession) {
        let auth = Supabase::new(url, key()).unwrap().auth().unwrap();
        (auth.clone(), UserSession::new(auth, self.sessions()))
    }

    /// Makes the session one that is about to end, as if time had passed: the lease on it stays as it is.
    async fn age(&self, folder: &Path) {
        let session = self.sessions().load().await.unwrap().unwrap();
        let old = Session::new(session.access, session.refresh, Utc::now() + TimeDelta::seconds(2), session.user);
        let context = SealContext::new(&me(), self.account, NAME);
        let value = self.keys.seal(&old.to_plaintext().unwrap(), &context).unwrap();
        let changed = change(folder, "UPDATE credentials SET key_id = ?1, sealed = ?2", [value.key_id, value.sealed]);
        assert_eq!(changed, 1, "the session is the only sealed value");
    }
}

/// What no call of the store does.
fn change(folder: &Path, sql: &str, values: impl rusqlite::Params) -> usize {
    let file = rusqlite::Connection::open(file(folder)).unwrap();
    file.busy_timeout(Duration::from_secs(10)).unwrap();
    file.execute(sql, values).unwrap()
}

/// The stand-in's key, which is always the same.
fn key() -> &'static str {
    "sb_publishable_sandbox0123456789abcdef"
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// The part of the other processes.
#[test]
fn process() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let url = std::env::var(PROJECT).unwrap();
    let ages = std::env::var(TASK).unwrap() == "refresh until killed";
    runtime().block_on(async {
        let place = place(&folder).await;
        loop {
            if ages {
                place.age(&folder).await;
            }
            // A new one each time: it remembers the session, and would not look into the file.
            let (auth, user) = place.user(&url);
            let tokens = join_all((0..20).map(|_| user.access_token())).await;
            let tokens: Vec<_> = tokens.into_iter().map(Result::unwrap).collect();
            assert!(tokens.iter().all(|token| token.expose_secret() == tokens[0].expose_secret()));
            auth.user(&Access::user(user.clone())).await.unwrap();
            if !ages {
                std::fs::write(folder.join(format!("token-{}", std::process::id())), tokens[0].expose_secret())
                    .unwrap();
                return;
            }
        }
    });
}

fn spawn(folder: &Path, url: &str, task: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["process", "--exact", "--nocapture"])
        .env(FOLDER, folder)
        .env(PROJECT, url)
        .env(TASK, task)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// A session that is about to end, in a file.
fn begin(sandbox: &Sandbox, folder: &Path) {
    let supabase = sandbox.supabase();
    assert_eq!(supabase.publishable_key(), key());
    runtime().block_on(async {
        let place = place(folder).await;
        let (auth, _) = place.user(&supabase.url());
        let password = "correct horse battery".to_owned().into();
        let SignUp::SignedIn(new) = auth.sign_up("ada@example.com", &password, Map::new()).await.unwrap() else {
            panic!("the stand-in confirms by itself")
        };
        place.sessions().save(new.session).await.unwrap();
        place.age(folder).await;
    });
}

#[test]
fn four_processes_refresh_once() {
    let (sandbox, folder) = (Sandbox::start().unwrap(), tempfile::tempdir().unwrap());
    begin(&sandbox, folder.path());
    let url = sandbox.supabase().url();
    let all: Vec<Child> = (0..4).map(|_| spawn(folder.path(), &url, "ask once")).collect();
    for mut process in all {
        assert!(process.wait().unwrap().success());
    }
    assert_eq!(sandbox.supabase().refreshes(), 1);
    let tokens = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let tokens: Vec<PathBuf> =
        tokens.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("token-")).collect();
    assert_eq!(tokens.len(), 4);
    let first = std::fs::read(&tokens[0]).unwrap();
    assert!(tokens.iter().all(|token| std::fs::read(token).unwrap() == first), "all have the same token");
}

#[test]
fn killed_while_it_refreshes_a_process_takes_no_login_with_it() {
    let (sandbox, folder) = (Sandbox::start().unwrap(), tempfile::tempdir().unwrap());
    begin(&sandbox, folder.path());
    let supabase = sandbox.supabase();
    let (mut landed, mut tried) = (0, 0);
    while landed < KILLS {
        tried += 1;
        assert!(tried <= 40 * KILLS, "only {landed} of {tried} kills fell into a refresh");
        let before = supabase.refreshes();
        let mut process = spawn(folder.path(), &supabase.url(), "refresh until killed");
        // Not before it works.
        while supabase.refreshes() == before {
            assert!(process.try_wait().unwrap().is_none(), "the process ended by itself");
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_micros(fastrand::u64(..30_000)));
        process.kill().unwrap();
        process.wait().unwrap();
        // It held the lease. The next one need not wait for its end, as if that time had passed.
        let over = "UPDATE credentials SET lease_until = leased_at WHERE lease_until > leased_at";
        landed += u32::from(change(folder.path(), over, []) == 1);
        assert_eq!(supabase.sessions(), 1, "the session is open after {tried} kills");
    }
    let found = runtime().block_on(async {
        let place = place(folder.path()).await;
        place.age(folder.path()).await;
        let (auth, user) = place.user(&supabase.url());
        auth.user(&Access::user(user)).await.unwrap()
    });
    assert_eq!(found.email.as_deref(), Some("ada@example.com"));
    assert!(supabase.refreshes() >= u64::from(tried));
}
