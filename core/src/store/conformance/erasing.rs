//! Erasing, and marking what is gone at Twitter.

use serde_json::json;

use super::data::{
    MINUTE, ai_run, approved, at, begin, draft, generation, hash, import, login, main, one, page, sealed, to_publish,
    tweet, window,
};
use super::{Checked, Stage, fails, holds, same};
use crate::error::ErrorKind;
use crate::records::{ContextTweet, ImportEnd};
use crate::store::{Erased, LoginAccount, PageRequest, ProfileInput, TweetQuery};

pub(super) async fn erased_tweets_take_what_came_of_them(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let mut quote = tweet(1, "erased words");
    quote.quoted_id = Some("70".into());
    let lease = begin(store, &me, account.id, "a").await?;
    let mut rows = page(vec![quote, tweet(2, "kept words")]);
    rows.context = vec![ContextTweet { id: "70".into(), full_text: "theirs".into(), ..Default::default() }];
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

pub(super) async fn an_erased_account_is_gone(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    import(store, &me, account.id, vec![tweet(1, "a"), tweet(2, "b")]).await?;
    let generation = generation(account.id, "1");
    store.save_generation(&me, generation.clone(), vec![draft(&generation, "x")]).await?;
    store.put_sealed(&me, account.id, "t".into(), sealed("s")).await?;
    store.log_ai_run(&me, ai_run(account.id, Some(5)), None).await?;
    store.put_login_state(&me, login(1, LoginAccount::Id(account.id)), MINUTE).await?;
    store.put_login_state(&me, login(11, LoginAccount::Label("main".into())), MINUTE).await?;
    store.put_login_state(&me, login(21, LoginAccount::Label("other".into())), MINUTE).await?;
    store.save_rate_windows(&me, account.id, vec![window("GET /2/users/me", 3)]).await?;
    let entry = to_publish(account.id, None, 1);
    store.put_outbox(&me, entry.clone()).await?;
    let other = store.open_account(&me, "other".into()).await?;
    import(store, &me, other.id, vec![tweet(1, "a")]).await?;
    let erased = store.erase_account(&me, account.id).await?;
    let numbers = (erased.tweets, erased.drafts, erased.generations, erased.sealed, erased.imports, erased.ai_runs);
    same(&numbers, &(2, 1, 1, 1, 1, 1), "what was erased")?;
    fails(store.account(&me, account.id).await, ErrorKind::NotFound, "store.no_account", "the account")?;
    holds(store.sealed_names(&me).await?.is_empty(), "no sealed value is left")?;
    same(&erased.outbox, &1, "entries of the outbox")?;
    let gone = store.outbox_entry(&me, entry.id).await;
    fails(gone, ErrorKind::NotFound, "store.no_outbox_entry", "the entry of the outbox")?;
    for n in [1, 11] {
        let gone = store.take_login_state(&me, hash(n), hash(n + 1)).await;
        fails(gone, ErrorKind::Auth, "login.unknown_state", "a login for the account")?;
    }
    store.take_login_state(&me, hash(21), hash(22)).await?;
    same(&store.count_tweets(&me, other.id, TweetQuery::matching("a")).await?, &1, "another account is untouched")?;
    let again = store.open_account(&me, "main".into()).await?;
    holds(again.id != account.id && again.tweet_count == 0, "the same label is a new account")?;
    holds(store.audit_log(&me, again.id, PageRequest::default()).await?.items.is_empty(), "with a log of its own")
}

pub(super) async fn nothing_is_made_of_what_is_gone(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let other = store.open_account(&me, "other".into()).await?;
    import(store, &me, account.id, vec![tweet(1, "there"), tweet(2, "deleted"), tweet(3, "erased")]).await?;
    import(store, &me, other.id, vec![tweet(4, "elsewhere")]).await?;
    store.mark_deleted(&me, account.id, vec!["2".into()], at(9)).await?;
    store.erase_tweets(&me, account.id, vec!["3".into()]).await?;
    let before = store.account(&me, account.id).await?;
    for id in ["2", "3", "4", "404"] {
        let late = generation(account.id, id);
        let saved = store.save_generation(&me, late.clone(), vec![draft(&late, "late")]).await;
        fails(saved, ErrorKind::Conflict, "store.tweets_gone", "a draft")?;
        fails(store.generation(&me, late.id).await, ErrorKind::NotFound, "store.no_generation", "its generation")?;
        let profile = ProfileInput {
            corpus_hash: "h".into(),
            fingerprint: json!({}),
            analysis: None,
            tweet_ids: vec!["1".into(), id.into()],
        };
        let saved = store.save_profile(&me, account.id, profile).await;
        fails(saved, ErrorKind::Conflict, "store.tweets_gone", "a profile")?;
    }
    holds(store.latest_profile(&me, account.id, None).await?.is_none(), "no profile is kept")?;
    same(&store.account(&me, account.id).await?, &before, "the account after all of this")?;
    let good = generation(account.id, "1");
    store.save_generation(&me, good.clone(), Vec::new()).await?;
    store.erase_tweets(&me, account.id, vec!["1".into()]).await?;
    let again = store.save_generation(&me, good, Vec::new()).await;
    fails(again, ErrorKind::Conflict, "store.tweets_gone", "the same call again, after its tweet was erased")
}

pub(super) async fn deleted_tweets_are_marked_once(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let lease = begin(store, &me, account.id, "a").await?;
    let mut rows = page(vec![tweet(1, "gone words"), tweet(2, "kept words"), tweet(3, "gone before")]);
    if let Some(third) = rows.tweets.get_mut(2) {
        third.deleted_at = Some(at(5));
    }
    let context = |id: &str| ContextTweet { id: id.into(), full_text: "theirs".into(), ..ContextTweet::default() };
    rows.context = vec![context("70"), context("71")];
    store.import_page(&me, lease, rows).await?;
    store.finish_import(&me, lease, ImportEnd::Complete).await?;
    let (bad, good) = (approved(store, &me, account.id, "1").await?, approved(store, &me, account.id, "2").await?);
    let (bad_entry, good_entry) = (to_publish(account.id, Some(bad.id), 1), to_publish(account.id, Some(good.id), 1));
    store.put_outbox(&me, bad_entry.clone()).await?;
    store.put_outbox(&me, good_entry.clone()).await?;
    let sending = store.begin_sending(&me, bad_entry.id, MINUTE).await?;
    let profile =
        ProfileInput { corpus_hash: "h".into(), fingerprint: json!({}), analysis: None, tweet_ids: vec!["1".into()] };
    store.save_profile(&me, account.id, profile).await?;
    let before = store.account(&me, account.id).await?;
    let ids = || vec!["1".to_owned(), "3".into(), "70".into(), "404".into()];
    let erased = store.mark_deleted(&me, account.id, ids(), at(9)).await?;
    let wanted =
        Erased { marked: 1, tweets: 1, profiles: 1, drafts: 1, generations: 1, outbox: 1, ..Erased::default() };
    same(&erased, &wanted, "marked, other people's texts, profiles, drafts, generations, the outbox")?;
    let after = store.account(&me, account.id).await?;
    holds(after.tweets_revision > before.tweets_revision, "the corpus is another one")?;
    same(&store.mark_deleted(&me, account.id, ids(), at(99)).await?, &Erased::default(), "a second time")?;
    same(&store.account(&me, account.id).await?, &after, "the account after a second time")?;
    for (id, when) in [("1", Some(at(9))), ("2", None), ("3", Some(at(5)))] {
        same(&one(store, &me, account.id, id).await?.deleted_at, &when, id)?;
    }
    same(&one(store, &me, account.id, "1").await?.full_text, &"gone words".to_owned(), "the owner's text is kept")?;
    same(&store.count_tweets(&me, account.id, TweetQuery::matching("gone")).await?, &0, "found")?;
    same(&store.count_tweets(&me, account.id, TweetQuery::matching("gone").with_deleted()).await?, &2, "found again")?;
    let left = store.context_tweets(&me, account.id, vec!["70".into(), "71".into()]).await?;
    same(&left.iter().map(|tweet| tweet.id.as_str()).collect::<Vec<_>>(), &vec!["71"], "other people's texts")?;
    fails(store.draft(&me, bad.id).await, ErrorKind::NotFound, "store.no_draft", "the draft made of it")?;
    let late = store.record_posted(&me, bad_entry.id, sending.fence, 0, "9".into()).await;
    fails(late, ErrorKind::NotFound, "store.no_outbox_entry", "whoever sends it")?;
    store.begin_sending(&me, good_entry.id, MINUTE).await?;
    // A source that still has the tweet does not bring it back.
    import(store, &me, account.id, vec![tweet(1, "gone words")]).await?;
    same(&one(store, &me, account.id, "1").await?.deleted_at, &Some(at(9)), "after another import")?;
    let bad = store.mark_deleted(&me, account.id, vec!["1".into(); 1_001], at(9)).await;
    fails(bad, ErrorKind::InvalidInput, "store.too_many_ids", "too many ids")
}

pub(super) async fn an_erased_draft_leaves_the_outbox(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    import(store, &me, account.id, vec![tweet(1, "a")]).await?;
    let draft = approved(store, &me, account.id, "1").await?;
    let (derived, free) = (to_publish(account.id, Some(draft.id), 1), to_publish(account.id, None, 1));
    store.put_outbox(&me, derived).await?;
    store.put_outbox(&me, free.clone()).await?;
    same(&store.erase_tweets(&me, account.id, vec!["1".into()]).await?.outbox, &1, "entries of the outbox")?;
    let left = store.outbox(&me, account.id, PageRequest::default()).await?;
    same(&left.items.iter().map(|entry| entry.id).collect::<Vec<_>>(), &vec![free.id], "what is left")
}
