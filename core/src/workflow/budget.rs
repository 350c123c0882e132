use crate::error::{Error, ErrorKind, Result};
use crate::records::SpendKind;
use crate::store::SpendLimit;
use crate::twitter::{Cost, Prices};

/// What is to be read from X: decides what it may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fetch {
    /// The user.
    User,
    /// A page of the timeline.
    Timeline,
    /// Tweets by their ids.
    Lookup,
}

impl Fetch {
    /// What it costs at most. A tweet brings along at most one that it answers and one that it quotes, their authors and
    /// its own, and whether X bills them is not documented. In the new dialect they come whether or not they are wanted.
    pub(super) fn at_most(self, prices: &Prices, tweets: u64) -> Cost {
        let (twice, thrice) = (tweets.saturating_mul(2), tweets.saturating_mul(3));
        match self {
            Self::User => prices.users(1),
            Self::Timeline => prices.timeline(tweets) + prices.posts(twice) + prices.users(twice.saturating_add(1)),
            Self::Lookup => prices.posts(thrice) + prices.users(thrice),
        }
    }

    /// The smallest page that X gives.
    pub(super) fn least(self) -> u64 {
        if self == Self::Timeline { 5 } else { 1 }
    }
}

/// What the model may cost per account and UTC day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Budget {
    daily_micros: Option<u64>,
}

impl Budget {
    pub(super) fn per_day(micros: u64) -> Self {
        Self { daily_micros: Some(micros) }
    }

    pub(super) fn daily_micros(self) -> Option<u64> {
        self.daily_micros
    }

    /// What to set aside for a call that costs at most `estimate`.
    ///
    /// # Errors
    /// `Config` (`budget.price_unknown`) when there is a budget and the price is not known: it could not be kept.
    pub(super) fn limit(self, model: &str, estimate: Option<u64>) -> Result<SpendLimit> {
        if self.daily_micros.is_some() && estimate.is_none() {
            return Err(Error::new(
                ErrorKind::Config,
                "budget.price_unknown",
                format!("the price of {model} is not known, so the budget could not be kept"),
            )
            .with_remedy("Name the model's prices in its setup, or take the budget away."));
        }
        Ok(SpendLimit {
            kind: SpendKind::Model,
            amount_micros: estimate.unwrap_or(0),
            daily_limit_micros: self.daily_micros,
        })
    }
}
