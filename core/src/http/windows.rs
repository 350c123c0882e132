//! What services said about their limits, so that a request which would surely be refused is not sent.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{RateKey, RateWindow};

/// Limits known at once: a service with many users has one per user and endpoint. Expired ones make room first.
const MAX_WINDOWS: usize = 10_000;

/// One limit of a service as it is known here: plain data, so that a store can keep it and another process start with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownWindow {
    /// Whose limit it is: [`RateKey::owner`] of the user's id, the app's, or the credential.
    pub owner: String,
    /// The endpoint, such as `users.tweets`.
    pub endpoint: Cow<'static, str>,
    /// Which of several limits of that endpoint; empty where there is only one.
    #[serde(default)]
    pub window: Cow<'static, str>,
    /// How many requests it lets in in all, where the service said it.
    #[serde(default)]
    pub limit: Option<u64>,
    /// How many more requests are let in.
    pub remaining: u64,
    /// When it is full again, by this machine's clock.
    pub resets_at: DateTime<Utc>,
    /// When the service said it, by this machine's clock: what was said later counts more.
    #[serde(default)]
    pub said_at: DateTime<Utc>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    service: Cow<'static, str>,
    owner: u64,
    endpoint: Cow<'static, str>,
    window: Cow<'static, str>,
}

impl Key {
    fn new(service: &'static str, key: RateKey) -> Self {
        let RateKey { owner, endpoint, window } = key;
        Self { service: service.into(), owner, endpoint: endpoint.into(), window: window.into() }
    }
}

#[derive(Debug, Default)]
pub(super) struct RateWindows {
    windows: Mutex<HashMap<Key, Known>>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    limit: Option<u64>,
    remaining: u64,
    resets_at: Instant,
    /// The same by the service's clock.
    named: Option<DateTime<Utc>>,
    said_at: DateTime<Utc>,
}

impl Known {
    /// Whether another is of a later window, of the same, or of an earlier one.
    fn then(&self, other: &Self) -> Ordering {
        // Times of whole seconds, less the time of flight: up to two seconds apart is the same window.
        let apart = match (self.named, other.named) {
            (Some(this), Some(other)) if other < this - TWO_SECONDS => return Ordering::Less,
            (Some(this), Some(other)) => (other - this).to_std().unwrap_or_default(),
            _ => self.resets_at.max(other.resets_at) - self.resets_at.min(other.resets_at),
        };
        if apart.as_secs() < 2 { Ordering::Equal } else { Ordering::Greater }
    }
}

const TWO_SECONDS: TimeDelta = TimeDelta::seconds(2);

impl RateWindows {
    /// Takes one request out of each of the windows, or out of none and says when all of them let the next one in.
    pub(super) fn take(&self, service: &'static str, keys: &[RateKey], now: Instant) -> Result<(), Instant> {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let mut latest = None;
        for &key in keys {
            let key = Key::new(service, key);
            match windows.get(&key) {
                Some(known) if now >= known.resets_at => {
                    windows.remove(&key);
                }
                Some(known) if known.remaining == 0 => latest = latest.max(Some(known.resets_at)),
                _ => {}
            }
        }
        if let Some(latest) = latest {
            return Err(latest);
        }
        for &key in keys {
            if let Some(known) = windows.get_mut(&Key::new(service, key)) {
                // Taken now and not only when the answer comes, so that requests side by side do not all see the last one.
                known.remaining = known.remaining.saturating_sub(1);
            }
        }
        Ok(())
    }

    /// Keeps what an answer said. Answers overtake each other: within one window the lowest count is the newest, and one of an
    /// earlier window says nothing.
    pub(super) fn learn(
        &self,
        service: &'static str,
        key: RateKey,
        said: RateWindow,
        instant: Instant,
        said_at: DateTime<Utc>,
    ) {
        let RateWindow { limit, remaining, resets_in, resets_at: named } = said;
        let Some(resets_at) = instant.checked_add(resets_in) else { return };
        self.keep(Key::new(service, key), Known { limit, remaining, resets_at, named, said_at }, instant, true);
    }

    /// Keeps what another process knew, if it is not over. What is known here was said by the service itself, and stays.
    pub(super) fn seed(&self, service: &'static str, window: KnownWindow, instant: Instant, now: DateTime<Utc>) {
        let KnownWindow { owner, endpoint, window, limit, remaining, resets_at, said_at } = window;
        let Ok(owner) = u64::from_str_radix(&owner, 16) else { return };
        let Ok(left) = resets_at.signed_duration_since(now).to_std() else { return };
        let Some(resets_at) = instant.checked_add(left).filter(|_| left > Duration::ZERO) else { return };
        self.keep(
            Key { service: service.into(), owner, endpoint, window },
            Known { limit, remaining, resets_at, named: None, said_at },
            instant,
            false,
        );
    }

