use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::author::{AuthorIndex, own_batch_distance};
use super::card::style_gap;
use super::clean::clean_candidate;
use super::feedback::{LESSON_TOKENS, Lessons};
use super::gates::{Refused, SelectOptions};
use super::parse::parse;
use super::prompt;
use super::rank::{Selection, select_with};
use super::request::{DraftRequest, HashtagPolicy};
use super::words::words;
use crate::blocking::blocking;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Capabilities, FinishReason, Model, ModelRequest, ModelResponse, OutputFormat, Usage};
use crate::records::{AiOutcome, Draft, ExemplarUse, Rejection, Scores};
use crate::style::{ExemplarIndex, ExemplarQuery, Exemplars, StyleProfile, estimate_tokens};
use crate::text::weighted_length;

/// The most calls of the model that one [`draft`] or [`stream`](super::stream) makes.
pub const MAX_CALLS: u32 = 2;
/// All examples together, where the model has room: about 40 tweets.
const EXAMPLE_TOKENS: usize = 1800;
/// Drafts that exist are compared with; older ones are left out.
const EXISTING: usize = 200;
/// A rejected text is kept up to here in the record.
const KEPT_CHARS: usize = 1000;
/// So many failed candidates are shown in a repair.
const SHOWN_FAILED: usize = 6;
/// At most so many candidates are judged in all.
const MAX_CANDIDATES: usize = 96;

/// Whose drafts these are: cheap to copy.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DraftContext {
    /// The author's style, with the texts that it stands on.
    pub profile: StyleProfile,
    /// The author's tweets, to show as examples.
    pub exemplars: Arc<ExemplarIndex>,
    /// Earlier drafts: what was said about them steers, and what is nearly one of them is a duplicate.
    pub past: Arc<[Draft]>,
}

impl DraftContext {
    /// Drafts without a past.
    #[must_use]
    pub fn new(profile: StyleProfile, exemplars: Arc<ExemplarIndex>) -> Self {
        Self { profile, exemplars, past: Arc::new([]) }
    }

    /// Adds earlier drafts.
    #[must_use]
    pub fn past(mut self, drafts: impl Into<Arc<[Draft]>>) -> Self {
        self.past = drafts.into();
        self
    }
}

/// A draft, ready to be shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Drafted {
    /// The text.
    pub text: String,
    /// Its length by Twitter's rules.
    pub weighted_length: u32,
    /// How well it fits.
    pub scores: Scores,
}

/// A call of the model, as it goes into the log: hashes and ids, no prompt and no answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ModelCall {
    /// What it was for: `generate` or `repair`.
    pub purpose: String,
    /// The model that answered; the one asked where none did.
    pub model: String,
    /// The id that the service gave the request.
    pub request_id: Option<String>,
    /// SHA-256 of the request, in hexadecimal.
    pub request_hash: String,
    /// Its tokens.
    pub usage: Usage,
    /// Its cost in millionths of a US dollar.
    pub cost_micros: Option<u64>,
    /// How many times it was sent.
    pub attempts: u32,
    /// How long it took.
    pub latency: Duration,
    /// How it ended.
    pub outcome: AiOutcome,
}

/// Something that the reader of an outcome should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Note {
    /// Stable and dotted: `profile.too_small`, `generate.fewer`, `generate.nothing`, `generate.cut`, `generate.filtered`,
    /// `generate.repair_failed`, `generate.off_style`.
    pub code: String,
    /// The same in a sentence.
    pub text: String,
}

/// What a call came to. Fewer drafts than asked for, or none, are a valid end: `rejected` and `notes` say why.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Outcome {
    /// The drafts, in the order in which they were chosen.
    pub drafts: Vec<Drafted>,
    /// The candidates that were not taken, each with its reason.
    pub rejected: Vec<Rejection>,
    /// The own tweets that the model was shown.
    pub exemplars: Vec<ExemplarUse>,
    /// The calls of the model, in order.
    pub calls: Vec<ModelCall>,
    /// What the reader should know.
    pub notes: Vec<Note>,
}

