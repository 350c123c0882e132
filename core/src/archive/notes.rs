//! Long posts. An archive keeps their whole texts in a file of their own, under ids of their own, and in `tweets.js` only
//! the beginning: each is joined to its tweet by the time, to the second, and by how the text begins.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::limits::Limits;
use super::normalise::{is_plausible, parse_time};
use super::part::Feed;
use super::scan::{Position, Scanner, Step, parse_with};
use crate::error::{Error, ErrorKind, Result};
use crate::records::{Entities, Hashtag, Mention, Tweet, TweetKind, TweetSource, UrlEntity, is_valid_id};
use crate::text::cleanup::{Link, expand_links, replace_nul, unescape_html};

/// A long post: its text as the author typed it, and what stands in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Note {
    text: String,
    entities: Entities,
    created_millis: i64,
}

#[derive(Clone, Debug)]
struct NoteRef {
    second: i64,
    at: u64,
    length: u32,
    /// The tweet it belongs to, in the archives that say so; 0 in the others.
    tweet_id: u64,
    used: bool,
}

/// All long posts of an archive: an index in memory, and the texts in memory or, when there are many, in a temporary file
/// without a name.
#[derive(Debug)]
pub(crate) struct Notes {
    index: Vec<NoteRef>,
    by_tweet: Vec<(u64, usize)>,
    memory: Vec<u8>,
    spilled: Option<(File, u64)>,
    note_bytes: usize,
    max: usize,
    /// Long posts beyond the limit.
    pub(crate) overflow: u64,
    /// How many texts were compared with tweets.
    #[cfg(test)]
    compared: u64,
}

/// So many long posts of a time are compared with a tweet, those of its own second first: nobody writes more in three
/// seconds, and each costs a parse.
const CANDIDATES: usize = 32;
/// The first of them, and so many bytes of others: some texts of usual length, but not the longest of them all.
const CANDIDATE_BYTES: usize = 1 << 20;

impl Notes {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            index: Vec::new(),
            by_tweet: Vec::new(),
            memory: Vec::new(),
            spilled: None,
            note_bytes: limits.note_bytes,
            max: limits.notes,
            overflow: 0,
            #[cfg(test)]
            compared: 0,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    pub(crate) fn found(&self) -> u64 {
        self.index.len() as u64 + self.overflow
    }

    pub(crate) fn joined(&self) -> u64 {
        self.index.iter().filter(|note| note.used).count() as u64
    }

    /// Reads one file of long posts; gives the entries that cannot be read, and why the file ended early if it did.
    pub(crate) fn load(
        &mut self,
        feed: impl Feed,
        limits: &Limits,
        mut malformed: impl FnMut(Position, String),
    ) -> Result<(u64, Option<String>)> {
        let mut scanner = Scanner::new(feed, limits.object_bytes);
        let mut read = 0;
        loop {
            match scanner.next(|bytes| parse_with(bytes, |value: &mut Value| note_of(value)))? {
                Step::Item { item: Some((note, tweet_id)), .. } => {
                    read += 1;
                    self.add(&note, tweet_id)?;
                }
                Step::Item { at, .. } => malformed(at, "it has no text or no date".to_owned()),
                Step::Malformed { at, reason } => malformed(at, reason),
                Step::End(early) => return Ok((read, early)),
            }
        }
    }

    fn add(&mut self, note: &Note, tweet_id: Option<u64>) -> Result<()> {
        if self.index.len() >= self.max {
            self.overflow += 1;
            return Ok(());
        }
        let body = serde_json::to_vec(note).map_err(|error| disk(io::Error::other(error)))?;
        if self.spilled.is_none() && self.memory.len() + body.len() > self.note_bytes {
            let mut file = unnamed_file().map_err(disk)?;
            file.write_all(&self.memory).map_err(disk)?;
            self.spilled = Some((file, self.memory.len() as u64));
            self.memory = Vec::new();
        }
        let at = match &mut self.spilled {
            Some((file, end)) => {
                let at = *end;
                file.write_all(&body).map_err(disk)?;
                *end += body.len() as u64;
                at
            }
            None => {
                let at = self.memory.len() as u64;
                self.memory.extend_from_slice(&body);
                at
            }
        };
        self.index.push(NoteRef {
            second: note.created_millis.div_euclid(1000),
            at,
            length: u32::try_from(body.len()).unwrap_or(u32::MAX),
            tweet_id: tweet_id.unwrap_or(0),
            used: false,
        });
        Ok(())
    }

