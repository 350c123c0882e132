use std::collections::BTreeMap;

use ring::digest;
use serde::Serialize;
use serde_json::json;

use crate::error::{Error, ErrorKind, Result};
use crate::records::Id;
use crate::text::Limits;
use crate::twitter::{Cost, Finding, MediaUpload, NewTweet, Prices, ReplySettings, Scopes};

/// A picture or film for a tweet.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum PublishMedia {
    /// One that X has already, by its id.
    Uploaded(String),
    /// One that is uploaded before the tweet is sent, with its alternative text.
    Upload(MediaUpload),
}

impl PublishMedia {
    /// What it costs beside the tweet: its alternative text, which is sent by itself.
    pub(super) fn cost(&self, prices: &Prices) -> Cost {
        match self {
            Self::Upload(upload) if upload.has_alt_text() => Cost::micros(prices.media_metadata),
            _ => Cost::default(),
        }
    }
}

impl From<MediaUpload> for PublishMedia {
    fn from(upload: MediaUpload) -> Self {
        Self::Upload(upload)
    }
}

/// What is to be published, and how. Positions count from 0 over the whole thread.
///
/// ```
/// use ghostwren::twitter::MediaUpload;
/// use ghostwren::workflow::{PublishMedia, PublishRequest};
/// # let (first, second) = (ghostwren::records::new_id(), ghostwren::records::new_id());
/// let one = PublishRequest::draft(first).made_with_ai(true);
/// let thread = PublishRequest::thread([first, second])
///     .media(0, MediaUpload::file("wren.jpg").alt_text("a wren on a fence"))
///     .media(1, PublishMedia::Uploaded("1146654567674912769".into()));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct PublishRequest {
    pub(super) drafts: Vec<Id>,
    pub(super) split: Option<Vec<String>>,
    pub(super) made_with_ai: Option<bool>,
    pub(super) paid_partnership: Option<bool>,
    pub(super) reply_to: Option<String>,
    pub(super) quote: Option<String>,
    pub(super) reply_settings: Option<ReplySettings>,
    pub(super) media: BTreeMap<usize, Vec<PublishMedia>>,
    pub(super) limits: Option<Limits>,
    pub(super) self_serve: bool,
}

impl PublishRequest {
    /// One draft as one tweet.
    pub fn draft(id: Id) -> Self {
        Self::thread([id])
    }

    /// Several drafts as a thread, in this order. A draft at the beginning that is published already is not tweeted
    /// again: the thread goes on below it.
    pub fn thread(drafts: impl IntoIterator<Item = Id>) -> Self {
        Self {
            drafts: drafts.into_iter().collect(),
            split: None,
            made_with_ai: None,
            paid_partnership: None,
            reply_to: None,
            quote: None,
            reply_settings: None,
            media: BTreeMap::new(),
            limits: None,
            self_serve: true,
        }
    }

    /// One draft as a thread of these texts, which must be the words of the draft in their order: what was approved is
    /// what is published. Blanks and line breaks between words may differ; a word is cut only where its script writes no
    /// blanks.
    pub fn split(draft: Id, texts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { split: Some(texts.into_iter().map(Into::into).collect()), ..Self::draft(draft) }
    }

    /// Discloses media made by AI, on every tweet.
    pub fn made_with_ai(mut self, disclose: bool) -> Self {
        self.made_with_ai = Some(disclose);
        self
    }

    /// Discloses that it is paid for, on every tweet.
    pub fn paid_partnership(mut self, disclose: bool) -> Self {
        self.paid_partnership = Some(disclose);
        self
    }

    /// Makes the first tweet an answer. Apps on self-serve access may answer only where they were called, and themselves.
    pub fn reply_to(mut self, tweet_id: impl Into<String>) -> Self {
        self.reply_to = Some(tweet_id.into());
        self
    }

    /// Shows another tweet beneath the first one. Apps on self-serve access may not.
    pub fn quote(mut self, tweet_id: impl Into<String>) -> Self {
        self.quote = Some(tweet_id.into());
        self
    }

    /// Says who may answer the first tweet; everybody unless set.
    pub fn reply_settings(mut self, who: ReplySettings) -> Self {
        self.reply_settings = Some(who);
        self
    }

    /// Adds a picture or film to the tweet at this position.
    pub fn media(mut self, position: usize, media: impl Into<PublishMedia>) -> Self {
        self.media.entry(position).or_default().push(media.into());
        self
    }

