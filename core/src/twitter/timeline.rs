use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use chrono::{DateTime, SecondsFormat, Utc};
use futures_core::Stream;

use super::client::{TwitterClient, of};
use super::cost::PAGE;
use super::errors::{bad_argument, failed_with_success, unreadable};
use super::limits::RateLimits;
use super::page::{Next, TweetPage};
use super::wire::read_page;
use crate::error::{Error, ErrorKind, Result};
use crate::http::service_date;
use crate::records::{compare_ids, is_valid_id};

/// Empty pages in a row after which a timeline is given up. One or some are normal: X filters after it has cut the page.
const MAX_EMPTY: u32 = 50;

#[derive(Clone, Debug)]
enum Source {
    Timeline(String),
    Mentions(String),
    Search(String),
}

impl Source {
    fn operation(&self) -> &'static str {
        match self {
            Self::Timeline(_) => "users.tweets",
            Self::Mentions(_) => "users.mentions",
            Self::Search(_) => "tweets.search",
        }
    }

    fn smallest_page(&self) -> u64 {
        if matches!(self, Self::Search(_)) { 10 } else { 5 }
    }
}

/// Which tweets to read, page by page and newest first: made by [`TwitterClient::timeline`], [`TwitterClient::mentions`] and
/// [`TwitterClient::search`].
#[derive(Clone, Debug)]
#[must_use]
pub struct TimelineRequest {
    client: TwitterClient,
    source: Source,
    since_id: Option<String>,
    until_id: Option<String>,
    start_time: Option<DateTime<Utc>>,
    end_time: Option<DateTime<Utc>>,
    token: Option<String>,
    page_size: u64,
}

impl TwitterClient {
    /// The tweets of a user, replies and retweets included: X can give the 3,200 newest
    /// ([`TIMELINE_LIMIT`](super::TIMELINE_LIMIT)), and nothing says that there were more. Filters are left to the reader
    /// on purpose, because with `exclude=replies` X reaches only 800.
    pub fn timeline(&self, user_id: &str) -> TimelineRequest {
        TimelineRequest::new(self, Source::Timeline(user_id.to_owned()))
    }

    /// The tweets that mention a user: X can give the 800 newest.
    pub fn mentions(&self, user_id: &str) -> TimelineRequest {
        TimelineRequest::new(self, Source::Mentions(user_id.to_owned()))
    }

    /// Tweets of the last seven days that match a query in X's language
    /// (<https://docs.x.com/x-api/posts/search/integrate/operators>).
    pub fn search(&self, query: &str) -> TimelineRequest {
        TimelineRequest::new(self, Source::Search(query.to_owned()))
    }
}

impl TimelineRequest {
    fn new(client: &TwitterClient, source: Source) -> Self {
        Self {
            client: client.clone(),
            source,
            since_id: None,
            until_id: None,
            start_time: None,
            end_time: None,
            token: None,
            page_size: PAGE,
        }
    }

    /// Only tweets newer than this one.
    pub fn since_id(mut self, id: impl Into<String>) -> Self {
        self.since_id = Some(id.into());
        self
    }

    /// Only tweets older than this one.
    pub fn until_id(mut self, id: impl Into<String>) -> Self {
        self.until_id = Some(id.into());
        self
    }

    /// Only tweets from this time on.
    pub fn start_time(mut self, time: DateTime<Utc>) -> Self {
        self.start_time = Some(time);
        self
    }

    /// Only tweets before this time.
    pub fn end_time(mut self, time: DateTime<Utc>) -> Self {
        self.end_time = Some(time);
        self
    }

    /// Goes on from the token of an earlier page ([`Next::Page`]), with the same other settings.
    pub fn from_token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Sets how many tweets a page has at most: 5 to 100, in a search 10 to 100; 100 unless set. Held within.
    pub fn page_size(mut self, tweets: u64) -> Self {
        self.page_size = tweets.clamp(self.source.smallest_page(), PAGE);
        self
    }

    /// Reads one page.
    ///
    /// # Errors
    /// `InvalidInput`: `twitter.bad_argument`; `twitter.pagination_expired`, after which to go on with
    /// [`until_id`](Self::until_id) of the oldest tweet read. `Decode`, `twitter.unreadable`, for an answer without tweets
    /// that does not say that it is the end. And every kind of the pipeline and of X.
    pub async fn page(&self) -> Result<TweetPage> {
        let operation = self.source.operation();
        let url = self.url().map_err(|error| of(operation, error))?;
        let answer = self.client.get_tweets(operation, &url, read_page).await?;
        let mut page = answer.value;
        page.limits = RateLimits::from_headers(&answer.headers);
        page.answered_at = service_date(&answer.headers);
        page.owned = !matches!(self.source, Source::Search(_));
        if page.tweets.is_empty() && page.next == Next::Unsaid {
            return Err(match page.problems.first() {
                Some(problem) => failed_with_success(problem, operation),
                None => unreadable(operation, "the answer holds no tweets, and does not say that there are none"),
            });
        }
        Ok(page)
    }

