//! From the text as Twitter writes it to the text as the author typed it.
//!
//! Twitter escapes `&`, `<` and `>` for HTML, replaces every link by a t.co address, and appends an address for pictures
//! and for the quoted tweet. Each function undoes one of these, borrows where nothing changes, and leaves newlines, tabs
//! and every other byte alone.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use memchr::memchr;
use memchr::memmem::Finder;

/// A link as it stands in a text, and where it leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link<'a> {
    /// The address in the text, such as `https://t.co/1a2B3c4D5e`.
    pub url: &'a str,
    /// Where it leads.
    pub expanded: &'a str,
}

/// Undoes HTML escapes, each exactly once: `&amp;lt;` becomes `&lt;`.
///
/// Known are the five that Twitter and its clients write (`&amp;`, `&lt;`, `&gt;`, `&quot;`, `&apos;`) and numeric ones
/// (`&#39;`, `&#x27;`). Anything else that begins with `&` stays, numbers that are no character (0, surrogates) too.
///
/// ```
/// use ghostwren::text::cleanup::unescape_html;
/// assert_eq!(unescape_html("Q&amp;A &lt;3 &amp;lt; it&#39;s"), "Q&A <3 &lt; it's");
/// ```
#[must_use]
pub fn unescape_html(text: &str) -> Cow<'_, str> {
    let Some(first) = memchr(b'&', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut out: Option<String> = None;
    let mut kept = 0;
    let mut at = first;
    while let Some(rest) = text.get(at..) {
        if let Some((c, length)) = one_escape(rest) {
            let out = out.get_or_insert_with(|| String::with_capacity(text.len()));
            out.push_str(text.get(kept..at).unwrap_or_default());
            out.push(c);
            kept = at + length;
            at = kept;
        } else {
            at += 1;
        }
        match text.as_bytes().get(at..).and_then(|rest| memchr(b'&', rest)) {
            Some(next) => at += next,
            None => break,
        }
    }
    match out {
        None => Cow::Borrowed(text),
        Some(mut out) => {
            out.push_str(text.get(kept..).unwrap_or_default());
            Cow::Owned(out)
        }
    }
}

/// The character that the escape at the start of `text` stands for, and the escape's length in bytes.
fn one_escape(text: &str) -> Option<(char, usize)> {
    // The longest escape is `&#x10FFFF;`.
    let window = text.as_bytes().get(..text.len().min(10))?;
    let end = memchr(b';', window)?;
    let body = text.get(1..end)?;
    let c = match body {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = body.strip_prefix('#')?;
            let value = match number.strip_prefix(['x', 'X']) {
                Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16).ok()?,
                None if number.bytes().all(|b| b.is_ascii_digit()) => number.parse().ok()?,
                _ => return None,
            };
            char::from_u32(value).filter(|c| *c != '\0')?
        }
    };
    Some((c, end + 1))
}

/// Replaces each link by where it leads.
///
/// Links are found by their text, never by a position: the positions in archives are counted in UTF-16 units in some
/// years and in code points in others. A link that is only the beginning of a longer address is left alone, and what was
/// put in is not searched again. Linear in the text, however many links there are.
///
/// ```
/// use ghostwren::text::cleanup::{Link, expand_links};
/// let links = [Link { url: "https://t.co/ab", expanded: "https://example.com/" }];
/// assert_eq!(expand_links("see https://t.co/ab\n(not https://t.co/abc)", &links),
///     "see https://example.com/\n(not https://t.co/abc)");
/// ```
#[must_use]
pub fn expand_links<'t>(text: &'t str, links: &[Link<'_>]) -> Cow<'t, str> {
    if links.is_empty() || text.is_empty() {
        return Cow::Borrowed(text);
    }
    // A tweet has a handful of links; only a hostile one makes it worth building a table.
    let table: Option<HashMap<&str, &str>> =
        (links.len() > 32).then(|| links.iter().rev().map(|link| (link.url, link.expanded)).collect());
    let mut out: Option<String> = None;
    let mut kept = 0;
    let mut from = 0;
    while let Some(found) = text.as_bytes().get(from..).and_then(|rest| SCHEME.find(rest)) {
        let at = from + found;
        from = at + 4;
        let Some(rest) = text.get(at..) else { continue };
        let hit = match &table {
            Some(table) => {
                let word = address(rest);
                table.get(word).map(|expanded| (word.len(), *expanded))
            }
            None => links
                .iter()
                .find(|link| !link.url.is_empty() && rest.starts_with(link.url) && ends_here(rest, link.url.len()))
                .map(|link| (link.url.len(), link.expanded)),
        };
        let Some((length, expanded)) = hit else { continue };
        if expanded.is_empty() {
            continue;
        }
        let out = out.get_or_insert_with(|| String::with_capacity(text.len() + expanded.len()));
        out.push_str(text.get(kept..at).unwrap_or_default());
        out.push_str(expanded);
        kept = at + length;
        from = kept;
    }
    match out {
        None => Cow::Borrowed(text),
        Some(mut out) => {
            out.push_str(text.get(kept..).unwrap_or_default());
            Cow::Owned(out)
        }
    }
}

/// How every link begins; made once, since most of its cost is in the making.
static SCHEME: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("http"));

