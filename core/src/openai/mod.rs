//! The OpenAI protocol, as OpenAI and every compatible server speak it: Chat Completions and Responses, whole or streamed.
//!
//! [`OpenAi`] is the client and implements [`Model`](crate::model::Model). Requests are written strictly (`request`,
//! `chat`, `responses`), answers are read tolerantly (`wire`), and what is known of models stands in `registry`.

mod chat;
mod client;
mod errors;
mod lifecycle;
mod limits;
mod models;
mod observe;
mod policy;
mod registry;
mod reply;
mod request;
mod responses;
mod schema;
mod settings;
mod split;
mod stream;
mod told;
mod wire;

pub use client::{Api, OpenAi};
pub use limits::{RateLimit, RateLimits, parse_duration};
pub use models::ModelRecord;
pub use policy::{ModelNotice, ModelPolicy, PolicyStep};
pub use registry::{FIGURES_OF, ModelInfo, Price, Reasoning, is_openai_reasoning, model_info};
pub use reply::{Answer, Reply};
pub use request::{ChatRequest, Dialect};
pub use schema::strict_schema;
