//! The writer: fills batches from the source, keeps some in flight, and tells what is done in the order of the source.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use futures_core::Stream;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde::Serialize;

use super::Bulk;
use super::batch::{Done, Rejected, Shared};
use super::pace::Pace;
use super::row::{Row, Shapes};
use crate::error::{Error, Result};

/// What a source gives.
#[derive(Clone, Debug)]
pub enum BulkItem<T, C> {
    /// A row.
    Row(T),
    /// Where the source is, after the rows so far.
    Checkpoint(C),
}

/// What a writer tells.
#[derive(Debug)]
#[non_exhaustive]
pub enum BulkEvent<C> {
    /// So many more rows are written.
    Written(u64),
    /// A row was refused and left out.
    Rejected(Rejected),
    /// Every row before this checkpoint is written, or told as refused. Of several at once the newest is told.
    Checkpoint(C),
}

/// What a writer did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BulkReport {
    /// Rows that are written.
    pub written: u64,
    /// Rows that the database refused.
    pub rejected: u64,
    /// Rows whose place a later row with the same key took.
    pub replaced: u64,
    /// Requests that were sent, not counting what the pipeline repeats by itself.
    pub requests: u64,
}

/// Rows on their way into a table. Dropping it stops the writing; what was sent may be written, and may be written again.
pub struct BulkWriter<T, C> {
    source: Option<Source<T, C>>,
    bulk: Bulk,
    shared: Arc<Shared>,
    shapes: Shapes,
    /// The place of the next row among the rows of the source.
    position: u64,
    /// What waits to be sent.
    batch: Batch<C>,
    /// A row whose key is in the batch already, with other columns: for the next one.
    held: Option<Row>,
    /// The source paused: the batch is sent as it is.
    flush: bool,
    in_flight: FuturesUnordered<Flight>,
    keys_in_flight: HashMap<u64, HashSet<Box<str>>>,
    /// The batches from the first that is not done, in the order of the source.
    open: VecDeque<Slot<C>>,
    first_open: u64,
    events: VecDeque<BulkEvent<C>>,
    /// Why it ends before the source does.
    failed: Option<Error>,
    report: BulkReport,
}

/// A batch that was sent, until all before it are done.
struct Slot<C> {
    done: bool,
    checkpoint: Option<C>,
}

type Source<T, C> = Pin<Box<dyn Stream<Item = Result<BulkItem<T, C>>> + Send>>;
type Flight = Pin<Box<dyn Future<Output = Landed> + Send>>;

/// A batch that came to its end.
struct Landed {
    batch: u64,
    done: Done,
}

/// Rows that wait to be sent.
struct Batch<C> {
    rows: Vec<Row>,
    keys: HashMap<Box<str>, usize>,
    bytes: usize,
    checkpoint: Option<C>,
}

impl<C> Default for Batch<C> {
    fn default() -> Self {
        Self { rows: Vec::new(), keys: HashMap::new(), bytes: 0, checkpoint: None }
    }
}

/// What happens next.
enum Next<T, C> {
    Item(Option<Result<BulkItem<T, C>>>),
    Landed(Landed),
    Paused,
}

impl<T, C> fmt::Debug for BulkWriter<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkWriter").field("report", &self.report).finish_non_exhaustive()
    }
}

impl<T: Serialize + Send, C: Send> BulkWriter<T, C> {
    pub(super) fn new(bulk: Bulk, source: Source<T, C>) -> Self {
        let key: Vec<&str> = bulk.key.iter().map(String::as_str).collect();
        let upsert = bulk.table.clone().upsert::<[(); 0]>(&[], &key);
        let template = if bulk.ignore { upsert.ignore_duplicates() } else { upsert };
        let pace = Pace::new(bulk.batch_rows.div_ceil(2), bulk.batch_rows, bulk.statement_timeout);
        Self {
            source: Some(source),
            shared: Arc::new(Shared { template, pace: Mutex::new(pace), patience: bulk.patience }),
            shapes: Shapes::new(bulk.key.clone()),
            bulk,
            position: 0,
            batch: Batch::default(),
            held: None,
            flush: false,
            in_flight: FuturesUnordered::new(),
            keys_in_flight: HashMap::new(),
            open: VecDeque::new(),
            first_open: 0,
            events: VecDeque::new(),
            failed: None,
            report: BulkReport::default(),
        }
    }

    /// What was done so far.
    #[must_use]
    pub fn report(&self) -> BulkReport {
        self.report
    }

