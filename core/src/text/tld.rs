//! Top-level domains at the end of a host name.

use super::chars::char_at;
use super::tld_table::{BY_LENGTH, OTHER};

/// Whether a record is in a table of sorted records of its own width, joined without separator.
pub(super) fn in_packed(table: &str, record: &[u8]) -> bool {
    let (rows, width) = (table.as_bytes(), record.len());
    if width == 0 {
        return false;
    }
    let (mut low, mut high) = (0, rows.len() / width);
    while low < high {
        let middle = low + (high - low) / 2;
        match rows.get(middle * width..(middle + 1) * width).unwrap_or_default().cmp(record) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    false
}

/// The byte after the top-level domain that starts at `at`: one of X's list, or any in Punycode. It must not run on
/// into a letter, a digit, `@`, `+` or `-`.
pub(super) fn end_of_tld(text: &str, at: usize) -> Option<usize> {
    let rest = text.as_bytes().get(at..)?;
    let letters = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let mut lower = [0_u8; 18];
    if let (Some(name), Some(lower)) = (rest.get(..letters), lower.get_mut(..letters)) {
        lower.copy_from_slice(name);
        lower.make_ascii_lowercase();
        if ends(text, at + letters) && BY_LENGTH.get(letters).is_some_and(|table| in_packed(table, lower)) {
            return Some(at + letters);
        }
    }
    if rest.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case(b"xn--")) {
        let code = rest.iter().skip(4).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
        return (code > 0).then_some(at + 4 + code);
    }
    if rest.get(letters).is_some_and(|byte| !byte.is_ascii()) { other(text, at) } else { None }
}

fn ends(text: &str, at: usize) -> bool {
    text.as_bytes().get(at).is_none_or(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'@' | b'+' | b'-'))
}

/// One that is not in ASCII alone: the longest that fits.
fn other(text: &str, at: usize) -> Option<usize> {
    let first = lower(char_at(text, at)?);
    let from = OTHER.partition_point(|name| name.chars().next() < Some(first));
    let to = OTHER.partition_point(|name| name.chars().next() <= Some(first));
    OTHER.get(from..to)?.iter().rev().find_map(|name| {
        let mut rest = text.get(at..)?.char_indices();
        let mut end = at;
        for expected in name.chars() {
            let (offset, c) = rest.next()?;
            if lower(c) != expected {
                return None;
            }
            end = at + offset + c.len_utf8();
        }
        ends(text, end).then_some(end)
    })
}

fn lower(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        for (width, table) in BY_LENGTH.iter().enumerate().skip(1) {
            assert_eq!(table.len() % width, 0);
            let rows: Vec<_> = table.as_bytes().chunks(width).collect();
            assert!(rows.windows(2).all(|pair| pair[0] < pair[1]), "length {width}");
        }
        assert!(OTHER.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn ends_where_the_name_ends() {
        assert_eq!(end_of_tld("com", 0), Some(3));
        assert_eq!(end_of_tld("COM/x", 0), Some(3));
        assert_eq!(end_of_tld("com中国", 0), Some(3));
        assert_eq!(end_of_tld("commm", 0), None);
        assert_eq!(end_of_tld("com@x", 0), None);
        assert_eq!(end_of_tld("com-x", 0), None);
        assert_eq!(end_of_tld("РФ", 0), Some(4));
        assert_eq!(end_of_tld("みんなです", 0), Some(9));
        assert_eq!(end_of_tld("भारतम्", 0), Some("भारतम्".len()));
        assert_eq!(end_of_tld("vermögensberatung", 0), Some("vermögensberatung".len()));
        assert_eq!(end_of_tld("xn--fiqs8s/", 0), Some(10));
        assert_eq!(end_of_tld("xn--", 0), None);
        assert_eq!(end_of_tld("", 0), None);
    }
}
