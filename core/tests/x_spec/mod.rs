//! X's two published specifications as JSON Schema: `nullable`, discriminators and `allOf` translated, every object closed,
//! and the fields that were asked for required.

#![allow(dead_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use ghostwren::sandbox::x::Dialect;
use jsonschema::Validator;
use serde_json::{Map, Value, json};

pub struct Spec {
    pub dialect: Dialect,
    schemas: Value,
    shared_parameters: Value,
    paths: Value,
    validators: RefCell<BTreeMap<String, Rc<Validator>>>,
}

/// Parts of a discriminated schema: the base is replaced by the choice.
const CHOICES: &[(&str, &[&str])] = &[
    ("Media", &["Photo", "Video", "AnimatedGif"]),
    (
        "Problem",
        &[
            "ResourceNotFoundProblem",
            "ResourceUnauthorizedProblem",
            "InvalidRequestProblem",
            "UsageCapExceededProblem",
            "ClientForbiddenProblem",
            "UnsupportedAuthenticationProblem",
            "GenericProblem",
        ],
    ),
];

impl Spec {
    pub fn load(dialect: Dialect) -> Option<Self> {
        let name = match dialect {
            Dialect::Tweet => "x-openapi-tweet-dialect.json",
            Dialect::Post => "x-openapi-post-dialect.json",
        };
        let path = super::common::shared()?.join("specs").join(name);
        let document: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let raw = &document["components"]["schemas"];
        let mut schemas: Map<String, Value> =
            raw.as_object().unwrap().iter().map(|(name, schema)| (name.clone(), close(schema, raw))).collect();
        if dialect == Dialect::Tweet {
            for (base, parts) in CHOICES {
                let choice: Vec<Value> =
                    parts.iter().map(|part| json!({"$ref": format!("#/components/schemas/{part}")})).collect();
                schemas.insert((*base).to_owned(), json!({"anyOf": choice}));
            }
            for (name, kinds) in [("Photo", &["photo"][..]), ("Video", &["video"]), ("AnimatedGif", &["animated_gif"])]
            {
                schemas[name]["properties"]["type"] = json!({"enum": kinds});
            }
            // The parameter knows this field and the schema does not.
            schemas["User"]["properties"]["confirmed_email"] = json!({"type": "string"});
            // The specification requires properties here that it does not describe, and that no answer has.
            schemas["MediaUploadResponse"]["required"] = json!([]);
            schemas["MediaUploadAppendResponse"]["required"] = json!([]);
            schemas["ProcessingInfo"]["required"] = json!([]);
        }
        if dialect == Dialect::Post {
            // Described elsewhere in the specification, and left open here.
            schemas["CreateMediaMetadataResponseData"]["properties"]["associated_metadata"] =
                json!({"$ref": "#/components/schemas/CreateMediaMetadataMetadata"});
            schemas["Post"]["properties"]["non_public_metrics"] = json!({
                "type": "object", "properties": {"impression_count": {"type": "integer"}}, "additionalProperties": false,
            });
            // The validation errors of the older specification, which the newer one does not describe.
            let errors = json!({"type": "array", "minItems": 1, "items": {
                "type": "object", "required": ["message", "parameters"], "additionalProperties": false,
                "properties": {"message": {"type": "string"}, "parameters": {
                    "type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}},
            }});
            schemas["InvalidRequestProblem"]["properties"]["errors"] = errors;
        }
        Some(Self {
            dialect,
            schemas: schemas.into(),
            shared_parameters: document["components"]["parameters"].clone(),
            paths: document["paths"].clone(),
            validators: RefCell::default(),
        })
    }

    pub fn both() -> Option<[Self; 2]> {
        Some([Self::load(Dialect::Tweet)?, Self::load(Dialect::Post)?])
    }

    /// The values that the specification allows for a list parameter of a call.
    pub fn choices(&self, path: &str, parameter: &str) -> Vec<String> {
        let parameters = self.paths[path]["get"]["parameters"].as_array().unwrap();
        let found = parameters.iter().map(|one| self.parameter(one)).find(|one| one["name"] == parameter);
        let list = &found.unwrap_or_else(|| panic!("{path} has no {parameter}"))["schema"]["items"]["enum"];
        list.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
    }

    /// The names of all query parameters of a call.
    pub fn parameters(&self, path: &str) -> Vec<String> {
        let parameters = self.paths[path]["get"]["parameters"].as_array().unwrap();
        let query = parameters.iter().map(|one| self.parameter(one)).filter(|one| one["in"] == "query");
        query.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    }

    fn parameter(&self, one: &Value) -> Value {
        let Some(target) = one["$ref"].as_str() else { return one.clone() };
        // Parameters by reference are the lists of fields.
        let name = target.rsplit('/').next().unwrap();
        self.shared_parameters[name].clone()
    }

    /// The name of the schema of a call's answer.
    pub fn answer(&self, path: &str, method: &str, status: &str) -> String {
        let schema = &self.paths[path][method]["responses"][status]["content"]["application/json"]["schema"]["$ref"];
        schema.as_str().unwrap_or_else(|| panic!("{method} {path}")).rsplit('/').next().unwrap().to_owned()
    }

    /// Checks a value against a schema. `required` are fields that must be there: a place such as `/data/0`, `/data/*` or
    /// `/includes/users/*`, and the names.
    pub fn check(&self, name: &str, value: &Value, required: &[(&str, &[&str])]) {
        let errors = self.errors(name, value, required);
        assert!(errors.is_empty(), "{name}: {errors:#?}\n{value}");
    }

    pub fn is_valid(&self, name: &str, value: &Value, required: &[(&str, &[&str])]) -> bool {
        self.errors(name, value, required).is_empty()
    }

    fn errors(&self, name: &str, value: &Value, required: &[(&str, &[&str])]) -> Vec<String> {
        let mut errors: Vec<String> = self
            .validator(name)
            .iter_errors(value)
            .map(|error| format!("{}: {error}", error.instance_path()).chars().take(400).collect())
            .collect();
        for (place, names) in required {
            for (at, object) in at(value, place) {
                for name in *names {
                    if object.get(*name).is_none() {
                        errors.push(format!("{at}: {name} was asked for"));
                    }
                }
            }
        }
        errors
    }

    fn validator(&self, name: &str) -> Rc<Validator> {
        let mut validators = self.validators.borrow_mut();
        let compile = || {
            let schemas = self.reachable(name);
            let target = format!("#/components/schemas/{name}");
            let schema = json!({"$ref": target, "components": {"schemas": schemas}});
            Rc::new(jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap())
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
            let schema = &self.schemas[name.as_str()];
            assert!(schema.is_object(), "there is no schema {name}");
            let text = schema.to_string();
            let names = text.split("\"#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next());
            open.extend(names.map(str::to_owned));
            found.insert(name, schema.clone());
        }
        found
    }

    /// Renames, retypes and drops every field of an answer, one after the other: none may pass. A field may be dropped
    /// when neither the specification nor the request asks for it: those places are given back.
    pub fn mutate(&self, name: &str, value: &Value, required: &[(&str, &[&str])]) -> Vec<String> {
        self.check(name, value, required);
        let mut paths = Vec::new();
        fields(value, &mut Vec::new(), &mut paths);
        assert!(paths.len() > 1, "{name} has fields");
        let mut droppable = Vec::new();
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
            assert!(!self.is_valid(name, &renamed, required), "{name}: {path:?} renamed");
            let retyped = change(&|object| {
                let wrong = match object[&field] {
                    Value::Array(_) | Value::Object(_) | Value::Bool(_) | Value::Number(_) => json!("x y"),
                    _ => json!([{"wrong": true}]),
                };
                object.insert(field.clone(), wrong);
            });
            assert!(!self.is_valid(name, &retyped, required), "{name}: {path:?} retyped");
            let dropped = change(&|object| {
                object.remove(&field);
            });
            if self.is_valid(name, &dropped, required) {
                droppable.push(path.join("/"));
            }
        }
        droppable
    }
}

/// The objects at a place; `*` is every item of a list.
fn at<'a>(value: &'a Value, place: &str) -> Vec<(String, &'a Value)> {
    let mut found = vec![(String::new(), value)];
    for step in place.split('/').skip(1) {
        let mut next = Vec::new();
        for (path, value) in found {
            match (step, value) {
                ("*", Value::Array(list)) => {
                    next.extend(list.iter().enumerate().map(|(at, one)| (format!("{path}/{at}"), one)));
                }
                _ => {
                    let one = step.parse::<usize>().map_or_else(|_| value.get(step), |at| value.get(at));
                    next.extend(one.map(|one| (format!("{path}/{step}"), one)));
                }
            }
        }
        found = next;
    }
    found
}

fn fields(value: &Value, path: &mut Vec<String>, out: &mut Vec<Vec<String>>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                path.push(name.clone());
                out.push(path.clone());
                fields(value, path, out);
                path.pop();
            }
        }
        // One of a kind is enough.
        Value::Array(list) => {
            for (at, value) in list.iter().enumerate().take(1) {
                path.push(at.to_string());
                fields(value, path, out);
                path.pop();
            }
        }
        _ => {}
    }
}

