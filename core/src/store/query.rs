use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::records::{DraftState, Id, TweetKind};

/// Which end comes first. Ties in time are ordered by id, as the number it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The newest first.
    #[default]
    NewestFirst,
    /// The oldest first.
    OldestFirst,
}

/// Which tweets. The default is every tweet that is not deleted, excluded ones too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct TweetQuery {
    /// Words, `"a phrase"`, `prefix*`: all of them must match (see `text::SearchQuery`).
    pub search: Option<String>,
    /// Only these kinds; empty for all.
    pub kinds: Vec<TweetKind>,
    /// Only tweets in this language.
    pub lang: Option<String>,
    /// Only tweets from this time on.
    pub since: Option<DateTime<Utc>>,
    /// Only tweets before this time.
    pub until: Option<DateTime<Utc>>,
    /// Only tweets that carry this label.
    pub label: Option<String>,
    /// Only tweets that are (or are not) excluded from the style.
    pub excluded: Option<bool>,
    /// Deleted tweets as well.
    pub with_deleted: bool,
    /// Which end comes first.
    pub order: Order,
}

impl TweetQuery {
    /// Every tweet that is not deleted.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// Tweets that match a search.
    #[must_use]
    pub fn matching(search: impl Into<String>) -> Self {
        Self { search: Some(search.into()), ..Self::default() }
    }

    /// Only these kinds.
    #[must_use]
    pub fn kinds(mut self, kinds: impl Into<Vec<TweetKind>>) -> Self {
        self.kinds = kinds.into();
        self
    }

    /// Only tweets from this time on and before that time.
    #[must_use]
    pub fn between(mut self, since: Option<DateTime<Utc>>, until: Option<DateTime<Utc>>) -> Self {
        self.since = since;
        self.until = until;
        self
    }

    /// Only tweets that carry this label.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Only tweets in this language.
    #[must_use]
    pub fn lang(mut self, lang: impl Into<String>) -> Self {
        self.lang = Some(lang.into());
        self
    }

    /// Only tweets that are (or are not) excluded from the style.
    #[must_use]
    pub fn excluded(mut self, excluded: bool) -> Self {
        self.excluded = Some(excluded);
        self
    }

    /// Deleted tweets as well.
    #[must_use]
    pub fn with_deleted(mut self) -> Self {
        self.with_deleted = true;
        self
    }

    /// Which end comes first.
    #[must_use]
    pub fn order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }
}

/// Which drafts. The default is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct DraftQuery {
    /// Only drafts in this state.
    pub state: Option<DraftState>,
    /// Only drafts of this generation.
    pub generation: Option<Id>,
}

impl DraftQuery {
    /// Only drafts in this state.
    #[must_use]
    pub fn state(state: DraftState) -> Self {
        Self { state: Some(state), ..Self::default() }
    }

    /// Only drafts of this generation.
    #[must_use]
    pub fn generation(generation: Id) -> Self {
        Self { generation: Some(generation), ..Self::default() }
    }
}

/// Where a page begins and how long it may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRequest {
    /// How many items at most, 1 to 1,000.
    pub limit: u32,
    /// The `next` of the page before; `None` for the first. Opaque, and stable while rows come and go.
    pub after: Option<String>,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { limit: 100, after: None }
    }
}

impl PageRequest {
    /// The first page, of so many items.
    #[must_use]
    pub fn first(limit: u32) -> Self {
        Self { limit, after: None }
    }

    /// The page after `next`.
    #[must_use]
    pub fn after(limit: u32, next: impl Into<String>) -> Self {
        Self { limit, after: Some(next.into()) }
    }
}

/// A page of a longer list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; `None` at the end. A full page may be the last.
    pub next: Option<String>,
}
