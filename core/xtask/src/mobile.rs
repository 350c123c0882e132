//! The Kotlin and Swift packages: what is generated is held against what is committed, the public names against
//! `parity.toml`, and Kotlin is built and tested by Maven. Swift's compiler and tests are a part of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Totals, cargo, root, run, run_tests};
use crate::servers::shared_environment;

/// What the library is built with: `dist` where it is to be shipped or measured.
const PROFILE: &str = "GHOSTWREN_PROFILE";

/// The stripped library may have so many bytes. The aim is 5 MB; what it has and why is in `benches/RESULTS.md`. This keeps it from
/// growing.
const BUDGET: u64 = 9_700_000;

/// And so many without Supabase and HTTP of its own.
const SMALLEST: u64 = 6_700_000;

/// Compressed, as wheels and tarballs are measured and as it travels to a phone: the library with everything.
const PACKED: u64 = 5_000_000;

/// What the generator writes, and where it is committed.
const GENERATED: &[(&str, &str)] = &[
    (
        "io/github/ghostwren/ffi/ghostwren_mobile.kt",
        "kotlin/src/main/kotlin/io/github/ghostwren/ffi/ghostwren_mobile.kt",
    ),
    ("GhostwrenNative.swift", "swift/Sources/GhostwrenNative/GhostwrenNative.swift"),
    ("GhostwrenFFI.h", "swift/Sources/GhostwrenFFI/GhostwrenFFI.h"),
    ("GhostwrenFFI.modulemap", "swift/Sources/GhostwrenFFI/module.modulemap"),
];

pub(crate) fn package() -> PathBuf {
    root().join("bindings").join("mobile")
}

/// Where the library is.
pub(crate) fn debug() -> PathBuf {
    root().join("target").join("debug")
}

/// The stand-ins as a program.
pub(crate) fn sandbox() -> PathBuf {
    debug().join(format!("ghostwren-sandbox{}", std::env::consts::EXE_SUFFIX))
}

/// Builds the library and the stand-ins with the features that the tests of Rust are built with, so that nothing is built
/// twice.
pub(crate) fn build() -> Result<(), String> {
    run(&mut cargo(&["build", "-p", "ghostwren", "-p", "ghostwren-mobile", "--all-features", "--lib", "--bins"]))
}

pub(crate) fn test(totals: &mut Totals) -> Result<(), String> {
    let fresh = write_bindings()?;
    let mut tests = |command: &mut Command| {
        let (more, end) = run_tests(command);
        *totals += more;
        end
    };
    let mut ends = vec![compare(&fresh), tests(&mut names()?), tests(&mut kotlin(&debug())?), android()];
    if std::env::var(PROFILE).is_ok_and(|profile| profile == "dist") {
        ends.extend([budget(&[], BUDGET), packed(), budget(&["--no-default-features"], SMALLEST)]);
        // Without HTTP of its own it gives the same answers by the app's.
        ends.push(shipped(&["--no-default-features", "--features", "supabase"]).map(drop));
        ends.push(tests(
            kotlin(&root().join("target").join("mobile"))?
                .args(["-Dtest=VectorTest#vectors*OkHttp,HostTest#who*told*", "-Dghostwren.without.http=true"]),
        ));
    }
    let failed: Vec<String> = ends.into_iter().filter_map(Result::err).collect();
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n")) }
}

/// Writes the generated Kotlin and Swift.
pub(crate) fn generate() -> Result<(), String> {
    let fresh = write_bindings()?;
    for (from, to) in GENERATED {
        let (from, to) = (fresh.join(from), package().join(to));
        fs::write(&to, tidy(&from)?).map_err(|error| format!("{}: {error}", to.display()))?;
    }
    Ok(())
}

