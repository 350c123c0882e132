//! Measures the background profile from the crowd's tweets and writes it as `core/src/style/background_table.rs`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program")]

use std::fmt::Write as _;
use std::path::Path;

use ghostwren::style::Background;
use ghostwren_benches::tweets::{background_texts, read, shared};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let shared = shared().ok_or("shared data not found: set GHOSTWREN_SHARED")?;
    let crowd = read(&shared.join("data/tweets/crowd.csv"))?;
    let background = Background::measure(background_texts(&crowd));
    let mut out = String::from(
        "//! Written by `benches/src/bin/background.rs`; not edited by hand.\n\n\
         /// Feature, mean, standard deviation, units in an average tweet.\n\
         #[rustfmt::skip]\npub(super) const TABLE: &[(&str, f64, f64, f64)] = &[\n",
    );
    for (name, row) in background.rows() {
        writeln!(out, "    ({name:?}, {:.5e}, {:.5e}, {:.5e}),", row.mean, row.sd, row.units)?;
    }
    out.push_str("];\n");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src/style/background_table.rs");
    std::fs::write(&path, out)?;
    println!("{} rows; words of {:?}", background.rows().count(), background.languages());
    Ok(())
}
