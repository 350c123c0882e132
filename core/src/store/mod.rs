//! Where the data lives: the trait [`Store`], the values its methods take, and the stores that come with the SDK.
//!
//! Each method but [`Store::all_tweets`] is one atomic step with owned arguments, so that it can be one SQL function on a
//! server or one message to another process ([`wire`]). The workflow does not know which store it runs on.

mod caller;
#[cfg_attr(
    not(any(feature = "sqlite", feature = "supabase")),
    allow(dead_code, reason = "used by the stores that come with the SDK")
)]
mod check;
mod clock;
#[cfg(feature = "sandbox")]
pub mod conformance;
#[cfg(any(feature = "sqlite", feature = "supabase"))]
mod lease;
mod login;
mod merge;
mod objects;
#[cfg(any(feature = "sqlite", feature = "supabase"))]
mod prepare;
mod query;
pub mod seal;
mod sending;
#[cfg(feature = "sqlite")]
mod sqlite;
mod step;
#[cfg(feature = "supabase")]
mod supabase;
pub mod wire;

pub use caller::Caller;
pub use clock::Clock;
pub use login::{Credential, CredentialAudit, LoginAccount, LoginState, NeedsLogin, RefreshOutcome, RefreshStep};
pub use merge::{content_hash, merge};
pub use objects::{FileAddress, NewObject, ObjectStore, StoredFile};
pub use query::{DraftQuery, Order, Page, PageRequest, TweetQuery};
pub use sending::{NewOutbox, Sending, SendingOutcome};
#[cfg(feature = "sqlite")]
pub use sqlite::{Paused, SqliteOptions, SqliteStore};
pub use step::{
    AccountKey, DraftChange, Erased, ImportPage, Lease, NewImport, ProfileInput, SealedValue, SpendLimit,
    SpendReservation, TweetMarks, TweetTotals,
};
#[cfg(feature = "supabase")]
pub use supabase::{
    DelegatedRun, Job, JobState, NewJob, RunAction, RunEnd, RunLease, StoredSession, SupabaseStore, TokenStore, doctor,
};

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::error::Result;
use crate::records::{
    AccountRecord, AiRun, AuditEvent, ContextTweet, Counts, Draft, Generation, Id, ImportEnd, ImportRun, ImportSource,
    OutboxEntry, OutboxResolution, ProfileRecord, RateWindowRecord, SpendRecord, Tweet, TweetList, TwitterUser,
};

/// A place that keeps the data of many owners apart.
///
/// Every method but [`custody`](Store::custody) takes the [`Caller`] first and sees nothing but what that caller owns: an id of somebody else is
/// `NotFound` (or an empty list), exactly as an id that does not exist. Every method is all or nothing.
///
/// # Errors
/// Beside what each method names: `Storage` when the disk or the database fails (`store.disk_full`, `store.locked`,
/// `store.corrupt`, …), `Connect`, `Timeout` and `Server` for stores on a network.
#[async_trait]
pub trait Store: Send + Sync + Debug {
    /// Whether every caller must be a user whose token the store (or what is behind it) checks. Where it is `false`, as it is
    /// unless said otherwise, the store believes who the caller says it is: such a caller is made only by the application.
    fn asks_for_proof(&self) -> bool {
        false
    }

    /// Where the store keeps files; `None`, as it is unless said otherwise, where it keeps rows alone.
    fn objects(&self) -> Option<&dyn ObjectStore> {
        None
    }

    // Accounts

    /// The account that the caller opened under this label, made if there is none.
    async fn open_account(&self, caller: &Caller, label: String) -> Result<AccountRecord>;

    /// One account of the caller. `NotFound` (`store.no_account`) otherwise.
    async fn account(&self, caller: &Caller, account: Id) -> Result<AccountRecord>;

    /// All accounts of the caller, oldest first.
    async fn accounts(&self, caller: &Caller) -> Result<Vec<AccountRecord>>;

    /// Binds the account to a Twitter user, or refreshes the user's name when it is bound to the same.
    /// `Conflict` (`account.other_twitter_user`) when it is bound to another user.
    async fn bind_account(&self, caller: &Caller, account: Id, user: TwitterUser) -> Result<AccountRecord>;

    // Imports

