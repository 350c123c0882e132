//! The shapes of an archive's JSON, as tolerant as they have to be: ids and counts as strings or numbers, anything missing
//! or null, lists that are objects, fields nobody has heard of. Strings are borrowed from the file where they carry no
//! escape. Positions are not read at all.

use std::fmt;

use serde::Deserialize as Derive;
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};

use super::normalise::client_name;
use crate::records::{Hashtag, Media, MediaKind, Mention, UrlEntity};
pub(crate) use crate::tolerant::{Becomes, List, Scalar};

/// The name of the program that a tweet was written with, taken out of its HTML while that is at hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Client(pub(crate) Option<String>);

struct ClientVisitor;

impl<'de> Visitor<'de> for ClientVisitor {
    type Value = Client;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Client(client_name(text)))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Client(None))
    }
}

impl<'de> Deserialize<'de> for Client {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ClientVisitor)
    }
}

#[derive(Debug, Default, Derive)]
#[serde(default)]
pub(crate) struct WireUrl<'a> {
    #[serde(borrow, alias = "shortUrl")]
    url: Scalar<'a>,
    #[serde(borrow, alias = "expandedUrl")]
    expanded_url: Scalar<'a>,
    #[serde(borrow, alias = "displayUrl")]
    display_url: Scalar<'a>,
}

impl Becomes<UrlEntity> for WireUrl<'_> {
    fn become_record(self) -> Option<UrlEntity> {
        let url = self.url.into_string();
        let mut expanded_url = self.expanded_url.into_string();
        if expanded_url.is_empty() {
            expanded_url.clone_from(&url);
        }
        (!url.is_empty()).then(|| UrlEntity { url, expanded_url, display_url: self.display_url.into_string() })
    }
}

#[derive(Debug, Default, Derive)]
#[serde(default)]
pub(crate) struct WireMention<'a> {
    #[serde(borrow, alias = "screenName")]
    screen_name: Scalar<'a>,
    #[serde(borrow)]
    name: Scalar<'a>,
    #[serde(borrow)]
    id_str: Scalar<'a>,
    #[serde(borrow)]
    id: Scalar<'a>,
}

impl Becomes<Mention> for WireMention<'_> {
    fn become_record(self) -> Option<Mention> {
        let id = if self.id_str.id().is_some() { self.id_str } else { self.id };
        self.screen_name.filled()?;
        Some(Mention {
            username: self.screen_name.into_string(),
            id: id.id().is_some().then(|| id.into_string()),
            name: self.name.filled().is_some().then(|| self.name.into_string()),
        })
    }
}

#[derive(Debug, Default, Derive)]
#[serde(default)]
pub(crate) struct WireTag<'a> {
    #[serde(borrow)]
    text: Scalar<'a>,
}

impl Becomes<Hashtag> for WireTag<'_> {
    fn become_record(self) -> Option<Hashtag> {
        self.text.filled().is_some().then(|| Hashtag(self.text.into_string()))
    }
}

/// A picture or film, with the address that stands for it in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) media: Media,
    pub(crate) link: String,
}

#[derive(Debug, Default, Derive)]
#[serde(default)]
pub(crate) struct WireMedia<'a> {
    #[serde(borrow)]
    id_str: Scalar<'a>,
    #[serde(borrow)]
    id: Scalar<'a>,
    #[serde(borrow, rename = "type")]
    kind: Scalar<'a>,
    #[serde(borrow)]
    media_url_https: Scalar<'a>,
    #[serde(borrow)]
    media_url: Scalar<'a>,
    #[serde(borrow)]
    url: Scalar<'a>,
    #[serde(borrow)]
    ext_alt_text: Scalar<'a>,
    #[serde(borrow)]
    video_info: Option<WireVideo<'a>>,
}

#[derive(Debug, Default, Derive)]
#[serde(default)]
struct WireVideo<'a> {
    #[serde(borrow)]
    variants: List<WireVariant<'a>, (u64, String)>,
}

#[derive(Debug, Default, Derive)]
#[serde(default)]
struct WireVariant<'a> {
    #[serde(borrow)]
    bitrate: Scalar<'a>,
    #[serde(borrow)]
    content_type: Scalar<'a>,
    #[serde(borrow)]
    url: Scalar<'a>,
}

impl Becomes<(u64, String)> for WireVariant<'_> {
    fn become_record(self) -> Option<(u64, String)> {
        (self.content_type.text() == Some("video/mp4") && self.url.filled().is_some())
            .then(|| (self.bitrate.number().unwrap_or(0), self.url.into_string()))
    }
}

impl Becomes<Shown> for WireMedia<'_> {
    fn become_record(self) -> Option<Shown> {
        let kind = match self.kind.text() {
            None | Some("photo") => MediaKind::Photo,
            Some("video") => MediaKind::Video,
            Some("animated_gif") => MediaKind::AnimatedGif,
            Some(_) => MediaKind::Other,
        };
        let film = self.video_info.and_then(|info| info.variants.0.into_iter().max_by_key(|variant| variant.0));
        let picture = if self.media_url_https.filled().is_some() { self.media_url_https } else { self.media_url };
        let url = film.map(|film| film.1).or_else(|| picture.filled().is_some().then(|| picture.into_string()));
        let id = if self.id_str.filled().is_some() { self.id_str } else { self.id };
        let alt_text = self.ext_alt_text.filled().is_some().then(|| self.ext_alt_text.into_string());
        Some(Shown { media: Media { id: id.into_string(), kind, url, alt_text }, link: self.url.into_string() })
    }
}

