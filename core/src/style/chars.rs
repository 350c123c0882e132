//! What a character is, and what begins at one: a link, an emoticon, an emoji.

use super::table::Counter;

/// What a character is to the scanner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CharClass {
    /// White space other than line breaks.
    Space,
    /// A letter of this script.
    Letter(Script),
    /// A digit.
    Digit,
    /// The beginning of an emoji.
    Emoji,
    /// Nothing a writer sees: selectors, joiners, marks, control characters, and U+FFFD, which says that the text was
    /// damaged on its way and nothing about its author.
    Ignored,
    /// Any other sign.
    Other,
}

/// A writing system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Cyrillic,
    Greek,
    Arabic,
    Hebrew,
    Devanagari,
    Thai,
    Hangul,
    Kana,
    Han,
    Other,
}

impl Script {
    /// Whether words are written without spaces between them.
    #[inline]
    pub(super) fn unspaced(self) -> bool {
        matches!(self, Self::Han | Self::Kana | Self::Thai)
    }

    pub(super) fn counter(self) -> Counter {
        match self {
            Self::Latin => Counter::Latin,
            Self::Cyrillic => Counter::Cyrillic,
            Self::Greek => Counter::Greek,
            Self::Arabic => Counter::Arabic,
            Self::Hebrew => Counter::Hebrew,
            Self::Devanagari => Counter::Devanagari,
            Self::Thai => Counter::Thai,
            Self::Hangul => Counter::Hangul,
            Self::Kana => Counter::Kana,
            Self::Han => Counter::Han,
            Self::Other => Counter::OtherScript,
        }
    }

    /// The language that a set of scripts (bit `1 << script`) stands for by itself.
    pub(super) fn language_of(scripts: u16) -> Option<&'static str> {
        let has = |script: Self| scripts & (1 << (script as u16)) != 0;
        [
            (Self::Kana, "ja"),
            (Self::Hangul, "ko"),
            (Self::Han, "zh"),
            (Self::Greek, "el"),
            (Self::Hebrew, "he"),
            (Self::Devanagari, "hi"),
            (Self::Thai, "th"),
        ]
        .into_iter()
        .find_map(|(script, language)| has(script).then_some(language))
    }
}

/// What a character is.
#[inline]
pub(super) fn classify(c: char) -> CharClass {
    if c.is_ascii() {
        return match c {
            'a'..='z' | 'A'..='Z' => CharClass::Letter(Script::Latin),
            ' ' | '\t' | '\x0b' | '\x0c' | '\n' | '\r' => CharClass::Space,
            '0'..='9' => CharClass::Digit,
            '\0'..='\x1f' | '\x7f' => CharClass::Ignored,
            _ => CharClass::Other,
        };
    }
    classify_wide(c)
}

fn classify_wide(c: char) -> CharClass {
    match c {
        '\u{aa}' | '\u{ba}' | '\u{b5}' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{24f}' => {
            CharClass::Letter(Script::Latin)
        }
        '\u{1e00}'..='\u{1eff}' => CharClass::Letter(Script::Latin),
        _ if is_mark(c) => CharClass::Ignored,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' => {
            CharClass::Ignored
        }
        '\u{feff}' | '\u{fffd}' | '\u{e0000}'..='\u{e0fff}' | '\u{20e3}' => CharClass::Ignored,
        _ if is_emoji(c) => CharClass::Emoji,
        _ if c.is_alphabetic() => CharClass::Letter(match c {
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Script::Greek,
            '\u{400}'..='\u{52f}' => Script::Cyrillic,
            '\u{590}'..='\u{5ff}' => Script::Hebrew,
            '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' => {
                Script::Arabic
            }
            '\u{900}'..='\u{97f}' => Script::Devanagari,
            '\u{e00}'..='\u{e7f}' => Script::Thai,
            '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7af}' => Script::Hangul,
            '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9f}' => Script::Kana,
            '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => {
                Script::Han
            }
            _ => Script::Other,
        }),
        _ if c.is_numeric() => CharClass::Digit,
        _ if c.is_whitespace() => CharClass::Space,
        _ if c.is_control() => CharClass::Ignored,
        _ => CharClass::Other,
    }
}

/// A mark that belongs to the letter before it.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{591}'..='\u{5c7}'
        | '\u{93a}'..='\u{94f}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{1ab0}'..='\u{1aff}')
}

/// Whether an emoji begins here (blocks of <https://unicode.org/Public/UCD/latest/emoji/emoji-data.txt>; arrows, letters
/// and digits that are emoji only with a selector are signs).
fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{1f1e6}'..='\u{1f1ff}' | '\u{1f300}'..='\u{1f64f}' | '\u{1f680}'..='\u{1f6ff}' | '\u{1f7e0}'..='\u{1f7eb}'
        | '\u{1f900}'..='\u{1faff}' | '\u{1f004}' | '\u{1f0cf}' | '\u{1f170}'..='\u{1f19a}' | '\u{1f201}'..='\u{1f251}'
        | '\u{2600}'..='\u{27bf}' | '\u{231a}' | '\u{231b}' | '\u{23e9}'..='\u{23fa}' | '\u{2b1b}' | '\u{2b1c}'
        | '\u{2b50}' | '\u{2b55}' | '\u{25b6}' | '\u{25c0}' | '\u{2934}' | '\u{2935}' | '\u{2b05}'..='\u{2b07}'
        | '\u{203c}' | '\u{2049}' | '\u{3297}' | '\u{3299}' | '\u{3030}' | '\u{303d}')
}

