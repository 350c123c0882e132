//! Logins, and the custody of tokens.

use std::time::Duration;

use super::data::{MINUTE, hash, login, main, sealed};
use super::{Checked, Stage, Why, fails, holds, same};
use crate::error::ErrorKind;
use crate::records::{Id, now};
use crate::store::{Caller, LoginAccount, NeedsLogin, Page, PageRequest, RefreshOutcome, RefreshStep, SealedValue};

fn label() -> LoginAccount {
    LoginAccount::Label("main".into())
}

pub(super) async fn a_login_is_finished_once(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let first = login(1, label());
    let expires = store.put_login_state(&me, first.clone(), MINUTE).await?;
    same(&store.put_login_state(&me, first.clone(), MINUTE).await?, &expires, "a repeated call")?;
    let other = crate::store::LoginState { binding_hash: hash(5), ..first.clone() };
    let used = store.put_login_state(&me, other, MINUTE).await;
    fails(used, ErrorKind::Conflict, "login.state_used", "the state of another login")?;
    let second = login(3, LoginAccount::Id(account.id));
    let expires = store.put_login_state(&me, second.clone(), Duration::from_secs(86_400)).await?;
    holds(expires <= now() + Duration::from_secs(660), "no login lives much longer than ten minutes")?;
    same(&store.take_login_state(&me, hash(1), hash(2)).await?, &first, "the login")?;
    let again = store.take_login_state(&me, hash(1), hash(2)).await;
    fails(again, ErrorKind::Auth, "login.unknown_state", "a second time")?;
    same(&store.take_login_state(&me, hash(3), hash(4)).await?, &second, "a login for an account that is there")?;
    for (state, binding) in [("raw secret", hash(2)), (&*hash(1), "raw secret".to_owned()), (&*hash(1), "A".repeat(64))]
    {
        let raw = store.take_login_state(&me, state.to_owned(), binding).await;
        holds(raw.as_ref().is_err_and(|e| !e.to_string().contains("raw")), "what is no hash is not shown")?;
        fails(raw, ErrorKind::InvalidInput, "store.bad_hash", "what is no hash")?;
    }
    Ok(())
}

/// The attack: somebody begins a login with an own Twitter account and has the victim's browser open the callback.
pub(super) async fn a_callback_in_another_browser_takes_nothing(store: &Stage) -> Checked {
    let (me, _) = main(store).await?;
    store.put_login_state(&me, login(1, label()), MINUTE).await?;
    store.put_login_state(&me, login(11, label()), MINUTE).await?;
    for _ in 0..2 {
        let attack = store.take_login_state(&me, hash(1), hash(12)).await;
        fails(attack, ErrorKind::Auth, "login.other_browser", "with the binding of another login")?;
    }
    store.take_login_state(&me, hash(1), hash(2)).await?;
    store.take_login_state(&me, hash(11), hash(12)).await?;
    Ok(())
}

pub(super) async fn logins_expire_and_are_bounded(store: &Stage) -> Checked {
    let (me, _) = main(store).await?;
    store.put_login_state(&me, login(1, label()), Duration::ZERO).await?;
    let late = store.take_login_state(&me, hash(1), hash(2)).await;
    fails(late, ErrorKind::Auth, "login.expired", "an expired login")?;
    let wrong = store.take_login_state(&me, hash(1), hash(3)).await;
    fails(wrong, ErrorKind::Auth, "login.other_browser", "an expired login in another browser")?;
    for n in 0..110 {
        store.put_login_state(&me, login(1_000 + n * 2, label()), MINUTE).await?;
    }
    let oldest = store.take_login_state(&me, hash(1_000), hash(1_001)).await;
    fails(oldest, ErrorKind::Auth, "login.unknown_state", "the oldest of too many logins")?;
    store.take_login_state(&me, hash(1_218), hash(1_219)).await?;
    Ok(())
}

struct Refresh {
    fence: u64,
    value: SealedValue,
    interrupted: bool,
}

