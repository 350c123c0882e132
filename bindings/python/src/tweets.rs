//! Tweets as views: the records stay in Rust, and a field becomes an object of Python when it is read.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use ghostwren::records::{self, TweetRef};
use ghostwren::{Error, ErrorKind};
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyCapsule, PyList, PySlice};
use serde::{Serialize, Serializer};

use crate::error::exception;
use crate::{arrow, columns};

type Shared = Arc<records::TweetList>;

/// Tweets, as a sequence and as an Arrow stream.
#[pyclass(frozen, sequence, module = "ghostwren._native")]
#[derive(Clone)]
pub(crate) struct TweetList {
    tweets: Shared,
    start: usize,
    step: isize,
    length: usize,
}

fn unreadable(py: Python<'_>, error: serde_json::Error) -> PyErr {
    let detail = "the argument `json` cannot be used";
    exception(py, &Error::new(ErrorKind::InvalidInput, "argument.type", detail).with_source(error))
}

impl TweetList {
    pub(crate) fn new(tweets: Shared) -> Self {
        let length = tweets.len();
        Self { tweets, start: 0, step: 1, length }
    }

    fn place(&self, index: usize) -> usize {
        self.start.wrapping_add_signed(self.step.wrapping_mul(index.cast_signed()))
    }

    fn at<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Bound<'py, Tweet>> {
        let view = Bound::new(py, Tweet { tweets: Arc::clone(&self.tweets), index: self.place(index) })?;
        // A view holds records of Rust and nothing of Python: no cycle goes through it. The collector, which would look at each
        // of them again and again (three quarters of the time that a list of 100,000 views took), need not know it.
        #[allow(unsafe_code, reason = "pyo3 has no classes without the collector")]
        // SAFETY: the pointer is of a live object of a class with `Py_TPFLAGS_HAVE_GC`, as all classes of pyo3 are; one that is
        // not tracked may be untracked again, which its deallocation does.
        unsafe {
            pyo3::ffi::PyObject_GC_UnTrack(view.as_ptr().cast());
        }
        Ok(view)
    }

    /// The tweets of this list; copied where it is a part of another one.
    pub(crate) fn whole(&self) -> Shared {
        if self.step == 1 && self.start == 0 && self.length == self.tweets.len() {
            return Arc::clone(&self.tweets);
        }
        Arc::new(self.iter().collect())
    }

    /// The tweets of this list one after the other.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = TweetRef<'_>> + Clone + Send {
        // The places were checked when the list was made.
        (0..self.length).map(|index| self.tweets.get(self.place(index)).unwrap_or_default())
    }
}

impl Serialize for TweetList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[pymethods]
impl TweetList {
    /// Reads a JSON list of tweets in the form of `to_dict`.
    #[staticmethod]
    fn from_json(py: Python<'_>, json: &str) -> PyResult<Self> {
        let tweets = py.detach(|| serde_json::from_str(json)).map_err(|error| unreadable(py, error))?;
        Ok(Self::new(Arc::new(tweets)))
    }

    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        py.detach(|| serde_json::to_string(self)).map_err(|error| unreadable(py, error))
    }

    fn __len__(&self) -> usize {
        self.length
    }

    fn __getitem__<'py>(&self, py: Python<'py>, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if let Ok(slice) = index.cast::<PySlice>() {
            let length = isize::try_from(self.length).unwrap_or(isize::MAX);
            let bounds = slice.indices(length)?;
            let start = if bounds.slicelength == 0 { 0 } else { self.place(bounds.start.unsigned_abs()) };
            let part = Self {
                tweets: Arc::clone(&self.tweets),
                start,
                step: self.step.wrapping_mul(bounds.step),
                length: bounds.slicelength,
            };
            return Ok(Bound::new(py, part)?.into_any());
        }
        let index: isize = index.extract()?;
        let index = if index < 0 { index + self.length.cast_signed() } else { index };
        match usize::try_from(index).ok().filter(|index| *index < self.length) {
            Some(index) => Ok(self.at(py, index)?.into_any()),
            None => Err(PyIndexError::new_err("there is no tweet at this place")),
        }
    }

    fn __iter__(&self) -> TweetIterator {
        TweetIterator { list: self.clone(), next: 0 }
    }

    fn __repr__(&self) -> String {
        format!("<TweetList of {}>", self.length)
    }

    /// All tweets as an Arrow stream of one batch: <https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html>.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // The interface lets a producer that cannot cast give what it has.
        drop(requested_schema);
        let columns = py.detach(|| columns::tweets(self.iter()));
        arrow::stream(py, columns, self.length)
    }

    /// The types of the columns.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        arrow::schema(py, &columns::none())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let py = slf.py();
        Ok((py.get_type::<Self>().getattr("from_json")?, (slf.get().to_json(py)?,)))
    }
}

/// Goes through the tweets of a list.
#[pyclass(module = "ghostwren._native")]
pub(crate) struct TweetIterator {
    list: TweetList,
    next: usize,
}

#[pymethods]
impl TweetIterator {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, Tweet>>> {
        if self.next == self.list.length {
            return Ok(None);
        }
        self.next += 1;
        self.list.at(py, self.next - 1).map(Some)
    }

    fn __length_hint__(&self) -> usize {
        self.list.length - self.next
    }
}

