use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::records::Counts;

/// How far a long call has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Progress {
    /// What became of the tweets so far, in this session and those before it.
    pub counts: Counts,
    /// How many tweets there are in all, where the source says it.
    pub total: Option<u64>,
    /// Tweets a second, in this session.
    pub per_second: f64,
    /// How long it will still take at this rate; `None` where `total` is not known or nothing was read yet.
    pub remaining: Option<Duration>,
    /// What reading cost so far, in this session and those before it, in millionths of a US dollar.
    #[serde(default)]
    pub cost_micros: u64,
}

impl Progress {
    /// Adds what it cost so far.
    pub(super) fn costing(mut self, micros: u64) -> Self {
        self.cost_micros = micros;
        self
    }
}

/// Measures the rate of one session.
#[derive(Debug)]
pub(super) struct Meter {
    began: Instant,
    before: u64,
    total: Option<u64>,
}

impl Meter {
    /// Begins a session that finds `before` entries already done.
    pub(super) fn new(before: u64, total: Option<u64>) -> Self {
        Self { began: Instant::now(), before, total }
    }

    pub(super) fn progress(&self, counts: Counts) -> Progress {
        self.progress_after(counts, self.began.elapsed())
    }

    #[allow(clippy::cast_precision_loss, reason = "a rate is shown to a person")]
    fn progress_after(&self, counts: Counts, elapsed: Duration) -> Progress {
        let done = counts.read() + counts.malformed;
        let fresh = done.saturating_sub(self.before);
        let seconds = elapsed.as_secs_f64();
        let per_second = if seconds > 0.0 { fresh as f64 / seconds } else { 0.0 };
        let remaining = self
            .total
            .filter(|_| per_second > 0.0)
            .and_then(|total| Duration::try_from_secs_f64(total.saturating_sub(done) as f64 / per_second).ok());
        Progress { counts, total: self.total, per_second, remaining, cost_micros: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_of_this_session_only() {
        let meter = Meter::new(500, Some(2000));
        let counts = Counts { inserted: 900, unchanged: 90, malformed: 10, updated: 0 };
        let progress = meter.progress_after(counts, Duration::from_secs(5));
        assert!((progress.per_second - 100.0).abs() < 1e-9);
        assert_eq!(progress.remaining, Some(Duration::from_secs(10)));
    }

    #[test]
    fn nothing_read_is_no_rate_and_no_promise() {
        let progress = Meter::new(0, Some(10)).progress_after(Counts::default(), Duration::ZERO);
        assert_eq!((progress.per_second, progress.remaining), (0.0, None));
        let progress =
            Meter::new(0, None).progress_after(Counts { inserted: 5, ..Counts::default() }, Duration::from_secs(1));
        assert_eq!(progress.remaining, None);
    }
}
