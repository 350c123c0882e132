//! Accounts, profiles, drafts, money, logs and sealed values.

use serde_json::json;

use super::data::{MINUTE, ai_run, at, begin, draft, generation, import, main, page, tweet, user};
use super::{Caller, Checked, Stage, Why, fails, holds, same};
use crate::error::ErrorKind;
use crate::records::{AiOutcome, AiRun, DraftState, Feedback, Id, SpendKind, TwitterUser, new_id};
use crate::store::{
    DraftChange, DraftQuery, PageRequest, ProfileInput, RefreshOutcome, RefreshStep, SealedValue, SpendLimit,
    TweetQuery,
};

pub(super) async fn accounts_are_opened_once(store: &Stage) -> Checked {
    let (me, first) = main(store).await?;
    same(&store.open_account(&me, "main".into()).await?, &first, "opened again")?;
    let other = store.open_account(&me, "second".into()).await?;
    same(&store.accounts(&me).await?.iter().map(|a| a.id).collect::<Vec<_>>(), &vec![first.id, other.id], "all")?;
    same(&(first.owner.as_str(), first.label.as_str()), &(me.owner(), "main"), "owner and label")?;
    fails(store.account(&me, new_id()).await, ErrorKind::NotFound, "store.no_account", "an account that is not")
}

pub(super) async fn an_account_keeps_its_twitter_user(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let full = TwitterUser { name: Some("Jane 🦀".into()), created_at: Some(at(3)), ..user("12", "jane") };
    same(&store.bind_account(&me, account.id, full.clone()).await?.twitter_user, &Some(full.clone()), "bound")?;
    let renamed = store.bind_account(&me, account.id, user("12", "janet")).await?;
    same(&renamed.twitter_user, &Some(TwitterUser { username: "janet".into(), ..full }), "renamed; the rest is kept")?;
    let other = store.bind_account(&me, account.id, user("13", "joe")).await;
    fails(other, ErrorKind::Conflict, "account.other_twitter_user", "another user")
}

pub(super) async fn bad_input_is_refused(store: &Stage) -> Checked {
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

pub(super) async fn profiles_have_versions(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    import(store, &me, account.id, vec![tweet(1, "one"), tweet(2, "two")]).await?;
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

pub(super) async fn drafts_change_state_once(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    import(store, &me, account.id, vec![tweet(1, "one"), tweet(2, "two")]).await?;
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

pub(super) async fn spending_stays_within_the_limit(store: &Stage) -> Checked {
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

pub(super) async fn a_model_call_is_counted_once(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let run = ai_run(account.id, Some(99));
    store.log_ai_run(&me, run.clone(), None).await?;
    store.log_ai_run(&me, run.clone(), None).await?;
    store.log_ai_run(&me, ai_run(account.id, None), Some(new_id())).await?;
    let spend = store.spend(&me, account.id).await?;
    same(&spend.iter().map(|record| record.spent_micros).sum::<u64>(), &99, "what was spent")?;
    let runs = store.ai_runs(&me, account.id, PageRequest::first(1)).await?;
    let next = runs.next.ok_or_else(|| Why("there is no second page".into()))?;
    let rest = store.ai_runs(&me, account.id, PageRequest::after(10, next)).await?;
    same(&rest.items, &vec![run], "the older call")
}

/// What is spent and what is set aside, over all days.
async fn money(store: &Stage, me: &Caller, account: Id) -> Result<(u64, u64), Why> {
    let spend = store.spend(me, account).await?;
    Ok(spend.iter().fold((0, 0), |sum, day| (sum.0 + day.spent_micros, sum.1 + day.reserved_micros)))
}

pub(super) async fn an_open_model_call_is_completed_once(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let limit = SpendLimit { kind: SpendKind::Model, amount_micros: 500, daily_limit_micros: None };
    let reserved = store.reserve_spend(&me, account.id, limit).await?;
    let ended = ai_run(account.id, Some(70));
    let open = AiRun { outcome: AiOutcome::Open, cost_micros: Some(500), output_tokens: 0, ..ended.clone() };
    let rows = || store.ai_runs(&me, account.id, PageRequest::default());
    let revision = store.account(&me, account.id).await?.revision;
    // Twice: the first answer may have been lost on the way.
    for _ in 0..2 {
        store.log_ai_run(&me, open.clone(), None).await?;
        same(&rows().await?.items, &vec![open.clone()], "the call before its end")?;
        same(&money(store, &me, account.id).await?, &(0, 500), "nothing is counted yet")?;
    }
    holds(store.account(&me, account.id).await?.revision > revision, "opening a call is a write")?;
    for _ in 0..2 {
        store.log_ai_run(&me, ended.clone(), Some(reserved.id)).await?;
        same(&rows().await?.items, &vec![ended.clone()], "the call after its end")?;
        same(&money(store, &me, account.id).await?, &(70, 0), "counted once")?;
    }
    let other = AiRun { outcome: AiOutcome::Cancelled, cost_micros: Some(9), ..ended.clone() };
    store.log_ai_run(&me, other, None).await?;
    store.log_ai_run(&me, open, None).await?;
    same(&rows().await?.items, &vec![ended], "an end stays")?;
    same(&money(store, &me, account.id).await?, &(70, 0), "and so does what it cost")
}

pub(super) async fn the_audit_log_is_append_only(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    for n in 0..5 {
        store.audit(&me, account.id, "import.finished".into(), json!({ "n": n })).await?;
    }
    let first = store.audit_log(&me, account.id, PageRequest::first(3)).await?;
    let facts: Vec<_> = first.items.iter().map(|event| event.facts.clone()).collect();
    same(&facts, &vec![json!({ "n": 4 }), json!({ "n": 3 }), json!({ "n": 2 })], "the newest first")?;
    holds(first.items.iter().all(|event| event.subject != account.id), "the subject is not the account's id")?;
    let next = first.next.ok_or_else(|| Why("there is no second page".into()))?;
    same(&store.audit_log(&me, account.id, PageRequest::after(3, next)).await?.items.len(), &2, "the rest")
}

pub(super) async fn removed_values_are_gone(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let value = |text: &str| SealedValue { key_id: "k1".into(), sealed: text.into() };
    let token = || "token".to_owned();
    holds(!store.remove_sealed(&me, account.id, token()).await?, "there is nothing to remove")?;
    store.put_sealed(&me, account.id, token(), value("a")).await?;
    store.put_sealed(&me, account.id, "other".into(), value("b")).await?;
    let RefreshStep::Begun { fence, .. } = store.begin_refresh(&me, account.id, token(), MINUTE).await? else {
        return holds(false, "a refresh begins");
    };
    let before = store.account(&me, account.id).await?.revision;
    holds(store.remove_sealed(&me, account.id, token()).await?, "removed")?;
    holds(store.account(&me, account.id).await?.revision > before, "a write to the account")?;
    holds(!store.remove_sealed(&me, account.id, token()).await?, "removed once")?;
    same(&store.sealed(&me, account.id, token()).await?, &None, "the value")?;
    same(&store.credential(&me, account.id, token()).await?, &None, "the credential")?;
    same(&store.sealed(&me, account.id, "other".into()).await?, &Some(value("b")), "another value")?;
    let rotated = RefreshOutcome::Rotated { from: value("a"), value: value("c") };
    let late = store.end_refresh(&me, account.id, token(), fence, rotated).await;
    fails(late, ErrorKind::NotFound, "store.no_credential", "a refresh that was under way")?;
    same(&store.sealed(&me, account.id, token()).await?, &None, "the value after it")
}

pub(super) async fn sealed_values_are_kept(store: &Stage) -> Checked {
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
