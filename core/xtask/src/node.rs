//! The npm package: built, packed, installed into an empty folder from the packed files, tested from there.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use crate::run::{Totals, cargo, root, run, run_tests};
use crate::servers::{files, shared_environment};

/// What the addon is built with: `dist` where it is to be shipped or measured.
const PROFILE: &str = "GHOSTWREN_PROFILE";

pub(crate) fn test(totals: &mut Totals) -> Result<(), String> {
    let (folder, package) = (folder(), package());
    let profile = std::env::var(PROFILE).unwrap_or_else(|_| "dev".to_owned());
    let packed = packed(&folder, &package, &profile)?;
    let app = install(&folder, &package, &packed)?;
    // With the features that the tests of Rust are built with, so that nothing is built twice.
    run(&mut cargo(&["build", "-p", "ghostwren", "--all-features", "--bin", "ghostwren-sandbox"]))?;
    let sandbox =
        root().join("target").join("debug").join(format!("ghostwren-sandbox{}", std::env::consts::EXE_SUFFIX));
    let tests = files(&app.join("tests"), ".test.mjs")?;
    let (more, end) = run_tests(
        Command::new("node")
            .args(["--expose-gc", "--test", "--test-timeout", "180000", "--test-reporter", "spec"])
            .args(["--test-concurrency", "1"])
            .args(tests)
            .current_dir(&app)
            .env(PROFILE, &profile)
            .env("GHOSTWREN_ROOT", root())
            .env("GHOSTWREN_SANDBOX", sandbox)
            .env("GHOSTWREN_PACKED", packed.join("\n"))
            .envs(shared_environment()?)
            .env_remove("NODE_PATH"),
    );
    *totals += more;
    let [main, ..] = packed.as_slice() else { return Err("nothing was packed".to_owned()) };
    let ends = [
        end,
        run(tool(&package, "typescript/bin/tsc").args(["-p", "tests/types"]).current_dir(&app)),
        run(tool(&package, "publint/src/cli.js").args(["run", main, "--strict"])),
        run(tool(&package, "@arethetypeswrong/cli/dist/index.js").args([main, "--format", "ascii"])),
    ];
    let failed: Vec<String> = ends.into_iter().filter_map(Result::err).collect();
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n")) }
}

/// Packs the package for this machine as it is shipped, and says how an app takes it.
pub(crate) fn pack() -> Result<(), String> {
    let profile = std::env::var(PROFILE).unwrap_or_else(|_| "dist".to_owned());
    let packed = packed(&folder(), &package(), &profile)?;
    let packed = packed.join(" ");
    println!("\nin the folder of your app:\n\n    npm install {packed}");
    println!("\nfor examples/node, in the checkout:\n\n    npm install --no-save --prefix examples/node {packed}");
    Ok(())
}

/// Writes `native.d.ts` from the addon.
pub(crate) fn generate() -> Result<(), String> {
    let (folder, package) = (folder(), package());
    tools(&package)?;
    addon(&folder, "dev")?;
    run(node(&package, "types.mjs").arg(types(&folder)))
}

fn folder() -> PathBuf {
    root().join("target").join("node")
}

fn package() -> PathBuf {
    root().join("bindings").join("node")
}

/// Where `#[napi]` writes down what it made while the addon is compiled.
fn types(folder: &Path) -> PathBuf {
    folder.join("types")
}

fn node(package: &Path, script: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(package.join("scripts").join(script));
    command
}

/// A program of the packages that the build needs.
fn tool(package: &Path, program: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(package.join("node_modules").join(program));
    command
}

fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// Installs what the build needs, anew when that changes.
fn tools(package: &Path) -> Result<(), String> {
    let manifest = package.join("package.json");
    let wanted = std::fs::read_to_string(&manifest).map_err(|error| format!("{}: {error}", manifest.display()))?;
    let done = package.join("node_modules").join(".installed");
    if std::fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    // No script of a package is run: none of these needs one.
    run(npm()
        .args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"])
        .current_dir(package))?;
    std::fs::write(&done, wanted).map_err(|error| format!("{}: {error}", done.display()))
}

