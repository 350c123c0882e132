//! `cargo xtask test`: every part, its minutes, and the totals at the end.

use std::process::Command;
use std::time::Instant;

use crate::footprint;
use crate::mobile;
use crate::model_server::ModelServer;
use crate::node;
use crate::python;
use crate::run::{self, Totals, cargo, root, run_tests};
use crate::servers::{self, Servers, files, stop_shared};
use crate::swift;

type Part = (&'static str, fn(&mut Totals) -> Result<(), String>);

const PARTS: &[Part] = &[
    ("format", format),
    ("lint", lint),
    ("features", features),
    ("docs", docs),
    ("rust", rust),
    ("model", model),
    ("supabase", supabase),
    ("package", package),
    ("python", python::test),
    ("node", node::test),
    ("mobile", mobile::test),
    ("swift", swift::test),
];

/// Every sensible set of features of the core: none, each alone, some together, and those of most applications last. All of
/// them together is what `lint` compiles.
const FEATURES: &[&str] = &[
    "",
    "sqlite",
    "supabase",
    "reqwest",
    "sandbox",
    "metrics",
    "sqlite,sandbox",
    "supabase,sandbox",
    "sqlite,metrics",
    "sqlite,reqwest",
    "default",
];

pub(crate) fn run(options: &[&str]) -> Result<(), String> {
    let long = options.contains(&"--long");
    let wanted: Vec<&str> = options.iter().copied().filter(|option| *option != "--long").collect();
    if let Some(unknown) = wanted.iter().find(|name| PARTS.iter().all(|(part, _)| part != *name)) {
        return Err(format!("there is no part {unknown}"));
    }
    let mut totals = Totals::default();
    let mut minutes = Vec::new();
    let mut failed = Vec::new();
    let mut step = |name: &'static str, part: &mut dyn FnMut() -> Result<(), String>| {
        println!("\n== {name}");
        let began = Instant::now();
        if let Err(text) = part() {
            println!("{text}");
            failed.push(name);
        }
        minutes.push((name, began.elapsed().as_secs_f64() / 60.0, free_space()));
    };
    for (name, part) in PARTS {
        if wanted.is_empty() || wanted.contains(name) {
            step(name, &mut || part(&mut totals));
        }
    }
    stop_shared();
    if long {
        step("fuzz", &mut || fuzz(60));
    }
    println!("\nminutes of each part, and the space left on the disk after it:");
    for (name, spent, free) in &minutes {
        println!("  {name:<10} {spent:>6.1}{}", free.map_or(String::new(), |free| format!(" {free:>6.1} GB")));
    }
    println!("  {:<10} {:>6.1}", "all", minutes.iter().map(|(_, spent, _)| spent).sum::<f64>());
    // In CI a test that was skipped proves nothing. Elsewhere than on Linux some must be: there are no servers, and Windows has no `fork`.
    if totals.skipped > 0 && servers::HERE && std::env::var_os("CI").is_some() {
        failed.push("skipped tests");
    }
    if !failed.is_empty() {
        println!("failed: {}", failed.join(", "));
    }
    println!(
        "{} passed, {} failed, {} skipped",
        totals.passed,
        totals.failed.max(u64::from(!failed.is_empty())),
        totals.skipped
    );
    if failed.is_empty() { Ok(()) } else { Err(String::new()) }
}

