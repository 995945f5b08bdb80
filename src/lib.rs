//! LogonScope reads Windows logon events, builds the graph of who logged on where, ranks it and says where to look first.
//!
//! The way of the data, each step in its own module, imports only pointing back:
//!
//! ```text
//! bytes ─input─▶ events ─store─▶ columns ─identity─▶ who and where ─graph─▶ edges ─score─▶ ranks ─export─▶ JSON, text
//! ```
//!
//! Everything here is plain Rust: no clock, no file, no network. The page and the native command call the same functions.

pub mod analysis;
pub mod answer;
pub mod compatible;
pub mod detect;
pub mod event;
pub mod export;
pub mod graph;
pub mod identity;
pub mod input;
pub mod labelled;
pub mod score;
#[cfg(feature = "sigma")]
pub mod sigma;
pub mod store;
pub mod suspicion;
pub mod timeline;
