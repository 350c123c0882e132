//! Processes that refresh at once, and one that is killed at each step of a refresh: the next one goes on with a good token,
//! or says what happened.
#![cfg(all(feature = "sqlite", unix))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod x_login;

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ghostwren::sandbox::x::{Endpoint, Fault};
use ghostwren::store::seal::SealingKeys;
use ghostwren::store::wire::RemoteStore;
use ghostwren::store::{Clock, SqliteOptions};
use ghostwren::twitter::TwitterApp;
use ghostwren::workflow::Connection;
use ghostwren::{Account, Error, ErrorKind, Ghostwren, Identity};
use x_login::{Bench, Watched};

const DB: &str = "GHOSTWREN_TEST_CUSTODY_DB";
const HOURS_2: Duration = Duration::from_secs(7_200);
const LEASE: Duration = Duration::from_secs(121);

async fn ask(account: &Account) -> Result<(), Error> {
    account.twitter_client().await?.me().await.map(drop)
}

/// Not a test of its own: the processes that the tests below start and kill.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_in_this_process() {
    let Some(database) = std::env::var_os(DB).map(PathBuf::from) else { return };
    let var = |name: &str| std::env::var(name).unwrap();
    let clock = Clock::system();
    clock.shift_ms(var("X_SHIFT").parse().unwrap());
    let stop = var("X_STOP");
    let store = Arc::new(SqliteOptions::default().clock(clock.clone()).open(&database).unwrap());
    let watch: x_login::Watch = Arc::new(move |when, method| {
        let here = stop == format!("{when:?} {method}");
        Box::pin(async move {
            if here {
                println!("\nhere");
                std::future::pending::<()>().await;
            }
            Ok(())
        })
    });
    let app = TwitterApp::new("sandbox-client")
        .client_secret("sandbox-client-secret".to_owned().into())
        .api_base(var("X_API").parse().unwrap())
        .unwrap();
    let wren = Ghostwren::builder()
        .store(RemoteStore::new(Watched { store, watch }))
        .sealing_keys(SealingKeys::beside(&database).unwrap())
        .twitter(app)
        .clock(clock)
        .build()
        .unwrap();
    let account = wren.user(Identity::local("me")).open_account("main").await.unwrap();
    println!("\nready");
    // All begin at once.
    while !database.with_extension("go").exists() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let tasks: Vec<_> = (0..var("X_TASKS").parse().unwrap())
        .map(|_| {
            let account = account.clone();
            tokio::spawn(async move { ask(&account).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
}

struct Process {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Process {
    /// Starts it, with the clock of the bench, and waits until it is ready.
    fn start(bench: &Bench, stop: &str, tasks: usize) -> Self {
        let shift = (bench.clock.now() - chrono::Utc::now()).num_milliseconds();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "work_in_this_process", "--nocapture"])
            .env(DB, bench.database())
            .env("X_API", bench.x.api_url())
            .env("X_SHIFT", shift.to_string())
            .env("X_STOP", stop)
            .env("X_TASKS", tasks.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap() == "ready"));
        Self { child, lines }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn go(bench: &Bench) {
    std::fs::write(bench.database().with_extension("go"), "").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_tasks_in_four_processes_refresh_once() {
    for refused in [false, true] {
        let bench = Bench::new();
        bench.connected().await;
        if refused {
            bench.x.expire_access_tokens();
        } else {
            bench.pass(HOURS_2);
        }
        let processes: Vec<_> = (0..4).map(|_| Process::start(&bench, "", 25)).collect();
        go(&bench);
        for mut process in processes {
            assert!(process.child.wait().unwrap().success(), "a task failed");
        }
        assert_eq!((bench.x.rotations(), bench.refreshes()), (1, 1), "after a 401: {refused}");
        ask(&bench.account().await).await.unwrap();
        assert_eq!(bench.refreshes(), 1);
    }
}

/// Where a process is killed, and whether the login lives on.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// At this call of the store.
    Store(&'static str),
    /// While it waits for X, which has this trouble.
    Sent(Fault),
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_each_step_of_a_refresh() {
    let steps = [
        (Step::Store("Before begin_refresh"), 0, true),
        (Step::Store("After begin_refresh"), 0, true),
        (Step::Sent(Fault::Hang), 0, true),
        (Step::Sent(Fault::HangAfter), 1, false),
        (Step::Sent(Fault::Stall), 1, false),
        (Step::Store("Before end_refresh"), 1, false),
        (Step::Store("After end_refresh"), 1, true),
    ];
    for (step, rotations, lives) in steps {
        let bench = Bench::new();
        bench.connected().await;
        // It has still three minutes: who comes while the dead one's lease holds goes on with it.
        bench.until_left(180).await;
        let (stop, fault) = match step {
            Step::Store(stop) => (stop, None),
            Step::Sent(fault) => ("", Some(fault)),
        };
        bench.x.script(Endpoint::Token, fault).unwrap();
        let mut process = Process::start(&bench, stop, 3);
        go(&bench);
        match step {
            Step::Store(_) => assert!(process.lines.any(|line| line.unwrap() == "here"), "{step:?}"),
            Step::Sent(_) => {
                let began = Instant::now();
                while bench.refreshes() == 0 || bench.x.rotations() != rotations {
                    assert!(began.elapsed() < Duration::from_secs(60), "{step:?}: nothing was sent");
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            }
        }
        process.kill();
        assert_eq!(bench.x.rotations(), rotations, "{step:?}");

        let next = bench.account().await;
        ask(&next).await.unwrap_or_else(|error| panic!("{step:?}: while the old token lives: {error:?}"));
        let Connection::Connected { .. } = next.connection().await.unwrap() else { panic!("{step:?}") };
        // The lease and the old token end.
        bench.pass(LEASE.max(Duration::from_secs(181)));
        let end = ask(&next).await;
        if lives {
            end.unwrap_or_else(|error| panic!("{step:?}: {error:?}"));
            assert_eq!(bench.x.rotations(), 1, "{step:?}");
            let Connection::Connected { in_doubt, .. } = next.connection().await.unwrap() else { panic!("{step:?}") };
            assert!(!in_doubt, "{step:?}");
            continue;
        }
        let error = end.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::NeedsLogin, "login.needed"), "{step:?}: {error:?}");
        let said = error.detail().to_owned();
        assert!(said.contains("cut short") && said.contains("before the new tokens were kept"), "{said}");
        let asked = bench.refreshes();
        for account in [next, bench.account().await] {
            assert_eq!(ask(&account).await.unwrap_err().detail(), said);
        }
        assert_eq!(bench.refreshes(), asked, "{step:?}: said once, X is not asked again");
        bench.connected().await;
        ask(&bench.account().await).await.unwrap();
    }
}

/// While the dead one's lease holds and the old token is over, who comes waits for the lease and then goes on.
#[tokio::test(flavor = "multi_thread")]
async fn the_lease_of_a_dead_process_ends_by_itself() {
    let bench = Bench::new();
    bench.connected().await;
    bench.pass(HOURS_2);
    let mut process = Process::start(&bench, "After begin_refresh", 1);
    go(&bench);
    assert!(process.lines.any(|line| line.unwrap() == "here"));
    process.kill();
    let next = bench.account().await;
    let waiting = tokio::spawn(async move { ask(&next).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!waiting.is_finished() && bench.refreshes() == 0, "the dead one may be alive");
    bench.pass(LEASE);
    waiting.await.unwrap().unwrap();
    assert_eq!((bench.x.rotations(), bench.refreshes()), (1, 1));
}
