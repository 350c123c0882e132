use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Id;

/// How far the publishing of an [`OutboxEntry`] is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OutboxState {
    /// Waits to be sent, the first time or again.
    #[default]
    Pending,
    /// A worker has it, or had it and went away without a word.
    Sending,
    /// Every tweet of it is on Twitter.
    Posted,
    /// Twitter refused it; what was posted before that is in `posted_ids`.
    Failed,
    /// Something was sent, and nothing says whether it was tweeted.
    Unknown,
    /// Its owner gave it up: nothing more of it is sent. What was posted before that is in `posted_ids`, and stays on Twitter.
    Ended,
}

impl OutboxState {
    /// The name as the stores keep it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sending => "sending",
            Self::Posted => "posted",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Ended => "ended",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Pending, Self::Sending, Self::Posted, Self::Failed, Self::Unknown, Self::Ended]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

/// A tweet or a thread on its way to Twitter: a row of `outbox`, written before anything is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutboxEntry {
    /// The id of the row.
    pub id: Id,
    /// The account that tweets.
    pub account_id: Id,
    /// The draft that it publishes; `None` for a text that was no draft.
    pub draft_id: Option<Id>,
    /// SHA-256 of the payload, in hexadecimal.
    pub content_hash: String,
    /// The tweets of the thread in their order, each with its text and options as the publisher wrote them.
    pub payload: Vec<Value>,
    /// How far it is.
    pub state: OutboxState,
    /// The ids of the tweets that are on Twitter: of the first tweets of the thread, without a gap.
    pub posted_ids: Vec<String>,
    /// How many times a worker took it up.
    pub attempts: u32,
    /// Why the last attempt came to no end, as an error code.
    pub error_code: Option<String>,
    /// The fence of the newest lease: a worker with a smaller one is refused.
    pub fence: u64,
    /// Until when the newest lease holds.
    pub lease_until: Option<DateTime<Utc>>,
    /// When the next tweet of it was sent for the first time, as long as nothing says whether it was tweeted: look for it from
    /// then on.
    #[serde(default)]
    pub sent_at: Option<DateTime<Utc>>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What its owner says of an [`OutboxEntry`] that cannot go on by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "resolution", rename_all = "snake_case")]
#[non_exhaustive]
pub enum OutboxResolution {
    /// The tweet in doubt is on Twitter, under this id.
    Posted {
        /// Its id.
        tweet_id: String,
    },
    /// The tweet in doubt is not on Twitter, and may be sent again.
    NotPosted,
    /// Nothing more of the entry is to be sent. What is on Twitter stays there; the draft has to be approved again before
    /// it is published anew.
    GivenUp,
}
