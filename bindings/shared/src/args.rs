use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use ghostwren::records::TweetList;
use ghostwren::{Error, ErrorKind, Result, json};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

/// The arguments of a call, by their names. What cannot be used is an error that names it.
#[derive(Debug)]
pub struct Args {
    named: BTreeMap<String, Box<RawValue>>,
    #[cfg_attr(not(feature = "server"), expect(dead_code, reason = "only an app's tables on Supabase take some"))]
    tweets: Option<Arc<TweetList>>,
}

impl Args {
    /// Reads a JSON object.
    ///
    /// # Errors
    /// `InvalidInput`, `argument.type`, for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let named = json::read(text).map_err(|error| unusable("arguments", &told(&error)))?;
        Ok(Self { named, tweets: None })
    }

    /// With tweets that never left Rust, for the calls that take some.
    #[must_use]
    pub fn with_tweets(self, tweets: Option<Arc<TweetList>>) -> Self {
        Self { tweets, ..self }
    }

    /// The tweets that came along.
    #[cfg(feature = "server")]
    pub(crate) fn tweets(&mut self) -> Option<Arc<TweetList>> {
        self.tweets.take()
    }

    /// An argument that must be there.
    pub(crate) fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<T> {
        self.optional(name)?.ok_or_else(|| missing(name))
    }

    /// An argument that may be left out or null.
    pub(crate) fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>> {
        match self.named.remove(name) {
            Some(value) if !is_null(&value) => {
                json::read(value.get()).map(Some).map_err(|error| wrong(name, value.get(), &error, fault::<T>))
            }
            _ => Ok(None),
        }
    }

    /// An argument with a default.
    pub(crate) fn or_default<T: DeserializeOwned + Default>(&mut self, name: &str) -> Result<T> {
        Ok(self.optional(name)?.unwrap_or_default())
    }

    /// A time as RFC 3339 or nothing.
    pub(crate) fn time(&mut self, name: &str) -> Result<Option<DateTime<Utc>>> {
        self.optional(name)
    }

    /// The path of a file.
    pub(crate) fn path(&mut self, name: &str) -> Result<PathBuf> {
        whole_path(name, self.take(name)?)
    }

    /// All that is left, as one value: for calls whose arguments are a record of the core.
    ///
    /// # Errors
    /// `InvalidInput`, `argument.type`, `argument.missing` or `argument.unknown`, with the name of the field.
    pub fn rest<T: DeserializeOwned>(self) -> Result<T> {
        let whole = serde_json::to_string(&self.named).map_err(|error| unusable("arguments", &told(&error)))?;
        json::read(&whole).map_err(|error| wrong("arguments", &whole, &error, fault::<T>))
    }

    /// Checks that nothing was given that nobody knows.
    pub(crate) fn end(self) -> Result<()> {
        match self.named.into_iter().find(|(_, value)| !is_null(value)) {
            None => Ok(()),
            Some((name, _)) => Err(unknown(&name)),
        }
    }
}

/// A path that a system could know: it ends at no NUL character.
pub(crate) fn whole_path(name: &str, path: PathBuf) -> Result<PathBuf> {
    match path.as_os_str().as_encoded_bytes().contains(&0) {
        false => Ok(path),
        true => {
            let detail = format!("the argument `{name}` has a NUL character in it, and no path has one");
            Err(Error::new(ErrorKind::InvalidInput, "argument.type", detail).with_remedy(
                "Take the NUL character out of the path; it often is the end of a text that was read as bytes.",
            ))
        }
    }
}

fn is_null(value: &RawValue) -> bool {
    value.get() == "null"
}

/// What chrono says of a text that is no time, and not that it should be one.
const NO_TIME: [&str; 4] =
    ["premature end of input", "input contains invalid characters", "input is out of range", "trailing input"];

/// What serde says, without where in the JSON: nobody would find that in the call that was written.
pub(crate) fn told(error: &serde_json::Error) -> String {
    let why = error.to_string();
    match why.rsplit_once(" at line ").map_or(why.as_str(), |(why, _)| why) {
        why if NO_TIME.contains(&why) => "it is no time such as 2026-11-25T18:00:00Z".to_owned(),
        why => why.to_owned(),
    }
}

fn unusable(name: &str, why: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, "argument.type", format!("the argument `{name}` cannot be used: {why}"))
        .with_remedy("Give it a value of the type that the call names.")
}

