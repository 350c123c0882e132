//! A timeline import that is killed loses nothing, doubles nothing and reads no page twice but the two under way (one is fetched
//! while one is stored): `kill -9` at 50 random moments, then the same call again, over and over.
#![cfg(all(feature = "sqlite", unix))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ghostwren::records::{ImportEnd, SpendKind, TwitterUser};
use ghostwren::sandbox::{Sandbox, x};
use ghostwren::store::{Caller, Clock, PageRequest, SqliteOptions, TweetQuery};
use ghostwren::twitter::{FixedToken, TwitterApp};
use ghostwren::workflow::ImportOptions;
use ghostwren::{Account, Ghostwren, Identity};

const FOLDER: &str = "GHOSTWREN_TEST_TIMELINE_FOLDER";
const SHIFT: &str = "GHOSTWREN_TEST_TIMELINE_SHIFT_MS";
const TOKEN: &str = "GHOSTWREN_TEST_TIMELINE_TOKEN";
const API: &str = "GHOSTWREN_TEST_TIMELINE_API";
const KILLS: u32 = 50;
const TWEETS: usize = 12_000;
/// What X gives at once.
const PAGE: usize = 100;

/// The part of the victim: it imports until it is killed.
#[test]
fn victim() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let variable = |name: &str| std::env::var(name).unwrap();
    let clock = Clock::system();
    clock.shift_ms(variable(SHIFT).parse().unwrap());
    runtime().block_on(async {
        let app = TwitterApp::new("sandbox-client").api_base(variable(API).parse().unwrap()).unwrap();
        let client = app.client(FixedToken::new(variable(TOKEN).into())).unwrap();
        let account = account(&folder, &clock).await;
        let report = account.import_timeline_with(ImportOptions::default().client(client)).await.unwrap();
        assert_eq!(report.end, ImportEnd::Complete);
    });
}

#[test]
fn killed_fifty_times_a_timeline_loses_nothing_and_reads_two_pages_twice_at_most() {
    let sandbox = Sandbox::start().unwrap();
    let x = sandbox.x();
    x.set_timeline_limit(TWEETS);
    x.set_limit(x::Endpoint::Timeline, x::Limit::default());
    let user = x.user_id();
    for tweet in x.tweets_of(user) {
        x.delete_tweet(tweet);
    }
    x.make_timeline(user, TWEETS, 11);
    // Both clocks show noon, so that the test does not run over midnight.
    let noon = (chrono::Utc::now() + chrono::TimeDelta::days(1)).date_naive().and_hms_opt(12, 0, 0).unwrap().and_utc();
    let ahead = noon - chrono::Utc::now();
    x.advance(ahead.to_std().unwrap());
    let token = x.issue_tokens(user, &["tweet.read", "users.read"]).access;
    let clock = Clock::system();
    clock.shift_ms(ahead.num_milliseconds());
    let mut shift = ahead.num_milliseconds();
    let victim = |folder: &Path, shift: i64| {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "victim"])
            .envs([
                (FOLDER, folder.to_str().unwrap()),
                (TOKEN, &token),
                (API, &x.api_url()),
                (SHIFT, &shift.to_string()),
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    // How long a whole import takes here, so that the kills fall into it.
    let whole = {
        let trial = tempfile::tempdir().unwrap();
        runtime().block_on(bind(trial.path(), &clock, user));
        let began = Instant::now();
        assert!(victim(trial.path(), shift).wait().unwrap().success());
        began.elapsed()
    };
    sandbox.clear_requests();
    // What the trial read is free for the app now; what we count is for each account by itself.
    let mut folder = tempfile::tempdir().unwrap();
    runtime().block_on(bind(folder.path(), &clock, user));
    let mut random = random(u64::from(std::process::id()));
    let (mut landed, mut tried, mut before) = (0, 0, 0);
    let (mut read, mut kills) = (0, 0);
    while landed < KILLS {
        tried += 1;
        assert!(tried <= 10 * KILLS, "only {landed} of {tried} kills fell into a running import");
        let mut child = victim(folder.path(), shift);
        // A few kills fall into each run.
        std::thread::sleep(whole.mul_f64(0.02 + random() / 4.0));
        let running = child.try_wait().unwrap().is_none();
        if running {
            child.kill().unwrap();
        }
        child.wait().unwrap();
        // The lease of the one that was killed ends.
        shift += 2_000;
        clock.shift_ms(2_000);
        read += asked(&sandbox, user);
        let (ids, run) = runtime().block_on(look(folder.path(), &clock));
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "a tweet is stored twice");
        let Some((end, inserted)) = run else { continue };
        assert_eq!(inserted, ids.len() as u64, "the counts are those of what is stored");
        kills += usize::from(running && end.is_none());
        assert_read_again(read, ids.len(), kills);
        if running && end.is_none() {
            landed += u32::from(ids.len() > before);
            before = ids.len();
        }
        if end == Some(ImportEnd::Complete) {
            check(&x, folder.path(), &clock);
            folder = tempfile::tempdir().unwrap();
            runtime().block_on(bind(folder.path(), &clock, user));
            (before, read, kills) = (0, 0, 0);
        }
    }
    println!("{landed} of {tried} kills fell into a running import of {:.2} s", whole.as_secs_f64());
    assert!(victim(folder.path(), shift).wait().unwrap().success());
    assert_read_again(read + asked(&sandbox, user), TWEETS, kills);
    check(&x, folder.path(), &clock);
}

