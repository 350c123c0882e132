//! Publishing approved drafts: checked before anything is sent, never twice, and resumable after every failure.
//!
//! `calls` are the account's, `request` is what is asked for, `words` holds it to its draft, `send` is the way of one entry of
//! the outbox, `same` finds a tweet again.

mod calls;
mod request;
mod same;
mod send;
mod words;

use std::collections::HashSet;

use serde_json::{Value, json};

use self::request::Plan;
pub use self::request::{PreviewedTweet, PublishMedia, PublishPreview, PublishReport, PublishRequest, PublishedTweet};
use self::words::same_words;
use super::account::Account;
use crate::error::{Error, ErrorKind, Result};
use crate::records::{Draft, DraftState, Id, OutboxEntry, OutboxState, SpendKind, TwitterUser, new_id};
use crate::store::{NewOutbox, SendingOutcome, SpendLimit, Store};
use crate::text::{self, Limits, extract_mentions};
use crate::twitter::{Cost, Finding, LintRules, NewTweet, Scopes, TwitterClient, lint};

/// Publishes through one client of X: for an application that keeps the tokens itself. Made by [`Account::publisher`].
#[derive(Clone, Debug)]
pub struct Publisher {
    account: Account,
    client: TwitterClient,
}

impl Publisher {
    /// Publishes an approved draft as one tweet.
    ///
    /// # Errors
    /// As [`publish_with`](Self::publish_with).
    pub async fn publish(&self, draft: Id) -> Result<PublishReport> {
        self.publish_with(PublishRequest::draft(draft)).await
    }

    /// Publishes approved drafts. Called again after a failure it goes on where it stopped, and tweets nothing twice.
    ///
    /// # Errors
    /// Before anything is sent: `Conflict` (`draft.state`) for a draft that is not approved, (`publish.other_content`) when
    /// another form of it waits in the outbox, (`outbox.sending`) while somebody else publishes it; `InvalidInput`
    /// (`publish.refused`) for what X would refuse, (`publish.empty`, `publish.other_text`, `publish.position`); `Config`
    /// (`publish.no_user`).
    /// `OverBudget`, `RateLimited`, `QuotaExceeded`, `NeedsLogin` and `Connect` leave the entry in the outbox, to go on
    /// with later: its id is in [`Error::outbox`]. `OutcomeUnknown` (`publish.outcome_unknown`) when a tweet was sent and
    /// neither the answer nor a look at the timeline came. And what X says of the tweet.
    pub async fn publish_with(&self, request: PublishRequest) -> Result<PublishReport> {
        let user = self.user().await?;
        let (before, plans) = self.plan(&request, true).await?;
        let mut cost = Cost::default();
        let limits = self.limits(&plans, &request, &mut cost).await?;
        let mut warnings = Vec::new();
        for plan in &plans {
            warnings.extend(self.checked(plan, &request, limits, &user).await?);
        }
        let mut posted: Vec<String> = before.iter().flat_map(|entry| entry.posted_ids.clone()).collect();
        let mut outbox = before.last().map(|entry| entry.id).unwrap_or_default();
        let mut above = before.last().and_then(|entry| entry.posted_ids.last().cloned());
        for mut plan in plans {
            if let (Some(above), Some(first)) = (&above, plan.tweets.first_mut()) {
                *first = first.clone().in_reply_to(above);
            }
            let entry = self.entry(&plan, &mut cost).await?;
            let (entry, spent) = self.send(&entry, &user).await?;
            cost += spent;
            outbox = entry.id;
            above = entry.posted_ids.last().cloned();
            posted.extend(entry.posted_ids);
        }
        Ok(PublishReport { outbox, tweets: tweets(&user, &posted), cost_micros: cost.micros, warnings })
    }

