//! Which model a client asks: its policy, and what was learned of the policy's models.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use chrono::{NaiveDate, Utc};

use super::client::OpenAi;
use super::models::ModelRecord;
use super::policy::{ModelNotice, ModelPolicy};
use super::request::ChatRequest;
use crate::error::{Error, Result};
use crate::model::ReasoningEffort;

/// The model policy and what was learned of its models.
pub(super) struct Policy {
    pub(super) chain: ModelPolicy,
    pub(super) state: Mutex<Learned>,
}

#[derive(Default)]
pub(super) struct Learned {
    /// The models before this one were said to be gone.
    from: usize,
    /// What the service said of the chain's models.
    shutdown: BTreeMap<String, Option<NaiveDate>>,
    warned: bool,
}

/// The model of one call.
pub(super) struct Choice {
    pub(super) model: String,
    pub(super) effort: Option<ReasoningEffort>,
    /// Its place in the policy; `None` where the request names its model.
    pub(super) index: Option<usize>,
}

impl OpenAi {
    /// Asks the service about the model in use and follows the policy: past its shutdown date, or gone, its successor is
    /// used from now on. A program that runs for long calls this once a day; a call does it when the service says that the
    /// model is gone.
    ///
    /// # Errors
    /// Every kind of the pipeline and of the service, except that the model is gone.
    pub async fn refresh_policy(&self) -> Result<Option<ModelNotice>> {
        let choice = self.choose(0);
        match self.model_record(&choice.model).await {
            Ok(_) => {}
            Err(error) if is_gone(&error) => {
                if let Some(index) = choice.index {
                    self.settings().policy.gone(index);
                }
            }
            Err(error) => return Err(error),
        }
        self.warn();
        Ok(self.notice())
    }

    /// What a person should know about the model in use: that it will stop, or has. `None` while there is nothing.
    #[must_use]
    pub fn notice(&self) -> Option<ModelNotice> {
        let policy = &self.settings().policy;
        let learned = policy.state.lock().unwrap_or_else(PoisonError::into_inner);
        policy.chain.notice(Utc::now(), learned.from, |model| learned.shutdown.get(model).copied())
    }

    /// Which model is asked, and which one when that one is gone.
    #[must_use]
    pub fn model_policy(&self) -> &ModelPolicy {
        &self.settings().policy.chain
    }

    /// The model for the next call, not before `from` in the chain.
    pub(super) fn choose(&self, from: usize) -> Choice {
        let policy = &self.settings().policy;
        let learned = policy.state.lock().unwrap_or_else(PoisonError::into_inner);
        let from = from.max(learned.from);
        let index = policy.chain.index(Utc::now(), from, |model| learned.shutdown.get(model).copied());
        let step = policy.chain.step(index);
        Choice {
            model: step.map(|step| step.model.clone()).unwrap_or_default(),
            effort: step.and_then(|step| step.effort),
            index: Some(index),
        }
    }

    pub(super) fn choice(&self, request: &ChatRequest, from: usize) -> Choice {
        match &request.model {
            Some(model) => Choice { model: model.clone(), effort: None, index: None },
            None => self.choose(from),
        }
    }

    /// Tells the log once that the model in use will stop or has stopped.
    pub(super) fn warn(&self) {
        let Some(notice) = self.notice() else { return };
        let mut learned = self.settings().policy.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::mem::replace(&mut learned.warned, true) {
            tracing::warn!(
                target: "ghostwren::openai",
                model = notice.model,
                days_left = notice.days_left,
                successor = notice.successor,
                "{notice}"
            );
        }
    }

    pub(super) fn learn(&self, record: &ModelRecord) {
        let policy = &self.settings().policy;
        if policy.chain.steps().any(|step| step.model == record.id) {
            let mut learned = policy.state.lock().unwrap_or_else(PoisonError::into_inner);
            // A server that knows no such date says nothing by leaving it out.
            if record.shutdown_date.is_some() || self.is_openai() {
                learned.shutdown.insert(record.id.clone(), record.shutdown_date);
            }
        }
    }

    /// After a failure: the place in the chain to go on from, if the model is gone and has a successor.
    pub(super) fn successor(&self, choice: &Choice, error: &Error) -> Option<usize> {
        let next = choice.index? + 1;
        if !is_gone(error) || self.settings().policy.chain.is_pinned() {
            return None;
        }
        let step = self.settings().policy.chain.step(next)?;
        tracing::warn!(
            target: "ghostwren::openai",
            model = choice.model,
            successor = step.model,
            "the service does not have the model {}; {} is asked instead",
            choice.model,
            step.model
        );
        Some(next)
    }

    /// A successor that answered is used from now on.
    pub(super) fn settled(&self, choice: &Choice, from: usize) {
        if from > 0
            && let Some(index) = choice.index
        {
            self.settings().policy.gone(index.saturating_sub(1));
        }
    }
}

impl Policy {
    pub(super) fn new(chain: ModelPolicy) -> Self {
        Self { chain, state: Mutex::default() }
    }

    /// The model at this place of the chain is gone.
    fn gone(&self, index: usize) {
        let mut learned = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        learned.from = learned.from.max(index + 1);
        learned.warned = false;
    }
}

fn is_gone(error: &Error) -> bool {
    matches!(error.code(), "openai.model_not_found" | "openai.model_gone")
}
