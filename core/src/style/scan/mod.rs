//! One pass over a text that counts everything. The walk is here; what a word, a sign and the end of a text count as is in
//! the files beside.

mod end;
mod signs;
mod words;

use super::chars::{CharClass, Script, classify, link_length};
use super::lexicon::{Lexicon, Use, place};
use super::table::{Counter as C, WORD_LANGUAGES, counter_count};

/// Receives the open vocabulary of a text, where somebody wants it.
pub(super) trait Vocabulary {
    /// A word in lower case; `small` for function words, `first` for the first of its text.
    fn word(&mut self, lower: &str, small: bool, first: bool);
    /// An emoji with its modifiers.
    fn emoji(&mut self, emoji: &str);
    /// A hashtag without its sign, as written.
    fn hashtag(&mut self, tag: &str);
}

/// Nobody wants it.
pub(super) struct NoVocabulary;

impl Vocabulary for NoVocabulary {
    fn word(&mut self, _: &str, _: bool, _: bool) {}
    fn emoji(&mut self, _: &str) {}
    fn hashtag(&mut self, _: &str) {}
}

/// How large a share of a hit each language gets: divisible by 1, 2, 3, 4, 5, 6.
const HIT: u32 = 60;

/// Counts texts; made once and used for many.
pub(super) struct Scanner {
    counts: Vec<u32>,
    touched: Vec<u16>,
    word: String,
    scores: [u32; WORD_LANGUAGES],
    hits: Vec<Use>,
    lexicon: &'static Lexicon,
    english: usize,
}

/// What is remembered from one character to the next.
#[derive(Default)]
struct State {
    chars: u32,
    words: u32,
    unspaced: u32,
    sentence: u32,
    uppers: u32,
    lowers: u32,
    lone_i: u32,
    started: bool,
    cased: bool,
    after_word: bool,
    dash: bool,
    spaces: u32,
    breaks: u32,
    blank: bool,
    emoji: char,
    hashtags: u32,
    mentions: u32,
    links: u32,
    all_hashtags: u32,
    all_mentions: u32,
    all_links: u32,
    all_breaks: u32,
    all_emoji: u32,
    end: Option<C>,
    tail: Option<C>,
    scripts: u16,
}

impl Scanner {
    pub(super) fn new() -> Self {
        Self {
            counts: vec![0; counter_count()],
            touched: Vec::with_capacity(128),
            word: String::with_capacity(64),
            scores: [0; WORD_LANGUAGES],
            hits: Vec::with_capacity(64),
            lexicon: Lexicon::get(),
            english: place("en").unwrap_or(0),
        }
    }

    /// The counts, when no more text follows.
    pub(super) fn into_counts(self) -> Vec<u32> {
        self.counts
    }

    /// Gives each counter that is not zero to `take` and sets it back to zero.
    pub(super) fn drain(&mut self, mut take: impl FnMut(usize, u32)) {
        for &place in &self.touched {
            if let Some(count) = self.counts.get_mut(usize::from(place)) {
                if *count > 0 {
                    take(usize::from(place), *count);
                }
                *count = 0;
            }
        }
        self.touched.clear();
    }

    #[inline]
    fn add_at(&mut self, place: usize, by: u32) {
        if let Some(count) = self.counts.get_mut(place) {
            if *count == 0 {
                // The number of counters is far below 65,536; a test holds it.
                #[allow(clippy::cast_possible_truncation)]
                self.touched.push(place as u16);
            }
            *count = count.saturating_add(by);
        }
    }

    #[inline]
    fn add(&mut self, counter: C) {
        self.add_at(counter.at(), 1);
    }

    /// Counts one text. What it counts adds up with the texts before.
    pub(super) fn scan(&mut self, text: &str, vocabulary: &mut impl Vocabulary) {
        let mut state = State::default();
        let mut rest = text.chars();
        loop {
            let here = rest.as_str();
            let Some(c) = rest.next() else { break };
            if c == '\n' || c == '\r' {
                self.line_break(&mut state, c, &mut rest);
                continue;
            }
            state.blank &= c.is_whitespace();
            let class = classify(c);
            if class != CharClass::Space {
                state.breaks = 0;
            }
            match class {
                CharClass::Space => {
                    state.chars += 1;
                    state.spaces += 1;
                    if state.spaces == 2 {
                        self.add(C::DoubleSpaces);
                    }
                    if c == '\t' {
                        self.add(C::Tabs);
                    }
                    state.after_word = false;
                    state.dash = false;
                    continue;
                }
                CharClass::Letter(_) if link_length(here, c, state.after_word) > 0 => {
                    let length = link_length(here, c, state.after_word);
                    rest = here.get(length..).unwrap_or("").chars();
                    self.begin(&mut state, C::StartLink);
                    state.links += 1;
                    state.all_links += 1;
                    state.tail = Some(C::LastLink);
                    state.after_word = true;
                }
                CharClass::Letter(script) if script.unspaced() => {
                    self.script(&mut state, script);
                    self.begin(&mut state, C::StartOther);
                    self.flush_tags(&mut state);
                    state.chars += 1;
                    state.unspaced += 1;
                    state.end = Some(C::EndWord);
                    state.tail = None;
                    state.after_word = false;
                    if state.unspaced.is_multiple_of(2) {
                        state.sentence += 1;
                    }
                }
                CharClass::Letter(_) => self.words(here, &mut rest, &mut state, vocabulary),
                CharClass::Digit => self.number(here, &mut rest, &mut state, vocabulary),
                CharClass::Emoji => self.emoji(here, c, &mut rest, &mut state, vocabulary),
                CharClass::Ignored => {}
                CharClass::Other => self.sign(here, c, &mut rest, &mut state, vocabulary),
            }
            state.spaces = 0;
        }
        self.finish(&mut state);
    }

    /// The first thing of a text decides what it begins with.
    #[inline]
    fn begin(&mut self, state: &mut State, counter: C) {
        if !state.started {
            state.started = true;
            if counter != C::Words {
                self.add(counter);
            }
        }
    }

    /// What was tagged before this word stands before or inside the text.
    fn flush_tags(&mut self, state: &mut State) {
        let inside = state.words > 0 || state.unspaced > 0;
        if state.hashtags > 0 {
            let counter = if inside { C::HashtagMiddle } else { C::HashtagStart };
            self.add_at(counter.at(), state.hashtags);
            state.hashtags = 0;
        }
        if state.mentions > 0 {
            let counter = if inside { C::MentionMiddle } else { C::MentionStart };
            self.add_at(counter.at(), state.mentions);
            state.mentions = 0;
        }
        state.links = 0;
    }

    fn script(&mut self, state: &mut State, script: Script) {
        self.add(C::Letters);
        self.add(script.counter());
        state.scripts |= 1 << (script as u16);
    }

    fn line_break(&mut self, state: &mut State, c: char, rest: &mut std::str::Chars<'_>) {
        if c == '\r' && rest.as_str().starts_with('\n') {
            rest.next();
        }
        state.chars += 1;
        state.all_breaks += 1;
        state.breaks += 1;
        if state.breaks == 2 {
            self.add(C::BlankLines);
        }
        self.end_sentence(state);
        state.spaces = 0;
        state.after_word = false;
        state.dash = false;
    }

    fn end_sentence(&mut self, state: &mut State) {
        if state.sentence == 0 {
            return;
        }
        self.add(C::Sentences);
        self.add(match state.sentence {
            0..=4 => C::Sentence1,
            5..=8 => C::Sentence2,
            9..=14 => C::Sentence3,
            15..=22 => C::Sentence4,
            _ => C::Sentence5,
        });
        state.sentence = 0;
    }
}
