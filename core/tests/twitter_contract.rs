//! What the client sends, against both of X's published specifications with every object closed, and the fields that it asks
//! for against their lists. Mutations prove that the check can fail.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::collections::BTreeMap;

use common::raw_server::{RawServer, Reply, Request};
use ghostwren::twitter::{Dialect, FixedToken, MediaUpload, NewTweet, ReplySettings, TwitterApp, TwitterClient};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

struct Spec {
    document: Value,
}

impl Spec {
    fn load(name: &str) -> Option<Self> {
        let path = common::shared()?.join(format!("specs/x-openapi-{name}-dialect.json"));
        Some(Self { document: serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap() })
    }

    fn resolve<'s>(&'s self, value: &'s Value) -> &'s Value {
        match value.get("$ref").and_then(Value::as_str) {
            Some(target) => self.resolve(self.document.pointer(target.trim_start_matches('#')).expect(target)),
            None => value,
        }
    }

    /// The operation that answers this method and path.
    fn operation(&self, method: &str, path: &str) -> (&Value, BTreeMap<String, String>) {
        let steps: Vec<&str> = path.split('/').collect();
        let mut found: Vec<(usize, &Value, BTreeMap<String, String>)> = Vec::new();
        for (template, item) in self.document["paths"].as_object().unwrap() {
            let parts: Vec<&str> = template.split('/').collect();
            if parts.len() != steps.len() || item.get(method.to_lowercase()).is_none() {
                continue;
            }
            let mut values = BTreeMap::new();
            let fits = parts.iter().zip(&steps).all(|(part, step)| match part.strip_prefix('{') {
                Some(name) => {
                    values.insert(name.trim_end_matches('}').to_owned(), (*step).to_owned());
                    true
                }
                None => part == step,
            });
            if fits {
                found.push((values.len(), &item[method.to_lowercase()], values));
            }
        }
        // `/2/users/me` is `me` and not the user of that id.
        found.sort_by_key(|(wild, ..)| *wild);
        let (_, operation, values) = found.into_iter().next().unwrap_or_else(|| panic!("{method} {path} is not there"));
        (operation, values)
    }

    fn closed(&self, schema: &Value) -> Value {
        let schema = self.resolve(schema);
        let Value::Object(node) = schema else { return schema.clone() };
        let mut out = Map::new();
        for (key, value) in node {
            let value = match (key.as_str(), value) {
                ("description" | "example" | "default" | "format" | "discriminator" | "nullable", _) => continue,
                ("properties", Value::Object(all)) => {
                    Value::Object(all.iter().map(|(name, schema)| (name.clone(), self.closed(schema))).collect())
                }
                ("anyOf" | "oneOf" | "allOf", Value::Array(all)) => all.iter().map(|one| self.closed(one)).collect(),
                ("items", _) => self.closed(value),
                _ => value.clone(),
            };
            out.insert(key.clone(), value);
        }
        if out.contains_key("properties") && !out.contains_key("additionalProperties") {
            out.insert("additionalProperties".into(), json!(false));
        }
        Value::Object(out)
    }

    fn body_validator(&self, method: &str, path: &str, kind: &str) -> Validator {
        let (operation, _) = self.operation(method, path);
        validator(&self.closed(&operation["requestBody"]["content"][kind]["schema"]))
    }

    /// What is wrong with a request: its path, its query and its body.
    fn faults(&self, request: &Request) -> Vec<String> {
        let (method, target) = request.line().split_once(' ').unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (operation, values) = self.operation(method, path);
        let mut faults = Vec::new();
        let mut sent: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            sent.entry(name.into_owned()).or_default().push(value.into_owned());
        }
        let empty = Vec::new();
        let parameters = operation["parameters"].as_array().unwrap_or(&empty);
        for parameter in parameters {
            let parameter = self.resolve(parameter);
            let name = parameter["name"].as_str().unwrap();
            let schema = self.closed(&parameter["schema"]);
            let value = match parameter["in"].as_str().unwrap() {
                "path" => values.get(name).cloned(),
                "query" => match sent.remove(name) {
                    Some(values) if values.len() > 1 => {
                        faults.push(format!("{name} is sent twice"));
                        None
                    }
                    value => value.map(|mut values| values.remove(0)),
                },
                other => panic!("{other}"),
            };
            match value {
                None if parameter["required"] == json!(true) => faults.push(format!("{name} is missing")),
                None => {}
                Some(text) => {
                    let value = match schema["type"].as_str() {
                        Some("array") => text.split(',').map(|item| json!(item)).collect(),
                        Some("integer") => text.parse::<i64>().map_or(json!(text), |number| json!(number)),
                        _ => json!(text),
                    };
                    faults.extend(
                        errors(&validator(&schema), &value).into_iter().map(|error| format!("{name}: {error}")),
                    );
                }
            }
        }
        faults.extend(sent.keys().map(|name| format!("{name} is not known")));
        let body = operation.get("requestBody");
        match (body, request.body.is_empty()) {
            (None, true) => {}
            (None, false) => faults.push("a body is not known".to_owned()),
            (Some(_), true) => faults.push("the body is missing".to_owned()),
            (Some(_), false) => {
                let kind = request.header("content-type").unwrap();
                let (kind, value) = match kind.split_once("; boundary=") {
                    Some((kind, boundary)) => (kind, multipart(&request.body, boundary)),
                    None => (kind, serde_json::from_slice(&request.body).unwrap()),
                };
                faults.extend(errors(&self.body_validator(method, path, kind), &value));
            }
        }
        faults
    }
}

