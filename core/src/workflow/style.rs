use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::account::Account;
use super::corpus::{Loaded, TWEETS_ERASED, erased_meanwhile};
use super::metered::MeteredModel;
use crate::error::{Error, ErrorFields, ErrorKind, Result};
use crate::model::Model;
use crate::records::ProfileRecord;
use crate::store::ProfileInput;
use crate::style::{self, Analysis, LeftOut, StyleProfile};

/// How a style is to be analysed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct StyleOptions {
    /// Whether the model puts the numbers into words. True where the setup names a model.
    pub ask_model: bool,
    /// Whether to ask again although these tweets were analysed before.
    pub again: bool,
}

impl Default for StyleOptions {
    fn default() -> Self {
        Self { ask_model: true, again: false }
    }
}

impl StyleOptions {
    /// The numbers alone: no model, no cost.
    #[must_use]
    pub fn numbers_only() -> Self {
        Self { ask_model: false, again: false }
    }

    /// Asks the model again.
    #[must_use]
    pub fn again() -> Self {
        Self { ask_model: true, again: true }
    }
}

/// What is known of a style.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StyleReport {
    /// The profile as it is stored.
    pub record: ProfileRecord,
    /// The profile to work with: its numbers, its summary, its tweets.
    pub profile: StyleProfile,
    /// Whether it was there already, so that no model was asked.
    pub cached: bool,
    /// Why the model's words are missing although it was asked: it refused, or its answers could not be read. The numbers
    /// do not need them.
    pub analysis_failed: Option<ErrorFields>,
}

impl StyleReport {
    /// The model's words about the numbers, if it was asked.
    #[must_use]
    pub fn analysis(&self) -> Option<&Analysis> {
        self.profile.analysis()
    }
}

impl Account {
    /// Learns the style: counts it, lets the model put it into words, and keeps both. The same tweets cost nothing a
    /// second time. Without a model in the setup it is the numbers alone, and so it is when the model refuses or answers
    /// nothing that can be read ([`StyleReport::analysis_failed`]).
    ///
    /// # Errors
    /// `InvalidInput` (`style.empty_corpus`) when there is no tweet in the owner's own words; `OverBudget`; every kind of
    /// the model; `Storage`.
    pub async fn analyze_style(&self) -> Result<StyleReport> {
        self.analyze_style_with(StyleOptions::default()).await
    }

    /// As [`Account::analyze_style`], with options.
    ///
    /// # Errors
    /// As [`Account::analyze_style`].
    pub async fn analyze_style_with(&self, options: StyleOptions) -> Result<StyleReport> {
        let loaded = self.corpus().await?;
        check_corpus(&loaded)?;
        let ask_model = options.ask_model && self.wren.model().is_ok();
        let kept = self.kept_profile(&loaded).await?;
        if let Some(record) = kept.filter(|record| !options.again && (record.analysis.is_some() || !ask_model)) {
            let profile = with_analysis(&loaded.profile, &record)?;
            return Ok(StyleReport { record, profile, cached: true, analysis_failed: None });
        }
        let mut profile = loaded.profile.clone();
        let mut analysis_failed = None;
        if ask_model {
            match style::analyze(&loaded.profile, &loaded.tweets, &self.metered_model()?).await {
                Ok(analysis) => profile = profile.with_analysis(analysis),
                Err(error) if matches!(error.kind(), ErrorKind::ContentRefused | ErrorKind::Decode) => {
                    analysis_failed = Some(error.to_fields());
                }
                Err(error) => return Err(error),
            }
        }
        let record = self.keep_profile(&profile).await?;
        Ok(StyleReport { record, profile, cached: false, analysis_failed })
    }

