//! Accounts, profiles, drafts, money, logs, sealed values, erasing, and the walls between owners.

use std::fmt::Debug;

use serde_json::json;

use super::data::{MINUTE, ai_run, at, begin, draft, generation, import, main, new_import, one, page, tweet};
use super::{Checked, fails, holds, same};
use crate::error::{ErrorKind, Result};
use crate::records::{DraftState, Feedback, Id, ImportEnd, SpendKind, TwitterUser, new_id};
use crate::store::{
    Caller, DraftChange, DraftQuery, PageRequest, ProfileInput, SealedValue, SpendLimit, Store, TweetMarks, TweetQuery,
};

pub(super) async fn accounts_are_opened_once(store: &dyn Store) -> Checked {
    let (me, first) = main(store).await?;
    same(&store.open_account(&me, "main".into()).await?, &first, "opened again")?;
    let other = store.open_account(&me, "second".into()).await?;
    same(&store.accounts(&me).await?.iter().map(|a| a.id).collect::<Vec<_>>(), &vec![first.id, other.id], "all")?;
    same(&(first.owner.as_str(), first.label.as_str()), &("me", "main"), "owner and label")?;
    fails(store.account(&me, new_id()).await, ErrorKind::NotFound, "store.no_account", "an account that is not")
}

fn user(id: &str, username: &str) -> TwitterUser {
    TwitterUser { id: id.into(), username: username.into(), ..TwitterUser::default() }
}

pub(super) async fn an_account_keeps_its_twitter_user(store: &dyn Store) -> Checked {
    let (me, account) = main(store).await?;
    let full = TwitterUser { name: Some("Jane 🦀".into()), created_at: Some(at(3)), ..user("12", "jane") };
    same(&store.bind_account(&me, account.id, full.clone()).await?.twitter_user, &Some(full.clone()), "bound")?;
    let renamed = store.bind_account(&me, account.id, user("12", "janet")).await?;
    same(&renamed.twitter_user, &Some(TwitterUser { username: "janet".into(), ..full }), "renamed; the rest is kept")?;
    let other = store.bind_account(&me, account.id, user("13", "joe")).await;
    fails(other, ErrorKind::Conflict, "account.other_twitter_user", "another user")
}

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

