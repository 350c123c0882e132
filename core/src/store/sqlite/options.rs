use std::path::Path;
use std::time::Duration;

use super::fault::{Fault, settle};
use super::pause::running;
use super::schema::Place;
use super::{SqliteStore, erase, schema};
use crate::error::Result;
use crate::store::Clock;

/// Threads that read at the same time, beside the one that writes.
const READERS: usize = 2;

/// How a [`SqliteStore`] is opened.
#[derive(Clone, Debug)]
#[must_use]
pub struct SqliteOptions {
    pub(super) busy_timeout: Duration,
    pub(super) max_pages: Option<u32>,
    clock: Clock,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self { busy_timeout: Duration::from_secs(10), max_pages: None, clock: Clock::system() }
    }
}

impl SqliteOptions {
    /// How long a write waits for another process before it fails with `store.locked`; 10 s if not set.
    pub fn busy_timeout(mut self, wait: Duration) -> Self {
        self.busy_timeout = wait;
        self
    }

    /// The most pages of 4 KiB that the file may have; more is `store.disk_full`. No limit if not set.
    pub fn max_pages(mut self, pages: u32) -> Self {
        self.max_pages = Some(pages);
        self
    }

    /// What the store takes for the time; the system's clock if not set.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Opens the file, or makes it when there is none (its folder must exist). `:memory:` is [`open_in_memory`](Self::open_in_memory),
    /// as everywhere with SQLite; every other path is the file of that name, also where SQLite would read a URI.
    ///
    /// # Errors
    /// `Config` for a file that is not ours (`store.not_ours`) or was made by a newer version (`store.newer_schema`);
    /// `Storage` for what is no database (`store.not_a_database`), cannot be opened or written, or is locked.
    pub fn open(self, path: impl AsRef<Path>) -> Result<SqliteStore> {
        let path = path.as_ref();
        if path == Path::new(":memory:") {
            return self.open_in_memory();
        }
        let start = || {
            let _running = running();
            let writer = schema::writer(&Place::File(path), &self)?;
            // An erase that was cut short is finished first; where that fails again it stays owed.
            let _ = erase::scrub(&writer);
            let readers = (0..READERS).map(|_| schema::reader(path, &self)).collect::<Result<Vec<_>, Fault>>()?;
            Ok((writer, readers))
        };
        let (writer, readers) = start().map_err(|fault| settle(fault, "open").about(path.display()))?;
        SqliteStore::start(Some(path.to_owned()), writer, readers, self.clock)
    }

    /// Opens a store that is gone when its last handle is dropped.
    ///
    /// # Errors
    /// `Storage` when no memory can be had.
    pub fn open_in_memory(self) -> Result<SqliteStore> {
        let writer = schema::writer(&Place::Memory, &self).map_err(|fault| settle(fault, "open"))?;
        SqliteStore::start(None, writer, Vec::new(), self.clock)
    }
}
