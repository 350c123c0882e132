use serde_json::{Value, json};

use super::{PublishPreview, PublishReport, PublishRequest, Publisher, writing};
use crate::error::{Error, ErrorKind, Result};
use crate::http::OnLimit;
use crate::records::{Id, OutboxEntry, OutboxResolution, SpendKind, now};
use crate::store::{Page, PageRequest};
use crate::twitter::TwitterClient;
use crate::workflow::Account;

impl Account {
    /// Publishes through a client whose tokens the application keeps.
    #[must_use]
    pub fn publisher(&self, client: TwitterClient) -> Publisher {
        // A used-up limit leaves the entry in the outbox, with its time, rather than holding its lease.
        Publisher { account: self.clone(), client: client.on_limit(OnLimit::Yield) }
    }

    /// Publishes an approved draft as one tweet, with the login of this account.
    ///
    /// # Errors
    /// As [`Publisher::publish_with`]; `NeedsLogin` where the account is not connected; `PermissionDenied`
    /// (`twitter.missing_scope`) when the login does not allow it.
    pub async fn publish(&self, draft: Id) -> Result<PublishReport> {
        self.publish_with(PublishRequest::draft(draft)).await
    }

    /// Publishes approved drafts: as [`Publisher::publish_with`], with the login of this account.
    ///
    /// # Errors
    /// As [`Account::publish`].
    pub async fn publish_with(&self, request: PublishRequest) -> Result<PublishReport> {
        let client = self.client_allowed(&request.scopes()).await?;
        let report = self.publisher(client.clone()).publish_with(request).await;
        self.keep_limits(&client).await;
        report
    }

    /// Goes on with an entry of the outbox: as [`Publisher::resume_publish`], with the login of this account.
    ///
    /// # Errors
    /// As [`Publisher::resume_publish`], and as [`Account::publish`].
    pub async fn resume_publish(&self, outbox: Id) -> Result<PublishReport> {
        let client = self.client_allowed(&writing()).await?;
        let report = self.publisher(client.clone()).resume_publish(outbox).await;
        self.keep_limits(&client).await;
        report
    }

    /// What publishing would cost and what X would refuse about it: as [`Publisher::preview_publish`]. It sends nothing and
    /// needs no login.
    ///
    /// # Errors
    /// As [`Publisher::preview_publish`].
    pub async fn preview_publish(&self, request: PublishRequest) -> Result<PublishPreview> {
        self.publisher(self.twitter_client().await?).preview_publish(request).await
    }

    /// Deletes at X what was published of a draft: as [`Publisher::unpublish`], with the login of this account.
    ///
    /// # Errors
    /// As [`Publisher::unpublish`], and as [`Account::publish`].
    pub async fn unpublish(&self, draft: Id) -> Result<Vec<String>> {
        let client = self.client_allowed(&writing()).await?;
        let deleted = self.publisher(client.clone()).unpublish(draft).await;
        self.keep_limits(&client).await;
        deleted
    }

    /// Says what became of an entry of the outbox that cannot go on by itself: that the tweet in doubt is on Twitter, that
    /// it is not, or that nothing more is to be sent. Asks X nothing. What is left of the entry is sent by
    /// [`resume_publish`](Self::resume_publish).
    ///
    /// ```no_run
    /// # async fn example(account: ghostwren::Account, outbox: ghostwren::records::Id) -> ghostwren::Result<()> {
    /// use ghostwren::records::OutboxResolution;
    /// let entry = account.resolve_publish(outbox, OutboxResolution::GivenUp).await?;
    /// println!("these stay on Twitter: {:?}", entry.posted_ids);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `NotFound` (`store.no_outbox_entry`); `Conflict` (`outbox.sending`) while somebody sends it, (`outbox.posted`) when all
    /// of it is on Twitter, (`outbox.not_in_doubt`) when nothing of it is, (`outbox.position`) when the tweet is another one
    /// of the thread; `InvalidInput` (`store.bad_tweet_id`); `Storage`.
    pub async fn resolve_publish(&self, outbox: Id, resolution: OutboxResolution) -> Result<OutboxEntry> {
        self.outbox_entry(outbox).await?;
        // Which it is and no more: the log outlives the account, and holds no id of Twitter's.
        let facts = json!({ "outbox": outbox, "resolution": json!(resolution)["resolution"] });
        let entry = self.store().resolve_outbox(&self.caller, outbox, resolution).await?;
        self.publish_log("publish.resolved", facts).await;
        Ok(entry)
    }

    /// An entry of the outbox of this account.
    pub(super) async fn outbox_entry(&self, outbox: Id) -> Result<OutboxEntry> {
        let entry = self.store().outbox_entry(&self.caller, outbox).await?;
        if entry.account_id != self.id {
            return Err(Error::new(ErrorKind::NotFound, "store.no_outbox_entry", "the outbox has no such entry"));
        }
        Ok(entry)
    }

    /// Writes to the audit log what has happened, whether or not the log takes it.
    pub(super) async fn publish_log(&self, action: &str, facts: Value) {
        if let Err(error) = self.store().audit(&self.caller, self.id, action.to_owned(), facts).await {
            tracing::warn!(target: "ghostwren::workflow", %error, action, "it was not written to the audit log");
        }
    }

    /// A page of the outbox, newest first: what is to be published, what was, and what is in doubt.
    ///
    /// # Errors
    /// `InvalidInput` for a limit or cursor that cannot be used; `Storage`.
    pub async fn outbox(&self, page: PageRequest) -> Result<Page<OutboxEntry>> {
        self.store().outbox(&self.caller, self.id, page).await
    }

    /// What is left of the day's budget for Twitter; `None` without one.
    pub(super) async fn twitter_left_today(&self) -> Result<Option<u64>> {
        let Some(limit) = self.wren.setup().twitter_budget else { return Ok(None) };
        let today = now().date_naive();
        let spend = self.spend().await?;
        let used = spend.iter().filter(|spend| spend.day == today && spend.kind == SpendKind::Twitter);
        let used: u64 = used.map(|spend| spend.spent_micros.saturating_add(spend.reserved_micros)).sum();
        Ok(Some(limit.saturating_sub(used)))
    }
}
