//! The native half of the Python package `ghostwren`: it carries values between Python and the core, and knows nothing
//! else. The public half, typed and documented, is the Python beside it.
//!
//! No thread of ours ever takes Python's lock: what ends in Rust is put into the inbox of an event loop ([`inbox`]), or is
//! waited for by the thread that called ([`call`]). So nothing here can hang or crash an interpreter that goes away.

mod arrow;
mod call;
mod columns;
mod error;
mod host;
mod inbox;
mod runtime;
mod session;
mod stream;
mod style;
mod tweets;

use pyo3::prelude::*;

/// What the package is made of; private, use `ghostwren`.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::call::Call;
    #[pymodule_export]
    use super::inbox::adopt_running_loop;
    #[pymodule_export]
    use super::session::{Session, local, local_names};
    #[pymodule_export]
    use super::stream::Stream;
    #[pymodule_export]
    use super::style::{Fingerprint, StyleProfile, gap, select};
    #[pymodule_export]
    use super::tweets::{Tweet, TweetIterator, TweetList};

    use pyo3::prelude::*;

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_init]
    fn init(_module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::runtime::watch_forks();
        Ok(())
    }
}
