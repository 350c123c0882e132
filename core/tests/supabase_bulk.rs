//! Bulk writing against a real server: timeouts, collisions, bad rows, lost answers.
#![cfg(feature = "supabase")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod common;

use std::sync::atomic::Ordering;
use std::time::Duration;

use common::supabase::{Servers, cutting_proxy, servers, user};
use futures_util::stream;
use ghostwren::supabase::{Bulk, BulkEvent, BulkItem, Rest, Supabase};
use ghostwren::{Error, ErrorKind};
use serde_json::{Value as Json, json};
use uuid::Uuid;

fn bulk(rest: &Rest) -> Bulk {
    rest.from("test_bulk").bulk(&["owner", "id"])
}

fn rows(count: usize, name: &'static str) -> impl Iterator<Item = Json> + Send + 'static {
    (0..count).map(move |n| json!({ "id": format!("{n:06}"), "name": name, "n": n }))
}

/// How many rows a user has, and the sum of their numbers.
fn stored(servers: &Servers, owner: Uuid) -> (u64, u64) {
    let line = servers.sql(&format!("select count(*), coalesce(sum(n), 0) from test_bulk where owner = '{owner}'"));
    let (count, sum) = line.split_once('|').unwrap();
    (count.parse().unwrap(), sum.parse().unwrap())
}

fn sum_to(count: u64) -> u64 {
    count * (count - 1) / 2
}

#[tokio::test]
async fn many_rows_are_written_once_however_often_they_are_sent() {
    let Some(servers) = servers() else { return };
    let me = user();
    let rest = servers.rest(me);
    for _ in 0..2 {
        let report = bulk(&rest).write_all(rows(5000, "x")).await.unwrap();
        assert_eq!((report.written, report.rejected, report.replaced), (5000, 0, 0));
        assert!((5..=10).contains(&report.requests), "{report:?}");
    }
    assert_eq!(stored(&servers, me), (5000, sum_to(5000)));
}

#[tokio::test]
async fn a_statement_timeout_halves_the_batch_and_what_follows_is_smaller() {
    let Some(servers) = servers() else { return };
    let me = user();
    let report = bulk(&servers.rest(me)).in_flight(1).write_all(rows(1000, "heavy")).await.unwrap();
    assert_eq!(stored(&servers, me), (1000, sum_to(1000)));
    // 500 → 250 → 125 → 62, and from there on careful steps: without learning it were 8 × (1 + 2 + 4 + 8).
    assert!(report.requests < 40, "{report:?}");
}

#[tokio::test]
async fn a_collision_is_repeated() {
    let Some(servers) = servers() else { return };
    let me = user();
    let report = bulk(&servers.rest(me)).write_all(rows(2000, "clash")).await.unwrap();
    assert_eq!((report.written, stored(&servers, me)), (2000, (2000, sum_to(2000))));
}

#[tokio::test]
async fn the_exact_bad_rows_are_found_and_the_others_written() {
    let Some(servers) = servers() else { return };
    let me = user();
    let bad = [3_u64, 700, 701, 1999];
    let items = rows(2000, "x").enumerate().map(move |(at, mut row)| {
        if bad.contains(&(at as u64)) {
            row["n"] = json!("no number");
        }
        Ok::<_, Error>(BulkItem::<Json, ()>::Row(row))
    });
    let mut writer = bulk(&servers.rest(me)).tolerate(4).write(stream::iter(items));
    let mut rejected = Vec::new();
    while let Some(event) = writer.next_event().await {
        if let BulkEvent::Rejected(row) = event.unwrap() {
            assert_eq!((row.error.kind(), row.error.code()), (ErrorKind::InvalidInput, "supabase.bad_value"));
            assert_eq!(row.key, format!("default,\"{:06}\"", row.position));
            rejected.push(row.position);
        }
    }
    rejected.sort_unstable();
    assert_eq!(rejected, bad);
    let report = writer.report();
    assert_eq!((report.written, report.rejected), (1996, 4));
    assert!(report.requests < 4 * 2 * 10 + 8, "about two requests for each halving: {report:?}");
    assert_eq!(stored(&servers, me), (1996, sum_to(2000) - 3 - 700 - 701 - 1999));
}

#[tokio::test]
async fn a_bad_row_ends_the_writing_and_the_checkpoints_stay_before_it() {
    let Some(servers) = servers() else { return };
    let me = user();
    let items = rows(3000, "x").enumerate().flat_map(|(at, mut row)| {
        if at == 1234 {
            row["n"] = json!("no number");
        }
        let checkpoint = (at % 100 == 99).then_some(Ok(BulkItem::Checkpoint(at as u64 + 1)));
        std::iter::once(Ok::<_, Error>(BulkItem::Row(row))).chain(checkpoint)
    });
    let mut writer = bulk(&servers.rest(me)).batch_rows(200).write(stream::iter(items));
    let (mut last, mut failed) = (0, None);
    while let Some(event) = writer.next_event().await {
        match event {
            Ok(BulkEvent::Checkpoint(checkpoint)) => {
                assert!(checkpoint > last, "checkpoints go forward");
                last = checkpoint;
                // Whatever is told is in the table already.
                let there =
                    servers.sql(&format!("select count(*) from test_bulk where owner = '{me}' and n < {checkpoint}"));
                assert_eq!(there, checkpoint.to_string());
            }
            Ok(_) => {}
            Err(error) => failed = Some(error),
        }
    }
    let failed = failed.unwrap();
    assert_eq!((failed.kind(), failed.code()), (ErrorKind::InvalidInput, "supabase.bad_value"));
    assert!(failed.detail().starts_with("row 1234 (key default,\"001234\"):"), "{failed}");
    assert!((1000..=1200).contains(&last), "the batch before the bad one is the last: {last}");
    let before = servers.sql(&format!("select count(*) from test_bulk where owner = '{me}' and n < 1234"));
    assert_eq!(before, "1234", "what came before the row is written");
}

#[tokio::test]
async fn later_rows_win_and_keep_what_they_do_not_carry() {
    let Some(servers) = servers() else { return };
    let me = user();
    let rest = servers.rest(me);
    let all = [
        json!({ "id": "a", "name": "first", "n": 1 }),
        json!({ "id": "a", "name": "second", "n": 2 }),
        json!({ "id": "b", "name": "kept", "n": 1 }),
        // Other columns: in one request with the row before, its name would become the default.
        json!({ "id": "b", "n": 2 }),
        json!({ "id": "b", "note": "noted" }),
        json!({ "id": "c", "n": 3 }),
    ];
    let report = bulk(&rest).write_all(all).await.unwrap();
    assert_eq!((report.written, report.replaced), (5, 1));
    let found = |id: &'static str| {
        let rest = rest.clone();
        async move { rest.from("test_bulk").select("name,n,note").eq("id", id).single::<Json>().await.unwrap() }
    };
    assert_eq!(found("a").await, json!({ "name": "second", "n": 2, "note": "the default" }));
    assert_eq!(found("b").await, json!({ "name": "kept", "n": 2, "note": "noted" }));
    assert_eq!(found("c").await, json!({ "name": null, "n": 3, "note": "the default" }));
    let report =
        bulk(&rest).ignore_duplicates().write_all([json!({ "id": "a", "n": 9 }), json!({ "id": "d", "n": 4 })]);
    report.await.unwrap();
    assert_eq!(found("a").await["n"], 2);
    assert_eq!(found("d").await["n"], 4);
}

