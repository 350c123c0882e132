//! Resumable uploads, through everything that connections and servers do.
#![cfg(feature = "supabase")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::answers::{Answer, Answers, Sent};
use common::objects::{MB, bucket, content, file, path};
use common::raw_server::{RawServer, Reply};
use ghostwren::supabase::{Access, Storage, Supabase, Upload};
use ghostwren::{Error, ErrorKind};

/// A TUS server that does what a test says, and otherwise what the protocol says.
fn tus(size: usize, fault: impl Fn(usize, &Sent, &mut usize) -> Option<Answer> + Send + Sync + 'static) -> Answers {
    let have = Arc::new(Mutex::new(0_usize));
    let number = Arc::new(Mutex::new(0_usize));
    Answers::new(move |_, sent| {
        let (mut have, mut number) = (have.lock().unwrap(), number.lock().unwrap());
        *number += 1;
        if let Some(answer) = fault(*number, sent, &mut have) {
            return answer;
        }
        match sent.method.as_str() {
            "POST" => {
                Answer::new(201, "").header("location", "http://elsewhere.example:5000/upload/resumable/dGhlLWlk")
            }
            "HEAD" => {
                Answer::new(200, "").header("upload-offset", have.to_string()).header("upload-length", size.to_string())
            }
            "PATCH" if sent.header("upload-offset") != Some(have.to_string().as_str()) => Answer::new(409, "conflict"),
            "PATCH" => {
                *have += sent.body.len();
                Answer::new(204, "").header("upload-offset", have.to_string())
            }
            _ => Answer::new(404, ""),
        }
    })
}