    /// Begins an import, or takes over the unfinished one with the same source and key, and leases it.
    /// The lease's fence is larger than every fence before. `Conflict` (`import.running`, with `retry_at`) while
    /// somebody else's lease on it still holds. An ended run (`Complete`, `Incomplete`, `ReachedLimit`) is not resumed:
    /// a new one begins.
    async fn begin_import(&self, caller: &Caller, import: NewImport, lease: Duration) -> Result<(ImportRun, Lease)>;

    /// Extends the lease. `LeaseLost` (`import.lease_lost`) when a larger fence exists or the run has ended.
    async fn renew_import(&self, caller: &Caller, lease: Lease, extend: Duration) -> Result<Lease>;

    /// Stores one page of tweets, moves the checkpoint, settles what the page cost and extends the lease, in one step.
    /// Unchanged rows are not written; the longest body wins, the counts that were seen last win, a preview never
    /// overwrites a full text, an owner's labels and exclusion stay, `deleted_at` once set stays (see [`merge()`]). A tweet
    /// that stands twice in a page counts once. `LeaseLost` when the fence is not the newest: nothing of the page is
    /// stored then, and what it cost is still to be settled, with [`Store::settle_spend`].
    ///
    /// A lease has one writer, who gives the pages one after the other in the order of the source, so that the
    /// checkpoint only ever moves over an unbroken row of pages. Fetching may overlap with storing; the pages of a
    /// timeline form a chain, each naming the next, so that none can come before the one before it.
    async fn import_page(&self, caller: &Caller, lease: Lease, page: ImportPage) -> Result<Counts>;

    /// Ends an import, labels the threads of the account, and gives the run as it stands. `LeaseLost` as above.
    async fn finish_import(&self, caller: &Caller, lease: Lease, end: ImportEnd) -> Result<ImportRun>;

    /// The newest tweet that an import of this source and key has shown, among those that came to their end
    /// (`Complete`, `Incomplete`, `ReachedLimit`): the `since_id` of the next one.
    async fn latest_watermark(
        &self,
        caller: &Caller,
        account: Id,
        source: ImportSource,
        source_key: String,
    ) -> Result<Option<String>>;

    /// The newest 1,000 imports of an account, newest first.
    async fn imports(&self, caller: &Caller, account: Id) -> Result<Vec<ImportRun>>;

    // Tweets

    /// A page of tweets.
    async fn tweets(&self, caller: &Caller, account: Id, query: TweetQuery, page: PageRequest) -> Result<Page<Tweet>>;

    /// Every tweet that matches, as [`Store::tweets`] would give them page by page, which it does unless a store has a shorter
    /// way. The one method that is no single step: what comes or goes meanwhile may be there or not. A list is made by collecting
    /// tweets, or by [`TweetList::push`], which copies nothing else than texts.
    async fn all_tweets(&self, caller: &Caller, account: Id, query: TweetQuery) -> Result<TweetList> {
        let mut tweets = TweetList::new();
        let mut request = PageRequest::first(check::LONGEST_PAGE);
        loop {
            let page = self.tweets(caller, account, query.clone(), request).await?;
            tweets.extend(page.items);
            match page.next {
                Some(next) => request = PageRequest::after(check::LONGEST_PAGE, next),
                None => return Ok(tweets),
            }
        }
    }

    /// How many tweets match.
    async fn count_tweets(&self, caller: &Caller, account: Id, query: TweetQuery) -> Result<u64>;

    /// How many tweets of each kind, language and so on there are, deleted ones counted apart.
    async fn tweet_totals(&self, caller: &Caller, account: Id) -> Result<TweetTotals>;

    /// The tweets with these ids that exist, in the order asked; at most 1,000 ids.
    async fn tweets_by_id(&self, caller: &Caller, account: Id, ids: Vec<String>) -> Result<Vec<Tweet>>;

    /// Somebody else's texts that own tweets quote or answer, by id; at most 1,000 ids.
    async fn context_tweets(&self, caller: &Caller, account: Id, ids: Vec<String>) -> Result<Vec<ContextTweet>>;

    /// Excludes tweets from the style or labels them; gives how many rows changed. At most 1,000 ids.
    async fn mark_tweets(&self, caller: &Caller, account: Id, ids: Vec<String>, marks: TweetMarks) -> Result<u64>;

