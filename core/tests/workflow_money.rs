//! What a call of a model costs when answers are lost on the way: the log and the budget tell the truth.
#![cfg(feature = "sqlite")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use futures_util::StreamExt;
use ghostwren::generate::DraftRequest;
use ghostwren::http::HttpClient;
use ghostwren::model::Usage;
use ghostwren::openai::{OpenAi, model_info};
use ghostwren::records::{AiOutcome, AiRun, ImportEnd, ImportSource, Tweet};
use ghostwren::sandbox::{Endpoint, Fault, Sandbox};
use ghostwren::store::{Caller, ImportPage, NewImport, PageRequest, SqliteStore, Store};
use ghostwren::workflow::{GenerationEvent, GenerationReport};
use ghostwren::{Account, Error, Ghostwren, Identity};

struct Bench {
    sandbox: Sandbox,
    store: SqliteStore,
    model: OpenAi,
}

impl Bench {
    /// An account with 60 tweets, and a model that is asked three times at most.
    async fn new() -> Self {
        let sandbox = Sandbox::start().unwrap();
        let http = HttpClient::builder().backoff(Duration::from_millis(1), Duration::from_millis(1)).build().unwrap();
        let model =
            OpenAi::new(sandbox.key().to_owned().into()).base_url(sandbox.openai_url().parse().unwrap()).http(http);
        let store = SqliteStore::in_memory().unwrap();
        let me = Caller::local("me").unwrap();
        let account_id = store.open_account(&me, "main".into()).await.unwrap().id;
        let import = NewImport { account_id, source: ImportSource::Archive, source_key: "a".into() };
        let (_, lease) = store.begin_import(&me, import, Duration::from_secs(60)).await.unwrap();
        let began = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let things = ["the oven", "my bike", "this parser", "a loaf", "the cat"];
        let did = ["broke again", "is late", "works now", "needs a rest"];
        let said = ["and i am fine with it", "so we wait", "which nobody asked for"];
        let tweet = |n: usize| Tweet {
            id: (n + 1).to_string(),
            full_text: format!("ok so {} {} {}", things[n % 5], did[n % 4], said[n % 3]),
            created_at: began + TimeDelta::hours(i64::try_from(n).unwrap()),
            lang: Some("en".into()),
            ..Tweet::default()
        };
        let page = ImportPage { tweets: (0..60).map(tweet).collect(), ..ImportPage::default() };
        store.import_page(&me, lease, page).await.unwrap();
        store.finish_import(&me, lease, ImportEnd::Complete).await.unwrap();
        Self { sandbox, store, model }
    }

    async fn account(&self, budget: Option<u64>) -> Account {
        let mut builder = Ghostwren::builder().store(self.store.clone()).model(self.model.clone());
        if let Some(micros) = budget {
            builder = builder.daily_model_budget(micros);
        }
        builder.build().unwrap().user(Identity::local("me")).open_account("main").await.unwrap()
    }

    fn faults(&self, faults: impl IntoIterator<Item = Fault>) {
        self.sandbox.script(Endpoint::Chat, faults).unwrap();
    }
}

fn request() -> DraftRequest {
    DraftRequest::about("the oven").count(1).repair(false)
}

async fn newest_run(account: &Account) -> AiRun {
    account.ai_runs(PageRequest::first(1)).await.unwrap().items.remove(0)
}

/// What was spent of the day's budget.
async fn spent(account: &Account) -> u64 {
    let spend = account.spend().await.unwrap();
    assert!(spend.iter().all(|day| day.reserved_micros == 0), "every reservation is settled: {spend:?}");
    spend.iter().map(|day| day.spent_micros).sum()
}

fn price_of(run: &AiRun) -> u64 {
    let usage = Usage {
        input_tokens: run.input_tokens,
        cached_tokens: run.cached_tokens,
        output_tokens: run.output_tokens,
        reasoning_tokens: run.reasoning_tokens,
        ..Usage::default()
    };
    model_info(&run.model).price.unwrap().cost_micros(&usage)
}

async fn failed(account: &Account) -> Error {
    account.generate(request()).await.unwrap_err()
}

/// What one attempt costs at most: a call that breaks once. A stream is asked for one longer answer.
async fn estimate(bench: &Bench, streamed: bool) -> u64 {
    bench.faults([Fault::ResetFirst, Fault::Unauthorized]);
    let account = bench.account(None).await;
    let before = spent(&account).await;
    let error = if streamed { stream(&account).await.unwrap_err() } else { failed(&account).await };
    assert_eq!(error.code(), "openai.invalid_key");
    spent(&account).await - before
}

