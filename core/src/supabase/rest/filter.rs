//! The conditions that rows must meet.

use super::value::{Value, array, column, list, quoted};
use crate::error::{Error, ErrorKind, Result};

/// One condition, or several that are joined. Several conditions of a query must all be met.
///
/// ```
/// use ghostwren::supabase::Filter;
/// let young_or_famous = Filter::any([Filter::lt("age", 30), Filter::gte("followers", 1_000_000)]);
/// let not_hidden = Filter::is_null("hidden_at").negated();
/// # let _ = (young_or_famous, not_hidden);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    not: bool,
    node: Node,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    One { column: String, operator: String, operand: Operand },
    All(Vec<Filter>),
    Any(Vec<Filter>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Operand {
    /// Quoted inside of a logical expression, as it is outside of one.
    Text(String),
    /// Written the same in both: a list, a word such as `null`.
    Written(String),
}

/// A condition as the two halves of a pair of a query string.
pub(super) struct Written {
    pub(super) key: String,
    pub(super) not: bool,
    pub(super) operator: String,
    pub(super) operand: String,
}

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident $operator:literal;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(column: impl Into<String>, value: impl Into<Value>) -> Self {
            Self::one(column, $operator, Operand::Text(value.into().0))
        }
    )*};
}

macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident $operator:literal $write:ident $operand:ident;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name<V: Into<Value>>(column: impl Into<String>, values: impl IntoIterator<Item = V>) -> Self {
            let values: Vec<Value> = values.into_iter().map(Into::into).collect();
            Self::one(column, $operator, Operand::$operand($write(&values)))
        }
    )*};
}

impl Filter {
    comparisons! {
        /// The column equals the value.
        eq "eq";
        /// The column differs from the value; one without a value does not count.
        neq "neq";
        /// The column is greater.
        gt "gt";
        /// The column is greater or equal.
        gte "gte";
        /// The column is less.
        lt "lt";
        /// The column is less or equal.
        lte "lte";
        /// The column differs from the value; one without a value differs too.
        is_distinct "isdistinct";
        /// The text fits the pattern: `%` (or `*`) stands for any characters, `_` for one, `\` takes their meaning away.
        /// PostgREST has no way to look for a star: use [`regex`](Self::regex).
        like "like";
        /// As [`like`](Self::like), whatever the case.
        ilike "ilike";
        /// The text fits the regular expression (PostgreSQL's).
        regex "match";
        /// As [`regex`](Self::regex), whatever the case.
        regex_icase "imatch";
        /// The range lies to the left of this one (`[1,10)`).
        range_lt "sl";
        /// The range lies to the right of this one.
        range_gt "sr";
        /// The range does not reach beyond the right end of this one.
        range_lte "nxr";
        /// The range does not reach beyond the left end of this one.
        range_gte "nxl";
        /// The range touches this one.
        range_adjacent "adj";
        /// The `jsonb` or range column contains this value, in PostgreSQL's writing (`{"a":1}`, `[1,2)`).
        contains_value "cs";
        /// The `jsonb` or range column is contained in this value, in PostgreSQL's writing.
        contained_by_value "cd";
        /// The range overlaps with this one, in PostgreSQL's writing.
        overlaps_value "ov";
    }

    lists! {
        /// The column equals one of the values; none of an empty list. An address cannot be long: for more than some hundred
        /// values call a function.
        in_list "in" list Written;
        /// The array contains all the values.
        contains "cs" array Text;
        /// The array contains nothing but these values.
        contained_by "cd" array Text;
        /// The array contains one of the values.
        overlaps "ov" array Text;
        /// The text fits all the patterns.
        like_all "like(all)" array Text;
        /// The text fits one of the patterns.
        like_any "like(any)" array Text;
        /// As [`like_all`](Self::like_all), whatever the case.
        ilike_all "ilike(all)" array Text;
        /// As [`like_any`](Self::like_any), whatever the case.
        ilike_any "ilike(any)" array Text;
    }

    /// The column has no value.
    #[must_use]
    pub fn is_null(column: impl Into<String>) -> Self {
        Self::one(column, "is", Operand::Written("null".to_owned()))
    }

    /// The column is true or false; one without a value is neither.
    #[must_use]
    pub fn is(column: impl Into<String>, value: bool) -> Self {
        Self::one(column, "is", Operand::Written(value.to_string()))
    }

    /// The column equals none of the values.
    #[must_use]
    pub fn not_in<V: Into<Value>>(column: impl Into<String>, values: impl IntoIterator<Item = V>) -> Self {
        Self::in_list(column, values).negated()
    }

    /// The text (or `tsvector`) fits a query of words.
    #[must_use]
    pub fn text_search(column: impl Into<String>, query: impl Into<String>, how: TextSearch) -> Self {
        let TextSearch { kind, config } = how;
        let operator = match config {
            Some(config) => format!("{}({config})", kind.operator()),
            None => kind.operator().to_owned(),
        };
        Self::one(column, operator, Operand::Text(query.into()))
    }

    /// Every column equals its value.
    #[must_use]
    pub fn matches<C: Into<String>, V: Into<Value>>(pairs: impl IntoIterator<Item = (C, V)>) -> Self {
        Self::all(pairs.into_iter().map(|(column, value)| Self::eq(column, value)))
    }

    /// All of the conditions are met. At least one.
    #[must_use]
    pub fn all(filters: impl IntoIterator<Item = Filter>) -> Self {
        Self { not: false, node: Node::All(filters.into_iter().collect()) }
    }

    /// One of the conditions is met. At least one.
    #[must_use]
    pub fn any(filters: impl IntoIterator<Item = Filter>) -> Self {
        Self { not: false, node: Node::Any(filters.into_iter().collect()) }
    }

