//! What pages cost with a million rows, and what an import of unchanged tweets writes: read from the plans that PostgreSQL
//! gives itself.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod common;

use std::process::Command;
use std::time::Instant;

use common::postgres::{Database, become_user, user};
use serde_json::Value;

const ROWS: usize = 1_000_000;
const ACCOUNT: &str = "10000000-0000-4000-8000-000000000000";

/// A million tweets of one account and a thousand of another one, in the order in which imports write them.
fn filled() -> Database {
    let database = Database::copy_of("plain", "million");
    database.sql(&format!(
        "alter table ghostwren.tweets set (autovacuum_enabled = false);
         insert into ghostwren.accounts (id, owner, label) values ('{ACCOUNT}', '{me}', 'main'),
             ('20000000-0000-4000-8000-000000000000', '{other}', 'main');
         insert into ghostwren.tweets (account_id, id, content_hash, created_at, kind, source, likes, full_text, search_terms)
         select a.id::uuid, (1000000000000000000 + i * 7)::text, md5(i::text)::uuid,
             timestamptz '2010-01-01' + make_interval(mins => i), case i % 3 when 0 then 'reply' else 'original' end, 'archive',
             i % 100, 'tweet number ' || i || ' about ' || md5(i::text), 'tweet number ' || i || ' about ' || md5(i::text)
         from (values (1, '{ACCOUNT}', {ROWS}), (2, '20000000-0000-4000-8000-000000000000', 1000)) a (n, id, rows),
             generate_series(1, a.rows) i;",
        me = user(1),
        other = user(2),
    ));
    database.sql("vacuum (analyze, freeze) ghostwren.tweets");
    database.sql("analyze");
    database
}

/// What these queries of the user give, one after the other, and the plans of those behind a `LOUD`; with `nested` also of the
/// statements of their functions, which come before the query's own.
fn explained(database: &Database, nested: bool, queries: &[&str]) -> (String, Vec<Value>) {
    let before = format!(
        "set client_min_messages = warning; load 'auto_explain'; set auto_explain.log_min_duration = 0;
         set auto_explain.log_analyze = on; set auto_explain.log_buffers = on; set auto_explain.log_wal = on;
         set auto_explain.log_nested_statements = {nested}; set auto_explain.log_format = json;"
    );
    let mut psql = Command::new("psql");
    psql.arg(database.url_as("supabase_admin")).args(["-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1"]);
    for query in [before.as_str(), &become_user(1)].iter().chain(queries) {
        psql.args(["-c", query]);
    }
    let output = psql.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    let plans = text.split("plan:\n").skip(1);
    let plans = plans.map(|plan| serde_json::Deserializer::from_str(plan).into_iter().next().unwrap().unwrap());
    (String::from_utf8_lossy(&output.stdout).trim().to_owned(), plans.collect())
}

const LOUD: &str = "set client_min_messages = log";

/// The plans of every statement of a query, its functions' included, and the query's own last. The query is made once
/// before, so that no catalog has to be read.
fn plans(database: &Database, select: &str) -> Vec<Value> {
    explained(database, true, &[select, LOUD, select]).1
}

/// What a query gives, and how many bytes of log it wrote: it alone, whatever the server does beside it.
fn logged(database: &Database, select: &str) -> (String, u64) {
    let (found, plans) = explained(database, false, &[LOUD, select]);
    (found, plans.last().unwrap()["Plan"]["WAL Bytes"].as_u64().unwrap())
}

/// Adds a number up over a plan's nodes.
fn sum(plan: &Value, name: &str) -> u64 {
    // A node counts each of its loops by itself.
    let loops = if name.starts_with("Rows Removed") { plan["Actual Loops"].as_u64().unwrap_or(1) } else { 1 };
    let own = plan[name].as_u64().unwrap_or(0) * loops;
    own + plan["Plans"].as_array().into_iter().flatten().map(|plan| sum(plan, name)).sum::<u64>()
}

/// The buffers that a query touched, and the rows that its filters threw away.
fn cost(database: &Database, select: &str) -> (u64, u64) {
    let plans = plans(database, select);
    let last = &plans.last().unwrap()["Plan"];
    // A node's buffers include those of the nodes and functions below it.
    let buffers = last["Shared Hit Blocks"].as_u64().unwrap() + last["Shared Read Blocks"].as_u64().unwrap();
    let removed = plans
        .iter()
        .map(|plan| sum(&plan["Plan"], "Rows Removed by Filter") + sum(&plan["Plan"], "Rows Removed by Index Recheck"));
    assert!(plans.len() > 2 || !select.contains("ghostwren.tweets("), "the statements of the function are not seen");
    (buffers, removed.sum())
}

