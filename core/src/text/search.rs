//! What full-text search sees of a text, and the small language in which it is asked.
//!
//! Both go through the same cutting into tokens, so that every store gives the same answers.

use std::fmt;

use super::normal::{is_mark, nfkc};
use crate::error::{Error, ErrorKind, Result};

/// A longer word is cut, in characters: PostgreSQL refuses a lexeme of more than 2 KB
/// (<https://www.postgresql.org/docs/current/textsearch-limitations.html>).
const MAX_WORD: usize = 64;

/// The terms of a text end here, in bytes: four times what the longest long post (25,000 characters) can have in
/// English, and all of what it can have in Japanese.
const MAX_TERMS: usize = 256 * 1024;

/// More clauses, or more words in one phrase, are not looked at.
const MAX_CLAUSES: usize = 64;

/// The words of a text as a full-text index keeps them, separated by single spaces.
///
/// The text is normalised (NFKC) and put in lower case. Punctuation is left out, emoji are words of their own. Chinese,
/// Japanese and Korean, which do not put spaces between words, are cut into overlapping pairs of characters and the last
/// character alone. Hashtags, mentions and cashtags stand in their place as plain words, and once more with their sign
/// at the end, so that `rust` finds both and `#rust` only the tag. Words are cut after 64 characters and the terms of
/// one text after 256 KiB.
///
/// ```
/// use ghostwren::text::search_terms;
/// assert_eq!(search_terms("I love #Rust, don't you?"), "i love rust don t you #rust");
/// assert_eq!(search_terms("黒猫 cafe"), "黒猫 猫 cafe");
/// ```
#[must_use]
pub fn search_terms(text: &str) -> String {
    let text = normalise(text);
    let mut terms = String::with_capacity(text.len() + 16);
    let mut tags = String::new();
    let push = |to: &mut String, word: &str| {
        if to.len() + word.len() < MAX_TERMS {
            if !to.is_empty() {
                to.push(' ');
            }
            to.push_str(word);
        }
    };
    cut(&text, |piece| match piece {
        Piece::Word(word) => push(&mut terms, word),
        Piece::Cjk(run) => pairs(run, true, |pair| push(&mut terms, pair)),
        Piece::Tag(tag) => push(&mut tags, tag),
    });
    push(&mut terms, &tags);
    // `push` separates, also from nothing.
    if terms.ends_with(' ') {
        terms.pop();
    }
    terms
}

/// One thing that must be found: tokens that stand in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchClause {
    /// The tokens, as [`search_terms`] writes them; never empty.
    pub tokens: Vec<String>,
    /// Whether the last token is only the beginning of a word.
    pub prefix: bool,
}

/// A search as people type it: words, `"a phrase"`, `prefix*`. All of them must be found.
///
/// Everything else is text: there are no operators, and no input is an error except one without anything to find.
///
/// ```
/// use ghostwren::text::SearchQuery;
/// let query = SearchQuery::parse("rust \"borrow checker\" compil*")?;
/// assert_eq!(query.to_fts5(), "\"rust\" AND \"borrow checker\" AND \"compil\"*");
/// assert_eq!(SearchQuery::parse(" ?! ").unwrap_err().code(), "search.empty");
/// # Ok::<(), ghostwren::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchQuery {
    clauses: Vec<SearchClause>,
}

impl SearchQuery {
    /// Reads a search. A quotation mark without its second one quotes the rest; a `*` counts right after a word or a
    /// phrase; the first 64 clauses count.
    ///
    /// # Errors
    /// `InvalidInput` (`search.empty`) when there is nothing to find in it.
    pub fn parse(text: &str) -> Result<Self> {
        let mut clauses = Vec::new();
        let mut chars = text.chars().peekable();
        while clauses.len() < MAX_CLAUSES {
            while chars.next_if(|c| c.is_whitespace()).is_some() {}
            let Some(first) = chars.next() else { break };
            let clause = if is_quote(first) {
                let phrase: String = chars.by_ref().take_while(|c| !is_quote(*c)).collect();
                let prefix = chars.next_if_eq(&'*').is_some();
                clause(&phrase, prefix)
            } else {
                let mut word = String::from(first);
                while let Some(c) = chars.next_if(|c| !c.is_whitespace() && !is_quote(*c)) {
                    word.push(c);
                }
                let stem = word.trim_end_matches('*');
                let prefix = stem.len() < word.len();
                tag_clause(stem, prefix).or_else(|| clause(stem, prefix))
            };
            clauses.extend(clause.filter(|clause| !clauses.contains(clause)));
        }
        if clauses.is_empty() {
            return Err(Error::new(ErrorKind::InvalidInput, "search.empty", "the search has no word in it")
                .with_remedy("Search for a word, \"a phrase\" or the beginning of a word with a star: rust*."));
        }
        Ok(Self { clauses })
    }