/// Whether the character changes the emoji before it: selector, skin tone, keycap or tag.
pub(super) fn is_emoji_part(c: char) -> bool {
    matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{20e3}' | '\u{e0020}'..='\u{e007f}')
}

/// The kinds of emoji that are counted apart.
pub(super) fn emoji_kind(c: char) -> Option<Counter> {
    match c {
        '\u{1f1e6}'..='\u{1f1ff}' => Some(Counter::EmojiFlag),
        '\u{2763}'
        | '\u{2764}'
        | '\u{2665}'
        | '\u{1f493}'..='\u{1f49f}'
        | '\u{1f5a4}'
        | '\u{1f90d}'
        | '\u{1f90e}'
        | '\u{1f9e1}'
        | '\u{1fa75}'..='\u{1fa77}' => Some(Counter::EmojiHeart),
        '\u{1f600}'..='\u{1f64a}'
        | '\u{1f910}'..='\u{1f917}'
        | '\u{1f920}'..='\u{1f92f}'
        | '\u{1f970}'..='\u{1f97a}'
        | '\u{1f9d0}'
        | '\u{263a}'
        | '\u{2639}'
        | '\u{1fae0}'..='\u{1fae8}' => Some(Counter::EmojiFace),
        '\u{1f44a}'..='\u{1f450}'
        | '\u{1f446}'..='\u{1f449}'
        | '\u{1f590}'
        | '\u{1f595}'
        | '\u{1f596}'
        | '\u{1f64c}'
        | '\u{1f64f}'
        | '\u{1f918}'..='\u{1f91f}'
        | '\u{270a}'..='\u{270d}'
        | '\u{1f4aa}'
        | '\u{1faf0}'..='\u{1faf8}' => Some(Counter::EmojiHand),
        _ => None,
    }
}

/// Skips what fits and says how many characters that were.
pub(super) fn skip(rest: &mut std::str::Chars<'_>, mut fits: impl FnMut(char) -> bool) -> u32 {
    let mut skipped = 0u32;
    loop {
        let before = rest.as_str();
        match rest.next() {
            Some(c) if fits(c) => skipped = skipped.saturating_add(1),
            Some(_) => {
                *rest = before.chars();
                return skipped;
            }
            None => return skipped,
        }
    }
}

/// The endings by which an address without `https://` is known; only those that are no words themselves.
const BARE_ENDINGS: [&str; 16] =
    ["com", "org", "net", "gov", "edu", "io", "ly", "tv", "uk", "eu", "dev", "app", "info", "gl", "gd", "us"];

/// The length in bytes of the link that begins here; 0 where none does. `after_word` says that a word, a tag or an
/// address ended right before, so that no address can begin.
#[inline]
pub(super) fn link_length(here: &str, c: char, after_word: bool) -> usize {
    if after_word || !c.is_ascii() {
        return 0;
    }
    let bytes = here.as_bytes();
    let schemed = matches!(c, 'h' | 'H')
        && (starts_with(bytes, b"http://") || starts_with(bytes, b"https://") || starts_with(bytes, b"hxxp"));
    let known = schemed || (matches!(c, 'w' | 'W') && starts_with(bytes, b"www.")) || bare(bytes);
    if !known {
        return 0;
    }
    let mut end = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if !byte.is_ascii_graphic() || matches!(byte, b'"' | b'<' | b'>') {
            break;
        }
        if !matches!(byte, b'.' | b',' | b'!' | b'?' | b';' | b':' | b')' | b'\'') {
            end = at + 1;
        }
    }
    end
}

fn starts_with(bytes: &[u8], prefix: &[u8]) -> bool {
    bytes.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Whether an address such as `example.com/path` begins here.
fn bare(bytes: &[u8]) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    let host = bytes.iter().take(64).take_while(|byte| is_name(byte)).count();
    if bytes.get(host) != Some(&b'.') {
        return false;
    }
    let mut from = host + 1;
    loop {
        let label = bytes.get(from..).unwrap_or(&[]);
        let length = label.iter().take(64).take_while(|byte| is_name(byte)).count();
        let after = label.get(length);
        let label = label.get(..length).unwrap_or(&[]);
        if length == 0 {
            return false;
        }
        match after {
            Some(b'/') => return length >= 2,
            Some(b'.') if label.len() < 64 && from < 256 => {
                if BARE_ENDINGS.iter().any(|ending| label.eq_ignore_ascii_case(ending.as_bytes())) {
                    return true;
                }
                from += length + 1;
            }
            _ => return BARE_ENDINGS.iter().any(|ending| label.eq_ignore_ascii_case(ending.as_bytes())),
        }
    }
}

/// How many characters of an emoticon follow its eyes; `None` where none is.
pub(super) fn emoticon(after_eyes: &str) -> Option<u32> {
    let mut chars = after_eyes.chars();
    let mut length = 1;
    let mut mouth = chars.next()?;
    if matches!(mouth, '-' | '\'' | '^') {
        mouth = chars.next()?;
        length = 2;
    }
    let whole = matches!(mouth, ')' | '(' | 'D' | 'P' | 'p' | 'O' | 'o' | '*' | ']' | '[' | '/' | '|');
    let next = chars.next();
    (whole && next.is_none_or(|c| !c.is_alphanumeric() && c != '/')).then_some(length)
}