fn cheap(what: &str, (buffers, removed): (u64, u64)) {
    println!("{what}: {buffers} buffers, {removed} rows removed");
    assert!(buffers < 100 && removed < 50, "{what}: {buffers} buffers, {removed} rows removed");
}

#[test]
fn pages_stay_cheap_and_unchanged_tweets_cost_no_log() {
    let began = Instant::now();
    let database = filled();
    println!("{ROWS} rows in {:.0?}", began.elapsed());
    assert_eq!(database.call(1, &format!("count_tweets('{ACCOUNT}')")).unwrap(), ROWS);

    // The place of the nth newest tweet.
    let after = |n: usize| {
        database.sql(&format!(
            "select format('%L, %L', created_at, id) from ghostwren.tweets where account_id = '{ACCOUNT}'
         order by created_at desc offset {n} limit 1"
        ))
    };
    let query = |query: &str, after: &str| format!("tweets('{ACCOUNT}', '{query}', 50, {after})");
    let (oldest, kinds) =
        (r#"{"order": "oldest_first"}"#, r#"{"with_deleted": true, "since": "2010-01-01T00:00:00Z"}"#);
    for (what, call) in [
        ("the newest page", query("{}", "null, null")),
        ("a page in the middle", query("{}", &after(ROWS / 2))),
        ("the deepest page", query("{}", &after(ROWS - 51))),
        ("the oldest page", query(oldest, "null, null")),
        ("the deepest page from the oldest on", query(oldest, &after(51))),
        ("a page from a time on", query(kinds, &after(ROWS / 3))),
    ] {
        let items = database.call(1, &call).unwrap();
        assert_eq!(items["items"].as_array().unwrap().len(), 50, "{what}");
        cheap(what, cost(&database, &format!("select ghostwren.{call}")));
    }

    // Without the function, as an app asks PostgREST for it: an explicit filter beside the policy, and the plain time beside
    // the place.
    for (what, n) in [("an app's newest page", 0), ("an app's deepest page", ROWS - 51)] {
        let (at, id) = after(n).split_once(", ").map(|(at, id)| (at.to_owned(), id.to_owned())).unwrap();
        let select = format!(
            "select * from ghostwren.tweets where account_id = '{ACCOUNT}' and created_at <= {at}
                 and (created_at < {at} or (created_at = {at} and id < {id})) order by created_at desc, id desc limit 50"
        );
        cheap(what, cost(&database, &select));
    }

    // 100,000 tweets once more, by pages of 1,000 as the client sends them.
    let begun = database.call(1, &format!("begin_import('{ACCOUNT}', 'archive', 'again', 600000)")).unwrap();
    let run = begun["run"]["id"].as_str().unwrap();
    let page = |n: usize| {
        format!(
            "(select jsonb_build_object('tweets', jsonb_agg(jsonb_build_object('id', t.id, 'hash', t.content_hash,
                 'created_at', t.created_at, 'kind', t.kind, 'source', t.source, 'likes', t.likes, 'full_text', t.full_text,
                 'search_terms', t.search_terms)), 'checkpoint', '{{}}', 'lease_ms', 600000)
             from (select * from ghostwren.tweets where account_id = '{ACCOUNT}' order by created_at offset {} limit 1000) t)",
            n * 1000
        )
    };
    // The first one alone, to see that it does what it says.
    let counts = database.call(1, &format!("import_page('{run}', 1, {})", page(0))).unwrap();
    assert_eq!((&counts["unchanged"], &counts["inserted"], &counts["updated"]), (&1000.into(), &0.into(), &0.into()));
    let all =
        format!("import_page('{run}', 1, {})", page(0).replace("offset 0 limit 1000", "offset n * 1000 limit 1000"));
    database.sql("checkpoint");
    let again = format!("select count(ghostwren.{all}) from generate_series(0, 99) n");
    let (pages, written) = logged(&database, &again);
    assert_eq!(pages, "100");
    println!("100,000 unchanged tweets: {written} bytes of log");
    assert!(written < 1_000_000, "{written} bytes of log for 100,000 unchanged tweets");
    // What would have been written shows that the measure works: the same tweets with one number changed.
    let changed = all
        .replace("'hash', t.content_hash", "'hash', md5(t.id)::uuid")
        .replace("'likes', t.likes", "'likes', t.likes + 1");
    let updated = format!("select sum((ghostwren.{changed} ->> 'updated')::int) from generate_series(0, 9) n");
    let (tweets, written) = logged(&database, &updated);
    assert_eq!(tweets, "10000");
    assert!(written > 1_000_000, "{written}");

    // A look for what is new: one call for 100,000 tweets.
    let ids = |n: usize| {
        format!("array(select id from ghostwren.tweets where account_id = '{ACCOUNT}' order by created_at limit {n})")
    };
    let hashes = format!(
        "array(select content_hash from ghostwren.tweets where account_id = '{ACCOUNT}' order by created_at offset 10000 limit 90000)"
    );
    let began = Instant::now();
    let found = database.call(
        1,
        &format!(
            "changed('{ACCOUNT}', {}, {} || {hashes})",
            ids(100_000),
            "array(select md5(i::text)::uuid from generate_series(1, 10000) i)"
        ),
    );
    println!("changed, 100,000 tweets: {:.0?} with a connection and making the lists", began.elapsed());
    // The ten thousand that were changed above have other hashes now.
    assert_eq!(found.unwrap().as_str().unwrap().split(',').count(), 10_000);
}

