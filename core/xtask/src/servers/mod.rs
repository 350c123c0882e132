//! The real servers that the tests of the Supabase parts speak to: PostgreSQL, `@supabase/lite` (PostgREST's protocol,
//! Auth and Storage) and `@tus/server`, with the migrations applied by the Supabase CLI. All of them listen on free ports
//! of 127.0.0.1, keep their files in one temporary folder, and end with this process, also when it is killed.

mod auth;
mod lite;
mod npm;
mod postgres;
mod tus;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use self::auth::Auth;
use self::lite::Lite;
pub(crate) use self::postgres::{Cluster, control_running};
use self::tus::Tus;
use crate::run::{root, run};

/// Roles and extensions that a new project of Supabase has before the first migration.
const BOOTSTRAP: &str = include_str!("bootstrap.sql");

/// The migration that says who may do what; it may be run again, as those after it, which say more.
const ACCESS: &str = "20261125000003_access.sql";

/// The owner of the public roles: on the hosted platform `postgres` is no superuser either.
const MIGRATOR: &str = "postgres";

/// The servers that the tests of all languages share; started by the first of them.
static SHARED: Mutex<Option<Servers>> = Mutex::new(None);

/// Whether this system has the servers: their packages are Debian's and Ubuntu's.
pub(crate) const HERE: bool = cfg!(target_os = "linux");

/// The environment of tests that need the servers, which run from then on until [`stop_shared`]. Nothing where there can be
/// none: such tests are skipped there.
pub(crate) fn shared_environment() -> Result<Vec<(&'static str, String)>, String> {
    if !HERE {
        return Ok(Vec::new());
    }
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    let servers = match shared.take() {
        Some(servers) => servers,
        None => Servers::start()?,
    };
    Ok(shared.insert(servers).environment())
}

/// Stops what [`shared_environment`] started.
pub(crate) fn stop_shared() {
    drop(SHARED.lock().unwrap_or_else(PoisonError::into_inner).take());
}

pub(crate) struct Servers {
    // In the order in which they are stopped.
    lite: Lite,
    tus: Tus,
    auth: Option<Auth>,
    cluster: Cluster,
    packages: PathBuf,
    folder: Folder,
}

impl Servers {
    /// Installs what is missing, starts everything and applies the migrations.
    pub(crate) fn start() -> Result<Self, String> {
        let packages = npm::install(&root().join("target").join("servers"))?;
        let folder = Folder::new()?;
        let cluster = Cluster::start(&folder.path)?;
        cluster.sql("postgres", BOOTSTRAP)?;
        cluster.sql("postgres", "create database app owner postgres")?;
        let mut lite = Lite::start(&packages, &folder.path, &cluster.url("supabase_admin", "app"))?;
        let tus = Tus::start(&packages, &folder.path)?;
        // On the hosted platform a migration may make policies on the objects.
        cluster.sql(
            "app",
            "drop schema supabase_migrations cascade;
             alter table storage.objects owner to supabase_storage_admin;
             alter table storage.buckets owner to supabase_storage_admin;
             grant usage on schema storage to supabase_storage_admin;
             grant usage on schema auth, storage to postgres, anon, authenticated, service_role;
             grant all on all tables in schema storage to postgres, anon, authenticated, service_role;",
        )?;
        // A copy without our migrations, and one with them that nothing else writes to. A database is copied while
        // nobody is connected to it.
        lite.stop();
        cluster.sql("postgres", "create database bare template app owner postgres")?;
        push(&packages, &cluster.url(MIGRATOR, "app"))?;
        cluster.sql("postgres", "create database plain template app owner postgres")?;
        // Tables of an app, for the tests of the clients.
        let fixtures = root().join("core/tests/supabase");
        if fixtures.is_dir() {
            for file in files(&fixtures, ".sql")? {
                run(cluster.psql("app").arg("-f").arg(file))?;
            }
        }
        // It reads the schema's functions once, when it starts.
        lite.restart()?;
        // With its first request it grants every role everything on each schema that has row-level security. The real
        // server grants nothing: what a role may do is set again as the migrations have it.
        lite.request("GET", "/rest/v1/accounts?limit=1")?;
        let migrations = files(&root().join("core/supabase/migrations"), ".sql")?;
        let since = migrations.into_iter().skip_while(|file| !file.ends_with(ACCESS));
        run(cluster.psql("app").args(since.flat_map(|file| ["-f".into(), file.into_os_string()])))?;
        cluster.sql("app", "revoke all on schema ghostwren_private from authenticated")?;
        let auth = Auth::start(&folder.path, &cluster)?;
        Ok(Self { lite, tus, auth, cluster, packages, folder })
    }

