//! What the benchmarks share.

pub mod archive;
pub mod tweets;
