//! What publishing gives to a store and gets from it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::records::{Id, OutboxEntry};

/// A tweet or a thread that is to be published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewOutbox {
    /// The id that the caller made for it: giving it again changes nothing.
    pub id: Id,
    /// The account that tweets.
    pub account_id: Id,
    /// The approved draft that it publishes.
    pub draft_id: Option<Id>,
    /// SHA-256 of the payload, in 64 hexadecimal digits.
    pub content_hash: String,
    /// The tweets of the thread in their order, 1 to 100 with at most 1 MiB in all.
    pub payload: Vec<Value>,
}

/// The right to send an entry of the outbox, until it ends or somebody takes over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sending {
    /// The entry as it stands; what is in `posted_ids` is not to be sent again.
    pub entry: OutboxEntry,
    /// Grows with every lease of the entry; checked with every write.
    pub fence: u64,
    /// Until when it holds.
    pub until: DateTime<Utc>,
    /// Whether an earlier attempt may have tweeted more than `posted_ids` says. Look for it at Twitter before anything
    /// is sent: a tweet cannot be sent twice without being there twice.
    pub interrupted: bool,
}

/// How an attempt to send ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum SendingOutcome {
    /// Every tweet is on Twitter and recorded.
    Posted,
    /// Nothing is in doubt, and the rest is to be sent later: a rate limit, a login that is over.
    Later {
        /// Why, as an error code.
        code: String,
    },
    /// Twitter refused the rest, and will refuse it again.
    Failed {
        /// Why, as an error code.
        code: String,
    },
    /// Something was sent by this attempt or an earlier one, and nothing says whether it was tweeted.
    Unknown {
        /// Why, as an error code.
        code: String,
    },
}
