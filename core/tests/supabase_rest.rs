//! The PostgREST client against a real server over PostgreSQL.
#![cfg(feature = "supabase")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod common;

use std::error::Error as _;
use std::time::Duration;

use common::browser::visit;
use common::supabase::{Servers, servers, user};
use ghostwren::supabase::{
    Access, Count, DatabaseError, Filter, ObjectPath, Rest, Sort, Storage, StorageProblem, Supabase, Upload,
};
use ghostwren::{Error, ErrorKind};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Item {
    id: String,
    name: Option<String>,
    n: Option<i64>,
}

const ITEMS: &str = "test_items";
const KEY: [&str; 2] = ["owner", "id"];

fn item(id: &str, name: &str, n: i64) -> Item {
    Item { id: id.to_owned(), name: Some(name.to_owned()), n: Some(n) }
}

async fn ids(rest: &Rest, filter: Filter) -> Result<Vec<String>, Error> {
    let found: Vec<Json> = rest.from(ITEMS).select("id").filter(filter).order([Sort::ascending("id")]).rows().await?;
    Ok(found.into_iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect())
}

#[tokio::test]
async fn rows_are_written_read_changed_and_deleted() {
    let Some(servers) = servers() else { return };
    let rest = servers.rest(user());
    let three = [item("a", "Ann", 1), item("b", "Bob", 2), item("c", "Cid", 3)];
    let written = rest.from(ITEMS).insert(&three).count(Count::Exact).send().await.unwrap();
    assert_eq!(written.count, Some(3));
    let back: Vec<Item> = rest.from(ITEMS).select("id,name,n").order([Sort::descending("n")]).rows().await.unwrap();
    assert_eq!(back, [three[2].clone(), three[1].clone(), three[0].clone()]);
    // One row, none, several.
    let b: Item = rest.from(ITEMS).select("id,name,n").eq("id", "b").single().await.unwrap();
    assert_eq!(b, three[1]);
    let none = rest.from(ITEMS).select("*").eq("id", "x").single::<Item>().await.unwrap_err();
    assert_eq!((none.kind(), none.code()), (ErrorKind::NotFound, "supabase.no_row"));
    let several = rest.from(ITEMS).select("*").single::<Item>().await.unwrap_err();
    assert_eq!((several.kind(), several.code()), (ErrorKind::Conflict, "supabase.several_rows"));
    assert_eq!(rest.from(ITEMS).select("id,name,n").eq("id", "x").maybe_single::<Item>().await.unwrap(), None);
    assert_eq!(
        rest.from(ITEMS).select("id,name,n").eq("id", "a").maybe_single::<Item>().await.unwrap(),
        Some(three[0].clone())
    );
    assert_eq!(rest.from(ITEMS).select("*").maybe_single::<Item>().await.unwrap_err().code(), "supabase.several_rows");
    // Counts and pages.
    assert_eq!(rest.from(ITEMS).select("id").gt("n", 1).count_rows(Count::Exact).await.unwrap(), 2);
    let page =
        rest.from(ITEMS).select("id,name,n").order([Sort::ascending("id")]).limit(1).offset(1).count(Count::Exact);
    let page = page.page::<Item>().await.unwrap();
    assert_eq!((page.rows, page.count, page.truncated), (vec![three[1].clone()], Some(3), false));
    // Changes.
    let changed: Item = rest.from(ITEMS).eq("id", "a").update(&json!({ "n": 10 })).single("id,name,n").await.unwrap();
    assert_eq!(changed.n, Some(10));
    let nothing =
        rest.from(ITEMS).eq("id", "x").update(&json!({ "n": 1 })).single::<Item>("id,name,n").await.unwrap_err();
    assert_eq!(nothing.code(), "supabase.no_row");
    let too_many = rest.from(ITEMS).gt("n", 0).delete().max_affected(2).send().await.unwrap_err();
    assert_eq!((too_many.kind(), too_many.code()), (ErrorKind::Conflict, "supabase.max_affected"));
    assert_eq!(rest.from(ITEMS).select("id").count_rows(Count::Exact).await.unwrap(), 3, "nothing was deleted");
    let gone: Vec<Item> = rest.from(ITEMS).in_list("id", ["a", "b"]).delete().rows("id,name,n").await.unwrap();
    assert_eq!(gone.len(), 2);
    // CSV.
    assert_eq!(rest.from(ITEMS).select("id,n").csv().await.unwrap().replace("\r\n", "\n").trim(), "id,n\nc,3");
}

