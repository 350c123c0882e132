//! Every error code of the source stands in `docs/errors.md`, and every code that a page or a comment names is in the source.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeSet;
use std::path::Path;

const AREAS: [&str; 23] = [
    "account.",
    "archive.",
    "budget.",
    "credential.",
    "draft.",
    "export.",
    "gate.",
    "generate.",
    "http.",
    "identity.",
    "import.",
    "lint.",
    "login.",
    "openai.",
    "outbox.",
    "publish.",
    "sandbox.",
    "seal.",
    "store.",
    "style.",
    "supabase.",
    "twitter.",
    "workflow.",
];
/// What the codes of the bindings start with, where the names of calls look like codes of other areas.
const BINDINGS: [&str; 6] = ["argument.", "binding.", "mobile.", "model.app", "model.un", "store.app"];
/// Names of the same form that are no codes.
const OTHERS: [&str; 20] = [
    "account.connected",
    "account.disconnected",
    "account.js",
    "account.rs",
    "account.tweets",
    "export.ndjson",
    "login.binding",
    "login.url",
    "openai.com",
    "publish.deleted",
    "publish.posted",
    "publish.resolved",
    "publish.stopped",
    "import.finished",
    "store.js",
    "style.json",
    "http.rs",
    "supabase.co",
    "supabase.md",
    "twitter.com",
];

#[test]
fn every_code_is_documented() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR"));
    // The page is not part of the published crate.
    let Ok(page) = std::fs::read_to_string(core.join("../docs/errors.md")) else { return };
    let codes = codes(core);
    let missing: Vec<&String> = codes.iter().filter(|code| !page.contains(&format!("`{code}`"))).collect();
    assert!(missing.is_empty(), "not in docs/errors.md: {missing:?}");
}

#[test]
fn every_code_that_is_named_exists() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR"));
    let codes = codes(core);
    let mut pages = vec![core.join("README.md"), core.join("../README.md")];
    // Not part of the published crate.
    if let Ok(folder) = std::fs::read_dir(core.join("../docs")) {
        pages.extend(folder.map(|entry| entry.unwrap().path()).filter(|path| path.extension() == Some("md".as_ref())));
    }
    let (mut named, mut unknown) = (0, Vec::new());
    let mut check = |path: &Path, line: &str| {
        for code in line.split('`').skip(1).step_by(2).filter(|text| is_code(text)) {
            named += 1;
            if !codes.contains(code) {
                unknown.push(format!("{code} in {}", path.display()));
            }
        }
    };
    each_source(&core.join("src"), &mut |path, source| {
        source.lines().filter(|line| line.trim_start().starts_with("//")).for_each(|line| check(path, line));
    });
    for path in pages {
        std::fs::read_to_string(&path).unwrap_or_default().lines().for_each(|line| check(&path, line));
    }
    assert!(named > 100, "only {named} codes are named: the test reads nothing");
    assert!(unknown.is_empty(), "named, but nowhere in the source: {unknown:#?}");
}

#[test]
fn no_remedy_speaks_one_language_only() {
    let mut remedies = 0;
    each_source(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut |path, source| {
        for rest in source.split("remedy(").skip(1) {
            // What follows is the text itself, or no text.
            let Some(text) = rest.trim_start().strip_prefix('"').and_then(|text| text.split("\")").next()) else {
                continue;
            };
            let text = text.split("\",\n").next().unwrap_or_default();
            remedies += 1;
            // A method of Rust's builder, a path of Rust's.
            let method = |code: &str| code.starts_with('.') && code.contains('(');
            let rust = text.split('`').skip(1).step_by(2).any(|code| method(code) || code.contains("::"));
            assert!(!rust, "{}: {text}", path.display());
        }
    });
    assert!(remedies > 100, "only {remedies} were found: the test reads nothing");
}

/// The codes of the source.
fn codes(core: &Path) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    each_source(&core.join("src"), &mut |path, source| {
        // The stand-in's inside speaks of OpenAI's codes, not of ours.
        if path.to_string_lossy().contains("sandbox/openai") {
            return;
        }
        let source = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for line in source.lines().filter(|line| !line.trim_start().starts_with("//")) {
            codes.extend(line.split('"').skip(1).step_by(2).filter(|text| is_code(text)).map(str::to_owned));
        }
    });
    // Not part of the published crate.
    for folder in
        ["../bindings/shared/src", "../bindings/python/src", "../bindings/mobile/src"].map(|folder| core.join(folder))
    {
        if folder.is_dir() {
            each_source(&folder, &mut |_, source| {
                let source = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
                for line in source.lines().filter(|line| !line.trim_start().starts_with("//")) {
                    let texts = line.split('"').skip(1).step_by(2).filter(|text| is_name(text));
                    let ours = texts.filter(|text| BINDINGS.iter().any(|area| text.starts_with(area)));
                    codes.extend(ours.map(str::to_owned));
                }
            });
        }
    }
    // The functions of the database raise codes of their own.
    for entry in std::fs::read_dir(core.join("supabase/migrations")).unwrap() {
        let sql = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for line in sql.lines() {
            codes.extend(line.split('\'').skip(1).step_by(2).filter(|text| is_code(text)).map(str::to_owned));
        }
    }
    assert!(codes.len() > 100, "only {} codes were found: the test reads nothing", codes.len());
    codes
}

fn is_code(text: &str) -> bool {
    is_name(text) && AREAS.iter().any(|area| text.starts_with(area)) && !OTHERS.contains(&text)
}

/// Two words with a dot between them.
fn is_name(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'.')
        && text.matches('.').count() == 1
        && !text.ends_with('.')
}

fn each_source(folder: &Path, visit: &mut dyn FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            each_source(&path, visit);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            visit(&path, &std::fs::read_to_string(&path).unwrap());
        }
    }
}
