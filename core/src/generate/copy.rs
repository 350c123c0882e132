use std::collections::BTreeSet;

use super::entities;
use super::words::{Token, for_each_token, hash_run, hash_word, is_unspaced, words};

/// Six consecutive own words are a copy.
const RUN_WORDS: usize = 6;
/// Containment counts runs of five words.
const GRAM_WORDS: usize = 5;
/// Scripts without spaces: a word of Chinese or Japanese is about two characters.
const RUN_CHARS: usize = 2 * RUN_WORDS;
const GRAM_CHARS: usize = 2 * GRAM_WORDS;
/// The part of the 5-grams that makes a text a copy.
const CONTAINMENT: f64 = 0.5;
/// A run that stands in so many different own tweets, and in one of a thousand, is a set phrase of the author.
const SET_PHRASE_TWEETS: usize = 5;
/// A longer run is a copy even if all of it is made of set phrases.
const SET_PHRASE_WORDS: usize = 8;

/// What a text has in common with the author's own tweets.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Copied {
    /// The part of its 5-grams that stand in own tweets, 0 to 1 (of its 10-character runs where the script has no
    /// spaces). 1 for a text that repeats a whole own tweet, however short.
    pub containment: f64,
    /// The longest run of words that stands in own tweets, if it is long enough to be a copy.
    pub run: Option<String>,
    /// Whether the whole text is an own tweet again, whatever its case, punctuation, links and handles.
    pub whole: bool,
}

impl Copied {
    /// Whether the copy gate rejects it.
    #[must_use]
    pub fn is_copy(&self) -> bool {
        self.whole || self.run.is_some() || self.containment >= CONTAINMENT
    }
}

/// Every run of five and six words of a person's own tweets, to find what a candidate copies.
///
/// Words are compared in NFKC and lower case without punctuation and without characters that nobody sees; links and handles
/// are no words and end a run of the author's. In a candidate they do not: it is looked at with them and without them.
/// Scripts without spaces are compared by characters, two for a word. Kept are sorted 64-bit hashes, 16 bytes for a
/// word of the corpus (12 MB for 50,000 tweets of 15 words). A lookup that hits is taken for a hit: with 10^6 runs and
/// 10^3 lookups a false one comes once in 10^10 calls, and costs one candidate.
///
/// A short phrase that anybody writes ("happy new year to all of you") is a copy only until it is a habit: a run of 6
/// to 8 words that stands in at least five different own tweets, and in one of a thousand, is a set phrase and passes.
/// A text of set phrases only is still caught by containment.
///
/// ```
/// use ghostwren::generate::CopyIndex;
/// let own = CopyIndex::new(["We shipped the new importer on a rainy Sunday night."]);
/// assert!(own.check("Guess what: we shipped THE new importer on a Monday").is_copy());
/// assert!(!own.check("The importer is new, and it rained on Sunday.").is_copy());
/// ```
#[derive(Clone, Debug, Default)]
pub struct CopyIndex {
    grams: Vec<u64>,
    runs: Vec<u64>,
    set_phrases: Vec<u64>,
    whole: Vec<u64>,
}

