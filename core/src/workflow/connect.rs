//! Connecting an account to its Twitter user: the login by the browser, and its end.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tracing::Instrument;
use url::Url;

use super::account::Account;
use super::custody::{TOKENS, revoke};
use super::ghostwren::Ghostwren;
use super::user::User;
use crate::blocking::spawn;
use crate::error::{Error, ErrorKind, Result};
use crate::json;
use crate::store::seal::{SealContext, hash_secret};
use crate::store::{Caller, LoginAccount, LoginState, SealedValue};
use crate::twitter::{Callback, FixedToken, Loopback, Scopes, Tokens, TwitterApp};

/// How long a login that was begun waits for the browser.
const LIFETIME: Duration = Duration::from_secs(600);
/// How long erasing and disconnecting wait for X.
const REVOKE: Duration = Duration::from_secs(20);

/// Connects a Twitter account by its login: made by [`User::connect`] and [`Account::connect`].
///
/// ```no_run
/// use ghostwren::twitter::Scopes;
/// # async fn run(me: ghostwren::User, cookie: &secrecy::SecretString, request: &str) -> ghostwren::Result<()> {
/// let login = me.connect()?.begin(Scopes::read()).await?;
/// // Keep `login.binding` in a `__Host-` cookie of this browser and send it to `login.url`. At the callback, in any process:
/// let account = me.connect()?.finish(request, cookie).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Connect {
    wren: Ghostwren,
    caller: Caller,
    account: LoginAccount,
}

/// A login that was begun. `Debug` shows neither its secrets nor the query of its address.
#[non_exhaustive]
pub struct PendingLogin {
    /// Where the person gives consent: open it in their browser.
    pub url: Url,
    /// A secret of the browser that began: keep it in a `__Host-` cookie or in memory, for [`Connect::finish`]. It is what
    /// keeps somebody else's login out of this browser.
    pub binding: SecretString,
    /// Until when it can be finished.
    pub expires_at: DateTime<Utc>,
    state: SecretString,
}

impl fmt::Debug for PendingLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = crate::http::shown_address(&self.url);
        f.debug_struct("PendingLogin").field("url", &url).field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// What finishing must know of a login and is no secret.
#[derive(Serialize, Deserialize)]
struct Facts {
    client_id: String,
    redirect_uri: String,
    scopes: Scopes,
}

impl User {
    /// Connects a Twitter account: opens the account `main`, or of another [`label`](Connect::label), when the login
    /// succeeds.
    ///
    /// # Errors
    /// `InvalidInput` (`identity.bad_owner`).
    pub fn connect(&self) -> Result<Connect> {
        let (wren, caller) = (self.wren().clone(), self.caller()?);
        Ok(Connect { wren, caller, account: LoginAccount::Label("main".to_owned()) })
    }
}

impl Account {
    /// Connects this account, or connects it again: with the same Twitter user where it has one.
    #[must_use]
    pub fn connect(&self) -> Connect {
        Connect { wren: self.wren.clone(), caller: self.caller.clone(), account: LoginAccount::Id(self.id) }
    }
}

