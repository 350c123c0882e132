use std::sync::Arc;
use std::time::Duration;

use super::budget::Budget;
use super::corpus::CorpusCache;
use super::user::{Identity, User};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Model;
use crate::store::Store;

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
    pub(super) corpora: CorpusCache,
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
                .with_remedy("Give the builder a model, such as `.model(OpenAi::from_env()?)`.")
        })
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
}

impl Default for GhostwrenBuilder {
    fn default() -> Self {
        Self { store: None, model: None, budget: Budget::default(), lease: Duration::from_secs(15) }
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

    /// What the model may cost per account and UTC day, in millionths of a US dollar. A call that could cost more than
    /// what is left fails with `OverBudget` before it is sent. Without it nothing is limited; what was spent is logged
    /// in any case.
    pub fn daily_model_budget(mut self, micros: u64) -> Self {
        self.budget = Budget::per_day(micros);
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
                .with_remedy("Give the builder a store, such as `.store(SqliteStore::open(\"ghostwren.db\")?)`.")
        })?;
        Ok(Ghostwren(Arc::new(Setup {
            store,
            model: self.model,
            budget: self.budget,
            lease: self.lease,
            corpora: CorpusCache::default(),
        })))
    }
}
