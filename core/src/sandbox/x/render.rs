//! Tweets, people and media as JSON: only what was asked for, in the dialect of the request.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::clock::iso;
use super::fields::{Ask, Dialect};
use super::money::Resource;
use super::problem;
use super::text::{self, Kind};
use super::world::{self, Media, Poll, Tweet, User, World};

/// Who looks, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Viewer {
    pub(crate) user: Option<u64>,
    /// May see its own e-mail address.
    pub(crate) email: bool,
    /// In milliseconds.
    pub(crate) now: i64,
}

impl Viewer {
    /// Whether the tweets of a person may be seen.
    pub(crate) fn sees(&self, world: &World, author: u64) -> bool {
        self.user == Some(author) || world.user(author).is_none_or(|user| !user.protected)
    }
}

/// An answer as it grows.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    world: &'a World,
    ask: &'a Ask,
    viewer: Viewer,
    users: Vec<u64>,
    tweets: Vec<u64>,
    media: Vec<String>,
    polls: Vec<u64>,
    place: bool,
    pub(crate) errors: Vec<Value>,
    pub(crate) read: Vec<Resource>,
}

impl<'a> Page<'a> {
    pub(crate) fn new(world: &'a World, ask: &'a Ask, viewer: Viewer) -> Self {
        Self {
            world,
            ask,
            viewer,
            users: Vec::new(),
            tweets: Vec::new(),
            media: Vec::new(),
            polls: Vec::new(),
            place: false,
            errors: Vec::new(),
            read: Vec::new(),
        }
    }

    /// A tweet of `data`; what it names is remembered for `includes`.
    pub(crate) fn tweet(&mut self, tweet: &Tweet) -> Value {
        self.read.push(Resource::Tweet(tweet.id));
        self.remember(tweet, true);
        self.tweet_json(tweet)
    }

    /// A person of `data`.
    pub(crate) fn user(&mut self, user: &User) -> Value {
        self.read.push(Resource::User(user.id));
        for (expansion, id) in [("pinned_tweet_id", user.pinned), ("most_recent_tweet_id", self.newest(user.id))] {
            if let Some(id) = id.filter(|_| self.ask.expands(expansion)) {
                self.include_tweet(id, expansion);
            }
        }
        self.user_json(user)
    }

    /// The whole answer. `meta` comes from the caller.
    pub(crate) fn finish(mut self, data: Option<Value>, meta: Option<Value>) -> (Value, Vec<Resource>) {
        let mut body = Map::new();
        if let Some(data) = data {
            body.insert("data".into(), data);
        }
        let tweets: Vec<Value> =
            self.tweets.iter().filter_map(|id| self.world.tweet(*id)).map(|tweet| self.tweet_json(tweet)).collect();
        let users: Vec<Value> =
            self.users.iter().filter_map(|id| self.world.user(*id)).map(|user| self.user_json(user)).collect();
        let media: Vec<Value> =
            self.media.iter().filter_map(|key| self.world.media.get(key)).map(|media| self.media_json(media)).collect();
        let polls: Vec<Value> =
            self.polls.iter().filter_map(|id| self.world.polls.get(id)).map(|poll| self.poll_json(poll)).collect();
        let places = if self.place { vec![self.place_json()] } else { Vec::new() };
        self.read.extend(self.tweets.iter().map(|id| Resource::Tweet(*id)));
        self.read.extend(self.users.iter().map(|id| Resource::User(*id)));
        let mut includes = Map::new();
        let name = self.ask.name("tweets", "posts");
        for (name, list) in [(name, tweets), ("users", users), ("media", media), ("polls", polls), ("places", places)] {
            if !list.is_empty() {
                includes.insert(name.into(), list.into());
            }
        }
        if !includes.is_empty() {
            body.insert("includes".into(), includes.into());
        }
        if !self.errors.is_empty() {
            body.insert("errors".into(), self.errors.into());
        }
        if let Some(meta) = meta {
            body.insert("meta".into(), meta);
        }
        (body.into(), self.read)
    }