/// The t.co address at the start of the text: everything up to the first byte that cannot be part of one.
fn address(text: &str) -> &str {
    let end = text
        .bytes()
        .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b':' | b'/' | b'.')))
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default().trim_end_matches(['.', ':', '/'])
}

fn ends_here(text: &str, length: usize) -> bool {
    !text.as_bytes().get(length).is_some_and(u8::is_ascii_alphanumeric)
}

/// Takes off the addresses at the end of the text that Twitter put there for media and for the quoted tweet, with the
/// white space before them. An address elsewhere in the text stays.
///
/// ```
/// use ghostwren::text::cleanup::strip_trailing_links;
/// assert_eq!(strip_trailing_links("look\nhere https://t.co/q https://t.co/m", &["https://t.co/m", "https://t.co/q"]),
///     "look\nhere");
/// ```
#[must_use]
pub fn strip_trailing_links<'t>(text: &'t str, links: &[&str]) -> &'t str {
    let mut text = text;
    loop {
        let trimmed = text.trim_end();
        let shorter = links
            .iter()
            .filter(|link| !link.is_empty())
            .find_map(|link| trimmed.strip_suffix(link))
            .filter(|rest| rest.is_empty() || rest.ends_with(char::is_whitespace));
        match shorter {
            Some(rest) => text = rest.trim_end(),
            None => return text,
        }
    }
}

/// Replaces NUL by U+FFFD and says how many there were.
///
/// PostgreSQL stores no NUL in a text (<https://www.postgresql.org/docs/current/datatype-character.html>). It is replaced
/// and not removed, so that a person sees that something was there. All other control characters stay: line breaks
/// and tabs are style.
#[must_use]
pub fn replace_nul(text: Cow<'_, str>) -> (Cow<'_, str>, usize) {
    match memchr(0, text.as_bytes()) {
        None => (text, 0),
        Some(_) => {
            let count = text.bytes().filter(|b| *b == 0).count();
            (Cow::Owned(text.replace('\0', "\u{fffd}")), count)
        }
    }
}

/// Replaces each escape of half a surrogate pair (`\ud83d` alone) in JSON by `\ufffd`, in place, and says how many.
///
/// Text that was cut between the two halves of an emoji has them; no JSON reader that gives UTF-8 accepts them
/// (RFC 8259, section 8.2).
pub fn repair_surrogates(json: &mut [u8]) -> usize {
    let mut repaired = 0;
    let mut at = 0;
    while let Some(found) = json.get(at..).and_then(|rest| memchr(b'\\', rest)) {
        at += found;
        let Some(unit) = escape_unit(json, at) else {
            at += 2; // another escape: its second byte is never the start of one
            continue;
        };
        let pair = (0xd800..0xdc00).contains(&unit)
            && escape_unit(json, at + 6).is_some_and(|low| (0xdc00..0xe000).contains(&low));
        if pair {
            at += 12;
            continue;
        }
        if (0xd800..0xe000).contains(&unit)
            && let Some(digits) = json.get_mut(at + 2..at + 6)
        {
            digits.copy_from_slice(b"fffd");
            repaired += 1;
        }
        at += 6;
    }
    repaired
}

/// The value of the `\uXXXX` at this position.
fn escape_unit(json: &[u8], at: usize) -> Option<u32> {
    let escape = json.get(at..at + 6)?;
    let digits = escape.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |value, digit| Some(value * 16 + char::from(*digit).to_digit(16)?))
}

/// The handle of a retweet's author, out of `RT @handle: `: in an archive that is all that tells a retweet.
#[must_use]
pub fn retweeted_handle(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("RT @")?;
    let (handle, _) = rest.split_once(": ")?;
    let valid = (1..=20).contains(&handle.len()) && handle.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    valid.then_some(handle)
}

