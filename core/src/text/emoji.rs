//! Emoji that are more than one code point.

use super::chars::{char_at, listed};
use super::emoji_table::{FLAGS, JOINED, Joined, SELECTABLE, TONABLE};

const JOINER: char = '\u{200d}';
const SELECTOR: char = '\u{fe0f}';
const KEYCAP: char = '\u{20e3}';

/// Whether a character can only be the second or a later one of an emoji, or is half of a flag.
///
/// An emoji of one code point weighs what its code point weighs, so that only these need a look at the tables.
pub(super) fn continues(c: char) -> bool {
    c >= JOINER
        && (matches!(c, JOINER | KEYCAP | SELECTOR)
            || is_tone(c)
            || is_indicator(c)
            || matches!(c, '\u{e0020}'..='\u{e007f}'))
}

fn is_tone(c: char) -> bool {
    matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}

fn is_indicator(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

/// The bytes of the emoji at the start of `text`, when it is one of several code points: keycaps, flags, an emoji with
/// a variation selector or skin tone, and the joined sequences that Unicode recommends.
pub(super) fn sequence_length(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    if matches!(first, '0'..='9' | '#' | '*') {
        return keycap(text);
    }
    if is_indicator(first) {
        return flag(text, first);
    }
    if first == '\u{1f3f4}'
        && let Some(length) = region(text)
    {
        return Some(length);
    }
    if let Some(length) = joined(text) {
        return Some(length);
    }
    let element = Element::at(text, 0)?;
    (element.end > first.len_utf8()).then_some(element.end)
}

fn keycap(text: &str) -> Option<usize> {
    let at = if char_at(text, 1) == Some(SELECTOR) { 1 + SELECTOR.len_utf8() } else { 1 };
    (char_at(text, at) == Some(KEYCAP)).then(|| at + KEYCAP.len_utf8())
}

fn flag(text: &str, first: char) -> Option<usize> {
    let second = char_at(text, first.len_utf8()).filter(|c| is_indicator(*c))?;
    let letter = |c: char| u8::try_from(u32::from(c) - 0x1f1e6).ok().map(|n| n + b'A');
    let pair = [letter(first)?, letter(second)?];
    super::tld::in_packed(FLAGS, &pair).then_some(2 * first.len_utf8())
}

/// The flags of England, Scotland and Wales: a black flag, letters as tags, and an end mark.
fn region(text: &str) -> Option<usize> {
    let mut tags = [0_u8; 5];
    let mut chars = text.chars().skip(1);
    for tag in &mut tags {
        let c = chars.next().filter(|c| matches!(c, '\u{e0061}'..='\u{e007a}'))?;
        *tag = u8::try_from(u32::from(c) - 0xe0000).ok()?;
    }
    let ended = chars.next() == Some('\u{e007f}');
    (ended && matches!(&tags, b"gbeng" | b"gbsct" | b"gbwls")).then_some(4 * 7)
}

/// One emoji with what follows it directly.
#[derive(Clone, Copy, Default)]
struct Element {
    base: u32,
    selected: bool,
    toned: bool,
    /// The byte after the base itself, and after its selector and skin tone.
    base_end: usize,
    end: usize,
}

impl Element {
    fn at(text: &str, at: usize) -> Option<Self> {
        let base = char_at(text, at)?;
        let base_end = at + base.len_utf8();
        let mut element = Self { base: u32::from(base), base_end, end: base_end, ..Self::default() };
        if char_at(text, element.end) == Some(SELECTOR) && listed(&SELECTABLE, base) {
            element.selected = true;
            element.end += SELECTOR.len_utf8();
        }
        // A selector before the skin tone is not needed; X's own table takes it.
        if char_at(text, element.end).is_some_and(is_tone) && listed(&TONABLE, base) {
            element.toned = true;
            element.end += 4;
        }
        Some(element)
    }
}

/// The longest recommended sequence of emoji joined by U+200D.
fn joined(text: &str) -> Option<usize> {
    let mut elements = [Element::default(); 4];
    let mut bases = [0_u32; 4];
    let mut at = 0;
    let mut longest = None;
    for count in 0..4 {
        let element = Element::at(text, at)?;
        *elements.get_mut(count)? = element;
        *bases.get_mut(count)? = element.base;
        if count > 0
            && let Ok(found) = JOINED.binary_search_by(|row| row.elements.cmp(&bases))
        {
            let row = JOINED.get(found)?;
            longest = written_as(row, elements.get(..=count)?).or(longest);
        }
        if char_at(text, element.end) != Some(JOINER) {
            break;
        }
        at = element.end + JOINER.len_utf8();
        if at >= text.len() {
            break;
        }
    }
    longest
}

/// The end of the sequence when its selectors and skin tones stand where they belong.
fn written_as(row: &Joined, elements: &[Element]) -> Option<usize> {
    let last = elements.len() - 1;
    let toned = elements.iter().any(|element| element.toned);
    if !toned && !row.plain {
        return None;
    }
    // The eye in a speech bubble is the one sequence that X's own table knows without selectors.
    let bare = row.elements == [0x1f441, 0x1f5e8, 0, 0] && elements.iter().all(|element| !element.selected);
    let mut end = 0;
    for (i, element) in elements.iter().enumerate() {
        let needs_tone = toned && row.toned >> i & 1 == 1;
        let needs_selector = row.selected >> i & 1 == 1 && !needs_tone && !bare;
        if element.toned != needs_tone && (needs_tone || i != last) {
            return None;
        }
        end = element.end;
        if i == last && !needs_tone && !needs_selector {
            end = element.base_end;
        } else if needs_selector != element.selected || (needs_selector && element.toned) {
            return None;
        }
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(JOINED.windows(2).all(|pair| pair[0].elements < pair[1].elements));
        for list in [SELECTABLE.as_slice(), &TONABLE] {
            assert!(list.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    #[test]
    fn whole_sequences_and_nothing_else() {
        let whole = [
            "👨‍👩‍👧",
            "👩‍❤️‍💋‍👨",
            "👩🏽‍❤️‍💋‍👨🏿",
            "🏋🏽‍♂️",
            "🏋️‍♂️",
            "🏳️‍🌈",
            "🏴‍☠️",
            "1️⃣",
            "1⃣",
            "#️⃣",
            "🇩🇪",
            "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
            "👍🏽",
            "☝🏽",
            "☝️🏽",
            "☺️",
            "©️",
            "⌚️",
            "👁‍🗨",
            "👁️‍🗨️",
            "🫱🏻‍🫲🏿",
            "🚶🏽‍♂️‍➡️",
            "🧑‍🧑‍🧒‍🧒",
        ];
        for emoji in whole {
            assert_eq!(sequence_length(emoji), Some(emoji.len()), "{emoji} {}", emoji.escape_unicode());
            assert_eq!(sequence_length(&format!("{emoji}x")), Some(emoji.len()), "{emoji} and more");
        }
        let broken = ["👨", "👨‍🐱", "1", "1️", "🇩", "🇩x", "🇽🇽", "🏴󠁧󠁢󠁥󠁮", "👍️", "☺︎", "a🏽", "🫱‍🫲", "", "👨‍", "🏃‍♂"];
        for text in broken {
            assert_eq!(sequence_length(text), None, "{text} {}", text.escape_unicode());
        }
        // The longest recommended beginning counts, the rest stands for itself.
        assert_eq!(sequence_length("👨‍👩‍👧‍🐱"), Some("👨‍👩‍👧".len()));
    }
}
