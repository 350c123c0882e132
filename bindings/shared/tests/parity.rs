//! Compares `bindings/parity.toml` with the public functions of the core: each is bound or absent for a reason, and no
//! entry names a function that is not there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The modules of the core that other languages see. `sandbox` is a process to them.
const MODULES: &[&str] = &[
    "archive", "config", "error", "generate", "http", "model", "openai", "records", "store", "style", "supabase",
    "text", "twitter", "workflow",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            // The conformance suite is for stores written in Rust.
            if entry.file_name().unwrap() != "conformance" {
                rust_files(&entry, found);
            }
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            found.push(entry);
        }
    }
}

/// The names of a module's `pub use` lines.
fn exported(source: &str) -> BTreeSet<String> {
    let lines = source.split(';').filter_map(|statement| statement.rsplit_once("pub use ").map(|(_, names)| names));
    let words = lines.flat_map(|names| names.split(|c: char| !c.is_alphanumeric() && c != '_'));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn word_after<'a>(line: &'a str, start: &str) -> Option<&'a str> {
    let rest = line.strip_prefix(start)?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().filter(|word| !word.is_empty())
}

/// The public functions of one file, with their type in front.
fn functions(source: &str) -> Vec<(Option<String>, String)> {
    let mut found = Vec::new();
    // The type of the inherent `impl` that a line stands in; `None` for that of a trait.
    let mut inside: Option<Option<String>> = None;
    for line in source.split("#[cfg(test)]\nmod tests").next().unwrap().lines() {
        if line.starts_with("impl") || line.starts_with("pub trait") {
            let generics = line.find('>').filter(|_| line.starts_with("impl<"));
            let name = generics.map_or(line.strip_prefix("impl "), |end| line.get(end + 1..)).unwrap_or_default();
            let inherent = line.starts_with("impl") && !line.contains(" for ");
            inside = Some(word_after(name.trim_start(), "").filter(|_| inherent).map(str::to_owned));
        } else if line.starts_with('}') {
            inside = None;
        }
        let (line, indented) = line.strip_prefix("    ").map_or((line, false), |line| (line, true));
        let Some(rest) = line.strip_prefix("pub ") else { continue };
        let rest = rest.strip_prefix("const ").unwrap_or(rest);
        let rest = rest.strip_prefix("async ").unwrap_or(rest);
        if let Some(name) = word_after(rest, "fn ") {
            match (&inside, indented) {
                (Some(Some(of)), true) => found.push((Some(of.clone()), name.to_owned())),
                (None, false) => found.push((None, name.to_owned())),
                _ => {}
            }
        }
    }
    found
}

fn public_functions() -> BTreeSet<String> {
    let src = root().join("core/src");
    let mut all = BTreeSet::new();
    for module in MODULES {
        let (folder, single) = (src.join(module), src.join(format!("{module}.rs")));
        let mut files = Vec::new();
        if folder.is_dir() {
            rust_files(&folder, &mut files);
        } else {
            files.push(single.clone());
        }
        let front = std::fs::read_to_string(folder.join("mod.rs")).unwrap_or_default();
        let mut names = BTreeSet::new();
        for file in files.iter().filter(|file| file.ends_with("mod.rs")) {
            names.extend(exported(&std::fs::read_to_string(file).unwrap()));
        }
        for file in &files {
            let stem = file.file_stem().unwrap().to_str().unwrap();
            let open = front.contains(&format!("pub mod {stem};"));
            let everything = open || *file == single;
            let path = if open { format!("{module}::{stem}") } else { (*module).to_owned() };
            for (of, name) in functions(&std::fs::read_to_string(file).unwrap()) {
                if everything || names.contains(of.as_ref().unwrap_or(&name)) {
                    all.insert(of.map_or_else(|| format!("{path}::{name}"), |of| format!("{path}::{of}::{name}")));
                }
            }
        }
    }
    all
}

/// The entries of the file, by their section.
fn parity() -> BTreeMap<String, BTreeMap<String, String>> {
    let mut sections: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut section = String::new();
    for line in std::fs::read_to_string(root().join("bindings/parity.toml")).unwrap().lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut section);
        } else if let Some((key, value)) = line.split_once(" = ") {
            let bare = |text: &str| text.trim_matches('"').to_owned();
            let twice = sections.entry(section.clone()).or_default().insert(bare(key), bare(value));
            assert_eq!(twice, None, "{key} stands twice");
        }
    }
    sections
}

/// Whether a class alone is named for something else than the making of it.
fn is_vague(entry: &str, what: &str) -> bool {
    const MAKES: &[&str] = &["build", "builder", "from_env", "in_memory", "new", "of", "open", "open_in_memory"];
    let class = what.rsplit('.').next().unwrap();
    let mut parts = entry.rsplit("::");
    let (function, of) = (parts.next().unwrap(), parts.next().unwrap());
    let alone = class.starts_with(char::is_uppercase) && !class.contains('(');
    let made = MAKES.contains(&function) || (function == "*" && of == class);
    alone && !made
}

