//! Databases of the cluster that `cargo xtask test supabase` starts, spoken to through `psql`: each statement list is a
//! connection of its own.

use std::io::Write as _;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// The address of the cluster, with the superuser and without a database.
const CLUSTER: &str = "GHOSTWREN_TEST_POSTGRES_CLUSTER";

/// A new database; it is dropped first where an earlier run left it.
#[derive(Clone, Debug)]
pub struct Database {
    url: String,
}

impl Database {
    /// A copy of `plain` (all migrations) or of `bare` (none).
    pub fn copy_of(template: &str, name: &str) -> Self {
        let cluster = std::env::var(CLUSTER).unwrap_or_else(|_| panic!("no servers: run `cargo xtask test supabase`"));
        let maintenance = Self { url: format!("{cluster}postgres") };
        maintenance.sql(&format!("drop database if exists {name}"));
        maintenance.sql(&format!("create database {name} template {template} owner postgres"));
        Self { url: format!("{cluster}{name}") }
    }

    /// The address for this role of the server.
    pub fn url_as(&self, role: &str) -> String {
        self.url.replace("supabase_admin@", &format!("{role}@"))
    }

    /// Runs statements; gives what they print.
    pub fn sql(&self, sql: &str) -> String {
        self.try_sql(sql).unwrap_or_else(|error| panic!("{error}\nin: {sql}"))
    }

    /// Runs statements; gives what they print, or the first error.
    pub fn try_sql(&self, sql: &str) -> Result<String, String> {
        finish(self.begin(sql))
    }

    /// Runs statements as another user of the server.
    pub fn try_sql_as(&self, user: &str, sql: &str) -> Result<String, String> {
        finish(begin(&self.url_as(user), sql))
    }

    /// Begins to run statements, on a connection of their own.
    pub fn begin(&self, sql: &str) -> Child {
        begin(&self.url, sql)
    }

    /// Runs files as the role that applies migrations, in one transaction.
    pub fn migrate(&self, files: &[std::path::PathBuf]) {
        let mut psql = psql(&self.url_as("postgres"));
        psql.arg("-1").args(files.iter().flat_map(|file| [std::ffi::OsStr::new("-f"), file.as_os_str()]));
        let output = psql.output().unwrap();
        assert!(output.status.success(), "{}", errors(&output));
    }

    /// What a function gives to a user.
    pub fn call(&self, user: u32, call: &str) -> Result<Value, String> {
        let printed = self.try_sql(&as_user(user, call))?;
        Ok(serde_json::from_str(&printed).unwrap_or(Value::String(printed)))
    }

    /// Calls that begin at the same moment, each on a connection of its own.
    pub fn at_once(&self, calls: impl IntoIterator<Item = String>) -> Vec<Result<String, String>> {
        let start = self.sql("select clock_timestamp() + interval '0.7 seconds'");
        let wait = format!(
            "do $$ begin perform pg_sleep(extract(epoch from timestamptz '{start}' - clock_timestamp())); end $$;\n"
        );
        let running: Vec<Child> = calls.into_iter().map(|call| self.begin(&format!("{wait}{call}"))).collect();
        running.into_iter().map(finish).collect()
    }
}

/// The id of a user of the tests.
pub fn user(n: u32) -> String {
    format!("{n:08}-0000-4000-8000-000000000000")
}

/// The statements by which a connection becomes a user, as PostgREST does it.
pub fn become_user(n: u32) -> String {
    let user = user(n);
    format!(
        "do $$ begin perform set_config('request.jwt.claim.sub', '{user}', false), \
         set_config('request.jwt.claims', '{{\"sub\": \"{user}\", \"role\": \"authenticated\"}}', false); end $$;\n\
         set role authenticated;"
    )
}

/// The statements that call a function as a user.
pub fn as_user(n: u32, call: &str) -> String {
    format!("{}\nselect ghostwren.{call};", become_user(n))
}

/// The statement that calls a function with the secret key.
pub fn as_secret(call: &str) -> String {
    format!("set role service_role;\nselect ghostwren.{call};")
}

fn psql(url: &str) -> Command {
    let mut psql = Command::new("psql");
    psql.arg(url)
        .args(["-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1"])
        .env("PGOPTIONS", "-c client_min_messages=warning");
    psql
}

fn begin(url: &str, sql: &str) -> Child {
    let mut child =
        psql(url).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("psql starts");
    // One that ends early says why itself.
    let _ = child.stdin.take().unwrap().write_all(sql.as_bytes());
    child
}

fn finish(child: Child) -> Result<String, String> {
    let output = child.wait_with_output().unwrap();
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout).unwrap().trim().to_owned());
    }
    Err(errors(&output))
}

/// The message of the first error: of ours, its code.
fn errors(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    text.split_once("ERROR:")
        .map_or_else(|| text.to_string(), |(_, rest)| rest.trim().lines().next().unwrap_or_default().to_owned())
}

pub fn migrations() -> Vec<std::path::PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/supabase/migrations");
    let mut files: Vec<std::path::PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 10);
    files
}
