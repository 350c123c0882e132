//! What is counted, and which counts make a feature.

use super::lexicon::{LANGUAGE_COUNT, LANGUAGES, Lexicon, code};

/// What a feature tells about; each group has its weight in the distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FeatureGroup {
    /// Commas, dashes, quotes and the like.
    Punctuation,
    /// Capitals and their absence.
    Case,
    /// How long tweets are.
    Length,
    /// How long words are.
    WordLength,
    /// Emoji and emoticons.
    Emoji,
    /// Hashtags, mentions and links.
    Tags,
    /// Line breaks and spaces.
    Layout,
    /// How tweets begin.
    Opener,
    /// How tweets end.
    Closer,
    /// Digits and stretched words.
    Wording,
    /// Writing systems.
    Script,
    /// Function words and contractions of one language.
    Words,
}

macro_rules! counters {
    ($($id:ident $name:literal),* $(,)?) => {
        /// What is counted in every text, whatever its language.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Counter { $($id),* }

        /// The names of the counters, by their place.
        pub(super) const COUNTER_NAMES: &[&str] = &[$($name),*];

        impl Counter {
            /// The place among all counters.
            #[inline]
            pub(super) const fn at(self) -> usize {
                self as usize
            }
        }
    };
}

counters! {
    Texts "texts", Words "words", Letters "letters", CasedWords "cased_words", CasedStarts "cased_starts",
    Chars "chars", Sentences "sentences",
    Comma "comma", Period "period", Exclaim "exclaim", ExclaimRun "exclaim_run", Question "question",
    QuestionRun "question_run", ExclaimQuestion "exclaim_question", Colon "colon", Semicolon "semicolon",
    ApostropheStraight "apostrophe_straight", ApostropheCurly "apostrophe_curly",
    QuoteStraight "quote_straight", QuoteCurly "quote_curly", QuoteAngled "quote_angled", QuoteSingle "quote_single",
    Hyphen "hyphen", DashSpaced "dash_spaced", DashDouble "dash_double", EnDash "en_dash", EmDash "em_dash",
    EllipsisDots "ellipsis_dots", EllipsisChar "ellipsis_char", EllipsisLong "ellipsis_long", TwoDots "two_dots",
    Parenthesis "parenthesis", Bracket "bracket", Slash "slash", Ampersand "ampersand", Plus "plus",
    Asterisk "asterisk", Percent "percent", Currency "currency", Inverted "inverted", CjkPunctuation "cjk_punctuation",
    Symbol "symbol", Bullet "bullet", Arrow "arrow", Pipe "pipe",
    AllCaps "all_caps", TitleCase "title_case", LowerCase "lower_case", MixedCase "mixed_case", LoneLowerI "lone_lower_i",
    AllCapsTexts "all_caps_texts", LowerTexts "lower_texts",
    Elongated "elongated", Numbers "numbers", Ordinals "digit_words", Times "times",
    Short1 "word_1", Short2 "word_2", Short3 "word_3", Short4 "word_4", Short5 "word_5", Short6 "word_6",
    Short7 "word_7", Short8 "word_8", Long9 "word_9", Long10 "word_10_11", Long12 "word_12",
    Emoji "emoji", EmojiTexts "emoji_texts", EmojiRuns "emoji_repeated", EmojiSkin "emoji_skin_tone",
    EmojiFlag "emoji_flag", EmojiHeart "emoji_heart", EmojiFace "emoji_face", EmojiHand "emoji_hand",
    Emoticon "emoticon",
    Hashtags "hashtags", HashtagTexts "hashtag_texts", HashtagStart "hashtag_start", HashtagMiddle "hashtag_middle",
    HashtagEnd "hashtag_end", HashtagCamel "hashtag_capitals", HashtagLower "hashtag_lower", Cashtags "cashtags",
    Mentions "mentions", MentionTexts "mention_texts", MentionStart "mention_start", MentionMiddle "mention_middle",
    Links "links", LinkTexts "link_texts", LinkEnd "link_end",
    LineBreaks "line_breaks", LineTexts "line_break_texts", BlankLines "blank_lines", DoubleSpaces "double_spaces",
    Tabs "tabs",
    Chars20 "chars_20", Chars40 "chars_40", Chars60 "chars_60", Chars80 "chars_80", Chars100 "chars_100",
    Chars120 "chars_120", Chars140 "chars_140", Chars200 "chars_200", Chars280 "chars_280", CharsMore "chars_more",
    Sentence1 "sentence_words_4", Sentence2 "sentence_words_8", Sentence3 "sentence_words_14",
    Sentence4 "sentence_words_22", Sentence5 "sentence_words_more",
    StartUpper "start_upper", StartLower "start_lower", StartCaps "start_all_caps", StartMention "start_mention",
    StartDotMention "start_dot_mention", StartHashtag "start_hashtag", StartEmoji "start_emoji", StartLink "start_link",
    StartQuote "start_quote", StartNumber "start_number", StartDots "start_dots", StartOther "start_other",
    EndWord "end_word", EndPeriod "end_period", EndExclaim "end_exclaim", EndQuestion "end_question",
    EndEllipsis "end_ellipsis", EndColon "end_colon", EndQuote "end_quote", EndParenthesis "end_parenthesis",
    EndEmoji "end_emoji", EndNumber "end_number", EndSignature "end_signature", EndOther "end_other",
    LastHashtag "last_hashtag", LastMention "last_mention", LastLink "last_link",
    Latin "latin", Cyrillic "cyrillic", Greek "greek", Arabic "arabic", Hebrew "hebrew", Devanagari "devanagari",
    Thai "thai", Hangul "hangul", Kana "kana", Han "han", OtherScript "other_script",
}

