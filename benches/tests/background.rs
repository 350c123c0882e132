//! The shipped background profile is what the committed program measures.
#![allow(clippy::panic, clippy::unwrap_used, clippy::print_stderr)]

use ghostwren::style::Background;
use ghostwren_benches::tweets::{background_texts, read, shared};

#[test]
fn the_shipped_background_is_measured_from_the_crowd() {
    let Some(shared) = shared() else {
        assert!(std::env::var_os("CI").is_none(), "shared data not found");
        eprintln!("skipped: shared data not found");
        return;
    };
    let crowd = read(&shared.join("data/tweets/crowd.csv")).unwrap();
    let measured = Background::measure(background_texts(&crowd));
    assert_eq!(measured.languages(), Background::shipped().languages());
    assert_eq!(measured.rows().count(), Background::shipped().rows().count());
    for ((name, measured), (shipped_name, shipped)) in measured.rows().zip(Background::shipped().rows()) {
        assert_eq!(name, shipped_name);
        for (a, b) in [(measured.mean, shipped.mean), (measured.sd, shipped.sd), (measured.units, shipped.units)] {
            assert!((a - b).abs() <= b.abs() * 1e-4, "{name}: {a} is shipped as {b}; run the program `background`");
        }
    }
}
