//! What the bindings have in common, so that each of them only carries values: every call of the SDK by its name with
//! its arguments as JSON ([`Session::call`]), every stream as JSON events ([`Session::stream`]), and models and
//! stores that are written in the host's language ([`host`]).
//!
//! There is no logic here: a name, its arguments, the method of the core, its answer.

mod account;
mod args;
mod batches;
mod clients;
pub mod host;
mod local;
mod reply;
mod session;
mod settings;
#[cfg(feature = "supabase")]
mod supabase;
mod user;

pub use args::{Args, unreadable};
pub use batches::Batches;
pub use local::{local, local_names};
pub use reply::{Events, Reply};
pub use session::{Hosts, Kind, Session, closed};
#[cfg(feature = "supabase")]
pub use supabase::SharedTokens;
