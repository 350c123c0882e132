//! Filling a JSON schema: every schema of the strict subset gets a value that keeps to it and fits the prompt where its
//! names say what is wanted (tweets, claims on measured features, evidence ids).

use serde_json::{Map, Value, json};

use super::Tweets;
use super::brief::{Brief, Feature};

pub(super) struct Fill<'a> {
    root: &'a Value,
    brief: &'a Brief,
    tweets: Tweets<'a>,
    /// The features by how far they are from usual.
    features: Vec<&'a Feature>,
    /// The feature of the claim that is being written.
    current: Option<&'a Feature>,
    next_feature: usize,
    next_id: usize,
    next_line: usize,
    contrary: bool,
}

const LINES: &[&str] = &[
    "Short clauses and familiar words, as the examples have them",
    "The numbers in the prompt say so, and the examples agree",
    "Dry, plain and close to the day's work",
    "It starts quietly and ends on the point",
];
const UP: &[&str] =
    &["more", "higher", "high", "above", "over", "up", "often", "frequent", "longer", "increase", "positive", "strong"];
const DOWN: &[&str] = &[
    "less", "fewer", "lower", "low", "below", "under", "down", "rare", "seldom", "shorter", "decrease", "negative",
    "weak",
];

impl<'a> Fill<'a> {
    pub(super) fn new(schema: &'a Value, brief: &'a Brief, tweets: Tweets<'a>, contrary: bool) -> Self {
        let mut features: Vec<&Feature> = brief.features.iter().collect();
        let size = |feature: &Feature| feature.distance.unwrap_or(0.0).abs();
        features.sort_by(|a, b| size(b).total_cmp(&size(a)));
        Self {
            root: schema,
            brief,
            tweets,
            features,
            current: None,
            next_feature: 0,
            next_id: 0,
            next_line: 0,
            contrary,
        }
    }

    pub(super) fn value(mut self) -> Value {
        self.fill(self.root, "", "", 0)
    }

