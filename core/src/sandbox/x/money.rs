use std::collections::{BTreeMap, BTreeSet};

/// What a request cost, after the prices of <https://docs.x.com/x-api/getting-started/pricing>.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cost {
    /// Tweets that were charged.
    pub tweets: u32,
    /// Users that were charged.
    pub users: u32,
    /// Tweets and users that were free, because the app has read them on the same UTC day.
    pub free: u32,
    /// Thousandths of a US dollar.
    pub mills: u64,
}

impl Cost {
    pub(crate) fn flat(mills: u64) -> Self {
        Self { mills, ..Self::default() }
    }

    fn add(&mut self, other: Self) {
        self.tweets += other.tweets;
        self.users += other.users;
        self.free += other.free;
        self.mills += other.mills;
    }
}

/// What was read, for the price of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Resource {
    Tweet(u64),
    User(u64),
}

pub(crate) const CREATE: u64 = 15;
pub(crate) const CREATE_WITH_URL: u64 = 200;
pub(crate) const SUMMONED_REPLY: u64 = 10;
pub(crate) const DELETE: u64 = 10;
pub(crate) const MEDIA_METADATA: u64 = 5;
const TWEET: u64 = 5;
const USER: u64 = 10;
const OWNED: u64 = 1;

/// What an app has spent, by UTC day.
#[derive(Debug, Default)]
pub(crate) struct Money {
    /// What was read on the newest day: a re-read of it is free.
    read: BTreeMap<String, (i64, BTreeSet<Resource>)>,
    days: BTreeMap<i64, Cost>,
    pub(crate) credits: Option<u64>,
    pub(crate) tweet_cap: Option<u64>,
    tweets: u64,
}

impl Money {
    /// The number of the UTC day of a moment in seconds.
    pub(crate) fn day(now: i64) -> i64 {
        now.div_euclid(86_400)
    }

    /// No credits are left.
    pub(crate) fn is_broke(&self) -> bool {
        self.credits == Some(0)
    }

    /// The month's tweets are used up.
    pub(crate) fn is_capped(&self) -> bool {
        self.tweet_cap.is_some_and(|cap| self.tweets >= cap)
    }

    /// Charges what was read. `owned` is the cheap kind: the owner of the app reads its own tweets.
    pub(crate) fn read(&mut self, app: &str, now: i64, resources: &[Resource], owned: bool) -> Cost {
        let day = Self::day(now);
        let seen = self.read.entry(app.to_owned()).or_default();
        if seen.0 != day {
            *seen = (day, BTreeSet::new());
        }
        let mut cost = Cost::default();
        for &resource in resources {
            if !seen.1.insert(resource) {
                cost.free += 1;
                continue;
            }
            match resource {
                Resource::Tweet(_) => {
                    cost.tweets += 1;
                    cost.mills += if owned { OWNED } else { TWEET };
                }
                Resource::User(_) => {
                    cost.users += 1;
                    cost.mills += USER;
                }
            }
        }
        self.tweets += u64::from(cost.tweets);
        self.spend(now, cost)
    }

    /// Charges a sum.
    pub(crate) fn spend(&mut self, now: i64, cost: Cost) -> Cost {
        self.days.entry(Self::day(now)).or_default().add(cost);
        if let Some(credits) = &mut self.credits {
            *credits = credits.saturating_sub(cost.mills);
        }
        cost
    }

    /// What was spent on the UTC day of a moment.
    pub(crate) fn spent(&self, now: i64) -> Cost {
        self.days.get(&Self::day(now)).copied().unwrap_or_default()
    }
}