/// The last item of a stream of drafts.
async fn stream(account: &Account) -> ghostwren::Result<GenerationReport> {
    match account.generate_stream(request()).collect::<Vec<_>>().await.pop().unwrap()? {
        GenerationEvent::Finished(report) => Ok(report),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_attempt_without_an_answer_counts_as_its_estimate() {
    let bench = Bench::new().await;
    let account = bench.account(None).await;
    let one = estimate(&bench, false).await;
    assert!(one > 0);
    for (faults, attempts, unanswered) in [
        // Turned away each time: nothing was done.
        (vec![Fault::Unauthorized], 1, 0),
        (vec![Fault::RateLimitMs { ms: 1 }, Fault::Overloaded, Fault::ServerError], 3, 0),
        (vec![Fault::ResetFirst, Fault::ResetFirst, Fault::ResetFirst], 3, 3),
        (vec![Fault::ResetFirst, Fault::RateLimitMs { ms: 1 }, Fault::Reset], 3, 2),
        (vec![Fault::Reset, Fault::Unauthorized], 2, 1),
        // An answer that cannot be read was written, and so was a refusal.
        (vec![Fault::Reset, Fault::HtmlOk], 2, 2),
    ] {
        let before = spent(&account).await;
        bench.faults(faults.clone());
        let error = failed(&account).await;
        assert_eq!((error.attempts(), error.unanswered()), (attempts, unanswered), "{faults:?}: {error}");
        let run = newest_run(&account).await;
        assert_eq!(run.attempts, attempts);
        assert_eq!(run.cost_micros, Some(one * u64::from(unanswered)), "{faults:?}: {run:?}");
        assert_eq!(spent(&account).await - before, one * u64::from(unanswered), "{faults:?}");
    }
    bench.faults([Fault::ResetFirst, Fault::Refusal]);
    let error = failed(&account).await;
    assert_eq!((error.code(), error.attempts(), error.unanswered()), ("openai.refusal", 2, 1));
    assert_eq!(newest_run(&account).await.cost_micros, Some(one * 2), "the lost answer and the refusal");
}

#[tokio::test]
async fn an_answer_after_lost_ones_costs_its_tokens_and_theirs() {
    for streamed in [false, true] {
        let bench = Bench::new().await;
        let one = estimate(&bench, streamed).await;
        let account = bench.account(None).await;
        let before = spent(&account).await;
        bench.faults([Fault::ResetFirst, Fault::ServerError, Fault::Pass]);
        let report = if streamed { stream(&account).await } else { account.generate(request()).await };
        let run = newest_run(&account).await;
        assert_eq!((run.attempts, &run.outcome), (3, &AiOutcome::Ok));
        assert!(price_of(&run) > 0 && price_of(&run) < one);
        assert_eq!(run.cost_micros, Some(price_of(&run) + one), "streamed: {streamed}");
        assert_eq!(report.unwrap().cost_micros, run.cost_micros, "the report says what the log says");
        assert_eq!(spent(&account).await - before, price_of(&run) + one);
    }
}

#[tokio::test]
async fn a_stream_that_breaks_after_lost_attempts_counts_them_all() {
    let bench = Bench::new().await;
    let one = estimate(&bench, true).await;
    let account = bench.account(None).await;
    bench.faults([Fault::ResetFirst, Fault::Truncated]);
    let error = stream(&account).await.unwrap_err();
    assert_eq!((error.code(), error.attempts(), error.unanswered()), ("openai.truncated", 2, 2));
    assert_eq!(newest_run(&account).await.cost_micros, Some(one * 2));
}

#[tokio::test]
async fn lost_answers_use_up_the_budget() {
    let bench = Bench::new().await;
    let one = estimate(&bench, false).await;
    let account = bench.account(Some(one * 4)).await;
    bench.faults([Fault::ResetFirst; 3]);
    assert_eq!(failed(&account).await.code(), "http.interrupted");
    bench.sandbox.clear_requests();
    let error = failed(&account).await;
    assert_eq!(error.code(), "budget.exceeded", "four of four are spent: {error}");
    assert!(bench.sandbox.requests().is_empty());
}
