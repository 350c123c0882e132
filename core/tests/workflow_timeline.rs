//! A timeline through the workflow, against the stand-in for X: whole under every fault, paid for once, honest about its end.
#![cfg(feature = "sqlite")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use common::archive_builder::ArchiveBuilder;
use futures_util::StreamExt;
use ghostwren::http::{HttpClient, OnLimit};
use ghostwren::records::{ImportEnd, ImportSource, RateWindowRecord, SpendKind, Tweet, TweetKind, TwitterUser};
use ghostwren::sandbox::x::{Dialects, Endpoint, Fault, NewTweet};
use ghostwren::sandbox::{Sandbox, x};
use ghostwren::store::{Caller, Clock, ImportPage, NewImport, PageRequest, SqliteOptions, SqliteStore, TweetQuery};
use ghostwren::twitter::{Dialect, FixedToken, Scopes, TwitterApp, TwitterClient};
use ghostwren::workflow::{ImportEvent, ImportOptions, ImportReport};
use ghostwren::{Account, ErrorKind, Ghostwren, Identity};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const SCOPES: [&str; 3] = ["tweet.read", "users.read", "offline.access"];

struct Bench {
    folder: tempfile::TempDir,
    sandbox: Sandbox,
    x: x::XSandbox,
    clock: Clock,
    wren: Ghostwren,
    account: Account,
}

fn app(x: &x::XSandbox) -> TwitterApp {
    // What is to be repeated is repeated at once.
    let http = HttpClient::builder().jitter(|| 0.0).build().unwrap();
    TwitterApp::new(x.client_id()).api_base(x.api_url().parse().unwrap()).unwrap().http(http)
}

/// A client with a login of its own that keeps nothing of X's limits.
fn client(x: &x::XSandbox) -> TwitterClient {
    client_of(x, app(x))
}

fn client_of(x: &x::XSandbox, app: TwitterApp) -> TwitterClient {
    let token = x.issue_tokens(x.user_id(), &SCOPES).access;
    app.client(FixedToken::new(token.into())).unwrap().timeout(Duration::from_secs(2))
}

