//! What is uploaded, read piece by piece.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;

use bytes::Bytes;

use super::super::NAME;
use crate::blocking::off_thread;
use crate::error::{Error, ErrorKind, Result};

/// Where the bytes are.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Bytes(Bytes),
    File(PathBuf),
}

impl Source {
    pub(super) async fn size(&self) -> Result<u64> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.len() as u64),
            Self::File(path) => {
                let path = path.clone();
                blocking("storage.upload", move || Ok(std::fs::metadata(path)?.len())).await
            }
        }
    }

    /// These bytes of it: exactly so many, or a failure.
    pub(super) async fn piece(&self, offset: u64, length: usize) -> Result<Bytes> {
        match self {
            Self::Bytes(bytes) => {
                let from = usize::try_from(offset).unwrap_or(usize::MAX);
                if from.checked_add(length).is_none_or(|to| to > bytes.len()) {
                    return Err(changed());
                }
                Ok(bytes.slice(from..from + length))
            }
            Self::File(path) => {
                let path = path.clone();
                let read = move || {
                    let mut file = File::open(path)?;
                    file.seek(SeekFrom::Start(offset))?;
                    let mut piece = vec![0; length];
                    file.read_exact(&mut piece)?;
                    Ok(piece.into())
                };
                blocking("storage.upload", read).await
            }
        }
    }
}

/// What is uploaded is not what it was when the upload began.
pub(super) fn changed() -> Error {
    Error::new(ErrorKind::Conflict, "supabase.upload_changed", "what is uploaded has changed since the upload began")
        .with_operation(NAME, "storage.upload")
        .with_remedy("Begin a new upload.")
}

/// Work on a file, away from the threads that drive everything else.
pub(super) async fn blocking<T: Send + 'static>(
    operation: &'static str,
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| {
        Error::new(ErrorKind::Storage, "supabase.file", "the file cannot be read, or changed while it was read")
            .with_operation(NAME, operation)
            .with_source(source)
    };
    match off_thread(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(failed(error.into())),
        Err(error) => Err(failed(error.into())),
    }
}
