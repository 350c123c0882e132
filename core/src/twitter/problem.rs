//! What the X API says when something failed, in each of the shapes that it has: `application/problem+json`, a list of
//! `errors` beside data or alone, `{"errors":[{"code","message"}]}` of version 1.1, validation errors with `parameters`, and
//! OAuth's `{"error","error_description"}`.

use std::fmt;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess};

use crate::http::mask_secrets;
use crate::tolerant::{Becomes, List, Says, Scalar, object, read_repaired};

/// Something that X could not give or do: a partial error beside data, or the reason of a failure.
///
/// Its texts are X's own: escape them before they are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// The last segment of its `type`, such as `resource-not-found`; empty for `about:blank` and where there is none. The
    /// hosts before it differ (`api.x.com`, `api.twitter.com`, old pages of the documentation).
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What happened.
    pub detail: String,
    /// The code of version 1.1, such as 88.
    pub code: Option<u64>,
    /// What it is about, such as `tweet` or `user`.
    pub resource_type: Option<String>,
    /// Of which id.
    pub resource_id: Option<String>,
    /// The parameters it is about, such as `pagination_token`.
    pub parameters: Vec<String>,
    #[serde(skip)]
    pub(super) status: Option<u64>,
    #[serde(skip)]
    pub(super) reason: String,
    #[serde(skip)]
    pub(super) registration_url: String,
    #[serde(skip)]
    pub(super) scope: String,
    #[serde(skip)]
    pub(super) error: String,
    #[serde(skip)]
    pub(super) errors: Vec<Problem>,
}

impl Problem {
    /// What it says, shortest form first: the detail, else the title, else its kind.
    #[must_use]
    pub fn message(&self) -> &str {
        [&self.detail, &self.title, &self.error, &self.slug]
            .into_iter()
            .find(|text| !text.is_empty())
            .map_or("", |text| text)
    }

    /// Whether it says that the thing does not exist: never did, or was deleted. What is only hidden from this user (a
    /// protected or suspended author) is not gone.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.slug == "resource-not-found"
    }

    /// Whether it is no word of X's: a tweet of the answer that could not be read.
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        self.slug == "unreadable"
    }

    pub(super) fn parse(body: &[u8]) -> Self {
        read_repaired(body, |body| serde_json::from_slice::<WireProblem<'_>>(body).map(Self::from)).unwrap_or_default()
    }

    /// Everything that it says, in lower case: to look for words in.
    pub(super) fn words(&self) -> String {
        let mut words = format!("{} {} {} {}", self.title, self.detail, self.error, self.reason);
        for error in &self.errors {
            words.push(' ');
            words.push_str(&error.words());
        }
        words.make_ascii_lowercase();
        words
    }

    /// The first kind named, by it or by one of its errors.
    pub(super) fn kind(&self) -> &str {
        std::iter::once(self)
            .chain(&self.errors)
            .map(|problem| problem.slug.as_str())
            .find(|slug| !slug.is_empty())
            .unwrap_or_default()
    }

    pub(super) fn first_code(&self) -> Option<u64> {
        std::iter::once(self).chain(&self.errors).find_map(|problem| problem.code)
    }

    pub(super) fn names_parameter(&self, name: &str) -> bool {
        std::iter::once(self).chain(&self.errors).any(|problem| problem.parameters.iter().any(|known| known == name))
    }

    /// What a person is told: its own words, and those of the errors within.
    pub(super) fn told(&self) -> String {
        let mut told: Vec<&str> = Vec::new();
        for problem in self.errors.iter().take(3).chain([self]) {
            let message = problem.message();
            if !message.is_empty() && !told.contains(&message) && (told.is_empty() || !generic(message)) {
                told.push(message);
            }
        }
        let told: String = told.join("; ").chars().take(600).collect();
        mask_secrets(&told).into_owned()
    }
}

/// What says nothing beside the errors that it introduces.
fn generic(message: &str) -> bool {
    message.starts_with("One or more parameters")
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::text::escape_controls(&self.told()))
    }
}

impl std::error::Error for Problem {}

object! {
    struct WireProblem {
        kind: Scalar<'a> = "type",
        title: Scalar<'a> = "title",
        detail: Scalar<'a> = "detail" | "message" | "error_description",
        status: Scalar<'a> = "status",
        code: Scalar<'a> = "code",
        resource_type: Scalar<'a> = "resource_type",
        resource_id: Scalar<'a> = "resource_id",
        value: Scalar<'a> = "value",
        parameter: Scalar<'a> = "parameter",
        parameters: Keys = "parameters",
        reason: Scalar<'a> = "reason",
        registration_url: Scalar<'a> = "registration_url",
        scope: Scalar<'a> = "scope",
        error: Scalar<'a> = "error",
        errors: List<WireProblem<'a>, Problem> = "errors",
    }
}

impl From<WireProblem<'_>> for Problem {
    fn from(wire: WireProblem<'_>) -> Self {
        let filled = |text: Scalar<'_>| text.filled().map(str::to_owned);
        let mut parameters = wire.parameters.0;
        parameters.extend(filled(wire.parameter));
        Self {
            slug: wire.kind.text().map(last_segment).unwrap_or_default().to_owned(),
            title: wire.title.into_string(),
            detail: wire.detail.into_string(),
            code: wire.code.number(),
            resource_type: filled(wire.resource_type),
            resource_id: filled(wire.resource_id).or_else(|| filled(wire.value)),
            parameters,
            status: wire.status.number(),
            reason: wire.reason.into_string(),
            registration_url: wire.registration_url.into_string(),
            scope: wire.scope.into_string(),
            error: wire.error.into_string(),
            errors: wire.errors.0,
        }
    }
}

impl Becomes<Problem> for WireProblem<'_> {
    fn become_record(self) -> Option<Problem> {
        (!self.says_nothing()).then(|| self.into())
    }
}

/// The last segment of a `type`, after the last `/` or `#`. `about:blank` says nothing.
fn last_segment(kind: &str) -> &str {
    let kind = kind.trim_end_matches('/');
    if kind == "about:blank" { "" } else { kind.rsplit(['/', '#']).next().unwrap_or_default() }
}

/// The `errors` of an answer.
#[derive(Debug, Default)]
pub(super) struct Problems(pub(super) Vec<Problem>);

impl Says for Problems {
    fn says_nothing(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for Problems {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = List::<WireProblem<'de>, Problem>::deserialize(deserializer)?;
        Ok(Self(list.0))
    }
}

/// The keys of an object.
#[derive(Debug, Default)]
pub(super) struct Keys(Vec<String>);

impl Says for Keys {
    fn says_nothing(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> crate::tolerant::FromEntries<'de> for Keys {
    fn from_entries<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut keys = Vec::new();
        while let Some((key, _)) = map.next_entry::<String, IgnoredAny>()? {
            if keys.len() < 100 {
                keys.push(key);
            }
        }
        Ok(Self(keys))
    }
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(crate::tolerant::ObjectVisitor(std::marker::PhantomData))
    }
}
