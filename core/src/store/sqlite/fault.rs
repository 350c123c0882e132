//! What SQLite's failures mean to a person.

use rusqlite::ErrorCode;

use crate::error::{Error, ErrorKind};

/// A failure inside of the store, before it is put in the words of the SDK.
#[derive(Debug)]
pub(super) enum Fault {
    Sql(rusqlite::Error),
    Ours(Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

/// A row that no version of this program wrote.
pub(super) fn corrupt(what: &str) -> Fault {
    Fault::Ours(
        Error::new(ErrorKind::Storage, "store.corrupt", format!("the database holds {what} that cannot be read"))
            .with_remedy(CORRUPT),
    )
}

const CORRUPT: &str = "Restore the file from a backup, or move it away and import again.";

/// The error for the caller. SQLite's texts name tables and columns, never values.
pub(super) fn settle(fault: Fault, operation: &'static str) -> Error {
    let error = match fault {
        Fault::Ours(error) => return error,
        Fault::Sql(error) => error,
    };
    let storage = |code: &'static str, detail: &str| Error::new(ErrorKind::Storage, code, detail);
    let new = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => storage("store.disk_full", "the disk or the database's page limit is full")
            .with_remedy("Free some space and call again: nothing was half written, an import goes on where it was."),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            storage("store.locked", "another program keeps the database locked")
                .with_remedy("Close the other program, or wait until it is done, and call again.")
        }
        Some(ErrorCode::DatabaseCorrupt) => {
            storage("store.corrupt", "the database file is damaged").with_remedy(CORRUPT)
        }
        Some(ErrorCode::NotADatabase) => {
            storage("store.not_a_database", "the file is not an SQLite database, or its beginning is damaged")
                .with_remedy("Choose another file for the store.")
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            storage("store.read_only", "the database cannot be written to")
                .with_remedy("Give the program write access to the file and to the folder that it is in.")
        }
        Some(ErrorCode::CannotOpen) => storage("store.cannot_open", "the database file cannot be opened").with_remedy(
            "Check that the path names a file and no folder, that its folder exists, and that the program may write \
                 to it.",
        ),
        Some(ErrorCode::SystemIoFailure) => {
            storage("store.io", "the disk failed to read or write").with_remedy("Check the disk, then call again.")
        }
        Some(ErrorCode::OutOfMemory) => storage("store.out_of_memory", "SQLite got no more memory"),
        Some(ErrorCode::TooBig) => {
            Error::new(ErrorKind::InvalidInput, "store.too_big", "a value is larger than a database row may be")
        }
        _ => storage("store.sqlite", "the database refused a statement"),
    };
    new.with_operation("sqlite", operation).with_source(error)
}
