//! EVTX: chunks → records → rows. Our own reader, since this is the work that all else waits for; the crate `evtx` is the oracle in the
//! tests and renders whole records for people.

pub mod chunk;
mod extract;
pub mod flat;
mod locator;
mod pieces;
mod reader;
mod record;
mod streams;
mod template;
mod token;
mod value;

pub use reader::Reader;

/// Bytes before the first chunk.
pub const FILE_HEADER: u64 = 4096;
pub const MAGIC: &[u8; 8] = b"ElfFile\0";

/// Where the chunk with this number starts in its file, in bytes.
pub const fn chunk_offset(number: u32) -> u64 {
    FILE_HEADER + number as u64 * chunk::SIZE as u64
}
