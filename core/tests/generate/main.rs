//! Drafting against a model that answers what a test tells it to: well, badly, and not at all.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod answers;
mod choice;
mod prompt;
mod streaming;

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures_util::StreamExt as _;
use ghostwren::generate::{
    DraftContext, DraftEvent, DraftFormat, DraftRequest, HashtagPolicy, MAX_CALLS, Outcome, SelectOptions, Selection,
    draft, model_request, select, select_with, stream,
};
use ghostwren::model::{
    Capabilities, FinishReason, Model, ModelDelta, ModelRequest, ModelResponse, ModelStream, OutputFormat, Role,
};
use ghostwren::records::{AiOutcome, Draft, DraftState, Feedback, Scores, Tweet, new_id, now};
use ghostwren::style::{ExemplarIndex, StyleProfile, estimate_tokens};
use ghostwren::{Error, ErrorKind};
use proptest::prelude::*;

type Answer = Result<ModelResponse, Error>;

#[derive(Debug, Default)]
struct Scripted {
    answers: Mutex<VecDeque<Answer>>,
    asked: Mutex<Vec<ModelRequest>>,
    can: Capabilities,
    /// How a streamed answer is cut, in bytes; 0: whole.
    piece: usize,
    /// Stops a stream after so many pieces, without its end.
    breaks_after: Option<usize>,
    given: Arc<AtomicUsize>,
    dropped: Arc<AtomicBool>,
}

impl Scripted {
    fn new<T: Into<String>>(answers: impl IntoIterator<Item = T>) -> Self {
        Self::results(answers.into_iter().map(|text| Ok(ModelResponse::text("scripted-1", text))).collect())
    }

    fn results(answers: Vec<Answer>) -> Self {
        Self { answers: Mutex::new(answers.into()), ..Self::default() }
    }

    fn asked(&self) -> Vec<ModelRequest> {
        self.asked.lock().unwrap().clone()
    }

    fn next(&self, request: ModelRequest) -> Answer {
        self.asked.lock().unwrap().push(request);
        let next = self.answers.lock().unwrap().pop_front();
        next.unwrap_or_else(|| Ok(ModelResponse::text("scripted-1", "")))
    }
}

struct Noticed(Arc<AtomicBool>);

impl Drop for Noticed {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[async_trait]
impl Model for Scripted {
    fn provider(&self) -> &str {
        "scripted"
    }

    fn name(&self) -> String {
        "scripted-1".to_owned()
    }

    fn capabilities(&self) -> Capabilities {
        self.can.clone()
    }

    fn estimate_micros(&self, _: &ModelRequest) -> Option<u64> {
        None
    }

    async fn complete(&self, request: ModelRequest) -> Answer {
        self.next(request)
    }

    async fn stream(&self, request: ModelRequest) -> Result<ModelStream, Error> {
        let response = self.next(request)?;
        let text = response.answers[0].0.clone();
        let mut pieces: Vec<String> = Vec::new();
        let size = if self.piece == 0 { text.len().max(1) } else { self.piece };
        for c in text.chars() {
            match pieces.last_mut().filter(|last| last.len() + c.len_utf8() <= size) {
                Some(last) => last.push(c),
                None => pieces.push(c.into()),
            }
        }
        let mut deltas: Vec<Result<ModelDelta, Error>> =
            pieces.into_iter().map(|text| Ok(ModelDelta::Text { index: 0, text })).collect();
        match self.breaks_after {
            Some(after) => deltas.truncate(after),
            None => {
                deltas.push(Ok(ModelDelta::Finished { index: 0, reason: response.answers[0].1.clone() }));
                deltas.push(Ok(ModelDelta::Completed(response)));
            }
        }
        let (given, noticed) = (Arc::clone(&self.given), Noticed(Arc::clone(&self.dropped)));
        Ok(Box::pin(futures_util::stream::iter(deltas).map(move |delta| {
            let _stays = &noticed;
            given.fetch_add(1, Ordering::SeqCst);
            delta
        })))
    }
}

const OWN: [&str; 8] = [
    "ok so the borrow checker was right. again. @anna told me so",
    "spent all of sunday on a bug that was a missing comma",
    "tests are green and i do not trust them one bit",
    "tea first, then the release notes. in that order, always",
    "why is it always dns",
    "rewrote the parser and it is half as long, which was the plan",
    "ok @anna you win, the cache was the problem all along",
    "if you need me i will be staring at this flame graph",
];

const GOOD: [&str; 4] = [
    "the old importer ate my memory, the rust one does not even notice",
    "rewrote the importer in rust. it compiles, so it works. right?",
    "nobody asked for an importer in rust and yet here we are",
    "turns out the slow part of the importer was me",
];

fn tweets() -> Vec<Tweet> {
    let tweet = |(i, text): (usize, &&str)| Tweet {
        id: (100 + i).to_string(),
        full_text: (*text).into(),
        created_at: now(),
        ..Tweet::default()
    };
    OWN.iter().enumerate().map(tweet).collect()
}

fn context() -> DraftContext {
    DraftContext::new(StyleProfile::from_texts(OWN), Arc::new(ExemplarIndex::new(&tweets())))
}

fn json(tweets: &[&str]) -> String {
    serde_json::json!({ "tweets": tweets }).to_string()
}

fn request() -> DraftRequest {
    DraftRequest::about("why we rewrote the importer in Rust").count(2).repair(false)
}

async fn drafted(answer: impl Into<String>, request: DraftRequest) -> Outcome {
    draft(&Scripted::new([answer.into()]), &context(), &request).await.unwrap()
}

fn texts(outcome: &Outcome) -> BTreeSet<&str> {
    outcome.drafts.iter().map(|draft| draft.text.as_str()).collect()
}

fn codes(outcome: &Outcome) -> Vec<&str> {
    outcome.rejected.iter().map(|rejected| rejected.code.as_str()).collect()
}

fn has_note(outcome: &Outcome, code: &str) -> bool {
    outcome.notes.iter().any(|note| note.code == code)
}

#[test]
fn futures_cross_threads() {
    fn sendable<T: Send>(_: &T) {}
    let (model, context, request) = (Scripted::default(), context(), request());
    sendable(&draft(&model, &context, &request));
}
