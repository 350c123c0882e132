//! What a prompt says, read without knowing its format: any JSON value in any message, else its words.

use serde_json::Value;

/// An example tweet of the prompt.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Example {
    pub(super) id: Option<String>,
    pub(super) text: String,
}

/// A measured feature of the prompt.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Feature {
    pub(super) name: String,
    /// The direction in the prompt's own word, if it has one.
    pub(super) direction: Option<String>,
    /// How far it is from usual, with its sign, if the prompt says so.
    pub(super) distance: Option<f64>,
    /// The strength in the prompt's own word, if it has one.
    pub(super) strength: Option<String>,
    /// The examples that the prompt names for it.
    pub(super) evidence: Vec<String>,
}

/// What a prompt says.
#[derive(Debug, Default)]
pub(super) struct Brief {
    pub(super) examples: Vec<Example>,
    pub(super) features: Vec<Feature>,
    pub(super) topic: Option<String>,
    pub(super) language: Option<String>,
    pub(super) count: Option<usize>,
    pub(super) limit: Option<usize>,
    pub(super) banned: Vec<String>,
}

const MAX_EXAMPLES: usize = 400;

impl Brief {
    pub(super) fn read(messages: &[(String, String)]) -> Self {
        let mut brief = Self::default();
        // Instructions show JSON too, of the answer they want: it is looked at only where nobody else brings data.
        let told = |role: &str| matches!(role, "system" | "developer");
        for (_, text) in messages.iter().filter(|(role, _)| !told(role)) {
            for value in values(text) {
                brief.walk(&value, "", 0);
            }
        }
        if brief.examples.is_empty() && brief.features.is_empty() {
            for value in messages.iter().filter(|(role, _)| told(role)).flat_map(|(_, text)| values(text)) {
                brief.walk(&value, "", 0);
            }
        }
        if brief.topic.is_none() {
            brief.topic = messages.iter().rev().find(|(role, _)| role == "user").and_then(|(_, text)| said_topic(text));
        }
        if brief.examples.is_empty() {
            // No data: lines of the prompt that could be tweets.
            let lines = messages.iter().filter(|(role, _)| role == "user").flat_map(|(_, text)| text.lines());
            brief.examples = lines
                .map(|line| line.trim_start_matches(['-', '*', ' ', '>']).trim())
                .filter(|line| line.split_whitespace().count() > 3 && line.chars().count() <= 280)
                .take(MAX_EXAMPLES)
                .map(|line| Example { id: None, text: line.to_owned() })
                .collect();
        }
        brief
    }

