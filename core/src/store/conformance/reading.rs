//! Tweets on their way out.

use super::data::{at, import, main, one, tweet};
use super::{Checked, Stage, fails, holds, same};
use crate::error::ErrorKind;
use crate::records::{Tweet, TweetKind, compare_ids};
use crate::store::{Caller, Order, PageRequest, TweetMarks, TweetQuery};

async fn walk(
    store: &Stage,
    me: &Caller,
    account: crate::records::Id,
    query: &TweetQuery,
    size: u32,
) -> Checked<Vec<Tweet>> {
    let mut all = Vec::new();
    let mut request = PageRequest::first(size);
    // A store that never ends its pages fails, instead of running for ever.
    for _ in 0..10_000 {
        let page = store.tweets(me, account, query.clone(), request).await?;
        holds(page.items.len() <= usize::try_from(size).unwrap_or(0), "no page is longer than asked")?;
        all.extend(page.items);
        match page.next {
            Some(next) => request = PageRequest::after(size, next),
            None => return Ok(all),
        }
    }
    Err(super::Why("the pages do not end".into()))
}

fn ids(tweets: &[Tweet]) -> Vec<&str> {
    tweets.iter().map(|tweet| tweet.id.as_str()).collect()
}

/// Ids of different lengths at the same time, which text order would turn round.
fn awkward() -> Vec<Tweet> {
    let mut all: Vec<Tweet> =
        (1..=37_u64).map(|id| Tweet { created_at: at(0), ..tweet(id * id * 7, "same time") }).collect();
    all.extend((1..=23_u64).map(|id| tweet(1_000_000_000 + id, "later")));
    all
}

pub(super) async fn pages_hold_every_tweet_once(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let all = awkward();
    import(store, &me, account.id, all.clone()).await?;
    for order in [Order::NewestFirst, Order::OldestFirst] {
        let mut wanted = all.clone();
        wanted.sort_by(|a, b| a.created_at.cmp(&b.created_at).then_with(|| compare_ids(&a.id, &b.id)));
        if order == Order::NewestFirst {
            wanted.reverse();
        }
        for size in [1, 7, 60, 1_000] {
            let found = walk(store, &me, account.id, &TweetQuery::all().order(order), size).await?;
            same(&ids(&found), &ids(&wanted), "the ids in order")?;
        }
        let found = store.all_tweets(&me, account.id, TweetQuery::all().order(order)).await?.to_vec();
        same(&ids(&found), &ids(&wanted), "all ids in order")?;
    }
    for limit in [0, 1_001] {
        let bad = store.tweets(&me, account.id, TweetQuery::all(), PageRequest::first(limit)).await;
        fails(bad, ErrorKind::InvalidInput, "store.bad_page", "a page of a size that is not allowed")?;
    }
    for cursor in ["", "x", "🦀", "dHdlZXRzLm5ld2VzdA"] {
        let bad = store.tweets(&me, account.id, TweetQuery::all(), PageRequest::after(10, cursor)).await;
        fails(bad, ErrorKind::InvalidInput, "store.bad_cursor", "a cursor that no page gave")?;
    }
    Ok(())
}

pub(super) async fn pages_stay_while_rows_come_and_go(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    import(store, &me, account.id, (1..=30).map(|id| tweet(id * 10, "t")).collect()).await?;
    let first = store.tweets(&me, account.id, TweetQuery::all(), PageRequest::first(10)).await?;
    same(&first.items.last().map(|t| t.id.as_str()), &Some("210"), "the end of the first page")?;
    // A newer one, one in the middle of what is to come, and the end of the page gone.
    import(store, &me, account.id, vec![tweet(999, "new"), tweet(105, "between")]).await?;
    store.erase_tweets(&me, account.id, vec!["210".into(), "50".into()]).await?;
    let next = first.next.ok_or_else(|| super::Why("there is no next page".into()))?;
    let second = store.tweets(&me, account.id, TweetQuery::all(), PageRequest::after(100, next)).await?;
    let wanted = [
        "200", "190", "180", "170", "160", "150", "140", "130", "120", "110", "105", "100", "90", "80", "70", "60",
        "40", "30", "20", "10",
    ];
    same(&ids(&second.items), &wanted.to_vec(), "the second page")
}

pub(super) async fn counts_agree_with_pages(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let mut all = Vec::new();
    for id in 1..=60_u64 {
        let mut row = tweet(id, if id % 3 == 0 { "rust and birds" } else { "only birds" });
        row.kind = if id % 2 == 0 { TweetKind::Original } else { TweetKind::Reply };
        row.lang = match id % 4 {
            0 => None,
            1 => Some("en".into()),
            _ => Some("de".into()),
        };
        row.deleted_at = (id % 10 == 0).then(|| at(99));
        all.push(row);
    }
    import(store, &me, account.id, all).await?;
    let marked = (1..=20).map(|id| id.to_string()).collect();
    let marks = TweetMarks { excluded: Some(true), add_labels: vec!["old".into()], ..TweetMarks::default() };
    store.mark_tweets(&me, account.id, marked, marks).await?;
    for (query, wanted) in [
        (TweetQuery::all(), 54),
        (TweetQuery::all().with_deleted(), 60),
        (TweetQuery::matching("rust").with_deleted(), 20),
        (TweetQuery::matching("rust"), 18),
        (TweetQuery::all().kinds([TweetKind::Reply]), 30),
        (TweetQuery::all().kinds([TweetKind::Reply, TweetKind::Original]), 54),
        (TweetQuery::all().kinds([TweetKind::Note]), 0),
        (TweetQuery::all().lang("en"), 15),
        (TweetQuery::all().lang("und"), 12),
        (TweetQuery::all().label("old"), 18),
        (TweetQuery::all().excluded(false), 36),
        (TweetQuery::all().between(Some(at(10)), Some(at(20))).with_deleted(), 10),
        (TweetQuery::matching("rust birds").label("old").excluded(true).kinds([TweetKind::Reply]), 3),
    ] {
        let found = walk(store, &me, account.id, &query, 7).await?;
        let what = format!("{query:?}");
        same(&found.len(), &wanted, &what)?;
        same(&store.all_tweets(&me, account.id, query.clone()).await?.to_vec(), &found, &what)?;
        same(&store.count_tweets(&me, account.id, query).await?, &(wanted as u64), &what)?;
    }
    Ok(())
}

