//! PostgreSQL stopped and started in the middle of the work. A file of its own: while its server is away, every other test
//! would fail.
#![cfg(feature = "supabase")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod common;

use std::process::{Command, Stdio};
use std::time::Duration;

use common::supabase::{Servers, servers, user};
use futures_util::stream;
use ghostwren::Error;
use ghostwren::supabase::{BulkEvent, BulkItem};
use serde_json::json;

/// Stops or starts the server, as `cargo xtask supabase postgres` does.
async fn postgres(what: &'static str) {
    let run = move || {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let mut command = Command::new(cargo);
        command.args(["run", "--quiet", "--package", "xtask", "--", "supabase", "postgres", what]);
        let status = command.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null()).status();
        assert!(status.unwrap().success(), "PostgreSQL does not {what}");
    };
    tokio::task::spawn_blocking(run).await.unwrap();
}

fn stored(servers: &Servers, owner: uuid::Uuid) -> String {
    servers.sql(&format!("select count(*) || ' ' || count(distinct id) from test_bulk where owner = '{owner}'"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bulk_write_goes_on_when_the_database_comes_back() {
    let Some(servers) = servers() else { return };
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
            restart = Some(tokio::spawn(async {
                postgres("stop").await;
                tokio::time::sleep(Duration::from_secs(1)).await;
                postgres("start").await;
            }));
        }
    }
    restart.unwrap().await.unwrap();
    let report = writer.report();
    assert_eq!((last, report.written), (ROWS, ROWS));
    assert_eq!(stored(&servers, me), format!("{ROWS} {ROWS}"));
    let needed = ROWS.div_ceil(200);
    assert!(report.requests > needed, "{} requests, {needed} needed: the database was never away", report.requests);
    println!("{report:?}");
}
