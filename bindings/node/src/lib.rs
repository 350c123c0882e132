//! The native half of the npm package `ghostwren`: it carries values between Node and the core, and knows nothing else. The
//! public half, typed and documented, is the TypeScript beside it.
//!
//! A call gives JavaScript a number at once; what it comes to is a [`bridge::Message`] that JavaScript takes when it is
//! woken. So no thread of ours ever enters JavaScript, and an environment that goes away is not entered any more.

// `#[napi]` makes functions that it registers with Node: no Rust code reaches them by their name.
#![allow(unreachable_pub, missing_docs, reason = "what is public here is public to JavaScript, and documented there")]
#![cfg_attr(test, allow(dead_code, reason = "a test build registers nothing with Node"))]

mod bridge;
mod error;
mod host;
mod runtime;
mod session;
mod stream;
mod style;
mod tweets;

use napi_derive::napi;

/// The version of this half, which the other half compares with its own.
#[napi]
#[must_use]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