/// A schema with every object closed; `allOf` is flattened, so that closing one part does not shut out the other.
fn close(schema: &Value, all: &Value) -> Value {
    let Value::Object(object) = schema else { return schema.clone() };
    let mut out = object.clone();
    for word in ["description", "example", "discriminator", "default"] {
        if out.get(word).is_some_and(|value| word != "description" || value.is_string()) {
            out.remove(word);
        }
    }
    // Formats of OpenAPI that JSON Schema knows otherwise.
    if out.get("format").is_some_and(|format| format != "date-time" && format != "uri") {
        out.remove("format");
    }
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
        out.remove("discriminator");
        out.remove("description");
    }
    if let Some(Value::Object(inner)) = out.get_mut("properties") {
        for value in inner.values_mut() {
            *value = close(value, all);
        }
    }
    for key in ["anyOf", "oneOf"] {
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
        out.insert("additionalProperties".into(), out.get("additionalProperties").cloned().unwrap_or(json!(false)));
    }
    if nullable { json!({"anyOf": [out, {"type": "null"}]}) } else { out.into() }
}

fn resolve<'a>(schema: &'a Value, all: &'a Value) -> &'a Value {
    match schema.get("$ref").and_then(Value::as_str).and_then(|target| target.rsplit('/').next()) {
        Some(name) => resolve(&all[name], all),
        None => schema,
    }
}
