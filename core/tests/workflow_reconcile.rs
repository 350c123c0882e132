//! What is gone at X is marked here, and what was made of it goes; what is only hidden stays.
#![cfg(feature = "sqlite")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use ghostwren::http::{HttpClient, OnLimit};
use ghostwren::records::{
    Draft, DraftState, ExemplarUse, Generation, Id, ImportEnd, ImportSource, Scores, SpendKind, TwitterUser, new_id,
    now,
};
use ghostwren::sandbox::Sandbox;
use ghostwren::sandbox::x::{self, Dialects, Endpoint, Fault, NewTweet, NewUser};
use ghostwren::store::{Caller, Clock, PageRequest, SqliteOptions, TweetQuery};
use ghostwren::twitter::{FixedToken, TwitterApp};
use ghostwren::workflow::ImportOptions;
use ghostwren::{Account, ErrorKind, Ghostwren, Identity};

struct Bench {
    folder: tempfile::TempDir,
    sandbox: Sandbox,
    x: x::XSandbox,
    clock: Clock,
    wren: Ghostwren,
    account: Account,
    user: u64,
}

fn caller() -> Caller {
    Caller::local("me").unwrap()
}

fn app(x: &x::XSandbox) -> TwitterApp {
    let http = HttpClient::builder().jitter(|| 0.0).build().unwrap();
    TwitterApp::new(x.client_id()).api_base(x.api_url().parse().unwrap()).unwrap().http(http)
}

async fn account(path: &Path, clock: &Clock, x: &x::XSandbox, user: u64) -> (Ghostwren, Account) {
    let store = SqliteOptions::default().clock(clock.clone()).open(path).unwrap();
    let wren = Ghostwren::builder().store(store).clock(clock.clone()).twitter(app(x)).lease(Duration::from_secs(1));
    let wren = wren.build().unwrap();
    let account = wren.user(Identity::local("me")).open_account("main").await.unwrap();
    let user = TwitterUser { id: user.to_string(), username: "ada".into(), ..TwitterUser::default() };
    wren.store().bind_account(&caller(), account.id(), user).await.unwrap();
    (wren, account)
}

impl Bench {
    async fn new() -> Self {
        let (folder, sandbox, clock) = (tempfile::tempdir().unwrap(), Sandbox::start().unwrap(), Clock::system());
        let x = sandbox.x();
        // Both clocks show noon, so that no test runs over midnight.
        let noon = (Utc::now() + TimeDelta::days(1)).date_naive().and_hms_opt(12, 0, 0).unwrap().and_utc();
        let ahead = noon - Utc::now();
        clock.shift_ms(ahead.num_milliseconds());
        x.advance(ahead.to_std().unwrap());
        let user = x.add_user(NewUser::new("ada"));
        let (wren, account) = account(&folder.path().join("wren.db"), &clock, &x, user).await;
        Self { folder, sandbox, x, clock, wren, account, user }
    }

    fn options(&self) -> ImportOptions {
        let token = self.x.issue_tokens(self.user, &["tweet.read", "users.read"]).access;
        let client = app(&self.x).client(FixedToken::new(token.into())).unwrap().timeout(Duration::from_secs(2));
        ImportOptions::default().client(client)
    }

    async fn import(&self) {
        let report = self.account.import_timeline_with(self.options()).await.unwrap();
        assert_eq!(report.end, ImportEnd::Complete);
    }

    async fn deleted(&self) -> Vec<u64> {
        let page = PageRequest::first(1000);
        let all = self.account.tweets(TweetQuery::all().with_deleted(), page).await.unwrap().items;
        let gone = all.into_iter().filter(|tweet| tweet.deleted_at.is_some());
        let mut gone: Vec<u64> = gone.map(|tweet| tweet.id.parse().unwrap()).collect();
        gone.sort_unstable();
        gone
    }

    async fn has_context(&self, id: u64) -> bool {
        let ids = vec![id.to_string()];
        !self.wren.store().context_tweets(&caller(), self.account.id(), ids).await.unwrap().is_empty()
    }

