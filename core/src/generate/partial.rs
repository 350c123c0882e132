/// At most so many candidates of one answer are kept, whatever the model writes.
const MAX_CANDIDATES: usize = 64;
/// A candidate longer than this is kept up to here: no gate passes it, and memory stays bounded.
const MAX_CANDIDATE_BYTES: usize = 16 * 1024;
/// Deeper nesting is read as if it were flat.
const MAX_DEPTH: usize = 32;

/// What a growing answer shows of its candidates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Grown {
    /// The candidate grew by this text.
    Text {
        /// Which candidate, from 0.
        candidate: usize,
        /// What it grew by.
        text: String,
    },
    /// The candidate is whole.
    Done {
        /// Which candidate, from 0.
        candidate: usize,
    },
}

/// Finds the strings of `{"tweets": ["…", …]}` in an answer that arrives in pieces, however it is cut.
///
/// It reads more than the schema asks for, since models without a schema write more: prose and code fences around the
/// JSON, a bare array, several arrays, objects `{"text": "…"}` in the array, raw line breaks and unescaped quotes in
/// strings, unknown escapes, lone surrogates (read as U+FFFD). A candidate is a string in an array, or under `text`,
/// `tweet` or `content`. A string that never ends is never `Done`.
#[derive(Debug, Default)]
pub(crate) struct Extractor {
    stack: Vec<Level>,
    state: State,
    /// The name before the colon, in an object.
    key: String,
    candidates: Vec<String>,
    done: Vec<usize>,
    /// White space after a quote that may not have been the end of its string.
    after_quote: String,
    escape: String,
    high: Option<u16>,
    /// Whether something stands before on this line, outside of any JSON.
    inline: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Array,
    Object { value: bool },
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Role {
    #[default]
    Other,
    Key,
    Candidate,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Between,
    InString(Role),
    Escape(Role),
    Unicode(Role),
    /// After a quote: the string is over if what follows is `,`, `:`, `]` or `}`.
    AfterQuote(Role),
}

impl Extractor {
    /// Reads the next piece.
    pub(crate) fn push(&mut self, piece: &str) -> Vec<Grown> {
        let mut events = Vec::new();
        for c in piece.chars() {
            self.step(c, &mut events);
        }
        events
    }

    /// Tells that nothing follows.
    pub(crate) fn finish(&mut self) -> Vec<Grown> {
        let mut events = Vec::new();
        if let State::AfterQuote(role) = self.state {
            self.close(role, &mut events);
        }
        events
    }

    /// The whole candidates so far, in order.
    pub(crate) fn complete(&self) -> Vec<String> {
        self.done.iter().filter_map(|at| self.candidates.get(*at).cloned()).collect()
    }

    /// Whether the JSON has no end yet.
    pub(crate) fn is_open(&self) -> bool {
        !self.stack.is_empty() || self.state != State::Between
    }

    /// The candidate that was begun and did not end, if there is one.
    pub(crate) fn cut(&self) -> Option<&str> {
        let last = self.candidates.len().checked_sub(1)?;
        if self.done.contains(&last) { None } else { self.candidates.get(last).map(String::as_str) }
    }

    /// The text of a candidate so far.
    pub(crate) fn text(&self, candidate: usize) -> &str {
        self.candidates.get(candidate).map_or("", String::as_str)
    }

    fn step(&mut self, c: char, events: &mut Vec<Grown>) {
        match self.state {
            State::Between => self.between(c),
            State::InString(role) => match c {
                '"' => {
                    self.flush_high(role, events);
                    self.state = State::AfterQuote(role);
                }
                '\\' => self.state = State::Escape(role),
                c => {
                    self.flush_high(role, events);
                    self.put(role, c, events);
                }
            },
            State::Escape(role) => {
                self.state = State::InString(role);
                let c = match c {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'u' => {
                        self.escape.clear();
                        self.state = State::Unicode(role);
                        return;
                    }
                    other => other,
                };
                self.flush_high(role, events);
                self.put(role, c, events);
            }
            State::Unicode(role) => self.unicode(role, c, events),
            State::AfterQuote(role) => match c {
                ' ' | '\n' | '\r' | '\t' if self.after_quote.len() < 256 => self.after_quote.push(c),
                ',' | ']' | '}' | ':' => {
                    self.close(role, events);
                    self.between(c);
                }
                _ => {
                    // The quote belonged to the text: the model forgot to escape it.
                    let space = std::mem::take(&mut self.after_quote);
                    self.state = State::InString(role);
                    self.put(role, '"', events);
                    for c in space.chars() {
                        self.put(role, c, events);
                    }
                    self.step(c, events);
                }
            },
        }
    }

