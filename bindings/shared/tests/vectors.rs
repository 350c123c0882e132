//! The vectors of `core/tests/vectors`, which every language runs, through the calls that all bindings make; against one
//! `ghostwren-sandbox` process, as in the other languages.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::string_slice, missing_docs)]

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use futures_util::{FutureExt, StreamExt};
use ghostwren::generate::{SelectOptions, select_with};
use ghostwren::style::{Fingerprint, StyleProfile};
use ghostwren::{Error, ErrorKind, Result};
use ghostwren_shared::{Args, Kind, Reply, Session, local};
use serde_json::{Value, json};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The stand-ins as a process; they end with the test.
struct Sandbox {
    child: Child,
    addresses: Value,
}

impl Sandbox {
    fn start() -> Self {
        // Beside the test program: `target/debug/deps/vectors-…` and `target/debug/ghostwren-sandbox`.
        let built = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join("ghostwren-sandbox");
        let program = std::env::var_os("GHOSTWREN_SANDBOX").map_or(built, PathBuf::from);
        assert!(
            program.exists(),
            "build it first: cargo build -p ghostwren --features sandbox ({})",
            program.display()
        );
        let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, addresses: serde_json::from_str(&line).unwrap() }
    }

    fn address(&self, name: &str) -> &str {
        self.addresses[name].as_str().unwrap()
    }

    fn command(&self, command: &Value) -> Value {
        let answer = http("POST", self.address("control_url"), &command.to_string());
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
        let body = body.trim();
        // The body of an answer without a length comes in chunks.
        let start = body.find(['{', '[', '"', 'n', '0', '1', '2']).unwrap_or(0);
        let text = if head.to_lowercase().contains("chunked") { body.lines().nth(1).unwrap() } else { &body[start..] };
        serde_json::from_str(text).unwrap()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

fn http(method: &str, url: &str, body: &str) -> String {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

struct Runner<'a> {
    sandbox: &'a Sandbox,
    known: HashMap<String, Value>,
    folder: String,
    session: Option<Session>,
    /// Clients by themselves, by the group of their calls.
    clients: HashMap<String, Session>,
    store: Session,
}

/// Where `got` is not what is wanted; objects may hold more unless `whole`.
fn differs(want: &Value, got: &Value, place: &str, whole: bool) -> Option<String> {
    match (want, got) {
        (Value::Object(want), _) if want.contains_key("$any") => got.is_null().then(|| format!("{place} is missing")),
        (Value::Object(want), Value::Object(got)) => {
            let more = got.keys().filter(|name| whole && !want.contains_key(*name));
            want.keys().chain(more).find_map(|name| {
                let null = Value::Null;
                let (want, got) = (want.get(name).unwrap_or(&null), got.get(name).unwrap_or(&null));
                differs(want, got, &format!("{place}/{name}"), whole)
            })
        }
        (Value::Array(want), Value::Array(got)) if want.len() == got.len() => want
            .iter()
            .zip(got)
            .enumerate()
            .find_map(|(at, (want, got))| differs(want, got, &format!("{place}/{at}"), whole)),
        _ => (want != got).then(|| format!("{place} is {got}, not {want}")),
    }
}

impl Runner<'_> {
    fn fill(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.known.get(text).cloned().unwrap_or_else(|| {
                let [sample, unique] = ["$sample", "$unique"].map(|name| self.known[name].as_str().unwrap());
                text.replace("$folder", &self.folder).replace("$sample", sample).replace("$unique", unique).into()
            }),
            Value::Array(items) => items.iter().map(|item| self.fill(item)).collect(),
            Value::Object(fields) => fields.iter().map(|(name, item)| (name.clone(), self.fill(item))).collect(),
            other => other.clone(),
        }
    }

    async fn step(&mut self, step: &Value) -> Result<(Value, Vec<Value>)> {
        let args = self.fill(step.get("args").unwrap_or(&json!({}))).to_string();
        let one = |value: Value| Ok((value, Vec::new()));
        let read = |json: &str| serde_json::from_str(json).unwrap();
        if let Some(command) = step.get("sandbox") {
            return one(self.sandbox.command(&self.fill(command)));
        }
        if let Some(url) = step.get("browse") {
            let (mut at, to) = (self.fill(url).as_str().unwrap().to_owned(), step["to"].as_str().unwrap_or_default());
            while {
                let answer = http("GET", &at, "");
                at = answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap().to_owned();
                !at.starts_with(to)
            } {}
            return one(at.into());
        }
        if let Some(clients) = step.get("open") {
            for (name, settings) in clients.as_object().unwrap() {
                let client = Session::open(Kind::parse(name).unwrap(), &self.fill(settings).to_string(), None, None)?;
                self.clients.insert(name.clone(), client);
            }
            return one(Value::Null);
        }
        if let Some(name) = step["local"].as_str() {
            return one(read(&local(name, Args::parse(&args)?)?));
        }
        if let Some(asked) = step.get("select") {
            let texts: Vec<String> = serde_json::from_value(asked["texts"].clone()).unwrap();
            let candidates: Vec<String> = serde_json::from_value(asked["candidates"].clone()).unwrap();
            let mut options = SelectOptions::default();
            if let Some(limit) = asked.get("limit") {
                options = options.limit(serde_json::from_value(limit.clone()).unwrap());
            }
            let n = serde_json::from_value(asked["n"].clone()).unwrap();
            return one(json!(select_with(&StyleProfile::from_texts(texts), &candidates, n, &options)));
        }
        if let Some(texts) = step.get("fingerprint") {
            let texts: Vec<String> = serde_json::from_value(texts.clone()).unwrap();
            return one(json!(Fingerprint::of(&texts).summary()));
        }
        if let Some(method) = step["store"].as_str() {
            let message = json!({ "method": method, "caller": { "owner": "local" }, "args": read(&args) as Value });
            let request = json!({ "request": message.to_string() }).to_string();
            let Reply::Json(reply) = self.store.call("store.call", Args::parse(&request)?).await? else { panic!() };
            let mut reply: Value = read(&reply);
            return match reply.get("error") {
                Some(error) => {
                    Err(Error::from(serde_json::from_value::<ghostwren::error::ErrorFields>(error.clone()).unwrap()))
                }
                None => one(reply["ok"].take()),
            };
        }
        let name = step["stream"].as_str().or(step["call"].as_str()).expect("a step that is known");
        let client = name.split_once('.').and_then(|(group, _)| self.clients.get(group));
        let session = client.or(self.session.as_ref()).expect("the vector has settings");
        if step.get("stream").is_some() {
            let mut events = session.stream(name, Args::parse(&args)?)?;
            let mut all = Vec::new();
            while let Some(event) = events.next().await {
                all.push(read(&event?));
            }
            return Ok((Value::Null, all));
        }
        let call = std::panic::AssertUnwindSafe(session.call(name, Args::parse(&args)?));
        let reply = call.catch_unwind().await.unwrap_or_else(|payload| {
            // What each binding does with a panic.
            let text = payload.downcast_ref::<&str>().copied().unwrap_or("no text");
            Err(Error::new(ErrorKind::Internal, "binding.panic", format!("the SDK panicked: {text}")))
        })?;
        one(match reply {
            Reply::Json(json) => read(&json),
            Reply::Tweets(tweets) => json!(tweets.as_ref()),
            Reply::TweetPage(tweets, next) => json!({ "items": tweets.as_ref(), "next": next }),
            Reply::Style(_, json) => read(&json),
            _ => panic!("a reply that is not known"),
        })
    }

    async fn run(&mut self, vector: &Value) {
        if let Some(settings) = vector.get("settings") {
            // Opening is lazy in the bindings: what is wrong with the settings is an error of the first call.
            match Session::open(Kind::Ghostwren, &self.fill(settings).to_string(), None, None) {
                Ok(session) => self.session = Some(session),
                Err(error) => {
                    let want = self.fill(&vector["steps"][0]["error"]);
                    assert_eq!(differs(&want, &json!(error.to_fields()), "opening", false), None);
                    return;
                }
            }
        }
        for (number, step) in vector["steps"].as_array().unwrap().iter().enumerate() {
            let place = format!("{}: step {number}", vector["name"]);
            let outcome = self.step(step).await;
            if let Some(want) = step.get("error") {
                let fields = json!(outcome.expect_err(&place).to_fields());
                assert_eq!(differs(&self.fill(want), &fields, &place, false), None, "{fields}");
                if step.get("save_error").is_some() {
                    self.known.insert("$entry".to_owned(), fields["outbox"].clone());
                }
                continue;
            }
            let (value, events) = outcome.unwrap_or_else(|error| panic!("{place}: {error}"));
            if let Some(want) = step.get("result") {
                assert_eq!(differs(&self.fill(want), &value, &place, true), None, "{value}");
            }
            if let Some(want) = step.get("has") {
                assert_eq!(differs(&self.fill(want), &value, &place, false), None, "{value}");
            }
            for (name, event) in [("first", events.first()), ("last", events.last())] {
                if let Some(want) = step.get(name) {
                    assert_eq!(differs(&self.fill(want), event.expect("an event"), &place, false), None);
                }
            }
            if let Some(want) = step.get("holds") {
                let items = value.as_array().unwrap();
                let found = items.iter().any(|item| differs(&self.fill(want), item, &place, false).is_none());
                assert!(found, "{place}: no item is as {want} in {value}");
            }
            for (name, pointer) in step.get("save").and_then(Value::as_object).into_iter().flatten() {
                let found = value.pointer(pointer.as_str().unwrap()).unwrap_or_else(|| panic!("{place}: no {pointer}"));
                self.known.insert(format!("${name}"), found.clone());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_vector_holds() {
    let sandbox = Sandbox::start();
    let (mut count, mut failed) = (0, Vec::new());
    for entry in std::fs::read_dir(root().join("core/tests/vectors")).unwrap() {
        let file: Value = serde_json::from_slice(&std::fs::read(entry.unwrap().path()).unwrap()).unwrap();
        for vector in file["vectors"].as_array().unwrap() {
            let folder = tempfile::tempdir().unwrap();
            let names = [
                ("$openai", "openai_url"),
                ("$key", "key"),
                ("$x", "x_url"),
                ("$authorize", "authorize_url"),
                ("$client", "client_id"),
                ("$secret", "client_secret"),
                ("$me", "user_id"),
                ("$supabase", "supabase_url"),
                ("$publishable", "supabase_publishable_key"),
                ("$supabase_secret", "supabase_secret_key"),
            ];
            let mut known: HashMap<String, Value> =
                names.iter().map(|(name, from)| ((*name).to_owned(), sandbox.addresses[*from].clone())).collect();
            let sample = root().join("examples/rust/sample-archive");
            known.insert("$sample".to_owned(), sample.to_str().unwrap().into());
            known.insert("$unique".to_owned(), format!("u{}-{count}", std::process::id()).into());
            let mut runner = Runner {
                sandbox: &sandbox,
                known,
                folder: folder.path().to_str().unwrap().to_owned(),
                session: None,
                clients: HashMap::new(),
                store: Session::open(Kind::Sqlite, r#"{"memory": {}}"#, None, None).unwrap(),
            };
            let run = std::panic::AssertUnwindSafe(runner.run(vector)).catch_unwind().await;
            failed.extend(run.is_err().then(|| vector["name"].to_string()));
            count += 1;
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(count > 30, "only {count} vectors were found");
}
