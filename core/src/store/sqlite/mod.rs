//! The store in one SQLite file: WAL, strict tables, versioned migrations, full-text search.
//! `worker` owns the threads and connections, `schema` opens and migrates, the other files hold the statements of one
//! part of the trait each. Every write is one transaction.

mod accounts;
mod all_tweets;
mod credentials;
mod erase;
mod fault;
mod imports;
mod ledger;
mod login;
mod options;
mod outbox;
mod pages;
mod pause;
mod schema;
mod style;
mod threads;
mod tweets;
mod value;
mod windows;
mod worker;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use serde_json::Value;

use self::fault::Fault;
pub use self::options::SqliteOptions;
pub use self::pause::Paused;
use self::worker::Lane;
use super::seal::SealingKeys;
use super::{
    AccountKey, Caller, Clock, Credential, CredentialAudit, DraftChange, DraftQuery, Erased, ImportPage, Lease,
    LoginState, NewImport, NewOutbox, Page, PageRequest, ProfileInput, RefreshOutcome, RefreshStep, SealedValue,
    Sending, SendingOutcome, SpendLimit, SpendReservation, Store, TweetMarks, TweetQuery, TweetTotals, check,
};
use crate::error::Result;
use crate::records::{
    AccountRecord, AiRun, AuditEvent, ContextTweet, Counts, Draft, Generation, Id, ImportEnd, ImportRun, ImportSource,
    OutboxEntry, OutboxResolution, ProfileRecord, RateWindowRecord, SpendRecord, Tweet, TweetList, TwitterUser,
};

/// A store in one SQLite file. Cheap to clone; several processes may use one file.
///
/// What a method reported is in the file: killing the process loses none of it. A power failure may take back the newest
/// writes, whole ones only; an import then goes on from the checkpoint that is left. Memory is bounded: three connections
/// with 24 MB of cache together, and queues of 32 calls. The work is done on threads of the store, so that any async
/// runtime will do; dropping a call's future neither stops nor halves a write that has begun. Dropping the last handle
/// waits for what has begun and closes the file.
///
/// ```
/// use ghostwren::store::{Caller, SqliteStore, Store};
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// let store = SqliteStore::in_memory()?;
/// let me = Caller::local("me")?;
/// let account = store.open_account(&me, "main".into()).await?;
/// assert_eq!(account.tweet_count, 0);
/// # Ok::<(), ghostwren::Error>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct SqliteStore {
    inner: Arc<Inner>,
}

struct Inner {
    path: Option<PathBuf>,
    clock: Clock,
    /// Those of a store in memory, which has no file for them.
    keys: Mutex<Option<Arc<SealingKeys>>>,
    // Readers are closed first: the last connection to close, which can write, empties the log.
    readers: Option<Lane>,
    writer: Lane,
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("path", &self.inner.path).finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens the file, or makes it when there is none (its folder must exist).
    ///
    /// # Errors
    /// As [`SqliteOptions::open`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        SqliteOptions::default().open(path)
    }

    /// A store that is gone when its last handle is dropped.
    ///
    /// # Errors
    /// As [`SqliteOptions::open_in_memory`].
    pub fn in_memory() -> Result<Self> {
        SqliteOptions::default().open_in_memory()
    }

    /// How the store is opened, to be changed.
    pub fn options() -> SqliteOptions {
        SqliteOptions::default()
    }

    /// The file; `None` for a store in memory.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.inner.path.as_deref()
    }

    fn start(path: Option<PathBuf>, writer: Connection, readers: Vec<Connection>, clock: Clock) -> Result<Self> {
        let writer = Lane::start("ghostwren-store-write", vec![writer])?;
        let readers = if readers.is_empty() { None } else { Some(Lane::start("ghostwren-store-read", readers)?) };
        Ok(Self { inner: Arc::new(Inner { path, clock, keys: Mutex::default(), readers, writer }) })
    }

    /// Reads in one snapshot.
    async fn read<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T> {
        self.inner
            .readers
            .as_ref()
            .unwrap_or(&self.inner.writer)
            .run(operation, move |connection| {
                let snapshot = connection.transaction()?;
                work(&snapshot)
            })
            .await
    }

    /// Writes in one transaction, which takes the lock at its beginning: it cannot fail half way for a lock.
    async fn write<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T> {
        self.inner.writer.run(operation, move |connection| transact(connection, work)).await
    }
}

