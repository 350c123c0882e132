//! Any text: nothing panics, and what is found lies in the text and agrees with itself.
#![no_main]

use ghostwren::text;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let input = String::from_utf8_lossy(data);
    let parsed = text::parse(&input);
    assert_eq!(parsed.weighted_length, text::weighted_length(&input));
    assert!(input.get(..parsed.valid_bytes).is_some());
    assert!(!parsed.valid || parsed.valid_bytes == input.len());
    let mut end = 0;
    for entity in text::extract(&input) {
        assert!(entity.bytes.start >= end && entity.bytes.end > entity.bytes.start);
        assert!(input[entity.bytes.clone()].contains(entity.value));
        end = entity.bytes.end;
    }
    let links = text::extract_urls(&input);
    assert_eq!(text::has_url(&input), !links.is_empty());
    let _ = text::reply_to(&input);
});
