use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use tokio::time::{Instant, sleep, timeout};

use super::super::budget::Fetch;
use super::Publisher;
use super::same::is_same;
use super::words::same_words;
use crate::error::{Error, ErrorKind, Result};
use crate::json;
use crate::records::{Id, OutboxEntry, Tweet, TwitterUser};
use crate::store::{PageRequest, Sending, SendingOutcome};
use crate::twitter::{Cost, NewTweet, Problem, may_have_happened};

/// How long an entry belongs to one worker after each sending. It must outlive what happens in between: the sending and a
/// look at the timeline with the wait before it.
const LEASE: Duration = Duration::from_secs(180);
/// How long sending one tweet may take.
const SEND_LIMIT: Duration = Duration::from_secs(40);
/// How long looking for a tweet may take.
const READ_LIMIT: Duration = Duration::from_secs(30);
/// How far the store's clock and X's may be apart, beyond what X's `Date` tells of it.
const CLOCK_SKEW: TimeDelta = TimeDelta::hours(1);
/// How often one attempt sends the same tweet at most.
const MAX_SENDS: u32 = 2;
/// Tweets on the first page when looking for one, which is among the newest as a rule, and each costs money.
const LOOK_PAGE: u64 = 5;
/// What a page grows to.
const LARGEST_LOOK_PAGE: u64 = 100;
const MAX_LOOK_PAGES: u32 = 25;

/// One attempt to send an entry.
struct Attempt<'a> {
    publisher: &'a Publisher,
    user: &'a TwitterUser,
    entry: OutboxEntry,
    fence: u64,
    /// When the lease was given or extended.
    leased: Instant,
    /// Whether the next tweet may be on Twitter without being recorded.
    doubt: bool,
    /// Whether a send of the next tweet was ever lost. A look that finds nothing does not clear it: X may be late.
    lost: bool,
    /// Money set aside for the tweets that are not sent yet, in their order.
    reserved: std::collections::VecDeque<(Id, Cost)>,
    spent: Cost,
}

impl Publisher {
    /// Sends what is missing of an entry, and gives the entry and what that cost.
    pub(super) async fn send(&self, entry: &OutboxEntry, user: &TwitterUser) -> Result<(OutboxEntry, Cost)> {
        let (id, caller) = (entry.id, &self.account.caller);
        let about = |error: Error| error.with_outbox(id);
        self.says_its_draft(entry).await.map_err(about)?;
        let Sending { entry, fence, interrupted, .. } =
            self.store().begin_sending(caller, id, LEASE).await.map_err(about)?;
        let mut attempt = Attempt {
            publisher: self,
            user,
            entry,
            fence,
            leased: Instant::now(),
            doubt: interrupted,
            lost: interrupted,
            reserved: std::collections::VecDeque::new(),
            spent: Cost::default(),
        };
        let end = attempt.work().await;
        let (doubt, lost, spent) = (attempt.doubt, attempt.lost, attempt.spent);
        for (reservation, _) in std::mem::take(&mut attempt.reserved) {
            self.settle(reservation, Cost::default()).await;
        }
        let error = match end {
            Ok(()) => {
                let entry = self.store().end_sending(caller, id, fence, SendingOutcome::Posted).await.map_err(about)?;
                self.audit("publish.posted", json!({ "outbox": id, "tweets": entry.posted_ids.len() })).await;
                return Ok((entry, spent));
            }
            // Whoever has the entry now decides what becomes of it.
            Err(error) if error.kind() == ErrorKind::LeaseLost => return Err(about(error)),
            Err(error) => error,
        };
        let outcome = outcome(&error, doubt, lost);
        let doubt = matches!(outcome, SendingOutcome::Unknown { .. });
        let facts = json!({ "outbox": id, "code": error.code(), "in_doubt": doubt });
        let ended = self.store().end_sending(caller, id, fence, outcome).await;
        self.audit("publish.stopped", facts).await;
        if let Err(error) = ended {
            tracing::warn!(code = error.code(), "an attempt to publish could not be ended; its lease will");
        }
        Err(about(if doubt { unknown(error) } else { error }))
    }
}

