//! Running other programs: their output shown as it comes, their test totals added up.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The totals of the test runners, as they print them themselves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl std::ops::AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// How what no test may show begins: the tokens and secrets of the sandbox, and what tests plant.
const SECRETS: [&str; 5] = ["sandbox-access-", "sandbox-refresh-", "sandbox-code-", "sandbox-client-secret", "hunter2"];

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// A `cargo` of the toolchain that runs this.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).current_dir(root());
    command
}

/// Runs the command to its end.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    show(command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{}: {status}", line(command))),
        Err(error) => Err(format!("{}: {error}", line(command))),
    }
}

/// Runs a command of tests and adds up its totals; a failed test, or a secret in what it prints in either way, is an error that
/// still carries them.
pub(crate) fn run_tests(command: &mut Command) -> (Totals, Result<(), String>) {
    show(command);
    watch(command, true)
}

/// The same, and shows what it reads only where that is wanted.
fn watch(command: &mut Command, shown: bool) -> (Totals, Result<(), String>) {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => return (Totals::default(), Err(format!("{}: {error}", line(command)))),
    };
    let (output, errors) = (child.stdout.take(), child.stderr.take());
    // Side by side: a program that fills one of them waits until it is read.
    let ((totals, mut leaks), more) = std::thread::scope(|scope| {
        let errors = scope.spawn(|| {
            let mut leaks = Vec::new();
            for text in lines(errors) {
                if shown {
                    eprintln!("{text}");
                }
                leaks.extend(secret_in(&text));
            }
            leaks
        });
        let (mut totals, mut leaks) = (Totals::default(), Vec::new());
        for text in lines(output) {
            let more = libtest_totals(&text)
                .or_else(|| prove_totals(&text))
                .or_else(|| pytest_totals(&text))
                .or_else(|| node_totals(&text))
                .or_else(|| surefire_totals(&text))
                .or_else(|| xctest_totals(&text));
            totals += more.unwrap_or_default();
            totals.skipped += u64::from(text.starts_with("skipped:"));
            if shown {
                println!("{text}");
            }
            leaks.extend(secret_in(&text));
        }
        ((totals, leaks), errors.join().unwrap_or_default())
    });
    leaks.extend(more);
    let end = match child.wait() {
        Ok(_) if !leaks.is_empty() => {
            Err(format!("{}: the output holds secrets: {}…", line(command), leaks.join("…, ")))
        }
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{}: {status}", line(command))),
        Err(error) => Err(format!("{}: {error}", line(command))),
    };
    (totals, end)
}

/// Its lines, also those that are no text.
fn lines(from: Option<impl Read>) -> impl Iterator<Item = String> {
    let split = from.into_iter().flat_map(|from| BufReader::new(from).split(b'\n'));
    split.map_while(Result::ok).map(|line| String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned())
}

fn secret_in(text: &str) -> Option<&'static str> {
    SECRETS.into_iter().find(|secret| text.contains(secret))
}

/// Reads `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
fn libtest_totals(text: &str) -> Option<Totals> {
    let rest = text.strip_prefix("test result: ")?;
    let (_, rest) = rest.split_once(". ")?;
    let mut totals = Totals::default();
    for part in rest.split("; ") {
        let (number, what) = part.split_once(' ')?;
        let Ok(number) = number.parse::<u64>() else { break };
        match what {
            "passed" => totals.passed = number,
            "failed" => totals.failed = number,
            "ignored" => totals.skipped = number,
            _ => break,
        }
    }
    Some(totals)
}

/// Reads what `prove` says of one file with tests that failed, `… (Wstat: 0 Tests: 244 Failed: 3)`, and of all at its end,
/// `Files=5, Tests=624, …`.
fn prove_totals(text: &str) -> Option<Totals> {
    if let Some((_, rest)) = text.split_once(" Failed: ")
        && text.contains("(Wstat: ")
    {
        let failed = rest.strip_suffix(')')?.parse().ok()?;
        return Some(Totals { failed, ..Totals::default() });
    }
    let (_, rest) = text.strip_prefix("Files=")?.split_once(", Tests=")?;
    let (tests, _) = rest.split_once(',')?;
    Some(Totals { passed: tests.parse().ok()?, ..Totals::default() })
}

/// Reads `3 failed, 12 passed, 1 skipped in 4.20s`, with or without the line that pytest draws around it.
fn pytest_totals(text: &str) -> Option<Totals> {
    let (counts, time) = text.trim_matches(['=', ' ']).rsplit_once(" in ")?;
    time.split(' ').next()?.strip_suffix('s')?.parse::<f64>().ok()?;
    let mut totals = Totals::default();
    for part in counts.split(", ") {
        let (number, what) = part.split_once(' ')?;
        let number = number.parse::<u64>().ok()?;
        match what {
            "passed" => totals.passed = number,
            "failed" | "error" | "errors" => totals.failed += number,
            "skipped" => totals.skipped = number,
            _ => {}
        }
    }
    Some(totals)
}

/// Reads a line of the summary of Node's test runner, `ℹ pass 12`. What it cancelled did not pass.
fn node_totals(text: &str) -> Option<Totals> {
    let (what, number) = text.strip_prefix("ℹ ")?.split_once(' ')?;
    let number = number.parse().ok()?;
    let mut totals = Totals::default();
    match what {
        "pass" => totals.passed = number,
        "fail" | "cancelled" => totals.failed = number,
        "skipped" | "todo" => totals.skipped = number,
        _ => return None,
    }
    Some(totals)
}

