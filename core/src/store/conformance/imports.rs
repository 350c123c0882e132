//! Tweets on their way in.

use std::time::Duration;

use serde_json::json;

use super::data::{at, begin, full_tweet, import, main, new_import, one, page, plain_tweet, tweet};
use super::{Checked, Stage, fails, holds, same};
use crate::error::ErrorKind;
use crate::records::{ContextTweet, Counts, ImportEnd, Tweet, TweetCounts, TweetRef, TwitterUserName};
use crate::store::{PageRequest, TweetMarks, TweetQuery};

fn counts(inserted: u64, updated: u64, unchanged: u64) -> Counts {
    Counts { inserted, updated, unchanged, malformed: 0 }
}

pub(super) async fn a_page_counts_what_it_did(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let lease = begin(store, &me, account.id, "a").await?;
    let mut longer = tweet(2, "twice");
    longer.full_text = "twice, and longer".into();
    let mut first = page(vec![tweet(1, "one"), tweet(2, "twice"), longer]);
    first.malformed = 3;
    let wanted = Counts { malformed: 3, ..counts(2, 0, 0) };
    same(&store.import_page(&me, lease, first).await?, &wanted, "the first page")?;
    let second = page(vec![tweet(1, "one"), tweet(2, "twice, and even longer"), tweet(3, "three")]);
    same(&store.import_page(&me, lease, second).await?, &counts(1, 1, 1), "the second page")?;
    let run = store.finish_import(&me, lease, ImportEnd::Complete).await?;
    let wanted = Counts { malformed: 3, ..counts(3, 1, 1) };
    same(&run.counts, &wanted, "the counts of the run")?;
    same(&store.account(&me, account.id).await?.tweet_count, &3, "tweet_count")?;
    same(&one(store, &me, account.id, "2").await?.full_text, &"twice, and even longer".into(), "the text")
}

pub(super) async fn values_come_back_exactly(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let all = vec![
        full_tweet("9223372036854775807"),
        full_tweet("9999999999999999999"),
        plain_tweet("28"),
        Tweet { entities: plain_tweet("29").entities, ..tweet(29, "one") },
        Tweet { media: plain_tweet("30").media, ..tweet(30, "other") },
        tweet(1, ""),
    ];
    let context = ContextTweet {
        id: "77".into(),
        author: Some(TwitterUserName { id: "3".into(), username: Some("jane".into()) }),
        full_text: "somebody else's\n\u{0}words".into(),
        created_at: Some(at(1)),
    };
    let lease = begin(store, &me, account.id, "a").await?;
    let mut rows = page(all.clone());
    rows.context = vec![context.clone(), ContextTweet { id: "78".into(), ..ContextTweet::default() }];
    store.import_page(&me, lease, rows).await?;
    let query = TweetQuery::all().with_deleted();
    let listed = store.all_tweets(&me, account.id, query.clone()).await?;
    let paged = store.tweets(&me, account.id, query, PageRequest::first(100)).await?.items;
    same(&listed, &paged.iter().collect(), "all tweets and a page of them")?;
    same(&paged.len(), &all.len(), "how many tweets there are")?;
    for tweet in &all {
        same(&one(store, &me, account.id, &tweet.id).await?, tweet, "a tweet")?;
        let listed = listed.iter().find(|listed| listed.id == tweet.id);
        same(&listed, &Some(TweetRef::from(tweet)), "a tweet among all")?;
    }
    let found = store.context_tweets(&me, account.id, vec!["78".into(), "none".into(), "77".into()]).await?;
    same(&found, &vec![ContextTweet { id: "78".into(), ..ContextTweet::default() }, context], "other people's texts")
}

pub(super) async fn a_second_import_writes_nothing(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let all = || (1..=50).map(|id| tweet(id, "the same words")).chain([full_tweet("99")]).collect::<Vec<_>>();
    same(&import(store, &me, account.id, all()).await?, &counts(51, 0, 0), "the first import")?;
    let before = store.account(&me, account.id).await?;
    same(&import(store, &me, account.id, all()).await?, &counts(0, 0, 51), "the second import")?;
    let after = store.account(&me, account.id).await?;
    same(&after.tweets_revision, &before.tweets_revision, "tweets_revision after an import without news")?;
    holds(after.revision > before.revision, "the run itself was written")
}

