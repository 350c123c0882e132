use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::progress::Progress;
use crate::archive::ArchiveReport;
use crate::records::{Counts, ImportEnd, ImportRun};
use crate::store::Erased;

/// What happens in an import, as it happens.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", content = "data", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ImportEvent {
    /// Another worker has this import, or ended without a word; it can be taken over when its lease ends.
    Waiting {
        /// How long at most.
        remaining: Duration,
    },
    /// X's limit is used up: the import waits, and goes on by itself.
    WaitingForLimit {
        /// When it goes on.
        until: DateTime<Utc>,
    },
    /// The work begins, or goes on where an earlier session stopped; of archive and timeline in one call, once for each.
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
    /// The run as it is stored; of archive and timeline in one call, that of the timeline.
    pub run: ImportRun,
    /// What became of the tweets, over all sessions of the run; of archive and timeline in one call, of both.
    pub counts: Counts,
    /// How it ended.
    pub end: ImportEnd,
    /// What the archive held, file by file.
    pub archive: Option<ArchiveReport>,
    /// What the X API gave.
    pub timeline: Option<TimelineReport>,
    /// What was found gone.
    pub reconcile: Option<ReconcileReport>,
    /// Whether a checkpoint that could not be used made the run begin anew; nothing is doubled by that.
    pub restarted: bool,
    /// What a person should know, in sentences.
    pub warnings: Vec<String>,
    /// How long this session took.
    pub elapsed: Duration,
}

impl ImportReport {
    pub(super) fn new(run: ImportRun, end: ImportEnd) -> Self {
        Self {
            counts: run.counts,
            run,
            end,
            archive: None,
            timeline: None,
            reconcile: None,
            restarted: false,
            warnings: Vec::new(),
            elapsed: Duration::ZERO,
        }
    }
}

/// What the X API gave of a timeline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TimelineReport {
    /// How many tweets X says the user has, where it does.
    pub tweets_of_user: Option<u64>,
    /// How many different tweets the run read.
    pub read: u64,
    /// What the run cost over all its sessions, in millionths of a US dollar, as far as X's prices are known.
    pub cost_micros: u64,
    /// What this session cost, in millionths of a US dollar.
    pub session_cost_micros: u64,
    /// What X could not give beside the rest, such as a quoted tweet that is gone: the first 100, in X's own words.
    pub problems: Vec<String>,
    /// How many of these there were.
    pub problem_count: u64,
    /// How many stored tweets were marked as deleted in this session, because an edit replaced them.
    pub replaced: u64,
}

/// What looking up what is stored found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReconcileReport {
    /// How many own tweets were asked for, over all sessions of the run.
    pub own: u64,
    /// How many of other people's texts.
    pub context: u64,
    /// Which do not exist any more, of this session.
    pub gone: Vec<String>,
    /// How many could not be seen and may exist: of protected or suspended users. They are kept.
    pub hidden: u64,
    /// What was erased and marked, in this session.
    pub erased: Erased,
    /// What the run cost over all its sessions, in millionths of a US dollar.
    pub cost_micros: u64,
    /// What this session cost, in millionths of a US dollar.
    pub session_cost_micros: u64,
}