    async fn spent(&self) -> (u64, u64) {
        let spend = self.account.spend().await.unwrap();
        let twitter = spend.iter().filter(|spend| spend.kind == SpendKind::Twitter);
        twitter.fold((0, 0), |sum, day| (sum.0 + day.spent_micros, sum.1 + day.reserved_micros))
    }

    fn charged(&self) -> u64 {
        self.x.spent_today().mills * 1000
    }

    fn lookups(&self) -> usize {
        self.sandbox.requests().iter().filter(|request| request.path == "/2/tweets").count()
    }

    fn on_disk(&self, text: &str) -> bool {
        std::fs::read_dir(self.folder.path()).unwrap().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            bytes.windows(text.len()).any(|window| window == text.as_bytes())
        })
    }

    /// A draft that used a tweet as its example.
    async fn draft_after(&self, tweet: u64, text: &str) -> Id {
        let generation = Generation {
            id: new_id(),
            account_id: self.account.id(),
            profile_id: None,
            request: serde_json::json!({}),
            model: "m".into(),
            exemplars: vec![ExemplarUse { tweet_id: tweet.to_string() }],
            rejected: Vec::new(),
            created_at: now(),
        };
        let draft = Draft {
            id: new_id(),
            account_id: self.account.id(),
            generation_id: generation.id,
            text: text.into(),
            weighted_length: 20,
            scores: Scores::default(),
            state: DraftState::Draft,
            feedback: None,
            created_at: now(),
            updated_at: now(),
        };
        let id = draft.id;
        self.wren.store().save_generation(&caller(), generation, vec![draft]).await.unwrap();
        id
    }
}

/// Texts that differ as those of a person do: what looks like a template is no part of a style.
fn words(n: usize) -> String {
    const WORDS: [&str; 12] = [
        "tea", "rain", "a wren", "the bus", "soup", "rust", "a window", "monday", "the cat", "flour", "noise", "bread",
    ];
    let word = |at: usize| WORDS[(n * (2 * at + 3) + n / 12 + at * at) % 12];
    format!("{} and {} before {}, then {} ({})", word(0), word(1), word(2), word(3), word(n % 7))
}

