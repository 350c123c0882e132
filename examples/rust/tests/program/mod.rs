//! The built quickstart.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test uses a part of it")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// The program, run in this folder, with no key.
pub fn quickstart(folder: &Path) -> Command {
    // Cargo builds the examples of a package before it runs its tests: target/PROFILE/deps/this, target/PROFILE/examples.
    let profile: PathBuf = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().into();
    let mut command =
        Command::new(profile.join("examples").join(format!("quickstart{}", std::env::consts::EXE_SUFFIX)));
    command.current_dir(folder);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if ["OPENAI_", "GHOSTWREN_", "TWITTER_", "SUPABASE_"].iter().any(|ours| text.starts_with(ours)) {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs it and reads the one JSON object that it prints.
pub fn json(command: &mut Command) -> serde_json::Value {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
