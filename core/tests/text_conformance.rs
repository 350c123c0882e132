//! The suites of twitter-text: every case of `extract.yml`, `tlds.yml` and `tld_lib.yml`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::collections::BTreeMap;

use ghostwren::text::{
    Entity, EntityKind, extract_cashtags, extract_hashtags, extract_mentions, extract_mentions_or_lists, extract_urls,
    reply_to, weighted_length,
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Case {
    description: String,
    text: String,
    expected: Value,
}

#[derive(Deserialize)]
struct Suite {
    tests: BTreeMap<String, Vec<Case>>,
}

fn suite(name: &str) -> Option<Suite> {
    let text = std::fs::read_to_string(common::shared()?.join("data/twitter-text").join(name)).unwrap();
    Some(serde_saphyr::from_str(&text).unwrap())
}

fn values(found: &[Entity<'_>]) -> Value {
    json!(found.iter().map(|entity| entity.value).collect::<Vec<_>>())
}

fn indexed(found: &[Entity<'_>], name: &str) -> Value {
    let one = |entity: &Entity<'_>| json!({name: entity.value, "indices": [entity.chars.start, entity.chars.end]});
    json!(found.iter().map(one).collect::<Vec<_>>())
}

fn answer(section: &str, text: &str) -> Value {
    match section {
        "mentions" => values(&extract_mentions(text)),
        "mentions_with_indices" => indexed(&extract_mentions(text), "screen_name"),
        "mentions_or_lists_with_indices" => {
            let one = |entity: &Entity<'_>| {
                assert_eq!(entity.kind == EntityKind::List, entity.list.is_some());
                json!({
                    "screen_name": entity.value,
                    "list_slug": entity.list.unwrap_or_default(),
                    "indices": [entity.chars.start, entity.chars.end],
                })
            };
            json!(extract_mentions_or_lists(text).iter().map(one).collect::<Vec<_>>())
        }
        "replies" => json!(reply_to(text)),
        "urls" | "tco_urls_with_params" => values(&extract_urls(text)),
        "urls_with_indices" | "urls_with_directional_markers" => indexed(&extract_urls(text), "url"),
        "hashtags" | "hashtags_from_astral" => values(&extract_hashtags(text)),
        "hashtags_with_indices" => indexed(&extract_hashtags(text), "hashtag"),
        "cashtags" => values(&extract_cashtags(text)),
        "cashtags_with_indices" => indexed(&extract_cashtags(text), "cashtag"),
        other => panic!("a section that this test does not know: {other}"),
    }
}

#[test]
fn every_case_of_extract() {
    let Some(suite) = suite("extract.yml") else { return };
    let mut wrong = Vec::new();
    let mut sections = Vec::new();
    let mut cases = 0;
    for (section, tests) in &suite.tests {
        sections.push(section.as_str());
        for case in tests {
            cases += 1;
            let found = answer(section, &case.text);
            if found != case.expected {
                wrong.push(format!(
                    "{section}: {}\n  text {:?}\n  expected {}\n  found    {found}",
                    case.description, case.text, case.expected
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {cases} cases fail:\n{}", wrong.len(), wrong.join("\n"));
    assert!(cases >= 238, "only {cases} cases");
    assert_eq!(sections.len(), 13, "{sections:?}");
}

#[test]
fn every_top_level_domain() {
    let Some(suite) = suite("tlds.yml") else { return };
    let mut cases = 0;
    for case in suite.tests.values().flatten() {
        cases += 1;
        let found = extract_urls(&case.text);
        assert_eq!(values(&found), case.expected, "{}", case.description);
        assert_eq!(weighted_length(&case.text), 23, "{}", case.description);
    }
    assert!(cases >= 1574, "only {cases} cases");
}

#[test]
fn every_top_level_domain_of_the_library() {
    let Some(folder) = common::shared() else { return };
    let text = std::fs::read_to_string(folder.join("data/twitter-text/tld_lib.yml")).unwrap();
    let lists: BTreeMap<String, Vec<String>> = serde_saphyr::from_str(&text).unwrap();
    assert_eq!(lists.keys().map(String::as_str).collect::<Vec<_>>(), ["country", "generic"]);
    let mut cases = 0;
    for tld in lists.values().flatten() {
        cases += 1;
        let link = format!("https://example.{tld}/path");
        let text = format!("see {link} and example.{tld}, not example.{tld}x1 or x@example.{tld}");
        let found: Vec<_> = extract_urls(&text).iter().map(|entity| entity.value.to_owned()).collect();
        assert_eq!(found.get(..2), Some([link.clone(), format!("example.{tld}")].as_slice()), "{tld}");
        // A name in other letters may be the beginning of a longer one; one in ASCII must end there.
        assert!(found.len() == 2 || !tld.is_ascii(), "{tld}: {found:?}");
        assert_eq!(weighted_length(&link), 23, "{tld}");
    }
    assert!(cases >= 1574, "only {cases} cases");
}

#[test]
fn the_numbers_of_the_configuration() {
    let Some(folder) = common::shared() else { return };
    let text = std::fs::read_to_string(folder.join("data/twitter-text/v3.json")).unwrap();
    let config: Value = serde_json::from_str(&text).unwrap();
    let scale = config["scale"].as_u64().unwrap();
    let ranges = config["ranges"].as_array().unwrap();
    assert_eq!(config["maxWeightedTweetLength"], json!(ghostwren::text::Limits::default().max_weighted_length));
    let mut checked = 0;
    for c in (0..=0x1_ffff).filter_map(char::from_u32) {
        let text = c.to_string();
        if !unicode_normalization::is_nfc(&text) {
            continue;
        }
        let in_range = |range: &&Value| {
            (range["start"].as_u64().unwrap()..=range["end"].as_u64().unwrap()).contains(&u64::from(u32::from(c)))
        };
        let weight = ranges.iter().find(in_range).map_or(&config["defaultWeight"], |range| &range["weight"]);
        assert_eq!(weighted_length(&text) as u64, weight.as_u64().unwrap() / scale, "{}", c.escape_unicode());
        checked += 1;
    }
    assert!(checked > 120_000);
}
