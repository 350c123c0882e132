//! What a model wraps around a tweet, taken off before the gates see it.

use crate::model::{begins_thinking, spoken};

/// The quotes that may stand around a whole tweet.
const QUOTES: [(char, char); 6] = [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('「', '」'), ('\'', '\'')];

/// Takes off what a model puts around a tweet and no person types: thinking before it, code fences, quotes around the whole, a list number or
/// bullet, a label such as `Tweet 2:`, a count of characters at the end, Markdown bold, headings and links, HTML escapes,
/// and characters that are not text (controls, bidirectional overrides, a byte-order mark).
///
/// Line breaks stay, at most two in a row. The words are never changed.
///
/// ```
/// use ghostwren::generate::clean_candidate;
/// assert_eq!(clean_candidate("1. **\"Ship it.\"** (8 characters)"), "Ship it.");
/// assert_eq!(clean_candidate("She said \"no\".\n\n\n\nTwice &amp; loud."), "She said \"no\".\n\nTwice & loud.");
/// ```
#[must_use]
pub fn clean_candidate(raw: &str) -> String {
    let mut text = printable(raw);
    // Wrappers nest ("1. **\"…\"**"): take off until nothing changes, each pass makes the text shorter.
    loop {
        let before = text.len();
        text = unthink(text.trim());
        text = unfence(text.trim());
        text = unlabel(&text);
        text = uncount(&text);
        text = unwrap_quotes(&text);
        text = unmark(&text);
        if text.len() >= before {
            break;
        }
    }
    squeeze(&unescape(&text))
}

fn printable(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\n' | '\t' => out.push(c),
            '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Takes off whole thinking at the beginning; a mark anywhere else may be what the tweet is about.
fn unthink(text: &str) -> String {
    if !begins_thinking(text) {
        return text.to_owned();
    }
    let said = spoken(text);
    if said.cut { text.to_owned() } else { said.text }
}

fn unfence(text: &str) -> String {
    let Some(inner) = text.strip_prefix("```") else { return text.to_owned() };
    let inner = inner.strip_suffix("```").unwrap_or(inner);
    // The word after the fence names a language.
    match inner.split_once('\n') {
        Some((first, rest)) if first.chars().all(|c| c.is_ascii_alphanumeric()) => rest.trim().to_owned(),
        _ => inner.trim().to_owned(),
    }
}

/// Takes off "1. ", "2) ", "- ", "* ", "• ", "Tweet 3:", "Draft:", "Option 1 -" at the beginning.
fn unlabel(text: &str) -> String {
    let text = text.trim();
    let listed = |line: &str| list_marker(line).is_some();
    if let Some(rest) = list_marker(text) {
        // A tweet that is a list itself keeps its markers.
        if !text.lines().skip(1).any(listed) {
            return rest.trim_start().to_owned();
        }
    }
    for label in ["tweet", "draft", "option", "candidate", "version", "variation"] {
        let Some(head) = text.get(..label.len()) else { continue };
        if !head.eq_ignore_ascii_case(label) {
            continue;
        }
        let rest = text.get(label.len()..).unwrap_or_default();
        let rest = rest.trim_start_matches([' ', '#']).trim_start_matches(|c: char| c.is_ascii_digit());
        let rest = rest.trim_start_matches('*');
        if let Some(rest) = rest.strip_prefix(':') {
            return rest.trim_start().trim_start_matches("**").trim_start().to_owned();
        }
    }
    text.to_owned()
}

/// What follows a list number or bullet.
pub(super) fn list_marker(line: &str) -> Option<&str> {
    let line = line.trim_start();
    for bullet in ["- ", "* ", "• "] {
        if let Some(rest) = line.strip_prefix(bullet) {
            return Some(rest);
        }
    }
    let digits = line.find(|c: char| !c.is_ascii_digit())?;
    if !(1..=2).contains(&digits) {
        return None;
    }
    let rest = line.get(digits..)?;
    rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") ")).or_else(|| rest.strip_prefix(".\t"))
}

/// Takes off "(123 characters)" and "[98 chars]" at the end.
fn uncount(text: &str) -> String {
    let text = text.trim_end();
    let Some(open) = text.rfind(['(', '[']) else { return text.to_owned() };
    let inner = text.get(open + 1..).unwrap_or_default();
    let Some(inner) = inner.strip_suffix([')', ']']) else { return text.to_owned() };
    let mut words = inner.split_whitespace();
    let number =
        words.next().is_some_and(|w| w.split('/').all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit())));
    let unit =
        words.next().is_some_and(|w| matches!(w.to_ascii_lowercase().as_str(), "characters" | "chars" | "character"));
    if number && unit && words.next().is_none() {
        text.get(..open).unwrap_or_default().trim_end().to_owned()
    } else {
        text.to_owned()
    }
}