impl CopyIndex {
    /// Indexes own tweets: about 5 µs a tweet.
    #[must_use]
    pub fn new<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        let mut index = Self::default();
        let mut seen = BTreeSet::new();
        for text in texts {
            let streams = Streams::of(text.as_ref());
            // A tweet that was tweeted again is one text: it does not make set phrases of its runs.
            if streams.whole == hash_run(&[]) || !seen.insert(streams.whole) {
                continue;
            }
            let from = (index.grams.len(), index.runs.len());
            streams.words.for_each_gram(GRAM_WORDS, |hash, _, _| index.grams.push(hash));
            streams.chars.for_each_gram(GRAM_CHARS, |hash, _, _| index.grams.push(hash));
            streams.words.for_each_gram(RUN_WORDS, |hash, _, _| index.runs.push(hash));
            streams.chars.for_each_gram(RUN_CHARS, |hash, _, _| index.runs.push(hash));
            unique_from(&mut index.grams, from.0);
            unique_from(&mut index.runs, from.1);
        }
        index.whole = seen.into_iter().collect();
        index.grams.sort_unstable();
        index.grams.dedup();
        index.grams.shrink_to_fit();
        index.runs.sort_unstable();
        let often = SET_PHRASE_TWEETS.max(index.whole.len() / 1000);
        index.set_phrases = index.runs.chunk_by(|a, b| a == b).filter(|c| c.len() >= often).map(|c| c[0]).collect();
        index.runs.dedup();
        index.runs.shrink_to_fit();
        index
    }

    /// How many different own texts it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.whole.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.whole.is_empty()
    }

    /// What the text has in common with the own tweets.
    #[must_use]
    pub fn check(&self, text: &str) -> Copied {
        self.check_except(text, &Self::default())
    }

    /// As `check`, but runs that stand in one of the `allowed` texts too are nobody's copy: what the owner asked for
    /// may be used as it was asked.
    #[must_use]
    pub fn check_except(&self, text: &str, allowed: &Self) -> Copied {
        let seen = self.check_streams(&Streams::of(text), allowed);
        // Links, handles, hashtags and wide blanks that stand between own words, or in them, do not make them new.
        if seen.is_copy() {
            return seen;
        }
        let read = self.check_streams(&Streams::bare(text), allowed);
        if read.is_copy() || read.containment > seen.containment { read } else { seen }
    }

    fn check_streams(&self, streams: &Streams, allowed: &Self) -> Copied {
        let whole = streams.whole != hash_run(&[]) && contains(&self.whole, streams.whole);
        let by_words = self.compare(&streams.words, allowed, (GRAM_WORDS, RUN_WORDS));
        let by_chars = self.compare(&streams.chars, allowed, (GRAM_CHARS, RUN_CHARS));
        let containment = if whole { 1.0 } else { by_words.0.max(by_chars.0) };
        Copied { containment, run: by_words.1.or(by_chars.1), whole }
    }

    fn compare(&self, stream: &Stream, allowed: &Self, (gram, run): (usize, usize)) -> (f64, Option<String>) {
        let (mut grams, mut hits) = (0_u32, 0_u32);
        stream.for_each_gram(gram, |hash, _, _| {
            grams += 1;
            hits += u32::from(contains(&self.grams, hash) && !contains(&allowed.grams, hash));
        });
        // The longest unbroken stretch of tokens covered by own runs, and whether any of these is not a set phrase.
        let mut best: Option<(usize, usize)> = None;
        let mut current: Option<(usize, usize, bool)> = None;
        let longest_set_phrase = SET_PHRASE_WORDS * run / RUN_WORDS;
        stream.for_each_gram(run, |hash, start, end| {
            if !contains(&self.runs, hash) || contains(&allowed.runs, hash) {
                return;
            }
            let own = !contains(&self.set_phrases, hash);
            current = match current {
                Some((from, to, any)) if to + 1 == end => Some((from, end, any || own)),
                _ => Some((start, end, own)),
            };
            if let Some((from, to, any)) = current
                && (any || to - from > longest_set_phrase)
                && best.is_none_or(|(a, b)| to - from > b - a)
            {
                best = Some((from, to));
            }
        });
        let containment = if grams == 0 { 0.0 } else { f64::from(hits) / f64::from(grams) };
        (containment, best.map(|(from, to)| stream.quote(from, to)))
    }
}

fn contains(sorted: &[u64], hash: u64) -> bool {
    sorted.binary_search(&hash).is_ok()
}

/// Removes what is double from `start` on.
fn unique_from(hashes: &mut Vec<u64>, start: usize) {
    if let Some(tail) = hashes.get_mut(start..) {
        tail.sort_unstable();
        let mut kept = start;
        for at in start..hashes.len() {
            if at == start || hashes[at] != hashes[kept - 1] {
                hashes[kept] = hashes[at];
                kept += 1;
            }
        }
        hashes.truncate(kept);
    }
}

/// One way to cut a text into tokens.
#[derive(Debug, Default)]
struct Stream {
    /// The hash of each token and its text; a mask has none and ends a run.
    tokens: Vec<(u64, String)>,
    /// The first token of each stretch between masks.
    stretches: Vec<usize>,
    spaced: bool,
}

impl Stream {
    fn push(&mut self, text: &str) {
        self.tokens.push((hash_word(text), text.to_owned()));
    }

    fn mask(&mut self) {
        self.stretches.push(self.tokens.len());
    }

    /// Calls `visit` with hash, first and one past the last token of every run of `n` tokens.
    fn for_each_gram(&self, n: usize, mut visit: impl FnMut(u64, usize, usize)) {
        let mut start = 0;
        let mut hashes = Vec::with_capacity(self.tokens.len());
        for &end in self.stretches.iter().chain([&self.tokens.len()]) {
            let stretch = self.tokens.get(start..end).unwrap_or_default();
            hashes.clear();
            hashes.extend(stretch.iter().map(|(hash, _)| *hash));
            for (at, window) in hashes.windows(n).enumerate() {
                visit(hash_run(window), start + at, start + at + n);
            }
            start = end;
        }
    }

    fn quote(&self, from: usize, to: usize) -> String {
        let words = self.tokens.get(from..to).unwrap_or_default().iter().map(|(_, text)| text.as_str());
        words.collect::<Vec<_>>().join(if self.spaced { " " } else { "" })
    }
}

