//! Imports: of an archive, of a timeline, of both. `session` is what they share (lease, events, ends), `place` is where a
//! timeline goes on, `purse` keeps the budget with the help of `ledger`, `wait` decides what a refusal of X means. `reconcile`
//! finds out what is gone in the same way.

mod all;
mod archive;
mod gone;
mod ledger;
mod options;
mod place;
mod preview;
mod purse;
mod reader;
mod reconcile;
mod report;
mod session;
mod timeline;
mod wait;

use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::StreamExt;
use tokio::sync::mpsc;

use self::session::Session;
use super::account::Account;
use crate::error::{Error, ErrorKind, Result};

pub use options::ImportOptions;
pub use preview::{ImportPreview, ReconcilePreview};
pub use report::{ImportEvent, ImportReport, ReconcileReport, TimelineReport};

/// How many events may wait for a slow listener; of those beyond, progress is dropped, nothing else comes so often.
const EVENTS_AHEAD: usize = 256;

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

impl Import {
    fn new<W>(account: &Account, work: impl FnOnce(Session) -> W) -> Self
    where
        W: Future<Output = Result<ImportReport>> + Send + 'static,
    {
        let (sender, events) = mpsc::channel(EVENTS_AHEAD);
        Self { work: Box::pin(work(Session::new(account.clone(), sender))), events, ended: false }
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
        let path = path.into();
        Import::new(self, |session| archive::run(session, path))
    }

    /// Imports the account's timeline from the X API: what came after the last import, or the newest 3,200 tweets the first
    /// time. Costs money for each tweet ([`preview_import`](Self::preview_import) says how much); an archive is free.
    ///
    /// Waits while X's limits are used up; how else to go about it, and what it may cost, say
    /// [`ImportOptions`] with [`import_timeline_with`](Self::import_timeline_with).
    ///
    /// ```no_run
    /// use futures_util::StreamExt;
    /// use ghostwren::records::ImportEnd;
    /// use ghostwren::workflow::{Account, ImportEvent, ImportOptions};
    /// # async fn run(account: Account) -> ghostwren::Result<()> {
    /// println!("{}", account.preview_import().await?);
    /// let mut import = account.import_timeline_with(ImportOptions::default().budget_micros(5_000_000));
    /// while let Some(event) = import.next().await {
    ///     match event? {
    ///         ImportEvent::Progress(progress) => println!("{} tweets", progress.counts.read()),
    ///         ImportEvent::Finished(report) if report.end == ImportEnd::OverBudget => println!("$5 is all it may cost"),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `NeedsLogin` (`login.not_connected`) without a login; `Config` (`workflow.no_twitter`, `import.no_user`); `Conflict`
    /// (`import.running`) while another worker imports it; `LeaseLost` when another one took it over; `QuotaExceeded`
    /// (`twitter.usage_cap`, `twitter.out_of_credit`, …); every other kind of the pipeline, of X and of the store. What is
    /// stored stays, and the same call goes on from there. A used-up budget or limit and a login that ended are no errors:
    /// the report says so.
    pub fn import_timeline(&self) -> Import {
        self.import_timeline_with(ImportOptions::default())
    }

    /// As [`import_timeline`](Self::import_timeline), with options.
    ///
    /// # Errors
    /// As [`import_timeline`](Self::import_timeline).
    pub fn import_timeline_with(&self, options: ImportOptions) -> Import {
        Import::new(self, |session| timeline::run(session, options))
    }

    /// Imports an archive, and then from the X API only what the archive lacks: the tweets that are newer.
    ///
    /// # Errors
    /// As [`import_archive`](Self::import_archive) and [`import_timeline`](Self::import_timeline). Whether there is a login
    /// is checked before the archive is read; when the X API fails after that, the archive's tweets are stored.
    pub fn import_all(&self, archive: impl Into<PathBuf>) -> Import {
        self.import_all_with(archive, ImportOptions::default())
    }

    /// As [`import_all`](Self::import_all), with options for the X API.
    ///
    /// # Errors
    /// As [`import_all`](Self::import_all).
    pub fn import_all_with(&self, archive: impl Into<PathBuf>, options: ImportOptions) -> Import {
        let path = archive.into();
        Import::new(self, |session| all::run(session, path, options))
    }

    /// Asks X whether what is stored still exists, own tweets and other people's. What is gone is marked as deleted (other
    /// people's texts are erased), and what was made of it goes as with [`erase_tweets`](Self::erase_tweets): drafts that
    /// used it as an example, and profiles, which are made anew without it. What X only hides (protected, suspended,
    /// blocking) is kept. X wants deletions to be followed within 24 hours
    /// (<https://docs.x.com/developer-terms/policy>), and each tweet costs a read
    /// ([`preview_reconcile`](Self::preview_reconcile)).
    ///
    /// # Errors
    /// As [`import_timeline`](Self::import_timeline).
    pub fn reconcile(&self) -> Import {
        self.reconcile_with(ImportOptions::default())
    }

    /// As [`reconcile`](Self::reconcile), with options.
    ///
    /// # Errors
    /// As [`import_timeline`](Self::import_timeline).
    pub fn reconcile_with(&self, options: ImportOptions) -> Import {
        Import::new(self, |session| reconcile::run(session, options))
    }
}
