//! Bad input on its way through the whole workflow; what the parts do with it is in the tests of each.
#![cfg(feature = "sqlite")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::path::Path;

use common::archive_builder::{ArchiveBuilder, user};
use ghostwren::generate::DraftRequest;
use ghostwren::openai::OpenAi;
use ghostwren::records::{Counts, DraftState, Feedback, ImportEnd, Tweet};
use ghostwren::sandbox::{Endpoint, Fault, Sandbox};
use ghostwren::store::{DraftQuery, PageRequest, SqliteOptions, SqliteStore, TweetQuery};
use ghostwren::{Account, ErrorKind, Ghostwren, Identity};

fn tweets(count: u64) -> Vec<Tweet> {
    let things = ["the oven", "my bike", "this parser", "a loaf", "the cat"];
    let did = ["broke again", "is late", "works now", "needs a rest", "wins", "hums", "leaks", "sleeps"];
    let said = ["and i am fine with it", "so we wait", "which nobody asked for"];
    let text = |n: usize| format!("ok so {} {} {}. number {n}", things[n % 5], did[n % 8], said[n % 3]);
    let tweet = |n: u64| Tweet {
        id: (1_740_000_000_000_000_000 + n * 1_000_003).to_string(),
        full_text: text(usize::try_from(n).unwrap()),
        created_at: chrono::DateTime::from_timestamp(1_700_000_000 + i64::try_from(n).unwrap() * 3600, 0).unwrap(),
        lang: Some("en".into()),
        ..Tweet::default()
    };
    (0..count).map(tweet).collect()
}

async fn account(store: SqliteStore, sandbox: &Sandbox) -> Account {
    let model =
        OpenAi::new(sandbox.key().to_owned().into()).base_url(sandbox.openai_url().parse().unwrap()).max_attempts(1);
    let wren = Ghostwren::builder().store(store).model(model).build().unwrap();
    wren.user(Identity::local("me")).open_account("main").await.unwrap()
}

async fn filled(folder: &Path, sandbox: &Sandbox, count: u64) -> Account {
    let archive = folder.join("a.zip");
    ArchiveBuilder::new(user()).tweets(tweets(count)).write_zip(&archive);
    let account = account(SqliteStore::open(folder.join("a.db")).unwrap(), sandbox).await;
    account.import_archive(archive).await.unwrap();
    account
}

#[tokio::test]
async fn three_tweets_are_said_to_be_too_few_wherever_they_are_used() {
    let (folder, sandbox) = (tempfile::tempdir().unwrap(), Sandbox::start().unwrap());
    let account = filled(folder.path(), &sandbox, 3).await;
    let style = account.analyze_style().await.unwrap();
    let said = style.profile.sufficiency();
    assert!(!said.enough);
    assert_eq!(said.message, "too few: 3 of at least 100 tweets; the style is a first guess");
    let made = account.generate(DraftRequest::about("the oven").count(2)).await.unwrap();
    let note = made.notes.iter().find(|note| note.code == "profile.too_small").unwrap();
    assert_eq!(note.text, said.message);
}

#[tokio::test]
async fn a_full_disk_stops_an_import_and_more_room_lets_it_go_on() {
    let (folder, sandbox) = (tempfile::tempdir().unwrap(), Sandbox::start().unwrap());
    let archive = folder.path().join("a.zip");
    ArchiveBuilder::new(user()).tweets(tweets(6000)).write_zip(&archive);
    let path = folder.path().join("a.db");
    let small = account(SqliteOptions::default().max_pages(300).open(&path).unwrap(), &sandbox).await;
    let full = small.import_archive(&archive).await.unwrap_err();
    assert_eq!((full.kind(), full.code()), (ErrorKind::Storage, "store.disk_full"));
    assert_ne!(full.remedy(), ghostwren::Error::new(full.kind(), "", "").remedy());
    let kept = small.count_tweets(TweetQuery::all()).await.unwrap();
    assert!(kept > 0 && kept < 6000 && kept % 1000 == 0, "whole pages: {kept}");
    drop(small);
    let large = account(SqliteStore::open(&path).unwrap(), &sandbox).await;
    let report = large.import_archive(&archive).await.unwrap();
    assert_eq!((report.end, report.counts), (ImportEnd::Complete, Counts { inserted: 6000, ..Counts::default() }));
}

#[tokio::test]
async fn what_a_model_gets_wrong_becomes_no_draft() {
    let (folder, sandbox) = (tempfile::tempdir().unwrap(), Sandbox::start().unwrap());
    let account = filled(folder.path(), &sandbox, 120).await;
    let own: Vec<String> = tweets(120).into_iter().map(|tweet| tweet.full_text).collect();
    for (fault, gate) in [
        (Fault::Prose, Some("gate.prose")),
        (Fault::HalfJson, Some("gate.incomplete")),
        (Fault::LongTweets, Some("gate.too_long")),
        (Fault::Copies, Some("gate.copy")),
        (Fault::WrongSchema, None),
        (Fault::EmptyAnswer, None),
    ] {
        sandbox.script(Endpoint::Chat, [fault, fault]).unwrap();
        let made = account.generate(DraftRequest::about("the oven").count(2)).await.unwrap();
        sandbox.clear_script();
        assert!(made.drafts.is_empty(), "{fault}: {:?}", made.drafts);
        let rejected = &made.generation.rejected;
        match gate {
            Some(gate) => assert!(rejected.iter().any(|one| one.code == gate), "{fault}: {rejected:?}"),
            None => assert!(rejected.is_empty(), "{fault}: {rejected:?}"),
        }
        assert!(rejected.iter().all(|one| !own.contains(&one.text) && !one.reason.is_empty()), "{fault}: {rejected:?}");
        assert!(!made.notes.is_empty(), "{fault}: no draft, and nobody says why");
    }
    // JSON in a fence is what was asked for.
    sandbox.script(Endpoint::Chat, [Fault::FencedJson]).unwrap();
    assert_eq!(account.generate(DraftRequest::about("the oven").count(2)).await.unwrap().drafts.len(), 2);
    sandbox.clear_script();
    sandbox.script(Endpoint::Chat, [Fault::Refusal]).unwrap();
    let refused = account.generate(DraftRequest::about("the oven")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ContentRefused);
    let kept = account.drafts(DraftQuery::default(), PageRequest::default()).await.unwrap().items;
    assert_eq!(kept.len(), 2);
}

#[tokio::test]
async fn a_note_that_is_a_document_is_refused() {
    let (folder, sandbox) = (tempfile::tempdir().unwrap(), Sandbox::start().unwrap());
    let account = filled(folder.path(), &sandbox, 120).await;
    let made = account.generate(DraftRequest::about("the oven").count(1)).await.unwrap();
    let id = made.drafts[0].id;
    let note = |text: String| Feedback { note: Some(text), original_text: None };
    let original = |text: String| Feedback { note: None, original_text: Some(text) };
    for feedback in
        [note("x".repeat(2049)), note("é".repeat(1025)), note("x".repeat(5_000_000)), original("x".repeat(100_001))]
    {
        let error = account.reject(id, feedback).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::InvalidInput, "draft.feedback_too_long"));
        assert!(error.remedy().is_some_and(|remedy| remedy.contains("2,048")) && error.to_string().len() < 500);
    }
    assert_eq!(account.draft(id).await.unwrap().state, DraftState::Draft, "nothing was decided");
    let rejected = account.reject(id, note("é".repeat(1024))).await.unwrap();
    assert_eq!(rejected.state, DraftState::Rejected);
    account.generate(DraftRequest::about("the oven").count(1)).await.unwrap();
}
