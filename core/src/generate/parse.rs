//! The candidates in a whole answer, whatever the model made of the schema.

use super::clean::list_marker;
use super::partial::Extractor;

/// What an answer holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// The candidates as they were written, in order.
    pub(crate) candidates: Vec<String>,
    /// The candidate that the end of the answer cut.
    pub(crate) cut: Option<String>,
    /// Whether the answer is one that says no instead of tweets.
    pub(crate) refusal: bool,
}

/// Reads an answer: the strings of its JSON, else the items of a list, else the lines after an introduction, else the
/// whole as one candidate for the gates to judge.
pub(crate) fn parse(answer: &str) -> Parsed {
    let mut extractor = Extractor::default();
    extractor.push(answer);
    extractor.finish();
    let cut = extractor.cut().map(str::to_owned);
    let candidates = extractor.complete();
    if !candidates.is_empty() || cut.is_some() {
        return Parsed { candidates, cut, refusal: false };
    }
    let text = answer.trim();
    if text.is_empty() || is_empty_json(text) {
        return Parsed::default();
    }
    if is_refusal(text) {
        return Parsed { refusal: true, ..Parsed::default() };
    }
    Parsed { candidates: prose(text), ..Parsed::default() }
}

/// JSON without any string in it that could be a candidate.
fn is_empty_json(text: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(text).is_ok_and(|value| value.is_object() || value.is_array())
}

/// Whether a model says that it will not write, in the words that models use for it.
pub(crate) fn is_refusal(text: &str) -> bool {
    let head: String = text.chars().take(200).collect::<String>().to_lowercase().replace('’', "'");
    let opens = [
        "i'm sorry",
        "i am sorry",
        "sorry,",
        "sorry but",
        "i apologize",
        "i can't",
        "i cannot",
        "i won't",
        "i'm unable",
        "i am unable",
        "i'm not able",
        "as an ai",
    ];
    let refuses = [
        "can't help",
        "can't assist",
        "cannot assist",
        "cannot help",
        "can't provide",
        "cannot provide",
        "can't create",
        "cannot create",
        "can't write",
        "cannot write",
        "can't fulfill",
        "cannot fulfill",
        "can't comply",
        "cannot comply",
        "unable to",
        "not able to",
        "won't",
        "can't generate",
        "cannot generate",
        "can't do that",
    ];
    opens.iter().any(|open| head.starts_with(open)) && refuses.iter().any(|refusal| head.contains(refusal))
}

fn prose(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let labelled = |line: &str| list_marker(line).is_some() || label(line);
    if lines.iter().filter(|line| labelled(line)).count() >= 2 {
        // A list: an item goes on until the next one or an empty line.
        let mut items: Vec<String> = Vec::new();
        let mut open = false;
        for line in lines {
            if labelled(line) {
                items.push(line.trim().to_owned());
                open = true;
            } else if line.trim().is_empty() {
                open = false;
            } else if let Some(item) = items.last_mut().filter(|_| open) {
                item.push('\n');
                item.push_str(line.trim_end());
            }
        }
        return items;
    }
    // An introduction that ends in a colon is taken off; paragraphs after it are candidates.
    match text.split_once(":\n") {
        Some((intro, rest)) if !intro.contains('\n') && !rest.trim().is_empty() => {
            rest.split("\n\n").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
        }
        _ => vec![text.to_owned()],
    }
}

/// "Tweet 1:", "**Option 2**:", "Draft 3 -"
fn label(line: &str) -> bool {
    let line = line.trim_start_matches(['*', '#', ' ']).to_ascii_lowercase();
    ["tweet ", "draft ", "option ", "candidate ", "version "]
        .iter()
        .any(|label| line.strip_prefix(label).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_many_kinds() {
        let candidates = |answer: &str| parse(answer).candidates;
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
        let half = parse("{\"tweets\":[\"whole\",\"half of a");
        assert_eq!((half.candidates, half.cut.as_deref()), (vec!["whole".to_owned()], Some("half of a")));
    }

    #[test]
    fn a_refusal_in_prose_is_a_refusal() {
        assert!(parse("I’m sorry, but I can’t help with that.").refusal);
        assert!(parse("As an AI, I cannot create content that …").refusal);
        assert!(!parse("I can't believe it shipped").refusal);
        assert!(!parse("{\"tweets\":[\"I'm sorry, I can't help with that\"]}").refusal);
        assert!(!parse("Sorry, not sorry.").refusal);
    }
}
