//! Values as services and files really write them, read with serde without ever failing on a shape: scalars of any type,
//! lists that are no lists, objects with fields missing, doubled or of another type. Only broken JSON is an error.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::records::is_valid_id;

/// The visits of what stands where an object or a list is expected, and is neither: it reads as `$empty`.
macro_rules! scalars_are {
    ($empty:expr) => {
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok($empty)
        }

        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok($empty)
        }

        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok($empty)
        }

        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok($empty)
        }

        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok($empty)
        }

        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok($empty)
        }
    };
}
pub(crate) use scalars_are;

/// The visits of a scalar as text, borrowed from the bytes where it carries no escape; null is none.
macro_rules! scalars_as_text {
    ($de:lifetime, $of:expr) => {
        fn visit_borrowed_str<E>(self, text: &$de str) -> Result<Self::Value, E> {
            Ok($of(Some(std::borrow::Cow::Borrowed(text))))
        }

        fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
            Ok($of(Some(std::borrow::Cow::Owned(text.to_owned()))))
        }

        fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
            Ok($of(Some(std::borrow::Cow::Owned(text))))
        }

        fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
            Ok($of(Some(std::borrow::Cow::Owned(number.to_string()))))
        }

        fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
            Ok($of(Some(std::borrow::Cow::Owned(number.to_string()))))
        }

        fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
            Ok($of(Some(std::borrow::Cow::Owned(number.to_string()))))
        }

        fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
            Ok($of(Some(std::borrow::Cow::Borrowed(if value { "true" } else { "false" }))))
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok($of(None))
        }
    };
}
pub(crate) use scalars_as_text;

/// A scalar of any type, as text. `None` for null, objects and lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scalar<'a>(pub(crate) Option<Cow<'a, str>>);

impl<'a> Scalar<'a> {
    pub(crate) fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// The text, where it is not empty.
    pub(crate) fn filled(&self) -> Option<&str> {
        self.text().filter(|text| !text.is_empty())
    }

    pub(crate) fn into_string(self) -> String {
        self.0.map(Cow::into_owned).unwrap_or_default()
    }

    /// The text, where it is an id (`-1`, null and the like are none).
    pub(crate) fn id(&self) -> Option<&str> {
        self.text().filter(|text| is_valid_id(text))
    }

    pub(crate) fn number(&self) -> Option<u64> {
        self.text()?.parse().ok()
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scalar")
    }

    scalars_as_text!('de, Scalar);

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar(None))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

/// What a wire shape becomes at once, so that no list is made twice. `None` leaves it out.
pub(crate) trait Becomes<T> {
    fn become_record(self) -> Option<T>;
}

/// A list of records, read through the wire shape `W`. An object is a list of one; anything else is an empty one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct List<W, T>(pub(crate) Vec<T>, PhantomData<W>);

impl<W, T> Default for List<W, T> {
    fn default() -> Self {
        Self(Vec::new(), PhantomData)
    }
}

struct ListVisitor<W, T>(PhantomData<(W, T)>);

/// More entries of one kind than any tweet has; what a hostile one has more is not kept.
const LIST: usize = 100_000;

impl<'de, W: Deserialize<'de> + Becomes<T>, T> Visitor<'de> for ListVisitor<W, T> {
    type Value = List<W, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(wire) = seq.next_element::<W>()? {
            if list.len() < LIST
                && let Some(record) = wire.become_record()
            {
                if list.is_empty() {
                    // Most lists have one entry, and a vector would begin with room for four.
                    list.reserve_exact(1);
                }
                list.push(record);
            }
        }
        Ok(List(list, PhantomData))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let one = W::deserialize(MapAccessDeserializer::new(map))?;
        Ok(List(one.become_record().into_iter().collect(), PhantomData))
    }

    scalars_are!(List::default());
}

impl<'de, W: Deserialize<'de> + Becomes<T>, T> Deserialize<'de> for List<W, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

/// Whether a value says anything: of a field that stands twice, the last that does is taken.
pub(crate) trait Says {
    fn says_nothing(&self) -> bool;
}

impl Says for Scalar<'_> {
    fn says_nothing(&self) -> bool {
        self.0.is_none()
    }
}

impl<T> Says for Option<T> {
    fn says_nothing(&self) -> bool {
        self.is_none()
    }
}

impl Becomes<String> for Scalar<'_> {
    fn become_record(self) -> Option<String> {
        self.filled().is_some().then(|| self.into_string())
    }
}

impl<W, T> Says for List<W, T> {
    fn says_nothing(&self) -> bool {
        self.0.is_empty()
    }
}

/// What [`object!`] makes: reads itself out of the entries of a JSON object.
pub(crate) trait FromEntries<'de>: Default {
    fn from_entries<A: MapAccess<'de>>(map: A) -> Result<Self, A::Error>;
}

pub(crate) struct ObjectVisitor<T>(pub(crate) PhantomData<T>);

impl<'de, T: FromEntries<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::from_entries(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(T::default())
    }

    scalars_are!(T::default());
}

/// A JSON object whose fields have one or more names: `object! { struct Note { text: Scalar<'a> = "text" | "body" } }`.
/// Anything may be missing, null, doubled or of another type; what is no object reads as an empty one.
macro_rules! object {
    ($($(#[$meta:meta])* struct $name:ident { $($field:ident: $type:ty = $first:literal $(| $other:literal)*),* $(,)? })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Default)]
        pub(super) struct $name<'a> {
            $(pub(super) $field: $type,)*
            _lifetime: std::marker::PhantomData<&'a str>,
        }

        impl $crate::tolerant::Says for $name<'_> {
            fn says_nothing(&self) -> bool {
                $($crate::tolerant::Says::says_nothing(&self.$field))&&*
            }
        }

        impl<'de: 'a, 'a> $crate::tolerant::FromEntries<'de> for $name<'a> {
            fn from_entries<M: serde::de::MapAccess<'de>>(mut map: M) -> Result<Self, M::Error> {
                use $crate::tolerant::Says;
                let mut object = Self::default();
                while let Some(key) = map.next_key::<$crate::tolerant::Scalar<'de>>()? {
                    match key.text().unwrap_or_default() {
                        $($first $(| $other)* => {
                            let value: $type = map.next_value()?;
                            if object.$field.says_nothing() || !value.says_nothing() {
                                object.$field = value;
                            }
                        })*
                        _ => {
                            map.next_value::<serde::de::IgnoredAny>()?;
                        }
                    }
                }
                Ok(object)
            }
        }

        impl<'de: 'a, 'a> serde::Deserialize<'de> for $name<'a> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any($crate::tolerant::ObjectVisitor(std::marker::PhantomData))
            }
        }
    )*};
}
pub(crate) use object;

/// Parses JSON whose text may be broken in the two ways that senders break it: bytes that are not UTF-8, and halves of
/// surrogate pairs. `read` is called again with the repaired bytes when the first reading fails on syntax.
pub(crate) fn read_repaired<T>(body: &[u8], read: impl Fn(&[u8]) -> serde_json::Result<T>) -> serde_json::Result<T> {
    let first = match read(body) {
        Err(error) if error.is_syntax() => error,
        end => return end,
    };
    let mut repaired = String::from_utf8_lossy(body).into_owned().into_bytes();
    crate::text::cleanup::repair_surrogates(&mut repaired);
    if repaired == body { Err(first) } else { read(&repaired) }
}
