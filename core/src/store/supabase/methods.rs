//! The methods of the trait, one function each.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::call::{self, Again};
use super::page::{LARGEST, millis};
use super::{Found, List, SupabaseStore, instant, place, text};
use crate::error::{Error, ErrorKind, Result};
use crate::records::{
    AccountRecord, AiRun, AuditEvent, ContextTweet, Counts, Draft, Generation, Id, ImportEnd, ImportRun, ImportSource,
    OutboxEntry, OutboxResolution, ProfileRecord, RateWindowRecord, SpendRecord, Tweet, TwitterUser, is_valid_id,
};
use crate::store::seal::{SealingKeys, no_keys};
use crate::store::{
    AccountKey, Caller, Credential, CredentialAudit, DraftChange, DraftQuery, Erased, ImportPage, Lease, LoginState,
    NewImport, NewOutbox, ObjectStore, Order, Page, PageRequest, ProfileInput, RefreshOutcome, RefreshStep,
    SealedValue, Sending, SendingOutcome, SpendLimit, SpendReservation, Store, TweetMarks, TweetQuery, TweetTotals,
    check,
};
use crate::supabase::Access;
use crate::text::SearchQuery;

const GENERATIONS: List = List { function: "generations", cursor: "generations", opaque: &["request"] };
const DRAFTS: List = List { function: "drafts", cursor: "drafts", opaque: &[] };
const OUTBOX: List = List { function: "outbox", cursor: "outbox", opaque: &["payload"] };
const AI_RUNS: List = List { function: "ai_runs", cursor: "ai_runs", opaque: &[] };
const PROFILE: &[&str] = &["fingerprint", "analysis"];

#[async_trait]
impl Store for SupabaseStore {
    fn asks_for_proof(&self) -> bool {
        true
    }

    fn objects(&self) -> Option<&dyn ObjectStore> {
        Some(self)
    }

    async fn open_account(&self, caller: &Caller, label: String) -> Result<AccountRecord> {
        check::name("label of the account", &label, 200)?;
        self.call(caller, "open_account", &json!({ "label": text::plain(&label) }), Again::Yes).await
    }

    async fn account(&self, caller: &Caller, account: Id) -> Result<AccountRecord> {
        self.call(caller, "account", &json!({ "account_id": account }), Again::Yes).await
    }

    async fn accounts(&self, caller: &Caller) -> Result<Vec<AccountRecord>> {
        self.call(caller, "accounts", &json!({}), Again::Yes).await
    }

    async fn bind_account(&self, caller: &Caller, account: Id, user: TwitterUser) -> Result<AccountRecord> {
        check::user(&user)?;
        let arguments = json!({ "account_id": account, "twitter_user": text::json(&user)? });
        self.call(caller, "bind_account", &arguments, Again::Yes).await
    }

    async fn begin_import(&self, caller: &Caller, import: NewImport, lease: Duration) -> Result<(ImportRun, Lease)> {
        self.begin(caller, import, lease).await
    }

    async fn renew_import(&self, caller: &Caller, lease: Lease, extend: Duration) -> Result<Lease> {
        let arguments = json!({ "run_id": lease.run_id, "fence": lease.fence, "extend_ms": millis(extend) });
        self.call(caller, "renew_import", &arguments, Again::Yes).await
    }

    async fn import_page(&self, caller: &Caller, lease: Lease, page: ImportPage) -> Result<Counts> {
        self.store_page(caller, lease, page).await
    }

    async fn finish_import(&self, caller: &Caller, lease: Lease, end: ImportEnd) -> Result<ImportRun> {
        self.finish(caller, lease, end).await
    }

    async fn latest_watermark(
        &self,
        caller: &Caller,
        account: Id,
        source: ImportSource,
        source_key: String,
    ) -> Result<Option<String>> {
        let key = text::plain(&source_key);
        let arguments = json!({ "account_id": account, "source": source.as_str(), "source_key": key });
        self.call(caller, "latest_watermark", &arguments, Again::Yes).await
    }

