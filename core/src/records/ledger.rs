use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Id;

/// How a model call ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[non_exhaustive]
pub enum AiOutcome {
    /// The answer is whole.
    Ok,
    /// The model refused.
    Refused,
    /// It failed with this error code.
    Failed {
        /// The error's code.
        code: String,
    },
    /// The caller stopped it.
    Cancelled,
    /// It was begun and its end is not known: it is under way, or its process was killed.
    Open,
}

/// One model call: a row of `ai_runs`, written before the call is sent and completed when it ends. Hashes and ids, never a
/// prompt and never an answer.
///
/// A call whose process was killed stays open, with its estimate as its cost: what was set aside for it counts as spent an
/// hour later ([`SpendRecord`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AiRun {
    /// The id of the row.
    pub id: Id,
    /// The account it was made for.
    pub account_id: Id,
    /// What it was for, such as `analyze_style`, `generate`, `repair`.
    pub purpose: String,
    /// Who served the model, such as `openai`.
    pub provider: String,
    /// The model that answered, as it named itself; what was asked for where it did not.
    pub model: String,
    /// The id that the service gave the request.
    pub request_id: Option<String>,
    /// SHA-256 of the request, in hexadecimal.
    pub request_hash: String,
    /// Tokens read.
    pub input_tokens: u64,
    /// Of these, tokens from the service's cache, which cost less.
    pub cached_tokens: u64,
    /// Tokens written, those of `reasoning_tokens` included.
    pub output_tokens: u64,
    /// Of these, tokens of hidden reasoning.
    pub reasoning_tokens: u64,
    /// The cost in millionths of a US dollar; `None` where the model's price is not known.
    pub cost_micros: Option<u64>,
    /// From sending to the last byte, in milliseconds.
    pub latency_ms: u64,
    /// How many times the request was sent.
    pub attempts: u32,
    /// How it ended.
    pub outcome: AiOutcome,
    /// When it was sent.
    pub created_at: DateTime<Utc>,
}

/// What money was spent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SpendKind {
    /// Tokens of a model.
    Model,
    /// Reads and writes of the X API.
    Twitter,
}

impl SpendKind {
    /// The name as the stores keep it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Twitter => "twitter",
        }
    }
}

/// What an account spent on one UTC day: a row of `spend`. Stays when the account is erased, without its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpendRecord {
    /// The UTC day.
    pub day: NaiveDate,
    /// What it was spent on.
    pub kind: SpendKind,
    /// What was spent, in millionths of a US dollar. With what was set aside more than an hour ago and never settled: a
    /// call whose process was killed may have been billed.
    pub spent_micros: u64,
    /// What calls under way may still spend, in millionths of a US dollar.
    pub reserved_micros: u64,
}

/// Who did what and when: a row of `audit_log`, append-only. No text and no Twitter id; `subject` is random per account,
/// so that it stays when the account is erased.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditEvent {
    /// When.
    pub at: DateTime<Utc>,
    /// The random id that stands for the account.
    pub subject: Id,
    /// What was done, such as `import.finished`, `erase.account`.
    pub action: String,
    /// Numbers and ids about it.
    pub facts: Value,
}
