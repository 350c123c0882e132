//! A store in another process, or in another language: every method is one message; `all_tweets` is one for each page.
//!
//! A request is one JSON object, `{"method": "tweets", "caller": {"owner": "me"}, "args": {"account": …}}`, its
//! arguments named as in the trait. The reply is `{"ok": …}` or `{"error": …}` with the fields of
//! [`ErrorFields`]. Values are the records in their JSON form and come back exactly.
//! How the bytes travel is up to the [`Channel`].

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::{
    AccountKey, Caller, Credential, CredentialAudit, DraftChange, DraftQuery, Erased, ImportPage, Lease, LoginState,
    NewImport, NewOutbox, Page, PageRequest, ProfileInput, RefreshOutcome, RefreshStep, SealedValue, Sending,
    SendingOutcome, SpendLimit, SpendReservation, Store, TweetMarks, TweetQuery, TweetTotals,
};
use crate::error::{Error, ErrorFields, ErrorKind, Result};
use crate::json;
use crate::records::{
    AccountRecord, AiRun, AuditEvent, ContextTweet, Counts, Draft, Generation, Id, ImportEnd, ImportRun, ImportSource,
    OutboxEntry, OutboxResolution, ProfileRecord, RateWindowRecord, SpendRecord, Tweet, TwitterUser,
};

/// Carries one request to a store and brings its reply.
#[async_trait]
pub trait Channel: Send + Sync + Debug {
    /// Sends a request and waits for its reply.
    ///
    /// # Errors
    /// Whatever the way fails with: `Connect` when the request was surely not sent, `Server` or `Timeout` when nobody
    /// knows.
    async fn call(&self, request: Vec<u8>) -> Result<Vec<u8>>;
}

/// A store at the other end of a [`Channel`], where [`serve`] answers.
#[derive(Clone, Debug)]
pub struct RemoteStore<C> {
    channel: C,
}

#[derive(Serialize)]
struct Request<'a, A> {
    method: &'a str,
    caller: &'a Caller,
    args: A,
}

#[derive(Deserialize)]
struct Incoming<'a> {
    method: String,
    caller: Caller,
    #[serde(borrow)]
    args: &'a RawValue,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Reply<T> {
    Ok(T),
    Error(Box<ErrorFields>),
}

/// A [`Reply`] as it is read: its value once it is known what it must be.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answered<'a> {
    #[serde(borrow)]
    Ok(&'a RawValue),
    Error(Box<ErrorFields>),
}

impl<C: Channel> RemoteStore<C> {
    /// The store at the other end of the channel.
    pub fn new(channel: C) -> Self {
        Self { channel }
    }

    async fn send<T: DeserializeOwned>(&self, method: &'static str, request: serde_json::Result<Vec<u8>>) -> Result<T> {
        let request = request.map_err(|e| {
            Error::new(ErrorKind::InvalidInput, "store.wire_request", "the arguments cannot be written as JSON")
                .with_source(e)
        })?;
        let reply = self.channel.call(request).await?;
        unpack(&reply)?.and_then(json::read).map_err(|e| {
            Error::new(ErrorKind::Decode, "store.wire_reply", "the store's reply cannot be read")
                .with_operation("store", method)
                .with_source(e)
        })
    }
}

fn request<A: Serialize>(method: &str, caller: &Caller, args: A) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&Request { method, caller, args })
}

/// The value of a reply, still as JSON.
fn unpack(reply: &[u8]) -> Result<serde_json::Result<&str>> {
    match json::read_bytes(reply) {
        Ok(Answered::Ok(value)) => Ok(Ok(value.get())),
        Ok(Answered::Error(fields)) => Err((*fields).into()),
        Err(e) => Ok(Err(e)),
    }
}

