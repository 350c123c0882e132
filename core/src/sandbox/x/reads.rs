//! The calls that read: people, timelines, lookups, search.

use chrono::{DateTime, TimeZone, Utc};
use serde_json::{Value, json};

use super::clock::Clock;
use super::cursor::{Cursor, Cursors};
use super::fields::{Ask, Dialects, Query};
use super::money::Resource;
use super::problem::{self, Answer};
use super::render::{Page, Viewer, distinct};
use super::search::Search;
use super::text::Kind;
use super::world::{Tweet, World};
use super::{Endpoint, Fault};

/// What all reads see.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    pub(crate) world: &'a World,
    pub(crate) clock: &'a Clock,
    pub(crate) cursors: &'a Cursors,
    pub(crate) dialects: Dialects,
    pub(crate) viewer: Viewer,
    pub(crate) timeline_limit: usize,
    pub(crate) query: &'a Query,
    pub(crate) fault: Option<Fault>,
}

/// A body, and what was read for it.
pub(crate) type Read = Result<(Value, Vec<Resource>), Answer>;

/// The newest tweets of a timeline that can be read with `exclude=replies`.
const WITHOUT_REPLIES: usize = 800;
/// How far back the search sees.
const SEARCH_MS: i64 = 7 * 86_400_000;
/// The age at which metrics that only the author sees are gone.
const PRIVATE_MS: i64 = 30 * 86_400_000;

const PAGING: &[&str] = &["max_results", "pagination_token", "start_time", "end_time", "since_id", "until_id"];

impl<'a> Reader<'a> {
    fn ask(&self, endpoint: Endpoint, other: &[&str]) -> Result<Ask, Answer> {
        Ask::read(self.query, endpoint, other, self.dialects)
    }

    pub(crate) fn me(&self) -> Read {
        let ask = self.ask(Endpoint::Me, &[])?;
        let user = self.viewer.user.and_then(|id| self.world.user(id)).ok_or_else(problem::unauthorized)?;
        let mut page = Page::new(self.world, &ask, self.viewer);
        let data = page.user(user);
        Ok(page.finish(Some(data), None))
    }

    /// One person, by `id` or `username`.
    pub(crate) fn one_user(&self, parameter: &str, value: &str) -> Read {
        let ask = self.ask(Endpoint::Users, &[])?;
        self.check_user(&ask, parameter, value)?;
        let mut page = Page::new(self.world, &ask, self.viewer);
        let user = self.find_user(parameter, value).map(|user| page.user(user));
        if user.is_none() {
            page.no_user(value, parameter);
        }
        Ok(page.finish(user, None))
    }

    /// Several people, by `ids` or `usernames`.
    pub(crate) fn users(&self, parameter: &'static str) -> Read {
        let ask = self.ask(Endpoint::Users, &[parameter])?;
        let list = self.list(&ask, parameter)?;
        let mut page = Page::new(self.world, &ask, self.viewer);
        let mut data = Vec::new();
        for value in list {
            let single = parameter.trim_end_matches('s');
            self.check_user(&ask, single, value)?;
            match self.find_user(single, value) {
                Some(user) => data.push(page.user(user)),
                None => page.no_user(value, parameter),
            }
        }
        Ok(page.finish((!data.is_empty()).then(|| data.into()), None))
    }

