//! Work that an owner hands to a worker. Starting a job is the delegation; whoever has the secret key may take it up, and gets
//! a [`Caller`] for the calls of that one account, as long as the lease lives and the owner allowed what they do.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::call::{self, Again, in_doubt};
use super::identity::RunRight;
use super::page::millis;
use super::{List, SupabaseStore, instant, place, text};
use crate::blocking::spawn;
use crate::error::{ErrorKind, Result};
use crate::records::Id;
use crate::store::{Caller, Page, PageRequest, check};
use crate::supabase::Access;

const JOBS: List = List { function: "jobs", cursor: "jobs", opaque: &["params"] };

/// What a run is for, and what a worker may do on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RunAction {
    /// Bring tweets in, and mark those that are gone.
    Import,
    /// Make a style profile.
    Style,
    /// Draft tweets.
    Generate,
    /// Publish approved drafts.
    Publish,
}

/// How a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum JobState {
    /// It waits for a worker.
    Queued,
    /// A worker has it, or had it and went away.
    Running,
    /// It is done.
    Done,
    /// It has failed.
    Failed,
    /// Its owner has taken it back.
    Cancelled,
}

/// Work that an owner hands out: for one account, for some actions, for a time.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// What it is for.
    pub kind: RunAction,
    /// What the worker may do; nothing else.
    pub actions: Vec<RunAction>,
    /// What the worker must know, at most 64 KiB of JSON.
    pub params: Value,
    /// For how long the worker may: at most 24 hours.
    pub lifetime: Duration,
    /// When it may begin; `None`: now.
    pub run_after: Option<DateTime<Utc>>,
}

impl NewJob {
    /// A job that allows what its kind needs, for an hour from now.
    #[must_use]
    pub fn new(kind: RunAction) -> Self {
        let (actions, lifetime) = (vec![kind], Duration::from_secs(3_600));
        Self { kind, actions, params: json!({}), lifetime, run_after: None }
    }
}

/// A job as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Job {
    /// Its id.
    pub id: Id,
    /// The account that it is for.
    pub account_id: Id,
    /// The Auth user whose account that is.
    pub owner: Id,
    /// What it is for.
    pub kind: RunAction,
    /// What a worker may do.
    pub actions: Vec<RunAction>,
    /// What a worker must know.
    pub params: Value,
    /// How it stands.
    pub state: JobState,
    /// When the owner's permission ends.
    pub delegated_until: DateTime<Utc>,
    /// When it may begin.
    pub run_after: DateTime<Utc>,
    /// Grows with every worker.
    pub fence: u64,
    /// The worker that has it, or had it last.
    pub worker: Option<String>,
    /// Until when that worker has it.
    pub lease_until: Option<DateTime<Utc>>,
    /// How many workers took it up.
    pub attempts: u32,
    /// Why it failed, or waits again.
    pub error_code: Option<String>,
    /// When it was handed out.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// How a worker ends a run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RunEnd {
    /// It is done.
    Done,
    /// It failed for good.
    Failed {
        /// The stable code of the error.
        code: String,
    },
    /// It is to be taken up again, by this worker or another, within the time that the owner gave.
    Again {
        /// Why it stopped, if for an error.
        code: Option<String>,
        /// Not before; `None`: at once.
        at: Option<DateTime<Utc>>,
    },
}

/// A run that this worker has: the right to do what its owner allowed, for one account, until the lease ends.
///
/// Its [`caller`](Self::caller) goes wherever one is taken: the store's methods, and with
/// [`Identity::run`](crate::Identity::run) the whole workflow. Each call checks the lease, the action and the account in
/// the database, within the step that it is; a worker that was taken over gets `LeaseLost` and has written nothing.
///
/// ```no_run
/// use std::time::Duration;
/// use ghostwren::store::{RunEnd, SupabaseStore};
/// use ghostwren::{Ghostwren, Identity};
/// # async fn run(store: SupabaseStore) -> ghostwren::Result<()> {
/// let wren = Ghostwren::builder().store(store.clone()).build()?;
/// while let Some(run) = store.claim_run("worker 7", Duration::from_secs(60), &[]).await? {
///     let lease = run.keep(); // renews it until it is dropped
///     let account = wren.user(Identity::run(&run)).account(run.job().account_id).await?;
///     let end = match account.analyze_style().await {
///         Ok(_) => RunEnd::Done,
///         Err(error) => RunEnd::Failed { code: error.code().to_owned() },
///     };
///     drop(lease);
///     run.finish(end).await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct DelegatedRun {
    store: SupabaseStore,
    job: Arc<Job>,
    lease: Duration,
}

