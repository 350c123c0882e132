//! What a candidate must pass before it is ranked.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::author::AuthorIndex;
use super::copy::{Copied, CopyIndex};
use super::entities;
use super::language;
use super::numbers;
use super::prose;
use super::words::{is_unseen, is_unspaced, words};
use crate::text::normal::nfkc;
use crate::text::weighted_length;

/// What [`select_with`](super::select_with) is told beside the profile.
///
/// The default asks for nothing but what a tweet must be: at most 280 weighted characters, in a language of the author,
/// no copy, no wrapping. Only with [`sources`](Self::sources) are handles, links and numbers held against them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SelectOptions {
    /// What the candidates are to be about; without it topic does not count.
    pub topic: Option<String>,
    /// The longest weighted length.
    pub limit: usize,
    /// The language asked for (BCP 47); `None`: one that the author writes in.
    pub language: Option<String>,
    /// Words, phrases and signs that must not appear.
    pub banned: Vec<String>,
    /// The texts of the request. With them, handles, links and numbers must stand in one, and their words are nobody's
    /// copy; `None`: they are not checked.
    pub sources: Option<Vec<String>>,
    /// The most hashtags, those of the sources not counted; `None`: any number.
    pub max_hashtags: Option<usize>,
    /// Drafts that exist already: what is nearly one of them is a duplicate.
    pub existing: Vec<String>,
}

impl Default for SelectOptions {
    fn default() -> Self {
        Self {
            topic: None,
            limit: 280,
            language: None,
            banned: Vec::new(),
            sources: None,
            max_hashtags: None,
            existing: Vec::new(),
        }
    }
}

impl SelectOptions {
    /// Prefers candidates about the topic.
    #[must_use]
    pub fn topic(mut self, topic: impl Into<String>) -> Self {
        self.topic = Some(topic.into());
        self
    }

    /// The longest weighted length.
    #[must_use]
    pub fn limit(mut self, weighted_length: usize) -> Self {
        self.limit = weighted_length;
        self
    }

    /// The language (BCP 47).
    #[must_use]
    pub fn language(mut self, tag: impl Into<String>) -> Self {
        self.language = Some(tag.into());
        self
    }

    /// Adds a word, phrase or sign that must not appear.
    #[must_use]
    pub fn banned(mut self, word: impl Into<String>) -> Self {
        self.banned.push(word.into());
        self
    }

    /// Holds handles, links and numbers against these texts.
    #[must_use]
    pub fn sources<T: Into<String>>(mut self, texts: impl IntoIterator<Item = T>) -> Self {
        self.sources = Some(texts.into_iter().map(Into::into).collect());
        self
    }

    /// The most hashtags.
    #[must_use]
    pub fn max_hashtags(mut self, most: usize) -> Self {
        self.max_hashtags = Some(most);
        self
    }
}

/// Why a gate rejects a candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) code: &'static str,
    pub(crate) reason: String,
}

impl Refused {
    pub(crate) fn new(code: &'static str, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }
}

/// The gates for one request, with what they compare against worked out once.
#[derive(Debug)]
pub(crate) struct Gates<'a> {
    options: &'a SelectOptions,
    author: &'a AuthorIndex,
    asked: CopyIndex,
    languages: Vec<&'static str>,
    banned: Vec<(String, Vec<String>)>,
    handles: BTreeSet<String>,
    links: BTreeSet<String>,
    numbers: BTreeSet<String>,
    hashtags: BTreeSet<String>,
}

impl<'a> Gates<'a> {
    pub(crate) fn new(options: &'a SelectOptions, author: &'a AuthorIndex) -> Self {
        let sources = || options.sources.iter().flatten().map(String::as_str);
        let languages = match &options.language {
            // A language that the detector does not know cannot be told from its neighbours: the gate stays open.
            Some(tag) => language::known(tag).into_iter().collect(),
            None => author.languages().to_vec(),
        };
        Self {
            options,
            author,
            asked: CopyIndex::new(sources()),
            languages,
            banned: options.banned.iter().map(|word| (word.trim().to_owned(), words(word))).collect(),
            handles: sources().flat_map(entities::handles).collect(),
            links: sources().flat_map(entities::links).map(|link| entities::same_link(&link)).collect(),
            numbers: numbers::allowed(sources()),
            hashtags: sources().flat_map(entities::hashtags).collect(),
        }
    }

