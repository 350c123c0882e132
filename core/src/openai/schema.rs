//! JSON schemas as strict mode wants them.
//!
//! The rules: <https://developers.openai.com/api/docs/guides/structured-outputs#supported-schemas>.

use serde_json::{Map, Value, json};

use crate::error::{Error, ErrorKind, Result};

const MAX_DEPTH: usize = 10;
const MAX_PROPERTIES: usize = 5_000;
const MAX_ENUM_VALUES: usize = 1_000;

/// What strict mode refuses, wherever it stands.
const REFUSED: &[&str] = &[
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "dependentRequired",
    "dependentSchemas",
    "patternProperties",
    "propertyNames",
    "unevaluatedProperties",
    "unevaluatedItems",
    "minProperties",
    "maxProperties",
    "prefixItems",
    "contains",
    "minContains",
    "maxContains",
    "uniqueItems",
];

/// Makes a JSON Schema strict: every object closed, every property required, and what was optional nullable.
///
/// A schema that is strict already comes back unchanged. `default` is dropped (strict mode has none), an `allOf` of one
/// part is put in its place, and a `$ref` keeps no neighbours but loses only annotations by it.
/// `minLength` and `maxLength` stay, but they count code points: keep limits of your own in the program.
///
/// ```
/// use ghostwren::openai::strict_schema;
/// use serde_json::json;
/// let schema = strict_schema(&json!({
///     "type": "object",
///     "properties": {"text": {"type": "string"}, "mood": {"type": "string"}},
///     "required": ["text"]
/// }))?;
/// assert_eq!(schema["required"], json!(["text", "mood"]));
/// assert_eq!(schema["properties"]["mood"]["type"], json!(["string", "null"]));
/// assert_eq!(schema["additionalProperties"], json!(false));
/// # Ok::<(), ghostwren::Error>(())
/// ```
///
/// # Errors
/// `InvalidInput`, `openai.schema`, for what strict mode does not support, with the place in the schema: a root that is
/// not an object, maps (`additionalProperties` that is not false), `oneOf`, `not`, conditions, patterns with look-around,
/// references outside the schema, and schemas over its limits (10 levels, 5,000 properties, 1,000 enum values).
pub fn strict_schema(schema: &Value) -> Result<Value> {
    let mut strict = schema.clone();
    let Value::Object(root) = &strict else {
        return Err(refused("", "the schema is not an object"));
    };
    if root.contains_key("anyOf") || !is_object(root) && !root.contains_key("$ref") && !root.contains_key("allOf") {
        return Err(refused("", "the root must be of type object, without anyOf"));
    }
    let mut state = State { root: schema, properties: 0, enum_values: 0 };
    state.node(&mut strict, "", 0)?;
    if !strict.as_object().is_some_and(is_object) {
        return Err(refused("", "the root must be of type object"));
    }
    Ok(strict)
}

fn is_object(node: &Map<String, Value>) -> bool {
    node.get("type").and_then(Value::as_str) == Some("object")
        || (!node.contains_key("type") && node.contains_key("properties"))
}

fn refused(path: &str, what: impl std::fmt::Display) -> Error {
    let place = if path.is_empty() { "its root" } else { path };
    Error::new(
        ErrorKind::InvalidInput,
        "openai.schema",
        format!("strict mode does not take this schema at {place}: {what}"),
    )
    .with_remedy("Describe the rule in the schema's descriptions and check it in the program.")
}

struct State<'a> {
    root: &'a Value,
    properties: usize,
    enum_values: usize,
}

