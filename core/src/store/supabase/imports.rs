//! Imports: what is asked of the server before a page is sent, and what is looked up when an answer is lost.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::SupabaseStore;
use super::call::{Again, in_doubt};
use super::page::{Ready, millis};
use super::text;
use crate::blocking::off_thread;
use crate::error::{Error, ErrorKind, Result};
use crate::records::{Counts, Id, ImportEnd, ImportRun};
use crate::store::{Caller, ImportPage, Lease, NewImport, Store as _, check};
use crate::supabase::too_many;

/// How many imports are remembered, and how often an answer that was lost is looked up.
const REMEMBERED: usize = 1_000;
const LOOKS: u32 = 3;

/// What this process knows of the imports that it leases.
#[derive(Debug, Default)]
pub(super) struct Imports(Mutex<HashMap<Id, Progress>>);

#[derive(Clone, Debug)]
struct Progress {
    caller: Caller,
    account: Id,
    counts: Counts,
    checkpoint: Option<Value>,
    /// Whether most tweets of the page before were there already: then it is asked which ones to send.
    known: bool,
    /// How many tweets are sent at once: all, until that takes too long.
    most: usize,
}

impl Imports {
    fn with<T>(&self, with: impl FnOnce(&mut HashMap<Id, Progress>) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn begun(&self, caller: &Caller, run: &ImportRun) {
        self.with(|all| {
            if all.len() >= REMEMBERED {
                all.clear();
            }
            let (counts, checkpoint) = (run.counts, run.checkpoint.clone());
            // The first page of a run asks: an archive that is imported again is known from its beginning.
            let (caller, account) = (caller.clone(), run.account_id);
            all.insert(run.id, Progress { caller, account, counts, checkpoint, known: true, most: usize::MAX });
        });
    }

    fn get(&self, caller: &Caller, run: Id) -> Option<Progress> {
        self.with(|all| all.get(&run).filter(|progress| progress.caller == *caller).cloned())
    }

    fn stored(&self, run: Id, part: Counts, checkpoint: Option<Value>) {
        self.with(|all| {
            if let Some(progress) = all.get_mut(&run) {
                progress.counts += part;
                progress.checkpoint = checkpoint;
            }
        });
    }

    /// What a page that is stored says about the next one.
    fn learn(&self, run: Id, page: Counts, most: usize) {
        self.with(|all| {
            if let Some(progress) = all.get_mut(&run) {
                progress.known = page.unchanged > page.inserted + page.updated;
                progress.most = most;
            }
        });
    }
}

impl SupabaseStore {
    pub(super) async fn begin(
        &self,
        caller: &Caller,
        import: NewImport,
        lease: Duration,
    ) -> Result<(ImportRun, Lease)> {
        check::name("key of the source", &import.source_key, 500)?;
        let arguments = json!({
            "account_id": import.account_id, "source": import.source.as_str(),
            "source_key": import.source_key, "lease_ms": millis(lease),
        });
        let begun: Value = self.call(caller, "begin_import", &arguments, Again::No).await?;
        let run = self.record("begin_import", begun.get("run").cloned().unwrap_or_default(), &["checkpoint"])?;
        let lease = self.record("begin_import", begun.get("lease").cloned().unwrap_or_default(), &[])?;
        self.inner.imports.begun(caller, &run);
        Ok((run, lease))
    }

    pub(super) async fn store_page(&self, caller: &Caller, lease: Lease, page: ImportPage) -> Result<Counts> {
        check::import_page(&page)?;
        let progress = self.inner.imports.get(caller, lease.run_id);
        let (checkpoint, extend) = (page.checkpoint.clone(), page.lease);
        let known = progress.as_ref().filter(|progress| progress.known && !page.tweets.is_empty());
        // Hashing and writing JSON takes milliseconds for a large page: not on a thread that serves others.
        let mut ready = blocking(move || Ok(Ready::new(page))).await?;
        if let Some(Progress { account, .. }) = known {
            let arguments = Known { account_id: *account, ids: ready.ids(), hashes: ready.hashes() };
            let changed: Vec<usize> = self.call(caller, "changed", &arguments, Again::Yes).await?;
            ready.keep(&changed);
        }
        let (all, ready) = (ready.sent(), Arc::new(ready));
        let mut most = progress.as_ref().map_or(usize::MAX, |progress| progress.most);
        let (mut counts, mut from) = (Counts::default(), 0_usize);
        loop {
            let part = from..all.min(from.saturating_add(most));
            let progress = self.inner.imports.get(caller, lease.run_id);
            // Whoever goes on after a part begins with the page once more: the checkpoint is its own only when all is stored.
            let reached = if part.end == all {
                Some(checkpoint.clone())
            } else {
                progress.as_ref().and_then(|progress| progress.checkpoint.clone())
            };
            match self.store_part(caller, lease, progress.as_ref(), &ready, part.clone(), reached).await {
                Ok(stored) => {
                    counts += stored;
                    from = part.end;
                    if from == all {
                        break;
                    }
                }
                // Without its progress the checkpoint before it is not known.
                Err(error) if too_many(&error) && part.len() > 1 && progress.is_some() => {
                    most = part.len() / 2;
                    // Each try takes all the time that a statement may take; several of them could outlast the lease.
                    self.renew_import(caller, lease, extend).await?;
                }
                Err(error) => return Err(error),
            }
        }
        self.inner.imports.learn(lease.run_id, counts, most);
        Ok(counts)
    }

