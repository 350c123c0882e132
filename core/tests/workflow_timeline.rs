//! A timeline through the workflow, against the stand-in for X: whole under every fault, paid for once, honest about its end.
#![cfg(feature = "sqlite")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use chrono::{TimeZone, Utc};
use common::archive_builder::ArchiveBuilder;
use futures_util::StreamExt;
use ghostwren::http::OnLimit;
use ghostwren::records::{ImportEnd, ImportSource, SpendKind, Tweet, TweetKind, TwitterUser};
use ghostwren::sandbox::x::{Dialects, Endpoint, Fault, NewTweet};
use ghostwren::sandbox::{Sandbox, x};
use ghostwren::store::{Caller, Clock, PageRequest, SqliteOptions, TweetQuery};
use ghostwren::twitter::{Dialect, FixedToken, Prices, TwitterApp, TwitterClient};
use ghostwren::workflow::{ImportEvent, ImportOptions, ImportReport};
use ghostwren::{Account, ErrorKind, Ghostwren, Identity};

const SCOPES: [&str; 3] = ["tweet.read", "users.read", "offline.access"];

struct Bench {
    folder: tempfile::TempDir,
    sandbox: Sandbox,
    x: x::XSandbox,
    clock: Clock,
    account: Account,
}

fn app(x: &x::XSandbox) -> TwitterApp {
    TwitterApp::new(x.client_id()).api_base(x.api_url().parse().unwrap()).unwrap()
}

/// A client with a login of its own that keeps nothing of X's limits.
fn client(x: &x::XSandbox) -> TwitterClient {
    client_of(x, app(x))
}

fn client_of(x: &x::XSandbox, app: TwitterApp) -> TwitterClient {
    let token = x.issue_tokens(x.user_id(), &SCOPES).access;
    app.client(FixedToken::new(token.into())).unwrap().timeout(Duration::from_secs(2))
}

async fn account(path: &Path, clock: &Clock, daily: Option<u64>, user: u64) -> Account {
    let store = SqliteOptions::default().clock(clock.clone()).open(path).unwrap();
    let mut wren = Ghostwren::builder().store(store).clock(clock.clone()).lease(Duration::from_secs(1));
    if let Some(daily) = daily {
        wren = wren.daily_twitter_budget(daily);
    }
    let wren = wren.build().unwrap();
    let account = wren.user(Identity::local("me")).open_account("main").await.unwrap();
    let user = TwitterUser { id: user.to_string(), username: "sandbox_wren".into(), ..TwitterUser::default() };
    wren.store().bind_account(&Caller::local("me").unwrap(), account.id(), user).await.unwrap();
    account
}

impl Bench {
    async fn new() -> Self {
        Self::with_daily(None).await
    }

    async fn with_daily(daily: Option<u64>) -> Self {
        let (folder, sandbox) = (tempfile::tempdir().unwrap(), Sandbox::start().unwrap());
        let (x, clock) = (sandbox.x(), Clock::system());
        let account = account(&folder.path().join("wren.db"), &clock, daily, x.user_id()).await;
        Self { folder, sandbox, x, clock, account }
    }

    /// The same account as another machine has it.
    async fn elsewhere(&self) -> Account {
        account(&self.folder.path().join("wren.db"), &self.clock, None, self.x.user_id()).await
    }

    fn options(&self) -> ImportOptions {
        ImportOptions::default().client(client(&self.x))
    }

    async fn import(&self) -> ImportReport {
        self.account.import_timeline_with(self.options()).await.unwrap()
    }

    fn faults(&self, faults: impl IntoIterator<Item = Fault>) {
        self.x.script(Endpoint::Timeline, faults).unwrap();
    }

    /// What X charged today, in millionths of a dollar.
    fn charged(&self) -> u64 {
        self.x.spent_today().mills * 1000
    }

    /// What the store says was spent, and what is still set aside.
    async fn spent(&self) -> (u64, u64) {
        let spend = self.account.spend().await.unwrap();
        let twitter = spend.iter().filter(|spend| spend.kind == SpendKind::Twitter);
        twitter.fold((0, 0), |sum, day| (sum.0 + day.spent_micros, sum.1 + day.reserved_micros))
    }

    /// The pages that were asked for, by their queries.
    fn pages(&self) -> Vec<String> {
        let path = format!("/2/users/{}/tweets", self.x.user_id());
        let asked = self.sandbox.requests().into_iter().filter(|request| request.path == path);
        asked.map(|request| request.query).collect()
    }

    /// Every tweet that X shows is stored, in its whole text, and no other.
    async fn assert_whole(&self) {
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

async fn stored(account: &Account) -> Vec<Tweet> {
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

#[tokio::test]
async fn a_timeline_comes_whole_and_is_paid_for_once() {
    let bench = Bench::new().await;
    let report = bench.import().await;
    assert_eq!(report.end, ImportEnd::Complete);
    assert_eq!((report.counts.inserted, report.counts.updated, report.counts.unchanged), (240, 0, 0));
    bench.assert_whole().await;
    let timeline = report.timeline.unwrap();
    assert_eq!((timeline.read, timeline.tweets_of_user), (240, Some(240)));
    assert_eq!(timeline.cost_micros, bench.charged(), "what it cost is what X charged");
    assert_eq!(bench.spent().await, (bench.charged(), 0));
    assert!(timeline.problem_count > 0, "tweets that are gone are told");
    // Again: only what is newer is asked for, and nothing but the user is read.
    let id = bench.x.add_tweet(bench.x.user_id(), NewTweet::new("one more"));
    let second = bench.import().await;
    assert_eq!((second.end.clone(), second.counts.inserted, second.counts.unchanged), (ImportEnd::Complete, 1, 0));
    assert!(bench.pages().last().unwrap().contains("since_id="));
    assert_eq!(second.run.watermark, Some(id.to_string()));
    assert_eq!(bench.spent().await, (bench.charged(), 0), "who was read today is free");
}
