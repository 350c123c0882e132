use std::collections::BTreeMap;

use super::language::is_function_word;
use super::words::words;
use crate::records::{Draft, DraftState};

/// What was said long ago is left out: the newest of each kind go into a prompt.
const MOST_REJECTED: usize = 8;
const MOST_EDITS: usize = 6;
const MOST_APPROVED: usize = 6;
/// A word that was taken out once may have been wrong there; twice is a rule.
const SIGHTINGS: usize = 2;
/// At most so many learned words: a list that a model can still keep to.
const MOST_BANNED: usize = 40;
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
    /// Learns from drafts in any order. What two edits contradict is not learned.
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
                lessons.rejected.push((draft.text.clone(), feedback.and_then(|f| f.note.clone())));
            } else if let Some(before) = before {
                let after = pieces(&draft.text);
                for piece in pieces(before).into_iter().filter(|piece| !after.contains(piece)) {
                    *removed.entry(piece).or_default() += 1;
                }
                kept.extend(after);
                lessons.edits.push((before.to_owned(), draft.text.clone()));
            } else if good {
                kept.extend(pieces(&draft.text));
                lessons.approved.push(draft.text.clone());
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
        lessons
    }
}

/// What could be banned of a text, each once: its words that carry meaning, and signs.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> =
        words(text).into_iter().filter(|word| word.chars().count() > 2 && !is_function_word(word)).collect();
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
}
