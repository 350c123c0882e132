//! What a user can never reach over HTTP, by any route: another's row, or a sealed value. The secret key and nobody are
//! tried as well.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod common;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

/// What is planted; no answer to anybody else may hold it.
const TEXT: &str = "planted-text-of-the-owner";
const SEALED: &str = "planted-sealed-value";

struct Api {
    host: String,
    publishable: String,
    secret: String,
}

#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }
}

/// Reads one answer of HTTP/1.1.
fn read(stream: &mut BufReader<TcpStream>, method: &str) -> Answer {
    let line = |stream: &mut BufReader<TcpStream>| {
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        line
    };
    let mut head = String::new();
    loop {
        let next = line(stream);
        if next.trim().is_empty() {
            break;
        }
        head.push_str(&next);
    }
    let field = |name: &str| {
        let mut fields = head.lines().filter_map(|line| line.split_once(':'));
        fields.find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    };
    let status = head.get(9..12).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no answer: {head}"));
    let mut body = Vec::new();
    let mut take = |stream: &mut BufReader<TcpStream>, length: usize| {
        let from = body.len();
        body.resize(from + length, 0);
        stream.read_exact(body.get_mut(from..).unwrap()).unwrap();
    };
    if method == "HEAD" || status == 204 {
    } else if let Some(length) = field("content-length") {
        take(stream, length.parse().unwrap());
    } else if field("transfer-encoding").is_some() {
        loop {
            let length = usize::from_str_radix(line(stream).trim(), 16).unwrap();
            take(stream, length);
            line(stream);
            if length == 0 {
                break;
            }
        }
    }
    Answer { status, body: String::from_utf8_lossy(&body).into_owned(), head }
}

#[derive(Clone, Copy)]
enum Who<'a> {
    User(&'a str),
    Nobody,
    Secret,
}

impl Api {
    fn from_env() -> Self {
        let of =
            |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("no servers: run `cargo xtask test supabase`"));
        Self {
            host: of("GHOSTWREN_TEST_SUPABASE_URL").trim_start_matches("http://").to_owned(),
            publishable: of("GHOSTWREN_TEST_SUPABASE_PUBLISHABLE_KEY"),
            secret: of("GHOSTWREN_TEST_SUPABASE_SECRET_KEY"),
        }
    }

    /// Bytes by hand: none of our own clients stands between.
    fn send(&self, who: Who<'_>, method: &str, path: &str, more: &str, body: &str) -> Answer {
        let (key, token) = match who {
            Who::User(token) => (&self.publishable, format!("Authorization: Bearer {token}\r\n")),
            Who::Nobody => (&self.publishable, String::new()),
            Who::Secret => (&self.secret, String::new()),
        };
        let mut stream = TcpStream::connect(&self.host).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\napikey: {key}\r\n{token}{more}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.host,
            body.len()
        )
        .unwrap();
        read(&mut BufReader::new(stream), method)
    }

    fn rest(&self, who: Who<'_>, method: &str, path: &str, body: &str) -> Answer {
        let more = "Accept-Profile: ghostwren\r\nContent-Profile: ghostwren\r\nPrefer: count=exact\r\n";
        self.send(who, method, &format!("/rest/v1/{path}"), more, body)
    }

    fn call(&self, who: Who<'_>, function: &str, arguments: &Value) -> Answer {
        self.rest(who, "POST", &format!("rpc/{function}"), &arguments.to_string())
    }

    /// A new user: the token and the id.
    fn sign_up(&self) -> (String, String) {
        let mail = format!("{}@example.com", ghostwren::records::new_id());
        let body = json!({ "email": mail, "password": "a password of tests" }).to_string();
        let user = self.send(Who::Nobody, "POST", "/auth/v1/signup", "", &body).json();
        (user["access_token"].as_str().unwrap().to_owned(), user["user"]["id"].as_str().unwrap().to_owned())
    }
}

struct World {
    api: Api,
    owner: String,
    owner_id: String,
    other: String,
    /// Where the other one may put objects: below this, in both buckets.
    other_folder: String,
    account: String,
    run: String,
}

