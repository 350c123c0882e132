use crate::error::{Error, ErrorKind, Result};
use crate::records::SpendKind;
use crate::store::SpendLimit;

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
