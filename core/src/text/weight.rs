//! How long X finds a text.
//!
//! The rules and numbers are those of twitter-text's configuration v3
//! (<https://github.com/twitter/twitter-text/blob/master/config/v3.json>,
//! <https://docs.x.com/fundamentals/counting-characters>).

use std::ops::Range;

use serde::Serialize;

use super::chars::is_invalid;
use super::{emoji, normal, tags, urls};

/// Every link counts as the t.co link that X puts in its place.
const URL_WEIGHT: usize = 23;
/// An emoji, however many code points it has, and every character outside the ranges of weight 1.
const DEFAULT_WEIGHT: usize = 2;

/// How long a post may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct Limits {
    /// The greatest weighted length.
    pub max_weighted_length: usize,
}

impl Limits {
    /// What every account may write: 280.
    pub const STANDARD: Self = Self::new(280);
    /// What an account with X Premium may write: 25,000 (<https://docs.x.com/changelog>, 2024-08-20).
    pub const PREMIUM: Self = Self::new(25_000);

    /// A limit of one's own, in weighted characters.
    #[must_use]
    pub const fn new(max_weighted_length: usize) -> Self {
        Self { max_weighted_length }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::STANDARD
    }
}

/// What X makes of a text: the answer of [`parse`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ParsedTweet {
    /// The length as X counts it.
    pub weighted_length: usize,
    /// Whether X would take it: not empty, not too long, no character that no tweet may hold (U+FFFE, U+FEFF, U+FFFF).
    pub valid: bool,
    /// The length in thousandths of the limit, rounded down; above 1,000 when it is too long.
    pub permillage: usize,
    /// What of the text fits, in UTF-16 units of the text as it was given: up to the limit or the first character that
    /// no tweet may hold. Half open; twitter-text gives the same start, and one less as its inclusive end.
    pub valid_range: Range<usize>,
    /// The same as bytes of the text: `&text[..parsed.valid_bytes]` is what fits.
    pub valid_bytes: usize,
    /// What X would show, in UTF-16 units: the whole text, because the people that a reply through the API answers are
    /// not part of its text.
    pub display_range: Range<usize>,
    /// How many links X finds: a post with any costs 13 times a post without.
    pub url_count: usize,
    /// How many cashtags X finds: a post through the API may have one.
    pub cashtag_count: usize,
}

impl ParsedTweet {
    /// Whether X finds a link.
    #[must_use]
    pub fn has_url(&self) -> bool {
        self.url_count > 0
    }
}

/// The length of the text as X counts it: 1 for most letters, 2 for CJK characters and for any emoji, 23 for a link, after
/// Unicode normalisation form C.
///
/// ```
/// use ghostwren::text::weighted_length;
/// assert_eq!(weighted_length("hello"), 5);
/// assert_eq!(weighted_length("日本"), 4);
/// assert_eq!(weighted_length("👩🏽‍🚀"), 2);
/// assert_eq!(weighted_length("see https://example.com/a/very/long/path"), 4 + 23);
/// ```
#[must_use]
pub fn weighted_length(text: &str) -> usize {
    let text = normal::nfc(text);
    length(&text, &urls::find(&text))
}

fn length(text: &str, links: &[Range<usize>]) -> usize {
    if text.is_ascii() {
        return links.iter().fold(text.len(), |sum, link| sum - link.len() + URL_WEIGHT);
    }
    let mut sum = 0;
    walk(text, links, |step| sum += step.weight);
    sum
}

/// What X makes of a text of an ordinary account: its length, whether it may be posted, and how much of it fits in 280.
///
/// ```
/// let parsed = ghostwren::text::parse("Ghostwren 0.1 is out: https://example.com");
/// assert!(parsed.valid && parsed.has_url());
/// assert_eq!((parsed.weighted_length, parsed.permillage), (45, 160));
///
/// let long = "word ".repeat(100);
/// let parsed = ghostwren::text::parse(&long);
/// assert!(!parsed.valid);
/// assert_eq!(&long[..parsed.valid_bytes], "word ".repeat(56));
/// ```
#[must_use]
pub fn parse(text: &str) -> ParsedTweet {
    parse_with(text, &Limits::STANDARD)
}

/// As [`parse`], with the limit of an account that may write more.
#[must_use]
pub fn parse_with(text: &str, limits: &Limits) -> ParsedTweet {
    let composed = normal::nfc(text);
    let links = urls::find(&composed);
    let weighted_length = length(&composed, &links);
    let clean = composed.is_ascii() || !composed.contains(is_invalid);
    let short = weighted_length <= limits.max_weighted_length;
    let fits = if clean && short { composed.len() } else { fitting(&composed, &links, limits.max_weighted_length) };
    let valid = clean && short && weighted_length > 0;
    let valid_bytes = if fits == composed.len() {
        text.len()
    } else if matches!(composed, std::borrow::Cow::Borrowed(_)) {
        fits
    } else {
        normal::original_end(text, fits)
    };
    let units = |end: usize| text.get(..end).map_or(0, |head| head.encode_utf16().count());
    ParsedTweet {
        weighted_length,
        valid,
        permillage: weighted_length.saturating_mul(1000) / limits.max_weighted_length.max(1),
        valid_range: 0..units(valid_bytes),
        valid_bytes,
        display_range: 0..units(text.len()),
        url_count: links.len(),
        cashtag_count: tags::cashtags(&composed).len(),
    }
}

/// The byte up to which the text is within the limit and holds nothing that no tweet may hold.
fn fitting(text: &str, links: &[Range<usize>], max: usize) -> usize {
    let (mut sum, mut fits, mut clean) = (0, 0, true);
    walk(text, links, |step| {
        sum += step.weight;
        clean = clean && !step.invalid;
        if clean && sum <= max {
            fits = step.end;
        }
    });
    fits
}

/// A piece of text that counts as one: a link, an emoji or a character.
struct Step {
    weight: usize,
    end: usize,
    invalid: bool,
}

fn walk(text: &str, links: &[Range<usize>], mut each: impl FnMut(Step)) {
    let mut from = 0;
    for link in links {
        characters(text, from..link.start, &mut each);
        each(Step { weight: URL_WEIGHT, end: link.end, invalid: false });
        from = link.end;
    }
    characters(text, from..text.len(), &mut each);
}

fn characters(text: &str, range: Range<usize>, each: &mut impl FnMut(Step)) {
    let Some(piece) = text.get(range.clone()) else { return };
    let mut chars = piece.chars();
    let mut next = chars.next();
    while let Some(c) = next {
        let at = piece.len() - chars.as_str().len() - c.len_utf8();
        let (mut weight, mut length) = (weight_of(c), c.len_utf8());
        next = chars.next();
        if next.is_some_and(emoji::continues)
            && let Some(emoji) = piece.get(at..).and_then(emoji::sequence_length)
        {
            (weight, length) = (DEFAULT_WEIGHT, emoji);
            chars = piece.get(at + length..).unwrap_or_default().chars();
            next = chars.next();
        }
        each(Step { weight, end: range.start + at + length, invalid: is_invalid(c) });
    }
}

fn weight_of(c: char) -> usize {
    match u32::from(c) {
        0..=4351 | 8192..=8205 | 8208..=8223 | 8242..=8247 => 1,
        _ => DEFAULT_WEIGHT,
    }
}