    /// What must be found.
    #[must_use]
    pub fn clauses(&self) -> &[SearchClause] {
        &self.clauses
    }

    /// The search in the language of SQLite's FTS5, every token quoted (<https://sqlite.org/fts5.html#full_text_query_syntax>).
    #[must_use]
    pub fn to_fts5(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for SearchQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, clause) in self.clauses.iter().enumerate() {
            if i > 0 {
                f.write_str(" AND ")?;
            }
            // No token holds a quotation mark: `cut` drops all punctuation.
            write!(f, "\"{}\"{}", clause.tokens.join(" "), if clause.prefix { "*" } else { "" })?;
        }
        Ok(())
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»')
}

/// A hashtag, mention or cashtag that stands alone.
fn tag_clause(word: &str, prefix: bool) -> Option<SearchClause> {
    let text = normalise(word);
    let (mut tags, mut others) = (Vec::new(), 0);
    cut(&text, |piece| match piece {
        Piece::Tag(tag) => tags.push(tag.to_owned()),
        Piece::Word(_) | Piece::Cjk(_) => others += 1,
    });
    let tag = tags.pop()?;
    // The tag's own words come again as plain ones: more than those means that something stands beside it.
    let mut own = 0;
    cut(tag.trim_start_matches(is_sign), |_| own += 1);
    (tags.is_empty() && others == own).then(|| SearchClause { tokens: vec![tag], prefix })
}

fn clause(phrase: &str, prefix: bool) -> Option<SearchClause> {
    let text = normalise(phrase);
    let mut pieces = Vec::new();
    cut(&text, |piece| match piece {
        Piece::Tag(_) => {}
        piece => pieces.push(piece),
    });
    pieces.truncate(MAX_CLAUSES);
    let mut tokens = Vec::new();
    let mut prefix = prefix;
    let last = pieces.len().checked_sub(1)?;
    for (i, piece) in pieces.into_iter().enumerate() {
        match piece {
            Piece::Word(word) => tokens.push(word.to_owned()),
            // Inside a phrase a run ends as it ends in the text; at the end of a phrase the run may go on there. One
            // character alone is the beginning of a pair, or the last of its run.
            Piece::Cjk(run) => {
                let single = run.chars().nth(1).is_none();
                pairs(run, i != last || single, |pair| tokens.push(pair.to_owned()));
                prefix |= i == last && single;
            }
            Piece::Tag(_) => {}
        }
    }
    tokens.truncate(2 * MAX_CLAUSES);
    (!tokens.is_empty()).then_some(SearchClause { tokens, prefix })
}

#[cfg_attr(test, derive(Debug, PartialEq))]
enum Piece<'a> {
    Word(&'a str),
    Cjk(&'a str),
    Tag(&'a str),
}

/// NFKC in lower case without what is ignored. Only what is not ASCII is looked at, with the character before it: nothing
/// ASCII joins what stands before (<https://unicode.org/reports/tr15/#Stable_Code_Points>).
fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let plain = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
        // The last one may be the base of a mark.
        let alone = if plain == rest.len() { plain } else { plain.saturating_sub(1) };
        let from = out.len();
        out.push_str(rest.get(..alone).unwrap_or_default());
        out.get_mut(from..).unwrap_or_default().make_ascii_lowercase();
        let (_, other) = rest.split_at_checked(alone).unwrap_or_default();
        let more = other.bytes().skip(1).position(|byte| byte.is_ascii()).map_or(other.len(), |at| at + 1);
        let (other, behind) = other.split_at_checked(more).unwrap_or_default();
        if is_plain(other) {
            out.extend(other.chars().map(|c| c.to_ascii_lowercase()));
        } else {
            out.extend(nfkc(other.chars()).filter(|c| !is_ignored(*c)).flat_map(char::to_lowercase));
        }
        rest = behind;
    }
    out
}

/// Whether a text is what most English ones are: ASCII, quotation marks (‘ to ‟) and dashes (– and —), which are normal
/// as they are and part of no word.
fn is_plain(text: &str) -> bool {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| !byte.is_ascii()) {
        match rest.get(at..at + 3) {
            Some([0xe2, 0x80, 0x93 | 0x94 | 0x98..=0x9f]) => rest = rest.get(at + 3..).unwrap_or_default(),
            _ => return false,
        }
    }
    true
}

#[derive(Clone, Copy, PartialEq)]
enum Class {
    Word,
    Cjk,
    Symbol,
    Break,
}

/// Cuts normalised text: each tag is given before the words that it is made of.
fn cut<'a>(text: &'a str, emit: impl FnMut(Piece<'a>)) {
    if is_plain(text) { cut_plain(text, emit) } else { cut_any(text, emit) }
}

