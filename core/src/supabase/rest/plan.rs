//! A call of PostgREST as plain data.

use bytes::Bytes;

use super::filter::Filter;

/// How rows are counted: <https://docs.postgrest.org/en/v14/references/api/pagination_count.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Count {
    /// Exactly, by looking at each of them.
    Exact,
    /// As the planner of the database guesses.
    Planned,
    /// Exactly up to the server's limit of rows, guessed above.
    Estimated,
}

impl Count {
    pub(super) fn preference(self) -> &'static str {
        match self {
            Self::Exact => "count=exact",
            Self::Planned => "count=planned",
            Self::Estimated => "count=estimated",
        }
    }
}

/// The order of a column.
///
/// ```
/// use ghostwren::supabase::Sort;
/// let newest_first = [Sort::descending("created_at").nulls_last(), Sort::ascending("id")];
/// # assert_eq!(newest_first.len(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    pub(super) column: String,
    pub(super) descending: bool,
    pub(super) nulls: Option<&'static str>,
}

impl Sort {
    /// The least value first; rows without one last, unless said otherwise.
    #[must_use]
    pub fn ascending(column: impl Into<String>) -> Self {
        Self { column: column.into(), descending: false, nulls: None }
    }

    /// The greatest value first; rows without one first, unless said otherwise.
    #[must_use]
    pub fn descending(column: impl Into<String>) -> Self {
        Self { column: column.into(), descending: true, nulls: None }
    }

    /// Puts rows without a value first.
    #[must_use]
    pub fn nulls_first(mut self) -> Self {
        self.nulls = Some("nullsfirst");
        self
    }

    /// Puts rows without a value last.
    #[must_use]
    pub fn nulls_last(mut self) -> Self {
        self.nulls = Some("nullslast");
        self
    }
}

/// What is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Verb {
    #[default]
    Read,
    /// A read that answers with its head alone.
    Head,
    Insert,
    Upsert {
        ignore: bool,
    },
    Update,
    Delete,
    Call,
}

/// In which form the answer comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Form {
    #[default]
    Rows,
    /// One row as an object; an error for none and for several.
    Object,
    Csv,
    GeoJson,
    /// The plan of the database, as text.
    Explained,
}

/// What a write gives back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Return {
    #[default]
    Minimal,
    Rows,
}

/// Everything that one request says.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    pub(super) verb: Verb,
    /// The table, or the function.
    pub(super) target: String,
    pub(super) schema: Option<String>,
    pub(super) select: Option<String>,
    pub(super) filters: Vec<Filter>,
    pub(super) order: Vec<Sort>,
    pub(super) limit: Option<u64>,
    pub(super) offset: Option<u64>,
    pub(super) on_conflict: Vec<String>,
    pub(super) columns: Vec<String>,
    pub(super) missing_default: bool,
    pub(super) count: Option<Count>,
    pub(super) returns: Return,
    pub(super) max_affected: Option<u64>,
    pub(super) dry_run: bool,
    pub(super) strip_nulls: bool,
    pub(super) form: Form,
    pub(super) body: Bytes,
    /// What is said in errors and spans, where that is more than the verb.
    pub(super) named: Option<&'static str>,
    /// What the application says; otherwise told by the verb.
    pub(super) idempotent: Option<bool>,
}

impl Plan {
    /// What is said in errors and spans.
    pub(super) fn operation(&self) -> &'static str {
        if let Some(named) = self.named {
            return named;
        }
        match self.verb {
            Verb::Read => "rest.select",
            Verb::Head => "rest.count",
            Verb::Insert => "rest.insert",
            Verb::Upsert { .. } => "rest.upsert",
            Verb::Update => "rest.update",
            Verb::Delete => "rest.delete",
            Verb::Call => "rest.rpc",
        }
    }

    pub(super) fn writes(&self) -> bool {
        matches!(self.verb, Verb::Insert | Verb::Upsert { .. } | Verb::Update | Verb::Delete)
    }

    /// Whether doing it twice leaves the same rows, and gives the same answer.
    ///
    /// The second time an update or a delete may find other rows: where their number or the rows are asked for, the answer
    /// of a repeated one could be wrong. An upsert needs its key to be in the rows, so the key must be named.
    pub(super) fn is_idempotent(&self) -> bool {
        let asks = self.returns == Return::Rows || self.count.is_some() || self.max_affected.is_some();
        self.idempotent.unwrap_or(match self.verb {
            Verb::Read | Verb::Head => true,
            Verb::Insert | Verb::Call => false,
            Verb::Upsert { .. } if self.on_conflict.is_empty() => false,
            Verb::Upsert { ignore } => !(ignore && asks),
            Verb::Update | Verb::Delete => !asks,
        })
    }

    /// The header `Prefer`: <https://docs.postgrest.org/en/v14/references/api/preferences.html>.
    pub(super) fn preferences(&self) -> String {
        let mut all: Vec<String> = Vec::new();
        if self.writes() {
            all.push(if self.returns == Return::Rows { "return=representation" } else { "return=minimal" }.to_owned());
        }
        if let Verb::Upsert { ignore } = self.verb {
            all.push(if ignore { "resolution=ignore-duplicates" } else { "resolution=merge-duplicates" }.to_owned());
        }
        if self.missing_default {
            all.push("missing=default".to_owned());
        }
        if let Some(count) = self.count {
            all.push(count.preference().to_owned());
        }
        if let Some(most) = self.max_affected {
            // Without `handling=strict` the server leaves the limit out of account.
            all.push(format!("handling=strict,max-affected={most}"));
        }
        if self.dry_run {
            all.push("tx=rollback".to_owned());
        }
        all.join(",")
    }

    /// The header `Accept`, where it is another than the compiler's.
    pub(super) fn accept(&self) -> Option<&'static str> {
        match (self.form, self.strip_nulls) {
            (Form::Rows, false) | (Form::Object, false) => None,
            (Form::Rows, true) => Some("application/vnd.pgrst.array+json;nulls=stripped"),
            (Form::Object, true) => Some("application/vnd.pgrst.object+json;nulls=stripped"),
            (Form::Csv, _) => Some("text/csv"),
            (Form::GeoJson, _) => Some("application/geo+json"),
            (Form::Explained, _) => Some("application/vnd.pgrst.plan+text"),
        }
    }
}
