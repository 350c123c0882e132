//! What every [`Store`] must do, as cases that any test framework can run.
//! `imports` holds what concerns tweets on their way in, `reading` what comes out, `login` tokens, `publishing` the outbox,
//! `limits` cost and rate windows, `erasing` what goes, `walls` what other owners see, `records` the rest; `data` makes
//! the rows. Each case gets a new, empty store and never panics.

mod data;
mod erasing;
mod imports;
mod limits;
mod login;
mod publishing;
mod reading;
mod records;
mod walls;

use std::fmt;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::{Caller, Store};
use crate::error::{Error, ErrorKind, Result};

/// Why a case failed, in one sentence.
pub type CaseResult = Result<(), String>;

type Running = Pin<Box<dyn Future<Output = CaseResult> + Send>>;

/// A new, empty store, and two owners that it has never seen.
///
/// A store that keeps local owners apart by their names needs no more than itself; one that
/// [asks for proof](Store::asks_for_proof) gets two users who are logged in.
#[derive(Clone, Debug)]
pub struct Stage {
    store: Arc<dyn Store>,
    me: Caller,
    you: Caller,
}

impl Stage {
    /// A store with two local owners.
    ///
    /// # Errors
    /// Never.
    pub fn local(store: Arc<dyn Store>) -> Result<Self> {
        Ok(Self { store, me: Caller::local("me")?, you: Caller::local("you")? })
    }

    /// A store with two owners of its own kind.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, me: Caller, you: Caller) -> Self {
        Self { store, me, you }
    }
}

impl Deref for Stage {
    type Target = dyn Store;

    fn deref(&self) -> &Self::Target {
        self.store.as_ref()
    }
}

/// One promise of the trait.
#[derive(Clone, Copy)]
pub struct Case {
    /// Its name, in snake case.
    pub name: &'static str,
    run: fn(Stage) -> Running,
}

impl Case {
    /// Checks the promise on a new, empty store of local owners.
    ///
    /// # Errors
    /// What is wrong, in a sentence.
    pub async fn run(&self, store: Arc<dyn Store>) -> CaseResult {
        self.run_on(Stage::local(store).map_err(|error| error.to_string())?).await
    }

    /// Checks the promise on a stage.
    ///
    /// # Errors
    /// What is wrong, in a sentence.
    pub async fn run_on(&self, stage: Stage) -> CaseResult {
        (self.run)(stage).await
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Case").field(&self.name).finish()
    }
}

/// How a store did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The cases that passed.
    pub passed: Vec<&'static str>,
    /// The cases that failed, with the reason.
    pub failed: Vec<(&'static str, String)>,
}

impl Report {
    /// An error that names every case that failed.
    ///
    /// # Errors
    /// `Internal` (`store.not_conformant`) when one did.
    pub fn into_result(self) -> Result<()> {
        if self.failed.is_empty() {
            return Ok(());
        }
        let lines: Vec<String> = self.failed.iter().map(|(name, why)| format!("{name}: {why}")).collect();
        Err(Error::new(ErrorKind::Internal, "store.not_conformant", lines.join("; ")))
    }
}

/// Runs every case, each on a store that `make` makes.
///
/// ```
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
/// # runtime.block_on(async {
/// use std::sync::Arc;
/// use ghostwren::store::{SqliteStore, Store, conformance};
/// let make = || async { Ok(Arc::new(SqliteStore::in_memory()?) as Arc<dyn Store>) };
/// conformance::run(make).await.into_result()
/// # }).unwrap();
/// ```
pub async fn run<M, F>(make: M) -> Report
where
    M: Fn() -> F + Send + Sync,
    F: Future<Output = Result<Arc<dyn Store>>> + Send,
{
    run_on(|| {
        let store = make();
        async move { Stage::local(store.await?) }
    })
    .await
}

/// Runs every case, each on a stage that `make` makes: for a store whose callers must be logged in.
pub async fn run_on<M, F>(make: M) -> Report
where
    M: Fn() -> F + Send + Sync,
    F: Future<Output = Result<Stage>> + Send,
{
    let mut report = Report::default();
    for case in cases() {
        let outcome = match make().await {
            Ok(stage) => case.run_on(stage).await,
            Err(error) => Err(format!("no store could be made: {error}")),
        };
        match outcome {
            Ok(()) => report.passed.push(case.name),
            Err(why) => report.failed.push((case.name, why)),
        }
    }
    report
}

