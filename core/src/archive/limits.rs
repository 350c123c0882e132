/// How much an archive may make the reader do. An archive is a file from outside: without these, a few kilobytes of zip
/// could fill a disk or a memory. The defaults leave a factor of ten over the largest archives known.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// How many times larger than its compressed form an entry may become, checked from its second megabyte on.
    /// Tweets compress 10 to 30 times; deflate itself ends at 1,032. Default 200.
    pub ratio: u64,
    /// How many bytes all entries together may become. Default 64 GiB: thirty million tweets.
    pub total_bytes: u64,
    /// How many bytes one tweet may take as JSON; a longer one is reported as malformed. Default 16 MiB.
    pub object_bytes: usize,
    /// How many entries a zip may have, its pictures included. Default 10 million.
    pub entries: u64,
    /// How many entries may be on the list of files that are read. Default 10,000.
    pub parts: usize,
    /// How many bytes of JSON a page may stand on; a page ends there even when it is not full. Default 8 MiB.
    pub page_bytes: usize,
    /// How many bytes of long posts are kept in memory until their tweets come; beyond it they go to an unnamed temporary
    /// file. Default 8 MiB.
    pub note_bytes: usize,
    /// How many long posts can be joined to their tweets; those beyond it are reported. Default 500,000.
    pub notes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            ratio: 200,
            total_bytes: 64 << 30,
            object_bytes: 16 << 20,
            entries: 10_000_000,
            parts: 10_000,
            page_bytes: 8 << 20,
            note_bytes: 8 << 20,
            notes: 500_000,
        }
    }
}

impl Limits {
    /// With another total.
    #[must_use]
    pub fn with_total_bytes(mut self, total_bytes: u64) -> Self {
        self.total_bytes = total_bytes;
        self
    }

    /// With another ratio.
    #[must_use]
    pub fn with_ratio(mut self, ratio: u64) -> Self {
        self.ratio = ratio;
        self
    }

    /// With another size for one tweet.
    #[must_use]
    pub fn with_object_bytes(mut self, object_bytes: usize) -> Self {
        self.object_bytes = object_bytes;
        self
    }

    /// With another number of entries.
    #[must_use]
    pub fn with_entries(mut self, entries: u64) -> Self {
        self.entries = entries;
        self
    }

    /// With another size of the long posts kept in memory.
    #[must_use]
    pub fn with_note_bytes(mut self, note_bytes: usize) -> Self {
        self.note_bytes = note_bytes;
        self
    }
}
