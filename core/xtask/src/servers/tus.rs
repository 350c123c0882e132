//! `@tus/server`: resumable uploads, which `@supabase/lite` does not have.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

pub(super) struct Tus {
    child: Child,
    url: String,
}

impl Tus {
    pub(super) fn start(packages: &Path, folder: &Path) -> Result<Self, String> {
        let folder = folder.join("tus");
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let mut child = Command::new("node")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/servers/tus.mjs"))
            .arg(packages)
            .arg(&folder)
            // The program ends when this end of the pipe closes, also if this process is killed.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("node does not start: {error}"))?;
        let output = child.stdout.take().ok_or("the tus server has no output")?;
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some(url) = line.strip_prefix("listening ") {
                println!("tus listens on {url}");
                return Ok(Self { url: url.to_owned(), child });
            }
        }
        let _ = child.wait();
        Err("the tus server ended before it listened".to_owned())
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Tus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
