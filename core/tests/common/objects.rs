//! A bucket that answers what a test says, and things to put into one.

use std::io::Write as _;

use ghostwren::supabase::{Access, Bucket, ObjectPath, Storage, Supabase};

use super::answers::Answers;

pub const URL: &str = "https://abcdefghijklmnopqrst.supabase.co";
pub const MB: usize = 1 << 20;
pub const PLANTED: &str = "hunter2planted";

pub fn path(text: &str) -> ObjectPath {
    ObjectPath::new(text).unwrap()
}

/// A bucket behind these answers, for a user.
pub fn bucket(answers: &Answers) -> Bucket {
    let project = Supabase::new(URL, "sb_publishable_x").unwrap().http(answers.http());
    Storage::new(&project, Access::bearer(format!("token-{PLANTED}").into())).bucket("ghostwren").unwrap()
}

/// Bytes that differ from place to place, the same for the same size.
pub fn content(size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    fastrand::Rng::with_seed(size as u64).fill(&mut bytes);
    bytes
}

pub fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file.flush().unwrap();
    file
}
