//! Parts of a tweet that stand as JSON until somebody asks for them.
//!
//! Links, people, tags and pictures are read by hand where they stand as this program writes them into a column: no blanks, the
//! fields in their order, empty lists left out. Whatever else stands there (an escaped character, a row of another hand) is
//! serde's to read or to refuse. So a list of tweets keeps the text, which was looked through without an allocation: serde took
//! more than a third of the time in which all tweets of an account were read.

use std::borrow::Cow;
use std::fmt;

use memchr::memchr2;
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

use super::tweet::{Entities, Hashtag, Media, MediaKind, Mention, UrlEntity};

/// A part of a tweet that may stand as JSON: it is decoded each time it is asked for, which takes about a microsecond, and
/// never where nobody asks. Whoever asks twice keeps what [`get`](Self::get) gave.
///
/// ```
/// use ghostwren::records::{Entities, Lazy};
///
/// let json = r#"{"hashtags":["wren"]}"#;
/// let entities = Lazy::<Entities>::from_json(json)?;
/// assert_eq!(entities.get().hashtags[0].0, "wren");
/// # Ok::<_, serde_json::Error>(())
/// ```
pub struct Lazy<'a, T: ToOwned + ?Sized>(State<'a, T>);

enum State<'a, T: ToOwned + ?Sized> {
    Decoded(Cow<'a, T>),
    /// Looked through before: it can be read.
    Written(&'a str),
}

impl<'a, T: Written + ?Sized> Lazy<'a, T> {
    /// The part itself.
    #[must_use]
    pub fn get(&self) -> Cow<'_, T> {
        match &self.0 {
            State::Decoded(part) => Cow::Borrowed(part),
            State::Written(json) => read_again::<T>(json),
        }
    }

    /// As [`get`](Self::get), for as long as what it borrows from lives.
    #[must_use]
    pub fn into_inner(self) -> Cow<'a, T> {
        match self.0 {
            State::Decoded(part) => part,
            State::Written(json) => read_again::<T>(json),
        }
    }

    /// A part that stands as JSON, which is looked through now.
    ///
    /// # Errors
    /// What is no JSON of such a part.
    pub fn from_json(json: &'a str) -> Result<Self, serde_json::Error> {
        match T::read(json, false) {
            Some(_) => Ok(Self::written(json)),
            None => crate::json::read(json).map(Self::owned),
        }
    }

    /// Decoded now, so that it can be asked for often.
    #[must_use]
    pub fn decoded(self) -> Self {
        Self(State::Decoded(self.into_inner()))
    }

    pub(super) fn owned(part: T::Owned) -> Self {
        Self(State::Decoded(Cow::Owned(part)))
    }

    /// A text that one of these was before.
    pub(super) fn written(json: &'a str) -> Self {
        Self(State::Written(json))
    }

    /// The text, where it stands as one.
    pub(super) fn json(&self) -> Option<&'a str> {
        match &self.0 {
            State::Decoded(_) => None,
            State::Written(json) => Some(json),
        }
    }

    /// The part, where it stands as itself.
    pub(super) fn part(self) -> Option<Cow<'a, T>> {
        match self.0 {
            State::Decoded(part) => Some(part),
            State::Written(_) => None,
        }
    }
}

fn read_again<'a, T: Written + ?Sized>(json: &str) -> Cow<'a, T> {
    Cow::Owned(T::read(json, true).unwrap_or_default())
}

impl<'a, T: Written + ?Sized> From<&'a T> for Lazy<'a, T> {
    fn from(part: &'a T) -> Self {
        Self(State::Decoded(Cow::Borrowed(part)))
    }
}

impl<T: Written + ?Sized> Clone for Lazy<'_, T> {
    fn clone(&self) -> Self {
        match &self.0 {
            State::Decoded(part) => Self(State::Decoded(part.clone())),
            State::Written(json) => Self::written(json),
        }
    }
}

impl<T: Written + ?Sized> Default for Lazy<'_, T> {
    fn default() -> Self {
        Self::owned(T::Owned::default())
    }
}

impl<T: Written + fmt::Debug + ?Sized> fmt::Debug for Lazy<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().as_ref().fmt(f)
    }
}

