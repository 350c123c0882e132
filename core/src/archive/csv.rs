//! `tweets.csv` of the archives up to 2018: records with quoted fields that hold line breaks.
//!
//! Read here and not by a general reader, because a quote that is never closed must not take the whole file into memory.

use memchr::memchr2;
use serde::{Deserialize, Serialize};

use super::normalise::{Outcome, Read, client_name, parse_time};
use super::part::{Fault, Feed};
use super::scan::{Position, Step};
use crate::error::Error;
use crate::records::{Entities, Tweet, TweetKind, TweetSource, UrlEntity, is_valid_id};
use crate::text::cleanup::{
    Link, expand_links, replace_nul, retweeted_handle, status_id, strip_trailing_links, unescape_html,
};

const WINDOW: usize = 1 << 18;

/// Everything needed to go on in a file after a record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct CsvMark {
    pub(crate) byte: u64,
    pub(crate) entry: u64,
    columns: Vec<String>,
}

pub(crate) struct CsvScanner<F> {
    feed: F,
    buf: Vec<u8>,
    start: usize,
    end: usize,
    base: u64,
    eof: bool,
    damaged: Option<String>,
    entry: u64,
    columns: Vec<String>,
    limit: usize,
}

impl<F: Feed> CsvScanner<F> {
    /// Goes on after a record, or begins. The feed must stand at the mark's byte.
    pub(crate) fn resume(feed: F, limit: usize, mark: &CsvMark) -> Self {
        Self {
            feed,
            buf: vec![0; WINDOW],
            start: 0,
            end: 0,
            base: mark.byte,
            eof: false,
            damaged: None,
            entry: mark.entry,
            columns: mark.columns.clone(),
            limit,
        }
    }

    pub(crate) fn mark(&self) -> CsvMark {
        CsvMark { byte: self.byte(), entry: self.entry, columns: self.columns.clone() }
    }

    pub(crate) fn byte(&self) -> u64 {
        self.base + self.start as u64
    }

    pub(crate) fn next(&mut self) -> Result<Step<Outcome>, Error> {
        loop {
            let at = Position { entry: self.entry + 1, byte: self.byte() };
            let record = match self.record()? {
                Ok(Some(record)) => record,
                Ok(None) => {
                    if self.columns.is_empty() && self.damaged.is_none() {
                        self.damaged = Some("it is empty".to_owned());
                    }
                    return Ok(Step::End(self.damaged.clone()));
                }
                Err(reason) => {
                    self.entry += 1;
                    return Ok(Step::Malformed { at, reason });
                }
            };
            let (text, repaired) = match String::from_utf8(record) {
                Ok(text) => (text, false),
                Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), true),
            };
            let fields = fields(text.trim_end_matches(['\r', '\n']));
            if fields.iter().all(String::is_empty) {
                continue;
            }
            if self.columns.is_empty() {
                self.columns = fields.into_iter().map(|name| name.trim_start_matches('\u{feff}').to_owned()).collect();
                if !self.columns.iter().any(|name| name == "tweet_id") {
                    self.entry += 1;
                    return Ok(Step::Malformed { at, reason: "the file has no column tweet_id".to_owned() });
                }
                continue;
            }
            self.entry += 1;
            let item = self.tweet(&fields);
            return Ok(Step::Item { item, at, repaired });
        }
    }

    /// The bytes of the next record with its line end. `Err` for one that is longer than the limit: it ends at its line.
    fn record(&mut self) -> Result<Result<Option<Vec<u8>>, String>, Error> {
        let mut quoted = false;
        let mut searched = 0;
        loop {
            let window = self.buf.get(self.start..self.end).unwrap_or_default();
            while let Some(found) = window.get(searched..).and_then(|rest| memchr2(b'"', b'\n', rest)) {
                let at = searched + found;
                searched = at + 1;
                if window.get(at) == Some(&b'"') {
                    quoted = !quoted;
                } else if !quoted {
                    let record = window.get(..=at).unwrap_or_default().to_vec();
                    self.start += at + 1;
                    return Ok(Ok(Some(record)));
                }
            }
            searched = window.len();
            if window.len() > self.limit || (self.eof && quoted) {
                // The quote was never closed: go on after this line.
                let line = window.iter().position(|b| *b == b'\n').map_or(window.len(), |at| at + 1);
                self.start += line;
                return Ok(Err("a quote in it is never closed".to_owned()));
            }
            if self.eof {
                let record = window.to_vec();
                self.start = self.end;
                return Ok(Ok((!record.is_empty()).then_some(record)));
            }
            self.more()?;
        }
    }

    fn more(&mut self) -> Result<(), Error> {
        self.buf.copy_within(self.start..self.end, 0);
        self.base += self.start as u64;
        self.end -= self.start;
        self.start = 0;
        if self.end * 2 > self.buf.len() {
            let length = self.buf.len() * 2;
            self.buf.resize(length, 0);
        }
        let Some(space) = self.buf.get_mut(self.end..) else { return Ok(()) };
        match self.feed.fill(space) {
            Ok(0) => self.eof = true,
            Ok(got) => self.end += got,
            Err(Fault::Stop(error)) => return Err(error),
            Err(Fault::Damaged(why)) => {
                self.eof = true;
                self.damaged = Some(why);
            }
        }
        Ok(())
    }

    fn tweet(&self, fields: &[String]) -> Outcome {
        let field = |name: &str| {
            let at = self.columns.iter().position(|column| column == name)?;
            fields.get(at).map(String::as_str).filter(|field| !field.is_empty())
        };
        let id_in = |name: &str| field(name).filter(|id| is_valid_id(id)).map(str::to_owned);
        let id = id_in("tweet_id").ok_or("it has no id")?;
        let created_at = field("timestamp").and_then(parse_time).ok_or("it has no date")?;
        let raw = field("text").ok_or("it has no text")?;
        let (plain, nuls) = replace_nul(unescape_html(raw));
        let entities =
            Entities { urls: links(&plain, field("expanded_urls").unwrap_or_default()), ..Entities::default() };
        let own = entities.urls.iter().filter(|url| is_part_of(&url.expanded_url, &id)).map(|url| url.url.as_str());
        let stripped = strip_trailing_links(&plain, &own.collect::<Vec<_>>());
        let quoted_id =
            entities.urls.iter().rev().find_map(|url| status_id(&url.expanded_url)).filter(|other| *other != id);
        let expand: Vec<Link<'_>> =
            entities.urls.iter().map(|url| Link { url: &url.url, expanded: &url.expanded_url }).collect();
        let full_text = expand_links(stripped, &expand).into_owned();
        let retweeted_id = id_in("retweeted_status_id");
        let retweet = retweeted_id.is_some() || retweeted_handle(&full_text).is_some();
        let in_reply_to_id = id_in("in_reply_to_status_id");
        let in_reply_to_user_id = id_in("in_reply_to_user_id");
        let kind = if retweet {
            TweetKind::Retweet
        } else if in_reply_to_id.is_some() || in_reply_to_user_id.is_some() {
            TweetKind::Reply
        } else if quoted_id.is_some() {
            TweetKind::Quote
        } else {
            TweetKind::Original
        };
        let tweet = Tweet {
            is_truncated: retweet && full_text.ends_with('…'),
            quoted_id: quoted_id.map(str::to_owned).filter(|_| !retweet),
            full_text,
            created_at,
            kind,
            in_reply_to_id,
            in_reply_to_user_id,
            retweeted_id,
            client: field("source").and_then(client_name),
            entities,
            source: TweetSource::Archive,
            id,
            ..Tweet::default()
        };
        Ok(Box::new(Read { tweet, uncut: None, repaired: nuls > 0 }))
    }
}

