//! The front door: on whose behalf, which table or function, which rows.

use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;

use super::compile::compile;
use super::errors::PostgRest;
use super::filter::Filter;
use super::plan::{Plan, Return, Sort, Verb};
use super::read::MAX_BODY;
use super::shape;
use super::value::Value;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{HttpResponse, Made, Reader, Received, Service};
use crate::supabase::access::{Access, of};
use crate::supabase::project::{Part, Supabase};

/// The tables and functions of a project, on behalf of somebody. Cloning is cheap.
///
/// ```no_run
/// use ghostwren::supabase::{Access, Sort, Supabase};
/// # #[derive(serde::Deserialize)] struct Note { id: i64, body: String }
/// # async fn run(users_token: secrecy::SecretString) -> ghostwren::Result<()> {
/// let project = Supabase::from_env()?;
/// let rest = project.rest(Access::bearer(users_token));
/// let notes: Vec<Note> = rest.from("notes").select("id,body").eq("archived", false)
///     .order([Sort::descending("created_at")]).limit(20).rows().await?;
/// for note in notes {
///     println!("{} {}", note.id, note.body);
/// }
/// rest.from("notes").eq("id", 7).update(&serde_json::json!({ "archived": true })).send().await?;
/// let total: i64 = rest.rpc("word_count", &serde_json::json!({ "note": 7 })).value().await?;
/// # let _ = total;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Rest {
    project: Supabase,
    access: Access,
    schema: Option<Arc<str>>,
}

impl Supabase {
    /// The project's tables and functions, on behalf of somebody: a query builder for an app's own tables.
    #[must_use]
    pub fn rest(&self, access: Access) -> Rest {
        Rest { project: self.clone(), access, schema: None }
    }
}

impl Rest {
    /// Sets the schema; the first that the project exposes unless set. It must be exposed in the project's settings.
    #[must_use]
    pub fn schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = Some(schema.into().into());
        self
    }

    /// On whose behalf it is.
    #[must_use]
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// A table or view.
    pub fn from(&self, table: impl Into<String>) -> Query<Table> {
        self.query(Verb::Read, table.into(), Ok(Bytes::new()))
    }

    /// A call of a function, with its arguments as an object. It is sent once: say so when it
    /// [may be repeated](Query::idempotent).
    pub fn rpc<A: Serialize + ?Sized>(&self, function: impl Into<String>, arguments: &A) -> Query<Call> {
        self.query(Verb::Call, function.into(), body(arguments))
    }

    fn query<V>(&self, verb: Verb, target: String, body: Result<Bytes, String>) -> Query<V> {
        let (body, unwritable) = match body {
            Ok(body) => (body, None),
            Err(why) => (Bytes::new(), Some(why)),
        };
        let schema = self.schema.as_deref().map(str::to_owned);
        let plan = Plan { verb, target, schema, body, ..Plan::default() };
        Query { rest: self.clone(), plan, unwritable, verb: PhantomData }
    }

    /// Sends a plan; `finish` reads the answer as part of the attempt.
    async fn send<T, F, Fut>(&self, plan: &Plan, finish: F) -> Result<T>
    where
        T: Send,
        F: Fn(HttpResponse) -> Fut + Send + Sync,
        Fut: Future<Output = Result<T>> + Send,
    {
        let operation = plan.operation();
        let base = self.project.endpoint(Part::Rest, &[])?;
        let request = compile(plan, &base).map_err(|error| of(operation, error))?;
        let schema = plan.schema.as_deref();
        let service = |secrets| {
            Box::new(PostgRest { secrets, access: self.access.clone(), schema: schema.map(str::to_owned) })
                as Box<dyn Service>
        };
        self.project.call(&self.access, request, &service, finish).await
    }
}

/// Nothing is chosen yet but the table.
#[derive(Clone, Copy, Debug)]
pub struct Table(());

/// Rows are read.
#[derive(Clone, Copy, Debug)]
pub struct Read(());

/// Rows are inserted, upserted, updated or deleted.
#[derive(Clone, Copy, Debug)]
pub struct Write(());

/// A function is called.
#[derive(Clone, Copy, Debug)]
pub struct Call(());

/// A query that is being gathered: of a table, a read, a write or a call. Nothing is sent before it is asked for its end
/// (`rows`, `send`, `value`, …); dropping that future cancels it.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent before it is asked for rows, a value or its end"]
pub struct Query<V> {
    pub(super) rest: Rest,
    pub(super) plan: Plan,
    /// Why the body cannot be written as JSON.
    pub(super) unwritable: Option<String>,
    verb: PhantomData<fn() -> V>,
}

macro_rules! shorthands {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(self, column: impl Into<String>, value: impl Into<Value>) -> Self {
            self.filter(Filter::$name(column, value))
        }
    )*};
}

impl<V> Query<V> {
    /// Adds a condition: all conditions must be met.
    pub fn filter(mut self, filter: Filter) -> Self {
        self.plan.filters.push(filter);
        self
    }

    shorthands! {
        /// Only rows whose column equals the value. [`Filter`] has all the other conditions.
        eq;
        /// Only rows whose column differs from the value.
        neq;
        /// Only rows whose column is greater.
        gt;
        /// Only rows whose column is greater or equal.
        gte;
        /// Only rows whose column is less.
        lt;
        /// Only rows whose column is less or equal.
        lte;
    }

