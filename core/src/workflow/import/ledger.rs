//! What was read on a UTC day. X bills a tweet and a user once in a day (a "soft guarantee":
//! <https://docs.x.com/x-api/getting-started/pricing>), so that what is read again costs nothing.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::records::ImportRun;
use crate::twitter::Resource;

/// So many tweets that came along, and users, are remembered; those beyond count as billed again.
const MOST: usize = 4_000;
const MOST_RANGES: usize = 64;

/// What one run read on the newest day that it read on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Ledger {
    day: Option<NaiveDate>,
    /// Parts of the user's timeline, from the oldest id to the newest: far shorter than the list of their tweets.
    ranges: Vec<(u64, u64)>,
    /// Other tweets.
    tweets: BTreeSet<u64>,
    users: BTreeSet<u64>,
}

impl Ledger {
    /// What these runs read on this day.
    pub(super) fn of<'r>(runs: impl IntoIterator<Item = &'r ImportRun>, day: NaiveDate) -> Self {
        let mut all = Self { day: Some(day), ..Self::default() };
        let kept = runs.into_iter().filter_map(|run| run.checkpoint.as_ref()?.get("today"));
        for today in kept.filter_map(|today| Self::deserialize(today).ok()) {
            all.merge(&today);
        }
        all
    }

    /// Forgets what was read on another day.
    pub(super) fn begin_day(&mut self, day: NaiveDate) {
        if self.day != Some(day) {
            *self = Self { day: Some(day), ..Self::default() };
        }
    }

    pub(super) fn day(&self) -> Option<NaiveDate> {
        self.day
    }

    /// Whether it was read; `own` says that it is a tweet of the timeline.
    pub(super) fn has(&self, resource: Resource<'_>, own: bool) -> bool {
        match resource {
            Resource::Tweet(id) => number(id).is_some_and(|id| {
                self.tweets.contains(&id) || own && self.ranges.iter().any(|(from, to)| (*from..=*to).contains(&id))
            }),
            Resource::User(id) => number(id).is_some_and(|id| self.users.contains(&id)),
        }
    }

    pub(super) fn add(&mut self, resource: Resource<'_>) {
        let (Resource::Tweet(id) | Resource::User(id)) = resource;
        let set = if matches!(resource, Resource::Tweet(_)) { &mut self.tweets } else { &mut self.users };
        if let Some(id) = number(id).filter(|_| set.len() < MOST) {
            set.insert(id);
        }
    }

    /// Adds a part of the timeline; parts that touch become one.
    pub(super) fn add_range(&mut self, oldest: u64, newest: u64) {
        let (mut from, mut to) = (oldest, newest.max(oldest));
        self.ranges.retain(|&(other_from, other_to)| {
            let touches = other_from <= to.saturating_add(1) && from <= other_to.saturating_add(1);
            if touches {
                (from, to) = (from.min(other_from), to.max(other_to));
            }
            !touches
        });
        if self.ranges.len() < MOST_RANGES {
            self.ranges.push((from, to));
        }
    }

    /// Adds what another run read on the same day.
    pub(super) fn merge(&mut self, other: &Self) {
        if self.day != other.day {
            return;
        }
        for &(from, to) in &other.ranges {
            self.add_range(from, to);
        }
        self.tweets.extend(&other.tweets);
        self.users.extend(&other.users);
    }
}

fn number(id: &str) -> Option<u64> {
    id.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn parts_that_touch_become_one() {
        let mut ledger = Ledger::default();
        ledger.begin_day(day("2026-11-25"));
        ledger.add(Resource::Tweet("15"));
        ledger.add(Resource::Tweet("5"));
        for (from, to) in [(50, 60), (10, 19), (30, 49), (20, 29)] {
            ledger.add_range(from, to);
        }
        assert_eq!(ledger.ranges, [(10, 60)]);
        for (id, has) in [("5", true), ("9", false), ("10", true), ("60", true), ("61", false), ("x", false)] {
            assert_eq!(ledger.has(Resource::Tweet(id), true), has, "{id}");
        }
        assert!(!ledger.has(Resource::Tweet("16"), false), "somebody else's tweet of the same time");
        assert!(!ledger.has(Resource::User("15"), true), "a user is no tweet");
    }

    #[test]
    fn another_day_begins_empty() {
        let mut ledger = Ledger::default();
        ledger.begin_day(day("2026-11-25"));
        ledger.add_range(1, 9);
        ledger.add(Resource::User("3"));
        let mut other = Ledger::default();
        other.begin_day(day("2026-11-25"));
        other.merge(&ledger);
        assert!(other.has(Resource::User("3"), false) && other.has(Resource::Tweet("9"), true));
        ledger.begin_day(day("2026-11-26"));
        assert!(!ledger.has(Resource::User("3"), false) && !ledger.has(Resource::Tweet("9"), true));
        ledger.merge(&other);
        assert!(!ledger.has(Resource::User("3"), false), "what was read yesterday is billed again");
    }

    #[test]
    fn bounded() {
        let mut ledger = Ledger::default();
        for id in 0..3 * MOST {
            ledger.add(Resource::User(&id.to_string()));
            ledger.add_range(3 * id as u64, 3 * id as u64);
        }
        assert_eq!((ledger.users.len(), ledger.ranges.len()), (MOST, MOST_RANGES));
    }
}
