//! Answers in prose: what in them may be a draft, and what talks about drafts.

use super::clean::list_marker;
use super::gates::Refused;
use crate::model::{begins_thinking, ends_thinking};

/// How models begin when they talk about what they wrote.
const OPENINGS: [&str; 10] =
    ["sure", "certainly", "of course", "absolutely", "here are", "here is", "here's", "okay", "ok,", "got it"];
/// What they call it.
const DRAFTS: [&str; 6] = ["tweet", "draft", "option", "version", "candidate", "rewrit"];

/// The same where nothing but plain text could be asked for. More is taken for talk there: a draft lost costs less than
/// talk that is taken for a draft.
const PLAIN_OPENINGS: [&str; 40] = [
    "great question",
    "great!",
    "happy to",
    "below are",
    "below is",
    "these are",
    "the following",
    "as requested",
    "i've drafted",
    "i've written",
    "i've come up",
    "i've created",
    "i have drafted",
    "i have written",
    "i'd be happy",
    "i can write",
    "i will write",
    "i'll write",
    "based on your",
    "based on the",
    "claro",
    "por supuesto",
    "aquí tienes",
    "aquí están",
    "aqui est",
    "com certeza",
    "natürlich",
    "gerne",
    "hier sind",
    "bien sûr",
    "voici",
    "certo",
    "ecco",
    "natuurlijk",
    "hier zijn",
    "もちろん",
    "以下",
    "好的",
    "конечно",
    "вот",
];
const PLAIN_DRAFTS: [&str; 25] = [
    "idea",
    "suggestion",
    "for you",
    "your audience",
    "your style",
    "your voice",
    "which one",
    "you asked",
    "you requested",
    "tuit",
    "borrador",
    "opcion",
    "opç",
    "rascunho",
    "entwürf",
    "entwurf",
    "vorschl",
    "brouillon",
    "proposition",
    "bozze",
    "voorstel",
    "ツイート",
    "推文",
    "트윗",
    "твит",
];
/// How they end, and how they think aloud.
const ASIDES: [&str; 18] = [
    "let me know",
    "i hope th",
    "hope this",
    "hope these",
    "feel free",
    "would you like",
    "do you want me",
    "want me to",
    "which one do you",
    "if you'd like",
    "if you want me",
    "please let me",
    "these tweets",
    "these drafts",
    "note that these",
    "the user ",
    "we need to write",
    "i need to write",
];

/// What plain text holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plain {
    pub(super) candidates: Vec<String>,
    pub(super) refused: Vec<(String, Refused)>,
}

/// Reads plain text: the items of a list, else the paragraphs after an introduction, else the whole as one candidate.
/// Introductions, closing remarks and thinking aloud are no candidates.
pub(super) fn read(text: &str) -> Plain {
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
        return Plain { candidates: items, refused: Vec::new() };
    }
    let mut plain = Plain::default();
    let mut rest = text.trim();
    let mut introduced = false;
    // The first line may stand directly above the first draft; what it announces follows.
    if let Some((first, after)) = rest.split_once('\n')
        && (announces(first) || talks(first))
    {
        (rest, introduced) = (after.trim(), true);
    }
    let mut parts: Vec<&str> = rest.split("\n\n").map(str::trim).filter(|part| !part.is_empty()).collect();
    while parts.last().is_some_and(|last| parts.len() > 1 && talks(last)) {
        parts.pop();
    }
    let candidates =
        if introduced { parts.iter().map(|part| (*part).to_owned()).collect() } else { vec![parts.join("\n\n")] };
    for text in candidates {
        if talks(&text) || announces(&text) {
            plain.refused.push((text, Refused::new("gate.prose", "it talks about drafts and is none")));
        } else {
            plain.candidates.push(text);
        }
    }
    plain
}

/// Whether it ends by announcing something.
fn announces(text: &str) -> bool {
    text.trim_end().trim_end_matches('*').ends_with([':', '：'])
}

