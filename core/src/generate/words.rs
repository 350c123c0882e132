//! The words of a text as the copy gate compares them.

use crate::text::normal::nfkc;

/// One piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A word of a script that puts spaces between words; NFKC, lower case, without apostrophes.
    Word(&'a str),
    /// A character of a script that does not (Han, kana, Thai, Lao, Khmer, Burmese).
    Unspaced(char),
    /// A link or a handle: whatever it was, it is not the author's wording.
    Mask,
}

/// Whether the character belongs to a script written without spaces between words.
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF      // Thai, Lao, Burmese, Khmer
        | 0x3005..=0x3007 | 0x3040..=0x30FF | 0x31F0..=0x31FF    // iteration marks, kana
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF    // Han
        | 0x20000..=0x3FFFF)
        && c.is_alphanumeric()
}

/// Whether nothing is seen of a character, so that a reader reads on over it: controls, and what Unicode lets be ignored
/// (`Default_Ignorable_Code_Point` of <https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt>: zero-width
/// characters, variation selectors, soft hyphens, fillers, tags).
pub(crate) fn is_unseen(c: char) -> bool {
    match c {
        ' '..='~' => false,
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' => true,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' => true,
        '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' => true,
        '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' => true,
        c => c.is_control() && !c.is_whitespace(),
    }
}

/// A mark over, under or through a letter that no composed letter has: it changes how a word looks, not which word it is.
fn is_overlay(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Calls `visit` with each token in order.
pub(crate) fn for_each_token(text: &str, mut visit: impl FnMut(Token<'_>)) {
    let mut rest = text;
    let mut before = ' ';
    let mut start = 0;
    // Links and handles are cut out before normalising, because NFKC changes the characters they end at.
    let mut at = 0;
    while let Some(c) = rest.chars().next() {
        let masked = match c {
            'h' | 'H' | 'w' | 'W' if !before.is_alphanumeric() => link_len(rest),
            '@' | '＠' if !before.is_alphanumeric() => handle_len(rest),
            _ => 0,
        };
        let step = if masked > 0 {
            plain_tokens(text.get(start..at).unwrap_or_default(), &mut visit);
            visit(Token::Mask);
            start = at + masked;
            before = ' ';
            masked
        } else {
            before = c;
            c.len_utf8()
        };
        at += step;
        rest = rest.get(step..).unwrap_or_default();
    }
    plain_tokens(text.get(start..).unwrap_or_default(), &mut visit);
}

fn link_len(text: &str) -> usize {
    let starts = |prefix: &str| text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
    if starts("http://") || starts("https://") || starts("www.") {
        text.find(char::is_whitespace).unwrap_or(text.len())
    } else {
        0
    }
}

fn handle_len(text: &str) -> usize {
    let sign = text.chars().next().map_or(0, char::len_utf8);
    let name = text.get(sign..).unwrap_or_default();
    let len = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(name.len());
    if len == 0 { 0 } else { sign + len }
}

fn plain_tokens(text: &str, visit: &mut impl FnMut(Token<'_>)) {
    let mut word = String::new();
    let mut push = |c: char, word: &mut String| {
        if is_unspaced(c) {
            if !word.is_empty() {
                visit(Token::Word(word));
                word.clear();
            }
            visit(Token::Unspaced(c));
        } else if c.is_alphanumeric() {
            word.push(c);
        } else if !matches!(c, '\'' | '’') && !is_overlay(c) && !word.is_empty() {
            visit(Token::Word(word));
            word.clear();
        }
    };
    if text.is_ascii() {
        for b in text.bytes().filter(|b| !is_unseen(char::from(*b))) {
            push(char::from(b.to_ascii_lowercase()), &mut word);
        }
    } else {
        for c in nfkc(text.chars().filter(|c| !is_unseen(*c))).flat_map(char::to_lowercase) {
            push(c, &mut word);
        }
    }
    push(' ', &mut word);
}

/// The words of a text, masks left out, a run of unspaced characters as one word.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut run = String::new();
    for_each_token(text, |token| match token {
        Token::Unspaced(c) => run.push(c),
        Token::Word(word) => {
            if !run.is_empty() {
                words.push(std::mem::take(&mut run));
            }
            words.push(word.to_owned());
        }
        Token::Mask => {
            if !run.is_empty() {
                words.push(std::mem::take(&mut run));
            }
        }
    });
    if !run.is_empty() {
        words.push(run);
    }
    words
}

/// 64 bits of a word: FNV-1a, finished by the mixer of SplitMix64 so that all bits are good. The same on every machine.
pub(crate) fn hash_word(word: &str) -> u64 {
    mix(word
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)))
}

/// 64 bits of a run of words.
pub(crate) fn hash_run(words: &[u64]) -> u64 {
    words.iter().fold(0x9e37_79b9_7f4a_7c15, |hash, word| mix(hash.rotate_left(23) ^ word))
}

fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_normalised_and_masked() {
        assert_eq!(
            words("Don't “STOP”, @you: https://t.co/x?y #Ｆｕｌｌ well-known 👍🏽"),
            ["dont", "stop", "full", "well", "known"]
        );
        assert_eq!(words("mail me@example.com"), ["mail", "me", "example", "com"]);
        assert_eq!(words("今日は Rust を"), ["今日は", "rust", "を"]);
        assert_eq!(
            words("sh\u{200b}ip\u{ad}pe\u{fe01}d\u{3164} \u{3164} \u{2060}to\u{336}day\u{7}"),
            ["shipped", "today"]
        );
        assert_eq!(words("Café cafe\u{301} İzmir"), ["café", "café", "izmir"]);
        assert!(words("").is_empty());
        assert!(words("🙃 !!! @a https://x.y").is_empty());
    }
}
