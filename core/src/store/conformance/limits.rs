//! What reading Twitter costs, and how often it may be read.

use std::time::Duration;

use chrono::TimeDelta;

use super::data::{MINUTE, ai_run, begin, main, new_import, page, tweet, window};
use super::{Checked, Stage, fails, holds, same};
use crate::error::{ErrorKind, Result};
use crate::records::{
    Id, ImportEnd, ImportSource, RateScope, RateWindowKind, RateWindowRecord, SpendKind, new_id, now,
};
use crate::store::{Caller, ImportPage, NewImport, SpendLimit, SpendReservation};

pub(super) async fn the_last_word_on_a_rate_window_wins(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let id = account.id;
    let first = window("GET /2/users/:id/tweets", 100);
    let later = RateWindowRecord { remaining: 300, seen_at: first.seen_at + TimeDelta::seconds(9), ..first.clone() };
    let day = RateWindowRecord { kind: RateWindowKind::Hours24, ..first.clone() };
    let app = RateWindowRecord { scope: RateScope::App, limit: u64::from(u32::MAX), ..first.clone() };
    store.save_rate_windows(&me, id, vec![later.clone(), day.clone(), app.clone()]).await?;
    store.save_rate_windows(&me, id, vec![first.clone()]).await?;
    same(&store.rate_windows(&me, id).await?, &vec![app.clone(), later.clone(), day.clone()], "the windows")?;
    let lower = RateWindowRecord { remaining: 299, ..later.clone() };
    store.save_rate_windows(&me, id, vec![lower.clone(), later]).await?;
    // A clock that is ahead, and a window that would stop the account for years.
    let ahead = RateWindowRecord {
        seen_at: now() + TimeDelta::hours(5),
        resets_at: now() + TimeDelta::days(4_000),
        ..window("POST /2/tweets", 5)
    };
    store.save_rate_windows(&me, id, vec![ahead.clone()]).await?;
    let found = store.rate_windows(&me, id).await?;
    let last = found.last().cloned().unwrap_or(ahead);
    holds(
        last.remaining == 5 && last.seen_at <= now() && last.resets_at < now() + TimeDelta::days(3),
        "within bounds",
    )?;
    same(&found.get(1), &Some(&lower), "of two words at the same time the one that leaves less")?;
    let over = RateWindowRecord { resets_at: now() - TimeDelta::seconds(1), ..window("GET /2/users/me", 0) };
    store.save_rate_windows(&me, id, vec![over]).await?;
    same(&store.rate_windows(&me, id).await?, &found, "a window that is over")?;
    let many = store.save_rate_windows(&me, id, vec![window("x", 1); 201]).await;
    fails(many, ErrorKind::InvalidInput, "store.too_many_windows", "too many windows")?;
    let bad = store.save_rate_windows(&me, id, vec![window("", 1)]).await;
    fails(bad, ErrorKind::InvalidInput, "store.bad_name", "a window of no endpoint")
}

async fn reserve(store: &Stage, me: &Caller, account: Id, amount: u64) -> Checked<SpendReservation> {
    let limit = SpendLimit { kind: SpendKind::Twitter, amount_micros: amount, daily_limit_micros: Some(1_000) };
    Ok(store.reserve_spend(me, account, limit).await?)
}

async fn spent(store: &Stage, me: &Caller, account: Id, kind: SpendKind) -> Checked<(u64, u64)> {
    let all = store.spend(me, account).await?;
    let sum = |of: fn(&crate::records::SpendRecord) -> u64| all.iter().filter(|s| s.kind == kind).map(of).sum();
    Ok((sum(|s| s.spent_micros), sum(|s| s.reserved_micros)))
}

pub(super) async fn reservations_are_settled_once(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let id = account.id;
    let first = reserve(store, &me, id, 600).await?;
    let model = SpendLimit { kind: SpendKind::Model, amount_micros: 900, daily_limit_micros: Some(1_000) };
    let model = store.reserve_spend(&me, id, model).await?;
    same(&store.settle_spend(&me, id, first.id, 150).await?, &true, "settled")?;
    same(&store.settle_spend(&me, id, first.id, 150).await?, &false, "settled again")?;
    same(&store.settle_spend(&me, id, new_id(), 150).await?, &false, "what was never reserved")?;
    same(&spent(store, &me, id, SpendKind::Twitter).await?, &(150, 0), "Twitter")?;
    same(&spent(store, &me, id, SpendKind::Model).await?, &(0, 900), "a budget of its own")?;
    reserve(store, &me, id, 850).await?;
    let over = SpendLimit { kind: SpendKind::Twitter, amount_micros: 1, daily_limit_micros: Some(1_000) };
    fails(store.reserve_spend(&me, id, over).await, ErrorKind::OverBudget, "budget.exceeded", "the last cent")?;
    // A call may cost more than was set aside for it: what was spent is spent.
    same(&store.settle_spend(&me, id, model.id, 5_000).await?, &true, "more than reserved")?;
    same(&spent(store, &me, id, SpendKind::Model).await?, &(5_000, 0), "what it really cost")
}

