//! Where people, hashtags and cashtags are named.
//!
//! The rules are those of twitter-text 3.1.0 (`extractMentionsOrListsWithIndices` and its neighbours,
//! <https://github.com/twitter/twitter-text/tree/master/js/src>).

use std::ops::Range;

use super::chars::{
    char_at, char_before, is_directional, is_hashtag_char, is_hashtag_letter, is_latin_accent, is_punctuation,
    is_space, skip_while,
};

const MAX_USERNAME: usize = 20;
const MAX_LIST: usize = 25;

/// A person or list: the whole and the end of the username.
pub(super) struct Named {
    pub(super) whole: Range<usize>,
    pub(super) name_start: usize,
    pub(super) name_end: usize,
}

/// The people and lists in the text, in order, as bytes.
pub(super) fn mentions(text: &str) -> Vec<Named> {
    let mut found = Vec::new();
    let mut consumed = 0;
    for (at, sign) in signs(text, '@', '＠') {
        if at < consumed || !may_precede_mention(text, consumed, at) {
            continue;
        }
        let name_start = at + sign.len_utf8();
        let name_end = username_end(text, name_start);
        if name_end == name_start {
            continue;
        }
        let end = list_end(text, name_end).unwrap_or(name_end);
        consumed = end;
        if !is_spoiled(text, end) {
            found.push(Named { whole: at..end, name_start, name_end });
        }
    }
    found
}

/// The username that the text starts with, after spaces.
pub(super) fn reply(text: &str) -> Option<Range<usize>> {
    let at = skip_while(text, 0, |c| is_space(c) || is_directional(c));
    let sign = char_at(text, at).filter(|c| matches!(c, '@' | '＠'))?;
    let start = at + sign.len_utf8();
    let end = username_end(text, start);
    (end > start && !is_spoiled(text, end)).then_some(start..end)
}

/// The places of a sign in its narrow and wide form.
fn signs(text: &str, narrow: char, wide: char) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut buffer = [0; 4];
    let (first, second) = (narrow, wide);
    let lead = second.encode_utf8(&mut buffer).as_bytes().first().copied().unwrap_or_default();
    let sign = u8::try_from(first).unwrap_or_default();
    memchr::memchr2_iter(sign, lead, text.as_bytes())
        .filter_map(move |at| char_at(text, at).filter(|c| *c == first || *c == second).map(|c| (at, c)))
}

fn is_username_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn username_end(text: &str, start: usize) -> usize {
    skip_while(text, start, is_username_char).min(start + MAX_USERNAME)
}

/// The end of a list's name after its slash.
fn list_end(text: &str, slash: usize) -> Option<usize> {
    let start = slash + 1;
    let opens = char_at(text, slash) == Some('/') && char_at(text, start).is_some_and(|c| c.is_ascii_alphabetic());
    opens.then(|| skip_while(text, start, |c| is_username_char(c) || c == '-').min(start + MAX_LIST))
}

/// Whether what follows shows that it was no username: an address, a word in other letters, a link.
fn is_spoiled(text: &str, end: usize) -> bool {
    char_at(text, end).is_some_and(|c| matches!(c, '@' | '＠') || is_latin_accent(c))
        || text.get(end..).is_some_and(|rest| rest.starts_with("://"))
}

fn may_precede_mention(text: &str, consumed: usize, at: usize) -> bool {
    let Some(before) = char_before(text, at) else { return true };
    if at == consumed {
        return false;
    }
    let bad = is_username_char(before) || matches!(before, '!' | '#' | '$' | '%' | '&' | '*' | '@' | '＠');
    !bad || is_after_retweet(text, consumed, at)
}

/// Whether `RT` or `RT:` stands directly before, as a word of its own.
fn is_after_retweet(text: &str, consumed: usize, at: usize) -> bool {
    let Some(head) = text.get(..at) else { return false };
    let head = head.strip_suffix(':').unwrap_or(head);
    let Some(start) = head.len().checked_sub(2).filter(|start| *start >= consumed) else { return false };
    if !head.get(start..).is_some_and(|word| word.eq_ignore_ascii_case("rt")) {
        return false;
    }
    match char_before(text, start) {
        None => true,
        Some(c) => start > consumed && !is_username_char(c) && !matches!(c, '+' | '~' | '.' | '-'),
    }
}

/// The hashtags in the text, in order, as bytes with their signs; those inside links too.
pub(super) fn hashtags(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut consumed = 0;
    for (at, sign) in signs(text, '#', '＃') {
        if at < consumed || !may_precede_hashtag(text, consumed, at) {
            continue;
        }
        let start = at + sign.len_utf8();
        if matches!(char_at(text, start), Some('\u{fe0f}' | '\u{20e3}')) {
            continue;
        }
        let end = skip_while(text, start, is_hashtag_char);
        if !text.get(start..end).is_some_and(|tag| tag.contains(is_hashtag_letter)) {
            continue;
        }
        consumed = end;
        let rest = text.get(end..).unwrap_or_default();
        if !rest.starts_with(['#', '＃']) && !rest.starts_with("://") {
            found.push(at..end);
        }
    }
    found
}

fn may_precede_hashtag(text: &str, consumed: usize, at: usize) -> bool {
    match char_before(text, at) {
        None => true,
        Some('\u{fe0e}' | '\u{fe0f}') => at > consumed,
        Some(c) => at > consumed && c != '&' && !is_hashtag_char(c),
    }
}

/// The cashtags in the text, in order, as bytes with their signs.
pub(super) fn cashtags(text: &str) -> Vec<Range<usize>> {
    memchr::memchr_iter(b'$', text.as_bytes())
        .filter(|at| char_before(text, *at).is_none_or(|c| is_space(c) || is_directional(c)))
        .filter_map(|at| cashtag_end(text, at + 1).map(|end| at..end))
        .collect()
}

fn cashtag_end(text: &str, start: usize) -> Option<usize> {
    let letters = |from: usize, most: usize| {
        let rest = text.as_bytes().get(from..).unwrap_or_default();
        rest.iter().take(most).take_while(|byte| byte.is_ascii_alphabetic()).count()
    };
    let closed = |end: usize| char_at(text, end).is_none_or(|c| is_space(c) || c.is_whitespace() || is_punctuation(c));
    let name = letters(start, 6);
    let end = start + name;
    if name == 0 {
        return None;
    }
    if matches!(text.as_bytes().get(end), Some(b'.' | b'_')) {
        let class = letters(end + 1, 2);
        if class > 0 && closed(end + 1 + class) {
            return Some(end + 1 + class);
        }
    }
    closed(end).then_some(end)
}