    /// Makes the long posts findable, once all are loaded.
    pub(crate) fn sort(&mut self) {
        self.index.sort_by_key(|note| (note.second, note.at));
        self.by_tweet = self
            .index
            .iter()
            .enumerate()
            .filter(|(_, note)| note.tweet_id > 0)
            .map(|(at, note)| (note.tweet_id, at))
            .collect();
        self.by_tweet.sort_unstable();
    }

    /// Whether a long post was made within a second of this time.
    pub(crate) fn near(&self, second: i64) -> bool {
        let from = self.index.partition_point(|note| note.second < second - 1);
        self.index.get(from).is_some_and(|note| note.second <= second + 1)
    }

    /// Puts the whole text in place of the beginning, if one of the long posts is this tweet's. `uncut` is the tweet's
    /// text with nothing taken off its end.
    pub(crate) fn join(&mut self, tweet: &mut Tweet, uncut: Option<&str>) -> Result<bool> {
        let exact = tweet.id.parse().ok().and_then(|id| {
            let at = self.by_tweet.partition_point(|(other, _)| *other < id);
            self.by_tweet.get(at).filter(|(other, _)| *other == id).map(|(_, at)| *at)
        });
        let found = match (exact, uncut) {
            (Some(at), _) => self.body(at)?.map(|note| (at, note)),
            (None, Some(uncut)) => self.best(tweet.created_at.timestamp(), uncut)?,
            (None, None) => None,
        };
        let Some((at, note)) = found else { return Ok(false) };
        if let Some(entry) = self.index.get_mut(at) {
            entry.used = true;
        }
        note.put_into(tweet);
        Ok(true)
    }

    /// The long post of this time whose beginning the text is: the one with the longest common beginning.
    fn best(&mut self, second: i64, uncut: &str) -> Result<Option<(usize, Note)>> {
        let (beginning, cut) = beginning(uncut);
        let length = beginning.chars().count();
        // A tweet that was not cut is not the beginning of something longer, even when its words are.
        if length == 0 || (!cut && uncut.chars().count() < 130) {
            return Ok(None);
        }
        let [before, own, after, end] =
            [second - 1, second, second + 1, second + 2].map(|s| self.index.partition_point(|note| note.second < s));
        let mut best: Option<(usize, bool, bool, usize, Note)> = None;
        let mut bytes = 0;
        for at in (own..after).chain(before..own).chain(after..end).take(CANDIDATES) {
            bytes += self.index.get(at).map_or(0, |note| note.length as usize);
            if bytes > CANDIDATE_BYTES && best.is_some() {
                break;
            }
            #[cfg(test)]
            {
                self.compared += 1;
            }
            let Some((used, same_second)) = self.index.get(at).map(|note| (note.used, note.second == second)) else {
                continue;
            };
            let Some(note) = self.body(at)? else { continue };
            let whole = comparable(&note.text);
            let common = beginning.chars().zip(whole.chars()).take_while(|(a, b)| a == b).count();
            let matches = common == length || (common >= 60 && common * 5 >= length * 4);
            let rank = (common, same_second, !used);
            if matches && best.as_ref().is_none_or(|(common, same, unused, _, _)| rank > (*common, *same, *unused)) {
                best = Some((common, same_second, !used, at, note));
            }
        }
        Ok(best.map(|(_, _, _, at, note)| (at, note)))
    }

    fn body(&mut self, at: usize) -> Result<Option<Note>> {
        let Some(note) = self.index.get(at) else { return Ok(None) };
        let length = note.length as usize;
        let bytes = match &mut self.spilled {
            Some((file, _)) => {
                let mut bytes = vec![0; length];
                file.seek(SeekFrom::Start(note.at)).and_then(|_| file.read_exact(&mut bytes)).map_err(disk)?;
                bytes
            }
            None => {
                let from = usize::try_from(note.at).unwrap_or(usize::MAX);
                self.memory.get(from..from.saturating_add(length)).unwrap_or_default().to_vec()
            }
        };
        Ok(serde_json::from_slice(&bytes).ok())
    }

    /// The next long post, from this place of the index on, that names its tweet and met none: the tweet itself is lost,
    /// but not its text or its id.
    pub(crate) fn next_orphan(&mut self, mut at: usize) -> Result<Option<(usize, Tweet)>> {
        while let Some(note) = self.index.get(at) {
            let (tweet_id, used) = (note.tweet_id, note.used);
            if tweet_id > 0
                && !used
                && let Some(note) = self.body(at)?
            {
                let created_at = chrono::DateTime::from_timestamp_millis(note.created_millis).unwrap_or_default();
                let mut tweet =
                    Tweet { id: tweet_id.to_string(), created_at, source: TweetSource::Archive, ..Tweet::default() };
                note.put_into(&mut tweet);
                if let Some(note) = self.index.get_mut(at) {
                    note.used = true;
                }
                return Ok(Some((at + 1, tweet)));
            }
            at += 1;
        }
        Ok(None)
    }

