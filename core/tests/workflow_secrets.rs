//! Tokens, codes, verifiers and secrets of a login, looked for in everything that a program can show: `Debug`, errors, every
//! trace, panics, and the files of the store.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;
mod x_login;

use std::error::Error as _;
use std::io::Write;
use std::sync::{Arc, Mutex};

use common::raw_server::{RawServer, Reply};
use futures_util::StreamExt;
use ghostwren::records::new_id;
use ghostwren::store::seal::SealingKeys;
use ghostwren::store::wire::RemoteStore;
use ghostwren::store::{PageRequest, SqliteStore};
use ghostwren::twitter::{Callback, Scopes, TwitterApp};
use ghostwren::{Error, ErrorKind, Ghostwren, Identity};
use secrecy::ExposeSecret;
use x_login::{Watch, Watched, When};

/// In each secret, so that a part of one is found as well.
const MARK: &str = "hunter2";
const CLIENT_SECRET: &str = "client-secret-hunter2-a";
const CODE: &str = "code-hunter2-b";

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Buffer {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn shown(error: &Error) -> String {
    let mut all =
        format!("{error} {error:?} {error:#?} {:?} {:?} {:?}", error.to_fields(), error.detail(), error.remedy());
    let mut source = error.source();
    while let Some(cause) = source {
        all.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    all
}

fn tokens(n: u32) -> String {
    format!(
        r#"{{"token_type":"bearer","expires_in":7200,"access_token":"access-{MARK}-{n}","refresh_token":"refresh-{MARK}-{n}","scope":"tweet.read tweet.write users.read offline.access"}}"#
    )
}

const ME: &str = r#"{"data":{"id":"7","name":"Wren","username":"wren"}}"#;

#[tokio::test]
async fn nothing_that_is_shown_or_stored_holds_a_secret() {
    let (log, panics) = (Buffer::default(), Buffer::default());
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(move || writer.clone())
        .finish();
    // Of all threads: the only test of this program.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let told = panics.clone();
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        writeln!(told.clone(), "{panic} {panic:?}").unwrap();
        usual(panic);
    }));

    // What X answers, in the order it is asked. Each refusal quotes what was sent, as a careless server does.
    let says = |what: String| {
        format!(
            r#"{{"error":"invalid_request","error_description":"not {what}","title":"no","detail":"it was {what}"}}"#
        )
    };
    let call = |n: u32| says(format!("Bearer access-{MARK}-{n}"));
    let form = |n: u32| says(format!("refresh-{MARK}-{n} nor {CLIENT_SECRET}"));
    let set_cookie = [("set-cookie", "session=hunter2")];
    let replies = [
        Reply::new(400, &set_cookie, says(format!("{CODE} or {CLIENT_SECRET}"))), // a code that is refused
        Reply::json(&tokens(1)),                                                  // the login
        Reply::json(ME),                                                          //
        Reply::new(401, &set_cookie, call(1)),                                    // a call that is refused
        Reply::new(500, &[], form(1)),                                            // and a refresh that fails
        Reply::new(401, &[], call(1)),                                            // once more
        Reply::json(&tokens(2)),                                                  // and a refresh that helps
        Reply::new(403, &[], call(2)),                                            // a call that is forbidden
        Reply::new(401, &[], call(2)),                                            // a refresh whose answer is cut
        Reply::new(200, &[], tokens(3).split_at(60).0),                           //
        Reply::new(401, &[], call(2)),                                            // and one that is refused
        Reply::new(400, &[], r#"{"error":"invalid_grant","error_description":"refresh-hunter2-2"}"#),
        Reply::json(&tokens(4)),       // the second login
        Reply::new(401, &[], call(4)), // which is finished later
        Reply::json(ME),               //
        Reply::new(401, &[], call(4)), // a refresh at which the store panics
        Reply::json(&tokens(5)),       //
        Reply::new(500, &[], form(4)), // the end: neither can be revoked
        Reply::new(500, &[], form(4)),
        Reply::new(500, &[], form(4)),
        Reply::new(500, &[], call(4)),
    ];
    let server = RawServer::replies(replies).await;
    let app = TwitterApp::new("client-id")
        .client_secret(CLIENT_SECRET.to_owned().into())
        .redirect_uri("http://127.0.0.1:8787/callback")
        .unwrap()
        .api_base(server.url(""))
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("wren.db");
    let panicking: Arc<Mutex<bool>> = Arc::default();
    let panics_now = panicking.clone();
    let watch: Watch = Arc::new(move |when, method| {
        let panic = when == When::Before && method == "end_refresh" && *panics_now.lock().unwrap();
        Box::pin(async move {
            assert!(!panic, "the store is broken");
            Ok(())
        })
    });
    let process = || {
        let watched = Watched { store: Arc::new(SqliteStore::open(&database).unwrap()), watch: watch.clone() };
        let keys = SealingKeys::beside(&database).unwrap();
        Ghostwren::builder().store(RemoteStore::new(watched)).sealing_keys(keys).twitter(app.clone()).build().unwrap()
    };
    let wren = process();
    let me = wren.user(Identity::local("me"));
    let connect = me.connect().unwrap();
    let mut all = format!("{app:?} {wren:?} {me:?} {connect:?}");
    let mut secrets = vec![MARK.to_owned(), CLIENT_SECRET.to_owned()];

    // Logins: one whose code is refused, in another browser, and one that succeeds.
    let scopes = || Scopes::read().write();
    let mut account = None;
    for refused in [true, false] {
        let login = connect.begin(scopes()).await.unwrap();
        let query = |name: &str| login.url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        let callback = format!("http://127.0.0.1:8787/callback?state={}&code={CODE}", query("state"));
        secrets.extend([query("state"), query("code_challenge"), login.binding.expose_secret().to_owned()]);
        all.push_str(&format!("{login:?} {login:#?} {:?}", Callback::parse(&callback).unwrap()));
        let end = connect.finish(&callback, &"another".to_owned().into()).await;
        all.push_str(&shown(&end.unwrap_err()));
        let end = connect.finish(&callback, &login.binding).await;
        if refused {
            all.push_str(&shown(&end.unwrap_err()));
        } else {
            account = Some(end.unwrap());
        }
    }
    let account = account.unwrap();
    let browser = connect.in_browser(scopes()).await.unwrap();
    secrets.extend(browser.url().query_pairs().filter(|(key, _)| key == "state").map(|(_, state)| state.into_owned()));
    all.push_str(&format!("{browser:?}"));
    drop(browser);

    // Calls and refreshes that fail in every way.
    // The last two in another process: one that has just refreshed does not do it again.
    let there = process().user(Identity::local("me")).open_account("main").await.unwrap();
    let here = account.twitter_client().await.unwrap();
    let client = there.twitter_client().await.unwrap();
    for (client, kind) in
        [(&here, ErrorKind::Server), (&here, ErrorKind::PermissionDenied), (&client, ErrorKind::Server)]
    {
        let error = client.me().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error:?}");
        all.push_str(&shown(&error));
        all.push_str(&format!("{account:?} {client:?} {:?}", account.connection().await.unwrap()));
    }
    let error = client.me().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NeedsLogin, "{error:?}");
    all.push_str(&format!("{} {:?}", shown(&error), account.connection().await.unwrap()));
    all.push_str(&shown(&account.publish(new_id()).await.unwrap_err()));

    // The second login, and a store that panics with the tokens in its hands.
    let login = connect.begin(scopes()).await.unwrap();
    let state = login.url.query_pairs().find(|(key, _)| key == "state").unwrap().1.into_owned();
    let error = connect.finish(&format!("/callback?code={CODE}&state={state}"), &login.binding).await.unwrap_err();
    assert_eq!(error.code(), "login.unfinished");
    all.push_str(&format!("{} {:?}", shown(&error), account.connection().await.unwrap()));
    secrets.extend([state, login.binding.expose_secret().to_owned()]);
    *panicking.lock().unwrap() = true;
    let error = account.twitter_client().await.unwrap().me().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Internal, "workflow.worker"));
    all.push_str(&shown(&error));
    all.push_str(&format!("{wren:?} {account:?} {:?}", account.audit_log(PageRequest::default()).await.unwrap()));
    let exported: Vec<String> = account.export().map(Result::unwrap).collect().await;
    all.push_str(&exported.join("\n"));
    let before = files(folder.path());
    *panicking.lock().unwrap() = false;
    assert!(!account.disconnect().await.unwrap());
    let _ = std::panic::take_hook();

    // What was sent could have leaked; the verifiers are known only from there.
    let sent = server.requests();
    let forms = sent.iter().flat_map(|request| {
        url::form_urlencoded::parse(&request.body)
            .into_owned()
            .filter(|(name, _)| name == "code_verifier")
            .collect::<Vec<_>>()
    });
    let verifiers: Vec<String> = forms.map(|(_, verifier)| verifier).collect();
    assert_eq!(verifiers.len(), 3);
    secrets.extend(verifiers);
    let heads: String = sent.iter().map(|request| format!("{}{}", request.head, request.text())).collect();
    for n in [1, 2, 4] {
        assert!(heads.contains(&format!("Bearer access-{MARK}-{n}")), "{n}");
        assert!(heads.contains(&format!("refresh-{MARK}-{n}")), "{n}");
    }
    let log = log.text();
    for name in ["ghostwren::workflow", "http.response.status_code", "oauth.refresh", "ghostwren"] {
        assert!(log.contains(name), "the log was written: {name}");
    }
    assert!(panics.text().contains("the store is broken"));
    for secret in &secrets {
        for (what, text) in [("what is shown", &all), ("the log", &log), ("a panic", &panics.text())] {
            let found = text.split_once(secret.as_str()).map(|(before, _)| before.lines().next_back());
            assert_eq!(found, None, "{secret} in {what}");
        }
        for (name, bytes) in before.iter().chain(&files(folder.path())) {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} in {name}");
        }
    }
}

/// Every file of the store, as it lies on the disk: also the log of its writes.
fn files(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let all: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            let path = file.unwrap().path();
            (path.display().to_string(), std::fs::read(path).unwrap())
        })
        .collect();
    assert!(all.iter().any(|(name, bytes)| name.ends_with("-wal") && !bytes.is_empty()));
    all
}