    async fn imports(&self, caller: &Caller, account: Id) -> Result<Vec<ImportRun>> {
        self.runs(caller, account).await
    }

    async fn tweets(&self, caller: &Caller, account: Id, query: TweetQuery, page: PageRequest) -> Result<Page<Tweet>> {
        check::page(&page)?;
        let cursor = match query.order {
            Order::NewestFirst => "tweets.newest",
            Order::OldestFirst => "tweets.oldest",
        };
        let mut arguments = json!({ "account_id": account, "query": conditions(&query)?, "page_size": page.limit });
        if let (Some(after), Some(arguments)) = (&page.after, arguments.as_object_mut()) {
            let [at, id] = check::open_cursor(cursor, after)?;
            arguments.insert("after_at".to_owned(), at.into());
            arguments.insert("after_id".to_owned(), id.into());
        }
        let Found { items, more } = self.call::<_, Found<Tweet>>(caller, "tweets", &arguments, Again::Yes).await?;
        let last = items.last().filter(|_| more);
        let next = last.map(|last| check::cursor(&[cursor, &instant(last.created_at), &last.id]));
        Ok(Page { items, next })
    }

    async fn count_tweets(&self, caller: &Caller, account: Id, query: TweetQuery) -> Result<u64> {
        let arguments = json!({ "account_id": account, "query": conditions(&query)? });
        self.call(caller, "count_tweets", &arguments, Again::Yes).await
    }

    async fn tweet_totals(&self, caller: &Caller, account: Id) -> Result<TweetTotals> {
        self.call(caller, "tweet_totals", &json!({ "account_id": account }), Again::Yes).await
    }

    async fn tweets_by_id(&self, caller: &Caller, account: Id, ids: Vec<String>) -> Result<Vec<Tweet>> {
        self.call(caller, "tweets_by_id", &by_id(account, &ids)?, Again::Yes).await
    }

    async fn context_tweets(&self, caller: &Caller, account: Id, ids: Vec<String>) -> Result<Vec<ContextTweet>> {
        self.call(caller, "context_tweets", &by_id(account, &ids)?, Again::Yes).await
    }

    async fn mark_tweets(&self, caller: &Caller, account: Id, ids: Vec<String>, marks: TweetMarks) -> Result<u64> {
        check::marks(&marks)?;
        let mut arguments = by_id(account, &ids)?;
        if let Some(arguments) = arguments.as_object_mut() {
            arguments.insert("marks".to_owned(), text::json(&marks)?.into());
        }
        self.call(caller, "mark_tweets", &arguments, Again::Yes).await
    }

    async fn save_profile(&self, caller: &Caller, account: Id, profile: ProfileInput) -> Result<ProfileRecord> {
        let ProfileInput { corpus_hash, fingerprint, analysis, tweet_ids } = profile;
        let profile = json!({
            "corpus_hash": corpus_hash, "fingerprint": text::json(&fingerprint)?,
            "analysis": analysis.as_ref().map(text::json).transpose()?, "tweet_ids": tweet_ids,
        });
        let arguments = json!({ "account_id": account, "profile": text::json(&profile)? });
        let saved = self.call(caller, "save_profile", &arguments, Again::No).await?;
        self.record("save_profile", saved, PROFILE)
    }

    async fn latest_profile(
        &self,
        caller: &Caller,
        account: Id,
        corpus_hash: Option<String>,
    ) -> Result<Option<ProfileRecord>> {
        let hash = corpus_hash.as_deref().map(text::plain);
        let arguments = json!({ "account_id": account, "corpus_hash": hash });
        let found = self.call(caller, "latest_profile", &arguments, Again::Yes).await?;
        self.record("latest_profile", found, PROFILE)
    }

