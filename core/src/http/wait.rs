//! How long an answer asks to wait.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, StatusCode};

/// The longest wait that is understood; a header that asks for more (or for nonsense) counts as this: 366 days.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// The service's clock, where it gave a `Date`; else ours. Limits that are given as a time are meant in its time, and the
/// clock of a phone is often minutes off.
pub(super) fn service_now(headers: &HeaderMap, ours: DateTime<Utc>) -> DateTime<Utc> {
    service_date(headers).unwrap_or(ours)
}

/// The service's clock, where it gave a `Date`.
pub(crate) fn service_date(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    text(headers, DATE.as_str()).and_then(http_date)
}

/// The wait that an answer asks for, if it does: `retry-after-ms` (OpenAI), `Retry-After` in seconds or as a date
/// (RFC 9110 §10.2.3), and for a 429 with nothing left `x-rate-limit-reset` in seconds since 1970 (X).
pub(super) fn asked(status: StatusCode, headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    if let Some(wait) = text(headers, "retry-after-ms").and_then(|value| seconds(value, 1000.0)) {
        return Some(wait);
    }
    if let Some(value) = text(headers, RETRY_AFTER.as_str()) {
        if let Some(wait) = seconds(value, 1.0) {
            return Some(wait);
        }
        if let Some(at) = http_date(value) {
            return Some(until(at, service_now(headers, now)));
        }
    }
    // A usage cap of X answers 429 with requests left in the window: its reset says nothing about the cap.
    let used_up = text(headers, "x-rate-limit-remaining").is_none_or(|left| left == "0");
    if status == StatusCode::TOO_MANY_REQUESTS && used_up {
        let reset = text(headers, "x-rate-limit-reset")?.parse().ok()?;
        return Some(until(DateTime::from_timestamp(reset, 0)?, service_now(headers, now)));
    }
    None
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn seconds(value: &str, per_second: f64) -> Option<Duration> {
    if !value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let value = value.parse::<f64>().ok()? / per_second;
    Some(Duration::try_from_secs_f64(value).unwrap_or(LONGEST).min(LONGEST))
}

/// How long it is until then, both by the same clock.
pub(super) fn until(at: DateTime<Utc>, now: DateTime<Utc>) -> Duration {
    at.signed_duration_since(now).max(TimeDelta::zero()).to_std().unwrap_or_default().min(LONGEST)
}

/// A date of HTTP in each of its three forms: <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7>.
fn http_date(value: &str) -> Option<DateTime<Utc>> {
    if let Ok(date) = DateTime::parse_from_rfc2822(value) {
        return Some(date.to_utc());
    }
    ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(value, format).ok())
        .map(|date| date.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn every_way_to_ask_for_a_wait() {
        let now = http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        let minute = Some(Duration::from_secs(60));
        for (status, pairs, wait) in [
            (503, vec![], None),
            (503, vec![("retry-after", "60")], minute),
            (503, vec![("retry-after", " 60 ")], minute),
            (503, vec![("retry-after", "0.5")], Some(Duration::from_millis(500))),
            (429, vec![("retry-after-ms", "1500"), ("retry-after", "60")], Some(Duration::from_millis(1500))),
            (429, vec![("retry-after-ms", "soon"), ("retry-after", "60")], minute),
            (503, vec![("retry-after", "Sun, 06 Nov 1994 08:50:37 GMT")], minute),
            (503, vec![("retry-after", "Sunday, 06-Nov-94 08:50:37 GMT")], minute),
            (503, vec![("retry-after", "Sun Nov  6 08:50:37 1994")], minute),
            (503, vec![("retry-after", "Sun, 06 Nov 1994 08:40:00 GMT")], Some(Duration::ZERO)),
            // A service whose clock is an hour ahead of ours.
            (
                503,
                vec![("date", "Sun, 06 Nov 1994 09:49:37 GMT"), ("retry-after", "Sun, 06 Nov 1994 09:50:37 GMT")],
                minute,
            ),
            (429, vec![("x-rate-limit-reset", "784111837"), ("x-rate-limit-remaining", "0")], minute),
            (429, vec![("x-rate-limit-reset", "784111837")], minute),
            (429, vec![("x-rate-limit-reset", "784111837"), ("x-rate-limit-remaining", "39999")], None),
            (503, vec![("x-rate-limit-reset", "784111837")], None),
            (503, vec![("retry-after", "-1")], None),
            (503, vec![("retry-after", "1e400")], None),
            (503, vec![("retry-after", "99999999999999999999")], Some(LONGEST)),
            (503, vec![("retry-after", "Sun, 32 Nov 1994 08:49:37 GMT")], None),
        ] {
            assert_eq!(asked(StatusCode::from_u16(status).unwrap(), &headers(&pairs), now), wait, "{pairs:?}");
        }
    }
}
