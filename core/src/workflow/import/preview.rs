use std::fmt;

use serde::{Deserialize, Serialize};

use super::super::account::Account;
use super::super::budget::Fetch;
use super::ledger::Ledger;
use super::options::ImportOptions;
use super::place::Place;
use super::reader::{Reader, user_of};
use super::timeline::{newest_known, newest_of_archives};
use crate::error::Result;
use crate::records::{ImportEnd, ImportRun, ImportSource, SpendKind};
use crate::store::SpendLimit;
use crate::text::thousands;
use crate::twitter::{Cost, Resource};

/// What importing a timeline would cost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImportPreview {
    /// How many tweets X says the user has, where it does.
    pub tweets_of_user: Option<u64>,
    /// How many tweets would be read at most.
    pub tweets: u64,
    /// How many of them are likely to be there: of an account that was imported before, those that the store lacks.
    pub likely: u64,
    /// How many there are that only the archive has.
    pub beyond: u64,
    /// What the tweets and their author cost at most, in millionths of a US dollar. The author is one user read, and free
    /// where an import read it on the same UTC day.
    pub max_micros: u64,
    /// What the likely ones and their author cost, in millionths of a US dollar.
    pub likely_micros: u64,
    /// What the tweets that come along and their authors cost at most, in millionths of a US dollar, if X bills them, which it
    /// does not say. Few tweets bring along as much as this takes each to bring.
    pub context_micros: u64,
    /// What is left of the day's budget, in millionths of a US dollar; `None` without one.
    pub left_micros: Option<u64>,
}

impl ImportPreview {
    /// Whether the day's budget is enough for all that it may cost.
    #[must_use]
    pub fn is_affordable(&self) -> bool {
        self.left_micros.is_none_or(|left| self.max_micros.saturating_add(self.context_micros) <= left)
    }
}

impl fmt::Display for ImportPreview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (most, likely) = (Cost::micros(self.max_micros), Cost::micros(self.likely_micros));
        if self.likely < self.tweets {
            write!(f, "about {} new tweets: about {likely}, at most {most}", thousands(self.likely))?;
        } else {
            write!(f, "{} tweets: up to {most}", thousands(self.tweets))?;
        }
        f.write_str("; your archive would be $0")?;
        if self.beyond > 0 {
            write!(f, ", and has {} more", thousands(self.beyond))?;
        }
        Ok(())
    }
}

impl Account {
    /// What [`import_timeline`](Self::import_timeline) would cost: `3,200 tweets: up to $16.01; your archive would be $0`.
    ///
    /// Asks X how many tweets the user has: one user read, $0.01. The import reads the user as well, and counts it; when it
    /// follows on the same UTC day, X bills only one of the two.
    ///
    /// # Errors
    /// As [`import_timeline`](Self::import_timeline), before it reads any tweet; `OverBudget` (`budget.exceeded`) where the
    /// day's budget does not allow the user read; `RateLimited`.
    pub async fn preview_import(&self) -> Result<ImportPreview> {
        self.preview_import_with(&ImportOptions::default()).await
    }

