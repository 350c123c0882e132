//! What the X API costs: prices, previews and sums, in millionths of a US dollar.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::lint::costs_as_url;
use crate::text::thousands;

/// How many of a user's newest tweets the API can give; the archive has all.
/// <https://docs.x.com/x-api/posts/timelines/integrate>
pub const TIMELINE_LIMIT: u64 = 3_200;

/// The most that one page of a timeline holds.
pub(super) const PAGE: u64 = 100;

/// What reads and writes cost, in millionths of a US dollar, as published on 2026-08-13
/// (<https://docs.x.com/x-api/getting-started/pricing>). Failed requests cost nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Prices {
    /// A tweet read.
    pub post_read: u64,
    /// A user read.
    pub user_read: u64,
    /// A read of the user's own things, where the user owns the app.
    pub owned_read: u64,
    /// A tweet written.
    pub post_write: u64,
    /// A tweet written that holds a link.
    pub post_write_url: u64,
    /// An answer written to a tweet that called for it.
    pub reply_write: u64,
    /// A tweet deleted.
    pub delete: u64,
    /// Metadata of a picture or film, such as its alternative text.
    pub media_metadata: u64,
    /// Whether the user owns the app ("Owned Reads").
    pub owned: bool,
}

impl Prices {
    /// The day of the figures.
    pub const AS_OF: &'static str = "2026-08-13";
}

impl Default for Prices {
    fn default() -> Self {
        Self {
            post_read: 5_000,
            user_read: 10_000,
            owned_read: 1_000,
            post_write: 15_000,
            post_write_url: 200_000,
            reply_write: 10_000,
            delete: 10_000,
            media_metadata: 5_000,
            owned: false,
        }
    }
}

impl Prices {
    /// Reading this many tweets of the user's own timeline.
    #[must_use]
    pub fn timeline(&self, tweets: u64) -> Cost {
        Cost::times(if self.owned { self.owned_read } else { self.post_read }, tweets)
    }

    /// Reading this many tweets otherwise.
    #[must_use]
    pub fn posts(&self, tweets: u64) -> Cost {
        Cost::times(self.post_read, tweets)
    }

    /// Reading this many users.
    #[must_use]
    pub fn users(&self, users: u64) -> Cost {
        Cost::times(self.user_read, users)
    }

    /// Writing this text: 13 times as much when X finds a link in it.
    ///
    /// ```
    /// use ghostwren::twitter::Prices;
    /// let prices = Prices::default();
    /// assert_eq!(prices.write("plain").to_string(), "$0.015");
    /// assert_eq!(prices.write("see https://example.com").to_string(), "$0.20");
    /// ```
    #[must_use]
    pub fn write(&self, text: &str) -> Cost {
        Cost::times(if costs_as_url(text) { self.post_write_url } else { self.post_write }, 1)
    }

    /// What importing a timeline of this many tweets and its author would cost, before anything is sent. `with_context` when
    /// the tweets that they quote, answer or pass on are to come along.
    ///
    /// ```
    /// use ghostwren::twitter::Prices;
    /// let preview = Prices::default().preview(20_000, false);
    /// assert_eq!(preview.to_string(), "3,200 tweets: up to $16.01");
    /// assert_eq!((preview.requests, preview.beyond), (32, 16_800));
    /// ```
    #[must_use]
    pub fn preview(&self, tweets: u64, with_context: bool) -> Preview {
        let reached = tweets.min(TIMELINE_LIMIT);
        // A tweet brings along at most one that it answers and one that it quotes, and their authors.
        let context = if with_context { self.posts(2 * reached) + self.users(2 * reached) } else { Cost::default() };
        Preview {
            tweets: reached,
            beyond: tweets - reached,
            requests: reached.div_ceil(PAGE).max(1),
            cost: self.timeline(reached) + self.users(1),
            context_at_most: context,
        }
    }
}

/// What something costs, in millionths of a US dollar. Shown as dollars: `$16.00`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Cost {
    /// Millionths of a US dollar.
    pub micros: u64,
}

impl Cost {
    /// So many millionths of a US dollar.
    #[must_use]
    pub fn micros(micros: u64) -> Self {
        Self { micros }
    }

    fn times(price: u64, count: u64) -> Self {
        Self { micros: price.saturating_mul(count) }
    }
}

impl Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { micros: self.micros.saturating_add(other.micros) }
    }
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Cost {
    fn sum<I: Iterator<Item = Self>>(costs: I) -> Self {
        costs.fold(Self::default(), Add::add)
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (dollars, micros) = (self.micros / 1_000_000, self.micros % 1_000_000);
        let cents = format!("{micros:06}");
        let cents = cents.trim_end_matches('0');
        write!(f, "${}.{cents:0<2}", thousands(dollars))
    }
}

/// What an import would cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Preview {
    /// How many tweets the API would give.
    pub tweets: u64,
    /// How many there are that only the archive has.
    pub beyond: u64,
    /// How many requests it takes.
    pub requests: u64,
    /// What the tweets and their author cost.
    pub cost: Cost,
    /// What the tweets that come along and their authors cost at most, if X bills them, which it does not say.
    pub context_at_most: Cost,
}

impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} tweets: up to {}", thousands(self.tweets), self.cost)?;
        if self.context_at_most > Cost::default() {
            write!(f, ", and up to {} if X bills what comes along", self.context_at_most)?;
        }
        Ok(())
    }
}

/// Whether reading something again costs nothing: X bills a resource once in a UTC day (a "soft guarantee").
#[must_use]
pub fn is_free_again(read_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    read_at.date_naive() == now.date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_of_the_price_page() {
        let prices = Prices::default();
        for (tweets, cost, owned) in [(800, "$4.00", "$0.80"), (3_200, "$16.00", "$3.20"), (10, "$0.05", "$0.01")] {
            assert_eq!(prices.timeline(tweets).to_string(), cost);
            assert_eq!(Prices { owned: true, ..prices }.timeline(tweets).to_string(), owned);
        }
        assert_eq!(Cost::micros(1_234_567_000_001).to_string(), "$1,234,567.000001");
        assert_eq!(Cost::default().to_string(), "$0.00");
        assert_eq!(prices.timeline(u64::MAX).micros, u64::MAX);
        assert_eq!(prices.preview(0, true).requests, 1);
        assert_eq!(
            prices.preview(1, true).to_string(),
            "1 tweets: up to $0.015, and up to $0.03 if X bills what comes along"
        );
    }

    #[test]
    fn a_day_is_a_utc_day() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert!(is_free_again(at("2026-11-25T00:00:00Z"), at("2026-11-25T23:59:59Z")));
        assert!(!is_free_again(at("2026-11-25T23:59:59Z"), at("2026-11-26T00:00:00Z")));
    }
}
