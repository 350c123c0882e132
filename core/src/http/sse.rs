//! Server-sent events, parsed as their bytes come.
//!
//! The format: <https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream>. Events are read
//! where they lie: one that came within one piece of the body is never copied.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use memchr::{memchr, memchr2};

const BOM: &[u8] = &[0xef, 0xbb, 0xbf];

/// The most bytes that one event may have before a stream is given up: 16 MiB.
pub const MAX_EVENT_BYTES: usize = 16 << 20;

/// The most memory that a parser keeps for reuse after a large event.
const KEPT_BYTES: usize = 1 << 20;

/// One event, borrowed from the parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event<'a> {
    /// The `event` field; empty where the stream names none (which means `message`).
    pub name: &'a [u8],
    /// The `data` lines, joined by line feeds. Not yet known to be UTF-8.
    pub data: &'a [u8],
    /// The last `id` that the stream gave, also with an earlier event; empty if none.
    pub id: &'a [u8],
}

impl<'a> Event<'a> {
    /// The data as text; bytes that are not UTF-8 become U+FFFD, as the format asks.
    #[must_use]
    pub fn text(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.data)
    }

    /// The name as text; `message` where the stream names none.
    #[must_use]
    pub fn kind(&self) -> Cow<'a, str> {
        if self.name.is_empty() { Cow::Borrowed("message") } else { String::from_utf8_lossy(self.name) }
    }
}

/// An event that owns its text, for code that keeps or sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OwnedEvent {
    /// The `event` field, or `message`.
    pub name: String,
    /// The `data` lines, joined by line feeds.
    pub data: String,
    /// The last `id` that the stream gave; empty if none.
    pub id: String,
}

impl From<Event<'_>> for OwnedEvent {
    fn from(event: Event<'_>) -> Self {
        Self {
            name: event.kind().into_owned(),
            data: event.text().into_owned(),
            id: String::from_utf8_lossy(event.id).into_owned(),
        }
    }
}

/// An event grew beyond the limit of the parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is larger than {limit} bytes")]
pub struct EventTooLarge {
    /// The limit.
    pub limit: usize,
}

/// The incremental parser: feed it the pieces of a body, take the events out.
///
/// ```
/// use ghostwren::http::sse::Parser;
/// let mut parser = Parser::new();
/// parser.feed("data: {\"a\":1}\n\ndata: [DO".into());
/// assert_eq!(parser.next_event()?.map(|event| event.data), Some(&b"{\"a\":1}"[..]));
/// assert_eq!(parser.next_event()?, None); // more bytes are needed
/// parser.feed("NE]\r\n\r\n".into());
/// assert_eq!(parser.next_event()?.map(|event| event.data), Some(&b"[DONE]"[..]));
/// # Ok::<(), ghostwren::http::sse::EventTooLarge>(())
/// ```
#[derive(Debug)]
pub struct Parser {
    /// The newest piece; read in place while `carry` is empty.
    piece: Bytes,
    /// The beginning of an event that spans pieces, with the pieces after it.
    carry: Vec<u8>,
    /// Where in the source the event under way begins.
    start: usize,
    /// Where its line under way begins.
    line: usize,
    /// How far the line was searched for its end.
    searched: usize,
    /// A carriage return ended the last line: a line feed after it belongs to it.
    skip_lf: bool,
    /// The byte order mark may still come.
    at_beginning: bool,
    /// What the event under way has: ranges relative to `start`.
    name: Option<(usize, usize)>,
    data: Data,
    /// The lines of `Data::Joined`, each with a line feed after it.
    joined: Vec<u8>,
    id: Vec<u8>,
    retry: Option<Duration>,
    limit: usize,
    /// The event that `event` shows: ranges in the source.
    shown: Shown,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Data {
    #[default]
    None,
    One(usize, usize),
    Joined,
}

#[derive(Clone, Copy, Debug, Default)]
struct Shown {
    name: (usize, usize),
    data: Data,
}

impl Default for Parser {
    fn default() -> Self {
        Self::new()
    }
}

impl Parser {
    /// A parser at the beginning of a stream, with a limit of [`MAX_EVENT_BYTES`] for one event.
    #[must_use]
    pub fn new() -> Self {
        Self::with_limit(MAX_EVENT_BYTES)
    }

    /// A parser with another limit for the bytes of one event.
    #[must_use]
    pub fn with_limit(limit: usize) -> Self {
        Self {
            piece: Bytes::new(),
            carry: Vec::new(),
            start: 0,
            line: 0,
            searched: 0,
            skip_lf: false,
            at_beginning: true,
            name: None,
            data: Data::None,
            joined: Vec::new(),
            id: Vec::new(),
            retry: None,
            limit,
            shown: Shown::default(),
        }
    }

    /// Adds the next piece of the body. Take the events out before the next piece: what is left is copied.
    pub fn feed(&mut self, piece: Bytes) {
        let left = self.source().len() - self.start;
        if left == 0 {
            self.carry.clear();
            self.piece = piece;
        } else if self.carry.is_empty() {
            self.carry.extend_from_slice(self.piece.get(self.start..).unwrap_or_default());
            self.carry.extend_from_slice(&piece);
            self.piece = Bytes::new();
        } else {
            self.carry.drain(..self.start);
            self.carry.extend_from_slice(&piece);
        }
        self.line -= self.start;
        self.searched -= self.start;
        self.start = 0;
        self.shown = Shown::default();
        // One huge event must not hold its memory for the rest of the stream.
        if self.carry.is_empty() && self.carry.capacity() > KEPT_BYTES {
            self.carry = Vec::new();
        }
    }

