use std::borrow::Cow;
use std::fmt::Write as _;

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use url::Url;

/// The longest part of a foreign text that is shown, in characters.
const SHOWN_CHARS: usize = 200;

/// An address as it may be shown: scheme, host, port and path. Userinfo, query and fragment may hold secrets and are left
/// out, as is everything of an address without a host.
///
/// ```
/// use ghostwren::http::shown_address;
/// let url = "https://user:pass@db.example/rest/v1/rpc?apikey=secret#token".parse().expect("a URL");
/// assert_eq!(shown_address(&url), "https://db.example/rest/v1/rpc");
/// ```
#[must_use]
pub fn shown_address(url: &Url) -> String {
    let Some(host) = url.host_str() else { return format!("{}:…", url.scheme()) };
    let mut shown = format!("{}://{host}", url.scheme());
    if let Some(port) = url.port() {
        let _ = write!(shown, ":{port}");
    }
    shown.push_str(&mask_secrets(url.path()));
    shown
}

/// A foreign text with everything that looks like a secret replaced by `***`: a service that refuses a key likes to repeat
/// it. What counts: a word that begins as the keys we know do (`sk-`, `sb_secret_`, a JWT's `eyJ`), and every word of 24 or
/// more characters of base64, base64url or hex that mixes letters and digits.
///
/// ```
/// use ghostwren::http::mask_secrets;
/// assert_eq!(mask_secrets("Incorrect API key provided: sk-proj-abc123."), "Incorrect API key provided: ***.");
/// assert_eq!(mask_secrets("model gpt-4o not found"), "model gpt-4o not found");
/// ```
#[must_use]
pub fn mask_secrets(text: &str) -> Cow<'_, str> {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+' | '~' | '*');
    let secret = |word: &str| {
        let known = ["sk-", "sk_", "sb_secret_", "sb_publishable_", "eyJ", "Bearer"]
            .iter()
            .any(|start| word.strip_prefix(start).is_some_and(|rest| rest.len() >= 4));
        let dense = word.len() >= 24
            && word.bytes().any(|byte| byte.is_ascii_digit())
            && word.bytes().any(|byte| byte.is_ascii_alphabetic())
            && !is_uuid(word);
        known || dense
    };
    let mut masked = String::new();
    let mut copied = 0;
    let mut word_start = None;
    let ends = text.char_indices().chain(std::iter::once((text.len(), ' ')));
    for (at, c) in ends {
        match (part(c), word_start) {
            (true, None) => word_start = Some(at),
            (false, Some(start)) => {
                word_start = None;
                if text.get(start..at).is_some_and(secret) {
                    masked.push_str(text.get(copied..start).unwrap_or_default());
                    masked.push_str("***");
                    copied = at;
                }
            }
            _ => {}
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    masked.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(masked)
}

/// Request ids have this form; they are shown.
fn is_uuid(word: &str) -> bool {
    uuid::Uuid::try_parse(word.strip_prefix("req_").unwrap_or(word)).is_ok()
}

/// What a body says, in a few words for a person: a web page by its title, a text by its beginning (secrets masked), an
/// empty or a binary body as such. For a [`Service`](super::Service) that cannot read an error's body.
///
/// ```
/// use ghostwren::http::body_summary;
/// let page = b"<html><head><title>502 Bad Gateway</title></head></html>";
/// assert_eq!(body_summary(&http::HeaderMap::new(), page), "a web page titled \"502 Bad Gateway\"");
/// assert_eq!(body_summary(&http::HeaderMap::new(), b""), "nothing");
/// ```
#[must_use]
pub fn body_summary(headers: &HeaderMap, body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    if text.is_empty() {
        return "nothing".to_owned();
    }
    if is_html(headers, body) {
        return match title(text) {
            Some(title) if !title.is_empty() => format!("a web page titled \"{}\"", shorten(&title)),
            _ => "a web page".to_owned(),
        };
    }
    let odd = text.chars().filter(|&c| c == '\u{fffd}' || (c.is_control() && !c.is_whitespace())).count();
    if odd * 10 > text.chars().count() {
        return format!("{} bytes that are not text", body.len());
    }
    format!("\"{}\"", shorten(text))
}

/// Whether a body is a web page, by its type or by its beginning.
pub(super) fn is_html(headers: &HeaderMap, body: &[u8]) -> bool {
    let by_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        let kind = value.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("text/html") || kind.eq_ignore_ascii_case("application/xhtml+xml")
    });
    let beginning = body.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(body).trim_ascii_start();
    let begins = |with: &[u8]| beginning.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with));
    begins(b"<!doctype html") || begins(b"<html") || (by_type && begins(b"<"))
}

fn title(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let from = open + lower.get(open..)?.find('>')? + 1;
    let to = from + lower.get(from..)?.find("</title")?;
    Some(text.get(from..to)?.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn shorten(text: &str) -> String {
    // Masked before it is cut: half a key would no longer look like one.
    let head: String = text.chars().take(SHOWN_CHARS * 4).collect();
    let masked = mask_secrets(&head);
    let mut short: String = masked.chars().take(SHOWN_CHARS).collect();
    if masked.chars().nth(SHOWN_CHARS).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        for (text, shown) in [
            ("", ""),
            ("plain words, nothing else", "plain words, nothing else"),
            ("sk-1234567890", "***"),
            ("key=sb_secret_abcdef!", "key=***!"),
            ("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "Bearer ***.***.c2ln"),
            ("a Bärenfell9999999999999999999999999x", "a B\u{e4}***"),
            ("req_018f7b2e-1111-7000-8000-000000000000 is shown", "req_018f7b2e-1111-7000-8000-000000000000 is shown"),
            ("Incorrect API key provided: sk-abc***wxyz. See", "Incorrect API key provided: ***. See"),
        ] {
            assert_eq!(mask_secrets(text), shown, "{text}");
        }
    }

    #[test]
    fn bodies_in_words() {
        let none = HeaderMap::new();
        assert_eq!(body_summary(&none, b"  \n "), "nothing");
        assert_eq!(body_summary(&none, b"upstream connect error"), "\"upstream connect error\"");
        assert_eq!(body_summary(&none, &[0x1f, 0x8b, 8, 0, 0, 1, 2, 3]), "8 bytes that are not text");
        assert_eq!(
            body_summary(&none, b"\xef\xbb\xbf\n<!DOCTYPE HTML><TITLE>\n Bad\n Gateway </TITLE>"),
            "a web page titled \"Bad Gateway\""
        );
        assert_eq!(body_summary(&none, b"<html><title>\xc3\x9c"), "a web page");
        let long = body_summary(&none, "é".repeat(5000).as_bytes());
        assert_eq!(long.chars().count(), SHOWN_CHARS + 3);
    }
}
