use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::style::ExemplarFormat;

/// More drafts than this are asked for in several calls.
const MAX_COUNT: u32 = 20;
/// The longest post that X takes, with a subscription (<https://help.x.com/en/using-x/x-premium>).
const MAX_LIMIT: u32 = 25_000;
/// All words of a request together; a prompt is not a place for documents.
const MAX_REQUEST_CHARS: usize = 24_000;

/// The form of the drafts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DraftFormat {
    /// Tweets that stand alone.
    #[default]
    Tweet,
    /// The first tweet of a thread: what makes people read on.
    ThreadOpener,
    /// Answers to the text in `reply_to`.
    Reply,
}

impl From<DraftFormat> for ExemplarFormat {
    fn from(format: DraftFormat) -> Self {
        match format {
            DraftFormat::Tweet => Self::Tweet,
            DraftFormat::ThreadOpener => Self::Thread,
            DraftFormat::Reply => Self::Reply,
        }
    }
}

/// How many hashtags a draft may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HashtagPolicy {
    /// As many as the author has in nineteen of twenty tweets, or as the request names.
    #[default]
    AsAuthor,
    /// None, but those that the request names.
    None,
    /// Any number.
    Free,
}

/// What is to be drafted.
///
/// ```
/// use ghostwren::generate::DraftRequest;
/// let request = DraftRequest::about("why we rewrote it in Rust").count(5).fact("3 times faster").banned("excited");
/// assert_eq!(request.count, 5);
/// assert!(request.validate().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct DraftRequest {
    /// What the drafts are about, in the owner's words; empty: the author's usual subjects.
    pub topic: String,
    /// How many drafts, 1 to 20.
    pub count: u32,
    /// The language (BCP 47); `None`: the one the author writes in.
    pub language: Option<String>,
    /// The longest weighted length: 280 unless the account may write more.
    pub limit: u32,
    /// The form.
    pub format: DraftFormat,
    /// How it should sound this time ("calm, no jokes").
    pub tone: Option<String>,
    /// What may be stated. Numbers, links and handles come only from here, the topic, the tone and `reply_to`.
    pub facts: Vec<String>,
    /// Words, phrases or signs that must not appear.
    pub banned: Vec<String>,
    /// Somebody's text that the drafts answer.
    pub reply_to: Option<String>,
    /// Hashtags.
    pub hashtags: HashtagPolicy,
    /// Whether a second call may repair what failed. It costs at most as much as the first.
    pub repair: bool,
    /// Makes the model's answer repeatable where the server supports it.
    pub seed: Option<i64>,
    /// How freely the model writes, 0 to 2; `None`: 1, its usual.
    pub temperature: Option<f64>,
}

impl Default for DraftRequest {
    fn default() -> Self {
        Self {
            topic: String::new(),
            count: 3,
            language: None,
            limit: 280,
            format: DraftFormat::Tweet,
            tone: None,
            facts: Vec::new(),
            banned: Vec::new(),
            reply_to: None,
            hashtags: HashtagPolicy::AsAuthor,
            repair: true,
            seed: None,
            temperature: None,
        }
    }
}

impl DraftRequest {
    /// Three drafts about a topic.
    #[must_use]
    pub fn about(topic: impl Into<String>) -> Self {
        Self { topic: topic.into(), ..Self::default() }
    }

    /// Answers to somebody's text.
    #[must_use]
    pub fn reply_to(text: impl Into<String>) -> Self {
        Self { reply_to: Some(text.into()), format: DraftFormat::Reply, ..Self::default() }
    }

    /// How many drafts.
    #[must_use]
    pub fn count(mut self, count: u32) -> Self {
        self.count = count;
        self
    }

    /// The language (BCP 47).
    #[must_use]
    pub fn language(mut self, tag: impl Into<String>) -> Self {
        self.language = Some(tag.into());
        self
    }

    /// The longest weighted length.
    #[must_use]
    pub fn limit(mut self, weighted_length: u32) -> Self {
        self.limit = weighted_length;
        self
    }

    /// The form.
    #[must_use]
    pub fn format(mut self, format: DraftFormat) -> Self {
        self.format = format;
        self
    }

    /// How it should sound this time.
    #[must_use]
    pub fn tone(mut self, tone: impl Into<String>) -> Self {
        self.tone = Some(tone.into());
        self
    }

    /// Adds something that may be stated.
    #[must_use]
    pub fn fact(mut self, fact: impl Into<String>) -> Self {
        self.facts.push(fact.into());
        self
    }

    /// Adds a word, phrase or sign that must not appear.
    #[must_use]
    pub fn banned(mut self, word: impl Into<String>) -> Self {
        self.banned.push(word.into());
        self
    }

    /// How many hashtags a draft may have.
    #[must_use]
    pub fn hashtags(mut self, policy: HashtagPolicy) -> Self {
        self.hashtags = policy;
        self
    }

    /// Whether a second call may repair what failed.
    #[must_use]
    pub fn repair(mut self, repair: bool) -> Self {
        self.repair = repair;
        self
    }

    /// Makes the model's answer repeatable where the server supports it.
    #[must_use]
    pub fn seed(mut self, seed: i64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// How freely the model writes.
    #[must_use]
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.temperature = Some(temperature);
        self
    }

    /// Checks what can be checked before anything is paid for.
    ///
    /// # Errors
    /// `InvalidInput`: `generate.count` outside 1 to 20, `generate.limit` outside 1 to 25,000,
    /// `generate.request_too_long` over 24,000 characters in all, `generate.no_reply_to` for an answer to nothing,
    /// `generate.temperature` outside 0 to 2.
    pub fn validate(&self) -> Result<()> {
        let invalid =
            |code, detail: String, remedy| Err(Error::new(ErrorKind::InvalidInput, code, detail).with_remedy(remedy));
        if !(1..=MAX_COUNT).contains(&self.count) {
            return invalid(
                "generate.count",
                format!("{} drafts were asked for", self.count),
                "Ask for 1 to 20 drafts.",
            );
        }
        if !(1..=MAX_LIMIT).contains(&self.limit) {
            let detail = format!("the limit is {} characters", self.limit);
            return invalid("generate.limit", detail, "Set a limit from 1 to 25,000; a tweet may have 280.");
        }
        let chars: usize =
            self.sources().chain(self.banned.iter().map(String::as_str)).map(|t| t.chars().count()).sum();
        if chars > MAX_REQUEST_CHARS {
            let detail = format!("the request has {chars} characters");
            return invalid(
                "generate.request_too_long",
                detail,
                "Shorten topic and facts to 24,000 characters in all.",
            );
        }
        if self.format == DraftFormat::Reply && self.reply_to.as_deref().is_none_or(|text| text.trim().is_empty()) {
            let detail = "an answer was asked for, without the text that it answers";
            return invalid("generate.no_reply_to", detail.into(), "Use `DraftRequest::reply_to(text)`.");
        }
        if self.temperature.is_some_and(|t| !(0.0..=2.0).contains(&t)) {
            return invalid(
                "generate.temperature",
                "the temperature is not from 0 to 2".into(),
                "Use 0 to 2, or leave it out.",
            );
        }
        Ok(())
    }

    /// The texts that handles, links and numbers may come from.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &str> {
        let optional = self.tone.iter().chain(&self.reply_to).map(String::as_str);
        std::iter::once(self.topic.as_str()).chain(self.facts.iter().map(String::as_str)).chain(optional)
    }
}