    /// The next whole event, or `None` when more bytes are needed. An event without a `data` line is not one. Fails when an
    /// event is longer than the limit, in bytes; nothing more can be read then.
    pub fn next_event(&mut self) -> Result<Option<Event<'_>>, EventTooLarge> {
        Ok(if self.advance()? { Some(self.event()) } else { None })
    }

    /// Moves to the next whole event; false when more bytes are needed. The event is then given by [`event`](Self::event).
    /// Fails as [`next_event`](Self::next_event) does.
    pub fn advance(&mut self) -> Result<bool, EventTooLarge> {
        loop {
            let Some((line, next)) = self.next_line() else {
                let size = self.source().len() - self.start;
                return if size > self.limit { Err(EventTooLarge { limit: self.limit }) } else { Ok(false) };
            };
            if next - self.start > self.limit {
                return Err(EventTooLarge { limit: self.limit });
            }
            if line.0 == line.1 {
                if self.dispatch(next) {
                    return Ok(true);
                }
                continue;
            }
            self.take_field(line);
            if self.name.is_none() && self.data == Data::None {
                // Nothing to keep of it (a comment, say): the event under way begins after it.
                self.start = next;
            }
        }
    }

    /// The event that the last [`advance`](Self::advance) or [`next_event`](Self::next_event) found; empty before that and
    /// after [`feed`](Self::feed).
    #[must_use]
    pub fn event(&self) -> Event<'_> {
        let source = self.source();
        let slice = |(from, to): (usize, usize)| source.get(from..to).unwrap_or_default();
        let data = match self.shown.data {
            Data::None => &[],
            Data::One(from, to) => slice((from, to)),
            // Without the line feed after the last line.
            Data::Joined => self.joined.split_last().map_or(&[][..], |(_, data)| data),
        };
        Event { name: slice(self.shown.name), data, id: &self.id }
    }

    /// The bytes of an event that has begun and is not ended by an empty line; empty between events. At the end of the body
    /// this is what was cut off.
    #[must_use]
    pub fn unfinished(&self) -> &[u8] {
        self.source().get(self.start..).unwrap_or_default()
    }

    /// How long the stream asks to wait before connecting again, from its last `retry` field.
    #[must_use]
    pub fn retry(&self) -> Option<Duration> {
        self.retry
    }

    fn source(&self) -> &[u8] {
        if self.carry.is_empty() { &self.piece } else { &self.carry }
    }

    /// The next line without its end, and where the line after it begins.
    fn next_line(&mut self) -> Option<((usize, usize), usize)> {
        let source = if self.carry.is_empty() { &self.piece[..] } else { &self.carry[..] };
        if self.at_beginning {
            if source.starts_with(BOM) {
                (self.start, self.line, self.searched) = (BOM.len(), BOM.len(), BOM.len());
            } else if BOM.starts_with(source) {
                return None;
            }
            self.at_beginning = false;
        }
        if self.skip_lf {
            let &next = source.get(self.line)?;
            self.skip_lf = false;
            if next == b'\n' {
                if self.start == self.line {
                    self.start += 1;
                }
                self.line += 1;
                self.searched = self.line;
            }
        }
        let Some(found) = memchr2(b'\n', b'\r', source.get(self.searched..)?) else {
            self.searched = source.len();
            return None;
        };
        let from = self.line;
        let end = self.searched + found;
        let mut next = end + 1;
        if source.get(end) == Some(&b'\r') {
            match source.get(next) {
                Some(b'\n') => next += 1,
                Some(_) => {}
                None => self.skip_lf = true,
            }
        }
        (self.line, self.searched) = (next, next);
        Some(((from, end), next))
    }

    fn take_field(&mut self, (from, to): (usize, usize)) {
        let source = if self.carry.is_empty() { &self.piece[..] } else { &self.carry[..] };
        let line = source.get(from..to).unwrap_or_default();
        let colon = if line.starts_with(b"data:") { 4 } else { memchr(b':', line).unwrap_or(line.len()) };
        let (field, value) = line.split_at_checked(colon).unwrap_or((line, &[]));
        let value = value.strip_prefix(b":").unwrap_or(value);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        // A value always reaches to the end of its line.
        let range = (to - value.len() - self.start, to - self.start);
        match field {
            b"data" => match self.data {
                Data::None => self.data = Data::One(range.0, range.1),
                Data::One(from, to) => {
                    if self.joined.capacity() > KEPT_BYTES {
                        self.joined = Vec::new();
                    }
                    self.joined.clear();
                    self.joined.extend_from_slice(source.get(self.start + from..self.start + to).unwrap_or_default());
                    self.joined.push(b'\n');
                    self.joined.extend_from_slice(value);
                    self.joined.push(b'\n');
                    self.data = Data::Joined;
                }
                Data::Joined => {
                    self.joined.extend_from_slice(value);
                    self.joined.push(b'\n');
                }
            },
            b"event" => self.name = Some(range),
            b"id" if !value.contains(&0) => {
                self.id.clear();
                self.id.extend_from_slice(value);
            }
            b"retry" if !value.is_empty() && value.iter().all(u8::is_ascii_digit) => {
                if let Some(milliseconds) = std::str::from_utf8(value).ok().and_then(|value| value.parse().ok()) {
                    self.retry = Some(Duration::from_millis(milliseconds));
                }
            }
            // A comment (no field name), or a field that the format tells us to ignore.
            _ => {}
        }
    }

    /// Ends the event under way at an empty line; false when it had no data.
    fn dispatch(&mut self, next: usize) -> bool {
        let start = std::mem::replace(&mut self.start, next);
        let data = std::mem::take(&mut self.data);
        let name = self.name.take().map_or((0, 0), |(from, to)| (start + from, start + to));
        let data = match data {
            Data::None => return false,
            Data::One(from, to) => Data::One(start + from, start + to),
            Data::Joined => Data::Joined,
        };
        self.shown = Shown { name, data };
        true
    }
}
