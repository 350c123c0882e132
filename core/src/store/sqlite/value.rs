//! How values stand in the columns.

use chrono::{DateTime, Datelike, NaiveDate, TimeZone, Timelike, Utc};
use rusqlite::Row;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::fault::{Fault, corrupt};
use crate::json;
use crate::records::lazy::Written;
use crate::records::{Id, Lazy};

/// `YYYY-MM-DDTHH:MM:SS.mmmZ`: sorts as text by time. By hand, because a format string costs ten times as much. A time that
/// four digits of the year cannot tell, which only a query may have, is the first or the last that they can.
pub(super) fn time(at: DateTime<Utc>) -> String {
    match at.year() {
        ..0 => return "0000-01-01T00:00:00.000Z".to_owned(),
        10_000.. => return "9999-12-31T23:59:59.999Z".to_owned(),
        _ => {}
    }
    let mut out = String::with_capacity(24);
    let mut put = |value: u32, digits: u32, after: char| {
        for place in (0..digits).rev() {
            out.push(char::from_digit(value / 10_u32.pow(place) % 10, 10).unwrap_or('0'));
        }
        out.push(after);
    };
    put(u32::try_from(at.year()).unwrap_or(0), 4, '-');
    put(at.month(), 2, '-');
    put(at.day(), 2, 'T');
    put(at.hour(), 2, ':');
    put(at.minute(), 2, ':');
    put(at.second(), 2, '.');
    put(at.timestamp_subsec_millis().min(999), 3, 'Z');
    out
}

pub(super) fn read_time(text: &str) -> Result<DateTime<Utc>, Fault> {
    let parse = || {
        let digits: &[u8; 24] = text.as_bytes().try_into().ok()?;
        let number = |from: usize, to: usize| {
            let digits = digits.get(from..to)?;
            digits.iter().try_fold(0, |n, digit| digit.is_ascii_digit().then(|| n * 10 + u32::from(digit - b'0')))
        };
        let date = NaiveDate::from_ymd_opt(i32::try_from(number(0, 4)?).ok()?, number(5, 7)?, number(8, 10)?)?;
        let time = date.and_hms_milli_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?, number(20, 23)?)?;
        Some(Utc.from_utc_datetime(&time))
    };
    parse().ok_or_else(|| corrupt("a time"))
}

/// SQLite's integers are signed: what is larger than they can be (9 · 10^18) is kept as the largest.
pub(super) fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn json<T: Serialize>(value: &T) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|e| {
        Fault::Ours(
            crate::Error::new(crate::ErrorKind::InvalidInput, "store.not_json", "a value cannot be written as JSON")
                .with_source(e),
        )
    })
}

/// `None` for an empty list or object, which is most of them.
pub(super) fn json_unless_default<T: Serialize + Default + PartialEq>(value: &T) -> Result<Option<String>, Fault> {
    if *value == T::default() { Ok(None) } else { json(value).map(Some) }
}

/// Reading columns, with the store's own words for what cannot be read.
pub(super) trait Columns {
    fn text(&self, column: usize) -> Result<String, Fault>;
    fn text_ref(&self, column: usize) -> Result<&str, Fault>;
    fn opt_text(&self, column: usize) -> Result<Option<String>, Fault>;
    fn opt_text_ref(&self, column: usize) -> Result<Option<&str>, Fault>;
    fn number(&self, column: usize) -> Result<u64, Fault>;
    fn opt_number(&self, column: usize) -> Result<Option<u64>, Fault>;
    fn small(&self, column: usize) -> Result<u32, Fault>;
    fn time(&self, column: usize) -> Result<DateTime<Utc>, Fault>;
    fn opt_time(&self, column: usize) -> Result<Option<DateTime<Utc>>, Fault>;
    fn id(&self, column: usize) -> Result<Id, Fault>;
    fn day(&self, column: usize) -> Result<NaiveDate, Fault>;
    fn json<T: DeserializeOwned>(&self, column: usize) -> Result<T, Fault>;
    fn opt_json<T: DeserializeOwned>(&self, column: usize) -> Result<Option<T>, Fault>;
    /// Nothing is the default.
    fn lazy<T: Written + ?Sized>(&self, column: usize) -> Result<Lazy<'_, T>, Fault>;
    /// One of the names that the columns of states and kinds hold.
    fn named<T>(&self, column: usize, parse: impl Fn(&str) -> Option<T>) -> Result<T, Fault>;
}