/// A text in words, and in characters where a part of it is written without spaces.
struct Streams {
    words: Stream,
    chars: Stream,
    whole: u64,
}

impl Streams {
    fn of(text: &str) -> Self {
        Self::new(text, true)
    }

    /// A text without what a reader passes over: links, handles and hashtags, which end no run here, and blanks that nobody
    /// types.
    fn bare(text: &str) -> Self {
        let blank = |c: char| c == '\u{2800}' || (!c.is_ascii() && c.is_whitespace());
        let bare: String = entities::without(text).chars().filter(|c| !blank(*c)).collect();
        Self::new(&bare, false)
    }

    fn new(text: &str, masks: bool) -> Self {
        let mut by_word = Stream { spaced: true, ..Stream::default() };
        let mut by_char = Stream::default();
        let mut run = String::new();
        let unspaced = text.chars().any(is_unspaced);
        for_each_token(text, |token| {
            if let Token::Unspaced(c) = token {
                run.push(c);
                by_char.push(c.encode_utf8(&mut [0; 4]));
                return;
            }
            if !run.is_empty() {
                by_word.push(&run);
                run.clear();
            }
            match token {
                Token::Word(word) => {
                    by_word.push(word);
                    if unspaced {
                        by_char.push(word);
                    }
                }
                _ if masks => {
                    by_word.mask();
                    by_char.mask();
                }
                _ => {}
            }
        });
        if !run.is_empty() {
            by_word.push(&run);
        }
        let whole = hash_run(&by_word.tokens.iter().map(|(hash, _)| *hash).collect::<Vec<_>>());
        Self { words: by_word, chars: by_char, whole }
    }
}