    async fn save_generation(&self, caller: &Caller, generation: Generation, drafts: Vec<Draft>) -> Result<()> {
        check::drafts(&drafts, generation.account_id, generation.id)?;
        let mut made = serde_json::to_value(&generation).map_err(unwritable)?;
        if let Some(request) = made.get_mut("request") {
            *request = text::json(&generation.request)?.into();
        }
        let arguments = json!({ "generation": text::json(&made)?, "drafts": text::json(&drafts)? });
        self.call(caller, "save_generation", &arguments, Again::Yes).await
    }

    async fn generation(&self, caller: &Caller, generation: Id) -> Result<Generation> {
        let arguments = json!({ "generation_id": generation });
        let found = self.call(caller, "generation", &arguments, Again::Yes).await?;
        self.record("generation", found, GENERATIONS.opaque)
    }

    async fn generations(&self, caller: &Caller, account: Id, page: PageRequest) -> Result<Page<Generation>> {
        let arguments = json!({ "account_id": account });
        self.list(caller, GENERATIONS, arguments, &page, |last: &Generation| place(last.created_at, last.id)).await
    }

    async fn drafts(&self, caller: &Caller, account: Id, query: DraftQuery, page: PageRequest) -> Result<Page<Draft>> {
        let state = query.state.map(|state| state.as_str());
        let arguments = json!({ "account_id": account, "state": state, "generation_id": query.generation });
        self.list(caller, DRAFTS, arguments, &page, |last: &Draft| place(last.created_at, last.id)).await
    }

    async fn draft(&self, caller: &Caller, draft: Id) -> Result<Draft> {
        self.call(caller, "draft", &json!({ "draft_id": draft }), Again::Yes).await
    }

    async fn change_draft(&self, caller: &Caller, draft: Id, change: DraftChange) -> Result<Draft> {
        let (text, length) = change.text.unzip();
        let change = json!({
            "from": change.from, "to": change.to, "feedback": change.feedback, "text": text, "weighted_length": length,
        });
        let arguments = json!({ "draft_id": draft, "change": text::json(&change)? });
        self.call(caller, "change_draft", &arguments, Again::No).await
    }

    async fn put_outbox(&self, caller: &Caller, entry: NewOutbox) -> Result<OutboxEntry> {
        check::outbox(&entry)?;
        let NewOutbox { id, account_id, draft_id, content_hash, payload } = entry;
        let entry = json!({
            "id": id, "account_id": account_id, "draft_id": draft_id, "content_hash": content_hash,
            "payload": text::json(&payload)?,
        });
        let put = self.call(caller, "put_outbox", &json!({ "entry": text::json(&entry)? }), Again::Yes).await?;
        self.record("put_outbox", put, OUTBOX.opaque)
    }

    async fn begin_sending(&self, caller: &Caller, entry: Id, lease: Duration) -> Result<Sending> {
        let arguments = json!({ "entry_id": entry, "lease_ms": millis(lease) });
        let mut begun: Value = self.call(caller, "begin_sending", &arguments, Again::No).await?;
        if let Some(entry) = begun.get_mut("entry") {
            let opened: OutboxEntry = self.record("begin_sending", entry.take(), OUTBOX.opaque)?;
            *entry = serde_json::to_value(opened).map_err(unwritable)?;
        }
        self.record("begin_sending", begun, &[])
    }

    async fn record_sending(&self, caller: &Caller, entry: Id, fence: u64) -> Result<OutboxEntry> {
        let arguments = json!({ "entry_id": entry, "fence": fence });
        let recorded = self.call(caller, "record_sending", &arguments, Again::Yes).await?;
        self.record("record_sending", recorded, OUTBOX.opaque)
    }

