#![doc = include_str!("../README.md")]

pub mod archive;
mod blocking;
pub mod config;
pub mod error;
mod escape;
pub mod generate;
pub mod http;
#[doc(hidden)]
pub mod json;
pub mod model;
pub mod openai;
pub mod records;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod store;
pub mod style;
#[cfg(feature = "supabase")]
pub mod supabase;
pub mod text;
mod tolerant;
pub mod twitter;
pub mod workflow;

pub use error::{Error, ErrorKind, Result};
pub use workflow::{Account, Ghostwren, Identity, User};
