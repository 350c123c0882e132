use proptest::prelude::*;
use serde_json::{Value, json};

use super::part::{Fault, Feed};
use super::scan::{Mark, Scanner, Step, Walk, parse_with};

/// Gives the bytes in pieces of these sizes, over and over.
struct Pieces<'a> {
    rest: &'a [u8],
    sizes: Vec<usize>,
    at: usize,
}

impl<'a> Pieces<'a> {
    fn new(rest: &'a [u8], sizes: &[usize]) -> Self {
        Self { rest, sizes: sizes.to_vec(), at: 0 }
    }
}

impl Feed for Pieces<'_> {
    fn fill(&mut self, buf: &mut [u8]) -> Result<usize, Fault> {
        let size = self.sizes[self.at % self.sizes.len()].max(1).min(self.rest.len()).min(buf.len());
        self.at += 1;
        let (piece, rest) = self.rest.split_at(size);
        buf[..size].copy_from_slice(piece);
        self.rest = rest;
        Ok(size)
    }
}

fn scan(bytes: &[u8], sizes: &[usize], limit: usize) -> (Vec<Value>, Vec<(u64, u64)>, Option<String>) {
    let mut scanner = Scanner::new(Pieces::new(bytes, sizes), limit);
    let (mut items, mut bad) = (Vec::new(), Vec::new());
    loop {
        match scanner.next(|bytes| parse_with(bytes, |value: &mut Value| value.take())).unwrap() {
            Step::Item { item, .. } => items.push(item),
            Step::Malformed { at, .. } => bad.push((at.entry, at.byte)),
            Step::End(why) => return (items, bad, why),
        }
    }
}

