//! Recombining: openers, short phrases, closers and emoji of different examples around the words of the topic.

use std::collections::BTreeSet;

use super::brief::Brief;

/// A piece of an example, with the number of the example.
type Piece = (usize, String);

/// The pieces of the examples in one language.
#[derive(Debug, Default)]
pub(super) struct Pool {
    openers: Vec<Piece>,
    phrases: Vec<Piece>,
    closers: Vec<Piece>,
    emoji: Vec<String>,
    /// What stands between clauses, as often as it does in the examples.
    joints: Vec<&'static str>,
    lower: bool,
    spaceless: bool,
    emoji_share: f64,
    stop_share: f64,
    lengths: Vec<usize>,
    own: Vec<Vec<String>>,
}

const STOPWORDS: &[(&str, &str)] = &[
    (
        "en",
        " the a an and or but of to in on at for with is are was were be been it its this that we you i my our your \
         they he she not so if as by from have has had do does did what when how why just about ",
    ),
    (
        "de",
        " der die das und oder aber von zu in im auf an für mit ist sind war waren sein es dies wir du ich mein unser ihr \
         nicht so wenn als bei aus hat haben hatte was wann wie warum nur über ein eine einen dem den auch noch ",
    ),
    (
        "es",
        " el la los las y o pero de a en por para con es son fue ser lo esto que nosotros yo mi mis nuestro no si como \
         un una del al se ha he hay ya muy más qué cuando cómo porque sobre ",
    ),
];

const CLAUSE_ENDS: &[char] =
    &['.', '!', '?', '…', ':', ';', ',', '\n', '—', '(', ')', '"', '“', '”', '、', '。', '！', '？', '「', '」'];

