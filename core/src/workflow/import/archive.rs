use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::mpsc;

use super::super::blocking;
use super::super::progress::Meter;
use super::report::{ImportEvent, ImportReport};
use super::session::{Guard, Session};
use crate::archive::{Archive, ArchivePage, ArchiveReport};
use crate::error::{Error, ErrorKind, Result};
use crate::records::{ImportEnd, ImportRun, ImportSource, Tweet, compare_ids, time_of_id};
use crate::store::ImportPage;

/// How many tweets go to the store in one step: large enough that a commit is cheap, small enough that 64 MB hold all.
const PAGE: usize = 1000;
/// How many pages may wait between the reader and the store.
const PAGES_AHEAD: usize = 2;

/// What became of an archive, and whether its checkpoint could not be used.
type Done = (ArchiveReport, bool);

pub(super) async fn run(mut session: Session, path: PathBuf) -> Result<ImportReport> {
    let archive = blocking(move || Archive::open(path)).await?;
    check_owner(&mut session, &archive).await?;
    let (run, mut guard) = session.begin(ImportSource::Archive, archive.fingerprint()).await?;
    let copied = copy(&session, &mut guard, archive, run).await;
    let (read, outcome) = match copied {
        Ok((read, restarted)) => {
            let reasons = read.reasons();
            let end = if reasons.is_empty() { ImportEnd::Complete } else { ImportEnd::Incomplete { reasons } };
            (Some((read, restarted)), Ok(end))
        }
        Err(error) => (None, Err(error.into())),
    };
    let mut report = session.end(guard, outcome).await?;
    if let Some((read, restarted)) = read {
        if restarted {
            session.warn(
                "The import was begun by another version, so that it began anew; what was stored is not doubled."
                    .to_owned(),
            );
        }
        for remark in read.remarks() {
            session.warn(remark);
        }
        (report.archive, report.restarted) = (Some(read), restarted);
    }
    Ok(session.report(report))
}

/// Binds the account to the archive's Twitter user, or refuses the archive of another one before anything is read.
async fn check_owner(session: &mut Session, archive: &Archive) -> Result<()> {
    if let Some(user) = archive.account() {
        let account = &session.account;
        account.store().bind_account(&account.caller, account.id, user.clone()).await?;
    } else {
        session.warn("The archive does not say whose it is, so that this could not be checked.".to_owned());
    }
    Ok(())
}

/// Reads on one thread and stores on another; a bounded channel between them keeps memory constant.
async fn copy(session: &Session, guard: &mut Guard, archive: Archive, run: ImportRun) -> Result<Done> {
    let total = archive.total_expected();
    let mut counts = run.counts;
    let observed_at = archive.generated_at();
    let now = session.account.wren.setup().clock.now();
    let meter = Meter::new(counts.read() + counts.malformed, total);
    let (sender, mut pages) = mpsc::channel::<ArchivePage>(PAGES_AHEAD);
    let reading = blocking(move || read(&archive, run.checkpoint, &sender));
    let storing = async {
        // Reaching the checkpoint inside a large zip takes a while in which nothing is stored: the lease is held.
        while let Some(page) = guard.hold(pages.recv()).await? {
            let page = ImportPage {
                watermark: newest(&page.tweets, now),
                tweets: page.tweets,
                malformed: page.malformed_count,
                checkpoint: page.checkpoint,
                observed_at,
                ..ImportPage::default()
            };
            counts += guard.store(page).await?;
            session.tell(ImportEvent::Progress(meter.progress(counts)));
        }
        Ok::<_, Error>(())
    };
    let ((), done) = tokio::try_join!(storing, reading)?;
    done.ok_or_else(|| Error::new(ErrorKind::Cancelled, "import.cancelled", "the import was stopped"))
}

/// The newest tweet: what a timeline need not be asked for again. An id of the future, which is none of X's, would keep every
/// later tweet out.
fn newest(tweets: &[Tweet], now: DateTime<Utc>) -> Option<String> {
    let plausible = |id: &&String| time_of_id(id).is_none_or(|at| at <= now + TimeDelta::days(1));
    tweets.iter().map(|tweet| &tweet.id).filter(plausible).max_by(|a, b| compare_ids(a, b)).cloned()
}

/// Reads page after page; `None` when nobody takes them any more.
fn read(
    archive: &Archive,
    checkpoint: Option<serde_json::Value>,
    pages: &mpsc::Sender<ArchivePage>,
) -> Result<Option<Done>> {
    let (mut reader, restarted) = match archive.read(checkpoint.as_ref()) {
        Err(error) if error.code() == "archive.other_checkpoint" => (archive.read(None)?, true),
        reader => (reader?, false),
    };
    while let Some(page) = reader.next_page(PAGE)? {
        if pages.blocking_send(page).is_err() {
            return Ok(None);
        }
    }
    Ok(Some((reader.report(), restarted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_the_future_is_no_watermark() {
        let now = DateTime::from_timestamp(1_764_000_000, 0).unwrap();
        let tweet = |id: &str| Tweet { id: id.to_owned(), ..Tweet::default() };
        let tweets = ["999", "1050118621198921728", "9999999999999999999", "20"].map(tweet);
        assert_eq!(newest(&tweets, now).as_deref(), Some("1050118621198921728"));
        assert_eq!(newest(&[], now), None);
    }
}