impl Connect {
    /// Sets under which label the account is opened.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.account = LoginAccount::Label(label.into());
        self
    }

    /// Begins a login with these scopes. Its end asks X once who it is, which costs $0.010. It can be finished for ten minutes, once, by any process on the same store.
    ///
    /// # Errors
    /// `Config`: `workflow.no_twitter`, and `seal.…` where there is no key; `Storage`.
    pub async fn begin(&self, scopes: Scopes) -> Result<PendingLogin> {
        self.begin_with(self.wren.twitter()?, scopes).await
    }

    async fn begin_with(&self, app: &TwitterApp, scopes: Scopes) -> Result<PendingLogin> {
        let keys = self.wren.keys().await?;
        let login = app.authorize(&scopes)?;
        let (state_hash, binding) = (hash_secret(&login.state), random()?);
        let facts = Facts { client_id: app.client_id().to_owned(), redirect_uri: app.redirect().to_owned(), scopes };
        let state = LoginState {
            verifier: keys.seal(&login.verifier, &SealContext::login(&self.caller, &*state_hash))?,
            binding_hash: hash_secret(&binding),
            state_hash,
            facts: json!(facts),
            account: self.account.clone(),
        };
        let expires_at = self.wren.store().put_login_state(&self.caller, state, LIFETIME).await?;
        Ok(PendingLogin { url: login.url, binding, expires_at, state: login.state })
    }

    /// Finishes a login: takes the address that the browser was sent to, or its path and query, and the binding of that
    /// browser. The account is opened, bound to the Twitter user, and keeps the tokens. X's code lives 30 seconds.
    ///
    /// # Errors
    /// `Auth`: `login.other_browser` when the login was begun in another browser (it is left as it was),
    /// `login.unknown_state`, `login.expired`, `login.other_issuer`; `PermissionDenied`, `login.denied`, when the person did
    /// not consent; `NeedsLogin`, `login.code_expired`; `Conflict`, `account.other_twitter_user`: the account belongs to
    /// another Twitter user, and the new tokens are revoked. When X does not answer who it is, `login.unfinished`, of the kind
    /// of the pipeline that stood in the way: the login is kept, and the next call for the account finishes it. And every kind
    /// of the pipeline.
    pub async fn finish(&self, callback: &str, binding: &SecretString) -> Result<Account> {
        self.finish_callback(Callback::parse(callback)?, binding).await
    }

    async fn finish_callback(&self, callback: Callback, binding: &SecretString) -> Result<Account> {
        let app = self.wren.twitter()?;
        // Before the login is taken: a forged callback must not end it.
        callback.check_issuer(app)?;
        let state_hash = hash_secret(callback.state());
        let taken = self.wren.store().take_login_state(&self.caller, state_hash.clone(), hash_secret(binding)).await?;
        let code = callback.code()?.clone();
        let facts: Facts = json::from_value(&taken.facts).map_err(|error| {
            let detail = "the login was begun by another version";
            Error::new(ErrorKind::Auth, "login.unknown_state", detail)
                .with_remedy("Begin the login again.")
                .with_source(error)
        })?;
        if facts.client_id != app.client_id() {
            return Err(Error::new(ErrorKind::Auth, "login.unknown_state", "the login was begun for another app at X")
                .with_remedy("Begin the login again."));
        }
        let app = app.clone().redirect_uri(facts.redirect_uri)?;
        let place = SealContext::login(&self.caller, state_hash);
        let verifier = self.wren.keys().await?.open(&taken.verifier, &place)?;
        let (connect, account, scopes) = (self.clone(), taken.account, facts.scopes);
        to_the_end(async move {
            let tokens = app.exchange(&code, &verifier, &scopes).await?;
            connect.keep_or_revoke(&app, account, tokens).await
        })
        .await
    }

    /// Keeps the tokens of a login that was made elsewhere with the same X app, such as through Supabase Auth, which gives X's
    /// tokens once and neither keeps nor refreshes them. From then on they are as those of [`finish`](Self::finish): sealed, and
    /// refreshed at X. Tokens whose end is not known may be said to end now.
    ///
    /// ```no_run
    /// use ghostwren::supabase::{AuthCallback, AuthClient, AuthLogin, UserSession};
    /// use ghostwren::twitter::{Scopes, Tokens};
    /// use ghostwren::{Ghostwren, Identity};
    /// # async fn run(wren: Ghostwren, auth: AuthClient, login: AuthLogin, callback: AuthCallback) -> ghostwren::Result<()> {
    /// let signed_in = auth.finish(&login, &callback).await?;
    /// let user = signed_in.session.user.id;
    /// let me = wren.user(Identity::session(user, UserSession::in_memory(auth, signed_in.session)));
    /// if let Some(x) = signed_in.provider {
    ///     // What Supabase asks X for, and what the login asked for beside it.
    ///     let scopes = Scopes::read().and("users.email");
    ///     let tokens = Tokens::new(x.access, x.refresh, scopes, chrono::Utc::now());
    ///     let account = me.connect()?.adopt(tokens).await?;
    ///     account.import_timeline().await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Config`: `workflow.no_twitter`, and `seal.…` where there is no key; `Conflict`, `account.other_twitter_user`, and
    /// `login.unfinished`, as [`finish`](Self::finish) has them; and every kind of the pipeline. Tokens that are not kept are
    /// revoked.
    pub async fn adopt(&self, tokens: Tokens) -> Result<Account> {
        let (connect, app) = (self.clone(), self.wren.twitter()?.clone());
        let account = self.account.clone();
        to_the_end(async move { connect.keep_or_revoke(&app, account, tokens).await }).await
    }

    async fn keep_or_revoke(&self, app: &TwitterApp, account: LoginAccount, tokens: Tokens) -> Result<Account> {
        let kept = self.keep(app, account, tokens.clone()).await;
        if kept.as_ref().is_err_and(|error| error.code() != UNFINISHED) {
            revoke(app, &tokens).await;
        }
        kept
    }

    /// Asks whose tokens they are and keeps them; also where X does not say it, because they are given once.
    async fn keep(&self, app: &TwitterApp, account: LoginAccount, mut tokens: Tokens) -> Result<Account> {
        let asked = app.client(FixedToken::new(tokens.access.clone()))?.me().await;
        let (me, unsaid) = match asked {
            Ok(me) => (Some(me), None),
            // X knows who asks, and does not want it: that does not pass by itself.
            Err(error) if error.kind() == ErrorKind::PermissionDenied => return Err(error),
            Err(error) => (None, Some(error)),
        };
        let store = self.wren.store();
        let id = match account {
            LoginAccount::Id(id) => id,
            LoginAccount::Label(label) => store.open_account(&self.caller, label).await?.id,
        };
        if let Some(me) = me {
            store.bind_account(&self.caller, id, me.user).await?;
        }
        let account = Account::new(self.wren.clone(), self.caller.clone(), id);
        let custody = account.custody().await?;
        tokens = custody.dated(tokens);
        tokens.unverified = unsaid.is_some();
        store.put_sealed(&self.caller, id, TOKENS.to_owned(), custody.seal(&tokens)?).await?;
        account.forget_login();
        if let Some(error) = unsaid {
            return Err(unfinished(error));
        }
        account.connected(&tokens.scopes).await;
        Ok(account)
    }

    /// Begins a login for a program on the person's own machine, and listens for the browser to come back: show or open the
    /// [`url`](BrowserLogin::url), then [`wait`](BrowserLogin::wait). The app's redirect URI must be on this machine.
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use ghostwren::twitter::Scopes;
    /// # async fn run(me: ghostwren::User) -> ghostwren::Result<()> {
    /// let login = me.connect()?.in_browser(Scopes::read()).await?;
    /// println!("Open {}", login.url());
    /// let account = login.wait(Duration::from_secs(300)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Config`, `login.loopback_uri`; `Connect`, `login.loopback_port`, when the port is taken; and as
    /// [`begin`](Self::begin).
    pub async fn in_browser(&self, scopes: Scopes) -> Result<BrowserLogin> {
        let app = self.wren.twitter()?;
        let loopback = Loopback::bind(app.redirect()).await?;
        // With port 0 it is another one than the app has; else X compares what was registered to the character.
        let free_port = Url::parse(app.redirect()).is_ok_and(|url| url.port() == Some(0));
        let pending = if free_port {
            self.begin_with(&app.clone().redirect_uri(loopback.redirect_uri().as_str())?, scopes).await?
        } else {
            self.begin_with(app, scopes).await?
        };
        Ok(BrowserLogin { connect: self.clone(), loopback, pending })
    }
}