/// Builds the addon, and with it the description of its types.
fn addon(folder: &Path, profile: &str) -> Result<PathBuf, String> {
    let types = types(folder);
    std::fs::create_dir_all(&types).map_err(|error| format!("{}: {error}", types.display()))?;
    if !types.join("ghostwren-node").exists() {
        // Compiled before without a word about its types: compile it again.
        let source = package().join("src").join("lib.rs");
        let touched = std::fs::File::options().append(true).open(&source);
        touched
            .and_then(|file| file.set_modified(SystemTime::now()))
            .map_err(|error| format!("{}: {error}", source.display()))?;
    }
    run(cargo(&["build", "-p", "ghostwren-node", "--profile", profile]).env("NAPI_TYPE_DEF_TMP_FOLDER", &types))?;
    let name = format!("{}ghostwren_node{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    Ok(root().join("target").join(if profile == "dev" { "debug" } else { profile }).join(name))
}

/// Node's name for this platform.
fn platform() -> String {
    let os = match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    let cpu = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    let abi = match os {
        "linux" if cfg!(target_env = "musl") => "-musl",
        "linux" => "-gnu",
        "win32" => "-msvc",
        _ => "",
    };
    format!("{os}-{cpu}{abi}")
}

/// The tarballs: the package's, then the platform's.
fn packed(folder: &Path, package: &Path, profile: &str) -> Result<Vec<String>, String> {
    tools(package)?;
    let addon = addon(folder, profile)?;
    run(node(package, "types.mjs").arg(types(folder)).arg("--check"))?;
    run(&mut node(package, "build.mjs"))?;
    let out = folder.join("packed");
    let _ = std::fs::remove_dir_all(&out);
    let packed = node(package, "pack.mjs")
        .arg(&out)
        .arg(format!("{}={}", platform(), addon.display()))
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("pack.mjs: {error}"))?;
    if !packed.status.success() {
        return Err(format!("pack.mjs: {}", packed.status));
    }
    Ok(String::from_utf8_lossy(&packed.stdout).lines().map(str::to_owned).collect())
}

/// An empty folder with the packed files installed, and what is to be run there.
fn install(folder: &Path, package: &Path, packed: &[String]) -> Result<PathBuf, String> {
    let app = folder.join("app");
    let _ = std::fs::remove_dir_all(&app);
    std::fs::create_dir_all(&app).map_err(failed(&app))?;
    std::fs::write(app.join("package.json"), "{ \"private\": true }\n").map_err(failed(&app))?;
    // Without a network: the packages of other platforms are not missed.
    run(npm()
        .args(["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"])
        .args(packed)
        .current_dir(&app))?;
    copy(&package.join("tests"), &app.join("tests"))?;
    copy(&root().join("examples").join("node"), &app.join("examples"))?;
    // What the examples and the tests of types need beside it.
    for name in ["express", "typescript", "@types/node"] {
        let (from, to) = (package.join("node_modules").join(name), app.join("node_modules").join(name));
        std::fs::create_dir_all(to.parent().unwrap_or(&app)).map_err(failed(&to))?;
        link(&from, &to).map_err(failed(&to))?;
    }
    Ok(app)
}

fn failed(what: &Path) -> impl Fn(std::io::Error) -> String + '_ {
    move |error| format!("{}: {error}", what.display())
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(from, to)
}

#[cfg(windows)]
fn link(from: &Path, to: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_dir(from, to)
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    std::fs::create_dir_all(to).map_err(failed(to))?;
    for entry in std::fs::read_dir(from).map_err(failed(from))?.filter_map(Result::ok) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target).map_err(failed(&target))?;
        }
    }
    Ok(())
}
