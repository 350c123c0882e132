//! Compares the records of Python, Node, Kotlin and Swift, which are written by hand, with the structs of the core that they
//! read: a field that the core writes is there in each language that has the record, and no language has one that the core does
//! not write. What differs on purpose stands in `bindings/parity.toml`, with its reason.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The fields of a record.
#[derive(Default)]
struct Fields {
    stored: BTreeSet<String>,
    /// What follows from the others.
    computed: BTreeSet<String>,
}

/// Them, by the record's name.
type Records = BTreeMap<String, Fields>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All files of a kind below a folder.
fn sources(folder: &Path, extension: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        // What uniffi generates has no records.
        if entry.is_dir() && !entry.ends_with("ffi") {
            found.extend(sources(&entry, extension));
        } else if entry.extension().is_some_and(|it| it == extension) {
            found.push(std::fs::read_to_string(&entry).unwrap());
        }
    }
    found
}

/// The word that a line begins with.
fn word(line: &str) -> Option<&str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').next().filter(|word| !word.is_empty())
}

fn after<'a>(line: &'a str, starts: &[&str]) -> Option<&'a str> {
    starts.iter().find_map(|start| line.strip_prefix(start))
}

/// `createdAt` as the core spells it.
fn snake(name: &str) -> String {
    name.chars().fold(String::new(), |mut all, letter| {
        if letter.is_uppercase() {
            all.push('_');
        }
        all.extend(letter.to_lowercase());
        all
    })
}

/// The declarations of a file: what follows one of the words at the beginning of a line, and the lines inside.
fn declarations<'a>(source: &'a str, starts: &[&str]) -> Vec<(&'a str, Vec<&'a str>)> {
    let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut inside = false;
    for line in source.lines() {
        if let Some(head) = after(line, starts) {
            found.push((head, Vec::new()));
            inside = true;
        } else if !line.is_empty() && !line.starts_with(' ') {
            inside = false;
        } else if let (true, Some((_, lines))) = (inside, found.last_mut()) {
            lines.push(line.trim());
        }
    }
    found
}

fn records(folder: &str, extension: &str, starts: &[&str], fields: impl Fn(&str, &[&str]) -> Fields) -> Records {
    let mut all = Records::new();
    for source in sources(&root().join("bindings").join(folder), extension) {
        for (head, lines) in declarations(&source, starts) {
            if let Some(name) = word(head) {
                let (more, all) = (fields(head, &lines), all.entry(name.to_owned()).or_default());
                all.stored.extend(more.stored);
                all.computed.extend(more.computed);
            }
        }
    }
    all
}

fn python() -> Records {
    records("python/python/ghostwren", "py", &["class "], |_, lines| {
        let plain = lines.iter().filter(|line| line.contains(": ") && !line.contains("ClassVar"));
        let plain = plain.filter(|line| line.split(':').next() == word(line));
        let computed = lines.windows(2).filter(|pair| pair[0] == "@property").map(|pair| &pair[1]);
        let computed = computed.filter_map(|line| word(line.strip_prefix("def ")?));
        let stored = plain.filter_map(|line| word(line)).map(str::to_owned).collect();
        Fields { stored, computed: computed.map(str::to_owned).collect() }
    })
}

fn node() -> Records {
    records("node/ts", "ts", &["export interface "], |_, lines| {
        let names = lines.iter().map(|line| line.strip_prefix("readonly ").unwrap_or(line));
        let stored = names.filter_map(|line| {
            let name = word(line)?;
            after(line.get(name.len()..)?, &[": ", "?: "]).map(|_| snake(name))
        });
        Fields { stored: stored.collect(), ..Fields::default() }
    })
}

fn kotlin() -> Records {
    records("mobile/kotlin/src/main/kotlin", "kt", &["public data class ", "public class "], |head, lines| {
        let mut fields = Fields::default();
        for line in lines.iter().copied().chain(head.split(['(', ',']).skip(1)) {
            let (renamed, line) =
                match line.trim().strip_prefix("@SerialName(\"").and_then(|rest| rest.split_once("\") ")) {
                    Some((name, rest)) => (Some(name), rest),
                    None => (None, line.trim()),
                };
            let Some(name) = after(line, &["val ", "override val ", "public val "]).and_then(word) else { continue };
            let of = if line.contains(" get() ") { &mut fields.computed } else { &mut fields.stored };
            of.insert(renamed.map_or_else(|| snake(name), str::to_owned));
        }
        fields
    })
}