#[tokio::test]
async fn what_is_gone_is_marked_and_what_was_made_of_it_goes() {
    let bench = Bench::new().await;
    let x = &bench.x;
    let other = x.add_user(NewUser::new("grace"));
    let shy = x.add_user(NewUser::new("shy"));
    let theirs = x.add_texts(other, ["a stranger's planted-zebra", "a stranger's second"]);
    let hidden = x.add_texts(shy, ["shy words"])[0];
    let own = x.add_texts(bench.user, (0..130).map(words));
    for quoted in [theirs[0], theirs[1], hidden] {
        x.add_tweet(bench.user, NewTweet::new("look").quotes(quoted));
    }
    bench.import().await;
    let kept = bench.draft_after(own[5], "a draft after a tweet that stays").await;
    let lost = bench.draft_after(own[7], "a draft with planted-quagga").await;
    bench.account.analyze_style().await.unwrap();
    let profile = bench.wren.store().latest_profile(&caller(), bench.account.id(), None).await.unwrap().unwrap();
    assert!(profile.tweet_ids.contains(&own[7].to_string()));
    let preview = bench.account.preview_reconcile().await.unwrap();
    assert_eq!((preview.own, preview.context), (133, 3));
    assert_eq!(preview.to_string(), "133 tweets and at most 3 of other people: about $0.68, at most $6.12");
    assert!(bench.on_disk("planted-zebra") && bench.on_disk("planted-quagga"));

    // The next day: two own tweets and a quoted one are gone, one person has closed the door.
    bench.clock.shift_ms(86_400_000);
    x.advance(Duration::from_secs(86_400));
    let before = bench.spent().await.0;
    for gone in [own[7], own[120], theirs[0]] {
        assert!(x.delete_tweet(gone));
    }
    x.set_protected(shy, true);
    let report = bench.account.reconcile_with(bench.options()).await.unwrap();
    assert_eq!((report.end, report.run.source), (ImportEnd::Complete, ImportSource::Reconcile));
    let found = report.reconcile.unwrap();
    assert_eq!((found.own, found.context, found.hidden), (133, 3, 1));
    assert!(found.cost_micros <= preview.max_micros, "{found:?}");
    let mut gone: Vec<u64> = found.gone.iter().map(|id| id.parse().unwrap()).collect();
    gone.sort_unstable();
    let mut expected = vec![own[7], own[120], theirs[0]];
    expected.sort_unstable();
    assert_eq!(gone, expected);
    assert_eq!((found.erased.marked, found.erased.drafts, found.erased.profiles), (2, 1, 1));
    assert_eq!(bench.deleted().await, [own[7].min(own[120]), own[7].max(own[120])]);
    assert!(!bench.has_context(theirs[0]).await, "a stranger's text is erased");
    assert!(bench.has_context(theirs[1]).await && bench.has_context(hidden).await, "what is only hidden stays");
    assert_eq!(bench.account.draft(lost).await.unwrap_err().kind(), ErrorKind::NotFound);
    bench.account.draft(kept).await.unwrap();
    let profile = bench.wren.store().latest_profile(&caller(), bench.account.id(), None).await.unwrap().unwrap();
    assert!(!profile.tweet_ids.contains(&own[7].to_string()), "the profile was made anew without it");
    assert!(profile.tweet_ids.contains(&own[5].to_string()));
    assert!(!bench.on_disk("planted-zebra") && !bench.on_disk("planted-quagga"), "nothing of it is in the files");
    let (spent, reserved) = bench.spent().await;
    assert_eq!((spent - before, reserved), (bench.charged(), 0));
    assert_eq!(bench.lookups(), 3, "133 own tweets and 3 others");

    // Once more on the same day: X charges nothing for it, and nothing new is found.
    let again = bench.account.reconcile_with(bench.options()).await.unwrap();
    assert_eq!(again.reconcile.unwrap().gone, Vec::<String>::new());
    assert_eq!(bench.deleted().await.len(), 2);
}

#[tokio::test]
async fn read_today_costs_nothing_today() {
    for dialects in [Dialects::TweetOnly, Dialects::PostOnly] {
        let bench = Bench::new().await;
        bench.x.set_dialects(dialects);
        bench.x.make_timeline(bench.user, 150, 9);
        bench.import().await;
        let before = bench.charged();
        let report = bench.account.reconcile_with(bench.options()).await.unwrap();
        assert_eq!(report.end, ImportEnd::Complete);
        let cost = report.reconcile.unwrap().cost_micros;
        assert_eq!(bench.charged() - before, cost, "{dialects:?}");
        // The newer dialect brings along what other people's tweets refer to, which nobody read before.
        assert!(if dialects == Dialects::TweetOnly { cost == 0 } else { cost < 50_000 }, "{dialects:?}: {cost}");
        assert_eq!(bench.spent().await, (bench.charged(), 0));
        assert!(bench.deleted().await.is_empty());
    }
}

#[tokio::test]
async fn an_edited_tweet_is_not_gone() {
    let bench = Bench::new().await;
    let ids = bench.x.add_texts(bench.user, ["first words", "other words"]);
    bench.import().await;
    bench.x.edit_tweet(ids[0], "better words").unwrap();
    let report = bench.account.reconcile_with(bench.options()).await.unwrap();
    assert_eq!(report.reconcile.unwrap().gone, Vec::<String>::new());
    assert!(bench.deleted().await.is_empty());
}

