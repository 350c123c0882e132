use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_core::Stream;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::account::Account;
use super::blocking;
use super::progress::{Meter, Progress};
use crate::archive::{Archive, ArchivePage, ArchiveReport};
use crate::error::{Error, ErrorKind, Result};
use crate::records::{Counts, ImportEnd, ImportRun, ImportSource, now};
use crate::store::{ImportPage, Lease, NewImport};

/// How many tweets go to the store in one step: large enough that a commit is cheap, small enough that 64 MB hold all.
const PAGE: usize = 1000;
/// How many pages may wait between the reader and the store.
const PAGES_AHEAD: usize = 2;
/// How many events may wait for a slow listener; of those beyond, progress is dropped, nothing else comes so often.
const EVENTS_AHEAD: usize = 256;

/// What happens in an import, as it happens.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ImportEvent {
    /// Another worker has this import, or ended without a word; it can be taken over when its lease ends.
    Waiting {
        /// How long at most.
        remaining: Duration,
    },
    /// The work begins, or goes on where an earlier session stopped.
    Started {
        /// The run as it stood.
        run: Box<ImportRun>,
        /// Whether it goes on from a checkpoint.
        resumed: bool,
    },
    /// A page was stored with its checkpoint.
    Progress(Progress),
    /// Something a person should know, in a sentence; the import goes on.
    Warning(String),
    /// The end; always the last event.
    Finished(Box<ImportReport>),
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImportReport {
    /// The run as it is stored.
    pub run: ImportRun,
    /// What became of the tweets, over all sessions of the run.
    pub counts: Counts,
    /// How it ended.
    pub end: ImportEnd,
    /// What the archive held, file by file.
    pub archive: ArchiveReport,
    /// What a person should know, in sentences.
    pub warnings: Vec<String>,
    /// How long this session took.
    pub elapsed: Duration,
}

/// An import under way: a stream of events that ends with [`ImportEvent::Finished`], or a future of the report.
///
/// Nothing happens before it is polled. Dropping it stops the work after the page that is being stored; the run is marked
/// as cancelled, and the same call goes on from there later, in this process or another.
#[must_use = "an import does nothing until it is polled"]
pub struct Import {
    work: Pin<Box<dyn Future<Output = Result<ImportReport>> + Send>>,
    events: mpsc::Receiver<ImportEvent>,
    ended: bool,
}

impl std::fmt::Debug for Import {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Import").field("ended", &self.ended).finish_non_exhaustive()
    }
}