/// What only time shows, on a new, empty store: money that nobody settles counts as spent after an hour, and can be settled
/// for two days more. `pass` makes so much time pass for the store.
///
/// # Errors
/// What is wrong, in a sentence.
///
/// ```
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// use ghostwren::store::{Clock, SqliteStore, conformance};
/// use std::sync::Arc;
/// let clock = Clock::system();
/// let store = SqliteStore::options().clock(clock.clone()).open_in_memory().unwrap();
/// let pass = |time: std::time::Duration| {
///     clock.shift_ms(time.as_millis() as i64);
///     async { Ok(()) }
/// };
/// let stage = conformance::Stage::local(Arc::new(store)).unwrap();
/// conformance::money_left_behind(&stage, pass).await
/// # }).unwrap();
/// ```
pub async fn money_left_behind<F, Fut>(stage: &Stage, pass: F) -> CaseResult
where
    F: Fn(Duration) -> Fut + Send + Sync,
    Fut: Future<Output = Result<()>> + Send,
{
    limits::money_left_behind(stage, pass).await.map_err(|why| why.0)
}

macro_rules! cases {
    ($($module:ident::$name:ident),* $(,)?) => {
        /// All cases.
        #[must_use]
        pub fn cases() -> Vec<Case> {
            vec![$(Case { name: stringify!($name), run: |stage| Box::pin(async move {
                $module::$name(&stage).await.map_err(|why| why.0)
            }) }),*]
        }
    };
}

cases! {
    records::accounts_are_opened_once,
    records::an_account_keeps_its_twitter_user,
    walls::another_owner_sees_nothing,
    records::bad_input_is_refused,
    imports::a_page_counts_what_it_did,
    imports::values_come_back_exactly,
    imports::a_second_import_writes_nothing,
    imports::merges_keep_what_is_better,
    imports::older_sightings_change_no_count,
    imports::a_page_moves_the_checkpoint,
    imports::a_run_is_resumed_or_begun_anew,
    imports::only_the_newest_lease_writes,
    imports::threads_are_labelled,
    imports::circles_of_replies_end,
    reading::pages_hold_every_tweet_once,
    reading::pages_stay_while_rows_come_and_go,
    reading::counts_agree_with_pages,
    reading::search_finds_words_phrases_and_prefixes,
    reading::marks_are_kept,
    reading::totals_add_up,
    records::profiles_have_versions,
    records::drafts_change_state_once,
    records::spending_stays_within_the_limit,
    records::a_model_call_is_counted_once,
    records::an_open_model_call_is_completed_once,
    records::the_audit_log_is_append_only,
    records::sealed_values_are_kept,
    records::removed_values_are_gone,
    login::a_login_is_finished_once,
    login::a_callback_in_another_browser_takes_nothing,
    login::logins_expire_and_are_bounded,
    login::one_refresh_at_a_time,
    login::an_interrupted_refresh_is_told,
    login::a_new_token_outlives_its_lease,
    login::a_dead_token_waits_for_a_login,
    login::custody_shows_no_value_and_no_owner,
    limits::the_last_word_on_a_rate_window_wins,
    limits::reservations_are_settled_once,
    limits::a_page_settles_its_cost,
    limits::a_complete_import_moves_the_watermark,
    publishing::only_an_approved_draft_is_published,
    publishing::a_thread_is_recorded_tweet_by_tweet,
    publishing::the_entry_of_a_draft_is_found,
    publishing::an_interrupted_sending_is_told,
    publishing::what_is_in_doubt_is_resolved,
    publishing::what_is_given_up_frees_its_draft,
    erasing::erased_tweets_take_what_came_of_them,
    erasing::an_erased_account_is_gone,
    erasing::nothing_is_made_of_what_is_gone,
    erasing::deleted_tweets_are_marked_once,
    erasing::an_erased_draft_leaves_the_outbox,
}

/// Why a case stopped: an expectation that did not hold, or an error of the store.
struct Why(String);

impl From<Error> for Why {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}

type Checked<T = ()> = Result<T, Why>;

/// Holds, or the case has failed.
fn holds(condition: bool, what: &str) -> Checked {
    if condition { Ok(()) } else { Err(Why(format!("does not hold: {what}"))) }
}

fn same<T: PartialEq + fmt::Debug>(found: &T, wanted: &T, what: &str) -> Checked {
    if found == wanted { Ok(()) } else { Err(Why(format!("{what}: found {found:?}, wanted {wanted:?}"))) }
}

/// The call failed with this kind and code.
fn fails<T: fmt::Debug>(result: Result<T>, kind: ErrorKind, code: &str, what: &str) -> Checked {
    match result {
        Err(error) if error.kind() == kind && error.code() == code => Ok(()),
        Err(error) => Err(Why(format!("{what}: failed with {error} instead of {code}"))),
        Ok(value) => Err(Why(format!("{what}: gave {value:?} instead of {code}"))),
    }
}