    async fn record_posted(
        &self,
        caller: &Caller,
        entry: Id,
        fence: u64,
        position: u32,
        tweet_id: String,
    ) -> Result<OutboxEntry> {
        check::tweet_id(&tweet_id)?;
        // PostgreSQL's integers end earlier, and no thread is that long.
        let place = position.min(i32::MAX as u32);
        let arguments = json!({ "entry_id": entry, "fence": fence, "place": place, "tweet_id": tweet_id });
        let recorded = self.call(caller, "record_posted", &arguments, Again::Yes).await?;
        self.record("record_posted", recorded, OUTBOX.opaque)
    }

    async fn end_sending(
        &self,
        caller: &Caller,
        entry: Id,
        fence: u64,
        outcome: SendingOutcome,
    ) -> Result<OutboxEntry> {
        if let SendingOutcome::Later { code } | SendingOutcome::Failed { code } | SendingOutcome::Unknown { code } =
            &outcome
        {
            check::name("error code", code, 100)?;
        }
        let arguments = json!({ "entry_id": entry, "fence": fence, "outcome": text::json(&outcome)? });
        let ended = self.call(caller, "end_sending", &arguments, Again::No).await?;
        self.record("end_sending", ended, OUTBOX.opaque)
    }

    async fn resolve_outbox(&self, caller: &Caller, entry: Id, resolution: OutboxResolution) -> Result<OutboxEntry> {
        if let OutboxResolution::Posted { tweet_id } = &resolution {
            check::tweet_id(tweet_id)?;
        }
        let arguments = json!({ "entry_id": entry, "resolution": text::json(&resolution)? });
        let resolved = self.call(caller, "resolve_outbox", &arguments, Again::Yes).await?;
        self.record("resolve_outbox", resolved, OUTBOX.opaque)
    }

    async fn outbox_entry(&self, caller: &Caller, entry: Id) -> Result<OutboxEntry> {
        let found = self.call(caller, "outbox_entry", &json!({ "entry_id": entry }), Again::Yes).await?;
        self.record("outbox_entry", found, OUTBOX.opaque)
    }

    async fn outbox_of_draft(&self, caller: &Caller, account: Id, draft: Id) -> Result<Option<OutboxEntry>> {
        let arguments = json!({ "account_id": account, "draft_id": draft });
        let found = self.call(caller, "outbox_of_draft", &arguments, Again::Yes).await?;
        self.record("outbox_of_draft", found, OUTBOX.opaque)
    }

    async fn outbox(&self, caller: &Caller, account: Id, page: PageRequest) -> Result<Page<OutboxEntry>> {
        let arguments = json!({ "account_id": account });
        self.list(caller, OUTBOX, arguments, &page, |last: &OutboxEntry| place(last.created_at, last.id)).await
    }

    async fn log_ai_run(&self, caller: &Caller, run: AiRun, reservation: Option<Id>) -> Result<()> {
        let cut = |number: u64| number.min(LARGEST);
        let run = AiRun {
            input_tokens: cut(run.input_tokens),
            cached_tokens: cut(run.cached_tokens),
            output_tokens: cut(run.output_tokens),
            reasoning_tokens: cut(run.reasoning_tokens),
            latency_ms: cut(run.latency_ms),
            ..run
        };
        let arguments = json!({ "run": text::json(&run)?, "reservation": reservation });
        self.call(caller, "log_ai_run", &arguments, Again::Yes).await
    }

    async fn ai_runs(&self, caller: &Caller, account: Id, page: PageRequest) -> Result<Page<AiRun>> {
        let arguments = json!({ "account_id": account });
        self.list(caller, AI_RUNS, arguments, &page, |last: &AiRun| place(last.created_at, last.id)).await
    }

    async fn reserve_spend(&self, caller: &Caller, account: Id, limit: SpendLimit) -> Result<SpendReservation> {
        // As text, which `numeric` takes as well: a number of JSON above 2^53 may lose digits on the way.
        let arguments = json!({
            "account_id": account, "kind": limit.kind.as_str(), "amount_micros": limit.amount_micros.to_string(),
            "daily_limit_micros": limit.daily_limit_micros.map(|most| most.to_string()),
        });
        self.call(caller, "reserve_spend", &arguments, Again::No).await
    }