    /// What publishing would cost and what X would refuse about it. Sends nothing; the drafts need not be approved yet.
    ///
    /// # Errors
    /// `NotFound` (`store.no_draft`); as [`publish_with`](Self::publish_with) before it sends anything.
    pub async fn preview_publish(&self, request: PublishRequest) -> Result<PublishPreview> {
        let user = self.user().await?;
        let (_, plans) = self.plan(&request, false).await?;
        let prices = *self.client.app().price_table();
        let mut previewed = Vec::new();
        for plan in &plans {
            let found = self.findings(plan, &request, request.limits.unwrap_or_default(), &user).await?;
            for ((tweet, findings), media) in plan.tweets.iter().zip(found).zip(&plan.media) {
                let cost = prices.write(&tweet.text) + media.iter().map(|media| media.cost(&prices)).sum();
                previewed.push(PreviewedTweet { text: tweet.text.clone(), cost_micros: cost.micros, findings });
            }
        }
        Ok(PublishPreview::new(previewed, self.account.twitter_left_today().await?))
    }

    /// Goes on with an entry of the outbox: looks for what may be on Twitter already, then sends the rest. Of an entry
    /// that is published it gives the report again.
    ///
    /// # Errors
    /// `NotFound` (`store.no_outbox_entry`); `Conflict` (`outbox.failed`) for one that failed or was withdrawn,
    /// (`outbox.ended`) for one that was given up, (`draft.state`, `draft.changed`) for one whose draft is approved no more, or
    /// with another text; as [`publish_with`](Self::publish_with).
    pub async fn resume_publish(&self, outbox: Id) -> Result<PublishReport> {
        let user = self.user().await?;
        let entry = self.account.outbox_entry(outbox).await?;
        let (entry, cost) = match entry.state {
            OutboxState::Posted => (entry, Cost::default()),
            _ => self.send(&entry, &user).await?,
        };
        let tweets = tweets(&user, &entry.posted_ids);
        Ok(PublishReport { outbox, tweets, cost_micros: cost.micros, warnings: Vec::new() })
    }

    /// Deletes at X what was published of a draft, the last tweet first, and gives the ids. The draft stays published, and
    /// may be called for again after a failure: what is gone is gone.
    ///
    /// # Errors
    /// `NotFound` (`store.no_draft`); `Conflict` (`publish.not_published`); every kind of the pipeline and of X.
    pub async fn unpublish(&self, draft: Id) -> Result<Vec<String>> {
        self.account.draft(draft).await?;
        let entry = self.entry_of(draft).await?.filter(|entry| !entry.posted_ids.is_empty()).ok_or_else(|| {
            Error::new(ErrorKind::Conflict, "publish.not_published", "nothing of the draft is on Twitter")
                .with_remedy("Publish it first.")
        })?;
        let mut profile_is_gone = false;
        let deleted = self.delete(&entry.posted_ids, &mut profile_is_gone).await;
        self.account.wren.setup().corpora.forget(self.account.id);
        if profile_is_gone {
            self.account.recompute_profile().await?;
        }
        deleted?;
        self.audit("publish.deleted", json!({ "outbox": entry.id, "tweets": entry.posted_ids.len() })).await;
        Ok(entry.posted_ids)
    }

