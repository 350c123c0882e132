//! Imports a timeline of 100,000 tweets from the stand-in for X into a SQLite store, and prints the highest resident memory of
//! the importing process and its speed. `timeline_memory [TWEETS]`. The stand-in runs in this process, with its limit of
//! 3,200 lifted; the import in another one.
#![allow(clippy::print_stdout, reason = "a program that prints a measurement")]

use std::time::Instant;

use ghostwren::records::{ImportEnd, TwitterUser};
use ghostwren::sandbox::{Sandbox, x};
use ghostwren::store::{Caller, SqliteStore};
use ghostwren::twitter::{FixedToken, TwitterApp};
use ghostwren::workflow::ImportOptions;
use ghostwren::{Ghostwren, Identity};

type Failure = Box<dyn std::error::Error>;

const API: &str = "TIMELINE_MEMORY_API";
const TOKEN: &str = "TIMELINE_MEMORY_TOKEN";
const USER: &str = "TIMELINE_MEMORY_USER";

fn main() -> Result<(), Failure> {
    if let Ok(api) = std::env::var(API) {
        return tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(import(&api));
    }
    let tweets = std::env::args().nth(1).and_then(|argument| argument.parse().ok()).unwrap_or(100_000);
    let sandbox = Sandbox::start()?;
    let x = sandbox.x();
    let user = x.user_id();
    for tweet in x.tweets_of(user) {
        x.delete_tweet(tweet);
    }
    x.set_timeline_limit(tweets);
    x.set_limit(x::Endpoint::Timeline, x::Limit::default());
    x.make_timeline(user, tweets, 7);
    // Another process, so that what the stand-in takes is not counted.
    let status = std::process::Command::new(std::env::current_exe()?)
        .env(API, x.api_url())
        .env(TOKEN, x.issue_tokens(user, &["tweet.read", "users.read"]).access)
        .env(USER, user.to_string())
        .status()?;
    if status.success() { Ok(()) } else { Err("the importing process failed".into()) }
}

async fn import(api: &str) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let wren = Ghostwren::builder().store(SqliteStore::open(folder.path().join("wren.db"))?).build()?;
    let account = wren.user(Identity::local("me")).open_account("main").await?;
    let user = TwitterUser { id: std::env::var(USER)?, username: "sandbox_wren".into(), ..TwitterUser::default() };
    wren.store().bind_account(&Caller::local("me")?, account.id(), user).await?;
    let app = TwitterApp::new("sandbox-client").api_base(api.parse()?)?;
    let client = app.client(FixedToken::new(std::env::var(TOKEN)?.into()))?;
    let before = peak()?;
    let start = Instant::now();
    let report = account.import_timeline_with(ImportOptions::default().client(client)).await?;
    let seconds = start.elapsed().as_secs_f64();
    if report.end != ImportEnd::Complete {
        return Err(format!("the import ended as {:?}", report.end).into());
    }
    let tweets = report.counts.inserted;
    let rate = tweets as f64 / seconds;
    println!("tweets {tweets} into SQLite in {seconds:.2} s, {rate:.0} tweets/s");
    println!("peak resident {} ({before} before the import)", peak()?);
    Ok(())
}

/// The highest resident memory of this process so far.
fn peak() -> Result<String, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(peak.unwrap_or("unknown").trim().to_owned())
}