    /// Reads page after page.
    #[must_use]
    pub fn pages(self) -> Pages {
        Pages { request: self, seen: HashSet::new(), hasher: RandomState::new(), empty: 0, ended: false }
    }

    fn url(&self) -> Result<url::Url> {
        let operation = self.source.operation();
        let app = self.client.app();
        let mut url = match &self.source {
            Source::Timeline(id) | Source::Mentions(id) if !is_valid_id(id) => {
                return Err(bad_argument(operation, "it is no user's id"));
            }
            Source::Timeline(id) => app.endpoint(&["users", id, "tweets"])?,
            Source::Mentions(id) => app.endpoint(&["users", id, "mentions"])?,
            Source::Search(_) => app.endpoint(&["tweets", "search", "recent"])?,
        };
        for id in [&self.since_id, &self.until_id].into_iter().flatten() {
            if !is_valid_id(id) {
                return Err(bad_argument(operation, "since_id and until_id are ids of tweets"));
            }
        }
        if let (Some(since), Some(until)) = (&self.since_id, &self.until_id)
            && compare_ids(since, until).is_ge()
        {
            return Err(bad_argument(operation, "since_id must be smaller than until_id"));
        }
        let time = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
        let size = self.page_size.to_string();
        let (start, end) = (self.start_time.map(time), self.end_time.map(time));
        let mut query = url.query_pairs_mut();
        if let Source::Search(text) = &self.source {
            if text.is_empty() || text.chars().count() > 4096 {
                return Err(bad_argument(operation, "a query has 1 to 4,096 characters"));
            }
            query.append_pair("query", text);
        }
        query.append_pair("max_results", &size);
        let pairs = [
            ("since_id", &self.since_id),
            ("until_id", &self.until_id),
            ("start_time", &start),
            ("end_time", &end),
            ("pagination_token", &self.token),
        ];
        for (name, value) in pairs {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        drop(query);
        Ok(url)
    }
}

/// Page after page, until X says that there is no further one. An empty page is no end.
#[derive(Debug)]
pub struct Pages {
    request: TimelineRequest,
    /// Hashes of the tokens that were used: a server that gives one again would be asked for ever.
    seen: HashSet<u64>,
    hasher: RandomState,
    empty: u32,
    ended: bool,
}

impl Pages {
    /// The next page; `None` after the last one. After an error the same page is asked for again by the next call, so that
    /// a rate limit or a broken connection ends nothing.
    ///
    /// # Errors
    /// As [`TimelineRequest::page`], and `Decode`, `twitter.page_loop`, when the pages lead nowhere: a token that came before,
    /// or 50 empty pages in a row.
    pub async fn next_page(&mut self) -> Option<Result<TweetPage>> {
        if self.ended {
            return None;
        }
        match self.request.page().await.and_then(|page| self.advance(&page).map(|()| page)) {
            Ok(page) => Some(Ok(page)),
            Err(error) => Some(Err(error)),
        }
    }

    /// The pages as a stream, which ends after an error.
    pub fn into_stream(self) -> impl Stream<Item = Result<TweetPage>> + Send {
        futures_util::stream::unfold(Some(self), |pages| async move {
            let mut pages = pages?;
            let page = pages.next_page().await?;
            let next = page.is_ok().then_some(pages);
            Some((page, next))
        })
    }

    /// Sets how many tweets the coming pages have at most; see [`TimelineRequest::page_size`].
    pub fn set_page_size(&mut self, tweets: u64) {
        self.request.page_size = tweets.clamp(self.request.source.smallest_page(), PAGE);
    }

    /// What the next page is asked with: for a checkpoint.
    pub fn request(&self) -> &TimelineRequest {
        &self.request
    }

    fn advance(&mut self, page: &TweetPage) -> Result<()> {
        self.empty = if page.tweets.is_empty() { self.empty + 1 } else { 0 };
        match &page.next {
            Next::End => self.ended = true,
            Next::Page(token) => {
                if self.empty > MAX_EMPTY || !self.seen.insert(self.hasher.hash_one(token)) {
                    return Err(self.lost());
                }
                self.request.token = Some(token.clone());
            }
            Next::Unsaid => {
                let older = |oldest: &str| {
                    self.request.until_id.as_deref().is_none_or(|until| compare_ids(oldest, until).is_lt())
                };
                let Some(oldest) = page.oldest().filter(|oldest| older(oldest)) else { return Err(self.lost()) };
                self.request.until_id = Some(oldest.to_owned());
                self.request.token = None;
            }
        }
        Ok(())
    }

    fn lost(&mut self) -> Error {
        self.ended = true;
        let detail = "the pages lead nowhere: X gave the same place twice, or nothing but empty pages";
        let error = Error::new(ErrorKind::Decode, "twitter.page_loop", detail)
            .with_remedy("Go on later, with `until_id` of the oldest tweet read.");
        of(self.request.source.operation(), error)
    }
}
