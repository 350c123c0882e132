//! The tweets of a page made ready for a store: each once, with its place among the others.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::merge::merge;
use crate::records::Tweet;

/// The tweets of a page, each once and in the order of the ids, so that the indexes grow at one end.
pub(super) fn once_each(mut tweets: Vec<Tweet>) -> Vec<Tweet> {
    for tweet in &mut tweets {
        // Only the store knows the threads; labels are kept sorted.
        (tweet.thread_id, tweet.thread_position) = (None, None);
        tweet.labels.sort();
        tweet.labels.dedup();
    }
    let number = |tweet: &Tweet| tweet.id.parse::<u64>().unwrap_or(0);
    // Sources give them by time, forwards or backwards, and most give each once: then nothing has to be moved.
    if tweets.is_sorted_by(|a, b| number(a) > number(b)) {
        tweets.reverse();
    }
    if tweets.is_sorted_by(|a, b| number(a) < number(b)) {
        return tweets;
    }
    let mut places: HashMap<String, usize> = HashMap::with_capacity(tweets.len());
    let mut unique: Vec<Tweet> = Vec::with_capacity(tweets.len());
    for tweet in tweets {
        match places.entry(tweet.id.clone()) {
            Entry::Vacant(place) => {
                place.insert(unique.len());
                unique.push(tweet);
            }
            Entry::Occupied(place) => {
                if let Some(first) = unique.get_mut(*place.get()) {
                    *first = merge(first, &tweet, true);
                }
            }
        }
    }
    unique.sort_by_cached_key(number);
    unique
}

/// Where a tweet stands in a thread.
pub(super) struct Place {
    pub(super) thread_id: String,
    /// From 1.
    pub(super) position: u32,
    /// The tweet that it answers: its index.
    #[cfg_attr(not(feature = "sqlite"), allow(dead_code, reason = "PostgreSQL finds it by itself"))]
    pub(super) parent: Option<usize>,
}

/// The threads that these tweets, oldest first and each once, make among themselves.
pub(super) fn places(tweets: &[Tweet]) -> Vec<Option<Place>> {
    let by_id: HashMap<&str, usize> = tweets.iter().enumerate().map(|(at, tweet)| (tweet.id.as_str(), at)).collect();
    let mut roots: Vec<usize> = Vec::with_capacity(tweets.len());
    let mut parents = Vec::with_capacity(tweets.len());
    let mut threads: HashMap<usize, Vec<usize>> = HashMap::new();
    for (at, tweet) in tweets.iter().enumerate() {
        let answered = tweet.in_reply_to_id.as_deref().and_then(|id| by_id.get(id)).copied();
        let parent = answered.filter(|parent| *parent < at);
        let root = parent.and_then(|parent| roots.get(parent)).copied().unwrap_or(at);
        if parent.is_some() {
            threads.entry(root).or_insert_with(|| vec![root]).push(at);
        }
        roots.push(root);
        parents.push(parent);
    }
    let mut places: Vec<Option<Place>> = (0..tweets.len()).map(|_| None).collect();
    for (root, mut members) in threads {
        // The first stays the first; the others, which come by id, in the order of their times.
        members.sort_by_key(|at| (*at != root, tweets.get(*at).map(|tweet| tweet.created_at.timestamp_millis())));
        for (position, at) in (1..).zip(members) {
            let (Some(first), Some(place)) = (tweets.get(root), places.get_mut(at)) else { continue };
            let parent = parents.get(at).copied().flatten();
            *place = Some(Place { thread_id: first.id.clone(), position, parent });
        }
    }
    places
}