impl Pool {
    pub(super) fn new(brief: &Brief) -> Self {
        let languages: Vec<&str> = brief.examples.iter().map(|example| language(&example.text)).collect();
        let asked = brief.language.as_deref().and_then(|asked| asked.get(..2));
        let wanted = match asked.filter(|asked| languages.contains(asked)) {
            Some(asked) => asked,
            None => ["en", "de", "es", "ja"]
                .into_iter()
                .max_by_key(|name| (languages.iter().filter(|language| *language == name).count(), *name == "en"))
                .unwrap_or("en"),
        };
        let mut pool = Self { spaceless: wanted == "ja", ..Self::default() };
        let (mut lower, mut with_emoji, mut stopped, mut all) = (0_usize, 0_usize, 0_usize, 0_usize);
        for (at, (example, language)) in brief.examples.iter().zip(&languages).enumerate() {
            pool.own.push(words(&example.text));
            if *language != wanted || example.text.starts_with("RT @") {
                continue;
            }
            all += 1;
            let text = example.text.trim();
            lower += usize::from(text.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_lowercase));
            let emoji: String = text.chars().filter(|c| is_emoji(*c)).collect();
            with_emoji += usize::from(!emoji.is_empty());
            stopped += usize::from(text.ends_with(['.', '!', '?', '…', '。', '！', '？']));
            pool.lengths.push(text.chars().count().min(220));
            pool.emoji.extend(text.split_whitespace().filter(|word| word.chars().all(is_emoji)).map(str::to_owned));
            for (sign, joint) in
                [("…", "… "), (". ", ". "), (", ", ", "), ("\n", "\n"), ("! ", "! "), ("? ", "? "), (" - ", " - ")]
            {
                pool.joints.extend(std::iter::repeat_n(joint, text.matches(sign).count().min(3)));
            }
            pool.cut(at, text, brief);
        }
        if pool.joints.is_empty() {
            pool.joints.push(". ");
        }
        let share = |part: usize| if all == 0 { 0.0 } else { part as f64 / all as f64 };
        pool.lower = share(lower) > 0.5;
        pool.emoji_share = share(with_emoji);
        pool.stop_share = share(stopped);
        pool
    }

    fn cut(&mut self, at: usize, text: &str, brief: &Brief) {
        let clauses: Vec<String> = text
            .split(CLAUSE_ENDS)
            .filter_map(|clause| {
                let words: Vec<&str> = clause.split_whitespace().filter(|word| !word.chars().all(is_emoji)).collect();
                let plain = words.iter().all(|word| is_plain(word, brief));
                (plain && !words.is_empty()).then(|| words.join(" "))
            })
            .collect();
        let size =
            |clause: &str| if self.spaceless { clause.chars().count().div_ceil(3) } else { clause.split(' ').count() };
        for (number, clause) in clauses.iter().enumerate() {
            let words: Vec<&str> = clause.split(' ').collect();
            let short = size(clause);
            if number == 0 {
                if short <= 3 {
                    self.openers.push((at, clause.clone()));
                } else if !self.spaceless {
                    self.openers.push((at, words.iter().take(2).copied().collect::<Vec<_>>().join(" ")));
                }
            }
            if number + 1 == clauses.len() && number > 0 && short <= 4 {
                self.closers.push((at, clause.clone()));
            }
            if (2..=4).contains(&short) {
                // Whole clauses read best: they are drawn three times as often as cut ones.
                self.phrases.extend(std::iter::repeat_n((at, clause.clone()), 3));
            } else if short > 4 && !self.spaceless {
                let tail: Vec<&str> = words.iter().rev().take(4).rev().copied().collect();
                self.phrases.push((at, tail.join(" ")));
                self.phrases.push((at, words.iter().take(4).copied().collect::<Vec<_>>().join(" ")));
            }
        }
    }

    /// A tweet that is no copy of an example and not one of `told`; the least bad try where none is.
    pub(super) fn compose(&self, brief: &Brief, rng: &mut fastrand::Rng, told: &[String]) -> String {
        let limit = brief.limit.unwrap_or(280).clamp(20, 25_000) - 5;
        let mut text = String::new();
        for _ in 0..40 {
            text = self.attempt(brief, rng);
            let lower = text.to_lowercase();
            let banned = brief.banned.iter().any(|word| lower.contains(word.as_str()));
            if weight(&text) <= limit && !banned && !told.contains(&text) && !self.copies(&text) {
                return text;
            }
        }
        let mut left = limit;
        text.chars()
            .take_while(|c| {
                let fits = left >= 2;
                left = left.saturating_sub(if c.is_ascii() { 1 } else { 2 });
                fits
            })
            .collect()
    }

    fn attempt(&self, brief: &Brief, rng: &mut fastrand::Rng) -> String {
        let target = pick(&self.lengths, rng).copied().unwrap_or(80).max(40);
        let mut used = BTreeSet::new();
        let mut segments: Vec<String> = Vec::new();
        let topic = self.topic(brief, rng);
        let opener = if rng.f64() < 0.6 { take(&self.openers, &mut used, rng) } else { None };
        let place = rng.usize(0..3);
        if place > 0
            && let Some(topic) = &topic
        {
            segments.push(topic.clone());
        }
        for _ in 0..4 {
            let length: usize = segments.iter().map(|segment| segment.chars().count() + 2).sum();
            if length >= target && segments.len() > 1 {
                break;
            }
            match take(&self.phrases, &mut used, rng) {
                Some(phrase) => segments.push(phrase),
                None => break,
            }
        }
        if place == 0
            && let Some(topic) = topic
        {
            segments.push(topic);
        }
        if rng.f64() < 0.4
            && let Some(closer) = take(&self.closers, &mut used, rng)
        {
            segments.push(closer);
        }
        let mut text = String::new();
        if let Some(opener) = opener {
            text.push_str(&opener);
            text.push_str(if self.spaceless {
                "、"
            } else if rng.bool() {
                " "
            } else {
                ", "
            });
        }
        for (at, segment) in segments.iter().enumerate() {
            if at > 0 {
                text.push_str(if self.spaceless { "。" } else { pick(&self.joints, rng).copied().unwrap_or(". ") });
            }
            let starts = text.is_empty() || text.trim_end().ends_with(['.', '!', '?', '\n']) || text.ends_with('\n');
            text.push_str(&self.cased(segment, starts));
        }
        if rng.f64() < self.stop_share {
            text.push_str(if self.spaceless { "。" } else { pick(&[".", "…", "."], rng).copied().unwrap_or(".") });
        }
        if rng.f64() < self.emoji_share
            && let Some(emoji) = pick(&self.emoji, rng)
        {
            text.push(' ');
            text.push_str(emoji);
        }
        text
    }

    /// The topic, whole or by its main words.
    fn topic(&self, brief: &Brief, rng: &mut fastrand::Rng) -> Option<String> {
        let topic = brief.topic.as_deref()?;
        let all: Vec<&str> = topic.split_whitespace().collect();
        let main: Vec<&str> = all
            .iter()
            .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
            .filter(|word| word.chars().count() > 1 && !is_stopword(&word.to_lowercase()))
            .collect();
        let (Some(first), Some(last)) = (main.first(), main.last()) else { return Some(topic.to_owned()) };
        Some(match rng.usize(0..5) {
            0 | 1 if all.len() <= 8 => topic.trim_end_matches(['.', '!', '?']).to_owned(),
            2 => main.join(" "),
            3 if main.len() > 1 => format!("{last}, {first}"),
            4 if main.len() > 1 => format!("{first} + {last}"),
            _ => main.iter().take(3).copied().collect::<Vec<_>>().join(" "),
        })
    }

    fn cased(&self, segment: &str, starts: bool) -> String {
        let mut chars = segment.chars();
        let Some(first) = chars.next() else { return String::new() };
        let second_upper = chars.clone().next().is_some_and(char::is_uppercase);
        if self.lower && !second_upper {
            first.to_lowercase().chain(chars).collect()
        } else if starts {
            first.to_uppercase().chain(chars).collect()
        } else {
            segment.to_owned()
        }
    }

    /// Six words in a row of one example, or half of its own runs of five.
    fn copies(&self, text: &str) -> bool {
        let new = words(text);
        let runs = new.windows(5).count().max(1);
        self.own.iter().any(|own| {
            let shared = new.windows(5).filter(|run| own.windows(5).any(|known| known == *run)).count();
            shared * 2 >= runs.max(2) || new.windows(6).any(|run| own.windows(6).any(|known| known == run))
        })
    }
}

