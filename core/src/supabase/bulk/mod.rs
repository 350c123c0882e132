//! Writing very many rows into a table of an app: in batches that fit the role's statement timeout, some in flight, replayed
//! when an answer is lost, with bad rows found one by one and checkpoints that never run ahead of the rows.

mod batch;
mod pace;
mod row;
mod writer;

use std::time::Duration;

use futures_core::Stream;
use serde::Serialize;

pub use self::batch::Rejected;
pub use self::writer::{BulkEvent, BulkItem, BulkReport, BulkWriter};
use super::rest::{Query, Table};
use crate::error::Result;

/// How many rows are written in bulk; made by [`Query::bulk`].
///
/// Rows are upserted by a key, so that a batch may be sent again when its answer is lost. A row whose key comes again within a
/// batch takes the place of the earlier one. Rows that are there keep the columns that a row does not carry.
///
/// ```no_run
/// use ghostwren::supabase::Rest;
/// # #[derive(serde::Serialize)] struct Note { id: u64, body: String }
/// # async fn run(rest: Rest, notes: Vec<Note>) -> ghostwren::Result<()> {
/// let report = rest.from("notes").bulk(&["id"]).write_all(notes).await?;
/// println!("{} rows in {} requests", report.written, report.requests);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is written before it is given rows"]
pub struct Bulk {
    table: Query<Table>,
    key: Vec<String>,
    ignore: bool,
    in_flight: usize,
    batch_rows: usize,
    batch_bytes: usize,
    statement_timeout: Duration,
    patience: Duration,
    linger: Duration,
    tolerate: u64,
}

impl Query<Table> {
    /// Writes many rows, by the columns of a unique constraint. A column of it that the rows lack must have a default, such as
    /// an owner who is whoever is logged in.
    pub fn bulk(self, key: &[&str]) -> Bulk {
        Bulk {
            table: self,
            key: key.iter().map(|&column| column.to_owned()).collect(),
            ignore: false,
            in_flight: 3,
            batch_rows: 1000,
            batch_bytes: 4 << 20,
            statement_timeout: Duration::from_secs(8),
            patience: Duration::from_secs(120),
            linger: Duration::from_secs(1),
            tolerate: 0,
        }
    }
}

impl Bulk {
    /// Leaves rows as they are that are there already.
    pub fn ignore_duplicates(mut self) -> Self {
        self.ignore = true;
        self
    }

    /// Sets how many requests are in flight, from 1 to 8; 3 unless set. Rows with the same key are never in flight together.
    pub fn in_flight(mut self, requests: usize) -> Self {
        self.in_flight = requests.clamp(1, 8);
        self
    }

    /// Sets how many rows a request has at most; 1,000 unless set. The pace is found by itself, from half of that.
    pub fn batch_rows(mut self, rows: usize) -> Self {
        self.batch_rows = rows.max(1);
        self
    }

    /// Sets how many bytes of JSON a request has at most, unless one row alone has more; 4 MiB unless set. As many times as there
    /// are requests in flight, and once more, is the memory that writing takes.
    pub fn batch_bytes(mut self, bytes: usize) -> Self {
        self.batch_bytes = bytes.max(1);
        self
    }

    /// Says how long a statement of the role may take: 8 s for a user unless the project says otherwise, 3 s for nobody.
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = timeout;
        self
    }

    /// Sets how long a batch is tried while the database or the network is away; 2 minutes unless set.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Sets after which pause of the source the rows at hand are written; 1 s unless set.
    pub fn linger(mut self, linger: Duration) -> Self {
        self.linger = linger;
        self
    }

    /// Sets how many rows the database may refuse, each of which is told ([`BulkEvent::Rejected`]) and left out; none unless set:
    /// the first one ends the writing.
    pub fn tolerate(mut self, rows: u64) -> Self {
        self.tolerate = rows;
        self
    }

    /// Writes rows as they come, with checkpoints of the caller's in between: whatever says where the source is. A checkpoint is
    /// given back once every row before it is written.
    ///
    /// ```no_run
    /// use futures_util::stream;
    /// use ghostwren::supabase::{BulkEvent, BulkItem, Rest};
    /// # async fn run(rest: Rest) -> ghostwren::Result<()> {
    /// let items = stream::iter((0..10_000).flat_map(|n| {
    ///     let row = serde_json::json!({ "id": n });
    ///     [Ok(BulkItem::Row(row)), Ok(BulkItem::Checkpoint(n))]
    /// }));
    /// let mut writer = rest.from("numbers").bulk(&["id"]).tolerate(10).write(items);
    /// while let Some(event) = writer.next_event().await {
    ///     match event? {
    ///         BulkEvent::Checkpoint(n) => println!("up to {n} all rows are written: keep that"),
    ///         BulkEvent::Rejected(row) => println!("row {} was refused: {}", row.position, row.error),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn write<T, C>(self, items: impl Stream<Item = Result<BulkItem<T, C>>> + Send + 'static) -> BulkWriter<T, C>
    where
        T: Serialize + Send + 'static,
        C: Send + 'static,
    {
        BulkWriter::new(self, Box::pin(items))
    }

    /// Writes rows that are there.
    ///
    /// # Errors
    /// As [`BulkWriter::next_event`].
    pub async fn write_all<T, I>(self, rows: I) -> Result<BulkReport>
    where
        T: Serialize + Send + 'static,
        I: IntoIterator<Item = T>,
        I::IntoIter: Send + 'static,
    {
        let items = futures_util::stream::iter(rows.into_iter().map(|row| Ok(BulkItem::<T, ()>::Row(row))));
        let mut writer = self.write(items);
        while let Some(event) = writer.next_event().await {
            event?;
        }
        Ok(writer.report())
    }
}