/// The place of the texts of each language among all counters.
pub(super) const LANGUAGE_TEXTS: usize = COUNTER_NAMES.len();
/// The place of the words in texts of each language.
pub(super) const LANGUAGE_WORDS: usize = LANGUAGE_TEXTS + LANGUAGE_COUNT;
/// The place of the first small word.
pub(super) const SMALL_WORDS: usize = LANGUAGE_WORDS + LANGUAGE_COUNT;

/// How many counters there are.
pub(super) fn counter_count() -> usize {
    SMALL_WORDS + Lexicon::get().words.len()
}

/// The name of a counter, by its place: stable from version to version.
pub(super) fn counter_name(place: usize) -> String {
    if let Some(name) = COUNTER_NAMES.get(place) {
        return (*name).to_owned();
    }
    if let Some((language, word)) = place.checked_sub(SMALL_WORDS).and_then(|at| Lexicon::get().words.get(at)) {
        return format!("{}:{word}", code(*language).unwrap_or("und"));
    }
    if let Some(language) = place.checked_sub(LANGUAGE_WORDS) {
        return format!("words@{}", code(language).unwrap_or("und"));
    }
    format!("texts@{}", code(place.saturating_sub(LANGUAGE_TEXTS)).unwrap_or("und"))
}

/// A number that describes a style: one count for each unit of another.
#[derive(Clone, Debug)]
pub(super) struct FeatureDef {
    /// The stable name.
    pub(super) name: String,
    /// What a person calls it.
    pub(super) label: String,
    /// The place of what is counted.
    pub(super) of: usize,
    /// The place of what it is counted against.
    pub(super) per: usize,
    /// What it tells about.
    pub(super) group: FeatureGroup,
    /// The language whose words these are.
    pub(super) language: Option<usize>,
}

use Counter as C;
use FeatureGroup as G;

/// What a group counts against, and its features.
type Rows = (G, C, &'static [(C, &'static str)]);