async fn account(path: &Path, clock: &Clock, daily: Option<u64>, user: u64) -> (Ghostwren, Account) {
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
    async fn new() -> Self {
        Self::with_daily(None).await
    }

    async fn with_daily(daily: Option<u64>) -> Self {
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
    async fn elsewhere(&self) -> Account {
        account(&self.folder.path().join("wren.db"), &self.clock, None, self.x.user_id()).await.1
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

/// What one page after another suffers, and the session gets over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_fault_of_a_page_loses_or_doubles_a_tweet() {
    use Fault::{Pass, RateLimit};
    let scripts: Vec<Vec<Fault>> = vec![
        vec![Pass, Fault::EmptyPage, Fault::EmptyPage, Pass, Fault::EmptyPage],
        vec![Fault::EmptyPage],
        vec![Pass, Fault::DuplicatePage, Fault::DuplicatePage],
        vec![Pass, Fault::LoopingPage],
        vec![Pass, Pass, Fault::LoopingPage, Pass, Fault::LoopingPage],
        vec![Pass, Fault::ExpiredToken],
        vec![Pass, Fault::ExpiredToken, Fault::EmptyPage, Fault::ExpiredToken],
        vec![Pass, RateLimit { seconds: 1 }],
        vec![RateLimit { seconds: 1 }, Pass, Fault::RateLimitBare],
        vec![Pass, Fault::OnePerSecond],
        vec![Pass, Fault::ServerError, Fault::OverCapacity, Pass, Fault::BadGateway],
        vec![Pass, Fault::Reset, Pass, Fault::ResetAfter, Fault::ResetFirst],
        vec![Pass, Fault::Unavailable, Fault::GatewayTimeout, Fault::SlowBytes { ms: 0 }],
        vec![Pass, Fault::ExtraFields, Fault::UnknownValues],
        vec![Pass, Fault::Bare, Fault::SplitBytes { size: 999 }],
    ];
    let runs = scripts.into_iter().map(|script| {
        tokio::spawn(async move {
            let bench = Bench::new().await;
            bench.faults(script.clone());
            let report = bench.import().await;
            assert_eq!(report.end, ImportEnd::Complete, "{script:?}");
            assert_eq!(report.timeline.unwrap().read, 240, "{script:?}");
            bench.assert_whole().await;
            assert_eq!(bench.spent().await, (bench.charged(), 0), "{script:?}");
        })
    });
    for run in runs.collect::<Vec<_>>() {
        run.await.unwrap();
    }
}

#[tokio::test]
async fn what_stops_a_session_is_told_and_the_next_one_goes_on() {
    let stops = [
        (Fault::UsageCap, ErrorKind::QuotaExceeded, "twitter.usage_cap"),
        (Fault::SpendLimit, ErrorKind::QuotaExceeded, "twitter.spend_limit"),
        (Fault::NoCredits, ErrorKind::QuotaExceeded, "twitter.out_of_credit"),
        (Fault::NotEnrolled, ErrorKind::PermissionDenied, "twitter.not_enrolled"),
        (Fault::Truncated, ErrorKind::Decode, "http.json"),
        (Fault::HtmlOk, ErrorKind::Decode, "http.html"),
        (Fault::OnlyErrors, ErrorKind::PermissionDenied, "twitter.unavailable"),
        (Fault::Unauthorized, ErrorKind::Auth, "twitter.unauthorized"),
    ];
    for (fault, kind, code) in stops {
        let bench = Bench::new().await;
        bench.faults([Fault::Pass, fault]);
        let error = bench.account.import_timeline_with(bench.options()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{fault}: {error}");
        let run = bench.account.imports().await.unwrap().remove(0);
        let Some(ImportEnd::Failed { code: told, .. }) = run.end else { panic!("{fault}: {:?}", run.end) };
        assert_eq!(told, error.code());
        if fault != Fault::OnlyErrors {
            assert_eq!(told, code, "{fault}");
        }
        assert_eq!(run.counts.inserted, 100, "{fault}: what came before is stored");
        // On another machine.
        let elsewhere = bench.elsewhere().await;
        let asked = bench.pages().len();
        let report = elsewhere.import_timeline_with(bench.options()).await.unwrap();
        assert_eq!((report.end, report.run.id), (ImportEnd::Complete, run.id));
        assert_eq!(bench.pages().len() - asked, 2, "{fault}: only the rest is asked for");
        bench.assert_whole().await;
        assert_eq!(bench.spent().await, (bench.charged(), 0), "{fault}");
    }
}

#[tokio::test]
async fn pages_that_lead_nowhere_end_with_an_error_and_not_for_ever() {
    let bench = Bench::new().await;
    bench.faults([Fault::Pass]);
    bench.faults(vec![Fault::EmptyPage; 400]);
    let error = bench.account.import_timeline_with(bench.options()).await.unwrap_err();
    assert_eq!(error.code(), "twitter.page_loop");
    bench.x.clear_script();
    assert_eq!(bench.import().await.end, ImportEnd::Complete);
    bench.assert_whole().await;
}

#[tokio::test]
async fn both_dialects_give_the_same() {
    let mut seen: Vec<Vec<Tweet>> = Vec::new();
    for (dialects, dialect) in [
        (Dialects::TweetOnly, Dialect::Auto),
        (Dialects::PostOnly, Dialect::Tweet),
        (Dialects::Both, Dialect::Tweet),
        (Dialects::Both, Dialect::Post),
    ] {
        let bench = Bench::new().await;
        // The same moment: the made-up ids are those of the time.
        bench.x.set_dialects(dialects);
        let options = ImportOptions::default().client(client_of(&bench.x, app(&bench.x).dialect(dialect)));
        let report = bench.account.import_timeline_with(options).await.unwrap();
        assert_eq!(report.end, ImportEnd::Complete);
        bench.assert_whole().await;
        assert_eq!(bench.spent().await, (bench.charged(), 0), "{dialects:?} {dialect:?}");
        seen.push(stored(&bench.account).await);
    }
    let shape = |tweets: &[Tweet]| -> Vec<(String, TweetKind, bool)> {
        tweets.iter().map(|tweet| (tweet.full_text.clone(), tweet.kind, tweet.edit_history.len() > 1)).collect()
    };
    for other in &seen[1..] {
        assert_eq!(shape(&seen[0]), shape(other));
    }
    assert!(seen[0].iter().any(|tweet| tweet.edit_history.len() > 1), "edits are known");
}

#[tokio::test]
async fn what_is_quoted_and_answered_comes_along_in_the_same_read() {
    let bench = Bench::new().await;
    let baker = bench.x.tweets_of(1_500_000_000_000_000_002)[0];
    bench.x.add_tweet(bench.x.user_id(), NewTweet::new("look at this").quotes(baker));
    bench.import().await;
    let caller = Caller::local("me").unwrap();
    let wren = bench.wren.store().context_tweets(&caller, bench.account.id(), vec![baker.to_string()]).await.unwrap();
    assert_eq!(wren[0].full_text, bench.x.text_of(baker).unwrap());
    assert_eq!(wren[0].author.as_ref().unwrap().username.as_deref(), Some("night_baker"));
    let lookups = bench.sandbox.requests().into_iter().filter(|request| request.path == "/2/tweets").count();
    assert_eq!(lookups, 0);
}

#[tokio::test]
async fn the_limit_of_3200_is_named() {
    let bench = Bench::new().await;
    let user = bench.x.user_id();
    for tweet in bench.x.tweets_of(user) {
        bench.x.delete_tweet(tweet);
    }
    bench.x.make_timeline(user, 3_300, 3);
    let preview = bench.account.preview_import_with(&bench.options()).await.unwrap();
    assert_eq!(preview.to_string(), "3,200 tweets: up to $16.00; your archive would be $0, and has 100 more");
    let report = bench.import().await;
    assert_eq!(report.end, ImportEnd::ReachedLimit);
    assert_eq!((report.counts.inserted, report.timeline.unwrap().tweets_of_user), (3_200, Some(3_300)));
    // What is new is read, and what is out of reach is still missing.
    bench.x.add_tweet(user, NewTweet::new("new"));
    let second = bench.import().await;
    assert_eq!((second.end, second.counts.inserted), (ImportEnd::ReachedLimit, 1));
}

#[tokio::test]
async fn a_gap_that_x_cannot_fill_is_no_completeness() {
    let bench = Bench::new().await;
    bench.import().await;
    // The texts are a minute apart.
    bench.x.advance(Duration::from_secs(3_300 * 60));
    let texts = (0..3_250).map(|n| format!("number {n}"));
    let user = bench.x.user_id();
    bench.x.add_texts(user, texts);
    let report = bench.import().await;
    assert_eq!(report.end, ImportEnd::ReachedLimit);
    assert_eq!(report.counts.inserted, 3_200);
}

#[tokio::test]
async fn a_budget_is_never_exceeded_and_a_higher_one_goes_on() {
    let bench = Bench::new().await;
    let report = bench.account.import_timeline_with(bench.options().budget_micros(1_000)).await.unwrap();
    assert_eq!((report.end, bench.charged()), (ImportEnd::OverBudget, 0), "not even the user could be asked for");
    let mut last = 0;
    for budget in [300_000, 600_000, 900_000] {
        let report = bench.account.import_timeline_with(bench.options().budget_micros(budget)).await.unwrap();
        assert_eq!(report.end, ImportEnd::OverBudget);
        let spent = report.timeline.unwrap().cost_micros;
        assert!(spent <= budget, "{spent} of {budget}");
        assert!(spent + 190_000 > budget, "{spent} of {budget}: pages get smaller, so that little is left over");
        assert!(report.run.counts.inserted > last);
        last = report.run.counts.inserted;
        assert_eq!(bench.spent().await, (bench.charged(), 0));
    }
    let report = bench.account.import_timeline_with(bench.options().budget_micros(50_000_000)).await.unwrap();
    assert_eq!(report.end, ImportEnd::Complete);
    bench.assert_whole().await;
    assert_eq!(report.timeline.unwrap().cost_micros, bench.charged());
    assert_eq!(bench.account.imports().await.unwrap().len(), 1, "it was one run");
}

#[tokio::test]
async fn the_day_s_budget_holds_over_all_runs() {
    let bench = Bench::with_daily(Some(500_000)).await;
    let report = bench.import().await;
    assert_eq!(report.end, ImportEnd::OverBudget);
    assert!(bench.charged() <= 500_000 && bench.charged() > 300_000);
    assert!(report.warnings.iter().any(|warning| warning.contains("budget.exceeded")), "{:?}", report.warnings);
    let report = bench.import().await;
    assert_eq!(report.end, ImportEnd::OverBudget, "there is nothing left today");
    // Tomorrow there is.
    bench.clock.shift_ms(86_400_000);
    bench.x.advance(Duration::from_secs(86_400));
    let report = bench.import().await;
    assert!(report.warnings.iter().any(|warning| warning.contains("another day")), "{:?}", report.warnings);
    assert!(report.run.counts.inserted > 100);
}

#[tokio::test]
async fn another_day_is_another_bill() {
    let bench = Bench::new().await;
    bench.faults([Fault::Pass, Fault::UsageCap]);
    bench.account.import_timeline_with(bench.options()).await.unwrap_err();
    let first = bench.charged();
    let day = 86_400;
    bench.clock.shift_ms(day * 1000);
    bench.x.advance(Duration::from_secs(day as u64));
    let report = bench.import().await;
    assert_eq!(report.end, ImportEnd::Complete);
    let second = bench.charged();
    assert_eq!(bench.spent().await, (first + second, 0), "each day is counted as X counts it");
    assert!(report.warnings.iter().any(|warning| warning.contains("UTC")), "{:?}", report.warnings);
    // All again on the same day: free for what was read today, billed for what was read yesterday.
    let again = bench.account.import_timeline_with(bench.options().again()).await.unwrap();
    assert_eq!((again.end, again.counts.unchanged), (ImportEnd::Complete, 240));
    assert_eq!(bench.spent().await, (first + bench.charged(), 0));
    assert!(bench.charged() > second);
    // And once more: free.
    let before = bench.charged();
    let again = bench.account.import_timeline_with(bench.options().again()).await.unwrap();
    assert_eq!(again.timeline.unwrap().cost_micros, 0);
    assert_eq!(bench.charged(), before);
}

#[tokio::test]
async fn beginning_again_stands_in_the_checkpoint() {
    let bench = Bench::new().await;
    bench.import().await;
    bench.faults([Fault::Pass, Fault::UsageCap]);
    bench.account.import_timeline_with(bench.options().again()).await.unwrap_err();
    let asked = bench.pages().len();
    // The call without the option goes on with the run that was begun with it, and so does the call with it.
    bench.faults([Fault::Pass, Fault::UsageCap]);
    bench.account.import_timeline_with(bench.options()).await.unwrap_err();
    let report = bench.account.import_timeline_with(bench.options().again()).await.unwrap();
    assert_eq!((report.end, report.counts.unchanged), (ImportEnd::Complete, 240));
    let pages = &bench.pages()[asked..];
    assert_eq!(pages.len(), 3, "{pages:?}");
    assert!(pages.iter().all(|query| !query.contains("since_id") && query.contains("pagination_token")), "{pages:?}");
}

#[tokio::test]
async fn of_two_instances_one_works_and_the_other_is_told() {
    let bench = Bench::new().await;
    // Slow enough that both want it at the same time: 4 s for a page of 100 KB in pieces of 16 bytes would be too long.
    bench.faults([Fault::Pass, Fault::SlowBytes { ms: 1 }]);
    let mut first = bench.account.import_timeline_with(bench.options());
    while !matches!(first.next().await.unwrap().unwrap(), ImportEvent::Progress(progress) if progress.counts.inserted > 0)
    {
    }
    let elsewhere = bench.elsewhere().await;
    let (first, second) = tokio::join!(first, elsewhere.import_timeline_with(bench.options()));
    assert_eq!(first.unwrap().end, ImportEnd::Complete);
    match second {
        // It waited for the lease, saw that the other one lives, and left it alone.
        Err(error) => assert_eq!((error.kind(), error.code()), (ErrorKind::Conflict, "import.running")),
        // Or the other one was ready by then.
        Ok(report) => assert_eq!((report.end, report.counts.inserted), (ImportEnd::Complete, 0)),
    }
    bench.assert_whole().await;
    assert_eq!(bench.spent().await, (bench.charged(), 0));
}

#[tokio::test]
async fn who_lost_the_lease_stops_and_has_paid() {
    let bench = Bench::new().await;
    bench.faults([Fault::Pass, Fault::SlowBytes { ms: 1 }]);
    let mut slow = bench.account.import_timeline_with(bench.options());
    while !matches!(slow.next().await.unwrap().unwrap(), ImportEvent::Progress(progress) if progress.counts.inserted > 0)
    {
    }
    // Not polled any more, as a process that was stopped: its lease ends.
    bench.clock.shift_ms(5_000);
    let elsewhere = bench.elsewhere().await;
    let report = elsewhere.import_timeline_with(bench.options()).await.unwrap();
    assert_eq!(report.end, ImportEnd::Complete);
    let error = slow.await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::LeaseLost, "import.lease_lost"));
    bench.assert_whole().await;
    let mut patience = 0;
    let spent = loop {
        let (spent, reserved) = bench.spent().await;
        if reserved == 0 {
            break spent;
        }
        patience += 1;
        assert!(patience < 200, "{reserved} are set aside for nobody");
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    assert!(spent >= bench.charged(), "{spent}: what both read was counted twice at most");
    let runs = bench.account.imports().await.unwrap();
    assert_eq!((runs.len(), runs[0].end.clone()), (1, Some(ImportEnd::Complete)));
}

#[tokio::test]
async fn a_dropped_import_is_cancelled_and_goes_on_at_once() {
    let bench = Bench::new().await;
    bench.faults([Fault::Pass, Fault::Hang]);
    let mut import = bench.account.import_timeline_with(bench.options());
    while !matches!(import.next().await.unwrap().unwrap(), ImportEvent::Progress(progress) if progress.counts.inserted > 0)
    {
    }
    drop(import);
    let mut patience = 0;
    while bench.account.imports().await.unwrap()[0].end != Some(ImportEnd::Cancelled) {
        patience += 1;
        assert!(patience < 200, "it was never marked as cancelled");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(bench.spent().await, (bench.charged(), 0), "nothing is set aside for it");
    let report = bench.import().await;
    assert_eq!((report.end, report.counts.inserted), (ImportEnd::Complete, 240));
    assert_eq!(bench.spent().await, (bench.charged(), 0));
}

#[tokio::test]
async fn a_pagination_token_that_ended_over_night_is_no_loss() {
    let bench = Bench::new().await;
    bench.faults([Fault::Pass, Fault::UsageCap]);
    bench.account.import_timeline_with(bench.options()).await.unwrap_err();
    bench.x.expire_pagination_tokens();
    let report = bench.import().await;
    assert_eq!((report.end, report.counts.inserted, report.counts.unchanged), (ImportEnd::Complete, 240, 0));
    assert!(bench.pages().last().unwrap().contains("until_id="));
    bench.assert_whole().await;
}

#[tokio::test]
async fn archive_and_timeline_in_one_import_pay_for_what_is_new_alone() {
    let bench = Bench::new().await;
    let user = bench.x.user_id();
    // What X has of the past, as an archive has it.
    bench.import().await;
    let old: Vec<Tweet> = stored(&bench.account).await;
    let fresh = Bench::new().await;
    for tweet in fresh.x.tweets_of(user) {
        fresh.x.delete_tweet(tweet);
    }
    for tweet in &old {
        fresh.x.add_tweet(user, NewTweet::new(tweet.full_text.clone()).id(tweet.id.parse().unwrap()));
    }
    fresh.x.advance(Duration::from_secs(3600));
    let new = fresh.x.add_texts(user, ["one", "two", "three"]);
    let path = fresh.folder.path().join("archive.zip");
    let person = TwitterUser { id: user.to_string(), username: "sandbox_wren".into(), ..TwitterUser::default() };
    ArchiveBuilder::new(person).tweets(old.clone()).write_zip(&path);
    let report = fresh.account.import_all_with(&path, fresh.options()).await.unwrap();
    assert_eq!(report.end, ImportEnd::Complete, "{:?}", report.warnings);
    assert_eq!(report.counts.inserted, old.len() as u64 + 3);
    assert_eq!(report.run.source, ImportSource::Timeline);
    assert!(report.archive.is_some());
    let timeline = report.timeline.unwrap();
    assert_eq!(timeline.read, 3);
    assert_eq!(timeline.cost_micros, fresh.charged());
    assert_eq!(fresh.charged(), 3 * 5_000 + 10_000, "three tweets and their author");
    let newest = old.iter().map(|tweet| tweet.id.parse::<u64>().unwrap()).max().unwrap();
    assert!(fresh.pages()[0].contains(&format!("since_id={newest}")));
    let ids: BTreeSet<String> = stored(&fresh.account).await.into_iter().map(|tweet| tweet.id).collect();
    assert!(new.iter().all(|id| ids.contains(&id.to_string())));
}

#[tokio::test]
async fn an_archive_covers_what_x_cannot_give() {
    let bench = Bench::new().await;
    let user = bench.x.user_id();
    for tweet in bench.x.tweets_of(user) {
        bench.x.delete_tweet(tweet);
    }
    let ids = bench.x.make_timeline(user, 3_300, 3);
    let old: Vec<Tweet> = ids
        .iter()
        .map(|id| Tweet {
            id: id.to_string(),
            full_text: "an old one".into(),
            created_at: Utc::now(),
            ..Tweet::default()
        })
        .collect();
    let path = bench.folder.path().join("archive.zip");
    let person = TwitterUser { id: user.to_string(), username: "sandbox_wren".into(), ..TwitterUser::default() };
    ArchiveBuilder::new(person).tweets(old).write_zip(&path);
    let report = bench.account.import_all_with(&path, bench.options()).await.unwrap();
    assert_eq!(report.end, ImportEnd::Complete, "the archive has what is beyond 3,200");
    assert_eq!(report.timeline.unwrap().read, 0);
}

#[tokio::test]
async fn a_checkpoint_of_another_version_begins_anew_and_says_so() {
    let bench = Bench::new().await;
    let user = bench.x.user_id();
    let person = TwitterUser { id: user.to_string(), username: "sandbox_wren".into(), ..TwitterUser::default() };
    let path = bench.folder.path().join("archive.zip");
    let tweets = (0..5_u64).map(|n| Tweet {
        id: (1_500_000_000_000_000_100 + n).to_string(),
        full_text: format!("tweet {n}"),
        created_at: Utc::now(),
        ..Tweet::default()
    });
    ArchiveBuilder::new(person).tweets(tweets).write_zip(&path);
    let caller = Caller::local("me").unwrap();
    let archive = ghostwren::archive::Archive::open(&path).unwrap();
    let sources = [(ImportSource::Archive, archive.fingerprint()), (ImportSource::Timeline, user.to_string())];
    for (source, source_key) in sources {
        let store = bench.wren.store();
        let import = NewImport { account_id: bench.account.id(), source, source_key };
        let (_, lease) = store.begin_import(&caller, import, Duration::from_secs(1)).await.unwrap();
        let checkpoint = serde_json::json!({"version": 999, "of": "somebody else"});
        let page = ImportPage { checkpoint, lease: Duration::from_secs(1), ..ImportPage::default() };
        store.import_page(&caller, lease, page).await.unwrap();
        store.finish_import(&caller, lease, ImportEnd::Cancelled).await.unwrap();
    }
    let report = bench.account.import_archive(&path).await.unwrap();
    assert_eq!((report.end, report.counts.inserted, report.restarted), (ImportEnd::Complete, 5, true));
    assert_eq!(report.warnings.len(), 1, "{:?}", report.warnings);
    let report = bench.import().await;
    assert_eq!((report.end, report.restarted), (ImportEnd::Complete, true));
    assert!(!report.warnings.is_empty());
}

#[tokio::test]
async fn a_used_up_limit_ends_the_session_of_who_yields() {
    let bench = Bench::new().await;
    bench.x.set_limit(Endpoint::Timeline, x::Limit { user: Some(2), ..x::Limit::default() });
    let options = bench.options().on_limit(OnLimit::Yield);
    let report = bench.account.import_timeline_with(options.clone()).await.unwrap();
    let ImportEnd::Waiting { until } = report.end else { panic!("{:?}", report.end) };
    assert!(until > Utc::now() + TimeDelta::minutes(10), "{until}");
    assert_eq!(report.counts.inserted, 200);
    let error = bench.account.import_timeline_with(options.on_limit(OnLimit::Fail)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert!(error.retry_at().is_some());
    let run = bench.account.imports().await.unwrap().remove(0);
    assert!(matches!(run.end, Some(ImportEnd::Waiting { .. })), "{:?}", run.end);
    bench.x.reset_limits();
    assert_eq!(bench.import().await.end, ImportEnd::Complete);
    bench.assert_whole().await;
}

#[tokio::test]
async fn a_session_that_waits_holds_its_lease_and_says_until_when() {
    let bench = Bench::new().await;
    // Longer than the lease of one second.
    bench.faults([Fault::Pass, Fault::RateLimit { seconds: 3 }]);
    let mut import = bench.account.import_timeline_with(bench.options());
    loop {
        if let ImportEvent::WaitingForLimit { until } = import.next().await.unwrap().unwrap() {
            assert!(until > Utc::now() + TimeDelta::seconds(1));
            break;
        }
    }
    let elsewhere = bench.elsewhere().await;
    let (waited, other) = tokio::join!(import, async {
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        elsewhere.import_timeline_with(bench.options()).await
    });
    assert_eq!(waited.unwrap().end, ImportEnd::Complete);
    if let Err(error) = other {
        assert_eq!(error.code(), "import.running");
    }
    bench.assert_whole().await;
}

#[tokio::test]
async fn the_account_s_own_login_serves_and_its_limits_reach_the_next_process() {
    let sandbox = Sandbox::start().unwrap();
    let x = sandbox.x();
    x.set_consent(x::Consent::Allow);
    x.add_redirect_uri("http://127.0.0.1:8723/callback");
    let folder = tempfile::tempdir().unwrap();
    let wren = || {
        let app = TwitterApp::new(x.client_id())
            .client_secret(x.client_secret().to_owned().into())
            .redirect_uri("http://127.0.0.1:8723/callback")
            .unwrap()
            .api_base(x.api_url().parse().unwrap())
            .unwrap()
            .authorize_base(x.authorize_url().parse().unwrap())
            .unwrap();
        let store = SqliteStore::open(folder.path().join("wren.db")).unwrap();
        Ghostwren::builder().store(store).twitter(app).build().unwrap()
    };
    let me = wren().user(Identity::local("me"));
    let unconnected = me.open_account("other").await.unwrap();
    let error = unconnected.import_timeline().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::NeedsLogin, "login.not_connected"));

    let login = me.connect().unwrap().begin(Scopes::read()).await.unwrap();
    let account = me.connect().unwrap().finish(&browse(&login.url).await, &login.binding).await.unwrap();
    x.set_limit(Endpoint::Timeline, x::Limit { user: Some(1), ..x::Limit::default() });
    let yielding = ImportOptions::default().on_limit(OnLimit::Yield);
    let report = account.import_timeline_with(yielding.clone()).await.unwrap();
    assert!(matches!(report.end, ImportEnd::Waiting { .. }), "{:?}", report.end);
    let asked = sandbox.requests().len();
    let next = wren().user(Identity::local("me")).account(account.id()).await.unwrap();
    let report = next.import_timeline_with(yielding.clone()).await.unwrap();
    assert!(matches!(report.end, ImportEnd::Waiting { .. }), "{:?}", report.end);
    assert_eq!(sandbox.requests().len(), asked, "the next process knows the limit, and asks nobody");

    // The person takes the app's access away in the middle.
    let (x, account) = (sandbox.x(), account);
    x.set_limit(Endpoint::Timeline, x::Limit::default());
    x.revoke_all_tokens();
    let other = wren_with_fresh_limits(&account, &wren()).await;
    let report = other.import_timeline_with(yielding).await.unwrap();
    assert_eq!(report.end, ImportEnd::NeedsLogin);
}

/// The account in a process that heard of no limit.
async fn wren_with_fresh_limits(account: &Account, wren: &Ghostwren) -> Account {
    let caller = Caller::local("me").unwrap();
    let known = wren.store().rate_windows(&caller, account.id()).await.unwrap();
    let over = known.into_iter().map(|window| RateWindowRecord { seen_at: Utc::now(), remaining: 100, ..window });
    wren.store().save_rate_windows(&caller, account.id(), over.collect()).await.unwrap();
    wren.user(Identity::local("me")).account(account.id()).await.unwrap()
}

/// What a browser does with an address: asks for it, and says where it was sent.
async fn browse(url: &url::Url) -> String {
    let (host, port) = (url.host_str().unwrap(), url.port().unwrap());
    let mut stream = tokio::net::TcpStream::connect((host, port)).await.unwrap();
    let target = format!("{}?{}", url.path(), url.query().unwrap_or_default());
    let request = format!("GET {target} HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap().to_owned()
}

#[tokio::test]
async fn a_preview_tells_what_is_new() {
    let bench = Bench::new().await;
    let preview = bench.account.preview_import_with(&bench.options()).await.unwrap();
    assert_eq!(preview.to_string(), "240 tweets: up to $1.20; your archive would be $0");
    assert!(preview.is_affordable());
    assert!(preview.context_micros > 0);
    let report = bench.import().await;
    let cost = report.timeline.unwrap().cost_micros;
    assert!(cost <= preview.max_micros + preview.context_micros, "{cost}");
    bench.x.add_tweet(bench.x.user_id(), NewTweet::new("new"));
    let preview = bench.account.preview_import_with(&bench.options()).await.unwrap();
    assert_eq!((preview.likely, preview.likely_micros), (1, 5_000));
    assert_eq!(preview.to_string(), "about 1 new tweets: about $0.005, at most $1.205; your archive would be $0");
}
