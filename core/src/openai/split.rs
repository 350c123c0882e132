//! Several answers from calls that give fewer: bounded parallel calls, joined into one.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::stream::{self, StreamExt};

use super::reply::Reply;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ModelDelta, ModelResponse, ModelStream};

/// How many calls of one request are under way at once.
pub(super) const AT_ONCE: usize = 4;

/// How many answers each call is asked for.
pub(super) fn parts(n: u32, max: u32) -> Vec<u32> {
    let max = max.max(1);
    let mut left = n;
    let mut parts = Vec::new();
    while left > 0 {
        let part = left.min(max);
        parts.push(part);
        left -= part;
    }
    parts
}

/// The error of one call of several, of which others were answered already: that is billed, and lost with it.
pub(super) fn with_lost_parts(error: Error) -> Error {
    let unanswered = error.unanswered().max(1);
    error.with_unanswered(unanswered)
}

/// One reply of many: answers numbered on, tokens and costs added up, ids and limits of the last.
pub(super) fn join(mut replies: Vec<Reply>) -> Reply {
    if replies.len() == 1 {
        return replies.remove(0);
    }
    let mut joined = Reply::default();
    let mut known = true;
    for (number, reply) in replies.into_iter().enumerate() {
        joined.usage += reply.usage;
        known &= reply.cost_micros.is_some();
        joined.cost_micros = Some(joined.cost_micros.unwrap_or(0).saturating_add(reply.cost_micros.unwrap_or(0)));
        joined.attempts += reply.attempts;
        joined.unanswered += reply.unanswered;
        joined.latency = joined.latency.max(reply.latency);
        if number == 0 {
            (joined.id, joined.model, joined.request_id) = (reply.id, reply.model, reply.request_id);
            joined.system_fingerprint = reply.system_fingerprint;
        }
        joined.limits = reply.limits.or(joined.limits);
        let first = u32::try_from(joined.answers.len()).unwrap_or(u32::MAX);
        for (place, mut answer) in reply.answers.into_iter().enumerate() {
            answer.index = first.saturating_add(u32::try_from(place).unwrap_or(u32::MAX));
            joined.answers.push(answer);
        }
    }
    joined.cost_micros = joined.cost_micros.filter(|_| known);
    joined
}

type Part = Pin<Box<dyn Stream<Item = (usize, u32, Result<ModelDelta>)> + Send>>;

/// Streams side by side as one: what was answer `i` of a call is answer `first + i` of all.
pub(super) struct Joined {
    parts: Part,
    whole: Vec<Option<ModelResponse>>,
    ready: VecDeque<ModelDelta>,
    ended: bool,
}

impl Joined {
    /// `open` begins each call, at most [`AT_ONCE`] at once. Answers are numbered by the parts that were asked for.
    pub(super) fn new<F, Fut>(parts: &[u32], open: F) -> Self
    where
        F: Fn(u32) -> Fut + Send + 'static,
        Fut: Future<Output = Result<ModelStream>> + Send + 'static,
    {
        let mut first = 0;
        let calls: Vec<(usize, u32, u32)> = parts
            .iter()
            .enumerate()
            .map(|(number, &n)| {
                let call = (number, first, n);
                first += n;
                call
            })
            .collect();
        let count = calls.len();
        let parts = stream::iter(calls)
            .map(move |(number, first, n)| {
                let opening = open(n);
                let part: Part = Box::pin(
                    stream::once(async move {
                        match opening.await {
                            Ok(deltas) => deltas.left_stream(),
                            Err(error) => stream::iter([Err(error)]).right_stream(),
                        }
                    })
                    .flatten()
                    .map(move |delta| (number, first, delta)),
                );
                part
            })
            .flatten_unordered(Some(AT_ONCE));
        Self { parts: Box::pin(parts), whole: vec![None; count], ready: VecDeque::new(), ended: false }
    }

    fn complete(&mut self) -> Result<ModelResponse> {
        let mut all: Option<ModelResponse> = None;
        for part in self.whole.drain(..) {
            let part = part.ok_or_else(|| {
                Error::new(ErrorKind::Truncated, "openai.truncated", "a call ended without its last event")
            })?;
            match &mut all {
                None => all = Some(part),
                Some(all) => {
                    all.answers.extend(part.answers);
                    all.usage += part.usage;
                    all.cost_micros = all.cost_micros.zip(part.cost_micros).map(|(a, b)| a.saturating_add(b));
                    all.attempts += part.attempts;
                    all.latency = all.latency.max(part.latency);
                }
            }
        }
        all.ok_or_else(|| Error::new(ErrorKind::Internal, "openai.no_parts", "a request for no answer"))
    }
}

impl Stream for Joined {
    type Item = Result<ModelDelta>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(delta) = this.ready.pop_front() {
                return Poll::Ready(Some(Ok(delta)));
            }
            if this.ended {
                return Poll::Ready(None);
            }
            match std::task::ready!(this.parts.as_mut().poll_next(cx)) {
                Some((_, first, Ok(ModelDelta::Text { index, text }))) => {
                    return Poll::Ready(Some(Ok(ModelDelta::Text { index: first.saturating_add(index), text })));
                }
                Some((_, first, Ok(ModelDelta::Finished { index, reason }))) => {
                    return Poll::Ready(Some(Ok(ModelDelta::Finished { index: first.saturating_add(index), reason })));
                }
                Some((number, _, Ok(ModelDelta::Completed(response)))) => {
                    if let Some(place) = this.whole.get_mut(number) {
                        *place = Some(response);
                    }
                }
                Some((_, _, Err(error))) => {
                    this.ended = true;
                    let error = if this.whole.iter().any(Option::is_some) { with_lost_parts(error) } else { error };
                    // The other calls stop with it.
                    this.parts = Box::pin(stream::empty());
                    return Poll::Ready(Some(Err(error)));
                }
                None => {
                    this.ended = true;
                    return Poll::Ready(Some(this.complete().map(ModelDelta::Completed)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up() {
        assert_eq!(parts(1, 1), [1]);
        assert_eq!(parts(5, 2), [2, 2, 1]);
        assert_eq!(parts(3, 128), [3]);
        assert_eq!(parts(2, 0), [1, 1]);
    }
}