    // Style

    /// Keeps a style profile under the next version of the account. `Conflict` (`store.tweets_gone`) when a tweet of its
    /// corpus is not there or is deleted, so that nothing is kept of what was erased while it was made.
    async fn save_profile(&self, caller: &Caller, account: Id, profile: ProfileInput) -> Result<ProfileRecord>;

    /// The newest profile, or the newest with this corpus hash.
    async fn latest_profile(
        &self,
        caller: &Caller,
        account: Id,
        corpus_hash: Option<String>,
    ) -> Result<Option<ProfileRecord>>;

    // Drafts

    /// Keeps a generation with its drafts; one whose id is there already changes nothing. `Conflict`
    /// (`store.tweets_gone`) when a tweet that was shown as an example is not there or is deleted.
    async fn save_generation(&self, caller: &Caller, generation: Generation, drafts: Vec<Draft>) -> Result<()>;

    /// A generation of the caller. `NotFound` (`store.no_generation`) otherwise.
    async fn generation(&self, caller: &Caller, generation: Id) -> Result<Generation>;

    /// A page of generations, newest first.
    async fn generations(&self, caller: &Caller, account: Id, page: PageRequest) -> Result<Page<Generation>>;

    /// A page of drafts, newest first.
    async fn drafts(&self, caller: &Caller, account: Id, query: DraftQuery, page: PageRequest) -> Result<Page<Draft>>;

    /// One draft of the caller. `NotFound` (`store.no_draft`) otherwise.
    async fn draft(&self, caller: &Caller, draft: Id) -> Result<Draft>;

    /// Changes a draft that is still in the state that the change expects. `Conflict` (`draft.state`) otherwise. With
    /// another text or state than approved, an entry of the outbox that waits to be sent fails with `draft.changed`;
    /// `Conflict` (`draft.publishing`) when something of it may be on Twitter already, also of one that failed half-way,
    /// until it was posted or given up.
    async fn change_draft(&self, caller: &Caller, draft: Id, change: DraftChange) -> Result<Draft>;

    // Publishing

    /// Keeps what is to be published, before anything is sent. A draft must be approved (`Conflict`, `draft.state`) and
    /// have no other entry (`Conflict`, `outbox.already`), unless that failed before anything of it was tweeted or was given
    /// up. An
    /// entry whose id is there already is given back as it stands.
    async fn put_outbox(&self, caller: &Caller, entry: NewOutbox) -> Result<OutboxEntry>;

    /// Leases an entry to be sent, with a fence larger than every one before. `Conflict` (`outbox.sending`, with
    /// `retry_at`) while somebody else's lease on it holds, (`outbox.posted`) when it was posted, (`outbox.failed`) when
    /// it failed before anything of it was tweeted, (`outbox.ended`) when its owner gave it up, (`draft.state`) when its draft
    /// is approved no more; half a thread that failed may be gone on with.
    async fn begin_sending(&self, caller: &Caller, entry: Id, lease: Duration) -> Result<Sending>;

    /// Records that the next tweet of the thread is sent now, and extends the lease by its length. The time stays that of the
    /// first such call until the tweet is recorded, or until the attempt ends with nothing in doubt. `LeaseLost`
    /// (`outbox.lease_lost`) when a larger fence exists or the attempt has ended.
    async fn record_sending(&self, caller: &Caller, entry: Id, fence: u64) -> Result<OutboxEntry>;

    /// Records that one tweet of the thread is on Twitter, and extends the lease by its length. The position counts from
    /// 0 and is that of the next tweet; `Conflict` (`outbox.position`) otherwise, but the same id at the same position
    /// may be recorded again. `LeaseLost` (`outbox.lease_lost`) when a larger fence exists or the attempt has ended.
    async fn record_posted(
        &self,
        caller: &Caller,
        entry: Id,
        fence: u64,
        position: u32,
        tweet_id: String,
    ) -> Result<OutboxEntry>;

    /// Ends an attempt. `Posted` sets the draft to `published` in the same step and is a `Conflict`
    /// (`outbox.not_posted`) while a tweet of the thread is not recorded. `LeaseLost` as above.
    async fn end_sending(&self, caller: &Caller, entry: Id, fence: u64, outcome: SendingOutcome)
    -> Result<OutboxEntry>;