impl State<'_> {
    fn node(&mut self, value: &mut Value, path: &str, depth: usize) -> Result<()> {
        let Value::Object(node) = value else {
            return Err(refused(path, "a schema must be an object here"));
        };
        if depth > MAX_DEPTH {
            return Err(refused(path, format_args!("it is nested deeper than {MAX_DEPTH} levels")));
        }
        self.unwrap_all_of(node, path)?;
        if let Some(name) = REFUSED.iter().find(|name| node.contains_key(**name)) {
            return Err(refused(path, format_args!("`{name}`")));
        }
        if node.contains_key("$ref") {
            return self.reference(node, path);
        }
        node.remove("default");
        if let Some(pattern) = node.get("pattern") {
            let pattern = pattern.as_str().ok_or_else(|| refused(path, "`pattern` is not a string"))?;
            if ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|look| pattern.contains(look)) {
                return Err(refused(path, "`pattern` looks ahead or behind"));
            }
        }
        if let Some(values) = node.get("enum") {
            self.enum_values += values.as_array().map_or(0, Vec::len);
            if self.enum_values > MAX_ENUM_VALUES {
                return Err(refused(path, format_args!("more than {MAX_ENUM_VALUES} enum values")));
            }
        }
        for name in ["$defs", "definitions"] {
            if let Some(definitions) = node.get_mut(name) {
                let definitions = definitions.as_object_mut().ok_or_else(|| refused(path, format_args!("`{name}`")))?;
                for (key, definition) in definitions {
                    self.node(definition, &format!("{path}/{name}/{key}"), 0)?;
                }
            }
        }
        if let Some(parts) = node.get_mut("anyOf") {
            let parts = parts.as_array_mut().ok_or_else(|| refused(path, "`anyOf` is not a list"))?;
            for (index, part) in parts.iter_mut().enumerate() {
                self.node(part, &format!("{path}/anyOf/{index}"), depth)?;
            }
        }
        if let Some(items) = node.get_mut("items") {
            self.node(items, &format!("{path}/items"), depth + 1)?;
        }
        if is_object(node) || node.contains_key("properties") {
            self.object(node, path, depth)?;
        }
        Ok(())
    }

    fn object(&mut self, node: &mut Map<String, Value>, path: &str, depth: usize) -> Result<()> {
        match node.get("additionalProperties") {
            None | Some(Value::Bool(false)) => {}
            Some(_) => return Err(refused(path, "a map (`additionalProperties`)")),
        }
        let required: Vec<String> = match node.get("required") {
            None => Vec::new(),
            Some(Value::Array(names)) => names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect(),
            Some(_) => return Err(refused(path, "`required` is not a list")),
        };
        let properties = node.entry("properties").or_insert_with(|| json!({}));
        let properties = properties.as_object_mut().ok_or_else(|| refused(path, "`properties` is not an object"))?;
        if let Some(missing) = required.iter().find(|name| !properties.contains_key(*name)) {
            return Err(refused(path, format_args!("`required` names `{missing}`, which is not a property")));
        }
        self.properties += properties.len();
        if self.properties > MAX_PROPERTIES {
            return Err(refused(path, format_args!("more than {MAX_PROPERTIES} properties")));
        }
        for (name, property) in properties.iter_mut() {
            self.node(property, &format!("{path}/properties/{name}"), depth + 1)?;
            if !required.contains(name) {
                nullable(property);
            }
        }
        // The writer's order is kept where all are required already: the model writes the properties in this order.
        let mut all = required;
        all.extend(properties.keys().filter(|name| !all.contains(name)).cloned().collect::<Vec<_>>());
        node.insert("type".into(), node.get("type").cloned().unwrap_or_else(|| json!("object")));
        node.insert("required".into(), json!(all));
        node.insert("additionalProperties".into(), json!(false));
        Ok(())
    }

    fn unwrap_all_of(&self, node: &mut Map<String, Value>, path: &str) -> Result<()> {
        let Some(parts) = node.remove("allOf") else { return Ok(()) };
        match parts {
            Value::Array(mut parts) if parts.len() == 1 => {
                let Some(Value::Object(part)) = parts.pop() else {
                    return Err(refused(path, "`allOf`"));
                };
                for (key, value) in part {
                    node.entry(key).or_insert(value);
                }
                Ok(())
            }
            _ => Err(refused(path, "`allOf` of several parts")),
        }
    }

    fn reference(&self, node: &mut Map<String, Value>, path: &str) -> Result<()> {
        let target = node.get("$ref").and_then(Value::as_str).unwrap_or_default().to_owned();
        let found = target.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer));
        if found.is_none() {
            return Err(refused(path, format_args!("`$ref` to {target:?}, which is not in the schema")));
        }
        for (key, _) in node.iter() {
            let annotation = matches!(key.as_str(), "description" | "title" | "default" | "examples" | "deprecated");
            let definitions = path.is_empty() && matches!(key.as_str(), "$defs" | "definitions" | "$schema" | "$id");
            if key != "$ref" && !annotation && !definitions {
                return Err(refused(path, format_args!("`{key}` beside `$ref`")));
            }
        }
        if path.is_empty() {
            return Err(refused(path, "the root is a `$ref`"));
        }
        node.retain(|key, _| key == "$ref");
        Ok(())
    }
}

