//! What a request may hold: its fields with their types and ranges, and schemas of the strict subset
//! (<https://platform.openai.com/docs/guides/structured-outputs>).

use serde_json::{Map, Value};

use super::problem::Problem;

/// What a field may be. Null is allowed wherever the field is optional.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rule {
    /// Read elsewhere.
    Any,
    Bool,
    Int(i64, i64),
    Num(f64, f64),
    Text(usize),
    OneOf(&'static [&'static str]),
    Object,
    /// The real service knows it, the stand-in does not imitate it.
    NotImitated,
}

/// Checks every field of an object against the table; an unknown one is refused, as the real service does.
pub(crate) fn fields(object: &Map<String, Value>, prefix: &str, known: &[(&'static str, Rule)]) -> Result<(), Problem> {
    for (name, value) in object {
        let path = format!("{prefix}{name}");
        let Some((_, rule)) = known.iter().find(|(known, _)| known == name) else {
            return Err(Problem::new(400, format!("Unknown parameter: '{path}'."))
                .param(path)
                .code("unknown_parameter"));
        };
        if !value.is_null() {
            check(value, &path, *rule)?;
        }
    }
    Ok(())
}

fn check(value: &Value, path: &str, rule: Rule) -> Result<(), Problem> {
    let wrong = |expected| Err(wrong_type(path, expected, value));
    match rule {
        Rule::Any => Ok(()),
        Rule::Bool if value.is_boolean() => Ok(()),
        Rule::Bool => wrong("a boolean"),
        Rule::Object if value.is_object() => Ok(()),
        Rule::Object => wrong("an object"),
        Rule::Int(min, max) => match value.as_i64() {
            None => wrong("an integer"),
            Some(number) if number < min => Err(range(path, "integer", "below minimum", ">=", &min, &number)),
            Some(number) if number > max => Err(range(path, "integer", "above maximum", "<=", &max, &number)),
            Some(_) => Ok(()),
        },
        Rule::Num(min, max) => match value.as_f64() {
            None => wrong("a decimal"),
            Some(number) if number < min => Err(range(path, "decimal", "below minimum", ">=", &min, &number)),
            Some(number) if number > max => Err(range(path, "decimal", "above maximum", "<=", &max, &number)),
            Some(_) => Ok(()),
        },
        Rule::Text(max) => match value.as_str() {
            None => wrong("a string"),
            Some(text) if text.chars().count() > max => Err(Problem::new(
                400,
                format!("Invalid '{path}': string too long. Expected a string with maximum length {max}."),
            )
            .param(path)
            .code("string_above_max_length")),
            Some(_) => Ok(()),
        },
        Rule::OneOf(names) => match value.as_str() {
            None => wrong("a string"),
            Some(name) if names.contains(&name) => Ok(()),
            Some(name) => Err(Problem::new(
                400,
                format!("Invalid value: '{name}'. Supported values are: '{}'.", names.join("', '")),
            )
            .param(path)
            .code("invalid_value")),
        },
        Rule::NotImitated => Err(not_imitated(path)),
    }
}

pub(crate) fn not_imitated(path: &str) -> Problem {
    Problem::new(400, format!("The sandbox does not imitate '{path}'.")).param(path).code("sandbox_unsupported")
}

pub(crate) fn missing(path: &str) -> Problem {
    Problem::new(400, format!("Missing required parameter: '{path}'.")).param(path).code("missing_required_parameter")
}

pub(crate) fn wrong_type(path: &str, expected: &str, value: &Value) -> Problem {
    let got = match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a decimal",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    Problem::new(400, format!("Invalid type for '{path}': expected {expected}, but got {got} instead."))
        .param(path)
        .code("invalid_type")
}

fn range(
    path: &str,
    kind: &str,
    side: &str,
    sign: &str,
    bound: &dyn std::fmt::Display,
    got: &dyn std::fmt::Display,
) -> Problem {
    let code = match (kind, side) {
        ("integer", "below minimum") => "integer_below_min_value",
        ("integer", _) => "integer_above_max_value",
        (_, "below minimum") => "decimal_below_min_value",
        _ => "decimal_above_max_value",
    };
    Problem::new(
        400,
        format!("Invalid '{path}': {kind} {side} value. Expected a value {sign} {bound}, but got {got} instead."),
    )
    .param(path)
    .code(code)
}

/// Whether a schema's name is one: letters, digits, `_` and `-`, at most 64.
pub(crate) fn schema_name(name: Option<&Value>, path: &str) -> Result<String, Problem> {
    let name = match name {
        None | Some(Value::Null) => return Err(missing(path)),
        Some(Value::String(name)) => name,
        Some(other) => return Err(wrong_type(path, "a string", other)),
    };
    let fits = !name.is_empty() && name.len() <= 64;
    if fits && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
        return Ok(name.clone());
    }
    Err(Problem::new(
        400,
        format!(
            "Invalid '{path}': string does not match pattern. Expected a string that matches the pattern \
             '^[a-zA-Z0-9_-]+$' of at most 64 characters."
        ),
    )
    .param(path)
    .code("invalid_value"))
}

/// Checks that a schema is of the strict subset: closed objects with every property required, known keywords only.
pub(crate) fn schema(name: &str, schema: &Value, param: &str) -> Result<(), Problem> {
    let refuse = |reason: String| {
        Problem::new(400, format!("Invalid schema for response_format '{name}': {reason}"))
            .param(param)
            .code("invalid_json_schema")
    };
    if schema.get("type").and_then(Value::as_str) != Some("object") {
        return Err(refuse("schema must be a JSON Schema of 'type: \"object\"'.".to_owned()));
    }
    walk(schema, &mut Vec::new(), 0).map_err(refuse)
}

const KEYWORDS: &[&str] = &[
    "$defs",
    "$ref",
    "additionalProperties",
    "anyOf",
    "const",
    "definitions",
    "description",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "multipleOf",
    "pattern",
    "properties",
    "required",
    "title",
    "type",
];

fn walk(schema: &Value, path: &mut Vec<String>, depth: usize) -> Result<(), String> {
    let context = |path: &[String]| format!("In context=({})", path.join(", "));
    let Some(object) = schema.as_object() else {
        return Err(format!("{}, a schema must be an object.", context(path)));
    };
    if depth > 10 {
        return Err(format!("{}, the schema nests deeper than 10 levels.", context(path)));
    }
    if let Some(unknown) = object.keys().find(|key| !KEYWORDS.contains(&key.as_str())) {
        return Err(format!("{}, '{unknown}' is not permitted.", context(path)));
    }
    if ["type", "anyOf", "$ref", "enum", "const"].iter().all(|key| !object.contains_key(*key)) {
        return Err(format!("{}, schema must have a 'type' key.", context(path)));
    }
    let properties = object.get("properties").and_then(Value::as_object);
    let is_object = match object.get("type") {
        Some(Value::Array(types)) => types.iter().any(|name| name == "object"),
        Some(name) => name == "object",
        None => false,
    };
    if is_object {
        if object.get("additionalProperties") != Some(&Value::Bool(false)) {
            return Err(format!(
                "{}, 'additionalProperties' is required to be supplied and to be false.",
                context(path)
            ));
        }
        let required: Vec<&str> =
            object.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let names = properties.into_iter().flat_map(Map::keys);
        if let Some(name) = names.into_iter().find(|name| !required.contains(&name.as_str())) {
            return Err(format!(
                "{}, 'required' is required to be supplied and to be an array including every key in properties. \
                 Missing '{name}'.",
                context(path)
            ));
        }
        if let Some(extra) = required.iter().find(|name| properties.is_none_or(|known| !known.contains_key(**name))) {
            return Err(format!("{}, 'required' names '{extra}', which is no property.", context(path)));
        }
    }
    let is_array = object.get("type").is_some_and(|name| name == "array");
    if is_array && !object.contains_key("items") {
        return Err(format!("{}, array schema missing items.", context(path)));
    }
    for group in ["properties", "$defs", "definitions"] {
        for (name, inner) in object.get(group).and_then(Value::as_object).into_iter().flatten() {
            path.push(format!("'{group}', '{name}'"));
            walk(inner, path, depth + usize::from(group == "properties"))?;
            path.pop();
        }
    }
    if let Some(items) = object.get("items") {
        path.push("'items'".to_owned());
        walk(items, path, depth + 1)?;
        path.pop();
    }
    for (at, inner) in object.get("anyOf").and_then(Value::as_array).into_iter().flatten().enumerate() {
        path.push(format!("'anyOf', '{at}'"));
        walk(inner, path, depth)?;
        path.pop();
    }
    Ok(())
}