fn validator(schema: &Value) -> Validator {
    jsonschema::options().with_draft(jsonschema::Draft::Draft202012).build(schema).unwrap()
}

fn errors(validator: &Validator, value: &Value) -> Vec<String> {
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// A form as the JSON that the specification describes.
fn multipart(body: &[u8], boundary: &str) -> Value {
    let text = String::from_utf8_lossy(body);
    let mut parts = Map::new();
    let line = format!("--{boundary}");
    let mut pieces = text.split(&line);
    assert_eq!(pieces.next(), Some(""));
    for piece in pieces {
        if piece == "--\r\n" {
            return Value::Object(parts);
        }
        let (head, value) = piece.trim_start_matches("\r\n").split_once("\r\n\r\n").unwrap();
        let name = head.split("name=\"").nth(1).unwrap().split('"').next().unwrap();
        let value = value.strip_suffix("\r\n").unwrap();
        let value = if name == "segment_index" { json!(value.parse::<u64>().unwrap()) } else { json!(value) };
        parts.insert(name.to_owned(), value);
    }
    panic!("the form has no end");
}

fn answers(_: usize, request: &Request) -> Reply {
    let line = request.line();
    Reply::json(if line.starts_with("POST /2/media/upload") || line.starts_with("GET /2/media/upload") {
        r#"{"data":{"id":"7"}}"#
    } else if line.starts_with("DELETE") {
        r#"{"data":{"deleted":true}}"#
    } else if line.starts_with("POST /2/tweets") {
        r#"{"data":{"id":"7","text":"x"}}"#
    } else if line.contains("/users?") || line.contains("/users/by?") {
        r#"{"data":[{"id":"7","username":"wren"}]}"#
    } else if line.contains("/tweets") || line.contains("/mentions") {
        r#"{"data":[{"id":"1050118621198921728","text":"x"}],"meta":{"result_count":1}}"#
    } else {
        r#"{"data":{"id":"7","username":"wren"}}"#
    })
}

fn client(server: &RawServer, dialect: Dialect) -> TwitterClient {
    let app = TwitterApp::new("app").api_base(server.url("/")).unwrap().dialect(dialect);
    app.client(FixedToken::new("token-of-the-user".to_owned().into())).unwrap()
}

/// A tweet with every field that both specifications have; the second one with the new ones, too.
fn full() -> (NewTweet, NewTweet) {
    let mut old = NewTweet::new("text")
        .in_reply_to("1")
        .exclude_from_reply(["2".to_owned()])
        .quote("3")
        .media("4")
        .tag_users(["5".to_owned()])
        .poll(["yes".to_owned(), "no".to_owned()], 60)
        .reply_settings(ReplySettings::MentionedUsers)
        .place("df51dec6f4ee2b2c")
        .edit_of("6")
        .community("7", true);
    old.for_super_followers_only = Some(false);
    old.nullcast = Some(false);
    old.card_uri = Some("card://1".to_owned());
    old.direct_message_deep_link = Some("https://twitter.com/messages/compose?recipient_id=1".to_owned());
    let mut new = old.clone().made_with_ai(true).paid_partnership(true);
    let media = new.media.as_mut().unwrap();
    media.title = Some("title".to_owned());
    media.description = Some("description".to_owned());
    media.embeddable = Some(true);
    media.preview_media_id = Some("8".to_owned());
    media.call_to_actions = Some(json!({"visit_site": {"url": "https://example.com"}}));
    (old, new)
}

/// Every call of the client, and what it sent.
async fn every_request(dialect: Dialect, tweet: &NewTweet) -> Vec<Request> {
    let server = RawServer::start(answers).await;
    let client = client(&server, dialect);
    client.me().await.unwrap();
    client.user("12").await.unwrap();
    client.user_by_name("@wren").await.unwrap();
    client.users(&["1", "2"]).await.unwrap();
    client.users_by_names(&["wren", "@robin"]).await.unwrap();
    let time = "2026-01-01T00:00:00Z".parse().unwrap();
    client.timeline("12").page().await.unwrap();
    client.timeline("12").since_id("5").until_id("9").page_size(1).from_token("t0k3n").page().await.unwrap();
    client.clone().with_context(false).timeline("12").start_time(time).end_time(time).page().await.unwrap();
    client.mentions("12").since_id("5").from_token("t0k3n").page().await.unwrap();
    client.search("from:wren -is:retweet").page_size(1).until_id("9").page().await.unwrap();
    client.tweets(&["1", "1050118621198921728"]).await.unwrap();
    client.create_tweet(&NewTweet::new("text")).await.unwrap();
    client.create_tweet(tweet).await.unwrap();
    client.delete_tweet("7").await.unwrap();
    client.upload(MediaUpload::bytes(vec![b'x'; 5 << 20], "image/png").alt_text("a wren")).await.unwrap();
    let requests = server.requests();
    for request in &requests {
        assert_eq!(request.header("authorization"), Some("Bearer token-of-the-user"), "{}", request.head);
        assert!(!request.line().contains("exclude="), "reaches 800 tweets only: {}", request.line());
    }
    requests
}

#[tokio::test]
async fn every_request_is_as_the_specification_of_its_dialect_says() {
    let (old, new) = full();
    for (name, dialect, tweet) in [("tweet", Dialect::Tweet, &old), ("post", Dialect::Post, &new)] {
        let Some(spec) = Spec::load(name) else { return };
        let requests = every_request(dialect, tweet).await;
        assert_eq!(requests.len(), 19, "an upload of two pieces takes five");
        for request in &requests {
            let faults = spec.faults(request);
            assert!(faults.is_empty(), "{name} {}: {faults:#?}", request.line());
        }
    }
}

#[tokio::test]
async fn a_spoilt_request_is_found() {
    let (_, new) = full();
    let Some(spec) = Spec::load("post") else { return };
    let body = serde_json::to_value(&new).unwrap();
    let validator = spec.body_validator("POST", "/2/tweets", "application/json");
    assert!(validator.is_valid(&body));
    let mut places = vec![String::new()];
    let mut spoilt = 0;
    while let Some(place) = places.pop() {
        let keys: Vec<String> = match body.pointer(&place).unwrap() {
            Value::Object(node) => node.keys().cloned().collect(),
            _ => continue,
        };
        for key in keys {
            let path = format!("{place}/{key}");
            let mut renamed = body.clone();
            let node = renamed.pointer_mut(&place).unwrap().as_object_mut().unwrap();
            let value = node.remove(&key).unwrap();
            node.insert(format!("{key}x"), value);
            assert!(!validator.is_valid(&renamed), "{path} renamed");
            let mut retyped = body.clone();
            *retyped.pointer_mut(&path).unwrap() = json!(7.5);
            assert!(!validator.is_valid(&retyped), "{path} retyped");
            spoilt += 2;
            places.push(path);
        }
    }
    assert!(spoilt > 50, "{spoilt}");
    // And a query: the names of the other dialect, a field that is not there, a value out of range.
    let requests = every_request(Dialect::Tweet, &NewTweet::new("x")).await;
    let timeline = requests.iter().find(|request| request.line().contains("/users/12/tweets")).unwrap();
    assert!(!spec.faults(timeline).is_empty(), "the names of the other dialect");
    let tweet = Spec::load("tweet").unwrap();
    for (from, to) in [
        ("max_results=100", "max_results=101"),
        ("note_tweet", "note_twet"),
        ("max_results", "max_result"),
        ("/12/", "/x/"),
    ] {
        let head = timeline.head.replace(from, to);
        assert_ne!(head, timeline.head);
        assert!(!tweet.faults(&Request { head, body: Vec::new() }).is_empty(), "{to}");
    }
}
