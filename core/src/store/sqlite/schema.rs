//! Opening connections, and bringing a file to the newest version of the tables.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::SqliteOptions;
use super::fault::Fault;
use crate::error::{Error, ErrorKind};

/// Each version's statements; the version of a file is `PRAGMA user_version`.
const MIGRATIONS: [&str; 4] = [
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
];

/// "GWRN" in the header of the file (<https://sqlite.org/pragma.html#pragma_application_id>).
const APPLICATION_ID: i64 = 0x4757_524e;

pub(super) enum Place<'a> {
    File(&'a Path),
    Memory,
}

/// A connection that may write. The first one of a store also makes or migrates the tables.
pub(super) fn writer(place: &Place<'_>, options: &SqliteOptions) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = match place {
        Place::File(path) => {
            make_private(path);
            Connection::open_with_flags(plain(path), flags)?
        }
        Place::Memory => Connection::open_in_memory_with_flags(flags)?,
    };
    connection.busy_timeout(options.busy_timeout)?;
    // Before anything is changed in it: is the file ours?
    check_ours(&connection)?;
    if matches!(place, Place::File(_)) {
        journal_mode_wal(&connection, options.busy_timeout)?;
    }
    // A killed process loses nothing that was committed: the pages are with the operating system. NORMAL only lets a
    // power failure take back the newest commits, whole ones, and a page of an import goes with its checkpoint
    // (<https://sqlite.org/pragma.html#pragma_synchronous>). It saves one fsync per commit.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    // 16 MB of the tables and 16 MB of log before it is copied back.
    connection.pragma_update(None, "cache_size", -16_000)?;
    connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    common(&connection)?;
    if let Some(pages) = options.max_pages {
        let _: i64 = connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |row| row.get(0))?;
    }
    migrate(&mut connection)?;
    Ok(connection)
}

/// Makes a file that is not there yet, for its owner alone: it will hold private texts. SQLite makes its other files with
/// the mode of this one (<https://sqlite.org/src/file/src/os_unix.c>, `findCreateFileMode`). An older file keeps its mode.
fn make_private(path: &Path) {
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Where it cannot be made SQLite says why.
    drop(options.open(path));
}

/// The path so that SQLite takes it for one: to it a name may be a URI (`file:…`), and none a temporary file for each
/// connection (<https://sqlite.org/c3ref/open.html>).
fn plain(path: &Path) -> PathBuf {
    if path.is_relative() { Path::new(".").join(path) } else { path.to_owned() }
}

/// A connection that can only read.
pub(super) fn reader(path: &Path, options: &SqliteOptions) -> Result<Connection, Fault> {
    let connection =
        Connection::open_with_flags(plain(path), OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(options.busy_timeout)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", -4_000)?;
    common(&connection)?;
    Ok(connection)
}

fn common(connection: &Connection) -> Result<(), Fault> {
    connection.pragma_update(None, "foreign_keys", true)?;
    // Sorting a million tweets goes through a file, not through memory.
    connection.pragma_update(None, "temp_store", "FILE")?;
    // Statements in a file that somebody else wrote must not run code of ours.
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Changing the journal mode does not wait for a lock by itself.
fn journal_mode_wal(connection: &Connection, wait: Duration) -> Result<(), Fault> {
    let end = Instant::now() + wait;
    loop {
        match connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0)) {
            Err(e) if e.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && Instant::now() < end => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(e) => return Err(e.into()),
            Ok(_) => return Ok(()),
        }
    }
}

fn pragma(connection: &Connection, name: &str) -> Result<i64, Fault> {
    Ok(connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))?)
}

fn check_ours(connection: &Connection) -> Result<(), Fault> {
    let newest = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let version = pragma(connection, "user_version")?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match pragma(connection, "application_id")? {
        APPLICATION_ID if version > newest => Err(Error::new(
            ErrorKind::Config,
            "store.newer_schema",
            format!("the database has version {version}, this program knows versions up to {newest}"),
        )
        .with_remedy("Use a newer version of the program, or another file.")
        .into()),
        APPLICATION_ID => Ok(()),
        0 if tables == 0 && version == 0 => Ok(()),
        _ => Err(Error::new(ErrorKind::Config, "store.not_ours", "the file is a database of another program")
            .with_remedy("Choose another file for the store.")
            .into()),
    }
}

fn migrate(connection: &mut Connection) -> Result<(), Fault> {
    let newest = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if pragma(connection, "user_version")? == newest {
        return Ok(());
    }
    // Two processes may open the same new file: the second one waits here, and finds the work done.
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    check_ours(&tx)?;
    let version = usize::try_from(pragma(&tx, "user_version")?).unwrap_or(0);
    for statements in MIGRATIONS.iter().skip(version) {
        tx.execute_batch(statements)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", newest)?;
    tx.commit()?;
    Ok(())
}
