use std::collections::BTreeMap;

use serde_json::Value;

use super::language::is_function_word;
use super::words::words;
use crate::records::{Draft, DraftState};
use crate::style::estimate_tokens;

/// What was said long ago is left out: the newest of each kind go into a prompt.
const MOST_REJECTED: usize = 8;
const MOST_EDITS: usize = 6;
const MOST_APPROVED: usize = 6;
/// A word that was taken out once may have been wrong there; twice is a rule.
const SIGHTINGS: usize = 2;
/// At most so many learned words: a list that a model can still keep to.
const MOST_BANNED: usize = 40;
/// A longer word is no word to keep to.
const LONGEST_WORD: usize = 32;
/// No more of a draft or a note is shown than this many characters.
const SHOWN_CHARS: usize = 600;
/// All lessons together, as they stand in a prompt.
pub(crate) const LESSON_TOKENS: usize = 1500;
/// Signs that people take out of drafts.
const SIGNS: [&str; 6] = ["—", "–", ";", "!", "…", "#"];

/// What the owner taught by approving, rejecting and editing drafts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lessons {
    /// Drafts that were approved or published as they were, newest first.
    pub approved: Vec<String>,
    /// Drafts that were rejected, each with the owner's reason, newest first.
    pub rejected: Vec<(String, Option<String>)>,
    /// Drafts that were edited: as drafted and as the owner would have it, newest first.
    pub edits: Vec<(String, String)>,
    /// Words and signs that the owner took out of at least two drafts and left in none, sorted.
    pub banned: Vec<String>,
}

impl Lessons {
    /// Learns from drafts in any order. What two edits contradict is not learned. Of each text and note no more than 600
    /// characters are kept, and of all of them as much as fits into 1,500 tokens, the newest first.
    #[must_use]
    pub fn of(drafts: &[Draft]) -> Self {
        let mut newest: Vec<&Draft> = drafts.iter().collect();
        newest.sort_by(|a, b| b.updated_at.cmp(&a.updated_at).then(b.id.cmp(&a.id)));
        let mut lessons = Self::default();
        let mut removed: BTreeMap<String, usize> = BTreeMap::new();
        let mut kept: Vec<String> = Vec::new();
        for draft in newest {
            let feedback = draft.feedback.as_ref();
            let before = feedback.and_then(|f| f.original_text.as_deref()).filter(|before| *before != draft.text);
            let good = matches!(draft.state, DraftState::Approved | DraftState::Published);
            if draft.state == DraftState::Rejected {
                lessons.rejected.push((cut(&draft.text), feedback.and_then(|f| f.note.as_deref()).map(cut)));
            } else if let Some(before) = before {
                let after = pieces(&draft.text);
                for piece in pieces(before).into_iter().filter(|piece| !after.contains(piece)) {
                    *removed.entry(piece).or_default() += 1;
                }
                kept.extend(after);
                lessons.edits.push((cut(before), cut(&draft.text)));
            } else if good {
                kept.extend(pieces(&draft.text));
                lessons.approved.push(cut(&draft.text));
            }
        }
        kept.sort_unstable();
        lessons.banned = removed
            .into_iter()
            .filter(|(piece, times)| *times >= SIGHTINGS && kept.binary_search(piece).is_err())
            .map(|(piece, _)| piece)
            .take(MOST_BANNED)
            .collect();
        lessons.approved.truncate(MOST_APPROVED);
        lessons.rejected.truncate(MOST_REJECTED);
        lessons.edits.truncate(MOST_EDITS);
        lessons.within(LESSON_TOKENS)
    }

    /// As much as fits into so many tokens: the newest of each kind in turns, what was rejected first.
    pub(crate) fn within(mut self, tokens: usize) -> Self {
        let mut left = tokens;
        let (mut rejected, mut edits, mut approved) = (0, 0, 0);
        for _ in 0..MOST_REJECTED {
            let texts = |pair: &(String, Option<String>)| in_json(&pair.0) + pair.1.as_deref().map_or(0, in_json);
            rejected += fits(self.rejected.get(rejected).map(texts), &mut left);
            edits += fits(self.edits.get(edits).map(|(a, b)| in_json(a) + in_json(b)), &mut left);
            approved += fits(self.approved.get(approved).map(|text| in_json(text)), &mut left);
        }
        self.rejected.truncate(rejected);
        self.edits.truncate(edits);
        self.approved.truncate(approved);
        self
    }
}

/// One more, if there is one and its tokens are left.
fn fits(tokens: Option<usize>, left: &mut usize) -> usize {
    let rest = tokens.and_then(|tokens| left.checked_sub(tokens));
    *left = rest.unwrap_or(*left);
    usize::from(rest.is_some())
}

