//! The native half of the Kotlin and Swift packages: it carries values between them and the core. The public half, typed
//! and documented, is the Kotlin in `kotlin` and the Swift in `swift`.
//!
//! Three things are ours and not of the core: the runtime that calls run on ([`call`]), what a device must not hold
//! ([`device`]), and the transport of the host ([`transport`]).

uniffi::setup_scaffolding!();

mod call;
mod device;
mod error;
mod host;
mod session;
mod stream;
mod style;
mod transport;
mod tweets;

pub use call::NativeCancel;
pub use error::NativeError;
pub use host::{HostError, NativeHost, NativeTokens};
pub use session::{NativeReply, NativeSession, local, version};
pub use stream::NativeStream;
pub use style::{NativeFingerprint, NativeStyleProfile, gap, select};
pub use transport::{NativeHeader, NativeRequest, NativeResponse, NativeTransport};
pub use tweets::NativeTweets;
