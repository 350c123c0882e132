use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::objects::{ObjectInfo, read_object};
use super::path::check_prefix;
use super::{Bucket, ObjectPath};
use crate::error::{Error, ErrorKind, Result};
use crate::http::HttpRequest;

/// How many objects a page has at most, which is what Storage gives.
const PAGE: u32 = 1000;
/// A cursor of the older list: a stack of folders that are left, each with how many of its entries were read.
const OLDER: &str = "folders:";

/// What is listed.
#[derive(Clone, Debug)]
pub struct ListRequest {
    prefix: String,
    limit: u32,
    deep: bool,
}

/// A page of objects, in the order of their paths.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ObjectPage {
    /// The objects.
    pub objects: Vec<ObjectInfo>,
    /// The folders, with their whole path and without a slash at the end; none of a deep list.
    pub folders: Vec<String>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<String>,
}

impl ListRequest {
    /// What lies directly below this prefix, such as `owner/account/`; below nothing for all of the bucket.
    ///
    /// # Errors
    /// `InvalidInput`, `supabase.bad_path`.
    pub fn new(prefix: impl Into<String>) -> Result<Self> {
        let prefix = prefix.into();
        check_prefix(&prefix)?;
        Ok(Self { prefix, limit: PAGE, deep: false })
    }

    /// With everything in the folders below.
    #[must_use]
    pub fn deep(mut self) -> Self {
        self.deep = true;
        self
    }

    /// With at most so many on a page: 1 to 1,000, which it is unless set.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit.clamp(1, PAGE);
        self
    }
}

impl Bucket {
    /// A page of objects, after the one that `cursor` is of. Servers without the newer list are asked by the older one,
    /// folder by folder; a page may be short or empty then, and only `next` says that it was the last.
    ///
    /// # Errors
    /// `NotFound`, `supabase.no_bucket`; and every kind of the pipeline. A bucket that the caller may not see reads as an
    /// empty one.
    pub async fn list(&self, request: &ListRequest, cursor: Option<&str>) -> Result<ObjectPage> {
        if cursor.is_some_and(|cursor| cursor.starts_with(OLDER)) {
            return self.list_folder(request, cursor).await;
        }
        let mut body = json!({"prefix": request.prefix, "limit": request.limit, "with_delimiter": !request.deep});
        if let (Some(cursor), Some(body)) = (cursor, body.as_object_mut()) {
            body.insert("cursor".to_owned(), cursor.into());
        }
        let url = self.storage.endpoint(&["object", "list-v2", &self.name])?;
        // It changes nothing, though it is a POST.
        let ask = HttpRequest::new("storage.list", Method::POST, url).json(&body)?.idempotent(true);
        match self.storage.send(ask).await {
            Ok(answer) => Ok(read_page(&answer.value, &request.prefix)),
            Err(error) if cursor.is_none() && has_no_such_list(&error) => self.list_folder(request, None).await,
            Err(error) => Err(error),
        }
    }

    /// All objects below a prefix, in the memory of this program.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub async fn list_all(&self, prefix: &ObjectPath) -> Result<Vec<ObjectInfo>> {
        let request = ListRequest::new(format!("{prefix}/"))?.deep();
        let mut all = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let page = self.list(&request, cursor.as_deref()).await?;
            all.extend(page.objects);
            match page.next {
                // A cursor that does not move would never end.
                Some(next) if cursor.as_deref() != Some(next.as_str()) => cursor = Some(next),
                _ => return Ok(all),
            }
        }
    }

    /// One page of one folder by the older list.
    async fn list_folder(&self, request: &ListRequest, cursor: Option<&str>) -> Result<ObjectPage> {
        let kept = cursor.and_then(|cursor| serde_json::from_str(cursor.strip_prefix(OLDER)?).ok());
        let (folder, search) = request.prefix.rsplit_once('/').unwrap_or(("", &request.prefix));
        let mut left: Vec<Place> = match (kept, cursor) {
            (Some(kept), _) => kept,
            (None, None) => vec![Place { folder: folder.to_owned(), read: 0 }],
            (None, Some(_)) => Vec::new(),
        };
        let Some(mut place) = left.pop() else { return Ok(ObjectPage::default()) };
        let mut body = json!({
            "prefix": place.folder, "limit": request.limit, "offset": place.read,
            "sortBy": {"column": "name", "order": "asc"},
        });
        let is_first = place.folder == folder;
        if let (true, false, Some(body)) = (is_first, search.is_empty(), body.as_object_mut()) {
            body.insert("search".to_owned(), search.into());
        }
        let url = self.storage.endpoint(&["object", "list", &self.name])?;
        let ask = HttpRequest::new("storage.list", Method::POST, url).json(&body)?.idempotent(true);
        let answer = self.storage.send(ask).await?.value;
        let entries = answer.as_array().map(Vec::as_slice).unwrap_or_default();
        let mut page = ObjectPage::default();
        let mut below = Vec::new();
        for entry in entries {
            let Some(name) = entry.get("name").and_then(Value::as_str) else { continue };
            // Some servers give the whole path as the name.
            let whole = place.folder.is_empty() || name.starts_with(&format!("{}/", place.folder));
            let path = if whole { name.to_owned() } else { format!("{}/{name}", place.folder) };
            if is_first && !path.starts_with(&request.prefix) {
                continue;
            }
            let is_folder = entry.get("id").is_none_or(Value::is_null);
            match (is_folder, request.deep) {
                (false, _) => page.objects.push(read_object(entry, path)),
                (true, false) => page.folders.push(path.trim_end_matches('/').to_owned()),
                (true, true) => below.push(Place { folder: path.trim_end_matches('/').to_owned(), read: 0 }),
            }
        }
        place.read += u64::try_from(entries.len()).unwrap_or(u64::MAX);
        if entries.len() >= usize::try_from(request.limit).unwrap_or(usize::MAX) {
            left.push(place);
        }
        left.extend(below.into_iter().rev());
        page.next = match serde_json::to_string(&left) {
            Ok(text) if !left.is_empty() => Some(format!("{OLDER}{text}")),
            _ => None,
        };
        Ok(page)
    }
}

/// A folder of the older list that is not read to its end.
#[derive(Serialize, Deserialize)]
struct Place {
    folder: String,
    read: u64,
}

/// Whether the server may not have the newer list. Some take its name for that of a bucket; where it is the bucket that is
/// missing, the older list says so.
fn has_no_such_list(error: &Error) -> bool {
    error.kind() == ErrorKind::NotFound || error.detail().contains("not available for your tenant")
}

fn read_page(answer: &Value, prefix: &str) -> ObjectPage {
    let list = |name: &str| answer.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    // `name` is the whole path; `key`, where there is one, is what comes after the prefix.
    let path = |value: &Value| text(value, "name").or_else(|| Some(format!("{prefix}{}", text(value, "key")?)));
    ObjectPage {
        objects: list("objects").iter().filter_map(|object| Some(read_object(object, path(object)?))).collect(),
        folders: list("folders")
            .iter()
            .filter_map(|folder| Some(path(folder)?.trim_end_matches('/').to_owned()))
            .collect(),
        next: text(answer, "nextCursor").filter(|_| {
            // Both say it; a cursor alone is believed, too.
            answer.get("hasNext").and_then(Value::as_bool).unwrap_or(true)
        }),
    }
}
