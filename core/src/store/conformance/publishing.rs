//! The outbox.

use std::time::Duration;

use super::data::{MINUTE, approve, approved, draft, generation, import, main, to_publish, tweet};
use super::{Checked, Stage, Why, fails, holds, same};
use crate::error::ErrorKind;
use crate::records::{DraftState, OutboxResolution, OutboxState, new_id};
use crate::store::{Caller, DraftChange, NewOutbox, PageRequest, SendingOutcome};

fn code(code: &str) -> String {
    code.to_owned()
}

pub(super) async fn only_an_approved_draft_is_published(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    import(store, &me, account.id, vec![tweet(1, "one"), tweet(2, "two")]).await?;
    let id = account.id;
    let generation = generation(id, "1");
    let draft = draft(&generation, "x");
    store.save_generation(&me, generation, vec![draft.clone()]).await?;
    let early = store.put_outbox(&me, to_publish(id, Some(draft.id), 1)).await;
    fails(early, ErrorKind::Conflict, "draft.state", "a draft that nobody approved")?;
    let none = store.put_outbox(&me, to_publish(id, Some(new_id()), 1)).await;
    fails(none, ErrorKind::NotFound, "store.no_draft", "a draft that is not")?;
    store.change_draft(&me, draft.id, approve()).await?;
    let other = store.open_account(&me, "other".into()).await?;
    let elsewhere = store.put_outbox(&me, to_publish(other.id, Some(draft.id), 1)).await;
    fails(elsewhere, ErrorKind::NotFound, "store.no_draft", "the draft of another account")?;
    for payload in [vec![], vec![serde_json::json!("x"); 101], vec![serde_json::json!("x".repeat(1 << 20))]] {
        let bad = NewOutbox { payload, ..to_publish(id, None, 1) };
        fails(store.put_outbox(&me, bad).await, ErrorKind::InvalidInput, "store.bad_thread", "a payload")?;
    }
    let new = to_publish(id, Some(draft.id), 2);
    let entry = store.put_outbox(&me, new.clone()).await?;
    same(
        &(entry.payload.clone(), entry.content_hash.clone()),
        &(new.payload.clone(), new.content_hash.clone()),
        "kept",
    )?;
    same(&(entry.state, entry.attempts, entry.posted_ids.len()), &(OutboxState::Pending, 0, 0), "its beginning")?;
    same(&store.put_outbox(&me, new.clone()).await?, &entry, "a repeated call")?;
    let second = store.put_outbox(&me, to_publish(id, Some(draft.id), 1)).await;
    fails(second, ErrorKind::Conflict, "outbox.already", "a second entry")?;
    // To approve it once more changes nothing; to think again withdraws it, and what is withdrawn does not come back.
    let change = |from, to| DraftChange { from: vec![from], to, feedback: None, text: None };
    store.change_draft(&me, draft.id, change(DraftState::Approved, DraftState::Approved)).await?;
    same(&store.outbox_entry(&me, new.id).await?, &entry, "after the draft was approved again")?;
    let edit = DraftChange { text: Some(("y".into(), 1)), ..change(DraftState::Approved, DraftState::Approved) };
    store.change_draft(&me, draft.id, edit).await?;
    let first = store.outbox_entry(&me, new.id).await?;
    same(&(first.state, first.error_code.as_deref()), &(OutboxState::Failed, Some("draft.changed")), "withdrawn")?;
    let back = store.begin_sending(&me, new.id, MINUTE).await;
    fails(back, ErrorKind::Conflict, "outbox.failed", "the old text of the draft")?;
    // It fails before anything is tweeted: another entry may take its place.
    let new = to_publish(id, Some(draft.id), 1);
    store.put_outbox(&me, new.clone()).await?;
    let sending = store.begin_sending(&me, new.id, MINUTE).await?;
    let late = store.change_draft(&me, draft.id, change(DraftState::Approved, DraftState::Rejected)).await;
    fails(late, ErrorKind::Conflict, "draft.publishing", "to think again while it is sent")?;
    let failed = SendingOutcome::Failed { code: code("twitter.duplicate_content") };
    let entry = store.end_sending(&me, new.id, sending.fence, failed).await?;
    same(
        &(entry.state, entry.error_code.as_deref()),
        &(OutboxState::Failed, Some("twitter.duplicate_content")),
        "failed",
    )?;
    same(&store.draft(&me, draft.id).await?.state, &DraftState::Approved, "the draft after it failed")?;
    let third = to_publish(id, Some(draft.id), 1);
    store.put_outbox(&me, third.clone()).await?;
    store.change_draft(&me, draft.id, change(DraftState::Approved, DraftState::Rejected)).await?;
    let third = store.outbox_entry(&me, third.id).await?;
    same(&third.error_code.as_deref(), &Some("draft.changed"), "of a rejected draft")?;
    let all = store.outbox(&me, id, PageRequest::first(1)).await?;
    same(&all.items.iter().map(|entry| entry.id).collect::<Vec<_>>(), &vec![third.id], "the newest first")?;
    let next = all.next.ok_or_else(|| Why("there is no second page".into()))?;
    let rest = store.outbox(&me, id, PageRequest::after(10, next)).await?;
    same(&rest.items, &vec![entry, first], "the older entries")
}

