//! Values on their way to PostgreSQL and back.
//!
//! PostgreSQL cannot store U+0000, in text or in JSON. It is written as U+10FFFF (a noncharacter, which no text holds on
//! purpose) and `0`; U+10FFFF itself as U+10FFFF and `1`. Each level of JSON does that for itself.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::error::{Error, ErrorKind, Result};
use crate::json;

const MARK: char = '\u{10ffff}';
const MARK_BYTES: &[u8] = "\u{10ffff}".as_bytes();

/// A text without U+0000.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', MARK]) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\0' => out.extend([MARK, '0']),
            MARK => out.extend([MARK, '1']),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// A value as JSON without U+0000: for an argument of type `jsonb`. As text it keeps every number as it is written, also
/// where something on the way reads JSON into the numbers of JavaScript.
pub(super) fn json<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    let written = serde_json::to_string(value).map_err(not_json)?;
    Ok(if is_clean(&written) { written } else { cleaned(&written) })
}

/// A value as JSON that is to stand within other JSON as it is; one with U+0000 in it as text that holds JSON.
pub(super) fn raw<T: Serialize + ?Sized>(value: &T) -> Result<Box<RawValue>> {
    let written = to_raw_value(value).map_err(not_json)?;
    if is_clean(written.get()) { Ok(written) } else { to_raw_value(&cleaned(written.get())).map_err(not_json) }
}

fn not_json(error: serde_json::Error) -> Error {
    Error::new(ErrorKind::InvalidInput, "store.not_json", "a value cannot be written as JSON").with_source(error)
}

fn is_clean(written: &str) -> bool {
    let bytes = written.as_bytes();
    memchr::memmem::find(bytes, b"\\u0000").is_none() && memchr::memmem::find(bytes, MARK_BYTES).is_none()
}

fn cleaned(written: &str) -> String {
    let mut out = String::with_capacity(written.len() + 8);
    let mut rest = written;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '\\' if rest.starts_with("\\u0000") => {
                out.extend([MARK, '0']);
                "\\u0000".len()
            }
            // An escaped backslash is one: what follows it is text.
            '\\' => {
                let pair = rest.get(..2).unwrap_or(rest);
                out.push_str(pair);
                pair.len()
            }
            MARK => {
                out.extend([MARK, '1']);
                MARK.len_utf8()
            }
            c => {
                out.push(c);
                c.len_utf8()
            }
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    out
}

/// What came back as JSON; nothing at all is null.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    let body = if body.is_empty() { b"null" } else { body };
    if memchr::memmem::find(body, MARK_BYTES).is_none() {
        return json::read_bytes(body);
    }
    let mut value: Value = json::read_bytes(body)?;
    restore(&mut value);
    json::from_value(&value)
}

/// A time that a function gives by itself: as JSON has it, or (by `@supabase/lite`) as PostgreSQL prints it.
pub(super) fn time(written: &str) -> Option<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc3339(written).or_else(|_| DateTime::parse_from_str(written, "%F %T%.f%#z"));
    time.ok().map(|time| time.to_utc())
}

/// A text that came back beside any JSON.
pub(super) fn shown(text: &str) -> String {
    if text.contains(MARK) { restored(text) } else { text.to_owned() }
}

/// What came back as text that holds JSON: a value that only the SDK reads.
pub(super) fn opened(text: &str) -> serde_json::Result<Value> {
    // Where one level was undone too many, U+0000 stands there as it is.
    let mut value: Value = serde_json::from_str(&text.replace('\0', "\\u0000"))?;
    restore(&mut value);
    Ok(value)
}

/// Opens the named fields of a record.
pub(super) fn open_fields(record: &mut Value, fields: &[&str]) -> serde_json::Result<()> {
    for field in fields {
        if let Some(value) = record.get_mut(*field)
            && let Some(text) = value.as_str()
        {
            *value = opened(text)?;
        }
    }
    Ok(())
}

fn restore(value: &mut Value) {
    match value {
        Value::String(text) if text.contains(MARK) => *text = restored(text),
        Value::Array(items) => items.iter_mut().for_each(restore),
        Value::Object(fields) => {
            let marked: Vec<String> = fields.keys().filter(|key| key.contains(MARK)).cloned().collect();
            for key in marked {
                if let Some(value) = fields.remove(&key) {
                    fields.insert(restored(&key), value);
                }
            }
            fields.values_mut().for_each(restore);
        }
        _ => {}
    }
}

fn restored(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let meant = match (c, chars.peek()) {
            (MARK, Some('0')) => '\0',
            (MARK, Some('1')) => MARK,
            _ => {
                out.push(c);
                continue;
            }
        };
        out.push(meant);
        chars.next();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json as value;

    #[test]
    fn nul_goes_there_and_back_at_every_level() {
        for text in
            ["", "plain", "a\0b", "\u{10ffff}", "\u{10ffff}0", "\0\u{10ffff}1", "\\u0000", "\\\0", "\\\\u0000\"\0"]
        {
            assert!(!plain(text).contains('\0'));
            assert_eq!(restored(&plain(text)), text);
            let inner = value!({ text: [text, { "x": text }] });
            let written = json(&inner).unwrap();
            assert!(!written.contains("\\u0000") || text.contains("\\u0000"), "{written}");
            assert_eq!(read::<Value>(written.as_bytes()).unwrap(), inner);
            // As it is where that can be, and as text otherwise, which the functions open.
            let raw = raw(&inner).unwrap();
            match serde_json::from_str(raw.get()).unwrap() {
                Value::String(text) => assert_eq!(text, written),
                as_it_is => assert!(as_it_is == inner && raw.get() == written),
            }
            // A value within a record, both as text.
            let record = json(&value!({ "inner": written, "text": text })).unwrap();
            let mut back: Value = read(record.as_bytes()).unwrap();
            open_fields(&mut back, &["inner", "missing"]).unwrap();
            assert_eq!(back, value!({ "inner": inner, "text": text }));
        }
    }

    #[test]
    fn times_in_both_forms() {
        let at = DateTime::from_timestamp_millis(1_764_000_000_120);
        for written in ["2025-11-24T16:00:00.12+00:00", "2025-11-24 16:00:00.12+00", "2025-11-24 18:00:00.12+02"] {
            assert_eq!(time(written), at, "{written}");
        }
        assert_eq!(time("now"), None);
    }

    #[test]
    fn numbers_stay_as_they_are_written() {
        assert_eq!(opened("[5e-324, 18446744073709551615, 0.1]").unwrap(), value!([5e-324, u64::MAX, 0.1]));
    }
}