#[test]
fn every_public_call_is_bound_or_says_why_not() {
    let functions = public_functions();
    assert!(functions.len() > 400, "only {} functions were found: the test reads nothing", functions.len());
    let parity = parity();
    let entries: Vec<(&String, &String)> = parity["bound"].iter().chain(&parity["absent"]).collect();
    let covers = |entry: &str, function: &str| match entry.strip_suffix('*') {
        Some(beginning) => function.starts_with(beginning),
        None => entry == function,
    };
    let forgotten: Vec<_> =
        functions.iter().filter(|function| !entries.iter().any(|(entry, _)| covers(entry, function))).collect();
    assert!(forgotten.is_empty(), "not in bindings/parity.toml: {forgotten:#?}");
    let stale: Vec<_> =
        entries.iter().filter(|(entry, _)| !functions.iter().any(|function| covers(entry, function))).collect();
    assert!(stale.is_empty(), "in bindings/parity.toml and not in the core: {stale:#?}");
    assert!(entries.iter().all(|(_, what)| !what.is_empty()));
    // A class alone says nothing of a setting: it stands for what makes one of it, and for a record of the same name.
    let vague: Vec<_> = parity["bound"].iter().filter(|(entry, what)| is_vague(entry, what)).collect();
    assert!(vague.is_empty(), "a class stands where an option or a member is meant: {vague:#?}");
}

/// Which calls the functions of `bindings/shared/src` answer, by the arms of their `match`. A stream may be called like a call.
const ANSWERS: &[(&str, &str, &str)] = &[
    ("account.rs", "call", "account."),
    ("account.rs", "draft", "account."),
    ("account.rs", "file", "account."),
    ("account.rs", "stream", "account."),
    ("clients.rs", "call", "twitter."),
    ("clients.rs", "openai", "openai."),
    ("local.rs", "local", ""),
    ("supabase/admin.rs", "call", "auth."),
    ("supabase/auth.rs", "call", "auth."),
    ("supabase/auth.rs", "email", "auth."),
    ("supabase/auth.rs", "user", "auth."),
    ("supabase/people.rs", "user_call", "user."),
    ("supabase/table.rs", "call", "table."),
    ("user.rs", "call", "user."),
    ("user.rs", "connect", "connect."),
    ("user.rs", "wren", "wren."),
];

/// What is answered outside of a `match` by names.
const ALONE: &[&str] =
    &["connect.in_browser", "openai.chat", "store.call", "test.panic", "twitter.pages", "user.sign_in"];

/// Functions whose `match` is of other words than names of calls.
const OTHERS: &[(&str, &str)] = &[
    ("account.rs", "publish_request"),
    ("host.rs", "app_failed"),
    ("session.rs", "parse"),
    ("supabase/auth.rs", "scope"),
    ("supabase/auth.rs", "otp"),
    ("supabase/table.rs", "field"),
];

/// The names of all calls and streams, as the source dispatches them.
fn calls() -> BTreeSet<String> {
    let src = root().join("bindings/shared/src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let mut all: BTreeSet<String> = ALONE.iter().map(|name| (*name).to_owned()).collect();
    for path in files {
        let file = path.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/");
        let mut function = String::new();
        for line in std::fs::read_to_string(&path).unwrap().split("#[cfg(test)]\nmod tests").next().unwrap().lines() {
            if let Some((_, rest)) = line.split_once("fn ") {
                word_after(rest, "").unwrap_or_default().clone_into(&mut function);
            }
            assert!(
                !line.trim_start().starts_with("| \""),
                "{file}: one line a call, or this test does not see it: {line}"
            );
            let Some((names, _)) = line.trim_start().split_once(" =>").filter(|(names, _)| names.starts_with('"'))
            else {
                continue;
            };
            if OTHERS.contains(&(file.as_str(), function.as_str())) {
                continue;
            }
            let answers = ANSWERS.iter().find(|(of, name, _)| (*of, *name) == (file.as_str(), function.as_str()));
            let (.., group) = answers.unwrap_or_else(|| panic!("which calls does `{function}` of {file} answer?"));
            all.extend(names.split(" | ").map(|name| format!("{group}{}", name.trim_matches('"'))));
        }
    }
    all
}

/// The calls, streams and local calls of the vectors.
fn called() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for entry in std::fs::read_dir(root().join("core/tests/vectors")).unwrap() {
        let file: serde_json::Value = serde_json::from_slice(&std::fs::read(entry.unwrap().path()).unwrap()).unwrap();
        for step in file["vectors"].as_array().unwrap().iter().flat_map(|vector| vector["steps"].as_array().unwrap()) {
            let name = ["call", "stream", "local"].iter().find_map(|kind| step[kind].as_str());
            all.extend(name.map(str::to_owned));
        }
    }
    all
}

#[test]
fn every_call_has_a_vector_or_says_why_not() {
    let (calls, called, parity) = (calls(), called(), parity());
    assert!(calls.len() > 100, "only {} calls were found: the test reads nothing", calls.len());
    let without = &parity["vectorless"];
    let forgotten: Vec<_> =
        calls.iter().filter(|name| !called.contains(*name) && !without.contains_key(*name)).collect();
    assert!(forgotten.is_empty(), "no vector, and no reason in [vectorless] of bindings/parity.toml: {forgotten:#?}");
    let stale: Vec<_> = without.keys().filter(|name| called.contains(*name) || !calls.contains(*name)).collect();
    assert!(stale.is_empty(), "in [vectorless], and a vector or no call: {stale:#?}");
    // `text.nothing` is the name of no call, which a vector tries.
    let unknown: Vec<_> = called.iter().filter(|name| !calls.contains(*name) && *name != "text.nothing").collect();
    assert!(unknown.is_empty(), "a vector names them, and this test does not find them in the source: {unknown:#?}");
}