/// The statistics know a hundred small accounts and not the one that imports, as in a project in which somebody's archive comes
/// after many that only tried it: no step may read the account once for each tweet.
#[test]
fn an_account_that_the_statistics_do_not_know_is_not_read_for_each_tweet() {
    let database = Database::copy_of("plain", "unknown");
    database.sql(&format!(
        "alter table ghostwren.tweets set (autovacuum_enabled = false);
         insert into ghostwren.accounts (id, owner, label) select md5('a' || i)::uuid, md5('o' || i)::uuid, 'main' from generate_series(1, 100) i;
         insert into ghostwren.tweets (account_id, id, content_hash, created_at, kind, source, full_text)
         select md5('a' || a)::uuid, (1000 + i)::text, md5(i::text)::uuid, now(), 'original', 'archive', 'x'
         from generate_series(1, 100) a, generate_series(1, 15) i;
         analyze;
         insert into ghostwren.accounts (id, owner, label) values ('{ACCOUNT}', '{}', 'main')",
        user(1)
    ));
    let begun = database.call(1, &format!("begin_import('{ACCOUNT}', 'archive', 'k', 600000)")).unwrap();
    let run = begun["run"]["id"].as_str().unwrap();
    let page = |n: u32, likes: u32| {
        format!(
            "(select jsonb_build_object('tweets', jsonb_agg(jsonb_build_object('id', (1000000000000000000 + i)::text,
                 'hash', md5(i || '-{likes}'), 'created_at', timestamptz '2020-01-01' + make_interval(secs => i), 'kind', 'original',
                 'source', 'archive', 'likes', {likes}, 'full_text', 'x', 'search_terms', 'x',
                 'in_reply_to_id', case i % 4 when 0 then (1000000000000000000 + i - 1)::text end)),
                 'checkpoint', '{{}}', 'lease_ms', 600000) from generate_series({}, {}) i)",
            n * 1000 + 1,
            n * 1000 + 1000
        )
    };
    let buffers = |call: &str| {
        let explained = format!(
            "{}\nset statement_timeout = '120s';\nexplain (analyze, buffers, format json) select ghostwren.{call};",
            become_user(1)
        );
        let plan: Value = serde_json::from_str(&database.sql(&explained)).unwrap();
        let of = |name: &str| plan[0]["Plan"][name].as_u64().unwrap();
        of("Shared Hit Blocks") + of("Shared Read Blocks")
    };
    for n in 0..4 {
        database.call(1, &format!("import_page('{run}', 1, {})", page(n, 1))).unwrap();
    }
    let ids = "array(select (1000000000000000000 + i)::text from generate_series(1, 500) i)";
    for (what, call) in [
        ("1,000 tweets change", format!("import_page('{run}', 1, {})", page(0, 2))),
        ("the end of an import of 4,000", format!("finish_import('{run}', 1, '{{\"end\": \"complete\"}}')")),
        ("500 tweets are erased", format!("erase_tweets('{ACCOUNT}', {ids})")),
    ] {
        let touched = buffers(&call);
        println!("{what}: {touched} buffers");
        assert!(touched < 200_000, "{what}: {touched} buffers");
    }
    assert_eq!(database.call(1, &format!("count_tweets('{ACCOUNT}')")).unwrap(), 3_500);
}

