//! How a write ends.

use serde::de::DeserializeOwned;

use super::plan::{Count, Form, Verb};
use super::query::{Query, Write};
use super::read::{rows, total, value};
use crate::error::Result;

/// What a write did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Written {
    /// How many rows, where a [count](Query::count) was asked for.
    pub count: Option<u64>,
}

impl Query<Write> {
    /// Counts the rows that are written.
    pub fn count(mut self, count: Count) -> Self {
        self.plan.count = Some(count);
        self
    }

    /// Fails, and changes nothing, when an update or a delete would touch more rows.
    pub fn max_affected(mut self, rows: u64) -> Self {
        self.plan.max_affected = Some(rows);
        self
    }

    /// Leaves rows as they are that are there already, for an upsert.
    pub fn ignore_duplicates(mut self) -> Self {
        if let Verb::Upsert { ignore } = &mut self.plan.verb {
            *ignore = true;
        }
        self
    }

    /// Writes these columns only, whatever the rows carry. Unless set, those that any of the rows carries.
    pub fn columns<'a>(mut self, columns: impl IntoIterator<Item = &'a str>) -> Self {
        self.plan.columns = columns.into_iter().map(str::to_owned).collect();
        self.plan.missing_default = !self.plan.columns.is_empty();
        self
    }

    /// Says whether a column that a row lacks gets its default, as it does unless said otherwise, or no value.
    pub fn missing_default(mut self, default: bool) -> Self {
        self.plan.missing_default = default;
        self
    }

    /// Does everything but the change: the transaction is rolled back, where the server allows that (`db-tx-end`). A server that
    /// does not keeps the change.
    pub fn dry_run(mut self) -> Self {
        self.plan.dry_run = true;
        self
    }

    /// The same write with other rows, all of which have these columns.
    pub(in crate::supabase) fn with_body(mut self, body: bytes::Bytes, columns: &[String]) -> Self {
        self.plan.body = body;
        self.plan.columns = columns.to_vec();
        self
    }

    /// Writes and gives nothing back: what an import wants.
    ///
    /// # Errors
    /// What the server says ([`DatabaseError`](super::DatabaseError) is the source): `Conflict` (`supabase.duplicate`,
    /// `supabase.foreign_key`, `supabase.max_affected`), `InvalidInput`, `PermissionDenied`, `Timeout`
    /// (`supabase.statement_timeout`), …
    pub async fn send(self) -> Result<Written> {
        let done = self.receive(|_| Ok(())).await?;
        Ok(Written { count: total(&done.headers) })
    }

    /// Writes and gives the rows back as they are then; at most the server's `max_rows`.
    ///
    /// # Errors
    /// As [`send`](Self::send); `Decode` (`http.json`) for rows of another form.
    pub async fn rows<T: DeserializeOwned + Send>(self, columns: &str) -> Result<Vec<T>> {
        rows(&self.returning(columns)).await
    }

    /// Writes one row and gives it back; changes nothing when there would be none or several.
    ///
    /// # Errors
    /// `NotFound` (`supabase.no_row`), `Conflict` (`supabase.several_rows`), and as [`rows`](Self::rows).
    pub async fn single<T: DeserializeOwned + Send>(self, columns: &str) -> Result<T> {
        let mut query = self.returning(columns);
        query.plan.form = Form::Object;
        value(&query).await
    }
}
