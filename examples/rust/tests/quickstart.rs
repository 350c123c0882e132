//! The quickstart from end to end, as a person runs it: the built program, an archive, a file.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../../../core/tests/common/mod.rs"]
mod common;
mod program;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use common::archive_builder::{ArchiveBuilder, Layout, real_tweets};
use ghostwren::records::{TweetKind, TwitterUser};
use program::{json as report, quickstart};
use serde_json::{Value, json};

#[test]
fn the_sample_becomes_a_report_that_a_person_can_read() {
    let folder = tempfile::tempdir().unwrap();
    let output = quickstart(folder.path()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for piece in ["No OPENAI_API_KEY is set", "complete: every tweet", "favourite emoji", "/280 long", "tokens in", "█"]
    {
        assert!(text.contains(piece), "{piece:?} is missing in\n{text}");
    }
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "nothing steers the terminal");

    // The second time nothing is new, and the analysis is not paid for again.
    let output = quickstart(folder.path()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("0 new, 0 changed, 247 unchanged"), "{text}");
    assert!(text.contains("analysed before"), "{text}");
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    // `quickstart | head -1`, and `quickstart 2>&1 | head -0`.
    for lines in [1, 0] {
        let folder = tempfile::tempdir().unwrap();
        let (reader, writer) = std::io::pipe().unwrap();
        let mut command = quickstart(folder.path());
        command.stdout(writer.try_clone().unwrap());
        match lines {
            0 => command.stderr(writer),
            _ => command.stderr(Stdio::piped()),
        };
        let child = command.spawn().unwrap();
        // The command holds the pipe's other end too.
        drop(command);
        assert_eq!(BufReader::new(reader).lines().take(lines).map_while(Result::ok).count(), lines);
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", output.status);
        assert!(!said.contains("panicked") && !said.contains("error"), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn an_import_that_ctrl_c_stops_goes_on_at_once() {
    use std::io::Read as _;

    use common::archive_builder::sample;
    use ghostwren::records::Tweet;

    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive.zip");
    let user = TwitterUser { id: "12".into(), username: "jack".into(), ..TwitterUser::default() };
    // Of the style's own, a few; the rest is what a program wrote.
    let own = sample();
    let report = |at: u64| Tweet {
        id: (1_000_000 + at).to_string(),
        full_text: format!("the weather in town {at}"),
        ..own[0].clone()
    };
    let tweets: Vec<Tweet> = (0..30_000).map(report).chain(own.iter().cloned()).collect();
    let new = format!("{} new, 0 changed, 0 unchanged", tweets.len());
    ArchiveBuilder::new(user).tweets(tweets).write_zip(&archive);
    let run = || {
        let mut command = quickstart(folder.path());
        command.arg("--archive").arg(&archive).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };

    let mut child = run();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("imported ") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "the program ended");
    }
    assert!(std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{rest}");
    assert!(rest.contains("the same command goes on from there"), "{rest}");
    assert!(!String::from_utf8(output.stdout).unwrap().contains("1  Import"), "it was stopped before the end: {rest}");

    // The lease was given back, so that nothing is waited for; and nothing is read again.
    let output = run().wait_with_output().unwrap();
    let (text, said) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{said}");
    assert!(said.contains("going on after") && !said.contains("waiting"), "{said}");
    assert!(text.contains(&new) && text.contains("  left out: 1 retweet, 30000 written by a program"), "{text}");
}

#[test]
fn the_sample_holds_what_makes_archives_hard() {
    let folder = tempfile::tempdir().unwrap();
    let report = report(quickstart(folder.path()).arg("--json"));
    let totals = &report["totals"];
    let at_least = |name: &str, count: u64| assert!(totals[name].as_u64().unwrap() >= count, "{name}: {totals}");
    at_least("total", 200);
    at_least("threads", 5);
    at_least("edited", 1);
    at_least("deleted", 5);
    for kind in ["original", "reply", "quote", "retweet", "note"] {
        assert!(totals["by_kind"][kind].as_u64().unwrap() > 0, "{kind}: {totals}");
    }
    assert!(totals["by_lang"].as_object().unwrap().len() >= 4, "{totals}");
    assert_eq!(report["import"]["end"]["end"], "complete");
    assert!(!report["drafts"].as_array().unwrap().is_empty());
    // Files that hold messages and addresses are never opened, so none of their words is anywhere.
    let private =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/sample-archive/data/direct-messages.js"))
            .unwrap();
    let word = private.split('"').find(|part| part.len() > 30 && part.contains(' ')).unwrap();
    let stored = std::fs::read(folder.path().join("ghostwren.db")).unwrap();
    assert!(!stored.windows(word.len()).any(|window| window == word.as_bytes()));
}

#[test]
fn each_author_of_real_tweets_gets_through() {
    for (name, id) in [("BarackObama", "813286"), ("realDonaldTrump", "25073877")] {
        let Some(tweets) = real_tweets(name) else { return };
        let folder = tempfile::tempdir().unwrap();
        let user = TwitterUser { id: id.into(), username: name.into(), ..TwitterUser::default() };
        let (all, retweets) = (tweets.len(), tweets.iter().filter(|tweet| tweet.kind == TweetKind::Retweet).count());
        let archive = folder.path().join("archive.zip");
        ArchiveBuilder::new(user).tweets(tweets).layout(Layout::Modern).parts(2).write_zip(&archive);
        let report = report(quickstart(folder.path()).arg("--archive").arg(&archive).args([
            "--topic",
            "the economy",
            "--count",
            "4",
            "--json",
        ]));
        assert_eq!(report["import"]["end"]["end"], "complete", "{name}");
        assert_eq!(report["totals"]["total"].as_u64().unwrap(), all as u64, "{name}");
        assert_eq!(report["totals"]["by_kind"]["retweet"].as_u64().unwrap_or(0), retweets as u64, "{name}");
        assert_eq!(report["style"]["sufficiency"]["enough"], true);
        assert_eq!(report["account"]["twitter_user"]["username"], name);
        let drafts = report["drafts"].as_array().unwrap();
        assert!(!drafts.is_empty(), "{name}: {}", report["generation"]["rejected"]);
        for draft in drafts {
            assert!(draft["weighted_length"].as_u64().unwrap() <= 280);
        }
        // What the README says about the file holds.
        let stored = std::fs::read(folder.path().join("ghostwren.db")).unwrap();
        assert!(stored.starts_with(b"SQLite format 3\0"));
    }
}

/// An archive whose manifest names more tweets than can be read of it: each of these is malformed.
fn damaged(folder: &Path, malformed: usize) -> PathBuf {
    let archive = folder.join("damaged.zip");
    let user = TwitterUser { id: "12".into(), username: "jack".into(), ..TwitterUser::default() };
    let whole = common::archive_builder::sample();
    let texts = whole.iter().map(|tweet| {
        json!({"tweet": {"id_str": tweet.id, "full_text": tweet.full_text,
        "created_at": tweet.created_at.format("%a %b %d %H:%M:%S +0000 %Y").to_string()}})
    });
    let all: Vec<Value> = texts.chain((0..malformed).map(|_| json!({"tweet": {"id_str": "none"}}))).collect();
    let part = format!("window.YTD.tweets.part0 = {}", json!(all));
    ArchiveBuilder::new(user).tweets(whole).file("data/tweets.js", part).write_zip(&archive);
    archive
}

#[test]
fn of_many_malformed_tweets_some_are_named_and_the_others_counted() {
    let folder = tempfile::tempdir().unwrap();
    let output = quickstart(folder.path()).arg("--archive").arg(damaged(folder.path(), 30)).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Vec<&str> = text.lines().filter(|line| line.starts_with("    - data/tweets.js: entry ")).collect();
    assert_eq!(told.len(), 20, "{text}");
    assert!(text.contains("\n    - 10 further entries could not be read\n"), "{text}");
}

/// What a person copies from the report is a command, whatever the file is called.
#[cfg(unix)]
#[test]
fn the_last_line_is_a_command_that_works() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.db", "my tweets.db", "jack's $HOME;`id` tweets.db", "-tweets.db"] {
        let output = quickstart(folder.path()).arg(format!("--store={name}")).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let line = text.lines().last().unwrap_or_default();
        let command = line.strip_prefix("Look at what is stored: sqlite3 ").expect(line);
        // The words that the shell makes of it.
        let script = format!("printf '%s\\n' {command}");
        let words = std::process::Command::new("sh").args(["-c", &script]).current_dir(folder.path()).output().unwrap();
        let words = String::from_utf8(words.stdout).unwrap();
        let words: Vec<&str> = words.lines().collect();
        assert_eq!(words.len(), 2, "{line}");
        assert!(folder.path().join(words[0]).is_file() && !words[0].starts_with('-'), "{line}");
    }
    let output = quickstart(folder.path()).arg("--store=\u{1b}[31m.db").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
}

#[test]
fn without_a_topic_no_draft_speaks_of_topics() {
    let folder = tempfile::tempdir().unwrap();
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-archive");
    let report = report(quickstart(folder.path()).args(["--archive", sample, "--count", "5", "--json"]));
    let drafts = report["drafts"].as_array().unwrap();
    assert!(!drafts.is_empty(), "{}", report["generation"]["rejected"]);
    for draft in drafts {
        let text = draft["text"].as_str().unwrap();
        assert!(!text.contains("usual") && !text.contains("subject") && !text.contains("author"), "{text}");
    }
}

#[test]
fn a_file_that_is_no_archive_is_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.txt");
    std::fs::write(&path, "dear diary").unwrap();
    let output = quickstart(folder.path()).arg("--archive").arg(&path).output().unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("archive.not_an_archive"), "{text}");
    // It was looked at before anything was made.
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["letter.txt"]);
}

#[test]
fn what_is_meant_for_a_project_is_not_done_with_a_file() {
    let folder = tempfile::tempdir().unwrap();
    for option in [vec!["--doctor"], vec!["--email", "me@example.com"]] {
        let output = quickstart(folder.path()).args(&option).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains("quickstart.no_project"), "{option:?}: {said}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was begun");
}
