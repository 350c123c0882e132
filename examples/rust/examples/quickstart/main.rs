//! The whole job in one program: import an archive, learn the style, draft new tweets. Needs no key and no server.
//!
//! ```sh
//! cargo run --example quickstart
//! cargo run --example quickstart -- --archive ~/twitter-2026-11-01-ab12.zip --topic "what I learned this year" --count 5
//! OPENAI_API_KEY=… cargo run --example quickstart -- --archive ~/twitter-2026-11-01-ab12.zip
//! ```
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for a person at a terminal")]

mod options;
mod progress;
mod report;
mod writer;

use std::process::ExitCode;

use clap::Parser;
use futures_util::StreamExt as _;
use ghostwren::generate::DraftRequest;
use ghostwren::store::{PageRequest, SqliteStore};
use ghostwren::workflow::ImportEvent;
use ghostwren::{Ghostwren, Identity, Result};

use options::Options;

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

    // Who writes: OpenAI with a key, any server that speaks its protocol, or the stand-in.
    let writer = writer::choose(options)?;
    shown.writer(&writer, options);

    // One Ghostwren per process; any number of accounts in one file.
    let wren = Ghostwren::builder().store(SqliteStore::open(&options.store)?).model(writer.model.clone()).build()?;
    let account = wren.user(Identity::default()).open_account(options.account(writer.sandbox.is_some())).await?;

    // 1. Import. Running this twice writes nothing the second time.
    let mut import = account.import_archive(options.archive());
    let mut bar = progress::Bar::new(options.json);
    while let Some(event) = import.next().await {
        let event = event?;
        bar.show(&event);
        if let ImportEvent::Finished(done) = event {
            shown.imported(&account.record().await?, &done, &account.totals().await?);
        }
    }

    // 2. Learn the style: numbers first, then the model's words about them, each checked against the numbers.
    let style = account.analyze_style().await?;
    shown.style(&style);

    // 3. Draft. More candidates are asked for than wanted; gates and the author's numbers choose.
    let request = DraftRequest::about(options.topic()).count(options.count);
    let drafted = account.generate(request).await?;
    shown.drafts(&drafted);

    // What it took: every model call is in the log.
    shown.cost(&account.ai_runs(PageRequest::first(100)).await?.items, &writer);
    shown.end(options);
    Ok(())
}