impl Stream for Import {
    type Item = Result<ImportEvent>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // The work is polled first, so that it goes on while the listener is busy with events.
        let report = match self.ended {
            false => self.work.as_mut().poll(context),
            true => Poll::Pending,
        };
        if let Poll::Ready(Some(event)) = self.events.poll_recv(context) {
            if let Poll::Ready(report) = report {
                self.work = Box::pin(std::future::ready(report));
            }
            return Poll::Ready(Some(Ok(event)));
        }
        match report {
            Poll::Ready(report) => {
                self.ended = true;
                Poll::Ready(Some(report.map(|report| ImportEvent::Finished(Box::new(report)))))
            }
            Poll::Pending if self.ended => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl IntoFuture for Import {
    type Output = Result<ImportReport>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(mut self) -> Self::IntoFuture {
        Box::pin(async move {
            while let Some(event) = self.next().await {
                if let ImportEvent::Finished(report) = event? {
                    return Ok(*report);
                }
            }
            Err(Error::new(ErrorKind::Internal, "import.no_report", "the import ended without a report"))
        })
    }
}

impl Account {
    /// Imports an X data archive: the zip as X sent it, or the folder it was unpacked to.
    ///
    /// Free and complete, where the X API gives the newest 3,200 tweets for money. Importing the same archive again
    /// writes nothing for tweets that are unchanged. The first archive binds the account to its Twitter user.
    ///
    /// # Errors
    /// `InvalidInput` (`archive.not_an_archive`, `archive.truncated_zip`, …); `Conflict`
    /// (`account.other_twitter_user`) for the archive of somebody else, of which nothing is stored; `LeaseLost` when
    /// another worker took the import over; `Storage`. What could not be read of an archive is no error: the report
    /// says `Incomplete` and why.
    pub fn import_archive(&self, path: impl Into<PathBuf>) -> Import {
        let (sender, events) = mpsc::channel(EVENTS_AHEAD);
        let session = Session { account: self.clone(), events: sender, warnings: Vec::new(), began: Instant::now() };
        Import { work: Box::pin(session.run(path.into())), events, ended: false }
    }
}

struct Session {
    account: Account,
    events: mpsc::Sender<ImportEvent>,
    warnings: Vec<String>,
    began: Instant,
}

impl Session {
    async fn run(mut self, path: PathBuf) -> Result<ImportReport> {
        self.began = Instant::now();
        let archive = blocking(move || Archive::open(path)).await?;
        self.check_owner(&archive).await?;
        let (run, lease) = self.begin(&archive).await?;
        let mut guard = CancelGuard { account: self.account.clone(), lease: Some(lease) };
        self.tell(ImportEvent::Started { resumed: run.checkpoint.is_some(), run: Box::new(run.clone()) });
        match self.copy(archive, run, lease).await {
            Ok((lease, archive)) => {
                guard.lease = None;
                self.finish(lease, archive).await
            }
            Err(error) => {
                guard.lease = None;
                if error.kind() != ErrorKind::LeaseLost {
                    let end = ImportEnd::Failed { code: error.code().to_owned(), detail: error.to_string() };
                    // The first error is the one to report; that the run keeps no end is told by its lease.
                    if let Err(second) = self.account.store().finish_import(&self.account.caller, lease, end).await {
                        tracing::warn!(code = second.code(), "a failed import was not marked as failed");
                    }
                }
                Err(error)
            }
        }
    }

    /// Binds the account to the archive's Twitter user, or refuses the archive of another one before anything is read.
    async fn check_owner(&mut self, archive: &Archive) -> Result<()> {
        if let Some(user) = archive.account() {
            self.account.store().bind_account(&self.account.caller, self.account.id, user.clone()).await?;
        } else {
            self.warn("The archive does not say whose it is, so that this could not be checked.".to_owned());
        }
        Ok(())
    }

    /// Leases the run; waits for the lease of a worker that went away.
    async fn begin(&mut self, archive: &Archive) -> Result<(ImportRun, Lease)> {
        let import =
            NewImport { account_id: self.account.id, source: ImportSource::Archive, source_key: archive.fingerprint() };
        let lease = self.account.wren.setup().lease;
        let mut waited = Duration::ZERO;
        loop {
            let error = match self.account.store().begin_import(&self.account.caller, import.clone(), lease).await {
                Ok(begun) => return Ok(begun),
                Err(error) => error,
            };
            // A worker that lives renews its lease, and then its import is not ours to wait for.
            let (Some(at), true) = (error.retry_at(), error.code() == "import.running" && waited <= lease) else {
                return Err(error);
            };
            let remaining = (at - now()).to_std().unwrap_or_default() + Duration::from_millis(20);
            self.tell(ImportEvent::Waiting { remaining });
            tokio::time::sleep(remaining).await;
            waited += remaining;
        }
    }

    /// Reads on one thread and stores on another; a bounded channel between them keeps memory constant.
    async fn copy(&mut self, archive: Archive, run: ImportRun, mut lease: Lease) -> Result<(Lease, ArchiveReport)> {
        let total = archive.total_expected();
        let mut counts = run.counts;
        let observed_at = archive.generated_at();
        let meter = Meter::new(counts.read() + counts.malformed, total);
        let (sender, mut pages) = mpsc::channel::<ArchivePage>(PAGES_AHEAD);
        let reading = blocking(move || read(&archive, run.checkpoint, &sender));
        let extend = self.account.wren.setup().lease;
        let storing = async {
            loop {
                // Reaching the checkpoint inside a large zip takes a while in which nothing is stored: the lease is held.
                let page = match tokio::time::timeout(extend / 3, pages.recv()).await {
                    Ok(Some(page)) => page,
                    Ok(None) => break,
                    Err(_) => {
                        lease = self.account.store().renew_import(&self.account.caller, lease, extend).await?;
                        continue;
                    }
                };
                let page = ImportPage {
                    tweets: page.tweets,
                    context: Vec::new(),
                    malformed: page.malformed_count,
                    checkpoint: page.checkpoint,
                    lease: extend,
                    observed_at,
                    ..ImportPage::default()
                };
                counts += self.account.store().import_page(&self.account.caller, lease, page).await?;
                lease.until = now() + extend;
                self.tell(ImportEvent::Progress(meter.progress(counts)));
            }
            Ok::<_, Error>(())
        };
        let ((), report) = tokio::try_join!(storing, reading)?;
        let report =
            report.ok_or_else(|| Error::new(ErrorKind::Cancelled, "import.cancelled", "the import was stopped"))?;
        Ok((lease, report))
    }

    async fn finish(mut self, lease: Lease, archive: ArchiveReport) -> Result<ImportReport> {
        let reasons = archive.reasons();
        let end = if reasons.is_empty() { ImportEnd::Complete } else { ImportEnd::Incomplete { reasons } };
        let (store, caller) = (self.account.store().clone(), self.account.caller.clone());
        let run = store.finish_import(&caller, lease, end.clone()).await?;
        let facts = serde_json::json!({ "run": run.id, "counts": run.counts });
        store.audit(&caller, self.account.id, "import.finished".to_owned(), facts).await?;
        for remark in archive.remarks() {
            self.warn(remark);
        }
        Ok(ImportReport {
            counts: run.counts,
            run,
            end,
            archive,
            warnings: std::mem::take(&mut self.warnings),
            elapsed: self.began.elapsed(),
        })
    }

    fn warn(&mut self, text: String) {
        self.tell(ImportEvent::Warning(text.clone()));
        self.warnings.push(text);
    }

    fn tell(&self, event: ImportEvent) {
        // Full means that nobody listens: the report has all of it.
        let _ = self.events.try_send(event);
    }
}

/// Reads page after page; `None` when nobody takes them any more.
fn read(
    archive: &Archive,
    checkpoint: Option<serde_json::Value>,
    pages: &mpsc::Sender<ArchivePage>,
) -> Result<Option<ArchiveReport>> {
    let mut reader = archive.read(checkpoint.as_ref())?;
    while let Some(page) = reader.next_page(PAGE)? {
        if pages.blocking_send(page).is_err() {
            return Ok(None);
        }
    }
    Ok(Some(reader.report()))
}

/// Marks the run as cancelled when the import is dropped, so that the next call need not wait for its lease.
struct CancelGuard {
    account: Account,
    lease: Option<Lease>,
}

impl Drop for CancelGuard {
    fn drop(&mut self) {
        let Some(lease) = self.lease.take() else { return };
        // Outside a runtime nothing can be written; the lease ends by itself then.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let account = self.account.clone();
            runtime.spawn(async move {
                let end = ImportEnd::Cancelled;
                if let Err(error) = account.store().finish_import(&account.caller, lease, end).await {
                    tracing::debug!(code = error.code(), "a cancelled import was not marked as cancelled");
                }
            });
        }
    }
}