    /// As [`preview_import`](Self::preview_import), for an import with these options.
    ///
    /// # Errors
    /// As [`preview_import`](Self::preview_import).
    pub async fn preview_import_with(&self, options: &ImportOptions) -> Result<ImportPreview> {
        let reader = Reader::open(self, options).await?;
        let user = user_of(self).await?;
        let client = reader.client.clone().for_user(&user.id);
        let prices = *client.app().price_table();
        let amount_micros = prices.users(1).micros;
        let daily_limit_micros = self.wren.setup().twitter_budget;
        let limit = SpendLimit { kind: SpendKind::Twitter, amount_micros, daily_limit_micros };
        let reserved = self.store().reserve_spend(&self.caller, self.id, limit).await?;
        let asked = client.user(&user.id).await;
        let spent = if asked.is_ok() { amount_micros } else { 0 };
        self.store().settle_spend(&self.caller, self.id, reserved.id, spent).await?;
        reader.keep_limits(self).await;
        let tweets_of_user = asked?.tweets;

        let runs = self.imports().await?;
        let open = runs.iter().find(|run| goes_on(run, &user.id)).and_then(|run| run.checkpoint.as_ref());
        let place = open.and_then(Place::read).filter(|place| place.again || !options.again);
        let (since, read) = match place {
            Some(mut place) => {
                if let Some(newest) = newest_of_archives(&runs) {
                    place.rest_on(newest);
                }
                (place.since_id, place.read)
            }
            None if options.again => (None, 0),
            None => (newest_known(self, &user.id).await?.map(|known| known.id), 0),
        };
        // Where X does not say how many there are, there may be as many as it can give.
        let all = prices.preview(tweets_of_user.unwrap_or(crate::twitter::TIMELINE_LIMIT), true);
        let tweets = all.tweets.saturating_sub(read);
        let likely = match since {
            None => tweets,
            Some(_) => {
                let stored = self.totals().await?.total;
                tweets_of_user.unwrap_or_default().saturating_sub(stored).min(tweets)
            }
        };
        let today = Ledger::of(&runs, self.wren.setup().clock.now().date_naive());
        let author = prices.users(u64::from(!today.has(Resource::User(&user.id), false)));
        Ok(ImportPreview {
            tweets_of_user,
            tweets,
            likely,
            beyond: if since.is_none() { all.beyond } else { 0 },
            max_micros: (prices.timeline(tweets) + author).micros,
            likely_micros: (prices.timeline(likely) + author).micros,
            context_micros: prices.preview(tweets, true).context_at_most.micros,
            left_micros: self.left_of(daily_limit_micros, SpendKind::Twitter).await?,
        })
    }
}

/// What looking up whether everything still exists would cost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReconcilePreview {
    /// How many own tweets would be asked for.
    pub own: u64,
    /// How many of other people's texts at most.
    pub context: u64,
    /// What these cost, in millionths of a US dollar, if X bills nothing that comes along with them.
    pub likely_micros: u64,
    /// What they cost at most, in millionths of a US dollar: in its new dialect X brings along what a tweet quotes or answers,
    /// with the authors, and does not say whether it bills that.
    pub max_micros: u64,
    /// What is left of the day's budget, in millionths of a US dollar; `None` without one.
    pub left_micros: Option<u64>,
}

impl fmt::Display for ReconcilePreview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (own, context) = (thousands(self.own), thousands(self.context));
        let (likely, most) = (Cost::micros(self.likely_micros), Cost::micros(self.max_micros));
        write!(f, "{own} tweets and at most {context} of other people: about {likely}, at most {most}")
    }
}

impl Account {
    /// What [`reconcile`](Self::reconcile) would cost. Asks nobody but the store.
    ///
    /// # Errors
    /// `Config` (`workflow.no_twitter`); `Storage`.
    pub async fn preview_reconcile(&self) -> Result<ReconcilePreview> {
        let prices = *self.wren.twitter()?.price_table();
        let totals = self.totals().await?;
        let kind = |name: &str| totals.by_kind.get(name).copied().unwrap_or_default();
        // An answer may quote as well; a tweet of another kind refers to nothing that is kept.
        let context = 2 * (kind("reply") + totals.deleted) + kind("quote");
        let all = totals.total.saturating_add(context);
        Ok(ReconcilePreview {
            own: totals.total,
            context,
            likely_micros: prices.posts(all).micros,
            max_micros: Fetch::Lookup.at_most(&prices, all).micros,
            left_micros: self.left_of(self.wren.setup().twitter_budget, SpendKind::Twitter).await?,
        })
    }
}

fn goes_on(run: &ImportRun, user: &str) -> bool {
    let ended = matches!(run.end, Some(ImportEnd::Complete | ImportEnd::Incomplete { .. } | ImportEnd::ReachedLimit));
    run.source == ImportSource::Timeline && run.source_key == user && !ended
}
