//! What X would refuse or charge more for, found before anything is sent.

use serde::Serialize;

use super::cost::Prices;
use super::tweets::NewTweet;
use crate::records::is_valid_id;
use crate::text::{self, Limits};

/// Something about a tweet that a person should know before it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The exact cause, stable and dotted, such as `lint.too_long`.
    pub code: &'static str,
    /// Whether X would refuse the tweet. If not, it is a warning.
    pub refused: bool,
    /// One sentence about it.
    pub detail: String,
}

/// What the account and the app may do.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct LintRules {
    /// How long a text may be: [`UserInfo::text_limits`](super::UserInfo::text_limits).
    pub limits: Limits,
    /// Whether the app is on self-serve access, which may neither quote nor answer uncalled. True unless set.
    pub self_serve: bool,
    /// Whether the tweet that is answered mentions or quotes the account; `None` when that is not known.
    pub called: Option<bool>,
    /// What writes cost.
    pub prices: Prices,
}

impl Default for LintRules {
    fn default() -> Self {
        Self { limits: Limits::STANDARD, self_serve: true, called: None, prices: Prices::default() }
    }
}

impl LintRules {
    /// Sets how long a text may be.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Says whether the app is on self-serve access.
    #[must_use]
    pub fn self_serve(mut self, self_serve: bool) -> Self {
        self.self_serve = self_serve;
        self
    }

    /// Says whether the tweet that is answered mentions or quotes the account.
    #[must_use]
    pub fn called(mut self, called: bool) -> Self {
        self.called = Some(called);
        self
    }

    /// Sets what writes cost.
    #[must_use]
    pub fn prices(mut self, prices: Prices) -> Self {
        self.prices = prices;
        self
    }
}

/// What X would refuse about a tweet, and what it would charge more for. Nothing is sent.
///
/// The rules: <https://docs.x.com/x-api/posts/manage-tweets/introduction>, weighted length and links by
/// [`text::parse_with`](crate::text::parse_with).
///
/// ```
/// use ghostwren::twitter::{LintRules, NewTweet, lint};
/// let findings = lint(&NewTweet::new("$TWTR or $GOOG? https://example.com"), &LintRules::default());
/// let codes: Vec<_> = findings.iter().map(|finding| (finding.code, finding.refused)).collect();
/// assert_eq!(codes, [("lint.cashtags", true), ("lint.url_price", false)]);
/// ```
#[must_use]
pub fn lint(tweet: &NewTweet, rules: &LintRules) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut find = |code, refused, detail: String| findings.push(Finding { code, refused, detail });
    let parsed = text::parse_with(&tweet.text, &rules.limits);
    let beside = [tweet.media.is_some(), tweet.poll.is_some(), tweet.quote.is_some(), tweet.card_uri.is_some()];
    let beside = beside.into_iter().filter(|there| *there).count();
    if beside == 0 && tweet.text.chars().all(char::is_whitespace) {
        find("lint.empty", true, "the tweet has neither a text nor anything else".to_owned());
    }
    let max = rules.limits.max_weighted_length;
    if parsed.weighted_length > max {
        let detail = format!("the text counts {} of {max} characters", parsed.weighted_length);
        find("lint.too_long", true, detail);
    } else if !parsed.valid && parsed.weighted_length > 0 {
        find("lint.invalid_characters", true, "the text holds a character that no tweet may hold".to_owned());
    }
    if parsed.cashtag_count > 1 {
        let detail = format!("the text has {} cashtags; X takes one", parsed.cashtag_count);
        find("lint.cashtags", true, detail);
    }
    if parsed.has_url() {
        let (with, without) = (rules.prices.write(&tweet.text), rules.prices.write(""));
        find("lint.url_price", false, format!("the link makes this tweet cost {with} instead of {without}"));
    }
    if beside > 1 {
        find("lint.exclusive", true, "of media, poll, quote and card a tweet has one".to_owned());
    }
    if rules.self_serve && tweet.quote.is_some() {
        find("lint.quote", true, "apps on self-serve access may not quote since April 2026".to_owned());
    }
    if rules.self_serve && tweet.reply.is_some() && rules.called != Some(true) {
        let detail = "apps on self-serve access may answer only a tweet whose author mentioned or quoted the account";
        find("lint.reply", rules.called == Some(false), detail.to_owned());
    }
    if let Some(poll) = &tweet.poll {
        let options = (2..=4).contains(&poll.options.len());
        let lengths = poll.options.iter().all(|option| (1..=25).contains(&option.chars().count()));
        if !(options && lengths && (5..=10_080).contains(&poll.duration_minutes)) {
            let detail = "a poll has 2 to 4 choices of 1 to 25 characters and runs for 5 to 10,080 minutes";
            find("lint.poll", true, detail.to_owned());
        }
    }
    if let Some(media) = &tweet.media
        && (!(1..=4).contains(&media.media_ids.len()) || media.tagged_user_ids.len() > 10)
    {
        find("lint.media", true, "a tweet has 1 to 4 pictures or films and tags up to 10 users".to_owned());
    }
    let media = tweet.media.iter().flat_map(|media| media.media_ids.iter().chain(&media.tagged_user_ids));
    let ids = tweet.reply.iter().flat_map(|reply| std::iter::once(&reply.to).chain(&reply.exclude_users));
    let edits = tweet.edit_options.iter().map(|edit| &edit.previous_post_id);
    let mut ids = ids.chain(&tweet.quote).chain(media).chain(edits).chain(&tweet.community_id);
    if ids.any(|id| !is_valid_id(id)) {
        find("lint.bad_id", true, "an id is none: ids are decimal numbers of up to 19 digits".to_owned());
    }
    findings
}