    /// The project as a program finds it in its environment.
    pub(crate) fn project(&self) -> Vec<(&'static str, String)> {
        let keys = self.lite.keys();
        vec![
            ("SUPABASE_URL", self.lite.url()),
            ("SUPABASE_PUBLISHABLE_KEY", keys.publishable.clone()),
            ("SUPABASE_SECRET_KEY", keys.secret.clone()),
        ]
    }

    /// What the tests read, by name; `docs/architecture.md` explains each.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let keys = self.lite.keys();
        let mut all = vec![
            ("GHOSTWREN_TEST_SUPABASE_URL", self.lite.url()),
            ("GHOSTWREN_TEST_SUPABASE_PUBLISHABLE_KEY", keys.publishable.clone()),
            ("GHOSTWREN_TEST_SUPABASE_SECRET_KEY", keys.secret.clone()),
            ("GHOSTWREN_TEST_SUPABASE_JWT_SECRET", keys.jwt_secret.clone()),
            ("GHOSTWREN_TEST_SUPABASE_PROVIDER_URL", self.lite.provider_url()),
            ("GHOSTWREN_TEST_TUS_URL", self.tus.url().to_owned()),
            ("GHOSTWREN_TEST_POSTGRES_URL", self.cluster.url("supabase_admin", "app")),
            ("GHOSTWREN_TEST_POSTGRES_CLUSTER", self.cluster.url("supabase_admin", "")),
            ("GHOSTWREN_TEST_SERVERS", self.folder.path.display().to_string()),
        ];
        all.extend(self.auth.iter().flat_map(Auth::environment));
        all
    }

    /// The tests in SQL: pgTAP by `pg_prove`.
    pub(crate) fn pg_prove(&self) -> Result<Command, String> {
        postgres::install_pgtap()?;
        let mut prove = Command::new("pg_prove");
        prove.args(["-d", &self.cluster.url("supabase_admin", "plain")]);
        prove.args(files(&root().join("core/supabase/tests"), ".test.sql")?);
        Ok(prove)
    }

    /// Supabase's own linter at a database.
    pub(crate) fn advisors(&self, database: &str) -> Command {
        let mut advisors = cli(&self.packages);
        let url = self.cluster.url(MIGRATOR, database);
        advisors.args(["db", "advisors", "--remote", &url, "--level", "warn", "--fail-on", "warn"]);
        advisors
    }

    pub(crate) fn cluster(&self) -> &Cluster {
        &self.cluster
    }
}

/// Applies the migrations with the real CLI.
pub(crate) fn push(packages: &Path, url: &str) -> Result<(), String> {
    run(cli(packages).args(["db", "push", "--yes", "--include-all", "--remote", url]))
}

/// Supabase's command line, at the folder `core/supabase`.
pub(crate) fn cli(packages: &Path) -> Command {
    let mut cli = Command::new(packages.join("node_modules/.bin/supabase"));
    cli.arg("--workdir").arg(root().join("core")).env("SUPABASE_TELEMETRY_DISABLED", "1").env("DO_NOT_TRACK", "1");
    cli
}

/// The files of a folder whose names end so, by name.
pub(crate) fn files(folder: &Path, end: &str) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.to_string_lossy().ends_with(end));
    files.sort();
    Ok(files)
}

/// A folder that others may enter, and that goes with this process, however it ends: the server of PostgreSQL runs as
/// another user.
struct Folder {
    path: PathBuf,
    // Waits for the end of its input, and a little longer for the servers to stop.
    guard: Child,
}

impl Folder {
    fn new() -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("ghostwren-servers-{}", std::process::id()));
        let io = |error: std::io::Error| format!("{}: {error}", path.display());
        std::fs::create_dir_all(&path).map_err(io)?;
        let guard = Command::new("sh")
            .args(["-c", "trap '' INT TERM HUP; cat; sleep 5; rm -rf \"$0\""])
            .arg(&path)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(io)?;
        Ok(Self { path, guard })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = self.guard.kill();
        let _ = self.guard.wait();
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// A port of 127.0.0.1 that nobody listens on now.
fn free_port() -> Result<u16, String> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").map_err(|error| format!("no free port: {error}"))?;
    listener.local_addr().map(|address| address.port()).map_err(|error| format!("no free port: {error}"))
}