impl<T: Written + PartialEq + ?Sized> PartialEq for Lazy<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.get().as_ref() == other.get().as_ref()
    }
}

impl<T: Written + Serialize + ?Sized> Serialize for Lazy<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.get().as_ref().serialize(serializer)
    }
}

/// What may stand as JSON: [`Entities`] and lists of [`Media`], and nothing outside of this crate.
pub trait Written: ToOwned<Owned: Default + DeserializeOwned> {
    /// Reads what this program wrote, or only looks through it: then what it gives is empty.
    fn read(text: &str, keep: bool) -> Option<Self::Owned>;
}

impl Written for Entities {
    fn read(text: &str, keep: bool) -> Option<Self> {
        let mut json = Json { rest: text, keep };
        json.take("{")?;
        let mut begun = false;
        let entities = Self {
            urls: json.named("\"urls\":", &mut begun, url)?,
            mentions: json.named("\"mentions\":", &mut begun, mention)?,
            hashtags: json.named("\"hashtags\":", &mut begun, hashtag)?,
            cashtags: json.named("\"cashtags\":", &mut begun, hashtag)?,
        };
        json.take("}")?;
        json.end(entities)
    }
}

impl Written for [Media] {
    fn read(text: &str, keep: bool) -> Option<Vec<Media>> {
        let mut json = Json { rest: text, keep };
        let media = json.list(picture)?;
        json.end(media)
    }
}

fn url(json: &mut Json<'_>) -> Option<UrlEntity> {
    json.take("{\"url\":")?;
    let url = json.text()?;
    json.take(",\"expanded_url\":")?;
    let expanded_url = json.text()?;
    json.take(",\"display_url\":")?;
    let display_url = json.text()?;
    json.take("}")?;
    Some(UrlEntity { url, expanded_url, display_url })
}

fn mention(json: &mut Json<'_>) -> Option<Mention> {
    json.take("{\"username\":")?;
    let username = json.text()?;
    json.take(",\"id\":")?;
    let id = json.text_or_null()?;
    json.take(",\"name\":")?;
    let name = json.text_or_null()?;
    json.take("}")?;
    Some(Mention { username, id, name })
}

fn hashtag(json: &mut Json<'_>) -> Option<Hashtag> {
    json.text().map(Hashtag)
}

fn picture(json: &mut Json<'_>) -> Option<Media> {
    json.take("{\"id\":")?;
    let id = json.text()?;
    json.take(",\"kind\":")?;
    let kind = match json.plain()? {
        "photo" => MediaKind::Photo,
        "video" => MediaKind::Video,
        "animated_gif" => MediaKind::AnimatedGif,
        "other" => MediaKind::Other,
        _ => return None,
    };
    json.take(",\"url\":")?;
    let url = json.text_or_null()?;
    json.take(",\"alt_text\":")?;
    let alt_text = json.text_or_null()?;
    json.take("}")?;
    Some(Media { id, kind, url, alt_text })
}

/// What is not read yet.
struct Json<'t> {
    rest: &'t str,
    keep: bool,
}

impl<'t> Json<'t> {
    fn take(&mut self, expected: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(expected)?;
        Some(())
    }

    fn end<T>(&self, value: T) -> Option<T> {
        self.rest.is_empty().then_some(value)
    }

