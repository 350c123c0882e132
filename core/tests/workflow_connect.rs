//! Logins through the workflow, against the stand-in for X: begun in one process, finished in another, never in another
//! browser; many calls at expiry refresh once; what is kept is sealed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::Path;

use ghostwren::sandbox::{Sandbox, x};
use ghostwren::store::SqliteStore;
use ghostwren::twitter::{Scopes, TwitterApp};
use ghostwren::{ErrorKind, Ghostwren, Identity, User};
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn user(x: &x::XSandbox, database: &Path) -> User {
    let app = TwitterApp::new(x.client_id())
        .client_secret(x.client_secret().to_owned().into())
        .redirect_uri("http://127.0.0.1:8723/callback")
        .unwrap()
        .api_base(x.api_url().parse().unwrap())
        .unwrap()
        .authorize_base(x.authorize_url().parse().unwrap())
        .unwrap();
    let store = SqliteStore::open(database).unwrap();
    Ghostwren::builder().store(store).twitter(app).build().unwrap().user(Identity::local("me"))
}

/// What a browser does with an address: asks for it, and says where it was sent.
async fn browse(url: &url::Url) -> String {
    let (host, port) = (url.host_str().unwrap(), url.port().unwrap());
    let mut stream = TcpStream::connect((host, port)).await.unwrap();
    let target = format!("{}?{}", url.path(), url.query().unwrap_or_default());
    let request = format!("GET {target} HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap().to_owned()
}

#[tokio::test]
async fn begun_here_finished_there_and_never_in_another_browser() {
    let sandbox = Sandbox::start().unwrap();
    let x = sandbox.x();
    x.set_consent(x::Consent::Allow);
    x.add_redirect_uri("http://127.0.0.1:8723/callback");
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("store.db");
    let (here, there) = (user(&x, &database), user(&x, &database));

    let login = here.connect().unwrap().begin(Scopes::read().write()).await.unwrap();
    let callback = browse(&login.url).await;
    // The attack: somebody else's callback, opened in this browser, which has another binding.
    let other = SecretString::from("another-browser's-secret".to_owned());
    let error = there.connect().unwrap().finish(&callback, &other).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Auth, "login.other_browser"));
    let account = there.connect().unwrap().finish(&callback, &login.binding).await.unwrap();
    let record = account.record().await.unwrap();
    assert_eq!(record.twitter_user.unwrap().username, "sandbox_wren");
    let error = here.connect().unwrap().finish(&callback, &login.binding).await.unwrap_err();
    assert_eq!(error.code(), "login.unknown_state", "a login is finished once");

    // Nothing that opens the login stands in the files.
    for secret in [login.binding.expose_secret(), x.client_secret()] {
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        }
    }
    assert!(account.disconnect().await.unwrap(), "X confirmed that the tokens are revoked");
}

#[tokio::test]
async fn a_refusal_is_told() {
    let sandbox = Sandbox::start().unwrap();
    let x = sandbox.x();
    x.set_consent(x::Consent::Deny);
    x.add_redirect_uri("http://127.0.0.1:8723/callback");
    let folder = tempfile::tempdir().unwrap();
    let me = user(&x, &folder.path().join("store.db"));
    let login = me.connect().unwrap().begin(Scopes::read()).await.unwrap();
    let callback = browse(&login.url).await;
    let error = me.connect().unwrap().finish(&callback, &login.binding).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::PermissionDenied, "login.denied"));
}
