//! Bytes → events: telling what a file is, and the readers.

pub mod evtx;
mod sniff;

pub use evtx::Reader;
pub use sniff::{HEAD, Sniffed, sniff};
