use std::pin::Pin;
use std::sync::Arc;

use futures_core::Stream;
use ghostwren::records::TweetList;
use ghostwren::style::StyleProfile;
use ghostwren::{Error, ErrorKind, Result};
use serde::Serialize;

/// What a call came to.
#[derive(Debug)]
#[non_exhaustive]
pub enum Reply {
    /// A value as JSON.
    Json(String),
    /// Tweets, which stay in Rust and are read one field at a time or as columns.
    Tweets(Arc<TweetList>),
    /// A page of tweets with the cursor of the next one.
    TweetPage(Arc<TweetList>, Option<String>),
    /// A style profile to work with, and what is said of it as JSON.
    Style(StyleProfile, String),
}

impl Reply {
    /// A record as JSON.
    ///
    /// # Errors
    /// `Internal`, `binding.json`, which does not happen with our records.
    pub fn json(value: &impl Serialize) -> Result<Self> {
        to_json(value).map(Self::Json)
    }
}

/// Things that happen, each as one JSON text; the last is the end or an error. Dropping it stops the work.
pub type Events = Pin<Box<dyn Stream<Item = Result<String>> + Send>>;

pub(crate) fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| {
        Error::new(ErrorKind::Internal, "binding.json", "an answer cannot be written as JSON").with_source(error)
    })
}
