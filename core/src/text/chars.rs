//! The classes of characters that twitter-text distinguishes.
//!
//! Source: the character groups in <https://github.com/twitter/twitter-text/tree/master/js/src/regexp>.

use super::alphabet_table::{DIGITS, LETTERS_AND_MARKS};

/// Whether the character is in an inversion list.
pub(super) fn listed(list: &[u32], c: char) -> bool {
    list.partition_point(|&flip| flip <= u32::from(c)) % 2 == 1
}

/// The character that starts at this byte.
pub(super) fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// The character that ends before this byte.
pub(super) fn char_before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

/// The byte after the run of such characters that starts at `from`.
pub(super) fn skip_while(text: &str, from: usize, class: impl Fn(char) -> bool) -> usize {
    let Some(rest) = text.get(from..) else { return from };
    rest.find(|c| !class(c)).map_or(text.len(), |length| from + length)
}

pub(super) fn is_space(c: char) -> bool {
    matches!(c, '\u{9}'..='\u{d}' | ' ' | '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{180e}' | '\u{2000}'..='\u{200a}'
        | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// Marks that order text from left to right or right to left.
pub(super) fn is_directional(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Characters that no tweet may hold: byte order marks and a noncharacter.
pub(super) fn is_invalid(c: char) -> bool {
    matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Latin letters with accents, without the signs of multiplication and division.
pub(super) fn is_latin_accent(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{24f}' | '\u{253}' | '\u{254}' | '\u{256}'
        | '\u{257}' | '\u{259}' | '\u{25b}' | '\u{263}' | '\u{268}' | '\u{26f}' | '\u{272}' | '\u{289}' | '\u{28b}'
        | '\u{2bb}' | '\u{300}'..='\u{36f}' | '\u{1e00}'..='\u{1eff}')
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{4ff}')
}

/// ASCII punctuation as it ends a cashtag.
pub(super) fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
}

/// A character of a host name, beside `-`, `_` and the dot.
pub(super) fn is_domain_char(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { !is_space(c) && !is_directional(c) && !is_invalid(c) }
}

/// What may stand before a link.
pub(super) fn may_precede_url(c: char) -> bool {
    !c.is_ascii_alphanumeric() && !matches!(c, '@' | '＠' | '$' | '#' | '＃') && !is_invalid(c)
}

/// A character of a link's path, beside parentheses.
pub(super) fn is_path_char(c: char) -> bool {
    match c {
        '!' | '*' | '\'' | ';' | ':' | ',' | '.' | '$' | '%' | '[' | ']' | '~' | '@' | '|' | '&' | '\u{2013}' => true,
        _ => is_path_end(c),
    }
}

/// A character that may end a link's path.
pub(super) fn is_path_end(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || matches!(c, '=' | '_' | '#' | '/' | '+' | '-')
    } else {
        is_cyrillic(c) || is_latin_accent(c)
    }
}

/// A character of a link's query.
pub(super) fn is_query_char(c: char) -> bool {
    c.is_ascii() && (is_path_char(c) || matches!(c, '?' | '(' | ')'))
}

/// A character that may end a link's query.
pub(super) fn is_query_end(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '&' | '=' | '#' | '/' | '-')
}

/// A letter of a hashtag: at least one is needed.
///
/// Beside the letters and marks of Unicode, the private ones that Apple composes letters with.
pub(super) fn is_hashtag_letter(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphabetic();
    }
    listed(&LETTERS_AND_MARKS, c)
        || matches!(c, '\u{f870}'..='\u{f87f}' | '\u{f882}' | '\u{f884}'..='\u{f89f}' | '\u{f8b8}'
            | '\u{f8c1}'..='\u{f8d6}')
}

/// A character of a hashtag: letters, marks, digits and what joins them in some scripts.
pub(super) fn is_hashtag_char(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    is_hashtag_letter(c)
        || listed(&DIGITS, c)
        || matches!(
            c,
            '\u{200c}'
                | '\u{200d}'
                | '\u{a67e}'
                | '\u{5be}'
                | '\u{5f3}'
                | '\u{5f4}'
                | '\u{ff5e}'
                | '\u{301c}'
                | '\u{309b}'
                | '\u{309c}'
                | '\u{30a0}'
                | '\u{30fb}'
                | '\u{3003}'
                | '\u{f0b}'
                | '\u{f0c}'
                | '\u{b7}'
        )
}

/// A number with commas between its thousands, for sentences.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
