//! The X data archive: the zip that X sends, or the folder it was unpacked to, of every year since 2012.
//!
//! [`Archive::open`] says whose it is and what should be in it; [`Archive::read`] gives the tweets in pages, in constant
//! memory, and can go on after any page in another process. Nothing is opened but the files of tweets, long posts and the
//! account itself. One broken entry costs no other: it is named in the [`ArchiveReport`].
//!
//! ```no_run
//! # fn main() -> ghostwren::Result<()> {
//! let archive = ghostwren::archive::Archive::open("twitter-2026-11-01-ab12.zip")?;
//! let mut reader = archive.read(None)?;
//! while let Some(page) = reader.next_page(1000)? {
//!     println!("{} tweets, {} of {} bytes", page.tweets.len(), page.bytes_read, page.bytes_total);
//! }
//! for reason in reader.report().reasons() {
//!     println!("incomplete: {reason}");
//! }
//! # Ok(()) }
//! ```
//!
//! The format is not documented by X; what is known of it was taken from archives of 2012 to 2025.

mod csv;
mod files;
mod folder;
mod limits;
mod manifest;
mod normalise;
mod notes;
mod part;
mod reader;
mod report;
mod scan;
#[cfg(test)]
mod scan_tests;
mod source;
mod wire;
mod zip;

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;

pub use files::FileKind;
pub use limits::Limits;
pub use reader::{ArchivePage, TweetReader, read_tweets_js};
pub use report::{ArchiveReport, Malformed, NoteReport, PartInfo, PartReport, SkippedFile};
pub use scan::Position;

use crate::error::Result;
use crate::records::TwitterUser;
use manifest::About;
use source::{Entry, Source};

/// An opened archive: what it says of itself. Cheap to keep; it holds the file open.
#[derive(Debug)]
pub struct Archive {
    inner: Arc<Opened>,
}

/// What the archive and its readers share.
#[derive(Debug)]
struct Opened {
    source: Source,
    entries: Vec<Entry>,
    skipped: Vec<(String, String)>,
    about: About,
    fingerprint: String,
    limits: Limits,
}

impl Archive {
    /// Opens a zip or a folder, and reads what it says of itself. Blocks; takes milliseconds, however large it is.
    ///
    /// # Errors
    /// `NotFound` (`archive.not_found`). `InvalidInput`: `archive.not_an_archive`, `archive.truncated_zip` (half a
    /// download), `archive.damaged_zip`, `archive.encrypted`, `archive.zip_bomb`, `archive.too_many_files`.
    /// `Storage` (`archive.unreadable`) when the disk fails. Each has a remedy.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, Limits::default())
    }

    /// Opens an archive with limits of one's own.
    ///
    /// # Errors
    /// As [`Archive::open`].
    pub fn open_with(path: impl AsRef<Path>, limits: Limits) -> Result<Self> {
        let (source, listing) = source::open(path.as_ref(), &limits)?;
        let about = manifest::read(&source, &listing.entries, &limits)?;
        let fingerprint = source::fingerprint(&listing.entries);
        let (entries, skipped) = (listing.entries, listing.skipped);
        Ok(Self { inner: Arc::new(Opened { source, entries, skipped, about, fingerprint, limits }) })
    }

    /// Whose archive it is; `None` where neither the manifest nor `account.js` says so.
    #[must_use]
    pub fn account(&self) -> Option<&TwitterUser> {
        self.inner.about.account.as_ref()
    }

    /// When X made it, where the manifest says so.
    #[must_use]
    pub fn generated_at(&self) -> Option<DateTime<Utc>> {
        self.inner.about.generated_at
    }

    /// Whether X says that it left something out.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.inner.about.is_partial
    }

    /// The identity of its content, 64 hexadecimal digits: the same for the same file wherever it lies, so that an import
    /// can be resumed. SHA-256 over the names, sizes and check sums of the files that are read.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.inner.fingerprint.clone()
    }

    /// The files of tweets and long posts that will be read, in that order.
    #[must_use]
    pub fn expected(&self) -> Vec<PartInfo> {
        reader::plan(&self.inner).into_iter().map(|planned| planned.info).collect()
    }

    /// How many tweets it should have; `None` where it does not say so. Long posts are tweets, and counted once.
    #[must_use]
    pub fn total_expected(&self) -> Option<u64> {
        let about = &self.inner.about;
        let mut total = 0_u64;
        for part in self.expected().iter().filter(|part| part.kind.is_tweets()) {
            match part.expected_count {
                Some(count) => total = total.saturating_add(count),
                None if about.totals.contains_key(&part.kind) => {}
                None => return None,
            }
        }
        (about.counted_by.is_some()).then(|| about.totals.values().fold(total, |all, count| all.saturating_add(*count)))
    }

    /// Begins to read the tweets, or goes on after the page that came with this checkpoint. Blocks while the long posts
    /// are read, and while what lies before the checkpoint is unpacked (some 300 MB a second).
    ///
    /// # Errors
    /// `InvalidInput` (`archive.other_checkpoint`) when the checkpoint is of another archive or version;
    /// `archive.zip_bomb`; `Storage` (`archive.temporary_file`).
    pub fn read(&self, from: Option<&Value>) -> Result<TweetReader> {
        TweetReader::new(Arc::clone(&self.inner), from)
    }
}
