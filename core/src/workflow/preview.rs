use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::account::Account;
use crate::error::{Error, ErrorKind, Result};
use crate::generate::DraftRequest;
use crate::model::{Capabilities, Model, ModelRequest, ModelResponse, ModelStream};
use crate::records::{SpendKind, now};

/// A call whose cost is to be known before it is made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PreviewedCall {
    /// `import_archive`: free.
    ImportArchive,
    /// `analyze_style`.
    AnalyzeStyle,
    /// `generate` with this request.
    Generate(DraftRequest),
}

/// What a call may cost, before it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CostPreview {
    /// How many model calls it makes at most.
    pub model_calls: u32,
    /// What it costs at most, in millionths of a US dollar; `None` where the model's price is not known. The first request
    /// is priced as it would be sent; a second one, where there can be one, is taken to be half as long again, because it
    /// repeats the first and adds what failed. An attempt whose answer is lost on the way comes on top, at the same price.
    pub max_micros: Option<u64>,
    /// What is left of the day's budget, in millionths of a US dollar; `None` without a budget.
    pub left_micros: Option<u64>,
    /// Whether it will be made: false when the budget would not allow it.
    pub affordable: bool,
}

impl Account {
    /// What a call would cost at most. Sends nothing: the call is prepared as far as its first request, which is priced.
    ///
    /// # Errors
    /// As the call itself, before it sends anything.
    pub async fn preview(&self, call: PreviewedCall) -> Result<CostPreview> {
        let (calls, max_micros) = match call {
            PreviewedCall::ImportArchive => (0, Some(0)),
            PreviewedCall::AnalyzeStyle => {
                if self.wren.model().is_err() || self.analysis_is_cached().await? {
                    (0, Some(0))
                } else {
                    let model = self.pricing_model()?;
                    let outcome = self.ask_for_analysis(&model).await;
                    (crate::style::MAX_ANALYSIS_CALLS, model.priced(outcome.map(drop))?)
                }
            }
            PreviewedCall::Generate(request) => {
                let model = self.pricing_model()?;
                let outcome = self.ask_for_drafts(&model, &request).await;
                let calls = if request.repair { crate::generate::MAX_CALLS } else { 1 };
                (calls, model.priced(outcome.map(drop))?)
            }
        };
        let max_micros = max_micros.map(|first| {
            let another = first.saturating_add(first / 2);
            first.saturating_add(another.saturating_mul(u64::from(calls.saturating_sub(1))))
        });
        let left_micros = self.left_today().await?;
        let affordable = match (left_micros, max_micros) {
            (Some(left), Some(most)) => most <= left,
            (Some(_), None) => false,
            (None, _) => true,
        };
        Ok(CostPreview { model_calls: calls, max_micros, left_micros, affordable })
    }

    /// What is left of the day's model budget; `None` without a budget.
    async fn left_today(&self) -> Result<Option<u64>> {
        self.left_of(self.wren.setup().budget.daily_micros(), SpendKind::Model).await
    }

    /// What is left today of a day's budget; `None` without one.
    pub(super) async fn left_of(&self, budget: Option<u64>, kind: SpendKind) -> Result<Option<u64>> {
        let Some(limit) = budget else { return Ok(None) };
        let today = now().date_naive();
        let spend = self.spend().await?;
        let used = spend.iter().filter(|spend| spend.day == today && spend.kind == kind);
        let used =
            used.fold(0_u64, |sum, spend| sum.saturating_add(spend.spent_micros).saturating_add(spend.reserved_micros));
        Ok(Some(limit.saturating_sub(used)))
    }

    fn pricing_model(&self) -> Result<PricingModel> {
        Ok(PricingModel { model: self.wren.model()?.clone(), first: Mutex::new(None) })
    }
}

/// Takes the first request of a call, prices it and stops the call there: so a preview can never differ from the call.
#[derive(Debug)]
struct PricingModel {
    model: Arc<dyn Model>,
    first: Mutex<Option<Option<u64>>>,
}

impl PricingModel {
    fn stop(&self, request: &ModelRequest) -> Error {
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert_with(|| self.model.estimate_micros(request));
        Error::new(ErrorKind::Cancelled, "preview.priced", "the preview stops before anything is sent")
    }

    /// The price of the first request; the call's own error if it failed before that.
    fn priced(&self, outcome: Result<()>) -> Result<Option<u64>> {
        match *self.first.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(price) => Ok(price),
            None => outcome.map(|()| Some(0)),
        }
    }
}

#[async_trait]
impl Model for PricingModel {
    fn provider(&self) -> &str {
        self.model.provider()
    }

    fn name(&self) -> String {
        self.model.name()
    }

    fn capabilities(&self) -> Capabilities {
        self.model.capabilities()
    }

    fn estimate_micros(&self, request: &ModelRequest) -> Option<u64> {
        self.model.estimate_micros(request)
    }

    async fn complete(&self, request: ModelRequest) -> Result<ModelResponse> {
        Err(self.stop(&request))
    }

    async fn stream(&self, request: ModelRequest) -> Result<ModelStream> {
        Err(self.stop(&request))
    }
}