#[tokio::test]
async fn rows_of_one_key_never_overtake_each_other() {
    let Some(servers) = servers() else { return };
    let me = user();
    // The same 50 keys again and again, in batches of 40: every batch shares keys with the one before.
    let all = (0..2000_u64).map(|n| json!({ "id": format!("{:02}", n % 50), "n": n }));
    let report = bulk(&servers.rest(me)).batch_rows(40).in_flight(8).write_all(all).await.unwrap();
    assert_eq!(report.written + report.replaced, 2000);
    assert_eq!(stored(&servers, me), (50, (1950..2000).sum()));
}

#[tokio::test]
async fn what_holds_for_every_row_is_not_looked_for_row_by_row() {
    let Some(servers) = servers() else { return };
    let rest = servers.rest(user());
    let unknown = (0..1000).map(|n| json!({ "id": n.to_string(), "nothing": 1 }));
    let mut writer = bulk(&rest).tolerate(1000).write(stream::iter(unknown.map(|row| Ok(BulkItem::<_, ()>::Row(row)))));
    let failed = writer.next_event().await.unwrap().unwrap_err();
    assert_eq!(failed.kind(), ErrorKind::InvalidInput);
    assert!(writer.report().requests <= 3, "{:?}", writer.report());
    let keyless = bulk(&rest).write_all([json!({ "n": 1 })]).await.unwrap_err();
    assert_eq!((keyless.kind(), keyless.code()), (ErrorKind::InvalidInput, "supabase.bad_key"));
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_when_every_tenth_connection_is_cut() {
    let Some(servers) = servers() else { return };
    let me = user();
    let (proxy, cut) = cutting_proxy(&servers.url).await;
    let rest = Supabase::new(&proxy, servers.publishable.as_str()).unwrap().rest(servers.user(me));
    let checkpointed = rows(20_000, "x").enumerate().flat_map(|(at, row)| {
        [Ok(BulkItem::Row(row))].into_iter().chain((at % 500 == 499).then_some(Ok(BulkItem::Checkpoint(at + 1))))
    });
    let mut writer = bulk(&rest).batch_rows(100).in_flight(4).write(stream::iter(checkpointed));
    let mut last = 0;
    while let Some(event) = writer.next_event().await {
        if let BulkEvent::Checkpoint(at) = event.unwrap() {
            assert!(at > last);
            last = at;
        }
    }
    assert_eq!((last, writer.report().written), (20_000, 20_000));
    assert_eq!(stored(&servers, me), (20_000, sum_to(20_000)));
    let cut = cut.load(Ordering::Relaxed);
    assert!(cut >= 5, "the proxy cut {cut} connections: the test tests nothing");
}

#[tokio::test]
async fn rows_of_a_source_that_pauses_do_not_wait_for_the_next_ones() {
    let Some(servers) = servers() else { return };
    let me = user();
    let (send, receive) = tokio::sync::mpsc::channel::<BulkItem<Json, u8>>(8);
    let source =
        stream::unfold(receive, |mut receive| async move { Some((Ok::<_, Error>(receive.recv().await?), receive)) });
    let mut writer = bulk(&servers.rest(me)).linger(Duration::from_millis(50)).write(source);
    send.send(BulkItem::Row(json!({ "id": "a", "n": 1 }))).await.unwrap();
    send.send(BulkItem::Checkpoint(1)).await.unwrap();
    // The source is open still.
    let written = writer.next_event().await.unwrap().unwrap();
    assert!(matches!(written, BulkEvent::Written(1)), "{written:?}");
    assert!(matches!(writer.next_event().await.unwrap().unwrap(), BulkEvent::Checkpoint(1)));
    assert_eq!(stored(&servers, me), (1, 1));
    drop(send);
    assert!(writer.next_event().await.is_none());
}
