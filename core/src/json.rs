//! JSON into records.
//!
//! All records are read by this one reader, so that what reads a record is compiled once; and a record is an object: serde's own
//! readers take a list of its fields, too, which is as much code again.

use std::fmt;

use serde::Deserialize;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};
use serde_json::{Error, Value};

/// Reads a value out of a text that is JSON.
///
/// # Errors
/// What is not JSON, or does not fit.
pub fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = T::deserialize(Objects(&mut json))?;
    json.end()?;
    Ok(value)
}

/// As [`read`], out of bytes.
///
/// # Errors
/// As `read`, and for bytes that are not UTF-8.
pub fn read_bytes<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, Error> {
    read(utf8(bytes)?)
}

/// As [`read`], out of JSON that was read before.
///
/// # Errors
/// As `read`.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, Error> {
    read(&value.to_string())
}

fn utf8(bytes: &[u8]) -> Result<&str, Error> {
    std::str::from_utf8(bytes).map_err(|wrong| match serde_json::from_slice::<Value>(bytes) {
        // It says where.
        Err(error) => error,
        Ok(_) => Error::custom(wrong),
    })
}

/// A part of serde's reading in which a struct is read as a map: whatever is reached through it is wrapped again.
struct Objects<T>(T);

macro_rules! hand_on {
    ($($method:ident($($argument:ident: $type:ty),*);)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($argument,)* Objects(visitor))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Objects<D> {
    type Error = D::Error;

    hand_on! {
        deserialize_any();
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_u128();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_option();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_newtype_struct(name: &'static str);
        deserialize_seq();
        deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_map();
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
        deserialize_identifier();
        deserialize_ignored_any();
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Objects(visitor))
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

macro_rules! visits {
    ($($method:ident($type:ty);)*) => {$(
        fn $method<E: serde::de::Error>(self, value: $type) -> Result<V::Value, E> {
            self.0.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Objects<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    visits! {
        visit_bool(bool);
        visit_i64(i64);
        visit_i128(i128);
        visit_u64(u64);
        visit_u128(u128);
        visit_f64(f64);
        visit_str(&str);
        visit_borrowed_str(&'de str);
        visit_string(String);
        visit_bytes(&[u8]);
        visit_borrowed_bytes(&'de [u8]);
        visit_byte_buf(Vec<u8>);
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, some: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Objects(some))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Objects(inner))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Objects(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Objects(map))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, one: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(Objects(one))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Objects<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Objects(deserializer))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Objects(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(Objects(seed))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Objects(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Objects<A> {
    type Error = A::Error;
    type Variant = Objects<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        self.0.variant_seed(Objects(seed)).map(|(value, variant)| (value, Objects(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(Objects(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(len, Objects(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.struct_variant(fields, Objects(visitor))
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::collections::BTreeMap;

    use serde::Serialize;
    use serde_json::value::RawValue;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Form {
        Unit,
        One(Inner),
        Two(u8, Option<Inner>),
        Named { inner: Inner },
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Inner {
        number: f64,
        #[serde(default)]
        more: Vec<Inner>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "kind")]
    enum Tagged {
        A(Inner),
        B { text: String },
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Whole<'a> {
        #[serde(borrow)]
        text: Cow<'a, str>,
        forms: Vec<Form>,
        by_name: BTreeMap<u64, Inner>,
        tagged: Vec<Tagged>,
        pair: (i64, bool),
        unit: (),
        none: Option<Inner>,
        any: Value,
    }

    fn inner() -> Inner {
        Inner { number: 5e-324, more: vec![Inner { number: -0.1, more: Vec::new() }] }
    }

    #[test]
    fn what_was_written_is_read_and_what_can_be_is_borrowed() {
        let whole = Whole {
            text: "a ü 🐦".into(),
            forms: vec![Form::Unit, Form::One(inner()), Form::Two(3, Some(inner())), Form::Named { inner: inner() }],
            by_name: [(u64::MAX, inner())].into(),
            tagged: vec![Tagged::A(inner()), Tagged::B { text: "x".to_owned() }],
            pair: (i64::MIN, true),
            unit: (),
            none: None,
            any: serde_json::json!({ "a": [1, null, { "b": 1.5 }], "c": u64::MAX }),
        };
        let text = serde_json::to_string(&whole).unwrap();
        let back: Whole<'_> = read_bytes(text.as_bytes()).unwrap();
        assert_eq!(back, whole);
        assert!(matches!(back.text, Cow::Borrowed(_)));
        assert_eq!(from_value::<Inner>(&serde_json::to_value(inner()).unwrap()).unwrap(), inner());
        let raw: BTreeMap<&str, &RawValue> = read(r#"{"a": [1,  2], "b": null}"#).unwrap();
        assert_eq!((raw["a"].get(), raw["b"].get()), ("[1,  2]", "null"));
    }

    #[test]
    fn a_record_is_an_object() {
        let told = |text: &str| read::<Inner>(text).unwrap_err().to_string();
        assert_eq!(told("[1.0, []]"), "invalid type: sequence, expected struct Inner at line 1 column 0");
        assert!(
            told(r#"{"number": 1, "more": [[2, []]]}"#).starts_with("invalid type: sequence, expected struct Inner")
        );
        assert_eq!(told("{}"), "missing field `number` at line 1 column 2");
        assert!(read::<Inner>(r#"{"number": 1} x"#).unwrap_err().is_syntax());
        assert!(read::<Inner>(r#"{"number": 1"#).unwrap_err().is_eof());
    }

    #[test]
    fn bytes_that_are_no_text_say_where() {
        let error = read_bytes::<Value>(b"{\"a\":\n\"\xff\"}").unwrap_err();
        assert!(error.is_syntax());
        assert_eq!(error.line(), 2);
    }
}
