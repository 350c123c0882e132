use std::ops::AddAssign;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Id;

/// Where an import reads from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ImportSource {
    /// The X data archive.
    Archive,
    /// The timeline of the X API.
    Timeline,
    /// No import: looking up at the X API whether what is stored still exists.
    Reconcile,
}

impl ImportSource {
    /// The name as the stores keep it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Archive => "archive",
            Self::Timeline => "timeline",
            Self::Reconcile => "reconcile",
        }
    }
}

/// What became of the tweets of an import. `inserted + updated + unchanged` is what the source held and could be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Tweets that were new.
    pub inserted: u64,
    /// Tweets of which something changed.
    pub updated: u64,
    /// Tweets that were there already; nothing was written for them.
    pub unchanged: u64,
    /// Entries that could not be read; each is in the report with its position.
    pub malformed: u64,
}

impl Counts {
    /// All tweets that could be read.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.inserted + self.updated + self.unchanged
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.inserted += other.inserted;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.malformed += other.malformed;
    }
}

/// How an import ended, honestly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ImportEnd {
    /// Everything that the source has is stored.
    Complete,
    /// Everything that could be read is stored, and something could not be: each reason in a sentence.
    Incomplete {
        /// What is missing, in sentences; at most 100 of them, the last one counting the rest.
        reasons: Vec<String>,
    },
    /// Twitter gives only the 3,200 newest tweets, and all of them are stored.
    ReachedLimit,
    /// Twitter's rate limit is used up; the import goes on from its checkpoint.
    Waiting {
        /// When it can go on.
        until: DateTime<Utc>,
    },
    /// The budget of the run is used up; the import goes on from its checkpoint when it is raised.
    OverBudget,
    /// The person has to log in again; the import goes on from its checkpoint.
    NeedsLogin,
    /// The caller stopped it; the import goes on from its checkpoint.
    Cancelled,
    /// An error stopped it; the import goes on from its checkpoint.
    Failed {
        /// The error's code.
        code: String,
        /// The error in one line.
        detail: String,
    },
}

/// One import, running or ended: a row of `import_runs`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportRun {
    /// The id of the row.
    pub id: Id,
    /// The account it fills.
    pub account_id: Id,
    /// Where it reads from.
    pub source: ImportSource,
    /// What it reads, so that a second call resumes it: the archive's fingerprint, or the Twitter user's id.
    pub source_key: String,
    /// Where to go on; only the importer reads it. `None` before the first page.
    pub checkpoint: Option<Value>,
    /// What became of the tweets so far, over all its sessions.
    pub counts: Counts,
    /// What reading cost so far, over all its sessions, in millionths of a US dollar.
    #[serde(default)]
    pub cost_micros: u64,
    /// The newest tweet that the source showed; once the run has ended, a later one need only read what came after it.
    #[serde(default)]
    pub watermark: Option<String>,
    /// How it ended; `None` while it runs or after a crash.
    pub end: Option<ImportEnd>,
    /// The fence of the newest lease: a writer with a smaller one is refused.
    pub fence: u64,
    /// Until when the newest lease holds.
    pub lease_until: Option<DateTime<Utc>>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it last wrote.
    pub updated_at: DateTime<Utc>,
}
