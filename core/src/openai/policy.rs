//! Which model is asked: a policy, because models are shut down.

use chrono::{DateTime, NaiveDate, Utc};

use super::registry::model_info;
use crate::model::ReasoningEffort;

/// How many days before a model stops the notice begins.
const NOTICE_DAYS: i64 = 120;

/// One model of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicyStep {
    /// The model's name.
    pub model: String,
    /// The reasoning effort to ask for where a request names none.
    pub effort: Option<ReasoningEffort>,
}

/// Which model is asked, and which one when that one is gone.
///
/// The default is `gpt-4o`, and `gpt-6-luna` with reasoning effort `none` once `gpt-4o` is shut down (2027-01-14 by the
/// table; the `shutdown_date` of `GET /v1/models/{id}` goes before the table) or the service says that it does not have
/// the model. A pinned model has no successor: when it is gone, the call fails.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use ghostwren::openai::ModelPolicy;
/// let policy = ModelPolicy::default();
/// assert_eq!(policy.at(Utc.with_ymd_and_hms(2026, 11, 22, 0, 0, 0).unwrap()).model, "gpt-4o");
/// assert_eq!(policy.at(Utc.with_ymd_and_hms(2027, 1, 14, 0, 0, 0).unwrap()).model, "gpt-6-luna");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelPolicy {
    first: PolicyStep,
    rest: Vec<PolicyStep>,
    pinned: bool,
}

impl Default for ModelPolicy {
    fn default() -> Self {
        // "Start with reasoning effort none":
        // https://help.openai.com/en/articles/20001600-migrating-from-gpt-4x-to-gpt-6-luna
        Self::starting_with("gpt-4o").then("gpt-6-luna", Some(ReasoningEffort::None))
    }
}

impl ModelPolicy {
    /// This model and no other.
    #[must_use]
    pub fn pinned(model: impl Into<String>) -> Self {
        Self { pinned: true, ..Self::starting_with(model) }
    }

    /// A chain of your own: this model first.
    #[must_use]
    pub fn starting_with(model: impl Into<String>) -> Self {
        Self { first: PolicyStep { model: model.into(), effort: None }, rest: Vec::new(), pinned: false }
    }

    /// The model to ask when those before it are gone, and the reasoning effort to ask it with.
    #[must_use]
    pub fn then(mut self, model: impl Into<String>, effort: Option<ReasoningEffort>) -> Self {
        self.rest.push(PolicyStep { model: model.into(), effort });
        self.pinned = false;
        self
    }

    /// Whether one model is meant and no other.
    #[must_use]
    pub fn is_pinned(&self) -> bool {
        self.pinned
    }

    /// The models in their order.
    pub fn steps(&self) -> impl Iterator<Item = &PolicyStep> {
        std::iter::once(&self.first).chain(&self.rest)
    }

    /// The model to ask at this time, by the dates of the table: the first that is not shut down, else the last.
    #[must_use]
    pub fn at(&self, now: DateTime<Utc>) -> &PolicyStep {
        self.step(self.index(now, 0, |_| None)).unwrap_or(&self.first)
    }

    pub(super) fn step(&self, index: usize) -> Option<&PolicyStep> {
        self.steps().nth(index)
    }

    /// The place in the chain at this time, not before `from`. `learned` is what the service said of a model.
    pub(super) fn index(
        &self,
        now: DateTime<Utc>,
        from: usize,
        learned: impl Fn(&str) -> Option<Option<NaiveDate>>,
    ) -> usize {
        if self.pinned {
            return 0;
        }
        let last = self.rest.len();
        (from..last)
            .find(|&index| {
                self.step(index)
                    .is_some_and(|step| shutdown(&step.model, &learned).is_none_or(|day| now.date_naive() < day))
            })
            .unwrap_or(last)
    }

    /// What the application should tell somebody about the model in use; `None` while there is nothing to say.
    pub(super) fn notice(
        &self,
        now: DateTime<Utc>,
        from: usize,
        learned: impl Fn(&str) -> Option<Option<NaiveDate>>,
    ) -> Option<ModelNotice> {
        let index = self.index(now, from, &learned);
        let step = self.step(index)?;
        let intended = &self.first.model;
        if index > 0 {
            return Some(ModelNotice {
                model: intended.clone(),
                shutdown: shutdown(intended, &learned),
                days_left: shutdown(intended, &learned).map(|day| (day - now.date_naive()).num_days()),
                successor: Some(step.model.clone()),
                replaced: true,
            });
        }
        let day = shutdown(&step.model, &learned)?;
        let days_left = (day - now.date_naive()).num_days();
        (days_left <= NOTICE_DAYS).then(|| ModelNotice {
            model: step.model.clone(),
            shutdown: Some(day),
            days_left: Some(days_left),
            successor: match self.step(1) {
                Some(next) => Some(next.model.clone()),
                None => model_info(&step.model).successor.map(str::to_owned),
            },
            replaced: false,
        })
    }
}

