//! `import` and `import_upsert`: a whole timeline of the server at `BASE_URL`, kept in memory or sent on to a table of the
//! server at `SUPABASE_URL`, BATCH rows a request.

use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use ghostwren::ErrorKind;
use ghostwren::http::{Failure, HttpClient, HttpRequest, Service};
use ghostwren::records::{Entities, Tweet};
use ghostwren::twitter::{FixedToken, TimelineRequest, TwitterApp};
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use secrecy::SecretString;
use std::collections::VecDeque;
use tokio::task::JoinHandle;
use url::Url;

use crate::clock::{Error, Outcome};

/// Requests to the table under way at once, as the floor has.
const IN_FLIGHT: usize = 4;

pub(crate) fn run(task: &str) -> Result<Outcome, Error> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let app = TwitterApp::new("bench").api_base(std::env::var("BASE_URL")?.parse()?)?;
        let token = SecretString::from(std::env::var("X_BEARER_TOKEN").unwrap_or_else(|_| "bench".to_owned()));
        let client = app.client(FixedToken::new(token))?;
        let me = client.me().await?;
        let timeline = client.timeline(&me.user.id);
        if task == "import" { import(timeline).await } else { import_upsert(timeline, &me.user.id).await }
    })
}

async fn import(timeline: TimelineRequest) -> Result<Outcome, Error> {
    let mut pages = timeline.pages();
    let mut kept: Vec<Tweet> = Vec::new();
    while let Some(page) = pages.next_page().await {
        kept.extend(page?.tweets);
    }
    let likes = kept.iter().filter_map(|tweet| tweet.counts.likes).sum();
    Ok(Outcome { items: kept.len() as u64, check: Some(likes) })
}

async fn import_upsert(timeline: TimelineRequest, author: &str) -> Result<Outcome, Error> {
    let mut sink = Sink::new()?;
    let mut outcome = Outcome { items: 0, check: Some(0) };
    let mut pages = Box::pin(timeline.pages().into_stream());
    while let Some(page) = pages.next().await {
        for tweet in &page?.tweets {
            outcome.items += 1;
            outcome.check = outcome.check.map(|sum| sum + tweet.counts.likes.unwrap_or(0));
            sink.add(tweet, author).await?;
        }
    }
    sink.finish().await?;
    Ok(outcome)
}

/// The table: whatever answers is taken at its status.
#[derive(Clone, Copy)]
struct Table;

impl Service for Table {
    fn name(&self) -> &'static str {
        "table"
    }

    fn classify(&self, status: StatusCode, _: &HeaderMap, body: &[u8]) -> Failure {
        let detail = format!("{status}: {}", String::from_utf8_lossy(body));
        Failure::new(ErrorKind::Server, "table.failed", detail)
    }
}

/// Sends full batches without waiting for them, a few at a time.
struct Sink {
    http: HttpClient,
    url: Url,
    key: SecretString,
    batch: usize,
    body: Vec<u8>,
    rows: usize,
    sending: VecDeque<JoinHandle<ghostwren::Result<()>>>,
}

impl Sink {
    fn new() -> Result<Self, Error> {
        let url = std::env::var("SUPABASE_URL")? + "/rest/v1/tweets?on_conflict=id";
        Ok(Self {
            http: HttpClient::new()?,
            url: url.parse()?,
            key: SecretString::from(std::env::var("SUPABASE_KEY")?),
            batch: std::env::var("BATCH").map_or(Ok(500), |batch| batch.parse())?,
            body: Vec::new(),
            rows: 0,
            sending: VecDeque::new(),
        })
    }

    async fn add(&mut self, tweet: &Tweet, author: &str) -> Result<(), Error> {
        self.body.push(if self.rows == 0 { b'[' } else { b',' });
        serde_json::to_writer(&mut self.body, &Row::of(tweet, author))?;
        self.rows += 1;
        if self.rows == self.batch {
            self.flush().await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), Error> {
        if self.rows == 0 {
            return Ok(());
        }
        self.body.push(b']');
        self.rows = 0;
        let next = Vec::with_capacity(self.body.len());
        let body = std::mem::replace(&mut self.body, next);
        let request = HttpRequest::new("tweets.upsert", Method::POST, self.url.clone())
            .secret_header(HeaderName::from_static("apikey"), &self.key)?
            .bearer(&self.key)?
            .header(
                HeaderName::from_static("prefer"),
                HeaderValue::from_static("resolution=merge-duplicates,return=minimal"),
            )
            .body(HeaderValue::from_static("application/json"), body)
            .idempotent(true);
        let http = self.http.clone();
        self.sending
            .push_back(tokio::spawn(async move { http.send_bytes(&Table, request, 1 << 20).await.map(|_| ()) }));
        if self.sending.len() > IN_FLIGHT
            && let Some(oldest) = self.sending.pop_front()
        {
            oldest.await??;
        }
        Ok(())
    }

    async fn finish(mut self) -> Result<(), Error> {
        self.flush().await?;
        for sent in self.sending {
            sent.await??;
        }
        Ok(())
    }
}

/// A row of the table, as every contender sends it.
#[derive(serde::Serialize)]
struct Row<'a> {
    id: &'a str,
    author_id: &'a str,
    text: &'a str,
    created_at: DateTime<Utc>,
    lang: Option<&'a str>,
    conversation_id: Option<&'a str>,
    in_reply_to_user_id: Option<&'a str>,
    like_count: u64,
    retweet_count: u64,
    reply_count: u64,
    quote_count: u64,
    bookmark_count: u64,
    impression_count: u64,
    entities: &'a Entities,
    referenced_tweets: Vec<Referenced<'a>>,
}

#[derive(serde::Serialize)]
struct Referenced<'a> {
    r#type: &'static str,
    id: &'a str,
}

impl<'a> Row<'a> {
    fn of(tweet: &'a Tweet, author_id: &'a str) -> Self {
        let counts = &tweet.counts;
        let referenced =
            [("replied_to", &tweet.in_reply_to_id), ("quoted", &tweet.quoted_id), ("retweeted", &tweet.retweeted_id)];
        Self {
            id: &tweet.id,
            author_id,
            text: &tweet.full_text,
            created_at: tweet.created_at,
            lang: tweet.lang.as_deref(),
            conversation_id: tweet.conversation_id.as_deref(),
            in_reply_to_user_id: tweet.in_reply_to_user_id.as_deref(),
            like_count: counts.likes.unwrap_or(0),
            retweet_count: counts.retweets.unwrap_or(0),
            reply_count: counts.replies.unwrap_or(0),
            quote_count: counts.quotes.unwrap_or(0),
            bookmark_count: counts.bookmarks.unwrap_or(0),
            impression_count: counts.impressions.unwrap_or(0),
            entities: &tweet.entities,
            referenced_tweets: referenced
                .into_iter()
                .filter_map(|(kind, id)| Some(Referenced { r#type: kind, id: id.as_deref()? }))
                .collect(),
        }
    }
}