    /// What happened next; `None` when all is written. After an error, which comes when everything in flight has ended, there is
    /// nothing more.
    ///
    /// # Errors
    /// The source's own; what the server says, with the row's place where it is about one; `Connect`, `Server` and `Timeout` when
    /// the database was away for longer than the patience; `InvalidInput` (`supabase.bad_key`, `supabase.unwritable_rows`).
    pub async fn next_event(&mut self) -> Option<Result<BulkEvent<C>>> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(Ok(event));
            }
            if self.may_send() {
                self.send();
                continue;
            }
            let may_read = self.source.is_some() && !self.is_full();
            if !may_read && self.in_flight.is_empty() {
                return self.failed.take().map(Err);
            }
            match self.wait(may_read).await {
                Next::Item(Some(Ok(BulkItem::Row(row)))) => self.take(&row),
                Next::Item(Some(Ok(BulkItem::Checkpoint(checkpoint)))) => self.batch.checkpoint = Some(checkpoint),
                Next::Item(Some(Err(error))) => {
                    // What came before the source failed is written all the same.
                    self.source = None;
                    self.failed = Some(error);
                }
                Next::Item(None) => self.source = None,
                Next::Paused => self.flush = true,
                Next::Landed(landed) => self.land(landed),
            }
        }
    }

    async fn wait(&mut self, may_read: bool) -> Next<T, C> {
        let Self { source, in_flight, batch, bulk, .. } = self;
        let item = async {
            match source {
                Some(source) => source.next().await,
                None => None,
            }
        };
        let waits = may_read && !batch.is_empty() && in_flight.len() < bulk.in_flight;
        tokio::select! {
            // The source first: it stops by itself when the batch is full.
            biased;
            item = item, if may_read => Next::Item(item),
            Some(landed) = in_flight.next(), if !in_flight.is_empty() => Next::Landed(landed),
            () = tokio::time::sleep(bulk.linger), if waits => Next::Paused,
        }
    }

    fn is_full(&self) -> bool {
        let Batch { rows, bytes, .. } = &self.batch;
        self.held.is_some() || *bytes >= self.bulk.batch_bytes || rows.len() >= self.shared.pace(|pace| pace.rows())
    }

    fn may_send(&self) -> bool {
        let due = self.is_full() || self.flush || self.source.is_none();
        due && !self.batch.is_empty()
            && self.in_flight.len() < self.bulk.in_flight
            // Two requests with the same key could overtake each other.
            && !self.keys_in_flight.values().any(|keys| self.batch.keys.keys().any(|key| keys.contains(key)))
    }

    /// Puts a row into the batch.
    fn take(&mut self, value: &T) {
        let position = self.position;
        self.position += 1;
        match self.shapes.row(value, position) {
            Ok(row) => self.put(row),
            Err(error) => self.stop(error),
        }
    }

    fn put(&mut self, row: Row) {
        let Batch { rows, keys, bytes, .. } = &mut self.batch;
        if let Some(earlier) = keys.get(&row.key).and_then(|&at| rows.get_mut(at)) {
            if earlier.shape != row.shape {
                self.held = Some(row);
                return;
            }
            *bytes = bytes.saturating_sub(earlier.json.len()) + row.json.len();
            *earlier = row;
            self.report.replaced += 1;
            return;
        }
        *bytes += row.json.len();
        keys.insert(row.key.clone(), rows.len());
        rows.push(row);
    }

    /// Sends the batch and begins the next one.
    fn send(&mut self) {
        self.flush = false;
        let Batch { rows, keys, checkpoint, .. } = std::mem::take(&mut self.batch);
        let number = self.first_open + self.open.len() as u64;
        self.open.push_back(Slot { done: rows.is_empty(), checkpoint });
        if !rows.is_empty() {
            self.keys_in_flight.insert(number, keys.into_keys().collect());
            let mut groups: Vec<(usize, Vec<Row>)> = Vec::new();
            for row in rows {
                match groups.iter_mut().find(|(shape, _)| *shape == row.shape) {
                    Some((_, group)) => group.push(row),
                    None => groups.push((row.shape, vec![row])),
                }
            }
            let groups: Vec<(Vec<String>, Vec<Row>)> =
                groups.into_iter().map(|(shape, rows)| (self.shapes.columns(shape).to_vec(), rows)).collect();
            let may_reject = self.bulk.tolerate.saturating_sub(self.report.rejected);
            self.in_flight.push(Box::pin(fly(number, Arc::clone(&self.shared), groups, may_reject)));
        }
        if let Some(row) = self.held.take() {
            self.put(row);
        }
        self.pass();
    }

    fn land(&mut self, Landed { batch, done }: Landed) {
        self.keys_in_flight.remove(&batch);
        let Done { written, rejected, requests, failed } = done;
        self.report.written += written;
        self.report.requests += requests;
        self.report.rejected += rejected.len() as u64;
        if written > 0 {
            self.events.push_back(BulkEvent::Written(written));
        }
        self.events.extend(rejected.into_iter().map(BulkEvent::Rejected));
        match failed {
            Some(error) => self.stop(error),
            None => {
                let at = usize::try_from(batch - self.first_open).ok();
                if let Some(slot) = at.and_then(|at| self.open.get_mut(at)) {
                    slot.done = true;
                }
                self.pass();
            }
        }
    }

    /// Tells the newest checkpoint that no open batch stands before.
    fn pass(&mut self) {
        let mut newest = None;
        while self.open.front().is_some_and(|slot| slot.done) {
            let slot = self.open.pop_front();
            self.first_open += 1;
            newest = slot.and_then(|slot| slot.checkpoint).or(newest);
        }
        if let Some(checkpoint) = newest {
            self.events.push_back(BulkEvent::Checkpoint(checkpoint));
        }
    }

    /// Nothing more is read or sent; what is in flight comes to its end.
    fn stop(&mut self, error: Error) {
        self.source = None;
        self.batch = Batch::default();
        self.held = None;
        // The first one says why.
        self.failed.get_or_insert(error);
    }
}

impl<C> Batch<C> {
    fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.checkpoint.is_none()
    }
}

/// Writes a batch: the rows of one shape after those of another.
async fn fly(batch: u64, shared: Arc<Shared>, groups: Vec<(Vec<String>, Vec<Row>)>, may_reject: u64) -> Landed {
    let mut done = Done::default();
    for (columns, rows) in groups {
        let may_reject = may_reject.saturating_sub(done.rejected.len() as u64);
        let group = Arc::clone(&shared).write(rows, columns, may_reject).await;
        done.written += group.written;
        done.requests += group.requests;
        done.rejected.extend(group.rejected);
        if group.failed.is_some() {
            done.failed = group.failed;
            break;
        }
    }
    Landed { batch, done }
}
