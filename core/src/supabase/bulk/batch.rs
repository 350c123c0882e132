//! One batch: written whole, in halves, or down to the one row that cannot be.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::pace::Pace;
use super::row::Row;
use crate::error::{Error, ErrorKind};
use crate::supabase::rest::{DatabaseError, Query, Write, too_many};

/// What all batches of a writer share.
#[derive(Debug)]
pub(super) struct Shared {
    /// The upsert, without rows.
    pub(super) template: Query<Write>,
    pub(super) pace: Mutex<Pace>,
    pub(super) patience: Duration,
}

/// How a batch ended.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) written: u64,
    pub(super) rejected: Vec<Rejected>,
    pub(super) requests: u64,
    /// Why writing cannot go on.
    pub(super) failed: Option<Error>,
}

/// A row that the database does not take.
#[derive(Debug)]
#[non_exhaustive]
pub struct Rejected {
    /// Its place among the rows of the source, from 0.
    pub position: u64,
    /// The values of its key's columns as JSON, with commas in between; `default` for one that the row lacks.
    pub key: String,
    /// Why.
    pub error: Error,
}

/// What an error of a request says about its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Too many rows at once.
    TooMany,
    /// One of the rows cannot be written.
    OfARow,
    /// The same request may succeed later.
    Later,
    /// No request of this kind can succeed.
    Fatal,
}

fn verdict(error: &Error, rows: usize) -> Verdict {
    match error.code() {
        _ if too_many(error) => Verdict::TooMany,
        // Perhaps too many rows for a role without a time limit; one row is not.
        "http.timeout" if rows > 1 => Verdict::TooMany,
        "supabase.bad_value"
        | "supabase.not_null"
        | "supabase.check"
        | "supabase.constraint"
        | "supabase.foreign_key"
        | "supabase.duplicate"
        | "supabase.duplicate_in_batch"
        | "supabase.row_denied"
        | "supabase.raised"
        | "supabase.bad_body" => Verdict::OfARow,
        "http.deadline" | "http.tls" => Verdict::Fatal,
        _ => match error.kind() {
            ErrorKind::Connect | ErrorKind::Server | ErrorKind::Timeout | ErrorKind::RateLimited => Verdict::Later,
            _ => Verdict::Fatal,
        },
    }
}

impl Shared {
    pub(super) fn pace<T>(&self, with: impl FnOnce(&mut Pace) -> T) -> T {
        with(&mut self.pace.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Writes the rows of one shape. Halves are written one after the other, the first one first, so that what is written when a
    /// row stops everything is what came before it.
    pub(super) async fn write(self: Arc<Self>, rows: Vec<Row>, columns: Vec<String>, mut may_reject: u64) -> Done {
        let mut done = Done::default();
        let mut parts = Vec::from([(0, rows.len())]);
        while let Some((from, to)) = parts.pop() {
            let some = rows.get(from..to).unwrap_or_default();
            if some.is_empty() {
                continue;
            }
            let error = match self.send(some, &columns, &mut done.requests).await {
                Ok(()) => {
                    done.written += some.len() as u64;
                    continue;
                }
                Err(error) => error,
            };
            let verdict = verdict(&error, some.len());
            if verdict == Verdict::TooMany {
                self.pace(|pace| pace.too_slow(some.len()));
            }
            match (verdict, some) {
                (Verdict::TooMany | Verdict::OfARow, [_, _, ..]) => {
                    let middle = from + some.len() / 2;
                    parts.push((middle, to));
                    parts.push((from, middle));
                }
                (Verdict::OfARow, [row]) if may_reject > 0 => {
                    may_reject -= 1;
                    done.rejected.push(Rejected { position: row.position, key: row.key.to_string(), error });
                }
                (Verdict::TooMany | Verdict::OfARow, [row]) => {
                    done.failed = Some(at_row(row, error));
                    return done;
                }
                _ => {
                    done.failed = Some(error);
                    return done;
                }
            }
        }
        done
    }

    /// Sends rows, again and again while the database cannot be had.
    async fn send(&self, rows: &[Row], columns: &[String], requests: &mut u64) -> Result<(), Error> {
        let upsert = self.template.clone().with_body(body(rows), columns);
        let began = Instant::now();
        let mut pause = Duration::from_millis(250);
        loop {
            *requests += 1;
            let sent = Instant::now();
            let error = match upsert.clone().send().await {
                Ok(_) => {
                    self.pace(|pace| pace.took(rows.len(), sent.elapsed()));
                    return Ok(());
                }
                Err(error) => error,
            };
            if verdict(&error, rows.len()) != Verdict::Later || began.elapsed() + pause > self.patience {
                return Err(error);
            }
            let asked = error.retry_at().and_then(|at| (at - chrono::Utc::now()).to_std().ok()).unwrap_or_default();
            tracing::debug!(target: "ghostwren::supabase", error = %error, "a batch is sent again");
            tokio::time::sleep(asked.min(self.patience).max(pause.mul_f64(0.5 + fastrand::f64() / 2.0))).await;
            pause = (pause * 2).min(Duration::from_secs(10));
        }
    }
}

fn body(rows: &[Row]) -> Bytes {
    let mut body = Vec::with_capacity(rows.iter().map(|row| row.json.len() + 1).sum::<usize>() + 1);
    for row in rows {
        body.push(if body.is_empty() { b'[' } else { b',' });
        body.extend_from_slice(&row.json);
    }
    body.push(b']');
    body.into()
}

/// Says in an error which row it is about.
fn at_row(row: &Row, error: Error) -> Error {
    let said = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<DatabaseError>()).cloned();
    let mut fields = error.to_fields();
    fields.detail = format!("row {} (key {}): {}", row.position, row.key, fields.detail);
    fields.causes.clear();
    match said {
        Some(said) => Error::from(fields).with_source(said),
        None => Error::from(fields),
    }
}