fn nullable(property: &mut Value) {
    let Some(node) = property.as_object_mut() else { return };
    if let Some(Value::Array(values)) = node.get_mut("enum")
        && !values.iter().any(Value::is_null)
    {
        values.push(Value::Null);
    }
    match node.get_mut("type") {
        Some(Value::String(name)) if name != "null" => {
            let both = json!([name, "null"]);
            node.insert("type".into(), both);
        }
        Some(Value::Array(names)) if !names.iter().any(|name| name == "null") => names.push(json!("null")),
        Some(_) => {}
        None => {
            if let Some(Value::Array(parts)) = node.get_mut("anyOf") {
                if !parts.iter().any(|part| part.get("type").is_some_and(|name| name == "null")) {
                    parts.push(json!({"type": "null"}));
                }
            } else if node.contains_key("$ref") || node.contains_key("const") {
                let inner = property.take();
                *property = json!({"anyOf": [inner, {"type": "null"}]});
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn optional_becomes_nullable_and_every_object_is_closed() {
        let strict = strict_schema(&json!({
            "type": "object",
            "$defs": {"Tag": {"type": "object", "properties": {"name": {"type": "string", "default": "x"}}}},
            "properties": {
                "text": {"type": "string", "maxLength": 280},
                "tone": {"enum": ["dry", "warm"], "type": "string"},
                "tags": {"type": "array", "items": {"$ref": "#/$defs/Tag", "description": "a tag"}},
                "main": {"$ref": "#/$defs/Tag"},
                "either": {"anyOf": [{"type": "string"}, {"type": "number"}]},
                "wrapped": {"allOf": [{"$ref": "#/$defs/Tag"}], "description": "d"}
            },
            "required": ["text", "tags"]
        }))
        .unwrap();
        assert_eq!(strict["properties"]["tone"]["enum"], json!(["dry", "warm", null]));
        assert_eq!(strict["properties"]["tone"]["type"], json!(["string", "null"]));
        assert_eq!(strict["properties"]["tags"]["type"], "array");
        assert_eq!(strict["properties"]["tags"]["items"], json!({"$ref": "#/$defs/Tag"}));
        assert_eq!(strict["properties"]["main"], json!({"anyOf": [{"$ref": "#/$defs/Tag"}, {"type": "null"}]}));
        assert_eq!(strict["properties"]["either"]["anyOf"][2], json!({"type": "null"}));
        assert_eq!(strict["$defs"]["Tag"]["required"], json!(["name"]));
        assert_eq!(strict["$defs"]["Tag"]["additionalProperties"], json!(false));
        assert!(strict["$defs"]["Tag"]["properties"]["name"].get("default").is_none());
        assert_eq!(strict["required"].as_array().unwrap().len(), 6);
        assert_eq!(strict["required"][0], "text");
        assert_eq!(strict_schema(&strict).unwrap(), strict, "a strict schema is not changed");
    }

    #[test]
    fn what_strict_mode_does_not_take_is_refused_with_its_place() {
        let deep =
            (0..12).fold(json!({"type": "string"}), |inner, _| json!({"type": "object", "properties": {"a": inner}}));
        let wide = json!({"type": "object", "properties": {"a": {"enum": (0..1001).collect::<Vec<_>>()}}});
        for (schema, place) in [
            (json!("text"), "not an object"),
            (json!({"type": "array", "items": {"type": "string"}}), "root"),
            (json!({"anyOf": [{"type": "object"}]}), "anyOf"),
            (json!({"type": "object", "additionalProperties": {"type": "string"}}), "map"),
            (json!({"type": "object", "additionalProperties": true}), "map"),
            (json!({"type": "object", "properties": {"a": {"oneOf": []}}}), "/properties/a: `oneOf`"),
            (json!({"type": "object", "properties": {"a": {"not": {}}}}), "`not`"),
            (json!({"type": "object", "properties": {"a": {"type": "string", "pattern": "(?=x)"}}}), "looks ahead"),
            (json!({"type": "object", "properties": {"a": {"$ref": "https://evil.example/x"}}}), "not in the schema"),
            (json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/none"}}}), "not in the schema"),
            (json!({"type": "object", "properties": {"a": {"allOf": [{}, {}]}}}), "several parts"),
            (json!({"type": "object", "properties": {"a": 1}}), "/properties/a"),
            (json!({"type": "object", "required": ["b"]}), "`b`"),
            (json!({"$ref": "#"}), "root"),
            (deep, "deeper"),
            (wide, "enum values"),
        ] {
            let error = strict_schema(&schema).expect_err(&schema.to_string());
            assert_eq!((error.kind(), error.code()), (ErrorKind::InvalidInput, "openai.schema"));
            assert!(error.detail().contains(place), "{} should say {place}", error.detail());
        }
    }
}
