//! Finds the entries of an X file, one at a time, in a window that moves over the file.
//!
//! The file is `window.YTD.tweets.part0 = [ {…}, {…} ]`: JSON after the first `=`. A well-formed entry is parsed where it
//! lies, and the parser itself says where it ends. Only when it cannot be parsed does the scanner look for the end of the
//! entry, and for the beginning of the next one, so that one broken entry costs no other.

use memchr::{memchr, memchr2, memchr3, memmem};
use serde::{Deserialize, Serialize};

use super::part::{Fault, Feed};
use crate::error::Error;
use crate::text::cleanup::repair_surrogates;

/// The usual window. An entry that is longer makes it grow, up to the limit.
const WINDOW: usize = 1 << 18;
/// How far the `=` may be from the beginning of the file.
const HEADER: usize = 1 << 12;
/// How far is looked at first for where an entry ends or the next one begins; twice as far each time.
const GLANCE: usize = 1 << 6;
/// So many bytes may be parsed in vain, and as many again for each byte of the file, before no parse may look further than
/// the entry seems to reach: an entry of few bytes that fails at the far end of the window would cost all of it.
const IN_VAIN: u64 = 1 << 25;
const IN_VAIN_PER_BYTE: u64 = 16;

/// Where an entry stands in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Its number, counted from 1.
    pub entry: u64,
    /// The byte of the unpacked file that it begins at.
    pub byte: u64,
}

/// What the scanner came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step<T> {
    /// An entry, and whether half surrogate pairs or bytes that are no UTF-8 had to be replaced in it.
    Item { item: T, at: Position, repaired: bool },
    /// An entry that cannot be read.
    Malformed { at: Position, reason: String },
    /// The end; `Some(why)` when it came too early.
    End(Option<String>),
}

/// Parses the value at the start of the bytes, which go on behind it, and says how long it is.
pub(crate) type Parsed<T> = Result<(T, usize), serde_json::Error>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Header,
    Elements,
    After,
    Done,
}

/// Everything needed to go on in a file after an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Mark {
    pub(crate) byte: u64,
    pub(crate) entry: u64,
    key: String,
    wrapped: bool,
    sure: bool,
    bracketed: bool,
    lost: bool,
}

pub(crate) struct Scanner<F> {
    feed: F,
    buf: Vec<u8>,
    start: usize,
    end: usize,
    base: u64,
    /// The window from `text_at` on as text, so that it is checked to be UTF-8 once and not string by string.
    text: String,
    text_at: usize,
    /// The text ends at bytes that are no UTF-8, and not where the window does.
    text_broken: bool,
    eof: bool,
    damaged: Option<String>,
    state: State,
    entry: u64,
    /// The first key of an entry, quotes included, learned from the first one: the mark of an entry's beginning.
    key: Vec<u8>,
    wrapped: bool,
    /// The key was learned from an entry that could be parsed.
    sure: bool,
    bracketed: bool,
    /// The last entry was malformed, so that what follows is only believed when it looks like an entry.
    lost: bool,
    limit: usize,
    /// The bytes that were parsed in vain.
    in_vain: u64,
    /// The bytes that were searched for ends and beginnings.
    searched: u64,
}

impl<F: Feed> Scanner<F> {
    pub(crate) fn new(feed: F, limit: usize) -> Self {
        Self {
            feed,
            buf: vec![0; WINDOW.min(limit.max(64))],
            start: 0,
            end: 0,
            base: 0,
            text: String::new(),
            text_at: 0,
            text_broken: false,
            eof: false,
            damaged: None,
            state: State::Header,
            entry: 0,
            key: Vec::new(),
            wrapped: false,
            sure: false,
            bracketed: false,
            lost: false,
            limit,
            in_vain: 0,
            searched: 0,
        }
    }

    /// Goes on after an entry. The feed must stand at the mark's byte.
    pub(crate) fn resume(feed: F, limit: usize, mark: &Mark) -> Self {
        let mut scanner = Self::new(feed, limit);
        if mark.byte > 0 {
            scanner.base = mark.byte;
            scanner.entry = mark.entry;
            scanner.key = mark.key.as_bytes().to_vec();
            scanner.wrapped = mark.wrapped;
            scanner.sure = mark.sure;
            scanner.bracketed = mark.bracketed;
            scanner.lost = mark.lost;
            scanner.state = State::Elements;
        }
        scanner
    }

