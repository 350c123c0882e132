//! Where the links are.
//!
//! The rules are the regular expressions of twitter-text 3.1.0 (`extractUrlsWithIndices` and what it uses,
//! <https://github.com/twitter/twitter-text/tree/master/js/src>), here as one pass over the text: each run of host-name
//! characters is looked at once, so that hostile text costs no more than any other.

use std::ops::Range;

use super::chars::{
    char_at, char_before, is_directional, is_domain_char, is_latin_accent, is_path_char, is_path_end, is_query_char,
    is_query_end, may_precede_url, skip_while,
};
use super::punycode::ascii_length;
use super::tld::end_of_tld;

/// The longest link that X shortens, in UTF-16 units.
const MAX_LENGTH: usize = 4096;
/// The longest name of a t.co link, in bytes.
const MAX_SHORT_NAME: usize = 40;

/// The links in the text, in order, as bytes.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut search = Search { text, consumed: 0, found: Vec::new() };
    let mut looked = 0;
    for dot in memchr::memchr_iter(b'.', text.as_bytes()) {
        if dot >= looked && dot > search.consumed && may_be_host(text, dot) {
            looked = search.run_around(dot);
        }
    }
    search.found
}

/// A quick look around a full stop: prose has a space after it.
fn may_be_host(text: &str, dot: usize) -> bool {
    let bytes = text.as_bytes();
    let part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
    dot > 0 && part(bytes.get(dot - 1)) && part(bytes.get(dot + 1)) && end_of_tld(text, dot + 1).is_some()
}

/// What may stand in a host name, its dots too.
fn is_host_char(c: char) -> bool {
    matches!(c, '.' | '-' | '_') || is_domain_char(c)
}

/// A piece of a host name between dots.
struct Label {
    start: usize,
    end: usize,
    /// The byte of its last underscore.
    underscore: Option<usize>,
    /// Whether its last character may end a label.
    closed: bool,
    /// The byte after the top-level domain that follows its dot.
    tld: Option<usize>,
    /// The end of the longest host name that starts with this whole label.
    host: Option<usize>,
}

impl Label {
    /// The end of the longest host name that starts at `from`, a byte of this label.
    fn host_from(&self, text: &str, from: usize, next: Option<&Self>) -> Option<usize> {
        if !self.closed || from >= self.end || !char_at(text, from).is_some_and(is_domain_char) {
            return None;
        }
        let own = if self.underscore.is_none_or(|at| at < from) { self.tld } else { None };
        next.and_then(|next| next.host).or(own)
    }
}

struct Search<'a> {
    text: &'a str,
    /// The byte up to which links have used the text, with what follows them; 0 before the first.
    consumed: usize,
    found: Vec<Range<usize>>,
}

