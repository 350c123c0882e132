//! What is known of a text only at its end: its length, how it ends, its language.

use super::{HIT, Scanner, State};
use crate::style::chars::Script;
use crate::style::lexicon::place;
use crate::style::table::{Counter as C, LANGUAGE_TEXTS, LANGUAGE_WORDS, SMALL_WORDS};

impl Scanner {
    pub(super) fn finish(&mut self, state: &mut State) {
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
