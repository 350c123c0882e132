//! Rows for a table of the app's own: tweets go there without leaving Rust, other rows as they come.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use futures_util::stream;
use ghostwren::records::{TweetList, TweetRef};
use ghostwren::supabase::{Access, BulkItem, BulkReport};
use ghostwren::{Error, ErrorKind, Result};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::SupabaseSettings;
use super::auth::users_own;
use crate::args::Args;
use crate::reply::Reply;
use crate::session::no_call;

/// So many lists of rows wait at most: who adds faster than the database writes is held up.
const WAITING: usize = 2;

/// The settings of rows on their way into a table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SinkSettings {
    project: SupabaseSettings,
    table: String,
    schema: Option<String>,
    key: Vec<String>,
    /// A column of the table, and the field of a tweet that it takes.
    columns: Option<Map<String, Value>>,
    /// A column of the table, and the value that it has in every row of a tweet.
    #[serde(default)]
    values: Map<String, Value>,
    token: Option<String>,
    #[serde(default)]
    secret: bool,
    #[serde(default)]
    ignore_duplicates: bool,
    batch_rows: Option<usize>,
    in_flight: Option<usize>,
}

/// What a column of a row takes from a tweet.
#[derive(Clone, Copy)]
enum Field {
    Text(for<'t> fn(&TweetRef<'t>) -> Option<&'t str>),
    Number(fn(&TweetRef<'_>) -> Option<u64>),
    Flag(fn(&TweetRef<'_>) -> bool),
    Time(fn(&TweetRef<'_>) -> Option<DateTime<Utc>>),
    Texts(for<'r> fn(&'r TweetRef<'_>) -> &'r [String]),
    Source,
    Entities,
    Media,
    Referenced,
}

fn field(name: &str) -> Option<Field> {
    use Field::{Entities, Flag, Media, Number, Referenced, Source, Text, Texts, Time};
    Some(match name {
        "id" => Text(|t| Some(t.id)),
        "full_text" => Text(|t| Some(t.full_text)),
        "lang" => Text(|t| t.lang),
        "kind" => Text(|t| Some(t.kind.as_str())),
        "thread_id" => Text(|t| t.thread_id),
        "in_reply_to_id" => Text(|t| t.in_reply_to_id),
        "in_reply_to_user_id" => Text(|t| t.in_reply_to_user_id),
        "quoted_id" => Text(|t| t.quoted_id),
        "retweeted_id" => Text(|t| t.retweeted_id),
        "conversation_id" => Text(|t| t.conversation_id),
        "client" => Text(|t| t.client),
        "thread_position" => Number(|t| t.thread_position.map(u64::from)),
        "likes" => Number(|t| t.counts.likes),
        "retweets" => Number(|t| t.counts.retweets),
        "replies" => Number(|t| t.counts.replies),
        "quotes" => Number(|t| t.counts.quotes),
        "bookmarks" => Number(|t| t.counts.bookmarks),
        "impressions" => Number(|t| t.counts.impressions),
        "created_at" => Time(|t| Some(t.created_at)),
        "deleted_at" => Time(|t| t.deleted_at),
        "is_note" => Flag(|t| t.is_note),
        "is_truncated" => Flag(|t| t.is_truncated),
        "excluded" => Flag(|t| t.excluded),
        "labels" => Texts(|t| &t.labels),
        "edit_history" => Texts(|t| &t.edit_history),
        "source" => Source,
        "entities" => Entities,
        "media" => Media,
        "referenced_tweets" => Referenced,
        _ => return None,
    })
}

/// A field of a tweet, as it is written.
struct Of<'t>(&'t TweetRef<'t>, Field);

impl Serialize for Of<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self(tweet, field) = self;
        match field {
            Field::Text(read) => read(tweet).serialize(to),
            Field::Number(read) => read(tweet).serialize(to),
            Field::Flag(read) => to.serialize_bool(read(tweet)),
            Field::Time(read) => read(tweet).serialize(to),
            Field::Texts(read) => read(tweet).serialize(to),
            Field::Source => tweet.source.serialize(to),
            Field::Entities => tweet.entities.serialize(to),
            Field::Media => tweet.media.serialize(to),
            Field::Referenced => to.collect_seq(referenced(tweet)),
        }
    }
}

/// Another tweet that one speaks of, as X writes it.
#[derive(Serialize)]
struct Referenced<'t> {
    r#type: &'static str,
    id: &'t str,
}

fn referenced<'t>(tweet: &TweetRef<'t>) -> impl Iterator<Item = Referenced<'t>> {
    let of = [("replied_to", tweet.in_reply_to_id), ("quoted", tweet.quoted_id), ("retweeted", tweet.retweeted_id)];
    of.into_iter().filter_map(|(r#type, id)| Some(Referenced { r#type, id: id? }))
}

/// The columns of a table, by the fields of a tweet, and values that are the same in every row.
struct Columns {
    fields: Vec<(String, Field)>,
    values: Map<String, Value>,
}

impl Columns {
    fn new(columns: Option<Map<String, Value>>, values: Map<String, Value>) -> Result<Self> {
        let read = |(column, name): (String, Value)| match name.as_str().and_then(field) {
            Some(field) => Ok((column, field)),
            None => Err(Error::new(
                ErrorKind::InvalidInput,
                "argument.type",
                format!("the argument `columns` wants {name} for `{column}`, which is no field of a tweet"),
            )
            .with_remedy("Name fields of a tweet, such as `full_text` or `likes`.")),
        };
        Ok(Self { fields: columns.unwrap_or_default().into_iter().map(read).collect::<Result<_>>()?, values })
    }
}

/// One row on its way.
enum Row {
    Plain(Map<String, Value>),
    Tweet { of: Arc<TweetList>, place: usize, columns: Arc<Columns> },
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let (tweet, columns) = match self {
            Self::Plain(row) => return row.serialize(to),
            Self::Tweet { of, place, columns } => match of.get(*place) {
                Some(tweet) => (tweet, columns),
                None => return to.serialize_none(),
            },
        };
        let mut row = to.serialize_map(Some(columns.fields.len() + columns.values.len()))?;
        for (column, field) in &columns.fields {
            row.serialize_entry(column, &Of(&tweet, *field))?;
        }
        for (column, value) in &columns.values {
            row.serialize_entry(column, value)?;
        }
        row.end()
    }
}

/// Rows on their way into a table, written while more are added. Giving it up stops the writing.
pub(crate) struct Sink {
    columns: Arc<Columns>,
    feed: Mutex<Option<mpsc::Sender<Vec<Row>>>>,
    writing: Mutex<Option<Writing>>,
}

/// The task that writes, which stops when nobody waits for it any more.
struct Writing(JoinHandle<Result<BulkReport>>);

impl Drop for Writing {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl SinkSettings {
    /// Begins to write; on a runtime.
    pub(crate) fn open(self, http: Option<ghostwren::http::HttpClient>) -> Result<Sink> {
        let project = self.project.project(http)?.supabase;
        let access = match (self.token, self.secret) {
            (Some(token), false) => Access::bearer(users_own(token, None)?),
            (None, true) => {
                project.secret()?;
                Access::Secret
            }
            (None, false) => Access::Anonymous,
            (Some(_), true) => {
                let detail = "rows are written as a user or with the secret key, not as both";
                return Err(Error::new(ErrorKind::InvalidInput, "argument.type", detail)
                    .with_remedy("Leave out `token` or `secret`."));
            }
        };
        let mut rest = project.rest(access);
        if let Some(schema) = self.schema {
            rest = rest.schema(schema);
        }
        let key: Vec<&str> = self.key.iter().map(String::as_str).collect();
        let mut bulk = rest.from(self.table).bulk(&key);
        if self.ignore_duplicates {
            bulk = bulk.ignore_duplicates();
        }
        if let Some(rows) = self.batch_rows {
            bulk = bulk.batch_rows(rows);
        }
        if let Some(requests) = self.in_flight {
            bulk = bulk.in_flight(requests);
        }
        let columns = Arc::new(Columns::new(self.columns, self.values)?);
        let (feed, rows) = mpsc::channel::<Vec<Row>>(WAITING);
        let items = futures_util::StreamExt::flat_map(
            stream::unfold(rows, async |mut rows| Some((rows.recv().await?, rows))),
            |list| stream::iter(list.into_iter().map(|row| Ok(BulkItem::<Row, ()>::Row(row)))),
        );
        let writing = async move {
            let mut writer = bulk.write(items);
            while let Some(event) = writer.next_event().await {
                event?;
            }
            Ok(writer.report())
        };
        let writing = tokio::spawn(futures_util::FutureExt::boxed(writing));
        Ok(Sink { columns, feed: Mutex::new(Some(feed)), writing: Mutex::new(Some(Writing(writing))) })
    }
}

impl Sink {
    async fn add(&self, rows: Vec<Row>) -> Result<()> {
        let feed = self.feed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match feed {
            Some(feed) if feed.send(rows).await.is_ok() => Ok(()),
            // The writing has ended, which it does by itself only when it cannot go on.
            _ => match self.finish().await {
                Err(error) => Err(error),
                Ok(_) => Err(ended()),
            },
        }
    }

    async fn finish(&self) -> Result<BulkReport> {
        drop(self.feed.lock().unwrap_or_else(PoisonError::into_inner).take());
        let writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut writing = writing.ok_or_else(ended)?;
        (&mut writing.0).await.map_err(|error| {
            Error::new(ErrorKind::Internal, "binding.panic", "writing ended without an answer").with_source(error)
        })?
    }
}

fn ended() -> Error {
    Error::new(ErrorKind::Conflict, "binding.closed", "the writing has ended before this call")
        .with_remedy("Begin another one.")
}

/// `table.add`, `table.finish`.
pub(crate) async fn call(sink: &Sink, name: &str, mut args: Args) -> Result<Reply> {
    match name {
        "add" => {
            let plain = args.or_default::<Vec<Map<String, Value>>>("rows")?;
            let mut rows: Vec<Row> = plain.into_iter().map(Row::Plain).collect();
            if let Some(tweets) = args.tweets() {
                if sink.columns.fields.is_empty() {
                    let detail = "the argument `columns` is missing: it says which column takes which field of a tweet";
                    return Err(Error::new(ErrorKind::InvalidInput, "argument.missing", detail)
                        .with_remedy("Name the columns, such as `{\"id\": \"id\", \"text\": \"full_text\"}`."));
                }
                let columns = &sink.columns;
                let tweet = |place| Row::Tweet { of: Arc::clone(&tweets), place, columns: Arc::clone(columns) };
                rows.extend((0..tweets.len()).map(tweet));
            }
            args.end()?;
            sink.add(rows).await?;
            Reply::json(&())
        }
        "finish" => {
            args.end()?;
            let report = sink.finish().await?;
            let BulkReport { written, replaced, requests, .. } = report;
            Reply::json(&json!({ "written": written, "replaced": replaced, "requests": requests }))
        }
        _ => Err(no_call(name)),
    }
}