    fn walk(&mut self, value: &Value, key: &str, depth: usize) {
        if depth > 12 || holds_any(key, &["draft", "reject", "avoid", "schema", "already"]) {
            return;
        }
        match value {
            Value::Object(object) => {
                let text = ["text", "full_text", "tweet"].iter().find_map(|name| object.get(*name)?.as_str());
                let text = text.filter(|_| key.is_empty() || is_examples(key));
                if let Some(text) = text {
                    self.example(object.get("id").or_else(|| object.get("tweet_id")), text);
                } else if let Some(feature) = feature(object) {
                    self.features.push(feature);
                    return;
                }
                for (name, inner) in object {
                    let name = name.to_lowercase();
                    if holds_any(&name, &["feature", "fingerprint", "measure", "habit"])
                        && let Some(map) = inner.as_object()
                    {
                        self.features.extend(map.iter().filter_map(|(name, value)| numbered(name, value)));
                    }
                    self.setting(&name, inner);
                    self.walk(inner, &name, depth + 1);
                }
            }
            Value::Array(items) => {
                for item in items {
                    match item {
                        Value::String(text) if is_examples(key) => self.example(None, text),
                        Value::Object(_) | Value::Array(_) => self.walk(item, key, depth + 1),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn example(&mut self, id: Option<&Value>, text: &str) {
        if self.examples.len() < MAX_EXAMPLES && !text.trim().is_empty() {
            let id = id.map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
            self.examples.push(Example { id, text: text.to_owned() });
        }
    }

    fn setting(&mut self, name: &str, value: &Value) {
        let text = value.as_str().map(str::trim).filter(|text| !text.is_empty());
        let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
        match name {
            "topic" | "about" | "subject" | "brief" => self.topic = text.map(str::to_owned).or(self.topic.take()),
            "language" | "lang" => self.language = text.map(str::to_lowercase).or(self.language.take()),
            "count" | "n" | "candidates" | "drafts" | "how_many" | "number" | "number_of_tweets" => {
                self.count = number.or(self.count);
            }
            "limit"
            | "max_characters"
            | "max_length"
            | "max_weighted_length"
            | "weighted_length_limit"
            | "length_limit" => {
                self.limit = number.or(self.limit);
            }
            name if holds_any(name, &["banned", "forbidden"]) => {
                let words = value.as_array().into_iter().flatten().filter_map(Value::as_str);
                self.banned.extend(words.map(str::to_lowercase));
            }
            _ => {}
        }
    }
}

fn holds_any(text: &str, parts: &[&str]) -> bool {
    parts.iter().any(|part| text.contains(part))
}

fn is_examples(key: &str) -> bool {
    holds_any(key, &["example", "exemplar", "sample", "tweet", "evidence", "text", "post", "own"])
}

fn distance(object: &serde_json::Map<String, Value>) -> Option<f64> {
    ["z", "z_score", "zscore", "distance", "deviation", "delta", "difference", "gap"]
        .iter()
        .find_map(|name| object.get(*name)?.as_f64())
}

fn feature(object: &serde_json::Map<String, Value>) -> Option<Feature> {
    let name = ["feature", "name", "key", "id"].iter().find_map(|name| object.get(*name)?.as_str())?;
    let direction = ["direction", "compared", "side"].iter().find_map(|name| object.get(*name)?.as_str());
    let distance = distance(object);
    if direction.is_none() && distance.is_none() {
        return None;
    }
    let evidence =
        ["evidence_ids", "evidence", "tweet_ids", "example_ids"].iter().find_map(|name| object.get(*name)?.as_array());
    Some(Feature {
        name: name.to_owned(),
        direction: direction.map(str::to_owned),
        distance,
        strength: object.get("strength").and_then(Value::as_str).map(str::to_owned),
        evidence: evidence.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
    })
}

fn numbered(name: &str, value: &Value) -> Option<Feature> {
    let plain = Feature {
        name: name.to_owned(),
        direction: None,
        distance: value.as_f64(),
        strength: None,
        evidence: Vec::new(),
    };
    match value {
        Value::Number(_) => Some(plain),
        Value::Object(object) => {
            let direction = object.get("direction").and_then(Value::as_str).map(str::to_owned);
            let distance = distance(object);
            (direction.is_some() || distance.is_some()).then_some(Feature { direction, distance, ..plain })
        }
        _ => None,
    }
}

/// The JSON objects and lists in a text, in order; what is no JSON between them is skipped.
fn values(text: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let (mut at, mut failures) = (0, 0);
    // A bracket in prose costs one try; a text of brackets alone must not cost a try for each.
    while failures < 64 {
        let Some(rest) = text.get(at..) else { break };
        let Some(next) = rest.find(['{', '[']) else { break };
        let Some(start) = rest.get(next..) else { break };
        let mut values = serde_json::Deserializer::from_str(start).into_iter::<Value>();
        match values.next() {
            Some(Ok(value)) => {
                at += next + values.byte_offset();
                found.push(value);
            }
            _ => {
                failures += 1;
                at += next + 1;
            }
        }
    }
    found
}

/// The topic in a sentence such as `Write a tweet about sourdough.`; else the words of a short last line. Data has it
/// where it names it, and nowhere else.
fn said_topic(text: &str) -> Option<String> {
    if text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let lower = text.to_lowercase();
    for sign in ["topic:", "about:", "about ", "über ", "sobre "] {
        let Some(at) = lower.find(sign) else { continue };
        let said = lower.get(at + sign.len()..)?.lines().next()?;
        let said = said.trim().trim_matches(['"', '.', '!', '`', '\'']);
        if !said.is_empty() {
            return Some(said.chars().take(100).collect());
        }
    }
    let last = text.lines().rev().map(str::trim).find(|line| !line.is_empty())?;
    (last.split_whitespace().count() <= 12 && !last.starts_with(['{', '[', '<'])).then(|| last.to_owned())
}
