use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Id;

/// A person on Twitter, as far as the SDK knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwitterUser {
    /// The numeric id, as a decimal string.
    pub id: String,
    /// The handle without `@`.
    pub username: String,
    /// The display name.
    #[serde(default)]
    pub name: Option<String>,
    /// The address of the profile picture.
    #[serde(default)]
    pub avatar_url: Option<String>,
    /// When the Twitter account was made.
    #[serde(default)]
    pub created_at: Option<DateTime<Utc>>,
}

/// One Twitter account of one owner: a row of `accounts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRecord {
    /// The id of the row.
    pub id: Id,
    /// Who owns it: the name of a local identity, or the id of the Auth user.
    pub owner: String,
    /// The name that the owner opened it under, such as `main`; unique for the owner.
    pub label: String,
    /// The Twitter user behind it, known from the first archive or login on.
    pub twitter_user: Option<TwitterUser>,
    /// How many tweets are stored, deleted ones included.
    pub tweet_count: u64,
    /// Grows with every write to the account: an `ETag` that costs no query over the tweets.
    pub revision: u64,
    /// Grows with every write to the account's tweets or their marks: a corpus of the same revision is the same.
    pub tweets_revision: u64,
    /// When the account was opened.
    pub created_at: DateTime<Utc>,
}
