//! The commands of the project: what CI runs, anyone can run.
//!
//! `cargo xtask test` runs everything and prints the minutes of each part; `cargo xtask test --long` fuzzes as well.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for people and CI")]

mod footprint;
mod mobile;
mod model_server;
mod node;
mod python;
mod run;
mod servers;
mod supabase;
mod swift;
mod test;

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["test", options @ ..] => test::run(options),
        ["gen"] => python::generate().and_then(|()| node::generate()).and_then(|()| mobile::generate()),
        ["pack", "node"] => node::pack(),
        ["fuzz", options @ ..] => test::fuzz(options.first().and_then(|seconds| seconds.parse().ok()).unwrap_or(60)),
        ["supabase", "up"] => supabase::up(None),
        ["supabase", "up", file] => supabase::up(Some(file)),
        ["supabase", "postgres", what @ ("start" | "stop")] => supabase::postgres(what),
        ["footprint", options @ ..] => footprint::measure(options),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            // The totals of the tests stay the last line.
            if !text.is_empty() {
                eprintln!("{text}");
            }
            ExitCode::FAILURE
        }
    }
}

const USAGE: &str = "\
usage: cargo xtask test [--long] [PART…]   run all tests, or only these parts
       cargo xtask gen                     write what is made from other files
       cargo xtask pack node               the npm package for this machine, as it is shipped
       cargo xtask fuzz [SECONDS]          run each fuzz target for so long (60 s unless told)
       cargo xtask supabase up [FILE]      keep the real servers running; FILE gets their addresses as `export` lines
       cargo xtask supabase postgres start|stop   under servers that `up` keeps running (GHOSTWREN_TEST_SERVERS)
       cargo xtask footprint [--check]     what an application pays: crates, build time, size (or only: does it compile)

parts: format lint features docs rust model supabase package python node mobile swift";
