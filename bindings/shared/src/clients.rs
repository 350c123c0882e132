use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{StreamExt, TryStreamExt};
use ghostwren::http::{HttpClient, OnLimit};
use ghostwren::model::{Message, Model, ModelRequest};
use ghostwren::openai::{ChatRequest, OpenAi};
use ghostwren::records::TweetList;
use ghostwren::twitter::{FixedToken, NewTweet, Pages, TimelineRequest, TwitterClient};
use ghostwren::{Error, ErrorKind, Result};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;

use crate::account::upload;
use crate::args::Args;
use crate::reply::{Events, Reply, to_json};
use crate::session::no_call;
use crate::settings::{TwitterSettings, seconds};

pub(crate) async fn openai(client: &OpenAi, name: &str, mut args: Args) -> Result<Reply> {
    match name {
        "chat" => Reply::json(&client.chat(chat(args)?).await?),
        "complete" => Reply::json(&client.complete(model_request(args)?).await?),
        "models" => {
            args.end()?;
            Reply::json(&client.models().await?)
        }
        "model_record" => {
            let id: String = args.take("id")?;
            args.end()?;
            Reply::json(&client.model_record(&id).await?)
        }
        _ => Err(no_call(name)),
    }
}

pub(crate) fn openai_stream(client: &OpenAi, name: &str, args: Args) -> Result<Events> {
    if name != "chat" {
        return Err(no_call(name));
    }
    let (client, request) = (client.clone(), chat(args)?);
    // Asked for when the stream is first read.
    let deltas = futures_util::stream::once(async move { client.chat_stream(request).await }).try_flatten();
    Ok(Box::pin(deltas.map(|delta| delta.and_then(|delta| to_json(&delta)))))
}

fn chat(args: Args) -> Result<ChatRequest> {
    args.rest()
}

fn model_request(mut args: Args) -> Result<ModelRequest> {
    let purpose = args.optional::<String>("purpose")?.unwrap_or_else(|| "chat".to_owned());
    let mut request = ModelRequest::new(purpose, args.take::<Vec<Message>>("messages")?);
    request.format = args.or_default("format")?;
    if let Some(n) = args.optional("n")? {
        request = request.n(n);
    }
    request.max_output_tokens = args.optional("max_output_tokens")?;
    request.temperature = args.optional("temperature")?;
    request.seed = args.optional("seed")?;
    request.reasoning_effort = args.optional("reasoning_effort")?;
    request.cache_key = args.optional("cache_key")?;
    args.end()?;
    Ok(request)
}

/// The settings of a client for the X API whose token the application keeps.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TwitterClientSettings {
    token: String,
    user_id: Option<String>,
    #[serde(default)]
    app: TwitterSettings,
    on_limit: Option<OnLimit>,
    with_context: Option<bool>,
    timeout_seconds: Option<f64>,
    deadline_seconds: Option<f64>,
    max_attempts: Option<u32>,
}

impl TwitterClientSettings {
    pub(crate) fn client(self, http: Option<HttpClient>) -> Result<Twitter> {
        let token: SecretString = self.token.into();
        // A client that only reads with a given token needs no app of its own.
        let app = match self.app.has_client_id() {
            true => self.app.app(http)?,
            false => self.app.client_id("bearer").app(http)?,
        };
        let mut client = app.client(FixedToken::new(token))?;
        if let Some(id) = &self.user_id {
            client = client.for_user(id);
        }
        if let Some(on_limit) = self.on_limit {
            client = client.on_limit(on_limit);
        }
        if let Some(context) = self.with_context {
            client = client.with_context(context);
        }
        if let Some(time) = seconds("timeout", self.timeout_seconds)? {
            client = client.timeout(time);
        }
        if let Some(time) = seconds("deadline", self.deadline_seconds)? {
            client = client.deadline(time);
        }
        if let Some(attempts) = self.max_attempts {
            client = client.max_attempts(attempts);
        }
        Ok(Twitter { client, pages: Arc::default() })
    }
}

/// A client of the X API.
#[derive(Clone)]
pub(crate) struct Twitter {
    client: TwitterClient,
    pages: Arc<OpenPages>,
}

/// Pages under way whose tweets stay in Rust, by their numbers.
#[derive(Debug, Default)]
struct OpenPages {
    last: AtomicU64,
    open: Mutex<HashMap<u64, Arc<tokio::sync::Mutex<Pages>>>>,
}