    fn find_user(&self, parameter: &str, value: &str) -> Option<&'a super::world::User> {
        if parameter == "id" { self.world.user(value.parse().ok()?) } else { self.world.user_named(value) }
    }

    fn check_user(&self, ask: &Ask, parameter: &str, value: &str) -> Result<(), Answer> {
        let fine = match parameter {
            "id" => is_id(value),
            _ => (1..=15).contains(&value.len()) && value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'),
        };
        if fine {
            return Ok(());
        }
        let pattern = if parameter == "id" { "^[0-9]{1,19}$" } else { "^[A-Za-z0-9_]{1,15}$" };
        Err(bad(ask, parameter, value, &format!("does not match {pattern}")))
    }

    /// Tweets by their ids.
    pub(crate) fn tweets(&self) -> Read {
        let ask = self.ask(Endpoint::Tweets, &["ids"])?;
        let list = self.list(&ask, "ids")?;
        let mut page = Page::new(self.world, &ask, self.viewer);
        let mut data = Vec::new();
        for id in list {
            if !is_id(id) {
                return Err(bad(&ask, "ids", id, "does not match ^[0-9]{1,19}$"));
            }
            data.extend(self.lookup(&ask, &mut page, id, "ids"));
        }
        Ok(page.finish((!data.is_empty()).then(|| data.into()), None))
    }

    /// One tweet.
    pub(crate) fn tweet(&self, id: &str) -> Read {
        let ask = self.ask(Endpoint::Tweets, &[])?;
        if !is_id(id) {
            return Err(bad(&ask, "id", id, "does not match ^[0-9]{1,19}$"));
        }
        let mut page = Page::new(self.world, &ask, self.viewer);
        let data = self.lookup(&ask, &mut page, id, "id");
        Ok(page.finish(data, None))
    }

    fn lookup(&self, ask: &Ask, page: &mut Page<'_>, id: &str, parameter: &str) -> Option<Value> {
        match id.parse().ok().and_then(|id| self.world.tweet(id)) {
            None => page.no_tweet(id, parameter),
            Some(tweet) if !self.viewer.sees(self.world, tweet.author) => {
                page.not_for_you(id, parameter, ask.name("tweet", "post"), "data");
            }
            Some(tweet) => return Some(page.tweet(tweet)),
        }
        None
    }

    /// A person's tweets, or the tweets that name the person.
    pub(crate) fn timeline(&self, endpoint: Endpoint, user: &str) -> Read {
        let mut other = PAGING.to_vec();
        if endpoint == Endpoint::Timeline {
            other.push("exclude");
        }
        let ask = self.ask(endpoint, &other)?;
        self.check_user(&ask, "id", user)?;
        let excluded = match self.query.get("exclude") {
            Some(list) => distinct(list),
            None => Vec::new(),
        };
        if let Some(wrong) = excluded.iter().find(|one| !["replies", "retweets"].contains(one)) {
            return Err(bad(&ask, "exclude", wrong, "is not one of [replies,retweets]"));
        }
        let mut page = Page::new(self.world, &ask, self.viewer);
        let Some(owner) = self.find_user("id", user) else {
            page.no_user(user, "id");
            return Ok(page.finish(None, None));
        };
        if !self.viewer.sees(self.world, owner.id) {
            page.not_for_you(user, "id", "user", "data");
            return Ok(page.finish(None, None));
        }
        let (replies, retweets) = (excluded.contains(&"replies"), excluded.contains(&"retweets"));
        let (ids, most): (Box<dyn Iterator<Item = u64> + '_>, usize) = match endpoint {
            Endpoint::Mentions => (Box::new(self.world.mentions_of(owner.id)), WITHOUT_REPLIES),
            _ if replies => (Box::new(self.world.tweets_of(owner.id)), WITHOUT_REPLIES.min(self.timeline_limit)),
            _ => (Box::new(self.world.tweets_of(owner.id)), self.timeline_limit),
        };
        let shown = |tweet: &Tweet| {
            self.viewer.sees(self.world, tweet.author)
                && !(replies && tweet.reply_to.is_some())
                && !(retweets && tweet.retweets.is_some())
                // https://docs.x.com/x-api/posts/timelines/integrate: such a page may be empty and not the last.
                && !(ask.private_metrics() && tweet.at < self.viewer.now - PRIVATE_MS)
        };
        let list = format!("{endpoint:?} {user} {excluded:?}");
        self.page(&ask, page, ids.take(most).collect(), &list, (5, 10), &shown)
    }

    pub(crate) fn search(&self) -> Read {
        let mut other = PAGING.to_vec();
        other.extend(["query", "next_token", "sort_order"]);
        let ask = self.ask(Endpoint::Search, &other)?;
        let Some(query) = self.query.get("query").filter(|query| !query.is_empty()) else {
            return Err(bad(&ask, "query", "", "is required"));
        };
        let search = Search::read(query).map_err(|why| bad(&ask, "query", query, &why))?;
        let ids: Vec<u64> = self
            .world
            .tweets()
            .rev()
            .take_while(|tweet| tweet.at > self.viewer.now - SEARCH_MS)
            .filter(|tweet| self.viewer.sees(self.world, tweet.author) && search.matches(self.world, tweet))
            .map(|tweet| tweet.id)
            .collect();
        let page = Page::new(self.world, &ask, self.viewer);
        self.page(&ask, page, ids, &format!("search {query}"), (10, 10), &|_| true)
    }

    /// One page of a list of ids, newest first. `range` is the smallest page and the one that nobody asked for.
    fn page(
        &self,
        ask: &Ask,
        mut page: Page<'_>,
        mut ids: Vec<u64>,
        list: &str,
        range: (usize, usize),
        shown: &dyn Fn(&Tweet) -> bool,
    ) -> Read {
        let size = match self.query.get("max_results") {
            None => range.1,
            Some(text) => match text.parse::<usize>() {
                Ok(size) if (range.0..=100).contains(&size) => size,
                _ => {
                    return Err(bad(ask, "max_results", text, &format!("is not between {} and 100", range.0)));
                }
            },
        };
        let (above, below) = self.bounds(ask)?;
        ids.retain(|id| *id > above && *id < below);
        let list = format!("{list} {above} {below}");
        let token = self.query.get_key_value("pagination_token").or_else(|| self.query.get_key_value("next_token"));
        let cursor = match token {
            None => None,
            Some((name, token)) => match self.cursors.read(&list, token, self.clock) {
                Some(cursor) if self.fault != Some(Fault::ExpiredToken) => Some(cursor),
                _ => return Err(bad(ask, name, token, "is not a valid token")),
            },
        };
        let mut start = match cursor {
            None => 0,
            Some(Cursor::Before(id)) => ids.partition_point(|known| *known >= id),
            Some(Cursor::After(id)) => ids.partition_point(|known| *known > id).saturating_sub(size),
        };
        let mut end = (start + size).min(ids.len());
        match self.fault {
            Some(Fault::EmptyPage) => end = start,
            Some(Fault::DuplicatePage) => (start, end) = (start.saturating_sub(size), start),
            _ => {}
        }
        let chosen = ids.get(start..end).unwrap_or_default();
        let tweets: Vec<&Tweet> =
            chosen.iter().filter_map(|id| self.world.tweet(*id)).filter(|tweet| shown(tweet)).collect();
        let data: Vec<Value> = tweets.iter().map(|tweet| page.tweet(tweet)).collect();
        let mut meta = json!({"result_count": data.len()});
        if let (Some(first), Some(last)) = (tweets.first(), tweets.last()) {
            meta["newest_id"] = json!(first.id.to_string());
            meta["oldest_id"] = json!(last.id.to_string());
        }
        if end < ids.len() || end == start && self.fault == Some(Fault::EmptyPage) {
            // The page goes on below the last id that was looked at, shown or not.
            let last = end.checked_sub(1).and_then(|at| ids.get(at)).copied().unwrap_or(u64::MAX);
            meta["next_token"] = json!(self.cursors.write(&list, Cursor::Before(last), self.clock));
        }
        if start > 0
            && let Some(first) = ids.get(start).or(ids.last())
        {
            // X has no such token in the answers of its search.
            if !list.starts_with("search") {
                meta["previous_token"] = json!(self.cursors.write(&list, Cursor::After(*first), self.clock));
            }
        }
        if let (Some(Fault::LoopingPage), Some((_, token))) = (self.fault, token) {
            meta["next_token"] = json!(token);
        }
        Ok(page.finish((!data.is_empty()).then(|| data.into()), Some(meta)))
    }

    /// The ids that a page lies between, both excluded.
    fn bounds(&self, ask: &Ask) -> Result<(u64, u64), Answer> {
        let id = |name: &str, other: u64| match self.query.get(name) {
            None => Ok(other),
            Some(text) if is_id(text) => text.parse().map_err(|_| bad(ask, name, text, "is too large")),
            Some(text) => Err(bad(ask, name, text, "does not match ^[0-9]{1,19}$")),
        };
        let earliest = Utc.with_ymd_and_hms(2010, 11, 6, 0, 0, 0).single().unwrap_or_default();
        let time = |name: &str| match self.query.get(name) {
            None => Ok(None),
            Some(text) => match DateTime::parse_from_rfc3339(text) {
                Ok(at) if at >= earliest => Ok(Some(at.timestamp_millis())),
                _ => Err(bad(ask, name, text, "is not a time on or after 2010-11-06T00:00:00Z")),
            },
        };
        let start = time("start_time")?.map_or(0, |ms| World::first_id(ms).saturating_sub(1));
        let end = time("end_time")?.map_or(u64::MAX, World::first_id);
        Ok((id("since_id", 0)?.max(start), id("until_id", u64::MAX)?.min(end)))
    }

    fn list(&self, ask: &Ask, parameter: &str) -> Result<Vec<&'a str>, Answer> {
        let text = self.query.get(parameter).map(String::as_str).unwrap_or_default();
        let list = distinct(text);
        if text.is_empty() {
            return Err(bad(ask, parameter, "", "can not be empty"));
        }
        if list.len() > 100 {
            return Err(bad(ask, parameter, text, "has more than 100 values"));
        }
        Ok(list)
    }
}

fn is_id(text: &str) -> bool {
    (1..=19).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit())
}

fn bad(ask: &Ask, parameter: &str, value: &str, why: &str) -> Answer {
    let message = format!("The `{parameter}` query parameter value [{value}] {why}");
    problem::invalid(ask.dialect, &[(parameter, value, message)])
}

/// Whether a text names a person.
pub(crate) fn names(text: &str, username: &str) -> bool {
    super::text::spans(text).iter().any(|span| span.kind == Kind::Mention && span.text.eq_ignore_ascii_case(username))
}
