use std::fmt;
use std::path::Path;

use ring::digest::{Context, SHA256};

use super::errors::bad_argument;
use super::source::blocking;
use crate::error::{Error, Result};

/// The longest path that S3, which stands behind Storage, has: in bytes.
const LONGEST: usize = 1024;
/// How much of a file is read at once to hash it.
const READ: usize = 1 << 20;

/// Where an object is in its bucket, checked: segments of letters, digits and `-_.!*'()&$@=;:+, `, none of them empty, `.` or
/// `..`, in all at most 1,024 bytes. What older servers refuse, or a proxy could read as another path, is refused here.
///
/// ```
/// use ghostwren::supabase::ObjectPath;
/// # fn main() -> ghostwren::Result<()> {
/// let path = ObjectPath::owned("8a1f0a3e-6a53-4b0a-9a52-0c6a4f3f5f10", "main", "exports/2026.zip")?;
/// assert_eq!(path.as_str(), "8a1f0a3e-6a53-4b0a-9a52-0c6a4f3f5f10/main/exports/2026.zip");
/// for wrong in ["", "/a", "a/", "a//b", "a/../b", "a/./b", "..", "a\\b", "a%2fb", "a\nb", "a?b", "\u{e9}"] {
///     assert_eq!(ObjectPath::new(wrong).expect_err(wrong).code(), "supabase.bad_path");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ObjectPath(String);

impl ObjectPath {
    /// A path within a bucket.
    ///
    /// # Errors
    /// `InvalidInput`, `supabase.bad_path`.
    pub fn new(path: impl Into<String>) -> Result<Self> {
        let path = path.into();
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.!*'()&$@=;:+, ".contains(c);
        let good = |segment: &str| !matches!(segment, "" | "." | "..") && segment.chars().all(allowed);
        if path.len() > LONGEST || !path.split('/').all(good) {
            return Err(bad_path());
        }
        Ok(Self(path))
    }

    /// A path below an owner's account, which is what the policies of the bucket look at: `{owner}/{account}/{name}`.
    ///
    /// # Errors
    /// `InvalidInput`, `supabase.bad_path`, also for an owner or an account with a slash.
    pub fn owned(owner: impl fmt::Display, account: impl fmt::Display, name: &str) -> Result<Self> {
        let (owner, account) = (owner.to_string(), account.to_string());
        if owner.contains('/') || account.contains('/') {
            return Err(bad_path());
        }
        Self::new(format!("{owner}/{account}/{name}"))
    }

    /// A path that is named after its content: `{owner}/{account}/{hash}.{extension}`. The same content is the same object,
    /// so that an upload may be repeated, and what is cached never changes.
    ///
    /// # Errors
    /// As [`owned`](Self::owned).
    pub fn of_content(
        owner: impl fmt::Display,
        account: impl fmt::Display,
        hash: &ContentHash,
        extension: &str,
    ) -> Result<Self> {
        let name = if extension.is_empty() { hash.to_string() } else { format!("{hash}.{extension}") };
        if name.contains('/') {
            return Err(bad_path());
        }
        Self::owned(owner, account, &name)
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }
}

impl fmt::Display for ObjectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn bad_path() -> Error {
    Error::new(crate::ErrorKind::InvalidInput, "supabase.bad_path", "the path of the object cannot be used").with_remedy(
        "Use segments of letters, digits and -_.!*'()&$@=;:+, none of them empty, `.` or `..`, in all at most 1,024 bytes.",
    )
}

/// A prefix as it is listed: nothing, or the beginning of a path.
pub(super) fn check_prefix(prefix: &str) -> Result<()> {
    let path = prefix.strip_suffix('/').unwrap_or(prefix);
    if prefix.is_empty() || ObjectPath::new(path).is_ok() { Ok(()) } else { Err(bad_path()) }
}

/// The SHA-256 of a content; as text, 64 digits of hexadecimal.
///
/// ```
/// use ghostwren::supabase::ContentHash;
/// let hash = ContentHash::of(b"abc");
/// assert_eq!(hash.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// Of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(bytes);
        Self::end(context)
    }

    /// Of a file, read piece by piece.
    ///
    /// # Errors
    /// `Storage`, `supabase.file`, when it cannot be read.
    pub async fn of_file(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref().to_owned();
        blocking("storage.hash", move || {
            let mut file = std::fs::File::open(path)?;
            let mut context = Context::new(&SHA256);
            let mut piece = vec![0; READ];
            loop {
                match std::io::Read::read(&mut file, &mut piece)? {
                    0 => return Ok(Self::end(context)),
                    read => context.update(piece.get(..read).unwrap_or_default()),
                }
            }
        })
        .await
    }

    fn end(context: Context) -> Self {
        let mut hash = [0; 32];
        for (to, from) in hash.iter_mut().zip(context.finish().as_ref()) {
            *to = *from;
        }
        Self(hash)
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The name of a bucket, as Storage takes it.
pub(super) fn check_bucket(name: &str) -> Result<()> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.is_empty() || name.len() > 100 || matches!(name, "." | "..") || !name.chars().all(allowed) {
        return Err(bad_argument(
            "storage.bucket",
            "the name of a bucket has 1 to 100 letters, digits, `-`, `_` and `.`",
        ));
    }
    Ok(())
}
