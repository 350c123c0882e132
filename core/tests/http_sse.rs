//! The parser of server-sent events: against a simple one, over every split of the bytes.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::time::Duration;

use bytes::Bytes;
use ghostwren::http::sse::{EventTooLarge, Parser};
use proptest::prelude::*;

type Seen = (String, String, String);

/// The format's own words, over the whole of the bytes at once:
/// <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>.
fn reference(bytes: &[u8]) -> Vec<Seen> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut lines: Vec<&str> = text.split('\n').collect();
    lines.pop(); // What has no line end is not a line.
    let (mut events, mut name, mut data, mut id) = (vec![], String::new(), String::new(), String::new());
    for line in lines {
        if line.is_empty() {
            let (name, data) = (std::mem::take(&mut name), std::mem::take(&mut data));
            if !data.is_empty() {
                let name = if name.is_empty() { "message".to_owned() } else { name };
                events.push((name, data.strip_suffix('\n').unwrap().to_owned(), id.clone()));
            }
            continue;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => name = value.to_owned(),
            "data" => data = data + value + "\n",
            "id" if !value.contains('\0') => id = value.to_owned(),
            _ => {}
        }
    }
    events
}

fn drain(parser: &mut Parser, seen: &mut Vec<Seen>) {
    while let Some(event) = parser.next_event().unwrap() {
        let id = String::from_utf8_lossy(event.id).into_owned();
        seen.push((event.kind().into_owned(), event.text().into_owned(), id));
    }
}

fn parsed<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Seen> {
    let (mut parser, mut seen) = (Parser::new(), Vec::new());
    for piece in pieces {
        parser.feed(Bytes::copy_from_slice(piece));
        drain(&mut parser, &mut seen);
    }
    seen
}

const STREAM: &str = "\u{feff}: hello\r\n\r\ndata: {\"a\":\"wren 🐦\"}\n\nevent: delta\r\ndata: one\r\ndata\rdata:  three\r\n\
     id: 7\r\nretry: 1500\r\n\r\n\n\n: keep-alive\n\nevent: gone\n\ndata:\n\ndatax: no\nid: a\0b\ndata: é\r\r\ndata: [DONE]\n\ndata: cut";

#[test]
fn the_reference_reads_what_a_person_reads() {
    let seen = |name: &str, data: &str, id: &str| (name.to_owned(), data.to_owned(), id.to_owned());
    let events = [
        seen("message", "{\"a\":\"wren 🐦\"}", ""),
        seen("delta", "one\n\n three", "7"),
        seen("message", "", "7"),
        seen("message", "é", "7"),
        seen("message", "[DONE]", "7"),
    ];
    assert_eq!(reference(STREAM.as_bytes()), events);
}

#[test]
fn every_split_into_two_and_three() {
    let bytes = STREAM.as_bytes();
    let whole = reference(bytes);
    assert_eq!(parsed([bytes]), whole);
    assert_eq!(parsed(bytes.chunks(1)), whole);
    for first in 0..=bytes.len() {
        for second in first..=bytes.len() {
            let pieces = [&bytes[..first], &bytes[first..second], &bytes[second..]];
            assert_eq!(parsed(pieces), whole, "cut at {first} and {second}");
        }
    }
}

#[test]
fn pieces_that_pile_up_before_anything_is_taken() {
    let (mut parser, mut seen) = (Parser::new(), Vec::new());
    for piece in STREAM.as_bytes().chunks(5) {
        parser.feed(Bytes::copy_from_slice(piece));
    }
    drain(&mut parser, &mut seen);
    assert_eq!(seen, reference(STREAM.as_bytes()));
    assert_eq!(parser.unfinished(), b"data: cut");
    assert_eq!(parser.retry(), Some(Duration::from_millis(1500)));
}

