//! Every tweet of a query at once.

use futures_util::future::try_join;

use super::{SqliteStore, tweets};
use crate::error::Result;
use crate::records::{Id, TweetList};
use crate::store::{Caller, Order, PageRequest, TweetQuery};

/// How many tweets a reader reads before it looks at what else is to be done: some milliseconds, in which it keeps the log
/// from being emptied.
const TURN: u32 = 5_000;

impl SqliteStore {
    /// The older and the newer half, read at the same time by a reader each. Pages would give the same: a row stands in the
    /// same half all the time.
    pub(super) async fn halves(&self, caller: &Caller, account: Id, query: TweetQuery) -> Result<TweetList> {
        // What is searched for is found once, and is little.
        if query.search.is_some() {
            return self.turns(caller, account, query).await;
        }
        let owner = caller.clone();
        let middle = self.read("all_tweets", move |c| tweets::middle(c, &owner, account)).await?;
        let Some(middle) = middle else { return self.turns(caller, account, query).await };
        let older = TweetQuery { until: Some(query.until.map_or(middle, |until| until.min(middle))), ..query.clone() };
        let newer = TweetQuery { since: Some(query.since.map_or(middle, |since| since.max(middle))), ..query };
        let [first, second] = match older.order {
            Order::NewestFirst => [newer, older],
            Order::OldestFirst => [older, newer],
        };
        let (mut first, second) =
            try_join(self.turns(caller, account, first), self.turns(caller, account, second)).await?;
        first.append(second);
        Ok(first)
    }

    async fn turns(&self, caller: &Caller, account: Id, query: TweetQuery) -> Result<TweetList> {
        let mut tweets = TweetList::new();
        let mut request = PageRequest::first(TURN);
        loop {
            let (caller, query) = (caller.clone(), query.clone());
            let turn = self.read("all_tweets", move |c| {
                let next = tweets::each(c, &caller, account, &query, &request, |tweet| tweets.push(tweet))?;
                Ok((tweets, next))
            });
            let (read, next) = turn.await?;
            let Some(next) = next else { return Ok(read) };
            (tweets, request) = (read, PageRequest::after(TURN, next));
        }
    }
}
