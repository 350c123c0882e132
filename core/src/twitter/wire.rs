//! From X's answers to records, in either dialect.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::dialect::{WireEntities, WireIncludes, WireMedia, WireTweet, WireTweets, WireUrl, WireUser};
use super::page::{Next, ReadIds, TweetPage};
use super::problem::Problem;
use super::users::UserInfo;
use crate::records::{
    ContextTweet, Entities, Hashtag, Media, MediaKind, Mention, Tweet, TweetCounts, TweetKind, TweetSource,
    TwitterUser, TwitterUserName, UrlEntity, time_of_id,
};
use crate::text::cleanup::{
    Link, expand_links, replace_nul, retweeted_handle, status_id, strip_trailing_links, unescape_html,
};
use crate::tolerant::{Says, Scalar, read_repaired};

/// Reads a page; fails only on what is no JSON.
pub(super) fn read_page(body: &[u8]) -> serde_json::Result<TweetPage> {
    read_repaired(body, |body| serde_json::from_slice::<WireTweets<'_>>(body).map(page))
}

fn page(wire: WireTweets<'_>) -> TweetPage {
    let around = Around::new(&wire.includes);
    let mut page = TweetPage { problems: wire.errors.0, ..TweetPage::default() };
    let own: HashSet<&str> = wire.data.0.iter().filter_map(|tweet| tweet.id.id()).collect();
    let mut seen = HashSet::new();
    let mut context = HashSet::new();
    page.posts_read = u64::try_from(wire.data.0.len() + wire.includes.tweets.0.len()).unwrap_or(u64::MAX);
    page.users_read = u64::try_from(wire.includes.users.0.len()).unwrap_or(u64::MAX);
    page.read = read_ids(&wire.data.0, &wire.includes);
    for tweet in &wire.data.0 {
        let Some(id) = tweet.id.id() else {
            page.problems.push(unusable("a tweet without an id was left out", None));
            continue;
        };
        if !seen.insert(id) {
            continue;
        }
        let Some(record) = around.tweet(tweet, id) else {
            page.problems.push(unusable("a tweet without a time was left out", Some(id)));
            continue;
        };
        for other in [&record.quoted_id, &record.in_reply_to_id].into_iter().flatten() {
            if let Some((at, original)) = around.tweets.get_key_value(other.as_str())
                && !own.contains(*at)
                && (original.author_id.id().is_none() || original.author_id.id() != tweet.author_id.id())
                && context.insert(*at)
            {
                page.context.push(around.context(original, at));
            }
        }
        if let Some(author) = around.author(tweet) {
            page.authors.insert(record.id.clone(), author);
        }
        page.tweets.push(record);
    }
    for (id, tweet) in &around.tweets {
        if let (false, Some(author)) = (page.authors.contains_key(*id), around.author(tweet)) {
            page.authors.insert((*id).to_owned(), author);
        }
    }
    page.next = match wire.meta {
        Some(meta) if !meta.says_nothing() => {
            page.oldest_id = meta.oldest_id.id().map(str::to_owned);
            page.newest_id = meta.newest_id.id().map(str::to_owned);
            page.result_count = meta.result_count.number();
            let came = u64::try_from(wire.data.0.len()).unwrap_or(u64::MAX);
            if let Some(lacking @ 1..) = page.result_count.map(|count| count.saturating_sub(came)) {
                let detail = format!("{lacking} tweets that X counts are not in its answer, or cannot be read");
                page.problems.push(unusable(&detail, None));
            }
            match meta.next_token.filled() {
                Some(_) => Next::Page(meta.next_token.into_string()),
                None => Next::End,
            }
        }
        _ => Next::Unsaid,
    };
    page
}

/// What the answer held, each once.
fn read_ids<'w>(tweets: &'w [WireTweet<'_>], includes: &'w WireIncludes<'_>) -> ReadIds {
    fn once<'w>(ids: impl Iterator<Item = &'w str>, known: &mut HashSet<&'w str>) -> Vec<String> {
        ids.filter(|id| known.insert(id)).map(str::to_owned).collect()
    }
    let mut known = HashSet::new();
    ReadIds {
        tweets: once(tweets.iter().filter_map(|tweet| tweet.id.id()), &mut known),
        along: once(includes.tweets.0.iter().filter_map(|tweet| tweet.id.id()), &mut known),
        users: once(includes.users.0.iter().filter_map(|user| user.id.id()), &mut HashSet::new()),
    }
}

