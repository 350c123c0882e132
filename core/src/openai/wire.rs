//! Values as servers really write them: strings that may be numbers, numbers that may be strings, lists that may be null.
//!
//! Text is borrowed from the bytes where it carries no escape: a streamed token costs no allocation here.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::tolerant::{scalars_are, scalars_as_text};

/// A string, or what stands where a string is expected: a number or boolean as its text, a list of content parts as
/// their texts joined, an object as its `text`. Null and anything else: nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Text<'a>(pub(super) Option<Cow<'a, str>>);

impl Text<'_> {
    pub(super) fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// The text if there is one and it is not empty.
    pub(super) fn filled(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.is_empty())
    }

    pub(super) fn owned(&self) -> Option<String> {
        self.filled().map(str::to_owned)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor<'a>(PhantomData<&'a str>);
        impl<'de: 'a, 'a> Visitor<'de> for TextVisitor<'a> {
            type Value = Text<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }

            scalars_as_text!('de, Text);

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut joined: Option<String> = None;
                while let Some(Text(part)) = seq.next_element()? {
                    if let Some(part) = part {
                        joined.get_or_insert_default().push_str(&part);
                    }
                }
                Ok(Text(joined.map(Cow::Owned)))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut found = Text(None);
                while let Some(Text(key)) = map.next_key()? {
                    if key.as_deref() == Some("text") {
                        found = map.next_value()?;
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(found)
            }
        }
        deserializer.deserialize_any(TextVisitor(PhantomData))
    }
}

/// A count that may be written as an integer, a float or a string; negative, absurd or missing: nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count(pub(super) Option<u64>);

impl Count {
    pub(super) fn or_zero(self) -> u64 {
        self.0.unwrap_or(0)
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CountVisitor;
        impl<'de> Visitor<'de> for CountVisitor {
            type Value = Count;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a count")
            }

            fn visit_u64<E>(self, number: u64) -> Result<Count, E> {
                Ok(Count(Some(number)))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Count, E> {
                Ok(Count(u64::try_from(number).ok()))
            }

            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
            fn visit_f64<E>(self, number: f64) -> Result<Count, E> {
                Ok(Count((0.0..9.0e15).contains(&number).then_some(number as u64)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Count, E> {
                Ok(Count(text.trim().parse().ok()))
            }

            fn visit_bool<E>(self, _: bool) -> Result<Count, E> {
                Ok(Count(None))
            }

            fn visit_unit<E>(self) -> Result<Count, E> {
                Ok(Count(None))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Count, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Count(None))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Count, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Count(None))
            }
        }
        deserializer.deserialize_any(CountVisitor)
    }
}

/// An object, or its default where something else stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Object<T>(pub(super) Option<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Lenient::<Self>(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Lenient<Object<T>> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|value| Object(Some(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Object(None))
    }

    scalars_are!(Object(None));
}

/// A list, empty where something else stands. The first item needs no allocation: a streamed chunk has one choice.
#[derive(Clone, Debug)]
pub(super) struct List<T> {
    first: Option<T>,
    rest: Vec<T>,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { first: None, rest: Vec::new() }
    }
}

impl<T> List<T> {
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.first.iter().chain(&self.rest)
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::iter::Chain<std::option::IntoIter<T>, std::vec::IntoIter<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.first.into_iter().chain(self.rest)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Lenient::<Self>(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Lenient<List<T>> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut list = List::default();
        while let Some(Object(item)) = seq.next_element::<Object<T>>()? {
            match item {
                Some(item) if list.first.is_none() => list.first = Some(item),
                Some(item) if list.rest.len() < 4096 => list.rest.push(item),
                Some(_) => return Err(A::Error::custom("a list of more than 4,096 items")),
                None => {}
            }
        }
        Ok(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(List::default())
    }

    scalars_are!(List::default());
}

struct Lenient<T>(PhantomData<T>);

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Item<'a> {
        #[serde(borrow)]
        text: Text<'a>,
        count: Count,
    }

    #[test]
    fn every_json_value_is_taken_where_any_is_expected() {
        let values = [
            "null",
            "true",
            "0",
            "-3",
            "1.5",
            "1e300",
            "\"\"",
            "\"7\"",
            "\"a\\nb\"",
            "[]",
            "[1,null,{}]",
            "{}",
            "{\"text\":\"x\",\"y\":[{}]}",
            "[{\"type\":\"text\",\"text\":\"a\"},{\"text\":\"b\"}]",
        ];
        for value in values {
            serde_json::from_str::<Text<'_>>(value).unwrap_or_else(|e| panic!("text {value}: {e}"));
            serde_json::from_str::<Count>(value).unwrap_or_else(|e| panic!("count {value}: {e}"));
            serde_json::from_str::<Object<Item<'_>>>(value).unwrap_or_else(|e| panic!("object {value}: {e}"));
            serde_json::from_str::<List<Item<'_>>>(value).unwrap_or_else(|e| panic!("list {value}: {e}"));
            let item = format!("{{\"text\":{value},\"count\":{value}}}");
            serde_json::from_str::<Item<'_>>(&item).unwrap_or_else(|e| panic!("item {value}: {e}"));
        }
    }

    #[test]
    fn what_is_there_is_read() {
        let text = |json: &str| serde_json::from_str::<Text<'_>>(json).unwrap().0.map(Cow::into_owned);
        assert_eq!(text("400").as_deref(), Some("400"));
        assert_eq!(text("null"), None);
        assert_eq!(text("[{\"text\":\"a\"},{\"image\":1},\"b\"]").as_deref(), Some("ab"));
        let count = |json: &str| serde_json::from_str::<Count>(json).unwrap().0;
        assert_eq!((count("12"), count("12.0"), count("\"12\""), count("-1")), (Some(12), Some(12), Some(12), None));
        let list: List<Item<'_>> = serde_json::from_str("[{\"count\":1},null,{\"count\":2}]").unwrap();
        assert_eq!(list.iter().map(|item| item.count.or_zero()).collect::<Vec<_>>(), [1, 2]);
        let borrowed: Item<'_> = serde_json::from_str("{\"text\":\"plain\"}").unwrap();
        assert!(matches!(borrowed.text.0, Some(Cow::Borrowed("plain"))));
    }
}
