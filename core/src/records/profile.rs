use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Id;

/// A style profile as it is stored: a row of `style_profiles`. `style::StyleProfile` is what works with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProfileRecord {
    /// The id of the row.
    pub id: Id,
    /// The account it describes.
    pub account_id: Id,
    /// Counts the profiles of the account from 1; given by the store.
    pub version: u32,
    /// The hash of the corpus: the same tweets give the same hash, so that they cost nothing a second time.
    pub corpus_hash: String,
    /// The numbers, in the versioned form of `style::Fingerprint`.
    pub fingerprint: Value,
    /// A model's words about the numbers; `None` where no model was asked.
    pub analysis: Option<Value>,
    /// The tweets that it stands on.
    pub tweet_ids: Vec<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}
