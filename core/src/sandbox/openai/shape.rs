//! How an answer travels: whole or in events, at once or paced, and how it breaks.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::super::server::Step;
use super::Fault;

/// Where an event stands in a stream; a fault cuts by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Start,
    Content,
    Finish,
    Done,
}

/// One event of a stream before it is written.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) part: Part,
    /// The event's name, where the API has one.
    pub(crate) name: Option<String>,
    pub(crate) data: String,
}

impl Event {
    pub(crate) fn json(part: Part, data: &Value) -> Self {
        Self { part, name: None, data: data.to_string() }
    }

    fn write(&self, fault: Option<Fault>) -> Vec<u8> {
        let end = match fault {
            Some(Fault::Crlf) => "\r\n",
            Some(Fault::Cr) => "\r",
            _ => "\n",
        };
        let mut out = String::with_capacity(self.data.len() + 32);
        match fault {
            Some(Fault::SplitBytes { .. }) => out.push_str(": keep-alive\n\n"),
            Some(Fault::SseNoise) => {
                out.push_str(":\n: OPENROUTER PROCESSING\n\nevent: keepalive\n\nid: 7\nretry: 3000\nnonsense\n");
            }
            _ => {}
        }
        if let Some(name) = &self.name {
            out.push_str(&format!("event: {name}{end}"));
        }
        out.push_str(&format!("data: {}{end}{end}", self.data));
        out.into_bytes()
    }
}

/// The steps of a JSON body.
pub(crate) fn whole(body: Vec<u8>, fault: Option<Fault>) -> Vec<Step> {
    match fault {
        Some(Fault::Reset) => break_off(body, Step::Reset),
        Some(Fault::Stall) => break_off(body, Step::Hang),
        Some(Fault::SlowBytes { ms }) => pieces(&body, 16, Duration::from_millis(ms.into())),
        Some(Fault::SplitBytes { size }) => pieces(&body, size as usize, Duration::ZERO),
        _ if body.is_empty() => Vec::new(),
        _ => vec![Step::Bytes(body.into())],
    }
}

/// The steps of a stream. `failure` are the events that the API has for an error in the middle.
pub(crate) fn stream(mut events: Vec<Event>, failure: Vec<Event>, fault: Option<Fault>, pace: Duration) -> Vec<Step> {
    let content = events.iter().filter(|event| event.part == Part::Content).count();
    // The place of the first event after half of the content, at least one of it.
    let half = {
        let mut left = content.div_ceil(2);
        events
            .iter()
            .position(|event| {
                let over = event.part != Part::Start && (event.part != Part::Content || left == 0);
                left -= usize::from(event.part == Part::Content && left > 0);
                over
            })
            .unwrap_or(events.len())
    };
    let mut last = None;
    let mut broken: Option<Vec<u8>> = None;
    match fault {
        Some(Fault::Truncated) => events.truncate(half),
        Some(Fault::NoDone) => events.retain(|event| event.part != Part::Done),
        Some(Fault::StreamError | Fault::StreamErrorNested | Fault::StreamFailed) => {
            events.truncate(half);
            fail(&mut events, failure);
        }
        Some(Fault::StreamErrorFirst) => {
            let first = events.iter().position(|event| event.part != Part::Start).unwrap_or(0);
            events.truncate(if failure.iter().any(|event| event.name.is_some()) { first.min(2) } else { 0 });
            fail(&mut events, failure);
        }
        Some(Fault::Reset) => {
            events.truncate(half);
            last = Some(Step::Reset);
        }
        Some(Fault::Stall) => {
            events.truncate(half);
            last = Some(Step::Hang);
        }
        Some(Fault::BadUtf8) => broken = Some(b"data: {\"id\":\"\xff\xfe\"}\n\n".to_vec()),
        Some(Fault::BadEvent) => broken = Some(b"data: {\"id\": \"chatcmpl-\n\n".to_vec()),
        _ => {}
    }
    let mut steps = Vec::with_capacity(events.len() * 2);
    if fault == Some(Fault::SseNoise) {
        steps.push(Step::Bytes(Bytes::from_static("\u{feff}".as_bytes())));
    }
    for (at, event) in events.iter().enumerate() {
        if at == half
            && let Some(broken) = broken.take()
        {
            steps.push(Step::Bytes(broken.into()));
        }
        if pace > Duration::ZERO {
            steps.push(Step::Pause(pace));
        }
        let bytes = event.write(fault);
        match fault {
            Some(Fault::SlowBytes { ms }) => steps.extend(pieces(&bytes, 16, Duration::from_millis(ms.into()))),
            Some(Fault::SplitBytes { size }) => {
                steps.extend(pieces(&bytes, size as usize, Duration::ZERO));
            }
            _ => steps.push(Step::Bytes(bytes.into())),
        }
    }
    if let Some(last) = last {
        // What was written must be on its way before the connection breaks.
        steps.push(Step::Pause(Duration::from_millis(20)));
        steps.push(last);
    }
    steps
}

/// Adds the events of a failure; where events are numbered, their numbers go on from the last one that was sent.
fn fail(events: &mut Vec<Event>, failure: Vec<Event>) {
    for mut event in failure {
        if event.name.is_some()
            && let Ok(mut data) = serde_json::from_str::<Value>(&event.data)
        {
            data["sequence_number"] = events.len().into();
            event.data = data.to_string();
        }
        events.push(event);
    }
}

fn break_off(mut body: Vec<u8>, last: Step) -> Vec<Step> {
    body.truncate(body.len() / 2);
    vec![Step::Bytes(body.into()), Step::Pause(Duration::from_millis(20)), last]
}

fn pieces(bytes: &[u8], size: usize, pause: Duration) -> Vec<Step> {
    bytes
        .chunks(size.max(1))
        .flat_map(|piece| [Step::Pause(pause), Step::Bytes(Bytes::copy_from_slice(piece))])
        .collect()
}
