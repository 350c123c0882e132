//! The whole job in one program: import an archive or log in with Twitter, learn the style, draft new tweets, publish one.
//! Needs no key and no server: without them stand-ins on this machine play the model and X.
//!
//! ```sh
//! cargo run --example quickstart
//! cargo run --example quickstart -- --login
//! cargo run --example quickstart -- --archive ~/twitter-2026-11-01-ab12.zip --topic "what I learned this year" --count 5
//! cargo run --example quickstart -- --supabase-local
//! SUPABASE_URL=… SUPABASE_PUBLISHABLE_KEY=… cargo run --example quickstart -- --doctor
//! OPENAI_API_KEY=… TWITTER_CLIENT_ID=… cargo run --example quickstart -- --login --archive ~/twitter-2026-11-01-ab12.zip
//! ```

mod figures;
mod local;
mod options;
mod place;
mod progress;
mod publish;
mod report;
mod terminal;
mod twitter;
mod writer;

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use futures_util::StreamExt as _;
use ghostwren::archive::Archive;
use ghostwren::generate::DraftRequest;
use ghostwren::records::ImportEnd;
use ghostwren::store::PageRequest;
use ghostwren::workflow::ImportEvent;
use ghostwren::{Account, Error, ErrorKind, Ghostwren};

use options::Options;
use report::Report;
use terminal::{Terminal, tell};
use twitter::Twitter;
use writer::Writer;

/// How long an interrupted program stays to tidy up.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why the program ends before its last step.
#[derive(Debug)]
enum Stop {
    Failed(Error),
    /// The report cannot be written.
    Output(io::Error),
    /// Ctrl-C.
    Interrupted,
    /// The doctor found something that must be mended first.
    Unwell,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match Box::pin(run(&Options::parse())).await {
        Ok(()) => return ExitCode::SUCCESS,
        // `quickstart | head`: who reads has enough.
        Err(Stop::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
        // What shells give for SIGINT: 128 + 2.
        Err(Stop::Interrupted) => return ExitCode::from(130),
        // It said what.
        Err(Stop::Unwell) => {}
        Err(Stop::Output(error)) => tell(&format!("error: the report cannot be written: {error}")),
        Err(Stop::Failed(error)) => tell(&format!("error: {error}")),
    }
    ExitCode::FAILURE
}

async fn run(options: &Options) -> Result<(), Stop> {
    let mut shown = Report::new(options.json);
    let mut terminal = Terminal::new(options.yes);

    // Looked at before anything is made for it.
    if let Some(archive) = options.named_archive() {
        Archive::open(archive)?;
    }

    // Where it is kept: a Supabase project where there is one, else a file.
    let place = match place::project(options)? {
        Some(project) if options.doctor => {
            let well = place::tell_diagnosis(&project.doctor().await?, options.json);
            return if well { Ok(()) } else { Err(Stop::Unwell) };
        }
        None if options.doctor || options.email.is_some() => {
            let what = if options.doctor { "look at" } else { "log in to" };
            let detail = format!(
                "there is no Supabase project to {what}: everything is kept in a SQLite file, which needs none"
            );
            let error = Error::new(ErrorKind::Config, "quickstart.no_project", detail);
            return Err(error
                .with_remedy("Set SUPABASE_URL and SUPABASE_PUBLISHABLE_KEY, or give --supabase-local.")
                .into());
        }
        Some(project) => project.place(options, &mut terminal).await?,
        None => place::file(options)?,
    };

    // Who writes: OpenAI with a key, any server that speaks its protocol, or the stand-in. And which X, where it is asked for.
    let writer = writer::choose(options)?;
    let twitter = if options.login { Some(twitter::choose(options)?) } else { None };
    let stand_in_x = twitter.as_ref().is_some_and(|twitter| twitter.sandbox.is_some());
    shown.begin(&writer, twitter.as_ref(), &place)?;

    // One Ghostwren per process; any number of accounts in one place.
    let mut wren = Ghostwren::builder().shared_store(place.store).model(writer.model.clone());
    if let Some(keys) = place.keys {
        wren = wren.sealing_keys(keys);
    }
    if let Some(twitter) = &twitter {
        wren = wren.twitter(twitter.app.clone());
    }
    let label = options.account(writer.sandbox.is_some() || stand_in_x);
    let account = wren.build()?.user(place.identity).open_account(label).await?;

    tokio::select! {
        ended = steps(account.clone(), &writer, twitter.as_ref(), &mut shown, &mut terminal, options) => ended?,
        // What was under way is dropped by now; nothing that is stored is lost.
        _ = tokio::signal::ctrl_c() => return interrupted(&account).await,
    }
    shown.end(&place.look)?;
    Ok(())
}

async fn steps(
    mut account: Account,
    writer: &Writer,
    twitter: Option<&Twitter>,
    shown: &mut Report,
    terminal: &mut Terminal,
    options: &Options,
) -> Result<(), Stop> {
    let stand_in_x = twitter.is_some_and(|twitter| twitter.sandbox.is_some());

    // Log in. The tokens are sealed in the store, refreshed when it is time, and good for the next run.
    if let Some(twitter) = twitter {
        account = twitter.log_in(account, terminal).await?;
        shown.logged_in(&account.record().await?, &account.connection().await?)?;
        // X bills what is read: say so before, and ask.
        let preview = account.preview_import().await?;
        shown.reading(&preview)?;
        if !stand_in_x && !terminal.agrees("Read it?").await {
            return Ok(());
        }
    }

    // Import. Running this twice writes nothing the second time, and reads nothing twice.
    let mut import = match (twitter, options.named_archive()) {
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
            shown.imported(&account.record().await?, &done, &account.totals().await?)?;
            read = done.timeline;
        }
    }

    // Learn the style: numbers first, then the model's words about them, each checked against the numbers.
    let style = account.analyze_style().await?;
    shown.style(&style)?;

    // Draft. More candidates are asked for than wanted; gates and the author's numbers choose.
    let invented = options.named_archive().is_none() && (stand_in_x || twitter.is_none());
    let request = DraftRequest::about(options.topic(invented)).count(options.count);
    let drafted = account.generate(request).await?;
    shown.drafts(&drafted)?;

    // Publish one, if a person approves it: nothing is ever sent without that.
    let mut published = None;
    if let Some(twitter) = twitter {
        published = publish::ask_and_publish(&account, &drafted.drafts, writer, twitter, terminal, shown).await?;
    }

    // What it took: every model call is in the log, and every call of X that costs.
    let runs = account.ai_runs(PageRequest::first(100)).await?;
    shown.cost(&runs.items, runs.next.is_some(), writer)?;
    if let Some(twitter) = twitter {
        shown.twitter_cost(read.as_ref(), published.as_ref(), &account.spend().await?, twitter)?;
    }
    Ok(())
}

/// Stays until a dropped import has given its lease back, so that the next run need not wait for the lease to end.
async fn interrupted(account: &Account) -> Result<(), Stop> {
    let given_back = async {
        loop {
            // The newest import.
            match account.imports().await?.first().map(|run| run.end.clone()) {
                Some(None) => tokio::time::sleep(Duration::from_millis(10)).await,
                Some(end) => return Ok::<_, Error>(end),
                None => return Ok(None),
            }
        }
    };
    let end = tokio::time::timeout(PATIENCE, given_back).await.ok().transpose()?.flatten();
    tell(match end {
        Some(ImportEnd::Cancelled) => "\nstopped: what was imported is stored, and the same command goes on from there",
        _ => "\nstopped: what is stored so far stays",
    });
    Err(Stop::Interrupted)
}
