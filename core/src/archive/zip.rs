//! The part of the zip format that an archive needs: the list of entries, and one entry's bytes, checked.
//!
//! Written for constant memory and for files from outside: an archive lists a hundred thousand pictures, of which nothing
//! is kept; the entry that is opened must be the one that the list names. Format: APPNOTE 6.3.10,
//! <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::sync::Arc;

use flate2::bufread::DeflateDecoder;

use super::files::{clean_path, place};
use super::limits::Limits;
use super::source::{Entry, Gather, Listing, Place, not_an_archive, too_many};
use crate::error::{Error, ErrorKind, Result};

/// Where an entry's bytes lie.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    name: Vec<u8>,
    header_at: u64,
    method: u16,
    pub(crate) compressed: u64,
    pub(crate) size: u64,
    pub(crate) crc: u32,
}

const END: &[u8; 4] = b"PK\x05\x06";
const END64_LOCATOR: &[u8; 4] = b"PK\x06\x07";
const END64: &[u8; 4] = b"PK\x06\x06";
const CENTRAL: &[u8; 4] = b"PK\x01\x02";
const LOCAL: &[u8; 4] = b"PK\x03\x04";

/// A stretch of a file with its own position, so that several readers can share one open file.
#[derive(Debug)]
pub(crate) struct Section {
    file: Arc<File>,
    at: u64,
    end: u64,
}

impl Read for Section {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let length = buf.len().min(left);
        let Some(buf) = buf.get_mut(..length).filter(|buf| !buf.is_empty()) else { return Ok(0) };
        let got = read_at(&self.file, buf, self.at)?;
        self.at += got as u64;
        Ok(got)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buf: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buf, at)
}

#[cfg(windows)]
fn read_at(file: &File, buf: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buf, at)
}

fn read_exact_at(file: &Arc<File>, buf: &mut [u8], at: u64) -> io::Result<()> {
    Section { file: Arc::clone(file), at, end: u64::MAX }.read_exact(buf)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |b| b.iter().rev().fold(0, |value, byte| value << 8 | u16::from(*byte)))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |b| b.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte)))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).map_or(0, |b| b.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte)))
}

fn io_error(error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return truncated("the zip ends in the middle of its list of files");
    }
    Error::new(ErrorKind::Storage, "archive.unreadable", "the archive cannot be read")
        .with_source(error)
        .with_remedy("Check the disk that the file is on, then try again.")
}

fn truncated(why: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, "archive.truncated_zip", format!("the archive is not whole: {why}"))
        .with_remedy("Download the archive from X again, and wait until the download has finished.")
}

fn damaged(why: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidInput, "archive.damaged_zip", why)
        .with_remedy("Download the archive from X again and import that file.")
}

/// Where the list of entries lies: offset of its first byte, its length, how many entries, and by how much all offsets
/// are off because something was put before the zip.
struct Directory {
    at: u64,
    length: u64,
    count: u64,
    shift: u64,
}