    /// Which long posts were joined, as stretches of the index: small, because tweets lie in the order of time.
    pub(crate) fn used(&self) -> Vec<[usize; 2]> {
        let mut stretches: Vec<[usize; 2]> = Vec::new();
        for (at, _) in self.index.iter().enumerate().filter(|(_, note)| note.used) {
            match stretches.last_mut() {
                Some(last) if last[1] == at => last[1] = at + 1,
                _ => stretches.push([at, at + 1]),
            }
        }
        stretches
    }

    pub(crate) fn set_used(&mut self, stretches: &[[usize; 2]]) {
        for [from, to] in stretches {
            for note in self.index.iter_mut().take(*to).skip(*from) {
                note.used = true;
            }
        }
    }
}

impl Note {
    fn put_into(self, tweet: &mut Tweet) {
        let mut entities = self.entities;
        for mention in &mut entities.mentions {
            let known =
                tweet.entities.mentions.iter().find(|other| other.username.eq_ignore_ascii_case(&mention.username));
            if let Some(known) = known {
                mention.id = mention.id.take().or_else(|| known.id.clone());
                mention.name = mention.name.take().or_else(|| known.name.clone());
            }
        }
        // What the long post does not list but its beginning does, such as the address of a quoted tweet, stays known.
        for url in tweet.entities.urls.drain(..) {
            if !entities.urls.iter().any(|other| other.url == url.url) {
                entities.urls.push(url);
            }
        }
        tweet.entities = entities;
        tweet.full_text = self.text;
        tweet.is_note = true;
        tweet.is_truncated = false;
        if tweet.kind == TweetKind::Original {
            tweet.kind = TweetKind::Note;
        }
    }
}

