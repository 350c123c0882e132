use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fingerprint::Feature;
use super::profile::StyleProfile;
use super::prompt;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{FinishReason, Message, Model, spoken};
use crate::records::Tweet;

/// The most calls of the model that one [`analyze`] makes.
pub const MAX_ANALYSIS_CALLS: u32 = 2;

/// No more of an answer is read than this many bytes.
const LONGEST_ANSWER: usize = 128 * 1024;

/// No more claims than this are looked at.
const MOST_CLAIMS: usize = 60;

/// The longest sentence of a claim, in characters.
const LONGEST_WORDS: usize = 280;

/// A model's words about a style, each checked against the numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Analysis {
    /// What the numbers bear out.
    pub claims: Vec<Claim>,
    /// What they do not, each with the reason.
    pub dropped: Vec<DroppedClaim>,
    /// Whether the answer was cut and only its beginning could be read.
    pub partial: bool,
    /// The model that answered.
    pub model: String,
    /// How many times it was asked: 1, or 2 when the first answer could not be read.
    pub calls: u32,
}

/// One thing that a model says about a style.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Claim {
    /// The feature that it is about, by its stable name.
    pub feature: String,
    /// Which way the author differs from people in general.
    pub direction: Direction,
    /// How much, as the numbers say.
    pub strength: Strength,
    /// The same in the model's words: outside text, to be escaped where it is shown.
    pub words: String,
    /// The ids of tweets that show it; all of them were shown to the model.
    pub evidence_ids: Vec<String>,
}

/// Which way somebody differs from people in general.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More of it.
    More,
    /// Less of it.
    Less,
    /// As much as others.
    Typical,
}

/// How much somebody differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// A little.
    Slight,
    /// So that one notices.
    Clear,
    /// So that it marks the author.
    Strong,
}

/// A claim that was not kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DroppedClaim {
    /// The feature that it named: outside text.
    pub feature: String,
    /// Why, stable and dotted, such as `claim.against_numbers`.
    pub code: String,
    /// Why, in a sentence.
    pub reason: String,
}