/// About how many tokens a text takes as a string of JSON, with its escapes.
fn in_json(text: &str) -> usize {
    estimate_tokens(&Value::from(text).to_string())
}

fn cut(text: &str) -> String {
    let mut chars = text.chars();
    let mut shown: String = chars.by_ref().take(SHOWN_CHARS).collect();
    if chars.next().is_some() {
        shown.push('…');
    }
    shown
}

fn teachable(word: &str) -> bool {
    (3..=LONGEST_WORD).contains(&word.chars().count()) && !is_function_word(word)
}

/// What could be banned of a text, each once: its words that carry meaning, and signs.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = words(text).into_iter().filter(|word| teachable(word)).collect();
    pieces.extend(SIGNS.iter().filter(|sign| text.contains(**sign)).map(|sign| (*sign).to_owned()));
    pieces.sort_unstable();
    pieces.dedup();
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{Feedback, Scores, new_id, now};

    fn draft(text: &str, state: DraftState, note: Option<&str>, original: Option<&str>) -> Draft {
        let feedback = Feedback { note: note.map(Into::into), original_text: original.map(Into::into) };
        Draft {
            id: new_id(),
            account_id: new_id(),
            generation_id: new_id(),
            text: text.into(),
            weighted_length: 0,
            scores: Scores::default(),
            state,
            feedback: Some(feedback),
            created_at: now(),
            updated_at: now(),
        }
    }

    #[test]
    fn what_is_taken_out_twice_and_never_left_in_is_a_rule() {
        let edit = |before, after| draft(after, DraftState::Approved, None, Some(before));
        let drafts = [
            edit("Thrilled to say — the parser is live", "The parser is live"),
            edit("Thrilled! The importer — done, honestly", "The importer: done"),
            edit("Honestly, the parser crashed", "the parser fell over, honestly"),
            draft("Too salesy for me", DraftState::Rejected, Some("too salesy"), None),
            draft("The importer is live", DraftState::Published, None, None),
        ];
        let lessons = Lessons::of(&drafts);
        assert_eq!(lessons.banned, ["thrilled", "—"], "`honestly` was kept once; `the` is a function word");
        assert_eq!(lessons.rejected, [("Too salesy for me".to_owned(), Some("too salesy".to_owned()))]);
        assert_eq!(lessons.approved, ["The importer is live"]);
        assert_eq!(lessons.edits.len(), 3);
        assert_eq!(Lessons::of(&[]), Lessons::default());
        let many: Vec<Draft> = (0..50).map(|i| draft(&format!("t{i}"), DraftState::Rejected, None, None)).collect();
        assert_eq!(Lessons::of(&many).rejected.len(), MOST_REJECTED);
    }

    #[test]
    fn hostile_sizes_are_cut_at_a_character_and_the_newest_of_each_kind_stay() {
        for piece in ["x", "é", "字", "👨‍👩‍👧‍👦", "\u{1}", "\"\\", "word "] {
            let huge = piece.repeat(10_000 / piece.len());
            let mut drafts: Vec<Draft> =
                (0..8).map(|_| draft(&huge, DraftState::Rejected, Some(&huge), None)).collect();
            drafts.extend((0..8).map(|_| draft(&huge, DraftState::Approved, None, None)));
            drafts.extend((0..8).map(|i| draft(&format!("{i}{huge}"), DraftState::Approved, None, Some(&huge))));
            let lessons = Lessons::of(&drafts);
            let shown = serde_json::json!([lessons.rejected, lessons.edits, lessons.approved]).to_string();
            assert!(estimate_tokens(&shown) <= LESSON_TOKENS + 50, "{piece:?}: {}", estimate_tokens(&shown));
            let texts = lessons.rejected.iter().map(|(text, _)| text).chain(&lessons.approved);
            assert!(texts.clone().all(|text| text.chars().count() == SHOWN_CHARS + 1 && text.ends_with('…')));
            assert!(lessons.banned.iter().all(|word| word.chars().count() <= LONGEST_WORD));
        }
        let short = |state| (0..3).map(move |i| draft(&format!("tweet number {i}"), state, None, None));
        let drafts: Vec<Draft> = short(DraftState::Rejected).chain(short(DraftState::Approved)).collect();
        let few = Lessons::of(&drafts).within(24);
        assert!(!few.rejected.is_empty() && !few.approved.is_empty() && few.rejected.len() < 3, "{few:?}");
        assert_eq!(few.rejected[0].0, "tweet number 2", "the newest");
    }
}
