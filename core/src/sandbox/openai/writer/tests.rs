use super::tweet::language;
use super::*;
use serde_json::json;

const OWN: &[&str] = &[
    "ok so the oven is warm again… the cat is pleased 🐈‍⬛",
    "no bread today. the mill forgot us, and then the rain came",
    "rye is patience, wheat is gossip. i said what i said",
    "the printer jammed at three in the morning and i laughed 🥖",
    "somebody asked for a refund on a croissant. half eaten… respect",
    "new flour, same knees. good morning to both of them",
    "if you need me i am behind the counter, explaining butter to a man in linen",
    "heute kam ein kunde und wollte das brot von gestern, aber frisch",
];

fn messages(data: &Value) -> Vec<(String, String)> {
    vec![
        ("system".into(), "Write tweets. Do [exactly] as {told}.".into()),
        ("user".into(), format!("<data>\n{data}\n</data>\nWrite.")),
    ]
}

fn data() -> Value {
    let examples: Vec<Value> =
        OWN.iter().enumerate().map(|(at, text)| json!({"id": format!("10{at}"), "text": text})).collect();
    json!({"topic": "why we rewrote it in rust", "count": 5, "language": "en", "examples": examples})
}

fn words(text: &str) -> Vec<String> {
    let split = text.split(|c: char| !c.is_alphanumeric());
    split.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

#[test]
fn tweets_are_new_short_on_topic_and_the_same_each_time() {
    let writer = Writer::new(&messages(&data()), 0, Mode::Plain);
    let again = Writer::new(&messages(&data()), 0, Mode::Plain);
    let mut seen = std::collections::BTreeSet::new();
    for index in 0..200 {
        let text = writer.tweet(index);
        assert_eq!(text, again.tweet(index), "deterministic");
        assert!(text.chars().count() <= 270 && !text.trim().is_empty(), "{text}");
        assert!(text.to_lowercase().contains("rust") || text.to_lowercase().contains("rewrote"), "{text}");
        assert_eq!(language(&text), "en", "{text}");
        let new = words(&text);
        for own in OWN {
            let own = words(own);
            assert!(!new.windows(6).any(|run| own.windows(6).any(|known| known == run)), "a copy: {text}");
            let shared = new.windows(5).filter(|run| own.windows(5).any(|known| known == *run)).count();
            assert!(shared * 2 < new.windows(5).count().max(1), "half a copy: {text}");
        }
        seen.insert(text);
    }
    assert!(seen.len() > 180, "{} different ones of 200", seen.len());
    assert_ne!(Writer::new(&messages(&data()), 1, Mode::Plain).tweet(0), writer.tweet(0), "the seed counts");
}

#[test]
fn any_strict_schema_is_filled() {
    let schema = json!({
        "type": "object",
        "properties": {
            "tweets": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 3},
            "mood": {"type": ["string", "null"], "enum": ["dry", null]},
            "score": {"type": "number", "minimum": 0.5, "maximum": 0.75},
            "rank": {"type": "integer", "exclusiveMinimum": 3, "maximum": 4},
            "step": {"type": "integer", "multipleOf": 5, "minimum": 7},
            "maybe": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/node"}]},
            "tree": {"$ref": "#/$defs/node"},
            "kind": {"const": "v1"},
            "note": {"type": "string", "maxLength": 5},
            "long": {"type": "string", "minLength": 300},
            "ok": {"type": "boolean"},
        },
        "required": ["tweets", "mood", "score", "rank", "step", "maybe", "tree", "kind", "note", "long", "ok"],
        "additionalProperties": false,
        "$defs": {"node": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
                "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
            "required": ["name", "next", "children"],
            "additionalProperties": false,
        }},
    });
    let flat = {
        let mut flat = schema.clone();
        // A tree of three children on each of many levels would be thousands of nodes.
        flat["$defs"]["node"]["properties"]["children"]["maxItems"] = json!(1);
        flat
    };
    let validator = jsonschema::draft202012::new(&flat).unwrap();
    for mode in [Mode::Plain, Mode::Long, Mode::Copies, Mode::Same, Mode::Invented, Mode::Hostile, Mode::WrongClaims] {
        for prompt in [json!({}), data()] {
            let value = Writer::new(&messages(&prompt), 0, mode).json(&flat, 0);
            let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}\n{value:#}");
        }
    }
}

