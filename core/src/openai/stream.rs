//! Growing answers: the events of either API put together, and the exact end of a stream.
//!
//! Nothing is read ahead: the stream polls the body when it is polled, without a task or a channel between them.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::Deserialize;
use tokio::time::Instant;

use super::chat::{Chunk, ChunkHead, Unread};
use super::errors::{OpenAiService, into_error};
use super::observe::CallSpan;
use super::registry::{Price, model_info};
use super::reply::{Answer, Reply, finish_reason, refused};
use super::responses;
use super::split::Refusals;
use super::wire::Text;
use crate::error::{Error, ErrorKind, Result};
use crate::http::EventStream;
use crate::model::{FinishReason, ModelDelta, Usage};

/// The most text that the answers of one stream may have: ten times what the largest model writes.
const MAX_ANSWER_BYTES: usize = 16 << 20;

/// What is known of the call before its first event.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) service: Arc<OpenAiService>,
    pub(super) operation: &'static str,
    /// The model that was asked.
    pub(super) model: String,
    /// How many answers are expected.
    pub(super) n: u32,
    /// What the setup says that tokens cost.
    pub(super) price: Option<Price>,
    /// What the model that was asked costs, for a server that names one without a price.
    pub(super) asked_price: Option<Price>,
    pub(super) began: Instant,
    pub(super) request_id: Option<String>,
    pub(super) attempts: u32,
    pub(super) unanswered: u32,
    /// What one attempt costs at most.
    pub(super) most_micros: u64,
    /// Where a part of a split request leaves its refusal: it fails the request only when every part was refused.
    pub(super) refusals: Option<Refusals>,
    pub(super) span: CallSpan,
}

/// The answers of one call as they grow.
pub(super) struct AnswerStream {
    events: EventStream,
    assembly: Assembly,
    call: Call,
    ready: VecDeque<ModelDelta>,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Reading,
    /// The last event was seen: the rest of the body is looked at once, so that its connection can be used again.
    Draining,
    Ended,
}

impl AnswerStream {
    pub(super) fn chat(events: EventStream, call: Call) -> Self {
        let assembly = Assembly::new(Wire::Chat, call.n);
        Self { events, assembly, call, ready: VecDeque::new(), phase: Phase::Reading }
    }

    pub(super) fn responses(events: EventStream, call: Call) -> Self {
        let assembly = Assembly::new(Wire::Responses { commentary: Vec::new() }, 1);
        Self { events, assembly, call, ready: VecDeque::new(), phase: Phase::Reading }
    }

    /// Waits for the first thing that is worth showing. What fails before it fails the call, which may then be repeated.
    pub(super) async fn opened(mut self) -> Result<Self> {
        match std::future::poll_fn(|cx| Pin::new(&mut self).poll_next(cx)).await {
            Some(Ok(first)) => {
                self.ready.push_front(first);
                Ok(self)
            }
            Some(Err(error)) => Err(error),
            // Not reached: a stream ends with `Completed` or an error.
            None => Err(self.events.locate(truncated(&self.assembly))),
        }
    }

    fn fail(&mut self, error: Error) -> Poll<Option<Result<ModelDelta>>> {
        self.phase = Phase::Ended;
        let error = self.events.locate(error);
        self.call.span.failed(&error);
        Poll::Ready(Some(Err(error)))
    }

    /// The end: what was held back, and the whole.
    fn complete(&mut self) -> Result<()> {
        self.phase = Phase::Ended;
        let reply = self.assembly.whole(&self.call);
        if let Err(error) = refused(&reply.answers) {
            match &self.call.refusals {
                None => return Err(error),
                Some(refusals) => refusals.add(self.events.locate(error)),
            }
        }
        for answer in reply.answers.iter().filter(|answer| answer.refusal.is_some()) {
            self.ready.push_back(ModelDelta::Finished { index: answer.index, reason: FinishReason::ContentFilter });
        }
        self.ready.push_back(ModelDelta::Completed(reply.response()));
        Ok(())
    }
}

