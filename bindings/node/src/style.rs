//! Styles, as objects that keep their numbers and indexes in Rust.

use std::sync::Arc;

use ghostwren::Error;
use ghostwren::generate::{SelectOptions, select_with};
use ghostwren::style;
use ghostwren_shared::Args;
use napi_derive::napi;
use serde::Serialize;

use crate::error::{Thrown, guarded, thrown};
use crate::tweets::Tweets;

fn json(value: &impl Serialize) -> Result<String, Thrown> {
    serde_json::to_string(value).map_err(|error| thrown(&unreadable(error)))
}

pub(crate) fn unreadable(error: serde_json::Error) -> Error {
    ghostwren_shared::unreadable("data", &error)
}

fn counted<T>(work: impl FnOnce() -> ghostwren::Result<T>) -> Result<T, Thrown> {
    guarded(work).map_err(|error| thrown(&error))
}

/// The numbers of a style.
#[napi]
pub struct Fingerprint(style::Fingerprint);

#[napi]
impl Fingerprint {
    /// Counts texts.
    #[napi(factory)]
    pub fn of(texts: Vec<String>) -> Result<Self, Thrown> {
        counted(|| Ok(Self(style::Fingerprint::of(&texts))))
    }

    /// Reads what `toJson` wrote.
    #[napi(factory)]
    pub fn from_json(json: String) -> Result<Self, Thrown> {
        ghostwren::json::read(&json).map(Self).map_err(|error| thrown(&unreadable(error)))
    }

    #[napi]
    pub fn to_json(&self) -> Result<String, Thrown> {
        json(&self.0)
    }

    #[napi(getter)]
    pub fn texts(&self) -> f64 {
        crate::bridge::number(self.0.texts())
    }

    #[napi]
    pub fn distance(&self, other: &Fingerprint) -> f64 {
        self.0.distance(&other.0)
    }

    #[napi]
    pub fn features(&self) -> Result<String, Thrown> {
        json(&self.0.features())
    }

    #[napi]
    pub fn languages(&self) -> Result<String, Thrown> {
        json(&self.0.languages())
    }

    #[napi]
    pub fn notes(&self) -> Vec<String> {
        self.0.notes()
    }

    #[napi]
    pub fn summary(&self) -> Result<String, Thrown> {
        json(&self.0.summary())
    }

    #[napi]
    pub fn equals(&self, other: &Fingerprint) -> bool {
        self.0 == other.0
    }
}

/// A style with the texts that it was learned from.
#[napi]
pub struct StyleProfile(pub(crate) Arc<style::StyleProfile>);

#[napi]
impl StyleProfile {
    #[napi(factory)]
    pub fn from_texts(texts: Vec<String>) -> Result<Self, Thrown> {
        counted(|| Ok(Self(Arc::new(style::StyleProfile::from_texts(texts)))))
    }

    /// Of the tweets of a list from one place to another.
    #[napi(factory)]
    pub fn from_tweets(tweets: &Tweets, start: u32, end: u32) -> Result<Self, Thrown> {
        counted(|| Ok(Self(Arc::new(style::StyleProfile::from_tweets(tweets.range(start, end))))))
    }

    /// Reads what `toJson` wrote.
    #[napi(factory)]
    pub fn from_json(json: String) -> Result<Self, Thrown> {
        counted(|| ghostwren::json::read(&json).map(|profile| Self(Arc::new(profile))).map_err(unreadable))
    }

    /// All of it, with the texts.
    #[napi]
    pub fn to_json(&self) -> Result<String, Thrown> {
        json(&*self.0)
    }

    #[napi]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(self.0.fingerprint().clone())
    }

    #[napi]
    pub fn texts(&self) -> Vec<&str> {
        self.0.texts().iter().map(Arc::as_ref).collect()
    }

    #[napi]
    pub fn tweet_ids(&self) -> Vec<String> {
        self.0.tweet_ids().to_vec()
    }

    #[napi]
    pub fn corpus_hash(&self) -> &str {
        self.0.corpus_hash()
    }

    #[napi]
    pub fn left_out(&self) -> Result<String, Thrown> {
        json(&self.0.left_out())
    }

    #[napi]
    pub fn sufficiency(&self) -> Result<String, Thrown> {
        json(&self.0.sufficiency())
    }

    #[napi]
    pub fn analysis(&self) -> Result<String, Thrown> {
        json(&self.0.analysis())
    }
}

/// Where texts differ from a style.
#[napi]
pub fn gap(profile: &StyleProfile, texts: Vec<String>) -> Result<String, Thrown> {
    json(&counted(|| Ok(style::gap(&profile.0, &texts)))?)
}

/// The candidates that read most like the author.
#[napi]
pub fn select(profile: &StyleProfile, candidates: Vec<String>, n: u32, options: String) -> Result<String, Thrown> {
    let options: SelectOptions = Args::parse(&options).and_then(Args::rest).map_err(|error| thrown(&error))?;
    json(&counted(|| Ok(select_with(&profile.0, &candidates, n as usize, &options)))?)
}
