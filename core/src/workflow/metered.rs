use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use async_trait::async_trait;
use futures_core::Stream;
use futures_util::{FutureExt, StreamExt};

use super::budget::Budget;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Capabilities, Model, ModelDelta, ModelRequest, ModelResponse, ModelStream, Usage};
use crate::records::{AiOutcome, AiRun, Id, new_id, now};
use crate::store::{Caller, Store};

/// A model whose every call is paid for out of the account's budget and logged in `ai_runs`, however it ends.
#[derive(Clone, Debug)]
pub(super) struct MeteredModel {
    pub(super) model: Arc<dyn Model>,
    pub(super) store: Arc<dyn Store>,
    pub(super) caller: Caller,
    pub(super) account: Id,
    pub(super) budget: Budget,
}

#[async_trait]
impl Model for MeteredModel {
    fn provider(&self) -> &str {
        self.model.provider()
    }

    fn name(&self) -> String {
        self.model.name()
    }

    fn capabilities(&self) -> Capabilities {
        self.model.capabilities()
    }

    fn estimate_micros(&self, request: &ModelRequest) -> Option<u64> {
        self.model.estimate_micros(request)
    }

    async fn complete(&self, request: ModelRequest) -> Result<ModelResponse> {
        let entry = self.open(&request).await?;
        let outcome = self.model.complete(request).await;
        entry.close(outcome.as_ref()).await?;
        outcome
    }

    async fn stream(&self, request: ModelRequest) -> Result<ModelStream> {
        let entry = self.open(&request).await?;
        match self.model.stream(request).await {
            Ok(stream) => Ok(Box::pin(MeteredStream { stream, entry: Some(entry), closing: None })),
            Err(error) => {
                entry.close(Err(&error)).await?;
                Err(error)
            }
        }
    }
}

impl MeteredModel {
    /// Sets the money aside and opens the log entry, before anything is sent: a call that is killed leaves it.
    async fn open(&self, request: &ModelRequest) -> Result<Entry> {
        let estimate = self.model.estimate_micros(request);
        let limit = self.budget.limit(&self.model.name(), estimate)?;
        let reservation = self.store.reserve_spend(&self.caller, self.account, limit).await?.id;
        let run = AiRun {
            id: new_id(),
            account_id: self.account,
            purpose: request.purpose.clone(),
            provider: self.model.provider().to_owned(),
            model: self.model.name(),
            request_id: None,
            request_hash: request.hash(),
            input_tokens: 0,
            cached_tokens: 0,
            output_tokens: 0,
            reasoning_tokens: 0,
            cost_micros: estimate,
            latency_ms: 0,
            attempts: 0,
            outcome: AiOutcome::Cancelled,
            created_at: now(),
        };
        let mut entry = Entry {
            store: self.store.clone(),
            caller: self.caller.clone(),
            reservation,
            began: Instant::now(),
            sent: false,
            run: Some(run.clone()),
        };
        // Where this fails the entry is dropped: nothing was sent, and what was set aside is freed.
        self.store.log_ai_run(&self.caller, AiRun { outcome: AiOutcome::Open, ..run }, None).await?;
        entry.sent = true;
        Ok(entry)
    }
}

/// The log entry of a call under way. In the store it is open; dropped, it ends as *cancelled, at the full estimate*,
/// because a service bills what it wrote before the caller went away and does not say how much that was.
struct Entry {
    store: Arc<dyn Store>,
    caller: Caller,
    reservation: Id,
    began: Instant,
    /// Whether anything may have been sent.
    sent: bool,
    run: Option<AiRun>,
}

