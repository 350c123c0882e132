//! The sessions of a timeline import: its money, its days, its limits, and several of them at once.
#![cfg(feature = "sqlite")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod x_timeline;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use futures_util::StreamExt;
use ghostwren::http::OnLimit;
use ghostwren::records::{ImportEnd, RateWindowRecord, TwitterUser};
use ghostwren::sandbox::x::{Endpoint, Fault, NewTweet};
use ghostwren::sandbox::{Sandbox, XSandbox, x};
use ghostwren::store::wire::{Channel, RemoteStore, serve};
use ghostwren::store::{Caller, SqliteStore};
use ghostwren::twitter::{Scopes, TwitterApp};
use ghostwren::workflow::{ImportEvent, ImportOptions};
use ghostwren::{Account, Error, ErrorKind, Ghostwren, Identity};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use x_timeline::{Bench, client};

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
    assert!(bench.charged() <= 500_000 && bench.charged() > 300_000, "{}", bench.charged());
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
    // What was being set aside when it was dropped is freed on a task of its own.
    let mut patience = 0;
    while bench.spent().await != (bench.charged(), 0) {
        patience += 1;
        assert!(patience < 200, "{:?} are set aside for nobody", bench.spent().await);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let report = bench.import().await;
    assert_eq!((report.end, report.counts.inserted), (ImportEnd::Complete, 240));
    assert_eq!(bench.spent().await, (bench.charged(), 0));
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
    let error = unconnected.import_all("no-such-archive.zip").await.unwrap_err();
    assert_eq!(error.code(), "login.not_connected", "before the archive is looked at");
    assert!(unconnected.imports().await.unwrap().is_empty());

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
    // It is the limit of this app: another one on the same store asks X.
    let other = TwitterApp::new(x.public_client_id()).api_base(x.api_url().parse().unwrap()).unwrap();
    let store = SqliteStore::open(folder.path().join("wren.db")).unwrap();
    let other = Ghostwren::builder().store(store).twitter(other).build().unwrap().user(Identity::local("me"));
    let other = other.account(account.id()).await.unwrap();
    let report = other.import_timeline_with(yielding.clone()).await.unwrap();
    assert!(matches!(report.end, ImportEnd::Waiting { .. }), "{:?}", report.end);
    assert!(sandbox.requests().len() > asked, "the other app asks for itself");

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
    assert_eq!(preview.to_string(), "240 tweets: up to $1.21; your archive would be $0");
    assert!(preview.is_affordable());
    assert!(preview.context_micros > 0);
    let report = bench.import().await;
    let cost = report.timeline.unwrap().cost_micros;
    assert!(cost <= preview.max_micros + preview.context_micros, "{cost}");
    bench.x.add_tweet(bench.x.user_id(), NewTweet::new("new"));
    let preview = bench.account.preview_import_with(&bench.options()).await.unwrap();
    assert_eq!((preview.likely, preview.likely_micros), (1, 5_000), "the author was read today");
    assert_eq!(preview.to_string(), "about 1 new tweets: about $0.005, at most $1.205; your archive would be $0");
}

#[tokio::test]
async fn a_preview_counts_the_author_as_the_import_does() {
    let bench = Bench::new().await;
    let user = bench.x.user_id();
    for tweet in bench.x.tweets_of(user) {
        bench.x.delete_tweet(tweet);
    }
    // Tweets that bring nothing along cost what the preview says, to the last cent: the first time, and on each day after it.
    let mut sum = 0;
    for (day, said) in [
        (1, "3 tweets: up to $0.025; your archive would be $0"),
        (2, "about 3 new tweets: about $0.025, at most $0.04; your archive would be $0"),
    ] {
        bench.x.add_texts(user, ["one", "two", "three"]);
        let preview = bench.account.preview_import_with(&bench.options()).await.unwrap();
        assert_eq!(preview.to_string(), said, "day {day}");
        let cost = bench.import().await.timeline.unwrap().cost_micros;
        assert_eq!((preview.likely_micros, cost), (cost, bench.charged()), "day {day}");
        sum += cost + 10_000;
        assert_eq!(bench.spent().await, (sum, 0), "the preview counts its one user by itself");
        bench.clock.shift_ms(24 * 3_600_000);
        bench.x.advance(Duration::from_secs(24 * 3600));
    }
}

/// A way to a store that looks at the stand-in for X while a page is being stored, and loses what it is told to lose.
#[derive(Debug)]
struct Way {
    store: SqliteStore,
    sandbox: Sandbox,
    user: u64,
    /// For each page, how many pages X was asked for by the time it was stored.
    asked: Arc<Mutex<Vec<usize>>>,
    /// The replies to these pages do not come back.
    lost: Vec<usize>,
}

