//! X API v2: login by OAuth 2.0, users, timelines, search, tweets, media, limits and what all of it costs.
//!
//! [`TwitterApp`] is your app at X and does the login; [`TwitterClient`] makes calls for one login, with tokens from a
//! [`TokenSource`]. It knows no store: whoever keeps tokens, checkpoints and limits stands above.

mod app;
mod callback;
mod client;
mod cost;
mod dialect;
mod errors;
mod limits;
mod lint;
mod loopback;
mod media;
mod oauth;
mod page;
mod problem;
mod scopes;
mod timeline;
mod tokens;
mod tweets;
mod users;
mod wire;

pub use app::TwitterApp;
pub use callback::Callback;
pub use client::TwitterClient;
pub use cost::{Cost, Preview, Prices, TIMELINE_LIMIT, is_free_again};
pub use dialect::Dialect;
pub use limits::{RateLimit, RateLimits};
pub use lint::{Finding, LintRules, lint};
pub use loopback::Loopback;
pub use media::{MediaUpload, UploadedMedia};
pub use oauth::Authorization;
pub use page::{Next, ReadIds, Resource, TweetPage};
pub use problem::Problem;
pub use scopes::Scopes;
pub use timeline::{Pages, TimelineRequest};
pub use tokens::{FixedToken, TokenSource, Tokens};
pub use tweets::{EditOptions, Geo, NewTweet, Poll, Reply, ReplySettings, TweetMedia, Written, may_have_happened};
pub use users::{UserInfo, UserList};