/// The request that [`draft`] sends first: for a preview of its cost with `Model::estimate_micros`. A repair costs at most
/// about the same again.
///
/// # Errors
/// Those of [`DraftRequest::validate`], and `InvalidInput`, `generate.no_tweets`, for a profile without texts.
pub fn model_request(model: &dyn Model, context: &DraftContext, request: &DraftRequest) -> Result<ModelRequest> {
    Ok(Plan::new(&model.capabilities(), context, request, false)?.model_request)
}

/// Drafts tweets: asks the model for more candidates than wanted, holds them to the gates, chooses the batch that reads
/// most like the author, and asks a second time for what failed.
///
/// # Errors
/// Before anything is sent: those of [`DraftRequest::validate`], and `InvalidInput`, `generate.no_tweets`, for a profile without
/// texts. Then those of the model, and `ContentRefused`, `generate.refused`, when it refuses in prose or its filter left
/// nothing. A second call that fails is a note, except when it was cancelled.
pub async fn draft(model: &dyn Model, context: &DraftContext, request: &DraftRequest) -> Result<Outcome> {
    let plan = Plan::off_thread(model.capabilities(), context, request, false).await?;
    let response = model.complete(plan.model_request.clone()).await?;
    let mut work = Work::new(plan);
    work.take(&response)?;
    work.finish(model).await
}

/// What is asked, and what answers are held against.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) profile: StyleProfile,
    pub(crate) request: DraftRequest,
    pub(crate) options: SelectOptions,
    pub(crate) model_request: ModelRequest,
    pub(crate) candidates: usize,
    pub(crate) exemplars: Vec<ExemplarUse>,
    pub(crate) notes: Vec<Note>,
    banned: Vec<String>,
    stable_messages: usize,
    tokens_per_draft: usize,
    most_tokens: usize,
}

