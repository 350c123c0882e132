use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use ring::digest::{Context, SHA256};

use super::files::{FileKind, place};
use super::limits::Limits;
use super::source::{Entry, Gather, Listing, Place, not_an_archive, unreadable};
use crate::error::Result;

/// How deep an unpacked archive is looked through: `top/data/js/tweets/2013_01.js`.
const DEPTH: usize = 5;

/// Lists the files of an unpacked archive that may be read. Nothing is opened whose name is not on the list, a symbolic
/// link that leads out of the folder is refused, and so is what is no plain file (a pipe would block for ever).
pub(crate) fn list(root: &Path, limits: &Limits) -> Result<Listing> {
    let real_root = root.canonicalize().map_err(|error| unreadable(root, error))?;
    let mut gather = Gather::default();
    let mut seen = 0;
    walk(&real_root, &real_root, "", 1, limits, &mut gather, &mut seen)?;
    gather.finish()
}

fn walk(
    root: &Path,
    folder: &Path,
    prefix: &str,
    depth: usize,
    limits: &Limits,
    gather: &mut Gather,
    seen: &mut u64,
) -> Result<()> {
    let mut names = Vec::new();
    for item in fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
        *seen += 1;
        if *seen > limits.entries {
            return Err(not_an_archive("the folder holds too many files"));
        }
        let item = item.map_err(|error| unreadable(folder, error))?;
        let Ok(name) = item.file_name().into_string() else { continue };
        let below = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        // Only a folder that can lead to a listed file, or a listed file, is looked at.
        if may_lead(&below) || place(&below).is_some() {
            names.push((below, item.path()));
        }
    }
    names.sort();
    for (below, path) in names {
        let Ok(real) = path.canonicalize() else {
            gather.skip(below, "it is a link that leads nowhere");
            continue;
        };
        if !real.starts_with(root) {
            gather.skip(below, "it is a link that leads out of the folder");
            continue;
        }
        let Ok(meta) = fs::metadata(&real) else { continue };
        if meta.is_dir() {
            if depth < DEPTH {
                walk(root, &path, &below, depth + 1, limits, gather, seen)?;
            }
        } else if let Some((top, inside, kind)) = place(&below) {
            if !meta.is_file() {
                gather.skip(below, "it is no plain file");
                continue;
            }
            let identity = if kind == FileKind::CircleTweets { Ok(String::new()) } else { ends(&real, meta.len()) };
            let identity = identity.map_err(|error| unreadable(&real, error))?;
            let entry = Entry { path: inside.to_owned(), kind, size: meta.len(), identity, place: Place::Folder(real) };
            gather.add(top, entry, limits)?;
        }
    }
    Ok(())
}

/// Whether this is a folder on the way to a listed file, with or without a top folder.
fn may_lead(path: &str) -> bool {
    const WAYS: &[&str] = &["data", "data/js", "data/js/tweets", "js", "js/tweets"];
    match path.split_once('/') {
        None => path != "__MACOSX",
        Some((_, below)) => WAYS.contains(&path) || WAYS.contains(&below),
    }
}

/// What identifies a file's content without reading it all: the hash of its first and last 64 KiB.
fn ends(path: &Path, size: u64) -> std::io::Result<String> {
    const END: u64 = 1 << 16;
    let mut file = File::open(path)?;
    let mut hash = Context::new(&SHA256);
    let mut part = Vec::new();
    file.by_ref().take(END).read_to_end(&mut part)?;
    hash.update(&part);
    if size > END {
        part.clear();
        file.seek(SeekFrom::Start(size.saturating_sub(END).max(END)))?;
        file.take(END).read_to_end(&mut part)?;
        hash.update(&part);
    }
    Ok(hash.finish().as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect())
}
