//! Styles, as objects that keep their numbers and indexes in Rust.

use std::sync::Arc;

use ghostwren::generate::{SelectOptions, select_with};
use ghostwren::style;
use ghostwren::{Error, Result};
use ghostwren_shared::{Args, unreadable};
use serde::Serialize;

use crate::error::{NativeError, guarded};
use crate::tweets::NativeTweets;

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(kept)
}

fn kept(error: serde_json::Error) -> Error {
    unreadable("json", &error)
}

/// The numbers of a style.
#[derive(uniffi::Object)]
pub struct NativeFingerprint(style::Fingerprint);

#[uniffi::export]
impl NativeFingerprint {
    /// Counts texts.
    ///
    /// # Errors
    /// `Internal` for a panic.
    #[uniffi::constructor]
    pub fn of(texts: Vec<String>) -> Result<Arc<Self>, NativeError> {
        guarded(|| Ok(Arc::new(Self(style::Fingerprint::of(&texts)))))
    }

    /// Reads what `json` wrote.
    ///
    /// # Errors
    /// `InvalidInput` for anything else.
    #[uniffi::constructor]
    pub fn from_json(json: String) -> Result<Arc<Self>, NativeError> {
        guarded(|| ghostwren::json::read(&json).map(|numbers| Arc::new(Self(numbers))).map_err(kept))
    }

    /// The numbers in their stored form.
    ///
    /// # Errors
    /// `Internal` for a panic.
    pub fn json(&self) -> Result<String, NativeError> {
        guarded(|| json(&self.0))
    }

    /// How many texts were counted.
    #[must_use]
    pub fn texts(&self) -> u64 {
        self.0.texts()
    }

    /// Whether it is the same in every number.
    #[must_use]
    pub fn same(&self, other: Arc<Self>) -> bool {
        self.0 == other.0
    }

    /// How far apart two styles are.
    ///
    /// # Errors
    /// `Internal` for a panic.
    pub fn distance(&self, other: Arc<Self>) -> Result<f64, NativeError> {
        guarded(|| Ok(self.0.distance(&other.0)))
    }

    /// Every habit with its numbers, as JSON.
    ///
    /// # Errors
    /// `Internal` for a panic.
    pub fn features(&self) -> Result<String, NativeError> {
        guarded(|| json(&self.0.features()))
    }

    /// The languages, as JSON.
    ///
    /// # Errors
    /// `Internal` for a panic.
    pub fn languages(&self) -> Result<String, NativeError> {
        guarded(|| json(&self.0.languages()))
    }

    /// What a reader of the numbers should know.
    ///
    /// # Errors
    /// `Internal` for a panic.
    pub fn notes(&self) -> Result<Vec<String>, NativeError> {
        guarded(|| Ok(self.0.notes()))
    }

    /// The numbers that people read, as JSON.
    ///
    /// # Errors
    /// `Internal` for a panic.
    pub fn summary(&self) -> Result<String, NativeError> {
        guarded(|| json(&self.0.summary()))
    }
}

/// A style with the texts that it was learned from.
#[derive(uniffi::Object)]
pub struct NativeStyleProfile(pub(crate) style::StyleProfile);

#[uniffi::export]
impl NativeStyleProfile {
    /// A profile of texts that weigh the same.
    ///
    /// # Errors
    /// `Internal` for a panic.
    #[uniffi::constructor]
    pub fn from_texts(texts: Vec<String>) -> Result<Arc<Self>, NativeError> {
        guarded(|| Ok(Arc::new(Self(style::StyleProfile::from_texts(texts)))))
    }

    /// A profile of an account's tweets.
    ///
    /// # Errors
    /// `Internal` for a panic.
    #[uniffi::constructor]
    pub fn from_tweets(tweets: Arc<NativeTweets>) -> Result<Arc<Self>, NativeError> {
        guarded(|| Ok(Arc::new(Self(style::StyleProfile::from_tweets(&*tweets.0)))))
    }

    /// Reads what `json` wrote.
    ///
    /// # Errors
    /// `InvalidInput` for anything else.
    #[uniffi::constructor]
    pub fn from_json(json: String) -> Result<Arc<Self>, NativeError> {
        guarded(|| ghostwren::json::read(&json).map(|profile| Arc::new(Self(profile))).map_err(kept))
    }

    /// All of it, with the texts.
    ///
    /// # Errors
    /// `Internal` for a panic.
    pub fn json(&self) -> Result<String, NativeError> {
        guarded(|| json(&self.0))
    }

    /// The numbers.
    #[must_use]
    pub fn fingerprint(&self) -> Arc<NativeFingerprint> {
        Arc::new(NativeFingerprint(self.0.fingerprint().clone()))
    }

    /// The author's texts.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        self.0.texts().iter().map(|text| text.to_string()).collect()
    }

    /// The ids of the tweets that the texts come from.
    #[must_use]
    pub fn tweet_ids(&self) -> Vec<String> {
        self.0.tweet_ids().to_vec()
    }

    /// The same tweets in any order give the same hash.
    #[must_use]
    pub fn corpus_hash(&self) -> String {
        self.0.corpus_hash().to_owned()
    }

    /// What was left out, as JSON.
    ///
    /// # Errors
    /// `Internal` for a panic.
    pub fn left_out(&self) -> Result<String, NativeError> {
        guarded(|| json(&self.0.left_out()))
    }

    /// Whether there are enough tweets, as JSON.
    ///
    /// # Errors
    /// `Internal` for a panic.
    pub fn sufficiency(&self) -> Result<String, NativeError> {
        guarded(|| json(&self.0.sufficiency()))
    }

    /// A model's words, as JSON.
    ///
    /// # Errors
    /// `Internal` for a panic.
    pub fn analysis(&self) -> Result<String, NativeError> {
        guarded(|| json(&self.0.analysis()))
    }
}

/// Where texts differ from a style, as JSON.
///
/// # Errors
/// `Internal` for a panic.
#[uniffi::export]
pub fn gap(profile: Arc<NativeStyleProfile>, texts: Vec<String>) -> Result<String, NativeError> {
    guarded(|| json(&style::gap(&profile.0, &texts)))
}

/// The candidates that read most like the author, as JSON.
///
/// # Errors
/// `InvalidInput` for options that cannot be used.
#[uniffi::export]
pub fn select(
    profile: Arc<NativeStyleProfile>,
    candidates: Vec<String>,
    n: u32,
    options: String,
) -> Result<String, NativeError> {
    guarded(|| {
        let options: SelectOptions = Args::parse(&options).and_then(Args::rest)?;
        json(&select_with(&profile.0, &candidates, n as usize, &options))
    })
}
