//! The rate limits that X announces in the headers of its answers, each read on its own: any may be missing.
//!
//! `x-rate-limit-*` counts 15 minutes at one endpoint, for the user (or, with the app's own token, for the app);
//! `x-user-limit-24hour-*` and `x-app-limit-24hour-*` count a day (<https://docs.x.com/x-api/fundamentals/rate-limits>).

use chrono::{DateTime, TimeDelta, Utc};
use http::HeaderMap;
use serde::Serialize;

use crate::http::{RateKey, RateWindow};

/// One window: what it allows, what is left, and when it is full again by X's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RateLimit {
    /// How many requests it allows.
    pub limit: Option<u64>,
    /// How many are left.
    pub remaining: Option<u64>,
    /// When it is full again.
    pub resets_at: Option<DateTime<Utc>>,
}

impl RateLimit {
    fn from_headers(headers: &HeaderMap, prefix: &str) -> Self {
        let number = |name: &str| headers.get(format!("{prefix}-{name}"))?.to_str().ok()?.trim().parse::<i64>().ok();
        let count = |name: &str| number(name).and_then(|value| u64::try_from(value).ok());
        Self {
            limit: count("limit"),
            remaining: count("remaining"),
            resets_at: number("reset").and_then(|seconds| DateTime::from_timestamp(seconds, 0)),
        }
    }

    fn window(&self, now: DateTime<Utc>) -> Option<RateWindow> {
        // Half of it says nothing that could be waited for.
        let (remaining, resets_at) = (self.remaining?, self.resets_at?);
        let resets_in = resets_at.signed_duration_since(now).max(TimeDelta::zero()).to_std().ok()?;
        Some(RateWindow { limit: self.limit, remaining, resets_in, resets_at: Some(resets_at) })
    }
}

/// The limits that an answer carried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RateLimits {
    /// 15 minutes at this endpoint.
    pub quarter: RateLimit,
    /// 24 hours of the user.
    pub user_day: RateLimit,
    /// 24 hours of the app.
    pub app_day: RateLimit,
}

const QUARTER: &str = "user.15min";
const USER_DAY: &str = "user.24h";
const APP_DAY: &str = "app.24h";

impl RateLimits {
    /// Reads the headers.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Self {
        Self {
            quarter: RateLimit::from_headers(headers, "x-rate-limit"),
            user_day: RateLimit::from_headers(headers, "x-user-limit-24hour"),
            app_day: RateLimit::from_headers(headers, "x-app-limit-24hour"),
        }
    }

    /// The window of that name, `now` being X's clock.
    pub(super) fn window(&self, name: &str, now: DateTime<Utc>) -> Option<RateWindow> {
        match name {
            QUARTER => self.quarter.window(now),
            USER_DAY => self.user_day.window(now),
            APP_DAY => self.app_day.window(now),
            _ => None,
        }
    }
}

/// Whose limit a window of that name is: the app's, or that of one of its users. X counts a user for each app by itself.
pub(super) fn owner_of(window: &str, app: &str, user: &str) -> String {
    if window.starts_with("app.") { app.to_owned() } else { format!("{app} {user}") }
}

/// The limits that a call of this user of this app counts against at an endpoint.
pub(super) fn keys(app: &str, user: &str, endpoint: &'static str) -> [RateKey; 3] {
    [QUARTER, USER_DAY, APP_DAY].map(|name| RateKey::of(&owner_of(name, app, user), endpoint).window(name))
}