/// Pages of a thousand new tweets each, as a client sends them, for two accounts.
const PAGES: &str = "
    create schema pages; grant usage on schema pages to authenticated;
    create table pages.pages (account integer, n integer, page text);
    create table pages.floor (account integer, id text primary key, page jsonb);
    grant select, insert on pages.pages, pages.floor to authenticated;
    insert into pages.pages select a, p, jsonb_build_object('tweets', jsonb_agg(jsonb_build_object(
        'id', (1000000000000000000 + a::bigint * 100000000000 + p * 100000 + i)::text, 'hash', md5(a || '-' || p || '-' || i),
        'created_at', timestamptz '2020-01-01' + make_interval(secs => p * 1000.0 + i), 'lang', 'en', 'source', 'archive',
        'kind', case i % 4 when 0 then 'reply' else 'original' end, 'client', 'Twitter Web App', 'likes', i % 50, 'retweets', i % 7,
        'in_reply_to_id', case i % 4 when 0 then (1000000000000000000 + a::bigint * 100000000000 + p * 100000 + i - 1)::text end,
        'entities', case i % 3 when 0 then '{\"mentions\": [{\"username\": \"jane\", \"id\": \"33\", \"name\": \"Jane\"}]}'::jsonb end,
        'full_text', t.text, 'search_terms', t.text)), 'checkpoint', '{\"entry\": 1}', 'lease_ms', 60000)::text
    from generate_series(1, 2) a, generate_series(1, 25) p, generate_series(1, 1000) i,
        lateral (select md5((a * 1000000 + p * 1000 + i)::text) || ' the words of a tweet ' || md5((i * 7)::text) as text) t
    group by a, p;";

/// Rows a second of two connections that run a statement over the pages of one account each.
fn together(database: &Database, statement: impl Fn(u32) -> String) -> f64 {
    let times = database.at_once((1..=2).map(|account| {
        format!(
            "{}\nselect clock_timestamp();\n{};\nselect clock_timestamp();",
            become_user(account),
            statement(account)
        )
    }));
    let mut all: Vec<f64> = Vec::new();
    for printed in times {
        let printed = printed.unwrap();
        for line in printed.lines().filter(|line| line.starts_with("20")) {
            all.push(database.sql(&format!("select extract(epoch from timestamptz '{line}')")).parse().unwrap());
        }
    }
    assert_eq!(all.len(), 4, "{all:?}");
    50_000.0 / (all.iter().copied().fold(f64::MIN, f64::max) - all.iter().copied().fold(f64::MAX, f64::min))
}

#[test]
fn imports_are_fast() {
    let database = Database::copy_of("plain", "speed");
    database.sql(PAGES);
    // The floor: the same pages read into their rows and kept as they are.
    let floor = together(&database, |account| {
        format!(
            "insert into pages.floor select {account}, t ->> 'id', t from pages.pages p, jsonb_array_elements(p.page::jsonb -> 'tweets') t
             where p.account = {account}"
        )
    });
    let runs: Vec<String> = (1..=2)
        .map(|account| {
            let id = database.call(account, "open_account('main')").unwrap()["id"].as_str().unwrap().to_owned();
            let run = database.call(account, &format!("begin_import('{id}', 'archive', 'k', 60000)")).unwrap();
            run["run"]["id"].as_str().unwrap().to_owned()
        })
        .collect();
    let calls = |account: u32| {
        let run = &runs[account as usize - 1];
        (1..=25)
            .map(|n| format!("do $$ begin perform ghostwren.import_page('{run}', 1, page::jsonb) from pages.pages where account = {account} and n = {n}; end $$"))
            .collect::<Vec<_>>()
            .join(";\n")
    };
    let new = together(&database, calls);
    let again = together(&database, calls);
    assert_eq!(database.sql("select count(*), sum((likes is not null)::int) from ghostwren.tweets"), "50000|50000");
    println!(
        "two connections, 1,000 tweets a call: {new:.0} new tweets/s, {again:.0} known ones/s; floor {floor:.0} rows/s"
    );
    // A fifth of what an idle machine must reach: this one may be busy.
    assert!(new > 7_000.0, "{new:.0} rows/s");

    let known = "select array_agg(id) ids, array_agg(content_hash) hashes from (select * from ghostwren.tweets order by id limit 5000) t";
    let began = database.sql(&format!(
        "{};\ncreate temp table known as {known};\nselect clock_timestamp();
         select count(ghostwren.changed((select id from ghostwren.accounts), k.ids, k.hashes)) from known k, generate_series(1, 20);
         select clock_timestamp();",
        become_user(1)
    ));
    let lines: Vec<&str> = began.lines().collect();
    let seconds = format!("select extract(epoch from timestamptz '{}' - timestamptz '{}')", lines[2], lines[0]);
    let seconds: f64 = database.sql(&seconds).parse().unwrap();
    println!("changed, 5,000 tweets a call, one connection: {:.0} tweets/s", 100_000.0 / seconds);
    assert!(100_000.0 / seconds > 60_000.0, "{seconds} s for 100,000 tweets");
}