/// The error for JSON of ours that an app kept, and that is not, or no longer, what was written. Nothing in it is repeated at length:
/// it may be of any size.
#[must_use]
pub fn unreadable(name: &str, error: &serde_json::Error) -> Error {
    let why: String = told(error).chars().take(200).collect();
    unusable(name, &why).with_remedy("Give it what was written, whole; what another version wrote is made anew.")
}

fn missing(name: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, "argument.missing", format!("the argument `{name}` is missing"))
        .with_remedy("Give it a value.")
}

fn unknown(name: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, "argument.unknown", format!("there is no argument `{name}`"))
        .with_remedy("Leave it out, or use the same version of the package in all its parts.")
}

/// Tells why a value cannot be read; not compiled again for each kind of value.
pub(crate) type Fault = fn(&Value) -> Option<String>;

/// Why a value cannot be read.
pub(crate) fn fault<T: DeserializeOwned>(value: &Value) -> Option<String> {
    json::from_value::<T>(value).err().map(|error| told(&error))
}

/// The error for an argument that is a record, which names its field.
fn wrong(name: &str, json: &str, error: &serde_json::Error, fault: Fault) -> Error {
    let why = told(error);
    if let Some(name) = quoted(&why, "missing field `") {
        return missing(name);
    }
    if let Some(name) = quoted(&why, "unknown field `") {
        return unknown(name);
    }
    match blamed(json, &why, fault) {
        Some(field) => unusable(&field, &why),
        None => unusable(name, &why),
    }
}

/// What stands between the marker and the next backtick.
pub(crate) fn quoted<'a>(text: &'a str, marker: &str) -> Option<&'a str> {
    text.split_once(marker)?.1.split_once('`').map(|(name, _)| name)
}

/// The field that a record cannot be read for, the innermost one. Serde does not say it: it is the one without which the
/// record can be read, or cannot for another reason.
pub(crate) fn blamed(json: &str, why: &str, fault: Fault) -> Option<String> {
    let whole: Value = serde_json::from_str(json).ok()?;
    // An object where one of some words is wanted: serde takes its first name for the word.
    let word = quoted(why, "unknown variant `");
    let mut path = String::new();
    let mut found = None;
    while let Some(name) = guilty(&whole, &path, why, fault).filter(|name| word != Some(name.as_str())) {
        path = format!("{path}/{}", name.replace('~', "~0").replace('/', "~1"));
        found = Some(name.clone());
    }
    found
}

