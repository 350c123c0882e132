use std::collections::BTreeMap;

use super::Endpoint;
use super::clock::Clock;

/// How many requests an endpoint takes in each window; `None` is without limit.
///
/// The defaults are those of <https://docs.x.com/x-api/fundamentals/rate-limits> where that page names the endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limit {
    /// Requests of one user in 15 minutes.
    pub user: Option<u32>,
    /// Requests of an app alone, with a token that has no user, in 15 minutes.
    pub app: Option<u32>,
    /// Requests of one user in 24 hours.
    pub user_day: Option<u32>,
    /// Requests of an app for all its users in 24 hours.
    pub app_day: Option<u32>,
}

impl Limit {
    fn of(endpoint: Endpoint) -> Self {
        let (user, app) = match endpoint {
            Endpoint::Authorize | Endpoint::Token | Endpoint::Revoke => return Self::default(),
            Endpoint::Me => (75, None),
            Endpoint::Users => (900, Some(300)),
            Endpoint::Timeline => (900, Some(10_000)),
            Endpoint::Mentions => (300, Some(450)),
            Endpoint::Tweets => (5_000, Some(3_500)),
            Endpoint::Search => (300, Some(450)),
            Endpoint::CreateTweet => {
                return Self { user: Some(100), app_day: Some(10_000), ..Self::default() };
            }
            Endpoint::DeleteTweet => (50, None),
            // Not on that page: chosen.
            Endpoint::MediaInitialize
            | Endpoint::MediaAppend
            | Endpoint::MediaFinalize
            | Endpoint::MediaStatus
            | Endpoint::MediaMetadata => (500, None),
        };
        Self { user: Some(user), app, ..Self::default() }
    }
}

const QUARTER: i64 = 15 * 60;
const DAY: i64 = 24 * 60 * 60;

/// One window of one bucket.
#[derive(Clone, Copy, Debug)]
struct Window {
    since: i64,
    used: u32,
}

/// Buckets by app, user and endpoint.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    set: BTreeMap<Endpoint, Limit>,
    windows: BTreeMap<(Endpoint, String, i64), Window>,
}

/// One bucket after a request: what the headers tell.
#[derive(Clone, Copy, Debug)]
struct Seen {
    limit: u32,
    remaining: u32,
    reset: i64,
    over: bool,
}

impl Limits {
    /// How many buckets are kept; the windows that ended go first.
    const MAX_WINDOWS: usize = 10_000;

    pub(crate) fn set(&mut self, endpoint: Endpoint, limit: Limit) {
        self.set.insert(endpoint, limit);
    }

    pub(crate) fn reset(&mut self) {
        self.windows.clear();
    }

    /// Counts a request. Gives the headers, and whether it is one too many.
    pub(crate) fn take(
        &mut self,
        endpoint: Endpoint,
        app: &str,
        user: Option<u64>,
        clock: &Clock,
    ) -> (Vec<(&'static str, String)>, bool) {
        let limit = self.set.get(&endpoint).copied().unwrap_or_else(|| Limit::of(endpoint));
        let now = clock.now();
        let app_key = format!("app {app}");
        let user_key = user.map(|user| format!("user {app} {user}"));
        let of_app = if user.is_none() { self.count(endpoint, &app_key, limit.app, QUARTER, now) } else { None };
        let of_app_day = self.count(endpoint, &app_key, limit.app_day, DAY, now);
        let of_user = user_key.as_deref().and_then(|key| self.count(endpoint, key, limit.user, QUARTER, now));
        let of_user_day = user_key.as_deref().and_then(|key| self.count(endpoint, key, limit.user_day, DAY, now));
        let mut headers = Vec::new();
        let mut tell = |names: [&'static str; 3], seen: Option<Seen>| {
            if let Some(seen) = seen {
                let values = [i64::from(seen.limit), i64::from(seen.remaining), clock.told(seen.reset)];
                headers.extend(names.into_iter().zip(values.map(|value| value.to_string())));
            }
        };
        tell(["x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"], of_user.or(of_app));
        tell(["x-user-limit-24hour-limit", "x-user-limit-24hour-remaining", "x-user-limit-24hour-reset"], of_user_day);
        tell(["x-app-limit-24hour-limit", "x-app-limit-24hour-remaining", "x-app-limit-24hour-reset"], of_app_day);
        let over = [of_app, of_app_day, of_user, of_user_day].iter().flatten().any(|seen| seen.over);
        (headers, over)
    }

    fn count(&mut self, endpoint: Endpoint, key: &str, limit: Option<u32>, length: i64, now: i64) -> Option<Seen> {
        let limit = limit?;
        if self.windows.len() >= Self::MAX_WINDOWS {
            self.windows.retain(|(_, _, length), window| window.since + length > now);
        }
        let window = self.windows.entry((endpoint, key.to_owned(), length)).or_insert(Window { since: now, used: 0 });
        if now >= window.since + length {
            *window = Window { since: now, used: 0 };
        }
        let over = window.used >= limit;
        window.used = window.used.saturating_add(u32::from(!over));
        Some(Seen { limit, remaining: limit.saturating_sub(window.used), reset: window.since + length, over })
    }
}