#[tokio::test]
async fn what_a_row_lacks_becomes_the_default_and_an_upsert_changes_only_what_it_carries() {
    let Some(servers) = servers() else { return };
    let me = user();
    let rest = servers.rest(me);
    rest.from(ITEMS)
        .insert(&json!([{ "id": "a", "name": "Ann" }, { "id": "b", "n": 2, "note": "own" }]))
        .send()
        .await
        .unwrap();
    // Straight from the table: what the server gives back of a row with defaults is not to be relied on (lite shows NULL).
    let stored = servers
        .sql(&format!("select string_agg(id || ':' || note, ',' order by id) from {ITEMS} where owner = '{me}'"));
    assert_eq!(stored, "a:the default,b:own");
    let upsert = rest.from(ITEMS).upsert(&json!([{ "id": "b", "name": "Bob" }, { "id": "c", "name": "Cid" }]), &KEY);
    upsert.send().await.unwrap();
    let b: Json = rest.from(ITEMS).select("name,n,note").eq("id", "b").single().await.unwrap();
    assert_eq!(b, json!({ "name": "Bob", "n": 2, "note": "own" }));
    let ignored = rest.from(ITEMS).upsert(&json!([{ "id": "b", "name": "Eve" }]), &KEY).ignore_duplicates();
    ignored.send().await.unwrap();
    assert_eq!(rest.from(ITEMS).select("name").eq("id", "b").single::<Json>().await.unwrap(), json!({ "name": "Bob" }));
    // Only these columns, whatever the rows carry.
    let some = rest.from(ITEMS).upsert(&json!([{ "id": "b", "name": "Eve", "n": 9 }]), &KEY).columns(["id", "n"]);
    some.send().await.unwrap();
    assert_eq!(
        rest.from(ITEMS).select("name,n").eq("id", "b").single::<Json>().await.unwrap(),
        json!({ "name": "Bob", "n": 9 })
    );
    let twice = rest.from(ITEMS).upsert(&json!([{ "id": "d" }, { "id": "d" }]), &KEY).send().await.unwrap_err();
    assert_eq!(twice.code(), "supabase.duplicate_in_batch");
}

