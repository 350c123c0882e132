//! Plain data: what the stores keep, the clients return and the bindings carry. No logic beyond what a record says of
//! itself. Ids of tweets and Twitter users are decimal strings; ids of our own rows are UUIDs (version 7, so that they
//! sort by the time they were made). Times are UTC.

mod account;
mod draft;
mod import;
pub(crate) mod lazy;
mod ledger;
mod outbox;
mod profile;
mod tweet;
mod tweet_list;
mod tweet_ref;
mod window;

pub use account::{AccountRecord, TwitterUser};
pub use draft::{Draft, DraftState, ExemplarUse, Feedback, Generation, Rejection, Scores};
pub use import::{Counts, ImportEnd, ImportRun, ImportSource};
pub use lazy::Lazy;
pub use ledger::{AiOutcome, AiRun, AuditEvent, SpendKind, SpendRecord};
pub use outbox::{OutboxEntry, OutboxResolution, OutboxState};
pub use profile::ProfileRecord;
pub use tweet::{
    ContextTweet, Entities, Hashtag, Media, MediaKind, Mention, Tweet, TweetCounts, TweetKind, TweetSource,
    TwitterUserName, UrlEntity, compare_ids, is_valid_id, time_of_id,
};
pub use tweet_list::{Iter as TweetIter, TweetList};
pub use tweet_ref::TweetRef;
pub use window::{RateScope, RateWindowKind, RateWindowRecord};

use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;

/// The id of a row that the SDK makes: a UUID version 7.
pub type Id = Uuid;

/// A new id, greater than every id that this process made before.
#[must_use]
pub fn new_id() -> Id {
    Uuid::now_v7()
}

/// The current time, cut to the millisecond that every store keeps.
#[must_use]
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(3)
}
