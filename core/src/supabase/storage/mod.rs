//! Supabase Storage: files of an owner in a bucket, uploaded in one piece or resumably, signed, listed, moved, deleted.
//!
//! [`Storage`] is the door for one access, [`Bucket`] what is done in a bucket. Paths are checked before anything is sent
//! ([`ObjectPath`]); a file named after its content ([`Bucket::store`]) is uploaded once and cached for ever.

mod client;
mod errors;
mod list;
mod objects;
mod path;
mod resumable;
mod source;
mod upload;
mod urls;

pub use client::{Bucket, BucketInfo, NewBucket, Storage};
pub use errors::StorageProblem;
pub use list::{ListRequest, ObjectPage};
pub use objects::ObjectInfo;
pub use path::{ContentHash, ObjectPath};
pub use resumable::{ResumableUpload, UploadPlace};
pub use upload::{CacheControl, StoredObject, Upload};
pub use urls::{SignedUpload, SignedUrl};
