//! The quickstart on a Supabase project: `@supabase/lite` over PostgreSQL, as `cargo xtask test supabase` starts them.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

#[path = "../../../core/tests/common/mod.rs"]
mod common;
mod program;

use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use program::quickstart;

/// The program with the project in its environment, as a person exports it.
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