    /// An operator that has no function here, with its operand as PostgREST reads it outside of a logical expression.
    #[must_use]
    pub fn raw(column: impl Into<String>, operator: impl Into<String>, operand: impl Into<String>) -> Self {
        Self::one(column, operator, Operand::Text(operand.into()))
    }

    /// The opposite condition.
    #[must_use]
    pub fn negated(mut self) -> Self {
        self.not = !self.not;
        self
    }

    fn one(column: impl Into<String>, operator: impl Into<String>, operand: Operand) -> Self {
        Self { not: false, node: Node::One { column: column.into(), operator: operator.into(), operand } }
    }

    /// As a pair of a query string. An expression without members has no writing.
    pub(super) fn written(&self) -> Result<Written> {
        let (key, operator, operand) = match &self.node {
            Node::One { column: name, operator, operand: Operand::Text(operand) | Operand::Written(operand) } => {
                (column(name), operator.clone(), operand.clone())
            }
            Node::All(filters) => ("and".to_owned(), String::new(), inside(filters)?),
            Node::Any(filters) => ("or".to_owned(), String::new(), inside(filters)?),
        };
        Ok(Written { key, not: self.not, operator, operand })
    }

    /// As a member of a logical expression.
    fn member(&self) -> Result<String> {
        let not = if self.not { "not." } else { "" };
        Ok(match &self.node {
            Node::One { column: name, operator, operand } => {
                let operand = match operand {
                    Operand::Text(text) => quoted(text),
                    Operand::Written(written) => written.clone(),
                };
                format!("{}.{not}{operator}.{operand}", column(name))
            }
            Node::All(filters) => format!("{not}and({})", inside(filters)?),
            Node::Any(filters) => format!("{not}or({})", inside(filters)?),
        })
    }
}

fn inside(filters: &[Filter]) -> Result<String> {
    if filters.is_empty() {
        let detail = "a condition that joins others joins none";
        return Err(Error::new(ErrorKind::InvalidInput, "supabase.empty_condition", detail)
            .with_remedy("Leave the condition out, or skip the call when nothing can meet it."));
    }
    Ok(filters.iter().map(Filter::member).collect::<Result<Vec<_>>>()?.join(","))
}

/// How a text search reads its query.
///
/// ```
/// use ghostwren::supabase::{Filter, TextSearch};
/// let filter = Filter::text_search("body", "\"fat cat\" or rat", TextSearch::web().config("english"));
/// # let _ = filter;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextSearch {
    kind: SearchKind,
    config: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SearchKind {
    Query,
    Plain,
    Phrase,
    Web,
}

impl SearchKind {
    fn operator(self) -> &'static str {
        match self {
            Self::Query => "fts",
            Self::Plain => "plfts",
            Self::Phrase => "phfts",
            Self::Web => "wfts",
        }
    }
}

impl TextSearch {
    const fn new(kind: SearchKind) -> Self {
        Self { kind, config: None }
    }

    /// PostgreSQL's own language (`to_tsquery`): `fat & (cat | rat)`.
    #[must_use]
    pub const fn query() -> Self {
        Self::new(SearchKind::Query)
    }

    /// All the words (`plainto_tsquery`).
    #[must_use]
    pub const fn plain() -> Self {
        Self::new(SearchKind::Plain)
    }

    /// The words in this order (`phraseto_tsquery`).
    #[must_use]
    pub const fn phrase() -> Self {
        Self::new(SearchKind::Phrase)
    }

    /// As people type into a search box (`websearch_to_tsquery`).
    #[must_use]
    pub const fn web() -> Self {
        Self::new(SearchKind::Web)
    }

    /// Sets the language, such as `english`; the database's unless set.
    #[must_use]
    pub fn config(mut self, config: impl Into<String>) -> Self {
        self.config = Some(config.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(filter: &Filter) -> String {
        let Written { key, not, operator, operand } = filter.written().unwrap();
        format!("{key}={}{operator}.{operand}", if not { "not." } else { "" })
    }

    #[test]
    fn outside_values_stand_as_they_are_and_inside_in_quotes() {
        let text = r#"a,b "c" (d) \ null"#;
        assert_eq!(pair(&Filter::eq("name", text)), format!("name=eq.{text}"));
        let joined = Filter::any([Filter::eq("name", text), Filter::is_null("name").negated(), Filter::gt("n", 3)]);
        assert_eq!(pair(&joined), r#"or=.name.eq."a,b \"c\" (d) \\ null",name.not.is.null,n.gt."3""#);
    }

    #[test]
    fn lists_arrays_and_nesting() {
        assert_eq!(pair(&Filter::in_list("id", ["1", "a,b"])), r#"id=in.(1,"a,b")"#);
        assert_eq!(pair(&Filter::not_in("id", ["1"])), "id=not.in.(1)");
        assert_eq!(pair(&Filter::contains("tags", ["a,b", "null"])), r#"tags=cs.{"a,b","null"}"#);
        let nested = Filter::all([
            Filter::any([Filter::contains("tags", ["x"]), Filter::in_list("id", ["1"])]).negated(),
            Filter::like_any("name", ["a%"]),
        ]);
        assert_eq!(pair(&nested), r#"and=.not.or(tags.cs."{\"x\"}",id.in.(1)),name.like(any)."{\"a%\"}""#);
        assert_eq!(pair(&Filter::text_search("b", "a b", TextSearch::web().config("english"))), "b=wfts(english).a b");
        assert_eq!(Filter::any([]).written().err().unwrap().code(), "supabase.empty_condition");
    }
}
