//! Examples of the Ghostwren SDK: see `examples/`.
