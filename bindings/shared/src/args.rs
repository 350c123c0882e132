use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use ghostwren::records::Tweet;
use ghostwren::{Error, ErrorKind, Result, json};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// The arguments of a call, by their names. What cannot be used is an error that names it.
#[derive(Debug)]
pub struct Args {
    named: BTreeMap<String, Box<RawValue>>,
    #[cfg_attr(not(feature = "supabase"), expect(dead_code, reason = "only an app's tables on Supabase take some"))]
    tweets: Option<Arc<Vec<Tweet>>>,
}

impl Args {
    /// Reads a JSON object.
    ///
    /// # Errors
    /// `InvalidInput`, `argument.type`, for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let named = json::read(text).map_err(|error| unusable("arguments", &error))?;
        Ok(Self { named, tweets: None })
    }

    /// With tweets that never left Rust, for the calls that take some.
    #[must_use]
    pub fn with_tweets(self, tweets: Option<Arc<Vec<Tweet>>>) -> Self {
        Self { tweets, ..self }
    }

    /// The tweets that came along.
    #[cfg(feature = "supabase")]
    pub(crate) fn tweets(&mut self) -> Option<Arc<Vec<Tweet>>> {
        self.tweets.take()
    }

    /// An argument that must be there.
    pub(crate) fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<T> {
        self.optional(name)?.ok_or_else(|| {
            Error::new(ErrorKind::InvalidInput, "argument.missing", format!("the argument `{name}` is missing"))
                .with_remedy("Give it a value.")
        })
    }

    /// An argument that may be left out or null.
    pub(crate) fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>> {
        match self.named.remove(name) {
            Some(value) if !is_null(&value) => {
                json::read(value.get()).map(Some).map_err(|error| unusable(name, &error))
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

    /// All that is left, as one value: for calls whose arguments are a record of the core.
    pub(crate) fn rest<T: DeserializeOwned>(self) -> Result<T> {
        let whole = serde_json::to_string(&self.named);
        whole.and_then(|whole| json::read(&whole)).map_err(|error| unusable("arguments", &error))
    }

    /// Checks that nothing was given that nobody knows.
    pub(crate) fn end(self) -> Result<()> {
        match self.named.into_iter().find(|(_, value)| !is_null(value)) {
            None => Ok(()),
            Some((name, _)) => {
                Err(Error::new(ErrorKind::InvalidInput, "argument.unknown", format!("there is no argument `{name}`"))
                    .with_remedy("Leave it out, or use the same version of the package in all its parts."))
            }
        }
    }
}

fn is_null(value: &RawValue) -> bool {
    value.get() == "null"
}

fn unusable(name: &str, why: &serde_json::Error) -> Error {
    // Where in the argument it is, nobody would find in the call that was written.
    let why = why.to_string();
    let why = why.rsplit_once(" at line ").map_or(why.as_str(), |(why, _)| why);
    Error::new(ErrorKind::InvalidInput, "argument.type", format!("the argument `{name}` cannot be used: {why}"))
        .with_remedy("Give it a value of the type that the call names.")
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
}
