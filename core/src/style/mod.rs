//! How a person writes: counted locally ([`Fingerprint`]), kept with the tweets it stands on ([`StyleProfile`]), and put
//! into words by a model whose every claim is checked against the numbers ([`analyze`]).
//! Nothing here calls a service by itself; texts of others never become instructions.

mod analysis;
mod background;
mod background_table;
mod chars;
mod corpus;
mod distance;
mod exemplars;
mod features;
mod fingerprint;
mod lexicon;
mod profile;
mod prompt;
mod scan;
mod summary;
mod table;

pub use analysis::{Analysis, Claim, Direction, DroppedClaim, MAX_ANALYSIS_CALLS, Strength, analyze};
pub use background::{Background, BackgroundRow};
pub(crate) use corpus::LONGEST_TEXT;
pub use corpus::{Corpus, CorpusTweet, LeftOut};
pub(crate) use exemplars::for_each_term;
pub use exemplars::{Exemplar, ExemplarFormat, ExemplarIndex, ExemplarQuery, Exemplars, estimate_tokens};
pub use features::TextFeatures;
pub use fingerprint::{Feature, Fingerprint, LanguageUse};
pub use profile::{ENOUGH_TWEETS, StyleProfile, Sufficiency};
pub use summary::{Gap, Habit, Summary, gap};
pub use table::FeatureGroup;
