//! The parser of server-sent events beside its floor, which looks for an empty line with memchr and knows nothing else of the
//! format. Both decode each event with serde into the same type.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use bytes::Bytes;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ghostwren::http::sse::Parser;
use serde::Deserialize;

#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow)]
    choices: Vec<Choice<'a>>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow)]
    delta: Delta<'a>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow)]
    content: Option<std::borrow::Cow<'a, str>>,
}

fn text(json: &[u8]) -> usize {
    let chunk: Chunk<'_> = serde_json::from_slice(json).unwrap();
    chunk.choices.first().and_then(|choice| choice.delta.content.as_deref()).map_or(0, str::len)
}

fn stream() -> Vec<u8> {
    let mut stream = Vec::new();
    for n in 0..2000 {
        let event = format!(
            "data: {{\"id\":\"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT\",\"object\":\"chat.completion.chunk\",\"created\":1741569952,\
             \"model\":\"gpt-4o-2024-11-20\",\"system_fingerprint\":\"fp_44709d6fcb\",\"choices\":[{{\"index\":0,\
             \"delta\":{{\"content\":\" word{n}\"}},\"logprobs\":null,\"finish_reason\":null}}],\"usage\":null}}\n\n"
        );
        stream.extend_from_slice(event.as_bytes());
    }
    stream
}

fn ours(pieces: &[Bytes], decode: fn(&[u8]) -> usize) -> usize {
    let (mut parser, mut sum) = (Parser::new(), 0);
    for piece in pieces {
        parser.feed(piece.clone());
        while let Some(event) = parser.next_event().unwrap() {
            sum += decode(event.data);
        }
    }
    sum
}

fn floor(pieces: &[Bytes], decode: fn(&[u8]) -> usize) -> usize {
    let (mut buffer, mut sum) = (Vec::new(), 0);
    for piece in pieces {
        buffer.extend_from_slice(piece);
        let mut at = 0;
        while let Some(end) = memchr::memmem::find(&buffer[at..], b"\n\n") {
            sum += decode(&buffer[at + 6..at + end]);
            at += end + 2;
        }
        buffer.drain(..at);
    }
    sum
}

fn parsers(criterion: &mut Criterion) {
    let stream = stream();
    for (name, decode) in [("sse", text as fn(&[u8]) -> usize), ("sse-without-json", <[u8]>::len)] {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(stream.len() as u64));
        for size in [333, 1460, 16_384] {
            let pieces: Vec<Bytes> = stream.chunks(size).map(Bytes::copy_from_slice).collect();
            assert_eq!(ours(&pieces, decode), floor(&pieces, decode));
            group.bench_function(BenchmarkId::new("floor", size), |b| b.iter(|| black_box(floor(&pieces, decode))));
            group.bench_function(BenchmarkId::new("ours", size), |b| b.iter(|| black_box(ours(&pieces, decode))));
        }
        group.finish();
    }
}

criterion_group!(benches, parsers);
criterion_main!(benches);
