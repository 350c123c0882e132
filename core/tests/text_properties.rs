//! What must hold of every text.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::string_slice, missing_docs)]

use ghostwren::text::{
    Entity, EntityKind, Limits, extract, extract_cashtags, extract_hashtags, extract_mentions,
    extract_mentions_or_lists, extract_urls, parse, parse_with, reply_to, weighted_length,
};
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

const EMOJI: [&str; 12] = ["😀", "❤️", "👍🏽", "🇩🇪", "1️⃣", "👨‍👩‍👧", "👩🏽‍🚀", "🏳️‍🌈", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "©️", "🕵️‍♀️", "🫱🏻‍🫲🏿"];

/// Text in which the rules meet: pieces of links, tags and emoji beside any characters at all.
fn text() -> impl Strategy<Value = String> {
    let pieces = vec![
        "http://",
        "https://",
        "t.co/",
        "example.com",
        "a.b",
        ".",
        "-",
        "_",
        "/",
        "?",
        "=",
        "&",
        "#",
        "@",
        "$",
        "(",
        ")",
        " ",
        "\n",
        "\u{3000}",
        "あ",
        "日本語",
        "。",
        "é",
        "com",
        "みんな",
        "xn--",
        "xn--fiqs8s",
        "rt:",
        "@ann/list",
        "$TSLA",
        "#tag",
        "\u{fe0f}",
        "\u{fe0e}",
        "\u{200d}",
        "\u{301}",
        "\u{20e3}",
        "\u{1f3fd}",
        "👨",
        "🇩",
        "🏴",
        "\u{e0067}",
        "\u{e007f}",
        "1",
        "\u{202a}",
        "\u{feff}",
        "＠",
        "＃",
        ":8080",
        "\0",
    ];
    let piece = prop_oneof![
        4 => proptest::sample::select(pieces).prop_map(str::to_owned),
        1 => proptest::sample::select(EMOJI.to_vec()).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => "[a-z]{1,8}",
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn check_places(text: &str, found: &[Entity<'_>]) {
    let mut end = 0;
    for entity in found {
        assert!(entity.bytes.start >= end && entity.bytes.start < entity.bytes.end, "{entity:?}");
        end = entity.bytes.end;
        let whole = text.get(entity.bytes.clone()).unwrap();
        let head = &text[..entity.bytes.start];
        assert_eq!(entity.chars, head.chars().count()..head.chars().count() + whole.chars().count());
        let units = head.encode_utf16().count();
        assert_eq!(entity.utf16, units..units + whole.encode_utf16().count());
        let sign = if entity.kind == EntityKind::Url { 0 } else { whole.chars().next().unwrap().len_utf8() };
        assert_eq!(&whole[sign..], format!("{}{}", entity.value, entity.list.unwrap_or_default()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn entities_lie_in_the_text(text in text()) {
        for found in [
            extract(&text),
            extract_urls(&text),
            extract_mentions(&text),
            extract_mentions_or_lists(&text),
            extract_hashtags(&text),
            extract_cashtags(&text),
        ] {
            check_places(&text, &found);
        }
        if let Some(name) = reply_to(&text) {
            prop_assert!(text.contains(name) && !name.is_empty());
        }
    }

    #[test]
    fn any_string_is_counted(text in any::<String>()) {
        let parsed = parse(&text);
        prop_assert_eq!(parsed.weighted_length, weighted_length(&text));
        check_places(&text, &extract(&text));
    }

    #[test]
    fn the_answers_agree(text in text(), max in 0_usize..120) {
        let parsed = parse_with(&text, &Limits::new(max));
        prop_assert_eq!(parsed.weighted_length, weighted_length(&text));
        let composed: String = text.nfc().collect();
        prop_assert_eq!(parsed.url_count, extract_urls(&composed).len());
        prop_assert_eq!(parsed.cashtag_count, extract_cashtags(&composed).len());
        prop_assert_eq!(parsed.display_range.clone(), 0..text.encode_utf16().count());
        let fits = text.get(..parsed.valid_bytes).unwrap();
        prop_assert_eq!(parsed.valid_range.clone(), 0..fits.encode_utf16().count());
        if parsed.valid {
            prop_assert_eq!(parsed.valid_bytes, text.len());
            prop_assert!(parsed.weighted_length <= max && parsed.permillage <= 1000);
        } else if !text.contains(['\u{feff}', '\u{fffe}', '\u{ffff}']) && !text.is_empty() {
            prop_assert!(parsed.weighted_length > max && parsed.valid_bytes < text.len());
        }
    }

    #[test]
    fn normalisation_changes_nothing(text in text()) {
        let length = weighted_length(&text);
        prop_assert_eq!(weighted_length(&text.nfc().collect::<String>()), length);
        prop_assert_eq!(weighted_length(&text.nfd().collect::<String>()), length);
    }

    #[test]
    fn a_greater_limit_fits_more(text in text(), max in 0_usize..120) {
        let (less, more) = (parse_with(&text, &Limits::new(max)), parse_with(&text, &Limits::new(max + 1)));
        prop_assert!(less.valid_bytes <= more.valid_bytes);
        prop_assert!(!less.valid || more.valid);
    }

    #[test]
    fn lengths_add_up_over_lines(a in text(), b in text()) {
        // Nothing reaches over a line break: no link, no emoji, no composed letter. Both start with one, because the
        // first character of a text may be what stands before a link and part of it.
        let (a, b) = (format!("\n{a}"), format!("\n{b}"));
        prop_assert_eq!(weighted_length(&format!("{a}{b}")), weighted_length(&a) + weighted_length(&b));
    }

    #[test]
    fn length_without_links_lies_between_its_bounds(text in "[^.]{0,80}") {
        let composed = text.nfc().count();
        let length = weighted_length(&text);
        prop_assert!(length <= 2 * composed);
        prop_assert!(parse(&text).url_count == 0);
    }

    #[test]
    fn a_link_weighs_twenty_three_wherever_it_stands(
        host in "[a-z][a-z0-9]{0,12}", path in "(/[a-zA-Z0-9_]{1,10}){0,4}", left in "[a-z ]{0,10}", right in "[a-z ]{0,10}",
    ) {
        let text = format!("{left} https://{host}.com{path} {right}");
        prop_assert_eq!(weighted_length(&text), left.len() + 1 + 23 + 1 + right.len());
    }

    #[test]
    fn an_emoji_weighs_two_wherever_it_stands(
        emoji in proptest::collection::vec(proptest::sample::select(EMOJI.to_vec()), 1..20), gap in "[a-z ]{0,3}",
    ) {
        let text = emoji.join(&gap);
        prop_assert_eq!(weighted_length(&text), 2 * emoji.len() + gap.len() * (emoji.len() - 1));
    }

    #[test]
    fn an_entity_alone_is_found_again(text in text()) {
        for entity in extract(&text) {
            let alone = &text[entity.bytes.clone()];
            // A host name without `https://` is cut out of what stands before it, a hyphen or an accent too.
            if entity.kind == EntityKind::Url && !alone.starts_with(|c: char| c.is_ascii_alphanumeric()) {
                continue;
            }
            let again = extract(alone);
            prop_assert_eq!(again.len(), 1, "{:?} in {:?}", alone, text);
            prop_assert_eq!(again[0].value, entity.value, "{:?} in {:?}", alone, text);
            prop_assert_eq!(again[0].kind, entity.kind);
        }
    }
}
