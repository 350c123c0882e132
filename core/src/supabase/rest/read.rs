//! How a read or a call ends.

use http::HeaderMap;
use http::header::CONTENT_RANGE;
use serde::de::DeserializeOwned;

use super::keyset::KeysetPages;
use super::plan::{Count, Form, Sort, Verb};
use super::query::{Call, Query, Read};
use crate::error::{Error, ErrorKind, Result};
use crate::http::Made;
use crate::json;
use crate::supabase::NAME;

/// The largest answer that is read.
pub(super) const MAX_BODY: usize = 64 << 20;

/// Rows, and how many there are in all.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rows<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// How many rows meet the conditions, where a [count](Query::count) was asked for.
    pub count: Option<u64>,
    /// Whether the server gave fewer rows than were asked for and are there, because it gives no more at once (`max_rows`, 1,000
    /// unless the project says otherwise). Only known together with a count.
    pub truncated: bool,
}

impl Query<Read> {
    /// Orders the rows.
    pub fn order(mut self, order: impl IntoIterator<Item = Sort>) -> Self {
        self.plan.order.extend(order);
        self
    }

    /// At most so many rows. The server has a limit of its own (`max_rows`).
    pub fn limit(mut self, rows: u64) -> Self {
        self.plan.limit = Some(rows);
        self
    }

    /// Leaves out so many rows. The deeper, the slower: [`pages`](Self::pages) is not.
    pub fn offset(mut self, rows: u64) -> Self {
        self.plan.offset = Some(rows);
        self
    }

    /// Counts the rows that meet the conditions, for [`page`](Self::page).
    pub fn count(mut self, count: Count) -> Self {
        self.plan.count = Some(count);
        self
    }

    /// Leaves fields without a value out of the answer.
    pub fn strip_nulls(mut self) -> Self {
        self.plan.strip_nulls = true;
        self
    }

    /// The rows: no more than the server gives at once (`max_rows`, 1,000 unless the project says otherwise), which it does not
    /// tell. To read all, however many, use [`pages`](Self::pages).
    ///
    /// # Errors
    /// What the server says ([`DatabaseError`](super::DatabaseError) is the source); `Decode` (`http.json`) for rows of another
    /// form.
    pub async fn rows<T: DeserializeOwned + Send>(self) -> Result<Vec<T>> {
        rows(&self).await
    }

    /// The rows with their count.
    ///
    /// # Errors
    /// As [`rows`](Self::rows).
    pub async fn page<T: DeserializeOwned + Send>(self) -> Result<Rows<T>> {
        let (limit, offset) = (self.plan.limit, self.plan.offset.unwrap_or(0));
        let read = self.receive(|body| json::read_bytes::<Vec<T>>(body)).await?;
        let count = total(&read.headers);
        let got = read.value.len() as u64;
        let truncated = count.is_some_and(|count| {
            let there = count.saturating_sub(offset);
            got < limit.map_or(there, |limit| limit.min(there))
        });
        Ok(Rows { rows: read.value, count, truncated })
    }

    /// The one row that meets the conditions.
    ///
    /// # Errors
    /// `NotFound` (`supabase.no_row`), `Conflict` (`supabase.several_rows`), and as [`rows`](Self::rows).
    pub async fn single<T: DeserializeOwned + Send>(mut self) -> Result<T> {
        self.plan.form = Form::Object;
        value(&self).await
    }

    /// The row that meets the conditions, if there is one.
    ///
    /// # Errors
    /// `Conflict` (`supabase.several_rows`), and as [`rows`](Self::rows).
    pub async fn maybe_single<T: DeserializeOwned + Send>(self) -> Result<Option<T>> {
        // As rows and not as an object: that none is there is no failure to be logged.
        let limited = match self.plan.limit {
            Some(_) => self,
            None => self.limit(2),
        };
        let mut found: Vec<T> = rows(&limited).await?;
        match found.len() {
            0 | 1 => Ok(found.pop()),
            _ => Err(Error::new(ErrorKind::Conflict, "supabase.several_rows", "several rows meet the conditions")
                .with_operation(NAME, "rest.select")),
        }
    }

    /// How many rows meet the conditions, without reading them.
    ///
    /// # Errors
    /// As [`rows`](Self::rows); `Decode` (`supabase.no_count`) where the server does not say.
    pub async fn count_rows(mut self, count: Count) -> Result<u64> {
        self.plan.verb = Verb::Head;
        self.plan.count = Some(count);
        let head = self.receive(|_| Ok(())).await?;
        total(&head.headers).ok_or_else(|| {
            Error::new(ErrorKind::Decode, "supabase.no_count", "the server did not say how many rows there are")
                .with_operation(NAME, "rest.count")
        })
    }

