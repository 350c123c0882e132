use http::Method;
use serde::{Deserialize, Serialize};

use super::client::TwitterClient;
use super::dialect::WireWritten;
use super::errors::{NAME, bad_argument, failed_with_success, unreadable};
use super::limits::RateLimits;
use super::page::{Next, TweetPage};
use super::problem::Problem;
use super::wire::read_page;
use crate::error::{Error, ErrorKind, Result};
use crate::http::HttpRequest;
use crate::records::is_valid_id;
use crate::tolerant::read_repaired;

/// Who may answer a tweet; everybody unless set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ReplySettings {
    /// Those whom the author follows, and those mentioned.
    Following,
    /// Those mentioned.
    MentionedUsers,
    /// Those who subscribe to the author.
    Subscribers,
    /// Those whom X verified.
    Verified,
}

/// A tweet to be written. Of `media`, `poll`, `quote` and `card_uri` at most one; [`lint`](super::lint) says what else
/// X would refuse.
///
/// <https://docs.x.com/x-api/posts/create-post>
///
/// ```
/// use ghostwren::twitter::NewTweet;
/// let tweet = NewTweet::new("A wren weighs as much as a coin.").made_with_ai(true);
/// let answer = NewTweet::new("Nine grams.").in_reply_to("1050118621198921728");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct NewTweet {
    /// The text; always sent, and empty only beside media, a poll, a quote or a card.
    pub text: String,
    /// What it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reply>,
    /// The tweet shown beneath.
    #[serde(rename = "quote_tweet_id", skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// Pictures or films, uploaded before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<TweetMedia>,
    /// A poll.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll: Option<Poll>,
    /// Who may answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_settings: Option<ReplySettings>,
    /// The place it is tagged with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geo: Option<Geo>,
    /// The tweet that it replaces: an edit (Premium).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edit_options: Option<EditOptions>,
    /// The community it is written in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community_id: Option<String>,
    /// Whether a community's tweet is shown to followers, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_with_followers: Option<bool>,
    /// Whether only paying followers see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub for_super_followers_only: Option<bool>,
    /// Whether it is for advertising only, and not in the timeline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nullcast: Option<bool>,
    /// A card, by its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_uri: Option<String>,
    /// An address that leads to a direct message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direct_message_deep_link: Option<String>,
    /// Says that it contains media made by AI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_with_ai: Option<bool>,
    /// Says that it is paid for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid_partnership: Option<bool>,
}

/// What a tweet answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Reply {
    /// The tweet.
    #[serde(rename = "in_reply_to_tweet_id")]
    pub to: String,
    /// Users of the conversation that are not answered.
    #[serde(rename = "exclude_reply_user_ids", skip_serializing_if = "Vec::is_empty")]
    pub exclude_users: Vec<String>,
}

/// Pictures or films of a tweet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct TweetMedia {
    /// Their ids: 1 to 4.
    pub media_ids: Vec<String>,
    /// Users shown on them: at most 10.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tagged_user_ids: Vec<String>,
    /// The title of a film.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What a film is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether other sites may show a film.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embeddable: Option<bool>,
    /// The picture that is shown before a film begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview_media_id: Option<String>,
    /// The button beneath a film, as X documents it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_to_actions: Option<serde_json::Value>,
}

/// A poll.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Poll {
    /// The choices: 2 to 4, each 1 to 25 characters.
    pub options: Vec<String>,
    /// How long it runs: 5 to 10,080 minutes.
    pub duration_minutes: u32,
}

/// The place of a tweet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Geo {
    /// Its id at X.
    pub place_id: String,
}

/// What an edit replaces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct EditOptions {
    /// The version before.
    pub previous_post_id: String,
}

impl NewTweet {
    /// A tweet with this text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Makes it an answer. Apps on self-serve access may answer only where they were called: see [`lint`](super::lint).
    #[must_use]
    pub fn in_reply_to(mut self, tweet_id: impl Into<String>) -> Self {
        self.reply.get_or_insert_default().to = tweet_id.into();
        self
    }