#[tokio::test]
async fn a_budget_and_a_limit_stop_it_and_it_goes_on() {
    let bench = Bench::new().await;
    let own = bench.x.add_texts(bench.user, (0..250).map(|n| format!("own tweet number {n}")));
    bench.import().await;
    bench.clock.shift_ms(86_400_000);
    bench.x.advance(Duration::from_secs(86_400));
    // The newest and the oldest.
    bench.x.delete_tweet(own[249]);
    bench.x.delete_tweet(own[0]);
    let report = bench.account.reconcile_with(bench.options().budget_micros(500_000)).await.unwrap();
    assert_eq!(report.end, ImportEnd::OverBudget);
    let first = report.reconcile.unwrap();
    assert!(first.cost_micros <= 500_000 && first.own < 250, "{first:?}");
    assert_eq!(bench.deleted().await, [own[249]], "what was found is marked at once");
    // On another machine, with a limit in the way.
    bench.x.script(Endpoint::Tweets, [Fault::RateLimit { seconds: 600 }]).unwrap();
    let (_, elsewhere) = account(&bench.folder.path().join("wren.db"), &bench.clock, &bench.x, bench.user).await;
    let report = elsewhere.reconcile_with(bench.options().on_limit(OnLimit::Yield)).await.unwrap();
    assert!(matches!(report.end, ImportEnd::Waiting { .. }), "{:?}", report.end);
    let report = elsewhere.reconcile_with(bench.options()).await.unwrap();
    assert_eq!(report.end, ImportEnd::Complete);
    assert_eq!(report.reconcile.unwrap().own, 250, "over all sessions");
    assert_eq!(bench.deleted().await, [own[0], own[249]]);
    let runs = bench.account.imports().await.unwrap();
    assert_eq!(runs.iter().filter(|run| run.source == ImportSource::Reconcile).count(), 1);
    let spend = bench.account.spend().await.unwrap();
    assert_eq!(spend[0].spent_micros, bench.charged());
}

#[tokio::test]
async fn a_server_in_trouble_erases_nothing() {
    for fault in
        [Fault::NotFoundEmpty, Fault::NotFoundPlain, Fault::HtmlOk, Fault::EmptyOk, Fault::OnlyErrors, Fault::Forbidden]
    {
        let bench = Bench::new().await;
        bench.x.add_texts(bench.user, ["one", "two"]);
        bench.import().await;
        bench.x.script(Endpoint::Tweets, [fault]).unwrap();
        let outcome = bench.account.reconcile_with(bench.options()).await;
        assert!(outcome.is_err(), "{fault}: {outcome:?}");
        assert!(bench.deleted().await.is_empty(), "{fault}");
        let report = bench.account.reconcile_with(bench.options()).await.unwrap();
        assert_eq!(report.end, ImportEnd::Complete);
        assert!(bench.deleted().await.is_empty(), "{fault}");
    }
}

#[tokio::test]
async fn what_is_taken_back_leaves_the_style_as_what_is_gone_does() {
    let bench = Bench::new().await;
    let own = bench.x.add_texts(bench.user, (0..130).map(words));
    bench.import().await;
    let draft = bench.draft_after(own[5], "the heron on the roof waits for the rain and for nobody").await;
    bench.account.approve(draft).await.unwrap();
    let token = bench.x.issue_tokens(bench.user, &["tweet.read", "tweet.write", "users.read"]).access;
    let publisher = bench.account.publisher(app(&bench.x).client(FixedToken::new(token.into())).unwrap());
    let tweet = publisher.publish(draft).await.unwrap().tweets[0].tweet_id.clone();
    bench.import().await;
    bench.account.analyze_style().await.unwrap();
    let newest = || async { bench.wren.store().latest_profile(&caller(), bench.account.id(), None).await.unwrap() };
    assert!(newest().await.unwrap().tweet_ids.contains(&tweet));
    let spent = bench.spent().await.0;
    assert_eq!(publisher.unpublish(draft).await.unwrap(), std::slice::from_ref(&tweet));
    assert_eq!(bench.spent().await.0 - spent, 10_000);
    let profile = newest().await.expect("the profile is made anew without it");
    assert!(!profile.tweet_ids.contains(&tweet) && profile.tweet_ids.contains(&own[5].to_string()));
    // Once more: X has no such tweet, and charges nothing for saying so.
    assert_eq!(publisher.unpublish(draft).await.unwrap(), [tweet]);
    assert_eq!(bench.spent().await, (spent + 10_000, 0));
}
