//! The candidates in a whole answer, whatever the model made of the schema.

use serde_json::Value;

use super::gates::Refused;
use super::partial::Extractor;
use super::prose::{self, is_refusal};
use crate::model::{FinishReason, spoken};

/// What an answer holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// The candidates as they were written, in order.
    pub(crate) candidates: Vec<String>,
    /// The candidate that the end of the answer cut.
    pub(crate) cut: Option<String>,
    /// What is no candidate, each with the gate that it fails.
    pub(crate) refused: Vec<(String, Refused)>,
    /// Whether the answer ended before it was whole.
    pub(crate) unended: bool,
    /// Whether the answer is one that says no instead of tweets.
    pub(crate) refusal: bool,
}

/// Reads an answer without what the model thought before it: the strings of its JSON. Where no schema could be asked for
/// (`schema`), plain text is read too: the items of a list, else the paragraphs after an introduction, else the whole.
///
/// Where one was asked for, prose is no draft, and neither is JSON that breaks off though the model says that it is whole.
pub(crate) fn parse(answer: &str, schema: bool, reason: &FinishReason) -> Parsed {
    let said = spoken(answer);
    let text = said.text.as_str();
    let ends_early = matches!(reason, FinishReason::Length | FinishReason::ContentFilter) || said.cut;
    if let Some(candidates) = asked_for(text).filter(|_| schema) {
        return Parsed { candidates, ..Parsed::default() };
    }
    let mut extractor = Extractor::default();
    extractor.push(text);
    extractor.finish();
    let mut parsed = Parsed {
        candidates: extractor.complete(),
        cut: extractor.cut().map(str::to_owned),
        unended: said.cut || extractor.is_open(),
        ..Parsed::default()
    };
    if !parsed.candidates.is_empty() || parsed.cut.is_some() {
        if schema && parsed.unended && !ends_early {
            let broken = || Refused::new("gate.incomplete", "the JSON that it stands in breaks off");
            parsed.refused.extend(parsed.candidates.drain(..).map(|text| (text, broken())));
        }
        return parsed;
    }
    if text.is_empty() || is_empty_json(text) {
        return parsed;
    }
    if is_refusal(text) {
        return Parsed { refusal: true, ..parsed };
    }
    if schema {
        let reason = "it is prose, where the model was asked for JSON";
        parsed.refused.push((text.to_owned(), Refused::new("gate.prose", reason)));
        return parsed;
    }
    let mut plain = prose::read(text);
    if ends_early {
        parsed.unended = true;
        parsed.cut = plain.candidates.pop();
    }
    Parsed { candidates: plain.candidates, refused: plain.refused, ..parsed }
}

/// The drafts of an answer that is what was asked for: a whole object with the list `tweets`. Other lists in it, such as of
/// thoughts, are no drafts.
fn asked_for(text: &str) -> Option<Vec<String>> {
    let answer: Value = serde_json::from_str(text).ok()?;
    let texts = answer.get("tweets")?.as_array()?.iter();
    texts.map(|tweet| tweet.as_str().map(str::to_owned)).collect()
}

/// JSON without any string in it that could be a candidate.
fn is_empty_json(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_object() || value.is_array())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_many_kinds() {
        let candidates = |answer: &str| parse(answer, false, &FinishReason::Stop).candidates;
        assert_eq!(candidates("{\"tweets\":[\"a\",\"b\"]}"), ["a", "b"]);
        assert_eq!(
            candidates("Sure! Here are three:\n\n1. First one\nand more\n2. Second\n\n3) Third\n\nHope this helps!"),
            ["1. First one\nand more", "2. Second", "3) Third"]
        );
        assert_eq!(candidates("**Tweet 1:** a\n\n**Tweet 2:** b"), ["**Tweet 1:** a", "**Tweet 2:** b"]);
        assert_eq!(candidates("Here you go:\n\nFirst.\n\nSecond."), ["First.", "Second."]);
        assert_eq!(candidates("Just a tweet."), ["Just a tweet."]);
        assert!(candidates("").is_empty() && candidates(" \n ").is_empty());
        assert!(candidates("{\"tweets\":[]}").is_empty() && candidates("{}").is_empty());
        let half = parse("{\"tweets\":[\"whole\",\"half of a", false, &FinishReason::Length);
        assert_eq!((half.candidates, half.cut.as_deref()), (vec!["whole".to_owned()], Some("half of a")));
    }

    #[test]
    fn a_refusal_in_prose_is_a_refusal() {
        let refusal = |answer: &str| parse(answer, true, &FinishReason::Stop).refusal;
        assert!(refusal("I’m sorry, but I can’t help with that."));
        assert!(refusal("As an AI, I cannot create content that …"));
        assert!(refusal(
            "<think>no.</think>
I can't assist with that, I won't."
        ));
        assert!(!refusal("I can't believe it shipped"));
        assert!(!refusal("{\"tweets\":[\"I'm sorry, I can't help with that\"]}"));
        assert!(!refusal("Sorry, not sorry."));
    }

    #[test]
    fn where_a_schema_was_asked_only_its_json_is_read() {
        let read = |answer: &str, reason| {
            let parsed = parse(answer, true, &reason);
            let codes: Vec<&str> = parsed.refused.iter().map(|(_, refused)| refused.code).collect();
            (parsed.candidates, parsed.cut, codes)
        };
        let stop = |answer: &str| read(answer, FinishReason::Stop);
        let drafts = |texts: &[&str]| (texts.iter().map(|text| (*text).to_owned()).collect(), None, vec![]);
        for answer in [
            "Just a tweet.",
            "1. First
2. Second",
            "Here you go:

First.",
            "I'd take [\"bold\", \"brash\"] ones.",
        ] {
            let nothing: (Vec<String>, _, _) = (vec![], None, vec!["gate.prose"]);
            assert_eq!(stop(answer), nothing, "{answer}");
        }
        assert_eq!(stop("{\"plan\":[\"think\"],\"tweets\":[\"a\",\"b\"]}"), drafts(&["a", "b"]));
        assert_eq!(stop("<think>[\"x\"]</think>{\"tweets\":[\"a\"]}"), drafts(&["a"]));
        assert_eq!(
            stop(
                "Sure!
```json
{\"tweets\":[\"a\"]}
```"
            ),
            drafts(&["a"])
        );
        assert_eq!(stop("{\"tweets\":[\"a\",\"b"), (vec![], Some("b".into()), vec!["gate.incomplete"]));
        assert_eq!(stop("{\"tweets\":[\"a\","), (vec![], None, vec!["gate.incomplete"]));
        // A limit of tokens is no fault of the answer: what is whole in it stays.
        assert_eq!(read("{\"tweets\":[\"a\",\"b", FinishReason::Length), (vec!["a".into()], Some("b".into()), vec![]));
    }

    #[test]
    fn thinking_without_an_end_is_no_answer() {
        for schema in [true, false] {
            let parsed = parse("<think>maybe {\"tweets\":[\"a\"]} or", schema, &FinishReason::Stop);
            assert_eq!(parsed, Parsed { unended: true, ..Parsed::default() });
        }
    }

    #[test]
    fn plain_text_that_was_cut_loses_its_last_draft() {
        let parsed = parse(
            "1. First
2. Sec",
            false,
            &FinishReason::Length,
        );
        assert_eq!((parsed.candidates, parsed.cut.as_deref()), (vec!["1. First".to_owned()], Some("2. Sec")));
    }
}