#[tokio::test]
async fn each_failure_of_the_server_is_told_apart() {
    let Some(servers) = servers() else { return };
    let (mine, theirs) = (user(), user());
    let rest = servers.rest(mine);
    rest.from(ITEMS).insert(&[item("a", "Ann", 1)]).send().await.unwrap();
    let insert = |row: Json| rest.from(ITEMS).insert(&row).send();
    let code = |error: Error| (error.kind(), error.code().to_owned());
    let duplicate = insert(json!({ "id": "a" })).await.unwrap_err();
    let said: &DatabaseError = duplicate.source().unwrap().downcast_ref().unwrap();
    assert_eq!(said.code, "23505");
    assert_eq!(code(duplicate), (ErrorKind::Conflict, "supabase.duplicate".to_owned()));
    assert_eq!(insert(json!({ "id": null })).await.unwrap_err().code(), "supabase.not_null");
    assert_eq!(insert(json!({ "id": "b", "n": "many" })).await.unwrap_err().code(), "supabase.bad_value");
    assert_eq!(insert(json!({ "id": "b", "nothing": 1 })).await.unwrap_err().kind(), ErrorKind::InvalidInput);
    let denied = insert(json!({ "id": "b", "owner": theirs })).await.unwrap_err();
    assert_eq!(code(denied), (ErrorKind::PermissionDenied, "supabase.row_denied".to_owned()));
    let no_table = rest.from("nothing_of_that_name").select("*").rows::<Json>().await.unwrap_err();
    assert_eq!(code(no_table), (ErrorKind::NotFound, "supabase.no_table".to_owned()));
    let no_column = rest.from(ITEMS).select("nothing").rows::<Json>().await.unwrap_err();
    assert_eq!(no_column.code(), "supabase.no_column");
    let hidden =
        rest.clone().schema("ghostwren_private").from("credentials").select("*").rows::<Json>().await.unwrap_err();
    assert_eq!(code(hidden), (ErrorKind::Config, "supabase.schema_not_exposed".to_owned()));
    let no_function = rest.rpc("nothing_of_that_name", &json!({})).value::<Json>().await.unwrap_err();
    assert_eq!(code(no_function), (ErrorKind::NotFound, "supabase.no_function".to_owned()));
    let other_form = rest.from(ITEMS).select("id").rows::<u32>().await.unwrap_err();
    assert_eq!(code(other_form), (ErrorKind::Decode, "http.json".to_owned()));
    // Another user sees nothing, and nobody's row is theirs to change.
    let other = servers.rest(theirs);
    assert_eq!(other.from(ITEMS).select("id").rows::<Json>().await.unwrap(), Vec::<Json>::new());
    assert_eq!(other.from(ITEMS).eq("id", "a").delete().count(Count::Exact).send().await.unwrap().count, Some(0));
    // The secret key sees all.
    let all = servers.with_secret().rest(Access::Secret);
    assert_eq!(all.from(ITEMS).select("id").eq("owner", mine).count_rows(Count::Exact).await.unwrap(), 1);
    // A key that is not one, and a token that ended.
    let wrong = Supabase::new(&servers.url, "sb_publishable_wrong").unwrap().rest(servers.user(mine));
    let wrong = wrong.from(ITEMS).select("id").rows::<Json>().await.unwrap_err();
    assert_eq!(code(wrong), (ErrorKind::Auth, "supabase.key_refused".to_owned()));
    let ended = servers.project().rest(Access::bearer(servers.token(mine, -3600)));
    let ended = ended.from(ITEMS).select("id").rows::<Json>().await.unwrap_err();
    assert_eq!(code(ended), (ErrorKind::Auth, "supabase.token_expired".to_owned()));
}

#[tokio::test]
async fn functions() {
    let Some(servers) = servers() else { return };
    let rest = servers.rest(user());
    let sum = |a: i32| rest.rpc("test_add", &json!({ "a": a, "b": 2 }));
    assert_eq!(sum(40).value::<i64>().await.unwrap(), 42);
    sum(1).idempotent(true).send().await.unwrap();
    rest.from(ITEMS).insert(&[item("a", "Ann", 1), item("b", "Bob", 2)]).send().await.unwrap();
    let mine: Vec<Item> = rest.rpc("test_mine", &json!({})).select("id,name,n").gt("n", 1).value().await.unwrap();
    assert_eq!(mine, [item("b", "Bob", 2)]);
    let missing = rest.rpc("test_add", &json!({ "a": 1 })).value::<i64>().await.unwrap_err();
    assert_eq!((missing.kind(), missing.code()), (ErrorKind::NotFound, "supabase.no_function"));
    let secret = |rest: Rest| async move { rest.rpc("test_only_secret", &json!({})).value::<String>().await };
    let denied = secret(rest).await.unwrap_err();
    assert_eq!((denied.kind(), denied.code()), (ErrorKind::PermissionDenied, "supabase.permission_denied"));
    assert_eq!(secret(servers.with_secret().rest(Access::Secret)).await.unwrap(), "the secret key may");
    let keyless = secret(servers.project().rest(Access::Secret)).await.unwrap_err();
    assert_eq!((keyless.kind(), keyless.code()), (ErrorKind::Config, "supabase.secret_key_needed"));
}

