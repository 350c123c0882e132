//! An account that is connected to the stand-in for X, and a store that a test can watch.

// Each test file uses its part of this.
#![allow(dead_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use ghostwren::records::{Draft, DraftState, Generation, Id, Scores, new_id, now};
use ghostwren::sandbox::{Sandbox, x};
use ghostwren::store::seal::SealingKeys;
use ghostwren::store::wire::{Channel, RemoteStore, serve};
use ghostwren::store::{Caller, Clock, SqliteOptions, SqliteStore, Store};
use ghostwren::twitter::{Scopes, TwitterApp};
use ghostwren::workflow::{Connect, Connection, PendingLogin};
use ghostwren::{Account, Ghostwren, Identity, User};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A stand-in, a database, and one clock for all who use them.
pub struct Bench {
    pub folder: tempfile::TempDir,
    pub sandbox: Sandbox,
    pub x: x::XSandbox,
    pub clock: Clock,
}

pub fn me() -> Caller {
    Caller::local("me").unwrap()
}

pub fn app(x: &x::XSandbox) -> TwitterApp {
    TwitterApp::new(x.client_id())
        .client_secret(x.client_secret().to_owned().into())
        .redirect_uri("http://127.0.0.1:8723/callback")
        .unwrap()
        .api_base(x.api_url().parse().unwrap())
        .unwrap()
        .authorize_base(x.authorize_url().parse().unwrap())
        .unwrap()
}

impl Bench {
    pub fn new() -> Self {
        let sandbox = Sandbox::start().unwrap();
        let x = sandbox.x();
        x.set_consent(x::Consent::Allow);
        // Hundreds of calls are made here to the one that is cheapest to read.
        x.set_limit(x::Endpoint::Me, x::Limit::default());
        Self { folder: tempfile::tempdir().unwrap(), sandbox, x, clock: Clock::system() }
    }

    pub fn database(&self) -> PathBuf {
        self.folder.path().join("wren.db")
    }

    pub fn store(&self) -> SqliteStore {
        SqliteOptions::default().clock(self.clock.clone()).open(self.database()).unwrap()
    }

    /// As another process has it: a store of its own on the same file.
    pub fn wren(&self) -> Ghostwren {
        self.wren_with(app(&self.x))
    }

    pub fn wren_with(&self, app: TwitterApp) -> Ghostwren {
        Ghostwren::builder().store(self.store()).twitter(app).clock(self.clock.clone()).build().unwrap()
    }

    pub fn user(&self) -> User {
        self.wren().user(Identity::local("me"))
    }

    /// The account in another process.
    pub async fn account(&self) -> Account {
        self.user().open_account("main").await.unwrap()
    }

    /// The account in a process whose calls to the store are watched.
    pub async fn watched(&self, watch: Watch) -> Account {
        let store = RemoteStore::new(Watched { store: Arc::new(self.store()), watch });
        let keys = SealingKeys::beside(self.database()).unwrap();
        let wren = Ghostwren::builder().store(store).sealing_keys(keys).twitter(app(&self.x)).clock(self.clock.clone());
        wren.build().unwrap().user(Identity::local("me")).open_account("main").await.unwrap()
    }

    /// Logs in.
    pub async fn connected(&self) -> Account {
        let connect = self.user().connect().unwrap();
        log_in(&connect, Scopes::read().write().media()).await.unwrap()
    }

    /// Time passes, here and there.
    pub fn pass(&self, by: Duration) {
        self.x.advance(by);
        self.clock.shift_ms(i64::try_from(by.as_millis()).unwrap());
    }

    /// Time passes until the access token has so many seconds left.
    pub async fn until_left(&self, seconds: i64) {
        self.until_left_of(&self.account().await, seconds).await;
    }

    /// The same for an account that lies elsewhere.
    pub async fn until_left_of(&self, account: &Account, seconds: i64) {
        let Connection::Connected { expires_at, .. } = account.connection().await.unwrap() else {
            panic!("there is no login")
        };
        let by = expires_at - chrono::TimeDelta::seconds(seconds) - self.clock.now();
        self.pass(by.to_std().unwrap_or_default());
    }

    /// An approved draft.
    pub async fn draft(&self, account: &Account, text: &str) -> Id {
        let (id, generation) = (new_id(), new_id());
        let made = Generation {
            id: generation,
            account_id: account.id(),
            profile_id: None,
            request: serde_json::json!({}),
            model: "m".into(),
            exemplars: Vec::new(),
            rejected: Vec::new(),
            created_at: now(),
        };
        let draft = Draft {
            id,
            account_id: account.id(),
            generation_id: generation,
            text: text.to_owned(),
            weighted_length: 1,
            scores: Scores::default(),
            state: DraftState::Approved,
            feedback: None,
            created_at: now(),
            updated_at: now(),
        };
        self.store().save_generation(&me(), made, vec![draft]).await.unwrap();
        id
    }

    /// Requests with this path that came in.
    pub fn sent(&self, path: &str) -> usize {
        self.sandbox.requests().iter().filter(|request| request.path == path).count()
    }

    /// Refreshes that were asked for, taken or not.
    pub fn refreshes(&self) -> usize {
        let refresh = |body: &serde_json::Value| body["grant_type"] == "refresh_token";
        self.sandbox.requests().iter().filter(|request| refresh(&request.body)).count()
    }
}

pub async fn log_in(connect: &Connect, scopes: Scopes) -> ghostwren::Result<Account> {
    let login: PendingLogin = connect.begin(scopes).await?;
    connect.finish(&browse(&login.url).await, &login.binding).await
}

/// What a browser does with an address: asks for it, and says where it was sent.
pub async fn browse(url: &url::Url) -> String {
    let (host, port) = (url.host_str().unwrap(), url.port().unwrap());
    let mut stream = TcpStream::connect((host, port)).await.unwrap();
    let target = format!("{}?{}", url.path(), url.query().unwrap_or_default());
    let request = format!("GET {target} HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap().to_owned()
}

/// Before or after a method of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Before,
    After,
}

/// Sees each call of the store, and may hold it up or let it fail.
pub type Watch = Arc<dyn Fn(When, &str) -> BoxFuture<'static, ghostwren::Result<()>> + Send + Sync>;

pub struct Watched {
    pub store: Arc<dyn Store>,
    pub watch: Watch,
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watched")
    }
}

#[async_trait]
impl Channel for Watched {
    async fn call(&self, request: Vec<u8>) -> ghostwren::Result<Vec<u8>> {
        let read: serde_json::Value = serde_json::from_slice(&request).unwrap();
        let method = read["method"].as_str().unwrap().to_owned();
        (self.watch)(When::Before, &method).await?;
        let reply = serve(self.store.as_ref(), &request).await;
        (self.watch)(When::After, &method).await?;
        Ok(reply)
    }
}