pub(super) async fn merges_keep_what_is_better(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let mut stored = full_tweet("10");
    (stored.is_truncated, stored.full_text) = (false, "the whole text".into());
    import(store, &me, account.id, vec![stored.clone()]).await?;
    let marks = TweetMarks { excluded: Some(false), add_labels: vec!["mine".into()], ..TweetMarks::default() };
    store.mark_tweets(&me, account.id, vec!["10".into()], marks).await?;
    // A preview that is longer than the whole text, newer counts, and none of the rest.
    let mut incoming = tweet(10, "the beginning of a text, of which a preview shows more than there is …");
    incoming.is_truncated = true;
    incoming.counts = TweetCounts { likes: Some(99), ..TweetCounts::default() };
    same(&import(store, &me, account.id, vec![incoming]).await?, &counts(0, 1, 0), "the merge")?;
    let found = one(store, &me, account.id, "10").await?;
    let mut wanted = stored;
    (wanted.excluded, wanted.labels) = (false, vec!["a".into(), "mine".into(), "ß".into()]);
    wanted.counts.likes = Some(99);
    wanted.kind = found.kind;
    same(&found, &wanted, "the merged tweet")?;
    let shorter = tweet(10, "short");
    same(&import(store, &me, account.id, vec![shorter]).await?, &counts(0, 0, 1), "a shorter text with no news")?;
    let longer = tweet(10, "the whole text, and then some");
    same(&import(store, &me, account.id, vec![longer]).await?, &counts(0, 1, 0), "a longer text")?;
    let found = store.count_tweets(&me, account.id, TweetQuery::matching("then").with_deleted()).await?;
    same(&found, &1, "the new words are found")?;
    let found = one(store, &me, account.id, "10").await?;
    holds(found.deleted_at == wanted.deleted_at, "deleted_at stays")?;
    same(&found.labels, &wanted.labels, "the owner's labels stay")
}

/// An archive of last year that is imported today knows no newer numbers.
pub(super) async fn older_sightings_change_no_count(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let lease = begin(store, &me, account.id, "a").await?;
    let seen = |days: Option<i64>, likes: Option<u64>, replies: Option<u64>, text: &str| {
        let counts = TweetCounts { likes, replies, ..TweetCounts::default() };
        crate::store::ImportPage {
            observed_at: days.map(|days| at(days * 86_400)),
            ..page(vec![Tweet { counts, ..tweet(1, text) }])
        }
    };
    for (what, rows, wanted, found) in [
        ("nobody knows when", seen(None, Some(1), None, "a"), counts(1, 0, 0), (Some(1), None)),
        ("again, nobody knows when", seen(None, Some(2), None, "a"), counts(0, 1, 0), (Some(2), None)),
        ("day 10", seen(Some(10), Some(9), None, "a"), counts(0, 1, 0), (Some(9), None)),
        ("nobody knows when, after day 10", seen(None, Some(3), None, "a"), counts(0, 0, 1), (Some(9), None)),
        ("day 5", seen(Some(5), Some(4), None, "a"), counts(0, 0, 1), (Some(9), None)),
        ("day 5, with a longer text", seen(Some(5), Some(4), None, "a, whole"), counts(0, 1, 0), (Some(9), None)),
        ("day 6, with a new number", seen(Some(6), None, Some(7), "a"), counts(0, 1, 0), (Some(9), Some(7))),
        ("day 9, after those", seen(Some(9), Some(5), Some(8), "a"), counts(0, 0, 1), (Some(9), Some(7))),
        ("day 10 once more", seen(Some(10), Some(8), None, "a"), counts(0, 1, 0), (Some(8), Some(7))),
        ("day 11: likes are taken back", seen(Some(11), Some(6), None, "a"), counts(0, 1, 0), (Some(6), Some(7))),
        ("the year 9000", seen(Some(2_550_000), Some(5), None, "a"), counts(0, 1, 0), (Some(5), Some(7))),
    ] {
        same(&store.import_page(&me, lease, rows).await?, &wanted, what)?;
        let kept = one(store, &me, account.id, "1").await?;
        same(&(kept.counts.likes, kept.counts.replies), &found, what)?;
    }
    same(&one(store, &me, account.id, "1").await?.full_text, &"a, whole".to_owned(), "the longest text")?;
    // A date in the future was taken for now, so that the X API has the last word after it.
    let rows = crate::store::ImportPage {
        observed_at: Some(crate::records::now() + chrono::TimeDelta::seconds(5)),
        ..seen(None, Some(4), None, "a")
    };
    same(&store.import_page(&me, lease, rows).await?, &counts(0, 1, 0), "now")
}

pub(super) async fn a_page_moves_the_checkpoint(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let lease = begin(store, &me, account.id, "a").await?;
    let mut rows = page(vec![tweet(1, "one")]);
    rows.checkpoint = json!({ "part": 3, "offset": 9_007_199_254_740_993_u64, "x": [null, 0.1, "é"] });
    store.import_page(&me, lease, rows.clone()).await?;
    let run = store.imports(&me, account.id).await?.into_iter().next();
    same(&run.and_then(|run| run.checkpoint), &Some(rows.checkpoint), "the checkpoint")
}

