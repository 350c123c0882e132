//! Styles, as objects that keep their numbers and indexes in Rust.

use std::sync::Arc;

use ghostwren::generate::{SelectOptions, select_with};
use ghostwren::style;
use ghostwren::{Error, ErrorKind, Result};
use ghostwren_shared::Args;
use pyo3::prelude::*;
use serde::Serialize;

use crate::error::{exception, guarded};
use crate::tweets::TweetList;

fn json(py: Python<'_>, value: &impl Serialize) -> PyResult<String> {
    serde_json::to_string(value).map_err(|error| exception(py, &unreadable(error)))
}

fn unreadable(error: serde_json::Error) -> Error {
    ghostwren_shared::unreadable("data", &error)
}

/// A pickle of another version is told as the core tells a stored row of one.
fn unreadable_profile(error: serde_json::Error) -> Error {
    Error::new(ErrorKind::Decode, "style.fingerprint_unreadable", "the pickled profile cannot be read")
        .with_remedy("Analyze the style again.")
        .with_source(error)
}

/// Runs work that takes a while, and lets other threads of Python go on.
fn apart<T: Send>(py: Python<'_>, work: impl FnOnce() -> Result<T> + Send) -> PyResult<T> {
    py.detach(|| guarded(work)).map_err(|error| exception(py, &error))
}

/// The numbers of a style.
#[pyclass(frozen, eq, module = "ghostwren._native")]
#[derive(PartialEq)]
pub(crate) struct Fingerprint(style::Fingerprint);

#[pymethods]
impl Fingerprint {
    /// Counts texts.
    #[staticmethod]
    fn of(py: Python<'_>, texts: Vec<String>) -> PyResult<Self> {
        apart(py, || Ok(Self(style::Fingerprint::of(&texts))))
    }

    /// Reads what `to_json` wrote.
    #[staticmethod]
    fn from_json(py: Python<'_>, json: &str) -> PyResult<Self> {
        ghostwren::json::read(json).map(Self).map_err(|error| exception(py, &unreadable(error)))
    }

    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        json(py, &self.0)
    }

    #[getter]
    fn texts(&self) -> u64 {
        self.0.texts()
    }

    fn distance(&self, other: &Self) -> f64 {
        self.0.distance(&other.0)
    }

    fn features(&self, py: Python<'_>) -> PyResult<String> {
        json(py, &self.0.features())
    }

    fn languages(&self, py: Python<'_>) -> PyResult<String> {
        json(py, &self.0.languages())
    }

    fn notes(&self) -> Vec<String> {
        self.0.notes()
    }

    fn summary(&self, py: Python<'_>) -> PyResult<String> {
        json(py, &self.0.summary())
    }
}

/// A style with the texts that it was learned from.
#[pyclass(frozen, module = "ghostwren._native")]
pub(crate) struct StyleProfile(pub(crate) style::StyleProfile);

#[pymethods]
impl StyleProfile {
    #[staticmethod]
    fn from_texts(py: Python<'_>, texts: Vec<String>) -> PyResult<Self> {
        apart(py, || Ok(Self(style::StyleProfile::from_texts(texts))))
    }

    #[staticmethod]
    fn from_tweets(py: Python<'_>, tweets: &TweetList) -> PyResult<Self> {
        apart(py, || Ok(Self(style::StyleProfile::from_tweets(tweets.iter()))))
    }

    /// Reads what `to_json` wrote.
    #[staticmethod]
    fn from_json(py: Python<'_>, json: &str) -> PyResult<Self> {
        apart(py, || ghostwren::json::read(json).map(Self).map_err(unreadable))
    }

    /// Reads what a pickle kept of `to_json`.
    #[staticmethod]
    fn from_pickle(py: Python<'_>, json: &str) -> PyResult<Self> {
        apart(py, || ghostwren::json::read(json).map(Self).map_err(unreadable_profile))
    }

    /// All of it, with the texts.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        json(py, &self.0)
    }

    #[getter]
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint(self.0.fingerprint().clone())
    }

    #[getter]
    fn texts(&self) -> Vec<&str> {
        self.0.texts().iter().map(Arc::as_ref).collect()
    }

    #[getter]
    fn tweet_ids(&self) -> Vec<String> {
        self.0.tweet_ids().to_vec()
    }

    #[getter]
    fn corpus_hash(&self) -> &str {
        self.0.corpus_hash()
    }

    fn left_out(&self, py: Python<'_>) -> PyResult<String> {
        json(py, &self.0.left_out())
    }

    fn sufficiency(&self, py: Python<'_>) -> PyResult<String> {
        json(py, &self.0.sufficiency())
    }

    fn analysis(&self, py: Python<'_>) -> PyResult<String> {
        json(py, &self.0.analysis())
    }
}

/// Where texts differ from a style.
#[pyfunction]
pub(crate) fn gap(py: Python<'_>, profile: &StyleProfile, texts: Vec<String>) -> PyResult<String> {
    let gaps = apart(py, || Ok(style::gap(&profile.0, &texts)))?;
    json(py, &gaps)
}

/// The candidates that read most like the author.
#[pyfunction]
pub(crate) fn select(
    py: Python<'_>,
    profile: &StyleProfile,
    candidates: Vec<String>,
    n: usize,
    options: &str,
) -> PyResult<String> {
    let options: SelectOptions = Args::parse(options).and_then(Args::rest).map_err(|error| exception(py, &error))?;
    let selection = apart(py, || Ok(select_with(&profile.0, &candidates, n, &options)))?;
    json(py, &selection)
}