fn find_directory(file: &Arc<File>) -> Result<Directory> {
    let size = file.metadata().map_err(io_error)?.len();
    if size == 0 {
        return Err(not_an_archive("the file is empty"));
    }
    let mut head = [0; 5];
    let have = usize::try_from(size.min(5)).unwrap_or(5);
    if let Some(head) = head.get_mut(..have) {
        read_exact_at(file, head, 0).map_err(io_error)?;
    }
    // The end record may be followed by a comment of up to 65,535 bytes.
    let tail_length = size.min(22 + 65_535);
    let mut tail = vec![0; usize::try_from(tail_length).unwrap_or(0)];
    read_exact_at(file, &mut tail, size - tail_length).map_err(io_error)?;
    let found = memchr::memmem::rfind_iter(&tail, END)
        .find(|at| tail.len() >= at + 22 && tail.len() - at - 22 == usize::from(u16_at(&tail, at + 20)));
    let Some(end) = found else {
        return Err(if head.starts_with(LOCAL) || LOCAL.starts_with(head.get(..have).unwrap_or_default()) {
            truncated("it begins as a zip and its end is missing")
        } else if head.starts_with(b"%PDF") {
            not_an_archive("it is a PDF")
        } else if head.starts_with(b"Rar!") || head.starts_with(b"7z\xbc\xaf") || head.starts_with(b"\x1f\x8b") {
            not_an_archive("it was packed again, and not as a zip")
        } else {
            not_an_archive("it is no zip file")
        });
    };
    let end_at = size - tail_length + end as u64;
    if u16_at(&tail, end + 4) != 0 && u16_at(&tail, end + 4) != u16::MAX {
        return Err(damaged("the zip is one piece of a set"));
    }
    let mut directory = Directory {
        at: u64::from(u32_at(&tail, end + 16)),
        length: u64::from(u32_at(&tail, end + 12)),
        count: u64::from(u16_at(&tail, end + 10)),
        shift: 0,
    };
    let mut list_end = end_at;
    let locator_at = end_at.checked_sub(20);
    if let Some(locator_at) = locator_at {
        let mut locator = [0; 20];
        read_exact_at(file, &mut locator, locator_at).map_err(io_error)?;
        if locator.starts_with(END64_LOCATOR) {
            // Its offset does not count what was put before the zip, so look right before the locator as well.
            let said = u64_at(&locator, 8);
            let mut record = [0; 56];
            for at in [said, locator_at.saturating_sub(56)] {
                if at.checked_add(56).is_some_and(|end| end <= locator_at) {
                    read_exact_at(file, &mut record, at).map_err(io_error)?;
                    if record.starts_with(END64) {
                        directory.count = u64_at(&record, 32);
                        directory.length = u64_at(&record, 40);
                        directory.at = u64_at(&record, 48);
                        list_end = at;
                        break;
                    }
                }
            }
        }
    }
    let real = list_end.checked_sub(directory.length).ok_or_else(|| truncated("its list of files is cut"))?;
    directory.shift = real.checked_sub(directory.at).ok_or_else(|| truncated("its beginning is missing"))?;
    directory.at = real;
    Ok(directory)
}

pub(crate) fn list(file: &Arc<File>, limits: &Limits) -> Result<Listing> {
    let directory = find_directory(file)?;
    if directory.count > limits.entries {
        return Err(too_many(format!("the zip lists {} files", directory.count)));
    }
    let end = directory.at + directory.length;
    let mut list = BufReader::with_capacity(1 << 16, Section { file: Arc::clone(file), at: directory.at, end });
    let mut gather = Gather::default();
    let (mut fixed, mut name, mut extra) = ([0; 46], Vec::new(), Vec::new());
    let mut outside = 0u64;
    let mut total = 0u64;
    for _ in 0..directory.count {
        list.read_exact(&mut fixed).map_err(io_error)?;
        if !fixed.starts_with(CENTRAL) {
            return Err(damaged("the zip's list of files is damaged"));
        }
        name.resize(usize::from(u16_at(&fixed, 28)), 0);
        list.read_exact(&mut name).map_err(io_error)?;
        extra.resize(usize::from(u16_at(&fixed, 30)), 0);
        list.read_exact(&mut extra).map_err(io_error)?;
        let comment = u64::from(u16_at(&fixed, 32));
        io::copy(&mut list.by_ref().take(comment), &mut io::sink()).map_err(io_error)?;

        // Every name on the list is ASCII, so an entry in another encoding is none of them.
        let Ok(text) = std::str::from_utf8(&name) else { continue };
        let Ok(path) = clean_path(text) else {
            outside += 1;
            if outside <= 3 {
                gather.skip(text.to_owned(), "its path leads out of the archive");
            }
            continue;
        };
        let Some((top, below, kind)) = place(&path).filter(|_| !text.ends_with('/')) else { continue };
        let mut member = Member {
            name: name.clone(),
            header_at: u64::from(u32_at(&fixed, 42)),
            method: u16_at(&fixed, 10),
            compressed: u64::from(u32_at(&fixed, 20)),
            size: u64::from(u32_at(&fixed, 24)),
            crc: u32_at(&fixed, 16),
        };
        widen(&mut member, &extra);
        member.header_at = member.header_at.saturating_add(directory.shift);
        if u16_at(&fixed, 8) & 1 != 0 {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                "archive.encrypted",
                format!("{below} is encrypted with a password"),
            )
            .with_remedy("Unpack the zip with its password and import the folder."));
        }
        total = total.saturating_add(member.size);
        if total > limits.total_bytes {
            return Err(bomb(format!("its files of tweets would unpack to more than {} bytes", limits.total_bytes)));
        }
        let entry = Entry {
            path: below.to_owned(),
            kind,
            size: member.size,
            identity: format!("{:08x}", member.crc),
            place: Place::Zip(member),
        };
        gather.add(top, entry, limits)?;
    }
    if outside > 3 {
        gather.skip(format!("{} more", outside - 3), "their paths lead out of the archive");
    }
    gather.finish()
}

