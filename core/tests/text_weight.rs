//! The weighted length by the published rules: <https://docs.x.com/fundamentals/counting-characters>.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::string_slice, missing_docs)]

use ghostwren::text::{
    EntityKind, Limits, cashtag_count, extract, extract_cashtags, extract_hashtags, extract_mentions_or_lists,
    extract_urls, has_url, parse, parse_with, weighted_length,
};

#[test]
fn characters_weigh_one_or_two() {
    let vectors = [
        ("", 0),
        ("abc", 3),
        (" \n\t", 3),
        ("äß", 2),
        ("Привет", 6),
        ("\u{10ff}", 1),
        ("\u{1100}", 2),
        ("日本語", 6),
        ("한국말", 6),
        ("\u{2000}", 1),
        ("\u{200d}", 1),
        ("\u{200e}", 2),
        ("–—…", 4),
        ("‘’“”", 4),
        ("′″‵‷", 4),
        ("€", 2),
        ("\u{10000}\u{10ffff}", 4),
    ];
    for (text, length) in vectors {
        assert_eq!(weighted_length(text), length, "{text:?}");
    }
}

#[test]
fn an_emoji_weighs_two() {
    let emoji = [
        "😀",
        "❤",
        "❤️",
        "☺",
        "☺️",
        "©️",
        "™️",
        "⌚",
        "⌚️",
        "👍🏽",
        "☝🏿",
        "🇩🇪",
        "🇺🇳",
        "🇩",
        "1️⃣",
        "*⃣",
        "👨‍👩‍👧‍👦",
        "👩‍❤️‍💋‍👨",
        "🧑🏿‍🤝‍🧑🏻",
        "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
        "🏳️‍🌈",
        "🏳️‍⚧️",
        "🏴‍☠️",
        "🕵🏽‍♀️",
        "🕵️‍♀️",
        "👁‍🗨",
        "🐦‍🔥",
        "🫱🏻‍🫲🏿",
        "🧔🏽‍♂️",
        "\u{1fae8}",
    ];
    for one in emoji {
        assert_eq!(weighted_length(one), 2, "{one}");
        assert_eq!(weighted_length(&format!("a{one}b{one}")), 6, "{one}");
        assert_eq!(weighted_length(&one.repeat(7)), 14, "{one}");
    }
    // A pair of letters that is no flag, text style, and a sequence that no font draws as one.
    let other = [("🇩🇩", 4), ("©", 1), ("☺︎", 4), ("©︎", 3), ("👨‍🐱", 5), ("🏃‍♂", 5), ("👍️", 4), ("a\u{20e3}", 3), ("1", 1)];
    for (text, length) in other {
        assert_eq!(weighted_length(text), length, "{text} {}", text.escape_unicode());
    }
}

#[test]
fn a_link_weighs_twenty_three() {
    let links = [
        "http://a.co",
        "https://example.com",
        "HTTPS://EXAMPLE.COM/Path",
        "example.com",
        "t.co/abc",
        "https://t.co/UqIyJAJTfo?amp=1",
        "http://münchen.de/straße",
        "http://日本語.みんな/",
        "https://en.wikipedia.org/wiki/Primer_(film)",
        "http://example.com:8080/a?b=c&d=(e)#f",
    ];
    for link in links {
        assert_eq!(weighted_length(link), 23, "{link}");
        assert_eq!(weighted_length(&format!("日 {link} 本")), 29, "{link}");
        assert!(has_url(link));
    }
    for text in ["http://no-tld", "file.tar.bz2", "1.5", "e.g. this", "$TVI.CA", "a@example.com", "end.Start", "..."] {
        assert_eq!(weighted_length(text), text.len(), "{text}");
        assert!(!has_url(text), "{text}");
    }
    assert_eq!(weighted_length("see http://example.com/path."), 4 + 23 + 1);
    assert_eq!(weighted_length("(example.com/a_(b))"), 1 + 23 + 1);
}

#[test]
fn decomposed_letters_are_composed_first() {
    assert_eq!(weighted_length("e\u{301}"), 1);
    assert_eq!(weighted_length("\u{1112}\u{1161}\u{11ab}"), 2);
    assert_eq!(weighted_length("\u{212b}"), 1);
    let text = "e\u{301}".repeat(300);
    let parsed = parse(&text);
    assert_eq!(parsed.weighted_length, 300);
    assert!(!parsed.valid);
    assert_eq!((parsed.valid_bytes, parsed.valid_range, parsed.display_range), (280 * 3, 0..560, 0..600));
    assert_eq!(weighted_length("http://exa\u{301}mple.com/e\u{301}"), 23);
}

