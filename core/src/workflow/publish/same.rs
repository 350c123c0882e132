//! Whether a tweet that was read is the one that was sent: the one place that knows what X does to a text.

use crate::records::Tweet;
use crate::text;
use crate::text::cleanup::status_id;
use crate::twitter::NewTweet;

/// Whether X made this tweet out of what was sent. Time and author are for the caller to check.
///
/// X names those who are answered at the beginning, makes links of its own out of addresses, escapes `&`, `<` and `>`,
/// cuts blanks at the ends and shows a link to a tweet at the end of a text as a quote. The client has undone the links
/// and the escapes; the rest is undone here, on both sides.
pub(super) fn is_same(sent: &NewTweet, read: &Tweet) -> bool {
    let answers = sent.reply.as_ref().map(|reply| reply.to.as_str());
    if read.in_reply_to_id.as_deref() != answers || read.retweeted_id.is_some() {
        return false;
    }
    if sent.media.is_some() == read.media.is_empty() {
        return false;
    }
    let mut expected = sent.text.as_str();
    match (&sent.quote, &read.quoted_id) {
        (Some(sent), Some(read)) if sent == read => {}
        (None, None) => {}
        // A link to a tweet at the end became a quote.
        (None, Some(quoted)) => match ending_status(expected, quoted) {
            Some(before) => expected = before,
            None => return false,
        },
        _ => return false,
    }
    let (expected, found) = (normalised(expected, answers.is_some()), normalised(&read.full_text, answers.is_some()));
    if read.is_truncated {
        let start = found.trim_end_matches('…').trim_end();
        return !start.is_empty() && expected.starts_with(start);
    }
    expected == found
}

/// The text before a link to that tweet, if it ends with one.
fn ending_status<'t>(text: &'t str, id: &str) -> Option<&'t str> {
    let text = text.trim_end();
    let links = text::extract_urls(text);
    let last = links.last().filter(|link| link.bytes.end == text.len() && status_id(link.value) == Some(id))?;
    text.get(..last.bytes.start)
}

/// The text without what X changes: composed characters, single blanks, links without scheme and in one spelling; of an
/// answer also without the names at its beginning.
fn normalised(text: &str, answer: bool) -> String {
    let composed = text::normal::nfc(text);
    let mut out = String::with_capacity(composed.len());
    let mut at = 0;
    for link in text::extract_urls(&composed) {
        out.push_str(composed.get(at..link.bytes.start).unwrap_or_default());
        out.push_str(&spelled(link.value));
        at = link.bytes.end;
    }
    out.push_str(composed.get(at..).unwrap_or_default());
    let mut words: Vec<&str> = out.split_whitespace().collect();
    if answer {
        let names = words.iter().take_while(|word| is_name(word)).count();
        words.drain(..names);
    }
    words.join(" ")
}

