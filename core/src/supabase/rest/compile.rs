//! From a plan to a request: the one file that names the crate `postgrest`.
//!
//! The crate writes the query (path, filters, order, method, profile headers) and is never sent: its own HTTP client knows
//! none of our limits, errors and retries. What it has no word for (`columns`, `limit`, preferences, `HEAD`) is added here.

use std::sync::OnceLock;

use http::Method;
use http::header::{ACCEPT, HeaderName, HeaderValue};
use postgrest::{Builder, Postgrest};
use url::Url;

use super::filter::Written;
use super::plan::{Form, Plan, Sort, Verb};
use super::value::{column, columns};
use crate::error::{Error, ErrorKind, Result};
use crate::http::HttpRequest;

const PREFER: HeaderName = HeaderName::from_static("prefer");

/// The request for a plan, without keys. `base` is the address of PostgREST.
pub(super) fn compile(plan: &Plan, base: &Url) -> Result<HttpRequest> {
    let target = path_segment(&plan.target)?;
    if plan.schema.as_deref().is_some_and(|schema| schema.is_empty() || !schema.bytes().all(|b| b.is_ascii_graphic())) {
        return Err(bad_name("schema"));
    }
    let mut builder = start(plan, target);
    if let Some(select) = &plan.select {
        builder = builder.select(select.as_str());
    }
    let mut more: Vec<(String, String)> = Vec::new();
    for filter in &plan.filters {
        let Written { key, not, operator, operand } = filter.written()?;
        builder = match (operator.as_str(), not) {
            ("", false) if key == "and" => builder.and(operand),
            ("", false) => builder.or(operand),
            ("", true) => {
                more.push((format!("not.{key}"), format!("({operand})")));
                builder
            }
            (operator, true) => builder.not(operator, key, operand),
            ("eq", false) => builder.eq(key, operand),
            ("neq", false) => builder.neq(key, operand),
            ("gt", false) => builder.gt(key, operand),
            ("gte", false) => builder.gte(key, operand),
            ("lt", false) => builder.lt(key, operand),
            ("lte", false) => builder.lte(key, operand),
            ("like", false) => builder.like(key, operand),
            ("ilike", false) => builder.ilike(key, operand),
            ("is", false) => builder.is(key, operand),
            ("cs", false) => builder.cs(key, operand),
            ("cd", false) => builder.cd(key, operand),
            ("ov", false) => builder.ov(key, operand),
            (operator, false) => {
                more.push((key, format!("{operator}.{operand}")));
                builder
            }
        };
    }
    if !plan.order.is_empty() {
        builder = builder.order(order(plan));
    }
    if !plan.on_conflict.is_empty() {
        builder = builder.on_conflict(columns(plan.on_conflict.iter().map(String::as_str)));
    }
    if plan.form == Form::Object {
        builder = builder.single();
    }
    if !plan.columns.is_empty() {
        more.push(("columns".to_owned(), columns(plan.columns.iter().map(String::as_str))));
    }
    more.extend(plan.limit.map(|limit| ("limit".to_owned(), limit.to_string())));
    more.extend(plan.offset.map(|offset| ("offset".to_owned(), offset.to_string())));
    let compiled = builder.build().build().map_err(|_| unwritable())?;
    let headers = compiled.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let (path, query) = (compiled.url().path(), compiled.url().query());
    finish(plan, base, compiled.method().as_str(), path, query, headers, &more)
}

/// The verb and the target, at an address that stands for the real one: the crate would parse and print it again.
fn start(plan: &Plan, target: String) -> Builder {
    static COMPILER: OnceLock<Postgrest> = OnceLock::new();
    let compiler = COMPILER.get_or_init(|| Postgrest::new("http://postgrest.invalid"));
    let with_schema;
    let compiler = match &plan.schema {
        Some(schema) => {
            with_schema = compiler.clone().schema(schema.as_str());
            &with_schema
        }
        None => compiler,
    };
    // The body is ours to send, so that it is not copied.
    match plan.verb {
        Verb::Read | Verb::Head => compiler.from(target),
        Verb::Insert => compiler.from(target).insert(""),
        Verb::Upsert { .. } => compiler.from(target).upsert(""),
        Verb::Update => compiler.from(target).update(""),
        Verb::Delete => compiler.from(target).delete(),
        Verb::Call => compiler.rpc(target, ""),
    }
}

/// The parts of the compiled query, joined to a request of ours.
fn finish<'a>(
    plan: &Plan,
    base: &Url,
    method: &str,
    path: &str,
    query: Option<&str>,
    headers: impl Iterator<Item = (&'a str, &'a [u8])>,
    more: &[(String, String)],
) -> Result<HttpRequest> {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url.set_query(query.filter(|query| !query.is_empty()));
    if !more.is_empty() {
        url.query_pairs_mut().extend_pairs(more);
    }
    let method = match plan.verb {
        Verb::Head => Method::HEAD,
        _ => Method::from_bytes(method.as_bytes()).map_err(|_| unwritable())?,
    };
    let mut request = HttpRequest::new(plan.operation(), method, url).idempotent(plan.is_idempotent());
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unwritable())?;
        let value = HeaderValue::from_bytes(value).map_err(|_| unwritable())?;
        request = request.header(name, value);
    }
    request.headers.remove(PREFER);
    let preferences = plan.preferences();
    if !preferences.is_empty() {
        request = request.header(PREFER, HeaderValue::from_str(&preferences).map_err(|_| unwritable())?);
    }
    if let Some(accept) = plan.accept() {
        request = request.header(ACCEPT, HeaderValue::from_static(accept));
    }
    request.body = plan.body.clone();
    Ok(request)
}