    /// How long a text may be. Unless set it is 280, and for a longer text X is asked what the logged-in user subscribes to
    /// ([`UserInfo::text_limits`](crate::twitter::UserInfo::text_limits)), which costs $0.010; a preview, which asks nobody,
    /// holds to 280.
    pub fn text_limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// Whether the app is on self-serve access, which may neither quote nor answer uncalled; true unless set.
    pub fn self_serve(mut self, self_serve: bool) -> Self {
        self.self_serve = self_serve;
        self
    }
}

impl PublishRequest {
    /// What the login must allow.
    pub(super) fn scopes(&self) -> Scopes {
        let uploads = self.media.values().flatten().any(|media| matches!(media, PublishMedia::Upload(_)));
        if uploads { super::writing().media() } else { super::writing() }
    }
}

/// A tweet that is on Twitter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PublishedTweet {
    /// Its place in the thread, counted from 0.
    pub position: usize,
    /// Its id.
    pub tweet_id: String,
    /// Its address.
    pub url: String,
}

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PublishReport {
    /// The entry of the outbox; of a thread of several drafts the last one's.
    pub outbox: Id,
    /// The tweets in their order, those of earlier attempts included.
    pub tweets: Vec<PublishedTweet>,
    /// What this call cost, reads and uploads' metadata included, in millionths of a US dollar, by X's price list.
    pub cost_micros: u64,
    /// What a person should know, such as the price of a link.
    pub warnings: Vec<Finding>,
}

/// One tweet of a preview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PreviewedTweet {
    /// Its text.
    pub text: String,
    /// What it costs, in millionths of a US dollar.
    pub cost_micros: u64,
    /// What X would refuse about it or charge more for.
    pub findings: Vec<Finding>,
}

/// What publishing would cost and what would be refused; nothing is sent for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PublishPreview {
    /// The tweets in their order, without those that are published already.
    pub tweets: Vec<PreviewedTweet>,
    /// What they cost together, in millionths of a US dollar.
    pub cost_micros: u64,
    /// What is left of the day's budget, in millionths of a US dollar; `None` without a budget.
    pub left_micros: Option<u64>,
    /// Whether the budget allows it.
    pub affordable: bool,
}

impl PublishPreview {
    /// Whether X would refuse something of it.
    #[must_use]
    pub fn refused(&self) -> bool {
        self.tweets.iter().any(|tweet| tweet.findings.iter().any(|finding| finding.refused))
    }

    pub(super) fn new(tweets: Vec<PreviewedTweet>, left_micros: Option<u64>) -> Self {
        let cost: Cost = tweets.iter().map(|tweet| Cost::micros(tweet.cost_micros)).sum();
        let affordable = left_micros.is_none_or(|left| cost.micros <= left);
        Self { tweets, cost_micros: cost.micros, left_micros, affordable }
    }
}

/// The tweets that one draft makes: an entry of the outbox, before its media are uploaded.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) draft: Id,
    /// Without media.
    pub(super) tweets: Vec<NewTweet>,
    /// Of each tweet.
    pub(super) media: Vec<Vec<PublishMedia>>,
}

impl Plan {
    /// What stands for the content: the same plan is the same entry, whenever its media are uploaded. Of a picture or film
    /// its bytes count, not the name of its file.
    pub(super) async fn hash(&self) -> Result<String> {
        let mut media = Vec::new();
        for list in &self.media {
            let mut contents = Vec::new();
            for one in list {
                contents.push(match one {
                    PublishMedia::Uploaded(id) => json!({ "id": id }),
                    PublishMedia::Upload(upload) => upload.content().await?,
                });
            }
            media.push(contents);
        }
        let bytes = serde_json::to_vec(&json!({ "tweets": self.tweets, "media": media })).map_err(|error| {
            Error::new(ErrorKind::Internal, "publish.encode", "a tweet cannot be written as JSON").with_source(error)
        })?;
        let digest = digest::digest(&digest::SHA256, &bytes);
        Ok(digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The tweets with a place for each of their media, as `lint` reads them.
    pub(super) fn linted(&self) -> Vec<NewTweet> {
        let with_media = |(tweet, media): (&NewTweet, &Vec<PublishMedia>)| {
            media.iter().fold(tweet.clone(), |tweet, media| match media {
                PublishMedia::Uploaded(id) => tweet.media(id.clone()),
                PublishMedia::Upload(_) => tweet.media("1"),
            })
        };
        self.tweets.iter().zip(&self.media).map(with_media).collect()
    }
}