async fn begin(store: &Stage, me: &Caller, account: Id, lease: Duration) -> Checked<Refresh> {
    match store.begin_refresh(me, account, "token".into(), lease).await? {
        RefreshStep::Begun { fence, value, interrupted, .. } => Ok(Refresh { fence, value, interrupted }),
        RefreshStep::Busy { until } => Err(Why(format!("somebody is refreshing until {until}"))),
    }
}

fn rotated(from: &str, to: &str) -> RefreshOutcome {
    RefreshOutcome::Rotated { from: sealed(from), value: sealed(to) }
}

pub(super) async fn one_refresh_at_a_time(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let id = account.id;
    let token = || "token".to_owned();
    same(&store.credential(&me, id, token()).await?, &None, "no credential yet")?;
    let none = store.begin_refresh(&me, id, token(), MINUTE).await;
    fails(none, ErrorKind::NotFound, "store.no_credential", "a refresh of nothing")?;
    store.put_sealed(&me, id, token(), sealed("one")).await?;
    let first = begin(store, &me, id, MINUTE).await?;
    same(&(first.value, first.interrupted), &(sealed("one"), false), "the first refresh")?;
    let busy = store.begin_refresh(&me, id, token(), MINUTE).await?;
    let shown = store.credential(&me, id, token()).await?.and_then(|found| found.refreshing_until);
    holds(matches!(busy, RefreshStep::Busy { until } if Some(until) == shown && until > now()), "one at a time")?;
    store.end_refresh(&me, id, token(), first.fence, rotated("one", "two")).await?;
    let found = store.credential(&me, id, token()).await?.ok_or_else(|| Why("no credential".into()))?;
    same(
        &(found.value, found.needs_login, found.refreshing_until, found.interrupted),
        &(sealed("two"), None, None, false),
        "after it",
    )?;
    let again = store.end_refresh(&me, id, token(), first.fence, rotated("one", "three")).await;
    fails(again, ErrorKind::LeaseLost, "credential.lease_lost", "an end after the end")?;
    let second = begin(store, &me, id, MINUTE).await?;
    holds(second.fence > first.fence && second.value == sealed("two") && !second.interrupted, "the next refresh")
}

pub(super) async fn an_interrupted_refresh_is_told(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let (id, none) = (account.id, Duration::ZERO);
    let token = || "token".to_owned();
    let end = |fence, outcome| store.end_refresh(&me, id, "token".into(), fence, outcome);
    store.put_sealed(&me, id, token(), sealed("one")).await?;
    // Begun and surely never sent.
    let refresh = begin(store, &me, id, none).await?;
    end(refresh.fence, RefreshOutcome::Unchanged).await?;
    // Begun, and the process died.
    let dead = begin(store, &me, id, none).await?;
    holds(!dead.interrupted, "a refresh that did nothing is no interrupted one")?;
    holds(store.credential(&me, id, token()).await?.is_some_and(|found| found.interrupted), "it is shown")?;
    let next = begin(store, &me, id, none).await?;
    holds(next.interrupted && next.fence > dead.fence, "the next one is told")?;
    let late = end(dead.fence, RefreshOutcome::Dead { reason: "late".into() }).await;
    fails(late, ErrorKind::LeaseLost, "credential.lease_lost", "the dead one, alive again")?;
    // That this one did nothing says nothing of the one before it.
    end(next.fence, RefreshOutcome::Unchanged).await?;
    let next = begin(store, &me, id, none).await?;
    holds(next.interrupted, "still in doubt")?;
    // The same token under another key is still the same token.
    holds(store.replace_sealed(&me, id, token(), sealed("one"), sealed("one anew")).await?, "sealed anew")?;
    end(next.fence, RefreshOutcome::Unknown).await?;
    let next = begin(store, &me, id, none).await?;
    holds(next.interrupted && next.value == sealed("one anew"), "after an unknown end")?;
    // Who holds the lease may save, whichever key the token was sealed with when it began.
    end(next.fence, rotated("one", "two")).await?;
    let next = begin(store, &me, id, none).await?;
    holds(!next.interrupted && next.value == sealed("two"), "a new token has no past")
}