fn entries(count: usize) -> Vec<Value> {
    (0..count)
        .map(|n| json!({ "tweet": { "id": n.to_string(), "full_text": format!("a \" {{ \\ }} ] [ , é😀 {n}") } }))
        .collect()
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}|[\"{}\\\\\\[\\]\n\t,:=]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-z\"{}]{0,4}", inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Any objects, in any of the three ways they are written, cut into any pieces, come out as they went in.
    #[test]
    fn every_split_gives_the_same_objects(
        values in prop::collection::vec(prop::collection::btree_map("[a-z]{1,4}", any_json(), 0..4), 0..8),
        sizes in prop::collection::vec(1usize..40, 1..5),
        style in 0..4,
        tail in "(;|\n|;\n|)",
    ) {
        let values: Vec<Value> = values.into_iter().map(|map| Value::Object(map.into_iter().collect())).collect();
        let body = match style {
            0 => serde_json::to_string(&values).unwrap(),
            1 => serde_json::to_string_pretty(&values).unwrap(),
            2 => serde_json::to_string_pretty(&values).unwrap().replace('\n', "\r\n\t \n"),
            _ => values.iter().map(Value::to_string).collect::<Vec<_>>().join("\n,\n").replacen("", "[ ", 1) + " ]",
        };
        let text = format!("\u{feff}window.YTD.tweets.part0 = {body}{tail}");
        let (items, bad, why) = scan(text.as_bytes(), &sizes, 1 << 20);
        prop_assert_eq!(items, values);
        prop_assert!(bad.is_empty() && why.is_none());
    }

    /// The walker finds the end of an object where serde_json finds it.
    #[test]
    fn the_walker_agrees_with_the_parser(
        value in prop::collection::btree_map("[a-z\"{}]{0,4}", any_json(), 0..5),
        after in "[ ,\\]}{\"a]{0,6}",
        cut in any::<prop::sample::Index>(),
    ) {
        let object = serde_json::to_string(&value).unwrap();
        let text = format!("{object}{after}");
        let at = cut.index(text.len() + 1);
        let mut walk = Walk::default();
        let (head, tail) = text.as_bytes().split_at(at);
        let end = walk.end(head).or_else(|| walk.end(tail).map(|end| at + end));
        prop_assert_eq!(end, Some(object.len()));
    }

    /// Whatever the bytes are: it ends, and every byte offset lies inside the file.
    #[test]
    fn any_bytes_come_to_an_end(
        bytes in prop::collection::vec(prop::sample::select(b"{}[]\",:=\\ tweet\n1u".to_vec()), 0..400),
        size in 1usize..64,
    ) {
        let (items, bad, _) = scan(&bytes, &[size], 128);
        prop_assert!(items.len() + bad.len() <= bytes.len());
        prop_assert!(bad.iter().all(|(_, byte)| *byte <= bytes.len() as u64));
    }

    /// One broken entry costs no other, wherever and however it is broken.
    #[test]
    fn one_broken_entry_costs_no_other(
        at in 0usize..20, cut in any::<prop::sample::Index>(), how in 0..4, pretty in any::<bool>(), size in 1usize..200,
    ) {
        let all = entries(20);
        let mut texts: Vec<String> =
            all.iter().map(|v| if pretty { serde_json::to_string_pretty(v).unwrap() } else { v.to_string() }).collect();
        let mut broken = texts[at].clone();
        let mut position = 1 + cut.index(broken.len() - 1);
        while !broken.is_char_boundary(position) { position -= 1; }
        match how {
            0 => broken.truncate(position.max(1)),
            1 => broken.insert(position.max(1), '"'),
            2 => broken.insert(position.max(1), '\u{1}'),
            _ => { broken.remove(position.max(1)); }
        }
        texts[at] = broken.clone();
        let text = format!("x = [{}\n]", texts.join(",\n"));
        let (items, bad, _) = scan(text.as_bytes(), &[size], 1 << 20);
        for (n, entry) in all.iter().enumerate().filter(|(n, _)| *n != at) {
            prop_assert!(items.contains(entry), "entry {} lost when {} was {:?}", n, at, broken);
        }
        prop_assert!(bad.len() <= 1);
        prop_assert!(items.len() + bad.len() >= 20, "{} items, {:?}", items.len(), bad);
    }

    /// Going on from any mark gives exactly the rest.
    #[test]
    fn a_mark_goes_on_where_it_was_made(stop in 0usize..12, size in 1usize..300, broken in 0usize..12) {
        let mut texts: Vec<String> = entries(12).iter().map(Value::to_string).collect();
        texts[broken].pop();
        let text = format!("x = [ {} ]", texts.join(" , "));
        let whole = scan(text.as_bytes(), &[size], 1 << 20);
        let mut scanner = Scanner::new(Pieces::new(text.as_bytes(), &[size]), 1 << 20);
        let (mut items, mut bad) = (Vec::new(), Vec::new());
        for _ in 0..stop {
            match scanner.next(|bytes| parse_with(bytes, |value: &mut Value| value.take())).unwrap() {
                Step::Item { item, .. } => items.push(item),
                Step::Malformed { at, .. } => bad.push((at.entry, at.byte)),
                Step::End(_) => {}
            }
        }
        let mark: Mark = serde_json::from_value(serde_json::to_value(scanner.mark()).unwrap()).unwrap();
        let rest = &text.as_bytes()[usize::try_from(mark.byte).unwrap()..];
        let mut scanner = Scanner::resume(Pieces::new(rest, &[size]), 1 << 20, &mark);
        loop {
            match scanner.next(|bytes| parse_with(bytes, |value: &mut Value| value.take())).unwrap() {
                Step::Item { item, .. } => items.push(item),
                Step::Malformed { at, .. } => bad.push((at.entry, at.byte)),
                Step::End(why) => {
                    prop_assert_eq!((items, bad, why), whole);
                    break;
                }
            }
        }
    }
}

#[test]
fn headers_of_every_kind() {
    for text in [
        "window.YTD.tweet.part0 = [ {\"a\":1} ]",
        "window.YTD.tweets.part0=[{\"a\":1}];",
        "\u{feff}var x = [{\"a\":1}]\n;\n",
        "[{\"a\":1}]",
        "window.__THAR_CONFIG = {\"a\":1}",
        "{\"a\":1}",
        "{\"a\":1};",
    ] {
        assert_eq!(scan(text.as_bytes(), &[3], 1 << 20), (vec![json!({ "a": 1 })], vec![], None), "{text}");
    }
    // Parts that somebody joined into one file.
    let joined = "window.YTD.tweets.part0 = [{\"a\":1}]\nwindow.YTD.tweets.part1 = [ {\"a\":2} ]";
    assert_eq!(scan(joined.as_bytes(), &[5], 1 << 20).0, [json!({ "a": 1 }), json!({ "a": 2 })]);
}

