//! `cargo xtask footprint`: what an application pays for taking Ghostwren in. A small crate that uses all of it, with default
//! features, is written into `target/footprint` and built by itself: the number of crates, the time of a clean release build,
//! and the size of the program as it is shipped.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::run::{cargo, root, run};

const PROGRAM: &str = include_str!("../footprint/main.rs");

/// Measures; with `--check` only shows that the program still compiles.
pub(crate) fn measure(options: &[&str]) -> Result<(), String> {
    let check = match options {
        [] => false,
        ["--check"] => true,
        _ => return Err("usage: cargo xtask footprint [--check]".to_owned()),
    };
    let folder = root().join("target").join("footprint");
    write_crate(&folder)?;
    if check {
        // In the workspace's own folder, with its profile: what was compiled there for the core is not compiled again.
        return run(cargo_in(&folder, &["check"]).env("CARGO_TARGET_DIR", root().join("target")));
    }
    let crates = crates(&folder)?;
    // From nothing: the folder of its build is its own.
    let built = folder.join("target");
    if built.exists() {
        fs::remove_dir_all(&built).map_err(|error| format!("{}: {error}", built.display()))?;
    }
    let began = Instant::now();
    run(&mut as_an_application(&folder, &["build", "--release"]))?;
    let seconds = began.elapsed().as_secs_f64();
    run(&mut as_an_application(&folder, &["build", "--profile", "dist"]))?;
    let program = built.join("dist").join(format!("footprint{}", std::env::consts::EXE_SUFFIX));
    let bytes = fs::metadata(&program).map_err(|error| format!("{}: {error}", program.display()))?.len();
    println!("crates beside its own: {}", crates.len());
    println!("clean release build: {seconds:.1} s");
    println!("stripped program (profile dist): {bytes} bytes, {:.2} MB", bytes as f64 / 1e6);
    Ok(())
}

/// The crate, with the profiles and the locked versions of the workspace.
fn write_crate(folder: &Path) -> Result<(), String> {
    let workspace = read(&root().join("Cargo.toml"))?;
    let manifest = manifest(&root().join("core"), &workspace)?;
    fs::create_dir_all(folder.join("src")).map_err(|error| format!("{}: {error}", folder.display()))?;
    write(&folder.join("Cargo.toml"), &manifest)?;
    write(&folder.join("Cargo.lock"), &read(&root().join("Cargo.lock"))?)?;
    write(&folder.join("src").join("main.rs"), PROGRAM)
}

fn manifest(core: &Path, workspace: &str) -> Result<String, String> {
    let tokio = line_of(workspace, "tokio = ")?;
    let version = tokio.split('"').nth(1).ok_or("the workspace's line of tokio has no version")?;
    // JSON writes a string as TOML does.
    let core = format!("{:?}", core.display().to_string());
    Ok(format!(
        "[package]\nname = \"footprint\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [dependencies]\nghostwren = {{ path = {core} }}\ntokio = {{ version = \"{version}\", features = [\"rt\", \"macros\"] }}\n\n\
         [workspace]\n\n{}\n{}\n{}",
        dev_profile(workspace)?,
        section(workspace, "[profile.release]")?,
        section(workspace, "[profile.dist]")?
    ))
}

/// A table of a TOML file, from its head to the next one, without comments.
fn section(toml: &str, head: &str) -> Result<String, String> {
    let mut lines = toml.lines().skip_while(|line| *line != head).filter(|line| !line.starts_with('#'));
    let first = lines.next().ok_or_else(|| format!("Cargo.toml has no {head}"))?;
    let rest: String = lines.take_while(|line| !line.starts_with('[')).map(|line| format!("{line}\n")).collect();
    Ok(format!("{first}\n{}\n", rest.trim_end()))
}

/// What tests are built with, in all its tables.
fn dev_profile(toml: &str) -> Result<String, String> {
    let heads = toml.lines().filter(|line| *line == "[profile.dev]" || line.starts_with("[profile.dev.package."));
    heads.map(|head| section(toml, head)).collect::<Result<Vec<_>, _>>().map(|tables| tables.join("\n"))
}

fn line_of<'a>(toml: &'a str, start: &str) -> Result<&'a str, String> {
    toml.lines().find(|line| line.starts_with(start)).ok_or_else(|| format!("Cargo.toml has no line {start}…"))
}

/// The crates that are linked or run while it is built, each version once, without the program itself.
fn crates(folder: &Path) -> Result<BTreeSet<String>, String> {
    let mut tree = cargo_in(folder, &["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    let output = tree.stdout(Stdio::piped()).output().map_err(|error| format!("cargo tree: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(unique(&String::from_utf8_lossy(&output.stdout)))
}

/// Name and version of each line such as `serde v1.0.229 (proc-macro)`.
fn unique(tree: &str) -> BTreeSet<String> {
    tree.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some(format!("{} {}", words.next()?, words.next()?))
        })
        .filter(|name| !name.starts_with("footprint "))
        .collect()
}

/// A `cargo` that builds into the crate's own folder, whatever the environment says.
fn cargo_in(folder: &Path, args: &[&str]) -> Command {
    let mut command = cargo(args);
    let target: PathBuf = folder.join("target");
    command.current_dir(folder).env("CARGO_TARGET_DIR", target).env_remove("RUSTFLAGS");
    command
}

/// As [`cargo_in`], with the SQLite that an application gets: `.cargo/config.toml` makes that of the packages smaller.
fn as_an_application(folder: &Path, args: &[&str]) -> Command {
    let mut command = cargo_in(folder, args);
    command.env("LIBSQLITE3_FLAGS", "");
    command
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_has_the_profiles_of_the_workspace() {
        let workspace = "tokio = { version = \"1.2.3\", features = [] }\n\n[profile.dev]\ndebug = 1\n\n\
                         [profile.dev.package.ring]\nopt-level = 2\n\n[profile.release]\nlto = \"thin\"\n\n\
                         # What ships.\n[profile.dist]\ninherits = \"release\"\nstrip = \"symbols\"\n\n[other]\nx = 1\n";
        let manifest = manifest(Path::new("/a \"b\"/core"), workspace).unwrap();
        assert!(manifest.contains("ghostwren = { path = \"/a \\\"b\\\"/core\" }"), "{manifest}");
        assert!(manifest.contains("tokio = { version = \"1.2.3\", features = [\"rt\", \"macros\"] }"), "{manifest}");
        let profiles = "[workspace]\n\n[profile.dev]\ndebug = 1\n\n[profile.dev.package.ring]\nopt-level = 2\n\n\
                        [profile.release]\nlto = \"thin\"\n\n[profile.dist]\ninherits = \"release\"\nstrip = \"symbols\"\n";
        assert!(manifest.ends_with(profiles), "{manifest}");
        assert!(super::manifest(Path::new("core"), "tokio = \"1\"").is_err());
    }

    #[test]
    fn each_version_of_a_crate_counts_once() {
        let tree = "footprint v0.0.0 (/x)\nghostwren v0.1.0 (/y)\nserde v1.0.1\nserde_derive v1.0.1 (proc-macro)\n\
                    serde v1.0.1 (*)\nserde v2.0.0\n\n";
        assert_eq!(
            unique(tree).into_iter().collect::<Vec<_>>(),
            ["ghostwren v0.1.0", "serde v1.0.1", "serde v2.0.0", "serde_derive v1.0.1"]
        );
    }
}
