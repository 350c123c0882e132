//! Tweet text by Twitter's rules, and text on its way to a screen or an index.
//!
//! [`weighted_length`] and [`parse`] count as X counts; [`extract`] finds links, people, hashtags and cashtags. The
//! rules are those of twitter-text 3.1.0 with its configuration v3 (<https://github.com/twitter/twitter-text>).

mod alphabet_table;
mod chars;
pub mod cleanup;
mod emoji;
mod emoji_table;
mod entities;
pub(crate) mod normal;
mod punycode;
mod search;
mod tags;
mod tld;
mod tld_table;
mod urls;
mod weight;

pub use crate::escape::escape_controls;
pub(crate) use chars::thousands;
pub use entities::{
    Entity, EntityKind, cashtag_count, extract, extract_cashtags, extract_hashtags, extract_mentions,
    extract_mentions_or_lists, extract_urls, has_url, reply_to,
};
pub use search::{SearchClause, SearchQuery, search_terms};
pub use weight::{Limits, ParsedTweet, parse, parse_with, weighted_length};