impl SupabaseStore {
    /// Hands work out, in the owner's own name. Workers that have the secret key may take it up.
    ///
    /// # Errors
    /// `NotFound` (`store.no_account`); `InvalidInput` for what the schema refuses, such as params of more than 64 KiB.
    pub async fn start_job(&self, caller: &Caller, account: Id, job: NewJob) -> Result<Job> {
        let arguments = json!({
            "account_id": account, "kind": job.kind, "actions": job.actions, "params": text::json(&job.params)?,
            "lifetime_ms": millis(job.lifetime), "run_after": job.run_after.map(instant),
        });
        let started = self.call(caller, "start_job", &arguments, Again::No).await?;
        self.record("start_job", started, JOBS.opaque)
    }

    /// A job of the caller.
    ///
    /// # Errors
    /// `NotFound` (`store.no_job`).
    pub async fn job(&self, caller: &Caller, job: Id) -> Result<Job> {
        let found = self.call(caller, "job", &json!({ "job_id": job }), Again::Yes).await?;
        self.record("job", found, JOBS.opaque)
    }

    /// A page of an account's jobs, newest first.
    ///
    /// # Errors
    /// `NotFound` (`store.no_account`); `InvalidInput` for a limit or cursor that cannot be used.
    pub async fn jobs(&self, caller: &Caller, account: Id, page: PageRequest) -> Result<Page<Job>> {
        let arguments = json!({ "account_id": account });
        self.list(caller, JOBS, arguments, &page, |last: &Job| place(last.created_at, last.id)).await
    }

    /// Takes a job back: the worker's next call fails. One that has ended stays as it is.
    ///
    /// # Errors
    /// `NotFound` (`store.no_job`).
    pub async fn cancel_job(&self, caller: &Caller, job: Id) -> Result<Job> {
        let cancelled = self.call(caller, "cancel_job", &json!({ "job_id": job }), Again::Yes).await?;
        self.record("cancel_job", cancelled, JOBS.opaque)
    }

    /// Takes the next run that waits, or whose worker went away, with the secret key; `None` when there is none. `kinds`: of
    /// these alone; empty: of any.
    ///
    /// # Errors
    /// `Config`, `supabase.secret_key_needed`; `InvalidInput` (`store.bad_name`) for the worker's name.
    pub async fn claim_run(&self, worker: &str, lease: Duration, kinds: &[RunAction]) -> Result<Option<DelegatedRun>> {
        check::name("name of the worker", worker, 100)?;
        let kinds = (!kinds.is_empty()).then_some(kinds);
        let arguments = json!({ "worker": text::plain(worker), "lease_ms": millis(lease), "kinds": kinds });
        let claimed: Value = self.with_secret("run_claim", &arguments, Again::No).await?;
        if claimed.is_null() { Ok(None) } else { self.carried("run_claim", claimed, lease).map(Some) }
    }

    /// Takes one run, whose id the worker was given, with the secret key.
    ///
    /// # Errors
    /// `Config`, `supabase.secret_key_needed`; `NotFound` (`store.no_job`); `Conflict`: `run.ended`, and `run.busy` (with
    /// `retry_at`) while another worker has it or it waits for its time.
    pub async fn take_run(&self, run: Id, worker: &str, lease: Duration) -> Result<DelegatedRun> {
        check::name("name of the worker", worker, 100)?;
        let arguments = json!({ "run_id": run, "worker": text::plain(worker), "lease_ms": millis(lease) });
        let taken = self.with_secret("run_take", &arguments, Again::No).await?;
        self.carried("run_take", taken, lease)
    }

    fn carried(&self, function: &'static str, job: Value, lease: Duration) -> Result<DelegatedRun> {
        Ok(DelegatedRun { store: self.clone(), job: Arc::new(self.record(function, job, JOBS.opaque)?), lease })
    }

    /// Calls a function of the secret key that is for nobody by name.
    async fn with_secret<T: DeserializeOwned + Send>(
        &self,
        function: &'static str,
        arguments: &Value,
        again: Again,
    ) -> Result<T> {
        self.inner.project.secret()?;
        call::call(&self.inner.project, Access::Secret, function, arguments, again).await
    }