impl Plan {
    pub(crate) fn new(
        can: &Capabilities,
        context: &DraftContext,
        request: &DraftRequest,
        one_answer: bool,
    ) -> Result<Self> {
        request.validate()?;
        let profile = context.profile.clone();
        if profile.texts().is_empty() {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                "generate.no_tweets",
                "there are no own tweets to learn from",
            )
            .with_remedy("Import the person's tweets first."));
        }
        let mut notes = Vec::new();
        let sufficiency = profile.sufficiency();
        if !sufficiency.enough {
            notes.push(Note { code: "profile.too_small".into(), text: sufficiency.message });
        }
        let author = AuthorIndex::of(&profile);
        // A small window has other things to hold.
        let lessons = Lessons::of(&context.past).within(LESSON_TOKENS.min(can.context_tokens as usize / 8));
        let banned = banned(request, &lessons);
        let options = options(request, &banned, &author, &context.past);

        // Twice as many candidates as drafts, as far as the model can write them.
        let count = request.count as usize;
        let tokens_per_draft = request.limit.min(1000) as usize * 2 / 3 + 20;
        let most_tokens = (can.max_output_tokens.min(can.context_tokens / 2) as usize).max(64);
        let room = (most_tokens.saturating_sub(100) / tokens_per_draft).max(1);
        let candidates = (count * 2).max(count + 3).min(room.max(count));
        // Several answers differ more than the items of one, and cost the prompt only once.
        let answers = if one_answer { 1 } else { (can.max_n as usize).clamp(1, 3).min(candidates) };
        let each = candidates.div_ceil(answers);
        let output_tokens = (each * tokens_per_draft + 100).min(most_tokens);

        let bare = Exemplars::default();
        let frame: usize = prompt::prefix(&profile, &bare)
            .iter()
            .chain([&prompt::question(request, &bare, &lessons, &banned, each)])
            .map(|message| estimate_tokens(&message.content))
            .sum();
        let room = (can.context_tokens as usize).saturating_sub(output_tokens + frame * 5 / 4);
        let query = ExemplarQuery::about(topic(request))
            .format(request.format.into())
            // JSON escapes and quotes take their part, and the estimate is one.
            .token_budget((room * 3 / 4).min(EXAMPLE_TOKENS));
        let shown = context.exemplars.find(&query);

        let mut messages = prompt::prefix(&profile, &shown);
        let stable_messages = messages.len();
        let key = prompt::cache_key(&messages);
        messages.push(prompt::question(request, &shown, &lessons, &banned, each));
        let mut model_request = ModelRequest::new("generate", messages)
            .n(u32::try_from(answers).unwrap_or(1))
            .max_output_tokens(u32::try_from(output_tokens).unwrap_or(u32::MAX))
            .cache_key(key);
        model_request.temperature = request.temperature.filter(|_| can.temperature);
        model_request.seed = request.seed;
        if can.json_schema {
            model_request = model_request.json_schema(prompt::SCHEMA_NAME, prompt::schema());
        }
        let exemplars = shown.iter().map(|one| ExemplarUse { tweet_id: one.id.clone() }).collect();
        Ok(Self {
            profile,
            request: request.clone(),
            options,
            model_request,
            candidates,
            exemplars,
            notes,
            banned,
            stable_messages,
            tokens_per_draft,
            most_tokens,
        })
    }

    /// The same on a thread where it may take its time: the index of the author's tweets takes a second for 50,000, where it
    /// is not there yet, and choosing among them some milliseconds.
    pub(crate) async fn off_thread(
        can: Capabilities,
        context: &DraftContext,
        request: &DraftRequest,
        one_answer: bool,
    ) -> Result<Self> {
        let (context, request) = (context.clone(), request.clone());
        blocking(move || Self::new(&can, &context, &request, one_answer)).await
    }

    /// Whether the model was asked to keep to a schema.
    pub(crate) fn asks_schema(&self) -> bool {
        matches!(self.model_request.format, OutputFormat::JsonSchema { .. })
    }

    /// The second call: the same beginning and question, then what failed.
    fn repair_request(&self, failed: &[(String, String)], gap: &[String], drafts: usize) -> ModelRequest {
        let mut request = self.model_request.clone();
        request.purpose = "repair".to_owned();
        request.n = 1;
        // Two questions would not fit a small window: the first stays only for its examples' sake.
        request.messages.truncate(self.stable_messages + 1);
        request.messages.push(prompt::repair(&self.request, &self.banned, failed, gap, drafts));
        let tokens = (drafts * self.tokens_per_draft + 100).min(self.most_tokens);
        request.max_output_tokens = Some(u32::try_from(tokens).unwrap_or(u32::MAX));
        request
    }
}

/// The topic for retrieval: what is answered counts where nothing else is said.
fn topic(request: &DraftRequest) -> String {
    if request.topic.trim().is_empty() { request.reply_to.clone().unwrap_or_default() } else { request.topic.clone() }
}

fn banned(request: &DraftRequest, lessons: &Lessons) -> Vec<String> {
    let asked: Vec<String> = request.sources().flat_map(words).collect();
    let mut banned = request.banned.clone();
    // What is asked for by name is not banned by habit.
    banned.extend(lessons.banned.iter().filter(|word| !asked.contains(word)).cloned());
    banned.sort();
    banned.dedup();
    banned
}

fn options(request: &DraftRequest, banned: &[String], author: &AuthorIndex, past: &[Draft]) -> SelectOptions {
    let mut newest: Vec<&Draft> = past.iter().collect();
    newest.sort_by(|a, b| b.created_at.cmp(&a.created_at).then(b.id.cmp(&a.id)));
    let topic = topic(request);
    SelectOptions {
        topic: (!topic.trim().is_empty()).then_some(topic),
        limit: request.limit as usize,
        language: request.language.clone(),
        banned: banned.to_vec(),
        sources: Some(request.sources().map(str::to_owned).collect()),
        max_hashtags: match request.hashtags {
            HashtagPolicy::AsAuthor => Some(author.usual_hashtags()),
            HashtagPolicy::None => Some(0),
            HashtagPolicy::Free => None,
        },
        existing: newest.into_iter().take(EXISTING).map(|draft| draft.text.clone()).collect(),
    }
}