    /// Leaves users of the conversation out of the answer.
    #[must_use]
    pub fn exclude_from_reply(mut self, users: impl IntoIterator<Item = String>) -> Self {
        self.reply.get_or_insert_default().exclude_users.extend(users);
        self
    }

    /// Shows another tweet beneath. Apps on self-serve access may not.
    #[must_use]
    pub fn quote(mut self, tweet_id: impl Into<String>) -> Self {
        self.quote = Some(tweet_id.into());
        self
    }

    /// Adds an uploaded picture or film.
    #[must_use]
    pub fn media(mut self, media_id: impl Into<String>) -> Self {
        self.media.get_or_insert_default().media_ids.push(media_id.into());
        self
    }

    /// Says who is shown on the pictures.
    #[must_use]
    pub fn tag_users(mut self, users: impl IntoIterator<Item = String>) -> Self {
        self.media.get_or_insert_default().tagged_user_ids.extend(users);
        self
    }

    /// Adds a poll.
    #[must_use]
    pub fn poll(mut self, options: impl IntoIterator<Item = String>, duration_minutes: u32) -> Self {
        self.poll = Some(Poll { options: options.into_iter().collect(), duration_minutes });
        self
    }

    /// Says who may answer.
    #[must_use]
    pub fn reply_settings(mut self, who: ReplySettings) -> Self {
        self.reply_settings = Some(who);
        self
    }

    /// Tags it with a place.
    #[must_use]
    pub fn place(mut self, place_id: impl Into<String>) -> Self {
        self.geo = Some(Geo { place_id: place_id.into() });
        self
    }

    /// Makes it the next version of a tweet.
    #[must_use]
    pub fn edit_of(mut self, tweet_id: impl Into<String>) -> Self {
        self.edit_options = Some(EditOptions { previous_post_id: tweet_id.into() });
        self
    }

    /// Writes it in a community.
    #[must_use]
    pub fn community(mut self, id: impl Into<String>, share_with_followers: bool) -> Self {
        self.community_id = Some(id.into());
        self.share_with_followers = Some(share_with_followers);
        self
    }

    /// Discloses media made by AI.
    #[must_use]
    pub fn made_with_ai(mut self, disclose: bool) -> Self {
        self.made_with_ai = Some(disclose);
        self
    }

    /// Discloses that it is paid for.
    #[must_use]
    pub fn paid_partnership(mut self, disclose: bool) -> Self {
        self.paid_partnership = Some(disclose);
        self
    }
}

/// A tweet that was written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Written {
    /// Its id.
    pub id: String,
    /// Its text, as X keeps it.
    pub text: String,
    /// The ids of its versions, oldest first, where X says them.
    pub edit_history: Vec<String>,
    /// What X could not do of it.
    pub problems: Vec<Problem>,
}

impl TwitterClient {
    /// Tweets by their ids, 1 to 100; the ids that X could not give are in [`TweetPage::problems`] and, when they do not
    /// exist any more, in [`TweetPage::gone`].
    ///
    /// # Errors
    /// `InvalidInput`, `twitter.bad_argument`, and every kind of the pipeline and of X.
    pub async fn tweets(&self, ids: &[&str]) -> Result<TweetPage> {
        const OPERATION: &str = "tweets.lookup";
        if ids.is_empty() || ids.len() > 100 || !ids.iter().all(|id| is_valid_id(id)) {
            return Err(bad_argument(OPERATION, "it takes 1 to 100 ids of tweets"));
        }
        let mut url = self.app().endpoint(&["tweets"])?;
        url.query_pairs_mut().append_pair("ids", &ids.join(","));
        let answer = self.get_tweets(OPERATION, &url, read_page).await?;
        let mut page = answer.value;
        page.limits = RateLimits::from_headers(&answer.headers);
        if page.tweets.is_empty() && !page.problems.iter().any(|problem| problem.resource_id.is_some()) {
            return Err(match page.problems.first() {
                Some(problem) => failed_with_success(problem, OPERATION),
                None => unreadable(OPERATION, "the answer holds neither tweets nor what became of them"),
            });
        }
        page.next = Next::End;
        Ok(page)
    }

