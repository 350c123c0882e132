//! Supabase Auth: logging in (with Twitter above all), sessions that stay fresh in every process, users and identities.
//!
//! [`AuthClient`] makes the calls; [`UserSession`] keeps one session fresh and is where [`Access`](super::Access) gets its
//! token. It knows no store: whoever keeps sessions implements [`SessionStore`].

mod admin;
mod callback;
mod client;
mod email;
mod errors;
mod login;
mod probe;
mod session;
mod sessions;
mod user;
mod user_session;

pub use admin::{AuthAdmin, Factor, NewUser};
pub use callback::AuthCallback;
pub use client::AuthClient;
pub use email::{Otp, SignUp};
pub(super) use errors::AuthApi;
pub use login::{AuthLogin, OAuthLogin};
pub use session::{ProviderTokens, Session, SignedIn};
pub use sessions::{MemorySessions, RefreshEnd, RefreshTurn, SessionStore};
pub use user::{AuthIdentity, AuthUser, SignOutScope, UserChanges};
pub use user_session::UserSession;