fn world() -> World {
    let api = Api::from_env();
    let ((owner, owner_id), (other, other_id)) = (api.sign_up(), api.sign_up());
    let me = Who::User(&owner);
    let open =
        |who| api.call(who, "open_account", &json!({ "label": "main" })).json()["id"].as_str().unwrap().to_owned();
    let (account, other_account) = (open(me), open(Who::User(&other)));
    let other_folder = format!("{other_id}/{other_account}");
    let begin = json!({ "account_id": account, "source": "archive", "source_key": "k", "lease_ms": 60000 });
    let run = api.call(me, "begin_import", &begin).json()["run"]["id"].as_str().unwrap().to_owned();
    let page = json!({ "run_id": run, "fence": 1, "page": { "tweets": [{ "id": "1", "hash": "0".repeat(32),
        "created_at": "2020-01-01T00:00:00Z", "kind": "original", "source": "api", "full_text": TEXT, "search_terms": TEXT }],
        "checkpoint": "{}", "lease_ms": 60000 } });
    assert_eq!(api.call(me, "import_page", &page).json()["inserted"], 1);
    let sealed = json!({ "owner": owner_id, "account_id": account, "name": "token", "value": { "key_id": "k", "sealed": SEALED } });
    assert_eq!(api.call(Who::Secret, "put_sealed", &sealed).status, 204);
    World { api, owner, owner_id, other, other_folder, account, run }
}

/// Nothing planted is in the answer, and no row of anybody.
fn shows_nothing(what: &str, answer: &Answer) {
    assert!(!answer.body.contains(TEXT) && !answer.body.contains(SEALED), "{what}: {answer:?}");
    assert!(answer.status >= 400 || ["[]", "", "0"].contains(&answer.body.trim()), "{what}: {answer:?}");
}

#[test]
fn another_user_reads_nothing_by_any_route() {
    let World { api, owner, owner_id, other, account, run, .. } = world();
    let them = Who::User(&other);
    let me = Who::User(&owner);
    for route in [
        format!("tweets?account_id=eq.{account}"),
        format!("tweets?or=(account_id.eq.{account},id.eq.1)&account_id=eq.{account}"),
        "tweets?account_id=not.is.null&full_text=like.*planted*".to_owned(),
        format!("tweets?account_id=in.({account})&order=full_text&limit=1"),
        format!("accounts?id=eq.{account}&select=*,tweets(*),import_runs(*),outbox(*)"),
        format!("accounts?owner=eq.{owner_id}&select=subject"),
        "accounts?select=id,tweets!inner(full_text)&tweets.full_text=like.*planted*".to_owned(),
        format!("tweets?select=full_text,accounts!inner(owner)&accounts.owner=eq.{owner_id}"),
        format!("import_runs?id=eq.{run}"),
        format!("import_runs?select=*,accounts!inner(*)&accounts.owner=eq.{owner_id}"),
        "tweets?select=full_text&id=eq.1".to_owned(),
    ] {
        // The owner reads it by the same route: the route is right.
        let own = api.rest(me, "GET", &route, "");
        assert_eq!((own.status, own.json().as_array().map(Vec::len)), (200, Some(1)), "{route}: {own:?}");
        assert!(own.head.contains("/1"), "{route}: {own:?}");
        let answer = api.rest(them, "GET", &route, "");
        shows_nothing(&route, &answer);
        // A count may tell as well.
        assert!(answer.status >= 400 || answer.head.contains("*/0"), "{route}: {answer:?}");
        let own = api.rest(me, "HEAD", &route, "");
        assert!(own.status == 200 && own.head.contains("/1"), "{route}: {own:?}");
        let head = api.rest(them, "HEAD", &route, "");
        assert!(head.status >= 400 || head.head.contains("*/0"), "{route}: {head:?}");
    }
    for (function, arguments) in [
        ("tweets", json!({ "account_id": account })),
        (
            "tweets",
            json!({ "account_id": account, "query": { "search": [{ "tokens": ["planted"], "prefix": true }] } }),
        ),
        ("tweets_by_id", json!({ "account_id": account, "ids": ["1"] })),
        ("imports", json!({ "account_id": account })),
        ("account", json!({ "account_id": account })),
        ("erase_account", json!({ "account_id": account })),
        ("import_page", json!({ "run_id": run, "fence": 1, "page": { "tweets": [] } })),
    ] {
        let answer = api.call(them, function, &arguments);
        assert_eq!(answer.status, 404, "{function}: {answer:?}");
        shows_nothing(function, &answer);
    }
    // A function that is not the user's own: not even its owner calls it.
    for who in [Who::User(&owner), them, Who::Nobody] {
        for (function, arguments) in [
            ("sealed", json!({ "owner": owner_id, "account_id": account, "name": "token" })),
            ("credential", json!({ "owner": owner_id, "account_id": account, "name": "token" })),
            ("sealed_names", json!({ "owner": owner_id })),
            ("sealed_overview", json!({})),
            ("custody", json!({ "page_size": 10 })),
            ("inspect", json!({})),
            ("run_claim", json!({ "worker": "w", "lease_ms": 1 })),
        ] {
            let answer = api.call(who, function, &arguments);
            assert!([401, 403].contains(&answer.status), "{function}: {answer:?}");
            shows_nothing(function, &answer);
        }
    }
    // The schema that is not exposed.
    for who in [Who::User(&owner), them, Who::Nobody, Who::Secret] {
        let answer = api.send(who, "GET", "/rest/v1/credentials", "Accept-Profile: ghostwren_private\r\n", "");
        assert_eq!((answer.status, answer.body.contains("PGRST106")), (406, true), "{answer:?}");
        shows_nothing("ghostwren_private", &answer);
    }
}