/// Answers one request of a [`RemoteStore`]. Never fails: what goes wrong is in the reply.
///
/// The request says who the caller is, and is believed: serve only to a process that you trust as much as your own.
pub async fn serve(store: &dyn Store, request: &[u8]) -> Vec<u8> {
    let reply = match answer(store, request).await {
        Ok(reply) => Ok(reply),
        Err(error) => serde_json::to_vec(&Reply::<()>::Error(Box::new(error.to_fields()))),
    };
    reply.unwrap_or_else(|_| b"null".to_vec())
}

fn unreadable(e: serde_json::Error) -> Error {
    Error::new(ErrorKind::InvalidInput, "store.wire_request", "the request cannot be read").with_source(e)
}

async fn answer(store: &dyn Store, request: &[u8]) -> Result<Vec<u8>> {
    let request: Incoming<'_> = json::read_bytes(request).map_err(unreadable)?;
    // The name is checked again: it comes from outside.
    let caller = Caller::local(request.caller.owner())?;
    begin(store, &caller, &request)?.await
}

/// The arguments of a request, each read when it is taken: they are of few kinds, and would be of one for each method.
struct Arguments<'a>(BTreeMap<String, &'a RawValue>);

impl Arguments<'_> {
    fn take<T: DeserializeOwned>(&self, name: &'static str) -> Result<T> {
        let value = match self.0.get(name) {
            Some(written) => json::read(written.get()),
            None => json::read("null").map_err(|_| serde::de::Error::missing_field(name)),
        };
        value.map_err(unreadable)
    }
}

/// An answer as a reply.
// Boxed, so that there is one for each kind of answer, and not a state of one large future for each method.
fn packed<'a, T: Serialize + Send + 'a>(answer: BoxFuture<'a, Result<T>>) -> BoxFuture<'a, Result<Vec<u8>>> {
    Box::pin(async move {
        serde_json::to_vec(&Reply::Ok(answer.await?)).map_err(|e| {
            Error::new(ErrorKind::Internal, "store.wire_reply", "the reply cannot be written as JSON").with_source(e)
        })
    })
}

/// The arguments of the one method that is for no caller.
#[derive(Serialize)]
struct Custody {
    page: PageRequest,
}

/// Writes both ends from one list: `RemoteStore` sends the arguments as a struct, `begin` takes them by the same names.
macro_rules! methods {
    ($($method:ident($($arg:ident: $type:ty),*) -> $result:ty;)*) => {
        #[async_trait]
        impl<C: Channel> Store for RemoteStore<C> {
            $(async fn $method(&self, caller: &Caller, $($arg: $type),*) -> Result<$result> {
                #[derive(Serialize)]
                struct Args { $($arg: $type),* }
                self.send(stringify!($method), request(stringify!($method), caller, Args { $($arg),* })).await
            })*

            async fn custody(&self, page: PageRequest) -> Result<Page<CredentialAudit>> {
                // It is for no owner; a request names one all the same.
                self.send("custody", request("custody", &Caller::local("operator")?, Custody { page })).await
            }
        }

        fn begin<'a>(
            store: &'a dyn Store,
            caller: &'a Caller,
            request: &Incoming<'_>,
        ) -> Result<BoxFuture<'a, Result<Vec<u8>>>> {
            let args = Arguments(json::read(request.args.get()).map_err(unreadable)?);
            Ok(match request.method.as_str() {
                $(stringify!($method) => {
                    $(let $arg: $type = args.take(stringify!($arg))?;)*
                    packed(store.$method(caller, $($arg),*))
                })*
                "custody" => packed(store.custody(args.take("page")?)),
                _ => return Err(Error::new(ErrorKind::InvalidInput, "store.wire_method", "the store has no such method")
                    .with_remedy("Use the same version of the SDK at both ends.")),
            })
        }

        /// The names of the methods for one caller that are one message each, in the order of the trait.
        pub const METHODS: &[&str] = &[$(stringify!($method)),*];
    };
}

