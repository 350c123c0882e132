use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use super::account::Account;
use crate::error::{Error, ErrorKind, Result};
use crate::generate::AuthorIndex;
use crate::records::{Id, Tweet, TweetKind};
use crate::store::{PageRequest, TweetQuery, TweetTotals};
use crate::style::{Corpus, ExemplarIndex, LONGEST_TEXT, LeftOut, StyleProfile};

/// A style is learned from at most so many tweets, the newest: more change no number that is shown.
const MOST_TWEETS: usize = 50_000;
/// And from at most so many bytes of text: a tweet of an archive can be 16 MB long.
const MOST_BYTES: usize = 32 << 20;
/// A server keeps the corpora of so many accounts ready; the others are read again when they are needed.
const MOST_ACCOUNTS: usize = 4;
const PAGE: u32 = 250;
/// The code of [`erased_meanwhile`].
pub(super) const TWEETS_ERASED: &str = "workflow.tweets_erased";

/// An account's own tweets and the numbers about them.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) profile: StyleProfile,
    pub(super) exemplars: Arc<ExemplarIndex>,
    pub(super) tweets: Vec<Tweet>,
}

/// The corpora that were used last. A cache only: the revision of the account says whether one is still true.
#[derive(Debug, Default)]
pub(super) struct CorpusCache(Mutex<VecDeque<(Id, u64, Arc<Loaded>)>>);

impl CorpusCache {
    fn get(&self, account: Id, revision: u64) -> Option<Arc<Loaded>> {
        let cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cached.iter().find(|(id, at, _)| *id == account && *at == revision).map(|(_, _, loaded)| loaded.clone())
    }

    fn put(&self, account: Id, revision: u64, loaded: Arc<Loaded>) {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cached.retain(|(id, _, _)| *id != account);
        cached.push_front((account, revision, loaded));
        cached.truncate(MOST_ACCOUNTS);
    }

    /// Drops what is kept of an account.
    pub(super) fn forget(&self, account: Id) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|(id, _, _)| *id != account);
    }
}

impl Account {
    /// The corpus as it stands now.
    pub(super) async fn corpus(&self) -> Result<Arc<Loaded>> {
        let cache = &self.wren.setup().corpora;
        let revision = self.record().await?.tweets_revision;
        if let Some(loaded) = cache.get(self.id, revision) {
            return Ok(loaded);
        }
        let mut tweets = self.own_tweets().await?;
        let unread = unread(&self.totals().await?, tweets.len() as u64);
        let loaded = super::blocking(move || {
            let profile = Corpus::of(&tweets).without(unread).into_profile();
            // What the profile left out (somebody else's words, templates) is shown to no model either, and every tweet
            // that is shown stands in `tweet_ids`, by which erasing finds what was derived from it.
            let own: HashSet<&str> = profile.tweet_ids().iter().map(String::as_str).collect();
            tweets.retain(|tweet| own.contains(tweet.id.as_str()));
            // The index of the copy gate takes a second for 50,000 tweets: here it blocks nobody.
            let _ready = AuthorIndex::of(&profile);
            let exemplars = Arc::new(ExemplarIndex::new(&tweets));
            Ok(Arc::new(Loaded { profile, exemplars, tweets }))
        })
        .await?;
        // Tweets that were erased while they were read must not stay in memory.
        if self.record().await?.tweets_revision == revision {
            cache.put(self.id, revision, loaded.clone());
        }
        Ok(loaded)
    }

    /// The newest tweets in the owner's own words that are neither deleted nor excluded.
    async fn own_tweets(&self) -> Result<Vec<Tweet>> {
        let own = [TweetKind::Original, TweetKind::Reply, TweetKind::Quote, TweetKind::Note];
        let query = TweetQuery::all().kinds(own).excluded(false);
        let mut tweets = Vec::new();
        let mut after = None;
        let mut bytes = 0;
        loop {
            let page = self.tweets(query.clone(), PageRequest { limit: PAGE, after }).await?;
            for mut tweet in page.items {
                // No style is learned from a text that long; a part of it says that it is there.
                if tweet.full_text.len() > LONGEST_TEXT {
                    let end = tweet.full_text.ceil_char_boundary(LONGEST_TEXT + 1);
                    tweet.full_text.truncate(end);
                }
                bytes += tweet.full_text.len();
                if tweets.len() == MOST_TWEETS || bytes > MOST_BYTES {
                    return Ok(tweets);
                }
                tweets.push(tweet);
            }
            after = page.next;
            if after.is_none() {
                return Ok(tweets);
            }
        }
    }
}

/// What [`Account::own_tweets`] does not read, when it has read so many.
fn unread(totals: &TweetTotals, read: u64) -> LeftOut {
    let TweetTotals { total, excluded, deleted, by_kind, .. } = totals;
    let kept_out = total.saturating_sub(*excluded).saturating_sub(read);
    let retweets = by_kind.get(TweetKind::Retweet.as_str()).copied().unwrap_or(0).min(kept_out);
    LeftOut { excluded: *excluded, deleted: *deleted, retweets, older: kept_out - retweets, ..LeftOut::default() }
}

/// What the store says of tweets that are gone, for a person.
pub(super) fn erased_meanwhile(error: Error) -> Error {
    if error.code() != "store.tweets_gone" {
        return error;
    }
    let detail = "tweets that this was made of were erased or deleted meanwhile, so it was not kept";
    Error::new(ErrorKind::Conflict, TWEETS_ERASED, detail)
        .with_remedy("Call it again: it will be made of the tweets that are left.")
        .with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_read_is_counted() {
        let mut totals = TweetTotals { total: 60_100, excluded: 40, deleted: 7, ..TweetTotals::default() };
        totals.by_kind.extend([("retweet".to_owned(), 60), ("original".to_owned(), 60_040)]);
        let all = |read| {
            let LeftOut { excluded, deleted, retweets, older, .. } = unread(&totals, read);
            (excluded, deleted, retweets, older)
        };
        assert_eq!(all(50_000), (40, 7, 60, 10_000));
        // Ten of the retweets are among those that the owner keeps out.
        assert_eq!(all(60_010), (40, 7, 50, 0));
        // Tweets that came or went while they were read.
        assert_eq!(all(70_000), (40, 7, 0, 0));
    }
}