    /// Deletes tweets, the last one first, and marks them as deleted here, which may take style profiles with it.
    async fn delete(&self, ids: &[String], profile_is_gone: &mut bool) -> Result<()> {
        let (store, account) = (self.store(), &self.account);
        let price = Cost::micros(self.client.app().price_table().delete);
        for id in ids.iter().rev() {
            let reserved = self.reserve(price).await?;
            let deleted = self.client.delete_tweet(id).await;
            // X charges no failed request, not even one for what is gone already.
            self.settle(reserved, if deleted.is_ok() { price } else { Cost::default() }).await;
            match deleted {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                end => end?,
            }
            let now = account.wren.setup().clock.now();
            match store.mark_deleted(&account.caller, account.id, vec![id.clone()], now).await {
                Ok(erased) => *profile_is_gone |= erased.profiles > 0,
                // It is marked; traces in the files go with the next erasing, or when the store is opened.
                Err(error) if error.code() == "store.erase_unfinished" => {
                    tracing::warn!(target: "ghostwren::workflow", %error, "traces of a deleted tweet are left in the files");
                    *profile_is_gone = true;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn store(&self) -> &dyn Store {
        self.account.store().as_ref()
    }

    async fn user(&self) -> Result<TwitterUser> {
        self.account.record().await?.twitter_user.ok_or_else(|| {
            Error::new(ErrorKind::Config, "publish.no_user", "it is not known whose Twitter account this is")
                .with_remedy("Connect the account, or import its archive, before something is published.")
        })
    }

    /// The entries of the drafts at the beginning that are published, and the plans of the others.
    async fn plan(&self, request: &PublishRequest, approved: bool) -> Result<(Vec<OutboxEntry>, Vec<Plan>)> {
        let invalid = |code, detail: &str| Error::new(ErrorKind::InvalidInput, code, detail);
        if request.drafts.is_empty() || request.split.as_ref().is_some_and(Vec::is_empty) {
            return Err(invalid("publish.empty", "there is nothing to publish").with_remedy("Name a draft."));
        }
        let distinct: HashSet<&Id> = request.drafts.iter().collect();
        if distinct.len() < request.drafts.len() {
            return Err(invalid("publish.empty", "a draft stands twice in the thread").with_remedy("Name it once."));
        }
        let (mut before, mut plans, mut position) = (Vec::new(), Vec::<Plan>::new(), 0);
        for id in &request.drafts {
            let draft = self.account.draft(*id).await?;
            if draft.state == DraftState::Published && plans.is_empty() && request.drafts.len() > 1 {
                let entry = self.entry_of(*id).await?.ok_or_else(|| wrong_state(&draft))?;
                position += entry.payload.len();
                before.push(entry);
                continue;
            }
            if approved && draft.state != DraftState::Approved {
                return Err(wrong_state(&draft));
            }
            let texts = request.split.clone().unwrap_or_else(|| vec![draft.text.clone()]);
            if !same_words(&draft.text, texts.iter().map(String::as_str)) {
                return Err(invalid("publish.other_text", "the texts of the thread are not the draft's")
                    .with_remedy("Split the draft without changing a word, or edit the draft and approve it."));
            }
            let mut plan = Plan { draft: *id, tweets: Vec::new(), media: Vec::new() };
            for text in texts {
                plan.tweets.push(with_options(NewTweet::new(text), request, position == 0));
                plan.media.push(request.media.get(&position).cloned().unwrap_or_default());
                position += 1;
            }
            plans.push(plan);
        }
        if request.media.keys().any(|at| *at >= position) {
            return Err(invalid("publish.position", "media are given for a tweet that the thread does not have")
                .with_remedy("Positions count from 0."));
        }
        if plans.is_empty() && approved {
            let last = self.account.draft(*request.drafts.last().unwrap_or(&Id::nil())).await?;
            return Err(wrong_state(&last));
        }
        Ok((before, plans))
    }

    /// How long a text may be: what the request says, else what X says of the user where it matters.
    async fn limits(&self, plans: &[Plan], request: &PublishRequest, cost: &mut Cost) -> Result<Limits> {
        let fits = |tweet: &NewTweet| text::weighted_length(&tweet.text) <= Limits::STANDARD.max_weighted_length;
        match request.limits {
            Some(limits) => Ok(limits),
            None if plans.iter().flat_map(|plan| &plan.tweets).all(fits) => Ok(Limits::STANDARD),
            None => {
                let price = self.client.app().price_table().users(1);
                let reserved = self.reserve(price).await?;
                let me = self.client.me().await;
                let spent = if me.is_ok() { price } else { Cost::default() };
                self.settle(reserved, spent).await;
                *cost += spent;
                Ok(me?.text_limits())
            }
        }
    }

    /// What is to be said about each tweet of a plan.
    async fn findings(
        &self,
        plan: &Plan,
        request: &PublishRequest,
        limits: Limits,
        user: &TwitterUser,
    ) -> Result<Vec<Vec<Finding>>> {
        let prices = *self.client.app().price_table();
        let rules = LintRules::default().limits(limits).self_serve(request.self_serve).prices(prices);
        let mut all = Vec::new();
        for tweet in plan.linted() {
            let mut rules = rules;
            if let Some(reply) = &tweet.reply
                && self.was_called(&reply.to, user).await?
            {
                rules = rules.called(true);
            }
            all.push(lint(&tweet, &rules));
        }
        Ok(all)
    }

    /// Whether the store knows that the account may answer a tweet: its own, or one that names it.
    async fn was_called(&self, tweet: &str, user: &TwitterUser) -> Result<bool> {
        if !crate::records::is_valid_id(tweet) {
            return Ok(false);
        }
        let (account, ids) = (&self.account, vec![tweet.to_owned()]);
        if !self.store().tweets_by_id(&account.caller, account.id, ids.clone()).await?.is_empty() {
            return Ok(true);
        }
        let others = self.store().context_tweets(&account.caller, account.id, ids).await?;
        let named = |text: &str| extract_mentions(text).iter().any(|at| at.value.eq_ignore_ascii_case(&user.username));
        Ok(others.iter().any(|tweet| named(&tweet.full_text)))
    }

    /// The warnings of a plan that X would take.
    async fn checked(
        &self,
        plan: &Plan,
        request: &PublishRequest,
        limits: Limits,
        user: &TwitterUser,
    ) -> Result<Vec<Finding>> {
        let found: Vec<Finding> = self.findings(plan, request, limits, user).await?.into_iter().flatten().collect();
        let refused: Vec<&Finding> = found.iter().filter(|finding| finding.refused).collect();
        if refused.is_empty() {
            return Ok(found);
        }
        let said: Vec<String> = refused.iter().map(|finding| format!("{}: {}", finding.code, finding.detail)).collect();
        let detail = format!("X would refuse it: {}", said.join("; "));
        Err(Error::new(ErrorKind::InvalidInput, "publish.refused", detail)
            .with_remedy("Change what is named and approve the draft again; nothing was sent."))
    }

    /// The entry of the outbox for a plan: the one that is there, or a new one after its media were uploaded.
    async fn entry(&self, plan: &Plan, cost: &mut Cost) -> Result<OutboxEntry> {
        let content_hash = plan.hash().await?;
        if let Some(there) = self.entry_of(plan.draft).await?.filter(stands) {
            return same_content(there, &content_hash);
        }
        let (mut payload, prices) = (Vec::new(), *self.client.app().price_table());
        for (tweet, media) in plan.tweets.iter().zip(&plan.media) {
            let mut tweet = tweet.clone();
            for media in media {
                tweet = tweet.media(match media {
                    PublishMedia::Uploaded(id) => id.clone(),
                    PublishMedia::Upload(upload) => {
                        let price = media.cost(&prices);
                        let reserved = self.reserve(price).await?;
                        let uploaded = self.client.upload(upload.clone()).await;
                        let spent = if uploaded.is_ok() { price } else { Cost::default() };
                        self.settle(reserved, spent).await;
                        *cost += spent;
                        uploaded?.id
                    }
                });
            }
            payload.push(encoded(&tweet)?);
        }
        let account = &self.account;
        let draft_id = Some(plan.draft);
        let new = NewOutbox { id: new_id(), account_id: account.id, draft_id, content_hash, payload };
        let hash = new.content_hash.clone();
        match self.store().put_outbox(&account.caller, new).await {
            // Somebody else was quicker.
            Err(error) if error.code() == "outbox.already" => match self.entry_of(plan.draft).await?.filter(stands) {
                Some(there) => same_content(there, &hash),
                None => Err(error),
            },
            end => self.still_meant(plan, end?).await,
        }
    }

    /// A draft that got another text while its media were uploaded: what was put into the outbox is withdrawn.
    async fn still_meant(&self, plan: &Plan, entry: OutboxEntry) -> Result<OutboxEntry> {
        let draft = self.account.draft(plan.draft).await?;
        if same_words(&draft.text, plan.tweets.iter().map(|tweet| tweet.text.as_str())) {
            return Ok(entry);
        }
        let (store, caller) = (self.store(), &self.account.caller);
        let sending = store.begin_sending(caller, entry.id, std::time::Duration::from_secs(10)).await?;
        let outcome = SendingOutcome::Failed { code: "draft.changed".to_owned() };
        store.end_sending(caller, entry.id, sending.fence, outcome).await?;
        Err(Error::new(ErrorKind::Conflict, "draft.changed", "the draft got another text meanwhile")
            .with_remedy("Publish it again."))
    }

    /// The entry that stands for a draft, or stood for it and left something on Twitter.
    async fn entry_of(&self, draft: Id) -> Result<Option<OutboxEntry>> {
        self.store().outbox_of_draft(&self.account.caller, self.account.id, draft).await
    }

    async fn reserve(&self, cost: Cost) -> Result<Id> {
        let daily_limit_micros = self.account.wren.setup().twitter_budget;
        let limit = SpendLimit { kind: SpendKind::Twitter, amount_micros: cost.micros, daily_limit_micros };
        Ok(self.store().reserve_spend(&self.account.caller, self.account.id, limit).await?.id)
    }

    /// Settles what was set aside. What it was for has happened: a failure of the books must not say otherwise.
    async fn settle(&self, reservation: Id, cost: Cost) {
        let account = &self.account;
        let settled = self.store().settle_spend(&account.caller, account.id, reservation, cost.micros).await;
        if let Err(error) = settled {
            tracing::warn!(target: "ghostwren::workflow", %error, "what publishing cost was not counted");
        }
    }

    async fn audit(&self, action: &str, facts: Value) {
        self.account.publish_log(action, facts).await;
    }
}

/// What X wants for a tweet to be written or deleted
/// (<https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code>).
fn writing() -> Scopes {
    Scopes::default().and("tweet.read").and("users.read").write()
}

fn with_options(mut tweet: NewTweet, request: &PublishRequest, first: bool) -> NewTweet {
    tweet.made_with_ai = request.made_with_ai;
    tweet.paid_partnership = request.paid_partnership;
    if first {
        tweet.quote.clone_from(&request.quote);
        tweet.reply_settings = request.reply_settings;
        if let Some(to) = &request.reply_to {
            tweet = tweet.in_reply_to(to);
        }
    }
    tweet
}

/// Whether the entry was not given up.
fn stands(entry: &OutboxEntry) -> bool {
    entry.state != OutboxState::Ended
}

fn wrong_state(draft: &Draft) -> Error {
    let state = draft.state.as_str();
    let detail = format!("the draft is in the state '{state}', and only an approved one is published");
    Error::new(ErrorKind::Conflict, "draft.state", detail).with_remedy("Approve the draft first.")
}

/// Goes on with the entry that is there only if it says the same.
fn same_content(there: OutboxEntry, hash: &str) -> Result<OutboxEntry> {
    if there.content_hash == hash {
        return Ok(there);
    }
    let detail = "the draft waits in the outbox already, with other options or media";
    Err(Error::new(ErrorKind::Conflict, "publish.other_content", detail)
        .with_remedy(
            "Go on with it by `resume_publish`, or give it up by `resolve_publish` and approve the draft again.",
        )
        .with_outbox(there.id))
}

fn encoded(tweet: &NewTweet) -> Result<Value> {
    serde_json::to_value(tweet).map_err(|error| {
        Error::new(ErrorKind::Internal, "publish.encode", "a tweet cannot be written as JSON").with_source(error)
    })
}

fn tweets(user: &TwitterUser, ids: &[String]) -> Vec<PublishedTweet> {
    let one = |(position, id): (usize, &String)| PublishedTweet {
        position,
        tweet_id: id.clone(),
        url: format!("https://x.com/{}/status/{id}", user.username),
    };
    ids.iter().enumerate().map(one).collect()
}