    /// The newest profile that is stored, whatever the tweets are now; `None` before the first analysis.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn style_profile(&self) -> Result<Option<ProfileRecord>> {
        self.store().latest_profile(&self.caller, self.id, None).await
    }

    /// Whether `analyze_style` would cost nothing.
    pub(super) async fn analysis_is_cached(&self) -> Result<bool> {
        let loaded = self.corpus().await?;
        check_corpus(&loaded)?;
        Ok(self.kept_profile(&loaded).await?.is_some_and(|record| record.analysis.is_some()))
    }

    /// The first step of an analysis with another model, for its price.
    pub(super) async fn ask_for_analysis(&self, model: &dyn Model) -> Result<Analysis> {
        let loaded = self.corpus().await?;
        check_corpus(&loaded)?;
        style::analyze(&loaded.profile, &loaded.tweets, model).await
    }

    /// Counts the style again and keeps it, when there is anything to count.
    pub(super) async fn recompute_profile(&self) -> Result<()> {
        // Somebody else may erase at the same time. Three times in a row: the next analysis will make it.
        for _ in 0..3 {
            let loaded = self.corpus().await?;
            if loaded.profile.texts().is_empty() {
                break;
            }
            match self.keep_profile(&loaded.profile).await {
                Err(error) if error.code() == TWEETS_ERASED => {}
                kept => return kept.map(drop),
            }
        }
        Ok(())
    }

    /// The profile to write by: with the model's words where these tweets were analysed before.
    pub(super) async fn writing_profile(&self, loaded: &Loaded) -> Result<(StyleProfile, ProfileRecord)> {
        check_corpus(loaded)?;
        match self.kept_profile(loaded).await? {
            Some(record) => Ok((with_analysis(&loaded.profile, &record)?, record)),
            None => Ok((loaded.profile.clone(), self.keep_profile(&loaded.profile).await?)),
        }
    }

    /// The same without keeping anything.
    pub(super) async fn known_profile(&self, loaded: &Loaded) -> Result<StyleProfile> {
        check_corpus(loaded)?;
        match self.kept_profile(loaded).await? {
            Some(record) => with_analysis(&loaded.profile, &record),
            None => Ok(loaded.profile.clone()),
        }
    }

    /// The model, paid for by this account.
    pub(super) fn metered_model(&self) -> Result<MeteredModel> {
        Ok(MeteredModel {
            model: Arc::clone(self.wren.model()?),
            store: Arc::clone(self.store()),
            caller: self.caller.clone(),
            account: self.id,
            budget: self.wren.setup().budget,
        })
    }

    async fn kept_profile(&self, loaded: &Loaded) -> Result<Option<ProfileRecord>> {
        let hash = loaded.profile.corpus_hash().to_owned();
        self.store().latest_profile(&self.caller, self.id, Some(hash)).await
    }

    async fn keep_profile(&self, profile: &StyleProfile) -> Result<ProfileRecord> {
        let row = profile.to_record(self.id)?;
        let input = ProfileInput {
            corpus_hash: row.corpus_hash,
            fingerprint: row.fingerprint,
            analysis: row.analysis,
            tweet_ids: row.tweet_ids,
        };
        self.store().save_profile(&self.caller, self.id, input).await.map_err(erased_meanwhile)
    }
}

/// The corpus's own profile with the stored words: its texts and index are ready, those of the row would not be.
fn with_analysis(profile: &StyleProfile, record: &ProfileRecord) -> Result<StyleProfile> {
    Ok(match StyleProfile::stored_analysis(record)? {
        Some(analysis) => profile.clone().with_analysis(analysis),
        None => profile.clone(),
    })
}

fn check_corpus(loaded: &Loaded) -> Result<()> {
    if !loaded.profile.texts().is_empty() {
        return Ok(());
    }
    let left_out = loaded.profile.left_out();
    let reasons = why_empty(&left_out);
    let (detail, remedy) = if reasons.is_empty() {
        ("the account has no tweet".to_owned(), "Import an archive first.")
    } else {
        (
            format!("none of the account's tweets is left to learn from: {reasons}"),
            "Import an archive with tweets in the owner's own words; what was excluded can be included again.",
        )
    };
    Err(Error::new(ErrorKind::InvalidInput, "style.empty_corpus", detail).with_remedy(remedy))
}

/// Why tweets were left out, with how many: `2 retweets, 5 written by a program`.
fn why_empty(left_out: &LeftOut) -> String {
    let reasons = [
        (left_out.retweets, "retweets"),
        (left_out.automatic, "written by a program or as a template"),
        (left_out.oversized, "too long for a tweet"),
        (left_out.wordless, "without words"),
        (left_out.repeated, "repeated or only a greeting"),
        (left_out.truncated, "cut off by the source"),
        (left_out.excluded, "excluded by the owner"),
        (left_out.deleted, "deleted at Twitter"),
        (left_out.older, "older than the newest ones that a style is learned from"),
    ];
    let told: Vec<String> =
        reasons.iter().filter(|(count, _)| *count > 0).map(|(count, why)| format!("{count} {why}")).collect();
    told.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Tweet;

    #[test]
    fn an_empty_corpus_says_what_was_left_out() {
        let tweet = |n: usize, text: &str| Tweet { id: n.to_string(), full_text: text.to_owned(), ..Tweet::default() };
        let mut tweets: Vec<Tweet> =
            (0..6).map(|n| tweet(n + 1, &format!("my daily score today was {n}00 points again"))).collect();
        tweets.push(tweet(7, &"long ".repeat(60_000)));
        let left_out = style::Corpus::of(&tweets).left_out();
        assert_eq!(why_empty(&left_out), "6 written by a program or as a template, 1 too long for a tweet");
        assert_eq!(why_empty(&LeftOut::default()), "");
    }
}
