//! A timeline through the workflow, against the stand-in for X: whole under every fault, and honest about its end.
#![cfg(feature = "sqlite")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
mod x_timeline;

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::Utc;
use common::archive_builder::ArchiveBuilder;
use ghostwren::ErrorKind;
use ghostwren::records::{ImportEnd, ImportSource, Tweet, TweetKind, TwitterUser};
use ghostwren::sandbox::x::{Dialects, Fault, NewTweet};
use ghostwren::store::{Caller, ImportPage, NewImport};
use ghostwren::twitter::Dialect;
use ghostwren::workflow::ImportOptions;
use x_timeline::{Bench, app, client_of, stored};

#[tokio::test]
async fn a_timeline_comes_whole_and_is_paid_for_once() {
    let bench = Bench::new().await;
    let report = bench.import().await;
    assert_eq!(report.end, ImportEnd::Complete);
    assert_eq!((report.counts.inserted, report.counts.updated, report.counts.unchanged), (240, 0, 0));
    bench.assert_whole().await;
    let timeline = report.timeline.unwrap();
    assert_eq!((timeline.read, timeline.tweets_of_user), (240, Some(240)));
    assert_eq!(timeline.cost_micros, bench.charged(), "what it cost is what X charged");
    assert_eq!(bench.spent().await, (bench.charged(), 0));
    assert!(timeline.problem_count > 0, "tweets that are gone are told");
    // Again: only what is newer is asked for, and nothing but the user is read.
    let id = bench.x.add_tweet(bench.x.user_id(), NewTweet::new("one more"));
    let second = bench.import().await;
    assert_eq!((second.end.clone(), second.counts.inserted, second.counts.unchanged), (ImportEnd::Complete, 1, 0));
    assert!(bench.pages().last().unwrap().contains("since_id="));
    assert_eq!(second.run.watermark, Some(id.to_string()));
    assert_eq!(bench.spent().await, (bench.charged(), 0), "who was read today is free");
}

/// What one page after another suffers, and the session gets over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_fault_of_a_page_loses_or_doubles_a_tweet() {
    use Fault::{Pass, RateLimit};
    let scripts: Vec<Vec<Fault>> = vec![
        vec![Pass, Fault::EmptyPage, Fault::EmptyPage, Pass, Fault::EmptyPage],
        vec![Fault::EmptyPage],
        vec![Pass, Fault::DuplicatePage, Fault::DuplicatePage],
        vec![Pass, Fault::LoopingPage],
        vec![Pass, Pass, Fault::LoopingPage, Pass, Fault::LoopingPage],
        vec![Pass, Fault::ExpiredToken],
        vec![Pass, Fault::ExpiredToken, Fault::EmptyPage, Fault::ExpiredToken],
        vec![Pass, RateLimit { seconds: 1 }],
        vec![RateLimit { seconds: 1 }, Pass, Fault::RateLimitBare],
        vec![Pass, Fault::OnePerSecond],
        vec![Pass, Fault::ServerError, Fault::OverCapacity, Pass, Fault::BadGateway],
        vec![Pass, Fault::Reset, Pass, Fault::ResetAfter, Fault::ResetFirst],
        vec![Pass, Fault::Unavailable, Fault::GatewayTimeout, Fault::SlowBytes { ms: 0 }],
        vec![Pass, Fault::ExtraFields, Fault::UnknownValues],
        vec![Pass, Fault::Bare, Fault::SplitBytes { size: 999 }],
    ];
    let runs = scripts.into_iter().map(|script| {
        tokio::spawn(async move {
            let bench = Bench::new().await;
            bench.faults(script.clone());
            let report = bench.import().await;
            assert_eq!(report.end, ImportEnd::Complete, "{script:?}");
            assert_eq!(report.timeline.unwrap().read, 240, "{script:?}");
            bench.assert_whole().await;
            assert_eq!(bench.spent().await, (bench.charged(), 0), "{script:?}");
        })
    });
    for run in runs.collect::<Vec<_>>() {
        run.await.unwrap();
    }
}

