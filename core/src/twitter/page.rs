use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::cost::{Cost, Prices};
use super::limits::RateLimits;
use super::problem::Problem;
use crate::records::{ContextTweet, Tweet, TwitterUserName};

/// What follows a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Next {
    /// Another page, to be asked for with this token. Tokens end after a while.
    Page(String),
    /// Nothing: this was the last page.
    End,
    /// The answer does not say. It is no end: go on from the oldest tweet.
    #[default]
    Unsaid,
}

/// The ids of what an answer held, each once: X bills a tweet and a user once in a UTC day
/// (see [`is_free_again`](super::is_free_again)).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReadIds {
    /// The tweets that were asked for.
    pub tweets: Vec<String>,
    /// The tweets that came along.
    pub along: Vec<String>,
    /// The users.
    pub users: Vec<String>,
}

/// Tweets as one answer brought them, newest first.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct TweetPage {
    /// The tweets. None is no end: see [`next`](Self::next).
    pub tweets: Vec<Tweet>,
    /// The tweets of other people that these quote or answer.
    pub context: Vec<ContextTweet>,
    /// The authors, by the tweet's id: of the tweets and of those that came along.
    pub authors: HashMap<String, TwitterUserName>,
    /// What X could not give, beside the rest.
    pub problems: Vec<Problem>,
    /// What follows.
    pub next: Next,
    /// The oldest id of the page, as X says it.
    pub oldest_id: Option<String>,
    /// The newest.
    pub newest_id: Option<String>,
    /// How many tweets X says the answer holds, where it does: more than [`tweets`](Self::tweets) when some could not be read.
    pub result_count: Option<u64>,
    /// How many tweets were read, those that came along included: what X may bill.
    pub posts_read: u64,
    /// How many users came along.
    pub users_read: u64,
    /// Which tweets and users these were.
    pub read: ReadIds,
    /// The limits that the answer carried.
    pub limits: RateLimits,
    /// When X answered, by its own clock, where it says so.
    pub answered_at: Option<DateTime<Utc>>,
    /// Whether X bills the endpoint as "Owned Reads" to a user who owns the app.
    pub(super) owned: bool,
}

impl TweetPage {
    /// The oldest id of the tweets: where to go on when a token ended, with `until_id`.
    #[must_use]
    pub fn oldest(&self) -> Option<&str> {
        let ids = self.tweets.iter().map(|tweet| tweet.id.as_str());
        ids.min_by(|a, b| crate::records::compare_ids(a, b)).or(self.oldest_id.as_deref())
    }

    /// The newest id of the tweets: where the next import begins, with `since_id`.
    #[must_use]
    pub fn newest(&self) -> Option<&str> {
        let ids = self.tweets.iter().map(|tweet| tweet.id.as_str());
        ids.max_by(|a, b| crate::records::compare_ids(a, b)).or(self.newest_id.as_deref())
    }

    /// What the answer cost at most: whether X bills what comes along is not documented, and it is counted here.
    #[must_use]
    pub fn cost(&self, prices: &Prices) -> Cost {
        let own = u64::try_from(self.tweets.len()).unwrap_or(u64::MAX).min(self.posts_read);
        let tweets = if self.owned { prices.timeline(own) } else { prices.posts(own) };
        tweets + prices.posts(self.posts_read - own) + prices.users(self.users_read)
    }
    /// What the answer cost at most beside what is free because it was read on the same UTC day: `is_free` says of a tweet's
    /// and of a user's id whether it was.
    #[must_use]
    pub fn cost_beside(&self, prices: &Prices, mut is_free: impl FnMut(Resource<'_>) -> bool) -> Cost {
        let mut tweets = |ids: &[String]| ids.iter().filter(|id| !is_free(Resource::Tweet(id))).count() as u64;
        let (own, along) = (tweets(&self.read.tweets), tweets(&self.read.along));
        let users = self.read.users.iter().filter(|id| !is_free(Resource::User(id))).count() as u64;
        let own = if self.owned { prices.timeline(own) } else { prices.posts(own) };
        own + prices.posts(along) + prices.users(users)
    }
}

/// Something that X bills when it is read, by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resource<'i> {
    /// A tweet.
    Tweet(&'i str),
    /// A user.
    User(&'i str),
}
