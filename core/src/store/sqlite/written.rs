//! Reads the links, people, tags and pictures of a tweet as this program writes them: no blanks, the fields in their order, empty
//! lists left out. Whatever else stands in a row (an escaped character, a row of another hand) is `None`, and serde's to read or
//! to refuse. Serde took a third of the time of reading all tweets for these two columns, 2 µs each in the packages, which are
//! compiled to be small; this takes a quarter of that.

use memchr::memchr2;

use crate::records::{Entities, Hashtag, Media, MediaKind, Mention, UrlEntity};

pub(super) fn entities(text: &str) -> Option<Entities> {
    let mut json = Json(text);
    json.take("{")?;
    let mut begun = false;
    let entities = Entities {
        urls: json.named("\"urls\":", &mut begun, url)?,
        mentions: json.named("\"mentions\":", &mut begun, mention)?,
        hashtags: json.named("\"hashtags\":", &mut begun, hashtag)?,
        cashtags: json.named("\"cashtags\":", &mut begun, hashtag)?,
    };
    json.take("}")?;
    json.end(entities)
}

pub(super) fn media(text: &str) -> Option<Vec<Media>> {
    let mut json = Json(text);
    let media = json.list(picture)?;
    json.end(media)
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
        _ => MediaKind::Other,
    };
    json.take(",\"url\":")?;
    let url = json.text_or_null()?;
    json.take(",\"alt_text\":")?;
    let alt_text = json.text_or_null()?;
    json.take("}")?;
    Some(Media { id, kind, url, alt_text })
}

/// What is not read yet.
struct Json<'t>(&'t str);

impl<'t> Json<'t> {
    fn take(&mut self, expected: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(expected)?;
        Some(())
    }

    fn end<T>(&self, value: T) -> Option<T> {
        self.0.is_empty().then_some(value)
    }

    /// A text without escapes.
    fn plain(&mut self) -> Option<&'t str> {
        let rest = self.0.strip_prefix('"')?;
        let (text, rest) = rest.split_at_checked(memchr2(b'"', b'\\', rest.as_bytes())?)?;
        self.0 = rest.strip_prefix('"')?;
        // JSON has no control characters in a text.
        (!text.bytes().fold(false, |found, byte| found | (byte < b' '))).then_some(text)
    }

    fn text(&mut self) -> Option<String> {
        self.plain().map(str::to_owned)
    }

    fn text_or_null(&mut self) -> Option<Option<String>> {
        match self.take("null") {
            Some(()) => Some(None),
            None => self.text().map(Some),
        }
    }

    fn list<T>(&mut self, item: fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.take("[")?;
        let mut items = vec![item(self)?];
        while self.take(",").is_some() {
            items.push(item(self)?);
        }
        self.take("]")?;
        Some(items)
    }

    /// The list of that name, which is left out when it is empty.
    fn named<T>(&mut self, name: &str, begun: &mut bool, item: fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let rest = if *begun { self.0.strip_prefix(',') } else { Some(self.0) };
        let Some(list) = rest.and_then(|rest| rest.strip_prefix(name)) else { return Some(Vec::new()) };
        *begun = true;
        self.0 = list;
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

    fn some<T: std::fmt::Debug>(item: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<T>> {
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

    /// Puts another character in the place of one.
    fn changed(json: &str, at: prop::sample::Index, with: char) -> String {
        let at = at.index(json.chars().count());
        json.chars().enumerate().map(|(place, before)| if place == at { with } else { before }).collect()
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(entities_ in any_entities(), media_ in any_media()) {
            let (of, pictures) = (serde_json::to_string(&entities_).unwrap(), serde_json::to_string(&media_).unwrap());
            prop_assert_eq!(entities(&of), (!of.contains('\\')).then_some(entities_));
            prop_assert_eq!(media(&pictures), (!pictures.contains('\\') && !media_.is_empty()).then_some(media_));
        }

        #[test]
        fn what_is_read_is_what_serde_reads(
            entities_ in any_entities(),
            media_ in any_media(),
            at: prop::sample::Index,
            with in prop::sample::select(vec!['"', ',', '{', '}', '[', ']', ':', 'n', '\\', '\u{1}', ' ']),
        ) {
            let of = changed(&serde_json::to_string(&entities_).unwrap(), at, with);
            if let Some(found) = entities(&of) {
                prop_assert_eq!(found, read(&of).unwrap());
            }
            let pictures = changed(&serde_json::to_string(&media_).unwrap(), at, with);
            if let Some(found) = media(&pictures) {
                prop_assert_eq!(found, read::<Vec<Media>>(&pictures).unwrap());
            }
        }
    }
}
