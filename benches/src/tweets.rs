//! The real tweets that style is measured on, read in place.

#![allow(clippy::string_slice, reason = "every offset comes from a search in the same text")]

use std::path::{Path, PathBuf};

/// The folder of the shared data: `$GHOSTWREN_SHARED`, or `../shared` from the workspace's root.
#[must_use]
pub fn shared() -> Option<PathBuf> {
    let path = std::env::var_os("GHOSTWREN_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"), PathBuf::from);
    path.join("data/tweets").is_dir().then_some(path)
}

/// The texts of one file of tweets, oldest first, HTML escapes undone.
///
/// # Errors
/// When the file cannot be read as CSV with a column `text`.
pub fn read(path: &Path) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let bytes = std::fs::read(path)?;
    let decoded = String::from_utf8_lossy(&bytes);
    let mut reader = csv::Reader::from_reader(decoded.as_bytes());
    let column = reader.headers()?.iter().position(|name| name == "text").ok_or("no column `text`")?;
    let mut texts = Vec::new();
    for record in reader.records() {
        texts.push(unescape(record?.get(column).unwrap_or("")));
    }
    // The authors' files run from the newest tweet to the oldest; the crowd's order does not matter.
    texts.reverse();
    Ok(texts)
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// What was taken out of a text, until the blanks around it are looked at.
const TAKEN: char = '\u{0}';

/// The crowd's tweets as people in general would write them: without the event's hashtags, by which they were collected,
/// and with emoji in 20.69 % of the tweets only (<https://blog.emojipedia.org/emoji-use-at-all-time-high/>), because
/// having emoji was the other condition. What is taken out leaves one blank and not two. The address that Twitter sets at
/// the end for a picture or a quoted tweet is taken off, as from every tweet that is imported.
#[must_use]
pub fn background_texts(crowd: &[String]) -> Vec<String> {
    let mut texts = Vec::with_capacity(crowd.len());
    let mut share = 0.0;
    for text in crowd {
        share += 0.2069;
        let keep_emoji = share >= 1.0;
        if keep_emoji {
            share -= 1.0;
        }
        let text = without_last_address(text);
        let mut out = String::with_capacity(text.len());
        for token in text.split_inclusive(char::is_whitespace) {
            let mut rest = token;
            while let Some(at) = rest.find(['#', '\u{ff03}']) {
                let (before, tag) = rest.split_at(at);
                let sign = tag.chars().next().map_or(0, char::len_utf8);
                let length =
                    tag[sign..].find(|c: char| !c.is_alphanumeric() && c != '_').map_or(tag.len(), |n| n + sign);
                let lower = tag[..length].to_lowercase();
                out.push_str(before);
                if lower.contains("mayweather") || lower.contains("mcgregor") || lower.contains("macgregor") {
                    out.push(TAKEN);
                } else {
                    out.push_str(&tag[..length]);
                }
                rest = &tag[length..];
            }
            out.push_str(rest);
        }
        if !keep_emoji {
            out = out.chars().map(|c| if is_emoji(c) { TAKEN } else { c }).collect();
        }
        let cleaned = close_gaps(&out);
        if !cleaned.is_empty() {
            texts.push(cleaned);
        }
    }
    texts
}

/// The text without a `t.co` address at its very end.
fn without_last_address(text: &str) -> &str {
    let text = text.trim_end();
    let Some((at, path)) = text.rfind("https://t.co/").and_then(|at| Some((at, text.get(at + 13..)?))) else {
        return text;
    };
    let whole = !path.is_empty() && path.chars().all(|c| c.is_ascii_alphanumeric());
    if whole { text[..at].trim_end() } else { text }
}

/// Where something was taken out between two blanks, one of them goes too.
fn close_gaps(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        match c {
            TAKEN => gap = out.is_empty() || out.ends_with(char::is_whitespace),
            ' ' if gap => gap = false,
            c => {
                gap = false;
                out.push(c);
            }
        }
    }
    out.trim().to_owned()
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{231a}'..='\u{23ff}'
        | '\u{fe0e}' | '\u{fe0f}' | '\u{200d}' | '\u{20e3}' | '\u{203c}' | '\u{2049}' | '\u{e0020}'..='\u{e007f}')
}

/// An author's tweets for measuring style: oldest first, no retweets, links replaced by one and the same.
#[must_use]
pub fn own(texts: &[String], link: &str) -> Vec<String> {
    texts
        .iter()
        .filter(|text| !text.starts_with("RT "))
        .map(|text| {
            text.split(' ')
                .filter_map(|token| match token.find("http") {
                    Some(at) if token[at..].starts_with("http://") || token[at..].starts_with("https://") => {
                        let masked = format!("{}{link}", &token[..at]);
                        // A link that is taken out leaves one blank and not two.
                        (!masked.is_empty()).then_some(masked)
                    }
                    _ => Some(token.to_owned()),
                })
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_out_leaves_no_double_blank() {
        let crowd: Vec<String> = [
            "what a #Mayweather 🥊 #McGregor fight 😂",
            "#McGregor wins",
            "go  on https://t.co/AbC1",
            "see https://t.co/a and https://t.co/b https://t.co/c",
            "👍 https://t.co/x",
            "line #mcgregor\nnext",
        ]
        .map(Into::into)
        .into();
        let texts = background_texts(&crowd);
        assert_eq!(
            texts,
            ["what a fight", "wins", "go  on", "see https://t.co/a and https://t.co/b", "👍", "line \nnext"]
        );
        assert_eq!(own(&["a http://x.y b https://z".into(), "RT @a b".into()], ""), ["a b"]);
        assert_eq!(own(&["a http://x.y b".into()], "L"), ["a L b"]);
    }
}
