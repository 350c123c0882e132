use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::super::account::Account;
use super::super::budget::Fetch;
use super::gone::Gone;
use super::ledger::Ledger;
use super::options::ImportOptions;
use super::purse::Purse;
use super::reader::{Reader, user_of};
use super::report::{ImportEvent, ImportReport, ReconcileReport};
use super::session::{Guard, Session, Stop, and_also, to_checkpoint};
use super::wait::Waits;
use crate::error::{ErrorKind, Result};
use crate::records::{Counts, Id, ImportEnd, ImportRun, ImportSource, Tweet};
use crate::store::{ImportPage, PageRequest, TweetQuery};
use crate::twitter::{Problem, TweetPage, TwitterClient};

use super::super::progress::Meter;

const VERSION: u32 = 1;
/// As many as one lookup takes.
const BATCH: u64 = 100;
/// What is gone is marked so many at a time: taking their traces out of the files takes as long for one as for many.
const FLUSH: usize = 500;

pub(super) async fn run(mut session: Session, options: ImportOptions) -> Result<ImportReport> {
    let account = session.account.clone();
    let reader = Reader::open(&account, &options).await?;
    let user = user_of(&account).await?;
    // What the tweets refer to is asked for by itself, once.
    let client = reader.client.clone().for_user(&user.id).with_context(false);
    let (run, mut guard) = session.begin(ImportSource::Reconcile, user.id).await?;
    let mut work = match Reconcile::open(&session, client, &run, &guard, &options).await {
        Ok(work) => work,
        Err(error) => return session.end(guard, Err(error.into())).await,
    };
    let outcome = work.whole(&session, &mut guard).await;
    reader.keep_limits(&account).await;
    let outcome = match outcome {
        // Another one goes on with it.
        Err(Stop::Fail(error)) if error.kind() == ErrorKind::LeaseLost => Err(Stop::Fail(error)),
        // What was found is marked however the session ends.
        outcome => and_also(outcome, work.flush(&mut guard).await),
    };
    let outcome = and_also(outcome, work.gone.remake_profile(&mut session, work.walk.had_profile).await);
    if let (Err(Stop::End(ImportEnd::OverBudget)), Some(why)) = (&outcome, work.purse.day_is_spent.take()) {
        session.warn(why);
    }
    let mut report = session.end(guard, outcome).await?;
    report.reconcile = Some(ReconcileReport {
        own: work.walk.own,
        context: work.walk.context,
        gone: work.gone.ids,
        hidden: work.walk.hidden,
        erased: work.gone.erased,
        cost_micros: report.run.cost_micros,
        session_cost_micros: work.purse.session,
    });
    Ok(session.report(report))
}

/// How far the run has come: its checkpoint.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Walk {
    version: u32,
    again: bool,
    /// The cursor of the store behind the own tweets that were asked for, newest first.
    after: Option<String>,
    /// Whether there are no more own tweets.
    walked: bool,
    /// Other people's texts that are to be asked for.
    pending: Vec<String>,
    /// What is gone, and not marked yet.
    gone: Vec<String>,
    /// Whether a style profile was there when the run began.
    had_profile: bool,
    own: u64,
    context: u64,
    hidden: u64,
    today: Ledger,
}

struct Reconcile {
    account: Account,
    client: TwitterClient,
    walk: Walk,
    purse: Purse,
    waits: Waits,
    /// Other people's texts that were met in this session.
    met: HashSet<String>,
    gone: Gone,
}

impl Reconcile {
    async fn open(
        session: &Session,
        client: TwitterClient,
        run: &ImportRun,
        guard: &Guard,
        options: &ImportOptions,
    ) -> Result<Self> {
        let account = session.account.clone();
        // A checkpoint of another version is no loss: what was marked is marked.
        let saved = run.checkpoint.as_ref().and_then(|saved| Walk::deserialize(saved).ok());
        let saved = saved.filter(|walk| walk.version == VERSION && (walk.again || !options.again));
        let walk = match saved {
            Some(walk) => walk,
            None => {
                let had_profile = account.store().latest_profile(&account.caller, account.id, None).await?.is_some();
                Walk { version: VERSION, again: options.again, had_profile, ..Walk::default() }
            }
        };
        let prices = *client.app().price_table();
        let purse = Purse::open(&account, prices, options.budget_micros, run, walk.today.clone(), guard).await?;
        let waits = Waits::new(options.on_limit, account.wren.setup().clock.clone(), session.events());
        Ok(Self { account, client, walk, purse, waits, met: HashSet::new(), gone: Gone::new(session.account.clone()) })
    }

    async fn whole(&mut self, session: &Session, guard: &mut Guard) -> Result<ImportEnd, Stop> {
        let total = self.account.totals().await?.total;
        let meter = Meter::new(self.walk.own, Some(total));
        loop {
            if self.walk.gone.len() >= FLUSH {
                self.flush(guard).await?;
            }
            let context =
                !self.walk.pending.is_empty() && (self.walk.walked || self.walk.pending.len() as u64 >= BATCH);
            if self.walk.walked && !context {
                return Ok(ImportEnd::Complete);
            }
            let (size, reservation) = self.purse.reserve(Fetch::Lookup, BATCH).await?;
            let cost = if context {
                self.context(guard, size, reservation).await?
            } else {
                self.own(guard, size, reservation).await?
            };
            self.keep(guard, cost, Some(reservation)).await?;
            let counts = Counts { unchanged: self.walk.own, ..Counts::default() };
            session.tell(ImportEvent::Progress(meter.progress(counts).costing(self.purse.run)));
        }
    }