    /// Writes a tweet. Never repeated by itself once it may have been sent: X has no idempotency key, so that after an
    /// error of which [`may_have_happened`] is true, look at the newest tweets of the user before it is written again.
    ///
    /// # Errors
    /// `Conflict`, `twitter.duplicate_content`; `PermissionDenied`: `twitter.reply_not_allowed`,
    /// `twitter.quote_not_allowed`, `twitter.missing_scope`, `twitter.app_permissions`; `OutcomeUnknown`,
    /// `twitter.outcome_unknown`, for a success that names no tweet; and every kind of the pipeline and of X.
    pub async fn create_tweet(&self, tweet: &NewTweet) -> Result<Written> {
        const OPERATION: &str = "tweets.create";
        let request = HttpRequest::new(OPERATION, Method::POST, self.app().endpoint(&["tweets"])?).json(tweet)?;
        let answer = self.call(request, None, self.deadline_from_now(), read_written).await?;
        let written = answer.value;
        if is_valid_id(&written.id) {
            return Ok(written);
        }
        // A 200 with nothing but an error was a refusal.
        Err(match written.problems.first() {
            Some(problem) => failed_with_success(problem, OPERATION),
            None => Error::new(
                ErrorKind::OutcomeUnknown,
                "twitter.outcome_unknown",
                "X answered with success, but without the id of the tweet",
            )
            .with_operation(NAME, OPERATION)
            .with_remedy("Look at the newest tweets of the account before it is sent again."),
        })
    }

    /// Deletes a tweet of the user.
    ///
    /// # Errors
    /// `NotFound`, `twitter.not_found`; `Conflict`, `twitter.not_deleted`, when X says that it did not; and every kind of the
    /// pipeline and of X.
    pub async fn delete_tweet(&self, id: &str) -> Result<()> {
        const OPERATION: &str = "tweets.delete";
        if !is_valid_id(id) {
            return Err(bad_argument(OPERATION, "it is no tweet's id"));
        }
        let request = HttpRequest::new(OPERATION, Method::DELETE, self.app().endpoint(&["tweets", id])?);
        let read = |body: &[u8]| {
            read_repaired(body, |body| {
                let wire: WireWritten<'_> = serde_json::from_slice(body)?;
                Ok((wire.data.deleted.text() == Some("true"), wire.errors.0))
            })
        };
        let (deleted, problems) = self.call(request, None, self.deadline_from_now(), read).await?.value;
        match (deleted, problems.first()) {
            (true, _) => Ok(()),
            (false, Some(problem)) => Err(failed_with_success(problem, OPERATION)),
            (false, None) => Err(Error::new(ErrorKind::Conflict, "twitter.not_deleted", "X did not delete the tweet")
                .with_operation(NAME, OPERATION)),
        }
    }
}

fn read_written(body: &[u8]) -> serde_json::Result<Written> {
    read_repaired(body, |body| {
        let wire: WireWritten<'_> = serde_json::from_slice(body)?;
        Ok(Written {
            id: wire.data.id.into_string(),
            text: wire.data.text.into_string(),
            edit_history: wire.data.edit_history.0,
            problems: wire.errors.0,
        })
    })
}

/// Whether a write that failed may have happened all the same: it was sent, and what came back does not say.
#[must_use]
pub fn may_have_happened(error: &Error) -> bool {
    let silent = matches!(
        error.kind(),
        ErrorKind::Timeout | ErrorKind::Server | ErrorKind::Decode | ErrorKind::Truncated | ErrorKind::OutcomeUnknown
    );
    silent && (error.attempts() > 0 || error.kind() == ErrorKind::OutcomeUnknown)
}

impl TweetPage {
    /// The ids that were asked for and do not exist any more.
    pub fn gone(&self) -> impl Iterator<Item = &str> {
        self.problems.iter().filter(|problem| problem.is_gone()).filter_map(|problem| problem.resource_id.as_deref())
    }
}
