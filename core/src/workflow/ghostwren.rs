use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::blocking;
use super::budget::Budget;
use super::corpus::CorpusCache;
use super::custody::Logins;
use super::user::{Identity, User};
use crate::config::GHOSTWREN_SEALING_KEYS;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Model;
use crate::store::seal::SealingKeys;
use crate::store::{Clock, Store};
use crate::twitter::TwitterApp;

/// The SDK, set up once per process: where the data lives, which model writes, what it may cost.
///
/// Cheap to clone. Holds no user: [`Ghostwren::user`] gives the handle of one.
///
/// ```
/// # #[cfg(feature = "sqlite")] {
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// use ghostwren::{Ghostwren, Identity, store::SqliteStore};
/// # let folder = std::env::temp_dir().join(format!("ghostwren-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("ghostwren.db");
/// let wren = Ghostwren::builder().store(SqliteStore::open(path)?).build()?;
/// let account = wren.user(Identity::local("me")).open_account("main").await?;
/// assert_eq!(account.totals().await?.total, 0);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap(); }
/// ```
#[derive(Clone, Debug)]
pub struct Ghostwren(Arc<Setup>);

#[derive(Debug)]
pub(super) struct Setup {
    pub(super) store: Arc<dyn Store>,
    pub(super) model: Option<Arc<dyn Model>>,
    pub(super) budget: Budget,
    pub(super) lease: Duration,
    pub(super) twitter_budget: Option<u64>,
    pub(super) settle: Duration,
    pub(super) corpora: CorpusCache,
    pub(super) clock: Clock,
    pub(super) logins: Logins,
    twitter: Option<TwitterApp>,
    keys: OnceLock<Arc<SealingKeys>>,
}

impl Ghostwren {
    /// Begins the setup.
    pub fn builder() -> GhostwrenBuilder {
        GhostwrenBuilder::default()
    }

    /// The handle of one identity. Costs nothing and checks nothing: the first call does.
    #[must_use]
    pub fn user(&self, identity: Identity) -> User {
        User::new(self.clone(), identity)
    }

    /// The store, for what the workflow does not offer.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.0.store
    }

    /// The model.
    ///
    /// # Errors
    /// `Config` (`workflow.no_model`) when the setup names none.
    pub fn model(&self) -> Result<&Arc<dyn Model>> {
        self.0.model.as_ref().ok_or_else(|| {
            Error::new(ErrorKind::Config, "workflow.no_model", "this call needs a model and the setup names none")
                .with_remedy("Give the setup a model, such as OpenAI's with the key in OPENAI_API_KEY.")
        })
    }

    /// The app at X.
    ///
    /// # Errors
    /// `Config` (`workflow.no_twitter`) when the setup names none.
    pub fn twitter(&self) -> Result<&TwitterApp> {
        self.0.twitter.as_ref().ok_or_else(|| {
            Error::new(ErrorKind::Config, "workflow.no_twitter", "this call needs Twitter and the setup names no app")
                .with_remedy("Give the setup your app at X, a `TwitterApp` with its client id.")
        })
    }

    /// The keys that seal tokens: those of the setup, of the environment, or of the store.
    pub(super) async fn keys(&self) -> Result<Arc<SealingKeys>> {
        if let Some(keys) = self.0.keys.get() {
            return Ok(Arc::clone(keys));
        }
        let keys = match GHOSTWREN_SEALING_KEYS.get() {
            Some(text) => Arc::new(SealingKeys::from_env_value(&text.into())?),
            None => {
                let store = Arc::clone(self.store());
                blocking(move || store.default_keys()).await?
            }
        };
        if keys.was_made() {
            tracing::info!(
                target: "ghostwren::workflow",
                "a key that seals tokens was made in the file `.key` beside the database: keep it, and keep it apart from backups"
            );
        }
        Ok(Arc::clone(self.0.keys.get_or_init(|| keys)))
    }

    pub(super) fn setup(&self) -> &Setup {
        &self.0
    }
}

