//! What services said about their limits, so that a request which would surely be refused is not sent.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use super::{RateKey, RateWindow};

/// Limits known at once: a service with many users has one per user and endpoint. Expired ones make room first.
const MAX_WINDOWS: usize = 10_000;

#[derive(Debug, Default)]
pub(super) struct RateWindows {
    windows: Mutex<HashMap<(&'static str, RateKey), Known>>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    remaining: u64,
    resets_at: Instant,
}

impl RateWindows {
    /// Takes one request out of the window, or says when the next one is let in.
    pub(super) fn take(&self, service: &'static str, key: RateKey, now: Instant) -> Result<(), Instant> {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = windows.get_mut(&(service, key)) else { return Ok(()) };
        if now >= known.resets_at {
            windows.remove(&(service, key));
            return Ok(());
        }
        // Taken now and not only when the answer comes, so that requests side by side do not all see the last one.
        known.remaining = known.remaining.checked_sub(1).ok_or(known.resets_at)?;
        Ok(())
    }

    /// Keeps what an answer said. Answers overtake each other: within one window the lowest count is the newest.
    pub(super) fn learn(&self, service: &'static str, key: RateKey, said: RateWindow, now: Instant) {
        let Some(resets_at) = now.checked_add(said.resets_in) else { return };
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = windows.get_mut(&(service, key)) {
            // Times of whole seconds, less the time of flight: up to two seconds apart is the same window.
            let apart = known.resets_at.max(resets_at) - known.resets_at.min(resets_at);
            let same = now < known.resets_at && apart.as_secs() < 2;
            known.remaining = if same { known.remaining.min(said.remaining) } else { said.remaining };
            known.resets_at = if same { known.resets_at } else { resets_at };
            return;
        }
        if windows.len() >= MAX_WINDOWS {
            windows.retain(|_, known| now < known.resets_at);
        }
        if windows.len() >= MAX_WINDOWS
            && let Some(soonest) = windows.iter().min_by_key(|(_, known)| known.resets_at).map(|(key, _)| *key)
        {
            windows.remove(&soonest);
        }
        windows.insert((service, key), Known { remaining: said.remaining, resets_at });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use secrecy::SecretString;

    use super::*;

    fn key(credential: &str) -> RateKey {
        RateKey::new(&SecretString::from(credential), "users.tweets")
    }

    fn said(remaining: u64, seconds: u64) -> RateWindow {
        RateWindow { remaining, resets_in: Duration::from_secs(seconds) }
    }

    #[test]
    fn the_last_request_of_a_window_is_taken_once() {
        let (windows, now, alice) = (RateWindows::default(), Instant::now(), key("alice"));
        assert_eq!(windows.take("x", alice, now), Ok(()), "nothing is known yet");
        windows.learn("x", alice, said(2, 900), now);
        assert_eq!(windows.take("x", alice, now), Ok(()));
        // Its answer says 1 left, and comes after the second was taken.
        assert_eq!(windows.take("x", alice, now), Ok(()));
        windows.learn("x", alice, said(1, 899), now + Duration::from_secs(1));
        let reset = now + Duration::from_secs(900);
        assert_eq!(windows.take("x", alice, now), Err(reset));
        assert_eq!(windows.take("x", key("bob"), now), Ok(()), "another credential");
        assert_eq!(windows.take("openai", alice, now), Ok(()), "another service");
        assert_eq!(windows.take("x", alice, reset), Ok(()), "the window is over");
        assert_eq!(windows.take("x", alice, now), Ok(()), "and forgotten");
    }

    #[test]
    fn a_new_window_replaces_the_old() {
        let (windows, now, alice) = (RateWindows::default(), Instant::now(), key("alice"));
        windows.learn("x", alice, said(0, 10), now);
        windows.learn("x", alice, said(5, 900), now);
        assert_eq!(windows.take("x", alice, now), Ok(()));
    }

    #[test]
    fn bounded() {
        let (windows, now) = (RateWindows::default(), Instant::now());
        for user in 0..MAX_WINDOWS + 100 {
            windows.learn("x", key(&user.to_string()), said(0, 900 + user as u64), now);
        }
        assert_eq!(windows.windows.lock().unwrap().len(), MAX_WINDOWS);
        assert!(windows.take("x", key(&(MAX_WINDOWS + 99).to_string()), now).is_err(), "the newest is known");
        windows.learn("x", key("new"), said(0, 5), now + Duration::from_secs(100_000));
        assert_eq!(windows.windows.lock().unwrap().len(), 1, "the expired made room");
    }
}
