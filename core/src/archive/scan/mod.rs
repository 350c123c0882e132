//! Finds the entries of an X file, one at a time, in a window that moves over the file.
//!
//! The file is `window.YTD.tweets.part0 = [ {…}, {…} ]`: JSON after the first `=`. A well-formed entry is parsed where it
//! lies, and the parser itself says where it ends. Only when it cannot be parsed does the scanner look for the end of the
//! entry, and for the beginning of the next one, so that one broken entry costs no other.

use memchr::memchr;
use serde::{Deserialize, Serialize};

use super::part::Feed;
use crate::error::Error;

mod recover;
mod walk;
mod window;

use recover::Extent;
#[cfg(test)]
pub(crate) use walk::Walk;
use window::{WINDOW, Window};

/// How far the `=` may be from the beginning of the file.
const HEADER: usize = 1 << 12;
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
    window: Window<F>,
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
    /// The bytes that were parsed in vain.
    in_vain: u64,
    /// The bytes that were searched for ends and beginnings.
    searched: u64,
}

impl<F: Feed> Scanner<F> {
    pub(crate) fn new(feed: F, limit: usize) -> Self {
        Self {
            window: Window::new(feed, limit),
            state: State::Header,
            entry: 0,
            key: Vec::new(),
            wrapped: false,
            sure: false,
            bracketed: false,
            lost: false,
            in_vain: 0,
            searched: 0,
        }
    }

    /// Goes on after an entry. The feed must stand at the mark's byte.
    pub(crate) fn resume(feed: F, limit: usize, mark: &Mark) -> Self {
        let mut scanner = Self::new(feed, limit);
        if mark.byte > 0 {
            scanner.window.base = mark.byte;
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
            byte: if self.state == State::Header && self.entry == 0 { 0 } else { self.window.byte() },
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
        self.window.byte()
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
                    self.window.skip_blank(b";")?;
                    self.state = if self.window.peek()?.is_none() { State::Done } else { State::Header };
                }
                State::Done => return Ok(Step::End(self.window.damaged.clone())),
                State::Elements => {
                    if let Some(step) = self.element(&mut parse)? {
                        return Ok(step);
                    }
                }
            }
        }
    }

    fn element<T>(&mut self, parse: &mut impl FnMut(&str) -> Parsed<T>) -> Result<Option<Step<T>>, Error> {
        self.window.skip_blank(b",")?;
        match self.window.peek()? {
            None => {
                self.state = State::Done;
                if self.bracketed && self.window.damaged.is_none() {
                    self.window.damaged = Some("it ends before its last bracket".to_owned());
                }
                Ok(None)
            }
            Some(b']') if !self.lost || self.closes()? => {
                self.window.advance(1);
                self.lost = false;
                self.state = State::After;
                Ok(None)
            }
            Some(b'{') if !self.lost || self.starts_here()? => {
                if !self.sure {
                    self.window.want(256)?;
                    self.learn();
                }
                self.object(parse).map(Some)
            }
            Some(b';') if !self.bracketed => {
                self.window.advance(1);
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
        if self.entry == 0 && self.window.base == 0 {
            self.window.want(3)?;
            if self.window.bytes().starts_with(b"\xef\xbb\xbf") {
                self.window.advance(3);
            }
        }
        self.window.skip_blank(b"")?;
        let at = self.position();
        match self.window.peek()? {
            None => {
                if self.entry == 0 && self.window.damaged.is_none() {
                    self.window.damaged = Some("it is empty".to_owned());
                }
                self.state = State::Done;
                return Ok(None);
            }
            Some(b'[' | b'{') => {}
            Some(_) => {
                let mut searched = 0;
                loop {
                    let window = self.window.bytes();
                    let window = window.get(..HEADER).unwrap_or(window);
                    if let Some(found) = window.get(searched..).and_then(|rest| memchr(b'=', rest)) {
                        self.window.advance(searched + found + 1);
                        break;
                    }
                    searched = window.len();
                    if searched >= HEADER || !self.window.more()? {
                        self.state = State::Elements;
                        self.resync()?;
                        return Ok(Some(self.malformed(at, "the file does not begin as X writes it".to_owned())));
                    }
                }
                self.window.skip_blank(b"")?;
            }
        }
        self.state = State::Elements;
        self.bracketed = self.window.peek()? == Some(b'[');
        if self.bracketed {
            self.window.advance(1);
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
            let text = self.window.text();
            let text = text.get(..reach).unwrap_or(text);
            let looked_at = text.len();
            let parsed = parse(text);
            if parsed.is_err() {
                self.in_vain += looked_at as u64;
            }
            match parsed {
                Ok((item, length)) if length <= self.window.limit => {
                    if !self.sure {
                        self.learn();
                        self.sure = !self.key.is_empty();
                    }
                    self.window.advance(length);
                    self.entry += 1;
                    self.lost = false;
                    self.window.shrink();
                    return Ok(Step::Item { item, at, repaired: false });
                }
                Err(error) if !error.is_eof() || self.window.text_broken => {
                    return self.broken(parse, at, &error.to_string());
                }
                outcome => {
                    let length = self.window.bytes().len();
                    if outcome.is_ok() || length > self.window.limit {
                        return self.oversized(at);
                    }
                    let long = length >= WINDOW.min(self.window.limit) / 2;
                    if reach < length || (long && self.next_start(1).is_some()) {
                        return self.broken(parse, at, "the entry does not end");
                    }
                    // Twice as much, so that a long entry is not parsed from its beginning for each piece of it.
                    self.window.want((2 * length).min(self.window.limit + 1).max(length + 1))?;
                    if self.window.bytes().len() == length {
                        return self.broken(parse, at, "the entry does not end");
                    }
                }
            }
        }
    }

    fn position(&self) -> Position {
        Position { entry: self.entry + 1, byte: self.window.byte() }
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