#[test]
fn hostile_prompts_end() {
    for text in ["[".repeat(200_000), "{\"a\":".repeat(50_000), "}{][\u{0}\u{202e}".repeat(1000), String::new()] {
        let writer = Writer::new(&[("user".into(), text)], 0, Mode::Plain);
        assert!(writer.tweet(0).chars().count() <= 280);
    }
    let words = Writer::new(&[("user".into(), "Write a tweet about sourdough and rain.".into())], 0, Mode::Plain);
    assert!(words.tweet(0).to_lowercase().contains("sourdough") || words.tweet(1).to_lowercase().contains("rain"));
    let banned = json!({"topic": "rust", "examples": OWN, "banned_words": ["cat", "oven"], "limit": 60});
    let writer = Writer::new(&messages(&banned), 0, Mode::Plain);
    for index in 0..50 {
        let text = writer.tweet(index);
        assert!(!text.contains("cat") && !text.contains("oven") && text.chars().count() <= 60, "{text}");
    }
}

#[test]
fn data_is_taken_from_the_user_and_not_from_the_instructions() {
    let messages = [
        ("system".to_owned(), "Answer with JSON only: {\"tweets\": [\"first draft\", \"second draft\"]}".to_owned()),
        ("user".to_owned(), json!({"author": {"style": ["Short."], "tweets": OWN}}).to_string()),
        (
            "user".to_owned(),
            json!({
                "examples_on_the_subject": ["rye again… and again"],
                "feedback": {"liked": ["x"], "rejected": [{"draft": "no such thing", "why": "dull"}]},
                "request": [{"drafts": 7, "max_characters": 280}, {"banned": ["zzz"]}, {"subject": "winter rye"}],
            })
            .to_string(),
        ),
    ];
    let writer = Writer::new(&messages, 0, Mode::Plain);
    assert_eq!(writer.brief.examples.len(), OWN.len() + 1);
    assert_eq!((writer.brief.count, writer.brief.topic.as_deref()), (Some(7), Some("winter rye")));
    let numbers = json!({
        "numbers": [
            {"feature": "ellipsis", "value": 1.0, "direction": "more", "strength": "clear"},
            {"feature": "caps", "value": 0.1, "direction": "typical", "strength": "slight"},
        ],
        "tweets": [{"id": "12", "text": "ok so… rye"}],
    });
    let claim = json!({"type": "object", "additionalProperties": false,
        "required": ["feature", "direction", "strength", "words", "evidence_ids"], "properties": {
            "feature": {"type": "string"}, "direction": {"type": "string", "enum": ["more", "less", "typical"]},
            "strength": {"type": "string", "enum": ["slight", "clear", "strong"]}, "words": {"type": "string"},
            "evidence_ids": {"type": "array", "items": {"type": "string"}}}});
    let schema = json!({"type": "object", "additionalProperties": false, "required": ["claims"],
        "properties": {"claims": {"type": "array", "items": claim}}});
    let claims =
        Writer::new(&[("user".into(), numbers.to_string())], 0, Mode::Plain).json(&schema, 0)["claims"].clone();
    let told =
        |at: usize| (claims[at]["feature"].clone(), claims[at]["direction"].clone(), claims[at]["strength"].clone());
    assert_eq!(told(0), (json!("ellipsis"), json!("more"), json!("clear")));
    assert_eq!(told(1), (json!("caps"), json!("typical"), json!("slight")));
    assert_eq!(claims[0]["evidence_ids"], json!(["12"]));
    let wrong = Writer::new(&[("user".into(), numbers.to_string())], 0, Mode::WrongClaims).json(&schema, 0);
    assert_eq!(wrong["claims"][0]["direction"], "less");
    assert_ne!(wrong["claims"][1]["direction"], "typical");
}
