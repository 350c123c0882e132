//! Does one task of the comparison with other libraries: the task is the first argument, its input comes in environment
//! variables. Prints one JSON line, `{"items", "seconds", "cpu", "check"}`; exits with 64 for a task it does not know.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program whose output is read by a harness")]

mod archive;
mod chat;
mod clock;
mod import;

use std::process::ExitCode;

fn main() -> ExitCode {
    let task = std::env::args().nth(1).unwrap_or_default();
    let outcome = match task.as_str() {
        "chat" | "chat_stream" | "chat_fanout" => clock::timed(|| chat::run(&task)),
        "import" | "import_upsert" => clock::timed(|| import::run(&task)),
        "archive" => clock::timed(archive::run),
        _ => return ExitCode::from(64),
    };
    match outcome {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