impl Publisher {
    /// An entry holds its draft as it is. Files and databases of an earlier version may hold one whose draft was changed with
    /// half of it on Twitter.
    async fn says_its_draft(&self, entry: &OutboxEntry) -> Result<()> {
        let Some(draft) = entry.draft_id else { return Ok(()) };
        let texts = entry.payload.iter().filter_map(|tweet| tweet.get("text")?.as_str());
        if same_words(&self.account.draft(draft).await?.text, texts) {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Conflict, "draft.changed", "the draft got another text since it was to be published")
            .with_remedy("Give the entry up by `resolve_publish`, then approve the draft again."))
    }
}

impl Attempt<'_> {
    async fn work(&mut self) -> Result<()> {
        while let Some(tweet) = self.next()? {
            let id = self.one(&tweet).await?;
            // The id before the money: without it nobody knows what is on Twitter.
            let recorded = self.record(id).await;
            self.settle_next(&tweet).await;
            recorded?;
        }
        Ok(())
    }

    /// The next tweet, as an answer to the one before it.
    fn next(&self) -> Result<Option<NewTweet>> {
        let Some(payload) = self.entry.payload.get(self.entry.posted_ids.len()) else { return Ok(None) };
        let tweet = json::from_value::<NewTweet>(payload).map_err(|error| {
            Error::new(ErrorKind::Decode, "publish.unreadable", "the entry of the outbox holds no tweet")
                .with_remedy("It was written by another version: use that one.")
                .with_source(error)
        })?;
        Ok(Some(match self.entry.posted_ids.last() {
            Some(above) => tweet.in_reply_to(above),
            None => tweet,
        }))
    }

    /// Brings one tweet to Twitter, or finds it there. After an error `doubt` says whether it may be there.
    async fn one(&mut self, tweet: &NewTweet) -> Result<String> {
        let mut sends = 0;
        let mut lost = None;
        loop {
            if self.doubt {
                if let Some(id) = self.look_for(tweet).await? {
                    return Ok(id);
                }
                match lost.take() {
                    // Twice without an answer: whether the second one is on its way, a later look will tell.
                    Some(error) if sends >= MAX_SENDS => return Err(error),
                    _ => self.doubt = false,
                }
            }
            self.reserve_rest().await?;
            self.sends_now().await?;
            // Until an answer says otherwise, or the process is killed.
            self.doubt = true;
            sends += 1;
            let sent = timeout(SEND_LIMIT, self.publisher.client.create_tweet(tweet)).await.unwrap_or_else(|_| {
                Err(Error::new(ErrorKind::Timeout, "twitter.timeout", "sending took too long").with_attempts(1))
            });
            let error = match sent {
                Ok(written) => return Ok(written.id),
                Err(error) => error,
            };
            if may_have_happened(&error) {
                self.lost = true;
                sleep(self.publisher.account.wren.setup().settle).await;
                lost = Some(error);
                continue;
            }
            let was_lost = sends > 1 || self.entry.attempts > 1;
            if error.code() == "twitter.duplicate_content" && was_lost {
                // An earlier send may be what it is a duplicate of, and the timeline was late to show it.
                sleep(self.publisher.account.wren.setup().settle).await;
                if let Some(id) = self.look_for(tweet).await? {
                    return Ok(id);
                }
                // A send of this attempt: it may still be shown. One of an earlier attempt would be there by now.
                self.doubt = sends > 1;
                return Err(error);
            }
            self.doubt = false;
            return Err(error);
        }
    }

    async fn record(&mut self, tweet_id: String) -> Result<()> {
        let position = u32::try_from(self.entry.posted_ids.len()).unwrap_or(u32::MAX);
        let (store, caller) = (self.publisher.store(), &self.publisher.account.caller);
        self.doubt = true;
        let mut pause = Duration::from_millis(100);
        for last in [false, false, false, false, false, true] {
            match store.record_posted(caller, self.entry.id, self.fence, position, tweet_id.clone()).await {
                Ok(entry) => {
                    (self.entry, self.leased) = (entry, Instant::now());
                    (self.doubt, self.lost) = (false, false);
                    return Ok(());
                }
                Err(error) if last || error.kind() != ErrorKind::Storage => return Err(error),
                Err(_) => {
                    sleep(pause).await;
                    pause *= 2;
                }
            }
        }
        Ok(())
    }

    /// Writes down that the next tweet is sent now, if the entry is still this worker's, and keeps it so meanwhile.
    async fn sends_now(&mut self) -> Result<()> {
        let (store, caller) = (self.publisher.store(), &self.publisher.account.caller);
        self.entry = store.record_sending(caller, self.entry.id, self.fence).await?;
        self.leased = Instant::now();
        Ok(())
    }

    /// Sets the money for everything that is left aside, once: a thread is not begun that could not be paid for.
    async fn reserve_rest(&mut self) -> Result<()> {
        if !self.reserved.is_empty() {
            return Ok(());
        }
        let prices = *self.publisher.client.app().price_table();
        for payload in self.entry.payload.iter().skip(self.entry.posted_ids.len()) {
            let cost = prices.write(payload.get("text").and_then(|text| text.as_str()).unwrap_or_default());
            let reservation = self.publisher.reserve(cost).await?;
            self.reserved.push_back((reservation, cost));
        }
        Ok(())
    }

    /// Settles the money of a tweet that is on Twitter.
    async fn settle_next(&mut self, tweet: &NewTweet) {
        let price = self.publisher.client.app().price_table().write(&tweet.text);
        let (reservation, cost) = match self.reserved.pop_front() {
            Some(reserved) => reserved,
            None => match self.publisher.reserve_always(price).await {
                Ok(reservation) => (reservation, price),
                Err(error) => {
                    tracing::warn!(target: "ghostwren::workflow", %error, "what a tweet cost was not counted");
                    self.spent += price;
                    return;
                }
            },
        };
        self.spent += cost;
        self.publisher.settle(reservation, cost).await;
    }

    /// Looks for a tweet among the newest ones of the user: made after it was sent first, in its place of the thread,
    /// and none of those that another entry made. `None` says that it is not there: where that cannot be known it is an error.
    async fn look_for(&mut self, tweet: &NewTweet) -> Result<Option<String>> {
        let other = self.publisher.account.outbox(PageRequest::first(100)).await?;
        let taken: HashSet<String> = other.items.into_iter().flat_map(|entry| entry.posted_ids).collect();
        let client = self.publisher.client.clone().with_context(false);
        let mut request = client.timeline(&self.user.id);
        if let Some(reply) = &tweet.reply {
            // What it answers was there before it.
            request = request.since_id(&reply.to);
        }
        let mut pages = request.pages();
        let prices = *client.app().price_table();
        let deadline = Instant::now() + READ_LIMIT;
        let (mut size, mut unreadable) = (LOOK_PAGE, false);
        for _ in 0..MAX_LOOK_PAGES {
            pages.set_page_size(size);
            let reservation = self.publisher.reserve(Fetch::Timeline.at_most(&prices, size)).await?;
            let page = tokio::time::timeout_at(deadline, pages.next_page()).await.unwrap_or_else(|_| {
                Some(Err(Error::new(ErrorKind::Timeout, "twitter.timeout", "reading the timeline took too long")))
            });
            let cost = match &page {
                Some(Ok(page)) => page.cost(&prices),
                _ => Cost::default(),
            };
            self.publisher.settle(reservation, cost).await;
            self.spent += cost;
            let Some(page) = page.transpose()? else { return nowhere(unreadable) };
            let since = self.since(page.answered_at);
            let new = |read: &&Tweet| read.created_at >= since;
            let fits = |read: &&Tweet| !taken.contains(&read.id) && is_same(tweet, read);
            if let Some(found) = page.tweets.iter().filter(new).find(fits) {
                return Ok(Some(found.id.clone()));
            }
            let silent = |read: &Tweet| read.full_text.is_empty() && read.media.is_empty();
            unreadable |= page.result_count.is_some_and(|count| count > page.tweets.len() as u64)
                || page.problems.iter().any(Problem::is_unreadable)
                || page.tweets.iter().filter(new).any(silent);
            if page.tweets.iter().any(|read| read.created_at < since) {
                return nowhere(unreadable);
            }
            size = (2 * size).min(LARGEST_LOOK_PAGE);
        }
        Err(Error::new(ErrorKind::Decode, "publish.too_many_new", "more tweets are new than can be looked through")
            .with_remedy("Look on Twitter, and say by `resolve_publish` whether the tweet is there."))
    }

    /// The time from which on the tweet may have been made, by X's clock as far as X tells it. The store's may be wrong: what
    /// it says now is compared with what X says now.
    fn since(&self, answered_at: Option<DateTime<Utc>>) -> DateTime<Utc> {
        let now = TimeDelta::from_std(self.leased.elapsed()).map(|passed| self.entry.updated_at + passed);
        let ahead = answered_at.zip(now.ok()).map(|(x, ours)| ours - x).unwrap_or_default();
        self.entry.sent_at.unwrap_or(self.entry.created_at) - ahead - CLOCK_SKEW
    }
}

