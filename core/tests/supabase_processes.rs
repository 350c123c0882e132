//! One session in a file, and real processes that share it: one refresh for all of them, and `kill -9` in the middle of
//! refreshes loses no login.
#![cfg(all(feature = "supabase", unix))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use ghostwren::sandbox::Sandbox;
use ghostwren::supabase::{
    Access, AuthClient, RefreshEnd, RefreshTurn, Session, SessionStore, SignUp, Supabase, UserSession, UserTokens,
};
use ghostwren::{Error, ErrorKind, Result};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::Map;

const FOLDER: &str = "GHOSTWREN_TEST_SESSION_FOLDER";
const PROJECT: &str = "GHOSTWREN_TEST_SESSION_PROJECT";
const TASK: &str = "GHOSTWREN_TEST_SESSION_TASK";
/// How many kills must fall into a refresh.
const KILLS: u32 = 5;

/// A session in a file, changed under the system's lock of another one and replaced at once.
#[derive(Debug)]
struct FileSessions(PathBuf);

#[derive(Default, Serialize, Deserialize)]
struct Kept {
    session: Option<String>,
    fence: u64,
    leased_until: Option<DateTime<Utc>>,
}

impl FileSessions {
    fn change<T>(&self, change: impl FnOnce(&mut Kept) -> T) -> T {
        let lock = File::create(self.0.join("lock")).unwrap();
        lock.lock().unwrap();
        let at = self.0.join("session.json");
        let mut kept = std::fs::read(&at).map(|text| serde_json::from_slice(&text).unwrap()).unwrap_or_default();
        let done = change(&mut kept);
        let new = self.0.join("session.new");
        std::fs::write(&new, serde_json::to_vec(&kept).unwrap()).unwrap();
        std::fs::rename(new, at).unwrap();
        done
    }

    fn read(kept: &Kept) -> Option<Session> {
        Some(Session::from_plaintext(&kept.session.clone()?.into()).unwrap())
    }
}

fn plain(session: &Session) -> String {
    session.to_plaintext().unwrap().expose_secret().to_owned()
}

#[async_trait]
impl SessionStore for FileSessions {
    async fn load(&self) -> Result<Option<Session>> {
        Ok(self.change(|kept| Self::read(kept)))
    }

    async fn save(&self, session: Session) -> Result<()> {
        self.change(|kept| {
            *kept = Kept { session: Some(plain(&session)), fence: kept.fence + 1, leased_until: None };
        });
        Ok(())
    }

    async fn begin_refresh(&self, lease: Duration) -> Result<RefreshTurn> {
        Ok(self.change(|kept| {
            if kept.leased_until.is_some_and(|until| Utc::now() < until) {
                return RefreshTurn::Busy;
            }
            let Some(session) = Self::read(kept) else { return RefreshTurn::Gone };
            // Shorter than a process asks for, so that the test need not wait for the lease of one that was killed.
            let lease = lease.min(Duration::from_millis(300));
            kept.fence += 1;
            kept.leased_until = Some(Utc::now() + lease);
            RefreshTurn::Ours { fence: kept.fence, session: Box::new(session) }
        }))
    }

    async fn end_refresh(&self, fence: u64, end: RefreshEnd) -> Result<()> {
        self.change(|kept| {
            if kept.fence != fence {
                return Err(Error::new(ErrorKind::LeaseLost, "supabase.lease_lost", "somebody else was faster"));
            }
            kept.leased_until = None;
            match end {
                RefreshEnd::Rotated(session) => kept.session = Some(plain(&session)),
                RefreshEnd::Over { .. } => kept.session = None,
                _ => {}
            }
            Ok(())
        })
    }
}

fn user(folder: &Path, url: &str) -> (AuthClient, UserSession) {
    let auth = Supabase::new(url, key()).unwrap().auth().unwrap();
    (auth.clone(), UserSession::new(auth, FileSessions(folder.to_owned())))
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
        loop {
            if ages {
                age(&folder);
            }
            // A new one each time: it remembers the session, and would not look into the file.
            let (auth, user) = user(&folder, &url);
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

/// Makes the session one that is about to end.
fn age(folder: &Path) {
    FileSessions(folder.to_owned()).change(|kept| {
        if let Some(session) = FileSessions::read(kept) {
            let old = Session::new(session.access, session.refresh, Utc::now() + TimeDelta::seconds(2), session.user);
            kept.session = Some(plain(&old));
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
    let (auth, _) = user(folder, &supabase.url());
    runtime().block_on(async {
        let password = "correct horse battery".to_owned().into();
        let SignUp::SignedIn(new) = auth.sign_up("ada@example.com", &password, Map::new()).await.unwrap() else {
            panic!("the stand-in confirms by itself")
        };
        FileSessions(folder.to_owned()).save(new.session).await.unwrap();
    });
    age(folder);
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
        let held = |kept: &mut Kept| kept.leased_until.is_some_and(|until| Utc::now() < until);
        landed += u32::from(FileSessions(folder.path().to_owned()).change(held));
        assert_eq!(supabase.sessions(), 1, "the session is open after {tried} kills");
    }
    age(folder.path());
    let (auth, user) = user(folder.path(), &supabase.url());
    let found = runtime().block_on(async move { auth.user(&Access::user(user)).await.unwrap() });
    assert_eq!(found.email.as_deref(), Some("ada@example.com"));
    assert!(supabase.refreshes() >= u64::from(tried));
}