/// Takes the 64-bit sizes and offset from the extra field, where the 32-bit ones are full (APPNOTE 4.5.3).
fn widen(member: &mut Member, mut extra: &[u8]) {
    while extra.len() >= 4 {
        let (id, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let Some(body) = extra.get(4..4 + length) else { return };
        if id == 1 {
            let mut at = 0;
            for field in [&mut member.size, &mut member.compressed, &mut member.header_at] {
                if *field == u64::from(u32::MAX) && body.len() >= at + 8 {
                    *field = u64_at(body, at);
                    at += 8;
                }
            }
            return;
        }
        extra = extra.get(4 + length..).unwrap_or_default();
    }
}

pub(crate) fn bomb(why: String) -> Error {
    Error::new(ErrorKind::InvalidInput, "archive.zip_bomb", format!("the archive was stopped: {why}"))
        .with_remedy("This is not what X writes. Download the archive from X again and import that file.")
}

/// The raw bytes of an entry, and how they are packed.
#[derive(Debug)]
pub(crate) enum Packed {
    Stored(Section),
    Deflated(Box<DeflateDecoder<BufReader<Section>>>),
}

impl Packed {
    pub(crate) fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Stored(section) => section.read(buf),
            Self::Deflated(decoder) => decoder.read(buf),
        }
    }

    /// How many compressed bytes were taken so far.
    pub(crate) fn taken(&self, inflated: u64) -> u64 {
        match self {
            Self::Stored(_) => inflated,
            Self::Deflated(decoder) => decoder.total_in(),
        }
    }
}

/// Opens an entry, once its own header says the same as the list. `Err(why)` where it does not: only this entry is lost.
pub(crate) fn open(file: &Arc<File>, member: &Member) -> Result<Packed, String> {
    let cut = |error: io::Error| match error.kind() {
        io::ErrorKind::UnexpectedEof => "the zip ends before it".to_owned(),
        _ => format!("the disk failed: {error}"),
    };
    let mut header = [0; 30];
    read_exact_at(file, &mut header, member.header_at).map_err(cut)?;
    let mut name = vec![0; usize::from(u16_at(&header, 26))];
    read_exact_at(file, &mut name, member.header_at + 30).map_err(cut)?;
    if !header.starts_with(LOCAL) || name != member.name {
        return Err("the zip's list of files points to something else".to_owned());
    }
    let start = member.header_at + 30 + name.len() as u64 + u64::from(u16_at(&header, 28));
    let section = Section { file: Arc::clone(file), at: start, end: start.saturating_add(member.compressed) };
    match member.method {
        0 => Ok(Packed::Stored(section)),
        8 => Ok(Packed::Deflated(Box::new(DeflateDecoder::new(BufReader::with_capacity(1 << 16, section))))),
        method => Err(format!("it is compressed by method {method}, which X does not use")),
    }
}
