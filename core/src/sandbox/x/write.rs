//! Making and deleting tweets.

use serde_json::{Map, Value, json};

use super::fields::{Dialect, Dialects};
use super::media::Uploads;
use super::money;
use super::problem::{self, Answer};
use super::reads::names;
use super::text::{self, Kind};
use super::world::{Poll, Tweet, World};

/// How long a tweet can be edited after its first version. X's pages say 30 minutes and one hour: the longer one.
pub(crate) const EDIT_WINDOW_MS: i64 = 3_600_000;
/// How long the same text is refused. Not documented: chosen.
const DUPLICATE_MS: i64 = 86_400_000;

/// What a field of a body may be.
#[derive(Clone, Copy)]
enum Check {
    Text,
    Flag,
    Id,
    Ids(usize, usize),
    Texts(usize, usize, usize),
    Number(i64, i64),
    OneOf(&'static [&'static str]),
    Object(&'static [(&'static str, Check)], &'static [&'static str]),
}

const REPLY_SETTINGS: Check = Check::OneOf(&["following", "mentionedUsers", "subscribers", "verified"]);
const REPLY: Check = Check::Object(
    &[
        ("in_reply_to_tweet_id", Check::Id),
        ("exclude_reply_user_ids", Check::Ids(0, usize::MAX)),
        ("auto_populate_reply_metadata", Check::Flag),
    ],
    &["in_reply_to_tweet_id"],
);
const POLL: Check = Check::Object(
    &[
        ("options", Check::Texts(2, 4, 25)),
        ("duration_minutes", Check::Number(5, 10_080)),
        ("reply_settings", REPLY_SETTINGS),
    ],
    &["options", "duration_minutes"],
);
const EDIT: Check = Check::Object(&[("previous_post_id", Check::Id)], &["previous_post_id"]);
const OLD_MEDIA: Check =
    Check::Object(&[("media_ids", Check::Ids(1, 4)), ("tagged_user_ids", Check::Ids(0, 10))], &["media_ids"]);
const LINK: Check = Check::Object(&[("url", Check::Text)], &["url"]);
const STORES: Check = Check::Object(
    &[("app_store_id", Check::Text), ("ipad_app_store_id", Check::Text), ("play_store_id", Check::Text)],
    &[],
);
const NEW_MEDIA: Check = Check::Object(
    &[
        ("media_ids", Check::Ids(1, 4)),
        ("tagged_user_ids", Check::Ids(0, 10)),
        ("title", Check::Text),
        ("description", Check::Text),
        ("embeddable", Check::Flag),
        ("preview_media_id", Check::Id),
        ("call_to_actions", Check::Object(&[("visit_site", LINK), ("watch_now", LINK), ("app_install", STORES)], &[])),
    ],
    &["media_ids"],
);

/// The fields that both dialects have, and the one or the other.
const BOTH: &[(&str, Check)] = &[
    ("text", Check::Text),
    ("reply", REPLY),
    ("quote_tweet_id", Check::Id),
    ("poll", POLL),
    ("reply_settings", REPLY_SETTINGS),
    ("geo", Check::Object(&[("place_id", Check::Text)], &["place_id"])),
    ("edit_options", EDIT),
    ("community_id", Check::Id),
    ("share_with_followers", Check::Flag),
    ("for_super_followers_only", Check::Flag),
    ("nullcast", Check::Flag),
    ("card_uri", Check::Text),
    ("direct_message_deep_link", Check::Text),
];
const OLD: &[(&str, Check)] = &[("media", OLD_MEDIA)];
const NEW: &[(&str, Check)] = &[("media", NEW_MEDIA), ("made_with_ai", Check::Flag), ("paid_partnership", Check::Flag)];

/// The message of what is wrong with a value, in the words of the validator that X runs.
fn wrong(value: &Value, path: &str, check: Check) -> Option<String> {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let expected = |kind: &str| Some(format!("{path}: {found} found, {kind} expected"));
    let items = |least: usize, most: usize, item: Check| {
        let Some(list) = value.as_array() else { return expected("array") };
        if list.len() < least {
            return Some(format!("{path}: there must be a minimum of {least} items in the array"));
        }
        if list.len() > most {
            return Some(format!("{path}: there must be a maximum of {most} items in the array"));
        }
        list.iter().enumerate().find_map(|(at, value)| wrong(value, &format!("{path}[{at}]"), item))
    };
    match check {
        Check::Text => {
            if value.is_string() {
                None
            } else {
                expected("string")
            }
        }
        Check::Flag => {
            if value.is_boolean() {
                None
            } else {
                expected("boolean")
            }
        }
        Check::Id => match value.as_str() {
            None => expected("string"),
            Some(id) if (1..=19).contains(&id.len()) && id.bytes().all(|c| c.is_ascii_digit()) => None,
            Some(_) => Some(format!("{path}: does not match the regex pattern ^[0-9]{{1,19}}$")),
        },
        Check::Ids(least, most) => items(least, most, Check::Id),
        Check::Texts(least, most, length) => items(least, most, Check::Text).or_else(|| {
            let long = |text: &Value| !(1..=length).contains(&text.as_str().unwrap_or_default().chars().count());
            value.as_array()?.iter().any(long).then(|| format!("{path}: must be 1 to {length} characters long"))
        }),
        Check::Number(least, most) => match value.as_i64() {
            None => expected("integer"),
            Some(number) if number < least => Some(format!("{path}: must have a minimum value of {least}")),
            Some(number) if number > most => Some(format!("{path}: must have a maximum value of {most}")),
            Some(_) => None,
        },
        Check::OneOf(list) => match value.as_str() {
            Some(text) if list.contains(&text) => None,
            _ => Some(format!("{path}: does not have a value in the enumeration [{}]", list.join(", "))),
        },
        Check::Object(fields, required) => match value.as_object() {
            None => expected("object"),
            Some(object) => wrong_object(object, path, fields, &[], required),
        },
    }
}

