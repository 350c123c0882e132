//! The published OpenAI specification as JSON Schema: `nullable` translated, every object closed, and what we rely on
//! required.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// What the clients rely on although the specification lets it be absent.
const RELIED_ON: &[(&str, &[&str])] = &[
    ("CreateChatCompletionResponse", &["usage", "system_fingerprint", "service_tier"]),
    ("CreateChatCompletionStreamResponse", &["system_fingerprint", "service_tier"]),
    ("CompletionUsage", &["prompt_tokens_details", "completion_tokens_details"]),
    ("Response", &["status", "model", "text", "service_tier"]),
    ("Model", &["shutdown_date"]),
];

pub struct Spec {
    components: Value,
    validators: RefCell<BTreeMap<String, Rc<Validator>>>,
}

impl Spec {
    pub fn load() -> Option<Self> {
        let path = super::common::shared()?.join("specs/openai-openapi.yaml");
        let text = std::fs::read_to_string(path).unwrap();
        // By YAML 1.1 the property `y` would be a boolean.
        let options = serde_saphyr::options! { strict_booleans: true };
        let document: Value = serde_saphyr::from_str_with_options(&text, options).unwrap();
        let raw = &document["components"]["schemas"];
        let mut schemas = Map::new();
        for (name, schema) in raw.as_object().unwrap() {
            schemas.insert(name.clone(), close(schema, raw));
        }
        for (name, fields) in RELIED_ON {
            let required = schemas[*name]["required"].as_array_mut().unwrap();
            required.extend(fields.iter().map(|field| json!(field)));
        }
        let usage = &mut schemas["CompletionUsage"]["properties"];
        usage["prompt_tokens_details"]["required"] = json!(["cached_tokens"]);
        usage["completion_tokens_details"]["required"] = json!(["reasoning_tokens"]);
        // Every recorded delta carries this padding, which the specification knows in chat alone.
        for name in ["ResponseTextDeltaEvent", "ResponseRefusalDeltaEvent"] {
            schemas[name]["properties"]["obfuscation"] = json!({"type": "string"});
        }
        Some(Self { components: json!({"schemas": schemas}), validators: RefCell::default() })
    }

    fn validator(&self, name: &str) -> Rc<Validator> {
        let mut validators = self.validators.borrow_mut();
        let compile = || {
            let schemas = self.reachable(name);
            let target = format!("#/components/schemas/{name}");
            let schema = json!({"$ref": target, "components": {"schemas": schemas}});
            Rc::new(jsonschema::draft202012::new(&schema).unwrap())
        };
        Rc::clone(validators.entry(name.to_owned()).or_insert_with(compile))
    }

    /// The schema of that name and those it names in turn: compiling all of them takes seconds.
    fn reachable(&self, name: &str) -> Map<String, Value> {
        let (mut found, mut open) = (Map::new(), vec![name.to_owned()]);
        while let Some(name) = open.pop() {
            if found.contains_key(&name) {
                continue;
            }
            let schema = &self.components["schemas"][name.as_str()];
            let text = schema.to_string();
            let names = text.split("\"#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next());
            open.extend(names.map(str::to_owned));
            found.insert(name, schema.clone());
        }
        found
    }

    pub fn check(&self, name: &str, value: &Value) {
        let errors: Vec<String> = self
            .validator(name)
            .iter_errors(value)
            .map(|error| format!("{}: {error}", error.instance_path()).chars().take(300).collect())
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}\n{value}");
    }

    /// Checks an event of a Responses stream against the schema of its type.
    pub fn check_event(&self, event: &Value) {
        let is_it = |schema: &Value| schema["properties"]["type"]["enum"] == json!([event["type"]]);
        let name = self.components["schemas"]
            .as_object()
            .unwrap()
            .iter()
            .find(|(name, schema)| name.starts_with("Response") && name.ends_with("Event") && is_it(schema))
            .unwrap_or_else(|| panic!("no schema for {}", event["type"]))
            .0;
        self.check(name, event);
    }