pub(super) async fn money_left_behind<F, Fut>(store: &Stage, pass: F) -> Checked
where
    F: Fn(Duration) -> Fut + Send + Sync,
    Fut: Future<Output = Result<()>> + Send,
{
    let (me, account) = main(store).await?;
    let id = account.id;
    let kinds = [SpendKind::Model, SpendKind::Twitter];
    let reserve = |kind: SpendKind, amount_micros: u64, daily_limit_micros: Option<u64>| {
        store.reserve_spend(&me, id, SpendLimit { kind, amount_micros, daily_limit_micros })
    };
    let mut reserved = Vec::new();
    for kind in kinds {
        reserved.push((kind, reserve(kind, 700, Some(1_000)).await?, reserve(kind, 200, Some(1_000)).await?));
    }
    pass(Duration::from_secs(3_660)).await?;
    for (kind, _, late) in &reserved {
        same(&spent(store, &me, id, *kind).await?, &(900, 0), "what nobody settled in an hour")?;
        // Over midnight the day has a limit of its own.
        if reserve(*kind, 0, None).await?.day == late.day {
            let over = reserve(*kind, 101, Some(1_000)).await;
            fails(over, ErrorKind::OverBudget, "budget.exceeded", "what lapsed uses up the limit")?;
        }
        match kind {
            SpendKind::Model => store.log_ai_run(&me, ai_run(id, Some(50)), Some(late.id)).await?,
            SpendKind::Twitter => holds(store.settle_spend(&me, id, late.id, 50).await?, "settled late")?,
        }
        same(&spent(store, &me, id, *kind).await?, &(750, 0), "a call that took long costs what it cost")?;
    }
    pass(Duration::from_secs(3 * 86_400)).await?;
    for (kind, left, _) in &reserved {
        same(&spent(store, &me, id, *kind).await?, &(750, 0), "after three days")?;
        reserve(*kind, 0, None).await?;
        same(&store.settle_spend(&me, id, left.id, 1).await?, &false, "nobody came for it in two days")?;
        same(&spent(store, &me, id, *kind).await?, &(750, 0), "it stays spent")?;
    }
    Ok(())
}

pub(super) async fn a_page_settles_its_cost(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let id = account.id;
    let first = reserve(store, &me, id, 500).await?;
    let paid = |reservation: Option<Id>, cost_micros| ImportPage {
        reservation,
        cost_micros,
        ..page(vec![tweet(1, "one"), tweet(2, "two")])
    };
    let old = store.begin_import(&me, new_import(id, "a"), Duration::ZERO).await?.1;
    let lease = begin(store, &me, id, "a").await?;
    let lost = store.import_page(&me, old, paid(Some(first.id), 10)).await;
    fails(lost, ErrorKind::LeaseLost, "import.lease_lost", "a page of the old owner")?;
    same(&spent(store, &me, id, SpendKind::Twitter).await?, &(0, 500), "a refused page settles nothing")?;
    store.import_page(&me, lease, paid(Some(first.id), 10)).await?;
    same(&spent(store, &me, id, SpendKind::Twitter).await?, &(10, 0), "the first page")?;
    store.import_page(&me, lease, paid(Some(first.id), 10)).await?;
    same(&spent(store, &me, id, SpendKind::Twitter).await?, &(10, 0), "the same page again")?;
    store.import_page(&me, lease, paid(None, 5)).await?;
    store.import_page(&me, lease, paid(None, 0)).await?;
    same(&spent(store, &me, id, SpendKind::Twitter).await?, &(15, 0), "a page that nothing was reserved for")?;
    let second = reserve(store, &me, id, 500).await?;
    store.import_page(&me, lease, paid(Some(second.id), 0)).await?;
    same(&spent(store, &me, id, SpendKind::Twitter).await?, &(15, 0), "a page that cost nothing frees its money")?;
    let run = store.finish_import(&me, lease, ImportEnd::OverBudget).await?;
    same(&run.cost_micros, &15, "the cost of the run")?;
    let (run, _) = store.begin_import(&me, new_import(id, "a"), MINUTE).await?;
    same(&run.cost_micros, &15, "over all sessions")
}

pub(super) async fn a_complete_import_moves_the_watermark(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let id = account.id;
    let timeline = |key: &str| NewImport { account_id: id, source: ImportSource::Timeline, source_key: key.to_owned() };
    let latest = |key: &str| store.latest_watermark(&me, id, ImportSource::Timeline, key.to_owned());
    let shown = |watermark: Option<&str>| ImportPage { watermark: watermark.map(str::to_owned), ..page(vec![]) };
    let (_, lease) = store.begin_import(&me, timeline("12"), MINUTE).await?;
    for watermark in [None, Some("1000"), Some("999"), None] {
        store.import_page(&me, lease, shown(watermark)).await?;
    }
    let bad = store.import_page(&me, lease, shown(Some("x"))).await;
    fails(bad, ErrorKind::InvalidInput, "store.bad_tweet_id", "a watermark that is no id")?;
    same(
        &store.imports(&me, id).await?.first().and_then(|run| run.watermark.clone()),
        &Some("1000".into()),
        "the run",
    )?;
    same(&latest("12").await?, &None, "while it runs")?;
    store.finish_import(&me, lease, ImportEnd::Cancelled).await?;
    same(&latest("12").await?, &None, "after it was stopped")?;
    let (_, lease) = store.begin_import(&me, timeline("12"), MINUTE).await?;
    store.finish_import(&me, lease, ImportEnd::ReachedLimit).await?;
    same(&latest("12").await?, &Some("1000".into()), "after it reached the end")?;
    let (_, lease) = store.begin_import(&me, timeline("12"), MINUTE).await?;
    store.finish_import(&me, lease, ImportEnd::Complete).await?;
    same(&latest("12").await?, &Some("1000".into()), "after one that found nothing new")?;
    same(&latest("13").await?, &None, "another Twitter user")?;
    same(&store.latest_watermark(&me, id, ImportSource::Archive, "12".into()).await?, &None, "another source")
}
