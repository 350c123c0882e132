//! The main job in one place: open an account or connect it → import → learn the style → draft → decide → export or erase.
//!
//! [`Ghostwren`] is one per process and holds no user; [`User`] is one identity; [`Account`] is one Twitter account of it.
//! Nothing here knows which store or which model it runs on.

mod account;
mod audit;
mod budget;
mod client;
mod connect;
mod corpus;
mod custody;
mod drafts;
mod erase;
mod export;
mod files;
mod generation;
mod ghostwren;
mod import;
mod limits;
mod metered;
mod preview;
mod progress;
mod publish;
mod style;
mod user;

pub use account::Account;
pub use audit::{AuditReport, KeyAudit, KeyRole};
pub use connect::{BrowserLogin, Connect, Connection, PendingLogin};
pub use export::Export;
pub use generation::{GenerationEvent, GenerationReport, GenerationStream};
pub use ghostwren::{Ghostwren, GhostwrenBuilder};
pub use import::{
    Import, ImportEvent, ImportOptions, ImportPreview, ImportReport, ReconcilePreview, ReconcileReport, TimelineReport,
};
pub use preview::{CostPreview, PreviewedCall};
pub use progress::Progress;
pub use publish::{
    PreviewedTweet, PublishMedia, PublishPreview, PublishReport, PublishRequest, PublishedTweet, Publisher,
};
pub use style::{StyleOptions, StyleReport};
pub use user::{Identity, User};

use crate::blocking::blocking;
