//! What several integration tests use.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test uses a part of what is shared")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]
#![allow(unexpected_cfgs, reason = "the tests of the examples share it, which have no such features")]

#[cfg(feature = "supabase")]
pub mod answers;
pub mod archive_builder;
#[cfg(feature = "supabase")]
pub mod auth;
#[cfg(feature = "supabase")]
pub mod browser;
#[cfg(feature = "supabase")]
pub mod lite;
#[cfg(feature = "supabase")]
pub mod objects;
pub mod postgres;
pub mod raw_server;
#[cfg(feature = "supabase")]
pub mod signer;
#[cfg(feature = "supabase")]
pub mod supabase;

/// The data that tests read in place; `None` (and a line in the output) where it is absent, a failure under CI.
pub fn shared() -> Option<std::path::PathBuf> {
    let beside_the_checkout = || {
        let mut above = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
        above.find_map(|folder| Some(folder.join("shared")).filter(|shared| shared.join("data").is_dir()))
    };
    let named = std::env::var_os("GHOSTWREN_SHARED").map(std::path::PathBuf::from);
    if let Some(path) = named.or_else(beside_the_checkout).filter(|path| path.is_dir()) {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "shared data not found");
    println!("skipped: shared data not found");
    None
}