pub(super) async fn search_finds_words_phrases_and_prefixes(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    let texts = [
        "I love #Rust, don't you?",
        "rusty nails and the borrow checker",
        "the checker borrows",
        "黒猫が好き 🦀",
        "STRASSE in Zürich @jane_doe",
        "'; DROP TABLE tweets; --",
    ];
    let all = texts.iter().zip(1..).map(|(text, id)| tweet(id, text)).collect();
    import(store, &me, account.id, all).await?;
    for (search, wanted) in [
        ("rust", vec!["1"]),
        ("#rust", vec!["1"]),
        ("RUST*", vec!["2", "1"]),
        ("\"borrow checker\"", vec!["2"]),
        ("checker borrow*", vec!["3", "2"]),
        ("don't", vec!["1"]),
        ("猫", vec!["4"]),
        ("黒猫", vec!["4"]),
        ("猫黒", vec![]),
        ("🦀", vec!["4"]),
        ("zürich", vec!["5"]),
        ("@jane_doe", vec!["5"]),
        ("jane_doe", vec!["5"]),
        ("drop table", vec!["6"]),
        ("love OR nails", vec![]),
        ("\"'; DROP\" NEAR(", vec![]),
        ("search_terms:love", vec![]),
        ("nothing", vec![]),
    ] {
        let found = walk(store, &me, account.id, &TweetQuery::matching(search), 10).await?;
        same(&ids(&found), &wanted, search)?;
    }
    let long = vec!["birds"; 5_000].join(" ") + &(0..5_000).map(|n| format!(" w{n}")).collect::<String>();
    same(&store.count_tweets(&me, account.id, TweetQuery::matching(long)).await?, &0, "a very long search")?;
    let empty = store.count_tweets(&me, account.id, TweetQuery::matching(" ?! ")).await;
    fails(empty, ErrorKind::InvalidInput, "search.empty", "a search for nothing")
}

pub(super) async fn marks_are_kept(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    import(store, &me, account.id, vec![tweet(1, "a"), tweet(2, "b")]).await?;
    let before = store.account(&me, account.id).await?.tweets_revision;
    let all = || vec!["1".to_owned(), "2".into(), "3".into(), "1".into()];
    let marks = TweetMarks {
        excluded: Some(true),
        add_labels: vec!["z".into(), "b".into(), "z".into()],
        ..TweetMarks::default()
    };
    same(&store.mark_tweets(&me, account.id, all(), marks.clone()).await?, &2, "marked")?;
    same(&store.mark_tweets(&me, account.id, all(), marks).await?, &0, "marked a second time")?;
    holds(store.account(&me, account.id).await?.tweets_revision > before, "tweets_revision grows with marks")?;
    let marks = TweetMarks { remove_labels: vec!["b".into()], ..TweetMarks::default() };
    store.mark_tweets(&me, account.id, vec!["1".into()], marks).await?;
    same(&one(store, &me, account.id, "1").await?.labels, &vec!["z".to_owned()], "labels")?;
    same(&one(store, &me, account.id, "2").await?.labels, &vec!["b".to_owned(), "z".into()], "labels are sorted")?;
    import(store, &me, account.id, vec![tweet(1, "a, and more")]).await?;
    let found = one(store, &me, account.id, "1").await?;
    holds(found.excluded && found.labels == ["z"], "an import leaves the marks")?;
    let marks = TweetMarks { add_labels: vec![String::new()], ..TweetMarks::default() };
    let bad = store.mark_tweets(&me, account.id, vec!["1".into()], marks).await;
    fails(bad, ErrorKind::InvalidInput, "store.bad_name", "an empty label")
}

pub(super) async fn totals_add_up(store: &Stage) -> Checked {
    let (me, account) = main(store).await?;
    same(&store.tweet_totals(&me, account.id).await?, &crate::store::TweetTotals::default(), "an empty account")?;
    let mut gone = tweet(1, "gone");
    gone.deleted_at = Some(at(50));
    let mut edited = tweet(3, "edited");
    (edited.edit_history, edited.kind) = (vec!["2".into(), "3".into()], TweetKind::Note);
    edited.lang = Some("en".into());
    import(store, &me, account.id, vec![gone, tweet(2, "plain"), edited]).await?;
    let marks = TweetMarks { excluded: Some(true), ..TweetMarks::default() };
    store.mark_tweets(&me, account.id, vec!["1".into(), "2".into()], marks).await?;
    let totals = store.tweet_totals(&me, account.id).await?;
    let numbers = (totals.total, totals.deleted, totals.edited, totals.excluded, totals.threads);
    same(&numbers, &(2, 1, 1, 1, 0), "total, deleted, edited, excluded, threads")?;
    same(&(totals.oldest, totals.newest), &(Some(at(2)), Some(at(3))), "oldest and newest")?;
    same(&totals.by_kind, &[("note".to_owned(), 1), ("original".into(), 1)].into(), "by kind")?;
    same(&totals.by_lang, &[("en".to_owned(), 1), ("und".into(), 1)].into(), "by language")
}
