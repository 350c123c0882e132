//! The numbers that a text states.

use std::collections::BTreeSet;

use crate::text::normal::nfkc;

/// A number as it stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    /// As it was written, with its sign or unit.
    pub(crate) shown: String,
    /// Its value, the same for "1,000", "1000" and "1k".
    pub(crate) value: String,
    /// Whether it states something: a single digit without a unit only counts ("2 things", "me 0").
    pub(crate) states: bool,
}

/// Idioms, not facts.
const IDIOMS: [&str; 6] = ["24/7", "100%", "50/50", "1:1", "#1", "101"];

/// Multipliers written right behind a number.
const SUFFIXES: [(&str, u32); 6] = [("bn", 9), ("k", 3), ("m", 6), ("b", 9), ("mio", 6), ("mrd", 9)];

/// English number words that a request may use for a number that a draft writes in digits.
const NUMBER_WORDS: [(&str, &str); 25] = [
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
    ("eleven", "11"),
    ("twelve", "12"),
    ("fifteen", "15"),
    ("twenty", "20"),
    ("thirty", "30"),
    ("forty", "40"),
    ("fifty", "50"),
    ("sixty", "60"),
    ("seventy", "70"),
    ("eighty", "80"),
    ("ninety", "90"),
    ("hundred", "100"),
    ("thousand", "1000"),
    ("million", "1000000"),
    ("billion", "1000000000"),
];

/// The numbers of a text without its links, handles and hashtags (the caller takes those out).
///
/// A digit within a name ("GPT-4", "v2", "covid19") is part of the name; "1." and "2/5" at the start of a line number
/// the line; spelled-out numbers are words and not checked.
pub(crate) fn numbers(text: &str) -> Vec<Number> {
    text.lines().flat_map(|line| numbers_of_line(&nfkc(line.chars()).collect::<String>())).collect()
}

fn numbers_of_line(line: &str) -> Vec<Number> {
    let mut found = Vec::new();
    for (place, chunk) in line.split_whitespace().enumerate() {
        let bare =
            chunk.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '%' | '#' | '$' | '€' | '£' | '+' | '-'));
        if IDIOMS.contains(&bare) || (place == 0 && is_line_number(chunk)) {
            continue;
        }
        let chars: Vec<char> = chunk.chars().collect();
        let mut at = 0;
        while let Some(c) = chars.get(at) {
            if digit(*c).is_none() {
                at += 1;
                continue;
            }
            let start = at;
            let mut digits = String::new();
            while let Some(c) = chars.get(at) {
                if let Some(value) = digit(*c) {
                    digits.push(value);
                } else if matches!(c, '.' | ',' | '\'' | '٫' | '٬')
                    && chars.get(at + 1).is_some_and(|c| digit(*c).is_some())
                {
                    digits.push(if matches!(*c, '٫' | '.') { '.' } else { ',' });
                } else {
                    break;
                }
                at += 1;
            }
            let before = start.checked_sub(1).and_then(|i| chars.get(i));
            let before_that = start.checked_sub(2).and_then(|i| chars.get(i));
            let in_name = before.is_some_and(|c| is_letter(*c))
                || (before.is_some_and(|c| matches!(c, '-' | '_' | '.')) && before_that.is_some_and(|c| is_letter(*c)));
            // A keycap emoji is a picture of a digit.
            let keycap = chars
                .get(at..)
                .is_some_and(|rest| rest.starts_with(&['\u{fe0f}', '\u{20e3}']) || rest.starts_with(&['\u{20e3}']));
            if in_name || keycap {
                continue;
            }
            let unit: String =
                chars.get(at..).unwrap_or_default().iter().take_while(|c| c.is_alphabetic() || **c == '%').collect();
            let currency = before.is_some_and(|c| matches!(c, '$' | '€' | '£' | '¥' | '₹'))
                || chars.get(at).is_some_and(|c| matches!(c, '$' | '€' | '£' | '¥'));
            let zeros =
                SUFFIXES.iter().find(|(suffix, _)| unit.eq_ignore_ascii_case(suffix)).map_or(0, |(_, zeros)| *zeros);
            let value = canonical(&digits, zeros);
            let states = digits.len() > 1 || currency || !unit.is_empty();
            found.push(Number {
                shown: chars.get(start..at).unwrap_or_default().iter().collect::<String>() + &unit,
                value,
                states,
            });
        }
    }
    found
}

/// A letter of a script with spaces: "約100人" is a number between ideographs, "v2" is a name.
fn is_letter(c: char) -> bool {
    c.is_alphabetic() && !super::words::is_unspaced(c)
}

/// "1.", "2)", "3/", "3/10" at the start of a line.
fn is_line_number(chunk: &str) -> bool {
    let digits: String = chunk.chars().take_while(char::is_ascii_digit).collect();
    let rest = chunk.get(digits.len()..).unwrap_or_default();
    (1..=2).contains(&digits.len())
        && (matches!(rest, "." | ")" | "/" | ":")
            || rest.strip_prefix('/').is_some_and(|n| n.len() <= 2 && n.chars().all(|c| c.is_ascii_digit())))
}

