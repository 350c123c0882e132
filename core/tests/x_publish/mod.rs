//! A bench for publishing: the stand-in for X, a store in a file, an account and approved drafts.

// Each test file uses its part of this.
#![allow(dead_code, unreachable_pub)]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ghostwren::records::{Draft, DraftState, Generation, Id, OutboxState, Scores, TwitterUser, new_id, now};
use ghostwren::sandbox::x::{Endpoint, Fault};
use ghostwren::sandbox::{Sandbox, x};
use ghostwren::store::{Caller, Clock, PageRequest, SqliteOptions, Store};
use ghostwren::twitter::{FixedToken, TwitterApp, TwitterClient};
use ghostwren::workflow::Publisher;
use ghostwren::{Account, Error, ErrorKind, Ghostwren, Identity};

pub const SCOPES: [&str; 5] = ["tweet.read", "users.read", "tweet.write", "media.write", "offline.access"];

pub struct Bench {
    pub folder: tempfile::TempDir,
    pub sandbox: Sandbox,
    pub x: x::XSandbox,
    pub clock: Clock,
    pub store: Arc<dyn Store>,
    pub account: Account,
    pub publisher: Publisher,
}

pub fn client(api: &str, token: String) -> TwitterClient {
    let app = TwitterApp::new("sandbox-client").api_base(api.parse().unwrap()).unwrap();
    // Silence is what some of the faults are.
    app.client(FixedToken::new(token.into())).unwrap().timeout(Duration::from_millis(400))
}

pub async fn account(path: &Path, clock: &Clock, budget: Option<u64>) -> (Account, Arc<dyn Store>) {
    let store = SqliteOptions::default().clock(clock.clone()).open(path).unwrap();
    let mut wren = Ghostwren::builder().store(store).publish_settle(Duration::ZERO);
    if let Some(budget) = budget {
        wren = wren.daily_twitter_budget(budget);
    }
    let wren = wren.build().unwrap();
    (wren.user(Identity::local("me")).open_account("main").await.unwrap(), wren.store().clone())
}

impl Bench {
    pub async fn new() -> Self {
        Self::with_budget(None).await
    }

    pub async fn with_budget(budget: Option<u64>) -> Self {
        let (folder, sandbox) = (tempfile::tempdir().unwrap(), Sandbox::start().unwrap());
        let (x, clock) = (sandbox.x(), Clock::system());
        let (account, store) = account(&folder.path().join("wren.db"), &clock, budget).await;
        let user =
            TwitterUser { id: x.user_id().to_string(), username: "sandbox_wren".into(), ..TwitterUser::default() };
        store.bind_account(&caller(), account.id(), user).await.unwrap();
        let publisher = account.publisher(client(&x.api_url(), x.issue_tokens(x.user_id(), &SCOPES).access));
        Self { folder, sandbox, x, clock, store, account, publisher }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("wren.db")
    }

    /// An approved draft of each text.
    pub async fn drafts<const N: usize>(&self, texts: [&str; N]) -> [Id; N] {
        texts_to_drafts(self, texts, DraftState::Approved).await
    }

    pub async fn draft(&self, text: &str) -> Id {
        self.drafts([text]).await[0]
    }

    /// The ids of the tweets with this text.
    pub fn tweeted(&self, text: &str) -> Vec<u64> {
        let ids = self.x.tweets_of(self.x.user_id());
        ids.into_iter().filter(|id| self.x.text_of(*id).as_deref() == Some(text)).collect()
    }

    pub fn sent(&self) -> usize {
        self.sandbox.requests().len()
    }

    pub async fn state(&self, draft: Id) -> DraftState {
        self.account.draft(draft).await.unwrap().state
    }

    /// The newest entry of the outbox: its state and why it stopped.
    pub async fn entry(&self) -> (Id, OutboxState, Option<String>) {
        let entry = self.account.outbox(PageRequest::first(1)).await.unwrap().items.remove(0);
        (entry.id, entry.state, entry.error_code)
    }

    pub fn fail_create(&self, faults: impl IntoIterator<Item = Fault>) {
        self.x.script(Endpoint::CreateTweet, faults).unwrap();
    }

    pub fn fail_reads(&self) {
        self.x.script(Endpoint::Timeline, [Fault::Forbidden; 4]).unwrap();
    }
}

pub fn caller() -> Caller {
    Caller::local("me").unwrap()
}

pub async fn texts_to_drafts<const N: usize>(bench: &Bench, texts: [&str; N], state: DraftState) -> [Id; N] {
    let account = &bench.account;
    let generation = Generation {
        id: new_id(),
        account_id: account.id(),
        profile_id: None,
        request: serde_json::json!({}),
        model: "m".into(),
        exemplars: Vec::new(),
        rejected: Vec::new(),
        created_at: now(),
    };
    let drafts = texts.map(|text| Draft {
        id: new_id(),
        account_id: account.id(),
        generation_id: generation.id,
        text: text.to_owned(),
        weighted_length: 1,
        scores: Scores::default(),
        state,
        feedback: None,
        created_at: now(),
        updated_at: now(),
    });
    let ids = std::array::from_fn(|at| drafts[at].id);
    bench.store.save_generation(&caller(), generation, drafts.to_vec()).await.unwrap();
    ids
}

pub fn told(error: &Error) -> (ErrorKind, &str) {
    (error.kind(), error.code())
}
