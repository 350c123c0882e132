//! JSON out of a body, with errors that name the place and never what stands there.

use serde_json::error::Category;

/// Gives the bytes of a body to a reader; the error says in one sentence where and why, without the body's values.
pub(super) fn decode(body: &[u8], read: &mut dyn FnMut(&[u8]) -> serde_json::Result<()>) -> Result<(), String> {
    read(body).map_err(|error| explain(body, &error))
}

fn explain(body: &[u8], error: &serde_json::Error) -> String {
    let place = format!("line {} column {}", error.line(), error.column());
    match error.classify() {
        Category::Eof => format!("the JSON ends too early, at {place}"),
        Category::Syntax | Category::Io => format!("it is not JSON at {place}"),
        Category::Data => {
            let path = path_at(body, error.line(), error.column());
            format!("the JSON differs from what is documented at {path}: {} ({place})", reason(&error.to_string()))
        }
    }
}

/// The part of serde's message that comes from our types. What comes from the body (`string "…"`, an unknown variant's
/// name) is left out: it may be a secret.
fn reason(message: &str) -> String {
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    if message.starts_with("missing field `") || message.starts_with("duplicate field `") {
        return message.to_owned();
    }
    let Some(rest) = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: ")) else {
        return "an unexpected value".to_owned();
    };
    let found: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == ' ').collect();
    match rest.rsplit_once(", expected ") {
        Some((_, expected)) => format!("{} instead of {expected}", found.trim()),
        None => found.trim().to_owned(),
    }
}

/// The path of the value that ends at a place, such as `$.choices[0].message`. Known to be JSON up to there.
fn path_at(body: &[u8], line: usize, column: usize) -> String {
    let before: usize = body.split_inclusive(|&byte| byte == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    let seen = body.get(..(before + column).min(body.len())).unwrap_or(body);
    let mut path: Vec<Step> = Vec::new();
    let mut at = 0;
    let mut key_next = false;
    while let Some(&byte) = seen.get(at) {
        at += 1;
        match byte {
            b'{' => {
                path.push(Step::Key(String::new()));
                key_next = true;
            }
            b'[' => {
                path.push(Step::Index(0));
                key_next = false;
            }
            // The value under way ended with this byte: the error is about it, not about what holds it.
            b'}' | b']' if at < seen.len() => {
                path.pop();
            }
            b',' => match path.last_mut() {
                Some(Step::Index(index)) => *index += 1,
                _ => key_next = true,
            },
            b'"' => {
                let from = at;
                while let Some(&byte) = seen.get(at) {
                    at += 1;
                    match byte {
                        b'\\' => at += 1,
                        b'"' => break,
                        _ => {}
                    }
                }
                if key_next && let Some(Step::Key(key)) = path.last_mut() {
                    *key = shown_key(seen.get(from..at.saturating_sub(1)).unwrap_or_default());
                }
                key_next = false;
            }
            _ => {}
        }
    }
    let mut shown = "$".to_owned();
    for step in path {
        match step {
            Step::Key(key) if key.is_empty() => {}
            Step::Key(key) => {
                shown.push('.');
                shown.push_str(&key);
            }
            Step::Index(index) => shown.push_str(&format!("[{index}]")),
        }
    }
    shown
}

enum Step {
    Key(String),
    Index(usize),
}

/// A key as it may be shown: names of fields are; what looks like data is not.
fn shown_key(key: &[u8]) -> String {
    match std::str::from_utf8(key) {
        Ok(key)
            if key.len() <= 40
                && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')) =>
        {
            super::mask_secrets(key).into_owned()
        }
        _ => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Answer {
        #[allow(dead_code, reason = "only decoded")]
        choices: Vec<Choice>,
    }

    #[derive(Debug, Deserialize)]
    struct Choice {
        #[allow(dead_code, reason = "only decoded")]
        index: u32,
        #[allow(dead_code, reason = "only decoded")]
        #[serde(default)]
        kind: Kind,
        #[allow(dead_code, reason = "only decoded")]
        #[serde(default)]
        more: BTreeMap<String, u32>,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        #[default]
        One,
        Two,
    }

    #[test]
    fn errors_name_the_place_and_not_the_value() {
        for (body, told) in [
            ("", "the JSON ends too early, at line 1 column 0"),
            (r#"{"choices":[{"index":0}"#, "the JSON ends too early, at line 1 column 23"),
            ("<p>hunter2", "it is not JSON at line 1 column 1"),
            (
                r#"{"choices":[{"index":0},{"index":"hunter2, expected x"}]}"#,
                "the JSON differs from what is documented at $.choices[1].index: string instead of u32 (line 1 column 54)",
            ),
            (
                "{\"a\":{\"b\":[1,2]},\n \"choices\":[{\"index\":0},\n{}]}",
                "the JSON differs from what is documented at $.choices[1]: missing field `index` (line 3 column 2)",
            ),
            (
                r#"{"choices":[{"index":0,"kind":"hunter2"}]}"#,
                "the JSON differs from what is documented at $.choices[0].kind: an unexpected value (line 1 column 39)",
            ),
            (
                r#"{"choices":[{"index":0,"more":{"hunter2 \" x":-1}}]}"#,
                "the JSON differs from what is documented at $.choices[0].more.?: integer instead of u32 (line 1 column 48)",
            ),
        ] {
            let error =
                decode(body.as_bytes(), &mut |body| serde_json::from_slice::<Answer>(body).map(drop)).unwrap_err();
            assert_eq!(error, told, "{body}");
            assert!(!error.contains("hunter2"));
        }
    }
}