    /// A tweet that was asked for by `parameter` and is not there.
    pub(crate) fn no_tweet(&mut self, id: &str, parameter: &str) {
        let kind = self.ask.name("tweet", "post");
        self.errors.push(json!({
            "value": id,
            "detail": format!("Could not find {kind} with {parameter}: [{id}]."),
            "title": "Not Found Error",
            "resource_type": kind,
            "parameter": parameter,
            "resource_id": id,
            "type": problem::kind(self.ask.dialect, "resource-not-found"),
        }));
    }

    pub(crate) fn no_user(&mut self, value: &str, parameter: &str) {
        self.errors.push(json!({
            "value": value,
            "detail": format!("Could not find user with {parameter}: [{value}]."),
            "title": "Not Found Error",
            "resource_type": "user",
            "parameter": parameter,
            "resource_id": value,
            "type": problem::kind(self.ask.dialect, "resource-not-found"),
        }));
    }

    /// Something that exists and may not be seen.
    pub(crate) fn not_for_you(&mut self, id: &str, parameter: &str, resource: &str, section: &str) {
        self.errors.push(json!({
            "value": id,
            "detail": format!("Sorry, you are not authorized to see the {resource} with {parameter}: [{id}]."),
            "title": "Authorization Error",
            "resource_type": resource,
            "parameter": parameter,
            "resource_id": id,
            "section": section,
            "type": problem::kind(self.ask.dialect, "not-authorized-for-resource"),
        }));
    }

    fn newest(&self, user: u64) -> Option<u64> {
        self.world.tweets_of(user).next()
    }

    fn remember(&mut self, tweet: &Tweet, in_data: bool) {
        let ask = self.ask;
        // The newer dialect has no expansion for the authors of referenced posts: there `author_id` gives all authors.
        let author = match (in_data, ask.dialect) {
            (true, _) | (false, Dialect::Post) => ask.expands("author_id"),
            (false, Dialect::Tweet) => ask.expands("referenced_tweets.id.author_id"),
        };
        let media = match (in_data, ask.dialect) {
            (true, _) | (false, Dialect::Post) => ask.expands("attachments.media_keys"),
            (false, Dialect::Tweet) => ask.expands("referenced_tweets.id.attachments.media_keys"),
        };
        if author {
            push(&mut self.users, tweet.author);
        }
        if media {
            tweet.media.iter().for_each(|key| push(&mut self.media, key.clone()));
        }
        if !in_data {
            return;
        }
        if ask.expands("in_reply_to_user_id")
            && let Some(user) = tweet.reply_to_user.filter(|user| self.world.user(*user).is_some())
        {
            push(&mut self.users, user);
        }
        if ask.expands("attachments.poll_ids") {
            tweet.poll.iter().for_each(|poll| push(&mut self.polls, *poll));
        }
        self.place |= tweet.place && ask.expands("geo.place_id");
        let mentions =
            ask.expands("entities.mentions.username") || tweet.long && ask.expands("entities.note.mentions.username");
        if mentions {
            for span in text::spans(&tweet.text).iter().filter(|span| span.kind == Kind::Mention) {
                if let Some(user) = self.world.user_named(&span.text) {
                    push(&mut self.users, user.id);
                }
            }
        }
        let deep = ["referenced_tweets.id.author_id", "referenced_tweets.id.attachments.media_keys"];
        if ask.expands("referenced_tweets.id") || deep.iter().any(|expansion| ask.expands(expansion)) {
            let parameter = ask.name("referenced_tweets.id", "referenced_posts");
            for (_, id) in references(tweet) {
                self.include_tweet(id, parameter);
            }
        }
    }

    fn include_tweet(&mut self, id: u64, parameter: &str) {
        let Some(tweet) = self.world.tweet(id) else {
            return self.no_tweet(&id.to_string(), parameter);
        };
        if !self.viewer.sees(self.world, tweet.author) {
            let kind = self.ask.name("tweet", "post");
            return self.not_for_you(&id.to_string(), parameter, kind, "includes");
        }
        if !self.tweets.contains(&tweet.id) {
            self.tweets.push(tweet.id);
            self.remember(tweet, false);
        }
    }

