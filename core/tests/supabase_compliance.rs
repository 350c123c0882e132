//! `docs/sdk-compliance.yaml` says of every feature of Supabase's own list whether we have it, and names nothing that is not
//! there.
#![cfg(feature = "supabase")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::string_slice, missing_docs)]

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

/// The areas that are stated, and how many features each has at least.
const AREAS: [(&str, usize); 4] = [("auth", 60), ("client", 8), ("database", 50), ("storage", 60)];

#[derive(Deserialize)]
struct Matrix {
    features: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    id: String,
}

#[derive(Deserialize)]
struct Compliance {
    sdk: String,
    features: BTreeMap<String, Stated>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stated {
    status: String,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    symbols: Vec<String>,
}

/// The page is not part of the published crate.
fn compliance() -> Option<Compliance> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/sdk-compliance.yaml");
    Some(serde_saphyr::from_str(&std::fs::read_to_string(page).ok()?).unwrap())
}

#[test]
fn every_feature_is_stated() {
    let (Some(compliance), Some(shared)) = (compliance(), common::shared()) else { return };
    assert_eq!(compliance.sdk, "rust");
    for (area, least) in AREAS {
        let file = shared.join(format!("specs/supabase-capabilities/sdk-{area}.yaml"));
        let matrix: Matrix = serde_saphyr::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let listed: Vec<&str> = matrix.features.iter().map(|feature| feature.id.as_str()).collect();
        assert!(listed.len() > least, "{area}: {}", listed.len());
        let missing: Vec<&&str> = listed.iter().filter(|id| !compliance.features.contains_key(**id)).collect();
        assert!(missing.is_empty(), "not stated: {missing:?}");
        let own = compliance.features.keys().filter(|id| id.starts_with(&format!("{area}.")));
        let unknown: Vec<&String> = own.filter(|id| !listed.contains(&id.as_str())).collect();
        assert!(unknown.is_empty(), "no such features: {unknown:?}");
    }
}

#[test]
fn what_is_named_is_there() {
    let Some(compliance) = compliance() else { return };
    let mut source = String::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/supabase"), &mut source);
    for (id, Stated { status, note, symbols }) in &compliance.features {
        match status.as_str() {
            "implemented" => assert!(!symbols.is_empty(), "{id} names nothing"),
            "partially_implemented" => {
                assert!(!symbols.is_empty() && note.is_some(), "{id} does not say what is missing")
            }
            "not_implemented" | "not_applicable" => assert!(symbols.is_empty(), "{id}"),
            other => panic!("{id} has the status {other}"),
        }
        for symbol in symbols {
            let (owner, member) = symbol.split_once('.').unwrap_or((symbol, ""));
            let is_owner = ["struct", "enum", "trait"].iter().any(|kind| has(&source, &format!("pub {kind} {owner}")));
            // A method, a field, a variant, or a method that a macro writes from its name.
            let forms = [
                format!("fn {member}"),
                format!("pub {member}:"),
                format!("    {member} {{"),
                format!("    {member}("),
                format!("        {member} \""),
            ];
            let is_member = member.is_empty() || forms.iter().any(|form| has(&source, form));
            assert!(is_owner && is_member, "{id} names {symbol}, which is not there");
        }
    }
}

/// Beside what we have stands the test that shows it, and that test itself calls it.
#[test]
fn each_feature_names_a_test_that_uses_it() {
    let Some(compliance) = compliance() else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(folder.join("../docs/sdk-compliance.yaml")).unwrap();
    let mut tested = 0;
    for (id, Stated { status, symbols, .. }) in &compliance.features {
        if status.starts_with("not_") {
            continue;
        }
        let line = page.lines().find_map(|line| line.trim_start().strip_prefix(id.as_str())?.strip_prefix(": # "));
        let (file, test) = line.and_then(|test| test.split_once("::")).unwrap_or_else(|| panic!("{id} names no test"));
        let source = std::fs::read_to_string(folder.join(format!("tests/{file}.rs"))).unwrap_or_default();
        let body = body(&source, test).unwrap_or_else(|| panic!("{id} names {file}::{test}, which is not there"));
        let unused: Vec<&String> = symbols.iter().filter(|symbol| !uses(body, symbol)).collect();
        assert!(unused.is_empty(), "{id}: {file}::{test} uses no {unused:?}");
        tested += 1;
    }
    assert!(tested > 110, "{tested}");
}

/// What stands between the braces of a function.
fn body<'a>(source: &'a str, function: &str) -> Option<&'a str> {
    let (_, from) = source.split_once(&format!("fn {function}("))?;
    from.split_once("\n}\n").map(|(body, _)| body)
}

/// Whether the code names a type, or what a type has as one names it: after a point or two colons.
fn uses(code: &str, symbol: &str) -> bool {
    let (member, name) = symbol.rsplit_once('.').map_or((false, symbol), |(_, member)| (true, member));
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(name).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + name.len()..]);
        let begins = if member { before.ends_with('.') || before.ends_with("::") } else { !before.ends_with(part) };
        begins && !after.starts_with(part)
    })
}

/// Whether the source has these words, and not as the beginning of a longer one.
fn has(source: &str, words: &str) -> bool {
    let ends = |at: usize| !source[at + words.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
    source.match_indices(words).any(|(at, _)| words.ends_with([':', '{', '(', '"']) || ends(at))
}

fn read(folder: &Path, source: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, source);
        } else {
            source.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}