/// A login that waits for the browser on this machine. Dropping it ends the waiting.
#[derive(Debug)]
#[must_use]
pub struct BrowserLogin {
    connect: Connect,
    loopback: Loopback,
    pending: PendingLogin,
}

impl BrowserLogin {
    /// Where the person gives consent.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.pending.url
    }

    /// Waits until the browser comes back, and finishes the login.
    ///
    /// # Errors
    /// `Timeout`, `login.loopback_timeout`, when nobody comes back in time; and as [`Connect::finish`].
    pub async fn wait(self, time: Duration) -> Result<Account> {
        let Self { connect, loopback, pending } = self;
        let callback = loopback.wait(&pending.state, time).await?;
        connect.finish_callback(callback, &pending.binding).await
    }
}

/// Does it on a task of its own: tokens that X gave are kept or revoked, also when nobody waits for them any more.
async fn to_the_end(work: impl Future<Output = Result<Account>> + Send + 'static) -> Result<Account> {
    spawn(work.in_current_span()).await.map_err(|error| {
        let detail = "the task that finishes the login ended without an answer";
        Error::new(ErrorKind::Internal, "workflow.worker", detail).with_source(error)
    })?
}

/// A login whose tokens are kept, and X did not say whose they are.
const UNFINISHED: &str = "login.unfinished";