/// Builds the library, and writes what the generator makes of it into a folder of its own.
fn write_bindings() -> Result<PathBuf, String> {
    build()?;
    let folder = root().join("target").join("mobile-work").join("generated");
    let _ = fs::remove_dir_all(&folder);
    let library =
        debug().join(format!("{}ghostwren_mobile{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX));
    let generator = debug().join(format!("uniffi-bindgen{}", std::env::consts::EXE_SUFFIX));
    run(Command::new(generator)
        .arg("generate")
        .arg(library)
        .args(["--language", "kotlin", "--language", "swift", "--no-format", "--out-dir"])
        .arg(&folder)
        .current_dir(root()))?;
    Ok(folder)
}

/// The text of a generated file as it is committed: without spaces at the ends of its lines.
fn tidy(path: &Path) -> Result<String, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    Ok(format!("{}\n", lines.join("\n").trim_end()))
}

fn compare(fresh: &Path) -> Result<(), String> {
    for (from, to) in GENERATED {
        let committed = package().join(to);
        let committed = fs::read_to_string(&committed).map_err(|error| format!("{}: {error}", committed.display()))?;
        if tidy(&fresh.join(from))? != committed {
            return Err(format!("bindings/mobile/{to} is not what the library says: cargo xtask gen"));
        }
    }
    Ok(())
}

/// The checks by parsers: the calls of `parity.toml` are in the Swift package, and what only Android compiles parses.
fn names() -> Result<Command, String> {
    let folder = root().join("target").join("mobile-work").join("names");
    let checks = package().join("swift").join("scripts");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for name in ["package.json", "package-lock.json", "check.mjs"] {
        fs::copy(checks.join(name), folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
    }
    // The parser comes built in its package; its scripts would fetch what is not needed.
    run(Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder))?;
    let mut check = Command::new("node");
    check.arg("check.mjs").arg(root()).current_dir(&folder);
    Ok(check)
}

/// What only Android has compiles, its test included, against the classes of the oldest Android that it is for. It runs on a
/// device alone (`android.yml`).
fn android() -> Result<(), String> {
    // Two calls: Maven looks for the classes of AndroidX before anything of the first is done.
    for words in [["-Pandroid-classes", "initialize"], ["-Pandroid", "test-compile"]] {
        run(Command::new("mvn")
            .args(["--quiet", "--batch-mode", "--no-transfer-progress"])
            .args(words)
            .current_dir(package().join("kotlin")))?;
    }
    Ok(())
}

/// The tests of the Kotlin package, with the library of a folder.
fn kotlin(library: &Path) -> Result<Command, String> {
    let mut tests = Command::new("mvn");
    tests
        .args(["--batch-mode", "--no-transfer-progress", "test"])
        .arg(format!("-Dghostwren.library={}", library.display()))
        .current_dir(package().join("kotlin"))
        .env("GHOSTWREN_SANDBOX", sandbox())
        .envs(shared_environment()?)
        .env_remove("OPENAI_API_KEY");
    Ok(tests)
}

/// Builds the library as it is shipped, and gives where it is.
fn shipped(features: &[&str]) -> Result<PathBuf, String> {
    run(cargo(&["build", "-p", "ghostwren-mobile", "--lib", "--profile", "mobile"]).args(features))?;
    let name = format!("{}ghostwren_mobile{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    Ok(root().join("target").join("mobile").join(name))
}

/// The library as it is shipped fits.
fn budget(features: &[&str], budget: u64) -> Result<(), String> {
    let library = shipped(features)?;
    let bytes = fs::metadata(&library).map_err(|error| format!("{}: {error}", library.display()))?.len();
    within(&format!("the stripped mobile library {}", features.join(" ")), bytes, budget)
}

/// And compressed. Packages of Android and npm are compressed by deflate.
fn packed() -> Result<(), String> {
    let library = shipped(&[])?;
    let gzip = Command::new("gzip").args(["-9", "--stdout"]).arg(&library).output();
    let gzip = gzip.map_err(|error| format!("gzip: {error}"))?;
    if !gzip.status.success() {
        return Err(format!("gzip: {}", String::from_utf8_lossy(&gzip.stderr)));
    }
    within("the mobile library, compressed", gzip.stdout.len() as u64, PACKED)
}

fn within(what: &str, bytes: u64, budget: u64) -> Result<(), String> {
    let what = what.trim_end();
    println!("{what}: {bytes} bytes, {:.2} MB", bytes as f64 / 1e6);
    if bytes > budget { Err(format!("{what} has {bytes} bytes, more than {budget}")) } else { Ok(()) }
}
