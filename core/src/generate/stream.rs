use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::Arc;

use futures_core::Stream;
use futures_util::StreamExt as _;
use serde::Serialize;

use super::author::AuthorIndex;
use super::clean::clean_candidate;
use super::engine::{DraftContext, Note, Outcome, Plan, Work};
use super::gates::Gates;
use super::parse::parse;
use super::partial::{Extractor, Grown};
use super::request::DraftRequest;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Listener, Model, ModelDelta, ModelStream};
use crate::records::ExemplarUse;
use crate::text::weighted_length;

/// More answers than this of one stream are not looked at before its end.
const MAX_ANSWERS: usize = 8;

/// What happens while drafts are made.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", content = "data", rename_all = "snake_case")]
#[non_exhaustive]
pub enum DraftEvent {
    /// The model was asked.
    Started {
        /// About how many candidates will come.
        candidates: usize,
        /// The own tweets that it was shown.
        exemplars: Vec<ExemplarUse>,
        /// What is known already, such as that the profile is small.
        notes: Vec<Note>,
    },
    /// A candidate grew. What is shown of it may still be cleaned or rejected.
    Growing {
        /// Which candidate, from 0.
        candidate: usize,
        /// What it grew by.
        text: String,
        /// Its length so far, by Twitter's rules.
        weighted_length: usize,
    },
    /// A candidate is whole and passed the gates. It may still lose to better ones.
    Candidate {
        /// Which candidate.
        candidate: usize,
        /// Its text, cleaned: this replaces what grew.
        text: String,
        /// Its length by Twitter's rules.
        weighted_length: usize,
    },
    /// A candidate is whole and failed a gate.
    Rejected {
        /// Which candidate.
        candidate: usize,
        /// Its text, cleaned.
        text: String,
        /// The gate, such as `gate.copy`.
        code: String,
        /// Why, in one sentence.
        reason: String,
    },
    /// The model is asked a second time, for what failed.
    Repairing {
        /// How many candidates of the first call failed a gate.
        failed: usize,
    },
    /// The end: the drafts, ranked, and everything else.
    Finished(Outcome),
}

/// Growing drafts. The last item is `Finished` or an error.
pub type DraftStream = Pin<Box<dyn Stream<Item = Result<DraftEvent>> + Send>>;

/// Drafts tweets and shows them as they grow. Ends as [`draft`](super::draft) does. Nothing is asked before the first
/// item is; dropping the stream ends the request.
///
/// An answer that breaks off is the error that the model's stream gives, such as `Truncated`: candidates that were shown
/// by then were shown, no draft is made of them.
///
/// # Errors
/// As items, each the last: those of [`draft`](super::draft), and `Truncated`, `generate.truncated`, for a model's stream that stops
/// without its end.
#[must_use]
pub fn stream(model: Arc<dyn Model>, context: DraftContext, request: DraftRequest) -> DraftStream {
    let first = Step::Start { model, context: Box::new(context), request: Box::new(request) };
    Box::pin(futures_util::stream::unfold(first, |mut step| async move {
        loop {
            let (event, next) = match step {
                Step::Start { model, context, request } => start(model, &context, &request).await,
                Step::Growing(growing) => growing.next().await,
                Step::Drain(mut growing) => match growing.queue.pop_front() {
                    Some(event) => (Some(Ok(event)), Step::Drain(growing)),
                    None => {
                        let Growing { model, work, answers, .. } = *growing;
                        // The first request ends before a second one begins: it may hold the last place in flight.
                        drop(answers);
                        match work.finish(model.as_ref()).await {
                            Ok(outcome) => (Some(Ok(DraftEvent::Finished(outcome))), Step::End),
                            Err(error) => (Some(Err(error)), Step::End),
                        }
                    }
                },
                Step::End => return None,
            };
            step = next;
            if let Some(event) = event {
                return Some((event, step));
            }
        }
    }))
}

enum Step {
    Start {
        model: Arc<dyn Model>,
        context: Box<DraftContext>,
        request: Box<DraftRequest>,
    },
    Growing(Box<Growing>),
    /// What is left to show before the work is finished.
    Drain(Box<Growing>),
    End,
}

type Next = (Option<Result<DraftEvent>>, Step);

