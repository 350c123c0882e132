use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::records::{ContextTweet, Draft, DraftState, Feedback, Id, ImportSource, SpendKind, Tweet};

/// An import that is to begin or go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewImport {
    /// The account to fill.
    pub account_id: Id,
    /// Where it reads from.
    pub source: ImportSource,
    /// What it reads: the same key resumes an unfinished run.
    pub source_key: String,
}

/// The right to write to a run, until it ends or somebody takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The run.
    pub run_id: Id,
    /// Grows with every lease of the run; checked with every write.
    pub fence: u64,
    /// Until when it holds.
    pub until: DateTime<Utc>,
}

/// What one step of an import stores.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImportPage {
    /// The tweets, at most 5,000.
    pub tweets: Vec<Tweet>,
    /// Somebody else's texts.
    pub context: Vec<ContextTweet>,
    /// Entries that could not be read since the page before; they are added to the run's counts.
    pub malformed: u64,
    /// Where to go on after this page.
    pub checkpoint: Value,
    /// How long the lease shall hold from now on.
    pub lease: Duration,
    /// When the source saw these tweets as they are: the date of an archive, now for the X API. `None` where that is not
    /// known, which counts as older than every time. Decides whose numbers win (see [`merge()`](super::merge())).
    #[serde(default)]
    pub observed_at: Option<DateTime<Utc>>,
    /// What reading the page cost, in millionths of a US dollar.
    #[serde(default)]
    pub cost_micros: u64,
    /// The money that was set aside for it; it is settled at `cost_micros`. A page that is given again with the same
    /// reservation costs nothing a second time.
    #[serde(default)]
    pub reservation: Option<Id>,
    /// The newest tweet that the source has shown; the run keeps the newest of all its pages.
    #[serde(default)]
    pub watermark: Option<String>,
}

/// How the owner marks tweets; `None` and empty lists change nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TweetMarks {
    /// Whether to keep them out of the style.
    pub excluded: Option<bool>,
    /// Labels to add, each 1 to 100 bytes.
    pub add_labels: Vec<String>,
    /// Labels to take off.
    pub remove_labels: Vec<String>,
}

/// The numbers of an account's tweets. Deleted tweets are only in `deleted`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TweetTotals {
    /// All that are not deleted.
    pub total: u64,
    /// By kind, in the names of `TweetKind::as_str`.
    pub by_kind: BTreeMap<String, u64>,
    /// By language; `und` where Twitter could not tell.
    pub by_lang: BTreeMap<String, u64>,
    /// Threads of two tweets and more.
    pub threads: u64,
    /// Tweets in threads.
    pub in_threads: u64,
    /// Tweets with an edit history.
    pub edited: u64,
    /// Deleted tweets.
    pub deleted: u64,
    /// Tweets kept out of the style by the owner.
    pub excluded: u64,
    /// When the oldest was tweeted.
    pub oldest: Option<DateTime<Utc>>,
    /// When the newest was tweeted.
    pub newest: Option<DateTime<Utc>>,
}

/// A style profile to be kept; the store gives it its id, version and time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProfileInput {
    /// The hash of the corpus.
    pub corpus_hash: String,
    /// The numbers.
    pub fingerprint: Value,
    /// A model's words about them.
    pub analysis: Option<Value>,
    /// The tweets it stands on.
    pub tweet_ids: Vec<String>,
}

/// What shall become of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftChange {
    /// The states in which it may still be; another one is a conflict.
    pub from: Vec<DraftState>,
    /// The state it gets.
    pub to: DraftState,
    /// What the owner said; `None` leaves it as it is.
    pub feedback: Option<Feedback>,
    /// A new text with its weighted length; `None` leaves it as it is.
    pub text: Option<(String, u32)>,
}

impl DraftChange {
    /// Whether the change may be made to this draft.
    #[must_use]
    pub fn applies_to(&self, draft: &Draft) -> bool {
        self.from.contains(&draft.state)
    }
}

/// Money that is to be set aside, and what may be spent on the day in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpendLimit {
    /// What it is for.
    pub kind: SpendKind,
    /// How much to set aside, in millionths of a US dollar.
    pub amount_micros: u64,
    /// What may be spent and reserved on the UTC day for this kind, in millionths of a US dollar; `None` for no limit.
    pub daily_limit_micros: Option<u64>,
}

/// Money set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpendReservation {
    /// The id to settle it by.
    pub id: Id,
    /// The UTC day it counts for.
    pub day: NaiveDate,
}

/// A sealed secret as it is stored: nothing in it can be read without the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedValue {
    /// The key that sealed it.
    pub key_id: String,
    /// Nonce, ciphertext and tag, in base64.
    pub sealed: String,
}

/// Names a sealed value of the caller.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AccountKey {
    /// The account.
    pub account_id: Id,
    /// The name of the value.
    pub name: String,
}

/// How much was erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Erased {
    /// Tweets, other people's texts included.
    pub tweets: u64,
    /// Style profiles.
    pub profiles: u64,
    /// Drafts.
    pub drafts: u64,
    /// Generations.
    pub generations: u64,
    /// Sealed values.
    pub sealed: u64,
    /// Imports.
    pub imports: u64,
    /// Model calls.
    pub ai_runs: u64,
    /// Entries of the outbox.
    pub outbox: u64,
    /// Own tweets that were marked as deleted and are kept.
    pub marked: u64,
}