/// The id of the tweet that an address leads to: `https://twitter.com/handle/status/123`, also of x.com and mobile.
///
/// ```
/// use ghostwren::text::cleanup::status_id;
/// assert_eq!(status_id("https://x.com/i/web/status/20"), Some("20"));
/// assert_eq!(status_id("https://x.com/jack/status/20/photo/1"), None);
/// ```
#[must_use]
pub fn status_id(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let (host, path) = rest.split_once('/')?;
    let host = host.strip_prefix("www.").or_else(|| host.strip_prefix("mobile.")).unwrap_or(host);
    if !host.eq_ignore_ascii_case("twitter.com") && !host.eq_ignore_ascii_case("x.com") {
        return None;
    }
    let mut steps = path.split('/');
    let mut handle = steps.next()?;
    if handle == "#!" {
        handle = steps.next()?;
    }
    let mut status = steps.next()?;
    if handle == "i" && status == "web" {
        status = steps.next()?;
    }
    if status != "status" && status != "statuses" {
        return None;
    }
    let id = steps.next()?.split(['?', '#']).next()?;
    // Further steps name a part of the tweet, such as `/photo/1`: that is no quote.
    (steps.next().is_none_or(str::is_empty) && is_id(id)).then_some(id)
}

/// Whether the text is an id: 1 to 19 digits without a leading zero.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=19).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_exactly_once() {
        for (escaped, plain) in [
            ("a &amp; b", "a & b"),
            ("&amp;lt;", "&lt;"),
            ("&amp;amp;amp;", "&amp;amp;"),
            ("&lt;&gt;&quot;&apos;&#39;&#x1F600;", "<>\"''😀"),
            ("&&amp;&", "&&&"),
            (
                "&nbsp; &copy; AT&T; & &#0; &#xD83D; &#; &#x; &#+9;",
                "&nbsp; &copy; AT&T; & &#0; &#xD83D; &#; &#x; &#+9;",
            ),
            ("é&amp;é", "é&é"),
            ("&éééééé;", "&éééééé;"),
            ("line\n\tbreak", "line\n\tbreak"),
            ("", ""),
        ] {
            assert_eq!(unescape_html(escaped), plain);
        }
        assert!(matches!(unescape_html("AT&T"), Cow::Borrowed(_)));
    }

    #[test]
    fn links_are_found_by_their_text() {
        let links = [
            Link { url: "https://t.co/a", expanded: "https://one.example/?x=1&y=2" },
            Link { url: "https://t.co/ab", expanded: "https://t.co/a" },
        ];
        assert_eq!(
            expand_links("😀 https://t.co/ab https://t.co/a, https://t.co/abc", &links),
            "😀 https://t.co/a https://one.example/?x=1&y=2, https://t.co/abc"
        );
        assert!(matches!(expand_links("nothing here", &links), Cow::Borrowed(_)));
        let many: Vec<(String, String)> =
            (0..100).map(|i| (format!("https://t.co/{i}"), format!("https://e.example/{i}"))).collect();
        let links: Vec<_> = many.iter().map(|(url, expanded)| Link { url, expanded }).collect();
        assert_eq!(
            expand_links("(https://t.co/9). https://t.co/99…", &links),
            "(https://e.example/9). https://e.example/99…"
        );
    }

    #[test]
    fn only_trailing_links_go() {
        let media = ["https://t.co/m"];
        assert_eq!(strip_trailing_links("a\n\nb https://t.co/m", &media), "a\n\nb");
        assert_eq!(strip_trailing_links("https://t.co/m", &media), "");
        assert_eq!(strip_trailing_links("https://t.co/m first", &media), "https://t.co/m first");
        assert_eq!(strip_trailing_links("glued:https://t.co/m", &media), "glued:https://t.co/m");
        assert_eq!(strip_trailing_links("text \n", &media), "text \n");
    }

    #[test]
    fn lone_halves_are_repaired_and_pairs_kept() {
        let repair = |text: &str| {
            let mut json = text.as_bytes().to_vec();
            let count = repair_surrogates(&mut json);
            (String::from_utf8(json).unwrap(), count)
        };
        assert_eq!(repair(r#""\ud83d\ude00 ok""#), (r#""\ud83d\ude00 ok""#.into(), 0));
        assert_eq!(repair(r#""\ud83d""#), (r#""\ufffd""#.into(), 1));
        assert_eq!(repair(r#""\ude00\ud83d\ud83d\ude00""#), (r#""\ufffd\ufffd\ud83d\ude00""#.into(), 2));
        assert_eq!(repair(r#""\\ud83d""#), (r#""\\ud83d""#.into(), 0));
        assert_eq!(repair(r#""\uD8"#), (r#""\uD8"#.into(), 0));
        assert_eq!(replace_nul(Cow::Borrowed("a\0b\0\n")), (Cow::Owned("a\u{fffd}b\u{fffd}\n".to_owned()), 2));
    }
}