    /// Where to go on from after the entry that was given last.
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            byte: if self.state == State::Header && self.entry == 0 { 0 } else { self.base + self.start as u64 },
            entry: self.entry,
            key: String::from_utf8_lossy(&self.key).into_owned(),
            wrapped: self.wrapped,
            sure: self.sure,
            bracketed: self.bracketed,
            lost: self.lost,
        }
    }

    /// How many bytes of the file lie behind.
    pub(crate) fn byte(&self) -> u64 {
        self.base + self.start as u64
    }

    /// How many bytes were looked at beside those of the entries that could be parsed.
    #[cfg(test)]
    pub(crate) fn extra_work(&self) -> u64 {
        self.in_vain + self.searched
    }

    /// The next entry. `parse` is given the window from the entry's first byte on.
    pub(crate) fn next<T>(&mut self, mut parse: impl FnMut(&str) -> Parsed<T>) -> Result<Step<T>, Error> {
        loop {
            match self.state {
                State::Header => {
                    if let Some(step) = self.header()? {
                        return Ok(step);
                    }
                }
                State::After => {
                    self.skip_blank(b";")?;
                    self.state = if self.peek()?.is_none() { State::Done } else { State::Header };
                }
                State::Done => return Ok(Step::End(self.damaged.clone())),
                State::Elements => {
                    if let Some(step) = self.element(&mut parse)? {
                        return Ok(step);
                    }
                }
            }
        }
    }

    fn element<T>(&mut self, parse: &mut impl FnMut(&str) -> Parsed<T>) -> Result<Option<Step<T>>, Error> {
        self.skip_blank(b",")?;
        match self.peek()? {
            None => {
                self.state = State::Done;
                if self.bracketed && self.damaged.is_none() {
                    self.damaged = Some("it ends before its last bracket".to_owned());
                }
                Ok(None)
            }
            Some(b']') if !self.lost || self.closes()? => {
                self.start += 1;
                self.lost = false;
                self.state = State::After;
                Ok(None)
            }
            Some(b'{') if !self.lost || self.starts_here()? => {
                if !self.sure {
                    self.want(256)?;
                    self.learn();
                }
                self.object(parse).map(Some)
            }
            Some(b';') if !self.bracketed => {
                self.start += 1;
                Ok(None)
            }
            Some(_) => {
                let at = self.position();
                let counted = self.lost;
                self.resync()?;
                if counted {
                    return Ok(None);
                }
                Ok(Some(self.malformed(at, "it is no tweet".to_owned())))
            }
        }
    }

    /// Everything up to the first `=` is the header; a bare array or object has none.
    fn header<T>(&mut self) -> Result<Option<Step<T>>, Error> {
        if self.entry == 0 && self.base == 0 {
            self.want(3)?;
            if self.window().starts_with(b"\xef\xbb\xbf") {
                self.start += 3;
            }
        }
        self.skip_blank(b"")?;
        let at = self.position();
        match self.peek()? {
            None => {
                if self.entry == 0 && self.damaged.is_none() {
                    self.damaged = Some("it is empty".to_owned());
                }
                self.state = State::Done;
                return Ok(None);
            }
            Some(b'[' | b'{') => {}
            Some(_) => {
                let mut searched = 0;
                loop {
                    let window = self.window();
                    let window = window.get(..HEADER).unwrap_or(window);
                    if let Some(found) = window.get(searched..).and_then(|rest| memchr(b'=', rest)) {
                        self.start += searched + found + 1;
                        break;
                    }
                    searched = window.len();
                    if searched >= HEADER || !self.more()? {
                        self.state = State::Elements;
                        self.resync()?;
                        return Ok(Some(self.malformed(at, "the file does not begin as X writes it".to_owned())));
                    }
                }
                self.skip_blank(b"")?;
            }
        }
        self.state = State::Elements;
        self.bracketed = self.peek()? == Some(b'[');
        if self.bracketed {
            self.start += 1;
        }
        Ok(None)
    }

    fn object<T>(&mut self, parse: &mut impl FnMut(&str) -> Parsed<T>) -> Result<Step<T>, Error> {
        let at = self.position();
        loop {
            let reach = match self.in_vain > IN_VAIN + IN_VAIN_PER_BYTE * self.byte() {
                true => match self.extent()? {
                    Extent { end: None, next: None, .. } => usize::MAX,
                    Extent { end, next, .. } => end.into_iter().chain(next).min().unwrap_or(usize::MAX),
                },
                false => usize::MAX,
            };
            let text = self.text();
            let text = text.get(..reach).unwrap_or(text);
            let looked_at = text.len();
            let parsed = parse(text);
            if parsed.is_err() {
                self.in_vain += looked_at as u64;
            }
            match parsed {
                Ok((item, length)) if length <= self.limit => {
                    if !self.sure {
                        self.learn();
                        self.sure = !self.key.is_empty();
                    }
                    self.start += length;
                    self.entry += 1;
                    self.lost = false;
                    self.shrink();
                    return Ok(Step::Item { item, at, repaired: false });
                }
                Err(error) if !error.is_eof() || self.text_broken => return self.broken(parse, at, &error.to_string()),
                outcome => {
                    let length = self.window().len();
                    if outcome.is_ok() || length > self.limit {
                        return self.oversized(at);
                    }
                    let long = length >= WINDOW.min(self.limit) / 2;
                    if reach < length || (long && self.next_start(1).is_some()) {
                        return self.broken(parse, at, "the entry does not end");
                    }
                    // Twice as much, so that a long entry is not parsed from its beginning for each piece of it.
                    self.want((2 * length).min(self.limit + 1).max(length + 1))?;
                    if self.window().len() == length {
                        return self.broken(parse, at, "the entry does not end");
                    }
                }
            }
        }
    }

    /// How far the entry in front seems to reach: to where its braces close, or to where the next one begins. Looks no further
    /// than twice as far as the first of the two, and reads on for it.
    fn extent(&mut self) -> Result<Extent, Error> {
        let mut walk = Walk::default();
        let (mut walked, mut glance) = (0, GLANCE);
        loop {
            self.want(glance)?;
            let window = self.window();
            let upto = glance.min(window.len());
            let end = window.get(walked..upto).and_then(|rest| walk.end(rest)).map(|end| walked + end);
            let next = self.start_within(1, upto);
            self.searched += (2 * upto - walked) as u64;
            walked = upto;
            let all = upto < glance;
            if end.is_some() || next.is_some() || all || upto > self.limit {
                return Ok(Extent { end, next, oversized: !all && end.is_none() && next.is_none() });
            }
            glance = (2 * glance).min(self.limit + 1);
        }
    }

    /// The entry cannot be parsed as it is: finds where it ends, repairs what can be repaired, or gives it up.
    fn broken<T>(
        &mut self,
        parse: &mut impl FnMut(&str) -> Parsed<T>,
        at: Position,
        reason: &str,
    ) -> Result<Step<T>, Error> {
        let Extent { end, next, oversized } = self.extent()?;
        if oversized {
            return self.oversized(at);
        }
        if let Some(end) = end.filter(|end| next.is_none_or(|next| *end <= next)) {
            let mut copy = self.window().get(..end).unwrap_or_default().to_vec();
            let halves = repair_surrogates(&mut copy);
            let text = String::from_utf8_lossy(&copy);
            if (halves > 0 || text.len() != copy.len() || matches!(text, std::borrow::Cow::Owned(_)))
                && let Ok((item, _)) = parse(&text)
            {
                self.start += end;
                self.entry += 1;
                self.lost = false;
                return Ok(Step::Item { item, at, repaired: true });
            }
            self.start += end;
        } else {
            self.start += next.unwrap_or(self.end - self.start);
        }
        Ok(self.malformed(at, reason.to_owned()))
    }

    /// Lets an entry go that is longer than the limit, without keeping it.
    fn oversized<T>(&mut self, at: Position) -> Result<Step<T>, Error> {
        let mut walk = Walk::default();
        let mut walked = 0;
        loop {
            let end = self.window().get(walked..).and_then(|rest| walk.end(rest)).map(|end| walked + end);
            let next = self.next_start(usize::from(walked == 0));
            if let Some(stop) = end.into_iter().chain(next).min() {
                self.start += stop;
                break;
            }
            // Keep what the mark of the next entry may begin in.
            let keep = self.window().len().min(256);
            self.start = self.end - keep;
            walked = keep;
            if !self.more()? {
                self.start = self.end;
                break;
            }
        }
        self.shrink();
        let reason = format!("it is longer than {} bytes", self.limit);
        Ok(self.malformed(at, reason))
    }

    fn malformed<T>(&mut self, at: Position, reason: String) -> Step<T> {
        self.entry += 1;
        self.lost = true;
        Step::Malformed { at, reason }
    }

    /// Goes to what looks like the beginning of an entry, or to the end of the list.
    fn resync(&mut self) -> Result<(), Error> {
        self.start += usize::from(self.start < self.end);
        loop {
            if let Some(next) = self.next_start(0) {
                self.start += next;
                return Ok(());
            }
            if !self.eof {
                self.start = self.end - self.window().len().min(256);
            }
            if !self.more()? {
                // No further entry: at most the closing bracket is left.
                let tail = self.window().iter().rposition(|b| *b == b']').filter(|at| {
                    self.window()
                        .get(at + 1..)
                        .unwrap_or_default()
                        .iter()
                        .all(|b| b.is_ascii_whitespace() || *b == b';')
                });
                self.start = tail.map_or(self.end, |tail| self.start + tail);
                return Ok(());
            }
        }
    }

    /// Where, from this byte of the window on, something stands that begins as the entries of this file do. Costs what lies
    /// before it, and not the window.
    fn next_start(&mut self, from: usize) -> Option<usize> {
        let (length, mut upto) = (self.window().len(), from);
        while upto < length {
            upto = (from + 2 * (upto - from).max(GLANCE)).min(length);
            self.searched += (upto - from) as u64;
            let found = self.start_within(from, upto);
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// The same, in the window up to a byte.
    fn start_within(&self, from: usize, upto: usize) -> Option<usize> {
        const WRAPPER: &[u8] = b"\"tweet\"";
        let learned = if self.key.is_empty() { None } else { self.start_with(&self.key, self.wrapped, from, upto) };
        // As long as no entry could be parsed, what was learned may be the broken key of a broken entry.
        let usual = if self.sure || self.key == WRAPPER { None } else { self.start_with(WRAPPER, true, from, upto) };
        learned.into_iter().chain(usual).min()
    }

    /// Where an object begins with this key. With its quotes the key cannot stand inside a string, where they are escaped.
    fn start_with(&self, key: &[u8], wrapped: bool, from: usize, upto: usize) -> Option<usize> {
        let window = self.window();
        let window = window.get(..upto).unwrap_or(window);
        let finder = memmem::Finder::new(key);
        let mut at = from;
        while let Some(found) = window.get(at..).and_then(|rest| finder.find(rest)) {
            let key_at = at + found;
            at = key_at + 1;
            let open = back_over_blank(window, key_at)?;
            if window.get(open) != Some(&b'{') || open < from {
                continue;
            }
            let before = back_over_blank(window, open);
            let separated = before.is_none_or(|at| matches!(window.get(at), Some(b',' | b'[')));
            if separated || wrapped {
                return Some(open);
            }
        }
        None
    }

    /// Whether the window begins with something that looks like an entry of this file.
    fn starts_here(&mut self) -> Result<bool, Error> {
        self.want(256)?;
        if !self.sure {
            return Ok(true);
        }
        let rest = self.window().get(1..).unwrap_or_default();
        let blank = rest.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(rest.len());
        Ok(rest.get(blank..).unwrap_or_default().starts_with(&self.key))
    }

    /// Whether the bracket in front closes the list: nothing, or another list, comes after it.
    fn closes(&mut self) -> Result<bool, Error> {
        self.want(256)?;
        let rest = self.window().get(1..).unwrap_or_default();
        let next = rest.iter().find(|b| !b.is_ascii_whitespace() && **b != b';');
        Ok(next.is_none_or(u8::is_ascii_alphabetic))
    }

    /// Learns from the entry in front how entries begin.
    fn learn(&mut self) {
        let window = self.window();
        let Some(open) = window.iter().skip(1).position(|b| !b.is_ascii_whitespace()).map(|at| at + 1) else { return };
        let rest = window.get(open..).unwrap_or_default();
        let Some(name) = rest.strip_prefix(b"\"") else { return };
        let length = name.iter().position(|b| !b.is_ascii_alphanumeric() && *b != b'_').unwrap_or(name.len());
        let mut after = name.get(length..).unwrap_or_default().iter().filter(|b| !b.is_ascii_whitespace());
        if length == 0 || length > 64 || after.next() != Some(&b'"') || after.next() != Some(&b':') {
            return;
        }
        let wrapped = after.next() == Some(&b'{');
        let key = rest.get(..length + 2).unwrap_or_default().to_vec();
        self.wrapped = wrapped;
        self.key = key;
    }

    fn position(&self) -> Position {
        Position { entry: self.entry + 1, byte: self.base + self.start as u64 }
    }

    fn window(&self) -> &[u8] {
        self.buf.get(self.start..self.end).unwrap_or_default()
    }

    /// The window as text, up to the first byte that is no UTF-8.
    fn text(&mut self) -> &str {
        let known = self.start.checked_sub(self.text_at).is_some_and(|at| at < self.text.len());
        if !known {
            self.text.clear();
            self.text_at = self.start;
            self.text_broken = false;
            let window = self.buf.get(self.start..self.end).unwrap_or_default();
            let valid = std::str::from_utf8(window).or_else(|error| {
                self.text_broken = error.error_len().is_some();
                std::str::from_utf8(window.get(..error.valid_up_to()).unwrap_or_default())
            });
            self.text.push_str(valid.unwrap_or_default());
        }
        self.text.get(self.start - self.text_at..).unwrap_or_default()
    }

    fn peek(&mut self) -> Result<Option<u8>, Error> {
        while self.start == self.end {
            if !self.more()? {
                return Ok(None);
            }
        }
        Ok(self.buf.get(self.start).copied())
    }

    /// Tries to have this many bytes in the window.
    fn want(&mut self, length: usize) -> Result<(), Error> {
        while self.window().len() < length && self.more()? {}
        Ok(())
    }

    fn skip_blank(&mut self, also: &[u8]) -> Result<(), Error> {
        loop {
            let window = self.window();
            let blank = window.iter().position(|b| !b.is_ascii_whitespace() && !also.contains(b));
            match blank {
                Some(length) => {
                    self.start += length;
                    return Ok(());
                }
                None => {
                    self.start = self.end;
                    if !self.more()? {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Reads on; `false` at the end of the file. Moves what is left to the front, and grows only when it fills the window.
    fn more(&mut self) -> Result<bool, Error> {
        if self.eof {
            return Ok(false);
        }
        if self.start > 0 {
            self.buf.copy_within(self.start..self.end, 0);
            self.base += self.start as u64;
            self.end -= self.start;
            self.start = 0;
        }
        if self.buf.len() - self.end < WINDOW / 4 {
            let length = (self.buf.len() * 2).min(self.limit + WINDOW).max(self.buf.len() + WINDOW / 2);
            self.buf.resize(length, 0);
        }
        self.text.clear();
        let Some(space) = self.buf.get_mut(self.end..) else { return Ok(false) };
        match self.feed.fill(space) {
            Ok(0) => self.eof = true,
            Ok(got) => self.end += got,
            Err(Fault::Stop(error)) => return Err(error),
            Err(Fault::Damaged(why)) => {
                self.eof = true;
                self.damaged = Some(why);
            }
        }
        Ok(!self.eof)
    }

    /// Gives the memory back that a very long entry took.
    fn shrink(&mut self) {
        if self.buf.len() > 8 * WINDOW && self.window().len() <= WINDOW / 2 {
            let mut buf = vec![0; WINDOW];
            let length = self.window().len();
            if let (Some(to), Some(from)) = (buf.get_mut(..length), self.buf.get(self.start..self.end)) {
                to.copy_from_slice(from);
            }
            self.base += self.start as u64;
            (self.buf, self.start, self.end) = (buf, 0, length);
            self.text = String::new();
        }
    }
}

/// The last byte before `end` that is not white space.
fn back_over_blank(window: &[u8], end: usize) -> Option<usize> {
    window.get(..end)?.iter().rposition(|b| !b.is_ascii_whitespace())
}

/// How far an entry seems to reach.
#[derive(Clone, Copy, Debug)]
struct Extent {
    /// The length up to and with the brace that closes it, if that was met first.
    end: Option<usize>,
    /// Where the next one begins, if that was met first.
    next: Option<usize>,
    /// Neither was met within the limit.
    oversized: bool,
}

/// Finds the brace that closes an object, over any number of pieces.
#[derive(Clone, Debug, Default)]
pub(crate) struct Walk {
    depth: u64,
    in_string: bool,
    escaped: bool,
}

impl Walk {
    /// The length up to and with the closing brace, if it is in this piece.
    pub(crate) fn end(&mut self, piece: &[u8]) -> Option<usize> {
        let mut at = 0;
        while let Some(rest) = piece.get(at..).filter(|rest| !rest.is_empty()) {
            if self.escaped {
                self.escaped = false;
                at += 1;
            } else if self.in_string {
                let found = memchr2(b'"', b'\\', rest)?;
                match rest.get(found) {
                    Some(b'"') => self.in_string = false,
                    _ => self.escaped = true,
                }
                at += found + 1;
            } else {
                let found = memchr3(b'"', b'{', b'}', rest)?;
                at += found + 1;
                match rest.get(found) {
                    Some(b'"') => self.in_string = true,
                    Some(b'{') => self.depth += 1,
                    _ => {
                        self.depth = self.depth.saturating_sub(1);
                        if self.depth == 0 {
                            return Some(at);
                        }
                    }
                }
            }
        }
        None
    }
}

/// Parses one value of JSON at the start of the bytes, and normalises it.
pub(crate) fn parse_with<'a, W: Deserialize<'a>, T>(text: &'a str, then: impl FnOnce(&mut W) -> T) -> Parsed<T> {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<W>();
    match stream.next() {
        Some(Ok(mut wire)) => {
            let item = then(&mut wire);
            Ok((item, stream.byte_offset()))
        }
        Some(Err(error)) => Err(error),
        None => Err(serde::de::Error::custom("nothing is there")),
    }
}
