//! The whole job in one program: import an archive or log in with Twitter, learn the style, draft new tweets, publish one.
//! Needs no key and no server: without them stand-ins on this machine play the model and X.
//!
//! ```sh
//! cargo run --example quickstart
//! cargo run --example quickstart -- --login
//! cargo run --example quickstart -- --archive ~/twitter-2026-11-01-ab12.zip --topic "what I learned this year" --count 5
//! OPENAI_API_KEY=… TWITTER_CLIENT_ID=… cargo run --example quickstart -- --login --archive ~/twitter-2026-11-01-ab12.zip
//! ```
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for a person at a terminal")]

mod options;
mod progress;
mod publish;
mod report;
mod terminal;
mod twitter;
mod writer;

use std::process::ExitCode;

use clap::Parser;
use futures_util::StreamExt as _;
use ghostwren::generate::DraftRequest;
use ghostwren::store::{PageRequest, SqliteStore};
use ghostwren::workflow::ImportEvent;
use ghostwren::{Ghostwren, Identity, Result};

use options::Options;
use terminal::Terminal;

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Result<()> {
    let mut shown = report::Report::new(options.json);
    let mut terminal = Terminal::new(options.yes);

    // Who writes: OpenAI with a key, any server that speaks its protocol, or the stand-in. And which X, where it is asked for.
    let writer = writer::choose(options)?;
    let twitter = if options.login { Some(twitter::choose(options)?) } else { None };
    let stand_in_x = twitter.as_ref().is_some_and(|twitter| twitter.sandbox.is_some());
    shown.begin(&writer, twitter.as_ref(), options);

    // One Ghostwren per process; any number of accounts in one file.
    let mut wren = Ghostwren::builder().store(SqliteStore::open(&options.store)?).model(writer.model.clone());
    if let Some(twitter) = &twitter {
        wren = wren.twitter(twitter.app.clone());
    }
    let label = options.account(writer.sandbox.is_some() || stand_in_x);
    let mut account = wren.build()?.user(Identity::default()).open_account(label).await?;

    // Log in. The tokens are sealed in the store, refreshed when it is time, and good for the next run.
    if let Some(twitter) = &twitter {
        account = twitter.log_in(account, &mut terminal).await?;
        shown.logged_in(&account.record().await?, &account.connection().await?);
        // X bills what is read: say so before, and ask.
        let preview = account.preview_import().await?;
        shown.reading(&preview);
        if !stand_in_x && !terminal.agrees("Read it?").await {
            shown.end(options);
            return Ok(());
        }
    }

    // Import. Running this twice writes nothing the second time, and reads nothing twice.
    let mut import = match (&twitter, options.named_archive()) {
        (None, _) => account.import_archive(options.archive()),
        (Some(_), None) => account.import_timeline(),
        (Some(_), Some(archive)) => account.import_all(archive),
    };
    let mut bar = progress::Bar::new(options.json);
    let mut read = None;
    while let Some(event) = import.next().await {
        let event = event?;
        bar.show(&event);
        if let ImportEvent::Finished(done) = event {
            shown.imported(&account.record().await?, &done, &account.totals().await?);
            read = done.timeline;
        }
    }

    // Learn the style: numbers first, then the model's words about them, each checked against the numbers.
    let style = account.analyze_style().await?;
    shown.style(&style);

    // Draft. More candidates are asked for than wanted; gates and the author's numbers choose.
    let invented = options.named_archive().is_none() && (stand_in_x || twitter.is_none());
    let request = DraftRequest::about(options.topic(invented)).count(options.count);
    let drafted = account.generate(request).await?;
    shown.drafts(&drafted);

    // Publish one, if a person approves it: nothing is ever sent without that.
    let mut published = None;
    if let Some(twitter) = &twitter {
        published =
            publish::ask_and_publish(&account, &drafted.drafts, &writer, twitter, &mut terminal, &mut shown).await?;
    }

    // What it took: every model call is in the log, and every call of X that costs.
    shown.cost(&account.ai_runs(PageRequest::first(100)).await?.items, &writer);
    if let Some(twitter) = &twitter {
        shown.twitter_cost(read.as_ref(), published.as_ref(), &account.spend().await?, twitter);
    }
    shown.end(options);
    Ok(())
}
