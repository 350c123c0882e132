//! The Swift package: compiled and tested on Linux. By the `swift` of this machine, or else by Debian's, which is unpacked
//! into a folder of the user's cache and run in there: nothing is installed, and nothing stays mounted.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::mobile;
use crate::run::{Totals, root, run, run_tests};
use crate::servers::shared_environment;

/// The release of Debian whose `swiftlang` is taken where there is no Swift.
const RELEASE: &str = "trixie";

/// What is unpacked, with all that it depends on: the compiler, what it links with, and a shell to begin in.
const PACKAGES: [&str; 5] = ["swiftlang", "libc6-dev", "libstdc++-14-dev", "dash", "coreutils"];

/// Where Debian puts Swift's programs.
const PROGRAMS: &str = "/usr/libexec/swift/bin:/usr/bin";

pub(crate) fn test(totals: &mut Totals) -> Result<(), String> {
    let swift = match Swift::find()? {
        Ok(swift) => swift,
        Err(why) => {
            println!("skipped: there is no `swift`, and Debian's cannot be had: {why}");
            totals.skipped += 1;
            return Ok(());
        }
    };
    mobile::build()?;
    run(&mut swift.command(&["--version"]))?;
    let (more, end) = run_tests(
        swift.package("test", &root().join("bindings").join("mobile").join("swift")).envs(shared_environment()?),
    );
    *totals += more;
    let end =
        end.and_then(|()| if more.passed == 0 { Err("no test of the Swift package ran".to_owned()) } else { Ok(()) });
    let ends = [end, quickstart(&swift)];
    let failed: Vec<String> = ends.into_iter().filter_map(Result::err).collect();
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n")) }
}

/// The example says what it imported and drafted, without a key.
fn quickstart(swift: &Swift) -> Result<(), String> {
    let mut example = swift.package("run", &root().join("examples").join("swift").join("quickstart"));
    let output = example.arg("Quickstart").env_remove("OPENAI_API_KEY").stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("the quickstart does not run: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    println!("{text}");
    let imported = text.lines().any(|line| line.ends_with(" tweets imported"));
    let drafted = text.lines().any(|line| line.starts_with("- ") && line.ends_with(" of 280]"));
    if output.status.success() && imported && drafted {
        Ok(())
    } else {
        Err(format!("the quickstart in Swift did not do its work: {}", output.status))
    }
}

/// A Swift to run.
enum Swift {
    /// That of the machine.
    Own,
    /// Debian's, unpacked here.
    Unpacked(PathBuf),
}

impl Swift {
    /// The Swift to use, or why there is none.
    fn find() -> Result<Result<Self, String>, String> {
        // OpenStack's client has that name too.
        let own = Command::new("swift").arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output();
        if own.is_ok_and(|own| String::from_utf8_lossy(&own.stdout).contains("Swift version")) {
            return Ok(Ok(Self::Own));
        }
        let debian =
            fs::read_to_string("/etc/os-release").is_ok_and(|text| text.lines().any(|line| line == "ID=debian"));
        if !debian {
            return Ok(Err("this is not Debian".to_owned()));
        }
        if !silent(apart().arg("true")) {
            return Ok(Err("this process may not mount folders for itself (unshare --mount)".to_owned()));
        }
        let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let cache = cache.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cache")));
        let Some(cache) = cache else { return Ok(Err("there is no folder for it: HOME is not set".to_owned())) };
        unpacked(&cache.join("ghostwren")).map(|place| Ok(Self::Unpacked(place)))
    }

    /// `swift` with these arguments, at the root of the repository.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = match self {
            Self::Own => Command::new("swift"),
            Self::Unpacked(place) => {
                let mut command = apart();
                command.arg("sh").arg(script("inside.sh")).arg(place).arg(root()).arg(env::temp_dir());
                command.env("PATH", PROGRAMS).env("HOME", work()).arg("swift");
                command
            }
        };
        command.args(arguments).current_dir(root()).env_remove("OPENAI_API_KEY");
        command
    }

    /// `swift test` and so on, of a package. Both packages are built in one folder, so that what they share is built once.
    fn package(&self, what: &str, package: &Path) -> Command {
        let mut command = self.command(&[what, "--package-path"]);
        command.arg(package).arg("--scratch-path").arg(work().join("build"));
        if matches!(self, Self::Unpacked(_)) {
            // Of a Swift that is chosen here; another may warn of more.
            command.args(["-Xswiftc", "-warnings-as-errors"]);
        }
        command.env("GHOSTWREN_LIBRARY", mobile::debug()).env("GHOSTWREN_SANDBOX", mobile::sandbox());
        command
    }
}

