use std::collections::VecDeque;
use std::path::Path;
use std::pin::Pin;

use futures_core::Stream;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use serde_json::{Value, json};

use super::account::Account;
use crate::blocking::off_thread;
use crate::error::{Error, ErrorKind, Result};
use crate::store::{DraftQuery, PageRequest, TweetQuery};

/// How many rows are in memory at a time.
const PAGE: u32 = 200;

/// The lines of an export, each one JSON object without its line break: `{"type": "tweet", …}`. The last line is
/// `{"type": "end", "lines": N}`: an export without it was cut.
pub type Export = Pin<Box<dyn Stream<Item = Result<String>> + Send>>;

/// The parts of an export, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Account,
    Imports,
    Tweets,
    Profile,
    Generations,
    Drafts,
    Outbox,
    AiRuns,
    Spend,
    Audit,
    End,
}

struct Cursor {
    account: Account,
    part: Part,
    after: Option<String>,
    ready: VecDeque<String>,
    lines: u64,
}

impl Account {
    /// What is stored of the account, as lines of JSON (NDJSON): `account`, `import`, `tweet` (oldest last, deleted ones
    /// too), `profile` (the newest), `generation`, `draft`, `outbox`, `ai_run`, `spend`, `audit`, and `end`. Older profiles and
    /// sealed values are left out.
    ///
    /// # Errors
    /// Items fail with `NotFound` (`store.no_account`) or `Storage`; the stream ends there.
    #[must_use]
    pub fn export(&self) -> Export {
        let cursor =
            Cursor { account: self.clone(), part: Part::Account, after: None, ready: VecDeque::new(), lines: 0 };
        Box::pin(stream::try_unfold(cursor, |mut cursor| async move {
            loop {
                if let Some(line) = cursor.ready.pop_front() {
                    cursor.lines += 1;
                    return Ok(Some((line, cursor)));
                }
                if !cursor.advance().await? {
                    return Ok(None);
                }
            }
        }))
    }

    /// Writes [`Account::export`] to a file, which appears under its name only when it is whole. Gives the number of
    /// lines. On Unix a new file is for its owner alone (mode 0600), and one that is written over keeps its mode.
    ///
    /// # Errors
    /// `Storage` (`export.write`) when the file cannot be written; as [`Account::export`].
    pub async fn export_to(&self, path: impl AsRef<Path> + Send) -> Result<u64> {
        let path = path.as_ref().to_path_buf();
        let mut partial = path.clone().into_os_string();
        partial.push(".partial");
        let partial = std::path::PathBuf::from(partial);
        let written = self.write_lines(partial.clone()).await;
        match written {
            Ok(lines) => {
                on_disk(move || {
                    #[cfg(unix)]
                    if let Ok(old) = std::fs::metadata(&path) {
                        std::fs::set_permissions(&partial, old.permissions())?;
                    }
                    std::fs::rename(partial, path)
                })
                .await?;
                Ok(lines)
            }
            Err(error) => {
                // What is left of a failed export is of no use; if it cannot be removed, the first error says more.
                let _ = on_disk(move || std::fs::remove_file(partial)).await;
                Err(error)
            }
        }
    }

    async fn write_lines(&self, partial: std::path::PathBuf) -> Result<u64> {
        let mut file = on_disk(move || create_private(&partial)).await?;
        let mut lines = 0;
        let mut chunks = self.export().try_chunks(PAGE as usize);
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| error.1)?;
            lines += chunk.len() as u64;
            file = on_disk(move || {
                use std::io::Write;
                let mut text = chunk.join("\n");
                text.push('\n');
                file.write_all(text.as_bytes()).map(|()| file)
            })
            .await?;
        }
        on_disk(move || file.sync_all()).await?;
        Ok(lines)
    }
}

/// A new file for its owner alone, in the place of what a killed export left.
pub(super) fn create_private(path: &Path) -> std::io::Result<std::fs::File> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

pub(super) async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| {
        Error::new(ErrorKind::Storage, "export.write", format!("the export cannot be written: {source}"))
            .with_remedy("Choose a folder that exists, may be written and has room.")
            .with_source(source)
    };
    match off_thread(work).await {
        Ok(outcome) => outcome.map_err(|error| failed(Box::new(error))),
        Err(error) => Err(failed(Box::new(error))),
    }
}

impl Cursor {
    /// Reads the next page; false at the end of the export.
    async fn advance(&mut self) -> Result<bool> {
        let (store, caller, id) = (self.account.store().clone(), self.account.caller.clone(), self.account.id);
        let page = PageRequest { limit: PAGE, after: self.after.take() };
        let next = match self.part {
            Part::Account => {
                self.push("account", &[store.account(&caller, id).await?])?;
                None
            }
            Part::Imports => {
                self.push("import", &store.imports(&caller, id).await?)?;
                None
            }
            Part::Tweets => {
                let found = store.tweets(&caller, id, TweetQuery::all().with_deleted(), page).await?;
                self.push("tweet", &found.items)?;
                found.next
            }
            Part::Profile => {
                self.push("profile", store.latest_profile(&caller, id, None).await?.as_slice())?;
                None
            }
            Part::Generations => {
                let found = store.generations(&caller, id, page).await?;
                self.push("generation", &found.items)?;
                found.next
            }
            Part::Drafts => {
                let found = store.drafts(&caller, id, DraftQuery::default(), page).await?;
                self.push("draft", &found.items)?;
                found.next
            }
            Part::Outbox => {
                let found = store.outbox(&caller, id, page).await?;
                self.push("outbox", &found.items)?;
                found.next
            }
            Part::AiRuns => {
                let found = store.ai_runs(&caller, id, page).await?;
                self.push("ai_run", &found.items)?;
                found.next
            }
            Part::Spend => {
                self.push("spend", &store.spend(&caller, id).await?)?;
                None
            }
            Part::Audit => {
                let found = store.audit_log(&caller, id, page).await?;
                self.push("audit", &found.items)?;
                found.next
            }
            Part::End => return Ok(false),
        };
        self.after = next;
        if self.after.is_none() {
            self.part = match self.part {
                Part::Account => Part::Imports,
                Part::Imports => Part::Tweets,
                Part::Tweets => Part::Profile,
                Part::Profile => Part::Generations,
                Part::Generations => Part::Drafts,
                Part::Drafts => Part::Outbox,
                Part::Outbox => Part::AiRuns,
                Part::AiRuns => Part::Spend,
                Part::Spend => Part::Audit,
                Part::Audit | Part::End => Part::End,
            };
            if self.part == Part::End {
                let lines = self.lines + self.ready.len() as u64;
                self.ready.push_back(json!({ "type": "end", "lines": lines }).to_string());
            }
        }
        Ok(true)
    }

    fn push<T: Serialize>(&mut self, kind: &'static str, rows: &[T]) -> Result<()> {
        for row in rows {
            let mut line = serde_json::Map::from_iter([("type".to_owned(), Value::from(kind))]);
            match serde_json::to_value(row) {
                Ok(Value::Object(fields)) => line.extend(fields),
                Ok(other) => drop(line.insert("value".to_owned(), other)),
                Err(error) => {
                    return Err(Error::new(ErrorKind::Internal, "export.encode", "a row cannot be written as JSON")
                        .with_source(error));
                }
            }
            self.ready.push_back(Value::Object(line).to_string());
        }
        Ok(())
    }
}
