use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use secrecy::SecretString;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::dialect::Names;
use super::errors::{NAME, OTHER_DIALECT, XApi};
use super::{TokenSource, TwitterApp, limits};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{HttpClient, HttpRequest, KnownWindow, Made, OnLimit, RateKey, Reader, Received, past_deadline};

/// The largest answer that is read: a page of 100 tweets with everything is about 200 KB, of 25,000 characters each 10 MB.
pub(super) const MAX_BODY: usize = 32 << 20;

/// A client of X API v2 for one login. Cloning is cheap.
///
/// It keeps nothing: tokens come from a [`TokenSource`], pages go to whoever asked.
///
/// ```no_run
/// use ghostwren::twitter::{FixedToken, TwitterApp};
/// # async fn run(token: secrecy::SecretString) -> ghostwren::Result<()> {
/// let client = TwitterApp::from_env()?.client(FixedToken::new(token))?;
/// let me = client.me().await?;
/// let mut pages = client.timeline(&me.user.id).pages();
/// while let Some(page) = pages.next_page().await {
///     for tweet in page?.tweets {
///         println!("{} {}", tweet.id, ghostwren::text::escape_controls(&tweet.full_text));
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct TwitterClient {
    app: TwitterApp,
    http: HttpClient,
    tokens: Arc<dyn TokenSource>,
    user: Arc<str>,
    on_limit: OnLimit,
    timeout: Duration,
    deadline: Option<Duration>,
    attempts: u32,
    context: bool,
}

impl TwitterApp {
    /// A client for the login whose tokens the source gives.
    ///
    /// # Errors
    /// `Config`, `http.tls_setup`.
    pub fn client(&self, tokens: impl TokenSource) -> Result<TwitterClient> {
        self.client_of(Arc::new(tokens))
    }

    /// As [`client`](Self::client), with a source that is shared.
    ///
    /// # Errors
    /// As [`client`](Self::client).
    pub fn client_of(&self, tokens: Arc<dyn TokenSource>) -> Result<TwitterClient> {
        // Unless it is said whose login it is, no other client counts against its limits.
        let user = format!("login {}", crate::records::new_id());
        Ok(TwitterClient {
            http: self.pipeline()?,
            app: self.clone(),
            tokens,
            user: user.into(),
            on_limit: OnLimit::default(),
            timeout: Duration::from_secs(30),
            deadline: None,
            attempts: 3,
            context: true,
        })
    }
}

impl fmt::Debug for TwitterClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwitterClient")
            .field("app", &self.app)
            .field("on_limit", &self.on_limit)
            .finish_non_exhaustive()
    }
}

impl TwitterClient {
    /// Says whose login it is, by the Twitter user's id: clients of the same user and app then share what is known of the
    /// limits.
    #[must_use]
    pub fn for_user(mut self, id: &str) -> Self {
        self.user = format!("user {id}").into();
        self
    }

    /// Sets what calls do when a rate limit is used up.
    #[must_use]
    pub fn on_limit(mut self, on_limit: OnLimit) -> Self {
        self.on_limit = on_limit;
        self
    }

    /// Sets how long one attempt may take; 30 s unless set.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how long a call may take in all, waits and retries included; no limit unless set.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Sets how many attempts a call has at most; 3 unless set.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Sets whether the tweets that others quote, answer or pass on come along, which X may bill; they do unless set. In the
    /// new dialect X gives their ids only together with them, so that there it changes nothing.
    #[must_use]
    pub fn with_context(mut self, context: bool) -> Self {
        self.context = context;
        self
    }

    /// The app.
    #[must_use]
    pub fn app(&self) -> &TwitterApp {
        &self.app
    }

    /// What is known of this login's and this app's rate limits, for a store to keep. Their windows are named `user.15min`,
    /// `user.24h` and `app.24h`; those of the user are this login's when they come back, whatever `owner` says.
    #[must_use]
    pub fn rate_windows(&self) -> Vec<KnownWindow> {
        let owner = |window: &str| RateKey::owner(&limits::owner_of(window, &self.app.client_id, &self.user));
        let all = self.http.rate_windows(NAME).into_iter();
        all.filter(|known| known.owner == owner(&known.window)).collect()
    }

    /// Starts with what a store kept of the rate limits.
    pub fn seed_rate_windows(&self, windows: impl IntoIterator<Item = KnownWindow>) {
        let ours = windows.into_iter().map(|mut known| {
            known.owner = RateKey::owner(&limits::owner_of(&known.window, &self.app.client_id, &self.user));
            known
        });
        self.http.seed_rate_windows(NAME, ours);
    }

