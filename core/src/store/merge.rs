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
/// A full text beats a preview, the longer of two full texts beats the shorter; of the counts and of everything else that
/// both know, that of the newer sighting wins; `deleted_at` once set stays; the time of the tweet stays, so that no page
/// moves; what only one side knows is kept; the owner's marks and the thread are those of `stored`.
///
/// # Which sighting is newer
/// Not the one that is imported later: an archive of last year that is imported today must not lower a count. A store
/// keeps with each tweet when its source saw it ([`ImportPage::observed_at`](super::ImportPage::observed_at), cut to
/// now), and `incoming_is_newer` is `incoming >= kept`, where a time that is not known is older than every other; of two
/// equal ones the later import wins. A row that is written takes the newer of both times. A row that is not written
/// keeps its time, for unchanged tweets must cost nothing: when two sightings years apart show the same tweet, one
/// between them that shows other counts, imported last, wins until the next import of a newer one.
#[must_use]
pub fn merge(stored: &Tweet, incoming: &Tweet, incoming_is_newer: bool) -> Tweet {
    let (new, old) = if incoming_is_newer { (incoming, stored) } else { (stored, incoming) };
    let take = match (old.is_truncated, new.is_truncated) {
        (true, false) => true,
        (false, true) => false,
        _ => new.full_text.len() >= old.full_text.len(),
    };
    let (text, other) = if take { (new, old) } else { (old, new) };
    let newer = |new: &Option<String>, old: &Option<String>| new.clone().or_else(|| old.clone());
    let counts = |new: Option<u64>, old: Option<u64>| new.or(old);
    Tweet {
        id: stored.id.clone(),
        full_text: text.full_text.clone(),
        created_at: stored.created_at,
        lang: match new.lang.as_deref() {
            Some("und") | None => newer(&old.lang, &new.lang),
            Some(_) => new.lang.clone(),
        },
        kind: first_kind(stored.kind, incoming.kind),
        is_note: stored.is_note || incoming.is_note,
        is_truncated: text.is_truncated,
        thread_id: stored.thread_id.clone(),
        thread_position: stored.thread_position,
        in_reply_to_id: newer(&new.in_reply_to_id, &old.in_reply_to_id),
        in_reply_to_user_id: newer(&new.in_reply_to_user_id, &old.in_reply_to_user_id),
        quoted_id: newer(&new.quoted_id, &old.quoted_id),
        retweeted_id: newer(&new.retweeted_id, &old.retweeted_id),
        conversation_id: newer(&new.conversation_id, &old.conversation_id),
        counts: TweetCounts {
            likes: counts(new.counts.likes, old.counts.likes),
            retweets: counts(new.counts.retweets, old.counts.retweets),
            replies: counts(new.counts.replies, old.counts.replies),
            quotes: counts(new.counts.quotes, old.counts.quotes),
            bookmarks: counts(new.counts.bookmarks, old.counts.bookmarks),
            impressions: counts(new.counts.impressions, old.counts.impressions),
        },
        entities: Entities {
            urls: list(&text.entities.urls, &other.entities.urls),
            mentions: list(&text.entities.mentions, &other.entities.mentions),
            hashtags: list(&text.entities.hashtags, &other.entities.hashtags),
            cashtags: list(&text.entities.cashtags, &other.entities.cashtags),
        },
        media: list(&new.media, &old.media),
        source: text.source,
        client: newer(&new.client, &old.client),
        edit_history: if new.edit_history.len() >= old.edit_history.len() {
            new.edit_history.clone()
        } else {
            old.edit_history.clone()
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
