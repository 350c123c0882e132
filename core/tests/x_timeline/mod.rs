//! What the tests of timelines share: an account, the stand-in for X, and two clocks that agree.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test uses a part of what is shared")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use ghostwren::http::HttpClient;
use ghostwren::records::{SpendKind, Tweet, TweetKind, TwitterUser};
use ghostwren::sandbox::x::{Endpoint, Fault};
use ghostwren::sandbox::{Sandbox, x};
use ghostwren::store::{Caller, Clock, PageRequest, SqliteOptions, TweetQuery};
use ghostwren::twitter::{FixedToken, TwitterApp, TwitterClient};
use ghostwren::workflow::{ImportOptions, ImportReport};
use ghostwren::{Account, Ghostwren, Identity};

const SCOPES: [&str; 3] = ["tweet.read", "users.read", "offline.access"];

/// A store with an account of the stand-in's user.
pub struct Bench {
    pub folder: tempfile::TempDir,
    pub sandbox: Sandbox,
    pub x: x::XSandbox,
    pub clock: Clock,
    pub wren: Ghostwren,
    pub account: Account,
}

pub fn app(x: &x::XSandbox) -> TwitterApp {
    // What is to be repeated is repeated at once.
    let http = HttpClient::builder().jitter(|| 0.0).build().unwrap();
    TwitterApp::new(x.client_id()).api_base(x.api_url().parse().unwrap()).unwrap().http(http)
}

/// A client with a login of its own that keeps nothing of X's limits.
pub fn client(x: &x::XSandbox) -> TwitterClient {
    client_of(x, app(x))
}

pub fn client_of(x: &x::XSandbox, app: TwitterApp) -> TwitterClient {
    let token = x.issue_tokens(x.user_id(), &SCOPES).access;
    app.client(FixedToken::new(token.into())).unwrap().timeout(Duration::from_secs(2))
}

pub async fn account(path: &Path, clock: &Clock, daily: Option<u64>, user: u64) -> (Ghostwren, Account) {
    let store = SqliteOptions::default().clock(clock.clone()).open(path).unwrap();
    let mut wren = Ghostwren::builder().store(store).clock(clock.clone()).lease(Duration::from_secs(1));
    if let Some(daily) = daily {
        wren = wren.daily_twitter_budget(daily);
    }
    let wren = wren.build().unwrap();
    let account = wren.user(Identity::local("me")).open_account("main").await.unwrap();
    let user = TwitterUser { id: user.to_string(), username: "sandbox_wren".into(), ..TwitterUser::default() };
    wren.store().bind_account(&Caller::local("me").unwrap(), account.id(), user).await.unwrap();
    (wren, account)
}

impl Bench {
    pub async fn new() -> Self {
        Self::with_daily(None).await
    }

    pub async fn with_daily(daily: Option<u64>) -> Self {
        let (folder, sandbox) = (tempfile::tempdir().unwrap(), Sandbox::start().unwrap());
        let (x, clock) = (sandbox.x(), Clock::system());
        // Both clocks show noon, so that no test runs over midnight.
        let noon = (Utc::now() + TimeDelta::days(1)).date_naive().and_hms_opt(12, 0, 0).unwrap().and_utc();
        let ahead = noon - Utc::now();
        clock.shift_ms(ahead.num_milliseconds());
        x.advance(ahead.to_std().unwrap());
        let (wren, account) = account(&folder.path().join("wren.db"), &clock, daily, x.user_id()).await;
        Self { folder, sandbox, x, clock, wren, account }
    }

    /// The same account as another machine has it.
    pub async fn elsewhere(&self) -> Account {
        account(&self.folder.path().join("wren.db"), &self.clock, None, self.x.user_id()).await.1
    }

    pub fn options(&self) -> ImportOptions {
        ImportOptions::default().client(client(&self.x))
    }

    pub async fn import(&self) -> ImportReport {
        self.account.import_timeline_with(self.options()).await.unwrap()
    }

    pub fn faults(&self, faults: impl IntoIterator<Item = Fault>) {
        self.x.script(Endpoint::Timeline, faults).unwrap();
    }

    /// What X charged today, in millionths of a dollar.
    pub fn charged(&self) -> u64 {
        self.x.spent_today().mills * 1000
    }

    /// What the store says was spent, and what is still set aside.
    pub async fn spent(&self) -> (u64, u64) {
        let spend = self.account.spend().await.unwrap();
        let twitter = spend.iter().filter(|spend| spend.kind == SpendKind::Twitter);
        twitter.fold((0, 0), |sum, day| (sum.0 + day.spent_micros, sum.1 + day.reserved_micros))
    }

    /// The pages that were asked for, by their queries.
    pub fn pages(&self) -> Vec<String> {
        let path = format!("/2/users/{}/tweets", self.x.user_id());
        let asked = self.sandbox.requests().into_iter().filter(|request| request.path == path);
        asked.map(|request| request.query).collect()
    }

    /// Every tweet that X shows is stored, in its whole text, and no other.
    pub async fn assert_whole(&self) {
        let theirs: BTreeSet<u64> = self.x.tweets_of(self.x.user_id()).into_iter().collect();
        let ours = stored(&self.account).await;
        let ids: BTreeSet<u64> = ours.iter().map(|tweet| tweet.id.parse().unwrap()).collect();
        assert_eq!(ours.len(), ids.len(), "a tweet is stored twice");
        assert_eq!(ids, theirs);
        for tweet in ours.iter().filter(|tweet| tweet.kind != TweetKind::Retweet) {
            let whole = self.x.text_of(tweet.id.parse().unwrap()).unwrap();
            assert_eq!(tweet.full_text, whole);
            assert!(!tweet.is_truncated);
        }
    }
}

pub async fn stored(account: &Account) -> Vec<Tweet> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = account.tweets(TweetQuery::all(), PageRequest { limit: 1000, after }).await.unwrap();
        all.extend(page.items);
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}
