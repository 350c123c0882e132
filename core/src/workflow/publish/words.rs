//! Whether the texts of a thread are a draft's: what was approved is what is published.

/// Whether these texts, one after the other, are the words of the draft in their order. Blanks and line breaks between words
/// may differ; within a word there is none. A word is cut between two texts only where a script writes no blanks.
pub(super) fn same_words<'t>(draft: &str, texts: impl IntoIterator<Item = &'t str>) -> bool {
    let mut words = draft.split_whitespace();
    let mut rest = "";
    for text in texts {
        let mut own = text.split_whitespace().peekable();
        while let Some(word) = own.next() {
            if rest.is_empty() {
                rest = words.next().unwrap_or_default();
            }
            let Some(left) = rest.strip_prefix(word) else { return false };
            if !left.is_empty() && (own.peek().is_some() || !may_be_cut(word, left)) {
                return false;
            }
            rest = left;
        }
    }
    rest.is_empty() && words.next().is_none()
}

/// Whether one text may end and the next begin here, without a blank in the draft.
fn may_be_cut(before: &str, after: &str) -> bool {
    before.chars().next_back().is_some_and(needs_no_blank) || after.chars().next().is_some_and(needs_no_blank)
}

/// Letters and signs of scripts without blanks between words: Thai, Lao, Burmese, Khmer, Chinese and Japanese.
fn needs_no_blank(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{312f}'
        | '\u{31a0}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ffef}'
        | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_stay_words() {
        let same = |draft: &str, texts: &[&str]| same_words(draft, texts.iter().copied());
        for (draft, texts) in [
            ("", &[][..]),
            ("one two", &["one two"]),
            ("one  two\n\nthree", &["one two", "three\n"]),
            ("one", &["", "one", " "]),
            ("鳥が鳴く。朝が来る", &["鳥が鳴く。", "朝が来る"]),
            ("鳥が鳴く朝 and more", &["鳥が鳴く", "朝 and", "more"]),
            ("สวัสดีครับ", &["สวัสดี", "ครับ"]),
        ] {
            assert!(same(draft, texts), "{draft:?} {texts:?}");
        }
        for (draft, texts) in [
            ("one two", &["onetwo"][..]),
            ("onetwo", &["one two"]),
            ("onetwo", &["one", "two"]),
            ("one", &["one", "one"]),
            ("one two", &["one"]),
            ("one two", &["two", "one"]),
            ("one.two", &["one.", "two"]),
            ("안녕하세요", &["안녕", "하세요"]),
            ("鳥が鳴く", &["鳥 が鳴く"]),
            ("鳥 が", &["鳥が"]),
            ("one", &[]),
        ] {
            assert!(!same(draft, texts), "{draft:?} {texts:?}");
        }
    }

    proptest! {
        /// Wherever a text is cut between its words, it is the same; with a word more, less or changed it is not.
        #[test]
        fn cut_between_words(words in prop::collection::vec("[a-zé&.]{1,5}", 1..9), cuts in prop::collection::vec(0_usize..9, 0..4)) {
            let draft = words.join(" ");
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(words.len())).collect();
            cuts.extend([0, words.len()]);
            cuts.sort_unstable();
            let texts: Vec<String> = cuts.windows(2).map(|cut| words[cut[0]..cut[1]].join("\n ")).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            prop_assert!(same_words(&draft, texts.iter().copied()));
            let longer = format!("{draft} more");
            prop_assert!(!same_words(&longer, texts.iter().copied()));
            prop_assert!(!same_words(&draft, texts.iter().copied().chain(["more"])));
            prop_assert_eq!(same_words(&draft, [words.concat().as_str()]), words.len() == 1);
        }
    }
}
