//! `GET /v1/models`: <https://developers.openai.com/api/reference/models>.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::wire::{Count, List, Text};

/// One model as the server lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ModelRecord {
    /// Its name, as a request writes it.
    pub id: String,
    /// Who owns it.
    pub owned_by: Option<String>,
    /// When it was made, in seconds since 1970.
    pub created: Option<u64>,
    /// The day on which it stops; `None` also where the server says nothing.
    pub shutdown_date: Option<NaiveDate>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireModel<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    owned_by: Text<'a>,
    created: Count,
    #[serde(borrow)]
    shutdown_date: Text<'a>,
}

impl From<WireModel<'_>> for Option<ModelRecord> {
    fn from(model: WireModel<'_>) -> Self {
        Some(ModelRecord {
            id: model.id.owned().or_else(|| model.name.owned())?,
            owned_by: model.owned_by.owned(),
            created: model.created.0,
            // A date, or a time that begins with one.
            shutdown_date: model.shutdown_date.filled().and_then(|day| day.get(..10)).and_then(|day| day.parse().ok()),
        })
    }
}

pub(super) fn read_one(body: &[u8]) -> Option<ModelRecord> {
    serde_json::from_slice::<WireModel<'_>>(body).ok()?.into()
}

/// A list under `data` (OpenAI) or `models` (Ollama), or a bare one.
pub(super) fn read_list(body: &[u8]) -> Option<Vec<ModelRecord>> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Page<'a> {
        #[serde(borrow)]
        data: Option<List<WireModel<'a>>>,
        #[serde(borrow)]
        models: Option<List<WireModel<'a>>>,
    }
    let list = if body.trim_ascii_start().starts_with(b"[") {
        serde_json::from_slice(body).ok()?
    } else {
        let page: Page<'_> = serde_json::from_slice(body).ok()?;
        page.data.or(page.models)?
    };
    Some(list.into_iter().filter_map(Into::into).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_the_list() {
        let ids = |body: &str| {
            read_list(body.as_bytes()).map(|list| list.into_iter().map(|model| model.id).collect::<Vec<_>>())
        };
        assert_eq!(ids(r#"{"object":"list","data":[{"id":"a","created":"7"},{"id":null},7]}"#).unwrap(), ["a"]);
        assert_eq!(ids(r#"{"models":[{"name":"b"}]}"#).unwrap(), ["b"]);
        assert_eq!(ids(r#"[{"id":"c"}]"#).unwrap(), ["c"]);
        assert_eq!(ids(r#"{"data":[]}"#).unwrap(), [""; 0]);
        assert_eq!(ids("{}"), None);
        assert_eq!(ids("<html>"), None);
        let one = read_one(br#"{"id":"gpt-4o","shutdown_date":"2027-01-14","owned_by":"system"}"#).unwrap();
        assert_eq!(one.shutdown_date, NaiveDate::from_ymd_opt(2027, 1, 14));
        assert_eq!(read_one(br#"{"id":"a","shutdown_date":null}"#).unwrap().shutdown_date, None);
        assert_eq!(read_one(br#"{"id":"a","shutdown_date":"later, maybe"}"#).unwrap().shutdown_date, None);
    }
}