    /// Stores these of a page's tweets, in one transaction; the run is at the checkpoint then.
    async fn store_part(
        &self,
        caller: &Caller,
        lease: Lease,
        progress: Option<&Progress>,
        ready: &Arc<Ready>,
        part: Range<usize>,
        checkpoint: Option<Value>,
    ) -> Result<Counts> {
        let (is_one, ready, reached) = (part.len() <= 1, Arc::clone(ready), checkpoint.clone());
        let body = blocking(move || ready.json(part, reached.as_ref())).await?;
        let arguments = PageArguments { run_id: lease.run_id, fence: lease.fence, page: &body };
        let mut looks = 0;
        let counts = loop {
            let error = match self.call(caller, "import_page", &arguments, Again::No).await {
                Ok(counts) => break counts,
                Err(error) => error,
            };
            if too_many(&error) && !is_one {
                return Err(error);
            }
            looks += 1;
            match self.was_stored(caller, lease, progress, checkpoint.as_ref(), &error).await {
                Some(counts) => break counts,
                None if in_doubt(&error) && looks < LOOKS && progress.is_some() => {}
                None => return Err(error),
            }
        };
        self.inner.imports.stored(lease.run_id, counts, checkpoint);
        Ok(counts)
    }

    /// What became of a part of a page whose answer was lost: its counts where it was stored.
    async fn was_stored(
        &self,
        caller: &Caller,
        lease: Lease,
        progress: Option<&Progress>,
        checkpoint: Option<&Value>,
        error: &Error,
    ) -> Option<Counts> {
        let Progress { account, counts: before, checkpoint: last, .. } = progress.filter(|_| in_doubt(error))?;
        let run = self.run(caller, *account, lease.run_id).await.ok()??;
        // A part that leaves the checkpoint where it is shows in the counts: nobody else adds to them under this lease.
        let is_there =
            if last.as_ref() == checkpoint { run.counts != *before } else { run.checkpoint.as_ref() == checkpoint };
        (run.fence == lease.fence && is_there).then(|| Counts {
            inserted: run.counts.inserted.saturating_sub(before.inserted),
            updated: run.counts.updated.saturating_sub(before.updated),
            unchanged: run.counts.unchanged.saturating_sub(before.unchanged),
            malformed: run.counts.malformed.saturating_sub(before.malformed),
        })
    }

    pub(super) async fn finish(&self, caller: &Caller, lease: Lease, end: ImportEnd) -> Result<ImportRun> {
        let arguments = json!({ "run_id": lease.run_id, "fence": lease.fence, "outcome": text::json(&end)? });
        let mut looks = 0;
        loop {
            let error = match self.call(caller, "finish_import", &arguments, Again::No).await {
                Ok(run) => return self.record("finish_import", run, &["checkpoint"]),
                Err(error) => error,
            };
            let account = self.inner.imports.get(caller, lease.run_id).map(|progress| progress.account);
            looks += 1;
            let (true, Some(account), ..=LOOKS) = (in_doubt(&error), account, looks) else { return Err(error) };
            if let Some(run) = self.run(caller, account, lease.run_id).await?
                && run.fence == lease.fence
                && run.end.as_ref() == Some(&end)
            {
                return Ok(run);
            }
        }
    }

    pub(super) async fn runs(&self, caller: &Caller, account: Id) -> Result<Vec<ImportRun>> {
        let runs: Vec<Value> = self.call(caller, "imports", &json!({ "account_id": account }), Again::Yes).await?;
        runs.into_iter().map(|run| self.record("imports", run, &["checkpoint"])).collect()
    }

    async fn run(&self, caller: &Caller, account: Id, run: Id) -> Result<Option<ImportRun>> {
        Ok(self.runs(caller, account).await?.into_iter().find(|found| found.id == run))
    }
}

#[derive(serde::Serialize)]
struct Known<'a> {
    account_id: Id,
    ids: Vec<&'a str>,
    hashes: Vec<&'a str>,
}

#[derive(serde::Serialize)]
struct PageArguments<'a> {
    run_id: Id,
    fence: u64,
    page: &'a RawValue,
}

/// What blocks, on a thread where it may.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    off_thread(work).await.unwrap_or_else(|_| {
        Err(Error::new(ErrorKind::Internal, "store.worker_failed", "a worker thread ended before its work"))
    })
}
