//! Words with letters, and numbers.

use super::{HIT, Scanner, State, Vocabulary};
use crate::style::chars::{CharClass, Script, classify, is_mark};
use crate::style::table::Counter as C;

#[derive(Default)]
struct Word {
    letters: u32,
    uppers: u32,
    lowers: u32,
    first_upper: bool,
    digits: bool,
    run: u32,
    longest: u32,
    last: char,
    apostrophe: usize,
}

impl Scanner {
    /// One word, or several with hyphens between them.
    pub(super) fn words<'t>(
        &mut self,
        mut here: &'t str,
        rest: &mut std::str::Chars<'t>,
        state: &mut State,
        vocabulary: &mut impl Vocabulary,
    ) {
        loop {
            let mut word = Word::default();
            self.word.clear();
            let mut chars = here.chars();
            loop {
                let before = chars.as_str();
                let Some(c) = chars.next() else { break };
                match classify(c) {
                    CharClass::Letter(script) if !script.unspaced() => {
                        self.letter(&mut word, c);
                        if script == Script::Latin {
                            self.add(C::Letters);
                            self.add(C::Latin);
                            state.scripts |= 1 << (Script::Latin as u16);
                        } else {
                            self.script(state, script);
                        }
                        state.chars += 1;
                        continue;
                    }
                    CharClass::Digit => {
                        word.digits = true;
                        self.word.push(c);
                        state.chars += 1;
                        continue;
                    }
                    CharClass::Ignored if is_mark(c) => {
                        self.word.push(c);
                        continue;
                    }
                    _ => {}
                }
                if matches!(c, '\'' | '\u{2019}' | '\u{02bc}') && chars.clone().next().is_some_and(char::is_alphabetic)
                {
                    self.add(if c == '\'' { C::ApostropheStraight } else { C::ApostropheCurly });
                    if word.apostrophe == 0 {
                        word.apostrophe = self.word.len();
                    }
                    self.word.push('\'');
                    state.chars += 1;
                    continue;
                }
                chars = before.chars();
                break;
            }
            self.end_word(&word, state, vocabulary);
            let after = chars.as_str();
            let mut next = chars.clone();
            if next.next() == Some('-')
                && next
                    .clone()
                    .next()
                    .is_some_and(|c| matches!(classify(c), CharClass::Letter(script) if !script.unspaced()))
            {
                self.add(C::Hyphen);
                state.chars += 1;
                here = next.as_str();
                continue;
            }
            *rest = after.chars();
            return;
        }
    }

    #[inline]
    fn letter(&mut self, word: &mut Word, c: char) {
        word.letters += 1;
        let lower = if c.is_ascii() {
            if c.is_ascii_uppercase() {
                word.uppers += 1;
                word.first_upper |= word.letters == 1;
            } else {
                word.lowers += 1;
            }
            let lower = c.to_ascii_lowercase();
            self.word.push(lower);
            lower
        } else {
            if c.is_uppercase() {
                word.uppers += 1;
                word.first_upper |= word.letters == 1;
            } else if c.is_lowercase() {
                word.lowers += 1;
            }
            self.word.extend(c.to_lowercase());
            c
        };
        if lower == word.last {
            word.run += 1;
            word.longest = word.longest.max(word.run);
        } else {
            word.run = 1;
            word.last = lower;
        }
    }

    fn end_word(&mut self, word: &Word, state: &mut State, vocabulary: &mut impl Vocabulary) {
        let first = state.words == 0;
        self.begin(state, C::Words);
        self.flush_tags(state);
        state.words += 1;
        state.sentence += 1;
        self.add(C::Words);
        let cased = word.uppers + word.lowers > 0;
        if cased {
            self.add(C::CasedWords);
            state.uppers += word.uppers;
            state.lowers += word.lowers;
            let shouted = word.lowers == 0 && word.uppers >= 2;
            if shouted {
                self.add(C::AllCaps);
            } else if word.uppers == 0 {
                self.add(C::LowerCase);
            } else if word.first_upper && word.uppers == 1 {
                if word.lowers > 0 {
                    self.add(C::TitleCase);
                }
            } else {
                self.add(C::MixedCase);
            }
            if !state.cased {
                state.cased = true;
                self.add(C::CasedStarts);
                self.add(match (shouted, word.first_upper) {
                    (true, _) => C::StartCaps,
                    (false, true) => C::StartUpper,
                    (false, false) => C::StartLower,
                });
            }
            self.add(match word.letters {
                0 | 1 => C::Short1,
                2 => C::Short2,
                3 => C::Short3,
                4 => C::Short4,
                5 => C::Short5,
                6 => C::Short6,
                7 => C::Short7,
                8 => C::Short8,
                9 => C::Long9,
                10 | 11 => C::Long10,
                _ => C::Long12,
            });
        }
        if word.longest >= 3 {
            self.add(C::Elongated);
        }
        if word.digits {
            self.add(C::Ordinals);
        }
        if word.letters == 1 && word.lowers == 1 && word.last == 'i' {
            state.lone_i += 1;
        }
        let small = self.small_word(word);
        vocabulary.word(&self.word, small, first);
        state.end = Some(if state.dash && word.letters <= 3 { C::EndSignature } else { C::EndWord });
        state.tail = None;
        state.after_word = true;
        state.dash = false;
    }

    /// Counts the word for each language that has it; the language of the text is known at its end.
    fn small_word(&mut self, word: &Word) -> bool {
        let lexicon = self.lexicon;
        let mut uses = lexicon.find(&self.word);
        if uses.is_empty() && word.apostrophe > 0 {
            uses = self.word.get(..word.apostrophe).map_or(&[], |before| lexicon.find(before));
        }
        let share = HIT / u32::try_from(uses.len().max(1)).unwrap_or(1);
        for &(language, place) in uses {
            if let Some(score) = self.scores.get_mut(usize::from(language)) {
                *score = score.saturating_add(share);
            }
            self.hits.push((language, place));
        }
        !uses.is_empty()
    }

    pub(super) fn number<'t>(
        &mut self,
        here: &'t str,
        rest: &mut std::str::Chars<'t>,
        state: &mut State,
        vocabulary: &mut impl Vocabulary,
    ) {
        let mut keycap = here.chars();
        keycap.next();
        if keycap.as_str().starts_with("\u{fe0f}\u{20e3}") {
            self.emoji(here, '\u{20e3}', rest, state, vocabulary);
            return;
        }
        self.begin(state, C::StartNumber);
        let mut length = 0;
        let mut time = false;
        let mut unit = false;
        let mut chars = here.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let digit_follows = || chars.clone().next().is_some_and(|(_, next)| next.is_numeric());
            match classify(c) {
                CharClass::Digit => {}
                CharClass::Letter(script) if !script.unspaced() => unit = true,
                _ if !unit && matches!(c, '.' | ',' | ':' | '/' | '-') && digit_follows() => time |= c == ':',
                _ => break,
            }
            state.chars += 1;
            length = at + c.len_utf8();
        }
        *rest = here.get(length..).unwrap_or("").chars();
        self.add(C::Numbers);
        if time {
            self.add(C::Times);
        }
        if unit {
            self.add(C::Ordinals);
        }
        state.end = Some(C::EndNumber);
        state.tail = None;
        state.after_word = true;
        state.dash = false;
        state.emoji = '\0';
    }
}
