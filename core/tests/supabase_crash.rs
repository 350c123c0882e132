//! Imports into Supabase by processes that are killed or stopped: `kill -9` at 50 random moments loses no tweet and doubles
//! none; a process that slept through its lease writes nothing more; several at one import are one after the other.
#![cfg(all(feature = "supabase", unix))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use common::archive_builder::ArchiveBuilder;
use common::supabase::{Servers, servers, user};
use ghostwren::records::{Tweet, TwitterUser};
use ghostwren::store::SupabaseStore;
use ghostwren::{Account, Ghostwren, Identity};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

const ARCHIVE: &str = "GHOSTWREN_TEST_CRASH_ARCHIVE";
const TOKEN: &str = "GHOSTWREN_TEST_CRASH_TOKEN";
const LEASE: &str = "GHOSTWREN_TEST_CRASH_LEASE_MS";
const OUTCOME: &str = "GHOSTWREN_TEST_CRASH_OUTCOME";
const KILLS: u32 = 50;

/// The part of the victims: each imports until it is killed, and writes down how it ended otherwise.
#[test]
fn victim() {
    let Ok(archive) = std::env::var(ARCHIVE) else { return };
    let servers = servers().unwrap();
    let variable = |name: &str| std::env::var(name).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let ended = runtime.block_on(async {
        let lease = Duration::from_millis(variable(LEASE).parse().unwrap());
        account(&servers, variable(TOKEN).into(), lease).await.import_archive(&archive).await
    });
    let outcome = match ended {
        Ok(report) => format!("{:?}", report.end),
        Err(error) => format!("{:?} {}", error.kind(), error.code()),
    };
    std::fs::write(variable(OUTCOME), outcome).unwrap();
}

/// An owner of their own with an archive of so many tweets.
struct Scene {
    servers: Servers,
    owner: Uuid,
    token: SecretString,
    folder: tempfile::TempDir,
    tweets: u64,
}

impl Scene {
    fn new(tweets: u64) -> Option<Self> {
        let servers = servers()?;
        let owner = user();
        let token = servers.token(owner, 7_200);
        let folder = tempfile::tempdir().unwrap();
        let now = Utc::now();
        let all = (0..tweets).map(|n| Tweet {
            id: (1_500_000_000_000_000_000 + n).to_string(),
            full_text: format!("tweet number {n} of many, with a word that differs: w{}", n * 7919 % 10_007),
            created_at: now - TimeDelta::seconds(i64::try_from(n).unwrap()),
            ..Tweet::default()
        });
        let user = TwitterUser { id: "7".into(), username: "victim".into(), ..TwitterUser::default() };
        ArchiveBuilder::new(user).tweets(all).parts(3).write_zip(&folder.path().join("archive.zip"));
        Some(Self { servers, owner, token, folder, tweets })
    }