pub(super) async fn a_thread_is_recorded_tweet_by_tweet(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    import(store, &me, account.id, vec![tweet(1, "one"), tweet(2, "two")]).await?;
    let draft = approved(store, &me, account.id, "1").await?;
    let new = to_publish(account.id, Some(draft.id), 3);
    store.put_outbox(&me, new.clone()).await?;
    let first = store.begin_sending(&me, new.id, MINUTE).await?;
    holds(!first.interrupted && first.entry.attempts == 1, "the first attempt")?;
    let again = store.begin_sending(&me, new.id, MINUTE).await;
    holds(again.as_ref().is_err_and(|e| e.retry_at().is_some()), "it says when the lease ends")?;
    fails(again, ErrorKind::Conflict, "outbox.sending", "a second worker")?;
    let record = |fence, position, id: &str| store.record_posted(&me, new.id, fence, position, id.to_owned());
    let end = |fence, outcome| store.end_sending(&me, new.id, fence, outcome);
    fails(record(first.fence, 1, "11").await, ErrorKind::Conflict, "outbox.position", "the second tweet first")?;
    fails(record(first.fence, 0, "x").await, ErrorKind::InvalidInput, "store.bad_tweet_id", "what is no id")?;
    let entry = record(first.fence, 0, "10").await?;
    same(&entry.posted_ids, &vec!["10".to_owned()], "the first tweet")?;
    same(&record(first.fence, 0, "10").await?, &entry, "the first tweet once more")?;
    fails(record(first.fence, 0, "12").await, ErrorKind::Conflict, "outbox.position", "another id for it")?;
    let early = end(first.fence, SendingOutcome::Posted).await;
    fails(early, ErrorKind::Conflict, "outbox.not_posted", "an end before the end")?;
    let entry = end(first.fence, SendingOutcome::Later { code: code("twitter.rate_window") }).await?;
    same(&(entry.state, entry.posted_ids.len()), &(OutboxState::Pending, 1), "later")?;
    let late = record(first.fence, 1, "11").await;
    fails(late, ErrorKind::LeaseLost, "outbox.lease_lost", "a tweet after the attempt ended")?;
    let edit = DraftChange { from: vec![DraftState::Approved], text: Some(("y".into(), 1)), ..approve() };
    let late = store.change_draft(&me, draft.id, edit).await;
    fails(late, ErrorKind::Conflict, "draft.publishing", "another text after the first tweet")?;
    let second = store.begin_sending(&me, new.id, MINUTE).await?;
    holds(!second.interrupted && second.fence > first.fence, "nothing is in doubt")?;
    // Half a thread that failed is gone on with; it is not begun anew.
    record(second.fence, 1, "11").await?;
    end(second.fence, SendingOutcome::Failed { code: code("x") }).await?;
    let edit = || DraftChange { from: vec![DraftState::Approved], text: Some(("y".into(), 1)), ..approve() };
    let reject = || DraftChange { to: DraftState::Rejected, text: None, ..edit() };
    for change in [edit(), reject()] {
        let late = store.change_draft(&me, draft.id, change).await;
        fails(late, ErrorKind::Conflict, "draft.publishing", "a change with half a thread on Twitter")?;
    }
    let anew = store.put_outbox(&me, to_publish(account.id, Some(draft.id), 3)).await;
    fails(anew, ErrorKind::Conflict, "outbox.already", "another entry for half a thread")?;
    let third = store.begin_sending(&me, new.id, MINUTE).await?;
    record(third.fence, 2, "12").await?;
    fails(record(third.fence, 3, "13").await, ErrorKind::Conflict, "outbox.position", "a tweet too many")?;
    let entry = end(third.fence, SendingOutcome::Posted).await?;
    same(&(entry.state, entry.attempts, entry.error_code.clone()), &(OutboxState::Posted, 3, None), "posted")?;
    same(&entry.posted_ids, &vec!["10".to_owned(), "11".into(), "12".into()], "all ids")?;
    same(&store.draft(&me, draft.id).await?.state, &DraftState::Published, "the draft")?;
    let over = store.begin_sending(&me, new.id, MINUTE).await;
    fails(over, ErrorKind::Conflict, "outbox.posted", "a posted entry")?;
    let anew = store.put_outbox(&me, to_publish(account.id, Some(draft.id), 1)).await;
    fails(anew, ErrorKind::Conflict, "outbox.already", "a published draft")
}

