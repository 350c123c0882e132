//! Threads are labelled page by page and mended at the end of an import; whatever the order in which tweets come, change
//! and go, the labels are those that a plain reading of all rows gives.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use ghostwren::records::{Id, ImportEnd, ImportSource, Tweet};
use ghostwren::store::{Caller, ImportPage, NewImport, PageRequest, SqliteStore, Store, TweetQuery};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

#[derive(Clone, Debug)]
enum Step {
    /// Tweets as (id, id it answers, minutes): one import of these pages.
    Import(Vec<Vec<(u64, Option<u64>, i64)>>),
    Erase(Vec<u64>),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Few ids, so that chains grow across pages and imports; lengths of ids differ.
    let id = || 1..40_u64;
    let tweet = (id(), proptest::option::weighted(0.7, id()), 0..20_i64);
    let page = proptest::collection::vec(tweet, 1..12);
    let import = proptest::collection::vec(page, 1..4).prop_map(Step::Import);
    let erase = proptest::collection::vec(id(), 1..4).prop_map(Step::Erase);
    proptest::collection::vec(prop_oneof![3 => import, 1 => erase], 1..7)
}

async fn run(store: &SqliteStore, me: &Caller, account: Id, key: usize, step: &Step) {
    let pages = match step {
        Step::Import(pages) => pages,
        Step::Erase(ids) => {
            let ids = ids.iter().map(u64::to_string).collect();
            store.erase_tweets(me, account, ids).await.unwrap();
            return;
        }
    };
    let import = NewImport { account_id: account, source: ImportSource::Archive, source_key: key.to_string() };
    let (_, lease) = store.begin_import(me, import, Duration::ZERO).await.unwrap();
    for page in pages {
        let tweets = page.iter().map(|(id, answers, minutes)| Tweet {
            id: id.to_string(),
            full_text: format!("{id} answers {answers:?}"),
            created_at: DateTime::from_timestamp(1_500_000_000, 0).unwrap() + TimeDelta::minutes(*minutes),
            in_reply_to_id: answers.map(|id| id.to_string()),
            ..Tweet::default()
        });
        let page = ImportPage { tweets: tweets.collect(), ..ImportPage::default() };
        store.import_page(me, lease, page).await.unwrap();
    }
    store.finish_import(me, lease, ImportEnd::Complete).await.unwrap();
}

/// The labels as the rows alone give them.
fn expected(tweets: &[Tweet]) -> BTreeMap<u64, (String, u32)> {
    let number = |id: &str| id.parse::<u64>().unwrap();
    let parents: HashMap<u64, u64> = tweets
        .iter()
        .filter_map(|tweet| Some((number(&tweet.id), number(tweet.in_reply_to_id.as_deref()?))))
        .filter(|(id, parent)| parent < id && tweets.iter().any(|tweet| number(&tweet.id) == *parent))
        .collect();
    let mut threads: BTreeMap<u64, Vec<&Tweet>> = BTreeMap::new();
    for tweet in tweets {
        let mut root = number(&tweet.id);
        while let Some(parent) = parents.get(&root) {
            root = *parent;
        }
        threads.entry(root).or_default().push(tweet);
    }
    let mut labels = BTreeMap::new();
    for (root, mut members) in threads.into_iter().filter(|(_, members)| members.len() > 1) {
        members.sort_by_key(|tweet| (number(&tweet.id) != root, tweet.created_at, number(&tweet.id)));
        for (position, tweet) in (1..).zip(members) {
            labels.insert(number(&tweet.id), (root.to_string(), position));
        }
    }
    labels
}

#[test]
fn labels_are_those_of_a_plain_reading() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&steps(), |steps| {
        runtime.block_on(async {
            let store = SqliteStore::in_memory().unwrap();
            let me = Caller::local("me").unwrap();
            let account = store.open_account(&me, "main".into()).await.unwrap().id;
            for (key, step) in steps.iter().enumerate() {
                run(&store, &me, account, key, step).await;
                let page = PageRequest { limit: 100, ..PageRequest::default() };
                let tweets = store.tweets(&me, account, TweetQuery::default(), page).await.unwrap().items;
                let found: BTreeMap<u64, (String, u32)> = tweets
                    .iter()
                    .filter_map(|tweet| {
                        let label = (tweet.thread_id.clone()?, tweet.thread_position.unwrap());
                        Some((tweet.id.parse().unwrap(), label))
                    })
                    .collect();
                prop_assert_eq!(found, expected(&tweets), "after step {}", key);
            }
            Ok(())
        })
    });
    outcome.unwrap();
}