    async fn settle_spend(&self, caller: &Caller, account: Id, reservation: Id, actual_micros: u64) -> Result<bool> {
        let actual = actual_micros.to_string();
        let arguments = json!({ "account_id": account, "reservation": reservation, "actual_micros": actual });
        self.call(caller, "settle_spend", &arguments, Again::Yes).await
    }

    async fn spend(&self, caller: &Caller, account: Id) -> Result<Vec<SpendRecord>> {
        self.call(caller, "spend", &json!({ "account_id": account }), Again::Yes).await
    }

    async fn save_rate_windows(&self, caller: &Caller, account: Id, windows: Vec<RateWindowRecord>) -> Result<()> {
        check::windows(&windows)?;
        let arguments = json!({ "account_id": account, "windows": text::json(&windows)? });
        self.call(caller, "save_rate_windows", &arguments, Again::Yes).await
    }

    async fn rate_windows(&self, caller: &Caller, account: Id) -> Result<Vec<RateWindowRecord>> {
        self.call(caller, "rate_windows", &json!({ "account_id": account }), Again::Yes).await
    }

    async fn audit(&self, caller: &Caller, account: Id, action: String, facts: Value) -> Result<()> {
        check::name("action", &action, 100)?;
        check::facts(&facts)?;
        // The argument itself is the value that only the SDK reads: one level of text above the others.
        let facts = text::json(&facts)?;
        let arguments = json!({ "account_id": account, "action": action, "facts": text::plain(&facts) });
        self.call(caller, "audit", &arguments, Again::No).await
    }

    async fn audit_log(&self, caller: &Caller, account: Id, page: PageRequest) -> Result<Page<AuditEvent>> {
        check::page(&page)?;
        let before = page.after.as_ref().map(|after| check::open_cursor::<1>("audit", after)).transpose()?;
        // A `bigint` may be given as text.
        let before = before.map(|[key]| key);
        let arguments = json!({ "account_id": account, "page_size": page.limit, "before": before });
        let Found { items, more } = self.call::<_, Found>(caller, "audit_log", &arguments, Again::Yes).await?;
        let last = items.last().filter(|_| more).and_then(|last| last.get("key"));
        let next = last.map(|key| check::cursor(&["audit", &key.to_string()]));
        let items =
            items.into_iter().map(|event| self.record("audit_log", event, &["facts"])).collect::<Result<_>>()?;
        Ok(Page { items, next })
    }

    async fn put_login_state(&self, caller: &Caller, state: LoginState, lifetime: Duration) -> Result<DateTime<Utc>> {
        self.keep_login(caller, state, lifetime).await
    }

    async fn take_login_state(&self, caller: &Caller, state_hash: String, binding_hash: String) -> Result<LoginState> {
        self.take_login(caller, state_hash, binding_hash).await
    }

    fn default_keys(&self) -> Result<Arc<SealingKeys>> {
        match &self.inner.device {
            Some(device) => device.keys().map(Arc::new),
            None => Err(no_keys()),
        }
    }

    async fn put_sealed(&self, caller: &Caller, account: Id, name: String, value: SealedValue) -> Result<()> {
        self.seal(caller, account, name, value).await
    }

    async fn replace_sealed(
        &self,
        caller: &Caller,
        account: Id,
        name: String,
        old: SealedValue,
        new: SealedValue,
    ) -> Result<bool> {
        self.seal_anew(caller, account, name, old, new).await
    }

    async fn remove_sealed(&self, caller: &Caller, account: Id, name: String) -> Result<bool> {
        self.unseal(caller, account, name).await
    }

    async fn sealed(&self, caller: &Caller, account: Id, name: String) -> Result<Option<SealedValue>> {
        self.sealed_value(caller, account, name).await
    }