fn wrong_object(
    object: &Map<String, Value>,
    path: &str,
    fields: &[(&str, Check)],
    more: &[(&str, Check)],
    required: &[&str],
) -> Option<String> {
    if let Some(missing) = required.iter().find(|name| !object.contains_key(**name)) {
        return Some(format!("{path}.{missing}: is missing but it is required"));
    }
    object.iter().find_map(|(name, value)| {
        let path = format!("{path}.{name}");
        match fields.iter().chain(more).find(|(known, _)| known == name) {
            Some((_, check)) => wrong(value, &path, *check),
            None => Some(format!(
                "{path}: is not defined in the schema and the schema does not allow additional properties"
            )),
        }
    })
}

/// What making a tweet stands on.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) user: u64,
    pub(crate) dialects: Dialects,
    pub(crate) self_serve: bool,
    pub(crate) uploads: &'a Uploads,
    /// In milliseconds.
    pub(crate) now: i64,
}

impl Writer<'_> {
    /// Makes a tweet. Gives the answer and the price in thousandths of a dollar.
    pub(crate) fn create(self, body: Option<&Value>) -> Result<(Answer, u64), Answer> {
        let dialect = if self.dialects == Dialects::PostOnly { Dialect::Post } else { Dialect::Tweet };
        let Some(Value::Object(body)) = body else {
            return Err(problem::invalid_body(
                dialect,
                "Requests with bodies must have content-type of application/json.".into(),
            ));
        };
        let more = if self.dialects == Dialects::TweetOnly { OLD } else { NEW };
        if let Some(message) = wrong_object(body, "$", BOTH, more, &[]) {
            return Err(problem::invalid_body(dialect, message));
        }
        let refuse = |message: &str| Err(problem::invalid_body(dialect, message.to_owned()));
        let has = |name: &str| body.contains_key(name);
        if ["media", "poll", "quote_tweet_id", "card_uri"].iter().filter(|name| has(name)).count() > 1 {
            return refuse("Only one of media, poll, quote_tweet_id and card_uri can be set.");
        }
        let text = body.get("text").and_then(Value::as_str).unwrap_or_default();
        if text.trim().is_empty() && !has("media") && !has("quote_tweet_id") && !has("card_uri") {
            return refuse("The Tweet needs a text, media, a quoted Tweet or a card.");
        }
        let Some(me) = self.world.user(self.user) else { return Err(problem::unauthorized()) };
        let (premium, my_name) = (me.premium, me.username.clone());
        let length = text::weighted_length(text);
        if length > if premium { 25_000 } else { 280 } {
            return refuse(
                "Your Tweet text is too long. For more information on how Twitter determines text length see \
                 https://github.com/twitter/twitter-text.",
            );
        }
        let pieces = text::spans(text);
        if pieces.iter().filter(|piece| piece.kind == Kind::Cashtag).count() > 1 {
            return Err(problem::forbidden(
                "Your post has more than one cashtag. Only one cashtag is allowed per post.",
            ));
        }
        let mut tweet = Tweet { author: self.user, at: self.now, lang: "en".to_owned(), ..Tweet::default() };
        tweet.text = text.to_owned();
        let mut price = money::CREATE;
        if let Some(reply) = body.get("reply") {
            let target = id(&reply["in_reply_to_tweet_id"]);
            let Some(target) = self.world.tweet(target) else {
                return Err(problem::forbidden(
                    "You attempted to reply to a Tweet that is deleted or not visible to you.",
                ));
            };
            let own = target.author == self.user;
            let quotes_me =
                target.quotes.and_then(|id| self.world.tweet(id)).is_some_and(|quoted| quoted.author == self.user);
            let summoned = names(&target.text, &my_name) || quotes_me;
            if self.self_serve && !own && !summoned {
                return Err(problem::forbidden(
                    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by \
                     the author of the post you are replying to.",
                ));
            }
            price = if summoned && !own { money::SUMMONED_REPLY } else { price };
            tweet.reply_to = Some(target.id);
            let author = self.world.user(target.author).map(|user| user.username.clone()).unwrap_or_default();
            let excluded = reply["exclude_reply_user_ids"]
                .as_array()
                .is_some_and(|ids| ids.iter().any(|one| id(one) == target.author));
            // The person who is answered is named first, as X does it; those characters do not count.
            if !own && !excluded && !names(text, &author) {
                tweet.text = format!("@{author} {text}");
            }
        }
        if let Some(quoted) = body.get("quote_tweet_id") {
            if self.self_serve {
                return Err(problem::forbidden("Quoting posts is not available to self-serve access."));
            }
            let Some(quoted) = self.world.tweet(id(quoted)) else {
                return Err(problem::forbidden(
                    "You attempted to quote a Tweet that is deleted or not visible to you.",
                ));
            };
            tweet.quotes = Some(quoted.id);
        }
        if let Some(media) = body.get("media").and_then(|media| media["media_ids"].as_array()) {
            for media in media {
                match self.uploads.ready(self.user, media.as_str().unwrap_or_default(), self.now.div_euclid(1000)) {
                    Some(key) => tweet.media.push(key),
                    None => return refuse("Your media IDs are invalid."),
                }
            }
        }
        let newest = self.world.tweets_of(self.user).filter_map(|id| self.world.tweet(id));
        let repeated = newest
            .take_while(|old| old.at > self.now - DUPLICATE_MS)
            .any(|old| old.media.is_empty() && tweet.media.is_empty() && same_text(old, &tweet.text));
        if repeated {
            return Err(problem::duplicate());
        }
        if pieces.iter().any(|piece| piece.kind == Kind::Url) {
            price = money::CREATE_WITH_URL;
        }
        tweet.place = has("geo");
        tweet.community = body.get("community_id").map(id);
        tweet.reply_settings = body.get("reply_settings").and_then(Value::as_str).unwrap_or_default().to_owned();
        let flag = |name: &str| body.get(name).and_then(Value::as_bool).unwrap_or_default();
        (tweet.made_with_ai, tweet.paid_partnership) = (flag("made_with_ai"), flag("paid_partnership"));
        if let Some(previous) = body.get("edit_options").map(|edit| id(&edit["previous_post_id"])) {
            return self.replace(previous, &tweet.text, premium, dialect, price);
        }
        tweet.id = self.world.new_id(self.now);
        if let Some(poll) = body.get("poll") {
            let minutes = poll["duration_minutes"].as_i64().unwrap_or_default();
            let options = poll["options"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let poll = Poll {
                id: tweet.id,
                options: options.map(str::to_owned).collect(),
                minutes,
                ends: self.now + minutes * 60_000,
            };
            tweet.poll = Some(poll.id);
            self.world.polls.insert(poll.id, poll);
        }
        let id = self.world.put(tweet);
        Ok((created(self.world, id, dialect), price))
    }

    fn replace(
        self,
        id: u64,
        text: &str,
        premium: bool,
        dialect: Dialect,
        price: u64,
    ) -> Result<(Answer, u64), Answer> {
        let editable = self.world.tweet(id).is_some_and(|old| {
            old.author == self.user && old.versions.len() < 6 && self.now < old.first_at + EDIT_WINDOW_MS
        });
        if !premium || !editable {
            return Err(problem::forbidden("You are not allowed to edit this Tweet."));
        }
        match self.world.edit(id, text, self.now) {
            Some(id) => Ok((created(self.world, id, dialect), price)),
            None => Err(problem::forbidden("You are not allowed to edit this Tweet.")),
        }
    }

    /// Deletes a tweet.
    pub(crate) fn delete(self, id: &str) -> Result<(Answer, u64), Answer> {
        let dialect = if self.dialects == Dialects::PostOnly { Dialect::Post } else { Dialect::Tweet };
        let path = json!(id);
        if let Some(message) = wrong(&path, "$.id", Check::Id) {
            return Err(problem::invalid_body(dialect, message));
        }
        let known = id.parse().ok().and_then(|id| self.world.tweet(id)).map(|tweet| (tweet.id, tweet.author));
        match known {
            None => Err(problem::blank(404, "Not Found", "Not Found")),
            Some((_, author)) if author != self.user => {
                Err(problem::forbidden("You are not authorized to delete this Tweet."))
            }
            Some((id, _)) => {
                self.world.delete(id);
                Ok((Answer::json(200, json!({"data": {"deleted": true}})), money::DELETE))
            }
        }
    }
}

fn created(world: &World, id: u64, dialect: Dialect) -> Answer {
    let Some(tweet) = world.tweet(id) else { return problem::blank(500, "Internal Server Error", "lost") };
    let mut data = json!({"id": id.to_string(), "text": text::escape(&tweet.text)});
    if dialect == Dialect::Post {
        data["edit_history_post_ids"] = tweet.versions.iter().map(ToString::to_string).collect::<Vec<_>>().into();
    }
    Answer::json(201, json!({"data": data}))
}

fn id(value: &Value) -> u64 {
    value.as_str().and_then(|id| id.parse().ok()).unwrap_or_default()
}

/// Whether a tweet says what somebody wants to say again; links are compared as they were written.
fn same_text(old: &Tweet, text: &str) -> bool {
    let whole = old.links.iter().fold(old.text.clone(), |text, link| text.replace(&link.short, &link.long));
    old.retweets.is_none() && (whole == text || old.text == text)
}
