use std::sync::Arc;

use ghostwren::records::TweetList;
use ghostwren::{Error, ErrorKind};

use crate::error::{NativeError, guarded};

/// Tweets whose records stay in Rust.
#[derive(uniffi::Object)]
pub struct NativeTweets(pub(crate) Arc<TweetList>);

#[uniffi::export]
impl NativeTweets {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len() as u64
    }

    /// Some of them as a JSON list: so many from this one on, fewer at the end.
    ///
    /// # Errors
    /// `Internal`, which does not happen with our records.
    pub fn part(&self, from: u64, count: u64) -> Result<String, NativeError> {
        guarded(|| {
            let begin = usize::try_from(from).unwrap_or(usize::MAX);
            let end = begin.saturating_add(usize::try_from(count).unwrap_or(usize::MAX));
            serde_json::to_string(&self.0.range(begin..end)).map_err(|error| {
                Error::new(ErrorKind::Internal, "binding.json", "tweets cannot be written as JSON").with_source(error)
            })
        })
    }
}
