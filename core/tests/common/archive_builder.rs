//! Makes archives in every layout that X has used, out of tweets as the SDK knows them.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use chrono::{DateTime, NaiveDateTime, Utc};
use ghostwren::records::{Entities, Mention, Tweet, TweetCounts, TweetKind, TwitterUser, UrlEntity};
use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Since late 2022: `data/tweets.js` and parts, manifest, notes, deleted tweets.
    Modern,
    /// The same without a manifest, with `tweet-headers.js`.
    Headers,
    /// 2020 to 2022: `data/tweet.js`, wrapped.
    TweetJs,
    /// 2019: `tweet.js` at the top, not wrapped.
    Bare,
    /// Up to 2018, with the files per month.
    Grailbird,
    /// Up to 2018, the table alone.
    GrailbirdCsv,
}

pub const LAYOUTS: [Layout; 6] =
    [Layout::Modern, Layout::Headers, Layout::TweetJs, Layout::Bare, Layout::Grailbird, Layout::GrailbirdCsv];

#[derive(Clone, Debug)]
pub struct ArchiveBuilder {
    user: TwitterUser,
    tweets: Vec<Tweet>,
    layout: Layout,
    parts: usize,
    top: String,
    extra: BTreeMap<String, Vec<u8>>,
    removed: Vec<String>,
    counts: BTreeMap<String, u64>,
    minified: bool,
    generated: String,
}

impl ArchiveBuilder {
    pub fn new(user: TwitterUser) -> Self {
        Self {
            user,
            tweets: Vec::new(),
            layout: Layout::Modern,
            parts: 1,
            top: String::new(),
            extra: BTreeMap::new(),
            removed: Vec::new(),
            counts: BTreeMap::new(),
            minified: false,
            generated: "2026-11-01T10:00:00.000Z".to_owned(),
        }
    }

    pub fn tweets(mut self, tweets: impl IntoIterator<Item = Tweet>) -> Self {
        self.tweets.extend(tweets);
        self
    }

    pub fn layout(mut self, layout: Layout) -> Self {
        self.layout = layout;
        self
    }

    /// In how many files the tweets lie (layouts with parts).
    pub fn parts(mut self, parts: usize) -> Self {
        self.parts = parts.max(1);
        self
    }

    /// Puts everything inside one top folder.
    pub fn top(mut self, top: &str) -> Self {
        self.top = format!("{top}/");
        self
    }

    /// Adds a file, or puts it in the place of one.
    pub fn file(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.extra.insert(path.to_owned(), content.into());
        self
    }

    /// Leaves a file out, though the manifest names it.
    pub fn without(mut self, path: &str) -> Self {
        self.removed.push(path.to_owned());
        self
    }

    /// Makes the manifest name another number for a file.
    pub fn count(mut self, path: &str, count: u64) -> Self {
        self.counts.insert(path.to_owned(), count);
        self
    }

    /// When X made the archive.
    pub fn generated(mut self, at: &str) -> Self {
        self.generated = at.to_owned();
        self
    }

    /// Without white space between the tokens.
    pub fn minified(mut self) -> Self {
        self.minified = true;
        self
    }

    pub fn write_zip(&self, path: &Path) {
        let mut zip = ZipWriter::new(fs::File::create(path).unwrap());
        for (name, content) in self.files() {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(&content).unwrap();
        }
        zip.finish().unwrap();
    }

