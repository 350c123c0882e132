//! Supabase: the project ([`Supabase`]), its keys, its tables and functions through PostgREST ([`Rest`]), its users and their
//! sessions ([`AuthClient`], [`UserSession`]), tokens verified locally ([`JwtVerifier`]), and its files ([`Storage`]).
//!
//! Nothing here knows the SDK's own tables: an app reaches its own ones with it. Every call goes through [`crate::http`].

mod access;
mod auth;
mod bulk;
mod jwt;
mod keys;
mod project;
mod rest;
mod storage;

pub use access::{Access, BearerToken, UserTokens};
pub use auth::{
    AuthAdmin, AuthCallback, AuthClient, AuthIdentity, AuthLogin, AuthUser, Factor, MemorySessions, NewUser,
    OAuthLogin, Otp, ProviderTokens, RefreshEnd, RefreshTurn, Session, SessionStore, SignOutScope, SignUp, SignedIn,
    UserChanges, UserSession,
};
pub use bulk::{Bulk, BulkEvent, BulkItem, BulkReport, BulkWriter, Rejected};
pub(crate) use jwt::SECRET_NEEDED;
pub use jwt::{Claims, JwtVerifier, JwtVerifierBuilder};
pub use keys::{ApiKey, KeyKind};
pub use project::Supabase;
pub(crate) use rest::too_many;
pub use rest::{
    Call, Count, DatabaseError, Filter, KeysetPages, Query, Read, Rest, Rows, Sort, Table, TextSearch, Value, Write,
    Written,
};
pub use storage::{
    Bucket, BucketInfo, CacheControl, ContentHash, ListRequest, NewBucket, ObjectInfo, ObjectPage, ObjectPath,
    ResumableUpload, SignedUpload, SignedUrl, Storage, StorageProblem, StoredObject, Upload, UploadPlace,
};

/// The name of the service in errors, spans and metrics.
pub(crate) const NAME: &str = "supabase";
