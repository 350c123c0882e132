use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, SecondsFormat, Utc};

/// The stand-in's own clock: runs beside the machine's, or stands until it is moved.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// Ahead of the machine's clock by this, in milliseconds.
    ahead: i64,
    /// Stands at this moment, in milliseconds of Unix time.
    frozen: Option<i64>,
    /// What the `Date` header and the resets of rate windows are wrong by, in seconds.
    pub(crate) skew: i64,
}

impl Clock {
    /// Now, in milliseconds of Unix time.
    pub(crate) fn now_ms(&self) -> i64 {
        self.frozen.unwrap_or_else(|| machine_ms() + self.ahead)
    }

    /// Now, in seconds of Unix time.
    pub(crate) fn now(&self) -> i64 {
        self.now_ms().div_euclid(1000)
    }

    /// A moment in seconds as the headers tell it.
    pub(crate) fn told(&self, seconds: i64) -> i64 {
        seconds + self.skew
    }

    /// The `Date` header.
    pub(crate) fn date_header(&self) -> String {
        DateTime::from_timestamp(self.told(self.now()), 0)
            .unwrap_or_default()
            .format("%a, %d %b %Y %H:%M:%S GMT")
            .to_string()
    }

    pub(crate) fn freeze(&mut self, at: DateTime<Utc>) {
        self.frozen = Some(at.timestamp_millis());
    }

    pub(crate) fn run(&mut self) {
        self.ahead = self.now_ms() - machine_ms();
        self.frozen = None;
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX / 4);
        match &mut self.frozen {
            Some(at) => *at = at.saturating_add(by),
            None => self.ahead = self.ahead.saturating_add(by),
        }
    }
}

/// A moment as X writes it: `2026-11-25T10:00:00.000Z`.
pub(crate) fn iso(ms: i64) -> String {
    DateTime::from_timestamp_millis(ms).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn machine_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or_default()
}