/// Twitter gives the new token once: whoever has it may save it for the token that it was made from, however late.
pub(super) async fn a_new_token_outlives_its_lease(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let id = account.id;
    let token = || "token".to_owned();
    let end = |fence, outcome| store.end_refresh(&me, id, "token".into(), fence, outcome);
    store.put_sealed(&me, id, token(), sealed("one")).await?;
    let slow = begin(store, &me, id, Duration::ZERO).await?;
    let second = begin(store, &me, id, MINUTE).await?;
    end(slow.fence, rotated("one", "two")).await?;
    let found = store.credential(&me, id, token()).await?.ok_or_else(|| Why("no credential".into()))?;
    same(&(found.value, found.refreshing_until, found.interrupted), &(sealed("two"), None, false), "the new token")?;
    let late = end(second.fence, RefreshOutcome::Dead { reason: "refused".into() }).await;
    fails(late, ErrorKind::LeaseLost, "credential.lease_lost", "the one that took over and was refused")?;
    let late = end(second.fence, rotated("one", "three")).await;
    fails(late, ErrorKind::LeaseLost, "credential.lease_lost", "another token of the one that is gone")?;
    // Also after whoever took over was refused and said so.
    let slow = begin(store, &me, id, Duration::ZERO).await?;
    holds(slow.fence > second.fence, "fences grow")?;
    let second = begin(store, &me, id, MINUTE).await?;
    end(second.fence, RefreshOutcome::Dead { reason: "refused".into() }).await?;
    end(slow.fence, rotated("two", "three")).await?;
    let found = store.credential(&me, id, token()).await?.ok_or_else(|| Why("no credential".into()))?;
    same(&(found.value, found.needs_login), &(sealed("three"), None), "no login is needed after all")
}

pub(super) async fn a_dead_token_waits_for_a_login(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let id = account.id;
    let token = || "token".to_owned();
    store.put_sealed(&me, id, token(), sealed("one")).await?;
    let refresh = begin(store, &me, id, MINUTE).await?;
    let reason = "Twitter says that the grant is over".to_owned();
    store.end_refresh(&me, id, token(), refresh.fence, RefreshOutcome::Dead { reason: reason.clone() }).await?;
    let found = store.credential(&me, id, token()).await?.ok_or_else(|| Why("the token is deleted".into()))?;
    same(&found.value, &sealed("one"), "the token is kept")?;
    holds(matches!(&found.needs_login, Some(NeedsLogin { reason: r, .. }) if *r == reason), "with the reason")?;
    let over = store.begin_refresh(&me, id, token(), MINUTE).await;
    holds(over.as_ref().is_err_and(|e| e.detail() == reason), "the error says why")?;
    fails(over, ErrorKind::NeedsLogin, "login.needed", "another refresh")?;
    store.put_sealed(&me, id, token(), sealed("two")).await?;
    let old = begin(store, &me, id, MINUTE).await?;
    holds(!old.interrupted, "after a login all is well")?;
    // A login while a refresh of the old token is under way.
    store.put_sealed(&me, id, token(), sealed("three")).await?;
    let late = store.end_refresh(&me, id, token(), old.fence, rotated("two", "late")).await;
    fails(late, ErrorKind::LeaseLost, "credential.lease_lost", "the refresh of the token before the login")?;
    let late = store.end_refresh(&me, id, token(), old.fence, RefreshOutcome::Dead { reason }).await;
    fails(late, ErrorKind::LeaseLost, "credential.lease_lost", "its death")?;
    let next = begin(store, &me, id, MINUTE).await?;
    holds(next.value == sealed("three") && next.fence > old.fence && !next.interrupted, "the token of the login")
}

