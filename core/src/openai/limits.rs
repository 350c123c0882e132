//! The rate-limit headers of OpenAI, typed.
//!
//! Names and the form of the reset times: <https://developers.openai.com/api/docs/guides/rate-limits>.

use std::fmt;
use std::time::Duration;

use http::HeaderMap;
use serde::Serialize;

use crate::error::Error;

/// One limit: what is allowed in a window, what is left of it, and when it is full again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RateLimit {
    /// How many the window allows.
    pub limit: Option<u64>,
    /// How many are left.
    pub remaining: Option<u64>,
    /// How long until the window is full again.
    pub reset_after: Option<Duration>,
}

/// The limits that an answer carried: `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`.
///
/// They come with every answer of OpenAI, and with its errors: [`RateLimits::of_error`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RateLimits {
    /// Requests.
    pub requests: RateLimit,
    /// Tokens.
    pub tokens: RateLimit,
}

impl RateLimits {
    /// Reads the headers; `None` when there are none, as from most compatible servers.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let limits = Self {
            requests: RateLimit {
                limit: number(headers, "x-ratelimit-limit-requests"),
                remaining: number(headers, "x-ratelimit-remaining-requests"),
                reset_after: duration(headers, "x-ratelimit-reset-requests"),
            },
            tokens: RateLimit {
                limit: number(headers, "x-ratelimit-limit-tokens"),
                remaining: number(headers, "x-ratelimit-remaining-tokens"),
                reset_after: duration(headers, "x-ratelimit-reset-tokens"),
            },
        };
        (limits != Self::default()).then_some(limits)
    }

    /// The limits that came with a failed call.
    #[must_use]
    pub fn of_error(error: &Error) -> Option<Self> {
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            if let Some(carried) = cause.downcast_ref::<Carried>() {
                return Some(carried.0);
            }
            source = cause.source();
        }
        None
    }

    /// How long to wait when the service refused and did not say: until what is used up is full again.
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        [self.requests, self.tokens]
            .iter()
            .filter(|limit| limit.remaining == Some(0))
            .filter_map(|limit| limit.reset_after)
            .max()
    }
}

/// The limits as a part of an error.
#[derive(Debug)]
pub(super) struct Carried(pub(super) RateLimits);

impl fmt::Display for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |f: &mut fmt::Formatter<'_>, name: &str, limit: &RateLimit| {
            if let (Some(remaining), Some(all)) = (limit.remaining, limit.limit) {
                write!(f, "; {remaining} of {all} {name} left")
            } else {
                Ok(())
            }
        };
        f.write_str("rate limits")?;
        part(f, "requests", &self.0.requests)?;
        part(f, "tokens", &self.0.tokens)
    }
}

impl std::error::Error for Carried {}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    text(headers, name)?.parse().ok()
}

fn duration(headers: &HeaderMap, name: &str) -> Option<Duration> {
    parse_duration(text(headers, name)?)
}

/// Reads a duration as Go writes it: `1m30s`, `6ms`, `1h0m0.5s`, `250µs`; a bare number is seconds.
///
/// ```
/// use ghostwren::openai::parse_duration;
/// use std::time::Duration;
/// assert_eq!(parse_duration("1m30s"), Some(Duration::from_secs(90)));
/// assert_eq!(parse_duration("6ms"), Some(Duration::from_millis(6)));
/// assert_eq!(parse_duration("soon"), None);
/// ```
#[must_use]
pub fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(digits)?;
        let value: f64 = number.parse().ok()?;
        let letters = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, next) = after.split_at_checked(letters)?;
        let seconds = match unit {
            "ns" => value / 1e9,
            "us" | "µs" | "μs" => value / 1e6,
            "ms" => value / 1e3,
            "s" | "" => value,
            "m" => value * 60.0,
            "h" => value * 3600.0,
            "d" => value * 86_400.0,
            _ => return None,
        };
        total = total.checked_add(Duration::try_from_secs_f64(seconds).ok()?)?;
        rest = next;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn go_durations() {
        for (text, millis) in [
            ("1m30s", Some(90_000)),
            ("6ms", Some(6)),
            ("1h0m0.5s", Some(3_600_500)),
            ("0s", Some(0)),
            ("12", Some(12_000)),
            ("1.5", Some(1_500)),
            ("2d", Some(172_800_000)),
            ("", None),
            ("-1s", None),
            ("1x", None),
            ("..", None),
            ("9e999s", None),
            ("99999999999999999999999999999999h", None),
            ("1\u{2028}s", None),
        ] {
            assert_eq!(parse_duration(text).map(|d| d.as_millis()), millis, "{text}");
        }
        assert_eq!(parse_duration("250µs"), Some(Duration::from_micros(250)));
    }

    #[test]
    fn headers_are_typed_and_travel_with_an_error() {
        let mut headers = HeaderMap::new();
        assert_eq!(RateLimits::from_headers(&headers), None);
        headers.insert("x-ratelimit-limit-requests", "500".parse().unwrap());
        headers.insert("x-ratelimit-remaining-requests", "0".parse().unwrap());
        headers.insert("x-ratelimit-reset-requests", "120ms".parse().unwrap());
        headers.insert("x-ratelimit-remaining-tokens", "nonsense".parse().unwrap());
        headers.insert("x-ratelimit-reset-tokens", "1m0s".parse().unwrap());
        let limits = RateLimits::from_headers(&headers).unwrap();
        assert_eq!(limits.requests.limit, Some(500));
        assert_eq!(limits.tokens, RateLimit { reset_after: Some(Duration::from_secs(60)), ..RateLimit::default() });
        assert_eq!(limits.wait(), Some(Duration::from_millis(120)), "only what is used up is waited for");
        let error = Error::new(ErrorKind::RateLimited, "openai.rate_limit", "slow").with_source(Carried(limits));
        assert_eq!(RateLimits::of_error(&error), Some(limits));
        assert_eq!(RateLimits::of_error(&Error::new(ErrorKind::Internal, "a.b", "c")), None);
    }
}
