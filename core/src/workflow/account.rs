use std::sync::Arc;

use super::ghostwren::Ghostwren;
use crate::error::Result;
use crate::records::{AccountRecord, AiRun, AuditEvent, Id, ImportRun, SpendKind, SpendRecord, Tweet, TweetList};
use crate::store::{Caller, Page, PageRequest, SpendLimit, Store, TweetMarks, TweetQuery, TweetTotals};
use crate::twitter::Cost;

/// One Twitter account of one user. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Account {
    pub(super) wren: Ghostwren,
    pub(super) caller: Caller,
    pub(super) id: Id,
}

impl Account {
    pub(super) fn new(wren: Ghostwren, caller: Caller, id: Id) -> Self {
        Self { wren, caller, id }
    }

    /// The id, for [`User::account`](super::User::account).
    #[must_use]
    pub fn id(&self) -> Id {
        self.id
    }

    pub(super) fn store(&self) -> &Arc<dyn Store> {
        self.wren.store()
    }

    /// The account as it is stored now.
    ///
    /// # Errors
    /// `NotFound` (`store.no_account`) after it was erased; `Storage`.
    pub async fn record(&self) -> Result<AccountRecord> {
        self.store().account(&self.caller, self.id).await
    }

    /// A page of tweets.
    ///
    /// # Errors
    /// `InvalidInput` for a search, limit or cursor that cannot be used; `Storage`.
    pub async fn tweets(&self, query: TweetQuery, page: PageRequest) -> Result<Page<Tweet>> {
        self.store().tweets(&self.caller, self.id, query, page).await
    }

    /// Every tweet that matches, in memory at once: about half a KB each. For what need not be held together, take
    /// [`tweets`](Self::tweets) page by page.
    ///
    /// # Errors
    /// As [`Account::tweets`].
    pub async fn all_tweets(&self, query: TweetQuery) -> Result<TweetList> {
        self.store().all_tweets(&self.caller, self.id, query).await
    }

    /// How many tweets match.
    ///
    /// # Errors
    /// As [`Account::tweets`].
    pub async fn count_tweets(&self, query: TweetQuery) -> Result<u64> {
        self.store().count_tweets(&self.caller, self.id, query).await
    }

    /// How many tweets there are of each kind, language and so on.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn totals(&self) -> Result<TweetTotals> {
        self.store().tweet_totals(&self.caller, self.id).await
    }

    /// Excludes tweets from the style or labels them; gives how many changed.
    ///
    /// # Errors
    /// `InvalidInput` for more than 1,000 ids or a label that cannot be used; `Storage`.
    pub async fn mark_tweets(&self, ids: Vec<String>, marks: TweetMarks) -> Result<u64> {
        self.store().mark_tweets(&self.caller, self.id, ids, marks).await
    }

    /// Keeps tweets out of the style; gives how many changed.
    ///
    /// # Errors
    /// As [`Account::mark_tweets`].
    pub async fn exclude_tweets(&self, ids: Vec<String>) -> Result<u64> {
        self.mark_tweets(ids, TweetMarks { excluded: Some(true), ..TweetMarks::default() }).await
    }

    /// The imports, newest first.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn imports(&self) -> Result<Vec<ImportRun>> {
        self.store().imports(&self.caller, self.id).await
    }

    /// The model calls, newest first: what was asked for, what it took and what it cost, never its text.
    ///
    /// # Errors
    /// `InvalidInput` for a limit or cursor that cannot be used; `Storage`.
    pub async fn ai_runs(&self, page: PageRequest) -> Result<Page<AiRun>> {
        self.store().ai_runs(&self.caller, self.id, page).await
    }

    /// What was spent, by UTC day, newest first.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn spend(&self) -> Result<Vec<SpendRecord>> {
        self.store().spend(&self.caller, self.id).await
    }

    /// Counts what a call at Twitter has cost, whatever the budget.
    pub(super) async fn spent_at_twitter(&self, cost: Cost) -> Result<()> {
        let limit = SpendLimit { kind: SpendKind::Twitter, amount_micros: cost.micros, daily_limit_micros: None };
        let reservation = self.store().reserve_spend(&self.caller, self.id, limit).await?;
        self.store().settle_spend(&self.caller, self.id, reservation.id, cost.micros).await.map(drop)
    }

    /// The audit log, newest first.
    ///
    /// # Errors
    /// `InvalidInput` for a limit or cursor that cannot be used; `Storage`.
    pub async fn audit_log(&self, page: PageRequest) -> Result<Page<AuditEvent>> {
        self.store().audit_log(&self.caller, self.id, page).await
    }
}
