use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Whose requests a rate window counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RateScope {
    /// Those of the developer's app, over all its users.
    App,
    /// Those of one Twitter user.
    User,
}

impl RateScope {
    /// The name as the stores keep it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::User => "user",
        }
    }
}

/// How long a rate window is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub enum RateWindowKind {
    /// 15 minutes.
    #[serde(rename = "15min")]
    Minutes15,
    /// 24 hours.
    #[serde(rename = "24h")]
    Hours24,
}

impl RateWindowKind {
    /// The name as the stores keep it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Minutes15 => "15min",
            Self::Hours24 => "24h",
        }
    }
}

/// What Twitter said of one of its limits: a row of `rate_windows`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateWindowRecord {
    /// Whose requests it counts.
    pub scope: RateScope,
    /// The endpoint that it limits, such as `users.tweets@90c5…`: behind the `@` the hash of the app that asks there.
    pub endpoint: String,
    /// How long it is.
    pub kind: RateWindowKind,
    /// How many requests it allows.
    pub limit: u64,
    /// How many of them are left.
    pub remaining: u64,
    /// When it begins anew, by our clock.
    pub resets_at: DateTime<Utc>,
    /// When Twitter said so, by our clock.
    pub seen_at: DateTime<Utc>,
}
