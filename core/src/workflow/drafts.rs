use super::account::Account;
use crate::error::{Error, ErrorKind, Result};
use crate::records::{Draft, DraftState, Feedback, Id};
use crate::store::{DraftChange, DraftQuery, Page, PageRequest};
use crate::text;

/// The longest note about a draft, in bytes.
const MAX_NOTE: usize = 2048;
/// The longest text that a draft may have had, in bytes: the longest post that X takes, in characters of four bytes.
const MAX_ORIGINAL: usize = 100_000;

impl Account {
    /// A page of drafts, newest first.
    ///
    /// # Errors
    /// `InvalidInput` for a limit or cursor that cannot be used; `Storage`.
    pub async fn drafts(&self, query: DraftQuery, page: PageRequest) -> Result<Page<Draft>> {
        self.store().drafts(&self.caller, self.id, query, page).await
    }

    /// One draft.
    ///
    /// # Errors
    /// `NotFound` (`store.no_draft`); `Storage`.
    pub async fn draft(&self, id: Id) -> Result<Draft> {
        let draft = self.store().draft(&self.caller, id).await?;
        if draft.account_id != self.id {
            return Err(Error::new(ErrorKind::NotFound, "store.no_draft", "there is no such draft in this account"));
        }
        Ok(draft)
    }

    /// Approves a draft: it may be published, and the next generation learns from it.
    ///
    /// # Errors
    /// `Conflict` (`draft.state`) when it is published already, (`draft.publishing`) when it is changed or rejected while
    /// that is under way; `NotFound`; `Storage`.
    pub async fn approve(&self, id: Id) -> Result<Draft> {
        self.decide(id, &[DraftState::Draft, DraftState::Rejected, DraftState::Approved], DraftState::Approved, None)
            .await
    }

    /// Rejects a draft; what the owner says about it steers the next generation.
    ///
    /// # Errors
    /// `InvalidInput` (`draft.feedback_too_long`) for a note over 2,048 bytes or an original text that no tweet could be; as
    /// [`Account::approve`].
    pub async fn reject(&self, id: Id, feedback: Feedback) -> Result<Draft> {
        check_feedback(&feedback)?;
        let from = [DraftState::Draft, DraftState::Rejected, DraftState::Approved];
        self.decide(id, &from, DraftState::Rejected, Some(feedback)).await
    }

    /// Gives a draft another text. It has to be approved again; the change steers the next generation.
    ///
    /// # Errors
    /// `InvalidInput` (`draft.invalid_text`) for a text that is empty, longer than the draft may be or holds a character that Twitter
    /// refuses; as [`Account::approve`].
    pub async fn edit_draft(&self, id: Id, text: impl Into<String> + Send) -> Result<Draft> {
        let text = text.into();
        let before = self.draft(id).await?;
        // A draft that was asked for with a longer limit keeps it.
        let generation = self.store().generation(&self.caller, before.generation_id).await?;
        let limit = generation.request.get("limit").and_then(serde_json::Value::as_u64);
        let limit =
            limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(text::Limits::STANDARD.max_weighted_length);
        let parsed = text::parse_with(&text, &text::Limits::new(limit));
        if !parsed.valid {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                "draft.invalid_text",
                format!("the text cannot be tweeted: its length is {} of {limit}", parsed.weighted_length),
            )
            .with_remedy("Make it shorter, by Twitter's count, in which a link is 23 and an emoji 2."));
        }
        let mut feedback = before.feedback.unwrap_or_default();
        // After a second edit the model's own text is still what the owner's is compared with.
        feedback.original_text.get_or_insert(before.text);
        let length = u32::try_from(parsed.weighted_length).unwrap_or(u32::MAX);
        let change = DraftChange {
            from: vec![DraftState::Draft, DraftState::Approved, DraftState::Rejected],
            to: DraftState::Draft,
            feedback: Some(feedback),
            text: Some((text, length)),
        };
        self.store().change_draft(&self.caller, id, change).await
    }

    async fn decide(&self, id: Id, from: &[DraftState], to: DraftState, feedback: Option<Feedback>) -> Result<Draft> {
        let before = self.draft(id).await?;
        // What the model had written is not the owner's to lose.
        let original = before.feedback.and_then(|feedback| feedback.original_text);
        let feedback = feedback.map(|said| Feedback { original_text: said.original_text.or(original), ..said });
        let change = DraftChange { from: from.to_vec(), to, feedback, text: None };
        self.store().change_draft(&self.caller, id, change).await
    }
}

/// What the owner says goes into prompts, where a document has no place.
fn check_feedback(feedback: &Feedback) -> Result<()> {
    for (what, text, most) in
        [("the note", &feedback.note, MAX_NOTE), ("the original text", &feedback.original_text, MAX_ORIGINAL)]
    {
        let bytes = text.as_ref().map_or(0, String::len);
        if bytes > most {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                "draft.feedback_too_long",
                format!("{what} has {bytes} bytes, and may have {most}"),
            )
            .with_remedy("Say in a sentence or two what is wrong with the draft: a note may have 2,048 bytes."));
        }
    }
    Ok(())
}
