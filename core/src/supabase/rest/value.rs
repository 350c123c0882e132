//! Values and names as PostgREST reads them in an address. The quoting is ours: the crate that compiles queries puts values
//! in as they are.
//!
//! The grammar: <https://docs.postgrest.org/en/v14/references/api/tables_views.html#reserved-characters>.

use chrono::{DateTime, SecondsFormat, Utc};

/// A value that a column is compared with. Text is compared as it is, whatever characters it holds: `null` is the word, not
/// the absence of a value, which is [`Filter::is_null`](super::Filter::is_null).
///
/// ```
/// use ghostwren::supabase::Filter;
/// let filters = [Filter::eq("name", "O'Neil, \"Jim\" (null)"), Filter::gt("likes", 10_u64), Filter::eq("active", true)];
/// # assert_eq!(filters.len(), 3);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value(pub(super) String);

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self(text.clone())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<DateTime<Utc>> for Value {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

macro_rules! displayed {
    ($($type:ty)*) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self(value.to_string())
            }
        }
    )*};
}

displayed!(bool u8 u16 u32 u64 usize i8 i16 i32 i64 isize f32 f64 uuid::Uuid);

/// A text in double quotes, as it stands in a list or in a logical expression.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

/// A member of a list: numbers and ids as they are (they make addresses long enough), everything else in quotes.
pub(super) fn member(text: &str) -> String {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    if plain { text.to_owned() } else { quoted(text) }
}

/// The values of a list, in parentheses.
pub(super) fn list(values: &[Value]) -> String {
    format!("({})", values.iter().map(|value| member(&value.0)).collect::<Vec<_>>().join(","))
}

/// An array of PostgreSQL. Every member is quoted, so that the word `null` stays a word:
/// <https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO>.
pub(super) fn array(values: &[Value]) -> String {
    format!("{{{}}}", values.iter().map(|value| quoted(&value.0)).collect::<Vec<_>>().join(","))
}

/// Names that PostgREST reads as something else than a column.
const RESERVED: [&str; 10] =
    ["select", "order", "limit", "offset", "and", "or", "not.and", "not.or", "columns", "on_conflict"];

/// A column as it stands in an address: `name`, `embedded.name`, `data->key`, `data->>key`. Anything else is quoted as one
/// name; a name that is in quotes already is left alone.
pub(super) fn column(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '-' | '>');
    if name.starts_with('"') || (name.chars().all(plain) && !RESERVED.contains(&name)) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

/// Columns, with commas in between.
pub(super) fn columns<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(column).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoting() {
        assert_eq!(quoted(r#"a "b" \ c"#), r#""a \"b\" \\ c""#);
        assert_eq!(list(&["1".into(), "a,b".into(), "null".into(), "".into()]), r#"(1,"a,b","null","")"#);
        assert_eq!(list(&[]), "()");
        assert_eq!(array(&["a".into(), r#"b"c"#.into()]), r#"{"a","b\"c"}"#);
        assert_eq!(member("018f7b2e-1111-7000-8000-000000000000"), "018f7b2e-1111-7000-8000-000000000000");
    }

    #[test]
    fn names() {
        for (name, written) in [
            ("created_at", "created_at"),
            ("data->>key", "data->>key"),
            ("author.name", "author.name"),
            ("größe", "größe"),
            ("odd name", "\"odd name\""),
            ("a,b", "\"a,b\""),
            ("select", "\"select\""),
            ("\"x.y\"", "\"x.y\""),
            ("a)&or=(b", "\"a)&or=(b\""),
        ] {
            assert_eq!(column(name), written);
        }
    }

    #[test]
    fn times_and_numbers() {
        let at = DateTime::from_timestamp(1, 5_000).unwrap();
        assert_eq!(Value::from(at).0, "1970-01-01T00:00:01.000005Z");
        assert_eq!(Value::from(u64::MAX).0, "18446744073709551615");
        assert_eq!(Value::from(true).0, "true");
    }
}
