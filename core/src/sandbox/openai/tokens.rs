use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Cuts a text into pieces about the size of a model's tokens: at most four letters with the space before them, one sign,
/// one character of a script without spaces. The pieces joined are the text.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut letters = 0;
        let mut end = 0;
        for (at, c) in rest.char_indices() {
            let word = c.is_alphanumeric() && (c as u32) < 0x2e80;
            if at > 0 && !(letters > 0 && word) && !(letters == 0 && end == 1 && rest.starts_with(' ')) {
                break;
            }
            if letters == 4 {
                break;
            }
            letters += usize::from(word);
            end = at + c.len_utf8();
        }
        let (piece, after) = rest.split_at_checked(end)?;
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

/// How many tokens a text has, by the stand-in's own measure.
pub(crate) fn count(text: &str) -> u64 {
    pieces(text).count() as u64
}

/// The service's prompt cache as it shows in the usage: a beginning of at least 1,024 tokens that was sent before is
/// cached, in steps of 128 (<https://developers.openai.com/api/docs/guides/prompt-caching>).
#[derive(Debug, Default)]
pub(crate) struct PromptCache {
    seen: HashSet<u64>,
    order: VecDeque<u64>,
}

impl PromptCache {
    const FIRST: u64 = 1024;
    const STEP: u64 = 128;
    const MAX: usize = 16_384;

    /// How many tokens of this prompt were cached; it is in the cache from now on. `scope` keeps models and cache keys apart.
    pub(crate) fn read(&mut self, scope: &str, prompt: &str) -> u64 {
        let mut hasher = DefaultHasher::new();
        scope.hash(&mut hasher);
        let (mut tokens, mut cached, mut unbroken) = (0, 0, true);
        for piece in pieces(prompt) {
            piece.hash(&mut hasher);
            tokens += 1;
            if tokens < Self::FIRST || tokens % Self::STEP != 0 {
                continue;
            }
            let prefix = hasher.finish();
            if self.seen.contains(&prefix) {
                if unbroken {
                    cached = tokens;
                }
                continue;
            }
            unbroken = false;
            self.seen.insert(prefix);
            self.order.push_back(prefix);
            if self.order.len() > Self::MAX
                && let Some(old) = self.order.pop_front()
            {
                self.seen.remove(&old);
            }
        }
        cached
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_join_to_the_text() {
        for text in
            ["", " ", "  two  spaces", "ok so… the 🥖 is \n\tback", "今日はパン", "internationalization", "a1b2c3d4e5"]
        {
            let joined: String = pieces(text).collect();
            assert_eq!(joined, text);
        }
        assert_eq!(pieces("hello world").collect::<Vec<_>>(), ["hell", "o", " worl", "d"]);
        assert_eq!(count("今日は"), 3);
    }

    #[test]
    fn a_known_beginning_is_cached_in_steps() {
        let mut cache = PromptCache::default();
        let long = "word ".repeat(1500);
        assert_eq!(cache.read("a", &long), 0);
        let again = cache.read("a", &format!("{long} and a new end"));
        assert!(again >= 1024 && again % 128 == 0, "{again}");
        assert_eq!(cache.read("b", &long), 0, "another key");
        assert_eq!(cache.read("a", &format!("x{long}")), 0, "another beginning");
        assert_eq!(cache.read("a", "short"), 0);
        for n in 0..400 {
            cache.read("a", &format!("{n}{}", "word ".repeat(8000)));
        }
        assert!(cache.order.len() <= PromptCache::MAX && cache.seen.len() <= PromptCache::MAX, "bounded");
    }
}