#[derive(Debug, Default, Derive)]
#[serde(default)]
pub(crate) struct WireEntities<'a> {
    #[serde(borrow)]
    pub(crate) urls: List<WireUrl<'a>, UrlEntity>,
    #[serde(borrow)]
    pub(crate) user_mentions: List<WireMention<'a>, Mention>,
    #[serde(borrow)]
    pub(crate) hashtags: List<WireTag<'a>, Hashtag>,
    #[serde(borrow)]
    pub(crate) symbols: List<WireTag<'a>, Hashtag>,
    #[serde(borrow)]
    pub(crate) media: List<WireMedia<'a>, Shown>,
}

#[derive(Debug, Default, Derive)]
#[serde(default)]
pub(crate) struct WireMore<'a> {
    #[serde(borrow)]
    pub(crate) media: List<WireMedia<'a>, Shown>,
}

#[derive(Debug, Default, Derive)]
#[serde(default)]
pub(crate) struct WireEdits<'a> {
    #[serde(borrow)]
    pub(crate) initial: Option<WireEditIds<'a>>,
    #[serde(borrow)]
    pub(crate) edit: Option<WireLaterEdit<'a>>,
}

#[derive(Debug, Default, Derive)]
#[serde(default)]
pub(crate) struct WireLaterEdit<'a> {
    #[serde(borrow, rename = "editControlInitial")]
    pub(crate) initial: Option<WireEditIds<'a>>,
}

#[derive(Debug, Default, Derive)]
#[serde(default)]
pub(crate) struct WireEditIds<'a> {
    #[serde(borrow, rename = "editTweetIds")]
    pub(crate) ids: Versions<'a>,
}

/// The ids of a tweet's versions. Nearly every tweet has one, its own, for which no list is made.
#[derive(Debug, Default)]
pub(crate) struct Versions<'a> {
    first: Scalar<'a>,
    more: Vec<String>,
}

impl Versions<'_> {
    /// The ids, oldest first; empty for a tweet with a single version.
    pub(crate) fn into_history(self) -> Vec<String> {
        let mut history = self.more;
        if let (false, Some(first)) = (history.is_empty(), self.first.id()) {
            history.insert(0, first.to_owned());
        }
        history
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Versions<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(VersionsVisitor)
    }
}

struct VersionsVisitor;

impl<'de> Visitor<'de> for VersionsVisitor {
    type Value = Versions<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of ids")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut versions = Versions { first: seq.next_element()?.unwrap_or_default(), more: Vec::new() };
        while let Some(id) = seq.next_element::<Scalar<'de>>()? {
            if versions.more.len() < 100 {
                versions.more.extend(id.id().map(str::to_owned));
            }
        }
        Ok(versions)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Versions::default())
    }
}

#[derive(Debug, Default, Derive)]
#[serde(default)]
pub(crate) struct WireUser<'a> {
    #[serde(borrow)]
    pub(crate) screen_name: Scalar<'a>,
}

#[derive(Debug, Default, Derive)]
#[serde(default)]
pub(crate) struct WireRetweeted<'a> {
    #[serde(borrow)]
    pub(crate) id_str: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) id: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) text: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) full_text: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) user: Option<WireUser<'a>>,
}

/// The scalars of a tweet: enough where the rest of it is not in any shape that can be read.
#[derive(Debug, Default, Derive)]
#[serde(default)]
pub(crate) struct WirePlain<'a> {
    #[serde(borrow)]
    pub(crate) id_str: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) id: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) full_text: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) text: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) created_at: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) lang: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) source: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) favorite_count: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) retweet_count: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) in_reply_to_status_id_str: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) in_reply_to_status_id: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) in_reply_to_user_id_str: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) in_reply_to_user_id: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) deleted_at: Scalar<'a>,
}

/// A tweet of any era.
#[derive(Debug, Default, Derive)]
#[serde(default)]
pub(crate) struct WireTweet<'a> {
    #[serde(borrow)]
    pub(crate) id_str: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) id: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) full_text: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) text: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) created_at: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) lang: Scalar<'a>,
    pub(crate) source: Client,
    #[serde(borrow)]
    pub(crate) favorite_count: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) retweet_count: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) in_reply_to_status_id_str: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) in_reply_to_status_id: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) in_reply_to_user_id_str: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) in_reply_to_user_id: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) deleted_at: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) entities: Option<WireEntities<'a>>,
    #[serde(borrow)]
    pub(crate) extended_entities: Option<WireMore<'a>>,
    #[serde(borrow)]
    pub(crate) edit_info: Option<WireEdits<'a>>,
    #[serde(borrow)]
    pub(crate) retweeted_status: Option<Box<WireRetweeted<'a>>>,
}

impl<'a> From<WirePlain<'a>> for WireTweet<'a> {
    fn from(plain: WirePlain<'a>) -> Self {
        Self {
            id_str: plain.id_str,
            id: plain.id,
            full_text: plain.full_text,
            text: plain.text,
            created_at: plain.created_at,
            lang: plain.lang,
            source: Client(plain.source.text().and_then(client_name)),
            favorite_count: plain.favorite_count,
            retweet_count: plain.retweet_count,
            in_reply_to_status_id_str: plain.in_reply_to_status_id_str,
            in_reply_to_status_id: plain.in_reply_to_status_id,
            in_reply_to_user_id_str: plain.in_reply_to_user_id_str,
            in_reply_to_user_id: plain.in_reply_to_user_id,
            deleted_at: plain.deleted_at,
            ..Self::default()
        }
    }
}

/// The wrapper `{"tweet": {…}}` that entries have since 2020.
#[derive(Debug, Derive)]
pub(crate) struct Wrapped<T> {
    pub(crate) tweet: T,
}
