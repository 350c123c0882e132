use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use serde_json::Value;
use tokio::sync::{Notify, mpsc};

use super::super::account::Account;
use super::report::{ImportEvent, ImportReport};
use crate::error::{Error, ErrorKind, Result};
use crate::records::{Id, ImportEnd, ImportRun, ImportSource};
use crate::store::{ImportPage, Lease, NewImport};

/// How often is asked whether a lease is free: another import may end long before its lease does.
const ASK_AGAIN: Duration = Duration::from_millis(500);

/// Why a session stops before its work is done.
#[derive(Debug)]
pub(super) enum Stop {
    /// In a way that has a name; the run goes on later.
    End(ImportEnd),
    /// By an error.
    Fail(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Fail(error)
    }
}

/// One session of an import: whom it tells, and how it begins and ends.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) account: Account,
    events: mpsc::Sender<ImportEvent>,
    warnings: Vec<String>,
    began: Instant,
}

impl Session {
    pub(super) fn new(account: Account, events: mpsc::Sender<ImportEvent>) -> Self {
        Self { account, events, warnings: Vec::new(), began: Instant::now() }
    }

    /// Another session that tells the same listener.
    pub(super) fn beside(&self) -> Self {
        Self::new(self.account.clone(), self.events.clone())
    }

    pub(super) fn events(&self) -> mpsc::Sender<ImportEvent> {
        self.events.clone()
    }

    /// Leases the run; waits for the lease of a worker that went away.
    pub(super) async fn begin(&mut self, source: ImportSource, source_key: String) -> Result<(ImportRun, Guard)> {
        self.began = Instant::now();
        let import = NewImport { account_id: self.account.id, source, source_key };
        let (lease, clock) = (self.account.wren.setup().lease, &self.account.wren.setup().clock);
        let mut held_until = None;
        loop {
            let error = match self.account.store().begin_import(&self.account.caller, import.clone(), lease).await {
                Ok((run, lease)) => {
                    let guard =
                        Guard { account: self.account.clone(), lease: Some(lease), open: Reservations::default() };
                    self.tell(ImportEvent::Started { resumed: run.checkpoint.is_some(), run: Box::new(run.clone()) });
                    return Ok((run, guard));
                }
                Err(error) => error,
            };
            // A worker that lives renews its lease, however long that is, and then its import is not ours to wait for.
            let (Some(at), "import.running") = (error.retry_at(), error.code()) else { return Err(error) };
            if held_until.is_some_and(|before| at > before) {
                return Err(error);
            }
            let remaining = (at - clock.now()).to_std().unwrap_or_default() + Duration::from_millis(20);
            if held_until.replace(at).is_none() {
                self.tell(ImportEvent::Waiting { remaining });
            }
            tokio::time::sleep(remaining.min(ASK_AGAIN)).await;
        }
    }

    /// Ends the run as its work did. Of a run that failed the error is given back.
    pub(super) async fn end(&mut self, guard: Guard, outcome: Result<ImportEnd, Stop>) -> Result<ImportReport> {
        let store = self.account.store().clone();
        let caller = self.account.caller.clone();
        let (end, error) = match outcome {
            Ok(end) | Err(Stop::End(end)) => (end, None),
            Err(Stop::Fail(error)) => (end_of(&error), Some(error)),
        };
        let lease = guard.close().await;
        let Some(error) = error else {
            let run = store.finish_import(&caller, lease, end.clone()).await?;
            let facts = serde_json::json!({ "run": run.id, "counts": run.counts, "cost_micros": run.cost_micros });
            // The import is over: an entry of the log that fails must not say otherwise.
            if let Err(error) = store.audit(&caller, self.account.id, "import.finished".to_owned(), facts).await {
                tracing::warn!(target: "ghostwren::workflow", %error, "an import was not written to the audit log");
            }
            return Ok(ImportReport::new(run, end));
        };
        if error.kind() != ErrorKind::LeaseLost {
            // The first error is the one to report; that the run keeps no end is told by its lease.
            if let Err(second) = store.finish_import(&caller, lease, end).await {
                tracing::warn!(code = second.code(), "a failed import was not marked as failed");
            }
        }
        Err(error)
    }

    /// Completes the report with what was told meanwhile.
    pub(super) fn report(&mut self, mut report: ImportReport) -> ImportReport {
        report.warnings = std::mem::take(&mut self.warnings);
        report.elapsed = self.began.elapsed();
        report
    }

    pub(super) fn warn(&mut self, text: String) {
        self.tell(ImportEvent::Warning(text.clone()));
        self.warnings.push(text);
    }

    pub(super) fn tell(&self, event: ImportEvent) {
        // Full means that nobody listens: the report has all of it.
        let _ = self.events.try_send(event);
    }
}