#[test]
fn the_limit_is_met_exactly() {
    let exact = "a".repeat(280);
    let parsed = parse(&exact);
    assert!(parsed.valid);
    assert_eq!((parsed.permillage, parsed.valid_range.clone(), parsed.valid_bytes), (1000, 0..280, 280));
    let parsed = parse(&format!("{exact}a"));
    assert!(!parsed.valid);
    assert_eq!((parsed.weighted_length, parsed.permillage), (281, 1003));
    assert_eq!((parsed.valid_range, parsed.display_range), (0..280, 0..281));
    // An emoji, a link and a character of weight 2 fit whole or not at all.
    for last in ["👩🏽‍🚀", "日"] {
        let parsed = parse(&format!("{}{last}", "a".repeat(279)));
        assert_eq!((parsed.weighted_length, parsed.valid_bytes, parsed.valid), (281, 279, false), "{last}");
    }
    let parsed = parse(&format!("{} https://example.com", "a".repeat(260)));
    assert_eq!((parsed.weighted_length, parsed.valid_bytes, parsed.valid), (284, 261, false));
    let parsed = parse(&"👩🏽‍🚀".repeat(140));
    assert!(parsed.valid);
    assert_eq!((parsed.weighted_length, parsed.valid_range), (280, 0..140 * 7));
    assert!(parse_with(&"a".repeat(25_000), &Limits::PREMIUM).valid);
    assert!(!parse_with(&"a".repeat(25_001), &Limits::PREMIUM).valid);
    assert!(!parse_with("a", &Limits::new(0)).valid);
    assert!(!parse("").valid);
    assert!(parse(" ").valid);
}

#[test]
fn characters_that_no_tweet_may_hold() {
    for c in ['\u{fffe}', '\u{feff}', '\u{ffff}'] {
        let parsed = parse(&format!("ok {c} no"));
        assert!(!parsed.valid);
        assert_eq!((parsed.weighted_length, parsed.valid_range), (8, 0..3), "{}", c.escape_unicode());
    }
    // Directional marks and NUL are taken.
    assert!(parse("\u{202a}a\u{202c}\u{2066}b\u{2069}\0").valid);
}

#[test]
fn what_publishing_asks() {
    let parsed = parse("$TSLA and $AAPL at example.com and https://t.co/x");
    assert_eq!((parsed.url_count, parsed.cashtag_count, parsed.has_url()), (2, 2, true));
    assert_eq!(cashtag_count("$A.B, $12, a$BC"), 1);
    assert!(!parse("no link. here").has_url());
}

#[test]
fn everything_at_once_in_order_and_apart() {
    let text = "😀 @ann/list #rust http://example.com/#no $TSLA @bob ＃日本";
    let found = extract(text);
    let kinds: Vec<_> = found.iter().map(|entity| (entity.kind, entity.value)).collect();
    let expected = [
        (EntityKind::List, "ann"),
        (EntityKind::Hashtag, "rust"),
        (EntityKind::Url, "http://example.com/#no"),
        (EntityKind::Cashtag, "TSLA"),
        (EntityKind::Mention, "bob"),
        (EntityKind::Hashtag, "日本"),
    ];
    assert_eq!(kinds, expected);
    assert_eq!((found[0].chars.clone(), found[0].utf16.clone(), found[0].bytes.clone()), (2..11, 3..12, 5..14));
    assert_eq!(found[0].list, Some("/list"));
    assert_eq!(&text[found[5].bytes.clone()], "＃日本");
}

#[test]
fn hostile_text_costs_no_more() {
    // Each would take minutes if a place of the text were looked at more than a few times.
    let pieces = [
        "a.",
        "あ.",
        "a-.",
        "_a.",
        ".com",
        "a.com",
        "http://",
        "http://a.com/(",
        "a.com/((",
        "(",
        "@",
        "@a/b-",
        "#",
        "#1",
        "$A.",
        "a.b_c.d",
        "xn--",
        "-.",
        "e\u{301}",
        "\u{300}",
        "👨\u{200d}",
        "🇩",
        "1\u{fe0f}",
        "RT:@",
        "a.co/?",
        "a.com(",
        "日.com/",
    ];
    for piece in pieces {
        let text = piece.repeat(100_000 / piece.len());
        let parsed = parse(&text);
        assert_eq!(parsed.weighted_length, weighted_length(&text));
        let _ = extract(&text);
        let _ = extract_urls(&text);
        let _ = extract_hashtags(&text);
        let _ = extract_mentions_or_lists(&text);
        let _ = extract_cashtags(&text);
    }
}