/// The field to blame of the object at this place. Half of those in question is left out at a time, so that a thousand fields
/// are read eleven times and not a thousand.
fn guilty<'a>(whole: &'a Value, path: &str, why: &str, fault: Fault) -> Option<&'a String> {
    let fields: Vec<&String> = whole.pointer(path)?.as_object()?.keys().collect();
    let matters = |names: &[&String]| {
        let mut less = whole.clone();
        if let Some(Value::Object(fields)) = less.pointer_mut(path) {
            names.iter().for_each(|name| drop(fields.remove(*name)));
        }
        fault(&less).is_none_or(|other| other != why)
    };
    let mut suspects = fields.as_slice();
    while suspects.len() > 1 {
        let (some, others) = suspects.split_at(suspects.len() / 2);
        suspects = if matters(some) { some } else { others };
    }
    // Of one alone it may be said in the same words that it is not there: then it is one that says something else when it is null.
    let alone = || {
        let mut less = whole.clone();
        let field = suspects.first().and_then(|name| less.pointer_mut(path)?.get_mut(*name));
        fields.len() == 1
            && field.map(|field| *field = Value::Null).is_some()
            && fault(&less).is_none_or(|other| other != why)
    };
    suspects.first().filter(|_| matters(suspects) || alone()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_argument() {
        let mut args = Args::parse(r#"{"count": "three", "none": null, "extra": 1}"#).unwrap();
        let error = args.take::<u32>("count").unwrap_err();
        assert_eq!(error.code(), "argument.type");
        assert!(error.detail().contains("`count`") && error.detail().contains("three"), "{error}");
        assert!(args.take::<u32>("topic").unwrap_err().detail().contains("`topic`"));
        assert_eq!(args.optional::<u32>("none").unwrap(), None);
        assert!(args.end().unwrap_err().detail().contains("`extra`"));
    }

    #[test]
    fn the_field_to_blame_is_found_in_few_readings() {
        thread_local!(static READINGS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) });
        struct Numbers;
        impl<'de> serde::Deserialize<'de> for Numbers {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                READINGS.set(READINGS.get() + 1);
                BTreeMap::<String, u8>::deserialize(from).map(|_| Self)
            }
        }
        for wrong in [0, 1, 500, 998, 999] {
            let fields =
                (0..1000).map(|n| (format!("field/{n}"), if n == wrong { "x".into() } else { Value::from(1) }));
            let json = Value::Object(fields.collect()).to_string();
            READINGS.set(0);
            let error = Args::parse(&json).unwrap().rest::<Numbers>().err().unwrap();
            assert!(error.detail().contains(&format!("`field/{wrong}`")), "{error}");
            assert!(READINGS.get() <= 15, "{} readings", READINGS.get());
        }
    }

    #[test]
    fn a_path_has_no_nul() {
        let path = |json: &str| Args::parse(json).unwrap().path("path");
        assert_eq!(path(r#"{"path": "a b.zip"}"#).unwrap(), PathBuf::from("a b.zip"));
        let error = path(r#"{"path": "a\u0000.zip"}"#).unwrap_err();
        assert_eq!((error.code(), error.remedy().is_some()), ("argument.type", true));
    }

    #[test]
    fn errors_of_a_record_name_its_field() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Request {
            topic: String,
            #[serde(default)]
            count: u8,
            inner: Option<Inner>,
        }
        #[derive(Debug, serde::Deserialize)]
        struct Inner {
            a: u8,
            b: Vec<u8>,
        }
        let rest = |json: &str| {
            let read = Args::parse(json).unwrap().rest::<Request>();
            read.map(|Request { topic, count, inner }| (topic, count, inner.map(|Inner { a, b }| (a, b))))
        };
        let wrong = |json: &str| {
            let error = rest(json).unwrap_err();
            (error.code().to_owned(), error.detail().to_owned())
        };
        let (code, detail) = wrong(r#"{"topic": "x", "count": "three"}"#);
        assert!(code == "argument.type" && detail.contains("`count`") && detail.contains("three"), "{detail}");
        assert!(!detail.contains("line"), "{detail}");
        assert!(wrong(r#"{"topic": 3, "count": "three"}"#).1.contains("`count`"));
        assert!(wrong(r#"{"topic": 3}"#).1.contains("`topic`"));
        assert!(wrong(r#"{"topic": "x", "inner": {"b": [], "a": 256}}"#).1.contains("`a`"));
        assert!(wrong(r#"{"topic": "x", "inner": {"b": [1, "y"], "a": 1}}"#).1.contains("`b`"));
        assert!(wrong(r#"{"topic": "x", "inner": 3}"#).1.contains("`inner`"));
        assert_eq!(wrong(r#"{"count": 3}"#), ("argument.missing".into(), "the argument `topic` is missing".into()));
        assert_eq!(wrong(r#"{"topic": "", "x": 3}"#), ("argument.unknown".into(), "there is no argument `x`".into()));
        let mut args = Args::parse(r#"{"request": {"topic": []}, "other": [{"topic": []}]}"#).unwrap();
        assert!(args.take::<Request>("request").unwrap_err().detail().contains("`topic`"));
        assert!(args.take::<Vec<Request>>("other").unwrap_err().detail().contains("`other`"));
        assert!(rest(r#"{"topic": "x", "inner": {"a": 1, "b": [2]}}"#).is_ok());
    }

    #[test]
    fn an_object_for_a_word_names_the_argument() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Order {
            NewestFirst,
            OldestFirst,
        }
        #[derive(Debug, serde::Deserialize)]
        struct Query {
            order: Order,
        }
        let args = || Args::parse(r#"{"order": {"newest": 1}}"#).unwrap();
        for error in [args().rest::<Query>().unwrap_err(), args().take::<Order>("order").unwrap_err()] {
            assert!(error.detail().contains("the argument `order`"), "{error}");
        }
        // A call with its arguments: they are what is named.
        #[derive(Debug, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Call {
            #[expect(dead_code, reason = "only read")]
            Look(Query),
        }
        let mut call = Args::parse(r#"{"call": {"look": {"order": 5, "limit": 1}}}"#).unwrap();
        let error = call.take::<Call>("call").unwrap_err();
        assert!(error.detail().contains("the argument `order`"), "{error}");
        let order =
            |word: &str| Args::parse(&format!(r#"{{"order": "{word}"}}"#)).unwrap().rest::<Query>().unwrap().order;
        assert!(matches!((order("newest_first"), order("oldest_first")), (Order::NewestFirst, Order::OldestFirst)));
    }
}