fn take(pieces: &[Piece], used: &mut BTreeSet<usize>, rng: &mut fastrand::Rng) -> Option<String> {
    for _ in 0..8 {
        let (from, piece) = pick(pieces, rng)?;
        if used.insert(*from) {
            return Some(piece.clone());
        }
    }
    None
}

fn pick<'a, T>(list: &'a [T], rng: &mut fastrand::Rng) -> Option<&'a T> {
    if list.is_empty() { None } else { list.get(rng.usize(0..list.len())) }
}

fn is_stopword(word: &str) -> bool {
    STOPWORDS.iter().any(|(_, words)| words.contains(&format!(" {word} ")))
}

fn is_plain(word: &str, brief: &Brief) -> bool {
    // Links, handles, tags and numbers would be inventions in another tweet.
    !word.contains(['@', '#', '$', '/', '&', '<', '>', '*', '|', '=', '{', '}'])
        && !word.chars().any(char::is_numeric)
        && !brief.banned.iter().any(|banned| word.to_lowercase().contains(banned.as_str()))
}

fn is_emoji(c: char) -> bool {
    matches!(u32::from(c), 0x200d | 0xfe0f | 0x2600..=0x27bf | 0x2b50 | 0x1f000..=0x1faff | 0xe0020..=0xe007f)
}

fn weight(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() || u32::from(c) < 0x1100 { 1 } else { 2 }).sum()
}

fn words(text: &str) -> Vec<String> {
    let split = text.split(|c: char| !c.is_alphanumeric() && c != '\'');
    split.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// A guess at the language, by its commonest words.
pub(super) fn language(text: &str) -> &'static str {
    let kana = text.chars().filter(|c| matches!(u32::from(*c), 0x3040..=0x30ff | 0x4e00..=0x9fff)).count();
    if kana * 3 > text.chars().count() {
        return "ja";
    }
    let words = words(text);
    let hits = |list: &str| words.iter().filter(|word| list.contains(&format!(" {word} "))).count();
    let (mut best, mut most) = ("en", 0);
    for (name, list) in STOPWORDS {
        let found = hits(list);
        if found > most {
            (best, most) = (name, found);
        }
    }
    best
}