    /// A process that imports.
    fn spawn(&self, name: &str, lease: Duration) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "victim"])
            .env(ARCHIVE, self.folder.path().join("archive.zip"))
            .env(TOKEN, self.token.expose_secret())
            .env(LEASE, lease.as_millis().to_string())
            .env(OUTCOME, self.outcome_of(name))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn outcome_of(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// How a process ended; empty where it was killed.
    fn outcome(&self, name: &str) -> String {
        std::fs::read_to_string(self.outcome_of(name)).unwrap_or_default()
    }

    /// Tweets, different tweets, what the account and the run count, and whether the run has ended.
    fn stored(&self) -> (u64, u64, u64, u64, bool) {
        let row = self.servers.sql(&format!(
            "select concat_ws(' ', (select count(*) from ghostwren.tweets t where t.account_id = a.id),
                 (select count(distinct id) from ghostwren.tweets t where t.account_id = a.id), a.tweet_count,
                 (select sum(inserted) from ghostwren.import_runs r where r.account_id = a.id),
                 (select bool_or(outcome ->> 'end' = 'complete') from ghostwren.import_runs r where r.account_id = a.id))
             from ghostwren.accounts a where a.owner = '{}'",
            self.owner
        ));
        let parts: Vec<&str> = row.split(' ').collect();
        let number = |at: usize| parts.get(at).and_then(|part| part.parse().ok()).unwrap_or(0);
        (number(0), number(1), number(2), number(3), parts.last() == Some(&"t"))
    }

    /// What is stored is whole: each tweet once, and counted.
    fn check(&self) -> (u64, bool) {
        let (tweets, different, counted, inserted, complete) = self.stored();
        assert_eq!((different, counted, inserted), (tweets, tweets, tweets), "stored: {tweets}");
        (tweets, complete)
    }

    /// Whoever has the lease is gone for longer than it holds.
    fn end_lease(&self) {
        self.sql_of_runs("update ghostwren.import_runs set lease_until = leased_at where lease_until is not null");
    }

    fn sql_of_runs(&self, sql: &str) {
        let account = format!("(select id from ghostwren.accounts where owner = '{}')", self.owner);
        self.servers.sql(&format!("{sql} and account_id in {account}"));
    }

    fn erase(&self) {
        self.servers.sql(&format!("delete from ghostwren.accounts where owner = '{}'", self.owner));
    }

    /// Waits until so many tweets are stored.
    fn wait_for(&self, tweets: u64) {
        let began = Instant::now();
        while self.stored().0 < tweets {
            assert!(began.elapsed() < Duration::from_secs(120), "nothing is stored");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

async fn account(servers: &Servers, token: SecretString, lease: Duration) -> Account {
    let store = SupabaseStore::new(&servers.url, servers.publishable.as_str()).unwrap();
    let wren = Ghostwren::builder().store(store).lease(lease).build().unwrap();
    wren.user(Identity::bearer(token).unwrap()).open_account("main").await.unwrap()
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn killed_fifty_times_an_import_loses_nothing_and_doubles_nothing() {
    let Some(scene) = Scene::new(8_000) else { return };
    let lease = Duration::from_secs(30);
    // How long an import takes here, so that the kills fall into it and not behind it.
    let began = Instant::now();
    assert!(scene.spawn("trial", lease).wait().unwrap().success());
    assert_eq!((scene.outcome("trial").as_str(), scene.check()), ("Complete", (scene.tweets, true)));
    let mut whole = began.elapsed();
    scene.erase();
    let (mut landed, mut tried, mut before, mut whole_runs) = (0, 0, 0, 0);
    while landed < KILLS {
        tried += 1;
        assert!(tried <= 10 * KILLS, "only {landed} of {tried} kills fell into a running import");
        let mut victim = scene.spawn("victim", lease);
        std::thread::sleep(whole.mul_f64(0.05 + fastrand::f64() / 2.0));
        let running = victim.try_wait().unwrap().is_none();
        if running {
            victim.kill().unwrap();
        }
        victim.wait().unwrap();
        // The connection is cut: what the database was doing for it comes to its end, or is taken back.
        std::thread::sleep(Duration::from_millis(100));
        let (stored, complete) = scene.check();
        assert!(stored >= before, "tweets were lost");
        if complete {
            assert_eq!(stored, scene.tweets);
            scene.erase();
            (before, whole_runs) = (0, whole_runs + 1);
            // The trial shared the machine with other tests: it takes less time now.
            whole = whole.mul_f64(0.85);
            continue;
        }
        // A kill counts when it fell between two pages: some are stored, not all.
        if running && stored > before {
            landed += 1;
        } else {
            whole = whole.mul_f64(1.1);
        }
        before = stored;
        scene.end_lease();
    }
    println!(
        "{landed} of {tried} kills fell into a running import of {:.2} s; {whole_runs} came to their end",
        whole.as_secs_f64()
    );
    assert!(scene.spawn("last", lease).wait().unwrap().success());
    assert_eq!((scene.outcome("last").as_str(), scene.check()), ("Complete", (scene.tweets, true)));
    let ids = scene.servers.sql(&format!(
        "select min(id::numeric) || ' ' || max(id::numeric) from ghostwren.tweets
         where account_id in (select id from ghostwren.accounts where owner = '{}')",
        scene.owner
    ));
    assert_eq!(ids, format!("1500000000000000000 {}", 1_500_000_000_000_000_000 + scene.tweets - 1));
}

#[test]
fn a_process_that_slept_through_its_lease_writes_nothing_more() {
    let Some(scene) = Scene::new(12_000) else { return };
    let lease = Duration::from_secs(1);
    let mut sleeper = scene.spawn("sleeper", lease);
    scene.wait_for(1_000);
    signal(&sleeper, "-STOP");
    std::thread::sleep(lease * 2);
    let (stored, complete) = scene.check();
    assert!(!complete && stored < scene.tweets, "it was stopped too late: {stored}");
    // Another process takes the import over and ends it; then the first one wakes up, in the middle of what it did.
    let mut next = scene.spawn("next", Duration::from_secs(30));
    scene.wait_for(stored + 1);
    signal(&sleeper, "-CONT");
    assert!(sleeper.wait().unwrap().success());
    assert!(next.wait().unwrap().success());
    assert_eq!(scene.outcome("next"), "Complete");
    let lost = scene.outcome("sleeper");
    // It lost the lease with its page, or found the import with somebody else when it looked again.
    assert!(lost == "LeaseLost import.lease_lost" || lost == "Conflict import.running", "{lost}");
    assert_eq!(scene.check(), (scene.tweets, true));
}

#[test]
fn many_processes_at_one_import_are_one_after_the_other() {
    let Some(scene) = Scene::new(6_000) else { return };
    let lease = Duration::from_secs(2);
    // A server that is slow makes a lease run out in the middle of a page, and another process take over.
    let known =
        |outcome: &str| ["Complete", "Conflict import.running", "LeaseLost import.lease_lost"].contains(&outcome);
    let names = ["a", "b", "c", "d"];
    let mut left: Vec<(&str, Child)> = names.iter().map(|name| (*name, scene.spawn(name, lease))).collect();
    scene.wait_for(1_000);
    // The one that has it is killed, and whoever comes next goes on.
    let running: Vec<usize> = (0..left.len()).filter(|at| left[*at].1.try_wait().unwrap().is_none()).collect();
    assert!(!running.is_empty());
    for at in running {
        left[at].1.kill().unwrap();
    }
    for (name, mut child) in left {
        child.wait().unwrap();
        let outcome = scene.outcome(name);
        assert!(outcome.is_empty() || known(&outcome), "{name}: {outcome}");
    }
    scene.check();
    let began = Instant::now();
    let mut attempts = 0;
    while !scene.check().1 {
        attempts += 1;
        assert!(began.elapsed() < Duration::from_secs(120));
        // Three at once, again and again: at most one has the lease.
        let mut three: Vec<Child> = (0..3).map(|n| scene.spawn(&format!("later {attempts} {n}"), lease)).collect();
        three.iter_mut().for_each(|child| assert!(child.wait().unwrap().success()));
        let outcomes: Vec<String> = (0..3).map(|n| scene.outcome(&format!("later {attempts} {n}"))).collect();
        assert!(outcomes.iter().all(|outcome| known(outcome)), "{outcomes:?}");
    }
    assert_eq!(scene.check(), (scene.tweets, true));
}
