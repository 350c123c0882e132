use std::any::Any;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::analysis::Analysis;
use super::corpus::{Corpus, LeftOut};
use super::fingerprint::Fingerprint;
use crate::error::{Error, ErrorKind, Result};
use crate::records::{Id, ProfileRecord, TweetRef, new_id, now};

/// A style can be told from others with about this many tweets; fewer are used and said to be few.
pub const ENOUGH_TWEETS: usize = 100;

/// How somebody writes, with the tweets that it was learned from.
///
/// The local part needs no model and no network. Copies share everything; a profile never changes. Written by serde it holds the
/// texts.
///
/// ```
/// use ghostwren::style::StyleProfile;
/// let profile = StyleProfile::from_texts(["first tweet!", "second tweet!!", "third one"]);
/// assert_eq!(profile.texts().len(), 3);
/// assert!(!profile.sufficiency().enough);
/// assert_eq!(profile.sufficiency().message, "too few: 3 of at least 100 tweets; the style is a first guess");
/// ```
#[derive(Clone, Debug)]
pub struct StyleProfile {
    inner: Arc<Inner>,
    analysis: Option<Arc<Analysis>>,
}

struct Inner {
    fingerprint: Fingerprint,
    texts: Vec<Arc<str>>,
    tweet_ids: Vec<String>,
    corpus_hash: String,
    left_out: LeftOut,
    warm: OnceLock<Arc<dyn Any + Send + Sync>>,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inner")
            .field("fingerprint", &self.fingerprint)
            .field("texts", &self.texts.len())
            .field("corpus_hash", &self.corpus_hash)
            .finish_non_exhaustive()
    }
}

/// Whether there are enough tweets to speak of a style, and what is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sufficiency {
    /// How many tweets the style stands on.
    pub tweets: usize,
    /// How many it takes at least.
    pub wanted: usize,
    /// Whether that many are there.
    pub enough: bool,
    /// The same in one sentence.
    pub message: String,
}

impl StyleProfile {
    /// A profile of texts that are all the author's own and weigh the same. Texts are taken as they are.
    #[must_use]
    pub fn from_texts(texts: impl IntoIterator<Item = impl Into<Arc<str>>>) -> Self {
        let texts: Vec<Arc<str>> = texts.into_iter().map(Into::into).collect();
        let fingerprint = Fingerprint::of(&texts);
        let corpus_hash = super::corpus::hash(texts.iter().map(|text| ("", text.as_ref())));
        Self::new(fingerprint, texts, Vec::new(), corpus_hash, LeftOut::default())
    }

