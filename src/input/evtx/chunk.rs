//! The 64 KiB chunk: its header, and the walk over its records that loses no more than the damaged one.
//!
//! ```text
//! 0    "ElfChnk\0"   8 first/last record number   24 first/last record id   40 header size 128
//! 44   offset of the last record   48 offset of the free space   52 CRC-32 of the records
//! 120  flags (4: checksums not kept)   124 CRC-32 of bytes 0..120 and 128..512
//! 128  string table 64 × u32   384 template table 32 × u32   512 records
//! record: 2a 2a 00 00, size u32, id u64, FILETIME u64, binary XML, size u32 again
//! ```

pub const SIZE: usize = 65_536;
pub const HEADER_SIZE: usize = 512;
/// Where the string and template tables stand.
pub const TABLES: std::ops::Range<usize> = 128..HEADER_SIZE;
const MAGIC: &[u8; 8] = b"ElfChnk\0";
const RECORD_MAGIC: [u8; 4] = [0x2a, 0x2a, 0, 0];
const RECORD_HEADER: usize = 24;
/// Header, at least one byte of XML, and the size copy.
const RECORD_MIN: usize = RECORD_HEADER + 5;
const NO_CHECKSUMS: u32 = 4;

/// What the first bytes of a chunk say it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Chunk,
    /// All zero: allocated and never used, which is normal.
    Empty,
    /// Neither: something wrote over it.
    NoMagic,
}

pub fn kind(chunk: &[u8]) -> Kind {
    if chunk.starts_with(MAGIC) {
        Kind::Chunk
    } else if chunk.iter().all(|&b| b == 0) {
        Kind::Empty
    } else {
        Kind::NoMagic
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Which checksums are wrong, if they are kept at all: `(header, records)`.
pub fn wrong_checksums(chunk: &[u8]) -> (bool, bool) {
    if chunk.len() < HEADER_SIZE || u32_at(chunk, 120).is_some_and(|f| f & NO_CHECKSUMS != 0) {
        return (false, false);
    }
    let mut header = crc32fast::Hasher::new();
    header.update(&chunk[..120]);
    header.update(&chunk[128..HEADER_SIZE]);
    let free = u32_at(chunk, 48).unwrap_or(0) as usize;
    let records = chunk.get(HEADER_SIZE..free).map(crc32fast::hash);
    (u32_at(chunk, 124) != Some(header.finalize()), records.is_none() || u32_at(chunk, 52) != records)
}

/// The record that starts at `at`, if one does.
pub fn span(chunk: &[u8], at: usize) -> Option<Span> {
    Walk::new(chunk).record(at, false)
}

/// A record's place in its chunk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    pub at: usize,
    /// Of the whole record, header and size copy included.
    pub size: usize,
    pub id: u64,
    /// The size at the record's end is another one than at its start.
    pub sizes_differ: bool,
}

impl Span {
    /// Where the binary XML stands.
    pub fn xml(&self) -> (usize, usize) {
        (self.at + RECORD_HEADER, self.at + self.size - 4)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    Record(Span),
    /// Bytes `at..until` hold no readable record.
    Damage {
        at: usize,
        until: usize,
        reason: &'static str,
    },
}

/// The records of a chunk, one after another.
///
/// It goes on behind the end that the header names while records follow with rising ids (a log that was not closed has a stale header), and
/// past a damaged record it looks for the next one whose two sizes agree.
pub struct Walk<'a> {
    chunk: &'a [u8],
    at: usize,
    last_id: Option<u64>,
    /// Where the header says the records end.
    free: usize,
    /// First and last record id by the header.
    ids: (u64, u64),
    /// Records found behind the end that the header names.
    pub behind: u64,
}

impl<'a> Walk<'a> {
    pub fn new(chunk: &'a [u8]) -> Self {
        let free = u32_at(chunk, 48).map_or(0, |f| f as usize).min(chunk.len());
        let ids = (u64_at(chunk, 24).unwrap_or(0), u64_at(chunk, 32).unwrap_or(0));
        Self { chunk, at: HEADER_SIZE, last_id: None, free, ids, behind: 0 }
    }

    /// The record at `at`, if its magic and size hold. The size copy at the end is only asked for where `strict`.
    fn record(&self, at: usize, strict: bool) -> Option<Span> {
        if self.chunk.get(at..)?.first_chunk::<4>()? != &RECORD_MAGIC {
            return None;
        }
        let size = u32_at(self.chunk, at + 4)? as usize;
        let id = u64_at(self.chunk, at + 8)?;
        let end = at.checked_add(size).filter(|&e| size >= RECORD_MIN && e <= self.chunk.len())?;
        let copy_agrees = u32_at(self.chunk, end - 4) == Some(size as u32);
        (copy_agrees || !strict).then_some(Span { at, size, id, sizes_differ: !copy_agrees })
    }

    /// Where the two sizes differ either may be wrong: the record ends at the latest where the next one starts.
    fn mend(&self, span: Span) -> Span {
        match self.resync(span.at + RECORD_HEADER) {
            Some(next) if next < span.at + span.size => Span { size: next - span.at, ..span },
            _ => span,
        }
    }

    /// Whether a record found by searching is of this pass over the chunk, not left over from an older one: its id is in the header's range,
    /// or it goes on where a stale header's range ended.
    fn is_live(&self, id: u64) -> bool {
        let (first, last) = self.ids;
        (first..=last).contains(&id) || self.last_id.is_some_and(|before| before >= last && id == before + 1)
    }

    /// The next place at or after `from` where a whole record of this pass over the chunk stands.
    fn resync(&self, from: usize) -> Option<usize> {
        let mut from = from;
        loop {
            let found = self.chunk.get(from..)?.windows(4).position(|w| w == RECORD_MAGIC)?;
            let at = from + found;
            match self.record(at, true) {
                Some(span) if self.is_live(span.id) => return Some(at),
                _ => from = at + 1,
            }
        }
    }
}

impl Iterator for Walk<'_> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        let at = self.at;
        // Behind the header's end only a record that continues the ids counts; anything else is left over from an older pass.
        if at >= self.free {
            let span = self.record(at, true)?;
            if self.last_id.is_some_and(|last| span.id != last.wrapping_add(1)) {
                return None;
            }
            self.behind += 1;
        }
        if let Some(mut span) = self.record(at, false) {
            self.last_id = Some(span.id);
            if span.sizes_differ {
                span = self.mend(span);
            }
            self.at = at + span.size;
            return Some(Found::Record(span));
        }
        let reason = match self.chunk.get(at..).and_then(|c| c.first_chunk::<4>()) {
            Some(&RECORD_MAGIC) if self.chunk.len() < SIZE => "the file ends inside this record",
            Some(&RECORD_MAGIC) => "the record's size is impossible",
            // Zeros up to the end are free space under a header that claims too much.
            Some([0, 0, 0, 0]) if self.chunk[at..].iter().all(|&b| b == 0) => return None,
            Some(_) => "no record where one should start",
            None if self.chunk.len() < SIZE => "the chunk is cut short",
            None => return None,
        };
        let until = self.resync(at + 1).unwrap_or(self.free.max(at + 1));
        self.at = until;
        Some(Found::Damage { at, until, reason })
    }
}