impl Stream for AnswerStream {
    type Item = Result<ModelDelta>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(delta) = this.ready.pop_front() {
                return Poll::Ready(Some(Ok(delta)));
            }
            match this.phase {
                Phase::Ended => return Poll::Ready(None),
                Phase::Draining => {
                    // At most a few events: a server may say more after its end, and nobody waits for it.
                    for _ in 0..4 {
                        if !matches!(this.events.poll_advance(cx), Poll::Ready(Ok(true))) {
                            break;
                        }
                    }
                    if let Err(error) = this.complete() {
                        return this.fail(error);
                    }
                }
                Phase::Reading => match ready!(this.events.poll_advance(cx)) {
                    Ok(true) => {
                        let event = this.events.event();
                        match this.assembly.take(event.name, event.data, &this.call, &mut this.ready) {
                            Ok(false) => {}
                            Ok(true) => this.phase = Phase::Draining,
                            Err(error) => return this.fail(error),
                        }
                    }
                    Ok(false) => {
                        // A server that does not end its last event with an empty line.
                        let rest = last_data(this.events.unfinished()).to_vec();
                        if !rest.is_empty()
                            && let Err(error) = this.assembly.take(b"", &rest, &this.call, &mut this.ready)
                            && error.kind() != ErrorKind::Decode
                        {
                            return this.fail(error);
                        }
                        if !this.assembly.is_whole() {
                            let error = truncated(&this.assembly);
                            return this.fail(error);
                        }
                        if let Err(error) = this.complete() {
                            return this.fail(error);
                        }
                    }
                    // All answers are there; only what comes after them (the usage) is lost.
                    Err(_) if this.assembly.is_whole() => {
                        if let Err(error) = this.complete() {
                            return this.fail(error);
                        }
                    }
                    Err(error) => return this.fail(error),
                },
            }
        }
    }
}

/// The data of an event that was not ended, without the name of its field.
fn last_data(unfinished: &[u8]) -> &[u8] {
    let line =
        unfinished.rsplit(|&byte| byte == b'\n' || byte == b'\r').find(|line| !line.is_empty()).unwrap_or_default();
    line.strip_prefix(b"data:").map_or(&[], <[u8]>::trim_ascii)
}

fn truncated(assembly: &Assembly) -> Error {
    let ended = assembly.answers.iter().filter(|answer| answer.finish.is_some()).count();
    let detail = format!("the stream stopped before its end: {ended} of {} answers were finished", assembly.expected);
    Error::new(ErrorKind::Truncated, "openai.truncated", detail)
        .with_remedy("Ask again: what came is not the whole answer.")
}

fn unreadable(detail: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Decode, "openai.unreadable", format!("an event of the stream cannot be read: {detail}"))
}

/// Which of the two protocols the events are of.
#[derive(Debug)]
enum Wire {
    Chat,
    Responses {
        /// The items of the output whose text is not part of the answer.
        commentary: Vec<u64>,
    },
}

#[derive(Debug, Default)]
struct Growing {
    index: u32,
    text: String,
    refusal: String,
    finish: Option<FinishReason>,
}

/// What came so far.
#[derive(Debug)]
struct Assembly {
    wire: Wire,
    expected: u32,
    answers: Vec<Growing>,
    bytes: usize,
    usage: Usage,
    id: Option<String>,
    model: Option<String>,
    /// How often the model's name was looked for: a server that never says it is not asked for ever.
    looked: u8,
    /// The protocol's own mark of the end was seen.
    done: bool,
}

impl Assembly {
    fn new(wire: Wire, expected: u32) -> Self {
        Self {
            wire,
            expected,
            answers: Vec::new(),
            bytes: 0,
            usage: Usage::default(),
            id: None,
            model: None,
            looked: 0,
            done: false,
        }
    }

    /// Whether every answer that is to be expected has ended. A server that knows no `n` sends one answer and `[DONE]`.
    fn is_whole(&self) -> bool {
        let ended = self.answers.iter().filter(|answer| answer.finish.is_some()).count();
        ended > 0 && ended == self.answers.len() && (self.done || ended >= self.expected as usize)
    }

