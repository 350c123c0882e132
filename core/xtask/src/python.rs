//! The Python package: built into a wheel, installed into a fresh environment, tested from there.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Totals, cargo, root, run, run_tests};
use crate::servers::shared_environment;

/// What the wheel is built with: `dist` where it is to be shipped or measured.
const PROFILE: &str = "GHOSTWREN_PROFILE";

pub(crate) fn test(totals: &mut Totals) -> Result<(), String> {
    let folder = root().join("target").join("python");
    let package = root().join("bindings").join("python");
    let python = environment(&folder, &package)?;
    run(Command::new(&python).arg(package.join("scripts").join("make_sync.py")).arg("--check"))?;
    let profile = std::env::var(PROFILE).unwrap_or_else(|_| "dev".to_owned());
    let wheel = wheel(&folder, &package, &python, &profile)?;
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--force-reinstall"])
        .arg(&wheel))?;
    // With the features that the tests of Rust are built with, so that nothing is built twice.
    run(&mut cargo(&["build", "-p", "ghostwren", "--all-features", "--bin", "ghostwren-sandbox"]))?;
    let sandbox =
        root().join("target").join("debug").join(format!("ghostwren-sandbox{}", std::env::consts::EXE_SUFFIX));
    let (more, end) = run_tests(
        Command::new(&python)
            .args(["-m", "pytest", "--timeout", "180", "-rs", "-m", if profile == "dist" { "" } else { "not shipped" }])
            .current_dir(&package)
            .env(PROFILE, &profile)
            .env("GHOSTWREN_WHEEL", &wheel)
            .env("GHOSTWREN_SANDBOX", sandbox)
            .envs(shared_environment()?)
            .env_remove("PYTHONPATH"),
    );
    *totals += more;
    end?;
    // The package as it is installed, and not its source: without `py.typed` in the wheel, nobody has its types.
    run(Command::new(&python)
        .args(["-m", "mypy", "--strict", "--config-file="])
        .arg(package.join("tests").join("typed_example.py"))
        .current_dir(&folder)
        .env_remove("MYPYPATH"))?;
    run(Command::new(&python).args(["-m", "mypy", "--strict", "python/ghostwren"]).current_dir(&package))?;
    // The stub of the native half is written by hand: it is held against the module.
    run(Command::new(&python).args(["-m", "mypy.stubtest", "ghostwren._native"]).current_dir(&folder))?;
    run(Command::new(&python).args(["-m", "pyright"]).current_dir(&package))
}

/// Writes `ghostwren.sync` from `ghostwren.aio`.
pub(crate) fn generate() -> Result<(), String> {
    let script = root().join("bindings").join("python").join("scripts").join("make_sync.py");
    run(Command::new("python3").arg(script))
}

/// A virtual environment with what the tests need; made anew when that changes.
fn environment(folder: &Path, package: &Path) -> Result<PathBuf, String> {
    let python = folder.join("venv").join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let needed = package.join("tests").join("requirements.txt");
    let wanted = std::fs::read_to_string(&needed).map_err(|error| format!("{}: {error}", needed.display()))?;
    let done = folder.join("installed");
    if std::fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder.join("venv")))?;
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
        .arg(&needed))?;
    std::fs::write(&done, wanted).map_err(|error| format!("{}: {error}", done.display()))?;
    Ok(python)
}

fn wheel(folder: &Path, package: &Path, python: &Path, profile: &str) -> Result<PathBuf, String> {
    let wheels = folder.join("wheels");
    let _ = std::fs::remove_dir_all(&wheels);
    run(Command::new(python)
        .args(["-m", "maturin", "build", "--quiet", "--profile", profile, "--compression-level", "9", "--out"])
        .arg(&wheels)
        .current_dir(package))?;
    let found = std::fs::read_dir(&wheels).map_err(|error| format!("{}: {error}", wheels.display()))?;
    let mut found = found.filter_map(Result::ok).map(|entry| entry.path());
    found
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or("no wheel was built".to_owned())
}
