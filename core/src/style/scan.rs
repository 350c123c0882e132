//! One pass over a text that counts everything.

use super::chars::{CharClass, Script, classify, emoji_kind, emoticon, is_emoji_part, is_mark, link_length, skip};
use super::lexicon::{Lexicon, Use, place};
use super::table::{Counter as C, LANGUAGE_TEXTS, LANGUAGE_WORDS, SMALL_WORDS, WORD_LANGUAGES, counter_count};

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

    /// One word, or several with hyphens between them.
    fn words<'t>(
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

    fn number<'t>(
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

    fn emoji<'t>(
        &mut self,
        here: &'t str,
        c: char,
        rest: &mut std::str::Chars<'t>,
        state: &mut State,
        vocabulary: &mut impl Vocabulary,
    ) {
        self.begin(state, C::StartEmoji);
        let mut chars = here.chars();
        chars.next();
        let mut regional = matches!(c, '\u{1f1e6}'..='\u{1f1ff}');
        let mut skin = false;
        loop {
            let before = chars.as_str();
            match chars.next() {
                Some('\u{200d}') => {
                    // A joiner glues the next emoji to this one; at the end of an emoji it is nothing.
                    if !chars.clone().next().is_some_and(|next| classify(next) == CharClass::Emoji) {
                        break;
                    }
                    chars.next();
                }
                Some(part) if is_emoji_part(part) => skin |= matches!(part, '\u{1f3fb}'..='\u{1f3ff}'),
                Some('\u{1f1e6}'..='\u{1f1ff}') if regional => regional = false,
                _ => {
                    chars = before.chars();
                    break;
                }
            }
        }
        let left = chars.as_str();
        let cluster = here.get(..here.len() - left.len()).unwrap_or("");
        *rest = left.chars();
        state.chars += 1;
        state.all_emoji += 1;
        if skin {
            self.add(C::EmojiSkin);
        }
        if let Some(kind) = emoji_kind(c) {
            self.add(kind);
        }
        if state.emoji == c && state.spaces == 0 {
            self.add(C::EmojiRuns);
        }
        state.emoji = c;
        vocabulary.emoji(cluster);
        state.end = Some(C::EndEmoji);
        state.tail = None;
        state.after_word = false;
        state.dash = false;
    }

    /// Everything that is neither space, letter, digit nor emoji.
    fn sign(
        &mut self,
        here: &str,
        c: char,
        rest: &mut std::str::Chars<'_>,
        state: &mut State,
        vocabulary: &mut impl Vocabulary,
    ) {
        let next = rest.clone().next();
        let boundary = !state.after_word;
        state.chars += 1;
        match c {
            '@' | '\u{ff20}' if boundary && next.is_some_and(|n| n.is_ascii_alphanumeric() || n == '_') => {
                let length = skip(rest, |n| n.is_ascii_alphanumeric() || n == '_');
                state.chars += length;
                self.begin(state, C::StartMention);
                state.mentions += 1;
                state.all_mentions += 1;
                state.tail = Some(C::LastMention);
                state.after_word = true;
                return;
            }
            '#' | '\u{ff03}' if boundary && next.is_some_and(|n| n.is_alphanumeric() || n == '_') => {
                let tag = rest.as_str();
                let length = skip(rest, |n| n.is_alphanumeric() || n == '_' || is_mark(n));
                let tag = tag.get(..tag.len() - rest.as_str().len()).unwrap_or("");
                state.chars += length;
                if tag.chars().any(char::is_alphabetic) {
                    self.hashtag(tag, state, vocabulary);
                    return;
                }
                self.begin(state, C::StartNumber);
                self.add(C::Numbers);
                state.end = Some(C::EndNumber);
                state.tail = None;
                state.after_word = true;
                return;
            }
            '$' if boundary && next.is_some_and(|n| n.is_ascii_alphabetic()) => {
                state.chars += skip(rest, |n| n.is_ascii_alphabetic());
                self.begin(state, C::StartHashtag);
                self.add(C::Cashtags);
                state.after_word = true;
                return;
            }
            _ => {}
        }
        let (start, end) = self.punctuation(here, c, rest, state);
        self.begin(state, start);
        if end.is_some() {
            state.end = end;
            state.tail = None;
        }
        state.after_word = false;
    }

    fn hashtag(&mut self, tag: &str, state: &mut State, vocabulary: &mut impl Vocabulary) {
        self.begin(state, C::StartHashtag);
        state.hashtags += 1;
        state.all_hashtags += 1;
        self.add(if tag.chars().any(char::is_uppercase) { C::HashtagCamel } else { C::HashtagLower });
        vocabulary.hashtag(tag);
        state.tail = Some(C::LastHashtag);
        state.after_word = true;
    }

    /// Counts a mark; says what a text that begins or ends with it begins or ends with.
    fn punctuation(
        &mut self,
        here: &str,
        c: char,
        rest: &mut std::str::Chars<'_>,
        state: &mut State,
    ) -> (C, Option<C>) {
        let spaced = state.spaces > 0 || !state.started || state.breaks > 0;
        let next = rest.clone().next();
        let (counter, start, end) = match c {
            '.' => {
                let dots = 1 + skip(rest, |n| n == '.');
                state.chars += dots - 1;
                let counter = match dots {
                    1 => C::Period,
                    2 => C::TwoDots,
                    3 => C::EllipsisDots,
                    _ => C::EllipsisLong,
                };
                if dots > 1 || next.is_none_or(|n| !n.is_alphanumeric()) {
                    self.end_sentence(state);
                }
                let start = if dots == 1 && next == Some('@') { C::StartDotMention } else { C::StartDots };
                (counter, start, Some(if dots == 1 { C::EndPeriod } else { C::EndEllipsis }))
            }
            '!' | '?' | '\u{ff01}' | '\u{ff1f}' | '\u{061f}' => return self.loud(c, rest, state),
            ',' | '\u{060c}' => (C::Comma, C::StartOther, Some(C::EndOther)),
            '\u{2026}' => {
                self.end_sentence(state);
                (C::EllipsisChar, C::StartDots, Some(C::EndEllipsis))
            }
            ':' | ';' | '=' => {
                if let Some(length) = emoticon(rest.as_str()) {
                    for _ in 0..length {
                        rest.next();
                    }
                    state.chars += 1;
                    (C::Emoticon, C::StartEmoji, Some(C::EndEmoji))
                } else {
                    let counter = match c {
                        ':' => C::Colon,
                        ';' => C::Semicolon,
                        _ => C::Symbol,
                    };
                    (counter, C::StartOther, Some(C::EndColon))
                }
            }
            '<' if next == Some('3') => {
                rest.next();
                (C::Emoticon, C::StartEmoji, Some(C::EndEmoji))
            }
            '"' | '\u{ff02}' => (C::QuoteStraight, C::StartQuote, Some(C::EndQuote)),
            '\u{201c}' | '\u{201d}' | '\u{201e}' => (C::QuoteCurly, C::StartQuote, Some(C::EndQuote)),
            '\u{ab}' | '\u{bb}' | '\u{2039}' | '\u{203a}' => (C::QuoteAngled, C::StartQuote, Some(C::EndQuote)),
            '\u{2018}' => (C::QuoteSingle, C::StartQuote, Some(C::EndQuote)),
            '\u{2019}' => (C::ApostropheCurly, C::StartQuote, Some(C::EndQuote)),
            '\'' => {
                let counter = if state.after_word { C::ApostropheStraight } else { C::QuoteSingle };
                (counter, C::StartQuote, Some(C::EndQuote))
            }
            '-' => {
                let dashes = 1 + skip(rest, |n| n == '-');
                state.chars += dashes - 1;
                state.dash = true;
                (if dashes > 1 { C::DashDouble } else { C::DashSpaced }, C::StartOther, Some(C::EndOther))
            }
            '\u{2013}' | '\u{2014}' | '\u{2015}' => {
                state.dash = spaced || next.is_some_and(char::is_alphabetic);
                (if c == '\u{2013}' { C::EnDash } else { C::EmDash }, C::StartOther, Some(C::EndOther))
            }
            '(' => (C::Parenthesis, C::StartOther, None),
            ')' => return (C::StartOther, Some(C::EndParenthesis)),
            '[' | '{' => (C::Bracket, C::StartOther, None),
            ']' | '}' => return (C::StartOther, Some(C::EndOther)),
            '/' => (C::Slash, C::StartOther, Some(C::EndOther)),
            '&' => (C::Ampersand, C::StartOther, Some(C::EndOther)),
            '+' => (C::Plus, C::StartOther, Some(C::EndOther)),
            '*' => (C::Asterisk, C::StartOther, Some(C::EndOther)),
            '%' => (C::Percent, C::StartOther, Some(C::EndOther)),
            '|' => (C::Pipe, C::StartOther, Some(C::EndOther)),
            '$' | '\u{20ac}' | '\u{a3}' | '\u{a5}' => (C::Currency, C::StartOther, Some(C::EndOther)),
            '\u{a1}' | '\u{bf}' => (C::Inverted, C::StartOther, None),
            '\u{2022}' | '\u{b7}' | '\u{25aa}' | '\u{25cf}' => (C::Bullet, C::StartOther, Some(C::EndOther)),
            '\u{2190}'..='\u{21ff}' | '>' if c != '>' || here.starts_with(">>") => {
                (C::Arrow, C::StartOther, Some(C::EndOther))
            }
            '\u{3002}' | '\u{ff0e}' => {
                self.end_sentence(state);
                (C::CjkPunctuation, C::StartOther, Some(C::EndPeriod))
            }
            '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff1e}' => {
                (C::CjkPunctuation, C::StartOther, Some(C::EndOther))
            }
            _ => (C::Symbol, C::StartOther, Some(C::EndOther)),
        };
        self.add(counter);
        (start, end)
    }

    /// A run of exclamation and question marks.
    fn loud(&mut self, c: char, rest: &mut std::str::Chars<'_>, state: &mut State) -> (C, Option<C>) {
        let asks = |c: char| matches!(c, '?' | '\u{ff1f}' | '\u{061f}');
        let (mut exclaims, mut questions) = if asks(c) { (0, 1) } else { (1, 0) };
        let mut wide = u32::from(!c.is_ascii());
        state.chars += skip(rest, |n| {
            let (shouts, questioned) = (matches!(n, '!' | '\u{ff01}'), asks(n));
            exclaims += u32::from(shouts);
            questions += u32::from(questioned);
            wide += u32::from((shouts || questioned) && !n.is_ascii());
            shouts || questioned
        });
        for (counter, by) in [
            (C::Exclaim, exclaims),
            (C::Question, questions),
            (C::CjkPunctuation, wide),
            (C::ExclaimRun, u32::from(exclaims > 1)),
            (C::QuestionRun, u32::from(questions > 1)),
            (C::ExclaimQuestion, u32::from(exclaims > 0 && questions > 0)),
        ] {
            if by > 0 {
                self.add_at(counter.at(), by);
            }
        }
        self.end_sentence(state);
        (C::StartOther, Some(if exclaims > 0 { C::EndExclaim } else { C::EndQuestion }))
    }

    fn finish(&mut self, state: &mut State) {
        self.end_sentence(state);
        self.add(C::Texts);
        for (counter, by) in [
            (C::Chars, state.chars),
            (C::Words, state.unspaced.div_ceil(2)),
            (C::HashtagEnd, state.hashtags),
            (C::MentionMiddle, state.mentions),
            (C::LinkEnd, state.links),
            (C::Hashtags, state.all_hashtags),
            (C::Mentions, state.all_mentions),
            (C::Links, state.all_links),
            (C::LineBreaks, state.all_breaks),
            (C::Emoji, state.all_emoji),
            (C::HashtagTexts, state.all_hashtags.min(1)),
            (C::MentionTexts, state.all_mentions.min(1)),
            (C::LinkTexts, state.all_links.min(1)),
            (C::LineTexts, state.all_breaks.min(1)),
            (C::EmojiTexts, state.all_emoji.min(1)),
            (C::AllCapsTexts, u32::from(state.lowers == 0 && state.uppers > 3)),
            (C::LowerTexts, u32::from(state.uppers == 0 && state.lowers > 0)),
        ] {
            if by > 0 {
                self.add_at(counter.at(), by);
            }
        }
        self.add(match state.chars {
            0..=20 => C::Chars20,
            21..=40 => C::Chars40,
            41..=60 => C::Chars60,
            61..=80 => C::Chars80,
            81..=100 => C::Chars100,
            101..=120 => C::Chars120,
            121..=140 => C::Chars140,
            141..=200 => C::Chars200,
            201..=280 => C::Chars280,
            _ => C::CharsMore,
        });
        if let Some(end) = state.end {
            self.add(end);
        }
        if let Some(tail) = state.tail {
            self.add(tail);
        }
        self.end_language(state);
    }

    /// Keeps the small words of the text's own language only.
    fn end_language(&mut self, state: &State) {
        let mut best: Option<(usize, u32)> = None;
        for (language, score) in self.scores.iter_mut().enumerate() {
            if *score > best.map_or(HIT - 1, |(_, most)| most) {
                best = Some((language, *score));
            }
            *score = 0;
        }
        let language =
            best.map(|(language, _)| language).or_else(|| Script::language_of(state.scripts).and_then(place));
        if let Some(language) = language {
            self.add_at(LANGUAGE_TEXTS + language, 1);
            if state.words > 0 {
                self.add_at(LANGUAGE_WORDS + language, state.words);
            }
        }
        if language == Some(self.english) && state.lone_i > 0 {
            self.add_at(C::LoneLowerI.at(), state.lone_i);
        }
        let hits = std::mem::take(&mut self.hits);
        for &(of, place) in &hits {
            if language == Some(usize::from(of)) {
                self.add_at(SMALL_WORDS + usize::from(place), 1);
            }
        }
        self.hits = hits;
        self.hits.clear();
    }
}