fn unwrap_quotes(text: &str) -> String {
    let text = text.trim();
    for (open, close) in QUOTES {
        if let Some(inner) = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close))
            && !inner.contains([open, close])
        {
            return inner.to_owned();
        }
    }
    text.to_owned()
}

/// Takes off Markdown: bold and bold italic, a heading's signs, `[words](link)`.
fn unmark(text: &str) -> String {
    let mut text = text.to_owned();
    for mark in ["***", "**", "__"] {
        // Only pairs around words: "2 ** 3" and "__init__.py" are what somebody typed.
        while let Some(start) = text.find(mark) {
            let after = start + mark.len();
            let Some(len) = text.get(after..).and_then(|rest| rest.find(mark)) else { break };
            let inner = text.get(after..after + len).unwrap_or_default();
            let follows = text.get(after + len + mark.len()..).unwrap_or_default().chars().next();
            let precedes = text.get(..start).unwrap_or_default().chars().next_back();
            let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '.');
            if inner.is_empty() || inner.trim() != inner || (mark == "__" && (word(follows) || word(precedes))) {
                break;
            }
            let inner = inner.to_owned();
            text.replace_range(start..after + len + mark.len(), &inner);
        }
    }
    let heading = text.trim_start_matches('#');
    if heading.len() < text.len() && heading.starts_with(' ') {
        text = heading.trim_start().to_owned();
    }
    while let Some(middle) = text.find("](http") {
        let Some(open) = text.get(..middle).and_then(|head| head.rfind('[')) else { break };
        let Some(len) = text.get(middle..).and_then(|rest| rest.find(')')) else { break };
        let words = text.get(open + 1..middle).unwrap_or_default().to_owned();
        let link = text.get(middle + 2..middle + len).unwrap_or_default().to_owned();
        let shown = if words == link { link } else { format!("{words} {link}") };
        text.replace_range(open..=middle + len, &shown);
    }
    text
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

/// No spaces at the end of lines, no more than one empty line in a row.
fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.trim().split('\n') {
        let line = line.trim_end();
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(line);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrappers_come_off_and_words_stay() {
        for (raw, wanted) in [
            ("  hi  ", "hi"),
            ("```text\nhi\n```", "hi"),
            ("“hi there”", "hi there"),
            ("\"No,\" she said. \"Yes.\"", "\"No,\" she said. \"Yes.\""),
            ("Tweet 2: hi", "hi"),
            ("**Tweet 2:** hi", "hi"),
            ("- hi", "hi"),
            ("2) hi", "hi"),
            ("1. first\n2. second", "1. first\n2. second"),
            ("3.5 is a number", "3.5 is a number"),
            ("100. is too", "100. is too"),
            ("## hi", "hi"),
            ("#hashtag stays", "#hashtag stays"),
            ("see [our post](https://a.example/x)", "see our post https://a.example/x"),
            ("a **bold** word", "a bold word"),
            ("2 ** 3 ** 2", "2 ** 3 ** 2"),
            ("edit __init__.py", "edit __init__.py"),
            ("Tom &amp; Jerry &lt;3", "Tom & Jerry <3"),
            ("a\r\nb\rc", "a\nb\nc"),
            ("\u{1b}]0;owned\u{7}x\u{202e}y", "]0;ownedxy"),
            ("👩\u{200d}💻 ok", "👩\u{200d}💻 ok"),
            ("ends (12 chars)", "ends"),
            ("ends (see 12 chars)", "ends (see 12 chars)"),
            ("draft beer is back", "draft beer is back"),
            ("", ""),
            ("\"\"", ""),
            ("```", ""),
            ("**", "**"),
            ("<think>short.</think>\n1. hi", "hi"),
            ("why <think> is a tag", "why <think> is a tag"),
        ] {
            assert_eq!(clean_candidate(raw), wanted, "{raw:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn hostile_text_comes_out_printable(raw in "(\\PC|[\"*_#`()\\[\\]\n:.0-9&;]){0,60}") {
            let clean = clean_candidate(&raw);
            proptest::prop_assert!(!clean.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
        }
    }
}
