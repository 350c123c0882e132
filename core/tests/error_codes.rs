//! Every error code of the source stands in `docs/errors.md`.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeSet;
use std::path::Path;

const AREAS: [&str; 22] = [
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
    "twitter.",
    "workflow.",
];
const BINDINGS: &[&str] = &["argument.", "binding.", "model.app", "model.un", "store.app"];
/// Names of the same form that are no codes.
const OTHERS: [&str; 11] = [
    "account.connected",
    "account.disconnected",
    "account.js",
    "openai.com",
    "publish.deleted",
    "publish.posted",
    "publish.stopped",
    "import.finished",
    "store.js",
    "http.rs",
    "twitter.com",
];

#[test]
fn every_code_is_documented() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR"));
    // The page is not part of the published crate.
    let Ok(page) = std::fs::read_to_string(core.join("../docs/errors.md")) else { return };
    let mut codes = BTreeSet::new();
    collect(&core.join("src"), &AREAS, &mut codes);
    assert!(codes.len() > 100, "only {} codes were found: the test reads nothing", codes.len());
    // The bindings are not part of the published crate either; the names of their calls look like codes of other areas.
    for source in ["shared/src", "python/src"] {
        let mut found = BTreeSet::new();
        collect(&core.join("../bindings").join(source), BINDINGS, &mut found);
        codes.extend(found);
    }
    let missing: Vec<&String> = codes.iter().filter(|code| !page.contains(&format!("`{code}`"))).collect();
    assert!(missing.is_empty(), "not in docs/errors.md: {missing:?}");
}

fn collect(folder: &Path, areas: &[&str], codes: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, areas, codes);
            continue;
        }
        // The stand-in's inside speaks of OpenAI's codes, not of ours.
        if path.extension().is_none_or(|extension| extension != "rs")
            || path.to_string_lossy().contains("sandbox/openai")
        {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for line in source.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for literal in line.split('"').skip(1).step_by(2) {
                let plain =
                    literal.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'.');
                let code =
                    plain && literal.matches('.').count() == 1 && areas.iter().any(|area| literal.starts_with(area));
                if code && !OTHERS.contains(&literal) && !literal.ends_with('.') {
                    codes.insert(literal.to_owned());
                }
            }
        }
    }
}