    /// Does what the owner says of an entry that cannot go on by itself; saying it again changes nothing. `Conflict`
    /// (`outbox.sending`, with `retry_at`) while somebody sends it, (`outbox.posted`) when all of it is on Twitter,
    /// (`outbox.not_in_doubt`) when a tweet is said to be there or not and none is in doubt, (`outbox.position`) when the
    /// tweet is another one of the thread.
    ///
    /// `Posted` records the tweet, and sets the draft to `published` with the last one; the rest is pending. `NotPosted` makes
    /// the entry pending. `GivenUp` ends it, and an approved draft is a `draft` again; the draft may then be published anew.
    async fn resolve_outbox(&self, caller: &Caller, entry: Id, resolution: OutboxResolution) -> Result<OutboxEntry>;

    /// An entry of the outbox. `NotFound` (`store.no_outbox_entry`) otherwise; also when it was erased meanwhile.
    async fn outbox_entry(&self, caller: &Caller, entry: Id) -> Result<OutboxEntry>;

    /// The entry of the outbox that stands for a draft: the one that is no failure, or of which something is on Twitter. Where
    /// none does, the newest that was given up with something on Twitter.
    async fn outbox_of_draft(&self, caller: &Caller, account: Id, draft: Id) -> Result<Option<OutboxEntry>>;

    /// A page of the outbox, newest first.
    async fn outbox(&self, caller: &Caller, account: Id, page: PageRequest) -> Result<Page<OutboxEntry>>;

    // Money, limits and log

    /// Logs a model call and, where it held a reservation, settles it: the reserved money is freed and what the call
    /// cost is added to the day's spending, in the same step. A call that is logged as `Open` is only written: no money is
    /// counted. Logged again with its end, that row is completed; a row that has an end stays as it is.
    async fn log_ai_run(&self, caller: &Caller, run: AiRun, reservation: Option<Id>) -> Result<()>;

    /// The model calls of an account, newest first.
    async fn ai_runs(&self, caller: &Caller, account: Id, page: PageRequest) -> Result<Page<AiRun>>;

    /// Sets money aside before it is spent. `OverBudget` (`budget.exceeded`) when what is spent and reserved on the
    /// UTC day, with this, is more than the limit; nothing is reserved then. A reservation that was not settled
    /// within an hour counts as spent, on its day and at its whole amount: whoever made it was killed, perhaps in a call
    /// that is billed. It can be settled for two days more.
    async fn reserve_spend(&self, caller: &Caller, account: Id, limit: SpendLimit) -> Result<SpendReservation>;

    /// Frees reserved money and adds what was really spent to the day and kind that it was reserved for. `false` when
    /// there is no such reservation: it was settled before, or nobody came for it in two days, and it stays spent.
    async fn settle_spend(&self, caller: &Caller, account: Id, reservation: Id, actual_micros: u64) -> Result<bool>;

    /// What was spent on each of the newest 400 days, newest first.
    async fn spend(&self, caller: &Caller, account: Id) -> Result<Vec<SpendRecord>>;

    /// Keeps what Twitter said of its rate limits; at most 200 at a time, 1,000 in all. Of two words about the same
    /// window the one that was seen last wins. Limits are no data of the account: its revision stays.
    async fn save_rate_windows(&self, caller: &Caller, account: Id, windows: Vec<RateWindowRecord>) -> Result<()>;

    /// The rate windows that have not begun anew, ordered by scope, endpoint and kind.
    async fn rate_windows(&self, caller: &Caller, account: Id) -> Result<Vec<RateWindowRecord>>;

    /// Appends to the audit log of an account; `subject` and `at` of the event are set by the store.
    async fn audit(&self, caller: &Caller, account: Id, action: String, facts: serde_json::Value) -> Result<()>;

    /// The audit log of an account, newest first.
    async fn audit_log(&self, caller: &Caller, account: Id, page: PageRequest) -> Result<Page<AuditEvent>>;

    // Login

    /// Keeps a login that was begun, for so long but at most ten minutes; gives when it expires. Of an owner's logins
    /// the newest hundred are kept. `Conflict` (`login.state_used`) when the owner has another login of this state.
    async fn put_login_state(&self, caller: &Caller, state: LoginState, lifetime: Duration) -> Result<DateTime<Utc>>;