#[test]
fn another_user_changes_nothing() {
    let World { api, owner, owner_id, other, account, .. } = world();
    let them = Who::User(&other);
    for (method, route, body) in [
        ("PATCH", format!("tweets?account_id=eq.{account}"), json!({ "full_text": "x" })),
        ("DELETE", format!("tweets?account_id=eq.{account}"), json!({})),
        ("DELETE", format!("accounts?id=eq.{account}"), json!({})),
        ("PATCH", format!("accounts?id=eq.{account}"), json!({ "label": "taken" })),
        (
            "POST",
            "tweets".to_owned(),
            json!({ "account_id": account, "id": "2", "content_hash": "0".repeat(32),
            "created_at": "2020-01-01T00:00:00Z", "kind": "original", "source": "api", "full_text": "x" }),
        ),
        ("POST", "accounts".to_owned(), json!({ "owner": owner_id, "label": "theirs" })),
    ] {
        let answer = api.rest(them, method, &route, &body.to_string());
        shows_nothing(&route, &answer);
    }
    let tweets = api.call(Who::User(&owner), "tweets", &json!({ "account_id": account })).json();
    assert_eq!((tweets["items"].as_array().unwrap().len(), &tweets["items"][0]["full_text"]), (1, &TEXT.into()));
    assert_eq!(api.call(Who::User(&owner), "accounts", &json!({})).json().as_array().unwrap().len(), 1);
}

#[test]
fn nobody_and_the_secret_key_reach_no_table_of_an_owner() {
    let World { api, account, .. } = world();
    for table in [
        "tweets",
        "context_tweets",
        "import_runs",
        "style_profiles",
        "generations",
        "drafts",
        "outbox",
        "ai_runs",
        "spend",
        "spend_reservations",
        "rate_windows",
        "audit_log",
        "jobs",
    ] {
        for (who, status) in [(Who::Nobody, 401), (Who::Secret, 403)] {
            // A key that every table has; what follows it does not matter.
            let key =
                if ["spend", "spend_reservations", "audit_log"].contains(&table) { "subject" } else { "account_id" };
            let row = json!({ key: account }).to_string();
            for (method, body) in [("GET", ""), ("DELETE", ""), ("PATCH", row.as_str()), ("POST", row.as_str())] {
                let answer = api.rest(who, method, &format!("{table}?{key}=eq.{account}"), body);
                assert_eq!(answer.status, status, "{method} {table}: {answer:?}");
                shows_nothing(table, &answer);
            }
        }
    }
    let answer = api.call(Who::Secret, "tweets", &json!({ "account_id": account }));
    assert_eq!(answer.status, 403, "{answer:?}");
}

