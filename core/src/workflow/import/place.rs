use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ledger::Ledger;
use crate::records::compare_ids;
use crate::twitter::{Next, Problem, TweetPage};

const VERSION: u32 = 1;
/// So many sentences are kept of what X could not give, and of what is missing.
const MOST: usize = 100;

/// Where the reading of a timeline stands: its checkpoint, saved with every page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    version: u32,
    /// Whether all of it is read anew, whatever was read before.
    pub(super) again: bool,
    /// What was there before the run: only newer tweets are read.
    pub(super) since_id: Option<String>,
    /// The list that `token` belongs to: tweets older than this.
    pub(super) until_id: Option<String>,
    /// The next page of that list; `None` for its first one.
    pub(super) token: Option<String>,
    /// The oldest tweet that was read: where to go on when a token ended.
    pub(super) oldest: Option<String>,
    /// Whether the last page was stored.
    pub(super) done: bool,
    /// How many different tweets were read.
    pub(super) read: u64,
    /// How many tweets X says the user has.
    pub(super) of_user: Option<u64>,
    /// What is missing, in sentences.
    pub(super) reasons: Vec<String>,
    pub(super) problems: Vec<String>,
    pub(super) problem_count: u64,
    /// What was read today.
    pub(super) today: Ledger,
}

impl Place {
    pub(super) fn new(again: bool, since_id: Option<String>) -> Self {
        Self { version: VERSION, again, since_id, ..Self::default() }
    }

    /// The place that a checkpoint names; `None` when it is of another version.
    pub(super) fn read(checkpoint: &Value) -> Option<Self> {
        Self::deserialize(checkpoint).ok().filter(|place| place.version == VERSION)
    }

    /// Moves behind a page; gives how many of its entries could not be read.
    pub(super) fn advance(&mut self, page: &TweetPage) -> u64 {
        let older = |id: &str| self.oldest.as_deref().is_none_or(|oldest| compare_ids(id, oldest).is_lt());
        self.read += page.tweets.iter().filter(|tweet| older(&tweet.id)).count() as u64;
        if let Some(oldest) = page.oldest().filter(|oldest| older(oldest)) {
            self.oldest = Some(oldest.to_owned());
        }
        match &page.next {
            Next::Page(token) => self.token = Some(token.clone()),
            Next::End => (self.token, self.done) = (None, true),
            Next::Unsaid => self.go_on_below(),
        }
        page.problems.iter().filter(|problem| self.note(problem)).count() as u64
    }

    /// Leaves the pages by tokens, and begins a list below the oldest tweet.
    pub(super) fn go_on_below(&mut self) {
        (self.until_id, self.token) = (self.oldest.clone(), None);
    }

    /// Goes on above this tweet alone, because a complete archive has it and all that came before; whether that changes
    /// anything.
    pub(super) fn rest_on(&mut self, newest: &str) -> bool {
        if self.again || self.done || self.since_id.as_deref().is_some_and(|since| compare_ids(newest, since).is_le()) {
            return false;
        }
        self.since_id = Some(newest.to_owned());
        // A token belongs to the list that it came with.
        self.go_on_below();
        self.done = self.reaches_down();
        true
    }

    /// Whether what was read surely meets what was there before.
    pub(super) fn reaches_down(&self) -> bool {
        match (&self.since_id, &self.oldest) {
            (Some(since), Some(oldest)) => compare_ids(oldest, since).is_le(),
            (since, _) => since.is_none(),
        }
    }

    /// Keeps what X could not give; whether an own tweet is missing by it.
    fn note(&mut self, problem: &Problem) -> bool {
        let unreadable = problem.is_unreadable();
        let list = if unreadable { &mut self.reasons } else { &mut self.problems };
        let about = problem.resource_id.as_deref().map(|id| format!(" ({id})")).unwrap_or_default();
        if list.len() < MOST {
            list.push(format!("{problem}{about}"));
        }
        self.problem_count += u64::from(!unreadable);
        unreadable
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Tweet;

    fn page(ids: &[&str], next: Next) -> TweetPage {
        let tweets = ids.iter().map(|id| Tweet { id: (*id).to_owned(), ..Tweet::default() }).collect();
        let mut page = TweetPage::default();
        (page.tweets, page.next) = (tweets, next);
        page
    }

    #[test]
    fn a_place_moves_behind_its_page() {
        let mut place = Place::new(false, Some("5".to_owned()));
        place.advance(&page(&["1000", "999"], Next::Page("t1".to_owned())));
        assert_eq!((place.read, place.oldest.as_deref(), place.token.as_deref()), (2, Some("999"), Some("t1")));
        // The same page again, and an empty one: nothing new, and no end.
        place.advance(&page(&["1000", "999"], Next::Page("t2".to_owned())));
        place.advance(&page(&[], Next::Page("t3".to_owned())));
        assert_eq!((place.read, place.oldest.as_deref(), place.done), (2, Some("999"), false));
        // An answer that does not say what follows.
        place.advance(&page(&["98"], Next::Unsaid));
        assert_eq!((place.until_id.as_deref(), place.token.as_deref(), place.done), (Some("98"), None, false));
        place.advance(&page(&["97"], Next::End));
        assert_eq!((place.read, place.done), (4, true));
        let saved = serde_json::to_value(&place).unwrap();
        assert_eq!(Place::read(&saved), Some(place));
        assert_eq!(Place::read(&serde_json::json!({ "version": 2 })), None);
        assert_eq!(Place::read(&serde_json::json!({ "archive": "another kind" })), None);
    }

    #[test]
    fn an_archive_that_came_meanwhile_is_rested_on() {
        let mut place = Place::new(false, Some("5".to_owned()));
        place.advance(&page(&["1000", "999"], Next::Page("t1".to_owned())));
        assert!(!place.rest_on("4") && !place.rest_on("5"), "what was there before has it");
        assert!(place.rest_on("70"));
        let now = (place.since_id.as_deref(), place.until_id.as_deref(), place.token.as_deref(), place.done);
        assert_eq!(now, (Some("70"), Some("999"), None, false), "the token was one of another list");
        assert!(place.rest_on("999") && place.done && place.reaches_down(), "nothing is left to read");
        assert!(!place.rest_on("2000"), "what is done is done");
        let mut again = Place::new(true, None);
        assert!(!again.rest_on("70"), "all was to be read again");
        // Nothing was read yet.
        let mut begun = Place::new(false, None);
        assert!(begun.rest_on("70") && !begun.done && begun.until_id.is_none());
    }

    #[test]
    fn what_could_not_be_read_makes_it_incomplete_and_what_x_lacks_does_not() {
        let mut place = Place::new(false, None);
        let mut page = page(&[], Next::End);
        let problem = |slug: &str| {
            let mut problem = Problem::default();
            (problem.slug, problem.detail) = (slug.to_owned(), "why".to_owned());
            problem.resource_id = Some("7".to_owned());
            problem
        };
        page.problems = vec![problem("resource-not-found"); 150];
        page.problems.push(problem("unreadable"));
        assert_eq!(place.advance(&page), 1);
        assert_eq!((place.problems.len(), place.problem_count), (100, 150));
        assert_eq!(place.reasons, ["why (7)"]);
    }
}
