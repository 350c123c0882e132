//! Dependencies point down only (see `docs/architecture.md`): reads every `crate::…` path of the core.

#![allow(clippy::unwrap_used, clippy::panic, clippy::string_slice, missing_docs)]

#[cfg(all(feature = "supabase", target_os = "linux"))]
mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What each module may name beside itself. A module that is not here fails the test: give it its place first.
const MAY_USE: &[(&str, &[&str])] = &[
    ("escape", &[]),
    ("error", &["escape"]),
    ("blocking", &["error"]),
    ("json", &[]),
    ("config", &["error"]),
    ("text", &["error", "escape"]),
    ("records", &["error", "json", "text"]),
    ("http", &["error", "json", "text"]),
    ("model", &["error", "records", "text"]),
    ("openai", &["error", "config", "text", "records", "http", "model", "tolerant"]),
    ("tolerant", &["text", "records"]),
    ("twitter", &["error", "blocking", "json", "config", "text", "records", "http", "tolerant"]),
    ("supabase", &["error", "blocking", "json", "config", "text", "records", "http", "tolerant"]),
    ("archive", &["error", "text", "records", "tolerant"]),
    ("store", &["error", "blocking", "json", "config", "text", "records", "supabase"]),
    ("style", &["error", "json", "text", "records", "model"]),
    ("generate", &["error", "blocking", "text", "records", "model", "style"]),
    (
        "workflow",
        &[
            "error", "blocking", "json", "config", "text", "records", "model", "archive", "store", "style", "generate",
            "twitter", "supabase", "http",
        ],
    ),
    // A stand-in that shared a type with the clients could be wrong together with them.
    ("sandbox", &["error"]),
];

#[test]
fn dependencies_point_down() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let may_use: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in rust_files(&src) {
        let relative = file.strip_prefix(&src).unwrap();
        let module = relative.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs");
        // The front door, and programs, which use the crate as anybody does.
        if matches!(module, "lib" | "bin") {
            continue;
        }
        let Some(allowed) = may_use.get(module) else {
            wrong.push(format!("{module} has no place in the layers"));
            continue;
        };
        for used in crate_paths(&std::fs::read_to_string(&file).unwrap()) {
            seen += 1;
            // The names that the crate's front door gives for the error module.
            let used = if matches!(used.as_str(), "Error" | "ErrorKind" | "Result") { "error" } else { &used };
            // Of a service only its own store knows: the rest of `store` would be bound to it.
            let bridge = module != "store" || used != "supabase" || relative.starts_with("store/supabase");
            if used != module && !(allowed.contains(&used) && bridge) {
                wrong.push(format!("{} uses crate::{used}", relative.display()));
            }
        }
    }
    assert!(seen > 50, "only {seen} paths were found: the test reads nothing");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is not on the map is not found; a dependency without a reason has none.
#[test]
fn every_module_and_dependency_is_in_the_architecture() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR"));
    let map = std::fs::read_to_string(core.join("../docs/architecture.md")).unwrap();
    let mut missing = Vec::new();
    for (module, _) in MAY_USE {
        let places = [format!("`core/src/{module}/`"), format!("`core/src/{module}.rs`")];
        if !places.iter().any(|place| map.contains(place)) {
            missing.push((*module).to_owned());
        }
    }
    let manifest = std::fs::read_to_string(core.join("Cargo.toml")).unwrap();
    let mut dependencies = 0;
    let mut of_dependencies = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            of_dependencies = line.ends_with("dependencies]");
        } else if let Some((name, _)) =
            line.split_once(['.', ' ', '=']).filter(|_| of_dependencies && !line.starts_with('#'))
        {
            dependencies += 1;
            if name != "ghostwren" && !map.contains(&format!("`{name}`")) {
                missing.push(name.to_owned());
            }
        }
    }
    assert!(dependencies > 30, "only {dependencies} were found: the test reads nothing");
    assert!(missing.is_empty(), "not in docs/architecture.md: {}", missing.join(", "));
}

/// The crate `postgrest` brings an HTTP client with a TLS of its own. One file names it, and never sends anything with it.
#[test]
fn the_compiler_of_queries_is_never_sent() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let code = |path: &Path| {
        let lines = std::fs::read_to_string(path).unwrap();
        lines.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
    };
    let naming: Vec<PathBuf> = rust_files(&src).into_iter().filter(|path| code(path).contains("postgrest::")).collect();
    assert_eq!(naming, [src.join("supabase/rest/compile.rs")]);
    let code = code(&naming[0]);
    for sending in ["async ", ".await", "execute", ".send(", "reqwest", "secret", "http_client"] {
        assert!(!code.contains(sending), "the compiler of queries says `{sending}`");
    }
    assert!(code.contains("http://postgrest.invalid"));
}

/// Nor does it open a connection behind our back: a process that has compiled queries and sent them through a transport
/// without a network has no socket.
#[cfg(all(feature = "supabase", target_os = "linux"))]
#[test]
fn compiling_queries_opens_no_socket() {
    use ghostwren::supabase::{Access, Supabase};
    use serde_json::{Value, json};
    let sockets = || {
        let open = std::fs::read_dir("/proc/self/fd").unwrap();
        let targets = open.filter_map(|fd| std::fs::read_link(fd.unwrap().path()).ok());
        targets.filter(|target| target.to_string_lossy().starts_with("socket:")).collect::<Vec<_>>()
    };
    let before = sockets();
    let answers = common::answers::Answers::each([common::answers::Answer::json(200, &json!([]))]);
    let project = Supabase::new("https://abcdefghijklmnopqrst.supabase.co", "sb_publishable_x").unwrap();
    let rest = project.http(answers.http()).rest(Access::bearer("a-token".to_owned().into())).schema("ghostwren");
    // A runtime without a driver for the network: what tried to connect would panic.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        for n in 0..50 {
            rest.from("t").select("a,b").eq("id", n).rows::<Value>().await.unwrap();
            rest.from("t").upsert(&json!([{ "id": n }]), &["id"]).send().await.unwrap();
            rest.rpc("f", &json!({ "n": n })).value::<Value>().await.unwrap();
        }
        assert_eq!(sockets(), before);
    });
    let sent = answers.sent();
    assert_eq!(sent.len(), 150);
    assert!(sent.iter().all(|sent| sent.host == "abcdefghijklmnopqrst.supabase.co"));
}

#[test]
fn the_reader_of_paths_sees_each_form() {
    let code = "use crate::error::Error;\nuse crate::{text::weighted_length, records};\nfn f() { crate::http::send() }\n\
                // crate::store in a comment\n/// crate::openai in a doc\nuse crate::model;";
    assert_eq!(crate_paths(code), ["error", "text", "records", "http", "model"]);
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The first segment of every `crate::` path outside comments.
fn crate_paths(code: &str) -> Vec<String> {
    let code: String =
        code.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect();
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        // `$crate::` of a macro and `some_crate::` are other things.
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => found.push(identifier(rest)),
            Some(list) => {
                let mut depth = 0;
                let mut item = String::new();
                for c in list.chars() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => {
                            found.push(identifier(item.trim()));
                            item.clear();
                            continue;
                        }
                        _ => {}
                    }
                    item.push(c);
                }
                if !item.trim().is_empty() {
                    found.push(identifier(item.trim()));
                }
            }
        }
    }
    found
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}