/// Sets up a [`Ghostwren`].
#[derive(Clone, Debug)]
#[must_use]
pub struct GhostwrenBuilder {
    store: Option<Arc<dyn Store>>,
    model: Option<Arc<dyn Model>>,
    budget: Budget,
    lease: Duration,
    twitter: Option<TwitterApp>,
    keys: Option<Arc<SealingKeys>>,
    clock: Clock,
    twitter_budget: Option<u64>,
    settle: Duration,
}

impl Default for GhostwrenBuilder {
    fn default() -> Self {
        Self {
            store: None,
            model: None,
            budget: Budget::default(),
            lease: Duration::from_secs(15),
            twitter: None,
            keys: None,
            clock: Clock::system(),
            twitter_budget: None,
            settle: Duration::from_secs(3),
        }
    }
}

impl GhostwrenBuilder {
    /// Where the data lives. Required.
    pub fn store(self, store: impl Store + 'static) -> Self {
        self.shared_store(Arc::new(store))
    }

    /// Where the data lives, for a store that the application uses as well.
    pub fn shared_store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = Some(store);
        self
    }

    /// Which model analyses and writes. Needed by `generate` and by the analysis in words.
    pub fn model(self, model: impl Model + 'static) -> Self {
        self.shared_model(Arc::new(model))
    }

    /// Which model analyses and writes, for a model that the application uses as well.
    pub fn shared_model(mut self, model: Arc<dyn Model>) -> Self {
        self.model = Some(model);
        self
    }

    /// Your app at X. Needed to connect an account, to import its timeline and to publish.
    pub fn twitter(mut self, app: TwitterApp) -> Self {
        self.twitter = Some(app);
        self
    }

    /// The keys that seal tokens. Without them those of `GHOSTWREN_SEALING_KEYS` count, and without that the key file that
    /// a SQLite store makes beside its own.
    pub fn sealing_keys(mut self, keys: SealingKeys) -> Self {
        self.keys = Some(Arc::new(keys));
        self
    }

    /// What is taken for the time when it comes to the end of tokens; the system's clock unless told. Give the store the
    /// same one.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// What the model may cost per account and UTC day, in millionths of a US dollar. A call that could cost more than
    /// what is left fails with `OverBudget` before it is sent. Without it nothing is limited; what was spent is logged
    /// in any case.
    pub fn daily_model_budget(mut self, micros: u64) -> Self {
        self.budget = Budget::per_day(micros);
        self
    }

    /// What reading and writing at Twitter may cost per account and UTC day, in millionths of a US dollar. A tweet that
    /// could cost more than what is left fails with `OverBudget` before it is sent. Without it nothing is limited.
    pub fn daily_twitter_budget(mut self, micros: u64) -> Self {
        self.twitter_budget = Some(micros);
        self
    }

    /// How long publishing waits, after an answer that was lost, before it looks whether the tweet is there: 3 s unless
    /// told, at most 20 s. X shows a new tweet a moment after it was made.
    pub fn publish_settle(mut self, wait: Duration) -> Self {
        self.settle = wait.min(Duration::from_secs(20));
        self
    }

    /// How long a worker that stopped without a word keeps an import to itself; 15 s unless told, at least 1 s.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease.max(Duration::from_secs(1));
        self
    }

    /// Checks the setup.
    ///
    /// # Errors
    /// `Config` (`workflow.no_store`) when no store is named.
    pub fn build(self) -> Result<Ghostwren> {
        let store = self.store.ok_or_else(|| {
            Error::new(ErrorKind::Config, "workflow.no_store", "the setup names no store")
                .with_remedy("Give the setup a store, such as a SQLite file.")
        })?;
        Ok(Ghostwren(Arc::new(Setup {
            store,
            model: self.model,
            budget: self.budget,
            lease: self.lease,
            twitter_budget: self.twitter_budget,
            settle: self.settle,
            corpora: CorpusCache::default(),
            clock: self.clock,
            logins: Logins::default(),
            twitter: self.twitter,
            keys: self.keys.map(OnceLock::from).unwrap_or_default(),
        })))
    }
}