fn is_name(word: &str) -> bool {
    word.strip_prefix('@').is_some_and(|name| {
        (1..=15).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// A link in one spelling: no scheme, the host in lower case and in ASCII, no slash at the end.
fn spelled(link: &str) -> String {
    let whole = if link.contains("://") { link.to_owned() } else { format!("http://{link}") };
    match url::Url::parse(&whole) {
        Ok(url) => {
            let host = url.host_str().unwrap_or_default();
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
            let fragment = url.fragment().map(|fragment| format!("#{fragment}")).unwrap_or_default();
            format!("{host}{port}{}{query}{fragment}", url.path().trim_end_matches('/'))
        }
        Err(_) => link.to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::records::Media;

    fn read(text: &str) -> Tweet {
        Tweet { full_text: text.to_owned(), ..Tweet::default() }
    }

    #[test]
    fn what_x_does_to_a_text_is_undone() {
        for (sent, found) in [
            ("plain", "plain"),
            ("a & b < c > d \"e\" &amp;", "a & b < c > d \"e\" &amp;"),
            (" blanks at the ends \n", "blanks at the ends"),
            ("two\n\n\nlines", "two\n\nlines"),
            ("see example.com", "see http://example.com"),
            ("see https://Example.com/", "see https://example.com"),
            ("Zoe\u{308} wrote", "Zo\u{eb} wrote"),
        ] {
            assert!(is_same(&NewTweet::new(sent), &read(found)), "{sent:?} {found:?}");
        }
        for (sent, found) in [
            ("plain", "plain."),
            ("https://example.com/a", "https://example.com/b"),
            ("https://example.com/a?x=1", "https://example.com/a?x=2"),
            ("Plain", "plain"),
            ("@bob hello", "hello"),
            ("", "hello"),
        ] {
            assert!(!is_same(&NewTweet::new(sent), &read(found)), "{sent:?} {found:?}");
        }
    }

    #[test]
    fn the_place_and_what_hangs_on_it_count() {
        let answer = |to: Option<&str>, text: &str| Tweet { in_reply_to_id: to.map(str::to_owned), ..read(text) };
        let sent = NewTweet::new("hi").in_reply_to("5");
        assert!(is_same(&sent, &answer(Some("5"), "@bob @eve hi")));
        assert!(is_same(&NewTweet::new("@bob hi").in_reply_to("5"), &answer(Some("5"), "@bob hi")));
        assert!(!is_same(&sent, &answer(Some("6"), "@bob hi")), "an answer to another tweet");
        assert!(!is_same(&sent, &answer(None, "hi")));
        let picture = Tweet { media: vec![Media::default()], ..read("hi") };
        assert!(is_same(&NewTweet::new("hi").media("1"), &picture) && !is_same(&NewTweet::new("hi"), &picture));
        let quote = Tweet { quoted_id: Some("9".to_owned()), ..read("so true") };
        assert!(is_same(&NewTweet::new("so true").quote("9"), &quote));
        assert!(is_same(&NewTweet::new("so true https://x.com/eve/status/9"), &quote));
        assert!(!is_same(&NewTweet::new("so true https://x.com/eve/status/8"), &quote));
        let retweet = Tweet { retweeted_id: Some("1".to_owned()), ..read("hi") };
        assert!(!is_same(&NewTweet::new("hi"), &retweet));
        let cut = Tweet { is_truncated: true, ..read("a long beginning…") };
        assert!(is_same(&NewTweet::new("a long beginning of a text"), &cut));
        assert!(!is_same(&NewTweet::new("another beginning"), &cut));
    }

    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-zA-Z0-9'!?,]{1,9}",
            "[日本語かな한글]{1,5}",
            Just("👩🏽‍🚀".to_owned()),
            Just("& <b> \"q\" &amp;lt;".to_owned()),
            Just("e\u{301}".to_owned()),
            "https://[a-z]{3,8}\\.com/[a-z0-9]{0,6}",
            "[a-z]{3,8}\\.org",
            Just("\n".to_owned()),
        ]
    }

    proptest! {
        /// A text is found again after what X does to it, and another one is not.
        #[test]
        fn a_text_is_found_again(pieces in prop::collection::vec(piece(), 1..12), names in 0_usize..3) {
            let text = pieces.join(" ");
            let composed = text::normal::nfc(text.trim());
            // What the client gives back: with the scheme that X adds.
            let mut shown = String::new();
            let mut at = 0;
            for link in text::extract_urls(&composed) {
                shown.push_str(composed.get(at..link.bytes.start).unwrap());
                shown.push_str(&if link.value.contains("://") { link.value.to_owned() } else { format!("http://{}", link.value) });
                at = link.bytes.end;
            }
            shown.push_str(composed.get(at..).unwrap());
            prop_assert!(is_same(&NewTweet::new(&text), &read(&shown)), "{text:?} {shown:?}");
            let named = format!("{}{shown}", "@somebody ".repeat(names));
            let answer = Tweet { in_reply_to_id: Some("1".to_owned()), ..read(&named) };
            prop_assert!(is_same(&NewTweet::new(&text).in_reply_to("1"), &answer), "{text:?} {named:?}");
            let longer = format!("{shown} more");
            prop_assert!(!is_same(&NewTweet::new(&text), &read(&longer)));
        }
    }
}
