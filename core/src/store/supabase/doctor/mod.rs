//! Whether a Supabase project is set up as it must be: [`Doctor`] asks, [`Diagnosis`] says what it found, and each
//! [`Finding`] carries the statement, command or setting that mends it.
//!
//! `ask` goes through the project, `walls` compares rights, policies, buckets and time limits with what the migrations make.

mod ask;
mod walls;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::ask::Doctor;
use crate::error::Error;
use crate::text::escape_controls;

/// What is looked at, in the order in which a diagnosis lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Check {
    /// Whether the project answers at its address.
    Address,
    /// Whether the keys are taken, and of which kind they are.
    Keys,
    /// Whether `ghostwren` is exposed through the Data API, and `ghostwren_private` is not.
    Exposure,
    /// Whether the schema is there, and as new as the SDK.
    Version,
    /// Whether the user's token is taken.
    User,
    /// Whether each role has the rights that the migrations give, and no other.
    Grants,
    /// Whether row-level security is on.
    RowSecurity,
    /// Whether each policy stands as the migrations made it.
    Policies,
    /// Whether the buckets are there, and the private one is private.
    Buckets,
    /// How long a statement of a user may take.
    Timeouts,
    /// Whether the clocks of this machine and of the database agree.
    Clock,
    /// Whether there are keys that seal, and they open what is stored.
    SealingKeys,
    /// Whether the provider of the login is switched on.
    Provider,
    /// Whether a login may come back to its address.
    Redirect,
}

impl Check {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Address,
        Self::Keys,
        Self::Exposure,
        Self::Version,
        Self::User,
        Self::Grants,
        Self::RowSecurity,
        Self::Policies,
        Self::Buckets,
        Self::Timeouts,
        Self::Clock,
        Self::SealingKeys,
        Self::Provider,
        Self::Redirect,
    ];

    /// Its name for a person.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Keys => "keys",
            Self::Exposure => "exposed schemas",
            Self::Version => "schema version",
            Self::User => "user",
            Self::Grants => "grants",
            Self::RowSecurity => "row-level security",
            Self::Policies => "policies",
            Self::Buckets => "buckets",
            Self::Timeouts => "time limits",
            Self::Clock => "clock",
            Self::SealingKeys => "sealing keys",
            Self::Provider => "login provider",
            Self::Redirect => "redirect URLs",
        }
    }
}

/// How bad a finding is; the worst comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Severity {
    /// Somebody may see or do what they must not.
    Danger,
    /// Something does not work.
    Broken,
    /// It works, and could be better.
    Advice,
}

/// What mends a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Remedy {
    /// Statements for the SQL editor of the project.
    Sql(String),
    /// A command for a shell.
    Command(String),
    /// A setting.
    Setting {
        /// Where it is made: the path through the dashboard, or the name of an environment variable.
        place: String,
        /// What it must be.
        value: String,
    },
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sql(sql) => write!(f, "SQL: {sql}"),
            Self::Command(command) => write!(f, "run: {command}"),
            Self::Setting { place, value } => write!(f, "set: {place}: {value}"),
        }
    }
}

/// One thing that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Finding {
    /// What was looked at.
    pub check: Check,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub what: String,
    /// What mends it.
    pub remedy: Remedy,
}

/// Something that could not be looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Unchecked {
    /// What.
    pub check: Check,
    /// Why not.
    pub because: String,
}

/// What the doctor found. `Display` is a page for a person, and serde gives it to programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Diagnosis {
    /// The project's address.
    pub project: String,
    /// The version of the schema, where it could be asked for.
    pub schema_version: Option<u64>,
    /// What was looked at.
    pub checked: Vec<Check>,
    /// What is wrong, in the order of the checks.
    pub findings: Vec<Finding>,
    /// What could not be looked at with what the doctor was given.
    pub unchecked: Vec<Unchecked>,
}

impl Diagnosis {
    fn new(project: String) -> Self {
        Self { project, schema_version: None, checked: Vec::new(), findings: Vec::new(), unchecked: Vec::new() }
    }

    /// Whether nothing was found. What could not be looked at is not known to be well.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.findings.is_empty()
    }

    /// The severity of the worst finding.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).min()
    }

    fn saw(&mut self, check: Check) {
        self.checked.push(check);
    }

    fn find(&mut self, check: Check, severity: Severity, what: impl Into<String>, remedy: Remedy) {
        self.findings.push(Finding { check, severity, what: what.into(), remedy });
    }

    /// What an error says is wrong, with its own remedy as the setting.
    fn fails(&mut self, check: Check, severity: Severity, place: &str, error: &Error) {
        let value = error.remedy().unwrap_or("see the error").to_owned();
        let remedy = Remedy::Setting { place: place.to_owned(), value };
        self.find(check, severity, format!("{} ({})", error.detail(), error.code()), remedy);
    }

    fn skip(&mut self, checks: &[Check], because: &str) {
        let known = |check: &Check| self.unchecked.iter().any(|unchecked| unchecked.check == *check);
        let new: Vec<Check> = checks.iter().copied().filter(|check| !known(check)).collect();
        self.unchecked.extend(new.into_iter().map(|check| Unchecked { check, because: because.to_owned() }));
    }

    /// In the order of the checks, and nothing that was looked at stands among what was not.
    fn finished(mut self) -> Self {
        self.checked.sort_unstable();
        self.checked.dedup();
        let checked = self.checked.clone();
        self.unchecked.retain(|unchecked| !checked.contains(&unchecked.check));
        self.unchecked.sort_by_key(|unchecked| unchecked.check);
        self.findings.sort_by_key(|finding| (finding.check, finding.severity));
        self
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", escape_controls(&self.project))?;
        for check in Check::ALL {
            let title = check.title();
            let mut found = self.findings.iter().filter(|finding| finding.check == check).peekable();
            if found.peek().is_none() {
                if let Some(unchecked) = self.unchecked.iter().find(|unchecked| unchecked.check == check) {
                    writeln!(f, "  {title:<20} not checked, because {}", escape_controls(&unchecked.because))?;
                } else if self.checked.contains(&check) {
                    writeln!(f, "  {title:<20} ok")?;
                }
                continue;
            }
            for Finding { severity, what, remedy, .. } in found {
                let word = match severity {
                    Severity::Danger => "DANGER",
                    Severity::Broken => "BROKEN",
                    Severity::Advice => "advice",
                };
                writeln!(f, "  {title:<20} {word}: {}", escape_controls(what))?;
                for line in remedy.to_string().lines() {
                    writeln!(f, "  {:<20}   {}", "", escape_controls(line))?;
                }
            }
        }
        match self.findings.len() {
            0 => write!(f, "Nothing is wrong with what was checked."),
            1 => write!(f, "1 finding."),
            n => write!(f, "{n} findings."),
        }
    }
}
