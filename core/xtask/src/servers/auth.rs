//! The real Supabase Auth, for whoever has its program: none of the registries that the tests use gives it. It has a database
//! of its own, signs with ES256, and looks for X where a test starts its stand-in.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::free_port;
use super::postgres::Cluster;

/// Where its program is (`go build github.com/supabase/auth`).
const PROGRAM: &str = "GHOSTWREN_AUTH_PROGRAM";

/// The client that it is at X.
const CLIENT: (&str, &str) = ("real-auth", "only-on-loopback-and-only-for-tests");

pub(super) struct Auth {
    child: Child,
    port: u16,
    x: u16,
}

impl Auth {
    /// Starts it where its program was given.
    pub(super) fn start(folder: &Path, cluster: &Cluster) -> Result<Option<Self>, String> {
        let Some(program) = std::env::var_os(PROGRAM) else { return Ok(None) };
        cluster.sql("postgres", "create role supabase_auth_admin login createrole noinherit")?;
        cluster.sql("postgres", "create database auth owner supabase_auth_admin")?;
        cluster.sql(
            "auth",
            "create schema auth authorization supabase_auth_admin;
             alter role supabase_auth_admin in database auth set search_path = auth",
        )?;
        let (port, x) = (free_port()?, free_port()?);
        let here = format!("http://127.0.0.1:{port}");
        let log = folder.join("auth.log");
        let file = std::fs::File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let child = Command::new("sh")
            // It ends when this end of the pipe closes, also if this process is killed.
            .args(["-c", "\"$0\" <&- & child=$!; cat; kill $child"])
            .arg(&program)
            .current_dir(folder)
            .envs([
                ("GOTRUE_DB_DRIVER", "postgres"),
                ("DATABASE_URL", &cluster.url("supabase_auth_admin", "auth")),
                ("DB_NAMESPACE", "auth"),
                ("GOTRUE_API_HOST", "127.0.0.1"),
                ("PORT", &port.to_string()),
                ("API_EXTERNAL_URL", &here),
                ("GOTRUE_SITE_URL", "http://127.0.0.1:3000"),
                ("GOTRUE_URI_ALLOW_LIST", "http://127.0.0.1:*/**"),
                ("GOTRUE_JWT_SECRET", "only-on-loopback-and-only-for-tests-0123456789"),
                ("GOTRUE_JWT_KEYS", &format!("[{}]", key()?)),
                ("GOTRUE_JWT_EXP", "3600"),
                ("GOTRUE_JWT_AUD", "authenticated"),
                ("GOTRUE_JWT_DEFAULT_GROUP_NAME", "authenticated"),
                ("GOTRUE_JWT_ADMIN_ROLES", "service_role,supabase_admin"),
                ("GOTRUE_JWT_ISSUER", &here),
                ("GOTRUE_MAILER_AUTOCONFIRM", "true"),
                ("GOTRUE_SECURITY_REFRESH_TOKEN_REUSE_INTERVAL", "10"),
                ("GOTRUE_SECURITY_MANUAL_LINKING_ENABLED", "true"),
                ("GOTRUE_EXTERNAL_X_ENABLED", "true"),
                ("GOTRUE_EXTERNAL_X_CLIENT_ID", CLIENT.0),
                ("GOTRUE_EXTERNAL_X_SECRET", CLIENT.1),
                ("GOTRUE_EXTERNAL_X_REDIRECT_URI", &format!("{here}/callback")),
                ("GOTRUE_EXTERNAL_X_URL", &format!("http://127.0.0.1:{x}")),
                ("GOTRUE_EXTERNAL_X_EMAIL_OPTIONAL", "true"),
            ])
            .stdin(Stdio::piped())
            .stdout(file.try_clone().map_err(|error| error.to_string())?)
            .stderr(file)
            .spawn()
            .map_err(|error| format!("{}: {error}", Path::new(&program).display()))?;
        let auth = Self { child, port, x };
        let end = Instant::now() + Duration::from_secs(60);
        while Instant::now() < end {
            if auth.answers() {
                println!("Supabase Auth listens on {here}");
                return Ok(Some(auth));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(format!("Supabase Auth does not answer:\n{}", std::fs::read_to_string(log).unwrap_or_default()))
    }

    fn answers(&self) -> bool {
        let mut answer = [0; 12];
        TcpStream::connect(("127.0.0.1", self.port)).is_ok_and(|mut stream| {
            stream.write_all(b"GET /health HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n").is_ok()
                && stream.read_exact(&mut answer).is_ok()
                && answer.ends_with(b" 200")
        })
    }

    /// What the tests read.
    pub(super) fn environment(&self) -> [(&'static str, String); 4] {
        [
            ("GHOSTWREN_TEST_AUTH_URL", format!("http://127.0.0.1:{}", self.port)),
            ("GHOSTWREN_TEST_AUTH_X_PORT", self.x.to_string()),
            ("GHOSTWREN_TEST_AUTH_X_CLIENT", CLIENT.0.to_owned()),
            ("GHOSTWREN_TEST_AUTH_X_SECRET", CLIENT.1.to_owned()),
        ]
    }
}

impl Drop for Auth {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// A new key of ES256 as JWK.
fn key() -> Result<String, String> {
    let script = "const { privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const uses = { alg: 'ES256', kid: crypto.randomUUID(), key_ops: ['sign', 'verify'] };
        console.log(JSON.stringify({ ...privateKey.export({ format: 'jwk' }), ...uses }))";
    let output = Command::new("node").args(["-e", script]).output().map_err(|error| format!("node: {error}"))?;
    let key = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if key.is_empty() { Err(String::from_utf8_lossy(&output.stderr).into_owned()) } else { Ok(key) }
}