    /// A profile of an account's tweets: own words only, weighted by how recent they are. See [`Corpus`] for what is
    /// left out.
    #[must_use]
    pub fn from_tweets<'t>(tweets: impl IntoIterator<Item = impl Into<TweetRef<'t>>>) -> Self {
        Corpus::of(tweets).into_profile()
    }

    pub(super) fn new(
        fingerprint: Fingerprint,
        texts: Vec<Arc<str>>,
        tweet_ids: Vec<String>,
        corpus_hash: String,
        left_out: LeftOut,
    ) -> Self {
        let inner = Inner { fingerprint, texts, tweet_ids, corpus_hash, left_out, warm: OnceLock::new() };
        Self { inner: Arc::new(inner), analysis: None }
    }

    /// The numbers.
    #[must_use]
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.inner.fingerprint
    }

    /// The author's texts, in the order they were given.
    #[must_use]
    pub fn texts(&self) -> &[Arc<str>] {
        &self.inner.texts
    }

    /// The ids of the tweets that the texts come from, in the same order; empty for a profile made from texts.
    #[must_use]
    pub fn tweet_ids(&self) -> &[String] {
        &self.inner.tweet_ids
    }

    /// The hash of the corpus, in hexadecimal: the same tweets in any order give the same hash.
    #[must_use]
    pub fn corpus_hash(&self) -> &str {
        &self.inner.corpus_hash
    }

    /// What was left out of the corpus, and why.
    #[must_use]
    pub fn left_out(&self) -> LeftOut {
        self.inner.left_out
    }

    /// Whether there are enough tweets to speak of a style.
    #[must_use]
    pub fn sufficiency(&self) -> Sufficiency {
        let tweets = usize::try_from(self.inner.fingerprint.texts()).unwrap_or(usize::MAX);
        let enough = tweets >= ENOUGH_TWEETS;
        let message = match tweets {
            0 => "no tweets in the author's own words: there is no style to learn".to_owned(),
            _ if enough => format!("{tweets} tweets in the author's own words"),
            _ => format!("too few: {tweets} of at least {ENOUGH_TWEETS} tweets; the style is a first guess"),
        };
        Sufficiency { tweets, wanted: ENOUGH_TWEETS, enough, message }
    }

    /// A model's words about the numbers, if it was asked.
    #[must_use]
    pub fn analysis(&self) -> Option<&Analysis> {
        self.analysis.as_deref()
    }

    /// The same profile with a model's words.
    #[must_use]
    pub fn with_analysis(mut self, analysis: Analysis) -> Self {
        self.analysis = Some(Arc::new(analysis));
        self
    }

    /// What `build` makes of this profile, made once and shared by all its copies: an index over the texts, say. There is
    /// one place; a second type is built anew each time.
    pub fn warm<T: Any + Send + Sync>(&self, build: impl Fn(&Self) -> T) -> Arc<T> {
        let kept = self.inner.warm.get_or_init(|| Arc::new(build(self)));
        Arc::clone(kept).downcast::<T>().unwrap_or_else(|_| Arc::new(build(self)))
    }

    /// The row that is stored; its version is given by the store.
    ///
    /// # Errors
    /// `Internal` when the numbers cannot be written as JSON, which does not happen.
    pub fn to_record(&self, account_id: Id) -> Result<ProfileRecord> {
        let json = |source: serde_json::Error| {
            Error::new(ErrorKind::Internal, "style.not_json", "the profile cannot be written as JSON")
                .with_source(source)
        };
        Ok(ProfileRecord {
            id: new_id(),
            account_id,
            version: 0,
            corpus_hash: self.corpus_hash().to_owned(),
            fingerprint: serde_json::to_value(self.fingerprint()).map_err(json)?,
            analysis: self.analysis().map(serde_json::to_value).transpose().map_err(json)?,
            tweet_ids: self.tweet_ids().to_vec(),
            created_at: now(),
        })
    }

    /// The profile of a stored row, with the texts of its tweets (`record.tweet_ids`, in that order; none are needed for
    /// comparing, all for generating).
    ///
    /// # Errors
    /// `Decode`, `style.fingerprint_unreadable`, when the row was written by another version: analyze the style again.
    pub fn from_record(record: &ProfileRecord, texts: impl IntoIterator<Item = impl Into<Arc<str>>>) -> Result<Self> {
        let fingerprint = crate::json::from_value::<Fingerprint>(&record.fingerprint)
            .map_err(|source| unreadable("fingerprint", source))?;
        let analysis = Self::stored_analysis(record)?;
        let profile = Self::new(
            fingerprint,
            texts.into_iter().map(Into::into).collect(),
            record.tweet_ids.clone(),
            record.corpus_hash.clone(),
            LeftOut::default(),
        );
        Ok(match analysis {
            Some(analysis) => profile.with_analysis(analysis),
            None => profile,
        })
    }

    /// The model's words in a stored row.
    ///
    /// # Errors
    /// As [`from_record`](Self::from_record).
    pub(crate) fn stored_analysis(record: &ProfileRecord) -> Result<Option<Analysis>> {
        let analysis = record.analysis.as_ref().map(Analysis::deserialize).transpose();
        analysis.map_err(|source| unreadable("analysis", source))
    }
}

/// A profile as it is written: whole, with its texts.
#[derive(Serialize)]
struct Written<'p> {
    fingerprint: &'p Fingerprint,
    texts: Vec<&'p str>,
    tweet_ids: &'p [String],
    corpus_hash: &'p str,
    left_out: LeftOut,
    analysis: Option<&'p Analysis>,
}

/// What [`Written`] wrote.
#[derive(Deserialize)]
struct Whole {
    fingerprint: Fingerprint,
    texts: Vec<String>,
    tweet_ids: Vec<String>,
    corpus_hash: String,
    left_out: LeftOut,
    analysis: Option<Analysis>,
}

impl Serialize for StyleProfile {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        let Inner { fingerprint, texts, tweet_ids, corpus_hash, left_out, .. } = &*self.inner;
        let texts = texts.iter().map(Arc::as_ref).collect();
        let (left_out, analysis) = (*left_out, self.analysis());
        Written { fingerprint, texts, tweet_ids, corpus_hash, left_out, analysis }.serialize(to)
    }
}

impl<'de> Deserialize<'de> for StyleProfile {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        let Whole { fingerprint, texts, tweet_ids, corpus_hash, left_out, analysis } = Whole::deserialize(from)?;
        let texts = texts.into_iter().map(Into::into).collect();
        let profile = Self::new(fingerprint, texts, tweet_ids, corpus_hash, left_out);
        Ok(Self { analysis: analysis.map(Arc::new), ..profile })
    }
}

fn unreadable(part: &str, source: serde_json::Error) -> Error {
    Error::new(ErrorKind::Decode, "style.fingerprint_unreadable", format!("the stored {part} cannot be read"))
        .with_remedy("Analyze the style again.")
        .with_source(source)
}