/// Whether plain text talks about drafts.
fn talks(text: &str) -> bool {
    let head = head(text);
    let has = |words: &[&str]| words.iter().any(|word| head.contains(word));
    let opens = |words: &[&str]| words.iter().any(|word| head.starts_with(word));
    let about = has(&DRAFTS) || has(&PLAIN_DRAFTS);
    opens(&ASIDES) || ((opens(&OPENINGS) || opens(&PLAIN_OPENINGS)) && about)
}

/// Why a text is about drafts, or code around them, and no draft itself.
pub(super) fn around(text: &str) -> Option<&'static str> {
    let trimmed = text.trim();
    let lower = head(trimmed);
    if trimmed.starts_with("```") || ((lower.starts_with('{') || lower.starts_with('[')) && lower.contains("\":")) {
        return Some("it is code around a draft, not a draft");
    }
    if begins_thinking(trimmed) || ends_thinking(trimmed) {
        return Some("it is the model thinking, not a draft");
    }
    if is_refusal(trimmed) || lower.contains("as an ai language model") || lower.starts_with("as an ai") {
        return Some("it is the model speaking of itself, not a draft");
    }
    let opens = OPENINGS.iter().any(|open| lower.starts_with(open));
    let of_drafts = DRAFTS.iter().any(|word| lower.contains(word));
    let first = trimmed.lines().next().unwrap_or_default().trim_end();
    if opens
        && of_drafts
        && (first.ends_with(':') || trimmed.ends_with(':') || lower.contains("here are") || lower.contains("here is"))
    {
        return Some("it is an introduction to drafts, not a draft");
    }
    if lower.starts_with("let me know if") || lower.starts_with("i hope these") || lower.starts_with("feel free to") {
        return Some("it is a closing remark of the model, not a draft");
    }
    None
}

/// The beginning, in lower case with plain apostrophes.
fn head(text: &str) -> String {
    text.trim().chars().take(200).collect::<String>().to_lowercase().replace('’', "'")
}

/// Whether a model says that it will not write, in the words that models use for it.
pub(super) fn is_refusal(text: &str) -> bool {
    let head = head(text);
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
    fn an_introduction_is_never_a_draft() {
        let draft = "the old importer ate my memory";
        for intro in [
            "Sure! Here are some tweets:",
            "Sure! Here are a few ideas that could work well for your audience.",
            "Certainly, below are three drafts for you.",
            "Here you go:",
            "**Drafts:**",
            "¡Claro! Aquí tienes tres borradores:",
            "Claro, aquí tienes algunos tuits",
            "Natürlich, hier sind drei Entwürfe.",
            "Bien sûr ! Voici quelques propositions.",
            "以下是三条推文：",
            "Great question! Based on your style, some ideas",
        ] {
            let alone = read(intro);
            assert!(alone.candidates.is_empty() && alone.refused.len() == 1, "{intro}: {alone:?}");
            assert_eq!(
                read(&format!("{intro}\n\n{draft}\n\nLet me know which one you like!")).candidates,
                [draft],
                "{intro}"
            );
            assert_eq!(read(&format!("{intro}\n{draft}")).candidates, [draft], "{intro}");
        }
        for aside in
            ["Let me know which one you like.", "The user wants tweets about rust, so I will", "Hope this helps!"]
        {
            assert!(read(aside).candidates.is_empty(), "{aside}");
        }
    }

    #[test]
    fn what_a_person_writes_stays() {
        for text in [
            "ok so the borrow checker was right. again.",
            "sure, it compiles",
            "here are the things i like about tea",
            "i've never trusted a green build",
            "let's be honest\n\nnobody reads the release notes",
            "great day for a walk",
        ] {
            assert_eq!(read(text), Plain { candidates: vec![text.to_owned()], refused: vec![] });
            assert_eq!(around(text), None);
        }
    }
}