fn unfinished(error: Error) -> Error {
    let detail = format!("the login is kept, but X did not say whose it is: {}", error.detail());
    let mut told = Error::new(error.kind(), UNFINISHED, detail).with_remedy(
        "Nobody has to log in again: the next call for this account asks X once more and finishes the login.",
    );
    if let Some(at) = error.retry_at() {
        told = told.with_retry_at(at);
    }
    told.with_source(error)
}

/// How an account stands with Twitter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Connection {
    /// There is no login.
    NotConnected,
    /// There is a login.
    Connected {
        /// What was granted.
        scopes: Scopes,
        /// When the access token ends.
        expires_at: DateTime<Utc>,
        /// Whether it can be refreshed then.
        refreshable: bool,
        /// Whether a refresh was cut short and may have used the refresh token up: the next one will tell.
        in_doubt: bool,
    },
    /// There is a login, and X did not say yet whose it is: the next call for the account asks.
    Unfinished {
        /// What was granted.
        scopes: Scopes,
    },
    /// The person has to log in again.
    NeedsLogin {
        /// What happened.
        reason: String,
        /// When.
        since: DateTime<Utc>,
    },
}

impl Account {
    /// How the account stands with Twitter, as the store has it; X is not asked.
    ///
    /// # Errors
    /// `Config` and `Decode`, `seal.…`, when the tokens cannot be opened; `Storage`.
    pub async fn connection(&self) -> Result<Connection> {
        let Some(credential) = self.store().credential(&self.caller, self.id, TOKENS.to_owned()).await? else {
            return Ok(Connection::NotConnected);
        };
        if let Some(over) = credential.needs_login {
            return Ok(Connection::NeedsLogin { reason: over.reason, since: over.since });
        }
        let tokens = self.open_tokens(&credential.value).await?;
        if tokens.unverified {
            return Ok(Connection::Unfinished { scopes: tokens.scopes });
        }
        Ok(Connection::Connected {
            refreshable: tokens.refresh.is_some(),
            scopes: tokens.scopes,
            expires_at: tokens.expires_at,
            in_doubt: credential.interrupted,
        })
    }

