//! What X makes of a text: its weighted length, its links, tags and mentions. Written apart from the SDK's own rules
//! (`ghostwren::text`), so that one wrong rule cannot pass on both sides; plainer, because the stand-in only has to draw
//! the line where X draws it (<https://docs.x.com/fundamentals/counting-characters>).

use icu_normalizer::ComposingNormalizerBorrowed;

/// What a piece of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Url,
    Hashtag,
    Mention,
    Cashtag,
}

/// A piece of a text, in characters (code points).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The URL as it stands, or the tag or name without its sign.
    pub(crate) text: String,
}

/// Endings of a bare domain that are taken as links.
const ENDINGS: &[&str] = &[
    "com", "org", "net", "io", "dev", "app", "co", "ai", "de", "fr", "es", "it", "nl", "uk", "us", "jp", "eu", "info",
    "me", "tv", "xyz", "blog", "page", "gov", "edu", "rs",
];

/// The pieces of a text, in order.
pub(crate) fn spans(text: &str) -> Vec<Span> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let before = at.checked_sub(1).and_then(|at| chars.get(at)).copied();
        let after_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '&');
        let rest = chars.get(at..).unwrap_or_default();
        let span = match rest.first() {
            Some('#') if !after_word => tag(rest, Kind::Hashtag, usize::MAX, |c| c.is_alphanumeric() || c == '_')
                .filter(|(_, text)| text.chars().any(char::is_alphabetic)),
            Some('@') if !after_word => tag(rest, Kind::Mention, 15, |c| c.is_ascii_alphanumeric() || c == '_'),
            Some('$') if before.is_none_or(char::is_whitespace) => {
                tag(rest, Kind::Cashtag, 6, |c| c.is_ascii_alphabetic())
            }
            Some(c) if c.is_ascii_alphanumeric() && !after_word && before != Some('@') => url(rest),
            _ => None,
        };
        match span {
            Some((kind, text)) => {
                let length = text.chars().count() + usize::from(kind != Kind::Url);
                found.push(Span { kind, start: at, end: at + length, text });
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

fn tag(rest: &[char], kind: Kind, most: usize, belongs: impl Fn(char) -> bool) -> Option<(Kind, String)> {
    let text: String = rest.iter().skip(1).copied().take_while(|&c| belongs(c)).collect();
    let length = text.chars().count();
    let next = rest.get(length + 1).copied();
    let cut = next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '@');
    (length > 0 && length <= most && !cut).then_some((kind, text))
}

fn url(rest: &[char]) -> Option<(Kind, String)> {
    let word: String =
        rest.iter().copied().take_while(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"')).collect();
    let word = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'', ']']);
    let lower = word.to_ascii_lowercase();
    let after_scheme = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    let domain = after_scheme.unwrap_or(&lower).split(['/', '?', '#', ':']).next().unwrap_or_default();
    let (name, ending) = domain.rsplit_once('.')?;
    let proper = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
    let known = after_scheme.is_some() && ending.chars().all(|c| c.is_ascii_alphabetic()) || ENDINGS.contains(&ending);
    (proper(name) && known && !lower.contains('@')).then(|| (Kind::Url, word.to_owned()))
}

/// The length that X counts: links are 23, emoji 2, and letters outside the light ranges 2.
pub(crate) fn weighted_length(text: &str) -> usize {
    let text = ComposingNormalizerBorrowed::new_nfc().normalize(text);
    let chars: Vec<char> = text.chars().collect();
    let links: Vec<Span> = spans(&text).into_iter().filter(|span| span.kind == Kind::Url).collect();
    let mut links = links.iter().peekable();
    let (mut at, mut length) = (0, 0);
    while at < chars.len() {
        if let Some(link) = links.next_if(|link| link.start == at) {
            length += 23;
            at = link.end;
            continue;
        }
        let rest = chars.get(at..).unwrap_or_default();
        let (weight, taken) = match emoji(rest) {
            Some(taken) => (2, taken),
            None => (weight(rest.first().copied().unwrap_or_default()), 1),
        };
        length += weight;
        at += taken;
    }
    length
}

/// The text after the names that it begins with.
pub(crate) fn without_leading_names(text: &str) -> &str {
    let mut rest = text;
    while let Some((first, after)) = rest.split_once(' ')
        && first.starts_with('@')
    {
        rest = after;
    }
    rest
}

fn weight(c: char) -> usize {
    match c as u32 {
        0..=0x10ff | 0x2000..=0x200d | 0x2010..=0x201f | 0x2032..=0x2037 => 1,
        _ => 2,
    }
}

/// How many characters the emoji at the beginning has.
fn emoji(rest: &[char]) -> Option<usize> {
    let regional = |c: Option<&char>| c.is_some_and(|&c| ('\u{1f1e6}'..='\u{1f1ff}').contains(&c));
    let modifier =
        |c: &char| matches!(c, '\u{fe0f}' | '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}');
    let first = rest.first()?;
    if regional(Some(first)) {
        return Some(1 + usize::from(regional(rest.get(1))));
    }
    let pictograph = matches!(first, '\u{1f000}'..='\u{1faff}' | '\u{2300}'..='\u{23ff}' | '\u{2600}'..='\u{27bf}'
        | '\u{2b00}'..='\u{2bff}');
    if !pictograph && !rest.get(1).is_some_and(|c| matches!(c, '\u{fe0f}' | '\u{20e3}')) {
        return None;
    }
    let mut taken = 1;
    loop {
        taken += rest.iter().skip(taken).take_while(|c| modifier(c)).count();
        match (rest.get(taken), rest.get(taken + 1)) {
            (Some('\u{200d}'), Some(next)) if !next.is_ascii() => taken += 2,
            _ => return Some(taken),
        }
    }
}

/// As X writes texts: three characters are escaped.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// For a page: also quotes.
pub(crate) fn escape_html(text: &str) -> String {
    escape(text).replace('"', "&quot;").replace('\'', "&#39;")
}

/// The first characters, with an ellipsis as the last one where the text is longer.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_where_x_draws_the_line() {
        assert_eq!(weighted_length(&"a".repeat(280)), 280);
        assert_eq!(weighted_length(&"あ".repeat(140)), 280);
        assert_eq!(
            weighted_length("see https://example.com/a/very/long/path?with=query and example.org"),
            4 + 23 + 5 + 23
        );
        for emoji in ["🐈‍⬛", "👩🏽‍🚀", "🇩🇪", "1️⃣", "❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]
        {
            assert_eq!(weighted_length(emoji), 2, "{emoji}");
        }
        assert_eq!(weighted_length("e\u{301}"), 1);
    }

    #[test]
    fn pieces_are_found_in_characters() {
        let found = spans("é @wren_1 #été $TWTR https://t.co/a1, not@mail.com #1 @toolongname123456 v1.2");
        let seen: Vec<_> = found.iter().map(|span| (span.kind, span.start, span.end, span.text.as_str())).collect();
        assert_eq!(
            seen,
            [
                (Kind::Mention, 2, 9, "wren_1"),
                (Kind::Hashtag, 10, 14, "été"),
                (Kind::Cashtag, 15, 20, "TWTR"),
                (Kind::Url, 21, 36, "https://t.co/a1"),
            ]
        );
    }
}
