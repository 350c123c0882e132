//! PostgreSQL stopped and started in the middle of the work, on servers of this test's own: while theirs is away, other tests
//! would fail, and @supabase/lite is not quite the same afterwards.
#![cfg(feature = "supabase")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod common;

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use common::supabase::{Servers, servers, user};
use futures_util::stream;
use ghostwren::Error;
use ghostwren::supabase::{BulkEvent, BulkItem};
use serde_json::json;

/// Servers that `cargo xtask supabase up` keeps running until this ends.
struct Own {
    up: Child,
    servers: Servers,
    folder: String,
}

fn xtask() -> Command {
    let mut command = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    command.args(["run", "--quiet", "--package", "xtask", "--", "supabase"]);
    command.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null()).stdout(Stdio::null());
    command
}

impl Own {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file: PathBuf = folder.path().join("servers");
        let mut up = xtask().arg("up").arg(&file).spawn().unwrap();
        let written = loop {
            // Written last: when it is there, all of them answer.
            match std::fs::read_to_string(&file) {
                Ok(written) if written.contains("GHOSTWREN_TEST_SERVERS") => break written,
                _ => assert!(up.try_wait().unwrap().is_none(), "the servers do not start"),
            }
            std::thread::sleep(Duration::from_millis(100));
        };
        let of = |name: &str| {
            let line =
                written.lines().find_map(|line| line.strip_prefix("export ")?.strip_prefix(name)?.strip_prefix('='));
            line.unwrap().trim_matches('\'').to_owned()
        };
        let servers = Servers {
            url: of("GHOSTWREN_TEST_SUPABASE_URL"),
            publishable: of("GHOSTWREN_TEST_SUPABASE_PUBLISHABLE_KEY"),
            secret: of("GHOSTWREN_TEST_SUPABASE_SECRET_KEY"),
            jwt_secret: of("GHOSTWREN_TEST_SUPABASE_JWT_SECRET"),
            postgres: of("GHOSTWREN_TEST_POSTGRES_URL"),
        };
        Self { up, servers, folder: of("GHOSTWREN_TEST_SERVERS") }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let _ = self.up.kill();
        let _ = self.up.wait();
        // The database ends by itself now; its folder is in nobody's way then.
        let folder = PathBuf::from(&self.folder);
        for _ in 0..100 {
            if !folder.join("postgres/postmaster.pid").exists() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = std::fs::remove_dir_all(folder);
    }
}

/// Stops or starts the database of these servers.
async fn postgres(folder: String, what: &'static str) {
    let run = move || xtask().args(["postgres", what]).env("GHOSTWREN_TEST_SERVERS", folder).status().unwrap();
    assert!(tokio::task::spawn_blocking(run).await.unwrap().success(), "PostgreSQL does not {what}");
}

fn stored(servers: &Servers, owner: uuid::Uuid) -> String {
    servers.sql(&format!("select count(*) || ' ' || count(distinct id) from test_bulk where owner = '{owner}'"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bulk_write_goes_on_when_the_database_comes_back() {
    if servers().is_none() {
        return;
    }
    let own = tokio::task::spawn_blocking(Own::start).await.unwrap();
    let servers = &own.servers;
    const ROWS: u64 = 30_000;
    let me = user();
    let items = (0..ROWS).flat_map(|n| {
        let row = Ok::<_, Error>(BulkItem::Row(json!({ "id": n.to_string(), "name": "x", "n": n })));
        std::iter::once(row).chain((n % 500 == 499).then_some(Ok(BulkItem::Checkpoint(n + 1))))
    });
    // What was on its way when the server went away may never be answered.
    let project = servers.project().timeout(Duration::from_secs(5));
    let table = project.rest(servers.user(me)).from("test_bulk");
    let mut writer = table.bulk(&["owner", "id"]).batch_rows(200).in_flight(3).write(stream::iter(items));
    let (mut last, mut restart) = (0, None);
    while let Some(event) = writer.next_event().await {
        let BulkEvent::Checkpoint(at) = event.unwrap() else { continue };
        assert!(at > last, "checkpoints go forward");
        last = at;
        if at >= ROWS / 4 && restart.is_none() {
            let folder = own.folder.clone();
            restart = Some(tokio::spawn(async {
                postgres(folder.clone(), "stop").await;
                tokio::time::sleep(Duration::from_secs(1)).await;
                postgres(folder, "start").await;
            }));
        }
    }
    restart.unwrap().await.unwrap();
    let report = writer.report();
    assert_eq!((last, report.written), (ROWS, ROWS));
    assert_eq!(stored(servers, me), format!("{ROWS} {ROWS}"));
    let needed = ROWS.div_ceil(200);
    assert!(report.requests > needed, "{} requests, {needed} needed: the database was never away", report.requests);
    println!("{report:?}");
}