/// How much two texts have in common: Jaccard similarity of their word pairs, of single words in very short ones.
pub(crate) fn similarity(a: &str, b: &str) -> f64 {
    let (a, b) = (shingles(a), shingles(b));
    let union = a.union(&b).count();
    if union == 0 {
        return 1.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of words")]
    let share = a.intersection(&b).count() as f64 / union as f64;
    share
}

fn shingles(text: &str) -> BTreeSet<u64> {
    let mut tokens: Vec<u64> = Vec::new();
    if text.chars().any(is_unspaced) {
        for_each_token(text, |token| match token {
            Token::Word(word) => tokens.push(hash_word(word)),
            Token::Unspaced(c) => tokens.push(hash_word(c.encode_utf8(&mut [0; 4]))),
            Token::Mask => {}
        });
    } else {
        tokens.extend(words(text).iter().map(|word| hash_word(word)));
    }
    if tokens.is_empty() {
        // Emoji and punctuation only: compared by characters.
        tokens.extend(text.chars().filter(|c| !c.is_whitespace()).map(|c| hash_word(c.encode_utf8(&mut [0; 4]))));
    }
    if tokens.len() < 3 { tokens.into_iter().collect() } else { tokens.windows(2).map(hash_run).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_words_are_a_copy_and_five_are_not() {
        let own = CopyIndex::new(["one two three four five six seven eight nine ten"]);
        let six = own.check("a b c d e f g three FOUR, five. six seven — eight h i j k l m");
        assert_eq!(six.run.as_deref(), Some("three four five six seven eight"));
        assert!(six.is_copy() && !six.whole);
        let five = own.check("a b c d e f g three four five six seven h i j k l m");
        assert!(five.run.is_none() && !five.is_copy() && five.containment > 0.0, "{five:?}");
        assert!(own.check("a b two three four five six c").containment < 0.5);
        assert!(own.check("two three four five six c").is_copy(), "one of its two 5-grams is own");
    }

    #[test]
    fn a_whole_short_tweet_again_is_a_copy() {
        let own = CopyIndex::new(["Good morning!", "🎉"]);
        assert!(own.check("good MORNING @all https://t.co/1").whole);
        assert!(!own.check("Good evening!").is_copy());
        assert!(!own.check("").is_copy() && !own.check("🎉🎉").is_copy());
    }

    #[test]
    fn links_and_handles_end_a_run() {
        let own = CopyIndex::new(["thanks for the great talk at @conf about rust and memory"]);
        assert!(!own.check("so: talk at @other about rust and no more of all that now").is_copy());
        assert!(own.check("thanks for the great talk at @other yesterday and so on and so on").is_copy());
    }

    #[test]
    fn unread_pieces_do_not_hide_a_copy() {
        let tweet = "We shipped the new importer on a rainy Sunday night and nobody noticed";
        let own = CopyIndex::new([tweet]);
        let words: Vec<&str> = tweet.split(' ').collect();
        let inside = |piece: &str| {
            words
                .iter()
                .map(|word| {
                    let middle = word.len() / 2;
                    let (head, tail) = word.split_at(middle);
                    format!("{head}{piece}{tail}")
                })
                .collect::<Vec<_>>()
                .join(" ")
        };
        for c in [
            "\u{200b}",
            "\u{200c}",
            "\u{200d}",
            "\u{2060}",
            "\u{feff}",
            "\u{ad}",
            "\u{34f}",
            "\u{fe00}",
            "\u{fe0f}",
            "\u{e0100}",
            "\u{e0041}",
            "\u{3164}",
            "\u{115f}",
            "\u{ffa0}",
            "\u{180e}",
            "\u{202e}",
            "\u{0}",
            "\u{336}",
            "\u{2800}",
            "\u{a0}",
            "\u{2003}",
            "\u{202f}",
            "\u{3000}",
            "\u{1d173}",
        ] {
            let between = |every: usize, piece: &str| {
                let chunks: Vec<String> = words.chunks(every).map(|chunk| chunk.join(" ")).collect();
                chunks.join(&format!(" {piece} "))
            };
            for (how, text) in [
                ("in each word", inside(c)),
                ("twice in each word", inside(&c.repeat(2))),
                ("between words", between(1, c)),
                ("between chunks", between(4, &c.repeat(3))),
                ("as the blank, with a blank", words.join(&format!("{c} "))),
            ] {
                assert!(own.check(&text).is_copy(), "{c:?} {how}: {text:?}");
                assert!(own.check(&format!("Look at that: {text}")).is_copy(), "{c:?} {how}, and more");
            }
        }
        for piece in [
            "https://t.co/abc",
            "http://a.example/x?y",
            "t.co/abc",
            "@somebody",
            "#news",
            "👍",
            "— …",
            "\n\n",
            "www.x.example",
        ] {
            for every in 1..6 {
                let chunks: Vec<String> = words.chunks(every).map(|chunk| chunk.join(" ")).collect();
                let text = format!("Hear, hear: {}", chunks.join(&format!(" {piece} ")));
                assert!(own.check(&text).is_copy(), "{piece} after each {every} words: {text:?}");
            }
        }
        assert!(
            !own.check("The importer is new.\u{a0}It rained on @sunday, and nobody shipped https://t.co/x at night")
                .is_copy()
        );
        assert!(!own.check("https://t.co/abc").is_copy() && !own.check("\u{200b}").is_copy());
    }

    #[test]
    fn scripts_without_spaces_go_by_characters() {
        let own = CopyIndex::new(["昨日は雨の中で新しいインポーターを公開しました"]);
        assert!(own.check("実は昨日は雨の中で新しいインポーターの話をしたいと思っていたのです").is_copy());
        assert!(!own.check("今日は晴れたので公園でインポーターの設計を考えました").is_copy());
        let mixed = CopyIndex::new(["昨日 Rust で書いた パーサー は とても 速い です"]);
        assert!(mixed.check("昨日 rust で書いたパーサーはとても速いです、と言われた").is_copy());
    }

    #[test]
    fn a_habit_is_no_copy_until_it_is_all_there_is() {
        let phrase = "happy new year to all of you";
        let own =
            |n: usize| CopyIndex::new((0..n).map(|i| format!("{phrase} number {i} from the {i} people of house {i}")));
        let draft = "Another year of writing compilers is over and I am tired but glad: happy new year to all of you!";
        assert!(own(4).check(draft).is_copy());
        assert!(!own(5).check(draft).is_copy());
        assert!(own(5).check(phrase).is_copy(), "nothing but the phrase");
        let twice = CopyIndex::new(std::iter::repeat_n("the same tweet again and again and again", 9));
        assert_eq!(twice.len(), 1);
        assert!(twice.check("x y z the same tweet again and again v w x y z a b c d").is_copy());
    }

    #[test]
    fn what_was_asked_for_may_be_used() {
        let own = CopyIndex::new(["why we rewrote the whole thing in rust last year"]);
        let draft =
            "Why we rewrote the whole thing in Rust: because the old parser kept eating my weekends, all of them";
        assert!(own.check(draft).is_copy());
        assert!(!own.check_except(draft, &CopyIndex::new(["why we rewrote the whole thing in Rust"])).is_copy());
    }

    #[test]
    fn similarity_is_symmetric_and_bounded() {
        assert!((similarity("a b c", "A, b. c!") - 1.0).abs() < 1e-9);
        assert!(similarity("one two three four", "five six seven eight") < 1e-9);
        assert!((similarity("", "") - 1.0).abs() < 1e-9);
        assert!(similarity("🎉", "🙃") < 1e-9);
    }
}