    async fn sealed_names(&self, caller: &Caller) -> Result<Vec<(AccountKey, String)>> {
        self.all_sealed(caller).await
    }

    async fn credential(&self, caller: &Caller, account: Id, name: String) -> Result<Option<Credential>> {
        self.token(caller, account, name).await
    }

    async fn custody(&self, page: PageRequest) -> Result<Page<CredentialAudit>> {
        self.project().secret()?;
        check::page(&page)?;
        let mut arguments = json!({ "page_size": page.limit });
        if let (Some(after), Some(arguments)) = (&page.after, arguments.as_object_mut()) {
            let [account, name] = check::open_cursor("custody", after)?;
            arguments.insert("after_account".to_owned(), account.into());
            arguments.insert("after_name".to_owned(), name.into());
        }
        let found: Found<CredentialAudit> =
            call::call(self.project(), Access::Secret, "custody", &arguments, Again::Yes).await?;
        let last = found.items.last().filter(|_| found.more);
        let next = last.map(|last| check::cursor(&["custody", &last.account_id.to_string(), &last.name]));
        Ok(Page { items: found.items, next })
    }

    async fn begin_refresh(&self, caller: &Caller, account: Id, name: String, lease: Duration) -> Result<RefreshStep> {
        self.refresh_begins(caller, account, name, lease).await
    }

    async fn end_refresh(
        &self,
        caller: &Caller,
        account: Id,
        name: String,
        fence: u64,
        outcome: RefreshOutcome,
    ) -> Result<()> {
        self.refresh_ends(caller, account, name, fence, outcome).await
    }

    async fn mark_deleted(&self, caller: &Caller, account: Id, ids: Vec<String>, at: DateTime<Utc>) -> Result<Erased> {
        check::time(at)?;
        let mut arguments = by_id(account, &ids)?;
        if let Some(arguments) = arguments.as_object_mut() {
            arguments.insert("at".to_owned(), instant(at).into());
        }
        self.call(caller, "mark_deleted", &arguments, Again::Yes).await
    }

    async fn erase_tweets(&self, caller: &Caller, account: Id, ids: Vec<String>) -> Result<Erased> {
        self.call(caller, "erase_tweets", &by_id(account, &ids)?, Again::Yes).await
    }

    async fn erase_account(&self, caller: &Caller, account: Id) -> Result<Erased> {
        self.erase(caller, account).await
    }
}

/// The argument `query`.
fn conditions(query: &TweetQuery) -> Result<String> {
    let search = match &query.search {
        Some(search) => Some(SearchQuery::parse(search)?),
        None => None,
    };
    let clauses = search.as_ref().map(|search| {
        let clause = |clause: &crate::text::SearchClause| json!({ "tokens": clause.tokens, "prefix": clause.prefix });
        search.clauses().iter().map(clause).collect::<Vec<_>>()
    });
    let kinds = (!query.kinds.is_empty()).then_some(&query.kinds);
    let mut conditions = json!({
        "search": clauses, "kinds": kinds, "lang": query.lang, "since": query.since, "until": query.until,
        "label": query.label, "excluded": query.excluded, "with_deleted": query.with_deleted, "order": query.order,
    });
    if let Some(conditions) = conditions.as_object_mut() {
        conditions.retain(|_, condition| !condition.is_null());
    }
    text::json(&conditions)
}

/// The account and ids, each once; one that no tweet can have names none.
fn by_id(account: Id, ids: &[String]) -> Result<Value> {
    check::ids(ids)?;
    let mut seen = HashSet::new();
    let ids: Vec<&String> = ids.iter().filter(|id| is_valid_id(id) && seen.insert(id.as_str())).collect();
    Ok(json!({ "account_id": account, "ids": ids }))
}

fn unwritable(error: serde_json::Error) -> Error {
    Error::new(ErrorKind::InvalidInput, "store.not_json", "a value cannot be written as JSON").with_source(error)
}