#[tokio::test(start_paused = true)]
async fn uploads_survive_what_connections_do() {
    let bytes = content(14 * MB);
    let size = bytes.len();
    let upload = || Upload::bytes(bytes.clone());
    // Nothing goes wrong: one request each, to the host for uploads, and none where the server's address points.
    let good = tus(size, |_, _, _| None);
    bucket(&good).upload(&path("a/b/c"), upload()).await.unwrap();
    assert_eq!(
        good.lines(),
        [
            "POST /storage/v1/upload/resumable",
            "PATCH /storage/v1/upload/resumable/dGhlLWlk",
            "PATCH /storage/v1/upload/resumable/dGhlLWlk",
            "PATCH /storage/v1/upload/resumable/dGhlLWlk",
        ]
    );
    assert!(good.sent().iter().all(|sent| sent.host == "abcdefghijklmnopqrst.storage.supabase.co"));
    let first = &good.sent()[0];
    assert_eq!(
        (first.header("tus-resumable"), first.header("upload-length")),
        (Some("1.0.0"), Some(size.to_string().as_str()))
    );
    let metadata = first.header("upload-metadata").unwrap();
    assert!(metadata.starts_with("bucketName Z2hvc3R3cmVu,objectName YS9iL2M=,contentType "), "{metadata}");
    // A piece that breaks half way: what arrived is not sent again.
    let half = tus(size, |number, sent, have| {
        (number == 3).then(|| {
            *have += sent.body.len() / 2;
            Answer::Break
        })
    });
    bucket(&half).upload(&path("a/b/c"), upload()).await.unwrap();
    let sent: usize = half.sent().iter().filter(|sent| sent.method == "PATCH").map(|sent| sent.body.len()).sum();
    assert_eq!(sent, size + 3 * MB, "half of one piece was sent twice");
    // A piece that arrived, and its answer did not; a lock; a server that is away for a while.
    let lost = tus(size, |number, sent, have| match number {
        2 => {
            *have += sent.body.len();
            Some(Answer::Break)
        }
        4 => Some(Answer::new(423, "locked")),
        6 | 7 => Some(Answer::new(503, "")),
        8 => Some(Answer::NoConnection),
        9 => Some(Answer::new(409, "Upload-Offset conflict")),
        _ => None,
    });
    bucket(&lost).upload(&path("a/b/c"), upload()).await.unwrap();
    // It never gets better: the upload fails, and says how far it came.
    let broken = tus(size, |number, _, _| (number > 2).then_some(Answer::Break));
    let mut upload_of = bucket(&broken).resumable(&path("a/b/c"), upload()).await.unwrap();
    let error = loop {
        match upload_of.step().await {
            Ok(more) => assert!(more),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Server);
    assert_eq!(upload_of.place().unwrap().offset, 6 * MB as u64);
    assert!(broken.sent().len() < 40, "{} requests", broken.sent().len());
}

#[tokio::test]
async fn an_upload_that_is_dropped_ends_its_request() {
    for bytes in [1, 7 * MB] {
        let server = RawServer::start(|_, _| Reply::default().hang()).await;
        let project = Supabase::new(server.url("").as_str(), "sb_publishable_p").unwrap();
        let bucket = Storage::new(&project, Access::Anonymous).bucket("ghostwren").unwrap();
        let at = path("a/b/c");
        let uploading = bucket.upload(&at, Upload::bytes(content(bytes)));
        assert!(tokio::time::timeout(Duration::from_millis(300), uploading).await.is_err(), "it waits");
        server.client_left(1).await;
    }
}

#[tokio::test(start_paused = true)]
async fn uploads_believe_no_nonsense() {
    let bytes = content(7 * MB);
    let size = bytes.len();
    let run = |answers: Answers| {
        let bytes = bytes.clone();
        async move { bucket(&answers).upload(&path("a/b/c"), Upload::bytes(bytes)).await.map(|_| ()) }
    };
    let code = |end: Result<(), Error>| end.unwrap_err().code().to_owned();
    let head = |offset: &'static str, length: usize| {
        tus(size, move |number, sent, _| match (number, sent.method.as_str()) {
            (2, _) => Some(Answer::Break),
            (_, "HEAD") => {
                Some(Answer::new(200, "").header("upload-offset", offset).header("upload-length", length.to_string()))
            }
            _ => None,
        })
    };
    for location in ["", "http://x/upload/resumable/", "/..", "/a%20b c", "x\u{7f}"] {
        let answers = tus(size, move |_, sent, _| {
            (sent.method == "POST").then(|| match http::HeaderValue::from_str(location) {
                Ok(_) => Answer::new(201, "").header("location", location),
                Err(_) => Answer::new(201, ""),
            })
        });
        let end = run(answers.clone()).await;
        match location {
            // The last segment is what counts; here it is the name of the place itself, which is an id like any other.
            "http://x/upload/resumable/" => assert!(end.is_ok()),
            _ => assert_eq!(code(end), "supabase.storage_unreadable", "{location:?}"),
        }
    }
    assert_eq!(code(run(head("99999999999", size)).await), "supabase.storage_unreadable");
    assert_eq!(code(run(head("-1", size)).await), "supabase.storage_unreadable");
    assert_eq!(code(run(head("0", size + 1)).await), "supabase.upload_changed");
    // A server that takes nothing and says that all is well, and one that forgets everything.
    let idle =
        tus(size, |_, sent, _| (sent.method == "PATCH").then(|| Answer::new(204, "").header("upload-offset", "0")));
    assert_eq!(code(run(idle).await), "supabase.upload_offset");
    let forgetful = tus(size, |_, sent, _| (sent.method != "POST").then(|| Answer::new(404, "")));
    let end = run(forgetful.clone()).await;
    assert_eq!(code(end), "supabase.upload_offset");
    assert!(forgetful.sent().len() < 40);
    let denied = tus(size, |_, _, _| Some(Answer::new(403, "new row violates row-level security policy")));
    assert_eq!(code(run(denied.clone()).await), "supabase.storage_forbidden");
    assert_eq!(denied.sent().len(), 1);
    // The file shrank while it was sent.
    let source = file(&bytes);
    let name = source.path().to_owned();
    let shrinking = tus(size, move |number, _, _| {
        if number == 2 {
            std::fs::write(&name, b"short").unwrap();
        }
        None
    });
    let end = bucket(&shrinking).upload(&path("a/b/c"), Upload::file(source.path())).await;
    assert_eq!(end.unwrap_err().code(), "supabase.file");
    assert!(!format!("{:?}", Upload::bytes(vec![7; 100])).contains("7, 7"));
}