impl Direction {
    pub(super) const NAMES: [&'static str; 3] = ["more", "less", "typical"];
}

impl Strength {
    pub(super) const NAMES: [&'static str; 3] = ["slight", "clear", "strong"];
}

/// What the numbers say of a feature, with so many texts: a difference counts when it is larger than chance would make it
/// once in twenty times, and not too small to be noticed.
pub(super) fn measured(feature: &Feature, texts: u64) -> (Direction, Strength) {
    let size = feature.z.abs();
    let strength = match size {
        _ if size >= 0.8 => Strength::Strong,
        _ if size >= 0.3 => Strength::Clear,
        _ => Strength::Slight,
    };
    if size < 0.08 || size * (texts as f64).sqrt() < 1.96 {
        (Direction::Typical, Strength::Slight)
    } else if feature.z > 0.0 {
        (Direction::More, strength)
    } else {
        (Direction::Less, strength)
    }
}

/// Lets a model put a profile into words, with these tweets as examples. What it says is checked against the numbers: a
/// claim about an unknown feature, against the numbers, or with evidence that was not shown is dropped, with its reason.
///
/// An answer that cannot be read is asked for once more; prose around the JSON and a cut end are read as far as they go.
///
/// # Errors
/// `InvalidInput`, `style.empty_corpus`, when the profile stands on no tweet; `ContentRefused` when the model refuses or a
/// filter cuts it; `Decode`, `style.analysis_unreadable`, when two answers hold no claim; and every kind that the model's
/// call can fail with.
pub async fn analyze(profile: &StyleProfile, examples: &[Tweet], model: &dyn Model) -> Result<Analysis> {
    if profile.fingerprint().texts() == 0 {
        return Err(Error::new(
            ErrorKind::InvalidInput,
            "style.empty_corpus",
            "there are no tweets in the author's own words to learn a style from",
        )
        .with_remedy("Import tweets first, or take exclusions back."));
    }
    let prompt = prompt::build(profile, examples, &model.capabilities());
    let mut request = prompt.request.clone();
    for calls in 1..=MAX_ANALYSIS_CALLS {
        let response = model.complete(request.clone()).await?;
        let (text, finish) = response.answers.into_iter().next().unwrap_or((String::new(), FinishReason::Stop));
        if finish == FinishReason::ContentFilter {
            return Err(Error::new(ErrorKind::ContentRefused, "style.analysis_filtered", "a filter cut the answer")
                .with_remedy("Exclude the tweets that the service objects to, or use another model."));
        }
        let said = spoken(&text);
        if let Some((claims, partial)) = read_claims(&said.text) {
            let mut analysis = check(profile, &prompt.shown, &claims);
            analysis.partial = partial || said.cut || finish == FinishReason::Length;
            analysis.model = response.model;
            analysis.calls = calls;
            return Ok(analysis);
        }
        tracing::debug!(calls, "the analysis holds no claim that can be read");
        request.messages = prompt.request.messages.clone();
        request.messages.push(Message::system("Answer with the JSON object only."));
    }
    Err(Error::new(
        ErrorKind::Decode,
        "style.analysis_unreadable",
        "the model answered twice without the JSON that it was asked for",
    )
    .with_remedy("Use a model that keeps to a JSON schema; the profile works without an analysis."))
}

/// The claims in an answer, and whether the answer was cut; `None` when it holds no JSON of that form.
fn read_claims(text: &str) -> Option<(Vec<Value>, bool)> {
    let mut end = text.len().min(LONGEST_ANSWER);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = text.get(..end)?;
    let claims_of = |value: &Value| value.get("claims").and_then(Value::as_array).cloned();
    if let Some(claims) = serde_json::from_str(text.trim()).ok().as_ref().and_then(claims_of) {
        return Some((claims, false));
    }
    // Prose around the object, or an object without its end: take what is whole, from the first brace on.
    let mut claims = Vec::new();
    let mut at = 0;
    let mut failures = 0;
    while let Some(brace) = text.get(at..).and_then(|rest| rest.find('{')) {
        let start = at + brace;
        let mut values = serde_json::Deserializer::from_str(text.get(start..)?).into_iter::<Value>();
        match values.next() {
            Some(Ok(value)) => {
                if let Some(whole) = claims_of(&value) {
                    return Some((whole, false));
                }
                at = start + values.byte_offset().max(1);
                if value.get("feature").is_some() {
                    claims.push(value);
                }
            }
            _ => {
                at = start + 1;
                failures += 1;
            }
        }
        // A hostile answer of braces alone would be read again from each of them.
        if failures > 64 || claims.len() > MOST_CLAIMS {
            break;
        }
    }
    (!claims.is_empty()).then_some((claims, true))
}

/// Keeps the claims that the numbers bear out.
fn check(profile: &StyleProfile, shown: &[String], claims: &[Value]) -> Analysis {
    let features = profile.fingerprint().features();
    let shown: BTreeSet<&str> = shown.iter().map(String::as_str).collect();
    let mut claimed = BTreeSet::new();
    let mut analysis = Analysis::default();
    for claim in claims.iter().take(MOST_CLAIMS) {
        let name = claim.get("feature").and_then(Value::as_str).unwrap_or("");
        match check_one(claim, name, &features, profile.fingerprint().texts(), &shown, &claimed) {
            Ok(claim) => {
                claimed.insert(claim.feature.clone());
                analysis.claims.push(claim);
            }
            Err((code, reason)) => {
                tracing::info!(code, "a claim about the style was dropped");
                let feature = name.chars().take(64).collect();
                analysis.dropped.push(DroppedClaim { feature, code: code.to_owned(), reason });
            }
        }
    }
    analysis
}

fn check_one(
    claim: &Value,
    name: &str,
    features: &[Feature],
    texts: u64,
    shown: &BTreeSet<&str>,
    claimed: &BTreeSet<String>,
) -> std::result::Result<Claim, (&'static str, String)> {
    let feature = features
        .iter()
        .find(|feature| feature.name == name && feature.background.is_some())
        .ok_or_else(|| ("claim.unknown_feature", "no such feature was measured".to_owned()))?;
    if claimed.contains(name) {
        return Err(("claim.twice", "the feature was claimed before".to_owned()));
    }
    let field = |name: &str| claim.get(name).and_then(Value::as_str).unwrap_or("");
    let malformed = |what: &str| ("claim.malformed", format!("the claim has no {what}"));
    let direction = match field("direction") {
        "more" => Direction::More,
        "less" => Direction::Less,
        "typical" => Direction::Typical,
        _ => return Err(malformed("direction")),
    };
    let strength = match field("strength") {
        "slight" => Strength::Slight,
        "clear" => Strength::Clear,
        "strong" => Strength::Strong,
        _ => return Err(malformed("strength")),
    };
    let words: String = field("words").trim().chars().take(LONGEST_WORDS).collect();
    if words.is_empty() {
        return Err(malformed("words"));
    }
    let (truth, size) = measured(feature, texts);
    let exaggerated = truth != Direction::Typical && strength == Strength::Strong && size == Strength::Slight;
    if truth != direction || exaggerated {
        let says = format!("{truth:?} ({size:?})").to_lowercase();
        return Err((
            "claim.against_numbers",
            format!(
                "the numbers say {says}: {:.4} against {:.4} in the background",
                feature.value,
                feature.background.unwrap_or(0.0)
            ),
        ));
    }
    let evidence: Option<Vec<String>> = claim
        .get("evidence_ids")
        .and_then(Value::as_array)
        .map(|ids| ids.iter().take(20).map(|id| id.as_str().unwrap_or("").to_owned()).collect());
    let mut evidence_ids = evidence.ok_or_else(|| malformed("evidence"))?;
    evidence_ids.dedup();
    if evidence_ids.is_empty() || evidence_ids.iter().any(|id| !shown.contains(id.as_str())) {
        return Err(("claim.invented_evidence", "it points to tweets that were not shown".to_owned()));
    }
    Ok(Claim { feature: name.to_owned(), direction, strength: size, words, evidence_ids })
}