    fn fill(&mut self, schema: &'a Value, name: &str, list: &str, depth: usize) -> Value {
        if depth > 24 {
            return Value::Null;
        }
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let root = self.root;
            let found =
                if target == "#" { Some(root) } else { target.strip_prefix('#').and_then(|path| root.pointer(path)) };
            return found.map_or(Value::Null, |found| self.fill(found, name, list, depth + 1));
        }
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
            return self.choose(choices, name);
        }
        if let Some(choices) = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array) {
            // A recursive schema ends at the choice that is nothing.
            let nothing = choices.iter().find(|choice| choice.get("type").is_some_and(|kind| kind == "null"));
            let something = choices.iter().find(|choice| choice.get("type").is_none_or(|kind| kind != "null"));
            let chosen = if depth > 8 { nothing.or(something) } else { something.or(nothing) };
            return chosen.map_or(Value::Null, |chosen| self.fill(chosen, name, list, depth + 1));
        }
        let kind = match schema.get("type") {
            Some(Value::Array(kinds)) if depth > 8 && kinds.iter().any(|kind| kind == "null") => "null",
            Some(Value::Array(kinds)) => {
                kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null")
            }
            Some(Value::String(kind)) => kind,
            _ if schema.get("properties").is_some() => "object",
            _ => "null",
        };
        match kind {
            "object" => self.object(schema, list, depth),
            "array" => self.array(schema, name, depth),
            "string" => self.string(schema, name, list).into(),
            "integer" => self.number(schema, name, true),
            "number" => self.number(schema, name, false),
            "boolean" => true.into(),
            _ => Value::Null,
        }
    }

    fn object(&mut self, schema: &'a Value, list: &str, depth: usize) -> Value {
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return json!({}) };
        let before = self.current;
        if let Some(feature) = properties.get("feature") {
            self.current = self.feature(feature);
        }
        let mut object = Map::new();
        for (name, inner) in properties {
            object.insert(name.clone(), self.fill(inner, name, list, depth + 1));
        }
        self.current = before;
        object.into()
    }

    /// The next measured feature that the schema has a name for.
    fn feature(&mut self, schema: &Value) -> Option<&'a Feature> {
        let names = schema.get("enum").and_then(Value::as_array);
        let fits =
            |feature: &&Feature| names.is_none_or(|names| names.iter().any(|name| *name == feature.name.as_str()));
        let known: Vec<&'a Feature> = self.features.iter().copied().filter(fits).collect();
        let at = self.next_feature;
        self.next_feature += 1;
        known.get(at % known.len().max(1)).copied()
    }

    fn array(&mut self, schema: &'a Value, name: &str, depth: usize) -> Value {
        let bound = |key: &str| schema.get(key).and_then(Value::as_u64).and_then(|bound| usize::try_from(bound).ok());
        let items = schema.get("items").unwrap_or(&Value::Null);
        let lower = name.to_lowercase();
        let properties = items.get("properties");
        let claims = properties.is_some_and(|properties| properties.get("feature").is_some());
        let tweets = ["tweet", "candidate", "draft", "text", "variant", "option", "post"];
        let wanted = if claims {
            self.features.len().clamp(1, 8)
        } else if is_ids(&lower) {
            self.ids().min(2)
        } else if tweets.iter().any(|part| lower.contains(part)) {
            self.brief.count.unwrap_or(5).min(64)
        } else if depth > 8 {
            0
        } else {
            3
        };
        let size = wanted.max(bound("minItems").unwrap_or(0)).min(bound("maxItems").unwrap_or(usize::MAX)).min(256);
        let values: Vec<Value> = (0..size).map(|_| self.fill(items, name, &lower, depth + 1)).collect();
        values.into()
    }

    fn choose(&mut self, choices: &[Value], name: &str) -> Value {
        let lower = name.to_lowercase();
        let find = |wanted: &str| {
            choices.iter().find(|choice| choice.as_str().is_some_and(|text| text.eq_ignore_ascii_case(wanted)))
        };
        if let Some(feature) = self.current {
            if lower == "feature"
                && let Some(known) = find(&feature.name)
            {
                return known.clone();
            }
            if lower.contains("direction")
                && let Some(known) = self.direction(feature, choices)
            {
                return known;
            }
            if lower.contains("strength")
                && let Some(known) = feature.strength.as_deref().and_then(find)
            {
                return known.clone();
            }
            if (lower.contains("strength") || lower.contains("confidence")) && !choices.is_empty() {
                // Choices are taken to rise; the further from usual, the stronger.
                let share = (feature.distance.unwrap_or(1.0).abs() / 3.0).min(0.999);
                let at = (0..choices.len()).rev().find(|at| share * choices.len() as f64 >= *at as f64).unwrap_or(0);
                return choices.get(at).cloned().unwrap_or(Value::Null);
            }
        }
        if lower.contains("lang")
            && let Some(known) = self.brief.language.as_deref().and_then(find)
        {
            return known.clone();
        }
        let at = self.tweets.rng().usize(0..choices.len().max(1));
        choices.get(at).cloned().unwrap_or(Value::Null)
    }

    fn direction(&self, feature: &Feature, choices: &[Value]) -> Option<Value> {
        let side = |text: &str| {
            let text = text.to_lowercase();
            let holds = |list: &[&str]| list.iter().any(|part| text.contains(part));
            // The words for less are looked for first: `lower` holds no word for more, `below usual` neither.
            if holds(DOWN) { Some(false) } else { holds(UP).then_some(true) }
        };
        let own = feature.direction.as_deref();
        let up = own.and_then(side).or(feature.distance.map(|distance| distance >= 0.0));
        let wanted = up.map(|up| up != self.contrary);
        let same = choices.iter().find(|choice| !self.contrary && choice.as_str() == own);
        let agreeing = choices.iter().find(|choice| wanted.is_some() && choice.as_str().and_then(side) == wanted);
        let other = choices.iter().find(|choice| self.contrary && choice.as_str() != own);
        same.or(agreeing).or(other).cloned()
    }

    fn ids(&self) -> usize {
        self.brief.examples.iter().filter(|example| example.id.is_some()).count()
    }

    fn id(&mut self) -> String {
        if self.contrary {
            return "999999999999999999".to_owned();
        }
        let at = self.next_id;
        self.next_id += 1;
        if let Some(feature) = self.current.filter(|feature| !feature.evidence.is_empty()) {
            return feature.evidence.get(at % feature.evidence.len()).cloned().unwrap_or_default();
        }
        let ids = self.brief.examples.iter().filter_map(|example| example.id.as_ref());
        ids.clone().nth(at % ids.count().max(1)).cloned().unwrap_or_else(|| "1".to_owned())
    }

    fn string(&mut self, schema: &Value, name: &str, list: &str) -> String {
        let lower = name.to_lowercase();
        let bound = |key: &str| schema.get(key).and_then(Value::as_u64).and_then(|bound| usize::try_from(bound).ok());
        let is_tweet = matches!(lower.as_str(), "text" | "tweet" | "content" | "draft" | "post" | "candidate")
            || ["tweets", "candidates", "drafts", "texts", "posts", "variants", "options"].contains(&lower.as_str());
        let text = if is_tweet {
            self.tweets.next_tweet()
        } else if lower == "feature" {
            self.current.map_or_else(|| "words".to_owned(), |feature| feature.name.clone())
        } else if lower.contains("direction") {
            self.free_direction()
        } else if lower.contains("lang") {
            self.brief.language.clone().unwrap_or_else(|| "en".to_owned())
        } else if lower.contains("topic") {
            self.brief.topic.clone().unwrap_or_else(|| "the day".to_owned())
        } else if is_ids(&lower) || is_ids(list) && lower == "id" {
            self.id()
        } else {
            match schema.get("format").and_then(Value::as_str) {
                Some("date-time") => "2026-01-01T00:00:00Z".to_owned(),
                Some("date") => "2026-01-01".to_owned(),
                Some("uri") => "https://example.com/".to_owned(),
                Some("email") => "nobody@example.com".to_owned(),
                Some("uuid") => "00000000-0000-4000-8000-000000000000".to_owned(),
                _ => {
                    self.next_line += 1;
                    LINES.get(self.next_line % LINES.len()).copied().unwrap_or_default().to_owned()
                }
            }
        };
        let mut text: String = text.chars().take(bound("maxLength").unwrap_or(usize::MAX)).collect();
        while text.chars().count() < bound("minLength").unwrap_or(0).min(10_000) {
            text.push('.');
        }
        text
    }

    fn free_direction(&self) -> String {
        let Some(feature) = self.current else { return "more".to_owned() };
        let choices = [json!("more"), json!("less")];
        if let Some(own) = feature.direction.as_ref().filter(|_| !self.contrary) {
            return own.clone();
        }
        self.direction(feature, &choices)
            .and_then(|text| text.as_str().map(str::to_owned))
            .unwrap_or_else(|| "more".to_owned())
    }

    fn number(&mut self, schema: &Value, name: &str, whole: bool) -> Value {
        let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
        let low = bound("minimum").or(bound("exclusiveMinimum").map(|low| if whole { low + 1.0 } else { low + 1e-6 }));
        let high =
            bound("maximum").or(bound("exclusiveMaximum").map(|high| if whole { high - 1.0 } else { high - 1e-6 }));
        let strength = match self.current.and_then(|feature| feature.distance) {
            Some(distance) if name.contains("strength") || name.contains("confidence") => {
                (distance.abs() / 3.0).min(1.0)
            }
            _ => 0.6,
        };
        let (low, high) = match (low, high) {
            (Some(low), Some(high)) => (low, high.max(low)),
            (Some(low), None) => (low, low + 10.0),
            (None, Some(high)) => (high.min(0.0), high),
            (None, None) => (0.0, if whole { 10.0 } else { 1.0 }),
        };
        let mut number = low + (high - low) * strength;
        if let Some(step) = bound("multipleOf").filter(|step| *step > 0.0) {
            number = (number / step).floor() * step;
            if number < low {
                number += step;
            }
        }
        if whole {
            format!("{:.0}", number.floor().max(low.ceil())).parse::<i64>().map_or(Value::Null, Value::from)
        } else {
            number.into()
        }
    }
}

fn is_ids(name: &str) -> bool {
    name == "id"
        || name.ends_with("_id")
        || name.ends_with("_ids")
        || name.ends_with("ids")
        || name.contains("evidence")
}
