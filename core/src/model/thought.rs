//! The thinking that some servers leave in an answer, taken out before the answer is read.

use serde::de::IgnoredAny;

/// How thinking begins and ends: DeepSeek-R1, Qwen and most others, some tuned models, Magistral. llama.cpp and vLLM take it
/// out only when they are started with a reasoning parser (<https://docs.vllm.ai/en/latest/features/reasoning_outputs.html>).
const MARKS: [(&str, &str); 3] = [("<think>", "</think>"), ("<thinking>", "</thinking>"), ("[THINK]", "[/THINK]")];

/// What a model said, without what it thought before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spoken {
    /// The answer.
    pub(crate) text: String,
    /// Whether it ended while the model was still thinking: what would have followed is missing.
    pub(crate) cut: bool,
}

/// Takes the thinking out of a whole answer. Chat templates often write the opening mark themselves, so that the answer
/// has only the closing one: all before it is thinking too. An answer that is JSON is left as it is, its strings may speak
/// of anything.
pub(crate) fn spoken(answer: &str) -> Spoken {
    let mut text = answer.trim().to_owned();
    if serde_json::from_str::<IgnoredAny>(&text).is_ok() {
        return Spoken { text, cut: false };
    }
    let mut cut = false;
    for (open, close) in MARKS {
        while let Some(start) = find(&text, open) {
            match find(text.get(start..).unwrap_or_default(), close) {
                Some(length) => text.replace_range(start..start + length + close.len(), ""),
                None => {
                    text.truncate(start);
                    cut = true;
                }
            }
        }
        while let Some(end) = find(&text, close) {
            text.replace_range(..end + close.len(), "");
        }
    }
    Spoken { text: text.trim().to_owned(), cut }
}

/// Whether the text begins with thinking.
pub(crate) fn begins_thinking(text: &str) -> bool {
    MARKS.iter().any(|(open, _)| find(text.trim_start(), open) == Some(0))
}

/// Whether thinking ends in the text.
pub(crate) fn ends_thinking(text: &str) -> bool {
    MARKS.iter().any(|(_, close)| find(text, close).is_some())
}

/// Where a mark stands, in whatever case.
fn find(text: &str, mark: &str) -> Option<usize> {
    text.as_bytes().windows(mark.len()).position(|window| window.eq_ignore_ascii_case(mark.as_bytes()))
}

/// Takes the thinking off the beginning of an answer that arrives in pieces.
#[derive(Debug, Default)]
pub(crate) struct Listener {
    /// What may still become a mark.
    held: String,
    state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Beginning,
    Thinking(&'static str),
    Speaking,
}

impl Listener {
    /// Reads a piece; gives what is certainly no thinking.
    pub(crate) fn push(&mut self, piece: &str) -> String {
        if self.state == State::Speaking {
            return piece.to_owned();
        }
        self.held.push_str(piece);
        loop {
            match self.state {
                State::Beginning => {
                    let text = self.held.trim_start();
                    let begins = |mark: &&(&'static str, &'static str)| find(text, mark.0) == Some(0);
                    if let Some((open, close)) = MARKS.iter().find(begins) {
                        self.held = text.get(open.len()..).unwrap_or_default().to_owned();
                        self.state = State::Thinking(close);
                        continue;
                    }
                    let may_begin = |mark: &(&str, &str)| {
                        mark.0.get(..text.len()).is_some_and(|head| head.eq_ignore_ascii_case(text))
                    };
                    if MARKS.iter().any(may_begin) {
                        return String::new();
                    }
                    self.state = State::Speaking;
                    return std::mem::take(&mut self.held);
                }
                State::Thinking(close) => {
                    let Some(end) = find(&self.held, close) else {
                        // Of the thinking itself only what may be the beginning of its end is kept.
                        let mut from = self.held.len().saturating_sub(close.len());
                        while !self.held.is_char_boundary(from) {
                            from += 1;
                        }
                        self.held.replace_range(..from, "");
                        return String::new();
                    };
                    self.held.replace_range(..end + close.len(), "");
                    self.state = State::Beginning;
                }
                State::Speaking => return std::mem::take(&mut self.held),
            }
        }
    }

    /// Tells that nothing follows; gives what was held back.
    pub(crate) fn finish(&mut self) -> String {
        match self.state {
            State::Thinking(_) => String::new(),
            _ => std::mem::take(&mut self.held),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(answer: &str) -> (String, bool) {
        let spoken = spoken(answer);
        (spoken.text, spoken.cut)
    }

    #[test]
    fn thinking_is_no_part_of_an_answer() {
        for (answer, text, cut) in [
            ("plain", "plain", false),
            ("<think>hm, {\"tweets\":[\"no\"]}</think>\n\nyes", "yes", false),
            ("\n<THINK>\n</Think>\n{\"a\":1}", "{\"a\":1}", false),
            ("<think>a</think><think>b</think>c", "c", false),
            ("before <think>a</think>after", "before after", false),
            ("the template opened it. </think> yes", "yes", false),
            ("<think>the tag </think> ends it</think> yes", "yes", false),
            ("[THINK]a[/THINK]b", "b", false),
            ("<thinking>a</thinking>b", "b", false),
            ("<think>and then the", "", true),
            ("said <think>and then the", "said", true),
            ("<think>", "", true),
            ("{\"a\":\"why <think> and </think>\"}", "{\"a\":\"why <think> and </think>\"}", false),
            ("a < b and <thinker>", "a < b and <thinker>", false),
            ("", "", false),
        ] {
            assert_eq!(whole(answer), (text.to_owned(), cut), "{answer}");
        }
        assert!(begins_thinking(" <think>x") && !begins_thinking("why <think> is a tag") && ends_thinking("x</think>"));
    }

    #[test]
    fn a_stream_is_heard_the_same_however_it_is_cut() {
        for (answer, heard) in [
            ("plain", "plain"),
            (" <b>", " <b>"),
            ("<thinkers> unite", "<thinkers> unite"),
            ("<think>é <think></think>\nyes <think>", "\nyes <think>"),
            ("<think>a</think> <thinking>b</thinking>c", "c"),
            ("<think>never ends", ""),
            ("<thi", "<thi"),
        ] {
            for size in 1..=answer.len() {
                let mut listener = Listener::default();
                let mut all = String::new();
                let chars: Vec<char> = answer.chars().collect();
                for piece in chars.chunks(size) {
                    all.push_str(&listener.push(&piece.iter().collect::<String>()));
                }
                all.push_str(&listener.finish());
                assert_eq!(all, heard, "{answer} in pieces of {size}");
            }
        }
        let mut listener = Listener::default();
        listener.push("<think>");
        for _ in 0..1000 {
            listener.push(&"x".repeat(1000));
        }
        assert!(listener.held.len() < 32, "thinking is not kept");
    }
}
