//! Leases of rows: who may work on one, and until when.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// No lease holds longer than the delegation of a run may.
const LONGEST: TimeDelta = TimeDelta::hours(24);

/// The end of a lease that begins now.
pub(in crate::store) fn until(now: DateTime<Utc>, lease: Duration) -> DateTime<Utc> {
    let lease = TimeDelta::from_std(lease).unwrap_or(LONGEST).min(LONGEST);
    now.checked_add_signed(lease).unwrap_or(now)
}

/// The end of a lease that still holds.
///
/// A lease from the future was given before the clock was put back: nobody knows how old it is, and the fence makes
/// taking it over safe.
pub(in crate::store) fn held(
    leased_at: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    until.filter(|until| now < *until && leased_at.is_some_and(|at| at <= now))
}
