//! What the program can be told.

use std::path::PathBuf;

use clap::Parser;

/// Import an X archive or log in with Twitter, learn the style of the author, and draft new tweets.
///
/// Without OPENAI_API_KEY (or OPENAI_BASE_URL for another server) a stand-in writes: it shows the workflow, not quality.
/// Without TWITTER_CLIENT_ID a stand-in on this machine plays X for --login.
/// With SUPABASE_URL and SUPABASE_PUBLISHABLE_KEY everything is kept in that project, else in a SQLite file.
#[derive(Debug, Parser)]
#[command(name = "quickstart", version)]
pub(crate) struct Options {
    /// The archive: the zip as X sent it, or the folder it was unpacked to [default: a sample by an invented person].
    #[arg(long, value_name = "PATH")]
    archive: Option<PathBuf>,

    /// Log in with Twitter, import the timeline (after the archive, if one is named), and publish a draft that you approve.
    #[arg(long)]
    pub(crate) login: bool,

    /// With --login, answer every question with yes: what reading costs, and whether the first draft is published.
    #[arg(long, requires = "login")]
    pub(crate) yes: bool,

    /// The account in it, if there are several people's [default: main, sample, or login].
    #[arg(long, value_name = "NAME")]
    account: Option<String>,

    /// The SQLite file that keeps everything, unless SUPABASE_URL is set.
    #[arg(long, value_name = "PATH", default_value = "ghostwren.db")]
    pub(crate) store: PathBuf,

    /// Keep everything in servers of Supabase on this machine: those of SUPABASE_URL, or ones that are started for this run.
    #[arg(long)]
    pub(crate) supabase_local: bool,

    /// Look whether the Supabase project is set up as it must be, say what mends each thing that is not, and end.
    #[arg(long)]
    pub(crate) doctor: bool,

    /// With a Supabase project, who logs in; a new address signs up. The password is in SUPABASE_PASSWORD, or asked for.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Option<String>,

    /// What the drafts are about.
    #[arg(long, value_name = "TEXT")]
    topic: Option<String>,

    /// How many drafts, 1 to 20.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub(crate) count: u32,

    /// The model [default: GHOSTWREN_MODEL, or gpt-4o and its successors].
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,

    /// Print one JSON object instead of a report.
    #[arg(long)]
    pub(crate) json: bool,
}

impl Options {
    pub(crate) fn archive(&self) -> PathBuf {
        self.archive.clone().unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/sample-archive")))
    }

    /// The archive that was named, for a login.
    pub(crate) fn named_archive(&self) -> Option<PathBuf> {
        self.archive.clone()
    }

    /// The account's label. The sample keeps its own, so that your archive is not refused after it; so do runs with a
    /// stand-in, so that its words are never taken for a model's or for X's.
    pub(crate) fn account(&self, stand_in: bool) -> String {
        let name = match (self.archive.is_some(), self.login) {
            (true, _) => "main",
            (false, true) => "login",
            (false, false) => "sample",
        };
        let name = self.account.as_deref().unwrap_or(name);
        if stand_in { format!("{name}, stand-in") } else { name.to_owned() }
    }

    /// The topic; of the sample's invented person one that fits her.
    pub(crate) fn topic(&self, invented: bool) -> &str {
        self.topic.as_deref().unwrap_or(if invented { "why I rewrote the bakery's order system in Rust" } else { "" })
    }
}