fn unusable(detail: &str, id: Option<&str>) -> Problem {
    Problem {
        slug: "unreadable".to_owned(),
        detail: detail.to_owned(),
        resource_type: Some("tweet".to_owned()),
        resource_id: id.map(str::to_owned),
        ..Problem::default()
    }
}

/// What came along with the tweets, by its ids.
struct Around<'w, 'a> {
    tweets: HashMap<&'w str, &'w WireTweet<'a>>,
    users: HashMap<&'w str, &'w WireUser<'a>>,
    media: HashMap<&'w str, &'w WireMedia<'a>>,
}

/// The body of a tweet, and what it was made of.
struct Body {
    text: String,
    entities: Entities,
    is_note: bool,
    is_preview: bool,
}

impl<'w, 'a> Around<'w, 'a> {
    fn new(includes: &'w WireIncludes<'a>) -> Self {
        Self {
            tweets: includes.tweets.0.iter().filter_map(|tweet| Some((tweet.id.id()?, tweet))).collect(),
            users: includes.users.0.iter().filter_map(|user| Some((user.id.id()?, user))).collect(),
            media: includes.media.0.iter().filter_map(|media| Some((media.media_key.filled()?, media))).collect(),
        }
    }

    fn tweet(&self, wire: &WireTweet<'_>, id: &str) -> Option<Tweet> {
        let created_at = time(&wire.created_at).or_else(|| time_of_id(id))?;
        let reference = |kind: &str| {
            let mut all = wire.references.0.iter();
            all.find(|reference| reference.kind.text() == Some(kind)).and_then(|reference| reference.id.id())
        };
        let (retweeted, quoted, replied) = (reference("retweeted"), reference("quoted"), reference("replied_to"));
        let Body { mut text, mut entities, is_note, is_preview } = self.body(wire, id, quoted);
        let mut is_truncated = is_preview;
        let retweet = retweeted.is_some() || retweeted_handle(&text).is_some();
        if retweet {
            is_truncated = text.ends_with('…');
            if let Some((original_id, original)) = retweeted.and_then(|id| self.tweets.get_key_value(id)) {
                let author = self.author(original).and_then(|author| author.username);
                let handle = author.or_else(|| retweeted_handle(&text).map(str::to_owned));
                let whole = self.body(original, original_id, None);
                if let (Some(handle), false) = (handle, whole.text.is_empty()) {
                    text = format!("RT @{handle}: {}", whole.text);
                    is_truncated = whole.is_preview;
                    // Those of the cut text miss what stood behind the cut.
                    let mut mentions = entities.mentions;
                    mentions.retain(|mention| mention.username == handle);
                    mentions.extend(whole.entities.mentions);
                    entities = Entities { mentions, ..whole.entities };
                }
            }
        }
        let in_reply_to_user_id = wire.in_reply_to_user_id.id();
        let kind = if retweet {
            TweetKind::Retweet
        } else if replied.is_some() || in_reply_to_user_id.is_some() {
            TweetKind::Reply
        } else if quoted.is_some() {
            TweetKind::Quote
        } else if is_note {
            TweetKind::Note
        } else {
            TweetKind::Original
        };
        let owned = |id: Option<&str>| id.map(str::to_owned);
        Some(Tweet {
            id: id.to_owned(),
            full_text: text,
            created_at,
            lang: wire.lang.filled().map(str::to_owned),
            kind,
            is_note,
            is_truncated,
            in_reply_to_id: owned(replied),
            in_reply_to_user_id: owned(in_reply_to_user_id),
            quoted_id: owned(quoted).filter(|_| !retweet),
            retweeted_id: owned(retweeted),
            conversation_id: owned(wire.conversation_id.id()),
            counts: TweetCounts {
                likes: wire.metrics.likes.number(),
                retweets: wire.metrics.retweets.number(),
                replies: wire.metrics.replies.number(),
                quotes: wire.metrics.quotes.number(),
                bookmarks: wire.metrics.bookmarks.number(),
                impressions: wire.metrics.impressions.number(),
            },
            entities,
            media: wire.attachments.media_keys.0.iter().map(|key| self.media(key)).collect(),
            source: TweetSource::Api,
            client: wire.source.filled().map(str::to_owned),
            edit_history: if wire.edit_history.0.len() > 1 { wire.edit_history.0.clone() } else { Vec::new() },
            ..Tweet::default()
        })
    }