impl Entry {
    async fn close(mut self, outcome: std::result::Result<&ModelResponse, &Error>) -> Result<()> {
        let Some(run) = self.run.as_mut() else { return Ok(()) };
        run.latency_ms = millis(self.began);
        match outcome {
            Ok(response) => {
                run.outcome = AiOutcome::Ok;
                record_response(run, response);
            }
            Err(error) => {
                run.attempts = error.attempts();
                run.request_id = error.request_id().map(ToOwned::to_owned);
                run.outcome = match error.kind() {
                    ErrorKind::ContentRefused => AiOutcome::Refused,
                    ErrorKind::Cancelled => AiOutcome::Cancelled,
                    _ => AiOutcome::Failed { code: error.code().to_owned() },
                };
                let times = u64::from(billed_attempts(error));
                run.cost_micros = run.cost_micros.map(|estimate| estimate.saturating_mul(times));
            }
        }
        // Dropped while the store is busy, the entry is written by `drop`: logging the same run twice counts once.
        let logged = self.store.log_ai_run(&self.caller, run.clone(), Some(self.reservation)).await;
        self.run = None;
        logged
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let Some(mut run) = self.run.take() else { return };
        run.latency_ms = millis(self.began);
        if !self.sent {
            run.cost_micros = Some(0);
        }
        // Outside a runtime nothing can be written; the reservation counts as spent in an hour then.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (store, caller, reservation) = (self.store.clone(), self.caller.clone(), self.reservation);
            let log = async move {
                if let Err(error) = store.log_ai_run(&caller, run, Some(reservation)).await {
                    tracing::warn!(code = error.code(), "a cancelled model call was not logged");
                }
            };
            runtime.spawn(log.boxed());
        }
    }
}

/// For how many attempts of a call that failed the service may send a bill; nobody says of how much, so that each counts as
/// the estimate. What it turned away is free. What broke while it was answering is not, nor what it refused in words.
fn billed_attempts(error: &Error) -> u32 {
    match error.kind() {
        ErrorKind::ContentRefused | ErrorKind::Cancelled => error.unanswered().saturating_add(1),
        // Nothing was sent before the deadline.
        ErrorKind::Timeout if error.attempts() == 0 && error.service().is_some() => 0,
        // A model of the application's own counts nothing.
        ErrorKind::Truncated | ErrorKind::Timeout | ErrorKind::Decode => error.unanswered().max(1),
        _ => error.unanswered(),
    }
}

fn record_response(run: &mut AiRun, response: &ModelResponse) {
    let Usage { input_tokens, cached_tokens, output_tokens, reasoning_tokens, .. } = response.usage;
    run.input_tokens = input_tokens;
    run.cached_tokens = cached_tokens;
    run.output_tokens = output_tokens;
    run.reasoning_tokens = reasoning_tokens;
    // A model that does not tell the cost, or neither tokens nor more than 0, did not work for nothing: the call stays at
    // its estimate.
    if response.usage != Usage::default() || response.cost_micros.is_some_and(|cost| cost > 0) {
        run.cost_micros = response.cost_micros.or(run.cost_micros);
    }
    run.attempts = response.attempts;
    run.request_id.clone_from(&response.request_id);
    if !response.model.is_empty() {
        run.model.clone_from(&response.model);
    }
}

fn millis(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}

type Closing = Pin<Box<dyn Future<Output = Result<ModelDelta>> + Send>>;

/// Passes a stream on; its last item waits until the call is logged.
struct MeteredStream {
    stream: ModelStream,
    entry: Option<Entry>,
    closing: Option<Closing>,
}

impl Stream for MeteredStream {
    type Item = Result<ModelDelta>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.closing.is_none() {
            if self.entry.is_none() {
                return Poll::Ready(None);
            }
            let item = std::task::ready!(self.stream.poll_next_unpin(context));
            let last = match item {
                Some(Ok(ModelDelta::Completed(response))) => Ok(response),
                Some(Err(error)) => Err(error),
                Some(delta) => return Poll::Ready(Some(delta)),
                None => Err(Error::new(
                    ErrorKind::Truncated,
                    "model.stream_ended",
                    "the model's stream ended before its end",
                )),
            };
            let Some(entry) = self.entry.take() else { return Poll::Ready(None) };
            self.closing = Some(Box::pin(async move {
                entry.close(last.as_ref()).await?;
                last.map(ModelDelta::Completed)
            }));
        }
        let Some(closing) = self.closing.as_mut() else { return Poll::Ready(None) };
        let item = std::task::ready!(closing.as_mut().poll(context));
        self.closing = None;
        Poll::Ready(Some(item))
    }
}
