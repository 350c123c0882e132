//! The people, tweets and media that the stand-in knows.

use std::collections::{BTreeMap, BTreeSet};

use super::text::{self, Kind};

/// The first moment of X's ids, in milliseconds of Unix time.
const EPOCH: i64 = 1_288_834_974_657;
/// The place that every tweet with a place is in.
pub(crate) const PLACE: &str = "01a9a39529b27f36";

#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: u64,
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) location: String,
    pub(crate) url: String,
    pub(crate) email: String,
    pub(crate) protected: bool,
    pub(crate) premium: bool,
    pub(crate) created_at: i64,
    pub(crate) pinned: Option<u64>,
}

/// A link in a text: what stands there, and where it leads.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) short: String,
    pub(crate) long: String,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Tweet {
    pub(crate) id: u64,
    pub(crate) author: u64,
    pub(crate) at: i64,
    /// The whole text with short links, not escaped.
    pub(crate) text: String,
    pub(crate) long: bool,
    pub(crate) lang: String,
    pub(crate) reply_to: Option<u64>,
    pub(crate) reply_to_user: Option<u64>,
    pub(crate) quotes: Option<u64>,
    pub(crate) retweets: Option<u64>,
    pub(crate) conversation: u64,
    pub(crate) links: Vec<Link>,
    pub(crate) media: Vec<String>,
    pub(crate) poll: Option<u64>,
    pub(crate) place: bool,
    pub(crate) community: Option<u64>,
    pub(crate) reply_settings: String,
    pub(crate) sensitive: bool,
    pub(crate) paid_partnership: bool,
    pub(crate) made_with_ai: bool,
    /// Ids of all versions, oldest first; the last one is this.
    pub(crate) versions: Vec<u64>,
    /// When its first version was made, in milliseconds.
    pub(crate) first_at: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct Media {
    pub(crate) key: String,
    pub(crate) kind: &'static str,
    pub(crate) alt: Option<String>,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) duration_ms: Option<u32>,
}

#[derive(Clone, Debug)]
pub(crate) struct Poll {
    pub(crate) id: u64,
    pub(crate) options: Vec<String>,
    pub(crate) minutes: i64,
    pub(crate) ends: i64,
}

#[derive(Debug, Default)]
pub(crate) struct World {
    users: BTreeMap<u64, User>,
    names: BTreeMap<String, u64>,
    tweets: BTreeMap<u64, Tweet>,
    by_author: BTreeMap<u64, BTreeSet<u64>>,
    mentions: BTreeMap<u64, BTreeSet<u64>>,
    /// Versions that an edit replaced, and the newest version.
    replaced: BTreeMap<u64, u64>,
    pub(crate) media: BTreeMap<String, Media>,
    pub(crate) polls: BTreeMap<u64, Poll>,
    last_id: u64,
}

impl World {
    /// A free id of that moment.
    pub(crate) fn id_at(&self, ms: i64) -> u64 {
        let mut id = u64::try_from(ms - EPOCH).unwrap_or_default() << 22;
        while self.tweets.contains_key(&id) || self.replaced.contains_key(&id) || self.users.contains_key(&id) {
            id += 1;
        }
        id
    }

    /// A new id for something that is made at that moment: larger than all ids of that moment, used before or not.
    pub(crate) fn new_id(&mut self, ms: i64) -> u64 {
        let id = self.id_at(ms);
        if Self::moment(self.last_id) > ms {
            return id;
        }
        self.last_id = id.max(self.last_id + 1);
        self.last_id
    }

    /// The moment of an id, in milliseconds.
    pub(crate) fn moment(id: u64) -> i64 {
        i64::try_from(id >> 22).unwrap_or_default() + EPOCH
    }

    /// The lowest id of a moment.
    pub(crate) fn first_id(ms: i64) -> u64 {
        u64::try_from(ms - EPOCH).unwrap_or_default() << 22
    }

    pub(crate) fn put_user(&mut self, user: User) {
        self.names.insert(user.username.to_lowercase(), user.id);
        self.users.insert(user.id, user);
    }

    pub(crate) fn user(&self, id: u64) -> Option<&User> {
        self.users.get(&id)
    }

    pub(crate) fn user_mut(&mut self, id: u64) -> Option<&mut User> {
        self.users.get_mut(&id)
    }

    pub(crate) fn user_named(&self, name: &str) -> Option<&User> {
        self.names.get(&name.to_lowercase()).and_then(|id| self.users.get(id))
    }

    /// Takes a person away with all their tweets.
    pub(crate) fn delete_user(&mut self, id: u64) -> bool {
        for tweet in self.tweets_of(id).collect::<Vec<_>>() {
            self.delete(tweet);
        }
        self.by_author.remove(&id);
        match self.users.remove(&id) {
            Some(user) => self.names.remove(&user.username.to_lowercase()).is_some(),
            None => false,
        }
    }

    /// The tweet of that id, or the newest version of it.
    pub(crate) fn tweet(&self, id: u64) -> Option<&Tweet> {
        self.tweets.get(self.replaced.get(&id).unwrap_or(&id))
    }

