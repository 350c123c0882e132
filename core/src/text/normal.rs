//! Unicode's normalisation forms: C, in which X counts, and KC, in which texts are searched and compared.
//!
//! The tables, but for one of form KC, are those that `url` brings for names of hosts.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;
use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};

const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();
const NFKC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfkc();

/// The text in form C; borrowed when it already is.
pub(crate) fn nfc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || text.chars().all(is_settled) { Cow::Borrowed(text) } else { NFC.normalize(text) }
}

/// Characters of the scripts that tweets are mostly written in, which are in form C whatever stands around them: no
/// table is needed to know it.
fn is_settled(c: char) -> bool {
    matches!(u32::from(c),
        0..=0x2ff | 0x400..=0x482 | 0x48a..=0x52f | 0x2002..=0x20cf | 0x3041..=0x3096 | 0x30a1..=0x30fa
        | 0x30fc | 0x3001..=0x3029 | 0x4e00..=0x9fff | 0xac00..=0xd7a3 | 0xfe0f | 0xff01..=0xff5e | 0x1f000..=0x1fbff)
}

/// The characters in form KC.
pub(crate) fn nfkc(chars: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    NFKC.normalize_iter(chars)
}

/// Whether a character is a mark, which belongs to what stands before it.
pub(super) fn is_mark(c: char) -> bool {
    GeneralCategoryGroup::Mark.contains(CodePointMapData::<GeneralCategory>::new().get(c))
}

/// The byte of `text` that corresponds to byte `end` of its form C: the last place before it where the text can be cut
/// without tearing a composed character apart.
pub(super) fn original_end(text: &str, end: usize) -> usize {
    let (mut composed, mut start) = (0, 0);
    loop {
        let Some(rest) = text.get(start..) else { return start };
        let piece = rest.char_indices().skip(1).find(|(_, c)| is_boundary(*c)).map_or(rest.len(), |(at, _)| at);
        let Some(piece) = rest.get(..piece).filter(|piece| !piece.is_empty()) else { return start };
        composed += nfc(piece).len();
        if composed > end {
            return start;
        }
        start += piece.len();
    }
}

/// Whether nothing before a character ever joins with it: it has no combining class, and form C is sure of it
/// (<https://unicode.org/reports/tr15/#Detecting_Normalization_Forms>).
fn is_boundary(c: char) -> bool {
    CanonicalCombiningClassMapBorrowed::new().get_u8(c) == 0
        && !joins(c)
        && NFC.is_normalized(c.encode_utf8(&mut [0; 4]))
}

/// The characters without a combining class that may join with one before them (`NFC_Quick_Check=Maybe`): vowels of
/// scripts of India and Indonesia, and the second and third parts of Korean syllables.
fn joins(c: char) -> bool {
    matches!(u32::from(c),
        0x9be | 0x9d7 | 0xb3e | 0xb56..=0xb57 | 0xbbe | 0xbd7 | 0xcc2 | 0xcd5..=0xcd6 | 0xd3e | 0xd57 | 0xdcf | 0xddf
        | 0x102e | 0x1161..=0x1175 | 0x11a8..=0x11c2 | 0x1b35 | 0x11127 | 0x1133e | 0x11357 | 0x113b8 | 0x113bb | 0x113c2
        | 0x113c5 | 0x113c7..=0x113c9 | 0x114b0 | 0x114ba | 0x114bd | 0x115af | 0x11930 | 0x1611e..=0x16129
        | 0x16d67..=0x16d68)
}

#[cfg(test)]
mod tests {
    use unicode_normalization::char::{canonical_combining_class, is_combining_mark};
    use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

    use super::*;

    /// Held against another implementation, character by character.
    #[test]
    fn every_character_is_what_unicode_says() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            let text = c.to_string();
            assert_eq!(nfc(&text), text.nfc().collect::<String>(), "{c:?}");
            assert_eq!(nfkc(text.chars()).collect::<String>(), text.nfkc().collect::<String>(), "{c:?}");
            assert_eq!(is_mark(c), is_combining_mark(c), "{c:?}");
            let sure = is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes;
            assert_eq!(is_boundary(c), sure && canonical_combining_class(c) == 0, "{c:?}");
            assert!(is_boundary(c) || !is_settled(c), "{c:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn so_is_every_text(
            text in r"(\PC|[a-z]|[\u{300}-\u{36f}]{1,9}|[\u{1100}-\u{11ff}]|[\u{ac00}-\u{ac20}]|[\u{9be}\u{bbe}\u{ddf}\u{16d67}]|[\u{fb00}-\u{fb06}\u{fdfa}]){0,40}"
        ) {
            proptest::prop_assert_eq!(nfc(&text), text.nfc().collect::<String>());
            proptest::prop_assert_eq!(nfkc(text.chars()).collect::<String>(), text.nfkc().collect::<String>());
        }
    }

    #[test]
    fn cuts_between_composed_characters() {
        let text = "e\u{301}e\u{301}x";
        let composed = nfc(text);
        assert_eq!(composed, "ééx");
        assert_eq!([0, 1, 2, 3, 4, 5].map(|end| original_end(text, end)), [0, 0, 3, 3, 6, 7]);
    }
}
