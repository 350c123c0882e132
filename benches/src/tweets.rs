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

/// The crowd's tweets as people in general would write them: without the event's hashtags, by which they were collected,
/// and with emoji in 20.69 % of the tweets only (<https://blog.emojipedia.org/emoji-use-at-all-time-high/>), because
/// having emoji was the other condition.
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
                if !(lower.contains("mayweather") || lower.contains("mcgregor") || lower.contains("macgregor")) {
                    out.push_str(&tag[..length]);
                }
                rest = &tag[length..];
            }
            out.push_str(rest);
        }
        let cleaned: String = if keep_emoji { out } else { out.chars().filter(|c| !is_emoji(*c)).collect() };
        let cleaned = cleaned.trim();
        if !cleaned.is_empty() {
            texts.push(cleaned.to_owned());
        }
    }
    texts
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
                .map(|token| match token.find("http") {
                    Some(at) if token[at..].starts_with("http://") || token[at..].starts_with("https://") => {
                        format!("{}{link}", &token[..at])
                    }
                    _ => token.to_owned(),
                })
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect()
}