/// The GB left on the disk that is built on, where `df` knows it: a full disk fails in a hundred ways that do not name it.
fn free_space() -> Option<f64> {
    let output = Command::new("df").args(["-P", "-k"]).arg(root()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let kilobytes: f64 = text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(kilobytes * 1024.0 / 1e9)
}

fn format(_: &mut Totals) -> Result<(), String> {
    run::run(&mut cargo(&["fmt", "--all", "--check"]))
}

fn lint(_: &mut Totals) -> Result<(), String> {
    run::run(&mut cargo(&["clippy", "--workspace", "--all-features", "--all-targets", "--", "-D", "warnings"]))
}

fn features(_: &mut Totals) -> Result<(), String> {
    for set in FEATURES {
        lint_library("ghostwren", set)?;
    }
    // The library of a phone that has its own HTTP, and does without Supabase.
    for set in ["", "reqwest", "supabase"] {
        lint_library("ghostwren-mobile", set)?;
    }
    // An application with these, which nothing else compiles.
    footprint::measure(&["--check"])
}

/// The library of a crate with these features alone.
fn lint_library(package: &str, features: &str) -> Result<(), String> {
    let what = ["clippy", "-p", package, "--lib", "--no-default-features", "--features", features];
    run::run(cargo(&what).args(["--", "-D", "warnings"]))
}

fn docs(_: &mut Totals) -> Result<(), String> {
    run::run(cargo(&["doc", "-p", "ghostwren", "--no-deps", "--all-features"]).env("RUSTDOCFLAGS", "-D warnings"))
}

fn rust(totals: &mut Totals) -> Result<(), String> {
    let (more, end) =
        run_tests(&mut cargo(&["test", "--workspace", "--all-features", "--no-fail-fast", "--", "--show-output"]));
    *totals += more;
    end
}

/// The end-to-end test against a real small model, served on this machine.
fn model(totals: &mut Totals) -> Result<(), String> {
    let server = ModelServer::start(&root().join("target").join("model-server"))?;
    // Built as the part before builds it, the quickstart included: a choice of targets would build it as a test.
    let all = ["test", "--workspace", "--all-features"];
    run::run(cargo(&all).arg("--no-run"))?;
    let (more, end) = run_tests(
        cargo(&all).args(["--test", "real_model", "--", "--nocapture"]).env("GHOSTWREN_TEST_MODEL_URL", server.url()),
    );
    *totals += more;
    end
}

/// The Supabase parts against real servers: the tests in SQL, Supabase's linter, and the integration tests.
fn supabase(totals: &mut Totals) -> Result<(), String> {
    let servers = Servers::start()?;
    let mut ends = Vec::new();
    let mut tests = |command: &mut Command| {
        let (more, end) = run_tests(command);
        *totals += more;
        ends.extend(end.err());
    };
    tests(&mut servers.pg_prove()?);
    let linted = lint_schema(&servers);
    let all = ["test", "--workspace", "--all-features"];
    run::run(cargo(&all).arg("--no-run"))?;
    let mut integration = cargo(&all);
    for file in files(&root().join("core/tests"), ".rs")? {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("supabase_") {
            integration.args(["--test", &name]);
        }
    }
    integration.args(["--test", "quickstart_supabase"]);
    tests(integration.args(["--no-fail-fast", "--", "--nocapture"]).envs(servers.environment()));
    ends.extend(linted.err());
    if ends.is_empty() { Ok(()) } else { Err(ends.join("\n")) }
}

/// The linter finds nothing, and would find something: a hole is dug for it in a database of its own.
fn lint_schema(servers: &Servers) -> Result<(), String> {
    run::run(&mut servers.advisors("plain"))?;
    servers.cluster().sql("postgres", "create database hole template plain owner postgres")?;
    servers.cluster().sql("hole", "alter table ghostwren.drafts disable row level security")?;
    match run::run(&mut servers.advisors("hole")) {
        Err(_) => Ok(()),
        Ok(()) => Err("the linter does not see a table without row-level security".to_owned()),
    }
}

fn package(_: &mut Totals) -> Result<(), String> {
    run::run(&mut cargo(&["package", "-p", "ghostwren", "--allow-dirty", "--no-verify"]))
}

pub(crate) fn fuzz(seconds: u64) -> Result<(), String> {
    let tools = root().join("target").join("fuzz-tools");
    let program = tools.join("bin").join(format!("cargo-fuzz{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        run::run(cargo(&["install", "cargo-fuzz", "--locked", "--root"]).arg(&tools))?;
    }
    let limit = format!("-max_total_time={seconds}");
    for target in ["sse", "archive", "text"] {
        // The sanitizer is a nightly feature that the stable compiler has too; this opens it.
        let mut fuzz = Command::new(&program);
        fuzz.args(["fuzz", "run", "--fuzz-dir", "core/fuzz", target, "--", &limit]);
        run::run(fuzz.current_dir(root()).env("RUSTC_BOOTSTRAP", "1"))?;
    }
    Ok(())
}