    fn tweet_json(&self, tweet: &Tweet) -> Value {
        let ask = self.ask;
        let mut out = Map::new();
        let (text, original) = self.text_of(tweet);
        out.insert("id".into(), json!(tweet.id.to_string()));
        out.insert("text".into(), json!(text));
        let history = ask.name("edit_history_tweet_ids", "edit_history_post_ids");
        out.insert(history.into(), ids(&tweet.versions));
        let mut put = |asked: bool, name: &str, value: Option<Value>| {
            if let Some(value) = value.filter(|_| asked) {
                out.insert(name.to_owned(), value);
            }
        };
        let either = |name: &str| ask.tweet(name) || ask.expands(name);
        put(either("author_id"), "author_id", Some(json!(tweet.author.to_string())));
        put(ask.tweet("created_at"), "created_at", Some(json!(iso(tweet.at))));
        put(ask.tweet("lang"), "lang", Some(json!(tweet.lang)));
        put(ask.tweet("conversation_id"), "conversation_id", Some(json!(tweet.conversation.to_string())));
        let answered = tweet.reply_to_user.map(|user| json!(user.to_string()));
        put(either("in_reply_to_user_id"), "in_reply_to_user_id", answered);
        let referenced: Vec<Value> =
            references(tweet).into_iter().map(|(kind, id)| json!({"type": kind, "id": id.to_string()})).collect();
        let wanted = ask.tweet("referenced_tweets")
            || [
                "referenced_tweets.id",
                "referenced_tweets.id.author_id",
                "referenced_tweets.id.attachments.media_keys",
            ]
            .iter()
            .any(|expansion| ask.expands(expansion));
        let name = ask.name("referenced_tweets", "referenced_posts");
        put(wanted, name, (!referenced.is_empty()).then(|| referenced.into()));
        let author = self.world.user(tweet.author);
        put(ask.expands("username"), "username", author.map(|user| json!(user.username)));
        let found = self.entities(&text, original, false);
        put(ask.tweet("entities"), "entities", found);
        let note = tweet.long.then(|| {
            let whole = text::escape(&tweet.text);
            let mut note = json!({"text": whole});
            if let Some(found) = self.entities(&whole, tweet, true) {
                note["entities"] = found;
            }
            note
        });
        put(ask.tweet("note_tweet"), ask.name("note_tweet", "note_post"), note);
        let until = tweet.first_at + super::write::EDIT_WINDOW_MS;
        let controls = json!({
            "edits_remaining": 6_usize.saturating_sub(tweet.versions.len()),
            "is_edit_eligible": tweet.reply_to.is_none() && tweet.retweets.is_none() && tweet.poll.is_none(),
            "editable_until": iso(until),
        });
        put(ask.tweet("edit_controls"), "edit_controls", Some(controls));
        let mut attached = Map::new();
        if !tweet.media.is_empty() {
            attached.insert("media_keys".into(), json!(tweet.media));
        }
        if let Some(poll) = tweet.poll {
            attached.insert("poll_ids".into(), json!([poll.to_string()]));
        }
        let asked =
            ask.tweet("attachments") || ask.expands("attachments.media_keys") || ask.expands("attachments.poll_ids");
        put(asked, "attachments", (!attached.is_empty()).then(|| attached.into()));
        let place = tweet.place.then(|| json!({"place_id": world::PLACE}));
        put(ask.tweet("geo") || ask.expands("geo.place_id"), "geo", place);
        put(ask.tweet("public_metrics"), "public_metrics", Some(metrics(ask, tweet.id)));
        put(ask.tweet("possibly_sensitive"), "possibly_sensitive", Some(json!(tweet.sensitive)));
        put(ask.tweet("reply_settings"), "reply_settings", Some(json!(tweet.reply_settings)));
        let length = text.chars().count();
        put(ask.tweet("display_text_range"), "display_text_range", Some(json!([0, length])));
        put(ask.tweet("source"), "source", Some(json!("Sandbox for Web")));
        put(ask.tweet("community_id"), "community_id", tweet.community.map(|id| json!(id.to_string())));
        put(ask.tweet("paid_partnership"), "paid_partnership", Some(json!(tweet.paid_partnership)));
        let own = self.viewer.user == Some(tweet.author);
        put(
            own && ask.tweet("non_public_metrics"),
            "non_public_metrics",
            Some(json!({"impression_count": tweet.id % 977})),
        );
        out.into()
    }