/// Adds how what was left to do after the work went: that it failed counts, unless the work itself failed before.
pub(super) fn and_also(outcome: Result<ImportEnd, Stop>, last: Result<()>) -> Result<ImportEnd, Stop> {
    match (outcome, last) {
        (Ok(_) | Err(Stop::End(_)), Err(error)) => Err(error.into()),
        (outcome, _) => outcome,
    }
}

/// How a run stands that an error stopped.
fn end_of(error: &Error) -> ImportEnd {
    match (error.kind(), error.retry_at()) {
        (ErrorKind::RateLimited, Some(until)) => ImportEnd::Waiting { until },
        _ => ImportEnd::Failed { code: error.code().to_owned(), detail: error.to_string() },
    }
}

/// Money that is set aside and not settled, with what is known of its cost.
#[derive(Clone, Debug)]
pub(super) struct Reservations {
    /// None once the session is over.
    open: Arc<Mutex<Option<HashMap<Id, u64>>>>,
    settled: Arc<Notify>,
}

impl Default for Reservations {
    fn default() -> Self {
        Self { open: Arc::new(Mutex::new(Some(HashMap::new()))), settled: Arc::default() }
    }
}

impl Reservations {
    /// Keeps it in mind; `false` when the session is over, and nobody would settle it.
    pub(super) fn put(&self, id: Id, cost: u64) -> bool {
        self.lock().as_mut().map(|open| open.insert(id, cost)).is_some()
    }

    pub(super) fn remove(&self, id: Id) {
        if let Some(open) = self.lock().as_mut() {
            open.remove(&id);
        }
        self.settled.notify_waiters();
    }

    /// Waits until one that is open is settled; `false` at once where none is.
    pub(super) async fn one_settled(&self) -> bool {
        let mut settled = pin!(self.settled.notified());
        // Before the look, so that one that is settled right after it is heard.
        settled.as_mut().enable();
        let waits = self.lock().as_ref().is_some_and(|open| !open.is_empty());
        if waits {
            settled.await;
        }
        waits
    }

    fn take(&self) -> Vec<(Id, u64)> {
        let open = self.lock().take();
        self.settled.notify_waiters();
        open.into_iter().flatten().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Option<HashMap<Id, u64>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lease of a session. Dropped with it, it marks the run as cancelled, so that the next call need not wait, and settles
/// what was set aside: a page under way is read again by the next session, and counted then.
#[derive(Debug)]
pub(super) struct Guard {
    account: Account,
    lease: Option<Lease>,
    pub(super) open: Reservations,
}

impl Guard {
    fn lease(&self) -> Result<Lease> {
        self.lease.ok_or_else(|| Error::new(ErrorKind::Cancelled, "import.cancelled", "the import was stopped"))
    }

    /// Stores a page, with its money.
    pub(super) async fn store(&mut self, mut page: ImportPage) -> Result<crate::records::Counts> {
        let (lease, extend) = (self.lease()?, self.account.wren.setup().lease);
        let reservation = page.reservation;
        page.lease = extend;
        let counts = self.account.store().import_page(&self.account.caller, lease, page).await?;
        if let Some(id) = reservation {
            self.open.remove(id);
        }
        Ok(counts)
    }

    /// Holds the lease while something else takes its time.
    pub(super) async fn hold<T>(&mut self, work: impl Future<Output = T>) -> Result<T> {
        let extend = self.account.wren.setup().lease;
        let mut work = pin!(work);
        loop {
            if let Ok(done) = tokio::time::timeout(extend / 3, work.as_mut()).await {
                return Ok(done);
            }
            let lease = self.lease()?;
            self.lease = Some(self.account.store().renew_import(&self.account.caller, lease, extend).await?);
        }
    }

    /// Ends the guarding, and settles what is left.
    async fn close(mut self) -> Lease {
        settle(&self.account, self.open.take()).await;
        // It is there until the guard is closed or dropped.
        self.lease.take().unwrap_or(Lease { run_id: Id::nil(), fence: 0, until: chrono::DateTime::UNIX_EPOCH })
    }
}

/// Settles what nobody else will.
pub(super) async fn settle(account: &Account, open: Vec<(Id, u64)>) {
    for (id, cost) in open {
        if let Err(error) = account.store().settle_spend(&account.caller, account.id, id, cost).await {
            tracing::warn!(code = error.code(), "money that was set aside for an import was not settled");
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let Some(lease) = self.lease.take() else { return };
        // Outside a runtime nothing can be written; the lease and the money lapse by themselves then.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (account, open) = (self.account.clone(), self.open.take());
            let end = async move {
                settle(&account, open).await;
                let end = ImportEnd::Cancelled;
                if let Err(error) = account.store().finish_import(&account.caller, lease, end).await {
                    tracing::debug!(code = error.code(), "a cancelled import was not marked as cancelled");
                }
            };
            runtime.spawn(end.boxed());
        }
    }
}

/// A value as a checkpoint.
pub(super) fn to_checkpoint(value: &impl serde::Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| {
        Error::new(ErrorKind::Internal, "import.checkpoint", "a checkpoint cannot be written").with_source(error)
    })
}