/// Whether X charges a text as one with a link.
pub(super) fn costs_as_url(text: &str) -> bool {
    text::has_url(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(tweet: &NewTweet, rules: &LintRules) -> Vec<(&'static str, bool)> {
        lint(tweet, rules).iter().map(|finding| (finding.code, finding.refused)).collect()
    }

    #[test]
    fn what_x_would_refuse() {
        let rules = LintRules::default();
        let text = |text: &str| NewTweet::new(text);
        let poll = |options: &[&str], minutes| {
            text("?").poll(options.iter().map(|option| (*option).to_owned()).collect::<Vec<_>>(), minutes)
        };
        for (tweet, expected) in [
            (text("hello"), None),
            (text(""), Some("lint.empty")),
            (text(" \n\u{3000}"), Some("lint.empty")),
            (text(" ").media("1"), None),
            (text("").media("1"), None),
            (text(&"日".repeat(140)), None),
            (text(&"日".repeat(141)), Some("lint.too_long")),
            (text("not\u{fffe}this"), Some("lint.invalid_characters")),
            (text("$TWTR"), None),
            (text("$TWTR $GOOG"), Some("lint.cashtags")),
            (text("x").media("1").quote("2"), Some("lint.exclusive")),
            (text("x").quote("2"), Some("lint.quote")),
            (text("x").in_reply_to("abc"), Some("lint.bad_id")),
            (text("x").media("1").media("2").media("3").media("4").media("5"), Some("lint.media")),
            (text("x").media("1").tag_users((1..12).map(|id| id.to_string())), Some("lint.media")),
            (poll(&["a", "b"], 5), None),
            (poll(&["a"], 5), Some("lint.poll")),
            (poll(&["a", ""], 5), Some("lint.poll")),
            (poll(&["a", &"b".repeat(26)], 5), Some("lint.poll")),
            (poll(&["a", "b"], 4), Some("lint.poll")),
            (poll(&["a", "b"], 10_081), Some("lint.poll")),
        ] {
            let found = codes(&tweet, &rules);
            let refused = |code| found.contains(&(code, true));
            assert!(expected.is_none_or(refused), "{tweet:?}: {found:?}");
            assert!(expected.is_some() || found.is_empty(), "{tweet:?}: {found:?}");
        }
    }

    #[test]
    fn rules_of_the_account_and_the_app() {
        let rules = LintRules::default();
        let long = NewTweet::new("w".repeat(281));
        assert_eq!(codes(&long, &rules), [("lint.too_long", true)]);
        assert_eq!(codes(&long, &rules.limits(Limits::PREMIUM)), []);
        let reply = NewTweet::new("yes").in_reply_to("1");
        assert_eq!(codes(&reply, &rules), [("lint.reply", false)], "nobody knows whether it was called for");
        assert_eq!(codes(&reply, &rules.called(false)), [("lint.reply", true)]);
        assert_eq!(codes(&reply, &rules.called(true)), []);
        assert_eq!(codes(&reply.quote("2"), &rules.self_serve(false)), []);
        let link = lint(&NewTweet::new("see example.com"), &rules);
        assert_eq!((link[0].code, link[0].refused), ("lint.url_price", false));
        assert!(link[0].detail.contains("$0.20 instead of $0.015"), "{}", link[0].detail);
    }
}