    fn context(&self, wire: &WireTweet<'_>, id: &str) -> ContextTweet {
        let body = self.body(wire, id, None);
        ContextTweet {
            id: id.to_owned(),
            author: self.author(wire),
            full_text: body.text,
            created_at: time(&wire.created_at).or_else(|| time_of_id(id)),
        }
    }

    fn author(&self, wire: &WireTweet<'_>) -> Option<TwitterUserName> {
        let id = wire.author_id.id()?;
        let username = self.users.get(id).and_then(|user| user.username.filled()).or(wire.username.filled());
        Some(TwitterUserName { id: id.to_owned(), username: username.map(str::to_owned) })
    }

    /// The whole text as the author typed it: of a long post its own body, not the preview.
    fn body(&self, wire: &WireTweet<'_>, id: &str, quoted: Option<&str>) -> Body {
        let is_note = wire.note.text.filled().is_some();
        let (raw, found) = if is_note { (&wire.note.text, &wire.note.entities) } else { (&wire.text, &wire.entities) };
        // A note that says nothing of its links has those of the preview, at least.
        let found = if is_note && found.says_nothing() { &wire.entities } else { found };
        let (raw, _) = replace_nul(Cow::Borrowed(raw.text().unwrap_or_default()));
        let escaped = unescape_html(&raw);
        let (shown, links): (Vec<&WireUrl<'_>>, Vec<&WireUrl<'_>>) =
            found.urls.0.iter().filter(|url| url.url.filled().is_some()).partition(|url| is_media(url));
        // A preview ends with an ellipsis and a link to the tweet itself.
        let itself = |url: &&&WireUrl<'_>| url.expanded_url.text().and_then(status_id) == Some(id);
        let to_itself = links.iter().find(itself).filter(|_| !is_note).and_then(|url| url.url.filled());
        let quote = links
            .iter()
            .rev()
            .find(|url| quoted.is_some() && url.expanded_url.text().and_then(status_id) == quoted)
            .and_then(|url| url.url.filled());
        // No tweet has more; only a hostile one makes it worth a limit.
        let shown = shown.iter().filter_map(|url| url.url.filled()).take(16);
        let trailing: Vec<&str> = shown.chain(quote).chain(to_itself).collect();
        let stripped = strip_trailing_links(&escaped, &trailing);
        // Without the link it is a guess: as long as a preview is, and cut.
        let cut = stripped.ends_with('…');
        let is_preview = !is_note && cut && (to_itself.is_some() || stripped.chars().count() >= 270);
        let entities = Self::entities(found, &links);
        let links: Vec<Link<'_>> =
            entities.urls.iter().map(|url| Link { url: &url.url, expanded: &url.expanded_url }).collect();
        let text = expand_links(stripped, &links).into_owned();
        Body { text, entities, is_note, is_preview }
    }

