//! The quickstart on a Supabase project: `@supabase/lite` over PostgreSQL, as `cargo xtask test supabase` starts them.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

#[path = "../../../core/tests/common/mod.rs"]
mod common;
mod program;

use std::io::Write;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use ghostwren::sandbox::Sandbox;
use program::quickstart;

/// The program with the project and its publishable key in the environment: all that a person on a device has.
fn on_device(folder: &Path, arguments: &[&str]) -> Option<Command> {
    let mut command = on_supabase(folder, arguments)?;
    command.env_remove("SUPABASE_SECRET_KEY").env_remove("GHOSTWREN_SEALING_KEYS").stdin(Stdio::null());
    Some(command)
}

/// Runs it with these answers to what it asks.
fn answered(command: &mut Command, answers: &str) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// The program with the project in its environment, as a person exports it on a server.
fn on_supabase(folder: &Path, arguments: &[&str]) -> Option<Command> {
    let of = |name: &str| std::env::var(name).ok();
    let Some(url) = of("GHOSTWREN_TEST_SUPABASE_URL") else {
        assert!(std::env::var_os("CI").is_none(), "no servers of Supabase: run `cargo xtask test supabase`");
        return None;
    };
    let mut command = quickstart(folder);
    command.args(arguments).env("SUPABASE_URL", url);
    command.env("SUPABASE_PUBLISHABLE_KEY", of("GHOSTWREN_TEST_SUPABASE_PUBLISHABLE_KEY")?);
    command.env("SUPABASE_SECRET_KEY", of("GHOSTWREN_TEST_SUPABASE_SECRET_KEY")?);
    command.env("GHOSTWREN_SEALING_KEYS", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    Some(command)
}

fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_sample_goes_into_the_project_and_stays_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut last = String::new();
    for arguments in [&["--supabase-local"][..], &[]] {
        let Some(mut command) = on_supabase(folder.path(), arguments) else { return };
        let output = command.output().unwrap();
        let (text, said) = texts(&output);
        assert!(output.status.success(), "{said}");
        let url = std::env::var("GHOSTWREN_TEST_SUPABASE_URL").unwrap();
        for piece in
            ["the schema `ghostwren` of the Supabase project at", &url, "quickstart@example.com may read", "/280 long"]
        {
            assert!(text.contains(piece), "{piece:?} is missing in\n{text}");
        }
        assert!(!text.contains("sb_secret_") && !said.contains("sb_secret_"), "{text}{said}");
        last = text;
    }
    assert!(last.contains("0 new, 0 changed, 247 unchanged") && last.contains("analysed before"), "{last}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is written into a file");
}