methods! {
    open_account(label: String) -> AccountRecord;
    account(account: Id) -> AccountRecord;
    accounts() -> Vec<AccountRecord>;
    bind_account(account: Id, user: TwitterUser) -> AccountRecord;
    begin_import(import: NewImport, lease: Duration) -> (ImportRun, Lease);
    renew_import(lease: Lease, extend: Duration) -> Lease;
    import_page(lease: Lease, page: ImportPage) -> Counts;
    finish_import(lease: Lease, end: ImportEnd) -> ImportRun;
    latest_watermark(account: Id, source: ImportSource, source_key: String) -> Option<String>;
    imports(account: Id) -> Vec<ImportRun>;
    tweets(account: Id, query: TweetQuery, page: PageRequest) -> Page<Tweet>;
    count_tweets(account: Id, query: TweetQuery) -> u64;
    tweet_totals(account: Id) -> TweetTotals;
    tweets_by_id(account: Id, ids: Vec<String>) -> Vec<Tweet>;
    context_tweets(account: Id, ids: Vec<String>) -> Vec<ContextTweet>;
    mark_tweets(account: Id, ids: Vec<String>, marks: TweetMarks) -> u64;
    save_profile(account: Id, profile: ProfileInput) -> ProfileRecord;
    latest_profile(account: Id, corpus_hash: Option<String>) -> Option<ProfileRecord>;
    save_generation(generation: Generation, drafts: Vec<Draft>) -> ();
    generation(generation: Id) -> Generation;
    generations(account: Id, page: PageRequest) -> Page<Generation>;
    drafts(account: Id, query: DraftQuery, page: PageRequest) -> Page<Draft>;
    draft(draft: Id) -> Draft;
    change_draft(draft: Id, change: DraftChange) -> Draft;
    put_outbox(entry: NewOutbox) -> OutboxEntry;
    begin_sending(entry: Id, lease: Duration) -> Sending;
    record_sending(entry: Id, fence: u64) -> OutboxEntry;
    record_posted(entry: Id, fence: u64, position: u32, tweet_id: String) -> OutboxEntry;
    end_sending(entry: Id, fence: u64, outcome: SendingOutcome) -> OutboxEntry;
    resolve_outbox(entry: Id, resolution: OutboxResolution) -> OutboxEntry;
    outbox_entry(entry: Id) -> OutboxEntry;
    outbox_of_draft(account: Id, draft: Id) -> Option<OutboxEntry>;
    outbox(account: Id, page: PageRequest) -> Page<OutboxEntry>;
    log_ai_run(run: AiRun, reservation: Option<Id>) -> ();
    ai_runs(account: Id, page: PageRequest) -> Page<AiRun>;
    reserve_spend(account: Id, limit: SpendLimit) -> SpendReservation;
    settle_spend(account: Id, reservation: Id, actual_micros: u64) -> bool;
    spend(account: Id) -> Vec<SpendRecord>;
    save_rate_windows(account: Id, windows: Vec<RateWindowRecord>) -> ();
    rate_windows(account: Id) -> Vec<RateWindowRecord>;
    audit(account: Id, action: String, facts: Value) -> ();
    audit_log(account: Id, page: PageRequest) -> Page<AuditEvent>;
    put_login_state(state: LoginState, lifetime: Duration) -> DateTime<Utc>;
    take_login_state(state_hash: String, binding_hash: String) -> LoginState;
    put_sealed(account: Id, name: String, value: SealedValue) -> ();
    remove_sealed(account: Id, name: String) -> bool;
    replace_sealed(account: Id, name: String, old: SealedValue, new: SealedValue) -> bool;
    sealed(account: Id, name: String) -> Option<SealedValue>;
    sealed_names() -> Vec<(AccountKey, String)>;
    credential(account: Id, name: String) -> Option<Credential>;
    begin_refresh(account: Id, name: String, lease: Duration) -> RefreshStep;
    end_refresh(account: Id, name: String, fence: u64, outcome: RefreshOutcome) -> ();
    mark_deleted(account: Id, ids: Vec<String>, at: DateTime<Utc>) -> Erased;
    erase_tweets(account: Id, ids: Vec<String>) -> Erased;
    erase_account(account: Id) -> Erased;
}
