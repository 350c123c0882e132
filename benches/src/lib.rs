//! What the benchmarks share.

pub mod tweets;