const NEUTRAL: &[Rows] = &[
    (
        G::Punctuation,
        C::Words,
        &[
            (C::Comma, "commas"),
            (C::Period, "full stops"),
            (C::Exclaim, "exclamation marks"),
            (C::ExclaimRun, "several ! in a row"),
            (C::Question, "question marks"),
            (C::QuestionRun, "several ? in a row"),
            (C::ExclaimQuestion, "?! together"),
            (C::Colon, "colons"),
            (C::Semicolon, "semicolons"),
            (C::ApostropheStraight, "straight apostrophes"),
            (C::ApostropheCurly, "curly apostrophes"),
            (C::QuoteStraight, "straight quotes"),
            (C::QuoteCurly, "curly quotes"),
            (C::QuoteAngled, "angled quotes"),
            (C::QuoteSingle, "single quotes"),
            (C::Hyphen, "hyphens inside words"),
            (C::DashSpaced, "hyphens used as dashes"),
            (C::DashDouble, "double hyphens"),
            (C::EnDash, "en dashes"),
            (C::EmDash, "em dashes"),
            (C::EllipsisDots, "three dots"),
            (C::EllipsisChar, "ellipsis characters"),
            (C::EllipsisLong, "four or more dots"),
            (C::TwoDots, "two dots"),
            (C::Parenthesis, "parentheses"),
            (C::Bracket, "brackets"),
            (C::Slash, "slashes"),
            (C::Ampersand, "ampersands"),
            (C::Plus, "plus signs"),
            (C::Asterisk, "asterisks"),
            (C::Percent, "percent signs"),
            (C::Currency, "currency signs"),
            (C::Inverted, "inverted ! and ?"),
            (C::CjkPunctuation, "full-width punctuation"),
            (C::Symbol, "other symbols"),
            (C::Bullet, "bullets"),
            (C::Arrow, "arrows"),
            (C::Pipe, "vertical bars"),
        ],
    ),
    (
        G::Case,
        C::CasedWords,
        &[
            (C::AllCaps, "words in capitals"),
            (C::TitleCase, "capitalised words"),
            (C::LowerCase, "lower-case words"),
            (C::MixedCase, "words of mixed case"),
            (C::LoneLowerI, "\"i\" for \"I\""),
        ],
    ),
    (
        G::Case,
        C::CasedStarts,
        &[
            (C::StartUpper, "beginning with a capital"),
            (C::StartLower, "beginning in lower case"),
            (C::StartCaps, "beginning with a word in capitals"),
            (C::AllCapsTexts, "all in capitals"),
            (C::LowerTexts, "without any capital"),
        ],
    ),
    (
        G::Wording,
        C::Words,
        &[
            (C::Elongated, "stretched words (soooo)"),
            (C::Numbers, "numbers"),
            (C::Ordinals, "words with digits"),
            (C::Times, "times of day"),
        ],
    ),
    (
        G::WordLength,
        C::CasedWords,
        &[
            (C::Short1, "words of 1 letter"),
            (C::Short2, "words of 2 letters"),
            (C::Short3, "words of 3 letters"),
            (C::Short4, "words of 4 letters"),
            (C::Short5, "words of 5 letters"),
            (C::Short6, "words of 6 letters"),
            (C::Short7, "words of 7 letters"),
            (C::Short8, "words of 8 letters"),
            (C::Long9, "words of 9 letters"),
            (C::Long10, "words of 10 or 11 letters"),
            (C::Long12, "words of 12 letters or more"),
        ],
    ),
    (
        G::Emoji,
        C::Texts,
        &[
            (C::Emoji, "emoji"),
            (C::EmojiTexts, "with emoji"),
            (C::EmojiRuns, "the same emoji repeated"),
            (C::EmojiSkin, "emoji with a skin tone"),
            (C::EmojiFlag, "flags"),
            (C::EmojiHeart, "hearts"),
            (C::EmojiFace, "faces"),
            (C::EmojiHand, "hands"),
            (C::Emoticon, "emoticons such as :)"),
        ],
    ),
    (
        G::Tags,
        C::Texts,
        &[
            (C::Hashtags, "hashtags"),
            (C::HashtagTexts, "with hashtags"),
            (C::HashtagStart, "hashtags before the text"),
            (C::HashtagMiddle, "hashtags inside the text"),
            (C::HashtagEnd, "hashtags after the text"),
            (C::HashtagCamel, "hashtags with capitals"),
            (C::HashtagLower, "hashtags in lower case"),
            (C::Cashtags, "cashtags"),
            (C::Mentions, "mentions"),
            (C::MentionTexts, "with mentions"),
            (C::MentionStart, "mentions before the text"),
            (C::MentionMiddle, "mentions inside the text"),
            (C::Links, "links"),
            (C::LinkTexts, "with links"),
            (C::LinkEnd, "links after the text"),
        ],
    ),
    (
        G::Layout,
        C::Texts,
        &[
            (C::LineBreaks, "line breaks"),
            (C::LineTexts, "with line breaks"),
            (C::BlankLines, "blank lines"),
            (C::DoubleSpaces, "double spaces"),
            (C::Tabs, "tabs"),
        ],
    ),
    (
        G::Length,
        C::Texts,
        &[
            (C::Chars20, "of 20 characters or fewer"),
            (C::Chars40, "of 21 to 40 characters"),
            (C::Chars60, "of 41 to 60 characters"),
            (C::Chars80, "of 61 to 80 characters"),
            (C::Chars100, "of 81 to 100 characters"),
            (C::Chars120, "of 101 to 120 characters"),
            (C::Chars140, "of 121 to 140 characters"),
            (C::Chars200, "of 141 to 200 characters"),
            (C::Chars280, "of 201 to 280 characters"),
            (C::CharsMore, "of more than 280 characters"),
            (C::Sentences, "sentences"),
        ],
    ),
    (
        G::Length,
        C::Sentences,
        &[
            (C::Sentence1, "sentences of 1 to 4 words"),
            (C::Sentence2, "sentences of 5 to 8 words"),
            (C::Sentence3, "sentences of 9 to 14 words"),
            (C::Sentence4, "sentences of 15 to 22 words"),
            (C::Sentence5, "sentences of 23 words or more"),
        ],
    ),
    (
        G::Opener,
        C::Texts,
        &[
            (C::StartMention, "beginning with a mention"),
            (C::StartDotMention, "beginning with .@"),
            (C::StartHashtag, "beginning with a hashtag"),
            (C::StartEmoji, "beginning with an emoji"),
            (C::StartLink, "beginning with a link"),
            (C::StartQuote, "beginning with a quote"),
            (C::StartNumber, "beginning with a number"),
            (C::StartDots, "beginning with dots"),
            (C::StartOther, "beginning with another sign"),
        ],
    ),
    (
        G::Closer,
        C::Texts,
        &[
            (C::EndWord, "ending without punctuation"),
            (C::EndPeriod, "ending with a full stop"),
            (C::EndExclaim, "ending with !"),
            (C::EndQuestion, "ending with ?"),
            (C::EndEllipsis, "ending with dots"),
            (C::EndColon, "ending with a colon"),
            (C::EndQuote, "ending with a quote"),
            (C::EndParenthesis, "ending with a parenthesis"),
            (C::EndEmoji, "ending with an emoji"),
            (C::EndNumber, "ending with a number"),
            (C::EndSignature, "ending with a signature (-xy)"),
            (C::EndOther, "ending with another sign"),
            (C::LastHashtag, "with a hashtag at the very end"),
            (C::LastMention, "with a mention at the very end"),
            (C::LastLink, "with a link at the very end"),
        ],
    ),
    (
        G::Script,
        C::Letters,
        &[
            (C::Latin, "Latin letters"),
            (C::Cyrillic, "Cyrillic letters"),
            (C::Greek, "Greek letters"),
            (C::Arabic, "Arabic letters"),
            (C::Hebrew, "Hebrew letters"),
            (C::Devanagari, "Devanagari letters"),
            (C::Thai, "Thai letters"),
            (C::Hangul, "Hangul"),
            (C::Kana, "kana"),
            (C::Han, "Han characters"),
            (C::OtherScript, "letters of other scripts"),
        ],
    ),
];

