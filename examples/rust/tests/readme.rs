//! What the README shows of the quickstart is what it prints, times, rates and ids of tweets aside.
//!
//! `UPDATE_README=1 cargo test -p ghostwren-examples --all-features -- readme` writes what it prints today;
//! without the two dashes cargo does not build the quickstart.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod program;

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use program::quickstart;

/// Of a longer list the README shows the beginning.
const ITEMS: usize = 3;
/// What differs from run to run stands between these.
const CHANGING: [(&str, &str); 3] = [(" unchanged, in ", " tweets/s"), (" ends at ", " UTC"), ("/status/", "")];

fn readme() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")
}

/// The command of the README with these words, as the built program.
fn command(text: &str, words: &str, folder: &Path) -> Command {
    let line = text.lines().find(|line| line.split(" #").next().unwrap_or_default().trim_end() == words);
    assert!(line.is_some(), "the README does not say `{words}`");
    let mut command = quickstart(folder);
    command.args(words.split_whitespace().skip_while(|word| *word != "--").skip(1));
    command
}

/// Runs it with these answers, and gives all that a person sees.
fn seen(mut command: Command, answers: &str) -> String {
    let (mut reader, writer) = std::io::pipe().unwrap();
    command.stdout(writer.try_clone().unwrap()).stderr(writer).stdin(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // The command holds the pipe's other end too.
    drop(command);
    child.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    assert!(child.wait().unwrap().success(), "{text}");
    // A terminal shows a bar instead, which is gone at the end.
    text.lines().filter(|line| !line.starts_with("imported ")).map(|line| format!("{line}\n")).collect()
}

/// Each step with its heading.
fn steps(output: &str) -> Vec<Vec<&str>> {
    let lines: Vec<&str> = output.lines().collect();
    let begin: Vec<usize> =
        (0..lines.len()).filter(|at| lines.get(at + 1).is_some_and(|line| line.starts_with("───"))).collect();
    let ends = begin.iter().skip(1).copied().chain([lines.len()]);
    begin.iter().zip(ends).map(|(from, to)| lines.get(*from..to).unwrap().to_vec()).collect()
}

/// A step as the README shows it: the beginning of a list is enough.
fn shortened(step: &[&str]) -> String {
    let (mut kept, mut items) = (Vec::new(), 0);
    for line in step {
        items = if line.starts_with("    ") { items + 1 } else { 0 };
        match items {
            0..=ITEMS => kept.push(line.trim_end()),
            _ if kept.last() != Some(&"    …") => kept.push("    …"),
            _ => {}
        }
    }
    kept.join("\n").trim_end().to_owned()
}

fn masked(block: &str) -> String {
    let mask = |line: &str| {
        let mut line = line.to_owned();
        for (before, after) in CHANGING {
            if let Some((start, rest)) = line.split_once(before)
                && let Some(end) = if after.is_empty() { Some("") } else { rest.split_once(after).map(|(_, end)| end) }
            {
                line = format!("{start}{before}*{after}{end}");
            }
        }
        line + "\n"
    };
    block.lines().map(mask).collect()
}

/// Holds the block of the README that follows this line against what was printed, or replaces it.
fn compare(follows: &str, printed: &str) {
    let text = std::fs::read_to_string(readme()).unwrap();
    let (before, rest) = text.split_once(follows).unwrap();
    let (between, rest) = rest.split_once("```text\n").unwrap();
    let (block, after) = rest.split_once("```").unwrap();
    if masked(block) == masked(printed) {
        return;
    }
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(readme(), format!("{before}{follows}{between}```text\n{printed}\n```{after}")).unwrap();
        return;
    }
    let differs = masked(block)
        .lines()
        .zip(masked(printed).lines())
        .find(|(shown, printed)| shown != printed)
        .map_or("one is longer".to_owned(), |(shown, printed)| {
            format!("the README shows\n{shown}\nand the program prints\n{printed}")
        });
    panic!(
        "{differs}\n\nThe new block, which UPDATE_README=1 writes:\n\n```text\n{printed}\n```\n\nof what was printed after \
         {follows:?}"
    );
}

#[test]
fn the_readme_shows_what_the_quickstart_prints() {
    let (folder, text) = (tempfile::tempdir().unwrap(), std::fs::read_to_string(readme()).unwrap());

    let output = seen(command(&text, "cargo run --example quickstart", folder.path()), "");
    let shown: Vec<String> = steps(&output).iter().map(|step| shortened(step)).collect();
    // The last line, about the file, belongs to no step.
    let shown = shown.join("\n\n");
    compare("What it prints", shown.split("\n\nLook at what is stored").next().unwrap());

    // Enter instead of the browser, and the first draft.
    let output = seen(command(&text, "cargo run --example quickstart -- --login", folder.path()), "\n1\n");
    // A terminal shows what was typed.
    let output = output.replace("Enter for none: ", "Enter for none: 1\n");
    let new = |step: &&Vec<&str>| ["Login", "Publishing", "Calls of X"].iter().any(|name| step[0].ends_with(name));
    let shown: Vec<String> = steps(&output).iter().filter(new).map(|step| shortened(step)).collect();
    assert_eq!(shown.len(), 3, "{output}");
    let shown = shown.join("\n\n…\n\n");
    compare("-- --login", shown.split("\n\nLook at what is stored").next().unwrap());
}
