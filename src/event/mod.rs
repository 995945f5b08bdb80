//! What an event is: which are kept, their fields, and their codes in words.

pub mod catalogue;
mod field;
pub mod logon_type;
pub mod sid;
pub mod status;
pub mod time;
pub mod words;
pub mod zone;

pub use catalogue::{EVENTS, EventType, Kind};
pub use field::Field;
