//! The sandbox moved from another process: `POST /__sandbox` with one JSON command, answered with JSON. It listens on
//! 127.0.0.1 like the rest and holds nothing but made-up data.

use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::server::Shared;
use super::x;
use super::{log::Outcome, openai};
use crate::error::{Error, ErrorKind, Result};

const PATH: &str = "/__sandbox";

/// What can be commanded.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
enum Command {
    /// Queues faults of OpenAI's side, by the names that the header takes.
    OpenaiScript { endpoint: openai::Endpoint, faults: Vec<String> },
    /// Queues faults of X's side.
    XScript { endpoint: x::Endpoint, faults: Vec<String> },
    /// Forgets all queued faults and recorded requests, and begins all rate windows anew.
    Reset,
    /// Makes up a timeline of the seeded user.
    MakeTimeline { tweets: usize, seed: u64 },
    /// Adds tweets of the seeded user.
    AddTexts { texts: Vec<String> },
    /// Gives tokens of the seeded user without the login.
    IssueTokens { scopes: Vec<String> },
    /// What the person at the consent page does.
    SetConsent { consent: Consent },
    /// Ends every access token.
    ExpireAccessTokens,
    /// Ends every token.
    RevokeAllTokens,
    /// Moves the clock of X's side.
    Advance { seconds: f64 },
    /// What is left to spend at X, in thousandths of a US dollar.
    SetCredits { mills: Option<u64> },
    /// How many tweets may be read until the usage cap.
    SetTweetCap { tweets: Option<u64> },
    /// The recorded requests, without their bodies.
    Requests,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Consent {
    Ask,
    Allow,
    Deny,
}

pub(crate) fn owns(path: &str) -> bool {
    path == PATH
}

/// The status and the JSON of the answer.
pub(crate) fn respond(shared: &std::sync::Arc<Shared>, body: &[u8]) -> (u16, Bytes) {
    let (status, body) = match run(shared, body) {
        Ok(value) => (200, value),
        Err(error) => (400, json!({ "error": error.to_fields() })),
    };
    (status, Bytes::from(body.to_string()))
}

fn run(shared: &std::sync::Arc<Shared>, body: &[u8]) -> Result<Value> {
    let command: Command = serde_json::from_slice(body).map_err(|error| {
        Error::new(ErrorKind::InvalidInput, "sandbox.unknown_command", "the command cannot be read").with_source(error)
    })?;
    let x = x::XSandbox { shared: std::sync::Arc::clone(shared), address: ([127, 0, 0, 1], 0).into() };
    Ok(match command {
        Command::OpenaiScript { endpoint, faults } => {
            let faults = faults.iter().map(|name| name.parse()).collect::<Result<Vec<openai::Fault>>>()?;
            shared.openai().script(endpoint, faults.into_iter())?;
            Value::Null
        }
        Command::XScript { endpoint, faults } => {
            let faults = faults.iter().map(|name| name.parse()).collect::<Result<Vec<x::Fault>>>()?;
            x.script(endpoint, faults)?;
            Value::Null
        }
        Command::Reset => {
            shared.openai().clear_script();
            x.clear_script();
            x.reset_limits();
            shared.log().clear();
            Value::Null
        }
        Command::MakeTimeline { tweets, seed: number } => json!(x.make_timeline(x.user_id(), tweets, number).len()),
        Command::AddTexts { texts } => {
            let ids = x.add_texts(x.user_id(), texts);
            json!(ids.iter().map(u64::to_string).collect::<Vec<_>>())
        }
        Command::IssueTokens { scopes } => {
            let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
            let tokens = x.issue_tokens(x.user_id(), &scopes);
            json!({ "access": tokens.access, "refresh": tokens.refresh })
        }
        Command::SetConsent { consent } => {
            x.set_consent(match consent {
                Consent::Ask => x::Consent::Ask,
                Consent::Allow => x::Consent::Allow,
                Consent::Deny => x::Consent::Deny,
            });
            Value::Null
        }
        Command::ExpireAccessTokens => {
            x.expire_access_tokens();
            Value::Null
        }
        Command::RevokeAllTokens => {
            x.revoke_all_tokens();
            Value::Null
        }
        Command::Advance { seconds } => {
            x.advance(Duration::try_from_secs_f64(seconds).unwrap_or_default());
            Value::Null
        }
        Command::SetCredits { mills } => {
            x.set_credits(mills);
            Value::Null
        }
        Command::SetTweetCap { tweets } => {
            x.set_tweet_cap(tweets);
            Value::Null
        }
        Command::Requests => {
            json!(
                shared
                    .log()
                    .all()
                    .into_iter()
                    .map(|request| {
                        json!({
                            "method": request.method,
                            "path": request.path,
                            "status": request.status,
                            "dropped": request.outcome == Outcome::Dropped,
                        })
                    })
                    .collect::<Vec<_>>()
            )
        }
    })
}
