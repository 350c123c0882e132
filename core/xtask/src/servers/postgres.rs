//! A PostgreSQL of its own: a new cluster on a free port. The server refuses to run as root, so that root starts it as
//! the user `postgres` of Debian's package.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::free_port;
use crate::run::run;

pub(crate) struct Cluster {
    bin: PathBuf,
    data: PathBuf,
    port: u16,
    user: Option<(u32, u32)>,
    // Stops the server when this process ends, however it ends: it waits for the end of its input.
    guard: Child,
}

impl Cluster {
    /// Makes a cluster in `folder` and starts it.
    pub(super) fn start(folder: &Path) -> Result<Self, String> {
        let bin = install()?;
        let user = server_user()?;
        let data = folder.join("postgres");
        let io = |error: std::io::Error| format!("{}: {error}", data.display());
        std::fs::create_dir_all(&data).map_err(io)?;
        #[cfg(unix)]
        if let Some((uid, gid)) = user {
            std::os::unix::fs::chown(&data, Some(uid), Some(gid)).map_err(io)?;
        }
        let port = free_port()?;
        let arguments = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username=supabase_admin", "-D"];
        run(as_user(Command::new(bin.join("initdb")).args(arguments).arg(&data), user).stdout(Stdio::null()))?;
        // Tests end often and never by a power failure: no fsync. All else that counts is as on a server.
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = ''\nfsync = off\n\
             shared_buffers = '256MB'\nmax_wal_size = '4GB'\nmax_connections = 100\nlog_min_messages = warning\n"
        );
        std::fs::write(data.join("postgresql.auto.conf"), settings).map_err(io)?;
        let guard = as_user(
            Command::new("sh")
                .args(["-c", "trap '' INT TERM HUP; cat; \"$0\" stop -s -m fast -D \"$1\"; rm -rf \"$1\""])
                .arg(bin.join("pg_ctl"))
                .arg(&data),
            user,
        )
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(io)?;
        let cluster = Self { bin, data, port, user, guard };
        cluster.control("start")?;
        Ok(cluster)
    }

    /// `pg_ctl start` or `stop`.
    fn control(&self, what: &str) -> Result<(), String> {
        control(&self.bin, &self.data, self.user, what)
    }

    pub(crate) fn url(&self, user: &str, database: &str) -> String {
        format!("postgresql://{user}@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs statements as the superuser.
    pub(crate) fn sql(&self, database: &str, sql: &str) -> Result<(), String> {
        run(self.psql(database).args(["-c", sql]))
    }

    /// A `psql` of the superuser that stops at the first error.
    pub(crate) fn psql(&self, database: &str) -> Command {
        let mut psql = Command::new(self.bin.join("psql"));
        psql.arg(self.url("supabase_admin", database)).args(["-X", "-q", "-v", "ON_ERROR_STOP=1"]);
        psql
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}

fn control(bin: &Path, data: &Path, user: Option<(u32, u32)>, what: &str) -> Result<(), String> {
    let mut command = Command::new(bin.join("pg_ctl"));
    command.args([what, "-s", "-w", "-m", "fast", "-D"]).arg(data).arg("-l").arg(data.join("log"));
    run(as_user(&mut command, user).stdin(Stdio::null()).stdout(Stdio::null()))
}

/// Stops or starts the server of a stack that another process keeps running: for tests of what then happens.
pub(crate) fn control_running(folder: &Path, what: &str) -> Result<(), String> {
    control(&install()?, &folder.join("postgres"), server_user()?, what)
}

#[cfg(unix)]
fn as_user(command: &mut Command, user: Option<(u32, u32)>) -> &mut Command {
    use std::os::unix::process::CommandExt;
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid).current_dir("/");
    }
    command
}

#[cfg(unix)]
fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| std::os::unix::fs::MetadataExt::uid(&process) == 0)
}

// Windows has neither, nor the packages of Debian: it only has to compile there, for the tests of the languages.
#[cfg(not(unix))]
fn as_user(command: &mut Command, _user: Option<(u32, u32)>) -> &mut Command {
    command
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

/// The user to run the server as, when this process is root's.
fn server_user() -> Result<Option<(u32, u32)>, String> {
    if !is_root() {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd").map_err(|error| format!("/etc/passwd: {error}"))?;
    let ids = users.lines().find_map(|line| {
        let mut fields = line.strip_prefix("postgres:")?.split(':').skip(1);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    });
    ids.map(Some).ok_or_else(|| "PostgreSQL does not run as root, and there is no user postgres".to_owned())
}

const PACKAGES: &str = "/usr/lib/postgresql";

/// The programs of the newest server of Debian's packages, version 15 or later; root installs one where there is none.
fn install() -> Result<PathBuf, String> {
    let version = match newest() {
        Some(version) => version,
        None => {
            // No cluster of the package's own: it would be started, and nobody asked for it.
            let setting = Path::new("/etc/postgresql-common/createcluster.d/ghostwren.conf");
            if is_root() {
                let _ = setting.parent().map(std::fs::create_dir_all);
                let _ = std::fs::write(setting, "create_main_cluster = false\n");
            }
            let installed = apt(&["postgresql"]);
            let _ = std::fs::remove_file(setting);
            installed?;
            newest().ok_or_else(|| format!("no PostgreSQL 15 or later was found in {PACKAGES}"))?
        }
    };
    Ok(Path::new(PACKAGES).join(format!("{version}/bin")))
}

/// What the tests in SQL need beside the server: pgTAP and `pg_prove`.
pub(super) fn install_pgtap() -> Result<(), String> {
    let version = newest().ok_or_else(|| format!("no PostgreSQL 15 or later was found in {PACKAGES}"))?;
    let extension = format!("/usr/share/postgresql/{version}/extension/pgtap.control");
    if Path::new(&extension).exists() && Path::new("/usr/bin/pg_prove").exists() {
        return Ok(());
    }
    apt(&["libtap-parser-sourcehandler-pgtap-perl", &format!("postgresql-{version}-pgtap")])
}

fn newest() -> Option<u32> {
    let folders = std::fs::read_dir(PACKAGES).ok()?;
    let versions = folders.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    versions.filter(|version| *version >= 15 && Path::new(&format!("{PACKAGES}/{version}/bin/initdb")).exists()).max()
}

/// Installs packages of Debian.
fn apt(packages: &[&str]) -> Result<(), String> {
    if !is_root() || !Path::new("/usr/bin/apt-get").exists() {
        return Err(format!(
            "the packages of Debian or Ubuntu are needed, with PostgreSQL 15 or later in {PACKAGES}: {packages}. Install \
             them (sudo apt-get install {packages}), or use a project of your own",
            packages = packages.join(" ")
        ));
    }
    let apt =
        |arguments: &[&str]| run(Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"));
    apt(&["update", "-q"])?;
    apt(&[&["install", "-qy", "--no-install-recommends"], packages].concat())
}