    fn between(&mut self, c: char) {
        // A bracket within a line of prose is no list of drafts.
        let root = self.stack.is_empty();
        let inline = self.inline;
        self.inline = root && c != '\n' && (inline || !c.is_whitespace());
        match c {
            '[' if root && inline => {}
            '[' if self.stack.len() < MAX_DEPTH => self.stack.push(Level::Array),
            '{' if self.stack.len() < MAX_DEPTH => self.stack.push(Level::Object { value: false }),
            ']' | '}' => {
                self.stack.pop();
            }
            ':' => {
                if let Some(Level::Object { value }) = self.stack.last_mut() {
                    *value = true;
                }
            }
            ',' => {
                if let Some(Level::Object { value }) = self.stack.last_mut() {
                    *value = false;
                }
            }
            '"' => {
                let role = match self.stack.last() {
                    None => return,
                    Some(Level::Object { value: false }) => Role::Key,
                    Some(Level::Object { value: true }) => {
                        if matches!(self.key.as_str(), "text" | "tweet" | "content") {
                            Role::Candidate
                        } else {
                            Role::Other
                        }
                    }
                    Some(Level::Array) => Role::Candidate,
                };
                let role = match role {
                    Role::Candidate if self.candidates.len() >= MAX_CANDIDATES => Role::Other,
                    Role::Candidate => {
                        self.candidates.push(String::new());
                        role
                    }
                    Role::Key => {
                        self.key.clear();
                        role
                    }
                    Role::Other => role,
                };
                self.state = State::InString(role);
            }
            _ => {}
        }
    }

    fn unicode(&mut self, role: Role, c: char, events: &mut Vec<Grown>) {
        if !c.is_ascii_hexdigit() {
            // Not an escape after all: what there is of it is text.
            let digits = std::mem::take(&mut self.escape);
            self.state = State::InString(role);
            self.flush_high(role, events);
            self.put(role, 'u', events);
            for digit in digits.chars() {
                self.put(role, digit, events);
            }
            self.step(c, events);
            return;
        }
        self.escape.push(c);
        if self.escape.len() < 4 {
            return;
        }
        let unit = u16::from_str_radix(&self.escape, 16).unwrap_or(0xfffd);
        self.state = State::InString(role);
        match (self.high.take(), unit) {
            (Some(high), 0xdc00..=0xdfff) => {
                let pair = char::decode_utf16([high, unit]).next();
                self.put(role, pair.and_then(Result::ok).unwrap_or('\u{fffd}'), events);
            }
            (before, unit) => {
                if before.is_some() {
                    self.put(role, '\u{fffd}', events);
                }
                match unit {
                    0xd800..=0xdbff => self.high = Some(unit),
                    unit => self.put(role, char::from_u32(u32::from(unit)).unwrap_or('\u{fffd}'), events),
                }
            }
        }
    }

    /// A first half of a surrogate pair without its second.
    fn flush_high(&mut self, role: Role, events: &mut Vec<Grown>) {
        if self.high.take().is_some() {
            self.put(role, '\u{fffd}', events);
        }
    }