async fn start(model: Arc<dyn Model>, context: &DraftContext, request: &DraftRequest) -> Next {
    let plan = match Plan::off_thread(model.capabilities(), context, request, true).await {
        Ok(plan) => plan,
        Err(error) => return (Some(Err(error)), Step::End),
    };
    let answers = match model.stream(plan.model_request.clone()).await {
        Ok(answers) => answers,
        Err(error) => return (Some(Err(error)), Step::End),
    };
    let started = DraftEvent::Started {
        candidates: plan.candidates,
        exemplars: plan.exemplars.clone(),
        notes: plan.notes.clone(),
    };
    let growing = Growing {
        model,
        author: AuthorIndex::of(&plan.profile),
        work: Box::new(Work::new(plan)),
        answers,
        extractors: BTreeMap::new(),
        numbers: BTreeMap::new(),
        queue: VecDeque::new(),
    };
    (Some(Ok(started)), Step::Growing(Box::new(growing)))
}

struct Growing {
    model: Arc<dyn Model>,
    author: Arc<AuthorIndex>,
    work: Box<Work>,
    answers: ModelStream,
    extractors: BTreeMap<u32, (Listener, Extractor)>,
    /// The number of each candidate over all answers.
    numbers: BTreeMap<(u32, usize), usize>,
    queue: VecDeque<DraftEvent>,
}

impl Growing {
    async fn next(mut self: Box<Self>) -> Next {
        if let Some(event) = self.queue.pop_front() {
            return (Some(Ok(event)), Step::Growing(self));
        }
        match self.answers.next().await {
            Some(Ok(ModelDelta::Text { index, text })) => {
                self.grow(index, &text);
                (None, Step::Growing(self))
            }
            Some(Ok(ModelDelta::Finished { index, .. })) => {
                let events = self.extractors.get_mut(&index).map(|(listener, extractor)| {
                    let mut events = extractor.push(&listener.finish());
                    events.extend(extractor.finish());
                    events
                });
                self.show(index, events.unwrap_or_default());
                (None, Step::Growing(self))
            }
            Some(Ok(ModelDelta::Completed(response))) => {
                if self.numbers.is_empty() {
                    // Not JSON: the candidates are found in the whole.
                    for (text, reason) in &response.answers {
                        let parsed = parse(text, self.work.plan.asks_schema(), reason);
                        for candidate in parsed.candidates {
                            let number = self.number();
                            let event = self.judge(number, &candidate);
                            self.queue.push_back(event);
                        }
                        for (text, why) in parsed.refused {
                            let (candidate, code) = (self.number(), why.code.to_owned());
                            self.queue.push_back(DraftEvent::Rejected { candidate, text, code, reason: why.reason });
                        }
                    }
                }
                if let Err(error) = self.work.take(&response) {
                    return (Some(Err(error)), Step::End);
                }
                let selection = self.work.select();
                if self.work.repair_request(&selection).is_some() {
                    let failed = selection.rejected.iter().filter(|rejected| rejected.code != "ranked.below").count();
                    self.queue.push_back(DraftEvent::Repairing { failed });
                }
                (None, Step::Drain(self))
            }
            Some(Err(error)) => (Some(Err(error)), Step::End),
            None => {
                let error =
                    Error::new(ErrorKind::Truncated, "generate.truncated", "the model's answer stopped before its end");
                (Some(Err(error.with_remedy("Ask again."))), Step::End)
            }
        }
    }

    fn grow(&mut self, index: u32, text: &str) {
        if self.extractors.len() >= MAX_ANSWERS && !self.extractors.contains_key(&index) {
            return;
        }
        let (listener, extractor) = self.extractors.entry(index).or_default();
        let events = extractor.push(&listener.push(text));
        self.show(index, events);
    }

    /// The number of a candidate that was found at the end.
    fn number(&mut self) -> usize {
        let number = self.numbers.len();
        self.numbers.insert((u32::MAX, number), number);
        number
    }

    fn show(&mut self, index: u32, events: Vec<Grown>) {
        for event in events {
            let (Grown::Text { candidate, .. } | Grown::Done { candidate }) = &event;
            let next = self.numbers.len();
            let number = *self.numbers.entry((index, *candidate)).or_insert(next);
            let so_far = self.extractors.get(&index).map_or("", |(_, extractor)| extractor.text(*candidate)).to_owned();
            let event = match event {
                Grown::Text { text, .. } => {
                    DraftEvent::Growing { candidate: number, text, weighted_length: weighted_length(&so_far) }
                }
                Grown::Done { .. } => self.judge(number, &so_far),
            };
            self.queue.push_back(event);
        }
    }

    fn judge(&self, candidate: usize, raw: &str) -> DraftEvent {
        let text = clean_candidate(raw);
        match Gates::new(&self.work.plan.options, &self.author).check(&text) {
            Ok(_) => DraftEvent::Candidate { candidate, weighted_length: weighted_length(&text), text },
            Err(refused) => {
                DraftEvent::Rejected { candidate, text, code: refused.code.to_owned(), reason: refused.reason }
            }
        }
    }
}