pub(super) async fn a_run_is_resumed_or_begun_anew(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let (run, lease) = store.begin_import(&me, new_import(account.id, "a"), super::data::MINUTE).await?;
    holds(run.checkpoint.is_none() && run.end.is_none(), "a new run has no checkpoint and no end")?;
    let again = store.begin_import(&me, new_import(account.id, "a"), super::data::MINUTE).await;
    holds(again.as_ref().is_err_and(|e| e.retry_at().is_some()), "a running import says when its lease ends")?;
    fails(again, ErrorKind::Conflict, "import.running", "a second begin")?;
    let (other, _) = store.begin_import(&me, new_import(account.id, "b"), super::data::MINUTE).await?;
    holds(other.id != run.id, "another key is another run")?;
    store.import_page(&me, lease, page(vec![tweet(1, "one")])).await?;
    let ended = store.finish_import(&me, lease, ImportEnd::Cancelled).await?;
    same(&ended.end, &Some(ImportEnd::Cancelled), "the end")?;
    let (resumed, newer) = store.begin_import(&me, new_import(account.id, "a"), super::data::MINUTE).await?;
    holds(resumed.id == run.id && newer.fence > lease.fence, "a cancelled run is resumed with a larger fence")?;
    holds(resumed.checkpoint.is_some() && resumed.end.is_none(), "it goes on from its checkpoint")?;
    same(&resumed.counts.inserted, &1, "its counts go on")?;
    store.finish_import(&me, newer, ImportEnd::Incomplete { reasons: vec!["one".into()] }).await?;
    let (fresh, _) = store.begin_import(&me, new_import(account.id, "a"), super::data::MINUTE).await?;
    holds(fresh.id != run.id, "an ended run is not resumed")?;
    same(&store.imports(&me, account.id).await?.first().map(|run| run.id), &Some(fresh.id), "the newest run is first")
}

pub(super) async fn only_the_newest_lease_writes(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let (_, old) = store.begin_import(&me, new_import(account.id, "a"), Duration::ZERO).await?;
    // Run out, but nobody else came: the owner may go on.
    store
        .import_page(&me, old, {
            let mut p = page(vec![tweet(1, "one")]);
            p.lease = Duration::ZERO;
            p
        })
        .await?;
    let (_, new) = store.begin_import(&me, new_import(account.id, "a"), super::data::MINUTE).await?;
    holds(new.fence > old.fence, "the fence grows")?;
    let lost = |what: &str| what.to_owned();
    let late = store.import_page(&me, old, page(vec![tweet(2, "late")])).await;
    fails(late, ErrorKind::LeaseLost, "import.lease_lost", &lost("a page of the old owner"))?;
    let late = store.renew_import(&me, old, super::data::MINUTE).await;
    fails(late, ErrorKind::LeaseLost, "import.lease_lost", &lost("a renewal of the old owner"))?;
    let late = store.finish_import(&me, old, ImportEnd::Complete).await;
    fails(late, ErrorKind::LeaseLost, "import.lease_lost", &lost("an end of the old owner"))?;
    holds(
        store.tweets_by_id(&me, account.id, vec!["2".into()]).await?.is_empty(),
        "nothing of the late page is stored",
    )?;
    let renewed = store.renew_import(&me, new, Duration::from_secs(600)).await?;
    holds(renewed.until > new.until && renewed.fence == new.fence, "a renewal extends")?;
    store.finish_import(&me, new, ImportEnd::Complete).await?;
    let late = store.import_page(&me, new, page(vec![])).await;
    fails(late, ErrorKind::LeaseLost, "import.lease_lost", &lost("a page after the end"))
}

fn reply(id: u64, to: u64) -> Tweet {
    Tweet { in_reply_to_id: Some(to.to_string()), ..tweet(id, "and so on") }
}

pub(super) async fn threads_are_labelled(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    // 9 ← 10 ← 100 is a thread, 5 is alone, 20 answers somebody else and is answered by 21.
    let all = vec![reply(100, 10), reply(10, 9), tweet(9, "first"), tweet(5, "alone"), reply(20, 999), reply(21, 20)];
    import(store, &me, account.id, all).await?;
    for (id, thread, position) in [
        ("9", Some("9"), Some(1)),
        ("10", Some("9"), Some(2)),
        ("100", Some("9"), Some(3)),
        ("5", None, None),
        ("20", Some("20"), Some(1)),
        ("21", Some("20"), Some(2)),
    ] {
        let found = one(store, &me, account.id, id).await?;
        same(&(found.thread_id.as_deref(), found.thread_position), &(thread, position), id)?;
    }
    // An older part of the thread comes later: all of it moves.
    let mut older = vec![tweet(8, "before"), reply(9, 8)];
    older.swap(0, 1);
    import(store, &me, account.id, older).await?;
    let found = one(store, &me, account.id, "100").await?;
    same(
        &(found.thread_id.as_deref(), found.thread_position),
        &(Some("8"), Some(4)),
        "the thread after its beginning came",
    )?;
    let totals = store.tweet_totals(&me, account.id).await?;
    same(&(totals.threads, totals.in_threads), &(2, 6), "threads and their tweets")
}

pub(super) async fn circles_of_replies_end(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let all = vec![reply(1, 1), reply(2, 3), reply(3, 2), reply(4, 6), reply(5, 4), reply(6, 5)];
    import(store, &me, account.id, all).await?;
    let found = one(store, &me, account.id, "1").await?;
    same(&found.thread_id, &None, "a tweet that answers itself is no thread")
}
