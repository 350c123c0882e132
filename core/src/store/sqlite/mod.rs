//! The store in one SQLite file: WAL, strict tables, versioned migrations, full-text search.
//! `worker` owns the threads and connections, `schema` opens and migrates, the other files hold the statements of one
//! part of the trait each. Every write is one transaction.

mod accounts;
mod erase;
mod fault;
mod imports;
mod ledger;
mod pages;
mod schema;
mod style;
mod threads;
mod tweets;
mod value;
mod worker;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use serde_json::Value;

use self::fault::{Fault, settle};
use self::schema::Place;
use self::worker::Lane;
use super::{
    AccountKey, Caller, Clock, DraftChange, DraftQuery, Erased, ImportPage, Lease, NewImport, Page, PageRequest,
    ProfileInput, SealedValue, SpendLimit, SpendReservation, Store, TweetMarks, TweetQuery, TweetTotals, check,
};
use crate::error::Result;
use crate::records::{
    AccountRecord, AiRun, AuditEvent, ContextTweet, Counts, Draft, Generation, Id, ImportEnd, ImportRun, ProfileRecord,
    SpendRecord, Tweet, TwitterUser,
};

/// Threads that read at the same time, beside the one that writes.
const READERS: usize = 2;

/// How a [`SqliteStore`] is opened.
#[derive(Clone, Debug)]
#[must_use]
pub struct SqliteOptions {
    busy_timeout: Duration,
    max_pages: Option<u32>,
    clock: Clock,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self { busy_timeout: Duration::from_secs(10), max_pages: None, clock: Clock::system() }
    }
}

impl SqliteOptions {
    /// How long a write waits for another process before it fails with `store.locked`; 10 s if not set.
    pub fn busy_timeout(mut self, wait: Duration) -> Self {
        self.busy_timeout = wait;
        self
    }

    /// The most pages of 4 KiB that the file may have; more is `store.disk_full`. No limit if not set.
    pub fn max_pages(mut self, pages: u32) -> Self {
        self.max_pages = Some(pages);
        self
    }

    /// What the store takes for the time; the system's clock if not set.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Opens the file, or makes it when there is none (its folder must exist).
    ///
    /// # Errors
    /// `Config` for a file that is not ours (`store.not_ours`) or was made by a newer version (`store.newer_schema`);
    /// `Storage` for what is no database (`store.not_a_database`), cannot be opened or written, or is locked.
    pub fn open(self, path: impl AsRef<Path>) -> Result<SqliteStore> {
        let path = path.as_ref();
        let start = || {
            let writer = schema::writer(&Place::File(path), &self)?;
            // An erase that was cut short is finished first; where that fails again it stays owed.
            let _ = erase::scrub(&writer);
            let readers = (0..READERS).map(|_| schema::reader(path, &self)).collect::<Result<Vec<_>, Fault>>()?;
            Ok((writer, readers))
        };
        let (writer, readers) = start().map_err(|fault| settle(fault, "open"))?;
        SqliteStore::start(Some(path.to_owned()), writer, readers, self.clock)
    }

    /// Opens a store that is gone when its last handle is dropped.
    ///
    /// # Errors
    /// `Storage` when no memory can be had.
    pub fn open_in_memory(self) -> Result<SqliteStore> {
        let writer = schema::writer(&Place::Memory, &self).map_err(|fault| settle(fault, "open"))?;
        SqliteStore::start(None, writer, Vec::new(), self.clock)
    }
}

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
        Ok(Self { inner: Arc::new(Inner { path, clock, readers, writer }) })
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
            let page = pages::Ready::new(page)?;
            transact(connection, |c| pages::import(c, &caller, &lease, &page, clock.now()))
        };
        self.inner.writer.run("import_page", work).await
    }

    async fn finish_import(&self, caller: &Caller, lease: Lease, end: ImportEnd) -> Result<ImportRun> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        self.write("finish_import", move |c| imports::finish(c, &caller, &lease, &end, clock.now())).await
    }

    async fn imports(&self, caller: &Caller, account: Id) -> Result<Vec<ImportRun>> {
        let caller = caller.clone();
        self.read("imports", move |c| imports::list(c, &caller, account)).await
    }

    async fn tweets(&self, caller: &Caller, account: Id, query: TweetQuery, page: PageRequest) -> Result<Page<Tweet>> {
        let caller = caller.clone();
        self.read("tweets", move |c| tweets::page(c, &caller, account, &query, &page)).await
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

    async fn spend(&self, caller: &Caller, account: Id) -> Result<Vec<SpendRecord>> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        self.read("spend", move |c| ledger::spend(c, &caller, account, clock.now())).await
    }

    async fn audit(&self, caller: &Caller, account: Id, action: String, facts: Value) -> Result<()> {
        let (caller, clock) = (caller.clone(), self.inner.clock.clone());
        self.write("audit", move |c| ledger::audit(c, &caller, account, &action, &facts, clock.now())).await
    }

    async fn audit_log(&self, caller: &Caller, account: Id, page: PageRequest) -> Result<Page<AuditEvent>> {
        let caller = caller.clone();
        self.read("audit_log", move |c| ledger::audit_log(c, &caller, account, &page)).await
    }

    async fn put_sealed(&self, caller: &Caller, account: Id, name: String, value: SealedValue) -> Result<()> {
        let caller = caller.clone();
        self.write("put_sealed", move |c| ledger::put_sealed(c, &caller, account, &name, &value)).await
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
        self.write("replace_sealed", move |c| ledger::replace_sealed(c, &caller, account, &name, &old, &new)).await
    }

    async fn sealed(&self, caller: &Caller, account: Id, name: String) -> Result<Option<SealedValue>> {
        let caller = caller.clone();
        self.read("sealed", move |c| ledger::sealed(c, &caller, account, &name)).await
    }

    async fn sealed_names(&self, caller: &Caller) -> Result<Vec<(AccountKey, String)>> {
        let caller = caller.clone();
        self.read("sealed_names", move |c| ledger::sealed_names(c, &caller)).await
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
