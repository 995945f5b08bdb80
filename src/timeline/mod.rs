//! Time: counts by hour, sessions, and what the loaded logs cover.

pub mod coverage;
mod hours;
pub mod sessions;
mod written;

pub use coverage::Coverage;
pub use hours::{Cell, Hours, Point, Step, active, dense, format, hour_of, steps};
pub use sessions::{Certainty, End, Session, Sessions};
pub use written::{Back, Written};
