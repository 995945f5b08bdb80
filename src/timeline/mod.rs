//! Time: sessions, and what the loaded logs cover.

pub mod coverage;
pub mod sessions;
mod written;

pub use coverage::Coverage;
pub use sessions::{Certainty, End, Session, Sessions};
pub use written::{Back, Written};