impl OpenPages {
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Arc<tokio::sync::Mutex<Pages>>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self, pages: Pages) -> u64 {
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        self.lock().insert(number, Arc::new(tokio::sync::Mutex::new(pages)));
        number
    }

    fn close(&self, number: u64) {
        self.lock().remove(&number);
    }

    /// The tweets of the next page; null after the last one.
    async fn next(&self, number: u64) -> Result<Reply> {
        let open = self.lock().get(&number).cloned();
        let pages = open.ok_or_else(|| {
            let detail = "these pages have ended, or belong to another process";
            Error::new(ErrorKind::Conflict, "binding.closed", detail).with_remedy("Begin them again.")
        })?;
        match pages.lock().await.next_page().await {
            Some(page) => Ok(Reply::Tweets(Arc::new(page?.tweets.into()))),
            None => {
                self.close(number);
                Reply::json(&())
            }
        }
    }
}

impl Twitter {
    pub(crate) async fn call(&self, name: &str, mut args: Args) -> Result<Reply> {
        let client = &self.client;
        match name {
            "me" => {
                args.end()?;
                Reply::json(&client.me().await?)
            }
            "user" => {
                let id: String = args.take("id")?;
                args.end()?;
                Reply::json(&client.user(&id).await?)
            }
            "user_by_name" => {
                let username: String = args.take("username")?;
                args.end()?;
                Reply::json(&client.user_by_name(&username).await?)
            }
            "users" => {
                let ids: Vec<String> = args.take("ids")?;
                args.end()?;
                Reply::json(&client.users(&texts(&ids)).await?)
            }
            "users_by_names" => {
                let names: Vec<String> = args.take("usernames")?;
                args.end()?;
                Reply::json(&client.users_by_names(&texts(&names)).await?)
            }
            "tweets" => {
                let ids: Vec<String> = args.take("ids")?;
                args.end()?;
                Reply::json(&client.tweets(&texts(&ids)).await?)
            }
            "all_tweets" => {
                let mut pages = self.request(&mut args)?.pages();
                args.end()?;
                let mut tweets = TweetList::new();
                while let Some(page) = pages.next_page().await {
                    tweets.extend(page?.tweets);
                }
                Ok(Reply::Tweets(Arc::new(tweets)))
            }
            "open_pages" => {
                let request = self.request(&mut args)?;
                args.end()?;
                Reply::json(&self.pages.open(request.pages()))
            }
            "next_page" => {
                let number: u64 = args.take("pages")?;
                args.end()?;
                self.pages.next(number).await
            }
            "close_pages" => {
                let number: u64 = args.take("pages")?;
                args.end()?;
                self.pages.close(number);
                Reply::json(&())
            }
            "create_tweet" => {
                let tweet: NewTweet = args.take("tweet")?;
                args.end()?;
                Reply::json(&client.create_tweet(&tweet).await?)
            }
            "delete_tweet" => {
                let id: String = args.take("id")?;
                args.end()?;
                Reply::json(&client.delete_tweet(&id).await?)
            }
            "upload" => {
                let path = args.path("path")?;
                let (media_type, category) = (args.optional("media_type")?, args.optional("category")?);
                let alt_text = args.optional("alt_text")?;
                args.end()?;
                Reply::json(&client.upload(upload(path, media_type, category, alt_text)).await?)
            }
            "alt_text" => {
                let (id, text): (String, String) = (args.take("media_id")?, args.take("text")?);
                args.end()?;
                Reply::json(&client.alt_text(&id, &text).await?)
            }
            _ => Err(no_call(name)),
        }
    }

    /// Pages of a timeline, of mentions or of a search, until X says that there is no further one.
    pub(crate) fn stream(&self, name: &str, mut args: Args) -> Result<Events> {
        if name != "pages" {
            return Err(no_call(name));
        }
        let request = self.request(&mut args)?;
        args.end()?;
        let pages = request.pages().into_stream();
        Ok(Box::pin(pages.map(|page| page.and_then(|page| to_json(&json!({ "event": "page", "data": page }))))))
    }

    fn request(&self, args: &mut Args) -> Result<TimelineRequest> {
        let mut request = match args.optional::<String>("search")? {
            Some(query) => self.client.search(&query),
            None => {
                let user: String = args.take("user_id")?;
                match args.or_default("mentions")? {
                    true => self.client.mentions(&user),
                    false => self.client.timeline(&user),
                }
            }
        };
        if let Some(id) = args.optional::<String>("since_id")? {
            request = request.since_id(id);
        }
        if let Some(id) = args.optional::<String>("until_id")? {
            request = request.until_id(id);
        }
        if let Some(time) = args.time("since")? {
            request = request.start_time(time);
        }
        if let Some(time) = args.time("until")? {
            request = request.end_time(time);
        }
        if let Some(token) = args.optional::<String>("from_token")? {
            request = request.from_token(token);
        }
        if let Some(size) = args.optional("page_size")? {
            request = request.page_size(size);
        }
        Ok::<_, Error>(request)
    }
}

fn texts(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}
