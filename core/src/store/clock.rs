use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

use crate::records::now;

/// What a store takes for the time: the system's clock, which a test can move.
///
/// ```
/// use ghostwren::store::Clock;
/// let clock = Clock::system();
/// let before = clock.now();
/// clock.shift_ms(-3_600_000);
/// assert!(clock.now() < before);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Clock {
    shift_ms: Arc<AtomicI64>,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// The time, cut to the millisecond.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        now().checked_add_signed(self.shift()).unwrap_or_else(now)
    }

    /// How far it is from the system's clock.
    pub(crate) fn shift(&self) -> TimeDelta {
        TimeDelta::milliseconds(self.shift_ms.load(Ordering::Relaxed))
    }

    /// Moves the clock, and every clone of it, by so many milliseconds, back when negative.
    pub fn shift_ms(&self, by: i64) {
        self.shift_ms.fetch_add(by, Ordering::Relaxed);
    }
}
