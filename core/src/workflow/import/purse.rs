use super::super::account::Account;
use super::super::budget::Fetch;
use super::ledger::Ledger;
use super::session::{Guard, Reservations, Stop, settle};
use crate::blocking::spawn;
use crate::error::{Error, ErrorKind, Result};
use crate::records::{Id, ImportEnd, ImportRun, SpendKind};
use crate::store::SpendLimit;
use crate::twitter::{Cost, Prices, Resource, TweetPage};

/// The money of a session: nothing is sent that could cost more than is left.
#[derive(Debug)]
pub(super) struct Purse {
    account: Account,
    user: String,
    prices: Prices,
    budget: Option<u64>,
    /// What the run cost, earlier sessions included.
    pub(super) run: u64,
    /// What this session cost.
    pub(super) session: u64,
    /// What other runs read today.
    others: Ledger,
    /// What this run read today: kept in its checkpoint.
    pub(super) own: Ledger,
    open: Reservations,
    /// Why it is empty, where that is not the budget of the run.
    pub(super) day_is_spent: Option<String>,
}

impl Purse {
    pub(super) async fn open(
        account: &Account,
        prices: Prices,
        budget: Option<u64>,
        run: &ImportRun,
        own: Ledger,
        guard: &Guard,
    ) -> Result<Self> {
        let today = account.wren.setup().clock.now().date_naive();
        let runs = account.imports().await?;
        let others = Ledger::of(runs.iter().filter(|other| other.id != run.id), today);
        Ok(Self {
            account: account.clone(),
            // The key of both kinds of run that read from X.
            user: run.source_key.clone(),
            prices,
            budget,
            run: run.cost_micros,
            session: 0,
            others,
            own,
            open: guard.open.clone(),
            day_is_spent: None,
        })
    }

    /// Sets aside what a page costs at most: of `most` tweets, or of as many as can be paid for.
    pub(super) async fn reserve(&mut self, fetch: Fetch, most: u64) -> Result<(u64, Id), Stop> {
        let mut size = most;
        loop {
            let amount_micros = fetch.at_most(&self.prices, size).micros;
            if self.budget.is_none_or(|budget| self.run.saturating_add(amount_micros) <= budget) {
                match self.set_aside(amount_micros).await {
                    Ok(reservation) => return Ok((size, reservation)),
                    // A page that is still being stored holds all that it could have cost: what it did not cost comes back.
                    Err(error) if error.kind() == ErrorKind::OverBudget => {
                        if self.open.one_settled().await {
                            continue;
                        }
                        self.day_is_spent = Some(error.to_string());
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            if size <= fetch.least() {
                return Err(Stop::End(ImportEnd::OverBudget));
            }
            size = (size / 2).max(fetch.least());
        }
    }

    /// On a task of its own, so that what the store sets aside while the session is dropped does not stay so.
    async fn set_aside(&self, amount_micros: u64) -> Result<Id> {
        let daily_limit_micros = self.account.wren.setup().twitter_budget;
        let limit = SpendLimit { kind: SpendKind::Twitter, amount_micros, daily_limit_micros };
        let (account, open) = (self.account.clone(), self.open.clone());
        let work = spawn(async move {
            let reservation = account.store().reserve_spend(&account.caller, account.id, limit).await?.id;
            if !open.put(reservation, 0) {
                settle(&account, vec![(reservation, 0)]).await;
            }
            Ok(reservation)
        });
        work.await.map_err(|error| {
            Error::new(ErrorKind::Internal, "workflow.worker", "a task ended without an answer").with_source(error)
        })?
    }

    /// Gives back what was set aside for a call that failed. X charges no failed request; an answer that it charged and that
    /// was lost on the way is read again, and counted then.
    pub(super) async fn release(&self, reservation: Id) -> Result<()> {
        let account = &self.account;
        account.store().settle_spend(&account.caller, account.id, reservation, 0).await?;
        self.open.remove(reservation);
        Ok(())
    }

    /// Counts a page of tweets. Of a timeline, `above` is the oldest tweet before the page: all between was read.
    pub(super) fn count(&mut self, reservation: Id, page: &TweetPage, above: Option<u64>) -> u64 {
        self.begin_day();
        let cost = self.price(page);
        let ids = page.read.tweets.iter().filter_map(|id| id.parse::<u64>().ok());
        if let (Some(oldest), Some(newest)) = (ids.clone().min(), ids.max()) {
            self.own.add_range(oldest, above.map_or(newest, |above| newest.max(above.saturating_sub(1))));
        }
        self.charge(reservation, cost)
    }

    /// Counts tweets that were looked up by their ids, which lie anywhere: only what came along is remembered.
    pub(super) fn count_lookup(&mut self, reservation: Id, page: &TweetPage) -> u64 {
        self.begin_day();
        let cost = self.price(page);
        self.charge(reservation, cost)
    }

    /// What a page costs beside what was read today; what came along with it is remembered.
    fn price(&mut self, page: &TweetPage) -> Cost {
        let cost = page.cost_beside(&self.prices, |resource| {
            let author = match resource {
                Resource::Tweet(id) => page.authors.get(id),
                Resource::User(_) => None,
            };
            let own = author.is_some_and(|author| author.id == self.user);
            self.others.has(resource, own) || self.own.has(resource, own)
        });
        for id in &page.read.along {
            self.own.add(Resource::Tweet(id));
        }
        for id in &page.read.users {
            self.own.add(Resource::User(id));
        }
        cost
    }

    /// Counts a user.
    pub(super) fn count_user(&mut self, reservation: Id, id: &str) -> u64 {
        self.begin_day();
        let user = Resource::User(id);
        let free = self.others.has(user, false) || self.own.has(user, false);
        self.own.add(user);
        self.charge(reservation, if free { Cost::default() } else { self.prices.users(1) })
    }

    /// The time by the clock that the store has, too.
    pub(super) fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.account.wren.setup().clock.now()
    }

    fn charge(&mut self, reservation: Id, cost: Cost) -> u64 {
        self.open.put(reservation, cost.micros);
        self.run = self.run.saturating_add(cost.micros);
        self.session = self.session.saturating_add(cost.micros);
        cost.micros
    }

    fn begin_day(&mut self) {
        let today = self.now().date_naive();
        self.others.begin_day(today);
        self.own.begin_day(today);
    }
}