    /// Lets the candidate pass with what it has in common with the author's tweets, or says why not.
    ///
    /// # Errors
    /// The first gate that it fails, cheapest first.
    pub(crate) fn check(&self, text: &str) -> Result<Copied, Refused> {
        empty(text)?;
        self.length(text)?;
        if let Some(reason) = prose::around(text) {
            return Err(Refused::new("gate.prose", reason));
        }
        self.language(text)?;
        self.banned(text)?;
        if self.options.sources.is_some() {
            self.invented(text)?;
        }
        self.hashtags(text)?;
        let copied = self.author.copies().check_except(text, &self.asked);
        if let Some(reason) = copy_reason(&copied) {
            return Err(Refused::new("gate.copy", reason));
        }
        Ok(copied)
    }

    fn length(&self, text: &str) -> Result<(), Refused> {
        let (length, limit) = (weighted_length(text), self.options.limit);
        if length > limit {
            let reason =
                format!("it is {length} characters long by Twitter's count, {} more than {limit}", length - limit);
            return Err(Refused::new("gate.too_long", reason));
        }
        Ok(())
    }

    fn language(&self, text: &str) -> Result<(), Refused> {
        match language::detect(text) {
            Some(found) if !self.languages.is_empty() && !self.languages.contains(&found) => {
                let wanted = self.languages.join(" or ");
                Err(Refused::new("gate.language", format!("it is in `{found}`, not in `{wanted}`")))
            }
            _ => Ok(()),
        }
    }

    fn banned(&self, text: &str) -> Result<(), Refused> {
        let own = words(text);
        let folded: String = nfkc(text.chars()).flat_map(char::to_lowercase).collect();
        for (shown, parts) in &self.banned {
            let found = match parts.as_slice() {
                [] => !shown.is_empty() && text.contains(shown.as_str()),
                [one] if one.chars().any(is_unspaced) => folded.contains(one.as_str()),
                parts => own.windows(parts.len()).any(|window| window == parts),
            };
            if found {
                return Err(Refused::new("gate.banned_word", format!("it has `{shown}`, which is not wanted")));
            }
        }
        Ok(())
    }

    fn invented(&self, text: &str) -> Result<(), Refused> {
        for handle in entities::handles(text) {
            if !self.handles.contains(&handle) && !self.author.knows_handle(&handle) {
                let reason = format!("it names `@{handle}`, whom neither the request nor the author's tweets name");
                return Err(Refused::new("gate.invented_handle", reason));
            }
        }
        for link in entities::links(text) {
            if !self.links.contains(&entities::same_link(&link)) {
                return Err(Refused::new(
                    "gate.invented_link",
                    format!("it has the link `{link}`, which was not given"),
                ));
            }
        }
        for number in numbers::numbers(&entities::without(text)) {
            if number.states && !self.numbers.contains(&number.value) {
                let reason = format!("it states `{}`, which was not given", number.shown);
                return Err(Refused::new("gate.invented_number", reason));
            }
        }
        Ok(())
    }

    fn hashtags(&self, text: &str) -> Result<(), Refused> {
        let Some(most) = self.options.max_hashtags else { return Ok(()) };
        let more = entities::hashtags(text).into_iter().filter(|tag| !self.hashtags.contains(tag)).count();
        if more > most {
            let wanted = if most == 0 { "none".to_owned() } else { format!("at most {most}") };
            return Err(Refused::new("gate.hashtags", format!("it has {more} hashtags, where {wanted} are wanted")));
        }
        Ok(())
    }
}

fn copy_reason(copied: &Copied) -> Option<String> {
    if !copied.is_copy() {
        return None;
    }
    Some(match &copied.run {
        _ if copied.whole => "it is one of the author's tweets again".to_owned(),
        Some(run) => format!("it copies `{run}` from the author's tweets"),
        None => format!("{:.0} % of it stands in the author's tweets word for word", copied.containment * 100.0),
    })
}

