//! The walls between owners.

use std::fmt::Debug;

use serde_json::json;

use super::data::{
    MINUTE, ai_run, at, begin, draft, generation, hash, import, login, main, new_import, page, sealed, to_publish,
    tweet, user, window,
};
use super::{Checked, Stage, fails, holds, same};
use crate::error::{ErrorKind, Result};
use crate::records::{DraftState, Id, ImportEnd, ImportSource, OutboxResolution, SpendKind, new_id};
use crate::store::{
    DraftChange, DraftQuery, LoginAccount, NewOutbox, PageRequest, ProfileInput, RefreshOutcome, RefreshStep,
    SendingOutcome, SpendLimit, TweetMarks, TweetQuery,
};

/// Fails as for a thing that does not exist, in every word but the id.
async fn hidden<T: Debug>(
    mine: impl Future<Output = Result<T>> + Send,
    nobodys: impl Future<Output = Result<T>> + Send,
    what: &str,
) -> Checked {
    match (mine.await, nobodys.await) {
        (Err(a), Err(b)) if a.kind() == ErrorKind::NotFound && a.to_fields() == b.to_fields() => Ok(()),
        other => Err(super::Why(format!("{what} of another owner is not as if it did not exist: {other:?}"))),
    }
}

pub(super) async fn another_owner_sees_nothing(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    import(store, &me, account.id, vec![tweet(1, "secret plans")]).await?;
    let lease = begin(store, &me, account.id, "open").await?;
    let generation = generation(account.id, "1");
    let drafts = vec![draft(&generation, "a draft")];
    let draft_id = drafts.first().map_or_else(new_id, |draft| draft.id);
    store.save_generation(&me, generation.clone(), drafts).await?;
    let sealed = sealed("AAAA");
    store.put_sealed(&me, account.id, "token".into(), sealed.clone()).await?;
    let refresh = store.begin_refresh(&me, account.id, "token".into(), MINUTE).await?;
    let RefreshStep::Begun { fence, .. } = refresh else { return holds(false, "a refresh begins") };
    store.put_login_state(&me, login(1, LoginAccount::Id(account.id)), MINUTE).await?;
    store.save_rate_windows(&me, account.id, vec![window("GET /2/users/me", 3)]).await?;
    let entry = to_publish(account.id, None, 2);
    store.put_outbox(&me, entry.clone()).await?;
    let sending = store.begin_sending(&me, entry.id, MINUTE).await?;
    let reserved = SpendLimit { kind: SpendKind::Twitter, amount_micros: 5, daily_limit_micros: None };
    let reserved = store.reserve_spend(&me, account.id, reserved).await?;
    let before = store.account(&me, account.id).await?;

    let you = store.you.clone();
    let v = &you;
    let (a, no) = (account.id, new_id());
    let ids = || vec!["1".to_owned()];
    let first = || PageRequest::default();
    let gone = |id: Id| crate::store::Lease { run_id: id, ..lease };
    let profile = || ProfileInput { corpus_hash: "h".into(), fingerprint: json!({}), analysis: None, tweet_ids: ids() };
    let limit = SpendLimit { kind: SpendKind::Model, amount_micros: 1, daily_limit_micros: None };
    let change = || DraftChange { from: vec![DraftState::Draft], to: DraftState::Approved, feedback: None, text: None };
    let of = |account_id: Id| crate::records::Generation { id: new_id(), account_id, ..generation.clone() };
    let all = TweetQuery::all;
    macro_rules! both {
        ($($method:ident($($arg:expr),*);)*) => {$(
            hidden((|id: Id| store.$method(v, $($arg(id)),*))(a), (|id: Id| store.$method(v, $($arg(id)),*))(no), stringify!($method)).await?;
        )*};
    }
    let rotated = || RefreshOutcome::Rotated { from: sealed.clone(), value: sealed.clone() };
    let account_of = |id: Id| id;
    both! {
        account(account_of);
        bind_account(account_of, |_| user("5", "x"));
        begin_import(|id| new_import(id, "open"), |_| MINUTE);
        imports(account_of);
        latest_watermark(account_of, |_| ImportSource::Timeline, |_| "open".into());
        tweets(account_of, |_| all(), |_| first());
        all_tweets(account_of, |_| all());
        count_tweets(account_of, |_| TweetQuery::matching("secret"));
        tweet_totals(account_of);
        tweets_by_id(account_of, |_| ids());
        context_tweets(account_of, |_| ids());
        mark_tweets(account_of, |_| ids(), |_| TweetMarks { excluded: Some(true), ..TweetMarks::default() });
        save_profile(account_of, |_| profile());
        latest_profile(account_of, |_| None);
        save_generation(of, |_| Vec::new());
        generations(account_of, |_| first());
        drafts(account_of, |_| DraftQuery::default(), |_| first());
        put_outbox(|id| NewOutbox { account_id: id, ..entry.clone() });
        outbox_of_draft(account_of, |_| draft_id);
        outbox(account_of, |_| first());
        log_ai_run(|id| ai_run(id, Some(1)), |_| None);
        ai_runs(account_of, |_| first());
        reserve_spend(account_of, |_| limit);
        settle_spend(account_of, |_| reserved.id, |_| 1);
        spend(account_of);
        save_rate_windows(account_of, |_| vec![window("GET /2/users/me", 0)]);
        rate_windows(account_of);
        audit(account_of, |_| "x".into(), |_| json!({}));
        audit_log(account_of, |_| first());
        put_sealed(account_of, |_| "token".into(), |_| sealed.clone());
        remove_sealed(account_of, |_| "token".into());
        replace_sealed(account_of, |_| "token".into(), |_| sealed.clone(), |_| sealed.clone());
        sealed(account_of, |_| "token".into());
        put_login_state(|id| login(9, LoginAccount::Id(id)), |_| MINUTE);
        credential(account_of, |_| "token".into());
        begin_refresh(account_of, |_| "token".into(), |_| MINUTE);
        end_refresh(account_of, |_| "token".into(), |_| fence, |_| rotated());
        mark_deleted(account_of, |_| ids(), |_| at(0));
        erase_tweets(account_of, |_| ids());
        erase_account(account_of);
    }
    hidden(store.generation(v, generation.id), store.generation(v, no), "generation").await?;
    hidden(store.draft(v, draft_id), store.draft(v, no), "draft").await?;
    hidden(store.change_draft(v, draft_id, change()), store.change_draft(v, no, change()), "change_draft").await?;
    hidden(store.renew_import(v, lease, MINUTE), store.renew_import(v, gone(no), MINUTE), "renew_import").await?;
    let rows = || page(vec![tweet(2, "planted")]);
    hidden(store.import_page(v, lease, rows()), store.import_page(v, gone(no), rows()), "import_page").await?;
    let end = || ImportEnd::Complete;
    hidden(store.finish_import(v, lease, end()), store.finish_import(v, gone(no), end()), "finish_import").await?;
    let (e, f) = (entry.id, sending.fence);
    hidden(store.outbox_entry(v, e), store.outbox_entry(v, no), "outbox_entry").await?;
    hidden(store.begin_sending(v, e, MINUTE), store.begin_sending(v, no, MINUTE), "begin_sending").await?;
    let id = || "5".to_owned();
    hidden(store.record_posted(v, e, f, 0, id()), store.record_posted(v, no, f, 0, id()), "record_posted").await?;
    let end = || SendingOutcome::Failed { code: "x".into() };
    hidden(store.end_sending(v, e, f, end()), store.end_sending(v, no, f, end()), "end_sending").await?;
    hidden(store.record_sending(v, e, f), store.record_sending(v, no, f), "record_sending").await?;
    let end = || OutboxResolution::GivenUp;
    hidden(store.resolve_outbox(v, e, end()), store.resolve_outbox(v, no, end()), "resolve_outbox").await?;
    let take = store.take_login_state(v, hash(1), hash(2)).await;
    fails(take, ErrorKind::Auth, "login.unknown_state", "somebody else's login")?;
    holds(store.accounts(v).await?.is_empty() && store.sealed_names(v).await?.is_empty(), "lists are empty")?;
    same(&store.account(&me, account.id).await?, &before, "the account after all of this")?;
    same(&store.outbox_entry(&me, e).await?, &sending.entry, "the outbox after all of this")?;
    same(&store.take_login_state(&me, hash(1), hash(2)).await?.account, &LoginAccount::Id(account.id), "my login")?;
    same(&store.rate_windows(&me, account.id).await?.first().map(|w| w.remaining), &Some(3), "my rate windows")?;
    holds(store.settle_spend(&me, account.id, reserved.id, 1).await?, "my reservation")?;
    let mine = store.open_account(v, "main".into()).await?;
    holds(mine.id != account.id, "the same label is another account for another owner")?;
    same(
        &store.count_tweets(v, mine.id, TweetQuery::matching("secret")).await?,
        &0,
        "search stays within the account",
    )?;
    // The ids of rows that I made may be used by another owner, who learns nothing from it.
    let theirs = crate::records::Generation { account_id: mine.id, exemplars: Vec::new(), ..generation.clone() };
    store.save_generation(v, theirs.clone(), Vec::new()).await?;
    same(&store.generation(v, generation.id).await?, &theirs, "a generation with an id that another owner has")
}
