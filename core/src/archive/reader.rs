use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::csv::{CsvMark, CsvScanner};
use super::files::FileKind;
use super::limits::Limits;
use super::manifest::{self, About};
use super::normalise::{Around, Outcome, Read, parse_tweet};
use super::notes::Notes;
use super::part::{Fault, Part};
use super::report::{ArchiveReport, Malformed, NoteReport, PartInfo, PartReport, SkippedFile};
use super::scan::{Mark, Position, Scanner, Step};
use super::source::{Entry, Place, Source, fingerprint, unreadable};
use super::{Archive, Opened};
use crate::error::{Error, ErrorKind, Result};
use crate::records::Tweet;
use crate::text::escape_controls;

/// So many malformed entries are kept with their position; of the others only the number.
const MALFORMED_KEPT: usize = 100;
/// The longest reason that is kept of a malformed entry, in characters.
const REASON: usize = 200;
/// The longest that the text of a page may be beside its number of tweets.
const MAX_PAGE: usize = 100_000;

/// Some tweets of an archive, and where to go on after them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ArchivePage {
    /// The tweets, in the order of the file: not that of time.
    pub tweets: Vec<Tweet>,
    /// The entries among them that could not be read, with their position; at most 100, all of them are counted in
    /// `malformed_count`.
    pub malformed: Vec<Malformed>,
    /// How many entries of this page could not be read.
    pub malformed_count: u64,
    /// Where to go on after this page: to be stored in the same step as its tweets, and given to [`Archive::read`].
    pub checkpoint: Value,
    /// How many bytes of the files of tweets were read so far, unpacked.
    pub bytes_read: u64,
    /// How many there are.
    pub bytes_total: u64,
}

/// A file that will be read, and where it lies in the archive's list.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) info: PartInfo,
    entry: usize,
}

/// The files of tweets and long posts, in the order of reading.
pub(crate) fn plan(opened: &Opened) -> Vec<Planned> {
    let about = &opened.about;
    let has = |kind: FileKind| opened.entries.iter().any(|entry| entry.kind == kind);
    let months_whole = has(FileKind::GrailbirdMonth)
        && about.counts.keys().all(|file| opened.entries.iter().any(|entry| entry.path == *file));
    opened
        .entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.kind.is_tweets() || entry.kind == FileKind::Notes)
        // The table holds the tweets of the months again, with fewer facts: it is for what they do not have.
        .filter(|(_, entry)| entry.kind != FileKind::GrailbirdCsv || !months_whole)
        .map(|(at, entry)| Planned {
            info: PartInfo {
                file: entry.path.clone(),
                kind: entry.kind,
                expected_count: about.counts.get(&entry.path).copied().flatten(),
                bytes: entry.size,
            },
            entry: at,
        })
        .collect()
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Progress {
    read: u64,
    malformed: u64,
    finished: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    damaged: Option<String>,
}

/// What a checkpoint holds. It is opaque to everybody else.
#[derive(Debug, Serialize, Deserialize)]
struct Checkpoint {
    version: u32,
    archive: String,
    part: usize,
    mark: Mark,
    csv: CsvMark,
    orphans: usize,
    progress: Vec<Progress>,
    malformed: Vec<Malformed>,
    malformed_count: u64,
    repaired: u64,
    notes_used: Vec<[usize; 2]>,
}

const VERSION: u32 = 1;

enum Open {
    Json(Scanner<Part>),
    Csv(CsvScanner<Part>),
}

/// Gives the tweets of an archive in pages; see [`Archive::read`]. Blocking: drive it from a thread of its own.
pub struct TweetReader {
    opened: Arc<Opened>,
    parts: Vec<Planned>,
    progress: Vec<Progress>,
    at: usize,
    current: Option<Open>,
    mark: Mark,
    csv: CsvMark,
    notes: Notes,
    orphans: usize,
    deletions: BTreeMap<String, DateTime<Utc>>,
    malformed: Vec<Malformed>,
    malformed_count: u64,
    repaired: u64,
    bytes_before: u64,
    bytes_total: u64,
    finished: bool,
    /// What stopped the reading behind the page that was given last.
    stopped: Option<Error>,
}

impl fmt::Debug for TweetReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TweetReader").field("part", &self.at).field("parts", &self.parts.len()).finish_non_exhaustive()
    }
}

/// Reads one file of tweets by itself, `tweets.js` of any era, without an archive around it.
///
/// # Errors
/// `NotFound` or `Storage` (`archive.unreadable`) when the file cannot be opened.
pub fn read_tweets_js(path: impl AsRef<Path>) -> Result<TweetReader> {
    let path = path.as_ref();
    let size = std::fs::metadata(path).map_err(|error| unreadable(path, error))?.len();
    let entry = Entry {
        path: "tweets.js".to_owned(),
        kind: FileKind::Tweets,
        size,
        identity: String::new(),
        place: Place::Folder(path.to_owned()),
    };
    let entries = vec![entry];
    let fingerprint = fingerprint(&entries);
    let (about, skipped, limits) = (About::default(), Vec::new(), Limits::default());
    TweetReader::new(Arc::new(Opened { source: Source::Folder, entries, skipped, about, fingerprint, limits }), None)
}