#[test]
fn objects_of_another_user_are_out_of_reach() {
    let World { api, owner, owner_id, other, other_folder, account, .. } = world();
    let (me, them) = (Who::User(&owner), Who::User(&other));
    for bucket in ["ghostwren", "ghostwren-public"] {
        let object = format!("/storage/v1/object/{bucket}/{owner_id}/{account}/draft.json");
        let written = api.send(me, "POST", &object, "", &json!({ "text": TEXT }).to_string());
        assert_eq!(written.status, 200, "{written:?}");
        assert!(api.send(me, "GET", &object, "", "").body.contains(TEXT));
        // The owner copies and moves it by the same requests: they are right.
        let carried = |who, how: &str, from: &str, to: &str| {
            let body = json!({ "bucketId": bucket, "sourceKey": from, "destinationKey": to }).to_string();
            api.send(who, "POST", &format!("/storage/v1/object/{how}"), "", &body)
        };
        let own = |name: &str| format!("{owner_id}/{account}/{name}");
        for (how, from, to) in [("copy", "draft.json", "copy.json"), ("move", "copy.json", "moved.json")] {
            let answer = carried(me, how, &own(from), &own(to));
            assert_eq!(answer.status, 200, "{how}: {answer:?}");
            let there = format!("/storage/v1/object/{bucket}/{}", own(to));
            assert!(api.send(me, "GET", &there, "", "").body.contains(TEXT), "{how}");
        }
        for who in [them, Who::Nobody] {
            // A public object is for everybody who knows where it is.
            let read = api.send(who, "GET", &object, "", "");
            if bucket == "ghostwren" {
                shows_nothing("read", &read);
            }
            for (method, path, more, body) in [
                ("POST", object.clone(), "", json!({ "text": "x" })),
                ("PUT", object.clone(), "", json!({ "text": "x" })),
                ("POST", object.clone(), "x-upsert: true\r\n", json!({ "text": "x" })),
                (
                    "DELETE",
                    format!("/storage/v1/object/{bucket}"),
                    "",
                    json!({ "prefixes": [format!("{owner_id}/{account}/draft.json")] }),
                ),
                (
                    "POST",
                    format!("/storage/v1/object/sign/{bucket}/{owner_id}/{account}/draft.json"),
                    "",
                    json!({ "expiresIn": 60 }),
                ),
                (
                    "POST",
                    format!("/storage/v1/object/list/{bucket}"),
                    "",
                    json!({ "prefix": format!("{owner_id}/{account}") }),
                ),
                ("POST", format!("/storage/v1/object/list/{bucket}"), "", json!({ "prefix": "" })),
            ] {
                let answer = api.send(who, method, &path, more, &body.to_string());
                shows_nothing(&format!("{method} {path}"), &answer);
            }
            // Into where the other one may write.
            for how in ["copy", "move"] {
                let taken = format!("{other_folder}/{how}.json");
                let answer = carried(who, how, &own("draft.json"), &taken);
                assert!(answer.status >= 400, "{how}: {answer:?}");
                shows_nothing(how, &answer);
                let there = api.send(them, "GET", &format!("/storage/v1/object/{bucket}/{taken}"), "", "");
                assert!(there.status >= 400, "{how}: {there:?}");
                shows_nothing(how, &there);
            }
        }
        // The other one does write there.
        let mine = format!("/storage/v1/object/{bucket}/{other_folder}/mine.json");
        assert_eq!(api.send(them, "POST", &mine, "", "{}").status, 200);
        assert!(api.send(me, "GET", &object, "", "").body.contains(TEXT), "it is as it was");
    }
    // What the owner publishes is read by its address, and only that.
    let public = |bucket: &str| format!("/storage/v1/object/public/{bucket}/{owner_id}/{account}/draft.json");
    assert!(api.send(Who::Nobody, "GET", &public("ghostwren-public"), "", "").body.contains(TEXT));
    shows_nothing(
        "the private bucket by a public address",
        &api.send(Who::Nobody, "GET", &public("ghostwren"), "", ""),
    );
}
