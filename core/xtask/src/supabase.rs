//! `cargo xtask supabase up`: the real servers for developers, kept until Ctrl-C.

use std::path::Path;

use crate::servers::{self, Servers};

/// Starts the servers, writes where they are and stays. With a file, the lines go there, and that it exists means that
/// all of them answer.
pub(crate) fn up(file: Option<&str>) -> Result<(), String> {
    let servers = Servers::start()?;
    let lines: String = servers
        .project()
        .iter()
        .chain(&servers.environment())
        .map(|(name, value)| format!("export {name}='{value}'\n"))
        .collect();
    match file {
        Some(file) => std::fs::write(file, &lines).map_err(|error| format!("{file}: {error}"))?,
        None => println!("\n{lines}"),
    }
    println!("Ctrl-C stops all of them.");
    loop {
        // The servers end with this process: their guards see the pipes close.
        std::thread::park();
    }
}

/// Stops or starts PostgreSQL under the servers that `up` keeps running.
pub(crate) fn postgres(what: &str) -> Result<(), String> {
    let folder = std::env::var("GHOSTWREN_TEST_SERVERS").map_err(|_| "GHOSTWREN_TEST_SERVERS is not set".to_owned())?;
    servers::control_running(Path::new(&folder), what)
}
