//! Drafts in a person's own style: the prompt, the candidates of a model, the gates that they must pass, and the choice
//! of the batch that reads most like the author.

mod author;
mod card;
mod clean;
mod copy;
mod engine;
mod entities;
mod feedback;
mod gates;
mod language;
mod numbers;
mod parse;
mod partial;
mod prompt;
mod prose;
mod rank;
mod request;
mod stream;
mod words;

pub use author::AuthorIndex;
pub use clean::clean_candidate;
pub use copy::{Copied, CopyIndex};
pub use engine::{DraftContext, Drafted, MAX_CALLS, ModelCall, Note, Outcome, draft, model_request};
pub use feedback::Lessons;
pub use gates::SelectOptions;
pub use rank::{Chosen, Rejected, Selection, select, select_with};
pub use request::{DraftFormat, DraftRequest, HashtagPolicy};
pub use stream::{DraftEvent, DraftStream, stream};