/// Every feature: first those that hold for every language, then the small words of each.
pub(super) fn features() -> &'static [FeatureDef] {
    static FEATURES: std::sync::OnceLock<Vec<FeatureDef>> = std::sync::OnceLock::new();
    FEATURES.get_or_init(|| {
        let mut all = Vec::new();
        for &(group, per, rows) in NEUTRAL {
            for &(of, label) in rows {
                all.push(FeatureDef {
                    name: counter_name(of.at()),
                    label: label.to_owned(),
                    of: of.at(),
                    per: per.at(),
                    group,
                    language: None,
                });
            }
        }
        for (at, (language, word)) in Lexicon::get().words.iter().enumerate() {
            all.push(FeatureDef {
                name: counter_name(SMALL_WORDS + at),
                label: format!("\"{word}\""),
                of: SMALL_WORDS + at,
                per: LANGUAGE_WORDS + language,
                group: G::Words,
                language: Some(*language),
            });
        }
        all
    })
}

/// How many languages have words of their own among the counters.
pub(super) const WORD_LANGUAGES: usize = LANGUAGES.len();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let names: std::collections::BTreeSet<_> = (0..counter_count()).map(counter_name).collect();
        assert_eq!(names.len(), counter_count());
        let features: std::collections::BTreeSet<_> = features().iter().map(|feature| feature.name.clone()).collect();
        assert_eq!(features.len(), super::features().len());
    }
}
