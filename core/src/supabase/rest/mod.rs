//! Tables and functions through PostgREST.
//!
//! A query is gathered as plain data ([`plan`]), compiled ([`compile`]) and sent through the pipeline; what the server says
//! of a failure is told apart in [`errors`].

mod compile;
mod errors;
mod filter;
mod keyset;
mod plan;
mod query;
mod read;
mod shape;
mod value;
mod write;

pub use errors::DatabaseError;
pub(crate) use errors::too_many;
pub use filter::{Filter, TextSearch};
pub use keyset::KeysetPages;
pub use plan::{Count, Sort};
pub use query::{Call, Query, Read, Rest, Table, Write};
pub use read::Rows;
pub use value::Value;
pub use write::Written;
