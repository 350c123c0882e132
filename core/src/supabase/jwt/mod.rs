//! Access tokens of Supabase Auth, verified here: no request per token, and none at all for one that is forged.
//!
//! A token is a JWT (<https://www.rfc-editor.org/rfc/rfc7519>) that Auth signs with a key of the project; its public keys
//! stand at `/.well-known/jwks.json`. What is read here is less than the RFCs allow, after RFC 8725 ("best current
//! practices"): four algorithms, each only with a key of its own kind, nothing that a token brings along to be verified with.

mod claims;
mod jwks;
mod key;
mod token;
mod verifier;

pub use claims::Claims;
pub(in crate::supabase) use token::says_expired;
pub(crate) use verifier::SECRET_NEEDED;
pub use verifier::{JwtVerifier, JwtVerifierBuilder};
