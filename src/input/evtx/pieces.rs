//! Bytes of a file in pieces of any length → its header checked, its chunks one by one.

use super::chunk;
use super::{FILE_HEADER, MAGIC};
use crate::store::Report;

/// What becomes of the chunks.
pub trait ChunkSink {
    fn report(&mut self) -> &mut Report;
    /// Reads the records of one chunk, whole or cut short; `start` is its offset in the file.
    fn chunk(&mut self, bytes: &[u8], start: u64, number: u32);
}

#[derive(Default)]
pub struct Pieces {
    /// The beginning of a chunk whose end has not come yet.
    rest: Vec<u8>,
    /// Offset in the file of the next byte to come.
    at: u64,
}

impl Pieces {
    /// Bytes of the file from `offset` on; see [`super::Reader::push`].
    pub fn push(&mut self, mut bytes: &[u8], offset: u64, sink: &mut impl ChunkSink) {
        if self.rest.is_empty() {
            self.at = offset;
        }
        if self.at < FILE_HEADER {
            bytes = self.header(bytes, sink);
        }
        if !self.rest.is_empty() {
            let wanted = chunk::SIZE - self.rest.len();
            let (piece, more) = bytes.split_at(wanted.min(bytes.len()));
            self.rest.extend_from_slice(piece);
            if self.rest.len() < chunk::SIZE {
                return;
            }
            let whole = std::mem::take(&mut self.rest);
            self.chunk(&whole, sink);
            self.rest = whole;
            self.rest.clear();
            bytes = more;
        }
        let (chunks, rest) = bytes.as_chunks::<{ chunk::SIZE }>();
        chunks.iter().for_each(|c| self.chunk(c, sink));
        self.rest.extend_from_slice(rest);
    }

    /// The run is over; see [`super::Reader::finish`].
    pub fn finish(&mut self, at_end: bool, sink: &mut impl ChunkSink) {
        let rest = std::mem::take(&mut self.rest);
        if rest.is_empty() {
            return;
        }
        if self.at < FILE_HEADER {
            sink.report().damage(0, "the file ends inside its header");
        } else if at_end {
            self.chunk(&rest, sink);
        }
    }

    /// Takes the file's header off the front of `bytes` and checks it.
    fn header<'b>(&mut self, bytes: &'b [u8], sink: &mut impl ChunkSink) -> &'b [u8] {
        let wanted = FILE_HEADER as usize - self.rest.len();
        let (piece, more) = bytes.split_at(wanted.min(bytes.len()));
        self.rest.extend_from_slice(piece);
        if self.rest.len() == FILE_HEADER as usize {
            if let Some(reason) = header_damage(&self.rest) {
                sink.report().damage(0, reason);
            }
            self.rest.clear();
            self.at = FILE_HEADER;
        }
        more
    }

    /// Reads one chunk, whole or cut short.
    fn chunk(&mut self, bytes: &[u8], sink: &mut impl ChunkSink) {
        let start = self.at;
        self.at += bytes.len() as u64;
        match chunk::kind(bytes) {
            chunk::Kind::Empty => return,
            chunk::Kind::Chunk => {}
            chunk::Kind::NoMagic => {
                sink.report().chunks += 1;
                sink.report().damaged_chunks += 1;
                sink.report()
                    .damage(start, "no chunk where one should start: its first bytes were overwritten");
                return;
            }
        }
        let damaged = sink.report().damaged;
        sink.report().chunks += 1;
        if bytes.len() < chunk::SIZE {
            sink.report()
                .damage(start, format!("the file ends inside this chunk: {} of 65536 bytes", bytes.len()));
        } else {
            match chunk::wrong_checksums(bytes) {
                (false, false) => {}
                (true, false) => sink
                    .report()
                    .damage(start, "wrong checksum of the chunk's header (its records were read)"),
                (_, true) => {
                    sink.report().damage(start, "wrong checksum of the chunk's records (they were read)")
                }
            }
        }
        let number = start.saturating_sub(FILE_HEADER) / chunk::SIZE as u64;
        sink.chunk(bytes, start, u32::try_from(number).unwrap_or(u32::MAX));
        let more = u64::from(sink.report().damaged > damaged);
        sink.report().damaged_chunks += more;
    }
}

/// What is wrong with a file's header, if anything is.
///
/// ```text
/// 0 "ElfFile\0"  8 first chunk u64  16 last chunk u64  24 next record id u64  32 header size u32  36 minor u16  38 major u16
/// 40 block size u16  42 chunk count u16  120 flags u32 (1 dirty, 2 full, 4 no checksums)  124 CRC-32 of bytes 0..120
/// ```
fn header_damage(header: &[u8]) -> Option<String> {
    if !header.starts_with(MAGIC) {
        return Some("the file's header is overwritten (its chunks were read)".into());
    }
    let u32_at = |at: usize| Some(u32::from_le_bytes(*header.get(at..)?.first_chunk()?));
    let unchecked = u32_at(120)? & 4 != 0;
    if !unchecked && u32_at(124)? != crc32fast::hash(header.get(..120)?) {
        return Some("wrong checksum of the file's header (its chunks were read)".into());
    }
    None
}