pub(super) async fn another_owner_sees_nothing(store: &dyn Store) -> Checked {
    let (me, account) = main(store).await?;
    import(store, &me, account.id, vec![tweet(1, "secret plans")]).await?;
    let lease = begin(store, &me, account.id, "open").await?;
    let generation = generation(account.id, "1");
    let drafts = vec![draft(&generation, "a draft")];
    let draft_id = drafts.first().map_or_else(new_id, |draft| draft.id);
    store.save_generation(&me, generation.clone(), drafts).await?;
    let sealed = SealedValue { key_id: "k".into(), sealed: "AAAA".into() };
    store.put_sealed(&me, account.id, "token".into(), sealed.clone()).await?;
    let before = store.account(&me, account.id).await?;

    let you = Caller::local("you")?;
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
    let account_of = |id: Id| id;
    both! {
        account(account_of);
        bind_account(account_of, |_| user("5", "x"));
        begin_import(|id| new_import(id, "open"), |_| MINUTE);
        imports(account_of);
        tweets(account_of, |_| all(), |_| first());
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
        log_ai_run(|id| ai_run(id, Some(1)), |_| None);
        ai_runs(account_of, |_| first());
        reserve_spend(account_of, |_| limit);
        spend(account_of);
        audit(account_of, |_| "x".into(), |_| json!({}));
        audit_log(account_of, |_| first());
        put_sealed(account_of, |_| "token".into(), |_| sealed.clone());
        replace_sealed(account_of, |_| "token".into(), |_| sealed.clone(), |_| sealed.clone());
        sealed(account_of, |_| "token".into());
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
    holds(store.accounts(v).await?.is_empty() && store.sealed_names(v).await?.is_empty(), "lists are empty")?;
    same(&store.account(&me, account.id).await?, &before, "the account after all of this")?;
    let mine = store.open_account(v, "main".into()).await?;
    holds(mine.id != account.id, "the same label is another account for another owner")?;
    same(
        &store.count_tweets(v, mine.id, TweetQuery::matching("secret")).await?,
        &0,
        "search stays within the account",
    )?;
    // The ids of rows that I made may be used by another owner, who learns nothing from it.
    let theirs = crate::records::Generation { account_id: mine.id, ..generation.clone() };
    store.save_generation(v, theirs.clone(), Vec::new()).await?;
    same(&store.generation(v, generation.id).await?, &theirs, "a generation with an id that another owner has")
}

pub(super) async fn bad_input_is_refused(store: &dyn Store) -> Checked {
    let (me, account) = main(store).await?;
    for label in ["", "a\nb", &"x".repeat(201)] {
        let bad = store.open_account(&me, label.to_owned()).await;
        fails(bad, ErrorKind::InvalidInput, "store.bad_name", "a label")?;
    }
    let lease = begin(store, &me, account.id, "a").await?;
    for id in ["", "0", "01", "-1", "1 ", "12345678901234567890", "x", "1\u{0}"] {
        let row = crate::records::Tweet { id: id.into(), ..tweet(1, "x") };
        let bad = store.import_page(&me, lease, page(vec![tweet(7, "good"), row])).await;
        fails(bad, ErrorKind::InvalidInput, "store.bad_tweet_id", id)?;
    }
    let long = store.import_page(&me, lease, page((1..=5_001).map(|id| tweet(id, "x")).collect())).await;
    fails(long, ErrorKind::InvalidInput, "store.page_too_long", "a long page")?;
    same(&store.count_tweets(&me, account.id, TweetQuery::all()).await?, &0, "nothing of a refused page is stored")?;
    let many = store.tweets_by_id(&me, account.id, vec!["1".into(); 1_001]).await;
    fails(many, ErrorKind::InvalidInput, "store.too_many_ids", "too many ids")
}

pub(super) async fn profiles_have_versions(store: &dyn Store) -> Checked {
    let (me, account) = main(store).await?;
    same(&store.latest_profile(&me, account.id, None).await?, &None, "no profile yet")?;
    let input = |hash: &str| ProfileInput {
        corpus_hash: hash.into(),
        fingerprint: json!({ "x": 0.1, "y": [1.0e-300, 2, -0.3], "z": "é" }),
        analysis: Some(json!({ "claims": [] })),
        tweet_ids: vec!["1".into(), "2".into()],
    };
    let first = store.save_profile(&me, account.id, input("a")).await?;
    let second = store.save_profile(&me, account.id, input("b")).await?;
    same(&(first.version, second.version), &(1, 2), "versions")?;
    same(&first.fingerprint, &input("a").fingerprint, "the fingerprint as given")?;
    same(&store.latest_profile(&me, account.id, None).await?, &Some(second), "the newest")?;
    same(&store.latest_profile(&me, account.id, Some("a".into())).await?, &Some(first), "the newest of a corpus")?;
    same(&store.latest_profile(&me, account.id, Some("c".into())).await?, &None, "another corpus")
}

pub(super) async fn drafts_change_state_once(store: &dyn Store) -> Checked {
    let (me, account) = main(store).await?;
    let generation = generation(account.id, "1");
    let drafts: Vec<_> = (0..5).map(|n| draft(&generation, &format!("draft {n}"))).collect();
    store.save_generation(&me, generation.clone(), drafts.clone()).await?;
    store.save_generation(&me, generation.clone(), drafts.clone()).await?;
    same(&store.generation(&me, generation.id).await?, &generation, "the generation")?;
    let found = store.generations(&me, account.id, PageRequest::default()).await?;
    same(&found.items, &vec![generation.clone()], "the generations")?;
    let mut found = Vec::new();
    let mut request = PageRequest::first(2);
    loop {
        let page = store.drafts(&me, account.id, DraftQuery::generation(generation.id), request).await?;
        holds(page.items.len() <= 2 && found.len() <= 5, "pages of two that end")?;
        found.extend(page.items);
        match page.next {
            Some(next) => request = PageRequest::after(2, next),
            None => break,
        }
    }
    let wanted: Vec<_> = drafts.iter().rev().cloned().collect();
    same(&found, &wanted, "the drafts, newest first")?;
    let Some(draft) = drafts.into_iter().next() else { return Ok(()) };
    let feedback = Feedback { note: Some("warmer".into()), original_text: Some("draft 0".into()) };
    let approve = DraftChange {
        from: vec![DraftState::Draft],
        to: DraftState::Approved,
        feedback: Some(feedback.clone()),
        text: Some(("draft zero".into(), 10)),
    };
    let changed = store.change_draft(&me, draft.id, approve.clone()).await?;
    let wanted = (DraftState::Approved, Some(feedback), "draft zero", 10);
    same(
        &(changed.state, changed.feedback.clone(), changed.text.as_str(), changed.weighted_length),
        &wanted,
        "the change",
    )?;
    same(&changed.scores, &draft.scores, "the scores")?;
    fails(store.change_draft(&me, draft.id, approve).await, ErrorKind::Conflict, "draft.state", "a second time")?;
    same(&store.draft(&me, draft.id).await?, &changed, "the draft after a refused change")?;
    let query = DraftQuery { state: Some(DraftState::Draft), generation: Some(generation.id) };
    same(&store.drafts(&me, account.id, query, PageRequest::default()).await?.items.len(), &4, "drafts by state")
}

pub(super) async fn spending_stays_within_the_limit(store: &dyn Store) -> Checked {
    let (me, account) = main(store).await?;
    let reserve = |amount: u64, limit: u64| {
        let limit = SpendLimit { kind: SpendKind::Model, amount_micros: amount, daily_limit_micros: Some(limit) };
        store.reserve_spend(&me, account.id, limit)
    };
    let first = reserve(600, 1_000).await?;
    fails(reserve(401, 1_000).await, ErrorKind::OverBudget, "budget.exceeded", "more than the limit")?;
    let second = reserve(400, 1_000).await?;
    holds(first.id != second.id, "each reservation has its own id")?;
    fails(reserve(u64::MAX, u64::MAX - 1).await, ErrorKind::OverBudget, "budget.exceeded", "more than there is")?;
    let other = SpendLimit { kind: SpendKind::Twitter, amount_micros: 7, daily_limit_micros: Some(7) };
    store.reserve_spend(&me, account.id, other).await?;
    store.log_ai_run(&me, ai_run(account.id, Some(150)), Some(first.id)).await?;
    let spend = store.spend(&me, account.id).await?;
    let model = spend.iter().find(|record| record.kind == SpendKind::Model && record.day == first.day);
    same(&model.map(|r| (r.spent_micros, r.reserved_micros)), &Some((150, 400)), "spent and reserved")?;
    reserve(450, 1_000).await?;
    fails(reserve(1, 1_000).await, ErrorKind::OverBudget, "budget.exceeded", "the last cent is reserved")
}

pub(super) async fn a_model_call_is_counted_once(store: &dyn Store) -> Checked {
    let (me, account) = main(store).await?;
    let run = ai_run(account.id, Some(99));
    store.log_ai_run(&me, run.clone(), None).await?;
    store.log_ai_run(&me, run.clone(), None).await?;
    store.log_ai_run(&me, ai_run(account.id, None), Some(new_id())).await?;
    let spend = store.spend(&me, account.id).await?;
    same(&spend.iter().map(|record| record.spent_micros).sum::<u64>(), &99, "what was spent")?;
    let runs = store.ai_runs(&me, account.id, PageRequest::first(1)).await?;
    let next = runs.next.ok_or_else(|| super::Why("there is no second page".into()))?;
    let rest = store.ai_runs(&me, account.id, PageRequest::after(10, next)).await?;
    same(&rest.items, &vec![run], "the older call")
}

pub(super) async fn the_audit_log_is_append_only(store: &dyn Store) -> Checked {
    let (me, account) = main(store).await?;
    for n in 0..5 {
        store.audit(&me, account.id, "import.finished".into(), json!({ "n": n })).await?;
    }
    let first = store.audit_log(&me, account.id, PageRequest::first(3)).await?;
    let facts: Vec<_> = first.items.iter().map(|event| event.facts.clone()).collect();
    same(&facts, &vec![json!({ "n": 4 }), json!({ "n": 3 }), json!({ "n": 2 })], "the newest first")?;
    holds(first.items.iter().all(|event| event.subject != account.id), "the subject is not the account's id")?;
    let next = first.next.ok_or_else(|| super::Why("there is no second page".into()))?;
    same(&store.audit_log(&me, account.id, PageRequest::after(3, next)).await?.items.len(), &2, "the rest")
}

pub(super) async fn sealed_values_are_kept(store: &dyn Store) -> Checked {
    let (me, account) = main(store).await?;
    let value = |text: &str| SealedValue { key_id: "k1".into(), sealed: text.into() };
    same(&store.sealed(&me, account.id, "token".into()).await?, &None, "nothing yet")?;
    store.put_sealed(&me, account.id, "token".into(), value("a")).await?;
    store.put_sealed(&me, account.id, "token".into(), value("b")).await?;
    same(&store.sealed(&me, account.id, "token".into()).await?, &Some(value("b")), "the newest value")?;
    let replaced = store.replace_sealed(&me, account.id, "token".into(), value("a"), value("c")).await?;
    holds(!replaced, "a value that somebody changed is not replaced")?;
    holds(store.replace_sealed(&me, account.id, "token".into(), value("b"), value("c")).await?, "replaced")?;
    let names = store.sealed_names(&me).await?;
    let names: Vec<_> = names.iter().map(|(key, id)| (key.account_id, key.name.as_str(), id.as_str())).collect();
    same(&names, &vec![(account.id, "token", "k1")], "the names")
}

pub(super) async fn erased_tweets_take_what_came_of_them(store: &dyn Store) -> Checked {
    let (me, account) = main(store).await?;
    let mut quote = tweet(1, "erased words");
    quote.quoted_id = Some("70".into());
    let lease = begin(store, &me, account.id, "a").await?;
    let mut rows = page(vec![quote, tweet(2, "kept words")]);
    rows.context =
        vec![crate::records::ContextTweet { id: "70".into(), full_text: "theirs".into(), ..Default::default() }];
    store.import_page(&me, lease, rows).await?;
    let (bad, good) = (generation(account.id, "1"), generation(account.id, "2"));
    let (bad_draft, good_draft) = (draft(&bad, "derived"), draft(&good, "not derived"));
    store.save_generation(&me, bad.clone(), vec![bad_draft.clone()]).await?;
    store.save_generation(&me, good.clone(), vec![good_draft.clone()]).await?;
    let profile = |ids: &[&str]| ProfileInput {
        corpus_hash: ids.concat(),
        fingerprint: json!({}),
        analysis: None,
        tweet_ids: ids.iter().map(|id| (*id).to_owned()).collect(),
    };
    let kept = store.save_profile(&me, account.id, profile(&["2"])).await?;
    store.save_profile(&me, account.id, profile(&["1", "2"])).await?;
    let erased = store.erase_tweets(&me, account.id, vec!["1".into(), "404".into()]).await?;
    let numbers = (erased.tweets, erased.profiles, erased.drafts, erased.generations);
    same(&numbers, &(2, 1, 1, 1), "tweets with other people's, profiles, drafts, generations")?;
    same(&store.count_tweets(&me, account.id, TweetQuery::matching("words").with_deleted()).await?, &1, "found")?;
    holds(store.context_tweets(&me, account.id, vec!["70".into()]).await?.is_empty(), "the quoted text went as well")?;
    fails(store.draft(&me, bad_draft.id).await, ErrorKind::NotFound, "store.no_draft", "the draft made of it")?;
    fails(store.generation(&me, bad.id).await, ErrorKind::NotFound, "store.no_generation", "its generation")?;
    same(&store.draft(&me, good_draft.id).await?, &good_draft, "another draft")?;
    same(&store.latest_profile(&me, account.id, None).await?, &Some(kept), "another profile")?;
    same(&store.account(&me, account.id).await?.tweet_count, &1, "tweet_count")?;
    one(store, &me, account.id, "2").await?;
    Ok(())
}

pub(super) async fn an_erased_account_is_gone(store: &dyn Store) -> Checked {
    let (me, account) = main(store).await?;
    import(store, &me, account.id, vec![tweet(1, "a"), tweet(2, "b")]).await?;
    let generation = generation(account.id, "1");
    store.save_generation(&me, generation.clone(), vec![draft(&generation, "x")]).await?;
    store.put_sealed(&me, account.id, "t".into(), SealedValue { key_id: "k".into(), sealed: "s".into() }).await?;
    store.log_ai_run(&me, ai_run(account.id, Some(5)), None).await?;
    let other = store.open_account(&me, "other".into()).await?;
    import(store, &me, other.id, vec![tweet(1, "a")]).await?;
    let erased = store.erase_account(&me, account.id).await?;
    let numbers = (erased.tweets, erased.drafts, erased.generations, erased.sealed, erased.imports, erased.ai_runs);
    same(&numbers, &(2, 1, 1, 1, 1, 1), "what was erased")?;
    fails(store.account(&me, account.id).await, ErrorKind::NotFound, "store.no_account", "the account")?;
    holds(store.sealed_names(&me).await?.is_empty(), "no sealed value is left")?;
    same(&store.count_tweets(&me, other.id, TweetQuery::matching("a")).await?, &1, "another account is untouched")?;
    let again = store.open_account(&me, "main".into()).await?;
    holds(again.id != account.id && again.tweet_count == 0, "the same label is a new account")?;
    holds(store.audit_log(&me, again.id, PageRequest::default()).await?.items.is_empty(), "with a log of its own")
}