impl TweetReader {
    pub(super) fn new(opened: Arc<Opened>, from: Option<&Value>) -> Result<Self> {
        let parts = plan(&opened);
        let bytes_total = parts.iter().filter(|part| part.info.kind.is_tweets()).map(|part| part.info.bytes).sum();
        let mut reader = Self {
            progress: vec![Progress::default(); parts.len()],
            parts,
            at: 0,
            current: None,
            mark: Mark::default(),
            csv: CsvMark::default(),
            notes: Notes::new(&opened.limits),
            orphans: 0,
            deletions: manifest::deletions(&opened.source, &opened.entries, &opened.limits)?,
            malformed: Vec::new(),
            malformed_count: 0,
            repaired: 0,
            bytes_before: 0,
            bytes_total,
            finished: false,
            stopped: None,
            opened,
        };
        reader.load_notes()?;
        if let Some(from) = from {
            reader.go_on(from)?;
        }
        Ok(reader)
    }

    /// Reads all long posts, before the first tweet.
    fn load_notes(&mut self) -> Result<()> {
        let opened = Arc::clone(&self.opened);
        for at in 0..self.parts.len() {
            let Some((entry, file)) = self
                .parts
                .get(at)
                .filter(|part| part.info.kind == FileKind::Notes)
                .and_then(|part| Some((opened.entries.get(part.entry)?, part.info.file.clone())))
            else {
                continue;
            };
            let mut progress = Progress { finished: true, ..Progress::default() };
            let mut bad = Vec::new();
            match Part::open(&opened.source, entry, &opened.limits) {
                Err(Fault::Stop(error)) => return Err(error),
                Err(Fault::Damaged(why)) => progress.damaged = Some(why),
                Ok(part) => {
                    let loaded = self.notes.load(part, &opened.limits, |position, reason| {
                        progress.malformed += 1;
                        if bad.len() < MALFORMED_KEPT {
                            bad.push((position, reason));
                        }
                    })?;
                    (progress.read, progress.damaged) = loaded;
                }
            }
            self.malformed_count += progress.malformed - bad.len() as u64;
            for (position, reason) in bad {
                self.note_malformed(&file, position, &reason);
            }
            if let Some(slot) = self.progress.get_mut(at) {
                *slot = progress;
            }
        }
        self.notes.sort();
        Ok(())
    }

    fn go_on(&mut self, from: &Value) -> Result<()> {
        let other = || {
            Error::new(
                ErrorKind::InvalidInput,
                "archive.other_checkpoint",
                "the checkpoint belongs to another archive or to another version",
            )
            .with_remedy("Import the archive from its beginning: what is stored already is not doubled.")
        };
        let saved: Checkpoint = Checkpoint::deserialize(from).map_err(|error| other().with_source(error))?;
        if saved.version != VERSION
            || saved.archive != self.opened.fingerprint
            || saved.progress.len() != self.parts.len()
        {
            return Err(other());
        }
        self.notes.set_used(&saved.notes_used);
        let before = self.parts.iter().take(saved.part).filter(|part| part.info.kind.is_tweets());
        self.bytes_before = before.map(|part| part.info.bytes).sum();
        (self.at, self.mark, self.csv, self.orphans) = (saved.part, saved.mark, saved.csv, saved.orphans);
        (self.progress, self.malformed, self.malformed_count) =
            (saved.progress, saved.malformed, saved.malformed_count);
        self.repaired = saved.repaired;
        Ok(())
    }