#[test]
fn what_ends_early_says_so() {
    assert!(scan(b"", &[1], 100).2.is_some());
    assert!(scan(b"x = [{\"a\":1}", &[4], 100).2.is_some());
    let (items, bad, why) = scan(b"x = [{\"a\":1},{\"a\":", &[4], 100);
    assert_eq!((items.len(), bad.len(), why.is_some()), (1, 1, true));
    let (items, bad, _) = scan(b"<html>Not found</html>", &[4], 100);
    assert_eq!((items.len(), bad.len()), (0, 1));
}

#[test]
fn an_entry_over_the_limit_is_let_go_and_the_next_is_read() {
    let long = json!({ "tweet": { "full_text": "x".repeat(100_000) } });
    let text = format!("x = [{},{long},{}]", entries(1)[0], entries(1)[0]);
    for size in [7, 1000, 1 << 20] {
        let (items, bad, why) = scan(text.as_bytes(), &[size], 10_000);
        assert_eq!((items.len(), bad.len(), why), (2, 1, None));
    }
    assert_eq!(scan(text.as_bytes(), &[1000], 200_000).0.len(), 3);
}

#[test]
fn half_surrogates_and_bad_bytes_are_repaired() {
    let text = b"x = [{\"t\":\"a\\ud83d b\"},{\"t\":\"\xff\"},{\"t\":\"ok\"}]";
    let (items, bad, _) = scan(text, &[5], 1 << 20);
    assert_eq!(items, [json!({ "t": "a\u{fffd} b" }), json!({ "t": "\u{fffd}" }), json!({ "t": "ok" })]);
    assert!(bad.is_empty());
}

/// A broken entry costs what it is long, however much of the window is like it.
#[test]
fn what_broken_entries_cost_grows_with_the_file_alone() {
    let cases = [
        ("closes nothing", r#"{"tweet":{"a":"123","#),
        ("nested", r#"{"tweet":{"a":"#),
        ("nested lists", r#"{"tweet":[{"a":["#),
        ("a key that is learned from a broken entry", r#"{"x":},"#),
        ("ends in between", r#"{"tweet":}]a"#),
        ("no entry", r#"{"tweet":1}]a"#),
        ("with good ones between", r#"{"tweet":1},{"tweet":{"a":[{"b":"#),
        ("unclosed", r#"{"tweet":{"a":"1" "b","#),
    ];
    for (name, broken) in cases {
        let text = format!("x = [{}", broken.repeat((1 << 20) / broken.len()));
        let mut scanner = Scanner::new(text.as_bytes(), 16 << 20);
        let mut steps = 0;
        while !matches!(
            scanner.next(|bytes| parse_with(bytes, |value: &mut Value| value.take())).unwrap(),
            Step::End(_)
        ) {
            steps += 1;
        }
        let allowed = (1 << 25) + (1 << 18) + 64 * text.len() as u64;
        assert!(scanner.extra_work() <= allowed, "{name}: {} bytes of work for {steps} steps", scanner.extra_work());
    }
}

#[test]
fn a_long_entry_that_comes_in_pieces_is_not_parsed_for_each_of_them() {
    let long = json!({ "tweet": { "full_text": "x".repeat(3 << 20) } });
    let text = format!("x = [{long},{}]", entries(1)[0]);
    let mut scanner = Scanner::new(Pieces::new(text.as_bytes(), &[4096]), 16 << 20);
    let mut items = 0;
    while let Step::Item { .. } = scanner.next(|bytes| parse_with(bytes, |value: &mut Value| value.take())).unwrap() {
        items += 1;
    }
    assert_eq!(items, 2);
    assert!(scanner.extra_work() < 20 << 20, "{}", scanner.extra_work());
}