    /// Takes one event; true when it was the last.
    fn take(&mut self, name: &[u8], data: &[u8], call: &Call, ready: &mut VecDeque<ModelDelta>) -> Result<bool> {
        let is_chat = matches!(self.wire, Wire::Chat);
        if data == b"[DONE]" {
            self.done = true;
            return if self.is_whole() { Ok(true) } else { Err(truncated(self)) };
        }
        if data.is_empty() {
            return Ok(false);
        }
        if !is_chat {
            return self.responses_event(name, data, call, ready);
        }
        if name == b"error" {
            return Err(into_error(call.service.in_stream(data), call.operation));
        }
        // As text the strings in it need no check of their own.
        match std::str::from_utf8(data).ok().and_then(|text| Some((text, serde_json::from_str(text).ok()?))) {
            Some((text, chunk)) => self.chunk(text, chunk, call, ready),
            None => {
                let mended = mend(data);
                match serde_json::from_str(&mended) {
                    Ok(chunk) => self.chunk(&mended, chunk, call, ready),
                    Err(error) => Err(unreadable(place(&error))),
                }
            }
        }?;
        Ok(false)
    }

    fn chunk(&mut self, text: &str, chunk: Chunk<'_>, call: &Call, ready: &mut VecDeque<ModelDelta>) -> Result<()> {
        if let Some(error) = chunk.error {
            return Err(into_error(call.service.in_stream(error.get().as_bytes()), call.operation));
        }
        if self.model.is_none() && self.looked < 8 {
            self.looked += 1;
            let head: ChunkHead<'_> = serde_json::from_str(text).unwrap_or_default();
            self.model = head.model.owned();
            self.id = head.id.owned();
        }
        if let Some(usage) = chunk.usage.0 {
            self.usage = usage.into();
        }
        for choice in chunk.choices {
            let index = u32::try_from(choice.index.or_zero()).unwrap_or(u32::MAX);
            let said = choice.delta.0.unwrap_or_default();
            let refusal = said.refusal.filled().unwrap_or_default();
            let text = said.content.filled().unwrap_or_default();
            let answer = grow(&mut self.answers, &mut self.bytes, index, text.len() + refusal.len())?;
            answer.refusal.push_str(refusal);
            if !text.is_empty() {
                answer.text.push_str(text);
                // A refusal that began stays one: what comes after it is not shown.
                if answer.refusal.is_empty() {
                    let text = match said.content.0 {
                        Some(text) => text.into_owned(),
                        None => String::new(),
                    };
                    ready.push_back(ModelDelta::Text { index, text });
                }
            }
            if let Some(reason) = choice.finish_reason.filled()
                && answer.finish.is_none()
            {
                let reason = finish_reason(reason);
                answer.finish = Some(reason.clone());
                if answer.refusal.is_empty() {
                    ready.push_back(ModelDelta::Finished { index, reason });
                }
            }
        }
        Ok(())
    }