/// What has come of a plan so far.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) plan: Plan,
    candidates: Vec<String>,
    cut: Vec<String>,
    /// What was no candidate in the first place, with the gate that it failed.
    refused: Vec<(String, Refused)>,
    calls: Vec<ModelCall>,
    notes: Vec<Note>,
}

impl Work {
    pub(crate) fn new(plan: Plan) -> Self {
        let notes = plan.notes.clone();
        Self { plan, candidates: Vec::new(), cut: Vec::new(), refused: Vec::new(), calls: Vec::new(), notes }
    }

    /// Takes the answers of the first call.
    ///
    /// # Errors
    /// `ContentRefused` where all there is is a refusal.
    pub(crate) fn take(&mut self, response: &ModelResponse) -> Result<()> {
        let refused = self.read(response, &self.plan.model_request.clone());
        if self.candidates.is_empty() && self.cut.is_empty() && refused {
            return Err(Error::new(ErrorKind::ContentRefused, "generate.refused", "the model refused to draft this")
                .with_remedy("Put the request in other words, or ask another model."));
        }
        Ok(())
    }

    /// Reads the answers; true where one of them is a refusal.
    fn read(&mut self, response: &ModelResponse, request: &ModelRequest) -> bool {
        let mut refused = false;
        for (text, reason) in &response.answers {
            let parsed = parse(text, self.plan.asks_schema(), reason);
            refused |= parsed.refusal;
            match reason {
                FinishReason::Length => {
                    self.note("generate.cut", "The answer reached its limit of tokens and was cut.")
                }
                FinishReason::ContentFilter => {
                    refused = true;
                    self.note("generate.filtered", "The model's content filter cut an answer.");
                }
                _ if parsed.unended => self.note("generate.cut", "The answer broke off before its end."),
                _ => {}
            }
            self.refused.extend(parsed.refused);
            self.candidates.extend(parsed.candidates.iter().map(|text| clean_candidate(text)));
            self.cut.extend(parsed.cut);
        }
        self.candidates.truncate(MAX_CANDIDATES);
        self.cut.truncate(MAX_CANDIDATES);
        self.refused.truncate(MAX_CANDIDATES);
        self.calls.push(ModelCall {
            purpose: request.purpose.clone(),
            model: response.model.clone(),
            request_id: response.request_id.clone(),
            request_hash: request.hash(),
            usage: response.usage,
            cost_micros: response.cost_micros,
            attempts: response.attempts,
            latency: response.latency,
            outcome: if refused { AiOutcome::Refused } else { AiOutcome::Ok },
        });
        refused
    }

    fn note(&mut self, code: &str, text: &str) {
        if !self.notes.iter().any(|note| note.code == code) {
            self.notes.push(Note { code: code.to_owned(), text: text.to_owned() });
        }
    }

    pub(crate) fn select(&self) -> Selection {
        select_with(&self.plan.profile, &self.candidates, self.plan.request.count as usize, &self.plan.options)
    }

    /// The second call, where there is something to gain from one.
    pub(crate) fn repair_request(&self, selection: &Selection) -> Option<ModelRequest> {
        let plan = &self.plan;
        if !plan.request.repair {
            return None;
        }
        let missing = (plan.request.count as usize).saturating_sub(selection.chosen.len());
        let off_style = self.off_style(selection);
        if missing == 0 && !off_style {
            return None;
        }
        let mut failed: Vec<(String, String)> = selection
            .rejected
            .iter()
            .filter(|rejected| rejected.code != "ranked.below" && rejected.code != "gate.empty")
            .map(|rejected| (shorten(&rejected.text), rejected.reason.clone()))
            .collect();
        failed.extend(self.refused.iter().map(|(text, refused)| (shorten(text), refused.reason.clone())));
        failed.extend(self.cut.iter().map(|text| (shorten(text), "it has no end".to_owned())));
        failed.truncate(SHOWN_FAILED);
        let chosen: Vec<&str> = selection.chosen.iter().map(|chosen| chosen.text.as_str()).collect();
        let gap = if off_style { style_gap(&plan.profile, &chosen) } else { Vec::new() };
        if off_style {
            failed.extend(
                chosen.iter().map(|text| ((*text).to_owned(), "it is not yet written as the author writes".to_owned())),
            );
        }
        let drafts = if off_style { plan.request.count as usize } else { missing + 2 };
        Some(plan.repair_request(&failed, &gap, drafts.min(plan.candidates)))
    }