pub(super) async fn the_entry_of_a_draft_is_found(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    import(store, &me, account.id, vec![tweet(1, "one"), tweet(2, "two")]).await?;
    let (draft, other) = (approved(store, &me, account.id, "1").await?, approved(store, &me, account.id, "2").await?);
    let of = |draft| store.outbox_of_draft(&me, account.id, draft);
    same(&of(draft.id).await?, &None, "no entry yet")?;
    same(&of(new_id()).await?, &None, "of a draft that is not")?;
    let first = to_publish(account.id, Some(draft.id), 2);
    let entry = store.put_outbox(&me, first.clone()).await?;
    same(&of(draft.id).await?, &Some(entry), "the entry")?;
    same(&of(other.id).await?, &None, "of another draft")?;
    let elsewhere = store.open_account(&me, "other".into()).await?;
    same(&store.outbox_of_draft(&me, elsewhere.id, draft.id).await?, &None, "of another account")?;
    let fail = |entry, fence| store.end_sending(&me, entry, fence, SendingOutcome::Failed { code: code("x") });
    let sending = store.begin_sending(&me, first.id, MINUTE).await?;
    fail(first.id, sending.fence).await?;
    same(&of(draft.id).await?, &None, "a failure stands for nothing")?;
    let second = to_publish(account.id, Some(draft.id), 2);
    store.put_outbox(&me, second.clone()).await?;
    let sending = store.begin_sending(&me, second.id, MINUTE).await?;
    store.record_posted(&me, second.id, sending.fence, 0, "10".into()).await?;
    let entry = fail(second.id, sending.fence).await?;
    same(&of(draft.id).await?, &Some(entry), "half of it is on Twitter")
}

pub(super) async fn an_interrupted_sending_is_told(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    import(store, &me, account.id, vec![tweet(1, "one"), tweet(2, "two")]).await?;
    let draft = approved(store, &me, account.id, "1").await?;
    let new = to_publish(account.id, Some(draft.id), 2);
    store.put_outbox(&me, new.clone()).await?;
    // Begun, and the process died.
    let dead = store.begin_sending(&me, new.id, Duration::ZERO).await?;
    let next = store.begin_sending(&me, new.id, Duration::ZERO).await?;
    holds(next.interrupted && next.fence > dead.fence, "the next one is told")?;
    let late = store.record_posted(&me, new.id, dead.fence, 0, "10".into()).await;
    fails(late, ErrorKind::LeaseLost, "outbox.lease_lost", "a tweet of the dead one")?;
    let late = store.end_sending(&me, new.id, dead.fence, SendingOutcome::Failed { code: code("x") }).await;
    fails(late, ErrorKind::LeaseLost, "outbox.lease_lost", "an end of the dead one")?;
    // Twitter could not be asked either.
    let entry = store.end_sending(&me, new.id, next.fence, SendingOutcome::Unknown { code: code("x") }).await?;
    same(&entry.state, &OutboxState::Unknown, "unknown")?;
    let anew = store.put_outbox(&me, to_publish(account.id, Some(draft.id), 1)).await;
    fails(anew, ErrorKind::Conflict, "outbox.already", "another entry while it is unknown")?;
    let change = DraftChange { from: vec![DraftState::Approved], to: DraftState::Rejected, feedback: None, text: None };
    let late = store.change_draft(&me, draft.id, change).await;
    fails(late, ErrorKind::Conflict, "draft.publishing", "to reject what may be on Twitter")?;
    let next = store.begin_sending(&me, new.id, MINUTE).await?;
    holds(next.interrupted, "an unknown end is told as well")?;
    store.record_posted(&me, new.id, next.fence, 0, "10".into()).await?;
    store.record_posted(&me, new.id, next.fence, 1, "11".into()).await?;
    store.end_sending(&me, new.id, next.fence, SendingOutcome::Posted).await?;
    same(&store.draft(&me, draft.id).await?.state, &DraftState::Published, "it is on Twitter")
}

