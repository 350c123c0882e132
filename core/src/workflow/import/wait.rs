use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::mpsc;

use super::report::ImportEvent;
use super::session::Stop;
use crate::error::{Error, ErrorKind};
use crate::http::OnLimit;
use crate::records::{ImportEnd, now};
use crate::store::Clock;

/// Refusals in a row, without a page between them, after which the session ends and says when to try again.
const REFUSALS: u32 = 8;
/// When to try again where X does not say it: the length of its windows.
const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// So long is waited for in every case: the limit of one request a second is no reason to stop.
const AT_ONCE: Duration = Duration::from_secs(2);
/// So long is waited by a caller who rather wants an error.
const SHORT: Duration = Duration::from_secs(60);

/// Decides what a failure means: to wait, to end for now, or to give up.
#[derive(Debug)]
pub(super) struct Waits {
    on_limit: OnLimit,
    clock: Clock,
    events: mpsc::Sender<ImportEvent>,
    refusals: u32,
    /// How much of the extra wait is taken, from 0 to 1: another part each time, so that those who wait do not come at once.
    jitter: fn() -> f64,
    now: fn() -> DateTime<Utc>,
}

impl Waits {
    pub(super) fn new(on_limit: OnLimit, clock: Clock, events: mpsc::Sender<ImportEvent>) -> Self {
        Self { on_limit, clock, events, refusals: 0, jitter: fastrand::f64, now }
    }

    /// A call succeeded.
    pub(super) fn went_well(&mut self) {
        self.refusals = 0;
    }

    /// Waits as long as X asks for, where the caller wants that; gives the end, or the error, where waiting does not help.
    pub(super) async fn after(&mut self, error: Error) -> Result<(), Stop> {
        match error.kind() {
            ErrorKind::RateLimited => {}
            ErrorKind::NeedsLogin => return Err(Stop::End(ImportEnd::NeedsLogin)),
            _ => return Err(Stop::Fail(error)),
        }
        self.refusals += 1;
        // X may ask for no wait at all and refuse again (its clock, a broken proxy): the pauses grow in any case.
        let least = match (self.refusals, error.retry_at()) {
            (1, Some(_)) => Duration::ZERO,
            (refusals, _) => Duration::from_secs(1 << (refusals - 1).min(6)),
        };
        let now = (self.now)();
        let asked = error.retry_at().and_then(|at| (at - now).to_std().ok()).unwrap_or_default();
        let wait = asked.max(least);
        let most = match self.on_limit {
            OnLimit::Wait => Duration::MAX,
            OnLimit::Fail => SHORT,
            _ => AT_ONCE,
        };
        let is_long = wait > most;
        let wait = wait + wait.mul_f64(0.1 * (self.jitter)()).min(Duration::from_secs(1));
        let until = now + TimeDelta::from_std(wait).unwrap_or(WINDOW);
        let later = if error.retry_at().is_some() { until } else { now + WINDOW };
        let shift = self.clock.shift();
        if self.refusals > REFUSALS || (is_long && self.on_limit != OnLimit::Fail) {
            return Err(Stop::End(ImportEnd::Waiting { until: later + shift }));
        }
        if is_long {
            return Err(Stop::Fail(if error.retry_at().is_some() { error } else { error.with_retry_at(later) }));
        }
        tracing::info!(target: "ghostwren::workflow", ?wait, code = error.code(), "the import waits for X");
        // Full means that nobody listens.
        let _ = self.events.try_send(ImportEvent::WaitingForLimit { until: until + shift });
        tokio::time::sleep(wait).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The system's clock stands still; how long is waited is read off the runtime's.
    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn waits(on_limit: OnLimit) -> (Waits, mpsc::Receiver<ImportEvent>) {
        let (sender, events) = mpsc::channel(100);
        (Waits { jitter: || 0.0, now: || NOW, ..Waits::new(on_limit, Clock::system(), sender) }, events)
    }

    fn refused(seconds: Option<i64>) -> Error {
        let error = Error::new(ErrorKind::RateLimited, "twitter.rate_window", "429");
        match seconds {
            Some(seconds) => error.with_retry_at(NOW + TimeDelta::seconds(seconds)),
            None => error,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_who_waits_waits_and_is_told_until_when() {
        let (mut waits, mut events) = waits(OnLimit::Wait);
        let began = tokio::time::Instant::now();
        waits.after(refused(Some(600))).await.unwrap();
        assert_eq!(began.elapsed(), Duration::from_secs(600));
        let Some(ImportEvent::WaitingForLimit { until }) = events.recv().await else { panic!() };
        assert_eq!(until, NOW + TimeDelta::seconds(600));
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_asks_for_no_wait_is_not_asked_in_a_loop() {
        let (mut waits, _events) = waits(OnLimit::Wait);
        let mut pauses = Vec::new();
        for _ in 0..REFUSALS {
            let began = tokio::time::Instant::now();
            waits.after(refused(Some(-5))).await.unwrap();
            pauses.push(began.elapsed().as_secs());
        }
        assert_eq!(pauses, [0, 2, 4, 8, 16, 32, 64, 64]);
        let Err(Stop::End(ImportEnd::Waiting { .. })) = waits.after(refused(None)).await else { panic!() };
        waits.went_well();
        waits.after(refused(Some(0))).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_is_longer_by_a_tenth_and_a_second_at_most() {
        for (asked, longest) in [(5, 5_500), (600, 601_000)] {
            let (waits, _events) = waits(OnLimit::Wait);
            let began = tokio::time::Instant::now();
            Waits { jitter: || 1.0, ..waits }.after(refused(Some(asked))).await.unwrap();
            assert_eq!(began.elapsed().as_millis(), longest);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_who_yields_is_told_when_to_come_back() {
        let (mut waits, _events) = waits(OnLimit::Yield);
        waits.after(refused(Some(2))).await.expect("one request a second is waited for");
        waits.went_well();
        for (seconds, told) in [(Some(600), 600), (None, 900)] {
            let Err(Stop::End(ImportEnd::Waiting { until })) = waits.after(refused(seconds)).await else {
                panic!("{seconds:?}")
            };
            assert_eq!(until, NOW + TimeDelta::seconds(told));
            waits.went_well();
            waits.refusals = 2;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_who_wants_an_error_gets_it_when_the_wait_is_long() {
        let (mut waits, _events) = waits(OnLimit::Fail);
        waits.after(refused(Some(30))).await.unwrap();
        waits.went_well();
        let Err(Stop::Fail(error)) = waits.after(refused(Some(600))).await else { panic!() };
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert!(error.retry_at().is_some());
    }

    #[tokio::test]
    async fn what_no_wait_mends_ends() {
        let (mut waits, _events) = waits(OnLimit::Wait);
        let login = Error::new(ErrorKind::NeedsLogin, "login.needed", "over");
        assert!(matches!(waits.after(login).await, Err(Stop::End(ImportEnd::NeedsLogin))));
        let money = Error::new(ErrorKind::QuotaExceeded, "twitter.usage_cap", "capped");
        assert!(matches!(waits.after(money).await, Err(Stop::Fail(_))));
    }
}