    /// Only rows whose column equals one of the values.
    pub fn in_list<T: Into<Value>>(self, column: impl Into<String>, values: impl IntoIterator<Item = T>) -> Self {
        self.filter(Filter::in_list(column, values))
    }

    /// Only rows whose column has no value.
    pub fn is_null(self, column: impl Into<String>) -> Self {
        self.filter(Filter::is_null(column))
    }

    /// Says whether it may be done twice without harm, and so be repeated by itself when an answer is lost.
    ///
    /// Unless said: reads may; upserts may where their key is named; updates and deletes may where neither rows nor a count
    /// is asked for; inserts and calls may not.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.plan.idempotent = Some(idempotent);
        self
    }

    /// Sets how long one attempt may take; the project's setting unless set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.rest.project = self.rest.project.timeout(timeout);
        self
    }

    pub(super) fn turned<W>(self) -> Query<W> {
        Query { rest: self.rest, plan: self.plan, unwritable: self.unwritable, verb: PhantomData }
    }

    /// Sends it and reads the answer's text.
    pub(super) async fn text(&self) -> Result<String> {
        self.check()?;
        self.rest.send(&self.plan, |response| response.text(MAX_BODY)).await
    }

    /// Sends it; `read` reads the answer's JSON as part of the attempt.
    pub(super) async fn receive<T: Send>(
        &self,
        read: impl Fn(&[u8]) -> serde_json::Result<T> + Send + Sync,
    ) -> Result<Received<T>> {
        let made = Made::new();
        let received = self.receive_by(&|body| made.keep(read(body))).await?;
        made.of(received)
    }

    pub(super) async fn receive_by(&self, read: Reader<'_>) -> Result<Received<()>> {
        self.check()?;
        self.rest.send(&self.plan, |response| response.read_by(MAX_BODY, read)).await
    }

    fn check(&self) -> Result<()> {
        let Some(why) = &self.unwritable else { return Ok(()) };
        let error = Error::new(ErrorKind::InvalidInput, "supabase.unwritable_rows", why.as_str())
            .with_remedy("Give values that JSON can hold: an object, or an array of objects.");
        Err(of(self.plan.operation(), error))
    }
}

impl Query<Table> {
    /// Reads rows: the columns as PostgREST writes them, such as `*` or `id,title,author:users(name)`.
    pub fn select(mut self, columns: impl Into<String>) -> Query<Read> {
        self.plan.select = Some(columns.into());
        self.turned()
    }

    /// Inserts a row (an object) or several (an array of objects). What a row lacks becomes the column's default.
    pub fn insert<R: Serialize + ?Sized>(self, rows: &R) -> Query<Write> {
        self.write(Verb::Insert, rows)
    }

    /// Inserts rows, or changes those that are there: which ones, the columns of a unique constraint say. Only the columns
    /// that the rows carry are changed.
    pub fn upsert<R: Serialize + ?Sized>(mut self, rows: &R, on_conflict: &[&str]) -> Query<Write> {
        self.plan.on_conflict = on_conflict.iter().map(|&column| column.to_owned()).collect();
        self.write(Verb::Upsert { ignore: false }, rows)
    }

    /// Changes the rows that meet the conditions: the new values as an object.
    pub fn update<R: Serialize + ?Sized>(self, values: &R) -> Query<Write> {
        self.write(Verb::Update, values)
    }

    /// Deletes the rows that meet the conditions.
    pub fn delete(mut self) -> Query<Write> {
        self.plan.verb = Verb::Delete;
        self.turned()
    }

    fn write<R: Serialize + ?Sized>(mut self, verb: Verb, rows: &R) -> Query<Write> {
        self.plan.verb = verb;
        match body(rows) {
            Ok(body) => {
                if verb != Verb::Update {
                    self.plan.columns = shape::columns(&body);
                    self.plan.missing_default = !self.plan.columns.is_empty();
                }
                self.plan.body = body;
            }
            Err(why) => self.unwritable = Some(why),
        }
        self.turned()
    }
}

impl Query<Call> {
    /// Which columns of the rows that a function gives come back.
    pub fn select(mut self, columns: impl Into<String>) -> Self {
        self.plan.select = Some(columns.into());
        self
    }

    /// Orders the rows that a function gives.
    pub fn order(mut self, order: impl IntoIterator<Item = Sort>) -> Self {
        self.plan.order.extend(order);
        self
    }

    /// At most so many of the rows that a function gives.
    pub fn limit(mut self, rows: u64) -> Self {
        self.plan.limit = Some(rows);
        self
    }
}

impl Query<Write> {
    pub(super) fn returning(mut self, columns: impl Into<String>) -> Self {
        self.plan.returns = Return::Rows;
        self.plan.select = Some(columns.into());
        self
    }
}

fn body<T: Serialize + ?Sized>(value: &T) -> Result<Bytes, String> {
    match serde_json::to_vec(value) {
        Ok(body) => Ok(body.into()),
        Err(error) => Err(format!("the value cannot be written as JSON: {error}")),
    }
}
