//! Handles, links and hashtags of a text, as the gates compare them.

use crate::text::{EntityKind, extract};

fn of_kind(text: &str, kinds: &[EntityKind]) -> Vec<String> {
    // Most texts have none, and a look at the signs is much cheaper than the whole extraction.
    if !text.contains(['@', '＠', '#', '＃', '.', '。']) {
        return Vec::new();
    }
    extract(text)
        .into_iter()
        .filter(|entity| kinds.contains(&entity.kind))
        .map(|entity| entity.value.to_lowercase())
        .collect()
}

/// The people named, in lower case without `@`; of a list its owner.
pub(crate) fn handles(text: &str) -> Vec<String> {
    if text.contains(['@', '＠']) { of_kind(text, &[EntityKind::Mention, EntityKind::List]) } else { Vec::new() }
}

/// The hashtags, in lower case without `#`.
pub(crate) fn hashtags(text: &str) -> Vec<String> {
    if text.contains(['#', '＃']) { of_kind(text, &[EntityKind::Hashtag]) } else { Vec::new() }
}

/// The links as they stand in the text: whatever X would make a link of, and anything else with `://`.
pub(crate) fn links(text: &str) -> Vec<String> {
    let mut links: Vec<String> = extract(text)
        .into_iter()
        .filter(|entity| entity.kind == EntityKind::Url)
        .map(|entity| entity.value.to_owned())
        .collect();
    // X links no unknown domain; a person who reads a draft may still follow it.
    for chunk in text.split_whitespace().filter(|chunk| chunk.contains("://")) {
        if !links.iter().any(|link| chunk.contains(link.as_str())) {
            links.push(chunk.to_owned());
        }
    }
    links
}

/// A link for comparison: without scheme, `www.`, closing punctuation and slash, the host in lower case.
pub(crate) fn same_link(link: &str) -> String {
    let link = link.split_once("://").map_or(link, |(_, rest)| rest);
    let (host, path) = link.split_once('/').map_or((link, ""), |(host, path)| (host, path));
    let host = host.to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let path = path.trim_end_matches(['.', ',', '!', '?', ')', '/', ';', ':', '"', '\'']);
    let host = host.trim_end_matches(['.', ',', '!', '?', ')', ';', ':', '"', '\'']);
    if path.is_empty() { host.to_owned() } else { format!("{host}/{path}") }
}

/// The text without links, handles, hashtags and cashtags.
pub(crate) fn without(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for entity in extract(text) {
        out.push_str(text.get(from..entity.bytes.start).unwrap_or_default());
        out.push(' ');
        from = entity.bytes.end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_compared_without_their_dress() {
        assert_eq!(handles("Hi @Anna, @bob/list and me@x.example"), ["anna", "bob"]);
        assert_eq!(hashtags("#One two #ＴＷＯ"), ["one", "ｔｗｏ"]);
        assert_eq!(links("see example.com/a and weird://x"), ["example.com/a", "weird://x"]);
        assert_eq!(same_link("HTTPS://www.Example.com/Post/."), same_link("example.com/Post"));
        assert_ne!(same_link("example.com/post"), same_link("example.com/Post"));
        assert_eq!(without("a @b c https://d.com/1 #e2 3"), "a   c     3");
    }
}