/// What the server answers when it is asked for an address of an object, as it stands on the wire.
async fn signed_by_hand(servers: &Servers, at: &ObjectPath) -> String {
    let host = servers.url.trim_start_matches("http://");
    let request = format!(
        "POST /storage/v1/object/sign/ghostwren/{at} HTTP/1.1\r\nhost: {host}\r\napikey: {}\r\n\
         content-type: application/json\r\ncontent-length: 16\r\nconnection: close\r\n\r\n{}",
        servers.secret, r#"{"expiresIn":60}"#
    );
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// What `@supabase/lite` 0.10.0 does otherwise than PostgREST and Storage, which are what counts: a violated check is `SUP`
/// with 500 there, and 23514 with 400 in PostgREST (see the table in `rest/errors.rs`); the others by their names below.
#[tokio::test]
async fn where_lite_differs() {
    let Some(servers) = servers() else { return };
    let row = json!({ "id": "a", "name": "bad" });
    let refused = servers.rest(user()).from("test_bulk").insert(&row).send().await.unwrap_err();
    let said: &DatabaseError = refused.source().unwrap().downcast_ref().unwrap();
    match said.code.as_str() {
        "SUP" => assert!(said.message.contains("violates check constraint"), "{said}"),
        _ => assert_eq!((refused.kind(), refused.code()), (ErrorKind::InvalidInput, "supabase.check")),
    }
    let me = user();
    let rest = servers.rest(me);
    // A write that is to be rolled back is told to be (`Preference-Applied: tx=rollback`), and stays.
    rest.from(ITEMS).insert(&[item("rolled back", "row", 0)]).dry_run().send().await.unwrap();
    let left = rest.from(ITEMS).select("id").eq("id", "rolled back").count_rows(Count::Exact).await.unwrap();
    assert_eq!(left, 1, "lite rolls back now: the difference is gone");
    // A failure of its Storage has no `code`: the real one says `NoSuchKey`. Ours is read out of its other words.
    let bucket = Storage::new(&servers.with_secret(), Access::Secret).bucket("ghostwren").unwrap();
    let at = ObjectPath::owned(me, "main", "one.txt").unwrap();
    let missing = bucket.download(&at, 100).await.unwrap_err();
    assert_eq!((missing.kind(), missing.code()), (ErrorKind::NotFound, "supabase.no_object"));
    let said: &StorageProblem = missing.source().unwrap().downcast_ref().unwrap();
    assert_eq!((said.status, said.code.as_str()), (404, ""), "lite has codes now: the difference is gone");
    // The address that it signs is named `signedUrl` and begins with `/storage/v1`: the real one is `signedURL`, without.
    // Both lead to the object.
    bucket.upload(&at, Upload::bytes("hello").content_type("text/plain")).await.unwrap();
    let answer = signed_by_hand(&servers, &at).await;
    assert!(answer.contains(r#"{"signedUrl":"/storage/v1/object/sign/"#), "lite signs as Storage now: {answer}");
    let signed = bucket.signed_url(&at, Duration::from_secs(60)).await.unwrap();
    assert_eq!(visit(signed.as_str()).await.body, b"hello");
    assert_eq!(bucket.remove(&[at]).await.unwrap(), 1);
}

/// The values that `@supabase/lite` 0.10.0 reads otherwise than PostgREST: outside of a logical expression as a value of
/// another type (`null`, `true`, arrays, with spaces cut off), inside of one without its backslashes taken away.
fn lite_misreads(text: &str, inside: bool) -> bool {
    match inside {
        true => text.contains(['"', '\\']),
        false => {
            text.trim() != text
                || matches!(text.to_ascii_lowercase().as_str(), "null" | "true" | "false" | "unknown")
                || text.starts_with(['{', '[', '('])
                || text.starts_with('"')
        }
    }
}

const TRICKY: [&str; 24] = [
    "a,b",
    "say \"hi\"",
    "(x)",
    "null",
    "NULL",
    "ünï 🐦",
    "a.b",
    "*",
    "100%",
    "back\\slash",
    "a:b",
    " lead",
    "",
    "+",
    "é&=#?",
    "{a}",
    "true",
    "a\nb",
    "1",
    "in.(1,2)",
    "not.eq.x",
    ")",
    "a\"),(b",
    "'; drop table x; --",
];

#[tokio::test]
async fn tricky_values_are_found_and_nothing_else() {
    let Some(servers) = servers() else { return };
    let rest = servers.rest(user());
    let rows: Vec<Item> = TRICKY.iter().enumerate().map(|(at, text)| item(&format!("{at:02}"), text, 0)).collect();
    rest.from(ITEMS).insert(&rows).send().await.unwrap();
    let mut misread = Vec::new();
    for (at, text) in TRICKY.into_iter().enumerate() {
        let this = vec![format!("{at:02}")];
        assert_eq!(ids(&rest, Filter::in_list("name", [text])).await.unwrap(), this, "in a list: {text}");
        let outside = ids(&rest, Filter::eq("name", text)).await;
        match lite_misreads(text, false) {
            false => assert_eq!(outside.unwrap(), this, "outside: {text}"),
            true => misread.push((text, "outside", outside.is_ok_and(|found| found == this))),
        }
        let inside = ids(&rest, Filter::any([Filter::eq("name", text), Filter::eq("name", "no such")])).await;
        match lite_misreads(text, true) {
            false => assert_eq!(inside.unwrap(), this, "inside: {text}"),
            true => misread.push((text, "inside", inside.is_ok_and(|found| found == this))),
        }
    }
    println!("lite differs from PostgREST at {:?}", misread.iter().filter(|(_, _, right)| !right).collect::<Vec<_>>());
    let all = ids(&rest, Filter::in_list("name", TRICKY)).await.unwrap();
    assert_eq!(all.len(), TRICKY.len());
    assert_eq!(ids(&rest, Filter::in_list("name", Vec::<String>::new())).await.unwrap(), Vec::<String>::new());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a text holds, a filter finds the row with it, and only that one.
    #[test]
    fn any_text_is_found(texts in prop::collection::btree_set("[a-c,\"()\\\\.*%:&+=#{} ünull🐦\n'-]{0,12}", 1..12)) {
        let Some(servers) = servers() else { return Ok(()) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
                    let rest = servers.rest(user());
            let rows: Vec<Item> = texts.iter().enumerate().map(|(at, text)| item(&format!("{at:02}"), text, 0)).collect();
            rest.from(ITEMS).insert(&rows).send().await.unwrap();
            for row in &rows {
                let text = row.name.as_deref().unwrap();
                let this = vec![row.id.clone()];
                assert_eq!(ids(&rest, Filter::in_list("name", [text])).await.unwrap(), this, "in a list: {text:?}");
                if !lite_misreads(text, false) {
                    assert_eq!(ids(&rest, Filter::eq("name", text)).await.unwrap(), this, "outside: {text:?}");
                }
                if !lite_misreads(text, true) {
                    let inside = Filter::all([Filter::eq("name", text), Filter::gte("n", 0)]);
                    assert_eq!(ids(&rest, inside).await.unwrap(), this, "inside: {text:?}");
                }
            }
            let none = Filter::not_in("name", texts.iter());
            assert_eq!(ids(&rest, none).await.unwrap(), Vec::<String>::new());
        });
    }
}

#[tokio::test]
async fn every_filter() {
    let Some(servers) = servers() else { return };
    let rest = servers.rest(user());
    let rows = json!([
        { "id": "a", "name": "Apple pie", "n": 1, "done": false, "tags": ["x", "y,z"], "data": { "k": 1 }, "odd name": "o", "select": "s" },
        { "id": "b", "name": "banana", "n": 2, "done": true, "tags": ["x"], "data": { "k": 2 } },
        { "id": "c", "n": 3, "tags": [] },
    ]);
    rest.from(ITEMS).insert(&rows).send().await.unwrap();
    for (filter, found) in [
        (Filter::neq("name", "banana"), "a"),
        (Filter::is_distinct("name", "banana"), "ac"),
        (Filter::gt("n", 1), "bc"),
        (Filter::gte("n", 2), "bc"),
        (Filter::lt("n", 2), "a"),
        (Filter::lte("n", 2), "ab"),
        (Filter::is_null("name"), "c"),
        (Filter::is_null("name").negated(), "ab"),
        (Filter::is("done", true), "b"),
        (Filter::is("done", false), "a"),
        (Filter::like("name", "%pie"), "a"),
        (Filter::like("name", "Apple*"), "a"),
        (Filter::ilike("name", "apple%"), "a"),
        (Filter::regex("name", "^b.n"), "b"),
        (Filter::regex_icase("name", "^APPLE"), "a"),
        (Filter::contains("tags", ["x"]), "ab"),
        (Filter::contains("tags", ["y,z"]), "a"),
        (Filter::contained_by("tags", ["x"]), "bc"),
        (Filter::contained_by_value("tags", "{x}"), "bc"),
        (Filter::overlaps("tags", ["y,z", "q"]), "a"),
        (Filter::overlaps_value("tags", r#"{"y,z",q}"#), "a"),
        (Filter::contains_value("data", r#"{"k":2}"#), "b"),
        (Filter::eq("data->>k", "1"), "a"),
        (Filter::eq("odd name", "o"), "a"),
        (Filter::eq("select", "s"), "a"),
        (Filter::not_in("id", ["a"]), "bc"),
        (Filter::matches([("id", "b"), ("name", "banana")]), "b"),
        (Filter::any([Filter::eq("id", "a"), Filter::gt("n", 2)]), "ac"),
        (Filter::any([Filter::eq("id", "a"), Filter::gt("n", 2)]).negated(), "b"),
        (Filter::all([Filter::gt("n", 1), Filter::any([Filter::eq("id", "c"), Filter::is_null("name")])]), "c"),
        (Filter::text_search("name", "pie", ghostwren::supabase::TextSearch::plain().config("english")), "a"),
        (Filter::raw("n", "eq", "2"), "b"),
    ] {
        let got = ids(&rest, filter.clone()).await;
        assert_eq!(got.map(|ids| ids.concat()).unwrap(), found, "{filter:?}");
    }
}

#[tokio::test]
async fn pages_by_key_are_whole_though_the_server_cuts_them() {
    let Some(servers) = servers() else { return };
    let me = user();
    let rest = servers.rest(me);
    // 2,500 rows with only 7 different times: more than the 1,000 that the server gives at once.
    servers.sql(&format!(
        "insert into {ITEMS} (owner, id, n, at) select '{me}', 'i' || i, i, timestamptz '2026-01-01' + i % 7 * interval '1 us' \
         from generate_series(1, 2500) i"
    ));
    #[derive(Deserialize)]
    struct Row {
        id: String,
        at: String,
    }
    for asked in [300, 1000, 5000] {
        let key = [Sort::descending("at"), Sort::ascending("id")];
        let mut pages = rest.from(ITEMS).select("id,at").pages::<Row>(key, asked);
        let mut seen: Vec<(String, String)> = Vec::new();
        let mut requests = 0;
        while let Some(page) = pages.next_page().await {
            requests += 1;
            seen.extend(page.unwrap().into_iter().map(|row| (row.at, row.id)));
        }
        assert_eq!(seen.len(), 2500, "{asked} at once");
        assert_eq!(requests, if asked == 300 { 9 } else { 3 });
        let mut sorted = seen.clone();
        sorted.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        assert_eq!(seen, sorted);
        sorted.dedup();
        assert_eq!(sorted.len(), 2500, "no row twice");
    }
    // Counted, the cut shows.
    let page = rest.from(ITEMS).select("id").count(Count::Exact).page::<Json>().await.unwrap();
    assert_eq!((page.rows.len(), page.count, page.truncated), (1000, Some(2500), true));
    // Going on from where another process stopped.
    let key = || [Sort::ascending("id")];
    let mut first = rest.from(ITEMS).select("id").pages::<Json>(key(), 10);
    first.next_page().await.unwrap().unwrap();
    let position = first.position().unwrap().to_vec();
    let mut second = rest.from(ITEMS).select("id").pages::<Json>(key(), 10).after(position);
    assert_eq!(
        second.next_page().await.unwrap().unwrap().first().map(|row| row["id"].clone()),
        first.next_page().await.unwrap().unwrap().first().map(|row| row["id"].clone())
    );
    let unread = rest.from(ITEMS).select("n").pages::<Json>(key(), 10).next_page().await.unwrap().unwrap_err();
    assert_eq!((unread.kind(), unread.code()), (ErrorKind::InvalidInput, "supabase.bad_key"));
}