/// The value of a decimal digit of the scripts that have their own.
fn digit(c: char) -> Option<char> {
    let code = u32::from(c);
    let zero = [0x30, 0x660, 0x6F0, 0x966, 0x9E6, 0xE50].into_iter().find(|zero| (*zero..=zero + 9).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// Group separators out, decimals after a point, `zeros` more zeros, no zeros that say nothing.
fn canonical(digits: &str, zeros: u32) -> String {
    let parts: Vec<&str> = digits.split([',', '.']).collect();
    let grouped = parts.len() > 1
        && parts.iter().skip(1).all(|part| part.len() == 3)
        && parts.first().is_some_and(|part| (1..=3).contains(&part.len()) && *part != "0");
    let (whole, fraction) = match parts.as_slice() {
        [whole] => ((*whole).to_owned(), String::new()),
        _ if grouped => (parts.concat(), String::new()),
        [whole @ .., fraction] => (whole.concat(), (*fraction).to_owned()),
        [] => (String::new(), String::new()),
    };
    let mut fraction = fraction;
    let mut whole = whole;
    for _ in 0..zeros {
        whole.push(if fraction.is_empty() { '0' } else { fraction.remove(0) });
    }
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    match (whole, fraction) {
        ("", "") => "0".to_owned(),
        (whole, "") => whole.to_owned(),
        ("", fraction) => format!("0.{fraction}"),
        (whole, fraction) => format!("{whole}.{fraction}"),
    }
}

/// The values that a request allows: its numbers, in digits or as English words, alone or multiplied ("3 million").
pub(crate) fn allowed<'a>(sources: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let mut allowed = BTreeSet::new();
    for text in sources {
        // Numbers in links and names may be used too: they were given.
        let mut digits = String::new();
        for c in nfkc(text.chars()).chain([' ']) {
            if let Some(value) = digit(c) {
                digits.push(value);
            } else if !digits.is_empty() {
                allowed.insert(canonical(&digits, 0));
                digits.clear();
            }
        }
        allowed.extend(numbers(text).into_iter().map(|number| number.value));
        let words: Vec<String> = text
            .to_lowercase()
            .split(|c: char| c.is_whitespace() || c == '-')
            .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned())
            .collect();
        for (at, word) in words.iter().enumerate() {
            let Some((_, value)) = NUMBER_WORDS.iter().find(|(name, _)| name == word) else { continue };
            allowed.insert((*value).to_owned());
            let zeros = value.strip_prefix('1').filter(|zeros| zeros.len() >= 2 && zeros.bytes().all(|b| b == b'0'));
            let before = at.checked_sub(1).and_then(|i| words.get(i));
            if let (Some(zeros), Some(before)) = (zeros, before) {
                let factor =
                    NUMBER_WORDS.iter().find(|(name, _)| name == before).map_or(before.as_str(), |(_, value)| value);
                if factor.starts_with(|c: char| c.is_ascii_digit())
                    && factor.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
                {
                    allowed.insert(canonical(factor, u32::try_from(zeros.len()).unwrap_or(0)));
                }
            }
        }
    }
    allowed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(text: &str) -> Vec<String> {
        numbers(text).into_iter().filter(|number| number.states).map(|number| number.value).collect()
    }

    #[test]
    fn numbers_that_state_something() {
        for (text, wanted) in [
            ("we cut it by 40% and $5 in 2026", vec!["40", "5", "2026"]),
            ("1,000 = 1000 = 1k = 1.0k", vec!["1000", "1000", "1000", "1000"]),
            ("1.5 and 1,5 and 0.50", vec!["1.5", "1.5", "0.5"]),
            ("1.2m users, 3bn rows", vec!["1200000", "3000000000"]),
            ("2 things, me 0, GPT-4 and v2 and covid19, http2", vec![]),
            ("1. first\n2. second\n3/10 third", vec![]),
            ("24/7, 100% and #1", vec![]),
            ("10:30 on 12/24", vec!["10", "30", "12", "24"]),
            ("約１００人 ٢٥", vec!["100", "25"]),
            ("1\u{fe0f}\u{20e3} go", vec![]),
            ("007", vec!["7"]),
            ("5x faster, 3rd time", vec!["5", "3"]),
        ] {
            assert_eq!(stated(text), wanted, "{text}");
        }
    }

    #[test]
    fn what_a_request_allows() {
        let allowed = allowed(
            ["Half of 1,200 people, three million rows, twenty-five? 2.5 million, https://a.example/2019", "v7"]
                .into_iter(),
        );
        for value in ["1200", "3", "3000000", "20", "5", "2500000", "2019", "7", "2.5"] {
            assert!(allowed.contains(value), "{value} in {allowed:?}");
        }
        assert!(!allowed.contains("12"));
    }
}