    fn entities(wire: &WireEntities<'_>, links: &[&WireUrl<'_>]) -> Entities {
        let text = |text: &Scalar<'_>| text.text().unwrap_or_default().to_owned();
        let tags = |tags: &[String]| tags.iter().cloned().map(Hashtag).collect();
        Entities {
            urls: links
                .iter()
                .map(|url| UrlEntity {
                    url: text(&url.url),
                    expanded_url: text(if url.expanded_url.filled().is_some() { &url.expanded_url } else { &url.url }),
                    display_url: text(&url.display_url),
                })
                .collect(),
            mentions: wire
                .mentions
                .0
                .iter()
                .filter_map(|mention| {
                    let id = mention.id.id().map(str::to_owned);
                    // No name: it would depend on who else came along, and the same tweet would differ from page to page.
                    Some(Mention { username: mention.username.filled()?.to_owned(), id, name: None })
                })
                .collect(),
            hashtags: tags(&wire.hashtags.0),
            cashtags: tags(&wire.cashtags.0),
        }
    }

    /// A picture or film by its key, such as `3_1460001`: what kind it is (3 a photo, 7 and 13 a film, 16 a loop), and the
    /// id that the archive knows it by.
    fn media(&self, key: &str) -> Media {
        let (class, id) = key.split_once('_').unwrap_or(("", key));
        let wire = self.media.get(key);
        let kind = match wire.and_then(|media| media.kind.filled()) {
            Some("photo") => MediaKind::Photo,
            Some("video") => MediaKind::Video,
            Some("animated_gif") => MediaKind::AnimatedGif,
            Some(_) => MediaKind::Other,
            None => match class {
                "3" => MediaKind::Photo,
                "7" | "13" => MediaKind::Video,
                "16" => MediaKind::AnimatedGif,
                _ => MediaKind::Other,
            },
        };
        let Some(wire) = wire else { return Media { id: id.to_owned(), kind, ..Media::default() } };
        let films = wire.variants.0.iter().filter(|film| film.content_type.text() == Some("video/mp4"));
        let film = films
            .filter(|film| film.url.filled().is_some())
            .max_by_key(|film| film.bit_rate.number().unwrap_or(0))
            .and_then(|film| film.url.filled());
        let url = film.or(wire.url.filled()).or(wire.preview_image_url.filled());
        let alt_text = wire.alt_text.filled().map(str::to_owned);
        Media { id: id.to_owned(), kind, url: url.map(str::to_owned), alt_text }
    }
}

/// Whether a link stands for a picture or film of the tweet.
fn is_media(url: &WireUrl<'_>) -> bool {
    let to_media = |expanded: &str| {
        let mut steps = expanded.rsplit('/');
        let number = steps.next().is_some_and(|step| step.bytes().all(|b| b.is_ascii_digit()));
        number && matches!(steps.next(), Some("photo" | "video")) && expanded.contains("/status/")
    };
    url.media_key.filled().is_some() || url.expanded_url.text().is_some_and(to_media)
}

fn time(text: &Scalar<'_>) -> Option<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc3339(text.text()?).ok()?.to_utc();
    // What no store takes: years before 1 and after 9999.
    (-62_135_596_800..253_402_300_800).contains(&time.timestamp()).then_some(time)
}

impl UserInfo {
    pub(super) fn from_wire(wire: &WireUser<'_>) -> Option<Self> {
        let owned = |text: &Scalar<'_>| text.filled().map(str::to_owned);
        Some(Self {
            user: TwitterUser {
                id: wire.id.id()?.to_owned(),
                username: owned(&wire.username)?,
                name: owned(&wire.name),
                avatar_url: owned(&wire.avatar_url),
                created_at: time(&wire.created_at),
            },
            description: wire.description.filled().map(|text| unescape_html(text).into_owned()),
            protected: wire.protected.text() == Some("true"),
            verified_type: owned(&wire.verified_type),
            subscription: owned(&wire.subscription),
            followers: wire.metrics.followers.number(),
            following: wire.metrics.following.number(),
            tweets: wire.metrics.tweets.number(),
        })
    }
}