    fn responses_event(
        &mut self,
        name: &[u8],
        data: &[u8],
        call: &Call,
        ready: &mut VecDeque<ModelDelta>,
    ) -> Result<bool> {
        match std::str::from_utf8(data).ok().and_then(|text| serde_json::from_str::<responses::Event<'_>>(text).ok()) {
            Some(event) => self.event(name, data, &event, call, ready),
            None => {
                let mended = mend(data);
                match serde_json::from_str::<responses::Event<'_>>(&mended) {
                    Ok(event) => self.event(name, mended.as_bytes(), &event, call, ready),
                    Err(error) => Err(unreadable(place(&error))),
                }
            }
        }
    }

    fn event(
        &mut self,
        name: &[u8],
        data: &[u8],
        event: &responses::Event<'_>,
        call: &Call,
        ready: &mut VecDeque<ModelDelta>,
    ) -> Result<bool> {
        let failed = |body: &[u8]| Err(into_error(call.service.in_stream(body), call.operation));
        let kind = event.kind.filled().or_else(|| std::str::from_utf8(name).ok()).unwrap_or_default();
        match kind {
            "response.output_text.delta" => {
                let Wire::Responses { commentary } = &self.wire else { return Ok(false) };
                if let Some(text) = event.delta.filled()
                    && !commentary.contains(&event.output_index.or_zero())
                {
                    let answer = grow(&mut self.answers, &mut self.bytes, 0, text.len())?;
                    answer.text.push_str(text);
                    if answer.refusal.is_empty() {
                        ready.push_back(ModelDelta::Text { index: 0, text: text.to_owned() });
                    }
                }
                Ok(false)
            }
            "response.refusal.delta" => {
                let text = event.delta.filled().unwrap_or_default();
                grow(&mut self.answers, &mut self.bytes, 0, text.len())?.refusal.push_str(text);
                Ok(false)
            }
            "response.output_item.added" => {
                if let (Wire::Responses { commentary }, Some(item)) = (&mut self.wire, event.item)
                    && serde_json::from_str::<responses::OutputItem<'_>>(item.get())
                        .is_ok_and(|item| item.is_commentary())
                    && commentary.len() < 1024
                {
                    commentary.push(event.output_index.or_zero());
                }
                Ok(false)
            }
            "response.completed" | "response.incomplete" => {
                let ended = kind.strip_prefix("response.");
                let whole = event.response.map_or(Ok(responses::Whole::default()), |whole| {
                    serde_json::from_str(whole.get()).map_err(|error| unreadable(place(&error)))
                })?;
                self.last(whole, ended, call, ready)?;
                Ok(true)
            }
            "response.failed" | "response.cancelled" => {
                #[derive(Deserialize, Default)]
                #[serde(default)]
                struct Failed<'a> {
                    #[serde(borrow)]
                    error: Option<&'a serde_json::value::RawValue>,
                    #[serde(borrow)]
                    status: Text<'a>,
                }
                let failure: Failed<'_> =
                    event.response.and_then(|whole| serde_json::from_str(whole.get()).ok()).unwrap_or_default();
                match failure.error {
                    Some(error) => failed(error.get().as_bytes()),
                    None => {
                        let status = failure.status.filled().unwrap_or("failed");
                        failed(serde_json::json!({"message": format!("the response {status}")}).to_string().as_bytes())
                    }
                }
            }
            "error" => failed(data),
            _ if event.error.is_some() && event.kind.filled().is_none() => failed(data),
            _ => Ok(false),
        }
    }

    /// The last event of Responses: its own text counts where deltas are missing.
    fn last(
        &mut self,
        whole: responses::Whole<'_>,
        ended: Option<&str>,
        call: &Call,
        ready: &mut VecDeque<ModelDelta>,
    ) -> Result<()> {
        let reply = responses::reply(whole, ended).map_err(|unread| match unread {
            Unread::Error(body) => into_error(call.service.in_stream(&body), call.operation),
            Unread::Decode(detail) => unreadable(detail),
        })?;
        self.id = reply.id;
        self.model = reply.model;
        self.usage = reply.usage;
        self.done = true;
        let Some(said) = reply.answers.into_iter().next() else { return Ok(()) };
        let answer = grow(&mut self.answers, &mut self.bytes, 0, 0)?;
        if answer.refusal.is_empty() {
            answer.refusal = said.refusal.unwrap_or_default();
        }
        // What was shown stays; what the whole has after it was not shown yet.
        if answer.refusal.is_empty()
            && let Some(rest) = said.text.strip_prefix(answer.text.as_str()).filter(|rest| !rest.is_empty())
        {
            let text = rest.to_owned();
            let answer = grow(&mut self.answers, &mut self.bytes, 0, text.len())?;
            answer.text.push_str(&text);
            ready.push_back(ModelDelta::Text { index: 0, text });
        }
        let answer = grow(&mut self.answers, &mut self.bytes, 0, 0)?;
        answer.finish = Some(said.finish.clone());
        if answer.refusal.is_empty() {
            ready.push_back(ModelDelta::Finished { index: 0, reason: said.finish });
        }
        Ok(())
    }

    /// The whole answers.
    fn whole(&mut self, call: &Call) -> Reply {
        let mut answers: Vec<Answer> = std::mem::take(&mut self.answers)
            .into_iter()
            .map(|answer| Answer {
                index: answer.index,
                refusal: (!answer.refusal.is_empty()).then_some(answer.refusal),
                text: answer.text,
                finish: answer.finish.unwrap_or(FinishReason::Stop),
                logprobs: None,
            })
            .collect();
        answers.sort_by_key(|answer| answer.index);
        let model = self.model.take().unwrap_or_else(|| call.model.clone());
        let price = call.price.or_else(|| model_info(&model).price).or(call.asked_price);
        let cost_micros = price.map(|price| price.cost_of_call(&self.usage, call.most_micros, call.unanswered));
        call.span.ended(Some(&model), self.id.as_deref(), &self.usage, &answers);
        Reply {
            id: self.id.take(),
            model: Some(model),
            answers,
            usage: self.usage,
            cost_micros,
            request_id: call.request_id.clone(),
            attempts: call.attempts,
            unanswered: call.unanswered,
            latency: call.began.elapsed(),
            ..Reply::default()
        }
    }
}