pub(super) async fn custody_shows_no_value_and_no_owner(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let yours = store.open_account(&store.you, "main".into()).await?;
    let (token, other) = ("token".to_owned(), "other".to_owned());
    // The store may hold what others put there, and pages hold every value once.
    let of = |account: Id| async move {
        let (mut found, mut page) = (Vec::new(), PageRequest::first(2));
        loop {
            let Page { items, next } = store.custody(page).await?;
            found.extend(items.into_iter().filter(|item| item.account_id == account));
            match next {
                Some(next) => page = PageRequest::after(2, next),
                None => return Ok::<_, Why>(found),
            }
        }
    };
    same(&of(account.id).await?, &Vec::new(), "nothing is sealed yet")?;
    let before = now() - Duration::from_secs(60);
    for name in [&token, &other] {
        store.put_sealed(&me, account.id, name.clone(), sealed("planted-value")).await?;
    }
    store.put_sealed(&store.you, yours.id, token.clone(), sealed("planted-value")).await?;
    let found = of(account.id).await?;
    same(&found.iter().map(|item| item.name.as_str()).collect::<Vec<_>>(), &vec!["other", "token"], "mine")?;
    same(&of(yours.id).await?.len(), &1, "yours as well: it is for whoever runs the program")?;
    let shown = format!("{found:?}");
    holds(!shown.contains("planted"), "no value is shown")?;
    let [_, first] = &found[..] else { return holds(false, "two values") };
    holds(first.granted_at.is_some_and(|at| at > before) && first.sealed_at == first.granted_at, "they are new")?;
    same(&(first.used_at, first.failed_refreshes, &first.needs_login), &(None, 0, &None), "never refreshed")?;

    let begin = || store.begin_refresh(&me, account.id, token.clone(), MINUTE);
    let end = |fence, outcome| store.end_refresh(&me, account.id, token.clone(), fence, outcome);
    let mine = || async { of(account.id).await?.pop().ok_or_else(|| Why("the value is gone".into())) };
    let begun = |step| match step {
        RefreshStep::Begun { fence, .. } => Ok(fence),
        RefreshStep::Busy { .. } => Err(Why("a refresh begins".into())),
    };
    for failed in 1..=2 {
        end(begun(begin().await?)?, RefreshOutcome::Unknown).await?;
        let now = mine().await?;
        same(&now.failed_refreshes, &failed, "a refresh of which nobody knows")?;
        holds(now.used_at.is_some() && now.sealed_at == first.sealed_at, "it was used, and is the old value")?;
    }
    let fence = begun(begin().await?)?;
    end(fence, RefreshOutcome::Unchanged).await?;
    same(&mine().await?.failed_refreshes, &2, "a refresh that did nothing is no failure")?;
    let fence = begun(begin().await?)?;
    // Times have milliseconds.
    tokio::time::sleep(Duration::from_millis(5)).await;
    end(fence, RefreshOutcome::Rotated { from: sealed("planted-value"), value: sealed("new") }).await?;
    let rotated = mine().await?;
    same(&rotated.failed_refreshes, &0, "a new token")?;
    same(&rotated.granted_at, &first.granted_at, "the login stays as old as it is")?;
    holds(rotated.sealed_at > first.sealed_at, "the value does not")?;
    let fence = begun(begin().await?)?;
    end(fence, RefreshOutcome::Dead { reason: "revoked".into() }).await?;
    let dead = mine().await?;
    same(&dead.failed_refreshes, &1, "a dead token")?;
    same(&dead.needs_login.map(|over| over.reason), &Some("revoked".into()), "why")?;
    store.put_sealed(&me, account.id, token.clone(), sealed("again")).await?;
    let again = mine().await?;
    same(&(again.failed_refreshes, again.needs_login), &(0, None), "a new login")?;
    holds(again.granted_at > first.granted_at, "is a new grant")?;
    store.remove_sealed(&me, account.id, token.clone()).await?;
    same(&of(account.id).await?.len(), &1, "what is removed")
}
