//! However the bytes are cut, the parser gives the same events, within its limit.
#![no_main]

use bytes::Bytes;
use ghostwren::http::sse::{EventTooLarge, OwnedEvent, Parser};
use libfuzzer_sys::fuzz_target;

fn parse<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<OwnedEvent>, Result<Vec<u8>, EventTooLarge>) {
    let (mut parser, mut events) = (Parser::with_limit(4096), Vec::new());
    for piece in pieces {
        parser.feed(Bytes::copy_from_slice(piece));
        loop {
            match parser.next_event() {
                Ok(Some(event)) => events.push(event.into()),
                Ok(None) => break,
                Err(error) => return (events, Err(error)),
            }
        }
    }
    (events, Ok(parser.unfinished().to_vec()))
}

fuzz_target!(|input: (u8, &[u8])| {
    let (size, stream) = input;
    let whole = parse(std::iter::once(stream));
    let cut = parse(stream.chunks(usize::from(size).max(1)));
    assert_eq!(whole, cut);
});
