use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Id;

/// What the owner decided about a draft.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DraftState {
    /// Nothing yet.
    #[default]
    Draft,
    /// May be published.
    Approved,
    /// Is not wanted; its feedback steers the next generation.
    Rejected,
    /// Was published.
    Published,
}

impl DraftState {
    /// The name as the stores keep it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Published => "published",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Draft, Self::Approved, Self::Rejected, Self::Published].into_iter().find(|state| state.as_str() == name)
    }
}

/// How well a candidate fits, each from 0 (not at all) to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scores {
    /// How near it is to the author's style.
    pub style: f64,
    /// How near it is to the topic.
    pub topic: f64,
    /// How different it is from the drafts chosen before it.
    pub diversity: f64,
    /// The largest part of it that stands in the author's own tweets (5-gram containment).
    pub copied: f64,
    /// What the candidates were ranked by.
    pub total: f64,
}

/// Why a candidate was not taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rejection {
    /// The candidate's text.
    pub text: String,
    /// The gate that it failed, stable and dotted, such as `gate.too_long`; `ranked.below` when better ones were taken.
    pub code: String,
    /// The reason in one sentence.
    pub reason: String,
}

/// An own tweet that was shown to the model as an example.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExemplarUse {
    /// The tweet's id.
    pub tweet_id: String,
}

/// What the owner said about a draft.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Feedback {
    /// Why, in the owner's words.
    pub note: Option<String>,
    /// What the model had written, once the owner gave the draft another text: the difference steers the next generation.
    pub original_text: Option<String>,
}

/// One call of `generate`: a row of `generations`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generation {
    /// The id of the row.
    pub id: Id,
    /// The account it was made for.
    pub account_id: Id,
    /// The profile it followed.
    pub profile_id: Option<Id>,
    /// What was asked for, in the form of `generate::DraftRequest`.
    pub request: Value,
    /// The model that answered.
    pub model: String,
    /// The own tweets that the model was shown.
    pub exemplars: Vec<ExemplarUse>,
    /// The candidates that were not taken, each with its reason.
    pub rejected: Vec<Rejection>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A drafted tweet: a row of `drafts`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The id of the row.
    pub id: Id,
    /// The account it was made for.
    pub account_id: Id,
    /// The call that made it.
    pub generation_id: Id,
    /// The text, ready to be tweeted.
    pub text: String,
    /// Its length by Twitter's rules, of which a tweet may have 280.
    pub weighted_length: u32,
    /// How well it fits.
    pub scores: Scores,
    /// What the owner decided.
    pub state: DraftState,
    /// What the owner said.
    pub feedback: Option<Feedback>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