    /// The rows as CSV, with the columns' names in the first line.
    ///
    /// # Errors
    /// As [`rows`](Self::rows).
    pub async fn csv(mut self) -> Result<String> {
        self.plan.form = Form::Csv;
        self.text().await
    }

    /// The rows as a GeoJSON `FeatureCollection`; needs PostGIS.
    ///
    /// # Errors
    /// As [`rows`](Self::rows).
    pub async fn geo_json(mut self) -> Result<serde_json::Value> {
        self.plan.form = Form::GeoJson;
        value(&self).await
    }

    /// How the database would read the rows. Off in a project unless it is switched on (`pgrst.db_plan_enabled`).
    ///
    /// # Errors
    /// As [`rows`](Self::rows).
    pub async fn explain(mut self) -> Result<String> {
        self.plan.form = Form::Explained;
        self.text().await
    }

    /// All the rows, page by page, however many there are: each page begins behind the last row of the one before, by the
    /// columns of a key that no two rows share and that every row has. The key is the order, too; it must be among the
    /// columns that are read.
    ///
    /// ```no_run
    /// use ghostwren::supabase::{Rest, Sort};
    /// # #[derive(serde::Deserialize)] struct Note { body: String }
    /// # async fn run(rest: Rest) -> ghostwren::Result<()> {
    /// let key = [Sort::descending("created_at"), Sort::descending("id")];
    /// let mut pages = rest.from("notes").select("id,created_at,body").pages::<Note>(key, 500);
    /// while let Some(page) = pages.next_page().await {
    ///     for note in page? {
    ///         println!("{}", note.body);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages<T: DeserializeOwned + Send>(self, key: impl IntoIterator<Item = Sort>, rows: u64) -> KeysetPages<T> {
        KeysetPages::new(self, key.into_iter().collect(), rows)
    }
}

impl Query<Call> {
    /// What the function gives: a number, a text, an object, or all its rows as an array.
    ///
    /// # Errors
    /// What the server says ([`DatabaseError`](super::DatabaseError) is the source); `Decode` (`http.json`) for another form.
    pub async fn value<T: DeserializeOwned + Send>(self) -> Result<T> {
        value(&self).await
    }

    /// What the function gives, as a reader of its own makes it; `operation` is said in errors and spans.
    pub(crate) async fn read<T: Send>(
        mut self,
        operation: &'static str,
        read: impl Fn(&[u8]) -> serde_json::Result<T> + Send + Sync,
    ) -> Result<T> {
        self.plan.named = Some(operation);
        let made = Made::new();
        self.receive_by(&|body| made.keep(read(body))).await?;
        made.take()
    }

    /// The one row that the function gives.
    ///
    /// # Errors
    /// `NotFound` (`supabase.no_row`), `Conflict` (`supabase.several_rows`), and as [`value`](Self::value).
    pub async fn single<T: DeserializeOwned + Send>(mut self) -> Result<T> {
        self.plan.form = Form::Object;
        value(&self).await
    }

    /// Calls the function and leaves what it gives.
    ///
    /// # Errors
    /// As [`value`](Self::value).
    pub async fn send(self) -> Result<()> {
        self.receive(|_| Ok(())).await.map(|_| ())
    }
}

pub(super) async fn rows<T: DeserializeOwned + Send, V>(query: &Query<V>) -> Result<Vec<T>> {
    value(query).await
}

pub(super) async fn value<T: DeserializeOwned + Send, V>(query: &Query<V>) -> Result<T> {
    let received = query.receive(|body| json::read_bytes::<T>(body)).await?;
    Ok(received.value)
}

/// The number behind the slash of `Content-Range: 0-9/100`.
pub(super) fn total(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_RANGE)?.to_str().ok()?.rsplit_once('/')?.1.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals() {
        let of = |range: &str| total(&HeaderMap::from_iter([(CONTENT_RANGE, range.parse().unwrap())]));
        assert_eq!(of("0-9/100"), Some(100));
        assert_eq!(of("*/0"), Some(0));
        assert_eq!(of("0-9/*"), None);
        assert_eq!(of("items"), None);
        assert_eq!(total(&HeaderMap::new()), None);
    }
}
