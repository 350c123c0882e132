//! The migrations on real databases: run twice, over a filled database of an earlier version, and with real connections
//! that meet each other.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod common;

use std::process::Command;

use common::postgres::{Database, as_secret, as_user, migrations, user};
use serde_json::{Value, json};

fn dump(database: &Database) -> String {
    let output = Command::new("pg_dump").arg("-s").arg(database.url_as("supabase_admin")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // A dump begins and ends with a random key.
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter(|line| !line.contains("restrict "))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn migrations_may_be_run_again() {
    let database = Database::copy_of("bare", "again");
    database.migrate(&migrations());
    let once = dump(&database);
    database.sql(&as_user(1, "open_account('main')"));
    database.migrate(&migrations());
    assert_eq!(dump(&database), once);
    assert_eq!(database.call(1, "accounts()").unwrap().as_array().unwrap().len(), 1);
}

#[test]
fn the_migrations_end_with_the_version_that_they_name() {
    let last = migrations().pop().unwrap();
    let version = Database::copy_of("plain", "version").sql("select ghostwren.schema_version()");
    assert!(last.file_name().unwrap().to_str().unwrap().starts_with(&version), "{version}: {}", last.display());
}

/// The first version had neither sightings nor cost, refresh leases, the outbox or jobs.
const FIRST_VERSION: &str = "
    insert into ghostwren.accounts (id, owner, label, twitter_user_id, username, tweet_count)
        values ('10000000-0000-4000-8000-000000000000', '00000001-0000-4000-8000-000000000000', 'main', '12', 'jane', 2);
    insert into ghostwren.tweets (account_id, id, content_hash, created_at, kind, likes, source, full_text, search_terms, labels)
        values ('10000000-0000-4000-8000-000000000000', '1', md5('a')::uuid, '2020-01-01', 'original', 3, 'archive', 'one', 'one', '{mine}'),
            ('10000000-0000-4000-8000-000000000000', '2', md5('b')::uuid, '2020-01-02', 'reply', 3, 'archive', 'two', 'two', null);
    insert into ghostwren.import_runs (account_id, source, source_key, checkpoint, inserted, outcome)
        values ('10000000-0000-4000-8000-000000000000', 'archive', 'k', '{\"n\": 1}', 2, '{\"end\": \"cancelled\"}');
    insert into ghostwren.generations values ('10000000-0000-4000-8000-000000000000', '20000000-0000-4000-8000-000000000000', null, '{}', 'm', '[]', '[]', now());
    insert into ghostwren.drafts values ('10000000-0000-4000-8000-000000000000', '30000000-0000-4000-8000-000000000000',
        '20000000-0000-4000-8000-000000000000', 'text', 4, 0, 0, 0, 0, 0, 'approved', null, now(), now());
    insert into ghostwren_private.credentials (account_id, owner, name, key_id, sealed)
        values ('10000000-0000-4000-8000-000000000000', '00000001-0000-4000-8000-000000000000', 'token', 'k', 'sealed');
    insert into ghostwren.spend_reservations (subject, id, day, kind, amount_micros, lapses_at)
        select subject, '60000000-0000-4000-8000-000000000000', (now() at time zone 'UTC')::date, 'model', 300, now() + interval '1 hour' from ghostwren.accounts;";

/// What the second one brought: an entry of the outbox in every state, each of a draft of its own, a job and a login under way.
const SECOND_VERSION: &str = "
    insert into ghostwren.drafts select account_id, format('3000000%s-0000-4000-8000-000000000000', n)::uuid, generation_id, text, 4, 0, 0, 0, 0, 0,
        case n when 6 then 'published' else 'approved' end, null, now(), now() from ghostwren.drafts, generate_series(1, 6) n;
    insert into ghostwren.outbox (account_id, id, draft_id, content_hash, payload, state, posted_ids, attempts, error_code, fence, leased_at, lease_until)
        select '10000000-0000-4000-8000-000000000000', format('4000000%s-0000-4000-8000-000000000000', n)::uuid,
            format('3000000%s-0000-4000-8000-000000000000', n)::uuid, repeat('a', 64), '[{}, {}]', state, posted::text[], 3, code, 3, since, till
        from (values (1, 'pending', '{}', null, null, null),
            (2, 'sending', '{7}', null, now() - interval '2 minutes', now() - interval '1 minute'),
            (3, 'failed', '{}', 'twitter.duplicate', null, null),
            (4, 'failed', '{8}', 'twitter.duplicate', null, null),
            (5, 'unknown', '{}', 'http.timeout', null, null),
            (6, 'posted', '{9,10}', null, null, null)) e (n, state, posted, code, since, till);
    insert into ghostwren.jobs (id, account_id, owner, kind, actions, delegated_until)
        values ('50000000-0000-4000-8000-000000000000', '10000000-0000-4000-8000-000000000000', '00000001-0000-4000-8000-000000000000',
            'import', '{import}', now() + interval '1 hour');
    insert into ghostwren_private.login_states (owner, state_hash, binding_hash, key_id, sealed, facts, label, expires_at)
        values ('00000001-0000-4000-8000-000000000000', repeat('a', 64), repeat('b', 64), 'k', 'sealed', '{}', 'main', now() + interval '10 minutes');";

/// All of it is there, and goes on where it stood.
fn goes_on(database: &Database, account: &str, applied: usize) {
    let call = |call: &str| database.call(1, call).unwrap_or_else(|error| panic!("after {applied}: {call}: {error}"));
    let secret = |call: &str| -> Value { serde_json::from_str(&database.sql(&as_secret(call))).unwrap() };
    let id = |n: u32| format!("4000000{n}-0000-4000-8000-000000000000");
    let entries: Vec<Value> = (1..=6).map(|n| call(&format!("outbox_entry('{}')", id(n)))).collect();
    let kept: Vec<Value> = entries
        .iter()
        .map(|e| json!([e["state"], e["posted_ids"], e["error_code"], e["attempts"], e["fence"]]))
        .collect();
    let expected = [
        json!(["pending", [], null, 3, 3]),
        json!(["sending", ["7"], null, 3, 3]),
        json!(["failed", [], "twitter.duplicate", 3, 3]),
        json!(["failed", ["8"], "twitter.duplicate", 3, 3]),
        json!(["unknown", [], "http.timeout", 3, 3]),
        json!(["posted", ["9", "10"], null, 3, 3]),
    ];
    assert_eq!(kept, expected, "after {applied}");
    // Whoever sends next has a new fence, and learns where somebody was interrupted.
    for (n, interrupted) in [(1, false), (2, true), (4, false), (5, true)] {
        let sending = call(&format!("begin_sending('{}', 60000)", id(n)));
        assert_eq!(
            (&sending["fence"], &sending["interrupted"]),
            (&json!(4), &json!(interrupted)),
            "{n} after {applied}"
        );
    }
    for (n, code) in [(3, "outbox.failed"), (6, "outbox.posted")] {
        assert_eq!(
            database.call(1, &format!("begin_sending('{}', 60000)", id(n))).unwrap_err(),
            code,
            "after {applied}"
        );
    }
    // What failed before anything of it was tweeted stands for nothing; half a thread does.
    let again = |n: u32| {
        let entry = json!({ "id": id(n + 5), "account_id": account, "draft_id": format!("3000000{n}-0000-4000-8000-000000000000"),
            "content_hash": "a".repeat(64), "payload": "[{}]" });
        database.call(1, &format!("put_outbox('{entry}')"))
    };
    assert_eq!(again(3).unwrap()["state"], "pending", "after {applied}");
    assert_eq!(again(4).unwrap_err(), "outbox.already", "after {applied}");
    let run = secret("run_claim('w', 60000)");
    assert_eq!(
        (&run["id"], &run["fence"]),
        (&json!("50000000-0000-4000-8000-000000000000"), &json!(1)),
        "after {applied}"
    );
    let (state, binding) = ("a".repeat(64), "b".repeat(64));
    let login = secret(&format!("take_login_state('{}', '{state}', '{binding}')", user(1)));
    assert_eq!((&login["label"], &login["verifier"]["sealed"]), (&json!("main"), &json!("sealed")), "after {applied}");
}

#[test]
fn a_filled_database_of_an_earlier_version_is_upgraded() {
    let files = migrations();
    for applied in 1..files.len() {
        let database = Database::copy_of("bare", "upgraded");
        database.migrate(&files[..applied]);
        database.sql(FIRST_VERSION);
        if applied >= 2 {
            database.sql(SECOND_VERSION);
        }
        database.migrate(&files);
        let call =
            |call: &str| database.call(1, call).unwrap_or_else(|error| panic!("after {applied}: {call}: {error}"));
        let account = call("accounts()")[0].clone();
        let id = account["id"].as_str().unwrap();
        // Sealed values are counted from the second version on, those that were there before as well.
        assert_eq!((&account["tweet_count"], &account["sealed_values"]), (&json!(2), &json!(1)), "after {applied}");
        let tweets = call(&format!("tweets('{id}')"));
        assert_eq!(tweets["items"][1]["labels"], json!(["mine"]));
        // The old run goes on at its checkpoint, and a sighting with a time beats one of which nobody knows when.
        let begun = call(&format!("begin_import('{id}', 'archive', 'k', 60000)"));
        let (run, fence) = (begun["run"]["id"].as_str().unwrap(), begun["lease"]["fence"].as_u64().unwrap());
        assert_eq!((&begun["run"]["checkpoint"], fence), (&json!("{\"n\": 1}"), 2));
        let page = json!({ "tweets": [{ "id": "1", "hash": "00000000000000000000000000000001", "created_at": "2020-01-01T00:00:00Z",
            "kind": "original", "source": "api", "full_text": "one", "search_terms": "one", "likes": 9 }],
            "observed_at": "2021-01-01T00:00:00Z", "checkpoint": "{}", "lease_ms": 1000, "watermark": "7", "cost_micros": 5 });
        let counts = call(&format!("import_page('{run}', {fence}, '{page}')"));
        assert_eq!(counts, json!({ "inserted": 0, "updated": 1, "unchanged": 0, "malformed": 0 }));
        // The draft is published, and the old token refreshed.
        let entry = json!({ "id": "40000000-0000-4000-8000-000000000000", "account_id": id,
            "draft_id": "30000000-0000-4000-8000-000000000000", "content_hash": "a".repeat(64), "payload": "[{}]" });
        assert_eq!(call(&format!("put_outbox('{entry}')"))["state"], "pending");
        let refresh = database.sql(&as_secret(&format!("begin_refresh('{}', '{id}', 'token', 60000)", user(1))));
        assert!(refresh.contains("\"fence\": 1") && refresh.contains("\"sealed\""), "{refresh}");
        // What was set aside can be settled.
        assert_eq!(call(&format!("spend('{id}')"))[0]["reserved_micros"], 300, "after {applied}");
        assert_eq!(call(&format!("settle_spend('{id}', '60000000-0000-4000-8000-000000000000', 100)")), "t");
        if applied >= 2 {
            goes_on(&database, id, applied);
        }
        assert_eq!(call(&format!("erase_account('{id}')"))["sealed"], 1);
    }
}

fn open(database: &Database, name: &str) -> String {
    database.call(1, &format!("open_account('{name}')")).unwrap()["id"].as_str().unwrap().to_owned()
}

fn oks(results: &[Result<String, String>]) -> Vec<&String> {
    results.iter().filter_map(|result| result.as_ref().ok()).collect()
}

/// All but so many fail, with this message.
fn others_fail(results: &[Result<String, String>], succeed: usize, message: &str) {
    assert_eq!(oks(results).len(), succeed, "{results:?}");
    assert!(results.iter().filter_map(|result| result.as_ref().err()).all(|error| error == message), "{results:?}");
}

fn tweet(id: usize, text: &str) -> Value {
    json!({ "id": id.to_string(), "hash": format!("{id:032x}"), "created_at": "2020-01-01T00:00:00Z", "kind": "original",
        "source": "archive", "full_text": text, "search_terms": text })
}

fn page(tweets: &[Value]) -> Value {
    json!({ "tweets": tweets, "checkpoint": "{}", "lease_ms": 60000 })
}

#[test]
fn one_of_many_connections_gets_an_import() {
    let database = Database::copy_of("plain", "leases");
    let account = open(&database, "main");
    let begin =
        |lease: u64| as_user(1, &format!("begin_import('{account}', 'archive', 'k', {lease}) #>> '{{lease,run_id}}'"));
    let begun = database.at_once((0..8).map(|_| begin(60_000)));
    others_fail(&begun, 1, "import.running");
    let run = oks(&begun)[0].clone();
    // Given up: each takeover gets a larger fence, and all that came before are shut out.
    database.sql("update ghostwren.import_runs set lease_until = leased_at");
    let taken = database.at_once(
        (0..8).map(|_| as_user(1, &format!("begin_import('{account}', 'archive', 'k', 0) #>> '{{lease,fence}}'"))),
    );
    let mut fences: Vec<u64> = oks(&taken).iter().map(|fence| fence.parse().unwrap()).collect();
    fences.sort_unstable();
    assert_eq!(fences, (2..10).collect::<Vec<_>>(), "{taken:?}");
    let written = database.at_once(
        (1..10).map(|fence| as_user(1, &format!("import_page('{run}', {fence}, '{}')", page(&[tweet(fence, "x")])))),
    );
    others_fail(&written, 1, "import.lease_lost");
    assert_eq!(database.sql("select id from ghostwren.tweets"), "9");
}

#[test]
fn two_imports_of_the_same_tweets_lose_and_double_nothing() {
    let database = Database::copy_of("plain", "overlap");
    let account = open(&database, "main");
    let begin = |key: &str| {
        let run = database.call(1, &format!("begin_import('{account}', 'archive', '{key}', 60000)")).unwrap();
        run["run"]["id"].as_str().unwrap().to_owned()
    };
    // Four imports of the same 400 tweets, each with other texts of its own length.
    let calls: Vec<String> = (1..=4_usize)
        .map(|length| {
            let rows: Vec<Value> = (1..=400)
                .map(|id| json!({ "id": id.to_string(), "hash": format!("{length:016x}{id:016x}"), "created_at": "2020-01-01T00:00:00Z",
                    "kind": "original", "source": "archive", "full_text": "x".repeat(length), "search_terms": "x".repeat(length) }))
                .collect();
            as_user(1, &format!("import_page('{}', 1, '{}')", begin(&length.to_string()), page(&rows)))
        })
        .collect();
    let done = database.at_once(calls);
    let counts: Vec<Value> = oks(&done).iter().map(|counts| serde_json::from_str(counts).unwrap()).collect();
    assert_eq!(counts.len(), 4, "{done:?}");
    let sum = |name: &str| counts.iter().map(|counts| counts[name].as_u64().unwrap()).sum::<u64>();
    assert_eq!((sum("inserted"), sum("inserted") + sum("updated") + sum("unchanged")), (400, 1600), "{counts:?}");
    assert_eq!(database.sql("select count(*), min(length(full_text)) from ghostwren.tweets"), "400|4");
    assert_eq!(database.sql("select tweet_count from ghostwren.accounts"), "400");
}

#[test]
fn a_connection_that_dies_leaves_no_half_page() {
    const LOCK: &str =
        "locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())";
    const TWEETS: usize = 1_000;
    const PAGES: usize = 16;
    let database = Database::copy_of("plain", "dying");
    let account = open(&database, "main");
    let run = database.call(1, &format!("begin_import('{account}', 'archive', 'k', 60000)")).unwrap();
    let run = run["run"]["id"].as_str().unwrap();
    let mut stored = 0;
    for n in 0..PAGES {
        let rows: Vec<Value> = (1..=TWEETS).map(|id| tweet(n * TWEETS + id, "x")).collect();
        // The page waits at a lock until whoever ends it is ready: the first ones die at once, the last ones do not.
        let ending = database.begin(&format!(
            "select pg_advisory_lock(1);
             do $$ declare victim integer; begin
                 loop
                     select pid into victim from pg_locks where {LOCK} and not granted;
                     exit when victim is not null;
                     perform pg_sleep(0.001);
                 end loop;
                 perform pg_advisory_unlock(1), pg_sleep({}), pg_terminate_backend(victim);
             end $$;",
            f64::from(u32::try_from(n * n).unwrap()) * 0.003
        ));
        while database.sql(&format!("select count(*) from pg_locks where {LOCK} and granted")) != "1" {}
        let import = as_user(1, &format!("import_page('{run}', 1, '{}')", page(&rows)));
        let writing = database.begin(&format!("select pg_advisory_lock(1); select pg_advisory_unlock(1);\n{import}"));
        assert!(ending.wait_with_output().unwrap().status.success());
        stored += usize::from(writing.wait_with_output().unwrap().status.success());
        let kept = database.sql(
            "select a.tweet_count || ' ' || r.inserted || ' ' || (select count(*) from ghostwren.tweets)
             from ghostwren.accounts a join ghostwren.import_runs r on r.account_id = a.id",
        );
        let numbers: Vec<usize> = kept.split(' ').map(|number| number.parse().unwrap()).collect();
        assert!(numbers.iter().all(|number| *number == numbers[0] && number % TWEETS == 0), "{kept}");
    }
    // Some got through and some did not, or the moments were no moments.
    assert!(stored > 0 && stored < PAGES, "{stored} of {PAGES} pages were stored");
}

#[test]
fn one_of_many_connections_publishes_a_draft() {
    let database = Database::copy_of("plain", "publishing");
    let account = open(&database, "main");
    let ids = ["20000000-0000-4000-8000-000000000000", "30000000-0000-4000-8000-000000000000"];
    let generation = json!({ "id": ids[0], "account_id": account, "request": "{}", "model": "m", "exemplars": [], "rejected": [], "created_at": "2020-01-01T00:00:00Z" });
    let draft = json!([{ "id": ids[1], "text": "x", "weighted_length": 1, "scores": { "style": 0, "topic": 0, "diversity": 0, "copied": 0, "total": 0 },
        "state": "approved", "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-01T00:00:00Z" }]);
    database.call(1, &format!("save_generation('{generation}', '{draft}')")).unwrap();
    let put = database.at_once((0..8).map(|n| {
        let entry = json!({ "id": format!("4000000{n}-0000-4000-8000-000000000000"), "account_id": account, "draft_id": ids[1],
            "content_hash": "a".repeat(64), "payload": "[{}]" });
        as_user(1, &format!("put_outbox('{entry}') ->> 'id'"))
    }));
    others_fail(&put, 1, "outbox.already");
    let entry = oks(&put)[0].clone();
    let sending = database.at_once((0..8).map(|_| as_user(1, &format!("begin_sending('{entry}', 60000) ->> 'fence'"))));
    others_fail(&sending, 1, "outbox.sending");
    let recorded =
        database.at_once((1..9).map(|n| as_user(1, &format!("record_posted('{entry}', 1, 0, '{n}') ->> 'id'"))));
    others_fail(&recorded, 1, "outbox.position");
    let ended = database.at_once(
        (0..4).map(|_| as_user(1, &format!("end_sending('{entry}', 1, '{{\"outcome\": \"posted\"}}') ->> 'state'"))),
    );
    others_fail(&ended, 1, "outbox.lease_lost");
    assert_eq!(database.sql("select state from ghostwren.drafts"), "published");
}

#[test]
fn one_of_many_connections_refreshes_a_token_and_takes_a_login() {
    let database = Database::copy_of("plain", "refreshing");
    let account = open(&database, "main");
    let me = user(1);
    let put = |sealed: &str| {
        database.sql(&as_secret(&format!(
            "put_sealed('{me}', '{account}', 'token', '{{\"key_id\": \"k\", \"sealed\": \"{sealed}\"}}')"
        )))
    };
    put("a");
    let steps = database
        .at_once((0..8).map(|_| as_secret(&format!("begin_refresh('{me}', '{account}', 'token', 60000) ->> 'step'"))));
    let begun = oks(&steps).iter().filter(|step| step.as_str() == "begun").count();
    assert_eq!((oks(&steps).len(), begun), (8, 1), "{steps:?}");
    // A login in between: the refresh that is under way saves nothing.
    put("b");
    let value = |sealed: &str| json!({ "key_id": "k", "sealed": sealed });
    let late = json!({ "outcome": "rotated", "from": value("a"), "value": value("c") });
    let ended = database.try_sql(&as_secret(&format!("end_refresh('{me}', '{account}', 'token', 1, '{late}')")));
    assert_eq!(ended.unwrap_err(), "credential.lease_lost");
    assert_eq!(database.sql("select sealed from ghostwren_private.credentials"), "b");

    let (state, binding) = ("a".repeat(64), "b".repeat(64));
    let login = json!({ "state_hash": state, "binding_hash": binding, "facts": "{}", "label": "main", "verifier": { "key_id": "k", "sealed": "s" } });
    database.sql(&as_secret(&format!("put_login_state('{me}', '{login}', 60000)")));
    let taken = database
        .at_once((0..8).map(|_| as_secret(&format!("take_login_state('{me}', '{state}', '{binding}') ->> 'label'"))));
    others_fail(&taken, 1, "login.unknown_state");
}

#[test]
fn many_workers_share_the_jobs() {
    let database = Database::copy_of("plain", "workers");
    let account = open(&database, "main");
    for _ in 0..20 {
        database.call(1, &format!("start_job('{account}', 'import', '{{import}}')")).unwrap();
    }
    let claim = as_secret("run_claim('w', 60000) ->> 'id'").replace(';', ";\n");
    let claimed =
        database.at_once((0..8).map(|_| claim.clone() + &"select ghostwren.run_claim('w', 60000) ->> 'id';".repeat(4)));
    let mut jobs: Vec<&str> = oks(&claimed).iter().flat_map(|ids| ids.lines()).filter(|id| !id.is_empty()).collect();
    assert_eq!(jobs.len(), 20, "{claimed:?}");
    jobs.sort_unstable();
    jobs.dedup();
    assert_eq!(jobs.len(), 20);
}

/// PostgREST's own user is no superuser and has nothing but the right to become one of the three roles.
#[test]
fn a_run_is_worked_through_the_user_of_postgrest() {
    let database = Database::copy_of("plain", "authenticator");
    let (account, other) = (open(&database, "main"), open(&database, "other"));
    let job = database.call(1, &format!("start_job('{account}', 'import', '{{import}}')")).unwrap();
    let job = job["id"].as_str().unwrap();
    let worker = |statements: &str| {
        database.try_sql_as(
            "authenticator",
            &format!("begin; set local role service_role; {statements}; select current_user; commit;"),
        )
    };
    worker("select ghostwren.run_claim('w', 60000) ->> 'id'").unwrap();
    let call = |method: &str, arguments: &Value| {
        worker(&format!("select ghostwren.run_call('{job}', 1, '{method}', '{arguments}')"))
    };
    let begun = call(
        "begin_import",
        &json!({ "account_id": other, "source": "archive", "source_key": "k", "lease_ms": 60000 }),
    )
    .unwrap();
    let (begun, role) = begun.rsplit_once('\n').unwrap();
    assert_eq!(role, "service_role", "the worker is itself again");
    let begun: Value = serde_json::from_str(begun).unwrap();
    assert_eq!(begun["run"]["account_id"], account.as_str(), "of the run's account, whatever was asked for");
    let page = json!({ "run_id": begun["run"]["id"], "fence": 1, "page": page(&[tweet(1, "x")]) });
    assert!(call("import_page", &page).unwrap().contains("\"inserted\": 1"));
    assert_eq!(database.sql("select account_id from ghostwren.tweets"), account);
    assert_eq!(call("erase_account", &json!({})).unwrap_err(), "run.not_allowed");
    assert!(worker("select 1 from ghostwren.tweets").unwrap_err().contains("permission denied"));
    // A user's token gives nothing of it.
    let user = format!(
        "begin; set local role authenticated; select ghostwren.run_call('{job}', 1, 'tweets', '{{}}'); commit;"
    );
    assert!(database.try_sql_as("authenticator", &user).unwrap_err().contains("permission denied"));
}

#[test]
fn many_connections_stay_within_a_budget_and_number_profiles_without_a_gap() {
    let database = Database::copy_of("plain", "budget");
    let account = open(&database, "main");
    let reserved = database
        .at_once((0..8).map(|_| as_user(1, &format!("reserve_spend('{account}', 'model', 300, 1000) ->> 'id'"))));
    others_fail(&reserved, 3, "budget.exceeded");
    let id = oks(&reserved)[0].clone();
    let settled = database.at_once((0..8).map(|_| as_user(1, &format!("settle_spend('{account}', '{id}', 100)"))));
    assert_eq!(oks(&settled).iter().filter(|settled| settled.as_str() == "t").count(), 1, "{settled:?}");
    assert_eq!(database.sql("select sum(spent_micros) from ghostwren.spend"), "100");

    let profile = json!({ "corpus_hash": "c", "fingerprint": "{}", "tweet_ids": [] });
    let saved =
        database.at_once((0..8).map(|_| as_user(1, &format!("save_profile('{account}', '{profile}') ->> 'version'"))));
    let mut versions: Vec<u32> = oks(&saved).iter().map(|version| version.parse().unwrap()).collect();
    versions.sort_unstable();
    assert_eq!(versions, (1..9).collect::<Vec<_>>(), "{saved:?}");
}