#[tokio::test]
async fn what_stops_a_session_is_told_and_the_next_one_goes_on() {
    let stops = [
        (Fault::UsageCap, ErrorKind::QuotaExceeded, "twitter.usage_cap"),
        (Fault::SpendLimit, ErrorKind::QuotaExceeded, "twitter.spend_limit"),
        (Fault::NoCredits, ErrorKind::QuotaExceeded, "twitter.out_of_credit"),
        (Fault::NotEnrolled, ErrorKind::PermissionDenied, "twitter.not_enrolled"),
        (Fault::Truncated, ErrorKind::Decode, "http.json"),
        (Fault::HtmlOk, ErrorKind::Decode, "http.html"),
        (Fault::OnlyErrors, ErrorKind::PermissionDenied, "twitter.unavailable"),
        (Fault::Unauthorized, ErrorKind::Auth, "twitter.unauthorized"),
    ];
    for (fault, kind, code) in stops {
        let bench = Bench::new().await;
        bench.faults([Fault::Pass, fault]);
        let error = bench.account.import_timeline_with(bench.options()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{fault}: {error}");
        let run = bench.account.imports().await.unwrap().remove(0);
        let Some(ImportEnd::Failed { code: told, .. }) = run.end else { panic!("{fault}: {:?}", run.end) };
        assert_eq!(told, error.code());
        if fault != Fault::OnlyErrors {
            assert_eq!(told, code, "{fault}");
        }
        assert_eq!(run.counts.inserted, 100, "{fault}: what came before is stored");
        // On another machine.
        let elsewhere = bench.elsewhere().await;
        let asked = bench.pages().len();
        let report = elsewhere.import_timeline_with(bench.options()).await.unwrap();
        assert_eq!((report.end, report.run.id), (ImportEnd::Complete, run.id));
        assert_eq!(bench.pages().len() - asked, 2, "{fault}: only the rest is asked for");
        bench.assert_whole().await;
        assert_eq!(bench.spent().await, (bench.charged(), 0), "{fault}");
    }
}

#[tokio::test]
async fn pages_that_lead_nowhere_end_with_an_error_and_not_for_ever() {
    let bench = Bench::new().await;
    bench.faults([Fault::Pass]);
    bench.faults(vec![Fault::EmptyPage; 400]);
    let error = bench.account.import_timeline_with(bench.options()).await.unwrap_err();
    assert_eq!(error.code(), "twitter.page_loop");
    bench.x.clear_script();
    assert_eq!(bench.import().await.end, ImportEnd::Complete);
    bench.assert_whole().await;
}

#[tokio::test]
async fn both_dialects_give_the_same() {
    let mut seen: Vec<Vec<Tweet>> = Vec::new();
    for (dialects, dialect) in [
        (Dialects::TweetOnly, Dialect::Auto),
        (Dialects::PostOnly, Dialect::Tweet),
        (Dialects::Both, Dialect::Tweet),
        (Dialects::Both, Dialect::Post),
    ] {
        let bench = Bench::new().await;
        // The same moment: the made-up ids are those of the time.
        bench.x.set_dialects(dialects);
        let options = ImportOptions::default().client(client_of(&bench.x, app(&bench.x).dialect(dialect)));
        let report = bench.account.import_timeline_with(options).await.unwrap();
        assert_eq!(report.end, ImportEnd::Complete);
        bench.assert_whole().await;
        assert_eq!(bench.spent().await, (bench.charged(), 0), "{dialects:?} {dialect:?}");
        seen.push(stored(&bench.account).await);
    }
    let shape = |tweets: &[Tweet]| -> Vec<(String, TweetKind, bool)> {
        tweets.iter().map(|tweet| (tweet.full_text.clone(), tweet.kind, tweet.edit_history.len() > 1)).collect()
    };
    for other in &seen[1..] {
        assert_eq!(shape(&seen[0]), shape(other));
    }
    assert!(seen[0].iter().any(|tweet| tweet.edit_history.len() > 1), "edits are known");
}

#[tokio::test]
async fn what_is_quoted_and_answered_comes_along_in_the_same_read() {
    let bench = Bench::new().await;
    let baker = bench.x.tweets_of(1_500_000_000_000_000_002)[0];
    bench.x.add_tweet(bench.x.user_id(), NewTweet::new("look at this").quotes(baker));
    bench.import().await;
    let caller = Caller::local("me").unwrap();
    let wren = bench.wren.store().context_tweets(&caller, bench.account.id(), vec![baker.to_string()]).await.unwrap();
    assert_eq!(wren[0].full_text, bench.x.text_of(baker).unwrap());
    assert_eq!(wren[0].author.as_ref().unwrap().username.as_deref(), Some("night_baker"));
    let lookups = bench.sandbox.requests().into_iter().filter(|request| request.path == "/2/tweets").count();
    assert_eq!(lookups, 0);
}

#[tokio::test]
async fn the_limit_of_3200_is_named() {
    let bench = Bench::new().await;
    let user = bench.x.user_id();
    for tweet in bench.x.tweets_of(user) {
        bench.x.delete_tweet(tweet);
    }
    bench.x.make_timeline(user, 3_300, 3);
    let preview = bench.account.preview_import_with(&bench.options()).await.unwrap();
    assert_eq!(preview.to_string(), "3,200 tweets: up to $16.01; your archive would be $0, and has 100 more");
    let report = bench.import().await;
    assert_eq!(report.end, ImportEnd::ReachedLimit);
    assert_eq!((report.counts.inserted, report.timeline.unwrap().tweets_of_user), (3_200, Some(3_300)));
    // What is new is read, and what is out of reach is still missing.
    bench.x.add_tweet(user, NewTweet::new("new"));
    let second = bench.import().await;
    assert_eq!((second.end, second.counts.inserted), (ImportEnd::ReachedLimit, 1));
}

#[tokio::test]
async fn a_gap_that_x_cannot_fill_is_no_completeness() {
    let bench = Bench::new().await;
    bench.import().await;
    // The texts are a minute apart.
    bench.x.advance(Duration::from_secs(3_300 * 60));
    let texts = (0..3_250).map(|n| format!("number {n}"));
    let user = bench.x.user_id();
    bench.x.add_texts(user, texts);
    let report = bench.import().await;
    assert_eq!(report.end, ImportEnd::ReachedLimit);
    assert_eq!(report.counts.inserted, 3_200);
}

#[tokio::test]
async fn a_pagination_token_that_ended_over_night_is_no_loss() {
    let bench = Bench::new().await;
    bench.faults([Fault::Pass, Fault::UsageCap]);
    bench.account.import_timeline_with(bench.options()).await.unwrap_err();
    bench.x.expire_pagination_tokens();
    let report = bench.import().await;
    assert_eq!((report.end, report.counts.inserted, report.counts.unchanged), (ImportEnd::Complete, 240, 0));
    assert!(bench.pages().last().unwrap().contains("until_id="));
    bench.assert_whole().await;
}

#[tokio::test]
async fn archive_and_timeline_in_one_import_pay_for_what_is_new_alone() {
    let bench = Bench::new().await;
    let user = bench.x.user_id();
    // What X has of the past, as an archive has it.
    bench.import().await;
    let old: Vec<Tweet> = stored(&bench.account).await;
    let fresh = Bench::new().await;
    for tweet in fresh.x.tweets_of(user) {
        fresh.x.delete_tweet(tweet);
    }
    for tweet in &old {
        fresh.x.add_tweet(user, NewTweet::new(tweet.full_text.clone()).id(tweet.id.parse().unwrap()));
    }
    fresh.x.advance(Duration::from_secs(3600));
    let new = fresh.x.add_texts(user, ["one", "two", "three"]);
    let path = fresh.folder.path().join("archive.zip");
    let person = TwitterUser { id: user.to_string(), username: "sandbox_wren".into(), ..TwitterUser::default() };
    ArchiveBuilder::new(person).tweets(old.clone()).write_zip(&path);
    let report = fresh.account.import_all_with(&path, fresh.options()).await.unwrap();
    assert_eq!(report.end, ImportEnd::Complete, "{:?}", report.warnings);
    assert_eq!(report.counts.inserted, old.len() as u64 + 3);
    assert_eq!(report.run.source, ImportSource::Timeline);
    assert!(report.archive.is_some());
    let timeline = report.timeline.unwrap();
    assert_eq!(timeline.read, 3);
    assert_eq!(timeline.cost_micros, fresh.charged());
    assert_eq!(fresh.charged(), 3 * 5_000 + 10_000, "three tweets and their author");
    let newest = old.iter().map(|tweet| tweet.id.parse::<u64>().unwrap()).max().unwrap();
    assert!(fresh.pages()[0].contains(&format!("since_id={newest}")));
    let ids: BTreeSet<String> = stored(&fresh.account).await.into_iter().map(|tweet| tweet.id).collect();
    assert!(new.iter().all(|id| ids.contains(&id.to_string())));
}

#[tokio::test]
async fn an_archive_covers_what_x_cannot_give() {
    let bench = Bench::new().await;
    let user = bench.x.user_id();
    for tweet in bench.x.tweets_of(user) {
        bench.x.delete_tweet(tweet);
    }
    let ids = bench.x.make_timeline(user, 3_300, 3);
    let old: Vec<Tweet> = ids
        .iter()
        .map(|id| Tweet {
            id: id.to_string(),
            full_text: "an old one".into(),
            created_at: Utc::now(),
            ..Tweet::default()
        })
        .collect();
    let path = bench.folder.path().join("archive.zip");
    let person = TwitterUser { id: user.to_string(), username: "sandbox_wren".into(), ..TwitterUser::default() };
    ArchiveBuilder::new(person).tweets(old).write_zip(&path);
    let report = bench.account.import_all_with(&path, bench.options()).await.unwrap();
    assert_eq!(report.end, ImportEnd::Complete, "the archive has what is beyond 3,200");
    assert_eq!(report.timeline.unwrap().read, 0);
}

#[tokio::test]
async fn a_checkpoint_of_another_version_begins_anew_and_says_so() {
    let bench = Bench::new().await;
    let user = bench.x.user_id();
    let person = TwitterUser { id: user.to_string(), username: "sandbox_wren".into(), ..TwitterUser::default() };
    let path = bench.folder.path().join("archive.zip");
    let tweets = (0..5_u64).map(|n| Tweet {
        id: (1_500_000_000_000_000_100 + n).to_string(),
        full_text: format!("tweet {n}"),
        created_at: Utc::now(),
        ..Tweet::default()
    });
    ArchiveBuilder::new(person).tweets(tweets).write_zip(&path);
    let caller = Caller::local("me").unwrap();
    let archive = ghostwren::archive::Archive::open(&path).unwrap();
    let sources = [(ImportSource::Archive, archive.fingerprint()), (ImportSource::Timeline, user.to_string())];
    for (source, source_key) in sources {
        let store = bench.wren.store();
        let import = NewImport { account_id: bench.account.id(), source, source_key };
        let (_, lease) = store.begin_import(&caller, import, Duration::from_secs(1)).await.unwrap();
        let checkpoint = serde_json::json!({"version": 999, "of": "somebody else"});
        let page = ImportPage { checkpoint, lease: Duration::from_secs(1), ..ImportPage::default() };
        store.import_page(&caller, lease, page).await.unwrap();
        store.finish_import(&caller, lease, ImportEnd::Cancelled).await.unwrap();
    }
    let report = bench.account.import_archive(&path).await.unwrap();
    assert_eq!((report.end, report.counts.inserted, report.restarted), (ImportEnd::Complete, 5, true));
    assert_eq!(report.warnings.len(), 1, "{:?}", report.warnings);
    let report = bench.import().await;
    assert_eq!((report.end, report.restarted), (ImportEnd::Complete, true));
    assert!(!report.warnings.is_empty());
}

#[tokio::test]
async fn an_edit_replaces_what_was_stored() {
    let bench = Bench::new().await;
    let old = bench.x.add_tweet(bench.x.user_id(), NewTweet::new("a tweet with a tipo"));
    bench.import().await;
    bench.x.advance(Duration::from_secs(60));
    let new = bench.x.edit_tweet(old, "a tweet with a typo").unwrap();
    let report = bench.import().await;
    assert_eq!((report.end, report.counts.inserted, report.timeline.unwrap().replaced), (ImportEnd::Complete, 1, 1));
    let tweets = stored(&bench.account).await;
    let found: Vec<&Tweet> = tweets.iter().filter(|tweet| tweet.full_text.contains("a tweet with")).collect();
    assert_eq!((found.len(), found[0].id.clone()), (1, new.to_string()));
    assert_eq!(found[0].edit_history, [old.to_string(), new.to_string()]);
    bench.assert_whole().await;
}

/// An archive of these tweets of the user; its manifest names so many more.
fn archive_of(bench: &Bench, ids: &[u64], missing: u64) -> std::path::PathBuf {
    let tweets = ids.iter().map(|id| Tweet {
        id: id.to_string(),
        full_text: bench.x.text_of(*id).unwrap(),
        created_at: Utc::now(),
        ..Tweet::default()
    });
    let person =
        TwitterUser { id: bench.x.user_id().to_string(), username: "sandbox_wren".into(), ..TwitterUser::default() };
    let path = bench.folder.path().join(format!("archive-{}-{missing}.zip", ids.len()));
    let count = ids.len() as u64 + missing;
    ArchiveBuilder::new(person).tweets(tweets).count("data/tweets.js", count).write_zip(&path);
    path
}

#[tokio::test]
async fn a_run_that_goes_on_rests_on_an_archive_that_came_meanwhile() {
    let bench = Bench::new().await;
    let ids = bench.x.tweets_of(bench.x.user_id());
    bench.faults([Fault::Pass, Fault::UsageCap]);
    bench.account.import_timeline_with(bench.options()).await.unwrap_err();
    // The newest hundred are read; the archive has the oldest hundred.
    let path = archive_of(&bench, &ids[140..], 0);
    assert_eq!(bench.account.import_archive(path).await.unwrap().end, ImportEnd::Complete);
    let preview = bench.account.preview_import_with(&bench.options()).await.unwrap();
    assert_eq!(preview.likely, 40);
    let asked = bench.pages().len();
    let report = bench.import().await;
    assert_eq!(report.end, ImportEnd::Complete, "{:?}", report.warnings);
    assert_eq!(report.timeline.unwrap().read, 140, "what the archive has is not read");
    let pages = &bench.pages()[asked..];
    assert_eq!(pages.len(), 1, "{pages:?}");
    assert!(pages[0].contains(&format!("since_id={}", ids[140])), "{pages:?}");
    assert!(pages[0].contains(&format!("until_id={}", ids[99])), "{pages:?}");
    bench.assert_whole().await;
    assert_eq!(bench.spent().await, (bench.charged() + 10_000, 0), "the preview counts its one user by itself");

    // Where what was read reaches down to the archive, nobody is asked at all.
    let bench = Bench::new().await;
    bench.faults([Fault::Pass, Fault::UsageCap]);
    bench.account.import_timeline_with(bench.options()).await.unwrap_err();
    let ids = bench.x.tweets_of(bench.x.user_id());
    bench.account.import_archive(archive_of(&bench, &ids[50..], 0)).await.unwrap();
    let asked = bench.pages().len();
    assert_eq!(bench.import().await.end, ImportEnd::Complete);
    assert_eq!(bench.pages().len(), asked);
    bench.assert_whole().await;

    // An archive that lacks something is nothing to rest on.
    let bench = Bench::new().await;
    bench.faults([Fault::Pass, Fault::UsageCap]);
    bench.account.import_timeline_with(bench.options()).await.unwrap_err();
    let ids = bench.x.tweets_of(bench.x.user_id());
    bench.account.import_archive(archive_of(&bench, &ids[150..], 3)).await.unwrap();
    let report = bench.import().await;
    assert_eq!((report.end, report.timeline.unwrap().read), (ImportEnd::Complete, 240));
}

#[tokio::test]
async fn what_an_archive_lacks_makes_the_timeline_above_it_incomplete() {
    let bench = Bench::new().await;
    let user = bench.x.user_id();
    let ids = bench.x.tweets_of(user);
    let report = bench.account.import_archive(archive_of(&bench, &ids[20..], 7)).await.unwrap();
    let ImportEnd::Incomplete { reasons: lacking } = report.end else { panic!("{:?}", report.end) };
    assert!(lacking[0].contains("220 of the 227"), "{lacking:?}");
    // The newer tweets are all there, and the account still lacks seven: as often as it is imported.
    for read in [20, 1] {
        let report = bench.import().await;
        assert_eq!(report.timeline.unwrap().read, read);
        let ImportEnd::Incomplete { reasons } = report.end else { panic!("{:?}", report.end) };
        assert_eq!(reasons, lacking);
        assert_eq!(report.run.end, Some(ImportEnd::Incomplete { reasons }));
        bench.x.add_tweet(user, NewTweet::new("one more"));
    }
    // Whatever brings all of it ends that.
    let again = bench.account.import_timeline_with(bench.options().again()).await.unwrap();
    assert_eq!(again.end, ImportEnd::Complete);
    assert_eq!(bench.import().await.end, ImportEnd::Complete);
    bench.assert_whole().await;
}