    /// A text without escapes.
    fn plain(&mut self) -> Option<&'t str> {
        let rest = self.rest.strip_prefix('"')?;
        let (text, rest) = rest.split_at_checked(memchr2(b'"', b'\\', rest.as_bytes())?)?;
        self.rest = rest.strip_prefix('"')?;
        // JSON has no control characters in a text.
        (!text.bytes().fold(false, |found, byte| found | (byte < b' '))).then_some(text)
    }

    fn text(&mut self) -> Option<String> {
        let text = self.plain()?;
        Some(if self.keep { text.to_owned() } else { String::new() })
    }

    fn text_or_null(&mut self) -> Option<Option<String>> {
        match self.take("null") {
            Some(()) => Some(None),
            None => self.text().map(Some),
        }
    }

    fn list<T>(&mut self, item: fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.take("[")?;
        let mut items = Vec::new();
        loop {
            let item = item(self)?;
            if self.keep {
                items.push(item);
            }
            if self.take(",").is_none() {
                break;
            }
        }
        self.take("]")?;
        Some(items)
    }

    /// The list of that name, which is left out when it is empty.
    fn named<T>(&mut self, name: &str, begun: &mut bool, item: fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let rest = if *begun { self.rest.strip_prefix(',') } else { Some(self.rest) };
        let Some(list) = rest.and_then(|rest| rest.strip_prefix(name)) else { return Some(Vec::new()) };
        *begun = true;
        self.rest = list;
        self.list(item)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::read;

    /// Mostly what stands in tweets; sometimes what has to be escaped.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof![9 => "[a-z/:. é🐦]{0,12}", 1 => "[\"\\\\\n\u{1}a]{1,3}"]
    }

    fn some<T: fmt::Debug>(item: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<T>> {
        prop::collection::vec(item, 0..3)
    }

    fn maybe() -> impl Strategy<Value = Option<String>> {
        prop::option::of(text())
    }

    prop_compose! {
        fn any_entities()(
            urls in some((text(), text(), text())),
            mentions in some((text(), maybe(), maybe())),
            hashtags in some(text()),
            cashtags in some(text()),
        ) -> Entities {
            let url = |(url, expanded_url, display_url)| UrlEntity { url, expanded_url, display_url };
            Entities {
                urls: urls.into_iter().map(url).collect(),
                mentions: mentions.into_iter().map(|(username, id, name)| Mention { username, id, name }).collect(),
                hashtags: hashtags.into_iter().map(Hashtag).collect(),
                cashtags: cashtags.into_iter().map(Hashtag).collect(),
            }
        }
    }

    prop_compose! {
        fn any_media()(media in some((text(), 0..4_usize, maybe(), maybe()))) -> Vec<Media> {
            let kinds = [MediaKind::Photo, MediaKind::Video, MediaKind::AnimatedGif, MediaKind::Other];
            media.into_iter().map(|(id, kind, url, alt_text)| Media { id, kind: kinds[kind], url, alt_text }).collect()
        }
    }

    /// Puts a piece of text in the place of so many characters.
    fn changed(json: &str, at: prop::sample::Index, without: usize, with: &str) -> String {
        let at = at.index(json.chars().count());
        let (before, after) = (json.chars().take(at), json.chars().skip(at + without));
        before.chain(with.chars()).chain(after).collect()
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(entities_ in any_entities(), media_ in any_media()) {
            let (of, pictures) = (serde_json::to_string(&entities_).unwrap(), serde_json::to_string(&media_).unwrap());
            prop_assert_eq!(Entities::read(&of, false).is_some(), !of.contains('\\'));
            prop_assert_eq!(Entities::read(&of, true), (!of.contains('\\')).then_some(entities_));
            prop_assert_eq!(<[Media]>::read(&pictures, true), (!pictures.contains('\\') && !media_.is_empty()).then_some(media_));
        }

        #[test]
        fn what_is_read_is_what_serde_reads(
            entities_ in any_entities(),
            media_ in any_media(),
            at: prop::sample::Index,
            without in 0..12_usize,
            with in prop::sample::select(vec![
                "", "\"", ",", "{", "}", "[", "]", ":", "n", "\\", "\u{1}", " ", "null", "7", "\"x\"", "\"kind\":\"new\"",
                "\"urls\":[],", ",\"urls\":[\"a\"]", ",\"hashtags\":[\"a\"]", "{}", "\"photo\"",
            ]),
        ) {
            let of = changed(&serde_json::to_string(&entities_).unwrap(), at, without, with);
            let found = Entities::read(&of, true);
            prop_assert_eq!(Entities::read(&of, false).is_some(), found.is_some());
            if let Some(found) = found {
                prop_assert_eq!(found, read(&of).unwrap());
            }
            let pictures = changed(&serde_json::to_string(&media_).unwrap(), at, without, with);
            let found = <[Media]>::read(&pictures, true);
            prop_assert_eq!(<[Media]>::read(&pictures, false).is_some(), found.is_some());
            if let Some(found) = found {
                prop_assert_eq!(found, read::<Vec<Media>>(&pictures).unwrap());
            }
        }
    }
}