#[test]
fn servers_of_its_own_end_with_it() {
    let (folder, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    // PostgreSQL runs as another user where this is root.
    std::fs::set_permissions(temporary.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = quickstart(folder.path());
    let output = command.arg("--supabase-local").env("TMPDIR", temporary.path()).stdin(Stdio::null()).output().unwrap();
    let (text, said) = texts(&output);
    assert!(output.status.success(), "{said}");
    for piece in ["servers that end with this program, at ", "quickstart@example.com may read", "/280 long"] {
        assert!(text.contains(piece), "{piece:?} is missing in\n{text}");
    }
    assert!(!text.contains("sb_secret_") && !said.contains("sb_secret_"), "{text}{said}");
    let (_, after) = text.split_once("http://").unwrap();
    let address: String = after.chars().take_while(|c| c.is_ascii_digit() || ".:".contains(*c)).collect();
    assert!(address.starts_with("127.0.0.1:"), "{address} in {text}");
    // They need a moment to stop. What the Supabase CLI leaves there is its own.
    let end = Instant::now() + Duration::from_secs(30);
    let names = || std::fs::read_dir(temporary.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let left = || names().filter(|name| name.to_string_lossy().starts_with("ghostwren-")).collect::<Vec<_>>();
    while TcpStream::connect(&address).is_ok() || !left().is_empty() {
        assert!(Instant::now() < end, "{address} still answers, or there is still {:?}", left());
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is written into a file");
}

/// A new project: a person signs up with an address, comes back, mistypes the password. No secret key, no sealing key.
#[test]
fn a_person_signs_up_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let email = format!("ada-{}@example.com", std::process::id());
    let Some(mut command) = on_device(folder.path(), &["--email", &email]) else { return };
    // Nobody is there to be asked for the password.
    let output = command.output().unwrap();
    let (_, said) = texts(&output);
    assert!(!output.status.success() && said.contains("quickstart.nobody"), "{said}");
    // Asked for it: the address is new.
    let output = answered(&mut command, "correct horse battery\n");
    let (text, said) = texts(&output);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("Password (or set SUPABASE_PASSWORD"), "{said}");
    for piece in [&format!("in rows that only {email} may read"), "247 new", "/280 long"] {
        assert!(text.contains(piece), "{piece:?} is missing in\n{text}");
    }
    // And not asked, where the environment says it: the same person finds what is there.
    let output = command.env("SUPABASE_PASSWORD", "correct horse battery").stdin(Stdio::null()).output().unwrap();
    let (text, said) = texts(&output);
    assert!(output.status.success(), "{said}");
    assert!(text.contains("0 new, 0 changed, 247 unchanged") && !said.contains("Password"), "{text}{said}");
    let output = command.env("SUPABASE_PASSWORD", "battery horse correct").output().unwrap();
    let (text, said) = texts(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(said.contains(&format!("quickstart.password: the password is not that of {email}")), "{said}");
    for secret in ["correct horse", "horse correct"] {
        assert!(!text.contains(secret) && !said.contains(secret), "{text}{said}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is written into a file");
}

/// Where the project wants addresses confirmed: the servers here do not, the stand-in does for some.
#[test]
fn an_address_that_is_not_confirmed_waits_for_the_mail() {
    let (sandbox, folder) = (Sandbox::start().unwrap(), tempfile::tempdir().unwrap());
    let supabase = sandbox.supabase();
    let mut command = quickstart(folder.path());
    command.args(["--email", "ada@confirm.example.com"]).stdin(Stdio::null());
    command.env("SUPABASE_URL", supabase.url()).env("SUPABASE_PUBLISHABLE_KEY", supabase.publishable_key());
    command.env("SUPABASE_PASSWORD", "correct horse battery");
    // The first time it signs up, the second time the address is known.
    for code in ["quickstart.unconfirmed", "supabase.unconfirmed"] {
        let output = command.output().unwrap();
        let (text, said) = texts(&output);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(said.contains(code) && !said.contains("correct horse"), "{said}");
    }
}

#[test]
fn logins_are_kept_in_the_project() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mut command) = on_supabase(folder.path(), &["--login", "--yes"]) else { return };
    let output = command.output().unwrap();
    let (text, said) = texts(&output);
    assert!(output.status.success(), "{said}");
    for piece in ["@crumbsandcrates is logged in", "sealed in the store", "approved and published at the stand-in"] {
        assert!(text.contains(piece), "{piece:?} is missing in\n{text}");
    }
}

#[test]
fn the_doctor_says_what_it_finds() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mut command) = on_supabase(folder.path(), &["--doctor"]) else { return };
    let (text, said) = texts(&command.output().unwrap());
    for title in
        ["keys", "exposed schemas", "schema version", "grants", "row-level security", "policies", "buckets", "clock"]
    {
        assert!(text.contains(&format!("  {title:<20} ok")), "{title}: {text}{said}");
    }
    // Other tests leave what they sealed with keys of their own.
    let found =
        text.lines().filter(|line| line.contains("DANGER") || line.contains("BROKEN") || line.contains("advice"));
    assert!(found.clone().all(|line| line.contains("sealing keys")), "{text}");
    let Some(mut command) = on_supabase(folder.path(), &["--doctor", "--json"]) else { return };
    let output = command.env("SUPABASE_SECRET_KEY", "sb_secret_of_somebody_else").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "something is broken");
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["findings"][0]["check"], "keys", "{found}");
    assert!(!found.to_string().contains("somebody_else"));
    // Without a project there is nobody to ask.
    let output = quickstart(folder.path()).arg("--doctor").output().unwrap();
    assert!(!output.status.success() && texts(&output).1.contains("SUPABASE_URL"), "{}", texts(&output).1);
}