/// Reads what Maven says of all tests at the end, `[INFO] Tests run: 9, Failures: 1, Errors: 0, Skipped: 1`; what it says of
/// one class names its time.
fn surefire_totals(text: &str) -> Option<Totals> {
    let (_, counts) = text.split_once("Tests run: ")?;
    let numbers: Vec<u64> = counts
        .split(", ")
        .map(|part| part.rsplit(' ').next().unwrap_or_default().parse())
        .collect::<Result<_, _>>()
        .ok()?;
    let [run, failures, errors, skipped] = numbers[..] else { return None };
    let failed = failures + errors;
    Some(Totals { passed: run.saturating_sub(failed + skipped), failed, skipped })
}

/// Reads what XCTest says of one test at its end, `Test Case 'CallTests.testAPanic' failed (0.003 seconds)`: its totals stand
/// there once for each suite that holds another.
fn xctest_totals(text: &str) -> Option<Totals> {
    let (_, end) = text.strip_prefix("Test Case '")?.rsplit_once("' ")?;
    let (end, _) = end.split_once(" (")?;
    let mut totals = Totals::default();
    match end {
        "passed" => totals.passed = 1,
        "failed" => totals.failed = 1,
        "skipped" => totals.skipped = 1,
        _ => return None,
    }
    Some(totals)
}

fn line(command: &Command) -> String {
    let mut line = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    for arg in command.get_args() {
        line.push(' ');
        line.push_str(&arg.to_string_lossy());
    }
    line
}

fn show(command: &Command) {
    println!("$ {}", line(command));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_secret_is_found_wherever_it_is_printed() {
        // Not shown: these lines are part of what a run of these tests is searched for.
        let run = |script: &str| watch(Command::new("sh").args(["-c", script]), false);
        let passed = "test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out";
        for (script, found) in [
            (format!("echo '{passed}'; echo all is well >&2"), false),
            (format!("echo hunter2; echo '{passed}'"), true),
            (format!("echo '{passed}'; echo hunter2 >&2"), true),
            (format!("echo '{passed}'; printf '\\377 sandbox-access-9' >&2"), true),
            (format!("echo '{passed}'; printf '\\377\\n'; echo sandbox-code-9"), true),
            // More than a pipe holds, on both.
            (format!("yes | head -100000 >&2; yes | head -100000; echo '{passed}'; echo hunter2 >&2"), true),
        ] {
            let (totals, end) = run(&script);
            assert_eq!(totals.passed, 2, "{script}");
            assert_eq!(end.is_err_and(|error| error.contains("holds secrets")), found, "{script}");
        }
        assert!(run("echo hunter2 >&2; exit 1").1.is_err_and(|error| error.contains("holds secrets")));
        assert!(run("exit 1").1.is_err_and(|error| error.contains("exit status")));
    }

    #[test]
    fn reads_the_totals_of_libtest() {
        let totals =
            libtest_totals("test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out").unwrap();
        assert_eq!((totals.passed, totals.failed, totals.skipped), (12, 3, 1));
        assert!(libtest_totals("test foo ... ok").is_none());
    }

    #[test]
    fn reads_the_totals_of_prove() {
        let all = prove_totals("Files=5, Tests=624,  3 wallclock secs ( 0.04 usr  0.01 sys)").unwrap();
        assert_eq!((all.passed, all.failed), (624, 0));
        let one = prove_totals("storage.test.sql  (Wstat: 768 (exited 3) Tests: 10 Failed: 2)").unwrap();
        assert_eq!((one.passed, one.failed), (0, 2));
        assert!(prove_totals("storage.test.sql .. ok").is_none());
    }

    #[test]
    fn reads_the_totals_of_maven() {
        let totals = surefire_totals("[ERROR] Tests run: 9, Failures: 1, Errors: 1, Skipped: 2").unwrap();
        assert_eq!((totals.passed, totals.failed, totals.skipped), (5, 2, 2));
        let one = "[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.4 s -- in io.github.Of";
        assert!(surefire_totals(one).is_none());
    }

    #[test]
    fn reads_the_totals_of_xctest() {
        let lines = [
            "Test Suite 'All tests' started at 2026-11-29 01:42:05.123",
            "Test Case 'CallTests.testA' started at 2026-11-29 01:42:05.123",
            "Test Case 'CallTests.testA' passed (0.52 seconds)",
            "Test Case '-[GhostwrenTests.CallTests testB]' failed (0.003 seconds).",
            "Test Case 'SupabaseTests.testC' skipped (0.001 seconds)",
            "\t Executed 3 tests, with 1 test skipped and 1 failure (0 unexpected) in 0.6 (0.6) seconds",
        ];
        let mut totals = Totals::default();
        lines.iter().filter_map(|line| xctest_totals(line)).for_each(|more| totals += more);
        assert_eq!((totals.passed, totals.failed, totals.skipped), (1, 1, 1));
    }

    #[test]
    fn reads_the_totals_of_pytest() {
        let totals = pytest_totals("==== 3 failed, 12 passed, 1 skipped, 2 warnings in 4.20s ====").unwrap();
        assert_eq!((totals.passed, totals.failed, totals.skipped), (12, 3, 1));
        assert_eq!(pytest_totals("73 passed in 61.00s (0:01:01)").unwrap().passed, 73);
        assert!(pytest_totals("12 apples in 3 bags").is_none());
    }

    #[test]
    fn reads_the_totals_of_node() {
        let lines = ["ℹ tests 7", "ℹ pass 3", "ℹ fail 1", "ℹ cancelled 2", "ℹ skipped 1", "ℹ duration_ms 1034.5"];
        let mut totals = Totals::default();
        lines.iter().filter_map(|line| node_totals(line)).for_each(|more| totals += more);
        assert_eq!((totals.passed, totals.failed, totals.skipped), (3, 3, 1));
    }
}
