use serde::{Deserialize, Serialize};

use super::files::FileKind;
use super::scan::Position;
use crate::text::thousands;

/// One file of the archive, before it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PartInfo {
    /// Its path inside the archive, such as `data/tweets-part1.js`.
    pub file: String,
    /// What it holds.
    pub kind: FileKind,
    /// How many entries it should have, where the archive says so.
    pub expected_count: Option<u64>,
    /// Its size, unpacked, in bytes.
    pub bytes: u64,
}

/// One file of the archive, as far as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PartReport {
    /// Its path inside the archive.
    pub file: String,
    /// What it holds.
    pub kind: FileKind,
    /// How many entries it should have, where the archive says so.
    pub expected: Option<u64>,
    /// How many could be read.
    pub read: u64,
    /// How many could not.
    pub malformed: u64,
    /// Whether it was read to its end.
    pub finished: bool,
    /// Why its end came too early.
    pub damaged: Option<String>,
}

/// An entry that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Malformed {
    /// The file.
    pub file: String,
    /// Where in the file.
    pub position: Position,
    /// Why, in words.
    pub reason: String,
}

/// A file that was passed over on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SkippedFile {
    /// The file.
    pub file: String,
    /// Why, in words.
    pub reason: String,
}

/// What became of the long posts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NoteReport {
    /// How many there are.
    pub found: u64,
    /// How many were put in the place of the beginning that their tweet had.
    pub joined: u64,
}

/// What an archive held and what could be read of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ArchiveReport {
    /// Whether the reader came to the end. Numbers are only compared then.
    pub finished: bool,
    /// Each file of tweets and of long posts, in the order of reading.
    pub parts: Vec<PartReport>,
    /// Files that the archive lists and does not hold, with the number of their entries.
    pub missing: Vec<(String, Option<u64>)>,
    /// The first hundred entries that could not be read.
    pub malformed: Vec<Malformed>,
    /// How many could not be read.
    pub malformed_count: u64,
    /// Tweets in whose text half an emoji, a NUL or bytes that are no text were replaced by U+FFFD, or whose links were in
    /// no known form and were left out.
    pub repaired: u64,
    /// What became of the long posts.
    pub notes: NoteReport,
    /// Files that were passed over on purpose.
    pub skipped: Vec<SkippedFile>,
    /// Where the expected numbers come from; `None` in archives that name none.
    pub counted_by: Option<String>,
    /// How many tweets all files of a kind should have, where only that is known.
    pub expected_totals: Vec<(FileKind, u64)>,
    /// Other things that are not whole, in sentences.
    pub problems: Vec<String>,
}

/// More sentences than this would not be read.
const REASONS: usize = 100;
/// So many malformed entries are named one by one.
const NAMED: usize = 20;

impl ArchiveReport {
    /// What is missing, each in a sentence; at most 100, the last one counting the rest. Empty when the archive was read
    /// completely.
    #[must_use]
    pub fn reasons(&self) -> Vec<String> {
        let mut reasons = self.problems.clone();
        let by = self.counted_by.as_deref().unwrap_or("the archive");
        for (file, expected) in &self.missing {
            reasons.push(match expected {
                Some(count) => {
                    format!("{file} with {} entries is named in {by} and is not in the archive", thousands(*count))
                }
                None => format!("{file} is named in {by} and is not in the archive"),
            });
        }
        for part in &self.parts {
            let noun = part.kind.noun();
            if let Some(why) = &part.damaged {
                reasons.push(format!("{}: {why}; {} {noun} before that were read", part.file, thousands(part.read)));
            }
            let seen = part.read + part.malformed;
            if let Some(expected) = part.expected.filter(|expected| part.finished && seen < *expected) {
                reasons.push(format!(
                    "{} holds {} of the {} {noun} that {by} names",
                    part.file,
                    thousands(seen),
                    thousands(expected)
                ));
            }
        }
        for (kind, expected) in &self.expected_totals {
            let parts = self.parts.iter().filter(|part| part.kind == *kind);
            let seen: u64 = parts.map(|part| part.read + part.malformed).sum();
            if self.finished && seen < *expected {
                let (seen, expected) = (thousands(seen), thousands(*expected));
                reasons.push(format!("the archive holds {seen} of the {expected} tweets that {by} names"));
            }
        }
        for malformed in self.malformed.iter().take(NAMED) {
            let Malformed { file, position, reason } = malformed;
            reasons.push(format!(
                "{file}: entry {} at byte {} could not be read: {reason}",
                thousands(position.entry),
                thousands(position.byte)
            ));
        }
        let more = self.malformed_count.saturating_sub(self.malformed.len().min(NAMED) as u64);
        if more > 0 {
            reasons.push(format!("{} further entries could not be read", thousands(more)));
        }
        let unjoined = self.notes.found.saturating_sub(self.notes.joined);
        if self.finished && unjoined > 0 {
            reasons.push(format!(
                "{} of {} long posts belong to no tweet in the archive and were left out",
                thousands(unjoined),
                thousands(self.notes.found)
            ));
        }
        if reasons.len() > REASONS {
            let rest = reasons.len() - (REASONS - 1);
            reasons.truncate(REASONS - 1);
            reasons.push(format!("and {} more", thousands(rest as u64)));
        }
        reasons
    }

    /// What a person should know although nothing is lost by it, each in a sentence.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks: Vec<String> =
            self.skipped.iter().map(|skipped| format!("{} was left out: {}", skipped.file, skipped.reason)).collect();
        if self.repaired > 0 {
            remarks.push(format!(
                "the texts of {} tweets held what is no text (half an emoji, a NUL); it stands as U+FFFD now",
                thousands(self.repaired)
            ));
        }
        remarks
    }

    /// How many tweets could be read.
    #[must_use]
    pub fn tweets(&self) -> u64 {
        self.parts.iter().filter(|part| part.kind.is_tweets()).map(|part| part.read).sum()
    }
}