impl Way {
    fn pages(&self) -> usize {
        let path = format!("/2/users/{}/tweets", self.user);
        self.sandbox.requests().into_iter().filter(|request| request.path == path).count()
    }
}

#[async_trait::async_trait]
impl Channel for Way {
    async fn call(&self, request: Vec<u8>) -> ghostwren::Result<Vec<u8>> {
        let message: serde_json::Value = serde_json::from_slice(&request).unwrap();
        let tweets = message.pointer("/args/page/tweets").and_then(|tweets| tweets.as_array());
        let Some(_) = tweets.filter(|tweets| message["method"] == "import_page" && !tweets.is_empty()) else {
            return Ok(serve(&self.store, &request).await);
        };
        let number = self.asked.lock().unwrap().len() + 1;
        // The next page is asked for while this one is not stored yet; a moment later no further one is.
        for _ in 0..100 {
            if self.pages() > number {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
        self.asked.lock().unwrap().push(self.pages());
        let reply = serve(&self.store, &request).await;
        if self.lost.contains(&number) {
            return Err(Error::new(ErrorKind::Server, "http.interrupted", "the reply was lost"));
        }
        Ok(reply)
    }
}

impl Way {
    /// An account behind this way, and what it saw.
    async fn open(path: &Path, lost: Vec<usize>, daily: Option<u64>) -> (XSandbox, Account, Arc<Mutex<Vec<usize>>>) {
        let sandbox = Sandbox::start().unwrap();
        let (x, asked) = (sandbox.x(), Arc::new(Mutex::default()));
        let way = Self {
            store: SqliteStore::open(path).unwrap(),
            user: x.user_id(),
            sandbox,
            asked: Arc::clone(&asked),
            lost,
        };
        let mut wren = Ghostwren::builder().store(RemoteStore::new(way));
        if let Some(daily) = daily {
            wren = wren.daily_twitter_budget(daily);
        }
        let wren = wren.build().unwrap();
        let account = wren.user(Identity::local("me")).open_account("main").await.unwrap();
        let user = TwitterUser { id: x.user_id().to_string(), username: "wren".into(), ..TwitterUser::default() };
        wren.store().bind_account(&Caller::local("me").unwrap(), account.id(), user).await.unwrap();
        (x, account, asked)
    }
}

#[tokio::test]
async fn one_page_is_fetched_while_one_is_stored_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let (x, account, asked) = Way::open(&folder.path().join("wren.db"), Vec::new(), None).await;
    let report = account.import_timeline_with(ImportOptions::default().client(client(&x))).await.unwrap();
    assert_eq!((report.end, report.counts.inserted), (ImportEnd::Complete, 240));
    assert_eq!(*asked.lock().unwrap(), [2, 3, 3], "of three pages");
}

#[tokio::test]
async fn a_slow_store_leaves_no_money_of_the_day_unspent() {
    let folder = tempfile::tempdir().unwrap();
    let (x, account, _) = Way::open(&folder.path().join("wren.db"), Vec::new(), Some(500_000)).await;
    let report = account.import_timeline_with(ImportOptions::default().client(client(&x))).await.unwrap();
    assert_eq!(report.end, ImportEnd::OverBudget);
    // A page that is being stored holds all that it could have cost. The next one waits for what that gives back.
    let spend = &account.spend().await.unwrap()[0];
    let charged = x.spent_today().mills * 1000;
    // Less is left than the smallest page could cost: 5 tweets, 10 that come along and 11 users.
    assert!((500_000 - 185_000..=500_000).contains(&charged), "{charged}");
    assert_eq!((spend.spent_micros, spend.reserved_micros), (charged, 0));
}

#[tokio::test]
async fn a_page_whose_reply_was_lost_is_stored_and_paid_for_once() {
    let folder = tempfile::tempdir().unwrap();
    let (x, account, _) = Way::open(&folder.path().join("wren.db"), vec![2], None).await;
    let options = || ImportOptions::default().client(client(&x));
    let error = account.import_timeline_with(options()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Server);
    let report = account.import_timeline_with(options()).await.unwrap();
    assert_eq!((report.end, report.counts.inserted, report.counts.unchanged), (ImportEnd::Complete, 240, 0));
    let spend = account.spend().await.unwrap();
    // The page behind the lost one was fetched by both, and X charged it once: so it may be counted twice here.
    let (spent, charged) = (spend[0].spent_micros, x.spent_today().mills * 1000);
    assert!((charged..charged + 400_000).contains(&spent), "{spent} for {charged}");
    assert_eq!(spend[0].reserved_micros, 0);
}