    pub fn write_folder(&self, path: &Path) {
        for (name, content) in self.files() {
            let file = path.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, content).unwrap();
        }
    }

    /// Every file with its content, in the order of their names.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = match self.layout {
            Layout::Modern | Layout::Headers => self.modern(),
            Layout::TweetJs => self.list("data/tweet", "YTD.tweet", &self.all(true)),
            Layout::Bare => self.list("tweet", "YTD.tweet", &self.all(false)),
            Layout::Grailbird => self.grailbird(),
            Layout::GrailbirdCsv => BTreeMap::from([("tweets.csv".to_owned(), self.table())]),
        };
        let prefix = if self.layout == Layout::Bare { "" } else { "data/" };
        if matches!(self.layout, Layout::Grailbird | Layout::GrailbirdCsv) {
            let details = json!({ "screen_name": self.user.username, "full_name": self.user.name, "id": self.user.id,
                "created_at": "2009-01-01 00:00:00 +0000" });
            files.insert("data/js/user_details.js".into(), format!("var user_details =  {details:#}").into_bytes());
        } else {
            let account = json!([{ "account": { "email": "private@example.com", "createdVia": "web",
                "username": self.user.username, "accountId": self.user.id, "createdAt": "2009-01-01T00:00:00.000Z",
                "accountDisplayName": self.user.name } }]);
            files.insert(format!("{prefix}account.js"), format!("window.YTD.account.part0 = {account:#}").into_bytes());
            let profile =
                json!([{ "profile": { "description": { "bio": "" }, "avatarMediaUrl": self.user.avatar_url } }]);
            files.insert(format!("{prefix}profile.js"), format!("window.YTD.profile.part0 = {profile:#}").into_bytes());
        }
        files.extend(self.extra.clone());
        for removed in &self.removed {
            files.remove(removed);
        }
        files.into_iter().map(|(name, content)| (format!("{}{name}", self.top), content)).collect()
    }

    fn all(&self, wrapped: bool) -> Vec<Value> {
        self.tweets.iter().map(|tweet| entry(tweet, wrapped)).collect()
    }

    /// A list in as many files as asked for.
    fn list(&self, stem: &str, global: &str, entries: &[Value]) -> BTreeMap<String, Vec<u8>> {
        let per_part = entries.len().div_ceil(self.parts).max(1);
        let mut files = BTreeMap::new();
        let mut chunks: Vec<&[Value]> = entries.chunks(per_part).collect();
        if chunks.is_empty() {
            chunks.push(&[]);
        }
        for (part, chunk) in chunks.into_iter().enumerate() {
            let name = if part == 0 { format!("{stem}.js") } else { format!("{stem}-part{part}.js") };
            files.insert(name, self.js(&format!("window.{global}.part{part} = "), chunk));
        }
        files
    }

    fn js(&self, header: &str, entries: &[Value]) -> Vec<u8> {
        let body = if self.minified {
            serde_json::to_string(entries).unwrap()
        } else {
            serde_json::to_string_pretty(entries)
                .unwrap()
                .replace("\\\": ", "\u{1}")
                .replace("\": ", "\" : ")
                .replace('\u{1}', "\\\": ")
        };
        format!("{header}{body}").into_bytes()
    }

    fn modern(&self) -> BTreeMap<String, Vec<u8>> {
        let live: Vec<Value> = self.tweets.iter().filter(|t| t.deleted_at.is_none()).map(|t| entry(t, true)).collect();
        let mut files = self.list("data/tweets", "YTD.tweets", &live);
        let deleted: Vec<&Tweet> = self.tweets.iter().filter(|tweet| tweet.deleted_at.is_some()).collect();
        let entries: Vec<Value> = deleted.iter().map(|tweet| entry(tweet, true)).collect();
        files.insert("data/deleted-tweets.js".into(), self.js("window.YTD.deleted_tweets.part0 = ", &entries));
        let headers: Vec<Value> = deleted
            .iter()
            .map(|tweet| {
                json!({ "tweet": { "tweet_id": tweet.id, "user_id": self.user.id, "created_at": classic(tweet.created_at),
                    "deleted_at": classic(tweet.deleted_at.unwrap()) } })
            })
            .collect();
        files.insert("data/deleted-tweet-headers.js".into(), self.js("window.YTD.x.part0 = ", &headers));
        let notes: Vec<Value> = self.tweets.iter().filter(|tweet| tweet.is_note).enumerate().map(note).collect();
        files.insert("data/note-tweet.js".into(), self.js("window.YTD.note_tweet.part0 = ", &notes));
        if self.layout == Layout::Headers {
            let headers: Vec<Value> = live
                .iter()
                .map(|t| json!({ "tweet": { "tweet_id": t["tweet"]["id_str"], "created_at": "x" } }))
                .collect();
            files.insert("data/tweet-headers.js".into(), self.js("window.YTD.tweet_headers.part0 = ", &headers));
            return files;
        }
        let per_part = live.len().div_ceil(self.parts).max(1);
        let number = |file: &str, real: usize| self.counts.get(file).copied().unwrap_or(real as u64).to_string();
        let tweets: Vec<Value> = files
            .keys()
            .filter(|name| name.starts_with("data/tweets"))
            .map(|name| {
                let part: usize =
                    name.rsplit_once("-part").map_or(0, |(_, n)| n.trim_end_matches(".js").parse().unwrap());
                let real = live.len().saturating_sub(part * per_part).min(per_part);
                json!({ "fileName": name, "globalName": format!("YTD.tweets.part{part}"), "count": number(name, real) })
            })
            .collect();
        let one = |file: &str, real: usize| json!({ "files": [{ "fileName": file, "count": number(file, real) }] });
        let manifest = json!({
            "userInfo": { "accountId": self.user.id, "userName": self.user.username, "displayName": self.user.name },
            "archiveInfo": { "sizeBytes": "123456", "generationDate": self.generated,
                "isPartialArchive": false, "maxPartSizeBytes": "53687091200" },
            "dataTypes": {
                "tweets": { "mediaDirectory": "data/tweets_media", "files": tweets },
                "noteTweet": one("data/note-tweet.js", notes.len()),
                "deletedTweets": one("data/deleted-tweets.js", deleted.len()),
                "directMessages": one("data/direct-messages.js", 7),
            },
        });
        files.insert("data/manifest.js".into(), format!("window.__THAR_CONFIG = {manifest:#}").into_bytes());
        files
    }

    fn grailbird(&self) -> BTreeMap<String, Vec<u8>> {
        let mut months: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for tweet in &self.tweets {
            let mut value = entry(tweet, false);
            value["text"] = value["full_text"].take();
            value["id"] = json!(tweet.id.parse::<u64>().unwrap());
            value["created_at"] = json!(tweet.created_at.format("%Y-%m-%d %H:%M:%S +0000").to_string());
            value.as_object_mut().unwrap().retain(|_, value| !value.is_null());
            months.entry(tweet.created_at.format("%Y_%m").to_string()).or_default().push(value);
        }
        let mut files = BTreeMap::new();
        let mut index = Vec::new();
        for (month, tweets) in &months {
            let name = format!("data/js/tweets/{month}.js");
            index
                .push(json!({ "file_name": name, "var_name": format!("tweets_{month}"), "tweet_count": tweets.len() }));
            files.insert(name, self.js(&format!("Grailbird.data.tweets_{month} = \n "), tweets));
        }
        files.insert("data/js/tweet_index.js".into(), self.js("var tweet_index =  ", &index));
        files.insert("tweets.csv".into(), self.table());
        files
    }

    fn table(&self) -> Vec<u8> {
        let mut table = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
        table
            .write_record([
                "tweet_id",
                "in_reply_to_status_id",
                "in_reply_to_user_id",
                "timestamp",
                "source",
                "text",
                "retweeted_status_id",
                "retweeted_status_user_id",
                "retweeted_status_timestamp",
                "expanded_urls",
            ])
            .unwrap();
        for tweet in &self.tweets {
            let value = entry(tweet, false);
            let expanded: Vec<&str> = value["entities"]["urls"]
                .as_array()
                .unwrap()
                .iter()
                .map(|url| url["expanded_url"].as_str().unwrap())
                .collect();
            table
                .write_record([
                    &tweet.id,
                    tweet.in_reply_to_id.as_deref().unwrap_or(""),
                    tweet.in_reply_to_user_id.as_deref().unwrap_or(""),
                    &tweet.created_at.format("%Y-%m-%d %H:%M:%S +0000").to_string(),
                    value["source"].as_str().unwrap_or_default(),
                    value["full_text"].as_str().unwrap(),
                    tweet.retweeted_id.as_deref().unwrap_or(""),
                    "",
                    "",
                    &expanded.join(","),
                ])
                .unwrap();
        }
        table.into_inner().unwrap()
    }
}