    /// Reads something that is the same in both dialects.
    pub(super) async fn get<T: Send>(
        &self,
        operation: &'static str,
        url: Url,
        read: impl Fn(&[u8]) -> serde_json::Result<T> + Send + Sync,
    ) -> Result<Received<T>> {
        self.call(HttpRequest::new(operation, Method::GET, url), None, self.deadline_from_now(), read).await
    }

    /// Reads tweets: with the names that the server knows, and with the other ones when it says that it does not.
    pub(super) async fn get_tweets<T: Send>(
        &self,
        operation: &'static str,
        url: &Url,
        read: impl Fn(&[u8]) -> serde_json::Result<T> + Send + Sync,
    ) -> Result<Received<T>> {
        let made = Made::new();
        let received = self.tweets_by(operation, url, &|body| made.keep(read(body))).await?;
        made.of(received)
    }

    async fn tweets_by(&self, operation: &'static str, url: &Url, read: Reader<'_>) -> Result<Received<()>> {
        let verdict = &self.app.verdict;
        let deadline = self.deadline_from_now();
        let ask = |names: Names| {
            let mut url = url.clone();
            url.query_pairs_mut().extend_pairs(names.tweet_query(self.context));
            self.call_by(HttpRequest::new(operation, Method::GET, url), Some(names), deadline, read)
        };
        let names = verdict.names();
        match ask(names).await {
            Err(error) if error.code() == OTHER_DIALECT => {
                let answer = ask(names.other()).await;
                // Kept only when it helped: a server that knows neither is asked in the first one again.
                if answer.as_ref().is_ok() || answer.as_ref().is_err_and(|error| error.code() != OTHER_DIALECT) {
                    verdict.settle(names.other());
                    tracing::info!(target: "ghostwren::twitter", names = ?names.other(), "the server knows the other names");
                    return answer;
                }
                Err(error)
            }
            answer => answer,
        }
    }

    /// Sends a request with the login's token, and once more with a refreshed one after a 401.
    pub(super) async fn call<T: Send>(
        &self,
        request: HttpRequest,
        names: Option<Names>,
        deadline: Option<Instant>,
        read: impl Fn(&[u8]) -> serde_json::Result<T> + Send + Sync,
    ) -> Result<Received<T>> {
        let made = Made::new();
        let received = self.call_by(request, names, deadline, &|body| made.keep(read(body))).await?;
        made.of(received)
    }

    async fn call_by(
        &self,
        request: HttpRequest,
        names: Option<Names>,
        deadline: Option<Instant>,
        read: Reader<'_>,
    ) -> Result<Received<()>> {
        let mut request = request.on_limit(self.on_limit).deadline(deadline).max_attempts(self.attempts);
        request.total_timeout = request.total_timeout.map(|_| self.timeout);
        for key in limits::keys(&self.app.client_id, &self.user, request.operation) {
            request = request.rate_key(key);
        }
        let token = within(deadline, self.tokens.access_token()).await?;
        match self.attempt(&request, names, &token, read).await {
            // Only a 401: a 403 says that the token is good, and that this is not allowed.
            Err(error) if error.status() == Some(401) => {
                let fresh = match within(deadline, self.tokens.refreshed_after_401(&token)).await {
                    Ok(fresh) => fresh,
                    // The refusal itself says more than that nobody refreshes.
                    Err(other) if other.kind() == ErrorKind::Auth => return Err(error),
                    Err(other) => return Err(other),
                };
                self.attempt(&request, names, &fresh, read).await
            }
            end => end,
        }
    }

    async fn attempt(
        &self,
        request: &HttpRequest,
        names: Option<Names>,
        token: &SecretString,
        read: Reader<'_>,
    ) -> Result<Received<()>> {
        let service = XApi { secrets: vec![token.clone()], names };
        let request = request.clone().bearer(token)?;
        self.http.send_read(&service, request, MAX_BODY, read).await
    }

    pub(super) fn deadline_from_now(&self) -> Option<Instant> {
        self.deadline.and_then(|deadline| Instant::now().checked_add(deadline))
    }
}

/// A wait for a token, as long as the caller's deadline allows; a refresh that was begun goes on without it.
async fn within<T>(deadline: Option<Instant>, wait: impl Future<Output = Result<T>> + Send) -> Result<T> {
    match deadline {
        Some(at) => timeout_at(at, wait).await.unwrap_or_else(|_| Err(past_deadline())),
        None => wait.await,
    }
}

/// What a call that answers with nothing but its success reads.
pub(super) fn read_nothing(_: &[u8]) -> serde_json::Result<()> {
    Ok(())
}

/// Adds the operation to an error that was made here.
pub(super) fn of(operation: &'static str, error: Error) -> Error {
    error.with_operation(NAME, operation)
}