fn shutdown(model: &str, learned: &impl Fn(&str) -> Option<Option<NaiveDate>>) -> Option<NaiveDate> {
    // What the service said, also that there is no date; else the table.
    learned(model).unwrap_or_else(|| model_info(model).shutdown)
}

/// What is to be told about the model in use: it will stop, or it has, and what takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ModelNotice {
    /// The model that was asked for.
    pub model: String,
    /// The day on which it stops.
    pub shutdown: Option<NaiveDate>,
    /// Days until then; negative afterwards.
    pub days_left: Option<i64>,
    /// The model that takes its place: in the policy, or as OpenAI recommends it when the policy has none.
    pub successor: Option<String>,
    /// Whether the successor is already in use.
    pub replaced: bool,
}

impl std::fmt::Display for ModelNotice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.replaced, self.shutdown) {
            (true, Some(day)) => write!(f, "the model {} is gone (shutdown {day})", self.model)?,
            (true, None) => write!(f, "the model {} is gone", self.model)?,
            (false, Some(day)) => write!(f, "the model {} stops on {day}", self.model)?,
            (false, None) => write!(f, "the model {} will stop", self.model)?,
        }
        match &self.successor {
            Some(next) if self.replaced => write!(f, "; {next} is asked instead"),
            Some(next) => write!(f, "; {next} takes its place"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn day(year: i32, month: u32, day: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(year, month, day, 12, 0, 0).unwrap()
    }

    #[test]
    fn the_default_changes_on_the_day_and_warns_before() {
        let policy = ModelPolicy::default();
        let none = |_: &str| None;
        assert!(policy.notice(day(2026, 5, 1), 0, none).is_none());
        let notice = policy.notice(day(2026, 11, 22), 0, none).unwrap();
        assert_eq!((notice.days_left, notice.replaced), (Some(53), false));
        assert_eq!(notice.to_string(), "the model gpt-4o stops on 2027-01-14; gpt-6-luna takes its place");
        assert_eq!(policy.at(day(2027, 1, 13)).model, "gpt-4o");
        assert_eq!(policy.at(day(2027, 1, 14)).model, "gpt-6-luna");
        assert_eq!(policy.at(day(2027, 1, 14)).effort, Some(ReasoningEffort::None));
        let notice = policy.notice(day(2027, 2, 1), 0, none).unwrap();
        assert!(notice.replaced);
        assert_eq!(notice.to_string(), "the model gpt-4o is gone (shutdown 2027-01-14); gpt-6-luna is asked instead");
    }

    #[test]
    fn what_the_service_says_goes_before_the_table() {
        let policy = ModelPolicy::default();
        let earlier = |name: &str| (name == "gpt-4o").then(|| NaiveDate::from_ymd_opt(2026, 11, 1));
        assert_eq!(policy.index(day(2026, 11, 22), 0, earlier), 1);
        let never = |name: &str| (name == "gpt-4o").then_some(None);
        assert_eq!(policy.index(day(2028, 1, 1), 0, never), 0);
        assert!(policy.notice(day(2028, 1, 1), 0, never).is_none());
    }

    #[test]
    fn a_pinned_model_stays_and_a_chain_ends_with_its_last() {
        let pinned = ModelPolicy::pinned("gpt-4o");
        assert_eq!(pinned.at(day(2030, 1, 1)).model, "gpt-4o");
        let notice = pinned.notice(day(2026, 12, 1), 0, |_| None).unwrap();
        assert_eq!(notice.successor.as_deref(), Some("gpt-6-luna"), "the table's advice where the policy has none");
        let chain = ModelPolicy::starting_with("gpt-5").then("gpt-4o", None).then("o3", None);
        assert_eq!(chain.at(day(2026, 12, 10)).model, "gpt-5");
        assert_eq!(chain.at(day(2026, 12, 11)).model, "gpt-4o");
        assert_eq!(chain.at(day(2030, 1, 1)).model, "o3", "the last is asked when all are gone: the service decides");
        assert_eq!(chain.index(day(2026, 12, 1), 2, |_| None), 2, "never back before `from`");
    }
}
