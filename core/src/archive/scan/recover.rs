//! What is done about an entry that cannot be parsed: where it ends, where the next one begins, and what can be mended.

use memchr::memmem;

use super::walk::Walk;
use super::{Parsed, Position, Scanner, Step};
use crate::archive::part::Feed;
use crate::error::Error;
use crate::text::cleanup::repair_surrogates;

/// How far is looked at first for where an entry ends or the next one begins; twice as far each time.
const GLANCE: usize = 1 << 6;

impl<F: Feed> Scanner<F> {
    /// How far the entry in front seems to reach: to where its braces close, or to where the next one begins. Looks no further
    /// than twice as far as the first of the two, and reads on for it.
    pub(super) fn extent(&mut self) -> Result<Extent, Error> {
        let mut walk = Walk::default();
        let (mut walked, mut glance) = (0, GLANCE);
        loop {
            self.window.want(glance)?;
            let window = self.window.bytes();
            let upto = glance.min(window.len());
            let end = window.get(walked..upto).and_then(|rest| walk.end(rest)).map(|end| walked + end);
            let next = self.start_within(1, upto);
            self.searched += (2 * upto - walked) as u64;
            walked = upto;
            let all = upto < glance;
            if end.is_some() || next.is_some() || all || upto > self.window.limit {
                return Ok(Extent { end, next, oversized: !all && end.is_none() && next.is_none() });
            }
            glance = (2 * glance).min(self.window.limit + 1);
        }
    }

    /// The entry cannot be parsed as it is: finds where it ends, repairs what can be repaired, or gives it up.
    pub(super) fn broken<T>(
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
            let mut copy = self.window.bytes().get(..end).unwrap_or_default().to_vec();
            let halves = repair_surrogates(&mut copy);
            let text = String::from_utf8_lossy(&copy);
            if (halves > 0 || text.len() != copy.len() || matches!(text, std::borrow::Cow::Owned(_)))
                && let Ok((item, _)) = parse(&text)
            {
                self.window.advance(end);
                self.entry += 1;
                self.lost = false;
                return Ok(Step::Item { item, at, repaired: true });
            }
            self.window.advance(end);
        } else {
            self.window.advance(next.unwrap_or(self.window.bytes().len()));
        }
        Ok(self.malformed(at, reason.to_owned()))
    }

    /// Lets an entry go that is longer than the limit, without keeping it.
    pub(super) fn oversized<T>(&mut self, at: Position) -> Result<Step<T>, Error> {
        let mut walk = Walk::default();
        let mut walked = 0;
        loop {
            let end = self.window.bytes().get(walked..).and_then(|rest| walk.end(rest)).map(|end| walked + end);
            let next = self.next_start(usize::from(walked == 0));
            if let Some(stop) = end.into_iter().chain(next).min() {
                self.window.advance(stop);
                break;
            }
            // Keep what the mark of the next entry may begin in.
            let keep = self.window.bytes().len().min(256);
            self.window.keep_last(keep);
            walked = keep;
            if !self.window.more()? {
                self.window.keep_last(0);
                break;
            }
        }
        self.window.shrink();
        let reason = format!("it is longer than {} bytes", self.window.limit);
        Ok(self.malformed(at, reason))
    }

    pub(super) fn malformed<T>(&mut self, at: Position, reason: String) -> Step<T> {
        self.entry += 1;
        self.lost = true;
        Step::Malformed { at, reason }
    }

    /// Goes to what looks like the beginning of an entry, or to the end of the list.
    pub(super) fn resync(&mut self) -> Result<(), Error> {
        self.window.advance(usize::from(!self.window.bytes().is_empty()));
        loop {
            if let Some(next) = self.next_start(0) {
                self.window.advance(next);
                return Ok(());
            }
            if !self.window.eof {
                self.window.keep_last(256);
            }
            if !self.window.more()? {
                // No further entry: at most the closing bracket is left.
                let tail = self.window.bytes().iter().rposition(|b| *b == b']').filter(|at| {
                    self.window
                        .bytes()
                        .get(at + 1..)
                        .unwrap_or_default()
                        .iter()
                        .all(|b| b.is_ascii_whitespace() || *b == b';')
                });
                self.window.advance(tail.unwrap_or(self.window.bytes().len()));
                return Ok(());
            }
        }
    }

    /// Where, from this byte of the window on, something stands that begins as the entries of this file do. Costs what lies
    /// before it, and not the window.
    pub(super) fn next_start(&mut self, from: usize) -> Option<usize> {
        let (length, mut upto) = (self.window.bytes().len(), from);
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
        let window = self.window.bytes();
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
    pub(super) fn starts_here(&mut self) -> Result<bool, Error> {
        self.window.want(256)?;
        if !self.sure {
            return Ok(true);
        }
        let rest = self.window.bytes().get(1..).unwrap_or_default();
        let blank = rest.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(rest.len());
        Ok(rest.get(blank..).unwrap_or_default().starts_with(&self.key))
    }

    /// Whether the bracket in front closes the list: nothing, or another list, comes after it.
    pub(super) fn closes(&mut self) -> Result<bool, Error> {
        self.window.want(256)?;
        let rest = self.window.bytes().get(1..).unwrap_or_default();
        let next = rest.iter().find(|b| !b.is_ascii_whitespace() && **b != b';');
        Ok(next.is_none_or(u8::is_ascii_alphabetic))
    }

    /// Learns from the entry in front how entries begin.
    pub(super) fn learn(&mut self) {
        let window = self.window.bytes();
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
}

/// How far an entry seems to reach.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    /// The length up to and with the brace that closes it, if that was met first.
    pub(super) end: Option<usize>,
    /// Where the next one begins, if that was met first.
    pub(super) next: Option<usize>,
    /// Neither was met within the limit.
    pub(super) oversized: bool,
}

/// The last byte before `end` that is not white space.
fn back_over_blank(window: &[u8], end: usize) -> Option<usize> {
    window.get(..end)?.iter().rposition(|b| !b.is_ascii_whitespace())
}
