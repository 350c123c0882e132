//! What the body of a failure says, whatever its shape: an object in an object, a list of one, a string, a page.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::wire::{Count, Text};

/// How much of a server's own words is kept.
const DETAIL_CHARS: usize = 600;

/// What the body says, whatever its shape.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) message: String,
    pub(super) kind: String,
    pub(super) code: String,
    pub(super) param: String,
    pub(super) prompt_tokens: Option<u64>,
    pub(super) context_tokens: Option<u64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Fields<'a> {
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Text<'a>,
    #[serde(borrow)]
    detail: Option<&'a RawValue>,
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    code: Text<'a>,
    #[serde(borrow)]
    param: Text<'a>,
    #[serde(borrow)]
    innererror: Option<&'a RawValue>,
    #[serde(borrow)]
    msg: Text<'a>,
    n_prompt_tokens: Count,
    n_ctx: Count,
}

impl Told {
    pub(super) fn parse(body: &[u8]) -> Self {
        let mut told = Self::default();
        let text = String::from_utf8_lossy(body);
        let text = text.trim().trim_start_matches('\u{feff}');
        if !text.starts_with(['{', '[', '"']) || !told.json(text, 0) {
            told.message = plain(text);
        }
        told
    }

    /// Takes from an object, a list of one, or a string; the outer object fills what the inner one leaves open.
    fn json(&mut self, text: &str, depth: u8) -> bool {
        if depth > 4 {
            return false;
        }
        if let Ok(message) = serde_json::from_str::<String>(text) {
            self.message = plain(&message);
            return true;
        }
        if text.starts_with('[') {
            let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(text) else { return false };
            return items.first().is_some_and(|item| self.json(item.get(), depth + 1));
        }
        let Ok(fields) = serde_json::from_str::<Fields<'_>>(text) else { return false };
        if let Some(inner) = fields.error {
            self.json(inner.get(), depth + 1);
        }
        if let Some(inner) = fields.innererror {
            let mut azure = Self::default();
            if azure.json(inner.get(), depth + 1) && self.code.is_empty() {
                self.code = azure.code;
            }
        }
        let fill = |field: &mut String, from: &Text<'_>| {
            if field.is_empty() {
                *field = from.filled().unwrap_or_default().to_owned();
            }
        };
        fill(&mut self.message, &fields.message);
        fill(&mut self.message, &fields.msg);
        if self.message.is_empty()
            && let Some(detail) = fields.detail
        {
            self.json(detail.get(), depth + 1);
        }
        fill(&mut self.kind, &fields.kind);
        // Ollama and llama.cpp write the status as the code: an integer is no cause.
        if let Some(code) = fields.code.filled()
            && (self.code.is_empty())
            && code.parse::<i64>().is_err()
        {
            self.code = code.to_owned();
        }
        fill(&mut self.param, &fields.param);
        self.prompt_tokens = self.prompt_tokens.or(fields.n_prompt_tokens.0);
        self.context_tokens = self.context_tokens.or(fields.n_ctx.0);
        true
    }

    pub(super) fn is(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.code.eq_ignore_ascii_case(name) || self.kind.eq_ignore_ascii_case(name))
    }

    pub(super) fn says(&self, words: &[&str]) -> bool {
        let message = self.message.to_ascii_lowercase();
        words.iter().any(|word| message.contains(word))
    }
}

/// A body that is not JSON: the title of a page, or its first words.
pub(super) fn plain(text: &str) -> String {
    let html = text.starts_with('<');
    let text = if html { title(text).unwrap_or("an HTML page") } else { text };
    let mut short: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((at, _)) = short.char_indices().nth(DETAIL_CHARS) {
        short.truncate(at);
        short.push('…');
    }
    short
}

fn title(page: &str) -> Option<&str> {
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title>")? + "<title>".len();
    let end = lower.get(start..)?.find("</title>")? + start;
    page.get(start..end).map(str::trim).filter(|title| !title.is_empty())
}
