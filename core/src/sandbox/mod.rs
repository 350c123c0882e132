//! Stand-ins for the services that Ghostwren talks to, on 127.0.0.1, with faults on demand: for tests, yours and ours,
//! and for the first run without a key. They share no type with the clients: each writes its JSON by its own hand, so
//! that one wrong name cannot pass on both sides.
//!
//! ```
//! use ghostwren::sandbox::{Endpoint, Fault, Sandbox};
//! let sandbox = Sandbox::start()?;
//! // Point any OpenAI client at `sandbox.openai_url()` with `sandbox.key()`. The next chat call is told to wait:
//! sandbox.script(Endpoint::Chat, [Fault::RateLimit { seconds: 1 }])?;
//! assert!(sandbox.openai_url().ends_with("/v1"));
//! assert!(sandbox.requests().is_empty());
//! // And any client of X at `sandbox.x().api_url()`: see [`x`]; of Supabase at `sandbox.supabase().url()`: see [`supabase`].
//! assert_eq!(sandbox.x().api_url() + "/v1", sandbox.openai_url());
//! # Ok::<(), ghostwren::Error>(())
//! ```

mod control;
mod fault;
mod log;
pub mod openai;
mod server;
pub mod supabase;
pub mod x;

pub use log::{Outcome, RecordedRequest};
pub use openai::{Endpoint, FAULT_HEADER, Fault, PACE_HEADER};
pub use server::{Sandbox, SandboxBuilder};
pub use supabase::SupabaseSandbox;
pub use x::XSandbox;
