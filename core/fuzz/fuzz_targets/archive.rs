#![no_main]
//! Any bytes as a `tweets.js` and as a zip: it ends, it does not panic, and a checkpoint goes on where it was made.

use std::io::Write;

use ghostwren::archive::{Archive, Limits, read_tweets_js};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(data).expect("the temporary file is written");
    let mut reader = read_tweets_js(file.path()).expect("the file is there");
    let mut entries = 0;
    while let Ok(Some(page)) = reader.next_page(7) {
        entries += page.tweets.len() as u64 + page.malformed_count;
        assert!(page.bytes_read <= data.len() as u64);
    }
    assert!(entries <= data.len() as u64);
    let _ = reader.report().reasons();

    let limits = Limits::default().with_total_bytes(1 << 24).with_object_bytes(1 << 16).with_note_bytes(1 << 10);
    let Ok(archive) = Archive::open_with(file.path(), limits) else { return };
    let Ok(mut reader) = archive.read(None) else { return };
    let mut last = None;
    let mut pages = 0;
    while let Ok(Some(page)) = reader.next_page(2) {
        pages += 1;
        last = Some(page.checkpoint);
        if pages > 50 {
            break;
        }
    }
    if let Some(checkpoint) = last {
        archive.read(Some(&checkpoint)).expect("its own checkpoint is taken");
    }
});