/// The tweet is not there, unless it is what could not be read.
fn nowhere(unreadable: bool) -> Result<Option<String>> {
    if unreadable {
        let detail = "a tweet of the timeline cannot be read, which may be the one that was sent";
        return Err(Error::new(ErrorKind::Decode, "twitter.unreadable", detail));
    }
    Ok(None)
}

impl Publisher {
    /// Money that was spent already, whatever the budget.
    async fn reserve_always(&self, cost: Cost) -> Result<Id> {
        let kind = crate::records::SpendKind::Twitter;
        let limit = crate::store::SpendLimit { kind, amount_micros: cost.micros, daily_limit_micros: None };
        Ok(self.store().reserve_spend(&self.account.caller, self.account.id, limit).await?.id)
    }
}

/// What becomes of the entry.
fn outcome(error: &Error, doubt: bool, lost: bool) -> SendingOutcome {
    let code = error.code().to_owned();
    if doubt {
        return SendingOutcome::Unknown { code };
    }
    let refused = match error.kind() {
        ErrorKind::InvalidInput | ErrorKind::Conflict | ErrorKind::NotFound | ErrorKind::ContentRefused => true,
        // The rest of what is denied a person can mend: the login, the app's permissions, a locked account.
        ErrorKind::PermissionDenied => {
            matches!(error.code(), "twitter.reply_not_allowed" | "twitter.quote_not_allowed" | "twitter.forbidden")
        }
        _ => false,
    };
    match (refused, lost) {
        (true, _) => SendingOutcome::Failed { code },
        // The next attempt has to look again before it sends.
        (false, true) => SendingOutcome::Unknown { code },
        (false, false) => SendingOutcome::Later { code },
    }
}

fn unknown(error: Error) -> Error {
    let detail = format!("a tweet was sent, and nothing says whether it is on Twitter: {}", error.code());
    let mut unknown = Error::new(ErrorKind::OutcomeUnknown, "publish.outcome_unknown", detail).with_remedy(
        "Go on with `resume_publish` later: it looks at the newest tweets before it sends anything. Or look yourself, \
             and say by `resolve_publish` whether it is there.",
    );
    if let Some(at) = error.retry_at() {
        unknown = unknown.with_retry_at(at);
    }
    unknown.with_source(error)
}
