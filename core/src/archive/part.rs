use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use flate2::Crc;

use super::limits::Limits;
use super::source::{Entry, Place, Source};
use super::zip::{self, Packed};
use crate::error::Error;

/// Why bytes stopped coming.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The whole import has to stop.
    Stop(Error),
    /// The rest of this file is lost; the others can be read.
    Damaged(String),
}

/// Gives the bytes of one file, a piece at a time.
pub(crate) trait Feed: Send {
    /// Fills the beginning of `buf` and says how many bytes; 0 at the end.
    fn fill(&mut self, buf: &mut [u8]) -> Result<usize, Fault>;
}

#[derive(Debug)]
enum Bytes {
    Zip(Packed),
    File(File),
}

/// One file of the archive while it is read: counted, checked, and stopped when it grows beyond what it declared.
#[derive(Debug)]
pub(crate) struct Part {
    bytes: Bytes,
    declared: u64,
    inflated: u64,
    crc: Option<(Crc, u32)>,
    ratio: u64,
    name: String,
}

/// Up to here no ratio is looked at: the first megabyte of a text may well be one repeated line.
const RATIO_FROM: u64 = 1 << 20;

impl Part {
    pub(crate) fn open(source: &Source, entry: &Entry, limits: &Limits) -> Result<Self, Fault> {
        let (bytes, crc) = match (source, &entry.place) {
            (Source::Zip(file), Place::Zip(member)) => {
                let packed = zip::open(file, member).map_err(Fault::Damaged)?;
                (Bytes::Zip(packed), Some((Crc::new(), member.crc)))
            }
            (_, Place::Folder(path)) => {
                let file = File::open(path).map_err(|error| Fault::Damaged(format!("it cannot be opened: {error}")))?;
                (Bytes::File(file), None)
            }
            (Source::Folder, Place::Zip(_)) => return Err(Fault::Damaged("it is not in the folder".to_owned())),
        };
        let name = entry.path.clone();
        Ok(Self { bytes, declared: entry.size, inflated: 0, crc, ratio: limits.ratio, name })
    }

    /// Goes to a byte of the file, forwards from the start: what lies before is inflated, checked, and let go.
    pub(crate) fn skip_to(&mut self, offset: u64) -> Result<(), Fault> {
        if let Bytes::File(file) = &mut self.bytes {
            file.seek(SeekFrom::Start(offset)).map_err(disk)?;
            self.inflated = offset;
            return Ok(());
        }
        let mut sink = vec![0; 1 << 17];
        while self.inflated < offset {
            let want = usize::try_from(offset - self.inflated).unwrap_or(usize::MAX).min(sink.len());
            let got = match sink.get_mut(..want) {
                Some(piece) => self.fill(piece)?,
                None => 0,
            };
            if got == 0 {
                return Err(Fault::Damaged("it is shorter than when it was first read".to_owned()));
            }
        }
        Ok(())
    }

    fn check(&mut self, buf: &[u8]) -> Result<(), Fault> {
        let Bytes::Zip(packed) = &self.bytes else { return Ok(()) };
        if self.inflated > self.declared {
            let why = format!("{} unpacks to more than the {} bytes that it declares", self.name, self.declared);
            return Err(Fault::Stop(zip::bomb(why)));
        }
        let taken = packed.taken(self.inflated).max(1);
        if self.inflated > RATIO_FROM && self.inflated / taken > self.ratio {
            let why = format!("{} unpacks to more than {} times its size", self.name, self.ratio);
            return Err(Fault::Stop(zip::bomb(why)));
        }
        if let Some((crc, expected)) = &mut self.crc {
            if !buf.is_empty() {
                crc.update(buf);
            } else if self.inflated < self.declared {
                return Err(Fault::Damaged(format!("it ends after {} of its {} bytes", self.inflated, self.declared)));
            } else if crc.sum() != *expected {
                return Err(Fault::Damaged("its check sum is wrong".to_owned()));
            }
        }
        Ok(())
    }
}

fn disk(error: std::io::Error) -> Fault {
    Fault::Damaged(format!("the disk failed: {error}"))
}

impl Feed for Part {
    fn fill(&mut self, buf: &mut [u8]) -> Result<usize, Fault> {
        if buf.is_empty() {
            return Ok(0);
        }
        let got = loop {
            let got = match &mut self.bytes {
                Bytes::Zip(packed) => packed.read(buf),
                Bytes::File(file) => file.read(buf),
            };
            match got {
                Ok(got) => break got,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Fault::Damaged(format!("its bytes are damaged ({error})"))),
            }
        };
        self.inflated += got as u64;
        let piece = buf.get(..got).unwrap_or_default();
        self.check(piece)?;
        Ok(got)
    }
}

impl Feed for &[u8] {
    fn fill(&mut self, buf: &mut [u8]) -> Result<usize, Fault> {
        self.read(buf).map_err(disk)
    }
}
