//! How many rows go into one request: as many as the database writes in a part of the role's statement timeout.

use std::time::Duration;

/// A batch may take this part of the statement timeout: what the machine does beside it may slow it down three times.
const PART: u32 = 4;

#[derive(Clone, Debug)]
pub(super) struct Pace {
    rows: usize,
    most: usize,
    target: Duration,
    /// A number that took too long lately: not reached again for a while.
    ceiling: usize,
}

impl Pace {
    pub(super) fn new(first: usize, most: usize, statement_timeout: Duration) -> Self {
        let most = most.max(1);
        Self { rows: first.clamp(1, most), most, target: statement_timeout / PART, ceiling: most }
    }

    /// How many rows the next batch has.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// A batch was written: more or fewer rows next time, at most twice as many.
    pub(super) fn took(&mut self, rows: usize, time: Duration) {
        // A small batch says little: most of its time is the way there and back.
        if rows * 2 < self.rows {
            return;
        }
        self.ceiling = self.ceiling.saturating_add(self.ceiling / 8 + 1).min(self.most);
        let time = time.as_secs_f64().max(0.000_001);
        let fit = (rows as f64 * self.target.as_secs_f64() / time).max(1.0);
        let limit = self.rows.saturating_mul(2).min(self.ceiling);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive, and cut to the limit")]
        let fit = if fit >= limit as f64 { limit } else { fit as usize };
        self.rows = fit.max(1);
    }

    /// A batch took longer than the database allows.
    pub(super) fn too_slow(&mut self, rows: usize) {
        self.rows = self.rows.min((rows / 2).max(1));
        self.ceiling = self.rows;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn batches_grow_into_the_time_and_shrink_out_of_a_timeout() {
        let mut pace = Pace::new(500, 2000, 8 * SECOND);
        pace.took(500, SECOND / 10);
        assert_eq!(pace.rows(), 1000, "no more than twice as many");
        pace.took(1000, SECOND / 5);
        assert_eq!(pace.rows(), 2000);
        pace.took(2000, SECOND / 2);
        assert_eq!(pace.rows(), 2000, "no more than allowed");
        pace.took(2000, 4 * SECOND);
        assert_eq!(pace.rows(), 1000, "half the time, half the rows");
        pace.too_slow(1000);
        assert_eq!(pace.rows(), 500);
        pace.took(500, SECOND / 100);
        assert!((501..=600).contains(&pace.rows()), "carefully back: {}", pace.rows());
        pace.too_slow(1);
        assert_eq!(pace.rows(), 1);
        pace.took(1, 3600 * SECOND);
        assert_eq!(pace.rows(), 1);
    }

    #[test]
    fn the_last_batch_says_nothing() {
        let mut pace = Pace::new(500, 1000, 8 * SECOND);
        pace.took(3, SECOND);
        assert_eq!(pace.rows(), 500);
    }
}