fn swift() -> Records {
    records("mobile/swift/Sources/Ghostwren", "swift", &["public struct ", "public final class "], |_, lines| {
        let keys = lines.iter().filter_map(|line| line.strip_prefix("case ")?.split_once(" = \""));
        let renamed: BTreeMap<&str, &str> = keys.map(|(name, key)| (name, key.trim_end_matches('"'))).collect();
        let mut fields = Fields::default();
        for line in lines {
            let Some(name) = after(line, &["public let ", "public var "]).and_then(word) else { continue };
            let of = if line.contains('{') { &mut fields.computed } else { &mut fields.stored };
            of.insert(renamed.get(name).map_or_else(|| snake(name), |key| (*key).to_owned()));
        }
        fields
    })
}

/// The structs of the core that can be written as JSON; some names stand for two.
fn core() -> BTreeMap<String, Vec<BTreeSet<String>>> {
    let mut all: BTreeMap<String, Vec<BTreeSet<String>>> = BTreeMap::new();
    for source in sources(&root().join("core/src"), "rs") {
        let mut derives = "";
        let source = source.split("#[cfg(test)]\nmod tests").next().unwrap();
        for (head, lines) in declarations(source, &["pub struct ", "#[derive("]) {
            if lines.is_empty() && head.ends_with(")]") {
                derives = head;
                continue;
            }
            if !std::mem::take(&mut derives).split([',', ')']).any(|name| name.trim() == "Serialize") {
                continue;
            }
            let mut fields = BTreeSet::new();
            let mut attribute = "";
            for line in lines {
                if line.starts_with("#[serde(") {
                    attribute = line;
                } else if let Some(rest) = line.strip_prefix("pub ") {
                    let name = word(rest.strip_prefix("r#").unwrap_or(rest)).unwrap_or_default();
                    let renamed = attribute.split_once("rename = \"").and_then(|(_, rest)| rest.split('"').next());
                    let skipped = attribute.contains("skip)") || attribute.contains("skip,");
                    if !skipped && !name.is_empty() {
                        fields.insert(renamed.unwrap_or(name).to_owned());
                    }
                    attribute = "";
                }
            }
            if let (Some(name), false) = (word(head), fields.is_empty()) {
                all.entry(name.to_owned()).or_default().push(fields);
            }
        }
    }
    all
}

/// What differs on purpose: `Record` or `Record.field`.
fn on_purpose() -> BTreeSet<String> {
    let file = std::fs::read_to_string(root().join("bindings/parity.toml")).unwrap();
    let section = file.split("\n[").find_map(|section| section.strip_prefix("records]")).unwrap().to_owned();
    let entries = section.lines().filter_map(|line| line.split_once(" = "));
    entries.map(|(key, _)| key.trim_matches('"').to_owned()).collect()
}

#[test]
fn every_field_of_the_core_is_there_in_every_language() {
    let (core, on_purpose) = (core(), on_purpose());
    assert!(core.len() > 100, "only {} structs were found: the test reads nothing", core.len());
    let mut used = BTreeSet::new();
    let mut wrong = Vec::new();
    for (language, bound) in [("Python", python()), ("Node", node()), ("Kotlin", kotlin()), ("Swift", swift())] {
        let mut compared = 0;
        for (name, structs) in &core {
            let Some(has) = bound.get(name) else { continue };
            if on_purpose.contains(name) {
                used.insert(name.clone());
                continue;
            }
            compared += 1;
            // Of two structs of one name, a language binds one.
            let differences = structs.iter().map(|fields| {
                let missing = fields.iter().filter(|it| !has.stored.contains(*it) && !has.computed.contains(*it));
                let missing = missing.map(|field| (field, "is missing"));
                let more = has.stored.difference(fields).map(|field| (field, "is nothing that the core writes"));
                missing.chain(more).collect::<Vec<_>>()
            });
            for (field, what) in differences.min_by_key(Vec::len).unwrap_or_default() {
                let key = format!("{name}.{field}");
                if on_purpose.contains(&key) {
                    used.insert(key);
                } else {
                    wrong.push(format!("{language}: {key} {what}"));
                }
            }
        }
        assert!(compared > 40, "only {compared} records of {language} were found: the test reads nothing");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let stale: Vec<_> = on_purpose.difference(&used).collect();
    assert!(stale.is_empty(), "in bindings/parity.toml, section [records], and not needed: {stale:?}");
}
