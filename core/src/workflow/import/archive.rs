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

/// Binds the account to the archive's Twitter user, or refuses an archive that may be another one's before anything is read.
///
/// An archive without an owner is taken by an account that nothing is known of yet, and again by the one that took it: two of
/// them, or one and the archive of somebody, could be of two people.
async fn check_owner(session: &mut Session, archive: &Archive) -> Result<()> {
    let account = &session.account;
    let is_bound = account.record().await?.twitter_user.is_some();
    let runs = account.imports().await?;
    let taken = || runs.iter().filter(|run| run.source == ImportSource::Archive && run.counts.read() > 0);
    if let Some(user) = archive.account() {
        if !is_bound && taken().next().is_some() {
            return Err(Error::new(
                ErrorKind::Conflict,
                "import.nameless_tweets",
                "the account holds the tweets of an archive that does not say whose they are",
            )
            .with_remedy("Import this archive into another account, or erase this one and begin with this archive."));
        }
        account.store().bind_account(&account.caller, account.id, user.clone()).await?;
        return Ok(());
    }
    let fingerprint = archive.fingerprint();
    let known = taken().any(|run| run.source_key == fingerprint);
    if !known && (is_bound || taken().next().is_some()) {
        return Err(Error::new(
            ErrorKind::Conflict,
            "import.nameless_archive",
            "the archive does not say whose it is, and the account holds somebody's tweets",
        )
        .with_remedy("Import it into an account of its own, or get a newer archive from X, which names its owner."));
    }
    session.warn("The archive does not say whose it is, so that this could not be checked.".to_owned());
    Ok(())
}

/// Reads on one thread and stores on another; a bounded channel between them keeps memory constant.
async fn copy(session: &Session, guard: &mut Guard, archive: Archive, run: ImportRun) -> Result<Done> {
    let total = archive.total_expected();
    let mut counts = run.counts;
    let observed_at = archive.generated_at();
    let now = session.account.wren.setup().clock.now();
    let meter = Meter::new(counts.read() + counts.malformed, total);
    let (sender, mut pages) = mpsc::channel::<Result<ArchivePage>>(PAGES_AHEAD);
    let reading = blocking(move || Ok(read(&archive, run.checkpoint, &sender)));
    let storing = async {
        // Reaching the checkpoint inside a large zip takes a while in which nothing is stored: the lease is held.
        while let Some(page) = guard.hold(pages.recv()).await? {
            let page = page?;
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

/// Reads page after page. An error goes behind the pages that were read before it, so that they are stored. `None` after an
/// error, and when nobody takes the pages any more.
fn read(
    archive: &Archive,
    checkpoint: Option<serde_json::Value>,
    pages: &mpsc::Sender<Result<ArchivePage>>,
) -> Option<Done> {
    let opened = match archive.read(checkpoint.as_ref()) {
        Err(error) if error.code() == "archive.other_checkpoint" => archive.read(None).map(|reader| (reader, true)),
        reader => reader.map(|reader| (reader, false)),
    };
    let (mut reader, restarted) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            // Nobody is left to be told when it is not taken.
            let _ = pages.blocking_send(Err(error));
            return None;
        }
    };
    while let Some(page) = reader.next_page(PAGE).transpose() {
        let stopped = page.is_err();
        if pages.blocking_send(page).is_err() || stopped {
            return None;
        }
    }
    Some((reader.report(), restarted))
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
