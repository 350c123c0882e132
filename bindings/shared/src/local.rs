use ghostwren::error::ErrorFields;
use ghostwren::openai::model_info;
use ghostwren::records::{compare_ids, is_valid_id, time_of_id};
use ghostwren::text::{self, Limits, SearchQuery};
use ghostwren::twitter::{LintRules, NewTweet, Prices, lint};
use ghostwren::{Error, ErrorKind, Result};
use serde_json::{Value, json};

use crate::args::Args;
use crate::reply::to_json;
use crate::session::no_call;

/// The names of [`local`].
#[must_use]
pub fn local_names() -> &'static [&'static str] {
    &[
        "text.weighted_length",
        "text.parse",
        "text.extract",
        "text.reply_to",
        "text.has_url",
        "text.cashtag_count",
        "text.search_terms",
        "text.search_query",
        "text.escape_controls",
        "text.unescape_html",
        "text.status_id",
        "records.is_valid_id",
        "records.compare_ids",
        "records.time_of_id",
        "openai.model_info",
        "openai.strict_schema",
        "twitter.lint",
        "twitter.prices",
        "twitter.write_cost",
        "generate.clean_candidate",
        "errors.kinds",
        "errors.display",
    ]
}

/// Makes a call that needs neither setup nor network.
///
/// # Errors
/// As `Session::call`.
pub fn local(name: &str, mut args: Args) -> Result<String> {
    let value = match name {
        "text.weighted_length" => json!(text::weighted_length(&take(&mut args)?)),
        "text.parse" => {
            let limits = args.optional("limit")?.map_or(Limits::STANDARD, Limits::new);
            let parsed = text::parse_with(&take(&mut args)?, &limits);
            let has_url = parsed.has_url();
            let mut value = json!(parsed);
            if let Value::Object(fields) = &mut value {
                fields.insert("has_url".into(), has_url.into());
            }
            value
        }
        "text.extract" => {
            let source = take(&mut args)?;
            json!(match args.optional::<String>("what")?.as_deref() {
                None => text::extract(&source),
                Some("urls") => text::extract_urls(&source),
                Some("mentions") => text::extract_mentions(&source),
                Some("mentions_or_lists") => text::extract_mentions_or_lists(&source),
                Some("hashtags") => text::extract_hashtags(&source),
                Some("cashtags") => text::extract_cashtags(&source),
                Some(_) => return Err(no_call(name)),
            })
        }
        "text.reply_to" => json!(text::reply_to(&take(&mut args)?)),
        "text.has_url" => json!(text::has_url(&take(&mut args)?)),
        "text.cashtag_count" => json!(text::cashtag_count(&take(&mut args)?)),
        "text.search_terms" => json!(text::search_terms(&take(&mut args)?)),
        "text.search_query" => {
            let query = SearchQuery::parse(&take(&mut args)?)?;
            let clauses = query.clauses().iter();
            json!(clauses.map(|c| json!({ "tokens": c.tokens, "prefix": c.prefix })).collect::<Vec<_>>())
        }
        "text.escape_controls" => json!(text::escape_controls(&take(&mut args)?)),
        "text.unescape_html" => json!(text::cleanup::unescape_html(&take(&mut args)?)),
        "text.status_id" => json!(text::cleanup::status_id(&take(&mut args)?)),
        "records.is_valid_id" => json!(is_valid_id(&take(&mut args)?)),
        "records.compare_ids" => {
            let (a, b): (String, String) = (args.take("a")?, args.take("b")?);
            json!(compare_ids(&a, &b) as i8)
        }
        "records.time_of_id" => json!(time_of_id(&take(&mut args)?)),
        "openai.model_info" => {
            let model: String = args.take("name")?;
            json!(model_info(&model))
        }
        "openai.strict_schema" => {
            let schema: Value = args.take("schema")?;
            json!(ghostwren::openai::strict_schema(&schema)?)
        }
        "twitter.lint" => {
            let tweet: NewTweet = args.take("tweet")?;
            let mut rules = LintRules::default();
            if let Some(limit) = args.optional("limit")? {
                rules = rules.limits(Limits::new(limit));
            }
            if let Some(self_serve) = args.optional("self_serve")? {
                rules = rules.self_serve(self_serve);
            }
            if let Some(called) = args.optional("called")? {
                rules = rules.called(called);
            }
            json!(lint(&tweet, &rules))
        }
        "twitter.prices" => json!(Prices::default()),
        "twitter.write_cost" => json!(Prices::default().write(&take(&mut args)?)),
        "generate.clean_candidate" => json!(ghostwren::generate::clean_candidate(&take(&mut args)?)),
        "errors.kinds" => json!(ErrorKind::all()),
        "errors.display" => json!(Error::from(args.take::<ErrorFields>("fields")?).to_string()),
        _ => return Err(no_call(name)),
    };
    args.end()?;
    to_json(&value)
}

fn take(args: &mut Args) -> Result<String> {
    args.take("text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_a_call() {
        for name in local_names() {
            let outcome = local(name, Args::parse("{}").unwrap());
            assert!(outcome.is_ok() || outcome.unwrap_err().code() == "argument.missing", "{name}");
        }
        assert_eq!(local("text.nothing", Args::parse("{}").unwrap()).unwrap_err().code(), "binding.no_call");
    }
}