pub(super) async fn what_is_in_doubt_is_resolved(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    import(store, &me, account.id, vec![tweet(1, "one"), tweet(2, "two")]).await?;
    let draft = approved(store, &me, account.id, "1").await?;
    let new = to_publish(account.id, Some(draft.id), 2);
    let entry = store.put_outbox(&me, new.clone()).await?;
    same(&entry.sent_at, &None, "nothing was sent")?;
    let say = |resolution| store.resolve_outbox(&me, new.id, resolution);
    let is = |id: &str| OutboxResolution::Posted { tweet_id: id.to_owned() };
    let unknown = |fence| store.end_sending(&me, new.id, fence, SendingOutcome::Unknown { code: code("x") });
    fails(say(is("10")).await, ErrorKind::Conflict, "outbox.not_in_doubt", "a tweet that nobody sent")?;
    same(&say(OutboxResolution::NotPosted).await?, &entry, "what is known is said again")?;
    let sending = store.begin_sending(&me, new.id, MINUTE).await?;
    let sent = store.record_sending(&me, new.id, sending.fence).await?;
    holds(sent.sent_at.is_some_and(|at| at >= entry.created_at), "when it was sent")?;
    let again = store.record_sending(&me, new.id, sending.fence).await?;
    same(&again.sent_at, &sent.sent_at, "the first time counts")?;
    let early = say(OutboxResolution::NotPosted).await;
    holds(early.as_ref().is_err_and(|error| error.retry_at().is_some()), "it says when the lease ends")?;
    fails(early, ErrorKind::Conflict, "outbox.sending", "while it is sent")?;
    let entry = unknown(sending.fence).await?;
    same(&(entry.state, entry.sent_at), &(OutboxState::Unknown, sent.sent_at), "in doubt")?;
    let late = store.record_sending(&me, new.id, sending.fence).await;
    fails(late, ErrorKind::LeaseLost, "outbox.lease_lost", "a sending after the attempt ended")?;
    fails(say(is("x")).await, ErrorKind::InvalidInput, "store.bad_tweet_id", "what is no id")?;
    let entry = say(OutboxResolution::NotPosted).await?;
    same(&(entry.state, entry.sent_at, entry.error_code.clone()), &(OutboxState::Pending, None, None), "not there")?;
    same(&say(OutboxResolution::NotPosted).await?, &entry, "once more")?;

    let sending = store.begin_sending(&me, new.id, MINUTE).await?;
    holds(!sending.interrupted, "nothing is in doubt")?;
    store.record_sending(&me, new.id, sending.fence).await?;
    unknown(sending.fence).await?;
    let entry = say(is("10")).await?;
    same(&(entry.state, entry.sent_at), &(OutboxState::Pending, None), "the first one is there")?;
    same(&entry.posted_ids, &vec!["10".to_owned()], "its id")?;
    same(&say(is("10")).await?, &entry, "said again")?;
    fails(say(is("11")).await, ErrorKind::Conflict, "outbox.not_in_doubt", "the second one")?;
    // A worker that died leaves a doubt when its lease is over, and comes too late when it is resolved.
    let dead = store.begin_sending(&me, new.id, Duration::ZERO).await?;
    let entry = store.record_sending(&me, new.id, dead.fence).await?;
    holds(entry.sent_at.is_some(), "the second one is sent")?;
    let entry = say(is("11")).await?;
    same(&(entry.state, entry.posted_ids.len()), &(OutboxState::Posted, 2), "all of it is there")?;
    same(&store.draft(&me, draft.id).await?.state, &DraftState::Published, "the draft")?;
    let late = store.record_posted(&me, new.id, dead.fence, 1, "12".into()).await;
    fails(late, ErrorKind::LeaseLost, "outbox.lease_lost", "the tweet of the dead one")?;
    same(&say(is("11")).await?, &entry, "the last one again")?;
    fails(say(OutboxResolution::GivenUp).await, ErrorKind::Conflict, "outbox.posted", "to give up what is done")?;

    // A tweet that is recorded leaves no doubt behind, nor does an end without one.
    let other = approved(store, &me, account.id, "2").await?;
    let new = to_publish(account.id, Some(other.id), 2);
    store.put_outbox(&me, new.clone()).await?;
    let sending = store.begin_sending(&me, new.id, MINUTE).await?;
    store.record_sending(&me, new.id, sending.fence).await?;
    let entry = store.record_posted(&me, new.id, sending.fence, 0, "20".into()).await?;
    same(&entry.sent_at, &None, "it is recorded")?;
    store.record_sending(&me, new.id, sending.fence).await?;
    let entry = store.end_sending(&me, new.id, sending.fence, SendingOutcome::Later { code: code("x") }).await?;
    same(&entry.sent_at, &None, "later, without a doubt")?;
    let sending = store.begin_sending(&me, new.id, MINUTE).await?;
    unknown_entry(store, &me, &new, sending.fence).await?;
    let twice = store.resolve_outbox(&me, new.id, is("20")).await?;
    same(&twice.posted_ids, &vec!["20".to_owned()], "the same tweet is not two of a thread")
}

