//! An owner's files: what a store keeps beside its rows, where it can.

use std::fmt::Debug;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::Caller;
use crate::error::Result;
use crate::records::Id;

/// A file that is to be kept.
#[derive(Clone, Debug)]
pub struct NewObject {
    /// Where it lies now; read piece by piece.
    pub file: PathBuf,
    /// What its name ends in, such as `ndjson`; the rest of the name is the hash of its content.
    pub extension: &'static str,
    /// Its type.
    pub content_type: &'static str,
}

/// A file that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredFile {
    /// Its name within the account: the SHA-256 of its content and an extension. The same content has the same name.
    pub name: String,
    /// Its size in bytes, where it is known.
    pub size: Option<u64>,
    /// When it was kept, where it is known.
    pub created_at: Option<DateTime<Utc>>,
}

/// An address that lets whoever has it read a file for a while.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FileAddress {
    /// The address, which is a secret as long as it lives.
    pub url: SecretString,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// Where files of accounts lie: private ones, and those of them that the owner publishes. Every method takes the [`Caller`]
/// first and reaches nothing but what that caller owns. A file never changes: another content is another file.
#[async_trait]
pub trait ObjectStore: Send + Sync + Debug {
    /// Keeps a file. The same content a second time is a success that uploads nothing.
    async fn save(&self, caller: &Caller, account: Id, object: NewObject) -> Result<StoredFile>;

    /// The private files of an account.
    async fn list(&self, caller: &Caller, account: Id) -> Result<Vec<StoredFile>>;

    /// An address to read a private file by.
    async fn address(&self, caller: &Caller, account: Id, name: String, lives: Duration) -> Result<FileAddress>;

    /// Puts a copy where everybody can read it who knows the address that this gives. May be repeated.
    async fn publish(&self, caller: &Caller, account: Id, name: String) -> Result<String>;

    /// Takes the public copy away; `false` when there is none.
    async fn unpublish(&self, caller: &Caller, account: Id, name: String) -> Result<bool>;

    /// Removes a file with its public copy; `false` when there is none.
    async fn remove(&self, caller: &Caller, account: Id, name: String) -> Result<bool>;

    /// Removes all files of an account, public ones first; how many. It looks again until there are none, and also works
    /// when the account itself is gone already.
    async fn remove_all(&self, caller: &Caller, account: Id) -> Result<u64>;
}