    fn off_style(&self, selection: &Selection) -> bool {
        // Few drafts say nothing about a style, and a small profile is no measure.
        selection.chosen.len() >= 3
            && self.plan.profile.sufficiency().enough
            && selection
                .batch_distance
                .is_some_and(|distance| distance > own_batch_distance(&self.plan.profile, selection.chosen.len()))
    }

    /// Chooses, repairs once, chooses again.
    pub(crate) async fn finish(mut self, model: &dyn Model) -> Result<Outcome> {
        let selection = self.select();
        if let Some(request) = self.repair_request(&selection) {
            match model.complete(request.clone()).await {
                Ok(response) => {
                    self.read(&response, &request);
                }
                Err(error) if error.kind() == ErrorKind::Cancelled => return Err(error),
                Err(error) => self.repair_failed(model, &request, &error),
            }
        }
        Ok(self.outcome())
    }

    fn repair_failed(&mut self, model: &dyn Model, request: &ModelRequest, error: &Error) {
        let outcome = match error.kind() {
            ErrorKind::ContentRefused => AiOutcome::Refused,
            _ => AiOutcome::Failed { code: error.code().to_owned() },
        };
        self.calls.push(ModelCall {
            purpose: request.purpose.clone(),
            model: model.name(),
            request_id: None,
            request_hash: request.hash(),
            usage: Usage::default(),
            // What was never sent cost nothing.
            cost_micros: (error.attempts() == 0).then_some(0),
            attempts: error.attempts(),
            latency: Duration::ZERO,
            outcome,
        });
        let text = format!("The second call, for what failed in the first, failed itself: {error}");
        self.notes.push(Note { code: "generate.repair_failed".to_owned(), text });
    }

    fn outcome(mut self) -> Outcome {
        let selection = self.select();
        let asked = self.plan.request.count as usize;
        let got = selection.chosen.len();
        if self.candidates.is_empty() {
            self.note("generate.nothing", "The model wrote no draft that could be read.");
        } else if got < asked {
            self.note(
                "generate.fewer",
                &format!("{got} of {asked} drafts passed; the others are listed with their reasons."),
            );
        }
        if self.off_style(&selection) {
            self.note(
                "generate.off_style",
                "Together the drafts are farther from the author's style than the author's own tweets are.",
            );
        }
        let author = AuthorIndex::of(&self.plan.profile);
        let cut = "the answer ended in the middle of it";
        let selected = selection.rejected.into_iter().map(|one| (one.text, one.code, one.reason));
        let refused = self.refused.into_iter().map(|(text, why)| (text, why.code.to_owned(), why.reason));
        let cut = self.cut.into_iter().map(|text| (text, "gate.incomplete".to_owned(), cut.to_owned()));
        let rejected = selected.chain(refused).chain(cut).map(|(text, code, reason)| {
            // A copy holds a tweet's words, and nothing says which tweet's: kept, it would outlive an erased tweet.
            if code == "gate.copy" {
                let reason = "it copies the author's own tweets".to_owned();
                return Rejection { text: String::new(), code, reason };
            }
            // So it is with what another gate refused, or what was cut, before anybody looked for copies.
            let text = if author.copies().check(&text).is_copy() { String::new() } else { shorten(&text) };
            Rejection { text, code, reason }
        });
        let rejected = rejected.collect();
        let drafts = selection
            .chosen
            .into_iter()
            .map(|chosen| Drafted {
                weighted_length: u32::try_from(weighted_length(&chosen.text)).unwrap_or(u32::MAX),
                text: chosen.text,
                scores: chosen.scores,
            })
            .collect();
        Outcome { drafts, rejected, exemplars: self.plan.exemplars, calls: self.calls, notes: self.notes }
    }
}

fn shorten(text: &str) -> String {
    let mut chars = text.chars();
    let mut short: String = chars.by_ref().take(KEPT_CHARS).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}
