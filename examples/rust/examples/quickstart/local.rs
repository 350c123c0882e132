//! Servers of Supabase for one run: `cargo xtask supabase up`, which starts PostgreSQL and `@supabase/lite` on free ports.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ghostwren::store::SupabaseStore;
use ghostwren::{Error, ErrorKind, Result};

use crate::terminal::tell;

/// Ends the servers when it goes.
pub(crate) struct Local {
    child: Child,
    folder: PathBuf,
    lines: String,
}

impl Local {
    /// Starts them, and waits until they answer.
    pub(crate) fn start() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("ghostwren-quickstart-{}", std::process::id()));
        let failed = |error: std::io::Error| internal("the local servers do not start").with_source(error);
        std::fs::create_dir_all(&folder).map_err(failed)?;
        let (file, log) = (folder.join("environment"), folder.join("log"));
        let output = std::fs::File::create(&log).map_err(failed)?;
        tell("Starting PostgreSQL and @supabase/lite on this machine (the first time that takes some minutes) …");
        let child = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["xtask", "supabase", "up"])
            .arg(&file)
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
            .stdin(Stdio::null())
            .stdout(output.try_clone().map_err(failed)?)
            .stderr(output)
            .spawn()
            .map_err(failed)?;
        let mut local = Self { child, folder, lines: String::new() };
        loop {
            if let Some(ended) = local.child.try_wait().map_err(failed)? {
                let said = std::fs::read_to_string(&log).unwrap_or_default();
                let last = said.lines().last().unwrap_or("they said nothing");
                let detail = format!("the local servers ended ({ended}): {last}");
                return Err(Error::new(ErrorKind::Config, "quickstart.servers", detail)
                    .with_remedy("Run `cargo xtask supabase up` to see all of it; it needs Node.js and PostgreSQL."));
            }
            // The last line is there when all of it is.
            match std::fs::read_to_string(&file) {
                Ok(lines) if lines.ends_with("'\n") => local.lines = lines,
                _ => {
                    std::thread::sleep(Duration::from_millis(100));
                    continue;
                }
            }
            return Ok(local);
        }
    }

    /// The store in them.
    pub(crate) fn store(&self) -> Result<SupabaseStore> {
        let of = |name: &str| {
            let line = self.lines.lines().find_map(|line| line.strip_prefix("export ")?.strip_prefix(name));
            let value = line.and_then(|value| value.strip_prefix("='")?.strip_suffix('\''));
            value.map(str::to_owned).ok_or_else(|| internal("the local servers do not say where they are"))
        };
        SupabaseStore::new(&of("SUPABASE_URL")?, of("SUPABASE_PUBLISHABLE_KEY")?)?
            .secret_key(of("SUPABASE_SECRET_KEY")?)
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn internal(detail: &'static str) -> Error {
    Error::new(ErrorKind::Internal, "quickstart.servers", detail)
}