    /// What is known of a service and not over.
    pub(super) fn export(&self, service: &str, instant: Instant, now: DateTime<Utc>) -> Vec<KnownWindow> {
        let windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let known = windows.iter().filter(|(key, known)| key.service == service && known.resets_at > instant);
        known
            .filter_map(|(key, known)| {
                let left = TimeDelta::from_std(known.resets_at - instant).ok()?;
                Some(KnownWindow {
                    owner: format!("{:016x}", key.owner),
                    endpoint: key.endpoint.clone(),
                    window: key.window.clone(),
                    limit: known.limit,
                    remaining: known.remaining,
                    resets_at: now.checked_add_signed(left)?,
                    said_at: known.said_at,
                })
            })
            .collect()
    }

    fn keep(&self, key: Key, new: Known, now: Instant, replaces: bool) {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = windows.get_mut(&key).filter(|known| now < known.resets_at) {
            match known.then(&new) {
                Ordering::Equal => {
                    known.remaining = known.remaining.min(new.remaining);
                    known.said_at = known.said_at.max(new.said_at);
                    known.named = known.named.or(new.named);
                    known.limit = new.limit.or(known.limit);
                }
                Ordering::Greater if replaces => *known = Known { limit: new.limit.or(known.limit), ..new },
                _ => {}
            }
            return;
        }
        windows.remove(&key);
        if windows.len() >= MAX_WINDOWS {
            windows.retain(|_, known| now < known.resets_at);
        }
        if windows.len() >= MAX_WINDOWS
            && let Some(soonest) = windows.values().map(|known| known.resets_at).min()
        {
            windows.retain(|_, known| known.resets_at > soonest);
        }
        windows.insert(key, new);
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    fn key(credential: &str) -> RateKey {
        RateKey::new(&SecretString::from(credential), "users.tweets")
    }

    fn said(remaining: u64, seconds: u64) -> RateWindow {
        RateWindow { limit: Some(10), remaining, resets_in: Duration::from_secs(seconds), resets_at: None }
    }

    const CLOCK: DateTime<Utc> = DateTime::UNIX_EPOCH;

    /// As X says it: by its clock.
    fn named(remaining: u64, seconds: u64, resets_at: i64) -> RateWindow {
        RateWindow { resets_at: DateTime::from_timestamp(resets_at, 0), ..said(remaining, seconds) }
    }

    /// How many requests are let in now.
    fn left(windows: &RateWindows, key: RateKey, now: Instant) -> u64 {
        (0..).find(|_| windows.take("x", &[key], now).is_err()).unwrap()
    }

    #[test]
    fn an_answer_that_was_long_on_its_way_raises_no_count() {
        let (windows, now, alice) = (RateWindows::default(), Instant::now(), key("alice"));
        let at = |seconds: u64| now + Duration::from_secs(seconds);
        windows.learn("x", alice, named(5, 900, 1_900), now, CLOCK);
        // It was given before the other one, ten seconds ago.
        windows.learn("x", alice, named(8, 900, 1_900), at(10), CLOCK);
        assert_eq!(left(&windows, alice, at(11)), 5);
        // The next window, and an answer of the one before.
        windows.learn("x", alice, named(74, 900, 2_800), at(900), CLOCK);
        windows.learn("x", alice, named(3, 900, 1_900), at(901), CLOCK);
        windows.learn("x", alice, named(70, 899, 2_801), at(902), CLOCK);
        assert_eq!(left(&windows, alice, at(903)), 70);
    }

    #[test]
    fn what_a_store_kept_never_replaces_what_was_said_here() {
        let (windows, now, alice) = (RateWindows::default(), Instant::now(), key("alice"));
        let seed = |remaining: u64, seconds: i64| {
            let owner = format!("{:016x}", alice.owner);
            let resets_at = CLOCK + TimeDelta::seconds(seconds);
            let (endpoint, window) = (alice.endpoint.into(), alice.window.into());
            let kept = KnownWindow { owner, endpoint, window, limit: None, remaining, resets_at, said_at: CLOCK };
            windows.seed("x", kept, now, CLOCK);
        };
        windows.learn("x", alice, named(9, 900, 1_900), now, CLOCK);
        for seconds in [5, 600, 5_000] {
            seed(50, seconds);
            seed(0, seconds);
        }
        seed(50, 900);
        assert_eq!(windows.export("x", now, CLOCK)[0].remaining, 9);
        // Of the same window the lower count is the later one.
        seed(4, 900);
        assert_eq!(left(&windows, alice, now), 4);
        // What is over is nothing that is known.
        let later = now + Duration::from_secs(901);
        let kept = KnownWindow {
            resets_at: CLOCK + TimeDelta::seconds(800),
            remaining: 2,
            ..windows.export("x", now, CLOCK).remove(0)
        };
        windows.seed("x", kept, later, CLOCK);
        assert_eq!(left(&windows, alice, later), 2);
    }

    #[test]
    fn what_is_known_says_when_it_was_said() {
        let (windows, now, alice) = (RateWindows::default(), Instant::now(), key("alice"));
        windows.learn("x", alice, named(9, 900, 1_900), now, CLOCK + TimeDelta::seconds(5));
        windows.learn("x", alice, named(9, 900, 1_900), now, CLOCK + TimeDelta::seconds(3));
        let later = windows.export("x", now + Duration::from_secs(60), CLOCK + TimeDelta::seconds(60));
        assert_eq!(later[0].said_at, CLOCK + TimeDelta::seconds(5));
    }

    #[test]
    fn the_last_request_of_a_window_is_taken_once() {
        let (windows, now, alice) = (RateWindows::default(), Instant::now(), key("alice"));
        assert_eq!(windows.take("x", &[alice], now), Ok(()), "nothing is known yet");
        windows.learn("x", alice, said(2, 900), now, CLOCK);
        assert_eq!(windows.take("x", &[alice], now), Ok(()));
        // Its answer says 1 left, and comes after the second was taken.
        assert_eq!(windows.take("x", &[alice], now), Ok(()));
        windows.learn("x", alice, said(1, 899), now + Duration::from_secs(1), CLOCK);
        let reset = now + Duration::from_secs(900);
        assert_eq!(windows.take("x", &[alice], now), Err(reset));
        assert_eq!(windows.take("x", &[key("bob")], now), Ok(()), "another credential");
        assert_eq!(windows.take("openai", &[alice], now), Ok(()), "another service");
        assert_eq!(windows.take("x", &[alice], reset), Ok(()), "the window is over");
        assert_eq!(windows.take("x", &[alice], now), Ok(()), "and forgotten");
    }

    #[test]
    fn a_new_window_replaces_the_old() {
        let (windows, now, alice) = (RateWindows::default(), Instant::now(), key("alice"));
        windows.learn("x", alice, said(0, 10), now, CLOCK);
        windows.learn("x", alice, said(5, 900), now, CLOCK);
        assert_eq!(windows.take("x", &[alice], now), Ok(()));
    }

    #[test]
    fn bounded() {
        let (windows, now) = (RateWindows::default(), Instant::now());
        for user in 0..MAX_WINDOWS + 100 {
            windows.learn("x", key(&user.to_string()), said(0, 900 + user as u64), now, CLOCK);
        }
        assert_eq!(windows.windows.lock().unwrap().len(), MAX_WINDOWS);
        assert!(windows.take("x", &[key(&(MAX_WINDOWS + 99).to_string())], now).is_err(), "the newest is known");
        windows.learn("x", key("new"), said(0, 5), now + Duration::from_secs(100_000), CLOCK);
        assert_eq!(windows.windows.lock().unwrap().len(), 1, "the expired made room");
    }

    #[test]
    fn of_several_limits_the_last_to_open_counts_and_none_is_taken_from() {
        let (windows, now) = (RateWindows::default(), Instant::now());
        let (short, day) = (key("alice").window("15min"), key("app").window("24h"));
        windows.learn("x", short, said(1, 900), now, CLOCK);
        windows.learn("x", day, said(0, 5_000), now, CLOCK);
        let both = [short, day];
        assert_eq!(windows.take("x", &both, now), Err(now + Duration::from_secs(5_000)));
        assert_eq!(windows.take("x", &[short], now), Ok(()), "what was refused took nothing");
        windows.learn("x", day, said(9, 9_000), now, CLOCK);
        assert_eq!(windows.take("x", &both, now), Err(now + Duration::from_secs(900)));
    }

    #[test]
    fn what_is_known_travels_to_another_process() {
        let (windows, now, clock) = (RateWindows::default(), Instant::now(), CLOCK);
        let keys = [key("alice").window("15min"), key("bob")];
        windows.learn("x", keys[0], said(0, 900), now, CLOCK);
        windows.learn("x", keys[1], said(7, 10), now, CLOCK);
        windows.learn("other", keys[1], said(7, 900), now, CLOCK);
        let known = windows.export("x", now + Duration::from_secs(10), clock);
        assert_eq!(known.len(), 1, "{known:?}");
        assert_eq!((known[0].resets_at, known[0].limit), (clock + TimeDelta::seconds(890), Some(10)));
        let json = serde_json::to_string(&known).unwrap();
        let known: Vec<KnownWindow> = serde_json::from_str(&json).unwrap();
        let other = RateWindows::default();
        // Half a minute later, by its own clock.
        for window in known.iter().cloned() {
            other.seed("x", window, now, clock + TimeDelta::seconds(30));
        }
        assert_eq!(other.take("x", &keys, now), Err(now + Duration::from_secs(860)));
        // What is over says nothing.
        let late = RateWindows::default();
        late.seed("x", known[0].clone(), now, clock + TimeDelta::seconds(890));
        assert_eq!(late.take("x", &keys, now), Ok(()));
    }
}