/// One tweet of a list: a view, which keeps the list.
#[pyclass(frozen, eq, hash, module = "ghostwren._native")]
pub(crate) struct Tweet {
    tweets: Shared,
    index: usize,
}

impl Tweet {
    #[inline]
    fn record(&self) -> TweetRef<'_> {
        debug_assert!(self.index < self.tweets.len(), "checked when the view was made, and lists never change");
        self.tweets.get(self.index).unwrap_or_default()
    }
}

impl PartialEq for Tweet {
    fn eq(&self, other: &Self) -> bool {
        self.record() == other.record()
    }
}

impl Hash for Tweet {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.record().id.hash(state);
    }
}

fn datetime(py: Python<'_>, time: DateTime<Utc>) -> PyResult<Bound<'_, PyAny>> {
    static FROM: PyOnceLock<(Py<PyAny>, Py<PyAny>)> = PyOnceLock::new();
    let (from, utc) = FROM.get_or_try_init(py, || {
        let datetime = py.import("datetime")?;
        let from = datetime.getattr("datetime")?.getattr("fromtimestamp")?;
        PyResult::Ok((from.unbind(), datetime.getattr("timezone")?.getattr("utc")?.unbind()))
    })?;
    #[allow(clippy::cast_precision_loss, reason = "milliseconds of four-digit years are exact in a double")]
    let seconds = time.timestamp_millis() as f64 / 1000.0;
    from.bind(py).call1((seconds, utc))
}

macro_rules! fields {
    (
        lists { $($list:ident = |$of:ident| $texts:expr;)* }
        $($name:ident: $type:ty = |$tweet:ident| $get:expr;)*
    ) => {
        #[pymethods]
        impl Tweet {
            $(#[getter]
            fn $name(&self) -> $type {
                let $tweet = self.record();
                $get
            })*

            $(#[getter]
            fn $list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
                let $of = self.record();
                PyList::new(py, $texts)
            })*

            #[getter]
            fn created_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                datetime(py, self.record().created_at)
            }

            #[getter]
            fn deleted_at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
                self.record().deleted_at.map(|time| datetime(py, time)).transpose()
            }

            /// Everything, as `to_dict` reads it.
            fn to_json(&self, py: Python<'_>) -> PyResult<String> {
                serde_json::to_string(&self.record()).map_err(|error| unreadable(py, error))
            }

            /// Everything as plain data.
            fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
                LOADS.import(py, "json", "loads")?.call1((self.to_json(py)?,))
            }

            fn __repr__(&self) -> String {
                let tweet = self.record();
                let text: String = tweet.full_text.chars().take(60).collect();
                let more = if text.len() < tweet.full_text.len() { "…" } else { "" };
                format!("<Tweet {} {:?}{more}>", tweet.id, ghostwren::text::escape_controls(&text))
            }

            fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
                let py = slf.py();
                Ok((py.get_type::<Self>().getattr("from_json")?, (slf.get().to_json(py)?,)))
            }

            /// Reads what `to_json` wrote.
            #[staticmethod]
            fn from_json(py: Python<'_>, json: &str) -> PyResult<Self> {
                let tweet: records::Tweet = serde_json::from_str(json).map_err(|error| unreadable(py, error))?;
                Ok(Self { tweets: Arc::new(vec![tweet].into()), index: 0 })
            }
        }
    };
}

fields! {
    lists {
        urls = |tweet| tweet.entities.get().urls.iter().map(|url| url.expanded_url.as_str());
        mentions = |tweet| tweet.entities.get().mentions.iter().map(|mention| mention.username.as_str());
        hashtags = |tweet| tweet.entities.get().hashtags.iter().map(|tag| tag.0.as_str());
        cashtags = |tweet| tweet.entities.get().cashtags.iter().map(|tag| tag.0.as_str());
        labels = |tweet| tweet.labels.iter().map(String::as_str);
        edit_history = |tweet| tweet.edit_history.iter().map(String::as_str);
    }
    id: &str = |tweet| tweet.id;
    full_text: &str = |tweet| tweet.full_text;
    lang: Option<&str> = |tweet| tweet.lang;
    kind: &str = |tweet| tweet.kind.as_str();
    is_note: bool = |tweet| tweet.is_note;
    is_truncated: bool = |tweet| tweet.is_truncated;
    thread_id: Option<&str> = |tweet| tweet.thread_id;
    thread_position: Option<u32> = |tweet| tweet.thread_position;
    in_reply_to_id: Option<&str> = |tweet| tweet.in_reply_to_id;
    in_reply_to_user_id: Option<&str> = |tweet| tweet.in_reply_to_user_id;
    quoted_id: Option<&str> = |tweet| tweet.quoted_id;
    retweeted_id: Option<&str> = |tweet| tweet.retweeted_id;
    conversation_id: Option<&str> = |tweet| tweet.conversation_id;
    likes: Option<u64> = |tweet| tweet.counts.likes;
    retweets: Option<u64> = |tweet| tweet.counts.retweets;
    replies: Option<u64> = |tweet| tweet.counts.replies;
    quotes: Option<u64> = |tweet| tweet.counts.quotes;
    bookmarks: Option<u64> = |tweet| tweet.counts.bookmarks;
    impressions: Option<u64> = |tweet| tweet.counts.impressions;
    source: &str = |tweet| tweet.source.as_str();
    client: Option<&str> = |tweet| tweet.client;
    excluded: bool = |tweet| tweet.excluded;
}
