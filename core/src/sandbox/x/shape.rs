//! How an answer travels: its headers, what a fault does to its JSON, and how it breaks on the way.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::super::server::{Reply, Step};
use super::Fault;
use super::clock::Clock;
use super::problem::{self, Answer, Content};

/// The headers that every answer has.
#[derive(Debug)]
pub(crate) struct Headers {
    date: String,
    transaction: String,
}

impl Headers {
    pub(crate) fn new(clock: &Clock, number: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(number ^ 0x78);
        Self { date: clock.date_header(), transaction: format!("{:016x}", rng.u64(..)) }
    }
}

/// The reply, with what the fault does after the work is done.
pub(crate) fn reply(answer: Answer, headers: &Headers, fault: Option<Fault>) -> Reply {
    let answer = match fault {
        Some(Fault::ResetAfter) => return Reply::Reset,
        Some(Fault::HangAfter) => return Reply::Hang,
        Some(Fault::ErrorAfter) => problem::of_fault(Fault::OverCapacity, super::Dialect::Tweet).unwrap_or(answer),
        _ => answer,
    };
    let mut body = match answer.body {
        Content::Text(text) => text.into_bytes(),
        Content::Json(mut json) => {
            match fault {
                Some(Fault::ExtraFields) => extra(&mut json),
                Some(Fault::UnknownValues) => unknown(&mut json),
                Some(Fault::NoObjects) => no_objects(&mut json),
                _ => {}
            }
            json.to_string().into_bytes()
        }
    };
    if fault == Some(Fault::Truncated) {
        body.truncate(body.len() / 2);
    }
    let mut all = vec![("content-type", answer.content_type.to_owned()), ("content-length", body.len().to_string())];
    all.push(("date", headers.date.clone()));
    let rate = |name: &str| name.contains("limit");
    if fault == Some(Fault::Bare) {
        all.extend(answer.headers.into_iter().filter(|(name, _)| !rate(name)));
    } else {
        all.push(("x-transaction-id", headers.transaction.clone()));
        all.push(("x-response-time", "7".to_owned()));
        all.push(("api-version", "2.167".to_owned()));
        all.push(("x-access-level", "read-write".to_owned()));
        all.extend(answer.headers);
    }
    Reply::Answer { status: answer.status, headers: all, steps: steps(body, fault) }
}

fn steps(mut body: Vec<u8>, fault: Option<Fault>) -> Vec<Step> {
    let pieces = |bytes: &[u8], size: u32, pause: Duration| {
        let piece = |piece| [Step::Pause(pause), Step::Bytes(Bytes::copy_from_slice(piece))];
        bytes.chunks(size.max(1) as usize).flat_map(piece).collect()
    };
    match fault {
        Some(Fault::Reset | Fault::Stall) => {
            body.truncate(body.len() / 2);
            let last = if fault == Some(Fault::Reset) { Step::Reset } else { Step::Hang };
            // What was written must be on its way before the connection breaks.
            vec![Step::Bytes(body.into()), Step::Pause(Duration::from_millis(20)), last]
        }
        Some(Fault::SlowBytes { ms }) => pieces(&body, 16, Duration::from_millis(ms.into())),
        Some(Fault::SplitBytes { size }) => pieces(&body, size, Duration::ZERO),
        _ if body.is_empty() => Vec::new(),
        _ => vec![Step::Bytes(body.into())],
    }
}

fn extra(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(extra);
            object.insert("sandbox_extra".into(), json!({"of": [1, null, "kinds"]}));
        }
        Value::Array(list) => list.iter_mut().for_each(extra),
        _ => {}
    }
}

fn unknown(value: &mut Value) {
    const LISTS: &[&str] = &[
        "type",
        "reply_settings",
        "lang",
        "verified_type",
        "subscription_type",
        "voting_status",
        "place_type",
        "state",
    ];
    match value {
        Value::Object(object) => {
            for (name, value) in object.iter_mut() {
                match value {
                    Value::String(text) if LISTS.contains(&name.as_str()) && !text.contains(':') => {
                        *text = "sandbox_unknown".to_owned();
                    }
                    _ => unknown(value),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(unknown),
        _ => {}
    }
}

/// Takes every object and list out of the tweets.
fn no_objects(body: &mut Value) {
    let strip = |tweet: &mut Value| {
        if let Some(tweet) = tweet.as_object_mut() {
            tweet.retain(|_, value| !value.is_object() && !value.is_array());
        }
    };
    for place in ["/data", "/includes/tweets", "/includes/posts"] {
        match body.pointer_mut(place) {
            Some(Value::Array(list)) => list.iter_mut().for_each(strip),
            Some(one) => strip(one),
            None => {}
        }
    }
}