async fn unknown_entry(store: &Stage, me: &Caller, new: &NewOutbox, fence: u64) -> Checked {
    store.end_sending(me, new.id, fence, SendingOutcome::Unknown { code: code("x") }).await?;
    Ok(())
}

pub(super) async fn what_is_given_up_frees_its_draft(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    import(store, &me, account.id, vec![tweet(1, "one"), tweet(2, "two")]).await?;
    let draft = approved(store, &me, account.id, "1").await?;
    let first = to_publish(account.id, Some(draft.id), 3);
    store.put_outbox(&me, first.clone()).await?;
    let sending = store.begin_sending(&me, first.id, MINUTE).await?;
    store.record_posted(&me, first.id, sending.fence, 0, "10".into()).await?;
    store.end_sending(&me, first.id, sending.fence, SendingOutcome::Failed { code: code("twitter.forbidden") }).await?;
    let give_up = |id| store.resolve_outbox(&me, id, OutboxResolution::GivenUp);
    let ended = give_up(first.id).await?;
    same(
        &(ended.state, ended.posted_ids.clone(), ended.error_code.as_deref()),
        &(OutboxState::Ended, vec!["10".to_owned()], Some("twitter.forbidden")),
        "what is on Twitter, and why it stopped",
    )?;
    same(&give_up(first.id).await?, &ended, "given up again")?;
    same(&store.draft(&me, draft.id).await?.state, &DraftState::Draft, "the draft has to be approved again")?;
    let back = store.begin_sending(&me, first.id, MINUTE).await;
    fails(back, ErrorKind::Conflict, "outbox.ended", "to go on with it")?;
    let late = store.resolve_outbox(&me, first.id, OutboxResolution::NotPosted).await;
    fails(late, ErrorKind::Conflict, "outbox.not_in_doubt", "to resolve it otherwise")?;
    same(&store.outbox_of_draft(&me, account.id, draft.id).await?, &Some(ended), "what is on Twitter of the draft")?;
    let early = store.put_outbox(&me, to_publish(account.id, Some(draft.id), 1)).await;
    fails(early, ErrorKind::Conflict, "draft.state", "before it is approved")?;
    let edit = DraftChange { from: vec![DraftState::Draft], text: Some(("y".into(), 1)), ..approve() };
    store.change_draft(&me, draft.id, edit).await?;
    let second = to_publish(account.id, Some(draft.id), 2);
    let entry = store.put_outbox(&me, second.clone()).await?;
    same(&store.outbox_of_draft(&me, account.id, draft.id).await?, &Some(entry), "the new one stands for the draft")?;
    // In doubt, and never to be known.
    let sending = store.begin_sending(&me, second.id, MINUTE).await?;
    fails(give_up(second.id).await, ErrorKind::Conflict, "outbox.sending", "while it is sent")?;
    unknown_entry(store, &me, &second, sending.fence).await?;
    same(&give_up(second.id).await?.state, &OutboxState::Ended, "given up in doubt")?;
    // Before anything was sent, and what had failed anyway.
    store.change_draft(&me, draft.id, DraftChange { from: vec![DraftState::Draft], ..approve() }).await?;
    let third = to_publish(account.id, Some(draft.id), 1);
    store.put_outbox(&me, third.clone()).await?;
    same(&give_up(third.id).await?.state, &OutboxState::Ended, "given up before it was sent")?;
    store.change_draft(&me, draft.id, DraftChange { from: vec![DraftState::Draft], ..approve() }).await?;
    let fourth = to_publish(account.id, Some(draft.id), 1);
    store.put_outbox(&me, fourth.clone()).await?;
    let sending = store.begin_sending(&me, fourth.id, MINUTE).await?;
    let failed = store.end_sending(&me, fourth.id, sending.fence, SendingOutcome::Failed { code: code("x") }).await?;
    same(&give_up(fourth.id).await?, &failed, "it stands for nothing")?;
    same(&store.draft(&me, draft.id).await?.state, &DraftState::Approved, "and its draft is as it was")
}