    /// The next page of at most `max` tweets (1 to 100,000); `None` at the end. A page may have fewer tweets, or none:
    /// only `None` is the end.
    ///
    /// # Errors
    /// `InvalidInput` (`archive.zip_bomb`) when the archive unpacks to more than it may; `Storage`
    /// (`archive.temporary_file`). What was read before that comes first, as a page. A damaged file is no error: the rest is
    /// read, and the report names it.
    pub fn next_page(&mut self, max: usize) -> Result<Option<ArchivePage>> {
        let max = max.clamp(1, MAX_PAGE);
        if let Some(error) = self.stopped.take() {
            return Err(error);
        }
        if self.finished {
            return Ok(None);
        }
        let mut tweets = Vec::with_capacity(max.min(4096));
        let mut malformed = Vec::new();
        let malformed_before = self.malformed_count;
        let from_byte = self.bytes_read();
        while tweets.len() < max
            && self.malformed_count - malformed_before < MAX_PAGE as u64
            && self.bytes_read().saturating_sub(from_byte) < self.opened.limits.page_bytes as u64
        {
            let step = match self.step() {
                Ok(Some(step)) => step,
                Ok(None) => break,
                Err(error) if tweets.is_empty() && self.malformed_count == malformed_before => return Err(error),
                Err(error) => {
                    self.stopped = Some(error);
                    break;
                }
            };
            match step {
                Step::Item { item: Ok(mut read), repaired, .. } => {
                    self.finish(&mut read, repaired)?;
                    tweets.push(read.tweet);
                }
                Step::Item { item: Err(reason), at, .. } => self.give_up(&mut malformed, at, reason),
                Step::Malformed { at, reason } => self.give_up(&mut malformed, at, &reason),
                Step::End(early) => self.end_part(early),
            }
        }
        self.finished = self.at >= self.parts.len() && tweets.len() < max && !self.orphans_left(&mut tweets, max)?;
        let malformed_count = self.malformed_count - malformed_before;
        if self.finished && tweets.is_empty() && malformed_count == 0 {
            return Ok(None);
        }
        let checkpoint = self.checkpoint()?;
        // A file that grew since it was listed must not give more than the whole.
        let (bytes_read, bytes_total) = (self.bytes_read().min(self.bytes_total), self.bytes_total);
        Ok(Some(ArchivePage { tweets, malformed, malformed_count, checkpoint, bytes_read, bytes_total }))
    }