    fn put(&mut self, role: Role, c: char, events: &mut Vec<Grown>) {
        match role {
            Role::Key if self.key.len() < 64 => self.key.push(c),
            Role::Candidate => {
                let candidate = self.candidates.len().saturating_sub(1);
                let Some(text) = self.candidates.get_mut(candidate).filter(|text| text.len() < MAX_CANDIDATE_BYTES)
                else {
                    return;
                };
                text.push(c);
                if let Some(Grown::Text { candidate: last, text }) = events.last_mut()
                    && *last == candidate
                {
                    text.push(c);
                } else {
                    events.push(Grown::Text { candidate, text: c.into() });
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, role: Role, events: &mut Vec<Grown>) {
        self.after_quote.clear();
        self.state = State::Between;
        if role == Role::Candidate {
            let candidate = self.candidates.len().saturating_sub(1);
            self.done.push(candidate);
            events.push(Grown::Done { candidate });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn whole(answer: &str) -> Vec<String> {
        let mut extractor = Extractor::default();
        extractor.push(answer);
        extractor.finish();
        extractor.complete()
    }

    fn replay(events: &[Grown]) -> Vec<String> {
        let mut texts: Vec<String> = Vec::new();
        let mut done = Vec::new();
        for event in events {
            match event {
                Grown::Text { candidate, text } => {
                    texts.resize(texts.len().max(candidate + 1), String::new());
                    texts[*candidate].push_str(text);
                }
                Grown::Done { candidate } => {
                    texts.resize(texts.len().max(candidate + 1), String::new());
                    done.push(*candidate);
                }
            }
        }
        done.into_iter().map(|at| texts[at].clone()).collect()
    }

    #[test]
    fn shapes_that_models_write() {
        for (answer, wanted) in [
            (r#"{"tweets":["a","b"]}"#, vec!["a", "b"]),
            ("Sure! Here they are:\n```json\n[\"a\", \"b\"]\n```\nEnjoy!", vec!["a", "b"]),
            (r#"{"tweets":[{"text":"a","why":"no"},{"text":"b"}]}"#, vec!["a", "b"]),
            (r#"{"tweet":"a"}"#, vec!["a"]),
            (r#"{"note":"x","tweets":["a","b\nc\td\u00e9\ud83d\ude00\/"]}"#, vec!["a", "b\nc\tdé😀/"]),
            ("{\"tweets\":[\"a\nb\"]}", vec!["a\nb"]),
            (r#"{"tweets":["he said "hi" and left", "b"]}"#, vec!["he said \"hi\" and left", "b"]),
            (r#"{"tweets":["a","b","half of"#, vec!["a", "b"]),
            (r#"{"tweets":["a","b"#, vec!["a"]),
            (r#"{"tweets":["a \ud83d b","\ude00","\ud83d"]}"#, vec!["a \u{fffd} b", "\u{fffd}", "\u{fffd}"]),
            (r#"{"tweets":["\uZZ","\u12 x"]}"#, vec!["uZZ", "u12 x"]),
            (r#"{"tweets":[]}"#, vec![]),
            ("no json \"at all\"", vec![]),
            ("rather [\"bold\", \"brash\"] ones", vec![]),
            ("rather these:\n [\"a\"]", vec!["a"]),
            ("", vec![]),
            (r#"["a""#, vec!["a"]),
        ] {
            assert_eq!(whole(answer), wanted, "{answer}");
        }
    }

    #[test]
    fn an_endless_answer_stays_small() {
        let mut extractor = Extractor::default();
        extractor.push("{\"tweets\":[\"");
        for _ in 0..10_000 {
            extractor.push("xxxxxxxxxxxxxxxx");
        }
        assert!(extractor.text(0).len() <= MAX_CANDIDATE_BYTES);
        extractor.push("\"");
        for _ in 0..10_000 {
            extractor.push(",\"y\"");
        }
        extractor.finish();
        assert_eq!(extractor.complete().len(), MAX_CANDIDATES);
        let mut deep = Extractor::default();
        deep.push(&"[".repeat(100_000));
        assert!(deep.stack.len() <= MAX_DEPTH);
    }

    proptest! {
        #[test]
        fn valid_json_is_read_as_serde_reads_it(tweets in proptest::collection::vec("\\PC{0,40}|[\"\\\\\n\t,:\\]}{ ]{0,12}", 0..6)) {
            let json = serde_json::json!({ "tweets": tweets }).to_string();
            prop_assert_eq!(whole(&json), tweets);
        }

        #[test]
        fn every_split_reads_the_same(answer in "(\\PC|[\"\\\\\n,:\\[\\]{}u0d83e ]){0,80}", cuts in proptest::collection::vec(0_usize..80, 0..6)) {
            let chars: Vec<char> = answer.chars().collect();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(chars.len())).collect();
            cuts.extend([0, chars.len()]);
            cuts.sort_unstable();
            let mut extractor = Extractor::default();
            let mut events = Vec::new();
            for pair in cuts.windows(2) {
                events.extend(extractor.push(&chars[pair[0]..pair[1]].iter().collect::<String>()));
            }
            events.extend(extractor.finish());
            prop_assert_eq!(&extractor.complete(), &whole(&answer));
            prop_assert_eq!(replay(&events), whole(&answer));
        }
    }
}
