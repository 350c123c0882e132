//! Outside text on its way to a person's screen.

use std::borrow::Cow;

/// Replaces what could steer a terminal or reorder a line: control characters (C0, DEL, C1, line breaks too) and the
/// bidirectional marks, overrides and isolates of Unicode, each as `\u{…}` (`\n`, `\r` and `\t` in their short form).
///
/// A tweet, a name or a model's answer is outside text wherever it goes (see the CVE class "Trojan Source",
/// <https://trojansource.codes>).
///
/// ```
/// assert_eq!(ghostwren::text::escape_controls("\u{1b}]0;owned\u{7}"), "\\u{1b}]0;owned\\u{7}");
/// assert_eq!(ghostwren::text::escape_controls("plain ✓"), "plain ✓");
/// ```
#[must_use]
pub fn escape_controls(text: &str) -> Cow<'_, str> {
    if !text.chars().any(steers) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if steers(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