    /// Adds the long posts that name their tweet and met none. `true` when there may be more of them.
    fn orphans_left(&mut self, tweets: &mut Vec<Tweet>, max: usize) -> Result<bool> {
        while tweets.len() < max {
            match self.notes.next_orphan(self.orphans)? {
                Some((next, tweet)) => {
                    self.orphans = next;
                    tweets.push(tweet);
                }
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    /// The next entry of the current file, opened if need be. `None` after the last file.
    fn step(&mut self) -> Result<Option<Step<Outcome>>> {
        if self.current.is_none() {
            let opened = Arc::clone(&self.opened);
            let Some(part) = self.parts.get(self.at) else { return Ok(None) };
            let Some(entry) = opened.entries.get(part.entry).filter(|entry| entry.kind.is_tweets()) else {
                self.at += 1;
                return self.step();
            };
            let is_csv = entry.kind == FileKind::GrailbirdCsv;
            let offset = if is_csv { self.csv.byte } else { self.mark.byte };
            let bytes = Part::open(&opened.source, entry, &opened.limits)
                .and_then(|mut bytes| bytes.skip_to(offset).map(|()| bytes));
            let limit = opened.limits.object_bytes;
            match bytes {
                Err(Fault::Stop(error)) => return Err(error),
                Err(Fault::Damaged(why)) => return Ok(Some(Step::End(Some(why)))),
                Ok(bytes) if is_csv => self.current = Some(Open::Csv(CsvScanner::resume(bytes, limit, &self.csv))),
                Ok(bytes) => self.current = Some(Open::Json(Scanner::resume(bytes, limit, &self.mark))),
            }
        }
        let around = Around { notes: (!self.notes.is_empty()).then_some(&self.notes) };
        match &mut self.current {
            None => Ok(None),
            Some(Open::Csv(scanner)) => scanner.next().map(Some),
            Some(Open::Json(scanner)) => scanner.next(|bytes| parse_tweet(bytes, around)).map(Some),
        }
    }

    /// What only the whole archive knows of a tweet: its long text, and when it was deleted.
    fn finish(&mut self, read: &mut Read, repaired: bool) -> Result<()> {
        let Read { tweet, uncut, repaired: also } = read;
        if !self.notes.is_empty() {
            self.notes.join(tweet, uncut.as_deref())?;
        }
        if self.parts.get(self.at).is_some_and(|part| part.info.kind == FileKind::DeletedTweets) {
            // Where no file says when: between its making and that of the archive, so the later of what is known.
            let known = tweet.deleted_at.or_else(|| self.deletions.get(&tweet.id).copied());
            tweet.deleted_at = known.or(self.opened.about.generated_at).or(Some(tweet.created_at));
        }
        self.repaired += u64::from(repaired || *also);
        if let Some(progress) = self.progress.get_mut(self.at) {
            progress.read += 1;
        }
        Ok(())
    }

    fn give_up(&mut self, page: &mut Vec<Malformed>, position: Position, reason: &str) {
        let Some(file) = self.parts.get(self.at).map(|part| part.info.file.clone()) else { return };
        if let Some(progress) = self.progress.get_mut(self.at) {
            progress.malformed += 1;
        }
        let malformed = self.note_malformed(&file, position, reason);
        if page.len() < MALFORMED_KEPT {
            page.push(malformed);
        }
    }

    fn note_malformed(&mut self, file: &str, position: Position, reason: &str) -> Malformed {
        let reason: String = escape_controls(reason).chars().take(REASON).collect();
        let malformed = Malformed { file: file.to_owned(), position, reason };
        self.malformed_count += 1;
        if self.malformed.len() < MALFORMED_KEPT {
            self.malformed.push(malformed.clone());
        }
        malformed
    }

    fn end_part(&mut self, early: Option<String>) {
        if let Some(progress) = self.progress.get_mut(self.at) {
            progress.finished = true;
            progress.damaged = early;
        }
        self.bytes_before += self.parts.get(self.at).map_or(0, |part| part.info.bytes);
        self.at += 1;
        self.current = None;
        (self.mark, self.csv) = (Mark::default(), CsvMark::default());
    }

    fn bytes_read(&self) -> u64 {
        self.bytes_before
            + match &self.current {
                // Not opened yet: where it will be gone on.
                None => self.mark.byte.max(self.csv.byte),
                Some(Open::Json(scanner)) => scanner.byte(),
                Some(Open::Csv(scanner)) => scanner.byte(),
            }
    }

    fn checkpoint(&self) -> Result<Value> {
        let (mark, csv) = match &self.current {
            None => (self.mark.clone(), self.csv.clone()),
            Some(Open::Json(scanner)) => (scanner.mark(), CsvMark::default()),
            Some(Open::Csv(scanner)) => (Mark::default(), scanner.mark()),
        };
        let saved = Checkpoint {
            version: VERSION,
            archive: self.opened.fingerprint.clone(),
            part: self.at,
            mark,
            csv,
            orphans: self.orphans,
            progress: self.progress.clone(),
            malformed: self.malformed.clone(),
            malformed_count: self.malformed_count,
            repaired: self.repaired,
            notes_used: self.notes.used(),
        };
        serde_json::to_value(saved).map_err(|error| {
            Error::new(ErrorKind::Internal, "archive.checkpoint", "the checkpoint could not be written")
                .with_source(error)
        })
    }

    /// What was read so far, over all sessions, and what is missing.
    #[must_use]
    pub fn report(&self) -> ArchiveReport {
        let about = &self.opened.about;
        let parts = self.parts.iter().zip(&self.progress).map(|(part, progress)| PartReport {
            file: part.info.file.clone(),
            kind: part.info.kind,
            expected: part.info.expected_count,
            read: progress.read,
            malformed: progress.malformed,
            finished: progress.finished,
            damaged: progress.damaged.clone(),
        });
        let has = |file: &str| self.opened.entries.iter().any(|entry| entry.path == *file);
        let missing = about.counts.iter().filter(|(file, count)| **count != Some(0) && !has(file));
        let is_circle = |file: &str| super::files::kind_of(file) == Some(FileKind::CircleTweets);
        let mut skipped: Vec<SkippedFile> = self
            .opened
            .skipped
            .iter()
            .map(|(file, reason)| SkippedFile { file: file.clone(), reason: reason.clone() })
            .collect();
        for entry in self.opened.entries.iter().filter(|entry| entry.kind == FileKind::CircleTweets) {
            let count = about.counts.get(&entry.path).copied().flatten();
            let count = count.map(|count| format!(" ({count} of them)")).unwrap_or_default();
            let reason = format!("its tweets{count} were for a restricted audience and are not imported");
            skipped.push(SkippedFile { file: entry.path.clone(), reason });
        }
        let mut problems = about.problems.clone();
        if about.is_partial {
            problems.push("X says that this archive is only a part of the account's data".to_owned());
        }
        for file in &about.unknown {
            let file = escape_controls(file);
            problems.push(format!("the manifest names tweets in {file}, a file that this version does not know"));
        }
        if self.notes.overflow > 0 {
            problems.push(format!("{} long posts are more than can be joined to their tweets", self.notes.overflow));
        }
        ArchiveReport {
            finished: self.finished,
            parts: parts.collect(),
            missing: missing.filter(|(file, _)| !is_circle(file)).map(|(file, count)| (file.clone(), *count)).collect(),
            malformed: self.malformed.clone(),
            malformed_count: self.malformed_count,
            repaired: self.repaired,
            notes: NoteReport { found: self.notes.found(), joined: self.notes.joined() },
            skipped,
            counted_by: about.counted_by.map(str::to_owned),
            expected_totals: about.totals.iter().map(|(kind, total)| (*kind, *total)).collect(),
            problems,
        }
    }
}

impl Archive {
    /// The bytes of the files of tweets, unpacked: what progress is measured by.
    #[must_use]
    pub fn bytes_total(&self) -> u64 {
        plan(&self.inner).iter().filter(|part| part.info.kind.is_tweets()).map(|part| part.info.bytes).sum()
    }
}