fn work() -> PathBuf {
    root().join("target").join("mobile-work").join("swift")
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join("swift").join(name)
}

/// Whether a command ends well; nothing of it is shown.
fn silent(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// A command that may mount folders which nobody else sees, and which go with it.
fn apart() -> Command {
    let mut command = Command::new("unshare");
    // Who is not root is so in there.
    command.args(["--map-root-user", "--mount", "--propagation", "private"]);
    command
}

/// Debian's Swift in this folder; fetched and unpacked at the first time.
fn unpacked(cache: &Path) -> Result<PathBuf, String> {
    let place = cache.join(format!("swift-{RELEASE}"));
    let io = |error: std::io::Error| format!("{}: {error}", place.display());
    fs::create_dir_all(cache).map_err(io)?;
    // One at a time: another process may be at it.
    let lock = File::create(cache.join("lock")).map_err(io)?;
    lock.lock().map_err(io)?;
    if !place.exists() {
        let part = cache.join(format!("swift-{RELEASE}.part"));
        if part.exists() {
            fs::remove_dir_all(&part).map_err(io)?;
        }
        fetch(&part.join("apt"))?;
        run(Command::new("sh").arg(script("unpack.sh")).arg(part.join("apt/archives")).arg(part.join("root")))?;
        fs::rename(part.join("root"), &place).map_err(io)?;
        fs::remove_dir_all(&part).map_err(io)?;
    }
    Ok(place)
}

/// Fetches the packages into `folder/archives`: by the machine's own `apt`, with its mirror, its proxies and its keys, which
/// believes that nothing is installed.
fn fetch(folder: &Path) -> Result<(), String> {
    let io = |error: std::io::Error| format!("{}: {error}", folder.display());
    for name in ["lists/partial", "archives/partial"] {
        fs::create_dir_all(folder.join(name)).map_err(io)?;
    }
    fs::write(folder.join("status"), "").map_err(io)?;
    let keys = Path::new("/usr/share/keyrings/debian-archive-keyring.gpg");
    let signed = if keys.exists() { format!("[signed-by={}] ", keys.display()) } else { String::new() };
    fs::write(folder.join("sources.list"), format!("deb {signed}{} {RELEASE} main\n", mirror()?)).map_err(io)?;
    let settings = [
        ("Dir::State::Lists", "lists"),
        ("Dir::State::status", "status"),
        ("Dir::Cache::archives", "archives"),
        ("Dir::Cache::pkgcache", ""),
        ("Dir::Cache::srcpkgcache", ""),
        ("Dir::Etc::SourceList", "sources.list"),
    ];
    let mut text: String = settings
        .iter()
        .map(|(name, file)| match *file {
            "" => format!("{name} \"\";\n"),
            file => format!("{name} \"{}\";\n", folder.join(file).display()),
        })
        .collect();
    // The user of apt's own downloads may not enter every cache; nothing is installed that a lock would guard.
    text.push_str("Dir::Etc::SourceParts \"-\";\nAPT::Sandbox::User \"root\";\nDebug::NoLocking \"true\";\n");
    let config = folder.join("apt.conf");
    fs::write(&config, text).map_err(io)?;
    let apt = |arguments: &[&str]| {
        run(Command::new("apt-get")
            .arg("-qq")
            .arg("-c")
            .arg(&config)
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive"))
    };
    apt(&["update"])?;
    apt(&[&["install", "-y", "--no-install-recommends", "--download-only"][..], &PACKAGES].concat())
}

/// Where this machine has its packages from.
fn mirror() -> Result<String, String> {
    let output = Command::new("apt-get").args(["indextargets", "--format", "$(SITE)", "Created-By: Packages"]).output();
    let output = output.map_err(|error| format!("apt-get: {error}"))?;
    let sites = String::from_utf8_lossy(&output.stdout).into_owned();
    let site = sites.lines().find(|site| !site.contains("security"));
    site.map(str::to_owned).ok_or_else(|| "apt-get names no place that packages come from".to_owned())
}
