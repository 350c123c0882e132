//! Every promise of the trait, on SQLite, in memory, and on a store in another process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ghostwren::store::wire::{Channel, METHODS, RemoteStore, serve};
use ghostwren::store::{SqliteStore, Store, conformance};
use ghostwren::{Error, ErrorKind, Result};

const CHILD: &str = "GHOSTWREN_TEST_STORE_CHILD";

/// Not a test of its own: started again by the tests below, this program serves a store over its pipes.
#[tokio::test]
async fn serve_a_store_in_this_process() {
    let Some(path) = std::env::var_os(CHILD) else { return };
    let store = SqliteStore::open(PathBuf::from(path)).unwrap();
    // What the test runner prints before is ended by this line.
    println!("\nready");
    for line in std::io::stdin().lock().lines() {
        let reply = serve(&store, line.unwrap().as_bytes()).await;
        println!("{}", String::from_utf8(reply).unwrap());
    }
}

#[derive(Debug)]
struct Pipes {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

#[derive(Clone, Debug)]
struct Process(Arc<Mutex<Pipes>>);

impl Process {
    fn start(database: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["serve_a_store_in_this_process", "--exact", "--nocapture"])
            .env(CHILD, database)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let to = child.stdin.take().unwrap();
        let mut from = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while line != "ready\n" {
            line.clear();
            assert!(from.read_line(&mut line).unwrap() > 0, "the child ended before it was ready");
        }
        Self(Arc::new(Mutex::new(Pipes { child, to, from })))
    }
}

impl Drop for Pipes {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[async_trait]
impl Channel for Process {
    async fn call(&self, mut request: Vec<u8>) -> Result<Vec<u8>> {
        let pipes = Arc::clone(&self.0);
        let broken = |e: std::io::Error| Error::new(ErrorKind::Server, "test.pipe", "the pipe broke").with_source(e);
        tokio::task::spawn_blocking(move || {
            let mut pipes = pipes.lock().unwrap();
            request.push(b'\n');
            pipes.to.write_all(&request).and_then(|()| pipes.to.flush()).map_err(broken)?;
            let mut reply = Vec::new();
            pipes.from.read_until(b'\n', &mut reply).map_err(broken)?;
            Ok(reply)
        })
        .await
        .unwrap()
    }
}

#[tokio::test]
async fn sqlite_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let count = AtomicU32::new(0);
    let report = conformance::run(|| {
        let path = folder.path().join(format!("{}.db", count.fetch_add(1, Ordering::Relaxed)));
        async move { Ok(Arc::new(SqliteStore::open(path)?) as Arc<dyn Store>) }
    })
    .await;
    report.into_result().unwrap();
}

#[tokio::test]
async fn sqlite_in_memory() {
    let report = conformance::run(|| async { Ok(Arc::new(SqliteStore::in_memory()?) as Arc<dyn Store>) }).await;
    assert_eq!(report.passed.len(), conformance::cases().len(), "{report:?}");
}

#[tokio::test]
async fn a_store_in_another_process() {
    let folder = tempfile::tempdir().unwrap();
    let count = AtomicU32::new(0);
    let report = conformance::run(|| {
        let process = Process::start(&folder.path().join(format!("{}.db", count.fetch_add(1, Ordering::Relaxed))));
        async move { Ok(Arc::new(RemoteStore::new(process)) as Arc<dyn Store>) }
    })
    .await;
    report.into_result().unwrap();
}

#[test]
fn every_method_is_tried_as_another_owner() {
    let walls = include_str!("../src/store/conformance/walls.rs");
    let missing: Vec<_> = METHODS.iter().filter(|method| !walls.contains(&format!("{method}("))).collect();
    assert!(METHODS.len() > 50 && missing.is_empty(), "not tried by another owner: {missing:?}");
}

#[tokio::test]
async fn odd_requests_are_answered() {
    let store = SqliteStore::in_memory().unwrap();
    for (request, code) in [
        ("", "store.wire_request"),
        ("null", "store.wire_request"),
        (r#"{"method":"accounts","caller":{"owner":""},"args":{}}"#, "identity.bad_owner"),
        (r#"{"method":"drop","caller":{"owner":"a"},"args":{}}"#, "store.wire_method"),
        (r#"{"method":"account","caller":{"owner":"a"},"args":{"account":"x"}}"#, "store.wire_request"),
    ] {
        let reply: serde_json::Value = serde_json::from_slice(&serve(&store, request.as_bytes()).await).unwrap();
        assert_eq!(reply["error"]["code"], code, "{request}");
    }
    let reply = serve(&store, br#"{"method":"accounts","caller":{"owner":"a"},"args":{}}"#).await;
    assert_eq!(reply, br#"{"ok":[]}"#);
}
