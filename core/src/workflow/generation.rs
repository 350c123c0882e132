use std::pin::Pin;
use std::sync::Arc;

use futures_core::Stream;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};

use super::account::Account;
use super::corpus::erased_meanwhile;
use crate::error::{Error, ErrorKind, Result};
use crate::generate::{self, DraftContext, DraftEvent, DraftRequest, Note, Outcome};
use crate::model::Model;
use crate::records::{Draft, DraftState, Generation, Id, new_id, now};
use crate::store::{DraftQuery, PageRequest};

/// So many earlier drafts steer the next ones.
const PAST_DRAFTS: u32 = 200;

/// What a generation came to. Fewer drafts than asked for, or none, is a valid end: the rejected candidates and the notes
/// say why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GenerationReport {
    /// What was asked, what was shown to the model and what was rejected, as it is stored.
    pub generation: Generation,
    /// The drafts, best first, as they are stored.
    pub drafts: Vec<Draft>,
    /// What the reader should know.
    pub notes: Vec<Note>,
    /// What it cost, in millionths of a US dollar; `None` where the model's price is not known.
    pub cost_micros: Option<u64>,
}

/// What happens while drafts are made.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum GenerationEvent {
    /// A step on the way, as `generate` gives it; never its last one.
    Step(DraftEvent),
    /// The end: the drafts are stored. Always the last event.
    Finished(GenerationReport),
}

/// Growing drafts. The last item is `Finished` or an error; dropping the stream stops the request.
pub type GenerationStream = Pin<Box<dyn Stream<Item = Result<GenerationEvent>> + Send>>;

impl Account {
    /// Drafts tweets in the owner's voice and keeps them, with the candidates that were not taken and the reason for each.
    ///
    /// Earlier drafts steer it: what was approved, what was rejected and why, what the owner changed.
    ///
    /// # Errors
    /// `Config` (`workflow.no_model`); `InvalidInput` (`style.empty_corpus`, `generate.…` for a request that cannot be
    /// met); `OverBudget`; `ContentRefused`; every kind of the model; `Storage`.
    pub async fn generate(&self, request: DraftRequest) -> Result<GenerationReport> {
        let model = self.metered_model()?;
        let (context, profile) = self.draft_context().await?;
        let outcome = generate::draft(&model, &context, &request).await?;
        self.keep_drafts(&request, profile, &model.name(), outcome).await
    }

    /// As [`Account::generate`], showing each candidate as it grows. Nothing is asked before the stream is polled.
    #[must_use = "a stream does nothing until it is polled"]
    pub fn generate_stream(&self, request: DraftRequest) -> GenerationStream {
        let account = self.clone();
        let started = async move {
            let model = Arc::new(account.metered_model()?);
            let (context, profile) = account.draft_context().await?;
            let name = model.name();
            let steps = generate::stream(model, context, request.clone());
            Ok::<_, Error>(steps.then(move |step| {
                let (account, request, name) = (account.clone(), request.clone(), name.clone());
                async move {
                    match step? {
                        DraftEvent::Finished(outcome) => {
                            account.keep_drafts(&request, profile, &name, outcome).await.map(GenerationEvent::Finished)
                        }
                        step => Ok(GenerationEvent::Step(step)),
                    }
                }
            }))
        };
        Box::pin(futures_util::stream::once(started).flat_map(|steps| match steps {
            Ok(steps) => steps.boxed(),
            Err(error) => futures_util::stream::iter([Err(error)]).boxed(),
        }))
    }

    /// The first step of a generation with another model, for its price.
    pub(super) async fn ask_for_drafts(&self, model: &dyn Model, request: &DraftRequest) -> Result<Outcome> {
        let loaded = self.corpus().await?;
        let past = self.past_drafts().await?;
        let profile = self.known_profile(&loaded).await?;
        let context = DraftContext::new(profile, loaded.exemplars.clone()).past(past);
        generate::draft(model, &context, request).await
    }

    /// What drafts are made of, and the id of the profile in it.
    async fn draft_context(&self) -> Result<(DraftContext, Id)> {
        let loaded = self.corpus().await?;
        let (profile, record) = self.writing_profile(&loaded).await?;
        let past = self.past_drafts().await?;
        let context = DraftContext::new(profile, loaded.exemplars.clone()).past(past);
        Ok((context, record.id))
    }

    async fn past_drafts(&self) -> Result<Vec<Draft>> {
        Ok(self.drafts(DraftQuery::default(), PageRequest::first(PAST_DRAFTS)).await?.items)
    }

    async fn keep_drafts(
        &self,
        request: &DraftRequest,
        profile: Id,
        model: &str,
        outcome: Outcome,
    ) -> Result<GenerationReport> {
        let at = now();
        let encode = |error| {
            Error::new(ErrorKind::Internal, "workflow.request_json", "the request cannot be written as JSON")
                .with_source(error)
        };
        // The model names itself in its answers; where it does not, the one that was asked is named.
        let answered = outcome.calls.last().map(|call| call.model.clone()).filter(|name| !name.is_empty());
        let generation = Generation {
            id: new_id(),
            account_id: self.id,
            profile_id: Some(profile),
            request: serde_json::to_value(request).map_err(encode)?,
            model: answered.unwrap_or_else(|| model.to_owned()),
            exemplars: outcome.exemplars,
            rejected: outcome.rejected,
            created_at: at,
        };
        let drafts: Vec<Draft> = outcome
            .drafts
            .into_iter()
            .map(|drafted| Draft {
                id: new_id(),
                account_id: self.id,
                generation_id: generation.id,
                text: drafted.text,
                weighted_length: drafted.weighted_length,
                scores: drafted.scores,
                state: DraftState::Draft,
                feedback: None,
                created_at: at,
                updated_at: at,
            })
            .collect();
        let cost_micros = outcome.calls.iter().map(|call| call.cost_micros).sum();
        let saved = self.store().save_generation(&self.caller, generation.clone(), drafts.clone()).await;
        saved.map_err(erased_meanwhile)?;
        Ok(GenerationReport { generation, drafts, notes: outcome.notes, cost_micros })
    }
}
