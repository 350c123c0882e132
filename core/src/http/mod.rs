//! Every byte that leaves: one pipeline for all clients.
//!
//! Each attempt passes the rate window, the budget of retries, the transport and the classification, in this order.
//! A client of a service implements [`Service`] (how it says that something failed) and calls [`HttpClient::send`].

mod body;
mod budget;
mod client;
#[cfg(feature = "reqwest")]
mod default_transport;
mod json;
mod observe;
mod redact;
mod request;
mod response;
mod settings;
pub mod sse;
#[cfg(feature = "reqwest")]
mod tls;
mod transport;
mod wait;
mod windows;

pub(crate) use body::past_deadline;
pub use body::{Body, EventStream};
#[cfg(feature = "supabase")]
pub(crate) use client::Finish;
pub use client::HttpClient;
pub use redact::{body_summary, mask_secrets, shown_address};
pub use request::{Failure, HttpRequest, OnLimit, RateKey, RateWindow, Repeat, Service};
pub use response::{HttpResponse, Received};
pub(crate) use response::{Made, Reader};
pub use settings::HttpClientBuilder;
pub use transport::{BodyStream, Transport, TransportError, TransportErrorKind, TransportResponse};
pub(crate) use wait::service_date;
pub use windows::KnownWindow;