    /// Renames and retypes every field, one after the other, and drops the required ones: none may pass.
    pub fn mutate(&self, name: &str, value: &Value) {
        let validator = self.validator(name);
        let mut paths = Vec::new();
        fields(value, &mut Vec::new(), &mut paths);
        assert!(paths.len() > 3, "{name} has fields");
        for path in paths {
            let field = path.last().unwrap().clone();
            let change = |action: &dyn Fn(&mut Map<String, Value>)| {
                let mut copy = value.clone();
                let holder = path[..path.len() - 1].iter().fold(&mut copy, |at, step| match step.parse::<usize>() {
                    Ok(index) => &mut at[index],
                    Err(_) => &mut at[step.as_str()],
                });
                action(holder.as_object_mut().unwrap());
                copy
            };
            let renamed = change(&|object| {
                let old = object.remove(&field).unwrap();
                object.insert(format!("{field}_"), old);
            });
            assert!(!validator.is_valid(&renamed), "{name}: {path:?} renamed");
            let retyped = change(&|object| {
                let wrong = if object[&field].is_array() { json!("x") } else { json!([{"wrong": true}]) };
                object.insert(field.clone(), wrong);
            });
            assert!(!validator.is_valid(&retyped), "{name}: {path:?} retyped");
            let dropped = change(&|object| {
                object.remove(&field);
            });
            const KEPT: &[&str] = &[
                "id",
                "object",
                "model",
                "choices",
                "index",
                "message",
                "finish_reason",
                "role",
                "usage",
                "prompt_tokens",
                "completion_tokens",
                "total_tokens",
                "cached_tokens",
                "reasoning_tokens",
                "output",
                "status",
                "type",
                "input_tokens",
                "output_tokens",
                "shutdown_date",
                "data",
                "error",
                "code",
                "param",
                "sequence_number",
                "item_id",
                "system_fingerprint",
                "service_tier",
                "created",
                "created_at",
                "text",
            ];
            let optional = path.iter().any(|step| step == "delta") && path.len() > 1;
            if KEPT.contains(&field.as_str()) && !optional && !path.contains(&"format".to_owned()) {
                // `text.format.type` names a schema of ours, and a stream's usage comes in one chunk alone.
                let late_usage = field == "usage" && name == "CreateChatCompletionStreamResponse";
                let late_usage = late_usage || (field == "usage" && name == "Response");
                assert!(late_usage || !validator.is_valid(&dropped), "{name}: {path:?} dropped");
            }
        }
    }
}

fn fields(value: &Value, path: &mut Vec<String>, out: &mut Vec<Vec<String>>) {
    match value {
        Value::Object(object) => {
            for (name, inner) in object {
                path.push(name.clone());
                out.push(path.clone());
                // What the caller wrote himself is free.
                if !matches!(name.as_str(), "metadata" | "schema") {
                    fields(inner, path, out);
                }
                path.pop();
            }
        }
        Value::Array(items) => {
            if let Some(first) = items.first() {
                path.push("0".to_owned());
                fields(first, path, out);
                path.pop();
            }
        }
        _ => {}
    }
}

/// Closes every object, joins `allOf`, and says `nullable` as JSON Schema does.
fn close(schema: &Value, all: &Value) -> Value {
    let Some(object) = schema.as_object() else { return schema.clone() };
    let mut out = object.clone();
    let nullable = out.remove("nullable") == Some(Value::Bool(true));
    if let Some(parts) = out.remove("allOf") {
        for part in parts.as_array().unwrap() {
            let part = resolve(part, all);
            let part = if part.get("allOf").is_some() { close(part, all) } else { part.clone() };
            for (name, value) in part.as_object().unwrap() {
                match (out.get_mut(name), value) {
                    (Some(Value::Object(known)), Value::Object(more)) => known.extend(more.clone()),
                    (Some(Value::Array(known)), Value::Array(more)) => known.extend(more.iter().cloned()),
                    _ => {
                        out.insert(name.clone(), value.clone());
                    }
                }
            }
        }
    }
    for key in ["properties", "$defs"] {
        if let Some(Value::Object(inner)) = out.get_mut(key) {
            for value in inner.values_mut() {
                *value = close(value, all);
            }
        }
    }
    for key in ["anyOf", "oneOf", "prefixItems"] {
        if let Some(Value::Array(inner)) = out.get_mut(key) {
            for value in inner {
                *value = close(value, all);
            }
        }
    }
    for key in ["items", "additionalProperties"] {
        if let Some(inner) = out.get_mut(key) {
            *inner = close(inner, all);
        }
    }
    if out.contains_key("properties") {
        out.entry("additionalProperties").or_insert(Value::Bool(false));
        if !out.contains_key("anyOf") && !out.contains_key("oneOf") {
            out.entry("type").or_insert(json!("object"));
        }
        out.entry("required").or_insert(json!([]));
    }
    if nullable { json!({"anyOf": [out, {"type": "null"}]}) } else { out.into() }
}

fn resolve<'a>(schema: &'a Value, all: &'a Value) -> &'a Value {
    match schema.get("$ref").and_then(Value::as_str).and_then(|target| target.rsplit('/').next()) {
        Some(name) => resolve(&all[name], all),
        None => schema,
    }
}
