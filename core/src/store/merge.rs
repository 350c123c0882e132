//! What becomes of a tweet that a source gives again, for every store the same.

use ring::digest::{Context, SHA256};

use crate::records::{Entities, Tweet, TweetCounts, TweetKind};

/// The hash of what the source says of a tweet: the first 16 bytes of SHA-256 over every field but the owner's marks
/// and the thread, which the store sets. Equal hashes mean that nothing has to be written.
#[must_use]
pub fn content_hash(tweet: &Tweet) -> [u8; 16] {
    // Rare parts go in as JSON: their field order is fixed by their types.
    let entities =
        (tweet.entities != Entities::default()).then(|| serde_json::to_string(&tweet.entities).unwrap_or_default());
    let media = (!tweet.media.is_empty()).then(|| serde_json::to_string(&tweet.media).unwrap_or_default());
    hash_with(tweet, entities.as_deref(), media.as_deref())
}

/// [`content_hash`] where the JSON of the entities and the media is known already; `None` where they are empty.
pub(super) fn hash_with(tweet: &Tweet, entities: Option<&str>, media: Option<&str>) -> [u8; 16] {
    // One buffer and one update: half the time of hashing field by field.
    let mut bytes = Vec::with_capacity(512 + tweet.full_text.len() + entities.map_or(0, str::len));
    let mut field = |value: &[u8]| {
        // Lengths first, so that no two tweets can give the same bytes.
        bytes.extend_from_slice(&(value.len() as u64).to_le_bytes());
        bytes.extend_from_slice(value);
    };
    field(b"1");
    field(tweet.id.as_bytes());
    field(tweet.full_text.as_bytes());
    field(&tweet.created_at.timestamp_millis().to_le_bytes());
    field(tweet.kind.as_str().as_bytes());
    field(&[u8::from(tweet.is_note), u8::from(tweet.is_truncated), tweet.source as u8]);
    let optional = [
        &tweet.lang,
        &tweet.in_reply_to_id,
        &tweet.in_reply_to_user_id,
        &tweet.quoted_id,
        &tweet.retweeted_id,
        &tweet.conversation_id,
        &tweet.client,
    ];
    for value in optional {
        match value {
            Some(text) => field(text.as_bytes()),
            None => field(&[0xff]),
        }
    }
    let TweetCounts { likes, retweets, replies, quotes, bookmarks, impressions } = tweet.counts;
    for count in [likes, retweets, replies, quotes, bookmarks, impressions] {
        field(&count.map_or([0xff; 9], |n| {
            let mut bytes = [0; 9];
            bytes[1..].copy_from_slice(&n.to_le_bytes());
            bytes
        }));
    }
    field(&tweet.deleted_at.map_or([0xff; 9], |at| {
        let mut bytes = [0; 9];
        bytes[1..].copy_from_slice(&at.timestamp_millis().to_le_bytes());
        bytes
    }));
    for id in &tweet.edit_history {
        field(id.as_bytes());
    }
    if let Some(entities) = entities {
        field(entities.as_bytes());
    }
    field(b"m");
    if let Some(media) = media {
        field(media.as_bytes());
    }
    let mut context = Context::new(&SHA256);
    context.update(&bytes);
    let mut hash = [0; 16];
    hash.iter_mut().zip(context.finish().as_ref()).for_each(|(to, from)| *to = *from);
    hash
}

/// The tweet as it is to be kept when `stored` is there and a source gives `incoming`, both with the same id.
///
/// A full text beats a preview, the longer of two full texts beats the shorter; the incoming counts win where they are
/// known; `deleted_at` once set stays; the time of the tweet stays, so that no page moves; what only one side knows is
/// kept; the owner's marks and the thread are those of `stored`.
#[must_use]
pub fn merge(stored: &Tweet, incoming: &Tweet) -> Tweet {
    let take = match (stored.is_truncated, incoming.is_truncated) {
        (true, false) => true,
        (false, true) => false,
        _ => incoming.full_text.len() >= stored.full_text.len(),
    };
    let (text, other) = if take { (incoming, stored) } else { (stored, incoming) };
    let newer = |new: &Option<String>, old: &Option<String>| new.clone().or_else(|| old.clone());
    let counts = |new: Option<u64>, old: Option<u64>| new.or(old);
    Tweet {
        id: stored.id.clone(),
        full_text: text.full_text.clone(),
        created_at: stored.created_at,
        lang: match incoming.lang.as_deref() {
            Some("und") | None => newer(&stored.lang, &incoming.lang),
            Some(_) => incoming.lang.clone(),
        },
        kind: first_kind(stored.kind, incoming.kind),
        is_note: stored.is_note || incoming.is_note,
        is_truncated: text.is_truncated,
        thread_id: stored.thread_id.clone(),
        thread_position: stored.thread_position,
        in_reply_to_id: newer(&incoming.in_reply_to_id, &stored.in_reply_to_id),
        in_reply_to_user_id: newer(&incoming.in_reply_to_user_id, &stored.in_reply_to_user_id),
        quoted_id: newer(&incoming.quoted_id, &stored.quoted_id),
        retweeted_id: newer(&incoming.retweeted_id, &stored.retweeted_id),
        conversation_id: newer(&incoming.conversation_id, &stored.conversation_id),
        counts: TweetCounts {
            likes: counts(incoming.counts.likes, stored.counts.likes),
            retweets: counts(incoming.counts.retweets, stored.counts.retweets),
            replies: counts(incoming.counts.replies, stored.counts.replies),
            quotes: counts(incoming.counts.quotes, stored.counts.quotes),
            bookmarks: counts(incoming.counts.bookmarks, stored.counts.bookmarks),
            impressions: counts(incoming.counts.impressions, stored.counts.impressions),
        },
        entities: Entities {
            urls: list(&text.entities.urls, &other.entities.urls),
            mentions: list(&text.entities.mentions, &other.entities.mentions),
            hashtags: list(&text.entities.hashtags, &other.entities.hashtags),
            cashtags: list(&text.entities.cashtags, &other.entities.cashtags),
        },
        media: list(&incoming.media, &stored.media),
        source: text.source,
        client: newer(&incoming.client, &stored.client),
        edit_history: if incoming.edit_history.len() >= stored.edit_history.len() {
            incoming.edit_history.clone()
        } else {
            stored.edit_history.clone()
        },
        deleted_at: stored.deleted_at.or(incoming.deleted_at),
        excluded: stored.excluded,
        labels: stored.labels.clone(),
    }
}

fn list<T: Clone>(first: &[T], second: &[T]) -> Vec<T> {
    if first.is_empty() { second.to_vec() } else { first.to_vec() }
}

/// A tweet that is several kinds takes the first of: retweet, reply, quote, note, original.
fn first_kind(a: TweetKind, b: TweetKind) -> TweetKind {
    let rank = |kind| match kind {
        TweetKind::Retweet => 0,
        TweetKind::Reply => 1,
        TweetKind::Quote => 2,
        TweetKind::Note => 3,
        TweetKind::Original => 4,
    };
    if rank(a) <= rank(b) { a } else { b }
}
