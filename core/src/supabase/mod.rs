//! Supabase: the project ([`Supabase`]), its keys, and its tables and functions through PostgREST ([`Rest`]).
//!
//! Nothing here knows the SDK's own tables: an app reaches its own ones with it. Every call goes through [`crate::http`].

mod access;
mod bulk;
mod keys;
mod project;
mod rest;

pub use access::{Access, BearerToken, UserTokens};
pub use bulk::{Bulk, BulkEvent, BulkItem, BulkReport, BulkWriter, Rejected};
pub use keys::{ApiKey, KeyKind};
pub use project::Supabase;
pub use rest::{
    Call, Count, DatabaseError, Filter, KeysetPages, Query, Read, Rest, Rows, Sort, Table, TextSearch, Value, Write,
    Written,
};

/// The name of the service in errors, spans and metrics.
pub(crate) const NAME: &str = "supabase";
