//! Emoji, tags and marks: what is neither a word nor a number.

use super::{Scanner, State, Vocabulary};
use crate::style::chars::{CharClass, classify, emoji_kind, emoticon, is_emoji_part, is_mark, skip};
use crate::style::table::Counter as C;

impl Scanner {
    pub(super) fn emoji<'t>(
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
    pub(super) fn sign(
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
}
