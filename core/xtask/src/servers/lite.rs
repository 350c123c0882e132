//! `@supabase/lite`: PostgREST's protocol, Auth and Storage in one program of Node.js.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::free_port;
use crate::run::run;

/// The keys that the server was set up with.
pub(super) struct Keys {
    pub(super) publishable: String,
    pub(super) secret: String,
    pub(super) jwt_secret: String,
}

pub(super) struct Lite {
    packages: PathBuf,
    folder: PathBuf,
    port: u16,
    provider: u16,
    keys: Keys,
    child: Option<Child>,
}

impl Lite {
    /// Sets a project up in `folder` and starts its server over the database.
    pub(super) fn start(packages: &Path, folder: &Path, database: &str) -> Result<Self, String> {
        let folder = folder.join("lite");
        let io = |error: std::io::Error| format!("{}: {error}", folder.display());
        std::fs::create_dir_all(folder.join("supabase")).map_err(io)?;
        run(node(packages, &folder, &["generate-keys"]).stdout(Stdio::null()))?;
        let written = std::fs::read_to_string(folder.join(".env")).map_err(io)?;
        let key = |name: &str| {
            let line = written.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.map(ToOwned::to_owned).ok_or_else(|| format!("{name} is missing"))
        };
        let keys = Keys {
            publishable: key("SUPABASE_PUBLISHABLE_KEY")?,
            secret: key("SUPABASE_SECRET_KEY")?,
            jwt_secret: "only-on-loopback-and-only-for-tests-0123456789".to_owned(),
        };
        let (port, provider) = (free_port()?, free_port()?);
        let config = include_str!("lite.toml")
            .replace("{port}", &port.to_string())
            .replace("{provider}", &provider.to_string())
            .replace("{database}", database)
            .replace("{jwt_secret}", &keys.jwt_secret);
        std::fs::write(folder.join("supabase/config.toml"), config).map_err(io)?;
        let mut lite = Self { packages: packages.to_owned(), folder, port, provider, keys, child: None };
        lite.restart()?;
        Ok(lite)
    }

    /// Starts the server anew.
    pub(super) fn restart(&mut self) -> Result<(), String> {
        self.stop();
        let log = self.folder.join("log");
        let file = std::fs::File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let mut command = node(&self.packages, &self.folder, &["start", "--no-admin"]);
        let child = command
            // The program ends when this end of the pipe closes, also if this process is killed.
            .stdin(Stdio::piped())
            .stdout(file.try_clone().map_err(|error| error.to_string())?)
            .stderr(file)
            .spawn()
            .map_err(|error| format!("node does not start: {error}"))?;
        self.child = Some(child);
        let end = Instant::now() + Duration::from_secs(60);
        while Instant::now() < end {
            let ready = status(self.port, &self.keys.publishable, "GET", "/auth/v1/settings");
            if ready.is_ok_and(|status| status == "200") {
                println!("Supabase listens on {}", self.url());
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(format!("@supabase/lite does not answer:\n{}", std::fs::read_to_string(log).unwrap_or_default()))
    }

    /// Sends a request with the publishable key, whatever comes of it.
    pub(super) fn request(&self, method: &str, path: &str) -> Result<(), String> {
        let sent = status(self.port, &self.keys.publishable, method, path);
        sent.map(|_| ()).map_err(|error| format!("{method} {path}: {error}"))
    }

    pub(super) fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where it looks for the provider `github`: a test listens there.
    pub(super) fn provider_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.provider)
    }
}

impl Drop for Lite {
    fn drop(&mut self) {
        self.stop();
    }
}

fn node(packages: &Path, folder: &Path, arguments: &[&str]) -> Command {
    let mut node = Command::new("node");
    node.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/servers/lite.mjs"))
        .arg(packages.join("node_modules/@supabase/lite/dist/cli/index.js"))
        .args(arguments)
        .current_dir(folder)
        // It reports to its makers unless told not to.
        .envs([("LITE_TELEMETRY", "0"), ("DO_NOT_TRACK", "1"), ("EXPERIMENTAL_STORAGE", "1")]);
    node
}

/// The status of the answer to a request with the publishable key.
fn status(port: u16, key: &str, method: &str, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1\r\napikey: {key}\r\nAccept-Profile: ghostwren\r\n\r\n"
    )?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).chars().skip(9).collect())
}