    pub(crate) fn tweets(&self) -> impl DoubleEndedIterator<Item = &Tweet> {
        self.tweets.values()
    }

    /// The ids of a person's tweets, newest first.
    pub(crate) fn tweets_of(&self, user: u64) -> impl Iterator<Item = u64> + '_ {
        self.by_author.get(&user).into_iter().flat_map(|ids| ids.iter().rev().copied())
    }

    /// The ids of the tweets that name a person, newest first.
    pub(crate) fn mentions_of(&self, user: u64) -> impl Iterator<Item = u64> + '_ {
        self.mentions.get(&user).into_iter().flat_map(|ids| ids.iter().rev().copied())
    }

    /// Keeps a tweet: links are made short, a conversation is found, a long text becomes a note.
    pub(crate) fn put(&mut self, mut tweet: Tweet) -> u64 {
        let id = tweet.id;
        self.last_id = self.last_id.max(id);
        let (text, links) = shorten(&tweet.text, id);
        (tweet.text, tweet.links) = (text, links);
        // The people who are named at the beginning of a reply do not count.
        let counted = if tweet.reply_to.is_some() { text::without_leading_names(&tweet.text) } else { &tweet.text };
        tweet.long = tweet.retweets.is_none() && text::weighted_length(counted) > 280;
        if tweet.versions.is_empty() {
            tweet.versions = vec![id];
            tweet.first_at = tweet.at;
        }
        let parent = tweet.reply_to.and_then(|parent| self.tweet(parent));
        if tweet.conversation == 0 {
            let first = tweet.versions.first().copied().unwrap_or(id);
            tweet.conversation = parent.map_or_else(|| tweet.reply_to.unwrap_or(first), |parent| parent.conversation);
        }
        if tweet.reply_to_user.is_none() {
            tweet.reply_to_user = parent.map(|parent| parent.author);
        }
        if tweet.reply_settings.is_empty() {
            tweet.reply_settings = "everyone".to_owned();
        }
        for span in text::spans(&tweet.text) {
            if span.kind == Kind::Mention
                && let Some(user) = self.names.get(&span.text.to_lowercase())
            {
                self.mentions.entry(*user).or_default().insert(id);
            }
        }
        self.by_author.entry(tweet.author).or_default().insert(id);
        self.tweets.insert(id, tweet);
        id
    }

    /// Replaces a tweet by a new version of it.
    pub(crate) fn edit(&mut self, id: u64, text: &str, now: i64) -> Option<u64> {
        let id = self.tweet(id)?.id;
        let old = self.take(id)?;
        let new = self.new_id(now);
        let mut versions = old.versions.clone();
        versions.push(new);
        for version in &old.versions {
            self.replaced.insert(*version, new);
        }
        Some(self.put(Tweet { id: new, text: text.to_owned(), at: now, versions, ..old }))
    }

    /// Takes a tweet and all its versions away, and with it what retweets it.
    pub(crate) fn delete(&mut self, id: u64) -> bool {
        let Some(id) = self.tweet(id).map(|tweet| tweet.id) else { return false };
        let Some(tweet) = self.take(id) else { return false };
        self.replaced.retain(|version, _| !tweet.versions.contains(version));
        let of_it = |other: &&Tweet| other.retweets.is_some_and(|of| tweet.versions.contains(&of));
        for retweet in self.tweets.values().filter(of_it).map(|other| other.id).collect::<Vec<_>>() {
            self.take(retweet);
        }
        true
    }

    fn take(&mut self, id: u64) -> Option<Tweet> {
        let tweet = self.tweets.remove(&id)?;
        if let Some(ids) = self.by_author.get_mut(&tweet.author) {
            ids.remove(&id);
        }
        for ids in self.mentions.values_mut() {
            ids.remove(&id);
        }
        Some(tweet)
    }
}

/// Puts a short link in the place of each link.
fn shorten(text: &str, id: u64) -> (String, Vec<Link>) {
    let chars: Vec<char> = text.chars().collect();
    let (mut out, mut links, mut at) = (String::with_capacity(text.len()), Vec::new(), 0);
    for span in text::spans(text).into_iter().filter(|span| span.kind == Kind::Url) {
        out.extend(chars.get(at..span.start).unwrap_or_default());
        at = span.end;
        if span.text.starts_with("https://t.co/") {
            out.push_str(&span.text);
            links.push(Link { long: span.text.clone(), short: span.text });
            continue;
        }
        let short = short_link(id, links.len());
        out.push_str(&short);
        let long = if span.text.contains("://") { span.text } else { format!("http://{}", span.text) };
        links.push(Link { short, long });
    }
    out.extend(chars.get(at..).unwrap_or_default());
    (out, links)
}

/// A short link: the same place gives the same one.
pub(crate) fn short_link(id: u64, place: usize) -> String {
    let mut rng = fastrand::Rng::with_seed(id ^ (place as u64 + 1).wrapping_mul(0x9e37_79b9));
    let name: String = (0..10).map(|_| rng.alphanumeric()).collect();
    format!("https://t.co/{name}")
}