    /// Asks for the next own tweets.
    async fn own(&mut self, guard: &mut Guard, size: u64, reservation: Id) -> Result<u64, Stop> {
        let request = PageRequest { limit: u32::try_from(size).unwrap_or(1), after: self.walk.after.clone() };
        let page = self.account.tweets(TweetQuery::all().with_deleted(), request).await?;
        self.refer(&page.items).await?;
        let there = page.items.iter().filter(|tweet| tweet.deleted_at.is_none());
        let ids: Vec<String> = there.map(|tweet| tweet.id.clone()).collect();
        let cost = self.look_up(guard, &ids, reservation).await?;
        self.walk.own += ids.len() as u64;
        self.walk.walked = page.next.is_none();
        self.walk.after = page.next;
        Ok(cost)
    }

    /// Asks for the next of other people's texts.
    async fn context(&mut self, guard: &mut Guard, size: u64, reservation: Id) -> Result<u64, Stop> {
        let count = self.walk.pending.len().min(usize::try_from(size).unwrap_or(usize::MAX));
        let ids: Vec<String> = self.walk.pending.iter().take(count).cloned().collect();
        let cost = self.look_up(guard, &ids, reservation).await?;
        self.walk.context += count as u64;
        self.walk.pending.drain(..count);
        Ok(cost)
    }

    /// Keeps in mind what these tweets quote or answer, as far as it is stored.
    async fn refer(&mut self, tweets: &[Tweet]) -> Result<()> {
        let all = tweets.iter().flat_map(|tweet| [&tweet.quoted_id, &tweet.in_reply_to_id, &tweet.retweeted_id]);
        let new: Vec<String> = all.flatten().filter(|id| self.met.insert((*id).clone())).cloned().collect();
        for ids in new.chunks(1000) {
            let there =
                self.account.store().context_tweets(&self.account.caller, self.account.id, ids.to_vec()).await?;
            let there = there.into_iter().map(|tweet| tweet.id).filter(|id| !self.walk.pending.contains(id));
            let there: Vec<String> = there.collect();
            self.walk.pending.extend(there);
        }
        Ok(())
    }

    /// Looks tweets up; gives what it cost.
    async fn look_up(&mut self, guard: &mut Guard, ids: &[String], reservation: Id) -> Result<u64, Stop> {
        if ids.is_empty() {
            return Ok(0);
        }
        let asked: Vec<&str> = ids.iter().map(String::as_str).collect();
        let page = loop {
            match guard.hold(self.client.tweets(&asked)).await? {
                Ok(page) => break page,
                Err(error) => {
                    if error.kind() != ErrorKind::RateLimited {
                        self.purse.release(reservation).await?;
                    }
                    guard.hold(self.waits.after(error)).await??;
                }
            }
        };
        self.waits.went_well();
        self.judge(&page, &asked);
        Ok(self.purse.count_lookup(reservation, &page))
    }

    /// What is gone, and what is only hidden. Only of what was asked for: a page also says what its tweets refer to in vain.
    fn judge(&mut self, page: &TweetPage, asked: &[&str]) {
        let asked: HashSet<&str> = asked.iter().copied().collect();
        let mut told = HashSet::new();
        for problem in &page.problems {
            let Some(id) = problem.resource_id.as_deref().filter(|id| asked.contains(id) && told.insert(*id)) else {
                continue;
            };
            if is_gone(problem) {
                self.walk.gone.push(id.to_owned());
            } else {
                self.walk.hidden += 1;
            }
        }
    }

    /// Saves the checkpoint, with what the step cost.
    async fn keep(&mut self, guard: &mut Guard, cost_micros: u64, reservation: Option<Id>) -> Result<()> {
        self.walk.today = self.purse.own.clone();
        let checkpoint = to_checkpoint(&self.walk)?;
        guard.store(ImportPage { checkpoint, cost_micros, reservation, ..ImportPage::default() }).await?;
        Ok(())
    }

    /// Marks what is gone, and erases what was made of it.
    async fn flush(&mut self, guard: &mut Guard) -> Result<()> {
        if self.walk.gone.is_empty() {
            return Ok(());
        }
        let ids = self.walk.gone.clone();
        guard.hold(self.gone.mark(ids)).await??;
        self.walk.gone.clear();
        self.keep(guard, 0, None).await
    }
}

/// Whether X says that a tweet does not exist. What a suspended author wrote comes back with them.
fn is_gone(problem: &Problem) -> bool {
    problem.is_gone() && !problem.message().to_ascii_lowercase().contains("suspended")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_does_not_exist_is_gone() {
        let told = [
            ("resource-not-found", "Could not find tweet with ids: [7].", true),
            ("resource-not-found", "User has been suspended: [7].", false),
            ("not-authorized-for-resource", "Sorry, you are not authorized to see the Tweet with ids: [7].", false),
            ("resource-unavailable", "Could not see tweet with ids: [7].", false),
            ("disallowed-resource", "withheld", false),
            ("", "Could not find tweet", false),
        ];
        for (slug, detail, gone) in told {
            let mut problem = Problem::default();
            (problem.slug, problem.detail) = (slug.to_owned(), detail.to_owned());
            assert_eq!(is_gone(&problem), gone, "{slug}: {detail}");
        }
    }
}
