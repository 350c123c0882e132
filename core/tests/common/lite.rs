//! A `@supabase/lite` of a test's own, over a database of its own: what is broken there concerns nobody else.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::postgres::{Database, migrations};
use super::supabase::Servers;

/// Ends with its test: the program ends when its standard input does.
pub struct Lite {
    pub url: String,
    _folder: TempDir,
    _child: Child,
}

/// The workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The npm packages of the servers.
pub fn packages() -> PathBuf {
    root().join("target/servers/npm/node_modules")
}

impl Lite {
    /// Starts one that exposes these schemas, with the keys of the shared one. The database is left as a real project is:
    /// the server grants every role everything with its first request.
    pub async fn start(servers: &Servers, database: &Database, schemas: &[&str]) -> Self {
        let lite = Self::start_bare(servers, database, schemas).await;
        // From the one that says who may do what.
        let migrations = migrations();
        database.migrate(&migrations[2..]);
        database.sql("revoke all on schema ghostwren_private from authenticated");
        lite
    }

    /// As [`start`](Self::start), and the rights are as the server leaves them.
    pub async fn start_bare(servers: &Servers, database: &Database, schemas: &[&str]) -> Self {
        let shared = PathBuf::from(std::env::var("GHOSTWREN_TEST_SERVERS").unwrap()).join("lite");
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("supabase")).unwrap();
        std::fs::copy(shared.join(".env"), folder.path().join(".env")).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = std::fs::read_to_string(shared.join("supabase/config.toml")).unwrap();
        let config = config
            .replace(servers.url.rsplit(':').next().unwrap(), &port.to_string())
            .replace(r#"["public", "ghostwren"]"#, &format!("{schemas:?}"))
            .replace(&servers.postgres, &database.url_as("supabase_admin"));
        assert!(config.contains(&format!("port = {port}")) && config.contains(&format!("{schemas:?}")), "{config}");
        std::fs::write(folder.path().join("supabase/config.toml"), config).unwrap();
        let child = Command::new("node")
            .arg(root().join("core/xtask/src/servers/lite.mjs"))
            .arg(packages().join("@supabase/lite/dist/cli/index.js"))
            .args(["start", "--no-admin"])
            .current_dir(folder.path())
            .envs([("LITE_TELEMETRY", "0"), ("DO_NOT_TRACK", "1"), ("EXPERIMENTAL_STORAGE", "1")])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lite = Self { url: format!("http://127.0.0.1:{port}"), _folder: folder, _child: child };
        for _ in 0..600 {
            if lite.get(port, servers, "/auth/v1/settings").await {
                lite.get(port, servers, "/rest/v1/accounts?limit=1").await;
                return lite;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("@supabase/lite does not answer");
    }

    async fn get(&self, port: u16, servers: &Servers, path: &str) -> bool {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)).await else { return false };
        let head = format!(
            "GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\napikey: {}\r\nAccept-Profile: ghostwren\r\n\r\n",
            servers.publishable
        );
        let mut answer = Vec::new();
        stream.write_all(head.as_bytes()).await.is_ok()
            && stream.read_to_end(&mut answer).await.is_ok()
            && answer.starts_with(b"HTTP/1.1 200")
    }
}
