use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use super::account::Account;
use super::export::{create_private, on_disk};
use crate::error::{Error, ErrorKind, Result};
use crate::records::{DraftState, new_id};
use crate::store::{DraftQuery, FileAddress, NewObject, ObjectStore, PageRequest, StoredFile};

const PAGE: u32 = 200;

impl Account {
    /// Keeps an export ([`Account::export`]) beside the account's rows, named after its content: the same data is kept once.
    ///
    /// # Errors
    /// `Config` (`store.no_files`) for a store that keeps no files; `Storage` (`export.write`) when there is no room for it
    /// on this machine; as [`Account::export`], and every kind of the store.
    pub async fn save_export(&self) -> Result<StoredFile> {
        let files = self.files()?;
        let here = Passing::new();
        self.export_to(&here.0).await?;
        files.save(&self.caller, self.id, here.named("export.ndjson", "application/x-ndjson")).await
    }

    /// Keeps the drafts, or those of one state, as lines of JSON, newest first.
    ///
    /// # Errors
    /// As [`Account::save_export`].
    pub async fn save_drafts(&self, state: Option<DraftState>) -> Result<StoredFile> {
        let files = self.files()?;
        let (mut lines, mut after) = (String::new(), None);
        loop {
            let query = DraftQuery { state, ..DraftQuery::default() };
            let page = self.drafts(query, PageRequest { limit: PAGE, after }).await?;
            for draft in &page.items {
                lines.push_str(&json!(draft).to_string());
                lines.push('\n');
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let here = Passing::with(lines).await?;
        files.save(&self.caller, self.id, here.named("drafts.ndjson", "application/x-ndjson")).await
    }

    /// Keeps the newest style profile, its numbers and the model's words about them, as JSON.
    ///
    /// # Errors
    /// `NotFound` (`style.no_profile`) before the first analysis; and as [`Account::save_export`].
    pub async fn save_style(&self) -> Result<StoredFile> {
        let files = self.files()?;
        let Some(profile) = self.store().latest_profile(&self.caller, self.id, None).await? else {
            return Err(Error::new(ErrorKind::NotFound, "style.no_profile", "no style was analysed yet")
                .with_remedy("Call `analyze_style` first."));
        };
        let here = Passing::with(json!(profile).to_string()).await?;
        files.save(&self.caller, self.id, here.named("style.json", "application/json")).await
    }

    /// The files that are kept of this account.
    ///
    /// # Errors
    /// `Config` (`store.no_files`); every kind of the store.
    pub async fn saved_files(&self) -> Result<Vec<StoredFile>> {
        self.files()?.list(&self.caller, self.id).await
    }

    /// An address that lets whoever has it read a file for so long.
    ///
    /// # Errors
    /// `NotFound`; as [`Account::saved_files`].
    pub async fn file_address(&self, name: impl Into<String> + Send, lives: Duration) -> Result<FileAddress> {
        self.files()?.address(&self.caller, self.id, name.into(), lives).await
    }

    /// Publishes a file: everybody who knows the address that this gives may read it, through a CDN that keeps it for a
    /// year. Nothing is public without this call.
    ///
    /// # Errors
    /// `NotFound`; as [`Account::saved_files`].
    pub async fn publish_file(&self, name: impl Into<String> + Send) -> Result<String> {
        let url = self.files()?.publish(&self.caller, self.id, name.into()).await?;
        self.log_file("file.published").await;
        Ok(url)
    }

    /// Takes the public copy of a file away; `false` when there is none. What a browser or a CDN has read it may keep.
    ///
    /// # Errors
    /// As [`Account::saved_files`].
    pub async fn unpublish_file(&self, name: impl Into<String> + Send) -> Result<bool> {
        let gone = self.files()?.unpublish(&self.caller, self.id, name.into()).await?;
        if gone {
            self.log_file("file.unpublished").await;
        }
        Ok(gone)
    }

    /// Removes a file with its public copy; `false` when there is none.
    ///
    /// # Errors
    /// As [`Account::saved_files`].
    pub async fn remove_file(&self, name: impl Into<String> + Send) -> Result<bool> {
        self.files()?.remove(&self.caller, self.id, name.into()).await
    }

    /// Removes all files of the account, where the store keeps any.
    pub(super) async fn remove_files(&self) -> Result<()> {
        match self.store().objects() {
            Some(files) => files.remove_all(&self.caller, self.id).await.map(drop),
            None => Ok(()),
        }
    }

    fn files(&self) -> Result<&dyn ObjectStore> {
        self.store().objects().ok_or_else(|| {
            Error::new(ErrorKind::Config, "store.no_files", "this store keeps rows and no files")
                .with_remedy("Write the export to a file of your own with `export_to`, or use `SupabaseStore`.")
        })
    }

    /// What is public is in the audit log; an entry that fails must not say that it is not.
    async fn log_file(&self, action: &str) {
        if let Err(error) = self.store().audit(&self.caller, self.id, action.to_owned(), json!({})).await {
            tracing::warn!(target: "ghostwren::workflow", %error, "a published file was not written to the audit log");
        }
    }
}

/// A file on its way, for this user alone, and gone with this.
struct Passing(PathBuf);

impl Passing {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("ghostwren-{}", new_id().simple())))
    }

    async fn with(text: String) -> Result<Self> {
        let here = Self::new();
        let path = here.0.clone();
        on_disk(move || create_private(&path)?.write_all(text.as_bytes())).await?;
        Ok(here)
    }

    fn named(&self, extension: &'static str, content_type: &'static str) -> NewObject {
        NewObject { file: self.0.clone(), extension, content_type }
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        // It may not be there: the export failed.
        let _ = std::fs::remove_file(&self.0);
    }
}