    /// Calls a function for a run: the database checks the lease and the action, and sees to the owner and the account.
    pub(super) async fn call_for_run<A, T>(
        &self,
        right: RunRight,
        method: &'static str,
        arguments: &A,
        again: Again,
    ) -> Result<T>
    where
        A: Serialize + Sync + ?Sized,
        T: DeserializeOwned + Send,
    {
        #[derive(Serialize)]
        struct ForRun<'a, A: ?Sized> {
            run_id: Id,
            fence: u64,
            method: &'a str,
            args: &'a A,
        }
        self.inner.project.secret()?;
        let arguments = ForRun { run_id: right.run, fence: right.fence, method, args: arguments };
        call::call(&self.inner.project, Access::Secret, "run_call", &arguments, again).await
    }
}

impl DelegatedRun {
    /// The job as it stood when this worker took it.
    #[must_use]
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// Whoever works on this run, in its owner's name.
    #[must_use]
    pub fn caller(&self) -> Caller {
        Caller::worker(self.job.owner, RunRight { run: self.job.id, fence: self.job.fence })
    }

    /// Extends the lease, at most to the end of the owner's permission; gives until when it holds.
    ///
    /// # Errors
    /// `LeaseLost` (`run.lease_lost`) when another worker has the run, its owner has taken it back, or it has run out.
    pub async fn renew(&self, extend: Duration) -> Result<DateTime<Utc>> {
        let arguments = json!({ "run_id": self.job.id, "fence": self.job.fence, "extend_ms": millis(extend) });
        let renewed: Value = self.store.with_secret("run_renew", &arguments, Again::Yes).await?;
        let job: Job = self.store.record("run_renew", renewed, JOBS.opaque)?;
        Ok(job.lease_until.unwrap_or(job.delegated_until))
    }

    /// Renews the lease, for as long as it was taken, until what this gives is dropped or the lease is lost.
    #[must_use = "the lease is renewed as long as this is kept"]
    pub fn keep(&self) -> RunLease {
        let (run, (tell, lost)) = (self.clone(), watch::channel(false));
        let task = spawn(async move {
            loop {
                tokio::time::sleep(run.lease / 3).await;
                match run.renew(run.lease).await {
                    Err(error) if matches!(error.kind(), ErrorKind::LeaseLost | ErrorKind::NotFound) => break,
                    Err(error) => {
                        tracing::warn!(target: "ghostwren::store", %error, "the lease on a run could not be renewed");
                    }
                    Ok(_) => {}
                }
            }
            // Nobody may be listening any more.
            let _ = tell.send(true);
        });
        RunLease { task, lost }
    }

    /// Ends the run. May be repeated with the same end.
    ///
    /// # Errors
    /// `LeaseLost` (`run.lease_lost`).
    pub async fn finish(&self, end: RunEnd) -> Result<Job> {
        let (state, code, at) = match &end {
            RunEnd::Done => ("done", None, None),
            RunEnd::Failed { code } => ("failed", Some(code), None),
            RunEnd::Again { code, at } => ("queued", code.as_ref(), *at),
        };
        if let Some(code) = code {
            check::name("error code", code, 100)?;
        }
        let arguments = json!({
            "run_id": self.job.id, "fence": self.job.fence, "state": state, "error_code": code, "run_after": at.map(instant),
        });
        let ended = match self.store.with_secret("run_finish", &arguments, Again::Yes).await {
            Err(error) if in_doubt(&error) => self.store.with_secret("run_finish", &arguments, Again::Yes).await?,
            ended => ended?,
        };
        self.store.record("run_finish", ended, JOBS.opaque)
    }
}

/// A lease that is being renewed ([`DelegatedRun::keep`]); dropping it ends that.
#[derive(Debug)]
pub struct RunLease {
    task: JoinHandle<()>,
    lost: watch::Receiver<bool>,
}

impl RunLease {
    /// Waits until the lease is lost: whatever works on the run may as well stop. It never comes back while it is renewed.
    pub async fn lost(&mut self) {
        // The sender goes only with the task, which says so first or is aborted with this.
        let _ = self.lost.wait_for(|lost| *lost).await;
    }
}

impl Drop for RunLease {
    fn drop(&mut self) {
        self.task.abort();
    }
}