/// What a run that came to its end must have left behind.
fn check(x: &x::XSandbox, folder: &Path, clock: &Clock) {
    let (ids, run) = runtime().block_on(look(folder, clock));
    assert_eq!(run.unwrap().0, Some(ImportEnd::Complete));
    let theirs: BTreeSet<u64> = x.tweets_of(x.user_id()).into_iter().collect();
    assert_eq!(ids.into_iter().collect::<BTreeSet<u64>>(), theirs, "every tweet, and no other");
    let (spent, reserved, cost) = runtime().block_on(async {
        let account = account(folder, clock).await;
        let spend = account.spend().await.unwrap();
        let twitter = spend.iter().filter(|spend| spend.kind == SpendKind::Twitter);
        let (spent, reserved) =
            twitter.fold((0, 0), |sum, day| (sum.0 + day.spent_micros, sum.1 + day.reserved_micros));
        (spent, reserved, account.imports().await.unwrap()[0].cost_micros)
    });
    // The app read all of this once before: X's own count says what a whole import costs.
    assert_eq!((spent, cost), (x.spent_today().mills * 1000, spent), "{reserved} are set aside and will lapse");
}

/// While a page is stored the next one is fetched: a kill costs these two, and no other is read again.
fn assert_read_again(read: usize, stored: usize, kills: usize) {
    let again = read - stored.div_ceil(PAGE);
    assert!(again <= 2 * kills, "{again} of {read} pages were read for nothing in {kills} kills");
}

/// How many pages were asked for since the last look. The log keeps the newest 512 requests, so that it is emptied each time.
fn asked(sandbox: &Sandbox, user: u64) -> usize {
    let path = format!("/2/users/{user}/tweets");
    let all = sandbox.requests();
    assert!(all.len() < 512, "the log ran over");
    sandbox.clear_requests();
    all.into_iter().filter(|request| request.path == path).count()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn wren(folder: &Path, clock: &Clock) -> Ghostwren {
    let store = SqliteOptions::default().clock(clock.clone()).open(folder.join("wren.db")).unwrap();
    Ghostwren::builder().store(store).clock(clock.clone()).lease(Duration::from_secs(1)).build().unwrap()
}

async fn account(folder: &Path, clock: &Clock) -> Account {
    wren(folder, clock).user(Identity::local("me")).open_account("main").await.unwrap()
}

async fn bind(folder: &Path, clock: &Clock, user: u64) {
    let wren = wren(folder, clock);
    let account = wren.user(Identity::local("me")).open_account("main").await.unwrap();
    let user = TwitterUser { id: user.to_string(), username: "sandbox_wren".into(), ..TwitterUser::default() };
    wren.store().bind_account(&Caller::local("me").unwrap(), account.id(), user).await.unwrap();
}

/// The ids that are stored, sorted, and the end and the inserted tweets of the run.
async fn look(folder: &Path, clock: &Clock) -> (Vec<u64>, Option<(Option<ImportEnd>, u64)>) {
    let account = account(folder, clock).await;
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let page = account.tweets(TweetQuery::all(), PageRequest { limit: 1000, after }).await.unwrap();
        ids.extend(page.items.iter().map(|tweet| tweet.id.parse::<u64>().unwrap()));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    ids.sort_unstable();
    let run = account.imports().await.unwrap().into_iter().next();
    (ids, run.map(|run| (run.end, run.counts.inserted)))
}

/// Numbers from 0 to 1, from a seed (xorshift, <https://doi.org/10.18637/jss.v008.i14>).
fn random(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % 1000) as f64 / 1000.0
    }
}
