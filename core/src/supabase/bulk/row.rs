//! A row as it is sent: its JSON, which columns it has, and what its key is.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::error::{Error, ErrorKind, Result};

/// A row that waits to be written.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) json: Box<[u8]>,
    /// The values of the key's columns, as JSON.
    pub(super) key: Box<str>,
    /// Which of the shapes it has.
    pub(super) shape: usize,
    /// Its place among the rows of the source.
    pub(super) position: u64,
}

/// Reads rows, and remembers which sets of columns they had.
///
/// Rows with other columns go into a request of their own: in one request, what a row lacks would be set to its default, and
/// what a row keeps would depend on its neighbours.
#[derive(Debug)]
pub(super) struct Shapes {
    key: Vec<String>,
    /// Each set of columns, in alphabetical order.
    sets: Vec<Vec<String>>,
    /// The columns of the row before, as they came, and which set that is: rows of one type have the same.
    last: (Vec<String>, usize),
}

impl Shapes {
    pub(super) fn new(key: Vec<String>) -> Self {
        Self { key, sets: Vec::new(), last: (Vec::new(), usize::MAX) }
    }

    pub(super) fn columns(&self, shape: usize) -> &[String] {
        self.sets.get(shape).map_or(&[], Vec::as_slice)
    }

    pub(super) fn row<T: Serialize>(&mut self, value: &T, position: u64) -> Result<Row> {
        let bad = |detail: String| Error::new(ErrorKind::InvalidInput, "supabase.unwritable_rows", detail);
        let json = serde_json::to_vec(value).map_err(|error| bad(format!("row {position} is not JSON: {error}")))?;
        let mut scan = Scan { key: String::new(), seen: 0, same: true, names: Vec::new() };
        let mut reader = serde_json::Deserializer::from_slice(&json);
        reader
            .deserialize_map(Reader { shapes: self, scan: &mut scan })
            .map_err(|error| bad(format!("row {position} is no object: {error}")))?;
        if scan.key.is_empty() {
            let detail = format!("row {position} has none of the columns of the key");
            return Err(Error::new(ErrorKind::InvalidInput, "supabase.bad_key", detail)
                .with_remedy("Name the columns of a unique constraint that the rows carry."));
        }
        let shape =
            if scan.same && scan.seen == self.last.0.len() { self.last.1 } else { self.learn(scan.names(self)) };
        Ok(Row { json: json.into(), key: scan.key.into(), shape, position })
    }

    fn learn(&mut self, names: Vec<String>) -> usize {
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let shape = self.sets.iter().position(|set| *set == sorted).unwrap_or_else(|| {
            self.sets.push(sorted);
            self.sets.len() - 1
        });
        self.last = (names, shape);
        shape
    }
}

/// What is read of one row.
struct Scan {
    key: String,
    seen: usize,
    /// Whether the columns were those of the row before, so far.
    same: bool,
    /// The columns, once they are others.
    names: Vec<String>,
}

impl Scan {
    fn column(&mut self, name: &str, last: &[String]) {
        if self.same && last.get(self.seen).is_none_or(|expected| expected != name) {
            self.same = false;
            self.names = last.iter().take(self.seen).cloned().collect();
        }
        if !self.same {
            self.names.push(name.to_owned());
        }
        self.seen += 1;
    }

    fn names(&self, shapes: &Shapes) -> Vec<String> {
        match self.same {
            true => shapes.last.0.iter().take(self.seen).cloned().collect(),
            false => self.names.clone(),
        }
    }
}

/// The name of a column, which stays in the row's JSON.
#[derive(Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

struct Reader<'a> {
    shapes: &'a Shapes,
    scan: &'a mut Scan,
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut row: A) -> Result<(), A::Error> {
        let mut parts = vec![None; self.shapes.key.len()];
        while let Some(Name(name)) = row.next_key()? {
            self.scan.column(&name, &self.shapes.last.0);
            match self.shapes.key.iter().position(|column| *column == name) {
                Some(at) => {
                    let value: &RawValue = row.next_value()?;
                    if let Some(part) = parts.get_mut(at) {
                        *part = Some(value.get());
                    }
                }
                None => {
                    row.next_value::<IgnoredAny>()?;
                }
            }
        }
        // A column that the rows lack (an owner that is the default) is the same for all of them.
        if parts.iter().any(Option::is_some) {
            let parts: Vec<&str> = parts.into_iter().map(|part| part.unwrap_or("default")).collect();
            self.scan.key = parts.join(",");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_and_shapes() {
        let mut shapes = Shapes::new(vec!["owner".to_owned(), "id".to_owned()]);
        let mut read = |value: serde_json::Value| {
            let row = shapes.row(&value, 0).unwrap();
            (row.key.to_string(), shapes.columns(row.shape).join(" "))
        };
        assert_eq!(read(json!({ "id": "a,b", "n": 1 })), ("default,\"a,b\"".to_owned(), "id n".to_owned()));
        assert_eq!(read(json!({ "id": 7, "n": 1 })), ("default,7".to_owned(), "id n".to_owned()));
        assert_eq!(read(json!({ "id": 7 })), ("default,7".to_owned(), "id".to_owned()));
        assert_eq!(read(json!({ "id": 7, "m": 1, "owner": "o" })), ("\"o\",7".to_owned(), "id m owner".to_owned()));
        assert_eq!(read(json!({ "id": 8, "n": 1 })), ("default,8".to_owned(), "id n".to_owned()));
        assert_eq!(shapes.sets.len(), 3);
        assert_eq!(shapes.row(&json!({ "n": 1 }), 5).unwrap_err().code(), "supabase.bad_key");
        assert_eq!(shapes.row(&json!([1]), 5).unwrap_err().code(), "supabase.unwritable_rows");
    }

    #[test]
    fn another_order_of_columns_is_the_same_shape() {
        let mut shapes = Shapes::new(vec!["id".to_owned()]);
        let mut shape = |json: &str| shapes.row(&serde_json::from_str::<&RawValue>(json).unwrap(), 0).unwrap().shape;
        assert_eq!([shape(r#"{"id":1,"b":2}"#), shape(r#"{"b":2,"id":1}"#), shape(r#"{"id":1,"b":2}"#)], [0, 0, 0]);
        assert_eq!([shape(r#"{"id":1,"b":2,"c":3}"#), shape(r#"{"id":1,"b":2}"#)], [1, 0]);
    }
}
