use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use ring::digest::{Context, SHA256};

use super::files::{FileKind, part_number};
use super::limits::Limits;
use super::{folder, zip};
use crate::error::{Error, ErrorKind, Result};

/// One file of the archive that may be read.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Its path below the archive's top.
    pub(crate) path: String,
    pub(crate) kind: FileKind,
    /// Its size once inflated, as declared.
    pub(crate) size: u64,
    /// What identifies its content, for the fingerprint.
    pub(crate) identity: String,
    pub(crate) place: Place,
}

#[derive(Clone, Debug)]
pub(crate) enum Place {
    Zip(zip::Member),
    Folder(std::path::PathBuf),
}

/// What was found at the path: the entries that may be read, in order, and what was passed over.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub(crate) entries: Vec<Entry>,
    pub(crate) skipped: Vec<(String, String)>,
}

/// The archive's bytes: a zip or a folder.
#[derive(Debug)]
pub(crate) enum Source {
    Zip(std::sync::Arc<File>),
    Folder,
}

/// Gathers entries while a source is listed, each under the top folder it lies in.
#[derive(Debug, Default)]
pub(crate) struct Gather {
    roots: BTreeMap<String, BTreeMap<String, Entry>>,
    count: usize,
    pub(crate) skipped: Vec<(String, String)>,
}

const SKIPPED_KEPT: usize = 100;

impl Gather {
    pub(crate) fn add(&mut self, top: &str, entry: Entry, limits: &Limits) -> Result<()> {
        self.count += 1;
        if self.count > limits.parts {
            return Err(too_many(format!("the archive holds more than {} files of tweets", limits.parts)));
        }
        let path = entry.path.clone();
        // As every unzip program does, the last of two entries with one name wins.
        if self.roots.entry(top.to_owned()).or_default().insert(path.clone(), entry).is_some() {
            self.skip(path, "the zip holds another file of this name, which was read in its place");
        }
        Ok(())
    }

    pub(crate) fn skip(&mut self, path: String, reason: impl Into<String>) {
        if self.skipped.len() < SKIPPED_KEPT {
            self.skipped.push((path, reason.into()));
        }
    }

    /// The entries of the one archive among the top folders.
    pub(crate) fn finish(mut self) -> Result<Listing> {
        let holds_tweets = |entries: &BTreeMap<String, Entry>| {
            entries.values().any(|entry| entry.kind.is_tweets() || entry.kind == FileKind::Manifest)
        };
        let tops: Vec<String> =
            self.roots.iter().filter(|(_, entries)| holds_tweets(entries)).map(|(top, _)| top.clone()).collect();
        let Some(top) = tops.first().cloned() else {
            return Err(not_an_archive("there is no data/tweets.js, data/manifest.js or tweets.csv in it"));
        };
        for other in tops.iter().skip(1) {
            self.skip(other.clone(), "a second archive beside the first: import it by itself");
        }
        let mut entries: Vec<Entry> = self.roots.remove(&top).unwrap_or_default().into_values().collect();
        entries.sort_by(|a, b| (a.kind, part_number(&a.path), &a.path).cmp(&(b.kind, part_number(&b.path), &b.path)));
        Ok(Listing { entries, skipped: self.skipped })
    }
}

pub(crate) fn open(path: &Path, limits: &Limits) -> Result<(Source, Listing)> {
    let meta = std::fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Error::new(ErrorKind::NotFound, "archive.not_found", format!("there is no file at {}", path.display()))
                .with_remedy("Check the path of the archive.")
        }
        _ => unreadable(path, error),
    })?;
    if meta.is_dir() {
        return Ok((Source::Folder, folder::list(path, limits)?));
    }
    if !meta.is_file() {
        return Err(not_an_archive("it is neither a file nor a folder"));
    }
    let file = std::sync::Arc::new(File::open(path).map_err(|error| unreadable(path, error))?);
    let listing = zip::list(&file, limits)?;
    Ok((Source::Zip(file), listing))
}

/// SHA-256 over the sorted names, sizes and contents' identities, in hexadecimal.
pub(crate) fn fingerprint(entries: &[Entry]) -> String {
    let mut lines: Vec<String> =
        entries.iter().map(|entry| format!("{}\0{}\0{}\n", entry.path, entry.size, entry.identity)).collect();
    lines.sort();
    let mut hash = Context::new(&SHA256);
    for line in &lines {
        hash.update(line.as_bytes());
    }
    hash.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn not_an_archive(why: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, "archive.not_an_archive", format!("this is not an X data archive: {why}"))
        .with_remedy("Choose the zip that X sent you (Settings, Your account, Download an archive of your data), or the folder it was unpacked to.")
}

pub(crate) fn too_many(detail: String) -> Error {
    Error::new(ErrorKind::InvalidInput, "archive.too_many_files", detail)
        .with_remedy("Download the archive from X again and import that file.")
}

pub(crate) fn unreadable(path: &Path, error: std::io::Error) -> Error {
    Error::new(ErrorKind::Storage, "archive.unreadable", format!("{} cannot be read", path.display()))
        .with_source(error)
        .with_remedy("Check that the file is on this machine and that you may read it.")
}