fn transact<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let value = work(&transaction)?;
    transaction.commit()?;
    Ok(value)
}

#[async_trait]
impl Store for SqliteStore {
    async fn open_account(&self, caller: &Caller, label: String) -> Result<AccountRecord> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        self.write("open_account", move |c| accounts::open(c, &caller, &label, clock.now())).await
    }

    async fn account(&self, caller: &Caller, account: Id) -> Result<AccountRecord> {
        let caller = caller.clone();
        self.read("account", move |c| accounts::account(c, &caller, account)).await
    }

    async fn accounts(&self, caller: &Caller) -> Result<Vec<AccountRecord>> {
        let caller = caller.clone();
        self.read("accounts", move |c| accounts::accounts(c, &caller)).await
    }

    async fn bind_account(&self, caller: &Caller, account: Id, user: TwitterUser) -> Result<AccountRecord> {
        let caller = caller.clone();
        self.write("bind_account", move |c| accounts::bind(c, &caller, account, &user)).await
    }

    async fn begin_import(&self, caller: &Caller, import: NewImport, lease: Duration) -> Result<(ImportRun, Lease)> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        self.write("begin_import", move |c| imports::begin(c, &caller, &import, lease, clock.now())).await
    }

    async fn renew_import(&self, caller: &Caller, lease: Lease, extend: Duration) -> Result<Lease> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        self.write("renew_import", move |c| imports::renew(c, &caller, &lease, extend, clock.now())).await
    }

    async fn import_page(&self, caller: &Caller, lease: Lease, page: ImportPage) -> Result<Counts> {
        check::import_page(&page)?;
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        let work = move |connection: &mut Connection| {
            // Hashing and sorting before the lock is taken.
            let page = pages::Ready::new(page, clock.now())?;
            transact(connection, |c| pages::import(c, &caller, &lease, &page, clock.now()))
        };
        self.inner.writer.run("import_page", work).await
    }

    async fn finish_import(&self, caller: &Caller, lease: Lease, end: ImportEnd) -> Result<ImportRun> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        self.write("finish_import", move |c| imports::finish(c, &caller, &lease, &end, clock.now())).await
    }

    async fn latest_watermark(
        &self,
        caller: &Caller,
        account: Id,
        source: ImportSource,
        source_key: String,
    ) -> Result<Option<String>> {
        let caller = caller.clone();
        self.read("latest_watermark", move |c| imports::latest_watermark(c, &caller, account, source, &source_key))
            .await
    }

    async fn imports(&self, caller: &Caller, account: Id) -> Result<Vec<ImportRun>> {
        let caller = caller.clone();
        self.read("imports", move |c| imports::list(c, &caller, account)).await
    }

    async fn tweets(&self, caller: &Caller, account: Id, query: TweetQuery, page: PageRequest) -> Result<Page<Tweet>> {
        let caller = caller.clone();
        self.read("tweets", move |c| tweets::page(c, &caller, account, &query, &page)).await
    }

    async fn all_tweets(&self, caller: &Caller, account: Id, query: TweetQuery) -> Result<TweetList> {
        self.halves(caller, account, query).await
    }

    async fn count_tweets(&self, caller: &Caller, account: Id, query: TweetQuery) -> Result<u64> {
        let caller = caller.clone();
        self.read("count_tweets", move |c| tweets::count(c, &caller, account, &query)).await
    }

    async fn tweet_totals(&self, caller: &Caller, account: Id) -> Result<TweetTotals> {
        let caller = caller.clone();
        self.read("tweet_totals", move |c| tweets::totals(c, &caller, account)).await
    }

    async fn tweets_by_id(&self, caller: &Caller, account: Id, ids: Vec<String>) -> Result<Vec<Tweet>> {
        let caller = caller.clone();
        self.read("tweets_by_id", move |c| tweets::by_id(c, &caller, account, &ids)).await
    }

    async fn context_tweets(&self, caller: &Caller, account: Id, ids: Vec<String>) -> Result<Vec<ContextTweet>> {
        let caller = caller.clone();
        self.read("context_tweets", move |c| tweets::context(c, &caller, account, &ids)).await
    }

    async fn mark_tweets(&self, caller: &Caller, account: Id, ids: Vec<String>, marks: TweetMarks) -> Result<u64> {
        let caller = caller.clone();
        self.write("mark_tweets", move |c| tweets::mark(c, &caller, account, &ids, &marks)).await
    }

    async fn save_profile(&self, caller: &Caller, account: Id, profile: ProfileInput) -> Result<ProfileRecord> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        self.write("save_profile", move |c| style::save_profile(c, &caller, account, profile, clock.now())).await
    }

    async fn latest_profile(
        &self,
        caller: &Caller,
        account: Id,
        corpus_hash: Option<String>,
    ) -> Result<Option<ProfileRecord>> {
        let caller = caller.clone();
        self.read("latest_profile", move |c| style::latest_profile(c, &caller, account, corpus_hash.as_deref())).await
    }

    async fn save_generation(&self, caller: &Caller, generation: Generation, drafts: Vec<Draft>) -> Result<()> {
        let caller = caller.clone();
        self.write("save_generation", move |c| style::save_generation(c, &caller, &generation, &drafts)).await
    }

    async fn generation(&self, caller: &Caller, generation: Id) -> Result<Generation> {
        let caller = caller.clone();
        self.read("generation", move |c| style::generation(c, &caller, generation)).await
    }

    async fn generations(&self, caller: &Caller, account: Id, page: PageRequest) -> Result<Page<Generation>> {
        let caller = caller.clone();
        self.read("generations", move |c| style::generations(c, &caller, account, &page)).await
    }

    async fn drafts(&self, caller: &Caller, account: Id, query: DraftQuery, page: PageRequest) -> Result<Page<Draft>> {
        let caller = caller.clone();
        self.read("drafts", move |c| style::drafts(c, &caller, account, &query, &page)).await
    }

    async fn draft(&self, caller: &Caller, draft: Id) -> Result<Draft> {
        let caller = caller.clone();
        self.read("draft", move |c| style::draft(c, &caller, draft)).await
    }

    async fn change_draft(&self, caller: &Caller, draft: Id, change: DraftChange) -> Result<Draft> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        self.write("change_draft", move |c| style::change_draft(c, &caller, draft, &change, clock.now())).await
    }

    async fn put_outbox(&self, caller: &Caller, entry: NewOutbox) -> Result<OutboxEntry> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        self.write("put_outbox", move |c| outbox::put(c, &caller, &entry, clock.now())).await
    }

    async fn begin_sending(&self, caller: &Caller, entry: Id, lease: Duration) -> Result<Sending> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        self.write("begin_sending", move |c| outbox::begin(c, &caller, entry, lease, clock.now())).await
    }

    async fn record_sending(&self, caller: &Caller, entry: Id, fence: u64) -> Result<OutboxEntry> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        self.write("record_sending", move |c| outbox::record_sending(c, &caller, entry, fence, clock.now())).await
    }

    async fn record_posted(
        &self,
        caller: &Caller,
        entry: Id,
        fence: u64,
        position: u32,
        tweet_id: String,
    ) -> Result<OutboxEntry> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        let work = move |c: &Transaction<'_>| {
            outbox::record_posted(c, &caller, entry, fence, position, &tweet_id, clock.now())
        };
        self.write("record_posted", work).await
    }

    async fn end_sending(
        &self,
        caller: &Caller,
        entry: Id,
        fence: u64,
        outcome: SendingOutcome,
    ) -> Result<OutboxEntry> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        self.write("end_sending", move |c| outbox::end(c, &caller, entry, fence, &outcome, clock.now())).await
    }

    async fn resolve_outbox(&self, caller: &Caller, entry: Id, resolution: OutboxResolution) -> Result<OutboxEntry> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        self.write("resolve_outbox", move |c| outbox::resolve(c, &caller, entry, &resolution, clock.now())).await
    }

    async fn outbox_entry(&self, caller: &Caller, entry: Id) -> Result<OutboxEntry> {
        let caller = caller.clone();
        self.read("outbox_entry", move |c| outbox::entry(c, &caller, entry)).await
    }

    async fn outbox_of_draft(&self, caller: &Caller, account: Id, draft: Id) -> Result<Option<OutboxEntry>> {
        let caller = caller.clone();
        self.read("outbox_of_draft", move |c| outbox::of_draft(c, &caller, account, draft)).await
    }

    async fn outbox(&self, caller: &Caller, account: Id, page: PageRequest) -> Result<Page<OutboxEntry>> {
        let caller = caller.clone();
        self.read("outbox", move |c| outbox::list(c, &caller, account, &page)).await
    }

    async fn log_ai_run(&self, caller: &Caller, run: AiRun, reservation: Option<Id>) -> Result<()> {
        let caller = caller.clone();
        self.write("log_ai_run", move |c| ledger::log_ai_run(c, &caller, &run, reservation)).await
    }

    async fn ai_runs(&self, caller: &Caller, account: Id, page: PageRequest) -> Result<Page<AiRun>> {
        let caller = caller.clone();
        self.read("ai_runs", move |c| ledger::ai_runs(c, &caller, account, &page)).await
    }

    async fn reserve_spend(&self, caller: &Caller, account: Id, limit: SpendLimit) -> Result<SpendReservation> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        self.write("reserve_spend", move |c| ledger::reserve(c, &caller, account, &limit, clock.now())).await
    }

    async fn settle_spend(&self, caller: &Caller, account: Id, reservation: Id, actual_micros: u64) -> Result<bool> {
        let caller = caller.clone();
        let work = move |c: &Transaction<'_>| ledger::settle_spend(c, &caller, account, reservation, actual_micros);
        self.write("settle_spend", work).await
    }

    async fn spend(&self, caller: &Caller, account: Id) -> Result<Vec<SpendRecord>> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        self.read("spend", move |c| ledger::spend(c, &caller, account, clock.now())).await
    }

    async fn save_rate_windows(&self, caller: &Caller, account: Id, windows: Vec<RateWindowRecord>) -> Result<()> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        self.write("save_rate_windows", move |c| windows::save(c, &caller, account, &windows, clock.now())).await
    }

    async fn rate_windows(&self, caller: &Caller, account: Id) -> Result<Vec<RateWindowRecord>> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        self.read("rate_windows", move |c| windows::list(c, &caller, account, clock.now())).await
    }

    async fn audit(&self, caller: &Caller, account: Id, action: String, facts: Value) -> Result<()> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        self.write("audit", move |c| ledger::audit(c, &caller, account, &action, &facts, clock.now())).await
    }

    async fn audit_log(&self, caller: &Caller, account: Id, page: PageRequest) -> Result<Page<AuditEvent>> {
        let caller = caller.clone();
        self.read("audit_log", move |c| ledger::audit_log(c, &caller, account, &page)).await
    }

    async fn put_login_state(&self, caller: &Caller, state: LoginState, lifetime: Duration) -> Result<DateTime<Utc>> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        self.write("put_login_state", move |c| login::put(c, &caller, &state, lifetime, clock.now())).await
    }

    async fn take_login_state(&self, caller: &Caller, state_hash: String, binding_hash: String) -> Result<LoginState> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        let work = move |c: &Transaction<'_>| login::take(c, &caller, &state_hash, &binding_hash, clock.now());
        self.write("take_login_state", work).await
    }

    async fn put_sealed(&self, caller: &Caller, account: Id, name: String, value: SealedValue) -> Result<()> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        let work = move |c: &Transaction<'_>| credentials::put_sealed(c, &caller, account, &name, &value, clock.now());
        self.write("put_sealed", work).await
    }

    fn default_keys(&self) -> Result<Arc<SealingKeys>> {
        let Some(path) = &self.inner.path else {
            // As long as the rows that they seal.
            let mut keys = self.inner.keys.lock().unwrap_or_else(PoisonError::into_inner);
            if keys.is_none() {
                *keys = Some(Arc::new(SealingKeys::random()?));
            }
            return keys.clone().ok_or_else(super::seal::no_keys);
        };
        SealingKeys::beside(path).map(Arc::new)
    }

    async fn remove_sealed(&self, caller: &Caller, account: Id, name: String) -> Result<bool> {
        let caller = caller.clone();
        self.write("remove_sealed", move |c| credentials::remove_sealed(c, &caller, account, &name)).await
    }

    async fn replace_sealed(
        &self,
        caller: &Caller,
        account: Id,
        name: String,
        old: SealedValue,
        new: SealedValue,
    ) -> Result<bool> {
        let caller = caller.clone();
        self.write("replace_sealed", move |c| credentials::replace_sealed(c, &caller, account, &name, &old, &new)).await
    }

    async fn sealed(&self, caller: &Caller, account: Id, name: String) -> Result<Option<SealedValue>> {
        let caller = caller.clone();
        self.read("sealed", move |c| credentials::sealed(c, &caller, account, &name)).await
    }

    async fn sealed_names(&self, caller: &Caller) -> Result<Vec<(AccountKey, String)>> {
        let caller = caller.clone();
        self.read("sealed_names", move |c| credentials::sealed_names(c, &caller)).await
    }

    async fn credential(&self, caller: &Caller, account: Id, name: String) -> Result<Option<Credential>> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        self.read("credential", move |c| credentials::credential(c, &caller, account, &name, clock.now())).await
    }

    async fn custody(&self, page: PageRequest) -> Result<Page<CredentialAudit>> {
        self.read("custody", move |c| credentials::custody(c, &page)).await
    }

    async fn begin_refresh(&self, caller: &Caller, account: Id, name: String, lease: Duration) -> Result<RefreshStep> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        let work =
            move |c: &Transaction<'_>| credentials::begin_refresh(c, &caller, account, &name, lease, clock.now());
        self.write("begin_refresh", work).await
    }

    async fn end_refresh(
        &self,
        caller: &Caller,
        account: Id,
        name: String,
        fence: u64,
        outcome: RefreshOutcome,
    ) -> Result<()> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        let work = move |c: &Transaction<'_>| {
            credentials::end_refresh(c, &caller, account, &name, fence, &outcome, clock.now())
        };
        self.write("end_refresh", work).await
    }

    async fn mark_deleted(&self, caller: &Caller, account: Id, ids: Vec<String>, at: DateTime<Utc>) -> Result<Erased> {
        let (caller, now) = (caller.clone(), self.inner.clock.now());
        let work = move |connection: &mut Connection| {
            let erased = transact(connection, |c| erase::mark_deleted(c, &caller, account, &ids, at, now));
            erase::scrub(connection)?;
            erased
        };
        self.inner.writer.run("mark_deleted", work).await
    }

    async fn erase_tweets(&self, caller: &Caller, account: Id, ids: Vec<String>) -> Result<Erased> {
        let (caller, now) = (caller.clone(), self.inner.clock.now());
        let work = move |connection: &mut Connection| {
            let erased = transact(connection, |c| erase::tweets(c, &caller, account, &ids, now));
            // Also when there is nothing left to erase: an earlier call may not have come to its end.
            erase::scrub(connection)?;
            erased
        };
        self.inner.writer.run("erase_tweets", work).await
    }

    async fn erase_account(&self, caller: &Caller, account: Id) -> Result<Erased> {
        let (caller, now) = (caller.clone(), self.inner.clock.now());
        let work = move |connection: &mut Connection| {
            let erased = transact(connection, |c| erase::account(c, &caller, account, now));
            erase::scrub(connection)?;
            erased
        };
        self.inner.writer.run("erase_account", work).await
    }
}