    /// Takes a login out of the store: of several calls one gets it. `Auth` when there is none (`login.unknown_state`),
    /// when it has expired (`login.expired`), and when the binding is another one (`login.other_browser`): that takes
    /// nothing, so that whoever is sent somebody else's callback cannot end the login.
    async fn take_login_state(&self, caller: &Caller, state_hash: String, binding_hash: String) -> Result<LoginState>;

    // Sealed values

    /// The keys for the sealed values where the setup names none: those that the store has a place of its own for.
    /// the same ones every time. `Config` (`seal.no_keys`) unless it has one. May block.
    fn default_keys(&self) -> Result<Arc<seal::SealingKeys>> {
        Err(seal::no_keys())
    }

    /// Keeps a sealed value under a name, or replaces it. It is a new token: that the old one needed a login is
    /// forgotten, and a refresh of the old one that is under way cannot replace it.
    async fn put_sealed(&self, caller: &Caller, account: Id, name: String, value: SealedValue) -> Result<()>;

    /// Puts a new sealed value in the place of an old one, unless somebody changed it meanwhile: `false` then. It is the
    /// same token under another key: nothing else changes.
    async fn replace_sealed(
        &self,
        caller: &Caller,
        account: Id,
        name: String,
        old: SealedValue,
        new: SealedValue,
    ) -> Result<bool>;

    /// Forgets the sealed value of that name; `false` when there is none. A refresh of it that is under way saves nothing.
    async fn remove_sealed(&self, caller: &Caller, account: Id, name: String) -> Result<bool>;

    /// The sealed value of that name.
    async fn sealed(&self, caller: &Caller, account: Id, name: String) -> Result<Option<SealedValue>>;

    /// The names and key ids of the caller's sealed values, to find those sealed with an old key.
    async fn sealed_names(&self, caller: &Caller) -> Result<Vec<(AccountKey, String)>>;

    /// The sealed value of that name and whether it can be used.
    async fn credential(&self, caller: &Caller, account: Id, name: String) -> Result<Option<Credential>>;

    /// A page of the sealed values of **all** owners, by account and name: how old they are and how they fare, without a
    /// value and without an owner. For whoever runs the program, and never to be offered to a user: the one method that
    /// names no caller.
    async fn custody(&self, page: PageRequest) -> Result<Page<CredentialAudit>>;

    /// Asks for the right to refresh a token, which one caller in all processes has at a time. `NotFound`
    /// (`store.no_credential`) when there is none; `NeedsLogin` (`login.needed`) when it is of no use any more.
    async fn begin_refresh(&self, caller: &Caller, account: Id, name: String, lease: Duration) -> Result<RefreshStep>;

    /// Ends a refresh. `LeaseLost` (`credential.lease_lost`) when somebody has begun another one or has logged in since,
    /// or the refresh was ended already; nothing is saved then, but for a new token ([`RefreshOutcome::Rotated`]) of the
    /// token that still stands there: it is saved, the account needs no login any more, and every refresh that was begun
    /// since has lost its lease.
    async fn end_refresh(
        &self,
        caller: &Caller,
        account: Id,
        name: String,
        fence: u64,
        outcome: RefreshOutcome,
    ) -> Result<()>;

    // Erasing

    /// Marks own tweets as deleted at this time, unless they are marked already, and erases what was derived from them,
    /// as [`Store::erase_tweets`] does; somebody else's texts with these ids are erased. May be repeated. At most 1,000
    /// ids.
    async fn mark_deleted(&self, caller: &Caller, account: Id, ids: Vec<String>, at: DateTime<Utc>) -> Result<Erased>;

    /// Erases tweets and what was derived from them: drafts that used them as examples with their entries of the outbox,
    /// profiles whose corpus holds them. Somebody else's texts go when they are named, and when nothing is left that
    /// quotes or answers them. What is erased cannot be read out of the files of the store any more.
    async fn erase_tweets(&self, caller: &Caller, account: Id, ids: Vec<String>) -> Result<Erased>;

    /// Erases an account with everything in it. The audit log and the spending stay, without a name.
    async fn erase_account(&self, caller: &Caller, account: Id) -> Result<Erased>;
}