    /// Finishes a login at whose end X did not say whose it is; nothing where there is none. That of another Twitter user than
    /// the account's is ended.
    pub(super) async fn finish_login(&self) -> Result<()> {
        // As a worker of one run may read it, too.
        let stored = || async {
            let credential = self.store().credential(&self.caller, self.id, TOKENS.to_owned()).await?;
            Ok::<_, Error>(credential.map(|credential| credential.value))
        };
        // Who may not read or open it cannot use it either: the calls say why.
        let mut value = match stored().await {
            Ok(Some(value)) => value,
            Ok(None) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::Config => return Ok(()),
            Err(error) => return Err(error),
        };
        let mut tokens = match self.open_tokens(&value).await {
            Ok(tokens) if tokens.unverified => tokens,
            Err(error) if !matches!(error.kind(), ErrorKind::Config | ErrorKind::Decode) => return Err(error),
            _ => return Ok(()),
        };
        let custody = self.custody().await?;
        let me = match custody.client(true)?.me().await {
            Ok(me) => me,
            Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::NeedsLogin) => {
                return Err(error);
            }
            Err(error) => return Err(unfinished(error)),
        };
        if let Err(error) = self.store().bind_account(&self.caller, self.id, me.user).await {
            if error.code() == "account.other_twitter_user" {
                self.disconnect().await?;
            }
            return Err(error);
        }
        // Whoever refreshed or sealed them meanwhile goes first.
        while tokens.unverified {
            tokens.unverified = false;
            let new = custody.seal(&tokens)?;
            if self.store().replace_sealed(&self.caller, self.id, TOKENS.to_owned(), value, new).await? {
                self.forget_login();
                self.connected(&tokens.scopes).await;
                break;
            }
            let Some(stored) = stored().await? else { break };
            (tokens, value) = (self.open_tokens(&stored).await?, stored);
        }
        Ok(())
    }

    /// Counts and logs a login that is finished. It stands: neither its price nor an entry of the log that fails must end it.
    async fn connected(&self, scopes: &Scopes) {
        let price = self.wren.twitter().map(|app| app.price_table().users(1));
        let counted = match price {
            Ok(price) => self.spent_at_twitter(price).await,
            Err(error) => Err(error),
        };
        if let Err(error) = counted {
            tracing::warn!(target: "ghostwren::workflow", %error, "what a login cost was not counted");
        }
        let facts = json!({"scopes": scopes});
        if let Err(error) = self.store().audit(&self.caller, self.id, "account.connected".to_owned(), facts).await {
            tracing::warn!(target: "ghostwren::workflow", %error, "a login was not written to the audit log");
        }
    }

    /// Ends the login: its tokens are revoked at X, as far as X can be reached, and forgotten here in any case. Gives whether
    /// X confirmed it; tweets and drafts stay.
    ///
    /// # Errors
    /// `NotFound` (`store.no_account`); `Storage`.
    pub async fn disconnect(&self) -> Result<bool> {
        let revoked = self.revoke_login().await;
        let removed = self.store().remove_sealed(&self.caller, self.id, TOKENS.to_owned()).await?;
        self.forget_login();
        if removed {
            let facts = json!({"revoked": revoked});
            let logged = self.store().audit(&self.caller, self.id, "account.disconnected".to_owned(), facts).await;
            // The login is over: an entry of the log that fails must not say otherwise.
            if let Err(error) = logged {
                tracing::warn!(target: "ghostwren::workflow", %error, "the end of a login was not written to the audit log");
            }
        }
        Ok(revoked)
    }

    /// Revokes the tokens at X; whether that was done.
    pub(super) async fn revoke_login(&self) -> bool {
        let work = async {
            let app = self.wren.twitter()?;
            let (mut done, mut before) = (None, None);
            // While X is asked, another process may save what a refresh gave it: that is revoked, too.
            while let Some(value) = self.store().sealed(&self.caller, self.id, TOKENS.to_owned()).await? {
                if before.as_ref() == Some(&value) {
                    break;
                }
                let revoked = revoke(app, &self.open_tokens(&value).await?).await;
                done = Some(revoked && done.unwrap_or(true));
                before = Some(value);
            }
            Ok::<_, Error>(done.unwrap_or(false))
        };
        // Whatever stands in the way, the tokens are forgotten here.
        tokio::time::timeout(REVOKE, work).await.is_ok_and(|end| end.unwrap_or(false))
    }

    async fn open_tokens(&self, value: &SealedValue) -> Result<Tokens> {
        let place = SealContext::new(&self.caller, self.id, TOKENS);
        Tokens::from_plaintext(&self.wren.keys().await?.open(value, &place)?)
    }
}

fn random() -> Result<SecretString> {
    let mut bytes = [0; 32];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Error::new(ErrorKind::Internal, "login.no_random", "the system gives no randomness"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes).into())
}
