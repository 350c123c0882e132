//! The piece of a file that lies in memory, and moves over it.

use crate::archive::part::{Fault, Feed};
use crate::error::Error;

/// The usual window. An entry that is longer makes it grow, up to the limit.
pub(super) const WINDOW: usize = 1 << 18;

pub(super) struct Window<F> {
    feed: F,
    buf: Vec<u8>,
    start: usize,
    end: usize,
    /// The byte of the file that the buffer begins at.
    pub(super) base: u64,
    /// The window from `text_at` on as text, so that it is checked to be UTF-8 once and not string by string.
    text: String,
    text_at: usize,
    /// The text ends at bytes that are no UTF-8, and not where the window does.
    pub(super) text_broken: bool,
    pub(super) eof: bool,
    /// Why nothing more can be read, if that is not the end of the file.
    pub(super) damaged: Option<String>,
    /// The longest entry, in bytes.
    pub(super) limit: usize,
}

impl<F: Feed> Window<F> {
    pub(super) fn new(feed: F, limit: usize) -> Self {
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
            limit,
        }
    }

    /// How many bytes of the file lie before the window.
    pub(super) fn byte(&self) -> u64 {
        self.base + self.start as u64
    }

    /// Leaves this many bytes behind, at most all of the window.
    pub(super) fn advance(&mut self, length: usize) {
        self.start = (self.start + length).min(self.end);
    }

    /// Leaves all but the last bytes behind.
    pub(super) fn keep_last(&mut self, length: usize) {
        self.start = self.start.max(self.end.saturating_sub(length));
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.buf.get(self.start..self.end).unwrap_or_default()
    }

    /// The window as text, up to the first byte that is no UTF-8.
    pub(super) fn text(&mut self) -> &str {
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

    pub(super) fn peek(&mut self) -> Result<Option<u8>, Error> {
        while self.start == self.end {
            if !self.more()? {
                return Ok(None);
            }
        }
        Ok(self.buf.get(self.start).copied())
    }

    /// Tries to have this many bytes in the window.
    pub(super) fn want(&mut self, length: usize) -> Result<(), Error> {
        while self.bytes().len() < length && self.more()? {}
        Ok(())
    }

    pub(super) fn skip_blank(&mut self, also: &[u8]) -> Result<(), Error> {
        loop {
            let window = self.bytes();
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
    pub(super) fn more(&mut self) -> Result<bool, Error> {
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
    pub(super) fn shrink(&mut self) {
        if self.buf.len() > 8 * WINDOW && self.bytes().len() <= WINDOW / 2 {
            let mut buf = vec![0; WINDOW];
            let length = self.bytes().len();
            if let (Some(to), Some(from)) = (buf.get_mut(..length), self.buf.get(self.start..self.end)) {
                to.copy_from_slice(from);
            }
            self.base += self.start as u64;
            (self.buf, self.start, self.end) = (buf, 0, length);
            self.text = String::new();
        }
    }
}