/// [`cut_any`] for most of what is written in English, without looking up classes of characters.
fn cut_plain<'a>(text: &'a str, mut emit: impl FnMut(Piece<'a>)) {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let word_length = |rest: &[u8]| rest.iter().position(|byte| !is_word(byte)).unwrap_or(rest.len());
    let slice = |from: usize, length: usize| text.get(from..from + length).unwrap_or_default();
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let at = text.len() - rest.len();
        let length = word_length(rest);
        if length > 0 {
            emit(Piece::Word(slice(at, length.min(MAX_WORD))));
            rest = rest.get(length..).unwrap_or_default();
            // A sign right behind a word is no tag's.
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        if is_sign(char::from(*first)) {
            let length = word_length(behind).min(MAX_WORD);
            if length > 0 {
                emit(Piece::Tag(slice(at, 1 + length)));
            }
        }
        rest = behind;
    }
}

fn cut_any<'a>(text: &'a str, mut emit: impl FnMut(Piece<'a>)) {
    let mut start = 0;
    let mut class = Class::Break;
    let mut length = 0;
    let slice = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    for (at, c) in text.char_indices() {
        let next = class_of(c);
        if is_sign(c) && class != Class::Word && class != Class::Cjk {
            let rest = slice(at + 1, text.len());
            let end = rest
                .char_indices()
                .take(MAX_WORD)
                .find(|(_, c)| !matches!(class_of(*c), Class::Word | Class::Cjk))
                .map_or_else(|| rest.char_indices().nth(MAX_WORD).map_or(rest.len(), |(end, _)| end), |(end, _)| end);
            if end > 0 {
                emit(Piece::Tag(slice(at, at + 1 + end)));
            }
        }
        // A mark belongs to what stands before it.
        if next == class && next != Class::Symbol && (next != Class::Word || length < MAX_WORD) {
            length += 1;
            continue;
        }
        match class {
            // What is longer than a word may be is left out up to the next break.
            Class::Word if next == Class::Word && length == MAX_WORD => {
                emit(Piece::Word(slice(start, at)));
                length += 1;
                continue;
            }
            Class::Word if length > MAX_WORD => {
                if next == Class::Word {
                    continue;
                }
            }
            Class::Word | Class::Symbol => emit(Piece::Word(slice(start, at))),
            Class::Cjk => emit(Piece::Cjk(slice(start, at))),
            Class::Break => {}
        }
        (start, class, length) = (at, next, 1);
    }
    match class {
        Class::Word if length > MAX_WORD => {}
        Class::Word | Class::Symbol => emit(Piece::Word(slice(start, text.len()))),
        Class::Cjk => emit(Piece::Cjk(slice(start, text.len()))),
        Class::Break => {}
    }
}

/// The overlapping pairs of a run, and its last character alone when `tail`.
fn pairs<'a>(run: &'a str, tail: bool, mut emit: impl FnMut(&'a str)) {
    let mut starts = run.char_indices().map(|(at, _)| at).peekable();
    while let Some(start) = starts.next() {
        let mut ahead = starts.clone();
        match (ahead.next(), ahead.next()) {
            (Some(_), end) => emit(run.get(start..end.unwrap_or(run.len())).unwrap_or_default()),
            (None, _) if tail => emit(run.get(start..).unwrap_or_default()),
            (None, _) => {}
        }
    }
}

fn is_sign(c: char) -> bool {
    matches!(c, '#' | '@' | '$')
}

/// Joiners, variation selectors and skin tones: 👍🏽 is found as 👍.
fn is_ignored(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

fn class_of(c: char) -> Class {
    if c.is_ascii() {
        return if c.is_ascii_alphanumeric() || c == '_' { Class::Word } else { Class::Break };
    }
    if is_cjk(c) {
        Class::Cjk
    } else if c.is_alphanumeric() || is_mark(c) {
        Class::Word
    } else if is_symbol(c) {
        Class::Symbol
    } else {
        Class::Break
    }
}

/// Han, Hiragana, Katakana, Bopomofo and Hangul, without their punctuation.
fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{3005}' | '\u{3007}' | '\u{3041}'..='\u{3096}' | '\u{309d}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}'
        | '\u{30fc}'..='\u{30ff}' | '\u{3105}'..='\u{312f}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{20000}'..='\u{3ffff}')
}