/// The text with runs of white space as one blank, without the mentions that Twitter puts before an answer.
fn comparable(text: &str) -> String {
    let mut words = text.split_whitespace().skip_while(|word| {
        word.strip_prefix('@').is_some_and(|handle| handle.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
    });
    let mut out = words.next().unwrap_or_default().to_owned();
    for word in words {
        out.push(' ');
        out.push_str(word);
    }
    out
}

/// What can be compared of a text that was cut: without the mark of the cut and the address behind it. Also whether there
/// was such a mark.
fn beginning(uncut: &str) -> (String, bool) {
    let mut text = uncut.trim_end();
    while let Some((before, last)) = text.rsplit_once(char::is_whitespace) {
        if !last.starts_with("http") {
            break;
        }
        text = before.trim_end();
    }
    let bare = text.trim_end_matches('…').trim_end_matches("...").trim_end();
    (comparable(bare), bare.len() < text.len())
}

/// Reads a long post out of any of the shapes that were seen.
fn note_of(value: &Value) -> Option<(Note, Option<u64>)> {
    let body = value.get("noteTweet").unwrap_or(value);
    let core = ["core", "noteTweetContents", "noteTweetResults", "note_tweet"]
        .iter()
        .find_map(|key| body.get(key).filter(|core| core.get("text").is_some()))
        .or_else(|| body.pointer("/noteTweetResults/result"))
        .unwrap_or(body);
    let raw = core.get("text")?.as_str()?;
    let created = ["createdAt", "created_at"].iter().find_map(|key| body.get(key)).and_then(Value::as_str)?;
    let created =
        created.parse().ok().and_then(chrono::DateTime::from_timestamp_millis).or_else(|| parse_time(created));
    let created = created.filter(is_plausible)?;
    let text_of = |item: &Value, keys: &[&str]| {
        keys.iter().find_map(|key| item.get(key).and_then(Value::as_str)).map(str::to_owned)
    };
    let list = |keys: &[&str]| {
        keys.iter().find_map(|key| core.get(key).and_then(Value::as_array)).cloned().unwrap_or_default()
    };
    let tags = |keys: &[&str]| {
        let tag =
            |item: &Value| item.as_str().map(str::to_owned).or_else(|| text_of(item, &["text", "tag"])).map(Hashtag);
        list(keys).iter().filter_map(tag).collect()
    };
    let urls: Vec<UrlEntity> = list(&["urls"])
        .iter()
        .filter_map(|item| {
            let url = text_of(item, &["shortUrl", "url"])?;
            let expanded_url = text_of(item, &["expandedUrl", "expanded_url"]).unwrap_or_else(|| url.clone());
            Some(UrlEntity {
                url,
                expanded_url,
                display_url: text_of(item, &["displayUrl", "display_url"]).unwrap_or_default(),
            })
        })
        .collect();
    let mentions = list(&["mentions", "user_mentions"])
        .iter()
        .filter_map(|item| {
            Some(Mention {
                username: text_of(item, &["screenName", "screen_name"])?,
                id: None,
                name: text_of(item, &["name"]),
            })
        })
        .collect();
    let links: Vec<Link<'_>> = urls.iter().map(|url| Link { url: &url.url, expanded: &url.expanded_url }).collect();
    let (plain, _) = replace_nul(unescape_html(raw));
    let text = expand_links(&plain, &links).into_owned();
    let tweet_id = ["tweetId", "tweet_id"].iter().find_map(|key| body.get(key)).and_then(|id| match id {
        Value::String(id) if is_valid_id(id) => id.parse().ok(),
        Value::Number(id) => id.as_u64().filter(|id| is_valid_id(&id.to_string())),
        _ => None,
    });
    let entities = Entities { urls, mentions, hashtags: tags(&["hashtags"]), cashtags: tags(&["cashtags", "symbols"]) };
    Some((Note { text, entities, created_millis: created.timestamp_millis() }, tweet_id))
}

/// A file that only this process can reach: private texts leave nothing behind, not even after a crash (on Unix).
fn unnamed_file() -> io::Result<File> {
    let path = std::env::temp_dir().join(format!("ghostwren-{}.tmp", crate::records::new_id().simple()));
    let mut options = File::options();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    #[cfg(windows)]
    {
        // FILE_FLAG_DELETE_ON_CLOSE: Windows removes the file with the last handle.
        std::os::windows::fs::OpenOptionsExt::custom_flags(&mut options, 0x0400_0000);
    }
    let file = options.open(&path)?;
    #[cfg(unix)]
    std::fs::remove_file(&path)?;
    Ok(file)
}

fn disk(error: io::Error) -> Error {
    Error::new(ErrorKind::Storage, "archive.temporary_file", "the long posts could not be kept in a temporary file")
        .with_source(error)
        .with_remedy("Make room in the folder for temporary files (TMPDIR).")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> (Notes, Vec<(u64, String)>) {
        let mut notes = Notes::new(&Limits::default());
        let mut bad = Vec::new();
        notes.load(text.as_bytes(), &Limits::default(), |at, reason| bad.push((at.entry, reason))).unwrap();
        notes.sort();
        (notes, bad)
    }

    fn file(entries: impl IntoIterator<Item = Value>) -> String {
        let entries: Vec<Value> = entries.into_iter().map(|note| serde_json::json!({ "noteTweet": note })).collect();
        format!("window.YTD.note_tweet.part0 = {}", serde_json::to_string(&entries).unwrap())
    }

    #[test]
    fn many_long_posts_of_one_second_are_not_all_parsed_for_each_tweet() {
        let text = "the same beginning ".repeat(20);
        let note =
            |n: u32| serde_json::json!({ "createdAt": "1577865600000", "core": { "text": format!("{n} {text}") } });
        let (mut notes, _) = load(&file((0..3000).map(note)));
        let created_at = chrono::DateTime::from_timestamp(1_577_865_600, 0).unwrap();
        for n in 0..3000 {
            let mut tweet = Tweet { id: (n + 1).to_string(), created_at, ..Tweet::default() };
            notes.join(&mut tweet, Some(&format!("{n} {text}…"))).unwrap();
        }
        assert!(notes.compared <= 3000 * CANDIDATES as u64, "{} texts were parsed", notes.compared);
        assert!(notes.joined() > 0);
    }

    #[test]
    fn an_id_or_a_time_that_no_store_takes_is_not_let_through() {
        let note =
            |id: Value, at: &str| serde_json::json!({ "tweetId": id, "createdAt": at, "core": { "text": "long" } });
        let good = "1577865600000";
        let (mut notes, bad) = load(&file([
            note(u64::MAX.into(), good),
            note(0.into(), good),
            note(123.into(), "253402300800001"),
            note(123.into(), "-62135596800001"),
            note(123.into(), "9999-12-31T23:59:60Z"),
            note(124.into(), good),
        ]));
        assert_eq!(bad.iter().map(|(entry, _)| *entry).collect::<Vec<_>>(), [3, 4, 5]);
        let (next, tweet) = notes.next_orphan(0).unwrap().unwrap();
        assert_eq!(tweet.id, "124");
        assert!(notes.next_orphan(next).unwrap().is_none(), "without a good id it is nobody's");
    }
}
