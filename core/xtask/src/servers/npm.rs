//! The servers that come from npm, in versions that `packages.json` names.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::run;

const MANIFEST: &str = include_str!("packages.json");

/// Installs into `folder` what is not there yet; gives the folder with `node_modules`.
pub(super) fn install(folder: &Path) -> Result<PathBuf, String> {
    let folder = folder.join("npm");
    let done = folder.join("installed");
    if std::fs::read_to_string(&done).is_ok_and(|manifest| manifest == MANIFEST) {
        return Ok(folder);
    }
    let put = |name: &str| {
        let path = folder.join(name);
        std::fs::write(&path, MANIFEST).map_err(|error| format!("{}: {error}", path.display()))
    };
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    put("package.json")?;
    // No script of a package is run: none of these needs one.
    run(Command::new("npm").args(["install", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder))?;
    put("installed")?;
    Ok(folder)
}