impl Columns for Row<'_> {
    fn text(&self, column: usize) -> Result<String, Fault> {
        Ok(self.get(column)?)
    }

    fn opt_text(&self, column: usize) -> Result<Option<String>, Fault> {
        Ok(self.get(column)?)
    }

    fn text_ref(&self, column: usize) -> Result<&str, Fault> {
        self.get_ref(column)?.as_str().map_err(|_| corrupt("a text"))
    }

    fn opt_text_ref(&self, column: usize) -> Result<Option<&str>, Fault> {
        self.get_ref(column)?.as_str_or_null().map_err(|_| corrupt("a text"))
    }

    fn number(&self, column: usize) -> Result<u64, Fault> {
        u64::try_from(self.get::<_, i64>(column)?).map_err(|_| corrupt("a negative number"))
    }

    fn opt_number(&self, column: usize) -> Result<Option<u64>, Fault> {
        let number: Option<i64> = self.get(column)?;
        number.map(|n| u64::try_from(n).map_err(|_| corrupt("a negative number"))).transpose()
    }

    fn small(&self, column: usize) -> Result<u32, Fault> {
        u32::try_from(self.get::<_, i64>(column)?).map_err(|_| corrupt("a number out of range"))
    }

    fn time(&self, column: usize) -> Result<DateTime<Utc>, Fault> {
        read_time(self.get_ref(column)?.as_str().map_err(|_| corrupt("a time"))?)
    }

    fn opt_time(&self, column: usize) -> Result<Option<DateTime<Utc>>, Fault> {
        self.get_ref(column)?.as_str_or_null().map_err(|_| corrupt("a time"))?.map(read_time).transpose()
    }

    fn id(&self, column: usize) -> Result<Id, Fault> {
        let text = self.get_ref(column)?.as_str().map_err(|_| corrupt("an id"))?;
        text.parse().map_err(|_| corrupt("an id"))
    }

    fn day(&self, column: usize) -> Result<NaiveDate, Fault> {
        let text = self.get_ref(column)?.as_str().map_err(|_| corrupt("a day"))?;
        text.parse().map_err(|_| corrupt("a day"))
    }

    fn json<T: DeserializeOwned>(&self, column: usize) -> Result<T, Fault> {
        let text = self.get_ref(column)?.as_str().map_err(|_| corrupt("a JSON value"))?;
        json::read(text).map_err(|_| corrupt("a JSON value"))
    }

    fn opt_json<T: DeserializeOwned>(&self, column: usize) -> Result<Option<T>, Fault> {
        let text = self.get_ref(column)?.as_str_or_null().map_err(|_| corrupt("a JSON value"))?;
        text.map(|text| json::read(text).map_err(|_| corrupt("a JSON value"))).transpose()
    }

    fn lazy<T: Written + ?Sized>(&self, column: usize) -> Result<Lazy<'_, T>, Fault> {
        match self.get_ref(column)?.as_str_or_null().map_err(|_| corrupt("a JSON value"))? {
            Some(text) => Lazy::from_json(text).map_err(|_| corrupt("a JSON value")),
            None => Ok(Lazy::default()),
        }
    }

    fn named<T>(&self, column: usize, parse: impl Fn(&str) -> Option<T>) -> Result<T, Fault> {
        let text = self.get_ref(column)?.as_str().map_err(|_| corrupt("a name"))?;
        parse(text).ok_or_else(|| corrupt("an unknown name"))
    }
}

/// The value that a name in JSON stands for, for enums that have no `parse`.
pub(super) fn from_name<T: DeserializeOwned>(name: &str) -> Option<T> {
    json::from_value(&serde_json::Value::String(name.to_owned())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_come_back() {
        for text in ["0000-01-01T00:00:00.000Z", "2006-03-21T20:50:14.000Z", "9999-12-31T23:59:59.999Z"] {
            assert_eq!(time(read_time(text).unwrap()), text);
        }
        assert_eq!(time(DateTime::<Utc>::MIN_UTC), "0000-01-01T00:00:00.000Z");
        assert_eq!(time(DateTime::<Utc>::MAX_UTC), "9999-12-31T23:59:59.999Z");
        let bad = [
            "",
            "2006-03-21",
            "2006-13-21T20:50:14.000Z",
            "2006-03-21T20:50:14.000ZZ",
            "2006-03-21T+1:50:14.000Z",
            "äöü",
        ];
        for text in bad {
            assert!(read_time(text).is_err());
        }
    }
}