/// The answer with this index, with room for `more` bytes. Indices are few and small: a list beats a map, and an index that
/// a server invents takes no memory.
fn grow<'a>(answers: &'a mut Vec<Growing>, bytes: &mut usize, index: u32, more: usize) -> Result<&'a mut Growing> {
    *bytes += more;
    if *bytes > MAX_ANSWER_BYTES {
        let detail = format!("the answers are larger than {MAX_ANSWER_BYTES} bytes");
        return Err(Error::new(ErrorKind::Decode, "openai.answer_too_large", detail));
    }
    let at = match answers.iter().position(|answer| answer.index == index) {
        Some(at) => at,
        None if index < 128 => {
            answers.push(Growing { index, ..Growing::default() });
            answers.len() - 1
        }
        None => return Err(unreadable("an answer with a number beyond 127")),
    };
    answers.get_mut(at).ok_or_else(|| unreadable("an answer without a place"))
}

/// Where the JSON is wrong, without what stands there.
fn place(error: &serde_json::Error) -> String {
    format!("no JSON of this protocol at line {} column {}", error.line(), error.column())
}

/// Makes readable what serde refuses and servers send: bytes that are not UTF-8, and escaped surrogates without their
/// other half, each as U+FFFD.
pub(super) fn mend(data: &[u8]) -> String {
    let text = String::from_utf8_lossy(data);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let taken = match surrogate(escape) {
            Some(0xd800..=0xdbff) if matches!(escape.get(6..).and_then(surrogate), Some(0xdc00..=0xdfff)) => 12,
            Some(_) => {
                out.push_str("\\ufffd");
                rest = escape.get(6..).unwrap_or_default();
                continue;
            }
            // Any other escape: the backslash and what it escapes, which may be a backslash.
            None => 1 + escape.chars().nth(1).map_or(0, char::len_utf8),
        };
        out.push_str(escape.get(..taken).unwrap_or(escape));
        rest = escape.get(taken..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The code of a `\uXXXX` at the beginning, if it is a surrogate.
fn surrogate(escape: &str) -> Option<u32> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok().filter(|code| (0xd800..=0xdfff).contains(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mending_keeps_pairs_and_replaces_halves() {
        for (given, mended) in [
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\ud83d""#, r#""\ufffd""#),
            (r#""\ude00\ud83d""#, r#""\ufffd\ufffd""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\n\"é\u00e9""#, r#""\n\"é\u00e9""#),
            (r#""\u12"#, r#""\u12"#),
            ("\\", "\\"),
        ] {
            assert_eq!(mend(given.as_bytes()), mended);
        }
        assert_eq!(mend(b"\"a\xff\""), "\"a\u{fffd}\"");
    }

    #[test]
    fn the_last_line_of_a_body_without_its_empty_line() {
        assert_eq!(last_data(b"data: {\"a\":1}"), b"{\"a\":1}");
        assert_eq!(last_data(b"event: x\ndata: [DONE]\r\n"), b"[DONE]");
        assert_eq!(last_data(b": ping"), b"");
        assert_eq!(last_data(b""), b"");
    }
}