/// Arrows, technical signs, dingbats and emoji.
fn is_symbol(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1fbff}' | '\u{a9}' | '\u{ae}' | '\u{20ac}' | '\u{2122}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_normal_already_is_what_normalising_makes_of_it() {
        for c in '\u{2000}'..='\u{2030}' {
            for text in [format!("A{c}b"), format!("{c}{c}"), format!("Don{c}t “SHOUT” — e\u{301}{c}")] {
                let slow: String =
                    nfkc(text.chars()).filter(|c| !is_ignored(*c)).flat_map(char::to_lowercase).collect();
                assert_eq!(normalise(&text), slow, "{text:?}");
            }
        }
    }

    proptest::proptest! {
        /// Piece by piece gives what the whole gives: with marks, jamo, ligatures, emoji and everything else.
        #[test]
        fn pieces_are_normalised_as_the_whole(
            text in r"(\PC|[a-zA-Z #@]|[\u{300}-\u{36f}]|[\u{1100}-\u{11ff}]|[\u{fb00}-\u{fb06}]|[\u{3a3}\u{3c2}\u{130}\u{200d}\u{fe0f}’“—]){0,40}"
        ) {
            let slow: String = nfkc(text.chars()).filter(|c| !is_ignored(*c)).flat_map(char::to_lowercase).collect();
            proptest::prop_assert_eq!(normalise(&text), slow);
        }
    }

    #[test]
    fn terms() {
        for (text, terms) in [
            ("", ""),
            ("  ?!\n", ""),
            ("Straße ＦＵＬＬ ﬁne", "straße full fine"),
            ("a@b.example @Jane_Doe: hi", "a b example jane_doe hi @jane_doe"),
            ("$TWTR costs $5", "twtr costs 5 $twtr $5"),
            ("#猫カフェ!", "猫カ カフ フェ ェ #猫カフェ"),
            ("犬", "犬"),
            ("검색어 test", "검색 색어 어 test"),
            ("go🦀🚀now 👍🏽", "go 🦀 🚀 now 👍"),
            ("🇩🇪", "🇩 🇪"),
            ("cafe\u{301}", "café"),
            ("nul\0byte", "nul byte"),
            ("# @ $ ##x", "x #x"),
            ("می\u{200c}خواهم", "میخواهم"),
        ] {
            assert_eq!(search_terms(text), terms, "{text:?}");
        }
    }

    #[test]
    fn long_words_and_texts_are_cut() {
        let long = "x".repeat(1000);
        assert_eq!(search_terms(&format!("a {long} b")), format!("a {} b", "x".repeat(64)));
        assert_eq!(search_terms(&format!("#{long}")), format!("{0} #{0}", "x".repeat(64)));
        assert_eq!(search_terms(&"y".repeat(64)), "y".repeat(64));
        assert!(search_terms(&"word ".repeat(1_000_000)).len() <= MAX_TERMS);
        assert!(search_terms(&"猫".repeat(1_000_000)).len() <= MAX_TERMS);
    }

    #[test]
    fn the_short_way_cuts_as_the_long_one() {
        const ALPHABET: [char; 7] = ['a', '_', '#', '@', ' ', '.', '”'];
        let mut texts: Vec<String> = vec![String::new()];
        for _ in 0..6 {
            texts.extend(texts.clone().iter().flat_map(|text| ALPHABET.map(|c| format!("{text}{c}"))));
            texts.sort();
            texts.dedup();
        }
        for length in [63, 64, 65, 129] {
            let word = "x".repeat(length);
            texts.extend([format!("#{word} a"), format!("{word}#b"), format!("a@{word}"), format!("{word} #{word}#")]);
        }
        for text in &texts {
            let (mut short, mut long) = (Vec::new(), Vec::new());
            cut_plain(text, |piece| short.push(piece));
            cut_any(text, |piece| long.push(piece));
            assert_eq!(short, long, "{text:?}");
        }
        assert!(texts.len() > 50_000);
    }

    #[test]
    fn queries() {
        for (text, fts5) in [
            ("Rust", "\"rust\""),
            ("rust rust", "\"rust\""),
            ("don't", "\"don t\""),
            ("\"Borrow, checker\"", "\"borrow checker\""),
            ("\"open end", "\"open end\""),
            ("pre* \"two wor\"*", "\"pre\"* AND \"two wor\"*"),
            ("#Rust @Jane", "\"#rust\" AND \"@jane\""),
            ("(#rust),", "\"#rust\""),
            ("#a#b", "\"a b\""),
            ("a OR b NOT c NEAR(d)", "\"a\" AND \"or\" AND \"b\" AND \"not\" AND \"c\" AND \"near d\""),
            ("猫", "\"猫\"*"),
            ("黒猫", "\"黒猫\""),
            ("黒猫カ", "\"黒猫 猫カ\""),
            ("\"黒猫 cafe\"", "\"黒猫 猫 cafe\""),
            ("* ** \"\" x", "\"x\""),
            ("a:b^c{d}", "\"a b c d\""),
        ] {
            assert_eq!(SearchQuery::parse(text).unwrap().to_fts5(), fts5, "{text:?}");
        }
        for text in ["", " ", "\"", "*", "\"\"", "?!", "#"] {
            assert_eq!(SearchQuery::parse(text).unwrap_err().code(), "search.empty", "{text:?}");
        }
    }
}