#[test]
fn what_is_cut_off_is_told_and_not_given() {
    for (stream, unfinished) in [
        ("data: 1\n\n", ""),
        ("data: 1\r\n\r\n", ""),
        ("data: 1\r\n\r", ""),
        ("data: 1\n\ndata: 2\n", "data: 2\n"),
        ("data: 1\n\nda", "da"),
        ("data: 1\n\n: only a comment\n", ""),
        ("data: 1\n\nevent: x\n", "event: x\n"),
    ] {
        for size in 1..=stream.len() {
            let (mut parser, mut seen) = (Parser::new(), Vec::new());
            for piece in stream.as_bytes().chunks(size) {
                parser.feed(Bytes::copy_from_slice(piece));
                drain(&mut parser, &mut seen);
            }
            assert_eq!(seen.len(), 1, "{stream:?}");
            assert_eq!(parser.unfinished(), unfinished.as_bytes(), "{stream:?} by {size}");
        }
    }
}

#[test]
fn events_are_bounded() {
    let limit = 1000;
    let feed = |stream: &[u8], size: usize| -> Result<usize, EventTooLarge> {
        let (mut parser, mut count) = (Parser::with_limit(limit), 0);
        for piece in stream.chunks(size) {
            parser.feed(Bytes::copy_from_slice(piece));
            while parser.next_event()?.is_some() {
                count += 1;
            }
        }
        Ok(count)
    };
    for size in [1, 7, 999, 1000, 1001, 100_000] {
        assert_eq!(feed(&b"x".repeat(5000), size), Err(EventTooLarge { limit }), "a line without end");
        assert_eq!(feed(&b"data: x\n".repeat(500), size), Err(EventTooLarge { limit }), "an event without end");
        let comments = [&b"event: x\n"[..], &b": y\n".repeat(500)].concat();
        assert_eq!(feed(&comments, size), Err(EventTooLarge { limit }), "comments within an event");
        let mut stream = b": a comment between events\n".repeat(500);
        stream.extend(b"data: x\n\n".repeat(500));
        assert_eq!(feed(&stream, size), Ok(500), "many small ones");
        let just = [b"data: ".to_vec(), vec![b'x'; limit - 8], b"\n\n".to_vec()].concat();
        assert_eq!(feed(&just, size), Ok(1), "one of exactly the limit by {size}");
    }
}

/// Lines that mean something, and bytes that do not.
fn line() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => "data: ?[a-zé🐦]{0,12}".prop_map(String::into_bytes),
        2 => Just(Vec::new()),
        1 => "event: ?[a-z]{0,5}".prop_map(String::into_bytes),
        1 => "id: ?[0-9\\x00]{0,3}".prop_map(String::into_bytes),
        1 => ":[a-z ]{0,5}".prop_map(String::into_bytes),
        1 => "(data|event|id|retry|dat)".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..12),
        1 => Just(b"\xef\xbb\xbf".to_vec()),
    ]
}

fn stream() -> impl Strategy<Value = Vec<u8>> {
    let end = prop_oneof![4 => Just("\n"), 2 => Just("\r\n"), 1 => Just("\r"), 2 => Just("\n\n"), 1 => Just("")];
    prop::collection::vec((line(), end), 0..20)
        .prop_map(|lines| lines.into_iter().flat_map(|(line, end)| [line, end.as_bytes().to_vec()].concat()).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn like_the_reference_however_it_is_cut(stream in stream(), sizes in prop::collection::vec(1usize..9, 1..30)) {
        let whole = reference(&stream);
        prop_assert_eq!(&parsed([&stream[..]]), &whole);
        prop_assert_eq!(&parsed(stream.chunks(1)), &whole);
        for cut in 0..=stream.len() {
            prop_assert_eq!(&parsed([&stream[..cut], &stream[cut..]]), &whole, "cut at {}", cut);
        }
        let (mut pieces, mut rest) = (Vec::new(), &stream[..]);
        for size in sizes.iter().cycle() {
            if rest.is_empty() { break }
            let (piece, after) = rest.split_at((*size).min(rest.len()));
            pieces.push(piece);
            rest = after;
        }
        prop_assert_eq!(&parsed(pieces), &whole);
    }
}