impl Search<'_> {
    /// Finds the links in the run of host-name characters around a dot; returns the end of the run.
    fn run_around(&mut self, dot: usize) -> usize {
        let text = self.text;
        let mut start = dot;
        while let Some(c) = char_before(text, start).filter(|c| is_host_char(*c)) {
            if start <= self.consumed {
                break;
            }
            start -= c.len_utf8();
        }
        let end = skip_while(text, dot, is_host_char);
        let labels = labels(text, start, end);
        if labels.iter().all(|label| !label.closed || label.tld.is_none()) {
            return end;
        }
        self.starts(&labels, start, end);
        end
    }

    /// Tries every place in the run where a link may start, from the left.
    fn starts(&mut self, labels: &[Label], start: usize, end: usize) {
        let text = self.text;
        let first = char_at(text, start);
        if start == 0 {
            // At the start of the text a character may be what stands before the link, or its beginning.
            let skipped = first.filter(|c| may_precede_url(*c)).map(char::len_utf8);
            if skipped.is_none_or(|at| !self.link(labels, 0, at, None, first)) {
                self.link(labels, 0, 0, None, None);
            }
        } else if start > self.consumed || self.consumed == 0 {
            let before = char_before(text, start);
            let scheme = scheme_before(text, start)
                .filter(|at| *at == 0 || (*at > self.consumed && char_before(text, *at).is_some_and(may_precede_url)));
            let linked = scheme.is_some() && self.link(labels, 0, start, scheme, None);
            if !linked && before.is_some_and(|c| may_precede_url(c) || is_directional(c)) {
                self.link(labels, 0, start, None, before);
            }
        }
        let mut index = 0;
        let mut at = start.max(self.consumed);
        while at < end {
            let Some(c) = char_at(text, at) else { return };
            let next = at + c.len_utf8();
            while labels.get(index).is_some_and(|label| label.end < next) {
                index += 1;
            }
            if may_precede_url(c) && self.link(labels, index, next, None, Some(c)) {
                at = self.consumed;
            } else {
                at = next;
            }
        }
    }

    /// Takes the link whose host starts at `from`, in the label of that index; false when there is none. A host that
    /// is no link after all is used up as well.
    fn link(
        &mut self,
        labels: &[Label],
        index: usize,
        from: usize,
        scheme: Option<usize>,
        before: Option<char>,
    ) -> bool {
        let text = self.text;
        let host = labels.get(index).and_then(|label| label.host_from(text, from, labels.get(index + 1)));
        let Some(host_end) = host else { return false };
        let (path_start, path_end, end) = rest_of_link(text, host_end);
        self.consumed = end;
        let (Some(host), Some(whole)) = (text.get(from..host_end), text.get(scheme.unwrap_or(from)..end)) else {
            return true;
        };
        let scheme_length = scheme.map_or("https://".len(), |at| from - at);
        if !is_valid_host(host) || scheme_length + whole.encode_utf16().count() > MAX_LENGTH {
            return true;
        }
        if let Some(at) = scheme {
            match short_link(whole) {
                Short::No => self.found.push(at..end),
                Short::Link(length) => self.found.push(at..at + length),
                Short::TooLong => {}
            }
        } else if !matches!(before, Some('-' | '_' | '.' | '/')) {
            // Without a scheme only what is in Latin letters is a link.
            let first = self.found.len();
            latin_hosts(host, |range| self.found.push(from + range.start..from + range.end));
            let whole_path = path_end > path_start;
            if let Some(last) = self.found.get_mut(first..).and_then(|new| new.last_mut())
                && whole_path
                && last.end == host_end
            {
                last.end = end;
            }
        }
        true
    }
}

/// The labels between `start` and `end`, with what each can begin.
fn labels(text: &str, start: usize, end: usize) -> Vec<Label> {
    let mut labels = Vec::with_capacity(4);
    let mut at = start;
    while let Some(rest) = text.get(at..end) {
        let stop = memchr::memchr(b'.', rest.as_bytes()).map_or(end, |length| at + length);
        let label = text.get(at..stop).unwrap_or_default();
        let tld = if stop < end { end_of_tld(text, stop + 1) } else { None };
        labels.push(Label {
            start: at,
            end: stop,
            underscore: memchr::memrchr(b'_', label.as_bytes()).map(|offset| at + offset),
            closed: stop < end && label.chars().next_back().is_some_and(is_domain_char),
            tld,
            host: None,
        });
        if stop >= end {
            break;
        }
        at = stop + 1;
    }
    // From the right: the longest host name takes as many labels as it can.
    for index in (0..labels.len()).rev() {
        let host = labels.get(index).and_then(|label| label.host_from(text, label.start, labels.get(index + 1)));
        if let Some(label) = labels.get_mut(index) {
            label.host = host;
        }
    }
    labels
}

/// The byte at which `http://` or `https://` before `at` starts.
fn scheme_before(text: &str, at: usize) -> Option<usize> {
    let head = text.as_bytes().get(..at)?;
    ["https://", "http://"].into_iter().find_map(|scheme| {
        let start = at.checked_sub(scheme.len())?;
        head.get(start..)?.eq_ignore_ascii_case(scheme.as_bytes()).then_some(start)
    })
}

