//! Examples of the Ghostwren SDK: see `examples/`.

/// The examples of the README are compiled as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;