fn order(plan: &Plan) -> String {
    let one = |sort: &Sort| {
        let direction = if sort.descending { "desc" } else { "asc" };
        match sort.nulls {
            Some(nulls) => format!("{}.{direction}.{nulls}", column(&sort.column)),
            None => format!("{}.{direction}", column(&sort.column)),
        }
    };
    plan.order.iter().map(one).collect::<Vec<_>>().join(",")
}

/// A table or function as one segment of a path.
fn path_segment(name: &str) -> Result<String> {
    if name.is_empty() || name == "." || name == ".." {
        return Err(bad_name("table or function"));
    }
    // As a segment of a path and no more: the slash is escaped, too.
    let mut url = Url::parse("http://postgrest.invalid").map_err(|_| unwritable())?;
    url.path_segments_mut().map_err(|()| unwritable())?.push(name);
    Ok(url.path().trim_start_matches('/').to_owned())
}

fn bad_name(what: &str) -> Error {
    let detail = format!("there can be no {what} of that name");
    Error::new(ErrorKind::InvalidInput, "supabase.bad_name", detail)
}

fn unwritable() -> Error {
    Error::new(ErrorKind::Internal, "supabase.unwritable", "the query cannot be written as a request")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supabase::rest::filter::Filter;
    use crate::supabase::rest::plan::{Count, Return};

    fn compiled(plan: &Plan) -> HttpRequest {
        compile(plan, &"http://127.0.0.1:1/rest/v1".parse().unwrap()).unwrap()
    }

    fn shown(plan: &Plan) -> String {
        let request = compiled(plan);
        let header = |name: &str| request.headers.get(name).map_or("-", |value| value.to_str().unwrap()).to_owned();
        let pairs: Vec<String> = request.url.query_pairs().map(|(key, value)| format!("{key}={value}")).collect();
        format!(
            "{} {}?{} accept={} prefer={} in={} out={}",
            request.method,
            request.url.path(),
            pairs.join("&"),
            header("accept"),
            header("prefer"),
            header("content-profile"),
            header("accept-profile"),
        )
    }

    #[test]
    fn every_verb() {
        let plan = |verb| Plan { verb, target: "a b/c".to_owned(), schema: Some("s".to_owned()), ..Plan::default() };
        assert_eq!(shown(&plan(Verb::Read)), "GET /rest/v1/a%20b%2Fc? accept=application/json prefer=- in=- out=s");
        assert_eq!(shown(&plan(Verb::Head)), "HEAD /rest/v1/a%20b%2Fc? accept=application/json prefer=- in=- out=s");
        assert_eq!(
            shown(&Plan {
                columns: vec!["id".to_owned(), "a,b".to_owned()],
                on_conflict: vec!["id".to_owned()],
                missing_default: true,
                count: Some(Count::Exact),
                ..plan(Verb::Upsert { ignore: false })
            }),
            "POST /rest/v1/a%20b%2Fc?on_conflict=id&columns=id,\"a,b\" accept=application/json \
             prefer=return=minimal,resolution=merge-duplicates,missing=default,count=exact in=s out=-"
        );
        assert_eq!(
            shown(&Plan { max_affected: Some(2), filters: vec![Filter::eq("id", "1")], ..plan(Verb::Delete) }),
            "DELETE /rest/v1/a%20b%2Fc?id=eq.1 accept=application/json \
             prefer=return=minimal,handling=strict,max-affected=2 in=s out=-"
        );
        assert_eq!(
            shown(&Plan { returns: Return::Rows, form: Form::Object, ..plan(Verb::Update) }),
            "PATCH /rest/v1/a%20b%2Fc? accept=application/vnd.pgrst.object+json prefer=return=representation in=s out=-"
        );
        assert_eq!(
            shown(&plan(Verb::Call)),
            "POST /rest/v1/rpc/a%20b%2Fc? accept=application/json prefer=- in=s out=-"
        );
    }

    #[test]
    fn values_come_back_out_of_the_address_as_they_went_in() {
        for text in ["a,b", "\"x\" (y)", "null", "100% & a=b+c #d ?e", "ünï 🐦", ".", "*", "a\nb", "\\"] {
            let plan = Plan {
                target: "t".to_owned(),
                filters: vec![
                    Filter::eq("a", text),
                    Filter::regex("b", text),
                    Filter::neq("c", text).negated(),
                    Filter::any([Filter::eq("d", text)]).negated(),
                ],
                ..Plan::default()
            };
            let request = compiled(&plan);
            let pairs: Vec<(String, String)> = request.url.query_pairs().into_owned().collect();
            let quoted = super::super::value::quoted(text);
            for pair in [
                ("a", format!("eq.{text}")),
                ("b", format!("match.{text}")),
                ("c", format!("not.neq.{text}")),
                ("not.or", format!("(d.eq.{quoted})")),
            ] {
                assert!(pairs.contains(&(pair.0.to_owned(), pair.1.clone())), "{pairs:?} has no {pair:?}");
            }
        }
    }

    #[test]
    fn names_that_cannot_be() {
        let base: Url = "http://127.0.0.1:1".parse().unwrap();
        for (target, schema) in [("", None), ("..", None), ("t", Some("")), ("t", Some("a\nb")), ("t", Some("ü"))] {
            let plan = Plan { target: target.to_owned(), schema: schema.map(str::to_owned), ..Plan::default() };
            assert_eq!(compile(&plan, &base).unwrap_err().code(), "supabase.bad_name");
        }
    }
}