/// The path's start and end and the end of the whole, for a link whose host ends at `at`: port, path and query.
fn rest_of_link(text: &str, at: usize) -> (usize, usize, usize) {
    let byte = |at: usize| text.as_bytes().get(at).copied();
    let mut end = at;
    if byte(end) == Some(b':') {
        let digits = skip_while(text, end + 1, |c| c.is_ascii_digit());
        if digits > end + 1 {
            end = digits;
        }
    }
    let path_start = end;
    if byte(end) == Some(b'/') {
        end = path(text, end + 1);
    }
    let path_end = end;
    if byte(end) == Some(b'?') {
        end = query(text, end).unwrap_or(end);
    }
    (path_start, path_end, end)
}

/// The end of the path that starts after its slash at `from`: up to the last character that may end one, or the last
/// pair of parentheses.
fn path(text: &str, from: usize) -> usize {
    let (mut at, mut end) = (from, from);
    while let Some(c) = char_at(text, at) {
        if is_path_char(c) {
            at += c.len_utf8();
            if is_path_end(c) {
                end = at;
            }
        } else if let Some(after) = (c == '(').then(|| parentheses(text, at)).flatten() {
            // As X's expression has it, parentheses end a path only directly after what could have ended it.
            if at == end {
                end = after;
            }
            at = after;
        } else {
            break;
        }
    }
    end
}

/// The end of the parentheses that open at `at`, with at most one pair inside.
fn parentheses(text: &str, at: usize) -> Option<usize> {
    let byte = |at: usize| text.as_bytes().get(at).copied();
    let open = at + 1;
    let inner = skip_while(text, open, is_path_char);
    match byte(inner)? {
        b')' if inner > open => Some(inner + 1),
        b'(' => {
            let close = skip_while(text, inner + 1, is_path_char);
            if close == inner + 1 || byte(close)? != b')' {
                return None;
            }
            let outer = skip_while(text, close + 1, is_path_char);
            (byte(outer)? == b')').then_some(outer + 1)
        }
        _ => None,
    }
}

/// The end of the query that starts with a question mark at `at`.
fn query(text: &str, at: usize) -> Option<usize> {
    let stop = skip_while(text, at + 1, is_query_char);
    let length = text.get(at + 1..stop)?.rfind(is_query_end)?;
    Some(at + 1 + length + 1)
}

/// Whether the DNS could hold the host name.
fn is_valid_host(host: &str) -> bool {
    if host.starts_with("xn--") {
        // Punycode cannot go on in other letters.
        let mut latin = false;
        latin_hosts(host, |_| latin = true);
        if !latin {
            return false;
        }
    }
    host.split('.').all(|label| ascii_length(label).is_some())
}

/// The host names in Latin letters within a host name.
fn latin_hosts(host: &str, mut each: impl FnMut(Range<usize>)) {
    let is_latin = |c: char| c.is_ascii_alphanumeric() || c == '-' || is_latin_accent(c);
    let mut from = 0;
    while from < host.len() {
        let start = skip_while(host, from, |c| !is_latin(c));
        let (mut at, mut end) = (start, None);
        loop {
            let stop = skip_while(host, at, is_latin);
            if stop == at || host.as_bytes().get(stop) != Some(&b'.') {
                at = stop;
                break;
            }
            at = stop + 1;
            end = end_of_tld(host, at).or(end);
        }
        match end {
            Some(end) => {
                each(start..end);
                from = end;
            }
            None => from = at,
        }
    }
}

enum Short {
    No,
    Link(usize),
    TooLong,
}

/// What a link of t.co is: its name and query, nothing more.
fn short_link(link: &str) -> Short {
    let bytes = link.as_bytes();
    let prefix = ["https://t.co/", "http://t.co/"]
        .into_iter()
        .find(|prefix| bytes.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix.as_bytes())));
    let Some(prefix) = prefix else { return Short::No };
    let end = skip_while(link, prefix.len(), |c| c.is_ascii_alphanumeric());
    match end - prefix.len() {
        0 => Short::No,
        length if length > MAX_SHORT_NAME => Short::TooLong,
        _ if bytes.get(end) == Some(&b'?') => Short::Link(query(link, end).unwrap_or(end)),
        _ => Short::Link(end),
    }
}