fn classic(time: DateTime<Utc>) -> String {
    time.format("%a %b %d %H:%M:%S +0000 %Y").to_string()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// What Twitter would have written for this tweet: text escaped, links shortened, addresses of quote and media appended.
pub fn entry(tweet: &Tweet, wrapped: bool) -> Value {
    let mut text = tweet.full_text.clone();
    if tweet.is_note {
        text = format!("{}… https://t.co/self{}", text.chars().take(260).collect::<String>().trim_end(), tweet.id);
    }
    let mut urls = Vec::new();
    for url in &tweet.entities.urls {
        text = text.replace(&url.expanded_url, &url.url);
        urls.push(json!({ "url": url.url, "expanded_url": url.expanded_url, "display_url": url.display_url,
            "indices": ["999", "1022"] }));
    }
    let is_listed =
        |id: &str| tweet.entities.urls.iter().any(|url| url.expanded_url.ends_with(&format!("/status/{id}")));
    if let Some(quoted) = tweet.quoted_id.as_deref() {
        let url = format!("https://t.co/q{quoted}");
        text = format!("{text} {url}");
        if !is_listed(quoted) {
            urls.push(json!({ "url": url, "expanded_url": format!("https://twitter.com/someone/status/{quoted}"),
                "display_url": "twitter.com/someone/…", "indices": ["0", "23"] }));
        }
    }
    let mut media = Vec::new();
    for item in &tweet.media {
        let url = format!("https://t.co/m{}", tweet.id);
        if media.is_empty() {
            text = format!("{text} {url}");
        }
        media.push(json!({ "id_str": item.id, "id": item.id, "url": url, "media_url_https": item.url,
            "expanded_url": format!("https://twitter.com/me/status/{}/photo/1", tweet.id), "type": item.kind,
            "sizes": { "thumb": { "w": "150", "h": "150", "resize": "crop" } } }));
    }
    let mentions: Vec<Value> = tweet
        .entities
        .mentions
        .iter()
        .map(|m| json!({ "screen_name": m.username, "name": m.name, "id_str": m.id.as_deref().unwrap_or("-1"), "id": "-1" }))
        .collect();
    let tags: Vec<Value> =
        tweet.entities.hashtags.iter().map(|tag| json!({ "text": tag.0, "indices": ["0", "1"] })).collect();
    let mut value = json!({
        "edit_info": { "initial": { "editTweetIds": if tweet.edit_history.is_empty() { vec![tweet.id.clone()] } else { tweet.edit_history.clone() },
            "editableUntil": "2023-02-18T13:33:11.000Z", "editsRemaining": "5", "isEditEligible": true } },
        "retweeted": false,
        "source": tweet.client.as_ref().map(|client| format!("<a href=\"https://example.com\" rel=\"nofollow\">{client}</a>")),
        "entities": { "hashtags": tags, "symbols": [], "user_mentions": mentions, "urls": urls },
        "display_text_range": ["0", "140"],
        "favorite_count": tweet.counts.likes.unwrap_or(0).to_string(),
        "retweet_count": tweet.counts.retweets.unwrap_or(0).to_string(),
        "id_str": tweet.id,
        "id": tweet.id,
        "truncated": false,
        "favorited": false,
        "created_at": classic(tweet.created_at),
        "full_text": escape(&text),
        "lang": tweet.lang,
    });
    if !media.is_empty() {
        value["extended_entities"] = json!({ "media": media });
    }
    if let Some(id) = &tweet.in_reply_to_id {
        value["in_reply_to_status_id_str"] = json!(id);
        value["in_reply_to_status_id"] = json!(id);
    }
    if let Some(id) = &tweet.in_reply_to_user_id {
        value["in_reply_to_user_id_str"] = json!(id);
        value["in_reply_to_user_id"] = json!(id);
    }
    if wrapped { json!({ "tweet": value }) } else { value }
}

fn note((at, tweet): (usize, &Tweet)) -> Value {
    let mut text = tweet.full_text.clone();
    let mut urls = Vec::new();
    for url in &tweet.entities.urls {
        text = text.replace(&url.expanded_url, &url.url);
        urls.push(json!({ "shortUrl": url.url, "expandedUrl": url.expanded_url, "displayUrl": url.display_url,
            "fromIndex": "0", "toIndex": "23" }));
    }
    let mentions: Vec<Value> = tweet
        .entities
        .mentions
        .iter()
        .map(|mention| json!({ "screenName": mention.username, "fromIndex": "0" }))
        .collect();
    let tags: Vec<Value> = tweet.entities.hashtags.iter().map(|tag| json!({ "text": tag.0 })).collect();
    json!({ "noteTweet": {
        "noteTweetId": (1_900_000_000_000_000_000_u64 + at as u64).to_string(),
        "createdAt": tweet.created_at.format("%Y-%m-%dT%H:%M:%S.421Z").to_string(),
        "updatedAt": tweet.created_at.format("%Y-%m-%dT%H:%M:%S.421Z").to_string(),
        "lifecycle": { "value": "1", "name": "Active" },
        "core": { "styletags": [], "text": escape(&text), "urls": urls, "mentions": mentions, "hashtags": tags, "cashtags": [] },
    } })
}

pub fn user() -> TwitterUser {
    TwitterUser {
        id: "813286".into(),
        username: "BarackObama".into(),
        name: Some("Barack Obama".into()),
        avatar_url: Some("https://pbs.twimg.com/profile_images/1/a.jpg".into()),
        created_at: None,
    }
}

/// The tweets of one author of the shared data; `None` where it is absent.
pub fn real_tweets(author: &str) -> Option<Vec<Tweet>> {
    let path = super::shared()?.join("data/tweets").join(format!("{author}.csv"));
    let bytes = fs::read(path).unwrap();
    let mut table = csv::Reader::from_reader(bytes.as_slice());
    let mut tweets = Vec::new();
    for row in table.byte_records() {
        // The files are not UTF-8 throughout.
        let row: Vec<String> = row.unwrap().iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect();
        let field = |at: usize| row.get(at).map(String::as_str);
        let (Some(time), Some(text), Some(url)) = (field(0), field(1), field(2)) else { continue };
        let Ok(time) = NaiveDateTime::parse_from_str(time, "%m/%d/%y %H:%M") else { continue };
        let number = |at: usize| field(at).and_then(|number| number.parse().ok());
        tweets.push(Tweet {
            id: url.rsplit('/').next().unwrap().to_owned(),
            full_text: ghostwren::text::cleanup::unescape_html(text).trim().to_owned(),
            created_at: time.and_utc(),
            lang: Some("en".into()),
            kind: if text.starts_with("RT @") { TweetKind::Retweet } else { TweetKind::Original },
            counts: TweetCounts { likes: number(5), retweets: number(4), ..TweetCounts::default() },
            client: Some("Twitter Web App".into()),
            ..Tweet::default()
        });
    }
    Some(tweets)
}

/// A handful of tweets of every kind, with what is hard about each.
pub fn sample() -> Vec<Tweet> {
    let at = |second: i64| DateTime::from_timestamp(1_676_723_591 + second, 0).unwrap();
    let base = |n: u64| Tweet {
        id: (1_626_000_000_000_000_000 + n * 10_000_000_000).to_string(),
        created_at: at(i64::try_from(n).unwrap() * 60),
        lang: Some("en".into()),
        counts: TweetCounts { likes: Some(n), retweets: Some(1), ..TweetCounts::default() },
        client: Some("Twitter for iPhone".into()),
        ..Tweet::default()
    };
    let url =
        |short: &str, long: &str| UrlEntity { url: short.into(), expanded_url: long.into(), display_url: "x".into() };
    let long = |seed: &str| {
        let words: Vec<String> = (0..120).map(|n| format!("{seed}{n}")).collect();
        words.join(" ").replacen(' ', "\n\n", 3)
    };
    vec![
        Tweet { full_text: "plain & simple <3 \"quoted\" &amp; kept".into(), ..base(1) },
        Tweet { full_text: "line one\nline two\r\n\n\ttabbed 😀 👨‍👩‍👧 é ﷽".into(), ..base(2) },
        Tweet {
            full_text: "read https://example.com/a?b=1&c=2 and\nhttps://example.com/b".into(),
            entities: Entities {
                urls: vec![
                    url("https://t.co/aaaaaaaaaa", "https://example.com/a?b=1&c=2"),
                    url("https://t.co/bbbbbbbbbb", "https://example.com/b"),
                ],
                ..Entities::default()
            },
            ..base(3)
        },
        Tweet {
            full_text: "@someone thanks!".into(),
            kind: TweetKind::Reply,
            in_reply_to_id: Some("1625000000000000000".into()),
            in_reply_to_user_id: Some("42".into()),
            entities: Entities {
                mentions: vec![Mention { username: "someone".into(), id: None, name: Some("Some One".into()) }],
                ..Entities::default()
            },
            ..base(4)
        },
        Tweet {
            full_text: "RT @other: something long that was cut somewhere in the mid…".into(),
            kind: TweetKind::Retweet,
            is_truncated: true,
            ..base(5)
        },
        Tweet { full_text: long("alpha"), kind: TweetKind::Note, is_note: true, ..base(6) },
        Tweet { full_text: long("beta"), kind: TweetKind::Note, is_note: true, created_at: at(6 * 60), ..base(7) },
        Tweet {
            full_text: "edited & fine".into(),
            edit_history: vec!["1625999999999999999".into(), base(8).id],
            ..base(8)
        },
    ]
}