/// Whether an address shows a picture of the tweet itself: `https://twitter.com/handle/status/ID/photo/1`.
fn is_part_of(url: &str, id: &str) -> bool {
    url.rsplit_once("/photo/")
        .or_else(|| url.rsplit_once("/video/"))
        .is_some_and(|(tweet, _)| status_id(tweet) == Some(id))
}

/// The t.co links of the text with where they lead. The column only lists the targets, in the order of the text, so that
/// they are told apart by their number; where it differs, nothing is guessed.
fn links(text: &str, expanded: &str) -> Vec<UrlEntity> {
    let mut targets: Vec<&str> = Vec::new();
    let mut rest = expanded;
    while !rest.is_empty() {
        // An address may hold commas itself: a new one begins where a scheme follows.
        let cut = rest
            .match_indices(',')
            .map(|(at, _)| at)
            .find(|at| rest.get(at + 1..).is_some_and(|next| next.starts_with("http")));
        let (target, next) = match cut {
            Some(at) => (rest.get(..at).unwrap_or_default(), rest.get(at + 1..).unwrap_or_default()),
            None => (rest, ""),
        };
        targets.push(target);
        rest = next;
    }
    let mut found: Vec<&str> = Vec::new();
    for (at, _) in text.match_indices("http") {
        let rest = text.get(at..).unwrap_or_default();
        let Some(path) = rest.strip_prefix("https://t.co/").or_else(|| rest.strip_prefix("http://t.co/")) else {
            continue;
        };
        let length = path.bytes().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(path.len());
        let link = rest.get(..rest.len() - path.len() + length).unwrap_or_default();
        if length > 0 && !found.contains(&link) && found.len() < 100 {
            found.push(link);
        }
    }
    if found.len() != targets.len() {
        targets.dedup();
    }
    if found.len() != targets.len() {
        return Vec::new();
    }
    let entity = |(url, target): (&str, &str)| UrlEntity {
        url: url.to_owned(),
        expanded_url: target.to_owned(),
        display_url: String::new(),
    };
    found.into_iter().zip(targets).map(entity).collect()
}

/// The fields of one record, quotes undone.
fn fields(record: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = record;
    loop {
        if let Some(mut body) = rest.strip_prefix('"') {
            let mut field = String::new();
            loop {
                let Some(quote) = body.find('"') else {
                    field.push_str(body);
                    body = "";
                    break;
                };
                field.push_str(body.get(..quote).unwrap_or_default());
                body = body.get(quote + 1..).unwrap_or_default();
                match body.strip_prefix('"') {
                    Some(more) => {
                        field.push('"');
                        body = more;
                    }
                    None => break,
                }
            }
            out.push(field);
            match body.find(',') {
                Some(comma) => rest = body.get(comma + 1..).unwrap_or_default(),
                None => return out,
            }
        } else {
            match rest.split_once(',') {
                Some((field, more)) => {
                    out.push(field.to_owned());
                    rest = more;
                }
                None => {
                    out.push(rest.to_owned());
                    return out;
                }
            }
        }
    }
}
