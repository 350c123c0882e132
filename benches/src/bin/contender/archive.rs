//! `archive`: every tweet of the file `ARCHIVE` (a bare `tweets.js`), normalised as an import does it.

use crate::clock::{Error, Outcome};

/// Tweets and the sum of their likes.
pub(crate) fn run() -> Result<Outcome, Error> {
    let path = std::env::var("ARCHIVE")?;
    let mut reader = ghostwren::archive::read_tweets_js(path)?;
    let mut outcome = Outcome { items: 0, check: Some(0) };
    while let Some(page) = reader.next_page(64)? {
        outcome.items += page.tweets.len() as u64;
        let likes: u64 = page.tweets.iter().filter_map(|tweet| tweet.counts.likes).sum();
        outcome.check = outcome.check.map(|check| check + likes);
    }
    Ok(outcome)
}
