//! Unicode normalisation form C, in which X counts.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, is_nfc, is_nfc_quick};

/// The text in form C; borrowed when it already is.
pub(super) fn normalize(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || text.chars().all(is_settled) || is_nfc(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// Characters of the scripts that tweets are mostly written in, which are in form C whatever stands around them: no
/// table is needed to know it.
fn is_settled(c: char) -> bool {
    matches!(u32::from(c),
        0..=0x2ff | 0x400..=0x482 | 0x48a..=0x52f | 0x2002..=0x20cf | 0x3041..=0x3096 | 0x30a1..=0x30fa
        | 0x30fc | 0x3001..=0x3029 | 0x4e00..=0x9fff | 0xac00..=0xd7a3 | 0xfe0f | 0xff01..=0xff5e | 0x1f000..=0x1fbff)
}

/// The byte of `text` that corresponds to byte `end` of its form C: the last place before it where the text can be cut
/// without tearing a composed character apart.
pub(super) fn original_end(text: &str, end: usize) -> usize {
    let (mut composed, mut start) = (0, 0);
    loop {
        let Some(rest) = text.get(start..) else { return start };
        let piece = rest.char_indices().skip(1).find(|(_, c)| is_boundary(*c)).map_or(rest.len(), |(at, _)| at);
        let Some(piece) = rest.get(..piece).filter(|piece| !piece.is_empty()) else { return start };
        composed += piece.nfc().map(char::len_utf8).sum::<usize>();
        if composed > end {
            return start;
        }
        start += piece.len();
    }
}

/// Whether nothing before a character ever joins with it.
fn is_boundary(c: char) -> bool {
    is_settled(c) || (canonical_combining_class(c) == 0 && is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settled_characters_need_no_table() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32).filter(|c| is_settled(*c)) {
            assert_eq!(canonical_combining_class(c), 0, "{c:?}");
            assert_eq!(is_nfc_quick(std::iter::once(c)), IsNormalized::Yes, "{c:?}");
        }
    }

    #[test]
    fn cuts_between_composed_characters() {
        let text = "e\u{301}e\u{301}x";
        let composed = normalize(text);
        assert_eq!(composed, "ééx");
        assert_eq!([0, 1, 2, 3, 4, 5].map(|end| original_end(text, end)), [0, 0, 3, 3, 6, 7]);
    }
}