    /// The text as X cuts it, escaped, and the tweet whose links and names stand in it.
    fn text_of<'t>(&'t self, tweet: &'t Tweet) -> (String, &'t Tweet) {
        if let Some(original) = tweet.retweets.and_then(|id| self.world.tweet(id)) {
            let author = self.world.user(original.author).map(|user| user.username.as_str()).unwrap_or_default();
            let whole = format!("RT @{author}: {}", original.text);
            return (text::escape(&text::cut(&whole, 140)), original);
        }
        if !tweet.long {
            return (text::escape(&tweet.text), tweet);
        }
        let mut preview = text::cut(&tweet.text, 260);
        while text::weighted_length(&preview) > 256 {
            preview = text::cut(&preview, preview.chars().count() - 1);
        }
        (text::escape(&format!("{preview} {}", world::short_link(tweet.id, 99))), tweet)
    }

    fn entities(&self, text: &str, tweet: &Tweet, note: bool) -> Option<Value> {
        let mut found = Map::new();
        for span in text::spans(text) {
            let (start, end) = (span.start, span.end);
            let (list, entity) = match span.kind {
                Kind::Hashtag => ("hashtags", json!({"start": start, "end": end, "tag": span.text})),
                Kind::Cashtag => ("cashtags", json!({"start": start, "end": end, "tag": span.text})),
                Kind::Mention => {
                    let mut entity = json!({"start": start, "end": end, "username": span.text});
                    if let Some(user) = self.world.user_named(&span.text) {
                        entity["id"] = json!(user.id.to_string());
                    }
                    ("mentions", entity)
                }
                Kind::Url => {
                    let Some(link) = tweet.links.iter().find(|link| link.short == span.text) else { continue };
                    let shown = link.long.trim_start_matches("https://").trim_start_matches("http://");
                    let mut entity = json!({
                        "start": start, "end": end, "url": link.short, "expanded_url": link.long,
                        "display_url": text::cut(shown, 27),
                    });
                    if !note {
                        entity["status"] = json!(200);
                        entity["unwound_url"] = json!(link.long);
                    }
                    ("urls", entity)
                }
            };
            if let Some(list) = found.entry(list).or_insert_with(|| json!([])).as_array_mut() {
                list.push(entity);
            }
        }
        (!found.is_empty()).then(|| found.into())
    }

    fn user_json(&self, user: &User) -> Value {
        let ask = self.ask;
        let mut out = Map::new();
        out.insert("id".into(), json!(user.id.to_string()));
        out.insert("username".into(), json!(user.username));
        out.insert("name".into(), json!(text::escape(&user.name)));
        let mut put = |asked: bool, name: &str, value: Value| {
            if asked {
                out.insert(name.to_owned(), value);
            }
        };
        put(ask.user("created_at"), "created_at", json!(iso(user.created_at)));
        put(ask.user("description"), "description", json!(text::escape(&user.description)));
        put(ask.user("location"), "location", json!(user.location));
        put(ask.user("protected"), "protected", json!(user.protected));
        put(ask.user("verified"), "verified", json!(user.premium));
        put(ask.user("verified_type"), "verified_type", json!(if user.premium { "blue" } else { "none" }));
        put(ask.user("subscription_type"), "subscription_type", json!(if user.premium { "Premium" } else { "None" }));
        let short = world::short_link(user.id, 0);
        put(ask.user("url"), "url", json!(short));
        let link =
            json!({"start": 0, "end": short.len(), "url": short, "expanded_url": user.url, "display_url": user.url});
        put(ask.user("entities"), "entities", json!({"url": {"urls": [link]}}));
        let picture = format!("https://pbs.twimg.com/profile_images/{}/wren_normal.png", user.id);
        put(ask.user("profile_image_url"), "profile_image_url", json!(picture));
        let tweets = self.world.tweets_of(user.id).count();
        let numbers = json!({
            "followers_count": user.id % 1013, "following_count": user.id % 211, "listed_count": user.id % 7,
            "like_count": user.id % 5003, ask.name("tweet_count", "post_count"): tweets,
        });
        put(ask.user("public_metrics"), "public_metrics", numbers);
        if let Some(newest) = self.newest(user.id) {
            let asked = ask.user("most_recent_tweet_id") || ask.expands("most_recent_tweet_id");
            put(asked, ask.name("most_recent_tweet_id", "most_recent_post_id"), json!(newest.to_string()));
        }
        if let Some(pinned) = user.pinned {
            let asked = ask.user("pinned_tweet_id") || ask.expands("pinned_tweet_id");
            put(asked, ask.name("pinned_tweet_id", "pinned_post_id"), json!(pinned.to_string()));
        }
        let own = self.viewer.user == Some(user.id);
        put(own && self.viewer.email && ask.user("confirmed_email"), "confirmed_email", json!(user.email));
        out.into()
    }

    fn media_json(&self, media: &Media) -> Value {
        let ask = self.ask;
        let mut out = Map::new();
        out.insert("media_key".into(), json!(media.key));
        out.insert("type".into(), json!(media.kind));
        let photo = media.kind == "photo";
        let url = format!("https://pbs.twimg.com/media/{}.jpg", media.key);
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value.filter(|_| ask.media(name)) {
                out.insert(name.to_owned(), value);
            }
        };
        put("width", Some(json!(media.width)));
        put("height", Some(json!(media.height)));
        put("url", photo.then(|| json!(url)));
        put("alt_text", media.alt.as_ref().filter(|_| photo).map(|alt| json!(alt)));
        put("preview_image_url", (!photo).then(|| json!(url)));
        put("duration_ms", media.duration_ms.map(|ms| json!(ms)));
        let variant = json!({"bit_rate": 0, "content_type": "video/mp4",
                             "url": format!("https://video.twimg.com/{}.mp4", media.key)});
        put("variants", (!photo).then(|| json!([variant])));
        put("public_metrics", (media.kind == "video").then(|| json!({"view_count": 12})));
        out.into()
    }

    fn poll_json(&self, poll: &Poll) -> Value {
        let options: Vec<Value> = poll
            .options
            .iter()
            .enumerate()
            .map(|(at, label)| json!({"position": at + 1, "label": label, "votes": (poll.id >> at) % 50}))
            .collect();
        let mut out = json!({"id": poll.id.to_string(), "options": options});
        let state = if poll.ends > self.viewer.now { "open" } else { "closed" };
        for (name, value) in [
            ("duration_minutes", json!(poll.minutes)),
            ("end_datetime", json!(iso(poll.ends))),
            ("voting_status", json!(state)),
        ] {
            if self.ask.poll(name) {
                out[name] = value;
            }
        }
        out
    }

    fn place_json(&self) -> Value {
        let mut out = json!({"id": world::PLACE, "full_name": "Bremen, Germany"});
        for (name, value) in [
            ("name", json!("Bremen")),
            ("country", json!("Germany")),
            ("country_code", json!("DE")),
            ("place_type", json!("city")),
            ("geo", json!({"type": "Feature", "bbox": [8.48, 53.01, 8.99, 53.23], "properties": {}})),
        ] {
            if self.ask.place(name) {
                out[name] = value;
            }
        }
        out
    }
}

fn push<T: PartialEq>(list: &mut Vec<T>, value: T) {
    if !list.contains(&value) {
        list.push(value);
    }
}

fn ids(ids: &[u64]) -> Value {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().into()
}

fn references(tweet: &Tweet) -> Vec<(&'static str, u64)> {
    let all = [("retweeted", tweet.retweets), ("quoted", tweet.quotes), ("replied_to", tweet.reply_to)];
    all.into_iter().filter_map(|(kind, id)| Some((kind, id?))).collect()
}

fn metrics(ask: &Ask, id: u64) -> Value {
    json!({
        ask.name("retweet_count", "repost_count"): id % 13, "reply_count": id % 5, "like_count": id % 101,
        "quote_count": id % 3, "bookmark_count": id % 7, "impression_count": id % 9973,
    })
}

/// Ids of a comma-separated list, each once, in order.
pub(crate) fn distinct(list: &str) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    list.split(',').filter(|one| seen.insert(*one)).collect()
}