fn empty(text: &str) -> Result<(), Refused> {
    let visible = |c: char| !c.is_whitespace() && !is_unseen(c) && !matches!(c, '\u{fffd}' | '\u{2800}');
    if text.chars().any(visible) { Ok(()) } else { Err(Refused::new("gate.empty", "there is nothing in it")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(options: &SelectOptions, own: &[&str], text: &str) -> Option<&'static str> {
        let author = AuthorIndex::of_texts(own.iter().copied());
        let gates = Gates::new(options, &author);
        gates.check(text).err().map(|refused| refused.code)
    }

    const OWN: [&str; 5] = [
        "The parser is done and it was a lot of fun to write with @anna",
        "This is the one that you all have been waiting for, @anna",
        "It is raining and I have to fix the build #rust",
        "There was a bug in the importer. It is gone now.",
        "Tea.",
    ];

    #[test]
    fn each_gate_has_its_code() {
        let plain = SelectOptions::default();
        let asked = SelectOptions::default()
            .sources(["3 times faster for 1,200 people, see https://a.example/post and @bob", "#launch"])
            .max_hashtags(1)
            .banned("Thrilled")
            .banned("game changer")
            .banned("—");
        for (options, text, wanted) in [
            (&plain, "", Some("gate.empty")),
            (&plain, " \u{200b}\n\u{fe0f}", Some("gate.empty")),
            (&plain, "🎉", None),
            (&plain, "Sure! Here are three tweets:", Some("gate.prose")),
            (&plain, "Here are the things I like about tea", None),
            (&plain, "{\"tweets\": []}", Some("gate.prose")),
            (&plain, "As an AI language model I have no opinion", Some("gate.prose")),
            (&plain, "Esto es lo que todos los que escriben código no quieren ver", Some("gate.language")),
            (&plain, "Genial, sí", None),
            (&plain, "so: a lot of fun to write with tea and music and no tests at all", Some("gate.copy")),
            (&plain, "tea!", Some("gate.copy")),
            (&plain, "anything 42 @stranger https://evil.example", None),
            (&asked, "so thrilled about this", Some("gate.banned_word")),
            (&asked, "what a Game-Changer", Some("gate.banned_word")),
            (&asked, "fast — finally", Some("gate.banned_word")),
            (&asked, "the thrill of it", None),
            (&asked, "hi @stranger", Some("gate.invented_handle")),
            (&asked, "hi @Anna and @BOB", None),
            (&asked, "read https://evil.example", Some("gate.invented_link")),
            (&asked, "read https://A.example/post!", None),
            (&asked, "read evil.example.com now", Some("gate.invented_link")),
            (&asked, "4x faster", Some("gate.invented_number")),
            (&asked, "3x faster for 1200 of you, all 2 of us are happy", None),
            (&asked, "#a #b go", Some("gate.hashtags")),
            (&asked, "#a #Launch go", None),
        ] {
            assert_eq!(check(options, &OWN, text), wanted, "{text}");
        }
    }

    #[test]
    fn exactly_the_limit_passes() {
        let own = ["Tea."];
        let plain = SelectOptions::default();
        assert_eq!(check(&plain, &own, "ab ".repeat(93).trim_end_matches(" ")), None);
        assert_eq!(check(&plain, &own, &"a".repeat(280)), None);
        assert_eq!(check(&plain, &own, &"a".repeat(281)), Some("gate.too_long"));
        assert_eq!(check(&plain, &own, &"字".repeat(140)), None);
        assert_eq!(check(&plain, &own, &"字".repeat(141)), Some("gate.too_long"));
        assert_eq!(check(&SelectOptions::default().limit(400), &own, &"a".repeat(400)), None);
    }

    #[test]
    fn a_language_that_is_asked_for_is_the_only_one() {
        let spanish = SelectOptions::default().language("es");
        assert_eq!(check(&spanish, &OWN, "It is what it is and that was all of it"), Some("gate.language"));
        assert_eq!(check(&spanish, &OWN, "Esto es lo que todos los que escriben código no quieren ver"), None);
        let finnish = SelectOptions::default().language("fi");
        assert_eq!(check(&finnish, &OWN, "It is what it is and that was all of it"), None, "cannot tell");
    }
}
